package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	officer = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	leader  = dutylog.Actor{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
	later   = noon.Add(time.Minute)
)

type gaps = map[dutylog.Field]*dutylog.Gap

func is[T any](v T) *T { return &v }

// full is what a duty entry needs.
func full() values {
	return values{
		"caller_unit": "沈河区应急局", "caller_person": "王立新", "caller_title": "值班员",
		"contact_number": "02422730001", "content": "辖区一处居民楼冒烟，消防已到场。", "read_back": "done",
	}
}

func amend(t *testing.T, e dutylog.Entry, p dutylog.EntryPatch) dutylog.Entry {
	t.Helper()
	p.Revision = e.Revision
	next, err := e.Amend(p, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestAmendMakesTheNextRevision(t *testing.T) {
	before := opened(inbound("13900001111"))
	after := amend(t, before, dutylog.EntryPatch{Values: values{"content": "火情"}})
	if after.Revision != 2 || after.WrittenBy != "zhangwei" || after.Values["content"] != "火情" || after.State != dutylog.Open {
		t.Errorf("%+v", after)
	}
	if before.Revision != 1 || before.Values["content"] != "" || before.WrittenBy != "" {
		t.Errorf("the revision before was changed: %+v", before)
	}
}

func TestAmendThatChangesNothingIsNoRevision(t *testing.T) {
	e := amend(t, opened(inbound("13900001111")), dutylog.EntryPatch{Values: values{"content": "火情"}})
	for name, p := range map[string]dutylog.EntryPatch{
		"nothing asked":    {},
		"the same text":    {Values: values{"content": "火情"}},
		"the same kind":    {Kind: is(dutylog.KindDuty)},
		"the same state":   {State: is(dutylog.Open)},
		"a gap not there":  {Gaps: gaps{"caller_unit": nil}},
		"clear what is no": {Values: values{"caller_unit": ""}},
		"only a control":   {Values: values{"content": "火\x00情"}},
	} {
		p.Revision = e.Revision
		after, err := e.Amend(p, leader, later.Add(time.Hour))
		if err != nil || after.Revision != 2 || after.WrittenBy != "zhangwei" {
			t.Errorf("%s: revision %d by %s, %v", name, after.Revision, after.WrittenBy, err)
		}
	}
}

func TestStaleRevisionCarriesWhatStands(t *testing.T) {
	e := amend(t, opened(inbound("1")), dutylog.EntryPatch{Values: values{"content": "甲"}})
	for _, revision := range []int{1, 3, 0, -1} {
		_, err := e.Amend(dutylog.EntryPatch{Revision: revision, Values: values{"content": "甲"}}, leader, later)
		var stale *dutylog.StaleError
		if !errors.As(err, &stale) {
			t.Fatalf("revision %d: %v, want a StaleError", revision, err)
		}
		if diff := cmp.Diff(e, stale.Current); diff != "" {
			t.Errorf("the current entry (-want +got):\n%s", diff)
		}
		if !strings.Contains(err.Error(), "zhangwei") || !strings.Contains(err.Error(), "revision 2") {
			t.Errorf("the sentence does not say who and what: %s", err)
		}
	}
}

func TestAStaleRevisionSaysWhoChangedIt(t *testing.T) {
	call := inbound("13900001111")
	missed, _ := opened(call).Follow(ended(call, telephony.Missed), nil)
	written := amend(t, opened(call), dutylog.EntryPatch{Values: values{"content": "甲"}})
	writtenAndMissed, _ := written.Follow(ended(call, telephony.Missed), nil)
	old := missed
	old.BySystem = false // as in rows that were written before this was kept
	for name, c := range map[string]struct {
		stands dutylog.Entry
		want   string
	}{
		"by the call's end":              {missed, "by the system meanwhile (revision 2)"},
		"by the call's end, an old row":  {old, "by the system meanwhile (revision 2)"},
		"by a person":                    {written, "by zhangwei meanwhile (revision 2)"},
		"by a person, then by the end":   {writtenAndMissed, "by the system meanwhile (revision 3)"},
		"by the end, then by the person": {amend(t, writtenAndMissed, dutylog.EntryPatch{Values: values{"content": "乙"}}), "by zhangwei meanwhile (revision 4)"},
	} {
		_, err := c.stands.Amend(dutylog.EntryPatch{Revision: 1, Values: values{"content": "丙"}}, leader, later)
		if c.stands.Revision == 1 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestInvalidPatchesNameTheField(t *testing.T) {
	long := strings.Repeat("字", 501)
	for name, c := range map[string]struct {
		patch dutylog.EntryPatch
		field string
		says  string
	}{
		"kind":               {dutylog.EntryPatch{Kind: is(dutylog.Kind("fire"))}, "kind", `"fire"`},
		"state":              {dutylog.EntryPatch{State: is(dutylog.EntryState("done"))}, "state", `"done"`},
		"unknown field":      {dutylog.EntryPatch{Values: values{"colour": "red"}}, "colour", "no field"},
		"too long":           {dutylog.EntryPatch{Values: values{"caller_unit": long}}, "caller_unit", "501 characters; at most 500"},
		"content too long":   {dutylog.EntryPatch{Values: values{"content": strings.Repeat("字", 20001)}}, "content", "at most 20000"},
		"read back in words": {dutylog.EntryPatch{Values: values{"read_back": "yes"}}, "read_back", `"done"`},
		"category of one's own": {dutylog.EntryPatch{Values: values{"category": "火灾"}}, "category",
			`"火灾" is no category: choose 突发事件, 信息报送, 预警信息, 指示批示, 业务咨询, 通知传达 or 其他, or "" for none`},
		"gap of unknown field": {dutylog.EntryPatch{Gaps: gaps{"colour": {Why: dutylog.NotGiven, Reason: "x"}}}, "gaps.colour", "no field"},
		"gap without reason":   {dutylog.EntryPatch{Gaps: gaps{"caller_unit": {Why: dutylog.NotGiven, Reason: " \n"}}}, "gaps.caller_unit.reason", "why"},
		"gap reason too long":  {dutylog.EntryPatch{Gaps: gaps{"caller_unit": {Why: dutylog.NotGiven, Reason: long}}}, "gaps.caller_unit.reason", "at most 500"},
		"gap not for this":     {dutylog.EntryPatch{Gaps: gaps{"caller_unit": {Why: dutylog.NotPossible, Reason: "x"}}}, "gaps.caller_unit.why", "not_given, refused"},
		"read-back refused":    {dutylog.EntryPatch{Gaps: gaps{"read_back": {Why: dutylog.Refused, Reason: "x"}}}, "gaps.read_back.why", "not_possible"},
		"no gap at all":        {dutylog.EntryPatch{Gaps: gaps{"category": {Why: dutylog.NotGiven, Reason: "x"}}}, "gaps.category", "give its value"},
		"nobody refused why":   {dutylog.EntryPatch{Gaps: gaps{"called_why": {Why: dutylog.Refused, Reason: "x"}}}, "gaps.called_why.why", "allowed: not_given"},
		"value and gap": {dutylog.EntryPatch{Values: values{"caller_unit": "某局"},
			Gaps: gaps{"caller_unit": {Why: dutylog.NotGiven, Reason: "x"}}}, "gaps.caller_unit", "at once"},
	} {
		c.patch.Revision = 1
		before := opened(inbound("1"))
		_, err := before.Amend(c.patch, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v, want an InvalidError", name, err)
			continue
		}
		if invalid.Field != c.field || !strings.Contains(invalid.Reason, c.says) {
			t.Errorf("%s: %q: %q; want field %q and %q", name, invalid.Field, invalid.Reason, c.field, c.says)
		}
	}
}

func TestEveryCategoryIsTakenAndCleared(t *testing.T) {
	e := opened(inbound("1"))
	for _, c := range dutylog.Categories() {
		if e = amend(t, e, dutylog.EntryPatch{Values: values{"category": c}}); e.Values[dutylog.Category] != c {
			t.Errorf("%s became %q", c, e.Values[dutylog.Category])
		}
	}
	if e = amend(t, e, dutylog.EntryPatch{Values: values{"category": ""}}); e.Values[dutylog.Category] != "" {
		t.Errorf("cleared, it is %q", e.Values[dutylog.Category])
	}
}

// What was kept when other words were allowed stands until somebody chooses one.
func TestACategoryOfEarlierDaysDoesNotStandInTheWay(t *testing.T) {
	e := opened(inbound("1"))
	e.Values[dutylog.Category] = "火灾"
	if e = amend(t, e, dutylog.EntryPatch{Values: values{"content": "冒烟"}}); e.Values[dutylog.Category] != "火灾" {
		t.Errorf("the category became %q", e.Values[dutylog.Category])
	}
}

func TestTheLongestTextsAreKeptWhole(t *testing.T) {
	text := strings.Repeat("字", 20000)
	e := amend(t, opened(inbound("1")), dutylog.EntryPatch{Values: values{"content": text, "caller_unit": text[:1500]}})
	if e.Values["content"] != text || e.Values["caller_unit"] != text[:1500] {
		t.Error("a text within its limit was cut")
	}
}

func TestControlCharactersGo(t *testing.T) {
	e := amend(t, opened(inbound("1")), dutylog.EntryPatch{Values: values{
		"content": "第一行\r\n第二行\tx\x00\x1b[31m\x7f\u0085 ", "caller_unit": "\x00\x01",
	}})
	if got := e.Values["content"]; got != "第一行\n第二行\tx[31m " {
		t.Errorf("content %q", got)
	}
	if _, there := e.Values["caller_unit"]; there {
		t.Error("a text of control characters alone is kept as a value")
	}
}

func TestGapsAndValuesTakeTurns(t *testing.T) {
	gap := &dutylog.Gap{Why: dutylog.Refused, Reason: "对方不愿说"}
	e := amend(t, opened(inbound("13900001111"), shenhe), dutylog.EntryPatch{Gaps: gaps{"caller_person": gap}})
	if e.Values["caller_person"] != "" || e.Gaps["caller_person"] != *gap {
		t.Fatalf("a gap does not clear the value: %v %v", e.Values, e.Gaps)
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"caller_person": ""}})
	if e.Gaps["caller_person"] != *gap {
		t.Fatal("clearing an empty value ended the gap")
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"caller_person": "王立新"}})
	if len(e.Gaps) != 0 || e.Values["caller_person"] != "王立新" {
		t.Fatalf("a value does not end the gap: %v %v", e.Values, e.Gaps)
	}
	e = amend(t, e, dutylog.EntryPatch{Gaps: gaps{"caller_person": gap}})
	e = amend(t, e, dutylog.EntryPatch{Gaps: gaps{"caller_person": nil}})
	if len(e.Gaps) != 0 || e.Values["caller_person"] != "" {
		t.Fatalf("a cleared gap leaves something: %v %v", e.Values, e.Gaps)
	}
}

func TestWhatIsMissingByKind(t *testing.T) {
	for name, c := range map[string]struct {
		kind   dutylog.Kind
		values values
		gaps   gaps
		want   []dutylog.Field
	}{
		"duty, nothing":       {dutylog.KindDuty, nil, nil, []dutylog.Field{"caller_unit", "caller_person", "caller_title", "contact_number", "content", "read_back"}},
		"duty, all":           {dutylog.KindDuty, full(), nil, []dutylog.Field{}},
		"duty, blanks":        {dutylog.KindDuty, values{"caller_unit": " \n", "content": "　"}, nil, []dutylog.Field{"caller_unit", "caller_person", "caller_title", "contact_number", "content", "read_back"}},
		"missed, nothing":     {dutylog.KindMissed, nil, nil, []dutylog.Field{"call_back_result"}},
		"missed, called back": {dutylog.KindMissed, values{"call_back_result": "已回拨，无事"}, nil, []dutylog.Field{}},
		"missed, impossible":  {dutylog.KindMissed, nil, gaps{"call_back_result": {Why: dutylog.NotPossible, Reason: "号码未显示"}}, []dutylog.Field{}},
		"wrong number":        {dutylog.KindWrongNumber, nil, nil, []dutylog.Field{}},
		"nuisance":            {dutylog.KindNuisance, nil, nil, []dutylog.Field{}},
		"spot check":          {dutylog.KindSpotCheck, values{"inspector": "市督查室 刘"}, nil, []dutylog.Field{"caller_unit", "check_result"}},
		"outgoing":            {dutylog.KindOutgoing, values{"called_whom": "市水务局"}, nil, []dutylog.Field{"called_why"}},
		"read-back impossible": {dutylog.KindDuty, func() values { v := full(); delete(v, "read_back"); return v }(),
			gaps{"read_back": {Why: dutylog.NotPossible, Reason: "对方已挂断"}}, []dutylog.Field{}},
	} {
		e := amend(t, opened(callOf(c.kind, "")), dutylog.EntryPatch{Kind: &c.kind, Values: c.values, Gaps: c.gaps})
		if diff := cmp.Diff(c.want, e.Missing()); diff != "" {
			t.Errorf("%s: missing (-want +got):\n%s", name, diff)
		}
		_, err := e.Amend(dutylog.EntryPatch{Revision: e.Revision, State: is(dutylog.Complete)}, officer, later)
		var incomplete *dutylog.IncompleteError
		if errors.As(err, &incomplete) != (len(c.want) > 0) {
			t.Errorf("%s: completing gives %v", name, err)
		} else if incomplete != nil && !cmp.Equal(incomplete.Missing, c.want) {
			t.Errorf("%s: the error names %v, want %v", name, incomplete.Missing, c.want)
		}
	}
}

func TestCompleteAndOpenAgain(t *testing.T) {
	e := amend(t, opened(answered("1")), dutylog.EntryPatch{Values: full(), State: is(dutylog.Complete)})
	if e.State != dutylog.Complete || !e.CompletedAt.Equal(later) || e.Revision != 2 {
		t.Fatalf("%+v", e)
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"content": "更正：两处冒烟"}, Reason: "核对录音后更正"})
	if e.State != dutylog.Complete || !e.CompletedAt.Equal(later) || e.Revision != 3 {
		t.Errorf("a correction that leaves nothing missing opened the entry: %+v", e)
	}
	lost := amend(t, e, dutylog.EntryPatch{Values: values{"content": ""}, Reason: "内容有误"})
	if lost.State != dutylog.Open || !lost.CompletedAt.IsZero() {
		t.Errorf("an entry without its content is still complete: %+v", lost)
	}
	other := amend(t, e, dutylog.EntryPatch{Kind: is(dutylog.KindSpotCheck), Reason: "是抽查"})
	if other.State != dutylog.Open {
		t.Error("an entry is complete as a kind whose values it lacks")
	}
	reopened := amend(t, e, dutylog.EntryPatch{State: is(dutylog.Open), Reason: "补记"})
	if reopened.State != dutylog.Open || !reopened.CompletedAt.IsZero() {
		t.Errorf("%+v", reopened)
	}
	_, err := e.Amend(dutylog.EntryPatch{Revision: e.Revision, State: is(dutylog.Complete), Values: values{"content": ""}}, officer, later)
	if !errors.As(err, new(*dutylog.IncompleteError)) {
		t.Errorf("a patch that asks for complete and takes the content away: %v", err)
	}
}

func TestAnOutgoingCallThatReachedNobodyIsCompletedByGaps(t *testing.T) {
	for why, whom := range map[string]dutylog.GapWhy{"业务代码 *#06#": dutylog.NotGiven, "误拨，对方不肯说明": dutylog.Refused} {
		e := amend(t, opened(outbound("*57*13904011234#")), dutylog.EntryPatch{State: is(dutylog.Complete), Gaps: gaps{
			"called_whom": {Why: whom, Reason: why}, "called_why": {Why: dutylog.NotGiven, Reason: why}}})
		if e.Kind != dutylog.KindOutgoing || e.State != dutylog.Complete || len(e.Missing()) != 0 {
			t.Errorf("%s: %s entry is %s and lacks %v", why, e.Kind, e.State, e.Missing())
		}
	}
}

func TestWrongNumberIsClosedByOneKey(t *testing.T) {
	for _, kind := range []dutylog.Kind{dutylog.KindWrongNumber, dutylog.KindNuisance} {
		e := amend(t, opened(inbound("1")), dutylog.EntryPatch{Kind: &kind, State: is(dutylog.Complete)})
		if e.State != dutylog.Complete || e.Kind != kind || e.Revision != 2 {
			t.Errorf("%s: %+v", kind, e)
		}
	}
}

func TestReadBackKeepsWhoAndWhen(t *testing.T) {
	e := amend(t, opened(answered("1")), dutylog.EntryPatch{Values: values{"read_back": "done"}})
	if e.ReadBackBy != "zhangwei" || !e.ReadBackAt.Equal(later) {
		t.Fatalf("read back by %q at %v", e.ReadBackBy, e.ReadBackAt)
	}
	next, err := e.Amend(dutylog.EntryPatch{Revision: 2, Values: values{"category": "其他", "read_back": "done"}}, leader, later.Add(time.Hour))
	if err != nil || next.ReadBackBy != "zhangwei" || !next.ReadBackAt.Equal(later) {
		t.Errorf("who read back first was lost: %q at %v, %v", next.ReadBackBy, next.ReadBackAt, err)
	}
	cleared := amend(t, e, dutylog.EntryPatch{Values: values{"read_back": ""}})
	gap := amend(t, e, dutylog.EntryPatch{Gaps: gaps{"read_back": {Why: dutylog.NotPossible, Reason: "对方已挂断"}}})
	for _, e := range []dutylog.Entry{cleared, gap} {
		if e.ReadBackBy != "" || !e.ReadBackAt.IsZero() {
			t.Errorf("nobody read back, yet it says %q at %v", e.ReadBackBy, e.ReadBackAt)
		}
	}
}

func TestWhatChangesAfterItWasReadBackIsSaid(t *testing.T) {
	refused := gaps{"caller_title": {Why: dutylog.Refused, Reason: "不愿说"}}
	for name, c := range map[string]struct {
		patches []dutylog.EntryPatch // by the leader, after the officer read back
		changed bool
		by      string // who read back
	}{
		"content":                        {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}}, true, "zhangwei"},
		"unit":                           {[]dutylog.EntryPatch{{Values: values{"caller_unit": "浑南区"}}}, true, "zhangwei"},
		"person cleared":                 {[]dutylog.EntryPatch{{Values: values{"caller_person": ""}}}, true, "zhangwei"},
		"a gap for the title":            {[]dutylog.EntryPatch{{Gaps: refused}}, true, "zhangwei"},
		"number":                         {[]dutylog.EntryPatch{{Values: values{"contact_number": "13900001111"}}}, true, "zhangwei"},
		"and something else afterwards":  {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}, {Values: values{"category": "其他"}}}, true, "zhangwei"},
		"category":                       {[]dutylog.EntryPatch{{Values: values{"category": "其他"}}}, false, "zhangwei"},
		"the same content":               {[]dutylog.EntryPatch{{Values: values{"content": full()["content"]}}}, false, "zhangwei"},
		"read back again":                {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}, {Values: values{"read_back": "done"}}}, false, "zhao"},
		"changed and read back at once":  {[]dutylog.EntryPatch{{Values: values{"content": "更正", "read_back": "done"}}}, false, "zhao"},
		"said again without a change":    {[]dutylog.EntryPatch{{Values: values{"read_back": "done"}}}, false, "zhangwei"},
		"taken back":                     {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}, {Values: values{"read_back": ""}}}, false, ""},
		"taken back and done once more":  {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}, {Values: values{"read_back": ""}}, {Values: values{"read_back": "done"}}}, false, "zhao"},
		"it was not possible after all":  {[]dutylog.EntryPatch{{Values: values{"content": "更正"}}, {Gaps: gaps{"read_back": {Why: dutylog.NotPossible, Reason: "已挂断"}}}}, false, ""},
		"taken back, changed, read back": {[]dutylog.EntryPatch{{Values: values{"read_back": ""}}, {Values: values{"content": "更正"}}, {Values: values{"read_back": "done"}}}, false, "zhao"},
	} {
		e := amend(t, opened(answered("1")), dutylog.EntryPatch{Values: full(), State: is(dutylog.Complete)})
		if e.ChangedAfterReadBack {
			t.Fatal("text and read-back came together, yet the text is said to be newer")
		}
		for i, p := range c.patches {
			p.Revision = e.Revision
			if e.State == dutylog.Complete {
				p.Reason = "更正"
			}
			next, err := e.Amend(p, leader, later.Add(time.Duration(i+1)*time.Hour))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e = next
		}
		if e.ChangedAfterReadBack != c.changed || e.ReadBackBy != c.by {
			t.Errorf("%s: changed after the read-back %v, read back by %q; want %v, %q", name, e.ChangedAfterReadBack, e.ReadBackBy, c.changed, c.by)
		}
		if c.by == "zhao" && !e.ReadBackAt.Equal(later.Add(time.Duration(len(c.patches))*time.Hour)) {
			t.Errorf("%s: read back at %v", name, e.ReadBackAt)
		}
		if c.changed && len(e.Missing()) == 0 && e.State != dutylog.Complete {
			t.Errorf("%s: the doubt alone opened the entry", name)
		}
	}
}

func TestAmendIsAllOrNothing(t *testing.T) {
	e := opened(inbound("1"))
	_, err := e.Amend(dutylog.EntryPatch{Revision: 1, Values: values{"content": "x", "zzz": "y"}}, officer, later)
	if err == nil || e.Values["content"] != "" {
		t.Errorf("half of a bad patch was taken: %v, %v", e.Values, err)
	}
}

func TestErrorsFinishTheSentence(t *testing.T) {
	err := &dutylog.IncompleteError{EntryID: "e-1.0", Missing: []dutylog.Field{"content", "read_back"}}
	if got, want := err.Error(), "entry e-1.0 cannot be completed: fill in content, read_back, or say why it is not given"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (&dutylog.InvalidError{Field: "kind", Reason: "is wrong"}).Error(); got != "kind: is wrong" {
		t.Errorf("%q", got)
	}
}

func TestPrefilledButUntouchedEntryCanBeCompletedWithTheRest(t *testing.T) {
	e := opened(answered("02422730001"), shenhe)
	e = amend(t, e, dutylog.EntryPatch{Values: values{"content": "例行询问", "read_back": "done"}, State: is(dutylog.Complete)})
	if e.State != dutylog.Complete || e.Values[dutylog.CallerPerson] != "王立新" {
		t.Errorf("%+v", e)
	}
	if e.Number != telephony.ParseNumber("02422730001", "024") {
		t.Errorf("number %+v", e.Number)
	}
}
