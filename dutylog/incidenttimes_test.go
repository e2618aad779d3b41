package dutylog_test

import (
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// What was said of a moment is the same when it is said again, whatever the two clocks are apart by then.
func TestADeedIsTheSameThoughTheClocksDifferOtherwise(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:30")
	said, due := p.time("2026-11-23 12:10"), p.time("2026-11-23 14:00")
	for name, d := range map[string]dutylog.FactDraft{
		"a delivery":     {Kind: dutylog.FactDelivered, At: said, Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "周"}},
		"an instruction": {Kind: dutylog.FactInstructed, At: said, Body: dutylog.FactBody{Whom: "区长", Text: "速办", Due: &due}},
		"a start":        {Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: &said, Reason: "此时才知"}},
		"from the scene": {Kind: dutylog.FactScene, At: said, Body: dutylog.FactBody{Whom: "李", Part: "back"}},
	} {
		for _, ahead := range []time.Duration{0, 20 * time.Second, 3 * time.Minute, -4*time.Minute - 40*time.Second} {
			p.books.Ahead = ahead
			f, err := p.i.Decide(d, p.books, dutyOfficer, p.now.Add(ahead))
			moved := ahead.Round(time.Minute)
			if err != nil || !dutylog.SameDeed([]dutylog.IncidentFact{f}, []dutylog.FactDraft{d}) {
				t.Errorf("%s, the switch ahead by %s: %v, %+v", name, ahead, err, f)
			}
			if !d.At.IsZero() && !f.At.Equal(said.Add(moved)) || d.Body.Due != nil && !f.Body.Due.Equal(due.Add(moved)) || d.Body.Start != nil && !f.Body.Start.Equal(said.Add(moved)) {
				t.Errorf("%s, the switch ahead by %s: kept as %v, %v, %v", name, ahead, f.At, f.Body.Due, f.Body.Start)
			}
			later, other := due.Add(time.Minute), d
			other.At = said.Add(time.Minute)
			other.Body.Start = &later
			if dutylog.SameDeed([]dutylog.IncidentFact{f}, []dutylog.FactDraft{other}) {
				t.Errorf("%s, the switch ahead by %s: another moment is the same", name, ahead)
			}
		}
	}
}

// A call that proves a delivery afterwards says when that was, to the millisecond: the first intake moves it only where the
// clock was set back since, and what the switch showed is no order.
func TestACallThatProvesADeliveryKeepsItsTime(t *testing.T) {
	for name, c := range map[string]struct {
		call  string
		after time.Duration // of the intake, within that minute
		moved bool
	}{
		"in the very minute of the intake": {"2026-11-23 12:00", 500 * time.Millisecond, false},
		"after it":                         {"2026-11-23 12:05", 0, false},
		"while the clock was set back":     {"2026-11-23 11:41", 0, true},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		call := p.called("superior", c.call, telephony.Outbound)
		call.OfferedAt, call.AnsweredAt = call.OfferedAt.Add(c.after), call.AnsweredAt.Add(c.after+123*time.Millisecond)
		call.EndedAt = call.AnsweredAt.Add(time.Minute)
		p.books.Calls["superior"] = call
		p.at("2026-11-23 12:02").do(dutylog.FactCalledOut, dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached"})
		if c.moved {
			p.at("2026-11-23 11:45")
		} else {
			p.at("2026-11-23 12:30") // long after the deadline
		}
		told := dutylog.FactDraft{Kind: dutylog.FactDelivered, At: p.now, Body: dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "周敏", CallID: "superior"}}
		if err := p.try(dutyOfficer, told); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r, _ := p.i.Report(1)
		if kept := r.SentAt.Equal(call.AnsweredAt); kept == c.moved || r.SentAt.Before(p.i.ClockNatural) || r.SentLate() {
			t.Errorf("%s: sent %v, the call was answered %v", name, r.SentAt, call.AnsweredAt)
		}
	}
}
