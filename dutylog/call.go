package dutylog

import (
	"context"
	"time"

	"dutyline/recorder"
	"dutyline/telephony"
)

// Call is a call as the log keeps it: what the switch showed, its entry and its recording.
type Call struct {
	telephony.Call
	EntryID   string
	Recording recorder.Recording
}

// CallQuery selects calls; zero fields select all. Newest first.
type CallQuery struct {
	From, To time.Time // offered_at in [From, To)
	Line     string
	Outcome  telephony.Outcome
	Officer  string // only calls that concern them, see Concerned; From and To at most LongestOfficerSpan apart
	Counted  bool   // only calls that figures count, see CountingOf
	Limit    int    // 1..500; 0 means 50
	Cursor   string // from the page before
}

// LongestOfficerSpan is how long a time is gone through for the calls of one officer.
const LongestOfficerSpan = ReviewsBack + 24*time.Hour

// CallStore keeps calls. Record is the only way a call enters the log.
type CallStore interface {
	// Record writes what the tracker said in one transaction: calls, the entries they open
	// (pre-filled from directory and roster), recordings to fetch, and feed rows. Saying
	// the same twice changes nothing.
	Record(ctx context.Context, changes []telephony.Change) error
	Call(ctx context.Context, id string) (Call, error)
	Calls(ctx context.Context, q CallQuery) (items []Call, nextCursor string, err error)
	// SetTag sets or clears a tag that a person may set (spot_check).
	SetTag(ctx context.Context, callID string, tag telephony.Tag, on bool, by Actor) (Call, error)
	// Remainder lists the calls to take up after a start; of those that ended, only those since a moment.
	Remainder(ctx context.Context, since time.Time) (Remainder, error)
}

// Remainder is what a run left for the next one. A call for which nothing in the evidence vouches is not taken
// up, only named: nobody but Record makes calls.
type Remainder struct {
	Running   []telephony.Call // had not ended, the oldest first
	Unsettled []telephony.Call // ended, and the journal has not settled them, in the order in which they ended
	Doubtful  []DoubtfulCall
}

// DoubtfulCall stands in the table, and nothing in the evidence vouches for it.
type DoubtfulCall struct {
	ID  string
	Why string
}
