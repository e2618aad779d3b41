package telephony_test

import (
	"slices"
	"testing"

	"dutyline/telephony"
)

// What only SIP shows annotates the call of the duty phone's dialog, whether it comes before the
// channel is heard of, in the middle or twice; the dialog of anybody else it does not.
func TestARedirectThatOnlySIPShowsAnnotatesItsCall(t *testing.T) {
	events := trace(t, "05_302_uri_pjsip")
	dialogs := map[string]string{} // by channel name's beginning
	for _, ev := range events {
		for _, ch := range []telephony.Channel{ev.Channel, ev.Peer} {
			if ch.SIPCallID != "" {
				dialogs[telephony.EndpointOf(ch.Name)] = ch.SIPCallID
			}
		}
	}
	duty, trunk := dialogs["PJSIP/dutypj"], dialogs["PJSIP/trunk"]
	if duty == "" || trunk == "" || duty == trunk {
		t.Fatalf("dialogs %v", dialogs)
	}
	said := func(id string, at int) telephony.Event {
		return telephony.Event{Kind: telephony.EventSentOn, At: events[at].At, Forward: "sip:13800001111@192.0.2.7", Channel: telephony.Channel{SIPCallID: id}}
	}
	for at := range len(events) - 2 {
		for id, want := range map[string]bool{duty: true, trunk: false, "nobody's": false} {
			calls := ended(play(lines(), slices.Concat(events[:at], []telephony.Event{said(id, at), said(id, at)}, events[at:])))
			if len(calls) != 1 || calls[0].Outcome != telephony.AnsweredInTime {
				t.Fatalf("said before event %d: %+v", at, calls)
			}
			found := slices.Contains(calls[0].Findings, telephony.RedirectedInSIP)
			if found != want || want && calls[0].ForwardedTo != "sip:13800001111@192.0.2.7" {
				t.Errorf("said of %s before event %d: %v, sent to %q", id, at, calls[0].Findings, calls[0].ForwardedTo)
			}
		}
	}
}

// What is said of dialogs that nobody hears of does not fill the memory.
func TestWhatSIPSaysOfNobodyIsBounded(t *testing.T) {
	tracker := telephony.NewTracker(lines())
	for i := range 1000 {
		tracker.Apply(telephony.Event{Kind: telephony.EventSentOn, At: sceneStart, Channel: telephony.Channel{SIPCallID: string(rune('a'+i%26)) + string(rune('a'+i/26))}})
	}
	if tracker.Stats().Dropped["sip_without_channel"] == 0 {
		t.Error("nothing was dropped")
	}
}

// That another device than the registered phone answered annotates the call of the duty phone's
// dialog, once; nothing of it depends on when it is said as long as the call runs.
func TestAStrangerWhoAnsweredAnnotatesItsCall(t *testing.T) {
	events := trace(t, "05_302_uri_pjsip")
	for at := range len(events) - 2 {
		tracker := telephony.NewTracker(lines())
		var changes []telephony.Change
		phone, told := "", 0
		for i, ev := range events {
			changes = append(changes, tracker.Apply(ev)...)
			if i < at || told > 0 {
				continue
			}
			for _, ch := range []telephony.Channel{ev.Channel, ev.Peer} {
				if p := tracker.DialledPhone(ch.SIPCallID); p != "" {
					phone = p
					said := telephony.Event{Kind: telephony.EventStranger, At: ev.At, Channel: telephony.Channel{SIPCallID: ch.SIPCallID}}
					for range 2 {
						for _, c := range tracker.Apply(said) {
							if c.Kind == telephony.CallUpdated && slices.Contains(c.Call.Findings, telephony.WrongDevice) {
								told++
							}
						}
					}
				}
			}
		}
		calls := ended(changes)
		switch {
		case len(calls) != 1 || calls[0].Outcome != telephony.AnsweredInTime:
			t.Fatalf("said after event %d: %+v", at, calls)
		case phone == "": // the dialog's last word was heard before
		case phone != "PJSIP/dutypj" || told != 1 || !slices.Contains(calls[0].Findings, telephony.WrongDevice):
			t.Errorf("said after event %d: the phone is %q, told %d times, %v", at, phone, told, calls[0].Findings)
		}
	}
	tracker := telephony.NewTracker(lines())
	if p := tracker.DialledPhone(""); p != "" {
		t.Errorf("nobody's dialog is one of %s", p)
	}
	if out := tracker.Apply(telephony.Event{Kind: telephony.EventStranger, At: sceneStart, Channel: telephony.Channel{SIPCallID: "nobody's"}}); len(out) > 0 {
		t.Errorf("what is said of nobody changes %+v", out)
	}
}
