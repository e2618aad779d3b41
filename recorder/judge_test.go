package recorder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/telephony"
)

func TestJudge(t *testing.T) {
	const short, caller, officer = telephony.RecordingShort, telephony.SilentCallerSide, telephony.SilentOfficerSide
	voice := func(d time.Duration) recorder.Level {
		return recorder.Level{Duration: d, Loudest: -20, Audible: d / 2}
	}
	silent := func(d time.Duration) recorder.Level { return recorder.Level{Duration: d, Loudest: -72} }
	clicks := recorder.Level{Duration: time.Minute, Loudest: -10, Audible: 100 * time.Millisecond}
	for _, c := range []struct {
		name         string
		talk         time.Duration
		far, officer recorder.Level
		want         []telephony.Finding
	}{
		{"as it should be", time.Minute, voice(time.Minute), voice(time.Minute), nil},
		{"longer than the talk (early media)", time.Minute, voice(70 * time.Second), voice(70 * time.Second), nil},
		{"media began late", time.Minute, voice(59 * time.Second), voice(59 * time.Second), nil},
		{"two seconds lost", time.Minute, voice(58 * time.Second), voice(58 * time.Second), []telephony.Finding{short}},
		{"one side two seconds shorter", time.Minute, voice(time.Minute), voice(58 * time.Second), []telephony.Finding{short}},
		{"eight hours, five minutes of drift allowed", 8 * time.Hour, voice(8*time.Hour - 4*time.Minute), voice(8*time.Hour - 4*time.Minute), nil},
		{"caller not heard", time.Minute, silent(time.Minute), voice(time.Minute), []telephony.Finding{caller}},
		{"officer not heard", time.Minute, voice(time.Minute), silent(time.Minute), []telephony.Finding{officer}},
		{"clicks are no voice", time.Minute, voice(time.Minute), clicks, []telephony.Finding{officer}},
		{"nobody heard, cut", time.Minute, silent(time.Second), silent(0), []telephony.Finding{short, caller, officer}},
		{"hung up at once", 1900 * time.Millisecond, silent(2 * time.Second), silent(2 * time.Second), nil},
		{"talk not measured", time.Millisecond, voice(8 * time.Second), voice(time.Second), nil},
		{"talk not measured, officer not heard", time.Millisecond, voice(8 * time.Second), silent(8 * time.Second), []telephony.Finding{officer}},
		{"talk not measured, hung up at once", time.Millisecond, silent(time.Second), silent(time.Second), nil},
		{"not answered", 0, silent(0), silent(0), nil},
	} {
		if diff := cmp.Diff(c.want, recorder.Judge(c.talk, c.far, c.officer)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.name, diff)
		}
	}
}

func TestAssess(t *testing.T) {
	const none, pending, perhaps = recorder.None, recorder.Pending, "pending, and no answer is known"
	whole := recorder.Received{State: recorder.Whole, Bytes: 16044, Samples: 8000}
	empty := recorder.Received{State: recorder.Whole, Bytes: 44}
	cut := recorder.Received{State: recorder.Unfinished, Bytes: 16044, Samples: 8000}
	begun := recorder.Received{State: recorder.Unfinished}
	absent := recorder.Received{State: recorder.Absent}
	type verdict struct {
		Step  recorder.Step
		Cause recorder.Cause
	}
	for _, c := range []struct {
		name         string
		status       recorder.Status
		attempts     int
		far, officer recorder.Received
		unchanged    time.Duration
		want         verdict
	}{
		{"both whole", pending, 0, whole, whole, 0, verdict{recorder.StepSeal, recorder.CauseWhole}},
		{"neither there yet", pending, 0, absent, absent, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"neither there after 4 tries", pending, 4, absent, absent, time.Minute, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"neither there after 5 tries", pending, 5, absent, absent, time.Minute, verdict{recorder.StepLost, recorder.CauseNeverCame}},
		{"one there yet", pending, 0, whole, absent, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"one never came", pending, 5, whole, absent, 0, verdict{recorder.StepSeal, recorder.CauseOneSide}},
		{"the other never came", pending, 5, absent, whole, 0, verdict{recorder.StepSeal, recorder.CauseOneSide}},
		{"one still without a sample", pending, 0, whole, empty, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"one for ever without a sample", pending, 5, whole, empty, 0, verdict{recorder.StepSeal, recorder.CauseOneSide}},
		{"both still without a sample", pending, 0, empty, empty, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"both without a sample for some tries", pending, 3, empty, empty, time.Minute, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"one of them not there yet", pending, 4, empty, absent, time.Minute, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"44-byte files", pending, 4, empty, empty, time.Minute, verdict{recorder.StepLost, recorder.CauseNoAudio}},
		{"being written", pending, 0, cut, whole, 0, verdict{recorder.StepWait, recorder.CauseGrowing}},
		{"header not yet written", pending, 5, begun, begun, time.Second, verdict{recorder.StepWait, recorder.CauseGrowing}},
		{"being written for long", pending, 30, cut, cut, 9 * time.Second, verdict{recorder.StepWait, recorder.CauseGrowing}},
		{"cut by a crash", pending, 3, cut, whole, 10 * time.Second, verdict{recorder.StepSeal, recorder.CauseSalvaged}},
		{"cut, and the other never came", pending, 5, cut, absent, 10 * time.Second, verdict{recorder.StepSeal, recorder.CauseOneSide}},
		{"perhaps answered", perhaps, 0, whole, whole, 0, verdict{recorder.StepSeal, recorder.CauseWhole}},
		{"perhaps answered, not there yet", perhaps, 4, absent, absent, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"perhaps answered, never there", perhaps, 5, absent, absent, 0, verdict{recorder.StepEmpty, recorder.CauseUnanswered}},
		{"perhaps answered, still without a sample", perhaps, 3, empty, empty, 0, verdict{recorder.StepWait, recorder.CauseNotYet}},
		{"perhaps answered, without a sample", perhaps, 4, empty, empty, 0, verdict{recorder.StepEmpty, recorder.CauseUnanswered}},
		{"unanswered", none, 0, empty, empty, 0, verdict{recorder.StepEmpty, recorder.CauseUnanswered}},
		{"unanswered, nothing stored", none, 0, absent, absent, 0, verdict{recorder.StepEmpty, recorder.CauseUnanswered}},
		{"unanswered, yet audio (a machine)", none, 0, whole, whole, 0, verdict{recorder.StepSeal, recorder.CauseMachine}},
		{"unanswered, yet being written", none, 0, cut, cut, 0, verdict{recorder.StepWait, recorder.CauseGrowing}},
	} {
		r := recorder.Recording{CallID: "1.0", Status: c.status, Attempts: c.attempts}
		switch c.status {
		case pending:
			r.Talk = time.Minute
		case perhaps:
			r.Status = pending
		}
		v := recorder.Assess(r, recorder.ByDialplan, c.far, c.officer, c.unchanged)
		if diff := cmp.Diff(c.want, verdict{v.Step, v.Cause}); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.name, diff)
		}
		if quiet := v.Cause == recorder.CauseWhole || v.Cause == recorder.CauseMachine || v.Cause == recorder.CauseUnanswered && c.status != perhaps; quiet != (v.Reason == "") {
			t.Errorf("%s: reason %q; exactly what is out of order is said", c.name, v.Reason)
		}
	}
}

func TestAssessNamesTheCrashThatLeftNoAudio(t *testing.T) {
	empty, begun := recorder.Received{State: recorder.Whole}, recorder.Received{State: recorder.Unfinished}
	unseen := telephony.Call{
		ID: "1.0", Outcome: telephony.AnsweredInTime, OfferedAt: time.Unix(1, 0), AnsweredAt: time.Unix(5, 0), EndedAt: time.Unix(65, 0),
		Findings: []telephony.Finding{telephony.EndNotSeen, telephony.CutBySwitch},
	}
	seen := unseen
	seen.Findings = nil
	for _, c := range []struct {
		name  string
		call  telephony.Call
		side  recorder.Received
		crash bool
	}{
		{"its end was seen", seen, empty, false},
		{"its end was not seen", unseen, empty, true},
		{"files without their end", seen, begun, true},
	} {
		r := recorder.ForCall(c.call, time.Unix(66, 0))
		r.Attempts = 9
		v := recorder.Assess(r, recorder.ByDialplan, c.side, c.side, time.Minute)
		if v.Cause != recorder.CauseNoAudio || strings.Contains(v.Reason, "crashed") != c.crash {
			t.Errorf("%s: %+v", c.name, v)
		}
		if r.Reason = v.Reason; r.Cause() != recorder.CauseNoAudio {
			t.Errorf("%s: the cause is not known again in %q", c.name, v.Reason)
		}
	}
}

func TestAssessNamesTheSideThatIsNotThere(t *testing.T) {
	whole, absent := recorder.Received{State: recorder.Whole, Samples: 1}, recorder.Received{State: recorder.Absent}
	r := recorder.Recording{Status: recorder.Pending, Attempts: 9}
	if v := recorder.Assess(r, recorder.ByDialplan, absent, whole, 0); !strings.Contains(v.Reason, "caller's side") {
		t.Error(v.Reason)
	}
	if v := recorder.Assess(r, recorder.ByDialplan, whole, absent, 0); !strings.Contains(v.Reason, "officer's side") {
		t.Error(v.Reason)
	}
}
