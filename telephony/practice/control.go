package practice

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// SocketName is the usual name of the control socket, beside practice.json.
const SocketName = "practice.sock"

// The control socket lets another process place a call on a running line: one JSON line with
// the call goes in; JSON lines with notes come out, then one with the result or the error.
// Closing the connection takes the call back.
type controlReply struct {
	Note   *Note   `json:"note,omitempty"`
	Result *Result `json:"result,omitempty"`
	Error  string  `json:"error,omitempty"`
}

// maxSocketPath is what a UNIX socket's address holds, with the NUL at its end.
const maxSocketPath = 107

// socketPath shortens a path that is too long for a socket's address.
func socketPath(path string) (string, error) {
	if len(path) <= maxSocketPath {
		return path, nil
	}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && len(rel) <= maxSocketPath {
			return rel, nil
		}
	}
	return "", fmt.Errorf("control socket %s: its path is longer than the %d bytes that sockets allow; use a folder with a shorter path", path, maxSocketPath)
}

// listenControl opens the control socket; nil without an error when none is wanted.
func (l *Line) listenControl() (net.Listener, error) {
	if l.cfg.Socket == "" {
		return nil, nil
	}
	path, err := socketPath(l.cfg.Socket)
	if err != nil {
		return nil, err
	}
	if c, err := net.Dial("unix", path); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("control socket %s: another practice line is running there; stop it first", l.cfg.Socket)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a process that was killed
		return nil, fmt.Errorf("control socket %s: %w", l.cfg.Socket, err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket %s: %w", l.cfg.Socket, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket %s: %w", l.cfg.Socket, err), listener.Close())
	}
	return listener, nil
}

// serveControl answers until ctx ends; then it takes back what others have placed.
func (l *Line) serveControl(ctx context.Context, listener net.Listener) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var clients sync.WaitGroup
	defer clients.Wait()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })() // removes the socket, too
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() == nil {
				l.cfg.Log.Error("calls can no longer be placed from other processes", "error", err)
			}
			_ = listener.Close()
			return
		}
		clients.Go(func() {
			defer conn.Close()
			l.serveClient(ctx, conn)
		})
	}
}

// serveClient performs one call.
func (l *Line) serveClient(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })()
	var mu sync.Mutex
	enc := json.NewEncoder(conn)
	reply := func(r controlReply) {
		mu.Lock()
		defer mu.Unlock()
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_ = enc.Encode(r) // a client that is gone is noticed by the reader below
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	line, err := in.ReadSlice('\n')
	c := Call{Talk: DefaultTalk}
	if err == nil {
		err = json.Unmarshal(line, &c)
	}
	if err != nil {
		reply(controlReply{Error: fmt.Sprintf("the request is no call: %v", err)})
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = in.ReadByte()
		cancel()
	}()
	result, err := l.Call(ctx, c, func(n Note) { reply(controlReply{Note: &n}) })
	if err != nil {
		reply(controlReply{Error: err.Error()})
	} else {
		reply(controlReply{Result: &result})
	}
	cancel() // wakes the reader
	<-gone
}

// CallOver places a call on the practice line that listens on the control socket, from
// another process, and waits for its end. When ctx ends the call is taken back.
func CallOver(ctx context.Context, socket string, c Call, progress func(Note)) (Result, error) {
	if _, err := c.complete(); err != nil {
		return Result{}, err
	}
	path, err := socketPath(socket)
	if err != nil {
		return Result{}, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return Result{}, fmt.Errorf("%w (nothing listens on %s)", ErrNotRunning, socket)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := json.NewEncoder(conn).Encode(c); err != nil {
		return Result{}, fmt.Errorf("the practice line hung up: %w", err)
	}
	for dec := json.NewDecoder(conn); ; {
		var r controlReply
		if err := dec.Decode(&r); err != nil {
			if ctx.Err() != nil {
				return Result{}, ctx.Err()
			}
			return Result{}, fmt.Errorf("the practice line ended before the call did: %w", err)
		}
		switch {
		case r.Error != "":
			return Result{}, errors.New(r.Error)
		case r.Result != nil:
			return *r.Result, nil
		case r.Note != nil && progress != nil:
			progress(*r.Note)
		}
	}
}
