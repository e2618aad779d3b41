package testcall_test

import (
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

func TestRecognise(t *testing.T) {
	e := testcall.Expected{Line: "duty", Number: telephony.ParseNumber("02422739119", "024"), Token: "7f3a", From: start, Until: after(20 * time.Second)}
	call := func(number, name string, at time.Duration) telephony.Call {
		return telephony.Call{Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber(number, "024"), CallerName: name, OfferedAt: after(at)}
	}
	outgoing, other := call("02422739119", "", time.Second), call("02422739119", "", time.Second)
	outgoing.Direction, other.Line = telephony.Outbound, "second"
	for name, c := range map[string]struct {
		call telephony.Call
		want testcall.Recognition
	}{
		"number and token":           {call("02422739119", "Dutyline test 7f3a", time.Second), testcall.ByToken},
		"the token proves it alone":  {call("13900001111", "Dutyline test 7f3a", time.Second), testcall.ByToken},
		"the carrier drops the name": {call("22739119", "", time.Second), testcall.ByNumber},
		"another spelling":           {call("+862422739119", "", time.Second), testcall.ByNumber},
		"the name of another test":   {call("02422739119", "Dutyline test 0000", time.Second), ""},
		"too early":                  {call("02422739119", "", -time.Second), ""},
		"too late":                   {call("02422739119", "", 21*time.Second), ""},
		"somebody else":              {call("02422730001", "", time.Second), ""},
		"withheld":                   {call("anonymous", "", time.Second), ""},
		"outgoing":                   {outgoing, ""},
		"another line":               {other, ""},
	} {
		if got := e.Recognise(c.call); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := (testcall.Expected{Line: "duty"}).Recognise(call("", "Dutyline test ", 0)); got != "" {
		t.Errorf("nothing is expected, and a call without a number is recognised by %q", got)
	}
}

func TestTimetable(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, shanghai) }
	whole := testcall.Timetable{Times: []testcall.Clock{{Hour: 7, Minute: 30}}, Every: 6 * time.Hour, Location: shanghai,
		Handovers: []testcall.Clock{{Hour: 8}, {Hour: 20}}, BeforeHandover: 15 * time.Minute}
	midnight := testcall.Timetable{Handovers: []testcall.Clock{{}}, BeforeHandover: 15 * time.Minute, Location: shanghai}
	for _, c := range []struct {
		table testcall.Timetable
		now   time.Time
		want  time.Time
		cause testcall.Cause
	}{
		{whole, at(26, 5, 0), at(26, 6, 0), testcall.OnSchedule},
		{whole, at(26, 6, 0), at(26, 7, 30), testcall.OnSchedule},
		{whole, at(26, 18, 30), at(26, 19, 45), testcall.AtHandover},
		{whole, at(26, 19, 45), at(27, 0, 0), testcall.OnSchedule},
		{midnight, at(26, 23, 45), at(27, 23, 45), testcall.AtHandover},
		{midnight, at(26, 23, 44), at(26, 23, 45), testcall.AtHandover},
		{testcall.Timetable{Times: []testcall.Clock{{Hour: 7, Minute: 30}}, Location: shanghai}, at(26, 7, 30), at(27, 7, 30), testcall.OnSchedule},
		{testcall.Timetable{Every: 7 * time.Hour, Location: shanghai}, at(26, 22, 0), at(27, 0, 0), testcall.OnSchedule},
		{testcall.Timetable{}, at(26, 7, 0), time.Time{}, ""},
	} {
		got, cause, ok := c.table.Next(c.now)
		if !got.Equal(c.want) || ok == c.want.IsZero() || cause != c.cause {
			t.Errorf("%+v after %v: %v by %q (%v), want %v", c.table, c.now, got, cause, ok, c.want)
		}
	}
	for text, ok := range map[string]bool{"07:30": true, "00:00": true, "7:30": false, "24:00": false, "": false, "07:30:00": false} {
		if _, err := testcall.ParseClock(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
