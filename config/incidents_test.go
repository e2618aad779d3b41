package config_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
)

func TestTheScheduleOfIncidentsIsConfigured(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	if got := config.DefaultIncidents().Schedule(); got != dutylog.UsualSchedule() {
		t.Errorf("%+v", got)
	}
	c, err := config.Load(write(t, small+"\nincidents: {first: 8m, follow_up: 1h, soon: 3m, confirm: 12h}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := dutylog.UsualSchedule()
	want.First, want.FollowUp, want.Soon, want.Confirm = 8, 60, 3, 720
	if got := c.Incidents.Schedule(); got != want {
		t.Errorf("%+v", got)
	}
	for text, fault := range map[string]string{
		"{first: 0s}":        "incidents.first:",
		"{first: 30s}":       "incidents.first:",
		"{written: 5m}":      "incidents.written:",
		"{detailed: 40m}":    "incidents.written:",
		"{follow_up: 1000h}": "incidents.follow_up:",
		"{essential: -1m}":   "incidents.essential:",
		"{confirm: 0s}":      "incidents.confirm:",
		"{soon: 10m}":        "incidents.soon:",
		"{soon: -1m}":        "incidents.soon:",
		"{third: 10m}":       "incidents.third",
	} {
		if _, err := config.Load(write(t, small+"\nincidents: "+text+"\n")); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if (config.Incidents{First: 90 * time.Second}).Schedule().First != 1 {
		t.Error("half a minute is kept")
	}
}

// Whose getting a report stops its clock is data of the rule file, with the superior bureau as shipped.
func TestWhoStopsTheClockIsARule(t *testing.T) {
	for text, want := range map[string]string{
		"misuse: {odd_hours: []}\n":                               "superior_bureau",
		"incidents: {stops_clock: government}\n":                  "government",
		"policy: []\nincidents:\n  stops_clock: party_committee":  "party_committee",
		"incidents: {stops_clock: [superior_bureau, government]}": "superior_bureau,government",
	} {
		r, err := site().ParseRules("rules.yaml", []byte(text))
		if err != nil || r.StopsClock != want {
			t.Errorf("%q: %q %v", text, r.StopsClock, err)
		}
	}
	if r, err := site().ParseRules("shipped", config.ShippedRules); err != nil || r.StopsClock != dutylog.UsualRecipient {
		t.Errorf("%q %v", r.StopsClock, err)
	}
	for text, want := range map[string]string{
		"policy: []\nincidents:\n  stops_clock: mayor\n": `rules.yaml:3: unknown recipient "mayor"; write one of: superior_bureau, party_committee, government`,
		"incidents:\n  stops_clock:\n":                   "rules.yaml:2: nothing stands after stops_clock",
		"incidents:\n  stops_clock: []\n":                "rules.yaml:2: no recipient stands in stops_clock; write one or more of: superior_bureau, party_committee, government",
		"incidents:\n  stops_clock: [government, mayor]": `rules.yaml:2: unknown recipient "mayor"; write one of: superior_bureau, party_committee, government`,
		"incidents: {stop: government}\n":                `rules.yaml:1: unknown word "stop"; write one of: stops_clock`,
		"incidents: government\n":                        "rules.yaml:1: ",
	} {
		_, err := site().ParseRules("rules.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
