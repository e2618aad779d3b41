package web_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

// Two who explain at once from the same page: one of them is kept, the other is told to read it anew.
func TestTwoTabsExplainAtOnce(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王officer")
	officer := h.as("officer")
	var wg sync.WaitGroup
	answers := make([]answer, 6)
	for i := range answers {
		wg.Go(func() {
			answers[i] = officer.post("/reviews/1.0/facts", fmt.Sprintf(`{"says":"explained","code":"away","text":"第 %d 次"}`, i))
		})
	}
	wg.Wait()
	kept := 0
	for _, a := range answers {
		switch a.status {
		case 200:
			kept++
		case 409:
		default:
			t.Errorf("%v", a)
		}
	}
	if p := officer.reviews(t, ""); kept != 1 || len(p.Items[0].Facts) != 1 {
		t.Errorf("%d are kept: %+v", kept, p.Items[0].Facts)
	}
}

// A case whose officer nobody knows is on every officer's list, and whoever sat there explains it.
func TestACaseOfNobodyIsExplainedByWhoeverSatThere(t *testing.T) {
	h := newHouse(t)
	c := h.call("1.0", h.clock.Now())
	h.over(c, telephony.Missed)
	for _, login := range []string{"officer", "chief", "leader"} {
		if p := h.as(login).reviews(t, "?waits=officer&mine=true"); p.Total != 1 || p.Items[0].Officer != "" || !slices.Contains(p.Items[0].May, "explained") {
			t.Errorf("%s: %+v", login, p)
		}
	}
	var r reviewDoc
	h.as("leader").says(t, "1.0", `"says":"explained","code":"hung_up","text":"拿起时已挂断"`).into(t, &r)
	if p := h.as("leader").says(t, "1.0", `"says":"decided","result":"stands"`).problem(t); p.Status != 422 {
		t.Errorf("who explained decides: %+v", p)
	}
	h.as("supervisor").says(t, "1.0", `"says":"decided","result":"stands"`).into(t, &r)
	h.as("supervisor").says(t, "1.0", `"says":"second_asked","text":"请带班领导再看"`).into(t, &r)
	if p := h.as("leader").says(t, "1.0", `"says":"second_decided","result":"stands"`).problem(t); !strings.Contains(p.Detail, "concerned yourself") {
		t.Errorf("who explained judges it: %+v", p)
	}
}

// A borderline verdict counts late only when a supervisor says so, and stands for nobody by itself.
func TestABorderlineVerdictIsDecided(t *testing.T) {
	h := newHouse(t)
	c := h.call("1.0", h.clock.Now())
	c.AnsweredAt = c.RangAt.Add(15050 * time.Millisecond)
	c.RangUntil, c.EndedAt, c.Rings, c.Outcome, c.Findings = c.AnsweredAt, c.AnsweredAt.Add(time.Minute), 4, telephony.AnsweredLate, []telephony.Finding{telephony.BorderlineVerdict}
	h.record(telephony.CallEnded, c, c.EndedAt)
	var r reviewDoc
	h.as("officer").says(t, "1.0", `"says":"explained","code":"other","text":"听到第三声就接了"`).into(t, &r)
	supervisor := h.as("supervisor")
	if p := supervisor.reviews(t, ""); !slices.Equal(p.Items[0].Results, []string{"counts_in_time", "counts_late", "set_aside"}) {
		t.Errorf("%+v", p.Items[0].Results)
	}
	if p := supervisor.says(t, "1.0", `"says":"decided","result":"stands"`).problem(t); p.Status != 422 || p.Errors[0].Location != "body.result" {
		t.Errorf("%+v", p)
	}
	supervisor.says(t, "1.0", `"says":"decided","result":"counts_in_time","text":"在误差之内"`).into(t, &r)
	if r.Result != "counts_in_time" || r.Call.Outcome != "answered_late" {
		t.Errorf("%+v", r)
	}
	if page := supervisor.get("/reviews/1.0/sheet"); !strings.Contains(page.body, "临界") || !strings.Contains(page.body, "计为按时") {
		t.Errorf("%v", page)
	}
}

// An officer of the same name as the one who is asked about, an empty name, another case: the object's right
// follows the name and nothing else.
func TestWhoseReviewItIs(t *testing.T) {
	for _, c := range []struct {
		role          dutylog.Role
		name, officer string
		want          string
	}{
		{dutylog.Officer, "张伟", "张伟", "allowed"}, {dutylog.Officer, "张伟", "", "allowed"}, {dutylog.Officer, "张伟", "李娜", "not_theirs"}, {dutylog.Officer, "张伟", "张 伟（代）", "allowed"}, {dutylog.Officer, "张 伟", "张伟", "allowed"}, {dutylog.Officer, "", "李娜", "not_theirs"},
		{dutylog.Chief, "王科", "李娜", "allowed"}, {dutylog.Leader, "赵振华", "李娜", "allowed"}, {dutylog.Supervisor, "刘督查", "李娜", "allowed"}, {dutylog.Auditor, "审计", "李娜", "allowed"},
		{dutylog.Admin, "管理", "管理", "not_their_role"}, {dutylog.Reader, "读者", "读者", "not_their_role"},
	} {
		if got := web.MayReview(dutylog.Account{Name: c.name, Role: c.role}, "review.see", c.officer); got != c.want {
			t.Errorf("%s %q about %q: %s, want %s", c.role, c.name, c.officer, got, c.want)
		}
	}
}

// The officer whose name an entry has with a blank and a mark finds the case, reads it and explains it.
func TestAnOfficerIsKnownHoweverTheirNameIsWritten(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王 officer（代）")
	officer := h.as("officer")
	if p := officer.reviews(t, "?mine=true"); p.Total != 1 || p.Items[0].Officer != "王 officer" {
		t.Fatalf("%+v", p)
	}
	if got := officer.get("/reviews/1.0"); got.status != 200 {
		t.Errorf("%+v", got)
	}
	var r reviewDoc
	officer.says(t, "1.0", `"says":"explained","code":"away","text":"取传真"`).into(t, &r)
	if r.State != "awaits_supervisor" {
		t.Errorf("%+v", r)
	}
}

// Until the officer has spoken, or their days are over, a review is theirs alone: the others are told how many there are
// and from when one can be read. The call is no secret, and what concerns nobody is open at once.
func TestTheOfficerHasTheFirstWord(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王 officer（代）")
	h.clock.Add(time.Minute)
	h.late("2.0", "王officer")
	h.over(h.call("3.0", h.clock.Now()), telephony.Missed)
	officer, supervisor := h.as("officer"), h.as("supervisor")
	if p := officer.reviews(t, ""); p.Total != 3 || p.Held.Total != 0 {
		t.Errorf("the officer sees %d, held %d", p.Total, p.Held.Total)
	}
	for _, onlooker := range []*client{supervisor, h.as("leader"), h.as("chief"), h.as("auditor")} {
		for _, query := range []string{"", "?waits=officer"} {
			p := onlooker.reviews(t, query)
			if p.Total != 1 || p.Items[0].Call.ID != "3.0" || p.Held.Total != 2 || p.Held.FirstAt == nil {
				t.Errorf("%q: %+v", query, p)
			}
		}
		for _, path := range []string{"/reviews/1.0", "/reviews/1.0/sheet"} {
			p := onlooker.get(path).problem(t)
			if p.Status != 403 || p.Type != "/problems/officer-first" || !strings.Contains(p.Detail, "from 20") {
				t.Errorf("%s: %+v", path, p)
			}
		}
		if got := onlooker.get("/reviews/3.0"); got.status != 200 {
			t.Errorf("what concerns nobody: %v", got)
		}
	}
	for _, path := range []string{"/calls/1.0", "/entries/e-1.0"} {
		if got := supervisor.get(path); got.status != 200 {
			t.Errorf("%s: %v", path, got)
		}
	}
	if p := supervisor.post("/reviews/1.0/facts", `{"says":"commented","text":"x"}`).problem(t); p.Status != 403 || p.Type != "/problems/officer-first" {
		t.Errorf("%+v", p)
	}
	var r reviewDoc
	officer.says(t, "1.0", `"says":"explained","code":"away","text":"取传真"`).into(t, &r)
	if p := supervisor.reviews(t, ""); p.Total != 2 || p.Held.Total != 1 {
		t.Errorf("the officer spoke: %d, held %d", p.Total, p.Held.Total)
	}
	if got := supervisor.get("/reviews/1.0"); got.status != 200 {
		t.Errorf("%v", got)
	}
	h.clock.Add(6 * 24 * time.Hour)
	supervisor = h.as("supervisor")
	if p := supervisor.reviews(t, "?waits=supervisor"); p.Total != 3 || p.Held.Total != 0 || p.Held.FirstAt != nil {
		t.Errorf("the officer's days are over: %d, held %+v", p.Total, p.Held)
	}
	if got := supervisor.get("/reviews/2.0"); got.status != 200 {
		t.Errorf("%v", got)
	}
}
