package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony/testcall"
)

func begun() testcall.Result {
	return testcall.Result{At: noon, Line: "duty", Cause: testcall.OnDemand, By: "张伟", Token: "7f3a", Number: "02422739119", RangAfter: -1, BellFor: -1}
}

func TestATestCallIsKeptFromItsBeginning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	r := begun()
	r.ID = must(db.BeginTest(ctx, r))(t)
	if diff := cmp.Diff([]testcall.Result{r}, must(db.RunningTests(ctx))(t)); diff != "" {
		t.Errorf("while it runs (-want +got):\n%s", diff)
	}
	r.EndedAt, r.Verdict, r.Reason, r.Ringback = noon.Add(9*time.Second), testcall.Reachable, testcall.RangHere, testcall.RingbackStandard
	r.RangAfter, r.BellFor, r.Length, r.CallID = 1200*time.Millisecond, 6100*time.Millisecond, 7300*time.Millisecond, "1795436279.0"
	r.Known, r.Why, r.Status, r.Heard, r.Sound = testcall.ByToken, testcall.WhyHeard, 487, "China ring-back", strings.Repeat("a", 64)
	ok(t, db.EndTest(ctx, r))
	if diff := cmp.Diff(r, must(db.Test(ctx, r.ID))(t)); diff != "" {
		t.Errorf("what it proved (-want +got):\n%s", diff)
	}
	if running := must(db.RunningTests(ctx))(t); len(running) != 0 {
		t.Errorf("it is over, and runs: %+v", running)
	}
	r.Verdict = testcall.Forwarded
	if err := db.EndTest(ctx, r); err == nil {
		t.Error("what a test proved was changed")
	}
	second := must(db.BeginTest(ctx, begun()))(t)
	if list := must(db.Tests(ctx, 10))(t); len(list) != 2 || list[0].ID != second || len(must(db.Tests(ctx, 1))(t)) != 1 {
		t.Errorf("the list is %+v", list)
	}
	if _, err := db.Test(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("a test that there is not: %v", err)
	}
}

// The call of a spot check is kept like a test's, and is none.
func TestASpotCheckIsNoTest(t *testing.T) {
	db := open(t)
	test, check := begun(), begun()
	check.Cause, check.Token = testcall.SpotCheck, ""
	test.ID, check.ID = must(db.BeginTest(ctx, test))(t), must(db.BeginTest(ctx, check))(t)
	if diff := cmp.Diff([]testcall.Result{test}, must(db.Tests(ctx, 10))(t)); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]testcall.Result{check}, must(db.Checks(ctx, 10))(t)); diff != "" {
		t.Errorf("spot checks (-want +got):\n%s", diff)
	}
	if running := must(db.RunningTests(ctx))(t); len(running) != 2 {
		t.Errorf("%d run", len(running))
	}
}

// A verdict that somebody makes better behind the log's back is found.
func TestATestCallIsEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	r := begun()
	r.ID = must(db.BeginTest(ctx, r))(t)
	r.EndedAt, r.Verdict = noon.Add(time.Second), testcall.Forwarded
	ok(t, db.EndTest(ctx, r))
	ok(t, db.Close())
	original := must(os.ReadFile(path))(t)
	for _, statement := range []string{"UPDATE tests SET verdict = 'reachable'", "UPDATE tests SET by_whom = ''", "DELETE FROM tests"} {
		copied := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(copied, original, 0o600))
		raw := must(sql.Open("sqlite3", "file:"+copied))(t)
		if _, err := raw.Exec(statement); err == nil {
			t.Errorf("%s is done without a word", statement)
		}
		ok(t, raw.Close())
		outside(t, copied, statement)
		if got := verify(t, copied, sqlite.VerifyOptions{}); got.Verdict() != audit.Altered || !strings.Contains(findings(got), "test 1") {
			t.Errorf("after %s the log is %s\n%s", statement, got.Verdict(), findings(got))
		}
	}
}
