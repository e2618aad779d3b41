package cel

import "time"

// Cut is what a stream cut into such pieces gives: every garbage with its length, and the
// settled bytes. Only tests need it without files.
type Cut struct{ r records }

// NewCut begins a stream.
func NewCut(limit int) *Cut { return &Cut{records{zone: time.UTC, limit: limit}} }

// Add takes bytes, Quiet and End are those of the reader.
func (c *Cut) Add(b []byte) { c.r.add(b) }

// Quiet says that nothing came for a while.
func (c *Cut) Quiet() { c.r.quiet() }

// End says that nothing comes any more.
func (c *Cut) End() { c.r.end() }

// Waiting is how many bytes are held in memory.
func (c *Cut) Waiting() int { return len(c.r.wait) }

// Take is what was found.
func (c *Cut) Take() (ids []string, garbage []int64, settled int64) {
	rows, bad, settled := c.r.take()
	for _, row := range rows {
		ids = append(ids, row.UniqueID)
	}
	for _, g := range bad {
		garbage = append(garbage, g.length)
	}
	return ids, garbage, settled
}
