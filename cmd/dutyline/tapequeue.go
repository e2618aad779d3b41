package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"dutyline/telephony/tape"
)

const (
	// mostTaped is how many bytes wait for the tape's disk at most: some minutes of a busy line.
	mostTaped = 32 << 20
	// tapeEnds is how long the disk has at the end to take what waits.
	tapeEnds = 5 * time.Second
)

// tapeQueue writes a tape beside whoever fills it, in order, so that a disk that stands still holds up no alarm. It is
// filled by one goroutine. What is added reaches the file after the next Flush, which waits for nothing either.
type tapeQueue struct {
	to tapeWriter

	mu      sync.Mutex
	waiting []tape.Record
	bytes   int
	left    int       // records for which there was no room since the last Flush
	began   time.Time // what is written now; zero: nothing is
	err     error     // of the last writing
	wake    chan struct{}
	ended   chan error // of the tape's end
}

func newTapeQueue(to tapeWriter) *tapeQueue {
	q := &tapeQueue{to: to, wake: make(chan struct{}, 1), ended: make(chan error, 1)}
	go q.run()
	return q
}

// Write adds a record. Where too much waits it is left out, and Flush says so.
func (q *tapeQueue) Write(r tape.Record) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+len(r.Raw) > mostTaped {
		q.left++
		return nil
	}
	q.waiting, q.bytes = append(q.waiting, r), q.bytes+len(r.Raw)
	return nil
}

// Flush has what waits written. The error is of what was written before, or says that it is not written yet.
func (q *tapeQueue) Flush() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	err, left := q.err, q.left
	q.left = 0
	if took := time.Since(q.began); !q.began.IsZero() && took > slowCommit {
		err = fmt.Errorf("its disk has not answered for %v: look at it", took.Round(time.Second))
	}
	if left > 0 {
		err = errors.Join(err, fmt.Errorf("%d frames are not on it: %d MB wait for its disk already", left, mostTaped>>20))
	}
	return err
}

// Close writes what waits and ends the tape, unless its disk stands still.
func (q *tapeQueue) Close() error {
	close(q.wake)
	select {
	case err := <-q.ended:
		return err
	case <-time.After(tapeEnds):
		q.mu.Lock()
		defer q.mu.Unlock()
		return fmt.Errorf("write the tape: its disk does not answer, and %d frames are lost", len(q.waiting))
	}
}

func (q *tapeQueue) run() {
	for range q.wake {
		q.write()
	}
	q.write()
	q.ended <- errors.Join(q.err, q.to.Close())
}

func (q *tapeQueue) write() {
	q.mu.Lock()
	records := q.waiting
	q.waiting, q.began = nil, time.Now()
	q.mu.Unlock()
	var err error
	for _, r := range records {
		err = errors.Join(err, q.to.Write(r))
	}
	err = errors.Join(err, q.to.Flush())
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range records { // until here they took memory
		q.bytes -= len(r.Raw)
	}
	q.began, q.err = time.Time{}, err
}
