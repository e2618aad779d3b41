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
