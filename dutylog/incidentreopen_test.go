package dutylog_test

import (
	"strings"
	"testing"

	"dutyline/dutylog"
)

// While an incident is closed nothing is owed; what was left of a deadline is left after it was opened again, and what
// was late by its end stays late.
func TestWhatIsOwedAfterAnIncidentWasOpenedAgain(t *testing.T) {
	closed := func(p *play, clock, again string) {
		p.at("2026-11-23 "+clock).do(dutylog.FactClosed, dutylog.FactBody{Reason: "市局直接处置"})
		p.at("2026-11-23 "+again).do(dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"})
	}
	reported := func(p *play) {
		p.at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无")
		p.at("2026-11-23 13:30").sends(dutylog.StageDetailed, "无")
	}
	all := ""
	for _, c := range []struct {
		name  string
		story func(*play)
	}{
		{"closed at once as a false alarm, and open again hours later", func(p *play) { closed(p, "12:05", "19:00") }},
		{"the first report was late by then", func(p *play) { closed(p, "12:15", "19:00") }},
		{"closed for a minute: the deadlines are still ahead", func(p *play) { closed(p, "12:05", "12:06") }},
		{"closed a minute before the deadline and open a minute after it, and so again: it gives no time", func(p *play) {
			closed(p, "12:09", "12:11")
			closed(p, "12:11", "12:20")
		}},
		{"reported, and closed without a final report", func(p *play) { reported(p); closed(p, "14:00", "19:00") }},
		{"and the follow-up was late by then", func(p *play) { reported(p); closed(p, "16:00", "19:00") }},
		{"and opened again before it was due", func(p *play) { reported(p); closed(p, "14:00", "15:00") }},
		{"somebody died just before it was closed", func(p *play) {
			reported(p)
			p.at("2026-11-23 13:55").knows("1人死亡")
			closed(p, "14:00", "19:00")
		}},
		{"opened again twice, and followed up between", func(p *play) {
			reported(p)
			closed(p, "14:00", "16:00")
			p.at("2026-11-23 16:30").sends(dutylog.StageFollowUp, "无")
			closed(p, "17:00", "21:00")
		}},
		{"a follow-up that was late keeps the deadline that it had", func(p *play) {
			reported(p)
			p.at("2026-11-23 15:40").sends(dutylog.StageFollowUp, "无")
			closed(p, "16:00", "21:00")
		}},
		{"the final report was sent: that it goes on is told at once", func(p *play) {
			reported(p)
			p.at("2026-11-23 14:00").sends(dutylog.StageFinal, "无")
			closed(p, "14:10", "19:00")
		}},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		c.story(p)
		all += c.name + "\n" + p.sheet() + "\n"
	}
	goldenText(t, "incidentreopened.golden", all)
}

// Who had not got a report that went out when the incident was closed has to get it from the reopening on: its deadline passed
// while nothing was owed. What was late by the end stays so, and in time is in time.
func TestWhoIsOwedAReportAfterAnIncidentWasOpenedAgain(t *testing.T) {
	to := func(p *play, clock, recipient string) {
		p.at("2026-11-23 "+clock).do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: recipient, Channel: "fax", Evidence: "回执"})
	}
	again := func(p *play, clock string) {
		p.at("2026-11-23 "+clock).do(dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"})
	}
	for name, c := range map[string]struct {
		story func(*play)
		want  string // who got it late, or has not though it is over, with until when they had to
	}{
		"opened again, and nobody waits yet":      {func(p *play) { closes(p, "12:08"); again(p, "19:00"); p.at("2026-11-23 19:01") }, ""},
		"what was left after it was opened again": {func(p *play) { closes(p, "12:08"); again(p, "19:00"); p.at("2026-11-23 19:02") }, "party_committee - by 19:02, government - by 19:02"},
		"one got it in time then": {func(p *play) {
			closes(p, "12:08")
			again(p, "19:00")
			to(p, "19:01", "government")
			p.at("2026-11-23 20:00")
		}, "party_committee - by 19:02"},
		"one got it while nothing was owed": {func(p *play) {
			closes(p, "12:08")
			to(p, "13:00", "government")
			again(p, "19:00")
			p.at("2026-11-23 20:00")
		}, "party_committee - by 19:02"},
		"one got it late after the reopening": {func(p *play) {
			closes(p, "12:08")
			again(p, "19:00")
			to(p, "19:01", "party_committee")
			to(p, "19:30", "government")
		}, "government 19:30 by 19:02"},
		"it was late when it was closed":    {func(p *play) { closes(p, "12:11"); again(p, "19:00") }, "party_committee - by 12:10, government - by 12:10"},
		"closed for a minute":               {func(p *play) { closes(p, "12:08"); again(p, "12:09"); p.at("2026-11-23 12:10") }, "party_committee - by 12:10, government - by 12:10"},
		"closed again before that was over": {func(p *play) { closes(p, "12:08"); again(p, "19:00"); closes(p, "19:01"); p.at("2026-11-23 20:00") }, ""},
		"and opened again once more": {func(p *play) {
			closes(p, "12:08")
			again(p, "19:00")
			closes(p, "19:01")
			again(p, "21:00")
			p.at("2026-11-23 21:01")
		}, "party_committee - by 21:01, government - by 21:01"},
		"closed again, got then, and opened again": {func(p *play) {
			closes(p, "12:08")
			again(p, "19:00")
			closes(p, "19:01")
			to(p, "19:30", "government")
			again(p, "21:00")
			p.at("2026-11-23 21:00")
		}, ""},
		"closed again when it was late meanwhile": {func(p *play) { closes(p, "12:08"); again(p, "19:00"); closes(p, "19:11"); p.at("2026-11-23 20:00") }, "party_committee - by 19:02, government - by 19:02"},
		"the superiors keep the deadline they made": {func(p *play) {
			closes(p, "12:08")
			again(p, "19:00")
			to(p, "19:01", "government")
			to(p, "19:01", "party_committee")
			p.at("2026-11-23 22:00")
		}, ""},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无")
		c.story(p)
		r, _ := p.i.Report(1)
		var got []string
		for _, l := range p.i.LateTo(r, p.now) {
			at := "-"
			if !l.At.IsZero() {
				at = p.clock(l.At)[6:]
			}
			got = append(got, l.Recipient+" "+at+" by "+p.clock(r.DueTo(l.Recipient))[6:])
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
		if p.clock(r.DueAt) != "11-23 12:10" || r.SentLate() {
			t.Errorf("%s: the superior bureau had it by 12:08, and it is due %s", name, p.clock(r.DueAt))
		}
		for _, d := range r.Deliveries {
			if late := p.i.LateBy(r, d) > 0; late != strings.Contains(c.want, d.Recipient+" "+p.clock(d.At)[6:]) {
				t.Errorf("%s: %s at %s is late: %t", name, d.Recipient, p.clock(d.At), late)
			}
		}
	}
}

// The figures count it by the same deadline.
func TestFiguresCountWhatIsOwedFromTheReopening(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无")
	closes(p, "12:08")
	p.at("2026-11-23 19:00").do(dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"})
	p.at("2026-11-23 19:01").do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "wechat", Evidence: "截图"})
	for now, want := range map[string]string{
		"19:01": "reports_on_time/first 1/1 deliveries_on_time/superior_bureau 1/1 deliveries_on_time/fax 1/1",
		"19:11": "reports_on_time/first 1/1 deliveries_on_time/superior_bureau 1/1 deliveries_on_time/party_committee 0/1 deliveries_on_time/government 1/1 deliveries_on_time/fax 1/1 deliveries_on_time/wechat 1/1",
	} {
		var got []string
		for _, s := range dutyShares(dutylog.DutyFacts{Incidents: []dutylog.Incident{p.i}}, p.time("2026-11-23 00:00"), p.time("2026-11-24 00:00"), p.time("2026-11-23 "+now)) {
			if strings.HasPrefix(s, "reports") || strings.HasPrefix(s, "deliveries") {
				got = append(got, s)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("at %s: %q, want %q", now, s, want)
		}
	}
}

// An instruction often comes after the end, and who was at the scene comes back from it.
func TestWhatIsKeptAfterTheEnd(t *testing.T) {
	for kind, b := range map[dutylog.FactKind]dutylog.FactBody{
		dutylog.FactInstructed:  {Whom: "区长", Text: "举一反三，全面排查"},
		dutylog.FactScene:       {Whom: "李科长", Part: "back"},
		dutylog.FactConveyed:    {Fact: 5, Whom: "消防大队"},
		dutylog.FactFedBack:     {Fact: 5, Text: "已排查"},
		dutylog.FactInstrClosed: {Fact: 5, Text: "办结"},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").do(dutylog.FactInstructed, dutylog.FactBody{Whom: "局长", Text: "全力救治"})
		p.do(dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}).at("2026-11-24 09:00")
		if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: kind, Body: b}); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		fact := len(p.i.Facts)
		if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: fact, Reason: "误记"}}); err != nil || p.i.State != dutylog.IncidentClosed {
			t.Errorf("%s, and struck out: %v, %s", kind, err, p.i.State)
		}
	}
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	other := newPlay(t, "2026-11-23 11:00")
	other.i.ID = 2
	p.books.Into = &other.i
	p.do(dutylog.FactMerged, dutylog.FactBody{Incident: 2, Reason: "同一起火灾"})
	for _, kind := range []dutylog.FactKind{dutylog.FactInstructed, dutylog.FactScene} {
		if got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: kind, Body: dutylog.FactBody{Whom: "区长", Text: "全力", Part: "back"}})); got != "not_open" {
			t.Errorf("%s of one that goes on as another: %q", kind, got)
		}
	}
}

// A report begins with what is known, and with the text of the one before: what was taken back does not come back with that.
func TestADraftGoesOnFromTheLastReport(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "2人受伤")
	p.do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: "", dutylog.ElementTrend: "火势已控制"}})
	for _, number := range []int{2, 3} {
		r, _ := p.i.Report(number)
		draft, drawn := p.i.DraftFrom(r, []dutylog.Entry{{ID: "e-1", Values: map[dutylog.Field]string{dutylog.Casualties: "3人受伤"}}})
		if v, said := draft[dutylog.ElementCasualties]; v != "" || !said || len(drawn) != 0 {
			t.Errorf("report %d: what was taken back is %q again, said %t, %v", number, v, said, drawn)
		}
		if got := p.i.DraftText(r); got != "情况如下。" {
			t.Errorf("report %d begins with %q", number, got)
		}
		if changed := p.i.ChangedIn(r, draft); len(changed) != 2 {
			t.Errorf("report %d: changed %v", number, changed)
		}
	}
	p.do(dutylog.FactWritten, dutylog.FactBody{Report: 2, Elements: allKnown("无"), Text: "另写。"})
	if r, _ := p.i.Report(2); p.i.DraftText(r) != "另写。" {
		t.Error(p.i.DraftText(r))
	}
}

// Whatever was told by telephone before is no report in writing.
func TestWhatWasToldByTelephoneBefore(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").phones(1, "周敏")
	p.at("2026-11-23 12:30").sends(dutylog.StageWritten, "无").at("2026-11-23 12:40")
	for number, want := range map[int]int{1: 0, 2: 1, 3: 1} {
		r, _ := p.i.Report(number)
		if told := p.i.SpokenBefore(r); len(told) != want || want == 1 && told[0].Number != 1 {
			t.Errorf("report %d: %d were told before", number, len(told))
		}
	}
}
