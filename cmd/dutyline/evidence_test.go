package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// proofRoom is a data folder with one call, its entry and its sealed recording.
type proofRoom struct {
	t    *testing.T
	cfg  config.Config
	file string // the configuration
	call string
}

func newProofRoom(t *testing.T) *proofRoom {
	t.Helper()
	dir := t.TempDir()
	r := &proofRoom{t: t, cfg: roomConfig(dir), file: filepath.Join(dir, "dutyline.yaml"), call: "1795436279.0"}
	r.write(r.file, fmt.Sprintf("log: {file: %s}\narchive: {folder: %s}\ntape: {folder: %s}\nkeys: {folder: %s}\nevidence: {send_to: %s}\n",
		r.cfg.Log.File, r.cfg.Archive.Folder, r.cfg.Tape.Folder, r.cfg.KeysFolder(), filepath.Join(dir, "away")))
	keys := newKeyRoomIn(t, r.cfg).open()
	r.withLog(func(db *sqlite.DB) {
		sealInto(t, db, r.cfg, keys, endedCall(r.call))
		patch := dutylog.EntryPatch{Revision: 1, Values: map[dutylog.Field]string{dutylog.Content: "沈河区火情"}}
		if _, err := db.Amend(t.Context(), "e-"+r.call, patch, dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}, endedCall("").EndedAt); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

func newKeyRoomIn(t *testing.T, c config.Config) *keyRoom {
	t.Helper()
	r := &keyRoom{t: t, cfg: c}
	var err error
	if r.db, err = sqlite.Open(t.Context(), c.Log.File, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	return r
}

func (r *proofRoom) withLog(do func(*sqlite.DB)) {
	r.t.Helper()
	db, err := sqlite.Open(r.t.Context(), r.cfg.Log.File, sqlite.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *proofRoom) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *proofRoom) works(args ...string) string {
	r.t.Helper()
	return works(r.t, "", append(args, "--config", r.file)...)
}

// answers runs dutyline verify and checks its exit status and words.
func answers(t *testing.T, code int, words []string, args ...string) {
	t.Helper()
	out, _, err := command("", append([]string{"verify"}, args...)...)
	got := 0
	if coded := (codedError{}); errors.As(err, &coded) {
		got = coded.code
	} else if err != nil {
		got = -1
	}
	if err != nil {
		out += err.Error()
	}
	if got != code {
		t.Errorf("verify %v: status %d, want %d\n%s", args, got, code, out)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("verify %v does not say %q:\n%s", args, w, out)
		}
	}
}

// behindTheBack changes a log as somebody would who knows SQLite: the triggers that keep its rows
// are back afterwards.
func (r *proofRoom) behindTheBack(statements ...string) {
	r.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+r.cfg.Log.File)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	var drop, restore string
	if err := db.QueryRow("SELECT group_concat('DROP TRIGGER ' || name, ';'), group_concat(sql, ';') FROM sqlite_schema WHERE type = 'trigger'").Scan(&drop, &restore); err != nil {
		r.t.Fatal(err)
	}
	for _, s := range append(append([]string{drop}, statements...), restore) {
		if _, err := db.Exec(s); err != nil {
			r.t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestVerifyAnswersInThreeWays(t *testing.T) {
	r := newProofRoom(t)
	filed := filepath.Join(t.TempDir(), "filed.txt")
	answers(t, exitCannotTell, []string{"nothing of it was ever signed"}, "--config", r.file)
	r.works("checkpoint", "--out", filed)
	print := r.works("checkpoint", "--fingerprint")
	answers(t, 0, []string{"verify: intact", "revision", "recording files  1", "holder of the signing key could have rewritten all of it", strings.TrimSpace(print)}, "--config", r.file)
	answers(t, 0, []string{"verify: intact"}, "--config", r.file, "--checkpoint", filed)
	answers(t, 0, []string{"intact: revision e-" + r.call + "/2"}, "--db", r.cfg.Log.File, "--archive", r.cfg.Archive.Folder, "--list")
	answers(t, exitCannotTell, []string{"name it with --archive", "recording files  0"}, "--db", r.cfg.Log.File, "--archive", filepath.Join(t.TempDir(), "none"))
	answers(t, exitCannotTell, []string{"no checkpoint of a duty log"}, "--config", r.file, "--checkpoint", r.file)
	answers(t, exitCannotTell, []string{"which duty log?"})
	answers(t, exitCannotTell, []string{"there is no duty log"}, "--db", filepath.Join(t.TempDir(), "none.db"))

	empty := filepath.Join(t.TempDir(), "empty.txt")
	r.write(empty, "\n")
	answers(t, exitCannotTell, []string{"is empty"}, "--config", r.file, "--checkpoint", empty)
	answers(t, exitCannotTell, []string{"names no file"}, "--config", r.file, "--checkpoint", "")
	answers(t, exitCannotTell, []string{"unknown flag"}, "--bogus")
	answers(t, exitCannotTell, []string{"unknown command"}, "more")
	answers(t, exitCannotTell, []string{"give one of them"}, "--config", r.file, "--db", r.cfg.Log.File)
	answers(t, exitCannotTell, []string{"leave --checkpoint out"}, "--exhibit", r.file, "--checkpoint", filed)

	r.behindTheBack("UPDATE revisions SET body = replace(body, '火情', '无事') WHERE revision = 2")
	answers(t, exitAltered, []string{"altered: revision e-" + r.call + "/2", "keep the files as they are"}, "--config", r.file)
}

func TestAChangedRecordingIsNamed(t *testing.T) {
	r := newProofRoom(t)
	r.works("checkpoint")
	name := ""
	if err := filepath.WalkDir(r.cfg.Archive.Folder, func(p string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".age") {
			name = p
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	answers(t, exitAltered, []string{"altered: recording file 2026/11/23/" + r.call + ".flac.age"}, "--config", r.file)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	answers(t, exitAltered, []string{"is gone"}, "--config", r.file)
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	answers(t, exitAltered, []string{"no ordinary file", "from the backup"}, "--config", r.file) // before, it waited for ever
}

// TestACutTailIsFoundFromOutside removes the newest part with everything that points to it.
func TestACutTailIsFoundFromOutside(t *testing.T) {
	r := newProofRoom(t)
	r.works("checkpoint")
	r.withLog(func(db *sqlite.DB) {
		if err := db.AddAccount(t.Context(), dutylog.Account{Login: "zhao", Name: "赵", Role: dutylog.Leader, PasswordHash: "x"}); err != nil {
			t.Fatal(err)
		}
	})
	filed := filepath.Join(t.TempDir(), "filed.txt")
	r.works("checkpoint", "--out", filed)
	r.behindTheBack("DELETE FROM accounts WHERE login = 'zhao'", "DELETE FROM records WHERE subject = 'zhao'",
		"DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)")
	answers(t, 0, []string{"the newest part could have been cut off"}, "--config", r.file)
	answers(t, exitAltered, []string{"outside checkpoint", "its newest part was cut off"}, "--config", r.file, "--checkpoint", filed)
}

func TestAnExhibitStandsByItself(t *testing.T) {
	r := newProofRoom(t)
	journal := filepath.Join(t.TempDir(), "cel.jsonl")
	r.write(journal, `{"linkedid":"1795436279.0","event":"ANSWER"}`+"\n"+`{"linkedid":"1795436279.01"}`+"\n")
	r.write(journal+".1", `{"linkedid":"1795436279.0","event":"CHAN_START"}`+"\n")
	dir := filepath.Join(t.TempDir(), "exhibit")
	said := r.works("exhibit", "2026-000001", dir, "--journal", journal)
	if !strings.Contains(said, "with its recording") || strings.Contains(said, "not in it") {
		t.Errorf("said %s", said)
	}
	answers(t, 0, []string{"verify: intact", "recording file", "access", "compare it with the one that was filed"}, "--exhibit", dir)
	for name, words := range map[string][]string{
		exhibitStatement: {"不能证明", "密钥", "2026-000001", "dutyline verify --exhibit"},
		exhibitEntry:     {"电话内容：沈河区火情", "第 2 版", "张伟（zhangwei）", "类别：值班来电　状态：未完成", "通话结果：按时接听", "响铃声数：", "结束时间：2026-"},
		exhibitJournal:   {"CHAN_START\"}\n{\"linkedid\":\"1795436279.0\",\"event\":\"ANSWER\"}\n"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s does not say %q:\n%s", name, w, text)
			}
		}
		if name == exhibitJournal && strings.Contains(string(text), "279.01") {
			t.Errorf("%s has lines of another call", name)
		}
	}
	refused(t, "", "name a new folder", "exhibit", "2026-000001", dir, "--config", r.file)
	refused(t, "", "there is no entry", "exhibit", "2026-000099", filepath.Join(t.TempDir(), "x"), "--config", r.file)
	answers(t, 0, []string{"verify: intact"}, "--config", r.file) // and who took it is on record
}

// TestAnExhibitSaysWhatWasErased: an empty field alone would look as if nobody had written it.
func TestAnExhibitSaysWhatWasErased(t *testing.T) {
	r := newProofRoom(t)
	twoPeople(t, r.cfg.Log.File)
	erased(t, r.file, "2026-000001", "误录涉密内容", "content")
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", "2026-000001", dir)
	for _, name := range []string{exhibitStatement, exhibitEntry} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "电话内容：（已依第 1 号删除决定抹去，") || strings.Contains(string(text), "火情") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// TestAnythingChangedInAnExhibitIsFound changes each file of an exhibit, one at a time.
func TestAnythingChangedInAnExhibitIsFound(t *testing.T) {
	r := newProofRoom(t)
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", "e-"+r.call, dir)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name())
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte(nil), text...)
		changed[len(changed)/2] ^= 1
		r.write(name, string(changed))
		if _, _, err := command("", "verify", "--exhibit", dir); err == nil {
			t.Errorf("%s was changed, and the exhibit is still intact", f.Name())
		} else if code := (codedError{}); !errors.As(err, &code) {
			t.Errorf("%s: %v", f.Name(), err)
		}
		r.write(name, string(text))
	}
	r.write(filepath.Join(dir, "more.txt"), "x")
	answers(t, exitAltered, []string{"altered: more.txt: it is not on the list"}, "--exhibit", dir)
	if err := errors.Join(os.Remove(filepath.Join(dir, "more.txt")), os.Remove(filepath.Join(dir, exhibitRecording))); err != nil {
		t.Fatal(err)
	}
	answers(t, exitAltered, []string{"altered: recording.flac: it is on the list and not in the folder"}, "--exhibit", dir)
	if err := unix.Mkfifo(filepath.Join(dir, exhibitRecording), 0o600); err != nil {
		t.Fatal(err)
	}
	answers(t, exitAltered, []string{"altered: recording.flac: open ", "no ordinary file"}, "--exhibit", dir)
}

// TestAnExhibitThatHidesSomething takes content away and rewrites the index.
func TestAnExhibitThatHidesSomething(t *testing.T) {
	r := newProofRoom(t)
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", "e-"+r.call, dir)
	text, err := os.ReadFile(filepath.Join(dir, exhibitIndex))
	if err != nil {
		t.Fatal(err)
	}
	var index exhibitJSON
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	for i := range index.Proofs {
		if index.Proofs[i].Subject == "e-"+r.call+"/2" {
			index.Proofs[i].Salt, index.Proofs[i].ErasedBy = nil, 1
		}
	}
	text, err = json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(dir, exhibitIndex), string(text))
	answers(t, exitAltered, []string{"exhibit.json: it is not the file that was listed", "no decision names it"}, "--exhibit", dir)

	for i, p := range index.Proofs {
		if p.Subject == "e-"+r.call+"/2" {
			index.Proofs[i].ErasedBy = 0
			p.ErasedBy, p.Index = 0, p.Index+1
			index.Proofs = append(index.Proofs, p)
			break
		}
	}
	if text, err = json.Marshal(index); err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(dir, exhibitIndex), string(text))
	answers(t, exitAltered, []string{"altered: revision e-" + r.call + "/2", "recorded a second time"}, "--exhibit", dir)
}
