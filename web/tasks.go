package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"dutyline/dutylog"
)

// What the list of dated duties shows when nobody says otherwise.
const (
	tasksAhead  = 31 * 24 * time.Hour
	tasksLately = 3 * 24 * time.Hour // what was done or missed
)

type taskBody struct {
	Rule   int64             `json:"rule"`
	Key    string            `json:"key" doc:"Which task of its rule"`
	Title  string            `json:"title"`
	Basis  string            `json:"basis" doc:"On what it rests"`
	Post   dutylog.Post      `json:"post" enum:"duty_officer,duty_section_chief,duty_leader"`
	DueAt  stamp             `json:"due_at"`
	Opens  stamp             `json:"opens_at" doc:"From then on it is due"`
	Soon   stamp             `json:"not_before" doc:"Before it nobody can have done it: a report on what has not happened yet, the check of a shift that is further off than half of it; null: it may be done as early as somebody likes"`
	Lapses stamp             `json:"lapses_at" doc:"When it cannot be done any more; null: never"`
	State  dutylog.TaskState `json:"state" enum:"coming,due,overdue,missed,done,done_late,not_needed"`
	Checks []string          `json:"checks" nullable:"false" doc:"What has to be ticked"`
	Mark   *markBody         `json:"mark" doc:"What was said of it last"`
	Filing *taskFilingBody   `json:"filing" doc:"The filing of the roster by which alone it is done; null: it is done by a mark"`
}

type taskFilingBody struct {
	State  dutylog.FilingState `json:"state" enum:"open,overdue,filed,filed_late,filed_undated,filed_noted,supplement,deadline_unknown"`
	Newest int64               `json:"filing" doc:"The newest filing; 0: none"`
	Guess  bool                `json:"due_presumed" doc:"A year has no table of holidays: due is reckoned by weekends alone"`
}

type markBody struct {
	ID     int64            `json:"id"`
	Says   dutylog.TaskSays `json:"says" enum:"done,not_needed,open"`
	Text   string           `json:"text"`
	Entry  string           `json:"entry" doc:"Number of the entry that proves it"`
	CallID string           `json:"call_id"`
	Checks []dutylog.Check  `json:"checks" nullable:"false"`
	By     personBody       `json:"by"`
}

func taskOf(t dutylog.Task) taskBody {
	body := taskBody{Rule: t.Rule.Rule, Key: t.Key, Title: t.Title, Basis: t.Rule.Basis, Post: t.Rule.Post, DueAt: stamp(t.DueAt), Opens: stamp(t.Opens), Soon: stamp(t.NotBefore()),
		Lapses: stamp(t.Lapses), State: t.State, Checks: append([]string{}, t.Rule.Checks...)}
	if m := t.Mark; m != nil {
		body.Mark = &markBody{ID: m.ID, Says: m.Says, Text: m.Text, Entry: m.Entry, CallID: m.CallID, Checks: append([]dutylog.Check{}, m.Checks...), By: personOf(m.By, m.At)}
	}
	if f := t.Filing; f != nil {
		body.Filing = &taskFilingBody{State: f.State, Newest: f.Last, Guess: f.Presumed}
	}
	return body
}

type tasksInput struct {
	From string `query:"from" doc:"RFC 3339; absent: what waits, what was done or missed in the last days, and what comes"`
	To   string `query:"to" doc:"RFC 3339, at most 100 days after from"`
}

type taskList struct {
	Items      []taskBody `json:"items" nullable:"false" doc:"By the time at which they are due"`
	Waiting    int        `json:"waiting" doc:"How many of these are due or overdue"`
	NextCursor string     `json:"next_cursor" doc:"Always empty: a page is a stretch of time"`
}

type taskListOutput struct{ Body taskList }

// tasks lists the dated duties.
func (a *app) tasks(ctx context.Context, in *tasksInput) (*taskListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	now, since := a.Now(), time.Time{}
	if from.IsZero() {
		from, since = now.Add(-dutylog.TasksBack), now.Add(-tasksLately)
	}
	if to.IsZero() {
		to = later(now, from).Add(tasksAhead)
	}
	if to.After(later(from, since).Add(dutylog.TasksBack)) { // without from it is counted from the last days on
		return nil, invalid("query.to", "is more than 100 days after from: ask for a shorter time")
	}
	all, err := a.tasksIn(ctx, from, to, now)
	if err != nil {
		return nil, err
	}
	list := taskList{Items: []taskBody{}}
	for _, t := range all {
		if t.State.Waits() {
			list.Waiting++
		} else if t.DueAt.Before(since) {
			continue
		}
		list.Items = append(list.Items, taskOf(t))
	}
	return &taskListOutput{list}, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (a *app) tasksIn(ctx context.Context, from, to, now time.Time) ([]dutylog.Task, error) {
	books, err := a.Log.TaskBooks(ctx, from, to)
	if err != nil {
		return nil, problemOf(err)
	}
	return dutylog.Tasks(books, a.calendar(), from, to, now), nil
}

type markInput struct {
	Rule int64 `path:"rule" minimum:"1"`
	Body struct {
		Key    string           `json:"key" maxLength:"600"`
		DueAt  stamp            `json:"due_at" doc:"As the list has it"`
		Before int64            `json:"before,omitempty" doc:"Number of the mark that was seen; absent: none"`
		Says   dutylog.TaskSays `json:"says" enum:"done,not_needed,open"`
		Text   string           `json:"text,omitempty" maxLength:"500" doc:"What was done, or why it is not needed or open again"`
		Entry  string           `json:"entry,omitempty" maxLength:"20" doc:"Number of an entry that proves it"`
		CallID string           `json:"call_id,omitempty" maxLength:"200"`
		Checks []dutylog.Check  `json:"checks,omitempty" maxItems:"30"`
	}
}

type taskOutput struct{ Body taskBody }

// markTask keeps what somebody says of a dated duty.
func (a *app) markTask(ctx context.Context, in *markInput) (*taskOutput, error) {
	b := in.Body
	task, err := a.task(ctx, in.Rule, b.Key, time.Time(b.DueAt))
	if err != nil {
		return nil, err
	}
	mark, err := task.CheckMark(dutylog.TaskMark{Says: b.Says, Text: b.Text, Entry: b.Entry, CallID: b.CallID, Checks: b.Checks, By: visitorOf(ctx).actor(), At: a.Now()})
	if err == nil {
		_, err = a.Log.MarkTask(ctx, mark, b.Before)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeTaskMarked, "Somebody else marked this duty meanwhile: read the list anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	a.dutyChanged()
	if task, err = a.task(ctx, in.Rule, b.Key, time.Time(b.DueAt)); err != nil {
		return nil, err
	}
	return &taskOutput{taskOf(task)}, nil
}

// task finds one dated duty by its time.
func (a *app) task(ctx context.Context, rule int64, key string, due time.Time) (dutylog.Task, error) {
	all, err := a.tasksIn(ctx, due.Add(-time.Second), due.Add(time.Second), a.Now())
	if err != nil {
		return dutylog.Task{}, err
	}
	for _, t := range all {
		if t.Rule.Rule == rule && t.Key == key {
			return t, nil
		}
	}
	return dutylog.Task{}, newProblem(http.StatusNotFound, "", "There is no such duty at this time; read the list anew.")
}

type taskRuleBody struct {
	Rule    int64         `json:"rule" readOnly:"true"`
	Version int64         `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one"`
	Seed    string        `json:"seed" readOnly:"true" doc:"The name of one that the product brings along"`
	Title   string        `json:"title" maxLength:"500"`
	Basis   string        `json:"basis,omitempty" maxLength:"500"`
	Post    dutylog.Post  `json:"post" enum:"duty_officer,duty_section_chief,duty_leader"`
	Every   dutylog.Every `json:"every" enum:"once,day,week,month,special_day,holidays_end,before_special,before_months_last,month_filing,special_filing,shift,absence"`
	Clock   string        `json:"clock,omitempty" maxLength:"5" doc:"For instance 14:00, by the site's clock"`
	Weekday int           `json:"weekday,omitempty" minimum:"0" maximum:"6" doc:"0 is Sunday"`
	Day     int           `json:"day,omitempty" minimum:"0" maximum:"31" doc:"Of the month, or days before"`
	Date    string        `json:"date,omitempty" maxLength:"10" doc:"Of what is due once"`
	AfterM  int           `json:"after_minutes,omitempty" minimum:"0" maximum:"1440" doc:"After the beginning of a shift, or after a moment of an absence"`
	LeadM   int           `json:"lead_minutes,omitempty" minimum:"0" maximum:"44640" doc:"How long before its time it is due"`
	Checks  []string      `json:"checks,omitempty" nullable:"false" maxItems:"30" doc:"What has to be ticked"`
	Ended   bool          `json:"ended,omitempty" doc:"Nothing is due any more"`
	By      *personBody   `json:"by,omitempty" readOnly:"true"`
}

func ruleBodyOf(r dutylog.TaskRule) taskRuleBody {
	by := personOf(r.By, r.At)
	return taskRuleBody{Rule: r.Rule, Version: r.ID, Seed: r.Seed, Title: r.Title, Basis: r.Basis, Post: r.Post, Every: r.When.Every, Clock: r.When.Clock, Weekday: r.When.Weekday,
		Day: r.When.Day, Date: r.When.Date, AfterM: int(r.When.After / time.Minute), LeadM: int(r.Lead / time.Minute), Checks: append([]string{}, r.Checks...), Ended: r.Ended, By: &by}
}

func (b taskRuleBody) rule(number int64) dutylog.TaskRule {
	return dutylog.TaskRule{Rule: number, ID: b.Version, Title: b.Title, Basis: b.Basis, Post: b.Post, Lead: time.Duration(b.LeadM) * time.Minute, Checks: b.Checks, Ended: b.Ended,
		When: dutylog.Recurrence{Every: b.Every, Clock: b.Clock, Weekday: b.Weekday, Day: b.Day, Date: b.Date, After: time.Duration(b.AfterM) * time.Minute}}
}

type taskRuleList struct {
	Items      []taskRuleBody `json:"items" nullable:"false"`
	NextCursor string         `json:"next_cursor" doc:"Always empty: there are few"`
}

type taskRuleListOutput struct{ Body taskRuleList }

func (a *app) taskRules(ctx context.Context, _ *struct{}) (*taskRuleListOutput, error) {
	books, err := a.Log.TaskBooks(ctx, a.Now(), a.Now())
	if err != nil {
		return nil, problemOf(err)
	}
	list := taskRuleList{Items: []taskRuleBody{}}
	for _, r := range dutylog.Newest(books.Rules) {
		list.Items = append(list.Items, ruleBodyOf(r))
	}
	return &taskRuleListOutput{list}, nil
}

type newRuleInput struct{ Body taskRuleBody }

type ruleInput struct {
	Rule int64 `path:"rule" minimum:"1"`
	Body taskRuleBody
}

type taskRuleOutput struct{ Body taskRuleBody }

func (a *app) addTaskRule(ctx context.Context, in *newRuleInput) (*taskRuleOutput, error) {
	return a.saveTaskRule(ctx, in.Body.rule(0))
}

func (a *app) changeTaskRule(ctx context.Context, in *ruleInput) (*taskRuleOutput, error) {
	if in.Body.Version == 0 {
		return nil, invalid("body.version", "is missing: send the version that was read along with the change")
	}
	return a.saveTaskRule(ctx, in.Body.rule(in.Rule))
}

func (a *app) saveTaskRule(ctx context.Context, r dutylog.TaskRule) (*taskRuleOutput, error) {
	r, err := a.Log.SaveTaskRule(ctx, r, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed this rule meanwhile: read it anew, then change it.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	a.dutyChanged()
	return &taskRuleOutput{ruleBodyOf(r)}, nil
}

type absenceBody struct {
	Absence      int64       `json:"absence" readOnly:"true"`
	Version      int64       `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one"`
	Person       string      `json:"person" maxLength:"500" doc:"The head of the unit"`
	Why          string      `json:"why" maxLength:"500"`
	Place        string      `json:"place" maxLength:"500"`
	LeavesAt     stamp       `json:"leaves_at"`
	ReturnsAt    stamp       `json:"returns_at"`
	StandIn      string      `json:"stand_in" maxLength:"500" doc:"Who is in charge meanwhile"`
	StandInTitle string      `json:"stand_in_title" maxLength:"500"`
	Change       string      `json:"change,omitempty" maxLength:"500" doc:"Of a change: what and why"`
	By           *personBody `json:"by,omitempty" readOnly:"true"`
}

type absenceInput struct{ Body absenceBody }

type absenceChangeInput struct {
	Absence int64 `path:"absence" minimum:"1"`
	Body    absenceBody
}

type absenceOutput struct{ Body absenceBody }

type absenceList struct {
	Items      []absenceBody `json:"items" nullable:"false" doc:"Each as it stands now, the newest first"`
	NextCursor string        `json:"next_cursor" doc:"Always empty: those of the last months"`
}

type absenceListOutput struct{ Body absenceList }

func absenceOf(x dutylog.Absence) absenceBody {
	by := personOf(x.By, x.At)
	return absenceBody{Absence: x.Absence, Version: x.ID, Person: x.Person, Why: x.Why, Place: x.Place, LeavesAt: stamp(x.LeavesAt), ReturnsAt: stamp(x.ReturnsAt),
		StandIn: x.StandIn, StandInTitle: x.StandInTitle, Change: x.Change, By: &by}
}

func (a *app) absences(ctx context.Context, _ *struct{}) (*absenceListOutput, error) {
	books, err := a.Log.TaskBooks(ctx, a.Now().Add(-dutylog.TasksBack), a.Now())
	if err != nil {
		return nil, problemOf(err)
	}
	list := absenceList{Items: []absenceBody{}}
	seen := map[int64]bool{}
	for i := len(books.Absences) - 1; i >= 0; i-- {
		if x := books.Absences[i]; !seen[x.Absence] {
			seen[x.Absence] = true
			list.Items = append(list.Items, absenceOf(x))
		}
	}
	return &absenceListOutput{list}, nil
}

func (a *app) addAbsence(ctx context.Context, in *absenceInput) (*absenceOutput, error) {
	return a.saveAbsence(ctx, 0, in.Body)
}

func (a *app) changeAbsence(ctx context.Context, in *absenceChangeInput) (*absenceOutput, error) {
	if in.Body.Version == 0 {
		return nil, invalid("body.version", "is missing: send the version that was read along with the change")
	}
	return a.saveAbsence(ctx, in.Absence, in.Body)
}

func (a *app) saveAbsence(ctx context.Context, number int64, b absenceBody) (*absenceOutput, error) {
	x, err := a.Log.SaveAbsence(ctx, dutylog.Absence{ID: b.Version, Absence: number, Person: b.Person, Why: b.Why, Place: b.Place, LeavesAt: time.Time(b.LeavesAt), ReturnsAt: time.Time(b.ReturnsAt),
		StandIn: b.StandIn, StandInTitle: b.StandInTitle, Change: b.Change}, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed this absence meanwhile: read it anew, then change it.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	a.dutyChanged()
	return &absenceOutput{absenceOf(x)}, nil
}
