package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// blindAt is a log in which nobody saw for twenty minutes before noon.
func blindAt(t *testing.T) (db *sqlite.DB, path string, from time.Time) {
	t.Helper()
	path, from = filepath.Join(t.TempDir(), "log.db"), noon.Add(-time.Hour+1234*time.Microsecond)
	db = openAt(t, path, sqlite.Options{})
	for _, kind := range []telephony.IntervalKind{telephony.LiveDown, telephony.JournalDown} {
		i := telephony.Interval{Kind: kind, From: from, To: from.Add(20 * time.Minute), Cause: "the daemon was not running"}
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: i.To, Interval: &i}}))
	}
	return db, path, from
}

func lateDraft(key string, from time.Time, v values) dutylog.Draft {
	return dutylog.Draft{Key: key, Line: "duty", Kind: dutylog.KindDuty, Values: v, Late: &dutylog.LateDraft{At: from.Add(10 * time.Minute), Blind: from.Truncate(time.Millisecond)}}
}

func TestALateEntryComesBackWithTheIntervalThatItCovers(t *testing.T) {
	db, path, from := blindAt(t)
	must(db.PrintBlank(ctx, 3, officer))(t)
	shift := dutylog.Shift{From: from.Add(-time.Hour), To: from.Add(15 * time.Minute), Post: dutylog.PostOfficer, Name: "前一班"}
	must(db.ImportRoster(ctx, []dutylog.Shift{shift}, dutylog.RosterImport{Reason: "排班"}, leader))(t)
	e := must(db.Write(ctx, lateDraft("late-0001", from, values{"late_reason": "系统停机", "paper_sheet": "2"}), officer, noon))(t)
	if e.Late == nil || !e.Late.Blind.Equal(from) || !e.CallAt.Equal(from.Add(10*time.Minute)) || !e.OpenedAt.Equal(noon) || e.Rostered != "前一班" {
		t.Errorf("%+v", e)
	}
	if diff := cmp.Diff(e, must(db.Entry(ctx, e.ID))(t), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-answered +kept):\n%s", diff)
	}
	want := []dutylog.LateEntry{{Blind: from, EntryID: e.ID, EntryNumber: e.EntryNumber}}
	if diff := cmp.Diff(want, must(db.LateEntries(ctx, from, from))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if other := must(db.LateEntries(ctx, from.Add(time.Microsecond), time.Time{}))(t); len(other) != 0 {
		t.Errorf("of other intervals: %v", other)
	}
	done := must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 1, Values: values{"content": "火情"}}, officer, noon))(t)
	if done.Late == nil || !done.Late.Blind.Equal(from) || done.PaperSheet() != 2 {
		t.Errorf("a change took it away: %+v", done)
	}
	listed, _, err := db.Entries(ctx, dutylog.EntryQuery{From: from, To: noon.Add(-time.Minute)})
	ok(t, err)
	if len(listed) != 1 || listed[0].Late == nil {
		t.Errorf("it is listed at the time at which it came: %+v", listed)
	}
	again := must(db.Write(ctx, lateDraft("late-0001", from, values{"late_reason": "系统停机", "paper_sheet": "2"}), officer, noon))(t)
	if again.EntryNumber != e.EntryNumber {
		t.Errorf("the same draft again is entry %v", again.EntryNumber)
	}
	intact(t, path)
}

// A form whose answer was lost is sent again: as it was it is the entry that stands, corrected it is refused with that entry.
func TestADraftThatWasCorrectedAfterItsAnswerWasLostIsNoSecondAnswer(t *testing.T) {
	db, path, from := blindAt(t)
	draft := func() dutylog.Draft {
		return lateDraft("late-0001", from, values{"late_reason": "系统停机", "content": "火情"})
	}
	e := must(db.Write(ctx, draft(), officer, noon))(t)
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 1, Values: values{"content": "火情，已扑灭"}}, officer, noon))(t)
	if again := must(db.Write(ctx, draft(), officer, noon.Add(time.Minute)))(t); again.Revision != e.Revision || again.Values["content"] != "火情，已扑灭" {
		t.Errorf("the same draft: %+v", again)
	}
	for name, change := range map[string]func(d *dutylog.Draft){
		"kind":     func(d *dutylog.Draft) { d.Kind = dutylog.KindWarning },
		"reason":   func(d *dutylog.Draft) { d.Values["late_reason"] = "停机检修" },
		"content":  func(d *dutylog.Draft) { d.Values["content"] = "火情，已扑灭" },
		"time":     func(d *dutylog.Draft) { d.Late.At = d.Late.At.Add(time.Minute) },
		"interval": func(d *dutylog.Draft) { d.Late.Blind = time.Time{} },
		"not late": func(d *dutylog.Draft) { d.Late, d.Kind, d.Values = nil, dutylog.KindFax, values{} },
	} {
		d := draft()
		change(&d)
		_, err := db.Write(ctx, d, officer, noon)
		var written *dutylog.WrittenError
		if !errors.As(err, &written) || written.Current.ID != e.ID || !strings.Contains(err.Error(), e.EntryNumber.String()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, _, err := db.Entries(ctx, dutylog.EntryQuery{}); err != nil || len(list) != 1 || list[0].Revision != e.Revision {
		t.Errorf("%+v, %v", list, err)
	}
	intact(t, path)
}

func TestLateEntriesOfNoIntervalAreKeptToo(t *testing.T) {
	db, path, from := blindAt(t)
	d := lateDraft("late-0001", from, values{"late_reason": "走访途中"})
	d.Late.Blind = time.Time{}
	if e := must(db.Write(ctx, d, officer, noon))(t); e.Late == nil || !e.Late.Blind.IsZero() || e.PaperSheet() != 0 {
		t.Errorf("%+v", e)
	}
	if got := must(db.LateEntries(ctx, time.Time{}, time.Time{}))(t); len(got) != 0 {
		t.Errorf("%v", got)
	}
	d.Late = &dutylog.LateDraft{At: noon.Add(-time.Minute), Blind: from.Truncate(time.Millisecond)}
	d.Key = "late-0002"
	if _, err := db.Write(ctx, d, officer, noon); err == nil || !strings.Contains(err.Error(), "does not fit the time") {
		t.Errorf("an interval in which it cannot have come: %v", err)
	}
	d.Late.Blind = noon
	if _, err := db.Write(ctx, d, officer, noon); err == nil || !strings.Contains(err.Error(), "no blind interval begins then") {
		t.Errorf("no interval: %v", err)
	}
	if list, _, err := db.Entries(ctx, dutylog.EntryQuery{}); err != nil || len(list) != 1 {
		t.Errorf("something of what was refused was kept: %d entries, %v", len(list), err)
	}
	// The ledger does not ask a late missed call for the call that nobody saw.
	d.Late, d.Kind = &dutylog.LateDraft{At: from}, dutylog.KindMissed
	must(db.Write(ctx, d, officer, noon))(t)
	for _, e := range must(db.LedgerEntries(ctx, time.Time{}))(t) {
		if !e.Late || len(dutylog.CheckEntry(e, noon.Add(100*time.Hour))) != 0 {
			t.Errorf("%+v", e)
		}
	}
	intact(t, path)
}

// The number of a sheet is one that was printed, and is that of one entry only.
func TestThePaperSheetOfALateEntry(t *testing.T) {
	db, path, from := blindAt(t)
	write := func(key, sheet string) (dutylog.Entry, error) {
		return db.Write(ctx, lateDraft(key, from, values{"late_reason": "停电", "paper_sheet": sheet}), officer, noon)
	}
	refused := func(what string, err error, says string) {
		t.Helper()
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "paper_sheet" || !strings.Contains(invalid.Reason, says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := write("late-0001", "1")
	refused("before any was printed", err, "no sheet with this number was printed")
	must(db.PrintBlank(ctx, 2, officer))(t)
	first := must(write("late-0001", "1"))(t)
	_, err = write("late-0002", "000001")
	refused("twice", err, "this sheet is entry "+first.EntryNumber.String()+" already")
	second := must(write("late-0002", "2"))(t)
	_, err = db.Amend(ctx, second.ID, dutylog.EntryPatch{Revision: 1, Values: values{"paper_sheet": "1"}}, officer, noon)
	refused("corrected to one that is taken", err, "already")
	_, err = db.Amend(ctx, second.ID, dutylog.EntryPatch{Revision: 1, Values: values{"paper_sheet": "3"}}, officer, noon)
	refused("corrected to one that was not printed", err, "printed")
	// A number that was read wrongly is given back, and another entry takes it.
	must(db.Amend(ctx, first.ID, dutylog.EntryPatch{Revision: 1, Values: values{"paper_sheet": ""}}, officer, noon))(t)
	must(db.Amend(ctx, second.ID, dutylog.EntryPatch{Revision: 1, Values: values{"paper_sheet": "1"}}, officer, noon))(t)
	p := must(db.PaperPrint(ctx, 1))(t)
	if diff := cmp.Diff([]dutylog.UsedSheet{{Sheet: 1, EntryID: second.ID, EntryNumber: second.EntryNumber}}, p.Used); diff != "" {
		t.Errorf("(-want +used):\n%s", diff)
	}
	intact(t, path)
}

func TestTheNumbersOfBlankSheetsGoOn(t *testing.T) {
	db, path, _ := blindAt(t)
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			if _, err := db.PrintBlank(ctx, i+1, officer); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if _, err := db.PrintBlank(ctx, 0, officer); err == nil {
		t.Error("no sheet at all was numbered")
	}
	if _, err := db.PaperPrint(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	var got []dutylog.PaperPrint
	for cursor, pages := "", 0; ; pages++ {
		page, next, err := db.PaperPrints(ctx, 4, cursor)
		ok(t, err)
		if got = append(got, page...); next == "" {
			if pages != 1 {
				t.Errorf("%d pages more", pages)
			}
			break
		}
		cursor = next
	}
	end := 21
	for _, p := range got {
		if p.Last != end || p.By != officer || p.At.IsZero() || len(p.Used) != 0 {
			t.Errorf("%+v, want one that ends with %d", p, end)
		}
		end = p.First - 1
	}
	if end != 0 || len(got) != 6 {
		t.Errorf("%d printings, and %d numbers are in none", len(got), end)
	}
	if _, _, err := db.PaperPrints(ctx, 4, "x"); err == nil {
		t.Error("a cursor that is none was taken")
	}
	intact(t, path)
}

// A printing that is dropped or changed behind the log's back is found.
func TestAPrintingIsEvidence(t *testing.T) {
	for name, change := range map[string]string{
		"changed": "UPDATE paper_prints SET by_name = '别人' WHERE id = 1",
		"dropped": "DELETE FROM paper_prints WHERE id = 1",
	} {
		db, path, _ := blindAt(t)
		must(db.PrintBlank(ctx, 3, officer))(t)
		if err := db.ExecOnWriter(change); err == nil || !strings.Contains(err.Error(), "a printing of blank sheets is never") {
			t.Errorf("%s: the trigger let it pass: %v", name, err)
		}
		ok(t, db.Close())
		outside(t, path, change)
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "paper 1") {
			t.Errorf("%s: %s", name, findings(r))
		}
	}
}

// What lists say of a late entry is what its last revision says; changed in the table alone it is found.
func TestWhatListsSayOfALateEntryIsChecked(t *testing.T) {
	for name, change := range map[string]string{
		"that it is late": "UPDATE entries SET late = 0 WHERE id = 'w-late-0001'",
		"what it covers":  "UPDATE entries SET late_from = NULL WHERE id = 'w-late-0001'",
		"covers another":  "UPDATE entries SET late_from = late_from + 1 WHERE id = 'w-late-0001'",
		"its paper sheet": "UPDATE entries SET paper_sheet = 1 WHERE id = 'w-late-0001'",
		"no sheet":        "UPDATE entries SET paper_sheet = NULL WHERE id = 'w-late-0001'",
		"another is late": "UPDATE entries SET late = 1 WHERE id = 'w-plain-001'",
	} {
		t.Run(name, func(t *testing.T) {
			db, path, from := blindAt(t)
			must(db.PrintBlank(ctx, 3, officer))(t)
			must(db.Write(ctx, lateDraft("late-0001", from, values{"late_reason": "停电", "paper_sheet": "2"}), officer, noon))(t)
			must(db.Write(ctx, dutylog.Draft{Key: "plain-001", Line: "duty", Kind: dutylog.KindFax}, officer, noon))(t)
			ok(t, db.Close())
			intact(t, path)
			outside(t, path, change)
			if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "what is shown is not its last revision") {
				t.Errorf("%s", findings(r))
			}
		})
	}
}

// An erasure of everything takes reason and number of the sheet; that it is a late entry, and of which
// interval, stays.
func TestALateEntryThatWasErasedStaysOne(t *testing.T) {
	db, path, from := blindAt(t)
	must(db.PrintBlank(ctx, 1, officer))(t)
	e := must(db.Write(ctx, lateDraft("late-0001", from, values{"late_reason": secret, "paper_sheet": "1", "content": secret}), officer, noon))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "误录", By: prosecutor}))(t)
	left := must(db.Entry(ctx, e.ID))(t)
	if left.Late == nil || !left.Late.Blind.Equal(from) || len(left.Values) != 0 || left.PaperSheet() != 0 || !left.CallAt.Equal(e.CallAt) {
		t.Errorf("%+v", left)
	}
	if covers := must(db.LateEntries(ctx, from, from))(t); len(covers) != 1 {
		t.Errorf("%v", covers)
	}
	if p := must(db.PaperPrint(ctx, 1))(t); len(p.Used) != 0 {
		t.Errorf("%+v", p)
	}
	intact(t, path)
}

// A slip in the time does not file an entry under another day for ever: corrected, it stands where it came, covers the
// interval in which it came, keeps its number and each of its versions, and the evidence is whole.
func TestALateEntryStandsWhereItCameAfterACorrection(t *testing.T) {
	db, path, from := blindAt(t)
	x := openIndex(t, db)
	ok(t, db.Record(ctx, story(inbound(-60*26, "02422730001"), telephony.Missed))) // the log is older than both days
	shift := dutylog.Shift{From: from.Add(-time.Hour), To: from.Add(15 * time.Minute), Post: dutylog.PostOfficer, Name: "前一班"}
	must(db.ImportRoster(ctx, []dutylog.Shift{shift}, dutylog.RosterImport{Reason: "排班"}, leader))(t)
	d := lateDraft("late-0001", from, values{"late_reason": "系统停机", "content": "火情"})
	right := d.Late.At
	d.Late = &dutylog.LateDraft{At: right.Add(-24*time.Hour - time.Minute)} // a slip: yesterday, in no interval
	e := must(db.Write(ctx, d, officer, noon))(t)
	if !e.Late.Blind.IsZero() || e.Rostered != "" {
		t.Fatalf("%+v", e)
	}
	caughtUp(t, x)
	next := must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 1, Late: &dutylog.LateChange{At: right}}, leader, noon.Add(time.Hour)))(t)
	if !next.CallAt.Equal(right) || !next.Late.Blind.Equal(from) || next.Rostered != "前一班" || next.EntryNumber != e.EntryNumber || next.Revision != 2 {
		t.Errorf("%+v", next)
	}
	if diff := cmp.Diff([]dutylog.LateEntry{{Blind: from, EntryID: e.ID, EntryNumber: e.EntryNumber}}, must(db.LateEntries(ctx, from, from))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	of := func(at time.Time) (ids []string) {
		items, _, err := db.Entries(ctx, dutylog.EntryQuery{From: at.Add(-time.Minute), To: at.Add(time.Minute)})
		ok(t, err)
		for _, i := range items {
			ids = append(ids, i.ID)
		}
		return ids
	}
	if then, now := of(e.CallAt), of(right); len(then) != 0 || len(now) != 1 {
		t.Errorf("listed %v where it did not come, %v where it did", then, now)
	}
	clock := func(at time.Time) []int { // in the query's words and in its stretch of time
		return numbersFound(t, x, dutylog.EntryQuery{Text: "火情 " + at.In(shanghai).Format("15:04"), From: right.Add(-time.Minute), To: right.Add(time.Minute)})
	}
	for range 2 {
		if then, now := clock(e.CallAt), clock(right); len(then) != 0 || len(now) != 1 {
			t.Errorf("found %v by the slip, %v by the time", then, now)
		}
		caughtUp(t, x)
	}
	all := must(db.Revisions(ctx, e.ID))(t)
	if len(all) != 2 || !all[0].Entry.CallAt.Equal(e.CallAt) || !all[0].Entry.Late.Blind.IsZero() || !all[1].Entry.CallAt.Equal(right) || all[1].By.Login != leader.Login {
		t.Errorf("%+v", all)
	}
	next = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 2, Late: &dutylog.LateChange{At: noon.Add(-time.Minute)}}, leader, noon))(t)
	if list := must(db.LateEntries(ctx, from, from))(t); len(list) != 0 || !next.Late.Blind.IsZero() {
		t.Errorf("it came when all was seen, and covers %v", list)
	}
	if again := must(db.Write(ctx, d, officer, noon))(t); again.Revision != 3 {
		t.Errorf("the form once more, as it was sent: %+v", again)
	}
	intact(t, path)
}
