package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk/asterisktest"
)

// incidentStep is one deed of an incident, as a page asks for it.
type incidentStep struct {
	by           *desk
	method, path string // below /api/v1
	body         map[string]any
	fact         string // the kind of fact that it is; empty: none
}

// incidentSteps are those of one incident of an entry without a call, from its opening to its end. Everything that is sent goes
// out before it is signed, and one report goes to two.
func incidentSteps(officer, leader *desk) []incidentStep {
	known := map[string]any{}
	for _, e := range []string{"unit", "time", "place", "cause", "nature", "losses", "casualties", "measures", "trend"} {
		known[e] = "文艺路1号，正在核实"
	}
	drafts := func(stage string) map[string]any {
		return map[string]any{"stage": stage, "elements": known, "text": "情况如下。"}
	}
	to := func(recipient, channel string) map[string]any {
		return map[string]any{"recipient": recipient, "channel": channel, "evidence": "回执"}
	}
	steps := []incidentStep{
		{officer, "POST", "/entries", map[string]any{"kind": "visit", "content": "文艺路1号起火"}, ""},
		{officer, "POST", "/incidents", map[string]any{"entry_id": "w-kill-step-00", "category": "fire"}, "opened"},
		{officer, "POST", "/incidents/1/reports", drafts("first"), "report_written"},
		{officer, "POST", "/incidents/1/reports/1/deliveries", to("superior_bureau", "fax"), "delivered"},
		{leader, "POST", "/incidents/1/reports/1/approvals", map[string]any{"part": "sign", "version": 1}, "report_signed"},
		{officer, "POST", "/incidents/1/reports/1/deliveries", to("government", "wechat"), "delivered"},
		{officer, "POST", "/incidents/1/instructions", map[string]any{"whom": "孙局长", "text": "全力救治"}, "instructed"},
		{officer, "POST", "/incidents/1/reports", drafts("final"), "report_written"},
		{officer, "POST", "/incidents/1/reports/5/deliveries", to("superior_bureau", "system"), "delivered"},
		{officer, "PATCH", "/incidents/1", map[string]any{"state": "closed", "reason": "批示由下一班跟踪"}, "closed"},
	}
	for n, s := range steps {
		s.body["key"] = fmt.Sprintf("kill-step-%02d", n)
	}
	return steps
}

// killedIncident is what is read of it in the end.
type killedIncident struct {
	State   string
	Reports []struct {
		Number     int
		State      string
		ApprovedBy string `json:"approved_by"`
		Deliveries []struct{ Recipient, Channel string }
	}
	Instructions []struct{ Whom string }
	Facts        []struct{ Kind string }
}

func (d *desk) does(s incidentStep, into any) {
	d.t.Helper()
	d.want(http.StatusOK, s.method, "/api/v1"+s.path, s.body, into)
}

// Killed at every step of an incident, while the deed is asked for or just as its answer comes, and asked for the same again by
// the next daemon on the same log: each was done once, and nothing that went out is forgotten.
func TestSystemAnIncidentOutlivesAKillAtEveryStep(t *testing.T) {
	t.Parallel()
	c := roomConfig(t.TempDir())
	c.ARI.URL, c.ARI.User, c.ARI.Password = "http://"+asterisktest.FreeTCP(t)+"/ari", "dutyline", "x" // where nobody is: it takes no call
	c.Journal.File = ""
	file := writeConfig(t, c, "")
	works(t, officerPassword+"\n", "user", "add", "wang", "--role", "officer", "--name", "王值班", "--config", file)
	works(t, officerPassword+"\n", "user", "add", "chen", "--role", "leader", "--name", "陈带班", "--config", file)
	var daemon *program
	var base string
	begin := func() {
		t.Helper()
		daemon = start(t, "serve", "--config", file)
		base = daemon.page()
	}
	at := func() string { return base }
	officer, leader := newDesk(t, at), newDesk(t, at)
	begin()
	officer.signIn("wang", officerPassword)
	leader.signIn("chen", officerPassword)

	steps := incidentSteps(officer, leader)
	for n, s := range steps {
		daemon.killsDuring(t, base, s, n%2 == 0)
		begin()
		s.by.does(s, nil)
	}
	for _, s := range steps { // whoever gave up long ago asks once more
		s.by.does(s, nil)
	}
	var i killedIncident
	officer.want(http.StatusOK, "GET", "/api/v1/incidents/1", nil, &i)
	checkKilledIncident(t, officer, steps, i)
	daemon.ends(syscall.SIGTERM, 20*time.Second)
	verified := start(t, "verify", "--config", file)
	if code := verified.exitCode(20 * time.Second); code != 0 || !strings.Contains(verified.out.String(), "verify: intact") {
		t.Errorf("verify ends with %d: %s", code, verified.out.String())
	}
}

// killsDuring asks for a deed and kills the daemon as the request is with it, or as the first byte of the answer comes back.
func (p *program) killsDuring(t *testing.T, base string, s incidentStep, asked bool) {
	t.Helper()
	body, err := json.Marshal(s.body)
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill := func() { once.Do(func() { _ = p.cmd.Process.Signal(syscall.SIGKILL) }) }
	trace := &httptrace.ClientTrace{GotFirstResponseByte: kill}
	if asked {
		trace.WroteRequest = func(httptrace.WroteRequestInfo) { kill() }
	}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), s.method, base+"/api/v1"+s.path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if resp, err := s.by.http.Do(req); err == nil { // it was too quick, or the answer was on its way
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d", s.method, s.path, resp.StatusCode)
		}
	}
	kill()
	<-p.exited
}

// checkKilledIncident insists on each deed once, and on all that went out.
func checkKilledIncident(t *testing.T, officer *desk, steps []incidentStep, i killedIncident) {
	t.Helper()
	want, got := map[string]int{"entry_linked": 1, "classified": 1}, map[string]int{}
	for _, s := range steps {
		if s.fact != "" {
			want[s.fact]++
		}
	}
	for _, f := range i.Facts {
		got[f.Kind]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts by their kind (-want +got):\n%s", diff)
	}
	sent := []string{}
	for _, r := range i.Reports {
		for _, d := range r.Deliveries {
			sent = append(sent, fmt.Sprintf("%d %s %s, signed by %s", r.Number, d.Recipient, d.Channel, r.ApprovedBy))
		}
	}
	if diff := cmp.Diff([]string{"1 superior_bureau fax, signed by 陈带班", "1 government wechat, signed by 陈带班", "5 superior_bureau system, signed by "}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if i.State != "closed" || len(i.Instructions) != 1 {
		t.Errorf("%+v", i)
	}
	var entries, incidents wireList[struct{ ID any }]
	officer.want(http.StatusOK, "GET", "/api/v1/entries", nil, &entries)
	officer.want(http.StatusOK, "GET", "/api/v1/incidents", nil, &incidents)
	if len(entries.Items) != 1 || len(incidents.Items) != 1 {
		t.Errorf("%d entries and %d incidents, want one of each", len(entries.Items), len(incidents.Items))
	}
}
