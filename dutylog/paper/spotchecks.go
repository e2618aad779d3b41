package paper

import (
	"dutyline/dutylog"
	"dutyline/telephony"
)

// The words of the register of spot checks: those of the page.
var (
	SpotResultNames = map[dutylog.SpotResult]string{dutylog.SpotPassed: "合格", dutylog.SpotPartly: "基本合格", dutylog.SpotFailed: "不合格"}
	spotDirections  = map[telephony.Direction]string{telephony.Inbound: "上级抽查我单位", telephony.Outbound: "我单位抽查下级"}
)

// SpotChecks is the register of a month 抽查登记表. What was struck out is counted and not listed.
func SpotChecks(f Frame, m dutylog.Month, list []dutylog.SpotCheck) Sheet {
	title := m.First().In(f.Zone).Format("2006年1月")
	s := Sheet{Name: "抽查登记表-" + string(m), Unit: f.Unit, Title: title + "抽查登记表", Size: 9, Landscape: true, Foot: f.foot(), Signatures: []string{"登记人", "值班处领导", "带班领导"}}
	t := Table{Name: title, Columns: []Column{{"序号", 10, true}, {"时间", 30, true}, {"方向", 26, true}, {"单位", 34, false}, {"抽查人", 20, true}, {"抽查内容", 55, false}, {"结果", 18, true}, {"问题及整改", 55, false}, {"登记", 24, true}}}
	counts, struck, open := map[dutylog.SpotResult]int{}, 0, 0
	for i := len(list) - 1; i >= 0; i-- { // on paper the oldest comes first
		x := list[i]
		if x.Struck {
			struck++
			continue
		}
		counts[x.Result]++
		wrote := x.By.Name
		if x.Direction == telephony.Inbound && !x.Confirmed() {
			open++
			wrote += "（未确认）"
		}
		t.Rows = append(t.Rows, Row{Call: x.CallID, Cells: []string{count(len(t.Rows) + 1), f.minute(x.Day), Word(spotDirections, x.Direction), x.Unit, x.Inspector, x.Questions,
			Word(SpotResultNames, x.Result), x.Findings, wrote}})
	}
	if t.Rows == nil {
		t.Rows = []Row{{Cells: []string{"本月没有登记抽查"}}}
	}
	s.Tables = []Table{t}
	s.Notes = []string{"合格 " + count(counts[dutylog.SpotPassed]) + " 次，基本合格 " + count(counts[dutylog.SpotPartly]) + " 次，不合格 " + count(counts[dutylog.SpotFailed]) + " 次；另有误登作废 " + count(struck) + " 次。"}
	if open > 0 {
		s.Notes = append(s.Notes, "“未确认”的 "+count(open)+" 次由被抽查的值班室登记，督查人员尚未确认，暂不计入当月考核。")
	}
	return s
}
