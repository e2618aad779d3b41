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
