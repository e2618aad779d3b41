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

// reached is a later call with a number in which somebody spoke, in its usual form for the direction.
func reached(d telephony.Direction, number string, o telephony.Outcome) telephony.Call {
	c := inbound(number)
	if d == telephony.Outbound {
		c = outbound(number)
	}
	c.ID, c.OfferedAt = "1795436999.0", noon.Add(10*time.Minute)
	c.AnsweredAt, c.EndedAt, c.Outcome = noon.Add(11*time.Minute), noon.Add(15*time.Minute), o
	return c
}

func TestWhichCallsWantACallBack(t *testing.T) {
	wants := []telephony.Outcome{telephony.Missed, telephony.AbandonedEarly, telephony.Engaged, telephony.Rejected,
		telephony.Unreachable, telephony.Forwarded, telephony.AnsweredByMachine}
	for _, o := range telephony.Outcomes() {
		want := false
		for _, w := range wants {
			want = want || w == o
		}
		if got := dutylog.WantsCallBack(ended(inbound("02422730001"), o)); got != want {
			t.Errorf("%s: %v", o, got)
		}
	}
	running := inbound("02422730001")
	if dutylog.WantsCallBack(running) {
		t.Error("a call that still rings is not missed")
	}
	for _, tag := range []telephony.Tag{telephony.TagTest, telephony.TagSystem} {
		c := ended(inbound("02422730001"), telephony.Missed)
		c.Tags = []telephony.Tag{tag}
		if dutylog.WantsCallBack(c) {
			t.Errorf("nobody calls back a call with the tag %s", tag)
		}
	}
	if dutylog.WantsCallBack(ended(outbound("02422730001"), telephony.PlacedUnanswered)) {
		t.Error("whom we did not reach is not somebody who called")
	}
}

func TestWhatSettlesAMissedCall(t *testing.T) {
	const number = "13800001111"
	missed := ended(inbound(number), telephony.Missed)
	for name, c := range map[string]struct {
		call telephony.Call
		want dutylog.SettledWhy
	}{
		"called back":                  {reached(telephony.Outbound, number, telephony.PlacedAnswered), dutylog.SettledByCallBack},
		"called back as +86":           {reached(telephony.Outbound, "+86"+number, telephony.PlacedAnswered), dutylog.SettledByCallBack},
		"called back with a zero":      {reached(telephony.Outbound, "0"+number, telephony.PlacedAnswered), dutylog.SettledByCallBack},
		"called again, late":           {reached(telephony.Inbound, number, telephony.AnsweredLate), dutylog.SettledByCaller},
		"called again, in time":        {reached(telephony.Inbound, "86"+number, telephony.AnsweredInTime), dutylog.SettledByCaller},
		"called again, elsewhere":      {reached(telephony.Inbound, number, telephony.AnsweredElsewhere), ""},
		"called again, by the machine": {reached(telephony.Inbound, number, telephony.AnsweredByMachine), ""},
		"called again, not seen":       {reached(telephony.Inbound, number, telephony.Unknown), ""},
		"called back, another number":  {reached(telephony.Outbound, "13800002222", telephony.PlacedAnswered), ""},
		"called back, not answered":    {notAnswered(reached(telephony.Outbound, number, telephony.PlacedUnanswered)), ""},
		"called back, still running":   {running(reached(telephony.Outbound, number, "")), ""},
		"called back, trunk is silent": {silentTrunk(reached(telephony.Outbound, number, telephony.PlacedAnswered)), ""},
		"answered before":              {before(reached(telephony.Outbound, number, telephony.PlacedAnswered)), ""},
		"a test call":                  {tagged(reached(telephony.Inbound, number, telephony.AnsweredInTime), telephony.TagTest), ""},
		"itself":                       {missed, ""},
	} {
		why, ok := dutylog.Settles(missed, c.call)
		if why != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, why, ok, c.want)
		}
	}
}

func notAnswered(c telephony.Call) telephony.Call { c.AnsweredAt = time.Time{}; return c }
func running(c telephony.Call) telephony.Call     { c.EndedAt = time.Time{}; return c }
func silentTrunk(c telephony.Call) telephony.Call {
	c.Findings = []telephony.Finding{telephony.SupervisionUnreliable}
	return c
}
func before(c telephony.Call) telephony.Call {
	c.OfferedAt, c.AnsweredAt, c.EndedAt = noon.Add(-time.Hour), noon.Add(-time.Hour), noon.Add(-time.Minute)
	return c
}
func tagged(c telephony.Call, tag telephony.Tag) telephony.Call {
	c.Tags = []telephony.Tag{tag}
	return c
}

func TestANumberThatWasNotGivenIsNobodys(t *testing.T) {
	for _, number := range []string{"", "anonymous", "Restricted"} {
		missed := ended(inbound(number), telephony.Missed)
		if why, ok := dutylog.Settles(missed, reached(telephony.Inbound, number, telephony.AnsweredInTime)); ok {
			t.Errorf("%q was taken for the same caller: %s", number, why)
		}
	}
	// Without a normal form two numbers are the same when they are written the same.
	missed := ended(inbound("8021"), telephony.Missed)
	if why, _ := dutylog.Settles(missed, reached(telephony.Outbound, "8021", telephony.PlacedAnswered)); why != dutylog.SettledByCallBack {
		t.Errorf("an extension was not called back: %q", why)
	}
	if _, ok := dutylog.Settles(missed, reached(telephony.Outbound, "8022", telephony.PlacedAnswered)); ok {
		t.Error("another extension settles it")
	}
}

func TestWhatAPersonSaysOfAMissedCall(t *testing.T) {
	want := []dutylog.SettledWhy{"other_phone", "other_number", "other_way", "no_number", "nobody_reached", "not_needed"}
	if diff := cmp.Diff(want, dutylog.SettledByHand()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		s     dutylog.Settlement
		field string
	}{
		{dutylog.Settlement{}, "why"},
		{dutylog.Settlement{Why: "forgotten", Text: "x"}, "why"},
		{dutylog.Settlement{Why: dutylog.SettledByCallBack, Text: "x"}, "why"}, // that is what the log finds out
		{dutylog.Settlement{Why: dutylog.SettledByEntry}, "why"},
		{dutylog.Settlement{Why: dutylog.NotNeeded}, "text"},
		{dutylog.Settlement{Why: dutylog.NotNeeded, Text: " \t "}, "text"},
		{dutylog.Settlement{Why: dutylog.OtherWay, Text: ""}, "text"},
		{dutylog.Settlement{Why: dutylog.OtherPhone}, "text"},
		{dutylog.Settlement{Why: dutylog.CalledFromOther}, "text"},
		{dutylog.Settlement{Why: dutylog.OtherPhone, Text: strings.Repeat("长", 501)}, "text"},
	} {
		_, err := c.s.Check()
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%+v: %v, want the field %s", c.s, err, c.field)
		}
	}
	for _, s := range []dutylog.Settlement{{Why: dutylog.OtherPhone, Text: "10:20手机"}, {Why: dutylog.CalledFromOther, Text: "10:20"}, {Why: dutylog.NoNumber}, {Why: dutylog.NotNeeded, Text: " 骚扰\x00电话 "}} {
		got, err := s.Check()
		if err != nil || got.Why != s.Why || strings.ContainsAny(got.Text, " \x00") {
			t.Errorf("%+v: %+v, %v", s, got, err)
		}
	}
}

// What stands in the fields of an entry settles nothing; the kind that a person chose may.
func TestWordsInAnEntrySettleNothing(t *testing.T) {
	for name, c := range map[string]struct {
		kind   dutylog.Kind
		chosen bool
		state  dutylog.EntryState
		result string
		want   bool
	}{
		"tried in vain":            {dutylog.KindMissed, true, dutylog.Complete, "已回拨3次，均无人接听", false},
		"said to be reached":       {dutylog.KindMissed, true, dutylog.Complete, "已回拨，对方已知悉", false},
		"called back, of a matter": {dutylog.KindDuty, true, dutylog.Complete, "已回拨", false},
		"nobody said anything":     {dutylog.KindMissed, false, dutylog.Complete, "", false},
		"a wrong number":           {dutylog.KindWrongNumber, true, dutylog.Complete, "", true},
		"a nuisance":               {dutylog.KindNuisance, true, dutylog.Complete, "", true},
		"a spot check":             {dutylog.KindSpotCheck, true, dutylog.Complete, "", true},
		"a nuisance by the system": {dutylog.KindNuisance, false, dutylog.Complete, "", false},
		"a nuisance that is open":  {dutylog.KindNuisance, true, dutylog.Open, "", false},
	} {
		e := dutylog.Entry{Kind: c.kind, KindChosen: c.chosen, State: c.state, Values: map[dutylog.Field]string{dutylog.CallBackResult: c.result}}
		if got := dutylog.ClosedWithoutCallBack(e); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
