package web_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/web"
)

// oddFeed puts items into the feed that a newer or older daemon may have left there.
type oddFeed struct {
	dutylog.Store
	odd map[dutylog.Seq]dutylog.Item
}

func (o *oddFeed) Since(ctx context.Context, seq dutylog.Seq, limit int) ([]dutylog.Item, error) {
	items, err := o.Store.Since(ctx, seq, limit)
	for i := range items {
		if odd, ok := o.odd[items[i].Seq]; ok {
			odd.Seq = items[i].Seq
			items[i] = odd
		}
	}
	return items, err
}

// TestOddItemsAreSteppedOver: what is gone, not configured or not known any more is left out,
// and the stream goes on behind it.
func TestOddItemsAreSteppedOver(t *testing.T) {
	feed := &oddFeed{}
	h := newHouse(t, func(d *web.Deps) { feed.Store = d.Log; d.Log = feed })
	last, err := h.db.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	feed.odd = map[dutylog.Seq]dutylog.Item{
		last + 1: {Topic: dutylog.TopicCall, Subject: "gone"},
		last + 2: {Topic: dutylog.TopicEntry, Subject: "e-gone"},
		last + 3: {Topic: dutylog.TopicLine, Subject: "torn down", Body: json.RawMessage(`{}`)},
		last + 4: {Topic: dutylog.TopicLine, Body: json.RawMessage(`{}`)},
		last + 5: {Topic: "weather", Subject: "rain"},
	}
	l := h.as("officer").listen("")
	l.next()
	l.next()
	for _, key := range []string{"1", "2", "3", "4", "5", "6"} {
		h.raise(alerts.Alert{Key: key, Reason: alerts.ReasonMissed, Line: "duty", At: h.clock.Now()})
	}
	if f := l.next(); f.event != "alert" || !strings.Contains(f.data, `"key":"6"`) || f.id != int64(last)+6 {
		t.Errorf("got %+v, want the sixth item only", f)
	}
}

// TestDamagedItemCutsTheStream: nothing is made up for a row that cannot be read.
func TestDamagedItemCutsTheStream(t *testing.T) {
	feed := &oddFeed{}
	h := newHouse(t, func(d *web.Deps) { feed.Store = d.Log; d.Log = feed })
	last, err := h.db.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	feed.odd = map[dutylog.Seq]dutylog.Item{last + 1: {Topic: dutylog.TopicLine, Subject: "duty", Body: json.RawMessage(`{"since":"yesterday"}`)}}
	l := h.visitor().listen("")
	l.next()
	l.next()
	h.raise(alerts.Alert{Key: "k", Reason: alerts.ReasonMissed, Line: "duty", At: h.clock.Now()})
	l.ended()
	eventually(t, "the reason is counted", func() bool {
		return h.figure(`dutyline_event_streams_ended_total{reason="log_failed"}`) == 1
	})
	if !strings.Contains(h.logs.String(), "read line duty from the feed") {
		t.Errorf("the daemon's log does not say why:\n%s", h.logs)
	}
}

func TestLogThatFailsCutsTheStream(t *testing.T) {
	h := newHouse(t)
	l := h.as("officer").listen("")
	l.next()
	l.next()
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	l.ended() // at the next look at the session
}

func FuzzLastEventID(f *testing.F) {
	for _, seed := range []string{"", "0", "7", "-1", "007", "+1", "9223372036854775807", "9223372036854775808", " 1", "1 ", "１", "0x1", "1e3", "\x00"} {
		f.Add(seed, "")
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, header, query string) {
		after, given, known := web.ResumeFrom(header, query)
		text := header
		if text == "" {
			text = query
		}
		if given != (text != "") || known && !given || after < 0 || !known && after != 0 {
			t.Fatalf("%q, %q: after %d, given %v, known %v", header, query, after, given, known)
		}
		if known && strconv.FormatInt(after, 10) != text {
			t.Errorf("%q is taken for %d: one spelling only", text, after)
		}
	})
}
