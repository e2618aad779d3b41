package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// handClock is a clock that a test sets.
type handClock struct {
	day time.Time
	run time.Duration
}

func (h *handClock) clock() *clock {
	return &clock{wall: func() time.Time { return h.day }, run: func() time.Duration { return h.run }}
}

func (h *handClock) pass(d time.Duration) { h.day, h.run = h.day.Add(d), h.run+d }

func TestAStepOfTheClockIsSeenAndASteeredClockIsNot(t *testing.T) {
	h := &handClock{day: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)}
	c := h.clock()
	c.Now()
	for range 1000 { // an hour of a clock that is steered, 0.05 %
		h.pass(3600 * time.Millisecond)
		h.day = h.day.Add(1800 * time.Microsecond)
		c.Now()
	}
	if got := c.steps(); len(got) != 0 {
		t.Errorf("a steered clock gave the steps %v", got)
	}
	h.pass(time.Second)
	h.day = h.day.Add(time.Hour)
	c.Now()
	h.pass(time.Second)
	h.day = h.day.Add(-2 * time.Hour)
	if got := c.Stepped(); got != -time.Hour {
		t.Errorf("set forward by 1 h and back by 2 h: together %v", got)
	}
	if diff := cmp.Diff([]time.Duration{time.Hour, -2 * time.Hour}, c.steps()); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if got := c.steps(); len(got) != 0 {
		t.Errorf("told again: %v", got)
	}
}

func TestAProgramThatStoodStillSawNoStep(t *testing.T) {
	h := &handClock{day: time.Now()}
	c := h.clock()
	c.Now()
	h.pass(time.Hour)
	if got := c.Stepped(); got != 0 {
		t.Errorf("an hour of standing still is a step of %v", got)
	}
	// Between the two readings the machine did something else for a while.
	c.wall = func() time.Time {
		h.pass(2 * time.Second)
		return h.day.Add(-2 * time.Second)
	}
	if got := c.Stepped(); got != 0 {
		t.Errorf("clocks that were read apart are a step of %v", got)
	}
}

func TestAStepIsLoggedAndStandsAsAFaultForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		machine := c.wall
		var ahead time.Duration
		c.wall = func() time.Time { return machine().Add(ahead) }
		var logs bytes.Buffer
		told := 0
		w := &clockWatch{clock: c, lines: testLines(), logger: newLogger(&logs), told: func() { told++ }}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		<-time.After(10 * time.Second) // synthetic time
		synctest.Wait()
		if len(w.Faults()) != 0 || logs.Len() != 0 {
			t.Errorf("without a step: %v, %s", w.Faults(), logs.String())
		}
		ahead = time.Hour
		<-time.After(2 * time.Second) // synthetic time
		synctest.Wait()
		if !strings.Contains(logs.String(), "clock was set") || !strings.Contains(logs.String(), "by=1h0m0s") || told != 1 {
			t.Errorf("after a step of an hour the log says %q, told %d times", logs.String(), told)
		}
		if f := w.Faults(); len(f) != 1 || f[0].Line != "duty" || f[0].Finding != telephony.ClockStepped || !strings.Contains(f[0].Detail, "1h0m0s") {
			t.Errorf("faults after a step: %+v", f)
		}
		<-time.After(stepTold) // synthetic time
		if f := w.Faults(); len(f) != 0 {
			t.Errorf("an hour later: %+v", f)
		}
		cancel()
		<-done
	})
}

// Only a binary of the bench lets a file move its clock.
func TestOnlyTheBenchsBinaryReadsAnOffset(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(file, []byte("72h\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DUTYLINE_TORTURE_CLOCK", file)
	if got := time.Until(newClock().Now()); got.Abs() > time.Minute {
		t.Errorf("a binary as it is shipped is ahead by %v", got)
	}
	out, err := exec.Command("go", "list", "-tags", "torture", "-f", "{{.GoFiles}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "clock_torture.go") || strings.Contains(string(out), "clock_machine.go") {
		t.Errorf("with the tag torture these files are built: %s", out)
	}
}
