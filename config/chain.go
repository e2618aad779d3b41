package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// Chain is who is told of a line's alerts, one after the other, until somebody takes them on;
// see alerts.Chain.
type Chain struct {
	Steps []ChainStep   `mapstructure:"steps"`
	Again time.Duration `mapstructure:"again"`
}

// ChainStep is one rung; see alerts.Step.
type ChainStep struct {
	Post     string        `mapstructure:"post"`
	Name     string        `mapstructure:"name"`
	Phone    string        `mapstructure:"phone"`
	Channels []string      `mapstructure:"channels"`
	After    time.Duration `mapstructure:"after"`
	Live     time.Duration `mapstructure:"live"`
}

// Quiet are the hours in which a line's alerts are held back; see alerts.Quiet.
type Quiet struct {
	From string `mapstructure:"from"` // 22:00
	To   string `mapstructure:"to"`
}

// AlertPlan is how alerts go out of the building.
func (c Config) AlertPlan() alerts.Plan {
	plan := alerts.Plan{Routes: c.Alerts.Routes(), Lines: map[string]alerts.LinePlan{}, Damping: alerts.Damping(c.Alerts.Damping), Zone: c.Site.Location()}
	for _, l := range c.Lines {
		plan.Lines[l.Name] = alerts.LinePlan{Chain: l.AlertChain(), Quiet: l.AlertQuiet()}
	}
	return plan
}

// Deadlines are how long entries may be unfinished, by line.
func (c Config) Deadlines() map[string]time.Duration {
	within := map[string]time.Duration{}
	for _, l := range c.Lines {
		within[l.Name] = alerts.CompleteWithin
		if l.CompleteWithin != nil {
			within[l.Name] = *l.CompleteWithin
		}
	}
	return within
}

// AlertChain is the chain of a line in the words of the alerts.
func (l Line) AlertChain() alerts.Chain {
	chain := alerts.Chain{Again: l.Chain.Again}
	for _, s := range l.Chain.Steps {
		chain.Steps = append(chain.Steps, alerts.Step{
			Post: dutylog.Post(s.Post), Person: alerts.Person{Name: s.Name, Phone: s.Phone}, Channels: s.Channels, After: s.After, Live: s.Live,
		})
	}
	return chain
}

// AlertQuiet are the quiet hours of a line; call it after Load has checked them.
func (l Line) AlertQuiet() alerts.Quiet {
	from, _ := clock(l.Quiet.From)
	to, _ := clock(l.Quiet.To)
	return alerts.Quiet{From: from, To: to}
}

// clock is a time of the day since midnight; empty is midnight.
func clock(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	at, err := time.Parse("15:04", s)
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, err
}

var phoneNumber = regexp.MustCompile(`^[0-9]{2,20}$`)

func (c *Config) checkChain(f *Faults, at string, l Line) {
	posts := map[string]bool{}
	for i, s := range l.Chain.Steps {
		at := fmt.Sprintf("%s.chain.steps[%d]", at, i)
		if !slices.Contains(alerts.Posts(), dutylog.Post(s.Post)) {
			f.add(at+".post", "%q is unknown; use duty_officer, duty_section_chief, duty_leader or supervisor", s.Post)
		}
		if posts[s.Post] {
			f.add(at+".post", "%q is there twice; each post has one step", s.Post)
		}
		posts[s.Post] = true
		if s.Phone != "" && !phoneNumber.MatchString(s.Phone) {
			f.add(at+".phone", "%q is no number; write it in quotes and only its digits, as it is dialled from the duty room", s.Phone)
		}
		if len(s.Channels) == 0 {
			f.add(at+".channels", "is empty; name channels of alerts.channels by which this post is told")
		}
		for _, name := range s.Channels {
			if !slices.ContainsFunc(c.Alerts.Channels, func(ch Channel) bool { return ch.Name == name }) {
				f.add(at+".channels", "%q is no channel; alerts.channels has them", name)
			}
		}
		if s.After < 0 || s.Live < 0 {
			f.add(at+".after", "is below 0; write how long the step waits for the one before it, for instance 5m")
		}
	}
	if again := l.Chain.Again; again != 0 && again < leastAgain {
		f.add(at+".chain.again", "is %s; at least %s lie between two rounds, or 0 for none", again, leastAgain)
	}
	if w := l.CompleteWithin; w != nil && *w != 0 && *w < leastWithin {
		f.add(at+".complete_within", "is %s; nobody writes an entry in less than %s, or write 0 for no deadline", *w, leastWithin)
	}
	for _, q := range [][2]string{{".quiet.from", l.Quiet.From}, {".quiet.to", l.Quiet.To}} {
		if _, err := clock(q[1]); err != nil {
			f.add(at+q[0], "%q is no time of the day; write it in quotes, for instance \"22:00\"", q[1])
		}
	}
}

// leastAgain lies between two rounds of a chain: whoever is asleep is woken, but no telephone is jammed.
const leastAgain = 10 * time.Minute

// leastWithin is the least time to complete an entry.
const leastWithin = time.Minute
