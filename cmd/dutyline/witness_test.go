package main

import (
	"slices"
	"testing"
	"time"

	"dutyline/telephony"
)

// The clocks are read when a call comes, its SIP messages when the last of them has had its time. What came
// before this run, and calls that only the journal tells of, have no witness.
func TestWhatIsSeenOfACallBesideItsEvents(t *testing.T) {
	now := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	var w witnesses
	read := 0
	clock := func() telephony.Witness {
		read++
		return telephony.Witness{ClockAt: now, Ahead: time.Duration(read) * time.Millisecond, Error: -1}
	}
	change := func(kind telephony.ChangeKind, id string, dialogs ...telephony.Dialog) []telephony.Change {
		return []telephony.Change{{Kind: kind, At: now, Line: "duty", Call: &telephony.Call{ID: id}, Dialogs: dialogs}}
	}
	sip := func(d telephony.Dialog) []telephony.SIPMoment {
		at := now
		if d.In {
			at = at.Add(-time.Second)
		}
		return []telephony.SIPMoment{{At: at, Leg: d.Endpoint, In: d.In, What: "INVITE"}}
	}
	w.note(change(telephony.CallOffered, "1.0"), time.Second, clock)
	w.note(change(telephony.CallRang, "1.0"), 2*time.Second, clock)
	w.note(change(telephony.CallSettled, "0.9"), 2*time.Second, clock)
	w.note(change(telephony.CallEnded, "1.0", telephony.Dialog{SIPCallID: "b", Endpoint: "PJSIP/duty"}, telephony.Dialog{SIPCallID: "a", Endpoint: "PJSIP/trunk", In: true}), 9*time.Second, clock)
	w.note([]telephony.Change{{Kind: telephony.LineChanged, Line: "duty"}}, 9*time.Second, clock)
	if got := w.due(11*time.Second, sip); len(got) != 0 || read != 1 {
		t.Errorf("too early: %+v; the clocks were read %d times", got, read)
	}
	got := w.due(12*time.Second, sip)
	if len(got) != 1 || got[0].Kind != telephony.WitnessHeard || got[0].Line != "duty" {
		t.Fatalf("%+v", got)
	}
	seen := got[0].Witness
	if seen.CallID != "1.0" || seen.Ahead != time.Millisecond || !seen.Heard || len(seen.SIP) != 2 || !seen.SIP[0].In {
		t.Errorf("%+v", seen)
	}
	w.note(change(telephony.CallEnded, "2.0"), 20*time.Second, clock)
	if got := w.due(atLast, nil); len(got) != 1 || got[0].Witness.Heard || got[0].Witness.Ahead != 2*time.Millisecond {
		t.Errorf("as the run ends: %+v", got)
	}
	if len(w.running)+len(w.ended) != 0 {
		t.Errorf("something is left: %+v", w)
	}
	for n := range 2 * mostWitnesses {
		id := string(rune('a'+n%26)) + time.Duration(n).String()
		w.note(change(telephony.CallOffered, id), 0, clock)
		w.note(change(telephony.CallEnded, id), 0, clock)
	}
	if len(w.ended) != mostWitnesses {
		t.Errorf("%d are remembered", len(w.ended))
	}
}

// The machine says how its clock is kept, or that it does not say.
func TestHowTheMachinesClockIsKept(t *testing.T) {
	kept, wrong := clockKept()
	switch kept {
	case telephony.ClockSynchronised:
		if wrong < 0 {
			t.Errorf("it is kept, and may be wrong by %v", wrong)
		}
	case telephony.ClockAlone, "":
		if wrong >= 0 {
			t.Errorf("it is %q, and wrong by at most %v", kept, wrong)
		}
	default:
		t.Errorf("it is %q", kept)
	}
}

// An INVITE of 0.4 ms after a millisecond and its 302 that came in that one stay in the order in which they were told.
func TestMessagesOfOneMillisecondStayInOrder(t *testing.T) {
	ms := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	all := []telephony.SIPMoment{{At: ms.Add(400 * time.Microsecond), What: "INVITE"}, {At: ms, What: "302"}, {At: ms.Add(2 * time.Millisecond), What: "180"}, {At: ms.Add(1900 * time.Microsecond), What: "INVITE"}}
	slices.SortStableFunc(all, byMillisecond)
	said := ""
	for _, m := range all {
		said += m.What + " "
	}
	if said != "INVITE 302 INVITE 180 " {
		t.Errorf("the order is %s", said)
	}
}
