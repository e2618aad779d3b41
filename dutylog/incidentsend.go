package dutylog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// reportOf finds the report of a fact, as it stands.
func (i Incident) reportOf(number int) (Report, error) {
	r, there := i.Report(number)
	if !there {
		return r, fmt.Errorf("report %d of incident %s: %w", number, i.Number, ErrNotFound)
	}
	return r, nil
}

// NextOf is the report of a stage that is written now: the one that is not sent yet. A first, written
// or detailed report there is once.
func (i Incident) NextOf(s Stage) int {
	nth := 1
	for _, r := range i.Reports {
		if r.Stage == s && (s == StageFollowUp || s == StageFinal) && (r.frozen() || r.SentIn != 0) {
			nth = r.Nth + 1
		}
	}
	return ReportNumber(s, nth)
}

// frozen reports whether what went out is a text: that stays. What was told by telephone before
// anything was written is written down afterwards.
func (r Report) frozen() bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.Version > 0 })
}

// writes keeps the next version of a report. It is a draft: what is missing is asked for when it is
// signed or sent, so that nothing that was typed is lost.
func (i Incident) writes(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	n := f.Body.Report
	r, there := i.Report(n)
	if !there && n != i.NextOf(StageFollowUp) && n != i.NextOf(StageFinal) {
		return fmt.Errorf("report %d of incident %s: %w", n, i.Number, ErrNotFound)
	}
	elements, err := cleanElements(f.Body.Elements)
	if err != nil {
		return err
	}
	text, err := cleanField("text", f.Body.Text, longText)
	switch {
	case err != nil:
		return err
	case r.frozen():
		return refuse(AlreadySent, "%s was sent already and stays as it went out: write what changed into a follow-up report 续报.", r.Words())
	case f.Body.Base > 0 && r.Version == 0:
		return refuse(AlreadySent, "The report on which this was made went out meanwhile and stays as it did: save this as a new %s.", stageWords(stageOf(n)))
	case f.Body.Base != r.Version:
		return refuse(StaleVersion, "Somebody else wrote version %d of this report meanwhile: read it, then save yours again.", r.Version)
	case maps.Equal(elements, r.Elements) && text == r.Text && r.Version > 0:
		return &InvalidError{Field: "text", Reason: "is what stands already: nothing changed"}
	}
	f.Body = FactBody{Report: n, Version: r.Version + 1, Base: r.Version, Elements: elements, Text: text}
	return nil
}

// complete says in one sentence which elements a report lacks.
func (r Report) complete() error {
	if r.Version == 0 || len(r.Missing) == 0 {
		return nil
	}
	names := make([]string, len(r.Missing))
	for n, e := range r.Missing {
		w, _ := wordOf(Elements(), string(e))
		names[n] = w.Words
	}
	return refuse(LacksElements, "%s lacks %s: write what is known, or 不详 or 正在核实 where it is not.", r.Words(), strings.Join(names, "、"))
}

// approves reviews or signs the newest version: by login, or as it was said by telephone.
func (i Incident) approves(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	part := PartReview
	if f.Kind == FactSigned {
		part = PartSign
	}
	r, err := i.reportOf(f.Body.Report)
	if err != nil {
		return err
	}
	whose, err := f.whose(b)
	if err != nil {
		return err
	}
	again := slices.ContainsFunc(r.Approvals, func(a ReportApproval) bool {
		return a.Part == part && a.Version == r.Version && a.Login == whose.Login && a.DeniedAt.IsZero()
	})
	switch {
	case !slices.Contains(part.Entitled(), whose.Role):
		return refuse(NotEntitled, "%s", map[ApprovalPart]string{PartReview: "A report is reviewed 审核 by the duty section chief or the duty leader: " + whose.Name + " is neither.",
			PartSign: "A report is signed 签发 by the duty leader 带班领导: " + whose.Name + " is none."}[part])
	case r.Version == 0:
		return refuse(NothingWritten, "Nothing is written of %s yet: write down what is to be approved.", r.Words())
	case f.Body.Login != "" && i.denied(r.Number, f.Kind, whose.Login):
		return refuse(NotEntitled, "%s has denied an approval of %s by telephone: from then on only their own login approves it.", whose.Name, r.Words())
	case again:
		return refuse(StaleVersion, "%s has approved version %d of this report already.", whose.Name, r.Version)
	}
	if f.Body.Base != 0 && f.Body.Base != r.Version {
		return refuse(StaleVersion, "The report has version %d meanwhile: read it before approving it.", r.Version)
	}
	if err := r.complete(); err != nil {
		return err
	}
	if err := f.saidAt(b, r, i); err != nil {
		return err
	}
	if err := f.saidBy(whose, b); err != nil {
		return err
	}
	body := FactBody{Report: r.Number, Version: r.Version}
	if f.Body.Login != "" {
		body.Login, body.Name, body.Role, body.CallID = whose.Login, whose.Name, whose.Role, f.Body.CallID
		body.CallWith, body.CallReason = f.Body.CallWith, f.Body.CallReason
	}
	f.Body = body
	return nil
}

// whose is the person whose approval it is, and whether the telephone call of it is known.
func (f *IncidentFact) whose(b IncidentBooks) (Actor, error) {
	if f.Body.Login == "" {
		return f.By, nil
	}
	a, there := b.Accounts[f.Body.Login]
	c, known := b.Calls[f.Body.CallID]
	switch {
	case !there || a.Disabled:
		return Actor{}, &InvalidError{Field: "by_phone.login", Reason: "is no login that is in use: choose who said so"}
	case a.Login == f.By.Login:
		return Actor{}, &InvalidError{Field: "by_phone.login", Reason: "is you: approve it without a telephone call"}
	case f.Body.CallID == "": // said at a telephone that the switch does not see: then somebody says when
	case !known:
		return Actor{}, &InvalidError{Field: "by_phone.call_id", Reason: "is no call of the log: choose the one in which it was said"}
	case c.AnsweredAt.IsZero():
		return Actor{}, &InvalidError{Field: "by_phone.call_id", Reason: "was not answered: nothing was said in it"}
	}
	return Actor{Login: a.Login, Name: a.Name, Role: a.Role}, nil
}

// untimed reports whether an approval by telephone names neither the call in which it was said nor when.
func (d FactDraft) untimed() bool {
	return d.approvesByPhone() && d.Body.CallID == "" && d.At.IsZero()
}

func (d FactDraft) approvesByPhone() bool {
	return (d.Kind == FactReviewed || d.Kind == FactSigned) && d.Body.Login != ""
}

// momentField is where the API has when it happened.
func (d FactDraft) momentField() string {
	if d.approvesByPhone() {
		return "by_phone.at"
	}
	return "at"
}

// saidAt judges when an approval by telephone was said. Without a call it is when the officer says, to the minute:
// not before anything was known of the incident, nor before there was a text to approve.
func (f *IncidentFact) saidAt(b IncidentBooks, r Report, i Incident) error {
	written := r.Versions[len(r.Versions)-1].At
	switch {
	case f.Body.Login == "":
		return nil
	case f.Body.CallID != "":
		return f.saidIn(b.Calls[f.Body.CallID], r, i)
	case f.At.Before(i.ClockNatural.Truncate(time.Minute)):
		return &InvalidError{Field: "by_phone.at", Reason: "lies before the first entry of the incident: nothing was known of it then"}
	case f.At.Before(written.Truncate(time.Minute)):
		return &InvalidError{Field: "by_phone.at", Reason: "lies before version " + itoa(r.Version) + " was written: say when this text was approved"}
	case f.At.Before(written):
		f.At = written
	}
	return nil
}

// saidIn takes the moment of an approval from the call in which it was said. What was not written when that call was
// over was not approved in it, and a call that was a report to a superior was with somebody else.
func (f *IncidentFact) saidIn(c Call, r Report, i Incident) error {
	written := r.Versions[len(r.Versions)-1].At
	reported := slices.ContainsFunc(i.Facts, func(o IncidentFact) bool {
		return o.Kind == FactDelivered && o.Struck == nil && o.Body.CallID == c.ID
	})
	switch {
	case c.Direction == telephony.Inbound && i.Has(EntryIDFor(c.ID)):
		return &InvalidError{Field: "by_phone.call_id", Reason: "is the call of somebody who reported the event: choose the one with who approved it"}
	case !c.EndedAt.IsZero() && c.EndedAt.Before(written):
		return &InvalidError{Field: "by_phone.call_id", Reason: "was over before version " + itoa(r.Version) + " was written: choose the call in which this text was approved"}
	case reported:
		return &InvalidError{Field: "by_phone.call_id", Reason: "is the call by which a report was delivered: choose the one with who approved it"}
	}
	f.At = c.AnsweredAt.Truncate(time.Millisecond) // the switch saw it
	if f.At.Before(written) {
		f.At = written
	}
	return nil
}

// answers is what the person says at the next login of what was noted in their name.
func (i Incident) answers(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	r, err := i.reportOf(f.Body.Report)
	if err != nil {
		return err
	}
	reason, err := CleanNote("reason", f.Body.Reason)
	if err != nil {
		return err
	}
	if f.Kind == FactDenied && reason == "" {
		return &InvalidError{Field: "reason", Reason: "say in a few words what was not so: it is kept for ever"}
	}
	for _, a := range r.Approvals {
		if a.Login == f.By.Login && a.Waits() && (f.Body.Fact == 0 || f.Body.Fact == a.Fact) {
			f.Body = FactBody{Report: r.Number, Version: a.Version, Fact: a.Fact, Reason: reason}
			return nil
		}
	}
	return refuse(NotEntitled, "No approval by telephone in your name waits for you in %s.", r.Words())
}

// delivers keeps that a report went out. That it was approved is another matter: what was sent without
// approval counts as sent.
func (i Incident) delivers(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	r, there := i.Report(f.Body.Report)
	switch {
	case there:
	case f.Body.Report == i.nextTold().Number: // by telephone one is told whenever there is something to tell
		r = i.nextTold()
	default:
		return fmt.Errorf("report %d of incident %s: %w", f.Body.Report, i.Number, ErrNotFound)
	}
	d := f.Body
	if i.State == IncidentMerged { // its clocks run there
		return i.ended(b)
	}
	if err := checkCode("recipient", Recipients(), d.Recipient); err != nil {
		return err
	}
	if err := checkCode("channel", Channels(), d.Channel); err != nil {
		return err
	}
	var err error
	if d.Receiver, err = CleanNote("receiver", d.Receiver); err != nil {
		return err
	}
	if d.Evidence, err = CleanNote("evidence", d.Evidence); err != nil {
		return err
	}
	if err := i.proof(f, &d, b); err != nil {
		return err
	}
	i.afterStep(f)
	before := slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.Recipient == d.Recipient && o.Channel == d.Channel })
	switch {
	case before >= 0:
		o := r.Deliveries[before]
		by := ""
		if o.Receiver != "" {
			by = ", taken by " + o.Receiver
		}
		return refuse(AlreadySent, "%s was sent there by this way already (fact %d%s): strike that out first if it was not so.", r.Words(), o.Fact, by)
	case blank(d.Receiver) && d.Channel == "phone":
		return &InvalidError{Field: "receiver", Reason: "is missing: say who took the report at the other end"}
	case d.Receiver == "" && d.Evidence == "" && d.CallID == "" && d.Attachment == 0:
		return &InvalidError{Field: "evidence", Reason: "is missing: name the receiver, the call, the attached receipt, or say in a few words what proves it"}
	}
	version, err := r.versionSent(f, d.Channel)
	if err != nil {
		return err
	}
	if err := f.takenBy(d.Recipient, b); err != nil {
		return err
	}
	f.Body = FactBody{Report: r.Number, Version: version, Recipient: d.Recipient, Channel: d.Channel, Receiver: d.Receiver, CallID: d.CallID,
		Attachment: d.Attachment, Evidence: d.Evidence, CallWith: f.Body.CallWith, CallReason: f.Body.CallReason}
	return nil
}

// told reports whether a report may be told by telephone before anything is written of it: what is asked for in
// writing (Art. 20), and the final report, may not.
func (s Stage) told() bool { return s == StageFirst || s == StageFollowUp }

// versionSent is which version went out at the moment of a delivery: the one that stood then, whatever was written
// since; 0: it was told by telephone, nothing was written by then. Moments are given to the minute, unless the switch
// saw them: what was written within the same one was written before, and so was all of what goes out now.
func (r Report) versionSent(f *IncidentFact, channel string) (int, error) {
	spoken := channel == "phone" && r.Stage.told()
	if r.Version == 0 {
		if spoken {
			return 0, nil
		}
		return 0, refuse(NothingWritten, "Nothing is written of %s yet: write it down first. Without a text only a first report 初报 and a follow-up 续报 go, by telephone.", r.Words())
	}
	version, toMinute := len(r.Versions), f.At.Equal(f.At.Truncate(time.Minute))
	for ; version > 0; version-- {
		written := r.Versions[version-1].At
		if toMinute && f.At.Equal(written.Truncate(time.Minute)) || f.isNow() && f.At.Before(written) {
			f.At = written
		}
		if !f.At.Before(written) {
			break
		}
	}
	switch {
	case spoken:
		return version, nil
	case version == 0:
		return 0, &InvalidError{Field: "at", Reason: "lies before the text was written (version 1): say when this text went out"}
	case version == r.Version: // what it lacks is judged of the newest
		if err := r.complete(); err != nil {
			return version, err
		}
	}
	if blank(r.Versions[version-1].Body.Text) {
		return 0, refuse(NothingWritten, "The text 正文 of %s is empty, so there was nothing to send or to read out: write it first.", r.Words())
	}
	return version, nil
}

// proof makes sure of the call or the attachment that is named, and takes the time from the call.
func (i Incident) proof(f *IncidentFact, d *FactBody, b IncidentBooks) error {
	if d.CallID != "" {
		c, known := b.Calls[d.CallID]
		switch {
		case !known:
			return &InvalidError{Field: "call_id", Reason: "is no call of the log"}
		case c.AnsweredAt.IsZero():
			return &InvalidError{Field: "call_id", Reason: "was not answered: nothing was reported by it"}
		case d.Channel != "phone":
			return &InvalidError{Field: "channel", Reason: "is the telephone where a call proves it"}
		case c.Direction != telephony.Outbound:
			return &InvalidError{Field: "call_id", Reason: "came in: a report by telephone is a call that we made to the recipient"}
		case c.OfferedAt.Before(i.begun(f.WrittenAt)):
			return &InvalidError{Field: "call_id", Reason: "began before the first entry of the incident: nothing was known of it then"}
		case i.saidOtherwise(d.CallID):
			return &InvalidError{Field: "call_id", Reason: "is the call in which somebody approved a report or was called out: choose the one to the recipient"}
		}
		f.At = c.AnsweredAt.Truncate(time.Millisecond) // the switch saw it
		return nil
	}
	if err := i.sinceBegun(f); err != nil {
		return err
	}
	return i.attached(d.Attachment, b)
}

// saidOtherwise reports whether a fact that stands says that the call was with somebody of the own unit.
func (i Incident) saidOtherwise(callID string) bool {
	return slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		own := f.Kind == FactSigned || f.Kind == FactReviewed || f.Kind == FactCalledOut
		return own && f.Struck == nil && f.Body.CallID == callID
	})
}

// attached makes sure that a file belongs to an entry of the incident; 0 names none.
func (i Incident) attached(id int64, b IncidentBooks) error {
	if a, known := b.Attachments[id]; id != 0 && (!known || !i.Has(a.EntryID) || a.State != AttachmentKept) {
		return &InvalidError{Field: "attachment", Reason: "is no file of an entry of this incident: attach it to one of them first"}
	}
	return nil
}
