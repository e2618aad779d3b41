package web_test

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dutyline/web"
)

// aWarningIn is a house with a warning that was passed on, acknowledged once by mistake and once rightly, and corrected.
func aWarningIn(t *testing.T) (h *house, e web.EntryDoc) {
	t.Helper()
	h = printed(t)
	officer := h.as("officer")
	officer.post("/entries", `{"key":"0f3c9a77-9","kind":"warning","caller_unit":"市气象台","warning_level":"黄色","valid_until":"2026-11-28T22:00:00Z","content":"大风预警，联系人 13904011234","passed_to":"各街道"}`).into(t, &e)
	if got := officer.patch(e.ID, fmt.Sprintf(`{"revision":%d,"state":"complete"}`, e.Revision)); got.status != 200 {
		t.Fatal(got)
	}
	officer.post("/entries/"+e.ID+"/steps", `{"kind":"acknowledged","whom":"大西街道"}`).into(t, &e)
	officer.do("DELETE", "/api/v1/entries/"+e.ID+"/steps/1?reason=%E8%AF%AF%E5%BD%95", "").into(t, &e)
	officer.post("/entries/"+e.ID+"/steps", `{"kind":"acknowledged","whom":"北站街道"}`).into(t, &e)
	got := officer.patch(e.ID, fmt.Sprintf(`{"revision":%d,"valid_until":"2026-11-28T23:00:00Z","content":"大风预警，联系人 13904015678","reason":"市台更新"}`, e.Revision))
	if got.status != 200 {
		t.Fatal(got)
	}
	got.into(t, &e)
	officer.post("/entries/"+e.ID+"/steps", `{"kind":"closed","text":"大风减弱"}`).into(t, &e)
	return h, e
}

// workbookText is all that stands in a workbook.
func workbookText(t *testing.T, body string) (text string) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		text += name + fmt.Sprint(rows)
	}
	return text
}

// What was done about a matter and what was corrected leaves with every paper and workbook of it.
func TestHandlingLeavesWithEveryPaper(t *testing.T) {
	h, e := aWarningIn(t)
	officer := h.as("officer")
	steps := []string{"1. 2026-11-28 08:00　签收　大西街道（王officer记）【已由王officer于 2026-11-28 08:00 划去：误录】", "2. 2026-11-28 08:00　签收　北站街道（王officer记）", "3. 2026-11-28 08:00　办结　大风减弱（王officer记）"}
	short := "　王officer更正　原因：市台更新，预警内容、有效期至"
	single := []string{"预警信息接收记录", "北站街道（2026-11-28 08:00）", "　王officer更正　原因：市台更新\n", "　有效期至：「2026-11-29 06:00」改为「2026-11-29 07:00」", "　预警内容：「大风预警，联系人 13904011234」改为"}
	for path, want := range map[string][]string{"/entries/" + e.ID + "/sheet": single, "/entries/" + e.ID + "/workbook": single,
		"/sheets/day?day=2026-11-28": {short}, "/sheets/day/workbook?day=2026-11-28": {short}, "/sheets/month?month=2026-11": {short}, "/sheets/month/workbook?month=2026-11": {short}} {
		got := officer.get(path)
		text := html.UnescapeString(got.body)
		if strings.Contains(path, "workbook") {
			text = workbookText(t, got.body)
		}
		if path != "/sheets/month?month=2026-11" { // its row goes on on the next page, in the middle of a step
			want = append(want, steps...)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
		for _, raw := range []string{"2026-11-28T", "未显示号码", "来电时间 "} {
			if strings.Contains(text, raw) && strings.Contains(path, e.ID) {
				t.Errorf("%s has %q", path, raw)
			}
		}
	}
}

// Who sees no numbers sees none in what stood there before, either.
func TestWhatWasCorrectedIsMaskedAsTheRest(t *testing.T) {
	h, e := aWarningIn(t)
	auditor := h.as("auditor")
	for _, path := range []string{"/entries/" + e.ID + "/sheet", "/sheets/day?day=2026-11-28"} {
		got := auditor.get(path)
		if got.status != 200 || !strings.Contains(got.body, "市台更新") {
			t.Errorf("%s: %d lacks the correction", path, got.status)
		}
		for _, number := range []string{"13904011234", "13904015678"} {
			if strings.Contains(got.body, number) {
				t.Errorf("%s shows %s", path, number)
			}
		}
	}
}
