package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/telephony/tape"
)

// stuckTape is a tape whose disk answers only when it is let go.
type stuckTape struct {
	tapeWriter
	stuck chan struct{}
	err   error
}

func (s *stuckTape) Write(r tape.Record) error {
	<-s.stuck
	return errors.Join(s.err, s.tapeWriter.Write(r))
}

func taped(i int) tape.Record {
	return tape.Record{At: time.Date(2026, 11, 29, 3, 0, i%60, 0, time.UTC), Raw: fmt.Appendf(nil, `{"n":%d}`, i)}
}

// Whoever fills the tape goes on while its disk stands still; all of it is on the tape, in order, when the disk answers again.
func TestAStuckDiskOfTheTapeHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		stuck := &stuckTape{tapeWriter: tape.NewWriter(tapeFolder(folder), tape.Policy{}), stuck: make(chan struct{})}
		q := newTapeQueue(stuck)
		const n = 1000
		for i := range n {
			if err := errors.Join(q.Write(taped(i)), q.Flush()); err != nil {
				t.Fatalf("record %d: %v", i, err)
			}
			synctest.Wait()
		}
		<-time.After(slowCommit + time.Second) // synthetic time
		if err := q.Flush(); err == nil || !strings.Contains(err.Error(), "its disk has not answered for 6s") {
			t.Errorf("what is told of it: %v", err)
		}
		close(stuck.stuck)
		synctest.Wait()
		if err := q.Flush(); err != nil {
			t.Errorf("it answers again: %v", err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		body, err := os.ReadFile(filepath.Join(folder, "2026-11-29.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(body)), "\n")
		for i, line := range lines {
			if !strings.Contains(line, fmt.Sprintf(`{"n":%d}`, i)) {
				t.Fatalf("line %d: %s", i, line)
			}
		}
		if len(lines) != n {
			t.Errorf("%d lines of %d", len(lines), n)
		}
	})
}

// What does not fit into the memory is counted and said, and a disk that never answers does not keep the daemon from ending.
func TestATapeThatIsNeverWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := &stuckTape{tapeWriter: tape.NewWriter(tapeFolder(t.TempDir()), tape.Policy{}), stuck: make(chan struct{})}
		q := newTapeQueue(stuck)
		big := tape.Record{At: time.Now(), Raw: make([]byte, 1<<20)}
		for range mostTaped>>20 + 3 {
			if err := q.Write(big); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Flush(); err == nil || !strings.HasPrefix(err.Error(), "3 frames are not on it") {
			t.Errorf("what is told of it: %v", err)
		}
		if err := q.Close(); err == nil || !strings.Contains(err.Error(), "does not answer") {
			t.Errorf("the end: %v", err)
		}
		close(stuck.stuck)
	})
}

// An error of the disk is told with the next Flush, until it can be written again.
func TestAnErrorOfTheTapeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &stuckTape{tapeWriter: tape.NewWriter(tapeFolder(t.TempDir()), tape.Policy{}), stuck: make(chan struct{}), err: errors.New("no space left")}
		close(broken.stuck)
		q := newTapeQueue(broken)
		for _, want := range []error{nil, broken.err} {
			if err := q.Write(taped(0)); err != nil {
				t.Fatal(err)
			}
			if err := q.Flush(); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			synctest.Wait()
		}
		broken.err = nil
		if err := q.Flush(); err == nil {
			t.Error("the last writing failed")
		}
		synctest.Wait()
		if err := errors.Join(q.Flush(), q.Close()); err != nil {
			t.Error(err)
		}
	})
}
