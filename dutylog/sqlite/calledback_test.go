package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// Whether a caller was called back, waits, or need not be called is one definition: lists, figures, the month's sheet and
// the gauge tell the same of the same calls.
func TestWhoWasCalledBackIsToldAlikeEverywhere(t *testing.T) {
	clock, reg := newClock(noon), prometheus.NewRegistry()
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now, Registerer: reg, Lines: []string{"duty"}, Location: shanghai}))(t)
	t.Cleanup(func() { _ = db.Close() })
	calls := []telephony.Call{inbound(0, "02422730001"), inbound(10, "02422730002"), inbound(20, "02422730003"), inbound(30, "02422730004"), inbound(40, "02422730005")}
	for n, c := range calls {
		ok(t, db.Record(ctx, story(c, []telephony.Outcome{telephony.Missed, telephony.Missed, telephony.Missed, telephony.Missed, telephony.Engaged}[n])))
	}
	ok(t, db.Record(ctx, outbound(50, "02422730001"))) // a call shows that the first was reached
	must(db.SettleMissed(ctx, calls[1].ID, dutylog.Settlement{Why: dutylog.OtherPhone, Text: "老张用手机回拨"}, supervisor))(t)
	must(db.SettleMissed(ctx, calls[2].ID, dutylog.Settlement{Why: dutylog.NotNeeded, Text: "同一件事已另行报告"}, supervisor))(t)
	// The fourth waits; so does the last, who is charged to nobody.

	got, want := map[string][2]int{}, map[string][2]int{
		"reached": {2, 4}, "stated": {1, 2}, "duty": {1, 4}, "others": {1, 1}, "sheet": {3, 4}, "line": {3, 4}, "list reached": {2, 5}, "list settled": {1, 5}, "list waiting": {2, 5}, "gauge": {2, 5},
	}
	now, from, to := noon.Add(24*time.Hour), dutylog.Date("2026-11-01").Start(shanghai), dutylog.Date("2026-12-01").Start(shanghai)
	figures := must(db.Answering(ctx, dutylog.AnsweringQuery{From: from, To: to, By: dutylog.ByLine, Now: now}))(t)
	tally := figures.Total.Tally
	reached, of := tally.Of(dutylog.RuleOf(dutylog.FigureCalledBack), false)
	got["reached"], got["stated"] = [2]int{reached, of}, [2]int{tally.BackStated(), reached}
	duty := must(db.DutyFigures(ctx, dutylog.DutyQuery{From: from, To: to, Now: now}))(t)
	for _, s := range duty.Shares {
		switch s.Figure {
		case dutylog.MissedNotCalledBack:
			got["duty"] = [2]int{s.Numerator, s.Denominator}
		case dutylog.OthersNotCalledBack:
			got["others"] = [2]int{s.Numerator, s.Denominator}
		}
	}
	sheet := must(db.AssessmentBooks(ctx, "2026-11", "", dutylog.Weekends{}, now))(t).Facts("2026-11", "", now)
	item := sheet.Shares[dutylog.AssessCalledBack]
	got["sheet"], got["line"] = [2]int{item.Good, item.Of}, sheet.Lines[0].CalledBack
	items, waiting, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{})
	ok(t, err)
	for _, m := range items {
		n := got["list "+string(m.Back())]
		got["list "+string(m.Back())] = [2]int{n[0] + 1, len(items)}
	}
	if waiting != got["list waiting"][0] {
		t.Errorf("%d wait, and %d are listed", waiting, got["list waiting"][0])
	}
	for _, f := range must(reg.Gather())(t) {
		if f.GetName() == "dutyline_missed_calls_waiting" {
			got["gauge"] = [2]int{int(f.GetMetric()[0].GetGauge().GetValue()), len(items)}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
