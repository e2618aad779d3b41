package config

import (
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// Roster is what the site wants of its roster; what the regulation asks needs no setting.
type Roster struct {
	Watch      bool          `mapstructure:"watch"`       // gaps and filings are alerts
	GapAhead   time.Duration `mapstructure:"gap_ahead"`   // so long before
	FileAhead  time.Duration `mapstructure:"file_ahead"`  //
	LongestRow time.Duration `mapstructure:"longest_row"` // an officer who sits longer is shown; 0: never
	Rest       Rest          `mapstructure:"rest"`
}

// Rest is what a shift is worth, in half days of rest.
type Rest struct {
	Night   int `mapstructure:"night"`
	Weekend int `mapstructure:"weekend"`
	Holiday int `mapstructure:"holiday"`
}

// DefaultRoster is what holds where the file says nothing.
func DefaultRoster() Roster {
	w, r := alerts.DefaultRosterWatch(), dutylog.DefaultRosterRule()
	half := func(days float64) int { return int(2 * days) }
	return Roster{Watch: true, GapAhead: w.GapAhead, FileAhead: w.FileAhead, LongestRow: r.LongestRow[dutylog.PostOfficer],
		Rest: Rest{Night: half(r.Rest.Night), Weekend: half(r.Rest.Weekend), Holiday: half(r.Rest.Holiday)}}
}

// RosterRule is how the roster is judged and counted.
func (c Config) RosterRule() *dutylog.RosterRule {
	r := dutylog.DefaultRosterRule()
	r.LongestRow = map[dutylog.Post]time.Duration{dutylog.PostOfficer: c.Roster.LongestRow}
	r.Rest.Night, r.Rest.Weekend, r.Rest.Holiday = float64(c.Roster.Rest.Night)/2, float64(c.Roster.Rest.Weekend)/2, float64(c.Roster.Rest.Holiday)/2
	return &r
}

// RosterWatch is from when on the roster is an alert.
func (c Config) RosterWatch() alerts.RosterWatch {
	return alerts.RosterWatch{GapAhead: c.Roster.GapAhead, FileAhead: c.Roster.FileAhead}
}

func (c *Config) checkRoster(f *Faults) {
	for _, d := range []struct {
		key  string
		span time.Duration
		most time.Duration
	}{{"gap_ahead", c.Roster.GapAhead, 62 * 24 * time.Hour}, {"file_ahead", c.Roster.FileAhead, 31 * 24 * time.Hour}, {"longest_row", c.Roster.LongestRow, 31 * 24 * time.Hour}} {
		if d.span < 0 || d.span > d.most {
			f.add("roster."+d.key, "is %v; write a time from 0s to %v", d.span, d.most)
		}
	}
	for _, r := range []struct {
		key  string
		half int
	}{{"night", c.Roster.Rest.Night}, {"weekend", c.Roster.Rest.Weekend}, {"holiday", c.Roster.Rest.Holiday}} {
		if r.half < 0 || r.half > 20 {
			f.add("roster.rest."+r.key, "is %d half days; write 0 to 20", r.half)
		}
	}
}
