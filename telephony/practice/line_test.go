package practice_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// stage is a private Asterisk and a practice line on it.
type stage struct {
	asterisk *asterisk.Process
	config   practice.Config
	line     *practice.Line
	notes    chan practice.Note
	stopped  chan error
	stop     context.CancelFunc
}

// newStage starts Asterisk; the line starts with run.
func newStage(t *testing.T) *stage {
	t.Helper()
	far := asterisktest.FreeUDP(t)
	settings := asterisktest.Settings(t)
	settings.TrunkContact = "sip:" + far
	settings.Qualify = 2 * time.Second
	p := asterisktest.Start(t, settings)
	s := &stage{asterisk: p, notes: make(chan practice.Note, 1000)}
	s.config = practice.Config{
		SIPAddress: p.Settings.SIPAddress, DutyPassword: p.Settings.DutyPassword, Number: p.Settings.Number,
		FarEndAddress: far, Speech: "off", PollEvery: 200 * time.Millisecond,
		OnNote: func(n practice.Note) { s.notes <- n },
		Log:    slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	return s
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// run starts the line and waits until calls can be placed.
func (s *stage) run(t *testing.T) {
	t.Helper()
	line, err := practice.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.line, s.stop, s.stopped = line, stop, make(chan error, 1)
	go func() { s.stopped <- line.Run(ctx) }()
	t.Cleanup(func() { s.end(t) })
	select {
	case <-line.Ready():
	case err := <-s.stopped:
		t.Fatalf("the line ended: %v", err)
	case <-time.After(10 * time.Second):
		t.Fatal("the phone did not register within 10 s")
	}
}

// end stops the line; it may be called twice.
func (s *stage) end(t *testing.T) {
	t.Helper()
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	select {
	case err := <-s.stopped:
		if err != nil {
			t.Errorf("the line ended with %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Error("the line does not end")
	}
}
