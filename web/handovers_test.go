package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

type handover struct {
	ID            int64  `json:"id"`
	At            string `json:"at"`
	From          string `json:"from"`
	Outgoing      *person
	Incoming      person
	Unsigned      string
	Digest        string
	ErasedBy      int64 `json:"erased_by"`
	Confirmations []struct{ Part, Login, Name, At string }
	Sheet         *dutylog.Sheet
}

type person struct{ Login, Name, At string }

type handoverNow struct {
	Last        *handover
	Why         string
	ShiftEnd    *string `json:"shift_end"`
	Deadline    *string
	Expected    string
	Sheet       dutylog.Sheet
	SheetDigest string `json:"sheet_digest"`
}

// now is the sheet as somebody sees it.
func (c *client) now(t *testing.T) (n handoverNow) {
	t.Helper()
	c.get("/handover").into(t, &n)
	return n
}

// tookOver lets an officer take over alone: nobody did before.
func (h *house) tookOver(c *client) {
	h.t.Helper()
	var n struct {
		SheetDigest string `json:"sheet_digest"`
	}
	decode(h.t, c.get("/handover"), &n)
	if got := c.post("/handovers", `{"sheet_digest":"`+n.SheetDigest+`"}`); got.status != 200 {
		h.t.Fatalf("take over: %v", got)
	}
	h.clock.Add(time.Minute) // the log has a clock of its own: what comes now comes after it
}

// decode reads a good answer as far as the test wants to know it.
func decode(t testing.TB, a answer, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil || a.status != http.StatusOK {
		t.Fatalf("%v: %v", a, err)
	}
}

// parts are who confirmed as what, in order.
func (h handover) parts() string {
	var all []string
	for _, c := range h.Confirmations {
		all = append(all, c.Part+" "+c.Login)
	}
	return strings.Join(all, ", ")
}

// A whole change of officers at one page: the first takes over alone, then hands over to another one,
// who confirms with their own password and takes the desk by the same key.
func TestTwoOfficersHandOverAtOnePage(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	h.sealed("1795436279.0")
	first := h.as("officer")
	n := first.now(t)
	if n.Last != nil || n.Why != "no_roster" || len(n.Sheet.Matters) != 1 || n.Sheet.Outgoing != "" {
		t.Errorf("%+v", n)
	}
	h.tookOver(first)
	var duty struct {
		Responsible *person `json:"responsible"`
	}
	decode(t, first.get("/duty"), &duty)
	if duty.Responsible == nil || duty.Responsible.Name != "王officer" || duty.Responsible.At == "" {
		t.Errorf("who is responsible: %+v", duty.Responsible)
	}
	h.ring("1795439999.0") // a call of the new shift
	h.clock.Add(time.Second)
	if e := first.get("/entries/e-1795439999.0").body; !strings.Contains(e, `"responsible":"王officer"`) {
		t.Errorf("the entry does not name who took over: %s", e)
	}
	n = first.now(t)
	if n.Sheet.Outgoing != "王officer" || n.Last == nil || n.Last.Incoming.Login != "officer" || n.Last.Sheet != nil || n.Sheet.Counts.Calls != 1 {
		t.Errorf("%+v", n)
	}
	var done handover
	got := first.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"remarks":"市局来电待复","second":{"username":"lina","password":%q},"take_desk":true}`, n.SheetDigest, password))
	got.into(t, &done)
	if done.parts() != "outgoing officer, incoming lina" || done.Outgoing.Login != "officer" || done.Incoming.Name != "王lina" || done.Sheet.Remarks != "市局来电待复" || done.Unsigned != "" {
		t.Errorf("%+v", done)
	}
	if s := first.get("/session").body; !strings.Contains(s, `"username":"lina"`) {
		t.Errorf("the desk was not taken: %s", s)
	}
	var kept handover
	h.as("leader").get("/handovers/2").into(t, &kept) // an auditor's is masked
	if diff := cmp.Diff(done, kept); diff != "" {
		t.Errorf("read later (-then +now):\n%s", diff)
	}
	if logs := h.logs.String(); !strings.Contains(logs, `msg="handed over"`) || strings.Contains(logs, password) {
		t.Errorf("the daemon's log: %s", logs)
	}
	if a := *h.accesses; len(a) == 0 || a[len(a)-1].What != "handover.see" || a[len(a)-1].Object != "handover 2" {
		t.Errorf("who read the sheet is not noted: %+v", a)
	}
}

// The second password opens no session, at this page or elsewhere, unless the desk is taken.
func TestASecondPasswordOpensNoSession(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	got := page.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"lina","password":%q}}`, page.now(t).SheetDigest, password))
	if got.status != 200 || got.header.Get("Set-Cookie") != "" {
		t.Fatalf("%v %v", got, got.header)
	}
	if s := page.get("/session").body; !strings.Contains(s, `"username":"officer"`) {
		t.Errorf("somebody else is signed in now: %s", s)
	}
	// Signed in as the incoming one, the outgoing one confirms: nothing changes at the page either.
	third := h.as("officer")
	got = third.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"lina","password":%q},"take_desk":true}`, third.now(t).SheetDigest, password))
	var done handover
	got.into(t, &done)
	if done.Incoming.Login != "officer" || done.Outgoing.Login != "lina" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("%+v", done)
	}
}

// What is refused is said in one sentence with a type of its own, and changes nothing.
func TestRefusedHandovers(t *testing.T) {
	h := newHouse(t)
	for _, login := range []string{"lina", "gone"} {
		h.account(login, dutylog.Officer, false)
	}
	officer, lina := h.as("officer"), h.as("lina")
	h.tookOver(officer)
	if err := h.db.DisableAccount(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	digest := officer.now(t).SheetDigest
	for name, c := range map[string]struct {
		by     *client
		second string
		more   string
		status int
		kind   string
	}{
		"the same person on both sides":  {officer, "officer", "", 409, "handover-same_person"},
		"another role":                   {officer, "chief", "", 409, "handover-not_an_officer"},
		"a password that was given":      {officer, "newcomer", "", 409, "handover-password_change_first"},
		"a disabled login":               {officer, "gone", "", 422, "second-login-wrong"},
		"nobody of that name":            {officer, "nobody", "", 422, "second-login-wrong"},
		"the outgoing one alone":         {officer, "", "", 409, "handover-second_missing"},
		"the incoming one alone":         {lina, "", "", 409, "handover-second_missing"},
		"somebody who never took over":   {lina, "supervisor", "", 409, "handover-not_responsible"},
		"a section chief at the page":    {h.as("chief"), "officer", "", 409, "handover-not_an_officer"},
		"too long a reason":              {lina, "", `,"unsigned":"` + strings.Repeat("字", 501) + `"`, 422, "invalid-value"},
		"remarks of which nothing stays": {officer, "lina", `,"remarks":7`, 422, "invalid-value"},
	} {
		h.clock.Add(time.Minute)
		body := `{"sheet_digest":"` + digest + `"` + c.more
		if c.second != "" {
			body += fmt.Sprintf(`,"second":{"username":%q,"password":%q}`, c.second, password)
		}
		if p := c.by.post("/handovers", body+"}").problem(t); p.Status != c.status || p.Type != "/problems/"+c.kind {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := officer.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"lina","password":"wrong password"}}`, digest)).problem(t); p.Status != 422 || strings.Contains(p.Detail, "wrong password") {
		t.Errorf("a wrong password: %+v", p)
	}
	if last := officer.now(t).Last; last == nil || last.ID != 1 {
		t.Errorf("%+v", last)
	}
	// The page's own session is well: a wrong second password is no reason to lock the screen.
	if s := officer.get("/session"); s.status != 200 {
		t.Errorf("%v", s)
	}
}

// Guessing the second password is bounded exactly as guessing at the sign-in is.
func TestTheSecondPasswordHasTheSameLimits(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	digest := page.now(t).SheetDigest
	guess := func(with string) answer {
		return page.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"lina","password":%q}}`, digest, with))
	}
	for n := range 5 {
		if got := guess("wrong password"); got.status != 422 {
			t.Fatalf("guess %d: %v", n+1, got)
		}
	}
	if got := guess(password); got.status != 429 || got.header.Get("Retry-After") == "" {
		t.Errorf("after five wrong ones: %v", got)
	}
	if got := h.visitor().post("/session", fmt.Sprintf(`{"username":"lina","password":%q}`, password)); got.status != 429 {
		t.Errorf("at the sign-in: %v", got)
	}
	h.clock.Add(time.Minute)
	if got := guess(password); got.status != 200 {
		t.Errorf("a minute later: %v", got)
	}
}

// A sheet that changed since it was shown is refused; the new one is asked for and taken.
func TestASheetThatChangedIsRefused(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	seen := page.now(t)
	if again := page.now(t); again.SheetDigest != seen.SheetDigest {
		t.Errorf("nothing happened, and it is another sheet:\n%s", cmp.Diff(seen, again))
	}
	h.clock.Add(3 * time.Hour)
	if later := page.now(t); later.SheetDigest != seen.SheetDigest {
		t.Errorf("time alone makes another sheet:\n%s", cmp.Diff(seen, later))
	}
	h.ring("1795436279.0")
	ask := func(digest string) answer {
		return page.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"lina","password":%q}}`, digest, password))
	}
	if p := ask(seen.SheetDigest).problem(t); p.Status != 409 || p.Type != "/problems/handover-sheet_changed" {
		t.Errorf("%+v", p)
	}
	if got := ask(page.now(t).SheetDigest); got.status != 200 {
		t.Errorf("%v", got)
	}
}

// When the outgoing officer cannot confirm, the incoming one says why and takes over alone; the
// sheet shows that one word is missing.
func TestTakingOverFromSomebodyWhoCannotConfirm(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	h.tookOver(h.as("officer"))
	lina := h.as("lina")
	var done handover
	lina.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"unsigned":"突发急病送医"}`, lina.now(t).SheetDigest)).into(t, &done)
	if done.parts() != "incoming lina" || done.Unsigned != "突发急病送医" || done.Outgoing.Login != "officer" {
		t.Errorf("%+v", done)
	}
	if done.Outgoing.At != "" {
		t.Errorf("the outgoing one said nothing: %+v", done.Outgoing)
	}
}

// Section chief and duty leader confirm the very sheet, each with their own login: later at a page of
// their own, or on the spot beside the officer. What they confirm is what both officers confirmed.
func TestChiefAndLeaderConfirmTheSameSheet(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.tookOver(officer)
	var list struct {
		Items      []handover
		NextCursor string `json:"next_cursor"`
	}
	officer.get("/handovers?limit=10").into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Sheet != nil {
		t.Fatalf("%+v", list)
	}
	digest := list.Items[0].Digest
	h.ring("1795436279.0") // whatever happens later does not change the sheet
	if p := officer.post("/handovers/1/confirmations", `{"digest":"`+digest+`"}`).problem(t); p.Type != "/problems/handover-not_their_part" {
		t.Errorf("an officer: %+v", p)
	}
	var done handover
	officer.post("/handovers/1/confirmations", fmt.Sprintf(`{"digest":%q,"second":{"username":"chief","password":%q}}`, digest, password)).into(t, &done)
	h.as("leader").post("/handovers/1/confirmations", `{"digest":"`+digest+`"}`).into(t, &done)
	if done.parts() != "incoming officer, chief chief, leader leader" || done.Digest != digest || done.Sheet.Counts.Calls != 0 {
		t.Errorf("%+v", done)
	}
	for name, c := range map[string]struct {
		got  answer
		kind string
	}{
		"twice":             {h.as("chief").post("/handovers/1/confirmations", `{"digest":"`+digest+`"}`), "handover-already_confirmed"},
		"one that is not":   {h.as("chief").post("/handovers/9/confirmations", `{"digest":"`+digest+`"}`), ""},
		"a wrong password":  {officer.post("/handovers/1/confirmations", `{"digest":"x","second":{"username":"chief","password":"wrong password"}}`), "second-login-wrong"},
		"only who is there": {h.as("supervisor").post("/handovers/1/confirmations", `{"digest":"x"}`), "not-allowed"},
	} {
		if p := c.got.problem(t); c.kind != "" && p.Type != "/problems/"+c.kind || c.kind == "" && p.Status != 404 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	h.account("lina", dutylog.Officer, false)
	lina := h.as("lina")
	lina.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":"officer","password":%q}}`, lina.now(t).SheetDigest, password)).into(t, &done)
	if p := h.as("chief").post("/handovers/2/confirmations", `{"digest":"`+digest+`"}`).problem(t); p.Type != "/problems/handover-sheet_changed" {
		t.Errorf("another sheet than the one that stands: %+v", p)
	}
}

// The sheet shows what the roster asks for, the last test call that is over, the lamps, and what stands.
func TestWhatTheSheetShows(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	h.tests.results = []testcall.Result{{ID: 9, At: now, Line: "duty"}, {ID: 8, At: now.Add(-time.Hour), EndedAt: now.Add(-time.Hour), Line: "duty", Verdict: testcall.Reachable, Ringback: testcall.RingbackStandard}}
	err := h.db.ReplaceRoster(t.Context(), []dutylog.Shift{{From: now.Add(-11 * time.Hour), To: now.Add(time.Hour), Post: dutylog.PostOfficer, Name: "王officer"},
		{From: now.Add(time.Hour), To: now.Add(13 * time.Hour), Post: dutylog.PostOfficer, Name: "李娜"}})
	if err != nil {
		t.Fatal(err)
	}
	n := h.as("officer").now(t)
	if n.Why != "awaited" || n.Expected != "李娜" || n.ShiftEnd == nil || n.Deadline == nil {
		t.Errorf("%+v", n)
	}
	if n.Sheet.Test == nil || n.Sheet.Test.ID != 8 || n.Sheet.Test.Verdict != "reachable" {
		t.Errorf("a test that still runs proves nothing: %+v", n.Sheet.Test)
	}
	h.unseen(telephony.SwitchDown, now.Add(-2*time.Hour), now.Add(-time.Hour), "the switch ended and was started again")
	if s := h.as("chief").now(t).Sheet; len(s.Down) != 1 || *s.Down[0].To != now.Add(-time.Hour).Format("2006-01-02T15:04:05.000Z") || s.Down[0].Cause == "" {
		t.Errorf("the switch was down for an hour: %+v", s)
	}
	if from := *n.Sheet.From; from != now.Add(-11*time.Hour).Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("the shift began %s", from)
	}
	if got := h.as("admin").get("/handover"); got.status != http.StatusForbidden {
		t.Errorf("the administrator reads what callers said: %v", got)
	}
}

// The shift had begun when the log did: what came before it nobody saw, and the sheet does not say otherwise.
func TestASheetOfAShiftThatIsOlderThanTheLog(t *testing.T) {
	h := newHouse(t) // of which the log is ten years old
	begun, err := h.db.LogSince(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from := begun.Add(-2 * time.Hour)
	h.clock.now = begun.Add(3 * time.Hour)
	err = h.db.ReplaceRoster(t.Context(), []dutylog.Shift{{From: from, To: h.clock.Now().Add(time.Hour), Post: dutylog.PostOfficer, Name: "王officer"}})
	if err != nil {
		t.Fatal(err)
	}
	blind := h.as("officer").now(t).Sheet.Blind
	if len(blind) != 1 || *blind[0].From != *telephony.JSONTime(from) || *blind[0].To != *telephony.JSONTime(begun) || !strings.Contains(blind[0].Cause, "did not exist yet") {
		t.Errorf("blind before the log began at %v: %+v", begun, blind)
	}
}
