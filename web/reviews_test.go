package web_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
	"dutyline/web"
)

// reviewDoc is a review as the page reads it.
type reviewDoc struct {
	Call    web.CallDoc `json:"call"`
	Officer string
	State   string
	DueAt   time.Time `json:"due_at"`
	Overdue bool
	About   string
	Result  string
	Facts   []struct {
		ID                       int64
		Says, Code, Result, Text string
		By                       person
		Officer                  string
		Past                     bool
	}
	May, Results []string
}

type reviewPage struct {
	Items       []reviewDoc
	Total       int
	OfficerDays int `json:"officer_days"`
	Reasons     []string
	Causes      []string
	NextCursor  string `json:"next_cursor"`
	Held        struct {
		Total   int
		FirstAt *time.Time `json:"first_at"`
	}
}

func (c *client) reviews(t *testing.T, query string) (p reviewPage) {
	t.Helper()
	c.get("/reviews"+query).into(t, &p)
	return p
}

// late is a call that the officer of these tests answered late, as its entry says.
func (h *house) late(id, answeredBy string) telephony.Call {
	h.t.Helper()
	c := h.call(id, h.clock.Now())
	h.record(telephony.CallRang, c, c.RangAt)
	c.AnsweredAt = c.RangAt.Add(15500 * time.Millisecond)
	c.RangUntil, c.EndedAt, c.Rings, c.Outcome, c.Rule = c.AnsweredAt, c.AnsweredAt.Add(time.Minute), 4, telephony.AnsweredLate, telephony.DefaultRule().Version()
	h.record(telephony.CallEnded, c, c.EndedAt)
	e, err := h.db.Entry(h.t.Context(), "e-"+id)
	if err != nil {
		h.t.Fatal(err)
	}
	by := dutylog.Actor{Login: "officer", Name: "王officer", Role: dutylog.Officer}
	if _, err := h.db.Amend(h.t.Context(), e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: map[dutylog.Field]string{dutylog.AnsweredBy: answeredBy}}, by, h.clock.Now()); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// says is what somebody says of a verdict, against the newest fact that they see.
func (c *client) says(t *testing.T, id, body string) answer {
	t.Helper()
	var seen reviewDoc
	before := int64(0)
	for _, r := range c.reviews(t, "").Items {
		if r.Call.ID == id {
			seen = r
		}
	}
	if n := len(seen.Facts); n > 0 {
		before = seen.Facts[n-1].ID
	}
	return c.post("/reviews/"+id+"/facts", fmt.Sprintf(`{"before":%d,%s}`, before, body))
}

// The whole course: the officer sees it first and explains, the supervisor decides, a second reviewer
// decides otherwise; what was measured is what it was.
func TestAVerdictIsReviewed(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王officer")
	officer, supervisor, leader := h.as("officer"), h.as("supervisor"), h.as("leader")
	p := officer.reviews(t, "?waits=officer&mine=true")
	if p.Total != 1 || p.OfficerDays != 3 || len(p.Reasons) != 9 || len(p.Causes) != 7 || p.Items[0].State != "awaits_officer" || !slices.Equal(p.Items[0].May, []string{"explained"}) {
		t.Fatalf("%+v", p)
	}
	if p := supervisor.reviews(t, "?waits=supervisor"); p.Total != 0 || len(p.Items) != 0 {
		t.Errorf("before the officer said a word: %+v", p)
	}
	if p := supervisor.says(t, "1.0", `"says":"decided","result":"stands"`).problem(t); p.Status != 403 || p.Type != "/problems/officer-first" || !strings.Contains(p.Detail, "first word") {
		t.Errorf("%+v", p)
	}
	if p := officer.says(t, "1.0", `"says":"explained","code":"away"`).problem(t); p.Status != 422 || p.Errors[0].Location != "body.text" {
		t.Errorf("without words: %+v", p)
	}
	var r reviewDoc
	officer.says(t, "1.0", `"says":"explained","code":"other_call","text":"正在接听 119 电话"`).into(t, &r)
	if r.State != "awaits_supervisor" || len(r.Facts) != 1 || r.Facts[0].By.Login != "officer" || r.Facts[0].Code != "other_call" {
		t.Errorf("%+v", r)
	}
	if p := supervisor.reviews(t, "?waits=supervisor"); p.Total != 1 || !slices.Equal(p.Items[0].May, []string{"commented", "decided"}) || !slices.Equal(p.Items[0].Results, []string{"stands", "set_aside"}) {
		t.Errorf("%+v", p)
	}
	if p := supervisor.post("/reviews/1.0/facts", `{"says":"decided","result":"stands"}`).problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" {
		t.Errorf("by a page that does not know the explanation: %+v", p)
	}
	supervisor.says(t, "1.0", `"says":"decided","result":"stands"`).into(t, &r)
	if r.State != "decided" || r.Result != "stands" {
		t.Errorf("%+v", r)
	}
	officer.says(t, "1.0", `"says":"second_asked","text":"话机当时已报修"`).into(t, &r)
	if p := supervisor.says(t, "1.0", `"says":"second_decided","result":"stands"`).problem(t); !strings.Contains(p.Detail, "another person") {
		t.Errorf("the first reviewer decides twice: %+v", p)
	}
	leader.says(t, "1.0", `"says":"second_decided","result":"set_aside","code":"phone","text":"维修单 118"`).into(t, &r)
	if r.State != "closed" || r.Result != "set_aside" || r.Call.Outcome != "answered_late" || len(r.May) != 0 {
		t.Errorf("%+v", r)
	}
}

// Whose case it is not sees nothing of it: what is held against a colleague is theirs and the supervisors'.
func TestAnOfficerSeesTheirOwnReviewsOnly(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王officer")
	h.clock.Add(time.Minute)
	h.late("2.0", "别人")
	officer := h.as("officer")
	if p := officer.reviews(t, ""); p.Total != 1 || p.Items[0].Call.ID != "1.0" {
		t.Errorf("%+v", p)
	}
	for _, path := range []string{"/reviews/2.0", "/reviews/2.0/sheet"} {
		if got := officer.get(path); got.status != 404 {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := officer.post("/reviews/2.0/facts", `{"says":"explained","code":"away","text":"x"}`); got.status != 404 {
		t.Errorf("%v", got)
	}
	h.clock.Add(6 * 24 * time.Hour) // the officers' days are over
	for _, login := range []string{"chief", "leader", "supervisor", "auditor"} {
		if p := h.as(login).reviews(t, ""); p.Total != 2 {
			t.Errorf("%s sees %d", login, p.Total)
		}
	}
	if p := h.as("leader").reviews(t, "?mine=true"); p.Total != 0 {
		t.Errorf("%+v", p)
	}
	if got := h.as("admin").get("/reviews"); got.status != 403 {
		t.Errorf("%v", got)
	}
	if got := h.as("auditor").post("/reviews/1.0/facts", `{"says":"commented","text":"x"}`); got.status != 403 {
		t.Errorf("%v", got)
	}
}

// The officer's time ends by the site's setting, and then a supervisor may go on without them.
func TestAfterTheOfficersTimeASupervisorDecides(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.OfficerDays = 1 })
	h.late("1.0", "王officer")
	h.clock.Add(6 * 24 * time.Hour)
	supervisor := h.as("supervisor")
	p := supervisor.reviews(t, "?waits=supervisor")
	if p.Total != 1 || p.OfficerDays != 1 || !p.Items[0].Overdue || p.Items[0].State != "awaits_supervisor" {
		t.Fatalf("%+v", p)
	}
	var r reviewDoc
	supervisor.says(t, "1.0", `"says":"decided","result":"set_aside","code":"power","text":"停电通知 2026-31"`).into(t, &r)
	if r.Result != "set_aside" || r.Overdue != true {
		t.Errorf("%+v", r)
	}
}

// One page has everything by which a verdict can be judged anew.
func TestTheMaterialOfADispute(t *testing.T) {
	rows := []telephony.Row{{Kind: telephony.RowAnswer, Channel: "PJSIP/duty-1"}, {Kind: telephony.RowUser, User: "DL_END", Channel: "PJSIP/trunk-1"}}
	var asked string
	h := newHouse(t, func(d *web.Deps) {
		d.Journal = func(_ context.Context, id string, _ time.Time) ([]telephony.Row, error) { asked = id; return rows, nil }
		now := d.Now
		d.SwitchNow = func() time.Time { return now().Add(120 * time.Millisecond) }
	})
	if err := h.db.NoteRules(t.Context(), lines, h.clock.Now().Add(-time.Hour), h.clock.Now()); err != nil {
		t.Fatal(err)
	}
	c := h.late("1.0", "王officer")
	ago := func(d time.Duration) time.Time { return c.OfferedAt.Add(-d) }
	seen := telephony.Witness{CallID: "1.0", ClockAt: c.OfferedAt, Ahead: 42 * time.Millisecond, Machine: telephony.ClockSynchronised, Error: 20 * time.Millisecond, Heard: true,
		SIP: []telephony.SIPMoment{{At: c.OfferedAt.Add(-time.Millisecond), Leg: "PJSIP/trunk", In: true, What: "INVITE"}, {At: c.RangAt.Add(2 * time.Millisecond), Leg: "PJSIP/duty", What: "180"}}}
	if err := h.db.Record(t.Context(), []telephony.Change{{Kind: telephony.WitnessHeard, At: c.EndedAt, Line: "duty", Witness: &seen}}); err != nil {
		t.Fatal(err)
	}
	h.tests.results = []testcall.Result{{ID: 9, Line: "duty", At: ago(-time.Minute)}, {ID: 8, Line: "fire", At: ago(time.Second), EndedAt: ago(0)}, {ID: 7, Line: "duty", At: ago(time.Hour), EndedAt: ago(time.Minute)}, {ID: 6, Line: "duty", At: ago(9 * time.Hour), EndedAt: ago(8 * time.Hour)}}
	got := h.as("officer").get("/reviews/1.0")
	for _, words := range []string{`"test":{"id":7,`, `"blind":[`, `"what":"answer"`, `"what":"DL_END"`, `"clock_offset_ms":12`, `"journal_why":""`, `"limit_ms":15000`, `"uncertainty_ms":100`, `"to_ms":15500,"allowed":false`,
		`"clock_then":{"at":"`, `"offset_ms":42,"machine":"synchronised","error_ms":20`, `"leg":"PJSIP/duty","what":"180"`, `"sip_why":""`, `{"name":"rang","judged":"`, `"name":"answered"`, `"until":null,"held":true,"limit_ms":15000,"kept":true,"number":"`, `"endpoints":["PJSIP/`, `"saved_at":"2`} {
		if !strings.Contains(got.body, words) {
			t.Errorf("%s is not in %s", words, got.body)
		}
	}
	if strings.Count(got.body, `"allowed":true`) != 3 || strings.Count(got.body, `"from":"`) < 1 || asked != "1.0" {
		t.Errorf("asked for %q: %s", asked, got.body)
	}
	h.clock.Add(6 * 24 * time.Hour) // the officer's days are over
	page := h.as("supervisor").get("/reviews/1.0/sheet")
	for _, words := range []string{"<svg", `viewBox="0 0 720 110"`, "时限 15 秒", "接听 15.5 秒", "三方时刻对照", "线路设置沿革", "（本次来电时）", "至今", "由何人修改，系统不知道", "0.002）", "交换机时钟比本机快 0.042 秒；本机时钟已由时间服务校准，误差不超过 0.02 秒", "180　PJSIP/duty", "超时接听", "王officer", "应答", "DL_END", "来电人姓名和电话号码已按查阅权限隐去"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("%s is not on paper:\n%s", words, page.body)
		}
	}
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(page.body, " style=") {
		t.Errorf("%v", page.header)
	}
	if all := *h.accesses; !slices.ContainsFunc(all, func(x web.Access) bool {
		return x.What == "review.see" && x.Object == "1.0" && x.Who.Login == "officer"
	}) ||
		!slices.ContainsFunc(all, func(x web.Access) bool { return x.What == "review.print" && x.Who.Login == "supervisor" }) {
		t.Errorf("nobody keeps who looked: %+v", all)
	}
}

// Why there is nothing is said; a fault of the journal's file stays in the daemon's own log.
func TestAJournalThatSaysNothing(t *testing.T) {
	for want, journal := range map[string]web.CallJournal{
		"none":    nil,
		"nothing": func(context.Context, string, time.Time) ([]telephony.Row, error) { return nil, nil },
		"unreadable": func(context.Context, string, time.Time) ([]telephony.Row, error) {
			return nil, errors.New("/secret/cel.jsonl: no")
		},
	} {
		h := newHouse(t, func(d *web.Deps) { d.Journal = journal })
		h.health.Switch.Connected = false
		h.late("1.0", "王officer")
		got := h.as("officer").get("/reviews/1.0")
		if !strings.Contains(got.body, `"sip_why":"not_kept"`) || !strings.Contains(got.body, `"clock_then":null`) || !strings.Contains(got.body, `"journal_why":"`+want+`"`) || !strings.Contains(got.body, `"clock_offset_ms":null`) || strings.Contains(got.body, "secret") {
			t.Errorf("%s: %v", want, got)
		}
	}
}

// A verdict of an older program, whose rule cannot be read, is shown without a drawing.
func TestARuleThatCannotBeRead(t *testing.T) {
	h := newHouse(t)
	c := h.call("1.0", h.clock.Now())
	c.Rule = "1000/4000/0/3"
	h.over(c, telephony.Missed)
	got := h.as("supervisor").get("/reviews/1.0")
	if !strings.Contains(got.body, `"limit_ms":null`) || !strings.Contains(got.body, `"bursts":[]`) {
		t.Errorf("%v", got)
	}
	if page := h.as("supervisor").get("/reviews/1.0/sheet"); page.status != 200 || strings.Contains(page.body, "<svg") {
		t.Errorf("%v", page)
	}
}

func TestTheListOfReviewsIsAskedByTime(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王officer")
	h.clock.Add(time.Hour)
	h.late("2.0", "王officer")
	h.clock.Add(6 * 24 * time.Hour) // the officer's days are over
	supervisor := h.as("supervisor")
	if p := supervisor.reviews(t, "?limit=1"); p.Total != 2 || len(p.Items) != 1 || p.NextCursor == "" || p.Items[0].Call.ID != "2.0" {
		t.Errorf("%+v", p)
	} else if p := supervisor.reviews(t, "?limit=1&cursor="+p.NextCursor); len(p.Items) != 1 || p.NextCursor != "" || p.Items[0].Call.ID != "1.0" {
		t.Errorf("%+v", p)
	}
	for _, query := range []string{"?cursor=rubbish", "?waits=nobody", "?from=yesterday", "?from=0001-01-01T00:00:00Z", "?from=2020-01-01T00:00:00Z", "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "?limit=0"} {
		if got := supervisor.get("/reviews" + query); got.status != 422 {
			t.Errorf("%s: %v", query, got)
		}
	}
	if p := supervisor.reviews(t, "?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z"); p.Total != 0 {
		t.Errorf("%+v", p)
	}
	if got := supervisor.get("/reviews/nothing.0"); got.status != 404 {
		t.Errorf("%v", got)
	}
	h.finished("3.0", h.clock.Now())
	if got := supervisor.get("/reviews/3.0"); got.status != 404 {
		t.Errorf("a call in time: %v", got)
	}
}

// Callers are masked in the list and on paper for whose work does not need them, and shown in what is opened.
func TestTheCallersOfReviewsAreMasked(t *testing.T) {
	h := newHouse(t)
	c := h.late("1.0", "王officer")
	h.clock.Add(6 * 24 * time.Hour) // the officer's days are over
	supervisor := h.as("supervisor")
	if got := supervisor.get("/reviews"); strings.Contains(got.body, c.Caller.Raw) {
		t.Errorf("%v", got)
	}
	if got := supervisor.get("/reviews/1.0"); !strings.Contains(got.body, c.Caller.Raw) {
		t.Errorf("%v", got)
	}
	if got := h.as("officer").get("/reviews"); !strings.Contains(got.body, c.Caller.Raw) {
		t.Errorf("%v", got)
	}
}
