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
	c, err := config.Load(write(t, small+"\nincidents: {first: 8m, follow_up: 1h, soon: 3m}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := dutylog.UsualSchedule()
	want.First, want.FollowUp, want.Soon = 8, 60, 3
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
