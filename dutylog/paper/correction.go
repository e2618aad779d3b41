package paper

import (
	"fmt"
	"strconv"

	"dutyline/dutylog"
)

// Correction is the sheet 更正 of a closed month: what was frozen beside what would be counted now, and day by day.
func Correction(f Frame, c dutylog.MonthCorrection) Sheet {
	s := figureHead(f, "接听情况统计更正", c.Then.From, c.Then.To, lineWords(f, ""))
	s.Name = "接听情况统计更正-" + string(c.Frozen.Month)
	s.Notes = []string{string(c.Frozen.Month) + " 已于 " + f.minute(c.Frozen.At) + " 由" + closedBy(c.Frozen.By) + "定稿，定稿数字不再改动；此后的变化列为更正。",
		"分母不足 " + strconv.Itoa(dutylog.FewestForRate) + " 个的只列个数。定稿时来电 " + count(c.Then.Tally.Calls()) + " 个、盲区 " + blindMinutes(c.Then) + " 分钟、规则版本 " + versionWords(c.Then.Tally.Rules()) +
			"；现在来电 " + count(c.Now.Tally.Calls()) + " 个、盲区 " + blindMinutes(c.Now) + " 分钟、规则版本 " + versionWords(c.Now.Tally.Rules()) + "。"}
	s.Tables = []Table{changeTable("全月", nil, dutylog.FigureChanges(&c.Then.Tally, &c.Now.Tally))}
	days := changeTable("逐日", []Column{{"日期", 40, false}}, nil)
	for i := range c.ByDay {
		changes := changeRows(c.ByDay[i].Changes())
		if len(changes) == 0 {
			days.Rows = append(days.Rows, Row{Cells: []string{string(c.ByDay[i].Day), "各指标的分子、分母未变，值班员、班次、时长等有变", "", "", ""}})
		}
		for _, x := range changes {
			days.Rows = append(days.Rows, Row{Cells: append([]string{string(c.ByDay[i].Day)}, x...)})
		}
	}
	s.Tables = append(s.Tables, days)
	return s
}

func closedBy(by dutylog.Actor) string {
	if by.Name == "" || by.Login == "system" {
		return "系统"
	}
	return by.Name
}

func changeTable(name string, first []Column, changes []dutylog.FigureChange) Table {
	t := Table{Name: name, Columns: append(first, Column{"指标", 70, false}, Column{"口径", 30, true}, Column{"定稿", 55, true}, Column{"现在", 55, true})}
	for _, cells := range changeRows(changes) {
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	return t
}

// changeRows are the cells of each change; what is the same as measured and after review is said once.
func changeRows(changes []dutylog.FigureChange) (rows [][]string) {
	for i := 0; i < len(changes); i++ {
		cells := changeCells(changes[i])
		if i+1 < len(changes) && changes[i+1].Figure == changes[i].Figure && changes[i+1].Then == changes[i].Then && changes[i+1].Now == changes[i].Now {
			cells[1] = "实测、复核后"
			i++
		}
		rows = append(rows, cells)
	}
	return rows
}

func changeCells(x dutylog.FigureChange) []string {
	set := "实测"
	if x.AfterReview {
		set = "复核后"
	}
	side := func(s [2]int) string {
		n, rate := share(s[0], s[1])
		if rate == "—" {
			return n
		}
		return fmt.Sprintf("%s（%s）", n, rate)
	}
	return []string{FigureWords[x.Figure], set, side(x.Then), side(x.Now)}
}
