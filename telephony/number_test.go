package telephony_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dutyline/telephony"
)

func TestParseNumber(t *testing.T) {
	tests := []struct{ raw, want string }{
		// mobiles in every dress
		{"13900001111", "+8613900001111"},
		{"013900001111", "+8613900001111"},
		{"+8613900001111", "+8613900001111"},
		{"008613900001111", "+8613900001111"},
		{"8613900001111", "+8613900001111"},
		{"+86013900001111", "+8613900001111"},
		{"+86-139-0000-1111", "+8613900001111"},
		{" 139 0000 1111 ", "+8613900001111"},
		{"tel:+8613900001111", "+8613900001111"},
		{"tel:+86-139-0000-1111;phone-context=x", "+8613900001111"},
		{"sip:%2B8613900001111@192.0.2.1:5060;user=phone", "+8613900001111"},
		{"139%200000", ""},
		// fixed lines
		{"02422739110", "+862422739110"},
		{"22739110", "+862422739110"},
		{"2422739110", "+862422739110"},
		{"862422739110", "+862422739110"},
		{"+86 024 22739110", "+862422739110"},
		{"(024) 2273-9110", "+862422739110"},
		{"01065551234", "+861065551234"},
		{"041184512345", "+8641184512345"},
		{"04102651234", "+864102651234"},
		// service numbers
		{"110", "+86110"},
		{"119", "+86119"},
		{"120", "+86120"},
		{"12345", "+8612345"},
		{"12350", "+8612350"},
		{"95598", "+8695598"},
		{"+8695598", "+8695598"},
		{"96123", "+8696123"},
		{"10086", "+8610086"},
		{"4008123123", "+864008123123"},
		{"8008101234", "+868008101234"},
		// abroad
		{"0085223456789", "+85223456789"},
		{"+12125550123", "+12125550123"},
		// nothing to compare
		{"", ""}, {"anonymous", ""}, {"probe", ""}, {"duty", ""}, {"201", ""}, {"s", ""}, {"+", ""}, {"00", ""},
		{"1390001", ""}, {"*57*13800001111#", ""}, {"#57#", ""}, {"+86", ""}, {"13900001111x", ""}, {"1+390", ""},
		{strings.Repeat("1", 60), ""}, {"+0123456789", ""}, {"１３９００００１１１１", ""},
	}
	for _, tt := range tests {
		if got := telephony.ParseNumber(tt.raw, "024"); got.E164 != tt.want {
			t.Errorf("ParseNumber(%q) = %q, want %q", tt.raw, got.E164, tt.want)
		}
	}
}

func TestParseNumberElsewhere(t *testing.T) {
	tests := []struct{ raw, area, want string }{
		{"65551234", "010", "+861065551234"},
		{"65551234", "10", "+861065551234"},
		{"2651234", "0410", "+864102651234"},
		{"22739110", "", ""},
	}
	for _, tt := range tests {
		if got := telephony.ParseNumber(tt.raw, tt.area); got.E164 != tt.want {
			t.Errorf("ParseNumber(%q, %q) = %q, want %q", tt.raw, tt.area, got.E164, tt.want)
		}
	}
}

func TestWithheld(t *testing.T) {
	for raw, want := range map[string]bool{"": true, "anonymous": true, "probe": true, "201": false, "13900001111": false, "*57#": false} {
		if got := telephony.ParseNumber(raw, "024").Withheld(); got != want {
			t.Errorf("%q withheld: %v, want %v", raw, got, want)
		}
	}
}

// Whatever comes from the network is made printable and short, and a normalized number is
// its own normal form.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"", "13900001111", "+8613900001111", "008613900001111", "22739110", "tel:+86;x", "\xff\x00\x1b[31m", "+85223456789", "4008123123"} {
		f.Add(s, "024")
	}
	f.Fuzz(func(t *testing.T, raw, area string) {
		n := telephony.ParseNumber(raw, area)
		if n.E164 != "" {
			if again := telephony.ParseNumber(n.E164, area); again.E164 != n.E164 || again.Raw != n.E164 {
				t.Fatalf("%q became %q, and that %q", raw, n.E164, again.E164)
			}
		}
		if !utf8.ValidString(n.Raw) || utf8.RuneCountInString(n.Raw) > 64 {
			t.Fatalf("raw form %q is not clean", n.Raw)
		}
		for _, r := range n.Raw {
			if r < ' ' || r == 0x7f {
				t.Fatalf("control character in %q", n.Raw)
			}
		}
	})
}

func TestTheCoreOfANumberEndsEverySpelling(t *testing.T) {
	for raw, want := range map[string]string{
		"02422730001": "22730001", "+86 24 2273-0001": "22730001", "22730001": "22730001", "010-62001234": "62001234", "04113860123": "3860123",
		"13900001111": "13900001111", "4001234567": "4001234567", "4002234567": "4002234567", "110": "110", "0044 20 7946 0000": "442079460000", "8001": "", "anonymous": "", "": "",
	} {
		if got := telephony.ParseNumber(raw, "024").Core(); got != want {
			t.Errorf("%q: core %q, want %q", raw, got, want)
		}
	}
}
