package main_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// link is the wire between the daemon and the switch's ARI. It can be cut abruptly, and it can
// say things on the event stream that the switch never said.
type link struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	pairs map[*wire]struct{}
	busy  sync.WaitGroup
}

// wire is one connection through the link.
type wire struct {
	daemon, far net.Conn
	events      bool // a websocket: it is carried frame by frame

	mu     sync.Mutex // of what is written to the daemon, and of broken
	broken bool       // cut: no side is told anything any more
}

// openLink carries connections to an address until the benchmark ends.
func openLink(t testing.TB, to string) *link {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &link{listener: l, to: to, pairs: map[*wire]struct{}{}}
	k.busy.Go(k.accept)
	t.Cleanup(func() {
		_ = l.Close()
		k.cut()
		k.busy.Wait()
	})
	return k
}

func (k *link) address() string { return k.listener.Addr().String() }

func (k *link) accept() {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.busy.Go(func() { k.carry(c) })
	}
}

// carry joins one connection of the daemon to the switch. One that the switch does not take
// is refused as abruptly as the kernel would.
func (k *link) carry(c net.Conn) {
	far, err := net.DialTimeout("tcp", k.to, time.Second)
	if err != nil {
		reset(c)
		return
	}
	w := &wire{daemon: c, far: far}
	k.mu.Lock()
	k.pairs[w] = struct{}{}
	k.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { w.toSwitch() })
	both.Go(func() { w.toDaemon() })
	both.Wait()
	k.mu.Lock()
	delete(k.pairs, w)
	k.mu.Unlock()
	_, _ = c.Close(), far.Close()
}

// toSwitch carries what the daemon says and notices when it asks for the events.
func (w *wire) toSwitch() {
	in := bufio.NewReader(w.daemon)
	if first, err := in.Peek(15); err == nil && strings.HasPrefix(string(first), "GET /ari/events") {
		w.mu.Lock()
		w.events = true
		w.mu.Unlock()
	}
	_, _ = io.Copy(w.far, in)
	w.end(w.far)
}

// end tells one side that the other has said all.
func (w *wire) end(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.broken {
		_ = c.(*net.TCPConn).CloseWrite()
	}
}

// toDaemon carries what the switch says: whole frames once it is a stream of events.
func (w *wire) toDaemon() {
	defer w.end(w.daemon)
	in := bufio.NewReaderSize(w.far, 64<<10)
	if _, err := in.Peek(1); err != nil {
		return
	}
	w.mu.Lock()
	events := w.events
	w.mu.Unlock()
	if !events {
		_, _ = io.Copy(w.daemon, in)
		return
	}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil || !w.say(line) {
			return
		}
		if len(line) <= 2 {
			break // the head of the handshake is over
		}
	}
	for {
		frame, err := readFrame(in)
		if err != nil || !w.say(frame) {
			return
		}
	}
}

func (w *wire) say(b []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.daemon.Write(b)
	return err == nil
}

// readFrame takes one whole websocket frame of a server, which is never masked.
func readFrame(in *bufio.Reader) ([]byte, error) {
	head := make([]byte, 10)
	if _, err := io.ReadFull(in, head[:2]); err != nil {
		return nil, err
	}
	size, used := uint64(head[1]&0x7f), 2
	switch size {
	case 126:
		used = 4
	case 127:
		used = 10
	}
	if _, err := io.ReadFull(in, head[2:used]); err != nil {
		return nil, err
	}
	switch used {
	case 4:
		size = uint64(binary.BigEndian.Uint16(head[2:]))
	case 10:
		size = binary.BigEndian.Uint64(head[2:])
	}
	if size > 16<<20 {
		return nil, errors.New("a frame of more than 16 MiB")
	}
	frame := make([]byte, used+int(size))
	copy(frame, head[:used])
	_, err := io.ReadFull(in, frame[used:])
	return frame, err
}

// textFrame is a text as a server sends it.
func textFrame(text []byte) []byte {
	switch n := len(text); {
	case n < 126:
		return append([]byte{0x81, byte(n)}, text...)
	case n < 1<<16:
		return append(binary.BigEndian.AppendUint16([]byte{0x81, 126}, uint16(n)), text...)
	}
	return append(binary.BigEndian.AppendUint64([]byte{0x81, 127}, uint64(len(text))), text...)
}

// whisper says something on every event stream and reports on how many.
func (k *link) whisper(text []byte) (streams int) {
	for _, w := range k.all() {
		w.mu.Lock()
		if w.events {
			if _, err := w.daemon.Write(textFrame(text)); err == nil {
				streams++
			}
		}
		w.mu.Unlock()
	}
	return streams
}

func (k *link) all() []*wire {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []*wire
	for w := range k.pairs {
		all = append(all, w)
	}
	return all
}

// cut drops every connection without a word to either side, and says on how many of them events came.
func (k *link) cut() (streams int) {
	for _, w := range k.all() {
		w.mu.Lock()
		if w.events && !w.broken {
			streams++
		}
		w.broken = true
		reset(w.daemon)
		reset(w.far)
		w.mu.Unlock()
	}
	return streams
}

// reset closes a connection with RST.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

func TestTheLinkCarriesCutsAndWhispers(t *testing.T) {
	said := make(chan string, 4)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/ari/events") {
			_, _ = io.WriteString(w, "plain")
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for _, s := range []string{"short", strings.Repeat("m", 300), strings.Repeat("l", 70_000)} {
			_ = c.Write(r.Context(), websocket.MessageText, []byte(s))
		}
		_, text, _ := c.Read(r.Context())
		said <- string(text)
		_, _, err = c.Read(r.Context())
		said <- err.Error()
	}))
	defer far.Close()
	k := openLink(t, far.Listener.Addr().String())
	if res, err := http.Get("http://" + k.address() + "/ari/info"); err != nil {
		t.Fatal(err)
	} else if b, _ := io.ReadAll(res.Body); string(b) != "plain" {
		t.Errorf("an ordinary question was answered %q", b)
	}
	c, _, err := websocket.Dial(t.Context(), "ws://"+k.address()+"/ari/events?app=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(1 << 20)
	read := func() int {
		_, b, err := c.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(b)
	}
	for _, want := range []int{5, 300, 70_000} {
		if got := read(); got != want {
			t.Errorf("a frame of %d bytes came with %d", want, got)
		}
	}
	for _, n := range []int{7, 200, 80_000} {
		if streams := k.whisper([]byte(strings.Repeat("w", n))); streams != 1 {
			t.Errorf("whispered on %d streams, want 1", streams)
		}
		if got := read(); got != n {
			t.Errorf("a whisper of %d bytes came with %d", n, got)
		}
	}
	_ = c.Write(t.Context(), websocket.MessageText, []byte("hello"))
	if got := <-said; got != "hello" {
		t.Errorf("the switch heard %q", got)
	}
	k.cut()
	if _, _, err := c.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "reset") {
		t.Errorf("after the cut the daemon reads %v, want a reset", err)
	}
	if got := <-said; !strings.Contains(got, "reset") {
		t.Errorf("after the cut the switch reads %q, want a reset", got)
	}
	far.Close()
	if _, err := http.Get("http://" + k.address() + "/ari/info"); err == nil {
		t.Error("a dead switch was reached through the link")
	}
}
