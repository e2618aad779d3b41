package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func TestPinsOfAComputer(t *testing.T) {
	path, now := filepath.Join(t.TempDir(), "log.db"), newClock(noon)
	db := openAt(t, path, sqlite.Options{Now: now.now})
	if must(db.KnownDevice(ctx, "d1"))(t) {
		t.Error("a computer is known on which nobody signed in")
	}
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	ok(t, db.SetPin(ctx, dutylog.Pin{Login: "zhangwei", Device: "d1", Hash: "h1", Pass: "p"}))
	if err := db.SetPin(ctx, dutylog.Pin{Login: "zhangwei", Device: "unknown", Hash: "h", Pass: "p"}); err == nil {
		t.Error("a PIN was set on a computer that is not known")
	}
	pin := must(db.Pins(ctx, "d1"))(t)[0]
	for i := range 5 {
		now.advance(time.Minute)
		after := must(db.TryPin(ctx, pin.ID, false))(t)
		if after.Failed != i+1 || after.EndedAt.IsZero() != (i < 4) {
			t.Errorf("try %d: %+v", i+1, after)
		}
	}
	if again := must(db.TryPin(ctx, pin.ID, true))(t); again.EndedAt.IsZero() || again.Why != dutylog.PinGuessed {
		t.Errorf("the right one came too late, yet %+v", again)
	}
	if left := must(db.Pins(ctx, "d1"))(t); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	ok(t, db.SetPin(ctx, dutylog.Pin{Login: "zhangwei", Device: "d1", Hash: "h2", Pass: "p"}))
	ok(t, db.SetPin(ctx, dutylog.Pin{Login: "zhangwei", Device: "d1", Hash: "h3", Pass: "p"}))
	ok(t, db.SetPin(ctx, dutylog.Pin{Login: "lina", Device: "d1", Hash: "h4", Pass: "p"}))
	pins := must(db.Pins(ctx, "d1"))(t)
	if len(pins) != 2 || pins[0].Hash != "h3" || pins[1].Login != "lina" {
		t.Fatalf("%+v", pins)
	}
	must(db.TryPin(ctx, pins[0].ID, false))(t)
	now.advance(24 * time.Hour)
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei")) // the password proves it anew
	if p := must(db.Pins(ctx, "d1"))(t)[0]; p.Failed != 0 || !p.ProvedAt.Equal(now.now().Truncate(time.Microsecond)) {
		t.Errorf("%+v", p)
	}
	ok(t, db.RemovePin(ctx, "zhangwei", "d1"))
	ok(t, db.RemovePin(ctx, "zhangwei", "d1"))
	if p := must(db.Pins(ctx, "d1"))(t); len(p) != 1 || p[0].Login != "lina" {
		t.Errorf("%+v", p)
	}
	if db.ExecOnWriter("DELETE FROM pins") == nil {
		t.Error("pins can be deleted")
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || r.Of("pin").Intact == 0 {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("pin"), findings(r))
	}
	outside(t, path, "UPDATE pins SET ended_at = NULL, failed = 0 WHERE id = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
		t.Errorf("a PIN that was guessed at holds again: %s", r.Verdict())
	}
}

func aNote(edit int64, text string) dutylog.CallNote {
	return dutylog.CallNote{Key: "0f3c9a77-1", Device: "d1", Line: "duty", BegunAt: noon.Add(5 * time.Second), Edit: edit, Text: text}
}

func TestANoteOfTheLockedScreenBecomesAPartOfItsEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	c := inbound(0, "13800001111")
	rings(t, db, c)
	for _, n := range []dutylog.CallNote{aNote(1, "沈"), aNote(3, "沈阳路起火"), aNote(2, "沈阳路")} { // the second came late
		ok(t, db.KeepNote(ctx, n))
	}
	notes := must(db.Notes(ctx, "d1"))(t)
	if len(notes) != 1 || notes[0].Text != "沈阳路起火" || notes[0].CallID != c.ID || !notes[0].BegunAt.Equal(noon.Add(5*time.Second).Truncate(time.Microsecond)) {
		t.Fatalf("%+v", notes)
	}
	if other := must(db.Notes(ctx, "d2"))(t); len(other) != 0 {
		t.Errorf("another computer sees %+v", other)
	}
	stranger := aNote(9, "x")
	stranger.Device = "d2"
	if err := db.KeepNote(ctx, stranger); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("another computer writes into it: %v", err)
	}
	if _, err := db.TakeNote(ctx, stranger, "", officer); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("another computer takes it: %v", err)
	}
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: "李娜已记"}}, leader, noon))(t)
	taken := must(db.TakeNote(ctx, aNote(4, "沈阳路起火，无伤亡"), "", officer))(t)
	if taken.Values[dutylog.Content] != "李娜已记\n沈阳路起火，无伤亡" || taken.WrittenBy != officer.Login {
		t.Errorf("%+v", taken.Values)
	}
	again := must(db.TakeNote(ctx, aNote(4, "沈阳路起火，无伤亡"), "", officer))(t)
	if again.Revision != taken.Revision || len(must(db.Notes(ctx, "d1"))(t)) != 0 {
		t.Errorf("taken twice: %+v", again)
	}
	ok(t, db.KeepNote(ctx, aNote(3, "沈阳路起火"))) // what is older changes nothing
	more := aNote(5, "沈阳路起火，无伤亡，三人被困")
	_, taking := db.TakeNote(ctx, more, "", officer)
	for what, err := range map[string]error{"kept": db.KeepNote(ctx, more), "taken": taking} {
		var refused *dutylog.NoteError
		if !errors.As(err, &refused) || refused.Reason != dutylog.NoteTaken || refused.Edit != 4 {
			t.Errorf("typed after it was taken, and %s: %v", what, err)
		}
	}
	for _, statement := range []string{"DELETE FROM call_notes", "UPDATE call_notes SET entry_id = 'x'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || r.Of("note").Intact != 1 {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("note"), findings(r))
	}
}

// The daemon was away while it rang: the log learns of the call after the note.
func TestANoteFindsItsCallLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	ok(t, db.KeepNote(ctx, aNote(1, "沈阳路")))
	if n := must(db.Notes(ctx, "d1"))(t); n[0].CallID != "" {
		t.Errorf("%+v", n)
	}
	var invalid *dutylog.InvalidError
	if _, err := db.TakeNote(ctx, aNote(1, "沈阳路"), "", officer); !errors.As(err, &invalid) || invalid.Field != "entry_id" {
		t.Errorf("%v", err)
	}
	ok(t, db.Close())
	db = openAt(t, path, sqlite.Options{Now: newClock(noon).now}) // a restart loses nothing
	if n := must(db.Notes(ctx, "d1"))(t); len(n) != 1 || n[0].Text != "沈阳路" {
		t.Fatalf("%+v", n)
	}
	c := inbound(0, "13800001111")
	ok(t, db.Record(ctx, story(c, telephony.Missed)))
	if e := must(db.TakeNote(ctx, aNote(1, "沈阳路"), "", officer))(t); e.ID != "e-"+c.ID || e.Values[dutylog.Content] != "沈阳路" {
		t.Errorf("%+v", e)
	}
}

func TestANoteIsNotTakenIntoWhatIsComplete(t *testing.T) {
	db := open(t)
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	c, other := inbound(0, "13800001111"), inbound(1, "13800002222")
	rings(t, db, c)
	ok(t, db.KeepNote(ctx, aNote(1, "打错了")))
	kind, complete := dutylog.KindWrongNumber, dutylog.Complete
	must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: 1, Kind: &kind, State: &complete}, officer, noon))(t)
	var invalid *dutylog.InvalidError
	if _, err := db.TakeNote(ctx, aNote(1, "打错了"), "", officer); !errors.As(err, &invalid) || len(must(db.Notes(ctx, "d1"))(t)) != 1 {
		t.Errorf("%v", err)
	}
	rings(t, db, other)
	if e := must(db.TakeNote(ctx, aNote(1, "打错了"), "e-"+other.ID, officer))(t); e.Values[dutylog.Content] != "打错了" {
		t.Errorf("%+v", e)
	}
	if _, err := db.TakeNote(ctx, dutylog.CallNote{Key: "0f3c9a77-2", Device: "d1", Line: "duty", BegunAt: noon, Edit: 1, Text: "x"}, "e-9.9", officer); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestAComputerKeepsSoManyNotes(t *testing.T) {
	db := open(t)
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	keep := func(i int) error {
		n := aNote(1, "x")
		n.Key = fmt.Sprintf("0f3c9a77-%d", i)
		return db.KeepNote(ctx, n)
	}
	for i := range 50 {
		ok(t, keep(i))
	}
	var invalid *dutylog.InvalidError
	if err := keep(50); !errors.As(err, &invalid) {
		t.Errorf("%v", err)
	}
	ok(t, keep(3)) // one that is there already is still kept
	plan := must(db.PlanOf("SELECT id FROM call_notes WHERE device = ? AND taken_at IS NULL ORDER BY begun_at LIMIT 9", "1"))(t)
	if !strings.Contains(plan, "call_notes_waiting") || strings.Contains(plan, "TEMP B-TREE") {
		t.Error(plan)
	}
	if diff := cmp.Diff(50, len(must(db.Notes(ctx, "d1"))(t))); diff != "" {
		t.Error(diff)
	}
}
