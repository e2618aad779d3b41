package config

import (
	"strconv"
	"strings"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/probe"
	"dutyline/telephony/testcall"
)

// Tests are the test calls from a second line.
type Tests struct {
	SecondLine     probe.Config  `mapstructure:"second_line"`
	Times          []string      `mapstructure:"times"`           // of each day, for instance 07:40
	Every          time.Duration `mapstructure:"every"`           // counted from midnight; 0: only at the times
	Handovers      []string      `mapstructure:"handovers"`       // when the officers change
	BeforeHandover time.Duration `mapstructure:"before_handover"` // how long before each of them
	CheckRing      time.Duration `mapstructure:"check_ring"`      // how long a spot check 抽查 rings that nobody answers
}

// Timetable is when tests are due; call it after Load has checked it.
func (t Tests) Timetable(zone *time.Location) testcall.Timetable {
	clocks := func(texts []string) (all []testcall.Clock) {
		for _, text := range texts {
			if c, err := testcall.ParseClock(text); err == nil {
				all = append(all, c)
			}
		}
		return all
	}
	return testcall.Timetable{Times: clocks(t.Times), Every: t.Every, Handovers: clocks(t.Handovers), BeforeHandover: t.BeforeHandover, Location: zone}
}

func (t *Tests) readSecrets(f *Faults) {
	t.SecondLine.Password = secret(f, "tests.second_line.password_file", t.SecondLine.PasswordFile, "DUTYLINE_TEST_PASSWORD", false)
}

func (c *Config) checkTests(f *Faults) {
	t := c.Tests
	if err := t.SecondLine.Validate(); err != nil {
		for fault := range strings.SplitSeq(err.Error(), "\n") {
			key, words, _ := strings.Cut(fault, ": ")
			f.add("tests.second_line."+key, "%s", words)
		}
	}
	for key, texts := range map[string][]string{"times": t.Times, "handovers": t.Handovers} {
		for _, text := range texts {
			if _, err := testcall.ParseClock(text); err != nil {
				f.add("tests."+key, "%v", err)
			}
		}
	}
	if t.Every != 0 && t.Every < 10*time.Minute {
		f.add("tests.every", "is %s; test at most every 10m: each test makes the duty phone ring", t.Every)
	}
	if t.BeforeHandover < 0 || t.BeforeHandover > 12*time.Hour {
		f.add("tests.before_handover", "is %s; give 0s to 12h, usually 15m", t.BeforeHandover)
	}
	if t.CheckRing != 0 && (t.CheckRing < 20*time.Second || t.CheckRing > 3*time.Minute) {
		f.add("tests.check_ring", "is %s; give 20s to 3m, usually 60s: a shorter one says nothing of who answers late", t.CheckRing)
	}
	if !t.SecondLine.Set() && (len(t.Times) > 0 || len(t.Handovers) > 0 || t.Every > 0) {
		f.add("tests.second_line.server", "is missing although times are set; name the second line, or take the times away")
	}
	for i, l := range c.Lines {
		if t.SecondLine.Set() && l.Number == "" {
			f.add("lines["+strconv.Itoa(i)+"].number", "is missing; a test calls it")
		}
		if n := telephony.ParseNumber(l.Number, c.Site.AreaCode); t.SecondLine.Set() && n.E164 != "" && n.E164 == telephony.ParseNumber(t.SecondLine.Number, c.Site.AreaCode).E164 {
			f.add("tests.second_line.number", "is that of the duty line %q; a line that calls itself is busy: name another line", l.Name)
		}
	}
}
