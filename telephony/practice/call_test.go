package practice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/practice"
)

func TestCallIsCompleted(t *testing.T) {
	for _, c := range []struct {
		name string
		give practice.Call
		want practice.Call
	}{
		{"incoming, hung up with the answer", practice.Call{From: "02422730001"}, practice.Call{From: "02422730001", Does: practice.Answers,
			HangUp: practice.Caller, GiveUpAfter: 90 * time.Second}},
		{"outgoing: the officer hangs up", practice.Call{To: "*57*13800001111#", Talk: 15 * time.Second}, practice.Call{To: "*57*13800001111#", Does: practice.Answers,
			Talk: 15 * time.Second, HangUp: practice.Officer, GiveUpAfter: 90 * time.Second}},
		{"everything said", practice.Call{Anonymous: true, Name: "x", Does: practice.Forwards, ForwardTo: "110", Talk: time.Second,
			HangUp: practice.Officer, GiveUpAfter: time.Minute},
			practice.Call{Anonymous: true, Name: "x", Does: practice.Forwards, ForwardTo: "110", Talk: time.Second,
				HangUp: practice.Officer, GiveUpAfter: time.Minute}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.give.Complete()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("completed otherwise (-want +got):\n%s", d)
			}
		})
	}
}

func TestBadCallsAreNamed(t *testing.T) {
	from := func(change func(*practice.Call)) practice.Call {
		c := practice.Call{From: "02422730001"}
		change(&c)
		return c
	}
	for _, c := range []struct {
		name string
		call practice.Call
		want string
	}{
		{"nobody calls", practice.Call{}, "caller's number is missing"},
		{"letters", practice.Call{From: "fire"}, `holds 'f'`},
		{"a plus inside", practice.Call{From: "02+4"}, `holds '+'`},
		{"a header in the number", practice.Call{From: "024>\r\nX: y"}, `holds '>'`},
		{"digits of another script", practice.Call{From: "０２４"}, "give digits"},
		{"a very long number", practice.Call{From: strings.Repeat("1", 65)}, "64 are the most"},
		{"from and to", practice.Call{From: "1", To: "2"}, "leave one of them out"},
		{"anonymous with a number", practice.Call{From: "1", Anonymous: true}, "leave out the number"},
		{"a code from outside", practice.Call{From: "*57#"}, `holds '*'`},
		{"a line break in the name", from(func(c *practice.Call) { c.Name = "a\r\nVia: x" }), "line break"},
		{"NUL in the name", from(func(c *practice.Call) { c.Name = "a\x00" }), "NUL"},
		{"a broken name", from(func(c *practice.Call) { c.Name = "\xff\xfe" }), "not UTF-8"},
		{"a name beyond one message", from(func(c *practice.Call) { c.Name = strings.Repeat("沈", 6000) }), "18000 bytes"},
		{"an unknown behaviour", from(func(c *practice.Call) { c.Does = "explodes" }), `"explodes" is nothing a phone does`},
		{"forwards nowhere", from(func(c *practice.Call) { c.Does = practice.Forwards }), "number to forward to is missing"},
		{"an outgoing call forwarded", practice.Call{To: "110", Does: practice.Forwards, ForwardTo: "1"}, "cannot be forwarded"},
		{"hung up by nobody", from(func(c *practice.Call) { c.HangUp = "system" }), `"system" cannot hang up`},
		{"a negative time", from(func(c *practice.Call) { c.AnswerAfter = -time.Second }), "time until the answer cannot be -1s"},
		{"a talk of days", from(func(c *practice.Call) { c.Talk = 48 * time.Hour }), "the talk cannot be"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.call.Complete()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
}

func TestLongAndOddNamesMayBeSent(t *testing.T) {
	for _, name := range []string{strings.Repeat("沈", 4000), "tab\tand \x01\x7f control", `quote " and \ backslash`, "", "🚒"} {
		if _, err := (practice.Call{From: "02422730001", Name: name}).Complete(); err != nil {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

func TestDisplayNameEscapes(t *testing.T) {
	for give, want := range map[string]string{
		"沈河区应急局":     "沈河区应急局",
		`a"b\c`:      `a\"b\\c`,
		"a\x01b\x7f": "a\\\x01b\\\x7f",
		"a\tb":       "a\tb",
	} {
		if got := practice.DisplayName(give); got != want {
			t.Errorf("%q became %q, want %q", give, got, want)
		}
	}
}

func TestCallSaysWhoCalls(t *testing.T) {
	for want, c := range map[string]practice.Call{
		"the officer calls 110":                                {To: "110"},
		"an anonymous caller calls the duty phone":             {Anonymous: true},
		"02422730001 calls the duty phone":                     {From: "02422730001"},
		"沈河区应急局 (02422730001) calls the duty phone":            {From: "02422730001", Name: "沈河区应急局"},
		strings.Repeat("a", 30) + "… (1) calls the duty phone": {From: "1", Name: strings.Repeat("a", 4000)},
	} {
		if got := c.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestResultMeasuresTheRing(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	for _, c := range []struct {
		name string
		give practice.Result
		want time.Duration
	}{
		{"answered", practice.Result{Far: practice.Leg{RingAt: at(1000), AnsweredAt: at(8000), EndedAt: at(20000)}}, 7 * time.Second},
		{"given up", practice.Result{Far: practice.Leg{RingAt: at(1000), EndedAt: at(7000)}}, 6 * time.Second},
		{"refused without a ring", practice.Result{Far: practice.Leg{EndedAt: at(7000)}}, 0},
		{"another phone rang", practice.Result{Near: practice.Leg{RingAt: at(1), AnsweredAt: at(2)}}, 0},
	} {
		if got := c.give.RingFor(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	r := practice.Result{Near: practice.Leg{SIPCallID: "near", AnsweredAt: at(1)}, Far: practice.Leg{SIPCallID: "far"}}
	if !r.Answered() || r.Phone().SIPCallID != "far" {
		t.Errorf("an incoming call's phone is the far leg: %+v", r)
	}
	r.Call.To = "110"
	if r.Phone().SIPCallID != "near" {
		t.Errorf("an outgoing call's phone is the near leg: %+v", r)
	}
}

func TestRefusalsHaveAMeaning(t *testing.T) {
	got := map[int]string{}
	for _, status := range []int{486, 600, 403, 603, 404, 480, 408, 401, 503} {
		got[status] = practice.Meaning(status)
	}
	want := map[int]string{
		486: "engaged", 600: "engaged", 403: "rejected", 603: "rejected", 404: "no phone is registered, or the number leads nowhere",
		480: "not reachable", 408: "not reachable", 401: "the switch does not accept the duty phone's password", 503: "not connected",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFarEndByTheNumbersEnd(t *testing.T) {
	for number, want := range map[string]practice.Behaviour{
		"13800001111": practice.Answers, "02422730486": practice.Busy, "02422730404": practice.NeverAnswer, "1": practice.Answers, "": practice.Answers,
	} {
		if got := practice.FarEnd(number).Does; got != want {
			t.Errorf("%q %s, want %s", number, got, want)
		}
	}
}
