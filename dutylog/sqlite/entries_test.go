package sqlite_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func patch(revision int, v values) dutylog.EntryPatch {
	return dutylog.EntryPatch{Revision: revision, Values: v}
}

func TestEveryRevisionIsKept(t *testing.T) {
	c := newClock(noon)
	db := openAt(t, t.TempDir()+"/log.db", sqlite.Options{Now: c.now})
	call := inbound(0, "02422730001")
	rings(t, db, call)
	id := "e-" + call.ID
	c.advance(time.Second)
	must(db.Amend(ctx, id, patch(1, values{"content": "甲"}), officer, noon.Add(time.Second)))(t)
	c.advance(time.Second)
	complete := dutylog.Complete
	kind := dutylog.KindWrongNumber
	must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: 2, Kind: &kind, State: &complete}, leader, noon.Add(2*time.Second)))(t)

	history := must(db.Revisions(ctx, id))(t)
	if len(history) != 3 {
		t.Fatalf("%d revisions", len(history))
	}
	for i, want := range []dutylog.Actor{dutylog.SystemActor(), officer, leader} {
		r := history[i]
		if r.By != want || r.Entry.Revision != i+1 || !r.At.Equal(noon.Add(time.Duration(i)*time.Second)) {
			t.Errorf("revision %d: by %+v at %v, numbered %d", i+1, r.By, r.At, r.Entry.Revision)
		}
	}
	now := must(db.Entry(ctx, id))(t)
	if diff := cmp.Diff(now, history[2].Entry); diff != "" {
		t.Errorf("the last revision is not what stands (-stands +revision):\n%s", diff)
	}
	if history[1].Entry.Kind != dutylog.KindDuty || history[1].Entry.Values["content"] != "甲" || !now.CompletedAt.Equal(noon.Add(2*time.Second)) {
		t.Errorf("%+v", history[1].Entry)
	}
}

func TestNothingDeletesOrRewritesHistory(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	rings(t, db, c)
	must(db.Amend(ctx, "e-"+c.ID, patch(1, values{"content": "甲"}), officer, noon))(t)
	must(db.SetTag(ctx, c.ID, telephony.TagSpotCheck, true, leader))(t)
	for statement, says := range map[string]string{
		"DELETE FROM revisions":                                    "a revision is never deleted",
		"UPDATE revisions SET body = '{}'":                         "a revision is never changed",
		"UPDATE revisions SET by_login = 'somebody'":               "a revision is never changed",
		"INSERT OR REPLACE INTO revisions SELECT * FROM revisions": "a revision is never deleted",
		"DELETE FROM entries":                                      "an entry is never deleted",
		"UPDATE entries SET body = '{}'":                           "by its next revision only",
		"UPDATE entries SET id = 'x', revision = revision + 1":     "by its next revision only",
		"DELETE FROM calls":                                        "FOREIGN KEY",
		"DELETE FROM tag_changes":                                  "never deleted",
	} {
		if err := db.ExecOnWriter(statement); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", statement, err, says)
		}
	}
	if got := must(db.Revisions(ctx, "e-"+c.ID))(t); len(got) != 2 || got[1].Entry.Values["content"] != "甲" {
		t.Errorf("%+v", got)
	}
}

func TestTwoWindowsOnOneEntry(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	rings(t, db, c)
	id := "e-" + c.ID
	const windows, texts = 4, 10
	var wg sync.WaitGroup
	for w := range windows {
		wg.Go(func() {
			seen := 1
			for i := 0; i < texts; {
				text := fmt.Sprintf("window %d text %d", w, i)
				e, err := db.Amend(ctx, id, patch(seen, values{"content": text}), officer, noon)
				var stale *dutylog.StaleError
				switch {
				case errors.As(err, &stale):
					if stale.Current.Revision <= seen {
						t.Errorf("stale at %d, yet %d stands", seen, stale.Current.Revision)
					}
					seen = stale.Current.Revision
				case err != nil:
					t.Error(err)
					return
				case e.Revision != seen+1 || e.Values["content"] != text:
					t.Errorf("saved %q as revision %d after %d: %+v", text, e.Revision, seen, e.Values)
				default:
					seen, i = e.Revision, i+1
				}
			}
		})
	}
	wg.Wait()
	history := must(db.Revisions(ctx, id))(t)
	if len(history) != 1+windows*texts {
		t.Fatalf("%d revisions, want %d: a text was overwritten silently", len(history), 1+windows*texts)
	}
	written := map[string]bool{}
	for i, r := range history {
		if r.Entry.Revision != i+1 {
			t.Errorf("revision %d is numbered %d", i+1, r.Entry.Revision)
		}
		written[r.Entry.Values["content"]] = true
	}
	if len(written) != len(history) {
		t.Errorf("%d texts in %d revisions", len(written), len(history))
	}
}

func TestAmendPassesTheEntrysErrorsOn(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	complete := dutylog.Complete
	begin := last(t, db)
	_, err := db.Amend(ctx, "e-nobody", patch(1, nil), officer, noon)
	if !errors.Is(err, dutylog.ErrNotFound) || !strings.Contains(err.Error(), "e-nobody") {
		t.Errorf("%v", err)
	}
	_, err = db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: 1, State: &complete}, officer, noon)
	if !errors.As(err, new(*dutylog.IncompleteError)) {
		t.Errorf("%v", err)
	}
	_, err = db.Amend(ctx, "e-"+c.ID, patch(1, values{"colour": "red"}), officer, noon)
	if !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("%v", err)
	}
	e, err := db.Amend(ctx, "e-"+c.ID, patch(1, nil), officer, noon)
	if err != nil || e.Revision != 1 {
		t.Errorf("a patch without a change: revision %d, %v", e.Revision, err)
	}
	if got := last(t, db); got != begin {
		t.Errorf("nothing was saved, yet the feed tells %q", topics(since(t, db, begin)))
	}
}

func TestNotFoundNamesWhatWasAskedFor(t *testing.T) {
	db := open(t)
	_, call := db.Call(ctx, "17.5")
	_, entry := db.Entry(ctx, "e-17.5")
	_, revisions := db.Revisions(ctx, "e-17.5")
	for _, err := range []error{call, entry, revisions} {
		if !errors.Is(err, dutylog.ErrNotFound) || !strings.Contains(err.Error(), "17.5") {
			t.Errorf("%v", err)
		}
	}
}

// fillEntries records n missed calls, one a minute, and completes every third entry.
func fillEntries(t *testing.T, db *sqlite.DB, n int) {
	t.Helper()
	complete, kind := dutylog.Complete, dutylog.KindNuisance
	for i := range n {
		c := inbound(i, "13900001111")
		if i%2 == 1 {
			c.Line = "second"
		}
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
		if i%3 == 0 {
			must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: 2, Kind: &kind, State: &complete}, officer, noon))(t)
		}
	}
}

// minutes lists which calls the entries are of, by their minute.
func minutes(entries []dutylog.Entry) []int {
	all := []int{}
	for _, e := range entries {
		all = append(all, int(e.CallAt.Sub(noon)/time.Minute))
	}
	return all
}

func TestEntriesAreListedAsAsked(t *testing.T) {
	db := open(t)
	fillEntries(t, db, 7)
	for name, c := range map[string]struct {
		query dutylog.EntryQuery
		want  []int
	}{
		"all, newest first":   {dutylog.EntryQuery{}, []int{6, 5, 4, 3, 2, 1, 0}},
		"unfinished first":    {dutylog.EntryQuery{UnfinishedFirst: true}, []int{5, 4, 2, 1, 6, 3, 0}},
		"open":                {dutylog.EntryQuery{State: dutylog.Open}, []int{5, 4, 2, 1}},
		"of a kind":           {dutylog.EntryQuery{Kind: dutylog.KindNuisance}, []int{6, 3, 0}},
		"of a line":           {dutylog.EntryQuery{Line: "second"}, []int{5, 3, 1}},
		"of a time":           {dutylog.EntryQuery{From: noon.Add(2 * time.Minute), To: noon.Add(5 * time.Minute)}, []int{4, 3, 2}},
		"everything together": {dutylog.EntryQuery{From: noon, To: noon.Add(time.Hour), Line: "duty", State: dutylog.Complete, Kind: dutylog.KindNuisance, UnfinishedFirst: true}, []int{6, 0}},
		"nothing":             {dutylog.EntryQuery{Line: "third"}, []int{}},
	} {
		items, next, err := db.Entries(ctx, c.query)
		if diff := cmp.Diff(c.want, minutes(items)); diff != "" || err != nil || next != "" {
			t.Errorf("%s: %v, cursor %q (-want +got):\n%s", name, err, next, diff)
		}
	}
}

func TestPagesDoNotShiftWhenEntriesComeIn(t *testing.T) {
	for _, unfinishedFirst := range []bool{false, true} {
		db := open(t)
		fillEntries(t, db, 10)
		whole, _, err := db.Entries(ctx, dutylog.EntryQuery{UnfinishedFirst: unfinishedFirst})
		ok(t, err)
		var paged []dutylog.Entry
		q := dutylog.EntryQuery{UnfinishedFirst: unfinishedFirst, Limit: 3}
		for n := 20; ; n++ {
			items, next, err := db.Entries(ctx, q)
			ok(t, err)
			paged = append(paged, items...)
			if next == "" {
				break
			}
			q.Cursor = next
			if !unfinishedFirst { // a newer call comes in between two pages
				ok(t, db.Record(ctx, story(inbound(n, "1"), telephony.Missed)))
			}
		}
		if diff := cmp.Diff(minutes(whole), minutes(paged)); diff != "" {
			t.Errorf("unfinished first %v: pages (-whole +paged):\n%s", unfinishedFirst, diff)
		}
	}
}

func TestCallsOfOneMomentPageToo(t *testing.T) {
	db := open(t)
	want := 7
	for i := range want {
		c := inbound(i, "1")
		c.OfferedAt = noon
		rings(t, db, c)
	}
	seen, q := map[string]bool{}, dutylog.CallQuery{Limit: 2}
	for {
		items, next, err := db.Calls(ctx, q)
		ok(t, err)
		for _, c := range items {
			seen[c.ID] = true
		}
		if next == "" {
			break
		}
		q.Cursor = next
	}
	if len(seen) != want {
		t.Errorf("%d calls on all pages, want %d", len(seen), want)
	}
}

func TestCallsAreListedAsAsked(t *testing.T) {
	db := open(t)
	outcomes := []telephony.Outcome{telephony.Missed, telephony.AnsweredInTime, telephony.Missed, telephony.Engaged, telephony.AnsweredInTime}
	for i, o := range outcomes {
		c := inbound(i, "1")
		if i > 2 {
			c.Line = "second"
		}
		ok(t, db.Record(ctx, story(c, o)))
	}
	for name, c := range map[string]struct {
		query dutylog.CallQuery
		want  []int
	}{
		"all, newest first": {dutylog.CallQuery{}, []int{4, 3, 2, 1, 0}},
		"outcome":           {dutylog.CallQuery{Outcome: telephony.Missed}, []int{2, 0}},
		"line":              {dutylog.CallQuery{Line: "second"}, []int{4, 3}},
		"from is in":        {dutylog.CallQuery{From: noon.Add(3 * time.Minute)}, []int{4, 3}},
		"to is out":         {dutylog.CallQuery{To: noon.Add(time.Minute)}, []int{0}},
		"too large a limit": {dutylog.CallQuery{Limit: 1_000_000}, []int{4, 3, 2, 1, 0}},
	} {
		items, _, err := db.Calls(ctx, c.query)
		got := []int{}
		for _, call := range items {
			got = append(got, int(call.OfferedAt.Sub(noon)/time.Minute))
		}
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	db := open(t)
	fillEntries(t, db, 3)
	_, entries, err := db.Entries(ctx, dutylog.EntryQuery{Limit: 1})
	ok(t, err)
	_, unfinished, err := db.Entries(ctx, dutylog.EntryQuery{Limit: 1, UnfinishedFirst: true})
	ok(t, err)
	_, calls, err := db.Calls(ctx, dutylog.CallQuery{Limit: 1})
	ok(t, err)
	invalid := func(err error) {
		t.Helper()
		var e *dutylog.InvalidError
		if !errors.As(err, &e) || e.Field != "cursor" {
			t.Errorf("%v, want an error about the cursor", err)
		}
	}
	for _, cursor := range []string{entries, unfinished, "x", "%%%", "AAAA", "dSAxIHg"} {
		_, _, err := db.Calls(ctx, dutylog.CallQuery{Cursor: cursor})
		invalid(err)
	}
	_, _, err = db.Entries(ctx, dutylog.EntryQuery{Cursor: calls})
	invalid(err)
	_, _, err = db.Entries(ctx, dutylog.EntryQuery{Cursor: entries, UnfinishedFirst: true})
	invalid(err)
	_, _, err = db.Entries(ctx, dutylog.EntryQuery{Cursor: "dSAxIHg", UnfinishedFirst: true}) // "u 1 x"
	invalid(err)
}

func TestQueriesUseIndexes(t *testing.T) {
	db := open(t)
	for query, index := range map[string]string{
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id ORDER BY e.call_at DESC, e.id DESC LIMIT 50":                                                                   "entries_newest",
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id WHERE (e.call_at, e.id) < (5, 'x') ORDER BY e.call_at DESC, e.id DESC LIMIT 50":                                "entries_newest",
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id ORDER BY e.state DESC, e.call_at DESC, e.id DESC LIMIT 50":                                                     "entries_by_state",
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id WHERE (e.state, e.call_at, e.id) < ('open', 5, 'x') ORDER BY e.state DESC, e.call_at DESC, e.id DESC LIMIT 50": "entries_by_state",
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id WHERE e.kind = 'missed' ORDER BY e.call_at DESC, e.id DESC LIMIT 50":                                           "entries_by_kind",
		"SELECT e.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id WHERE e.line = 'duty' ORDER BY e.call_at DESC, e.id DESC LIMIT 50":                                             "entries_of_line",
		"SELECT * FROM calls c LEFT JOIN recordings r ON r.call_id = c.id ORDER BY c.offered_at DESC, c.id DESC LIMIT 50":                                                                             "calls_newest",
		"SELECT * FROM calls c LEFT JOIN recordings r ON r.call_id = c.id WHERE c.outcome = 'missed' ORDER BY c.offered_at DESC, c.id DESC":                                                           "calls_by_outcome",
		"SELECT * FROM calls c WHERE c.line = 'duty' ORDER BY c.offered_at DESC, c.id DESC":                                                                                                           "calls_of_line",
		"SELECT id FROM calls WHERE ended_at IS NULL ORDER BY offered_at, id":                                                                                                                         "calls_running",
		"SELECT * FROM recordings WHERE next_try <= 5 ORDER BY next_try, call_id LIMIT 500":                                                                                                           "recordings_due",
		"SELECT min(next_try) FROM recordings WHERE next_try IS NOT NULL":                                                                                                                             "recordings_due",
		"SELECT * FROM shifts WHERE from_at <= 5 AND to_at > 5 ORDER BY from_at, id":                                                                                                                  "shifts_in_time",
		"SELECT count(*) FROM alerts WHERE key = 'x' AND over_at IS NULL":                                                                                                                             "alerts_standing",
		"SELECT r.body, c.outcome FROM entries e LEFT JOIN calls c ON c.id = e.call_id JOIN revisions r ON r.entry_id = e.id WHERE e.id = 'x' ORDER BY r.revision":                                    "sqlite_autoindex_revisions_1",
	} {
		plan := must(db.PlanOf(query))(t)
		if !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") {
			t.Errorf("%s\nwants %s:\n%s", query, index, plan)
		}
	}
}
