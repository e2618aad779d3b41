package dutylog

import (
	"errors"
	"slices"
	"strings"

	"dutyline/telephony"
)

// fewestForTheirs is how many rows must have one far side before the list is taken for that one's
// own: a carrier's short list may have one by chance.
const fewestForTheirs = 3

// billScope is what a list can have calls of: those of our lines that it names, and where it is
// somebody's own list those with that one. Calls of ours outside it lack nothing there.
type billScope struct {
	lines     map[string]bool    // comparable numbers of ours that it names; empty: all of ours
	theirs    map[string]bool    // whose own list it is; empty: anybody's calls, as a carrier bills them
	numberOf  map[string]string  // of our lines, by name
	outgoing  bool               // it has calls of ours that went out
	concluded []telephony.Number // theirs, when nobody said so
}

// scope is what a list can have; rows are those that read from our lines.
func (t BillTask) scope(bill Bill, rows []billed) (billScope, error) {
	s := billScope{lines: map[string]bool{}, theirs: map[string]bool{}, numberOf: map[string]string{}}
	for name, n := range t.NumberOf {
		if n.Raw != "" {
			s.numberOf[name] = comparableNumber(n)
		}
	}
	for _, b := range rows {
		s.outgoing = s.outgoing || b.direction != telephony.Inbound
		if b.line != "" {
			s.lines[b.line] = true
		}
	}
	theirs := t.Theirs
	if len(theirs) == 0 {
		s.concluded = t.oneFarSide(bill)
		theirs = s.concluded
	}
	for _, n := range theirs {
		s.theirs[comparableNumber(n)] = true
	}
	if bill.callers && bill.calleds && len(theirs) > 0 && !slices.ContainsFunc(bill.Rows, func(r BillRow) bool {
		return s.theirs[comparableNumber(r.Caller)] || s.theirs[comparableNumber(r.Called)]
	}) {
		return s, errors.New("none of its rows has a number that --their gives: give the one with which the list names its owner, or leave --their out where it is a carrier's")
	}
	return s, nil
}

// oneFarSide is the number, not ours, that every row has: then the list is that one's own. None
// where there are several, or too few rows to tell.
func (t BillTask) oneFarSide(bill Bill) []telephony.Number {
	if len(bill.Rows) < fewestForTheirs {
		return nil
	}
	var common []telephony.Number
	for i, r := range bill.Rows {
		ends := []telephony.Number{r.Caller, r.Called, r.Other}
		if i == 0 {
			common = slices.Clone(ends)
		}
		common = slices.DeleteFunc(common, func(n telephony.Number) bool {
			return comparableNumber(n) == "" || t.ours(n) || !slices.ContainsFunc(ends, func(e telephony.Number) bool { return comparableNumber(e) == comparableNumber(n) })
		})
	}
	if len(common) != 1 {
		return nil
	}
	return common
}

// otherLine reports whether a call is of a line that the list does not name. A line goes by the
// number that the configuration gives it, because calls may have come to an extension.
func (s billScope) otherLine(c Call) bool {
	number, configured := s.numberOf[c.Line]
	if !configured {
		n := OurSide(c.Call)
		number, configured = n.E164, n.E164 != ""
	}
	return len(s.lines) > 0 && configured && !s.lines[number]
}

// otherFarSide reports whether a call is with somebody whose list this is not.
func (s billScope) otherFarSide(c Call) bool {
	return len(s.theirs) > 0 && !s.theirs[comparableNumber(OtherSide(c.Call))]
}

// onlyInLog files a call that no row has: as a difference, or as one that the list cannot have.
func (r *BillReport) onlyInLog(c Call, s billScope) {
	switch {
	case s.otherLine(c):
		r.OtherLines++
	case s.otherFarSide(c):
		r.Others++
	case c.Direction == telephony.Outbound && !s.outgoing:
		r.Outgoing++
	default:
		r.OnlyLog = append(r.OnlyLog, c)
	}
}

func (t BillTask) ours(n telephony.Number) bool {
	return n.Raw != "" && slices.ContainsFunc(t.Lines, func(l telephony.Number) bool { return comparableNumber(l) == comparableNumber(n) })
}

// named lists those of our lines that a list names, as the configuration writes them.
func (t BillTask) named(s billScope) (names []string) {
	for _, l := range t.Lines {
		if s.lines[comparableNumber(l)] {
			names = append(names, l.Raw)
		}
	}
	return names
}

func (t BillTask) lineNames() string {
	var all []string
	for _, l := range t.Lines {
		all = append(all, l.Raw)
	}
	return strings.Join(all, ", ")
}
