package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// manyMatters are twelve entries, the odd ones missed calls of 乙局; every third is of another category, and
// the fourth was written by somebody else than the rest.
func manyMatters(t *testing.T, db *sqlite.DB) {
	t.Helper()
	li := dutylog.Actor{Login: "lina", Name: "李娜", Role: dutylog.Officer}
	for n := 1; n <= 12; n++ {
		outcome, unit, category, by := telephony.AnsweredInTime, "沈河区甲局", dutylog.Categories()[0], officer
		if n%2 == 1 {
			outcome, unit = telephony.Missed, "沈河区乙局"
		}
		if n%3 == 0 {
			category = dutylog.Categories()[1]
		}
		if n == 4 {
			by = li
		}
		c := inbound(n, "")
		ok(t, db.Record(ctx, story(c, outcome)))
		p := patch(must(db.Entry(ctx, "e-"+c.ID))(t).Revision, values{dutylog.CallerUnit: unit, dutylog.Category: category, dutylog.Content: "停电"})
		must(db.Amend(ctx, "e-"+c.ID, p, by, noon))(t)
	}
}

// Each filter finds what it names, alone and with others, the newest first, whether it lists or is
// added to words, page by page; an order that would put the open ones first is passed over.
func TestEntriesByUnitOfficerOutcomeAndCategory(t *testing.T) {
	db := open(t)
	manyMatters(t, db)
	x := openIndex(t, db)
	caughtUp(t, x)
	all := []int{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for name, c := range map[string]struct {
		q    dutylog.EntryQuery
		want []int
	}{
		"a part of a unit":         {dutylog.EntryQuery{UnitPart: "乙"}, []int{11, 9, 7, 5, 3, 1}},
		"a part of all":            {dutylog.EntryQuery{UnitPart: "沈河"}, all},
		"signs are no pattern":     {dutylog.EntryQuery{UnitPart: "%"}, nil},
		"an outcome":               {dutylog.EntryQuery{Outcome: telephony.AnsweredInTime}, []int{12, 10, 8, 6, 4, 2}},
		"one that no call had":     {dutylog.EntryQuery{Outcome: telephony.Forwarded}, nil},
		"an outcome of a period":   {dutylog.EntryQuery{Outcome: telephony.Missed, From: inbound(5, "").OfferedAt, To: inbound(9, "").OfferedAt}, []int{7, 5}},
		"a category":               {dutylog.EntryQuery{Category: dutylog.Categories()[1]}, []int{12, 9, 6, 3}},
		"who wrote one":            {dutylog.EntryQuery{Officer: "李娜"}, []int{4}},
		"by the login":             {dutylog.EntryQuery{Officer: "lina"}, []int{4}},
		"who wrote the others":     {dutylog.EntryQuery{Officer: officer.Name}, []int{12, 11, 10, 9, 8, 7, 6, 5, 3, 2, 1}},
		"a part of a name":         {dutylog.EntryQuery{Officer: "李"}, []int{4}},
		"a name that is set apart": {dutylog.EntryQuery{Officer: " 李　娜 "}, []int{4}},
		"a part of a login":        {dutylog.EntryQuery{Officer: "LIN"}, []int{4}},
		"signs are no name":        {dutylog.EntryQuery{Officer: "%"}, nil},
		"outcome and category":     {dutylog.EntryQuery{Outcome: telephony.Missed, Category: dutylog.Categories()[1]}, []int{9, 3}},
		"within a period":          {dutylog.EntryQuery{UnitPart: "乙", From: inbound(5, "").OfferedAt, To: inbound(9, "").OfferedAt}, []int{7, 5}},
		"what is pending":          {dutylog.EntryQuery{UnitPart: "乙", Handling: dutylog.Pending}, []int{11, 9, 7, 5, 3, 1}},
		"of a reading account":     {dutylog.EntryQuery{Unit: "沈河区甲局", UnitPart: "沈河", Category: dutylog.Categories()[1]}, []int{12, 6}},
		"of another's unit":        {dutylog.EntryQuery{Unit: "沈河区甲局", UnitPart: "乙"}, nil},
	} {
		for _, limit := range []int{0, 1, 2} {
			c.q.Limit, c.q.UnfinishedFirst = limit, true
			if diff := cmp.Diff(c.want, numbersOf(t, db, c.q)); diff != "" {
				t.Errorf("%s, %d a page (-want +got):\n%s", name, limit, diff)
			}
			with := c.q
			with.Text = "停电"
			if diff := cmp.Diff(c.want, numbersFound(t, x, with)); diff != "" {
				t.Errorf("%s with words, %d a page (-want +got):\n%s", name, limit, diff)
			}
		}
	}
}

// By their outcome alone entries are walked along the index of calls, so that a rare one is found at once however
// large the log is: nothing is examined in vain, and nothing is sorted.
func TestEntriesOfAnOutcomeAreWalkedAlongItsIndex(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now, Examines: 1})
	manyMatters(t, db)
	items, next, err := db.Entries(ctx, dutylog.EntryQuery{Outcome: telephony.Missed, Limit: 6})
	if err != nil || len(items) != 6 || next != "" {
		t.Errorf("one page of six: %d, then %q (%v)", len(items), next, err)
	}
	if _, _, err := db.Entries(ctx, dutylog.EntryQuery{Outcome: telephony.Missed, Cursor: "x"}); err == nil || !strings.Contains(err.Error(), "begin again") {
		t.Errorf("a cursor of elsewhere: %v", err)
	}
	plan := must(db.PlanOf(sqlite.EntriesOfOutcome+" WHERE c.outcome = ? AND (c.offered_at, c.id) < (?, ?) ORDER BY c.offered_at DESC, c.id DESC LIMIT ?", "missed", 1, "x", 51))(t)
	if !strings.Contains(plan, "calls_by_outcome") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN e") {
		t.Errorf("it goes by\n%s", plan)
	}
}

// The officer by the roster finds his entries, too, whoever wrote them.
func TestEntriesByWhoWasOnDuty(t *testing.T) {
	db := open(t)
	manyMatters(t, db)
	e := must(db.Entry(ctx, "e-"+inbound(4, "").ID))(t)
	for _, name := range []string{e.Rostered, e.Responsible} {
		got := numbersOf(t, db, dutylog.EntryQuery{Officer: name})
		if name != "" && len(got) != 12 {
			t.Errorf("on duty was %s: %v", name, got)
		}
	}
	ok(t, db.ExecOnWriter("DROP TRIGGER entries_move_on")) // instead of months of rosters and handovers
	for column, name := range map[string]string{"rostered": "赵班", "responsible": "孙接"} {
		ok(t, db.ExecOnWriter("UPDATE entries SET body = json_set(body, '$."+column+"', '"+name+"') WHERE number = 7"))
		if diff := cmp.Diff([]int{7}, numbersOf(t, db, dutylog.EntryQuery{Officer: name})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", column, diff)
		}
	}
}

// A page reads so many entries at most and goes on from there: none is left out, none comes twice, and
// where nothing more is there no cursor says so.
func TestANarrowedListReadsABoundedNumberAtOnce(t *testing.T) {
	for examines := 1; examines <= 13; examines++ {
		db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now, Examines: examines})
		manyMatters(t, db)
		q, pages, got := dutylog.EntryQuery{Category: dutylog.Categories()[1], Limit: 3}, 0, []int(nil)
		for {
			items, next, err := db.Entries(ctx, q)
			ok(t, err)
			for _, e := range items {
				got = append(got, e.EntryNumber.Serial)
			}
			if pages++; len(items) > examines {
				t.Errorf("%d of %d examined", len(items), examines)
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
		if diff := cmp.Diff([]int{12, 9, 6, 3}, got); diff != "" || pages < 12/examines {
			t.Errorf("%d at once, %d pages (-want +got):\n%s", examines, pages, diff)
		}
	}
	db := open(t)
	for _, cursor := range []string{"x", "cyAxIA"} {
		if _, _, err := db.Entries(ctx, dutylog.EntryQuery{Category: "x", Cursor: cursor}); err == nil || !strings.Contains(err.Error(), "begin again") {
			t.Errorf("a cursor of elsewhere: %v", err)
		}
	}
	plan := must(db.PlanOf("SELECT e.call_at, e.id FROM entries e WHERE (e.call_at, e.id) < (?, ?) ORDER BY e.call_at DESC, e.id DESC LIMIT 1 OFFSET ?", 1, "x", 19999))(t)
	if !strings.Contains(plan, "entries_newest") || !strings.Contains(plan, "COVERING") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("the bound goes by\n%s", plan)
	}
}
