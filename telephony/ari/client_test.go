package ari_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// startQuick runs the shipped Asterisk, which asks often whether the phone is there.
func startQuick(t *testing.T, change ...func(*asterisk.Settings)) *asterisk.Process {
	t.Helper()
	s := asterisktest.Settings(t)
	s.Qualify = time.Second
	for _, c := range change {
		c(&s)
	}
	return asterisktest.Start(t, s)
}

func TestTheSubscriptionDeliversAWholeCall(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	reg := prometheus.NewRegistry()
	c, sink := ari.New(configOf(p), reg), &keeper{}
	stop := run(t, c, sink)
	sink.await(t, 1, "snapshot")
	tone := asterisktest.Tone(t, 800, time.Second)
	phone := asterisktest.Phone(t, p, 200*time.Millisecond, tone)
	asterisktest.Call(t, p, "13900001111", p.Settings.Number, 300*time.Millisecond, tone).Must(t)
	phone.Finish(t)
	sink.await(t, 2, "frame ChannelDestroyed")
	stop()
	for what, least := range map[string]int{
		"frame ChannelCreated": 2, "frame Dial": 3, "frame ChannelStateChange": 2, "frame ChannelEnteredBridge": 2,
		"frame ChannelHangupRequest": 1, "frame ContactStatusChange": 1,
	} {
		if n := sink.count(what); n < least {
			t.Errorf("%s came %d times, want at least %d", what, n, least)
		}
	}
	for _, noise := range []string{"ChannelVarset", "BridgeCreated"} {
		for _, f := range sink.frames {
			if bytes.Contains(f.Raw, []byte(`"type":"`+noise+`"`)) {
				t.Errorf("nobody reads %s, and yet it is sent", noise)
				break
			}
		}
	}
	last := time.Time{}
	for _, f := range sink.frames {
		if f.Received.Before(last) || f.Received.IsZero() {
			t.Errorf("receive times go back: %v after %v", f.Received, last)
		}
		last = f.Received
	}
	if got := gathered(t, reg, "dutyline_ari_events_total"); int(got) != len(sink.frames) {
		t.Errorf("%v events counted, %d came", got, len(sink.frames))
	}
	if got := gathered(t, reg, "dutyline_ari_unknown_events_total"); got != 0 {
		t.Errorf("%v events of unknown types", got)
	}
}

// gathered sums a metric over its labels.
func gathered(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		sum := 0.0
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		return sum
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestABrokenConnectionIsToldAndHeals(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	for _, c := range []struct {
		name   string
		hurt   func(*proxy)
		heal   func(*proxy)
		reason []string // which of them depends on what notices first
	}{
		{"reset", (*proxy).drop, func(*proxy) {}, []string{"gap lost"}},
		{"half-open", func(p *proxy) { p.stalled.Store(true) }, func(p *proxy) { p.stalled.Store(false); p.drop() }, []string{"gap silent", "gap lost"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			between := newProxy(t, p.Settings.HTTPAddress)
			config := configOf(p)
			config.URL = between.url()
			client, sink := ari.New(config, nil), &keeper{}
			run(t, client, sink)
			sink.await(t, 1, "snapshot")
			c.hurt(between)
			asterisktest.Eventually(t, 20*time.Second, "a gap is told", func() bool { return sink.count("gap") > 0 })
			c.heal(between)
			sink.await(t, 2, "snapshot")
			gap := slices.IndexFunc(sink.seen(), func(s string) bool { return strings.HasPrefix(s, "gap") })
			if got := sink.seen()[gap]; !slices.Contains(c.reason, got) {
				t.Errorf("%q was told, want one of %v", got, c.reason)
			}
			if s := client.Status(); !s.Connected || s.Detail != "" {
				t.Errorf("status after healing: %+v", s)
			}
		})
	}
}

func TestARestartOfAsteriskIsSurvived(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	client, sink := ari.New(configOf(p), nil), &keeper{}
	run(t, client, sink)
	sink.await(t, 1, "snapshot")
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	sink.await(t, 1, "gap")
	asterisktest.Eventually(t, 10*time.Second, "the status says that Asterisk is absent", func() bool {
		s := client.Status()
		return !s.Connected && strings.Contains(s.Detail, "no Asterisk answers")
	})
	asterisktest.Start(t, p.Settings)
	sink.await(t, 2, "snapshot")
	if n := sink.count("gap"); n != 1 {
		t.Errorf("one outage was told %d times: %v", n, sink.seen())
	}
}

func TestADeadSocketIsFoundAndLeft(t *testing.T) {
	f := newFake(t)
	client, sink := ari.New(f.config(), nil), &keeper{}
	run(t, client, sink)
	sink.await(t, 1, "snapshot")
	f.gone.Store(true)
	sink.await(t, 1, "gap dead_socket")
	f.gone.Store(false)
	sink.await(t, 2, "snapshot")
	names := f.names()
	if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("application names were used twice: %v", names)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range f.queries {
		if len(q) != 1 || !q.Has("app") {
			t.Errorf("connected with %v; only the application's name may be asked for (subscribeAll can block the switch)", q)
		}
	}
}

func TestBeingReplacedEndsTheSocket(t *testing.T) {
	f := newFake(t)
	f.onOpen = func(ctx context.Context, n int, ws *websocket.Conn) {
		if n == 1 {
			_ = ws.Write(ctx, websocket.MessageText, []byte(`{"type":"ApplicationReplaced","timestamp":"2026-11-23T12:00:00.000+0800","application":"x"}`))
		}
	}
	client, sink := ari.New(f.config(), nil), &keeper{}
	run(t, client, sink)
	sink.await(t, 1, "gap replaced")
	sink.await(t, 1, "snapshot")
	if !strings.Contains(sink.gaps[0].Error(), "another watcher took over") {
		t.Errorf("the cause reads %q", sink.gaps[0])
	}
}

// TestASlowSinkDoesNotSlowTheReader floods a watcher whose sink stands still.
func TestASlowSinkDoesNotSlowTheReader(t *testing.T) {
	const flood = 30000
	written, stands := make(chan error, 1), make(chan struct{})
	f := newFake(t)
	f.onOpen = func(ctx context.Context, _ int, ws *websocket.Conn) {
		for i := range flood {
			if i == 1 { // the sink has the first one alone, and none of the flood
				<-stands
			}
			if err := ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"ChannelVarset","timestamp":"2026-11-23T12:00:00.000+0800","value":"%d"}`, i)); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}
	var log safeBuffer
	config := f.config()
	config.HighWater, config.Log = 1000, slog.New(slog.NewTextHandler(&log, nil))
	reg := prometheus.NewRegistry()
	client, sink := ari.New(config, reg), &keeper{hold: make(chan struct{})}
	stop := run(t, client, sink)
	release := sync.OnceFunc(func() { close(sink.hold) })
	t.Cleanup(release) // before the stop, which waits for the sink
	sink.await(t, 1, "hold")
	close(stands)
	select {
	case err := <-written:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("a sink that stands still holds up the switch")
	}
	asterisktest.Eventually(t, time.Minute, "everything waits in the queue", func() bool {
		return gathered(t, reg, "dutyline_ari_queue_high_water") >= flood-1
	})
	asterisktest.Eventually(t, 5*time.Second, "an alarm is logged", func() bool { return strings.Contains(log.String(), "events wait to be handled") })
	held := client.HeardUpTo()
	release()
	sink.await(t, flood, "frame")
	stop()
	if first, last := sink.frames[0].Up, sink.frames[flood-1].Up; held != first || client.HeardUpTo() <= last {
		t.Errorf("with the first frame, of %v, in its hands all was heard up to %v; behind the last one, of %v, up to %v", first, held, last, client.HeardUpTo())
	}
	for i, frame := range sink.frames {
		if !bytes.Contains(frame.Raw, fmt.Appendf(nil, `"%d"`, i)) {
			t.Fatalf("frame %d is %s: lost or out of order", i, frame.Raw)
		}
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestAnEndpointThatAppearsLaterIsWatched(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	config := configOf(p)
	config.Endpoints = append(config.Endpoints, "PJSIP/second")
	client, sink := ari.New(config, nil), &keeper{}
	run(t, client, sink)
	sink.await(t, 1, "snapshot")
	if diff := cmp.Diff([]string{"PJSIP/second"}, client.Status().Missing); diff != "" {
		t.Fatalf("missing endpoints (-want +got):\n%s", diff)
	}
	file := filepath.Join(p.Settings.Dir, "etc", "pjsip.conf")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(b, "\n[second]\ntype=endpoint\ncontext=from-duty\naors=second\n[second]\ntype=aor\nmax_contacts=1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.CLI(t.Context(), "module reload res_pjsip.so"); err != nil {
		t.Fatal(err)
	}
	sink.await(t, 2, "snapshot")
	asterisktest.Eventually(t, 5*time.Second, "nothing is missing", func() bool { return len(client.Status().Missing) == 0 })
	if n := sink.count("gap"); n != 0 {
		t.Errorf("the link was given up %d times for it", n)
	}
}

func TestEachFailureHasItsReasonAndRemedy(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	booting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"message":"Asterisk not booted"}`)
	}))
	defer booting.Close()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for _, c := range []struct {
		name   string
		change func(*ari.Config)
		reason ari.Reason
		says   string
	}{
		{"wrong password", func(c *ari.Config) { c.Password = "wrong" }, ari.WrongPassword, "password file"},
		{"wrong user", func(c *ari.Config) { c.User = "nobody" }, ari.WrongPassword, "ari.conf"},
		{"nothing listens", func(c *ari.Config) { c.URL = "http://" + asterisktest.FreeTCP(t) + "/ari" }, ari.Absent, "start Asterisk"},
		{"a web server without ARI", func(c *ari.Config) { c.URL = web.URL + "/ari" }, ari.NoARI, "enabled = yes"},
		{"a wrong path", func(c *ari.Config) { c.URL = strings.TrimSuffix(c.URL, "/ari") + "/nix" }, ari.NoARI, "ari.url"},
		{"still starting", func(c *ari.Config) { c.URL = booting.URL + "/ari" }, ari.Starting, "tried again"},
		{"no answer", func(c *ari.Config) { c.URL = "http://" + mute.Addr().String() + "/ari" }, ari.Silent, "Asterisk's load"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := configOf(p)
			c.change(&config)
			client := ari.New(config, nil)
			_, err := client.Info(t.Context())
			if ari.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
				t.Errorf("REST: reason %q of %v, want %q with %q", ari.ReasonOf(err), err, c.reason, c.says)
			}
			if c.reason == ari.Silent {
				return // the websocket waits longer; the same code names it
			}
			sink := &keeper{}
			run(t, client, sink)
			sink.await(t, 1, "gap "+string(c.reason))
			if s := client.Status(); s.Connected || !strings.Contains(s.Detail, c.says) {
				t.Errorf("status %+v does not say %q", s, c.says)
			}
		})
	}
}
