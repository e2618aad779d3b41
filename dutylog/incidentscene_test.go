package dutylog_test

import (
	"testing"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// What was told from the scene in a call was told when that was, as the switch saw it, whatever was typed.
func TestWhatWasToldFromTheSceneInACall(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00")
	p.called("scene", "2026-11-23 12:15", telephony.Inbound)
	p.books.Calls["unanswered"] = dutylog.Call{Call: telephony.Call{ID: "unanswered", Direction: telephony.Outbound, OfferedAt: p.time("2026-11-23 12:20")}}
	p.at("2026-11-23 12:40")
	told := func(call string) error {
		return p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactScene, At: p.time("2026-11-23 12:33"), Body: dutylog.FactBody{Whom: "李科长", Part: "feedback", Text: "火已扑灭", CallID: call}})
	}
	if err := told("scene"); err != nil || !p.i.Scene[0].At.Equal(p.books.Calls["scene"].AnsweredAt) {
		t.Errorf("%v, %+v", err, p.i.Scene)
	}
	if got := whyNot(told("unanswered")); got != "call_id" {
		t.Errorf("in a call that nobody answered: %q", got)
	}
	if err := told(""); err != nil || !p.i.Scene[1].At.Equal(p.time("2026-11-23 12:33")) {
		t.Errorf("%v, %+v", err, p.i.Scene)
	}
}
