package cel_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

var clockStart = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

// rowAt is the time of the n-th record that a bench writes.
func rowAt(n int) time.Time { return clockStart.Add(time.Duration(n) * time.Second) }

// bench is a journal that Asterisk and logrotate write, and a daemon that reads it.
type bench struct {
	t    *testing.T
	path string
	tail *cel.Tail
	run  *cel.Steps
	log  bytes.Buffer

	written  int                // records so far
	saved    telephony.Position // in the daemon's database
	begun    bool               // something was read
	before   telephony.Position // what was saved when the first record came
	got      []step
	bad      int
	merged   error
	refusing bool // the database is locked
	erased   map[int]bool
	readOn   func() // notes how far was read while a call is open
	now      time.Time
}

// step is what the daemon learnt: a record or a gap.
type step struct {
	id  int
	gap *cel.Gap
}

func newBench(t *testing.T, change ...func(*cel.Config)) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "cel-custom", "cel.jsonl"), now: clockStart}
	b.must(os.Mkdir(filepath.Dir(b.path), 0o700))
	c := cel.Config{Path: b.path, Zone: time.UTC, Interval: time.Millisecond, Now: func() time.Time { return b.now }, MaxLine: 64 << 10,
		Log: slog.New(slog.NewTextHandler(&b.log, nil))}
	for _, f := range change {
		f(&c)
	}
	b.tail = cel.New(c, nil)
	t.Cleanup(func() {
		if b.run != nil {
			b.run.Close()
		}
	})
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

var errLocked = errors.New("the database is locked")

func (b *bench) sink(_ context.Context, batch cel.Batch) error {
	if b.refusing {
		b.refusing = false
		return errLocked
	}
	if batch.Gap != nil {
		b.got = append(b.got, step{gap: batch.Gap})
	}
	for _, row := range batch.Rows {
		if row.Kind == telephony.RowDamaged {
			continue
		}
		id, err := strconv.Atoi(row.UniqueID)
		b.must(err)
		if !row.At.Equal(rowAt(id)) {
			b.merged = fmt.Errorf("record %d is from %v: two were made one", id, row.At)
		}
		b.got = append(b.got, step{id: id})
	}
	b.bad += batch.Bad
	if len(batch.Rows) > 0 && !b.begun {
		b.begun, b.before = true, b.saved
	}
	b.saved = batch.Position
	return nil
}

// poll looks at the files once; the daemon starts when it is not running.
func (b *bench) poll() {
	b.t.Helper()
	if b.run == nil {
		b.run = cel.NewSteps(b.tail, b.saved, b.sink)
	}
	b.must(b.run.Poll(b.t.Context()))
}

// kill ends the daemon; the next poll starts it from the saved position.
func (b *bench) kill() {
	if b.run != nil {
		b.run.Close()
	}
	b.run = nil
}

// next is the next record's line.
func (b *bench) next() string {
	b.written++
	return line(strconv.Itoa(b.written), "eventtime", rowAt(b.written).Format("2006-01-02T15:04:05.000000-0700"))
}

func (b *bench) append(file, text string) {
	b.t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	b.must(err)
	_, err = f.WriteString(text)
	b.must(err)
	b.must(f.Close())
}

// write appends whole records, as Asterisk does.
func (b *bench) write(n int) {
	b.t.Helper()
	for range n {
		b.append(b.path, b.next())
	}
}

func (b *bench) numbered(n int) string { return fmt.Sprintf("%s.%d", b.path, n) }

// shift moves rotated files up by one; what is older than keep goes.
func (b *bench) shift(keep int) {
	b.t.Helper()
	for n := 9; n >= 1; n-- {
		for _, suffix := range []string{"", ".gz"} {
			old := b.numbered(n) + suffix
			if _, err := os.Stat(old); err != nil {
				continue
			}
			if n >= keep {
				b.must(os.Remove(old))
			} else {
				b.must(os.Rename(old, b.numbered(n+1)+suffix))
			}
		}
	}
}

// rotate renames, as logrotate does by default.
func (b *bench) rotate(keep int) {
	b.t.Helper()
	if _, err := os.Stat(b.path); err != nil {
		return
	}
	b.shift(keep)
	b.must(os.Rename(b.path, b.numbered(1)))
}

// copyTruncate copies and cuts; between the two Asterisk may write.
func (b *bench) copyTruncate(keep, between int) {
	b.t.Helper()
	text, err := os.ReadFile(b.path)
	if err != nil {
		return
	}
	b.shift(keep)
	b.must(os.WriteFile(b.numbered(1), text, 0o600))
	if len(text) > 0 { // what a file held between two looks that found it empty leaves no trace either
		b.write(between)
	}
	b.must(os.Truncate(b.path, 0))
}

// compress packs a rotated file, as logrotate does; it keeps the time of the last change.
func (b *bench) compress(n int) {
	b.t.Helper()
	text, err := os.ReadFile(b.numbered(n))
	if err != nil {
		return
	}
	info, err := os.Stat(b.numbered(n))
	b.must(err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text)
	b.must(w.Close())
	b.must(os.WriteFile(b.numbered(n)+".gz", packed.Bytes(), 0o600))
	b.must(os.Chtimes(b.numbered(n)+".gz", info.ModTime(), info.ModTime()))
	b.must(os.Remove(b.numbered(n)))
}

// erase blanks a record in every file, where it stands, as dutyline erase does; files keep the
// time of their last change.
func (b *bench) erase(id int) {
	b.t.Helper()
	if b.erased == nil {
		b.erased = map[int]bool{}
	}
	b.erased[id] = true
	files, err := filepath.Glob(b.path + "*")
	b.must(err)
	word := []byte(`"uniqueid":"` + strconv.Itoa(id) + `"`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		b.must(err)
		info, err := os.Stat(name)
		b.must(err)
		at := int64(0)
		for line := range bytes.SplitAfterSeq(text, []byte("\n")) {
			if body := bytes.TrimRight(line, "\n"); bytes.Contains(line, word) && filepath.Ext(name) != ".gz" {
				f, err := os.OpenFile(name, os.O_WRONLY, 0)
				b.must(err)
				_, err = f.WriteAt(bytes.Repeat([]byte(" "), len(body)), at)
				b.must(err)
				b.must(f.Close())
			}
			at += int64(len(line))
		}
		b.must(os.Chtimes(name, info.ModTime(), info.ModTime()))
	}
}

// after is the record that has to come after one: what was erased need not.
func (b *bench) after(id, came int) int {
	for id++; id != came && b.erased[id]; id++ {
	}
	return id
}

// exactly demands every record once, in order, and these gaps.
func (b *bench) exactly(gaps ...cel.Cause) {
	b.t.Helper()
	var causes []cel.Cause
	last := 0
	for _, s := range b.got {
		if s.gap != nil {
			causes = append(causes, s.gap.Cause)
			continue
		}
		if want := b.after(last, s.id); s.id != want && len(causes) == 0 {
			b.t.Fatalf("record %d came instead of %d", s.id, want)
		}
		last = s.id
	}
	if b.after(last, 0) != b.written+1 {
		b.t.Fatalf("%d of %d records came: %s", last, b.written, b)
	}
	if fmt.Sprint(causes) != fmt.Sprint(gaps) {
		b.t.Fatalf("gaps %v, want %v", causes, gaps)
	}
}

// honest demands every record once and in order, or a gap where one is missing or comes again.
func (b *bench) honest() error {
	if b.merged != nil {
		return b.merged
	}
	last, gap := 0, false
	for _, s := range b.got {
		if s.gap != nil {
			gap = true
			continue
		}
		if want := b.after(last, s.id); s.id != want && !gap {
			return fmt.Errorf("record %d came instead of %d, and no gap before it", s.id, want)
		}
		last, gap = s.id, false
	}
	if b.after(last, 0) != b.written+1 && !gap {
		return fmt.Errorf("%d records came, %d were written, and no gap at the end", last, b.written)
	}
	return nil
}

func (b *bench) String() string {
	var out bytes.Buffer
	for _, s := range b.got {
		if s.gap != nil {
			fmt.Fprintf(&out, " gap(%s)", s.gap.Cause)
		} else {
			fmt.Fprintf(&out, " %d", s.id)
		}
	}
	return out.String()
}
