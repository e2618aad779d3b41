package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// storyDeeds are the sentences of alert stories.
var storyDeeds = []struct {
	sentence *regexp.Regexp
	do       func(s *alertStory, m []string)
}{
	{regexp.MustCompile(`^the phone goes offline$`), func(s *alertStory, _ []string) { s.line(telephony.LineUnreachable) }},
	{regexp.MustCompile(`^the phone is back$`), func(s *alertStory, _ []string) { s.line(telephony.Idle) }},
	{regexp.MustCompile(`^the phone comes and goes every (\S+) for (\S+)$`), (*alertStory).flap},
	{regexp.MustCompile(`^the configuration hides calls$`), func(s *alertStory, _ []string) { s.fault(telephony.LineFault) }},
	{regexp.MustCompile(`^the configuration is mended$`), func(s *alertStory, _ []string) { s.fault(telephony.LineFaultEnd) }},
	{regexp.MustCompile(`^the phone registers from (\S+)$`), func(s *alertStory, m []string) {
		s.happens(telephony.Change{Kind: telephony.PhoneMoved, Detail: m[0], State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: s.clock}})
	}},
	{regexp.MustCompile(`^the phone is taken to and fro every (\S+) for (\S+)$`), (*alertStory).toAndFro},
	{regexp.MustCompile(`^call (\w+) rings$`), (*alertStory).rings},
	{regexp.MustCompile(`^call (\w+) is (missed|answered)$`), (*alertStory).ends},
	{regexp.MustCompile(`^call (\w+) is (sent on to \d+|sent on to nowhere|engaged)$`), (*alertStory).turnedAway},
	{regexp.MustCompile(`^call (\w+) is seen in part, as (missed|forwarded)$`), (*alertStory).inPart},
	{regexp.MustCompile(`^the journal says that call (\w+) was (answered in time|missed|forwarded)$`), (*alertStory).settledAs},
	{regexp.MustCompile(`^(\w+) is (certain|weak)$`), func(s *alertStory, m []string) {
		if got := string(s.alert(m[0]).Certainty); got != m[1] {
			s.t.Errorf("at %v %s is %s, want %s", s.clock.Sub(storyBegins), m[0], got, m[1])
		}
	}},
	{regexp.MustCompile(`^the journal says that call (\w+) of (\S+) was missed$`), (*alertStory).settled},
	{regexp.MustCompile(`^(\w+) takes on (\w+)$`), func(s *alertStory, m []string) {
		s.must(s.db.Acknowledge(s.t.Context(), s.alert(m[1]).ID, person(m[0]), "去看一下"))
	}},
	{regexp.MustCompile(`^(\w+) mutes (\w+) until (\S+): (.+)$`), func(s *alertStory, m []string) {
		s.must(s.db.Mute(s.t.Context(), s.alert(m[1]).ID, alerts.Mute{Until: s.time(m[2]), Reason: m[3], By: person(m[0])}))
	}},
	{regexp.MustCompile(`^(\w+) mutes all of (\w+) until (\S+): (.+)$`), func(s *alertStory, m []string) {
		s.must(s.db.Mute(s.t.Context(), s.alert(m[1]).ID, alerts.Mute{Until: s.time(m[2]), Rule: true, Reason: m[3], By: person(m[0])}))
	}},
	{regexp.MustCompile(`^(\w+) unmutes (\w+)$`), func(s *alertStory, m []string) {
		s.must(s.db.Unmute(s.t.Context(), s.alert(m[1]).ID, person(m[0])))
	}},
	{regexp.MustCompile(`^(\w+) is (up|down|slow|silent|broken|talking rubbish|refusing)$`), func(s *alertStory, m []string) { s.receivers.turn(m[0], m[1]) }},
	{regexp.MustCompile(`^(\w+) was asked (\d+) times$`), func(s *alertStory, m []string) {
		if got := strconv.Itoa(s.receivers.asked(m[0])); got != m[1] {
			s.t.Errorf("at %v %s was asked %s times, want %s", s.clock.Sub(storyBegins), m[0], got, m[1])
		}
	}},
	{regexp.MustCompile(`^the daemon is killed$`), func(s *alertStory, _ []string) { s.killed() }},
	{regexp.MustCompile(`^the daemon is killed while it tells (\w+)$`), func(s *alertStory, m []string) {
		s.receivers.whenTold(m[0], func() { s.killed(); s.stop() })
	}},
	{regexp.MustCompile(`^the daemon starts$`), func(s *alertStory, _ []string) { s.start() }},
	{regexp.MustCompile(`^the switch was not seen yet$`), func(s *alertStory, _ []string) {
		s.happens(telephony.Change{Kind: telephony.LineChanged, Detail: telephony.AtStart, State: telephony.LineState{Line: "duty", State: telephony.LineStateUnknown, Since: s.clock}})
	}},
	{regexp.MustCompile(`^the switch cannot be seen$`), func(s *alertStory, _ []string) { s.line(telephony.LineStateUnknown) }},
	{regexp.MustCompile(`^the roster has (\S+) (\S+) on (\w+) from (\S+) to (\S+)$`), (*alertStory).roster},
	{regexp.MustCompile(`^(\w+) is ((?:open|acknowledged|resolved).*)$`), func(s *alertStory, m []string) {
		if got := s.standing(s.alert(m[0])); got != m[1] {
			s.t.Errorf("at %v %s is %s\nwant %s", s.clock.Sub(storyBegins), m[0], got, m[1])
		}
	}},
	{regexp.MustCompile(`^the log proves (.+)$`), (*alertStory).proves},
}

func (s *alertStory) must(_ alerts.Alert, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("at %v: %v", s.clock.Sub(storyBegins), err)
	}
}

func (s *alertStory) line(state telephony.State) {
	s.happens(telephony.Change{Kind: telephony.LineChanged, State: telephony.LineState{Line: "duty", State: state, Since: s.clock}})
}

// flap is a phone with a loose plug.
func (s *alertStory) flap(m []string) {
	every, _ := time.ParseDuration(m[0])
	lasts, _ := time.ParseDuration(m[1])
	for after := time.Duration(0); after < lasts; after += 2 * every {
		s.later(after, func() { s.line(telephony.LineUnreachable) })
		s.later(after+every, func() { s.line(telephony.Idle) })
	}
}

// toAndFro is two devices that take the phone's account from one another.
func (s *alertStory) toAndFro(m []string) {
	every, _ := time.ParseDuration(m[0])
	lasts, _ := time.ParseDuration(m[1])
	ways := []string{"10.0.0.1 → 10.0.0.9", "10.0.0.9 → 10.0.0.1"}
	for n := range int(lasts / every) {
		s.later(time.Duration(n)*every, func() { s.happens(telephony.Change{Kind: telephony.PhoneMoved, Detail: ways[n%2]}) })
	}
}

func (s *alertStory) fault(kind telephony.ChangeKind) {
	s.happens(telephony.Change{Kind: kind, Finding: telephony.RecordingMissing, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: s.clock}})
}

// rings is a call that rings on and on: its third ring and its limit come by themselves, as the
// tracker says them.
func (s *alertStory) rings(m []string) {
	s.calls[m[0]] = s.clock
	rang, ring3, limit, _ := ringingCall(m[0], s.clock)
	s.happens(rang)
	for _, ch := range []telephony.Change{ring3, limit} {
		s.later(ch.At.Sub(s.clock), func() {
			if !s.calls[m[0]].IsZero() {
				s.happens(ch)
			}
		})
	}
}

func (s *alertStory) ends(m []string) {
	_, _, _, ended := ringingCall(m[0], s.calls[m[0]])
	s.calls[m[0]] = time.Time{}
	ended.Call.EndedAt, ended.State.Since = s.clock, s.clock
	if m[1] == "answered" {
		ended.Call.AnsweredAt, ended.Call.Outcome = s.clock, telephony.AnsweredLate
	}
	s.happens(ended)
}

// turnedAway is a call that the duty phone does not take.
func (s *alertStory) turnedAway(m []string) {
	c := telephony.Call{ID: m[0], Line: "duty", Direction: telephony.Inbound, OfferedAt: s.clock, EndedAt: s.clock, Outcome: telephony.Engaged}
	if to, sent := strings.CutPrefix(m[1], "sent on to "); sent {
		c.Outcome, c.Reason, c.ForwardedTo = telephony.Forwarded, telephony.ReasonPhoneRedirected, to
		if to == "nowhere" { // a 302 without a contact, a 300, a 305: the phone is not rung, and nobody else
			c.Outcome, c.Reason, c.ForwardedTo = telephony.Unreachable, telephony.ReasonRedirectFailed, ""
			c.Findings = []telephony.Finding{telephony.RedirectAttempted}
		}
	}
	s.happens(telephony.Change{Kind: telephony.CallEnded, Call: &c, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: s.clock}})
}

// settled is what the switch's journal says afterwards of a call that rang at a time.
func (s *alertStory) settled(m []string) {
	_, _, _, ended := ringingCall(m[0], s.time(m[1]))
	ended.Kind, ended.Call.SettledBy, ended.State.Since = telephony.CallSettled, telephony.SettledByJournal, s.clock
	s.happens(ended)
}

// partly is a call of which the live view did not see all.
func (s *alertStory) partly(id, outcome string) telephony.Change {
	if s.calls[id].IsZero() {
		s.calls[id] = s.clock
	}
	begun := s.calls[id]
	c := telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: begun, EndedAt: begun.Add(time.Second), Findings: []telephony.Finding{telephony.SeenInPart}}
	switch outcome {
	case "missed":
		c.Outcome, c.Reason = telephony.Missed, telephony.ReasonCallerLeftLate
	case "forwarded":
		c.Outcome, c.Reason, c.ForwardedTo = telephony.Forwarded, telephony.ReasonDialplanForwarded, "13800001111"
	default:
		c.Outcome, c.Reason, c.AnsweredAt = telephony.AnsweredInTime, telephony.ReasonAnswered, begun
	}
	return telephony.Change{Call: &c, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: s.clock}}
}

// inPart is what the live view makes of it.
func (s *alertStory) inPart(m []string) {
	ch := s.partly(m[0], m[1])
	ch.Kind = telephony.CallEnded
	s.happens(ch)
}

// settledAs is what the switch's journal says of it.
func (s *alertStory) settledAs(m []string) {
	ch := s.partly(m[0], m[1])
	ch.Kind, ch.Call.SettledBy = telephony.CallSettled, telephony.SettledByJournal
	s.happens(ch)
}

// roster puts one person on a post.
func (s *alertStory) roster(m []string) {
	from, to := s.time(m[3]), s.time(m[4])
	shifts, err := s.db.Shifts(s.t.Context(), time.Time{}, time.Time{})
	if err == nil {
		shifts = append(shifts, dutylog.Shift{From: from, To: to, Post: dutylog.Post(m[2]), Name: m[0], Phone: m[1]})
		err = s.db.ReplaceRoster(s.t.Context(), shifts)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// proves insists on the steps of all alerts in the log, which its evidence must cover.
func (s *alertStory) proves(m []string) {
	s.t.Helper()
	if got := stepsOf(s.t, s.cfg.Log.File); got != m[0] {
		s.t.Errorf("at %v the log has %s\nwant %s", s.clock.Sub(storyBegins), got, m[0])
	}
}
