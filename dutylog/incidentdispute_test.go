package dutylog_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// says amends an entry, and writes down what the log finds in it.
func (p *play) says(id string, values map[dutylog.Field]string) *play {
	p.t.Helper()
	e := p.books.Entries[id]
	e.EntryNumber, e.Values = dutylog.EntryNumber{Year: 2026, Serial: len(p.i.Entries)}, values
	p.books.Entries[id] = e
	if d, differs := p.i.Disagreement(e); differs {
		p.do(d.Kind, d.Body)
	}
	if d, again := p.i.Disagreement(e); again {
		p.t.Errorf("the same is written down twice: %+v", d)
	}
	return p
}

func hurt(casualties string) map[dutylog.Field]string {
	return map[dutylog.Field]string{dutylog.Place: "文艺路1号", dutylog.Casualties: casualties}
}

// disputed is what stands of disputes, whom that concerns and what is owed.
func (p *play) disputed() string {
	var b strings.Builder
	for _, d := range p.i.Disputes {
		worse := ""
		if d.Worse {
			worse = ", worse"
		}
		fmt.Fprintf(&b, "  fact %d, %s%s: %s\n", d.Fact, d.EntryID, worse, d.Words())
	}
	fmt.Fprintf(&b, "  told:")
	for _, d := range p.i.Told() {
		fmt.Fprintf(&b, " %d", d[0].Fact)
	}
	next := "nothing"
	if r := p.i.NextDue(); r != nil {
		next = r.Words() + " " + p.clock(r.DueAt)
	}
	fmt.Fprintf(&b, "\n  known: %s; next due: %s\n", p.i.Elements[dutylog.ElementCasualties], next)
	return b.String()
}

// another is an incident whose three first reports were sent, and to which a second entry was linked at 14:00.
func another(t *testing.T) *play {
	p := reported(t).at("2026-11-23 14:00")
	return p.link("e-2", "2026-11-23 14:00")
}

var disputes = map[string]func(*testing.T) string{
	"01 a death where none was reported": func(t *testing.T) string {
		return another(t).says("e-2", hurt("1人死亡")).disputed()
	},
	"02 it is adopted: due from when it was said": func(t *testing.T) string {
		return another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:05").knows("1人死亡").disputed()
	},
	"03 somebody decides that it stays as it was": func(t *testing.T) string {
		p := another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:05")
		return p.knows(p.i.Elements[dutylog.ElementCasualties]).disputed()
	},
	"04 the decision is struck out": func(t *testing.T) string {
		p := another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:05")
		p.knows(p.i.Elements[dutylog.ElementCasualties])
		return p.do(dutylog.FactStruck, dutylog.FactBody{Fact: len(p.i.Facts), Reason: "点错了"}).disputed()
	},
	"05 the caller takes it back": func(t *testing.T) string {
		return another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:05").says("e-2", hurt("无")).disputed()
	},
	"06 a report tells it, adopted or not": func(t *testing.T) string {
		return another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:06").sends(dutylog.StageFollowUp, "1人死亡").disputed()
	},
	"07 a report that does not tell it": func(t *testing.T) string {
		return another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:06").sends(dutylog.StageFollowUp, "无").disputed()
	},
	"08 fewer than known: told, and nothing is due": func(t *testing.T) string {
		p := another(t).knows("3人受伤").at("2026-11-23 14:06").sends(dutylog.StageFollowUp, "3人受伤")
		return p.says("e-2", hurt("1人受伤")).disputed()
	},
	"09 another place, told in three ways": func(t *testing.T) string {
		p := another(t)
		for n, place := range []string{"文艺路3号", "文艺路口", "文艺路 1号"} {
			id := fmt.Sprintf("e-%d", n+3)
			p.link(id, "2026-11-23 14:02").says(id, map[dutylog.Field]string{dutylog.Place: place})
		}
		return p.disputed()
	},
	"10 another time": func(t *testing.T) string {
		p := another(t).do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementTime: "11月23日11时50分"}})
		return p.says("e-2", map[dutylog.Field]string{dutylog.HappenedAt: "11月23日9时00分"}).disputed()
	},
	"11 the link was wrong": func(t *testing.T) string {
		p := another(t).says("e-2", hurt("1人死亡"))
		for _, f := range p.i.Facts {
			if f.Kind == dutylog.FactLinked && f.Body.Entry == "e-2" {
				return p.do(dutylog.FactStruck, dutylog.FactBody{Fact: f.Seq, Reason: "另一起火灾"}).disputed()
			}
		}
		return "no link"
	},
	"12 the first report left it out": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:03").link("e-2", "2026-11-23 12:03").says("e-2", hurt("1人死亡"))
		before := p.disputed()
		return before + "sent without it at 12:08:\n" + p.at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").disputed()
	},
	"13 the first report told it": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:03").link("e-2", "2026-11-23 12:03").says("e-2", hurt("1人死亡"))
		return p.at("2026-11-23 12:08").sends(dutylog.StageFirst, "1人死亡").disputed()
	},
	"14 the incident is closed": func(t *testing.T) string {
		p := another(t).says("e-2", hurt("1人死亡")).at("2026-11-23 14:06")
		return p.do(dutylog.FactClosed, dutylog.FactBody{Reason: "另案处理"}).disputed()
	},
	"15 what is not known yet is taken from a further entry unless two differ": func(t *testing.T) string {
		p := another(t).knows("")
		p.says("e-2", hurt("1人死亡"))
		e := p.entry("e-3", "2026-11-23 14:03")
		e.Values = hurt("2人受伤")
		p.books.Entries["e-3"] = e
		for _, d := range p.i.Linking(e) {
			p.do(d.Kind, d.Body)
		}
		return p.says("e-3", hurt("2人受伤")).disputed()
	},
}

func TestWhatEntriesSayOtherwise(t *testing.T) {
	goldenStories(t, "incidentdisputes.golden", disputes)
}

// Whoever gets worse off is more of a report than whoever gets better.
func TestWhichCasualtiesAreWorse(t *testing.T) {
	var b strings.Builder
	for _, c := range [][2]string{
		{"无", "1人死亡"}, {"", "1人死亡"}, {"无人员伤亡", "1人受伤"}, {"1人受伤", "1人死亡"}, {"1人死亡", "1人受伤"}, {"3人受伤", "3人重伤"}, {"3人重伤", "3人受伤"},
		{"2人受伤", "两人受伤"}, {"2人受伤", "十二人受伤"}, {"2人死亡3人受伤", "死亡2人，受伤3人"}, {"2人死亡3人受伤", "3死2伤"}, {"1人受伤", "1人送医抢救无效死亡"}, {"1人死亡", "1人死亡，无人受伤"},
		{"无", "伤亡不详"}, {"无", "伤亡情况正在核实"}, {"无", "有人受伤"}, {"2人受伤", "多人受伤"}, {"无", "5人被困"}, {"5人被困", "5人救出，无伤亡"}, {"无", "3楼起火，未造成人员伤亡"},
		{"无", "１人死亡"}, {"1人死亡", "死者1名，60岁男性"}, {"无", "2人失联"}, {"2人失联", "2人死亡"}, {"2人死亡", "1人死亡2人受伤"}, {"1人受伤；另据原记录：无", "1人受伤"}, {"无", "一百零三人中毒"}, {"无", "没有人死亡"},
		{"无", "1人无生命体征"}, {"", "无生命体征1人，正在抢救"}, {"无", "2名消防员牺牲"}, {"无", "1人殉职"}, {"2人受伤", "1人罹难"}, {"2人受伤", "其中1人已去世"}, {"1人死亡", "死亡人数由1人增至3人"}, {"3人死亡", "死亡人数由1人增至3人"},
		{"1人死亡", "一家三口死亡"}, {"无", "3名工人被埋"}, {"3人被困", "3人被埋"},
	} {
		fmt.Fprintf(&b, "%-30q %-34q worse: %v\n", c[0], c[1], dutylog.WorseCasualties(c[0], c[1]))
	}
	goldenText(t, "incidentcasualties.golden", b.String())
}
