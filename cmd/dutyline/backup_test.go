package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// store is a data folder as a daemon leaves it, with sealed recordings.
type store struct {
	t   *testing.T
	dir string
	to  string // where its backups go
}

func newStore(t *testing.T, calls int) *store {
	s := &store{t: t, dir: filepath.Join(t.TempDir(), "data"), to: filepath.Join(t.TempDir(), "backup")}
	s.add("a", calls)
	if err := os.MkdirAll(filepath.Join(s.dir, "tape"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.write("tape/2026-11-23.jsonl", "{}\n")
	return s
}

func (s *store) in(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *store) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.in(name)), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.in(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// sign lets the key sign what a store holds.
func (s *store) sign(db *sqlite.DB) {
	s.t.Helper()
	key, _, err := openEvidenceKey(context.Background(), s.in("keys/evidence.key"), db)
	if err == nil {
		_, err = db.Checkpoint(context.Background(), key, false)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// add logs so many answered calls, seals their recordings and signs all of it.
func (s *store) add(prefix string, calls int) {
	s.t.Helper()
	db := openTestLog(s.t, s.in("log.db"))
	for i := range calls {
		c := missedCall(fmt.Sprintf("%s-%d", prefix, i))
		ended := c[2].Call
		ended.AnsweredAt, ended.RangUntil, ended.Outcome = ended.RangAt.Add(time.Second), ended.RangAt.Add(time.Second), telephony.AnsweredInTime
		if err := db.Record(context.Background(), c); err != nil {
			s.t.Fatal(err)
		}
		r, err := db.Recording(context.Background(), ended.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		said := make([]byte, 30_000)
		rand.Read(said)
		s.write("recordings/"+r.Path, string(said))
		sum := sha256.Sum256(said)
		r.Status, r.Digest, r.Size, r.NextTry = recorder.Sealed, recorder.Digest(hex.EncodeToString(sum[:])), int64(len(said)), time.Time{}
		if err := db.SaveRecording(context.Background(), r); err != nil {
			s.t.Fatal(err)
		}
	}
	s.sign(db)
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) backup(more ...string) string {
	s.t.Helper()
	return works(s.t, "", append([]string{"backup", s.to, "--data", s.dir}, more...)...)
}

func (s *store) generations() []string {
	s.t.Helper()
	f, err := backup.Open(s.to)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	all, err := f.Generations()
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// files are all files below a folder with their digests.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		sum := sha256.Sum256(text)
		rel, _ := filepath.Rel(dir, name)
		all[rel] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// said is everything of a log that must come back.
func said(t *testing.T, db *sqlite.DB) string {
	t.Helper()
	var all strings.Builder
	ctx := t.Context()
	calls, _, err := db.Calls(ctx, dutylog.CallQuery{Limit: 500})
	for _, c := range calls {
		fmt.Fprintf(&all, "%+v\n", c)
		if e, err := db.Entry(ctx, "e-"+c.ID); err == nil {
			fmt.Fprintf(&all, "%+v\n", e)
		}
		history, err := db.Revisions(ctx, "e-"+c.ID)
		fmt.Fprintf(&all, "%+v %v\n", history, err)
	}
	accounts, second := db.Accounts(ctx)
	last, third := db.LastSeq(ctx)
	fmt.Fprintf(&all, "%+v %d", accounts, last)
	for _, err := range []error{err, second, third} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestBackupAndRestoreGiveBackTheSame(t *testing.T) {
	t.Parallel()
	s := newStore(t, 20)
	works(t, "correct horse\n", "user", "add", "wang", "--role", "admin", "--db", s.in("log.db"))
	s.write("refused-changes.jsonl", "{\"kind\":\"refused\"}\n")
	s.write("journal/cel.jsonl", "{}\n")
	out := s.backup("--tape", "--journal", s.in("journal"))
	for _, words := range []string{"the duty log and 20 recordings", "new are 20 recordings", "not in it: the keys", "escrow key", "is not encrypted", "the same disk"} {
		if !strings.Contains(out, words) {
			t.Errorf("it does not say %q:\n%s", words, out)
		}
	}
	s.add("b", 3)
	want := said(t, openTestLog(t, s.in("log.db")))
	if out := s.backup(); !strings.Contains(out, "the duty log and 23 recordings") || !strings.Contains(out, "new are 3 recordings") {
		t.Error(out)
	}
	generations := s.generations()
	if len(generations) != 2 {
		t.Fatalf("%v", generations)
	}

	into := filepath.Join(t.TempDir(), "new")
	out = works(t, "", "restore", s.to, "--into", into)
	if !strings.Contains(out, "23 recordings") || !strings.Contains(out, "not in the backup: the keys") || !strings.Contains(out, "archive.folder") {
		t.Error(out)
	}
	if diff := cmp.Diff(files(t, s.in("recordings")), files(t, filepath.Join(into, "recordings"))); diff != "" {
		t.Errorf("recordings (-want +got):\n%s", diff)
	}
	db := openTestLog(t, filepath.Join(into, "log.db"))
	if diff := cmp.Diff(want, said(t, db)); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	if known, err := db.Backups(t.Context()); err != nil || len(known) != 2 || known[1].Generation != generations[1] || known[1].Path != s.to {
		t.Errorf("the restored log knows of %+v; %v", known, err)
	}
	if left, err := db.NotBackedUp(t.Context()); err != nil || left != 0 {
		t.Errorf("%d recordings count as not backed up; %v", left, err)
	}

	older := filepath.Join(t.TempDir(), "older")
	if said := works(t, "", "restore", s.to, "--into", older, "--generation", generations[0]); !strings.Contains(said, " +08:00\n") {
		t.Errorf("the time of the site is not said:\n%s", said)
	}
	got := files(t, older)
	for _, name := range []string{"tape/2026-11-23.jsonl", "journal/cel.jsonl", "refused-changes.jsonl", "log.db"} {
		if got[name] == "" {
			t.Errorf("%s is not restored: %v", name, got)
		}
	}
	if n := len(files(t, filepath.Join(older, "recordings"))); n != 20 {
		t.Errorf("%d recordings of the older generation, want 20", n)
	}
	refused(t, "", "there is a duty log already", "restore", s.to, "--into", older)
	// The restored system goes on with the same backup.
	if out := works(t, "", "backup", s.to, "--data", into); !strings.Contains(out, "new are 0 recordings") {
		t.Error(out)
	}
}

func TestBackupByConfiguration(t *testing.T) {
	s := newStore(t, 2)
	c := roomConfig(s.dir)
	c.ARI.URL, c.ARI.User, c.ARI.Password = "http://who:hidden-1@127.0.0.1:1/ari", "dutyline", "hidden-2"
	file := writeConfig(t, c, "# the router's password is hidden-3\n")
	if err := os.Remove(filepath.Join(filepath.Dir(file), "ari.password")); err != nil { // no secret is needed
		t.Fatal(err)
	}
	out := works(t, "", "backup", s.to, "--config", file)
	generation := s.generations()[0]
	text, err := os.ReadFile(filepath.Join(s.to, "generations", generation, "dutyline.yaml"))
	if err != nil || bytes.Contains(text, []byte("hidden")) || !bytes.Contains(text, []byte("area_code")) {
		t.Errorf("%v\n%s\n%s", err, text, out)
	}

	// The disk is lost; the same configuration gets everything back.
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if out := works(t, "", "restore", s.to, "--config", file); !strings.Contains(out, "2 recordings") {
		t.Error(out)
	}
	if n := len(files(t, s.in("recordings"))); n != 2 {
		t.Errorf("%d recordings", n)
	}
	db := openTestLog(t, s.in("log.db"))
	if err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// The program is killed in the middle of copying; the generation before it is whole, and the
// next run finishes.
func TestBackupKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	s := newStore(t, 3)
	s.backup()
	first := s.generations()
	s.add("many", 400)
	for i, words := range []string{"copy the log", "copy recordings"} {
		p := start(t, "backup", s.to, "--data", s.dir)
		p.says(20*time.Second, words)
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.exited
		if p.cmd.ProcessState.Success() {
			t.Fatalf("kill %d came too late: this test would judge nothing", i)
		}
		if diff := cmp.Diff(first, s.generations()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		works(t, "", "restore", s.to, "--into", filepath.Join(t.TempDir(), "new"))
	}
	if out := s.backup(); !strings.Contains(out, "the duty log and 403 recordings") {
		t.Error(out)
	}
	into := filepath.Join(t.TempDir(), "new")

	// So is a restoration.
	p := start(t, "restore", s.to, "--into", into)
	p.says(20*time.Second, "restore recordings")
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	if _, err := os.Stat(filepath.Join(into, "log.db")); err == nil {
		t.Error("a restoration that was cut off counts")
	}
	works(t, "", "restore", s.to, "--into", into)
	if diff := cmp.Diff(files(t, s.in("recordings")), files(t, filepath.Join(into, "recordings"))); diff != "" {
		t.Errorf("recordings (-want +got):\n%s", diff)
	}
	for name := range files(t, s.to) {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("left behind: %s", name)
		}
	}
}

// A signal ends it in order: nothing half-made stays.
func TestBackupStopped(t *testing.T) {
	t.Parallel()
	s := newStore(t, 400)
	p := start(t, "backup", s.to, "--data", s.dir)
	p.says(20*time.Second, "copy recordings")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(10 * time.Second); code != 1 || len(s.generations()) != 0 {
		t.Errorf("exit code %d, generations %v", code, s.generations())
	}
	if out := s.backup(); !strings.Contains(out, "400 recordings") {
		t.Error(out)
	}
}

func TestBackupSaysWhatItLacks(t *testing.T) {
	s := newStore(t, 5)
	all := slices.Sorted(func(yield func(string) bool) {
		for name := range files(t, s.in("recordings")) {
			if !yield(name) {
				return
			}
		}
	})
	if err := os.Remove(s.in("recordings/" + all[0])); err != nil {
		t.Fatal(err)
	}
	s.write("recordings/"+all[1], "something else")
	out, _, err := command("", "backup", s.to, "--data", s.dir)
	if err == nil || !strings.Contains(err.Error(), "is finished, but 2 file(s) are not in it") || !strings.Contains(out, all[0]+": it is gone") || !strings.Contains(out, all[1]+": it was altered") {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := openTestLog(t, s.in("log.db")).NotBackedUp(t.Context()); err != nil || left != 2 {
		t.Errorf("%d recordings are not backed up, want 2; %v", left, err)
	}
	// The rest of it is good for a restoration, which names the two as well.
	into := filepath.Join(t.TempDir(), "new")
	out, _, err = command("", "restore", s.to, "--into", into)
	if err == nil || !strings.Contains(err.Error(), "is restored without 2 file(s)") || !strings.Contains(out, all[0]) {
		t.Errorf("%v\n%s", err, out)
	}
	if n := len(files(t, filepath.Join(into, "recordings"))); n != 3 {
		t.Errorf("%d recordings", n)
	}
}

func TestRestoreOfADamagedBackup(t *testing.T) {
	s := newStore(t, 5)
	s.backup()
	var victim string
	for name := range files(t, filepath.Join(s.to, "recordings")) {
		victim = filepath.Join(s.to, "recordings", name)
	}
	if err := os.Remove(victim); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "new")
	refused(t, "", "1 file(s) of generation", "restore", s.to, "--into", into)
	if _, err := os.Stat(into); err == nil {
		t.Error("something was restored")
	}
	_, _, err := command("", "restore", s.to, "--into", into, "--incomplete")
	if err == nil || !strings.Contains(err.Error(), "is restored without") {
		t.Errorf("%v", err)
	}
	if n := len(files(t, filepath.Join(into, "recordings"))); n != 4 {
		t.Errorf("%d recordings", n)
	}
}

func TestBackupOfADamagedLogNamesTheLastWholeOne(t *testing.T) {
	t.Parallel()
	s := newStore(t, 30)
	s.backup()
	whole := s.generations()[0]
	f, err := os.OpenFile(s.in("log.db"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 4096), info.Size()-4096); err != nil {
		t.Fatal(err)
	}
	f.Close()
	refused(t, "", "dutyline restore DIR", "backup", s.to, "--data", s.dir)
	if diff := cmp.Diff([]string{whole}, s.generations()); diff != "" {
		t.Error(diff)
	}
}

func TestTheLogForgetsABackupThatIsGone(t *testing.T) {
	s := newStore(t, 1)
	s.backup()
	s.backup()
	by := s.generations()
	if err := os.RemoveAll(filepath.Join(s.to, "generations", by[0])); err != nil { // by hand
		t.Fatal(err)
	}
	if out := s.backup("--keep", "1"); !strings.Contains(out, "older generations removed: "+by[1]) {
		t.Error(out)
	}
	known, err := openTestLog(t, s.in("log.db")).Backups(t.Context())
	if err != nil || len(known) != 3 || known[0].RemovedAt.IsZero() || known[1].RemovedAt.IsZero() || !known[2].RemovedAt.IsZero() {
		t.Errorf("%+v, %v", known, err)
	}
}

func TestBackupRefusals(t *testing.T) {
	s := newStore(t, 1)
	s.backup()
	other := newStore(t, 1)
	refused(t, "", "there is no duty log to back up", "backup", s.to, "--data", t.TempDir())
	refused(t, "", "lie in one another", "backup", filepath.Join(s.dir, "recordings", "backup"), "--data", s.dir)
	refused(t, "", "another duty log", "backup", s.to, "--data", other.dir)
	refused(t, "", "holds other things", "backup", other.dir, "--data", s.dir)
	refused(t, "", "does not exist", "backup", s.to, "--config", filepath.Join(t.TempDir(), "none.yaml"))
	refused(t, "", "none of the others can be", "backup", s.to, "--config", "x", "--data", s.dir)
	refused(t, "", "the switch's journal", "backup", s.to, "--data", s.dir, "--journal", filepath.Join(t.TempDir(), "none"))
	refused(t, "", "write dutyline backup DIR", "backup")
	if err := os.RemoveAll(other.in("recordings")); err != nil {
		t.Fatal(err)
	}
	refused(t, "", "correct archive.folder", "backup", other.to, "--data", other.dir)

	into := filepath.Join(t.TempDir(), "new")
	refused(t, "", "at least one of the flags", "restore", s.to)
	refused(t, "", "is not a backup folder", "restore", t.TempDir(), "--into", into)
	refused(t, "", "there is no backup folder", "restore", filepath.Join(t.TempDir(), "none"), "--into", into)
	refused(t, "", "0 generations", "restore", s.to, "--into", into, "--generation", "1999")
	if len(s.generations()) != 1 {
		t.Errorf("generations %v", s.generations())
	}
}

// A run that ended between its last step and telling the log of it: the next one tells.
func TestTheLogHearsOfABackupLater(t *testing.T) {
	s := newStore(t, 1)
	s.backup()
	db := openTestLog(t, s.in("log.db"))
	known, err := db.Backups(t.Context())
	if err != nil || len(known) != 1 {
		t.Fatalf("%+v, %v", known, err)
	}
	if err := db.RemoveBackup(t.Context(), known[0].Path, known[0].Generation); err != nil {
		t.Fatal(err)
	}
	s.backup()
	known, err = db.Backups(t.Context())
	if err != nil || len(known) != 2 || !known[0].RemovedAt.IsZero() || known[0].Manifest == "" {
		t.Errorf("%+v, %v", known, err)
	}
}

// A backup that an older program made is brought up to date while it is restored.
func TestRestoreOfAnOlderProgram(t *testing.T) {
	packed, err := os.Open("../../dutylog/sqlite/testdata/schema1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	old, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, 1)
	f, err := backup.Create(s.to, "some-log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := f.Begin(time.Now(), "v0", 1)
	if err == nil {
		err = os.WriteFile(d.Path(backup.LogName), old, 0o600)
	}
	if err == nil {
		err = d.Add(t.Context(), backup.LogName)
	}
	if err == nil {
		_, _, _, err = d.Finish(t.Context(), "", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "new")
	out, _, err := command("", "restore", s.to, "--into", into)
	if coded := (codedError{}); !errors.As(err, &coded) || coded.code != exitCannotTell || !strings.Contains(out, "evidence: cannot tell") {
		t.Errorf("of a log from before the evidence: %v\n%s", err, out)
	}
	if out := works(t, "", "user", "list", "--db", filepath.Join(into, "log.db")); !strings.Contains(out, "zhangwei") {
		t.Error(out)
	}
}

// A backup that a newer program made is refused before anything is read or written.
func TestRestoreOfANewerProgram(t *testing.T) {
	s := newStore(t, 1)
	f, err := backup.Create(s.to, "some-log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := f.Begin(time.Now(), "v99", sqlite.SchemaVersion()+1)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := d.Finish(t.Context(), "", nil); err != nil {
		t.Fatal(err)
	}
	refused(t, "", "was made by a newer dutyline (v99", "restore", s.to, "--into", filepath.Join(t.TempDir(), "new"))
}
