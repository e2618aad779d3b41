package cel_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// line is a whole line with this id.
func line(id string, change ...string) string {
	return string(record(append(change, "uniqueid", id)...)) + "\n"
}

func cutAll(limit int, pieces ...string) (ids []string, garbage []int64, settled int64) {
	c := cel.NewCut(limit)
	for _, p := range pieces {
		c.Add([]byte(p))
	}
	return c.Take()
}

func TestRecordsOfAStream(t *testing.T) {
	const brokenByCaller = "139\n\n{\"eventtype\":\"LINKEDID_END\"}\n"
	a, b := line("a"), line("b")
	for _, c := range []struct {
		name    string
		text    string
		ids     []string
		garbage []int64
		settled int // -1: all
	}{
		{"lines", a + b, []string{"a", "b"}, nil, -1},
		{"the last line has no end yet", a + b[:50], []string{"a"}, nil, len(a)},
		{"empty lines", a + "\n\r\n" + b, []string{"a", "b"}, nil, -1},
		{"garbage between", a + "hello\n" + b, []string{"a", "b"}, []int64{5}, -1},
		{"a caller's line breaks", line("a", "num", brokenByCaller, "ani", brokenByCaller) + b, []string{"a", "b"}, nil, -1},
		{"a caller who ends the record as JSON", line("a", "num", "139\"}\nx", "ani", "139\"}\nx") + b, []string{"a", "b"}, nil, -1},
		{"a caller who ends it with a backslash", line("a", "num", "139\\\"}\nx", "ani", "139\\\"}\nx\"}") + b, []string{"a", "b"}, nil, -1},
		{"a caller who takes the switch's quote", line("a", "name", `a\x`, "num", `139",`, "ani", `139",`) + b, []string{"a", "b"}, nil, -1},
		{"a record cut off, its line ended", a[:80] + "\n" + b, []string{"b"}, []int64{81}, -1},
		{"a record cut off, the next behind it", a[:80] + b, []string{"b"}, []int64{80}, -1},
		{"the end of a line lost", a[:len(a)-1] + b, []string{"a", "b"}, nil, -1},
		{"a hole of zeros", strings.Repeat("\x00", 3000) + b, []string{"b"}, []int64{3000}, -1},
		{"a hole, then a caller's line break", "\x00\x00" + line("b", "num", brokenByCaller), []string{"b"}, []int64{2}, -1},
		{"a line longer than the limit", strings.Repeat("x", 20000) + "\n" + b, []string{"b"}, []int64{20000}, -1},
		{"a record behind a line longer than the limit", strings.Repeat("x", 20000) + a + b, []string{"a", "b"}, []int64{20000}, -1},
		{"two records behind a long hole", strings.Repeat("\x00", 40000) + a[:len(a)-1] + b, []string{"a", "b"}, []int64{40000}, -1},
		{"a long hole, then a caller's line break", strings.Repeat("\x00", 40000) + line("a", "num", brokenByCaller) + b, []string{"a", "b"}, []int64{40000}, -1},
		{"a record cut off by a long hole, and what is left of another one", a[:80] + strings.Repeat("\x00", 40000) + a[200:] + b, []string{"b"}, []int64{40080 + int64(len(a)) - 201}, -1},
		{"a record longer than the limit", line("a", "name", strings.Repeat("y", 20000)) + b, []string{"b"}, []int64{int64(len(a)) - 1 + 20000}, -1},
		{"a record that goes on for ever", a[:80] + strings.Repeat("\nzzzzzz}", 3000) + "\n" + b, []string{"b"}, nil, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, garbage, settled := cutAll(16384, c.text)
			if diff := cmp.Diff(c.ids, ids); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.garbage, garbage); diff != "" && c.garbage != nil {
				t.Errorf("garbage (-want +got):\n%s", diff)
			}
			want := int64(c.settled)
			if want < 0 {
				want = int64(len(c.text))
			}
			if settled != want {
				t.Errorf("%d bytes are settled, want %d of %d", settled, want, len(c.text))
			}
			for range 20 { // the same in whatever pieces it comes
				var pieces []string
				for rest := c.text; rest != ""; {
					n := min(1+rand.IntN(len(rest)), 1+rand.IntN(100))
					pieces, rest = append(pieces, rest[:n]), rest[n:]
				}
				againIDs, againGarbage, againSettled := cutAll(16384, pieces...)
				if !cmp.Equal(ids, againIDs) || !cmp.Equal(garbage, againGarbage) || settled != againSettled {
					t.Fatalf("in pieces: %v %v %d, want %v %v %d", againIDs, againGarbage, againSettled, ids, garbage, settled)
				}
			}
		})
	}
}

// A record that was cut off at any byte, with the next one written right behind it or on a
// new line, never hides or changes the next one.
func TestARecordCutAnywhereLeavesTheNextWhole(t *testing.T) {
	a, b := line("a", "eventextra", `{"extra":"x=1&y=\"2\""}`, "name", `q"\`), line("b")
	for cut := range len(a) {
		for _, between := range []string{"", "\n"} {
			ids, _, settled := cutAll(1<<20, a[:cut], between, b)
			if want := []string{"b"}; !cmp.Equal(want, ids) && cut < len(a)-1 {
				t.Fatalf("cut after %d bytes %q: %v", cut, a[:cut]+between, ids)
			}
			if want := int64(cut + len(between) + len(b)); settled != want {
				t.Fatalf("cut after %d bytes: %d of %d settled", cut, settled, want)
			}
		}
	}
}

// A record whose time cannot be is garbage with a reason; the records around it are found.
func TestAbsurdTimesAreNoRecords(t *testing.T) {
	now := time.Date(2026, 11, 26, 16, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, at  string
		now, last time.Time
		why       string // empty: it is a record
	}{
		{"1970", "1970-01-01T00:00:09.000001+0000", now, now, "before the year 2000"},
		{"1970, as this machine's clock", "9.5", time.Unix(60, 0), time.Time{}, "before the year 2000"},
		{"2999", "2999-01-01T00:00:00.000000+0000", now, now, "more than 2 days ahead"},
		{"three days ahead", "2026-11-29T16:00:01.000000+0000", now, time.Time{}, "more than 2 days ahead"},
		{"another zone ahead", "2026-11-27T16:00:00.000000", now, time.Time{}, ""},
		{"long ago", "2001-01-01T00:00:00.000000+0000", now, now, ""},
		{"this machine's clock was not set", "2026-11-26T15:59:00.000000+0000", time.Unix(60, 0), time.Time{}, ""},
		{"this machine's clock is years behind", "2026-11-26T15:59:00.000000+0000", now.AddDate(-6, 0, 0), now, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cut := cel.NewCutAt(c.now, c.last)
			text := line("x", "eventtime", c.at)
			cut.Add([]byte(text + line("b", "eventtime", "2026-11-26T15:59:30.000000+0000")))
			why := strings.Join(cut.Why(), "; ")
			if c.why == "" && why != "" || !strings.Contains(why, c.why) {
				t.Errorf("the reason is %q, want %q", why, c.why)
			}
			want := []string{"x", "b"}
			if c.why != "" {
				want = want[1:]
			}
			if ids, _, _ := cut.Take(); !cmp.Equal(want, ids) {
				t.Errorf("records %v, want %v", ids, want)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := cel.NewCut(1 << 20)
	block := bytes.Repeat([]byte("x"), 1<<16)
	for range 10 << 20 >> 16 {
		c.Add(block)
		if c.Waiting() > 1<<20 {
			t.Fatalf("%d bytes wait", c.Waiting())
		}
	}
	c.Add([]byte("\n" + line("a")))
	ids, garbage, settled := c.Take()
	if len(ids) != 1 || !cmp.Equal([]int64{10 << 20}, garbage) || settled != 10<<20+1+int64(len(line("a"))) {
		t.Errorf("%v %v %d", ids, garbage, settled)
	}
}

func TestWhatNeverEndsIsGarbageInTheEnd(t *testing.T) {
	c := cel.NewCut(1 << 20)
	half := line("a")[:80]
	c.Add([]byte(half))
	c.Quiet() // its end may still be written
	if ids, garbage, settled := c.Take(); len(ids)+len(garbage) > 0 || settled > 0 {
		t.Errorf("half a line: %v %v %d", ids, garbage, settled)
	}
	c.Add([]byte("\n"))
	c.Quiet()
	if _, garbage, settled := c.Take(); !cmp.Equal([]int64{81}, garbage) || settled != 81 {
		t.Errorf("a line that goes on, and does not: %v %d", garbage, settled)
	}
	c.Add([]byte(half))
	c.End()
	if _, garbage, settled := c.Take(); !cmp.Equal([]int64{80}, garbage) || settled != 80 {
		t.Errorf("the file ends: %v %d", garbage, settled)
	}
	c.Add(bytes.Repeat([]byte("x"), 2<<20))
	c.End()
	if _, garbage, settled := c.Take(); !cmp.Equal([]int64{2 << 20}, garbage) || settled != 2<<20 {
		t.Errorf("the file ends in a long line: %v %d", garbage, settled)
	}
}

// Callers whose numbers and names hold line breaks, quotes and backslashes called a real
// Asterisk. Their calls are as whole in the journal as all others.
func TestHostileCallersHideNothing(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "testdata", "journal", "hostile_callers.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	ids, garbage, settled := cutAll(1<<20, string(b))
	count := map[string]int{}
	for _, id := range ids {
		count[id]++
	}
	if len(garbage) > 0 || settled != int64(len(b)) || len(count) < 3 {
		t.Errorf("garbage %v, settled %d of %d, calls %v", garbage, settled, len(b), count)
	}
	for id, n := range count {
		if n != 8 { // CHAN_START DL_START APP_START APP_END DL_END HANGUP CHAN_END LINKEDID_END
			t.Errorf("%s has %d rows, want 8", id, n)
		}
	}
}

// FuzzRecords: whatever the bytes and however they come, everything is settled once, and
// records after the damage are found. One on the same line is found, or a damaged row says that it is not.
func FuzzRecords(f *testing.F) {
	f.Add([]byte(line("a")+"x\n{\"a\n"+line("b")), uint64(1))
	f.Add([]byte(line("a", "num", "139\\\"}\nx", "name", `b\x`, "ani", `139",`)+line("b")), uint64(4000))
	f.Add([]byte("\x00\x00{\"eventtype\":\"CHAN_START\",\"num\":\"1\n2\\\"}\n"), uint64(2))
	f.Add([]byte(line("a", "num", "1\n{\"x\"}\n")+strings.Repeat("y", 300)), uint64(3))
	f.Add([]byte(strings.Repeat("\x00", 6000)), uint64(4))
	f.Add([]byte(line("a")[:80]+strings.Repeat("x", 6000)), uint64(5))
	f.Fuzz(func(t *testing.T, raw []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 0))
		c := cel.NewCut(200 + int(seed%5000))
		for rest := raw; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			c.Add(rest[:n])
			rest = rest[n:]
		}
		c.End()
		_, garbage, settled := c.Take()
		if settled != int64(len(raw)) {
			t.Fatalf("%d of %d bytes are settled", settled, len(raw))
		}
		for _, n := range garbage {
			if n <= 0 {
				t.Fatalf("garbage of %d bytes", n)
			}
		}
		behind := cel.NewCut(200 + int(seed%5000))
		behind.Add(bytes.ReplaceAll(raw, []byte("\n"), nil))
		behind.Add([]byte(line("behind")))
		behind.End()
		if rows := behind.Rows(); !slices.ContainsFunc(rows, func(r telephony.Row) bool { return r.Kind == telephony.RowDamaged || r.UniqueID == "behind" }) {
			t.Fatalf("the record behind it on its line is lost, and nothing says so: %+v", rows)
		}
		c.Add([]byte("\n" + line("after")))
		if ids, _, _ := c.Take(); len(ids) != 1 || ids[0] != "after" {
			if seed%5000 > 400 { // else it is longer than the limit
				t.Fatalf("the record after it: %v", ids)
			}
		}
	})
}
