package phone

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// lookEvery is how often the switch is asked how a call stands.
const lookEvery = 500 * time.Millisecond

// testRing is how long a test rings at most: with what is said it is over within a minute.
const testRing = 20 * time.Second

// keepTime bounds keeping what came of a call, also when the try's own time is over.
const keepTime = 5 * time.Second

// Deps is what a channel needs beside its configuration.
type Deps struct {
	Channel     string // its name
	Switch      telephony.Announcer
	Book        alerts.CallBook
	Acknowledge func(ctx context.Context, alert int64, by dutylog.Actor, note string) (alerts.Alert, error)
	Lines       []telephony.Line
	Zone        *time.Location // of the site
	Now         func() time.Time
}

// Phone calls people.
type Phone struct {
	config Config
	Deps
}

var _ alerts.Channel = (*Phone)(nil)

// New is the channel of a valid configuration.
func New(c Config, d Deps) (*Phone, error) {
	if err := errors.Join(c.Validate(), c.Beside(d.Lines)); err != nil {
		return nil, err
	}
	return &Phone{config: c, Deps: d}, nil
}

// Deliver calls one person: at the first try the first, at the next one the next. It is delivered
// when they press the key, and then the alert is theirs. A call that was begun before, by a run that
// was killed, is followed and not placed again.
func (p *Phone) Deliver(ctx context.Context, n alerts.Notice) error {
	id := telephony.OwnCallID(fmt.Sprintf("%s.%d.%d", n.ID, n.At.Unix(), n.Attempt))
	c, found, err := p.Book.AlertCall(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		c = alerts.Call{ID: id, Channel: p.Channel, Person: p.whom(n)}
		c.AlertID, _ = strconv.ParseInt(n.AlertID, 10, 64) // 0: a test
	}
	if c.Outcome == alerts.CallRuns || c.Outcome == alerts.CallTrunkInUse {
		if err := p.place(ctx, &c, n); err != nil {
			return err
		}
		if err := p.follow(ctx, &c); err != nil {
			return err
		}
	}
	return p.conclude(ctx, c)
}

// whom is who is called at this try: who holds the post whose turn it is, then the people of the channel.
func (p *Phone) whom(n alerts.Notice) alerts.Person {
	var all []alerts.Person
	if n.Person.Phone != "" {
		all = append(all, n.Person)
	}
	for _, c := range p.config.People {
		all = append(all, alerts.Person{Name: c.Name, Phone: c.Phone})
	}
	return all[n.Attempt%len(all)]
}

// place has the switch call, unless it did already. What is to be done is kept before it is done.
func (p *Phone) place(ctx context.Context, c *alerts.Call, n alerts.Notice) error {
	if !c.At.IsZero() {
		if a, err := p.Switch.Announced(ctx, c.ID); err != nil || a.Known {
			return err
		}
	}
	if _, is := alerts.DutyLine(c.Person.Phone, p.Lines); is {
		return p.end(ctx, c, alerts.CallDutyPhone, "")
	}
	number := punctuation.ReplaceAllString(c.Person.Phone, "")
	if !dialNumber.MatchString(number) {
		return p.end(ctx, c, alerts.CallFailed, "what the roster has is no number")
	}
	trunk, err := p.freeTrunk(ctx)
	if err != nil {
		return err
	}
	if trunk == "" {
		return p.wait(ctx, c)
	}
	c.Trunk, c.At, c.Outcome = trunk, p.Now(), alerts.CallRuns
	if err := p.Book.KeepAlertCall(ctx, *c); err != nil {
		return err
	}
	call := telephony.Announcement{
		ID: c.ID, Trunk: trunk, Number: number, From: p.from(n.Line), Ring: p.config.ring(),
		Sounds: sounds(p.config.PromptFolder(), n, p.Zone), Thanks: p.config.PromptFolder() + "/thanks",
	}
	if n.Test { // somebody waits at the page for what comes of it
		call.Ring, call.Once = min(call.Ring, testRing), true
	}
	err = p.Switch.Announce(ctx, call)
	if err != nil && ctx.Err() == nil {
		return p.end(ctx, c, alerts.CallFailed, err.Error())
	}
	return err
}

// from is the number that is shown.
func (p *Phone) from(line string) string {
	if p.config.From != "" {
		return p.config.From
	}
	for _, l := range p.Lines {
		if l.Name == line {
			return l.Number
		}
	}
	return ""
}

// freeTrunk is the first trunk without a call; empty when there is none. One that the switch does not
// know is none.
func (p *Phone) freeTrunk(ctx context.Context) (string, error) {
	unknown := 0
	for _, t := range p.config.Via {
		used, err := p.Switch.InUse(ctx, t)
		switch {
		case errors.Is(err, telephony.ErrNotFound):
			unknown++
		case err != nil:
			return "", err
		case !used:
			return t, nil
		}
	}
	if unknown == len(p.config.Via) {
		return "", fmt.Errorf("the switch knows none of the trunks %v: correct via, or Asterisk's pjsip.conf", p.config.Via)
	}
	return "", nil
}

// wait notes that a call has to wait for the trunk.
func (p *Phone) wait(ctx context.Context, c *alerts.Call) error {
	if c.WaitedAt.IsZero() {
		c.WaitedAt, c.Outcome = p.Now(), alerts.CallTrunkInUse
		if err := p.Book.KeepAlertCall(ctx, *c); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: %w", because(*c), alerts.ErrNotNow)
}

// follow waits until the call is over. While the switch does not answer it is asked again: the call
// runs there without us.
func (p *Phone) follow(ctx context.Context, c *alerts.Call) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for c.Outcome == alerts.CallRuns {
		a, err := p.Switch.Announced(ctx, c.ID)
		switch {
		case err == nil && !a.Known:
			return p.end(ctx, c, alerts.CallLost, "")
		case err == nil && a.Over:
			outcome, detail := outcomeOf(a)
			return p.end(ctx, c, outcome, detail)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return p.end(ctx, c, alerts.CallLost, "it did not end in time")
			}
			return ctx.Err()
		}
	}
	return nil
}

// outcomeOf is the word for how a call ended.
func outcomeOf(a telephony.Announced) (alerts.CallOutcome, string) {
	switch {
	case a.Key == acknowledgeKey:
		return alerts.CallTaken, ""
	case a.Answered:
		return alerts.CallHeard, ""
	}
	switch a.Cause { // Q.850
	case 17:
		return alerts.CallBusy, ""
	case 21:
		return alerts.CallRejected, ""
	case 0, 16, 18, 19:
		return alerts.CallNoAnswer, ""
	case 1:
		return alerts.CallFailed, "there is no such number"
	case 23:
		return alerts.CallFailed, "the phone wants the call to go elsewhere; it is not sent there"
	}
	return alerts.CallFailed, fmt.Sprintf("cause %d of Q.850", a.Cause)
}

// end keeps what came of a call.
func (p *Phone) end(ctx context.Context, c *alerts.Call, o alerts.CallOutcome, detail string) error {
	c.Outcome, c.Detail, c.EndedAt = o, detail, p.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	return p.Book.KeepAlertCall(ctx, *c)
}

// conclude gives the alert to whom took it on, and only then lets the switch forget.
func (p *Phone) conclude(ctx context.Context, c alerts.Call) error {
	var err error
	if c.Outcome != alerts.CallTaken {
		if err = because(c); ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", err, ctx.Err())
		}
	} else if c.AlertID != 0 {
		by := dutylog.Actor{Login: "phone", Name: c.Person.Name}
		if _, err = p.Acknowledge(ctx, c.AlertID, by, "电话按键确认"); errors.Is(err, alerts.ErrOver) {
			err = nil // its cause is gone meanwhile
		}
		if err != nil {
			return err
		}
	}
	_ = p.Switch.ForgetAnnounced(ctx, c.ID) // what stays there is some bytes until the switch is started anew
	return err
}
