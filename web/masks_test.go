package web_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dutyline/telephony"
)

// cells are all texts of a workbook.
func cells(t *testing.T, got answer) string {
	t.Helper()
	if got.status != 200 {
		t.Fatalf("no workbook: %v", got)
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var all []string
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(rows))
	}
	return strings.Join(all, "\n")
}

// A workbook hides what the print hides: it is easier to carry away.
func TestAWorkbookIsMaskedLikeThePrint(t *testing.T) {
	h := twoUnits(t)
	at := h.clock.Now().Add(-9 * time.Minute).In(site)
	for role, shows := range map[string]bool{"leader": true, "officer": true, "supervisor": false, "auditor": false} {
		browser := h.as(role)
		for _, path := range []string{"/sheets/day/workbook?day=" + at.Format(time.DateOnly), "/sheets/month/workbook?month=" + at.Format("2006-01"), "/entries/e-1.0/workbook"} {
			text := cells(t, browser.get(path))
			if strings.Contains(text, "刘小洋") != shows || strings.Contains(text, "22730001") != shows {
				t.Errorf("%s takes along with %s: %s", role, path, text)
			}
			if !strings.Contains(text, "沈河区应急局") {
				t.Errorf("%s: the unit is hidden, too: %s", role, text)
			}
		}
	}
}

// The sheet of this moment is a list: nobody has confirmed it, and it says who called.
func TestTheSheetOfThisMomentIsMasked(t *testing.T) {
	h := twoUnits(t)
	for role, shows := range map[string]bool{"officer": true, "chief": true, "leader": true, "supervisor": false, "auditor": false} {
		browser := h.as(role)
		for path, text := range map[string]string{"/handover": browser.get("/handover").body, "/handover/sheet": browser.get("/handover/sheet").body, "/handover/workbook": cells(t, browser.get("/handover/workbook"))} {
			if strings.Contains(text, "刘小洋") != shows || strings.Contains(text, "沈河区应急局") != true {
				t.Errorf("%s reads at %s: %s", role, path, text)
			}
			if path != "/handover" && strings.Contains(text, "已按查阅权限隐去") == shows {
				t.Errorf("%s: %s does not say whether something is hidden: %s", role, path, text)
			}
		}
	}
	// What was confirmed is a document: it is shown as it was.
	h.tookOver(h.as("officer"))
	if got := h.as("auditor").get("/handovers/1"); !strings.Contains(got.body, "刘小洋") {
		t.Errorf("%v", got)
	}
}

// What is linked is a list as well, and the entry itself is shown as it is once it is opened.
func TestLinkedEntriesAreMaskedAsAList(t *testing.T) {
	h := twoUnits(t)
	if got := h.as("officer").post("/entries/e-1.0/links", `{"with":"e-2.0","relation":"same_event"}`); got.status != 200 {
		t.Fatal(got)
	}
	for role, shows := range map[string]bool{"chief": true, "supervisor": false, "auditor": false} {
		browser := h.as(role)
		if got := browser.get("/entries/e-1.0/links"); got.status != 200 || strings.Contains(got.body, "刘小洋") != shows || !strings.Contains(got.body, `"id":"e-2.0"`) {
			t.Errorf("%s: %v", role, got)
		}
		if got := browser.get("/entries/e-2.0"); !strings.Contains(got.body, "刘小洋") {
			t.Errorf("%s opened it: %v", role, got)
		}
	}
}

// What the same number had besides is a list, too; a reading account has no calls, and of the open matters
// its unit's only.
func TestTheCallersPastIsMaskedAsAList(t *testing.T) {
	h := twoUnits(t)
	h.clock.Add(time.Minute)
	h.finished("9.0", h.clock.Now())
	for id, unit := range map[string]string{"e-9.0": "沈河区应急局", "e-1.0": "沈河区应急局", "e-2.0": "和平区应急局"} {
		if got := h.as("officer").post("/entries/"+id+"/steps", `{"kind":"reported","channel":"phone","whom":"市局 刘小洋 02422730001","text":"已报","at":"`+h.clock.Now().UTC().Format(time.RFC3339)+`"}`); got.status != 200 {
			t.Fatalf("%s, %s: %v", id, unit, got)
		}
	}
	for role, shows := range map[string]bool{"officer": true, "chief": true, "supervisor": false, "auditor": false} {
		got := h.as(role).get("/entries/e-9.0/dealings")
		if got.status != 200 || strings.Contains(got.body, "刘小洋") != shows || strings.Contains(got.body, "22730001") != shows || !strings.Contains(got.body, "和平区应急局") {
			t.Errorf("%s: %v", role, got)
		}
	}
	got := h.as("reader").get("/entries/e-1.0/dealings")
	if got.status != 200 || !strings.Contains(got.body, `"calls":[]`) || strings.Contains(got.body, "和平区") {
		t.Errorf("a reading account: %v", got)
	}
}

func TestMissedCallersAreMaskedAsAList(t *testing.T) {
	h := newHouse(t)
	h.over(h.ring("1.0"), telephony.Missed)
	if got := h.as("officer").post("/missed-calls/1.0/settlement", `{"why":"other_number","text":"已拨 13904011234 联系上"}`); got.status != 200 {
		t.Fatal(got)
	}
	for role, shows := range map[string]bool{"officer": true, "leader": true, "supervisor": false, "auditor": false, "admin": false} {
		got := h.as(role).get("/missed-calls")
		if got.status != 200 || strings.Contains(got.body, "22730001") != shows || strings.Contains(got.body, "13904011234") != shows || !strings.Contains(got.body, "other_number") {
			t.Errorf("%s: %v", role, got)
		}
	}
}
