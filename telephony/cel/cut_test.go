package cel_test

import (
	"os"
	"testing"
)

// Nothing but half a record was in it: the file before is not taken for a copy of it and read again.
func TestCutBeforeItHeldAWholeRecord(t *testing.T) {
	for keep, want := range map[int]string{0: " 1 2 3 gap(truncated) 5", 3: " 1 2 3 4 gap(truncated) 5"} { // cut, or copied and cut
		b := newBench(t)
		b.write(3)
		b.poll()
		b.rotate(9)
		half := b.next()
		b.append(b.path, half[:len(half)/2])
		b.poll()
		if keep > 0 {
			b.append(b.path, half[len(half)/2:])
			b.copyTruncate(keep, 0)
		} else {
			b.must(os.Truncate(b.path, 0))
		}
		b.write(1)
		b.poll()
		if got := b.String(); got != want {
			t.Errorf("keep %d: got%s, want%s", keep, got, want)
		}
	}
}

// A call is open when the daemon ends: it goes on from the call's first row. Rows behind it that were
// read and are not there any more are a gap (torture seed 327085916).
func TestRowsAfterTheSavedPlaceThatAreGoneAreAGap(t *testing.T) {
	for name, c := range map[string]struct {
		read int // rows before the call's first one
		do   func(b *bench)
		want string
	}{
		"nothing happened":               {0, func(*bench) {}, " 1 2 3 4 5 6"},
		"renamed":                        {2, func(b *bench) { b.rotate(3) }, " 3 4 5 6"},
		"copied and cut":                 {2, func(b *bench) { b.copyTruncate(3, 0) }, " 3 4 5 gap(truncated) 6"},
		"renamed, copied and cut":        {2, func(b *bench) { b.rotate(3); b.write(1); b.copyTruncate(3, 0) }, " 3 4 5 6 7"},
		"erased":                         {2, func(b *bench) { b.erase(1); b.erase(2); b.erase(5) }, " 3 4 6"},
		"cut, from the very first row":   {0, func(b *bench) { b.must(os.Truncate(b.path, 0)) }, " gap(truncated) 6"},
		"cut and longer than it was":     {0, func(b *bench) { b.must(os.Truncate(b.path, 0)); b.write(9) }, " gap(truncated) 6 7 8 9 10 11 12 13 14 15"},
		"copied elsewhere, cut":          {2, func(b *bench) { b.must(os.Truncate(b.path, 0)) }, " gap(lost) 6"},
		"renamed, and the next file cut": {2, func(b *bench) { b.rotate(3); b.write(2); b.readOn(); b.must(os.Truncate(b.path, 0)) }, " 3 4 5 gap(truncated) 8"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.append(b.path, "")
			b.poll()
			if c.read > 0 {
				b.write(c.read)
				b.poll()
			}
			call := b.saved
			if call.LastAt.IsZero() {
				call.LastAt = rowAt(1)
			}
			b.write(5 - c.read)
			b.readOn = func() { b.poll(); call.Reached = b.saved.Place() }
			b.readOn()
			c.do(b)
			b.got = nil
			b.kill()
			b.saved = call
			b.write(1)
			b.poll()
			if got := b.String(); got != c.want {
				t.Errorf("got%s, want%s", got, c.want)
			}
			for _, s := range b.got {
				if s.gap != nil && (s.gap.From.Before(call.LastAt) || s.gap.To.Before(s.gap.From)) {
					t.Errorf("the gap is from %v to %v, the last row before the call from %v", s.gap.From, s.gap.To, call.LastAt)
				}
			}
		})
	}
}
