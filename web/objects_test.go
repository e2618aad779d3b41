package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

// TestWhoMayDoWhatWithWhich is the table of role × action × object. Every permission that some
// route asks about one thing is in it; a right that is gained or lost shows in the golden file.
func TestWhoMayDoWhatWithWhich(t *testing.T) {
	of := func(unit string) dutylog.Entry {
		return dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerUnit: unit}}
	}
	held := of("和平区应急局")
	held.Hold = &dutylog.Hold{Reason: "诉讼保全"}
	objects := []struct {
		name, kind string
		entry      dutylog.Entry
	}{
		{"entry of their unit", "entry", of("沈河区应急局")},
		{"entry of another unit", "entry", of("和平区应急局")},
		{"entry without a unit", "entry", of("")},
		{"entry that was erased", "entry", of("沈河区应急局").Erase(dutylog.Erasure{Decision: 1})},
		{"entry under a hold", "entry", held},
		{"call", "call", dutylog.Entry{}},
		{"contact", "contact", dutylog.Entry{}},
		{"handover", "handover", dutylog.Entry{}},
		{"incident", "incident", dutylog.Entry{}},
		{"review of nobody known", "review", dutylog.Entry{}},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %-24s", "action", "object")
	for _, role := range roles {
		fmt.Fprintf(&b, " %14s", role)
	}
	b.WriteByte('\n')
	for _, p := range objectPermissions() {
		for _, o := range objects {
			if !fits(p, o.kind) {
				continue
			}
			fmt.Fprintf(&b, "%-20s %-24s", p, o.name)
			for _, role := range roles {
				a := dutylog.Account{Login: "a", Role: role, Unit: unitOf(role)}
				fmt.Fprintf(&b, " %14s", web.MayWith(a, p, o.kind, o.entry))
			}
			b.WriteByte('\n')
		}
	}
	golden(t, "objects.golden", b.String())
}

// objectPermissions are those that a route with an id in its path asks for.
func objectPermissions() (all []string) {
	for _, row := range web.Rows() {
		if (strings.Contains(row.Path, "{id}") || row.Permission == "approval.ask" || row.Permission == "access.see") && !slices.Contains(all, row.Permission) {
			all = append(all, row.Permission)
		}
	}
	slices.Sort(all)
	return all
}

// fits reports whether somebody can want to do this with a thing of this kind.
func fits(p, kind string) bool {
	family, _, _ := strings.Cut(p, ".")
	return slices.Contains(map[string][]string{
		"entry": {"entry", "attachment", "approval", "access"}, "call": {"call", "recording", "access"}, "contact": {"directory"}, "handover": {"handover"}, "incident": {"incident"}, "review": {"review"},
	}[kind], family)
}

// twoUnits is a house with an entry of the reader's unit, one of another, one of none, and one that
// was first taken for another unit's.
func twoUnits(t *testing.T, change ...func(*web.Deps)) *house {
	t.Helper()
	h := newHouse(t, change...)
	officer := h.as("officer")
	for i, units := range [][]string{{"沈河区应急局"}, {"和平区应急局"}, {""}, {"和平区应急局", "沈河区应急局"}} {
		id := fmt.Sprintf("%d.0", i+1)
		h.finished(id, h.clock.Now().Add(time.Duration(i-9)*time.Minute))
		for _, unit := range units {
			var e web.EntryDoc
			officer.get("/entries/e-"+id).into(t, &e)
			if got := officer.patch("e-"+id, fmt.Sprintf(`{"revision":%d,"caller_unit":%q,"caller_person":"刘小洋","content":"第%d件 %s"}`, e.Revision, unit, i+1, unit)); got.status != 200 {
				t.Fatal(got)
			}
		}
	}
	return h
}

type entryPage struct {
	Items      []web.EntryDoc `json:"items"`
	NextCursor string         `json:"next_cursor"`
	Unread     int64          `json:"unread"`
}

func (p entryPage) ids() (ids []string) {
	for _, e := range p.Items {
		ids = append(ids, e.ID)
	}
	return ids
}

// A reading account has its unit's entries; every other one answers it like one that does not
// exist, whatever is asked about it.
func TestAReadingAccountSeesItsUnitsEntriesOnly(t *testing.T) {
	h := twoUnits(t)
	reader := h.as("reader")
	var one web.EntryDoc
	reader.get("/entries/e-1.0").into(t, &one)
	if one.CallerUnit != "沈河区应急局" || one.CallerPerson != "刘小洋" || len(one.Candidates) != 0 {
		t.Errorf("its own: %+v", one)
	}
	asked := 0
	for _, row := range web.Rows() {
		if !strings.Contains(row.Path, "/entries/{id}") {
			continue
		}
		about := func(id string) answer {
			return reader.do(row.Method, strings.NewReplacer("{id}", id, "{attachment}", "1", "{number}", "1").Replace(row.Path)+map[bool]string{true: "?reason=x"}[row.Method == "DELETE"], bodies[row.Method+" "+row.Path])
		}
		absent := about("e-none")
		if absent.status != 404 && absent.status != 403 && absent.status != 422 {
			t.Errorf("%s %s of none: %v", row.Method, row.Path, absent)
		}
		for _, id := range []string{"e-2.0", "e-3.0"} {
			if got := about(id); got.status != absent.status || got.body != absent.body {
				t.Errorf("%s %s of %s: %v, of none: %v", row.Method, row.Path, id, got, absent)
			}
		}
		asked++
	}
	if asked < 10 {
		t.Errorf("only %d routes are about an entry", asked)
	}
	for _, path := range []string{"/calls", "/calls/1.0", "/calls/1.0/recording", "/directory", "/handovers", "/alerts", "/health", "/sheets/day?day=2026-11-27", "/roster/changes", "/tasks", "/evidence", "/probe", "/paper-sheets", "/paper-sheets/1/sheet"} {
		if got := reader.get(path); got.status != 403 {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// Lists, searches, revisions and what is linked hold nothing of another unit either.
func TestListsOfAReadingAccount(t *testing.T) {
	h := twoUnits(t, func(d *web.Deps) {
		index, err := d.Log.(*sqlite.DB).OpenIndex(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { index.Close() })
		d.Search = index
	})
	if got := h.as("officer").post("/entries/e-1.0/links", `{"with":"e-2.0","relation":"same_event"}`); got.status != 200 {
		t.Fatal(got)
	}
	reader := h.as("reader")
	for query, want := range map[string]string{
		"": "e-4.0 e-1.0", "?order=newest": "e-4.0 e-1.0", "?limit=1": "e-4.0", "?state=open": "e-4.0 e-1.0", "?handling=pending": "e-4.0 e-1.0", "?kind=fax": "",
		"?q=" + url.QueryEscape("件"): "e-4.0 e-1.0", "?q=" + url.QueryEscape("和平区"): "", "?q=" + url.QueryEscape("刘小洋"): "e-4.0 e-1.0",
	} {
		var page entryPage
		reader.get("/entries"+query).into(t, &page)
		if got := strings.Join(page.ids(), " "); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
		if strings.Contains(query, "limit=1") {
			reader.get("/entries?limit=1&cursor="+page.NextCursor).into(t, &page)
			if got := strings.Join(page.ids(), " "); got != "e-1.0" || page.NextCursor != "" {
				t.Errorf("the second page: %s", got)
			}
		}
	}
	if got := reader.get("/entries/e-4.0/revisions"); got.status != 200 || strings.Contains(got.body, "和平区") || !strings.Contains(got.body, "第4件 沈河区应急局") {
		t.Errorf("that it was once taken for another unit's: %v", got)
	}
	if got := h.as("officer").get("/entries/e-4.0/revisions"); !strings.Contains(got.body, "和平区") {
		t.Errorf("the officer sees all of it: %v", got)
	}
	if got := reader.get("/entries/e-1.0/links"); got.status != 200 || strings.Contains(got.body, "e-2.0") {
		t.Errorf("what is linked: %v", got)
	}
	if got := reader.get("/entries/e-4.0/sheet"); got.status != 200 || strings.Contains(got.body, "和平区") || !strings.Contains(got.body, "刘小洋") {
		t.Errorf("on paper: %v", got)
	}
}

// The stream of a reading account tells of its unit's entries, and of lines what everybody sees.
func TestTheStreamOfAReadingAccount(t *testing.T) {
	h := twoUnits(t)
	l := h.as("reader").listen("?last_event_id=0")
	seen := map[string]int{}
	for {
		f := l.next()
		if f.event == "line" { // the lines as they stand now come after all that was
			break
		}
		seen[f.event]++
		if !strings.Contains(f.data, "沈河区应急局") || strings.Contains(f.data, "和平区") {
			t.Errorf("%+v", f)
		}
	}
	if seen["entry"] != 2 || seen["call"] != 0 {
		t.Errorf("seen were %v", seen)
	}
	officer := h.as("officer")
	for _, id := range []string{"e-2.0", "e-1.0"} {
		var e web.EntryDoc
		officer.get("/entries/"+id).into(t, &e)
		if got := officer.patch(id, fmt.Sprintf(`{"revision":%d,"place":"某处"}`, e.Revision)); got.status != 200 {
			t.Fatal(got)
		}
	}
	for {
		if f := l.next(); f.event == "entry" {
			if !strings.Contains(f.data, `"id":"e-1.0"`) {
				t.Errorf("another unit's entry: %s", f.data)
			}
			return
		}
	}
}

// Who called is masked in lists, on the stream, in print and in exports, unless the role needs it;
// one thing that is opened by itself is shown as it is.
func TestNamesAndNumbersAreMaskedUnlessTheRoleNeedsThem(t *testing.T) {
	h := twoUnits(t)
	day := h.clock.Now().Add(-9 * time.Minute).In(site).Format(time.DateOnly)
	shows := map[string]bool{"officer": true, "chief": true, "leader": true, "supervisor": false, "auditor": false}
	for role, want := range shows {
		browser := h.as(role)
		for _, path := range []string{"/entries", "/entries?order=newest", "/sheets/day?day=" + day, "/entries/e-1.0/sheet", "/calls"} {
			got := browser.get(path)
			if got.status != 200 {
				t.Fatalf("%s %s: %v", role, path, got)
			}
			if path != "/calls" && strings.Contains(got.body, "刘小洋") != want || strings.Contains(got.body, "02422730001") != want {
				t.Errorf("%s sees of %s: %s", role, path, got.body)
			}
			if strings.Contains(path, "sheet") && strings.Contains(got.body, "已按查阅权限隐去") == want {
				t.Errorf("%s: the sheet %s says of what is masked: %s", role, path, got.body)
			}
		}
		for _, path := range []string{"/entries/e-1.0", "/entries/e-1.0/revisions"} {
			if got := browser.get(path); !strings.Contains(got.body, "刘小洋") {
				t.Errorf("%s opened it and does not see who called: %v", role, got)
			}
		}
		if got := browser.get("/calls/1.0"); !strings.Contains(got.body, "02422730001") {
			t.Errorf("%s opened the call and does not see the number: %v", role, got)
		}
		l := browser.listen("?last_event_id=0")
		for f := l.next(); f.event != "line"; f = l.next() {
			if f.event == "entry" && strings.Contains(f.data, "刘小洋") != want || f.event == "call" && strings.Contains(f.data, "02422730001") != want {
				t.Errorf("%s sees on the stream %s", role, f.data)
			}
		}
	}
	if got := h.as("admin").get("/calls"); strings.Contains(got.body, "02422730001") || !strings.Contains(got.body, "024****0001") {
		t.Errorf("the administrator: %v", got)
	}
}
