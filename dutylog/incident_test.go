package dutylog_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	dutyOfficer = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	dutyChief   = dutylog.Actor{Login: "qian", Name: "钱科", Role: dutylog.Chief}
	dutyLeader  = dutylog.Actor{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
)

// all nine elements.
func allKnown(casualties string) map[dutylog.Element]string {
	known := map[dutylog.Element]string{}
	for _, w := range dutylog.Elements() {
		known[dutylog.Element(w.Code)] = w.Short + "已知"
	}
	known[dutylog.ElementCasualties] = casualties
	return known
}

// play tells an incident step by step, each at its own present moment, as the daemon would write it.
type play struct {
	t     *testing.T
	zone  *time.Location
	i     dutylog.Incident
	now   time.Time
	books dutylog.IncidentBooks
}

// newPlay opens an incident of an entry that came at a moment of the site's clock.
func newPlay(t *testing.T, intake string) *play {
	t.Helper()
	p := &play{t: t, zone: time.FixedZone("CST", 8*3600), i: dutylog.FoldIncident(1, nil), books: dutylog.IncidentBooks{Number: dutylog.IncidentNumber{Year: 2026, Serial: 3},
		Entries: map[string]dutylog.Entry{}, Elsewhere: map[string]dutylog.Incident{}, Accounts: map[string]dutylog.Account{}, Calls: map[string]dutylog.Call{}, Attachments: map[int64]dutylog.Attachment{}}}
	p.at(intake)
	e := p.entry("e-1", intake)
	e.Values = map[dutylog.Field]string{dutylog.Place: "文艺路1号", dutylog.Casualties: "无"}
	for _, d := range dutylog.Opening(e, "fire", "", dutylog.UsualSchedule()) {
		p.do(d.Kind, d.Body)
	}
	return p
}

func (p *play) time(clock string) time.Time {
	p.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, p.zone)
	if err != nil {
		p.t.Fatal(err)
	}
	return at.UTC()
}

func (p *play) at(clock string) *play { p.now = p.time(clock); return p }

func (p *play) entry(id, intake string) dutylog.Entry {
	e := dutylog.Entry{ID: id, CallAt: p.time(intake)}
	p.books.Entries[id] = e
	return e
}

// try asks for a fact by somebody.
func (p *play) try(by dutylog.Actor, d dutylog.FactDraft) error {
	f, err := p.i.Decide(d, p.theirs(d), by, p.now)
	if err == nil {
		p.i = dutylog.FoldIncident(p.i.ID, append(slices.Clone(p.i.Facts), f))
	}
	return err
}

// theirs are the books in which a call is with whom it is said to be, where a test says nothing of that.
func (p *play) theirs(d dutylog.FactDraft) dutylog.IncidentBooks {
	b := p.books
	if c, known := b.Calls[d.Body.CallID]; known && b.Parties == nil {
		c.Called, c.Caller = telephony.ParseNumber("13800138000", "024"), telephony.ParseNumber("13800138000", "024")
		b.Calls = maps.Clone(b.Calls)
		b.Calls[d.Body.CallID] = c
		b.Parties = map[string]dutylog.Party{d.Body.CallID: {Listed: []dutylog.Candidate{{Unit: "值班室", Superior: true}}}}
		b.Numbers = map[string][]telephony.Number{d.Body.Login: {c.Called}}
	}
	return b
}

func (p *play) by(who dutylog.Actor, kind dutylog.FactKind, b dutylog.FactBody) *play {
	p.t.Helper()
	if err := p.try(who, dutylog.FactDraft{Kind: kind, Body: b}); err != nil {
		p.t.Fatalf("%s: %v", kind, err)
	}
	return p
}

func (p *play) do(kind dutylog.FactKind, b dutylog.FactBody) *play {
	p.t.Helper()
	return p.by(dutyOfficer, kind, b)
}

func (p *play) link(id, intake string) *play {
	p.t.Helper()
	p.entry(id, intake)
	return p.do(dutylog.FactLinked, dutylog.FactBody{Entry: id})
}

// write writes the report of a stage that is next, with these casualties.
func (p *play) write(s dutylog.Stage, casualties string) int {
	p.t.Helper()
	n := p.i.NextOf(s)
	r, _ := p.i.Report(n)
	p.do(dutylog.FactWritten, dutylog.FactBody{Report: n, Elements: allKnown(casualties), Base: r.Version, Text: "情况如下。"})
	return n
}

// sends writes and sends it.
func (p *play) sends(s dutylog.Stage, casualties string) *play {
	p.t.Helper()
	return p.fax(p.write(s, casualties))
}

func (p *play) fax(n int) *play {
	p.t.Helper()
	return p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: "superior_bureau", Channel: "fax", Evidence: "回执"})
}

// elsewhere writes a report that goes to the government only.
func (p *play) elsewhere(s dutylog.Stage) *play {
	p.t.Helper()
	return p.do(dutylog.FactDelivered, dutylog.FactBody{Report: p.write(s, "无"), Recipient: "government", Channel: "fax", Evidence: "回执"})
}

func (p *play) phones(n int, receiver string) *play {
	p.t.Helper()
	return p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: "superior_bureau", Channel: "phone", Receiver: receiver})
}

func (p *play) knows(casualties string) *play {
	p.t.Helper()
	return p.do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: casualties}})
}

func (p *play) clock(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.In(p.zone).Format("01-02 15:04")
}

// sheet is how the incident stands at some moments, as an officer would read it.
func (p *play) sheet(moments ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "clock %s", p.clock(p.i.ClockStart))
	if !p.i.ClockStart.Equal(p.i.ClockNatural) {
		fmt.Fprintf(&b, " (natural %s: %s)", p.clock(p.i.ClockNatural), p.i.ClockReason)
	}
	fmt.Fprintf(&b, ", %s\n", p.i.State)
	for _, r := range p.i.Reports {
		fmt.Fprintf(&b, "  %-9s %d  due %-11s sent %-11s", r.Stage, r.Nth, p.clock(r.DueAt), p.clock(r.SentAt))
		if r.SentLate() {
			b.WriteString(" LATE")
		}
		if r.SentIn != 0 {
			fmt.Fprintf(&b, " by incident %d", r.SentIn)
		}
		b.WriteString("\n")
	}
	for _, m := range moments {
		now, states := p.time(m), []string{}
		for _, r := range p.i.Reports {
			states = append(states, fmt.Sprintf("%s %d %s", r.Stage, r.Nth, r.State(now)))
		}
		fmt.Fprintf(&b, "  at %s: %s\n", p.clock(now), strings.Join(states, ", "))
	}
	return b.String()
}

// plays are the stories of the golden file: what is due when.
var plays = map[string]func(*testing.T) string{
	"01 an intake just before midnight": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 23:55").sheet("2026-11-24 00:04", "2026-11-24 00:05", "2026-11-24 00:45", "2026-11-24 01:35")
	},
	"02 an intake before the end of a month": func(t *testing.T) string {
		return newPlay(t, "2026-11-30 23:50").sheet("2026-11-30 23:59", "2026-12-01 00:00")
	},
	"03 an intake before the end of the year": func(t *testing.T) string { return newPlay(t, "2026-12-31 22:30").sheet("2027-01-01 00:10") },
	"04 an intake before a leap day":          func(t *testing.T) string { return newPlay(t, "2028-02-28 23:10").sheet("2028-02-29 00:00") },
	"05 our clock was set back between two deeds": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		p.write(dutylog.StageFirst, "无")
		return p.at("2026-11-23 11:40").do(dutylog.FactCalledOut, dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached"}).
			at("2026-11-23 12:08").fax(1).sheet("2026-11-23 11:45", "2026-11-23 12:50")
	},
	"06 our clock was set forward by an hour": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 13:05").sends(dutylog.StageFirst, "无").sheet("2026-11-23 13:05")
	},
	"07 an entry is linked later that is older than the clock": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").sends(dutylog.StageFirst, "无")
		before := p.sheet()
		return before + p.at("2026-11-23 12:20").link("e-2", "2026-11-23 11:50").sheet("2026-11-23 12:39", "2026-11-23 12:40")
	},
	"08 an entry is linked later that is younger": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:20").link("e-2", "2026-11-23 12:15").sheet()
	},
	"09 the matter became reportable later": func(t *testing.T) string {
		start := time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC)
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 13:35").do(dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者死亡"})
		moved := p.sheet("2026-11-23 13:39", "2026-11-23 13:40")
		older := p.link("e-2", "2026-11-23 11:50").sheet()
		return moved + "an older entry is linked:\n" + older + "struck out:\n" + p.do(dutylog.FactStruck, dutylog.FactBody{Fact: p.i.ClockMoved, Reason: "时间看错"}).sheet()
	},
	"10 the entry that began it is struck out": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:30").link("e-2", "2026-11-23 12:25").do(dutylog.FactStruck, dutylog.FactBody{Fact: 2, Reason: "不是一回事"}).sheet()
	},
	"11 everything in time, and follow-ups until the final report": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无").at("2026-11-23 13:30").sends(dutylog.StageDetailed, "无")
		first := p.sheet("2026-11-23 15:29", "2026-11-23 15:30")
		p.at("2026-11-23 15:00").sends(dutylog.StageFollowUp, "无").at("2026-11-23 17:30").sends(dutylog.StageFollowUp, "无")
		return first + "two follow-ups, the second one late:\n" + p.sheet() + "the final report:\n" + p.at("2026-11-23 18:00").sends(dutylog.StageFinal, "无").sheet("2026-11-24 12:00")
	},
	"12 a death after the written report": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:58").knows("1人死亡1人受伤")
		new := p.sheet("2026-11-23 13:07", "2026-11-23 13:08")
		return new + "told in time:\n" + p.at("2026-11-23 13:05").sends(dutylog.StageFollowUp, "1人死亡1人受伤").sheet()
	},
	"13 a death that the detailed report tells": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:58").knows("1人死亡1人受伤").
			at("2026-11-23 13:04").sends(dutylog.StageDetailed, "1人死亡1人受伤").sheet()
	},
	"14 a death before anything in writing": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").phones(1, "周敏").at("2026-11-23 12:20").knows("1人死亡").sheet()
	},
	"15 a death is struck out": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:58").knows("1人死亡")
		return p.do(dutylog.FactStruck, dutylog.FactBody{Fact: len(p.i.Facts), Reason: "误传"}).sheet()
	},
	"16 a death after the final report": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 13:30").sends(dutylog.StageDetailed, "2人受伤")
		return p.at("2026-11-23 15:00").sends(dutylog.StageFinal, "2人受伤").at("2026-11-23 20:00").knows("1人死亡1人受伤").sheet("2026-11-23 20:10")
	},
	"17 something essential that somebody marked": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无").at("2026-11-23 13:00").
			do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementTrend: "氯气向居民区扩散"}, Essential: true}).sheet()
	},
	"18 closed, with what was late then": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:20").do(dutylog.FactClosed, dutylog.FactBody{Reason: "经核实为误报"}).sheet("2026-11-23 15:00")
	},
	"19 opened again after the final report": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无").at("2026-11-23 13:30").sends(dutylog.StageDetailed, "无")
		p.at("2026-11-23 15:00").sends(dutylog.StageFinal, "无").at("2026-11-23 15:10").do(dutylog.FactClosed, dutylog.FactBody{Reason: "党委、政府另行书面报告"})
		again := p.at("2026-11-23 18:00").do(dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"}).sheet("2026-11-23 18:10")
		p.at("2026-11-23 18:07").sends(dutylog.StageFollowUp, "无")
		return again + "told:\n" + p.sheet() + "a second final report:\n" + p.at("2026-11-23 19:00").sends(dutylog.StageFinal, "无").sheet()
	},
	"20 opened again, closed by mistake before anything was sent": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:03").do(dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}).at("2026-11-23 12:06").do(dutylog.FactReopened, dutylog.FactBody{Reason: "确有火情"}).sheet("2026-11-23 12:10")
	},
	"21 merged into an older one that had told nobody": mergedStory,
	"23 the entry that began it is struck out, and the later start chosen": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:30").link("e-2", "2026-11-23 12:25").do(dutylog.FactStruck, dutylog.FactBody{Fact: 2, Reason: "不是一回事"})
		start := p.time("2026-11-23 12:25")
		return p.do(dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "12时00分的来电是另一件事"}).sheet("2026-11-23 12:34", "2026-11-23 12:35")
	},
	"24 merged with a death that nobody has told yet": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:58").knows("死亡1人")
		other := p.mergedInto(newPlay(t, "2026-11-23 12:20"), "2026-11-23 13:01")
		merged := other.sheet("2026-11-23 13:07", "2026-11-23 13:08") + "  casualties: " + other.i.Elements[dutylog.ElementCasualties] + "\n"
		return merged + "told:\n" + other.at("2026-11-23 13:06").sends(dutylog.StageFollowUp, "死亡1人").sheet()
	},
	"25 merged after two follow-ups": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无").at("2026-11-23 13:30").sends(dutylog.StageDetailed, "无")
		p.at("2026-11-23 15:00").sends(dutylog.StageFollowUp, "无").at("2026-11-23 17:00").sends(dutylog.StageFollowUp, "无")
		other := p.mergedInto(newPlay(t, "2026-11-23 12:20"), "2026-11-23 17:05")
		once := other.sheet("2026-11-23 17:05")
		return once + "and that one into a third:\n" + other.mergedInto(newPlay(t, "2026-11-23 12:40"), "2026-11-23 17:10").sheet("2026-11-23 17:10")
	},
	"26 something essential before the written report": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").phones(1, "周敏").at("2026-11-23 12:20").
			do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: "死亡1人"}, Essential: true})
		due := p.sheet("2026-11-23 12:30")
		return due + "the written report tells it:\n" + p.at("2026-11-23 12:28").sends(dutylog.StageWritten, "死亡1人").sheet()
	},
	"27 something essential before anything was told": func(t *testing.T) string {
		return newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:04").
			do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: "死亡1人"}, Essential: true}).at("2026-11-23 12:08").sends(dutylog.StageFirst, "死亡1人").sheet()
	},
	"28 a report that was drafted before a death does not tell it": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:50")
		draft := p.write(dutylog.StageDetailed, "2人受伤")
		sent := p.at("2026-11-23 12:58").knows("死亡3人").at("2026-11-23 13:00").fax(draft).sheet("2026-11-23 13:08")
		return sent + "a follow-up by telephone tells it:\n" + p.at("2026-11-23 13:05").phones(dutylog.ReportNumber(dutylog.StageFollowUp, 1), "周敏").sheet()
	},
	"29 an older draft that is saved after a death makes it neither known nor told": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤").at("2026-11-23 12:58").knows("死亡3人").at("2026-11-23 13:00")
		sent := p.sends(dutylog.StageDetailed, "2人受伤").sheet() + "  known: " + p.i.Elements[dutylog.ElementCasualties] + "\n"
		p.at("2026-11-23 13:04").sends(dutylog.StageFollowUp, "死亡4人")
		return sent + "one that says more:\n" + p.sheet() + "  known: " + p.i.Elements[dutylog.ElementCasualties] + "\n"
	},
	"31 what only the government got stops no clock": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
		n := p.write(dutylog.StageFirst, "无")
		p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: "government", Channel: "fax", Evidence: "回执"})
		r, _ := p.i.Report(n)
		half := p.sheet("2026-11-23 12:10") + "  not there: " + r.LackingWords() + "\n"
		r, _ = p.at("2026-11-23 12:12").fax(n).i.Report(n)
		return half + p.sheet() + "  not there: " + r.LackingWords() + "\n"
	},
	"33 the delivery of a follow-up is struck out after the next one went out": func(t *testing.T) string {
		p := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFollowUp, "死亡1人")
		wrong := len(p.i.Facts)
		p.at("2026-11-23 14:30").sends(dutylog.StageFollowUp, "死亡2人").at("2026-11-23 14:40").do(dutylog.FactStruck, dutylog.FactBody{Fact: wrong, Reason: "发错群"})
		struck := p.sheet("2026-11-23 16:30")
		return struck + "one more is written:\n" + p.at("2026-11-23 14:50").sends(dutylog.StageFollowUp, "死亡3人").sheet()
	},
	"34 a follow-up and a final report that only others got, and the next ones": func(t *testing.T) string {
		p := reported(t).at("2026-11-23 14:00").elsewhere(dutylog.StageFollowUp)
		p.at("2026-11-23 14:10").write(dutylog.StageFollowUp, "死亡2人")
		p.elsewhere(dutylog.StageFinal).write(dutylog.StageFinal, "死亡2人")
		half := p.sheet("2026-11-23 15:30")
		return half + "the later ones go out:\n" + p.at("2026-11-23 15:00").fax(dutylog.ReportNumber(dutylog.StageFollowUp, 2)).at("2026-11-23 16:00").fax(dutylog.ReportNumber(dutylog.StageFinal, 2)).sheet("2026-11-23 18:00")
	},
	"35 a death between the first report and the written one, and the written one tells it": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:20").knows("死亡3人")
		due := p.sheet("2026-11-23 12:29", "2026-11-23 12:30")
		return due + "told in time:\n" + p.at("2026-11-23 12:28").sends(dutylog.StageWritten, "死亡3人").sheet("2026-11-23 13:40")
	},
	"36 a death shortly before the written report is due": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").knows("死亡1人")
		return p.sheet("2026-11-23 12:50", "2026-11-23 12:55")
	},
	"37 told by telephone, and the text that is written down afterwards says more": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:09").phones(1, "周敏").at("2026-11-23 12:15")
		p.write(dutylog.StageFirst, "死亡1人")
		due := p.sheet("2026-11-23 12:24", "2026-11-23 12:25")
		return due + "the text goes out, too:\n" + p.at("2026-11-23 12:20").fax(1).sheet("2026-11-23 12:25")
	},
	"41 told by telephone, and the text that is written down afterwards says what was known then": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").knows("死亡1人").at("2026-11-23 12:09").phones(1, "周敏").at("2026-11-23 12:15")
		p.write(dutylog.StageFirst, "死亡1人")
		return p.sheet("2026-11-23 12:25")
	},
	"42 told by telephone, and what is learned between the call and its text is due once": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:09").phones(1, "周敏").at("2026-11-23 12:12").knows("死亡1人").at("2026-11-23 12:15")
		p.write(dutylog.StageFirst, "死亡1人")
		return p.sheet("2026-11-23 12:22")
	},
	"38 overdue, and merged into one whose clock had been moved": func(t *testing.T) string {
		other, start := newPlay(t, "2026-11-23 12:00"), time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
		other.at("2026-11-23 13:01").do(dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者刚刚死亡"})
		merged := newPlay(t, "2026-11-23 11:50").mergedInto(other, "2026-11-23 13:02").sheet("2026-11-23 13:03")
		return merged + "and moved afterwards:\n" + other.do(dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "两件都是此时才须报告"}).sheet("2026-11-23 13:03")
	},
	"39 one whose clock had been moved is merged into a younger one": func(t *testing.T) string {
		p, start := newPlay(t, "2026-11-23 11:00"), time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
		p.at("2026-11-23 12:01").do(dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者刚刚死亡"})
		return p.mergedInto(newPlay(t, "2026-11-23 12:05"), "2026-11-23 12:08").sheet("2026-11-23 12:10")
	},
	"30 merged with other casualties than the other one had told": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "2人受伤").at("2026-11-23 12:45").sends(dutylog.StageWritten, "2人受伤")
		other := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:50").knows("死亡1人")
		p.mergedInto(other, "2026-11-23 12:55")
		return other.sheet("2026-11-23 13:05") + "  casualties: " + other.i.Elements[dutylog.ElementCasualties] + "\n"
	},
	"40 an older entry of the month before is linked while our clock is set back, closed and opened again": func(t *testing.T) string {
		p := newPlay(t, "2026-12-01 00:05").at("2026-12-01 00:10").sends(dutylog.StageFirst, "无").at("2026-11-30 23:40").link("e-2", "2026-11-30 23:52")
		before := p.sheet("2026-11-30 23:41", "2026-12-01 00:03")
		p.at("2026-12-01 00:20").do(dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}).at("2026-12-01 00:30").do(dutylog.FactReopened, dutylog.FactBody{Reason: "并非误报"})
		return before + "closed and opened again:\n" + p.sheet("2026-12-01 00:41", "2026-12-01 00:42")
	},
	"22 told by telephone, written down afterwards": func(t *testing.T) string {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:09").phones(1, "周敏").at("2026-11-23 12:30")
		p.write(dutylog.StageFirst, "无")
		return p.sheet("2026-11-23 12:31")
	},
}

// reported is an incident of which all that Art. 20 asks for was reported in time.
func reported(t *testing.T) *play {
	t.Helper()
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无")
	return p.at("2026-11-23 13:30").sends(dutylog.StageDetailed, "无")
}

// mergedStory is two incidents of one event: the younger one had told of it, the older one had not.
func mergedStory(t *testing.T) string {
	p := newPlay(t, "2026-11-23 12:10").at("2026-11-23 12:15").sends(dutylog.StageFirst, "无")
	other := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:30")
	other.i.ID = 2
	p.at("2026-11-23 12:30").books.Into = &other.i
	p.do(dutylog.FactMerged, dutylog.FactBody{Incident: 2, Reason: "同一起火灾"})
	other.entry("e-1", "2026-11-23 12:00")
	for n, d := range p.i.Absorb(other.i) {
		if d.Kind == dutylog.FactLinked {
			t.Fatalf("draft %d links an entry that is there", n)
		}
		other.do(d.Kind, d.Body)
	}
	return "the one that ends:\n" + p.sheet("2026-11-23 13:30") + "the one that goes on:\n" + other.sheet("2026-11-23 12:49", "2026-11-23 12:50")
}

// mergedInto ends this incident, and gives the other one with what it takes over.
func (p *play) mergedInto(other *play, clock string) *play {
	p.t.Helper()
	other.i.ID = p.i.ID + 1
	p.at(clock).books.Into = &other.i
	p.do(dutylog.FactMerged, dutylog.FactBody{Incident: other.i.ID, Reason: "同一起火灾"})
	other.at(clock)
	for _, d := range p.i.Absorb(other.i) {
		if d.Kind != dutylog.FactLinked {
			other.do(d.Kind, d.Body)
		}
	}
	for _, e := range p.i.Entries { // in all stories the entries have the same names
		other.books.Entries[e.EntryID+"m"] = dutylog.Entry{ID: e.EntryID + "m", CallAt: e.Intake}
		other.do(dutylog.FactLinked, dutylog.FactBody{Entry: e.EntryID + "m", Incident: p.i.ID})
	}
	return other
}

func TestUntilWhenAnIncidentIsReported(t *testing.T) {
	goldenStories(t, "incidentdeadlines.golden", plays)
}

// goldenStories plays each story and compares what is owed at its end with what the file says.
func goldenStories(t *testing.T, file string, all map[string]func(*testing.T) string) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s\n%s\n", name, all[name](t))
	}
	goldenText(t, file, b.String())
}

// Whatever order the facts were written in, an incident is the same each time it is read, and reading
// half of it gives what stood then.
func TestAnIncidentIsAPureFold(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无").knows("1人死亡")
	for n := range p.i.Facts {
		once := dutylog.FoldIncident(1, p.i.Facts[:n+1])
		again := dutylog.FoldIncident(1, once.Facts)
		if a, b := fmt.Sprintf("%+v", once), fmt.Sprintf("%+v", again); a != b {
			t.Errorf("after %d facts:\n%s\n%s", n+1, a, b)
		}
	}
	if p.i.Facts[2].Struck != nil {
		t.Error("a fold changed what it read")
	}
}

// The words of Art. 18 and 19 are those of the regulation.
func TestTheWordsOfIncidents(t *testing.T) {
	var b strings.Builder
	for _, set := range []struct {
		name  string
		words []dutylog.Word
	}{{"elements, Art. 18", dutylog.Elements()}, {"triggers, Art. 18", dutylog.IncidentTriggers()}, {"categories, Art. 19", dutylog.IncidentCategories()}, {"recipients", dutylog.Recipients()},
		{"channels, Art. 20", dutylog.Channels()}, {"call-out", dutylog.CalloutRoles()}, {"results", dutylog.CalloutResults()}, {"scene", dutylog.SceneKinds()}} {
		fmt.Fprintf(&b, "%s\n", set.name)
		for _, w := range set.words {
			fmt.Fprintf(&b, "  %-18s %s | %s\n", w.Code, w.Words, w.Short)
		}
	}
	for _, s := range dutylog.StageRules() {
		fmt.Fprintf(&b, "%s %s: %v\n", s.Stage, s.Words, s.Required)
	}
	goldenText(t, "incidentwords.golden", b.String())
}

func TestSchedulesThatMakeNoSense(t *testing.T) {
	usual := dutylog.UsualSchedule()
	if err := usual.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*dutylog.Schedule){
		"no first report":           func(s *dutylog.Schedule) { s.First = 0 },
		"written before the first":  func(s *dutylog.Schedule) { s.Written = 5 },
		"details before the basics": func(s *dutylog.Schedule) { s.Detailed = 20 },
		"a follow-up in a month":    func(s *dutylog.Schedule) { s.FollowUp = 40_000 },
		"nothing is essential":      func(s *dutylog.Schedule) { s.Essential = -1 },
		"told before it began":      func(s *dutylog.Schedule) { s.Soon = 10 },
	} {
		s := usual
		change(&s)
		if err := s.Check(); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// A report has an address before anything is written of it, and never another one.
func TestNumbersOfReports(t *testing.T) {
	seen := map[int]string{}
	for nth := 1; nth < 50; nth++ {
		for _, s := range []dutylog.Stage{dutylog.StageFirst, dutylog.StageWritten, dutylog.StageDetailed, dutylog.StageFollowUp, dutylog.StageFinal} {
			if nth > 1 && s != dutylog.StageFollowUp && s != dutylog.StageFinal {
				continue
			}
			n := dutylog.ReportNumber(s, nth)
			if seen[n] != "" || n < 1 {
				t.Errorf("%s %d has the number of %s", s, nth, seen[n])
			}
			seen[n] = fmt.Sprintf("%s %d", s, nth)
		}
	}
	if dutylog.ReportNumber("none", 1) != 0 {
		t.Error("a stage that is none has a number")
	}
}

// An answered call to a superior while a clock runs may have been the report.
func TestCallsThatMayHaveBeenReports(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00")
	call := func(id, at string, answered bool) dutylog.Call {
		c := dutylog.Call{Call: telephony.Call{ID: id, Direction: telephony.Outbound, OfferedAt: p.time(at)}}
		if answered {
			c.AnsweredAt = c.OfferedAt.Add(4 * time.Second)
		}
		return c
	}
	calls := []dutylog.Call{call("before", "2026-11-23 11:59", true), call("unanswered", "2026-11-23 12:01", false), call("report", "2026-11-23 12:03", true)}
	offers := dutylog.OfferReports([]dutylog.Incident{p.i}, calls, nil, p.now)
	if len(offers) != 1 || offers[0].Call.ID != "report" || offers[0].Report.Stage != dutylog.StageFirst {
		t.Fatalf("%+v", offers)
	}
	p.books.Calls["report"] = calls[2]
	p.at("2026-11-23 12:30").do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "周敏", CallID: "report"})
	if r, _ := p.i.Report(1); !r.SentAt.Equal(calls[2].AnsweredAt) || r.SentLate() {
		t.Errorf("the switch saw when it was: %+v", r)
	}
	if left := dutylog.OfferReports([]dutylog.Incident{p.i}, calls, nil, p.now); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	p.do(dutylog.FactStruck, dutylog.FactBody{Fact: len(p.i.Facts), Reason: "说的是别的事"})
	if left := dutylog.OfferReports([]dutylog.Incident{p.i}, calls, nil, p.now); len(left) != 0 {
		t.Errorf("what somebody looked at is offered again: %+v", left)
	}
	if at := dutylog.Since([]dutylog.Incident{p.i}, p.now); !at.Equal(p.i.ClockNatural) || !dutylog.Since(nil, p.now).IsZero() {
		t.Error(at)
	}
}

// The title says where, whose and what, and nothing twice.
func TestTheTitleOfAnIncident(t *testing.T) {
	known := func(place, unit, nature string) map[dutylog.Element]string {
		return map[dutylog.Element]string{dutylog.ElementPlace: place, dutylog.ElementUnit: unit, dutylog.ElementNature: nature}
	}
	for want, elements := range map[string]map[dutylog.Element]string{
		"和平区南京北街12号居民楼火灾":             known("和平区南京北街12号", "南京北街12号居民楼", "居民楼火灾"),
		"南京北街12号 某某商厦 火灾":             known("南京北街12号", "某某商厦", "火灾"),
		"南京北街12号居民楼 火灾":               known("南京北街12号", "南京北街12号居民楼", "火灾"),
		"和平区南京北街12号 火灾":               known("和平区南京北街12号", "南京北街12号", "火灾"),
		"某某商厦 起火":                     known("", " 某某商厦 ", "起火"),
		"火灾事故":                        known("", "", ""),
		"南塔街 街口坍塌":                    known("南塔街", "", "街口坍塌"), // one character in common may be chance
		strings.Repeat("长", 60) + "…": known(strings.Repeat("长", 80), "", "火灾"),
	} {
		if got := (dutylog.Incident{Category: "fire", Elements: elements}).Title(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
