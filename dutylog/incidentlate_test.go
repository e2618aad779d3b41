package dutylog_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// Whoever does not stop the clock has a deadline all the same.
func TestForWhomAReportIsLate(t *testing.T) {
	to := func(p *play, clock, recipient string) {
		p.at("2026-11-23 "+clock).do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: recipient, Channel: "fax", Evidence: "回执"})
	}
	for name, c := range map[string]struct {
		story func(*play)
		want  string
	}{
		"nobody got it":              {func(*play) {}, ""}, // that is said of the report itself
		"everybody in time":          {func(p *play) { to(p, "12:09", "government"); to(p, "12:10", "party_committee") }, ""},
		"the government hours later": {func(p *play) { to(p, "12:09", "party_committee"); to(p, "14:10", "government") }, "government 11-23 14:10"},
		"the committee has not":      {func(p *play) { to(p, "12:09", "government"); p.at("2026-11-23 13:00") }, "party_committee -"},
		"the committee may still":    {func(p *play) { to(p, "12:08", "government"); p.at("2026-11-23 12:09") }, ""},
		"by one way in time": {func(p *play) {
			to(p, "12:09", "government")
			to(p, "12:10", "party_committee")
			phonesGovernment(p, "14:00")
		}, ""},
		"closed before it was late":   {func(p *play) { closes(p, "12:09"); p.at("2026-11-23 13:00") }, ""},
		"closed before, sent after":   {func(p *play) { closes(p, "12:09"); to(p, "13:00", "government") }, ""},
		"closed after it was late":    {func(p *play) { closes(p, "12:11"); p.at("2026-11-23 13:00") }, "party_committee -, government -"},
		"and then sent all the same ": {func(p *play) { closes(p, "12:11"); to(p, "13:00", "government") }, "party_committee -, government 11-23 13:00"},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
		p.write(dutylog.StageFirst, "无")
		if name != "nobody got it" {
			p.fax(1)
		}
		c.story(p)
		r, _ := p.i.Report(1)
		var got []string
		for _, l := range p.i.LateTo(r, p.now) {
			got = append(got, fmt.Sprint(l.Recipient, " ", p.clock(l.At)))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
		for _, d := range r.Deliveries {
			if late := p.i.LateBy(r, d) > 0; late != strings.Contains(c.want, d.Recipient+" "+p.clock(d.At)) {
				t.Errorf("%s: %s at %s is late: %t", name, d.Recipient, p.clock(d.At), late)
			}
		}
	}
}

func phonesGovernment(p *play, clock string) {
	p.at("2026-11-23 "+clock).do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "李"})
}

func closes(p *play, clock string) {
	p.at("2026-11-23 "+clock).do(dutylog.FactClosed, dutylog.FactBody{Reason: "市局直接处置"})
}

// What went out says of the category what was so then; what is still a draft, what is so now.
func TestAReportSaysTheCategoryAsItStoodThen(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	p.fax(p.write(dutylog.StageFirst, "无"))
	p.write(dutylog.StageWritten, "无")
	p.at("2026-11-23 12:20").do(dutylog.FactClassified, dutylog.FactBody{Category: "work_safety", Trigger: "sensitive_time"})
	p.at("2026-11-23 12:30")
	p.do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "fax", Evidence: "回执"}) // the same paper, again
	for number, want := range map[int]string{1: "fire ", 2: "work_safety sensitive_time"} {
		r, _ := p.i.Report(number)
		if category, trigger := p.i.ClassifiedFor(r); category+" "+trigger != want {
			t.Errorf("report %d: %s %s, want %s", number, category, trigger, want)
		}
	}
	p.at("2026-11-23 12:31").fax(2)
	p.at("2026-11-23 12:32").do(dutylog.FactClassified, dutylog.FactBody{Category: "other"})
	if r, _ := p.i.Report(2); p.i.Category != "other" {
		t.Errorf("%+v", r)
	} else if category, _ := p.i.ClassifiedFor(r); category != "work_safety" {
		t.Error(category)
	}
}

// The delivery that went out first may be noted last.
func TestTheCategoryIsThatOfTheFirstDeliveryHoweverItWasNoted(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	p.write(dutylog.StageFirst, "无")
	p.at("2026-11-23 12:20").do(dutylog.FactClassified, dutylog.FactBody{Category: "work_safety"})
	p.at("2026-11-23 12:30").fax(1)
	d := dutylog.FactDraft{Kind: dutylog.FactDelivered, At: p.time("2026-11-23 12:10"), Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "fax", Evidence: "回执"}}
	if err := p.try(dutyOfficer, d); err != nil {
		t.Fatal(err)
	}
	if r, _ := p.i.Report(1); len(r.Deliveries) != 2 {
		t.Fatalf("%+v", r.Deliveries)
	} else if category, _ := p.i.ClassifiedFor(r); category != "fire" {
		t.Error(category)
	}
}
