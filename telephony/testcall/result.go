package testcall

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"dutyline/telephony"
)

// Cause is why a test was made.
type Cause string

// The closed set of causes.
const (
	OnDemand   Cause = "on_demand"
	OnSchedule Cause = "schedule"
	AtHandover Cause = "handover"
)

// Result is one test, from its start on.
type Result struct {
	ID        int64     // the log gives it
	At        time.Time // when it began, our clock
	EndedAt   time.Time // zero: it runs
	Line      string
	Cause     Cause
	By        string // who pressed the button; empty: nobody
	Token     string
	Number    string // the second line's, as it should arrive
	Verdict   Verdict
	Reason    Reason
	Ringback  Ringback
	RangAfter time.Duration // from the call until the bell here; negative: it did not ring
	Length    time.Duration // from the call until the hang-up
	BellFor   time.Duration // how long the bell rang here; negative: it did not, or it is not known
	CallID    string        // of the call as it arrived; empty: none that is ours did
	Known     Recognition
	Why       Why    // why we hung up
	Status    int    // the final SIP answer
	Heard     string // what was heard, in words
	Detail    string
	Sound     string // SHA-256 of the file with what was heard; empty: there is none
}

// Running reports whether the test is not over.
func (r Result) Running() bool { return r.EndedAt.IsZero() }

// Store keeps tests; dutylog/sqlite implements it. Each row is evidence.
type Store interface {
	// BeginTest writes a test that starts, and gives its number.
	BeginTest(ctx context.Context, r Result) (int64, error)
	// EndTest writes what it proved, once.
	EndTest(ctx context.Context, r Result) error
	// Tests lists tests, the newest first. Spot checks are none.
	Tests(ctx context.Context, limit int) ([]Result, error)
	// Checks lists the calls of spot checks, the newest first.
	Checks(ctx context.Context, limit int) ([]Result, error)
	// TestNear is the test of a line that is over and was made nearest to a moment, however long ago that is; nil: there is none.
	TestNear(ctx context.Context, line string, at time.Time) (*Result, error)
	// Test is one of them.
	Test(ctx context.Context, id int64) (Result, error)
	// RunningTests lists those that have no end, the oldest first.
	RunningTests(ctx context.Context) ([]Result, error)
}

// MarshalJSON writes the result as the API carries it; the token is nobody's business.
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        int64       `json:"id"`
		At        *string     `json:"at"`
		EndedAt   *string     `json:"ended_at"`
		Line      string      `json:"line"`
		Cause     Cause       `json:"cause"`
		By        string      `json:"by"`
		Verdict   Verdict     `json:"verdict"`
		Reason    Reason      `json:"reason"`
		Ringback  Ringback    `json:"ringback"`
		RangAfter *float64    `json:"rang_after"`
		Bell      *float64    `json:"bell_seconds"`
		Seconds   float64     `json:"seconds"`
		CallID    string      `json:"call_id"`
		Known     Recognition `json:"recognised_by"`
		Why       Why         `json:"hung_up"`
		Status    int         `json:"status"`
		Heard     string      `json:"heard"`
		Detail    string      `json:"detail"`
		Audio     bool        `json:"audio"`
	}{r.ID, telephony.JSONTime(r.At), telephony.JSONTime(r.EndedAt), r.Line, r.Cause, r.By, r.Verdict, r.Reason, r.Ringback, seconds(r.RangAfter), seconds(r.BellFor),
		math.Round(r.Length.Seconds()*1000) / 1000, r.CallID, r.Known, r.Why, r.Status, r.Heard, r.Detail, r.Sound != ""})
}

func seconds(d time.Duration) *float64 {
	if d < 0 {
		return nil
	}
	s := math.Round(d.Seconds()*1000) / 1000
	return &s
}
