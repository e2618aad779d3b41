package dutylog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// RosterReason names what a rule finds in a roster.
type RosterReason string

// The closed set of reasons.
const (
	RosterGap        RosterReason = "gap"              // a post that nobody holds (Art. 7)
	RosterOverlap    RosterReason = "overlap"          // two hold one post, so nobody knows who does
	RosterTwoPosts   RosterReason = "two_posts"        // one person holds two posts at once (Art. 8)
	RosterNotRegular RosterReason = "not_regular"      // temporary staff, or retired and hired again (Art. 8)
	RosterUnknown    RosterReason = "standing_unknown" // the list of people does not know the person, so nobody said how they are employed
	RosterNoPeople   RosterReason = "people_unlisted"  // there is no list of people, so nobody can be judged by it
	RosterLeft       RosterReason = "has_left"         // the person is no longer on duty then, or for the rest of the shift
	RosterServed     RosterReason = "served"           // hours already served would be given to somebody else
	RosterTooLong    RosterReason = "too_long"         // longer in a row than the site thinks good
	RosterNoPhone    RosterReason = "no_phone"         // the shift has no number
)

// RosterWeight is how bad a finding is.
type RosterWeight string

// The closed set of weights.
const (
	RosterFault RosterWeight = "fault" // against the regulation
	RosterInfo  RosterWeight = "info"  // worth a look
)

// rosterWeights is the table of the rules: what each finding means.
var rosterWeights = map[RosterReason]RosterWeight{
	RosterGap: RosterFault, RosterOverlap: RosterFault, RosterTwoPosts: RosterFault, RosterNotRegular: RosterFault, RosterLeft: RosterFault, RosterServed: RosterFault, RosterUnknown: RosterFault,
	RosterNoPeople: RosterInfo, RosterTooLong: RosterInfo, RosterNoPhone: RosterInfo,
}

// rosterRemedies say what to do about each finding.
var rosterRemedies = map[RosterReason]string{
	RosterGap:        "enter somebody for this time",
	RosterOverlap:    "two people hold the post: let the first shift end where the second one begins, or take one of them out",
	RosterTwoPosts:   "one person cannot hold two posts at once: enter somebody else for one of them",
	RosterNotRegular: "only regular staff may serve: enter somebody else, or correct how the person is employed (page 值班表, 人员)",
	RosterUnknown:    "the list of people does not know them: enter them there (page 值班表, 人员与日历), or let whoever makes the roster take them on with a reason",
	RosterNoPeople:   "enter who may be on duty and how they are employed (page 值班表, 人员与日历): until then nobody is judged by Art. 8",
	RosterLeft:       "the person does not serve any more by then: enter somebody else, or correct the day (page 值班表, 人员)",
	RosterServed:     "who was on duty then is not changed any more: leave these hours as they were; a shift that runs is handed over by a swap (page 值班表, 调班)",
	RosterTooLong:    "let somebody else take a part of it",
	RosterNoPhone:    "enter the number at which the person is reached",
}

// Remedy is what to do about it.
func (f RosterFinding) Remedy() string { return rosterRemedies[f.Reason] }

// RosterFinding is one thing that a rule found, from when to when.
type RosterFinding struct {
	Reason   RosterReason
	From, To time.Time
	Post     Post   // empty where it is about a person
	Name     string // whose shift it is; empty: nobody's
	Other    string // the other person, or the other post
}

// Weight is how bad it is.
func (f RosterFinding) Weight() RosterWeight { return rosterWeights[f.Reason] }

// RosterRule is what the site thinks of a roster; the zero value asks only what the regulation does.
type RosterRule struct {
	LongestRow map[Post]time.Duration // more than that in a row is told; absent: never
	Rest       RestRule
}

// DefaultRosterRule tells of an officer who sits longer than a day and a night.
func DefaultRosterRule() RosterRule {
	return RosterRule{LongestRow: map[Post]time.Duration{PostOfficer: 24 * time.Hour}, Rest: DefaultRestRule()}
}

// Posts are the three posts, the officer first.
func Posts() []Post { return []Post{PostOfficer, PostChief, PostLeader} }

// CheckRoster judges a roster from one moment to another by every rule. It is given all shifts
// that touch this time; what lies before and after it is not judged.
func CheckRoster(shifts []Shift, people []RosterPerson, rule RosterRule, from, to time.Time) []RosterFinding {
	shifts = within(shifts, from, to)
	found := []RosterFinding{}
	for _, p := range Posts() {
		found = append(found, coverOf(postShifts(shifts, p), p, from, to)...)
	}
	found = append(found, twoPosts(shifts)...)
	for _, s := range shifts {
		found = append(found, ofPerson(s, people)...)
	}
	if len(people) == 0 && len(shifts) > 0 {
		found = append(found, RosterFinding{Reason: RosterNoPeople, From: from, To: to})
	}
	found = append(found, tooLong(shifts, rule)...)
	sortFindings(found)
	return found
}

func sortFindings(found []RosterFinding) {
	slices.SortStableFunc(found, func(a, b RosterFinding) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(string(a.Reason), string(b.Reason)))
	})
}

// CheckMonth judges a month as CheckRoster does, and beside it what the shifts that begin in the month
// do beyond its edges: one of the last night may meet the first shifts of the next month. It is given
// all shifts that touch the month or the longest shift before and after it. What other months are blamed
// for without this one is not told.
func CheckMonth(shifts []Shift, people []RosterPerson, rule RosterRule, from, to time.Time) []RosterFinding {
	found := wholeGaps(CheckRoster(shifts, people, rule, from, to), shifts, from, to)
	around := func(s []Shift) []RosterFinding {
		return CheckRoster(s, people, rule, from.Add(-LongestShift), to.Add(LongestShift))
	}
	for _, f := range NewlyForbidden(around(Replace(shifts, nil, from, to)), around(shifts)) {
		if !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	sortFindings(found)
	return found
}

// wholeGaps has a gap that lies across an edge of the month from where it begins to where it ends, as far as
// a shift beyond the edge says where that is: a night between two months is one gap, not two halves.
func wholeGaps(found []RosterFinding, shifts []Shift, from, to time.Time) []RosterFinding {
	for i, f := range found {
		if f.Reason != RosterGap {
			continue
		}
		var before, after time.Time
		for _, s := range postShifts(shifts, f.Post) {
			if !s.To.After(from) && s.To.After(before) {
				before = s.To
			}
			if !s.From.Before(to) && (after.IsZero() || s.From.Before(after)) {
				after = s.From
			}
		}
		if f.From.Equal(from) && !before.IsZero() {
			found[i].From = before
		}
		if f.To.Equal(to) && !after.IsZero() {
			found[i].To = after
		}
	}
	return found
}

// RosterGaps are the times, from one moment to another, in which nobody holds a post: whole, as CheckMonth
// has them.
func RosterGaps(shifts []Shift, from, to time.Time) []RosterFinding {
	var found []RosterFinding
	for _, p := range Posts() {
		for _, f := range coverOf(postShifts(within(shifts, from, to), p), p, from, to) {
			if f.Reason == RosterGap {
				found = append(found, f)
			}
		}
	}
	sortFindings(found)
	return wholeGaps(found, shifts, from, to)
}

// within keeps what touches [from, to), by beginning.
func within(shifts []Shift, from, to time.Time) []Shift {
	out := slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return !s.To.After(from) || !s.From.Before(to) })
	SortShifts(out)
	return out
}

// SortShifts puts shifts into the order in which a roster lists them: by beginning, then by post.
func SortShifts(shifts []Shift) {
	slices.SortStableFunc(shifts, func(a, b Shift) int {
		return cmp.Or(a.From.Compare(b.From), slices.Index(Posts(), a.Post)-slices.Index(Posts(), b.Post), strings.Compare(a.Name, b.Name), a.To.Compare(b.To))
	})
}

func postShifts(shifts []Shift, p Post) []Shift {
	return slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return s.Post != p })
}

// coverOf goes along one post: each minute is held by one person.
func coverOf(shifts []Shift, p Post, from, to time.Time) (found []RosterFinding) {
	covered, last := from, Shift{}
	for _, s := range shifts {
		switch {
		case s.From.After(covered):
			found = append(found, RosterFinding{Reason: RosterGap, From: covered, To: s.From, Post: p})
		case s.From.Before(covered) && !last.To.IsZero():
			found = append(found, RosterFinding{Reason: RosterOverlap, From: s.From, To: earlier(covered, s.To), Post: p, Name: s.Name, Other: last.Name})
		}
		if s.To.After(covered) {
			covered, last = s.To, s
		}
	}
	if covered.Before(to) {
		found = append(found, RosterFinding{Reason: RosterGap, From: covered, To: to, Post: p})
	}
	return found
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// twoPosts finds people who hold two posts at once.
func twoPosts(shifts []Shift) (found []RosterFinding) {
	for i, a := range shifts {
		for _, b := range shifts[i+1:] {
			if !b.From.Before(a.To) {
				break // sorted: nothing later touches it
			}
			if SameName(a.Name, b.Name) && a.Post != b.Post {
				found = append(found, RosterFinding{Reason: RosterTwoPosts, From: b.From, To: earlier(a.To, b.To), Post: a.Post, Name: a.Name, Other: string(b.Post)})
			}
		}
	}
	return found
}

// ofPerson judges who holds a shift. Where no people are known at all that is said once, for all of them.
func ofPerson(s Shift, people []RosterPerson) (found []RosterFinding) {
	since := func(r RosterReason, from time.Time) {
		found = append(found, RosterFinding{Reason: r, From: laterOf(s.From, from), To: s.To, Post: s.Post, Name: s.Name})
	}
	add := func(r RosterReason) { since(r, s.From) }
	p := PersonNamed(people, s.Name)
	_, mark := SplitName(s.Name)
	switch {
	case mark.standing() != "": // the roster itself says that they are no regular staff
		add(RosterNotRegular)
	case p == nil && len(people) > 0:
		add(RosterUnknown)
	case p != nil && p.Standing != Regular:
		add(RosterNotRegular)
	case p != nil && !p.Left.IsZero() && s.To.After(p.Left): // perhaps within the shift
		since(RosterLeft, p.Left)
	}
	if s.Phone == "" && (p == nil || p.Phone == "") {
		add(RosterNoPhone)
	}
	return found
}

// tooLong finds people who are on one post for longer in a row than the rule thinks good. A
// change of post is no rest: a row is counted over posts, and judged by the strictest of them.
func tooLong(shifts []Shift, rule RosterRule) (found []RosterFinding) {
	rows := map[string]RosterFinding{}
	limits := map[string]time.Duration{}
	var order []string
	end := func(who string) {
		if row := rows[who]; limits[who] > 0 && row.To.Sub(row.From) > limits[who] {
			found = append(found, row)
		}
	}
	for _, s := range shifts {
		who := plainName(s.Name)
		row, on := rows[who]
		if !on {
			order = append(order, who)
		}
		if !on || s.From.After(row.To) {
			end(who)
			row, limits[who] = RosterFinding{Reason: RosterTooLong, From: s.From, To: s.To, Post: s.Post, Name: s.Name}, 0
		}
		row.To = laterOf(row.To, s.To)
		rows[who] = row
		if most := rule.LongestRow[s.Post]; most > 0 && (limits[who] == 0 || most < limits[who]) {
			limits[who] = most
		}
	}
	for _, who := range order {
		end(who)
	}
	return found
}
