package testcall_test

import (
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// A spot check rings until a person answers or the time is out; a caller comes first at any time.
func TestWhenASpotCheckHangsUp(t *testing.T) {
	limits := testcall.CheckLimits{}.Usual()
	placed := testcall.Caller{InvitedAt: start}
	rings := placed
	rings.RingingAt = after(2 * time.Second)
	taken := rings
	taken.AnsweredAt = after(30 * time.Second)
	bell := after(3 * time.Second)
	for _, c := range []struct {
		name string
		p    testcall.Progress
		at   time.Duration
		why  testcall.Why
		next time.Duration
	}{
		{"it is placed", testcall.Progress{Caller: placed}, time.Second, "", 30 * time.Second},
		{"nothing comes of it", testcall.Progress{Caller: placed}, 30 * time.Second, testcall.WhyLimit, 0},
		{"it rings somewhere", testcall.Progress{Caller: rings}, 40 * time.Second, "", 62 * time.Second},
		{"it rings here, far beyond three rings", testcall.Progress{Caller: rings, BellAt: bell}, 45 * time.Second, "", 63 * time.Second},
		{"nobody answers", testcall.Progress{Caller: rings, BellAt: bell}, 63 * time.Second, testcall.WhyLimit, 0},
		{"somebody answers", testcall.Progress{Caller: taken, BellAt: bell}, 31 * time.Second, "", 150 * time.Second},
		{"they talk too long", testcall.Progress{Caller: taken, BellAt: bell}, 150 * time.Second, testcall.WhyLimit, 0},
		{"a caller comes while it rings", testcall.Progress{Caller: rings, BellAt: bell, RealCall: true}, 4 * time.Second, testcall.WhyRealCall, 0},
		{"a caller comes while they talk", testcall.Progress{Caller: taken, BellAt: bell, RealCall: true}, 31 * time.Second, testcall.WhyRealCall, 0},
		{"nobody sees the line any more", testcall.Progress{Caller: rings, BellAt: bell, Unseen: true}, 4 * time.Second, testcall.WhyUnseen, 0},
		{"the program is stopped", testcall.Progress{Caller: rings, BellAt: bell, Stopping: true}, 4 * time.Second, testcall.WhyStopped, 0},
		{"who began it hangs up", testcall.Progress{Caller: taken, BellAt: bell, Asked: true}, 40 * time.Second, testcall.WhyAsked, 0},
	} {
		why, next := testcall.StopCheck(limits, c.p, after(c.at))
		if why != c.why || why == "" && !next.Equal(after(c.next)) {
			t.Errorf("%s: %q, asked again after %v; want %q, %v", c.name, why, next.Sub(start), c.why, c.next)
		}
	}
	if got := limits.Longest(); got != 210*time.Second {
		t.Errorf("the longest is %v", got)
	}
}

// What a call from the second line is marked with: the tag of a spot check comes with the answer or the end,
// that of a test at once. Neither ever gets the other's.
func TestWhichTagACallGets(t *testing.T) {
	began := telephony.Call{Line: "duty", OfferedAt: start}
	rings, taken, over, missed := began, began, began, began
	rings.RangAt = after(time.Second)
	taken.RangAt, taken.AnsweredAt = rings.RangAt, after(5*time.Second)
	over = taken
	over.EndedAt, over.Outcome = after(20*time.Second), telephony.AnsweredInTime
	missed.RangAt, missed.EndedAt, missed.Outcome = rings.RangAt, after(61*time.Second), telephony.Missed
	for _, c := range []struct {
		name        string
		call        telephony.Call
		test, check telephony.Tag
	}{
		{"it arrives", began, telephony.TagTest, ""},
		{"it rings", rings, telephony.TagTest, ""},
		{"it is answered", taken, telephony.TagTest, telephony.TagSpotCheck},
		{"it is over", over, telephony.TagTest, telephony.TagSpotCheck},
		{"nobody answered", missed, telephony.TagTest, telephony.TagSpotCheck},
	} {
		if got := (testcall.Expected{}).Tag(c.call); got != c.test {
			t.Errorf("%s: a test is marked %q", c.name, got)
		}
		if got := (testcall.Expected{Check: true}).Tag(c.call); got != c.check {
			t.Errorf("%s: a spot check is marked %q, want %q", c.name, got, c.check)
		}
	}
}

// What is left of a spot check whose program was killed: only a call that was offered about then is it.
func TestWhatIsExpectedOfAnInterruptedSpotCheck(t *testing.T) {
	number := telephony.ParseNumber("02422739119", "024")
	e := testcall.Interrupted(testcall.Result{At: start, Line: "duty", Cause: testcall.SpotCheck}, number)
	for at, want := range map[time.Duration]testcall.Recognition{-3 * time.Second: "", -time.Second: testcall.ByNumber, 29 * time.Second: testcall.ByNumber, 31 * time.Second: ""} {
		c := telephony.Call{Line: "duty", Direction: telephony.Inbound, Caller: number, OfferedAt: after(at)}
		if got := e.Recognise(c); got != want {
			t.Errorf("offered after %v: %q, want %q", at, got, want)
		}
	}
	if tag := e.Tag(telephony.Call{EndedAt: after(time.Minute)}); tag != telephony.TagSpotCheck {
		t.Errorf("it is marked %q", tag)
	}
}
