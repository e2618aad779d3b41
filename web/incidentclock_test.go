package web_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dutyline/web"
)

// twoClocks is a house in which the switch's clock is ahead of ours by what a test says.
func twoClocks(t *testing.T) (h *house, ahead *atomic.Int64) {
	t.Helper()
	ahead = new(atomic.Int64)
	h = newHouse(t, func(d *web.Deps) {
		now := d.Now
		d.SwitchNow = func() time.Time { return now().Add(time.Duration(ahead.Load())) }
	})
	h.oneClock = true
	h.clock.Add(h.clock.Now().Truncate(time.Minute).Add(time.Minute).Sub(h.clock.Now())) // moments are typed to the minute
	return h, ahead
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// What came without a call came by our clock: its intake is by the switch's as the two stood when it was written, not as they
// stand when somebody sees that it tells of an incident.
func TestAnIntakeIsMovedAsTheClocksStoodThen(t *testing.T) {
	for _, c := range []struct{ then, now, want time.Duration }{{5 * time.Minute, 0, 5 * time.Minute}, {0, 5 * time.Minute, 0}, {-3 * time.Minute, 2 * time.Minute, -3 * time.Minute}, {20 * time.Second, 0, 0}} {
		h, ahead := twoClocks(t)
		officer := h.as("officer")
		ahead.Store(int64(c.then))
		var e struct {
			ID     string
			Opened string `json:"opened_at"`
		}
		decode(t, officer.post("/entries", `{"key":"fax-of-a-fire","kind":"fax","content":"文艺路起火","place":"文艺路1号"}`), &e)
		h.clock.Add(3 * time.Minute)
		ahead.Store(int64(c.now))
		i := officer.did(t, "POST", "", fmt.Sprintf(`{"entry_id":%q,"category":"fire"}`, e.ID))
		if got := moment(t, i.Natural).Sub(moment(t, e.Opened)); got != c.want {
			t.Errorf("the switch was ahead by %s, and is by %s: the intake is moved by %s, want %s", c.then, c.now, got, c.want)
		}
	}
}

// Whoever did not get an answer asks for the same again, and gets what stands, though somebody set a clock meanwhile.
func TestTheSameDeedAgainAfterAClockWasSet(t *testing.T) {
	h, ahead := twoClocks(t)
	ahead.Store(int64(5 * time.Minute))
	officer := h.as("officer")
	h.finished("1.0", h.clock.Now().Add(5*time.Minute-3*time.Minute))
	i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	at := fmt.Sprintf("/api/v1/incidents/%d", i.ID)
	typed := func(after time.Duration) string { return h.clock.Now().Add(after).Format(time.RFC3339) }
	deeds := []struct{ method, path, body string }{
		{"POST", "/reports/1/deliveries", `{"key":"told-by-phone","recipient":"superior_bureau","channel":"phone","receiver":"周敏","at":"` + typed(-time.Minute) + `"}`},
		{"POST", "/callouts", `{"key":"called-out-1","whom":"孙局长","part":"head","result":"reached","at":"` + typed(-time.Minute) + `"}`},
		{"POST", "/instructions", `{"key":"instructed-1","whom":"孙局长","text":"全力救治","at":"` + typed(-time.Minute) + `","due":"` + typed(time.Hour) + `"}`},
		{"PATCH", "", `{"key":"clock-moved-1","clock_start":"` + typed(-time.Minute) + `","clock_reason":"此时才知有人受伤"}`},
	}
	var first, again incident
	for _, d := range deeds {
		decode(t, officer.do(d.method, at+d.path, d.body), &first)
	}
	if r := first.report("first", 1); r.SentAt == nil || moment(t, *r.SentAt).Sub(h.clock.Now()) != 4*time.Minute || r.SentLate || moment(t, first.ClockStart).Sub(h.clock.Now()) != 4*time.Minute {
		t.Errorf("what our clock showed a minute ago was four minutes ahead of now by the switch's: %+v, from %s on", r, first.ClockStart)
	}
	for _, now := range []time.Duration{0, -2 * time.Minute, 90 * time.Second} {
		ahead.Store(int64(now))
		for _, d := range deeds {
			got := officer.do(d.method, at+d.path, d.body)
			if got.status != 200 {
				t.Errorf("the switch is ahead by %s, %s again: %v", now, d.path, got)
			} else if decode(t, got, &again); len(again.Facts) != len(first.Facts) {
				t.Errorf("%s was done twice: %d facts, were %d", d.path, len(again.Facts), len(first.Facts))
			}
		}
		other := strings.Replace(deeds[0].body, typed(-time.Minute), typed(-2*time.Minute), 1)
		if got := officer.do("POST", at+deeds[0].path, other); got.status != 409 {
			t.Errorf("another moment under the same key: %v", got)
		}
	}
}

// What an entry says otherwise is said by the switch's clock, as all else of an incident: so its deadline is the true one.
func TestWhatAnEntrySaysOtherwiseIsByTheSwitch(t *testing.T) {
	for _, off := range []time.Duration{5 * time.Minute, -5 * time.Minute} {
		h, ahead := twoClocks(t)
		ahead.Store(int64(off))
		officer := h.as("officer")
		h.finished("1.0", h.clock.Now().Add(off-3*time.Minute))
		if got := officer.patch("e-1.0", `{"revision":1,"place":"文艺路1号","casualties":"1人受伤"}`); got.status != 200 {
			t.Fatal(got)
		}
		i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
		at := fmt.Sprintf("/%d", i.ID)
		officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏"}`)
		h.clock.Add(time.Minute)
		if got := officer.patch("e-1.0", `{"revision":2,"casualties":"2人死亡"}`); got.status != 200 {
			t.Fatal(got)
		}
		h.finished("2.0", h.clock.Now().Add(off-time.Minute))
		if got := officer.patch("e-2.0", `{"revision":1,"casualties":"3人死亡"}`); got.status != 200 {
			t.Fatal(got)
		}
		officer.did(t, "POST", at+"/entries", `{"entry_id":"e-2.0"}`)
		var said struct {
			Disputes []struct{ At string }
			NextDue  struct {
				DueAt string `json:"due_at"`
			} `json:"next_due"`
		}
		decode(t, officer.get("/incidents"+at), &said)
		now := h.clock.Now().Add(off)
		for _, d := range said.Disputes {
			if got := moment(t, d.At).Sub(now); got.Abs() > time.Second {
				t.Errorf("the switch is ahead by %s: said %s after now", off, got)
			}
		}
		if left := moment(t, said.NextDue.DueAt).Sub(now); len(said.Disputes) != 2 || (left-10*time.Minute).Abs() > time.Second {
			t.Errorf("the switch is ahead by %s: %s are left, %+v", off, left, said)
		}
	}
}
