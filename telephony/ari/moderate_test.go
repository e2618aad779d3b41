package ari

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

// moderatedPair is a moderated connection and who writes into it.
func moderatedPair(t *testing.T, pause time.Duration) (*moderated, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			close(accepted)
			return
		}
		accepted <- c
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	writer, ok := <-accepted
	if !ok {
		t.Fatal("nobody took the connection")
	}
	m, err := newModerated(conn, pause)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(m.Close(), writer.Close()) })
	return m, writer
}

// makeBusy is what more events do than any duty line brings.
func makeBusy(m *moderated) { m.count(manyBytes + 1) }

// forEver is longer than any test runs: who waits for it, waits for something else.
const forEver = 24 * time.Hour

func TestADutyLinesEventsAreReadAtOnce(t *testing.T) {
	m, w := moderatedPair(t, forEver)
	for _, text := range []string{"a", "bc", "d"} {
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(text))
		if _, err := io.ReadFull(m, got); err != nil || string(got) != text {
			t.Fatalf("read %q, %v; want %q", got, err, text)
		}
	}
}

func TestWhereManyEventsComeTheyGather(t *testing.T) {
	m, w := moderatedPair(t, forEver)
	makeBusy(m)
	const pieces = 32
	want := bytes.Repeat([]byte("0123456789abcdef"), 2*readAtOnce/16)
	wrote := make(chan error, 1)
	go func() {
		for piece := range pieces {
			n := len(want) / pieces
			if _, err := w.Write(want[piece*n : (piece+1)*n]); err != nil {
				wrote <- err
				return
			}
		}
		wrote <- nil
	}()
	// What came just before the pause may end it, hence not one read alone. A pause of a day is
	// ended by nothing else than that enough is there.
	var got []byte
	reads := 0
	for buf := make([]byte, readAtOnce); len(got) < readAtOnce; reads++ {
		n, err := m.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	if !bytes.Equal(got, want[:len(got)]) || reads > 3 {
		t.Errorf("%d reads for %d bytes that came in pieces of %d", reads, len(got), len(want)/pieces)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}

func TestAPauseEndsByItselfAndWithTheConnection(t *testing.T) {
	m, w := moderatedPair(t, time.Millisecond)
	makeBusy(m)
	if _, err := io.WriteString(w, "one more"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if _, err := io.ReadFull(m, got); err != nil || string(got) != "one more" {
		t.Fatalf("after the pause: %q, %v", got, err)
	}
	for name, end := range map[string]func(*moderated, net.Conn) error{
		"the switch hangs up": func(_ *moderated, w net.Conn) error { return w.Close() },
		"we do":               func(m *moderated, _ net.Conn) error { return m.Close() },
	} {
		m, w := moderatedPair(t, forEver)
		makeBusy(m)
		over := make(chan error, 1)
		go func() {
			_, err := m.Read(make([]byte, 1))
			over <- err
		}()
		if err := end(m, w); err != nil {
			t.Fatal(err)
		}
		if err := <-over; err == nil {
			t.Errorf("%s: the read does not say so", name)
		}
	}
}

// What is read is what was written, however it is cut.
func TestNothingIsLostInAPause(t *testing.T) {
	m, w := moderatedPair(t, 100*time.Microsecond)
	random := rand.New(rand.NewPCG(1, 2))
	want := make([]byte, 4<<20)
	for i := range want {
		want[i] = byte(random.Uint32())
	}
	cuts := make([]int, 0, 1000)
	for left := len(want); left > 0; {
		n := min(left, 1+random.IntN(3*readAtOnce/2))
		cuts, left = append(cuts, n), left-n
	}
	go func() {
		left := want
		for _, n := range cuts {
			if _, err := w.Write(left[:n]); err != nil {
				return
			}
			left = left[n:]
		}
		_ = w.Close()
	}()
	got, err := io.ReadAll(m)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("read %d bytes, %v; want the %d that were written", len(got), err, len(want))
	}
}
