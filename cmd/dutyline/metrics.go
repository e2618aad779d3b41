package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"dutyline/telephony"
)

// measure registers what only the wiring knows: the program itself, the rule of each line, and what
// waits for the duty log.
func measure(c *committer, lines []telephony.Line, r prometheus.Registerer) {
	f := promauto.With(r)
	f.NewGaugeVec(prometheus.GaugeOpts{Name: "dutyline_build_info", Help: "1, with the version of the program."}, []string{"version"}).
		WithLabelValues(version).Set(1)
	limit := f.NewGaugeVec(prometheus.GaugeOpts{Name: "dutyline_line_ring_limit_seconds",
		Help: "How long the duty phone may ring by the rule of the line."}, []string{"line"})
	for _, l := range lines {
		limit.WithLabelValues(l.Name).Set(l.Rule.LimitAt().Seconds())
	}
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "dutyline_log_queue_depth", Help: "Changes that wait to be written to the duty log."},
		func() float64 { _, waiting := c.Health(); return float64(waiting) })
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "dutyline_log_queue_high_water", Help: "Most changes that ever waited at once."},
		func() float64 { c.mu.Lock(); defer c.mu.Unlock(); return float64(c.most) })
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "dutyline_log_writable", Help: "1 while the duty log can be written, and promptly."},
		func() float64 {
			if failed, _ := c.Health(); failed != nil {
				return 0
			}
			return 1
		})
}

func lineNames(lines []telephony.Line) (names []string) {
	for _, l := range lines {
		names = append(names, l.Name)
	}
	return names
}
