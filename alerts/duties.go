package alerts

import (
	"strconv"
	"time"

	"dutyline/dutylog"
)

// FromHandover tells that nobody took over although a shift ended, or that it is over. There is one
// duty room and so one problem, whatever the number of shifts that end meanwhile.
func FromHandover(d dutylog.HandoverDue, line string, now time.Time) Alert {
	key := string(ReasonHandoverLate) + "/" + line
	if !d.Late() {
		return Alert{Line: line, At: now, Ends: []string{key}}
	}
	return lasting(ReasonHandoverLate, key, line, d.Expected, d.Deadline)
}

// FromTasks tells of each rule whether something that it asks for is overdue: one problem a rule,
// however many of its tasks wait. A rule of which nothing is overdue, or nothing is left, ends its own.
func FromTasks(rules []dutylog.TaskRule, tasks []dutylog.Task, line string, now time.Time) []Alert {
	tell := make([]Alert, len(rules))
	for i, r := range rules {
		key := string(ReasonDutyOverdue) + "/" + line + "/" + strconv.FormatInt(r.Rule, 10)
		tell[i] = Alert{Line: line, At: now, Ends: []string{key}}
		for _, t := range tasks { // the oldest first
			if t.Rule.Rule == r.Rule && t.State == dutylog.TaskOverdue && t.Filing == nil { // of filings the roster's own alert tells
				tell[i] = lasting(ReasonDutyOverdue, key, line, t.Title, t.DueAt)
				break
			}
		}
	}
	return tell
}

func lasting(r Reason, key, line, detail string, at time.Time) Alert {
	s := standings[r]
	return Alert{Key: key, Rule: string(r), Reason: r, Certainty: s.certainty, Severity: s.severity, Line: line, Detail: detail, At: at}
}
