package sqlite_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// The past of a line is its real incoming calls: no outgoing ones, none of another line, no test
// calls and none of the product's own; the first of all is told although it is older.
func TestPastCallsAreTheRealOnes(t *testing.T) {
	db := open(t)
	if p := must(db.PastCalls(ctx, "duty", time.Unix(0, 0)))(t); !p.Begun.IsZero() || len(p.Calls) != 0 {
		t.Errorf("an empty log has a past: %+v", p)
	}
	var real []time.Time
	for n, change := range []func(*telephony.Call){
		func(*telephony.Call) {},
		func(*telephony.Call) {},
		func(c *telephony.Call) { c.Direction = telephony.Outbound },
		func(c *telephony.Call) { c.Line = "fire" },
		func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagTest} },
		func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagSystem} },
		func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagWithheld} },
		func(c *telephony.Call) { c.Outcome = telephony.Engaged },
	} {
		c := heard(n + 1)
		c.OfferedAt = c.OfferedAt.Add(time.Duration(n) * time.Hour).Truncate(time.Microsecond)
		c.RangAt, c.AnsweredAt, c.EndedAt, c.RangUntil = time.Time{}, time.Time{}, c.OfferedAt.Add(time.Minute), time.Time{}
		change(&c)
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c}}))
		if n < 2 || n > 5 {
			real = append(real, c.OfferedAt)
		}
	}
	p := must(db.PastCalls(ctx, "duty", real[1]))(t)
	if diff := cmp.Diff(real[1:], p.Calls, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("since the second (-want +got):\n%s", diff)
	}
	if !p.Begun.Equal(real[0]) || !p.From.Equal(real[1]) {
		t.Errorf("begun %v from %v, want %v and %v", p.Begun, p.From, real[0], real[1])
	}
}
