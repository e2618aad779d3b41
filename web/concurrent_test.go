package web_test

import (
	"fmt"
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
