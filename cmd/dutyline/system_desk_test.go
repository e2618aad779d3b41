package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// The wire forms, written down here a second time: other programs rely on exactly these names.

type wireCall struct {
	ID           string         `json:"id"`
	Line         string         `json:"line"`
	Direction    string         `json:"direction"`
	Caller       string         `json:"caller"`
	CallerE164   string         `json:"caller_e164"`
	CallerName   string         `json:"caller_name"`
	Called       string         `json:"called"`
	Outcome      string         `json:"outcome"`
	Tags         []string       `json:"tags"`
	OfferedAt    *time.Time     `json:"offered_at"`
	RangAt       *time.Time     `json:"rang_at"`
	AnsweredAt   *time.Time     `json:"answered_at"`
	EndedAt      *time.Time     `json:"ended_at"`
	RingMS       *int64         `json:"ring_ms"`
	CallerRingMS *int64         `json:"caller_ring_ms"`
	Rings        int            `json:"rings"`
	Rule         string         `json:"rule"`
	HangupBy     string         `json:"hangup_by"`
	ForwardedTo  string         `json:"forwarded_to"`
	Findings     []string       `json:"findings"`
	EntryID      string         `json:"entry_id"`
	SettledBy    string         `json:"settled_by"`
	Recording    *wireRecording `json:"recording"`
}

type wireRecording struct {
	Status     string `json:"status"`
	SHA256     string `json:"sha256"`
	DurationMS int64  `json:"duration_ms"`
	Reason     string `json:"reason"`
}

func (c wireCall) recording() string {
	if c.Recording == nil {
		return ""
	}
	return c.Recording.Status
}

// brief is what a call is compared by.
func (c wireCall) brief() string {
	s := strings.Join([]string{c.Direction, c.Outcome, "by=" + c.HangupBy, fmt.Sprintf("rings=%d", c.Rings)}, " ")
	if c.ForwardedTo != "" {
		s += " to=" + c.ForwardedTo
	}
	for _, f := range c.Findings {
		s += " !" + f
	}
	for _, tag := range c.Tags {
		s += " #" + tag
	}
	return s + " recording=" + c.recording()
}

type wireEntry struct {
	ID             string   `json:"id"`
	CallID         string   `json:"call_id"`
	Kind           string   `json:"kind"`
	State          string   `json:"state"`
	Revision       int      `json:"revision"`
	Number         string   `json:"number"`
	CallerUnit     string   `json:"caller_unit"`
	CallerPerson   string   `json:"caller_person"`
	CallerTitle    string   `json:"caller_title"`
	ContactNumber  string   `json:"contact_number"`
	Content        string   `json:"content"`
	Rostered       string   `json:"rostered"`
	WrittenBy      string   `json:"written_by"`
	CallBackResult string   `json:"call_back_result"`
	Missing        []string `json:"missing"`
}

type wireLine struct {
	Line   string     `json:"line"`
	Number string     `json:"number"`
	State  string     `json:"state"`
	CallID string     `json:"call_id"`
	RangAt *time.Time `json:"rang_at"`
	Ring   *int       `json:"ring"`
	Limit  int        `json:"limit"`
}

type wireHealth struct {
	Switch struct {
		Connected bool   `json:"connected"`
		Detail    string `json:"detail"`
	} `json:"switch"`
	Log struct {
		OK     bool   `json:"ok"`
		Detail string `json:"detail"`
	} `json:"log"`
	Practice bool `json:"practice"`
}

type wireProblem struct {
	Type    string     `json:"type"`
	Status  int        `json:"status"`
	Detail  string     `json:"detail"`
	Missing []string   `json:"missing"`
	Entry   *wireEntry `json:"entry"`
}

type wireList[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// desk is one person's browser: it knows an address and keeps its session.
type desk struct {
	t    *testing.T
	base func() string
	http *http.Client
}

func newDesk(t *testing.T, base func() string) *desk {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, base: base, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// ask sends one request and returns the answer with its whole body.
func (d *desk) ask(method, path string, body any, headers ...string) (*http.Response, []byte) {
	d.t.Helper()
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		send = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.base()+path, send)
	if err != nil {
		d.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := d.http.Do(req)
	if err != nil {
		d.t.Fatalf("the page does not answer %s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatalf("the answer to %s %s broke off: %v", method, path, err)
	}
	return resp, raw
}

// want sends a request, insists on the status and reads the answer.
func (d *desk) want(status int, method, path string, body, into any) {
	d.t.Helper()
	resp, raw := d.ask(method, path, body)
	if resp.StatusCode != status {
		d.t.Fatalf("%s %s: answered %d, want %d: %s", method, path, resp.StatusCode, status, raw)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		d.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
	}
}

// signIn logs in; a new login changes its password at once.
func (d *desk) signIn(login, password string) {
	d.t.Helper()
	var who struct {
		MustChange bool `json:"must_change_password"`
	}
	d.want(200, "POST", "/api/v1/session", map[string]string{"username": login, "password": password}, &who)
	if who.MustChange {
		d.want(204, "POST", "/api/v1/session/password", map[string]string{"old": password, "new": password + "-changed"}, nil)
	}
}

func (d *desk) line() (l wireLine) {
	d.t.Helper()
	d.want(200, "GET", "/api/v1/line", nil, &l)
	return l
}

func (d *desk) call(id string) (c wireCall) {
	d.t.Helper()
	d.want(200, "GET", "/api/v1/calls/"+id, nil, &c)
	return c
}

func (d *desk) entry(id string) (e wireEntry) {
	d.t.Helper()
	d.want(200, "GET", "/api/v1/entries/"+id, nil, &e)
	return e
}

func (d *desk) health() (h wireHealth) {
	d.t.Helper()
	d.want(200, "GET", "/api/v1/health", nil, &h)
	return h
}

// allCalls lists every call, oldest first.
func (d *desk) allCalls() []wireCall {
	d.t.Helper()
	var l wireList[wireCall]
	d.want(200, "GET", "/api/v1/calls?limit=200", nil, &l)
	if l.NextCursor != "" {
		d.t.Fatal("there are more calls than a test makes")
	}
	for i, j := 0, len(l.Items)-1; i < j; i, j = i+1, j-1 {
		l.Items[i], l.Items[j] = l.Items[j], l.Items[i]
	}
	return l.Items
}

// await asks again until what is wanted is so; what says it in a telephonist's words.
func (d *desk) await(within time.Duration, what string, ok func() bool) {
	d.t.Helper()
	asterisktest.Eventually(d.t, within, what, ok)
}

// settled waits until n calls have ended and their recordings are decided, and gives them.
func (d *desk) settled(n int) []wireCall {
	d.t.Helper()
	var all []wireCall
	done := false
	defer func() {
		if !done {
			for _, c := range all {
				d.t.Logf("in the log: %s from %q, %s %+v", c.ID, c.Caller, c.brief(), c.Recording)
			}
		}
	}()
	d.await(20*time.Second, fmt.Sprintf("%d calls have ended and every answered one has a sealed recording", n), func() bool {
		all = d.allCalls()
		for _, c := range all {
			if c.Outcome == "" || c.recording() == "pending" || c.Recording == nil {
				return false
			}
		}
		done = len(all) >= n
		return done
	})
	if len(all) != n {
		d.t.Fatalf("%d calls are in the log, want %d: %+v", len(all), n, all)
	}
	return all
}

// sseFrame is one server-sent event.
type sseFrame struct {
	id, event string
	data      json.RawMessage
}

// follower reads an event stream until the test ends.
type follower struct {
	d      *desk
	mu     sync.Mutex
	frames []sseFrame
	ended  error
}

// follow opens the stream; lastID resumes after a frame.
func (d *desk) follow(lastID string) *follower {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", d.base()+"/api/v1/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := (&http.Client{Jar: d.http.Jar}).Do(req)
	if err != nil {
		d.t.Fatalf("the event stream does not open: %v", err)
	}
	f := &follower{d: d}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer resp.Body.Close()
		f.read(resp.Body)
	}()
	d.t.Cleanup(func() { cancel(); <-done })
	return f
}

func (f *follower) read(body io.Reader) {
	var now sseFrame
	sc := bufio.NewScanner(body)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		key, value, _ := strings.Cut(sc.Text(), ": ")
		switch key {
		case "id":
			now.id = value
		case "event":
			now.event = value
		case "data":
			now.data = json.RawMessage(value)
		case "":
			if now.event != "" {
				f.mu.Lock()
				f.frames = append(f.frames, now)
				f.mu.Unlock()
			}
			now = sseFrame{}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended = sc.Err(); f.ended == nil {
		f.ended = io.EOF
	}
}

func (f *follower) all() []sseFrame {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]sseFrame(nil), f.frames...)
}

func (f *follower) over() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended != nil
}

// awaitFrame waits for a frame of one kind whose data fits.
func awaitFrame[T any](f *follower, event, what string, fits func(T) bool) (sseFrame, T) {
	f.d.t.Helper()
	var found sseFrame
	var data T
	f.d.await(10*time.Second, what, func() bool {
		for _, fr := range f.all() {
			if fr.event != event {
				continue
			}
			var v T
			if err := json.Unmarshal(fr.data, &v); err != nil {
				f.d.t.Fatalf("the %s frame holds no JSON: %s", event, fr.data)
			}
			if fits(v) {
				found, data = fr, v
				return true
			}
		}
		return false
	})
	return found, data
}
