package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

const hidden = "南塔街某人员住处12号"

// toldInAnIncident is an incident of an entry, with its words in everything that people write about one: the
// elements, a draft and its next version, instruction, step, delivery, reason, and the sheet of a handover.
func toldInAnIncident(t *testing.T, db *sqlite.DB, c *clock, e dutylog.Entry) (dutylog.Entry, dutylog.Incident) {
	t.Helper()
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: secret, dutylog.CallerUnit: unit, dutylog.CallerPerson: "王强",
		dutylog.Place: hidden, dutylog.Casualties: "2人", dutylog.ContactNumber: "13904016666"}}, officer, noon))(t)
	elements := nineElements("2人")
	elements[dutylog.ElementPlace] = hidden
	number := 0
	does := func(drafts ...dutylog.FactDraft) dutylog.Incident {
		c.advance(time.Minute)
		number++
		id := int64(1)
		if number == 1 {
			id = 0
		}
		return doing(t, db, dutylog.IncidentDeed{Incident: id, Key: fmt.Sprintf("told-of-it-%03d", number), By: leader, Drafts: drafts})
	}
	does(dutylog.Opening(e, "fire", "", dutylog.UsualSchedule())...)
	does(dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 1, Elements: elements, Text: "接报：" + hidden + "，" + secret + "，联系人王强13904016666。"}})
	elements[dutylog.ElementNature] = "火灾"
	does(dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 1, Base: 1, Elements: elements, Text: "王强称：" + secret}})
	does(dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "区长", Text: "派人到" + hidden}})
	does(dutylog.FactDraft{Kind: dutylog.FactFedBack, Body: dutylog.FactBody{Fact: 7, Text: unit + "已到"}})
	does(dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "王强", Part: "other", Result: "reached", Phone: "02422730001"}})
	does(dutylog.FactDraft{Kind: dutylog.FactScene, Body: dutylog.FactBody{Whom: "刘队长", Part: "feedback", Text: "已见到王强"}})
	does(dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "wechat", Evidence: "截图：" + hidden}})
	i := does(dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: 10, Reason: "王强未到"}})
	s := dutylog.Sheet{Matters: matters(t, db, 100), Remarks: "无", Incidents: dutylog.OnSheet([]dutylog.Incident{i})}
	h := dutylog.Handover{From: noon, Incoming: officer}
	h.Text, h.Digest = s.Whole().Freeze()
	must(db.AddHandover(ctx, h, 0))(t)
	return must(db.Entry(ctx, e.ID))(t), i
}

func TestAnErasureReachesIncidents(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db, c, e := withCall(t, path)
	e, before := toldInAnIncident(t, db, c, e)
	for _, word := range []string{"绝密行动", unit, hidden, "王强", "13904016666"} {
		if len(found(t, folder, word)) == 0 {
			t.Fatalf("%s is nowhere: this test would prove nothing", word)
		}
	}
	fields := []dutylog.Field{dutylog.Content, dutylog.CallerUnit, dutylog.CallerPerson, dutylog.Place, dutylog.Casualties, dutylog.ContactNumber}
	decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: fields, Reason: "误录涉密内容", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "绝密行动", unit, hidden, "王强", "13904016666"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	after := must(db.Incident(ctx, before.ID))(t)
	if len(after.Facts) != len(before.Facts) || after.State != before.State || !after.ClockStart.Equal(before.ClockStart) || after.Entries[0].EntryID != e.ID {
		t.Errorf("%+v", after)
	}
	for n, r := range after.Reports {
		if b := before.Reports[n]; !r.SentAt.Equal(b.SentAt) || !r.DueAt.Equal(b.DueAt) || r.Version != b.Version || len(r.Deliveries) != len(b.Deliveries) {
			t.Errorf("what was done and when has to stay: %+v, was %+v", r, b)
		}
	}
	r, _ := after.Report(1)
	if r.Text != "〔已抹去〕称：〔已抹去〕" || r.Elements[dutylog.ElementPlace] != dutylog.RemarksErased || r.Elements[dutylog.ElementCasualties] != dutylog.RemarksErased || r.Elements[dutylog.ElementNature] != "火灾" {
		t.Errorf("%+v", r)
	}
	if x := after.Instructions[0]; x.Text != "派人到〔已抹去〕" || x.Whom != "区长" || x.Feedback[0].Text != "〔已抹去〕已到" {
		t.Errorf("%+v", x)
	}
	s := must(must(db.Handover(ctx, 1))(t).Sheet())(t)
	if s.Incidents[0].Title != dutylog.RemarksErased || s.Incidents[0].Number != "T2026-001" || s.Incidents[0].Instructions[0].Text != dutylog.RemarksErased || s.Incidents[0].Instructions[0].Whom != "区长" {
		t.Errorf("%+v", s.Incidents)
	}
	ok(t, db.Close())
	saysErased(t, path, decision, 9)
}

// saysErased makes sure that verify answers of so many facts: intact, erased by that decision.
func saysErased(t *testing.T, path string, decision int64, facts int) {
	t.Helper()
	var erased []string
	r := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) {
		if strings.HasPrefix(f.Object, "incident ") && f.Why != "" {
			erased = append(erased, f.Object+": "+string(f.Answer)+", "+f.Why)
		}
	}})
	want := fmt.Sprintf(": intact, erased by decision %d", decision)
	other := slices.ContainsFunc(erased, func(s string) bool { return !strings.HasSuffix(s, want) })
	if r.Verdict() == audit.Altered || len(erased) != facts || other {
		t.Errorf("%d are erased, want %d: %v\n%s", len(erased), facts, erased, findings(r))
	}
}

// With everything of the call its number goes from the facts, too; and of an entry that is linked to two
// incidents, one of them merged, from both.
func TestAnErasureOfEverythingReachesEveryIncident(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db, c, e := withCall(t, path)
	e, first := toldInAnIncident(t, db, c, e)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	other := must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t)
	second := doing(t, db, dutylog.IncidentDeed{Key: "opens-another", By: officer, Drafts: dutylog.Opening(other, "fire", "", dutylog.UsualSchedule())})
	doing(t, db, dutylog.IncidentDeed{Incident: first.ID, Key: "merges-first", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactMerged, Body: dutylog.FactBody{Incident: second.ID, Reason: "同一起，报警人王强"}}}})
	doing(t, db, dutylog.IncidentDeed{Incident: second.ID, Key: "moves-the-clock", By: officer, Drafts: []dutylog.FactDraft{
		{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: new(c.now()), Reason: "首报只说" + hidden + "有烟"}}}})
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "依申请", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "绝密行动", unit, hidden, "王强", "13904016666", "02422730001", "+862422730001"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	if i := must(db.Incident(ctx, second.ID))(t); i.ClockReason != "首报只说〔已抹去〕有烟" || len(i.Entries) != 2 {
		t.Errorf("%+v", i)
	}
	if i := must(db.Incident(ctx, first.ID))(t); i.State != dutylog.IncidentMerged || i.EndReason != "同一起，报警人〔已抹去〕" || i.Callouts[0].Phone != dutylog.RemarksErased {
		t.Errorf("%+v", i)
	}
	if left := must(db.Entry(ctx, other.ID))(t); len(left.Erased) != 0 {
		t.Errorf("the other caller's entry was touched: %+v", left)
	}
	ok(t, db.Close())
	intact(t, path)
}

// What an incident tells of another entry under a legal hold stays, and then nothing at all is erased.
func TestAHoldKeepsWhatAnIncidentTells(t *testing.T) {
	db, c, e := withCall(t, filepath.Join(t.TempDir(), "log.db"))
	e, i := toldInAnIncident(t, db, c, e)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	other := must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t)
	doing(t, db, dutylog.IncidentDeed{Incident: i.ID, Key: "links-another", By: officer, Drafts: i.Linking(other)})
	must(db.SetHold(ctx, other.ID, "调查", prosecutor))(t)
	o := dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Place}, Reason: "误录", By: prosecutor}
	if _, err := db.EraseNow(ctx, o); err == nil || !strings.Contains(err.Error(), "T2026-001") || !strings.Contains(err.Error(), other.EntryNumber.String()+", which is under a legal hold (调查)") {
		t.Errorf("%v", err)
	}
	if r, _ := must(db.Incident(ctx, i.ID))(t).Report(1); r.Elements[dutylog.ElementPlace] != hidden || must(db.Entry(ctx, e.ID))(t).Values[dutylog.Place] != hidden {
		t.Error("half of it was erased")
	}
	o.Fields = []dutylog.Field{dutylog.Trend} // of which the incident tells nothing
	must(db.EraseNow(ctx, o))(t)
	must(db.ReleaseHold(ctx, other.ID, "结案", prosecutor))(t)
	o.Fields = []dutylog.Field{dutylog.Place}
	must(db.EraseNow(ctx, o))(t)
}

// TestTheDoorOfFactsIsOpenForOneDecisionOnly tries everything else that SQL could do to a fact.
func TestTheDoorOfFactsIsOpenForOneDecisionOnly(t *testing.T) {
	db, c, e := withCall(t, filepath.Join(t.TempDir(), "log.db"))
	e, _ = toldInAnIncident(t, db, c, e)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	other := "e-" + inbound(1, "").ID
	fresh := func(of string) string {
		return "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + of + "', 'x', '[]');INSERT INTO erasing (entry_id, decision) VALUES ('" + of + "', 1);"
	}
	set := func(change string) string {
		return "UPDATE incident_facts SET body = " + change + ", erased_by = 1 WHERE seq = 5;"
	}
	gone := func(word string) string {
		return "json_set(body, '$.text', replace(json_extract(body, '$.text'), '" + word + "', '〔已抹去〕'))"
	}
	sheet := func(path, text string) string {
		return "UPDATE handovers SET body = json_set(body, '" + path + "', '" + text + "'), erased_by = 1 WHERE id = 1;"
	}
	end := "DELETE FROM erasing;"
	for name, script := range map[string]string{
		"without a decision":         set(gone(secret)),
		"no mark of the decision":    fresh(e.ID) + "UPDATE incident_facts SET body = " + gone(secret) + " WHERE seq = 5;" + end,
		"with another entry's":       fresh(other) + set(gone(secret)) + end,
		"other words":                fresh(e.ID) + set("json_set(body, '$.text', '平安')") + end,
		"nothing left":               fresh(e.ID) + set("json_set(body, '$.text', '')") + end,
		"words of nobody":            fresh(e.ID) + set(gone("接报")) + end,
		"the whole text":             fresh(e.ID) + set("json_set(body, '$.text', '〔已抹去〕')") + end,
		"an element that is another": fresh(e.ID) + set("json_set(body, '$.elements.trend', '〔已抹去〕')") + end,
		"the version":                fresh(e.ID) + set("json_set(body, '$.version', 2)") + end,
		"a key more":                 fresh(e.ID) + set("json_set("+gone(secret)+", '$.login', 'x')") + end,
		"when it was":                fresh(e.ID) + "UPDATE incident_facts SET at = 1, erased_by = 1 WHERE seq = 5;" + end,
		"who wrote it":               fresh(e.ID) + "UPDATE incident_facts SET by_name = 'x', erased_by = 1 WHERE seq = 5;" + end,
		"no JSON":                    fresh(e.ID) + set("'gone'") + end,
		"deleting it":                fresh(e.ID) + "DELETE FROM incident_facts WHERE seq = 5;" + end,
		"the door left open":         fresh(e.ID) + set(gone(secret)),
		"a sheet of an incident of which nothing went": fresh(e.ID) + sheet("$.incidents[0].title", "〔已抹去〕") + end,
		"other words on a sheet":                       fresh(e.ID) + set(gone(secret)) + sheet("$.incidents[0].title", "平安") + end,
		"a number on a sheet":                          fresh(e.ID) + set(gone(secret)) + sheet("$.incidents[0].number", "〔已抹去〕") + end,
	} {
		if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
			t.Errorf("%s: it works", name)
		}
		_ = db.ExecOnWriter("ROLLBACK")
	}
	way := fresh(e.ID) + set(gone(secret)) + set(gone(hidden)) + set("json_set(body, '$.elements.place', '〔已抹去〕')") + sheet("$.incidents[0].title", "〔已抹去〕") + sheet("$.incidents[0].instructions[0].text", "〔已抹去〕") + end
	if err := db.ExecOnWriter("BEGIN;" + way + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}

// The alert that the clocks were started late says why: what is erased of that goes from the alert, too, and from
// what the pages were told of it. An alert about another incident keeps its words.
func TestAnErasureReachesTheAlertsOfAnIncident(t *testing.T) {
	folder := t.TempDir()
	db, c, e := withCall(t, filepath.Join(folder, "log.db"))
	e, i := toldInAnIncident(t, db, c, e)
	doing(t, db, dutylog.IncidentDeed{Incident: i.ID, Key: "moves-the-clock", By: officer, Drafts: []dutylog.FactDraft{
		{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: new(c.now()), Reason: hidden + "有烟"}}}})
	i = must(db.Incident(ctx, i.ID))(t)
	told, _ := alerts.Incidents([]dutylog.Incident{i}, nil, "duty", c.now())
	for _, a := range told {
		ok(t, db.Raise(ctx, a))
	}
	ok(t, db.Raise(ctx, alerts.Alert{Key: "clock_start_late/99/3", Rule: "clock_start_late", Reason: alerts.ReasonClockLate, Certainty: alerts.Certain, Severity: alerts.Warning, Line: "duty", Detail: "另一起：" + unit, At: noon}))
	if len(found(t, folder, hidden+"有烟")) == 0 {
		t.Fatal("no alert says it: this test would prove nothing")
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Place}, Reason: "误录", By: prosecutor}))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.CallerUnit}, Reason: "误录", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, hidden); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	if where := found(t, folder, "另一起："+unit); len(where) == 0 {
		t.Error("an alert about another incident lost its words")
	}
	ok(t, db.Verify(ctx))
}
