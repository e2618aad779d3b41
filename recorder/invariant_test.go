package recorder_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"dutyline/recorder"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// chaos makes anything fail, as a seed says, until it is calmed.
type chaos struct {
	mu   sync.Mutex
	dice *rand.Rand
	odds int // one in so many goes wrong; 0: nothing does
}

var errChaos = errors.New("something went wrong")

func (c *chaos) strike() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.odds > 0 && c.dice.IntN(c.odds) == 0 {
		return errChaos
	}
	return nil
}

func (c *chaos) calm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.odds = 0
}

// witness is an archive that fails at times, before or after the deed was done, and knows
// which calls were proved.
type witness struct {
	recorder.Archive
	chaos  *chaos
	mu     sync.Mutex
	proved map[string]bool
}

func (w *witness) Receive(ctx context.Context, id string, s recorder.Side, fetch func(io.Writer) (int64, error)) (recorder.Received, error) {
	if err := w.chaos.strike(); err != nil {
		return recorder.Received{}, err
	}
	return w.Archive.Receive(ctx, id, s, fetch)
}

func (w *witness) Seal(ctx context.Context, r recorder.Recording) (recorder.Seal, error) {
	s, err := w.Archive.Seal(ctx, r)
	return s, errors.Join(err, w.chaos.strike())
}

func (w *witness) Verify(ctx context.Context, r recorder.Recording) error {
	if err := errors.Join(w.Archive.Verify(ctx, r), w.chaos.strike()); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proved[r.CallID] = true
	return nil
}

func (w *witness) Discard(ctx context.Context, id string) error {
	return errors.Join(w.chaos.strike(), w.Archive.Discard(ctx, id))
}

func (w *witness) sure(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.proved[id]
}

// TestNothingIsLostWhateverFails lets switch, log and disk fail at random, restarts the
// collector at random, and then mends everything. At every moment an original that is not on
// the switch any more must lie in the archive, proved; in the end every call is sealed.
func TestNothingIsLostWhateverFails(t *testing.T) {
	const calls = 4
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			play(t, func(s *stage) {
				dice := rand.New(rand.NewPCG(seed, 7))
				trouble := &chaos{dice: rand.New(rand.NewPCG(seed, 8)), odds: 2 + int(seed%4)}
				seen := &witness{Archive: s.archive.Archive, chaos: trouble, proved: map[string]bool{}}
				s.archive.Archive = seen
				far, officer := recordertest.Dialogue(300 * time.Millisecond)
				s.sw.Break(func(action, name string) error {
					if id := name[:3]; action == "remove" && !seen.sure(id) {
						t.Errorf("%s would be removed before its seal was proved", name)
					}
					return trouble.strike()
				})
				for i := range calls {
					id := fmt.Sprintf("%d.0", i)
					s.sw.PutCall(id, far[i:], officer[i:])
					s.hangUpShort(id)
				}
				s.rows.Break(func(string) error { return trouble.strike() })
				for range 10 {
					s.pass(time.Duration(dice.IntN(int(time.Hour))))
					if dice.IntN(2) == 0 {
						s.restart()
					}
				}
				trouble.calm()
				s.collector.Hurry()
				s.pass(9 * time.Hour)
				s.allSealed(calls, far, officer)
			})
		})
	}
}

// hangUpShort ends a call of one second.
func (s *stage) hangUpShort(id string) {
	s.end(telephony.Call{ID: id, OfferedAt: offered, AnsweredAt: ended.Add(-time.Second), EndedAt: ended})
}

func (s *stage) allSealed(calls int, far, officer []int16) {
	s.Helper()
	fresh, err := newArchive(s.TempDir(), s.rows)
	if err != nil {
		s.Fatal(err)
	}
	defer fresh.Close()
	for i := range calls {
		id := fmt.Sprintf("%d.0", i)
		r := s.want(id, recorder.Sealed, "")
		if r.RemovedAt.IsZero() || !r.NextTry.IsZero() || r.Attempts != 0 {
			s.Errorf("%s is not done: %+v", id, r)
		}
		if err := s.archive.Verify(s.Context(), r); err != nil {
			s.Errorf("%s: %v", id, err)
		}
		for j, side := range recorder.Sides() { // sealing what was recorded elsewhere gives the same digest
			samples := [2][]int16{far[i:], officer[i:]}[j]
			if _, err := fresh.Receive(s.Context(), id, side, func(to io.Writer) (int64, error) {
				return io.Copy(to, bytes.NewReader(recordertest.WAV(samples)))
			}); err != nil {
				s.Fatal(err)
			}
		}
		again, err := fresh.Seal(s.Context(), r)
		if err != nil || again.Digest != r.Digest {
			s.Errorf("%s: the sealed file is not what was recorded (%v)", id, err)
		}
	}
	s.stored()
}

func TestWhatCannotBeCleanedUpIsNoHindrance(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		s.sw.PutCall("1.0", far, officer)
		s.archive.Archive = hoarding{s.archive.Archive}
		s.hangUp("1.0")
		if r := s.want("1.0", recorder.Sealed, ""); !r.NextTry.IsZero() {
			t.Errorf("an intake that cannot be emptied is logged and left: %+v", r)
		}
	})
}

// hoarding is an archive whose intake cannot be emptied.
type hoarding struct{ recorder.Archive }

func (hoarding) Discard(context.Context, string) error { return errChaos }

func TestTheSweepOfAnUnansweredCallIsRepeated(t *testing.T) {
	play(t, func(s *stage) {
		s.sw.PutCall("1.0", nil, nil)
		s.sw.Break(func(action, _ string) error {
			if action == "remove" {
				return errChaos
			}
			return nil
		})
		s.end(telephony.Call{ID: "1.0", OfferedAt: offered, EndedAt: ended})
		s.pass(16 * time.Second)
		s.want("1.0", recorder.None, "remove the empty files of an unanswered call from the switch: the far side: something went wrong")
		s.sw.Break(nil)
		s.pass(time.Minute)
		s.want("1.0", recorder.None, "")
		s.stored()
	})
}
