package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// session is one connection to the server. It drives the library's SMTP client step by step: the
// library's own way of sending gives a message up when one of several recipients is refused.
type session struct {
	mail   *Mail
	conn   net.Conn
	client *smtp.Client
	stop   func() bool // of what watches the context

	refused []string // recipients, when none was accepted
}

// send gives the step at which it failed. The server has the message when there is no error.
func (s *session) send(ctx context.Context, msg *gomail.Msg) (step, error) {
	if err := s.connect(ctx); err != nil {
		return connecting, err
	}
	for _, do := range []struct {
		at  step
		run func() error
	}{
		{securing, func() error { return s.handshake(ctx) }},
		{greeting, s.greet},
		{securing, s.upgrade},
		{login, s.login},
		{sender, func() error { return s.client.Mail("<" + s.mail.from.Address + ">") }},
		{recipients, s.recipients},
		{message, func() error { return s.hand(msg) }},
	} {
		if err := do.run(); err != nil {
			return do.at, err
		}
	}
	s.client.Quit() // it has the message already, whatever becomes of the farewell
	return "", nil
}

// connect closes the connection as soon as the context ends: whatever waits for it goes on then.
func (s *session) connect(ctx context.Context) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", s.mail.config.Server)
	if err != nil {
		return err
	}
	s.conn = conn
	s.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return nil
}

func (s *session) end() {
	if s.conn != nil {
		s.stop()
		s.conn.Close()
	}
}

// handshake begins TLS where it is spoken from the first byte on.
func (s *session) handshake(ctx context.Context) error {
	if s.mail.config.security() != TLS {
		return nil
	}
	conn := tls.Client(s.conn, s.mail.tls())
	s.conn = conn
	return conn.HandshakeContext(ctx)
}

func (s *session) greet() error {
	client, err := smtp.NewClient(s.conn, s.mail.host)
	if err != nil {
		return err
	}
	s.client = client
	client.SkipSMTPUTF8(true) // addresses are ASCII: no relay on the way has to know more
	return client.Hello(literal(s.conn.LocalAddr()))
}

// literal is how a machine without a public name introduces itself (RFC 5321, 4.1.3).
func literal(addr net.Addr) string {
	host, _, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip == nil || ip.To4() != nil {
		return "[" + host + "]"
	}
	return "[IPv6:" + host + "]"
}

func (m *Mail) tls() *tls.Config {
	return &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
}

// upgrade turns to TLS. A server that offers none is asked again later, not never: somebody in
// between may have taken the offer out.
func (s *session) upgrade() error {
	if s.mail.config.security() != StartTLS {
		return nil
	}
	if ok, _ := s.client.Extension("STARTTLS"); !ok {
		return errors.New("the server offers no STARTTLS")
	}
	return s.client.StartTLS(s.mail.tls())
}

func (s *session) login() error {
	c := s.mail.config
	if c.User == "" {
		return nil
	}
	_, offered := s.client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	var auth smtp.Auth
	switch { // without TLS only to this machine: Validate sees to it
	case slices.Contains(ways, "PLAIN"):
		auth = smtp.PlainAuth("", c.User, c.Password, s.mail.host, true)
	case slices.Contains(ways, "LOGIN"):
		auth = smtp.LoginAuth(c.User, c.Password, s.mail.host, true)
	case slices.Contains(ways, "CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(c.User, c.Password)
	default:
		return fmt.Errorf("it offers the logins %q, and none of PLAIN, LOGIN and CRAM-MD5: %w", ways, errUnable)
	}
	return s.client.Auth(auth)
}

// recipients is content with one that is accepted. When none is, it is worth another try unless
// all of them are refused for good.
func (s *session) recipients() error {
	var refused []string
	var why error
	for _, to := range s.mail.to {
		err := s.client.Rcpt("<" + to.Address + ">")
		if err == nil {
			continue
		}
		reply := (*textproto.Error)(nil)
		if !errors.As(err, &reply) { // the connection, not the recipient
			return err
		}
		if why == nil || reply.Code/100 != 5 {
			why = err
		}
		refused = append(refused, to.Address)
	}
	if len(refused) < len(s.mail.to) {
		return nil
	}
	s.refused = refused
	return why
}

func (s *session) hand(msg *gomail.Msg) error {
	w, err := s.client.Data()
	if err != nil {
		return err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return err // without its end the server drops what it has
	}
	return w.Close()
}
