package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/web"
)

type blankSheets struct {
	ID          int64
	First, Last string
	At          string
	By          string
	Used        []struct {
		Sheet       string
		EntryID     string `json:"entry_id"`
		EntryNumber string `json:"entry_number"`
	}
}

func TestBlankSheetsAreNumberedAndPrinted(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	var p blankSheets
	officer.post("/paper-sheets", `{"count":3}`).into(t, &p)
	if p.ID != 1 || p.First != "000001" || p.Last != "000003" || p.By != "王officer" || len(p.Used) != 0 {
		t.Errorf("%+v", p)
	}
	officer.post("/paper-sheets", `{"count":2}`).into(t, &p)
	if p.First != "000004" || p.Last != "000005" {
		t.Errorf("the numbers do not go on: %+v", p)
	}
	got := h.as("chief").get("/paper-sheets/1/sheet")
	for _, want := range []string{"空白值班记录单-000001-000003</title>", "纸质单编号：000001", "纸质单编号：000002", "纸质单编号：000003", "接报时间", "电话内容", "复述校对", "补录原因", "值班员（签名）", "本单由王officer", "打印：王chief"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the pages", want)
		}
	}
	if n, of := strings.Count(got.body, `<section class="page">`), strings.Count(got.body, "第 1 页 共 1 页"); n != 3 || of != 3 || strings.Contains(got.body, "（续）") || strings.Contains(got.body, "000004") {
		t.Errorf("%d pages, %d of them whole sheets", n, of)
	}
	var list struct {
		Items      []blankSheets
		NextCursor string `json:"next_cursor"`
	}
	h.as("auditor").get("/paper-sheets?limit=1").into(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != 2 || list.NextCursor == "" {
		t.Errorf("%+v", list)
	}
	for body, want := range map[string]int{`{"count":0}`: 422, `{"count":51}`: 422, `{}`: 422} {
		if p := officer.post("/paper-sheets", body).problem(t); p.Status != want {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if p := officer.get("/paper-sheets/9/sheet").problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	for _, who := range []string{"auditor", "admin"} {
		if p := h.as(who).post("/paper-sheets", `{"count":1}`).problem(t); p.Status != http.StatusForbidden {
			t.Errorf("%s printed blank sheets: %+v", who, p)
		}
	}
	last := (*h.accesses)[len(*h.accesses)-1]
	if last.What != "paper.print" || last.Object != "blank sheets 1" {
		t.Errorf("the print is not noted: %+v", last)
	}
}

// A late entry says that the scan of its sheet is missing, everywhere where it says what it lacks, and is not
// completed before one is attached.
func TestALateEntryWithoutItsScanSaysSo(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	officer.post("/paper-sheets", `{"count":12}`)
	at := time.Date(2026, 11, 27, 3, 1, 0, 0, site).UTC().Format(time.RFC3339)
	var e web.EntryDoc
	officer.post("/entries", fmt.Sprintf(`{"key":"late-000001","line":"duty","kind":"nuisance","late_reason":"值班系统停机","paper_sheet":"12","late":{"at":%q}}`, at)).into(t, &e)
	if len(e.Missing) != 1 || e.Missing[0] != dutylog.PaperScan || e.Late.Scanned {
		t.Fatalf("%+v", e.Missing)
	}
	if p := officer.change(e, `"state":"complete"`).problem(t); p.Status != 422 || len(p.Missing) != 1 || p.Missing[0] != "paper_scan" {
		t.Errorf("completed without the scan: %+v", p)
	}
	for path, want := range map[string]string{"/entries?order=newest": `"missing":["paper_scan"]`, "/handover": `"missing":["paper_scan"]`, "/handover/sheet": "纸质单扫描件", "/entries/" + e.ID + "/sheet": "未附"} {
		if got := officer.get(path); !strings.Contains(got.body, want) {
			t.Errorf("%s does not say it: %v", path, got)
		}
	}
	if got := officer.upload(e.ID, "sheet12.txt", "x"); got.status != 200 { // a document beside it, and no scan of the sheet
		t.Fatal(got)
	}
	if e = officer.entry(t, e.ID); len(e.Missing) != 1 || e.Late.Scanned {
		t.Errorf("a text is taken for a scan: %+v", e.Missing)
	}
	if got := officer.upload(e.ID, "sheet12.jpg", photo); got.status != 200 {
		t.Fatal(got)
	}
	e = officer.entry(t, e.ID)
	if len(e.Missing) != 0 || !e.Late.Scanned {
		t.Errorf("with the scan: %+v", e.Missing)
	}
	officer.change(e, `"state":"complete"`).into(t, &e)
	var list struct {
		Items      []web.RevisionDoc
		NextCursor string `json:"next_cursor"`
	}
	officer.get("/entries/"+e.ID+"/revisions").into(t, &list)
	if e.State != "complete" || len(list.Items) != 2 || !list.Items[0].Entry.Late.Scanned {
		t.Errorf("%+v", list)
	}
	// Another one was on no sheet: that is said with its reason.
	officer.post("/entries", fmt.Sprintf(`{"key":"late-000002","line":"duty","kind":"nuisance","late_reason":"走访途中","late":{"at":%q}}`, at)).into(t, &e)
	officer.change(e, `"gaps":{"paper_sheet":{"why":"not_possible","reason":"凭记忆补录"}},"state":"complete"`).into(t, &e)
	if e.State != "complete" || e.Gaps[dutylog.PaperSheet].Reason != "凭记忆补录" {
		t.Errorf("%+v", e)
	}
}

// A slip in the time is corrected: the entry is then on the paper of the day on which it came, and of no other; that it
// was corrected, by whom and why, is told with it.
func TestTheTimeOfALateEntryIsCorrected(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, site)
	slip, right := day.Add(-20*time.Hour).UTC().Format(time.RFC3339), day.Add(3*time.Hour+time.Minute).UTC().Format(time.RFC3339)
	var e web.EntryDoc
	decode(t, officer.post("/entries", fmt.Sprintf(`{"key":"late-000001","line":"duty","kind":"nuisance","late_reason":"值班系统停机","late":{"at":%q}}`, slip)), &e)
	officer.change(e, `"gaps":{"paper_sheet":{"why":"not_possible","reason":"凭记忆补录"}},"state":"complete"`).into(t, &e)
	number := e.EntryNumber
	for body, want := range map[string]string{
		fmt.Sprintf(`"late_at":%q`, right):                 "reason",
		`"late_at":"2027-11-27T03:01:00Z","reason":"日期误填"`: "late_at",
		`"late_at":"3:01","reason":"日期误填"`:                 "late_at",
	} {
		if p := officer.change(e, body).problem(t); p.Status != 422 || !strings.HasPrefix(p.Detail, "body."+want+":") {
			t.Errorf("%s: %+v", body, p)
		}
	}
	officer.change(e, fmt.Sprintf(`"late_at":%q,"reason":"日期误填"`, right)).into(t, &e)
	if e.EntryNumber != number || e.State != "complete" || e.Correction != "日期误填" || time.Time(e.CallAt).UTC().Format(time.RFC3339) != right || !strings.Contains(string(officer.get("/intervals?kind=blind").body), number) {
		t.Errorf("%+v", e)
	}
	if then, now := officer.get("/sheets/day?day=2026-11-26").body, officer.get("/sheets/day?day=2026-11-27").body; strings.Contains(then, number) || !strings.Contains(now, number) || !strings.Contains(now, "日期误填") {
		t.Errorf("the paper of the day: %v, of the slip: %v", strings.Contains(now, number), strings.Contains(then, number))
	}
	for _, want := range []string{"接报时间：「2026-11-26 04:00」改为「2026-11-27 03:01」", "日期误填"} {
		if one := officer.get("/entries/" + e.ID + "/sheet").body; !strings.Contains(one, want) {
			t.Errorf("%q is not on its paper", want)
		}
	}
}

// A form that was corrected after its answer was lost is not answered with the entry that it opened first as if it were that.
func TestALateFormThatWasCorrectedIsToldOfTheEntryThatExists(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	at := time.Date(2026, 11, 27, 3, 1, 0, 0, site).UTC().Format(time.RFC3339)
	body := func(kind, why string) string {
		return fmt.Sprintf(`{"key":"late-000001","line":"duty","kind":%q,"late_reason":%q,"late":{"at":%q}}`, kind, why, at)
	}
	var e, again web.EntryDoc
	decode(t, officer.post("/entries", body("duty", "停机")), &e)
	got := officer.post("/entries", body("duty", "停机检修"))
	p := got.problem(t)
	if got.status != 409 || p.Type != "/problems/entry-written" || !strings.Contains(p.Detail, e.EntryNumber) || p.Entry["id"] != e.ID {
		t.Errorf("%s", got)
	}
	if got := officer.post("/entries", body("duty", "停机")); got.status != 200 {
		t.Errorf("the same once more: %s", got)
	} else if decode(t, got, &again); again.ID != e.ID || again.Revision != 1 {
		t.Errorf("%+v", again)
	}
}

// A late entry is bound to the blind interval, which says so wherever it is listed and on paper.
func TestALateEntryIsSaidWhereverItIsListed(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	officer.post("/paper-sheets", `{"count":12}`)
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, site)
	blind, at := day.Add(3*time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"), day.Add(3*time.Hour+time.Minute).UTC().Format(time.RFC3339)
	body := func(key, more string) string {
		return fmt.Sprintf(`{"key":%q,"line":"duty","kind":"duty","late_reason":"值班系统停机","late":{"at":%q,"blind":%q}%s}`, key, at, blind, more)
	}
	var e struct {
		ID         string
		Number     string `json:"entry_number"`
		CallAt     string `json:"call_at"`
		OpenedAt   string `json:"opened_at"`
		PaperSheet string `json:"paper_sheet"`
		Late       *struct{ Blind string }
		Missing    []string
	}
	decode(t, officer.post("/entries", body("late-000001", `,"paper_sheet":"12","content":"<b>停机期间</b>的来电"`)), &e)
	if e.Late == nil || e.Late.Blind != blind || !strings.HasPrefix(e.CallAt, at[:19]) || e.OpenedAt[:10] != "2026-11-28" || e.PaperSheet != "000012" || len(e.Missing) == 0 {
		t.Fatalf("%+v", e)
	}
	for name, bad := range map[string]string{
		"the same sheet":  body("late-000002", `,"paper_sheet":"12"`),
		"no such sheet":   body("late-000003", `,"paper_sheet":"13"`),
		"another blind":   strings.Replace(body("late-000004", ""), blind, "2026-11-27T00:00:00.000Z", 1),
		"unknown in late": strings.Replace(body("late-000005", ""), `"at"`, `"when"`, 1),
		"no reason":       strings.Replace(body("late-000006", ""), "值班系统停机", "", 1),
	} {
		if p := officer.post("/entries", bad).problem(t); p.Status != 422 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if got := h.as("supervisor").get("/intervals?kind=blind"); !strings.Contains(got.body, `"late":[{"entry_id":"`+e.ID+`","entry_number":"`+e.Number+`"}]`) {
		t.Errorf("the interval does not say that it is covered: %s", got)
	}
	if got := officer.get("/intervals?kind=live_down"); !strings.Contains(got.body, `"late":[]`) {
		t.Errorf("only blind intervals are covered: %s", got)
	}
	if got := officer.get("/entries?order=newest"); !strings.Contains(got.body, `"late":{"blind":"`+blind) {
		t.Errorf("the list does not say it: %s", got)
	}
	pages := officer.get("/sheets/day?day=2026-11-27").body
	for _, want := range []string{">03:01<", "值班来电\n（补录）", "补录原因：值班系统停机", "纸质单编号：000012", "已补录：" + e.Number, "&lt;b&gt;停机期间&lt;/b&gt;"} {
		if !strings.Contains(pages, want) {
			t.Errorf("%q is not on the day's paper", want)
		}
	}
	one := officer.get("/entries/" + e.ID + "/sheet").body
	for _, want := range []string{"补录　值班来电（未完成）", "接报时间", "2026-11-27 03:01", "补录时间", "2026-11-28 08:00", "所补时段", "2026-11-27 03:00 起的盲区"} {
		if !strings.Contains(one, want) {
			t.Errorf("%q is not on the entry's paper", want)
		}
	}
	if sheet := officer.get("/handover/sheet").body; !bytes.Contains([]byte(sheet), []byte("（补录）")) {
		t.Errorf("the handover's paper does not say it: %s", sheet)
	}
	var p blankSheets
	var list struct{ Items []blankSheets }
	decode(t, officer.get("/paper-sheets"), &list)
	if p = list.Items[0]; len(p.Used) != 1 || p.Used[0].Sheet != "000012" || p.Used[0].EntryID != e.ID || p.Used[0].EntryNumber != e.Number {
		t.Errorf("%+v", p)
	}
}
