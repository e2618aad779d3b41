package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	docx "dutyline/dutylog/document"
	"dutyline/web"
)

// toldIncident is an incident of two entries whose callers and numbers stand in everything that was said of it: in the
// places and measures of the entries, in a report and in what the unit did.
func toldIncident(t *testing.T, change ...func(*web.Deps)) (h *house, officer *client, i incident) {
	t.Helper()
	h = twoUnits(t, change...)
	officer = h.as("officer")
	for id, said := range map[string]string{"e-1.0": `"place":"刘小洋家旁13904011234"`, "e-2.0": `"caller_person":"欧阳明","measures":"欧阳明与刘小洋联系，电话13904011234"`} {
		if got := officer.change(officer.entry(t, id), said); got.status != 200 {
			t.Fatal(got)
		}
	}
	i = officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/entries", `{"entry_id":"e-2.0"}`)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","text":"刘小洋报告，电话13904011234。","elements":`+everything+`}`)
	officer.did(t, "POST", at+"/callouts", `{"whom":"孙局长","part":"head","number":"13904011234","result":"reached"}`)
	return h, officer, officer.did(t, "PATCH", at, `{"elements":{"place":"刘小洋家旁13904011234"}}`)
}

// What entries say is masked in incidents as it is in the list of entries: in their lists, on the stream, on their page and
// on their papers. What somebody of the duty room works with stays.
func TestIncidentsAreMaskedAsTheListOfEntries(t *testing.T) {
	h, _, i := toldIncident(t, func(d *web.Deps) { d.Sheets.Document = docx.Filler("") })
	at := fmt.Sprintf("/incidents/%d", i.ID)
	for role, shows := range map[string]bool{"officer": true, "chief": true, "leader": true, "supervisor": false, "auditor": false} {
		browser := h.as(role)
		told := map[string]string{}
		for _, path := range []string{"/incidents", "/incidents?entry=e-1.0", "/incidents/offers", at, at + "/course/sheet", at + "/reports/1/sheet"} {
			told[path] = browser.get(path).body
		}
		told["the document"] = documentText(t, browser.get(at+"/reports/1/document"))
		l := browser.listen("?last_event_id=0")
		_, f := l.until(is("incident"))
		told["the stream"] = f.data
		for where, text := range told {
			if strings.Contains(text, "刘小洋") != shows || strings.Contains(text, "13904011234") != shows {
				t.Errorf("%s reads names and numbers at %s, want %v: %s", role, where, shows, text)
			}
			if !shows && strings.Contains(text, "欧阳明") {
				t.Errorf("%s reads at %s the name of a caller: %s", role, where, text)
			}
		}
	}
	var seen incident
	decode(t, h.as("supervisor").get(at), &seen)
	if seen.Title != "刘**家旁139****1234"+strings.TrimPrefix(i.Title, "刘小洋家旁13904011234") || seen.Entries[0].Who != "沈河区应急局 刘**" || seen.Elements["measures"] == "" {
		t.Errorf("%+v", seen)
	}
	if len(seen.Differences) != len(i.Differences) {
		t.Errorf("masked, the entries say otherwise: %+v, want as %+v", seen.Differences, i.Differences)
	}
}

// documentText is the text of a document.
func documentText(t *testing.T, got answer) string {
	t.Helper()
	text, err := docx.Text([]byte(got.body))
	if err != nil {
		t.Fatalf("%v: %v", got, err)
	}
	return text
}

// A call to a superior is offered with its number as the list of calls shows it.
func TestOfferedCallsAreMaskedAsTheListOfCalls(t *testing.T) {
	h, _, _ := withSuperior(t)
	h.calls("20.0", cityBureau, 7*time.Minute, true)
	for role, shows := range map[string]bool{"officer": true, "supervisor": false} {
		var offers struct{ Calls []struct{ Number string } }
		decode(t, h.as(role).get("/incidents/offers"), &offers)
		if len(offers.Calls) != 1 || strings.Contains(offers.Calls[0].Number, "*") == shows {
			t.Errorf("%s: %+v", role, offers)
		}
	}
}

// Whoever reads a list of incidents, is sent one as it changes or does something with one reads what its entries say, and is
// found by each of them; of a stream, each once within ten minutes.
func TestWhoReadIncidentsIsFoundByTheirEntries(t *testing.T) {
	h, officer, i := toldIncident(t, keepsAccesses(t))
	h.clock.Add(dutylog.AccessAgain)
	auditor := h.as("auditor")
	for role, path := range map[string]string{"supervisor": "/incidents", "leader": "/incidents/offers"} {
		h.as(role).get(path)
		for _, id := range []string{"e-1.0", "e-2.0"} {
			if got := auditor.asked(t, "entry="+id); strings.Count(got, role+" incident.see incidents") != 1 {
				t.Errorf("%s read %s of %s, and noted is %q", role, path, id, got)
			}
		}
	}
	if got := auditor.asked(t, "entry="+url.QueryEscape("e-3.0")); strings.Contains(got, "incidents") {
		t.Errorf("of an entry that no incident tells of: %q", got)
	}
	l := h.as("chief").listen("")
	l.until(is("line"))
	sent := func(text string, times int) {
		t.Helper()
		officer.did(t, "PATCH", fmt.Sprintf("/%d", i.ID), `{"elements":{"measures":"`+text+`"}}`)
		l.until(func(f frame) bool { return f.event == "incident" && strings.Contains(f.data, text) })
		eventually(t, fmt.Sprint("the chief is noted ", times, " times"), func() bool {
			return strings.Count(auditor.asked(t, "entry=e-2.0"), "chief incident.see incidents") == times
		})
	}
	sent("已派人", 1)
	sent("已派人到场", 1)
	h.clock.Add(dutylog.AccessAgain)
	sent("火已扑灭", 2)
	if got := auditor.asked(t, "entry=e-1.0"); !strings.Contains(got, fmt.Sprintf("officer incident.see incident-%d", i.ID)) {
		t.Errorf("whoever does something with an incident is shown its entries: %q", got)
	}
}
