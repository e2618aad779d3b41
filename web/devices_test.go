package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

// signOut leaves the computer's secret behind.
func (c *client) signOut() { c.do("DELETE", "/api/v1/session", "") }

type deviceDoc struct {
	Known bool
	Pins  []struct{ Username, Name string }
}

func (c *client) deviceState(t *testing.T) (d deviceDoc) {
	t.Helper()
	c.get("/session/device").into(t, &d)
	return d
}

func TestAShortSecretOpensTheComputerOnWhichItWasSet(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	if d := c.deviceState(t); d.Known || len(d.Pins) != 0 {
		t.Fatalf("%+v", d)
	}
	signed := c.post("/session", `{"username":"officer","password":"`+password+`"}`)
	var device *http.Cookie
	for _, raw := range signed.header.Values("Set-Cookie") {
		if k, err := http.ParseSetCookie(raw); err == nil && k.Name == "dutyline-device" {
			device = k
		}
	}
	if device == nil || !device.HttpOnly || device.SameSite != http.SameSiteStrictMode || device.MaxAge < 30_000_000 || len(device.Value) < 40 {
		t.Fatalf("%+v of %v", device, signed.header.Values("Set-Cookie"))
	}
	for body, location := range map[string]string{
		`{"password":"` + password + `","pin":"1234"}`: "body.pin", `{"password":"` + password + `","pin":"12"}`: "body.pin",
		`{"password":"wrong password","pin":"2739"}`: "body.password",
	} {
		if p := c.do("PUT", "/api/v1/session/pin", body).problem(t); p.Status != 422 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if got := c.do("PUT", "/api/v1/session/pin", `{"password":"`+password+`","pin":"2739"}`); got.status != 204 {
		t.Fatalf("%v", got)
	}
	c.signOut()
	if d := c.deviceState(t); !d.Known || len(d.Pins) != 1 || d.Pins[0].Username != "officer" {
		t.Errorf("%+v", d)
	}
	got := c.post("/session/pin", `{"username":"Officer","pin":"2739"}`)
	if got.status != 200 || !strings.Contains(got.body, `"username":"officer"`) || c.get("/session").status != 200 {
		t.Fatalf("%v", got)
	}
	// The same digits are worth nothing elsewhere, for somebody else, or with a secret that was made up.
	for name, other := range map[string]*client{"another browser": h.visitor(), "another computer": h.as("chief")} {
		other.signOut()
		if p := other.post("/session/pin", `{"username":"officer","pin":"2739"}`).problem(t); p.Status != 401 || p.Type != "/problems/short-secret-wrong" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	c.signOut()
	if p := c.post("/session/pin", `{"username":"chief","pin":"2739"}`).problem(t); p.Status != 401 {
		t.Errorf("somebody else's: %+v", p)
	}
	made := h.visitor()
	u, _ := url.Parse(made.base)
	made.http.Jar.SetCookies(u, []*http.Cookie{{Name: "dutyline-device", Value: strings.Repeat("A", 52), Path: "/"}})
	if d := made.deviceState(t); d.Known || len(d.Pins) != 0 {
		t.Errorf("a secret that was made up is known: %+v", d)
	}
}

func TestWrongShortSecretsEndIt(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	c.do("PUT", "/api/v1/session/pin", `{"password":"`+password+`","pin":"2739"}`)
	c.signOut()
	for range 5 {
		h.clock.Add(time.Minute) // however slowly somebody guesses
		if p := c.post("/session/pin", `{"username":"officer","pin":"1357"}`).problem(t); p.Status != 401 {
			t.Errorf("%+v", p)
		}
	}
	h.clock.Add(time.Minute)
	if p := c.post("/session/pin", `{"username":"officer","pin":"2739"}`).problem(t); p.Status != 401 || !strings.Contains(h.logs.String(), "ended=too_many") {
		t.Errorf("the right one after five wrong ones: %+v", p)
	}
	if d := c.deviceState(t); len(d.Pins) != 0 || !d.Known {
		t.Errorf("%+v", d)
	}
	if got := c.post("/session", `{"username":"officer","password":"`+password+`"}`); got.status != 200 {
		t.Errorf("the password still opens: %v", got)
	}
	// And fast guesses are slowed down as those of passwords are.
	limited := 0
	for range 12 {
		if c.post("/session/pin", `{"username":"nobody","pin":"1357"}`).status == 429 {
			limited++
		}
	}
	if limited == 0 {
		t.Error("nobody is slowed down")
	}
}

func TestAShortSecretDoesNotOutliveThePassword(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.SessionMax = 30 * 24 * time.Hour })
	c := h.as("officer")
	set := func() {
		t.Helper()
		if got := c.do("PUT", "/api/v1/session/pin", `{"password":"`+password+`","pin":"2739"}`); got.status != 204 {
			t.Fatalf("%v", got)
		}
	}
	opens := func() bool { return c.post("/session/pin", `{"username":"officer","pin":"2739"}`).status == 200 }
	set()
	if !opens() {
		t.Error("it does not open at once")
	}
	if err := h.db.DisableAccount(t.Context(), "officer"); err != nil || opens() {
		t.Errorf("it opens for a login that is disabled: %v", err)
	}
	if err := h.db.EnableAccount(t.Context(), "officer"); err != nil || !opens() {
		t.Errorf("%v", err)
	}
	if err := h.db.SetPassword(t.Context(), "officer", web.HashPassword("another password"), false); err != nil || opens() {
		t.Errorf("it opens after the password was changed: %v", err)
	}
	if err := h.db.SetPassword(t.Context(), "officer", hashed(), false); err != nil || !opens() {
		t.Errorf("%v", err)
	}
	h.clock.Add(8 * 24 * time.Hour)
	if opens() {
		t.Error("it opens a week after the password was given")
	}
	c = h.as("officer")
	set()
	c.do("DELETE", "/api/v1/session/pin", "")
	if opens() {
		t.Error("it opens after it was removed")
	}
	bare := h.as("officer")
	u, _ := url.Parse(bare.base)
	bare.http.Jar.SetCookies(u, []*http.Cookie{{Name: "dutyline-device", Value: "", Path: "/", MaxAge: -1}})
	if p := bare.do("PUT", "/api/v1/session/pin", `{"password":"`+password+`","pin":"2739"}`).problem(t); p.Status != 409 || p.Type != "/problems/unknown-computer" {
		t.Errorf("on a computer without a secret: %+v", p)
	}
}

const noteBody = `{"text":"%s","edit":%d,"ago_ms":%d}`

// The page of a locked computer writes while it rings, and reads nothing.
func TestANoteIsWrittenUnseenAndBecomesTheEntrysContent(t *testing.T) {
	h := newHouse(t)
	stranger := h.visitor()
	if p := stranger.do("PUT", "/api/v1/call-notes/0f3c9a77-1", fmt.Sprintf(noteBody, "x", 1, 0)).problem(t); p.Status != 403 || p.Type != "/problems/unknown-computer" {
		t.Errorf("%+v", p)
	}
	c := h.as("officer")
	c.signOut()
	h.ring("1.0")
	h.clock.Add(5 * time.Second)
	for i, text := range []string{"沈", "沈阳路", "沈阳路起火"} {
		got := c.do("PUT", "/api/v1/call-notes/0f3c9a77-1", fmt.Sprintf(noteBody, text, i+1, 1000*i))
		if got.status != 200 || strings.Contains(got.body, "1.0") || got.body != fmt.Sprintf("{\"edit\":%d}\n", i+1) {
			t.Errorf("more than that it was kept: %v", got)
		}
	}
	for method, path := range map[string]string{"GET": "/api/v1/call-notes", "POST": "/api/v1/call-notes/0f3c9a77-1/take"} {
		if p := c.do(method, path, map[string]string{"POST": fmt.Sprintf(noteBody, "x", 9, 0)}[method]).problem(t); p.Status != 401 {
			t.Errorf("%s %s without a session: %+v", method, path, p)
		}
	}
	if got := c.do("GET", "/api/v1/call-notes/0f3c9a77-1", ""); got.status == 200 {
		t.Errorf("it can be read: %v", got)
	}
	c.post("/session", `{"username":"officer","password":"`+password+`"}`)
	var list struct {
		Items []struct {
			Key, Line, Text string
			BegunAt         string `json:"begun_at"`
			CallID          string `json:"call_id"`
			EntryID         string `json:"entry_id"`
			Edit            int64
		}
		NextCursor string `json:"next_cursor"`
	}
	c.get("/call-notes").into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Text != "沈阳路起火" || list.Items[0].CallID != "1.0" || list.Items[0].EntryID != "e-1.0" {
		t.Fatalf("%+v", list)
	}
	var e web.EntryDoc
	c.post("/call-notes/0f3c9a77-1/take", fmt.Sprintf(noteBody, "沈阳路起火，无伤亡", 4, 4000)).into(t, &e)
	if e.Content != "沈阳路起火，无伤亡" || e.Revision != 2 {
		t.Errorf("%+v", e)
	}
	c.get("/call-notes").into(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
	if p := h.as("auditor").get("/call-notes").problem(t); p.Status != 403 {
		t.Errorf("%+v", p)
	}
}

// Another window of the computer took the note: what is typed on is not said to be kept, and comes with a key of
// its own.
func TestWhatIsTypedAfterANoteWasTakenIsRefusedInWords(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	h.finished("7.0", h.clock.Now().Add(-time.Minute))
	note := func(key, text string, edit int) (put, take answer) {
		body := fmt.Sprintf(noteBody, text, edit, 60000)
		return c.do("PUT", "/api/v1/call-notes/"+key, body), c.post("/call-notes/"+key+"/take", body)
	}
	if put, take := note("0f3c9a77-1", "沈阳路起火", 2); put.status != 200 || take.status != 200 {
		t.Fatal(put, take)
	}
	put, take := note("0f3c9a77-1", "沈阳路起火\\n三人被困", 3)
	for _, got := range []answer{put, take} {
		if p := got.problem(t); p.Status != 409 || p.Type != "/problems/note-taken" || p.Edit != 2 || !strings.Contains(p.Detail, "a key of its own") {
			t.Errorf("%+v", p)
		}
	}
	if put, take := note("0f3c9a77-1", "沈阳路起火", 2); put.status != 200 || take.status != 200 {
		t.Errorf("sent again after a lost answer: %v, %v", put, take)
	}
	_, take = note("0f3c9a77-2", "三人被困", 3)
	var e web.EntryDoc
	take.into(t, &e)
	if e.ID != "e-7.0" || e.Content != "沈阳路起火\n三人被困" {
		t.Errorf("%s: %q", e.ID, e.Content)
	}
}

// A session that ends while the phone rings loses nothing: the page locks, and what is typed goes on.
func TestANoteWithASessionThatExpired(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	c.do("PUT", "/api/v1/session/pin", `{"password":"`+password+`","pin":"2739"}`)
	h.clock.Add(13 * time.Hour) // idle for more than half a day
	if got := c.get("/session"); got.status != 401 {
		t.Fatalf("%v", got)
	}
	call := h.ring("1.0")
	h.clock.Add(3 * time.Second)
	if got := c.do("PUT", "/api/v1/call-notes/0f3c9a77-1", fmt.Sprintf(noteBody, "来电称", 1, 500)); got.status != 200 {
		t.Fatalf("%v", got)
	}
	h.over(call, telephony.Missed)
	if got := c.post("/session/pin", `{"username":"officer","pin":"2739"}`); got.status != 200 {
		t.Fatalf("%v", got)
	}
	var e web.EntryDoc
	c.post("/call-notes/0f3c9a77-1/take", fmt.Sprintf(noteBody, "来电称沈阳路起火", 2, 9000)).into(t, &e)
	if e.Content != "来电称沈阳路起火" || e.Kind != "missed" {
		t.Errorf("%+v", e)
	}
}

func TestWhichNotesAreRefused(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	for body, location := range map[string]string{
		`{"text":"x","edit":0,"ago_ms":0}`:                                  "body.edit",
		`{"text":"x","edit":1,"ago_ms":-1}`:                                 "body.ago_ms",
		`{"text":"x","edit":1,"ago_ms":0,"line":"nowhere"}`:                 "body.line",
		`{"text":"` + strings.Repeat("x", 20001) + `","edit":1,"ago_ms":0}`: "body.text",
		`{"text":"x","edit":1,"ago_ms":0,"more":1}`:                         "body.more",
	} {
		if p := c.do("PUT", "/api/v1/call-notes/0f3c9a77-1", body).problem(t); p.Status != 422 || p.Errors[0].Location != location {
			t.Errorf("%.60s: %+v", body, p)
		}
	}
	if p := c.do("PUT", "/api/v1/call-notes/short", fmt.Sprintf(noteBody, "x", 1, 0)).problem(t); p.Status != 422 {
		t.Errorf("%+v", p)
	}
	if p := c.post("/call-notes/0f3c9a77-9/take", fmt.Sprintf(noteBody, "x", 1, 0)).problem(t); p.Status != 422 || p.Errors[0].Location != "body.entry_id" {
		t.Errorf("of no call: %+v", p)
	}
	if p := c.post("/call-notes/0f3c9a77-9/take", `{"text":"x","edit":1,"ago_ms":0,"entry_id":"e-9.9"}`).problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	limited := 0
	for i := range 60 {
		if c.do("PUT", "/api/v1/call-notes/0f3c9a77-1", fmt.Sprintf(noteBody, "x", i+1, 0)).status == 429 {
			limited++
		}
	}
	if limited < 20 {
		t.Errorf("%d of 60 at once were slowed down", limited)
	}
}
