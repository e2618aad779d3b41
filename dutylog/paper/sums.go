package paper

import (
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// sumColumn counts something of a day.
type sumColumn struct {
	head  string
	call  func(dutylog.Call) bool
	entry func(dutylog.Entry) bool
}

func ended(outcomes ...telephony.Outcome) func(dutylog.Call) bool {
	return func(c dutylog.Call) bool {
		for _, o := range outcomes {
			if c.Outcome == o {
				return true
			}
		}
		return false
	}
}

func inbound(c dutylog.Call) bool { return c.Direction == telephony.Inbound }

// The covering table of a month. Each incoming call is in exactly one of the columns between
// 来电 and 去电; test calls are in none.
var sumColumns = []sumColumn{
	{head: "来电", call: inbound},
	{head: "按时接听", call: ended(telephony.AnsweredInTime)},
	{head: "超时接听", call: ended(telephony.AnsweredLate)},
	{head: "未接", call: ended(telephony.Missed)},
	{head: "对方提前挂断", call: ended(telephony.AbandonedEarly)},
	{head: "其他情况", call: func(c dutylog.Call) bool {
		return inbound(c) && !ended(telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.AbandonedEarly)(c)
	}},
	{head: "去电", call: func(c dutylog.Call) bool { return !inbound(c) }},
	{head: "日志条目", entry: func(dutylog.Entry) bool { return true }},
	{head: "其中未完成", entry: func(e dutylog.Entry) bool { return e.State != dutylog.Complete }},
}

// sumTable counts each day of the period, and all of them.
func sumTable(f Frame, p Period) Table {
	t := Table{Name: "汇总", Columns: []Column{{"日期", 38, true}}}
	for _, c := range sumColumns {
		t.Columns = append(t.Columns, Column{c.head, 23, true})
	}
	t.Columns = append(t.Columns, Column{"盲区时长", 28, true})
	var whole []int
	days := daysOf(f, p)
	for _, d := range days {
		counts := counted(d)
		if whole == nil {
			whole = make([]int, len(counts))
		}
		for i, n := range counts {
			whole[i] += n
		}
		cells := sumCells(f.shortDay(d.From), counts, blindFor(d, f.Now))
		if d.From.After(f.Now) { // a day that is still to come had no calls to count
			for i := range cells[1:] {
				cells[1+i] = "—"
			}
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	sum := Row{Cells: sumCells("合计", whole, blindFor(p, f.Now)), Strong: true}
	t.Rows = append(t.Rows, sum)
	return t
}

func sumCells(name string, counts []int, blind time.Duration) []string {
	cells := []string{name}
	for _, n := range counts {
		cells = append(cells, count(n))
	}
	if blind == 0 {
		return append(cells, "无")
	}
	return append(cells, lasting(blind))
}

func counted(p Period) []int {
	counts := make([]int, len(sumColumns))
	for i, col := range sumColumns {
		for _, c := range p.Calls {
			if col.call != nil && col.call(c) {
				counts[i]++
			}
		}
		for _, e := range p.Entries {
			if col.entry != nil && col.entry(e) {
				counts[i]++
			}
		}
	}
	return counts
}

// daysOf parts a period by the site's midnights: a day may have 23 or 25 hours elsewhere.
func daysOf(f Frame, p Period) []Period {
	var days []Period
	index := map[string]int{}
	for from := p.From; from.Before(p.To); {
		next := from.In(f.Zone).AddDate(0, 0, 1)
		index[from.In(f.Zone).Format(time.DateOnly)] = len(days)
		days = append(days, Period{From: from, To: next, Unseen: p.Unseen})
		from = next
	}
	for _, c := range p.Calls {
		if i, ok := index[c.OfferedAt.In(f.Zone).Format(time.DateOnly)]; ok && !isTest(c) {
			days[i].Calls = append(days[i].Calls, c)
		}
	}
	for _, e := range p.Entries {
		if i, ok := index[at(e).In(f.Zone).Format(time.DateOnly)]; ok {
			days[i].Entries = append(days[i].Entries, e)
		}
	}
	return days
}

func isTest(c dutylog.Call) bool {
	for _, t := range c.Tags {
		if t == telephony.TagTest || t == telephony.TagSystem {
			return true
		}
	}
	return false
}
