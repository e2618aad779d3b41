package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

// aLateEntry came in the first blind interval of aDay and was written at nine.
func aLateEntry() dutylog.Entry {
	return dutylog.Entry{ID: "w-1", EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 130}, Line: "duty", Kind: dutylog.KindOutgoing, State: dutylog.Complete,
		CallAt: local("2026-11-27 03:13:00"), OpenedAt: local("2026-11-27 09:00:00"), Late: &dutylog.Late{Blind: local("2026-11-27 03:12:00")},
		Values: map[dutylog.Field]string{dutylog.LateReason: "值班系统停机", dutylog.PaperSheet: "000012", dutylog.CalledWhom: "市局", dutylog.CalledWhy: "报告"}}
}

func TestALateEntryIsSaidOnTheDaysPaper(t *testing.T) {
	p := aDay()
	p.Entries = append(p.Entries, aLateEntry())
	s := paper.Day(frame, p)
	var row []string
	for _, r := range s.Tables[0].Rows {
		if r.Cells[0] == "2026-000130" {
			row = r.Cells
		}
	}
	if row == nil || row[1] != "03:13" || row[2] != "去电\n（补录）" || !strings.Contains(row[7], "补录原因：值班系统停机\n纸质单编号：000012") {
		t.Errorf("%q", row)
	}
	if first := s.Tables[0].Rows[0].Cells[0]; first != "2026-000130" {
		t.Errorf("it stands where it came, but the first of the day is %s", first)
	}
	if note := s.Notes[0]; !strings.HasSuffix(note, "，已补录：2026-000130") {
		t.Errorf("the blind interval is not said to be covered: %s", note)
	}
	if strings.Contains(s.Notes[1], "已补录") {
		t.Errorf("a switch that was down has no calls to enter: %s", s.Notes[1])
	}
}

// The paper of the entry says that its sheet is not attached, or nothing where it is, or where there was none.
func TestThePaperSaysThatTheScanIsMissing(t *testing.T) {
	without, with, none := aLateEntry(), aLateEntry(), aLateEntry()
	with.Scanned = true
	delete(none.Values, dutylog.PaperSheet)
	none.Gaps = map[dutylog.Field]dutylog.Gap{dutylog.PaperSheet: {Why: dutylog.NotPossible, Reason: "凭记忆补录"}}
	for name, c := range map[string]struct {
		e    dutylog.Entry
		says bool
	}{"without": {without, true}, "with": {with, false}, "none": {none, false}} {
		text := fmt.Sprint(paper.Entry(frame, paper.Single{Entry: c.e}))
		if strings.Contains(text, "纸质单扫描件 未附") != c.says {
			t.Errorf("%s: %s", name, text)
		}
	}
	if text := fmt.Sprint(paper.Entry(frame, paper.Single{Entry: none})); !strings.Contains(text, "凭记忆补录") {
		t.Errorf("why there was no sheet is not said: %s", text)
	}
}

// An interval that reaches beyond the day is covered on either day's paper.
func TestACoveredIntervalIsToldByItsWholeSelf(t *testing.T) {
	e := aLateEntry()
	e.Late.Blind = local("2026-11-26 23:00:00")
	p := paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Entries: []dutylog.Entry{e},
		Unseen: []telephony.Interval{{Kind: telephony.BlindInterval, From: local("2026-11-26 23:00:00"), To: local("2026-11-27 04:00:00")}}}
	if note := paper.Day(frame, p).Notes[0]; !strings.Contains(note, "00:00:00—04:00:00") || !strings.Contains(note, "已补录：2026-000130") {
		t.Errorf("%s", note)
	}
	p.Entries[0].Late = &dutylog.Late{}
	if note := paper.Day(frame, p).Notes[0]; strings.Contains(note, "已补录") {
		t.Errorf("a late entry of no interval covers one: %s", note)
	}
}

func TestALateEntryHasBothTimesOnItsOwnPaper(t *testing.T) {
	rows := paper.Entry(frame, paper.Single{Entry: aLateEntry()}).Tables[0].Rows
	var got []string
	for _, r := range rows[:3] {
		got = append(got, strings.Join(r.Cells, "|"))
	}
	want := []string{"类型|补录　去电（已完成）|值班专线|024-22739110", "接报时间|2026-11-27 03:13|所拨号码|—", "补录时间|2026-11-27 09:00|所补时段|2026-11-27 03:12 起的盲区"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e := aLateEntry()
	e.Late = &dutylog.Late{}
	if text := fmt.Sprint(paper.Entry(frame, paper.Single{Entry: e}).Tables); !strings.Contains(text, "所补时段 —") {
		t.Errorf("one of no interval: %s", text)
	}
}

// Each blank sheet is one page, with a number of its own and room to write.
func TestBlankSheetsAreOnePageEach(t *testing.T) {
	p := dutylog.PaperPrint{ID: 3, First: 9, Last: 12, At: local("2026-11-20 10:00:00"), By: dutylog.Actor{Name: "王伟"}}
	sheets := paper.Blank(frame, p)
	if len(sheets) != 4 {
		t.Fatalf("%d sheets", len(sheets))
	}
	for i, s := range sheets {
		pages := paper.Pages(s)
		if len(pages) != 1 || !pages[0].Signed {
			t.Errorf("sheet %d has %d pages", i, len(pages))
		}
		if want := fmt.Sprintf("纸质单编号：%06d", 9+i); s.Under[0] != want || s.Name != "空白值班记录单-000009-000012" {
			t.Errorf("%s %s, want %s", s.Name, s.Under[0], want)
		}
		for _, r := range s.Tables[0].Rows {
			if r.MinLines < 2 {
				t.Errorf("nobody can write into %v", r.Cells)
			}
		}
	}
	text := fmt.Sprint(sheets[0])
	for _, want := range []string{"王伟", "2026-11-20 10:00", "打印：李娜", "来电单位", "联系电话", "通话人姓名", "职务", "电话内容", "复述校对", "补录条目编号"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the sheet", want)
		}
	}
}

// The heads of the duty log speak of calls only where all of it came in by telephone.
func TestHeadsOfATableWithSeveralKinds(t *testing.T) {
	heads := func(kinds ...dutylog.Kind) string {
		p := paper.Period{From: aDay().From, To: aDay().To}
		for i, k := range kinds {
			e := dutylog.Entry{ID: "e-1", Kind: k, CallAt: p.From.AddDate(0, 0, i)}
			p.Entries = append(p.Entries, e)
		}
		var all []string
		for _, c := range paper.Day(frame, p).Tables[0].Columns {
			all = append(all, c.Head)
		}
		month := paper.Month(frame, p).Tables
		if last := month[len(month)-1]; last.Columns[3].Head != all[3] || last.Columns[6].Head != all[6] {
			t.Errorf("%v: the month says %v, the day %q", kinds, last.Columns, all)
		}
		return all[3] + " " + all[6]
	}
	for want, kinds := range map[string][][]dutylog.Kind{
		"来电单位 电话内容": {nil, {dutylog.KindDuty}, {dutylog.KindDuty, dutylog.KindMissed}},
		"单位 内容":     {{dutylog.KindFax}, {dutylog.KindDuty, dutylog.KindPatrol}, {dutylog.KindDuty, dutylog.KindOutgoing}},
	} {
		for _, k := range kinds {
			if got := heads(k...); got != want {
				t.Errorf("%v: %q, want %q", k, got, want)
			}
		}
	}
	if again := heads(dutylog.KindDuty); again != "来电单位 电话内容" {
		t.Errorf("one table changed the next one: %q", again)
	}
}

// That the time was corrected is told as any correction is: what stood there, who, when and why.
func TestACorrectedTimeOfALateEntryIsOnItsPaper(t *testing.T) {
	was, is := aLateEntry(), aLateEntry()
	was.CallAt, was.Late = local("2026-11-26 03:12:00"), &dutylog.Late{}
	is.Revision, is.Correction = 2, "日期误填"
	all := []dutylog.Revision{{Entry: was, At: local("2026-11-27 09:00:00")}, {Entry: is, By: dutylog.Actor{Login: "li", Name: "李娜"}, At: local("2026-11-27 10:00:00")}}
	text := fmt.Sprint(paper.Entry(frame, paper.Single{Entry: is, Revisions: all}))
	for _, want := range []string{"1. 2026-11-27 10:00　李娜更正　原因：日期误填", "接报时间：「2026-11-26 03:12」改为「2026-11-27 03:13」", "所补时段：「空」改为「2026-11-27 03:12 起的盲区」"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on it: %s", want, text)
		}
	}
}
