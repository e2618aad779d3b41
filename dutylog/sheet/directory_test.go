package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/workbook"
)

// What a directory may hold and a file may spoil.
var awkward = []string{"", "沈河区应急局", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "-2", "+3", "0800", "1.3E+10", "46349", "true", "是", "a,b;c\"d\"", "_x000D_", "_x0041_",
	"<b>&amp;</b>", "𠮷野", "\u202e反", "#空", " 两 边 有 空 格 ", strings.Repeat("长", 500), "日期2026-11-23", "\tTab", "多\n行"}

func randomContacts(r *rand.Rand, n int) []dutylog.Contact {
	text := func() string { return awkward[r.IntN(len(awkward))] }
	numbers := []string{"22730001", "024-22730002", "13804050062", "12345", "0416-3123456", "+8613900001111", "22730003转801", "4001234567", "(024)22730004"}
	var all []dutylog.Contact
	for i := range n {
		c := dutylog.Contact{ID: int64(i + 1), Unit: fmt.Sprint(i, awkward[r.IntN(5)]), Person: text(), Title: text(), Remark: text(), ConfirmedBy: text(), Superior: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			c.LastConfirmed = time.Date(2026, 1, 1+r.IntN(900), 0, 0, 0, 0, time.UTC)
		}
		for _, k := range r.Perm(len(numbers))[:1+r.IntN(4)] {
			number, _ := dutylog.ParseContactNumber(numbers[k], "024")
			c.Numbers = append(c.Numbers, dutylog.ContactPhone{Kind: dutylog.NumberKinds()[r.IntN(4)], Number: number})
		}
		c, err := c.Clean()
		if err != nil {
			panic(err)
		}
		all = append(all, c)
	}
	return all
}

// written is the exported workbook of a directory.
func written(t testing.TB, contacts []dutylog.Contact) []byte {
	t.Helper()
	var out bytes.Buffer
	ok(t, workbook.Write(&out, paper.Directory(contacts)))
	return out.Bytes()
}

func TestAnExportedWorkbookImportsBackUnchanged(t *testing.T) {
	for seed := range uint64(8) {
		want := randomContacts(rand.New(rand.NewPCG(seed, 5)), 80)
		tables, err := read(written(t, want))
		ok(t, err)
		table, err := dutylog.ParseDirectory(tables, "024")
		if diff := cmp.Diff(want, table.Contacts()); err != nil || diff != "" {
			t.Fatalf("seed %d: %v (-exported +imported):\n%s", seed, err, diff)
		}
	}
}

// A table of people as offices keep it: a title, merged units, full-width digits, real dates.
func TestADirectoryAsOfficesKeepIt(t *testing.T) {
	content := book(t, func(b *excelize.File) {
		date, err := b.NewStyle(&excelize.Style{NumFmt: 14})
		ok(t, err, b.SetCellStr("Sheet1", "A1", "沈阳市应急值班通讯录（2026年11月）"), b.MergeCell("Sheet1", "A1", "F1"))
		ok(t, b.SetSheetRow("Sheet1", "A2", &[]any{"序号", "单位", "姓名", "职务", "联系电话", "核实日期"}))
		ok(t, b.SetSheetRow("Sheet1", "A3", &[]any{1, "市水务局", "徐文博", "值班员", "０２４－２２７３０００９", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}))
		ok(t, b.SetSheetRow("Sheet1", "A4", &[]any{2, nil, "李娜", "值班员", 13804050062, nil}))
		ok(t, b.MergeCell("Sheet1", "B3", "B4"), b.MergeCell("Sheet1", "F3", "F4"), b.SetCellStyle("Sheet1", "F3", "F4", date))
	})
	tables, err := read(content)
	ok(t, err)
	table, err := dutylog.ParseDirectory(tables, "024")
	ok(t, err)
	var got []string
	for _, c := range table.Contacts() {
		got = append(got, fmt.Sprint(c.Name(), " ", c.Numbers[0].Number.E164, " ", c.Text(dutylog.ContactConfirmed)))
	}
	if diff := cmp.Diff([]string{"市水务局 徐文博 值班员 +862422730009 2026-11-23", "市水务局 李娜 值班员 +8613804050062 2026-11-23"}, got); diff != "" {
		t.Errorf("(-want +read):\n%s", diff)
	}
}

// Every fault of a large table is named by its cell, wherever it stands.
func TestFaultsOfALargeTableAreNamedByCell(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	list := paper.Table{Name: "通讯录", Columns: []paper.Column{{Head: "单位", Width: 20}, {Head: "电话", Width: 20}, {Head: "确认日期", Width: 20}}}
	want := map[string]dutylog.RowFault{}
	for i := range 5000 {
		row := []string{fmt.Sprint("单位", i), fmt.Sprint(22000000 + i), "2026-11-23"}
		switch r.IntN(60) {
		case 0:
			row[0], want[dutylog.CellName(i+1, 0)] = "", dutylog.RowMissing
		case 1:
			row[1], want[dutylog.CellName(i+1, 1)] = "1.38E+10", dutylog.RowGarbled
		case 2:
			row[1], want[dutylog.CellName(i+1, 1)] = "2422730001", dutylog.RowLostZero
		case 3:
			row[2], want[dutylog.CellName(i+1, 2)] = "昨天", dutylog.RowNoDate
		}
		list.Rows = append(list.Rows, paper.Row{Cells: row})
	}
	var out bytes.Buffer
	ok(t, workbook.Write(&out, paper.Sheet{Size: 9, Tables: []paper.Table{list}}))
	tables, err := read(out.Bytes())
	ok(t, err)
	table, err := dutylog.ParseDirectory(tables, "024")
	var bad *dutylog.TableError
	if !errors.As(err, &bad) || len(table.Rows) != 0 {
		t.Fatalf("%v, %d rows", err, len(table.Rows))
	}
	got := map[string]dutylog.RowFault{}
	for _, f := range bad.Rows {
		got[f.Cell] = f.Code
	}
	if diff := cmp.Diff(want, got); diff != "" || len(bad.Rows) != len(want) {
		t.Errorf("%d faults (-made +named):\n%s", len(bad.Rows), diff)
	}
}

func BenchmarkReadADirectoryOf5000(b *testing.B) {
	content := written(b, randomContacts(rand.New(rand.NewPCG(1, 1)), 5000))
	for b.Loop() {
		if _, err := read(content); err != nil {
			b.Fatal(err)
		}
	}
}
