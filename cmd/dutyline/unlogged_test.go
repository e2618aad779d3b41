package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/web"
)

// ringingCall is a call that rings beyond the limit and is then missed, with the line's state.
func ringingCall(id string, at time.Time) (rang, ring3, limit, ended telephony.Change) {
	c := telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: at, RangAt: at, Caller: telephony.ParseNumber("02422730001", "024")}
	change := func(kind telephony.ChangeKind, after time.Duration) telephony.Change {
		said := c
		state := telephony.LineState{Line: "duty", State: telephony.Ringing, Since: at, CallID: id, RangAt: at}
		if kind == telephony.CallEnded {
			state = telephony.LineState{Line: "duty", State: telephony.Idle, Since: at.Add(after)}
		}
		return telephony.Change{Kind: kind, At: at.Add(after), Line: "duty", Call: &said, State: state}
	}
	rang, ring3, limit = change(telephony.CallRang, 0), change(telephony.CallRing3, 10*time.Second), change(telephony.CallLimit, 15*time.Second)
	c.EndedAt, c.Outcome, c.HangupBy = at.Add(20*time.Second), telephony.Missed, telephony.ByCaller
	return rang, ring3, limit, change(telephony.CallEnded, 20*time.Second)
}

// shows insists on what the page has directly: the line's state (none when empty) and the
// keys of the alerts.
func (r *commitRoom) shows(when string, state telephony.State, keys ...string) {
	r.t.Helper()
	synctest.Wait()
	u := r.c.unlogged.Now()
	var told []string
	for _, a := range u.Alerts {
		told = append(told, a.Key)
	}
	if got, is := u.Lines["duty"]; got.State != state || is != (state != "") {
		r.t.Errorf("%s: the line is shown as %q, want %q", when, got.State, state)
	}
	if diff := cmp.Diff(keys, told); diff != "" {
		r.t.Errorf("%s: alerts (-want +got):\n%s", when, diff)
	}
}

func TestCommitThatTakesLongIsShownUnlogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		r := newCommitRoom(t, &brokenLog{hold: hold})
		defer r.done()
		rang, ring3, limit, ended := ringingCall("a", time.Now())
		r.c.Add([]telephony.Change{rang})
		<-time.After(200 * time.Millisecond) // synthetic time
		changed := r.c.unlogged.Now().Changed
		r.c.Add([]telephony.Change{ring3})              // does not begin the time anew
		<-time.After(lateCommit - 201*time.Millisecond) // synthetic time
		r.shows("just before", "")
		<-time.After(time.Millisecond) // synthetic time
		r.shows("250 ms after the first", telephony.Ringing, "ring_3/a")
		select {
		case <-changed:
		default:
			t.Error("nobody is told that there is something to show")
		}
		r.c.Add([]telephony.Change{limit, ring3, limit})
		r.shows("once late, at once and each alert once", telephony.Ringing, "ring_3/a", "limit_passed/a")
		changed = r.c.unlogged.Now().Changed
		close(hold)
		r.shows("when the commit has arrived", "")
		select {
		case <-changed:
		default:
			t.Error("nobody is told that the log has caught up")
		}
		r.c.Add([]telephony.Change{ended})
		<-time.After(time.Minute) // synthetic time
		r.shows("a log that keeps up", "")
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed})
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

func TestCommitThatFailsIsShownUnloggedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newCommitRoom(t, &brokenLog{fail: 1 << 20})
		defer r.done()
		rang, ring3, _, ended := ringingCall("a", time.Now())
		r.c.Add([]telephony.Change{rang})
		r.shows("after the failure, without any time", telephony.Ringing)
		r.c.Add([]telephony.Change{ring3})
		r.shows("ring 3", telephony.Ringing, "ring_3/a")
		<-time.After(time.Minute) // synthetic time
		r.shows("as long as it fails", telephony.Ringing, "ring_3/a")
		r.c.Add([]telephony.Change{ended})
		r.shows("over: nobody need hurry any more", telephony.Idle)
		r.log.mu.Lock()
		r.log.fail = 0
		r.log.mu.Unlock()
		<-time.After(2 * retryCommit) // synthetic time
		r.shows("when the log can be written again", "")
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed})
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// What comes during a slow write has a time of its own, and a log that is only a little slow
// shows nothing early.
func TestCommitCountsFromTheOldestThatStillWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := make(chan struct{})
		r := newCommitRoom(t, &brokenLog{turns: turns})
		defer r.done()
		rang, ring3, _, _ := ringingCall("a", time.Now())
		r.c.Add([]telephony.Change{rang})
		synctest.Wait()
		<-time.After(100 * time.Millisecond) // synthetic time
		r.c.Add([]telephony.Change{ring3})
		<-time.After(100 * time.Millisecond) // synthetic time
		turns <- struct{}{}
		<-time.After(149 * time.Millisecond) // synthetic time
		r.shows("249 ms after the second came", "")
		<-time.After(time.Millisecond) // synthetic time
		r.shows("250 ms after the second came", telephony.Ringing, "ring_3/a")
		turns <- struct{}{}
		r.shows("written", "")
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// TestUnloggedLineIsSeenWhileTheLogIsHeld is the whole way on a real file that another
// program holds: the page sees the line ring, and the log has everything afterwards.
func TestUnloggedLineIsSeenWhileTheLogIsHeld(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(ctx, file, sqlite.Options{LockTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := newCommitter(db, alerts.Rules{}.Judge, file+".refused", slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	server := httptest.NewServer(web.New(web.Deps{
		Log: db, Alerts: db, Sessions: db.Sessions(), Lines: []telephony.Line{{Name: "duty", Rule: telephony.DefaultRule()}},
		Health: func() web.Health { return web.Health{} }, Metrics: prometheus.NewRegistry(), Unlogged: c.unlogged.Now,
	}))
	t.Cleanup(server.Close) // after the stream
	frames := streamOf(t, server.URL)
	awaitUnlogged(t, frames, "the stream begins", func(f unloggedFrame) bool { return f.event == "line" })

	release := holdLog(t, file)
	rang, ring3, limit, over := ringingCall("a", time.Now())
	for _, step := range []struct {
		change telephony.Change
		event  string
		state  telephony.State
	}{{rang, "line", telephony.Ringing}, {ring3, "alert", "open"}, {limit, "alert", "open"}, {over, "line", telephony.Idle}} {
		c.Add([]telephony.Change{step.change})
		f := awaitUnlogged(t, frames, "the next frame", func(f unloggedFrame) bool { return f.event == step.event })
		if f.id != "" || f.body.Logged == nil || *f.body.Logged || f.body.State != step.state {
			t.Errorf("%s: frame %+v", step.change.Kind, f)
		}
		if got := lineAt(t, server.URL); got.State != step.change.State.State || got.Logged == nil || *got.Logged {
			t.Errorf("%s: GET /line says %+v", step.change.Kind, got)
		}
	}
	release()
	f := awaitUnlogged(t, frames, "the log has caught up", func(f unloggedFrame) bool { return f.event == "line" && f.body.Logged != nil && *f.body.Logged })
	if f.id == "" || f.body.State != telephony.Idle {
		t.Errorf("an older state is shown once more: %+v", f)
	}
	if got, err := db.Call(ctx, "a"); err != nil || got.Outcome != telephony.Missed {
		t.Errorf("in the log: %+v, %v", got, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// holdLog takes the file's write lock as another program would; release gives it back.
func holdLog(t *testing.T, file string) (release func()) {
	t.Helper()
	other, err := sql.Open("sqlite3", "file:"+file+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := other.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(), other.Close()); err != nil {
			t.Error(err)
		}
	}
}

// shownBody is what line and alert frames have in common here.
type shownBody struct {
	State  telephony.State
	Logged *bool
}

type unloggedFrame struct {
	id, event string
	body      shownBody
}

func streamOf(t *testing.T, base string) <-chan unloggedFrame {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	frames := make(chan unloggedFrame, 100)
	go readFrames(res.Body, frames)
	return frames
}

func readFrames(r io.Reader, frames chan<- unloggedFrame) {
	defer close(frames)
	var f unloggedFrame
	for lines := bufio.NewScanner(r); lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			f.id = value
		case "event":
			f.event = value
		case "data":
			if err := json.Unmarshal([]byte(value), &f.body); err != nil {
				return // the test misses the frame
			}
		case "":
			frames <- f
			f = unloggedFrame{}
		}
	}
}

// awaitUnlogged waits for a frame for less than the lock is held.
func awaitUnlogged(t *testing.T, frames <-chan unloggedFrame, what string, ok func(unloggedFrame) bool) unloggedFrame {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case f, open := <-frames:
			if !open {
				t.Fatalf("%s: the stream ended", what)
			}
			if ok(f) {
				return f
			}
		case <-deadline:
			t.Fatalf("%s: nothing came while the log was held", what)
		}
	}
}

func lineAt(t *testing.T, base string) (got shownBody) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/v1/line", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}
