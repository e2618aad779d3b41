package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/web"
)

type drawDoc struct {
	ID         int64
	Month      string
	Seed       string
	Named      bool
	PerOfficer int `json:"per_officer"`
	Officers   []struct {
		Officer           string
		Population, Drawn int
	}
	By person
}

type listenedDoc struct {
	Call    web.CallDoc
	Officer string
	Facts   []struct {
		ID         int64
		Says, Text string
		Marks      *dutylog.Marks
		By         person
	}
	May []string
}

type drawnDoc struct {
	Draw  drawDoc
	Items []listenedDoc
}

const (
	goodMarks = `{"greeting":"good","tone":"good","precision":"good","elements":"good","read_back":"good"}`
	poorMarks = `{"greeting":"good","tone":"partly","precision":"good","elements":"poor","read_back":"none"}`
)

// listenHouse is a house in the month after one in which two officers answered calls that can be heard.
func listenHouse(t *testing.T) (h *house, month string) {
	h = newHouse(t)
	last := h.clock.Now().In(site).AddDate(0, -1, 0)
	last = time.Date(last.Year(), last.Month(), 12, 4, 0, 0, 0, time.UTC)
	by := dutylog.Actor{Login: "officer", Name: "王officer", Role: dutylog.Officer}
	for i := range 8 {
		id := fmt.Sprintf("%d.0", i+1)
		h.finished(id, last.Add(time.Duration(i)*time.Hour))
		h.saveRecording(id, recorder.Sealed)
		name := []string{"王officer", "李娜"}[i%2]
		e, err := h.db.Entry(t.Context(), "e-"+id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.db.Amend(t.Context(), e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: map[dutylog.Field]string{dutylog.AnsweredBy: name}}, by, h.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return h, last.Format("2006-01")
}

func (c *client) drawn(t *testing.T, id int64) (d drawnDoc) {
	t.Helper()
	c.get(fmt.Sprintf("/listening/draws/%d", id)).into(t, &d)
	return d
}

// The inspector names the seed, the supervisor listens and marks, the officer answers; each sees what is theirs.
func TestRecordingsAreDrawnReviewedAndAnswered(t *testing.T) {
	h, month := listenHouse(t)
	supervisor, officer := h.as("supervisor"), h.as("officer")
	var d drawDoc
	supervisor.post("/listening/draws", `{"month":"`+month+`","per_officer":2,"seed":"检查组"}`).into(t, &d)
	if d.Seed != "检查组" || !d.Named || len(d.Officers) != 2 || d.Officers[1].Population != 4 || d.Officers[1].Drawn != 2 || d.By.Login != "supervisor" {
		t.Fatalf("%+v", d)
	}
	calls, err := h.db.Listenables(t.Context(), dutylog.Month(month))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range dutylog.Sample("检查组", dutylog.Month(month), 2, calls) {
		want = append(want, s.Calls...)
	}
	all := supervisor.drawn(t, d.ID)
	var got []string
	for _, l := range all.Items {
		got = append(got, l.Call.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("drawn %v, by the seed %v", got, want)
	}
	mine := officer.drawn(t, d.ID)
	if len(mine.Items) != 2 || len(mine.Draw.Officers) != 1 || mine.Items[0].Officer != "王officer" || len(mine.Items[0].May) != 0 {
		t.Fatalf("%+v", mine)
	}
	id, theirs := mine.Items[0].Call.ID, all.Items[0].Call.ID
	say := func(c *client, call, body string) answer {
		return c.post(fmt.Sprintf("/listening/draws/%d/facts", d.ID), fmt.Sprintf(`{"call_id":%q,%s}`, call, body))
	}
	if p := say(supervisor, id, `"says":"reviewed","marks":`+poorMarks).problem(t); p.Status != 422 || p.Errors[0].Location != "body.text" {
		t.Errorf("%+v", p)
	}
	if p := say(supervisor, id, `"says":"reviewed"`).problem(t); p.Status != 422 || p.Errors[0].Location != "body.marks.greeting" {
		t.Errorf("%+v", p)
	}
	var l listenedDoc
	say(supervisor, id, `"says":"reviewed","text":"没有问清伤亡","marks":`+poorMarks).into(t, &l)
	if len(l.Facts) != 1 || l.Facts[0].Marks.Elements != dutylog.MarkPoor || l.Facts[0].By.Login != "supervisor" {
		t.Errorf("%+v", l)
	}
	if got := say(supervisor, id, `"says":"reviewed","marks":`+goodMarks); got.status != 409 {
		t.Errorf("by a page that does not know the review: %v", got)
	}
	if got := say(officer, theirs, `"says":"answered","text":"x"`); got.status != 404 {
		t.Errorf("a colleague's call: %v", got)
	}
	say(officer, id, fmt.Sprintf(`"says":"answered","text":"对方已说明","before":%d`, l.Facts[0].ID)).into(t, &l)
	if len(l.Facts) != 2 || l.Facts[1].Marks != nil || l.Facts[1].By.Login != "officer" {
		t.Errorf("%+v", l)
	}
	page := h.as("auditor").get(fmt.Sprintf("/listening/draws/%d/sheet", d.ID))
	for _, words := range []string{"录音抽评表", "种子：检查组（检查人指定）", "没有问清伤亡", "对方已说明", "李娜"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("%s is not on paper", words)
		}
	}
	if page := officer.get(fmt.Sprintf("/listening/draws/%d/sheet", d.ID)); page.status != 200 || strings.Contains(page.body, "李娜") {
		t.Errorf("an officer's sheet shows a colleague: %v", page.status)
	}
}

func TestTheSystemDrawsASeedItself(t *testing.T) {
	h, month := listenHouse(t)
	supervisor := h.as("supervisor")
	seeds := map[string]bool{}
	for range 2 {
		var d drawDoc
		supervisor.post("/listening/draws", `{"month":"`+month+`","per_officer":1}`).into(t, &d)
		if d.Named || len(d.Seed) != 16 {
			t.Errorf("%+v", d)
		}
		seeds[d.Seed] = true
	}
	var list struct {
		Items []drawDoc
		Over  bool
	}
	h.as("leader").get("/listening/draws?month="+month).into(t, &list)
	if len(seeds) != 2 || len(list.Items) != 2 || !list.Over || list.Items[0].ID < list.Items[1].ID {
		t.Errorf("%v %+v", seeds, list)
	}
}

func TestWhatIsNotDrawn(t *testing.T) {
	h, month := listenHouse(t)
	supervisor := h.as("supervisor")
	this := h.clock.Now().In(site).Format("2006-01")
	for body, place := range map[string]string{
		`{"month":"` + this + `","per_officer":1}`: "body.month", `{"month":"2020-01","per_officer":1}`: "body.month", `{"month":"2026-13","per_officer":1}`: "body.month",
		`{"month":"` + month + `","per_officer":21}`: "body.per_officer", `{"month":"` + month + `","per_officer":1,"seed":"\u200b"}`: "body.seed",
	} {
		if p := supervisor.post("/listening/draws", body).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != place {
			t.Errorf("%s: %+v", body, p)
		}
	}
	for _, login := range []string{"officer", "leader", "auditor", "admin"} {
		if got := h.as(login).post("/listening/draws", `{"month":"`+month+`","per_officer":1}`); got.status != 403 {
			t.Errorf("%s draws: %v", login, got)
		}
	}
	for path, status := range map[string]int{"/listening/draws/9": 404, "/listening/draws/9/sheet": 404, "/listening/draws": 422, "/listening/draws?month=x": 422} {
		if got := supervisor.get(path); got.status != status {
			t.Errorf("%s: %v", path, got)
		}
	}
	var list struct {
		Items []drawDoc
		Over  bool
	}
	supervisor.get("/listening/draws?month="+this).into(t, &list)
	if list.Over || len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
}
