package web_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// The calls behind the figures of an officer are listed, for whoever sees these figures.
func TestTheCallsBehindTheFiguresOfAnOfficer(t *testing.T) {
	h := newHouse(t)
	officer, _ := h.aDay(t)
	supervisor, since := h.as("supervisor"), "&from="+h.clock.Now().Add(-48*time.Hour).UTC().Format(time.RFC3339)
	behind := func(c *client, query string) int {
		t.Helper()
		var list struct {
			Items []struct {
				Direction string `json:"direction"`
			} `json:"items"`
		}
		answer := c.get("/calls?counted=true" + query + since)
		if answer.status != 200 {
			t.Fatal(answer)
		}
		answer.lax(t, &list)
		return len(list.Items)
	}
	listed := 0
	for _, g := range supervisor.answering(t, "?by=officer").Groups {
		if g.Key == "" {
			continue
		}
		if n := behind(supervisor, "&officer="+url.QueryEscape(g.Key)); n != g.Calls {
			t.Errorf("%s has %d calls, and %d are listed", g.Key, g.Calls, n)
		}
		listed += g.Calls
	}
	if n := behind(supervisor, ""); n != 3 || listed == 0 {
		t.Errorf("%d calls count, and %d are somebody's", n, listed)
	}
	if n := behind(officer, "&officer="+url.QueryEscape("王officer")); n == 0 {
		t.Error("an officer does not see their own calls")
	}
	for path, want := range map[string]int{
		"/calls?officer=" + url.QueryEscape("王chief") + since:                          403,
		"/calls?shift=2026-10-01T08:00:00Z":                                            403,
		"/calls?officer=" + url.QueryEscape("王officer"):                                422,
		"/calls?officer=" + url.QueryEscape("王officer") + "&from=2020-01-01T00:00:00Z": 422,
	} {
		if got := officer.get(path); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	for path, want := range map[string]int{"/calls?shift=1999-10-01T08:00:00Z": 404, "/calls?shift=yesterday": 422} {
		if got := supervisor.get(path); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
}

// A cell of the map of the week and a bar of the ring times lead to just the calls that they count.
func TestTheCallsBehindACellAndABar(t *testing.T) {
	h := newHouse(t)
	h.aDay(t)
	supervisor := h.as("supervisor")
	from, to := h.clock.Now().Add(-48*time.Hour).UTC().Format(time.RFC3339), h.clock.Now().UTC().Format(time.RFC3339)
	listed := func(query string) int {
		t.Helper()
		var list struct {
			Items []struct{} `json:"items"`
		}
		answer := supervisor.get("/calls?counted=true&from=" + from + "&to=" + to + query)
		if answer.status != 200 {
			t.Fatal(answer)
		}
		answer.lax(t, &list)
		return len(list.Items)
	}
	found, cells := supervisor.answering(t, "?by=week_hour"), 0
	for _, g := range found.Groups {
		if g.Calls == 0 {
			continue
		}
		cells++
		if n := listed("&week_hour=" + url.QueryEscape(g.Key)); n != g.Calls {
			t.Errorf("in the hour %s came %d calls, and %d are listed", g.Key, g.Calls, n)
		}
	}
	late := 0
	for _, g := range found.Groups {
		of := g.AfterReview["on_time"]
		want := of.Denominator - of.Numerator
		if late += want; g.Calls > 0 {
			if n := listed("&late=true&week_hour=" + url.QueryEscape(g.Key)); n != want {
				t.Errorf("in the hour %s %d calls were not in time, and %d are listed", g.Key, want, n)
			}
		}
	}
	if cells == 0 || late == 0 {
		t.Error("nothing was compared")
	}
	bars := map[int]int{}
	for _, r := range found.Rings {
		bars[int(r.Seconds)/5] += int(r.Calls)
	}
	for bar, calls := range bars {
		if n := listed(fmt.Sprintf("&ring=%d-%d", bar*5, bar*5+5)); n != calls {
			t.Errorf("for %d s and more rang %d calls, and %d are listed", bar*5, calls, n)
		}
	}
	if len(bars) == 0 || listed("&ring=60-") != 0 {
		t.Errorf("bars: %v", bars)
	}
	for _, query := range []string{"&week_hour=8+08", "&week_hour=1+24", "&ring=15", "&ring=20-10", "&ring=x-"} {
		if got := supervisor.get("/calls?from=" + from + query); got.status != 422 {
			t.Errorf("%s: %d", query, got.status)
		}
	}
	if got := supervisor.get("/calls?from=2020-01-01T00:00:00Z&ring=5-10"); got.status != 422 {
		t.Errorf("a time too long: %d", got.status)
	}
}
