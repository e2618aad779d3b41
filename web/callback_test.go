package web_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"dutyline/telephony"
	"dutyline/web"
)

// backs is a duty phone that rings in the test only.
type backs struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (b *backs) CallBack(_ context.Context, line, number string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, line+" "+number)
	return telephony.CallBackID("x"), b.err
}

func TestACallBackByOneClick(t *testing.T) {
	b := &backs{}
	h := newHouse(t, func(d *web.Deps) { d.CallBacks = b })
	var out struct {
		CallID string `json:"call_id"`
	}
	h.as("officer").post("/call-backs", `{"number":"024-22730001","line":"duty"}`).into(t, &out)
	if out.CallID != "dutyline.back.x" || len(b.asked) != 1 || b.asked[0] != "duty 024-22730001" {
		t.Errorf("%+v, asked %v", out, b.asked)
	}
	if n := len(*h.accesses); n != 1 || (*h.accesses)[0].What != "call.back" || (*h.accesses)[0].Object != out.CallID || (*h.accesses)[0].Who.Login != "officer" {
		t.Errorf("who did it is kept as %+v", *h.accesses)
	}
	for _, role := range []string{"supervisor", "auditor", "admin"} {
		if p := h.as(role).post("/call-backs", `{"number":"110"}`).problem(t); p.Status != 403 {
			t.Errorf("%s has the duty phone ring: %+v", role, p)
		}
	}
	for body, location := range map[string]string{`{}`: "body", `{"number":"1","more":1}`: "body.more", `{"number":"` + strings.Repeat("1", 65) + `"}`: "body.number"} {
		if p := h.as("officer").post("/call-backs", body).problem(t); p.Status != 422 || len(p.Errors) == 0 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if len(b.asked) != 1 {
		t.Errorf("refused requests rang the phone: %v", b.asked)
	}
}

func TestWhyNobodyIsCalledBack(t *testing.T) {
	b := &backs{}
	h := newHouse(t, func(d *web.Deps) { d.CallBacks = b })
	officer := h.as("officer")
	for why, status := range map[telephony.CallBackRefusal]int{
		telephony.BackNoLine: 404, telephony.BackNoNumber: 422, telephony.BackBadNumber: 422, telephony.BackOwnNumber: 422, telephony.BackUnseen: 503,
		telephony.BackLineInUse: 409, telephony.BackPhoneAway: 503, telephony.BackRinging: 409, telephony.BackStopping: 503, telephony.BackNoPhone: 503,
	} {
		b.err = why
		if p := officer.post("/call-backs", `{"number":"1"}`).problem(t); p.Status != status || p.Type != "/problems/call-back-"+string(why) || !strings.Contains(p.Detail, why.Error()) {
			t.Errorf("%s: %+v", why, p)
		}
	}
	b.err = errors.New("secret words of the switch")
	if p := officer.post("/call-backs", `{"number":"1"}`).problem(t); p.Status != 503 || strings.Contains(p.Detail, "secret") || !strings.Contains(h.logs.String(), "secret words") {
		t.Errorf("%+v", p)
	}
	if len(*h.accesses) != 0 {
		t.Errorf("nothing was done, yet %+v", *h.accesses)
	}
	without := newHouse(t)
	if p := without.as("officer").post("/call-backs", `{"number":"1"}`).problem(t); p.Status != 503 {
		t.Errorf("%+v", p)
	}
}
