package sqlite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

const (
	secret = "绝密行动：今夜子时转移<37>箱"
	unit   = "沈河区某专项办公室"
)

var prosecutor = dutylog.Actor{Login: "sun", Name: "孙督查", Role: dutylog.Supervisor}

// told is an answered call whose entry was typed in several steps, as autosave does it.
func told(t *testing.T, db *sqlite.DB, n int) (telephony.Call, dutylog.Entry) {
	t.Helper()
	c := inbound(n, "02422730001")
	c.CallerName = "王强"
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	id := "e-" + c.ID
	for _, v := range []values{{dutylog.Content: secret[:30]}, {dutylog.Content: secret, dutylog.CallerUnit: unit}, {dutylog.Content: secret + "，已复诵"}, {dutylog.Content: "已改写"}} {
		e := must(db.Entry(ctx, id))(t)
		must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: e.Revision, Values: v}, officer, noon))(t)
	}
	gaps := map[dutylog.Field]*dutylog.Gap{dutylog.CallerPerson: {Why: dutylog.Refused, Reason: "对方说出" + secret}}
	e := must(db.Entry(ctx, id))(t)
	return c, must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: e.Revision, Gaps: gaps}, officer, noon))(t)
}

// forms are how a text may lie in a file: as it is, and as JSON writes it with escapes.
func forms(word string) (all [][]byte) {
	plain, _ := json.Marshal(word)
	ascii := ""
	for _, r := range word {
		ascii += fmt.Sprintf(`\u%04x`, r)
	}
	for _, f := range []string{word, strings.Trim(string(plain), `"`), ascii, strings.ToUpper(ascii)} {
		all = append(all, []byte(strings.ReplaceAll(f, `\U`, `\u`)))
	}
	return all
}

// found names every file below a folder in which some form of a word is.
func found(t *testing.T, folder string, words ...string) (where []string) {
	t.Helper()
	ok(t, filepath.Walk(folder, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		for _, w := range words {
			for _, f := range forms(w) {
				if bytes.Contains(content, f) {
					where = append(where, fmt.Sprintf("%s: %q", filepath.Base(name), f))
				}
			}
		}
		return err
	}))
	return where
}

func TestErasedWordsAreInNoByteOfTheLog(t *testing.T) {
	folder := t.TempDir()
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{})
	var entries []dutylog.Entry
	for n := range 40 { // so that pages split, and copies of rows are left in unused ones
		_, e := told(t, db, n)
		entries = append(entries, e)
	}
	words := []string{"绝密行动", unit, "今夜子时", "转移<37>", "移<37>"}
	if len(found(t, folder, words...)) == 0 {
		t.Fatal("the words are nowhere: this test would prove nothing")
	}
	for _, e := range entries {
		o := dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content, dutylog.CallerUnit, dutylog.CallerPerson}, Reason: "误录涉密内容", By: prosecutor}
		must(db.EraseNow(ctx, o))(t)
	}
	ok(t, db.Compact(ctx))
	if where := found(t, folder, words...); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	ok(t, db.Verify(ctx))
	got := must(db.Entry(ctx, entries[0].ID))(t)
	if len(got.Erased) != 1 || got.Erased[0].Decision != 1 || got.Revision != entries[0].Revision+1 || got.WrittenBy != "sun" {
		t.Errorf("%+v", got)
	}
	for i, r := range must(db.Revisions(ctx, entries[0].ID))(t) {
		if r.Entry.Revision != i+1 || len(r.Entry.Erased) != 1 || r.Entry.Values[dutylog.Content] != "" {
			t.Errorf("revision %d: %+v", i+1, r.Entry)
		}
	}
	if due := must(db.Chore(ctx, "compact"))(t); !due.IsZero() {
		t.Errorf("there is nothing left to do, yet %v", due)
	}
}

func TestEraseEverythingOfACall(t *testing.T) {
	folder := t.TempDir()
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{})
	c, e := told(t, db, 0)
	other, _ := told(t, db, 1)
	r := recorder.Recording{CallID: c.ID, Status: recorder.Sealed, Path: "2026/11/23/x.flac", Digest: "aa", FileDigest: "bb", FileSize: 7, SealedAt: noon, RemovedAt: noon}
	ok(t, db.SaveRecording(ctx, r))
	o := dutylog.ErasureOrder{EntryID: e.ID, Reason: "个人信息，当事人要求", By: prosecutor}
	tr := must(db.Traces(ctx, o))(t)
	if diff := cmp.Diff([]string{"02422730001", "+862422730001", "王强"}, tr.Names); diff != "" || tr.CallID != c.ID || tr.Recording.Path != r.Path {
		t.Errorf("%+v\n%s", tr, diff)
	}
	decision := must(db.EraseNow(ctx, o))(t)
	ok(t, db.Compact(ctx))
	call := must(db.Call(ctx, c.ID))(t)
	if call.Caller != (telephony.Number{}) || call.CallerName != "" || call.Recording.Status != recorder.Erased || call.Recording.Decision != decision {
		t.Errorf("%+v", call)
	}
	if call.AnsweredAt.IsZero() || call.Outcome != telephony.AnsweredInTime {
		t.Error("that there was a call has to stay")
	}
	left := must(db.Entry(ctx, e.ID))(t)
	if len(left.Values)+len(left.Gaps)+len(left.Candidates) != 0 || left.Number != (telephony.Number{}) {
		t.Errorf("%+v", left)
	}
	if wait := must(db.Remainder(ctx, time.Time{}))(t).Unsettled; call.SettledBy != telephony.SettledByARI || len(wait) != 1 || wait[0].ID != other.ID {
		t.Errorf("the journal has nothing of it any more, and it is waited for: %q, %d calls", call.SettledBy, len(wait))
	}
	if o := must(db.Call(ctx, other.ID))(t); o.CallerName != "王强" {
		t.Error("the other call was touched")
	}
	r.Status = recorder.Sealed // a try that was under way
	ok(t, db.SaveRecording(ctx, r))
	if now := must(db.Recording(ctx, c.ID))(t); now.Status != recorder.Erased {
		t.Errorf("the recording came back: %+v", now)
	}
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime))) // said again, as after a restart
	if now := must(db.Entry(ctx, e.ID))(t); now.Revision != left.Revision || now.Number != (telephony.Number{}) {
		t.Errorf("the number came back: %+v", now)
	}
}

func TestWhoMayNotErase(t *testing.T) {
	db := open(t)
	c, e := told(t, db, 0)
	good := dutylog.ErasureOrder{EntryID: e.ID, Reason: "误录", By: prosecutor}
	must(db.SetHold(ctx, e.ID, "诉讼保全", prosecutor))(t)
	wantInvalid := func(what string, err error) {
		t.Helper()
		if !errors.As(err, new(*dutylog.InvalidError)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := db.EraseNow(ctx, good)
	wantInvalid("held", err)
	_, err = db.Traces(ctx, good)
	wantInvalid("traces of a held one", err)
	must(db.ReleaseHold(ctx, e.ID, "结案", prosecutor))(t)
	if _, err := db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-none", Reason: "x", By: prosecutor}); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	running := inbound(9, "02422730009")
	rings(t, db, running)
	good.EntryID = "e-" + running.ID
	_, err = db.Traces(ctx, good)
	wantInvalid("a running call", err)
	if _, err := db.Entry(ctx, "e-"+c.ID); err != nil {
		t.Error(err)
	}
}

// TestTheDoorIsOpenForOneDecisionOnly tries everything else that SQL could do to a revision.
func TestTheDoorIsOpenForOneDecisionOnly(t *testing.T) {
	db := open(t)
	_, e := told(t, db, 0)
	_, other := told(t, db, 1)
	order := dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}
	must(db.EraseNow(ctx, order))(t)
	door := "INSERT INTO erasing (entry_id, decision) VALUES ('%s', %d);"
	fresh := "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + other.ID + "', 'x', '[]');"
	erased := `json_insert(json_remove(body, '$.values.content'), '$.erased', json('[{"decision":2,"at":1}]'))`
	set := "UPDATE revisions SET body = %s WHERE entry_id = '" + other.ID + "';"
	end := "DELETE FROM erasing;"
	for name, script := range map[string]string{
		"without a decision":                  fmt.Sprintf(set, erased),
		"with a decision that was used":       fmt.Sprintf(door, e.ID, 1) + "UPDATE revisions SET body = '{}' WHERE entry_id = '" + e.ID + "';" + end,
		"with a decision about another entry": fresh + fmt.Sprintf(door, e.ID, 2),
		"with a decision that there is not":   fmt.Sprintf(door, other.ID, 9),
		"without closing the door":            fresh + fmt.Sprintf(door, other.ID, 2),
		"more than words":                     fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, "json_set("+erased+", '$.kind', 'nuisance')") + end,
		"other words":                         fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, "json_set("+erased+", '$.values.content', '平安')") + end,
		"a word more":                         fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, "json_set("+erased+", '$.values.category', '其他')") + end,
		"another author":                      fresh + fmt.Sprintf(door, other.ID, 2) + "UPDATE revisions SET by_login = 'x' WHERE entry_id = '" + other.ID + "';" + end,
		"the wrong decision in the body":      fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, strings.Replace(erased, `"decision":2`, `"decision":1`, 1)) + end,
		"no JSON":                             fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, "'gone'") + end,
		"deleting it":                         fresh + fmt.Sprintf(door, other.ID, 2) + "DELETE FROM revisions WHERE entry_id = '" + other.ID + "';" + end,
	} {
		if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
			t.Errorf("%s: it works", name)
		}
		_ = db.ExecOnWriter("ROLLBACK")
	}
	if err := db.ExecOnWriter("BEGIN;" + fresh + fmt.Sprintf(door, other.ID, 2) + fmt.Sprintf(set, erased) + end + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}

func TestHoldsAreKept(t *testing.T) {
	db := open(t)
	_, e := told(t, db, 0)
	begin := last(t, db)
	held := must(db.SetHold(ctx, e.ID, "诉讼保全\x00", prosecutor))(t)
	want := &dutylog.Hold{Reason: "诉讼保全", By: prosecutor, At: noon.Truncate(time.Microsecond)}
	if diff := cmp.Diff(want, held.Hold); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"entry " + e.ID}, topics(since(t, db, begin))); diff != "" {
		t.Error(diff)
	}
	list, _, err := db.Entries(ctx, dutylog.EntryQuery{})
	if err != nil || len(list) != 1 || list[0].Hold == nil || must(db.Revisions(ctx, e.ID))(t)[0].Entry.Hold == nil {
		t.Errorf("%+v, %v", list, err)
	}
	if spans := must(db.HeldSpans(ctx))(t); len(spans) != 1 || !spans[0].Overlaps(sqlite.Span{From: noon, To: noon}) {
		t.Errorf("%v", spans)
	}
	if _, err := db.SetHold(ctx, e.ID, "again", prosecutor); err == nil {
		t.Error("held twice")
	}
	if free := must(db.ReleaseHold(ctx, e.ID, "结案", prosecutor))(t); free.Hold != nil {
		t.Errorf("%+v", free.Hold)
	}
	for _, statement := range []string{"DELETE FROM holds", "UPDATE holds SET reason = 'x'", "DELETE FROM deletions", "DELETE FROM erasures_used"} {
		if err := db.ExecOnWriter(statement); err == nil && strings.Contains(statement, "holds") {
			t.Errorf("%s works", statement)
		}
	}
	if spans := must(db.HeldSpans(ctx))(t); len(spans) != 0 {
		t.Errorf("%v", spans)
	}
	if _, err := db.SetHold(ctx, "e-none", "x", prosecutor); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// Of a call that was placed, the other party is whom it was placed to. The line's own number
// stands in every call of the line and is no trace of one.
func TestEraseEverythingOfAnOutgoingCall(t *testing.T) {
	folder := t.TempDir()
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{})
	c := inbound(0, "02422739110")
	c.Direction, c.CallerName, c.Called = telephony.Outbound, "值班室", telephony.ParseNumber("13804050062", "024")
	ok(t, db.Record(ctx, story(c, telephony.PlacedUnanswered)))
	o := dutylog.ErasureOrder{EntryID: "e-" + c.ID, Reason: "个人信息，当事人要求", By: prosecutor}
	if diff := cmp.Diff([]string{"13804050062", "+8613804050062"}, must(db.Traces(ctx, o))(t).Names); diff != "" {
		t.Error(diff)
	}
	must(db.EraseNow(ctx, o))(t)
	ok(t, db.Compact(ctx))
	check := func(when string) {
		t.Helper()
		call := must(db.Call(ctx, c.ID))(t)
		if call.Called != (telephony.Number{}) || call.Caller != c.Caller || call.Outcome != telephony.PlacedUnanswered {
			t.Errorf("%s: %+v", when, call)
		}
		if e := must(db.Entry(ctx, "e-"+c.ID))(t); e.Number != (telephony.Number{}) || len(e.Values) != 0 {
			t.Errorf("%s: %+v", when, e)
		}
	}
	check("erased")
	if where := found(t, folder, "13804050062"); len(where) > 0 {
		t.Errorf("the number is still in\n%s", strings.Join(where, "\n"))
	}
	ok(t, db.Verify(ctx))
	journal := story(c, telephony.PlacedUnanswered) // what the journal says of it afterwards
	for _, ch := range journal {
		ch.Call.SettledBy = telephony.SettledByJournal
	}
	ok(t, db.Record(ctx, journal))
	check("said again by the journal")
}
