package alerts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	update = flag.Bool("update", false, "write the golden file anew")
	noon   = time.Date(2026, 11, 23, 4, 17, 59, 603_000_000, time.UTC)
)

func call(change func(*telephony.Call)) *telephony.Call {
	c := &telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: noon}
	if change != nil {
		change(c)
	}
	return c
}

func over(o telephony.Outcome) *telephony.Call {
	return call(func(c *telephony.Call) { c.Outcome, c.EndedAt = o, noon.Add(time.Minute) })
}

func line(s telephony.State) telephony.Change {
	return telephony.Change{Kind: telephony.LineChanged, Line: "duty", At: noon, State: telephony.LineState{Line: "duty", State: s, Since: noon}}
}

// cases is every change that may be told, and those that are not.
func cases() map[string]telephony.Change {
	all := map[string]telephony.Change{
		"offered":      {Kind: telephony.CallOffered, Call: call(nil)},
		"rang":         {Kind: telephony.CallRang, Call: call(nil)},
		"ring 3":       {Kind: telephony.CallRing3, Call: call(nil)},
		"limit passed": {Kind: telephony.CallLimit, Call: call(nil)},
		"answered":     {Kind: telephony.CallAnswered, Call: call(nil)},
		"updated":      {Kind: telephony.CallUpdated, Call: call(nil), Finding: telephony.BellBehindCaller},
		"forwarded, with the target": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Outcome, c.EndedAt, c.ForwardedTo = telephony.Forwarded, noon, "13900001111"
		})},
		"engaged without a call": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Outcome, c.EndedAt, c.Findings = telephony.Engaged, noon, []telephony.Finding{telephony.BusyWithoutCall}
		})},
		"a service code is dialled": {Kind: telephony.CallUpdated, Finding: telephony.FeatureCode, Call: call(func(c *telephony.Call) {
			c.Direction, c.Called.Raw, c.Findings = telephony.Outbound, "*57*13900001111#", []telephony.Finding{telephony.FeatureCode}
		})},
		"a service code was dialled": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Direction, c.Called.Raw, c.Findings = telephony.Outbound, "*57*13900001111#", []telephony.Finding{telephony.FeatureCode}
			c.Outcome, c.EndedAt = telephony.PlacedFailed, noon
		})},
		"missed test call":  {Kind: telephony.CallEnded, Call: tagged(telephony.TagTest)},
		"missed alert call": {Kind: telephony.CallEnded, Call: tagged(telephony.TagSystem)},
		"missed spot check": {Kind: telephony.CallEnded, Call: tagged(telephony.TagSpotCheck)},
		"fault":             {Kind: telephony.LineFault, Finding: telephony.QualifyOff, Detail: "PJSIP/duty: set qualify_frequency=10"},
		"fault cleared":     {Kind: telephony.LineFaultEnd, Finding: telephony.QualifyOff, Detail: "PJSIP/duty: set qualify_frequency=10"},
	}
	for _, o := range telephony.Outcomes() {
		all["ended "+string(o)] = telephony.Change{Kind: telephony.CallEnded, Call: over(o)}
	}
	for _, s := range []telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking, telephony.LineUnreachable, telephony.LineStateUnknown, ""} {
		all["line "+string(s)] = line(s)
	}
	for name, ch := range all {
		ch.Line, ch.At = "duty", noon
		all[name] = ch
	}
	return all
}

func tagged(tag telephony.Tag) *telephony.Call {
	c := over(telephony.Missed)
	c.Tags = []telephony.Tag{tag}
	return c
}

// rules know the shipped codes.
func rules() alerts.Rules {
	return alerts.Rules{Codes: map[string]alerts.Codes{"duty": alerts.ShippedCodes()}}
}

func TestWhatIsToldIsAsWritten(t *testing.T) {
	got := map[string]any{}
	for name, ch := range cases() {
		told := []any{}
		for _, a := range rules().From(ch) {
			if len(a.Ends) > 0 {
				told = append(told, map[string]any{"ends": a.Ends})
				continue
			}
			raw, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, json.RawMessage(raw))
		}
		got[name] = told
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/alerts.golden.json"
	if *update {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("alerts differ (-golden +now); run with -update when this is meant:\n%s", diff)
	}
}

func TestSameChangeSameKeys(t *testing.T) {
	for name, ch := range cases() {
		first := rules().From(ch)
		if diff := cmp.Diff(first, rules().From(ch)); diff != "" {
			t.Errorf("%s: twice the same change gives other alerts:\n%s", name, diff)
		}
		keys := map[string]bool{}
		for _, a := range first {
			ends := len(a.Ends) > 0
			if ends != (a.Key == "") || ends != (a.Reason == "") || a.Line != "duty" || !a.At.Equal(noon) {
				t.Errorf("%s: incomplete: %+v", name, a)
			}
			if !ends && (keys[a.Key] || a.Rule == "" || a.Certainty == "" || a.Severity == "") {
				t.Errorf("%s: twice, or without rule, certainty and severity: %+v", name, a)
			}
			keys[a.Key] = true
		}
	}
}

// problems are the alerts of a change that are none of an end.
func problems(ch telephony.Change) []alerts.Alert {
	return slices.DeleteFunc(rules().From(ch), func(a alerts.Alert) bool { return len(a.Ends) > 0 })
}

// ends are the keys that a change ends.
func ends(ch telephony.Change) (keys []string) {
	for _, a := range rules().From(ch) {
		keys = append(keys, a.Ends...)
	}
	return keys
}

func TestAFaultSeenAgainAfterARestartIsTheSameOne(t *testing.T) {
	fault := cases()["fault"]
	first := problems(fault)[0]
	fault.At = noon.Add(time.Hour)
	if again := problems(fault)[0]; first.Key != again.Key {
		t.Errorf("keys %q and %q", first.Key, again.Key)
	}
	fault.Detail = "PJSIP/duty2: set qualify_frequency=10"
	if other := problems(fault)[0]; other.Key == first.Key {
		t.Errorf("the faults of two phones share the key %q", other.Key)
	}
	if got := ends(cases()["fault cleared"]); !slices.Equal(got, []string{first.Key}) {
		t.Errorf("clearing ends %q, want %q", got, first.Key)
	}
}

func TestTheLineComingBackEndsBothTroubles(t *testing.T) {
	down, blind := problems(line(telephony.LineUnreachable))[0], problems(line(telephony.LineStateUnknown))[0]
	for _, s := range []telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking} {
		if got := ends(line(s)); !slices.Contains(got, down.Key) || !slices.Contains(got, blind.Key) {
			t.Errorf("%s ends %q", s, got)
		}
	}
}

// What was told while it rang is over with the bell, however the call goes on.
func TestTheEndOfTheBellEndsWhatItRaised(t *testing.T) {
	ring3, limit := problems(cases()["ring 3"])[0], problems(cases()["limit passed"])[0]
	for _, name := range []string{"answered", "ended missed", "ended abandoned_early", "ended answered_late"} {
		if got := ends(cases()[name]); !slices.Contains(got, ring3.Key) || !slices.Contains(got, limit.Key) {
			t.Errorf("%s ends %q", name, got)
		}
	}
}

// Every rung that the live view can see has its reason, its certainty and how bad it is.
func TestEachRungOfTheLadderHasItsReason(t *testing.T) {
	dialled := func(code string) telephony.Change {
		return telephony.Change{Kind: telephony.CallOffered, Line: "duty", At: noon, Call: call(func(c *telephony.Call) {
			c.Direction, c.Called.Raw, c.Findings = telephony.Outbound, code, []telephony.Finding{telephony.FeatureCode}
		})}
	}
	refused := func(code string) telephony.Change {
		return telephony.Change{Kind: telephony.CodeRefused, Line: "duty", At: noon, Detail: code, Proofs: []telephony.Proof{{Kind: telephony.SeenInSIP, Ref: "a@b", Text: "404", At: noon}}}
	}
	ended := func(o telephony.Outcome, r telephony.Reason, f ...telephony.Finding) telephony.Change {
		return telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: noon, Call: call(func(c *telephony.Call) {
			c.Outcome, c.Reason, c.EndedAt, c.Findings = o, r, noon, f
		})}
	}
	for what, c := range map[string]struct {
		ch   telephony.Change
		want []string
	}{
		"forwarding is set up":          {dialled("*57*13900001111#"), []string{"forward_code certain critical"}},
		"forwarding is cancelled":       {dialled("#57#"), []string{"forward_cancel_code certain warning"}},
		"forwarding is asked for":       {dialled("*#57#"), []string{"forward_query_code certain info"}},
		"do not disturb":                {dialled("*56#"), []string{"feature_code certain critical"}},
		"a code without a call":         {refused("**21*13900001111#"), []string{"forward_code certain critical"}},
		"an unknown one without a call": {refused("*88#"), []string{"feature_code certain warning"}},
		"a code that nobody knows":      {dialled("*88#"), []string{"feature_code certain warning"}},
		"302 by the phone":              {ended(telephony.Forwarded, telephony.ReasonPhoneRedirected), []string{"phone_redirect certain critical"}},
		"181 by the phone":              {ended(telephony.Forwarded, telephony.ReasonPhoneForwarded), []string{"phone_redirect certain critical"}},
		"302 that only SIP shows":       {ended(telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.RedirectedInSIP), []string{"phone_redirect certain critical"}},
		"another device answers":        {ended(telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.WrongDevice), []string{"wrong_device certain critical"}},
		"302 in vain":                   {ended(telephony.Unreachable, telephony.ReasonRedirectFailed, telephony.RedirectAttempted), []string{"phone_redirect certain critical", "unreachable certain critical"}},
		"forwarding set in the switch":  {ended(telephony.Forwarded, telephony.ReasonDialplanForwarded), []string{"feature_forward certain critical"}},
		"picked up elsewhere":           {ended(telephony.AnsweredElsewhere, telephony.ReasonOtherPhone), []string{"pickup certain warning"}},
		"transferred":                   {ended(telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.TransferredAfter), []string{"transfer certain warning"}},
		"a machine answers":             {ended(telephony.AnsweredByMachine, telephony.ReasonMachineAfter), []string{"answered_by_machine certain critical"}},
		"somebody forwards to us":       {ended(telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.RedirectedBefore), []string{"redirected_before informative info"}},
		"an ordinary call":              {ended(telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.BellBehindCaller), nil},
		"the caller leaves early":       {ended(telephony.AbandonedEarly, telephony.ReasonCallerLeftEarly), nil},
		"a call to somebody":            {ended(telephony.PlacedAnswered, telephony.ReasonFarAnswered), nil},
	} {
		var got []string
		for _, a := range problems(c.ch) {
			got = append(got, string(a.Reason)+" "+string(a.Certainty)+" "+string(a.Severity))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func TestAnAlertIsTakenOnOnce(t *testing.T) {
	chen, wang := dutylog.Actor{Login: "chen", Name: "陈"}, dutylog.Actor{Login: "wang"}
	missed, err := alerts.Alert{Reason: alerts.ReasonMissed}.Acknowledge(chen, "已回拨", noon)
	if err != nil || missed.State() != alerts.Resolved || missed.Note != "已回拨" {
		t.Errorf("what is over at once: %+v, %v", missed, err)
	}
	down, err := alerts.Alert{Reason: alerts.ReasonPhoneUnreachable}.Acknowledge(chen, "", noon)
	if err != nil || down.State() != alerts.Acknowledged {
		t.Errorf("what lasts: %+v, %v", down, err)
	}
	if again, err := down.Acknowledge(wang, "我来", noon.Add(time.Minute)); err != nil || again.AcknowledgedBy != chen || again.Note != "" {
		t.Errorf("a second person: %+v, %v", again, err)
	}
	if _, err := (alerts.Alert{Reason: alerts.ReasonRing3, ResolvedAt: noon}).Acknowledge(chen, "", noon); !errors.Is(err, alerts.ErrOver) {
		t.Errorf("what is over: %v", err)
	}
}

func TestAnAlertWithoutATimeIsWrittenAsNull(t *testing.T) {
	raw, err := json.Marshal(alerts.Alert{Key: "k", Reason: alerts.ReasonMissed})
	want := `{"id":0,"key":"k","rule":"","reason":"missed","certainty":"","severity":"","state":"open","line":"","call_id":"","finding":"","detail":"","evidence":[],` +
		`"opened_at":null,"found_at":null,"times":0,"last_at":null,"acknowledged_at":null,"acknowledged_by":"","note":"","resolved_at":null,"reopened":0,"reopened_at":null,"muted_until":null,"muted_rule":false,"muted_by":"","muted_reason":"",` +
		`"told_post":"","told_person":"","told_at":null,"next_post":"","next_at":null}`
	if err != nil || string(raw) != want {
		t.Errorf("%s, %v", raw, err)
	}
}

// Every reason is known with what it says by itself, and the page can list them.
func TestTheSetOfReasonsIsClosed(t *testing.T) {
	for _, r := range alerts.Reasons() {
		lasts := slices.Contains([]alerts.Reason{alerts.ReasonRing3, alerts.ReasonLimitPassed, alerts.ReasonLineFault, alerts.ReasonPhoneUnreachable, alerts.ReasonLineBlind,
			alerts.ReasonOffHook, alerts.ReasonSilentLine, alerts.ReasonTrunk, alerts.ReasonRecorder, alerts.ReasonDisk, alerts.ReasonClock,
			alerts.ReasonJournal, alerts.ReasonPage, alerts.ReasonOfficer, alerts.ReasonBeat,
			alerts.ReasonTestForwarded, alerts.ReasonTestRingback, alerts.ReasonTestNoRing, alerts.ReasonTestBusy, alerts.ReasonTestUnclear, alerts.ReasonOverdue, alerts.ReasonRulesRefused, alerts.ReasonRosterGap, alerts.ReasonFilingDue, alerts.ReasonNoHolidays,
			alerts.ReasonHandoverLate, alerts.ReasonDutyOverdue, alerts.ReasonReportSoon, alerts.ReasonReportLate, alerts.ReasonUnapproved, alerts.ReasonInstructionLate, alerts.ReasonLacking, alerts.ReasonUnconfirmed, alerts.ReasonEntryDiffers}, r)
		if r.Lasts() != lasts {
			t.Errorf("%s lasts: %v", r, r.Lasts())
		}
	}
	if n := len(alerts.Reasons()); n != 59 {
		t.Errorf("%d reasons", n)
	}
}

// A message says when it happened, and that it is over when it was over.
func TestANoticeSaysWhen(t *testing.T) {
	d := alerts.Delivery{ID: 7, Alert: alerts.Alert{ID: 3, Reason: alerts.ReasonLineBlind, Rule: "line_unknown", At: noon, ResolvedAt: noon.Add(time.Minute)}}
	if n := d.Notice(); !n.At.Equal(noon) || n.Over || n.ID != "dutyline-7" || n.AlertID != "3" || n.Title != "看不到交换机，线路状况不明" {
		t.Errorf("%+v", n)
	}
	d.Over = true
	if n := d.Notice(); !n.At.Equal(noon.Add(time.Minute)) || !n.Over {
		t.Errorf("%+v", n)
	}
}

// Of a code that the dialplan refused each dialling is a problem of its own, proved by SIP.
func TestARefusedCodeIsProvedBySIP(t *testing.T) {
	change := func(callID string) telephony.Change {
		return telephony.Change{Kind: telephony.CodeRefused, Line: "duty", At: noon, Detail: "*57*13900001111#",
			Proofs: []telephony.Proof{{Kind: telephony.SeenInSIP, Ref: callID, Text: "404 (INVITE)", At: noon}}}
	}
	first, again, other := problems(change("a"))[0], problems(change("a"))[0], problems(change("b"))[0]
	if first.Key != again.Key || first.Key == other.Key || first.CallID != "" || first.Detail != "*57*13900001111#" {
		t.Errorf("%+v, %+v, %+v", first, again, other)
	}
	want := []alerts.Evidence{{Kind: alerts.EvidenceSIP, Ref: "a", Text: "404 (INVITE)", At: noon}}
	if diff := cmp.Diff(want, first.Evidence); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
