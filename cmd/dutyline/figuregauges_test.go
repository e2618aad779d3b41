package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// tallied are figures of one line, the same for any time.
type tallied struct {
	dutylog.AnsweringStore
	dutylog.DutyStore
	facts []dutylog.CallFact
	err   error
	asked int
}

func (s *tallied) Answering(context.Context, dutylog.AnsweringQuery) (found dutylog.AnsweringFigures, err error) {
	s.asked++
	g := dutylog.AnsweringGroup{Key: "duty"}
	for _, f := range s.facts {
		g.Tally.Add(f)
	}
	return dutylog.AnsweringFigures{Groups: []dutylog.AnsweringGroup{g}, Total: dutylog.AnsweringGroup{Blind: 90 * time.Second}}, s.err
}

// DutyFigures are those of a room of which a report was late, and whose roster began in the middle of the time.
func (s *tallied) DutyFigures(_ context.Context, q dutylog.DutyQuery) (dutylog.DutyAnswer, error) {
	return dutylog.DutyAnswer{Shares: []dutylog.DutyShare{{Figure: dutylog.ReportsOnTime, Of: "first", Numerator: 3, Denominator: 4, Rules: []string{"first-10m"}, Blind: 90 * time.Second},
		{Figure: dutylog.DeliveriesOnTime, Of: "government", Numerator: 2, Denominator: 4, Rules: []string{"first-10m"}}, {Figure: dutylog.DeliveriesOnTime, Of: "party_committee", Numerator: 3, Denominator: 4},
		{Figure: dutylog.DeliveriesOnTime, Of: "fax", Numerator: 5, Denominator: 6, Rules: []string{"first-10m"}},
		{Figure: dutylog.HandoversLate, Numerator: 1, Denominator: 2, Rules: []string{"allowance-" + q.Allowance.String()}},
		{Figure: dutylog.RosterUncovered, Of: "duty_leader", Numerator: 5, Denominator: 60, Unknown: time.Hour}}}, s.err
}

// someFacts are so many calls of one kind, each judged by the same rule.
func someFacts(n int, o telephony.Outcome, borderline bool, r dutylog.ReviewResult) []dutylog.CallFact {
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	c := telephony.Call{Line: "duty", Direction: telephony.Inbound, OfferedAt: at, EndedAt: at.Add(time.Minute), Outcome: o, Rule: "rings-3"}
	if borderline {
		c.Findings = []telephony.Finding{telephony.BorderlineVerdict}
	}
	return slices.Repeat([]dutylog.CallFact{{Call: c, Review: r}}, n)
}

// A monitor is shown the figures of the one definition: what is borderline is in no rate before it is decided, what was
// set aside is in none after review, and blind time, undecided ones and the rule stand beside.
func TestAMonitorIsShownTheFiguresOfThePage(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	log := &tallied{facts: slices.Concat(someFacts(30, telephony.AnsweredInTime, false, ""), someFacts(5, telephony.AnsweredLate, false, ""), someFacts(2, telephony.AnsweredLate, true, ""),
		someFacts(1, telephony.AnsweredLate, true, dutylog.ReviewCountsLate), someFacts(1, telephony.AnsweredLate, true, dutylog.ReviewCountsInTime),
		someFacts(1, telephony.Missed, false, ""), someFacts(1, telephony.Missed, false, dutylog.ReviewSetAside), someFacts(1, telephony.Unknown, false, ""))}
	reg := prometheus.NewRegistry()
	reg.MustRegister(&figureGauges{log: log, lines: []string{"duty", "spare"}, zone: time.UTC, allowance: 15 * time.Minute, now: func() time.Time { return now }, logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	got := gauges(t, reg)
	want := map[string]float64{"numerator on_time duty measured": 30, "denominator on_time duty measured": 37, "numerator on_time duty after_review": 31, "denominator on_time duty after_review": 38,
		"numerator answer_rate duty measured": 39, "denominator answer_rate duty measured": 41, "numerator missed duty after_review": 1, "denominator on_time spare measured": 0}
	for _, span := range []string{"today", "24h", "month"} {
		for name, n := range want {
			if v, there := got["dutyline_figure_"+name+" "+span]; !there || v != n {
				t.Errorf("%s %s is %v, want %v", name, span, v, n)
			}
		}
		beside := map[string]float64{"undecided duty": 2, "unknown duty": 1, "blind_seconds duty": 90, "rule_info duty rings-3": 1, "undecided spare": 0, "blind_seconds spare": 90}
		for name, n := range beside {
			if v, there := got["dutyline_figure_"+name+" "+span]; !there || v != n {
				t.Errorf("%s %s is %v, want %v", name, span, v, n)
			}
		}
	}
	for name, n := range map[string]float64{"figure_numerator reports_on_time first": 3, "figure_denominator reports_on_time first": 4, "figure_rule_info reports_on_time first first-10m": 1, "figure_blind_seconds": 90,
		"figure_numerator deliveries_on_time government": 2, "figure_denominator deliveries_on_time party_committee": 4, "channel_deliveries_numerator fax": 5, "channel_deliveries_denominator fax": 6, "channel_deliveries_denominator phone": 0,
		"figure_numerator handovers_late ": 1, "figure_rule_info handovers_late  allowance-15m0s": 1, "roster_uncovered_seconds duty_leader": 300, "roster_known_seconds duty_leader": 3600, "roster_unknown_seconds duty_leader": 3600} {
		for _, span := range []string{"today", "24h", "month"} {
			if v, there := got["dutyline_duty_"+name+" "+span]; !there || v != n {
				t.Errorf("%s %s is %v, want %v", name, span, v, n)
			}
		}
	}
	if per := 3 * (2*(4*len(dutylog.FigureRules())+3) + 1 + 23); len(got) != per {
		t.Errorf("%d series, want %d", len(got), per)
	}
}

// What a family has of one figure can be added up: a report that was owed to three recipients and went out by two channels
// is owed three times, and not five.
func TestDeliveriesAddUp(t *testing.T) {
	reg := prometheus.NewRegistry()
	reg.MustRegister(&figureGauges{log: &tallied{}, lines: []string{"duty"}, zone: time.UTC, now: time.Now, logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	sum := 0.0
	for name, v := range gauges(t, reg) {
		if strings.HasPrefix(name, "dutyline_duty_figure_denominator deliveries_on_time ") && strings.HasSuffix(name, " month") {
			sum += v
		}
	}
	if sum != 8 {
		t.Errorf("%v deliveries were owed, want those to both recipients: 8", sum)
	}
}

// They are read at a bounded pace, and are not shown at all when they cannot be read.
func TestFiguresForAMonitorAreReadAtABoundedPace(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	log := &tallied{}
	reg := prometheus.NewRegistry()
	reg.MustRegister(&figureGauges{log: log, lines: []string{"duty"}, zone: time.UTC, allowance: 15 * time.Minute, now: func() time.Time { return now }, logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	look := func(asked int, shown bool) {
		t.Helper()
		if got := len(gauges(t, reg)) > 0; got != shown || log.asked != asked {
			t.Errorf("asked %d times, want %d; shown: %v", log.asked, asked, got)
		}
	}
	look(3, true)
	now = now.Add(figurePace - time.Millisecond)
	look(3, true)
	now = now.Add(time.Millisecond)
	look(6, true)
	log.err = errors.New("no log")
	now = now.Add(figurePace)
	look(7, false)
	log.err = nil
	look(7, false)
	now = now.Add(-time.Hour) // the clock was set
	look(10, true)
}

func TestTheSpansOfAMonitor(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, q := range figureSpans(time.Date(2026, 11, 1, 0, 30, 0, 0, zone), zone) {
		if err := (dutylog.AnsweringSpan{From: q.From, To: q.To, Zone: zone}).Check(q.By); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got[name] = q.From.In(zone).Format("01-02 15") + " to " + q.To.In(zone).Format("01-02 15")
	}
	want := map[string]string{"today": "11-01 00 to 11-02 00", "24h": "10-31 01 to 11-01 01", "month": "11-01 00 to 11-01 01"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(slices.Collect(maps.Keys(got))) != 3 {
		t.Errorf("%v", got)
	}
}
