package recorder_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// stage is a collector at work between a switch and a store in memory and a real archive, on
// synthetic time.
type stage struct {
	*testing.T
	sw        *recordertest.Switch
	rows      *recordertest.Store
	archive   *faulty
	folder    string
	collector *recorder.Collector
	began     time.Time
	ahead     atomic.Int64 // by how much the clock was set, ns
	stop      context.CancelFunc
	ended     chan error
}

// faulty is an archive of which single actions can be made to fail.
type faulty struct {
	recorder.Archive
	seal, verify fault
}

// fault is the error of an action, for as long as it is set.
type fault struct{ atomic.Pointer[error] }

func (f *fault) set(err error) { f.Store(&err) }

func (f *fault) get() error {
	if err := f.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *faulty) Seal(ctx context.Context, r recorder.Recording) (recorder.Seal, error) {
	if err := f.seal.get(); err != nil {
		return recorder.Seal{}, err
	}
	return f.Archive.Seal(ctx, r)
}

func (f *faulty) Verify(ctx context.Context, r recorder.Recording) error {
	if err := f.verify.get(); err != nil {
		return err
	}
	return f.Archive.Verify(ctx, r)
}

// play runs a scene. The collector starts at the first pass of time.
func play(t *testing.T, scene func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{T: t, sw: &recordertest.Switch{}, rows: &recordertest.Store{}, folder: t.TempDir(), began: time.Now()}
		a, err := newArchive(s.folder, s.rows)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		s.archive = &faulty{Archive: a}
		s.start()
		scene(s)
		s.stop()
		if err := <-s.ended; err != nil {
			t.Errorf("the collector ended with %v", err)
		}
	})
}

func newArchive(folder string, rows *recordertest.Store) (*archive.Archive, error) {
	keys, err := archive.NewKeys("")
	if err != nil {
		return nil, err
	}
	return archive.New(folder, archive.Options{Keys: keys}, rows, nil)
}

func (s *stage) start() {
	ctx, cancel := context.WithCancel(s.Context())
	s.stop, s.ended = cancel, make(chan error, 1)
	s.collector = &recorder.Collector{Store: s.rows, Switch: s.sw, Archive: s.archive, Wake: s.rows.Wake,
		Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
		Log: slog.New(slog.NewTextHandler(s.Output(), nil))}
	go func() { s.ended <- s.collector.Run(ctx) }()
}

// restart kills the collector where it stands and starts a new one.
func (s *stage) restart() {
	s.stop()
	<-s.ended
	s.start()
}

// pass lets time pass and waits until everybody waits.
func (s *stage) pass(d time.Duration) {
	<-time.NewTimer(d).C
	synctest.Wait()
}

// hangUp ends an answered call of ten seconds; talk longer than the recording makes a finding.
func (s *stage) hangUp(id string) {
	s.Helper()
	s.end(telephony.Call{ID: id, OfferedAt: offered, AnsweredAt: ended.Add(-10 * time.Second), EndedAt: ended})
}

func (s *stage) end(c telephony.Call) {
	s.Helper()
	if err := s.rows.SaveRecording(s.Context(), recorder.ForCall(c, time.Now())); err != nil {
		s.Fatal(err)
	}
	synctest.Wait()
}

func (s *stage) row(id string) recorder.Recording {
	s.Helper()
	r, err := s.rows.Recording(context.WithoutCancel(s.Context()), id)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *stage) want(id string, status recorder.Status, reason string) recorder.Recording {
	s.Helper()
	r := s.row(id)
	if r.Status != status || !strings.Contains(r.Reason, reason) || reason == "" && r.Reason != "" {
		s.Errorf("after %s: %s is %s (%s), want %s (%s)", time.Since(s.began), id, r.Status, r.Reason, status, reason)
	}
	return r
}

// stored asserts what is left on the switch.
func (s *stage) stored(want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, s.sw.Names()); diff != "" {
		s.Errorf("after %s on the switch, -want +got:\n%s", time.Since(s.began), diff)
	}
}

func talk() (far, officer []int16) { return recordertest.Dialogue(10 * time.Second) }

func TestAnAnsweredCallIsSealedVerifiedAndRemoved(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.hangUp("1.0")
		r := s.want("1.0", recorder.Sealed, "")
		if time.Since(s.began) != 0 || r.Duration != 10*time.Second || r.Size == 0 || len(r.Findings) > 0 || r.CallerDB < -30 || r.OfficerDB < -30 {
			t.Errorf("%+v", r)
		}
		if r.RemovedAt.IsZero() || !r.NextTry.IsZero() || r.RemovedAt.Before(r.SealedAt) {
			t.Errorf("removal must follow the seal and nothing be left to do: %+v", r)
		}
		s.stored()
		want := []string{"fetch 1.0-far", "fetch 1.0-officer", "remove 1.0-far", "remove 1.0-officer"}
		if diff := cmp.Diff(want, s.sw.Calls()); diff != "" {
			t.Errorf("asked of the switch, -want +got:\n%s", diff)
		}
		states := s.rows.Saved()
		if len(states) != 3 || states[1].Status != recorder.Sealed || states[1].NextTry.IsZero() || !states[1].RemovedAt.IsZero() {
			t.Errorf("the seal must be in the log, with the removal to be done, before it is done: %+v", states)
		}
		if left, _ := os.ReadDir(filepath.Join(s.folder, "intake")); len(left) > 0 {
			t.Errorf("left in the intake: %v", left)
		}
	})
}

func TestAFileThatIsLateByMillisecondsIsFetchedSoon(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.hangUp("1.0")
		s.want("1.0", recorder.Pending, "not stored both sides yet")
		s.pass(40 * time.Millisecond)
		s.sw.PutCall("1.0", far, nil)
		s.sw.Put("1.0-officer", recordertest.UnfinishedWAV(officer))
		s.pass(15 * time.Millisecond)
		s.want("1.0", recorder.Pending, "still writing")
		s.sw.PutCall("1.0", far, officer)
		s.pass(100 * time.Millisecond)
		s.want("1.0", recorder.Sealed, "")
	})
}

func TestWhatNeverComesIsMissing(t *testing.T) {
	play(t, func(s *stage) {
		s.hangUp("1.0")
		s.pass(12 * time.Second)
		s.want("1.0", recorder.Pending, "not stored both sides yet")
		s.pass(time.Second)
		r := s.want("1.0", recorder.Missing, "check that its recording folder can be written")
		if !slices.Equal(r.Findings, []telephony.Finding{telephony.RecordingMissing}) || !r.NextTry.IsZero() {
			t.Errorf("%+v", r)
		}
		if h := s.collector.Health(); h != (recorder.Health{}) {
			t.Errorf("nothing waits: %+v", h)
		}
	})
}

// Where this daemon records, a call that nobody answered leaves the sound of waiting, which is
// not kept, and what begins before the answer is longer than the talk by that.
func TestWhatWasRecordedBySnooping(t *testing.T) {
	play(t, func(s *stage) {
		s.collector.By = recorder.BySnoop
		lead := 9 * time.Second
		s.collector.Lead = func(string) time.Duration { return lead }
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended, Outcome: telephony.Missed})
		s.pass(16 * time.Second)
		s.want("1.0", recorder.None, "")
		if left := s.sw.Names(); len(left) != 0 {
			t.Errorf("left on the switch: %v", left)
		}

		s.sw.PutCall("2.0", far, officer)
		s.hangUp("2.0") // ten seconds of talk after nine of ring, and only ten are there
		if r := s.want("2.0", recorder.Sealed, ""); !slices.Equal(r.Findings, []telephony.Finding{telephony.RecordingShort}) || r.Duration != 10*time.Second {
			t.Errorf("%+v", r)
		}
		lead = 500 * time.Millisecond
		s.sw.PutCall("3.0", far, officer)
		s.hangUp("3.0")
		if r := s.want("3.0", recorder.Sealed, ""); len(r.Findings) != 0 {
			t.Errorf("%+v", r)
		}

		s.hangUp("4.0")
		s.pass(14 * time.Second)
		s.want("4.0", recorder.Missing, "this daemon was away when the call came")
	})
}

// A call without sound leaves two files of nothing but a header. What is asked of the switch
// for it must not cost more than the call did: each question has it go through its folder.
func TestACallWithoutSoundIsAskedForTwice(t *testing.T) {
	play(t, func(s *stage) {
		s.sw.PutCall("1.0", nil, nil)
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, AnsweredAt: ended.Add(-time.Second), EndedAt: ended})
		s.pass(149 * time.Millisecond) // nothing of so short a talk is written before its end
		if asked := s.sw.Calls(); len(asked) > 0 {
			t.Errorf("asked at once: %v", asked)
		}
		s.pass(2350 * time.Millisecond)
		s.want("1.0", recorder.Pending, "not stored both sides yet")
		s.pass(time.Second)
		r := s.want("1.0", recorder.Missing, "the switch's recording has no audio: check the media path")
		if !slices.Equal(r.Findings, []telephony.Finding{telephony.RecordingMissing}) || !r.NextTry.IsZero() {
			t.Errorf("%+v", r)
		}
		want := []string{"fetch 1.0-far", "fetch 1.0-far", "fetch 1.0-officer", "remove 1.0-far", "remove 1.0-officer"}
		if diff := cmp.Diff(want, s.sw.Calls()); diff != "" {
			t.Errorf("asked of the switch, -want +got:\n%s", diff)
		}
		s.stored()
	})
}

func TestAShortTalkWithSoundIsSealedSoon(t *testing.T) {
	for _, late := range []time.Duration{0, 2 * time.Second} { // when the switch closes its files
		play(t, func(s *stage) {
			s.sw.PutCall("1.0", nil, nil)
			s.end(telephony.Call{ID: "1.0", OfferedAt: offered, AnsweredAt: ended.Add(-time.Second), EndedAt: ended})
			s.pass(late)
			far, officer := recordertest.Dialogue(time.Second)
			s.sw.PutCall("1.0", far, officer)
			s.pass(700 * time.Millisecond)
			s.want("1.0", recorder.Sealed, "")
		})
	}
}

func TestFilesWithoutSoundStayUntilTheyCanBeRemoved(t *testing.T) {
	play(t, func(s *stage) {
		s.sw.PutCall("1.0", nil, nil)
		s.sw.Break(func(action, _ string) error {
			if action == "remove" {
				return errors.New("500 Internal Server Error")
			}
			return nil
		})
		s.hangUp("1.0")
		s.pass(5 * time.Second)
		s.want("1.0", recorder.Pending, "remove the files without audio from the switch")
		s.sw.Break(nil)
		s.pass(time.Minute)
		s.want("1.0", recorder.Missing, "has no audio")
		s.stored()
	})
}

func TestOneSideIsBetterThanNone(t *testing.T) {
	play(t, func(s *stage) {
		far, _ := talk()
		s.sw.Put("1.0-far", recordertest.WAV(far))
		s.hangUp("1.0")
		s.pass(13 * time.Second)
		r := s.want("1.0", recorder.Sealed, "recorded nothing of the officer's side")
		if want := []telephony.Finding{telephony.RecordingShort, telephony.SilentOfficerSide}; !slices.Equal(r.Findings, want) || r.OfficerDB != recorder.Silence {
			t.Errorf("findings %v, officer %v dB; want %v and silence", r.Findings, r.OfficerDB, want)
		}
		s.stored()
	})
}

func TestARecordingThatStillGrowsIsAwaited(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.hangUp("1.0")
		for n := range 40 { // the switch writes on for 80 s
			s.sw.Put("1.0-far", recordertest.UnfinishedWAV(far[:1000+n]))
			s.sw.Put("1.0-officer", recordertest.UnfinishedWAV(officer[:1000+n]))
			s.pass(2 * time.Second)
			s.want("1.0", recorder.Pending, "still writing")
		}
		s.sw.PutCall("1.0", far, officer)
		s.pass(30 * time.Second) // never asked less often while it is written
		s.want("1.0", recorder.Sealed, "")
	})
}

func TestACutRecordingIsSalvagedWhenItChangesNoMore(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.Put("1.0-far", recordertest.UnfinishedWAV(far[:8*recorder.SampleRate]))
		s.sw.Put("1.0-officer", recordertest.UnfinishedWAV(officer[:7*recorder.SampleRate]))
		s.hangUp("1.0")
		s.pass(9 * time.Second)
		s.want("1.0", recorder.Pending, "still writing")
		s.pass(4 * time.Second)
		r := s.want("1.0", recorder.Sealed, "was cut on the switch (crash or full disk); all that was stored is kept; the officer's side ended 1s earlier and is padded with silence")
		if r.Duration != 8*time.Second || !slices.Contains(r.Findings, telephony.RecordingShort) {
			t.Errorf("%+v", r)
		}
	})
}

func TestAPoisonousRecordingStopsNoOther(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.sw.Put("1.0-officer", []byte(strings.Repeat("not a recording ", 9)))
		s.sw.PutCall("2.0", far, officer)
		s.hangUp("1.0")
		s.hangUp("2.0")
		r := s.want("1.0", recorder.Failed, "fetch the recording: the officer side: not a recording of the duty line: it does not begin like a WAV file")
		if !r.NextTry.IsZero() {
			t.Errorf("it must be left alone: %+v", r)
		}
		s.want("2.0", recorder.Sealed, "")
		s.stored("1.0-far", "1.0-officer") // the originals stay
	})
}

func TestAStalledDownloadHoldsUpNoOther(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.archive.Archive = stalling{s.archive.Archive}
		s.sw.PutCall("2.0", far, officer)
		s.hangUp("stalled.0")
		s.hangUp("2.0")
		s.want("2.0", recorder.Sealed, "")
		s.want("stalled.0", recorder.Pending, "")
		s.pass(3 * time.Minute)
		s.want("stalled.0", recorder.Pending, "it took too long")
		if h := s.collector.Health(); h.Pending != 1 || !strings.Contains(h.Detail, "it took too long") {
			t.Errorf("%+v", h)
		}
	})
}

// stalling is an archive that never receives anything of the call "stalled.0".
type stalling struct{ recorder.Archive }

func (a stalling) Receive(ctx context.Context, id string, side recorder.Side, fetch func(io.Writer) (int64, error)) (recorder.Received, error) {
	if id == "stalled.0" {
		<-ctx.Done()
		return recorder.Received{}, ctx.Err()
	}
	return a.Archive.Receive(ctx, id, side, fetch)
}

func TestASwitchThatIsAwayIsTriedForHoursAndThenAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		away := errors.New("connection refused")
		s.sw.Break(func(string, string) error { return away })
		for _, id := range []string{"1.0", "2.0", "3.0", "4.0", "5.0"} {
			s.sw.PutCall(id, far, officer)
			s.hangUp(id)
		}
		s.pass(20 * time.Hour)
		if asked := len(s.sw.Calls()); asked < 5*15 || asked > 5*30 {
			t.Errorf("asked %d times in 20 hours for 5 calls", asked)
		}
		for _, id := range []string{"1.0", "5.0"} {
			s.want(id, recorder.Pending, "fetch the recording: the far side: connection refused")
		}
		if h := s.collector.Health(); h.Pending != 5 || !strings.Contains(h.Detail, "connection refused") {
			t.Errorf("%+v", h)
		}
		s.sw.Break(nil)
		s.sw.PutCall("6.0", far, officer)
		s.hangUp("6.0") // its fetch shows that the switch is back: all others at once
		for _, id := range []string{"1.0", "2.0", "3.0", "4.0", "5.0", "6.0"} {
			s.want(id, recorder.Sealed, "")
		}
		s.stored()
	})
}

func TestHurryTriesAllThatWaitsOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.archive.seal.set(errors.New("disk full"))
		far, officer := talk()
		for _, id := range []string{"1.0", "2.0", "3.0"} {
			s.sw.PutCall(id, far, officer)
			s.hangUp(id)
		}
		s.pass(10 * time.Hour)
		s.want("3.0", recorder.Pending, "seal the recording: disk full")
		before := s.row("3.0").Attempts
		s.collector.Hurry()
		s.pass(time.Second)
		if after := s.row("3.0").Attempts; after != before+1 {
			t.Errorf("hurry made %d tries, want 1", after-before)
		}
		s.archive.seal.set(nil)
		s.collector.Hurry()
		s.pass(time.Second)
		for _, id := range []string{"1.0", "2.0", "3.0"} {
			s.want(id, recorder.Sealed, "")
		}
	})
}

// A clock that was ahead for a while leaves next tries that lie far off. When it is set back,
// and the daemon is told so, nothing waits for them: not in this run, nor after a restart.
func TestAClockThatWasAheadHoldsNothingUp(t *testing.T) {
	for _, step := range []time.Duration{3 * time.Hour, 26 * time.Hour, 400 * 24 * time.Hour} {
		for _, restart := range []bool{false, true} {
			play(t, func(s *stage) {
				away := errors.New("connection refused")
				s.sw.Break(func(string, string) error { return away })
				s.ahead.Store(int64(step))
				far, officer := talk()
				s.sw.PutCall("1.0", far, officer)
				s.hangUp("1.0")
				s.pass(time.Hour)
				s.ahead.Store(0)
				s.sw.Break(nil)
				if restart {
					s.restart()
				}
				s.collector.Hurry()
				s.pass(time.Second)
				s.want("1.0", recorder.Sealed, "")
			})
		}
	}
}

// The log lists only so many at once; a hurry goes on until all were tried.
func TestAHurryWorksOffALongBacklog(t *testing.T) {
	play(t, func(s *stage) {
		const calls = 60
		away := errors.New("connection refused")
		s.sw.Break(func(string, string) error { return away })
		for n := range calls {
			s.hangUp(fmt.Sprintf("%d.0", n))
		}
		s.pass(10 * time.Hour)
		s.rows.AtOnce = 25
		s.sw.Break(nil)
		s.sw.Calls()
		s.collector.Hurry()
		s.pass(10 * time.Millisecond)
		if asked := len(s.sw.Calls()); asked != 2*calls { // for both sides
			t.Errorf("a hurry asked %d times for %d calls", asked, calls)
		}
	})
}

func TestOriginalsStayUntilTheSealIsProved(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.sw.PutCall("2.0", far, officer)
		s.archive.verify.set(errors.New("input/output error"))
		s.hangUp("1.0")
		s.want("1.0", recorder.Sealed, "") // it can be played; why the removal waits is health
		s.stored("1.0-far", "1.0-officer", "2.0-far", "2.0-officer")
		if h := s.collector.Health(); !strings.Contains(h.Detail, "verify the sealed recording: input/output error") {
			t.Errorf("%+v", h)
		}
		s.archive.verify.set(nil)
		s.pass(time.Second)
		s.stored("2.0-far", "2.0-officer")
		s.archive.verify.set(recorder.ErrAltered)
		s.hangUp("2.0")
		s.want("2.0", recorder.Failed, "verify the sealed recording: the sealed file was altered")
		s.stored("2.0-far", "2.0-officer")
	})
}

func TestRemovalIsRepeatedUntilItIsDone(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.sw.Break(func(action, name string) error {
			if action == "remove" && name == "1.0-officer" {
				return errors.New("500 Internal Server Error")
			}
			return nil
		})
		s.hangUp("1.0")
		s.want("1.0", recorder.Sealed, "")
		s.stored("1.0-officer")
		s.restart()
		s.sw.Break(nil)
		s.pass(time.Minute)
		if r := s.want("1.0", recorder.Sealed, ""); r.RemovedAt.IsZero() {
			t.Error("the removal is not recorded")
		}
		s.stored()
	})
}

func TestAnUnansweredCallLeavesNothing(t *testing.T) {
	play(t, func(s *stage) {
		s.sw.PutCall("1.0", nil, nil)
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended})
		s.want("1.0", recorder.None, "")
		s.stored("1.0-far", "1.0-officer")
		s.pass(16 * time.Second)
		if r := s.want("1.0", recorder.None, ""); !r.NextTry.IsZero() {
			t.Errorf("nothing is left to do: %+v", r)
		}
		s.stored()
	})
}

func TestAnUnansweredCallWithAudioIsKept(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended})
		s.pass(16 * time.Second)
		if r := s.want("1.0", recorder.Sealed, ""); len(r.Findings) > 0 {
			t.Errorf("an unanswered call promised nothing: %v", r.Findings)
		}
		s.stored()
	})
}

// A daemon that was away does not know how long the talk was, or whether there was one.
func TestACallThatEndedUnseenKeepsWhatWasRecorded(t *testing.T) {
	unseen := []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen}
	answered := telephony.Call{ID: "1.0", OfferedAt: offered, AnsweredAt: offered, EndedAt: ended, Outcome: telephony.AnsweredInTime, Findings: unseen}
	perhaps := telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended, Outcome: telephony.Unknown, Findings: unseen}
	far, officer := talk()
	for _, c := range []telephony.Call{answered, perhaps} {
		play(t, func(s *stage) {
			s.sw.PutCall("1.0", far, officer)
			s.end(c)
			if r := s.want("1.0", recorder.Sealed, ""); len(r.Findings) > 0 || time.Since(s.began) != 0 {
				t.Errorf("%s, findings %v after %s; its length proves nothing", c.Outcome, r.Findings, time.Since(s.began))
			}
			s.stored()
		})
	}
	play(t, func(s *stage) {
		s.sw.PutCall("1.0", nil, nil)
		s.end(perhaps)
		s.want("1.0", recorder.Pending, "not stored both sides yet")
		s.pass(13 * time.Second)
		if r := s.want("1.0", recorder.None, "nobody saw whether this call was answered"); len(r.Findings) > 0 || !r.NextTry.IsZero() {
			t.Errorf("nobody answered, so nothing is missing: %+v", r)
		}
		s.stored()
	})
}
