package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A report that was kept with its text alone has elements of which none says anything, and never null: a page that
// reads it would be blank.
func TestAReportOfTextAloneIsReadByEveryPage(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.finished("1.0", h.clock.Now().Add(-5*time.Minute))
	if got := officer.patch("e-1.0", `{"revision":1,"content":"起火"}`); got.status != 200 {
		t.Fatal(got)
	}
	i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":{},"text":"起火。"}`)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","base_version":1,"elements":{},"text":"起火，续写。"}`)
	for _, path := range []string{"/incidents" + at, "/incidents", "/incidents/offers"} {
		got := officer.get(path)
		if got.status != 200 || strings.Contains(got.body, `"elements":null`) || !strings.Contains(got.body, `"elements":{}`) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := officer.get("/incidents" + at); strings.Count(got.body, `"elements":{}`) < 4 {
		t.Errorf("the incident, its report and both versions have elements: %v", got)
	}
}

// What only one of the recipients got is said as long as the others did not, and stays visible when it is closed.
func TestWhoDidNotGetAReportIsSaid(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`,"text":"起火。"}`)
	i = officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"government","channel":"fax","evidence":"回执"}`)
	if r := i.report("first", 1); r.SentAt != nil || r.State != "late" || len(i.Lacking) != 1 || strings.Join(i.Lacking[0].Recipients, " ") != "superior_bureau party_committee" {
		t.Errorf("%+v %+v", r, i.Lacking)
	}
	var list struct{ Items []incident }
	decode(t, officer.get("/incidents?state=open"), &list)
	if len(list.Items) != 1 || len(list.Items[0].Lacking) != 1 {
		t.Errorf("%+v", list)
	}
	for _, reason := range []string{"", "无"} {
		if got := officer.does("PATCH", at, `{"state":"closed","reason":"`+reason+`"}`); got.status != 422 {
			t.Errorf("closed with %q: %v", reason, got)
		}
	}
	i = officer.did(t, "PATCH", at, `{"state":"closed","reason":"由市局直接处置"}`)
	if i.State != "closed" || strings.Join(i.Unreported, "、") != "初报（初步情况）、书面报告（基本情况）、详细报告（详细情况）" {
		t.Errorf("%s %v", i.State, i.Unreported)
	}
	if got := h.as("supervisor").get("/incidents" + at); got.status != 200 || !strings.Contains(got.body, `"unreported":["初报`) {
		t.Errorf("%v", got)
	}
}
