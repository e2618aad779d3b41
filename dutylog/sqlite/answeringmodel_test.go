package sqlite_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// everyGroup is what a log says of three days, by officer.
func everyGroup(t *testing.T, db *sqlite.DB, now time.Time) map[string]any {
	t.Helper()
	from := dutylog.DateOf(noon, shanghai).Start(shanghai)
	got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: from, To: from.Add(72 * time.Hour), By: dutylog.ByOfficer, Now: now}))(t)
	all := map[string]any{}
	for _, g := range got.Groups {
		all[g.Key] = shownGroup(g)
	}
	return all
}

// Whatever people and the switch do in whatever order, kept tallies say what counting anew says: of two logs
// in which the same was done, one keeps tallies at every turn and the other never.
func TestKeptTalliesSayWhatCountingSays(t *testing.T) {
	later := noon.Add(96 * time.Hour)
	logs := []*sqlite.DB{openAt(t, filepath.Join(t.TempDir(), "kept.db"), sqlite.Options{Now: newClock(noon).now}), openAt(t, filepath.Join(t.TempDir(), "counted.db"), sqlite.Options{Now: newClock(noon).now})}
	r := rand.New(rand.NewPCG(11, 12))
	outcomes := []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.Engaged, telephony.Unknown}
	var calls []telephony.Call
	for step := range 25 {
		kind, pick := r.IntN(5), r.IntN(1000)
		if len(calls) == 0 {
			kind = 0
		}
		for _, db := range logs {
			switch kind {
			case 0, 1:
				c := inbound(step*61, []string{"02422730001", "02422730002"}[pick%2])
				ok(t, db.Record(ctx, story(c, outcomes[pick%len(outcomes)])))
				if db == logs[1] {
					calls = append(calls, c)
				}
			case 2:
				must(db.SetTag(ctx, calls[pick%len(calls)].ID, telephony.TagSpotCheck, pick%2 == 0, officer))(t)
			case 3:
				e := must(db.Entry(ctx, "e-"+calls[pick%len(calls)].ID))(t)
				must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.AnsweredBy: []string{"张伟", "李娜", "王磊"}[pick%3]}}, officer, noon))(t)
			case 4:
				ok(t, db.Record(ctx, outbound(step*61+7, "02422730001")))
			}
		}
		ok(t, func() error { _, err := logs[0].KeepTallies(ctx, later, 10); return err }())
		if diff := cmp.Diff(everyGroup(t, logs[1], later), everyGroup(t, logs[0], later)); diff != "" {
			t.Fatalf("after step %d, kind %d (-counted +kept):\n%s", step, kind, diff)
		}
	}
}

// Sums of whole months say what their days say, whatever changes in one of them: of two logs in which the same was
// done, one answers from sums and the other counts every call anew.
func TestSumsOfMonthsSayWhatCountingSays(t *testing.T) {
	logs := []*sqlite.DB{openAt(t, filepath.Join(t.TempDir(), "summed.db"), sqlite.Options{Now: newClock(december).now}), openAt(t, filepath.Join(t.TempDir(), "counted.db"), sqlite.Options{Now: newClock(december).now})}
	r := rand.New(rand.NewPCG(21, 22))
	outcomes := []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.Engaged}
	m := dutylog.Month("2026-11")
	ask := func(db *sqlite.DB, by dutylog.Grouping, line string) (all map[string]any, changed int) {
		got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: m.First().Start(shanghai), To: m.Next().First().Start(shanghai), By: by, Line: line, Now: december}))(t)
		all = map[string]any{"": shownGroup(got.Total)}
		for _, g := range got.Groups {
			all[" "+g.Key] = shownGroup(g)
		}
		for _, f := range got.Frozen {
			changed += len(f.Changed)
		}
		return all, changed
	}
	var calls []telephony.Call
	for step := range 12 {
		if step == 8 {
			for _, db := range logs {
				ok(t, db.FreezeMonth(ctx, m, leader, december))
			}
		}
		pick := r.IntN(1000)
		for _, db := range logs {
			if step%3 == 2 {
				e := must(db.Entry(ctx, "e-"+calls[pick%len(calls)].ID))(t)
				must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.AnsweredBy: []string{"张伟", "李娜"}[pick%2]}}, officer, noon))(t)
				continue
			}
			c := inbound(step, "02422730001")
			c.OfferedAt, c.Line = m.First().Start(shanghai).Add(time.Duration(step*pick%700)*time.Hour), []string{"duty", "fire"}[pick%2]
			ok(t, db.Record(ctx, story(c, outcomes[pick%4])))
			if db == logs[1] {
				calls = append(calls, c)
			}
		}
		keepAll(t, logs[0], december)
		ok(t, logs[0].SumMonths(ctx, december))
		for _, by := range dutylog.Groupings() {
			if by == dutylog.ByHour {
				continue
			}
			for _, line := range []string{"", "fire"} {
				summed, changed := ask(logs[0], by, line)
				counted, alsoChanged := ask(logs[1], by, line)
				if diff := cmp.Diff(counted, summed); diff != "" || changed != alsoChanged {
					t.Fatalf("after step %d by %s, %d and %d days changed (-counted +summed):\n%s", step, by, alsoChanged, changed, diff)
				}
			}
		}
		if n := logs[0].SumsOfMonths(); n != 1 {
			t.Errorf("after step %d %d months are summed up", step, n)
		}
	}
}
