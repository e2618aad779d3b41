package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

// memoryLog counts what a checkpointer asks of the log.
type memoryLog struct {
	mu     sync.Mutex
	signed int
	due    dutylog.Checkpoint
	tried  []error
	fail   error
	now    func() time.Time
}

func (l *memoryLog) Checkpoint(_ context.Context, _ audit.Key, send bool) (dutylog.Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return dutylog.Checkpoint{}, l.fail
	}
	l.signed++
	if send {
		l.due = dutylog.Checkpoint{Size: int64(l.signed), Note: "note", NextTry: l.now()}
	}
	return l.due, nil
}

func (l *memoryLog) DueCheckpoint(context.Context) (dutylog.Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.due, nil
}

func (l *memoryLog) CheckpointSent(_ context.Context, _ int64, failed error, next time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried = append(l.tried, failed)
	l.due.NextTry = next
	l.due.Attempts++
	if failed == nil {
		l.due = dutylog.Checkpoint{}
	}
	return nil
}

func (l *memoryLog) seen() (signed, tries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.signed, len(l.tried)
}

// TestTheLogIsSignedAtTheStartAtTheIntervalAndAtTheEnd runs on synthetic time.
func TestTheLogIsSignedAtTheStartAtTheIntervalAndAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{now: time.Now}
		c := &checkpointer{log: log, every: time.Hour, logger: slog.New(slog.DiscardHandler), now: time.Now}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		for hours, want := range []int{1, 2, 3} {
			synctest.Wait()
			if signed, _ := log.seen(); signed != want {
				t.Errorf("after %d h: signed %d times, want %d", hours, signed, want)
			}
			wait(t, time.Hour)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if signed, _ := log.seen(); signed != 5 {
			t.Errorf("at the end: signed %d times, want 5", signed)
		}
	})
}

// wait lets synthetic time pass.
func wait(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
	synctest.Wait()
}

func TestAMachineThatIsAwayIsTriedAgainMoreAndMoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{now: time.Now}
		var logs bytes.Buffer
		c := &checkpointer{log: log, every: 1000 * time.Hour, sendTo: "/no/such/folder", logger: slog.New(slog.NewTextHandler(&logs, nil)), now: time.Now}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		for _, x := range []struct {
			after time.Duration
			tries int
		}{{0, 1}, {time.Minute, 2}, {2 * time.Minute, 3}, {4 * time.Minute, 4}, {24 * time.Hour, 30}} {
			wait(t, x.after)
			if _, tries := log.seen(); tries != x.tries {
				t.Errorf("after another %v: %d tries, want %d", x.after, tries, x.tries)
			}
		}
		stop()
		<-done
		if !strings.Contains(logs.String(), "did not reach the other machine") || !strings.Contains(logs.String(), "mount the folder") {
			t.Errorf("the log says\n%.400s", logs.String())
		}
	})
}

func TestALogThatCannotBeSignedIsSaid(t *testing.T) {
	log := &memoryLog{now: time.Now, fail: errors.New("it was altered")}
	var logs bytes.Buffer
	c := &checkpointer{log: log, every: time.Hour, logger: slog.New(slog.NewTextHandler(&logs, nil)), now: time.Now}
	c.sign(t.Context())
	if err := c.Fault(); err == nil || !strings.Contains(logs.String(), "it was altered") {
		t.Errorf("%v; %s", err, logs.String())
	}
	log.fail = nil
	c.sign(t.Context())
	if err := c.Fault(); err != nil {
		t.Errorf("after it was signed: %v", err)
	}
	c.keyErr = errors.New("no key")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := c.Run(ctx); err != nil || c.Fault() == nil || !strings.Contains(logs.String(), "no key") {
		t.Errorf("without a key: %v, %v", err, c.Fault())
	}
}

func TestACheckpointIsCarriedToAFolderAndToAnAddress(t *testing.T) {
	c := dutylog.Checkpoint{Size: 7, Note: "the note\n"}
	folder := t.TempDir()
	for range 2 { // twice is once
		if err := putFile(folder, c); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "dutyline-000000000007.checkpoint.txt" {
		t.Fatalf("%v, %v", files, err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, files[0].Name())); err != nil || string(text) != c.Note {
		t.Errorf("%q, %v", text, err)
	}
	if err := putFile(filepath.Join(folder, "none"), c); err == nil || !strings.Contains(err.Error(), "mount the folder") {
		t.Errorf("%v", err)
	}

	var got string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Repeat("no room ", 100))
	}))
	to := strings.Replace(server.URL, "http://", "http://user:secret@", 1) + "/put?token=hush"
	if err := post(t.Context(), to, c); err != nil || got != "POST text/plain; charset=utf-8 the note\n" {
		t.Errorf("%v, %q", err, got)
	}
	status = http.StatusInsufficientStorage
	if err := post(t.Context(), to, c); err == nil || !strings.Contains(err.Error(), "answered 507") || len(err.Error()) > 300 {
		t.Errorf("%v", err)
	}
	server.Close()
	if err := post(t.Context(), to, c); err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A log that was restored, or rewritten by who holds the key, comes to as many records as one that was sent before.
func TestACheckpointOnTheOtherMachineIsNeverWrittenOver(t *testing.T) {
	folder := t.TempDir()
	var logs bytes.Buffer
	c := &checkpointer{sendTo: folder, logger: slog.New(slog.NewTextHandler(&logs, nil)), now: time.Now}
	send := func(note string) {
		t.Helper()
		if err := c.carry(t.Context(), dutylog.Checkpoint{Size: 7, Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	if send("before\n"); c.Fault() != nil {
		t.Fatal(c.Fault())
	}
	for range 2 { // twice is once
		send("after\n")
	}
	files := names(t, folder)
	if len(files) != 2 {
		t.Fatalf("there are %v", files)
	}
	twin, first := filepath.Join(folder, files[0]), filepath.Join(folder, files[1])
	for file, want := range map[string]string{first: "before\n", twin: "after\n"} {
		if text, err := os.ReadFile(file); err != nil || string(text) != want {
			t.Errorf("%s holds %q, %v; want %q", file, text, err, want)
		}
	}
	if err := c.Fault(); err == nil || !strings.Contains(err.Error(), twin) || !strings.Contains(err.Error(), "dutyline verify --checkpoint") || strings.Count(logs.String(), "two different logs") != 1 {
		t.Errorf("%v; the daemon's log says\n%s", err, logs.String())
	}
	if check := checkSent(folder); check.OK || check.Detail != c.Fault().Error() {
		t.Errorf("doctor says %+v", check)
	}
	if err := os.Remove(twin); err != nil {
		t.Fatal(err)
	}
	if send("before\n"); c.Fault() != nil || !checkSent(folder).OK {
		t.Errorf("after it was moved away: %v, %+v", c.Fault(), checkSent(folder))
	}
}

func TestTheEvidenceKeyIsMadeOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "evidence.key")
	db := openTestLog(t, filepath.Join(t.TempDir(), "log.db"))
	key, made, err := openEvidenceKey(t.Context(), file, db)
	if err != nil || !made {
		t.Fatalf("%v, made %v", err, made)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	again, made, err := openEvidenceKey(t.Context(), file, db)
	if err != nil || made || again.Fingerprint() != key.Fingerprint() {
		t.Errorf("again: %v, made %v", err, made)
	}
	if err := makeEvidenceKey(file); err != nil {
		t.Error(err)
	}
	if same, err := readEvidenceKey(file); err != nil || same.Fingerprint() != key.Fingerprint() {
		t.Errorf("a key was written over: %v", err)
	}
	if _, err := db.Checkpoint(t.Context(), key, false); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openEvidenceKey(t.Context(), file, db); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openEvidenceKey(t.Context(), file, db); err == nil || !strings.Contains(err.Error(), key.Fingerprint()) || !strings.Contains(err.Error(), "--new-key") {
		t.Errorf("gone: %v", err)
	}
	if err := makeEvidenceKey(file); err != nil {
		t.Fatal(err)
	}
	if foreign, _, err := openEvidenceKey(t.Context(), file, db); err == nil || foreign.Verifier() != "" || !strings.Contains(err.Error(), "another key") ||
		!strings.Contains(err.Error(), key.Fingerprint()) || !strings.Contains(err.Error(), "--new-key") {
		t.Errorf("foreign: %v", err)
	}
	if err := os.WriteFile(file, []byte("PRIVATE+KEY+nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openEvidenceKey(t.Context(), file, db); err == nil || strings.Contains(err.Error(), "nonsense") {
		t.Errorf("no key: %v", err)
	}
}

func TestANewKeyKeepsTheOldOne(t *testing.T) {
	r := newProofRoom(t)
	old := strings.TrimSpace(r.works("checkpoint", "--fingerprint"))
	r.works("checkpoint")
	said := r.works("checkpoint", "--new-key")
	if fresh := strings.TrimSpace(r.works("checkpoint", "--fingerprint")); fresh == old || !strings.Contains(said, fresh) || !strings.Contains(said, "evidence.key.old-1") {
		t.Errorf("new %s, old %s: %s", fresh, old, said)
	}
	printed := r.works("checkpoint", "--print")
	for _, w := range []string{"记录数", "根哈希", "密钥指纹", " +08:00"} {
		if !strings.Contains(printed, w) {
			t.Errorf("the sheet does not say %q:\n%s", w, printed)
		}
	}
	answers(t, 0, []string{"verify: intact", "checkpoints      2"}, "--config", r.file)
	out := filepath.Join(t.TempDir(), "c.txt")
	if said := r.works("checkpoint", "--out", out); !strings.Contains(said, "the signed checkpoint is in "+out) {
		t.Errorf("it says %q", said)
	}
	refused(t, "", "never written over", "checkpoint", "--out", out, "--config", r.file)
}

// slowAccess is a log that cannot be written for a while.
type slowAccess struct {
	mu   sync.Mutex
	fail bool
	kept []dutylog.Access
}

func (s *slowAccess) NoteAccess(_ context.Context, a dutylog.Access) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail {
		return errors.New("the disk is full")
	}
	s.kept = append(s.kept, a)
	return nil
}

func (s *slowAccess) set(fail bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
	return len(s.kept)
}

func TestNoAccessIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &slowAccess{fail: true}
		var logs bytes.Buffer
		k := newAccessKeeper(log, slog.New(slog.NewTextHandler(&logs, nil)))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- k.Run(ctx) }()
		for _, object := range []string{"a", "b", "c"} {
			k.Add(ctx, web.Access{Who: dutylog.Actor{Login: "zhao"}, What: "entry.see", Object: object})
		}
		wait(t, 3*time.Second)
		if n := log.set(false); n != 0 {
			t.Errorf("%d were written to a full disk", n)
		}
		wait(t, 3*time.Second)
		if n := log.set(true); n != 3 || log.kept[0].Object != "a" || log.kept[2].Object != "c" {
			t.Errorf("kept %v", log.kept)
		}
		k.Add(ctx, web.Access{Who: dutylog.Actor{Login: "zhao"}, What: "entry.see", Object: "last"})
		stop()
		<-done
		if !strings.Contains(logs.String(), "object=last") || strings.Contains(logs.String(), "object=a") {
			t.Errorf("the daemon's own log says %s", logs.String())
		}
	})
}

// The daemon's parts are what the log gives.
var (
	_ checkpointLog = (*sqlite.DB)(nil)
)
