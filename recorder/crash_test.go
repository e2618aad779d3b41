package recorder_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/telephony"
)

// TestTheLogMayFailAtAnyStep makes the n-th write or read of a row fail, for every n, and
// then once more with a restart in between, as after a crash.
func TestTheLogMayFailAtAnyStep(t *testing.T) {
	for _, crash := range []bool{false, true} {
		for nth := int32(1); nth <= 8; nth++ {
			t.Run(fmt.Sprintf("step %d, restart %v", nth, crash), func(t *testing.T) {
				play(t, func(s *stage) {
					far, officer := talk()
					s.sw.PutCall("1.0", far, officer)
					var asked atomic.Int32
					s.rows.Break(func(action string) error {
						if asked.Add(1) == nth {
							return errors.New("database is locked: " + action)
						}
						return nil
					})
					if err := s.rows.SaveRecording(s.Context(), recorder.Recording{CallID: "1.0", Status: recorder.Pending,
						Path: "2026/11/23/1.0.flac", Talk: 10 * time.Second, NextTry: time.Now()}); err != nil {
						s.hangUp("1.0")
					}
					if crash {
						s.restart()
					}
					s.pass(10 * time.Second)
					r := s.want("1.0", recorder.Sealed, "")
					if r.RemovedAt.IsZero() || !r.NextTry.IsZero() {
						t.Errorf("it is not done: %+v", r)
					}
					s.stored()
				})
			})
		}
	}
}

func TestStoppingIsNoTryInVain(t *testing.T) {
	play(t, func(s *stage) {
		s.archive.Archive = stalling{s.archive.Archive}
		s.hangUp("stalled.0")
		s.restart()
		if r := s.want("stalled.0", recorder.Pending, ""); r.Attempts != 0 {
			t.Errorf("the row was changed by stopping: %+v", r)
		}
	})
}

func TestARowFromElsewhereIsGivenAPath(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		now := time.Now()
		if err := s.rows.SaveRecording(s.Context(), recorder.Recording{CallID: "1.0", Status: recorder.Pending, NextTry: now}); err != nil {
			t.Fatal(err)
		}
		s.pass(0)
		r := s.want("1.0", recorder.Sealed, "")
		if want := now.UTC().Format("2006/01/02") + "/1.0.flac"; r.Path != want {
			t.Errorf("path %s, want %s", r.Path, want)
		}
		if _, err := os.Stat(s.folder + "/" + r.File()); err != nil {
			t.Error(err)
		}
	})
}

func TestADueRowOfNoUseIsLaidToRest(t *testing.T) {
	play(t, func(s *stage) {
		if err := s.rows.SaveRecording(s.Context(), recorder.Recording{CallID: "1.0", Status: recorder.Missing, Reason: "gone", NextTry: time.Now()}); err != nil {
			t.Fatal(err)
		}
		s.pass(0)
		if r := s.want("1.0", recorder.Missing, "gone"); !r.NextTry.IsZero() {
			t.Errorf("it would be due for ever: %+v", r)
		}
	})
}

func TestACollectorWithoutAWakeLooksEverySecond(t *testing.T) {
	play(t, func(s *stage) {
		s.stop()
		<-s.ended
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		wakeless := &recorder.Collector{Store: s.rows, Switch: s.sw, Archive: s.archive, Now: time.Now}
		if h := wakeless.Health(); h.Pending != 0 {
			t.Errorf("%+v", h)
		}
		wakeless.Hurry() // before it runs: harmless
		ctx, stop := context.WithCancel(s.Context())
		s.stop = stop
		go func() { s.ended <- wakeless.Run(ctx) }()
		s.pass(time.Minute)
		s.hangUp("1.0")
		s.pass(time.Second)
		s.want("1.0", recorder.Sealed, "")
	})
}

func TestEveryStepMayBeRepeatedWithAnotherDigest(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.hangUp("1.0")
		s.want("1.0", recorder.Sealed, "")
		s.sw.PutCall("1.0", officer, far) // another call under the same id
		s.hangUp("1.0")
		r := s.want("1.0", recorder.Failed, "a different sealed file is already there")
		if !strings.Contains(r.Reason, "move the wrong one away by hand") {
			t.Errorf("no remedy: %s", r.Reason)
		}
		s.stored("1.0-far", "1.0-officer")
	})
}

// The log is restored from a backup of before the seal: the journal gives the call again, and of its
// recording there is only what lies in the archive.
func TestWhatWasSealedAfterTheBackupIsTakenOver(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer[:9*recorder.SampleRate])
		s.hangUp("1.0")
		before := s.row("1.0")
		s.hangUp("1.0")
		s.pass(time.Minute)
		r := s.want("1.0", recorder.Sealed, "the log was restored from an older backup")
		want := before
		want.Reason, want.SealedAt, want.RemovedAt = r.Reason, r.SealedAt, r.RemovedAt
		if diff := cmp.Diff(want, r); diff != "" || r.RemovedAt.IsZero() {
			t.Errorf("-sealed +taken over:\n%s", diff)
		}
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended, Outcome: telephony.Unknown})
		s.pass(time.Minute)
		s.want("1.0", recorder.Sealed, "the log was restored from an older backup")
	})
}

func TestWhatLiesInTheArchiveAndCannotBeReadIsNotTakenOver(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.hangUp("1.0")
		name := filepath.Join(s.folder, s.row("1.0").File())
		content, err := os.ReadFile(name)
		content[len(content)/2] ^= 1
		if err := errors.Join(err, os.Chmod(name, 0o600), os.WriteFile(name, content, 0o600)); err != nil {
			t.Fatal(err)
		}
		s.hangUp("1.0")
		s.pass(time.Minute)
		s.want("1.0", recorder.Failed, "the sealed file was altered: 2026/11/23/1.0.flac.age cannot be read as a recording")
		if after, err := os.ReadFile(name); err != nil || !bytes.Equal(content, after) {
			t.Errorf("the file that was there was changed (%v)", err)
		}
	})
}
