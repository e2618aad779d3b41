package web_test

import (
	"strings"
	"testing"
)

func TestAHoldIsSetAndSeen(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	supervisor := h.as("supervisor")
	path := "/entries/e-1.0/hold"
	if got := supervisor.get("/entries/e-1.0"); !strings.Contains(got.body, `"hold":null`) || !strings.Contains(got.body, `"erased":[]`) {
		t.Errorf("before: %v", got)
	}
	if got := supervisor.do("POST", "/api/v1"+path, `{"reason":"  "}`); got.status != 422 || !strings.Contains(got.body, "body.reason") {
		t.Errorf("without a reason: %v", got)
	}
	if got := supervisor.do("POST", "/api/v1"+path, `{"reason":"诉讼保全"}`); got.status != 200 || !strings.Contains(got.body, `"hold":{"reason":"诉讼保全","by":{"login":"supervisor"`) {
		t.Errorf("set: %v", got)
	}
	if got := supervisor.do("POST", "/api/v1"+path, `{"reason":"诉讼保全"}`); got.status != 422 || !strings.Contains(got.body, "is held already") {
		t.Errorf("set twice: %v", got)
	}
	if got := h.as("officer").get("/entries/e-1.0"); !strings.Contains(got.body, "诉讼保全") {
		t.Errorf("the officer does not see it: %v", got)
	}
	if got := h.as("officer").post("/entries/e-1.0/hold", `{"reason":"x"}`); got.status != 403 {
		t.Errorf("an officer sets one: %v", got)
	}
	if got := supervisor.do("DELETE", "/api/v1"+path+"?reason=x", ""); got.status != 405 {
		t.Errorf("one person releases it: %v", got)
	}
	if got := supervisor.do("POST", "/api/v1/entries/none/hold", `{"reason":"x"}`); got.status != 404 {
		t.Errorf("unknown entry: %v", got)
	}
}
