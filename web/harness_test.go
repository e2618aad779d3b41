package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/dutylog/sqlite"
	"dutyline/dutylog/workbook"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony"
	"dutyline/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

const password = "correct horse battery"

// hashed is slow on purpose; one hash serves all accounts of the tests.
var hashed = sync.OnceValue(func() string { return web.HashPassword(password) })

// house is a whole page and API over a real duty log, with one account per role.
type house struct {
	oneClock bool // the log reads the daemon's clock
	t        testing.TB
	db       *sqlite.DB
	server   *httptest.Server
	clock    *clock
	logs     *logBook
	registry *prometheus.Registry
	practice *fakePractice
	tests    *fakeTests
	health   *web.Health
	noting   sync.Mutex
	accesses *[]web.Access
	attached string // folder of the attached files
}

// note is the audit trail of these tests.
func (h *house) note(_ context.Context, x web.Access) {
	h.noting.Lock()
	defer h.noting.Unlock()
	*h.accesses = append(*h.accesses, x)
}

// clock is the daemon's clock, which a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logBook keeps what the daemon wrote into its own log.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type fakePractice struct {
	mu     sync.Mutex
	placed []web.PracticeCall
	err    error
}

func (p *fakePractice) Place(ctx context.Context, c web.PracticeCall) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ends := ctx.Deadline(); ends || ctx.Done() != nil {
		return fmt.Errorf("the call would end with the request")
	}
	p.placed = append(p.placed, c)
	return p.err
}

// audio is what the fake archive holds: recognizable bytes, long enough for ranges.
var audio = bytes.Repeat([]byte("fLaC0123456789abcdef"), 20_000)

type fakeArchive struct{ rows recorder.Store }

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func (f fakeArchive) Open(ctx context.Context, id string) (io.ReadSeekCloser, recorder.Recording, error) {
	r, err := f.rows.Recording(ctx, id)
	switch {
	case err != nil:
		return nil, r, err
	case r.CallID == "key-away.0":
		return nil, r, fmt.Errorf("%w: /secret/keys/site.key", recorder.ErrNoKey)
	case r.Status == recorder.Failed:
		return nil, r, fmt.Errorf("%w: /secret/path has digest 123", recorder.ErrAltered)
	case r.Status != recorder.Sealed:
		return nil, r, recorder.ErrNoRecording
	}
	return nopCloser{bytes.NewReader(audio)}, r, nil
}

func (f fakeArchive) Peaks(ctx context.Context, id string) (recorder.Peaks, error) {
	r, err := f.rows.Recording(ctx, id)
	if err != nil || r.Status != recorder.Sealed {
		return recorder.Peaks{}, recorder.ErrNoRecording
	}
	return recorder.Peaks{Duration: 2 * time.Second, PerSecond: 20, Caller: []float64{0, 0.5}, Officer: nil}, nil
}

var lines = []telephony.Line{
	{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}, AreaCode: "024", Rule: telephony.DefaultRule()},
	{Name: "fire", Number: "02422739119", Endpoints: []string{"PJSIP/fire"}, Trunks: []string{"PJSIP/trunk"}, AreaCode: "024", Rule: telephony.DefaultRule()},
}

// site is where the duty room is.
var site = time.FixedZone("Asia/Shanghai", 8*60*60)

// roles in the order of the golden file.
var roles = dutylog.Roles()

// logNow is the clock of the log: the true one, or the daemon's where a test has set that.
func (h *house) logNow() time.Time {
	switch {
	case h.db == nil: // the log began long before the calls of the tests
		return time.Now().AddDate(-10, 0, 0)
	case h.oneClock:
		return h.clock.Now()
	}
	return time.Now()
}

func newHouse(t testing.TB, change ...func(*web.Deps)) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: time.Now().UTC()}, logs: &logBook{}, registry: prometheus.NewRegistry(),
		practice: &fakePractice{}, tests: &fakeTests{}, accesses: new([]web.Access)}
	h.health = &web.Health{Disk: web.DiskHealth{Room: "plenty", FreeBytes: 4096, ReserveBytes: 512, Days: -1}, Switch: web.SwitchHealth{Connected: true, Since: h.clock.now, Detail: "Asterisk 22"}, Log: web.LogHealth{OK: true},
		Practice: true, Version: "1.2.3"}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: h.logNow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h.db = db
	for _, role := range roles {
		h.account(string(role), role, false)
	}
	h.account("newcomer", dutylog.Officer, true)
	d := web.Deps{
		Log: db, Alerts: db, AlertCalls: db, Recordings: fakeArchive{db}, Sessions: db.Sessions(), Lines: lines, Practice: h.practice, Tests: h.tests,
		Health: func() web.Health { return *h.health }, Metrics: h.registry, Registerer: h.registry, Now: h.clock.Now, Version: "1.2.3",
		Logger: slog.New(slog.NewTextHandler(h.logs, nil)), MetricsToken: "scrape-me", Audit: h.note, Verify: &fakeVerifier{},
		Reconcile: func(context.Context) error { return nil },
		Vault:     h.vault(t),
		Sheets:    web.Sheets{Unit: "沈阳市沈河区应急管理局", Zone: site, Workbook: workbook.Write, Read: sheet.Read},
	}
	d = web.WithTiming(d, 40*time.Millisecond, 20*time.Millisecond, 5*time.Second)
	for _, c := range change {
		c(&d)
	}
	h.server = httptest.NewServer(web.New(d))
	t.Cleanup(h.server.Close)
	return h
}

// vault keeps attached files as the daemon does.
func (h *house) vault(t testing.TB) *archive.Vault {
	t.Helper()
	keys, err := archive.NewKeys("")
	if err != nil {
		t.Fatal(err)
	}
	h.attached = filepath.Join(t.TempDir(), "attachments")
	v, err := archive.OpenVault(h.attached, archive.Options{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func (h *house) account(login string, role dutylog.Role, mustChange bool) {
	h.t.Helper()
	err := h.db.AddAccount(h.t.Context(), dutylog.Account{Login: login, Name: "王" + login, Role: role,
		PasswordHash: hashed(), MustChange: mustChange, CreatedAt: time.Now(), Unit: unitOf(role)})
	if err != nil {
		h.t.Fatal(err)
	}
}

// unitOf is the unit to which the reading account of these tests is limited.
func unitOf(role dutylog.Role) string {
	if role == dutylog.Reader {
		return "沈河区应急局"
	}
	return ""
}

// client is one browser: its own cookies, its own session.
type client struct {
	t    testing.TB
	http *http.Client
	base string
}

// visitor is a browser without a session.
func (h *house) visitor() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	// The default transport would share connections between browsers.
	transport := h.server.Client().Transport.(*http.Transport).Clone()
	h.t.Cleanup(transport.CloseIdleConnections)
	return &client{t: h.t, base: h.server.URL, http: &http.Client{Transport: transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser in which somebody signed in.
func (h *house) as(login string) *client {
	h.t.Helper()
	c := h.visitor()
	if got := c.post("/session", `{"username":"`+login+`","password":"`+password+`"}`); got.status != 200 {
		h.t.Fatalf("sign in as %s: %v", login, got)
	}
	return c
}

// answer is a response with its whole body.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func (c *client) do(method, path, body string, headers ...string) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

func (c *client) get(path string, headers ...string) answer {
	c.t.Helper()
	return c.do("GET", "/api/v1"+path, "", headers...)
}

func (c *client) post(path, body string) answer {
	c.t.Helper()
	return c.do("POST", "/api/v1"+path, body)
}

func (c *client) patch(id, body string) answer {
	c.t.Helper()
	return c.do("PATCH", "/api/v1/entries/"+id, body)
}

// problem is what an error says.
type problem struct {
	Type, Title, Detail, File string
	Status                    int
	Errors                    []struct{ Location, Message string }
	Missing                   []string
	Entry                     map[string]any
	Edit                      int64
}

// problem reads an error and checks what every error has.
func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("content type %q, want application/problem+json: %v", kind, a)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%v: %v", err, a)
	}
	if p.Status != a.status || p.Title == "" || p.Detail == "" || p.Type == "" {
		t.Errorf("incomplete problem: %v", a)
	}
	return p
}

// into decodes a good answer strictly: an undocumented field is an error.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if a.status/100 != 2 {
		t.Fatalf("got %v", a)
	}
	dec := json.NewDecoder(strings.NewReader(a.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%v: %v", err, a)
	}
}

// golden compares with a file under testdata, or writes it anew with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +now); when this is meant, run go test ./web -update:\n%s", file, diff)
	}
}

// eventually waits until a condition holds; it says what was waited for.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}

// changingRole is a log in which somebody gives everybody another role.
type changingRole struct {
	dutylog.Store
	mu   sync.Mutex
	role dutylog.Role
}

func (r *changingRole) set(role dutylog.Role) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.role = role
}

func (r *changingRole) Account(ctx context.Context, login string) (dutylog.Account, error) {
	a, err := r.Store.Account(ctx, login)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.role != "" {
		a.Role = r.role
	}
	return a, err
}
