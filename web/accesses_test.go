package web_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/web"
)

// accessHouse is a house that keeps accesses in its log, with one entry whose call was recorded.
func accessHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, keepsAccesses(t))
	h.clock.now = time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC)
	h.sealed("1.0")
	h.clock.Add(time.Hour)
	h.sealed("2.0")
	return h
}

// keepsAccesses has accesses kept in the log, as the daemon keeps them.
func keepsAccesses(t *testing.T) func(*web.Deps) {
	return func(d *web.Deps) {
		log := d.Log
		d.Audit = func(ctx context.Context, x web.Access) {
			err := log.NoteAccess(ctx, dutylog.Access{By: x.Who, What: x.What, Object: x.Object, Address: x.Address, At: x.At, Entries: x.Entries, Part: x.Part})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

type accessPage struct {
	Items []struct {
		ID          int64
		At          string
		By          struct{ Login, Name, Role string }
		Action      string
		Object      string
		Address     string
		EntryID     string `json:"entry_id"`
		EntryNumber string `json:"entry_number"`
		Shown       int    `json:"shown"`
	} `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// asked is what the access log answers, as "login action object", the newest first.
func (c *client) asked(t *testing.T, query string) string {
	t.Helper()
	var lines []string
	for cursor := ""; ; {
		var page accessPage
		c.get("/access?"+query+"&cursor="+cursor).into(t, &page)
		for _, x := range page.Items {
			lines = append(lines, fmt.Sprint(x.By.Login, " ", x.Action, " ", x.Object))
		}
		if cursor = page.NextCursor; cursor == "" {
			return strings.Join(lines, ", ")
		}
	}
}

// Who looked at a waveform saw who talked when: that is on record, apart from listening. Asking for one
// that is not there is no look.
func TestWhoSawTheWaveformIsOnRecord(t *testing.T) {
	h := accessHouse(t)
	h.clock.Add(time.Minute)
	if got := h.as("leader").get("/calls/1.0/peaks"); got.status != 200 {
		t.Fatal(got)
	}
	if got := h.as("chief").get("/calls/9.0/peaks"); got.status != 404 {
		t.Fatal(got)
	}
	if got := h.as("admin").get("/calls/1.0/peaks"); got.status != 403 {
		t.Errorf("the administrator sees who talked when: %v", got)
	}
	auditor := h.as("auditor")
	for query, want := range map[string]string{"call=1.0": "leader recording.see 1.0", "entry=e-1.0": "leader recording.see 1.0", "action=recording.play": "", "user=chief": "", "user=admin": ""} {
		if got := auditor.asked(t, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	var page accessPage
	auditor.get("/access?call=1.0&action=recording.see").into(t, &page)
	if len(page.Items) != 1 || page.Items[0].EntryID != "e-1.0" || page.Items[0].EntryNumber != "2026-000001" {
		t.Errorf("%+v", page.Items)
	}
}

// TestWhoListenedToThis follows one entry through a day: everybody who read, heard, printed or took
// it is named, by the entry, by its call, by the person and by what was done.
func TestWhoListenedToThis(t *testing.T) {
	h := accessHouse(t)
	do := func(who, path string) {
		t.Helper()
		h.clock.Add(time.Minute)
		if got := h.as(who).get(path); got.status != 200 {
			t.Fatalf("%s: %v", path, got)
		}
	}
	do("officer", "/entries/e-1.0")
	do("chief", "/calls/1.0/recording")
	do("leader", "/sheets/day?day=2026-11-27")
	do("leader", "/entries/e-1.0/workbook")
	do("supervisor", "/entries/e-2.0")
	do("supervisor", "/calls/1.0")
	do("leader", "/sheets/month/workbook?month=2026-11")
	do("leader", "/sheets/day?day=2026-11-26")
	do("officer", "/entries")
	auditor := h.as("auditor")
	for query, want := range map[string]string{
		"entry=e-1.0":                    "officer entry.see entries, leader log.export 值班日志-2026-11, supervisor call.see 1.0, leader entry.export e-1.0, leader log.print 值班日志-2026-11-27, chief recording.play 1.0, officer entry.see e-1.0",
		"entry=e-1.0&limit=2":            "officer entry.see entries, leader log.export 值班日志-2026-11, supervisor call.see 1.0, leader entry.export e-1.0, leader log.print 值班日志-2026-11-27, chief recording.play 1.0, officer entry.see e-1.0",
		"entry=e-2.0":                    "officer entry.see entries, leader log.export 值班日志-2026-11, supervisor entry.see e-2.0, leader log.print 值班日志-2026-11-27",
		"call=1.0":                       "supervisor call.see 1.0, chief recording.play 1.0",
		"call=1.0&action=recording.play": "chief recording.play 1.0",
		"user=officer":                   "officer entry.see entries, officer entry.see e-1.0",
		"user=leader&action=log.print":   "leader log.print 值班日志-2026-11-26, leader log.print 值班日志-2026-11-27",
		"action=entry.see&to=" + url.QueryEscape("2026-11-27T03:03:00Z"): "officer entry.see e-1.0",
		"user=nobody": "",
	} {
		if got := auditor.asked(t, query); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", query, got, want)
		}
	}
	// Who asked is in the log as well.
	if got := h.as("supervisor").asked(t, "user=auditor"); got != "auditor access.see accesses" {
		t.Errorf("of the auditor: %s", got)
	}
	var page accessPage
	auditor.get("/access?entry=e-1.0&action=recording.play").into(t, &page)
	if x := page.Items[0]; x.By.Name != "王chief" || x.By.Role != "chief" || x.EntryID != "e-1.0" || x.EntryNumber != "2026-000001" || x.Address == "" || x.At != "2026-11-27T03:02:00.000Z" {
		t.Errorf("%+v", x)
	}
}

// What came up by itself is not called a look; that it did is kept all the same, and nobody can hide a
// look behind it.
func TestWhatCameUpByItselfIsNoLook(t *testing.T) {
	h := accessHouse(t)
	for _, c := range []struct{ who, path string }{
		{"officer", "/entries/e-1.0?shown=true"},
		{"supervisor", "/entries/e-1.0?shown=true"}, // is not on duty
		{"auditor", "/entries/e-2.0?shown=true"},
		{"leader", "/entries/e-2.0?shown=true"},
		{"leader", "/entries/e-2.0"},
	} {
		h.clock.Add(time.Second)
		if got := h.as(c.who).get(c.path); got.status != 200 {
			t.Fatalf("%s: %v", c.path, got)
		}
	}
	auditor := h.as("auditor")
	for query, want := range map[string]string{
		"entry=e-1.0":        "supervisor entry.see e-1.0, officer entry.shown e-1.0",
		"entry=e-2.0":        "leader entry.see e-2.0, leader entry.shown e-2.0, auditor entry.see e-2.0",
		"action=entry.shown": "leader entry.shown e-2.0, officer entry.shown e-1.0",
	} {
		if got := auditor.asked(t, query); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", query, got, want)
		}
	}
	now := time.Date(2026, 11, 27, 6, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		e    dutylog.Entry
		want bool
	}{
		"unfinished, however old":      {dutylog.Entry{State: dutylog.Open, CallAt: now.Add(-72 * time.Hour)}, true},
		"complete, a minute ago":       {dutylog.Entry{State: dutylog.Complete, CallAt: now.Add(-time.Minute)}, true},
		"complete, ten minutes ago":    {dutylog.Entry{State: dutylog.Complete, CallAt: now.Add(-dutylog.ShownWithin)}, false},
		"written just now about 8:00":  {dutylog.Entry{State: dutylog.Complete, CallAt: now.Add(-6 * time.Hour), OpenedAt: now}, true},
		"the clock was set back since": {dutylog.Entry{State: dutylog.Complete, CallAt: now.Add(time.Hour)}, false},
	} {
		if got := c.e.ComesUp(now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// Who looks again within ten minutes looked once; later it is another time.
func TestALookAgainIsTheSameLook(t *testing.T) {
	h := accessHouse(t)
	officer := h.as("officer")
	for _, later := range []time.Duration{0, time.Minute, 8 * time.Minute, 2 * time.Minute} {
		h.clock.Add(later)
		officer.get("/entries/e-1.0")
	}
	if got := h.as("admin").asked(t, "entry=e-1.0"); got != "officer entry.see e-1.0, officer entry.see e-1.0" {
		t.Errorf("%s", got)
	}
}

// The stream shows entries, too: whoever has it open is noted like the reader of a list.
func TestWhoHasTheStreamOpenIsNoted(t *testing.T) {
	h := accessHouse(t)
	l := h.as("chief").listen("?last_event_id=0")
	for l.next().event != "line" {
	}
	if got := h.as("auditor").asked(t, "user=chief"); got != "chief entry.see entries, chief call.see calls" && got != "chief call.see calls, chief entry.see entries" {
		t.Errorf("%s", got)
	}
	for l := h.visitor().listen("?last_event_id=0"); l.next().event != "line"; {
	}
	if got := h.as("auditor").asked(t, "user="); strings.Contains(got, " system") || strings.HasPrefix(got, " ") {
		t.Errorf("who is not signed in is shown nothing: %s", got)
	}
}

// What the stream shows of an entry is found by that entry: once within ten minutes, however often the entry
// is written meanwhile, and again later.
func TestWhoReadAnEntryOnTheStreamIsFoundByIt(t *testing.T) {
	h := twoUnits(t, keepsAccesses(t))
	officer, auditor := h.as("officer"), h.as("auditor")
	l := h.as("supervisor").listen("")
	l.until(is("line"))
	write := func(id, content string) {
		t.Helper()
		e := officer.entry(t, id)
		if got := officer.change(e, fmt.Sprintf(`"content":%q`, content)); got.status != 200 {
			t.Fatal(got)
		}
		l.until(func(f frame) bool { return f.event == "entry" && strings.Contains(f.data, content) })
	}
	sees := func(id string, times int) {
		t.Helper()
		eventually(t, fmt.Sprint(id, " is noted ", times, " times"), func() bool {
			return strings.Count(auditor.asked(t, "entry="+id), "supervisor entry.see entries") == times
		})
	}
	sees("e-2.0", 0)
	write("e-2.0", "一")
	sees("e-2.0", 1)
	write("e-2.0", "二")
	write("e-1.0", "三")
	sees("e-1.0", 1)
	sees("e-2.0", 1)
	h.clock.Add(dutylog.AccessAgain)
	write("e-2.0", "四")
	sees("e-2.0", 2)
	sees("e-1.0", 1)
}

func TestBadQuestionsToTheAccessLog(t *testing.T) {
	h := accessHouse(t)
	auditor := h.as("auditor")
	for query, want := range map[string]string{
		"entry=e-1.0&call=1.0": "query.call",
		"from=yesterday":       "query.from",
		"cursor=nonsense":      "query.cursor",
		"limit=0":              "limit",
		"colour=red":           "colour",
	} {
		if got := auditor.get("/access?" + query); got.status != 422 || !strings.Contains(got.body, want) {
			t.Errorf("%s: %v", query, got)
		}
	}
	for _, query := range []string{"entry=e-9.0", "call=9.0"} {
		if got := auditor.get("/access?" + query); got.status != 404 {
			t.Errorf("%s: %v", query, got)
		}
	}
	for _, who := range []string{"officer", "chief", "leader", "reader"} {
		if got := h.as(who).get("/access"); got.status != 403 {
			t.Errorf("%s: %v", who, got)
		}
	}
}

// Whoever is shown a whole entry is found by it, also where that is the answer to something else than opening it: to a
// change that is refused, that changes nothing, or to a key that somebody else used.
func TestAnAnswerThatShowsAnEntryIsAReading(t *testing.T) {
	h := twoUnits(t, keepsAccesses(t))
	supervisor, leader, auditor := h.as("supervisor"), h.as("leader"), h.as("auditor")
	officer := h.as("officer")
	const fax = `{"key":"fax-of-the-officer","kind":"fax","content":"请刘小洋回电"}`
	var written, named web.EntryDoc
	officer.post("/entries", fax).into(t, &written)
	before := func(id string) {
		t.Helper()
		if got := auditor.asked(t, "entry="+id); strings.Contains(got, "supervisor") || strings.Contains(got, "leader") {
			t.Fatalf("%s was read before: %s", id, got)
		}
	}
	read := func(who, id string, got answer, status int) {
		t.Helper()
		if got.status != status || !strings.Contains(got.body, "刘小洋") {
			t.Errorf("%s is answered %v, want %d with the entry as it stands", who, got, status)
		}
		if asked := auditor.asked(t, "entry="+id); !strings.Contains(asked, who+" entry.see "+id) {
			t.Errorf("%s read all of %s, and the access log has %q", who, id, asked)
		}
	}
	for _, id := range []string{"e-1.0", "e-2.0", "e-3.0", "e-4.0", written.ID} {
		before(id)
	}
	read("supervisor", "e-2.0", supervisor.patch("e-2.0", `{"revision":999,"answered_by":"张伟"}`), 409)
	read("leader", "e-1.0", leader.change(officer.entry(t, "e-1.0"), `"caller_unit":"沈河区应急局"`), 200)
	read("leader", written.ID, leader.post("/entries", strings.Replace(fax, "请刘小洋", "请", 1)), 409)
	e := officer.entry(t, "e-3.0")
	got := supervisor.change(e, `"answered_by":"王chief"`)
	read("supervisor", "e-3.0", got, 200)
	if got.into(t, &named); named.Revision != e.Revision+1 {
		t.Errorf("the supervisor named who answered, and it is revision %d", named.Revision)
	}
	read("supervisor", "e-4.0", supervisor.post("/entries/e-4.0/hold", `{"reason":"上级调阅"}`), 200)
}

// What somebody writes tells by itself that they had the entry open: their page is not noted again with every sentence.
func TestWhoWritesIntoAnEntryIsNotNotedWithEverySentence(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer := h.as("officer")
	e := officer.entry(t, "e-1.0")
	*h.accesses = nil
	for _, text := range []string{"仓库", "仓库起火"} {
		officer.change(e, fmt.Sprintf(`"content":%q`, text)).into(t, &e)
	}
	if got := officer.post("/entries/e-1.0/steps", `{"kind":"reported","channel":"phone","whom":"市局","text":"已报"}`); got.status != 200 {
		t.Error(got)
	}
	if len(*h.accesses) != 0 {
		t.Errorf("noted were %+v", *h.accesses)
	}
}

// Who took a day or a month along on paper has seen the entries that stood on it then, wherever they stand now, and none else.
func TestWhoPrintedADayHasSeenWhatStoodOnItThen(t *testing.T) {
	h := newHouse(t, keepsAccesses(t))
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, site)
	h.clock.now = day.Add(32 * time.Hour).UTC()
	officer := h.as("officer")
	slip, right := day.Add(-20*time.Hour).UTC().Format(time.RFC3339), day.Add(3*time.Hour+time.Minute).UTC().Format(time.RFC3339)
	var e web.EntryDoc
	decode(t, officer.post("/entries", fmt.Sprintf(`{"key":"late-000001","line":"duty","kind":"nuisance","content":"某厂漏气","late_reason":"值班系统停机","late":{"at":%q}}`, slip)), &e)
	officer.change(e, `"gaps":{"paper_sheet":{"why":"not_possible","reason":"凭记忆补录"}},"state":"complete"`).into(t, &e)
	for who, day := range map[string]string{"leader": "2026-11-26", "chief": "2026-11-27"} {
		if got := h.as(who).get("/sheets/day?day=" + day); got.status != 200 || strings.Contains(got.body, "某厂漏气") != (who == "leader") {
			t.Fatalf("%s: %v", who, got)
		}
	}
	officer.change(e, fmt.Sprintf(`"late_at":%q,"reason":"日期误填"`, right)).into(t, &e)
	if got := h.as("auditor").asked(t, "entry="+e.ID); !strings.Contains(got, "leader log.print 值班日志-2026-11-26") || strings.Contains(got, "chief log.print") {
		t.Errorf("the leader took it along on paper, the chief a day on which it did not stand yet: %s", got)
	}
}
