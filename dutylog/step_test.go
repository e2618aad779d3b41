package dutylog_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

func stepped(t *testing.T, e dutylog.Entry, d dutylog.StepDraft) dutylog.Entry {
	t.Helper()
	next, err := e.AddStep(d, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func complete(t *testing.T) dutylog.Entry {
	t.Helper()
	return amend(t, opened(answered("02422730001")), dutylog.EntryPatch{Values: full(), State: is(dutylog.Complete)})
}

func TestAStepIsAppended(t *testing.T) {
	before := complete(t)
	e, err := before.AddStep(dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", At: noon, Whom: " 市应急局值班室 ", Text: "电话报告\x00"}, leader, later)
	if err != nil {
		t.Fatal(err)
	}
	want := []dutylog.Step{{Number: 1, Kind: dutylog.StepReported, At: noon.Truncate(time.Millisecond), Whom: "市应急局值班室", Text: "电话报告", Channel: "phone", By: leader, WrittenAt: later}}
	if diff := cmp.Diff(want, e.Steps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e.Revision != before.Revision+1 || e.WrittenBy != leader.Login || e.State != dutylog.Complete || e.Correction != "" || len(before.Steps) != 0 {
		t.Errorf("%+v", e)
	}
	if e.Handling() != "reported" || !e.Pending() || !e.ClosedAt().IsZero() {
		t.Errorf("handling %s", e.Handling())
	}
	e = stepped(t, e, dutylog.StepDraft{Kind: dutylog.StepClosed})
	if e.Handling() != "closed" || e.Pending() || !e.ClosedAt().Equal(later.Truncate(time.Millisecond)) {
		t.Errorf("handling %s, closed at %v", e.Handling(), e.ClosedAt())
	}
}

func TestStepsThatSayTooLittleAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		draft dutylog.StepDraft
		field string
	}{
		"no kind":                    {dutylog.StepDraft{}, "kind"},
		"another kind":               {dutylog.StepDraft{Kind: "forwarded"}, "kind"},
		"a list's word":              {dutylog.StepDraft{Kind: "pending"}, "kind"},
		"reported to nobody":         {dutylog.StepDraft{Kind: dutylog.StepReported}, "whom"},
		"passed on to blanks":        {dutylog.StepDraft{Kind: dutylog.StepPassedOn, Whom: " \t"}, "whom"},
		"acknowledged by nobody":     {dutylog.StepDraft{Kind: dutylog.StepAcknowledged}, "whom"},
		"instructed without words":   {dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: "赵振华"}, "text"},
		"fed back without words":     {dutylog.StepDraft{Kind: dutylog.StepFedBack}, "text"},
		"to somebody with long name": {dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: strings.Repeat("长", 501)}, "whom"},
		"a long text":                {dutylog.StepDraft{Kind: dutylog.StepClosed, Text: strings.Repeat("长", 2001)}, "text"},
		"tomorrow":                   {dutylog.StepDraft{Kind: dutylog.StepClosed, At: later.Add(24 * time.Hour)}, "at"},
	} {
		e := opened(answered("1"))
		_, err := e.AddStep(c.draft, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v, want a word about %s", name, err, c.field)
		}
	}
}

// The same words within a minute are one step, whose answer was lost; two reports that are noted one after the other,
// of other times, are two.
func TestStepsOfOtherTimesAreTwo(t *testing.T) {
	now := noon.Add(2 * time.Hour)
	for _, c := range []struct {
		name          string
		first, second time.Time
		steps         int
	}{
		{"the same time", noon.Add(time.Hour), noon.Add(time.Hour), 1},
		{"another time", noon.Add(time.Hour), noon.Add(100 * time.Minute), 2},
		{"an earlier time", now, noon.Add(time.Hour), 2},
		{"a time, then none", noon.Add(time.Hour), time.Time{}, 2}, // reported again, now: who did not get an answer sends the same again
		{"none, then none", time.Time{}, time.Time{}, 1},
		{"none, then an earlier time", time.Time{}, noon.Add(time.Hour), 2},
		{"a clock that is ahead", now.Add(20 * time.Second), now.Add(20 * time.Second), 1},
	} {
		d := dutylog.StepDraft{Kind: dutylog.StepReported, Whom: "市应急局", Channel: "phone", At: c.first}
		e, err := opened(answered("1")).AddStep(d, officer, now)
		if err != nil {
			t.Fatal(c.name, err)
		}
		d.At = c.second
		if e, err = e.AddStep(d, officer, now.Add(30*time.Second)); err != nil || len(e.Steps) != c.steps {
			t.Errorf("%s: %d steps, %v; want %d", c.name, len(e.Steps), err, c.steps)
		}
	}
}

// A step is no older than the matter; what was written a while after it was done says so.
func TestWhenAStepWasDone(t *testing.T) {
	half := noon.Truncate(time.Minute).Add(30 * time.Second)
	call, late, fax := opened(answered("1")), opened(answered("1")), opened(answered("1"))
	call.CallAt, late.CallAt, fax.CallAt = half, half, half
	late.CallID, late.Late, fax.CallID = "", &dutylog.Late{}, ""
	for _, c := range []struct {
		name       string
		of         dutylog.Entry
		at         time.Time
		taken, tag bool
	}{
		{"now", call, time.Time{}, true, false},
		{"in the minute of the call, as people write it", call, half.Add(-30 * time.Second), true, true},
		{"by a clock that is ahead", call, half.Add(-90 * time.Second), true, true},
		{"before the call", call, half.Add(-91 * time.Second), false, false},
		{"the day before", call, half.AddDate(0, 0, -1), false, false},
		{"a minute ago", call, half.Add(time.Hour - time.Minute), true, false},
		{"two minutes ago", call, half.Add(time.Hour - 2*time.Minute), true, true},
		{"before what came and was written later", late, half.Add(-91 * time.Second), false, false},
		{"while the fax was read, before it was written down", fax, half.Add(-10 * time.Minute), true, true},
		{"long before the fax was written down", fax, half.Add(-11 * time.Minute), false, false},
	} {
		e, err := c.of.AddStep(dutylog.StepDraft{Kind: dutylog.StepClosed, At: c.at}, officer, half.Add(time.Hour))
		var invalid *dutylog.InvalidError
		switch {
		case !c.taken && (!errors.As(err, &invalid) || invalid.Field != "at" || !strings.HasPrefix(invalid.Reason, "lies before the matter came in")):
			t.Errorf("%s: %v", c.name, err)
		case c.taken && (err != nil || e.Steps[0].Afterwards() != c.tag):
			t.Errorf("%s: %+v, %v; want it said to be written afterwards: %v", c.name, e.Steps, err, c.tag)
		}
	}
}

// wayOf is a way for the kinds of steps that ask for one.
func wayOf(k dutylog.StepKind) string {
	if k == dutylog.StepReported {
		return "fax"
	}
	return ""
}

// A report upwards says by which way it went, in the words of an incident's reports; a call says it by itself. What
// somebody has to answer may say until when.
func TestAReportUpwardsHasItsWay(t *testing.T) {
	report := func(d dutylog.StepDraft) dutylog.StepDraft { d.Kind, d.Whom = dutylog.StepReported, "市局"; return d }
	for name, c := range map[string]struct {
		draft dutylog.StepDraft
		want  string // the way, or the field that is wrong
	}{
		"by telephone":               {report(dutylog.StepDraft{Channel: "phone"}), "phone"},
		"by WeChat":                  {report(dutylog.StepDraft{Channel: "wechat"}), "wechat"},
		"by fax":                     {report(dutylog.StepDraft{Channel: "fax"}), "fax"},
		"in the national system":     {report(dutylog.StepDraft{Channel: "system"}), "system"},
		"nobody says how":            {report(dutylog.StepDraft{}), "channel"},
		"another word":               {report(dutylog.StepDraft{Channel: "微信"}), "channel"},
		"a call":                     {report(dutylog.StepDraft{CallID: "7.0"}), "phone"},
		"a call by fax":              {report(dutylog.StepDraft{CallID: "7.0", Channel: "fax"}), "channel"},
		"an instruction by fax":      {dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: "局长", Text: "核实", Channel: "fax"}, "channel"},
		"to be answered":             {report(dutylog.StepDraft{Channel: "fax", Due: later.Add(time.Hour)}), "fax"},
		"answered before it was":     {report(dutylog.StepDraft{Channel: "fax", Due: later.Add(-time.Hour)}), "due"},
		"to be answered in 2062":     {report(dutylog.StepDraft{Channel: "fax", Due: later.AddDate(36, 0, 0)}), "due"},
		"closed, and to be answered": {dutylog.StepDraft{Kind: dutylog.StepClosed, Due: later.Add(time.Hour)}, "due"},
	} {
		e, err := opened(answered("1")).AddStep(c.draft, officer, later)
		var invalid *dutylog.InvalidError
		switch {
		case errors.As(err, &invalid):
			if invalid.Field != c.want {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || e.Steps[0].Channel != c.want || !e.Steps[0].Due.Equal(c.draft.Due):
			t.Errorf("%s: %+v, %v", name, e.Steps, err)
		}
	}
	for _, c := range dutylog.Channels() {
		if dutylog.ChannelName(c.Code) != c.Short || c.Short == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestTheSameStepSaidAgainIsOne(t *testing.T) {
	d := dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市局"}
	e := stepped(t, complete(t), d)
	again, err := e.AddStep(d, officer, later.Add(30*time.Second))
	if err != nil || again.Revision != e.Revision {
		t.Errorf("the answer was lost and the step said again: revision %d, %v", again.Revision, err)
	}
	call := stepped(t, e, dutylog.StepDraft{Kind: dutylog.StepFedBack, Text: "回电", CallID: "7.0"})
	if twice, err := call.AddStep(dutylog.StepDraft{Kind: dutylog.StepClosed, CallID: "7.0"}, leader, later.Add(time.Hour)); err != nil || len(twice.Steps) != 2 {
		t.Errorf("one call is two steps: %v", err)
	}
	for name, other := range map[string]func() (dutylog.Entry, error){
		"later":            func() (dutylog.Entry, error) { return e.AddStep(d, officer, later.Add(2*time.Minute)) },
		"by somebody else": func() (dutylog.Entry, error) { return e.AddStep(d, leader, later) },
	} {
		if next, err := other(); err != nil || len(next.Steps) != 2 {
			t.Errorf("%s: %d steps, %v", name, len(next.Steps), err)
		}
	}
}

func TestAStepIsStruckOutAndStays(t *testing.T) {
	e := stepped(t, stepped(t, complete(t), dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市局", At: noon}), dutylog.StepDraft{Kind: dutylog.StepClosed})
	struck, err := e.StrikeStep(2, "尚未办结", leader, later)
	if err != nil || struck.Handling() != "reported" || !struck.Pending() || len(struck.Steps) != 2 || e.Steps[1].Struck != nil {
		t.Fatalf("%v: %+v", err, struck.Steps)
	}
	if diff := cmp.Diff(&dutylog.Strike{Reason: "尚未办结", By: leader, At: later}, struck.Steps[1].Struck); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct {
		number int
		reason string
		field  string
	}{"without a reason": {1, " ", "reason"}, "none of it": {3, "x", "number"}, "zero": {0, "x", "number"}, "twice": {2, "x", "number"}} {
		_, err := struck.StrikeStep(c.number, c.reason, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The state of a matter is that of what was done last, not of what was written last; who confirms
// to have received something moves nothing.
func TestHowFarAMatterIs(t *testing.T) {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Second) }
	type done struct {
		kind   dutylog.StepKind
		at     int
		struck bool
	}
	for name, c := range map[string]struct {
		steps []done
		want  dutylog.Handling
	}{
		"nothing":               {nil, ""},
		"only acknowledged":     {[]done{{dutylog.StepAcknowledged, 1, false}}, ""},
		"acknowledged after":    {[]done{{dutylog.StepPassedOn, 1, false}, {dutylog.StepAcknowledged, 2, false}}, "passed_on"},
		"written late":          {[]done{{dutylog.StepPassedOn, 5, false}, {dutylog.StepReported, 1, false}}, "passed_on"},
		"at the same time":      {[]done{{dutylog.StepReported, 5, false}, {dutylog.StepPassedOn, 5, false}}, "passed_on"},
		"taken up again":        {[]done{{dutylog.StepClosed, 1, false}, {dutylog.StepInstructed, 2, false}}, "instructed"},
		"the last one struck":   {[]done{{dutylog.StepReported, 1, false}, {dutylog.StepClosed, 2, true}}, "reported"},
		"all of them struck":    {[]done{{dutylog.StepReported, 1, true}}, ""},
		"the whole way":         {[]done{{dutylog.StepReceived, 0, false}, {dutylog.StepReported, 1, false}, {dutylog.StepInstructed, 2, false}, {dutylog.StepPassedOn, 3, false}, {dutylog.StepFedBack, 4, false}, {dutylog.StepClosed, 5, false}}, "closed"},
		"closed, then reported": {[]done{{dutylog.StepClosed, 5, false}, {dutylog.StepReported, 4, false}}, "closed"},
	} {
		e := complete(t)
		for i, s := range c.steps {
			e = stepped(t, e, dutylog.StepDraft{Kind: s.kind, At: at(s.at), Whom: "市局", Text: fmt.Sprint(i), Channel: wayOf(s.kind)})
			if s.struck {
				var err error
				if e, err = e.StrikeStep(i+1, "有误", officer, later); err != nil {
					t.Fatal(err)
				}
			}
		}
		if e.Handling() != c.want || e.Pending() != (c.want != "" && c.want != "closed") {
			t.Errorf("%s: %q, pending %v; want %q", name, e.Handling(), e.Pending(), c.want)
		}
	}
	if e := opened(answered("1")); !e.Pending() {
		t.Error("an entry that is open is nothing that is to be dealt with")
	}
}

func TestAnEntryHasNotEndlessSteps(t *testing.T) {
	e := opened(answered("1"))
	for i := range 100 {
		e = stepped(t, e, dutylog.StepDraft{Kind: dutylog.StepFedBack, Text: fmt.Sprint(i)})
	}
	if _, err := e.AddStep(dutylog.StepDraft{Kind: dutylog.StepFedBack, Text: "x"}, officer, later); err == nil || !strings.Contains(err.Error(), "link") {
		t.Errorf("%v", err)
	}
}

// Whatever is appended and struck out in whatever order, nothing that was written is lost.
func TestWhateverIsDoneStepsStay(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		e := opened(answered("1"))
		for i := range 60 {
			before, revision := len(e.Steps), e.Revision
			rule := dutylog.StepRules()[r.IntN(len(dutylog.StepRules()))]
			next, err := e.AddStep(dutylog.StepDraft{Kind: rule.Kind, Channel: wayOf(rule.Kind), Whom: []string{"", "市局"}[r.IntN(2)], Text: []string{"", fmt.Sprint(i)}[r.IntN(2)], At: noon.Add(time.Duration(r.IntN(50)) * time.Second)}, officer, later)
			if r.IntN(3) == 0 {
				next, err = e.StrikeStep(r.IntN(before+2), "有误", officer, later)
			}
			if err != nil {
				continue
			}
			if next.Revision > revision+1 || len(next.Steps) < before || len(next.Steps) > before+1 {
				t.Fatalf("seed %d: %d steps after %d, revision %d after %d", seed, len(next.Steps), before, next.Revision, revision)
			}
			for j, s := range e.Steps {
				now := next.Steps[j]
				now.Struck, s.Struck = nil, nil
				if !cmp.Equal(s, now) {
					t.Fatalf("seed %d: step %d was changed", seed, j+1)
				}
			}
			e = next
		}
	}
}

func TestStepsAreFoundAndErased(t *testing.T) {
	e := stepped(t, complete(t), dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: "赵振华", Text: "立即核实"})
	e, err := e.StrikeStep(1, "批示对象有误", officer, later)
	if err != nil {
		t.Fatal(err)
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"place": "南塔街"}, Reason: "补记地点"})
	text := dutylog.SearchText(e, nil, shanghai)
	for _, q := range []string{"赵振华", "核实", "批示对象", "补记地点", "南塔"} {
		if !dutylog.Holds(text, dutylog.SearchWords(q)) {
			t.Errorf("%s is not found", q)
		}
	}
	for _, c := range []struct {
		fields []dutylog.Field
		gone   []string
		left   []string
	}{
		{[]dutylog.Field{dutylog.StepTexts}, []string{"赵振华", "立即核实", "批示对象有误"}, []string{"补记地点", "南塔街"}},
		{[]dutylog.Field{dutylog.CorrectionText}, []string{"补记地点"}, []string{"赵振华", "南塔街"}},
		{nil, []string{"赵振华", "立即核实", "批示对象有误", "补记地点", "南塔街"}, nil},
	} {
		order := dutylog.ErasureOrder{Fields: c.fields, Reason: "误录", By: leader}
		if _, err := order.Check(e); err != nil {
			t.Error(err)
		}
		left := e.Erase(dutylog.Erasure{Decision: 1, Fields: c.fields})
		all := fmt.Sprintf("%+v %+v %v", left, left.Steps, left.Steps[0].Struck)
		for _, word := range c.gone {
			if strings.Contains(all, word) || strings.Contains(dutylog.SearchText(left, nil, shanghai), word) {
				t.Errorf("%v leaves %s", c.fields, word)
			}
			if !strings.Contains(strings.Join(e.Words(order), " "), word) {
				t.Errorf("%v does not look for %s elsewhere", c.fields, word)
			}
		}
		for _, word := range c.left {
			if !strings.Contains(all, word) {
				t.Errorf("%v takes %s", c.fields, word)
			}
		}
		if s := left.Steps[0]; s.Kind != dutylog.StepInstructed || s.By != officer || s.Struck == nil || s.Struck.By != officer {
			t.Errorf("%v: what was done and by whom has to stay: %+v", c.fields, s)
		}
	}
	if e.Steps[0].Whom == "" || e.Steps[0].Struck.Reason == "" {
		t.Error("the entry itself was changed")
	}
}

func TestAStepDoesNotTouchACorrection(t *testing.T) {
	e := amend(t, complete(t), dutylog.EntryPatch{State: is(dutylog.Open), Reason: "补记"})
	e = stepped(t, e, dutylog.StepDraft{Kind: dutylog.StepReceived})
	if e.Correction != "补记" || e.State != dutylog.Open || !e.ReopenedAt.Equal(later) {
		t.Errorf("while it is corrected: %+v", e)
	}
	e = amend(t, e, dutylog.EntryPatch{State: is(dutylog.Complete)})
	if e.Correction != "补记" {
		t.Error("the revision that ends the correction does not say why")
	}
	if e = stepped(t, e, dutylog.StepDraft{Kind: dutylog.StepClosed}); e.Correction != "" {
		t.Errorf("a step is said to correct something: %q", e.Correction)
	}
}
