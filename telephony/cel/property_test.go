package cel_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var schedules = flag.Int("schedules", 200, "how many random schedules are played")

// Rotated at every byte of three records: the rest of the record that is being written goes
// to the renamed file. The daemon looks, or is killed, at every stage or not at all.
func TestRotationAtEveryByte(t *testing.T) {
	b := newBench(t)
	text := b.next() + b.next() + b.next()
	for at := range len(text) + 1 {
		for mask := range 16 {
			if at%7 != 0 && mask%5 != 0 { // all stages at some bytes, some stages at all bytes
				continue
			}
			t.Run(fmt.Sprintf("%d/%d", at, mask), func(t *testing.T) { rotateAt(t, text, at, mask) })
		}
	}
}

func rotateAt(t *testing.T, text string, at, mask int) {
	b := newBench(t)
	b.written = 3
	stage := func(n int) {
		if mask&(1<<n) != 0 {
			b.poll()
			if mask&8 != 0 {
				b.kill()
			}
		}
	}
	if mask&1 == 0 { // the daemon is there before
		b.append(b.path, "")
		b.poll()
	}
	b.append(b.path, text[:at])
	stage(0)
	b.rotate(3)
	stage(1)
	b.append(b.numbered(1), text[at:])
	stage(2)
	b.write(2)
	b.poll()
	b.poll()
	b.exactly()
}

// TestAnyScheduleGivesEveryRecordOnceOrAGap: writing, half-written lines, every kind of
// rotation, deletion, compression, garbage, lines that are too long, refusals of the database and kills of the
// daemon, in any order.
func TestAnyScheduleGivesEveryRecordOnceOrAGap(t *testing.T) {
	for seed := range *schedules {
		if why, script := schedule(t, uint64(seed)); why != nil {
			t.Fatalf("seed %d: %v\n%s", seed, why, script)
		}
	}
}

// schedule plays one and says what was not honest, and what was done.
func schedule(t *testing.T, seed uint64) (error, string) {
	b := newBench(t)
	r := rand.New(rand.NewPCG(seed, 1))
	var script strings.Builder
	keep := 1 + r.IntN(4)
	b.write(1)
	b.poll() // what was before the first start is not promised
	for range 5 + r.IntN(40) {
		name := b.random(r, keep)
		fmt.Fprintf(&script, "%s [%d]", name, b.written)
		if r.IntN(3) == 0 {
			b.refusing = r.IntN(8) == 0
			b.poll()
			script.WriteString(" poll:" + b.String())
		}
		script.WriteByte('\n')
	}
	b.write(1)
	b.poll()
	b.write(1)
	b.poll()
	b.poll()
	err := b.honest()
	b.kill()
	return err, script.String() + b.String()
}

// random does one thing to the journal or the daemon.
func (b *bench) random(r *rand.Rand, keep int) string {
	switch n := r.IntN(29); {
	case n < 9:
		b.write(1 + r.IntN(4))
		return "write"
	case n < 11:
		text := b.next()
		at := r.IntN(len(text))
		b.append(b.path, text[:at])
		b.poll()
		if r.IntN(2) == 0 { // renamed in the middle of a record
			b.rotate(max(2, keep))
			b.append(b.numbered(1), text[at:])
			return "half, rotate, rest"
		}
		b.append(b.path, text[at:])
		return "half, rest"
	case n < 12:
		b.append(b.path, fmt.Sprintf("garbage %x\x00\n", r.Uint64())) // two files never begin alike
		return "garbage"
	case n < 15:
		b.rotate(keep)
		if r.IntN(2) == 0 {
			b.append(b.path, "")
		}
		return "rotate"
	case n < 17:
		b.poll() // what comes and goes between two looks leaves no trace
		b.copyTruncate(keep, r.IntN(2)*r.IntN(3))
		return "copytruncate"
	case n < 18:
		b.poll()
		_ = os.Remove(b.path)
		return "delete"
	case n < 19:
		_ = os.Remove(b.numbered(1 + r.IntN(3)))
		return "delete a rotated one"
	case n < 20:
		b.compress(1 + r.IntN(3))
		return "compress"
	case n < 23:
		b.poll()
		return "poll"
	case n < 26:
		b.poll() // what was cut and written anew, and is blank then, cannot be told from what it was
		id := 1 + r.IntN(b.written)
		b.erase(id)
		return fmt.Sprintf("erase %d", id)
	}
	if r.IntN(3) == 0 {
		b.append(b.path, b.next()+fmt.Sprintf("long %x", r.Uint64())+strings.Repeat("\x00", 100<<10)) // and the next record on the same line
		b.poll()
		return "long garbage"
	}
	b.kill()
	return "kill"
}
