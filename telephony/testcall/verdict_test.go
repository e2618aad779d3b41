package testcall_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

var start = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

// told is a caller to whom the exchange spoke, and who heard something in so many packets.
func told(status int, kind ringback.Kind, packets int) testcall.Caller {
	return testcall.Caller{InvitedAt: start, TakenAt: after(50 * time.Millisecond), Status: status, Packets: packets,
		Heard: ringback.Verdict{Kind: kind, Certainty: ringback.Sure}}
}

func ringing(c testcall.Caller) testcall.Caller  { c.RingingAt = after(time.Second); return c }
func answered(c testcall.Caller) testcall.Caller { c.AnsweredAt = after(3 * time.Second); return c }

// here is the call as it arrived.
func here(o telephony.Outcome, rang, answered bool, findings ...telephony.Finding) *telephony.Call {
	c := &telephony.Call{Outcome: o, OfferedAt: after(500 * time.Millisecond), Findings: findings}
	if rang {
		c.RangAt = after(600 * time.Millisecond)
	}
	if answered {
		c.AnsweredAt = after(3 * time.Second)
	}
	return c
}

const heardLong = 400 // packets

// cases are what can come of a test, one a line of the golden table.
func cases() (names []string, facts map[string]testcall.Facts) {
	facts = map[string]testcall.Facts{}
	add := func(name string, f testcall.Facts) { names, facts[name] = append(names, name), f }
	rang := here(telephony.AbandonedEarly, true, false)
	tone := ringing(told(487, ringback.Standard, heardLong))
	add("it rings here, standard tone", testcall.Facts{Caller: tone, Here: rang, Why: testcall.WhyHeard})
	add("it rings here, no sound at all", testcall.Facts{Caller: ringing(told(487, ringback.CannotTell, 0)), Here: rang, Why: testcall.WhySilent})
	add("it rings here, silence as sound", testcall.Facts{Caller: ringing(told(487, ringback.Silence, heardLong)), Here: rang, Why: testcall.WhySilent})
	add("it rings here, too little was heard", testcall.Facts{Caller: ringing(told(487, ringback.CannotTell, 60)), Here: rang, Why: testcall.WhyLimit})
	add("it rings here, music", testcall.Facts{Caller: told(487, ringback.Custom, heardLong), Here: rang, Why: testcall.WhyHeard})
	add("it rings here, a foreign tone", testcall.Facts{Caller: told(487, ringback.Foreign, heardLong), Here: rang, Why: testcall.WhyHeard})
	add("it rings here, somebody picks up", testcall.Facts{Caller: answered(tone), Here: here(telephony.AnsweredInTime, true, true), Why: testcall.WhyAnswered})
	add("it rings here, another place answers", testcall.Facts{Caller: answered(tone), Here: rang, Why: testcall.WhyAnswered})
	add("it rings here, a real call comes", testcall.Facts{Caller: ringing(told(487, ringback.CannotTell, 20)), Here: rang, Why: testcall.WhyRealCall})
	add("the duty phone sends it on", testcall.Facts{Caller: answered(tone), Here: here(telephony.Forwarded, false, true), Why: testcall.WhyAnswered})
	add("the duty phone sends it on, seen in SIP only", testcall.Facts{Caller: tone, Here: here(telephony.AbandonedEarly, true, false, telephony.RedirectedInSIP)})
	add("a machine takes it here", testcall.Facts{Caller: answered(tone), Here: here(telephony.AnsweredByMachine, true, true), Why: testcall.WhyAnswered})
	add("it comes here, the phone says busy", testcall.Facts{Caller: told(486, ringback.CannotTell, 0), Here: here(telephony.Engaged, false, false)})
	add("it comes here, the bell stays silent", testcall.Facts{Caller: told(480, ringback.CannotTell, 0), Here: here(telephony.Unreachable, false, false)})
	add("it comes here, a real call comes before the bell", testcall.Facts{Caller: told(487, ringback.CannotTell, 0), Here: here(telephony.AbandonedEarly, false, false), Why: testcall.WhyRealCall})
	add("nothing comes, somebody answers", testcall.Facts{Caller: answered(told(200, ringback.Standard, heardLong)), Why: testcall.WhyAnswered})
	add("nothing comes, it rings for the caller", testcall.Facts{Caller: tone, Why: testcall.WhyLimit})
	add("nothing comes, it rings without sound", testcall.Facts{Caller: ringing(told(487, ringback.CannotTell, 0)), Why: testcall.WhyLimit})
	add("nothing comes, busy by SIP", testcall.Facts{Caller: told(486, ringback.CannotTell, 0)})
	add("nothing comes, busy tone", testcall.Facts{Caller: told(487, ringback.Busy, heardLong), Why: testcall.WhyLimit})
	add("nothing comes, music or an announcement", testcall.Facts{Caller: told(487, ringback.Custom, heardLong), Why: testcall.WhyLimit})
	add("nothing comes, no such number", testcall.Facts{Caller: told(404, ringback.CannotTell, 0)})
	add("nothing comes, the exchange is silent", testcall.Facts{Caller: told(487, ringback.Silence, 0), Why: testcall.WhyLimit})
	add("the second line is refused", testcall.Facts{Caller: told(403, ringback.CannotTell, 0)})
	add("the second line says nothing", testcall.Facts{Caller: testcall.Caller{InvitedAt: start}, Why: testcall.WhyLimit})
	add("the second line cannot be reached", testcall.Facts{Caller: testcall.Caller{InvitedAt: start, Fault: "no route"}})
	add("the switch is not seen", testcall.Facts{Caller: tone, Blind: true, Why: testcall.WhyLimit})
	add("a call comes that may be the test", testcall.Facts{Caller: tone, Another: true, Why: testcall.WhyRealCall})
	add("the program is stopped", testcall.Facts{Caller: ringing(told(487, ringback.CannotTell, 0)), Why: testcall.WhyStopped})
	return names, facts
}

// TestVerdictTable writes every case with what it proves; a change of judgement shows in the
// golden file. UPDATE=1 writes it anew.
func TestVerdictTable(t *testing.T) {
	names, facts := cases()
	var b strings.Builder
	verdicts, reasons := map[testcall.Verdict]bool{}, map[testcall.Reason]bool{}
	for _, name := range names {
		v, why, heard := testcall.Judge(facts[name])
		verdicts[v], reasons[why] = true, true
		fmt.Fprintf(&b, "%-50s %-16s %-19s ring-back %s\n", name, v, why, heard)
	}
	file := filepath.Join("testdata", "verdicts.golden.txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v; the table is now\n%s", err, b.String())
	}
	if len(verdicts) != len(testcall.Verdicts()) {
		t.Errorf("the table shows only the verdicts %v", verdicts)
	}
	for _, r := range testcall.Reasons() {
		if !reasons[r] {
			t.Errorf("no case of the table has the reason %s", r)
		}
	}
}

// What is not known is never an accusation: whatever else is so, a test that was cut short
// before anything arrived proves nothing.
func TestACutTestAccusesNobody(t *testing.T) {
	_, facts := cases()
	for name, f := range facts {
		if f.Here != nil {
			continue
		}
		for _, why := range []testcall.Why{testcall.WhyRealCall, testcall.WhyStopped} {
			f.Why = why
			if v, _, _ := testcall.Judge(f); v != testcall.CannotTell {
				t.Errorf("%s, cut short by %s: the verdict is %s", name, why, v)
			}
		}
		f.Why, f.Blind = testcall.WhyLimit, true
		if v, _, _ := testcall.Judge(f); v != testcall.CannotTell {
			t.Errorf("%s, while nobody looked: the verdict is %s", name, v)
		}
	}
}

func TestWordsAreClosedSets(t *testing.T) {
	_, facts := cases()
	for name, f := range facts {
		v, why, heard := testcall.Judge(f)
		if !slices.Contains(testcall.Verdicts(), v) || !slices.Contains(testcall.Reasons(), why) || !slices.Contains(testcall.Ringbacks(), heard) {
			t.Errorf("%s: %s %s %s is on no list", name, v, why, heard)
		}
	}
}
