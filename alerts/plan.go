package alerts

import (
	"slices"
	"time"

	"dutyline/dutylog"
)

// Plan is what the site decided in advance about telling alerts: which channels take which, who is
// told next when nobody takes one on, when a line is left in peace, and when an end is an end.
type Plan struct {
	Routes  []Route
	Lines   map[string]LinePlan
	Damping Damping
	Zone    *time.Location // of the site, for quiet hours; nil: UTC
}

// LinePlan is what belongs to one line.
type LinePlan struct {
	Chain Chain
	Quiet Quiet
}

// Route is that of a channel; the zero one when it has none.
func (p Plan) Route(channel string) Route {
	for _, r := range p.Routes {
		if r.Channel == channel {
			return r
		}
	}
	return Route{}
}

// Reached is how far up its chain an alert came in this round.
type Reached struct {
	Post   dutylog.Post // empty: nowhere yet
	Person string       // who held it
	At     time.Time
}

// Coming is the step that follows when nobody takes the alert on.
type Coming struct {
	Post dutylog.Post // empty: none
	At   time.Time
}

// Telling is one message that is due now.
type Telling struct {
	Channel string
	Post    dutylog.Post // whose turn it is; empty: the channel takes such alerts by itself
	Over    bool
}

// Decision is what is to be done about an alert now, and when to decide again. After Unmute and
// NewRound it is decided again at once, and nothing else is set.
type Decision struct {
	Unmute   bool // its mute has ended
	NewRound bool // nobody took it on in the last one
	Tell     []Telling
	Reached  []Step // by what is told
	Coming   Coming
	Again    time.Time // zero: not before something happens to it
}

// Next decides from what the log holds: the alert, what was told of it so far, and the line's
// chain with the persons who are on duty. So a restart neither forgets nor repeats.
func (p Plan) Next(a Alert, chain Chain, told []Delivery, now time.Time) Decision {
	quiet := p.Lines[a.Line].Quiet.Until(a.Severity, now, p.zone())
	switch {
	case now.Before(a.Muted.Until):
		return Decision{Again: a.Muted.Until}
	case !a.Muted.Until.IsZero():
		return Decision{Unmute: true}
	case a.old():
		return Decision{} // on the page only
	case a.State() == Resolved && !a.Reason.Lasts() && !a.Withdrawn():
		return Decision{} // somebody has taken it on: that is its end
	case a.State() == Resolved:
		return p.ofEnd(a, told, quiet, now)
	case a.State() == Acknowledged:
		return Decision{}
	case now.Before(a.RoundAt):
		return Decision{Again: a.RoundAt}
	}
	d := p.ofRoutes(a, chain, told, quiet)
	p.anew(&d, a, chain, told, quiet)
	p.climb(&d, a, chain, quiet, now)
	if d.NewRound {
		return Decision{NewRound: true}
	}
	return d
}

// ofRoutes tells the channels that take such alerts by themselves, once a round.
func (p Plan) ofRoutes(a Alert, chain Chain, told []Delivery, quiet time.Time) (d Decision) {
	for _, r := range p.Routes {
		said := has(told, func(t Delivery) bool { return t.Channel == r.Channel && t.Post == "" && t.Round == a.Round && !t.Over })
		switch {
		case !r.Takes(a) || said || chain.Names(r.Channel):
		case !quiet.IsZero():
			d.again(quiet)
		default:
			d.Tell = append(d.Tell, Telling{Channel: r.Channel})
		}
	}
	return d
}

// climb tells the steps of the chain whose time has come. Each waits for the one before it: after
// a night, or a time in which we were not there, the last one is not told together with the first.
func (p Plan) climb(d *Decision, a Alert, chain Chain, quiet, now time.Time) {
	due, at := a.RoundAt, chain.index(a.Reached.Post)
	if at >= 0 {
		due = a.Reached.At
	}
	for _, s := range chain.Steps[at+1:] {
		due = due.Add(s.wait(a))
		tell := p.stepTells(s, a)
		switch {
		case len(tell) == 0:
			continue // no channel of this post takes such an alert: its time passes, and the next one's turn comes
		case now.Before(due):
			d.comes(s.Post, due)
			return
		case !quiet.IsZero():
			d.comes(s.Post, quiet)
			return
		}
		d.Tell, d.Reached, due = append(d.Tell, tell...), append(d.Reached, s), now
	}
	p.repeat(d, a, chain, due, now)
}

// repeat begins a chain once more, unless the alert is an old story. What lasts is none.
func (p Plan) repeat(d *Decision, a Alert, chain Chain, last, now time.Time) {
	round := last.Add(chain.Again)
	first := slices.IndexFunc(chain.Steps, func(s Step) bool { return len(p.stepTells(s, a)) > 0 })
	if chain.Again == 0 || first < 0 || !a.Reason.Lasts() && round.Sub(later(a.At, a.LastAt)) > mostAge {
		return
	}
	d.comes(chain.Steps[first].Post, round)
	d.NewRound = !now.Before(round)
}

// stepTells are the messages of a step; none when no channel of it takes such an alert.
func (p Plan) stepTells(s Step, a Alert) (tell []Telling) {
	for _, r := range p.Routes {
		if r.Takes(a) && slices.Contains(s.Channels, r.Channel) {
			tell = append(tell, Telling{Channel: r.Channel, Post: s.Post})
		}
	}
	return tell
}

// ofEnd tells those who heard of a problem that it is over, once it stayed so.
func (p Plan) ofEnd(a Alert, told []Delivery, quiet, now time.Time) (d Decision) {
	for _, r := range p.Routes {
		heard := has(told, func(t Delivery) bool {
			return t.Channel == r.Channel && !t.Over && (t.State == Waiting || t.State == Delivered)
		})
		said := has(told, func(t Delivery) bool { return t.Channel == r.Channel && t.Over })
		switch at := later(a.Due, quiet); {
		case !heard || said:
		case now.Before(at):
			d.again(at)
		default:
			d.Tell = append(d.Tell, Telling{Channel: r.Channel, Over: true})
		}
	}
	return d
}

// again keeps the earliest time at which something is to be decided.
func (d *Decision) again(at time.Time) {
	if d.Again.IsZero() || at.Before(d.Again) {
		d.Again = at
	}
}

func (d *Decision) comes(post dutylog.Post, at time.Time) {
	d.Coming = Coming{Post: post, At: at}
	d.again(at)
}

func (p Plan) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func has(told []Delivery, such func(Delivery) bool) bool { return slices.ContainsFunc(told, such) }
