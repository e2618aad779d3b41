package dutylog

import (
	"slices"
	"strings"
	"time"
)

// JudgeRoster is what stands against putting a roster into force that is changed from one moment to
// another: what the rules find that they did not find before, also beyond these edges, and hours
// already served that would become somebody else's. It is given all shifts around, before and after.
func JudgeRoster(before, after []Shift, people []RosterPerson, rule RosterRule, from, to, now time.Time) []RosterFinding {
	judge := func(shifts []Shift) []RosterFinding { return CheckMonth(shifts, people, rule, from, to) }
	bad := append(NewlyForbidden(judge(before), judge(after)), ServedChanges(before, after, now)...)
	sortFindings(bad)
	return bad
}

// ServedChanges finds the hours before now that somebody was rostered for, and somebody else, or
// nobody, would be. What no roster ever said may still be filled in: nothing is rewritten by that.
func ServedChanges(before, after []Shift, now time.Time) (found []RosterFinding) {
	for _, p := range Posts() {
		was, is := postShifts(before, p), postShifts(after, p)
		if len(lacking(was, is))+len(lacking(is, was)) == 0 {
			continue
		}
		edges := edgesUntil(now, slices.Concat(was, is))
		for i := range max(len(edges)-1, 0) {
			from, to := edges[i], edges[i+1]
			had, has := heldBy(was, from), heldBy(is, from)
			if had == "" || had == has {
				continue
			}
			if n := len(found); n > 0 && found[n-1].Post == p && found[n-1].To.Equal(from) && found[n-1].Name == had && found[n-1].Other == has {
				found[n-1].To = to
				continue
			}
			found = append(found, RosterFinding{Reason: RosterServed, From: from, To: to, Post: p, Name: had, Other: has})
		}
	}
	return found
}

// lacking are the shifts that another roster does not have.
func lacking(shifts, other []Shift) []Shift {
	return slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return slices.ContainsFunc(other, s.same) })
}

// edgesUntil are the moments before now at which one of these shifts begins or ends, and now itself
// where one of them runs.
func edgesUntil(now time.Time, shifts []Shift) (edges []time.Time) {
	for _, s := range shifts {
		if s.From.Before(now) {
			edges = append(edges, s.From, earlier(s.To, now))
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	return slices.CompactFunc(edges, time.Time.Equal)
}

// heldBy names who holds a post at a moment; two names where the roster has two.
func heldBy(shifts []Shift, at time.Time) string {
	var names []string
	for _, s := range shifts {
		if !s.From.After(at) && s.To.After(at) {
			names = append(names, plainName(s.Name))
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "、")
}
