package practice

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"
)

// Step is one call of the programme.
type Step struct {
	Kind   Kind
	Call   Call
	Second *Call   // placed while the first is talking
	Rest   float64 // the pause before this step, in units of Config.Pause: 1 ≤ Rest < 2
}

// Kind names what a newcomer is to see.
type Kind string

// What the programme shows. Each round shows all of them.
const (
	InTime         Kind = "in_time"
	Late           Kind = "late"
	Missed         Kind = "missed"
	AbandonedEarly Kind = "abandoned_early"
	EngagedIdle    Kind = "engaged_idle"    // 486 without a call: a handset off the hook
	EngagedInCall  Kind = "engaged_in_call" // a second caller during a call
	Rejected       Kind = "rejected"
	Forwarded      Kind = "forwarded"
	OfficerHangsUp Kind = "officer_hangs_up"
	AnonymousCall  Kind = "anonymous"
	Unknown        Kind = "unknown_number" // no name, not in the directory
	OutAnswered    Kind = "outgoing_answered"
	OutUnanswered  Kind = "outgoing_unanswered"
)

// round is what one round of the programme shows; calls answered in time are the most, as
// they should be.
var round = []Kind{
	InTime, InTime, InTime, Late, Missed, AbandonedEarly, EngagedIdle, EngagedInCall, Rejected,
	Forwarded, OfficerHangsUp, AnonymousCall, Unknown, OutAnswered, OutUnanswered,
}

type person struct{ name, number string }

// people call the duty phone. They stand in the directory of the practice log, but for the last
// few, and do not exist.
var people = []person{
	{"沈河区应急局", "02422730001"}, {"和平区应急局", "02423860012"}, {"皇姑区应急局", "02486840033"},
	{"大东区应急局", "02488500044"}, {"铁西区应急局", "02425850055"}, {"浑南区应急局", "02424820066"},
	{"于洪区应急局", "02425310077"}, {"沈北新区应急局", "02489600088"}, {"市应急指挥中心", "02422720100"},
	{"省应急管理厅", "02486890110"}, {"市消防救援支队", "02422850119"}, {"市气象局", "02423890121"},
	{"市水务局", "13804050062"},
}

var strangers = []string{"13700002222", "+8613912345678", "02423451234", "13555550101", "01065550123"}

// called are whom the officer calls.
var called = []string{"13800001111", "02422730001", "02423860012", "02422850119"}

// opening is what comes first.
var opening = []Kind{InTime, Late, OfficerHangsUp, Missed}

// Programme is the endless sequence of calls. The same seed always gives the same calls. It
// begins with what a newcomer should see soon, then goes round after round in changing order.
func Programme(seed uint64) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		r := &author{rand.New(rand.NewPCG(seed, 0x64757479))}
		for _, kind := range opening {
			if !yield(r.step(kind)) {
				return
			}
		}
		for {
			for _, i := range r.Perm(len(round)) {
				if !yield(r.step(round[i])) {
					return
				}
			}
		}
	}
}

type author struct{ *rand.Rand }

// between is a time between two bounds, to a tenth of a second.
func (r *author) between(from, to time.Duration) time.Duration {
	const tenth = time.Second / 10
	return from + time.Duration(r.IntN(int((to-from)/tenth)+1))*tenth
}

func (r *author) incoming() Call {
	p := people[r.IntN(len(people))]
	return Call{From: p.number, Name: p.name, Talk: r.between(12*time.Second, 35*time.Second)}
}

func (r *author) step(kind Kind) Step {
	s := Step{Kind: kind, Rest: 1 + r.Float64(), Call: r.incoming()}
	c := &s.Call
	switch kind {
	case InTime, EngagedInCall:
		c.AnswerAfter = r.between(2*time.Second, 12*time.Second)
	case Late:
		c.AnswerAfter = 17 * time.Second
	case Missed:
		c.Does, c.GiveUpAfter = NeverAnswer, 25*time.Second
	case AbandonedEarly:
		c.Does, c.GiveUpAfter = NeverAnswer, 6*time.Second
	case EngagedIdle:
		c.Does = Busy
	case Rejected:
		c.Does, c.AnswerAfter = Rejects, r.between(0, 4*time.Second)
	case Forwarded:
		c.Does, c.ForwardTo = Forwards, "13800001111"
	case OfficerHangsUp:
		c.AnswerAfter, c.HangUp = r.between(2*time.Second, 9*time.Second), Officer
	case AnonymousCall:
		c.From, c.Name, c.Anonymous = "", "", true
		c.AnswerAfter = r.between(2*time.Second, 12*time.Second)
	case Unknown:
		c.From, c.Name = strangers[r.IntN(len(strangers))], ""
		c.AnswerAfter = r.between(2*time.Second, 12*time.Second)
	case OutAnswered:
		s.Call = Call{To: called[r.IntN(len(called))], AnswerAfter: 2 * time.Second, Talk: c.Talk}
	case OutUnanswered:
		s.Call = Call{To: called[r.IntN(len(called))], Does: NeverAnswer, GiveUpAfter: r.between(12*time.Second, 20*time.Second)}
	}
	if kind == EngagedInCall {
		second := r.incoming()
		for second.From == c.From {
			second = r.incoming()
		}
		second.GiveUpAfter = 8 * time.Second // a real phone would ring
		s.Second = &second
	}
	return s
}

// runProgramme performs the programme until ctx ends. Guests come first: while one is there
// nothing starts, and after it a whole pause passes.
func (l *Line) runProgramme(ctx context.Context) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		return
	}
	pause := l.cfg.First
	for step := range l.cfg.Steps {
		if pause == 0 {
			pause = time.Duration(step.Rest * float64(l.cfg.Pause))
		}
		call, release, ok := l.programmeTurn(ctx, pause)
		if !ok {
			return
		}
		l.performStep(call, step)
		release()
		pause = 0
	}
}

// programmeTurn waits for the pause and then for the floor.
func (l *Line) programmeTurn(ctx context.Context, pause time.Duration) (call context.Context, release func(), ok bool) {
	for {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, nil, false
		}
		call, release, wait, ok := l.floor.tryProgramme(ctx)
		if ok {
			return call, release, true
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, nil, false
		}
		pause = l.cfg.Pause
	}
}

// secondAfter is when a second caller tries, counted from the answer of the first.
const secondAfter = 3 * time.Second

// performStep places the step's call, and the second one while the first is talking.
func (l *Line) performStep(ctx context.Context, step Step) {
	if step.Call.Outgoing() && l.phone == nil {
		return // there is no simulated officer who could call
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan struct{})
	defer func() { <-over }()
	answered := make(chan struct{}, 1)
	go func() {
		defer close(over)
		select {
		case <-answered:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(secondAfter):
			if step.Second != nil {
				l.programmeCall(ctx, *step.Second, nil)
			}
		case <-ctx.Done():
		}
	}()
	l.programmeCall(ctx, step.Call, answered)
	cancel()
}

func (l *Line) programmeCall(ctx context.Context, c Call, answered chan<- struct{}) {
	b, run, err := l.prepare(ctx, c)
	if err != nil {
		return // the line is ending, or the phone is away: the next step tries again
	}
	defer l.calls.Done()
	b.tell = func(n Note) {
		l.tell(n)
		if n.Kind == CallAnswered && answered != nil {
			answered <- struct{}{}
		}
	}
	both, cancel := context.WithCancel(run)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if _, err := l.perform(both, b); err != nil {
		l.cfg.Log.Warn("a call of the programme was not placed", "call", b.id, "error", err)
	}
}
