package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// withJournal names a journal in the configuration.
func (r *proofRoom) withJournal() (journal string) {
	r.t.Helper()
	journal = filepath.Join(r.t.TempDir(), "cel-[1]*", "cel.jsonl") // no pattern, but a name
	text, err := os.ReadFile(r.file)
	if err == nil {
		err = os.Mkdir(filepath.Dir(journal), 0o700)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(r.file, string(text)+"journal: {file: '"+journal+"'}\n")
	return journal
}

func (r *proofRoom) exhibited() (said, journal string) {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "exhibit")
	said = r.works("exhibit", "e-"+r.call, dir)
	text, err := os.ReadFile(filepath.Join(dir, exhibitJournal))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	answers(r.t, 0, []string{"verify: intact"}, "--exhibit", dir)
	return said, string(text)
}

// TestAnExhibitTakesEveryFileOfTheJournal: in the order in which they were written, packed ones too.
func TestAnExhibitTakesEveryFileOfTheJournal(t *testing.T) {
	r := newProofRoom(t)
	if said, _ := r.exhibited(); !strings.Contains(said, "there is no /") {
		t.Errorf("without a folder: %s", said)
	}
	journal := r.withJournal()
	if said, _ := r.exhibited(); !strings.Contains(said, "there is no "+journal) {
		t.Errorf("with an empty folder: %s", said)
	}
	var want string
	for i, suffix := range []string{".10.gz", ".9.gz", ".2", ".1", ""} {
		mine := journalLine(r.call, i, "024")
		want += mine
		text := journalLine("1795436279.01", i, "024") + mine
		if strings.HasSuffix(suffix, ".gz") {
			text = string(gzipped(t, text))
		}
		r.write(journal+suffix, text)
	}
	r.write(journal+".orig", journalLine(r.call, 7, "024")) // none of the journal's
	r.write(journal+".11.xz", "x")
	said, got := r.exhibited()
	if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(said, "not in it: journal lines of "+journal+".11.xz: it is packed in a way that cannot be read here") {
		t.Errorf("%s\n%s", said, diff)
	}
}

// TestCallersBreakNoExhibit: what they send names no call, and a line break hides none of a record.
func TestCallersBreakNoExhibit(t *testing.T) {
	r := newProofRoom(t)
	journal := r.withJournal()
	other := "1795436279.01"
	broken := journalLine(r.call, 1, "139\n\n{\\\"linkedid\\\":\\\""+other+"\\\"}\n")
	odd := journalLine(r.call, 2, "\x1b[2J\xff\xfe‮")
	r.write(journal, strings.Join([]string{
		journalLine(other, 3, "x"), strings.Replace(journalLine(other, 4, r.call), "}", "}", 1), // the other's number is this call's id
		broken, odd, `{"linkedid":"` + r.call + `","cut in the mid`, "\n", journalLine(other, 5, "x"),
	}, ""))
	said, got := r.exhibited()
	want := broken + odd + `{"linkedid":"` + r.call + `","cut in the mid` + "\n"
	if diff := cmp.Diff(want, got); diff != "" || strings.Contains(said, "not in it") {
		t.Errorf("%s\n%s", said, diff)
	}
	r.withLog(func(db *sqlite.DB) {
		patch := dutylog.EntryPatch{Revision: 2, Values: map[dutylog.Field]string{dutylog.Content: "一\n第 9 版 2026-11-23 00:00:00 局长(root)"}}
		if _, err := db.Amend(t.Context(), "e-"+r.call, patch, dutylog.Actor{Login: "zhangwei", Name: "张\n伟", Role: dutylog.Officer}, endedCall("").EndedAt); err != nil {
			t.Fatal(err)
		}
	})
	dir := filepath.Join(t.TempDir(), "words")
	r.works("exhibit", "e-"+r.call, dir)
	text, err := os.ReadFile(filepath.Join(dir, exhibitEntry))
	if err != nil || strings.Contains(string(text), "\n第 9 版") || !strings.Contains(string(text), "\n    │ 第 9 版") || strings.Contains(string(text), "\n伟") {
		t.Errorf("%v\n%s", err, text)
	}
	if got := inText("a\x1b[1m‮b\r\nc\t"); got != "a\uFFFD[1m\uFFFDb\n    │ c\uFFFD" {
		t.Errorf("%q", got)
	}
}
