package dutylog

import (
	"context"
	"slices"
	"time"
)

// ViolationItem is a case of Art. 32, in the words of the regulation.
type ViolationItem struct {
	Number int    `json:"number"`
	Words  string `json:"words"`
}

var violationItems = []ViolationItem{
	{1, "未赋予内设机构值班工作职能、未设立值班室、未安排专人24小时值班、值班制度不健全的"},
	{2, "值班人员脱岗、漏岗或非正式人员顶岗的"},
	{3, "迟报、漏报、瞒报、谎报重要紧急信息的"},
	{4, "在重要紧急事件信息报告、处置过程中，相互推诿或造成严重后果的"},
	{5, "对领导和上级机关的指示、批示落实不力的"},
}

// ViolationItems lists them.
func ViolationItems() []ViolationItem { return slices.Clone(violationItems) }

// SuspicionWhy is why something stands in the register.
type SuspicionWhy string

// The closed set of causes. All but the last the system sees by itself; none of them decides anything.
const (
	PossibleUnmanned SuspicionWhy = "possible_unmanned" // missed, nobody called back, and nothing was done here around it
	LineForwarded    SuspicionWhy = "line_forwarded"    // calls came out elsewhere, or at a machine
	LateReport       SuspicionWhy = "report_late"
	OmittedReport    SuspicionWhy = "report_omitted" // not sent a day after its time, or when the incident was closed
	RosterUnfilled   SuspicionWhy = "roster_unfilled"
	InstructionLate  SuspicionWhy = "instruction_late"
	OpenedByHand     SuspicionWhy = "opened_by_hand"
)

// SuspicionWhys lists them.
func SuspicionWhys() []SuspicionWhy {
	return []SuspicionWhy{PossibleUnmanned, LineForwarded, LateReport, OmittedReport, RosterUnfilled, InstructionLate, OpenedByHand}
}

// Violation is a suspected violation 疑似违规: what it rests on, and what was said of it.
type Violation struct {
	ID       int64
	Cause    string // once in the register for each; of one that a person opened: empty
	Why      SuspicionWhy
	Item     int // of Art. 32
	Line     string
	At       time.Time // when it happened
	Text     string    // of a person
	Evidence []EvidenceLink
	By       Actor
	MadeAt   time.Time
	Facts    []ViolationFact // oldest first
}

// ViolationFact is one thing that was said of it.
type ViolationFact struct {
	ID        int64
	Violation int64
	Says      ViolationSays
	Result    ViolationResult // of ViolationProposed
	Text      string
	By        Actor
	At        time.Time
}

// ViolationSays is what a fact says.
type ViolationSays string

// The closed set of what can be said.
const (
	ViolationStated    ViolationSays = "stated"    // 情况说明, by the unit
	ViolationDismissed ViolationSays = "dismissed" // 不予立案, by a supervisor, with the reason
	ViolationProposed  ViolationSays = "proposed"  // 初步认定, by a supervisor
	ViolationConfirmed ViolationSays = "confirmed" // 复核确认, by a second person
	ViolationReturned  ViolationSays = "returned"  // 退回, by a second person
	ViolationReopened  ViolationSays = "reopened"  // 重新核查, by a supervisor
)

// ViolationResult is what a decision comes to.
type ViolationResult string

// The closed set of results.
const (
	Upheld    ViolationResult = "upheld"     // 认定
	NotUpheld ViolationResult = "not_upheld" // 不认定
)

// ViolationState is where a suspicion stands.
type ViolationState string

// The closed set of states.
const (
	ViolationOpen      ViolationState = "open"       // 待核查
	ViolationAwaits    ViolationState = "awaits"     // 待复核: the first decision waits for a second person
	ViolationUpheld    ViolationState = "upheld"     // 已认定
	ViolationNotUpheld ViolationState = "not_upheld" // 不认定
	ViolationDropped   ViolationState = "dismissed"  // 不予立案
)

// ViolationStates lists them in their order.
func ViolationStates() []ViolationState {
	return []ViolationState{ViolationOpen, ViolationAwaits, ViolationUpheld, ViolationNotUpheld, ViolationDropped}
}

// Folded is where a violation stands, its first decision if one counts, and the unit's newest statement.
func (v Violation) Folded() (state ViolationState, proposed, stated *ViolationFact) {
	state = ViolationOpen
	for n := range v.Facts {
		f := &v.Facts[n]
		switch {
		case f.Says == ViolationStated:
			stated = f
		case f.Says == ViolationDismissed:
			state, proposed = ViolationDropped, nil
		case f.Says == ViolationProposed:
			state, proposed = ViolationAwaits, f
		case f.Says == ViolationConfirmed && proposed != nil && proposed.Result == Upheld:
			state = ViolationUpheld
		case f.Says == ViolationConfirmed && proposed != nil:
			state = ViolationNotUpheld
		case f.Says == ViolationReturned, f.Says == ViolationReopened:
			state, proposed = ViolationOpen, nil
		}
	}
	return state, proposed, stated
}

// State is where it stands.
func (v Violation) State() ViolationState {
	state, _, _ := v.Folded()
	return state
}

// ViolationRefusal is why somebody may not say something of a violation; empty: they may.
type ViolationRefusal string

// The closed set of refusals.
const (
	ViolationNotTheirs ViolationRefusal = "not_their_part"
	ViolationNotNow    ViolationRefusal = "not_now"
	ViolationUnitFirst ViolationRefusal = "unit_first"
	ViolationSame      ViolationRefusal = "same_person"
)

var violationRefusals = map[ViolationRefusal]string{
	ViolationNotTheirs: "this is not for your role: the duty room states, a supervisor decides first, another person confirms",
	ViolationNotNow:    "this does not fit how it stands: read it anew",
	ViolationUnitFirst: "the duty room has the first word: wait for its statement, or until the time for it is over",
	ViolationSame:      "two persons decide: you decided first, or stated for the duty room",
}

// violationRights is who may say what, and when.
var violationRights = []struct {
	says ViolationSays
	who  []Role
	when []ViolationState
}{
	{ViolationStated, []Role{Officer, Chief, Leader}, []ViolationState{ViolationOpen, ViolationAwaits}},
	{ViolationProposed, []Role{Supervisor}, []ViolationState{ViolationOpen}},
	{ViolationDismissed, []Role{Supervisor}, []ViolationState{ViolationOpen}},
	{ViolationConfirmed, []Role{Supervisor, Leader}, []ViolationState{ViolationAwaits}},
	{ViolationReturned, []Role{Supervisor, Leader}, []ViolationState{ViolationAwaits}},
	{ViolationReopened, []Role{Supervisor}, []ViolationState{ViolationUpheld, ViolationNotUpheld, ViolationDropped}},
}

// May says why somebody may not say something of it; empty: they may.
func (v Violation) May(says ViolationSays, by Actor) ViolationRefusal {
	state, proposed, _ := v.Folded()
	for _, r := range violationRights {
		switch {
		case r.says != says:
		case !slices.Contains(r.who, by.Role):
			return ViolationNotTheirs
		case !slices.Contains(r.when, state):
			return ViolationNotNow
		case (says == ViolationConfirmed || says == ViolationReturned) && (same(proposed, by) || v.statedBy(by)):
			return ViolationSame
		default:
			return ""
		}
	}
	return ViolationNotTheirs
}

// statedBy reports whether somebody ever stated for the duty room, also where a colleague stated after them.
func (v Violation) statedBy(by Actor) bool {
	return slices.ContainsFunc(v.Facts, func(f ViolationFact) bool { return f.Says == ViolationStated && same(&f, by) })
}

func same(f *ViolationFact, by Actor) bool {
	return f != nil && by.is(f.By)
}

// MaySay lists what somebody may say of it now.
func (v Violation) MaySay(by Actor) []ViolationSays {
	all := []ViolationSays{}
	for _, r := range violationRights {
		if v.May(r.says, by) == "" {
			all = append(all, r.says)
		}
	}
	return all
}

// DueAt is until when the duty room has the first word.
func (v Violation) DueAt(r ReviewRule) time.Time { return r.Due(v.MadeAt) }

// Refuses says why somebody may not say this of it now; empty: they may. Nothing is upheld before the unit
// said something, or its time for it went by.
func (v Violation) Refuses(f ViolationFact, rule ReviewRule, now time.Time) ViolationRefusal {
	if refused := v.May(f.Says, f.By); refused != "" {
		return refused
	}
	_, _, stated := v.Folded()
	if f.Says == ViolationProposed && f.Result == Upheld && stated == nil && now.Before(v.DueAt(rule)) {
		return ViolationUnitFirst
	}
	return ""
}

// Check says what is wrong with what somebody wants to say, and gives it as it is kept.
func (v Violation) Check(f ViolationFact, rule ReviewRule, now time.Time) (ViolationFact, error) {
	var err error
	if f.Text, err = CleanNote("text", f.Text); err != nil {
		return f, err
	}
	if refused := v.Refuses(f, rule, now); refused != "" {
		return f, &InvalidError{Field: "says", Reason: violationRefusals[refused]}
	}
	f.Violation = v.ID
	switch {
	case f.Text == "" && f.Says != ViolationConfirmed:
		return f, &InvalidError{Field: "text", Reason: "say why in a few words: it is kept for ever"}
	case f.Says != ViolationProposed:
		f.Result = ""
	case f.Result != Upheld && f.Result != NotUpheld:
		return f, &InvalidError{Field: "result", Reason: "is none: use upheld or not_upheld"}
	}
	return f, nil
}

// CheckNew says what is wrong with one that a person opens, and gives it as it is kept.
func (v Violation) CheckNew(now time.Time) (Violation, error) {
	var err error
	if v.Text, err = CleanReason("text", v.Text); err != nil {
		return v, err
	}
	v.Cause, v.Why = "", OpenedByHand
	for _, e := range v.Evidence {
		if e.Kind != EvidenceCall && e.Kind != EvidenceEntry && e.Kind != EvidenceIncident && e.Kind != EvidenceSpot || e.ID == "" || len(e.ID) > 200 {
			return v, &InvalidError{Field: "evidence", Reason: "names something that is no call, entry, incident or spot check"}
		}
	}
	switch {
	case v.Item < 1 || v.Item > len(violationItems):
		return v, &InvalidError{Field: "item", Reason: "is none: Art. 32 has the items 1 to 5"}
	case v.At.IsZero() || v.At.After(now.Add(spotEarly)):
		return v, &InvalidError{Field: "at", Reason: "is missing, or lies in the future: say when it happened"}
	case len(v.Evidence) > mostAgainst:
		return v, &InvalidError{Field: "evidence", Reason: "is too long a list"}
	}
	return v, nil
}

// ViolationQuery selects entries of the register by when they happened, newest first.
type ViolationQuery struct {
	From, To time.Time
	Line     string
	State    ViolationState
	Item     int
	Limit    int // 1..500; 0 means 50
	Cursor   string
}

// ViolationStore keeps the register. All of it is evidence; nothing leaves it.
type ViolationStore interface {
	// Violations lists them; open is how many of all wait for a person.
	Violations(ctx context.Context, q ViolationQuery) (items []Violation, open int, nextCursor string, err error)
	// Violation reads one; ErrNotFound where there is none.
	Violation(ctx context.Context, id int64) (Violation, error)
	// OpenViolation keeps one that CheckNew gave.
	OpenViolation(ctx context.Context, v Violation) (Violation, error)
	// SayOfViolation keeps a fact that Violation.Check gave; ErrExists when somebody said something after before.
	SayOfViolation(ctx context.Context, f ViolationFact, before int64) (Violation, error)
	// Suspect keeps suspicions whose cause is not in the register yet, all in one transaction, and says how many.
	Suspect(ctx context.Context, list []Violation) (int, error)
	// SuspicionBooks reads what suspicions about the time from then on rest on.
	SuspicionBooks(ctx context.Context, from, now time.Time) (SuspicionBooks, error)
}
