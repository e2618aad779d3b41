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

func TestWhatIsCompleteIsChangedWithAReasonOnly(t *testing.T) {
	e := complete(t)
	for name, p := range map[string]dutylog.EntryPatch{
		"a value": {Values: values{"content": "更正"}}, "blanks as a reason": {Values: values{"content": "更正"}, Reason: " \t "},
		"a kind": {Kind: is(dutylog.KindNuisance)}, "opened again": {State: is(dutylog.Open)}, "a control as a reason": {State: is(dutylog.Open), Reason: "\x00"},
		"a gap": {Gaps: gaps{"caller_title": {Why: dutylog.Refused, Reason: "不愿说"}}},
	} {
		p.Revision = e.Revision
		_, err := e.Amend(p, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "reason" || !strings.Contains(invalid.Reason, "complete") {
			t.Errorf("%s: %v", name, err)
		}
	}
	after := amend(t, e, dutylog.EntryPatch{Values: values{"content": "更正"}, Reason: " 核对录音\x07后更正 "})
	if after.Correction != "核对录音后更正" || after.State != dutylog.Complete || !after.CompletedAt.Equal(e.CompletedAt) || !after.ReopenedAt.IsZero() {
		t.Errorf("%+v", after)
	}
	if same := amend(t, after, dutylog.EntryPatch{Values: values{"content": "更正"}, Reason: "再更正"}); same.Revision != after.Revision || same.Correction != after.Correction {
		t.Error("a reason alone makes a revision")
	}
	if _, err := e.Amend(dutylog.EntryPatch{Revision: e.Revision, Values: values{"content": "x"}, Reason: strings.Repeat("长", 501)}, officer, later); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("a long reason: %v", err)
	}
}

func TestACorrectionLastsUntilTheEntryIsCompleteAgain(t *testing.T) {
	e := amend(t, complete(t), dutylog.EntryPatch{State: is(dutylog.Open), Reason: "补记伤亡"})
	if e.Correction != "补记伤亡" || !e.ReopenedAt.Equal(later) || e.State != dutylog.Open {
		t.Fatalf("%+v", e)
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"casualties": "轻伤 2 人"}})
	e = amend(t, e, dutylog.EntryPatch{State: is(dutylog.Complete)})
	if e.Correction != "补记伤亡" || e.State != dutylog.Complete {
		t.Errorf("%+v", e)
	}
	e = amend(t, e, dutylog.EntryPatch{Values: values{"casualties": "轻伤 3 人"}, Reason: "医院更正"})
	if e.Correction != "医院更正" {
		t.Errorf("the next correction has the reason %q", e.Correction)
	}
	_, err := opened(answered("1")).Amend(dutylog.EntryPatch{Revision: 1, Values: values{"content": "x"}, Reason: "x"}, officer, later)
	if !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("an open entry takes a reason: %v", err)
	}
}

// The system corrects nothing: what it opens again has no reason of an earlier correction.
func TestTheSystemGivesNoReason(t *testing.T) {
	call := inbound("13900001111")
	e := amend(t, opened(call), dutylog.EntryPatch{Kind: is(dutylog.KindSpotCheck), State: is(dutylog.Complete), Values: values{"caller_unit": "市局", "inspector": "刘", "check_result": "好"}})
	e = amend(t, e, dutylog.EntryPatch{Values: values{"check_result": "良好"}, Reason: "笔误"})
	call.OfferedAt = call.OfferedAt.Add(time.Second)
	after, changed := e.Follow(ended(call, telephony.Missed), nil)
	if !changed || after.Correction != "" {
		t.Errorf("changed %v, reason %q", changed, after.Correction)
	}
}

func TestClosedWordsAndMoments(t *testing.T) {
	e := amend(t, opened(answered("1")), dutylog.EntryPatch{Values: values{"urgency": "特急", "classification": "另有涉密件", "warning_level": "红色",
		"happened_at": " 2026-11-23T12:17:59.6035+08:00 ", "valid_until": "2026-11-24T00:00:00Z"}})
	want := values{"urgency": "特急", "classification": "另有涉密件", "warning_level": "红色", "happened_at": "2026-11-23T04:17:59.603Z", "valid_until": "2026-11-24T00:00:00.000Z", "contact_number": "1"}
	if diff := cmp.Diff(want, e.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for f, v := range map[dutylog.Field]string{"urgency": "urgent", "classification": "秘密", "warning_level": "紫色", "happened_at": "刚才", "valid_until": "2026-11-24 00:00"} {
		_, err := e.Amend(dutylog.EntryPatch{Revision: e.Revision, Values: values{f: v}}, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != string(f) {
			t.Errorf("%s %q: %v", f, v, err)
		}
	}
	if cleared := amend(t, e, dutylog.EntryPatch{Values: values{"urgency": "", "happened_at": ""}}); cleared.Values["urgency"] != "" || cleared.Values["happened_at"] != "" {
		t.Errorf("%v", cleared.Values)
	}
}
