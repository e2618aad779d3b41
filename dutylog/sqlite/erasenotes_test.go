package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// noteOf is a note that somebody began while a call ran.
func noteOf(key string, begun time.Time, edit int64, text string) dutylog.CallNote {
	return dutylog.CallNote{Key: "0f3c9a77-" + key, Device: "d1", Line: "duty", BegunAt: begun, Edit: edit, Text: text}
}

func wantErasedNote(t *testing.T, what string, err error) {
	t.Helper()
	var refused *dutylog.NoteError
	if !errors.As(err, &refused) || refused.Reason != dutylog.NoteErased || !strings.Contains(err.Error(), "write anew") {
		t.Errorf("%s: %v", what, err)
	}
}

// What was typed at the locked screen and waits for the log-in goes with its call's entry, and does not come
// back into it by the page that still has it; of another call the words go.
func TestAnErasureReachesTheNotesThatWait(t *testing.T) {
	for name, fields := range map[string][]dutylog.Field{"everything": nil, "what was written": {dutylog.Content, dutylog.CallerUnit, dutylog.CallerPerson}} {
		t.Run(name, func(t *testing.T) {
			folder, now := t.TempDir(), newClock(noon)
			db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{Now: now.now})
			ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
			c, e := told(t, db, 0)
			other, _ := told(t, db, 9)
			own, away := noteOf("1", c.OfferedAt.Add(time.Second), 2, secret+"（未写完）"), noteOf("2", c.OfferedAt.Add(2*time.Second), 1, "绝密行动在今夜")
			of := noteOf("3", other.OfferedAt.Add(time.Second), 1, "他说"+secret+"。另有三人")
			for _, n := range []dutylog.CallNote{own, of} {
				ok(t, db.KeepNote(ctx, n))
			}
			if len(must(db.Notes(ctx, "d1"))(t)) != 2 || len(found(t, folder, "未写完")) == 0 {
				t.Fatal("no notes wait: this test would prove nothing")
			}
			now.advance(time.Hour)
			must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: fields, Reason: "误录涉密内容", By: prosecutor}))(t)
			ok(t, db.Compact(ctx))
			if waits := must(db.Notes(ctx, "d1"))(t); len(waits) != 1 || waits[0].Text != "他说"+dutylog.RemarksErased+"。另有三人" {
				t.Errorf("%+v", waits)
			}
			more := own
			more.Edit, more.Text = 3, secret
			wantErasedNote(t, "kept again", db.KeepNote(ctx, more))
			wantErasedNote(t, "kept for the first time", db.KeepNote(ctx, away))
			for what, n := range map[string]dutylog.CallNote{"taken": own, "taken with more": more, "never kept": away} {
				_, err := db.TakeNote(ctx, n, "", officer)
				wantErasedNote(t, what, err)
				_, err = db.TakeNote(ctx, n, "e-"+other.ID, officer)
				wantErasedNote(t, what+" into another entry", err)
			}
			if got := must(db.TakeNote(ctx, of, "", officer))(t); got.ID != "e-"+other.ID || !strings.HasSuffix(got.Values[dutylog.Content], "\n他说"+dutylog.RemarksErased+"。另有三人") {
				t.Errorf("of the other call: %+v", got.Values)
			}
			must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + other.ID, Fields: fields, Reason: "误录", By: prosecutor}))(t)
			ok(t, db.Compact(ctx))
			if where := found(t, folder, "绝密行动", "未写完"); len(where) > 0 {
				t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
			}
		})
	}
}

// A note that found no call is not taken by hand into what was erased since it was begun. Of what was written
// afterwards nobody knows an erasure.
func TestANoteOfNoCallDoesNotBringBackWhatWasErased(t *testing.T) {
	now := newClock(noon.Add(48 * time.Hour))
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: now.now})
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	_, e := told(t, db, 0)
	before := noteOf("1", now.now().Add(-time.Minute), 1, "绝密行动")
	ok(t, db.KeepNote(ctx, before))
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}))(t)
	_, err := db.TakeNote(ctx, before, e.ID, officer)
	wantErasedNote(t, "begun before", err)
	now.advance(time.Hour)
	if got := must(db.TakeNote(ctx, noteOf("2", now.now(), 1, "补记：已回复"), e.ID, officer))(t); got.Values[dutylog.Content] != "补记：已回复" {
		t.Errorf("%+v", got.Values)
	}
}

// What is erased is not the content: of a note only the erased words go, and it is taken into its entry afterwards. A
// page that goes on with them is refused, and what is kept waits on; one that never had them may go on.
func TestAnErasureOfAnotherFieldLeavesTheNotesThatWait(t *testing.T) {
	const title = "特勤处副处长"
	folder, now := t.TempDir(), newClock(noon)
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{Now: now.now})
	ok(t, db.KnowDevice(ctx, "d1", "zhangwei"))
	c, e := told(t, db, 0)
	must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.CallerTitle: title}}, officer, noon))(t)
	telling := noteOf("1", c.OfferedAt.Add(time.Second), 2, title+"来电：三人被困")
	plain, unsent := noteOf("2", c.OfferedAt.Add(2*time.Second), 1, "三人被困"), noteOf("3", c.OfferedAt.Add(3*time.Second), 1, "消防已到")
	ok(t, db.KeepNote(ctx, telling))
	ok(t, db.KeepNote(ctx, plain))
	now.advance(time.Hour)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.CallerTitle}, Reason: "误录", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, title); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	more := telling
	more.Edit, more.Text = 3, telling.Text+"，已报告"
	wantErasedNote(t, "kept again", db.KeepNote(ctx, more))
	_, err := db.TakeNote(ctx, more, "", officer)
	wantErasedNote(t, "taken with more", err)
	plain.Edit, plain.Text = 2, "三人被困，一人轻伤"
	ok(t, db.KeepNote(ctx, plain))
	ok(t, db.KeepNote(ctx, unsent))
	for _, n := range []dutylog.CallNote{telling, plain, unsent} {
		e = must(db.TakeNote(ctx, n, "", officer))(t)
	}
	if want := "\n" + dutylog.RemarksErased + "来电：三人被困\n三人被困，一人轻伤\n消防已到"; !strings.HasSuffix(e.Values[dutylog.Content], want) {
		t.Errorf("%q does not end with %q", e.Values[dutylog.Content], want)
	}
	if len(must(db.Notes(ctx, "d1"))(t)) != 0 {
		t.Error("notes wait")
	}
}
