package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/web"
)

func TestEntryFromOpenToComplete(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now())
	officer := h.as("officer")
	const id = "e-1795436279.0"
	var e web.EntryDoc
	officer.get("/entries/"+id).into(t, &e)
	if e.State != "open" || e.Kind != "duty" || e.Number != "02422730001" || e.ContactNumber != "02422730001" || e.CallID != "1795436279.0" {
		t.Fatalf("opened as %+v", e)
	}
	done := officer.patch(id, fmt.Sprintf(`{"revision":%d,"state":"complete","content":"路面塌陷"}`, e.Revision))
	p := done.problem(t)
	want := []string{"caller_unit", "caller_person", "caller_title", "read_back"}
	if done.status != 422 || p.Type != "/problems/incomplete-entry" || !cmp.Equal(want, p.Missing) {
		t.Fatalf("got %v, want 422 with %v missing", done, want)
	}
	officer.patch(id, fmt.Sprintf(`{"revision":%d,"state":"complete","content":"路面塌陷","caller_unit":"沈河区应急局","caller_person":"王强",
		"read_back":"done","gaps":{"caller_title":{"why":"refused","reason":"不愿透露"}}}`, e.Revision)).into(t, &e)
	if e.State != "complete" || e.WrittenBy != "officer" || e.ReadBackBy != "officer" || e.Gaps["caller_title"].Why != "refused" ||
		len(e.Missing) != 0 || time.Time(e.CompletedAt).IsZero() {
		t.Errorf("completed as %+v", e)
	}
	var revisions struct {
		Items      []web.RevisionDoc `json:"items"`
		NextCursor string            `json:"next_cursor"`
	}
	officer.get("/entries/"+id+"/revisions").into(t, &revisions)
	last := revisions.Items[len(revisions.Items)-1]
	if len(revisions.Items) != e.Revision || last.By.Login != "officer" || last.By.Role != "officer" || last.Entry.Content != "路面塌陷" {
		t.Errorf("revisions %+v", revisions.Items)
	}
}

func TestKindSetsTheTagOfTheCall(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now())
	officer := h.as("officer")
	var e web.EntryDoc
	officer.get("/entries/e-1795436279.0").into(t, &e)
	officer.patch(e.ID, fmt.Sprintf(`{"revision":%d,"kind":"nuisance","state":"complete"}`, e.Revision)).into(t, &e)
	var c web.CallDoc
	officer.get("/calls/1795436279.0").into(t, &c)
	if !slices.Contains(c.Tags, "nuisance") || e.State != "complete" {
		t.Errorf("tags %v, entry %s", c.Tags, e.State)
	}
}

func TestEntriesUnfinishedFirst(t *testing.T) {
	h := newHouse(t)
	begun := h.clock.Now().Add(-time.Hour)
	for i := range 3 {
		h.finished(fmt.Sprintf("%d.0", i), begun.Add(time.Duration(i)*time.Minute))
	}
	officer := h.as("officer")
	var e web.EntryDoc
	officer.get("/entries/e-2.0").into(t, &e)
	officer.patch(e.ID, fmt.Sprintf(`{"revision":%d,"kind":"wrong_number","state":"complete"}`, e.Revision)).into(t, &e)
	list := func(query string) (ids []string) {
		t.Helper()
		for cursor := ""; ; {
			var page struct {
				Items      []web.EntryDoc `json:"items"`
				NextCursor string         `json:"next_cursor"`
			}
			officer.get("/entries?limit=2&"+query+"&cursor="+cursor).into(t, &page)
			for _, e := range page.Items {
				ids = append(ids, e.ID)
			}
			if cursor = page.NextCursor; cursor == "" {
				return ids
			}
		}
	}
	got := [][]string{list(""), list("order=newest"), list("order=unfinished"), list("state=open"), list("kind=wrong_number"), list("line=fire")}
	want := [][]string{{"e-1.0", "e-0.0", "e-2.0"}, {"e-2.0", "e-1.0", "e-0.0"}, {"e-1.0", "e-0.0", "e-2.0"}, {"e-1.0", "e-0.0"}, {"e-2.0"}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEntryKindsForEverybody(t *testing.T) {
	h := newHouse(t)
	got := h.visitor().get("/entry-kinds").body
	for _, want := range []string{`{"kind":"duty","required":["caller_unit","caller_person","caller_title","contact_number","content","read_back"]`,
		`"read_back":["not_possible"]`, `{"kind":"wrong_number","required":[],"gaps":{}}`, `"categories":["突发事件"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
