package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"dutyline/config"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// receivers are a group (every alert), a duty officer's pager and a leader's (what is bad), all by
// HTTP, and the mailbox of a section chief.
type receivers struct {
	now    func() time.Time
	passes func(time.Duration)
	web    *httptest.Server
	post   net.Listener

	mu     sync.Mutex
	manner map[string]string
	meets  map[string]func() // once, when the next message is there
	calls  map[string]int
	got    []toldMessage
}

// toldMessage is one that arrived, and what it said.
type toldMessage struct {
	at         time.Time
	name, text string
}

// startReceivers runs them until the test ends. PASSES lets the time pass that a slow one takes.
func startReceivers(t *testing.T, now func() time.Time, passes func(time.Duration)) *receivers {
	t.Helper()
	r := &receivers{now: now, passes: passes, manner: map[string]string{}, meets: map[string]func(){}, calls: map[string]int{}}
	r.web = httptest.NewServer(http.HandlerFunc(r.serveHTTP))
	t.Cleanup(r.web.Close)
	mailbox := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{r}, nil }))
	mailbox.Domain, mailbox.ErrorLog = "mail.example.cn", log.New(io.Discard, "", 0)
	var err error
	if r.post, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); _ = mailbox.Serve(r.post) }()
	t.Cleanup(func() { mailbox.Close(); <-served })
	return r
}

// configuration is a real file with these receivers, read as the daemon reads it.
func (r *receivers) configuration(t *testing.T, line string) config.Config {
	t.Helper()
	t.Setenv("DUTYLINE_ARI_PASSWORD", "story")
	folder := t.TempDir()
	text := "lines:\n  - {name: duty, number: \"02422739110\", endpoints: [PJSIP/duty], trunks: [PJSIP/trunk],\n     " + line + "}\n" +
		"log: {file: " + filepath.Join(folder, "log.db") + "}\nalerts:\n  channels:\n"
	for _, c := range [][2]string{{"group", "info"}, {"officer", "critical"}, {"leader", "critical"}} {
		text += fmt.Sprintf("    - {name: %s, least: %s, webhook: {url: %q, body: '{{json .Headline}}'}}\n", c[0], c[1], r.web.URL+"/"+c[0])
	}
	text += fmt.Sprintf("    - {name: chief, least: warning, mail: {server: %q, tls: none, from: duty@example.cn, to: [chief@example.cn]}}\n", r.post.Addr())
	file := filepath.Join(folder, "dutyline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func (r *receivers) turn(name, manner string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.manner[name] = manner
}

// whenTold has something happen at the moment at which the next message has arrived.
func (r *receivers) whenTold(name string, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.meets[name] = do
}

func (r *receivers) taken() []toldMessage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got
}

// asked is how often somebody tried to tell a receiver something.
func (r *receivers) asked(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[name]
}

// take keeps a message, unless its receiver is not able to.
func (r *receivers) take(name, text string) (manner string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	manner = r.manner[name]
	r.calls[name]++
	if manner == "slow" {
		r.passes(15 * time.Second)
	}
	if manner == "" || manner == "up" || manner == "slow" {
		r.got = append(r.got, toldMessage{r.now(), name, strings.TrimSpace(text)})
	}
	if met := r.meets[name]; met != nil {
		delete(r.meets, name)
		met()
	}
	return manner
}

func (r *receivers) serveHTTP(w http.ResponseWriter, req *http.Request) {
	var said string
	if err := json.NewDecoder(req.Body).Decode(&said); err != nil {
		said = err.Error() // nobody foresaw it
	}
	switch r.take(strings.TrimPrefix(req.URL.Path, "/"), said) {
	case "broken":
		http.Error(w, "internal error", http.StatusInternalServerError)
	case "refusing":
		http.Error(w, "no such token", http.StatusForbidden)
	case "talking rubbish":
		conn, _, _ := w.(http.Hijacker).Hijack()
		_, _ = conn.Write([]byte("\x00\xff\x16 this is no HTTP\r\n\r\n"))
		conn.Close()
	case "down":
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	case "silent": // until the sender has no patience left
		r.passes(sendTime)
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	}
}

// visit is one connection of the mail server.
type visit struct{ r *receivers }

func (*visit) Mail(string, *smtp.MailOptions) error { return nil }
func (*visit) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*visit) Reset()                               {}
func (*visit) Logout() error                        { return nil }

func (v *visit) Data(raw io.Reader) error {
	m, err := netmail.ReadMessage(raw)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	switch v.r.take("chief", subject) {
	case "", "up", "slow":
		return nil
	case "refusing":
		return &smtp.SMTPError{Code: 554, Message: "no such user here"}
	}
	return &smtp.SMTPError{Code: 451, Message: "try again later"}
}

// stepsOf are the steps of all alerts as the log keeps them, all of which its evidence covers.
func stepsOf(t *testing.T, file string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT step, by_login, detail FROM alert_steps ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var step, by, detail string
		if err := rows.Scan(&step, &by, &detail); err != nil {
			t.Fatal(err)
		}
		if step != "told" {
			detail = ""
		}
		steps = append(steps, strings.Join(strings.Fields(step+" "+by+" "+detail), " "))
	}
	v, err := sqlite.OpenVerifier(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	report, err := v.Verify(t.Context(), sqlite.VerifyOptions{})
	if n := report.Of("alert").Intact; err != nil || rows.Err() != nil || n != int64(len(steps)) || report.Verdict() == audit.Altered {
		t.Errorf("%d of %d steps are proved, %v, %v", n, len(steps), err, rows.Err())
	}
	return strings.Join(steps, "; ")
}
