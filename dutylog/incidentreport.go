package dutylog

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Stage is how far the reporting of an incident is (Art. 20, 22).
type Stage string

// The closed set of stages, in their order.
const (
	StageFirst    Stage = "first"     // 初报
	StageWritten  Stage = "written"   // 书面报告
	StageDetailed Stage = "detailed"  // 详细报告
	StageFollowUp Stage = "follow_up" // 续报, numbered
	StageFinal    Stage = "final"     // 终报
)

// stageRule is what a report of a stage has to say: data.
type stageRule struct {
	stage    Stage
	words    string
	required []Element
}

// The rules of the stages. The regulation asks for the beginnings first, then for the basics, then for
// everything; what is not known is said to be so (不详, 正在核实) and never left out.
var stageRules = []stageRule{
	{StageFirst, "初报（初步情况）", []Element{ElementTime, ElementPlace, ElementNature}},
	{StageWritten, "书面报告（基本情况）", []Element{ElementUnit, ElementTime, ElementPlace, ElementNature, ElementCasualties, ElementMeasures}},
	{StageDetailed, "详细报告（详细情况）", allElements},
	{StageFollowUp, "续报", []Element{ElementTime, ElementPlace, ElementNature, ElementCasualties, ElementMeasures, ElementTrend}},
	{StageFinal, "终报", allElements},
}

var allElements = []Element{ElementUnit, ElementTime, ElementPlace, ElementCause, ElementNature, ElementLosses, ElementCasualties, ElementMeasures, ElementTrend}

// StageRule is what the log asks of the reports of one stage.
type StageRule struct {
	Stage    Stage     `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Words    string    `json:"words"`
	Required []Element `json:"required" nullable:"false"`
}

// StageRules lists the rule of every stage, in their order.
func StageRules() []StageRule {
	all := make([]StageRule, len(stageRules))
	for n, r := range stageRules {
		all[n] = StageRule{r.stage, r.words, slices.Clone(r.required)}
	}
	return all
}

// ReportNumber is the address of a report within its incident; it never changes and is known before
// anything is written. First, written and detailed have 1, 2, 3; then follow-ups the even numbers from
// 4 on, and finals (a second one, when the incident was opened again) the odd ones from 5 on. Zero:
// there is no such stage.
func ReportNumber(s Stage, nth int) int {
	switch s {
	case StageFirst:
		return 1
	case StageWritten:
		return 2
	case StageDetailed:
		return 3
	case StageFollowUp:
		return 2 + 2*nth
	case StageFinal:
		return 3 + 2*nth
	}
	return 0
}

// nthOf is which one of its stage has a number: see ReportNumber.
func nthOf(number int) int {
	switch s := stageOf(number); s {
	case StageFollowUp:
		return (number - 2) / 2
	case StageFinal:
		return (number - 3) / 2
	}
	return 1
}

// Report is one report of an incident 信息报告: what was written of it, who approved it, to whom it went.
type Report struct {
	Number   int
	Stage    Stage
	Nth      int // of its stage, from 1 on
	DueAt    time.Time
	Version  int                // the newest; 0: nothing is written
	Versions []IncidentFact     // FactWritten, oldest first
	Elements map[Element]string // of the newest version
	Text     string
	Missing  []Element // required and absent, of the newest version; before there is one, of what is known

	SentAt     time.Time // when all recipients that the deadline is about had got it; zero: they did not
	CoveredBy  int       // the number of the final report that told it in time; 0: none did. Then nothing is owed any more
	SentIn     int64     // the incident, merged into this one, by which it was; 0: this one
	SentAs     int       // its number there
	ApprovedAt time.Time // the newest version was signed
	ApprovedBy string
	ByWord     bool             // whoever signed it did so by telephone, and has not confirmed it yet
	Approvals  []ReportApproval // all that stand, oldest first
	Deliveries []Delivery
	Elsewhere  []Delivery // of incidents that were merged into this one: recipient, channel and time

	stops     []string  // the recipients who all have to get it for its clock to stop
	dueOthers time.Time // until when who has not got it by DueAt has to, where that is another moment: see DueTo
}

// ReportApproval is that somebody reviewed or signed a version. It has nothing to do with its sending.
type ReportApproval struct {
	Fact        int
	Part        ApprovalPart
	Version     int
	Login, Name string // whose it is
	Role        Role
	At          time.Time
	ByPhone     bool
	CallID      string // of the call in which it was said
	CallWith    string // whose its number is, where it is not known as theirs; empty: it is, or there is no call
	CallReason  string // and why it proves it all the same
	NotedBy     Actor  // by telephone: the officer
	ConfirmedAt time.Time
	DeniedAt    time.Time // the person says that they did not: it does not count
	DeniedWhy   string
}

// ApprovalPart is which part of the approval somebody gives.
type ApprovalPart string

// The two parts (Art. 15, 16).
const (
	PartReview ApprovalPart = "review" // 审核, by the section chief
	PartSign   ApprovalPart = "sign"   // 签发, by the duty leader
)

// Entitled are the roles that may give a part of an approval. The leader reviews and signs (Art. 15);
// the section chief reviews (Art. 16).
func (p ApprovalPart) Entitled() []Role {
	if p == PartSign {
		return []Role{Leader}
	}
	return []Role{Chief, Leader}
}

// Waits reports whether it was said by telephone and the person has not said anything of it yet.
func (a ReportApproval) Waits() bool {
	return a.ByPhone && a.ConfirmedAt.IsZero() && a.DeniedAt.IsZero()
}

// Delivery is that a report went to somebody by some way, and what proves it.
type Delivery struct {
	Fact       int
	Version    int    // that was sent; 0: it was told by telephone before anything was written
	Recipient  string // see Recipients
	Channel    string // see Channels
	At         time.Time
	Receiver   string // name of who took it
	CallID     string
	Attachment int64 // of a linked entry
	Evidence   string
	CallWith   string    // whose the call's number is, where it is not known as the recipient's
	CallReason string    // and why it proves it all the same
	NotedAt    time.Time // when it was written down
	By         Actor
	SentIn     int64 // the incident, merged into this one, by which it went; 0: this one
}

// ReportState is where a report stands.
type ReportState string

// The closed set of states.
const (
	ReportSent   ReportState = "sent"    // whether it was in time, SentLate says
	ReportLate   ReportState = "late"    // its deadline is over, and it was not sent
	ReportDraft  ReportState = "draft"   // written, and not sent yet
	ReportComing ReportState = "coming"  // its deadline is ahead
	ReportNotDue ReportState = "not_due" // no deadline asks for it now
)

// State says where it stands at a moment.
func (r Report) State(now time.Time) ReportState {
	switch {
	case !r.SentAt.IsZero():
		return ReportSent
	case !r.DueAt.IsZero() && !now.Before(r.DueAt):
		return ReportLate
	case r.Version > 0:
		return ReportDraft
	case !r.DueAt.IsZero():
		return ReportComing
	}
	return ReportNotDue
}

// SentLate reports whether it was sent after its deadline.
func (r Report) SentLate() bool {
	return !r.SentAt.IsZero() && !r.DueAt.IsZero() && r.SentAt.After(r.DueAt)
}

// Unproved reports whether a delivery is claimed to have been in time, was noted after the deadline, and neither a call
// nor a file proves it: it counts as it is said, and is shown and told as that.
func (r Report) Unproved(d Delivery) bool {
	due := r.DueTo(d.Recipient)
	return !due.IsZero() && d.CallID == "" && d.Attachment == 0 && !d.At.After(due) && d.NotedAt.After(due)
}

// Unapproved reports whether it was sent, and nobody signed what stands. Where another incident, merged into this one,
// sent it, that one is asked, until a text is written here and goes out.
func (r Report) Unapproved() bool {
	return len(r.Deliveries) > 0 && r.ApprovedAt.IsZero() && (r.SentIn == 0 || r.Version > 0)
}

// Lacking are the recipients that did not get a report which went out already.
func (r Report) Lacking() []string {
	lacking := []string{}
	for _, w := range Recipients() {
		if r.isOut() && !r.DeliveredTo(w.Code) {
			lacking = append(lacking, w.Code)
		}
	}
	return lacking
}

// isOut reports whether anybody got it, by this incident or one that was merged into it.
func (r Report) isOut() bool { return len(r.Deliveries)+len(r.Elsewhere) > 0 }

// LackingWords names them; empty: everybody got it.
func (r Report) LackingWords() string {
	names := r.Lacking()
	for n, code := range names {
		w, _ := wordOf(Recipients(), code)
		names[n] = w.Words
	}
	return strings.Join(names, "、")
}

// Unreported are the reports that an incident was closed without: those that every incident demands, and others
// that were late then. What a final report told in time was reported: see coveredBy.
func (i Incident) Unreported() []Report {
	var all []Report
	for _, r := range i.Reports {
		if i.State == IncidentClosed && r.SentAt.IsZero() && r.CoveredBy == 0 && (r.Number <= ReportNumber(StageDetailed, 1) || !r.DueAt.IsZero()) {
			all = append(all, r)
		}
	}
	return all
}

// Words is what people call it, for instance 续报（第2次）.
func (r Report) Words() string {
	switch {
	case r.Stage == StageFollowUp:
		return "续报（第" + itoa(r.Nth) + "次）"
	case r.Stage == StageFinal && r.Nth > 1:
		return "终报（第" + itoa(r.Nth) + "次）"
	}
	return stageWords(r.Stage)
}

func stageWords(stage Stage) string {
	for _, s := range stageRules {
		if s.stage == stage {
			return s.words
		}
	}
	return string(stage)
}

// missing are the required elements that the report does not have.
func (r Report) missing(known map[Element]string) []Element {
	if r.Version > 0 {
		return r.MissingIn(r.Elements)
	}
	return r.MissingIn(known)
}

// MissingIn are the required elements that a draft of the report does not have.
func (r Report) MissingIn(of map[Element]string) []Element {
	all := []Element{}
	for _, s := range stageRules {
		for _, e := range s.required {
			if s.stage == r.Stage && blank(of[e]) {
				all = append(all, e)
			}
		}
	}
	return all
}

// reportsSaid reads out of the facts what was written, approved and sent, by number.
func (i *Incident) reportsSaid() map[int]Report {
	said := map[int]Report{}
	change := func(number int, with func(*Report)) {
		r := said[number]
		r.Number = number
		with(&r)
		said[number] = r
	}
	denied := map[int]bool{} // by fact: what was denied stays shown, also when it is struck out
	for _, f := range i.Facts {
		denied[f.Body.Fact] = denied[f.Body.Fact] || f.Kind == FactDenied
	}
	for _, f := range i.Facts {
		if f.Struck != nil && !denied[f.Seq] {
			continue
		}
		switch f.Kind {
		case FactWritten:
			change(f.Body.Report, func(r *Report) { r.written(f) })
		case FactReviewed, FactSigned:
			change(f.Body.Report, func(r *Report) { r.Approvals = append(r.Approvals, approvalOf(f)) })
		case FactConfirmed, FactDenied:
			change(f.Body.Report, func(r *Report) { r.answered(f) })
		case FactDelivered:
			change(f.Body.Report, func(r *Report) { r.Deliveries = append(r.Deliveries, deliveryOf(f)) })
		}
	}
	for n, r := range said {
		r.Stage, r.stops = stageOf(n), i.Schedule.stopsClock()
		r.settle()
		said[n] = r
	}
	i.inherits(said)
	return said
}

// stageOf is the stage of a report's number.
func stageOf(number int) Stage {
	switch {
	case number <= 3 && number >= 1:
		return stageRules[number-1].stage
	case number%2 == 0:
		return StageFollowUp
	}
	return StageFinal
}

func (r *Report) written(f IncidentFact) {
	r.Versions = append(r.Versions, f)
	r.Version, r.Text, r.Elements = f.Body.Version, f.Body.Text, maps.Clone(f.Body.Elements)
}

func approvalOf(f IncidentFact) ReportApproval {
	a := ReportApproval{Fact: f.Seq, Part: PartReview, Version: f.Body.Version, Login: f.By.Login, Name: f.By.Name, Role: f.By.Role, At: f.At}
	if f.Kind == FactSigned {
		a.Part = PartSign
	}
	if f.Body.Login != "" {
		a.ByPhone, a.NotedBy, a.CallID, a.CallWith, a.CallReason = true, f.By, f.Body.CallID, f.Body.CallWith, f.Body.CallReason
		a.Login, a.Name, a.Role = f.Body.Login, f.Body.Name, f.Body.Role
	}
	return a
}

func (r *Report) answered(f IncidentFact) {
	for n := range r.Approvals {
		a := &r.Approvals[n]
		if a.Fact != f.Body.Fact {
			continue
		}
		if f.Kind == FactConfirmed {
			a.ConfirmedAt = f.At
		} else {
			a.DeniedAt, a.DeniedWhy = f.At, f.Body.Reason
		}
	}
}

func deliveryOf(f IncidentFact) Delivery {
	b := f.Body
	return Delivery{Fact: f.Seq, Version: b.Version, Recipient: b.Recipient, Channel: b.Channel, At: f.At, Receiver: b.Receiver,
		CallID: b.CallID, Attachment: b.Attachment, Evidence: b.Evidence, CallWith: b.CallWith, CallReason: b.CallReason, NotedAt: f.WrittenAt, By: f.By}
}

// settle says when it was sent, and whether what stands is signed.
func (r *Report) settle() {
	r.SentAt = r.gotBy(func(Delivery) bool { return true })
	for _, a := range r.Approvals {
		if a.Part == PartSign && a.Version == r.Version && a.DeniedAt.IsZero() {
			r.ApprovedAt, r.ApprovedBy, r.ByWord = a.At, a.Name, a.Waits()
		}
	}
}

// gotBy is when all whom its clock is about had got the report by such deliveries; zero: they did not.
func (r Report) gotBy(such func(Delivery) bool) (all time.Time) {
	for _, to := range r.stops {
		var first time.Time
		for _, d := range r.Deliveries {
			if d.Recipient == to && such(d) && (first.IsZero() || d.At.Before(first)) {
				first = d.At
			}
		}
		if first.IsZero() {
			return first
		}
		all = laterOf(all, first)
	}
	return all
}

// Report finds a report by its number.
func (i Incident) Report(number int) (Report, bool) {
	for _, r := range i.Reports {
		if r.Number == number {
			return r, true
		}
	}
	return Report{}, false
}

// ChangedElements are those that a version says otherwise than another one.
func ChangedElements(before, after map[Element]string) []Element {
	changed := []Element{}
	for _, e := range allElements {
		if before[e] != after[e] {
			changed = append(changed, e)
		}
	}
	return changed
}

// LastSent is the report in writing that was sent last before r; nil: none was.
func (i Incident) LastSent(r Report) *Report {
	var last *Report
	for n := range i.Reports {
		o := &i.Reports[n]
		before := r.SentAt.IsZero() || o.SentAt.Before(r.SentAt)
		if o.Number != r.Number && o.Version > 0 && !o.SentAt.IsZero() && before && (last == nil || o.SentAt.After(last.SentAt)) {
			last = o
		}
	}
	return last
}
