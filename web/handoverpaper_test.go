package web_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/web"
)

// handed is a house in which one officer took over and handed over to another one, with a remark that a
// spreadsheet would take for a formula.
func handed(t *testing.T) *house {
	t.Helper()
	h := printed(t)
	first := h.as("officer")
	h.tookOver(first)
	if got := first.patch("e-1795436201.0", `{"revision":1,"caller_unit":"和平区应急局","content":"<b>南京北街</b>民房起火"}`); got.status != 200 {
		t.Fatal(got)
	}
	h.account("officer2", dutylog.Officer, false)
	now := first.now(t)
	got := first.post("/handovers", `{"sheet_digest":"`+now.SheetDigest+`","remarks":"=1+1","second":{"username":"officer2","password":"`+password+`"}}`)
	if got.status != 200 {
		t.Fatal(got)
	}
	return h
}

func TestAHandoverOnPaper(t *testing.T) {
	h := handed(t)
	reader := h.as("auditor")
	got := reader.get("/handovers/2/sheet")
	for _, want := range []string{"<h2>交接班记录</h2>", "第 2 号", "2026-000002", "&lt;b&gt;南京北街&lt;/b&gt;民房起火", "=1&#43;1", "交班人：王officer", "接班人（签名）", "带班领导（签名）", "SHA-256：", "盲区", "打印：王auditor", "第 1 页 共"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the page: %s", want, got)
		}
	}
	now := reader.get("/handover/sheet")
	if !strings.Contains(now.body, "打印时的情况，尚未交接") || strings.Contains(now.body, "SHA-256") {
		t.Errorf("the sheet of this moment: %s", now)
	}
	if p := reader.get("/handovers/9/sheet").problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := h.as("admin").get("/handovers/2/sheet").problem(t); p.Status != 403 {
		t.Errorf("who may not read handovers printed one: %+v", p)
	}
}

func TestAHandoverAsAWorkbook(t *testing.T) {
	h := handed(t)
	for path, name := range map[string]string{"/handovers/2/workbook": "-2.xlsx", "/handover/workbook": "-2026-11-28-"} {
		got := h.as("leader").get(path)
		if got.status != 200 || !strings.Contains(got.header.Get("Content-Disposition"), name) {
			t.Fatalf("%s: %v %v", path, got.status, got.header)
		}
		book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows("交接班记录")
		text := fmt.Sprint(rows)
		if err != nil || !strings.Contains(text, "2026-000002") || strings.Contains(text, "'=1+1") != strings.HasPrefix(path, "/handovers/") {
			t.Errorf("%s: %v: %v", path, err, rows)
		}
		book.Close()
	}
	bare := newHouse(t, func(d *web.Deps) { d.Sheets.Workbook = nil }).as("officer").get("/handover/workbook").problem(t)
	if bare.Status != 503 {
		t.Errorf("%+v", bare)
	}
}

func TestWhoTakesAHandoverIsNoted(t *testing.T) {
	h := handed(t)
	*h.accesses = nil
	for _, path := range []string{"/handovers/2/sheet", "/handovers/2/workbook", "/handover/sheet", "/handover/workbook", "/handovers/9/workbook"} {
		h.as("chief").get(path)
	}
	var got []string
	for _, x := range *h.accesses {
		got = append(got, x.What+" "+strings.TrimRight(x.Object, "0123456789-"))
	}
	want := "handover.print 交接班记录, handover.export 交接班记录, handover.print 交接班记录, handover.export 交接班记录"
	if strings.Join(got, ", ") != want {
		t.Errorf("noted were %s", strings.Join(got, ", "))
	}
}

// A sheet of which something was erased says so where it is read, on paper and in the workbook, and
// keeps the digest of what was confirmed.
func TestAHandoverThatWasErasedFromSaysSo(t *testing.T) {
	h := handed(t)
	reader := h.as("auditor")
	var before, after struct {
		Digest   string
		ErasedBy int64 `json:"erased_by"`
		Sheet    dutylog.Sheet
	}
	decode(t, reader.get("/handovers/2"), &before)
	decision := h.erase("e-1795436201.0", dutylog.Content)
	decode(t, reader.get("/handovers/2"), &after)
	if before.ErasedBy != 0 || after.ErasedBy != decision || after.Digest != before.Digest || len(after.Sheet.Matters) != len(before.Sheet.Matters) {
		t.Errorf("%+v %+v", before, after)
	}
	for _, got := range []answer{reader.get("/handovers/2"), reader.get("/handovers/2/sheet"), reader.get("/handover/sheet"), reader.get("/handover")} {
		if got.status != 200 || strings.Contains(got.body, "南京北街") {
			t.Errorf("what was erased is still told: %s", got)
		}
	}
	if page := reader.get("/handovers/2/sheet").body; !strings.Contains(page, "部分内容已依第 1 号删除决定抹去") || !strings.Contains(page, "和平区应急局") || !strings.Contains(page, before.Digest) {
		t.Errorf("the paper does not say that something is gone: %s", page)
	}
	confirmed := h.as("leader").post("/handovers/2/confirmations", `{"digest":"`+after.Digest+`"}`)
	if confirmed.status != 200 {
		t.Errorf("who confirms afterwards: %v", confirmed)
	}
	if got := reader.get("/handovers"); !strings.Contains(got.body, `"erased_by":1`) {
		t.Errorf("the list does not say it: %s", got)
	}
}

// A sheet tells of the entries of open incidents, whose elements are taken from them.
func TestAHandoverSheetShowsTheEntriesOfIncidents(t *testing.T) {
	h, officer, _ := aFire(t)
	var e web.EntryDoc
	officer.get("/entries/e-1.0").into(t, &e)
	if got := officer.change(e, `"kind":"nuisance","state":"complete"`); got.status != 200 {
		t.Fatal(got)
	}
	for _, path := range []string{"/handover", "/handover/sheet"} {
		*h.accesses = nil
		if got := h.as("leader").get(path); !strings.Contains(got.body, "文艺路1号") {
			t.Fatalf("%s does not tell of it", path)
		}
		if noted := fmt.Sprintf("%+v", *h.accesses); !strings.Contains(noted, "e-1.0") {
			t.Errorf("%s shows what e-1.0 says, and notes %s", path, noted)
		}
	}
}
