package main

import (
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// gauges are the present values of everything that was registered.
func gauges(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			got[name] = m.GetGauge().GetValue()
		}
	}
	return got
}

func TestWhatWaitsForTheLogIsMeasured(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := &brokenLog{DB: db}
	c := newCommitter(log, nil, filepath.Join(t.TempDir(), "aside.jsonl"), slog.New(slog.NewTextHandler(io.Discard, nil)))
	reg := prometheus.NewRegistry()
	slow := telephony.DefaultRule()
	slow.Offset = 3 * time.Second // a gateway
	measure(c, []telephony.Line{{Name: "duty", Rule: telephony.DefaultRule()}, {Name: "spare", Rule: slow}}, reg)
	wants := func(when string, depth, most, writable float64) {
		t.Helper()
		want := map[string]float64{"dutyline_build_info " + version: 1, "dutyline_line_ring_limit_seconds duty": 15, "dutyline_line_ring_limit_seconds spare": 12,
			"dutyline_log_queue_depth": depth, "dutyline_log_queue_high_water": most, "dutyline_log_writable": writable}
		if diff := cmp.Diff(want, gauges(t, reg)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	state := func(s telephony.State) telephony.Change {
		at := time.Date(2026, 11, 23, 4, 18, 0, 0, time.UTC)
		return telephony.Change{Kind: telephony.LineChanged, At: at, Line: "duty", State: telephony.LineState{Line: "duty", State: s, Since: at}}
	}
	wants("at the start", 0, 0, 1)
	log.fail = 3 // together, alone, and the proof that it can be written
	c.Add([]telephony.Change{state(telephony.Idle), state(telephony.Ringing)})
	c.Add([]telephony.Change{state(telephony.Talking)})
	wants("before the write", 3, 3, 1)
	if left := c.flush(t.Context()); left != 3 {
		t.Fatalf("%d changes are left, want 3", left)
	}
	wants("on a full disk", 3, 3, 0)
	if left := c.flush(t.Context()); left != 0 {
		t.Fatalf("%d changes are left", left)
	}
	wants("when there is room again", 0, 3, 1)
	c.Add([]telephony.Change{state(telephony.Idle)})
	wants("later", 1, 3, 1)
}

func TestTheLinesAreNamedAsConfigured(t *testing.T) {
	if diff := cmp.Diff([]string{"duty", "spare"}, lineNames([]telephony.Line{{Name: "duty"}, {Name: "spare"}})); diff != "" {
		t.Error(diff)
	}
}
