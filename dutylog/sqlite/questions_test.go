package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// A value inside of a CAST keeps SQLite from compiling a statement anew; it must not keep it from
// the index.
func TestWhatEveryCallAsksGoesByAnIndex(t *testing.T) {
	db := open(t)
	for query, index := range sqlite.Questions {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = "1"
		}
		plan := must(db.PlanOf(query, args...))(t)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") {
			t.Errorf("%s\ngoes by\n%swant %s", query, plan, index)
		}
	}
}

// The same statement is asked again and again with other values, as a busy line does: each answer
// is that of its own values, whatever was asked before.
func TestAKeptStatementAnswersForItsOwnValues(t *testing.T) {
	db := open(t)
	ok(t, db.ReplaceDirectory(ctx, []dutylog.Contact{listed("沈河区应急局", "024-22730001")}, leader))
	numbers := []string{"02422730001", "02422730002", "02422730003"}
	for i := range 12 {
		ok(t, db.Record(ctx, story(inbound(i, numbers[i%3]), telephony.Missed)))
	}
	for round := range 3 {
		for i, number := range numbers {
			n := telephony.ParseNumber(number, "024")
			calls := must(db.CallsFrom(ctx, "duty", n, noon.Add(-time.Hour), noon.Add(time.Hour)))(t)
			if len(calls) != 4 {
				t.Errorf("round %d: %d calls from %s", round, len(calls), number)
			}
			for _, c := range calls {
				if c.Caller.E164 != n.E164 {
					t.Errorf("round %d: %s among the calls from %s", round, c.Caller.E164, number)
				}
				if e := must(db.Entry(ctx, "e-"+c.ID))(t); e.CallID != c.ID {
					t.Errorf("the entry of %s is about %s", c.ID, e.CallID)
				}
				if claims := must(db.ClaimsAgain(ctx, c.ID))(t); len(claims) != 1 || claims[0].CallID != c.ID {
					t.Errorf("the recording of %s is claimed by %+v", c.ID, claims)
				}
			}
			if other := must(db.CallsFrom(ctx, "other", n, noon.Add(-time.Hour), noon.Add(time.Hour)))(t); len(other) > 0 {
				t.Errorf("%d calls from %s to a line that had none", len(other), number)
			}
			if listed := must(db.Listed(ctx, n))(t); listed != (i == 0) {
				t.Errorf("%s is listed: %v", number, listed)
			}
		}
	}
}

func TestWhatAMonthAsksGoesByAnIndex(t *testing.T) {
	db := open(t)
	for query, index := range sqlite.AssessmentQuestions() {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = 1
		}
		plan := must(db.PlanOf(query, args...))(t)
		whole := slices.ContainsFunc([]string{"SCAN c", "SCAN e", "SCAN m", "SCAN r", "SCAN b"}, func(s string) bool { return strings.Contains(plan, s) })
		if !strings.Contains(plan, index) || whole || strings.Contains(query, "ORDER BY") && strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\ngoes by\n%swant %s", query, plan, index)
		}
	}
}
