package sqlite_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// recorded is an answered call with a sealed recording, n minutes after noon.
func recorded(t *testing.T, db *sqlite.DB, n int, o telephony.Outcome, change ...func(*telephony.Call)) telephony.Call {
	t.Helper()
	c := ended(t, db, n, o, change...)
	ok(t, db.SaveRecording(ctx, recorder.Recording{CallID: c.ID, Status: recorder.Sealed, Digest: recorder.Digest(strings.Repeat("ab", 32)), Size: 1000, Duration: time.Minute, SealedAt: noon}))
	return c
}

func TestWhichCallsCanBeDrawn(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now, Location: shanghai})
	a, b := recorded(t, db, 0, telephony.AnsweredInTime), recorded(t, db, 1, telephony.AnsweredLate)
	ended(t, db, 2, telephony.AnsweredInTime) // nothing of it can be heard
	recorded(t, db, 3, telephony.AnsweredElsewhere)
	recorded(t, db, 4, telephony.AnsweredInTime, func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagTest} })
	edge := time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC) // midnight at the site: November begins
	first := recorded(t, db, 5, telephony.AnsweredInTime, func(c *telephony.Call) { c.OfferedAt = edge })
	last := recorded(t, db, 6, telephony.AnsweredInTime, func(c *telephony.Call) { c.OfferedAt = edge.Add(-time.Millisecond) })
	answeredBy(t, db, a.ID, officer.Name)
	want := []dutylog.Listenable{{CallID: a.ID, Officer: officer.Name}, {CallID: b.ID}, {CallID: first.ID}}
	slices.SortFunc(want, func(x, y dutylog.Listenable) int { return strings.Compare(x.CallID, y.CallID) })
	if diff := cmp.Diff(want, must(db.Listenables(ctx, "2026-11"))(t)); diff != "" {
		t.Error(diff)
	}
	if got := must(db.Listenables(ctx, "2026-10"))(t); len(got) != 1 || got[0].CallID != last.ID {
		t.Errorf("%+v", got)
	}
}

func TestADrawAndWhatIsSaidOfItsCallsAreEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	c, other := recorded(t, db, 0, telephony.AnsweredInTime), recorded(t, db, 1, telephony.AnsweredInTime)
	samples := []dutylog.OfficerSample{{Officer: "张伟", Population: 7, Calls: []string{c.ID}}, {Officer: "李娜", Population: 0, Calls: []string{}}}
	d := must(db.KeepDraw(ctx, dutylog.Draw{Month: "2026-11", Seed: "检查组", Named: true, PerOfficer: 1, Samples: samples, By: superA}))(t)
	again := must(db.KeepDraw(ctx, dutylog.Draw{Month: "2026-11", Seed: "0a1b", PerOfficer: 1, By: superA}))(t)
	draws := must(db.Draws(ctx, "2026-11"))(t)
	if len(draws) != 2 || draws[0].ID != again.ID || draws[0].Named || len(draws[0].Samples) != 0 {
		t.Errorf("%+v", draws)
	}
	if diff := cmp.Diff(samples, draws[1].Samples); diff != "" || !draws[1].Named || draws[1].Seed != "检查组" || draws[1].By != superA || !draws[1].At.Equal(noon.Truncate(time.Microsecond)) {
		t.Errorf("%+v\n%s", draws[1], diff)
	}
	if none := must(db.Draws(ctx, "2026-10"))(t); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	marks := dutylog.Marks{Greeting: dutylog.MarkGood, Tone: dutylog.MarkGood, Precision: dutylog.MarkPoor, Elements: dutylog.MarkPartly, ReadBack: dutylog.MarkNone}
	f := dutylog.ListeningFact{Draw: d.ID, CallID: c.ID, Says: dutylog.ListenReviewed, Marks: marks, Text: "没有问清地点", By: superA}
	f = must(db.SayOfCall(ctx, f, 0))(t)
	if _, err := db.SayOfCall(ctx, f, 0); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("said twice by one key: %v", err)
	}
	must(db.SayOfCall(ctx, dutylog.ListeningFact{Draw: d.ID, CallID: c.ID, Says: dutylog.ListenAnswered, Text: "对方主动说明", By: officer}, f.ID))(t)
	for name, x := range map[string]dutylog.ListeningFact{"a call that was not drawn": {Draw: d.ID, CallID: other.ID}, "no such draw": {Draw: 99, CallID: c.ID}} {
		if _, err := db.SayOfCall(ctx, x, 0); !errors.Is(err, dutylog.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, facts, err := db.Draw(ctx, d.ID)
	ok(t, err)
	if len(facts) != 2 || facts[0].Marks != marks || facts[0].Text != "没有问清地点" || facts[1].By != officer || facts[1].Says != dutylog.ListenAnswered {
		t.Errorf("%+v", facts)
	}
	if _, _, err := db.Draw(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	for _, statement := range []string{"UPDATE listening_draws SET seed = 'x'", "DELETE FROM listening_draws", "UPDATE listening_facts SET text = 'x'", "DELETE FROM listening_facts"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() == audit.Altered || v.Of("draw").Intact != 2 || v.Of("listening").Intact != 2 {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE listening_draws SET samples = replace(samples, '"+c.ID+"', '"+other.ID+"') WHERE id = 1", "UPDATE listening_facts SET marks = replace(marks, 'poor', 'good')")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), "draw 1") || !strings.Contains(findings(v), "listening 1") {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
}
