package alertstest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Answer is what an HTTP receiver says.
type Answer struct {
	Status int
	Body   string
}

// HTTP is a receiver of HTTP messages.
type HTTP struct {
	Server *httptest.Server

	read    func(*http.Request, []byte) (Taken, error)
	arrived chan struct{}

	mu      sync.Mutex
	manner  Manner
	answers map[Manner]Answer
	taken   []Taken
}

// NewHTTP starts a receiver until the test ends. READ understands a request as this kind of
// receiver does: its error is the test's. ANSWERS are what it says in each manner that speaks.
func NewHTTP(t *testing.T, answers map[Manner]Answer, read func(*http.Request, []byte) (Taken, error)) *HTTP {
	t.Helper()
	h := &HTTP{read: read, arrived: make(chan struct{}, 64), manner: Well, answers: answers}
	end := make(chan struct{})
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.serve(t, w, r, end) }))
	t.Cleanup(func() {
		close(end)
		h.Server.Close()
	})
	return h
}

// Turn says how it behaves from now on.
func (h *HTTP) Turn(m Manner) {
	h.mu.Lock()
	h.manner = m
	h.mu.Unlock()
	if m == Down {
		h.Server.Close()
	}
}

// Says sets what it answers in a manner.
func (h *HTTP) Says(m Manner, a Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.manner, h.answers = m, map[Manner]Answer{m: a}
}

// Arrived gives something for every request.
func (h *HTTP) Arrived() <-chan struct{} { return h.arrived }

// Taken is what was taken so far.
func (h *HTTP) Taken() []Taken {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Taken(nil), h.taken...)
}

func (h *HTTP) serve(t *testing.T, w http.ResponseWriter, r *http.Request, end <-chan struct{}) {
	body, _ := io.ReadAll(r.Body) // also what lets the server see that the client has gone
	h.arrived <- struct{}{}
	taken, err := h.read(r, body)
	if err != nil {
		t.Errorf("a receiver does not understand the message: %v\n%s", err, body)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	answer := h.answers[h.manner]
	switch h.manner {
	case Silent:
		h.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-end:
		}
		h.mu.Lock()
	case Garbage:
		raw(w, "\x00\x01 220 what? \xff\r\n\r\n")
	case Cut:
		raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Ty")
	case Well:
		h.taken = append(h.taken, taken)
		fallthrough
	default:
		w.WriteHeader(answer.Status)
		io.WriteString(w, answer.Body)
	}
}

// raw says something instead of an answer, and hangs up.
func raw(w http.ResponseWriter, what string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	io.WriteString(conn, what)
	conn.Close()
}
