package web_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog/audit"
	"dutyline/telephony"
	"dutyline/web"
)

// printed is a house with two entries at the beginning and the end of one day at the site, and a
// blind interval on it.
func printed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, site)
	h.clock.now = day.Add(32 * time.Hour).UTC()
	for i, at := range []time.Time{day.Add(-time.Second), day, day.Add(24*time.Hour - time.Second), day.Add(24 * time.Hour)} {
		h.ended(fmt.Sprintf("17954362%02d.0", i), at.UTC())
	}
	interval := func(kind telephony.IntervalKind) telephony.Change {
		return telephony.Change{Kind: telephony.IntervalSeen, Interval: &telephony.Interval{Kind: kind, From: day.Add(3 * time.Hour), To: day.Add(3*time.Hour + 3*time.Minute), Cause: "the daemon was not running"}}
	}
	if err := h.db.Record(t.Context(), []telephony.Change{interval(telephony.LiveDown), interval(telephony.JournalDown)}); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestADayOnPaper(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	if got := officer.patch("e-1795436201.0", `{"revision":1,"caller_unit":"<b>和平区</b>","content":"起火\n无伤亡"}`); got.status != 200 {
		t.Fatal(got)
	}
	got := officer.get("/sheets/day?day=2026-11-27")
	if got.status != 200 || got.header.Get("Content-Type") != "text/html; charset=utf-8" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatal(got, got.header)
	}
	for _, want := range []string{"<h1>沈阳市沈河区应急管理局</h1>", "<h2>值班日志</h2>", "2026年11月27日　星期五", "&lt;b&gt;和平区&lt;/b&gt;", "起火\n无伤亡", ">00:00<", ">23:59<",
		"2026-000002", "2026-000003", "盲区时段（期间若有来电无从得知）：03:00:00—03:03:00（3 分钟）", "第 1 页 共 1 页", "值班处领导（签名）", "尚未签署", "打印：王officer　2026-11-28 08:00"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, other := range []string{"2026-000001", "2026-000004", "<script", "style="} {
		if strings.Contains(got.body, other) {
			t.Errorf("%q is on the page", other)
		}
	}
	policy := got.header.Get("Content-Security-Policy")
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(got.body)
	sum := sha256.Sum256([]byte(style[1]))
	if want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.HasPrefix(policy, want) {
		t.Errorf("policy %s, want %s", policy, want)
	}
}

func TestTheSignedCheckpointIsAtTheFoot(t *testing.T) {
	h := printed(t)
	secret, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := h.db.Checkpoint(t.Context(), key, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/sheets/day?day=2026-11-27", "/sheets/month?month=2026-11", "/entries/e-1795436201.0/sheet"} {
		if got := h.as("auditor").get(path); got.status != 200 || !strings.Contains(got.body, audit.RootOf(signed.Note)) || !strings.Contains(got.body, fmt.Sprintf("前 %d 条", signed.Size)) {
			t.Errorf("%s does not show the signed root %s", path, audit.RootOf(signed.Note))
		}
	}
}

func TestAMonthHasATableOfItsDays(t *testing.T) {
	got := printed(t).as("chief").get("/sheets/month?month=2026-11")
	for _, want := range []string{"<h3>2026年11月汇总</h3>", "<h3>2026年11月值班日志</h3>", "2026年11月26日", "2026-000001", "2026-000004", "11月30日　星期一", "第 3 页 共 3 页"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the pages", want)
		}
	}
	if n := strings.Count(got.body, "<thead>"); n != 3 {
		t.Errorf("the head of a table stands on %d of 3 pages", n)
	}
}

func TestOneEntryOnPaper(t *testing.T) {
	h := printed(t)
	got := h.as("supervisor").get("/entries/e-1795436202.0/sheet")
	for _, want := range []string{"<h2>值班电话记录</h2>", "编号：2026-000003", "来电号码", "02422739110", "带班领导（签名）", "第 1 页 共 1 页"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the page: %s", want, got)
		}
	}
	if p := h.as("officer").get("/entries/e-none/sheet").problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

func TestWorkbooksHaveTextOnly(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	if got := officer.patch("e-1795436201.0", `{"revision":1,"contact_number":"+8613904011234","content":"=1+1"}`); got.status != 200 {
		t.Fatal(got)
	}
	for path, name := range map[string]string{"/sheets/day/workbook?day=2026-11-27": "值班日志-2026-11-27.xlsx", "/sheets/month/workbook?month=2026-11": "值班日志-2026-11.xlsx",
		"/entries/e-1795436201.0/workbook": "值班记录-2026-000002.xlsx"} {
		got := officer.get(path)
		if got.status != 200 || !strings.HasSuffix(got.header.Get("Content-Disposition"), "-"+url.PathEscape(name)) {
			t.Fatalf("%s: %v %v", path, got.status, got.header)
		}
		book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
		if err != nil {
			t.Fatalf("%s (%s): %v", path, name, err)
		}
		sheets := book.GetSheetList()
		rows, err := book.GetRows(sheets[len(sheets)-1])
		if text := fmt.Sprint(rows); err != nil || !strings.Contains(text, " +8613904011234") || !strings.Contains(text, "'=1+1") {
			t.Errorf("%s: %v: %v", path, err, rows)
		}
		book.Close()
	}
}

func TestWhoPrintsAndExportsIsNoted(t *testing.T) {
	h := printed(t)
	for _, path := range []string{"/sheets/day?day=2026-11-27", "/sheets/day/workbook?day=2026-11-27", "/sheets/month?month=2026-11", "/sheets/month/workbook?month=2026-11",
		"/entries/e-1795436201.0/sheet", "/entries/e-1795436201.0/workbook", "/entries/e-none/sheet", "/sheets/day?day=2026-13-27"} {
		h.as("leader").get(path)
	}
	var got []string
	for _, x := range *h.accesses {
		got = append(got, x.Who.Login+" "+x.What+" "+x.Object)
	}
	want := "leader log.print 值班日志-2026-11-27, leader log.export 值班日志-2026-11-27, leader log.print 值班日志-2026-11, leader log.export 值班日志-2026-11, " +
		"leader entry.print e-1795436201.0, leader entry.export e-1795436201.0"
	if strings.Join(got, ", ") != want {
		t.Errorf("noted were %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestSheetsOfNothingAreRefusedInWords(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	for path, want := range map[string]string{"/sheets/day?day=27.11.2026": "query.day: is no day", "/sheets/month?month=2026": "query.month: is no month", "/sheets/day": "day"} {
		if p := officer.get(path).problem(t); p.Status != 422 || !strings.Contains(p.Detail+fmt.Sprint(p.Errors), want) {
			t.Errorf("%s: %+v", path, p)
		}
	}
	bare := newHouse(t, func(d *web.Deps) { d.Sheets.Workbook = nil }).as("officer").get("/sheets/day/workbook?day=2026-11-27").problem(t)
	if bare.Status != 503 {
		t.Errorf("where no workbook can be made: %+v", bare)
	}
}

// ended is a call that was answered and is over, with its entry.
func (h *house) ended(id string, at time.Time) {
	h.t.Helper()
	c := telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02422730001", "024"), OfferedAt: at, RangAt: at,
		RangUntil: at.Add(4 * time.Second), AnsweredAt: at.Add(4 * time.Second), EndedAt: at.Add(30 * time.Second), Rings: 1, Outcome: telephony.AnsweredInTime}
	if err := h.db.Record(h.t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: "duty", Call: &c}}); err != nil {
		h.t.Fatal(err)
	}
}
