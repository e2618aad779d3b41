package dutylog_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

func answeredCall() dutylog.Call {
	c := inbound("02422730001")
	c.CallerName, c.Tags = "沈河区应急局", []telephony.Tag{telephony.TagSpotCheck}
	c.RangAt, c.AnsweredAt, c.EndedAt = noon.Add(40*time.Millisecond), noon.Add(7*time.Second), noon.Add(27*time.Second)
	c.RangUntil = c.AnsweredAt
	c.Outcome, c.Rings, c.Rule, c.HangupBy = telephony.AnsweredInTime, 2, "1000/4000/0/3", telephony.ByCaller
	c.Findings = []telephony.Finding{telephony.BorderlineVerdict}
	return dutylog.Call{Call: c, EntryID: "e-1795436279.0", Recording: recorder.Recording{
		CallID: c.ID, Status: recorder.Sealed, Digest: "9f2c", Duration: 19987600 * time.Microsecond,
		Findings: []telephony.Finding{telephony.SilentCallerSide, telephony.BorderlineVerdict},
	}}
}

func TestCallsAreWrittenAsPromised(t *testing.T) {
	running := dutylog.Call{Call: inbound("anonymous"), EntryID: "e-1795436279.0"}
	missing := answeredCall()
	missing.Recording = recorder.Recording{Status: recorder.Missing, Reason: "the switch has no recording of this call"}
	unanswered := dutylog.Call{Call: ended(inbound("1"), telephony.Missed), Recording: recorder.Recording{Status: recorder.None}}
	golden(t, "calls.golden.json", []dutylog.Call{answeredCall(), running, missing, unanswered})
}

func TestEntriesAreWrittenAsPromised(t *testing.T) {
	complete := amend(t, opened(answered("02422730001"), shenhe, command), dutylog.EntryPatch{
		Values: full(), State: is(dutylog.Complete),
	})
	gap := amend(t, opened(inbound("13900001111")), dutylog.EntryPatch{
		Kind: is(dutylog.KindDuty), Values: values{"category": "突发事件", "answered_by": "张伟"},
		Gaps: gaps{"caller_title": {Why: dutylog.Refused, Reason: "对方不愿说"}},
	})
	changed := amend(t, complete, dutylog.EntryPatch{Values: values{"content": "更正：两处冒烟", "happened_at": "2026-11-23T04:00:00Z", "urgency": "紧急"}, Reason: "核对录音后更正"})
	changed = stepped(t, stepped(t, changed, dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市应急局值班室", Text: "电话报告"}), dutylog.StepDraft{Kind: dutylog.StepClosed})
	late, err := dutylog.OpenWritten(lateDraft(dutylog.KindMissed, values{"late_reason": "停电", "paper_sheet": "12"}), dutylog.Known{OnDuty: onDuty}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	late.Late.Blind = later.Add(-time.Hour)
	golden(t, "entries.golden.json", []dutylog.Entry{opened(inbound("")), complete, gap, {}, changed, late})
	golden(t, "revision.golden.json", dutylog.Revision{Entry: complete, By: officer, At: later})
}

func TestTheEntryHasEveryFieldOfTheForm(t *testing.T) {
	e := opened(inbound("1"))
	for _, f := range dutylog.Fields() {
		e.Values[f] = "value of " + string(f)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for _, f := range dutylog.Fields() {
		if got[string(f)] != "value of "+string(f) {
			t.Errorf("%s is written as %v", f, got[string(f)])
		}
	}
}

func TestLineStatusSurvivesTheFeed(t *testing.T) {
	for name, s := range map[string]dutylog.LineStatus{
		"idle": {LineState: telephony.LineState{Line: "duty", State: telephony.Idle, Since: noon}},
		"ringing": {LineState: telephony.LineState{Line: "duty", State: telephony.Ringing, Since: noon, CallID: "1.0", RangAt: noon},
			Faults: []dutylog.LineFault{{Finding: telephony.QualifyOff, Detail: "PJSIP/duty: set qualify_frequency=10"}}},
		"nothing known": {},
	} {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), `"faults":null`) {
			t.Errorf("%s: a list is null: %s", name, raw)
		}
		var got dutylog.LineStatus
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
	golden(t, "line.golden.json", dutylog.LineStatus{LineState: telephony.LineState{Line: "duty", State: telephony.Ringing, Since: noon, CallID: "1.0", RangAt: noon}})
}

func TestBadLineStatusIsAnError(t *testing.T) {
	for _, body := range []string{`[]`, `{"since":"yesterday"}`, `{"rang_at":"2026-11-23"}`} {
		var s dutylog.LineStatus
		if err := json.Unmarshal([]byte(body), &s); err == nil {
			t.Errorf("%s was read as %+v", body, s)
		}
	}
}
