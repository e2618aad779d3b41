package sqlite_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// atSchema is the log of our first users as the dutyline of a later schema left it.
func atSchema(t *testing.T, version int64) string {
	t.Helper()
	unpack := must(gzip.NewReader(bytes.NewReader(must(os.ReadFile("testdata/schema1.db.gz"))(t))))(t)
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, must(io.ReadAll(unpack))(t), 0o600))
	ok(t, sqlite.BringTo(path, version, noon.Add(time.Hour)))
	return path
}

// execIn runs statements on a closed log, triggers and all.
func execIn(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	defer db.Close()
	for _, s := range statements {
		must(db.Exec(s))(t)
	}
}

// TestEverySchemaMovesOn opens a log of every schema that ever was. Some numbers were never
// given, and goose has to pass over the holes.
func TestEverySchemaMovesOn(t *testing.T) {
	versions := sqlite.SchemaVersions()
	if len(versions) < 7 || slices.Contains(versions, 3) || slices.Contains(versions, 6) {
		t.Fatalf("schemas %v: one that comes late is not applied to files that are newer", versions)
	}
	for _, version := range versions {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			path := atSchema(t, version)
			if version >= 8 { // a dutyline that did not prove them
				execIn(t, path, "INSERT INTO intervals (kind, from_at, to_at, cause) VALUES ('live_down', 5, 9, 'x'), ('journal_down', 7, NULL, 'x')")
			}
			if version < sqlite.SchemaVersion() {
				if _, err := sqlite.OpenVerifier(ctx, path); err == nil || !strings.Contains(err.Error(), "start the daemon once") {
					t.Errorf("before it moved on: %v", err)
				}
			}
			db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon.Add(2 * time.Hour)).now}))(t)
			c := inbound(0, "")
			if e := must(db.Entry(ctx, "e-"+c.ID))(t); e.Values[dutylog.Content] != "例行询问" || e.EntryNumber.Serial != 1 || must(db.Call(ctx, c.ID))(t).Outcome != telephony.AnsweredInTime {
				t.Errorf("%+v", e)
			}
			ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.Missed)))
			must(db.SetTag(ctx, c.ID, telephony.TagSpotCheck, true, leader))(t)
			down := telephony.Interval{Kind: telephony.SwitchDown, From: noon, Cause: "y"}
			ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: noon, Interval: &down}}))
			must(db.Checkpoint(ctx, newKey(t), false))(t)
			ok(t, db.Close())
			for range 2 { // and once more changes nothing
				ok(t, must(sqlite.Open(ctx, path, sqlite.Options{}))(t).Close())
				r := verify(t, path, sqlite.VerifyOptions{})
				intervals := audit.Tally{Intact: 1}
				if version >= 8 {
					intervals = audit.Tally{Intact: 3, TakenOver: 2}
				}
				if r.Verdict() != audit.Intact || len(r.Findings) > 0 || *r.Of("interval") != intervals {
					t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("interval"), findings(r))
				}
			}
			execIn(t, path, "INSERT INTO intervals (kind, from_at, to_at, cause) VALUES ('live_down', 6, 9, 'x')", "UPDATE evidence SET intervals_at = NULL")
			ok(t, must(sqlite.Open(ctx, path, sqlite.Options{}))(t).Close())
			if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "interval live_down/6: no record covers it") {
				t.Errorf("taken over a second time: %s\n%s", r.Verdict(), findings(r))
			}
		})
	}
}

func TestAnIntervalIsClosedOnceAndStays(t *testing.T) {
	db := open(t)
	for _, i := range []telephony.Interval{{Kind: telephony.LiveDown, From: noon, Cause: "a"}, {Kind: telephony.LiveDown, From: noon, Cause: "b"},
		{Kind: telephony.LiveDown, From: noon, To: noon.Add(time.Minute), Cause: "b"}, {Kind: telephony.LiveDown, From: noon, To: noon.Add(time.Second), Cause: "c"}} {
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: noon, Interval: &i}}))
	}
	if got := must(db.Intervals(ctx, time.Time{}, time.Time{}))(t); len(got) == 0 || !got[0].To.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v", got)
	}
	if n := must(db.Evidence(ctx))(t).Records; n != 3 { // begun, its cause, closed
		t.Errorf("%d records", n)
	}
	for _, statement := range []string{"DELETE FROM intervals", "UPDATE intervals SET to_at = to_at - 1", "UPDATE intervals SET from_at = from_at + 1"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
}

// TestDecisionsOfSchema13StayAsTheyWere: the table was built anew, for its constraint; what its
// records cover is the same, work goes on, and what was backed up by its name alone counts as not held.
func TestDecisionsOfSchema13StayAsTheyWere(t *testing.T) {
	path := atSchema(t, 13)
	decision := "INSERT INTO deletions (id, at, kind, name, why, of_at, bytes, digest, by_login, by_name, by_role) VALUES "
	execIn(t, path, decision+"(3, 5, 'journal', 'cel.jsonl.1', 'too_old', 4, 9, 'aa', 'system', '', ''), (7, 6, 'tape', '2026-11-01.jsonl', 'too_old', 4, 9, 'bb', 'system', '', '')",
		"INSERT INTO deletion_work (deletion, next_try, attempts, problem) VALUES (7, 1, 2, 'the disk is read-only')",
		"INSERT INTO files_backed_up (kind, name, at) VALUES ('journal', 'cel.jsonl.1', 1)",
		"DROP TRIGGER records_stay", "DELETE FROM records", "UPDATE evidence SET taken_over_at = NULL",
		"CREATE TRIGGER records_stay BEFORE DELETE ON records\nBEGIN SELECT RAISE(ABORT, 'a record of the evidence is never deleted'); END")
	ok(t, sqlite.BringTo(path, 13, noon)) // and covers them as that schema did
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon.Add(time.Hour)).now}))(t)
	due := must(db.DueDeletions(ctx, noon))(t)
	if len(due) != 1 || due[0].ID != 7 || due[0].Attempts != 2 || len(must(db.Deletions(ctx, 10))(t)) != 2 {
		t.Errorf("%+v", due)
	}
	next := recorder.Ruling{Object: recorder.Object{Kind: recorder.KindJournal, Name: "cel.jsonl.1", At: noon, Bytes: 9, Digest: "cc"}, Expire: true, Why: recorder.TooOld}
	if at := must(db.FileBackedUp(ctx, "aa"))(t); !at.IsZero() {
		t.Errorf("it counts as held since %v by its name", at)
	}
	if id := must(db.Expire(ctx, next, dutylog.SystemActor()))(t); id != 8 {
		t.Errorf("decision %d, want the next number", id)
	}
	for _, statement := range []string{"DELETE FROM deletions", "UPDATE deletions SET why = 'x'", "INSERT INTO deletion_work (deletion, next_try, attempts, problem) VALUES (99, 0, 0, '')"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || *r.Of("deletion") != (audit.Tally{Intact: 3, TakenOver: 2}) {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("deletion"), findings(r))
	}
}
