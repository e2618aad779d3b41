package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/web"
)

// call is an incoming call in some stage of its life.
func (h *house) call(id string, offered time.Time) telephony.Call {
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound,
		Caller: telephony.ParseNumber("02422730001", "024"), CallerName: "沈河区应急局", Called: telephony.ParseNumber("02422739110", "024"),
		OfferedAt: offered, RangAt: offered.Add(100 * time.Millisecond), Rule: telephony.DefaultRule().Version()}
}

func (h *house) record(kind telephony.ChangeKind, c telephony.Call, at time.Time) {
	h.t.Helper()
	state := telephony.LineState{Line: c.Line, State: telephony.Ringing, Since: c.RangAt, CallID: c.ID, RangAt: c.RangAt}
	switch {
	case c.Ended():
		state = telephony.LineState{Line: c.Line, State: telephony.Idle, Since: c.EndedAt}
	case !c.AnsweredAt.IsZero():
		state = telephony.LineState{Line: c.Line, State: telephony.Talking, Since: c.AnsweredAt, CallID: c.ID}
	}
	err := h.db.Record(h.t.Context(), []telephony.Change{{Kind: kind, At: at, Line: c.Line, Call: &c, State: state}})
	if err != nil {
		h.t.Fatal(err)
	}
}

// ring lets a call ring from now on.
func (h *house) ring(id string) telephony.Call {
	h.t.Helper()
	c := h.call(id, h.clock.Now())
	h.record(telephony.CallRang, c, c.RangAt)
	return c
}

// finished is an answered call that is over.
func (h *house) finished(id string, offered time.Time) telephony.Call {
	h.t.Helper()
	c := h.call(id, offered)
	h.record(telephony.CallRang, c, c.RangAt)
	c.AnsweredAt, c.EndedAt = offered.Add(7*time.Second), offered.Add(27*time.Second)
	c.RangUntil = c.AnsweredAt
	c.Outcome, c.Rings, c.HangupBy = telephony.AnsweredInTime, 2, telephony.ByCaller
	h.record(telephony.CallEnded, c, c.EndedAt)
	return c
}

// sealed is a finished call whose recording can be played.
func (h *house) sealed(id string) telephony.Call {
	h.t.Helper()
	c := h.finished(id, h.clock.Now().Add(-time.Minute))
	h.saveRecording(id, recorder.Sealed)
	return c
}

func (h *house) saveRecording(id string, status recorder.Status) {
	h.t.Helper()
	r, err := h.db.Recording(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Status, r.Digest, r.Size, r.Duration = status, recorder.Digest(strings.Repeat("ab", 32)), int64(len(audio)), 20*time.Second
	r.SealedAt, r.NextTry = h.clock.Now(), time.Time{}
	if err := h.db.SaveRecording(h.t.Context(), r); err != nil {
		h.t.Fatal(err)
	}
}

func TestCallIsShownAsDocumented(t *testing.T) {
	h := newHouse(t)
	c := h.sealed("1795436279.0")
	var got web.CallDoc
	h.as("officer").get("/calls/1795436279.0").into(t, &got)
	ms := func(n int64) *int64 { return &n }
	if got.ID != c.ID || got.Caller != "02422730001" || got.CallerE164 != "+862422730001" || got.CallerName != "沈河区应急局" ||
		got.Outcome != "answered_in_time" || got.EntryID != "e-1795436279.0" || got.Direction != "in" || got.HangupBy != "caller" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]*int64{ms(6900), ms(7000)}, []*int64{got.RingMS, got.CallerRingMS}); diff != "" {
		t.Errorf("clocks (-want +got):\n%s", diff)
	}
	if r := got.Recording; r == nil || r.Status != "sealed" || len(r.SHA256) != 64 || *r.DurationMS != 20000 {
		t.Errorf("recording %+v", got.Recording)
	}
}

func TestCallsInPages(t *testing.T) {
	h := newHouse(t)
	begun := h.clock.Now().Add(-time.Hour).Truncate(time.Second)
	for i := range 5 {
		h.finished(fmt.Sprintf("17954362%02d.0", i), begun.Add(time.Duration(i)*time.Minute))
	}
	officer := h.as("officer")
	list := func(query string) (ids []string, next string) {
		t.Helper()
		var page struct {
			Items      []web.CallDoc `json:"items"`
			NextCursor string        `json:"next_cursor"`
			Reviewed   map[string]any
		}
		officer.get("/calls?"+query).into(t, &page)
		for _, c := range page.Items {
			ids = append(ids, strings.TrimSuffix(strings.TrimPrefix(c.ID, "17954362"), ".0"))
		}
		return ids, page.NextCursor
	}
	at := func(minute int) string {
		return url.QueryEscape(begun.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339))
	}
	first, next := list("limit=3")
	second, last := list("limit=3&cursor=" + url.QueryEscape(next))
	all, _ := list("")
	between, _ := list("from=" + at(1) + "&to=" + at(3))
	shanghai := url.QueryEscape(begun.Add(3 * time.Minute).In(time.FixedZone("", 8*3600)).Format(time.RFC3339))
	late, _ := list("from=" + shanghai)
	missed, _ := list("outcome=missed")
	elsewhere, _ := list("line=fire")
	got := [][]string{first, second, all, between, late, missed, elsewhere}
	want := [][]string{{"04", "03", "02"}, {"01", "00"}, {"04", "03", "02", "01", "00"}, {"02", "01"}, {"04", "03"}, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if next == "" || last != "" {
		t.Errorf("cursors %q and %q: want one, then none", next, last)
	}
	if body := officer.get("/calls?outcome=missed").body; !strings.Contains(body, `"items":[]`) {
		t.Errorf("an empty list is not null: %s", body)
	}
}

func TestQueriesAreCheckedAndNamed(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	for _, c := range []struct{ path, location string }{
		{"/calls?limt=3", "query.limt"},
		{"/calls?limit=0", "query.limit"},
		{"/calls?limit=501", "query.limit"},
		{"/calls?limit=-1", "query.limit"},
		{"/calls?limit=many", "query.limit"},
		{"/calls?limit=99999999999999999999", "query.limit"},
		{"/calls?cursor=garbage", "query.cursor"},
		{"/calls?cursor=" + strings.Repeat("a", 300), "query.cursor"},
		{"/calls?from=yesterday", "query.from"},
		{"/calls?from=0001-01-01T00:00:00Z", "query.from"}, // no time, as Go has it: it would be no bound
		{"/calls?from=2026-11-23", "query.from"},
		{"/calls?from=2026-11-23T12:00:00+08:00", "query.from"}, // the + arrived as a space
		{"/calls?to=1795436279", "query.to"},
		{"/calls?from=2026-11-23T12:00:00Z&to=2026-11-23T11:00:00Z", "query.to"},
		{"/calls?outcome=lost", "query.outcome"},
		{"/intervals?kind=sleepy", "query.kind"},
		{"/intervals?kind=" + strings.Repeat("a", 300), "query.kind"},
		{"/intervals?from=yesterday", "query.from"},
		{"/intervals?to=2026-11-23T12:00:00+08:00", "query.to"},
		{"/intervals?from=2026-11-23T12:00:00Z&to=2026-11-23T12:00:00Z", "query.to"},
		{"/intervals?limit=3", "query.limit"},
		{"/entries?state=closed", "query.state"},
		{"/entries?kind=phone", "query.kind"},
		{"/entries?order=random", "query.order"},
		{"/entries?cursor=%00", "query.cursor"},
		{"/entries?from=x", "query.from"},
		{"/line?name=duty", "query.name"},
		{"/lines?line=duty", "query.line"},
		{"/duty?when=now", "query.when"},
		{"/entry-kinds?x=1", "query.x"},
		{"/calls/1.0?x=1", "query.x"},
		{"/session?x=1", "query.x"},
		{"/events?from=1", "query.from"},
		{"/calls/" + strings.Repeat("1", 300), "path.id"},
	} {
		got := officer.get(c.path)
		if got.status != 422 {
			t.Errorf("%s: got %v, want 422", c.path, got)
			continue
		}
		p := got.problem(t)
		if len(p.Errors) == 0 || p.Errors[0].Location != c.location || !strings.Contains(p.Detail, c.location) {
			t.Errorf("%s: %v does not name %s", c.path, got, c.location)
		}
	}
}

func TestSpotCheckIsSetAndCleared(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now().Add(-time.Minute))
	supervisor := h.as("supervisor")
	var got web.CallDoc
	supervisor.do("PUT", "/api/v1/calls/1795436279.0/tags/spot_check", "").into(t, &got)
	if diff := cmp.Diff([]string{"spot_check"}, got.Tags); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	supervisor.do("DELETE", "/api/v1/calls/1795436279.0/tags/spot_check", "").into(t, &got)
	if len(got.Tags) != 0 {
		t.Errorf("tags %v after clearing", got.Tags)
	}
	if got := supervisor.do("PUT", "/api/v1/calls/none/tags/spot_check", ""); got.status != 404 {
		t.Errorf("unknown call: %v", got)
	}
	if got := supervisor.do("PUT", "/api/v1/calls/1795436279.0/tags/test", ""); got.status != 404 {
		t.Errorf("a tag that nobody sets by hand: %v", got)
	}
}

func TestLineWithAndWithoutSession(t *testing.T) {
	h := newHouse(t)
	c := h.ring("1795436279.0")
	h.clock.Add(10*time.Second + 200*time.Millisecond)
	var in, out web.LineDoc
	h.as("officer").get("/line").into(t, &in)
	anybody := h.visitor().get("/line")
	anybody.into(t, &out)
	for who, got := range map[string]web.LineDoc{"signed in": in, "signed out": out} {
		if got.Line != "duty" || got.State != telephony.Ringing || got.CallID != c.ID || got.Ring == nil || *got.Ring != 3 || got.Limit != 3 ||
			!time.Time(got.RangAt).Equal(c.RangAt.Truncate(time.Millisecond)) || got.Rule.OnMS != 1000 || got.Rule.OffMS != 4000 {
			t.Errorf("%s: %+v", who, got)
		}
	}
	if in.Number == nil || *in.Number != "02422739110" || in.Faults == nil {
		t.Errorf("signed in: number %v, faults %v", in.Number, in.Faults)
	}
	for _, secret := range []string{"number", "faults", "22730001", "沈河"} {
		if strings.Contains(anybody.body, secret) {
			t.Errorf("signed out, the answer holds %q: %s", secret, anybody.body)
		}
	}
}

func TestLinesAndUnknownOnes(t *testing.T) {
	h := newHouse(t)
	h.ring("1795436279.0")
	visitor := h.visitor()
	var all struct {
		Items      []web.LineDoc `json:"items"`
		NextCursor string        `json:"next_cursor"`
	}
	visitor.get("/lines").into(t, &all)
	var got []string
	for _, l := range all.Items {
		got = append(got, l.Line+" "+string(l.State))
	}
	if diff := cmp.Diff([]string{"duty ringing", "fire unknown"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var fire web.LineDoc
	visitor.get("/line?line=fire").into(t, &fire)
	if fire.Line != "fire" || fire.Ring != nil || !time.Time(fire.RangAt).IsZero() {
		t.Errorf("got %+v", fire)
	}
	if p := visitor.get("/line?line=water").problem(t); p.Status != 404 || !strings.Contains(p.Detail, `"water"`) {
		t.Errorf("got %+v", p)
	}
}

func TestDuty(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	err := h.db.ReplaceRoster(t.Context(), []dutylog.Shift{
		{From: now.Add(-time.Hour), To: now.Add(time.Hour), Post: dutylog.PostOfficer, Name: "李值班", Phone: "13800001111"},
		{From: now.Add(time.Hour), To: now.Add(2 * time.Hour), Post: dutylog.PostLeader, Name: "赵带班"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := h.as("officer").get("/duty").body
	if !strings.Contains(got, `"duty_officer":{"name":"李值班","phone":"13800001111","from":"`) || !strings.Contains(got, `"duty_leader":null`) {
		t.Errorf("got %s", got)
	}
	// A reading account is told who is on duty, by no number.
	if got := h.as("reader").get("/duty").body; !strings.Contains(got, `"duty_officer":{"name":"李值班","phone":"","from":"`) || strings.Contains(got, "1380000") {
		t.Errorf("a reading account got %s", got)
	}
}
