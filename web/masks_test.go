package web_test

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dutyline/alerts"
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
}

// A sheet that was confirmed stands in the log as it was, and so does the name of a file. Whoever does not need
// them for work reads neither a caller's name nor a number in them, on whichever way they are taken.
func TestConfirmedSheetsAndNamesOfFilesAreMasked(t *testing.T) {
	h := twoUnits(t)
	officer := h.as("officer")
	if got := officer.upload("e-1.0", url.QueryEscape("刘小洋02422730001.jpg"), photo); got.status != 200 {
		t.Fatal(got)
	}
	if got := officer.post("/entries/e-1.0/steps", `{"kind":"passed_on","whom":"刘小洋 13904011234","text":"请刘小洋回电 13904011234"}`); got.status != 200 {
		t.Fatal(got)
	}
	var now struct {
		SheetDigest string `json:"sheet_digest"`
	}
	decode(t, officer.get("/handover"), &now)
	if got := officer.post("/handovers", `{"sheet_digest":"`+now.SheetDigest+`","remarks":"刘小洋（024-22730001）还会来电"}`); got.status != 200 {
		t.Fatal(got)
	}
	for role, shows := range map[string]bool{"officer": true, "chief": true, "leader": true, "supervisor": false, "auditor": false} {
		browser := h.as(role)
		for _, path := range []string{"/handovers/1", "/handovers/1/sheet", "/handovers/1/workbook", "/entries/e-1.0/attachments", "/entries/e-1.0/attachments/1", "/entries/e-1.0/sheet", "/entries/e-1.0/workbook"} {
			got := browser.get(path)
			name, err := url.PathUnescape(got.header.Get("Content-Disposition"))
			text := got.body
			if strings.HasSuffix(path, "/workbook") {
				text = cells(t, got)
			}
			text += name
			if got.status != 200 || err != nil || strings.Contains(text, "刘小洋") != shows {
				t.Errorf("%s reads the name at %s, want %v: %v %s", role, path, shows, err, text)
			}
			for _, number := range []string{"22730001", "13904011234"} {
				if !shows && strings.Contains(text, number) {
					t.Errorf("%s reads %s at %s: %s", role, number, path, text)
				}
			}
			if paper := strings.HasSuffix(path, "/sheet") || strings.HasSuffix(path, "/workbook"); paper && strings.Contains(text, "已按查阅权限隐去") == shows {
				t.Errorf("%s: %s does not say whether something is hidden: %s", role, path, text)
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

// What an alert says of a caller is masked as the list of calls is, on every way on which alerts are shown, and
// a masked alert is taken on as any other.
func TestAlertsShowNoNumbersToWhomTheyAreMasked(t *testing.T) {
	h := twoUnits(t)
	const number, host = "02422730001", "192.168.10.201"
	raise := func(key string) {
		h.raise(alerts.Alert{Key: key + "/" + number, Rule: "nuisance_caller", Reason: alerts.ReasonNuisanceCaller, Certainty: alerts.Certain, Severity: alerts.Warning,
			Line: "duty", CallID: "1.0", Detail: number, At: h.clock.Now().Add(-time.Minute), Evidence: []alerts.Evidence{
				{Kind: alerts.EvidenceSIP, Ref: "a84b4c76e66710", Text: "INVITE From: <sip:" + number + "@" + host + ">"},
				{Kind: alerts.EvidenceEvent, Ref: "1.0", Text: "dialled " + number, Said: telephony.Said{Name: telephony.SaidDialled, Number: number}},
			}})
	}
	raise("before")
	for role, shows := range map[string]bool{"officer": true, "chief": true, "leader": true, "supervisor": false, "auditor": false, "admin": false} {
		browser := h.as(role)
		l := browser.listen("")
		l.until(is("line"))
		raise("for-" + role)
		_, f := l.until(is("alert"))
		for where, text := range map[string]string{"the list": browser.get("/alerts").body, "the stream": f.data, "the sheet": browser.get("/handover").body} {
			if where == "the sheet" && role == "admin" {
				continue // not theirs
			}
			if strings.Contains(text, number) != shows || !shows && !strings.Contains(text, "024****0001") {
				t.Errorf("%s reads the number on %s, want %v: %s", role, where, shows, text)
			}
			if where != "the sheet" && (!strings.Contains(text, host) || !strings.Contains(text, `"ref":"a84b4c76e66710"`)) {
				t.Errorf("%s: %s hides what is no number: %s", role, where, text)
			}
		}
	}
	for _, role := range []string{"officer", "supervisor"} {
		got := h.as(role).post("/alerts/1/acknowledge", `{"note":"回电`+number+`"}`)
		if got.status != 200 || strings.Contains(got.body, number) != (role == "officer") {
			t.Errorf("%s took it on: %v", role, got)
		}
	}
}
