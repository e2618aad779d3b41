package telephony_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// invariants that hold whatever the switch says.
func checkInvariants(t testing.TB, changes []telephony.Change) {
	t.Helper()
	over := map[string]bool{}
	begun := map[string]bool{}
	for i, ch := range changes {
		if ch.At.IsZero() && ch.Kind != telephony.LineChanged {
			t.Fatalf("change %d (%s) has no time", i, ch.Kind)
		}
		if ch.State.Line == "" && ch.Line != "" {
			t.Fatalf("change %d (%s) has no line state", i, ch.Kind)
		}
		if ch.Call == nil {
			continue
		}
		c := *ch.Call
		switch {
		case over[c.ID]:
			t.Fatalf("call %s: %s after its end", c.ID, ch.Kind)
		case ch.Kind == telephony.CallOffered && begun[c.ID]:
			t.Fatalf("call %s offered twice", c.ID)
		case ch.Kind != telephony.CallOffered && !begun[c.ID]:
			t.Fatalf("call %s: %s before it was offered", c.ID, ch.Kind)
		}
		begun[c.ID] = true
		if ch.Kind == telephony.CallEnded {
			over[c.ID] = true
			checkEnded(t, c)
		} else if c.Outcome != "" || !c.EndedAt.IsZero() {
			t.Fatalf("call %s has an outcome before its end", c.ID)
		}
	}
	for id := range begun {
		if !over[id] {
			t.Fatalf("call %s never ended", id)
		}
	}
}

func checkEnded(t testing.TB, c telephony.Call) {
	t.Helper()
	if !slices.Contains(telephony.Outcomes(), c.Outcome) || c.Reason == "" {
		t.Fatalf("call %s: outcome %q, reason %q", c.ID, c.Outcome, c.Reason)
	}
	if c.EndedAt.Before(c.OfferedAt) || c.EndedAt.Before(c.AnsweredAt) {
		t.Fatalf("call %s: ended %v, offered %v, answered %v", c.ID, c.EndedAt, c.OfferedAt, c.AnsweredAt)
	}
	if ring, ok := c.RingFor(); ok && (ring < 0 || c.Rings < 1) {
		t.Fatalf("call %s: rang %v, %d rings", c.ID, ring, c.Rings)
	}
	_, talked := c.TalkFor()
	_, waited := c.CallerRingFor()
	if !c.EndSeen() && (talked || waited && c.AnsweredAt.IsZero()) {
		t.Fatalf("call %s: its end was not seen, yet something is measured up to it", c.ID)
	}
	findings := slices.Clone(c.Findings)
	slices.Sort(findings)
	if len(slices.Compact(findings)) != len(c.Findings) {
		t.Fatalf("call %s: a finding twice: %v", c.ID, c.Findings)
	}
	if _, err := json.Marshal(c); err != nil {
		t.Fatal(err)
	}
}

// summary is what must not change when the same things are told differently.
func summary(calls []telephony.Call) []string {
	var out []string
	for _, c := range calls {
		ring, _ := c.RingFor()
		out = append(out, fmt.Sprintf("%s %s %s %s ring %v by %s to %q from %q %s %v–%v", c.ID, c.Direction, c.Outcome, c.Reason,
			ring, c.HangupBy, c.ForwardedTo, c.RedirectedFrom, joinFindings(c.Findings), c.OfferedAt, c.EndedAt))
	}
	sort.Strings(out)
	return out
}

func TestInvariantsOnTraces(t *testing.T) {
	for _, name := range traceNames(t) {
		checkInvariants(t, play(lines(), trace(t, name)))
	}
}

// Some subscriptions deliver every event twice; a replay does, too.
func TestEveryEventIsHarmlessTwice(t *testing.T) {
	for _, name := range traceNames(t) {
		events := trace(t, name)
		var doubled []telephony.Event
		for _, ev := range events {
			doubled = append(doubled, ev, ev)
		}
		want := summary(ended(play(lines(), events)))
		changes := play(lines(), doubled)
		checkInvariants(t, changes)
		if diff := cmp.Diff(want, summary(ended(changes))); diff != "" {
			t.Errorf("%s, each event twice (-once +twice):\n%s", name, diff)
		}
		// The second copy may also come some events later.
		var late []telephony.Event
		for i, ev := range events {
			late = append(late, ev)
			if i >= 5 {
				late = append(late, events[i-5])
			}
		}
		if diff := cmp.Diff(want, summary(ended(play(lines(), late)))); diff != "" {
			t.Errorf("%s, each event again five later (-once +twice):\n%s", name, diff)
		}
	}
}

func TestReplayingTwiceChangesNothing(t *testing.T) {
	for _, name := range traceNames(t) {
		events := trace(t, name)
		tr := telephony.NewTracker(lines())
		first := 0
		for _, ev := range events {
			first += len(ended(tr.Apply(ev)))
		}
		if len(tr.Open()) != 0 {
			continue // nothing is repeated of a call that is not over
		}
		for i, ev := range events {
			if got := tr.Apply(ev); len(ended(got)) != 0 {
				t.Fatalf("%s: event %d told again ends a call again", name, i)
			}
		}
		if len(tr.Open()) != 0 {
			t.Errorf("%s: told again, it opens calls: %+v", name, tr.Open())
		}
	}
}

// Events of different channels may come up to 16 ms out of order.
func TestSlightDisorder(t *testing.T) {
	for _, name := range traceNames(t) {
		if strings.HasPrefix(name, "9") {
			continue // many calls at once: their ends come in another order
		}
		events := trace(t, name)
		want := outcomes(ended(play(lines(), events)))
		for seed := range uint64(5) {
			changes := play(lines(), shake(events, seed, 4))
			checkInvariants(t, changes)
			if diff := cmp.Diff(want, outcomes(ended(changes))); diff != "" {
				t.Errorf("%s, shaken with %d (-in order +shaken):\n%s", name, seed, diff)
			}
		}
	}
}

func outcomes(calls []telephony.Call) []string {
	var out []string
	for _, c := range calls {
		out = append(out, fmt.Sprintf("%s %s %s by %s to %q", c.ID, c.Outcome, joinFindings(c.Findings), c.HangupBy, c.ForwardedTo))
	}
	sort.Strings(out)
	return out
}

// The transfer is told of its first leg; the call of the second one is over when that leg's end
// is told before.
func TestAnAttendedTransferToldLateIsOne(t *testing.T) {
	events := trace(t, "08_attended_refer")
	want := outcomes(ended(play(lines(), events)))
	at := slices.IndexFunc(events, func(ev telephony.Event) bool { return ev.Kind == telephony.EventAttendedTransfer })
	over := slices.IndexFunc(events, func(ev telephony.Event) bool {
		return ev.Kind == telephony.EventDestroyed && ev.Channel.ID == events[at].Second.ID
	})
	late := slices.Insert(slices.Clone(events), over+1, events[at])
	late = slices.Delete(late, at, at+1)
	if diff := cmp.Diff(want, outcomes(ended(play(lines(), late)))); diff != "" {
		t.Errorf("told after the end of its second leg (-in order +late):\n%s", diff)
	}
	for seed := range uint64(60) {
		changes := play(lines(), shake(events, seed, 16))
		checkInvariants(t, changes)
		if diff := cmp.Diff(want, outcomes(ended(changes))); diff != "" {
			t.Errorf("shaken with %d (-in order +shaken):\n%s", seed, diff)
		}
	}
}

// shake delays every channel by its own 0 to most ms, keeping the order within a channel.
// A Dial event belongs to its caller.
func shake(events []telephony.Event, seed uint64, most int) []telephony.Event {
	rnd := rand.New(rand.NewPCG(seed, 1))
	lag := map[string]time.Duration{}
	type arrival struct {
		ev telephony.Event
		at time.Time
	}
	arrivals := make([]arrival, len(events))
	for i, ev := range events {
		id := ev.Channel.ID
		if id == "" {
			id = ev.Peer.ID
		}
		if _, ok := lag[id]; !ok {
			lag[id] = time.Duration(rnd.IntN(most+1)) * time.Millisecond
		}
		arrivals[i] = arrival{ev, ev.At.Add(lag[id])}
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return a.at.Compare(b.at) })
	out := make([]telephony.Event, len(arrivals))
	for i, a := range arrivals {
		out[i] = a.ev
	}
	return out
}

// Calls of different traces at the same time do not disturb each other.
func TestInterleavedTraces(t *testing.T) {
	var all []telephony.Event
	var want []string
	for i, name := range traceNames(t) {
		if strings.HasPrefix(name, "9") || strings.HasPrefix(name, "11") {
			continue // many calls; no calls
		}
		events := trace(t, name)
		alone := ended(play(lines(), events))
		if len(events) == 0 || slices.ContainsFunc(alone, busyWithoutCall) {
			continue // a busy phone while others talk has another finding
		}
		shift := sceneStart.Add(time.Duration(i) * 37 * time.Millisecond).Sub(events[0].At)
		prefix := fmt.Sprintf("t%d-", i)
		for j := range events {
			events[j].At = events[j].At.Add(shift)
			for _, ch := range []*telephony.Channel{&events[j].Channel, &events[j].Peer, &events[j].Second, &events[j].Forwarded} {
				if ch.ID != "" {
					ch.ID = prefix + ch.ID
					ch.Created = ch.Created.Add(shift)
					ch.Name = strings.Replace(ch.Name, "Local/", "Local/"+prefix, 1)
				}
			}
			if events[j].Bridge != "" {
				events[j].Bridge = prefix + events[j].Bridge
			}
		}
		want = append(want, outcomes(ended(play(lines(), events)))...)
		all = append(all, events...)
	}
	slices.SortStableFunc(all, func(a, b telephony.Event) int { return a.At.Compare(b.At) })
	changes := play(lines(), all)
	checkInvariants(t, changes)
	sort.Strings(want)
	if diff := cmp.Diff(want, outcomes(ended(changes))); diff != "" {
		t.Errorf("alone and together (-alone +together):\n%s", diff)
	}
}

func busyWithoutCall(c telephony.Call) bool {
	return slices.Contains(c.Findings, telephony.BusyWithoutCall)
}

// A watcher that begins in mid-call or goes deaf, and a switch that loses events, give no
// panic and no call without an end.
func TestTruncatedAndThinnedTraces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, name := range traceNames(t) {
		events := trace(t, name)
		if len(events) == 0 {
			continue
		}
		for range 6 {
			from := rnd.IntN(len(events))
			to := from + rnd.IntN(len(events)-from)
			checkInvariants(t, play(lines(), events[from:to]))
			thin := slices.DeleteFunc(slices.Clone(events), func(telephony.Event) bool { return rnd.IntN(4) == 0 })
			checkInvariants(t, play(lines(), thin))
			rnd.Shuffle(len(thin), func(i, j int) { thin[i], thin[j] = thin[j], thin[i] })
			checkInvariants(t, play(lines(), thin))
		}
	}
}

// Calls that end at the end of a tape are unknown.
func TestFinishMakesUnknown(t *testing.T) {
	events := newScene().rings("trunk 1", "duty 1").at(3000).answers("trunk 1", "duty 1", "b").events
	calls := ended(play(lines(), events))
	if len(calls) != 1 || calls[0].Outcome != telephony.Unknown || !calls[0].EndedAt.Equal(sceneStart.Add(3*time.Second)) {
		t.Errorf("%+v", calls)
	}
}

func TestUnknownKindsAreCounted(t *testing.T) {
	tr := telephony.NewTracker(lines())
	tr.Apply(telephony.Event{Kind: telephony.EventUnknown, Type: "ChannelTeleported"})
	tr.Apply(telephony.Event{Kind: 250})
	tr.Apply(telephony.Event{Kind: telephony.EventCreated}) // no channel, no time
	if got := tr.Stats().Events[telephony.EventUnknown]; got != 2 {
		t.Errorf("%d unknown events counted, want 2", got)
	}
}

// A flood of channels that never end stays within bounds.
func TestBoundedMemory(t *testing.T) {
	tr := telephony.NewTracker(lines())
	for i := range 30_000 {
		at := sceneStart.Add(time.Duration(i) * time.Millisecond)
		ch := telephony.Channel{ID: fmt.Sprint(i), Name: fmt.Sprintf("PJSIP/other-%08x", i), State: "Ring", Created: at}
		if i%3 == 0 {
			ch.Name = fmt.Sprintf("PJSIP/trunk-%08x", i)
		}
		tr.Apply(telephony.Event{Kind: telephony.EventCreated, At: at, Channel: ch})
	}
	if open := len(tr.Open()); open > 5_000 {
		t.Errorf("%d open calls", open)
	}
	if got := tr.Stats().Dropped; got["leg_never_ended"] == 0 || got["call_never_ended"] == 0 {
		t.Errorf("dropped %v", got)
	}
}

// FuzzTracker feeds a trace whose lines were damaged, dropped, doubled and reordered.
func FuzzTracker(f *testing.F) {
	names := traceNames(f)
	f.Add(uint8(0), []byte{1, 2, 3})
	f.Add(uint8(40), []byte{0, 0, 9, 255, 7})
	f.Fuzz(func(t *testing.T, which uint8, script []byte) {
		raw := rawTrace(t, names[int(which)%len(names)])
		var events []telephony.Event
		for i, line := range raw {
			op := byte(4)
			if len(script) > 0 {
				op = script[i%len(script)]
			}
			if op%7 == 0 {
				continue
			}
			line = slices.Clone(line)
			if op%7 == 1 {
				line[int(op)*7919%len(line)] ^= op
			}
			ev, err := ari.Decode(line)
			if err != nil {
				continue
			}
			if op%7 == 5 {
				events = append(events, telephony.Event{Kind: telephony.EventClockSet, By: (time.Duration(op) - 128) * time.Minute})
			}
			events = append(events, ev)
			if n := len(events); op%7 == 2 && n > 1 {
				events[n-1], events[n-2] = events[n-2], events[n-1]
			}
			if op%7 == 3 {
				events = append(events, ev)
			}
		}
		checkInvariants(t, play(lines(), events))
	})
}
