package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
)

// The types of problems that programs may want to tell apart; all others are "about:blank",
// that is: the status says it all.
const (
	problemBase           = "/problems/"
	typeSignIn            = problemBase + "sign-in-required"
	typeLocked            = problemBase + "session-locked"
	typeForbidden         = problemBase + "not-allowed"
	typeChangePassword    = problemBase + "password-change-required"
	typeTooMany           = problemBase + "too-many-attempts"
	typeCrossSite         = problemBase + "cross-site-request"
	typeStale             = problemBase + "stale-revision"
	typeWritten           = problemBase + "entry-written"
	typeIncomplete        = problemBase + "incomplete-entry"
	typeInvalid           = problemBase + "invalid-value"
	typeRecordingAbsent   = problemBase + "no-recording"
	typeRecordingAltered  = problemBase + "recording-altered"
	typeKeyAbsent         = problemBase + "key-absent"
	typeMoved             = problemBase + "changed-meanwhile"
	typeBadTable          = problemBase + "bad-table"
	typeRosterForbidden   = problemBase + "roster-forbidden"
	typeFilingEarly       = problemBase + "filing-before-roster"
	typePin               = problemBase + "short-secret-wrong"
	typeDevice            = problemBase + "unknown-computer"
	typeSecond            = problemBase + "second-login-wrong"
	typeTaskMarked        = problemBase + "task-marked"
	typeAlertOver         = problemBase + "alert-over"
	typeAlertRings        = problemBase + "alert-rings"
	typeAlertUnmuted      = problemBase + "alert-unmuted"
	typeTestRuns          = problemBase + "channel-test-runs"
	typeVerifyRuns        = problemBase + "verification-runs"
	typePracticeSwitchOff = problemBase + "no-practice-line"
	typeSpotIncident      = problemBase + "spot-incident"
	typeTooLong           = problemBase + "sheet-too-long"
	typeOfficerFirst      = problemBase + "officer-first"
)

// Problem is the body of every error (RFC 9457, application/problem+json).
type Problem struct {
	Type    string          `json:"type" doc:"What kind of problem this is, for programs" example:"/problems/stale-revision"`
	Title   string          `json:"title" doc:"The status in words"`
	Status  int             `json:"status" doc:"HTTP status code"`
	Detail  string          `json:"detail" doc:"One sentence for people: what is wrong and what to do"`
	Errors  []FieldProblem  `json:"errors,omitempty" doc:"What is wrong with which value"`
	Missing []dutylog.Field `json:"missing,omitempty" doc:"Required fields that are still absent"`
	Entry   *dutylog.Entry  `json:"entry,omitempty" doc:"The entry as it stands now, when a stale revision was sent, or another text under a key that was used"`

	File       string       `json:"file,omitempty" doc:"Why a file is no table, for programs"`
	Faults     []TableFault `json:"faults,omitempty" doc:"What is wrong with a table, by cell; at most 1000"`
	FaultCount int          `json:"fault_count,omitempty" doc:"How many faults the table has"`

	Edit int64 `json:"edit,omitempty" doc:"Of a note that an entry has already: what was typed since has to come under a key of its own"`

	OpensAt *stamp `json:"opens_at,omitempty" doc:"From when a review can be read of which the officer concerned has the first word"`

	retryAfter time.Duration
	cause      error // for the daemon's own log, never for the reader
}

// FieldProblem says what is wrong with one value. The value itself is not repeated.
type FieldProblem struct {
	Location string `json:"location" doc:"Where: for instance body.content or query.limit"`
	Message  string `json:"message" doc:"What is wrong with it"`
}

func newProblem(status int, kind, format string, args ...any) *Problem {
	if kind == "" {
		kind = "about:blank"
	}
	return &Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// invalid is a 422 about one value.
func invalid(location, message string) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, typeInvalid, "%s: %s", location, message)
	p.Errors = []FieldProblem{{location, message}}
	return p
}

// internal is a 500 that tells the reader nothing about the inside.
func internal(err error) *Problem {
	p := newProblem(http.StatusInternalServerError, "", "The daemon could not do this; its own log says why. Try again, and tell the administrator when it stays so.")
	p.cause = err
	return p
}

// Error is the sentence for people.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	return h
}

// write answers with the problem outside of huma.
func (p *Problem) write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"detail":""}`)
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}

// problemOf says what an error of the duty log means to the reader.
func problemOf(err error) *Problem {
	var (
		already    *Problem
		stale      *dutylog.StaleError
		written    *dutylog.WrittenError
		incomplete *dutylog.IncompleteError
		wrong      *dutylog.InvalidError
		moved      *dutylog.DirectoryMovedError
		draft      *dutylog.StaleDraftError
		forbidden  *dutylog.RosterError
		approval   *dutylog.ApprovalError
		early      *dutylog.EarlyFilingError
		note       *dutylog.NoteError
	)
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &moved):
		return newProblem(http.StatusConflict, typeMoved, "%s.", strings.ToUpper(moved.Error()[:1])+moved.Error()[1:])
	case errors.As(err, &stale):
		p := newProblem(http.StatusConflict, typeStale, "%s", stale.Error())
		p.Entry = &stale.Current
		return p
	case errors.As(err, &written):
		p := newProblem(http.StatusConflict, typeWritten, "%s.", upper(written.Error()))
		p.Entry = &written.Current
		return p
	case errors.As(err, &draft):
		return newProblem(http.StatusConflict, typeStale, "%s", draft.Error())
	case errors.As(err, &forbidden):
		return newProblem(http.StatusUnprocessableEntity, typeRosterForbidden, "%s", forbidden.Error())
	case errors.As(err, &early):
		return newProblem(http.StatusUnprocessableEntity, typeFilingEarly, "%s.", strings.ToUpper(early.Error()[:1])+early.Error()[1:])
	case errors.As(err, &approval):
		return newProblem(http.StatusConflict, problemBase+"approval-"+string(approval.Reason), "%s", strings.ToUpper(approval.Detail[:1])+approval.Detail[1:]+".")
	case errors.As(err, &note):
		p := newProblem(http.StatusConflict, problemBase+"note-"+string(note.Reason), "%s.", strings.ToUpper(note.Error()[:1])+note.Error()[1:])
		p.Edit = note.Edit
		return p
	case errors.As(err, &incomplete):
		p := newProblem(http.StatusUnprocessableEntity, typeIncomplete, "%s", incomplete.Error())
		p.Missing = incomplete.Missing
		return p
	case errors.As(err, &wrong):
		return invalid(wrong.Field, wrong.Reason)
	case errors.Is(err, dutylog.ErrNotFound):
		return newProblem(http.StatusNotFound, "", "There is no such thing in the duty log; check the id.")
	case errors.Is(err, context.Canceled):
		return newProblem(499, "", "The request was given up.")
	}
	return internal(err)
}

// because names the reason of a refusal, for who reads it in another language; an empty one changes nothing.
func (p *Problem) because(of, reason string) *Problem {
	if reason != "" {
		p.Type = problemBase + of + "-" + reason
	}
	return p
}

// inBody moves a complaint about a field of the body to where the reader finds it.
func inBody(err error) error {
	var wrong *dutylog.InvalidError
	if !errors.As(err, &wrong) {
		return err
	}
	field := wrong.Field
	if field == "body" {
		return invalid(field, wrong.Reason)
	}
	return invalid("body."+field, wrong.Reason)
}

// translate turns huma's own errors into ours: a sentence that names the place, no value
// repeated (it may be a password), nothing of the inside. huma calls it for every answer.
func (a *app) translate(ctx huma.Context, _ string, v any) (any, error) {
	switch e := v.(type) {
	case *huma.ErrorModel:
		return a.reported(ctx, fromHuma(e)), nil
	case *Problem:
		if e.Entry != nil { // a refusal that tells how the entry stands is a reading of it
			read := a.asRead(ctx.Context(), *e.Entry)
			e.Entry = &read
		}
		return a.reported(ctx, e), nil
	}
	return v, nil
}

// reported writes a problem's cause into the daemon's log, once. Who went away before the answer, as a page
// does that is left, is no fault of ours.
func (a *app) reported(ctx huma.Context, p *Problem) *Problem {
	if p.cause != nil && !(errors.Is(p.cause, context.Canceled) && ctx.Context().Err() != nil) {
		a.Logger.ErrorContext(ctx.Context(), "request failed", "route", ctx.Operation().OperationID, "error", p.cause)
	}
	return p
}

func fromHuma(e *huma.ErrorModel) *Problem {
	if e.Status >= http.StatusInternalServerError {
		var causes []error
		for _, d := range e.Errors {
			causes = append(causes, errors.New(d.Message))
		}
		p := internal(fmt.Errorf("%s: %w", e.Detail, errors.Join(causes...)))
		p.Status, p.Title = e.Status, http.StatusText(e.Status)
		return p
	}
	p := newProblem(e.Status, "", "%s", e.Detail)
	var said []string
	for _, d := range e.Errors {
		if d.Location == "body" && e.Status == http.StatusBadRequest {
			d.Message = "is not valid JSON: " + d.Message
		}
		p.Errors = append(p.Errors, FieldProblem{d.Location, d.Message})
		said = append(said, strings.TrimPrefix(d.Location+": "+d.Message, ": "))
	}
	if len(said) > 0 {
		p.Detail = strings.Join(said, "; ")
	}
	if e.Status == http.StatusUnprocessableEntity {
		p.Type = typeInvalid
	}
	return p
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// inQuery moves a complaint about a query parameter to where the reader finds it.
func inQuery(err error) error {
	var wrong *dutylog.InvalidError
	if errors.As(err, &wrong) {
		return invalid("query."+wrong.Field, wrong.Reason)
	}
	return problemOf(err)
}
