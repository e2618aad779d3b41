package sqlite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func TestTheFileIsItsOwnersOnly(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "new folder", "log #1 100%?.db")
	db := openAt(t, path, sqlite.Options{})
	rings(t, db, inbound(0, "1"))
	if db.Path() != path {
		t.Errorf("path %s", db.Path())
	}
	files := must(os.ReadDir(filepath.Dir(path)))(t)
	if len(files) != 3 {
		t.Errorf("%d files, want the log and its two side files", len(files))
	}
	for _, f := range files {
		if info := must(f.Info())(t); info.Mode().Perm() != 0o600 || !strings.HasPrefix(f.Name(), "log #1 100%?.db") {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

func TestAFileThatOthersCouldReadIsMadePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, nil, 0o644))
	openAt(t, path, sqlite.Options{})
	if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// A new log is made of one that is there already; one that every migration made by itself is the same, but for
// its identity, which no two have.
func TestANewLogIsWhatTheMigrationsMake(t *testing.T) {
	folder := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(folder, "migrated.db"), nil, 0o600))
	seen := map[string]bool{}
	for _, name := range []string{"migrated.db", "new.db", "newer.db"} {
		db := openAt(t, filepath.Join(folder, name), sqlite.Options{})
		ok(t, db.Verify(ctx))
		seen[must(db.Identity(ctx))(t)] = true
		reader := must(sql.Open("sqlite3", "file:"+filepath.Join(folder, name)))(t)
		defer reader.Close()
		if faults, err := sqlite.StructureFaults(ctx, reader); err != nil || len(faults) != 0 {
			t.Errorf("%s: %v, %v", name, faults, err)
		}
	}
	if len(seen) != 3 || seen[""] {
		t.Errorf("identities: %v", seen)
	}
	if left := must(filepath.Glob(filepath.Join(folder, ".*")))(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEveryConnectionIsSetUp(t *testing.T) {
	db := open(t)
	for pragma, want := range map[string][2]string{
		"journal_mode":       {"wal", "wal"},
		"synchronous":        {"2", "1"}, // FULL where it is written
		"foreign_keys":       {"1", "1"},
		"busy_timeout":       {"5000", "5000"},
		"query_only":         {"0", "1"},
		"recursive_triggers": {"1", "0"},
	} {
		writer, readers, err := db.Settings(pragma, 4)
		if err != nil {
			t.Fatal(err)
		}
		if writer != want[0] || !slices.Equal(readers, []string{want[1], want[1], want[1], want[1]}) {
			t.Errorf("%s: writer %s, readers %s; want %s and %s", pragma, writer, readers, want[0], want[1])
		}
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	first := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	withPractice(t, first)
	c := inbound(0, "02422730001")
	ok(t, first.Record(ctx, story(c, telephony.AnsweredInTime)))
	want, seq := pictureOf(t, first), last(t, first)
	ok(t, first.Close())
	ok(t, first.Close()) // twice does no harm

	second := openAt(t, path, sqlite.Options{})
	got := pictureOf(t, second)
	if len(got.Calls) != 1 || got.Calls[0].ID != want.Calls[0].ID || last(t, second) != seq {
		t.Errorf("after reopening: %+v, seq %d", got, last(t, second))
	}
	ok(t, second.Record(ctx, story(c, telephony.AnsweredInTime)))
	if last(t, second) != seq {
		t.Error("what was said before the restart is news after it")
	}
	ok(t, second.Verify(ctx))
	ok(t, second.Healthy(ctx))
}

func TestAClosedLogSaysSo(t *testing.T) {
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{}))(t)
	ok(t, db.Close())
	if err := db.Healthy(ctx); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("write: %v", err)
	}
	if _, err := db.Call(ctx, "x"); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("read: %v", err)
	}
}

// wantSentence checks that an error names the file and the remedy.
func wantSentence(t *testing.T, err error, path string, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, w := range append(words, path) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestPlacesWhereNoLogCanBe(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	for path, words := range map[string][]string{
		"/proc/no-such-folder/log.db":   {"its folder cannot be made", "give it to the user that runs dutyline"},
		filepath.Join(file, "log.db"):   {"its folder cannot be made"},
		folder:                          {"cannot be opened", "it is a folder: name a file in it"},
		filepath.Join(folder, "a\x00b"): {"cannot be opened"},
	} {
		_, err := sqlite.Open(ctx, path, sqlite.Options{})
		wantSentence(t, err, "duty log", words...)
	}
}

func TestAFileOfANewerProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	ok(t, db.ExecOnWriter("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"))
	ok(t, db.Close())
	_, err := sqlite.Open(ctx, path, sqlite.Options{})
	wantSentence(t, err, path, "newer dutyline", "schema 99", "install the newer version")
}

func TestAFileThatIsNoLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, bytes.Repeat([]byte("this is a letter\n"), 1000), 0o600))
	_, err := sqlite.Open(ctx, path, sqlite.Options{})
	wantSentence(t, err, path, "damaged or no duty log", "do not delete them", "restore the last backup")

	foreign := filepath.Join(t.TempDir(), "songs.db")
	other := must(sql.Open("sqlite3", foreign))(t)
	if _, err := other.Exec("CREATE TABLE songs (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	ok(t, other.Close())
	_, err = sqlite.Open(ctx, foreign, sqlite.Options{})
	wantSentence(t, err, foreign, "another program", "choose another file")
}

func TestADamagedFileIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	for i := range 50 {
		rings(t, db, inbound(i, "13900001111"))
	}
	ok(t, db.Close())
	text := must(os.ReadFile(path))(t)
	for i := 8192; i < len(text); i++ { // the schema on the first pages stays
		text[i] ^= 0x5a
	}
	ok(t, os.WriteFile(path, text, 0o600))
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil { // the schema itself was hit: said at once
		wantSentence(t, err, path, "damaged")
		return
	}
	defer db.Close()
	wantSentence(t, db.Verify(ctx), path, "damaged", "restore the last backup")
}

func TestAFullDisk(t *testing.T) {
	db := open(t)
	rings(t, db, inbound(0, "1"))
	begin := last(t, db)
	ok(t, db.ExecOnWriter("PRAGMA max_page_count = 1")) // SQLite keeps the present size at least
	var err error
	for i := 1; i < 500 && err == nil; i++ {
		err = db.Record(ctx, story(inbound(i, "13900001111"), telephony.Missed))
	}
	wantSentence(t, err, db.Path(), "disk is full", "free some space")
	full := last(t, db)
	ok(t, db.ExecOnWriter("PRAGMA max_page_count = 1000000"))
	ok(t, db.Record(ctx, story(inbound(900, "2"), telephony.Missed)))
	if last(t, db) <= full || full < begin {
		t.Error("the log does not go on after space was freed")
	}
	ok(t, db.Verify(ctx))
}

func TestAFileThatCanOnlyBeRead(t *testing.T) {
	db := open(t)
	ok(t, db.ExecOnWriter("PRAGMA query_only = on"))
	wantSentence(t, db.Healthy(ctx), db.Path(), "cannot be written", "give both to the user that runs dutyline")
	ok(t, db.ExecOnWriter("PRAGMA query_only = off"))
	ok(t, db.Healthy(ctx))
}

func TestACallerWhoGaveUpWroteNothing(t *testing.T) {
	db := open(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 20 { // the writer may be free by chance: then the write is carried through
		err := db.AddAccount(gone, account("x", dutylog.Officer))
		_, read := db.Account(ctx, "x")
		if written := read == nil; written == errors.Is(err, context.Canceled) {
			t.Fatalf("the caller hears %v, yet written is %v", err, written)
		} else if written {
			return
		}
	}
}

func TestAnotherProgramThatHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{LockTimeout: 50 * time.Millisecond})
	other := must(sql.Open("sqlite3", "file:"+path+"?_txlock=immediate"))(t)
	defer other.Close()
	hold := must(other.Begin())(t)
	wantSentence(t, db.Healthy(ctx), path, "another program held the file for more than 50ms", "end that program")
	if _, err := db.LineStates(ctx); err != nil {
		t.Errorf("reading goes on meanwhile: %v", err)
	}
	ok(t, hold.Rollback())
	ok(t, db.Healthy(ctx))
}

// TestOldFilesAreBroughtUpToDate opens a log as the first schema left it. The file is never
// made anew: it stands for what lies on the machines of our users.
func TestOldFilesAreBroughtUpToDate(t *testing.T) {
	packed := must(os.ReadFile("testdata/schema1.db.gz"))(t)
	unpack := must(gzip.NewReader(bytes.NewReader(packed)))(t)
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, must(io.ReadAll(unpack))(t), 0o600))

	db := openAt(t, path, sqlite.Options{Now: newClock(noon.Add(time.Hour)).now})
	c := inbound(0, "02422730001")
	call := must(db.Call(ctx, c.ID))(t)
	if call.Outcome != telephony.AnsweredInTime || !call.OfferedAt.Equal(noon) {
		t.Errorf("%+v", call)
	}
	if !call.RangUntil.Equal(call.AnsweredAt) {
		t.Errorf("the bell of an old call stopped at %v, want its answer %v", call.RangUntil, call.AnsweredAt)
	}
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	if e.State != dutylog.Complete || e.Values[dutylog.Content] != "例行询问" || len(must(db.Revisions(ctx, e.ID))(t)) != 2 {
		t.Errorf("%+v", e)
	}
	if a := must(db.Account(ctx, "zhangwei"))(t); a.Name != "张伟" || a.Role != dutylog.Officer {
		t.Errorf("%+v", a)
	}
	ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.Missed)))
	ok(t, db.Verify(ctx))
}

func TestAFileThatWasOnlyBegunIsFinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	begun := must(sql.Open("sqlite3", path))(t)
	for _, s := range []string{
		"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)",
	} {
		if _, err := begun.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, begun.Close())
	rings(t, openAt(t, path, sqlite.Options{}), inbound(0, "1"))
}
