package main_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// agreed is how far the log may be from what the SIP peers measured of a call themselves.
const agreed = 50 * time.Millisecond

// A day's calls of every outcome through a real Asterisk, in lanes beside one another: the log agrees with
// what the callers and the duty phone measured themselves, by their own sending and receiving of SIP, within
// 50 ms for each call. AGREEMENT_CALLS=500, or make agreement, is the long form. What is compared:
//
//	offered  the log's time against the caller's sending of INVITE
//	rang     against the phone's sending of 180
//	answered against the phone's sending of 200
//	ended    against the first BYE, the caller's CANCEL, or the refusal's arrival at the caller
//	rings    how long the bell rang, against the phone's monotonic clock: from its 180 to its 200, its 603, or
//	         its 487 after the switch's CANCEL
//	talk     from the answer to the end, against the peers' monotonic clock: from the phone's 200 to the first BYE
//
// The peers are programs on the same machine. Where it stood still around a moment, the peers' own reading of
// the clock is wrong: that moment is not judged, and said. So is a call of which a message was under way through
// the switch for longer than 50 ms, from one peer to the other: then the two peers do not agree themselves.
func TestSystemTheLogAgreesWithThePeers(t *testing.T) {
	t.Parallel()
	o := newOrdinary(t)
	n := callsAsked(t, "AGREEMENT_CALLS")
	seed := rand.Uint64N(1_000_000)
	stood := watchStalls(t)
	began := time.Now()
	o.lanes(rand.New(rand.NewPCG(seed, 5)), n, 4)
	t.Logf("seed %d: %d calls in %v", seed, n, time.Since(began).Round(time.Second))
	calls := o.logOf(n)
	found := agreement{stood: stood()}
	outcomes := map[string]int{}
	for _, placed := range o.placed {
		truth := placed.seen()
		i := slices.IndexFunc(calls, func(l logged) bool { return l.Caller == truth.Caller })
		if i < 0 {
			t.Errorf("%s (%s) is not in the log", truth.Caller, truth.Plan)
			continue
		}
		if why := calls[i].against(truth); why != "" {
			t.Errorf("%s (%s): %s", truth.Caller, truth.Plan, why)
		}
		outcomes[calls[i].Outcome]++
		if slow := truth.underWay(); slow > agreed {
			found.slow++
			continue
		}
		found.compare(calls[i], truth)
	}
	t.Logf("%v\n%s", outcomes, found.table())
	for _, d := range found.beyond() {
		t.Errorf("%s (%s): %s differs by %v", d.caller, d.plan, d.what, d.by)
	}
	if found.unjudged > 3*len(found.all) || 4*found.slow > 3*n {
		t.Errorf("the machine stood still around %d of %d moments, and was slow in %d of %d calls: nothing is proved, run it while the machine is quieter",
			found.unjudged, len(found.all)+found.unjudged, found.slow, n)
	}
	for _, want := range []string{"answered_in_time", "answered_late", "missed", "abandoned_early", "engaged", "rejected", "unreachable"} {
		if outcomes[want] == 0 {
			t.Errorf("no call was %s", want)
		}
	}
}

// lanes makes n calls, so many at once.
func (o *ordinary) lanes(r *rand.Rand, n, lanes int) {
	plans := make(chan plan, n)
	for i := range n {
		p := ordinaryCall(r, i)
		p.caller = fmt.Sprintf("0242%07d", 2273000+i)
		plans <- p
	}
	close(plans)
	var calling sync.WaitGroup
	for range lanes {
		calling.Go(func() {
			for p := range plans {
				o.call(p)
			}
		})
	}
	calling.Wait()
	o.peers.busy.Wait()
}

// logOf is the log when both eyes have seen every call and the daemon is over.
func (o *ordinary) logOf(n int) []logged {
	o.t.Helper()
	if !eventually(30*time.Second, func() bool { return o.settled() == n }) {
		o.t.Errorf("%d of %d calls are settled", o.settled(), n)
	}
	if err := o.daemon.end(syscall.SIGTERM, 30*time.Second); err != nil {
		o.t.Error(err)
	}
	calls, _, err := readDutyLog(o.log)
	if err != nil {
		o.t.Fatal(err)
	}
	return calls
}

// difference is by how much the log is from the peers in one thing of one call.
type difference struct {
	caller string
	plan   fate
	what   string
	by     time.Duration
}

// agreement compares calls.
type agreement struct {
	stood    []window // times in which this machine stood still
	all      []difference
	unjudged int
	slow     int // calls through which the switch itself was too slow to be judged
}

// underWay is the longest time that a message of the call took from one peer through the switch to the other.
func (t truth) underWay() (longest time.Duration) {
	for _, pair := range [][2]time.Time{{t.InvitedAt, t.TryingAt}, {t.PhoneRangAt, t.RingingAt}, {t.PhoneFinalAt, t.AnsweredAt}} {
		if !pair[0].IsZero() && !pair[1].IsZero() {
			longest = max(longest, pair[1].Sub(pair[0]))
		}
	}
	switch {
	case t.answered() && !t.HungUpAt.IsZero(): // the BYE came to the caller, or the switch took the caller's
		longest = max(longest, t.OverAt.Sub(t.HungUpAt))
	case !t.LeftAt.IsZero() && !t.PhoneFinalAt.IsZero():
		longest = max(longest, t.PhoneFinalAt.Sub(t.LeftAt))
	case t.AnsweredAt.IsZero() && t.PhoneStatus >= 300 && !t.PhoneFinalAt.IsZero():
		longest = max(longest, t.OverAt.Sub(t.PhoneFinalAt))
	}
	return longest
}

// compare takes one call: what the log says, and what its peers measured.
func (a *agreement) compare(l logged, t truth) {
	over := t.HungUpAt
	switch {
	case t.answered():
	case !t.LeftAt.IsZero():
		over = t.LeftAt
	default:
		over = t.OverAt // the refusal came
	}
	answered := time.Time{}
	if t.answered() {
		answered = t.PhoneFinalAt
	}
	for _, m := range []struct {
		what          string
		logged, peers time.Time
	}{{"offered", l.OfferedAt, t.InvitedAt}, {"rang", l.RangAt, t.PhoneRangAt}, {"answered", l.AnsweredAt, answered}, {"ended", l.EndedAt, over}} {
		if m.logged.IsZero() != m.peers.IsZero() {
			a.all = append(a.all, difference{t.Caller, t.Plan, m.what + " (only one of them has it)", time.Hour})
		} else if !m.peers.IsZero() {
			a.take(t, m.what, m.logged.Sub(m.peers), m.peers)
		}
	}
	if rang, known := t.rangFor(); known && !l.RangUntil.IsZero() {
		a.take(t, "rings", l.RangUntil.Sub(l.RangAt)-rang, t.PhoneRangAt, t.PhoneFinalAt)
	}
	if t.answered() && !t.HungUpAt.IsZero() {
		a.take(t, "talk", l.EndedAt.Sub(l.AnsweredAt)-t.HungUpAt.Sub(t.PhoneFinalAt), t.PhoneFinalAt, t.HungUpAt)
	}
}

// take keeps a difference, unless the machine stood still around a moment on which it rests.
func (a *agreement) take(t truth, what string, by time.Duration, rests ...time.Time) {
	for _, at := range rests {
		if slices.ContainsFunc(a.stood, func(w window) bool { return !at.Before(w.From.Add(-agreed)) && !at.After(w.To.Add(agreed)) }) {
			a.unjudged++
			return
		}
	}
	a.all = append(a.all, difference{t.Caller, t.Plan, what, by})
}

func (a *agreement) beyond() (all []difference) {
	for _, d := range a.all {
		if d.by.Abs() > agreed {
			all = append(all, d)
		}
	}
	return all
}

// table shows the differences by what was compared, and the worst call of each.
func (a *agreement) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "log minus peers, ms: median, nearest 95 %%, worst (not judged: %d moments, the machine stood still; %d calls, the switch was slow)\n", a.unjudged, a.slow)
	for _, what := range []string{"offered", "rang", "answered", "ended", "rings", "talk"} {
		var of []difference
		for _, d := range a.all {
			if d.what == what {
				of = append(of, d)
			}
		}
		if len(of) == 0 {
			continue
		}
		slices.SortFunc(of, func(x, y difference) int { return int(x.by.Abs() - y.by.Abs()) })
		worst := of[len(of)-1]
		fmt.Fprintf(&b, "%-9s %4d  %6.1f %6.1f %6.1f  (%s, %s)\n", what, len(of), ms(of[len(of)/2].by), ms(of[len(of)*95/100].by), ms(worst.by), worst.caller, worst.plan)
	}
	return b.String()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// stalledFrom is from when a late tick means that this machine had no time for us.
const stalledFrom = 15 * time.Millisecond

// watchStalls looks for times in which this machine stood still, until the function that it gives is called.
func watchStalls(t *testing.T) func() []window {
	t.Helper()
	const every = 2 * time.Millisecond
	stop, done := make(chan struct{}), make(chan []window, 1)
	go func() {
		var all []window
		tick := time.NewTicker(every)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-stop:
				done <- all
				return
			case <-tick.C:
			}
			now := time.Now()
			if now.Sub(last) > every+stalledFrom {
				all = append(all, window{Fault: "stood still", From: last, To: now})
			}
			last = now
		}
	}()
	return sync.OnceValue(func() []window { close(stop); return <-done })
}

// A log that is wrong by more than 50 ms in anything is found, and a machine that stands still accuses nobody.
func TestTheAgreementFindsWhatDiffers(t *testing.T) {
	right := truth{Caller: "110", Plan: fateAnswered, InvitedAt: after(0), TryingAt: after(0), RingingAt: after(0.1), AnsweredAt: after(5.01), HungUpAt: after(9), OverAt: after(9.005), Status: 200,
		PhoneInvited: 1, PhoneRangAt: after(0.1), PhoneFinalAt: after(5), PhoneStatus: 200}
	of := func(change func(*logged)) *agreement {
		l := logged{Caller: "110", Outcome: "answered_in_time", OfferedAt: after(0.005), RangAt: after(0.11), RangUntil: after(5.01), AnsweredAt: after(5.01), EndedAt: after(9.02)}
		change(&l)
		a := &agreement{}
		a.compare(l, right)
		return a
	}
	if a := of(func(*logged) {}); len(a.beyond()) != 0 || len(a.all) != 6 {
		t.Errorf("%+v", a)
	}
	for what, change := range map[string]func(*logged){
		"rang":                           func(l *logged) { l.RangAt, l.RangUntil = after(0.16), after(5.06) },
		"answered":                       func(l *logged) { l.AnsweredAt, l.EndedAt = after(5.06), after(9.06) },
		"ended":                          func(l *logged) { l.EndedAt = after(9.06) },
		"offered":                        func(l *logged) { l.OfferedAt = after(-0.06) },
		"rings":                          func(l *logged) { l.RangAt, l.RangUntil = after(0.06), after(5.04) },
		"rang (only one of them has it)": func(l *logged) { l.RangAt = time.Time{} },
	} {
		a := of(change)
		if !slices.ContainsFunc(a.beyond(), func(d difference) bool { return d.what == what }) {
			t.Errorf("%s: %+v", what, a.beyond())
		}
	}
	if d := right.underWay(); d != 10*time.Millisecond {
		t.Errorf("its messages were under way for %v", d)
	}
	a := &agreement{stood: []window{{From: after(4.9), To: after(5)}}}
	a.compare(logged{OfferedAt: after(0), RangAt: after(0.1), RangUntil: after(5.3), AnsweredAt: after(5.3), EndedAt: after(9)}, right)
	if a.unjudged != 3 || len(a.beyond()) != 0 {
		t.Errorf("a machine that stood still: %+v", a)
	}
}
