package paper

import (
	"cmp"
	"slices"

	"dutyline/dutylog"
)

// Drawn is a sample of recordings with what was said of them.
type Drawn struct {
	Draw  dutylog.Draw
	Calls []dutylog.Listened // as far as the reader may see them
	At    map[string]dutylog.Call
}

// MarkNames are the words of marks: those of the page.
var MarkNames = map[dutylog.Mark]string{dutylog.MarkGood: "好", dutylog.MarkPartly: "一般", dutylog.MarkPoor: "差", dutylog.MarkNone: "不适用"}

// Listening is the sheet of a listening review 录音抽评表: what was drawn, by which seed, and what was heard.
func Listening(f Frame, x Drawn) Sheet {
	month := x.Draw.Month.First().In(f.Zone).Format("2006年1月")
	seed := "种子：" + x.Draw.Seed + "（系统随机产生）"
	if x.Draw.Named {
		seed = "种子：" + x.Draw.Seed + "（检查人指定）"
	}
	s := Sheet{Name: "录音抽评表-" + string(x.Draw.Month) + "-" + count(x.Draw.ID), Unit: f.Unit, Title: month + "录音抽评表", Size: 9, Landscape: true, Foot: f.foot(),
		Signatures: []string{"抽评人", "值班处领导", "带班领导"},
		Under:      []string{"第 " + count(x.Draw.ID) + " 次抽取　" + seed + "　每人 " + count(x.Draw.PerOfficer) + " 个　" + x.Draw.By.Name + "　" + f.minute(x.Draw.At)}}
	t := Table{Name: month, Columns: []Column{{"值班员", 20, true}, {"来电时间", 30, true}, {"问候", 14, true}, {"态度", 14, true}, {"表述", 14, true}, {"要素", 14, true}, {"复述", 14, true}, {"抽评意见", 70, false}, {"本人意见", 60, false}, {"抽评人", 22, true}}}
	for _, l := range x.Calls {
		cells := []string{cmp.Or(l.Officer, "不明"), f.minute(x.At[l.CallID].OfferedAt), "", "", "", "", "", "未评", "", ""}
		if r := l.Review; r != nil {
			for i, m := range []dutylog.Mark{r.Marks.Greeting, r.Marks.Tone, r.Marks.Precision, r.Marks.Elements, r.Marks.ReadBack} {
				cells[2+i] = Word(MarkNames, m)
			}
			cells[7], cells[9] = r.Text, r.By.Name
		}
		if l.Answer != nil {
			cells[8] = l.Answer.Text
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	s.Tables = []Table{t}
	for _, o := range x.Draw.Samples {
		if slices.ContainsFunc(x.Calls, func(l dutylog.Listened) bool { return l.Officer == o.Officer }) {
			s.Notes = append(s.Notes, cmp.Or(o.Officer, "不明")+"：当月已接听并有录音的来电 "+count(o.Population)+" 个，抽取 "+count(len(o.Calls))+" 个。")
		}
	}
	s.Notes = append(s.Notes, "同一种子、同一月份的同一批来电，任何时候重新抽取结果相同。")
	return s
}
