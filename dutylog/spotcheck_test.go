package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var spotNow = time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC)

func aSpotCheck(change func(*dutylog.SpotCheck)) dutylog.SpotCheck {
	s := dutylog.SpotCheck{Direction: telephony.Inbound, Day: spotNow.Add(-time.Hour), Unit: "市应急局指挥中心", Inspector: "刘明", Questions: "当班人员、带班领导、未办结事项", Result: dutylog.SpotPassed}
	if change != nil {
		change(&s)
	}
	return s
}

func TestWhatTheRegisterOfSpotChecksTakes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*dutylog.SpotCheck)
		field  string // empty: it is taken
	}{
		{"one of a superior", nil, ""},
		{"one of a subordinate unit", func(s *dutylog.SpotCheck) { s.Direction = telephony.Outbound }, ""},
		{"a moment ahead", func(s *dutylog.SpotCheck) { s.Day = spotNow.Add(4 * time.Minute) }, ""},
		{"partly, with words", func(s *dutylog.SpotCheck) { s.Result, s.Findings = dutylog.SpotPartly, "带班领导不在岗" }, ""},
		{"a correction", func(s *dutylog.SpotCheck) { s.Check, s.ID, s.Change = 1, 1, "抽查人写错" }, ""},
		{"struck out", func(s *dutylog.SpotCheck) { s.Check, s.ID, s.Change, s.Struck = 1, 1, "重复登记", true }, ""},
		{"no direction", func(s *dutylog.SpotCheck) { s.Direction = "" }, "direction"},
		{"no unit", func(s *dutylog.SpotCheck) { s.Unit = " " }, "unit"},
		{"no inspector", func(s *dutylog.SpotCheck) { s.Inspector = "\u200b" }, "inspector"},
		{"no questions", func(s *dutylog.SpotCheck) { s.Questions = "" }, "questions"},
		{"too many words", func(s *dutylog.SpotCheck) { s.Questions = strings.Repeat("问", 501) }, "questions"},
		{"no result", func(s *dutylog.SpotCheck) { s.Result = "" }, "result"},
		{"a result that is none", func(s *dutylog.SpotCheck) { s.Result = "good" }, "result"},
		{"failed without a word", func(s *dutylog.SpotCheck) { s.Result = dutylog.SpotFailed }, "findings"},
		{"no day", func(s *dutylog.SpotCheck) { s.Day = time.Time{} }, "day"},
		{"tomorrow", func(s *dutylog.SpotCheck) { s.Day = spotNow.Add(24 * time.Hour) }, "day"},
		{"a correction without why", func(s *dutylog.SpotCheck) { s.Check, s.ID = 1, 1 }, "change"},
		{"new and struck out", func(s *dutylog.SpotCheck) { s.Struck = true }, "struck"},
	} {
		got, err := aSpotCheck(c.change).CheckAt(spotNow)
		var bad *dutylog.InvalidError
		if errors.As(err, &bad) != (c.field != "") || bad != nil && bad.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && got.Inspector != "刘明" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestWhichCallsASpotCheckCanBe(t *testing.T) {
	in, out := aSpotCheck(nil), aSpotCheck(func(s *dutylog.SpotCheck) { s.Direction = telephony.Outbound })
	came, went := telephony.Call{ID: "1.0", Direction: telephony.Inbound}, telephony.Call{ID: "2.0", Direction: telephony.Outbound}
	test := came
	test.Tags = []telephony.Tag{telephony.TagTest}
	if in.Fits(came) != nil || out.Fits(went) != nil {
		t.Error("a call that fits is refused")
	}
	for name, err := range map[string]error{"in by what went": in.Fits(went), "out by what came": out.Fits(came), "our own test": in.Fits(test)} {
		var bad *dutylog.InvalidError
		if !errors.As(err, &bad) || bad.Field != "call_id" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who is checked registers what came of it and corrects their own words; it counts when a supervisor confirmed it, and
// from then on only a supervisor changes it.
func TestWhoMayChangeASpotCheck(t *testing.T) {
	mine, theirs := dutylog.SpotCheck{By: byOfficer}, dutylog.SpotCheck{By: bySuper}
	mate := dutylog.Actor{Login: "li", Name: "李强", Role: dutylog.Chief}
	for name, c := range map[string]struct {
		versions []dutylog.SpotCheck
		by       dutylog.Actor
		may      bool
	}{
		"one's own":                     {[]dutylog.SpotCheck{mine}, byOfficer, true},
		"a colleague's":                 {[]dutylog.SpotCheck{mine}, mate, false},
		"a supervisor's":                {[]dutylog.SpotCheck{theirs}, byOfficer, false},
		"one's own, that was confirmed": {[]dutylog.SpotCheck{mine, theirs}, byOfficer, false},
		"another supervisor":            {[]dutylog.SpotCheck{mine, theirs}, bySuper2, true},
	} {
		if err := dutylog.MayChange(c.versions, c.by); (err == nil) != c.may {
			t.Errorf("%s: %v", name, err)
		}
	}
	if mine.Confirmed() || !theirs.Confirmed() {
		t.Error("who confirmed it is not told apart")
	}
	old := dutylog.SpotCheck{Direction: "in", Day: reviewCall.AddDate(-27, 0, 0), Unit: "x", Inspector: "x", Questions: "x", Result: dutylog.SpotPassed}
	if _, err := old.CheckAt(reviewCall); err == nil || !strings.Contains(err.Error(), "before the year 2000") {
		t.Errorf("a check of 1999: %v", err)
	}
}
