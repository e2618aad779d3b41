package dutylog_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func TestWhenAMonthIsClosed(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	for _, c := range []struct {
		month    dutylog.Month
		workdays int
		want     string
	}{
		{"2026-10", 0, "2026-11-01"},
		{"2026-10", 3, "2026-11-05"}, // the first is a Sunday
		{"2026-09", 3, "2026-10-11"}, // the week of the national holiday; Saturday the tenth makes up for a day of it
		{"2025-12", 1, "2026-01-05"}, // new year, and the Sunday after it is a working day
		{"2030-04", 3, "2030-05-08"}, // of a year without a table weekends are known, and the first two days of May are presumed
	} {
		if got := dutylog.DateOf(c.month.FreezesAt(dutylog.SeedCalendar(), c.workdays, loc), loc); string(got) != c.want {
			t.Errorf("%s is closed on %s after %d working days, want %s", c.month, got, c.workdays, c.want)
		}
	}
}

func TestMonthsToFreeze(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	now := time.Date(2026, 11, 5, 0, 0, 0, 0, loc)
	for _, c := range []struct {
		first  dutylog.Month
		frozen []dutylog.Month
		now    time.Time
		want   []dutylog.Month
	}{
		{"2026-08", nil, now, []dutylog.Month{"2026-08", "2026-09", "2026-10"}},
		{"2026-08", nil, now.Add(-time.Second), []dutylog.Month{"2026-08", "2026-09"}},
		{"2026-08", []dutylog.Month{"2026-08", "2026-10"}, now, []dutylog.Month{"2026-09"}},
		{"2026-11", nil, now, nil},
	} {
		got := dutylog.MonthsToFreeze(c.first, c.frozen, c.now, dutylog.SeedCalendar(), 3, loc)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("from %s at %v (-want +got):\n%s", c.first, c.now, diff)
		}
	}
}

func TestTalliesOfDaysAreWrittenDownAndReadBack(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	cells := dutylog.Cells{}
	for _, f := range someCalls(rand.New(rand.NewPCG(2, 2)), 50, loc) {
		cells.Add(f, loc)
	}
	days := map[dutylog.Date][]byte{"2026-10-12": cells.Encode(), "2026-10-13": dutylog.Cells{}.Encode()}
	code := dutylog.EncodeDays(days)
	back, err := dutylog.DecodeDays(code)
	if diff := cmp.Diff(days, back); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range [][]byte{code[:5], code[:11], code[:len(code)-1], append(code, 'x')} {
		if _, err := dutylog.DecodeDays(bad); err == nil {
			t.Errorf("%d bytes of %d are read", len(bad), len(code))
		}
	}
}

// What nobody saw is as it was frozen within closed months, and as it is known now outside of them.
func TestBlindTimeOfClosedMonths(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, loc)
	}
	blind := func(from, to time.Time) telephony.Interval {
		return telephony.Interval{Kind: telephony.BlindInterval, From: from, To: to}
	}
	now := []telephony.Interval{blind(at(8, 31, 22), at(9, 1, 2)), blind(at(9, 30, 23), at(10, 1, 1)), blind(at(11, 2, 0), at(11, 2, 1))}
	frozen := []dutylog.FrozenMonth{{Month: "2026-09", Blind: []telephony.Interval{blind(at(9, 12, 3), at(9, 12, 5)), blind(at(9, 30, 23), at(10, 1, 0))}}}
	want := []telephony.Interval{blind(at(8, 31, 22), at(9, 1, 0)), blind(at(9, 12, 3), at(9, 12, 5)), blind(at(9, 30, 23), at(10, 1, 0)), blind(at(10, 1, 0), at(10, 1, 1)), blind(at(11, 2, 0), at(11, 2, 1))}
	if diff := cmp.Diff(want, dutylog.BlindAsFrozen(now, frozen, loc)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(now, dutylog.BlindAsFrozen(now, nil, loc)); diff != "" {
		t.Errorf("with nothing closed (-want +got):\n%s", diff)
	}
}

// What is decided of the last call of a month, at the first moment at which a supervisor may, counts in its figures.
func TestAMonthIsClosedAfterItsReviews(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	rule := dutylog.ReviewRule{OfficerDays: dutylog.UsualOfficerDays, Calendar: dutylog.SiteCalendar{Years: dutylog.SeedCalendar()}, Zone: loc}
	for m := dutylog.Month("2025-01"); m <= "2027-12"; m = m.Next() {
		closed, due := m.FreezesAt(dutylog.SeedCalendar(), dutylog.FreezeAfter, loc), rule.Due(m.Next().First().Start(loc).Add(-time.Second))
		if days := closed.Sub(due); days < dutylog.UsualSupervisorDays*24*time.Hour {
			t.Errorf("%s: officers have the word until %s, and it is closed on %s", m, due, closed)
		}
	}
}
