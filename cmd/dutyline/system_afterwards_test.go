package main

import (
	"database/sql"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts/webhook"
	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// Killed while a call rings, and away during five more: a code, a premium number, a call that the
// phone sends on, one that nobody takes, one that is refused. Started again, the daemon tells each
// once, says that it was found afterwards, and tells nobody that a bell rings which rings no more.
func TestSystemWhatHappenedWhileTheDaemonWasKilledIsTold(t *testing.T) {
	t.Parallel()
	letters := &inbox{}
	receiver := httptest.NewServer(letters)
	defer receiver.Close()
	const body = "{{json .Headline}}"
	r := newRoom(t, func(_ *asterisk.Settings, c *config.Config) {
		c.Alerts.Channels = []config.Channel{{Name: "group", Least: "warning", Webhook: &webhook.Config{URL: receiver.URL, Body: body}}}
	})
	asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.close()

	first := start(t, "serve", "--config", writeConfig(t, r.cfg, fmt.Sprintf("alerts: {channels: [{name: group, least: warning, webhook: {url: %q, body: '%s'}}]}\n", receiver.URL, body)))
	first.says(20*time.Second, "the switch is seen")
	cut := r.calls("caller-gives-up", caller{number: "02422730002", ring: 4 * time.Second})
	asterisktest.Eventually(t, 10*time.Second, "the log has it that the call rings", func() bool { return rangIn(t, r.cfg.Log.File) == 1 })
	if err := first.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-first.exited
	cut.Must(t)
	for _, number := range []string{"**21*13900002222%23", "16812345"} {
		asterisktest.CallOut(t, r.sw, number, 100*time.Millisecond, asterisktest.Tone(t, 900, time.Second)).Must(t)
	}
	r.calls("caller", caller{number: "02422730005", talk: 300 * time.Millisecond, hertz: callerTone}).Must(t)
	r.calls("caller-gives-up", caller{number: "02488880002", ring: 2 * time.Second}).Must(t)
	_ = r.calls("caller-waits", caller{number: "02488880003", hertz: callerTone}).Wait() // the scenario hears a refusal

	r.open()
	r.awaitReady(10 * time.Second)
	want := []string{"forward_code", "missed", "missed", "misuse_number", "phone_redirect", "rejected"}
	defer func() {
		if t.Failed() {
			t.Logf("calls: %+v\nalerts: %q\ntold: %q", r.desk.allCalls(), r.reasons(), letters.letters())
		}
	}()
	told := func() []string {
		return slices.DeleteFunc(r.reasons(), func(reason string) bool { return !slices.Contains(want, reason) }) // the room has its own
	}
	r.desk.await(30*time.Second, "every call is told", func() bool { return slices.Equal(told(), want) })
	for _, a := range r.desk.alertsOf("missed") {
		if a.FoundAt == nil || a.OpenedAt == nil || !a.OpenedAt.Before(*a.FoundAt) || a.Certainty != "certain" ||
			!slices.ContainsFunc(a.Evidence, func(e wireEvidence) bool { return e.Kind == "journal" && e.Ref == a.CallID }) {
			t.Errorf("found afterwards: %+v", a)
		}
	}
	letter := func(number int) func() bool {
		return func() bool { return len(afterwards(letters.letters())) >= number }
	}
	r.desk.await(20*time.Second, "the receiver has them all", letter(len(want)))
	for _, reason := range []string{"ring_3", "limit_passed", "unknown"} {
		for _, a := range r.desk.alertsOf(reason) {
			if a.State != "resolved" || a.CallID == "" {
				t.Errorf("it still stands: %+v", a)
			}
		}
	}
	r.again(func() {})
	r.calls("caller", caller{number: "02422730005", talk: 300 * time.Millisecond, hertz: callerTone}).Must(t)
	r.desk.await(10*time.Second, "the phone that sends calls on is told of one call more", func() bool {
		list := r.desk.alertsOf("phone_redirect")
		return len(list) == 1 && list[0].Times == 2
	})
	if diff := cmp.Diff(want, told()); diff != "" {
		t.Errorf("after another start (-want +got):\n%s", diff)
	}
	if got := afterwards(letters.letters()); len(got) != len(want) {
		t.Errorf("told outside: %q", got)
	}
}

// afterwards are the letters about what was found afterwards.
func afterwards(letters []string) []string {
	return slices.DeleteFunc(letters, func(l string) bool { return !strings.Contains(l, "（事后查明）") })
}

// rangIn is how many calls of a log rang and have not ended.
func rangIn(t *testing.T, file string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?_query_only=on&_busy_timeout=5000")
	if err == nil {
		defer db.Close()
		err = db.QueryRowContext(t.Context(), "SELECT count(*) FROM calls WHERE rang_at IS NOT NULL AND ended_at IS NULL").Scan(&n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
