package backup_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/backup"
)

func sample() backup.Manifest {
	return backup.Manifest{Format: 1, Program: "v1", Schema: 7, Log: identity, At: noon, Checkpoint: "dutyline\n5\nabc=\n",
		Files: []backup.File{{Name: "log.db", Size: 3, SHA256: string(digest("log"))}}, Recordings: backup.Recordings{Count: 1, Bytes: 2},
		Kept: []backup.File{}, Problems: []backup.Problem{{Name: "值班", Why: "<gone> & lost"}}, NotIncluded: []string{"the keys"}}
}

func TestAManifestIsReadAsItWasWritten(t *testing.T) {
	m := sample()
	text, err := m.Encode()
	ok(t, err)
	got, err := backup.DecodeManifest(text)
	ok(t, err)
	m.Self = got.Self
	if diff := cmp.Diff(m, got); diff != "" || len(got.Self) != 64 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = backup.DecodeManifest(bytes.Replace(text, []byte(`"format": 1`), []byte(`"format": 2`), 1))
	says(t, err, "newer dutyline", "install the newer version")
}

// No single byte of a manifest can be changed unnoticed.
func TestEveryByteOfAManifestCounts(t *testing.T) {
	text, err := sample().Encode()
	ok(t, err)
	for i := range text {
		for _, bit := range []byte{1, 0x20} {
			changed := bytes.Clone(text)
			changed[i] ^= bit
			if m, err := backup.DecodeManifest(changed); err == nil {
				t.Errorf("byte %d (%q) may be %q: %+v", i, text[i], changed[i], m)
			}
		}
	}
}

// FuzzManifest: what is accepted has one spelling.
func FuzzManifest(f *testing.F) {
	text, err := sample().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`{"format":9}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := backup.DecodeManifest(text)
		if err != nil {
			return
		}
		if again, err := m.Encode(); err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%q is written as %q; %v", text, again, err)
		}
	})
}

// FuzzList: whatever a list of recordings says, nothing leads out of a folder, nothing is
// there twice, and a list has one spelling.
func FuzzList(f *testing.F) {
	good := backup.Line(string(digest("a")), "2026/11/23/1.0.flac")
	f.Add(good + backup.Line(string(digest("b")), "2026/11/23/2.0.flac"))
	f.Add(good[:len(good)-1])
	f.Add(backup.Line(string(digest("a")), "../../etc/passwd"))
	f.Add(backup.Line(string(digest("a")), "2026/.hidden"))
	f.Add("\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := backup.ReadList(text)
		var again strings.Builder
		last := ""
		for _, i := range all {
			if !filepath.IsLocal(i[1]) || strings.Contains(i[1], "/.") || i[1] <= last || len(i[0]) != 64 {
				t.Fatalf("%q gives %q", text, i)
			}
			last = i[1]
			again.WriteString(backup.Line(i[0], i[1]))
		}
		if errors.Is(err, io.EOF) && again.String() != text {
			t.Fatalf("%q is read as %q", text, again.String())
		}
	})
}
