package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A list, and whatever a deed answers, has the entries and reports of an incident under the words that programs rely on.
func TestAListOfIncidentsHasEntriesAndReports(t *testing.T) {
	_, officer, i := withSuperior(t)
	at := fmt.Sprintf("/incidents/%d", i.ID)
	written := officer.post(at+"/reports", `{"key":"deed-list-01","stage":"first","elements":`+everything+`,"text":"机密的正文"}`)
	officer.did(t, "POST", fmt.Sprintf("/%d/reports/1/deliveries", i.ID), `{"recipient":"government","channel":"fax","evidence":"回执"}`)
	var list struct{ Items []map[string]any }
	got := officer.get("/incidents?limit=1")
	decode(t, got, &list)
	if strings.Contains(got.body, "机密的正文") || len(list.Items) != 1 {
		t.Errorf("the words of a report are in the list: %s", got)
	}
	var answer map[string]any
	if err := json.Unmarshal([]byte(written.body), &answer); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]map[string]any{"list": list.Items[0], "answer": answer} {
		for _, word := range []string{"id", "category", "clock_start", "clock_reason", "entries", "reports"} {
			if _, there := x[word]; !there {
				t.Errorf("%s: no %s", name, word)
			}
		}
		entries, reports := x["entries"].([]any), x["reports"].([]any)
		if len(entries) != 1 || entries[0].(map[string]any)["id"] != "e-1.0" || len(reports) < 3 {
			t.Fatalf("%s: %v %v", name, entries, reports)
		}
		for _, word := range []string{"stage", "due_at", "sent_at", "approved_at", "approved_by", "deliveries"} {
			if _, there := reports[0].(map[string]any)[word]; !there {
				t.Errorf("%s: no %s of a report", name, word)
			}
		}
	}
	if n := len(list.Items[0]["reports"].([]any)[0].(map[string]any)["deliveries"].([]any)); n != 1 {
		t.Errorf("%d deliveries in the list", n)
	}
	if got := officer.get("/incidents?limit=101"); got.status != 422 {
		t.Errorf("a page without bound: %v", got)
	}
	var keys []string
	for k := range list.Items[0] {
		keys = append(keys, k)
	}
	if slices.Contains(keys, "facts") {
		t.Errorf("the list has %v", keys)
	}
}
