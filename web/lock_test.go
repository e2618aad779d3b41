package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

// lockHouse locks after a quarter of an hour.
func lockHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(d *web.Deps) { d.LockAfter = 15 * time.Minute })
	h.sealed("1.0")
	return h
}

type sessionJSON struct {
	Username, Name, Role, Unit string
	MustChange                 bool  `json:"must_change_password"`
	Locked                     bool  `json:"locked"`
	LockAfter                  int64 `json:"lock_after_ms"`
}

// Asking by itself keeps no session open: a page that nobody uses locks, and nothing but the password
// opens it again. That is decided here, whatever the page does.
func TestASessionLocksWhenNobodyDoesAnything(t *testing.T) {
	h := lockHouse(t)
	c := h.as("officer")
	for range 14 {
		h.clock.Add(time.Minute)
		if got := c.get("/entries"); got.status != 200 {
			t.Fatalf("before its time: %v", got)
		}
		if got := c.do("PUT", "/api/v1/session/page", `{"page":"0f3c9a77","sounds":true}`); got.status != 204 {
			t.Fatal(got)
		}
	}
	h.clock.Add(time.Minute)
	for _, path := range []string{"/entries", "/entries/e-1.0", "/calls", "/calls/1.0/recording", "/duty", "/health", "/alerts", "/directory", "/roster/people"} {
		if got := c.get(path); got.status != 401 || got.problem(t).Type != "/problems/session-locked" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := c.patch("e-1.0", `{"revision":1,"content":"x"}`); got.status != 401 {
		t.Errorf("it writes: %v", got)
	}
	var s sessionJSON
	c.get("/session").into(t, &s)
	if !s.Locked || s.Username != "officer" || s.LockAfter != 900_000 {
		t.Errorf("%+v", s)
	}
	if got := c.get("/lines"); got.status != 200 || strings.Contains(got.body, `"number":"0`) {
		t.Errorf("the line is shown as to everybody: %v", got)
	}
	if got := c.post("/session/unlock", `{"password":"wrong password"}`); got.status != 401 {
		t.Errorf("a wrong password: %v", got)
	}
	if got := c.get("/entries"); got.status != 401 {
		t.Errorf("a wrong password opened it: %v", got)
	}
	h.clock.Add(time.Minute) // forgives the wrong one
	c.post("/session/unlock", `{"password":"`+password+`"}`).into(t, &s)
	if s.Locked || s.Username != "officer" {
		t.Errorf("%+v", s)
	}
	if got := c.get("/entries/e-1.0"); got.status != 200 {
		t.Errorf("unlocked: %v", got)
	}
}

// What a person does keeps the session open: writing, and what the page says of keys and clicks.
func TestDeedsKeepASessionOpen(t *testing.T) {
	h := lockHouse(t)
	writes, types, watches := h.as("officer"), h.as("chief"), h.as("leader")
	for i := range 6 {
		h.clock.Add(10 * time.Minute)
		if got := writes.patch("e-1.0", fmt.Sprintf(`{"revision":%d,"content":"第%d次"}`, i+1, i)); got.status != 200 {
			t.Fatalf("%d: %v", i, got)
		}
		if got := types.do("PUT", "/api/v1/session/page", `{"page":"0f3c9a77","sounds":true,"idle_ms":20000}`); got.status != 204 {
			t.Fatalf("%d: %v", i, got)
		}
		watches.do("PUT", "/api/v1/session/page", fmt.Sprintf(`{"page":"0f3c9a78","sounds":true,"idle_ms":%d}`, (i+1)*600_000))
	}
	for name, c := range map[string]*client{"writes": writes, "types": types} {
		if got := c.get("/entries"); got.status != 200 {
			t.Errorf("who %s is locked out: %v", name, got)
		}
	}
	if got := watches.get("/entries"); got.status != 401 {
		t.Errorf("a page that nobody touched is open: %v", got)
	}
	if got := types.do("PUT", "/api/v1/session/page", `{"page":"0f3c9a77","sounds":true,"idle_ms":-5}`); got.status != 422 {
		t.Errorf("a key of the future: %v", got)
	}
}

// A locked page cannot say that somebody typed there, and is still counted as open: it rings there.
func TestALockedPageCannotUnlockItself(t *testing.T) {
	presence := web.NewPresence(func() time.Duration { return 0 })
	h := newHouse(t, func(d *web.Deps) { d.LockAfter, d.Presence = 15*time.Minute, presence })
	c := h.as("officer")
	h.clock.Add(16 * time.Minute)
	if got := c.do("PUT", "/api/v1/session/page", `{"page":"0f3c9a77","sounds":true,"idle_ms":0}`); got.status != 204 {
		t.Fatal(got)
	}
	if got := c.get("/entries"); got.status != 401 {
		t.Errorf("a key on the locked page opened it: %v", got)
	}
	if open := presence.Open(); len(open) != 1 || open[0].Login != "officer" || !open[0].Sounds {
		t.Errorf("%+v", open)
	}
	if got := c.do("DELETE", "/api/v1/session", ""); got.status != 204 {
		t.Errorf("it can be left: %v", got)
	}
	if got := c.get("/session"); got.status != 401 || got.problem(t).Type != "/problems/sign-in-required" {
		t.Errorf("left: %v", got)
	}
}

// The stream of a locked session shows the line as everybody sees it, and nothing about people.
func TestTheStreamOfALockedSession(t *testing.T) {
	h := lockHouse(t)
	c := h.as("officer")
	l := c.listen("")
	if f := l.next(); f.event != "line" || !strings.Contains(f.data, `"number":"0`) {
		t.Fatalf("%+v", f)
	}
	h.clock.Add(16 * time.Minute)
	h.ring("9.0")
	for {
		f := l.next()
		if f.event != "line" {
			t.Fatalf("a locked page is sent %+v", f)
		}
		if strings.Contains(f.data, string(telephony.Ringing)) {
			if strings.Contains(f.data, `"number":"0`) || !strings.Contains(f.data, `"rang_at":"`) {
				t.Errorf("%s", f.data)
			}
			return
		}
	}
}

// Somebody else signs in at a locked page; the session before ends.
func TestAnotherPersonSignsInAtALockedPage(t *testing.T) {
	h := lockHouse(t)
	c := h.as("officer")
	token := c.token()
	h.clock.Add(16 * time.Minute)
	if got := c.post("/session/unlock", `{"password":"`+password+`x"}`); got.status != 401 {
		t.Errorf("%v", got)
	}
	if got := c.login("leader", password); got.status != 200 {
		t.Fatal(got)
	}
	if got := c.get("/entries"); got.status != 200 {
		t.Errorf("%v", got)
	}
	old := h.visitor()
	old.setToken(token)
	if got := old.get("/session"); got.status != 401 || got.problem(t).Type != "/problems/sign-in-required" {
		t.Errorf("the session before: %v", got)
	}
}

// Wrong passwords at a locked page are counted as at the door.
func TestGuessingAtALockedPageIsSlow(t *testing.T) {
	h := lockHouse(t)
	c := h.as("officer")
	h.clock.Add(16 * time.Minute)
	for range 30 {
		if got := c.post("/session/unlock", `{"password":"wrong password"}`); got.status == 429 {
			return
		}
	}
	t.Error("nobody stops who guesses")
}

// Where it is switched off a session does not lock, and says so.
func TestLockingCanBeSwitchedOff(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	h.clock.Add(11 * time.Hour)
	var s sessionJSON
	c.get("/session").into(t, &s)
	if s.Locked || s.LockAfter != 0 {
		t.Errorf("%+v", s)
	}
	if got := c.get("/entries"); got.status != 200 {
		t.Errorf("%v", got)
	}
	if got := h.visitor().post("/session/unlock", `{"password":"x"}`); got.status != 401 || got.problem(t).Type != "/problems/sign-in-required" {
		t.Errorf("without a session: %v", got)
	}
}
