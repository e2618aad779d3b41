package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// standingFigure is a gauge that the log itself holds, so that it is right after a restart as well.
// Its query gives the labels, the line first, and a number.
type standingFigure struct {
	desc   *prometheus.Desc
	query  string // reads what stands or waits by an index, never a whole history
	labels int
	zeros  [][]string // what each line has although nothing stands
	house  bool       // some of it belongs to no line
	since  bool       // the query asks for what is younger than settledWithin
}

func standingOf(name, help, query string, zeros [][]string, labels ...string) standingFigure {
	labels = append([]string{"line"}, labels...)
	return standingFigure{desc: prometheus.NewDesc("dutyline_"+name, help, labels, nil), query: query, labels: len(labels), zeros: zeros}
}

var standingList = func() []standingFigure {
	ledger := standingOf("reconciliation_findings", "What does not agree between calls, recordings and entries and nobody has accepted, by kind; without a line: what belongs to no call.",
		"SELECT coalesce(c.line, ''), l.kind, count(*) FROM ledger l LEFT JOIN calls c ON c.id = l.call_id WHERE l.state = 'open' GROUP BY 1, 2", ledgerZeros(), "kind")
	ledger.house = true
	unsettled := standingOf("calls_unsettled", "Calls of the last 24 hours that ended and were not settled yet.",
		"SELECT line, count(*) FROM calls WHERE settled_by = '' AND ended_at >= ? GROUP BY 1", [][]string{nil})
	unsettled.since = true
	return []standingFigure{
		standingOf("alerts_standing", "Alerts that are not over: open, or acknowledged when somebody has taken them on.",
			"SELECT line, severity, CASE WHEN acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END, count(*) FROM alerts WHERE over_at IS NULL GROUP BY 1, 2, 3", alertZeros(), "severity", "state"),
		standingOf("recordings_waiting", "Recordings of ended calls that are still to be fetched and sealed.",
			"SELECT c.line, count(*) FROM recordings r CROSS JOIN calls c ON c.id = r.call_id WHERE r.next_try IS NOT NULL AND r.status = 'pending' GROUP BY 1", [][]string{nil}),
		standingOf("missed_calls_waiting", "Callers who did not get through, missed or otherwise, and wait for a call back: nobody spoke with them, and nobody said why that is not needed or possible.",
			"SELECT c.line, count(*) FROM missed_calls m CROSS JOIN calls c ON c.id = m.call_id WHERE m.settled_at IS NULL GROUP BY 1", [][]string{nil}),
		standingOf("line_state", "1 for the state in which a line is, 0 for the others.", "SELECT name, state, 1 FROM lines", stateZeros(), "state"),
		unsettled, ledger,
	}
}()

var logReadable = prometheus.NewDesc("dutyline_log_readable", "1 while the duty log can be read; without it the gauges that it holds are absent.", nil, nil)

func alertZeros() (all [][]string) {
	for _, s := range alerts.Severities() {
		all = append(all, []string{string(s), string(alerts.Open)}, []string{string(s), string(alerts.Acknowledged)})
	}
	return all
}

func ledgerZeros() (all [][]string) {
	for _, k := range dutylog.LedgerKinds() {
		all = append(all, []string{string(k)})
	}
	return all
}

func stateZeros() (all [][]string) {
	for _, s := range []telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking, telephony.LineUnreachable, telephony.LineStateUnknown} {
		all = append(all, []string{string(s)})
	}
	return all
}

// standingPatience bounds what a scrape waits for the disk.
const standingPatience = 2 * time.Second

// standingFigures asks the log when Prometheus asks.
type standingFigures struct{ db *DB }

// Describe implements prometheus.Collector.
func (s standingFigures) Describe(to chan<- *prometheus.Desc) {
	to <- logReadable
	for _, f := range standingList {
		to <- f.desc
	}
}

// Collect implements prometheus.Collector. What cannot be read is absent, never zero.
func (s standingFigures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), standingPatience)
	defer cancel()
	readable := 1.0
	for _, f := range standingList {
		found, err := s.read(ctx, f)
		if err != nil {
			readable = 0
			continue
		}
		for _, m := range found {
			to <- m
		}
	}
	to <- prometheus.MustNewConstMetric(logReadable, prometheus.GaugeValue, readable)
}

func (s standingFigures) read(ctx context.Context, f standingFigure) (found []prometheus.Metric, err error) {
	type counted struct {
		labels []string
		n      float64
	}
	var args []any
	if f.since {
		args = append(args, micros(s.db.options.Now().Add(-settledWithin)))
	}
	rows, err := s.db.reading(ctx).Query(f.query, args...)
	list, err := all(rows, err, func(row scanner) (counted, error) {
		c := counted{labels: make([]string, f.labels)}
		targets := make([]any, 0, f.labels+1)
		for i := range c.labels {
			targets = append(targets, &c.labels[i])
		}
		return c, row.Scan(append(targets, &c.n)...)
	})
	if err != nil {
		return nil, err
	}
	lines := s.db.options.Lines
	if f.house {
		lines = append([]string{""}, lines...)
	}
	for _, line := range lines {
		for _, zero := range f.zeros {
			labels := append([]string{line}, zero...)
			if !slices.ContainsFunc(list, func(c counted) bool { return slices.Equal(c.labels, labels) }) {
				list = append(list, counted{labels: labels})
			}
		}
	}
	for _, c := range list {
		if line := c.labels[0]; line == "" || slices.Contains(s.db.options.Lines, line) { // a line that is no more in the configuration has none
			found = append(found, prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, c.n, c.labels...))
		}
	}
	return found, nil
}

// settledWithin is how far back the journal settles calls.
const settledWithin = 24 * time.Hour
