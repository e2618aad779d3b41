package dutylog

import (
	"context"
	"time"

	"dutyline/telephony"
)

// Kind of an entry; what is required depends on it (see Required).
type Kind string

// The closed set of kinds.
const (
	KindDuty        Kind = "duty"         // all of Art. 13
	KindMissed      Kind = "missed"       // a call-back result or why none was possible
	KindWrongNumber Kind = "wrong_number" // closed by one key
	KindNuisance    Kind = "nuisance"     // closed by one key
	KindSpotCheck   Kind = "spot_check"   // inspector and result
	KindOutgoing    Kind = "outgoing"     // whom and why
	KindStep        Kind = "step"         // an outgoing call that is a step of another entry, see Entry.StepOf
	KindNonDuty     Kind = "non_duty"     // an outgoing call that has nothing to do with duty: closed by one key

	// What comes by another way than the telephone, see Written.
	KindFax     Kind = "fax"
	KindWeChat  Kind = "wechat"
	KindVisit   Kind = "visit"
	KindPatrol  Kind = "patrol"
	KindWarning Kind = "warning" // 预警: from whom, which level, until when, to whom it was passed on
)

// EntryState of an entry.
type EntryState string

// The two states.
const (
	Open     EntryState = "open"
	Complete EntryState = "complete"
)

// Field names one value of an entry, as in the API.
type Field string

// The fields a person fills in.
const (
	CallerUnit     Field = "caller_unit"
	CallerPerson   Field = "caller_person"
	CallerTitle    Field = "caller_title"
	ContactNumber  Field = "contact_number"
	Content        Field = "content"
	Category       Field = "category"
	ReadBack       Field = "read_back"        // "done", or see Gap
	CallBackResult Field = "call_back_result" // missed
	Inspector      Field = "inspector"        // spot check
	CheckResult    Field = "check_result"     // spot check
	CalledWhom     Field = "called_whom"      // outgoing
	CalledWhy      Field = "called_why"       // outgoing
	AnsweredBy     Field = "answered_by"      // who picked up, said by the person

	// What is told of a matter and done about it, beside the handling steps.
	Urgency          Field = "urgency"     // see Urgencies
	HappenedAt       Field = "happened_at" // RFC 3339 in UTC, as every time in a field
	Place            Field = "place"
	Cause            Field = "cause"
	Casualties       Field = "casualties"
	Losses           Field = "losses"
	Measures         Field = "measures" // that were taken
	Trend            Field = "trend"
	Needs            Field = "needs"
	AlsoTold         Field = "also_told"         // whom else the caller told
	PassedTo         Field = "passed_to"         // whom it was passed to
	ProposedHandling Field = "proposed_handling" // 拟办意见
	Result           Field = "result"
	FollowUpNumber   Field = "follow_up_number" // 续报编号
	Classification   Field = "classification"   // see Classifications
	WarningLevel     Field = "warning_level"    // see WarningLevels
	ValidUntil       Field = "valid_until"      // of a warning
	LateReason       Field = "late_reason"      // why it was written only afterwards, see Late
	PaperSheet       Field = "paper_sheet"      // the number of the sheet on which it was written first
)

// GapWhy says why a required value is not there. Never blank, never a default.
type GapWhy string

// The closed set of reasons for a gap.
const (
	NotGiven    GapWhy = "not_given"    // 未提供
	Refused     GapWhy = "refused"      // 拒绝提供
	NotPossible GapWhy = "not_possible" // read-back or call-back only
)

// Gap stands in place of a required value.
type Gap struct {
	Why    GapWhy `json:"why"`
	Reason string `json:"reason"` // in words; required
}

// Candidate is a directory row whose number matches the call's.
type Candidate struct {
	ContactID int64  `json:"contact_id"`
	Unit      string `json:"unit"`
	Person    string `json:"person"`
	Title     string `json:"title"`
	Number    string `json:"number"`
	Superior  bool   `json:"superior"`
	// Why it stands where it stands among the others, and how many of the last entries with this
	// number named it. Entries that were opened by an older dutyline do not say it.
	Reason MatchReason `json:"reason,omitempty"`
	Taken  int         `json:"taken,omitempty"`
}

// Entry is one line of the duty log.
type Entry struct {
	ID          string
	EntryNumber EntryNumber // given by the store when the entry is opened
	CallID      string      // empty for an entry without a call
	Line        string
	Phase       Phase // how far its call has come: from the call, not kept with the entry
	Kind        Kind
	KindChosen  bool // by a person; until then the kind follows the call
	State       EntryState
	Revision    int // 1 when opened; each change adds one
	Values      map[Field]string
	Gaps        map[Field]Gap
	Candidates  []Candidate
	Number      telephony.Number // of the other side, raw and normalized
	CallAt      time.Time        // call time: when the call was offered
	Rostered    string           // officer by the roster at call time (display name)
	Responsible string           // officer by the last confirmed handover; until then the rostered one
	WrittenBy   string           // who last wrote it (login name)
	BySystem    bool             // this revision is the system's, not WrittenBy's
	ReadBackBy  string
	ReadBackAt  time.Time
	// ChangedAfterReadBack says that what was read back is not what stands now: it was
	// changed later, and not read back again.
	ChangedAfterReadBack bool
	OpenedAt             time.Time
	CompletedAt          time.Time
	ReopenedAt           time.Time // by a person, the last time, for a correction
	// Correction is why this revision changes what was complete; empty for every other one. An entry
	// that was opened again keeps it until it is complete anew.
	Correction      string
	Steps           []Step    // 办理过程, in the order in which they were written
	StepOf          string    // the entry of which this one's call is a step
	ReadBackBeganAt time.Time // by the switch's clock, during the call: a place in its recording
	Erased          []Erasure // oldest first; what they took is in no revision any more
	Late            *Late     // it was written afterwards; nil: when it came
	// Ahead is how far the switch's clock was ahead of ours when an entry without a call was written; nil: an older program
	// did not keep it.
	Ahead    *time.Duration
	Scanned  bool     // a picture or a PDF was attached to a late entry; kept beside the entry
	Hold     *Hold    // the legal hold that stands now; kept beside the entry
	Attached []string // names of what is attached; kept beside the entry, and read by a search alone
}

// Actor is who did something: a login, or the system itself.
type Actor struct {
	Login string // "system" when no person did it
	Name  string // display name
	Role  Role
}

// SystemActor is the daemon itself.
func SystemActor() Actor { return Actor{Login: "system", Name: "系统"} }

// EntryPatch is a change a person asks for. Absent fields are left alone.
type EntryPatch struct {
	Revision int // the revision the person saw
	Kind     *Kind
	State    *EntryState      // Complete needs every required value or its gap
	Values   map[Field]string // "" clears a value
	Gaps     map[Field]*Gap   // nil clears a gap
	Late     *LateChange      // when a late entry came; nil: as it stands
	Reason   string           // why a complete entry is changed; it takes one, and no other does
	Ahead    time.Duration    // of the switch's clock, before ours: see IncidentDeed.Ahead
}

// Revision is one kept version of an entry.
type Revision struct {
	Entry Entry
	By    Actor
	At    time.Time
}

// EntryQuery selects entries; zero fields select all.
type EntryQuery struct {
	From, To time.Time
	Line     string
	State    EntryState
	Kind     Kind
	Handling Handling // Pending: all that are still to be dealt with
	Unit     string   // of the caller, exactly; the newest come first then
	Text     string   // for a Searcher; words that all must occur
	// What follows narrows a list in which the newest come first, see Narrowed.
	UnitPart string            // a part of the name of the caller's unit
	Officer  string            // a part of the name, or of the login, of one who wrote a revision, was on duty by the roster or had the duty
	Outcome  telephony.Outcome // of its call
	Category string
	Limit    int
	Cursor   string
	// UnfinishedFirst lists open entries before complete ones, each newest first. It is passed over
	// where entries are selected by their handling.
	UnfinishedFirst bool
}

// Narrowed reports whether q selects by something that no index has: a page then examines a bounded
// number of entries, and the next goes on from there, so that a page may be short or empty.
func (q EntryQuery) Narrowed() bool {
	return q.UnitPart != "" || q.Officer != "" || q.Outcome != "" || q.Category != ""
}

// EntryStore keeps entries. Nothing deletes one.
type EntryStore interface {
	Entry(ctx context.Context, id string) (Entry, error)
	Entries(ctx context.Context, q EntryQuery) (items []Entry, nextCursor string, err error)
	Revisions(ctx context.Context, id string) ([]Revision, error)
	// Amend applies a patch; StaleError carries the current entry when the patch was made
	// against an older revision, IncompleteError names what is still required.
	Amend(ctx context.Context, id string, p EntryPatch, by Actor, now time.Time) (Entry, error)
	// Write keeps an entry without a call under the next number. The same draft (see Draft.Key)
	// again gives what stands of it; another one under its key is a *WrittenError.
	Write(ctx context.Context, d Draft, by Actor, now time.Time) (Entry, error)
	// AddStep appends a handling step. One that was a call takes that call's own entry into this one.
	AddStep(ctx context.Context, id string, d StepDraft, by Actor, now time.Time) (Entry, error)
	// StrikeStep strikes a step out, which stays readable. A call that was it has its own entry again.
	StrikeStep(ctx context.Context, id string, number int, reason string, by Actor, now time.Time) (Entry, error)
	// BeginReadBack marks that reading back began, at a moment by the switch's clock.
	BeginReadBack(ctx context.Context, id string, at time.Time, by Actor) (Entry, error)
	// Services lists the open entries that an outgoing call's entry may serve, the likeliest first.
	Services(ctx context.Context, id string) ([]Service, error)
	// Unfinished lists the open entries whose call came since then, and those of the given ids that
	// are open, as far as their call is over.
	Unfinished(ctx context.Context, since time.Time, ids []string) ([]Unfinished, error)
}
