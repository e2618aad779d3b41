package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk/asterisktest"
)

// wireMissed is a missed call as the API gives it.
type wireMissed struct {
	Call   wireCall `json:"call"`
	Why    string   `json:"why"`
	ByCall string   `json:"by_call"`
}

// missed lists the missed calls, oldest first, and how many wait.
func (d *desk) missed() (items []wireMissed, waiting int) {
	d.t.Helper()
	var l struct {
		Items   []wireMissed `json:"items"`
		Waiting int          `json:"waiting"`
	}
	d.want(200, "GET", "/api/v1/missed-calls", nil, &l)
	slices.Reverse(l.Items)
	return l.Items, l.Waiting
}

// callBack has the duty phone ring.
func (d *desk) callBack(number string) (call string) {
	d.t.Helper()
	var out struct {
		CallID string `json:"call_id"`
	}
	d.want(200, "POST", "/api/v1/call-backs", map[string]string{"number": number}, &out)
	return out.CallID
}

// invited lists what the duty phone was invited to, oldest first, by the first lines of what came and went.
func (p *deskPhone) invited(t *testing.T) (first []string) {
	t.Helper()
	for _, m := range p.messages(t) {
		if !m.sent && (strings.HasPrefix(m.text, "INVITE") || strings.HasPrefix(m.text, "CANCEL")) {
			first = append(first, strings.Fields(m.text)[0])
		}
	}
	return first
}

// A missed caller is called back with one click: the duty phone rings, is picked up, and the number is
// dialled. It is an outgoing call of the line like any other, in both eyes and with its recording; the
// missed call is settled by it, and it is offered as a step of the missed call's entry.
func TestSystemAMissedCallerIsCalledBack(t *testing.T) {
	t.Parallel()
	const number = "13800001111"
	r := newRoom(t)
	sound, err := os.ReadFile(asterisktest.Tone(t, callerTone, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	h := asterisktest.StartHandset(t, r.far, func(string) asterisktest.Manners {
		return asterisktest.Manners{Voice: asterisktest.Voice{Sound: sound}, After: 300 * time.Millisecond, Listen: 2 * time.Second, HangUp: true}
	})
	phone := r.phone(3*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller-gives-up", caller{number: number, ring: 2 * time.Second}).Must(t)
	r.desk.settled(1)
	if items, waiting := r.desk.missed(); waiting != 1 || len(items) != 1 || items[0].Call.Outcome != "missed" {
		t.Fatalf("%d wait: %+v", waiting, items)
	}
	r.awaitLine("idle")
	id := r.desk.callBack(number)
	if resp, body := r.desk.ask("POST", "/api/v1/call-backs", map[string]string{"number": number}); resp.StatusCode != 409 || !strings.Contains(string(body), "call-back-already_ringing") {
		t.Errorf("rung twice: %d %s", resp.StatusCode, body)
	}
	if calls := r.desk.allCalls(); len(calls) != 1 {
		t.Errorf("as long as nobody picked up there is no call: %+v", calls)
	}
	calls := r.desk.settled(2)
	c := calls[1]
	if c.ID != id || c.Direction != "out" || c.Called != number || c.Outcome != "placed_answered" || c.AnsweredAt == nil || c.recording() != "sealed" || len(c.Findings) > 0 {
		t.Errorf("%+v %s %+v", c, c.recording(), c.Recording)
	}
	r.desk.await(10*time.Second, "the journal has settled it", func() bool { return r.desk.call(id).SettledBy == "journal" })
	if after := r.desk.call(id); len(after.Findings) > 0 || !after.OfferedAt.Equal(*c.OfferedAt) || after.Called != number {
		t.Errorf("both eyes do not agree: %+v, %+v", c, after)
	}
	rung := h.Rung()
	if len(rung) != 1 || rung[0].Number != number || rung[0].From != practiceNumber || asterisktest.ToneShare(rung[0].Heard[8000:12800], phoneTone) < 0.8 {
		t.Errorf("this arrived: %+v", rang(h))
	}
	if items, waiting := r.desk.missed(); waiting != 0 || items[0].Why != "called_back" || items[0].ByCall != id {
		t.Errorf("%d wait: %+v", waiting, items)
	}
	var serves struct {
		Items []struct {
			Why, Step string
			Entry     struct{ ID string } `json:"entry"`
		}
	}
	r.desk.want(200, "GET", "/api/v1/entries/"+c.EntryID+"/serves", nil, &serves)
	if len(serves.Items) != 1 || serves.Items[0].Why != "same_number" || serves.Items[0].Entry.ID != calls[0].EntryID {
		t.Errorf("offered: %+v", serves.Items)
	}
	if diff := cmp.Diff([]string{"INVITE", "CANCEL", "INVITE"}, phone.invited(t)); diff != "" {
		t.Errorf("the duty phone (-want +got):\n%s", diff)
	}
}

// A caller comes before a call back: the phone stops ringing for it, the caller gets through, and the log
// shows the caller's call alone. A phone that sends the call on sends it nowhere, and numbers that the
// switch dials for nobody are refused before anything rings.
func TestSystemACallerComesBeforeACallBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	h := asterisktest.StartHandset(t, r.far, func(string) asterisktest.Manners { return asterisktest.Manners{} })
	phone := r.phone(time.Second, 0, phoneTone)
	r.awaitLine("idle")
	for number, why := range map[string]string{
		"": "no_number", "anonymous": "no_number", practiceNumber: "own_number", "*57*13900001111%23": "bad_number", "*57": "bad_number",
		"008613800001111&PJSIP/x": "bad_number", "0044123456789": "bad_number", "16812345": "bad_number",
	} {
		resp, body := r.desk.ask("POST", "/api/v1/call-backs", map[string]string{"number": number})
		if resp.StatusCode != 422 || !strings.Contains(string(body), "call-back-"+why) {
			t.Errorf("%q: %d %s", number, resp.StatusCode, body)
		}
	}
	r.desk.callBack("13800001115") // the phone sends it on
	r.desk.await(10*time.Second, "the duty phone was invited", func() bool { return len(phone.invited(t)) == 1 })
	r.desk.await(20*time.Second, "the phone is free again", func() bool {
		resp, _ := r.desk.ask("POST", "/api/v1/call-backs", map[string]string{"number": "13800001112"}) // and this one rings until it is dropped
		return resp.StatusCode == 200
	})
	r.desk.await(10*time.Second, "the duty phone rings", func() bool { return len(phone.invited(t)) == 2 })
	r.calls("caller", caller{number: "02488880001", talk: time.Second, hertz: callerTone}).Must(t)
	calls := r.desk.settled(1)
	if c := calls[0]; c.Caller != "02488880001" || c.Outcome != "answered_in_time" || len(c.Findings) > 0 {
		t.Errorf("%+v", c)
	}
	if got := phone.invited(t); !slices.Contains(got, "CANCEL") || len(got) != 4 {
		t.Errorf("the duty phone: %v", got)
	}
	if n := len(h.Rung()); n != 0 {
		t.Errorf("%d calls went out: %v", n, rang(h))
	}
	if items, _ := r.desk.missed(); len(items) != 0 {
		t.Errorf("%+v", items)
	}
}
