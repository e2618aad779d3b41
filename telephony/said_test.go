package telephony_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

// Everything that can be said has a text, and each of its parameters comes out in it.
func TestEverySaidNameHasItsWords(t *testing.T) {
	whole := telephony.Said{Number: "13800001111", Endpoint: "PJSIP/duty", Event: "BridgeBlindTransfer", Status: "302", Application: "VoiceMail",
		URI: "sip:duty@192.0.2.9", State: "idle", Finding: "redirect_by_uri", Detail: "PJSIP/duty"}
	seen := map[string]telephony.SaidName{}
	for _, name := range telephony.SaidNames() {
		whole.Name = name
		text := whole.String()
		if text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s says %q", name, text)
		}
		if other, twice := seen[text]; twice {
			t.Errorf("%s and %s both say %q", name, other, text)
		}
		seen[text] = name
	}
	if len(seen) < 15 {
		t.Errorf("only %d names", len(seen))
	}
	if got := (telephony.Said{}).String() + (telephony.Said{Name: "of a newer daemon", Number: "1"}).String(); got != "" {
		t.Errorf("nothing says %q", got)
	}
}

// What a caller controls is no template, is bounded and holds nothing that cannot be shown.
func TestWhatIsSaidIsCleaned(t *testing.T) {
	p := telephony.SawEvent("1.0", telephony.Said{Name: telephony.SaidDialled, Number: "*72{status}\x00\r\n" + strings.Repeat("9", 1000), Status: "x"}, time.Unix(0, 0))
	if !strings.HasPrefix(p.Text, "dialled *72{status}999") || len(p.Text) > 300 || len(p.Said.Number) > 300 || strings.ContainsAny(p.Text+p.Said.Number, "\x00\r\n") {
		t.Errorf("%q %q", p.Text, p.Said.Number)
	}
	if p.Kind != telephony.SeenEvent || p.Ref != "1.0" {
		t.Errorf("%+v", p)
	}
}

// The name and its parameters say the same as the text, of every trace.
func TestProofsSayTheSameTwice(t *testing.T) {
	names := map[telephony.SaidName]bool{}
	for _, name := range traceNames(t) {
		for _, ch := range play(lines(), trace(t, name)) {
			for _, p := range ch.Proofs {
				names[p.Said.Name] = true
				if p.Said.String() != p.Text {
					t.Errorf("%s: %q and %q", name, p.Said, p.Text)
				}
			}
		}
	}
	for _, want := range []telephony.SaidName{telephony.SaidDialled, telephony.SaidRedirecting, telephony.SaidSentOn, telephony.SaidRedirectAnswer, telephony.SaidLaterRedirect,
		telephony.SaidAnsweredBy, telephony.SaidDialEnded, telephony.SaidApplication, telephony.SaidTransfer, telephony.SaidTransferTo} {
		if !names[want] {
			t.Errorf("no trace says %s", want)
		}
	}
}

// Parameters that a name does not have are not written, and all come back.
func TestSaidAsJSON(t *testing.T) {
	in := telephony.Said{Name: telephony.SaidTransferTo, Event: "BridgeBlindTransfer", Endpoint: "PJSIP/duty", Number: "119"}
	raw, err := json.Marshal(in)
	if want := `{"name":"transfer_to","number":"119","endpoint":"PJSIP/duty","event":"BridgeBlindTransfer"}`; err != nil || string(raw) != want {
		t.Errorf("%s, %v, want %s", raw, err, want)
	}
	var out telephony.Said
	if err := json.Unmarshal(raw, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
}
