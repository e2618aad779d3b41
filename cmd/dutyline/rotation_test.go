package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// rotation is a journal with what logrotate left beside it, each file long past its days, and a
// folder for backups.
type rotation struct {
	*vault
	journal, backups string
	file             string // configuration
}

func newRotation(t *testing.T) *rotation {
	t.Helper()
	r := &rotation{vault: newVault(t), journal: filepath.Join(t.TempDir(), "cel.jsonl"), backups: filepath.Join(t.TempDir(), "backups")}
	r.cfg.Journal.File, r.cfg.Retain.Journal = r.journal, 10
	r.file = writeConfig(t, r.cfg, "retention: {journal: 10}\n")
	r.put("", "{\"live\":1}\n")
	return r
}

// put writes a file that was last written so long ago that its days are over.
func (r *rotation) put(suffix, text string) {
	r.t.Helper()
	at := r.at.AddDate(0, 0, -20)
	if suffix == "" {
		at = r.at
	}
	r.ok(os.WriteFile(r.journal+suffix, []byte(text), 0o640))
	r.ok(os.Chtimes(r.journal+suffix, at, at))
}

func (r *rotation) rename(from, to string) {
	r.t.Helper()
	r.ok(os.Rename(r.journal+from, r.journal+to))
}

func (r *rotation) backup() {
	r.t.Helper()
	works(r.t, "", "backup", r.backups, "--config", r.file, "--journal", filepath.Dir(r.journal))
}

// expires runs the command, which says these words and leaves these files.
func (r *rotation) expires(what, words string, left map[string]string) {
	r.t.Helper()
	if out := works(r.t, "", "expire", "--config", r.file); !strings.Contains(out, words) {
		r.t.Errorf("%s: it does not say %q:\n%s", what, words, out)
	}
	r.holds(what, left)
}

// holds compares what rotation left, by the end of its name.
func (r *rotation) holds(what string, left map[string]string) {
	r.t.Helper()
	got := map[string]string{}
	for _, name := range names(r.t, filepath.Dir(r.journal)) {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(r.journal), name))
		r.ok(err)
		if name != "cel.jsonl" {
			got[strings.TrimPrefix(name, "cel.jsonl")] = string(text)
		}
	}
	if diff := cmp.Diff(left, got); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestRotationGivesANameToAnotherFile: what no backup holds stays, whatever its name; what one
// holds goes, and so does the next file of that name.
func TestRotationGivesANameToAnotherFile(t *testing.T) {
	r := newRotation(t)
	r.put(".1", "first\n")
	r.backup()
	r.rename(".1", ".2")
	r.put(".1", "second, in no backup\n")
	r.expires("after a rotation", "journal  cel.jsonl.2", map[string]string{".1": "second, in no backup\n"})
	r.backup()
	r.expires("backed up", "journal  cel.jsonl.1", map[string]string{})
	r.put(".1", "third\n")
	r.backup()
	r.expires("the next of that name", "journal  cel.jsonl.1", map[string]string{})
	for _, week := range []string{"a quiet week", "another one"} {
		r.put(".1", "")
		r.backup()
		r.expires(week, "journal  cel.jsonl.1", map[string]string{})
	}
	decided, err := r.db.Deletions(t.Context(), 10)
	if err != nil || len(decided) != 4 || decided[3].Name != "cel.jsonl.2" || decided[2].Digest == decided[1].Digest {
		t.Errorf("%+v, %v", decided, err)
	}
	v, err := sqlite.OpenVerifier(t.Context(), r.cfg.Log.File)
	r.ok(err)
	defer v.Close()
	report, err := v.Verify(t.Context(), sqlite.VerifyOptions{})
	if err != nil || report.Of("deletion").Intact != 4 || report.Verdict() == audit.Altered {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestARotationBetweenDecisionAndDeletion: what was decided goes under its new name, and what has
// its old name stays.
func TestARotationBetweenDecisionAndDeletion(t *testing.T) {
	r := newRotation(t)
	r.put(".1", "first\n")
	r.backup()
	x := r.expirer()
	decide := func() {
		t.Helper()
		rulings, err := x.rulings(t.Context())
		r.ok(err)
		for _, ruling := range rulings {
			if ruling.Expire {
				_, err := r.db.Expire(t.Context(), ruling, x.by) // and the daemon dies here
				r.ok(err)
			}
		}
	}
	decide()
	r.rename(".1", ".2")
	r.put(".1", "young\n")
	r.ok(x.Finish(t.Context()))
	r.holds("rotated", map[string]string{".1": "young\n"})

	r.backup()
	decide()
	r.put(".1", "else!\n") // of the same length; and what was decided is gone
	r.ok(x.Finish(t.Context()))
	r.holds("another in its place", map[string]string{".1": "else!\n"})
	r.wants("not there any more with that content")
}

// TestAFileThatChangesWhileItIsLookedAtStays: its days are those of another file.
func TestAFileThatChangesWhileItIsLookedAtStays(t *testing.T) {
	r := newRotation(t)
	r.put(".1", "first\n")
	x := r.expirer()
	objects, err := x.objects(t.Context(), r.at)
	r.ok(err)
	for _, o := range objects {
		if o.InUse {
			continue
		}
		r.ok(os.Chtimes(r.journal+".1", r.at, r.at.Add(-time.Hour)))
		if err := x.prove(t.Context(), &o); err == nil || o.Digest != "" {
			t.Errorf("%+v, %v", o, err)
		}
	}
}
