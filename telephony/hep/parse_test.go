package hep_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/hep"
)

func TestARequestIsReadInFull(t *testing.T) {
	got := message(t, gateway, pbx, lines(
		"INVITE sip:02422739110@192.0.2.1 SIP/2.0",
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1, SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKfar",
		`From: "Zhang \"San\", 三" <sip:13900001111@198.51.100.1>;tag=f1`,
		"To: <sip:02422739110@192.0.2.1>",
		"Call-ID: call-1@198.51.100.1",
		"CSeq: 7 INVITE",
		"Contact: <sip:gw@192.0.2.9:5080;transport=udp>;expires=90",
		`Diversion: "A, B" <sip:02488880000@10.0.0.1>;reason=unconditional, <sip:1@h>;reason=user-busy`,
		`Diversion: "\", <" <sip:2@h>`,
		"History-Info: <sip:02488880000@10.0.0.1?Reason=SIP%3Bcause%3D302>;index=1,",
		" <sip:02422739110@192.0.2.1>;index=1.1",
		"Reason: Q.850;cause=16;text=\"a, b\"",
		"Content-Type: application/sdp",
		"", "v=0"))
	want := hep.Message{
		At: noon, From: gateway, To: pbx, Transport: 17,
		Method: "INVITE", URI: "sip:02422739110@192.0.2.1", CallID: "call-1@198.51.100.1", CSeq: 7, Branch: "z9hG4bK1",
		FromUser: "13900001111", FromTag: "f1", ToUser: "02422739110",
		Contacts: []hep.Contact{{URI: "sip:gw@192.0.2.9:5080;transport=udp", Host: "192.0.2.9", Port: 5080, Expires: 90}},
		Expires:  -1,
		Diversion: []string{
			`"A, B" <sip:02488880000@10.0.0.1>;reason=unconditional`, `<sip:1@h>;reason=user-busy`, `"\", <" <sip:2@h>`,
		},
		HistoryInfo: []string{`<sip:02488880000@10.0.0.1?Reason=SIP%3Bcause%3D302>;index=1`, `<sip:02422739110@192.0.2.1>;index=1.1`},
		Reason:      []string{`Q.850;cause=16;text="a, b"`},
		SDP:         true,
	}
	if diff := cmp.Diff(want, got, byValue); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAResponseIsReadInFull(t *testing.T) {
	got := message(t, desk, pbx, lines(
		"SIP/2.0 302 Moved Temporarily",
		"v: SIP/2.0/TCP 192.0.2.1;branch=b",
		"f: <sip:1@a>;TAG=x",
		"t: <tel:02422739110;phone-context=+86>;tag=y",
		"i: c",
		"CSEQ:  0009   INVITE",
		"m: <sip:1@h1>;q=0.5, <sip:user:secret@h2>, *",
		"Expires: 60",
		"Content-Length: 0"))
	want := hep.Message{
		At: noon, From: desk, To: pbx, Transport: 17, Status: 302, Method: "INVITE", CallID: "c", CSeq: 9, Branch: "b",
		FromUser: "1", FromTag: "x", ToUser: "02422739110", ToTag: "y", Expires: 60,
		Contacts: []hep.Contact{{URI: "sip:1@h1", Host: "h1", Expires: -1}, {URI: "sip:user@h2", Host: "h2", Expires: -1}, {URI: "*", Expires: -1}},
	}
	if diff := cmp.Diff(want, got, byValue); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ask is a plain request with some lines changed: "Name: value" replaces, "Name" takes away.
func ask(first string, changes ...string) []byte {
	method, _, _ := strings.Cut(first, " ")
	all := []string{first, "Via: SIP/2.0/UDP h;branch=z9hG4bKb", "From: <sip:1@h>;tag=f", "To: <sip:2@h>", "Call-ID: c", "CSeq: 1 " + method}
	for _, c := range changes {
		name, _, given := strings.Cut(c, ":")
		replaced := false
		for i, l := range all {
			if strings.HasPrefix(l, name+":") {
				if all[i] = c; !given {
					all[i] = "X-Gone: 1"
				}
				replaced = true
			}
		}
		if !replaced {
			all = append(all, c)
		}
	}
	return lines(all...)
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for _, c := range []struct {
		name    string
		payload []byte
		want    hep.Reason
	}{
		{"an empty line", []byte("\r\n"), hep.NotSIP},
		{"a keep-alive", []byte("\r\n\r\n"), hep.NotSIP},
		{"HTTP", []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), hep.NotSIP},
		{"no end of the headers", []byte("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: a\r\n"), hep.NotSIP},
		{"a line without its end", []byte("OPTIONS sip:a@b SIP/2.0\nCall-ID: a\n\n"), hep.NotSIP},
		{"a header without a colon", ask("OPTIONS sip:a@b SIP/2.0", "Garbage"), hep.NotSIP},
		{"no Call-ID", ask("OPTIONS sip:a@b SIP/2.0", "Call-ID"), hep.NotSIP},
		{"an empty Call-ID", ask("OPTIONS sip:a@b SIP/2.0", "Call-ID:  "), hep.NotSIP},
		{"no CSeq", ask("OPTIONS sip:a@b SIP/2.0", "CSeq"), hep.NotSIP},
		{"a CSeq that is no number", ask("OPTIONS sip:a@b SIP/2.0", "CSeq: one OPTIONS"), hep.NotSIP},
		{"a CSeq of another method", ask("OPTIONS sip:a@b SIP/2.0", "CSeq: 1 INVITE"), hep.NotSIP},
		{"a CSeq beyond 2^31", ask("OPTIONS sip:a@b SIP/2.0", "CSeq: 2147483648 OPTIONS"), hep.NotSIP},
		{"status 99", ask("SIP/2.0 99 Odd", "CSeq: 1 INVITE"), hep.NotSIP},
		{"status 700", ask("SIP/2.0 700 Odd", "CSeq: 1 INVITE"), hep.NotSIP},
		{"a status of five digits", ask("SIP/2.0 18000 Odd", "CSeq: 1 INVITE"), hep.NotSIP},
		{"a huge Call-ID", ask("OPTIONS sip:a@b SIP/2.0", "Call-ID: "+long), hep.Oversized},
		{"a huge tag", ask("OPTIONS sip:a@b SIP/2.0", "From: <sip:1@h>;tag="+long), hep.Oversized},
		{"a huge branch", ask("OPTIONS sip:a@b SIP/2.0", "Via: SIP/2.0/UDP h;branch="+long), hep.Oversized},
	} {
		_, err := read(encode(packet(pbx, desk, c.payload)))
		if got := reasonOf(t, err); got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
	rtcp := packet(pbx, desk, []byte(`{"ssrc":1}`))
	rtcp.Protocol = hep.ProtocolRTCP
	if _, err := read(encode(rtcp)); reasonOf(t, err) != hep.OtherProtocol || !strings.Contains(err.Error(), "res_hep_rtcp") {
		t.Errorf("RTCP: %v", err)
	}
}

// A header that Asterisk does not need to set a call up must not hide the message from us.
func TestAnOddHeaderDoesNotHideTheMessage(t *testing.T) {
	for _, odd := range []string{
		"Via: this is none", "From: \"never ends", "From: <", "To: ", "Contact: <<<>>>", "Contact: \"", "Route: ;;;", "Content-Length: much",
		"Content-Length: 4000000000", "Expires: -5", "Expires: 99999999999999", "Refer-To: <>", "Diversion: ,,,", "Reason: ;", "Max-Forwards: -1", "X\x00: \x00",
	} {
		m := message(t, pbx, desk, ask("SIP/2.0 302 Moved", "CSeq: 1 INVITE", odd))
		if m.Status != 302 || m.CallID != "c" || m.Expires != -1 {
			t.Errorf("%q: %+v", odd, m)
		}
	}
}

// An address that the parser does not take is still told as it stands.
func TestAnOddContactIsKeptAsText(t *testing.T) {
	m := message(t, desk, pbx, ask("SIP/2.0 302 Moved", "CSeq: 1 INVITE", "Contact: <sip:1[38@h>, <sip:2@h>"))
	want := []hep.Contact{{URI: "<sip:1[38@h>", Expires: -1}, {URI: "sip:2@h", Host: "h", Expires: -1}}
	if diff := cmp.Diff(want, m.Contacts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASessionDescriptionIsSeen(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		want       bool
	}{
		{"Content-Type: application/sdp", "v=0", true},
		{"c: Application/SDP;charset=x", "v=0", true},
		{"Content-Type: application/sdp", "", false},
		{"Content-Type: application/dtmf-relay", "Signal=5", false},
		{"X: y", "v=0", false},
		{"Content-Type: multipart/mixed;boundary=b", "--b\r\nContent-Type: Application/SDP\r\n\r\nv=0\r\n--b--", true},
		{"Content-Type: multipart/mixed;boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nv=0\r\n--b--", false},
	} {
		m := message(t, pbx, desk, append(ask("SIP/2.0 183 Session Progress", "CSeq: 1 INVITE", c.kind), c.body...))
		if m.SDP != c.want {
			t.Errorf("%s with %q: %v", c.kind, c.body, m.SDP)
		}
	}
}

// What is kept is bounded and can be shown, whatever is sent.
func TestTextsAreCutAndMadeSafe(t *testing.T) {
	many := strings.Repeat("<sip:1@h>,", 100)
	m := message(t, pbx, desk, ask("OPTIONS sip:a@b SIP/2.0", "Contact: "+many, "Diversion: "+many,
		"Reason: "+strings.Repeat("火", 5000), "From: <sip:a\x1b\xff\u202eb@h>;tag=f"))
	if len(m.Contacts) != 8 || len(m.Diversion) != 8 || m.Reason[0] != strings.Repeat("火", 256) {
		t.Errorf("%d contacts, %d diversions, reason of %d bytes", len(m.Contacts), len(m.Diversion), len(m.Reason[0]))
	}
	if m.FromUser != "a\uFFFDb" {
		t.Errorf("user %q", m.FromUser)
	}
}

func TestTheMessageIsKeptOnlyWhenAsked(t *testing.T) {
	payload := ask("OPTIONS sip:a@b SIP/2.0")
	p, err := hep.Decode(encode(packet(pbx, desk, payload)))
	if err != nil {
		t.Fatal(err)
	}
	without, _ := hep.Parse(p, false)
	with, _ := hep.Parse(p, true)
	if without.Raw != nil || !bytes.Equal(with.Raw, payload) || with.RawCut {
		t.Errorf("kept %d and %d bytes of %d", len(without.Raw), len(with.Raw), len(payload))
	}
	p.Payload = append(payload, make([]byte, 50_000)...)
	if with, _ = hep.Parse(p, true); len(with.Raw) != 16<<10 || !with.RawCut {
		t.Errorf("kept %d bytes of a long one, cut %v", len(with.Raw), with.RawCut)
	}
	copy(p.Payload, "XXXXXXX")
	if !bytes.HasPrefix(with.Raw, []byte("OPTIONS")) {
		t.Error("the evidence changes with the buffer")
	}
}
