package sqlite_test

import (
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func TestFactsOfTheDuty(t *testing.T) {
	db := open(t)
	from, to := noon.Add(-12*time.Hour), noon.Add(12*time.Hour)
	empty := must(db.DutyFacts(ctx, from, to, to))(t)
	if len(empty.Incidents)+len(empty.Handovers)+len(empty.Shifts)+len(empty.Filings)+empty.Missed != 0 || !empty.Begun.IsZero() {
		t.Errorf("an empty log has %+v", empty)
	}
	for n := range 3 {
		ok(t, db.Record(ctx, story(inbound(n, []string{"02422730001", "02422730002", "02422730003"}[n]), telephony.Missed)))
	}
	ok(t, db.Record(ctx, outbound(9, "02422730002")))
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: noon.Add(-2 * time.Hour), To: noon.Add(10 * time.Hour), Post: dutylog.PostOfficer, Name: "张伟"}}))
	facts := must(db.DutyFacts(ctx, from, to, to))(t)
	if facts.Missed != 3 || facts.Waiting != 2 || len(facts.Shifts) != 1 {
		t.Errorf("%d missed, %d wait, %d shifts", facts.Missed, facts.Waiting, len(facts.Shifts))
	}
	if c := facts.Calls; len(c) != 2 || c[0].ID != inbound(2, "").ID || c[0].Kind != dutylog.BehindCall || !c[1].At.Before(c[0].At) {
		t.Errorf("who waits: %+v", facts.Calls)
	}
	if later := must(db.DutyFacts(ctx, to, to.Add(time.Hour), to))(t); later.Missed != 0 {
		t.Errorf("%d were missed on the next day", later.Missed)
	}
}
