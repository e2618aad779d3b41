package disk_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/tape"
	"dutyline/telephony/tape/disk"
)

func TestATapeOnDiskIsPrivateGoesOnAndStaysWithinItsDays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tape")
	write := func(at time.Time, raw string) {
		t.Helper()
		folder, err := disk.New(dir)
		if err != nil {
			t.Fatal(err)
		}
		w := tape.NewWriter(folder, tape.Policy{Days: 1, MaxBytes: 1 << 20})
		if err := w.Write(tape.Record{At: at, Raw: []byte(raw)}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	write(day, `{"type":"A"}`)
	write(day.Add(time.Second), `{"type":"B"}`) // a second run on the same day goes on in the same file
	first := tape.FileName(day, 1)
	f, err := os.Open(filepath.Join(dir, first))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := tape.NewReader(f)
	var got []string
	for range 2 {
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(rec.Raw))
	}
	if diff := cmp.Diff([]string{`{"type":"A"}`, `{"type":"B"}`}, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: a tape holds callers' numbers, want 0600", info.Mode(), err)
	}
	write(day.AddDate(0, 0, 3), `{"type":"C"}`)
	if _, err := os.Stat(filepath.Join(dir, first)); !os.IsNotExist(err) {
		t.Errorf("%s is still there three days later (%v), with one day to keep", first, err)
	}
}

func TestAFolderThatCannotBeMadeNamesTheRemedy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.New(filepath.Join(file, "tape")); err == nil {
		t.Error("no error for a folder below a file")
	}
}
