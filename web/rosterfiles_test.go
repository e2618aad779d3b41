package web_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog/sheet"
	"dutyline/web"
)

type previewJSON struct {
	Months []struct {
		Month    string
		Shifts   []shiftJSON
		Findings []findingJSON
		Draft    struct {
			Revision int
			At, By   string
		}
	}
	Faults []struct{ Cell, Reason, Value, Detail, File string }
}

func preview(c *client, name string, content []byte, month string) answer {
	return c.post("/roster/imports", `{"name":"`+name+`","content":"`+base64.StdEncoding.EncodeToString(content)+`","month":"`+month+`"}`)
}

func TestARosterIsImportedAsADraftAndExported(t *testing.T) {
	h := newHouse(t)
	chief := h.as("chief")
	table := "日期,星期,带班领导,值班处(科)领导,值班员\n12月30日,三,赵振华,杨秀英,张伟 13900001111\n12月31日,四,赵振华,杨秀英,李娜\n1月1日,五,赵振华,杨秀英,王强\n"
	var p previewJSON
	preview(chief, "值班表.csv", []byte(table), "2026-12").into(t, &p)
	if len(p.Faults) > 0 || len(p.Months) != 2 || p.Months[0].Month != "2026-12" || len(p.Months[0].Shifts) != 6 || p.Months[1].Month != "2027-01" {
		t.Fatalf("%+v", p)
	}
	if got := chief.get("/roster/months/2026-12"); !strings.Contains(got.body, `"revision":0`) {
		t.Errorf("a preview was kept: %v", got)
	}
	preview(chief, "值班表.csv", []byte(strings.Replace(table, "四", "五", 1)), "2026-12").into(t, &p)
	if len(p.Months) != 0 || len(p.Faults) != 1 || p.Faults[0].Cell != "B3" || p.Faults[0].Value != "2026-12-31 五" || p.Faults[0].Reason != "weekday" {
		t.Errorf("%+v", p)
	}
	preview(chief, "x.xlsx", []byte("PK\x03\x04 and no more"), "").into(t, &p)
	if len(p.Faults) != 1 || p.Faults[0].Reason != "file" || p.Faults[0].File != "damaged" {
		t.Errorf("%+v", p)
	}
	if got := preview(chief, "x.csv", []byte(table), "12月"); got.status != 422 {
		t.Errorf("a month that is none: %v", got)
	}
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`]}`)
	chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`)
	got := h.as("officer").get("/roster/months/2026-12/workbook")
	if got.status != 200 || !strings.Contains(got.header.Get("Content-Disposition"), "-%E5%80%BC%E7%8F%AD%E8%A1%A8-2026-12.xlsx") || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", got.status, got.header)
	}
	read, err := sheet.Read("x.xlsx", strings.NewReader(got.body), int64(len(got.body)))
	if err != nil || read[0].Cell(1, 0) != "2026年12月值班表" || read[0].Cell(12, 2) != "赵振华" {
		t.Errorf("%v %v", err, read)
	}
	if len(*h.accesses) == 0 || (*h.accesses)[len(*h.accesses)-1].What != "roster.export" || (*h.accesses)[len(*h.accesses)-1].Object != "2026-12" {
		t.Errorf("the export was not noted: %+v", *h.accesses)
	}
	if got := chief.get("/roster/months/12/workbook"); got.status != 422 {
		t.Errorf("%v", got)
	}
}

// A preview names the draft that its shifts would replace; on its revision they replace no other one.
func TestAnImportReplacesTheDraftThatItsPreviewShowed(t *testing.T) {
	h := newHouse(t)
	chief, leader := h.as("chief"), h.as("leader")
	table := []byte("2026年12月值班表\n日期,带班领导,值班处(科)领导,值班员\n1,赵振华,杨秀英,张伟\n")
	look := func() (p previewJSON) {
		t.Helper()
		preview(chief, "值班表.csv", table, "").into(t, &p)
		if len(p.Months) != 1 {
			t.Fatalf("%+v", p)
		}
		return p
	}
	if d := look().Months[0].Draft; d.Revision != 0 || d.At != "" || d.By != "" {
		t.Errorf("nobody makes one: %+v", d)
	}
	save := func(by *client, revision int) answer {
		return by.put("/roster/months/2026-12/draft", fmt.Sprintf(`{"revision":%d,"shifts":[]}`, revision))
	}
	if got := save(leader, 0); got.status != 200 {
		t.Fatal(got)
	}
	d := look().Months[0].Draft
	if d.Revision != 1 || d.At == "" || d.By != "王leader" {
		t.Errorf("whose draft it is, and since when: %+v", d)
	}
	if got := save(leader, 1); got.status != 200 {
		t.Fatal(got)
	}
	if got := save(chief, d.Revision); got.status != 409 {
		t.Errorf("a newer draft was replaced: %v", got)
	}
}

func TestWithoutTablesNothingIsReadOrWritten(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Sheets.Workbook, d.Sheets.Read = nil, nil })
	chief := h.as("chief")
	for _, got := range []answer{chief.get("/roster/months/2026-12/workbook"), preview(chief, "x.csv", []byte("x"), "")} {
		if got.status != 503 {
			t.Errorf("%v", got)
		}
	}
}

// A draft is printed to be signed before it is published; both papers say which they are.
func TestARosterIsPrintedInForceAndAsADraft(t *testing.T) {
	h := newHouse(t)
	chief, officer := h.as("chief"), h.as("officer")
	if p := chief.get("/roster/months/2026-12/sheet?draft=true").problem(t); p.Status != 404 {
		t.Errorf("a draft that is not there: %+v", p)
	}
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`]}`)
	draft := officer.get("/roster/months/2026-12/sheet?draft=true")
	for _, want := range []string{"<h2>2026年12月值班表</h2>", "草稿（第 1 稿），尚未发布", ">张伟<", ">杨秀英<", ">赵振华<", "12月10日", "带班领导\n00:00—24:00", "制表人（签名）", "签名校验点", "打印：王officer", "第 1 页 共 1 页"} {
		if !strings.Contains(draft.body, want) {
			t.Errorf("%q is not on the draft: %s", want, draft)
		}
	}
	if got := officer.get("/roster/months/2026-12/sheet"); got.status != 200 || strings.Contains(got.body, "张伟") || strings.Contains(got.body, "草稿") {
		t.Errorf("nothing is in force, and the paper says: %s", got)
	}
	chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`)
	if got := h.as("admin").get("/roster/months/2026-12/sheet"); !strings.Contains(got.body, "张伟") || strings.Contains(got.body, "草稿") {
		t.Errorf("what is in force: %s", got)
	}
	var noted []string
	for _, x := range *h.accesses {
		noted = append(noted, x.Who.Login+" "+x.What+" "+x.Object)
	}
	if got := strings.Join(noted, ", "); got != "officer roster.print 2026-12, officer roster.print 2026-12, admin roster.print 2026-12" {
		t.Errorf("noted were %s", got)
	}
}

// Before anything is taken, an import says which holes the month would have, and whom the roster itself calls temporary;
// so does publishing.
func TestAnImportNamesHolesAndTemporaryStaff(t *testing.T) {
	h := newHouse(t)
	chief := h.as("chief")
	table := "日期,带班领导,值班处(科)领导,值班员(08:00-20:00),值班员(20:00-次日08:00)\n"
	for day := 1; day <= 31; day++ {
		night := "李娜"
		if day == 10 {
			night = ""
		}
		leader := "赵振华"
		if day == 12 {
			leader = "孙亮（临聘）"
		}
		table += fmt.Sprintf("12月%d日,%s,杨秀英,张伟,%s\n", day, leader, night)
	}
	var p previewJSON
	preview(chief, "值班表.csv", []byte(table), "2026-12").into(t, &p)
	if len(p.Faults) > 0 || len(p.Months) != 1 {
		t.Fatalf("%+v", p)
	}
	var found []string
	for _, f := range p.Months[0].Findings {
		if f.Reason == "gap" && f.From > "2026-12-01T01" || f.Reason == "not_regular" {
			found = append(found, f.Reason+" "+f.Post+" "+f.Name+" "+f.From+" "+f.To)
		}
	}
	if want := []string{"gap duty_officer  2026-12-10T12:00:00.000Z 2026-12-11T00:00:00.000Z", "not_regular duty_leader 孙亮（临聘） 2026-12-12T00:00:00.000Z 2026-12-13T00:00:00.000Z"}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	var shifts []string
	for _, s := range p.Months[0].Shifts {
		shifts = append(shifts, fmt.Sprintf(`{"from":%q,"to":%q,"post":%q,"name":%q,"phone":%q}`, s.From, s.To, s.Post, s.Name, s.Phone))
	}
	if got := chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+strings.Join(shifts, ",")+`]}`); got.status != 200 || !strings.Contains(got.body, `"from":"2026-12-10T12:00:00.000Z","to":"2026-12-11T00:00:00.000Z","post":"duty_officer"`) {
		t.Errorf("the draft names no hole: %v", got)
	}
	if got := chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`); got.status == 200 || !strings.Contains(got.body, "not_regular") && !strings.Contains(got.body, "regular staff") {
		t.Errorf("temporary staff is published: %v", got)
	}
}

func TestMissedCallersAreAListOfWhichALookIsNoted(t *testing.T) {
	h := newHouse(t)
	h.as("supervisor").get("/missed-calls?waiting=true")
	if n := len(*h.accesses); n == 0 || (*h.accesses)[n-1].What != "call.see" || (*h.accesses)[n-1].Object != "missed-calls" || (*h.accesses)[n-1].Who.Login != "supervisor" {
		t.Errorf("%+v", *h.accesses)
	}
}
