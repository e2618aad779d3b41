package ari_test

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

var lines = []telephony.Line{{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}}}

// keeper is a sink that keeps everything.
type keeper struct {
	mu     sync.Mutex
	order  []string // "frame TYPE", "gap REASON", "snapshot"
	frames []ari.Frame
	gaps   []error
	snaps  []telephony.Snapshot
	hold   chan struct{} // when set, Frame waits for it
}

func (r *keeper) Frame(f ari.Frame) {
	if r.hold != nil {
		r.note("hold")
		<-r.hold
	}
	ev, _ := ari.Decode(f.Raw)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = append(r.frames, f)
	r.order = append(r.order, "frame "+ev.Type)
}

func (r *keeper) note(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order = append(r.order, what)
}

func (r *keeper) Gap(_ time.Time, cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gaps = append(r.gaps, cause)
	r.order = append(r.order, "gap "+string(ari.ReasonOf(cause)))
}

func (r *keeper) Snapshot(s telephony.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.snaps = append(r.snaps, s)
	r.order = append(r.order, "snapshot")
}

func (r *keeper) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.order)
}

func (r *keeper) count(what string) int {
	n := 0
	for _, o := range r.seen() {
		if o == what || strings.HasPrefix(o, what+" ") {
			n++
		}
	}
	return n
}

// await returns when something has been seen n times.
func (r *keeper) await(t *testing.T, n int, what string) {
	t.Helper()
	asterisktest.Eventually(t, 25*time.Second, what, func() bool { return r.count(what) >= n })
}

// configOf is how to reach an Asterisk, with short waits.
func configOf(p *asterisk.Process) ari.Config {
	return ari.Config{
		URL: p.Settings.ARI(), User: p.Settings.ARIUser, Password: p.Settings.ARIPassword,
		Endpoints: []string{"PJSIP/duty", "PJSIP/trunk"},
		Ping:      200 * time.Millisecond, AppCheck: 200 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// run watches until the test ends.
func run(t *testing.T, c *ari.Client, sink ari.Sink) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Run(ctx, sink); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// proxy stands between watcher and Asterisk and breaks the connection in several ways.
type proxy struct {
	listener net.Listener
	to       string
	stalled  atomic.Bool
	mu       sync.Mutex
	open     []*net.TCPConn
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to}
	t.Cleanup(func() { _ = l.Close(); p.drop() })
	go p.serve()
	return p
}

func (p *proxy) serve() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, in.(*net.TCPConn), out.(*net.TCPConn))
		p.mu.Unlock()
		go p.copy(in, out)
		go p.copy(out, in)
	}
}

// copy forwards; while stalled it swallows, as a link that lost its far end would.
func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !p.stalled.Load() {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// drop resets every connection.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
	p.open = nil
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() + "/ari" }

// fake is as much of ARI as a session needs, for what a real Asterisk does not do on demand.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	apps    []string
	queries []url.Values
	gone    atomic.Bool // the application is not known any more
	calls   string      // the list of channels; none when empty
	onOpen  func(ctx context.Context, n int, ws *websocket.Conn)
	duty    atomic.Pointer[string] // state of the duty phone; nil: online
	onList  func(n int)            // called before the endpoints are listed for the n-th time, after their states were read
	onAsk   func()                 // called when a single endpoint was asked for
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{}
	mux := http.NewServeMux()
	reply := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	mux.HandleFunc("GET /ari/asterisk/info", reply(`{"config":{"name":"fake"},"system":{"version":"22"},"status":{"startup_time":"2026-11-23T10:00:00.000+0800"}}`))
	mux.HandleFunc("GET /ari/channels", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, cmp.Or(f.calls, `[]`))
	})
	mux.HandleFunc("GET /ari/bridges", reply(`[]`))
	lists := atomic.Int64{}
	mux.HandleFunc("GET /ari/endpoints", func(w http.ResponseWriter, _ *http.Request) {
		duty := f.endpoint("duty")
		if n := int(lists.Add(1)); f.onList != nil {
			f.onList(n)
		}
		_, _ = io.WriteString(w, "["+duty+","+f.endpoint("trunk")+"]")
	})
	mux.HandleFunc("GET /ari/endpoints/PJSIP/{resource}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, f.endpoint(r.PathValue("resource")))
		if f.onAsk != nil {
			f.onAsk()
		}
	})
	mux.HandleFunc("POST /ari/applications/{app}/subscription", reply(`{}`))
	mux.HandleFunc("GET /ari/applications/{app}", func(w http.ResponseWriter, _ *http.Request) {
		if f.gone.Load() {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"message":"Application not found"}`)
			return
		}
		_, _ = io.WriteString(w, `{"endpoint_ids":["PJSIP/duty","PJSIP/trunk"]}`)
	})
	mux.HandleFunc("GET /ari/events", f.events)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Server.Close)
	return f
}

// endpoint is what the fake says of an endpoint now.
func (f *fake) endpoint(resource string) string {
	state := "online"
	if s := f.duty.Load(); s != nil && resource == "duty" {
		state = *s
	}
	return `{"technology":"PJSIP","resource":"` + resource + `","state":"` + state + `"}`
}

// turns changes the duty phone's state; no event tells it.
func (f *fake) turns(state string) { f.duty.Store(&state) }

// dutyEvent is the event that tells the duty phone's state.
func (f *fake) dutyEvent() []byte {
	return []byte(`{"type":"EndpointStateChange","timestamp":"2026-11-23T12:00:00.000+0800","endpoint":` + f.endpoint("duty") + `,"application":"x"}`)
}

func (f *fake) events(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer ws.CloseNow()
	f.mu.Lock()
	f.apps = append(f.apps, r.URL.Query().Get("app"))
	f.queries = append(f.queries, r.URL.Query())
	n := len(f.apps)
	f.mu.Unlock()
	ctx := ws.CloseRead(r.Context())
	if f.onOpen != nil {
		f.onOpen(ctx, n, ws)
	}
	<-ctx.Done()
}

func (f *fake) names() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.apps)
}

func (f *fake) config() ari.Config {
	return ari.Config{
		URL: f.URL + "/ari", User: "u", Password: "p", Endpoints: []string{"PJSIP/duty", "PJSIP/trunk"},
		Ping: 100 * time.Millisecond, AppCheck: 50 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}
