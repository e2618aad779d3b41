package probe_test

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/probe"
)

// FuzzParse: whatever comes, a message that is taken has all that is read of it later.
func FuzzParse(f *testing.F) {
	whole := "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: ours\r\nCSeq: 1 INVITE\r\n"
	for _, s := range []string{
		"SIP/2.0 180 Ringing\r\n" + whole + "\r\n", "BYE sip:x SIP/2.0\r\n" + whole + "\r\n", "SIP/2.0 407 X\r\n" + whole + "Proxy-Authenticate: Digest \r\n\r\n",
		"SIP/2.0 183 X\r\n" + whole + "Content-Length: 99999\r\n\r\nc=IN IP4 x", "", "\r\n", "SIP/2.0 \r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		switch m := probe.Parse(b, "ours").(type) {
		case nil:
		case *sip.Response:
			if m.CSeq() == nil || m.To() == nil || m.CallID().Value() != "ours" {
				t.Errorf("taken without what is needed: %s", m)
			}
		case *sip.Request:
			if sip.NewResponseFromRequest(m, 200, "OK", nil) == nil {
				t.Errorf("no answer to %s", m)
			}
		default:
			t.Errorf("taken as %T", m)
		}
	})
}
