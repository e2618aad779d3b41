package testcall_test

import (
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

func TestWhenToHangUp(t *testing.T) {
	rule := telephony.DefaultRule()
	heard := func(kind ringback.Kind, sure ringback.Certainty) testcall.Caller {
		return testcall.Caller{InvitedAt: start, Packets: 100, Heard: ringback.Verdict{Kind: kind, Certainty: sure}}
	}
	quiet := testcall.Caller{InvitedAt: start}
	bell := after(2 * time.Second)
	for _, c := range []struct {
		name string
		p    testcall.Progress
		now  time.Duration // since the call was placed
		why  testcall.Why
		next time.Duration
	}{
		{"nothing is known yet", testcall.Progress{Caller: quiet}, 3 * time.Second, "", 14 * time.Second},
		{"no bell: before a fourth ring could begin", testcall.Progress{Caller: quiet}, 14 * time.Second, testcall.WhyLimit, 14 * time.Second},
		{"standard is heard, no bell yet: it may still ring", testcall.Progress{Caller: heard(ringback.Standard, ringback.Likely)}, 7 * time.Second, "", 14 * time.Second},
		{"standard is heard and it rings", testcall.Progress{Caller: heard(ringback.Standard, ringback.Likely), BellAt: bell}, 8 * time.Second, testcall.WhyHeard, 8 * time.Second},
		{"music, not sure yet", testcall.Progress{Caller: heard(ringback.Custom, ringback.Likely), BellAt: bell}, 8 * time.Second, "", 12 * time.Second},
		{"music, sure", testcall.Progress{Caller: heard(ringback.Custom, ringback.Sure), BellAt: bell}, 8 * time.Second, testcall.WhyHeard, 8 * time.Second},
		{"a bell without any sound, within the period", testcall.Progress{Caller: quiet, BellAt: bell}, 4 * time.Second, "", 7 * time.Second},
		{"a bell without any sound for a period", testcall.Progress{Caller: quiet, BellAt: bell}, 7 * time.Second, testcall.WhySilent, 7 * time.Second},
		{"ten seconds of bell", testcall.Progress{Caller: heard(ringback.CannotTell, ringback.Unsure), BellAt: bell}, 12 * time.Second, testcall.WhyLimit, 12 * time.Second},
		{"somebody answers: it is to be seen here, too", testcall.Progress{Caller: answered(quiet), BellAt: bell}, 3 * time.Second, "", 3500 * time.Millisecond},
		{"the answer was seen", testcall.Progress{Caller: answered(quiet), BellAt: bell}, 3500 * time.Millisecond, testcall.WhyAnswered, 3500 * time.Millisecond},
		{"a real call", testcall.Progress{Caller: quiet, BellAt: bell, RealCall: true}, 3 * time.Second, testcall.WhyRealCall, 3 * time.Second},
		{"a real call and somebody answers", testcall.Progress{Caller: answered(quiet), RealCall: true}, 3 * time.Second, testcall.WhyRealCall, 3 * time.Second},
		{"the switch is not seen any more", testcall.Progress{Caller: quiet, BellAt: bell, Unseen: true}, 3 * time.Second, testcall.WhyUnseen, 3 * time.Second},
		{"the program stops", testcall.Progress{Caller: quiet, Stopping: true}, 3 * time.Second, testcall.WhyStopped, 3 * time.Second},
	} {
		why, next := testcall.Stop(rule, c.p, after(c.now))
		if why != c.why || !next.Equal(after(c.next)) {
			t.Errorf("%s: %q, look again after %v; want %q, %v", c.name, why, next.Sub(start), c.why, c.next)
		}
	}
}

// Whatever is heard, a test never rings into the ring after the last allowed one, nor longer
// than ten seconds, for every rule that a line may have.
func TestATestNeverRingsTooLong(t *testing.T) {
	for _, rule := range []telephony.Rule{
		telephony.DefaultRule(),
		{On: time.Second, Off: 4 * time.Second, Limit: 3, Offset: 5 * time.Second},
		{On: 200 * time.Millisecond, Off: 300 * time.Millisecond, Limit: 3},
		{On: time.Second, Off: 4 * time.Second, Limit: 1},
		{On: 2 * time.Second, Off: 4 * time.Second, Limit: 100},
	} {
		for kind := ringback.CannotTell; kind <= ringback.Silence; kind++ {
			for _, packets := range []int{0, 500} {
				p := testcall.Progress{BellAt: start, Caller: testcall.Caller{InvitedAt: after(-time.Second), Packets: packets, Heard: ringback.Verdict{Kind: kind}}}
				now := start
				why, next := testcall.Stop(rule, p, now)
				for rounds := 0; why == ""; rounds++ {
					if !next.After(now) || rounds > 5 {
						t.Fatalf("rule %s, %v: asked at %v, to ask again at %v", rule.Version(), kind, now.Sub(start), next.Sub(start))
					}
					now = next
					why, next = testcall.Stop(rule, p, now)
				}
				if rang := now.Sub(start); rang > 10*time.Second || rang >= rule.LimitAt() {
					t.Errorf("rule %s, %v: it rings for %v, the limit is %v", rule.Version(), kind, rang, rule.LimitAt())
				}
			}
		}
	}
}
