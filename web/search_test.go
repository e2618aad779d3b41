package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

// Entries are found by their words, over all pages, and by those who may read them.
func TestEntriesAreSearched(t *testing.T) {
	if got := newHouse(t).as("officer").get("/entries?q=a"); got.status != 503 || !strings.Contains(got.body, "cannot be searched") {
		t.Errorf("without an index: %v", got)
	}
	h := newHouse(t, func(d *web.Deps) {
		index, err := d.Log.(*sqlite.DB).OpenIndex(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { index.Close() })
		d.Search = index
	})
	begun := h.clock.Now().Add(-time.Hour)
	officer := h.as("officer")
	for i, content := range []string{"沈河区火灾", "水管破裂", "火灾已扑灭", "又一处火灾"} {
		id := fmt.Sprintf("%d.0", i)
		h.finished(id, begun.Add(time.Duration(i)*time.Minute))
		var e web.EntryDoc
		officer.get("/entries/e-"+id).into(t, &e)
		officer.patch(e.ID, fmt.Sprintf(`{"revision":%d,"content":%q}`, e.Revision, content)).into(t, &e)
	}
	list := func(words, more string) (contents []string) {
		t.Helper()
		for cursor := ""; ; {
			var page struct {
				Items      []web.EntryDoc `json:"items"`
				NextCursor string         `json:"next_cursor"`
				Unread     int64          `json:"unread"`
			}
			officer.get("/entries?limit=2&q="+url.QueryEscape(words)+more+"&cursor="+cursor).into(t, &page)
			for _, e := range page.Items {
				contents = append(contents, e.Content)
			}
			if page.Unread != 0 {
				t.Errorf("%d changes were not read", page.Unread)
			}
			if cursor = page.NextCursor; cursor == "" {
				return contents
			}
		}
	}
	got := [][]string{list("火灾", ""), list("沈河 火", ""), list("破", ""), list("024-2273", ""), list("火灾", "&state=complete"), list("不在", "")}
	want := [][]string{{"又一处火灾", "火灾已扑灭", "沈河区火灾"}, {"沈河区火灾"}, {"水管破裂"}, {"又一处火灾", "火灾已扑灭", "水管破裂", "沈河区火灾"}, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for query, status := range map[string]int{"q=%EF%BC%8C": 422, "q=a&cursor=x": 422, "q=" + strings.Repeat("x", 101): 422} {
		if got := officer.get("/entries?" + query); got.status != status {
			t.Errorf("%s: %v", query, got)
		}
	}
	if got := h.as("admin").get("/entries?q=a"); got.status != 403 {
		t.Errorf("an administrator reads no entries: %v", got)
	}
}

// Entries are narrowed by unit, officer, outcome and category, as a list and beside words; who reads
// one unit only stays within it, and what is no outcome is refused.
func TestEntriesAreNarrowed(t *testing.T) {
	h := newHouse(t)
	begun := h.clock.Now().Add(-time.Hour)
	for i, c := range []struct{ who, unit, category, content string }{
		{"officer", "沈河区应急局", "突发事件", "甲"}, {"chief", "和平区应急局", "突发事件", "乙"}, {"officer", "和平区应急局", "其他", "丙"},
	} {
		id := fmt.Sprintf("%d.0", i)
		h.finished(id, begun.Add(time.Duration(i)*time.Minute))
		by := h.as(c.who)
		var e web.EntryDoc
		by.get("/entries/e-"+id).into(t, &e)
		by.patch(e.ID, fmt.Sprintf(`{"revision":%d,"caller_unit":%q,"category":%q,"content":%q}`, e.Revision, c.unit, c.category, c.content)).into(t, &e)
	}
	for query, want := range map[string]string{
		"unit=%20%E5%92%8C%E5%B9%B3%20": "丙乙", "officer=" + url.QueryEscape("王chief"): "乙", "officer=officer": "丙甲", "officer=x": "",
		"outcome=answered_in_time": "丙乙甲", "outcome=missed": "", "category=" + url.QueryEscape("突发事件"): "乙甲",
		"category=" + url.QueryEscape("突发事件") + "&officer=chief&outcome=answered_in_time&limit=1": "乙",
	} {
		for who, sees := range map[string]string{"officer": want, "auditor": want, "reader": strings.Trim(want, "乙丙")} {
			var page struct {
				Items      []web.EntryDoc `json:"items"`
				NextCursor string         `json:"next_cursor"`
			}
			h.as(who).get("/entries?"+query).into(t, &page)
			got := ""
			for _, e := range page.Items {
				got += e.Content
			}
			if got != sees {
				t.Errorf("%s, %s: %q, want %q", who, query, got, sees)
			}
		}
	}
	for _, query := range []string{"outcome=ended", "unit=" + strings.Repeat("x", 101), "officer=" + strings.Repeat("x", 101)} {
		if got := h.as("officer").get("/entries?" + query); got.status != 422 {
			t.Errorf("%s: %v", query, got)
		}
	}
}
