package web

import (
	"time"

	"dutyline/dutylog"
)

// elementMap is what is said of the elements of Art. 18, by their codes.
type elementMap map[dutylog.Element]string

// elementsShown is it for a reader, who always gets a map: where nothing was said, none of it is in the log.
func elementsShown(said map[dutylog.Element]string) elementMap {
	if said == nil {
		return elementMap{}
	}
	return said
}

// IncidentHead is what is said of an incident wherever it is named.
type IncidentHead struct {
	ID           int64                 `json:"id"`
	Number       string                `json:"number" doc:"For instance T2026-003"`
	State        dutylog.IncidentState `json:"state" enum:"open,closed,merged"`
	Category     string                `json:"category" doc:"One of Art. 19: see GET /incidents/terms"`
	Trigger      string                `json:"trigger" doc:"Why it is reported whatever its extent (Art. 18): codes, with commas between them; empty: none"`
	Title        string                `json:"title"`
	OpenedAt     stamp                 `json:"opened_at"`
	OpenedBy     actorDoc              `json:"opened_by"`
	EndedAt      stamp                 `json:"ended_at" doc:"When it was closed or merged"`
	EndReason    string                `json:"end_reason"`
	MergedInto   int64                 `json:"merged_into" doc:"0: it was not"`
	ClockStart   stamp                 `json:"clock_start" doc:"From when on the deadlines count"`
	ClockNatural stamp                 `json:"clock_natural" doc:"The intake of the earliest linked entry"`
	ClockReason  string                `json:"clock_reason" doc:"Why the one is later than the other; empty: it is not"`
	Schedule     dutylog.Schedule      `json:"schedule" doc:"As it was in force when the incident was opened"`
	NextDue      *incidentDue          `json:"next_due" doc:"The deadline that is next, or the oldest that is over; null: none"`
	Elements     elementMap            `json:"elements" nullable:"false" doc:"As they are known now"`
	Waiting      []incidentWaiting     `json:"waiting" nullable:"false" doc:"Approvals by telephone that wait for the person's own word"`
	Unreported   []string              `json:"unreported" nullable:"false" doc:"Reports that it was closed without, though they were demanded"`
	Lacking      []incidentLacking     `json:"lacking" nullable:"false" doc:"Reports that went out, and who did not get them"`
	Count        int                   `json:"entry_count" doc:"How many entries are linked"`
}

// incidentListed is an incident in a list: with what its entries and reports are known by, and without their words.
type incidentListed struct {
	IncidentHead
	Entries []LinkedEntry `json:"entries" nullable:"false" doc:"In the order of their intake"`
	Reports []ReportHead  `json:"reports" nullable:"false" doc:"Those that were written, and those that are due or will be"`
}

// incidentBody is all of an incident.
type incidentBody struct {
	IncidentHead
	Entries      []incidentEntry       `json:"entries,omitempty" doc:"In the order of their intake"`
	Differences  []incidentDifference  `json:"differences,omitempty" doc:"Elements of which the entries, or what is known, do not say the same"`
	Disputes     []incidentDispute     `json:"disputes,omitempty" doc:"What linked entries say of casualties, place or time otherwise than is known, and nobody has decided: PATCH the element, with what they say or with what is known"`
	Reports      []incidentReport      `json:"reports,omitempty" doc:"Those that were written, and those that are due or will be"`
	Callouts     []incidentCallout     `json:"callouts,omitempty"`
	Scene        []incidentScene       `json:"scene,omitempty"`
	Instructions []incidentInstruction `json:"instructions,omitempty"`
	Absorbed     []int64               `json:"absorbed,omitempty" doc:"Incidents that were merged into this one"`
	Others       []incidentName        `json:"others,omitempty" doc:"How people call the incidents that this one names"`
	Facts        []incidentFact        `json:"facts,omitempty" doc:"The whole course, in the order of writing"`
}

type incidentName struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
}

type incidentDue struct {
	Number int           `json:"number" doc:"Of the report"`
	Stage  dutylog.Stage `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Nth    int           `json:"nth"`
	DueAt  stamp         `json:"due_at"`
	Late   bool          `json:"late"`
}

type incidentLacking struct {
	Report     int           `json:"report"`
	Stage      dutylog.Stage `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Nth        int           `json:"nth"`
	Recipients []string      `json:"recipients" nullable:"false"`
}

type incidentWaiting struct {
	Incident int64 `json:"incident" doc:"In which it was noted, and is confirmed or denied: this one, or one that was merged into it"`

	Report int    `json:"report"`
	Fact   int    `json:"fact"`
	Part   string `json:"part" enum:"review,sign"`
	Login  string `json:"login"`
	Name   string `json:"name"`
	At     stamp  `json:"at"`

	Unconfirmed bool `json:"unconfirmed" doc:"The time within which they are to confirm it is over"`
}

// LinkedEntry is by what an entry of an incident is known.
type LinkedEntry struct {
	ID   string `json:"id"`
	At   stamp  `json:"at" doc:"Its intake"`
	Fact int    `json:"fact" doc:"That linked it"`
}

type incidentEntry struct {
	LinkedEntry
	EntryNumber string     `json:"entry_number"`
	CallID      string     `json:"call_id"`
	Who         string     `json:"who"`
	Number      string     `json:"number" doc:"Of the telephone"`
	Content     string     `json:"content"`
	Says        elementMap `json:"says" nullable:"false" doc:"What it says of the elements"`
}

type incidentDifference struct {
	Element dutylog.Element `json:"element"`
	Known   string          `json:"known" doc:"Of the incident; empty: nothing is"`
	Values  []incidentValue `json:"values" nullable:"false"`
}

type incidentDispute struct {
	Element dutylog.Element `json:"element" enum:"time,place,casualties"`
	EntryID string          `json:"entry_id"`
	Value   string          `json:"value" doc:"What the entry says"`
	Known   string          `json:"known" doc:"What was known when it said so; empty: nothing was"`
	Worse   bool            `json:"worse" doc:"More casualties than are known: a follow-up is due essential_minutes after at, adopted or not"`
	At      stamp           `json:"at"`
	Fact    int             `json:"fact"`
}

type incidentValue struct {
	EntryID string `json:"entry_id"`
	Value   string `json:"value"`
}

// ReportHead is where a report stands: when it was due, sent and approved, and to whom it went.
type ReportHead struct {
	Number     int                 `json:"number" doc:"Its address within the incident; known before anything is written"`
	Stage      dutylog.Stage       `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Nth        int                 `json:"nth" doc:"Of its stage, from 1 on"`
	DueAt      stamp               `json:"due_at"`
	State      dutylog.ReportState `json:"state" enum:"sent,late,draft,coming,not_due" doc:"late: its deadline is over and it was not sent"`
	SentAt     stamp               `json:"sent_at" doc:"When all whom schedule.stops_clock names had got it: that stops the clock"`
	SentLate   bool                `json:"sent_late"`
	CoveredBy  int                 `json:"covered_by" doc:"The final report that told it before its deadline, so that nothing is owed any more; 0: none did"`
	SentIn     int64               `json:"sent_in" doc:"The incident, merged into this one, by which it was sent; 0: this one"`
	ApprovedAt stamp               `json:"approved_at" doc:"When its newest version was signed"`
	ApprovedBy string              `json:"approved_by"`
	ByWord     bool                `json:"approved_unconfirmed" doc:"Whoever signed it did so by telephone, and has not confirmed it yet"`
	Version    int                 `json:"version" doc:"The newest; 0: nothing is written"`
	Approvals  []incidentApproval  `json:"approvals" nullable:"false"`
	Deliveries []incidentDelivery  `json:"deliveries" nullable:"false"`
	LateTo     []incidentLateTo    `json:"late_to" nullable:"false" doc:"Who got it first after its deadline, or has not got it although that is over, whether or not they stop its clock; of one that went to nobody, nobody: its state says so"`
	Elsewhere  []incidentSentTo    `json:"sent_elsewhere" nullable:"false" doc:"To whom it went by incidents that were merged into this one"`
}

// incidentLateTo is for whom a report came late.
type incidentLateTo struct {
	Recipient string `json:"recipient" enum:"superior_bureau,party_committee,government"`
	At        stamp  `json:"at" doc:"When they got it first; null: they have not"`
}

// incidentSentTo is that a recipient got a report by another incident.
type incidentSentTo struct {
	Incident  int64  `json:"incident" doc:"That was merged into this one, and sent it"`
	Recipient string `json:"recipient" enum:"superior_bureau,party_committee,government"`
	Channel   string `json:"channel" enum:"phone,wechat,fax,system"`
	At        stamp  `json:"at"`
}

type incidentReport struct {
	ReportHead
	Elements  elementMap        `json:"elements" nullable:"false" doc:"Of the newest version; before there is one, a draft out of what is known"`
	FromEntry []incidentDrawn   `json:"from_entries" nullable:"false" doc:"What the draft has from an entry, because nobody has said it of the incident"`
	Text      string            `json:"text" doc:"Of the newest version; before there is one, of the report that was sent last, from which whoever writes goes on"`
	Changed   []dutylog.Element `json:"changed" nullable:"false" doc:"What it says otherwise than the report that was sent last"`
	Missing   []dutylog.Element `json:"missing" nullable:"false" doc:"Required and absent"`
	Versions  []incidentVersion `json:"versions" nullable:"false"`
}

type incidentDrawn struct {
	Element dutylog.Element `json:"element"`
	EntryID string          `json:"entry_id" doc:"The earliest that says it"`
	Differs bool            `json:"differs" doc:"Other entries say otherwise"`
}

type incidentVersion struct {
	Version  int        `json:"version"`
	Elements elementMap `json:"elements" nullable:"false"`
	Text     string     `json:"text"`
	By       actorDoc   `json:"by"`
	At       stamp      `json:"at"`
	Fact     int        `json:"fact"`
}

type incidentApproval struct {
	Part        dutylog.ApprovalPart `json:"part" enum:"review,sign"`
	Version     int                  `json:"version"`
	Login       string               `json:"login" doc:"Whose it is"`
	Name        string               `json:"name"`
	Role        dutylog.Role         `json:"role"`
	At          stamp                `json:"at"`
	ByPhone     bool                 `json:"by_phone"`
	CallID      string               `json:"call_id" doc:"Of the call in which it was said"`
	CallWith    string               `json:"call_with" doc:"Whose the call's number is, where it is not known as theirs; of a call that was over within 5 s it begins with 通话仅 and the seconds; empty: it is theirs"`
	CallReason  string               `json:"call_reason" doc:"Why it proves it all the same, in the officer's words; the alert call_mismatch tells the supervisor"`
	NotedBy     *actorDoc            `json:"noted_by" doc:"null: by login"`
	ConfirmedAt stamp                `json:"confirmed_at" doc:"By the person, of what was said by telephone"`
	Unconfirmed bool                 `json:"unconfirmed" doc:"It was said by telephone, and the time within which the person is to confirm it is over (schedule.confirm_minutes)"`
	DeniedAt    stamp                `json:"denied_at" doc:"The person says that they did not: it does not count"`
	DeniedWhy   string               `json:"denied_why"`
	Fact        int                  `json:"fact"`
}

type incidentDelivery struct {
	Version    int      `json:"version" doc:"That was sent; 0: told by telephone before anything was written"`
	Recipient  string   `json:"recipient" enum:"superior_bureau,party_committee,government"`
	Channel    string   `json:"channel" enum:"phone,wechat,fax,system"`
	At         stamp    `json:"at"`
	Receiver   string   `json:"receiver"`
	CallID     string   `json:"call_id"`
	Attachment int64    `json:"attachment" doc:"0: none"`
	Evidence   string   `json:"evidence"`
	CallWith   string   `json:"call_with" doc:"Whose the call's number is, where it is not known as the recipient's; of a call that was over within 5 s it begins with 通话仅 and the seconds; empty: it is theirs"`
	CallReason string   `json:"call_reason" doc:"Why it proves it all the same, in the officer's words; the alert call_mismatch tells the supervisor"`
	NotedAt    stamp    `json:"noted_at" doc:"When it was written down"`
	Late       bool     `json:"late" doc:"After the deadline, and nothing of it went there before"`
	Unproved   bool     `json:"unproved" doc:"Said to have been in time, noted after the deadline, and proved by neither a call nor a file"`
	By         actorDoc `json:"by"`
	Fact       int      `json:"fact"`
}

type incidentCallout struct {
	Whom   string   `json:"whom"`
	Part   string   `json:"part" enum:"head,deputy,section,other"`
	Number string   `json:"number"`
	Result string   `json:"result" enum:"reached,passed_on,no_answer"`
	CallID string   `json:"call_id"`
	At     stamp    `json:"at"`
	By     actorDoc `json:"by"`
	Fact   int      `json:"fact"`
}

type incidentScene struct {
	Kind   string   `json:"kind" enum:"on_scene,feedback,back"`
	Whom   string   `json:"whom"`
	Text   string   `json:"text"`
	CallID string   `json:"call_id"`
	At     stamp    `json:"at"`
	By     actorDoc `json:"by"`
	Fact   int      `json:"fact"`
}

type incidentInstruction struct {
	Number     int            `json:"number" doc:"The fact that began it"`
	Whom       string         `json:"whom" doc:"Who instructed"`
	At         stamp          `json:"at"`
	Text       string         `json:"text"`
	Attachment int64          `json:"attachment" doc:"0: none"`
	Due        stamp          `json:"due"`
	Overdue    bool           `json:"overdue"`
	Conveyed   []incidentStep `json:"conveyed" nullable:"false"`
	Feedback   []incidentStep `json:"feedback" nullable:"false"`
	ClosedAt   stamp          `json:"closed_at"`
	ClosedText string         `json:"closed_text"`
	By         actorDoc       `json:"by"`
}

type incidentStep struct {
	Whom string   `json:"whom"`
	Text string   `json:"text"`
	At   stamp    `json:"at"`
	By   actorDoc `json:"by"`
	Fact int      `json:"fact"`
}

type incidentFact struct {
	Seq       int              `json:"seq"`
	Kind      dutylog.FactKind `json:"kind"`
	At        stamp            `json:"at" doc:"When it happened"`
	WrittenAt stamp            `json:"written_at"`
	By        actorDoc         `json:"by"`
	Body      dutylog.FactBody `json:"body" doc:"What it says, as it is kept"`
	Struck    *strikeDoc       `json:"struck" doc:"It was wrong: who struck it out, and why"`
	MayStrike bool             `json:"may_strike" doc:"Whoever asks may strike it out: an approval only who gave or noted it, and never the only entry"`
}

// incidentShown is what is said of an incident wherever it is named.
func incidentShown(i dutylog.Incident, now time.Time) IncidentHead {
	b := IncidentHead{ID: i.ID, Number: i.Number.String(), State: i.State, Category: i.Category, Trigger: i.Trigger, Title: i.Title(),
		EndedAt: stamp(i.EndedAt), EndReason: i.EndReason, MergedInto: i.MergedInto, ClockStart: stamp(i.ClockStart), ClockNatural: stamp(i.ClockNatural),
		ClockReason: i.ClockReason, Schedule: i.Schedule, Elements: elementsShown(i.Elements), Waiting: []incidentWaiting{}, Unreported: []string{}, Lacking: []incidentLacking{}, Count: len(i.Entries)}
	if len(i.Facts) > 0 {
		b.OpenedAt, b.OpenedBy = stamp(i.Facts[0].At), actorOf(i.Facts[0].By)
	}
	if r := i.NextDue(); r != nil {
		b.NextDue = &incidentDue{r.Number, r.Stage, r.Nth, stamp(r.DueAt), r.State(now) == dutylog.ReportLate}
	}
	for _, r := range i.Unreported() {
		b.Unreported = append(b.Unreported, r.Words())
	}
	for _, r := range i.Reports {
		if to := r.Lacking(); len(to) > 0 {
			b.Lacking = append(b.Lacking, incidentLacking{r.Number, r.Stage, r.Nth, to})
		}
	}
	for _, x := range i.Waiting() {
		b.Waiting = append(b.Waiting, incidentWaiting{x.Incident, x.Report, x.Fact, string(x.Part), x.Login, x.Name, stamp(x.At), !now.Before(x.By)})
	}
	return b
}

// incidentInList is what a list says of an incident. It reads nothing besides the incident itself, so that the cost of a
// page is bounded by its length.
func incidentInList(i dutylog.Incident, now time.Time) incidentListed {
	b := incidentListed{IncidentHead: incidentShown(i, now), Entries: []LinkedEntry{}, Reports: []ReportHead{}}
	for _, l := range i.Entries {
		b.Entries = append(b.Entries, linkedEntry(l))
	}
	for _, r := range i.Reports {
		b.Reports = append(b.Reports, reportHead(i, r, now))
	}
	return b
}

func linkedEntry(l dutylog.LinkedEntry) LinkedEntry {
	return LinkedEntry{l.EntryID, stamp(l.Intake), l.Fact}
}

// incidentWhole is all of an incident. ENTRIES are those that are linked, in their order; MAY says whether whoever asks may
// strike a fact out.
func incidentWhole(i dutylog.Incident, entries []dutylog.Entry, now time.Time, may func(fact int) bool) incidentBody {
	b := incidentBody{IncidentHead: incidentShown(i, now)}
	for n, e := range entries {
		b.Entries = append(b.Entries, incidentEntry{LinkedEntry: linkedEntry(i.Entries[n]), EntryNumber: e.EntryNumber.String(), CallID: e.CallID, Who: dutylog.MatterOf(e).Who,
			Number: e.Number.Raw, Content: e.Values[dutylog.Content], Says: elementMap(dutylog.ElementsOf(e))})
	}
	for _, d := range dutylog.Differences(i.Elements, entries) {
		out := incidentDifference{Element: d.Element, Known: d.Known}
		for _, v := range d.Values {
			out.Values = append(out.Values, incidentValue(v))
		}
		b.Differences = append(b.Differences, out)
	}
	for _, d := range i.Disputes {
		b.Disputes = append(b.Disputes, incidentDispute{d.Element, d.EntryID, d.Value, d.Known, d.Worse, stamp(d.At), d.Fact})
	}
	for _, r := range i.Reports {
		b.Reports = append(b.Reports, reportShown(i, r, entries, now))
	}
	for _, c := range i.Callouts {
		b.Callouts = append(b.Callouts, incidentCallout{c.Whom, c.Part, c.Phone, c.Result, c.CallID, stamp(c.At), actorOf(c.By), c.Fact})
	}
	for _, s := range i.Scene {
		b.Scene = append(b.Scene, incidentScene{s.Kind, s.Whom, s.Text, s.CallID, stamp(s.At), actorOf(s.By), s.Fact})
	}
	for _, x := range i.Instructions {
		b.Instructions = append(b.Instructions, incidentInstruction{Number: x.Number, Whom: x.Whom, At: stamp(x.At), Text: x.Text, Attachment: x.Attachment, Due: stamp(x.Due), Overdue: x.Overdue(now),
			Conveyed: stepsShown(x.Conveyed), Feedback: stepsShown(x.Feedback), ClosedAt: stamp(x.ClosedAt), ClosedText: x.ClosedText, By: actorOf(x.By)})
	}
	for _, x := range i.Absorbed {
		b.Absorbed = append(b.Absorbed, x.Incident)
	}
	for _, f := range i.Facts {
		out := incidentFact{Seq: f.Seq, Kind: f.Kind, At: stamp(f.At), WrittenAt: stamp(f.WrittenAt), By: actorOf(f.By), Body: f.Body, MayStrike: may(f.Seq)}
		if f.Struck != nil {
			out.Struck = &strikeDoc{f.Struck.Reason, actorOf(f.Struck.By), stamp(f.Struck.At)}
		}
		b.Facts = append(b.Facts, out)
	}
	return b
}

func stepsShown(steps []dutylog.InstructionStep) []incidentStep {
	out := make([]incidentStep, 0, len(steps))
	for _, s := range steps {
		out = append(out, incidentStep{s.Whom, s.Text, stamp(s.At), actorOf(s.By), s.Fact})
	}
	return out
}

// reportShown is a report; one of which nothing is written is shown as a draft out of what is known.
func reportShown(i dutylog.Incident, r dutylog.Report, entries []dutylog.Entry, now time.Time) incidentReport {
	draft, drawn := i.DraftFrom(r, entries)
	b := incidentReport{ReportHead: reportHead(i, r, now), Elements: elementsShown(draft), Text: i.DraftText(r),
		Changed: i.ChangedIn(r, draft), Missing: append([]dutylog.Element{}, r.MissingIn(draft)...), FromEntry: []incidentDrawn{}, Versions: []incidentVersion{}}
	for _, d := range drawn {
		b.FromEntry = append(b.FromEntry, incidentDrawn(d))
	}
	for _, f := range r.Versions {
		b.Versions = append(b.Versions, incidentVersion{f.Body.Version, elementsShown(f.Body.Elements), f.Body.Text, actorOf(f.By), stamp(f.At), f.Seq})
	}
	return b
}

// reportHead is where a report stands.
func reportHead(i dutylog.Incident, r dutylog.Report, now time.Time) ReportHead {
	b := ReportHead{Number: r.Number, Stage: r.Stage, Nth: r.Nth, DueAt: stamp(r.DueAt), State: r.State(now), SentAt: stamp(r.SentAt), SentLate: r.SentLate(), SentIn: r.SentIn, CoveredBy: r.CoveredBy,
		ApprovedAt: stamp(r.ApprovedAt), ApprovedBy: r.ApprovedBy, ByWord: r.ByWord, Version: r.Version, Approvals: []incidentApproval{}, Deliveries: []incidentDelivery{}, LateTo: []incidentLateTo{}, Elsewhere: []incidentSentTo{}}
	for _, x := range r.Approvals {
		out := incidentApproval{Part: x.Part, Version: x.Version, Login: x.Login, Name: x.Name, Role: x.Role, At: stamp(x.At), ByPhone: x.ByPhone, CallID: x.CallID, CallWith: x.CallWith, CallReason: x.CallReason,
			ConfirmedAt: stamp(x.ConfirmedAt), Unconfirmed: i.Unconfirmed(x, now), DeniedAt: stamp(x.DeniedAt), DeniedWhy: x.DeniedWhy, Fact: x.Fact}
		if x.ByPhone {
			by := actorOf(x.NotedBy)
			out.NotedBy = &by
		}
		b.Approvals = append(b.Approvals, out)
	}
	for _, d := range r.Deliveries {
		b.Deliveries = append(b.Deliveries, incidentDelivery{d.Version, d.Recipient, d.Channel, stamp(d.At), d.Receiver, d.CallID, d.Attachment, d.Evidence, d.CallWith, d.CallReason, stamp(d.NotedAt), i.LateBy(r, d) > 0, r.Unproved(d), actorOf(d.By), d.Fact})
	}
	for _, l := range i.LateTo(r, now) {
		b.LateTo = append(b.LateTo, incidentLateTo{l.Recipient, stamp(l.At)})
	}
	for _, d := range r.Elsewhere {
		b.Elsewhere = append(b.Elsewhere, incidentSentTo{d.SentIn, d.Recipient, d.Channel, stamp(d.At)})
	}
	return b
}

func actorOf(a dutylog.Actor) actorDoc { return actorDoc{a.Login, a.Name, string(a.Role)} }
