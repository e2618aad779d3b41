package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// How many streams may be open at once: one page has one, and a browser keeps six at most.
const (
	streamsPerAddress = 32
	streamsAtAll      = 512
)

// batch is how many items are read from the feed at a time.
const batch = 200

// streams counts the open streams by address.
type streams struct {
	mu        sync.Mutex
	byAddress map[string]int
	all       int
}

func newStreams() *streams { return &streams{byAddress: map[string]int{}} }

// open counts one more stream, unless there are too many.
func (s *streams) open(address string) (release func(), ok bool) {
	key := addressKey(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byAddress[key] >= streamsPerAddress || s.all >= streamsAtAll {
		return nil, false
	}
	s.byAddress[key]++
	s.all++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.byAddress[key]--; s.byAddress[key] == 0 {
			delete(s.byAddress, key)
		}
	}), true
}

type eventsInput struct {
	Header string `header:"Last-Event-ID" doc:"Resume after this frame; sent by browsers on their own"`
	Query  string `query:"last_event_id" maxLength:"20" doc:"Resume after this frame, where the header cannot be set"`
}

// resume is where a reader wants to go on.
type resume struct {
	after dutylog.Seq
	given bool // false: from now on
	known bool // false: what was given is no id of ours
}

// resumeFrom prefers the header: a browser that reconnects keeps the old query. What is no
// number cannot come from us; then the reader is told to start over, which heals it, instead
// of being refused for ever.
func resumeFrom(in *eventsInput) resume {
	text := in.Header
	if text == "" {
		text = in.Query
	}
	if text == "" {
		return resume{}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return resume{given: true}
	}
	return resume{after: dutylog.Seq(n), given: true, known: true}
}

// events opens a stream: what was missed, then the lines as they stand, then live.
func (a *app) events(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	v := visitorOf(ctx)
	release, ok := a.streams.open(v.address)
	if !ok {
		p := newProblem(http.StatusTooManyRequests, typeTooMany, "Too many event streams are open from this address; close some pages.")
		p.retryAfter = 10 * time.Second
		return nil, p
	}
	from := resumeFrom(in)
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer release()
		r, w := humago.Unwrap(hctx)
		s := &stream{app: a, w: w, rc: http.NewResponseController(w), v: v, noted: map[string]time.Time{}}
		a.figures.streams.Inc()
		defer a.figures.streams.Dec()
		why := s.serve(hctx.Context(), r, from)
		a.figures.cut.WithLabelValues(string(why)).Inc()
	}}, nil
}

// ending is why a stream ended.
type ending string

// The closed set of endings.
const (
	readerGone   ending = "gone"          // the reader, or the daemon, went away
	readerSlow   ending = "slow"          // it took no byte for too long; it may resume
	sessionEnded ending = "session_ended" // signed out, disabled, password changed, too old
	logFailed    ending = "log_failed"    // the duty log could not be read
)

// errSessionEnded ends a stream whose reader may see less than it was opened for.
var errSessionEnded = errors.New("the session of this stream has ended")

// errWrite wraps what the connection says.
var errWrite = errors.New("write to the stream")

// stream is one open event stream.
type stream struct {
	app     *app
	w       http.ResponseWriter
	rc      *http.ResponseController
	v       visitor
	seq     dutylog.Seq // the newest item that was dealt with
	checked time.Time   // when the session was last looked at
	replay  dutylog.Seq // lines up to here are history: their present state follows instead

	ahead  map[string]telephony.LineState // what the reader was shown before the log had it
	told   map[string]bool                // keys of the alerts it was told before
	noted  map[string]time.Time           // when it was last noted that the reader is shown calls, or this entry
	shown  []string                       // entries of which it is still to be noted
	linked []string                       // and entries of incidents
}

func (s *stream) serve(ctx context.Context, r *http.Request, from resume) ending {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold frames back
	// A stream lives longer than any request; each write has a deadline of its own.
	_ = s.rc.SetReadDeadline(time.Time{})
	s.w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return readerGone
	}
	s.checked = time.Now()
	err := s.write("retry: 1000\n\n")
	if err == nil {
		err = s.begin(ctx, from)
	}
	for err == nil {
		err = s.live(ctx)
	}
	return s.ending(ctx, err)
}

func (s *stream) ending(ctx context.Context, err error) ending {
	switch {
	case errors.Is(err, errSessionEnded):
		return sessionEnded
	case errors.Is(err, os.ErrDeadlineExceeded) && errors.Is(err, errWrite):
		return readerSlow
	case errors.Is(err, errWrite), ctx.Err() != nil:
		return readerGone
	}
	s.app.Logger.Error("event stream cut", "error", err)
	return logFailed
}

// begin brings the reader up to now.
func (s *stream) begin(ctx context.Context, from resume) error {
	last, err := s.app.Log.LastSeq(ctx)
	if err != nil {
		return err
	}
	switch {
	case !from.given:
		s.seq = last
	case !from.known || from.after > last:
		return s.startOver(ctx, "unknown_id")
	default:
		s.seq, s.replay = from.after, last
		for more := true; more; {
			if more, err = s.deliver(ctx); err != nil {
				return err
			}
		}
	}
	return s.sendAllLines(ctx)
}

// startOver tells the reader that frames are missing, and shows it what stands now.
func (s *stream) startOver(ctx context.Context, reason string) error {
	last, err := s.app.Log.LastSeq(ctx)
	if err != nil {
		return err
	}
	s.seq, s.replay = last, last
	if err := s.frame("reset", last, []byte(fmt.Sprintf(`{"reason":%q}`, reason))); err != nil {
		return err
	}
	return s.sendAllLines(ctx)
}

// live sends what is new and waits for more; it comes back whenever something happened.
func (s *stream) live(ctx context.Context) error {
	// Taken before reading, so that nothing falls between the two.
	committed, ended := s.app.Log.Wake(), s.app.sessions.end()
	if err := s.recheck(ctx, false); err != nil {
		return err
	}
	for more := true; more; {
		var err error
		if more, err = s.deliver(ctx); err != nil {
			return err
		}
	}
	unlogged, err := s.sendUnlogged(ctx) // after what was committed, or an older state would follow a newer one
	if err != nil {
		return err
	}
	beat, look := time.NewTimer(s.app.timing.heartbeat), time.NewTicker(s.app.timing.recheck)
	defer beat.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-committed:
			return nil
		case <-unlogged:
			return nil
		case <-ended:
			return s.recheck(ctx, true)
		case <-look.C:
			if err := s.recheck(ctx, true); err != nil {
				return err
			}
		case <-beat.C:
			if err := s.write(": still here\n\n"); err != nil {
				return err
			}
			beat.Reset(s.app.timing.heartbeat)
		}
	}
}

// recheck reads session and account again. A stream that was opened with a session ends with
// it: the page notices, comes back without one and is shown only what everybody may see.
func (s *stream) recheck(ctx context.Context, force bool) error {
	if !s.v.signedIn || !force && time.Since(s.checked) < s.app.timing.recheck {
		return nil
	}
	s.checked = time.Now()
	v, err := s.app.sessions.byToken(ctx, s.v.token, s.v.address, false)
	if err != nil {
		return err
	}
	if !v.signedIn {
		return errSessionEnded
	}
	s.v = v
	return nil
}

// deliver sends the next items of the feed; more says that there may be further ones.
func (s *stream) deliver(ctx context.Context) (more bool, err error) {
	items, err := s.app.Log.Since(ctx, s.seq, batch)
	if errors.Is(err, dutylog.ErrFeedGone) {
		return true, s.startOver(ctx, "feed_gone")
	}
	if err != nil || len(items) == 0 {
		return false, err
	}
	// What is about people is sent only under a session that stands at this moment.
	if err := s.recheck(ctx, true); err != nil {
		return false, err
	}
	defer s.noteEntries(ctx)
	newest := newestOf(items)
	for _, item := range items {
		if last, ok := newest[subject{item.Topic, item.Subject}]; !ok || last == item.Seq {
			if err := s.item(ctx, item); err != nil {
				return false, err
			}
		}
		s.seq = item.Seq
	}
	return len(items) == batch, nil
}

// subject is what an item is about.
type subject struct {
	topic dutylog.Topic
	name  string
}

// newestOf finds the last item about each call and entry: these are sent as they stand now, so
// that earlier items of the same batch would only say the same.
func newestOf(items []dutylog.Item) map[subject]dutylog.Seq {
	newest := make(map[subject]dutylog.Seq, len(items))
	for _, item := range items {
		if item.Topic == dutylog.TopicCall || item.Topic == dutylog.TopicEntry || item.Topic == dutylog.TopicIncident {
			newest[subject{item.Topic, item.Subject}] = item.Seq
		}
	}
	return newest
}

// frame writes one event.
func (s *stream) frame(event string, id dutylog.Seq, data []byte) error {
	text := fmt.Sprintf("event: %s\ndata: %s\n\n", event, data)
	if id != unnumbered {
		text = fmt.Sprintf("id: %d\n", id) + text
	}
	return s.write(text)
}

// write sends text under a deadline of its own.
func (s *stream) write(text string) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(s.app.timing.write)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	if err := s.flush(); err != nil {
		return err
	}
	// HTTP/2 resets a stream whose deadline passes, even while there is nothing to write.
	_ = s.rc.SetWriteDeadline(time.Time{})
	return nil
}

func (s *stream) flush() error {
	if err := s.rc.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	return nil
}
