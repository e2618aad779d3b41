package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

func (c *client) login(login, password string) answer {
	c.t.Helper()
	return c.post("/session", fmt.Sprintf(`{"username":%q,"password":%q}`, login, password))
}

// token is the session cookie of the browser; empty when it has none.
func (c *client) token() string {
	c.t.Helper()
	u, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range c.http.Jar.Cookies(u) {
		if k.Name == "dutyline" { // beside it there is the computer's own
			return k.Value
		}
	}
	return ""
}

func (c *client) setToken(token string) {
	c.t.Helper()
	u, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: "dutyline", Value: token, Path: "/"}})
}

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	if got := c.get("/session"); got.status != 401 || got.problem(t).Type != "/problems/sign-in-required" {
		t.Errorf("before: %v", got)
	}
	got := c.login("officer", password)
	want := `{"username":"officer","name":"王officer","role":"officer","unit":"","must_change_password":false,"locked":false,"lock_after_ms":0}` + "\n"
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"dutyline=", "; Path=/", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %q", cookie, part)
		}
	}
	if strings.Contains(cookie, "Secure") || strings.Contains(cookie, "Expires") {
		t.Errorf("cookie %q: want no Secure without TLS, and none that outlives the browser", cookie)
	}
	if again := c.get("/session"); again.body != want {
		t.Errorf("GET session: %v", again)
	}
	token := c.token()
	if out := c.do("DELETE", "/api/v1/session", ""); out.status != 204 || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: %v %v", out, out.header)
	}
	if c.token() != "" || c.get("/calls").status != 401 {
		t.Error("still signed in")
	}
	c.setToken(token)
	if got := c.get("/calls"); got.status != 401 {
		t.Errorf("the old token still works: %v", got)
	}
	if got := h.visitor().do("DELETE", "/api/v1/session", ""); got.status != 204 {
		t.Errorf("sign out without a session: %v", got)
	}
}

func TestWrongLoginsLookTheSame(t *testing.T) {
	h := newHouse(t)
	if err := h.db.DisableAccount(t.Context(), "leader"); err != nil {
		t.Fatal(err)
	}
	wrong := h.visitor().login("officer", "wrong password")
	unknown := h.visitor().login("nobody", password)
	disabled := h.visitor().login("leader", password)
	if wrong.status != 401 || wrong.body != unknown.body || wrong.body != disabled.body {
		t.Errorf("wrong password %v, unknown login %v, disabled %v", wrong, unknown, disabled)
	}
	if wrong.header.Get("Set-Cookie") != "" {
		t.Error("a refused login gives a cookie")
	}
	if log := h.logs.String(); strings.Contains(log, "wrong password") || strings.Contains(log, "nobody") {
		t.Errorf("the log repeats what was typed:\n%s", log)
	}
}

func TestSessionFixation(t *testing.T) {
	h := newHouse(t)
	mine := h.as("officer")
	victim := h.visitor()
	victim.setToken("attackers-choice")
	victim.login("supervisor", password)
	if victim.token() == "attackers-choice" {
		t.Error("the token that was planted lives on")
	}
	// A valid session of somebody else, planted into the victim's browser.
	planted := mine.token()
	victim = h.visitor()
	victim.setToken(planted)
	victim.login("supervisor", password)
	if victim.token() == planted {
		t.Error("the planted session now belongs to the victim")
	}
	if got := mine.get("/session"); got.status != 401 {
		t.Errorf("the planted session is still open: %v", got)
	}
	if got := victim.get("/session").body; !strings.Contains(got, "supervisor") {
		t.Errorf("the victim is %s", got)
	}
}

func TestSessionLifetimes(t *testing.T) {
	short := func(d *web.Deps) { d.SessionIdle, d.SessionMax = time.Hour, 3*time.Hour }
	t.Run("idle", func(t *testing.T) {
		h := newHouse(t, short)
		c := h.as("officer")
		for range 2 {
			h.clock.Add(59 * time.Minute)
			if got := c.get("/session"); got.status != 200 {
				t.Fatalf("in use: %v", got)
			}
		}
		h.clock.Add(61 * time.Minute)
		if got := c.get("/session"); got.status != 401 {
			t.Errorf("idle for too long: %v", got)
		}
		h.clock.Add(-61 * time.Minute)
		if got := c.get("/session"); got.status != 401 {
			t.Errorf("ended, and back: %v", got)
		}
	})
	t.Run("absolute", func(t *testing.T) {
		h := newHouse(t, short)
		c := h.as("officer")
		for range 5 {
			h.clock.Add(30 * time.Minute)
			c.get("/session")
		}
		if got := c.get("/session"); got.status != 200 {
			t.Fatalf("after 2.5 h: %v", got)
		}
		h.clock.Add(31 * time.Minute)
		if got := c.get("/session"); got.status != 401 {
			t.Errorf("after 3 h, always in use: %v", got)
		}
	})
}

func TestAccountIsReadOnEveryRequest(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	if got := c.get("/entries"); got.status != 200 {
		t.Fatal(got)
	}
	if err := h.db.DisableAccount(t.Context(), "officer"); err != nil {
		t.Fatal(err)
	}
	if got := c.get("/entries"); got.status != 401 {
		t.Errorf("disabled: %v", got)
	}
	// The password is set anew by an administrator: sessions begun with the old one end.
	c = h.as("leader")
	if err := h.db.SetPassword(t.Context(), "leader", web.HashPassword("given by somebody"), true); err != nil {
		t.Fatal(err)
	}
	if got := c.get("/entries"); got.status != 401 {
		t.Errorf("password set anew: %v", got)
	}
}

func TestNewcomerChangesThePasswordFirst(t *testing.T) {
	h := newHouse(t)
	c, other := h.as("newcomer"), h.as("newcomer")
	if got := c.get("/session").body; !strings.Contains(got, `"must_change_password":true`) {
		t.Errorf("got %s", got)
	}
	for _, path := range []string{"/calls", "/entries", "/duty", "/health"} {
		if got := c.get(path); got.status != 403 || got.problem(t).Type != "/problems/password-change-required" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := c.get("/line"); got.status != 200 || strings.Contains(got.body, "number") {
		t.Errorf("the line is seen as by anybody: %v", got)
	}
	for body, location := range map[string]string{
		`{"old":"` + password + `","new":"short"}`:             "body.new",
		`{"old":"` + password + `","new":"` + password + `"}`:  "body.new",
		`{"old":"` + password + `","new":"NEWCOMER"}`:          "body.new: is the login name",
		`{"old":"` + password + `","new":"12345678"}`:          "body.new: is a plain row",
		`{"old":"` + password + `","new":"Passw0rd!"}`:         "take a few words",
		`{"old":"not the old one","new":"another password"}`:   "body.old",
		`{"old":"` + password + `"}`:                           "body",
		`{"old":"x","new":"` + strings.Repeat("x", 201) + `"}`: "body.new",
	} {
		if got := c.post("/session/password", body); got.status != 422 || !strings.Contains(got.problem(t).Detail, location) {
			t.Errorf("%s: %v", body, got)
		}
	}
	before := c.token()
	if got := c.post("/session/password", `{"old":"`+password+`","new":"值班室的新口令八"}`); got.status != 204 {
		t.Fatalf("got %v", got)
	}
	if c.token() == before {
		t.Error("the token was not renewed")
	}
	if got := c.get("/calls"); got.status != 200 {
		t.Errorf("afterwards: %v", got)
	}
	if got := other.get("/session"); got.status != 401 {
		t.Errorf("the other session with the old password: %v", got)
	}
	if got := h.visitor().login("newcomer", password); got.status != 401 {
		t.Errorf("the old password: %v", got)
	}
	if got := h.visitor().login("newcomer", "值班室的新口令八"); got.status != 200 {
		t.Errorf("the new password: %v", got)
	}
}

func TestTooManyLogins(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	for i := range 5 {
		if got := c.login("officer", "wrong password"); got.status != 401 {
			t.Fatalf("attempt %d: %v", i+1, got)
		}
	}
	got := c.login("Officer ", password)
	if p := got.problem(t); p.Status != 429 || p.Type != "/problems/too-many-attempts" || got.header.Get("Retry-After") != "12" {
		t.Fatalf("the sixth, though right: %v, Retry-After %q", got, got.header.Get("Retry-After"))
	}
	if got := c.login("leader", password); got.status != 200 {
		t.Errorf("another login from the same address: %v", got)
	}
	h.clock.Add(12 * time.Second)
	if got := c.login("officer", password); got.status != 200 {
		t.Errorf("after waiting: %v", got)
	}
	// From one address, names may be changed as one likes: it ends all the same.
	statuses := map[int]int{}
	for i := range 12 {
		statuses[c.login(fmt.Sprintf("name%d", i), "x").status]++
	}
	if statuses[429] == 0 || statuses[401] == 0 || statuses[401] > 10 {
		t.Errorf("twelve names from one address: %v", statuses)
	}
}

func TestEndedSessionStaysEnded(t *testing.T) {
	store := &slowStore{data: map[string][]byte{}, reached: make(chan struct{}), goOn: make(chan struct{})}
	h := newHouse(t, func(d *web.Deps) { d.Sessions = store })
	c := h.as("officer")
	token := c.token()
	h.clock.Add(2 * time.Minute) // so that the next request saves the session
	store.hold()
	late := make(chan answer, 1)
	slow := h.visitor()
	slow.setToken(token)
	go func() { late <- slow.get("/session") }()
	<-store.reached
	if got := c.do("DELETE", "/api/v1/session", ""); got.status != 204 {
		t.Fatal(got)
	}
	close(store.goOn)
	<-late
	c.setToken(token)
	if got := c.get("/session"); got.status != 401 {
		t.Errorf("a request that was under way brought the session back: %v", got)
	}
}

// slowStore stops one reader until a test lets it go on.
type slowStore struct {
	mu            sync.Mutex
	data          map[string][]byte
	holding       bool
	reached, goOn chan struct{}
}

var _ scs.Store = (*slowStore)(nil)

func (s *slowStore) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = true
}

func (s *slowStore) Find(token string) ([]byte, bool, error) {
	s.mu.Lock()
	b, ok := s.data[token]
	stop := s.holding
	s.holding = false
	s.mu.Unlock()
	if stop {
		close(s.reached)
		<-s.goOn
	}
	return b, ok, nil
}

func (s *slowStore) Commit(token string, b []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[token] = b
	return nil
}

func (s *slowStore) Delete(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.data, token)
	return nil
}

func TestTokensAreNotInTheStore(t *testing.T) {
	store := &slowStore{data: map[string][]byte{}}
	h := newHouse(t, func(d *web.Deps) { d.Sessions = store })
	token := h.as("officer").token()
	if len(token) < 40 {
		t.Errorf("token %q is short", token)
	}
	for key, value := range store.data {
		if strings.Contains(key, token) || strings.Contains(string(value), token) || strings.Contains(string(value), hashed()) {
			t.Errorf("the store holds the token or the password's hash: %q %q", key, value)
		}
	}
	if len(store.data) != 1 {
		t.Errorf("%d sessions", len(store.data))
	}
}

func TestGarbageCookies(t *testing.T) {
	h := newHouse(t)
	for _, cookie := range []string{"dutyline=", "dutyline=x", "dutyline=" + strings.Repeat("a", 5000), "dutyline=\x80\xff", "dutyline=\"; drop", "other=1"} {
		got := h.visitor().get("/session", "Cookie", cookie)
		if got.status != 401 && got.status != 400 {
			t.Errorf("%q: %v", cookie, got)
		}
	}
}

func TestRoleChangeTakesEffectAtOnce(t *testing.T) {
	roles := &changingRole{}
	h := newHouse(t, func(d *web.Deps) { roles.Store = d.Log; d.Log = roles })
	c := h.as("officer")
	if got := c.patch("e-1", `{"revision":1}`); got.status != 404 {
		t.Fatalf("as officer: %v", got)
	}
	roles.set(dutylog.Auditor)
	if got := c.patch("e-1", `{"revision":1}`); got.status != 403 {
		t.Errorf("as auditor: %v", got)
	}
}
