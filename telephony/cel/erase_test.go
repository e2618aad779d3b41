package cel_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"dutyline/telephony/cel"
)

// TestErasureIsNoGap: any record may be erased at any time, while the daemon runs or not, also
// the first one and those right before the place where reading stands.
func TestErasureIsNoGap(t *testing.T) {
	for seed := range *schedules {
		if script := erasures(t, uint64(seed)); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, script)
		}
	}
}

// erasures plays a journal that is only written, rotated and erased from, whole records and
// halves of them, and then one that is cut.
func erasures(t *testing.T, seed uint64) string {
	b := newBench(t)
	r := rand.New(rand.NewPCG(seed, 2))
	var script strings.Builder
	b.write(1)
	b.poll()
	for range 5 + r.IntN(25) {
		n := r.IntN(10)
		fmt.Fprintf(&script, "%d [%d]", n, b.written)
		switch {
		case n < 3:
			b.write(1 + r.IntN(3))
		case n < 4:
			text := b.next()
			b.append(b.path, text[:len(text)-1-r.IntN(len(text)/4)]) // its id is there
			b.poll()
			if r.IntN(2) == 0 {
				b.erase(b.written)
			}
			at, err := os.Stat(b.path)
			b.must(err)
			b.append(b.path, text[int(at.Size())-int(b.lineStart()):])
		case n < 5:
			b.rotate(9)
			b.write(1)
		case n < 8:
			b.erase(1 + r.IntN(b.written))
		case n < 9:
			b.kill()
		}
		if r.IntN(2) == 0 {
			b.poll()
		}
	}
	b.write(1)
	b.poll()
	b.poll()
	b.exactly()
	b.erase(b.written)
	b.erase(1)
	if r.IntN(2) == 0 {
		b.kill()
	}
	b.must(os.Truncate(b.path, 0))
	b.write(2 + r.IntN(9))
	b.poll()
	if err := b.honest(); err != nil || b.got[len(b.got)-1].gap != nil {
		t.Errorf("after a cut: %v", err)
	}
	if !b.hasGap() {
		t.Error("the cut was not found")
	}
	b.kill()
	return script.String() + b.String()
}

// lineStart is where the journal's last line begins.
func (b *bench) lineStart() int64 {
	text, err := os.ReadFile(b.path)
	b.must(err)
	return int64(bytes.LastIndexByte(text, '\n') + 1)
}

func (b *bench) hasGap() bool {
	for _, s := range b.got {
		if s.gap != nil {
			return true
		}
	}
	return false
}

// What is blank where lines of other lengths were, or where another line was, is no erasure.
func TestBlankLinesElsewhereAreACut(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"another length": func(s string) string { return strings.Repeat(" ", len(s)-2) + "\n \n"[:2] },
		"one line":       func(s string) string { return strings.Repeat(" ", len(s)) },
		"zeros":          func(s string) string { return strings.Repeat("\x00", len(s)-1) + "\n" },
		"another text":   func(s string) string { return strings.Replace(s, `"uniqueid":"2"`, `"uniqueid":"7"`, 1) },
		"half of a line": func(s string) string { return strings.Replace(s, "PJSIP", "     ", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.write(2)
			b.poll()
			b.kill()
			text, err := os.ReadFile(b.path)
			b.must(err)
			at := bytes.IndexByte(text, '\n') + 1
			changed := string(text[:at]) + change(string(text[at:]))
			if changed == string(text) || len(changed) != len(text) {
				t.Fatalf("%q", changed)
			}
			b.must(os.WriteFile(b.path, []byte(changed), 0o600))
			b.write(1)
			b.poll()
			if len(b.got) < 3 || b.got[2].gap == nil || b.got[2].gap.Cause != cel.Lost {
				t.Errorf("%s", b)
			}
		})
	}
}
