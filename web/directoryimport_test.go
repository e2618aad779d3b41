package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/web"
)

// cells of a random table: good ones and such as have a fault.
func randomTable(r *rand.Rand) (rows [][]any) {
	rows = append(rows, []any{"单位", "姓名", "职务", "电话", "备注"})
	for i := range 1 + r.IntN(40) {
		row := []any{fmt.Sprint("单位", r.IntN(30)), []string{"张", "王", ""}[r.IntN(3)], fmt.Sprint("职务", i), fmt.Sprint(22000000 + r.IntN(5000)), ""}
		switch r.IntN(120) {
		case 0:
			row[3] = 2422730001 // the 0 is lost
		case 1:
			row[0] = ""
		case 2:
			row[3] = "分机"
		case 3:
			row[4] = strings.Repeat("x", 501)
		}
		rows = append(rows, row)
	}
	if r.IntN(8) == 0 {
		rows[0][4] = "房间号" // a column that we do not know
	}
	return rows
}

// Whatever a table holds: it is imported as it was shown, or nothing of it is.
func TestRandomTablesAreImportedWholeOrNotAtAll(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	r := rand.New(rand.NewPCG(11, 4))
	taken, refused := 0, 0
	for range 40 {
		rows := randomTable(r)
		content, remove := tableBook(t, rows...), fmt.Sprint(r.IntN(2) == 0)
		before := leader.found(t, "?limit=500")
		shown := leader.post("/directory/preview", file(content, remove))
		if after := leader.found(t, "?limit=500"); after.Revision != before.Revision {
			t.Fatal("looking at a table changed the directory")
		}
		if shown.status != 200 {
			var f tableFaults
			if err := json.Unmarshal([]byte(shown.body), &f); err != nil || f.FaultCount == 0 || len(f.Faults) != f.FaultCount {
				t.Fatalf("refused without a fault: %v", shown)
			}
			got := leader.post("/directory/import", strings.TrimSuffix(file(content, remove), "}")+`,"token":"x"}`)
			if after := leader.found(t, "?limit=500"); got.status != 422 || after.Revision != before.Revision {
				t.Fatalf("%d faults, and something was imported: %v", f.FaultCount, got)
			}
			refused++
			continue
		}
		var plan, done planned
		shown.into(t, &plan)
		leader.post("/directory/import", strings.TrimSuffix(file(content, remove), "}")+`,"token":"`+plan.Token+`"}`).into(t, &done)
		after := leader.found(t, "?limit=500")
		if want := before.Total + plan.Added - plan.Removed; after.Total != want || done.Added != plan.Added || done.Changed != plan.Changed {
			t.Fatalf("%d contacts, want %d: shown %+v, done %+v", after.Total, want, plan, done)
		}
		if changes := plan.Added + plan.Changed + plan.Removed; after.Revision != before.Revision+int64(changes) {
			t.Fatalf("%d changes were shown and %d made", changes, after.Revision-before.Revision)
		}
		leader.post("/directory/preview", file(content, remove)).into(t, &plan)
		if plan.Added+plan.Changed+plan.Removed != 0 {
			t.Fatalf("the same table once more would change something: %+v", plan)
		}
		taken++
	}
	if taken < 8 || refused < 8 {
		t.Errorf("%d tables were taken and %d refused: this test judges little", taken, refused)
	}
}

// Only so much of a file is read, and nobody else than who may edit reads any.
func TestWhoMayImportAndHowMuch(t *testing.T) {
	h := newHouse(t, withTables)
	table := tableBook(t, []any{"单位", "电话"}, []any{"市水务局", "22730009"})
	for who, want := range map[string]int{"officer": 403, "auditor": 403, "chief": 200, "leader": 200, "supervisor": 200, "admin": 200} {
		if got := h.as(who).post("/directory/preview", file(table, "false")); got.status != want {
			t.Errorf("%s: %v, want %d", who, got, want)
		}
	}
	for _, body := range []string{`{"name":"x","content":"!","remove":true}`, `{"name":"x","remove":true}`, `{"content":"","remove":1}`, `[]`} {
		if p := h.as("admin").post("/directory/preview", body).problem(t); p.Status != 422 && p.Status != 400 {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

// districtTable is a directory of N contacts as CSV, with every column but the number of the contact.
func districtTable(n int) []byte {
	var b bytes.Buffer
	b.WriteString(strings.Join(dutylog.DirectoryColumns()[1:], ",") + "\n")
	for i := range n {
		cells := map[string]string{
			"单位": fmt.Sprintf("沈河区第%d社区居民委员会", i), "姓名": fmt.Sprint("王", i), "职务": "应急值班员", "办公电话": fmt.Sprintf("024-%08d", 22000000+i),
			"手机": fmt.Sprintf("138%08d", i), "传真": fmt.Sprintf("024-%08d", 31000000+i), "其他电话": fmt.Sprintf("139%08d", i),
			"上级": "否", "确认日期": "2026-11-23", "确认人": "王立新", "备注": "夜间请拨打手机",
		}
		for c, name := range dutylog.DirectoryColumns()[1:] {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(cells[name])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// The directory of a whole district, eleven columns of it, comes in, and what is exported of it comes
// back unchanged: its file is larger than any other request may be.
func TestALargeDirectoryImportsBack(t *testing.T) {
	const contacts = 7115
	h := newHouse(t, withTables)
	leader := h.as("leader")
	content := districtTable(contacts)
	if len(content) <= web.MaxBody {
		t.Fatalf("the table has only %d bytes: this test judges nothing", len(content))
	}
	var plan, done planned
	leader.post("/directory/preview", file(content, "true")).into(t, &plan)
	leader.post("/directory/import", strings.TrimSuffix(file(content, "true"), "}")+`,"token":"`+plan.Token+`"}`).into(t, &done)
	if done.Added != contacts {
		t.Fatalf("%d were added: %+v", done.Added, plan)
	}
	got := leader.get("/directory/export")
	if got.status != 200 {
		t.Fatalf("the export: %d", got.status)
	}
	var again planned
	leader.post("/directory/preview", file([]byte(got.body), "true")).into(t, &again)
	if again.Unchanged != contacts || again.Added+again.Changed+again.Removed != 0 {
		t.Errorf("of the export %d are unchanged, %d added, %d changed, %d removed", again.Unchanged, again.Added, again.Changed, again.Removed)
	}
}

// A file that is too large is refused as a file, with its limit, on every route that takes a table. Up
// to the limit it is read, and what is wrong with it is said with its name.
func TestTooLargeFilesAreRefusedAsFiles(t *testing.T) {
	if web.MaxTable != sheet.Ordinary.Bytes {
		t.Errorf("requests bring files of %d bytes, and %d are read", web.MaxTable, sheet.Ordinary.Bytes)
	}
	h := newHouse(t, withTables)
	chief := h.as("chief")
	for _, path := range []string{"/directory/preview", "/directory/import", "/roster/imports"} {
		body := file(make([]byte, 17<<20), "false")
		if path == "/roster/imports" {
			body = strings.Replace(body, `"remove":false`, `"month":"2026-12"`, 1)
		}
		p := chief.post(path, body).problem(t)
		if p.Status != 413 || p.Type != "/problems/bad-table" || p.File != "too_large" || !strings.Contains(p.Detail, "The file has more than 16 MB") {
			t.Errorf("%s with seventeen megabytes: %+v", path, p)
		}
		if p := h.visitor().post(path, body).problem(t); p.Status != 413 && p.Status != 401 {
			t.Errorf("%s without a login: %+v", path, p)
		}
	}
	if p := chief.post("/directory/preview", file(make([]byte, web.MaxTable+1), "false")).problem(t); p.Status != 422 || p.File != "too_large" || !strings.Contains(p.Detail, "通讯录.xlsx") || !strings.Contains(p.Detail, "16 MB") {
		t.Errorf("one byte more than is read: %+v", p)
	}
	if p := chief.post("/directory/preview", file(make([]byte, web.MaxTable), "false")).problem(t); p.Status != 422 || p.File == "too_large" {
		t.Errorf("as much as is read: %+v", p)
	}
	var r previewJSON
	preview(chief, "十二月.csv", bytes.Repeat([]byte("备注,,,\n"), 100_000), "2026-12").into(t, &r)
	if len(r.Faults) != 1 || r.Faults[0].Reason != "header" {
		t.Errorf("a large file without a roster: %+v", r)
	}
	// Everything else has the limit that it had.
	for _, c := range []struct{ method, path string }{{"POST", "/directory"}, {"PUT", "/roster/months/2026-12/draft"}, {"PUT", "/directory/import"}, {"POST", "/directory/import/x"}} {
		if p := chief.do(c.method, "/api/v1"+c.path, strings.Repeat("x", web.MaxBody+1)).problem(t); p.Status != 413 || p.File != "" || !strings.Contains(p.Detail, fmt.Sprint(web.MaxBody)) {
			t.Errorf("%s %s: %+v", c.method, c.path, p)
		}
	}
}

// A workbook of two sheets never removes what stands on the second one.
func TestNothingIsRemovedByHalfAWorkbook(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	leader.post("/directory", shenhe)
	b := excelize.NewFile()
	defer b.Close()
	if _, err := b.NewSheet("街道"); err != nil {
		t.Fatal(err)
	}
	for cell, text := range map[string]string{"A1": "单位", "B1": "电话", "A2": "市水务局", "B2": "22730009"} {
		for _, sheet := range b.GetSheetList() {
			if err := b.SetCellStr(sheet, cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, remove := range []string{"true", "false"} {
		got := leader.post("/directory/preview", file(out.Bytes(), remove))
		var f tableFaults
		if err := json.Unmarshal([]byte(got.body), &f); err != nil || got.status != 422 || f.FaultCount != 1 || f.Faults[0].Code != "second_sheet" || f.Faults[0].Value != "街道" {
			t.Errorf("removing %s: %v", remove, got)
		}
		if got := leader.post("/directory/import", strings.TrimSuffix(file(out.Bytes(), remove), "}")+`,"token":"x"}`); got.status != 422 {
			t.Errorf("removing %s it was imported: %v", remove, got)
		}
	}
	if list := leader.found(t, ""); list.Total != 1 || list.Items[0].Unit != "沈河区应急局" {
		t.Errorf("%+v", list)
	}
}
