package sqlite_test

import (
	"testing"
	"time"

	"dutyline/telephony"
)

// A line that goes away and comes back again and again says the same words each time: only
// the instant differs, and each time counts.
func TestTheSameWordsAtAnotherTimeAreNews(t *testing.T) {
	db := open(t)
	say := func(state telephony.State, at time.Time) {
		t.Helper()
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.LineChanged, At: at, Line: "duty",
			State: telephony.LineState{Line: "duty", State: state, Since: at}}}))
	}
	states := []telephony.State{telephony.Idle, telephony.LineUnreachable}
	for i := range 6 {
		state := states[i%2]
		say(state, noon.Add(time.Duration(i)*time.Minute))
		if kept := must(db.LineStates(ctx))(t); kept[0].State != state {
			t.Fatalf("change %d: the log keeps %q, the line is %q", i, kept[0].State, state)
		}
	}
	say(telephony.Idle, noon) // the first words once more: old news
	if kept := must(db.LineStates(ctx))(t); kept[0].State != telephony.LineUnreachable {
		t.Errorf("old news took the line back to %q", kept[0].State)
	}
}
