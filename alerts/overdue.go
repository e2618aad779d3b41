package alerts

import (
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// CompleteWithin is how long after the hang-up an entry may be unfinished, where a line says nothing else.
const CompleteWithin = 10 * time.Minute

// OverdueAge is how old a deadline may be that nobody was told of: what is older, for instance when
// a log is taken over in which much was left open, is in the list of unfinished entries only.
const OverdueAge = mostAge

const overduePrefix = string(ReasonOverdue) + "/"

// OverdueEntry is the entry that an alert about a deadline is about; empty for every other alert.
func OverdueEntry(a Alert) string {
	id, ok := strings.CutPrefix(a.Key, overduePrefix)
	if !ok {
		return ""
	}
	return id
}

// Overdue tells which entries are not complete in time, and of which that is over, and when the next
// deadline is; the zero time when there is none. OPEN are the entries that are open, among them all
// those about which an alert is STANDING. WITHIN is by line; a line without one has no deadline.
func Overdue(open []dutylog.Unfinished, standing []Alert, within map[string]time.Duration, now time.Time) (tell []Alert, next time.Time) {
	late := map[string]bool{}
	for _, e := range open {
		allowed := within[e.Line]
		due := e.Since.Add(allowed)
		switch {
		case allowed <= 0:
		case now.Before(due):
			if next.IsZero() || due.Before(next) {
				next = due
			}
		default:
			key := overduePrefix + e.EntryID
			late[key] = true
			known := slices.ContainsFunc(standing, func(a Alert) bool { return a.Key == key })
			if !known && now.Sub(due) < OverdueAge {
				tell = append(tell, overdue(e, key, due))
			}
		}
	}
	for _, a := range standing {
		if OverdueEntry(a) != "" && !late[a.Key] {
			tell = append(tell, Alert{Line: a.Line, At: now, Ends: []string{a.Key}})
		}
	}
	return tell, next
}

func overdue(e dutylog.Unfinished, key string, due time.Time) Alert {
	s := standings[ReasonOverdue]
	return Alert{Key: key, Rule: string(ReasonOverdue), Reason: ReasonOverdue, Certainty: s.certainty, Severity: s.severity,
		Line: e.Line, CallID: e.CallID, Detail: e.Number.String(), At: due}
}
