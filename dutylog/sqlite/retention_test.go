package sqlite_test

import (
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
	return recorder.Ruling{Object: recorder.Object{Kind: recorder.KindRecording, Name: c.ID, At: noon, Bytes: 100}, Expire: true, Why: recorder.TooOld, Due: noon}
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

func endOf(t *testing.T, db *sqlite.DB, c telephony.Call) time.Time {
	t.Helper()
	return must(db.Call(ctx, c.ID))(t).EndedAt
}

func TestADecisionComesBeforeTheDeletion(t *testing.T) {
	db := open(t)
	c := archived(t, db, 0)
	begin := last(t, db)
	id := must(db.Expire(ctx, ruling(c), "bb", dutylog.SystemActor()))(t)
	r := must(db.Recording(ctx, c.ID))(t)
	if id != 1 || r.Status != recorder.Expired || r.Decision != id || !strings.Contains(r.Reason, "decision 1 (too_old)") || r.Digest != "aa" {
		t.Errorf("decision %d, row %+v", id, r)
	}
	if diff := cmp.Diff([]string{"call " + c.ID}, topics(since(t, db, begin))); diff != "" {
		t.Error(diff)
	}
	if again := must(db.Expire(ctx, ruling(c), "bb", dutylog.SystemActor()))(t); again != 0 {
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
	if id, err := db.Expire(ctx, ruling(c), "bb", dutylog.SystemActor()); id != 0 || err == nil || !strings.Contains(err.Error(), "held, changed or gone") {
		t.Errorf("%d, %v", id, err)
	}
	if r := must(db.Recording(ctx, c.ID))(t); r.Status != recorder.Sealed || len(must(db.Deletions(ctx, 10))(t)) != 0 {
		t.Errorf("%+v", r)
	}
	kept := ruling(c)
	kept.Expire, kept.Why = false, recorder.Held
	if _, err := db.Expire(ctx, kept, "bb", dutylog.SystemActor()); err == nil || !strings.Contains(err.Error(), "held") {
		t.Errorf("%v", err)
	}
}

func TestFilesExpireOnce(t *testing.T) {
	db := open(t)
	r := recorder.Ruling{Object: recorder.Object{Kind: recorder.KindTape, Name: "2026-11-01.jsonl", At: noon, Bytes: 5}, Expire: true, Why: recorder.TooMuch}
	if id := must(db.Expire(ctx, r, "cc", dutylog.SystemActor()))(t); id != 1 {
		t.Errorf("%d", id)
	}
	ok(t, db.MarkFilesBackedUp(ctx, recorder.KindTape, []string{"a", "b"}, noon))
	ok(t, db.MarkFilesBackedUp(ctx, recorder.KindTape, []string{"b", "c"}, noon.Add(time.Hour)))
	held := must(db.FilesBackedUp(ctx, recorder.KindTape))(t)
	if len(held) != 3 || !held["b"].Equal(noon.Truncate(time.Microsecond)) || len(must(db.FilesBackedUp(ctx, recorder.KindJournal))(t)) != 0 {
		t.Errorf("%v", held)
	}
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
