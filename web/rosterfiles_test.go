package web_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/web"
)

// files reads and writes real workbooks.
type files struct{}

func (files) Read(name string, content []byte) ([]dutylog.Table, error) {
	return sheet.Read(name, bytes.NewReader(content), int64(len(content)))
}

func (files) WritePaper(w io.Writer, p dutylog.Paper) error { return sheet.WritePaper(w, p) }

type previewJSON struct {
	Months []struct {
		Month  string
		Shifts []shiftJSON
	}
	Faults []struct{ Cell, Reason, Detail string }
}

func preview(c *client, name string, content []byte, month string) answer {
	return c.post("/roster/imports", `{"name":"`+name+`","content":"`+base64.StdEncoding.EncodeToString(content)+`","month":"`+month+`"}`)
}

func TestARosterIsImportedAsADraftAndExported(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Tables, d.Unit = files{}, "沈河区应急管理局" })
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
	if len(p.Months) != 0 || len(p.Faults) != 1 || p.Faults[0].Cell != "B3" || p.Faults[0].Reason != "weekday" {
		t.Errorf("%+v", p)
	}
	preview(chief, "x.xlsx", []byte("PK\x03\x04 and no more"), "").into(t, &p)
	if len(p.Faults) != 1 || p.Faults[0].Reason != "file" {
		t.Errorf("%+v", p)
	}
	if got := preview(chief, "x.csv", []byte(table), "12月"); got.status != 422 {
		t.Errorf("a month that is none: %v", got)
	}
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`]}`)
	chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`)
	got := h.as("officer").get("/roster/months/2026-12/table")
	if got.status != 200 || !strings.Contains(got.header.Get("Content-Disposition"), "roster-2026-12.xlsx") || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", got.status, got.header)
	}
	read, err := sheet.Read("x.xlsx", strings.NewReader(got.body), int64(len(got.body)))
	if err != nil || read[0].Cell(0, 0) != "沈河区应急管理局2026年12月值班表" || read[0].Cell(11, 2) != "赵振华" {
		t.Errorf("%v %v", err, read)
	}
	if len(*h.accesses) == 0 || (*h.accesses)[len(*h.accesses)-1].What != "roster.export" || (*h.accesses)[len(*h.accesses)-1].Object != "2026-12" {
		t.Errorf("the export was not noted: %+v", *h.accesses)
	}
	if got := chief.get("/roster/months/12/table"); got.status != 422 {
		t.Errorf("%v", got)
	}
}

func TestWithoutTablesNothingIsReadOrWritten(t *testing.T) {
	h := newHouse(t)
	chief := h.as("chief")
	for _, got := range []answer{chief.get("/roster/months/2026-12/table"), preview(chief, "x.csv", []byte("x"), "")} {
		if got.status != 404 {
			t.Errorf("%v", got)
		}
	}
}
