package cel

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony"
)

// metrics are the figures of one tail.
type metrics struct {
	rows     *prometheus.CounterVec
	bad      prometheus.Counter
	gaps     *prometheus.CounterVec
	behind   prometheus.Gauge
	readable prometheus.Gauge
	lastRow  prometheus.Gauge
	lag      prometheus.Histogram
	byKind   [telephony.RowDamaged + 1]prometheus.Counter
}

// newMetrics registers the figures; a nil registerer keeps them to ourselves.
func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dutyline_journal_rows_total", Help: "Records read from the switch's journal, by kind.",
		}, []string{"kind"}),
		bad: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "dutyline_journal_garbage_total", Help: "Stretches of the switch's journal that are no record.",
		}),
		gaps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dutyline_journal_gaps_total", Help: "Times when records of the switch's journal may have been missed, by cause.",
		}, []string{"cause"}),
		behind: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dutyline_journal_behind_bytes", Help: "What the journal holds and we have not read yet.",
		}),
		readable: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dutyline_journal_readable", Help: "1 while the switch's journal can be read, or nothing was written to it yet.",
		}),
		lastRow: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dutyline_journal_last_row_timestamp_seconds", Help: "The switch's time of the last record read.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "dutyline_journal_lag_seconds", Help: "From the switch's time of the newest record that was read at once to its being taken; includes the clocks' difference.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800},
		}),
	}
	for k := range m.byKind {
		m.byKind[k] = m.rows.WithLabelValues(telephony.RowKind(k).String())
	}
	for cause := range gapWords {
		m.gaps.WithLabelValues(string(cause))
	}
	if reg != nil {
		reg.MustRegister(m.rows, m.bad, m.gaps, m.behind, m.readable, m.lastRow, m.lag)
	}
	return m
}

func (m *metrics) observe(b Batch, behind int64, now time.Time) {
	if times := timesOf(b.Rows); len(times) > 0 {
		m.lag.Observe(now.Sub(times[len(times)-1]).Seconds())
	}
	for i := range b.Rows {
		m.byKind[b.Rows[i].Kind].Inc()
	}
	m.bad.Add(float64(b.Bad))
	if b.Gap != nil {
		m.gaps.WithLabelValues(string(b.Gap.Cause)).Inc()
	}
	m.behind.Set(float64(max(0, behind)))
	if !b.Position.LastAt.IsZero() {
		m.lastRow.Set(float64(b.Position.LastAt.UnixMilli()) / 1000)
	}
}
