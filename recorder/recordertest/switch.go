package recordertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"testing"

	"dutyline/recorder"
	"dutyline/telephony"
)

// Switch is a switch that holds recordings in memory. Its zero value is ready.
type Switch struct {
	mu     sync.Mutex
	fail   func(action, name string) error
	stored map[string][]byte
	calls  []string
}

// Break has fail asked before everything ("fetch", "remove" or "list") and may make it fail; nil mends
// the switch.
func (s *Switch) Break(fail func(action, name string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// Put stores a recording, finished or not.
func (s *Switch) Put(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stored == nil {
		s.stored = make(map[string][]byte)
	}
	s.stored[name] = content
}

// PutCall stores both sides of a call.
func (s *Switch) PutCall(callID string, far, officer []int16) {
	s.Put(recorder.StoredName(callID, recorder.Far), WAV(far))
	s.Put(recorder.StoredName(callID, recorder.Officer), WAV(officer))
}

// Names lists what is stored.
func (s *Switch) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.stored))
}

// Calls lists what was asked for, for instance "fetch c1-far", and forgets it.
func (s *Switch) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// StoredRecordings lists what is stored, as telephony.Switch does.
func (s *Switch) StoredRecordings(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	fail := s.fail
	s.calls = append(s.calls, "list")
	s.mu.Unlock()
	if fail != nil {
		if err := fail("list", ""); err != nil {
			return nil, err
		}
	}
	return s.Names(), ctx.Err()
}

// FetchRecording implements recorder.Switch.
func (s *Switch) FetchRecording(ctx context.Context, name string, to io.Writer) (int64, error) {
	content, err := s.look(ctx, "fetch", name)
	if err != nil {
		return 0, err
	}
	return io.Copy(to, bytes.NewReader(content))
}

// RemoveRecording implements recorder.Switch.
func (s *Switch) RemoveRecording(ctx context.Context, name string) error {
	if _, err := s.look(ctx, "remove", name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.stored, name)
	return nil
}

func (s *Switch) look(ctx context.Context, action, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.calls = append(s.calls, action+" "+name)
	content, ok := s.stored[name]
	fail := s.fail
	s.mu.Unlock()
	if fail != nil {
		if err := fail(action, name); err != nil {
			return nil, err
		}
	}
	if !ok {
		return nil, fmt.Errorf("%s %s: %w", action, name, telephony.ErrNotFound)
	}
	return content, nil
}

// SwitchSuite proves that a switch keeps the promises that recordings rely on. open gives a
// switch and a way to store a recording on it.
func SwitchSuite(t *testing.T, open func(t *testing.T) (sw recorder.Switch, put func(name string, content []byte))) {
	speech, _ := Dialogue(speechLength)
	for name, content := range map[string][]byte{
		"finished":   WAV(speech),
		"unfinished": UnfinishedWAV(speech), // served all the same: the reader must look
		"empty":      WAV(nil),
	} {
		t.Run("fetch "+name, func(t *testing.T) {
			sw, put := open(t)
			put("suite-1.0-far", content)
			for range 2 { // a fetch changes nothing
				var got bytes.Buffer
				n, err := sw.FetchRecording(t.Context(), "suite-1.0-far", &got)
				if err != nil || n != int64(len(content)) || !bytes.Equal(got.Bytes(), content) {
					t.Errorf("fetched %d bytes (%v), want the %d that were stored, byte for byte", n, err, len(content))
				}
			}
		})
	}
	t.Run("fetch what is not there", func(t *testing.T) {
		sw, _ := open(t)
		n, err := sw.FetchRecording(t.Context(), "suite-2.0-far", io.Discard)
		if !errors.Is(err, telephony.ErrNotFound) || n != 0 {
			t.Errorf("got %d bytes and %v, want telephony.ErrNotFound", n, err)
		}
	})
	t.Run("remove, and remove again", func(t *testing.T) { removes(t, open) })
	t.Run("a writer that fails stops the fetch", func(t *testing.T) {
		sw, put := open(t)
		put("suite-3.0-far", WAV(speech))
		full := errors.New("disk full")
		if _, err := sw.FetchRecording(t.Context(), "suite-3.0-far", failing{full}); !errors.Is(err, full) {
			t.Errorf("got %v, want the writer's own error", err)
		}
	})
	t.Run("a fetch ends with its context", func(t *testing.T) {
		sw, put := open(t)
		put("suite-4.0-far", WAV(speech))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sw.FetchRecording(ctx, "suite-4.0-far", io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	})
}

func removes(t *testing.T, open func(t *testing.T) (recorder.Switch, func(string, []byte))) {
	sw, put := open(t)
	put("suite-5.0-far", WAV(nil))
	put("suite-5.0-officer", WAV(nil))
	if err := sw.RemoveRecording(t.Context(), "suite-5.0-far"); err != nil {
		t.Errorf("remove: %v", err)
	}
	if err := sw.RemoveRecording(t.Context(), "suite-5.0-far"); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("remove again: got %v, want telephony.ErrNotFound", err)
	}
	if _, err := sw.FetchRecording(t.Context(), "suite-5.0-far", io.Discard); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("fetch what was removed: got %v, want telephony.ErrNotFound", err)
	}
	if _, err := sw.FetchRecording(t.Context(), "suite-5.0-officer", io.Discard); err != nil {
		t.Errorf("the other side must still be there: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
