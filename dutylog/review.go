package dutylog

import (
	"context"
	"slices"
	"time"

	"dutyline/telephony"
)

// ReviewFact is one thing that was said of a verdict. Facts are appended and never changed; the
// newest of its kind counts, and all of them stay readable.
type ReviewFact struct {
	ID      int64
	CallID  string
	Says    ReviewSays
	Code    string            // of an explanation its reason, of a verdict that is set aside its technical cause
	Result  ReviewResult      // of a decision
	Text    string            // in words: what happened, or the evidence
	Officer string            // whom the verdict concerned when it was said
	Outcome telephony.Outcome // as measured when it was said
	By      Actor
	At      time.Time
}

// ReviewSays is what a fact says.
type ReviewSays string

// The closed set of what can be said of a verdict.
const (
	ReviewExplained     ReviewSays = "explained"      // 说明, by the officer concerned
	ReviewCommented     ReviewSays = "commented"      // by a supervisor
	ReviewDecided       ReviewSays = "decided"        // 复核结论, by a supervisor
	ReviewSecondAsked   ReviewSays = "second_asked"   // 申请再次复核
	ReviewSecondDecided ReviewSays = "second_decided" // by somebody else than who decided first
	ReviewReopened      ReviewSays = "reopened"       // 重新复核: by a supervisor, when the verdict concerns another officer than it was decided about
)

// ReviewResult is what a review comes to. What was measured never changes by it.
type ReviewResult string

// The closed set of results.
const (
	ReviewStands       ReviewResult = "stands"         // as measured
	ReviewSetAside     ReviewResult = "set_aside"      // a technical cause: it counts neither way
	ReviewCountsLate   ReviewResult = "counts_late"    // of a borderline verdict
	ReviewCountsInTime ReviewResult = "counts_in_time" // of a borderline verdict
)

// ReviewState is where a review stands.
type ReviewState string

// The closed set of states, in their order.
const (
	AwaitsOfficer    ReviewState = "awaits_officer"    // 待说明: the officer's time runs
	AwaitsSupervisor ReviewState = "awaits_supervisor" // 待复核: explained, or the officer's time is over
	Reviewed         ReviewState = "decided"           // 已复核
	AwaitsSecond     ReviewState = "awaits_second"     // 待再次复核
	ReviewedTwice    ReviewState = "closed"            // the second reviewer decided, and nothing comes after
)

// ReviewCase is a call whose verdict may be reviewed, as the log has it.
type ReviewCase struct {
	Call    Call
	Officer string    // whom it concerns: who answered, as was said, else who was responsible; empty: nobody knows
	Since   time.Time // when the officer was first named, if that was after the call; zero: it was theirs from the beginning
	Facts   []ReviewFact
}

// Review is a case as it stands at some moment.
type Review struct {
	ReviewCase
	State     ReviewState
	DueAt     time.Time // until then the officer has the word
	Explained *ReviewFact
	Decision  *ReviewFact // the first one
	Asked     *ReviewFact
	Second    *ReviewFact
}

// ReviewRule is how a site reviews.
type ReviewRule struct {
	OfficerDays int // working days that the officer concerned has before a supervisor decides
	Calendar    TaskCalendar
	Zone        *time.Location // of the site
}

// UsualOfficerDays is how many working days the officer concerned has where the site says nothing.
const UsualOfficerDays = 3

// UsualSupervisorDays is how many working days are left to a supervisor after them, until the figures of the month are
// closed, where the site says nothing.
const UsualSupervisorDays = 7

// ReviewsBack is how far back the lists of what waits look.
const ReviewsBack = 100 * 24 * time.Hour

// toReview are the outcomes that count against somebody.
var toReview = []telephony.Outcome{telephony.AnsweredLate, telephony.Missed, telephony.Rejected, telephony.Unreachable}

// WantsReview reports whether a call is over and its verdict may be explained and reviewed: it counts
// against somebody, or is too close to the limit to be sure.
func WantsReview(c telephony.Call) bool {
	if c.Direction != telephony.Inbound || !c.Ended() || slices.Contains(c.Tags, telephony.TagTest) || slices.Contains(c.Tags, telephony.TagSystem) {
		return false
	}
	return slices.Contains(toReview, c.Outcome) || Borderline(c)
}

// Borderline reports whether a verdict is too close to the limit to be sure; it counts late only when a
// supervisor says so.
func Borderline(c telephony.Call) bool {
	return slices.Contains(c.Findings, telephony.BorderlineVerdict)
}

// Past reports whether a fact is one of the past: it decided about another outcome, because the journal showed later
// that the call went otherwise, or it was said about another officer than the one whom the verdict concerns now. But
// what was decided stands, with what was said before it, whoever is named afterwards, until a supervisor opens the
// review again. What officers said themselves of a call of which nobody knew whose it was stays theirs.
func (c ReviewCase) Past(f ReviewFact) bool {
	decides := f.Says == ReviewDecided || f.Says == ReviewSecondDecided
	own := f.Says == ReviewExplained && f.Officer == "" && f.By.isNamed(c.Officer)
	switch {
	case decides && f.Outcome != c.Call.Outcome:
		return true
	case own, SameName(f.Officer, c.Officer):
		return decides && f.ID < c.reopened()
	}
	return !c.decidedAbout(f.Officer)
}

// reopened is the newest fact by which the review was opened again; 0: none.
func (c ReviewCase) reopened() (id int64) {
	for _, f := range c.Facts {
		if f.Says == ReviewReopened {
			id = f.ID
		}
	}
	return id
}

// decidedAbout reports whether a decision about this officer stands: nobody opened the review again.
func (c ReviewCase) decidedAbout(officer string) bool {
	return slices.ContainsFunc(c.Facts, func(f ReviewFact) bool {
		return f.Says == ReviewDecided && f.Outcome == c.Call.Outcome && f.ID >= c.reopened() && SameName(f.Officer, officer)
	})
}

// Moved is whom the decision that stands was made about, where the verdict concerns another officer now.
func (r Review) Moved() (officer string, moved bool) {
	if r.Decision == nil || SameName(r.Decision.Officer, r.Officer) {
		return "", false
	}
	return r.Decision.Officer, true
}

// At folds the facts of a case into what stands now. What is past decides nothing, and whom the verdict came to
// concern later has days of their own.
func (c ReviewCase) At(now time.Time, rule ReviewRule) Review {
	r := c.Folded()
	r.DueAt = rule.Due(laterOf(c.Call.EndedAt, c.Since))
	if r.State == AwaitsOfficer && !now.Before(r.DueAt) {
		r.State = AwaitsSupervisor
	}
	return r
}

// Folded is a case as far as it does not depend on the clock: the officer's time is not over in it.
func (c ReviewCase) Folded() Review {
	r := Review{ReviewCase: c}
	for i := range c.Facts {
		f := &c.Facts[i]
		switch {
		case c.Past(*f):
		case f.Says == ReviewExplained:
			r.Explained = f
		case f.Says == ReviewReopened:
			r.Decision, r.Asked, r.Second = nil, nil, nil
		case f.Says == ReviewDecided:
			r.Decision, r.Asked, r.Second = f, nil, nil
		case f.Says == ReviewSecondAsked && r.Decision != nil:
			r.Asked = f
		case f.Says == ReviewSecondDecided && r.Asked != nil:
			r.Second = f
		}
	}
	r.State = r.state()
	return r
}

func (r Review) state() ReviewState {
	switch {
	case r.Second != nil:
		return ReviewedTwice
	case r.Asked != nil:
		return AwaitsSecond
	case r.Decision != nil:
		return Reviewed
	case r.Explained != nil:
		return AwaitsSupervisor
	}
	return AwaitsOfficer
}

// Result is what the review comes to so far; empty while nobody decided. A first decision holds until the
// second reviewer decides.
func (r Review) Result() ReviewResult {
	switch {
	case r.Second != nil:
		return r.Second.Result
	case r.Decision != nil:
		return r.Decision.Result
	}
	return ""
}

// Counted is the result as the figures take it: a verdict that stands changes none of them.
func (r ReviewResult) Counted() ReviewResult {
	if r == ReviewStands {
		return ""
	}
	return r
}

// Overdue reports whether the officer's time went by without a word of theirs.
func (r Review) Overdue(now time.Time) bool { return r.Explained == nil && !now.Before(r.DueAt) }

// Due is the end of the officer's time for a call that ended then: the end of the last of so many working
// days after the call's own day, by the holiday calendar.
func (r ReviewRule) Due(ended time.Time) time.Time {
	y, m, d := ended.In(r.Zone).Date()
	for left, i := r.OfficerDays, 0; left > 0 && i < 366; i++ {
		d++
		if r.Calendar.IsWorkday(time.Date(y, m, d, 12, 0, 0, 0, r.Zone)) {
			left--
		}
	}
	return time.Date(y, m, d+1, 0, 0, 0, 0, r.Zone)
}

// Over is the moment before which a call must have ended so that its officer's time is over now.
func (r ReviewRule) Over(now time.Time) time.Time {
	y, m, d := now.In(r.Zone).Date()
	for i := 0; i < 400; i++ {
		day := time.Date(y, m, d-i, 0, 0, 0, 0, r.Zone)
		if !r.Due(day).After(now) {
			return time.Date(y, m, d-i+1, 0, 0, 0, 0, r.Zone)
		}
	}
	return time.Time{}
}

// ReviewWaits says whose turn a list is about.
type ReviewWaits string

// The closed set of lists.
const (
	WaitsForOfficer    ReviewWaits = "officer"    // 待说明: nobody decided, and the officer concerned said nothing
	WaitsForSupervisor ReviewWaits = "supervisor" // 待复核: a first or a second decision is due
	HoldsSheetUp       ReviewWaits = "sheet"      // nobody decided though the officer explained, their time runs, or the verdict is borderline; or a second decision is due
)

// ReviewQuery selects cases by when their calls ended up in the log, newest first.
type ReviewQuery struct {
	From, To time.Time // offered_at in [From, To); From is required
	Waits    ReviewWaits
	Over     time.Time // see ReviewRule.Over; for WaitsForSupervisor and HoldsSheetUp
	Line     string    // empty: every line
	SpeakNow bool      // of HoldsSheetUp: borderline verdicts of which nobody said anything hold nothing up any more
	Officer  string    // only cases that concern them
	Onlooks  bool      // cases in which another officer than Reader has the first word are left out; by Over
	Reader   string
	Limit    int // 1..500; 0 means 50
	Cursor   string
}

// ReviewStore keeps what was said of verdicts. All of it is evidence.
type ReviewStore interface {
	// ReviewCases lists calls whose verdict may be reviewed; total is how many there are on all pages.
	ReviewCases(ctx context.Context, q ReviewQuery) (items []ReviewCase, total int, nextCursor string, err error)
	// HeldReviews counts what Onlooks leaves out, and gives when the days of the first of these officers began.
	HeldReviews(ctx context.Context, q ReviewQuery) (total int, began time.Time, err error)
	// ReviewCase reads one; ErrNotFound for a call of which nothing is to be reviewed.
	ReviewCase(ctx context.Context, callID string) (ReviewCase, error)
	// SayOfVerdict keeps a fact that Review.Check gave. before is the newest fact that its writer knew, 0
	// for none, and ErrExists says that there is a newer one, or another outcome.
	SayOfVerdict(ctx context.Context, f ReviewFact, before int64) (ReviewFact, error)
	// RuleChanges lists the settings that a line had, oldest first.
	RuleChanges(ctx context.Context, line string) ([]RuleChange, error)
}

// RuleChange is what a line has from At on: by which rule it is judged, and of what it is made. Who changed it is not
// known: it stands in the configuration file, and a file does not say who saved it.
type RuleChange struct {
	Rule     string       // its version, see telephony.ParseRule
	Settings LineSettings // without endpoints: an older program did not keep them
	Saved    time.Time    // when the configuration file was saved; zero: not known
	At       time.Time    // since when the daemon ran with it
	Until    time.Time    // zero: nothing else came since
}

// Held reports whether it was so at a moment.
func (r RuleChange) Held(at time.Time) bool {
	return !at.Before(r.At) && (r.Until.IsZero() || at.Before(r.Until))
}

// LineSettings are the settings beside its rule on which a verdict of a line rests: whose bell counts, and where calls
// come from.
type LineSettings struct {
	Number      string                `json:"number"`
	Endpoints   []string              `json:"endpoints"`
	Trunks      []string              `json:"trunks"`
	Supervision telephony.Supervision `json:"supervision"`
}

// SettingsOf are those of a line.
func SettingsOf(l telephony.Line) LineSettings {
	return LineSettings{Number: l.Number, Endpoints: l.Endpoints, Trunks: l.Trunks, Supervision: l.Supervision}
}
