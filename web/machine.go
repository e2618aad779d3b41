package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dutyline/dutylog"
)

type healthBody struct {
	Switch   switchBody     `json:"switch"`
	Log      LogHealth      `json:"log"`
	Recorder RecorderHealth `json:"recorder"`
	Practice bool           `json:"practice"`
	Version  string         `json:"version"`
	Tape     TapeHealth     `json:"tape"`
	Disk     DiskHealth     `json:"disk"`
	Journal  journalBody    `json:"journal"`
}

type journalBody struct {
	OK         bool   `json:"ok"`
	Detail     string `json:"detail" doc:"What is wrong, and what to do about it"`
	LastRow    stamp  `json:"last_row" doc:"Time of the newest row that was read"`
	Configured bool   `json:"configured" doc:"false: there is no second eye; what the live view does not see is blind"`
}

type switchBody struct {
	Connected bool   `json:"connected"`
	Since     stamp  `json:"since" doc:"Of the present state"`
	Detail    string `json:"detail"`
}

type healthOutput struct{ Body healthBody }

func (a *app) health(context.Context, *struct{}) (*healthOutput, error) {
	h := a.Health()
	return &healthOutput{healthBody{
		Switch: switchBody{Connected: h.Switch.Connected, Since: stamp(h.Switch.Since), Detail: h.Switch.Detail},
		Log:    h.Log, Recorder: h.Recorder, Practice: h.Practice, Version: h.Version, Tape: h.Tape, Disk: h.Disk,
		Journal: journalBody{OK: h.Journal.OK, Detail: h.Journal.Detail, LastRow: stamp(h.Journal.LastRow), Configured: h.Journal.Configured},
	}}, nil
}

type practiceBody struct {
	Enabled bool `json:"enabled"`
}

type practiceOutput struct{ Body practiceBody }

func (a *app) practice(context.Context, *struct{}) (*practiceOutput, error) {
	return &practiceOutput{practiceBody{a.Practice != nil}}, nil
}

type practiceInput struct {
	Body struct {
		From          string `json:"from" pattern:"^[0-9+*#]{0,32}$" patternDescription:"a telephone number, or empty for an anonymous caller"`
		Name          string `json:"name,omitempty" maxLength:"200"`
		AnswerAfterMS *int64 `json:"answer_after_ms,omitempty" minimum:"0" maximum:"600000" doc:"Counted from the first ring; 0 answers at once, absent: the call is never answered"`
		TalkMS        *int64 `json:"talk_ms,omitempty" minimum:"0" maximum:"3600000" doc:"Counted from the answer; 0 hangs up with the answer, absent: 15 seconds"`
	}
}

type acceptedOutput struct{}

// placePractice places a call on the practice line; without one there is no such route.
func (a *app) placePractice(ctx context.Context, in *practiceInput) (*acceptedOutput, error) {
	if a.Practice == nil {
		return nil, newProblem(http.StatusNotFound, typePracticeSwitchOff, "There is no practice line here; it exists only in practice mode (make run).")
	}
	b := in.Body
	// The call goes on when the request is over.
	err := a.Practice.Place(context.WithoutCancel(ctx), PracticeCall{From: b.From, Name: b.Name,
		AnswerAfter: milliseconds(b.AnswerAfterMS), Talk: milliseconds(b.TalkMS)})
	switch {
	case errors.As(err, new(*dutylog.InvalidError)):
		return nil, problemOf(inBody(err))
	case err != nil:
		a.Logger.WarnContext(ctx, "practice call not placed", "error", err)
		return nil, newProblem(http.StatusServiceUnavailable, "", "The practice call could not be placed: %v", err)
	}
	return nil, nil
}

// milliseconds keeps absent and zero apart.
func milliseconds(ms *int64) *time.Duration {
	if ms == nil {
		return nil
	}
	d := time.Duration(*ms) * time.Millisecond
	return &d
}

// probeGate lets programs on this machine through, and those that have the token. Behind a
// proxy every request seems to come from this machine: there only the token counts.
func (a *app) probeGate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		proxied := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Real-Ip") != ""
		ip, err := netip.ParseAddr(addressOf(r))
		local := err == nil && ip.Unmap().IsLoopback() && !proxied
		if !local && !sameSecret(token, a.MetricsToken) {
			newProblem(http.StatusForbidden, typeForbidden, "Ask from this machine, or send the metrics token as a bearer token.").write(w)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// addressOf is the address of the computer at the other end of the connection. Headers that
// name another one are not believed: anybody can send them.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (a *app) healthz(w http.ResponseWriter, _ *http.Request) {
	plainText(w, http.StatusOK, "ok")
}

// readyz says whether calls are seen and written; the reason is in the body.
func (a *app) readyz(w http.ResponseWriter, r *http.Request) {
	var reasons []string
	h := a.Health()
	if !h.Switch.Connected {
		reasons = append(reasons, "the switch is away: "+h.Switch.Detail)
	}
	if !h.Log.OK {
		reasons = append(reasons, "the duty log cannot be written: "+h.Log.Detail)
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if _, err := a.Log.LastSeq(ctx); err != nil {
		reasons = append(reasons, "the duty log cannot be read: "+err.Error())
	}
	if len(reasons) > 0 {
		plainText(w, http.StatusServiceUnavailable, strings.Join(reasons, "\n"))
		return
	}
	plainText(w, http.StatusOK, "ready")
}

func (a *app) metrics() http.Handler {
	if a.Metrics == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			newProblem(http.StatusNotFound, "", "There are no metrics here.").write(w)
		})
	}
	return promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{})
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
