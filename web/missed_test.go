package web_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

// missedDoc is a missed call as the page reads it.
type missedDoc struct {
	Call      web.CallDoc        `json:"call"`
	SettledAt *time.Time         `json:"settled_at"`
	Why       dutylog.SettledWhy `json:"why"`
	ByCall    string             `json:"by_call"`
	Text      string             `json:"text"`
	By        *struct {
		Login string    `json:"login"`
		Name  string    `json:"name"`
		At    time.Time `json:"at"`
	} `json:"by"`
}

// missedCalls is the list as the page reads it.
type missedCalls struct {
	Items      []missedDoc `json:"items"`
	Waiting    int         `json:"waiting"`
	Reasons    []string    `json:"reasons"`
	NextCursor string      `json:"next_cursor"`
}

func (c *client) missed(t *testing.T, query string) (list missedCalls) {
	t.Helper()
	c.get("/missed-calls"+query).into(t, &list)
	return list
}

func TestAMissedCallerIsCalledBack(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	if list := officer.missed(t, ""); list.Waiting != 0 || len(list.Items) != 0 || len(list.Reasons) != 6 {
		t.Fatalf("%+v", list)
	}
	h.over(h.ring("1.0"), telephony.Missed)
	h.over(h.ring("2.0"), telephony.AbandonedEarly)
	list := officer.missed(t, "?waiting=true")
	if list.Waiting != 2 || len(list.Items) != 2 || list.Items[0].Call.ID == list.Items[1].Call.ID || list.Items[0].By != nil || list.Items[0].Why != "" {
		t.Fatalf("%+v", list)
	}
	h.clock.Add(time.Minute)
	h.placed("3.0", "02422730001")
	list = officer.missed(t, "")
	if list.Waiting != 0 || len(list.Items) != 2 || list.Items[0].Why != dutylog.SettledByCallBack || list.Items[0].ByCall != "3.0" || list.Items[0].By.Login != "system" {
		t.Fatalf("%+v", list)
	}
	if left := officer.missed(t, "?waiting=true"); len(left.Items) != 0 {
		t.Errorf("%+v", left)
	}
}

func TestSettlingAMissedCallByHand(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.over(h.ring("1.0"), telephony.Missed)
	h.finished("2.0", h.clock.Now().Add(-time.Hour))
	for _, c := range []struct {
		id, body string
		status   int
	}{{"1.0", `{"why":"called_back"}`, 422}, {"1.0", `{"why":"not_needed"}`, 422}, {"1.0", `{"why":"no_number"}`, 422}, {"1.0", `{"why":"other_phone"}`, 422}, {"1.0", `{}`, 422}, {"2.0", `{"why":"no_number"}`, 404}, {"9.9", `{"why":"no_number"}`, 404}} {
		if p := officer.post("/missed-calls/"+c.id+"/settlement", c.body).problem(t); p.Status != c.status {
			t.Errorf("%s %s: %+v", c.id, c.body, p)
		}
	}
	if p := h.as("auditor").post("/missed-calls/1.0/settlement", `{"why":"no_number"}`).problem(t); p.Status != 403 {
		t.Errorf("an auditor changes something: %+v", p)
	}
	var m missedDoc
	officer.post("/missed-calls/1.0/settlement", `{"why":"other_phone","text":"用手机回拨，已说明情况"}`).into(t, &m)
	if m.Why != dutylog.OtherPhone || m.Text != "用手机回拨，已说明情况" || m.By == nil || m.By.Login != "officer" || m.SettledAt == nil {
		t.Errorf("%+v", m)
	}
	if p := officer.post("/missed-calls/1.0/settlement", `{"why":"no_number"}`).problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" {
		t.Errorf("said twice: %+v", p)
	}
	if list := h.as("supervisor").missed(t, "?limit=1"); list.Waiting != 0 || len(list.Items) != 1 || list.Items[0].Text == "" {
		t.Errorf("%+v", list)
	}
}

func TestTheSheetSaysWhoIsToBeCalledBack(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.over(h.ring("1.0"), telephony.Missed)
	if body := officer.get("/handover").body; !strings.Contains(body, `"call_back":true`) {
		t.Errorf("%s", body)
	}
	officer.post("/missed-calls/1.0/settlement", `{"why":"other_phone","text":"10:20 用手机回拨"}`)
	if body := officer.get("/handover").body; strings.Contains(body, `"call_back"`) {
		t.Errorf("%s", body)
	}
}
