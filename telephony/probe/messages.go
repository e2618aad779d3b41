package probe

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"dutyline/telephony/testcall"
)

// dialog is what all messages of one call have in common.
type dialog struct {
	cfg    Config
	local  *net.UDPAddr
	target sip.Uri
	from   string // the From header, with our tag
	to     string // the To header; the other side adds its tag
	callID string
	seq    uint32
	branch string // of the present INVITE
}

func newDialog(cfg Config, local *net.UDPAddr, number, token string) *dialog {
	host, port := cfg.host()
	own, domain := cfg.User, cfg.Domain
	if own == "" {
		own = cfg.Number
	}
	d := &dialog{cfg: cfg, local: local, callID: sip.GenerateTagN(24), seq: 1}
	if domain == "" {
		domain = host
		d.target.Port = port
	}
	d.target.Scheme, d.target.User, d.target.Host = "sip", cfg.Prefix+number, domain
	d.from = fmt.Sprintf("<sip:%s@%s>;tag=%s", own, domain, sip.GenerateTagN(16))
	if token != "" {
		d.from = fmt.Sprintf("%q %s", testcall.NamePrefix+token, d.from)
	}
	d.to = "<" + d.target.String() + ">"
	return d
}

func (c Config) host() (host string, port int) {
	host, text, _ := net.SplitHostPort(c.Server) // it was validated
	_, _ = fmt.Sscan(text, &port)
	return host, port
}

func (d *dialog) request(method sip.RequestMethod, to sip.Uri, branch string, seq uint32, toHeader string) *sip.Request {
	r := sip.NewRequest(method, to)
	add := func(name, value string) { r.AppendHeader(sip.NewHeader(name, value)) }
	add("Via", fmt.Sprintf("SIP/2.0/UDP %s;branch=%s;rport", d.local, branch))
	add("Max-Forwards", "70")
	add("From", d.from)
	add("To", toHeader)
	add("Call-ID", d.callID)
	add("CSeq", fmt.Sprintf("%d %s", seq, method))
	add("Contact", fmt.Sprintf("<sip:%s@%s>", d.cfg.Number, d.local))
	add("User-Agent", "dutyline")
	return r
}

// invite is the call itself; credentials is the header that a challenge asked for.
func (d *dialog) invite(sound *net.UDPAddr, credentials sip.Header) *sip.Request {
	d.branch = sip.GenerateBranch()
	r := d.request(sip.INVITE, d.target, d.branch, d.seq, d.to)
	if credentials != nil {
		r.AppendHeader(credentials)
	}
	r.AppendHeader(sip.NewHeader("Allow", "INVITE, ACK, CANCEL, BYE"))
	r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	kind := "IP4"
	if sound.IP.To4() == nil {
		kind = "IP6"
	}
	r.SetBody(fmt.Appendf(nil, "v=0\r\no=dutyline 1 1 IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		kind, sound.IP, kind, sound.IP, sound.Port))
	return r
}

// cancel ends the present INVITE: the same branch and number.
func (d *dialog) cancel() *sip.Request {
	r := d.request(sip.CANCEL, d.target, d.branch, d.seq, d.to)
	r.SetBody(nil)
	return r
}

// refusedAck confirms a final answer that is no success.
func (d *dialog) refusedAck(res *sip.Response) *sip.Request {
	r := d.request(sip.ACK, d.target, d.branch, d.seq, headerValue(res, "To"))
	r.SetBody(nil)
	return r
}

// inside makes a request of an answered call: ACK, BYE.
func (d *dialog) inside(method sip.RequestMethod, res *sip.Response, seq uint32) *sip.Request {
	target := d.target
	if contact := res.Contact(); contact != nil {
		target = *contact.Address.Clone()
	}
	r := d.request(method, target, sip.GenerateBranch(), seq, headerValue(res, "To"))
	routes := res.GetHeaders("Record-Route")
	for _, route := range slices.Backward(routes) {
		r.AppendHeader(sip.NewHeader("Route", route.Value()))
	}
	r.SetBody(nil)
	return r
}

func headerValue(m interface{ GetHeader(string) sip.Header }, name string) string {
	if h := m.GetHeader(name); h != nil {
		return h.Value()
	}
	return ""
}

// credentials answers a challenge; false: there is none that can be answered.
func (d *dialog) credentials(res *sip.Response) (sip.Header, bool) {
	asks, answers := "WWW-Authenticate", "Authorization"
	if res.StatusCode == sip.StatusProxyAuthRequired {
		asks, answers = "Proxy-Authenticate", "Proxy-Authorization"
	}
	challenge, err := digest.ParseChallenge(headerValue(res, asks))
	if err != nil || d.cfg.Password == "" {
		return nil, false
	}
	challenge.Algorithm = strings.ToUpper(challenge.Algorithm)
	user := d.cfg.User
	if user == "" {
		user = d.cfg.Number
	}
	c, err := digest.Digest(challenge, digest.Options{Method: "INVITE", URI: d.target.String(), Username: user, Password: d.cfg.Password})
	if err != nil {
		return nil, false
	}
	return sip.NewHeader(answers, c.String()), true
}

// soundFrom is where a session description says that sound comes from; false: it says nothing.
func soundFrom(body []byte) (netip.Addr, bool) {
	for line := range strings.Lines(string(body)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "c=IN" {
			a, err := netip.ParseAddr(fields[2])
			return a.Unmap(), err == nil
		}
	}
	return netip.Addr{}, false
}

// soundTo is where a session description wants sound to be sent; false: nowhere.
func soundTo(body []byte) (netip.AddrPort, bool) {
	addr, ok := soundFrom(body)
	for line := range strings.Lines(string(body)) {
		if after, audio := strings.CutPrefix(line, "m=audio "); audio && ok {
			text, _, _ := strings.Cut(after, " ")
			port, err := strconv.ParseUint(text, 10, 16)
			return netip.AddrPortFrom(addr, uint16(port)), err == nil && port > 0
		}
	}
	return netip.AddrPort{}, false
}
