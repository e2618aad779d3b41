package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
)

// keyRoom is a duty log with its configuration, of which only the keys are of interest.
type keyRoom struct {
	t    *testing.T
	cfg  config.Config
	db   *sqlite.DB
	logs output
}

func newKeyRoom(t *testing.T) *keyRoom {
	t.Helper()
	r := &keyRoom{t: t, cfg: roomConfig(t.TempDir())}
	var err error
	if r.db, err = sqlite.Open(t.Context(), r.cfg.Log.File, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	return r
}

func (r *keyRoom) open() *archive.Keys {
	r.t.Helper()
	logger := slog.New(slog.NewTextHandler(&r.logs, nil))
	k, made, err := openKeys(r.t.Context(), r.cfg, r.db, logger)
	if err != nil {
		r.t.Fatal(err)
	}
	if made {
		tellKey(r.cfg, k, logger)
	}
	return k
}

func (r *keyRoom) file() string { return filepath.Join(r.cfg.KeysFolder(), archive.KeyFile) }

// wants insists on words in the daemon's log and on no secret in it.
func (r *keyRoom) wants(words ...string) {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.logs.String(), w) {
			r.t.Errorf("the log does not say %q:\n%s", w, r.logs.String())
		}
	}
	if strings.Contains(r.logs.String(), "AGE-SECRET") {
		r.t.Error("the key is in the log")
	}
}

func TestTheKeyIsMadeAtTheFirstStartOnly(t *testing.T) {
	r := newKeyRoom(t)
	first := r.open()
	r.wants(first.Fingerprint(), "丢失后全部录音无法恢复", archive.KeyNote)
	if again := r.open(); again.Recipient() != first.Recipient() || first.Err() != nil {
		t.Errorf("made %s, then %s", first.Fingerprint(), again.Fingerprint())
	}
	away := r.file() + ".away"
	if err := os.Rename(r.file(), away); err != nil {
		t.Fatal(err)
	}
	if k := r.open(); k.Err() == nil || !strings.Contains(k.Err().Error(), "bring it back") {
		t.Errorf("without its key the daemon has %v, %v", k.Recipients(), k.Err())
	}
	if _, err := os.Stat(r.file()); err == nil {
		t.Error("a lost key was replaced by itself")
	}
	r.wants("recordings wait on the switch", first.Fingerprint())
	if err := os.Rename(away, r.file()); err != nil {
		t.Fatal(err)
	}
	if k := r.open(); k.Recipient() != first.Recipient() {
		t.Error("the key is back, yet not used")
	}
}

func TestAKeyThatWasReplacedIsMissed(t *testing.T) {
	r := newKeyRoom(t)
	first := r.open()
	if err := os.Remove(r.file()); err != nil {
		t.Fatal(err)
	}
	works(t, "", "keys", "new", "--folder", r.cfg.KeysFolder())
	if second := r.open(); second.Recipient() == first.Recipient() {
		t.Error("no new key")
	}
	r.wants("a key with which recordings were sealed is not in the key file", first.Fingerprint())
	check := checkKeys(t.Context(), r.cfg)
	if check.OK || !strings.Contains(check.Detail, first.Fingerprint()) {
		t.Errorf("%+v", check)
	}
}

func TestKeysShowAndNew(t *testing.T) {
	r := newKeyRoom(t)
	first := r.open()
	r.cfg.ARI.Password = "x"
	file := writeConfig(t, r.cfg, "")
	shown := works(t, "", "keys", "show", "--config", file)
	if !strings.Contains(shown, "seals   "+first.Fingerprint()+"  "+first.Recipient()) || strings.Contains(shown, "AGE-SECRET") {
		t.Errorf("shown:\n%s", shown)
	}
	if out := works(t, "", "keys", "new", "--config", file); !strings.Contains(out, "1 older key(s)") {
		t.Errorf("new:\n%s", out)
	}
	shown = works(t, "", "keys", "show", "--folder", r.cfg.KeysFolder())
	if !strings.Contains(shown, "opens   "+first.Fingerprint()) || strings.Count(shown, "seals") != 1 {
		t.Errorf("shown:\n%s", shown)
	}
	refused(t, "", "which keys", "keys", "show")
	refused(t, "", "there is no key yet", "keys", "show", "--folder", t.TempDir())
}

// TestDoctorOnTheKey: what can be wrong with it is found, and nothing is touched.
func TestDoctorOnTheKey(t *testing.T) {
	r := newKeyRoom(t)
	if c := checkKeys(t.Context(), r.cfg); !c.OK || !strings.Contains(c.Detail, "made at the first start") {
		t.Errorf("before the first start: %+v", c)
	}
	keys := r.open()
	if c := checkKeys(t.Context(), r.cfg); !c.OK || !strings.Contains(c.Detail, keys.Fingerprint()) {
		t.Errorf("after it: %+v", c)
	}
	r.sealOne(keys)
	if c := checkKeys(t.Context(), r.cfg); !c.OK || !strings.Contains(c.Detail, "opens the last recording") {
		t.Errorf("after a recording: %+v", c)
	}
	sealed := filepath.Join(r.cfg.Archive.Folder, "2026/11/23/1.0.flac.age")
	content, err := os.ReadFile(sealed)
	if err != nil {
		t.Fatal(err)
	}
	for _, harm := range []struct {
		name         string
		do           func() error
		says, remedy string
	}{
		{"a cut recording", func() error { os.Chmod(sealed, 0o600); return os.WriteFile(sealed, content[:900], 0o600) }, "does not open the recording", "bring the file back"},
		{"readable by all", func() error { return os.Chmod(r.file(), 0o644) }, "can be read by others", "chmod 600"},
		{"gone", func() error { return os.Remove(r.file()) }, "neither sealed nor opened", "bring the file back"},
	} {
		if err := harm.do(); err != nil {
			t.Fatal(err)
		}
		if c := checkKeys(t.Context(), r.cfg); c.OK || !strings.Contains(c.Detail, harm.says) || !strings.Contains(c.Remedy, harm.remedy) {
			t.Errorf("%s: %+v", harm.name, c)
		}
	}
}

// sealOne seals a recording of an ended call that is in the log.
func (r *keyRoom) sealOne(keys *archive.Keys) recorder.Recording {
	r.t.Helper()
	return sealInto(r.t, r.db, r.cfg, keys, endedCall("1.0"))
}
