package dutylog_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// told is an entry in three revisions as autosave keeps them, with a call as a step of it.
func toldOfFire() []dutylog.Entry {
	step := dutylog.Step{Number: 1, Kind: dutylog.StepFedBack, Whom: "刘队长", Text: "现场反馈：三楼有人被困", CallID: "c-2"}
	all := make([]dutylog.Entry, 3)
	for n, v := range []map[dutylog.Field]string{
		{dutylog.Place: "南京", dutylog.CallerPerson: "王"},
		{dutylog.Place: "南京北街12号", dutylog.CallerPerson: "王强", dutylog.Content: "王强家起火，其子烧伤"},
		{dutylog.Place: "南京北街12号", dutylog.CallerPerson: "王强", dutylog.Content: "王强家起火，其子烧伤", dutylog.Casualties: "2人", dutylog.CallerTitle: "户主"},
	} {
		all[n] = dutylog.Entry{ID: "e-1", CallID: "c-1", Kind: dutylog.KindDuty, Values: v, Number: telephony.ParseNumber("13900001111", "024"), Steps: []dutylog.Step{step}}
	}
	return all
}

func TestWhatAnErasureTakesFromAnIncident(t *testing.T) {
	order := func(fields ...dutylog.Field) dutylog.ErasureOrder { return dutylog.ErasureOrder{Fields: fields} }
	elements := func(place, casualties string) map[dutylog.Element]string {
		return map[dutylog.Element]string{dutylog.ElementPlace: place, dutylog.ElementCasualties: casualties, dutylog.ElementNature: "火灾"}
	}
	for name, c := range map[string]struct {
		order dutylog.ErasureOrder
		names []string
		say   dutylog.FactBody
		want  dutylog.FactBody
		steps int
	}{
		"what was copied": {order(dutylog.Place), nil, dutylog.FactBody{Elements: elements("南京北街12号", "2人")}, dutylog.FactBody{Elements: elements(dutylog.RemarksErased, "2人")}, 1},
		"a short value of an element, and in no other text": {order(dutylog.Casualties), nil, dutylog.FactBody{Elements: elements("12人街", "2人"), Text: "疏散12人"},
			dutylog.FactBody{Elements: elements("12人街", dutylog.RemarksErased), Text: "疏散12人"}, 1},
		"what was shortened": {order(dutylog.Content, dutylog.Place), nil, dutylog.FactBody{Elements: elements("南京北街…", "")}, dutylog.FactBody{Elements: elements(dutylog.RemarksErased, "")}, 1},
		"words in a report's text": {order(dutylog.Content, dutylog.CallerPerson), nil, dutylog.FactBody{Report: 1, Version: 2, Text: "接报：王强家起火，其子烧伤。王强已到医院，南京路畅通。"},
			dutylog.FactBody{Report: 1, Version: 2, Text: "接报：〔已抹去〕。〔已抹去〕已到医院，南京路畅通。"}, 2},
		"what was typed at first is no word": {order(dutylog.Place), nil, dutylog.FactBody{Text: "南京路畅通"}, dutylog.FactBody{}, 0},
		"instruction, receiver and proof": {order(), nil, dutylog.FactBody{Whom: "王强", Receiver: "王强", Evidence: "王强签收", Reason: "户主王强来电", Phone: "13900001111"},
			dutylog.FactBody{Whom: "〔已抹去〕", Receiver: "〔已抹去〕", Evidence: "〔已抹去〕签收", Reason: "户主〔已抹去〕来电", Phone: "13900001111"}, 1},
		"the number, with everything": {order(), []string{"13900001111"}, dutylog.FactBody{Phone: "13900001111", Text: "回拨13900001111"}, dutylog.FactBody{Phone: "〔已抹去〕", Text: "回拨〔已抹去〕"}, 1},
		"what a step was":             {order(dutylog.StepTexts), nil, dutylog.FactBody{CallID: "c-2", Whom: "刘队长", Text: "三楼有人被困", Part: "feedback"}, dutylog.FactBody{CallID: "c-2", Whom: "〔已抹去〕", Text: "〔已抹去〕", Part: "feedback"}, 2},
		"another call":                {order(dutylog.StepTexts), nil, dutylog.FactBody{CallID: "c-3", Whom: "刘队", Text: "三楼"}, dutylog.FactBody{}, 0},
		"who approved stays":          {order(), nil, dutylog.FactBody{Login: "王强", Name: "王强", Recipient: "government", Channel: "fax"}, dutylog.FactBody{}, 0},
		"what is not erased":          {order(dutylog.Trend), nil, dutylog.FactBody{Elements: elements("南京北街12号", "2人"), Text: "王强"}, dutylog.FactBody{}, 0},
	} {
		x := dutylog.ErasureOfIncidents(c.order, toldOfFire(), c.names)
		fact := dutylog.IncidentFact{Body: c.say}
		before := cmp.Diff(fact, dutylog.IncidentFact{})
		left := x.Of(fact)
		if len(left) < min(c.steps, 1) || c.steps == 0 && left != nil {
			t.Errorf("%s: %d steps, want %d", name, len(left), c.steps)
			continue
		}
		if c.steps > 0 {
			if diff := cmp.Diff(c.want, left[len(left)-1]); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
		}
		if cmp.Diff(fact, dutylog.IncidentFact{}) != before {
			t.Errorf("%s: the fact itself was changed", name)
		}
	}
}

// Every step of an erasure takes one word or value: so its trigger can look at each by itself.
func TestAnErasureOfAFactGoesWordByWord(t *testing.T) {
	x := dutylog.ErasureOfIncidents(dutylog.ErasureOrder{}, toldOfFire(), nil)
	left := x.Of(dutylog.IncidentFact{Body: dutylog.FactBody{Text: "王强家起火，其子烧伤；南京北街12号；王强。"}})
	var texts []string
	for _, b := range left {
		texts = append(texts, b.Text)
	}
	want := []string{"〔已抹去〕；南京北街12号；王强。", "〔已抹去〕；〔已抹去〕；王强。", "〔已抹去〕；〔已抹去〕；〔已抹去〕。"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}

func TestAnErasureOfWhatASheetShowsOfIncidents(t *testing.T) {
	x := dutylog.ErasureOfIncidents(dutylog.ErasureOrder{Fields: []dutylog.Field{dutylog.Place, dutylog.CallerPerson}}, toldOfFire(), nil)
	sheet := dutylog.Sheet{Remarks: "南京北街12号", Incidents: []dutylog.OpenIncident{
		{ID: 1, Number: "T2026-001", Title: "南京北街12号 火灾", Instructions: []dutylog.OpenInstruction{{Whom: "区长", Text: "安抚王强一家"}, {Whom: "区长", Text: "查明原因"}}},
		{ID: 2, Title: "南京北街12号 火灾"}}}
	left, changed := sheet.EraseIncidents(x, []int64{1})
	want := []dutylog.OpenIncident{
		{ID: 1, Number: "T2026-001", Title: "〔已抹去〕", Instructions: []dutylog.OpenInstruction{{Whom: "区长", Text: "〔已抹去〕"}, {Whom: "区长", Text: "查明原因"}}},
		{ID: 2, Title: "南京北街12号 火灾", Instructions: []dutylog.OpenInstruction{}}}
	if diff := cmp.Diff(want, left.Incidents); diff != "" || !changed || left.Remarks != sheet.Remarks {
		t.Errorf("changed %v: %s", changed, diff)
	}
	if again, changed := left.EraseIncidents(x, []int64{1}); changed {
		t.Errorf("erased twice: %+v", again.Incidents)
	}
	if _, changed := sheet.EraseIncidents(x, []int64{3}); changed || sheet.Incidents[0].Title != "南京北街12号 火灾" {
		t.Error("a sheet without that incident, or what was given, was changed")
	}
}

// A changed number of casualties made a report due; that it did stays, though the numbers are gone.
func TestAnErasureMovesNoDeadline(t *testing.T) {
	p := newPlay(t, "2026-11-23 08:00").at("2026-11-23 08:05").sends(dutylog.StageFirst, "1人受伤").at("2026-11-23 08:30").sends(dutylog.StageWritten, "1人受伤")
	p.at("2026-11-23 08:40").knows("1人死亡")
	i := p.i
	if got := p.clock(i.NextDue().DueAt); i.NextDue().Stage != dutylog.StageFollowUp || got != p.clock(p.time("2026-11-23 08:50")) {
		t.Fatalf("%s of %s is due: this test would prove nothing", got, i.NextDue().Words())
	}
	facts := i.Facts
	for n, f := range facts {
		if _, says := f.Body.Elements[dutylog.ElementCasualties]; says {
			facts[n].Body.Elements[dutylog.ElementCasualties] = dutylog.RemarksErased
		}
	}
	if after := dutylog.FoldIncident(i.ID, facts); after.NextDue() == nil || !after.NextDue().DueAt.Equal(i.NextDue().DueAt) {
		t.Errorf("due %+v, was %v", after.NextDue(), i.NextDue().DueAt)
	}
}

// Whatever was written: afterwards no word is in any text, every step changes something, and nothing but texts.
func TestAnErasureLeavesNoWordInAnyText(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 46))
	pieces := []string{"王强", "南京北街12号", "王强家起火，其子烧伤", "南京", "其子", "火灾", "，", "2人", "13900001111", "南京北街12", "王"}
	text := func() (s string) {
		for range random.IntN(6) {
			s += pieces[random.IntN(len(pieces))]
		}
		return s
	}
	x := dutylog.ErasureOfIncidents(dutylog.ErasureOrder{}, toldOfFire(), []string{"13900001111"})
	for range 2000 {
		b := dutylog.FactBody{Report: 1, Version: 3, Text: text(), Whom: text(), Reason: text(), Receiver: text(), Evidence: text(), Phone: text(), CallID: "c-2", Login: "王强",
			Elements: map[dutylog.Element]string{dutylog.ElementPlace: text(), dutylog.ElementCasualties: text()}}
		last := b
		for _, step := range x.Of(dutylog.IncidentFact{Body: b}) {
			if cmp.Equal(step, last) {
				t.Fatalf("a step changes nothing: %+v", step)
			}
			last = step
		}
		for _, said := range []string{last.Text, last.Whom, last.Reason, last.Receiver, last.Evidence, last.Phone, last.Elements[dutylog.ElementPlace], last.Elements[dutylog.ElementCasualties]} {
			for _, w := range x.Words {
				if strings.Contains(said, w) {
					t.Fatalf("%q still says %s, of %+v", said, w, b)
				}
			}
		}
		if last.Report != 1 || last.Version != 3 || last.Login != "王强" || last.CallID != "c-2" || len(last.Elements) != 2 {
			t.Fatalf("more than texts was changed: %+v", last)
		}
		if again := x.Of(dutylog.IncidentFact{Body: last}); again != nil {
			t.Fatalf("erased again: %+v", again)
		}
	}
}
