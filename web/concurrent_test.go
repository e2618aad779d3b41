package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/web"
)

// atOnce runs n requests at the same time and counts the statuses.
func atOnce(n int, request func(i int) answer) map[int]int {
	var (
		mu    sync.Mutex
		wait  sync.WaitGroup
		start = make(chan struct{})
		got   = map[int]int{}
	)
	for i := range n {
		wait.Go(func() {
			<-start
			status := request(i).status
			mu.Lock()
			defer mu.Unlock()
			got[status]++
		})
	}
	close(start)
	wait.Wait()
	return got
}

// TestWindowsDoNotOverwriteEachOther lets eight windows save the same revision at once.
func TestWindowsDoNotOverwriteEachOther(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	var e web.EntryDoc
	officer := h.as("officer")
	officer.get("/entries/e-1.0").into(t, &e)
	got := atOnce(8, func(i int) answer {
		return officer.patch("e-1.0", fmt.Sprintf(`{"revision":%d,"content":"窗口 %d"}`, e.Revision, i))
	})
	if diff := cmp.Diff(map[int]int{200: 1, 409: 7}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var after web.EntryDoc
	officer.get("/entries/e-1.0").into(t, &after)
	if after.Revision != e.Revision+1 {
		t.Errorf("revision %d after %d", after.Revision, e.Revision)
	}
}

// TestGuessingAtOnceIsLimitedToo: the tries are counted before the slow hash, not after it.
func TestGuessingAtOnceIsLimitedToo(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	got := atOnce(30, func(int) answer { return c.login("officer", "wrong password") })
	if diff := cmp.Diff(map[int]int{401: 5, 429: 25}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSigningOutWhileWorking: whatever is under way, afterwards the session is over.
func TestSigningOutWhileWorking(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	token := c.token()
	atOnce(12, func(i int) answer {
		mine := h.visitor()
		mine.setToken(token)
		if i == 5 {
			return mine.do("DELETE", "/api/v1/session", "")
		}
		return mine.get("/session")
	})
	c.setToken(token)
	if got := c.get("/session"); got.status != 401 {
		t.Errorf("got %v", got)
	}
}

// written is what a person at a page does with one entry: they save from what is on their screen, and when
// somebody else was faster they take over what stands and say the same again. It is how the page saves.
type written struct {
	*client
	seen  web.EntryDoc
	saved int
	told  int // that somebody else was faster
}

// save sends one field until the log has it; false when somebody else changed that very field meanwhile.
func (w *written) save(t *testing.T, field, text string, same func(before, now web.EntryDoc) bool) bool {
	for range 200 {
		got := w.patch(w.seen.ID, fmt.Sprintf(`{"revision":%d,%q:%q}`, w.seen.Revision, field, text))
		before := w.seen
		if got.status == 409 {
			var stale struct{ Entry web.EntryDoc }
			if err := json.Unmarshal([]byte(got.body), &stale); err != nil {
				t.Errorf("what stands is not in the refusal: %v: %v", err, got)
				return false
			}
			w.seen = stale.Entry
			w.told++
			if !same(before, w.seen) {
				return false
			}
			continue
		}
		if err := json.Unmarshal([]byte(got.body), &w.seen); err != nil || got.status != 200 {
			t.Errorf("%s: %v: %v", field, err, got)
			return false
		}
		w.saved++
		return true
	}
	t.Errorf("%s was never saved", field)
	return false
}

// TestALeaderCommentsWhileAnOfficerTypes: an officer types the content, a leader corrects the measures, and
// a chief appends handling steps, all into one entry and at the same time. Every typed character is there
// afterwards, and no revision has a change in it that its writer did not make.
func TestALeaderCommentsWhileAnOfficerTypes(t *testing.T) {
	const each = 12
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer, leader, chief := &written{client: h.as("officer")}, &written{client: h.as("leader")}, h.as("chief")
	officer.seen, leader.seen = officer.entry(t, "e-1.0"), leader.entry(t, "e-1.0")
	first := officer.seen.Revision
	content := func(before, now web.EntryDoc) bool { return before.Content == now.Content }
	measures := func(before, now web.EntryDoc) bool { return before.Measures == now.Measures }
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range each {
			officer.save(t, "content", officer.seen.Content+fmt.Sprintf("第%d句。", i+1), content)
		}
	})
	wait.Go(func() {
		for i := range each {
			leader.save(t, "measures", leader.seen.Measures+fmt.Sprintf("措施%d；", i+1), measures)
		}
	})
	wait.Go(func() {
		for i := range each {
			got := chief.post("/entries/e-1.0/steps", fmt.Sprintf(`{"kind":"instructed","whom":"周科长","text":"批示%d"}`, i+1))
			if got.status != 200 {
				t.Errorf("a step is refused: %v", got)
			}
		}
	})
	wait.Wait()
	now := officer.entry(t, "e-1.0")
	if want := sentences(each, "第%d句。"); now.Content != want {
		t.Errorf("typed characters are lost: %q, want %q", now.Content, want)
	}
	if want := sentences(each, "措施%d；"); now.Measures != want {
		t.Errorf("the leader's words are lost: %q, want %q", now.Measures, want)
	}
	if len(now.Steps) != each || officer.saved != each || leader.saved != each || now.Revision != first+3*each {
		t.Errorf("%d steps, %d and %d savings, revision %d after %d", len(now.Steps), officer.saved, leader.saved, now.Revision, first)
	}
	onlyTheirOwn(t, officer.client, first)
}

func sentences(n int, form string) (all string) {
	for i := range n {
		all += fmt.Sprintf(form, i+1)
	}
	return all
}

// onlyTheirOwn goes through the revisions after the first ones: each changes what its writer wrote, and
// nothing beside it.
func onlyTheirOwn(t *testing.T, c *client, after int) {
	t.Helper()
	var list struct {
		Items      []web.RevisionDoc
		NextCursor string `json:"next_cursor"`
	}
	c.get("/entries/e-1.0/revisions").into(t, &list)
	wrote := map[string]int{}
	for i := after; i < len(list.Items); i++ {
		was, is := list.Items[i-1].Entry, list.Items[i].Entry
		by := list.Items[i].By.Login
		changed := map[string]bool{"officer": was.Content != is.Content, "leader": was.Measures != is.Measures, "chief": len(was.Steps) != len(is.Steps)}
		for who, did := range changed {
			if did != (who == by) {
				t.Errorf("revision %d by %s: %v", is.Revision, by, changed)
			}
		}
		if !strings.HasPrefix(is.Content, was.Content) || !strings.HasPrefix(is.Measures, was.Measures) {
			t.Errorf("revision %d by %s takes words out", is.Revision, by)
		}
		wrote[by]++
	}
	if len(wrote) != 3 {
		t.Errorf("who wrote: %v", wrote)
	}
}

// TestTheSameFieldIsNeverOverwrittenInSilence: the leader rewrites the very field in which the officer types.
// The officer is told, with the leader's words; both texts are kept, whichever of them comes to stand.
func TestTheSameFieldIsNeverOverwrittenInSilence(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer, leader := &written{client: h.as("officer")}, &written{client: h.as("leader")}
	officer.seen, leader.seen = officer.entry(t, "e-1.0"), leader.entry(t, "e-1.0")
	untouched := func(before, now web.EntryDoc) bool { return before.Content == now.Content }
	if !leader.save(t, "content", "领导批注：核实人数", untouched) {
		t.Fatal("the leader's comment is not saved")
	}
	if officer.save(t, "content", "文官屯街起火，三人受伤", untouched) || officer.told != 1 || officer.seen.Content != "领导批注：核实人数" {
		t.Errorf("the officer is not told: %+v", officer.seen)
	}
	if now := officer.entry(t, "e-1.0"); now.Content != "领导批注：核实人数" || now.WrittenBy != "leader" {
		t.Errorf("it was overwritten: %+v", now)
	}
	// Both: as the page offers it.
	if !officer.save(t, "content", officer.seen.Content+"\n文官屯街起火，三人受伤", untouched) {
		t.Error("both together are not saved")
	}
	// A complete entry asks for a reason; who was overtaken by the completion is told as well.
	stale := leader.seen
	if got := officer.change(officer.seen, `"kind":"nuisance","state":"complete"`); got.status != 200 {
		t.Fatal(got)
	}
	if p := leader.change(stale, `"content":"另一句"`).problem(t); p.Status != 409 || p.Entry["content"] != "领导批注：核实人数\n文官屯街起火，三人受伤" || p.Entry["state"] != "complete" {
		t.Errorf("%+v", p)
	}
	// Of eight windows that save different words at once one is taken, and the others are shown which.
	seen := officer.entry(t, "e-1.0")
	got := atOnce(8, func(i int) answer {
		return officer.change(seen, fmt.Sprintf(`"content":"更正 %d","reason":"听录音更正"`, i))
	})
	if diff := cmp.Diff(map[int]int{200: 1, 409: 7}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var list struct {
		Items      []web.RevisionDoc
		NextCursor string `json:"next_cursor"`
	}
	officer.get("/entries/e-1.0/revisions").into(t, &list)
	var texts []string
	for _, r := range list.Items {
		if n := len(texts); r.Entry.Content != "" && (n == 0 || texts[n-1] != r.Entry.Content) {
			texts = append(texts, r.Entry.Content)
		}
	}
	if len(texts) != 3 || texts[0] != "领导批注：核实人数" || texts[1] != "领导批注：核实人数\n文官屯街起火，三人受伤" || !strings.HasPrefix(texts[2], "更正 ") {
		t.Errorf("what is kept: %q", texts)
	}
}
