package cel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

func TestRotationByRenaming(t *testing.T) {
	b := newBench(t)
	b.write(2)
	b.poll()
	b.rotate(3)
	b.append(b.numbered(1), b.next()) // opened before it was renamed
	b.poll()
	if p := b.tail.Status().Problem; p != "" {
		t.Errorf("no journal until the next call is no problem: %s", p)
	}
	b.write(2)
	b.poll()
	b.exactly()
}

// The daemon was down while the journal was rotated several times.
func TestSeveralRotationsWhileTheDaemonIsDown(t *testing.T) {
	b := newBench(t)
	b.write(2)
	b.poll()
	b.kill()
	for range 3 {
		b.write(2)
		b.rotate(9)
	}
	b.poll() // there is no journal at the moment
	b.exactly()
	b.write(1)
	b.poll()
	b.exactly()
}

func TestDatesInTheNamesOfRotatedFiles(t *testing.T) {
	b := newBench(t)
	b.write(1)
	b.poll()
	b.kill()
	for _, date := range []string{"-20261126", "-20261127", "-20261127-1795705359"} {
		b.write(1)
		b.must(os.Rename(b.path, b.path+date))
		b.must(os.Chtimes(b.path+date, clockStart, clockStart)) // restored from a backup: all times are alike
	}
	b.write(1)
	b.append(b.path+".bak", "no part of it\n")
	b.poll()
	b.exactly()
	if b.bad != 0 {
		t.Errorf("another file was read")
	}
}

func TestTruncation(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(b *bench)
		want []cel.Cause
	}{
		{"cut to nothing, and shorter now", func(b *bench) { b.must(os.Truncate(b.path, 0)); b.write(1) }, []cel.Cause{cel.Truncated}},
		{"cut, and longer now", func(b *bench) { b.must(os.Truncate(b.path, 0)); b.write(9) }, []cel.Cause{cel.Truncated}},
		{"cut and still empty", func(b *bench) { b.must(os.Truncate(b.path, 0)) }, []cel.Cause{cel.Truncated}},
		{"copied and cut", func(b *bench) { b.write(2); b.copyTruncate(3, 0); b.write(1) }, []cel.Cause{cel.Truncated}},
		{"cut in the middle of what was read", func(b *bench) { b.must(os.Truncate(b.path, 700)); b.written = 2 }, []cel.Cause{cel.Truncated}},
	} {
		for _, killed := range []bool{false, true} {
			t.Run(c.name+" killed="+strconv.FormatBool(killed), func(t *testing.T) {
				b := newBench(t)
				b.write(4)
				b.poll()
				if killed {
					b.kill()
				}
				c.do(b)
				b.now = rowAt(500)
				b.poll()
				if err := b.honest(); err != nil {
					t.Fatal(err, b)
				}
				var gap *cel.Gap
				for _, s := range b.got {
					if s.gap != nil {
						gap = s.gap
					}
				}
				if gap == nil {
					t.Fatalf("no gap: %s", b)
				}
				if gap.Cause != cel.Truncated && (!killed || gap.Cause != cel.Lost) {
					t.Errorf("cause %s", gap.Cause)
				}
				if last := rowAt(4); gap.From.Before(last) || !gap.To.After(gap.From) {
					t.Errorf("the gap is from %v to %v, the last record from %v", gap.From, gap.To, last)
				}
				b.poll()
				if n := b.tail.Status().Gaps; n != 1 {
					t.Errorf("told %d times", n)
				}
			})
		}
	}
}

func TestAGapHasTheTimesAroundIt(t *testing.T) {
	b := newBench(t)
	b.write(3)
	b.poll()
	b.must(os.Remove(b.path))
	b.written = 10
	b.write(2)
	b.poll()
	var gaps []cel.Gap
	for _, s := range b.got {
		if s.gap != nil {
			gaps = append(gaps, *s.gap)
		}
	}
	if len(gaps) != 1 || gaps[0].Cause != cel.Deleted || !gaps[0].From.Equal(rowAt(3)) || !gaps[0].To.Equal(rowAt(11)) {
		t.Errorf("gaps %+v", gaps)
	}
	if text := gaps[0].String(); !strings.Contains(text, "2026-11-26T07:00:03Z to 2026-11-26T07:00:11Z") || !strings.Contains(text, "was deleted") {
		t.Errorf("%s", text)
	}
}

func TestCompressedBeforeItWasRead(t *testing.T) {
	b := newBench(t)
	b.write(3)
	b.poll()
	b.kill()
	b.write(3)
	b.rotate(5)
	b.compress(1)
	b.write(2)
	b.rotate(5)
	b.write(2)
	b.poll()
	b.exactly(cel.Compressed)
	if got := b.String(); got != " 1 2 3 gap(compressed) 7 8 9 10" {
		t.Errorf("got%s", got)
	}
}

func TestCompressedWhileItIsReadLosesNothing(t *testing.T) {
	b := newBench(t)
	b.write(3)
	b.poll()
	b.write(3)
	b.rotate(5)
	b.compress(1)
	b.write(2)
	b.poll()
	b.exactly()
}

func TestTheEndAsTheBeginning(t *testing.T) {
	b := newBench(t, func(c *cel.Config) { c.AtEnd = true })
	b.write(300) // more than one block
	b.append(b.path, strings.TrimSuffix(b.next(), "\n"))
	b.poll()
	if b.saved.Offset == 0 || len(b.got) != 0 {
		t.Fatalf("began at %+v with %s", b.saved, b)
	}
	b.kill()
	b.rotate(3)
	b.append(b.numbered(1), "\n")
	b.write(1)
	b.poll()
	if got := b.String(); got != " 301 302" {
		t.Errorf("got%s", got)
	}
}

func TestNothingIsSkippedOfAJournalThatBeginsLater(t *testing.T) {
	b := newBench(t, func(c *cel.Config) { c.AtEnd = true })
	b.poll()
	b.write(2)
	b.poll()
	b.exactly()
}

func TestGarbageIsPassedOverAndKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal-quarantine.jsonl")
	b := newBench(t, func(c *cel.Config) { c.Quarantine = cel.NewQuarantine(file, 1<<20); c.MaxLine = 1 << 20 })
	b.write(1)
	b.poll()
	b.append(b.path, "hello \xff\x00\n"+strings.Repeat("\x00", 5000))
	b.write(1)
	b.append(b.path, strings.Repeat("x", 10<<20)+"\n")
	b.write(1)
	b.append(b.path, strings.Repeat("y", 2<<20))
	b.write(1) // the switch appends to whatever stands there
	b.append(b.path, strings.Repeat("\x00", 2<<20))
	b.write(1)
	b.append(b.path, `{"eventtype":"CHAN_START"}`+"\n"+b.next()[:40])
	b.written--
	b.rotate(3)
	b.write(1)
	b.poll()
	b.exactly()
	if b.bad != 7 || b.tail.Status().Bad != 7 {
		t.Errorf("%d pieces of garbage, want 7", b.bad)
	}
	text, err := os.ReadFile(file)
	b.must(err)
	var lengths []int64
	for line := range bytes.Lines(text) {
		var q struct {
			Offset, Length int64
			Why, Text      string
		}
		b.must(json.Unmarshal(line, &q))
		raw, err := strconv.Unquote(q.Text)
		b.must(err)
		if again, ok := cel.Quarantined(bytes.TrimSpace(line)); !ok || string(again) != raw {
			t.Errorf("%v: %q is read back as %.60q", ok, line, again)
		}
		journal, err := os.ReadFile(b.numbered(1))
		b.must(err)
		if !strings.HasPrefix(string(journal[q.Offset:]), raw) || q.Why == "" || len(raw) == 0 || int64(len(raw)) > q.Length {
			t.Errorf("%d bytes at %d %q: %.60q", q.Length, q.Offset, q.Why, raw)
		}
		lengths = append(lengths, q.Length)
	}
	if len(lengths) != 7 || lengths[2] != 10<<20 || lengths[3] != 2<<20 || lengths[4] != 2<<20 {
		t.Errorf("kept %v", lengths)
	}
}

// The daemon ends within a line that is too long, and a record follows on it.
func TestARestartInALineThatIsTooLong(t *testing.T) {
	for _, read := range []int{0, 1, 2} { // how often the daemon looks, and is killed, before the line ends
		b := newBench(t)
		b.write(1)
		for i := range 2 {
			b.append(b.path, strings.Repeat("\x00", 100<<10))
			if i < read {
				b.poll()
				b.kill()
			}
		}
		b.write(2)
		b.poll()
		b.kill()
		b.write(1)
		b.poll()
		b.exactly()
		if b.bad != 1 {
			t.Errorf("%d pieces of garbage", b.bad)
		}
	}
}

func TestWhatIsNoLineOfTheQuarantine(t *testing.T) {
	for _, line := range []string{``, `{}`, `{"file":"x","more":1}`, `{"file":"x","text":"not quoted"}`, `{"file":"x","text":"\"a\""}{"`, `{"file":"x","te`, `{"eventtype":"ANSWER"}`} {
		if garbage, ok := cel.Quarantined([]byte(line)); ok {
			t.Errorf("%q holds %q", line, garbage)
		}
	}
}

func TestQuarantineIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "q")
	q := cel.NewQuarantine(file, 1000)
	for range 100 {
		if _, err := q.Write(bytes.Repeat([]byte("x"), 300)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{file, file + ".1"} {
		if info, err := os.Stat(name); err != nil || info.Size() > 1000 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}

func TestARefusedBatchComesAgain(t *testing.T) {
	b := newBench(t)
	b.poll()
	b.write(3)
	b.refusing = true
	b.poll()
	b.exactly()
	if log := b.log.String(); !strings.Contains(log, "the database is locked") || !strings.Contains(log, "nothing is lost") {
		t.Errorf("log: %s", log)
	}
	if p := b.tail.Status().Problem; p != "" {
		t.Errorf("still a problem: %s", p)
	}
}

func TestStatusNamesTheTroubleOnceAndItsRemedy(t *testing.T) {
	for _, c := range []struct {
		name           string
		make           func(b *bench)
		problem, remed string
	}{
		{"no folder", func(b *bench) { b.must(os.Remove(filepath.Dir(b.path))) }, "folder of the switch's journal does not exist", "create it"},
		{"no file", func(*bench) {}, "does not exist", "cel show status"},
		{"a folder instead", func(b *bench) { b.must(os.Mkdir(b.path, 0o700)) }, "does not exist", "cel show status"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.make(b)
			b.poll()
			b.poll()
			s := b.tail.Status()
			if !strings.Contains(s.Problem, c.problem) || !strings.Contains(s.Remedy, c.remed) || !s.LastRead.IsZero() {
				t.Errorf("%+v", s)
			}
			if n := strings.Count(b.log.String(), "level=WARN"); n != 1 {
				t.Errorf("said %d times: %s", n, b.log.String())
			}
		})
	}
}

// A call that begins with the journal's first record may last until the file has another name: after
// a restart all of it is read again, from the place before that record. As a first start it would be
// the file of that time, and what came before would be lost in silence.
func TestTheFirstRecordIsFoundAgainAfterARotation(t *testing.T) {
	b := newBench(t)
	b.write(3)
	b.poll()
	b.kill()
	b.saved, b.got = b.before, nil
	b.rotate(3)
	b.write(2)
	b.poll()
	b.exactly()
}

func TestAFolderThatComesLaterIsAGap(t *testing.T) {
	b := newBench(t)
	b.must(os.Remove(filepath.Dir(b.path)))
	b.poll()
	since := b.now
	b.now = rowAt(0)
	b.must(os.Mkdir(filepath.Dir(b.path), 0o700))
	b.write(2)
	b.poll()
	b.exactly(cel.FolderMissing)
	if g := b.got[0].gap; g == nil || !g.From.Equal(since) || !g.To.Equal(rowAt(1)) {
		t.Errorf("%+v", b.got[0])
	}
	if s := b.tail.Status(); s.Problem != "" || s.Rows != 2 || s.Gaps != 1 || !s.LastRow.Equal(rowAt(2)) || s.LastRead.IsZero() {
		t.Errorf("%+v", s)
	}
}

// The saved position goes through the daemon's database as JSON.
func TestThePositionIsJSON(t *testing.T) {
	b := newBench(t)
	b.write(3)
	b.poll()
	text, err := json.Marshal(b.saved)
	b.must(err)
	b.saved = telephony.Position{}
	b.must(json.Unmarshal(text, &b.saved))
	b.kill()
	b.rotate(3)
	b.write(1)
	b.poll()
	b.exactly()
	if !b.saved.LastAt.Equal(rowAt(4)) || b.saved.File != b.path || b.saved.Mark == "" {
		t.Errorf("%+v", b.saved)
	}
}

func TestRunFollowsUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *cel.Config) { c.Interval = 200 * time.Millisecond })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.tail.Run(ctx, telephony.Position{}, b.sink) }()
		for range 5 {
			b.write(2)
			<-time.After(201 * time.Millisecond) // synthetic
			synctest.Wait()
			b.exactly()
			b.rotate(3)
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestFigures(t *testing.T) {
	reg := prometheus.NewRegistry()
	file := filepath.Join(t.TempDir(), "cel.jsonl")
	tail := cel.New(cel.Config{Path: file, Zone: time.UTC, Now: func() time.Time { return clockStart }}, reg)
	run := cel.NewSteps(tail, telephony.Position{}, func(context.Context, cel.Batch) error { return nil })
	t.Cleanup(run.Close)
	text := line("a") + "garbage\n" + line("b", "eventtype", "HANGUP", "eventenum", "HANGUP")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"dutyline_journal_garbage_total": 1, "dutyline_journal_readable": 1, "dutyline_journal_behind_bytes": 0,
		"dutyline_journal_rows_total chan_start": 1, "dutyline_journal_rows_total hangup": 1, "dutyline_journal_rows_total answer": 0,
		"dutyline_journal_gaps_total truncated": 0, "dutyline_journal_last_row_timestamp_seconds": 1795676559.071,
		"dutyline_journal_lag_seconds": 1, // two records that were read at once
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
}

// readable is what the figure of that name says.
func readable(t *testing.T, reg *prometheus.Registry) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "dutyline_journal_readable" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return -1
}

// A fresh site without a call needs nobody to look after it; a journal that goes away does.
func TestAJournalThatGoesAwayIsNotReadable(t *testing.T) {
	reg := prometheus.NewRegistry()
	file := filepath.Join(t.TempDir(), "cel.jsonl")
	tail := cel.New(cel.Config{Path: file, Zone: time.UTC, Now: func() time.Time { return clockStart }}, reg)
	run := cel.NewSteps(tail, telephony.Position{}, func(context.Context, cel.Batch) error { return nil })
	t.Cleanup(run.Close)
	for _, step := range []struct {
		name string
		do   func() error
		want float64
	}{
		{"no call came yet", func() error { return nil }, 1},
		{"the first one came", func() error { return os.WriteFile(file, []byte(line("a")), 0o600) }, 1},
		{"it was deleted", func() error { return os.Remove(file) }, 0},
		{"it is written again", func() error { return os.WriteFile(file, []byte(line("b")), 0o600) }, 1},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := run.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := readable(t, reg); got != step.want {
			t.Errorf("%s: readable is %v, want %v", step.name, got, step.want)
		}
	}
}
