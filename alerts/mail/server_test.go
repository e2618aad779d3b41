package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"mime"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"dutyline/alerts/alertstest"
)

const (
	user     = "duty@example.cn"
	password = `hidden-"密码"\&1`
)

var certificate tls.Certificate

// TestMain makes this process trust a certificate of its own, as a site's machine trusts the
// site's authority.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "dutyline-mail-")
	if err != nil {
		log.Fatal(err)
	}
	certificate = selfSigned("127.0.0.1")
	file := filepath.Join(dir, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if err := errors.Join(os.WriteFile(file, text, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func selfSigned(ip string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	is := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP(ip)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, is, is, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// server is a real mail server.
type server struct {
	address string
	smtp    *smtp.Server
	listen  net.Listener
	arrived chan struct{}

	mu     sync.Mutex
	manner alertstest.Manner
	reply  map[string]*smtp.SMTPError // by what is refused: auth, mail, data, or a recipient
	taken  []letter
}

// letter is one mail with its envelope.
type letter struct {
	from string
	to   []string
	tls  bool
	user string
	raw  []byte
}

// startServer runs one until the test ends. CHANGE may change it before it listens.
func startServer(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{arrived: make(chan struct{}, 64), manner: alertstest.Well, reply: map[string]*smtp.SMTPError{}}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &visit{server: s, conn: c}, nil
	}))
	s.smtp.Domain, s.smtp.TLSConfig = "mail.example.cn", &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.smtp.EnableSMTPUTF8 = true // offered, and not to be taken
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address, s.listen = raw.Addr().String(), raw
	if change != nil {
		change(s)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.smtp.Serve(&door{Listener: s.listen, server: s})
	}()
	t.Cleanup(func() {
		s.smtp.Close()
		<-served
	})
	return s
}

// Turn says how it behaves from the next connection on.
func (s *server) Turn(m alertstest.Manner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.manner, s.reply = m, map[string]*smtp.SMTPError{}
	switch m {
	case alertstest.Down:
		s.listen.Close()
	case alertstest.Broken:
		s.reply["data"] = says(451, "local error "+password)
	case alertstest.Busy:
		s.reply["mail"] = says(421, "too many connections, "+password)
	case alertstest.Refusing:
		plain := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
		s.reply["auth"] = says(535, "no "+password+" and\nno "+plain)
	}
}

func says(code int, what string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: what}
}

// refuse has it refuse what is named.
func (s *server) refuse(what string, code int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply[what] = says(code, message)
}

func (s *server) refusal(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.reply[what]; e != nil {
		return e
	}
	return nil
}

func (s *server) Arrived() <-chan struct{} { return s.arrived }

func (s *server) letters() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter(nil), s.taken...)
}

// Taken is what people read: the Message-ID tells a repeat.
func (s *server) Taken() []alertstest.Taken {
	var all []alertstest.Taken
	for _, l := range s.letters() {
		m, body, err := l.read()
		if err != nil {
			all = append(all, alertstest.Taken{Text: err.Error()})
			continue
		}
		subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		all = append(all, alertstest.Taken{ID: m.Header.Get("Message-ID"), Text: subject + "\n" + body})
	}
	return all
}

func (l letter) read() (*netmail.Message, string, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(l.raw))
	if err != nil {
		return nil, "", err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "text/plain" || !strings.EqualFold(params["charset"], "utf-8") || m.Header.Get("Content-Transfer-Encoding") != "base64" {
		return nil, "", fmt.Errorf("the mail is %s: %w", m.Header, err)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	return m, string(body), err
}

// door stands before the server: behind it, bad manners begin with the connection.
type door struct {
	net.Listener
	server *server
}

func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.server.arrived <- struct{}{}
		d.server.mu.Lock()
		manner := d.server.manner
		d.server.mu.Unlock()
		switch manner {
		case alertstest.Silent: // held open until the client goes
			go func() {
				defer conn.Close()
				io.Copy(io.Discard, conn)
			}()
		case alertstest.Garbage:
			io.WriteString(conn, "\x00\x01HTTP/1.1 200 "+password+"\r\n")
			conn.Close()
		default:
			return conn, nil
		}
	}
}

// visit is one session.
type visit struct {
	server *server
	conn   *smtp.Conn
	letter letter
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (v *visit) Auth(mech string) (sasl.Server, error) {
	check := func(name, given string) error {
		if err := v.server.refusal("auth"); err != nil {
			return err
		}
		if name != user || given != password {
			return smtp.ErrAuthFailed
		}
		v.letter.user = name
		return nil
	}
	if mech == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, name, given string) error { return check(name, given) }), nil
}

func (v *visit) Mail(from string, o *smtp.MailOptions) error {
	if o.UTF8 {
		return says(555, "no UTF-8 addresses were agreed")
	}
	_, v.letter.tls = v.conn.TLSConnectionState()
	v.letter.from, v.letter.to = from, nil
	return v.server.refusal("mail")
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := v.server.refusal(to); err != nil {
		return err
	}
	v.letter.to = append(v.letter.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.server.mu.Lock()
	manner := v.server.manner
	v.server.mu.Unlock()
	if manner == alertstest.Cut { // "25" of the answer, and no more
		io.WriteString(v.conn.Conn(), "25")
		v.conn.Conn().Close()
		return errors.New("cut")
	}
	if err := v.server.refusal("data"); err != nil {
		return err
	}
	v.letter.raw = raw
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	v.server.taken = append(v.server.taken, v.letter)
	return nil
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// loginServer is the old login of many servers, which the library does not serve any more.
type loginServer struct {
	check func(name, given string) error
	name  *string
	asked bool
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	switch {
	case !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.name == nil:
		name := string(response)
		l.name = &name
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.name, string(response))
}
