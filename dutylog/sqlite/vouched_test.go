package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// forgedCall copies a call's row under another id, with what is said to be different.
func forgedCall(from telephony.Call, id, set string) []string {
	const columns = "line, direction, caller, caller_e164, caller_name, called, called_e164, reason, offered_at, rang_at, rang_until, answered_at, rings, hangup_by, forwarded_to, redirected_from, findings, set_tags, tags"
	return []string{
		"INSERT INTO calls (id, outcome, rule, ended_at, said_tags, entry_id, settled_by, " + columns + ") SELECT '" + id + "', '', '', NULL, '[]', '', '', " + columns + " FROM calls WHERE id = '" + from.ID + "'",
		"UPDATE calls SET " + set + " WHERE id = '" + id + "'",
	}
}

// runningLog is a closed log with a call that ended and is settled, one that waits for the journal, and
// three that run: one with its entry, a test and our own alert call.
func runningLog(t *testing.T) (path string, honest []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	settled := inbound(0, "02422730001")
	settled.SettledBy = telephony.SettledByARI
	ok(t, db.Record(ctx, story(settled, telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.Missed)))
	running, test, own := inbound(2, "02422730001"), inbound(3, "1"), inbound(4, "1")
	test.Tags, own.Tags = []telephony.Tag{telephony.TagTest}, []telephony.Tag{telephony.TagSystem}
	for _, c := range []telephony.Call{running, test, own} {
		rings(t, db, c)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	return path, []string{running.ID, test.ID, own.ID, inbound(1, "").ID}
}

// TestAnHonestRunningCallIsTakenUp is the other half: nothing of ours is doubted.
func TestAnHonestRunningCallIsTakenUp(t *testing.T) {
	path, honest := runningLog(t)
	r := verify(t, path, sqlite.VerifyOptions{})
	if r.Verdict() != audit.Intact || r.Of("running calls").Intact != 1 || r.Of("call").Intact != 4 {
		t.Errorf("%s %+v %+v\n%s", r.Verdict(), r.Of("running calls"), r.Of("call"), findings(r))
	}
	db := openAt(t, path, sqlite.Options{})
	var taken []string
	left := must(db.Remainder(ctx, time.Time{}))(t)
	for _, c := range append(left.Running, left.Unsettled...) {
		taken = append(taken, c.ID)
	}
	if fmt.Sprint(taken) != fmt.Sprint(honest) || len(left.Doubtful) > 0 {
		t.Errorf("taken up %v, want %v; doubted %v", taken, honest, left.Doubtful)
	}
}

// TestACallThatOnlyStandsInTheTableIsLeft adds calls behind the log's back. Before, the next start
// took them up, settled them and wrote them into the evidence.
func TestACallThatOnlyStandsInTheTableIsLeft(t *testing.T) {
	t.Parallel()
	ended, waits, running := inbound(0, ""), inbound(1, ""), inbound(2, "")
	for name, c := range map[string]struct {
		forge  []string
		id     string
		why    string // at the start
		object string // of verify
	}{
		"it runs":                         {forgedCall(running, "9.9", "caller = '110'"), "9.9", "nothing was opened by it", "altered: running call 9.9: it is running by the table, but nothing was opened by it"},
		"it names an entry of its own":    {forgedCall(running, "9.9", "entry_id = 'e-9.9'"), "9.9", "nothing was opened by it", "altered: running call 9.9: it is running by the table, but nothing was opened by it"},
		"it names the entry of another":   {forgedCall(running, "9.9", "entry_id = 'e-"+running.ID+"'"), "9.9", "nothing was opened by it", "altered: running call 9.9"},
		"with an entry and no revision":   {append(forgedCall(running, "9.9", "entry_id = 'e-9.9'"), "INSERT INTO entries (id, call_id, line, kind, state, revision, call_at, body) SELECT 'e-9.9', '9.9', line, kind, state, 1, call_at, body FROM entries LIMIT 1"), "9.9", "nothing was opened by it", "altered: running call 9.9"},
		"with a revision and no record":   {append(forgedCall(running, "9.9", "entry_id = 'e-9.9'"), "INSERT INTO entries (id, call_id, line, kind, state, revision, call_at, body) SELECT 'e-9.9', '9.9', line, kind, state, 1, call_at, body FROM entries LIMIT 1", "INSERT INTO revisions (entry_id, revision, at, by_login, by_name, by_role, body) SELECT 'e-9.9', 1, at, '', '', '', body FROM revisions LIMIT 1"), "9.9", "nothing was opened by it", "altered: revision e-9.9/1: no record covers it"},
		"it is called a test":             {forgedCall(running, "9.9", `said_tags = '["test"]'`), "9.9", "nothing was opened by it", "altered: call 9.9: no record covers it"},
		"it cannot be read":               {forgedCall(running, "9.9", "said_tags = 'x'"), "9.9", "its row cannot be read", "altered: running call 9.9"},
		"it is called our own":            {forgedCall(running, "9.9", `said_tags = '["system"]'`), "9.9", "nothing was opened by it", "altered: call 9.9: no record covers it"},
		"it waits for the journal":        {forgedCall(running, "9.9", "ended_at = offered_at + 1, outcome = 'missed'"), "9.9", "no record covers it", "altered: call 9.9: no record covers it"},
		"one that ended runs again":       {[]string{"UPDATE calls SET ended_at = NULL, caller = '110' WHERE id = '" + ended.ID + "'"}, ended.ID, "not the one that was recorded", "altered: call " + ended.ID},
		"one that waits is another":       {[]string{"UPDATE calls SET caller = '110' WHERE id = '" + waits.ID + "'"}, waits.ID, "not the one that was recorded", "altered: call " + waits.ID},
		"a test that runs is another":     {[]string{"UPDATE calls SET caller = '110' WHERE id = '" + inbound(3, "").ID + "'"}, inbound(3, "").ID, "not the one that was recorded", "altered: call " + inbound(3, "").ID},
		"a call's first entry is altered": {[]string{"UPDATE revisions SET by_name = 'x' WHERE entry_id = 'e-" + running.ID + "'"}, running.ID, "nothing was opened by it", "altered: revision e-" + running.ID + "/1"},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := runningLog(t)
			outside(t, path, c.forge...)
			for range 2 { // a start changes nothing about it
				r := verify(t, path, sqlite.VerifyOptions{})
				if r.Verdict() != audit.Altered || !strings.Contains(findings(r), c.object) || r.Of("structure").Altered > 0 {
					t.Errorf("%s\n%s", r.Verdict(), findings(r))
				}
				db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
				left := must(db.Remainder(ctx, time.Time{}))(t)
				for _, taken := range append(left.Running, left.Unsettled...) {
					if taken.ID == c.id {
						t.Errorf("call %s is taken up", c.id)
					}
				}
				if d := left.Doubtful; len(d) != 1 || d[0].ID != c.id || !strings.Contains(d[0].Why, c.why) {
					t.Errorf("%+v, want %s: %s", d, c.id, c.why)
				}
				ok(t, db.Close())
			}
		})
	}
}
