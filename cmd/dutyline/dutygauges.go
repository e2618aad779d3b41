package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/dutylog"
)

func dutyDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("dutyline_duty_"+name, help, append(labels, "span"), nil)
}

// The figures of the duty room's other work have no line: they are of the room as a whole. Of is the deadline, recipient
// or outcome, each of a closed set; empty where there is but one. What one figure has of all of them can be added up. So
// deliveries by channel are families of their own: they are the same reports once more, seen from another side.
var (
	dutyNumerator   = dutyDesc("figure_numerator", "Things in the numerator of a figure of the duty room's other work, by the one definition of page and API.", "figure", "of")
	dutyDenominator = dutyDesc("figure_denominator", "Things that fell due until now; with fewer than 20 there is no rate.", "figure", "of")
	dutyRule        = dutyDesc("figure_rule_info", "1, with a rule by which a figure was counted.", "figure", "of", "rule")
	dutyByChannel   = dutyDesc("channel_deliveries_numerator", "Deliveries of reports by one channel that were in time.", "channel")
	dutyOfChannel   = dutyDesc("channel_deliveries_denominator", "Deliveries of reports by one channel, of those reports that fell due until now.", "channel")
	dutyBlind       = dutyDesc("figure_blind_seconds", "How long of this time nobody saw the line: calls may have come of which nothing is known.")
	dutyUncovered   = dutyDesc("roster_uncovered_seconds", "How long nobody held a post, by the roster.", "post")
	dutyRostered    = dutyDesc("roster_known_seconds", "How long there was a roster by which a post is to be held.", "post")
	dutyUnrostered  = dutyDesc("roster_unknown_seconds", "How long no roster was kept yet: whether a post was held is not known.", "post")
	dutyDescs       = []*prometheus.Desc{dutyNumerator, dutyDenominator, dutyRule, dutyByChannel, dutyOfChannel, dutyBlind, dutyUncovered, dutyRostered, dutyUnrostered}
)

// readDuty asks for the other work of a span.
func (g *figureGauges) readDuty(ctx context.Context, span string, q dutylog.AnsweringQuery) ([]prometheus.Metric, error) {
	found, err := g.log.DutyFigures(ctx, dutylog.DutyQuery{From: q.From, To: q.To, Now: q.Now, Allowance: g.allowance})
	if err != nil {
		return nil, err
	}
	return dutyGaugesOf(found.Shares, span), nil
}

func dutyGaugesOf(shares []dutylog.DutyShare, span string) (all []prometheus.Metric) {
	add := func(d *prometheus.Desc, v float64, labels ...string) {
		all = append(all, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, append(labels, span)...))
	}
	channels := map[string]dutylog.DutyShare{}
	for n, s := range shares {
		if n == 0 { // all of them are of the same time
			add(dutyBlind, s.Blind.Seconds())
		}
		if s.Figure == dutylog.DeliveriesOnTime && dutylog.IsChannel(s.Of) { // counted by the rules of deliveries by recipient
			channels[s.Of] = s
			continue
		}
		figure := string(s.Figure)
		for _, rule := range s.Rules {
			add(dutyRule, 1, figure, s.Of, rule)
		}
		if s.Figure == dutylog.RosterUncovered { // it counts minutes; a monitor is told in seconds
			add(dutyUncovered, (time.Duration(s.Numerator) * time.Minute).Seconds(), s.Of)
			add(dutyRostered, (time.Duration(s.Denominator) * time.Minute).Seconds(), s.Of)
			add(dutyUnrostered, s.Unknown.Seconds(), s.Of)
			continue
		}
		add(dutyNumerator, float64(s.Numerator), figure, s.Of)
		add(dutyDenominator, float64(s.Denominator), figure, s.Of)
	}
	for _, c := range dutylog.Channels() { // those by which nothing went, too
		add(dutyByChannel, float64(channels[c.Code].Numerator), c.Code)
		add(dutyOfChannel, float64(channels[c.Code].Denominator), c.Code)
	}
	return all
}
