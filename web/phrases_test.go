package web_test

import (
	"strconv"
	"strings"
	"testing"

	"dutyline/dutylog"
)

type phraseDoc struct {
	Phrase, Version             int64
	Field, Category, Code, Text string
	Title                       string
	Ended                       bool
	By                          *struct{ Login, Name, At string }
}

func TestPhrasesAreChangedByWhoLeads(t *testing.T) {
	h := newHouse(t)
	if err := h.db.SeedPhrases(t.Context()); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items      []phraseDoc
		Fields     []string
		NextCursor string `json:"next_cursor"`
	}
	officer := h.as("officer")
	officer.get("/phrases").into(t, &list)
	if len(list.Items) != len(dutylog.SeededPhrases()) || list.Items[0].Code != "tf" || list.Items[0].By.Login != "system" || len(list.Fields) != 4 {
		t.Fatalf("%+v", list)
	}
	const own = `{"field":"content","category":"其他","code":"qt","title":"其他","text":"〔事项〕","ended":false}`
	for _, role := range []string{"officer", "supervisor", "auditor"} {
		if p := h.as(role).post("/phrases", own).problem(t); p.Status != 403 {
			t.Errorf("%s adds one: %+v", role, p)
		}
	}
	chief := h.as("chief")
	var p phraseDoc
	chief.post("/phrases", own).into(t, &p)
	if p.Phrase == 0 || p.By == nil || p.By.Login != "chief" {
		t.Errorf("%+v", p)
	}
	if q := chief.post("/phrases", own).problem(t); q.Status != 422 || q.Errors[0].Location != "body.code" {
		t.Errorf("the code is taken: %+v", q)
	}
	for body, location := range map[string]string{
		`{"field":"caller_unit","category":"","code":"ab","title":"x","text":"x","ended":false}`: "body.field",
		`{"field":"content","category":"闲聊","code":"ab","title":"x","text":"x","ended":false}`:   "body.category",
		`{"field":"content","category":"","code":"1","title":"x","text":"x","ended":false}`:      "body.code",
		`{"field":"content","category":"","code":"ab","title":"","text":"x","ended":false}`:      "body.title",
		`{"field":"content","category":"","code":"ab","title":"x","text":"〔x","ended":false}`:    "body.text",
	} {
		if q := chief.post("/phrases", body).problem(t); q.Status != 422 || q.Errors[0].Location != location {
			t.Errorf("%s: %+v", body, q)
		}
	}
	h.as("admin").do("PUT", "/api/v1/phrases/1", `{"version":1,"field":"content","category":"突发事件","code":"tf","title":"突发","text":"〔时间〕","ended":true}`).into(t, &p)
	if p.Phrase != 1 || !p.Ended || p.By.Login != "admin" {
		t.Errorf("%+v", p)
	}
	if q := chief.do("PUT", "/api/v1/phrases/999", strings.Replace(own, "{", `{"version":1,`, 1)).problem(t); q.Status != 404 {
		t.Errorf("%+v", q)
	}
	officer.get("/phrases").into(t, &list)
	if !list.Items[0].Ended || len(list.Items) != len(dutylog.SeededPhrases())+1 {
		t.Errorf("%+v", list.Items[0])
	}
}

// Two who lead change one phrase at a time: the second learns of the first and loses nothing of theirs.
func TestOfTwoChangesOfAPhraseTheSecondIsRefused(t *testing.T) {
	h := newHouse(t)
	chief, admin := h.as("chief"), h.as("admin")
	body := func(version int64, text string) string {
		said := `{"field":"content","category":"其他","code":"qt","title":"其他","text":"` + text + `","ended":false`
		if version != 0 {
			said += `,"version":` + strconv.FormatInt(version, 10)
		}
		return said + "}"
	}
	var read, first, last phraseDoc
	chief.post("/phrases", body(0, "〔事项〕")).into(t, &read)
	path := "/phrases/" + strconv.FormatInt(read.Phrase, 10)
	if read.Version == 0 {
		t.Fatalf("a phrase says no version: %+v", read)
	}
	if p := chief.put(path, body(0, "不带版本")).problem(t); p.Status != 422 || p.Errors[0].Location != "body.version" {
		t.Errorf("without a version: %+v", p)
	}
	chief.put(path, body(read.Version, "科长改的")).into(t, &first)
	if first.Version <= read.Version || first.Text != "科长改的" {
		t.Errorf("%+v", first)
	}
	if p := admin.put(path, body(read.Version, "管理员改的")).problem(t); p.Status != 409 || !strings.HasSuffix(p.Type, "changed-meanwhile") {
		t.Errorf("the second change over a version that is gone: %+v", p)
	}
	var list struct {
		Items      []phraseDoc
		Fields     []string
		NextCursor string `json:"next_cursor"`
	}
	admin.get("/phrases").into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Text != "科长改的" || list.Items[0].Version != first.Version {
		t.Errorf("%+v", list.Items)
	}
	admin.put(path, body(first.Version, "读过再改的")).into(t, &last)
	if last.Text != "读过再改的" || last.By.Login != "admin" {
		t.Errorf("%+v", last)
	}
}
