package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// sheetIncident is an incident on a handover sheet.
type sheetIncident struct {
	ID           int64
	Number       string
	Title, Next  string
	DueAt        *string `json:"due_at"`
	Unapproved   []string
	Instructions []struct{ Whom, Text string }
}

func (c *client) sheetIncidents(t *testing.T) []sheetIncident {
	t.Helper()
	var now struct {
		Sheet struct{ Incidents []sheetIncident }
	}
	decode(t, c.get("/handover"), &now)
	return now.Sheet.Incidents
}

// crowdOf adds nine callers to a fire, a minute apart, each with its own place and casualties.
func crowdOf(t *testing.T, h *house, officer *client, i incident) incident {
	t.Helper()
	for n := 2; n <= 10; n++ {
		h.clock.Add(10 * time.Second)
		id := fmt.Sprintf("%d.0", n)
		h.finished(id, h.clock.Now().Add(-30*time.Second))
		body := fmt.Sprintf(`{"revision":1,"caller_unit":"第%d位住户","caller_person":"邻居%d","place":"文艺路1号%d单元","casualties":"%d人受伤","happened_at":"2026-11-23T03:5%d:00Z"}`, n, n, n%3, n%4, n%2)
		if got := officer.patch("e-"+id, body); got.status != http.StatusOK {
			t.Fatal(got)
		}
		i = officer.did(t, "POST", fmt.Sprintf("/%d/entries", i.ID), `{"entry_id":"e-`+id+`"}`)
	}
	return i
}

// Ten callers of one fire: one set of clocks, every entry still complete, what they say side by side.
func TestTenCallersOfOneFire(t *testing.T) {
	h, officer, i := aFire(t)
	before := i
	i = crowdOf(t, h, officer, i)
	if len(i.Entries) != 10 || i.ClockStart != before.ClockStart || len(i.Reports) != len(before.Reports) {
		t.Errorf("%d entries, clock %s: %+v", len(i.Entries), i.ClockStart, i.Reports)
	}
	differ := map[string]int{}
	for _, d := range i.Differences {
		differ[d.Element] = len(d.Values)
	}
	if len(differ) != 3 || differ["place"] != 10 || differ["casualties"] != 10 || differ["time"] != 9 {
		t.Errorf("%v", differ)
	}
	if got := i.Elements["time"]; got != "11月23日11时50分" || i.Elements["casualties"] != "无" {
		t.Errorf("what was known first stays, a moment as people say it: %v", i.Elements)
	}
	for n := 2; n <= 10; n++ {
		var e struct {
			CallerUnit string `json:"caller_unit"`
			Place      string
		}
		decode(t, officer.get(fmt.Sprintf("/entries/e-%d.0", n)), &e)
		if e.CallerUnit != fmt.Sprintf("第%d位住户", n) || e.Place == "" {
			t.Errorf("entry %d is not whole any more: %+v", n, e)
		}
	}
}

// A death after the written report makes a follow-up due, on the sheet for the next shift too, with the
// instruction that is nothing but a photo; a file proves a delivery.
func TestALaterDeathAndAPhotoOverAHandover(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"written","elements":`+everything+`,"text":"现将有关情况报告如下。"}`)
	var file, proof attached
	officer.upload("e-1.0", "a.jpg", photo).into(t, &file)
	officer.upload("e-1.0", "b.jpg", photo+"2").into(t, &proof)
	i = officer.did(t, "POST", at+"/instructions", fmt.Sprintf(`{"whom":"区长","attachment":%d}`, file.ID))
	if x := i.Instructions; len(x) != 1 || x[0].Text != "" || x[0].Whom != "区长" {
		t.Errorf("%+v", x)
	}
	i = officer.did(t, "POST", at+"/reports/2/deliveries", fmt.Sprintf(`{"recipient":"superior_bureau","channel":"wechat","attachment":%d}`, proof.ID))
	if r := i.report("written", 1); r.SentAt == nil || r.State != "sent" {
		t.Errorf("%+v", r)
	}
	h.clock.Add(3 * time.Minute)
	i = officer.did(t, "PATCH", at, `{"elements":{"casualties":"死亡1人，2人受伤"},"essential":true}`)
	follow := i.report("follow_up", 1)
	known, err := time.Parse(time.RFC3339, i.Facts[len(i.Facts)-1].At)
	if err != nil {
		t.Fatal(err)
	}
	due := known.Add(10 * time.Minute).Format("2006-01-02T15:04:05.000Z")
	if follow.DueAt == nil || *follow.DueAt != due || follow.State != "coming" || len(follow.Changed) != 1 || follow.Changed[0] != "casualties" {
		t.Errorf("due %s: %+v", due, follow)
	}
	sheet := officer.sheetIncidents(t)
	if len(sheet) != 1 || sheet[0].Number != i.Number || len(sheet[0].Instructions) != 1 || sheet[0].Instructions[0].Whom != "区长" || len(sheet[0].Unapproved) != 1 || sheet[0].DueAt == nil {
		t.Errorf("%+v", sheet)
	}
	if got := officer.does("POST", at+"/instructions", `{"whom":"区长","attachment":77}`); got.status != 422 || !strings.Contains(got.body, "attach it") {
		t.Errorf("a photo that is none: %v", got)
	}
	h.clock.Add(11 * time.Minute)
	decode(t, officer.get("/incidents"+at), &i)
	if r := i.report("follow_up", 1); r.State != "late" {
		t.Errorf("%+v", r)
	}
}

// What two persons decide to erase of an entry is in nothing that the incident shows or prints any more, and in no
// version of a report; when it was sent stays.
func TestAnErasureIsSeenInNothingOfAnIncident(t *testing.T) {
	h, officer, i := aFire(t)
	i = crowdOf(t, h, officer, i)
	at := fmt.Sprintf("/%d", i.ID)
	said := strings.Replace(everything, "沈河区文艺路1号", "文艺路1号2单元", 1)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+said+`,"text":"第2位住户邻居2称文艺路1号2单元起火。"}`)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","base_version":1,"elements":`+said+`,"text":"邻居2已撤离。"}`)
	officer.did(t, "POST", at+"/instructions", `{"whom":"区长","text":"请邻居2协助"}`)
	officer.did(t, "POST", at+"/scene", `{"whom":"邻居2","kind":"feedback","text":"已到文艺路1号2单元"}`)
	i = officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"fax","receiver":"邻居2","evidence":"回执"}`)
	sent := *i.report("first", 1).SentAt
	shown := []string{"/incidents" + at, "/incidents" + at + "/reports/1/sheet", "/incidents" + at + "/course/sheet", "/handover"}
	words := []string{"邻居2", "文艺路1号2单元", "第2位住户"}
	all := func() (text string) {
		for _, path := range shown {
			got := officer.get(path)
			if got.status != http.StatusOK {
				t.Fatal(path, got)
			}
			text += got.body
		}
		return text
	}
	before := all()
	for _, w := range words {
		if !strings.Contains(before, w) {
			t.Fatalf("%s is shown nowhere: this test would prove nothing", w)
		}
	}
	h.erase("e-2.0", dutylog.CallerUnit, dutylog.CallerPerson, dutylog.Place)
	h.erase("e-5.0", dutylog.Place) // another caller who named the same place
	h.erase("e-8.0", dutylog.Place)
	after := all()
	for _, w := range words {
		if strings.Contains(after, w) {
			at := strings.Index(after, w)
			t.Errorf("%s is still shown: %s", w, after[max(0, at-200):at+60])
		}
	}
	decode(t, officer.get("/incidents"+at), &i)
	if r := i.report("first", 1); *r.SentAt != sent || len(r.Versions) != 2 || r.Text != "〔已抹去〕已撤离。" || r.Deliveries[0].Receiver != dutylog.RemarksErased {
		t.Errorf("%+v", r)
	}
	if len(i.Entries) != 10 || i.Instructions[0].Text != "请〔已抹去〕协助" || i.Scene[0].Whom != dutylog.RemarksErased {
		t.Errorf("%+v %+v", i.Instructions, i.Scene)
	}
}
