package sqlite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func dealt(t *testing.T, db *sqlite.DB, entry string) (calls, open []string) {
	t.Helper()
	d := must(db.Dealings(ctx, entry))(t)
	for _, c := range d.Calls {
		if (c.Entry == nil) != (c.Call.EntryID == "") || c.Entry != nil && c.Entry.ID != c.Call.EntryID {
			t.Errorf("%+v", c)
		}
		calls = append(calls, string(c.Call.Direction)+" "+c.Call.ID)
	}
	for _, c := range d.Open {
		open = append(open, c.Entry.ID+" "+string(c.Why))
	}
	return calls, open
}

func TestTheLastCallsWithANumber(t *testing.T) {
	db := open(t)
	ok(t, db.Record(ctx, story(inbound(0, "13800001111"), telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, story(inbound(1, "13800001111"), telephony.Missed)))
	ok(t, db.Record(ctx, story(inbound(2, "02422730001"), telephony.AnsweredInTime))) // somebody else
	ok(t, db.Record(ctx, outbound(3, "+8613800001111")))
	test := inbound(4, "13800001111")
	test.Tags = []telephony.Tag{telephony.TagTest}
	ok(t, db.Record(ctx, story(test, telephony.AnsweredInTime)))
	now := inbound(5, "013800001111")
	rings(t, db, now)
	ok(t, db.Record(ctx, story(inbound(6, "13800001111"), telephony.AnsweredInTime))) // after it
	calls, open := dealt(t, db, "e-"+now.ID)
	if diff := cmp.Diff([]string{"in " + test.ID, "out " + inbound(3, "").ID, "in " + inbound(1, "").ID, "in " + inbound(0, "").ID}, calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []string{"e-" + inbound(6, "").ID, "e-" + inbound(3, "").ID, "e-" + inbound(1, "").ID, "e-" + inbound(0, "").ID}
	for i := range want {
		want[i] += " same_number"
	}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	if _, err := db.Dealings(ctx, "e-9.9"); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestWhoGaveNoNumberHasNoPast(t *testing.T) {
	db := open(t)
	for i := range 3 {
		ok(t, db.Record(ctx, story(inbound(i, ""), telephony.Missed)))
	}
	ok(t, db.Record(ctx, story(inbound(4, "*57#"), telephony.Missed)))
	for _, id := range []string{inbound(2, "").ID, inbound(4, "").ID} {
		if calls, open := dealt(t, db, "e-"+id); calls != nil || open != nil {
			t.Errorf("%s: %v, %v", id, calls, open)
		}
	}
}

func TestNoMoreCallsThanFitBesideTheForm(t *testing.T) {
	db := open(t)
	for i := range 15 {
		ok(t, db.Record(ctx, story(inbound(2*i, "13800001111"), telephony.AnsweredInTime)))
		ok(t, db.Record(ctx, outbound(2*i+1, "13800001111")))
	}
	calls, _ := dealt(t, db, "e-"+inbound(29, "").ID)
	if len(calls) != 10 || calls[0] != "in "+inbound(28, "").ID || calls[9] != "out "+inbound(19, "").ID {
		t.Errorf("%v", calls)
	}
}

func TestCallsWithANumberGoByTheirIndexes(t *testing.T) {
	db := open(t)
	for _, condition := range []string{"c.caller_e164 = ? AND c.direction = 'in'", "c.called_e164 = ? AND c.direction = 'out'"} {
		plan := must(db.PlanOf(sqlite.CallSelect()+" WHERE "+condition+" AND c.offered_at <= ? AND c.id <> ? ORDER BY c.offered_at DESC LIMIT ?", "1", 2, "3", 4))(t)
		if !strings.Contains(plan, "USING INDEX calls_by_call") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN c") {
			t.Errorf("%s goes by\n%s", condition, plan)
		}
	}
}
