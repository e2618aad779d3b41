package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// answers verifies a log and gives what is said of each object.
func answers(t *testing.T, path string) (report *audit.Report, of map[string]string) {
	t.Helper()
	v := must(sqlite.OpenVerifier(ctx, path))(t)
	defer v.Close()
	of = map[string]string{}
	report = must(v.Verify(ctx, sqlite.VerifyOptions{Workers: 1, Each: func(f audit.Finding) { of[f.Object] = string(f.Answer) + ", " + f.Why }}))(t)
	return report, of
}

// oddities are those about single objects: that nothing was signed yet is not what is tested here.
func oddities(report *audit.Report) []audit.Finding {
	return slices.DeleteFunc(report.Findings, func(f audit.Finding) bool { return f.Object == "the log as a whole" })
}

// said finds the answer about an object by the beginning of its name.
func said(of map[string]string, object string) (all []string) {
	for name, answer := range of {
		if strings.HasPrefix(name, object) {
			all = append(all, answer)
		}
	}
	return all
}

func TestVerifyKnowsWhatADecisionTook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	_, e := told(t, db, 0)
	gone := archived(t, db, 1)
	whole := archived(t, db, 2)
	held := archived(t, db, 3)
	must(db.SetHold(ctx, "e-"+held.ID, "诉讼", prosecutor))(t)
	must(db.Expire(ctx, ruling(gone), dutylog.SystemActor()))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + whole.ID, Reason: "个人信息", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	report, of := answers(t, path)
	if odd := oddities(report); len(odd) > 0 {
		t.Fatalf("%v", odd)
	}
	for object, want := range map[string]string{
		"revision " + e.ID + "/2 ": "intact, erased by decision 1", "call " + whole.ID + " ": "intact, erased by decision 2",
		"deleted recording " + gone.ID: "intact, erased by decision 1", "deleted recording " + whole.ID: "intact, erased by decision 2",
		"deletion 1 ": "intact, ", "erasure 1 ": "intact, ", "hold 1 ": "intact, ",
	} {
		found := false
		for _, answer := range said(of, object) {
			found = found || answer == want
		}
		if !found {
			t.Errorf("%s: %v, want %q", object, said(of, object), want)
		}
	}
}

// TestVerifyFindsWhoDeletedBehindOurBack: a decision that there is not, one that was changed, a
// revision that was emptied without one.
func TestVerifyFindsWhoDeletedBehindOurBack(t *testing.T) {
	for name, script := range map[string]string{
		"a recording called expired":  "UPDATE recordings SET status = 'expired', decision = 9",
		"a decision dropped":          "DELETE FROM deletions",
		"a decision changed":          "UPDATE deletions SET why = 'too_much'",
		"a hold changed":              "UPDATE holds SET reason = '其他'",
		"a hold dropped":              "DELETE FROM holds",
		"a revision emptied":          "UPDATE revisions SET body = json_remove(body, '$.values.content') WHERE revision = 2",
		"what is left of one changed": "UPDATE revisions SET by_name = 'x' WHERE json_extract(body, '$.erased') IS NOT NULL",
	} {
		path := filepath.Join(t.TempDir(), "log.db")
		db := openAt(t, path, sqlite.Options{})
		_, e := told(t, db, 0)
		_, other := told(t, db, 5)
		c := archived(t, db, 1)
		must(db.SetHold(ctx, other.ID, "诉讼", prosecutor))(t)
		must(db.Expire(ctx, ruling(c), dutylog.SystemActor()))(t)
		must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}))(t)
		if report, _ := answers(t, path); len(oddities(report)) > 0 {
			t.Fatalf("%s, before: %v", name, oddities(report))
		}
		outside(t, path, script)
		if report, _ := answers(t, path); report.Verdict() != audit.Altered || report.Of("structure").Altered > 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

// TestWhatNeverChangesIsRecordedOnce rewrites rows and appends records that fit them, as
// somebody would who has the program: what never changes is named, a call that goes on is not.
func TestWhatNeverChangesIsRecordedOnce(t *testing.T) {
	call := inbound(0, "").ID
	for _, c := range []struct {
		kind           audit.Kind
		subject, alter string
	}{
		{audit.Revision, "e-" + call + "/2", "UPDATE revisions SET body = replace(body, '火情', '无事') WHERE revision = 2"},
		{audit.Access, "1", "UPDATE accesses SET what = 'entry.other'"},
		{audit.Tag, "1", "UPDATE tag_changes SET by_login = 'other'"},
		{audit.Rule, "1", "UPDATE rule_changes SET at = at + 1"},
		{audit.Call, call, "UPDATE calls SET caller = caller WHERE id = '" + call + "'"},
	} {
		key := newKey(t)
		path := provenLog(t, key)
		outside(t, path, c.alter)
		db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		ok(t, db.ProveAgain(ctx, c.kind, c.subject))
		must(db.Checkpoint(ctx, key, false))(t)
		ok(t, db.Close())
		r := verify(t, path, sqlite.VerifyOptions{})
		switch found := findings(r); {
		case c.kind.Changes():
			if r.Of(string(c.kind)).Altered > 0 {
				t.Errorf("%s changes, and yet\n%s", c.kind, found)
			}
		case !strings.Contains(found, string(c.kind)+" "+c.subject+" ") || !strings.Contains(found, "recorded a second time"):
			t.Errorf("%s: %s\n%s", c.kind, r.Verdict(), found)
		}
	}
}

// TestWhatLiesInTheWALIsLookedAt changes a log through a -wal file that nobody took over, and
// takes the -shm file away.
func TestWhatLiesInTheWALIsLookedAt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	path := provenLog(t, newKey(t))
	moved := filepath.Join(t.TempDir(), "log.db")
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	db.SetMaxOpenConns(1)
	must(db.Exec("PRAGMA wal_autocheckpoint = 0"))(t)
	must(db.Exec("UPDATE accounts SET role = 'admin' WHERE login = 'zhangwei'"))(t)
	for _, side := range []string{"", "-wal"} {
		ok(t, os.WriteFile(moved+side, must(os.ReadFile(path+side))(t), 0o600))
	}
	ok(t, db.Close())
	r := verify(t, moved, sqlite.VerifyOptions{})
	if r.Verdict() != audit.Altered || !strings.Contains(findings(r), "user zhangwei") {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
	if left := must(os.ReadDir(os.Getenv("TMPDIR")))(t); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
	if beside := must(os.ReadDir(filepath.Dir(moved)))(t); len(beside) != 2 {
		t.Errorf("it makes files beside the log: %v", beside)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := sqlite.OpenVerifier(ctx, moved); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("%v", err)
	}
}

// TestAnIndexThatDiffersIsNamed takes rows out of an index only, as damage would.
func TestAnIndexThatDiffersIsNamed(t *testing.T) {
	path := provenLog(t, newKey(t))
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	db.SetMaxOpenConns(1)
	var root int
	var name string
	ok(t, db.QueryRow("SELECT name, rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entries' AND sql NOT NULL AND sql NOT LIKE '%WHERE%' LIMIT 1").Scan(&name, &root))
	must(db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"))(t)
	var size int
	ok(t, db.QueryRow("PRAGMA page_size").Scan(&size))
	ok(t, db.Close())
	text := must(os.ReadFile(path))(t)
	page := text[(root-1)*size : root*size]
	copy(page, []byte{10, 0, 0, 0, 0, byte(size >> 8), byte(size), 0}) // a leaf that holds nothing
	ok(t, os.WriteFile(path, text, 0o600))
	r := verify(t, path, sqlite.VerifyOptions{})
	if r.Verdict() != audit.Altered || !strings.Contains(findings(r), name) {
		t.Errorf("%s: %s\n%s", name, r.Verdict(), findings(r))
	}
}

func TestVerifyKnowsTheTablesOrSaysSo(t *testing.T) {
	for words, change := range map[string]string{
		"newer dutyline":   "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)",
		"by which version": "DELETE FROM goose_db_version",
	} {
		path := provenLog(t, newKey(t))
		outside(t, path, change)
		if _, err := sqlite.OpenVerifier(ctx, path); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", change, err)
		}
	}
}
