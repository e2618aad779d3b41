package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

var beijing = time.FixedZone("UTC+8", 8*3600)

// clock is a time of November 2026 (or of another month) by the site's clock: "27 08:00" or "12-31 20:00".
func clock(s string) time.Time {
	if strings.Count(s, "-") == 0 {
		s = "11-" + s
	}
	return beijingTime("2026-" + s)
}

func shift(name, from, to string) dutylog.Shift {
	return dutylog.Shift{Name: name, Post: dutylog.PostOfficer, From: clock(from), To: clock(to)}
}

// took is a handover after which somebody is responsible.
func took(name, when string) *dutylog.Handover {
	return &dutylog.Handover{ID: 1, At: clock(when), Incoming: dutylog.Actor{Login: name, Name: name}}
}

// TestDueHandover is the table of when a handover is late. The officers change at 08:00 and 20:00.
func TestDueHandover(t *testing.T) {
	two := []dutylog.Shift{shift("张伟", "26 20:00", "27 08:00"), shift("李娜", "27 08:00", "27 20:00"), shift("王强", "27 20:00", "28 08:00"), shift("张伟", "28 08:00", "28 20:00"), shift("李娜", "28 20:00", "29 08:00"),
		{Name: "陈建国", Post: dutylog.PostChief, From: clock("26 08:00"), To: clock("27 08:00")}}
	long := []dutylog.Shift{shift("张伟", "26 20:00", "27 08:00"), shift("张伟", "27 08:00", "27 20:00"), shift("李娜", "27 20:00", "28 08:00")}
	whole := []dutylog.Shift{shift("张伟", "26 08:00", "27 08:00"), shift("李娜", "27 08:00", "28 08:00"), shift("王强", "28 08:00", "29 08:00")}
	gap := []dutylog.Shift{shift("张伟", "26 20:00", "27 08:00"), shift("李娜", "27 10:00", "27 20:00")}
	overlap := []dutylog.Shift{shift("张伟", "26 20:00", "27 09:00"), shift("李娜", "27 08:00", "27 20:00")}
	year := []dutylog.Shift{shift("张伟", "12-31 08:00", "12-31 20:00"), {Name: "李娜", Post: dutylog.PostOfficer, From: clock("12-31 20:00"), To: clock("12-31 20:00").Add(12 * time.Hour)}}
	var out strings.Builder
	for _, c := range []struct {
		name   string
		shifts []dutylog.Shift
		last   *dutylog.Handover
		begun  string
		now    []string
	}{
		{"as it should be: 张伟 took over at eight in the evening", two, took("张伟", "26 19:55"), "01 00:00", []string{"26 21:00", "27 07:59", "27 08:00", "27 08:14", "27 08:15", "27 15:00", "28 09:00"}},
		{"李娜 came an hour early", two, took("李娜", "27 07:05"), "01 00:00", []string{"27 07:30", "27 08:20", "27 20:14", "27 20:15"}},
		{"李娜 was late, and took over after the alert", two, took("李娜", "27 09:40"), "01 00:00", []string{"27 09:41", "27 19:00"}},
		{"王强 stands in for 李娜 without the roster's knowing", two, took("王强", "27 08:02"), "01 00:00", []string{"27 12:00", "27 20:30", "28 08:20"}},
		{"张伟 came late, after the middle of the night: at eight 李娜 follows all the same", two, took("张伟", "27 03:00"), "01 00:00", []string{"27 04:00", "27 08:00", "27 08:15"}},
		{"王强 stepped in at four for the rest of the night: at eight 李娜 follows all the same", two, took("王强", "27 04:00"), "01 00:00", []string{"27 05:00", "27 08:15", "27 21:00"}},
		{"张伟 took over six minutes before the end of his own shift", two, took("张伟", "27 07:54"), "01 00:00", []string{"27 07:55", "27 08:00", "27 08:15"}},
		{"王强 came for 李娜, ten minutes early", two, took("王强", "27 07:50"), "01 00:00", []string{"27 07:55", "27 08:15"}},
		{"李娜 stepped in at midnight and goes on with her own shift", two, took("李娜", "27 00:30"), "01 00:00", []string{"27 01:00", "27 08:20", "27 20:15"}},
		{"a shift of a whole day, in which somebody else took over in the evening", whole, took("刘芳", "26 21:00"), "01 00:00", []string{"26 21:01", "27 07:00", "27 08:15"}},
		{"taken over in the middle of the shift, which ends all the same", two, took("张伟", "27 01:30"), "01 00:00", []string{"27 08:20"}},
		{"nobody came, and by and by it is the same officer's turn again", two, took("张伟", "26 20:00"), "01 00:00", []string{"27 23:00", "28 07:59", "28 08:00", "28 19:00", "28 20:15"}},
		{"nobody ever took over, and the log is older than the shift", two, nil, "01 00:00", []string{"27 08:10", "27 08:15", "27 21:00"}},
		{"nobody ever took over, and the log was begun after the shift's end", two, nil, "27 09:00", []string{"27 09:00", "27 20:15"}},
		{"two shifts of one officer are one", long, took("张伟", "26 20:00"), "01 00:00", []string{"27 08:30", "27 20:15"}},
		{"a hole in the roster: the next one is due when they begin", gap, took("张伟", "26 20:00"), "01 00:00", []string{"27 08:30", "27 10:15"}},
		{"two shifts overlap: the later one counts from its beginning", overlap, took("张伟", "26 20:00"), "01 00:00", []string{"27 08:15"}},
		{"no roster tells nothing", nil, took("张伟", "26 20:00"), "01 00:00", []string{"27 08:30", "30 08:30"}},
		{"no roster, and nobody ever took over", nil, nil, "01 00:00", []string{"27 08:30"}},
		{"the roster ends: nobody follows", two[:1], took("张伟", "26 20:00"), "01 00:00", []string{"27 08:30"}},
		{"the turn of the year", year, took("张伟", "12-31 08:00"), "01 00:00", []string{"12-31 19:59", "12-31 20:15"}},
		{"the clock was set back by two hours after the handover", two, took("李娜", "27 08:01"), "01 00:00", []string{"27 06:01"}},
	} {
		fmt.Fprintf(&out, "%s\n", c.name)
		for _, now := range c.now {
			d := dutylog.DueHandover(c.shifts, c.last, clock(c.begun), clock(now), 15*time.Minute)
			fmt.Fprintf(&out, "  %-12s %-14s change %-12s late from %-12s %s\n", now, d.Why, local(d.ShiftEnd), local(d.Deadline), d.Expected)
		}
	}
	goldenText(t, "handover-due.golden.txt", out.String())
}

func local(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(beijing).Format("01-02 15:04")
}

func TestShiftBegan(t *testing.T) {
	on := dutylog.OnDuty{dutylog.PostOfficer: shift("张伟", "26 20:00", "27 08:00")}
	for name, c := range map[string]struct {
		last *dutylog.Handover
		on   dutylog.OnDuty
		want time.Time
	}{
		"with the last handover":            {took("张伟", "26 19:50"), on, clock("26 19:50")},
		"by the roster before the first":    {nil, on, clock("26 20:00")},
		"a day ago, counted in whole hours": {nil, nil, clock("26 03:00")},
	} {
		if got := dutylog.ShiftBegan(c.last, c.on, clock("27 03:20")); !got.Equal(c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
