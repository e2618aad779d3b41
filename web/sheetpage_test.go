package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
	"dutyline/web"
)

func siteTime(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, site)
	if err != nil {
		panic(err)
	}
	return t
}

// aSheet is what the golden pages show: a day with an entry that is complete, one with gaps and
// characters that mean something to HTML, and one whose text goes on on the next page.
func aSheet() (paper.Frame, paper.Period) {
	f := paper.Frame{Unit: "沈阳市沈河区应急管理局", Zone: site, Now: siteTime("2026-11-28 08:05:00"), By: dutylog.Actor{Login: "li", Name: "李娜"},
		Proof: paper.Proof{Size: 1234, At: siteTime("2026-11-28 08:00:00"), Root: "0a1b 2c3d 4e5f 6071 8293 a4b5 c6d7 e8f9 0a1b 2c3d"}, Lines: map[string]string{"duty": "024-22739110"}}
	entry := func(serial int, at, content string) dutylog.Entry {
		return dutylog.Entry{ID: fmt.Sprint("e-", serial), EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: serial}, Line: "duty", Kind: dutylog.KindDuty, State: dutylog.Complete,
			CallAt: siteTime(at), Number: telephony.ParseNumber("02423860012", "024"), Responsible: "李娜", ReadBackBy: "li", ReadBackAt: siteTime(at).Add(time.Minute),
			Values: map[dutylog.Field]string{dutylog.CallerUnit: "和平区应急局", dutylog.CallerPerson: "孙国强", dutylog.CallerTitle: "值班员", dutylog.ContactNumber: "024-23860012",
				dutylog.Content: content, dutylog.Category: "突发事件", dutylog.ReadBack: "done"}}
	}
	odd := entry(124, "2026-11-27 09:02:00", `<script>alert("1")</script> & 'x'`)
	odd.State = dutylog.Open
	odd.Gaps = map[dutylog.Field]dutylog.Gap{dutylog.CallerUnit: {Why: dutylog.Refused, Reason: "自称热心市民"}}
	odd.Values[dutylog.CallerUnit] = ""
	p := paper.Period{From: siteTime("2026-11-27 00:00:00"), To: siteTime("2026-11-28 00:00:00"), Entries: []dutylog.Entry{
		entry(123, "2026-11-27 08:31:00", "和平区南京北街一处民房起火，消防已出动，暂无人员伤亡。"), odd,
		entry(125, "2026-11-27 10:00:00", strings.Repeat("现场情况续报：火势已得到控制，疏散群众 36 人，联系人 13904011234。\n", 24)),
	}, Unseen: []telephony.Interval{{Kind: telephony.BlindInterval, From: siteTime("2026-11-27 03:12:00"), To: siteTime("2026-11-27 03:15:00"), Cause: "the daemon was not running"}}}
	return f, p
}

func TestPagesAsTheyArePrinted(t *testing.T) {
	f, p := aSheet()
	month := p
	month.From, month.To = siteTime("2026-11-01 00:00:00"), siteTime("2026-12-01 00:00:00")
	for name, s := range map[string]paper.Sheet{"sheet_day.golden.html": paper.Day(f, p), "sheet_month.golden.html": paper.Month(f, month),
		"sheet_entry.golden.html": paper.Entry(f, paper.Single{Entry: p.Entries[0]})} {
		body, _, err := web.SheetPage(s)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, string(body))
	}
}

// TestThePageHasTheRoomThatTheSheetWasCutFor reads the sizes out of the style: were they others
// than those of package paper, pages would run over.
func TestThePageHasTheRoomThatTheSheetWasCutFor(t *testing.T) {
	f, p := aSheet()
	for _, c := range []struct {
		sheet paper.Sheet
		want  []string
	}{
		{paper.Day(f, p), []string{"size: A4 landscape; margin: 12mm 12mm 10mm", ".wide .page { width: 272mm; min-height: 186mm; }"}},
		{paper.Blank(f, dutylog.PaperPrint{First: 1, Last: 1})[0], []string{".l2 td { height: 11mm; }", ".l4 td { height: 22mm; }", ".l6 td { height: 33mm; }", ".l8 td { height: 44mm; }", ".l15 td { height: 82mm; }"}},
		{paper.Roster(f, paper.RosterMonth{Month: "2026-11"}), []string{"size: A4 portrait; margin: 12mm 12mm 10mm"}},
		{paper.Entry(f, paper.Single{Entry: p.Entries[0]}), []string{"size: A4 portrait; margin: 12mm 12mm 10mm", ".tall .page { width: 186mm; min-height: 272mm; }"}},
	} {
		body, _, err := web.SheetPage(c.sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range append(c.want, "line-height: 1.4", "padding: 0.9mm 1.2mm", fmt.Sprintf(".s%v table { font-size: %vpt; }", c.sheet.Size, c.sheet.Size)) {
			if !strings.Contains(string(body), want) {
				t.Errorf("the style lacks %q", want)
			}
		}
	}
}

// TestEveryRowHasTheWholeWidth: cells and what they reach over are as many as there are columns.
func TestEveryRowHasTheWholeWidth(t *testing.T) {
	f, p := aSheet()
	shifts := []dutylog.Shift{{From: p.From.Add(8 * time.Hour), To: p.From.Add(20 * time.Hour), Post: dutylog.PostOfficer, Name: "李娜"}}
	for _, s := range []paper.Sheet{paper.Day(f, p), paper.Month(f, p), paper.Entry(f, paper.Single{Entry: p.Entries[2]}), paper.Roster(f, paper.RosterMonth{Month: "2026-11", Shifts: shifts}),
		paper.Handover(f, dutylog.Handover{ID: 3}, dutylog.Sheet{Remarks: "无"})} {
		body, _, err := web.SheetPage(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range strings.Split(string(body), "<table")[1:] {
			columns := strings.Count(table, "<col width")
			for _, row := range regexp.MustCompile(`(?s)<tr.*?</tr>`).FindAllString(table, -1) {
				n := strings.Count(row, "<th")
				for _, span := range regexp.MustCompile(`<td colspan="(\d+)"`).FindAllStringSubmatch(row, -1) {
					var w int
					fmt.Sscan(span[1], &w)
					n += w
				}
				if n != columns {
					t.Errorf("%d of %d columns: %s", n, columns, row)
				}
			}
		}
	}
}
