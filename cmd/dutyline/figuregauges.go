package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/dutylog"
	"dutyline/telephony"
)

const (
	figurePace  = 10 * time.Second // figures are read at most so often, however many ask
	figureLimit = 5 * time.Second  // for reading them; a scrape waits for it
)

// figureGauges shows a monitor the figures of page and API: it asks the same place and reckons nothing by itself.
type figureGauges struct {
	log interface {
		dutylog.AnsweringStore
		dutylog.DutyStore
	}
	lines     []string
	zone      *time.Location
	allowance time.Duration // of handovers
	now       func() time.Time
	logger    *slog.Logger

	mu   sync.Mutex
	at   time.Time
	kept []prometheus.Metric
}

func figureDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("dutyline_figure_"+name, help, append([]string{"line", "span"}, labels...), nil)
}

// Spans are today, 24h (the running hour and the 23 before it) and month (the running one), by the site's clock.
// Sets are measured and after_review.
var (
	figureNumerator   = figureDesc("numerator", "Calls in the numerator of a figure, by the one definition of page and API.", "figure", "set")
	figureDenominator = figureDesc("denominator", "Calls in its denominator; with fewer than 20 there is no rate.", "figure", "set")
	figureUndecided   = figureDesc("undecided", "Borderline answers that nobody decided: in neither of the two.")
	figureUnknown     = figureDesc("unknown", "Calls of which the end was not seen: in no figure.")
	figureBlind       = figureDesc("blind_seconds", "How long of this time nobody saw: calls may have come of which nothing is known.")
	figureRule        = figureDesc("rule_info", "1, with a version of the ring rule by which calls of this time were judged.", "rule")
	figureDescs       = []*prometheus.Desc{figureNumerator, figureDenominator, figureUndecided, figureUnknown, figureBlind, figureRule}
)

// Describe implements prometheus.Collector.
func (g *figureGauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range slices.Concat(figureDescs, dutyDescs) {
		out <- d
	}
}

// Collect implements prometheus.Collector. Figures that cannot be read are not shown at all: old ones would pass for new.
func (g *figureGauges) Collect(out chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); g.at.IsZero() || now.Before(g.at) || now.Sub(g.at) >= figurePace {
		ctx, cancel := context.WithTimeout(context.Background(), figureLimit)
		defer cancel()
		var err error
		if g.kept, err = g.read(ctx, now); err != nil {
			g.kept = nil
			g.logger.Warn("figures could not be read for the monitor; they are missing there until they can", "err", err)
		}
		g.at = now
	}
	for _, m := range g.kept {
		out <- m
	}
}

// figureSpans are the times for which a monitor is given figures, each by whole hours of the site's clock.
func figureSpans(now time.Time, zone *time.Location) map[string]dutylog.AnsweringQuery {
	day, next := dutylog.DateOf(now, zone), dutylog.HourStart(now.Add(time.Hour), zone)
	return map[string]dutylog.AnsweringQuery{
		"today": {From: day.Start(zone), To: day.Add(1).Start(zone), By: dutylog.ByLine, Now: now},
		"24h":   {From: dutylog.HourStart(now.Add(-23*time.Hour), zone), To: next, By: dutylog.ByLine, Now: now},
		"month": {From: dutylog.MonthOf(now, zone).First().Start(zone), To: next, By: dutylog.ByLine, Now: now},
	}
}

func (g *figureGauges) read(ctx context.Context, now time.Time) (all []prometheus.Metric, err error) {
	for span, q := range figureSpans(now, g.zone) {
		found, err := g.log.Answering(ctx, q)
		if err != nil {
			return nil, err
		}
		tallies := map[string]*dutylog.Tally{}
		for i := range found.Groups {
			tallies[found.Groups[i].Key] = &found.Groups[i].Tally
		}
		for _, line := range g.lines {
			t := tallies[line]
			if t == nil {
				t = &dutylog.Tally{} // nobody called
			}
			all = append(all, gaugesOf(t, line, span, found.Total.Blind)...)
		}
		duty, err := g.readDuty(ctx, span, q)
		if err != nil {
			return nil, err
		}
		all = append(all, duty...)
	}
	return all, nil
}

// gaugesOf are the figures of one line in one span, with what stands beside them.
func gaugesOf(t *dutylog.Tally, line, span string, blind time.Duration) (all []prometheus.Metric) {
	add := func(d *prometheus.Desc, v float64, labels ...string) {
		all = append(all, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, append([]string{line, span}, labels...)...))
	}
	for _, r := range dutylog.FigureRules() {
		for set, afterReview := range map[string]bool{"measured": false, "after_review": true} {
			n, of := t.Of(r, afterReview)
			add(figureNumerator, float64(n), string(r.Figure), set)
			add(figureDenominator, float64(of), string(r.Figure), set)
		}
	}
	add(figureUndecided, float64(t.Undecided()))
	add(figureUnknown, float64(t.Outcomes()[telephony.Unknown]))
	add(figureBlind, blind.Seconds())
	for _, rule := range t.Rules() {
		add(figureRule, 1, rule)
	}
	return all
}
