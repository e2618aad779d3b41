package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
	"dutyline/web"
)

// fakeTests is a second line whose tests are made up.
type fakeTests struct {
	state   web.TestState
	results []testcall.Result
	refuse  error
	begun   []string // line and who
	sound   []byte
	fault   error
	checks  []testcall.Result
	running *telephony.Call // of a spot check
	ended   []int64
}

func (f *fakeTests) StartTest(_ context.Context, line, by string) (int64, error) {
	if f.refuse != nil {
		return 0, f.refuse
	}
	f.begun = append(f.begun, line+"/"+by)
	return int64(len(f.begun)), nil
}

func (f *fakeTests) Tests(_ context.Context, limit int) ([]testcall.Result, error) {
	return append([]testcall.Result{}, f.results[:min(limit, len(f.results))]...), nil
}

func (f *fakeTests) TestNear(_ context.Context, line string, at time.Time) (nearest *testcall.Result, err error) {
	for _, r := range f.results {
		if r.Line == line && !r.Running() && (nearest == nil || r.At.Sub(at).Abs() < nearest.At.Sub(at).Abs()) {
			nearest = &r
		}
	}
	return nearest, nil
}

func (f *fakeTests) TestSound(_ context.Context, id int64) ([]byte, testcall.Result, error) {
	return f.sound, testcall.Result{ID: id, Sound: strings.Repeat("ab", 32)}, f.fault
}

func (f *fakeTests) TestState() web.TestState { return f.state }

func (f *fakeTests) StartCheck(ctx context.Context, line, by string) (int64, error) {
	return f.StartTest(ctx, line, by)
}

func (f *fakeTests) EndCheck(_ context.Context, id int64) error {
	if f.running == nil || f.running.ID != strconv.FormatInt(id, 10) {
		return dutylog.ErrNotFound
	}
	f.ended = append(f.ended, id)
	return nil
}

func (f *fakeTests) Checks(_ context.Context, limit int) ([]testcall.Result, error) {
	return append([]testcall.Result{}, f.checks[:min(limit, len(f.checks))]...), nil
}

func (f *fakeTests) CheckCall(int64) *telephony.Call { return f.running }

// Without a second line nothing is begun, and the list says what therefore nobody can know.
func TestWithoutASecondLine(t *testing.T) {
	h := newHouse(t)
	h.tests.refuse = testcall.NoSecondLine
	got := h.as("officer").do("POST", "/api/v1/probe", "")
	if got.status != 503 || !strings.Contains(got.body, "test-no_second_line") || !strings.Contains(got.body, "tests.second_line") {
		t.Errorf("%d %s", got.status, got.body)
	}
	got = h.as("officer").do("GET", "/api/v1/probe", "")
	for _, words := range []string{`"second_line":false`, `"next_at":null`, "forwarding_at_exchange", "custom_ringback", "reachable_from_outside", `"items":[]`} {
		if got.status != 200 || !strings.Contains(got.body, words) {
			t.Errorf("%d, no %s in %s", got.status, words, got.body)
		}
	}
}

func TestATestIsBegunOrRefused(t *testing.T) {
	h := newHouse(t)
	h.tests.state = web.TestState{SecondLine: true, Number: "02422739119", Next: h.clock.Now()}
	officer := h.as("officer")
	for body, want := range map[string]string{"": "/", `{}`: "/", `{"line":"duty"}`: "duty/"} {
		h.tests.begun = nil
		got := officer.do("POST", "/api/v1/probe", body)
		if got.status != 202 || got.body != "{\"id\":1}\n" || len(h.tests.begun) != 1 || !strings.HasPrefix(h.tests.begun[0], want) || strings.HasSuffix(h.tests.begun[0], "/") {
			t.Errorf("%q: %d %s, begun %q", body, got.status, got.body, h.tests.begun)
		}
	}
	for refusal, status := range map[error]int{testcall.LineInUse: 409, testcall.TestRuns: 409, testcall.LineUnseen: 409, testcall.NoSuchLine: 404,
		testcall.Stopping: 503, errors.New("the log is on fire"): 500} {
		h.tests.refuse = refusal
		if got := officer.do("POST", "/api/v1/probe", ""); got.status != status || status != 500 && !strings.Contains(got.body, refusal.Error()) || strings.Contains(got.body, "fire") {
			t.Errorf("%v: %d %s", refusal, got.status, got.body)
		}
	}
	got := officer.do("GET", "/api/v1/probe?limit=5", "")
	if !strings.Contains(got.body, `"second_line":true`) || !strings.Contains(got.body, `"unknowable":[]`) || strings.Contains(got.body, `"next_at":null`) {
		t.Errorf("%s", got.body)
	}
}

func TestAResultIsAsDocumented(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	h.tests.results = []testcall.Result{
		{ID: 2, At: now, Line: "duty", Cause: testcall.OnSchedule, Token: "hush", RangAfter: -1, BellFor: -1},
		{ID: 1, At: now, EndedAt: now.Add(9 * time.Second), Line: "duty", Cause: testcall.OnDemand, By: "张伟", Token: "hush", Number: "02422739119", Verdict: testcall.Reachable,
			Reason: testcall.RangHere, Ringback: testcall.RingbackStandard, RangAfter: 1234567 * time.Microsecond, BellFor: 6 * time.Second, Length: 8 * time.Second,
			CallID: "1.0", Known: testcall.ByToken, Why: testcall.WhyHeard, Status: 487, Heard: "450 Hz", Sound: "ab"},
	}
	got := h.as("supervisor").do("GET", "/api/v1/probe", "")
	doc := h.document()
	var value any
	if err := json.Unmarshal([]byte(got.body), &value); err != nil {
		t.Fatal(err)
	}
	for _, d := range doc.differs("", doc.Paths["/api/v1/probe"]["get"].Responses["200"].Content["application/json"].Schema, value) {
		t.Error(d)
	}
	if strings.Contains(got.body, "hush") {
		t.Error("the token of a test is told")
	}
	if !strings.Contains(got.body, `"rang_after":1.235`) || !strings.Contains(got.body, `"rang_after":null`) {
		t.Errorf("%s", got.body)
	}
	all := func(words ...string) (enum []any) {
		for _, w := range append([]string{""}, words...) {
			enum = append(enum, w)
		}
		return enum
	}
	var verdicts, reasons, ringbacks []string
	for _, v := range testcall.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	for _, v := range testcall.Reasons() {
		reasons = append(reasons, string(v))
	}
	for _, v := range testcall.Ringbacks() {
		ringbacks = append(ringbacks, string(v))
	}
	for name, want := range map[string][]any{"verdict": all(verdicts...), "reason": all(reasons...), "ringback": all(ringbacks...)} {
		if have := doc.Components.Schemas["Test"].Properties[name].Enum; !sameSet(have, want) {
			t.Errorf("%s is documented as %v, the daemon says %v", name, have, want)
		}
	}
}

func sameSet(a, b []any) bool {
	count := map[any]int{}
	for _, x := range a {
		count[x]++
	}
	for _, x := range b {
		count[x]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestWhatATestHeardIsPlayedAndNoted(t *testing.T) {
	h := newHouse(t)
	h.tests.sound = []byte("RIFF and so on")
	got := h.as("officer").do("GET", "/api/v1/probe/7/audio", "")
	if got.status != 200 || got.body != "RIFF and so on" || got.header.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
	noted := false
	for _, a := range *h.accesses {
		noted = noted || a.What == "test.play" && a.Object == "test 7"
	}
	if !noted {
		t.Errorf("nobody noted who listened: %+v", *h.accesses)
	}
	for fault, status := range map[error]int{recorder.ErrNoRecording: 404, recorder.ErrAltered: 500, dutylog.ErrNotFound: 404} {
		h.tests.fault = fault
		if got := h.as("officer").do("GET", "/api/v1/probe/7/audio", ""); got.status != status {
			t.Errorf("%v: %d %s", fault, got.status, got.body)
		}
	}
}
