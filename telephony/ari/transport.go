package ari

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// asker carries questions without a body to the switch: one connection for each that is under way, and
// nobody beside it. The usual transport has two goroutines for every connection, and each question wakes
// both of them, which for the small files and short answers that this is about is a good part of the cost.
// What it does not carry (https, what has a body, the websocket) goes the usual way.
type asker struct {
	usual *http.Transport

	mu   sync.Mutex
	idle []*line // the one that was used last at the end
}

// line is one connection.
type line struct {
	net.Conn
	in   *bufio.Reader
	used time.Time
}

const mostIdle = 8

// RoundTrip implements http.RoundTripper.
func (a *asker) RoundTrip(req *http.Request) (*http.Response, error) {
	plain := req.URL.Scheme == "http" && (req.Body == nil || req.Body == http.NoBody) && req.Header.Get("Upgrade") == ""
	if !plain || req.Method != http.MethodGet && req.Method != http.MethodDelete {
		return a.usual.RoundTrip(req)
	}
	for {
		l, fresh, err := a.line(req)
		if err != nil {
			return nil, err
		}
		resp, err := l.ask(req, a)
		if err == nil {
			return resp, nil
		}
		_ = l.Close() // why it failed is known
		if ctx := req.Context(); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if fresh || !errors.Is(err, errNoAnswer) {
			return nil, err
		}
		// The switch had closed it. To ask and to delete may be said twice.
	}
}

// line takes an idle connection, or makes one.
func (a *asker) line(req *http.Request) (l *line, fresh bool, err error) {
	a.mu.Lock()
	for len(a.idle) > 0 && l == nil {
		last := len(a.idle) - 1
		l, a.idle = a.idle[last], a.idle[:last]
		if time.Since(l.used) > a.usual.IdleConnTimeout {
			_ = l.Close() // and so are all that were used before it
			l = nil
		}
	}
	a.mu.Unlock()
	if l != nil {
		return l, false, nil
	}
	address := req.URL.Host
	if req.URL.Port() == "" {
		address = net.JoinHostPort(req.URL.Hostname(), "80")
	}
	conn, err := a.usual.DialContext(req.Context(), "tcp", address)
	if err != nil {
		return nil, false, err
	}
	return &line{Conn: conn, in: bufio.NewReader(conn)}, true, nil
}

// rest keeps a connection for the next question.
func (a *asker) rest(l *line) {
	l.used = time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.idle) == mostIdle {
		_ = a.idle[0].Close()
		a.idle = append(a.idle[:0], a.idle[1:]...)
	}
	a.idle = append(a.idle, l)
}

// errNoAnswer says that the connection ended before the first byte of an answer.
var errNoAnswer = errors.New("the switch closed the connection without an answer")

// ask sends the question and reads the answer's head. What ends the context ends the connection.
func (l *line) ask(req *http.Request, a *asker) (*http.Response, error) {
	watched := context.AfterFunc(req.Context(), func() { _ = l.SetDeadline(time.Unix(1, 0)) })
	if err := req.Write(l); err != nil {
		watched()
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if _, err := l.in.Peek(1); err != nil {
		watched()
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	resp, err := http.ReadResponse(l.in, req)
	if err != nil {
		watched()
		return nil, err
	}
	resp.Body = &answer{ReadCloser: resp.Body, ctx: req.Context(), line: l, to: a, watched: watched, again: !resp.Close}
	return resp, nil
}

// answer is the body of one. Read to its end it lets the connection rest; closed before, it ends it.
type answer struct {
	io.ReadCloser
	ctx     context.Context // of the question
	line    *line
	to      *asker
	watched func() bool
	again   bool // the switch keeps the connection
	whole   bool
	closed  bool
}

func (b *answer) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.whole = b.whole || errors.Is(err, io.EOF)
	if err != nil && !b.whole && b.ctx.Err() != nil {
		err = b.ctx.Err() // and not that a deadline was set, by which we end it
	}
	return n, err
}

func (b *answer) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	if !b.whole { // an answer without a body, or one whose end was not asked for
		if n, err := io.CopyN(io.Discard, b.ReadCloser, 1); n == 0 && errors.Is(err, io.EOF) {
			b.whole = true
		}
	}
	if stopped := b.watched(); stopped && b.whole && b.again && b.line.in.Buffered() == 0 { // else its deadline may be set at any moment, or more came than an answer
		b.to.rest(b.line)
		return nil
	}
	return b.line.Close()
}
