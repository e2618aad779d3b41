package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// journalLine is a record as the switch writes it.
func journalLine(call string, n int, num string) string {
	return journalLineAt(time.Date(2026, 11, 23, 7, 0, n, 0, time.UTC), call, n, num)
}

func journalLineAt(at time.Time, call string, n int, num string) string {
	return fmt.Sprintf(`{"eventtype":"ANSWER","eventtime":"%s","eventenum":"ANSWER","name":"","num":"%s","exten":"12350","channame":"PJSIP/trunk-%08x","uniqueid":"%s","linkedid":"%s","eventextra":""}`+"\n",
		at.UTC().Format("2006-01-02T15:04:05.000000-0700"), num, n, call, call)
}

// celReader is a daemon that reads a journal; it is run until it has read everything.
type celReader struct {
	t        *testing.T
	path     string
	position telephony.Position
	rows     []string
	gaps     []cel.Gap
	read     chan struct{}
}

func (r *celReader) sink(_ context.Context, b cel.Batch) error {
	if b.Gap != nil {
		r.gaps = append(r.gaps, *b.Gap)
	}
	for _, row := range b.Rows {
		r.rows = append(r.rows, row.At.Format("05")+" "+row.LinkedID)
	}
	r.position = b.Position
	r.read <- struct{}{}
	return nil
}

// until follows the journal while do changes it, and stops when this many more batches came.
func (r *celReader) until(batches int, do func()) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	tail := cel.New(cel.Config{Path: r.path, Zone: time.UTC, Interval: time.Millisecond}, nil)
	go func() { done <- tail.Run(ctx, r.position, r.sink) }()
	for range batches {
		select {
		case <-r.read:
			do()
		case <-ctx.Done():
			r.t.Error("nothing was read")
		}
	}
	cancel()
	for {
		select {
		case <-r.read:
		case <-done:
			return
		}
	}
}

// TestAnErasedJournalIsReadOn sweeps calls out of a journal that a daemon reads, or will read on
// after a stop: the first line, those before the saved place, all of them.
func TestAnErasedJournalIsReadOn(t *testing.T) {
	for seed := range 40 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		path := filepath.Join(t.TempDir(), "cel.jsonl")
		written := 0
		write := func() {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				written++
				_, err = f.WriteString(journalLine(fmt.Sprintf("duty-1.%d", written), written, "0241234"))
				err = errors.Join(err, f.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		erase := func(n int) {
			s := newSweep(sqlite.Traces{CallID: fmt.Sprintf("duty-1.%d", n)}, true, tapeCloser{})
			if blanked, err := s.file(path); err != nil || blanked > 1 {
				t.Fatalf("%d, %v", blanked, err)
			}
		}
		d := &celReader{t: t, path: path, read: make(chan struct{}, 1)}
		write()
		for range 3 {
			d.until(2, func() { // what is erased is read already
				erase(1 + r.IntN(written))
				erase(written)
				write()
			})
			for range r.IntN(3) {
				erase(1 + r.IntN(written-1))
			}
			write()
		}
		d.until(1, func() {})
		if len(d.gaps) > 0 || !slices.IsSorted(d.rows) || len(slices.Compact(slices.Clone(d.rows))) != len(d.rows) || !strings.HasPrefix(d.rows[len(d.rows)-1], fmt.Sprintf("%02d", written)) {
			t.Fatalf("seed %d: of %d records came %v, gaps %v", seed, written, d.rows, d.gaps)
		}
	}
}

// TestEveryFileOfTheJournalIsSwept: packed ones too, and a record that a caller broke in two
// goes with the half that does not name the call.
func TestEveryFileOfTheJournalIsSwept(t *testing.T) {
	o := newOffice(t)
	id := o.call.ID
	broken := journalLine(id, 1, "024\n88990011")
	kept := journalLine("duty-1795436279.10", 2, "13800001111")
	o.ok(os.WriteFile(o.journal, []byte(broken+kept), 0o640))
	o.ok(os.WriteFile(o.journal+".2.gz", gzipped(t, kept+broken), 0o640))
	stamp := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	for _, name := range []string{o.journal, o.journal + ".2.gz"} {
		o.ok(os.Chtimes(name, stamp, stamp))
	}
	out := o.erase()
	if !strings.Contains(out, "blanked: 1 line(s) of "+o.journal+".2.gz") {
		t.Error(out)
	}
	blank := func(s string) string { return string(blankOf([]byte(s))) }
	for name, want := range map[string]string{o.journal: blank(broken) + kept, o.journal + ".2.gz": kept + blank(broken)} {
		from, err := openJournalFile(name)
		o.ok(err)
		got, err := io.ReadAll(from)
		o.ok(err)
		o.ok(from.Close())
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if info, err := os.Stat(name); err != nil || !info.ModTime().Equal(stamp) || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v %v, %v", name, info.ModTime(), info.Mode(), err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(o.journal))
	o.ok(err)
	if len(left) != 3 { // and that of .1
		t.Errorf("%v", left)
	}
	o.ok(os.WriteFile(o.journal+".3.xz", []byte("x"), 0o640))
	refused(t, "", "unpack it", "erase", "--request", approved(t, o.file, "erase", "e-"+id, "--reason", "误录"), "--config", o.file, "--journal", o.journal)
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
