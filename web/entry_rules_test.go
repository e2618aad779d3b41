package web_test

import (
	"fmt"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

// answer is the call that rang, answered now.
func (h *house) answer(c telephony.Call) telephony.Call {
	h.t.Helper()
	c.AnsweredAt = c.OfferedAt.Add(7 * time.Second)
	h.record(telephony.CallAnswered, c, c.AnsweredAt)
	return c
}

// over is the call with its outcome.
func (h *house) over(c telephony.Call, o telephony.Outcome) telephony.Call {
	h.t.Helper()
	c.EndedAt, c.Outcome = c.OfferedAt.Add(30*time.Second), o
	h.record(telephony.CallEnded, c, c.EndedAt)
	return c
}

// entry reads an entry as the page does.
func (c *client) entry(t *testing.T, id string) (e web.EntryDoc) {
	t.Helper()
	c.get("/entries/"+id).into(t, &e)
	return e
}

// change patches an entry on the revision that was read, with further members of the body.
func (c *client) change(e web.EntryDoc, members string) answer {
	c.t.Helper()
	return c.patch(e.ID, fmt.Sprintf(`{"revision":%d,%s}`, e.Revision, members))
}

func TestWhatIsTypedWhileItRingsDoesNotHideAMissedCall(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	for id, c := range map[string]struct{ typed, want string }{
		"1.0": {`"content":"喂？","caller_unit":"沈河区应急局"`, "missed"},
		"2.0": {`"kind":"spot_check"`, "spot_check"},
	} {
		call := h.ring(id)
		var e web.EntryDoc
		officer.change(officer.entry(t, "e-"+id), c.typed).into(t, &e)
		h.over(call, telephony.Missed)
		after := officer.entry(t, e.ID)
		if after.Kind != c.want || after.Content != e.Content || after.State != "open" || len(after.Missing) == 0 {
			t.Errorf("after the missed call want %s: %+v", c.want, after)
		}
	}
}
