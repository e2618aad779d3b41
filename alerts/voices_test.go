package alerts_test

import (
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// The lamp of recordings tells of a voice that is missing until a later talk proves that both are
// recorded. What proves nothing of voices neither hides that nor tells it.
func TestALostVoiceIsToldUntilBothAreHeardAgain(t *testing.T) {
	whole, oneSided := sealed(time.Minute), sealed(time.Minute, telephony.SilentOfficerSide)
	moment := sealed(time.Second)
	waiting := recorder.Recording{Status: recorder.Pending}
	missing := recorder.Recording{Status: recorder.Missing}
	test := func(r recorder.Recording) dutylog.Call {
		return with(rang(telephony.Inbound, time.Hour), func(c *dutylog.Call) { c.Recording, c.Tags = r, []telephony.Tag{telephony.TagTest} })
	}
	call := func(r recorder.Recording) dutylog.Call {
		return with(rang(telephony.Inbound, time.Hour), func(c *dutylog.Call) { c.Recording = r })
	}
	for _, c := range []struct {
		what   string
		recent []dutylog.Call // the newest first
		want   alerts.Cause
	}{
		{"both are heard again", []dutylog.Call{call(whole), call(oneSided)}, alerts.RecordWell},
		{"a talk of a moment after it", []dutylog.Call{call(moment), call(oneSided), call(whole)}, alerts.RecordNoOfficer},
		{"a test call after it", []dutylog.Call{test(whole), call(oneSided)}, alerts.RecordNoOfficer},
		{"a test call in which nobody spoke", []dutylog.Call{test(oneSided), call(whole)}, alerts.RecordWell},
		{"only talks of a moment", []dutylog.Call{call(moment), call(moment)}, alerts.RecordWell},
		{"a moment after one that is missing", []dutylog.Call{call(moment), call(missing)}, alerts.RecordWell},
		{"missing after a lost voice", []dutylog.Call{call(missing), call(oneSided)}, alerts.RecordNone},
		{"waiting since long after a lost voice", []dutylog.Call{call(waiting), call(oneSided)}, alerts.RecordWaits},
		{"a lost voice, then the recording was erased", []dutylog.Call{call(recorder.Recording{Status: recorder.Erased, Talk: time.Minute,
			Findings: []telephony.Finding{telephony.SilentOfficerSide}}), call(whole)}, alerts.RecordNoOfficer},
		{"on a call that the officer made", []dutylog.Call{with(call(sealed(time.Minute, telephony.SilentCallerSide)),
			func(c *dutylog.Call) { c.Direction = telephony.Outbound })}, alerts.RecordNoCaller},
	} {
		f := wellLine()
		f.Log.Recent = c.recent
		found := alerts.DefaultHealth().OfLine(f, noon)
		got := found[len(found)-1] // of recordings
		if got.Cause != c.want || got.At.IsZero() != (c.want == alerts.RecordWell) {
			t.Errorf("%s: %s since %v, want %s", c.what, got.Cause, got.At, c.want)
		}
	}
}
