package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dutyline/dutylog"
	"dutyline/recorder"
)

type peaksBody struct {
	DurationMS int64     `json:"duration_ms"`
	PerSecond  int       `json:"per_second"`
	Caller     []float64 `json:"caller" nullable:"false" doc:"Largest magnitude of each window, 0 to 1: the left channel"`
	Officer    []float64 `json:"officer" nullable:"false" doc:"The right channel"`
}

type peaksOutput struct{ Body peaksBody }

// playStall is for how long a player may take no byte: one that paused asks again by range.
const playStall = 5 * time.Minute

// recording plays a sealed file, whole or in ranges.
func (a *app) recording(ctx context.Context, in *callInput) (*huma.StreamResponse, error) {
	if _, err := a.call(ctx, playRecording, in.ID); err != nil {
		return nil, err
	}
	file, row, err := a.Recordings.Open(ctx, in.ID)
	if err != nil {
		return nil, recordingProblem(in.ID, row, err)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer file.Close()
		r, w := humago.Unwrap(hctx)
		a.auditPart(ctx, playRecording, in.ID, r.Header.Get("Range"))
		h := w.Header()
		h.Set("Content-Type", "audio/flac")
		h.Set("ETag", `"`+string(row.Digest)+`"`)
		h.Set("Cache-Control", "private, no-cache") // kept, but asked for again: rights may end
		if name, err := recorder.FileName(in.ID); err == nil {
			h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s.flac"`, name))
		}
		told := func(status int) *Problem { return a.reported(hctx, playProblem(status, h.Get("Content-Range"))) }
		http.ServeContent(&explained{ResponseWriter: newPatient(w, playStall), told: told}, r, "", row.SealedAt, file)
	}}, nil
}

func (a *app) peaks(ctx context.Context, in *callInput) (*peaksOutput, error) {
	c, err := a.call(ctx, seeWaveform, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := a.Recordings.Peaks(ctx, in.ID)
	if err != nil {
		return nil, recordingProblem(in.ID, c.Recording, err)
	}
	a.audit(ctx, seeWaveform, in.ID)
	body := peaksBody{DurationMS: p.Duration.Milliseconds(), PerSecond: p.PerSecond, Caller: p.Caller, Officer: p.Officer}
	if body.Caller == nil {
		body.Caller = []float64{}
	}
	if body.Officer == nil {
		body.Officer = []float64{}
	}
	return &peaksOutput{body}, nil
}

func (a *app) audit(ctx context.Context, p permission, object string) {
	a.auditOf(ctx, p, object, nil)
}

// auditOf notes an access together with the entries whose content it shows.
func (a *app) auditOf(ctx context.Context, p permission, object string, entries []string) {
	v := visitorOf(ctx)
	a.Audit(ctx, Access{Who: v.actor(), What: string(p), Object: object, Address: v.address, At: a.Now(), Entries: entries})
}

// auditPart notes that somebody listens: from the beginning, or on from somewhere within.
func (a *app) auditPart(ctx context.Context, p permission, object, ranges string) {
	v := visitorOf(ctx)
	a.Audit(ctx, Access{Who: v.actor(), What: string(p), Object: object, Address: v.address, At: a.Now(), Part: ranges != "" && !strings.HasPrefix(strings.ReplaceAll(ranges, " ", ""), "bytes=0-")})
}

// idsOf are the ids of entries.
func idsOf(entries []dutylog.Entry) (ids []string) {
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

// recordingProblem says why there is nothing to play.
func recordingProblem(id string, r recorder.Recording, err error) *Problem {
	switch {
	case errors.Is(err, recorder.ErrNoRecording):
		status, reason := r.Status, r.Reason
		if status == "" {
			status = recorder.None
		}
		if reason == "" {
			reason = map[recorder.Status]string{
				recorder.None:    "the call was not answered, or it is still running",
				recorder.Pending: "it is being fetched from the switch; try again in a moment",
			}[status]
		}
		return newProblem(http.StatusNotFound, typeRecordingAbsent, "Call %s has no recording to play: %s: %s", id, status, reason)
	case errors.Is(err, recorder.ErrNoKey):
		p := newProblem(http.StatusServiceUnavailable, typeKeyAbsent,
			"The recording of call %s is there and whole, but the key that opens it is not here. Tell the administrator: the key file has to come back.", id)
		p.cause = err
		return p
	case errors.Is(err, recorder.ErrAltered):
		p := newProblem(http.StatusInternalServerError, typeRecordingAltered,
			"The recording of call %s is not the one that was sealed and is not played. Tell the administrator: it has to come back from the backup.", id)
		p.cause = err
		return p
	}
	return problemOf(err)
}

// playProblem says why no part of a recording that is there is sent. What it says of the size
// is what the header says: "bytes */SIZE".
func playProblem(status int, span string) *Problem {
	switch {
	case status == http.StatusPreconditionFailed:
		return newProblem(status, "", "The recording is not the one that the condition of the request names: ask again without it.")
	case status != http.StatusRequestedRangeNotSatisfiable:
		return internal(fmt.Errorf("the recording's file was answered with %d", status))
	case span == "":
		return newProblem(status, "", "The header Range cannot be read: write it as bytes=FIRST-LAST, or leave it out for the whole recording.")
	}
	return newProblem(status, "", "The range begins behind the recording's end, which has %s bytes: ask for a part of these, or leave out the header Range for all of it.",
		strings.TrimPrefix(span, "bytes */"))
}

// explained turns the plain text with which http.ServeContent refuses into a problem like
// every other error of the API.
type explained struct {
	http.ResponseWriter
	told    func(status int) *Problem
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (e *explained) WriteHeader(status int) {
	if status < http.StatusBadRequest {
		e.ResponseWriter.WriteHeader(status)
		return
	}
	e.refused = true
	e.Header().Del("Content-Disposition") // a problem is no file to be kept
	e.told(status).write(e.ResponseWriter)
}

// Write implements io.Writer; the words of a refusal are ours.
func (e *explained) Write(b []byte) (int, error) {
	if e.refused {
		return len(b), nil
	}
	return e.ResponseWriter.Write(b)
}

// patient is a response that may take any time as long as the reader takes bytes.
type patient struct {
	http.ResponseWriter
	rc    *http.ResponseController
	stall time.Duration
}

func newPatient(w http.ResponseWriter, stall time.Duration) *patient {
	return &patient{w, http.NewResponseController(w), stall}
}

// Write implements io.Writer; pieces are small enough for a slow line.
func (p *patient) Write(b []byte) (written int, err error) {
	const piece = 64 << 10
	for len(b) > 0 && err == nil {
		var n int
		if err = p.rc.SetWriteDeadline(time.Now().Add(p.stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return written, err
		}
		n, err = p.ResponseWriter.Write(b[:min(piece, len(b))])
		written, b = written+n, b[n:]
	}
	return written, err
}

// Unwrap lets http.ResponseController reach the connection.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

var _ io.Writer = (*patient)(nil)
