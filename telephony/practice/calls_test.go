package practice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/practice"
)

const (
	short = 150 * time.Millisecond // of ringing
	talk  = 400 * time.Millisecond
)

// seen is what the SIP side saw of a call, as far as it is certain.
type seen struct {
	near, far int // final SIP status
	ring      time.Duration
	talk      bool
	gaveUp    bool
	hungUpBy  practice.Side
}

func TestEachBehaviourOnTheWire(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(t)
	in := func(change func(*practice.Call)) practice.Call {
		c := practice.Call{From: "02422730001", Name: "沈河区应急局", AnswerAfter: short, Talk: talk}
		change(&c)
		return c
	}
	for _, c := range []struct {
		name string
		call practice.Call
		want seen
	}{
		{"answered, the caller hangs up", in(func(*practice.Call) {}),
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"answered, the officer hangs up", in(func(c *practice.Call) { c.HangUp = practice.Officer }),
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Officer}},
		{"instant answer", in(func(c *practice.Call) { c.Does = practice.Instant }),
			seen{near: 200, far: 200, talk: true, hungUpBy: practice.Caller}},
		{"given up", in(func(c *practice.Call) { c.Does, c.GiveUpAfter = practice.NeverAnswer, 2*short }),
			seen{near: 487, far: 487, ring: 2 * short, gaveUp: true}},
		{"given up without a bell", in(func(c *practice.Call) { c.Does, c.GiveUpAfter = practice.NoBell, short }),
			seen{near: 487, far: 487, gaveUp: true}},
		{"engaged", in(func(c *practice.Call) { c.Does = practice.Busy }), seen{near: 486, far: 486}},
		{"do not disturb", in(func(c *practice.Call) { c.Does = practice.Unavailable }), seen{near: 480, far: 480}},
		{"rejected", in(func(c *practice.Call) { c.Does = practice.Rejects }), seen{near: 403, far: 603, ring: short}},
		{"forwarded", in(func(c *practice.Call) { c.Does, c.ForwardTo = practice.Forwards, "13800001111" }),
			seen{near: 200, far: 302, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"anonymous", practice.Call{Anonymous: true, AnswerAfter: short, Talk: talk},
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"a name of 4,000 characters", in(func(c *practice.Call) { c.Name = strings.Repeat("沈", 4000) }),
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"a name with control characters", in(func(c *practice.Call) { c.Name = "a\x01\x1b[31m\"quoted\\\x7f" }),
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"an international number", in(func(c *practice.Call) { c.From = "+8613912345678" }),
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"the officer calls", practice.Call{To: "13800001111", AnswerAfter: short, Talk: talk},
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Officer}},
		{"the officer calls, the far end hangs up", practice.Call{To: "02422730001", AnswerAfter: short, Talk: talk, HangUp: practice.Caller},
			seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller}},
		{"the officer calls somebody who is engaged", practice.Call{To: "13800001111", Does: practice.Busy}, seen{near: 486, far: 486}},
		{"the officer gives up", practice.Call{To: "13800001111", Does: practice.NeverAnswer, GiveUpAfter: short},
			seen{near: 487, far: 487, ring: short, gaveUp: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := s.line.Call(t.Context(), c.call, nil)
			if err != nil {
				t.Fatal(err)
			}
			check(t, r, c.want)
		})
	}
	t.Run("a second caller finds the phone engaged", func(t *testing.T) { secondCaller(t, s) })
	t.Run("many callers at once", func(t *testing.T) { manyCallersAtOnce(t, s) })
}

// tolerance is for a busy machine; the usual error is one or two milliseconds.
const tolerance = 200 * time.Millisecond

func near(a, b, within time.Duration) bool { return a > b-within && a < b+within }

func check(t *testing.T, r practice.Result, want seen) {
	t.Helper()
	if r.Near.Status != want.near || r.Far.Status != want.far {
		t.Errorf("SIP status %d where the call came from and %d where it went to, want %d and %d", r.Near.Status, r.Far.Status, want.near, want.far)
	}
	if r.GaveUp != want.gaveUp || r.HungUpBy != want.hungUpBy {
		t.Errorf("gave up %v, hung up by %q, want %v and %q", r.GaveUp, r.HungUpBy, want.gaveUp, want.hungUpBy)
	}
	if (want.ring == 0) != r.Far.RingAt.IsZero() || !near(r.RingFor(), want.ring, tolerance) {
		t.Errorf("rang for %v, want %v", r.RingFor(), want.ring)
	}
	if r.Near.InvitedAt.IsZero() || r.Near.InvitedAt != r.PlacedAt || r.Near.EndedAt.Before(r.Near.InvitedAt) || r.Far.EndedAt.Before(r.Far.InvitedAt) {
		t.Errorf("times do not run forward: %+v", r)
	}
	if r.Near.SIPCallID == "" || r.Far.SIPCallID == "" || r.Near.SIPCallID == r.Far.SIPCallID {
		t.Errorf("Call-IDs %q and %q", r.Near.SIPCallID, r.Far.SIPCallID)
	}
	if r.Answered() != want.talk {
		t.Fatalf("answered %v, want %v", r.Answered(), want.talk)
	}
	if want.talk {
		checkTalk(t, r)
	}
}

func checkTalk(t *testing.T, r practice.Result) {
	t.Helper()
	if d := r.Near.EndedAt.Sub(r.Near.AnsweredAt); !near(d, talk, tolerance) {
		t.Errorf("they talked for %v, want %v", d, talk)
	}
	packets := int(talk / (20 * time.Millisecond))
	heard := map[string]practice.Level{"where it came from": r.Near.Heard}
	if r.Far.Status == 200 {
		heard["where it went to"] = r.Far.Heard
		if lag := r.Near.AnsweredAt.Sub(r.Far.AnsweredAt); lag < 0 || lag > tolerance {
			t.Errorf("the answer took %v through the switch", lag)
		}
	}
	for side, l := range heard {
		if l.Packets < packets*2/3 || l.Mean < -35 || l.Peak < l.Mean {
			t.Errorf("%s only %d packets at %.1f dB were heard, want about %d", side, l.Packets, l.Mean, packets)
		}
	}
}

func secondCaller(t *testing.T, s *stage) {
	first := make(chan practice.Result, 1)
	answered := make(chan struct{})
	go func() {
		r, _ := s.line.Call(t.Context(), practice.Call{From: "02422730001", Talk: time.Second}, func(n practice.Note) {
			if n.Kind == practice.CallAnswered {
				close(answered)
			}
		})
		first <- r
	}()
	<-answered
	r, err := s.line.Call(t.Context(), practice.Call{From: "02423860012"}, nil)
	if err != nil || r.Near.Status != 486 || r.Far.Status != 486 || !r.Far.RingAt.IsZero() {
		t.Errorf("the second caller got %d and %v: %+v", r.Near.Status, err, r)
	}
	if r := <-first; r.Near.Status != 200 || r.HungUpBy != practice.Caller {
		t.Errorf("the first call suffered: %+v", r)
	}
}

// Many callers at once: one is answered, the others find the phone engaged, nobody waits.
func manyCallersAtOnce(t *testing.T, s *stage) {
	const callers = 8
	var ends []func() (practice.Result, error)
	for i := range callers {
		ends = append(ends, s.calls(practice.Call{From: fmt.Sprintf("0242273%04d", i), AnswerAfter: 1500 * time.Millisecond, Talk: talk}))
	}
	status := map[int]int{}
	for _, end := range ends {
		r, err := end()
		if err != nil {
			t.Error(err)
		}
		if r.Near.Status != r.Far.Status {
			t.Errorf("the two ends disagree: %+v", r)
		}
		status[r.Near.Status]++
	}
	if d := cmp.Diff(map[int]int{200: 1, 486: callers - 1}, status); d != "" {
		t.Errorf("SIP statuses (-want +got):\n%s", d)
	}
}
