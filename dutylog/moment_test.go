package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// momentNow is when all of it is written: half past two in the afternoon of 2026-11-27 in Beijing.
var momentNow = time.Date(2026, 11, 27, 6, 30, 0, 0, time.UTC)

// What each field of a time takes, and in which one sentence it refuses a year that was mistyped.
func TestTimesThatNobodyCanHaveMeant(t *testing.T) {
	by := officerActor
	written := func(f dutylog.Field) func(string) error {
		return func(at string) error {
			_, err := dutylog.OpenWritten(dutylog.Draft{Key: "0f3c9a77-1", Line: "duty", Kind: dutylog.KindWarning, Values: values{f: at}}, dutylog.Known{}, by, momentNow)
			return err
		}
	}
	moment := func(t *testing.T, at string) time.Time {
		parsed, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	entry, err := dutylog.OpenWritten(dutylog.Draft{Key: "0f3c9a77-2", Line: "duty", Kind: dutylog.KindFax}, dutylog.Known{}, by, momentNow)
	if err != nil {
		t.Fatal(err)
	}
	matter, err := dutylog.OpenWritten(dutylog.Draft{Key: "0f3c9a77-4", Line: "duty", Kind: dutylog.KindFax, Late: &dutylog.LateDraft{At: moment(t, "1990-01-01T00:00:00Z")}, Values: values{dutylog.LateReason: "停电"}}, dutylog.Known{}, by, momentNow)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]func(string) error{
		"happened_at": written(dutylog.HappenedAt),
		"valid_until": written(dutylog.ValidUntil),
		"amended": func(at string) error {
			_, err := entry.Amend(dutylog.EntryPatch{Revision: 1, Values: values{dutylog.HappenedAt: at}}, by, momentNow)
			return err
		},
		"step": func(at string) error {
			_, err := matter.AddStep(dutylog.StepDraft{Kind: dutylog.StepReceived, At: moment(t, at)}, by, momentNow)
			return err
		},
		"late.at": func(at string) error {
			_, err := dutylog.OpenWritten(dutylog.Draft{Key: "0f3c9a77-3", Line: "duty", Kind: dutylog.KindFax, Late: &dutylog.LateDraft{At: moment(t, at)},
				Values: values{dutylog.LateReason: "停电"}}, dutylog.Known{}, by, momentNow)
			return err
		},
		"sent_at": func(at string) error {
			_, err := dutylog.Filing{SentTo: "市局", SentAt: moment(t, at), Shifts: roster(t, whole)}.Check(momentNow)
			return err
		},
		"leaves_at": func(at string) error {
			a := dutylog.Absence{Person: "孙局长", Why: "培训", Place: "北京", StandIn: "周副局长", StandInTitle: "副局长", LeavesAt: moment(t, at), ReturnsAt: moment(t, at).Add(time.Hour)}
			_, err := a.Check()
			return err
		},
	}
	for _, c := range []struct{ place, at, want string }{
		{"happened_at", "2026-11-27T06:30:00Z", ""},
		{"happened_at", "2026-11-27T06:31:00Z", ""}, // the clock of a PC is a minute ahead
		{"happened_at", "2026-11-27T06:31:01Z", "lies in the future: give when it happened"},
		{"happened_at", "2027-01-01T00:00:00Z", "lies in the future: give when it happened"},
		{"happened_at", "2062-11-27T06:30:00Z", "lies in the future, in the year 2062: check the year, and give when it happened"},
		{"happened_at", "0206-11-27T06:30:00Z", "lies in the year 0206: check the year"},
		{"happened_at", "1990-01-01T00:00:00Z", ""},
		{"happened_at", "1989-12-31T23:59:59Z", "lies in the year 1989: check the year"},
		{"valid_until", "2026-11-28T22:00:00Z", ""},
		{"valid_until", "2026-11-01T22:00:00Z", ""}, // it is over when it is written down
		{"valid_until", "2031-11-27T06:30:00Z", ""},
		{"valid_until", "2031-12-02T06:30:00Z", "lies in the future, in the year 2031: check the year, and give until when it is valid, at most five years ahead"},
		{"valid_until", "0026-11-28T22:00:00Z", "lies in the year 0026: check the year"},
		{"amended", "2026-11-27T09:00:00Z", "lies in the future: give when it happened"},
		{"amended", "2026-11-27T03:00:00+08:00", ""},
		{"step", "2026-11-27T06:00:00Z", ""},
		{"step", "2026-11-27T07:00:00Z", "lies in the future: give when it was done"},
		{"step", "0206-11-27T06:00:00Z", "lies in the year 0206: check the year"},
		{"late.at", "2026-11-26T06:00:00Z", ""},
		{"late.at", "2026-11-27T06:30:01Z", "lies in the future: a late entry is about what was"},
		{"late.at", "1206-11-26T06:00:00Z", "lies in the year 1206: check the year"},
		{"sent_at", "2026-11-27T06:00:00Z", ""},
		{"sent_at", "2062-11-27T06:00:00Z", "lies in the future, in the year 2062: check the year, and write it down when it was sent"},
		{"sent_at", "0206-11-27T06:00:00Z", "lies in the year 0206: check the year"},
		{"leaves_at", "2026-12-27T06:00:00Z", ""},
		{"leaves_at", "0206-11-27T06:00:00Z", "lies in the year 0206: check the year"},
	} {
		err := places[c.place](c.at)
		var invalid *dutylog.InvalidError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %s: %v", c.place, c.at, err)
		case c.want != "" && (!errors.As(err, &invalid) || !strings.Contains(invalid.Reason, c.want)):
			t.Errorf("%s %s: %v, want %q", c.place, c.at, err, c.want)
		}
	}
}

// A refused time leaves the entry as it was, and what was right in the same change is not taken by half.
func TestARefusedTimeChangesNothing(t *testing.T) {
	e, err := dutylog.OpenWritten(dutylog.Draft{Key: "0f3c9a77-4", Line: "duty", Kind: dutylog.KindVisit}, dutylog.Known{}, officerActor, momentNow)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Amend(dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: "北厂区冒烟", dutylog.HappenedAt: "2206-11-27T06:00:00Z"}}, officerActor, momentNow)
	var invalid *dutylog.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != string(dutylog.HappenedAt) {
		t.Fatalf("%v", err)
	}
	if e.Values[dutylog.Content] != "" || e.Values[dutylog.HappenedAt] != "" {
		t.Errorf("%v", e.Values)
	}
}
