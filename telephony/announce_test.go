package telephony_test

import (
	"testing"
	"time"

	"dutyline/telephony"
)

// Calls of our own pass over the line's trunk, and nothing of them is anybody's call: not live, not
// in a snapshot, not in the journal.
func TestCallsOfOurOwnAreNobodysCalls(t *testing.T) {
	line := telephony.Line{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}, Rule: telephony.DefaultRule()}
	at := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	ours := telephony.Channel{ID: telephony.OwnCallID("7.0"), Name: "PJSIP/trunk-00000001", State: "Ring", Number: "02422739110", Exten: "s", Created: at}
	tracker := telephony.NewTracker([]telephony.Line{line})
	for _, kind := range []telephony.EventKind{telephony.EventCreated, telephony.EventState, telephony.EventApp, telephony.EventDial, telephony.EventEntered, telephony.EventDestroyed} {
		ev := telephony.Event{Kind: kind, At: at, Channel: ours, Bridge: "b", DialStatus: "ANSWER"}
		if kind == telephony.EventDial {
			ev.Channel, ev.Peer = telephony.Channel{}, ours
		}
		if changes := tracker.Apply(ev); len(changes) > 0 {
			t.Errorf("%v: %+v", kind, changes)
		}
	}
	tracker.Gap(at)
	ours.State = "Up"
	tracker.Resync(telephony.Snapshot{At: at.Add(time.Second), Channels: []telephony.Channel{ours}})
	if open := tracker.Open(); len(open) > 0 || tracker.States()[0].CallID != "" {
		t.Errorf("open: %+v, %+v", open, tracker.States())
	}
	var rows []telephony.Row
	for i, kind := range []telephony.RowKind{telephony.RowChanStart, telephony.RowAnswer, telephony.RowHangup, telephony.RowChanEnd, telephony.RowLinkedEnd} {
		rows = append(rows, telephony.Row{Kind: kind, At: at.Add(time.Duration(i) * time.Second), Channel: ours.Name, UniqueID: ours.ID, LinkedID: ours.ID, Exten: "s", Context: "from-trunk"})
	}
	if settled := telephony.NewJournal([]telephony.Line{line}).Read(rows, telephony.Position{}, telephony.Position{Offset: 9}, at, time.Minute); len(settled) > 0 {
		t.Errorf("settled: %+v", settled)
	}
}
