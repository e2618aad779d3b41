package web_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
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
