package hep

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// What of a message is kept, at most. Whoever can reach the SIP port can send 64 KB.
const (
	maxRaw      = 16 << 10 // bytes of evidence
	maxIdentity = 1024     // bytes of Call-ID, tag, branch: they are kept as they came or not at all
	maxText     = 256      // characters of other values: they are cut
	maxValues   = 8        // values of one header
)

// Message is what we keep of one SIP message.
type Message struct {
	At        time.Time     // the switch's clock, see Packet
	Up        time.Duration // our uptime when it came
	From, To  netip.AddrPort
	Transport uint8

	Method   string // of a request; of a response, that which it answers
	Status   int    // of a response; 0 is a request
	URI      string // of a request: whom it asks
	CallID   string
	CSeq     uint32
	Branch   string // of the topmost Via: a request sent again has the same one
	FromUser string
	FromTag  string
	ToUser   string
	ToTag    string

	Contacts    []Contact
	Expires     int      // seconds; -1 when the header is not there
	Diversion   []string // who sent the call on before, the last one first
	HistoryInfo []string // the same in RFC 7044's form, the first one first
	Reason      []string // why it was cancelled or ended (RFC 3326)
	ReferTo     string   // of a REFER: where the call is to go
	SDP         bool     // it carries a description of sound

	// Raw is the message as it came, when that was asked for; RawCut says that it was longer.
	Raw    []byte
	RawCut bool

	Repeats int // how often the same message was seen again, sent anew for want of an answer
}

// Contact is one address of a Contact header.
type Contact struct {
	URI     string // for instance sip:13800001111@192.0.2.7:5060; "*" is every one
	Host    string
	Port    int // 0 when none is given
	Expires int // seconds; -1 when it says nothing of its own
}

// Request reports whether the message asks, not answers.
func (m *Message) Request() bool { return m.Status == 0 }

// String is the message in one line, as a telephonist reads it.
func (m *Message) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s > %s ", m.At.Format("15:04:05.000000"), m.From, m.To)
	if m.Request() {
		fmt.Fprintf(&b, "%s %s", m.Method, m.URI)
	} else {
		fmt.Fprintf(&b, "%d (%s)", m.Status, m.Method)
	}
	if m.SDP {
		b.WriteString(" sdp")
	}
	for _, c := range m.Contacts {
		b.WriteString(" contact=" + c.URI)
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"diversion", m.Diversion}, {"history", m.HistoryInfo}, {"reason", m.Reason}} {
		for _, v := range list.values {
			fmt.Fprintf(&b, " %s=%q", list.name, v)
		}
	}
	if m.ReferTo != "" {
		b.WriteString(" refer-to=" + m.ReferTo)
	}
	if m.Repeats > 0 {
		fmt.Fprintf(&b, " (+%d)", m.Repeats)
	}
	return b.String()
}

// same reports whether two messages are one that was sent twice, or seen twice because Asterisk
// called itself and mirrored both ends.
func (m *Message) same(o *Message) bool {
	return m.Method == o.Method && m.Status == o.Status && m.CSeq == o.CSeq && m.Branch == o.Branch &&
		m.FromTag == o.FromTag && m.ToTag == o.ToTag && m.From == o.From && m.To == o.To && m.SDP == o.SDP
}

// size is about how many bytes the message takes in memory.
func (m *Message) size() int {
	n := 512 + len(m.Raw) + len(m.URI) + len(m.CallID) + len(m.Branch) + len(m.FromUser) + len(m.FromTag) + len(m.ToUser) + len(m.ToTag) + len(m.ReferTo)
	for _, c := range m.Contacts {
		n += 64 + len(c.URI) + len(c.Host)
	}
	for _, list := range [][]string{m.Diversion, m.HistoryInfo, m.Reason} {
		for _, v := range list {
			n += 16 + len(v)
		}
	}
	return n
}

// keepRaw copies the evidence.
func (m *Message) keepRaw(payload []byte) {
	m.Raw, m.RawCut = bytes.Clone(payload[:min(len(payload), maxRaw)]), len(payload) > maxRaw
}
