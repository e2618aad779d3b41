package mail_test

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/alerts/alertstest"
	"dutyline/alerts/mail"
)

func config(s *server) mail.Config {
	return mail.Config{
		Server: s.address, User: user, PasswordFile: "somewhere", Password: password,
		From: "值班室 <duty@example.cn>", To: []string{"a@example.cn", "带班领导 <b@example.cn>"}, Zone: alertstest.Zone,
	}
}

func start(t *testing.T, c mail.Config) *mail.Mail {
	t.Helper()
	m, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestChannel(t *testing.T) {
	alertstest.Run(t, alertstest.Bench{
		Secrets: []string{"hidden", "aGlkZGVu"}, // the latter begins its base64
		Start: func(t *testing.T) (alerts.Channel, alertstest.Receiver) {
			s := startServer(t, nil)
			return start(t, config(s)), s
		},
	})
}

func TestAMailIsWellFormedAndChinese(t *testing.T) {
	s := startServer(t, nil)
	n := alertstest.Notice()
	n.Title += strings.Repeat("很长的标题", 40) + "\r\nBcc: c@example.cn"
	n.Text = strings.Repeat("长说明。", 500) + "\n.\nQUIT\n"
	if err := start(t, config(s)).Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	l := s.letters()[0]
	if diff := cmp.Diff([]string{"duty@example.cn", "a@example.cn", "b@example.cn"}, append([]string{l.from}, l.to...)); diff != "" || !l.tls || l.user != user {
		t.Errorf("tls %v, login %q, envelope (-want +got):\n%s", l.tls, l.user, diff)
	}
	for _, line := range strings.Split(string(l.raw), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 || r < ' ' && r != '\t' }) {
			t.Errorf("a line that mail does not carry: %q", line)
		}
	}
	m, body, err := l.read()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(body, "\r\n", "\n"); got != alerts.PlainText(n, alertstest.Zone) {
		t.Errorf("the body reads %q", got)
	}
	if got := s.Taken()[0].Text; !strings.HasPrefix(got, alerts.Headline(n)+"\n") {
		t.Errorf("the subject reads %q", got[:200])
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "值班室" {
		t.Errorf("from %v, %v", from, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 2 || to[1].Name != "带班领导" {
		t.Errorf("to %v, %v", to, err)
	}
	date, err := m.Header.Date()
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("date %v, %v", date, err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Importance") != "high" || m.Header.Get("Bcc") != "" {
		t.Errorf("%v", m.Header)
	}
	// It is written down here so that an update cannot change what tells a repeat.
	if got, want := m.Header.Get("Message-ID"), "<dutyline.b1b2ba47948d87ac2ae4d9c2d95e4c01@example.cn>"; got != want {
		t.Errorf("Message-ID %s, want %s", got, want)
	}
}

func TestEveryProtection(t *testing.T) {
	overTLS := func(s *server) {
		s.listen = tls.NewListener(s.listen, s.smtp.TLSConfig)
	}
	bare := func(s *server) { s.smtp.TLSConfig, s.smtp.AllowInsecureAuth = nil, true }
	foreign := func(s *server) {
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{selfSigned("127.0.0.1")}}
	}
	for _, c := range []struct {
		name   string
		server func(*server)
		tls    mail.Security
		user   string
		want   string // of the error; empty: it is delivered
	}{
		{"starttls by default", nil, "", user, ""},
		{"starttls, no login", nil, mail.StartTLS, "", ""},
		{"tls", overTLS, mail.TLS, user, ""},
		{"none on this machine, with a login", bare, mail.None, user, ""},
		{"none, no login", bare, mail.None, "", ""},
		{"no STARTTLS where it is asked for", bare, mail.StartTLS, user, "offers no STARTTLS"},
		{"an unknown authority", foreign, mail.StartTLS, user, "update-ca-certificates"},
		{"an unknown authority, tls", func(s *server) { foreign(s); overTLS(s) }, mail.TLS, user, "update-ca-certificates"},
		{"tls to a server that speaks none", nil, mail.TLS, user, "securing the connection"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, c.server)
			conf := config(s)
			conf.TLS, conf.User = c.tls, c.user
			if c.user == "" {
				conf.Password = ""
			}
			err := start(t, conf).Deliver(t.Context(), alertstest.Notice())
			if c.want != "" {
				if err == nil || errors.Is(err, alerts.ErrNever) || !strings.Contains(err.Error(), c.want) || len(s.letters()) > 0 {
					t.Fatalf("%v, want %q and another try", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if l := s.letters()[0]; l.tls != (c.tls != mail.None) || l.user != c.user {
				t.Errorf("tls %v, login %q", l.tls, l.user)
			}
		})
	}
}

// only makes a server that offers only these logins.
func only(mechanisms ...string) func(*server) {
	return func(s *server) {
		backend := s.smtp.Backend
		s.smtp.Backend = smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
			v, err := backend.NewSession(c)
			return limited{v.(*visit), mechanisms}, err
		})
	}
}

type limited struct {
	*visit
	mechanisms []string
}

func (l limited) AuthMechanisms() []string { return l.mechanisms }

func TestLogins(t *testing.T) {
	s := startServer(t, only(sasl.Login))
	if err := start(t, config(s)).Deliver(t.Context(), alertstest.Notice()); err != nil || s.letters()[0].user != user {
		t.Errorf("LOGIN: %v", err)
	}
	s = startServer(t, only("GSSAPI", "NTLM"))
	if err := start(t, config(s)).Deliver(t.Context(), alertstest.Notice()); !errors.Is(err, alerts.ErrNever) || !strings.Contains(err.Error(), "GSSAPI") {
		t.Errorf("GSSAPI: %v", err)
	}
	s = startServer(t, nil)
	wrong := config(s)
	wrong.Password = "hidden-wrong"
	if err := start(t, wrong).Deliver(t.Context(), alertstest.Notice()); !errors.Is(err, alerts.ErrNever) || !strings.Contains(err.Error(), "授权码") {
		t.Errorf("wrong password: %v", err)
	}
}

func TestEveryReplyIsJudged(t *testing.T) {
	for _, c := range []struct {
		refused []string
		code    int
		never   bool
		want    string
	}{
		{[]string{"auth"}, 535, true, "check user and password_file"},
		{[]string{"auth"}, 454, false, "logging in"},
		{[]string{"mail"}, 550, true, "check from"},
		{[]string{"mail"}, 530, true, "another tls"},
		{[]string{"mail"}, 452, false, "naming the sender"},
		{[]string{"a@example.cn", "b@example.cn"}, 550, true, "a@example.cn, b@example.cn: 550"},
		{[]string{"a@example.cn", "b@example.cn"}, 450, false, "a@example.cn, b@example.cn: 450"},
		{[]string{"data"}, 554, true, "filters"},
		{[]string{"data"}, 552, true, "filters"},
		{[]string{"data"}, 451, false, "handing over"},
	} {
		s := startServer(t, nil)
		for _, what := range c.refused {
			s.refuse(what, c.code, "because")
		}
		err := start(t, config(s)).Deliver(t.Context(), alertstest.Notice())
		if err == nil || errors.Is(err, alerts.ErrNever) != c.never || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "because") {
			t.Errorf("%v %d: %v, want %q, never %v", c.refused, c.code, err, c.want, c.never)
		}
	}
}

func TestOneRecipientIsEnough(t *testing.T) {
	s := startServer(t, nil)
	s.refuse("a@example.cn", 550, "no such user")
	if err := start(t, config(s)).Deliver(t.Context(), alertstest.Notice()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b@example.cn"}, s.letters()[0].to); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// One for good and one for now: the second may still be reached.
	s.refuse("b@example.cn", 451, "greylisted")
	if err := start(t, config(s)).Deliver(t.Context(), alertstest.Notice()); err == nil || errors.Is(err, alerts.ErrNever) || !strings.Contains(err.Error(), "greylisted") {
		t.Errorf("%v, want that it is tried again", err)
	}
}

// The deadline holds in the middle of a session too, not only before the greeting.
func TestAServerThatFallsSilentInTheMiddle(t *testing.T) {
	s := startServer(t, nil)
	hold := make(chan struct{})
	defer close(hold)
	reached := make(chan struct{}, 1)
	backend := s.smtp.Backend
	s.smtp.Backend = smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		v, err := backend.NewSession(c)
		return silent{v.(*visit), reached, hold}, err
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- start(t, config(s)).Deliver(ctx, alertstest.Notice()) }()
	select {
	case <-reached:
	case err := <-ended:
		t.Fatalf("it ended before the server fell silent: %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, alerts.ErrNever) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

type silent struct {
	*visit
	reached chan<- struct{}
	hold    <-chan struct{}
}

func (s silent) Rcpt(string, *smtp.RcptOptions) error {
	s.reached <- struct{}{}
	<-s.hold
	return nil
}

func TestFaultsOfAConfigurationAreSaidAtOnce(t *testing.T) {
	err := mail.Config{Server: "mail.example.cn", TLS: "ssl", User: "u", From: "值班室", To: []string{"a@example.cn", "值班@example.cn", "x\r\ny@z"}}.Validate()
	if err == nil {
		t.Fatal("it is valid")
	}
	var keys []string
	for _, line := range strings.Split(err.Error(), "\n") {
		key, _, _ := strings.Cut(line, ":")
		keys = append(keys, key)
	}
	if diff := cmp.Diff([]string{"server", "tls", "user", "from", "to[1]", "to[2]"}, keys); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
	good := mail.Config{Server: "mail.example.cn:25", From: "duty@example.cn", To: []string{"a@example.cn"}}
	for _, c := range []struct {
		change func(*mail.Config)
		want   string
	}{
		{func(*mail.Config) {}, ""},
		{func(c *mail.Config) { c.TLS = mail.None }, ""},
		{func(c *mail.Config) { c.TLS, c.User, c.Password = mail.None, user, password }, "would show the password"},
		{func(c *mail.Config) { c.TLS, c.User, c.Password, c.Server = mail.None, user, password, "[::1]:25" }, ""},
		{func(c *mail.Config) { c.TLS, c.User, c.Password, c.Server = mail.None, user, password, "localhost:25" }, ""},
		{func(c *mail.Config) { c.Password = password }, "give both or neither"},
		{func(c *mail.Config) { c.Server = "mail.example.cn:0" }, "with its port"},
		{func(c *mail.Config) { c.Server = ":25" }, "with its port"},
		{func(c *mail.Config) { c.To = nil }, "to: is empty"},
	} {
		conf := good
		c.change(&conf)
		err := conf.Validate()
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password)) {
			t.Errorf("%+v: %v, want %q", conf, err, c.want)
		}
	}
	if _, err := mail.New(mail.Config{}); err == nil {
		t.Error("an empty configuration makes a channel")
	}
}
