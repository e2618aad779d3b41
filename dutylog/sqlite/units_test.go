package sqlite_test

import (
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

// numbersOf are the serial numbers of a list, page by page.
func numbersOf(t *testing.T, db *sqlite.DB, q dutylog.EntryQuery) (serials []int) {
	t.Helper()
	for {
		items, next, err := db.Entries(ctx, q)
		ok(t, err)
		for _, e := range items {
			serials = append(serials, e.EntryNumber.Serial)
		}
		if q.Cursor = next; next == "" {
			return serials
		}
	}
}

// named gives an entry a caller's unit.
func named(t *testing.T, db *sqlite.DB, id, unit string) {
	t.Helper()
	e := must(db.Entry(ctx, id))(t)
	p := patch(e.Revision, values{dutylog.CallerUnit: unit, dutylog.Content: "火灾 " + unit})
	if e.State == dutylog.Complete {
		p.Reason = "单位写错"
	}
	must(db.Amend(ctx, id, p, leader, noon))(t)
}

// The entries of one unit are listed and searched by themselves, page by page, as they stand now: an
// entry that is corrected or erased moves along.
func TestTheEntriesOfOneUnit(t *testing.T) {
	db := open(t)
	for i := range 9 {
		ok(t, db.Record(ctx, story(inbound(i, ""), telephony.AnsweredInTime)))
		named(t, db, "e-"+inbound(i, "").ID, []string{"甲局", "乙局", "甲局下属"}[i%3])
	}
	x := openIndex(t, db)
	caughtUp(t, x)
	want := []int{7, 4, 1}
	for _, q := range []dutylog.EntryQuery{{Unit: "甲局"}, {Unit: "甲局", Limit: 1}, {Unit: "甲局", Limit: 2, UnfinishedFirst: true}, {Unit: "甲局", State: dutylog.Open}, {Unit: "甲局", Handling: dutylog.Pending}} {
		if diff := cmp.Diff(want, numbersOf(t, db, q)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", q, diff)
		}
	}
	if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Unit: "甲局", Text: "火灾", Limit: 2})); diff != "" {
		t.Errorf("searched (-want +got):\n%s", diff)
	}
	if got := numbersOf(t, db, dutylog.EntryQuery{Unit: "丙局"}); len(got) != 0 {
		t.Errorf("of a unit that never called: %v", got)
	}
	named(t, db, "e-"+inbound(3, "").ID, "乙局")
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + inbound(6, "").ID, Fields: []dutylog.Field{dutylog.CallerUnit}, Reason: "误录", By: leader}))(t)
	if diff := cmp.Diff([]int{1}, numbersOf(t, db, dutylog.EntryQuery{Unit: "甲局"})); diff != "" {
		t.Errorf("after a correction and an erasure (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{8, 5, 4, 2}, numbersOf(t, db, dutylog.EntryQuery{Unit: "乙局"})); diff != "" {
		t.Errorf("of the other unit (-want +got):\n%s", diff)
	}
}

// Neither the list of a unit nor the access log is read through.
func TestWhatAReadingAccountAsksGoesByAnIndex(t *testing.T) {
	db := open(t)
	for _, where := range []string{"", " AND e.call_at >= 0", " AND e.kind = 'duty' AND e.state = 'open'"} {
		plan := must(db.PlanOf("SELECT e.id FROM entries e WHERE json_extract(e.body, '$.values.caller_unit') = ?"+where+" ORDER BY e.call_at DESC, e.id DESC LIMIT 51", "甲局"))(t)
		if !strings.Contains(plan, "entries_of_unit") || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s goes by\n%s", where, plan)
		}
	}
}

// The unit of a reading account is kept, proved and part of what verify compares; the logins of older
// logs are what they were.
func TestTheUnitOfALoginIsProved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	reader := dutylog.Account{Login: "shenhe", Name: "沈河区", Role: dutylog.Reader, Unit: "沈河区应急局", PasswordHash: "x", CreatedAt: noon}
	ok(t, db.AddAccount(ctx, reader))
	ok(t, db.AddAccount(ctx, dutylog.Account{Login: "li", Name: "李娜", Role: dutylog.Officer, PasswordHash: "x"}))
	if got := must(db.Account(ctx, "SHENHE"))(t); got.Unit != reader.Unit || got.Role != dutylog.Reader {
		t.Errorf("%+v", got)
	}
	if err := db.AddAccount(ctx, dutylog.Account{Login: "x", Name: "x", Role: dutylog.Reader, PasswordHash: "x"}); err == nil || !strings.Contains(err.Error(), "one unit") {
		t.Errorf("a reading account without a unit: %v", err)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
		t.Fatalf("%s", findings(r))
	}
	execIn(t, path, "UPDATE accounts SET unit = '和平区应急局' WHERE login = 'shenhe'")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "shenhe") {
		t.Errorf("its unit was changed behind the log's back: %s\n%s", r.Verdict(), findings(r))
	}
}

// A log of the schema before has its entries by unit at once.
func TestAnOlderLogHasItsEntriesByUnit(t *testing.T) {
	path := atSchema(t, 30)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon.Add(2 * time.Hour)).now}))(t)
	named(t, db, "e-"+inbound(0, "").ID, "甲局")
	ok(t, db.Record(ctx, story(inbound(1, ""), telephony.Missed)))
	if got := fmt.Sprint(numbersOf(t, db, dutylog.EntryQuery{Unit: "甲局"})); got != "[1]" {
		t.Errorf("%s", got)
	}
	for _, a := range must(db.Accounts(ctx))(t) {
		if a.Unit != "" {
			t.Errorf("%+v", a)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
		t.Errorf("%s", findings(r))
	}
}
