package alerts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
)

var shanghai = time.FixedZone("UTC+8", 8*3600)

func TestQuietHours(t *testing.T) {
	clock := func(hour, minute int) time.Duration {
		return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, shanghai) }
	night, lunch := alerts.Quiet{From: clock(22, 0), To: clock(6, 30)}, alerts.Quiet{From: clock(12, 0), To: clock(13, 30)}
	for _, c := range []struct {
		quiet    alerts.Quiet
		severity alerts.Severity
		now      time.Time
		until    time.Time
	}{
		{night, alerts.Warning, at(23, 21, 59), time.Time{}},
		{night, alerts.Warning, at(23, 22, 0), at(24, 6, 30)},
		{night, alerts.Info, at(24, 0, 0), at(24, 6, 30)},
		{night, alerts.Info, at(24, 6, 29), at(24, 6, 30)},
		{night, alerts.Info, at(24, 6, 30), time.Time{}},
		{night, alerts.Critical, at(24, 2, 0), time.Time{}},
		{lunch, alerts.Warning, at(24, 12, 0), at(24, 13, 30)},
		{lunch, alerts.Warning, at(24, 23, 0), time.Time{}},
		{alerts.Quiet{}, alerts.Info, at(24, 0, 0), time.Time{}},
	} {
		if got := c.quiet.Until(c.severity, c.now.UTC(), shanghai); !got.Equal(c.until) {
			t.Errorf("%v, %s at %v: until %v, want %v", c.quiet, c.severity, c.now, got, c.until)
		}
	}
}

func TestTheRosterSaysWhoHoldsAPost(t *testing.T) {
	chain := alerts.Chain{Steps: []alerts.Step{
		{Post: dutylog.PostChief, Person: alerts.Person{Name: "张", Phone: "1"}, Channels: []string{"chief"}},
		{Post: alerts.Supervisor, Person: alerts.Person{Name: "赵", Phone: "2"}, Channels: []string{"all"}},
	}}
	got := chain.With(dutylog.OnDuty{dutylog.PostChief: {Name: "王敏", Phone: "3"}, dutylog.PostLeader: {Name: "李"}})
	if diff := cmp.Diff([]alerts.Person{{Name: "王敏", Phone: "3"}, {Name: "赵", Phone: "2"}}, []alerts.Person{got.Steps[0].Person, got.Steps[1].Person}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if chain.Steps[0].Person.Name != "张" {
		t.Error("the configuration was changed by it")
	}
	if !chain.Names("all") || chain.Names("group") {
		t.Error("it is not known which channels are told in their turn")
	}
}

func TestWhatIsNeverMuted(t *testing.T) {
	li := dutylog.Actor{Login: "li"}
	mute := func(after time.Duration, rule bool) alerts.Mute {
		return alerts.Mute{Until: noon.Add(after), Rule: rule, Reason: "检修", By: li, At: noon}
	}
	for _, c := range []struct {
		what string
		a    alerts.Alert
		m    alerts.Mute
		want error
	}{
		{"one that stands", alerts.Alert{Reason: alerts.ReasonMissed}, mute(time.Hour, false), nil},
		{"a call that rings", alerts.Alert{Reason: alerts.ReasonRing3}, mute(time.Hour, true), alerts.ErrRings},
		{"a call that rings on", alerts.Alert{Reason: alerts.ReasonLimitPassed}, mute(time.Hour, false), alerts.ErrRings},
		{"what is over", alerts.Alert{Reason: alerts.ReasonMissed, ResolvedAt: noon}, mute(time.Hour, false), alerts.ErrOver},
		{"the rule of what is over", alerts.Alert{Reason: alerts.ReasonMissed, ResolvedAt: noon}, mute(time.Hour, true), nil},
		{"no end", alerts.Alert{Reason: alerts.ReasonMissed}, alerts.Mute{At: noon}, alerts.ErrMuteEnd},
		{"an end that is now", alerts.Alert{Reason: alerts.ReasonMissed}, mute(0, false), alerts.ErrMuteEnd},
		{"the longest", alerts.Alert{Reason: alerts.ReasonMissed}, mute(alerts.MostMute, false), nil},
		{"too long", alerts.Alert{Reason: alerts.ReasonMissed}, mute(alerts.MostMute+1, false), alerts.ErrMuteEnd},
	} {
		got, err := c.a.Mute(c.m)
		if !errors.Is(err, c.want) || (got.Muted == c.m) != (c.want == nil) {
			t.Errorf("%s: %+v, %v, want %v", c.what, got.Muted, err, c.want)
		}
	}
}

func TestWhatComesBackAsTheSameAlert(t *testing.T) {
	damping := alerts.Damping(5 * time.Minute)
	over := alerts.Alert{Reason: alerts.ReasonPhoneUnreachable, At: noon, ResolvedAt: noon.Add(time.Minute)}
	change := func(f func(*alerts.Alert)) alerts.Alert {
		a := over
		f(&a)
		return a
	}
	for _, c := range []struct {
		what  string
		a     alerts.Alert
		told  []alerts.Delivery
		after time.Duration
		want  bool
	}{
		{"soon", over, nil, 5 * time.Minute, true},
		{"at the end of the window", over, nil, 6 * time.Minute, false},
		{"what was known before it was over", over, nil, time.Minute, false},
		{"once it was told to be over", over, []alerts.Delivery{{}, {Over: true}}, 2 * time.Minute, false},
		{"while it stands", change(func(a *alerts.Alert) { a.ResolvedAt = time.Time{} }), nil, 2 * time.Minute, false},
		{"of a call", change(func(a *alerts.Alert) { a.CallID = "1.0" }), nil, 2 * time.Minute, false},
		{"what happened once", change(func(a *alerts.Alert) { a.Reason = alerts.ReasonMissed }), nil, 2 * time.Minute, false},
		{"late, while it is muted", change(func(a *alerts.Alert) { a.Muted.Until = noon.Add(time.Hour) }), nil, 50 * time.Minute, true},
		{"after it was muted", change(func(a *alerts.Alert) { a.Muted.Until = noon.Add(time.Hour) }), nil, time.Hour, false},
	} {
		if got := damping.Returns(c.a, c.told, noon.Add(c.after)); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	back := over.Reopen(noon.Add(2*time.Minute), noon.Add(2*time.Minute), damping)
	if back.State() != alerts.Open || back.Reopened != 1 || back.Round != 0 || !back.ReopenedAt.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("%+v", back)
	}
}

// The clock of the chain stands still while a problem is away: what was waited for counts, the time
// in between does not.
func TestTheChainWaitsWhileAProblemIsAway(t *testing.T) {
	damping, minutes := alerts.Damping(5*time.Minute), func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	chief := alerts.Reached{Post: dutylog.PostChief, Person: "王敏", At: minutes(6)}
	for what, c := range map[string]struct {
		a         alerts.Alert
		at, found time.Time
		roundAt   time.Time
		reached   alerts.Reached
	}{
		"it was away for two minutes": {alerts.Alert{RoundAt: noon, ResolvedAt: minutes(4)}, minutes(6), minutes(6), minutes(2), alerts.Reached{}},
		"somebody had been told":      {alerts.Alert{RoundAt: noon, ResolvedAt: minutes(7), Reached: chief}, minutes(9), minutes(9), minutes(2), alerts.Reached{Post: dutylog.PostChief, Person: "王敏", At: minutes(8)}},
		"muted, and away for a day":   {alerts.Alert{RoundAt: noon, ResolvedAt: minutes(4)}, minutes(1444), minutes(1444), minutes(1440), alerts.Reached{}},
		"the clock was set back":      {alerts.Alert{RoundAt: noon, ResolvedAt: minutes(4)}, minutes(3), minutes(3), noon, alerts.Reached{}},
		"our clock is far behind":     {alerts.Alert{RoundAt: noon, ResolvedAt: minutes(4), Reached: chief}, minutes(60), minutes(5), minutes(5), alerts.Reached{Post: dutylog.PostChief, Person: "王敏", At: minutes(5)}},
		"over as it began":            {alerts.Alert{RoundAt: minutes(1), ResolvedAt: noon}, minutes(2), minutes(2), minutes(2), alerts.Reached{}},
		"its round was put off":       {alerts.Alert{RoundAt: minutes(5), ResolvedAt: minutes(1)}, minutes(2), minutes(2), minutes(5), alerts.Reached{}},
	} {
		c.a.Reason = alerts.ReasonPhoneUnreachable
		back := c.a.Reopen(c.at, c.found, damping)
		if !back.RoundAt.Equal(c.roundAt) || back.Reached != c.reached || back.Round != c.a.Round || back.Coming != (alerts.Coming{}) {
			t.Errorf("%s: from %v on, %+v; want from %v on, %+v", what, back.RoundAt.Sub(noon), back.Reached, c.roundAt.Sub(noon), c.reached)
		}
	}
}

// A new round begins no sooner after the last than damping allows, and is not put off for ever.
func TestRoundsKeepTheirDistance(t *testing.T) {
	damping := alerts.Damping(5 * time.Minute)
	a := alerts.Alert{RoundAt: noon, Reached: alerts.Reached{Post: dutylog.PostChief}}
	for i, c := range []struct {
		at    time.Duration
		round int
		from  time.Duration
	}{{time.Minute, 1, 5 * time.Minute}, {2 * time.Minute, 1, 5 * time.Minute}, {5 * time.Minute, 2, 10 * time.Minute}, {time.Hour, 3, time.Hour}} {
		a = a.NewRound(noon.Add(c.at), damping)
		if a.Round != c.round || !a.RoundAt.Equal(noon.Add(c.from)) || a.Reached != (alerts.Reached{}) {
			t.Errorf("%d: round %d at %v, %+v", i, a.Round, a.RoundAt.Sub(noon), a.Reached)
		}
	}
}

// What Next decides follows from what the log holds: asked again after it was done, it has
// nothing more to do.
func TestADecisionIsNotMadeTwice(t *testing.T) {
	plan := alerts.Plan{Routes: []alerts.Route{{Channel: "group", Least: alerts.Info}, {Channel: "chief", Least: alerts.Warning}}}
	chain := alerts.Chain{Steps: []alerts.Step{{Post: dutylog.PostOfficer, Channels: []string{"nobody"}, After: time.Minute}, {Post: dutylog.PostChief, Channels: []string{"chief"}, After: 4 * time.Minute}}}
	a := alerts.Alert{Reason: alerts.ReasonPhoneUnreachable, Severity: alerts.Critical, At: noon, RoundAt: noon}
	first := plan.Next(a, chain, nil, noon)
	due := noon.Add(5 * time.Minute) // the time of a post without a channel passes all the same
	want := alerts.Decision{Tell: []alerts.Telling{{Channel: "group"}}, Coming: alerts.Coming{Post: dutylog.PostChief, At: due}, Again: due}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	told := []alerts.Delivery{{Channel: "group", State: alerts.Waiting}}
	want.Tell = nil
	if diff := cmp.Diff(want, plan.Next(a, chain, told, noon)); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
	climbed := plan.Next(a, chain, told, due)
	if diff := cmp.Diff(alerts.Decision{Tell: []alerts.Telling{{Channel: "chief", Post: dutylog.PostChief}}, Reached: chain.Steps[1:]}, climbed); diff != "" {
		t.Errorf("the next step (-want +got):\n%s", diff)
	}
	a.Reached = alerts.Reached{Post: dutylog.PostChief, At: due}
	told = append(told, alerts.Delivery{Channel: "chief", Post: dutylog.PostChief, State: alerts.Delivered})
	for _, later := range []time.Duration{0, time.Hour, 1000 * time.Hour} {
		if diff := cmp.Diff(alerts.Decision{}, plan.Next(a, chain, told, due.Add(later))); diff != "" {
			t.Errorf("%v later (-want +got):\n%s", later, diff)
		}
	}
	a.AcknowledgedAt = due
	if diff := cmp.Diff(alerts.Decision{}, plan.Next(a, chain, nil, due)); diff != "" {
		t.Errorf("once somebody has it (-want +got):\n%s", diff)
	}
}
