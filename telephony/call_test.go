package telephony_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// Other programs rely on these names, on null for what did not happen, and on lists that
// are never null.
func TestCallJSON(t *testing.T) {
	const empty = `{"id":"1.1","line":"duty","direction":"in","caller":"","caller_e164":"","caller_name":"","called":"",` +
		`"called_e164":"","outcome":"","tags":[],"offered_at":"2026-11-23T12:00:00.000Z","rang_at":null,"answered_at":null,` +
		`"ended_at":null,"ring_ms":null,"caller_ring_ms":null,"rings":0,"rule":"","hangup_by":"","forwarded_to":"",` +
		`"redirected_from":"","findings":[],"settled_by":"","entry_id":"","recording":null}`
	c := telephony.Call{ID: "1.1", Line: "duty", Direction: telephony.Inbound, OfferedAt: sceneStart}
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(empty, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.RangAt, c.AnsweredAt = sceneStart.Add(5*time.Millisecond), sceneStart.Add(3005*time.Millisecond).In(time.FixedZone("CST", 8*3600))
	c.RangUntil = c.AnsweredAt
	c.Tags, c.Findings = []telephony.Tag{telephony.TagWithheld}, []telephony.Finding{telephony.BorderlineVerdict}
	got, err = json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"answered_at":"2026-11-23T12:00:03.005Z"`, `"ring_ms":3000`, `"caller_ring_ms":3005`, `"tags":["withheld"]`, `"findings":["borderline"]`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

func TestClocks(t *testing.T) {
	at := func(ms int) time.Time { return sceneStart.Add(time.Duration(ms) * time.Millisecond) }
	unseen := []telephony.Finding{telephony.EndNotSeen}
	tests := []struct {
		name         string
		call         telephony.Call
		bell, caller int // ms; -1 for none
		talk         int
	}{
		{"ringing", telephony.Call{OfferedAt: at(0), RangAt: at(5)}, -1, -1, -1},
		{"talking", telephony.Call{OfferedAt: at(0), RangAt: at(5), RangUntil: at(3000), AnsweredAt: at(3000)}, 2995, 3000, -1},
		{"answered", telephony.Call{OfferedAt: at(0), RangAt: at(5), RangUntil: at(3000), AnsweredAt: at(3000), EndedAt: at(9000)}, 2995, 3000, 6000},
		{"missed", telephony.Call{OfferedAt: at(0), RangAt: at(5), RangUntil: at(6005), EndedAt: at(9000)}, 6000, 9000, -1},
		{"never rang", telephony.Call{OfferedAt: at(0), EndedAt: at(10)}, -1, 10, -1},
		{"answered unseen", telephony.Call{OfferedAt: at(0), RangAt: at(5), AnsweredAt: at(6000), EndedAt: at(9000)}, -1, -1, 3000},
		{"answered, ended unseen", telephony.Call{OfferedAt: at(0), RangAt: at(5), RangUntil: at(3000), AnsweredAt: at(3000), EndedAt: at(9000), Findings: unseen}, 2995, 3000, -1},
		{"rang and ended unseen", telephony.Call{OfferedAt: at(0), RangAt: at(5), EndedAt: at(9000), Findings: unseen}, -1, -1, -1},
		{"the bell was seen to stop, the end was not", telephony.Call{OfferedAt: at(0), RangAt: at(5), RangUntil: at(6005), EndedAt: at(9000), Findings: unseen}, 6000, -1, -1},
	}
	ms := func(d time.Duration, ok bool) int {
		if !ok {
			return -1
		}
		return int(d.Milliseconds())
	}
	for _, tt := range tests {
		if got := ms(tt.call.RingFor()); got != tt.bell {
			t.Errorf("%s: bell clock %d ms, want %d", tt.name, got, tt.bell)
		}
		if got := ms(tt.call.CallerRingFor()); got != tt.caller {
			t.Errorf("%s: caller clock %d ms, want %d", tt.name, got, tt.caller)
		}
		if got := ms(tt.call.TalkFor()); got != tt.talk {
			t.Errorf("%s: talked %d ms, want %d", tt.name, got, tt.talk)
		}
	}
}

// Names and numbers are what a stranger wrote.
func TestTextFromStrangers(t *testing.T) {
	tests := []struct{ name, want string }{
		{"沈阳市急救中心", "沈阳市急救中心"},
		{"a\x01b\r\nc\x1b[31m", "abc[31m"},
		{"\xc9\xf2\xd1\xf4", "����"},
		{"a\u202Eb\u200Bc", "abc"},
		{"  two  words ", "two  words"},
		{strings.Repeat("名", 4000), strings.Repeat("名", 128)},
		{strings.Repeat("x", 4000), strings.Repeat("x", 128)},
	}
	for _, tt := range tests {
		s := newScene().in("trunk 1", "12350", "13900001111")
		s.channels["trunk 1"].CallerName = tt.name
		s.events[0].Channel.CallerName = tt.name
		c := s.at(3).soft("trunk 1").gone("trunk 1", 3, 404).one(t)
		if c.CallerName != tt.want {
			t.Errorf("%.40q became %.80q, want %.80q", tt.name, c.CallerName, tt.want)
		}
	}
}

func TestEndpointOf(t *testing.T) {
	for name, want := range map[string]string{
		"PJSIP/duty-0000001a":           "PJSIP/duty",
		"PJSIP/duty-room-0000001a":      "PJSIP/duty-room",
		"PJSIP/dutyroom2-00000001":      "PJSIP/dutyroom2",
		"PJSIP/duty":                    "PJSIP/duty",
		"PJSIP/duty-12":                 "PJSIP/duty-12",
		"PJSIP/duty-ROOM000A":           "PJSIP/duty-ROOM000A",
		"Local/1@from-trunk-00000014;1": "Local/1@from-trunk-00000014;1",
		"":                              "",
	} {
		if got := telephony.EndpointOf(name); got != want {
			t.Errorf("EndpointOf(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestMatchEndpoint(t *testing.T) {
	tests := []struct {
		pattern, endpoint string
		want              bool
	}{
		{"PJSIP/duty", "PJSIP/duty", true},
		{"PJSIP/duty", "PJSIP/dutyroom2", false},
		{"PJSIP/duty*", "PJSIP/dutyroom2", true},
		{"PJSIP/duty*", "PJSIP/duty", true},
		{"PJSIP/duty*", "PJSIP/trunk", false},
		{"", "PJSIP/duty", false},
	}
	for _, tt := range tests {
		if got := telephony.MatchEndpoint(tt.pattern, tt.endpoint); got != tt.want {
			t.Errorf("MatchEndpoint(%q, %q) = %v", tt.pattern, tt.endpoint, got)
		}
	}
}

func TestEventKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := telephony.EventIgnored; k <= telephony.EventReplaced; k++ {
		if name := k.String(); name == "" || name == "invalid" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		} else {
			seen[name] = true
		}
	}
	if got := telephony.EventKind(200).String(); got != "invalid" {
		t.Errorf("a kind that does not exist is called %q", got)
	}
}

func TestOutcomesAreClosed(t *testing.T) {
	if got := len(telephony.Outcomes()); got != 14 {
		t.Errorf("%d outcomes, want 14", got)
	}
}
