package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// Verifier verifies the log when somebody asks for it: see dutyline verify.
type Verifier interface {
	// Start begins a run; outside is a signed checkpoint that was kept elsewhere, or empty. False
	// says that one goes on.
	Start(by dutylog.Actor, outside string) bool
	State() Verification
}

// Verification is how a run goes, or how the last one ended.
type Verification struct {
	Running          bool
	By               dutylog.Actor
	BeganAt, EndedAt time.Time
	Compared         bool          // with a checkpoint that was kept elsewhere
	Done, Total      int64         // records
	Report           *audit.Report // nil before the end, and when it could not be made
	Fault            string        // why not
}

type verificationBody struct {
	Running   bool          `json:"running"`
	By        *actorDoc     `json:"by" doc:"Who asked; null: nobody did since the daemon began"`
	BeganAt   stamp         `json:"began_at"`
	EndedAt   stamp         `json:"ended_at"`
	Compared  bool          `json:"compared" doc:"With a checkpoint that was kept elsewhere"`
	Done      int64         `json:"done" doc:"Records checked"`
	Total     int64         `json:"total"`
	Verdict   string        `json:"verdict" enum:",intact,altered,cannot tell" doc:"Empty: no run has ended"`
	Tallies   []tallyBody   `json:"tallies" nullable:"false"`
	Findings  []findingBody `json:"findings" nullable:"false" doc:"What is altered, and of what it cannot be told; at most 100"`
	More      int64         `json:"more" doc:"Findings beyond these: dutyline verify --list names them all"`
	Notes     []string      `json:"notes" nullable:"false"`
	Beginning string        `json:"beginning" doc:"A log that began beside what an earlier one had left; empty: it did not"`
	Problem   string        `json:"problem" doc:"Why the log could not be verified"`
}

type tallyBody struct {
	Name       string `json:"name"`
	Intact     int64  `json:"intact"`
	Altered    int64  `json:"altered"`
	CannotTell int64  `json:"cannot_tell"`
	Erased     int64  `json:"erased" doc:"Of the intact ones: erased by decision"`
}

type findingBody struct {
	Answer string `json:"answer" enum:"altered,cannot tell"`
	Object string `json:"object"`
	Why    string `json:"why"`
}

type verificationOutput struct{ Body verificationBody }

type verifyInput struct {
	Body struct {
		Checkpoint string `json:"checkpoint,omitempty" maxLength:"4000" doc:"A signed checkpoint that was kept elsewhere, as dutyline checkpoint printed it"`
	}
}

const mostFindingsShown = 100

func (a *app) verification(context.Context, *struct{}) (*verificationOutput, error) {
	if a.Verify == nil {
		return nil, errNoVerifier()
	}
	return &verificationOutput{verificationShown(a.Verify.State())}, nil
}

// verify begins to verify the log. It changes nothing; that somebody asked is in the log.
func (a *app) verify(ctx context.Context, in *verifyInput) (*verificationOutput, error) {
	if a.Verify == nil {
		return nil, errNoVerifier()
	}
	if !a.Verify.Start(visitorOf(ctx).actor(), strings.TrimSpace(in.Body.Checkpoint)) {
		return nil, newProblem(http.StatusConflict, typeVerifyRuns, "The log is being verified already; wait for that to end.")
	}
	a.audit(ctx, runVerify, "log")
	return &verificationOutput{verificationShown(a.Verify.State())}, nil
}

func errNoVerifier() *Problem {
	return newProblem(http.StatusServiceUnavailable, "", "The log cannot be verified here; run dutyline verify on the machine.")
}

func verificationShown(v Verification) verificationBody {
	b := verificationBody{Running: v.Running, BeganAt: stamp(v.BeganAt), EndedAt: stamp(v.EndedAt), Compared: v.Compared, Done: v.Done, Total: v.Total,
		Tallies: []tallyBody{}, Findings: []findingBody{}, Notes: []string{}, Problem: v.Fault}
	if !v.BeganAt.IsZero() {
		b.By = &actorDoc{v.By.Login, v.By.Name, string(v.By.Role)}
	}
	r := v.Report
	if r == nil {
		return b
	}
	b.Verdict, b.Notes, b.Beginning, b.More = string(r.Verdict()), append(b.Notes, r.Notes...), r.Anew, r.Unlisted
	for _, name := range r.Order {
		t := r.Of(name)
		b.Tallies = append(b.Tallies, tallyBody{name, t.Intact, t.Altered, t.CannotTell, t.Erased})
	}
	for i, f := range r.Findings {
		if i == mostFindingsShown {
			b.More += int64(len(r.Findings) - i)
			break
		}
		b.Findings = append(b.Findings, findingBody{string(f.Answer), f.Object, f.Why})
	}
	return b
}
