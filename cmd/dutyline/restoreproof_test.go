package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
)

// forge makes a backup whose log somebody changed with these statements, and whose manifest and
// checkpoint are those that belong to it.
func (s *store) forge(statements ...string) (folder string) {
	s.t.Helper()
	ok := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	from, err := backup.Open(s.to)
	ok(err)
	defer from.Close()
	newest, err := from.Generation("")
	ok(err)
	honest, _, err := from.Manifest(newest)
	ok(err)
	text, err := os.ReadFile(from.File(newest, backup.LogName))
	ok(err)

	folder = filepath.Join(s.t.TempDir(), "forged")
	to, err := backup.Create(folder, honest.Log)
	ok(err)
	defer to.Close()
	draft, err := to.Begin(time.Now(), honest.Program, honest.Schema)
	ok(err)
	name := draft.Path(backup.LogName)
	ok(os.WriteFile(name, text, 0o600))
	db, err := sql.Open("sqlite3", "file:"+name)
	ok(err)
	for _, statement := range statements {
		_, err := db.Exec(statement)
		ok(err)
	}
	ok(db.Close())
	ok(draft.Add(s.t.Context(), backup.LogName))
	archive, err := os.OpenRoot(s.in("recordings"))
	ok(err)
	defer archive.Close()
	picture, err := sqlite.OpenCopy(s.t.Context(), name)
	ok(err)
	ok(errors.Join(picture.EachSealed(s.t.Context(), func(r recorder.Recording) error {
		_, err := draft.Recording(s.t.Context(), archive, r)
		return err
	}), picture.Close()))
	_, _, _, err = draft.Finish(s.t.Context(), honest.Checkpoint, nil)
	ok(err)
	return folder
}

func TestARestoredLogIsVerified(t *testing.T) {
	s := newStore(t, 3)
	s.backup()
	into := filepath.Join(t.TempDir(), "new")
	out := works(t, "", "restore", s.to, "--into", into)
	if !strings.Contains(out, "evidence: intact") || !strings.Contains(out, "compared with the newest checkpoint in the backup's manifest") {
		t.Error(out)
	}
	from, err := backup.Open(s.to)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	newest, err := from.Generation("")
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := from.Manifest(newest)
	if err != nil || m.Checkpoint == "" {
		t.Fatalf("%+v, %v", m, err)
	}
	filed := filepath.Join(t.TempDir(), "filed.txt")
	if err := os.WriteFile(filed, []byte(m.Checkpoint), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := works(t, "", "verify", "--db", filepath.Join(into, "log.db"), "--checkpoint", filed); !strings.Contains(out, "verify: intact") {
		t.Error(out)
	}
}

// What came after the backup is gone, and its numbers are given again: the log that is restored says so itself.
func TestARestorationIsInTheLog(t *testing.T) {
	r := newProofRoom(t)
	to := filepath.Join(t.TempDir(), "backup")
	r.sign()
	r.works("backup", to)
	zhang := dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	write := func(key string) (number string) {
		r.withLog(func(db *sqlite.DB) {
			values := map[dutylog.Field]string{dutylog.Place: "机房", dutylog.CheckResult: "正常"}
			e, err := db.Write(t.Context(), dutylog.Draft{Key: key, Line: "duty", Kind: dutylog.KindPatrol, Values: values}, zhang, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			number = e.EntryNumber.String()
		})
		return number
	}
	lost := write("0f3c9a77-1")
	for _, side := range []string{"", "-wal", "-shm"} {
		_ = os.Rename(r.cfg.Log.File+side, r.cfg.Log.File+".damaged"+side) // not all are there
	}
	out := works(t, "", "restore", to, "--config", r.file)
	if again := write("0f3c9a77-2"); again != lost {
		t.Fatalf("the lost entry was %s, the next one is %s", lost, again)
	}
	if !strings.Contains(out, "is not in this log, and the numbers of entries since then may be given again") || !strings.Contains(out, "evidence: intact") {
		t.Errorf("the command says\n%s", out)
	}
	r.withLog(func(db *sqlite.DB) {
		told, _, err := db.Accesses(t.Context(), dutylog.AccessQuery{What: dutylog.Restored})
		if err != nil || len(told) != 1 || filepath.Dir(told[0].Object) != to || !strings.HasPrefix(told[0].By.Login, "shell:") {
			t.Errorf("the log says %+v, %v", told, err)
		}
	})
	answers(t, 0, []string{"intact: access "}, "--config", r.file, "--list")
}

// TestAForgedBackupIsNamed changes the log in a backup, with every digest of the backup made new.
func TestAForgedBackupIsNamed(t *testing.T) {
	s := newStore(t, 3)
	s.backup()
	for name, c := range map[string]struct {
		statements []string
		named      string
	}{
		"a call's outcome": {[]string{"UPDATE calls SET outcome = 'missed' WHERE id = 'a-1'"}, "altered: call a-1"},
		"a cut tail":       {[]string{"DROP TRIGGER records_stay", "DELETE FROM records WHERE idx > 2"}, "altered: outside checkpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			forged := s.forge(c.statements...)
			into := filepath.Join(t.TempDir(), "new")
			out, _, err := command("", "restore", forged, "--into", into)
			coded := codedError{}
			if !errors.As(err, &coded) || coded.code != exitAltered || !strings.Contains(out, c.named) || !strings.Contains(out, "evidence: altered") {
				t.Errorf("%v\n%s", err, out)
			}
			if _, err := os.Stat(filepath.Join(into, "log.db")); err != nil {
				t.Errorf("what there is was not restored: %v", err)
			}
		})
	}
}
