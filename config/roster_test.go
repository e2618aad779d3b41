package config_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
)

func TestTheRosterOfAFileThatSaysNothingIsTheUsualOne(t *testing.T) {
	c := config.Default()
	rule, usual := c.RosterRule(), dutylog.DefaultRosterRule()
	if rule.Rest != usual.Rest || rule.LongestRow[dutylog.PostOfficer] != usual.LongestRow[dutylog.PostOfficer] || c.RosterWatch() != alerts.DefaultRosterWatch() || !c.Roster.Watch {
		t.Errorf("%+v %+v %+v", rule, c.RosterWatch(), c.Roster)
	}
}

func TestTheRosterIsWhatTheFileSays(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	c, err := config.Load(write(t, small+"\nroster: {watch: false, gap_ahead: 72h, longest_row: 0s, rest: {night: 2, holiday: 6}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rule := c.RosterRule()
	if c.Roster.Watch || c.RosterWatch().GapAhead != 72*time.Hour || rule.Rest.Night != 1 || rule.Rest.Holiday != 3 || rule.Rest.Weekend != 1 || rule.LongestRow[dutylog.PostOfficer] != 0 {
		t.Errorf("%+v %+v", c.Roster, rule)
	}
	_, err = config.Load(write(t, small+"\nroster: {gap_ahead: -1h, file_ahead: 900h, longest_row: 2000h, rest: {night: -1, weekend: 21}}\n"))
	for _, key := range []string{"roster.gap_ahead", "roster.file_ahead", "roster.longest_row", "roster.rest.night", "roster.rest.weekend"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is taken: %v", key, err)
		}
	}
}
