package web_test

import (
	"testing"

	"dutyline/dutylog"
)

type phraseDoc struct {
	Phrase                      int64
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
	h.as("admin").do("PUT", "/api/v1/phrases/1", `{"field":"content","category":"突发事件","code":"tf","title":"突发","text":"〔时间〕","ended":true}`).into(t, &p)
	if p.Phrase != 1 || !p.Ended || p.By.Login != "admin" {
		t.Errorf("%+v", p)
	}
	if q := chief.do("PUT", "/api/v1/phrases/999", own).problem(t); q.Status != 404 && q.Status != 422 {
		t.Errorf("%+v", q)
	}
	officer.get("/phrases").into(t, &list)
	if !list.Items[0].Ended || len(list.Items) != len(dutylog.SeededPhrases())+1 {
		t.Errorf("%+v", list.Items[0])
	}
}
