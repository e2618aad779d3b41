package dutylog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// written is a complete entry with something in it to be erased.
func written() dutylog.Entry {
	return dutylog.Entry{ID: "e-1", CallID: "1", Kind: dutylog.KindDuty, State: dutylog.Complete, Revision: 4, WrittenBy: "wang",
		Values: map[dutylog.Field]string{dutylog.Content: "机密事项", dutylog.CallerUnit: "某局", dutylog.ReadBack: dutylog.ReadBackDone, dutylog.CallerTitle: "科长"},
		Gaps: map[dutylog.Field]dutylog.Gap{dutylog.ContactNumber: {Why: dutylog.Refused, Reason: "不便透露"},
			dutylog.CallerPerson: {Why: dutylog.NotGiven, Reason: "未报姓名"}},
		Candidates: []dutylog.Candidate{{Unit: "某局"}}, Number: telephony.ParseNumber("02422730001", "024")}
}

func TestEraseLeavesTheRest(t *testing.T) {
	before := written()
	got := before.Erase(dutylog.Erasure{Decision: 7, Fields: []dutylog.Field{dutylog.Content, dutylog.ContactNumber}})
	want := written()
	delete(want.Values, dutylog.Content)
	delete(want.Gaps, dutylog.ContactNumber)
	want.Erased = []dutylog.Erasure{{Decision: 7, Fields: []dutylog.Field{dutylog.Content, dutylog.ContactNumber}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.Missing()) != 0 {
		t.Errorf("what was erased is called missing: %v", got.Missing())
	}
	if diff := cmp.Diff(written(), before); diff != "" {
		t.Errorf("the entry itself was changed:\n%s", diff)
	}
}

func TestEraseEverything(t *testing.T) {
	got := written().Erase(dutylog.Erasure{Decision: 8})
	if len(got.Values)+len(got.Gaps)+len(got.Candidates) != 0 || got.Number != (telephony.Number{}) || len(got.Missing()) != 0 {
		t.Errorf("%+v", got)
	}
	if got.WrittenBy != "wang" || got.Revision != 4 || got.Kind != dutylog.KindDuty || got.State != dutylog.Complete {
		t.Errorf("who and when has to stay: %+v", got)
	}
	text, err := got.MarshalJSON()
	if err != nil || !strings.Contains(string(text), `"erased":[{"decision":8,"at":null,"fields":[]}]`) || strings.Contains(string(text), "机密") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestWordsOfAnErasure(t *testing.T) {
	e := written()
	if diff := cmp.Diff([]string{"机密事项"}, e.Words(dutylog.ErasureOrder{Fields: []dutylog.Field{dutylog.Content}})); diff != "" {
		t.Error(diff)
	}
	all := e.Words(dutylog.ErasureOrder{})
	if diff := cmp.Diff([]string{"某局", "未报姓名", "科长", "不便透露", "机密事项"}, all); diff != "" {
		t.Error(diff)
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	good := dutylog.ErasureOrder{EntryID: "e-1", Reason: "误录涉密内容", By: dutylog.Actor{Login: "zhao"}}
	held := written()
	held.Hold = &dutylog.Hold{Reason: "诉讼"}
	for name, c := range map[string]struct {
		change func(*dutylog.ErasureOrder)
		entry  dutylog.Entry
		field  string
	}{
		"good":       {func(*dutylog.ErasureOrder) {}, written(), ""},
		"held":       {func(*dutylog.ErasureOrder) {}, held, "hold"},
		"no reason":  {func(o *dutylog.ErasureOrder) { o.Reason = " \n" }, written(), "reason"},
		"long":       {func(o *dutylog.ErasureOrder) { o.Reason = strings.Repeat("字", 501) }, written(), "reason"},
		"nobody":     {func(o *dutylog.ErasureOrder) { o.By.Login = "" }, written(), "by"},
		"odd field":  {func(o *dutylog.ErasureOrder) { o.Fields = []dutylog.Field{"colour"} }, written(), "field"},
		"good field": {func(o *dutylog.ErasureOrder) { o.Fields = []dutylog.Field{dutylog.Content} }, written(), ""},
	} {
		o := good
		c.change(&o)
		_, err := o.Check(c.entry)
		var invalid *dutylog.InvalidError
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &invalid) || invalid.Field != c.field) {
			t.Errorf("%s: %v, want a fault of %q", name, err, c.field)
		}
	}
}

func TestHoldsAreSetAndReleasedOnce(t *testing.T) {
	free, held := written(), written()
	held.Hold = &dutylog.Hold{Reason: "诉讼", By: dutylog.Actor{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}}
	for _, c := range []struct {
		e      dutylog.Entry
		on     bool
		reason string
		field  string
	}{
		{free, true, "诉讼", ""}, {held, false, "结案", ""}, {free, false, "结案", "hold"}, {held, true, "诉讼", "hold"}, {free, true, "", "reason"},
	} {
		_, err := c.e.CheckHold(c.on, c.reason)
		var invalid *dutylog.InvalidError
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &invalid) || invalid.Field != c.field) {
			t.Errorf("on %v, held %v, %q: %v", c.on, c.e.Hold != nil, c.reason, err)
		}
	}
	text, err := held.MarshalJSON()
	if err != nil || !strings.Contains(string(text), `"hold":{"reason":"诉讼","by":{`) {
		t.Errorf("%v: %s", err, text)
	}
}

// A sheet loses what it shows of the entry, and nothing of any other.
func TestAnErasureOfASheet(t *testing.T) {
	sheet := dutylog.Sheet{Remarks: "某", Matters: []dutylog.Matter{{EntryID: "e-1", EntryNumber: "2026-000001", Who: "某", Number: "139", What: "某"}, {EntryID: "e-2", Who: "某", Number: "139", What: "某"}},
		Alerts: []dutylog.OpenAlert{{ID: 5, Title: "来电未接", Detail: "139"}, {ID: 6, Detail: "139"}}}
	for name, c := range map[string]struct {
		fields  []dutylog.Field
		entry   string
		want    string // who, number and what of the entry, and the alert's detail, where they are left
		changed bool
	}{
		"everything":           {nil, "e-1", "", true},
		"content":              {[]dutylog.Field{dutylog.Content}, "e-1", "who number detail", true},
		"the call-back":        {[]dutylog.Field{dutylog.CallBackResult}, "e-1", "who number detail", true},
		"whom we called":       {[]dutylog.Field{dutylog.CalledWhom}, "e-1", "number what detail", true},
		"the caller's title":   {[]dutylog.Field{dutylog.CallerTitle}, "e-1", "number what detail", true},
		"the contact's number": {[]dutylog.Field{dutylog.ContactNumber}, "e-1", "who what detail", true},
		"what it does not say": {[]dutylog.Field{dutylog.Place, dutylog.StepTexts}, "e-1", "who number what detail", false},
		"of no such entry":     {[]dutylog.Field{dutylog.Content}, "e-3", "who number what detail", false},
	} {
		left, changed := sheet.Erase(dutylog.Erasure{Decision: 1, Fields: c.fields}, c.entry, func(a dutylog.OpenAlert) bool { return a.ID == 5 })
		var got []string
		for word, text := range map[string]string{"who": left.Matters[0].Who, "number": left.Matters[0].Number, "what": left.Matters[0].What, "detail": left.Alerts[0].Detail} {
			if text != "" {
				got = append(got, word)
			}
		}
		want := strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || changed != c.changed || left.Remarks != "某" || left.Matters[1].What != "某" || left.Alerts[1].Detail != "139" || left.Alerts[0].Title != "来电未接" {
			t.Errorf("%s: left are %v, changed %v: %+v", name, got, changed, left)
		}
	}
	if sheet.Matters[0].Who != "某" || sheet.Alerts[0].Detail != "139" {
		t.Error("what was given was changed")
	}
}

// A sheet of which something was erased is read without its digest, which is that of what was confirmed;
// any other one is refused when its text is another.
func TestASheetThatWasErasedFromIsStillRead(t *testing.T) {
	h := dutylog.Handover{}
	h.Text, h.Digest = dutylog.Sheet{Remarks: "某"}.Freeze()
	if s, err := h.Sheet(); err != nil || s.Remarks != "某" {
		t.Fatal(s, err)
	}
	h.Text, _ = dutylog.Sheet{}.Freeze()
	if _, err := h.Sheet(); err == nil {
		t.Error("a text with another digest was read")
	}
	h.ErasedBy = 3
	if s, err := h.Sheet(); err != nil || s.Remarks != "" {
		t.Error(s, err)
	}
	h.Text = "gone"
	if _, err := h.Sheet(); err == nil {
		t.Error("what is no sheet was read")
	}
}

// Words in the remarks of a sheet: the longest first, so that no part of them stays; short ones only where
// the sheet shows the entry, for a name or a unit may stand there for another matter.
func TestErasedWordsInRemarks(t *testing.T) {
	words := []string{"科长", "文官屯街", "文官屯街起火三人受伤", "和平区应急局"}
	s := dutylog.Sheet{Remarks: "文官屯街起火三人受伤，科长已知；和平区应急局待复。"}
	if diff := cmp.Diff([]string{"文官屯街起火三人受伤"}, s.Remarked("e-1", words)); diff != "" {
		t.Errorf("a sheet that does not show it: %s", diff)
	}
	s.Matters = []dutylog.Matter{{EntryID: "e-1"}}
	found := s.Remarked("e-1", words)
	if diff := cmp.Diff([]string{"文官屯街起火三人受伤", "和平区应急局", "文官屯街"}, found); diff != "" {
		t.Error(diff)
	}
	for _, w := range found {
		s = s.Unremarked(w)
	}
	if s.Remarks != "〔已抹去〕，科长已知；〔已抹去〕待复。" {
		t.Errorf("left: %s", s.Remarks)
	}
	if s.Remarked("e-1", words) != nil || s.Remarked("e-1", nil) != nil {
		t.Errorf("found again: %v", s.Remarked("e-1", words))
	}
}
