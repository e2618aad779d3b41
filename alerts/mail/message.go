package mail

import (
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"dutyline/alerts"
)

// compose writes the mail. A repeat of a notice differs in its date only.
func (m *Mail) compose(n alerts.Notice) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(m.to...)
	msg.Subject(alerts.Headline(n))
	msg.SetMessageIDWithValue(messageID(n.ID, m.from))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday notice answers it (RFC 3834)
	if n.Severity == alerts.Critical && !n.Test && !n.Over {
		msg.SetImportance(gomail.ImportanceHigh)
	}
	msg.SetBodyString(gomail.TypeTextPlain, alerts.PlainText(n, m.config.Zone))
	return msg
}

// messageID is the same for the same notice, so that mail programs and servers show a repeat
// once. A notice's ID may hold what a Message-ID must not: its digest stands for it.
func messageID(notice string, from *netmail.Address) string {
	sum := sha256.Sum256([]byte(notice))
	return "dutyline." + hex.EncodeToString(sum[:16]) + from.Address[strings.LastIndexByte(from.Address, '@'):]
}
