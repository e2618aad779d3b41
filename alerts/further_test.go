package alerts_test

import (
	"fmt"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// sentTo is what is told of a call that was sent on to a number, so long after noon.
func sentTo(id, to string, after time.Duration) alerts.Alert {
	a := redirected(id, noon.Add(after))
	a.Detail, a.Evidence[0].Text = to, to
	return a
}

// movedTo is what is told of a phone that took a way, so long after noon.
func movedTo(way string, after time.Duration) alerts.Alert {
	return rules().From(telephony.Change{Kind: telephony.PhoneMoved, Line: "duty", At: noon.Add(after), Detail: way})[0]
}

var furtherPlan = alerts.Plan{Damping: alerts.Damping(5 * time.Minute), Routes: []alerts.Route{{Channel: "group"}, {Channel: "chief"}, {Channel: "leader"}}}

// A further call is told anew when the last message is older than damping, and at once when it goes elsewhere.
func TestAFurtherCallIsToldAnew(t *testing.T) {
	told := []alerts.Delivery{{Channel: "group", Since: noon}}
	first, empty := sentTo("1.0", "111", 0), sentTo("1.0", "", 0)
	late := sentTo("2.0", "111", time.Minute)
	late.FoundAt = noon.Add(48 * time.Hour)
	for _, c := range []struct {
		what    string
		a, next alerts.Alert
		told    []alerts.Delivery
		now     time.Duration
		anew    bool
	}{
		{"soon, to the same number", first, sentTo("2.0", "111", time.Minute), told, time.Minute, false},
		{"later, to the same number", first, sentTo("2.0", "111", 5*time.Minute), told, 5 * time.Minute, true},
		{"soon, to another number", first, sentTo("2.0", "222", time.Minute), told, time.Minute, true},
		{"soon, nowhere", first, sentTo("2.0", "", time.Minute), told, time.Minute, false},
		{"later, nowhere", empty, sentTo("2.0", "", 6*time.Minute), told, 6 * time.Minute, true},
		{"nobody was told yet", first, sentTo("2.0", "222", 6*time.Minute), nil, 6 * time.Minute, false},
		{"in this round nobody was", first, sentTo("2.0", "222", 6*time.Minute), []alerts.Delivery{{Channel: "group", Since: noon, Round: 3}}, 6 * time.Minute, false},
		{"our clock was set back by a day", first, sentTo("2.0", "111", time.Minute), told, -24 * time.Hour, true},
		{"an old story of the journal", first, late, told, 48 * time.Hour, false},
		{"where it went is known only now", empty, sentTo("1.0", "111", 0), told, time.Second, false},
		{"where a further one went is known only now", first.Gather(sentTo("2.0", "", time.Minute)), sentTo("2.0", "222", time.Minute), told, 2 * time.Minute, true},
	} {
		got := furtherPlan.Further(c.a, c.next, alerts.Chain{}, c.told, noon.Add(c.now))
		if anew := got.Round > c.a.Round; anew != c.anew {
			t.Errorf("%s: told anew: %v", c.what, anew)
		}
		if !got.Knows(c.next) || c.next.Detail != "" && got.Detail != c.next.Detail {
			t.Errorf("%s: not gathered: %+v", c.what, got)
		}
	}
}

// A phone that sends each call somewhere else makes no storm.
func TestOnlyTheFirstTargetsAreToldAtOnce(t *testing.T) {
	a := sentTo("0.0", "0", 0)
	for n := range 100 {
		after := time.Duration(n) * time.Second
		told := []alerts.Delivery{{Channel: "group", Since: noon.Add(after), Round: a.Round}}
		a = furtherPlan.Further(a, sentTo(fmt.Sprintf("%d.1", n), fmt.Sprint(n+1), after), alerts.Chain{}, told, noon.Add(after+time.Second))
	}
	if a.Round != 7 || a.Times != 101 {
		t.Errorf("%d rounds of %d calls", a.Round, a.Times)
	}
}

// Further calls neither hold up a chain that climbs nor begin it anew; at its end they do.
func TestAFurtherCallLeavesTheChainClimbing(t *testing.T) {
	chain := alerts.Chain{Steps: []alerts.Step{{Post: dutylog.PostChief, Channels: []string{"chief"}}, {Post: dutylog.PostLeader, Channels: []string{"leader"}, After: 30 * time.Minute}}}
	a := sentTo("1.0", "111", 0)
	a.RoundAt, a.Reached = noon, alerts.Reached{Post: dutylog.PostChief, At: noon}
	told := []alerts.Delivery{{Channel: "group", Since: noon}, {Channel: "chief", Post: dutylog.PostChief, Since: noon}}
	now := noon.Add(10 * time.Minute)
	next := furtherPlan.Further(a, sentTo("2.0", "111", 10*time.Minute), chain, told, now)
	if next.Round != 1 || next.Reached != a.Reached || !next.RoundAt.Equal(noon) {
		t.Errorf("while it climbs: %+v", next)
	}
	d := furtherPlan.Next(next, chain, told, now)
	if len(d.Tell) != 2 || d.Tell[0].Channel != "group" || d.Tell[1] != (alerts.Telling{Channel: "chief", Post: dutylog.PostChief}) || !d.Coming.At.Equal(noon.Add(30*time.Minute)) {
		t.Errorf("who was told hears of it, and the next one's time stays: %+v", d)
	}
	a.Reached = alerts.Reached{Post: dutylog.PostLeader, At: noon}
	if next = furtherPlan.Further(a, sentTo("2.0", "111", 10*time.Minute), chain, told, now); next.Round != 1 || next.Reached.Post != "" || !next.RoundAt.Equal(now) {
		t.Errorf("at its end: %+v", next)
	}
}

// All moves of a phone are one problem of its line. Two devices that take its place from one another are
// told once each way; who comes back after an hour is told again.
func TestMovesOfAPhoneAreGathered(t *testing.T) {
	a := movedTo("A → B", 0)
	if again := movedTo("A → B", 3*time.Hour); a.Key != "registration_moved/duty" || again.Key != a.Key || a.Times != 1 {
		t.Fatalf("%+v", a)
	}
	rounds := []int{}
	for n := range 400 {
		way := []string{"B → A", "A → B"}[n%2]
		after := time.Duration(n+1) * time.Minute
		told := []alerts.Delivery{{Channel: "group", Since: noon, Round: a.Round}}
		next := furtherPlan.Further(a, movedTo(way, after), alerts.Chain{}, told, noon.Add(after))
		if next.Round > a.Round {
			rounds = append(rounds, n)
		}
		a = next
	}
	if len(rounds) != 1 || rounds[0] != 0 || a.Times != 401 || a.Detail != "A → B" || len(a.Evidence) > 120 || a.Evidence[0].At != noon {
		t.Errorf("told anew %v, %d times, %d pieces of evidence", rounds, a.Times, len(a.Evidence))
	}
	if again := furtherPlan.Further(a, movedTo("A → B", 400*time.Minute), alerts.Chain{}, nil, noon); again.Times != a.Times {
		t.Error("the same move twice is counted twice")
	}
	told := []alerts.Delivery{{Channel: "group", Since: noon, Round: a.Round}}
	if back := furtherPlan.Further(a, movedTo("B → A", 460*time.Minute), alerts.Chain{}, told, noon.Add(460*time.Minute)); back.Round != a.Round+1 {
		t.Error("who comes back after an hour is told to nobody")
	}
	if third := furtherPlan.Further(a, movedTo("A → C", 401*time.Minute), alerts.Chain{}, told, noon.Add(401*time.Minute)); third.Round != a.Round+1 {
		t.Error("a third place is told to nobody")
	}
}

// Taken on, and it goes on: told again after damping, at once when it goes elsewhere.
func TestABackComesAtOnceFromElsewhere(t *testing.T) {
	a := sentTo("1.0", "111", 0)
	a.RoundAt = noon
	a, err := a.Acknowledge(dutylog.Actor{Login: "li"}, "", noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	now := noon.Add(2 * time.Minute)
	for to, want := range map[string]time.Duration{"111": 5 * time.Minute, "222": 2 * time.Minute} {
		back := furtherPlan.Back(a, sentTo("2.0", to, 2*time.Minute), now, now)
		if back.State() != alerts.Open || back.Round != 1 || back.RoundAt.Sub(noon) != want || back.Times != 2 {
			t.Errorf("to %s: round %d at %v, %+v", to, back.Round, back.RoundAt.Sub(noon), back)
		}
	}
}
