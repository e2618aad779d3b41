package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// officeFacts is a roster of three days and what was filed of it.
func officeFacts(t *testing.T, filings ...dutylog.Filing) dutylog.FilingFacts {
	return dutylog.FilingFacts{Calendar: dutylog.SeedCalendar(), Filings: filings, Zone: shanghai, Shifts: roster(t, whole+`
2026-12-01 08:00 2026-12-02 08:00 officer 李娜
2026-12-31 08:00 2027-01-01 08:00 officer 张伟`),
		Periods: []dutylog.SensitivePeriod{
			{ID: 1, Span: dutylog.DateSpan{Name: "两会", First: "2026-12-05", Last: "2026-12-07"}},
			{ID: 2, Span: dutylog.DateSpan{Name: "已取消", First: "2026-12-10", Last: "2026-12-12"}, Ended: "会议取消"},
		}}
}

func writeDuties(b *strings.Builder, title string, duties []dutylog.FilingDuty) {
	fmt.Fprintf(b, "# %s\n", title)
	for _, d := range duties {
		fmt.Fprintf(b, "%-9s %s – %s %s: before %s %s %d\n", d.Kind, d.Span.First, d.Span.Last, d.Span.Name, siteTime(d.Due), d.State, d.Last)
	}
}

// Deadlines over month ends, year end and leap day; what is not known is said.
func TestUntilWhenARosterIsFiled(t *testing.T) {
	var b strings.Builder
	facts := officeFacts(t)
	writeDuties(&b, "a year and a half, nothing filed", facts.FilingDuties("2025-10-01", "2027-02-28", localTime(t, "2026-11-27 12:00")))
	facts.Calendar = facts.Calendar.With([]dutylog.HolidayYear{{Year: 2028, Days: holidays(t, 2028, "名称,开始,结束,类型\n元旦,2028-01-01,2028-01-03,放假\n春节,2028-02-26,2028-03-03,放假\n")}})
	writeDuties(&b, "the last days of a February with a leap day are a holiday", facts.FilingDuties("2028-02-01", "2028-03-31", localTime(t, "2028-01-15 12:00")))
	goldenText(t, "filing_deadlines.golden.txt", b.String())
}

// december is the filing of December's roster as it stands in officeFacts, sent at a time.
func december(t *testing.T, id int64, sent string, facts dutylog.FilingFacts) dutylog.Filing {
	span := dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}
	return dutylog.Filing{ID: id, Kind: dutylog.FileMonth, Span: span, SentAt: localTime(t, sent), SentTo: "市应急指挥中心",
		Shifts: dutylog.ShiftsOf(facts.Shifts, dutylog.FileMonth, span, shanghai)}
}

// noted is a filing that was written down at a time.
func noted(f dutylog.Filing, at string) dutylog.Filing {
	f.At, _ = time.ParseInLocation("2006-01-02 15:04", at, shanghai)
	return f
}

func decemberDuty(f dutylog.FilingFacts, now time.Time) dutylog.FilingDuty {
	return f.FilingDuties("2026-12-01", "2026-12-01", now)[0]
}

// November of 2026 ends on a Monday: the last working day is the 30th, so December is filed before it begins.
func TestHowAFilingStands(t *testing.T) {
	facts := officeFacts(t)
	const lastMinute, tooLate = "2026-11-29 23:59", "2026-11-30 00:00"
	for _, c := range []struct {
		name    string
		filings []dutylog.Filing
		now     string
		change  bool
		want    dutylog.FilingState
	}{
		{"not filed, the last minute", nil, lastMinute, false, dutylog.FilingOpen},
		{"not filed, a minute later", nil, tooLate, false, dutylog.FilingOverdue},
		{"the clock was set back: it is open again", nil, lastMinute, false, dutylog.FilingOpen},
		{"filed in the last minute", []dutylog.Filing{december(t, 1, lastMinute, facts)}, "2026-12-24 00:00", false, dutylog.FilingDone},
		{"filed too late", []dutylog.Filing{december(t, 1, tooLate, facts)}, "2026-12-24 00:00", false, dutylog.FilingLate},
		{"filed too late, whatever the clock says now", []dutylog.Filing{december(t, 1, tooLate, facts)}, lastMinute, false, dutylog.FilingLate},
		{"filed, of a year without holidays", []dutylog.Filing{december(t, 1, lastMinute, facts)}, lastMinute, false, dutylog.FilingUndated},
		{"said to be filed in time, written down weeks later", []dutylog.Filing{noted(december(t, 1, "2026-11-20 10:00", facts), "2026-12-20 10:00")}, "2026-12-24 00:00", false, dutylog.FilingNoted},
		{"written down in the shift after", []dutylog.Filing{noted(december(t, 1, lastMinute, facts), "2026-11-30 07:00")}, "2026-12-24 00:00", false, dutylog.FilingDone},
		{"written down days later, before the deadline", []dutylog.Filing{noted(december(t, 1, "2026-11-20 10:00", facts), lastMinute)}, "2026-12-24 00:00", false, dutylog.FilingDone},
		{"changed since", []dutylog.Filing{december(t, 1, lastMinute, facts)}, "2026-12-24 00:00", true, dutylog.FilingSupplement},
	} {
		f := facts
		f.Filings = c.filings
		if c.want == dutylog.FilingUndated {
			f.Calendar = dutylog.Calendar{}
		}
		if c.change {
			f.Shifts = dutylog.With(f.Shifts, f.Shifts[4:5], roster(t, "2026-12-31 08:00 2027-01-01 08:00 officer 赵敏"))
		}
		if got := decemberDuty(f, localTime(t, c.now)); got.State != c.want || got.State.Asks() != (c.want == dutylog.FilingOpen || c.want == dutylog.FilingOverdue || c.want == dutylog.FilingSupplement) {
			t.Errorf("%s: %s, want %s", c.name, got.State, c.want)
		}
	}
}

func TestASupplementSettlesAChange(t *testing.T) {
	facts := officeFacts(t)
	first := december(t, 1, "2026-11-20 10:00", facts)
	facts.Shifts = dutylog.With(facts.Shifts, facts.Shifts[4:5], roster(t, "2026-12-31 08:00 2027-01-01 08:00 officer 赵敏"))
	facts.Filings = []dutylog.Filing{first}
	now := localTime(t, "2026-12-24 00:00")
	if got := decemberDuty(facts, now); got.State != dutylog.FilingSupplement || got.Last != 1 {
		t.Fatalf("after the swap: %+v", got)
	}
	again := december(t, 2, "2026-12-24 09:00", facts)
	again.Supplement = 1
	facts.Filings = append(facts.Filings, again)
	if got := decemberDuty(facts, now); got.State != dutylog.FilingDone || got.Last != 2 {
		t.Errorf("after the supplement: %+v, want that the first filing was in time", got)
	}
}

// Whoever was late with the roster of a sensitive period stays late when the period is ended, and what is changed of
// the roster after its end asks for no supplement.
func TestTheFilingOfAnEndedPeriod(t *testing.T) {
	span := dutylog.DateSpan{Name: "两会", First: "2026-12-05", Last: "2026-12-07"}
	filed := dutylog.Filing{ID: 1, Kind: dutylog.FilePeriod, Span: span, SentAt: localTime(t, "2026-12-01 10:00"), At: localTime(t, "2026-12-01 10:00"),
		Shifts: roster(t, "2026-12-05 08:00 2026-12-06 08:00 officer 李娜\n2026-12-07 08:00 2026-12-08 08:00 officer 张伟")}
	second := roster(t, "2026-12-05 08:00 2026-12-06 08:00 officer 王强\n2026-12-07 08:00 2026-12-08 08:00 officer 张伟")
	last := roster(t, "2026-12-05 08:00 2026-12-06 08:00 officer 李娜\n2026-12-07 08:00 2026-12-08 08:00 officer 王强")
	for _, c := range []struct {
		name, ended string
		filed       bool
		shifts      []dutylog.Shift
		want        string
	}{
		{"not filed", "2026-12-06 09:00", false, filed.Shifts, "overdue until 2026-12-06"},
		{"not filed, ended on its first day", "2026-12-05 00:00", false, filed.Shifts, "overdue until 2026-12-05"},
		{"called off before it began", "2026-12-04 23:59", false, filed.Shifts, ""},
		{"filed", "2026-12-06 09:00", true, filed.Shifts, "filed until 2026-12-06"},
		{"filed, and changed after its end", "2026-12-06 09:00", true, last, "filed until 2026-12-06"},
		{"filed, and changed while it held", "2026-12-06 09:00", true, second, "supplement until 2026-12-06"},
	} {
		facts := officeFacts(t)
		facts.Periods = []dutylog.SensitivePeriod{{ID: 1, Span: span, Ended: "提前结束", At: localTime(t, c.ended)}}
		facts.Shifts = c.shifts
		if c.filed {
			facts.Filings = []dutylog.Filing{filed}
		}
		got := ""
		for _, d := range facts.FilingDuties("2026-12-01", "2026-12-31", localTime(t, "2026-12-20 12:00")) {
			if d.Kind == dutylog.FilePeriod {
				got += fmt.Sprintf("%s until %s", d.State, d.Span.Last)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A month's version is what begins in it, a holiday's what touches it.
func TestWhichShiftsAreFiled(t *testing.T) {
	shifts := officeFacts(t).Shifts
	names := func(k dutylog.FilingKind, first, last dutylog.Date) (out []string) {
		for _, s := range dutylog.ShiftsOf(shifts, k, dutylog.DateSpan{First: first, Last: last}, shanghai) {
			out = append(out, s.Name+siteTime(s.From)[5:10])
		}
		return out
	}
	if got := fmt.Sprint(names(dutylog.FileMonth, "2026-12-01", "2026-12-31")); got != "[李娜12-01 张伟12-31]" {
		t.Errorf("December: %s", got)
	}
	if got := fmt.Sprint(names(dutylog.FileHoliday, "2027-01-01", "2027-01-03")); got != "[张伟12-31]" {
		t.Errorf("New Year: %s", got)
	}
}

func TestAFilingIsCleaned(t *testing.T) {
	now := localTime(t, "2026-11-27 12:00")
	good := dutylog.Filing{SentTo: " 市应急指挥中心 ", SentAt: now, Shifts: roster(t, whole)}
	if f, err := good.Check(now); err != nil || f.SentTo != "市应急指挥中心" {
		t.Errorf("%+v %v", f, err)
	}
	for field, change := range map[string]func(*dutylog.Filing){
		"sent_to": func(f *dutylog.Filing) { f.SentTo = "" },
		"receipt": func(f *dutylog.Filing) { f.Receipt = strings.Repeat("x", 501) },
		"note":    func(f *dutylog.Filing) { f.Note = strings.Repeat("x", 2001) },
		"sent_at": func(f *dutylog.Filing) { f.SentAt = now.Add(time.Hour) },
		"first":   func(f *dutylog.Filing) { f.Shifts = nil },
	} {
		bad := good
		change(&bad)
		var wrong *dutylog.InvalidError
		if _, err := bad.Check(now); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := (dutylog.Filing{SentTo: "x", Shifts: good.Shifts}).Check(now); err == nil {
		t.Error("a filing that was never sent was taken")
	}
}

func TestTwoRostersAreOneWhenTheySayTheSame(t *testing.T) {
	a := roster(t, whole)
	b := []dutylog.Shift{a[2], a[0], a[1]}
	if dutylog.RosterText(a) != dutylog.RosterText(b) {
		t.Error("another order is another roster")
	}
	b[0].Phone = "139"
	if dutylog.RosterText(a) == dutylog.RosterText(b) {
		t.Error("another number is the same roster")
	}
}
