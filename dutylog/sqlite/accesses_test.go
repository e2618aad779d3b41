package sqlite_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// accessed lists what is found as "login what object", page by page.
func accessed(t *testing.T, db *sqlite.DB, q dutylog.AccessQuery) (list []string) {
	t.Helper()
	for {
		items, next, err := db.Accesses(ctx, q)
		ok(t, err)
		for _, a := range items {
			list = append(list, fmt.Sprint(a.By.Login, " ", a.What, " ", a.Object))
		}
		if q.Cursor = next; next == "" {
			return list
		}
	}
}

// lookedAt is a log with accesses a minute apart, in this order.
func lookedAt(t *testing.T) *sqlite.DB {
	t.Helper()
	db := open(t)
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	call := inbound(0, "").ID
	for i, a := range []dutylog.Access{
		{By: leader, What: "entry.see", Object: "e-" + call, Address: "10.0.0.7"},
		{By: leader, What: "recording.play", Object: call, Address: "10.0.0.7"},
		{By: dutylog.Actor{Login: "sun", Name: "孙丽", Role: dutylog.Auditor}, What: "attachment.take", Object: "e-" + call + "/4"},
		{By: dutylog.Actor{Login: "sun", Name: "孙丽", Role: dutylog.Auditor}, What: "entry.see", Object: "e-" + call + "5"},
		{By: leader, What: "log.print", Object: "值班日志-2026-11-23"},
		{By: dutylog.Actor{Login: "root"}, What: dutylog.TookExhibit, Object: "e-" + call},
		{By: leader, What: "entry.see", Object: "entries"},
	} {
		a.At = noon.Add(time.Duration(i) * time.Minute)
		ok(t, db.NoteAccess(ctx, a))
	}
	return db
}

func TestWhoSawAnEntryOrListenedToItsCall(t *testing.T) {
	db := lookedAt(t)
	call := inbound(0, "").ID
	all := []string{leader.Login + " entry.see entries", "root exhibit.make e-" + call, leader.Login + " log.print 值班日志-2026-11-23", "sun entry.see e-" + call + "5",
		"sun attachment.take e-" + call + "/4", leader.Login + " recording.play " + call, leader.Login + " entry.see e-" + call}
	pick := func(n ...int) (some []string) {
		for _, i := range n {
			some = append(some, all[i])
		}
		return some
	}
	for name, c := range map[string]struct {
		q    dutylog.AccessQuery
		want []string
	}{
		"all":                  {dutylog.AccessQuery{}, all},
		"one by one":           {dutylog.AccessQuery{Limit: 1}, all},
		"an entry":             {dutylog.AccessQuery{Objects: []string{"e-" + call}}, pick(1, 4, 6)},
		"an entry in pages":    {dutylog.AccessQuery{Objects: []string{"e-" + call, call}, Limit: 2}, pick(1, 4, 5, 6)},
		"a call":               {dutylog.AccessQuery{Objects: []string{call}}, pick(5)},
		"entry, call, sheet":   {dutylog.AccessQuery{Objects: []string{"e-" + call, call, "值班日志-2026-11-23", "值班日志-2026-11"}}, pick(1, 2, 4, 5, 6)},
		"a person":             {dutylog.AccessQuery{Login: "sun"}, pick(3, 4)},
		"an action":            {dutylog.AccessQuery{What: "recording.play"}, pick(5)},
		"a person's action":    {dutylog.AccessQuery{Login: leader.Login, What: "entry.see"}, pick(0, 6)},
		"a time":               {dutylog.AccessQuery{From: noon.Add(2 * time.Minute), To: noon.Add(4 * time.Minute)}, pick(3, 4)},
		"an entry in a time":   {dutylog.AccessQuery{Objects: []string{"e-" + call}, From: noon.Add(time.Minute)}, pick(1, 4)},
		"nobody":               {dutylog.AccessQuery{Login: "nobody"}, nil},
		"words that are a law": {dutylog.AccessQuery{Objects: []string{"' OR 1=1 --"}}, nil},
	} {
		if diff := cmp.Diff(c.want, accessed(t, db, c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is said of an access is whole: who, from where, and which entry it was about.
func TestAnAccessNamesItsEntry(t *testing.T) {
	db := lookedAt(t)
	call := inbound(0, "").ID
	items, _, err := db.Accesses(ctx, dutylog.AccessQuery{})
	ok(t, err)
	of := map[string]string{}
	for _, a := range items {
		of[a.What+" "+a.Object] = a.EntryID
		if a.EntryID != "" && a.EntryNumber.Serial != 1 || a.EntryID == "" && !a.EntryNumber.IsZero() {
			t.Errorf("%+v", a)
		}
	}
	want := map[string]string{"entry.see entries": "", "exhibit.make e-" + call: "e-" + call, "log.print 值班日志-2026-11-23": "", "entry.see e-" + call + "5": "",
		"attachment.take e-" + call + "/4": "e-" + call, "recording.play " + call: "e-" + call, "entry.see e-" + call: "e-" + call}
	if diff := cmp.Diff(want, of); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	first := items[len(items)-1]
	if first.By != leader || first.Address != "10.0.0.7" || !first.At.Equal(noon) || first.ID == 0 {
		t.Errorf("%+v", first)
	}
}

func TestAnotherListsCursorIsNoneOfTheAccesses(t *testing.T) {
	db := lookedAt(t)
	_, next, err := db.Entries(ctx, dutylog.EntryQuery{Limit: 1})
	ok(t, err)
	for _, cursor := range []string{"nonsense", next, "YSAxIHg"} {
		if cursor == "" {
			continue
		}
		var invalid *dutylog.InvalidError
		if _, _, err := db.Accesses(ctx, dutylog.AccessQuery{Cursor: cursor}); !errors.As(err, &invalid) || invalid.Field != "cursor" {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

// However many accesses there are, a question is answered by an index.
func TestTheAccessLogIsAskedByAnIndex(t *testing.T) {
	db := open(t)
	for name, q := range map[string]dutylog.AccessQuery{
		"accesses_newest":    {},
		"accesses_by_person": {Login: "li"},
		"accesses_by_what":   {What: "recording.play"},
		"accesses_of_object": {Objects: []string{"e-1", "1", "值班日志-2026-11"}, From: noon},
	} {
		query, args := sqlite.AccessQuestion(q)
		plan := must(db.PlanOf(query, args...))(t)
		if !strings.Contains(plan, name) || strings.Contains(plan, "SCAN accesses") || strings.Contains(plan, "SCAN a\n") {
			t.Errorf("%s:\n%s\ngoes by\n%s", name, query, plan)
		}
	}
}

// Listening, printing and exporting are kept each; of readings only those of one page, by one person from one
// address, are one. A list says which entries it showed, and is found by each of them.
func TestWhatIsOneAccess(t *testing.T) {
	db := open(t)
	at := noon
	note := func(a dutylog.Access) {
		a.By, a.At = leader, at
		at = at.Add(time.Second)
		ok(t, db.NoteAccess(ctx, a))
	}
	for range 3 {
		for _, what := range []string{"entry.see", "entry.print", "entry.export", "recording.play"} {
			note(dutylog.Access{What: what, Object: "e-1", Address: "10.0.0.7"})
		}
		note(dutylog.Access{What: "recording.play", Object: "e-1", Address: "10.0.0.7", Part: true})
		note(dutylog.Access{What: "entry.see", Object: "entries", Address: "10.0.0.7", Entries: []string{"e-1", "e-2"}})
	}
	note(dutylog.Access{What: "entry.see", Object: "e-1", Address: "10.0.0.8"})
	note(dutylog.Access{What: "entry.see", Object: "entries", Address: "10.0.0.7", Entries: []string{"e-2", "e-3"}})
	note(dutylog.Access{What: "handover.see", Object: "handover 1", Entries: []string{"e-1"}})
	count := map[string]int{}
	items, _, err := db.Accesses(ctx, dutylog.AccessQuery{Entry: "e-1", Objects: []string{"e-1"}})
	ok(t, err)
	for _, a := range items {
		count[a.What+" "+a.Object+" "+a.Address+" "+strings.Join(a.Entries, ",")]++
	}
	want := map[string]int{"entry.see e-1 10.0.0.7 ": 1, "entry.see e-1 10.0.0.8 ": 1, "entry.print e-1 10.0.0.7 ": 3, "entry.export e-1 10.0.0.7 ": 3, "recording.play e-1 10.0.0.7 ": 3,
		"entry.see entries 10.0.0.7 e-1,e-2": 1, "handover.see handover 1  e-1": 1}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for entry, want := range map[string]int{"e-2": 1, "e-3": 1, "e-4": 0} {
		items, _, err := db.Accesses(ctx, dutylog.AccessQuery{Entry: entry})
		ok(t, err)
		if len(items) != want {
			t.Errorf("%s was shown %d times, want %d: %+v", entry, len(items), want, items)
		}
	}
}
