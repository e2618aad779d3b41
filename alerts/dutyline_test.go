package alerts_test

import (
	"testing"

	"dutyline/alerts"
	"dutyline/telephony"
)

// The duty phone is never called, in whatever way its number is dialled; and nobody is left uncalled
// whose number only ends alike.
func TestWhichNumbersRingAtADutyPhone(t *testing.T) {
	lines := []telephony.Line{{Name: "duty", Number: "02422739110", AreaCode: "024"}, {Name: "inner", Number: "8001", AreaCode: "024"}, {Name: "unnamed"}}
	for number, want := range map[string]string{
		"02422739110": "duty", "22739110": "duty", "+86 24 2273-9110": "duty", "0086-24-22739110": "duty", "9,22739110": "duty",
		"8001": "inner", "80-01": "inner", "98001": "inner", "0 8001": "inner",
		"13912348001": "", "02422738001": "", "2428001": "", "13800001111": "", "": "", "9110": "", "abc": "",
	} {
		if line, is := alerts.DutyLine(number, lines); line != want || is != (want != "") {
			t.Errorf("%q rings at %q (%v), want %q", number, line, is, want)
		}
	}
}
