package alerts

import (
	"strconv"

	"dutyline/telephony/testcall"
)

// FromTest decides what a test call that is over is worth telling. What it proved stands until a
// later test proves the opposite, so each problem has one key for its line. What a test does not
// know ends nothing: a bell that rings says nothing of a ring-back tone that was not heard.
func FromTest(r testcall.Result) []Alert {
	if r.Running() {
		return nil
	}
	var raise Reason
	ends := []Reason{ReasonTestUnclear}
	switch r.Verdict {
	case testcall.Reachable:
		ends = append(ends, ReasonTestForwarded, ReasonTestNoRing, ReasonTestBusy)
		if r.Ringback == testcall.RingbackStandard {
			ends = append(ends, ReasonTestRingback)
		}
	case testcall.CustomRingback:
		raise, ends = ReasonTestRingback, append(ends, ReasonTestForwarded, ReasonTestNoRing, ReasonTestBusy)
	case testcall.Forwarded:
		raise, ends = ReasonTestForwarded, append(ends, ReasonTestNoRing, ReasonTestBusy)
	case testcall.NoRing:
		raise, ends = ReasonTestNoRing, append(ends, ReasonTestForwarded, ReasonTestBusy)
	case testcall.Busy:
		raise, ends = ReasonTestBusy, append(ends, ReasonTestForwarded, ReasonTestNoRing)
	default:
		if r.Reason == testcall.RealCall || r.Reason == testcall.Stopped {
			return nil // nothing is wrong: it made room, or was not let finish
		}
		raise, ends = ReasonTestUnclear, nil
	}
	var out []Alert
	if len(ends) > 0 {
		over := Alert{Line: r.Line, At: r.EndedAt}
		for _, e := range ends {
			over.Ends = append(over.Ends, testKey(e, r.Line))
		}
		out = append(out, over)
	}
	if raise != "" {
		s := standings[raise]
		out = append(out, Alert{Key: testKey(raise, r.Line), Rule: string(raise), Reason: raise, Certainty: s.certainty, Severity: s.severity,
			Line: r.Line, CallID: r.CallID, Detail: "#" + strconv.FormatInt(r.ID, 10), At: r.EndedAt, Evidence: evidenceOfTest(r)})
	}
	return out
}

// evidenceOfTest is the test itself, and its call where one arrived.
func evidenceOfTest(r testcall.Result) []Evidence {
	said := TestSaid{Verdict: r.Verdict, Reason: r.Reason, Ringback: r.Ringback}
	out := []Evidence{{Kind: EvidenceTest, Ref: strconv.FormatInt(r.ID, 10), Text: r.Heard, Test: said, At: r.EndedAt}}
	if r.CallID != "" {
		out = append(out, Evidence{Kind: EvidenceCall, Ref: r.CallID, At: r.At})
	}
	return out
}

func testKey(r Reason, line string) string { return string(r) + "/" + line }
