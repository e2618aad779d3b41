package sqlite_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// meter is a log whose figures are read.
type meter struct {
	t     *testing.T
	path  string
	clock *clock
	reg   *prometheus.Registry
	db    *sqlite.DB
}

func newMeter(t *testing.T) *meter {
	m := &meter{t: t, path: filepath.Join(t.TempDir(), "log.db"), clock: newClock(noon.Add(time.Hour))}
	m.start()
	t.Cleanup(func() { ok(t, m.db.Close()) })
	return m
}

// start opens the log as a new run of the daemon does: its figures begin anew.
func (m *meter) start() {
	m.t.Helper()
	m.reg = prometheus.NewRegistry()
	m.db = must(sqlite.Open(ctx, m.path, sqlite.Options{Now: m.clock.now, Registerer: m.reg, Lines: []string{"duty", "spare"}}))(m.t)
}

func (m *meter) restart() {
	m.t.Helper()
	ok(m.t, m.db.Close())
	m.start()
}

// read gives every figure under its name and label values; of a histogram the number and the sum.
func (m *meter) read() map[string]float64 {
	m.t.Helper()
	got := map[string]float64{}
	for _, f := range must(m.reg.Gather())(m.t) {
		for _, one := range f.GetMetric() {
			name := strings.TrimPrefix(f.GetName(), "dutyline_")
			for _, l := range one.GetLabel() {
				name += " " + l.GetValue()
			}
			if h := one.GetHistogram(); h != nil {
				got[name+" sum"] = h.GetSampleSum()
				for _, b := range h.GetBucket() {
					got[fmt.Sprintf("%s le %v", name, b.GetUpperBound())] = float64(b.GetCumulativeCount())
				}
			}
			got[name] = one.GetCounter().GetValue() + one.GetGauge().GetValue() + float64(one.GetHistogram().GetSampleCount())
		}
	}
	return got
}

// counted are those of the figures with this beginning that are not zero.
func (m *meter) counted(beginning string) map[string]float64 {
	m.t.Helper()
	got := m.read()
	maps.DeleteFunc(got, func(name string, v float64) bool {
		return v == 0 || !strings.HasPrefix(name, beginning) || strings.Contains(name, " le ") || strings.HasSuffix(name, " sum")
	})
	return got
}

func (m *meter) wants(beginning string, want map[string]float64) {
	m.t.Helper()
	if diff := cmp.Diff(want, m.counted(beginning)); diff != "" {
		m.t.Errorf("figures %s (-want +got):\n%s", beginning, diff)
	}
}

// settled is what the journal says of a story's call.
func settled(all []telephony.Change, change ...func(*telephony.Call)) telephony.Change {
	call := *all[len(all)-1].Call
	call.SettledBy = telephony.SettledByJournal
	for _, c := range change {
		c(&call)
	}
	return telephony.Change{Kind: telephony.CallSettled, At: call.EndedAt, Line: call.Line, Call: &call}
}

func TestACallIsCountedOnceWhenItIsSettled(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.AnsweredInTime)
	ok(t, m.db.Record(ctx, call))
	m.wants("calls_total", map[string]float64{}) // who answered in time may still turn out to be a machine
	m.wants("calls_unsettled", map[string]float64{"calls_unsettled duty": 1})
	said := settled(call)
	ok(t, m.db.Record(ctx, []telephony.Change{said}))
	once := map[string]float64{"calls_total duty answered_in_time": 1}
	m.wants("calls_total", once)
	m.wants("calls_unsettled", map[string]float64{})
	m.wants("call_ring_seconds", map[string]float64{"call_ring_seconds duty answered_in_time": 1})
	if got := m.read()["call_ring_seconds duty answered_in_time sum"]; got != 7 {
		t.Errorf("it rang for %v s, want 7", got)
	}

	ok(t, m.db.Record(ctx, append(slices.Clone(call), said))) // the journal is read twice
	again := said
	again.At = said.At.Add(time.Second) // and tells of it at another time
	ok(t, m.db.Record(ctx, []telephony.Change{again}))
	m.wants("calls_total", once)
	m.wants("call_outcomes_revised", map[string]float64{})

	m.restart()
	ok(t, m.db.Record(ctx, append(slices.Clone(call), said, again)))
	m.wants("calls_total", map[string]float64{})
	m.wants("call_ring_seconds", map[string]float64{})
}

func TestACallThatEndedBeforeARestartIsCountedByTheNextRun(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.Missed)
	ok(t, m.db.Record(ctx, call))
	m.restart()
	ok(t, m.db.Record(ctx, []telephony.Change{settled(call)}))
	m.wants("calls_total", map[string]float64{"calls_total duty missed": 1})
	m.wants("missed_calls_waiting", map[string]float64{"missed_calls_waiting duty": 1}) // also after the restart
}

func TestWhatTheJournalSettlesHasItsWord(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.Unknown)
	ok(t, m.db.Record(ctx, call))
	ok(t, m.db.Record(ctx, []telephony.Change{settled(call, func(c *telephony.Call) { c.Outcome, c.Rings = telephony.Missed, 5 })}))
	m.wants("calls_total", map[string]float64{"calls_total duty missed": 1})
}

// Without the journal the live view's word stands; a journal that comes back may know better.
func TestAnOutcomeThatTheJournalChangesLaterIsNotCountedTwice(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.Unknown)
	ok(t, m.db.Record(ctx, call))
	ok(t, m.db.Record(ctx, []telephony.Change{settled(call, func(c *telephony.Call) { c.SettledBy = telephony.SettledByARI })}))
	m.wants("calls_total", map[string]float64{"calls_total duty unknown": 1})
	late := settled(call, func(c *telephony.Call) { c.Outcome = telephony.Missed })
	late.At = late.At.Add(time.Minute)
	for range 2 {
		ok(t, m.db.Record(ctx, []telephony.Change{late}))
	}
	m.wants("calls_total", map[string]float64{"calls_total duty unknown": 1})
	m.wants("call_outcomes_revised", map[string]float64{"call_outcomes_revised_total duty": 1})
}

func TestTestCallsAndOurOwnAreNoDutyCalls(t *testing.T) {
	m := newMeter(t)
	for n, tag := range []telephony.Tag{telephony.TagTest, telephony.TagSystem, telephony.TagSpotCheck} {
		c := inbound(n, "02422730001")
		c.Tags = []telephony.Tag{tag}
		call := story(c, telephony.AnsweredLate)
		ok(t, m.db.Record(ctx, append(call, settled(call))))
	}
	m.wants("calls_total", map[string]float64{"calls_total duty answered_late": 1}) // the spot check counts
	m.wants("test_calls", map[string]float64{"test_calls_total duty": 1})
	m.wants("call_ring_seconds", map[string]float64{"call_ring_seconds duty answered_late": 1})
}

func TestAWriteThatFailsCountsNothing(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.Unknown)
	ok(t, m.db.Record(ctx, call))
	refused := errors.New("no rules today")
	said := settled(call, func(c *telephony.Call) { c.Outcome = telephony.Missed })
	err := m.db.RecordAndTell(ctx, []telephony.Change{said}, func(telephony.Change, alerts.View) ([]alerts.Alert, error) { return nil, refused })
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	m.wants("calls_total", map[string]float64{})
	ok(t, m.db.Record(ctx, []telephony.Change{said}))
	m.wants("calls_total", map[string]float64{"calls_total duty missed": 1})
}

// The sums over a mixed day are those of the calls, whatever order and repetition.
func TestTheCountersAgreeWithTheLog(t *testing.T) {
	m := newMeter(t)
	outcomes := []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.AbandonedEarly, telephony.Engaged, telephony.Rejected, telephony.Unreachable}
	var everything []telephony.Change
	want := map[string]float64{}
	for n := range 60 {
		c := inbound(n, fmt.Sprintf("024227300%02d", n))
		if n%3 == 0 {
			c.Line = "spare"
		}
		o := outcomes[n%len(outcomes)]
		call := story(c, o)
		everything = append(append(everything, call...), settled(call))
		want[fmt.Sprintf("calls_total %s %s", c.Line, o)]++
	}
	for range 2 {
		ok(t, m.db.Record(ctx, everything))
	}
	slices.Reverse(everything)
	ok(t, m.db.Record(ctx, everything))
	m.wants("calls_total", want)
}

func TestHowFarTheLogIsBehindTheSwitch(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.AnsweredInTime)
	m.clock.at.Store(call[0].At.Add(200 * time.Millisecond).UnixNano())
	ok(t, m.db.Record(ctx, call[:1]))
	got := m.read()
	if got["call_log_lag_seconds duty"] != 1 || got["call_log_lag_seconds duty le 0.25"] != 1 || got["call_log_lag_seconds duty le 0.1"] != 0 {
		t.Errorf("a step of 200 ms ago is at %v", got["call_log_lag_seconds duty sum"])
	}
	end := call[len(call)-1].At
	m.clock.at.Store(end.Add(4 * time.Second).UnixNano())
	ok(t, m.db.Record(ctx, []telephony.Change{call[len(call)-1], settled(call)}))
	if got := m.read(); got["call_settle_lag_seconds duty"] != 1 || got["call_settle_lag_seconds duty sum"] != 4 {
		t.Errorf("settled after %v s, want 4", got["call_settle_lag_seconds duty sum"])
	}
	if got := m.read(); got["call_log_lag_seconds duty"] != 2 { // what the journal said is no step of the live view
		t.Errorf("%v steps were measured, want 2", got["call_log_lag_seconds duty"])
	}
}

func TestAlertsAreCountedWhenTheyAreRaised(t *testing.T) {
	m := newMeter(t)
	a := alerts.Alert{Key: "phone_unreachable/duty", Rule: "phone_unreachable", Reason: alerts.ReasonPhoneUnreachable, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: noon}
	for range 3 { // one problem is one alert, however often it is seen
		ok(t, m.db.Raise(ctx, a))
	}
	m.wants("alerts_total", map[string]float64{"alerts_total duty phone_unreachable critical": 1})
	m.wants("alerts_standing", map[string]float64{"alerts_standing duty critical open": 1})
	m.restart()
	ok(t, m.db.Raise(ctx, a))
	m.wants("alerts_total", map[string]float64{})
	m.wants("alerts_standing", map[string]float64{"alerts_standing duty critical open": 1})
	found, _, err := m.db.Alerts(ctx, alerts.Query{})
	ok(t, err)
	must(m.db.Acknowledge(ctx, found[0].ID, officer, "去看过了"))(t)
	m.wants("alerts_standing", map[string]float64{"alerts_standing duty critical acknowledged": 1})
	ok(t, m.db.Raise(ctx, alerts.Alert{Line: "duty", At: noon.Add(2 * time.Hour), Ends: []string{a.Key}}))
	m.wants("alerts_standing", map[string]float64{})
}

func TestRecordingsAreCountedWhenTheirIntakeEnds(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.AnsweredInTime)
	ok(t, m.db.Record(ctx, append(call, settled(call))))
	m.wants("recordings", map[string]float64{"recordings_waiting duty": 1})
	r := must(m.db.Recording(ctx, call[0].Call.ID))(t)
	r.Attempts, r.Reason = 1, "the switch does not answer"
	ok(t, m.db.SaveRecording(ctx, r))
	m.wants("recordings_total", map[string]float64{})
	r.Status, r.Digest, r.Size, r.SealedAt, r.Findings = recorder.Sealed, recorder.Digest(strings.Repeat("ab", 32)), 900, noon.Add(time.Hour), []telephony.Finding{telephony.SilentCallerSide}
	for range 2 {
		ok(t, m.db.SaveRecording(ctx, r))
	}
	m.wants("recordings", map[string]float64{"recordings_total duty sealed": 1})
	m.wants("recording_findings", map[string]float64{"recording_findings_total silent_caller_side duty": 1})
}

func TestTheLedgerIsShownByKind(t *testing.T) {
	m := newMeter(t)
	call := story(inbound(1, "02422730001"), telephony.AnsweredInTime)
	ok(t, m.db.Record(ctx, append(call, settled(call))))
	found := []dutylog.Discrepancy{
		{Key: "silent:" + call[0].Call.ID, Kind: dutylog.Silent, Why: dutylog.NothingHeard, CallID: call[0].Call.ID, Cause: "nobody is heard"},
		{Key: "recording_without_call:x", Kind: dutylog.RecordingWithoutCall, Why: dutylog.NoSuchCall, Name: "x", Cause: "no such call"},
	}
	must(m.db.SaveLedger(ctx, found, dutylog.Looked{Calls: true, Switch: true}))(t)
	m.wants("reconciliation", map[string]float64{"reconciliation_findings silent duty": 1, "reconciliation_findings recording_without_call ": 1})
}

func TestTheLineStateIsOneOfItsStates(t *testing.T) {
	m := newMeter(t)
	rings(t, m.db, inbound(1, "02422730001"))
	m.wants("line_state", map[string]float64{"line_state duty ringing": 1})
	if got := m.read(); got["line_state duty idle"] != 0 || got["log_readable"] != 1 {
		t.Errorf("idle is %v, readable is %v", got["line_state duty idle"], got["log_readable"])
	}
	if _, there := m.read()["line_state spare unknown"]; !there {
		t.Error("a line of which nothing was heard has no state at all")
	}
}

// A rate needs a first value: everything that can be counted on a line is there from the start.
func TestEverythingBeginsAtZero(t *testing.T) {
	m := newMeter(t)
	got := m.read()
	var want []string
	for _, line := range []string{"duty", "spare"} {
		for _, o := range telephony.Outcomes() {
			want = append(want, fmt.Sprintf("calls_total %s %s", line, o))
		}
		for _, r := range alerts.Reasons() {
			want = append(want, fmt.Sprintf("alerts_total %s %s %s", line, r, r.Severity()))
		}
		for _, s := range alerts.Severities() {
			want = append(want, fmt.Sprintf("alerts_standing %s %s open", line, s), fmt.Sprintf("alerts_standing %s %s acknowledged", line, s))
		}
		for _, k := range dutylog.LedgerKinds() {
			want = append(want, fmt.Sprintf("reconciliation_findings %s %s", k, line))
		}
		for _, name := range []string{"test_calls_total", "call_outcomes_revised_total", "recordings_waiting", "calls_unsettled", "missed_calls_waiting", "call_log_lag_seconds", "call_settle_lag_seconds"} {
			want = append(want, name+" "+line)
		}
		for _, edge := range []string{"5", "10", "15", "20", "25", "30", "60"} {
			want = append(want, fmt.Sprintf("call_ring_seconds %s answered_late le %s", line, edge))
		}
		want = append(want, "recordings_total "+line+" sealed", "recording_findings_total recording_missing "+line)
	}
	for _, name := range want {
		if v, there := got[name]; !there || v != 0 {
			t.Errorf("%s is %v (there: %v), want 0", name, v, there)
		}
	}
	problems := must(promlint.NewWithMetricFamilies(must(m.reg.Gather())(t)).Lint())(t)
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// A scrape comes every few seconds: it walks what stands, and no history.
func TestAScrapeReadsNoHistory(t *testing.T) {
	m := newMeter(t)
	for name, query := range sqlite.StandingQueries() {
		plan := must(m.db.PlanOf(query, slices.Repeat([]any{0}, strings.Count(query, "?"))...))(t)
		for step := range strings.Lines(plan) {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "USING") && !strings.HasPrefix(step, "SCAN lines") {
				t.Errorf("%s reads a whole table: %s", name, step)
			}
		}
	}
}

func TestALogThatCannotBeReadSaysSo(t *testing.T) {
	m := newMeter(t)
	ok(t, m.db.Close())
	got := m.read()
	if v, there := got["log_readable"]; !there || v != 0 {
		t.Errorf("log_readable is %v (there: %v)", v, there)
	}
	if _, there := got["calls_unsettled duty"]; there {
		t.Error("what cannot be read is shown as zero")
	}
}
