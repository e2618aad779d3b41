package dutylog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// FactDraft is a fact that somebody wants to append.
type FactDraft struct {
	Kind FactKind
	At   time.Time // when it happened; zero: now
	Body FactBody
}

// IncidentDeed is what somebody does with an incident: one or several facts, all of them or none.
type IncidentDeed struct {
	Incident int64 // 0: it opens one
	// Key is made by whoever does it, so that doing the same again does nothing: 8 to 40 letters,
	// digits and hyphens.
	Key    string
	By     Actor
	Drafts []FactDraft
	// AreaCode of the site, by which the numbers of the roster are read.
	AreaCode string
	// Ahead is how far the switch's clock, by which calls and their entries are, is ahead of ours when it is done: what
	// happens now happens by that clock, so that it can be compared with deadlines that count from an intake.
	Ahead time.Duration
}

// IncidentBooks is what the log knows beside the incident's own facts, as far as a deed asks for it.
type IncidentBooks struct {
	Number      IncidentNumber                // the next one, for an incident that is opened
	Entries     map[string]Entry              // those that are named
	Elsewhere   map[string]Incident           // by entry: the open incident to which it is linked already
	Accounts    map[string]Account            // those who are named
	Numbers     map[string][]telephony.Number // by login: the telephones of those who are named
	Parties     map[string]Party              // by call: with whom those that are named were
	Calls       map[string]Call               // those that are named
	Attachments map[int64]Attachment          // those that are named
	Ahead       time.Duration                 // of the switch's clock, before ours
	Into        *Incident                     // into which this one is merged, or was; nil: there is no such incident
}

// IncidentStore keeps incidents: their facts, for ever. All of it is evidence.
type IncidentStore interface {
	Incident(ctx context.Context, id int64) (Incident, error)
	// Incidents lists them, the newest first.
	Incidents(ctx context.Context, q IncidentQuery) (items []Incident, nextCursor string, err error)
	// DoIncident appends what somebody does, in one transaction. The same key again appends nothing
	// and gives what stands; fact is the number of the deed's first fact.
	DoIncident(ctx context.Context, d IncidentDeed) (after Incident, fact int, err error)
	// IncidentMark changes with every fact that is written, and by nothing else.
	IncidentMark(ctx context.Context) (int64, error)
	// SuperiorCalls lists outgoing calls to superior duty rooms that were answered, since a moment, the newest first.
	SuperiorCalls(ctx context.Context, since time.Time, limit int) ([]Call, error)
}

// IncidentQuery selects incidents, the newest first; zero fields select all.
type IncidentQuery struct {
	State   IncidentState // merged ones are among the closed
	Pending bool          // only those that are open, or have an instruction that is not closed or an approval that waits for its person's word
	EntryID string        // to which this entry is linked
	Limit   int
	Cursor  string
}

// IncidentError says that a deed does not fit to how the incident stands now.
type IncidentError struct {
	Reason IncidentReason
	Detail string // a sentence
}

// Error implements error.
func (e *IncidentError) Error() string { return e.Detail }

// IncidentReason is why a deed is not done.
type IncidentReason string

// The closed set of reasons.
const (
	KeyUsed         IncidentReason = "key_used"         // for another deed
	NotOpen         IncidentReason = "not_open"         // it is closed or merged
	LinkedElsewhere IncidentReason = "linked_elsewhere" // the entry tells of another open incident
	StaleVersion    IncidentReason = "stale_version"    // somebody else wrote meanwhile
	AlreadySent     IncidentReason = "already_sent"     // a version that went out stays
	NotEntitled     IncidentReason = "not_entitled"     // to approve
	LacksElements   IncidentReason = "lacks_elements"   // of Art. 18
	NothingWritten  IncidentReason = "nothing_written"
	NotFinished     IncidentReason = "unfinished"    // it cannot be closed without a reason
	CallMismatch    IncidentReason = "call_mismatch" // the number of a call is not that of whom it is to prove something; a reason settles it
)

func refuse(why IncidentReason, format string, args ...any) error {
	return &IncidentError{why, fmt.Sprintf(format, args...)}
}

// Opening is what opens an incident out of an entry: what the entry says of it is known already.
func Opening(e Entry, category, trigger string, s Schedule) []FactDraft {
	drafts := []FactDraft{
		{Kind: FactOpened, Body: FactBody{Schedule: &s}},
		{Kind: FactLinked, Body: FactBody{Entry: e.ID}},
		{Kind: FactClassified, Body: FactBody{Category: category, Trigger: trigger}},
	}
	known := map[Element]string{}
	for element, f := range elementFields {
		if v := e.Values[f]; !blank(v) {
			known[element] = shortenTo(v, middleText)
		}
	}
	if len(known) > 0 {
		drafts = append(drafts, FactDraft{Kind: FactElements, Body: FactBody{Elements: known}})
	}
	return drafts
}

// Linking is what links another entry: it tells what was not known yet; where it says something else than
// what is known, a person decides.
func (i Incident) Linking(e Entry) []FactDraft {
	drafts := []FactDraft{{Kind: FactLinked, Body: FactBody{Entry: e.ID}}}
	news := map[Element]string{}
	for element, v := range ElementsOf(e) {
		if blank(i.Elements[element]) && !i.inDispute(element) {
			news[element] = shortenTo(v, middleText)
		}
	}
	if len(news) > 0 && !i.Has(e.ID) {
		drafts = append(drafts, FactDraft{Kind: FactElements, Body: FactBody{Elements: news}})
	}
	return drafts
}

// elementFields are the fields of an entry that tell an element. Its unit is that of the caller and not
// of the event; what kind of event it is, a person says.
var elementFields = map[Element]Field{ElementTime: HappenedAt, ElementPlace: Place, ElementCause: Cause, ElementLosses: Losses,
	ElementCasualties: Casualties, ElementMeasures: Measures, ElementTrend: Trend}

// shortenTo cuts what is too long to be an element; the entry has all of it.
func shortenTo(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// bySwitch is a draft with the moments that somebody read off a clock of ours by the switch's, which is ahead of it: moments
// are given to the minute, and what is less than that makes no difference. A call says by itself when it was.
func (d FactDraft) bySwitch(ahead time.Duration) (moved FactDraft, by Minutes) {
	shift := ahead.Round(time.Minute)
	if ahead.Abs() < time.Minute {
		return d, 0
	}
	move := func(at *time.Time) *time.Time {
		if at == nil || at.IsZero() {
			return at
		}
		by = Minutes(shift / time.Minute)
		later := at.Add(shift)
		return &later
	}
	if d.Body.CallID == "" {
		d.At = *move(&d.At)
	}
	switch d.Kind {
	case FactInstructed:
		d.Body.Due = move(d.Body.Due)
	case FactClockMoved:
		d.Body.Start = move(d.Body.Start)
	}
	return d, by
}

// Decide gives the fact that a draft becomes, or says in one sentence why it is none.
func (i Incident) Decide(d FactDraft, b IncidentBooks, by Actor, now time.Time) (IncidentFact, error) {
	d, moved := d.bySwitch(b.Ahead)
	f := IncidentFact{Seq: len(i.Facts) + 1, Kind: d.Kind, At: d.At, WrittenAt: now, By: by, Body: d.Body}
	decide, ok := deeds[d.Kind]
	switch {
	case !ok:
		return f, &InvalidError{Field: "kind", Reason: fmt.Sprintf("%.40q is no kind of fact", d.Kind)}
	case len(i.Facts) >= mostFacts && d.Kind != FactClosed && d.Kind != FactMerged && d.Kind != FactStruck:
		return f, &InvalidError{Field: "kind", Reason: "the incident has 2000 facts, more are not kept: close it and open another one"}
	case PlausibleMoment(d.momentField(), d.At, now, "give when it was done") != nil:
		return f, PlausibleMoment(d.momentField(), d.At, now, "give when it was done")
	case d.untimed():
		return f, &InvalidError{Field: "by_phone.at", Reason: "is missing: say when it was said, or choose the recorded call in which it was"}
	case d.At.IsZero() || d.At.After(now):
		f.At = now
	}
	f.At = f.At.Truncate(time.Millisecond)
	if i.State != IncidentOpen && !whileEnded[d.Kind] && !(i.State == IncidentClosed && whileClosed[d.Kind]) {
		return f, i.ended(b)
	}
	f.Body.Number, f.Body.Was = nil, nil // only we say these, and by how much clocks differ
	err := decide(i, &f, b, now)
	f.Body.Ahead = moved
	return f, err
}

// whileEnded may be done when an incident is closed or merged, too: what was done before is still
// written down, and what was said of it is answered.
var whileEnded = map[FactKind]bool{FactReopened: true, FactConfirmed: true, FactDenied: true, FactStruck: true, FactSigned: true, FactReviewed: true,
	FactDelivered: true, FactConveyed: true, FactFedBack: true, FactInstrClosed: true, FactMerged: true, FactAbsorbed: true}

// whileClosed may be done besides when an incident is closed: an instruction often comes after the end, and who was at
// the scene comes back from it. One that was merged takes them as the other incident.
var whileClosed = map[FactKind]bool{FactInstructed: true, FactScene: true}

// deeds decide, one for each kind of fact. They clean what was written and fill in what the log knows.
var deeds = map[FactKind]func(Incident, *IncidentFact, IncidentBooks, time.Time) error{
	FactOpened:      Incident.opens,
	FactLinked:      Incident.links,
	FactClassified:  Incident.classifies,
	FactElements:    Incident.knows,
	FactDiffers:     Incident.differs,
	FactClockMoved:  Incident.movesClock,
	FactWritten:     Incident.writes,
	FactReviewed:    Incident.approves,
	FactSigned:      Incident.approves,
	FactConfirmed:   Incident.answers,
	FactDenied:      Incident.answers,
	FactDelivered:   Incident.delivers,
	FactCalledOut:   Incident.callsOut,
	FactScene:       Incident.hearsFromScene,
	FactInstructed:  Incident.isInstructed,
	FactConveyed:    Incident.followsInstruction,
	FactFedBack:     Incident.followsInstruction,
	FactInstrClosed: Incident.followsInstruction,
	FactClosed:      Incident.closes,
	FactReopened:    Incident.reopens,
	FactMerged:      Incident.merges,
	FactAbsorbed:    Incident.absorbs,
	FactStruck:      Incident.strikes,
}

func (i Incident) opens(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	switch {
	case len(i.Facts) > 0:
		return refuse(NotOpen, "Incident %s is opened already.", i.Number)
	case f.Body.Schedule == nil:
		return &InvalidError{Field: "schedule", Reason: "is missing: an incident keeps the one with which it was opened"}
	}
	f.Body = FactBody{Number: &b.Number, Schedule: f.Body.Schedule}
	return f.Body.Schedule.Check()
}

func (i Incident) links(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	e, there := b.Entries[f.Body.Entry]
	switch other := b.Elsewhere[f.Body.Entry]; {
	case !there:
		return fmt.Errorf("entry %s: %w", f.Body.Entry, ErrNotFound)
	case i.Has(e.ID):
		return refuse(LinkedElsewhere, "Entry %s is linked with this incident already.", e.EntryNumber)
	case other.ID != 0 && other.ID != i.ID:
		return refuse(LinkedElsewhere, "Entry %s tells of incident %s already: merge the two incidents if they are one event.", e.EntryNumber, other.Number)
	case len(i.Entries) >= mostLinkedToOne:
		return &InvalidError{Field: "entry_id", Reason: "is one too many: an incident has at most 200 entries"}
	}
	intake := e.intake(b.Ahead)
	if f.Body.Incident != 0 && f.Body.Intake != nil { // as the incident has it that is merged, whatever the clocks show since
		intake = *f.Body.Intake
	}
	f.Body = FactBody{Entry: e.ID, Intake: &intake, Incident: f.Body.Incident}
	if len(i.Entries) > 0 && intake.Before(i.ClockNatural) {
		was := i.ClockNatural
		f.Body.Was = &was // the clock moves back with it, visibly
	}
	return nil
}

// intake is when an entry came, by the switch's clock: one that nobody called for is by ours, and is moved onto it where the
// two differed by what can be seen, a minute, as it was written; AHEAD stands for that where an older program did not keep it.
func (e Entry) intake(ahead time.Duration) time.Time {
	at := cmp.Or(e.CallAt, e.OpenedAt)
	if e.Ahead != nil {
		ahead = *e.Ahead
	}
	if e.CallID == "" && ahead.Abs() >= early {
		return at.Add(ahead)
	}
	return at
}

func (i Incident) classifies(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	f.Body = FactBody{Category: cmp.Or(f.Body.Category, i.Category), Trigger: tidyTriggers(f.Body.Trigger)}
	if err := checkCode("category", IncidentCategories(), f.Body.Category); err != nil {
		return err
	}
	for _, code := range TriggerCodes(f.Body.Trigger) {
		if err := checkCode("trigger", IncidentTriggers(), code); err != nil {
			return err
		}
	}
	return nil
}

// knows takes what is known now; an empty value says that something is not known after all, and what was known already,
// of which an entry says otherwise, that it stays so.
func (i Incident) knows(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	values, err := cleanElements(f.Body.Elements)
	if err != nil {
		return err
	}
	maps.DeleteFunc(values, func(e Element, v string) bool { return i.Elements[e] == v && !i.inDispute(e) })
	if len(values) == 0 {
		return &InvalidError{Field: "elements", Reason: "say nothing that was not known already"}
	}
	f.Body = FactBody{Elements: values, Essential: f.Body.Essential}
	return nil
}

func cleanElements(said map[Element]string) (map[Element]string, error) {
	clean := map[Element]string{}
	for _, e := range slices.Sorted(maps.Keys(said)) {
		if !slices.Contains(allElements, e) {
			return nil, &InvalidError{Field: "elements", Reason: fmt.Sprintf("%.40q is no element of a report: they are %s", e, orList(allElements))}
		}
		v, err := cleanField("elements."+string(e), said[e], middleText)
		if err != nil {
			return nil, err
		}
		clean[e] = strings.TrimSpace(v)
	}
	return clean, nil
}

// movesClock starts the clocks later than the first entry came: the matter became reportable only then.
func (i Incident) movesClock(f *IncidentFact, _ IncidentBooks, now time.Time) error {
	reason, err := CleanReason("clock_reason", f.Body.Reason)
	start := f.Body.Start
	switch {
	case err != nil:
		return err
	case start == nil || !start.After(i.ClockNatural):
		return &InvalidError{Field: "clock_start", Reason: "is not later than the intake of the earliest entry: the clock never starts before it, and by itself starts with it"}
	case start.After(now.Add(early)):
		return &InvalidError{Field: "clock_start", Reason: "lies in the future: the clock starts when the matter became reportable"}
	}
	was := i.ClockStart
	at := start.UTC().Truncate(time.Millisecond)
	f.Body = FactBody{Start: &at, Was: &was, Reason: reason}
	return nil
}

// closes ends the clocks. It takes a reason where not everything was reported that was owed, to everybody.
func (i Incident) closes(f *IncidentFact, _ IncidentBooks, now time.Time) error {
	reason, err := CleanNote("reason", f.Body.Reason)
	f.Body = FactBody{Reason: reason}
	open := i.unfinished(now)
	switch {
	case err != nil || open == "":
		return err
	case reason == "":
		return refuse(NotFinished, "%s", open)
	case saysNothing(reason):
		return &InvalidError{Field: "reason", Reason: "says nothing: it is kept for ever why the incident is closed though not everything was reported; say it in a word of two characters or five letters at least"}
	}
	return nil
}

// noReasons are whole words that give none; what is shorter than a word needs no list.
var noReasons = []string{"没有", "无原因", "不详", "同上"}

// unfinished is what an incident cannot be closed with unless somebody says why; empty: nothing.
func (i Incident) unfinished(now time.Time) string {
	var unsent, lacking []string
	final := !i.finished(i.reportsSaid())
	for _, r := range i.Reports {
		if r.Stage != StageFinal && r.SentAt.IsZero() && r.CoveredBy == 0 && (r.Stage != StageFollowUp || r.State(now) == ReportLate) {
			unsent = append(unsent, r.Words())
		}
		if names := r.LackingWords(); names != "" {
			lacking = append(lacking, r.Words()+"："+names)
		}
	}
	switch n := len(i.OpenInstructions()); {
	case len(unsent) > 0:
		return "Not reported 未报送: " + strings.Join(unsent, "、") + ". Send it, or say why the incident is closed without it."
	case final:
		return "The final report 终报 was not sent: send it, or say why the incident is closed without one."
	case len(lacking) > 0:
		return "Not everybody got every report 未送达 (" + strings.Join(lacking, "；") + "): send it there, or say why the incident is closed so."
	case n > 0:
		return fmt.Sprintf("%d instruction(s) 批示 are still open: close them, or say why the incident is closed with them.", n)
	}
	return ""
}
