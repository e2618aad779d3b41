package dutylog

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"dutyline/telephony"
)

// FrozenMonth is a closed month: its figures stand, whatever comes later.
type FrozenMonth struct {
	Month   Month
	Zone    string
	Calls   int
	Digest  string // SHA-256 of the list of calls that were counted
	Blind   []telephony.Interval
	Tallies map[Date][]byte // of its days, as Encode wrote them
	By      Actor
	At      time.Time
	Changed []Date // where they are asked for: on which days calls are counted otherwise now

	BlindChanged bool // where it is asked for: it is known now that nobody saw the line for longer, or for less, than was frozen
}

// FreezeAfter is how many working days of the next month a month stays open for what comes late: those of the
// officers whom its last calls concern, and as many more as a supervisor has then to decide.
const FreezeAfter = UsualOfficerDays + UsualSupervisorDays

// FreezesAt is when a month is frozen by itself: when so many working days of the next one are over. In a
// year without a table of holidays only weekends are known.
func (m Month) FreezesAt(c Calendar, workdays int, loc *time.Location) time.Time {
	days := SiteCalendar{Years: c}
	for d := m.Next().First(); ; d = d.Add(1) {
		if workdays <= 0 {
			return d.Start(loc)
		}
		if days.IsWorkday(d.In(time.UTC)) {
			workdays--
		}
	}
}

// MonthsToFreeze lists the months that are to be frozen now, the oldest first.
func MonthsToFreeze(first Month, frozen []Month, now time.Time, c Calendar, workdays int, loc *time.Location) (due []Month) {
	for m := first; !m.FreezesAt(c, workdays, loc).After(now); m = m.Next() {
		if !slices.Contains(frozen, m) {
			due = append(due, m)
		}
	}
	return due
}

// EncodeDays writes the tallies of several days down.
func EncodeDays(days map[Date][]byte) (out []byte) {
	for _, d := range slices.Sorted(maps.Keys(days)) {
		out = append(out, d...)
		out = append(binary.AppendUvarint(out, uint64(len(days[d]))), days[d]...)
	}
	return out
}

const dateLength = len("2026-10-01")

// DecodeDays reads them back.
func DecodeDays(code []byte) (map[Date][]byte, error) {
	days := map[Date][]byte{}
	for len(code) > 0 {
		if len(code) < dateLength {
			return nil, errCells
		}
		d := decoder{left: code[dateLength:]}
		days[Date(code[:dateLength])] = d.take(d.size())
		if d.bad {
			return nil, errCells
		}
		code = d.left
	}
	return days, nil
}

// MonthCorrection is what differs now from a frozen month.
type MonthCorrection struct {
	Frozen FrozenMonth
	Then   AnsweringGroup // as it was frozen
	Now    AnsweringGroup // as it would be counted today
	Days   []Date         // on which something differs
	ByDay  []DayChange    // these, each as it was and as it is
}

// Corrects compares a frozen month with its days as they are counted now.
func (f FrozenMonth) Corrects(now map[Date][]byte, blind []telephony.Interval, zone *time.Location) (c MonthCorrection, err error) {
	c.Frozen = f
	from, to := f.Month.First().Start(zone), f.Month.Next().First().Start(zone)
	sum := func(days map[Date][]byte, blind []telephony.Interval) (AnsweringGroup, error) {
		a := NewAnswering(AnsweringSpan{From: from, To: to, Blind: blind, Zone: zone}, ByMonth, "")
		for _, code := range days {
			if err := a.AddDay(code); err != nil {
				return AnsweringGroup{}, fmt.Errorf("the tallies of %s: %w", f.Month, err)
			}
		}
		_, total := a.Groups()
		total.Key = string(f.Month)
		return total, nil
	}
	if c.Then, err = sum(f.Tallies, f.Blind); err != nil {
		return c, err
	}
	if c.Now, err = sum(now, blind); err != nil {
		return c, err
	}
	for _, d := range Dates(f.Month.First(), f.Month.Last()) {
		if string(f.Tallies[d]) != string(now[d]) {
			change, err := dayChange(d, f.Tallies[d], now[d])
			if err != nil {
				return c, fmt.Errorf("the tallies of %s: %w", d, err)
			}
			c.Days, c.ByDay = append(c.Days, d), append(c.ByDay, change)
		}
	}
	return c, nil
}

// Differs reports whether anything came later.
func (c MonthCorrection) Differs() bool { return len(c.Days) > 0 || c.Then.Blind != c.Now.Blind }

// Replace puts the frozen tallies in place of those of today, as far as the days are asked for, and says
// which of them differ.
func (f FrozenMonth) Replace(days map[Date][]byte) (changed []Date) {
	for _, d := range Dates(f.Month.First(), f.Month.Last()) {
		now, asked := days[d]
		if then := f.Tallies[d]; asked && string(now) != string(then) {
			days[d], changed = then, append(changed, d)
		}
	}
	return changed
}

// BlindDiffers reports whether within a time the month was blind for another length than was frozen.
func (f FrozenMonth) BlindDiffers(now []telephony.Interval, from, to time.Time, zone *time.Location) bool {
	from, to = laterOf(from, f.Month.First().Start(zone)), earlier(to, f.Month.Next().First().Start(zone))
	return AnsweringSpan{Blind: f.Blind}.blindIn(from, to) != AnsweringSpan{Blind: now}.blindIn(from, to)
}

// BlindAsFrozen is what nobody saw, where closed months say it as they were frozen.
func BlindAsFrozen(now []telephony.Interval, frozen []FrozenMonth, zone *time.Location) (all []telephony.Interval) {
	cut := func(i telephony.Interval, from, to time.Time) {
		if i.From, i.To = laterOf(i.From, from), earlier(i.To, to); i.From.Before(i.To) {
			all = append(all, i)
		}
	}
	begin, end := time.Time{}, time.Time{}
	for _, f := range frozen {
		end = f.Month.First().Start(zone)
		for _, i := range now {
			cut(i, begin, end)
		}
		begin = f.Month.Next().First().Start(zone)
		for _, i := range f.Blind {
			cut(i, end, begin)
		}
	}
	for _, i := range now {
		cut(i, begin, i.To)
	}
	return all
}

// MonthStore keeps closed months. Each is evidence, and nothing changes or deletes one.
type MonthStore interface {
	// FreezeMonth closes a month; ErrExists when it is closed already.
	FreezeMonth(ctx context.Context, m Month, by Actor, now time.Time) error
	// FrozenMonths lists those from one month to another, the oldest first, without their tallies.
	FrozenMonths(ctx context.Context, first, last Month) ([]FrozenMonth, error)
	// MonthCorrection tells what differs now from a closed month; ErrNotFound when it is not closed.
	MonthCorrection(ctx context.Context, m Month, now time.Time) (MonthCorrection, error)
}
