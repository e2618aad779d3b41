package hep

import (
	"bytes"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// parser reads first lines and header lines only. Headers that we do not need must not make a
// message unreadable that Asterisk took, so each is read where it is needed.
var parser = sip.NewParser(sip.WithHeadersParsers(sip.HeadersParser{}))

// Parse reads the SIP message in a packet. The result shares no memory with it; the message as
// it came is kept only when raw is set. The error is a *Refusal.
func Parse(p Packet, raw bool) (m Message, err error) {
	if p.Protocol != ProtocolSIP {
		return Message{}, refuse(OtherProtocol, "protocol %d is not SIP; leave res_hep_rtcp out of modules.conf", p.Protocol)
	}
	// Anybody who reaches the SIP port chooses what is parsed here. A fault in the parser must
	// not end the daemon that keeps the duty log.
	defer func() {
		if fault := recover(); fault != nil {
			m, err = Message{}, refuse(ParserFailed, "%.200v", fault)
		}
	}()
	parsed, size, err := parser.ParseHeaders(p.Payload, false)
	if err != nil {
		return Message{}, refuse(NotSIP, "%.200v", err)
	}
	m = Message{At: p.At, From: p.From, To: p.To, Transport: p.Transport}
	h, refused := m.firstLine(parsed)
	if refused == nil {
		refused = m.identify(h)
	}
	if refused != nil {
		return Message{}, refused
	}
	m.describe(h, p.Payload[size:])
	if raw {
		m.keepRaw(p.Payload)
	}
	return m, nil
}

// firstLine reads what a message is, a question or an answer.
func (m *Message) firstLine(parsed sip.Message) (headers, *Refusal) {
	seq := parsed.CSeq()
	if seq == nil {
		return nil, refuse(NotSIP, "it has no CSeq that can be read")
	}
	m.CSeq, m.Method = seq.SeqNo, text(strings.ToUpper(string(seq.MethodName)))
	switch first := parsed.(type) {
	case *sip.Request:
		if m.Method != text(string(first.Method)) {
			return nil, refuse(NotSIP, "its CSeq is of another method than its first line")
		}
		first.Recipient.Password = ""
		m.URI = text(first.Recipient.String())
		return first.Headers(), nil
	case *sip.Response:
		if first.StatusCode < 100 || first.StatusCode > 699 {
			return nil, refuse(NotSIP, "%d is no status", first.StatusCode)
		}
		m.Status = first.StatusCode
		return first.Headers(), nil
	}
	return nil, refuse(NotSIP, "it is neither request nor response")
}

// identify reads what tells one message from another; without a Call-ID it belongs nowhere.
func (m *Message) identify(h headers) *Refusal {
	m.CallID, m.Branch = h.first("call-id", "i"), h.branch()
	m.FromUser, m.FromTag = h.party("from", "f")
	m.ToUser, m.ToTag = h.party("to", "t")
	if m.CallID == "" {
		return refuse(NotSIP, "it has no Call-ID")
	}
	for _, field := range []*string{&m.CallID, &m.FromTag, &m.ToTag, &m.Branch} {
		if len(*field) > maxIdentity {
			return refuse(Oversized, "its Call-ID, tag or branch has %d bytes, at most %d are kept", len(*field), maxIdentity)
		}
		*field = strings.Clone(*field) // what sipgo gives is part of a whole line
	}
	return nil
}

// describe reads the headers that say what the message means.
func (m *Message) describe(h headers, body []byte) {
	m.Expires = seconds(h.first("expires", ""))
	for _, v := range h.values("contact", "m") {
		m.Contacts = append(m.Contacts, contact(v))
	}
	m.Diversion, m.HistoryInfo, m.Reason = texts(h.values("diversion", "")), texts(h.values("history-info", "")), texts(h.values("reason", ""))
	if to, _, ok := nameAddr(h.first("refer-to", "r")); ok {
		m.ReferTo = text(to.String())
	}
	kind := strings.ToLower(h.first("content-type", "c"))
	m.SDP = len(body) > 0 && (strings.HasPrefix(kind, "application/sdp") ||
		strings.HasPrefix(kind, "multipart/") && bytes.Contains(bytes.ToLower(body), []byte("application/sdp")))
}
