package alerts_test

import (
	"slices"
	"testing"

	"dutyline/alerts"
)

// Of an alert that tells of one call everything goes; of one that tells of several what belongs to the one call.
func TestAnAlertWithoutACall(t *testing.T) {
	one := alerts.Alert{Reason: alerts.ReasonMissed, CallID: "1", Detail: "139", Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: "1"}, {Kind: alerts.EvidenceSIP, Ref: "x", Text: "139"}}}
	if got := one.Without("1"); got.Detail != "" || got.Evidence != nil || got.CallID != "1" {
		t.Errorf("%+v", got)
	}
	if got := one.Without("2"); got.Detail != "139" || !slices.Equal(got.Evidence, one.Evidence) {
		t.Errorf("another call: %+v", got)
	}
	several := alerts.Alert{Reason: alerts.ReasonPhoneRedirect, CallID: "3", Detail: "137", Times: 3}
	for i, to := range []string{"139", "138", ""} {
		ref := string(rune('1' + i))
		several.Evidence = append(several.Evidence, alerts.Evidence{Kind: alerts.EvidenceCall, Ref: ref, Text: to}, alerts.Evidence{Kind: alerts.EvidenceEvent, Ref: "channel" + ref, Text: to})
	}
	for call, want := range map[string][]string{"1": {"〔已抹去〕", "138", "138", "", ""}, "2": {"139", "139", "〔已抹去〕", "", ""}, "3": {"139", "139", "138", "138", ""}} {
		got := several.Without(call)
		var texts []string
		for _, e := range got.Evidence {
			texts = append(texts, e.Text)
		}
		if !slices.Equal(texts, want) || !got.Tells(call) || (got.Detail == "") != (call == "3") || got.Times != 3 {
			t.Errorf("call %s: %q, %+v", call, texts, got)
		}
	}
}
