package main_test

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The peers of the torture bench speak SIP by themselves, without a library: what they sent,
// and how often, is what everything is judged by, so nothing may be sent behind their back.

// sipText is one SIP message: its first line, its headers by lower-case name, its body.
type sipText struct {
	start string
	head  map[string][]string
	body  string
}

// parseSIP reads what Asterisk writes: long header names, one header a line.
func parseSIP(raw string) (*sipText, bool) {
	top, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(top, "\r\n")
	m := &sipText{start: lines[0], head: map[string][]string{}, body: body}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, false
		}
		name = strings.ToLower(strings.TrimSpace(name))
		m.head[name] = append(m.head[name], strings.TrimSpace(value))
	}
	if !strings.Contains(m.start, "SIP/2.0") || m.get("call-id") == "" || m.get("cseq") == "" {
		return nil, false
	}
	return m, true
}

func (m *sipText) get(name string) string {
	if v := m.head[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// status is 0 for a request.
func (m *sipText) status() int {
	if !strings.HasPrefix(m.start, "SIP/2.0 ") {
		return 0
	}
	n, _ := strconv.Atoi(strings.Fields(m.start)[1])
	return n
}

// method is the request's own, or that of the request which a response answers.
func (m *sipText) method() string {
	f := strings.Fields(m.get("cseq"))
	if len(f) < 2 {
		return ""
	}
	return f[1]
}

func (m *sipText) cseq() string { n, _, _ := strings.Cut(m.get("cseq"), " "); return n }

// uriIn takes the address out of a header such as Contact or From.
func uriIn(header string) string {
	if _, after, ok := strings.Cut(header, "<"); ok {
		uri, _, _ := strings.Cut(after, ">")
		return uri
	}
	uri, _, _ := strings.Cut(header, ";")
	return strings.TrimSpace(uri)
}

// userIn is the user part of such an address.
func userIn(header string) string {
	user, _, _ := strings.Cut(strings.TrimPrefix(uriIn(header), "sip:"), "@")
	return user
}

// answer makes a response to a request; more are further headers.
func (m *sipText) answer(status int, reason, tag, body string, more ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", status, reason)
	for _, via := range m.head["via"] {
		fmt.Fprintf(&b, "Via: %s\r\n", via)
	}
	to := m.get("to")
	if tag != "" && !strings.Contains(to, ";tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n", m.get("from"), to, m.get("call-id"), m.get("cseq"))
	return finishSIP(&b, body, more)
}

func finishSIP(b *strings.Builder, body string, more []string) string {
	for _, h := range more {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

// sipRequest is what one side of a call repeats in all its requests.
type sipRequest struct{ uri, from, to, callID, local string }

func (r sipRequest) text(method string, cseq int, branch, body string, more ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n", method, r.uri, r.local, branch)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n", r.from, r.to, r.callID, cseq, method)
	return finishSIP(&b, body, more)
}

// sdp offers or answers A-law sound at a port.
func sdp(port int) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n", port)
}

// soundPort is where the other side wants its sound; 0: nowhere.
func (m *sipText) soundPort() int {
	_, after, ok := strings.Cut(m.body, "m=audio ")
	if !ok {
		return 0
	}
	port, _, _ := strings.Cut(after, " ")
	n, _ := strconv.Atoi(port)
	return n
}

func someToken() string { return strconv.FormatUint(rand.Uint64(), 36) }

// sipSocket is one UDP socket with all the calls on it, by Call-ID.
type sipSocket struct {
	conn  *net.UDPConn
	peer  *net.UDPAddr
	stray func(*sipText) // of no known call; called by the reader
	ended chan struct{}

	mu    sync.Mutex
	calls map[string]chan *sipText
}

// openSocket reads until the benchmark ends.
func openSocket(t testing.TB, peer string, stray func(*sipSocket, *sipText)) *sipSocket {
	t.Helper()
	to, err := net.ResolveUDPAddr("udp", peer)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	s := &sipSocket{conn: conn, peer: to, ended: make(chan struct{}), calls: map[string]chan *sipText{}}
	s.stray = func(m *sipText) { stray(s, m) }
	go s.read()
	t.Cleanup(func() {
		_ = conn.Close()
		<-s.ended
	})
	return s
}

func (s *sipSocket) read() {
	defer close(s.ended)
	buf := make([]byte, 64<<10)
	for {
		n, _, err := s.conn.ReadFromUDP(buf)
		if err != nil {
			return // closed
		}
		m, ok := parseSIP(string(buf[:n]))
		if !ok {
			continue
		}
		s.mu.Lock()
		inbox := s.calls[m.get("call-id")]
		s.mu.Unlock()
		if inbox == nil {
			s.stray(m)
			continue
		}
		select {
		case inbox <- m:
		default: // a call that takes nothing any more
		}
	}
}

// local is the socket's address.
func (s *sipSocket) local() string { return s.conn.LocalAddr().String() }

func (s *sipSocket) send(text string) { _, _ = s.conn.WriteToUDP([]byte(text), s.peer) }

func (s *sipSocket) open(callID string) chan *sipText {
	inbox := make(chan *sipText, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[callID] = inbox
	return inbox
}

func (s *sipSocket) forget(callID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, callID)
}

// digest answers a WWW-Authenticate header (RFC 2617, MD5).
func digest(challenge, method, uri, user, password string) string {
	part := func(name string) string {
		_, after, _ := strings.Cut(challenge, name+"=")
		if strings.HasPrefix(after, `"`) {
			v, _, _ := strings.Cut(after[1:], `"`)
			return v
		}
		v, _, _ := strings.Cut(after, ",")
		return strings.TrimSpace(v)
	}
	sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	realm, nonce, cnonce := part("realm"), part("nonce"), someToken()
	secret, asked := sum(user+":"+realm+":"+password), sum(method+":"+uri)
	out := fmt.Sprintf(`Digest username="%s",realm="%s",nonce="%s",uri="%s",algorithm=MD5`, user, realm, nonce, uri)
	if opaque := part("opaque"); opaque != "" {
		out += fmt.Sprintf(`,opaque="%s"`, opaque)
	}
	if !strings.Contains(challenge, "qop=") {
		return out + fmt.Sprintf(`,response="%s"`, sum(secret+":"+nonce+":"+asked))
	}
	return out + fmt.Sprintf(`,qop=auth,nc=00000001,cnonce="%s",response="%s"`, cnonce, sum(strings.Join([]string{secret, nonce, "00000001", cnonce, "auth", asked}, ":")))
}

func TestTheBenchReadsSIP(t *testing.T) {
	m, ok := parseSIP("SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP a;branch=1\r\nVia: SIP/2.0/UDP b\r\nFrom: \"x\" <sip:110@127.0.0.1:5>;tag=1\r\nTo: <sip:2@b>;tag=9\r\n" +
		"Call-ID: c1\r\nCSeq: 7 INVITE\r\nContact: <sip:2@127.0.0.1:6;ob>\r\n\r\nv=0\r\nm=audio 12034 RTP/AVP 8\r\n")
	if !ok || m.status() != 180 || m.method() != "INVITE" || m.cseq() != "7" || len(m.head["via"]) != 2 || m.soundPort() != 12034 {
		t.Errorf("read as %+v", m)
	}
	if userIn(m.get("from")) != "110" || uriIn(m.get("contact")) != "sip:2@127.0.0.1:6;ob" {
		t.Errorf("from %q, contact %q", userIn(m.get("from")), uriIn(m.get("contact")))
	}
	for _, broken := range []string{"", "hello", "OPTIONS sip:a SIP/2.0\r\nno colon\r\n\r\n", "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"} {
		if _, ok := parseSIP(broken); ok {
			t.Errorf("%q was taken for SIP", broken)
		}
	}
}

// The example of RFC 2617, section 3.5, without a quality of protection.
func TestTheBenchKnowsDigest(t *testing.T) {
	got := digest(`Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`, "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
	if !strings.Contains(got, `response="1949323746fe6a43ef61f9606e7febea"`) {
		t.Errorf("answered %s", got)
	}
}
