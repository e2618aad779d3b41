package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"

	"dutyline/alerts"
)

// Mail is one account. Where several people are to get a mail and some are refused, the others
// have it and it counts as delivered: who must not be missed gets a channel of his own.
type Mail struct {
	config Config
	host   string
	from   *netmail.Address
	to     []*netmail.Address
}

var _ alerts.Channel = (*Mail)(nil)

// New is the account of a valid configuration.
func New(c Config) (*Mail, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Mail{config: c}
	m.host, _, _ = net.SplitHostPort(c.Server) // Validate has done it, as the addresses
	m.from, _ = netmail.ParseAddress(c.From)
	for _, to := range c.To {
		a, _ := netmail.ParseAddress(to)
		m.to = append(m.to, a)
	}
	return m, nil
}

// Deliver sends the notice in one connection.
func (m *Mail) Deliver(ctx context.Context, n alerts.Notice) error {
	if err := ctx.Err(); err != nil {
		return m.told(ctx, connecting, nil, err)
	}
	s := session{mail: m}
	defer s.end()
	at, err := s.send(ctx, m.compose(n))
	if err != nil {
		return m.told(ctx, at, s.refused, err)
	}
	return nil
}

// step is where a session is.
type step string

// The steps of a session, in their order.
const (
	connecting step = "connecting"
	greeting   step = "greeting"
	securing   step = "securing the connection"
	login      step = "logging in"
	sender     step = "naming the sender"
	recipients step = "naming the recipients"
	message    step = "handing over the message"
)

// remedies of what a server refuses for good (5xx). A refusal before the login is not about our
// message or account: it is tried again.
var remedies = map[step]string{
	login:      "check user and password_file; some providers want an authorisation code (授权码) in place of the password",
	sender:     "check from, and whether the server wants a login (user, password_file) or another tls",
	recipients: "check the addresses under to",
	message:    "the server takes no such message; ask its operator about its filters",
}

// hints for everything that is worth another try.
var hints = map[step]string{
	connecting: "check server, and that this machine may reach it",
	greeting:   "check that server and tls fit together: port 465 wants tls, 587 and 25 starttls",
	securing:   "check tls; a server's own certificate authority belongs into this machine's trust store (update-ca-certificates)",
}

// errUnable is in the chain of what the server cannot do and the settings ask for.
var errUnable = errors.New("the server cannot do it")

// told makes a sentence of what went wrong. What servers say may repeat secrets, and is cleaned.
func (m *Mail) told(ctx context.Context, at step, refused []string, err error) error {
	where := fmt.Sprintf("mail server %s: %s", m.config.Server, at)
	if len(refused) > 0 {
		where += " " + strings.Join(refused, ", ")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: no answer in time: %w", where, ctx.Err())
	}
	said := alerts.Said(err.Error(), m.secrets()...)
	var reply *textproto.Error
	remedy := remedies[at]
	if remedy != "" && (errors.As(err, &reply) && reply.Code/100 == 5 || errors.Is(err, errUnable)) {
		return fmt.Errorf("%s: %s: %s: %w", where, said, remedy, alerts.ErrNever)
	}
	if hint := hints[at]; hint != "" {
		return fmt.Errorf("%s: %s; %s", where, said, hint)
	}
	return fmt.Errorf("%s: %s", where, said)
}

// secrets are the password and how the login writes it.
func (m *Mail) secrets() []string {
	if m.config.Password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{m.config.Password, encode([]byte(m.config.Password)), encode([]byte("\x00" + m.config.User + "\x00" + m.config.Password))}
}
