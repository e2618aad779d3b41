package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/web"
)

// frame is one event of a stream; a comment has no event.
type frame struct {
	id          int64
	event, data string
	comment     string
}

func (f frame) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(f.data), v); err != nil {
		t.Fatalf("%v: %+v", err, f)
	}
}

// listener reads a stream in the background.
type listener struct {
	t      testing.TB
	frames chan frame // closed when the stream ends
	header http.Header
	status int
	proto  string
	body   string // when there is no stream
	cancel context.CancelFunc
	lastID int64
}

// listen opens the event stream.
func (c *client) listen(query string, headers ...string) *listener {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	c.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", c.base+"/api/v1/events"+query, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	l := &listener{t: c.t, frames: make(chan frame, 1000), header: res.Header, status: res.StatusCode, proto: res.Proto, cancel: cancel}
	if res.StatusCode != 200 {
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		l.body = string(b)
		close(l.frames)
		return l
	}
	go l.read(res.Body)
	return l
}

func (l *listener) read(body io.ReadCloser) {
	defer close(l.frames)
	defer body.Close()
	var f frame
	for scanner := bufio.NewScanner(body); scanner.Scan(); {
		line := scanner.Text()
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "":
			if f != (frame{}) {
				l.frames <- f
			}
			f = frame{}
		case name == "":
			f.comment = value
		case name == "id":
			f.id, _ = strconv.ParseInt(value, 10, 64)
		case name == "event":
			f.event = value
		case name == "data":
			f.data = value
		}
	}
}

// next waits for the next event; comments are passed over.
func (l *listener) next() frame {
	l.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case f, ok := <-l.frames:
			if !ok {
				l.t.Fatalf("the stream ended; last id %d", l.lastID)
			}
			if f.event != "" {
				l.lastID = f.id
				return f
			}
		case <-deadline:
			l.t.Fatalf("no event in time; last id %d", l.lastID)
		}
	}
}

// until reads events up to and with the first that satisfies ok, and names them.
func (l *listener) until(ok func(frame) bool) (names []string, last frame) {
	l.t.Helper()
	for {
		f := l.next()
		names = append(names, f.event)
		if ok(f) {
			return names, f
		}
	}
}

func is(event string) func(frame) bool { return func(f frame) bool { return f.event == event } }

// ended waits until the server ends the stream, and fails when an event comes first.
func (l *listener) ended(events ...string) {
	l.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case f, ok := <-l.frames:
			if !ok {
				return
			}
			if f.event != "" {
				l.t.Fatalf("got %+v, want the stream to end", f)
			}
		case <-deadline:
			l.t.Fatal("the stream goes on")
		}
	}
}

func (h *house) raise(a alerts.Alert) {
	h.t.Helper()
	if err := h.db.Raise(h.t.Context(), a); err != nil {
		h.t.Fatal(err)
	}
}

func TestStreamBeginsWithTheLinesAndGoesOnLive(t *testing.T) {
	h := newHouse(t)
	l := h.as("officer").listen("")
	if got := l.header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	var line web.LineDoc
	first, second := l.next(), l.next()
	first.into(t, &line)
	if first.event != "line" || second.event != "line" || line.Line != "duty" || line.State != telephony.LineStateUnknown {
		t.Fatalf("begins with %+v, %+v", first, second)
	}
	c := h.ring("1795436279.0")
	seen := map[string]frame{}
	for len(seen) < 3 {
		f := l.next()
		if f.id <= first.id {
			t.Errorf("id %d does not grow beyond %d", f.id, first.id)
		}
		seen[f.event] = f
	}
	var call web.CallDoc
	var entry web.EntryDoc
	seen["line"].into(t, &line)
	seen["call"].into(t, &call)
	seen["entry"].into(t, &entry)
	if line.State != telephony.Ringing || line.CallID != c.ID || *line.Ring != 1 || line.Number == nil || line.Faults == nil {
		t.Errorf("line %+v", line)
	}
	if call.ID != c.ID || call.CallerName != "沈河区应急局" || entry.CallID != c.ID {
		t.Errorf("call %+v, entry %+v", call, entry)
	}
	h.raise(alerts.Alert{Key: "ring_3/1795436279.0", Reason: alerts.ReasonRing3, Line: "duty", CallID: c.ID, Detail: "现在接听", At: h.clock.Now()})
	_, alert := l.until(is("alert"))
	var body map[string]any
	alert.into(t, &body)
	if body["key"] != "ring_3/1795436279.0" || body["reason"] != "ring_3" || body["detail"] != "现在接听" {
		t.Errorf("alert %v", body)
	}
}

func TestSignedOutStreamTellsOfNobody(t *testing.T) {
	h := newHouse(t)
	everybody := map[string]*listener{"nobody": h.visitor().listen(""), "newcomer": h.as("newcomer").listen("")}
	for _, l := range everybody {
		l.next()
		l.next()
	}
	c := h.ring("1795436279.0")
	h.raise(alerts.Alert{Key: "missed/x", Reason: alerts.ReasonMissed, Line: "duty", CallID: c.ID, Detail: "02422730001", At: h.clock.Now()})
	h.raise(alerts.Alert{Key: "limit_passed/x", Reason: alerts.ReasonLimitPassed, Line: "duty", CallID: c.ID, Detail: "02422730001", At: h.clock.Now()})
	for who, l := range everybody {
		line := l.next()
		alert := l.next()
		if line.event != "line" || alert.event != "alert" {
			t.Fatalf("%s sees %+v and %+v", who, line, alert)
		}
		want := fmt.Sprintf(`{"reason":"limit_passed","state":"open","line":"duty","call_id":"1795436279.0","opened_at":%q}`, h.clock.Now().Format("2006-01-02T15:04:05.000Z"))
		if diff := cmp.Diff(want, alert.data); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
		for _, secret := range []string{"number", "faults", "22730001", "沈河"} {
			if strings.Contains(line.data, secret) {
				t.Errorf("%s is told of %q: %s", who, secret, line.data)
			}
		}
	}
}

func TestAdminHearsOfCallsNotOfEntries(t *testing.T) {
	h := newHouse(t)
	l := h.as("admin").listen("")
	h.ring("1795436279.0")
	h.raise(alerts.Alert{Key: "k", Reason: alerts.ReasonMissed, Line: "duty", At: h.clock.Now()})
	names, _ := l.until(is("alert"))
	counts := map[string]int{}
	for _, n := range names {
		counts[n]++
	}
	if counts["entry"] != 0 || counts["call"] == 0 {
		t.Errorf("events %v", counts)
	}
}

func TestStreamIsResumed(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	l := officer.listen("")
	l.next()
	l.next()
	h.ring("1.0")
	l.until(is("entry"))
	l.cancel()
	// Meanwhile, while nobody listens:
	h.finished("1.0", h.clock.Now())
	h.ring("2.0")
	for name, resumed := range map[string]*listener{
		"by header": officer.listen("", "Last-Event-ID", fmt.Sprint(l.lastID)),
		"by query":  officer.listen("?last_event_id=" + fmt.Sprint(l.lastID)),
		// A browser that reconnects keeps the old query and sends the newer header.
		"by both": officer.listen("?last_event_id=0", "Last-Event-ID", fmt.Sprint(l.lastID)),
	} {
		var missed []string
		var line web.LineDoc
		previous := l.lastID
		for line.Line != "fire" { // the lines come last, as they stand now
			f := resumed.next()
			if f.id < previous {
				t.Errorf("%s: id %d after %d", name, f.id, previous)
			}
			previous = f.id
			if f.event == "line" {
				f.into(t, &line)
				missed = append(missed, "line "+line.Line+" "+string(line.State))
				continue
			}
			var thing struct{ ID, Outcome string }
			f.into(t, &thing)
			missed = append(missed, strings.TrimSpace(f.event+" "+thing.ID+" "+thing.Outcome))
		}
		want := []string{"call 1.0 answered_in_time", "entry e-1.0", "call 2.0", "entry e-2.0", "line duty ringing", "line fire unknown"}
		if diff := cmp.Diff(want, missed); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestResumeLosesNothingOverManyBatches(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	first := officer.listen("")
	first.next()
	first.cancel()
	const alarms = 2*web.Batch + 17
	for i := range alarms {
		h.raise(alerts.Alert{Key: fmt.Sprint("k", i), Reason: alerts.ReasonMissed, Line: "duty", At: h.clock.Now()})
	}
	l := officer.listen("", "Last-Event-ID", fmt.Sprint(first.lastID))
	got := 0
	for f := l.next(); f.event != "line"; f = l.next() {
		if want := fmt.Sprintf(`"key":"k%d"`, got); !strings.Contains(f.data, want) {
			t.Fatalf("frame %d is %s", got, f.data)
		}
		got++
	}
	if got != alarms {
		t.Errorf("%d of %d came", got, alarms)
	}
}

func TestIdsThatCannotBeResumedStartOver(t *testing.T) {
	h := newHouse(t)
	h.ring("1.0")
	officer := h.as("officer")
	for _, id := range []string{
		"garbage", "-1", "1e3", "0x10", "99999999999999999999999999", "999999999", "007", "+1", "1,2", "1 2", "1;DROP", "\x80\xfe", strings.Repeat("9", 8000),
	} {
		l := officer.listen("", "Last-Event-ID", id)
		if l.status != 200 {
			t.Errorf("%.20q: %d %s", id, l.status, l.body)
			continue
		}
		reset, line := l.next(), l.next()
		if reset.event != "reset" || reset.data != `{"reason":"unknown_id"}` || line.event != "line" || line.id != reset.id || reset.id <= 0 {
			t.Errorf("%.20q: begins with %+v, %+v", id, reset, line)
		}
		l.cancel()
	}
	// Two headers: the first counts, none of it reaches the answer.
	l := officer.listen("", "Last-Event-ID", "1", "Last-Event-ID", "event: call")
	for f := l.next(); f.event != "line"; f = l.next() {
		if f.event == "reset" {
			t.Error("the first id was not taken")
		}
	}
}

func TestFeedThatWasCutStartsOver(t *testing.T) {
	short := &shortFeed{}
	h := newHouse(t, func(d *web.Deps) { short.Store = d.Log; d.Log = short })
	h.ring("1.0")
	officer := h.as("officer")
	short.cutBefore(3)
	l := officer.listen("", "Last-Event-ID", "1")
	reset, line := l.next(), l.next()
	if reset.event != "reset" || reset.data != `{"reason":"feed_gone"}` || line.event != "line" {
		t.Fatalf("begins with %+v, %+v", reset, line)
	}
	l.next()
	h.ring("2.0")
	if _, f := l.until(is("call")); f.id <= reset.id {
		t.Errorf("live id %d after reset at %d", f.id, reset.id)
	}
}

// shortFeed is a feed whose old rows are gone.
type shortFeed struct {
	dutylog.Store
	oldest dutylog.Seq
}

func (s *shortFeed) cutBefore(seq dutylog.Seq) { s.oldest = seq }

func (s *shortFeed) Since(ctx context.Context, seq dutylog.Seq, limit int) ([]dutylog.Item, error) {
	if seq < s.oldest-1 {
		return nil, dutylog.ErrFeedGone
	}
	return s.Store.Since(ctx, seq, limit)
}

func TestHeartbeat(t *testing.T) {
	h := newHouse(t)
	l := h.visitor().listen("")
	beats := 0
	for f := range l.frames {
		if f.comment != "" {
			if beats++; beats == 3 {
				return
			}
		}
	}
	t.Fatal("the stream ended")
}

func TestStreamEndsWithItsSession(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.SessionIdle = time.Hour })
	open := func(login string) (*client, *listener) {
		c := h.as(login)
		l := c.listen("")
		l.next()
		l.next()
		return c, l
	}
	officer, l := open("officer")
	_, other := open("leader")
	officer.do("DELETE", "/api/v1/session", "")
	l.ended()
	h.ring("1.0") // the other stream goes on
	other.until(is("entry"))

	// An administrator at the command line: another process, another connection.
	cli, err := sqlite.Open(t.Context(), h.db.Path(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	if err := cli.DisableAccount(t.Context(), "leader"); err != nil {
		t.Fatal(err)
	}
	other.ended()

	_, l = open("supervisor")
	if err := cli.SetPassword(t.Context(), "supervisor", web.HashPassword("given by somebody"), true); err != nil {
		t.Fatal(err)
	}
	l.ended()

	_, l = open("officer")
	h.clock.Add(2 * time.Hour)
	l.ended()
}

// TestNothingIsSentAfterTheEnd commits in the same moment in which the session ends: with a
// recheck that never comes by itself, only the look before each frame protects the caller.
func TestNothingIsSentAfterTheEnd(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { *d = web.WithTiming(*d, time.Hour, time.Hour, time.Second) })
	l := h.as("officer").listen("")
	l.next()
	l.next()
	cli, err := sqlite.Open(t.Context(), h.db.Path(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	if err := cli.DisableAccount(t.Context(), "officer"); err != nil {
		t.Fatal(err)
	}
	h.ring("1.0")
	l.ended()
}

func TestRoleChangeChangesTheStream(t *testing.T) {
	roles := &changingRole{}
	h := newHouse(t, func(d *web.Deps) { roles.Store = d.Log; d.Log = roles })
	l := h.as("officer").listen("")
	l.next()
	l.next()
	roles.set(dutylog.Admin)
	h.ring("1.0")
	h.raise(alerts.Alert{Key: "k", Reason: alerts.ReasonMissed, Line: "duty", At: h.clock.Now()})
	names, _ := l.until(is("alert"))
	for _, n := range names {
		if n == "entry" {
			t.Errorf("an administrator is sent an entry: %v", names)
		}
	}
}

func TestTooManyStreams(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	var open []*listener
	for range web.StreamsPerAddress {
		l := c.listen("")
		l.next()
		open = append(open, l)
	}
	refused := c.listen("")
	if refused.status != 429 || refused.header.Get("Retry-After") != "10" || !strings.Contains(refused.body, "too-many") {
		t.Errorf("one too many: %d %s", refused.status, refused.body)
	}
	open[0].cancel()
	eventually(t, "the place of a stream that was closed is free", func() bool {
		l := c.listen("")
		l.cancel()
		return l.status == 200
	})
}

// TestSlowReaderIsCut opens a stream over a connection without any buffer, reads its beginning
// and then nothing more: the daemon must not wait for it for ever.
func TestSlowReaderIsCut(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { *d = web.WithTiming(*d, time.Millisecond, time.Hour, 50*time.Millisecond) })
	pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h.server.Config.Handler}
	go server.Serve(pipes)
	defer server.Close()
	conn := pipes.dial()
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
	if status, err := bufio.NewReaderSize(conn, 16).ReadString('\n'); err != nil || !strings.Contains(status, "200") {
		t.Fatalf("got %q, %v", status, err)
	}
	quick := h.visitor().listen("")
	eventually(t, "the slow stream is cut", func() bool {
		return h.figure(`dutyline_event_streams_ended_total{reason="slow"}`) == 1
	})
	if got := h.figure("dutyline_event_streams"); got != 1 {
		t.Errorf("%v streams are open, want the quick one", got)
	}
	h.ring("1.0")
	quick.until(func(f frame) bool { return strings.Contains(f.data, `"ringing"`) })
}

// pipeListener hands out connections without buffers.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipeListener) dial() net.Conn {
	here, there := net.Pipe()
	p.conns <- there
	return here
}

func (p *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeListener) Close() error {
	close(p.closed)
	return nil
}

func (p *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func TestHeadOfTheStreamEnds(t *testing.T) {
	h := newHouse(t)
	if got := h.visitor().do("HEAD", "/api/v1/events", ""); got.status != 200 || got.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %v %v", got, got.header)
	}
}

// BenchmarkBellToPage is the way of a ring from the tracker's change through the commit to
// the frame in a browser, with ten pages open.
func BenchmarkBellToPage(b *testing.B) {
	h := newHouse(b)
	var pages []*listener
	for range 10 {
		l := h.as("officer").listen("")
		l.next()
		l.next()
		pages = append(pages, l)
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begun := time.Now()
		h.ring(fmt.Sprint(i, ".0"))
		for n, l := range pages {
			l.until(func(f frame) bool {
				return f.event == "line" && strings.Contains(f.data, fmt.Sprintf(`"call_id":"%d.0"`, i))
			})
			if n == 0 {
				took = append(took, time.Since(begun))
			}
		}
		for _, l := range pages {
			l.until(is("entry"))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}
