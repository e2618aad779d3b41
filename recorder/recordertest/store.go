package recordertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/recorder"
	"dutyline/telephony"
)

const speechLength = 2 * time.Second

// Store keeps rows in memory. Its zero value is ready.
type Store struct {
	AtOnce int // how many due rows are listed at once; 0: all

	mu    sync.Mutex
	fail  func(action string) error
	rows  map[string]recorder.Recording
	saved []recorder.Recording
	wake  chan struct{}
}

// Break has fail asked before everything ("due", "next", "save", "row") and may make it fail;
// nil mends the store.
func (s *Store) Break(fail func(action string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// Saved lists every row as it was saved, in order.
func (s *Store) Saved() []recorder.Recording {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.saved)
}

// Wake is closed at the next save.
func (s *Store) Wake() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wake == nil {
		s.wake = make(chan struct{})
	}
	return s.wake
}

// DueRecordings implements recorder.Store.
func (s *Store) DueRecordings(ctx context.Context, now time.Time) ([]recorder.Recording, error) {
	if err := s.ask(ctx, "due"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []recorder.Recording
	for _, r := range s.rows {
		if !r.NextTry.IsZero() && !r.NextTry.After(now) {
			due = append(due, clone(r))
		}
	}
	slices.SortFunc(due, func(a, b recorder.Recording) int { return a.NextTry.Compare(b.NextTry) })
	if s.AtOnce > 0 && len(due) > s.AtOnce {
		due = due[:s.AtOnce]
	}
	return due, nil
}

// NextRecording implements recorder.Store.
func (s *Store) NextRecording(ctx context.Context) (next time.Time, err error) {
	if err := s.ask(ctx, "next"); err != nil {
		return next, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if !r.NextTry.IsZero() && (next.IsZero() || r.NextTry.Before(next)) {
			next = r.NextTry
		}
	}
	return next, nil
}

// SaveRecording implements recorder.Store.
func (s *Store) SaveRecording(ctx context.Context, r recorder.Recording) error {
	if err := s.ask(ctx, "save"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = make(map[string]recorder.Recording)
	}
	s.rows[r.CallID] = clone(r)
	s.saved = append(s.saved, clone(r))
	if s.wake != nil {
		close(s.wake)
		s.wake = nil
	}
	return nil
}

// Recording implements recorder.Store.
func (s *Store) Recording(ctx context.Context, callID string) (recorder.Recording, error) {
	if err := s.ask(ctx, "row"); err != nil {
		return recorder.Recording{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[callID]
	if !ok {
		return recorder.Recording{}, recorder.ErrNoRecording
	}
	return clone(r), nil
}

func (s *Store) ask(ctx context.Context, action string) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail != nil {
		if err := fail(action); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func clone(r recorder.Recording) recorder.Recording {
	r.Findings = slices.Clone(r.Findings)
	return r
}

// StoreSuite proves that a store keeps the rows of recordings. open gives a store that knows
// ended calls with the given ids and has no row of another call that is due.
func StoreSuite(t *testing.T, open func(t *testing.T, callIDs []string) recorder.Store) {
	t.Run("a row comes back as it was saved", func(t *testing.T) {
		s := open(t, []string{"suite-1.0", "suite-2.0"})
		for _, want := range []recorder.Recording{sealedRow("suite-1.0"), {CallID: "suite-2.0", Status: recorder.Missing, Reason: "沈阳: nothing was stored"}} {
			for range 2 { // saving the same twice is saving it once
				save(t, s, want)
			}
			got, err := s.Recording(t.Context(), want.CallID)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Errorf("row of %s (%v), -saved +read:\n%s", want.CallID, err, diff)
			}
		}
	})
	t.Run("the last save counts", func(t *testing.T) {
		s := open(t, []string{"suite-1.0"})
		save(t, s, sealedRow("suite-1.0"))
		want := recorder.Recording{CallID: "suite-1.0", Status: recorder.Failed, Reason: "digest differs", Path: "2026/11/23/suite-1.0.flac"}
		save(t, s, want)
		got, err := s.Recording(t.Context(), "suite-1.0")
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("nothing of the row before may remain (%v), -saved +read:\n%s", err, diff)
		}
	})
	t.Run("a call without a row", func(t *testing.T) {
		if _, err := open(t, nil).Recording(t.Context(), "suite-9.0"); !errors.Is(err, recorder.ErrNoRecording) {
			t.Errorf("got %v, want recorder.ErrNoRecording", err)
		}
	})
	t.Run("what is due", func(t *testing.T) { dueRows(t, open) })
}

func dueRows(t *testing.T, open func(*testing.T, []string) recorder.Store) {
	at := time.Date(2026, 11, 23, 15, 59, 59, 500e6, time.UTC)
	rows := []recorder.Recording{
		{CallID: "suite-1.0", Status: recorder.Pending, NextTry: at},
		{CallID: "suite-2.0", Status: recorder.None, NextTry: at.Add(-time.Second)},
		{CallID: "suite-3.0", Status: recorder.Sealed, NextTry: at.Add(time.Millisecond)},
		{CallID: "suite-4.0", Status: recorder.Missing},
		{CallID: "suite-5.0", Status: recorder.Pending, NextTry: at.Add(4 * time.Hour)},
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.CallID)
	}
	s := open(t, ids)
	for _, r := range rows {
		save(t, s, r)
	}
	for _, c := range []struct {
		now  time.Time
		want []string
	}{
		{at.Add(-time.Minute), nil},
		{at.Add(-time.Second), ids[1:2]},
		{at, ids[:2]},
		{at.Add(time.Millisecond), ids[:3]},
		{at.Add(24 * time.Hour), []string{ids[0], ids[1], ids[2], ids[4]}},
	} {
		due, err := s.DueRecordings(t.Context(), c.now)
		if err != nil {
			t.Fatalf("due at %s: %v", c.now, err)
		}
		var got []string
		for _, r := range due {
			got = append(got, r.CallID)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("due at %s, whatever their status, -want +got:\n%s", c.now, diff)
		}
	}
	wantNext(t, s, at.Add(-time.Second))
	for _, r := range rows {
		r.NextTry = time.Time{}
		save(t, s, r)
	}
	wantNext(t, s, time.Time{})
}

func wantNext(t *testing.T, s recorder.Store, want time.Time) {
	t.Helper()
	if got, err := s.NextRecording(t.Context()); err != nil || !got.Equal(want) {
		t.Errorf("next is %v (%v), want %v", got, err, want)
	}
}

func save(t *testing.T, s recorder.Store, r recorder.Recording) {
	t.Helper()
	if err := s.SaveRecording(t.Context(), r); err != nil {
		t.Fatalf("save the row of %s: %v", r.CallID, err)
	}
}

// sealedRow has every field set.
func sealedRow(callID string) recorder.Recording {
	at := time.Date(2026, 11, 23, 15, 59, 59, 603e6, time.UTC)
	return recorder.Recording{
		CallID: callID, Status: recorder.Sealed, Reason: "the officer's side ended 20ms earlier and is padded with silence",
		Path: "2026/11/23/" + callID + ".flac", Size: 254_001, Duration: 16*time.Second + 125*time.Millisecond, Talk: 16 * time.Second,
		Digest:   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		CallerDB: -17.25, OfficerDB: recorder.Silence,
		Findings: []telephony.Finding{telephony.RecordingShort, telephony.SilentOfficerSide},
		SealedAt: at, RemovedAt: at.Add(12 * time.Millisecond), Attempts: 3, NextTry: at.Add(time.Hour),
		FileDigest: "0a08f0b2150c1dc6cd15b0b822d04f1b2b1b4f5a3ad0159ac5a0fe2a659d4c88", FileSize: 254_321,
	}
}
