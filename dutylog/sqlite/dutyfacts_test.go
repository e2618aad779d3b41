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
	// Who did not get through otherwise waits in the list of the officers, stands apart, and is charged to nobody: card,
	// duty figure and sheet have the same missed calls.
	for n, o := range []telephony.Outcome{telephony.AbandonedEarly, telephony.Engaged, telephony.Engaged} {
		ok(t, db.Record(ctx, story(inbound(20+n, "0242273001"+string(rune('0'+n))), o)))
	}
	facts = must(db.DutyFacts(ctx, from, to, to))(t)
	if o := facts.Others; facts.Missed != 3 || facts.Waiting != 2 || len(o) != 2 || o[0].Outcome != telephony.AbandonedEarly || o[0].Waiting != 1 || o[1].Calls != 2 || len(o[1].Behind) != 2 {
		t.Errorf("%d missed, %d wait, and %+v", facts.Missed, facts.Waiting, facts.Others)
	}
	if _, waiting, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{}); err != nil || waiting != 5 {
		t.Errorf("%d wait in the officers' list, %v", waiting, err)
	}
	figures := must(db.Answering(ctx, dutylog.AnsweringQuery{From: noon.Truncate(24 * time.Hour), To: noon.Truncate(24 * time.Hour).Add(24 * time.Hour), By: dutylog.ByLine, Now: to}))(t)
	for _, r := range dutylog.FigureRules() {
		if back, of := figures.Total.Tally.Of(r, true); r.Figure == dutylog.FigureCalledBack && (of != facts.Missed || of-back != facts.Waiting) {
			t.Errorf("the card says that %d of %d were called back", back, of)
		}
	}
	sheet := must(db.AssessmentBooks(ctx, "2026-11", "duty", dutylog.Weekends{}, to))(t).Facts("2026-11", "duty", to).Shares[dutylog.AssessCalledBack]
	if sheet.Of != facts.Missed || sheet.Cases() != facts.Waiting {
		t.Errorf("the sheet says %d of %d", sheet.Good, sheet.Of)
	}
	if later := must(db.DutyFacts(ctx, to, to.Add(time.Hour), to))(t); later.Missed != 0 {
		t.Errorf("%d were missed on the next day", later.Missed)
	}
}
