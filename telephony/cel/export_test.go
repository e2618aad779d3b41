package cel

import (
	"context"
	"time"

	"dutyline/telephony"
)

// Steps reads a journal whenever a test says so.
type Steps struct{ f *follower }

// NewSteps is a run that waits for Poll.
func NewSteps(t *Tail, from telephony.Position, sink Sink) *Steps {
	return &Steps{newFollower(t, from, sink)}
}

// Poll is one look at the files.
func (s *Steps) Poll(ctx context.Context) error { return s.f.poll(ctx) }

// Close ends the run.
func (s *Steps) Close() { s.f.closeAll() }

// Cut is what a stream cut into such pieces gives: every garbage with its length, and the
// settled bytes. Only tests need it without files.
type Cut struct{ r records }

// NewCut begins a stream.
func NewCut(limit int) *Cut { return &Cut{records{zone: time.UTC, limit: limit}} }

// NewCutAt begins one that is read at a time, after a record of another.
func NewCutAt(now, last time.Time) *Cut {
	return &Cut{records{zone: time.UTC, limit: 1 << 20, now: func() time.Time { return now }, last: last}}
}

// Why are the reasons of the garbage since the last Take.
func (c *Cut) Why() (why []string) {
	for _, g := range c.r.bad {
		why = append(why, g.why.Error())
	}
	return why
}

// Add takes bytes, Quiet and End are those of the reader.
func (c *Cut) Add(b []byte) { c.r.add(b) }

// Quiet says that nothing came for a while.
func (c *Cut) Quiet() { c.r.quiet() }

// End says that nothing comes any more.
func (c *Cut) End() { c.r.end() }

// Waiting is how many bytes are held in memory.
func (c *Cut) Waiting() int { return len(c.r.wait) }

// Rows are what was found, with what is damaged.
func (c *Cut) Rows() []telephony.Row {
	rows, _, _ := c.r.take()
	return rows
}

// Take is what was found.
func (c *Cut) Take() (ids []string, garbage []int64, settled int64) {
	rows, bad, settled := c.r.take()
	for _, row := range rows {
		if row.Kind != telephony.RowDamaged {
			ids = append(ids, row.UniqueID)
		}
	}
	for _, g := range bad {
		garbage = append(garbage, g.length)
	}
	return ids, garbage, settled
}
