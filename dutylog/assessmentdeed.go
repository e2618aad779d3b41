package dutylog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AssessmentFact is one thing that was said of a month's sheet. Facts are appended and never changed.
type AssessmentFact struct {
	ID      int64
	Month   Month
	Line    string // empty: of the duty room; older programs made a sheet of each line
	Says    AssessmentSays
	Digest  string      // of the sheet that was signed or frozen
	Persons Responsible // of AssessNamed
	Text    string
	By      Actor
	At      time.Time
}

// AssessmentSays is what a fact says.
type AssessmentSays string

// The closed set of what can be said.
const (
	AssessNamed  AssessmentSays = "named"  // who the three responsible persons are
	AssessSigned AssessmentSays = "signed" // by the supervisor, and by the duty leader
	AssessFrozen AssessmentSays = "frozen" // 定稿
	AssessNoted  AssessmentSays = "noted"  // of a frozen sheet: what is to be said of a later correction
)

// FrozenAssessment is a month's sheet that stands, with the facts and the rules of which it was made.
type FrozenAssessment struct {
	Sheet  Assessment
	Facts  AssessmentFacts
	Rules  ScoringRules
	Digest string // of the sheet
	By     Actor
	At     time.Time
}

// AssessmentState is where a month's sheet stands.
type AssessmentState string

// The closed set of states, in their order.
const (
	MonthRuns        AssessmentState = "running" // the month is not over
	AwaitsSigning    AssessmentState = "open"    // 待签批
	SignedOnce       AssessmentState = "signed"  // one of the two has signed what stands now
	SignedByBoth     AssessmentState = "ready"   // it can be frozen
	AssessmentFrozen AssessmentState = "frozen"  // 已定稿
)

// AssessmentCase is a month's sheet as it stands, with what was said of it.
type AssessmentCase struct {
	Sheet   Assessment // as it is now; of a frozen one as it would be by its own rules
	Facts   AssessmentFacts
	Rules   ScoringRules     // by which it was scored
	Said    []AssessmentFact // oldest first
	Frozen  *FrozenAssessment
	Open    []ReviewCase // reviews of the month's calls that are still to come to something: officers have the word, or a borderline call is undecided; at most MostOpenReviews
	OpenOf  int          // how many there are
	Over    bool         // the month is
	Allowed bool         // the rules are known, so that something can be signed
}

// Persons are the responsible persons that somebody named for this sheet.
func (c AssessmentCase) Persons() (named Responsible) {
	for _, f := range c.Said {
		if f.Says == AssessNamed {
			named = f.Persons
		}
	}
	return named
}

// signature is the newest by which a part signed the sheet as it stands now; nil: none does.
func (c AssessmentCase) signature(roles ...Role) *AssessmentFact {
	_, digest := c.Sheet.Freeze()
	for n := len(c.Said) - 1; n >= 0; n-- {
		if f := &c.Said[n]; f.Says == AssessSigned && f.Digest == digest && slices.Contains(roles, f.By.Role) {
			return f
		}
	}
	return nil
}

// Supervisor is the signature of the supervisor on the sheet as it stands now; nil: there is none.
func (c AssessmentCase) Supervisor() *AssessmentFact { return c.signature(Supervisor) }

// Leader is that of the duty leader.
func (c AssessmentCase) Leader() *AssessmentFact { return c.signature(Leader) }

// State is where the sheet stands. A signature holds for what was signed: when the sheet changes it is signed anew.
func (c AssessmentCase) State() AssessmentState {
	switch supervisor, leader := c.Supervisor() != nil, c.Leader() != nil; {
	case c.Frozen != nil:
		return AssessmentFrozen
	case !c.Over:
		return MonthRuns
	case supervisor && leader:
		return SignedByBoth
	case supervisor || leader:
		return SignedOnce
	}
	return AwaitsSigning
}

// AssessmentRefusal is why somebody may not say something of a sheet; empty: they may.
type AssessmentRefusal string

// The closed set of refusals.
const (
	AssessNotTheirs   AssessmentRefusal = "not_their_part"
	AssessRuns        AssessmentRefusal = "month_runs"
	AssessIsFrozen    AssessmentRefusal = "frozen"
	AssessNotFrozen   AssessmentRefusal = "not_frozen"
	AssessSignedSo    AssessmentRefusal = "signed_already"
	AssessSamePerson  AssessmentRefusal = "same_person"
	AssessReviewsOpen AssessmentRefusal = "reviews_open"
	AssessTwoMissing  AssessmentRefusal = "not_signed_by_both"
	AssessWithoutRule AssessmentRefusal = "no_rules"
)

var assessmentRefusals = map[AssessmentRefusal]string{
	AssessNotTheirs:   "this is not for your role: a supervisor makes and signs the sheet, a duty leader signs it too",
	AssessRuns:        "the month is not over: the sheet is signed when it is",
	AssessIsFrozen:    "the sheet is frozen: what comes later stands beside it as a correction",
	AssessNotFrozen:   "the sheet is not frozen: change what it rests on, and it changes",
	AssessSignedSo:    "you have signed the sheet as it stands",
	AssessSamePerson:  "you have signed it in the other part: two persons sign",
	AssessReviewsOpen: "reviews of this month are not over: wait for the word of the officers concerned, and decide the borderline calls",
	AssessTwoMissing:  "a supervisor and a duty leader sign the sheet as it stands before it is frozen",
	AssessWithoutRule: "there are no scoring rules: mend the rule file first",
}

// May says why somebody may not say something of this sheet now; empty: they may.
func (c AssessmentCase) May(says AssessmentSays, by Actor) AssessmentRefusal {
	part := map[AssessmentSays][]Role{AssessNamed: {Supervisor}, AssessSigned: {Supervisor, Leader}, AssessFrozen: {Supervisor}, AssessNoted: {Supervisor}}[says]
	own, other := c.Supervisor(), c.Leader()
	if by.Role == Leader {
		own, other = other, own
	}
	switch {
	case !slices.Contains(part, by.Role):
		return AssessNotTheirs
	case says == AssessNoted && c.Frozen == nil:
		return AssessNotFrozen
	case says == AssessNoted:
		return ""
	case c.Frozen != nil:
		return AssessIsFrozen
	case says == AssessNamed:
		return ""
	case !c.Over:
		return AssessRuns
	case !c.Allowed:
		return AssessWithoutRule
	case c.OpenOf > 0:
		return AssessReviewsOpen
	case says == AssessFrozen && c.State() != SignedByBoth:
		return AssessTwoMissing
	case says == AssessFrozen:
		return ""
	case own != nil:
		return AssessSignedSo
	case other != nil && by.is(other.By):
		return AssessSamePerson
	}
	return ""
}

// MostOpenReviews bounds the list of reviews that hold a sheet up.
const MostOpenReviews = 20

// refusal says a refusal; of open reviews, how many there are and of which calls.
func (c AssessmentCase) refusal(r AssessmentRefusal) string {
	if r != AssessReviewsOpen {
		return assessmentRefusals[r]
	}
	var which []string
	for _, o := range c.Open {
		which = append(which, fmt.Sprintf("%s of %s", o.Call.ID, o.Call.OfferedAt.In(c.Facts.From.Location()).Format("01-02 15:04")))
	}
	if c.OpenOf > len(c.Open) {
		which = append(which, fmt.Sprintf("and %d more", c.OpenOf-len(c.Open)))
	}
	return fmt.Sprintf("%s (%d: %s)", assessmentRefusals[r], c.OpenOf, strings.Join(which, ", "))
}

// MaySay lists what somebody may say of this sheet now.
func (c AssessmentCase) MaySay(by Actor) []AssessmentSays {
	all := []AssessmentSays{}
	for _, s := range []AssessmentSays{AssessNamed, AssessSigned, AssessFrozen, AssessNoted} {
		if c.May(s, by) == "" {
			all = append(all, s)
		}
	}
	return all
}

// Check says what is wrong with what somebody wants to say, and gives it as it is kept. Who signs or freezes
// names the digest of the sheet that they saw.
func (c AssessmentCase) Check(f AssessmentFact) (AssessmentFact, error) {
	var err error
	if f.Text, err = CleanNote("text", f.Text); err != nil {
		return f, err
	}
	if refused := c.May(f.Says, f.By); refused != "" {
		return f, &InvalidError{Field: "says", Reason: c.refusal(refused)}
	}
	_, digest := c.Sheet.Freeze()
	f.Month, f.Line = c.Sheet.Month, c.Sheet.Line
	switch f.Says {
	case AssessNamed:
		f.Digest = ""
		f.Persons, err = f.Persons.Check()
		return f, err
	case AssessNoted:
		f.Digest, f.Persons = c.Frozen.Digest, Responsible{}
		if f.Text == "" {
			return f, &InvalidError{Field: "text", Reason: "is empty: say it in words"}
		}
		return f, nil
	}
	f.Persons = Responsible{}
	if f.Digest != digest {
		return f, ErrExists
	}
	return f, nil
}

// Corrections are what differs now from a frozen sheet by its own rules.
func (c AssessmentCase) Corrections() []ItemChange {
	if c.Frozen == nil {
		return []ItemChange{}
	}
	return c.Frozen.Sheet.Changes(c.Sheet)
}

// Retried is a frozen sheet as other rules would have it: of the facts that were frozen with it, which stay
// as they were.
func (f FrozenAssessment) Retried(r ScoringRules) (sheet Assessment, changes []ItemChange) {
	sheet = Score(f.Facts, r)
	return sheet, f.Sheet.Changes(sheet)
}

// ScoringChange is a set of rules that was in force from At on.
type ScoringChange struct {
	Rules  ScoringRules
	Digest string
	At     time.Time
}

// AssessmentStore keeps months' sheets. All of it is evidence.
type AssessmentStore interface {
	// AssessmentBooks reads what the log has of a month; a line is named for a sheet that an older program made of it.
	AssessmentBooks(ctx context.Context, m Month, line string, calendar TaskCalendar, now time.Time) (AssessmentBooks, error)
	// AssessmentFacts lists what was said of a month's sheet, oldest first; without a line also what an older program
	// kept of one.
	AssessmentFacts(ctx context.Context, m Month, line string) ([]AssessmentFact, error)
	// FrozenAssessments lists the frozen sheets from one month to another, newest first.
	FrozenAssessments(ctx context.Context, first, last Month) ([]FrozenAssessment, error)
	// SayOfAssessment keeps a fact that AssessmentCase.Check gave, and with AssessFrozen the sheet. before is the newest
	// fact that its writer knew, 0 for none; ErrExists says that there is a newer one, or a frozen sheet.
	SayOfAssessment(ctx context.Context, f AssessmentFact, freeze *FrozenAssessment, before int64) (AssessmentFact, error)
	// NoteScoring keeps which rules are in force from now on; those that are in force already are not kept again.
	NoteScoring(ctx context.Context, r ScoringRules) error
	// ScoringChanges lists the rules that were in force, oldest first.
	ScoringChanges(ctx context.Context) ([]ScoringChange, error)
	// FirstMonth is the month of the first call or entry; empty: there is none.
	FirstMonth(ctx context.Context) (Month, error)
}
