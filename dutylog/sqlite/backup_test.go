package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func copyOf(t *testing.T, db *sqlite.DB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	ok(t, db.CopyTo(ctx, file, func(int64, int64) {}))
	return file
}

func TestACopyIsTheLogAndStandsAlone(t *testing.T) {
	db := withPractice(t, open(t))
	for i := range 30 {
		ok(t, db.Record(ctx, story(inbound(i, "02422730001"), telephony.AnsweredInTime)))
	}
	want, told := pictureOf(t, db), [2]int64{}
	file := filepath.Join(t.TempDir(), "copy.db")
	ok(t, db.CopyTo(ctx, file, func(done, total int64) { told = [2]int64{done, total} }))
	if told[0] != told[1] || told[0] < 30*1000 {
		t.Errorf("the last progress was %v", told)
	}
	if files := must(os.ReadDir(filepath.Dir(file)))(t); len(files) != 1 {
		t.Errorf("the copy needs %v", files)
	}
	c := must(sqlite.OpenCopy(ctx, file))(t)
	if schema := must(c.Schema(ctx))(t); schema != sqlite.SchemaVersion() || schema < 7 {
		t.Errorf("schema %d, the program knows %d", schema, sqlite.SchemaVersion())
	}
	ok(t, c.Close())
	again := openAt(t, file, sqlite.Options{Now: newClock(noon).now})
	if diff := cmp.Diff(want, pictureOf(t, again)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a, b := must(db.Identity(ctx))(t), must(again.Identity(ctx))(t); a != b || len(a) != 32 {
		t.Errorf("identities %s and %s", a, b)
	}
	if a, b := must(db.Identity(ctx))(t), must(open(t).Identity(ctx))(t); a == b {
		t.Error("two logs have one identity")
	}
}

// Whoever reads the token of a session is logged in: no trace of one is in a copy.
func TestACopyHoldsNoSession(t *testing.T) {
	db := open(t)
	until := noon.Add(time.Hour)
	for i := range 100 {
		data := must(scs.GobCodec{}.Encode(until, map[string]any{dutylog.SessionLogin: fmt.Sprintf("login-%d", i)}))(t)
		ok(t, db.Sessions().Commit(fmt.Sprintf("secret-token-%d", i), data, until))
	}
	if text := must(os.ReadFile(copyOf(t, db)))(t); bytes.Contains(text, []byte("secret-token")) || bytes.Contains(text, []byte("login-7")) {
		t.Error("the copy holds a session")
	}
	if _, found, err := db.Sessions().Find("secret-token-7"); err != nil || !found {
		t.Errorf("the log itself lost its sessions: %v", err)
	}
}

// Writers in this and in another process go on while copies are made; every copy is a picture
// of one instant: no call without its entry, no gap in what was written in order.
func TestCopiesWhileOthersWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, large(t), 0o600))
	db := openAt(t, path, sqlite.Options{})
	p := start(t, path, "other")
	p.read(t)
	stop, ended := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { ended <- n }()
		for ; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := db.Record(ctx, story(inbound(5000+n, "1"), telephony.Missed)); err != nil {
				t.Errorf("a write while a copy is made: %v", err)
				return
			}
			p.write(t)
			p.read(t)
		}
	}()
	least := 0
	for range 5 {
		before := int(last(t, db))
		c := openAt(t, copyOf(t, db), sqlite.Options{})
		after := int(last(t, db))
		if seq := int(last(t, c)); seq < before || seq > after || seq < least {
			t.Errorf("the copy ends at %d; before it stood %d, after it %d", seq, before, after)
		} else {
			least = seq
		}
		if items := since(t, c, dutylog.Seq(least-500)); len(items) != 500 {
			t.Errorf("%d of the last 500 feed rows", len(items))
		}
		calls, _, err := c.Calls(ctx, dutylog.CallQuery{Limit: 500})
		ok(t, err)
		for _, call := range calls {
			if _, err := c.Entry(ctx, "e-"+call.ID); err != nil && call.EntryID != "" {
				t.Errorf("call %s without its entry: %v", call.ID, err)
			}
		}
	}
	close(stop)
	if n := <-ended; n < 5 {
		t.Errorf("only %d writes went on meanwhile", n)
	}
	ok(t, p.close())
}

func TestACopyOfADamagedLogIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	whole := large(t)
	for _, at := range []int{len(whole) / 2 / pageSize, len(whole)/pageSize - 5} { // behind what a start looks at, perhaps
		text := bytes.Clone(whole)
		clear(text[at*pageSize : (at+3)*pageSize])
		ok(t, os.WriteFile(path, text, 0o600))
		db, err := sqlite.Open(ctx, path, sqlite.Options{})
		if err == nil {
			err = errors.Join(db.CopyTo(ctx, filepath.Join(t.TempDir(), "copy.db"), func(int64, int64) {}), db.Close())
		}
		wantSentence(t, err, path, "damaged", "dutyline restore")
	}
}

func TestACopyEndsWithItsContext(t *testing.T) {
	db := open(t)
	stopped, stop := context.WithCancel(ctx)
	err := db.CopyTo(stopped, filepath.Join(t.TempDir(), "copy.db"), func(int64, int64) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	ok(t, db.Healthy(ctx))
	err = db.CopyTo(ctx, filepath.Join(t.TempDir(), "none", "copy.db"), func(int64, int64) {})
	wantSentence(t, err, "", "cannot be written")
}

func TestNoCopy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "copy.db")
	_, err := sqlite.OpenCopy(ctx, file)
	wantSentence(t, err, file, "open the copy")
	ok(t, os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600))
	_, err = sqlite.OpenCopy(ctx, file)
	wantSentence(t, err, file, "damaged or no duty log")
}

// sealedCall records a call and seals its recording.
func sealedCall(t *testing.T, db *sqlite.DB, n int) recorder.Recording {
	t.Helper()
	c := inbound(n, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	r := must(db.Recording(ctx, c.ID))(t)
	r.Status, r.Digest, r.Size = recorder.Sealed, recorder.Digest(fmt.Sprintf("%064d", n)), int64(100+n)
	ok(t, db.SaveRecording(ctx, r))
	return r
}

func TestSealedRecordingsOfACopy(t *testing.T) {
	db := open(t)
	want := []recorder.Recording{sealedCall(t, db, 1), sealedCall(t, db, 2)}
	ok(t, db.Record(ctx, story(inbound(3, "1"), telephony.AnsweredInTime))) // pending
	c := must(sqlite.OpenCopy(ctx, copyOf(t, db)))(t)
	defer c.Close()
	if n, bytes, err := c.SealedSum(ctx); n != 2 || bytes != 203 || err != nil {
		t.Errorf("%d, %d bytes, %v", n, bytes, err)
	}
	i := 0
	ok(t, c.EachSealed(ctx, func(r recorder.Recording) error {
		if w := want[i]; r.CallID != w.CallID || r.Path != w.Path || r.Digest != w.Digest || r.Size != w.Size {
			t.Errorf("%+v, want %+v", r, w)
		}
		i++
		return nil
	}))
	enough := errors.New("enough")
	if err := c.EachSealed(ctx, func(recorder.Recording) error { return enough }); !errors.Is(err, enough) || i != 2 {
		t.Errorf("%v after %d", err, i)
	}
}

func TestTheNewestCheckpointOfACopy(t *testing.T) {
	db := open(t)
	checkpoint := func() string {
		t.Helper()
		c := must(sqlite.OpenCopy(ctx, copyOf(t, db)))(t)
		defer c.Close()
		return must(c.Checkpoint(ctx))(t)
	}
	if got := checkpoint(); got != "" {
		t.Errorf("a new log has the checkpoint %q", got)
	}
	ok(t, db.ExecOnWriter(`CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL, next_try INTEGER,
		attempts INTEGER NOT NULL, sent_at INTEGER, send_error TEXT NOT NULL) STRICT`))
	ok(t, db.ExecOnWriter("INSERT INTO checkpoints (size, at, note, attempts, send_error) VALUES (70, 1, 'seventy', 0, ''), (9, 2, 'nine', 0, '')"))
	if got := checkpoint(); got != "seventy" {
		t.Errorf("%q", got)
	}
}

func TestWhatIsBackedUp(t *testing.T) {
	db := open(t)
	one, two := sealedCall(t, db, 1), sealedCall(t, db, 2)
	left := func() int { return must(db.NotBackedUp(ctx))(t) }
	if left() != 2 {
		t.Errorf("%d are not backed up, want 2", left())
	}
	begin := last(t, db)
	resealed := two
	resealed.Digest = "other"
	ok(t, db.MarkBackedUp(ctx, noon, nil))
	ok(t, db.MarkBackedUp(ctx, noon, []recorder.Recording{one, resealed, {CallID: "unknown", Digest: one.Digest}}))
	ok(t, db.MarkBackedUp(ctx, noon.Add(time.Hour), []recorder.Recording{one}))
	if left() != 1 || last(t, db) != begin {
		t.Errorf("%d are not backed up, want 1; the feed tells of it: %v", left(), last(t, db) != begin)
	}
	one.Reason = "said later"
	ok(t, db.SaveRecording(ctx, one))
	if left() != 1 {
		t.Error("a later save forgets the backup")
	}
}

func TestTheLogRemembersItsBackups(t *testing.T) {
	now := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: now.now})
	b := dutylog.Backup{Generation: "20261123T041759Z", At: noon, Path: "/mnt/backup", Recordings: 3, Bytes: 12345, Manifest: "abc"}
	later := b
	later.Generation, later.At = "20261124T041759Z", noon.Add(24*time.Hour)
	for _, add := range []dutylog.Backup{later, b, b} {
		ok(t, db.AddBackup(ctx, add))
	}
	if diff := cmp.Diff([]dutylog.Backup{b, later}, must(db.Backups(ctx))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ok(t, db.RemoveBackup(ctx, b.Path, b.Generation))
	now.advance(time.Hour)
	ok(t, db.RemoveBackup(ctx, b.Path, b.Generation))
	got := must(db.Backups(ctx))(t)
	if !got[0].RemovedAt.Equal(noon) || !got[1].RemovedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		b    dutylog.Backup
		at   time.Time
		want bool
	}{{later, noon, true}, {later, later.At, true}, {later, later.At.Add(1), false}, {got[0], noon.Add(-time.Hour), false}} {
		if c.b.Holds(c.at) != c.want {
			t.Errorf("%s holds what is of %v: %v", c.b.Generation, c.at, !c.want)
		}
	}
	ok(t, db.AddBackup(ctx, b)) // it is back
	if got := must(db.Backups(ctx))(t); !got[0].RemovedAt.IsZero() {
		t.Errorf("%+v", got[0])
	}
}
