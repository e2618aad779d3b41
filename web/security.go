package web

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
)

// policy is what the page may load and do. Element Plus sets styles by script; recordings may
// be played from memory. Nothing comes from elsewhere, nobody may put the page into a frame.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// bodyTime is how long a request may take to bring its body.
const bodyTime = 15 * time.Second

// chain puts around the routes what holds for every request, outermost first.
func (a *app) chain(mux http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	crossSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		newProblem(http.StatusForbidden, typeCrossSite, "Another site tried to change something here; that is not possible. Use this site's own page.").write(w)
	}))
	return a.observe(a.recovering(secure(crossSite.Handler(limitBody(mux)))))
}

// secure sets the headers that every answer has.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// limitBody refuses what is too large, and gives the rest a time in which to arrive.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most, in := int64(maxBody), bodyTime
		switch {
		case uploads(r):
			most, in = dutylog.LargestAttachment, uploadTime
		case bringsTable(r):
			most, in = maxTableBody, uploadTime
		}
		if r.ContentLength > most {
			w.Header().Set("Connection", "close")
			tooLarge(r, most).write(w)
			return
		}
		if r.ContentLength != 0 {
			// Without support for deadlines (tests without a connection) there is nothing to bound.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(in))
			if in > bodyTime { // the server counts the answer's time from the request's first line
				_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(in + answerTime))
			}
			r.Body = http.MaxBytesReader(w, r.Body, most+1)
		}
		next.ServeHTTP(w, r)
	})
}

// tooLarge says what is larger than it may be: whoever chose a file reads of the file, not of bytes.
func tooLarge(r *http.Request, most int64) *Problem {
	if !bringsTable(r) {
		return newProblem(http.StatusRequestEntityTooLarge, "", "The body is larger than %d bytes; send less.", most)
	}
	p := newProblem(http.StatusRequestEntityTooLarge, typeBadTable, "The file has more than %d MB: split the table, or take the pictures out of it.", maxTable>>20)
	p.File = string(dutylog.FileTooLarge)
	return p
}

// recovering turns a panic into a 500 and a line in the log.
func (a *app) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			a.Logger.ErrorContext(r.Context(), "request panicked", "route", r.Pattern, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if seen, ok := w.(*observed); ok && seen.status == 0 {
				internal(nil).write(w)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// observe counts and times requests by the row of the table that answered them.
func (a *app) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		seen := &observed{ResponseWriter: w}
		defer func() {
			route := r.Pattern
			if route == "" {
				route = "none" // refused before any row was looked for
			}
			method := r.Method
			if !knownMethod(method) {
				method = "other" // anybody can invent methods; the figures must not grow by that
			}
			a.figures.requests.WithLabelValues(route, method, strconv.Itoa(seen.status)).Inc()
			if !strings.HasSuffix(route, "/events") && !strings.HasSuffix(route, "/recording") {
				a.figures.seconds.WithLabelValues(route).Observe(time.Since(begun).Seconds())
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

func knownMethod(m string) bool {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

// observed is a response whose status is remembered.
type observed struct {
	http.ResponseWriter
	status int // 0: nothing was written yet
}

// WriteHeader implements http.ResponseWriter.
func (o *observed) WriteHeader(status int) {
	if o.status == 0 && status >= 200 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (o *observed) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	return o.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }
