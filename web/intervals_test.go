package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

type interval struct {
	Kind    string  `json:"kind"`
	From    string  `json:"from"`
	To      *string `json:"to"`
	Cause   string  `json:"cause"`
	Seconds float64 `json:"seconds"`
	Late    []struct {
		EntryID     string `json:"entry_id"`
		EntryNumber string `json:"entry_number"`
	}
}

// unseen records what was not seen; to is zero while it goes on.
func (h *house) unseen(kind telephony.IntervalKind, from, to time.Time, cause string) {
	h.t.Helper()
	err := h.db.Record(h.t.Context(), []telephony.Change{{Kind: telephony.IntervalSeen, At: from,
		Interval: &telephony.Interval{Kind: kind, From: from, To: to, Cause: cause}}})
	if err != nil {
		h.t.Fatal(err)
	}
}

// short is what a list of intervals says, for comparison.
func short(t *testing.T, items []interval) (all []string) {
	t.Helper()
	for _, i := range items {
		to := "…"
		if i.To != nil {
			to = (*i.To)[11:]
		}
		seconds, err := json.Marshal(i.Seconds)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Join([]string{i.Kind, i.From[11:], to, string(seconds), i.Cause}, " "))
	}
	return all
}

func TestWhatWasNotSeenIsListed(t *testing.T) {
	h := newHouse(t)
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 3, minute, 0, 250_000_000, time.UTC) }
	begun, err := h.db.LogSince(t.Context())
	if err != nil || begun.IsZero() {
		t.Fatal(begun, err)
	}
	h.clock.now = at(50)
	h.unseen(telephony.LiveDown, at(0), at(10), "daemon away")
	h.unseen(telephony.JournalDown, at(4), at(20), "folder missing")
	h.unseen(telephony.SwitchDown, at(7), at(8), "switch away")
	h.unseen(telephony.JournalDown, at(40), time.Time{}, "disk full")
	officer := h.as("officer")
	list := func(query string) []string {
		t.Helper()
		var page struct {
			Items      []interval `json:"items"`
			NextCursor *string    `json:"next_cursor"`
			LogSince   *time.Time `json:"log_since"`
		}
		officer.get("/intervals"+query).into(t, &page)
		if page.LogSince == nil || !page.LogSince.Equal(begun.Truncate(time.Millisecond)) { // before it nothing is known, though no interval says so
			t.Errorf("%s: the log began %v, want %v", query, page.LogSince, begun)
		}
		if page.NextCursor == nil || *page.NextCursor != "" {
			t.Errorf("%s: the cursor is %v, want an empty one", query, page.NextCursor)
		}
		return short(t, page.Items)
	}
	stamp := func(minute int) string { return url.QueryEscape(at(minute).Format(time.RFC3339Nano)) }
	live := "live_down 03:00:00.250Z 03:10:00.250Z 600 daemon away"
	blind := []string{
		"blind 03:04:00.250Z 03:07:00.250Z 180 daemon away; folder missing",
		"blind 03:08:00.250Z 03:10:00.250Z 120 daemon away; folder missing",
	}
	down := "journal_down 03:04:00.250Z 03:20:00.250Z 960 folder missing"
	away := "switch_down 03:07:00.250Z 03:08:00.250Z 60 switch away"
	open := "journal_down 03:40:00.250Z … 600 disk full"
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"", []string{live, down, blind[0], away, blind[1], open}},
		{"?kind=blind", blind},
		{"?kind=switch_down", []string{away}},
		{"?kind=blind&from=" + stamp(8), blind[1:]},
		{"?kind=blind&to=" + stamp(7), blind[:1]},
		{"?from=" + stamp(11) + "&to=" + stamp(30), []string{down}},
		{"?from=" + stamp(30), []string{open}},
		{"?from=" + stamp(25) + "&to=" + stamp(30), nil},
		// Whole also where it reaches beyond what is asked for, and the switch's time is out of it.
		{"?kind=blind&from=" + stamp(9) + "&to=" + stamp(10), blind[1:]},
	} {
		if diff := cmp.Diff(c.want, list(c.query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
	if body := officer.get("/intervals?from=" + stamp(25) + "&to=" + stamp(30)).body; !strings.Contains(body, `"items":[]`) {
		t.Errorf("an empty list is not null: %s", body)
	}
}

// failingIntervals is a log that cannot tell what was not seen.
type failingIntervals struct{ dutylog.Store }

func (failingIntervals) Intervals(context.Context, time.Time, time.Time) ([]telephony.Interval, error) {
	return nil, errors.New("disk fails")
}

func TestThatNobodyKnowsWhatWasNotSeenIsNoEmptyList(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Log = failingIntervals{d.Log} })
	if got := h.as("officer").get("/intervals"); got.status != 500 || strings.Contains(got.body, "disk") {
		t.Errorf("got %v", got)
	}
}

func TestTheStreamTellsWhenAnIntervalBeginsAndEnds(t *testing.T) {
	h := newHouse(t)
	officer, stranger := h.as("officer").listen(""), h.visitor().listen("")
	for range lines {
		officer.next()
		stranger.next()
	}
	from := h.clock.Now().Truncate(time.Millisecond)
	h.unseen(telephony.LiveDown, from, time.Time{}, "away")
	h.clock.Add(90 * time.Second)
	var got interval
	f := officer.next()
	if f.into(t, &got); f.event != "interval" || f.id == 0 || got.Kind != "live_down" || got.To != nil || got.Cause != "away" {
		t.Errorf("beginning: %+v", f)
	}
	h.unseen(telephony.LiveDown, from, from.Add(90*time.Second), "away")
	f = officer.next()
	if f.into(t, &got); f.event != "interval" || got.To == nil || got.Seconds != 90 {
		t.Errorf("end: %+v", f)
	}
	// Who is not signed in hears the alert behind it, and nothing of the interval.
	h.raise(alerts.Alert{Key: "k", Reason: alerts.ReasonRing3, Line: "duty", CallID: "1.0", At: h.clock.Now()})
	if f := stranger.next(); f.event != "alert" {
		t.Errorf("a stranger is told %+v", f)
	}
}
