package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// A refused code waits in the log until it is told or is a call's, each by itself, also across a restart.
func TestCodesWaitInTheLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, file, sqlite.Options{}))(t)
	say := func(kind telephony.ChangeKind, line, code string, after time.Duration) {
		t.Helper()
		at := noon.Add(after)
		ok(t, db.Record(ctx, []telephony.Change{{Kind: kind, Line: line, Detail: code, At: at,
			Proofs: []telephony.Proof{{Kind: telephony.SeenInSIP, Ref: "a/b@" + line, Text: "404 (INVITE)", At: at}}}}))
	}
	waiting := func() (got []string) {
		t.Helper()
		for _, ch := range must(db.WaitingCodes(ctx))(t) {
			if ch.Kind != telephony.CodeRefused || len(ch.Proofs) != 1 || !ch.Proofs[0].At.Equal(ch.At) || ch.Proofs[0].Text != "404 (INVITE)" {
				t.Errorf("%+v", ch)
			}
			got = append(got, ch.Line+" "+ch.Detail+" "+ch.At.Sub(noon).String())
		}
		return got
	}
	if got := waiting(); len(got) != 0 {
		t.Errorf("in a fresh log wait %q", got)
	}
	say(telephony.CodeWaits, "duty", "*57*13800001111#", 0)
	say(telephony.CodeWaits, "duty", "*73", time.Second)
	say(telephony.CodeWaits, "duty/2", "*73", time.Second)
	say(telephony.CodeWaits, "duty", "*73", time.Second) // said again
	ok(t, db.Close())
	db = must(sqlite.Open(ctx, file, sqlite.Options{}))(t)
	defer db.Close()
	if diff := cmp.Diff([]string{"duty *57*13800001111# 0s", "duty *73 1s", "duty/2 *73 1s"}, waiting()); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	say(telephony.CodeRefused, "duty", "*57*13800001111#", 0)
	say(telephony.CodeCalled, "duty", "*73", time.Second)
	say(telephony.CodeRefused, "nowhere", "*73", time.Second) // of which nothing was kept
	if diff := cmp.Diff([]string{"duty/2 *73 1s"}, waiting()); diff != "" {
		t.Errorf("once told (-want +got):\n%s", diff)
	}
}

// A mark that is none of ours is said, and is no code.
func TestAMarkOfACodeThatIsNotOurs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, file, sqlite.Options{}))(t)
	defer db.Close()
	raw := must(sql.Open("sqlite3", "file:"+file))(t)
	defer raw.Close()
	must(raw.Exec("INSERT INTO marks (name, at, body) VALUES ('code/duty/1', 1, 'rubbish')"))(t)
	if got, err := db.WaitingCodes(ctx); err == nil || !strings.Contains(err.Error(), "not ours") || len(got) != 0 {
		t.Errorf("read %+v, %v", got, err)
	}
}
