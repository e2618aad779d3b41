package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
)

const chainChannels = `
alerts:
  channels:
    - {name: chief, least: warning, webhook: {url: "http://127.0.0.1:9/chief", template: sms, to: ["1"]}}
    - {name: leader, webhook: {url: "http://127.0.0.1:9/leader", template: sms, to: ["2"]}}
`

// A chain and its quiet hours are data of the line; persons stand for whom the roster does not name.
func TestTheChainOfALine(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	c, err := config.Load(write(t, `
lines:
  - name: duty
    endpoints: [PJSIP/duty]
    trunks: [PJSIP/trunk]
    quiet: {from: "22:00", to: "06:30"}
    chain:
      again: 1h
      steps:
        - {post: duty_section_chief, channels: [chief], after: 5m, live: 10s}
        - {post: supervisor, name: 王督查, phone: "13800000000", channels: [leader, chief], after: 15m}
  - {name: other, endpoints: [PJSIP/other], trunks: [PJSIP/trunk]}
`+chainChannels))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]alerts.LinePlan{
		"duty": {
			Chain: alerts.Chain{Again: time.Hour, Steps: []alerts.Step{
				{Post: dutylog.PostChief, Channels: []string{"chief"}, After: 5 * time.Minute, Live: 10 * time.Second},
				{Post: alerts.Supervisor, Person: alerts.Person{Name: "王督查", Phone: "13800000000"}, Channels: []string{"leader", "chief"}, After: 15 * time.Minute},
			}},
			Quiet: alerts.Quiet{From: 22 * time.Hour, To: 6*time.Hour + 30*time.Minute},
		},
		"other": {},
	}
	plan := c.AlertPlan()
	if diff := cmp.Diff(want, plan.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if plan.Damping != alerts.Damping(5*time.Minute) || plan.Zone.String() != "Asia/Shanghai" || len(plan.Routes) != 2 || plan.Routes[1].Least != alerts.Critical {
		t.Errorf("%+v", plan)
	}
}

// Whatever is wrong with a chain is said at once, each with its place and what to write.
func TestFaultsOfAChain(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	_, err := config.Load(write(t, `
lines:
  - name: duty
    endpoints: [PJSIP/duty]
    trunks: [PJSIP/trunk]
    quiet: {from: 22 o'clock, to: "24:30"}
    chain:
      again: 5m
      steps:
        - {post: mayor, channels: [chief], after: 5m}
        - {post: duty_leader, phone: "+86 138", channels: [], after: -1s}
        - {post: duty_leader, channels: [fax]}
`+chainChannels+"  damping: 2h\n"))
	var faults *config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	want := []string{
		`lines[0].chain.steps[0].post: "mayor" is unknown; use duty_officer, duty_section_chief, duty_leader or supervisor`,
		`lines[0].chain.steps[1].phone: "+86 138" is no number; write it in quotes and only its digits, as it is dialled from the duty room`,
		"lines[0].chain.steps[1].channels: is empty; name channels of alerts.channels by which this post is told",
		"lines[0].chain.steps[1].after: is below 0; write how long the step waits for the one before it, for instance 5m",
		`lines[0].chain.steps[2].post: "duty_leader" is there twice; each post has one step`,
		`lines[0].chain.steps[2].channels: "fax" is no channel; alerts.channels has them`,
		"lines[0].chain.again: is 5m0s; at least 10m0s lie between two rounds, or 0 for none",
		`lines[0].quiet.from: "22 o'clock" is no time of the day; write it in quotes, for instance "22:00"`,
		`lines[0].quiet.to: "24:30" is no time of the day; write it in quotes, for instance "22:00"`,
		"alerts.damping: is 2h0m0s; use 0 to 1h, usually 5m",
	}
	if diff := cmp.Diff(want, faults.List); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHowLongEntriesMayBeUnfinished(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	lines := func(more string) string {
		return "lines:\n  - {name: duty, endpoints: [PJSIP/duty], trunks: [PJSIP/trunk]" + more + "}\n  - {name: other, endpoints: [PJSIP/other], trunks: [PJSIP/trunk]}\n" + chainChannels
	}
	for more, want := range map[string]time.Duration{"": 10 * time.Minute, ", complete_within: 30m": 30 * time.Minute, ", complete_within: 0s": 0} {
		c, err := config.Load(write(t, lines(more)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]time.Duration{"duty": want, "other": alerts.CompleteWithin}, c.Deadlines()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
	for _, wrong := range []string{"5s", "-10m", "soon"} {
		if _, err := config.Load(write(t, lines(", complete_within: "+wrong))); err == nil || !strings.Contains(err.Error(), "complete_within") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
