package testcall_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

// randomFacts is anything that may come of a test, sensible or not.
func randomFacts(r *rand.Rand) testcall.Facts {
	maybe := func(at time.Duration) (t time.Time) {
		if r.IntN(2) == 0 {
			t = after(at)
		}
		return t
	}
	f := testcall.Facts{
		Caller: testcall.Caller{InvitedAt: start, TakenAt: maybe(time.Second), RingingAt: maybe(2 * time.Second), AnsweredAt: maybe(3 * time.Second), EndedAt: maybe(9 * time.Second),
			Status: []int{0, 180, 200, 302, 403, 404, 480, 486, 487, 500, 600, 603}[r.IntN(12)], Packets: r.IntN(3) * 200,
			Heard: ringback.Verdict{Kind: ringback.Kind(r.IntN(int(ringback.Silence) + 1)), Certainty: ringback.Certainty(r.IntN(3))}},
		Why:   []testcall.Why{"", testcall.WhyHeard, testcall.WhySilent, testcall.WhyLimit, testcall.WhyAnswered, testcall.WhyRealCall, testcall.WhyUnseen, testcall.WhyStopped}[r.IntN(8)],
		Blind: r.IntN(4) == 0, Another: r.IntN(4) == 0,
	}
	if r.IntN(4) == 0 {
		f.Caller.Fault = "something"
	}
	if r.IntN(2) == 0 {
		outcomes := append(telephony.Outcomes(), "")
		f.Here = &telephony.Call{Outcome: outcomes[r.IntN(len(outcomes))], OfferedAt: start, RangAt: maybe(time.Second), AnsweredAt: maybe(3 * time.Second)}
	}
	return f
}

// Whatever came of a test, what it is taken to prove follows from what was seen: these hold for
// every combination of facts.
func TestWhatEveryVerdictRestsOn(t *testing.T) {
	count := map[testcall.Verdict]int{}
	for seed := range uint64(40_000) {
		f := randomFacts(rand.New(rand.NewPCG(seed, 7)))
		v, why, heard := testcall.Judge(f)
		count[v]++
		rang := f.Here != nil && !f.Here.RangAt.IsZero()
		answered := f.Here != nil && !f.Here.AnsweredAt.IsZero()
		for rule, broken := range map[string]bool{
			"reachable rests on a bell or an answer here":                   v == testcall.Reachable && !rang && !answered,
			"a custom ring-back rests on a bell here and on what was heard": v == testcall.CustomRingback && (!rang || heard != testcall.RingbackCustom),
			"no ring is not said of a phone that rang":                      v == testcall.NoRing && rang,
			"busy is not said of a phone that rang":                         v == testcall.Busy && rang,
			"nobody is accused where nothing arrived and nobody looked":     f.Here == nil && f.Blind && v != testcall.CannotTell,
			"nobody is accused where the test may have arrived unknown":     f.Here == nil && f.Another && v != testcall.CannotTell,
			"nobody is accused where the second line failed":                f.Here == nil && f.Caller.Fault != "" && v != testcall.CannotTell,
			"nobody is accused by a test that was cut short before a ring":  f.Here == nil && (f.Why == testcall.WhyRealCall || f.Why == testcall.WhyStopped) && v != testcall.CannotTell,
			"no sound leaves the ring-back open":                            f.Caller.Packets == 0 && heard != testcall.RingbackOpen,
			"a standard ring-back was heard":                                heard == testcall.RingbackStandard && f.Caller.Heard.Kind != ringback.Standard,
			"a verdict has its reason":                                      v == "" || why == "" || heard == "",
			"a forwarding rests on a place where it came out or was sent":   v == testcall.Forwarded && f.Here == nil && f.Caller.AnsweredAt.IsZero() && f.Caller.RingingAt.IsZero() && f.Caller.Heard.Kind != ringback.Standard && f.Caller.Heard.Kind != ringback.Foreign,
		} {
			if broken {
				t.Fatalf("seed %d: %s; it is %s because of %s, ring-back %s\n%+v\nhere %+v", seed, rule, v, why, heard, f, f.Here)
			}
		}
	}
	for _, v := range testcall.Verdicts() {
		if count[v] < 50 {
			t.Errorf("%s was given %d times only: the facts are not random enough", v, count[v])
		}
	}
}

// The next test is after now, never skips one that is due, and comes again the next day.
func TestTheTimetableSkipsNothing(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		table := testcall.Timetable{Location: shanghai, Every: time.Duration(r.IntN(3)) * 7 * time.Hour, BeforeHandover: time.Duration(r.IntN(200)) * time.Minute}
		for range r.IntN(4) {
			table.Times = append(table.Times, testcall.Clock{Hour: r.IntN(24), Minute: r.IntN(60)})
		}
		for range r.IntN(3) {
			table.Handovers = append(table.Handovers, testcall.Clock{Hour: r.IntN(24), Minute: r.IntN(60)})
		}
		now := start.Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
		due, cause, any := table.Next(now)
		if empty := len(table.Times) == 0 && len(table.Handovers) == 0 && table.Every == 0; any == empty {
			t.Fatalf("seed %d: %+v: any %v", seed, table, any)
		}
		if !any {
			continue
		}
		if !due.After(now) || due.Sub(now) > 24*time.Hour || cause == "" {
			t.Fatalf("seed %d: %+v after %v: %v by %q", seed, table, now, due, cause)
		}
		for between := now; between.Before(due); between = between.Add(due.Sub(now)/5 + time.Minute) {
			if same, _, _ := table.Next(between); !same.Equal(due) {
				t.Fatalf("seed %d: %+v: after %v it is %v, after %v %v", seed, table, now, due, between, same)
			}
		}
		local := due.In(shanghai)
		matches := table.Every > 0 && time.Duration(local.Hour()*60+local.Minute())*time.Minute%table.Every == 0
		for _, c := range table.Times {
			matches = matches || c.Hour == local.Hour() && c.Minute == local.Minute()
		}
		for _, c := range table.Handovers {
			at := local.Add(table.BeforeHandover)
			matches = matches || c.Hour == at.Hour() && c.Minute == at.Minute()
		}
		if !matches {
			t.Fatalf("seed %d: %+v has no test at %v", seed, table, local)
		}
	}
}

// Each refusal is a sentence of its own that says what to do.
func TestEachRefusalIsASentence(t *testing.T) {
	said := map[string]bool{}
	for _, r := range []testcall.Refusal{testcall.NoSecondLine, testcall.NoSuchLine, testcall.LineInUse, testcall.LineUnseen, testcall.TestRuns, testcall.CheckRuns, testcall.Stopping} {
		text := r.Error()
		if said[text] || len(text) < 20 || r != testcall.Stopping && !strings.Contains(text, ":") {
			t.Errorf("%s: %q", r, text)
		}
		said[text] = true
	}
}
