package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// archived is a call of so many days ago with a sealed recording.
func archived(t *testing.T, db *sqlite.DB, n int, change ...func(*recorder.Recording)) telephony.Call {
	t.Helper()
	c := inbound(n, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	r := recorder.Recording{CallID: c.ID, Status: recorder.Sealed, Path: "2026/11/23/" + c.ID + ".flac", Digest: "aa", FileDigest: "bb", Size: 90, FileSize: 100,
		SealedAt: c.OfferedAt.Add(time.Minute), RemovedAt: c.OfferedAt.Add(2 * time.Minute)}
	for _, ch := range change {
		ch(&r)
	}
	ok(t, db.SaveRecording(ctx, r))
	return c
}

func ruling(c telephony.Call) recorder.Ruling {
	return recorder.Ruling{Object: recorder.Object{Kind: recorder.KindRecording, Name: c.ID, At: noon, Bytes: 100, Digest: "bb"}, Expire: true, Why: recorder.TooOld, Due: noon}
}

func TestWhatMayExpire(t *testing.T) {
	db := open(t)
	first := archived(t, db, 0)
	held := archived(t, db, 1)
	archived(t, db, 2, func(r *recorder.Recording) { r.RemovedAt, r.NextTry = time.Time{}, noon }) // not verified yet
	archived(t, db, 3, func(r *recorder.Recording) { r.Status = recorder.Failed })
	archived(t, db, 60*24) // of tomorrow
	must(db.SetHold(ctx, "e-"+held.ID, "诉讼", prosecutor))(t)
	ok(t, db.MarkBackedUp(ctx, noon, []recorder.Recording{{CallID: first.ID, Digest: "bb"}}))
	got := must(db.Expirable(ctx, noon.Add(time.Hour)))(t)
	want := []recorder.Object{
		{Kind: recorder.KindRecording, Name: first.ID, At: endOf(t, db, first), Bytes: 100, Verified: true, BackedUpAt: noon.UTC().Truncate(time.Microsecond)},
		{Kind: recorder.KindRecording, Name: held.ID, At: endOf(t, db, held), Bytes: 100, Verified: true, Held: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The recording of a call back stays as long as the entry is held of which it is, or was, a step: so does what was
// attached to its own entry, and what was read from the switch meanwhile.
func TestAHoldKeepsWhatIsOfItsSteps(t *testing.T) {
	db := open(t)
	e, own := served(t, db)
	r := must(db.Recording(ctx, own.CallID))(t)
	r.Status, r.Digest, r.FileDigest, r.Size, r.SealedAt, r.RemovedAt, r.NextTry = recorder.Sealed, "aa", "bb", 1, noon, noon, time.Time{}
	ok(t, db.SaveRecording(ctx, r))
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: own.ID, Name: "a.pdf", SealedFile: fileOf("a", 5), By: officer, Reason: "传真后到"}))(t)
	call := must(db.Call(ctx, own.CallID))(t)
	held := func() (kept, lines bool) {
		later := noon.AddDate(10, 0, 0)
		n := 0
		for _, o := range append(must(db.Expirable(ctx, later))(t), must(db.ExpirableAttachments(ctx, later))(t)...) {
			if o.Held {
				n++
			}
		}
		if n == 1 {
			t.Error("only one of recording and attachment is held")
		}
		return n == 2, slices.ContainsFunc(must(db.HeldSpans(ctx))(t), func(s sqlite.Span) bool { return s.From.Equal(own.CallAt.Add(-10 * time.Minute)) })
	}
	if kept, lines := held(); kept || lines {
		t.Errorf("nothing is held: %v, %v", kept, lines)
	}
	must(db.SetHold(ctx, e.ID, "调查", prosecutor))(t)
	for _, then := range []string{"a step", "a step that was struck out"} {
		if kept, lines := held(); !kept || !lines {
			t.Errorf("%s of a held entry: its files are held: %v, the lines: %v", then, kept, lines)
		}
		if _, err := db.Expire(ctx, ruling(call.Call), dutylog.SystemActor()); err == nil || !strings.Contains(err.Error(), "held, changed or gone") {
			t.Errorf("%s of a held entry expires: %v", then, err)
		}
		if then == "a step" {
			e = must(db.StrikeStep(ctx, e.ID, 1, "记错了", officer, noon.Add(2*time.Hour)))(t)
		}
	}
	must(db.ReleaseHold(ctx, e.ID, "调查结束", prosecutor))(t)
	if kept, lines := held(); kept || lines {
		t.Errorf("it was released: %v, %v", kept, lines)
	}
}

func endOf(t *testing.T, db *sqlite.DB, c telephony.Call) time.Time {
	t.Helper()
	return must(db.Call(ctx, c.ID))(t).EndedAt
}

func TestADecisionComesBeforeTheDeletion(t *testing.T) {
	db := open(t)
	c := archived(t, db, 0)
	begin := last(t, db)
	id := must(db.Expire(ctx, ruling(c), dutylog.SystemActor()))(t)
	r := must(db.Recording(ctx, c.ID))(t)
	if id != 1 || r.Status != recorder.Expired || r.Decision != id || !strings.Contains(r.Reason, "decision 1 (too_old)") || r.Digest != "aa" {
		t.Errorf("decision %d, row %+v", id, r)
	}
	if diff := cmp.Diff([]string{"call " + c.ID}, topics(since(t, db, begin))); diff != "" {
		t.Error(diff)
	}
	if again := must(db.Expire(ctx, ruling(c), dutylog.SystemActor()))(t); again != 0 {
		t.Errorf("decided twice: %d", again)
	}
	due := must(db.DueDeletions(ctx, noon.Add(time.Hour)))(t)
	want := []sqlite.Deletion{{ID: 1, At: noon.Truncate(time.Microsecond), Kind: recorder.KindRecording, Name: c.ID, Why: recorder.TooOld, Bytes: 100, Digest: "bb"}}
	if diff := cmp.Diff(want, due); diff != "" {
		t.Error(diff)
	}
	ok(t, db.DeletionFailed(ctx, due[0], noon.Add(2*time.Hour), "the disk is read-only"))
	if due := must(db.DueDeletions(ctx, noon.Add(time.Hour)))(t); len(due) != 0 {
		t.Errorf("%v", due)
	}
	if due := must(db.DueDeletions(ctx, noon.Add(3*time.Hour)))(t); len(due) != 1 || due[0].Attempts != 1 {
		t.Errorf("%v", due)
	}
	ok(t, db.DeletionDone(ctx, 1))
	if due := must(db.DueDeletions(ctx, noon.Add(3*time.Hour)))(t); len(due) != 0 || len(must(db.Deletions(ctx, 10))(t)) != 1 {
		t.Errorf("%v", due)
	}
	for _, statement := range []string{"DELETE FROM deletions", "UPDATE deletions SET why = 'x'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
}

func TestAHoldThatCameMeanwhileWins(t *testing.T) {
	db := open(t)
	c := archived(t, db, 0)
	must(db.SetHold(ctx, "e-"+c.ID, "诉讼", prosecutor))(t)
	if id, err := db.Expire(ctx, ruling(c), dutylog.SystemActor()); id != 0 || err == nil || !strings.Contains(err.Error(), "held, changed or gone") {
		t.Errorf("%d, %v", id, err)
	}
	if r := must(db.Recording(ctx, c.ID))(t); r.Status != recorder.Sealed || len(must(db.Deletions(ctx, 10))(t)) != 0 {
		t.Errorf("%+v", r)
	}
	kept := ruling(c)
	kept.Expire, kept.Why = false, recorder.Held
	if _, err := db.Expire(ctx, kept, dutylog.SystemActor()); err == nil || !strings.Contains(err.Error(), "held") {
		t.Errorf("%v", err)
	}
}

// TestAFileIsDecidedAboutByItsContent: rotation gives one name to many files, one after the other.
func TestAFileIsDecidedAboutByItsContent(t *testing.T) {
	db := open(t)
	rotated := func(digest recorder.Digest) recorder.Ruling {
		return recorder.Ruling{Object: recorder.Object{Kind: recorder.KindJournal, Name: "cel.jsonl.1", At: noon, Bytes: 5, Digest: digest}, Expire: true, Why: recorder.TooMuch}
	}
	decide := func(digest recorder.Digest, want int64) {
		t.Helper()
		if id := must(db.Expire(ctx, rotated(digest), dutylog.SystemActor()))(t); id != want {
			t.Errorf("%s: decision %d, want %d", digest, id, want)
		}
	}
	decide("cc", 1)
	decide("cc", 0) // it is not carried out yet
	decide("dd", 2) // the next file of that name
	ok(t, db.DeletionDone(ctx, 1))
	decide("cc", 1) // it is there again: an empty file, or one that was brought back
	if due := must(db.DueDeletions(ctx, noon.Add(time.Hour)))(t); len(due) != 2 || len(must(db.Deletions(ctx, 10))(t)) != 2 {
		t.Errorf("due: %+v", due)
	}
	if _, err := db.Expire(ctx, rotated(""), dutylog.SystemActor()); err == nil || !strings.Contains(err.Error(), "prove it first") {
		t.Errorf("a file that nobody looked at: %v", err)
	}
}

func TestWhatABackupHoldsIsKnownByItsContent(t *testing.T) {
	db := open(t)
	later := noon.Add(time.Hour)
	held := func(folder string, files ...sqlite.FileHeld) {
		t.Helper()
		ok(t, db.SetFilesBackedUp(ctx, folder, files))
	}
	since := func(want map[recorder.Digest]time.Time) {
		t.Helper()
		for digest, want := range want {
			if at := must(db.FileBackedUp(ctx, digest))(t); !at.Equal(want.Truncate(time.Microsecond)) {
				t.Errorf("%s is held since %v, want %v", digest, at, want)
			}
		}
	}
	first, tape := sqlite.FileHeld{Digest: "aa", Name: "journal/cel.jsonl.1", At: noon}, sqlite.FileHeld{Digest: "bb", Name: "tape/2026-11-23.jsonl", At: noon}
	renamed, next := sqlite.FileHeld{Digest: "aa", Name: "journal/cel.jsonl.2", At: later}, sqlite.FileHeld{Digest: "cc", Name: "journal/cel.jsonl.1", At: later}
	held("/mnt/a", first, tape, renamed, next)
	since(map[recorder.Digest]time.Time{"aa": noon, "bb": noon, "cc": later, "dd": {}})
	held("/mnt/b", renamed, next)
	held("/mnt/a", next) // the generation that held the others was removed
	since(map[recorder.Digest]time.Time{"aa": later, "bb": {}, "cc": later})
	held("/mnt/b")
	since(map[recorder.Digest]time.Time{"aa": {}, "cc": later})
}

func TestChoresAndUsageOutliveARestart(t *testing.T) {
	db := open(t)
	if next := must(db.Chore(ctx, "expire"))(t); !next.IsZero() {
		t.Errorf("%v", next)
	}
	ok(t, db.SetChore(ctx, "expire", noon))
	ok(t, db.SetChore(ctx, "expire", noon.Add(time.Hour)))
	if next := must(db.Chore(ctx, "expire"))(t); !next.Equal(noon.Add(time.Hour).Truncate(time.Microsecond)) {
		t.Errorf("%v", next)
	}
	day := noon.Truncate(24 * time.Hour)
	for _, bytes := range []int64{5, 7} {
		ok(t, db.NoteUsage(ctx, []recorder.Usage{{Day: day, Kind: recorder.KindTape, Bytes: bytes}, {Day: day.AddDate(-2, 0, 0), Kind: recorder.KindTape, Bytes: 1}}))
	}
	got := must(db.Usages(ctx, day.AddDate(-5, 0, 0)))(t)
	if diff := cmp.Diff([]recorder.Usage{{Day: day.UTC(), Kind: recorder.KindTape, Bytes: 7}}, got); diff != "" {
		t.Error(diff)
	}
	archived(t, db, 0)
	if sum := must(db.RecordingBytes(ctx))(t); sum != 100 {
		t.Errorf("%d bytes", sum)
	}
	ok(t, db.NoteSiteKeys(ctx, []string{"age1a", "age1b"}))
	ok(t, db.NoteSiteKeys(ctx, []string{"age1b"}))
	if keys := must(db.SiteKeys(ctx))(t); len(keys) != 2 || keys[0].Recipient != "age1a" || keys[0].FirstSeen.IsZero() {
		t.Errorf("%v", keys)
	}
}
