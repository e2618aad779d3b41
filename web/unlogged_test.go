package web_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/web"
)

// waitingRoom is what waits for the log, as a test says.
type waitingRoom struct {
	mu  sync.Mutex
	now web.Unlogged
	ch  chan struct{}
}

func newWaitingRoom() *waitingRoom {
	w := &waitingRoom{}
	w.set(nil)
	return w
}

func (w *waitingRoom) Now() web.Unlogged {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *waitingRoom) set(states []telephony.LineState, told ...alerts.Alert) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch != nil {
		close(w.ch)
	}
	w.ch = make(chan struct{})
	w.now = web.Unlogged{Lines: map[string]telephony.LineState{}, Alerts: told, Changed: w.ch}
	for _, s := range states {
		w.now.Lines[s.Line] = s
	}
}

func ringingLine(id string, at time.Time) []telephony.LineState {
	return []telephony.LineState{{Line: "duty", State: telephony.Ringing, Since: at, CallID: id, RangAt: at}}
}

func TestUnloggedStatesGoBeforeTheLog(t *testing.T) {
	w := newWaitingRoom()
	h := newHouse(t, func(d *web.Deps) { d.Unlogged = w.Now })
	w.set(ringingLine("1.0", h.clock.Now()))
	var line web.LineDoc
	h.visitor().get("/line").into(t, &line)
	if line.State != telephony.Ringing || line.CallID != "1.0" || line.Ring == nil || line.Logged {
		t.Errorf("%+v", line)
	}
	var all struct {
		Items      []web.LineDoc
		NextCursor string `json:"next_cursor"`
	}
	h.as("officer").get("/lines").into(t, &all)
	if len(all.Items) != 2 || all.Items[0].Logged || !all.Items[1].Logged || all.Items[0].Faults == nil {
		t.Errorf("%+v", all.Items)
	}
	w.set(nil)
	h.visitor().get("/line").into(t, &line)
	if line.State != telephony.LineStateUnknown || !line.Logged {
		t.Errorf("the log has caught up: %+v", line)
	}
}

func TestUnloggedFramesHaveNoIDAndComeOnce(t *testing.T) {
	w := newWaitingRoom()
	h := newHouse(t, func(d *web.Deps) { d.Unlogged = w.Now })
	officer, nobody := h.as("officer").listen(""), h.visitor().listen("")
	at := h.clock.Now()
	ring3 := alerts.Alert{Key: "ring_3/1.0", Reason: alerts.ReasonRing3, Line: "duty", CallID: "1.0", At: at}
	limit := alerts.Alert{Key: "limit_passed/1.0", Reason: alerts.ReasonLimitPassed, Line: "duty", CallID: "1.0", At: at}
	for _, l := range []*listener{officer, nobody} {
		l.next()
		l.next()
	}
	w.set(ringingLine("1.0", at))
	for _, l := range []*listener{officer, nobody} {
		if f := l.next(); f.event != "line" || f.id != 0 || !strings.Contains(f.data, `"state":"ringing"`) || !strings.Contains(f.data, `"logged":false`) {
			t.Errorf("ringing: %+v", f)
		}
	}
	w.set(ringingLine("1.0", at), ring3)
	officerSees, nobodySees := officer.next(), nobody.next()
	w.set(ringingLine("1.0", at), ring3, limit)
	stamp := at.Format("2006-01-02T15:04:05.000Z")
	public := `{"reason":"ring_3","state":"open","line":"duty","call_id":"1.0","opened_at":"` + stamp + `","logged":false}`
	told, err := json.Marshal(ring3)
	if err != nil {
		t.Fatal(err)
	}
	full := strings.TrimSuffix(string(told), "}") + `,"logged":false}`
	if diff := cmp.Diff([]frame{{event: "alert", data: full}, {event: "alert", data: public}}, []frame{officerSees, nobodySees}, cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("ring 3 (-want +got):\n%s", diff)
	}
	for _, l := range []*listener{officer, nobody} {
		if f := l.next(); f.event != "alert" || f.id != 0 || !strings.Contains(f.data, "limit_passed") {
			t.Errorf("only what is new: %+v", f)
		}
	}
}

// When the commit arrives the log's frames follow, but no state older than the one shown.
func TestUnloggedStateIsFollowedByTheLogs(t *testing.T) {
	w := newWaitingRoom()
	h := newHouse(t, func(d *web.Deps) { d.Unlogged = w.Now })
	l := h.visitor().listen("")
	first := l.next()
	l.next()
	began := h.clock.Now()
	over := began.Add(27 * time.Second) // as finished has it
	w.set([]telephony.LineState{{Line: "duty", State: telephony.Idle, Since: over}})
	if f := l.next(); f.id != 0 || !strings.Contains(f.data, `"state":"idle"`) {
		t.Fatalf("%+v", f)
	}
	h.finished("1.0", began)
	f := l.next()
	if f.id <= first.id || !strings.Contains(f.data, `"state":"idle"`) || !strings.Contains(f.data, `"logged":true`) {
		t.Errorf("the commit: %+v, want the idle line and not its ringing", f)
	}
	w.set(nil)
	if f := l.next(); f.id <= first.id || !strings.Contains(f.data, `"state":"idle"`) || !strings.Contains(f.data, `"logged":true`) {
		t.Errorf("caught up: %+v", f)
	}
	resumed := h.visitor().listen("", "Last-Event-ID", "0")
	if f := resumed.next(); f.event != "line" || !strings.Contains(f.data, `"state":"idle"`) {
		t.Errorf("resumed: %+v", f)
	}
}

// A reader that comes while the log is held is shown the line as it is, without an id.
func TestUnloggedStateIsShownToWhoComesLater(t *testing.T) {
	w := newWaitingRoom()
	h := newHouse(t, func(d *web.Deps) { d.Unlogged = w.Now })
	at := h.clock.Now()
	w.set(ringingLine("1.0", at), alerts.Alert{Key: "ring_3/1.0", Reason: alerts.ReasonRing3, Line: "duty", CallID: "1.0", At: at})
	l := h.as("officer").listen("")
	duty, fire, alert := l.next(), l.next(), l.next()
	if duty.id != 0 || !strings.Contains(duty.data, `"logged":false`) || !strings.Contains(fire.data, `"logged":true`) || alert.event != "alert" {
		t.Errorf("%+v\n%+v\n%+v", duty, fire, alert)
	}
}

// A session that would be touched is not: that would wait for the log as well.
func TestUnloggedStateIsSeenBySomebodyWhoseSessionIsDueForATouch(t *testing.T) {
	w := newWaitingRoom()
	store := &countingSessions{}
	h := newHouse(t, func(d *web.Deps) { d.Unlogged, store.Store, d.Sessions = w.Now, d.Sessions, store })
	officer := h.as("officer")
	h.clock.Add(2 * time.Minute)
	w.set(ringingLine("1.0", h.clock.Now()))
	before := store.commits()
	var line web.LineDoc
	officer.get("/line").into(t, &line)
	if line.Number == nil || line.State != telephony.Ringing || store.commits() != before {
		t.Errorf("%+v after %d writes of the session", line, store.commits()-before)
	}
	w.set(nil)
	officer.get("/line").into(t, &line)
	if store.commits() != before+1 {
		t.Error("the session is not touched once the log has caught up")
	}
}

// countingSessions counts how often a session is written.
type countingSessions struct {
	scs.Store
	mu      sync.Mutex
	written int
}

func (c *countingSessions) Commit(token string, b []byte, expiry time.Time) error {
	c.mu.Lock()
	c.written++
	c.mu.Unlock()
	return c.Store.Commit(token, b, expiry)
}

func (c *countingSessions) commits() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written
}
