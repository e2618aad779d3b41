package dutylog_test

import (
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// Whatever the clock shows, what goes out goes out after the intake and after the text of it: a clock that was set back
// keeps nobody from noting it.
func TestADeliveryIsNotedThoughTheClockWasSetBack(t *testing.T) {
	by := func(channel, call, at string) dutylog.FactDraft {
		b := dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: channel, Receiver: "周敏", CallID: call}
		d := dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: b}
		if at != "" {
			d.At = newPlay(t, "2026-11-23 12:00").time("2026-11-23 " + at)
		}
		return d
	}
	for name, c := range map[string]struct {
		written, now string
		d            dutylog.FactDraft
		wanted, sent string
	}{
		"now":                                 {"", "11:42", by("phone", "", ""), "", "11-23 12:05"},
		"now, of a text":                      {"12:20", "12:06", by("fax", "", ""), "", "11-23 12:20"},
		"now, of a text, before the intake":   {"12:20", "11:45", by("fax", "", ""), "", "11-23 12:20"},
		"by a call after the step":            {"", "11:45", by("phone", "after", ""), "", "11-23 12:05"},
		"by a call of long before":            {"", "11:45", by("phone", "before", ""), "call_id", "-"},
		"said of after the step":              {"", "11:45", by("phone", "", "11:45"), "", "11-23 12:05"},
		"said of before the intake":           {"", "11:45", by("phone", "", "11:20"), "at", "-"},
		"said of before the step":             {"", "11:42", by("phone", "", "12:02"), "at", "-"}, // the future, as the clock shows it
		"not set back: the minute of it":      {"", "12:08", by("phone", "", "12:00"), "", "11-23 12:00"},
		"not set back: the minute before it":  {"", "12:08", by("phone", "", "11:59"), "at", "-"},
		"not set back: a call before it":      {"", "12:08", by("phone", "after", ""), "call_id", "-"},
		"not set back: now":                   {"12:06", "12:08", by("fax", "", ""), "", "11-23 12:08"},
		"not set back: before the text of it": {"12:06", "12:08", by("fax", "", "12:05"), "at", "-"},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		intake := p.i.ClockNatural.Add(40 * time.Second)
		p.i.Facts[1].Body.Intake = &intake
		p.i = dutylog.FoldIncident(1, p.i.Facts)
		p.at("2026-11-23 12:05").do(dutylog.FactCalledOut, dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached"})
		p.called("after", "2026-11-23 11:41", telephony.Outbound)
		p.called("before", "2026-11-22 18:00", telephony.Outbound)
		if c.written != "" {
			p.at("2026-11-23 "+c.written).write(dutylog.StageFirst, "无")
		}
		p.at("2026-11-23 " + c.now)
		if got := whyNot(p.try(dutyOfficer, c.d)); got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
		}
		if r, _ := p.i.Report(1); p.clock(r.SentAt) != c.sent || !r.SentAt.IsZero() && r.SentAt.Before(p.i.ClockNatural) {
			t.Errorf("%s: sent %s, want %s", name, p.clock(r.SentAt), c.sent)
		}
		offers := dutylog.OfferReports([]dutylog.Incident{p.i}, []dutylog.Call{p.books.Calls["before"]}, nil, p.now)
		if len(offers) != 0 || !dutylog.Since([]dutylog.Incident{p.i}, p.now).After(p.books.Calls["before"].OfferedAt) {
			t.Errorf("%s: a call of the day before is offered", name)
		}
	}
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 11:45")
	if offers := dutylog.OfferReports([]dutylog.Incident{p.i}, []dutylog.Call{p.called("after", "2026-11-23 11:41", telephony.Outbound)}, nil, p.now); len(offers) != 1 {
		t.Errorf("the call after the step is offered %d times", len(offers))
	}
}

// A merge takes an entry over with the intake that was recorded, whatever the two clocks are apart by then.
func TestAMergeKeepsTheIntakeThatWasRecorded(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:20")
	p.entry("nobody-called", "2026-11-23 12:00")
	p.books.Ahead = 5 * time.Minute
	intake := p.time("2026-11-23 12:00")
	p.at("2026-11-23 12:30").do(dutylog.FactLinked, dutylog.FactBody{Entry: "nobody-called", Incident: 7, Intake: &intake})
	if !p.i.ClockNatural.Equal(intake) {
		t.Errorf("it came at %v, want %v", p.i.ClockNatural, intake)
	}
}
