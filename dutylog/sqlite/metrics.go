package sqlite

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"dutyline/alerts"
	"dutyline/recorder"
	"dutyline/telephony"
)

// figures count what was committed: a call when its end was settled, for what is settled is never so
// again, however often the journal is read and the daemon started. Labels are of closed sets and the
// configuration's lines: no number, call or person is one.
type figures struct {
	calls, tests, revised *prometheus.CounterVec
	ring                  *prometheus.HistogramVec
	logLag, settleLag     *prometheus.HistogramVec
	alerts                *prometheus.CounterVec
	recordings, findings  *prometheus.CounterVec
}

// ringBuckets are seconds: the beginnings of the first rings of the usual cadence, and what follows.
var ringBuckets = []float64{5, 10, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180}

// lagBuckets are seconds.
var lagBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800}

// ringOutcomes are those of calls on which somebody was judged by the bell, and of those who gave up.
var ringOutcomes = []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.Rejected, telephony.AbandonedEarly}

// doneStatuses are how the intake of a recording ends.
var doneStatuses = []recorder.Status{recorder.Sealed, recorder.Missing, recorder.Failed}

var recordingFindings = []telephony.Finding{telephony.SilentCallerSide, telephony.SilentOfficerSide, telephony.RecordingShort, telephony.RecordingMissing}

// newFigures registers the figures where cmd wants them, with zero for everything that may be counted
// on the lines, so that the first one of each is an increase.
func newFigures(r prometheus.Registerer, lines []string) *figures {
	f := promauto.With(r)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return f.NewCounterVec(prometheus.CounterOpts{Name: "dutyline_" + name, Help: help}, append([]string{"line"}, labels...))
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return f.NewHistogramVec(prometheus.HistogramOpts{Name: "dutyline_" + name, Help: help, Buckets: buckets}, append([]string{"line"}, labels...))
	}
	all := &figures{
		calls:   counter("calls_total", "Calls that were settled, test calls and alert calls apart, by outcome.", "outcome"),
		tests:   counter("test_calls_total", "Test calls of our own that were settled."),
		revised: counter("call_outcomes_revised_total", "Counted calls whose outcome the switch's journal changed afterwards."),
		ring: histogram("call_ring_seconds", "How long the duty phone rang until the answer or the end (bell clock), of inbound calls, by outcome."+
			" An answer at exactly 15 s is late: dutyline_calls_total has the verdicts.", ringBuckets, "outcome"),
		logLag:     histogram("call_log_lag_seconds", "From the switch's time of a call's step to its being in the duty log; includes the clocks' difference.", lagBuckets),
		settleLag:  histogram("call_settle_lag_seconds", "From a call's end by the switch's clock to its being settled in the duty log.", lagBuckets),
		alerts:     counter("alerts_total", "Alerts raised; what comes back soon is the same one.", "reason", "severity"),
		recordings: counter("recordings_total", "Recordings whose intake ended, by how it ended.", "status"),
		findings:   counter("recording_findings_total", "What was found wrong with recordings as their intake ended.", "finding"),
	}
	for _, line := range lines {
		all.begin(line)
	}
	return all
}

func (f *figures) begin(line string) {
	for _, o := range telephony.Outcomes() {
		f.calls.WithLabelValues(line, string(o))
	}
	for _, o := range ringOutcomes {
		f.ring.WithLabelValues(line, string(o))
	}
	for _, r := range alerts.Reasons() {
		f.alerts.WithLabelValues(line, string(r), string(r.Severity()))
	}
	for _, s := range doneStatuses {
		f.recordings.WithLabelValues(line, string(s))
	}
	for _, found := range recordingFindings {
		f.findings.WithLabelValues(line, string(found))
	}
	f.tests.WithLabelValues(line)
	f.revised.WithLabelValues(line)
	f.logLag.WithLabelValues(line)
	f.settleLag.WithLabelValues(line)
}

// count keeps what is to be counted until the commit; a write that is undone counts nothing.
func (t *tx) count(do func(*figures)) { t.counts = append(t.counts, do) }

// countCall counts a call that was settled just now.
func (t *tx) countCall(before, after telephony.Call) {
	settled := after.Ended() && after.SettledBy != ""
	switch {
	case !settled, slices.Contains(after.Tags, telephony.TagSystem):
	case slices.Contains(after.Tags, telephony.TagTest):
		if before.SettledBy == "" {
			t.count(func(f *figures) { f.tests.WithLabelValues(after.Line).Inc() })
		}
	case before.SettledBy != "":
		if before.Outcome != after.Outcome {
			t.count(func(f *figures) { f.revised.WithLabelValues(after.Line).Inc() })
		}
	default:
		t.count(func(f *figures) { f.take(after) })
		if after.EndSeen() {
			t.count(func(f *figures) {
				f.settleLag.WithLabelValues(after.Line).Observe(t.db.options.Now().Sub(after.EndedAt).Seconds())
			})
		}
	}
}

func (f *figures) take(c telephony.Call) {
	f.calls.WithLabelValues(c.Line, string(c.Outcome)).Inc()
	if d, ok := c.RingFor(); ok && slices.Contains(ringOutcomes, c.Outcome) {
		f.ring.WithLabelValues(c.Line, string(c.Outcome)).Observe(d.Seconds())
	}
}

// liveSteps are told as they happen; what the journal tells afterwards says nothing of the live view.
var liveSteps = []telephony.ChangeKind{telephony.CallOffered, telephony.CallRang, telephony.CallAnswered, telephony.CallEnded}

// countStep measures how far the log is behind the switch.
func (t *tx) countStep(ch telephony.Change) {
	if slices.Contains(liveSteps, ch.Kind) && !ch.At.IsZero() {
		t.count(func(f *figures) {
			f.logLag.WithLabelValues(ch.Line).Observe(t.db.options.Now().Sub(ch.At).Seconds())
		})
	}
}

// countRecording counts a recording whose intake ended just now.
func (t *tx) countRecording(line string, before, after recorder.Recording) {
	decided := before.Status == recorder.Expired || before.Status == recorder.Erased // then nothing was saved
	if before.Status == after.Status || decided || !slices.Contains(doneStatuses, after.Status) {
		return
	}
	t.count(func(f *figures) {
		f.recordings.WithLabelValues(line, string(after.Status)).Inc()
		for _, found := range after.Findings {
			if slices.Contains(recordingFindings, found) {
				f.findings.WithLabelValues(line, string(found)).Inc()
			}
		}
	})
}
