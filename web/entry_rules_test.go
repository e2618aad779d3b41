package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

func TestOnlyKindsThatFitTheCallAreTaken(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	placed := h.call("4.0", h.clock.Now())
	placed.Direction = telephony.Outbound
	h.record(telephony.CallOffered, placed, placed.OfferedAt)
	waiting := h.ring("1.0")
	inbound := []string{"duty", "missed", "wrong_number", "nuisance", "spot_check"}
	kinds := func(want ...string) web.EntryDoc {
		t.Helper()
		e := officer.entry(t, "e-1.0")
		if diff := cmp.Diff(want, e.Kinds); diff != "" {
			t.Errorf("kinds (-want +got):\n%s", diff)
		}
		return e
	}
	kinds(inbound...)
	waiting = h.answer(waiting)
	e := kinds("duty", "wrong_number", "nuisance", "spot_check")
	h.over(waiting, telephony.AnsweredLate)
	kinds("duty", "wrong_number", "nuisance", "spot_check")
	missed := h.over(h.ring("2.0"), telephony.Missed)
	for _, c := range []struct {
		entry  web.EntryDoc
		kind   string
		remedy string
	}{
		{e, "missed", "choose duty,"},
		{e, "outgoing", "choose duty,"},
		{officer.entry(t, "e-"+missed.ID), "duty", "choose missed,"},
		{officer.entry(t, "e-4.0"), "nuisance", "choose outgoing"},
	} {
		got := officer.change(c.entry, `"kind":"`+c.kind+`"`)
		p := got.problem(t)
		if got.status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body.kind" || !strings.Contains(p.Detail, c.remedy) {
			t.Errorf("entry %s as %s: %v, want 422 with %q", c.entry.ID, c.kind, got, c.remedy)
		}
	}
}

func TestThePageIsToldWhichKindsFitWhenTheCallGoesOn(t *testing.T) {
	h := newHouse(t)
	call := h.ring("1.0")
	l := h.as("officer").listen("")
	l.until(is("line"))
	h.answer(call)
	_, told := l.until(is("entry"))
	var e web.EntryDoc
	told.into(t, &e)
	if e.Revision != 1 || slices.Contains(e.Kinds, "missed") {
		t.Errorf("the page is told %v on revision %d", e.Kinds, e.Revision)
	}
}

func TestADutyEntryIsNotClosedBeforeTheAnswer(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	const facts = `"caller_unit":"沈河区应急局","caller_person":"王强","caller_title":"值班员","content":"路面塌陷"`
	call := h.ring("1.0")
	e := officer.entry(t, "e-1.0")
	for body, where := range map[string]string{
		facts + `,"read_back":"done","state":"complete"`: "body.read_back",
		`"read_back":"done"`:                             "body.read_back",
		facts + `,"gaps":{"read_back":{"why":"not_possible","reason":"已挂断"}},"state":"complete"`: "body.state",
	} {
		got := officer.change(e, body)
		p := got.problem(t)
		if got.status != 422 || p.Type != "/problems/invalid-value" || len(p.Errors) != 1 || p.Errors[0].Location != where || !strings.Contains(p.Detail, "not answered yet") {
			t.Errorf("%s: %v, want 422 about %s", body, got, where)
		}
	}
	h.ring("2.0")
	var closed web.EntryDoc
	officer.change(officer.entry(t, "e-2.0"), `"kind":"nuisance","state":"complete"`).into(t, &closed)
	if closed.State != "complete" {
		t.Errorf("a nuisance call is not closed while it rings: %+v", closed)
	}

	call = h.answer(call)
	officer.change(e, facts+`,"read_back":"done","state":"complete"`).into(t, &e)
	if e.State != "complete" || e.ReadBackBy != "officer" {
		t.Fatalf("while they talk: %+v", e)
	}
	h.over(call, telephony.AnsweredByMachine) // so it was no person who picked up
	after := officer.entry(t, e.ID)
	if after.State != "open" || after.Kind != "missed" || !slices.Contains(after.Missing, "call_back_result") || after.Content != "路面塌陷" {
		t.Errorf("after the end: %+v", after)
	}
	var revisions struct {
		Items      []web.RevisionDoc `json:"items"`
		NextCursor string            `json:"next_cursor"`
	}
	officer.get("/entries/"+e.ID+"/revisions").into(t, &revisions)
	if last := revisions.Items[len(revisions.Items)-1]; last.By.Login != "system" || last.Entry.State != "open" {
		t.Errorf("the last revision is %+v", last)
	}
}

func TestAConflictWithTheCallsEndNamesTheSystem(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	call := h.ring("1.0")
	seen := officer.entry(t, "e-1.0")
	officer.change(seen, `"content":"喂？"`).into(t, &seen)
	h.over(call, telephony.Missed)
	got := officer.change(seen, `"content":"喂？喂？"`)
	if p := got.problem(t); got.status != 409 || !strings.Contains(p.Detail, "was changed by the system meanwhile") || p.Entry["kind"] != "missed" {
		t.Errorf("got %v, want 409 by the system", got)
	}
}

// Any whole number may be a revision that somebody saw; what is none is a mistake of the program.
func TestARevisionThatIsNotTheCurrentOneIsAConflict(t *testing.T) {
	h := newHouse(t)
	h.ring("1.0")
	officer := h.as("officer")
	e := officer.entry(t, "e-1.0")
	officer.change(e, `"content":"路面塌陷"`).into(t, &e)
	for revision, want := range map[string]int{"0": 409, "1": 409, "3": 409, "-1": 422, "1.5": 422, `"1"`: 422, "null": 422} {
		got := officer.patch(e.ID, `{"revision":`+revision+`,"content":"桥面塌陷"}`)
		p := got.problem(t)
		if got.status != want {
			t.Errorf("revision %s: %v, want %d", revision, got, want)
		}
		if want == 409 && (p.Entry["revision"] != float64(2) || p.Entry["content"] != "路面塌陷") {
			t.Errorf("revision %s: the current entry is not told: %v", revision, p.Entry)
		}
		if want == 422 && (len(p.Errors) != 1 || p.Errors[0].Location != "body.revision") {
			t.Errorf("revision %s: %v, want an error about body.revision", revision, got)
		}
	}
}

func TestATextThatIsNewerThanItsReadBackIsMarked(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.finished("1.0", h.clock.Now())
	e := officer.entry(t, "e-1.0")
	for _, step := range []struct {
		body    string
		changed bool
	}{
		{`"content":"路面塌陷","caller_unit":"沈河区应急局","caller_person":"王强","caller_title":"值班员","read_back":"done","state":"complete"`, false},
		{`"content":"路面塌陷，两人受伤","reason":"补记伤亡"`, true},
		{`"category":"突发事件","reason":"补记类别"`, true},
		{`"read_back":"done","reason":"再次复述"`, false},
	} {
		h.clock.Add(time.Minute)
		officer.change(e, step.body).into(t, &e)
		if kept := officer.entry(t, e.ID); e.ChangedAfter != step.changed || kept.ChangedAfter != step.changed || e.State != "complete" {
			t.Errorf("after %s: changed after the read-back %v, kept %v, want %v; state %s", step.body, e.ChangedAfter, kept.ChangedAfter, step.changed, e.State)
		}
	}
	if at := time.Time(e.ReadBackAt); !at.Equal(h.clock.Now().Truncate(time.Millisecond)) {
		t.Errorf("read back again at %v, yet it says %v", h.clock.Now(), at)
	}
}
