package dutylog

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Task is one dated duty 定期事项: what a rule asks for at one time.
type Task struct {
	Rule   TaskRule
	Key    string // of this one among those of its rule: its day, the beginning of its shift, or of an absence
	Title  string
	DueAt  time.Time
	Opens  time.Time   // from when on it is due
	Lapses time.Time   // when it cannot be done any more; zero: never
	Mark   *TaskMark   // what was said of it last; nil: nothing
	Filing *FilingDuty // the filing that it asks for, by which alone it is done; nil: it asks for none
	State  TaskState
}

// TaskState is where a task stands.
type TaskState string

// The closed set of states.
const (
	TaskComing    TaskState = "coming"     // its time is not near
	TaskDue       TaskState = "due"        // it can be done
	TaskOverdue   TaskState = "overdue"    // its time is over, and it can still be done
	TaskMissed    TaskState = "missed"     // it was not done, and cannot be any more
	TaskDone      TaskState = "done"       //
	TaskDoneLate  TaskState = "done_late"  //
	TaskNotNeeded TaskState = "not_needed" // with a reason
)

// Waits reports whether somebody has to do it now.
func (s TaskState) Waits() bool { return s == TaskDue || s == TaskOverdue }

// TaskMark is what somebody said of a task. The newest one counts; all of them stay.
type TaskMark struct {
	ID     int64
	Rule   int64
	Key    string
	DueAt  time.Time
	Says   TaskSays
	Text   string // what was done, or why it is not needed or is open again
	Entry  string // number of an entry that proves it
	CallID string // a call that does
	Checks []Check
	By     Actor
	At     time.Time
}

// TaskSays is what a mark says.
type TaskSays string

// The closed set of what a mark says.
const (
	SaysDone      TaskSays = "done"
	SaysNotNeeded TaskSays = "not_needed"
	SaysOpen      TaskSays = "open" // it was marked by mistake
)

// Check is one thing that was looked at.
type Check struct {
	Item   string     `json:"item"`
	State  CheckState `json:"state" enum:"good,faulty,absent"`
	Remark string     `json:"remark,omitempty"`
}

// CheckState is how it was.
type CheckState string

// The closed set of states of a thing that is checked.
const (
	CheckGood   CheckState = "good"   // 正常
	CheckFaulty CheckState = "faulty" // 故障
	CheckAbsent CheckState = "absent" // 未配备
)

// TaskBooks is everything from which tasks follow.
type TaskBooks struct {
	Rules    []TaskRule // every version, oldest first
	Marks    []TaskMark // oldest first
	Absences []Absence  // every version, oldest first
	Shifts   []Shift
	Filing   FilingFacts    // from which the duties of filing follow; without a zone there are none
	Zone     *time.Location // of the site
}

// TasksBack is how far back what was not done is looked for; what is older is in the books only.
const TasksBack = 100 * 24 * time.Hour

// Begun is since when the log asks for dated duties and handovers: nothing before is late. A log
// without any rule asks from now on.
func (b TaskBooks) Begun(now time.Time) time.Time {
	if len(b.Rules) == 0 {
		return now
	}
	return b.Rules[0].At
}

// Tasks expands all rules into what is due in [from, to), by its time, and says where each stands.
// It is pure: the same books give the same tasks, whatever the clock did meanwhile.
func Tasks(b TaskBooks, c TaskCalendar, from, to, now time.Time) []Task {
	marks := map[taskKey]*TaskMark{}
	for i, m := range b.Marks {
		marks[taskKey{m.Rule, m.Key}] = &b.Marks[i]
	}
	all := []Task{}
	for _, r := range inForce(b.Rules) {
		for _, t := range r.expand(b, c, from, to, now) {
			t.Mark = marks[taskKey{r.Rule, t.Key}] // one that says open tells why
			t.State = t.stateAt(now)
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(x, y Task) int {
		return cmp.Or(x.DueAt.Compare(y.DueAt), cmp.Compare(x.Rule.Rule, y.Rule.Rule), cmp.Compare(x.Key, y.Key))
	})
	return all
}

type taskKey struct {
	rule int64
	key  string
}

func (t Task) stateAt(now time.Time) TaskState {
	if s, told := t.filedState(); told {
		return s
	}
	switch {
	case t.Mark != nil && t.Mark.Says == SaysNotNeeded:
		return TaskNotNeeded
	case t.Mark != nil && t.Mark.Says == SaysDone && t.Mark.At.After(t.DueAt):
		return TaskDoneLate
	case t.Mark != nil && t.Mark.Says == SaysDone:
		return TaskDone
	case !t.Lapses.IsZero() && !now.Before(t.Lapses):
		return TaskMissed
	case !now.Before(t.DueAt):
		return TaskOverdue
	case !now.Before(t.Opens):
		return TaskDue
	}
	return TaskComing
}

// NotBefore is when the task can be done at the earliest; zero: as early as somebody likes, for who is back early
// reports the return early. What reports on its time, on a day or on a holiday as a whole, waits for that. A shift's
// equipment is checked by who comes early to it, or at the end of the one before: no earlier than the shift is long.
func (t Task) NotBefore() time.Time {
	switch t.Rule.When.Every {
	case EveryDay, EverySpecialDay, EveryHolidaysEnd:
		return t.Opens
	case EveryShift:
		begins := t.DueAt.Add(-t.Rule.When.After)
		return begins.Add(-t.Lapses.Sub(begins))
	}
	return time.Time{}
}

// NextTurn is when the next of these tasks changes its state by itself; zero when none does.
func NextTurn(tasks []Task, now time.Time) (next time.Time) {
	for _, t := range tasks {
		if t.State != TaskComing && !t.State.Waits() {
			continue
		}
		for _, at := range []time.Time{t.Opens, t.DueAt, t.Lapses} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// CheckMark says what is wrong with what somebody wants to say of a task at a time, and gives it as it is kept.
func (t Task) CheckMark(m TaskMark) (TaskMark, error) {
	var err error
	if m.Text, err = cleanField("text", m.Text, shortText); err != nil {
		return m, err
	}
	m.Rule, m.Key, m.DueAt = t.Rule.Rule, t.Key, t.DueAt
	marked := t.Mark != nil && t.Mark.Says != SaysOpen
	if err := t.checkFiling(m); err != nil {
		return m, err
	}
	switch {
	case m.Says == SaysOpen && !marked:
		return m, &InvalidError{Field: "says", Reason: "it is open already: there is nothing to take back"}
	case m.Says != SaysOpen && marked:
		return m, &InvalidError{Field: "says", Reason: "was marked already, by " + t.Mark.By.Name + ": take that back first, with a reason"}
	case m.Says == SaysDone && m.At.Before(t.NotBefore()):
		return m, &InvalidError{Field: "says", Reason: "it is too soon for it, and it can be done from " + t.NotBefore().UTC().Format(time.RFC3339) + " on; where it falls away, say that it is not needed"}
	case m.Says == SaysDone && t.State == TaskMissed:
		return m, &InvalidError{Field: "says", Reason: "its shift is over, so it cannot be done any more: it stays missed, or is not needed with a reason"}
	case m.Says != SaysDone && blank(m.Text):
		return m, &InvalidError{Field: "text", Reason: "say why in a few words: it is kept for ever"}
	case m.Says == SaysDone && len(t.Rule.Checks) > 0:
		m.Checks, err = t.Rule.checked(m.Checks)
		return m, err
	case m.Says == SaysDone && blank(m.Text) && m.Entry == "" && m.CallID == "":
		return m, &InvalidError{Field: "text", Reason: "say what was done, or name the entry or the call that proves it"}
	case m.Says != SaysDone && m.Says != SaysNotNeeded && m.Says != SaysOpen:
		return m, &InvalidError{Field: "says", Reason: "is none: use done, not_needed or open"}
	}
	m.Checks = nil
	return m, nil
}

// checked is the list of a rule with the state of each item, in the rule's order. What was not
// looked at is not good.
func (r TaskRule) checked(said []Check) ([]Check, error) {
	all := make([]Check, 0, len(r.Checks))
	for _, item := range r.Checks {
		at := slices.IndexFunc(said, func(c Check) bool { return c.Item == item })
		if at < 0 || said[at].State != CheckGood && said[at].State != CheckFaulty && said[at].State != CheckAbsent {
			return nil, &InvalidError{Field: "checks", Reason: item + " was not ticked: say good, faulty or absent"}
		}
		c := said[at]
		var err error
		if c.Remark, err = CleanNote("checks", c.Remark); err != nil {
			return nil, err
		}
		if c.State == CheckFaulty && blank(c.Remark) {
			return nil, &InvalidError{Field: "checks", Reason: item + " is faulty: say what is wrong and who was told"}
		}
		all = append(all, c)
	}
	if len(said) > len(all) {
		return nil, &InvalidError{Field: "checks", Reason: "names something that is not on the list of this duty"}
	}
	return all, nil
}

// TaskStore keeps rules, what was said of their tasks, and absences. All of it is evidence.
type TaskStore interface {
	// TaskBooks reads everything of which tasks in [from, to) follow.
	TaskBooks(ctx context.Context, from, to time.Time) (TaskBooks, error)
	// SaveTaskRule adds a rule (Rule is 0), or a new version of one whose newest version is the given
	// one (ID); ErrExists when somebody else was faster.
	SaveTaskRule(ctx context.Context, r TaskRule, by Actor) (TaskRule, error)
	// MarkTask keeps what somebody says of a task; before is the number of the mark that they knew, 0
	// for none. ErrExists when another one came between.
	MarkTask(ctx context.Context, m TaskMark, before int64) (TaskMark, error)
	// SaveAbsence adds an absence (Absence is 0), or a change of one: ID is then the version that was read,
	// and ErrExists says that there is a newer one.
	SaveAbsence(ctx context.Context, a Absence, by Actor) (Absence, error)
}
