package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/web"
)

// An intake is by the switch's clock, and so is what is done about it: whichever clock is ahead, a report that went out
// within ten minutes is in time, and one that took longer is late.
func TestAReportIsJudgedByOneClock(t *testing.T) {
	for _, off := range []time.Duration{5 * time.Minute, -5 * time.Minute, 20 * time.Second} {
		for _, after := range []time.Duration{6 * time.Minute, 11 * time.Minute} {
			for _, typed := range []bool{false, true} {
				h := newHouse(t, func(d *web.Deps) {
					now := d.Now
					d.SwitchNow = func() time.Time { return now().Add(off) }
				})
				h.oneClock = true
				h.clock.Add(h.clock.Now().Truncate(time.Minute).Add(time.Minute).Sub(h.clock.Now()))
				officer := h.as("officer")
				h.finished("1.0", h.clock.Now().Add(off).Add(-2*time.Minute))
				i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
				h.clock.Add(after - 2*time.Minute)
				at := ""
				if typed { // as the page's clock shows it, which is ours
					at = fmt.Sprintf(`,"at":%q`, h.clock.Now().Truncate(time.Minute).Format(time.RFC3339))
				}
				i = officer.did(t, "POST", fmt.Sprintf("/%d/reports/1/deliveries", i.ID), `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏"`+at+`}`)
				r := i.report("first", 1)
				if late := after > 10*time.Minute; r.State != "sent" || r.SentLate != late {
					t.Errorf("the switch is ahead by %s, told after %s, typed %t: sent %s, due %s, late %t", off, after, typed, *r.SentAt, *r.DueAt, r.SentLate)
				}
			}
		}
	}
}

// Who does not stop the clock has a deadline too: who got the report after it, or has not, is marked wherever it is read,
// and a report that went out keeps the category of then.
func TestALateRecipientIsMarked(t *testing.T) {
	h := newHouse(t)
	h.oneClock = true
	h, officer, i := aFireIn(t, h)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "PATCH", at, fmt.Sprintf(`{"clock_start":%q,"clock_reason":"此时确认"}`, h.clock.Now().Add(-time.Minute).Format(time.RFC3339)))
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`,"text":"情况如下。"}`)
	officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"fax","evidence":"回执"}`)
	h.clock.Add(2 * time.Hour)
	i = officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"government","channel":"fax","evidence":"回执"}`)
	r := i.report("first", 1)
	if r.SentLate || len(r.LateTo) != 2 || r.LateTo[0].Recipient != "party_committee" || r.LateTo[0].At != nil || r.LateTo[1].Recipient != "government" || r.LateTo[1].At == nil {
		t.Errorf("%+v", r)
	}
	officer.did(t, "PATCH", at, `{"category":"work_safety","trigger":""}`)
	sheet := officer.get("/incidents" + at + "/reports/1/sheet").body
	for _, want := range []string{"晚于时限 1 小时 51 分", "本级党委：未报送（时限已过）", "森林(草原)"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("%s is not on the report: %s", want, around(sheet, "报送情况"))
		}
	}
	if course := officer.get("/incidents" + at + "/course/sheet").body; !strings.Contains(course, "晚于时限 1 小时 51 分") {
		t.Error("the course does not say it")
	}
}

func around(body, word string) string {
	at := max(strings.Index(body, word), 0)
	return body[at:min(len(body), at+900)]
}

// Each call to a superior is offered until it was noted as a report, also the second and third one.
func TestAnOfferGoesWithEachCallThatWasNoted(t *testing.T) {
	h, officer, i := withSuperior(t)
	at := fmt.Sprintf("/%d", i.ID)
	for n, ago := range []time.Duration{9 * time.Minute, 5 * time.Minute, 2 * time.Minute} {
		id := fmt.Sprintf("2%d.0", n)
		h.calls(id, cityBureau, ago, true)
		var o offers
		decode(t, officer.get("/incidents/offers"), &o)
		if len(o.Calls) != 1 || o.Calls[0].CallID != id {
			t.Fatalf("call %d: %+v", n, o.Calls)
		}
		officer.did(t, "POST", fmt.Sprintf("%s/reports/%d/deliveries", at, o.Calls[0].Report), `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏","call_id":"`+id+`"}`)
		if decode(t, officer.get("/incidents/offers"), &o); len(o.Calls) != 0 {
			t.Errorf("call %d is offered again: %+v", n, o.Calls)
		}
		var own web.EntryDoc
		if officer.get("/entries/e-"+id).into(t, &own); own.Kind != "step" {
			t.Errorf("the entry of call %d is %s", n, own.Kind)
		}
	}
	// The incident goes on as another one: what was noted here is not offered there.
	h.finished("3.0", h.clock.Now().Add(-time.Minute))
	on := officer.did(t, "POST", "", `{"entry_id":"e-3.0","category":"fire"}`)
	officer.did(t, "PATCH", at, fmt.Sprintf(`{"merge_into":%d,"reason":"同一起火灾"}`, on.ID))
	var o offers
	if decode(t, officer.get("/incidents/offers"), &o); len(o.Calls) != 0 {
		t.Errorf("offered again after the merge: %+v", o.Calls)
	}
}

// What a leader orders after the end is kept with the incident, and followed from there; a draft goes on from the last text.
func TestAnInstructionAfterTheEnd(t *testing.T) {
	_, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`,"text":"值班员亲笔。"}`)
	i = officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"fax","evidence":"回执"}`)
	if text := i.report("written", 1).Text; text != "值班员亲笔。" {
		t.Errorf("the next report begins with %q", text)
	}
	officer.did(t, "PATCH", at, `{"state":"closed","reason":"市局直接处置"}`)
	officer.did(t, "POST", at+"/scene", `{"kind":"back","whom":"李科长"}`)
	i = officer.did(t, "POST", at+"/instructions", `{"whom":"区长","text":"举一反三"}`)
	if len(i.Scene) != 1 || len(i.Instructions) != 1 || i.State != "closed" {
		t.Errorf("%+v", i)
	}
	i = officer.did(t, "POST", fmt.Sprintf("%s/instructions/%d/steps", at, i.Instructions[0].Number), `{"kind":"closed","text":"已办结"}`)
	if i.Instructions[0].ClosedAt == nil {
		t.Errorf("%+v", i.Instructions)
	}
}
