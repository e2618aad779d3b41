package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// feed reads the event stream as a page does and notes when it saw what.
type feed struct {
	ended chan struct{} // closed when nothing is read any more
	err   error         // why; read it after ended

	mu      sync.Mutex
	rang    map[string]time.Time // call id → when the page was first told that it rings
	sealed  map[string]time.Time // call id → when its recording was first seen sealed
	calls   map[string]seenCall  // by caller, as last told
	alarmed map[string]time.Time // call id → when the page was first told that somebody must see to it
	changed chan struct{}        // closed at the next frame
}

// readFeed opens the stream and returns when the line's present state was read from it.
func readFeed(b *testing.B, e *bed) *feed {
	b.Helper()
	f := &feed{
		ended: make(chan struct{}), changed: make(chan struct{}),
		rang: map[string]time.Time{}, sealed: map[string]time.Time{}, calls: map[string]seenCall{}, alarmed: map[string]time.Time{},
	}
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/api/v1/events", nil)
	if err != nil {
		b.Fatal(err)
	}
	first := f.news()
	res, err := e.client.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		cancel()
		b.Fatalf("open the event stream: %v %+v", err, res)
	}
	go func() {
		defer close(f.ended)
		defer res.Body.Close()
		f.err = f.read(bufio.NewReaderSize(res.Body, 64<<10))
	}()
	b.Cleanup(func() {
		cancel()
		<-f.ended
	})
	select {
	case <-first:
	case <-f.ended:
		b.Fatalf("the event stream ended at once: %v", f.err)
	}
	return f
}

// read takes frame after frame until the stream ends.
func (f *feed) read(in *bufio.Reader) error {
	var event, data string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		at := time.Now()
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
			if err := f.frame(at, event, data); err != nil {
				return err
			}
			event, data = "", ""
		case strings.HasPrefix(line, "event: "):
			event = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data = line[len("data: "):]
		}
	}
}

func (f *feed) frame(at time.Time, event, data string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch event {
	case "line":
		var line struct {
			State  string `json:"state"`
			CallID string `json:"call_id"`
		}
		if err := json.Unmarshal([]byte(data), &line); err != nil {
			return fmt.Errorf("line frame %q: %w", data, err)
		}
		if _, known := f.rang[line.CallID]; line.State == "ringing" && !known {
			f.rang[line.CallID] = at
		}
	case "call":
		var call seenCall
		if err := json.Unmarshal([]byte(data), &call); err != nil {
			return fmt.Errorf("call frame %q: %w", data, err)
		}
		if _, known := f.sealed[call.ID]; call.sealed() && !known {
			f.sealed[call.ID] = at
		}
		if !call.OfferedAt.Before(f.calls[call.Caller].OfferedAt) { // what the journal says comes later, of an older one
			f.calls[call.Caller] = call
		}
	case "alert":
		var alert struct {
			State  string `json:"state"`
			CallID string `json:"call_id"`
		}
		if err := json.Unmarshal([]byte(data), &alert); err != nil {
			return fmt.Errorf("alert frame %q: %w", data, err)
		}
		if _, known := f.alarmed[alert.CallID]; alert.State == "open" && !known {
			f.alarmed[alert.CallID] = at
		}
	case "":
		return nil // a comment
	}
	close(f.changed)
	f.changed = make(chan struct{})
	return nil
}

// news is closed at the next frame.
func (f *feed) news() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// ofCaller is the last known state of somebody's call.
func (f *feed) ofCaller(number string) seenCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[number]
}

// firstAlarm is when the page was told of the first alert about a call; zero: it was not.
func (f *feed) firstAlarm(id string) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.alarmed[id]
}

// firstSeen is when the page was told that a call rings, and that its recording is sealed;
// zero: it was not.
func (f *feed) firstSeen(id string) (rang, sealed time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rang[id], f.sealed[id]
}

func TestTheFeedNotesWhatItSawFirst(t *testing.T) {
	f := &feed{changed: make(chan struct{}), rang: map[string]time.Time{}, sealed: map[string]time.Time{}, calls: map[string]seenCall{}, alarmed: map[string]time.Time{}}
	stream := strings.Join([]string{
		"retry: 1000", "",
		": still here", "",
		"id: 1", "event: line", `data: {"state":"ringing","call_id":"1.0"}`, "",
		"event: line", `data: {"state":"ringing","call_id":"1.0","ring":2}`, "",
		"event: line", `data: {"state":"talking","call_id":"2.0"}`, "",
		"event: call", `data: {"id":"1.0","caller":"110","recording":null}`, "",
		"event: call", `data: {"id":"1.0","caller":"110","offered_at":"2026-11-23T04:00:00Z","ring_ms":7,"recording":{"status":"sealed"}}`, "",
		"event: call", `data: {"id":"0.0","caller":"110","offered_at":"2026-11-23T03:00:00Z","recording":null}`, "",
		"event: alert", `data: {"state":"resolved","call_id":"2.0"}`, "",
		"event: alert", `data: {"state":"open","call_id":"1.0"}`, "",
		"event: entry", `data: {}`, "", "",
	}, "\n")
	news := f.news()
	if err := f.read(bufio.NewReader(strings.NewReader(stream))); err == nil || err.Error() != "EOF" {
		t.Errorf("reading ended with %v, want EOF", err)
	}
	select {
	case <-news:
	default:
		t.Error("the frames were not announced")
	}
	rang, sealed := f.firstSeen("1.0")
	if rang.IsZero() || sealed.IsZero() || sealed.Before(rang) {
		t.Errorf("rang %v, sealed %v", rang, sealed)
	}
	if f.firstAlarm("1.0").IsZero() || !f.firstAlarm("2.0").IsZero() {
		t.Error("an alert that is open was missed, or one that is over was taken for one")
	}
	if rang, _ := f.firstSeen("2.0"); !rang.IsZero() {
		t.Error("a call that talks was taken for one that rings")
	}
	if c := f.ofCaller("110"); c.RingMS == nil || *c.RingMS != 7 || !c.sealed() {
		t.Errorf("the last state of the call is %+v", c)
	}
	broken := bufio.NewReader(strings.NewReader("event: line\ndata: {\n\n"))
	if err := f.read(broken); err == nil || !strings.Contains(err.Error(), "line frame") {
		t.Errorf("a broken frame gave %v", err)
	}
}
