package alerts

import (
	"slices"
	"time"

	"dutyline/dutylog"
)

// Supervisor is the last post of a chain 督查. The posts before it are those of the roster.
const Supervisor dutylog.Post = "supervisor"

// Posts lists whom a chain may name, from the duty phone upwards.
func Posts() []dutylog.Post {
	return []dutylog.Post{dutylog.PostOfficer, dutylog.PostChief, dutylog.PostLeader, Supervisor}
}

// Person is who holds a post, and where a channel that calls people reaches them.
type Person struct {
	Name  string
	Phone string // as it is dialled from the duty room; empty: it is not known
}

// Step is one rung of a chain: who is told when nobody has taken the alert on so far.
type Step struct {
	Post     dutylog.Post
	Person   Person   // who holds the post, where the roster names nobody
	Channels []string // by which they are told; each has its own receivers in the configuration
	// After is how long this step waits for the one before it; the first one for the alert itself.
	After time.Duration
	// Live stands in its place while a call rings past its limit: in minutes the caller is gone.
	// 0: After.
	Live time.Duration
}

// Chain is who is told one after the other until somebody takes the alert on.
type Chain struct {
	Steps []Step
	// Again is how long after the last step the first one is told once more; 0: never.
	Again time.Duration
}

// With is the chain with the persons whom the roster's OnDuty names; the others stay.
func (c Chain) With(who dutylog.OnDuty) Chain {
	c.Steps = slices.Clone(c.Steps)
	for i, s := range c.Steps {
		if shift, held := who[s.Post]; held {
			c.Steps[i].Person = Person{Name: shift.Name, Phone: shift.Phone}
		}
	}
	return c
}

// Names reports whether a channel belongs to a step: then it is told in its turn, not at once.
func (c Chain) Names(channel string) bool {
	return slices.ContainsFunc(c.Steps, func(s Step) bool { return slices.Contains(s.Channels, channel) })
}

// index is where a post is; -1 when there is none, or none yet.
func (c Chain) index(post dutylog.Post) int {
	return slices.IndexFunc(c.Steps, func(s Step) bool { return s.Post == post })
}

// wait is how long a step waits, for such an alert.
func (s Step) wait(a Alert) time.Duration {
	if a.Reason == ReasonLimitPassed && s.Live > 0 {
		return s.Live
	}
	return s.After
}
