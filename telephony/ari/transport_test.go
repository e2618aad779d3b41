package ari_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// spoolServer answers as the switch does for recordings, and counts connections.
func spoolServer(t *testing.T, serve http.HandlerFunc) (c *ari.Client, connections *atomic.Int64, closeAll func()) {
	t.Helper()
	connections = &atomic.Int64{}
	s := httptest.NewUnstartedServer(serve)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return ari.New(ari.Config{URL: s.URL + "/ari", User: "u", Password: "p"}, nil), connections, s.CloseClientConnections
}

func fetch(ctx context.Context, c *ari.Client, name string) (string, error) {
	var to bytes.Buffer
	_, err := c.FetchRecording(ctx, name, &to)
	return to.String(), err
}

func TestQuestionsOneAfterTheOtherTakeOneConnection(t *testing.T) {
	c, connections, closeAll := spoolServer(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch name := strings.Split(r.URL.Path, "/")[4]; {
		case user != "u" || password != "p":
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case name == "gone":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message":"Recording not found"}`)
		case name == "in-pieces":
			fmt.Fprint(w, "first, ")
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "second")
		default:
			fmt.Fprint(w, strings.Repeat("sound of "+name, 1000))
		}
	})
	ctx := t.Context()
	for round := range 3 {
		if said, err := fetch(ctx, c, "a"); err != nil || said != strings.Repeat("sound of a", 1000) {
			t.Errorf("%.30q, %v", said, err)
		}
		if said, err := fetch(ctx, c, "in-pieces"); err != nil || said != "first, second" {
			t.Errorf("%q, %v", said, err)
		}
		if _, err := fetch(ctx, c, "gone"); !errors.Is(err, telephony.ErrNotFound) {
			t.Errorf("one that is gone: %v", err)
		}
		if err := c.RemoveRecording(ctx, "a"); err != nil {
			t.Error(err)
		}
		if n := connections.Load(); n != int64(round+1) {
			t.Errorf("%d connections after %d rounds, each ended by the switch", n, round+1)
		}
		closeAll() // as the switch does with one that was idle for long: the next question is said again
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			name := fmt.Sprint("n", i)
			if said, err := fetch(ctx, c, name); err != nil || said != strings.Repeat("sound of "+name, 1000) {
				t.Errorf("%.30q, %v", said, err)
			}
		})
	}
	all.Wait()
}

func TestAQuestionEndsWithItsContext(t *testing.T) {
	hang, began := make(chan struct{}), make(chan struct{}, 2)
	c, connections, _ := spoolServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "half") {
			fmt.Fprint(w, strings.Repeat("x", 10_000))
			w.(http.Flusher).Flush()
		}
		if !strings.Contains(r.URL.Path, "good") {
			began <- struct{}{}
			<-hang
		}
	})
	defer close(hang)
	for _, name := range []string{"none", "half"} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := c.FetchRecording(ctx, name, io.Discard)
			ended <- err
		}()
		<-began
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.RemoveRecording(ctx, "slow"); ari.ReasonOf(err) != ari.Silent {
		t.Errorf("a switch that does not answer: %v", err)
	}
	if _, err := fetch(t.Context(), c, "good"); err != nil || connections.Load() != 4 {
		t.Errorf("%v, %d connections: those that were broken off are not used again", err, connections.Load())
	}
}
