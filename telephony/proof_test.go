package telephony_test

import (
	"slices"
	"strings"
	"testing"

	"dutyline/telephony"
)

// proofs are what the changes of a trace rest on, each once, as kind and text.
func proofs(changes []telephony.Change) (all []string) {
	for _, ch := range changes {
		for _, p := range ch.Proofs {
			if s := string(p.Kind) + " " + p.Text; !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// What a finding or an outcome rests on is kept in the switch's own words, with the channel.
func TestWhatIsFoundIsProved(t *testing.T) {
	for name, want := range map[string][]string{
		"05_302_user":                 {"event Dial CANCEL PJSIP/duty forward=13800001111", "event ChannelDestroyed PJSIP/duty tech_cause=302", "event answered by PJSIP/trunk"},
		"05_302_optI":                 {"event Dial CANCEL PJSIP/duty forward=13800001111", "event ChannelDestroyed PJSIP/duty tech_cause=302"},
		"18_core_404":                 {"event ChannelDestroyed PJSIP/dutycore tech_cause=302"},
		"05_181_then_answer":          {"event PJSIP/duty has a redirecting number after it was dialled (181)"},
		"06_inbound_diversion":        {"event redirecting number 02488880000"},
		"07_code_star57_enc":          {"event dialled *57*13800001111#"},
		"08_blind_refer":              {"event BridgeBlindTransfer PJSIP/duty to 13800001111"},
		"08_attended_refer":           {"event BridgeAttendedTransfer PJSIP/duty"},
		"09_group_pickup_star8":       {"event answered by PJSIP/201"},
		"09_freepbx_cf":               {"event answered by PJSIP/trunk"},
		"27_cf_busy":                  {"event Dial BUSY PJSIP/trunk"},
		"14_voicemail_after_noanswer": {"event dialplan application VoiceMail"},
		"14_playback_after_noanswer":  {"event dialplan application Playback"},
	} {
		got := proofs(play(lines(), trace(t, name)))
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q is not among %q", name, w, got)
			}
		}
	}
}

// A 302 brings a redirecting number, too: that is no 181.
func TestA302IsNo181(t *testing.T) {
	for _, name := range []string{"05_302_user", "05_302_after_ring_user", "18_core_answered"} {
		for _, p := range proofs(play(lines(), trace(t, name))) {
			if strings.Contains(p, "181") {
				t.Errorf("%s: %q", name, p)
			}
		}
	}
}

// A proof names its channel and its time, lies within its call, and there are not too many.
func TestProofsPointSomewhere(t *testing.T) {
	seen := 0
	for _, name := range traceNames(t) {
		for _, ch := range play(lines(), trace(t, name)) {
			if len(ch.Proofs) > 12 {
				t.Errorf("%s: %d proofs of one call", name, len(ch.Proofs))
			}
			for i, p := range ch.Proofs {
				seen++
				if ch.Call == nil || p.Ref == "" || p.Text == "" || p.Kind != telephony.SeenEvent || p.At.Before(ch.Call.OfferedAt) || ch.Call.Ended() && p.At.After(ch.Call.EndedAt) {
					t.Errorf("%s: %s: %+v of a call from %s to %s", name, ch.Kind, p, ch.Call.OfferedAt, ch.Call.EndedAt)
				}
				if slices.Contains(ch.Proofs[:i], p) {
					t.Errorf("%s: twice: %+v", name, p)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("nothing was proved at all")
	}
}

// An ordinary call has nothing to prove.
func TestAnOrdinaryCallHasNoProofs(t *testing.T) {
	for _, name := range []string{"01_answered_caller_hangup", "02_caller_gives_up_8s", "03_busy_486", "03_reject_603", "12_second_call_answered", "13_hold_unhold"} {
		if got := proofs(play(lines(), trace(t, name))); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The switch tells nothing of a transfer to a number that it does not know: SIP shows the request.
// Of one that it carries out the finding is its own.
func TestATransferThatOnlySIPShows(t *testing.T) {
	for name, want := range map[string]telephony.Finding{"08_blind_refer_noext": telephony.TransferAttempted, "08_blind_refer": telephony.TransferredAfter} {
		events := trace(t, name)
		at := slices.IndexFunc(events, func(ev telephony.Event) bool { return ev.Kind == telephony.EventEntered })
		leg := slices.IndexFunc(events, func(ev telephony.Event) bool {
			return strings.HasPrefix(ev.Channel.Name, "PJSIP/duty-") && ev.Channel.SIPCallID != ""
		})
		refer := telephony.Event{Kind: telephony.EventReferred, At: events[at].At, Said: "REFER sip:asterisk@192.0.2.7", Forward: "sip:nosuchext@192.0.2.7",
			Channel: telephony.Channel{SIPCallID: events[leg].Channel.SIPCallID}}
		stranger := refer
		stranger.Channel.SIPCallID = "of another call"
		nobody := refer
		nobody.Channel.SIPCallID = ""
		events = slices.Insert(events, at+1, refer, refer, stranger, nobody)
		changes := play(lines(), events)
		calls := ended(changes)
		if len(calls) != 1 || !slices.Contains(calls[0].Findings, want) || slices.Contains(calls[0].Findings, telephony.TransferAttempted) != (want == telephony.TransferAttempted) {
			t.Errorf("%s: %+v, want %s", name, calls, want)
		}
		if got := proofs(changes); !slices.Contains(got, "sip REFER sip:asterisk@192.0.2.7") {
			t.Errorf("%s: %q", name, got)
		}
	}
}
