package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func TestToWhichCallANoteBelongs(t *testing.T) {
	call := func(id string, offered, ended time.Duration) telephony.Call {
		c := inbound("13800001111")
		c.ID, c.OfferedAt = id, noon.Add(offered)
		if ended != 0 {
			c.EndedAt, c.Outcome = noon.Add(ended), telephony.Missed
		}
		return c
	}
	out, test := call("out", -time.Second, 0), call("test", -time.Second, 0)
	late := call("late", 30*time.Second, 0)
	late.Direction = telephony.Outbound
	out.Direction, test.Tags = telephony.Outbound, []telephony.Tag{telephony.TagTest}
	type calls = []telephony.Call
	for name, c := range map[string]struct {
		calls calls
		id    string
		why   dutylog.NoteWhy
	}{
		"nothing rang":                   {calls{}, "", ""},
		"it rings":                       {calls{call("a", -3*time.Second, 0)}, "a", dutylog.WhileItRan},
		"it rang and has ended since":    {calls{call("a", -3*time.Second, time.Minute)}, "a", dutylog.WhileItRan},
		"two ring: the later one":        {calls{call("b", -time.Second, 0), call("a", -9*time.Second, 0)}, "b", dutylog.WhileItRan},
		"in another order":               {calls{call("a", -9*time.Second, 0), call("b", -time.Second, 0)}, "b", dutylog.WhileItRan},
		"clocks are apart":               {calls{call("a", 4*time.Second, 0)}, "a", dutylog.WhileItRan},
		"it had just ended":              {calls{call("a", -time.Minute, -10*time.Second)}, "a", dutylog.JustEnded},
		"it ended long ago":              {calls{call("a", -time.Hour, -10*time.Minute)}, "", ""},
		"one runs, one had just ended":   {calls{call("a", -time.Minute, -time.Second), call("b", -2*time.Minute, 0)}, "b", dutylog.WhileItRan},
		"the log had it later":           {calls{call("a", 30*time.Second, 0)}, "a", dutylog.JustAfter},
		"it came much later":             {calls{call("a", 2*time.Minute, 0)}, "", ""},
		"the officer calls":              {calls{out}, "out", dutylog.WhileItRan},
		"and was called shortly before":  {calls{out, call("a", -time.Minute, -10*time.Second)}, "out", dutylog.WhileItRan},
		"the officer calls afterwards":   {calls{late}, "", ""},
		"a test call":                    {calls{test}, "", ""},
		"a test call beside a real call": {calls{test, call("a", -5*time.Second, 0)}, "a", dutylog.WhileItRan},
	} {
		if id, why := dutylog.CallOfNote(c.calls, noon); id != c.id || why != c.why {
			t.Errorf("%s: %q %q, want %q %q", name, id, why, c.id, c.why)
		}
	}
}

func TestANoteBecomesContent(t *testing.T) {
	for _, c := range []struct{ content, note, want string }{
		{"", "沈阳路起火", "沈阳路起火"},
		{" \n", "沈阳路起火", "沈阳路起火"},
		{"来电人称", "沈阳路起火", "来电人称\n沈阳路起火"},
		{"来电人称\n\n", "沈阳路起火", "来电人称\n沈阳路起火"},
		{"来电人称\n沈阳路起火", "沈阳路起火", "来电人称\n沈阳路起火"}, // the answer to the first time was lost
		{"伤亡情况：12人轻伤", "2人", "伤亡情况：12人轻伤\n2人"},  // a part of a line is another thing
		{"沈阳路起火，三人被困", "沈阳路起火", "沈阳路起火，三人被困\n沈阳路起火"},
		{"甲\n沈阳路起火\n三人被困\n乙", "沈阳路起火\n三人被困\n", "甲\n沈阳路起火\n三人被困\n乙"},
		{"已写", "", "已写"},
		{"已写", " ", "已写"},
	} {
		if got := (dutylog.CallNote{Text: c.note}).Into(c.content); got != c.want {
			t.Errorf("%q and %q: %q, want %q", c.content, c.note, got, c.want)
		}
	}
	for _, n := range []dutylog.CallNote{{Key: "short"}, {Key: strings.Repeat("a", 65)}, {Key: "0f3c9a77/../x"}, {Key: "0f3c9a77", Text: strings.Repeat("长", 20001)}} {
		var invalid *dutylog.InvalidError
		if _, err := n.Check(); !errors.As(err, &invalid) {
			t.Errorf("%.20s: %v", n.Key, err)
		}
	}
	if n, err := (dutylog.CallNote{Key: "0f3c9a77-1", Text: "起火\x00"}).Check(); err != nil || n.Text != "起火" {
		t.Errorf("%+v, %v", n, err)
	}
}

// Whatever is typed, and whatever stands in the entry, no character of either is lost.
func FuzzNoteInto(f *testing.F) {
	f.Add("来电人称", "沈阳路起火")
	f.Add("\n\n", " x")
	f.Fuzz(func(t *testing.T, content, note string) {
		got := dutylog.CallNote{Text: note}.Into(content)
		if !strings.Contains(got, strings.TrimSpace(note)) || !strings.Contains(got, strings.TrimSpace(content)) {
			t.Errorf("%q and %q became %q", content, note, got)
		}
		if again := (dutylog.CallNote{Text: note}).Into(got); again != got {
			t.Errorf("twice: %q, %q", got, again)
		}
	})
}
