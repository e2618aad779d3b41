package alerts_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
)

func TestHoursHoldOnTheirDaysAndOverMidnight(t *testing.T) {
	for _, c := range []struct {
		hours string
		days  []string
		holds []string // of the week from Monday 23 to Sunday 29 November 2026
		not   []string
	}{
		{"08:30-17:30", nil, []string{"23 08:30", "28 17:29", "29 12:00"}, []string{"23 08:29", "23 17:30", "24 00:00"}},
		{"08:30-17:30", []string{"mon", "fri"}, []string{"23 08:30", "27 17:29"}, []string{"24 12:00", "29 12:00"}},
		{"22:00-06:00", nil, []string{"23 22:00", "24 05:59", "24 00:00"}, []string{"23 21:59", "24 06:00"}},
		{"22:00-06:00", []string{"fri"}, []string{"27 22:00", "28 05:59"}, []string{"28 22:00", "27 05:59", "26 23:00"}},
		{"22:00-06:00", []string{"sun"}, []string{"29 23:00"}, []string{"28 23:00"}},
		{"22:00-06:00", []string{"sat"}, []string{"28 23:00", "29 05:00"}, []string{"29 23:00"}},
		{"00:00-24:00", []string{"wed"}, []string{"25 00:00", "25 23:59"}, []string{"24 23:59", "26 00:00"}},
	} {
		h, err := alerts.ParseHours(c.hours, c.days)
		if err != nil {
			t.Fatal(err)
		}
		at := func(s string) time.Time {
			at, err := time.Parse("2006-01-02 15:04", "2026-11-"+s)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		for _, s := range c.holds {
			if !h.Hold(at(s)) {
				t.Errorf("%s %v does not hold at %s", c.hours, c.days, s)
			}
		}
		for _, s := range c.not {
			if h.Hold(at(s)) {
				t.Errorf("%s %v holds at %s", c.hours, c.days, s)
			}
		}
	}
}

func TestHoursAreWrittenInOneWay(t *testing.T) {
	for _, bad := range []string{"", "8:30-17:30", "08:30", "08:30-", "08:30-08:30", "24:00-06:00", "08:30-25:00", "08:30–17:30", "08:30-17:30-18:00", "08.30-17.30", " 08:30-17:30"} {
		if _, err := alerts.ParseHours(bad, nil); err == nil || !strings.Contains(err.Error(), "write for instance 08:30-17:30") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"Mon", "monday", "", "workday"} {
		if _, err := alerts.ParseHours("08:30-17:30", []string{"tue", bad}); err == nil || !strings.Contains(err.Error(), "is no day: write mon, tue") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSpansOverlapWhereOneNumberIsInBoth(t *testing.T) {
	span := func(starts string, least, most int) alerts.Span {
		return alerts.Span{Starts: starts, Least: least, Most: most}
	}
	for _, c := range []struct {
		a, b alerts.Span
		want bool
	}{
		{span("168", 8, 8), span("168", 11, 11), false},
		{span("168", 5, 8), span("168", 8, 11), true},
		{span("168", 8, 8), span("16X", 8, 8), true},
		{span("168", 8, 8), span("169", 8, 8), false},
		{span("1", 3, 8), span("168", 8, 8), true},
		{span("XX8", 8, 8), span("168", 8, 8), true},
		{span("XX8", 8, 8), span("X69", 8, 8), false},
	} {
		if c.a.Overlaps(c.b) != c.want || c.b.Overlaps(c.a) != c.want {
			t.Errorf("%+v and %+v: want %v", c.a, c.b, c.want)
		}
	}
	for words, bad := range map[string]alerts.Span{
		"is no beginning of a number": span("16a", 8, 8), "write at least 3": span("168", 2, 8), "cannot have 9-8 digits": span("168", 9, 8), "at most 24": span("168", 8, 25),
	} {
		if err := bad.Check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// diary is a log with earlier calls, one listed number, and perhaps a fault.
type diary struct {
	calls  []telephony.Call
	listed string
	fault  error
	asked  *[]string
}

func (d diary) Listed(n telephony.Number) (bool, error) { return n.Raw == d.listed, d.fault }

func (d diary) CallsFrom(line string, n telephony.Number, from, to time.Time) (out []telephony.Call, _ error) {
	*d.asked = append(*d.asked, line+" "+n.Raw)
	for _, c := range d.calls {
		if !c.OfferedAt.Before(from) && c.OfferedAt.Before(to) {
			out = append(out, c)
		}
	}
	return out, d.fault
}

// earlier are calls so many minutes ago.
func earlier(o telephony.Outcome, tag telephony.Tag, minutes ...int) (calls []telephony.Call) {
	for _, m := range minutes {
		at := noon.Add(-time.Duration(m) * time.Minute)
		calls = append(calls, telephony.Call{ID: at.Format("15:04"), OfferedAt: at, Outcome: o, Tags: []telephony.Tag{tag}})
	}
	return calls
}

func TestWhoIsANuisance(t *testing.T) {
	offered := telephony.Change{Kind: telephony.CallOffered, Line: "duty", At: noon, Call: call(func(c *telephony.Call) { c.Caller = telephony.ParseNumber("13900001111", "024") })}
	marked := alerts.Nuisance{Marked: 2, Within: time.Hour}
	often := alerts.Nuisance{Calls: 4, Each: 10 * time.Minute}
	for what, c := range map[string]struct {
		rule  alerts.Nuisance
		calls []telephony.Call
		want  []string // keys
	}{
		"marked once":             {marked, earlier(telephony.AnsweredInTime, telephony.TagNuisance, 5), nil},
		"marked twice":            {marked, earlier(telephony.AnsweredInTime, telephony.TagNuisance, 5, 30), []string{"nuisance_caller/04:12"}},
		"marked again":            {marked, earlier(telephony.AnsweredInTime, telephony.TagNuisance, 30, 40, 5), []string{"nuisance_caller/04:12"}},
		"one mark too old":        {marked, earlier(telephony.AnsweredInTime, telephony.TagNuisance, 5, 61), nil},
		"otherwise marked":        {marked, earlier(telephony.AnsweredInTime, telephony.TagSuperior, 5, 30), nil},
		"gets through a 4th time": {often, earlier(telephony.AnsweredInTime, "", 1, 2, 3), []string{"nuisance_caller/1795436279.0"}},
		"a 5th time, told before": {often, earlier(telephony.AnsweredInTime, "", 1, 2, 3, 4), nil},
		"hangs up at once":        {often, earlier(telephony.AbandonedEarly, "", 1, 2, 3), []string{"nuisance_caller/1795436279.0"}},
		"nobody answers him":      {often, earlier(telephony.Missed, "", 1, 2, 3), nil},
		"is engaged":              {often, earlier(telephony.Engaged, "", 1, 2, 3), nil},
		"longer ago":              {often, earlier(telephony.AnsweredInTime, "", 1, 2, 11), nil},
		"no rule":                 {alerts.Nuisance{}, earlier(telephony.AnsweredInTime, telephony.TagNuisance, 1, 2, 3), nil},
	} {
		var asked []string
		r := alerts.Rules{Misuse: alerts.Misuse{Nuisance: c.rule}}
		list, err := r.Judge(offered, diary{calls: c.calls, asked: &asked})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, a := range list {
			keys = append(keys, a.Key)
		}
		if diff := cmp.Diff(c.want, keys); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		if c.rule != (alerts.Nuisance{}) != slices.Equal(asked, []string{"duty 13900001111"}) {
			t.Errorf("%s: the log was asked for %q", what, asked)
		}
	}
}

// A log that cannot be read is no "nothing": the change is judged again later.
func TestALogThatCannotBeReadIsSaid(t *testing.T) {
	broken := errors.New("disk")
	night := telephony.Change{Kind: telephony.CallOffered, Line: "duty", At: noon, Call: call(func(c *telephony.Call) {
		c.Direction, c.Called = telephony.Outbound, telephony.ParseNumber("13900001111", "024")
	})}
	always, err := alerts.ParseHours("00:00-24:00", nil)
	if err != nil {
		t.Fatal(err)
	}
	r := alerts.Rules{Misuse: alerts.Misuse{OddHours: []alerts.Hours{always}}}
	var asked []string
	if list, err := r.Judge(night, diary{fault: broken, asked: &asked}); !errors.Is(err, broken) || list != nil {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := r.Judge(night, diary{listed: "13900001111", asked: &asked}); err != nil || len(list) != 0 {
		t.Errorf("a number of the directory: %v, %v", list, err)
	}
	if list, err := r.Judge(night, diary{asked: &asked}); err != nil || len(list) != 1 || list[0].Rule != "misuse_number/odd_hours" {
		t.Errorf("a stranger: %v, %v", list, err)
	}
}

// The product's own calls are no misuse, nor is a call whose end was not seen too long.
func TestWhatIsNoMisuse(t *testing.T) {
	r := alerts.Rules{Misuse: alerts.Misuse{Longest: alerts.Longest{Out: time.Minute},
		Numbers: []alerts.ToldNumber{{Span: alerts.Span{Starts: "168", Least: 8, Most: 8}, Means: alerts.Premium}}}}
	long := func(number string, change func(*telephony.Call)) telephony.Change {
		c := call(func(c *telephony.Call) {
			c.Direction, c.Called, c.Outcome = telephony.Outbound, telephony.ParseNumber(number, "024"), telephony.PlacedAnswered
			c.EndedAt = noon.Add(time.Hour)
			change(c)
		})
		return telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: c.EndedAt, Call: c}
	}
	for what, ch := range map[string]telephony.Change{
		"a test call":        long("16899999", func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagTest} }),
		"an alert call":      long("16899999", func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagSystem} }),
		"the end not seen":   long("13900001111", func(c *telephony.Call) { c.Findings = []telephony.Finding{telephony.EndNotSeen} }),
		"no number":          long("", func(c *telephony.Call) { c.EndedAt = noon.Add(time.Second) }),
		"a name as a number": long("sip:duty", func(c *telephony.Call) { c.EndedAt = noon.Add(time.Second) }),
	} {
		var asked []string
		list, err := r.Judge(ch, diary{asked: &asked})
		list = slices.DeleteFunc(list, func(a alerts.Alert) bool { return len(a.Ends) > 0 })
		if err != nil || len(list) != 0 {
			t.Errorf("%s: %+v, %v", what, list, err)
		}
	}
}
