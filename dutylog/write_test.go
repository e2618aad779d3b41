package dutylog_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func draft(kind dutylog.Kind, v values) dutylog.Draft {
	return dutylog.Draft{Key: "0f3c9a77-1", Line: "duty", Kind: kind, Values: v}
}

func TestAPersonOpensWhatCameByAnotherWay(t *testing.T) {
	for _, kind := range dutylog.Written() {
		e, err := dutylog.OpenWritten(draft(kind, values{"content": "收到传真一份\x00"}), dutylog.Known{OnDuty: onDuty}, officer, later)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if e.ID != "w-0f3c9a77-1" || e.CallID != "" || e.Kind != kind || !e.KindChosen || e.State != dutylog.Open || e.Revision != 1 || e.Rostered != "张伟" ||
			e.WrittenBy != "zhangwei" || e.BySystem || !e.CallAt.Equal(later) || e.Values["content"] != "收到传真一份" || e.Phase != dutylog.NoCall {
			t.Errorf("%s: %+v", kind, e)
		}
	}
	for name, d := range map[string]dutylog.Draft{
		"key":  {Key: "short", Line: "duty", Kind: dutylog.KindFax},
		"kind": draft(dutylog.KindDuty, nil),
	} {
		_, err := dutylog.OpenWritten(d, dutylog.Known{OnDuty: onDuty}, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := dutylog.OpenWritten(draft(dutylog.KindFax, values{"colour": "red"}), dutylog.Known{}, officer, later); err == nil {
		t.Error("an unknown field is taken")
	}
}

func TestWhatEachWrittenKindAsksFor(t *testing.T) {
	for kind, c := range map[dutylog.Kind]values{
		dutylog.KindFax:     {"caller_unit": "市应急局", "contact_number": "02422730001", "content": "关于防汛的通知"},
		dutylog.KindWeChat:  {"caller_unit": "大东区", "caller_person": "李", "content": "积水照片"},
		dutylog.KindVisit:   {"caller_unit": "群众", "caller_person": "周", "contact_number": "13900001111", "content": "反映井盖缺失"},
		dutylog.KindPatrol:  {"place": "机房", "check_result": "正常"},
		dutylog.KindWarning: {"caller_unit": "市气象台", "warning_level": "黄色", "valid_until": "2026-11-24T00:00:00Z", "content": "大风黄色预警", "passed_to": "各街道"},
	} {
		e, err := dutylog.OpenWritten(draft(kind, nil), dutylog.Known{OnDuty: onDuty}, officer, later)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(len(c), len(e.Missing())); diff != "" {
			t.Errorf("%s lacks %v", kind, e.Missing())
		}
		e = amend(t, e, dutylog.EntryPatch{Values: c, State: is(dutylog.Complete)})
		if e.State != dutylog.Complete {
			t.Errorf("%s: %v", kind, e.Missing())
		}
	}
}

func TestTheReadBackIsAPlaceInTheCall(t *testing.T) {
	at := later.Add(1234567 * time.Nanosecond)
	e, err := opened(answered("1")).BeginReadBack(at, officer)
	if err != nil || !e.ReadBackBeganAt.Equal(at.Truncate(time.Millisecond)) || e.Revision != 2 || e.WrittenBy != "zhangwei" {
		t.Fatalf("%v: %+v", err, e)
	}
	again, err := e.BeginReadBack(at.Add(time.Minute), officer)
	if err != nil || !again.ReadBackBeganAt.After(e.ReadBackBeganAt) {
		t.Errorf("begun anew, the last time counts: %v, %v", again.ReadBackBeganAt, err)
	}
	if out, err := opened(ended(outbound("1"), telephony.PlacedUnanswered)).BeginReadBack(at, officer); err == nil {
		t.Errorf("read back to nobody: %+v", out)
	}
	written, err := dutylog.OpenWritten(draft(dutylog.KindFax, nil), dutylog.Known{}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]dutylog.Entry{"while it rings": opened(inbound("1")), "without a call": written, "when it is complete": complete(t),
		"in another room": opened(ended(inbound("1"), telephony.AnsweredElsewhere))} {
		_, err := e.BeginReadBack(at, officer)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "read_back" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSinceWhenAnEntryCouldBeComplete(t *testing.T) {
	hung := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		entry dutylog.Entry
		ended time.Time
		want  time.Time
	}{
		"the call runs":           {dutylog.Entry{CallID: "1", OpenedAt: noon}, time.Time{}, time.Time{}},
		"reopened while it runs":  {dutylog.Entry{CallID: "1", OpenedAt: noon, ReopenedAt: later}, time.Time{}, time.Time{}},
		"it is over":              {dutylog.Entry{CallID: "1", OpenedAt: noon}, hung, hung},
		"reopened afterwards":     {dutylog.Entry{CallID: "1", ReopenedAt: hung.Add(time.Hour)}, hung, hung.Add(time.Hour)},
		"reopened before the end": {dutylog.Entry{CallID: "1", ReopenedAt: noon}, hung, hung},
		"without a call":          {dutylog.Entry{OpenedAt: noon}, time.Time{}, noon},
	} {
		if got := dutylog.SinceOf(c.entry, c.ended); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestLinkOrders(t *testing.T) {
	o, err := dutylog.LinkOrder{A: "e-2", B: "e-1", Relation: dutylog.SameEvent, By: officer}.Check()
	if err != nil || o.A != "e-1" || o.B != "e-2" {
		t.Errorf("%+v, %v", o, err)
	}
	for field, o := range map[string]dutylog.LinkOrder{
		"relation": {A: "e-1", B: "e-2", Relation: "cousin"},
		"with":     {A: "e-1", B: "e-1", Relation: dutylog.SameEvent},
		"reason":   {A: "e-1", B: "e-2", Relation: dutylog.SameMatter, Undo: true, Reason: " "},
	} {
		_, err := o.Check()
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestDraftsAreReadStrictly(t *testing.T) {
	d, err := dutylog.ParseDraft([]byte(`{"key":"0f3c9a77-1","line":"duty","kind":"fax","content":"通知","caller_unit":""}`))
	want := dutylog.Draft{Key: "0f3c9a77-1", Line: "duty", Kind: dutylog.KindFax, Values: values{"content": "通知", "caller_unit": ""}}
	if diff := cmp.Diff(want, d); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for body, field := range map[string]string{``: "body", `[]`: "body", `{"key":1}`: "key", `{"key":"a","key":"b"}`: "key", `{"colour":"red"}`: "colour", `{"state":"open"}`: "state",
		`{"content":null}`: "content", `{} {}`: "body", "{\"content\":\"\xff\"}": "content"} {
		_, err := dutylog.ParseDraft([]byte(body))
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v, want an error about %s", body, err, field)
		}
	}
}

// Whatever somebody sends, an entry is opened by it as it is promised, or it is refused with a word
// about a field.
func FuzzParseDraft(f *testing.F) {
	for _, seed := range []string{`{"key":"0f3c9a77-1","line":"duty","kind":"fax","content":"通知"}`, `{"key":"........","kind":"warning","valid_until":"2026-02-30T00:00:00Z"}`,
		`{"kind":"patrol","place":"\u0000"}`, `{"key":"0f3c9a77-1","kind":"visit","read_back":"done"}`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := dutylog.ParseDraft(body)
		var e dutylog.Entry
		if err == nil {
			e, err = dutylog.OpenWritten(d, dutylog.Known{OnDuty: onDuty}, officer, later)
		}
		if err != nil {
			if !errors.As(err, new(*dutylog.InvalidError)) {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		again, err := dutylog.OpenWritten(d, dutylog.Known{OnDuty: onDuty}, officer, later)
		if diff := cmp.Diff(e, again); diff != "" || err != nil || e.State != dutylog.Open || e.ID != "w-"+d.Key {
			t.Fatalf("%q: %v\n%s", body, err, diff)
		}
		for field, v := range e.Values {
			if v == "" {
				t.Fatalf("%q: %s is empty", body, field)
			}
		}
	})
}
