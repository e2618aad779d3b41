package dutylog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Incident is an event that has to be reported upwards 突发事件 (Art. 18 to 22). It is nothing but what
// its facts say: they are appended and never changed, and everything shown is folded out of them.
type Incident struct {
	ID       int64
	Number   IncidentNumber
	State    IncidentState
	Category string // see IncidentCategories
	Trigger  string // codes of IncidentTriggers, with commas between them; empty: none
	Schedule Schedule

	ClockStart   time.Time // from when on the deadlines count
	ClockNatural time.Time // the intake 接报 of the earliest entry that was ever linked
	ClockBegan   int       // number of the fact that linked that one
	ClockReason  string    // why the one is later than the other; empty: it is not
	ClockMoved   int       // number of the fact that says so; 0: none

	Elements     map[Element]string // as they are known now
	Disputes     []Dispute          // what linked entries say otherwise, and nobody has decided
	Entries      []LinkedEntry      // in the order of their intake
	Reports      []Report           // those that were written, and those that are due or will be, in the order of the stages
	Callouts     []Callout
	Scene        []SceneNote
	Instructions []Instruction
	Absorbed     []Absorbed // other incidents that were merged into this one
	MergedInto   int64      // 0: it was not
	EndedAt      time.Time  // when it was closed or merged; zero: it is open
	EndReason    string
	Facts        []IncidentFact // all of them, in the order in which they were written

	worse map[int]bool // facts by which entries told of worse casualties, and whether that stands
}

// IncidentNumber is how people call an incident: gapless within the year of its opening.
type IncidentNumber struct {
	Year   int `json:"year"`
	Serial int `json:"serial"`
}

// String is the usual spelling, for instance T2026-003 (突发事件, the third of its year).
func (n IncidentNumber) String() string { return fmt.Sprintf("T%d-%03d", n.Year, n.Serial) }

// IncidentState is whether clocks run.
type IncidentState string

// The closed set of states.
const (
	IncidentOpen   IncidentState = "open"
	IncidentClosed IncidentState = "closed"
	IncidentMerged IncidentState = "merged" // it goes on as another one
)

// FactKind says what a fact of an incident is.
type FactKind string

// The closed set of kinds.
const (
	FactOpened       FactKind = "opened"
	FactLinked       FactKind = "entry_linked" // an entry tells of this event
	FactClassified   FactKind = "classified"
	FactElements     FactKind = "elements"      // what is known now
	FactDiffers      FactKind = "entry_differs" // a linked entry says otherwise
	FactClockMoved   FactKind = "clock_moved"
	FactWritten      FactKind = "report_written" // a version of a report
	FactReviewed     FactKind = "report_reviewed"
	FactSigned       FactKind = "report_signed"
	FactConfirmed    FactKind = "approval_confirmed" // by the person, of what was said by telephone
	FactDenied       FactKind = "approval_denied"    // the person says that they did not
	FactDelivered    FactKind = "delivered"
	FactCalledOut    FactKind = "called_out"
	FactScene        FactKind = "scene"
	FactInstructed   FactKind = "instructed"
	FactConveyed     FactKind = "conveyed"
	FactFedBack      FactKind = "fed_back"
	FactInstrClosed  FactKind = "instruction_closed"
	FactClosed       FactKind = "closed"
	FactReopened     FactKind = "reopened"
	FactMerged       FactKind = "merged"   // into another one
	FactAbsorbed     FactKind = "absorbed" // another one was merged into this one
	FactStruck       FactKind = "struck"   // another fact was wrong; it stays readable
	mostFacts                 = 2000       // an incident with more is no incident, it is a mistake
	mostLinkedToOne           = 200        // entries
	mostInstructions          = 100
)

// IncidentFact is one thing that happened, or was written, about an incident.
type IncidentFact struct {
	Seq       int // 1, 2, 3 … within the incident, in the order of writing
	Kind      FactKind
	At        time.Time // when it happened
	WrittenAt time.Time
	By        Actor
	Body      FactBody
	Struck    *Strike // what a later fact says of it; nil: it stands
}

// FactBody is what a fact says, as it is kept. Each kind fills in what it needs.
type FactBody struct {
	Number   *IncidentNumber `json:"number,omitempty"`   // opened
	Schedule *Schedule       `json:"schedule,omitempty"` // opened: what was in force then stays so

	Entry  string     `json:"entry,omitempty"`  // entry_linked, entry_differs: its id
	From   string     `json:"from,omitempty"`   // entry_differs: how people call the entry
	Intake *time.Time `json:"intake,omitempty"` // entry_linked: when it came; what moves the clock back is seen here
	Was    *time.Time `json:"was,omitempty"`    // entry_linked, clock_moved: where the clock started before

	Category string `json:"category,omitempty"` // classified
	Trigger  string `json:"trigger,omitempty"`

	Elements  map[Element]string `json:"elements,omitempty"`  // elements, report_written, entry_differs (empty: no longer)
	Essential bool               `json:"essential,omitempty"` // elements, entry_differs: what changed has to be reported at once

	Start  *time.Time `json:"start,omitempty"`  // clock_moved; absorbed: from when on its clocks ran
	Reason string     `json:"reason,omitempty"` // clock_moved, closed, reopened, merged, struck, approval_denied

	Report  int    `json:"report,omitempty"` // number of the report: see ReportNumber
	Version int    `json:"version,omitempty"`
	Base    int    `json:"base,omitempty"` // report_written: the version on which it was made; 0: none
	Text    string `json:"text,omitempty"`
	Login   string `json:"login,omitempty"` // report_reviewed, report_signed: who said so by telephone
	Name    string `json:"name,omitempty"`
	Role    Role   `json:"role,omitempty"`

	Recipient  string `json:"recipient,omitempty"` // delivered
	Channel    string `json:"channel,omitempty"`
	Receiver   string `json:"receiver,omitempty"`
	CallID     string `json:"call_id,omitempty"`
	Attachment int64  `json:"attachment,omitempty"`
	Evidence   string `json:"evidence,omitempty"`
	CallWith   string `json:"call_with,omitempty"`   // delivered, report_reviewed, report_signed: whose the call's number is, where it is not theirs
	CallReason string `json:"call_reason,omitempty"` // and why it proves it all the same

	Whom   string     `json:"whom,omitempty"` // called_out, scene, instructed (who), conveyed, fed_back
	Part   string     `json:"part,omitempty"` // called_out: role in the unit; scene: what
	Phone  string     `json:"phone,omitempty"`
	Result string     `json:"result,omitempty"`
	Due    *time.Time `json:"due,omitempty"`  // instructed
	Fact   int        `json:"fact,omitempty"` // conveyed, fed_back, instruction_closed: number of the instruction; struck, approval_…: of the fact

	Incident int64             `json:"incident,omitempty"` // merged: into which; absorbed: which; entry_linked: from which it came over
	Sent     []SentThat        `json:"sent,omitempty"`     // absorbed: what had been reported of it
	Waiting  []WaitingApproval `json:"waiting,omitempty"`  // absorbed: approvals by telephone that nobody has confirmed
	Told     []int             `json:"told,omitempty"`     // absorbed: facts of this incident whose casualties the other one had told
	Untold   []time.Time       `json:"untold,omitempty"`   // absorbed: when something changed that had to be reported at once and was not

	// Ahead is by how much the moments that somebody read off a clock of ours were moved onto the switch's: see bySwitch.
	Ahead Minutes `json:"ahead_minutes,omitempty"`
}

// LinkedEntry is an entry that tells of the event.
type LinkedEntry struct {
	EntryID string
	Intake  time.Time
	Fact    int
}

// Absorbed is another incident that turned out to be the same event, and what was reported of it.
type Absorbed struct {
	Incident int64
	Sent     []SentThat
	Waiting  []WaitingApproval
	Told     []int // facts of this incident whose casualties the other one had told
}

// SentThat is a report of an incident that was merged: the same event was reported by it.
type SentThat struct {
	Report int `json:"report"` // its number there
	// As is its number here, of a follow-up or final report: both incidents may have a first follow-up. 0: it is the same,
	// or an older program did not say.
	As         int       `json:"as,omitempty"`
	SentAt     time.Time `json:"sent_at"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	// Unconfirmed: whoever signed it did so by telephone, and had not confirmed it by then.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
	// To says who got it, also where that did not stop its clock; absent: an older program did not keep it.
	To []SentTo `json:"to,omitempty"`
}

// SentTo is that a recipient got a report of an incident that was merged.
type SentTo struct {
	Recipient string    `json:"recipient"`
	Channel   string    `json:"channel"`
	At        time.Time `json:"at"`
}

// Callout is somebody of the unit who was told.
type Callout struct {
	Fact   int
	Whom   string
	Part   string // see CalloutRoles
	Phone  string
	Result string // see CalloutResults
	CallID string
	At     time.Time
	By     Actor
}

// SceneNote is what was told from the scene.
type SceneNote struct {
	Fact   int
	Kind   string // see SceneKinds
	Whom   string
	Text   string
	CallID string
	At     time.Time
	By     Actor
}

// FoldIncident reads what an incident is out of its facts. It is pure and knows no present moment:
// the same facts give the same incident, whatever the clock did meanwhile.
func FoldIncident(id int64, facts []IncidentFact) Incident {
	i := Incident{ID: id, State: IncidentOpen, Elements: map[Element]string{}, Facts: make([]IncidentFact, len(facts))}
	known := knowledge{}
	copy(i.Facts, facts)
	for n, f := range i.Facts {
		if at := f.Body.Fact; f.Kind == FactStruck && at >= 1 && at <= n {
			i.Facts[at-1].Struck = &Strike{Reason: f.Body.Reason, By: f.By, At: f.WrittenAt}
		}
	}
	for _, f := range i.Facts {
		if f.Struck == nil {
			i.take(f)
			_, news := known.take(f)
			maps.Copy(i.Elements, news)
		}
	}
	i.setClock()
	i.setDisputes()
	i.plan()
	return i
}

// take adds what one fact says, as far as it is no report.
func (i *Incident) take(f IncidentFact) {
	b := f.Body
	switch f.Kind {
	case FactOpened:
		i.Number, i.Schedule = *b.Number, *b.Schedule
	case FactLinked:
		i.Entries = append(i.Entries, LinkedEntry{EntryID: b.Entry, Intake: *b.Intake, Fact: f.Seq})
	case FactClassified:
		i.Category, i.Trigger = b.Category, b.Trigger
	case FactCalledOut:
		i.Callouts = append(i.Callouts, Callout{Fact: f.Seq, Whom: b.Whom, Part: b.Part, Phone: b.Phone, Result: b.Result, CallID: b.CallID, At: f.At, By: f.By})
	case FactScene:
		i.Scene = append(i.Scene, SceneNote{Fact: f.Seq, Kind: b.Part, Whom: b.Whom, Text: b.Text, CallID: b.CallID, At: f.At, By: f.By})
	case FactInstructed, FactConveyed, FactFedBack, FactInstrClosed:
		i.takeInstruction(f)
	case FactClosed, FactMerged:
		i.State, i.EndedAt, i.EndReason, i.MergedInto = IncidentClosed, f.At, b.Reason, b.Incident
		if f.Kind == FactMerged {
			i.State = IncidentMerged
		}
	case FactReopened:
		i.State, i.EndedAt, i.EndReason = IncidentOpen, time.Time{}, ""
	case FactAbsorbed:
		i.Absorbed = slices.DeleteFunc(i.Absorbed, func(a Absorbed) bool { return a.Incident == b.Incident }) // it was corrected since
		i.Absorbed = append(i.Absorbed, Absorbed{Incident: b.Incident, Sent: b.Sent, Waiting: b.Waiting, Told: b.Told})
	}
}

// Title names the incident in a line: what is known of where and what, else its category. What stands in two
// of them, a house number for instance, it says once.
func (i Incident) Title() string {
	title := ""
	for _, e := range []Element{ElementPlace, ElementUnit, ElementNature} {
		title = chained(title, strings.TrimSpace(i.Elements[e]))
	}
	if t := shortened(title, incidentTitle); t != "" {
		return t
	}
	w, _ := wordOf(IncidentCategories(), i.Category)
	return w.Short
}

// chained is two texts as one, where the second does not repeat how the first ends.
func chained(a, b string) string {
	switch {
	case strings.Contains(a, b):
		return a
	case strings.Contains(b, a):
		return b
	}
	next := []rune(b)
	for n := len(next) - 1; n >= leastChained; n-- {
		if strings.HasSuffix(a, string(next[:n])) {
			return a + string(next[n:])
		}
	}
	return a + " " + b
}

// leastChained is how many characters two texts must share to be chained: one may be chance.
const leastChained = 2

// incidentTitle is how many characters a title has at most.
const incidentTitle = 60

// Has reports whether an entry tells of this incident.
func (i Incident) Has(entryID string) bool {
	for _, e := range i.Entries {
		if e.EntryID == entryID {
			return true
		}
	}
	return false
}
