package dutylog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// life is the snapshots of one answered call, in the order in which the tracker says them.
func life() []telephony.Call {
	offered := inbound("02422730001")
	rang := offered
	rang.RangAt, rang.Rings = noon.Add(30*time.Millisecond), 1
	named := rang
	named.CallerName = "沈河区应急局"
	answered := named
	answered.AnsweredAt, answered.Rings = noon.Add(7*time.Second), 2
	over := answered
	over.EndedAt, over.Outcome, over.HangupBy = noon.Add(27*time.Second), telephony.AnsweredInTime, telephony.ByCaller
	over.Findings = []telephony.Finding{telephony.BorderlineVerdict}
	return []telephony.Call{offered, rang, named, answered, over}
}

func TestOldNewsNeverTakesACallBack(t *testing.T) {
	snapshots := life()
	last := snapshots[len(snapshots)-1]
	for i, old := range snapshots {
		if diff := cmp.Diff(last, dutylog.Advance(last, old)); diff != "" {
			t.Errorf("snapshot %d changed the ended call:\n%s", i, diff)
		}
	}
	answered := snapshots[3]
	for i, old := range snapshots[:3] {
		if diff := cmp.Diff(answered, dutylog.Advance(answered, old)); diff != "" {
			t.Errorf("snapshot %d changed the answered call:\n%s", i, diff)
		}
	}
}

func TestNewsMovesACallOn(t *testing.T) {
	snapshots := life()
	for i := 1; i < len(snapshots); i++ {
		if diff := cmp.Diff(snapshots[i], dutylog.Advance(snapshots[i-1], snapshots[i])); diff != "" {
			t.Errorf("snapshot %d is not what is kept:\n%s", i, diff)
		}
	}
}

func TestAVerdictNeverChanges(t *testing.T) {
	kept := life()[4]
	said := kept
	said.Outcome, said.EndedAt, said.Rings, said.AnsweredAt = telephony.Missed, noon.Add(time.Hour), 9, time.Time{}
	said.Findings, said.ForwardedTo = []telephony.Finding{telephony.TransferredAfter}, "13900001111"
	said.Tags = []telephony.Tag{telephony.TagTest}
	want := kept
	want.Findings = []telephony.Finding{telephony.BorderlineVerdict, telephony.TransferredAfter}
	want.ForwardedTo, want.Tags = "13900001111", []telephony.Tag{telephony.TagTest}
	if diff := cmp.Diff(want, dutylog.Advance(kept, said)); diff != "" {
		t.Errorf("after the end (-want +got):\n%s", diff)
	}
}

func TestWhatATrackerForgotAfterARestartStays(t *testing.T) {
	kept := life()[2]
	said := telephony.Call{ID: kept.ID, Line: "other", Direction: telephony.Outbound, Caller: kept.Caller, AnsweredAt: noon.Add(7 * time.Second)}
	got := dutylog.Advance(kept, said)
	if !got.OfferedAt.Equal(kept.OfferedAt) || !got.RangAt.Equal(kept.RangAt) || got.CallerName != kept.CallerName {
		t.Errorf("times or name were lost: %+v", got)
	}
	if got.Line != "duty" || got.Direction != telephony.Inbound {
		t.Errorf("the call moved to line %s, direction %s", got.Line, got.Direction)
	}
}

func TestMergeTags(t *testing.T) {
	got := dutylog.MergeTags(
		[]telephony.Tag{telephony.TagWithheld, telephony.TagSuperior}, nil,
		[]telephony.Tag{"", telephony.TagSuperior, telephony.TagSpotCheck}, []telephony.Tag{"tomorrow's tag"},
	)
	want := []telephony.Tag{telephony.TagSpotCheck, telephony.TagSuperior, telephony.TagWithheld, "tomorrow's tag"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if got := dutylog.MergeTags([]telephony.Tag{""}); len(got) != 0 {
		t.Errorf("an empty tag is a tag: %q", got)
	}
}
