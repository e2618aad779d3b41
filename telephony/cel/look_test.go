package cel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/cel"
)

func TestLookAtAJournal(t *testing.T) {
	for _, c := range []struct {
		name            string
		set             func(b *bench)
		last            time.Time
		problem, remedy string
		unwritten       bool
	}{
		{name: "written", set: func(b *bench) { b.write(3) }, last: rowAt(3)},
		{name: "with garbage at its end", set: func(b *bench) { b.write(2); b.append(b.path, "{half a li") }, last: rowAt(2)},
		{name: "just rotated", set: func(b *bench) { b.write(3); b.rotate(2); b.append(b.path, "") }, last: rowAt(3)},
		{name: "empty", set: func(b *bench) { b.append(b.path, "") }},
		{name: "not there yet", set: func(*bench) {}, problem: "does not exist: ", remedy: "with the next call", unwritten: true},
		{name: "gone, after it was written", set: func(b *bench) { b.write(2); b.must(os.Rename(b.path, b.path+".1")) },
			last: rowAt(2), problem: "does not exist: ", remedy: "with the next call"},
		{name: "no folder", set: func(b *bench) { b.must(os.Remove(filepath.Dir(b.path))) },
			problem: "loses every record", remedy: "create it"},
		{name: "a folder in its place", set: func(b *bench) { b.must(os.Mkdir(b.path, 0o700)) },
			problem: "is no file", remedy: "cel_custom.conf"},
		{name: "a file in place of its folder", set: func(b *bench) {
			dir := filepath.Dir(b.path)
			b.must(os.Remove(dir))
			b.must(os.WriteFile(dir, nil, 0o600))
		}, problem: "cannot be read", remedy: "look at the disk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.set(b)
			got := cel.Look(cel.Config{Path: b.path, Zone: time.UTC})
			if !got.LastRow.Equal(c.last) || got.Unwritten != c.unwritten || (got.Problem == "") != (c.problem == "") ||
				!strings.Contains(got.Problem, c.problem) || !strings.Contains(got.Remedy, c.remedy) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
