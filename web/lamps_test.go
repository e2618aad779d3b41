package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/web"
)

// lampDoc is the wire form once more: other programs rely on exactly these names.
type lampDoc struct {
	Lamp, State, Severity, Cause, Detail, Why string
	Since                                     *time.Time
}

type lampsDoc struct {
	Line, State string
	At          *time.Time
	Now         time.Time
	Lamps       []lampDoc
}

// What the daemon judges is shown to everybody who is signed in; a line is as its worst lamp, and
// what is not judged is not known.
func TestLineHealth(t *testing.T) {
	noon := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	var causes []alerts.Cause
	h := newHouse(t, func(d *web.Deps) {
		d.Lamps = func(line string) web.Lamps {
			book := alerts.NewLampBook(line, alerts.DefaultHealth(), nil)
			var found []alerts.Judgement
			for _, c := range causes {
				found = append(found, alerts.Judgement{Cause: c})
			}
			book.Take(found, noon)
			return web.Lamps{At: noon, Lamps: book.Lamps()}
		}
	})
	officer := h.as("officer")
	for _, c := range []struct {
		causes []alerts.Cause
		state  string
	}{
		{nil, "unknown"},
		{[]alerts.Cause{alerts.PhoneWell, alerts.DiskWell}, "good"},
		{[]alerts.Cause{alerts.PhoneWell, alerts.TrunkUnqualified, alerts.DiskWell}, "unknown"},
		{[]alerts.Cause{alerts.PhoneAway, alerts.TrunkUnqualified, alerts.DiskWell}, "bad"},
	} {
		causes = c.causes
		var got lampsDoc
		officer.get("/health/line?line=fire").into(t, &got)
		if got.Line != "fire" || got.State != c.state || len(got.Lamps) != len(c.causes) || (got.At == nil) != (len(c.causes) == 0) || got.Now.IsZero() {
			t.Errorf("%v: %+v", c.causes, got)
		}
		for _, l := range got.Lamps {
			if l.Why == "" || l.Since == nil || !l.Since.Equal(noon) || (l.Severity == "") != (l.State != "bad") {
				t.Errorf("%v: the lamp %+v", c.causes, l)
			}
		}
	}
	var first lampsDoc
	officer.get("/health/line").into(t, &first)
	if first.Line != "duty" {
		t.Errorf("without a name it is the line %q", first.Line)
	}
	if got := officer.get("/health/line?line=nobodys"); got.status != 404 {
		t.Errorf("a line that is not there: %v", got)
	}
}

// Where nobody judges, nothing is known, and nothing is claimed.
func TestLineHealthThatNobodyJudges(t *testing.T) {
	var got lampsDoc
	newHouse(t).as("leader").get("/health/line").into(t, &got)
	if got.State != "unknown" || got.At != nil || got.Lamps == nil || len(got.Lamps) != 0 {
		t.Errorf("%+v", got)
	}
}

// A page is there as long as it says so. Two pages of one person are two; who signs out is gone at
// once, and so is a page that was silent for half a minute.
func TestPagesSayThatTheyAreThere(t *testing.T) {
	uptime := time.Hour
	present := web.NewPresence(func() time.Duration { return uptime })
	h := newHouse(t, func(d *web.Deps) { d.Presence = present })
	officer, leader := h.as("officer"), h.as("leader")
	say := func(c *client, page string, sounds bool) {
		t.Helper()
		if got := c.do("PUT", "/api/v1/session/page", fmt.Sprintf(`{"page":%q,"sounds":%v}`, page, sounds)); got.status != 204 {
			t.Fatalf("%v", got)
		}
	}
	open := func(want ...alerts.OpenPage) {
		t.Helper()
		if diff := cmp.Diff(want, present.Open()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	page := func(role dutylog.Role, sounds bool) alerts.OpenPage {
		return alerts.OpenPage{Login: string(role), Name: "王" + string(role), Role: role, Sounds: sounds}
	}
	open()
	say(officer, "aaaaaaaa", false)
	say(leader, "aaaaaaaa", true) // the same name, which it made up: another person's
	open(page(dutylog.Leader, true), page(dutylog.Officer, false))
	uptime += 20 * time.Second
	say(officer, "aaaaaaaa", true)
	say(officer, "bbbbbbbb", true)
	open(page(dutylog.Leader, true), page(dutylog.Officer, true), page(dutylog.Officer, true))
	uptime += 10 * time.Second
	open(page(dutylog.Officer, true), page(dutylog.Officer, true))
	say(leader, "cccccccc", true)
	officer.do("DELETE", "/api/v1/session", "")
	open(page(dutylog.Leader, true))
	for _, wrong := range []string{`{"page":"short","sounds":true}`, `{"page":"aaaaaaaa"}`, `{"page":"aaaa aaaa","sounds":true}`, `{}`, `{"page":"aaaaaaaa","sounds":"yes"}`} {
		if got := leader.do("PUT", "/api/v1/session/page", wrong); got.status != 422 {
			t.Errorf("%s: %v", wrong, got)
		}
	}
	for i := range 2000 {
		say(leader, fmt.Sprintf("page%08d", i), true)
	}
	if n := len(present.Open()); n > 512 {
		t.Errorf("%d pages are remembered", n)
	}
}
