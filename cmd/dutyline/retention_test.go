package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony"
	"dutyline/telephony/tape"
)

// vault is a key room with an archive and a tape, as retention finds them.
type vault struct {
	*keyRoom
	keys    *archive.Keys
	archive *archive.Archive
	at      time.Time
}

func newVault(t *testing.T) *vault {
	t.Helper()
	s := &vault{keyRoom: newKeyRoom(t), at: time.Now().Add(time.Minute)}
	s.cfg.ARI.Password = "x"
	s.keys = s.open()
	for _, folder := range s.cfg.DataFolders() {
		s.ok(os.MkdirAll(folder, 0o700))
	}
	var err error
	s.archive, err = archive.New(s.cfg.Archive.Folder, archive.Options{Keys: s.keys}, s.db, nil)
	s.ok(err)
	t.Cleanup(func() { s.archive.Close() })
	return s
}

func (s *vault) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *vault) expirer() *expirer {
	d := &data{cfg: s.cfg, log: s.db, keys: s.keys, archive: s.archive}
	x := d.expirer(dutylog.SystemActor(), slog.New(slog.NewTextHandler(&s.logs, nil)))
	x.now = func() time.Time { return s.at }
	return x
}

// tapeFile writes a file of the tape as it was left some days ago.
func (s *vault) tapeFile(daysAgo int, lines string) string {
	s.t.Helper()
	day := s.at.AddDate(0, 0, -daysAgo)
	name := tape.FileName(day, 1)
	file := filepath.Join(s.cfg.Tape.Folder, name)
	s.ok(os.WriteFile(file, []byte(lines), 0o600))
	s.ok(os.Chtimes(file, day, day))
	return name
}

func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestClosedTapesAreEncrypted(t *testing.T) {
	s := newVault(t)
	old, older, today := s.tapeFile(1, "{\"type\":\"old\"}\n"), s.tapeFile(2, "{\"type\":\"older\"}\n"), s.tapeFile(0, "{}\n")
	s.ok(os.WriteFile(filepath.Join(s.cfg.Tape.Folder, "notes.txt"), []byte("mine"), 0o600))
	s.ok(os.WriteFile(filepath.Join(s.cfg.Tape.Folder, older+".age"), []byte("cut off by a crash"), 0o600))
	c := s.expirer().tape
	for range 2 {
		s.ok(c.Close(t.Context(), s.at))
	}
	want := []string{older + ".age", old + ".age", today, "notes.txt"}
	if diff := cmp.Diff(want, names(t, s.cfg.Tape.Folder)); diff != "" {
		t.Error(diff)
	}
	for name, text := range map[string]string{old: "{\"type\":\"old\"}\n", older: "{\"type\":\"older\"}\n"} {
		r, err := c.read(c.path(name + ".age"))
		s.ok(err)
		var got bytes.Buffer
		_, err = got.ReadFrom(r)
		if r.Close(); err != nil || got.String() != text {
			t.Errorf("%s holds %q, %v", name, got.String(), err)
		}
		sealed, _ := os.ReadFile(c.path(name + ".age"))
		if info, _ := os.Stat(c.path(name + ".age")); bytes.Contains(sealed, []byte("type")) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read: %v", name, info.Mode())
		}
	}
}

func TestAWarmTapeAndOneWithoutKeysStayOpen(t *testing.T) {
	s := newVault(t)
	warm := s.tapeFile(3, "{}\n")
	today := s.tapeFile(0, "{}\n")
	s.ok(os.Chtimes(filepath.Join(s.cfg.Tape.Folder, warm), s.at, s.at)) // a clock that was set back writes here
	c := s.expirer().tape
	s.ok(c.Close(t.Context(), s.at))
	c.keys = archive.NoKeys(errors.New("away"))
	s.ok(c.Close(t.Context(), s.at.Add(time.Hour)))
	if diff := cmp.Diff([]string{warm, today}, names(t, s.cfg.Tape.Folder)); diff != "" {
		t.Error(diff)
	}
}

// TestExpiryDecidesProvesAndDeletes goes through everything at once: what goes is decided,
// named and deleted; what is held, altered or in no backup stays.
func TestExpiryDecidesProvesAndDeletes(t *testing.T) {
	s := newVault(t)
	rows := map[string]recorder.Recording{}
	for i, id := range []string{"goes.0", "held.0", "altered.0", "alone.0"} {
		call := endedCall(id)
		call.OfferedAt = call.OfferedAt.Add(time.Duration(i) * time.Hour)
		rows[id] = sealInto(t, s.db, s.cfg, s.keys, call)
		if id != "alone.0" {
			rows[id] = s.backedUp(rows[id])
		}
	}
	_, err := s.db.SetHold(t.Context(), "e-held.0", "诉讼", dutylog.SystemActor())
	s.ok(err)
	altered := filepath.Join(s.cfg.Archive.Folder, rows["altered.0"].File())
	s.ok(os.Chmod(altered, 0o600))
	s.ok(os.WriteFile(altered, []byte("other"), 0o600))
	s.at = endedCall("x").EndedAt.AddDate(0, 0, 4000)
	x := s.expirer()
	rulings, err := x.rulings(t.Context())
	s.ok(err)
	why := map[string]recorder.Why{}
	for _, r := range rulings {
		why[r.Name] = r.Why
	}
	want := map[string]recorder.Why{"goes.0": recorder.TooOld, "held.0": recorder.Held, "altered.0": recorder.Unverified, "alone.0": recorder.NotBackedUp}
	if diff := cmp.Diff(want, why); diff != "" {
		t.Error(diff)
	}
	gone, err := x.Run(t.Context())
	if err != nil || len(gone) != 1 {
		t.Errorf("%v, %v", gone, err)
	}
	for id, r := range rows {
		_, err := os.Stat(filepath.Join(s.cfg.Archive.Folder, r.File()))
		if there := err == nil; there != (id != "goes.0") {
			t.Errorf("%s is there: %v", id, there)
		}
	}
	row, err := s.db.Recording(t.Context(), "goes.0")
	if err != nil || row.Status != recorder.Expired || row.Decision != 1 || row.Digest != rows["goes.0"].Digest {
		t.Errorf("%+v, %v", row, err)
	}
	if _, _, err := s.archive.Open(t.Context(), "goes.0"); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("open: %v", err)
	}
	if gone, err := x.Run(t.Context()); err != nil || len(gone) != 0 {
		t.Errorf("a second run: %v, %v", gone, err)
	}
	s.wants("a decision of retention", "cannot be proved")
}

// backedUp notes that a backup holds a recording.
func (s *vault) backedUp(r recorder.Recording) recorder.Recording {
	s.t.Helper()
	s.ok(s.db.MarkBackedUp(s.t.Context(), s.at, []recorder.Recording{{CallID: r.CallID, Digest: r.FileDigest}}))
	return r
}

func TestTapeAndJournalExpireByTheirDays(t *testing.T) {
	s := newVault(t)
	s.cfg.Retain.RequireBackup, s.cfg.Retain.Tape, s.cfg.Retain.Journal = false, 30, 10
	gone, held, young := s.tapeFile(40, "{}\n"), s.tapeFile(35, "{}\n"), s.tapeFile(1, "{}\n")
	at := s.at.AddDate(0, 0, -35)
	call := endedCall("1.0")
	call.OfferedAt, call.RangAt, call.RangUntil, call.AnsweredAt, call.EndedAt = at, at, at, at, at
	s.ok(s.db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: at, Line: "duty", Call: &call}}))
	_, err := s.db.SetHold(t.Context(), "e-1.0", "诉讼", dutylog.SystemActor())
	s.ok(err)
	journal := filepath.Join(t.TempDir(), "cel.jsonl")
	for name, days := range map[string]int{"": 0, ".1": 5, ".2": 20, ".3": 30} {
		s.ok(os.WriteFile(journal+name, []byte("{}\n"), 0o600))
		s.ok(os.Chtimes(journal+name, s.at.AddDate(0, 0, -days), s.at.AddDate(0, 0, -days)))
	}
	x := s.expirer()
	x.journal = journal
	s.ok(x.tape.Close(t.Context(), s.at))
	rulings, err := x.Run(t.Context())
	s.ok(err)
	var went []string
	for _, r := range rulings {
		went = append(went, string(r.Kind)+" "+r.Name)
	}
	slices.Sort(went)
	// What is in the oldest file may reach back to the held call.
	if diff := cmp.Diff([]string{"journal cel.jsonl.2", "tape " + gone}, went); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{held + ".age", young}, names(t, s.cfg.Tape.Folder)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"cel.jsonl", "cel.jsonl.1", "cel.jsonl.3"}, names(t, filepath.Dir(journal))); diff != "" {
		t.Error(diff)
	}
}

// A tape goes by its age only while a generation of a backup holds it, whichever.
func TestWhatNoGenerationHoldsAnyMoreIsNotBackedUp(t *testing.T) {
	for keep, want := range map[string]bool{"1": false, "2": true, "0": true} {
		s := newVault(t)
		old := s.tapeFile(20, "{\"type\":\"old\"}\n")
		s.tapeFile(0, "{}\n")
		file, to := writeConfig(t, s.cfg, ""), filepath.Join(t.TempDir(), "backup")
		works(t, "", "backup", to, "--config", file, "--tape")
		works(t, "", "backup", to, "--config", file, "--keep", keep)
		x := s.expirer()
		x.rule = recorder.Retention{RequireBackup: true, Bounds: map[recorder.Kind]recorder.Bound{recorder.KindTape: {Days: 10}}}
		gone, err := x.Run(t.Context())
		s.ok(err)
		if _, err := os.Stat(filepath.Join(s.cfg.Tape.Folder, old)); (err != nil) != want || (len(gone) > 0) != want {
			t.Errorf("--keep %s: gone is %v, and the file %v; it goes: want %v", keep, gone, err, want)
		}
	}
}

// TestADeletionThatFailedIsTriedAgain: a decision is carried out at last, whoever died between.
func TestADeletionThatFailedIsTriedAgain(t *testing.T) {
	s := newVault(t)
	s.cfg.Retain.RequireBackup = false
	name := s.tapeFile(40, "{}\n")
	s.tapeFile(0, "{}\n")
	file := filepath.Join(s.cfg.Tape.Folder, name)
	x := s.expirer()
	rulings, err := x.rulings(t.Context())
	s.ok(err)
	id, err := s.db.Expire(t.Context(), rulings[0], x.by) // and the daemon dies here
	if err != nil || id != 1 {
		t.Fatalf("%d, %v", id, err)
	}
	s.ok(os.Remove(file))
	s.ok(os.MkdirAll(filepath.Join(file, "in the way"), 0o700))
	s.ok(x.Finish(t.Context()))
	s.wants("tried again in an hour")
	s.ok(os.RemoveAll(file))
	s.ok(os.WriteFile(file, []byte("{}\n"), 0o600))
	s.ok(x.Finish(t.Context()))
	if _, err := os.Stat(file); err != nil {
		t.Error("it is not due yet")
	}
	s.at = s.at.Add(2 * time.Hour)
	s.ok(x.Finish(t.Context()))
	if _, err := os.Stat(file); err == nil {
		t.Error("it is still there")
	}
}

func TestExpireAsACommand(t *testing.T) {
	s := newVault(t)
	s.tapeFile(40, "{}\n")
	s.tapeFile(0, "{}\n")
	file := writeConfig(t, s.cfg, "retention: {require_backup: false, tape: 30}\n")
	dry := works(t, "", "expire", "--config", file, "--dry-run")
	if !strings.Contains(dry, "too_old") || !strings.Contains(dry, "goes: 1") || !strings.Contains(dry, "stays: 1, tape: within_bound") || len(names(t, s.cfg.Tape.Folder)) != 2 {
		t.Errorf("dry:\n%s%v", dry, names(t, s.cfg.Tape.Folder))
	}
	if out := works(t, "", "expire", "--config", file); !strings.Contains(out, "goes: 1") || len(names(t, s.cfg.Tape.Folder)) != 1 {
		t.Errorf("wet:\n%s", out)
	}
	refused(t, "", "there is no duty log", "expire", "--config", writeConfig(t, roomConfig(t.TempDir()), ""))
}

func TestHoldAsACommand(t *testing.T) {
	s := newVault(t)
	sealInto(t, s.db, s.cfg, s.keys, endedCall("1.0"))
	file := writeConfig(t, s.cfg, "")
	if out := works(t, "", "hold", "2026-000001", "--reason", "诉讼保全", "--config", file); !strings.Contains(out, "entry e-1.0 (2026-000001) is held") {
		t.Errorf("%s", out)
	}
	e, err := s.db.Entry(t.Context(), "e-1.0")
	if err != nil || e.Hold == nil || !strings.HasPrefix(e.Hold.By.Login, "shell:") {
		t.Errorf("%+v, %v", e.Hold, err)
	}
	refused(t, "", "is held already", "hold", "e-1.0", "--reason", "x", "--config", file)
	twoPeople(t, s.cfg.Log.File)
	refused(t, twoPassword+"\n", "under a legal hold", "erase", "e-1.0", "--reason", "x", "--by", "sun", "--config", file)
	approved(t, file, "hold", "e-1.0", "--release", "--reason", "结案")
	refused(t, twoPassword+"\n", "is not held", "hold", "e-1.0", "--release", "--reason", "x", "--by", "sun", "--config", file)
	refused(t, "", "there is no entry", "hold", "e-9.9", "--reason", "x", "--config", file)
	refused(t, "", "--by nobody", "hold", "e-1.0", "--reason", "x", "--by", "nobody", "--config", file)
	refused(t, "", "--reason", "hold", "e-1.0", "--config", file)
}

func (s *vault) keeper(free *int64, hurried *int) *keeper {
	return &keeper{log: s.db, expirer: s.expirer(), growth: growthOf(s.cfg), reserve: 512 << 20, warn: 30,
		space: func(string) (space, error) {
			if *free < 0 {
				return space{}, errors.New("the disk is gone")
			}
			return space{free: *free}, nil
		},
		hurry: func() { *hurried++ }, logger: slog.New(slog.NewTextHandler(&s.logs, nil)), now: func() time.Time { return s.at }, trusted: func() bool { return true }}
}

func TestTheKeeperSaysHowTheDiskIs(t *testing.T) {
	s := newVault(t)
	free, hurried := int64(100<<30), 0
	k := s.keeper(&free, &hurried)
	if h := k.Health(); h.Room != "unknown" || h.Days != -1 {
		t.Errorf("before the first look: %+v", h)
	}
	day := s.at.UTC().Truncate(24 * time.Hour)
	s.ok(s.db.NoteUsage(t.Context(), []recorder.Usage{{Day: day.AddDate(0, 0, -10), Kind: recorder.KindRecording, Bytes: 1 << 30}, {Day: day, Kind: recorder.KindRecording, Bytes: 11 << 30}}))
	k.noted = s.at // what is really there must not be noted over it
	for _, c := range []struct {
		free int64
		room string
		says string
	}{
		{100 << 30, "plenty", ""}, {5 << 30, "soon", "in 4 day(s) only the reserve is left"}, {100 << 20, "edge", "nothing more is archived"}, {100 << 30, "plenty", ""},
	} {
		free = c.free
		k.turn(t.Context())
		if h := k.Health(); h.Room != c.room || !strings.Contains(h.Detail, c.says) {
			t.Errorf("%d bytes free: %+v", c.free, h)
		}
	}
	if hurried != 1 {
		t.Errorf("the collector was woken %d times, want once: when there was room again", hurried)
	}
	s.wants("the disk will be full soon", "the disk is at its edge", "the disk has room again")
	free = -1
	k.turn(t.Context())
	if h := k.Health(); !strings.Contains(h.Detail, "the disk is gone") {
		t.Errorf("%+v", h)
	}
}

func TestTheKeeperExpiresOnceADayAndFinishesAnErasure(t *testing.T) {
	s := newVault(t)
	s.cfg.Retain.RequireBackup = false
	free, hurried := int64(100<<30), 0
	s.tapeFile(0, "{}\n")
	k := s.keeper(&free, &hurried)
	k.turn(t.Context())
	s.tapeFile(50, "{}\n")
	k.turn(t.Context())
	if len(names(t, s.cfg.Tape.Folder)) != 2 {
		t.Error("it looks twice a day")
	}
	s.ok(s.db.SetChore(t.Context(), "compact", s.at)) // a command erased, and was killed
	s.at = s.at.Add(25 * time.Hour)
	k.turn(t.Context())
	if len(names(t, s.cfg.Tape.Folder)) != 1 {
		t.Errorf("the next day: %v", names(t, s.cfg.Tape.Folder))
	}
	if due, err := s.db.Chore(t.Context(), "compact"); err != nil || !due.IsZero() {
		t.Errorf("the log was not compacted: %v, %v", due, err)
	}
}

// A clock that somebody set years ahead deletes nothing, and one that was ahead when the next
// look was noted holds up none.
func TestAClockThatLeaptExpiresNothing(t *testing.T) {
	s := newVault(t)
	s.cfg.Retain.RequireBackup = false
	free, hurried := int64(100<<30), 0
	s.tapeFile(0, "{}\n")
	s.tapeFile(20, "{}\n")
	k := s.keeper(&free, &hurried)
	h := &handClock{day: s.at}
	c := h.clock()
	k.now, k.expirer.now, k.trusted = c.Now, c.Now, c.Trusted
	c.Now()
	h.pass(time.Second)
	h.day = h.day.AddDate(9, 0, 0)
	k.turn(t.Context())
	if len(names(t, s.cfg.Tape.Folder)) != 2 {
		t.Error("a clock set nine years ahead deleted a tape of twenty days")
	}
	s.wants("nothing expires until the clock has stood for a day")
	s.ok(s.db.SetChore(t.Context(), expireRun, h.day))
	h.day = h.day.AddDate(-9, 0, 25)
	h.pass(time.Second)
	k.turn(t.Context())
	if len(names(t, s.cfg.Tape.Folder)) != 2 {
		t.Error("set back, it is trusted at once")
	}
	h.pass(doubtFor)
	k.turn(t.Context())
	if len(names(t, s.cfg.Tape.Folder)) != 1 {
		t.Errorf("a day later: %v", names(t, s.cfg.Tape.Folder))
	}
}

func TestAStartLongAfterTheLastSignOfLifeIsDoubted(t *testing.T) {
	for away, want := range map[time.Duration]bool{time.Hour: true, 30 * 24 * time.Hour: true, 32 * 24 * time.Hour: false, -2 * time.Hour: false} {
		h := &handClock{day: time.Now()}
		c := h.clock()
		c.Now()
		c.since(h.day.Add(-away))
		if c.Trusted() != want {
			t.Errorf("after %v: trusted %v", away, c.Trusted())
		}
		if h.pass(doubtFor); !c.Trusted() {
			t.Errorf("after %v and a day: still doubted", away)
		}
	}
	c := newClock()
	if c.since(time.Time{}); !c.Trusted() {
		t.Error("the very first start is doubted")
	}
}

func TestDoctorOnTheRoom(t *testing.T) {
	s := newVault(t)
	if c := checkRoom(t.Context(), s.cfg); !c.OK || !strings.Contains(c.Detail, "after two days") {
		t.Errorf("%+v", c)
	}
	day := time.Now().UTC().Truncate(24 * time.Hour)
	s.ok(s.db.NoteUsage(t.Context(), []recorder.Usage{{Day: day.AddDate(0, 0, -1), Kind: recorder.KindTape, Bytes: 1}, {Day: day, Kind: recorder.KindTape, Bytes: 1 << 50}}))
	if c := checkRoom(t.Context(), s.cfg); c.OK || !strings.Contains(c.Detail, "only the reserve is left") {
		t.Errorf("%+v", c)
	}
	s.cfg.Disk.ReserveMB = 1 << 40
	if c := checkRoom(t.Context(), s.cfg); c.OK || !strings.Contains(c.Detail, "less than the reserve") {
		t.Errorf("%+v", c)
	}
}
