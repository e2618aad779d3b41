package practice_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/practice"
)

// FuzzDisplayName: whatever name is accepted comes out of a SIP parser as it went in, and
// nothing of it becomes part of the address or a parameter.
func FuzzDisplayName(f *testing.F) {
	for _, s := range []string{"", "沈河区应急局", `"`, `\`, `\"`, "a\x01b", "tab\t", `x" <sip:evil@host>;tag=1`, "<>;,", "🚒", "\x7f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if _, err := (practice.Call{From: "1", Name: name}).Complete(); err != nil {
			if utf8.ValidString(name) && !strings.ContainsAny(name, "\r\n\x00") && len(name) < 10_000 {
				t.Fatalf("%q was refused: %v", name, err)
			}
			return
		}
		from := sip.FromHeader{DisplayName: practice.DisplayName(name), Address: sip.Uri{Scheme: "sip", User: "1", Host: "h"}}
		var uri sip.Uri
		params := sip.NewParams()
		got, err := sip.ParseAddressValue(from.Value()+";tag=t", &uri, &params)
		if err != nil {
			t.Fatalf("%q gave a header that cannot be read: %v", name, err)
		}
		if uri.User != "1" || uri.Host != "h" || params.Length() != 1 {
			t.Fatalf("%q leaked into the address: %v %v", name, uri, params)
		}
		if plain := unescape(got); plain != name {
			t.Fatalf("%q came out as %q", name, plain)
		}
	})
}

func unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// FuzzNumber: a number that is accepted is a user part that comes out as it went in.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"02422730001", "+8613912345678", "", "+", "*57#", "1@evil", "1;x=y", "１２", "1\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, number string) {
		for _, c := range []practice.Call{{From: number}, {To: number}} {
			if _, err := c.Complete(); err != nil {
				continue
			}
			var uri sip.Uri
			if c.To != "" && strings.Contains(number, "#") {
				continue // written as it is; the switch decodes both forms
			}
			if err := sip.ParseUri("sip:"+number+"@h", &uri); err != nil || uri.User != number || uri.Host != "h" {
				t.Fatalf("%q came out as %q at %q (%v)", number, uri.User, uri.Host, err)
			}
		}
	})
}

// FuzzReadWAV: what a speech program writes never breaks anything and never gives other than sound.
func FuzzReadWAV(f *testing.F) {
	f.Add(wav(22050, tone(440, 22050, 1e6)))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"))
	f.Add([]byte("RIFF....WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x10\x00data\x02\x00\x00\x00\x00\x80"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pcm, rate, err := practice.ReadWAV(b)
		if err == nil && (rate < 8000 || rate > 192000) {
			t.Fatalf("%d samples a second", rate)
		}
		for _, x := range pcm {
			if math.IsNaN(x) || x < -1 || x > 1 {
				t.Fatalf("a sample of %v", x)
			}
		}
	})
}
