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
// however many of its tasks wait.
func FromTasks(tasks []dutylog.Task, line string, now time.Time) (tell []Alert) {
	place := map[int64]int{} // in tell, by rule
	for _, t := range tasks {
		rule := t.Rule.Rule
		key := string(ReasonDutyOverdue) + "/" + line + "/" + strconv.FormatInt(rule, 10)
		at, known := place[rule]
		if !known {
			at = len(tell)
			place[rule], tell = at, append(tell, Alert{Line: line, At: now, Ends: []string{key}})
		}
		if t.State == dutylog.TaskOverdue && len(tell[at].Ends) > 0 { // the oldest comes first
			tell[at] = lasting(ReasonDutyOverdue, key, line, t.Title, t.DueAt)
		}
	}
	return tell
}

func lasting(r Reason, key, line, detail string, at time.Time) Alert {
	s := standings[r]
	return Alert{Key: key, Rule: string(r), Reason: r, Certainty: s.certainty, Severity: s.severity, Line: line, Detail: detail, At: at}
}
