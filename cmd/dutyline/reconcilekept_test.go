package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
)

// takeAway moves a sealed recording's file out of the archive; what it gives puts it back, as from a backup.
func (l *ledgerRoom) takeAway(r recorder.Recording) (restore func()) {
	l.t.Helper()
	file, away := filepath.Join(l.cfg.Archive.Folder, r.File()), filepath.Join(l.t.TempDir(), "file")
	l.ok(os.Rename(file, away))
	return func() {
		l.t.Helper()
		_ = os.Remove(file)
		l.ok(os.Rename(away, file))
	}
}

func (l *ledgerRoom) wantsItems(what string, want map[string]string) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.items(dutylog.LedgerOpen)); diff != "" {
		l.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestASealedRecordingIsMissedUntilItsFileIsBack: what the row says of a recording is believed only while its file is
// there, of old days as well.
func TestASealedRecordingIsMissedUntilItsFileIsBack(t *testing.T) {
	l := newLedgerRoom(t)
	gone := sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.0"))
	cut := sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.1"))
	sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.2"))
	l.wantsOpen("all is well", map[string]string{})

	l.at = endedCall("x").EndedAt.AddDate(0, 0, 2*reconcileDays)
	restore, mend := l.takeAway(gone), l.takeAway(cut)
	l.put(cut.File()) // one byte
	l.ok(l.r.round(t.Context(), false))
	l.wantsItems("between two looks at everything", map[string]string{})
	want := map[string]string{
		"call_without_recording:archive/" + gone.File(): "file_gone",
		"truncated:archive/" + cut.File():               "other_size",
	}
	l.wantsOpen("after a look at everything", want)
	out, err := combined("reconcile", "--config", l.configFile(nil))
	var coded codedError
	if !errors.As(err, &coded) || coded.code != exitOpen || !strings.Contains(out, "put it back from the backup") || !strings.Contains(out, "has 1 bytes, and ") {
		t.Errorf("%v\n%s", err, out)
	}
	l.ok(l.r.round(t.Context(), false))
	l.wantsItems("they are old, and still so", want)
	restore()
	mend()
	l.ok(l.r.round(t.Context(), false))
	l.wantsItems("they are back", map[string]string{})
}

func TestARecordingThatADecisionTookIsNotMissed(t *testing.T) {
	l := newLedgerRoom(t)
	for i, status := range []recorder.Status{recorder.Expired, recorder.Erased} {
		r := sealInto(t, l.db, l.cfg, l.keys, endedCall(fmt.Sprintf("1795436279.%d", i)))
		l.ok(os.Remove(filepath.Join(l.cfg.Archive.Folder, r.File())))
		l.change(r.CallID, func(r *recorder.Recording) { r.Status, r.Decision = status, 1 })
	}
	l.wantsOpen("decided", map[string]string{})

	r := sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.7"))
	l.r.shelf = decider{l.r.shelf, func() { // between the reading of its row and the look at its file
		l.change(r.CallID, func(r *recorder.Recording) { r.Status, r.Decision = recorder.Expired, 2 })
		l.ok(l.archive.Remove(r))
	}}
	l.wantsOpen("decided meanwhile", map[string]string{})
}

// decider decides before a file is looked at.
type decider struct {
	shelf
	decide func()
}

func (d decider) SizeOf(r recorder.Recording) (int64, bool, error) {
	d.decide()
	return d.shelf.SizeOf(r)
}

func TestWhatOfTheArchiveCannotBeLookedAtStaysAsItWas(t *testing.T) {
	l := newLedgerRoom(t)
	restore := l.takeAway(sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.0")))
	l.open()
	restore()
	whole := l.r.shelf
	l.r.shelf = blindShelf{whole}
	if got := l.open(); len(got) != 1 || !strings.Contains(l.r.State().Problem, "input/output error") {
		t.Errorf("%v, problem %q", got, l.r.State().Problem)
	}
	l.r.shelf = whole
	l.wantsOpen("the disk is well again", map[string]string{})
}

// blindShelf is a disk that lists its files and cannot look at one.
type blindShelf struct{ shelf }

func (blindShelf) SizeOf(recorder.Recording) (int64, bool, error) {
	return 0, false, errors.New("look at a recording: input/output error")
}

// lostBooks have very many sealed recordings.
type lostBooks struct {
	fakeBooks
	found []dutylog.Discrepancy
	files bool
}

func (b *lostBooks) SealedSince(_ context.Context, _ time.Time, do func([]recorder.Recording) error) error {
	for {
		if err := do([]recorder.Recording{{CallID: "1.0", Status: recorder.Sealed, Path: "2026/11/23/1.0.flac"}}); err != nil {
			return err
		}
	}
}

func (b *lostBooks) Claims(context.Context, []string) (map[string]dutylog.Claim, error) {
	return map[string]dutylog.Claim{"1.0": {CallID: "1.0", Recording: recorder.Recording{Status: recorder.Sealed}}}, nil
}

func (b *lostBooks) SaveLedger(_ context.Context, found []dutylog.Discrepancy, looked dutylog.Looked) (int, error) {
	b.found, b.files = found, looked.Files
	return 0, nil
}

// TestAnArchiveThatIsNotMountedIsSaidOnce: not one item for each recording of ten years.
func TestAnArchiveThatIsNotMountedIsSaidOnce(t *testing.T) {
	l := newLedgerRoom(t)
	b := &lostBooks{}
	l.r.books, l.r.shelf = b, emptyShelf{}
	l.ok(l.r.Now(t.Context()))
	if problem := l.r.State().Problem; len(b.found) != mostLost || b.files || !strings.Contains(problem, "look whether the disk of archive.folder is mounted") {
		t.Errorf("%d items, problem %q", len(b.found), problem)
	}
}
