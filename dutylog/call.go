package dutylog

import (
	"context"
	"regexp"
	"strconv"
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
	WeekHour string // only calls that came in this hour of this weekday, as ByWeekHour names them; From and To as with Officer
	Rang     *RingSpan
	Late     bool   // only calls that on_time counts as not in time after review
	Limit    int    // 1..500; 0 means 50
	Cursor   string // from the page before
}

// RingSpan asks for answered calls whose bell rang for [From, To), as the tally of ring times has them; a zero To is open.
type RingSpan struct{ From, To time.Duration }

var ringSpan = regexp.MustCompile(`^(\d{1,4})-(\d{0,4})$`)

// ParseRingSpan reads "10-15", or "60-", in whole seconds.
func ParseRingSpan(text string) (*RingSpan, error) {
	m := ringSpan.FindStringSubmatch(text)
	if m == nil {
		return nil, &InvalidError{Field: "ring", Reason: "is no span of ring times: write 10-15, or 60- without an end, in whole seconds"}
	}
	from, _ := strconv.Atoi(m[1]) // the pattern knows that they are numbers
	to, _ := strconv.Atoi(m[2])
	if m[2] != "" && to <= from {
		return nil, &InvalidError{Field: "ring", Reason: "ends before it begins: write the shorter time first"}
	}
	return &RingSpan{time.Duration(from) * time.Second, time.Duration(to) * time.Second}, nil
}

// WeekHours are the times of one hour of one weekday within a time; false: its name is none.
func WeekHours(name string, from, to time.Time, loc *time.Location) (spans []ShiftSpan, known bool) {
	if !weekHourName.MatchString(name) {
		return nil, false
	}
	for d := DateOf(from, loc); d <= DateOf(to, loc); d = d.Add(1) {
		if d.In(time.UTC).Weekday() != time.Weekday(int(name[0]-'0')%7) {
			continue
		}
		for at, end := d.Start(loc), d.Add(1).Start(loc); at.Before(end); at = nextHour(at, loc) {
			if weekHour(at, loc) == name && at.Before(to) && nextHour(at, loc).After(from) {
				spans = append(spans, ShiftSpan{laterOf(from, at), earlier(to, nextHour(at, loc))})
			}
		}
	}
	return spans, true
}

var weekHourName = regexp.MustCompile(`^[1-7] ([01]\d|2[0-3])$`)

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
