package dutylog

import (
	"fmt"
	"slices"
	"time"
)

// StepKind is what was done in a handling step 办理过程.
type StepKind string

// The closed set of kinds, in the order of a matter's life.
const (
	StepReceived     StepKind = "received"     // 接报
	StepReported     StepKind = "reported"     // 上报: to whom
	StepInstructed   StepKind = "instructed"   // 批示: who instructed, and what
	StepPassedOn     StepKind = "passed_on"    // 转办: to whom
	StepAcknowledged StepKind = "acknowledged" // 签收: who confirmed to have received it
	StepFedBack      StepKind = "fed_back"     // 反馈: by whom or to whom
	StepClosed       StepKind = "closed"       // 办结
)

// Handling is how far a matter is: the kind of its newest standing step that moves it on.
type Handling string

// What a list can be asked for beside the kinds of steps.
const (
	NotHandled Handling = ""        // no step stands: there is nothing to be dealt with beyond the entry
	Pending    Handling = "pending" // the entry is open, or its handling has begun and is not closed
)

// Step is one line of an entry's handling. It is appended, and struck out when it was wrong.
type Step struct {
	Number    int // 1, 2, 3 … within the entry
	Kind      StepKind
	At        time.Time // when it was done
	Whom      string    // the other side of it
	Text      string
	Channel   string    // by which way it went, see Channels; of a report upwards. Empty in steps that are older than this
	Due       time.Time // until when it is to be answered; zero: nobody said
	CallID    string    // the outgoing call that was it
	By        Actor
	WrittenAt time.Time
	Struck    *Strike // nil: it stands
}

// Strike says that a step was wrong. The step stays readable.
type Strike struct {
	Reason string
	By     Actor
	At     time.Time
}

// StepDraft is a step that somebody wants to append.
type StepDraft struct {
	Kind    StepKind
	At      time.Time // zero: now
	Whom    string
	Text    string
	Channel string    // see Channels; a call says that it was the telephone
	Due     time.Time // zero: nobody said
	CallID  string    // the outgoing call that was it: it says whom and when, where these are not given
}

// stepRule is what a step of a kind has to say.
type stepRule struct {
	kind                StepKind
	whom, text, channel bool // must be given
	moves               bool // the matter is as far as this afterwards
	due                 bool // may say until when it is to be answered
}

// What each kind of step asks for. This table is the rule; nothing else decides it.
var stepRules = []stepRule{
	{StepReceived, false, false, false, true, false},
	{StepReported, true, false, true, true, true},
	{StepInstructed, true, true, false, true, true},
	{StepPassedOn, true, false, false, true, true},
	{StepAcknowledged, true, false, false, false, false},
	{StepFedBack, false, true, false, true, false},
	{StepClosed, false, false, false, true, false},
}

// StepRule is what the log asks of the steps of one kind.
type StepRule struct {
	Kind    StepKind `json:"kind"`
	Whom    bool     `json:"whom"`
	Text    bool     `json:"text"`
	Channel bool     `json:"channel"`
	Moves   bool     `json:"moves"`
	Due     bool     `json:"due"`
}

// StepRules lists the rule of every kind, in the order in which the page offers them.
func StepRules() []StepRule {
	all := make([]StepRule, len(stepRules))
	for i, r := range stepRules {
		all[i] = StepRule{r.kind, r.whom, r.text, r.channel, r.moves, r.due}
	}
	return all
}

const (
	mostSteps = 100 // each is in every revision that follows it
	// sameStep is for how long the same words are the same step: the answer to the first was lost.
	sameStep = time.Minute
)

// AddStep gives the next revision with the step. A complete entry stays complete: what is done
// about a matter goes on after it was written down.
func (e Entry) AddStep(d StepDraft, by Actor, now time.Time) (Entry, error) {
	step, err := d.check(now)
	if err == nil {
		err = e.checkStepTime(d.At)
	}
	if err != nil {
		return Entry{}, err
	}
	step.By, step.WrittenAt, step.Number = by, now, len(e.Steps)+1
	ofCall := func(s Step) bool { return d.CallID != "" && s.CallID == d.CallID && s.Struck == nil }
	switch {
	case len(e.Steps) > 0 && e.Steps[len(e.Steps)-1].again(step) && e.Steps[len(e.Steps)-1].doneAt(d.At), slices.ContainsFunc(e.Steps, ofCall):
		return e, nil // a call is one step
	case len(e.Steps) >= mostSteps:
		return Entry{}, &InvalidError{Field: "kind", Reason: fmt.Sprintf("the entry has %d steps, more are not kept: go on in a new entry and link it with this one", mostSteps)}
	}
	next := e.clone()
	next.Steps = append(next.Steps, step)
	return next.stepped(by), nil
}

// checkStepTime refuses a time at which nobody can have dealt with the matter: before it came. People give times to
// the minute, by a clock that may be ahead. An entry without a call has the time at which it was written, where
// nobody said that it is a late one: what was done at once may have been done before.
func (e Entry) checkStepTime(at time.Time) error {
	came := e.CallAt.Truncate(time.Minute).Add(-early)
	if e.CallID == "" && e.Late == nil {
		came = came.Add(early - lateMargin)
	}
	if at.IsZero() || e.CallAt.IsZero() || !at.Before(came) {
		return nil
	}
	return &InvalidError{Field: "at", Reason: "lies before the matter came in, when nobody here knew of it: check the date and the time; what came earlier is written as a late entry (补录)"}
}

// writtenAfter is by how much later than it was done something is said to have been written afterwards 补记.
const writtenAfter = 2 * time.Minute

// Afterwards reports whether a step was written down later than it was done.
func (s Step) Afterwards() bool { return WrittenAfterwards(s.At, s.WrittenAt) }

// WrittenAfterwards is the one rule of what is shown as 补记.
func WrittenAfterwards(done, written time.Time) bool { return written.Sub(done) >= writtenAfter }

// check cleans a draft.
func (d StepDraft) check(now time.Time) (Step, error) {
	at := slices.IndexFunc(stepRules, func(r stepRule) bool { return r.kind == d.Kind })
	if at < 0 {
		return Step{}, &InvalidError{Field: "kind", Reason: fmt.Sprintf("%.40q is no kind of step: choose %s", d.Kind, orList(stepKinds()))}
	}
	whom, err := CleanNote("whom", d.Whom)
	if err != nil {
		return Step{}, err
	}
	text, err := cleanField("text", d.Text, middleText)
	if err != nil {
		return Step{}, err
	}
	rule := stepRules[at]
	if d.Channel == "" && d.CallID != "" && rule.channel {
		d.Channel = channelPhone
	}
	switch {
	case rule.whom && whom == "":
		return Step{}, &InvalidError{Field: "whom", Reason: "say to whom or by whom: such a step has another side"}
	case rule.text && blank(text):
		return Step{}, &InvalidError{Field: "text", Reason: "say what was instructed or fed back"}
	case rule.channel && d.Channel == "":
		return Step{}, checkCode("channel", Channels(), "")
	case d.Channel != "" && !rule.channel:
		return Step{}, &InvalidError{Field: "channel", Reason: "is said of a report upwards (上报) alone: leave it out"}
	case d.Channel != "" && checkCode("channel", Channels(), d.Channel) != nil:
		return Step{}, checkCode("channel", Channels(), d.Channel)
	case d.CallID != "" && d.Channel != "" && d.Channel != channelPhone:
		return Step{}, &InvalidError{Field: "channel", Reason: "is the telephone (电话) where a call was the step"}
	case !d.Due.IsZero() && !rule.due:
		return Step{}, &InvalidError{Field: "due", Reason: "is said of what somebody has to answer: 上报, 批示, 转办"}
	case PlausibleMoment("at", d.At, now, "give when it was done") != nil:
		return Step{}, PlausibleMoment("at", d.At, now, "give when it was done")
	case d.At.IsZero() || d.At.After(now):
		d.At = now
	}
	if !d.Due.IsZero() {
		if err := checkWhen("due", d.Due, now, mostValid, "give until when it is to be answered"); err != nil {
			return Step{}, err
		}
		if d.Due.Before(d.At) {
			return Step{}, &InvalidError{Field: "due", Reason: "is before the step itself: check both times"}
		}
		d.Due = d.Due.UTC().Truncate(time.Millisecond)
	}
	return Step{Kind: d.Kind, At: d.At.Truncate(time.Millisecond), Whom: whom, Text: text, Channel: d.Channel, Due: d.Due, CallID: d.CallID}, nil
}

// again reports whether o says the same once more.
func (s Step) again(o Step) bool {
	return s.Struck == nil && s.Kind == o.Kind && s.Whom == o.Whom && s.Text == o.Text && s.Channel == o.Channel && s.Due.Equal(o.Due) && s.CallID == o.CallID && s.By == o.By && o.WrittenAt.Sub(s.WrittenAt) < sameStep
}

// doneAt reports whether a draft's time is the step's. A step of which nobody gave the time, or a later one, was done when
// it was written: then the draft gives none either, or a time after that, which is within the minute of the same words.
func (s Step) doneAt(at time.Time) bool {
	whenWritten := s.At.Equal(s.WrittenAt.Truncate(time.Millisecond))
	return at.Truncate(time.Millisecond).Equal(s.At) || whenWritten && (at.IsZero() || at.After(s.At))
}

// StrikeStep gives the next revision with the step struck out.
func (e Entry) StrikeStep(number int, reason string, by Actor, now time.Time) (Entry, error) {
	reason, err := CleanReason("reason", reason)
	switch {
	case err != nil:
		return Entry{}, err
	case number < 1 || number > len(e.Steps):
		return Entry{}, &InvalidError{Field: "number", Reason: fmt.Sprintf("the entry has no step %d", number)}
	case e.Steps[number-1].Struck != nil:
		return Entry{}, &InvalidError{Field: "number", Reason: "the step is struck out already"}
	}
	next := e.clone()
	next.Steps[number-1].Struck = &Strike{Reason: reason, By: by, At: now}
	return next.stepped(by), nil
}

// stepped makes the next revision of it.
func (e Entry) stepped(by Actor) Entry {
	if e.State == Complete {
		e.Correction = "" // nothing of what was complete changed
	}
	e.Revision++
	e.WrittenBy, e.BySystem = by.Login, false
	return e
}

// Handling says how far the matter is: the newest step that stands and moves it, by when it was done.
func (e Entry) Handling() Handling {
	if s := e.newest(); s != nil {
		return Handling(s.Kind)
	}
	return NotHandled
}

// ClosedAt is when the matter was closed; zero when it is not.
func (e Entry) ClosedAt() time.Time {
	if s := e.newest(); s != nil && s.Kind == StepClosed {
		return s.At
	}
	return time.Time{}
}

// Pending reports whether something is still to be done: the entry is open, or its handling is not closed.
func (e Entry) Pending() bool {
	h := e.Handling()
	return e.State == Open || h != NotHandled && h != Handling(StepClosed)
}

func (e Entry) newest() (last *Step) {
	for i, s := range e.Steps {
		if s.Struck == nil && s.moves() && (last == nil || !s.At.Before(last.At)) {
			last = &e.Steps[i]
		}
	}
	return last
}

func (s Step) moves() bool {
	return slices.ContainsFunc(stepRules, func(r stepRule) bool { return r.kind == s.Kind && r.moves })
}

func stepKinds() []StepKind {
	all := make([]StepKind, len(stepRules))
	for i, r := range stepRules {
		all[i] = r.kind
	}
	return all
}

// Handlings are what a list of entries can be asked for.
func Handlings() []Handling {
	all := []Handling{Pending}
	for _, r := range stepRules {
		if r.moves {
			all = append(all, Handling(r.kind))
		}
	}
	return all
}

// takeSteps takes what people said out of the steps; what was done, when and by whom stays.
func takeSteps(steps []Step) []Step {
	left := slices.Clone(steps)
	for i, s := range left {
		left[i].Whom, left[i].Text = "", ""
		if s.Struck != nil {
			struck := *s.Struck
			struck.Reason = ""
			left[i].Struck = &struck
		}
	}
	return left
}

// stepTexts are what people said in the steps.
func stepTexts(steps []Step) (texts []string) {
	for _, s := range steps {
		texts = append(texts, s.Whom, s.Text)
		if s.Struck != nil {
			texts = append(texts, s.Struck.Reason)
		}
	}
	return texts
}
