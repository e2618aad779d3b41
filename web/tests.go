package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// Tests makes test calls and knows what they proved.
type Tests interface {
	// StartTest begins one and comes back with its number; no line is the first one. The error
	// may be a testcall.Refusal.
	StartTest(ctx context.Context, line, by string) (int64, error)
	// Tests lists them, the newest first.
	Tests(ctx context.Context, limit int) ([]testcall.Result, error)
	// TestNear is the one of a line that is over and was made nearest to a moment; nil: there is none.
	TestNear(ctx context.Context, line string, at time.Time) (*testcall.Result, error)
	// TestSound is what one heard, as WAV; recorder.ErrNoRecording where there is nothing.
	TestSound(ctx context.Context, id int64) ([]byte, testcall.Result, error)
	TestState() TestState

	// StartCheck has the second line call as a spot check 抽查; otherwise like StartTest.
	StartCheck(ctx context.Context, line, by string) (int64, error)
	// EndCheck hangs one up; dutylog.ErrNotFound where none of that number runs.
	EndCheck(ctx context.Context, id int64) error
	// Checks lists the calls of spot checks, the newest first.
	Checks(ctx context.Context, limit int) ([]testcall.Result, error)
	// CheckCall is the call of one that runs, as it is seen now; nil: nothing of it has arrived.
	CheckCall(id int64) *telephony.Call
}

// TestState is whether tests can be made, and when the next is due.
type TestState struct {
	SecondLine bool
	Number     string    // of the second line
	Next       time.Time // zero: none is due
}

// unknowable is what nobody can know without a second line.
var unknowable = []string{"forwarding_at_exchange", "custom_ringback", "reachable_from_outside"}

type testsInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type testsBody struct {
	Items      []testcall.Result `json:"items" nullable:"false"`
	SecondLine bool              `json:"second_line" doc:"Whether there is a line to call from"`
	Number     string            `json:"number" doc:"Of the second line"`
	NextAt     stamp             `json:"next_at" doc:"When the next test is due; null: none is"`
	Unknowable []string          `json:"unknowable" nullable:"false" enum:"forwarding_at_exchange,custom_ringback,reachable_from_outside" doc:"What cannot be known, because there is no second line"`
}

type testsOutput struct{ Body testsBody }

// testList lists the test calls.
func (a *app) testList(ctx context.Context, in *testsInput) (*testsOutput, error) {
	body := testsBody{Items: []testcall.Result{}, Unknowable: unknowable}
	if a.Tests == nil {
		return &testsOutput{body}, nil
	}
	items, err := a.Tests.Tests(ctx, in.Limit)
	if err != nil {
		return nil, problemOf(err)
	}
	state := a.Tests.TestState()
	body.Items, body.SecondLine, body.Number, body.NextAt = items, state.SecondLine, state.Number, stamp(state.Next)
	if state.SecondLine {
		body.Unknowable = []string{}
	}
	return &testsOutput{body}, nil
}

type probeInput struct {
	Body *struct { // nil: nothing was sent
		Line string `json:"line,omitempty" maxLength:"32" doc:"Which duty line to test; the first where none is named"`
	}
}

type probeOutput struct {
	Body struct {
		ID int64 `json:"id" doc:"Of the test that has begun; GET /probe shows how it goes"`
	}
}

// startTest begins a test call. It never takes the line from anybody.
func (a *app) startTest(ctx context.Context, in *probeInput) (*probeOutput, error) {
	if a.Tests == nil {
		return nil, refusedTest(testcall.NoSecondLine)
	}
	by := visitorOf(ctx).actor()
	name := by.Name
	if name == "" {
		name = by.Login
	}
	line := ""
	if in.Body != nil {
		line = in.Body.Line
	}
	id, err := a.Tests.StartTest(ctx, line, name)
	var refusal testcall.Refusal
	switch {
	case errors.As(err, &refusal):
		return nil, refusedTest(refusal)
	case err != nil:
		return nil, problemOf(err)
	}
	out := &probeOutput{}
	out.Body.ID = id
	return out, nil
}

// refusedTest is why no test is begun. Each has a type of its own, so that the page can say it.
func refusedTest(r testcall.Refusal) *Problem {
	status := http.StatusConflict
	switch r {
	case testcall.NoSuchLine:
		status = http.StatusNotFound
	case testcall.NoSecondLine, testcall.Stopping:
		status = http.StatusServiceUnavailable
	}
	return newProblem(status, problemBase+"test-"+string(r), "No test was begun: %s.", r.Error())
}

type testSoundInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// testSound plays what a test call heard.
func (a *app) testSound(ctx context.Context, in *testSoundInput) (*huma.StreamResponse, error) {
	if a.Tests == nil {
		return nil, refusedTest(testcall.NoSecondLine)
	}
	wav, r, err := a.Tests.TestSound(ctx, in.ID)
	switch {
	case errors.Is(err, recorder.ErrNoRecording):
		return nil, newProblem(http.StatusNotFound, typeRecordingAbsent, "Test call %d kept no sound: nothing was heard before it was over, or it is not there any more.", in.ID)
	case errors.Is(err, recorder.ErrAltered):
		p := newProblem(http.StatusInternalServerError, typeRecordingAltered, "What test call %d heard is not what was kept and is not played. Tell the administrator.", in.ID)
		p.cause = err
		return nil, p
	case err != nil:
		return nil, problemOf(err)
	}
	a.audit(ctx, playTests, fmt.Sprintf("test %d", in.ID))
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r2, w := humago.Unwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", "audio/wav")
		h.Set("Cache-Control", "private, no-cache")
		h.Set("ETag", `"`+r.Sound+`"`)
		h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="test-%d.wav"`, in.ID))
		http.ServeContent(newPatient(w, playStall), r2, "", r.EndedAt, bytes.NewReader(wav))
	}}, nil
}
