package main_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// shipped is an Asterisk with the configuration of deploy/asterisk, watched as in production.
func shipped(t *testing.T, far string) (*asterisk.Process, *labSink) {
	t.Helper()
	s := asterisktest.Settings(t)
	s.Qualify, s.TrunkContact = time.Second, "sip:"+far
	p := asterisktest.Start(t, s)
	line := telephony.Line{
		Name: "duty", Number: p.Settings.Number, AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP,
		Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"},
	}
	client := ari.New(ari.Config{
		URL: p.Settings.ARI(), User: p.Settings.ARIUser, Password: p.Settings.ARIPassword,
		Endpoints: []string{"PJSIP/duty", "PJSIP/trunk"},
	}, nil)
	sink := &labSink{tracker: telephony.NewTracker([]telephony.Line{line}), ready: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = client.Run(ctx, sink)
	}()
	t.Cleanup(func() { cancel(); <-done })
	<-sink.ready
	return p, sink
}

// TestTheShippedDialplanGivesTheRightOutcomes makes calls as other programs would, through
// the configuration that is shipped: recording and journal steps must not look like a
// machine that answers.
func TestTheShippedDialplanGivesTheRightOutcomes(t *testing.T) {
	t.Parallel()
	far := asterisktest.FreeUDP(t)
	p, sink := shipped(t, far)
	tone := asterisktest.Tone(t, 600, time.Second)
	number := p.Settings.Number
	ended := func(want string) {
		t.Helper()
		var calls []telephony.Call
		asterisktest.Eventually(t, 10*time.Second, "the call ends: "+want, func() bool {
			ended, _ := sink.take()
			calls = append(calls, ended...)
			return len(calls) > 0
		})
		if diff := gocmp.Diff([]string{want}, summary(calls)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}

	asterisktest.Scene(t, p, "caller-rejected", number)
	ended(`1× in unreachable by=system caller="02422730009" name="" called=` + number)

	phone := asterisktest.Phone(t, p, 1200*time.Millisecond, tone)
	asterisktest.Call(t, p, "02422730001", number, 500*time.Millisecond, tone).Must(t)
	ended(`1× in answered_in_time by=caller rings=1 answered caller="02422730001" name="" called=` + number)

	asterisktest.Scene(t, p, "caller-cancels", number)
	ended(`1× in abandoned_early by=caller rings=1 caller="02422730009" name="" called=` + number)
	phone.Stop()

	other := asterisktest.FarEnd(t, far, 300*time.Millisecond, tone)
	asterisktest.CallOut(t, p, "13900001111", 300*time.Millisecond, tone).Must(t)
	ended(`1× out placed_answered by=officer answered caller="` + number + `" name="" called=13900001111`)
	asterisktest.CallOut(t, p, "*57*13900001111%23", 300*time.Millisecond, tone).Must(t)
	ended(`1× out placed_answered by=officer answered caller="` + number + `" name="" called=*57*13900001111# !feature_code`)
	other.Finish(t)

	files, err := filepath.Glob(filepath.Join(p.Settings.Recording(), "*-officer.wav"))
	if err != nil || len(files) < 3 {
		t.Errorf("recorded officer's sides: %v, %v; three calls were answered", files, err)
	}
}
