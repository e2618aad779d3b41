package ari_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dutyline/telephony/ari"
)

// named is a channel whose caller's name is this, as Asterisk writes it.
func named(t testing.TB, name string) string {
	t.Helper()
	text, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(channel, `"caller":{"name":"n"`, `"caller":{"name":`+string(text), 1)
}

func nameOf(t testing.TB, sent string) string {
	t.Helper()
	ev, err := ari.Decode([]byte(`{"type":"ChannelCreated",` + stamp + `,` + named(t, sent) + atTheEnd))
	if err != nil {
		t.Fatal(err)
	}
	return ev.Channel.CallerName
}

var callerNames = []struct{ sent, want string }{
	{`沈河区应急局`, `沈河区应急局`},
	{``, ``},
	{`a\"b\\c <script>`, `a"b\c <script>`},
	{`\"应急\"`, `"应急"`},
	{`\\\\`, `\\`},
	{`\\\"`, `\"`},
	{`\\"`, `\"`}, // the quote cannot come so from SIP, but from a dialplan
	{`\a\b`, `ab`},
	{"\\\x01\\\t", "\x01\t"},
	{`cut\`, `cut\`},
	{`cut\\\`, `cut\\`},
	{`\应急`, `\应急`},
	{"\\\r\\\n", "\\\r\\\n"},
	{`"quoted"`, `"quoted"`},
}

func TestCallerNamesComeWithoutEscapes(t *testing.T) {
	for _, tt := range callerNames {
		if got := nameOf(t, tt.sent); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.sent, got, tt.want)
		}
	}
}

// A call that was there already when we connected has the same name as one that was heard come.
func TestNamesOfCallsThatAreThereAlready(t *testing.T) {
	f := newFake(t)
	f.calls = "[" + strings.TrimPrefix(named(t, `a\"b\\c`), `"channel":`) + "]"
	f.calls = strings.Replace(f.calls, "PJSIP/duty-", "PJSIP/other-", 1) // one that is not asked about further
	snap, err := ari.New(f.config(), nil).Snapshot(t.Context())
	if err != nil || len(snap.Channels) != 1 || snap.Channels[0].CallerName != `a\"b\\c`[:0]+`a"b\\c`[:0]+`a"b\c` {
		t.Errorf("%+v, %v", snap.Channels, err)
	}
}

// Nothing else that Asterisk says is SIP's quoted string.
func TestOnlyTheCallersNameIsUnescaped(t *testing.T) {
	raw := strings.NewReplacer(`"app_data":"(Outgoing Line)"`, `"app_data":"a\\\\b"`, `"number":"12350"`, `"number":"1\\\\2"`).Replace(channel)
	ev, err := ari.Decode([]byte(`{"type":"ChannelCreated",` + stamp + `,` + raw + atTheEnd))
	if err != nil || ev.Channel.AppData != `a\\b` || ev.Channel.Number != `1\\2` {
		t.Errorf("%+v, %v", ev.Channel, err)
	}
}

// FuzzCallerName: what SIP's rules escape comes out as it went in, however much the sender
// escapes, and whatever else is sent is not longer for it.
func FuzzCallerName(f *testing.F) {
	for _, tt := range callerNames {
		f.Add(tt.sent)
	}
	f.Fuzz(func(t *testing.T, name string) {
		name = strings.ToValidUTF8(name, "?") // JSON has no other text
		var needed, every strings.Builder
		for _, r := range name {
			if r == '"' || r == '\\' {
				needed.WriteByte('\\')
			}
			if r < 0x80 && r != '\r' && r != '\n' {
				every.WriteByte('\\')
			}
			needed.WriteRune(r)
			every.WriteRune(r)
		}
		for _, sent := range []string{needed.String(), every.String()} {
			if got := nameOf(t, sent); got != name {
				t.Fatalf("%q, sent as %q, gives %q", name, sent, got)
			}
		}
		if got := nameOf(t, name); len(got) > len(name) || !strings.Contains(name, `\`) && got != name {
			t.Fatalf("%q gives %q", name, got)
		}
	})
}
