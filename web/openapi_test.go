package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

type document struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Paths      map[string]map[string]operation
	Components struct {
		Schemas map[string]schema
	}
}

type operation struct {
	OperationID string
	Summary     string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
	Security []map[string][]string
}

type schema struct {
	Type                 any
	Ref                  string   `json:"$ref"`
	OneOf                []schema `json:"oneOf"`
	Format               string
	Enum                 []any
	Items                *schema
	Properties           map[string]schema
	Required             []string
	AdditionalProperties any
}

func (s schema) String() string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, "#/components/schemas/")
	case len(s.OneOf) > 0:
		return fmt.Sprint(s.OneOf)
	case s.Items != nil:
		return "[" + s.Items.String() + "]"
	case s.Format != "":
		return fmt.Sprintf("%v(%s)", s.Type, s.Format)
	case len(s.Enum) > 0:
		return fmt.Sprintf("%v%v", s.Type, s.Enum)
	}
	return fmt.Sprint(s.Type)
}

// TestDocument writes what /api/openapi.json says as a list that a person can read: every
// change of the API shows in the golden file.
func TestDocument(t *testing.T) {
	h := newHouse(t)
	got := h.visitor().do("GET", "/api/openapi.json", "")
	var doc document
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Version != "1.2.3" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, %+v, %v", doc.OpenAPI, doc.Info, got.header)
	}
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			doc.Paths[path][method].write(&b, strings.ToUpper(method)+" "+path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		fmt.Fprintf(&b, "\n%s\n", name)
		writeProperties(&b, doc.Components.Schemas[name])
	}
	golden(t, "openapi.golden", b.String())
}

func (o operation) write(b *strings.Builder, name string) {
	fmt.Fprintf(b, "\n%s — %s", name, o.Summary)
	if len(o.Security) > 0 {
		b.WriteString(" (session)")
	}
	b.WriteByte('\n')
	for _, p := range o.Parameters {
		fmt.Fprintf(b, "  %s %s %v\n", p.In, p.Name, p.Schema)
	}
	for _, kind := range slices.Sorted(maps.Keys(o.RequestBody.Content)) {
		fmt.Fprintf(b, "  body %s %v\n", kind, o.RequestBody.Content[kind].Schema)
		writeProperties(b, o.RequestBody.Content[kind].Schema)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		fmt.Fprintf(b, "  %s", status)
		for _, kind := range slices.Sorted(maps.Keys(o.Responses[status].Content)) {
			fmt.Fprintf(b, " %s %v", kind, o.Responses[status].Content[kind].Schema)
		}
		b.WriteByte('\n')
	}
}

func writeProperties(b *strings.Builder, s schema) {
	for _, p := range slices.Sorted(maps.Keys(s.Properties)) {
		need := ""
		if slices.Contains(s.Required, p) {
			need = " required"
		}
		fmt.Fprintf(b, "    %s %v%s\n", p, s.Properties[p], need)
	}
}

// document is what /api/openapi.json says.
func (h *house) document() document {
	h.t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(h.visitor().do("GET", "/api/openapi.json", "").body), &doc); err != nil {
		h.t.Fatal(err)
	}
	return doc
}

// differs says in what a value is not as documented.
func (d document) differs(at string, s schema, value any) []string {
	if s.Ref != "" {
		return d.differs(at, d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")], value)
	}
	for _, one := range s.OneOf {
		if len(d.differs(at, one, value)) == 0 {
			return nil
		}
	}
	kind := map[bool]string{true: "null"}[value == nil]
	switch value.(type) {
	case map[string]any:
		kind = "object"
	case []any:
		kind = "array"
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case float64:
		kind = "integer number"
	}
	allowed := strings.Fields(strings.Trim(fmt.Sprint(s.Type), "[]"))
	if !slices.ContainsFunc(allowed, func(a string) bool { return strings.Contains(kind, a) }) {
		return []string{fmt.Sprintf("%s is %s, documented as %v", at, kind, s)}
	}
	var all []string
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			all = append(all, d.differs(fmt.Sprintf("%s[%d]", at, i), *s.Items, item)...)
		}
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				all = append(all, at+"."+name+" is not there")
			}
		}
		for name, member := range v {
			of, ok := s.Properties[name]
			if _, open := s.AdditionalProperties.(map[string]any); !ok && !open {
				all = append(all, at+"."+name+" is not documented")
			} else if ok {
				all = append(all, d.differs(at+"."+name, of, member)...)
			}
		}
	case string:
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
			all = append(all, fmt.Sprintf("%s is %q, not one of %v", at, v, s.Enum))
		}
	}
	return all
}

func TestAnswersAreAsDocumented(t *testing.T) {
	h := newHouse(t, withTables)
	doc := h.document()
	h.sealed("1.0")
	h.ring("2.0")
	now := h.clock.Now()
	if err := h.db.ReplaceRoster(t.Context(), []dutylog.Shift{{From: now.Add(-time.Hour), To: now.Add(time.Hour), Post: dutylog.PostOfficer, Name: "李"}}); err != nil {
		t.Fatal(err)
	}
	month := dutylog.MonthOf(now, time.FixedZone("CST", 8*3600))
	if _, err := h.db.File(t.Context(), dutylog.Filing{Kind: dutylog.FileHoliday, Span: dutylog.DateSpan{Name: "假", First: month.First(), Last: month.Last()}, SentTo: "市局", SentAt: time.Now()}, dutylog.Actor{}); err != nil {
		t.Fatal(err)
	}
	officer, supervisor := h.as("officer"), h.as("supervisor")
	supervisor.post("/directory", shenhe)
	officer.patch("e-1.0", `{"revision":1,"gaps":{"caller_title":{"why":"refused","reason":"不愿透露"}}}`)
	h.tookOver(officer)
	supervisor.post("/task-rules", aRule)
	officer.post("/absences", anAbsence)
	officer.does("POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	officer.did(t, "POST", "/1/reports", `{"stage":"first","elements":`+everything+`}`)
	officer.did(t, "POST", "/1/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"周敏"}`)
	officer.did(t, "POST", "/1/callouts", `{"whom":"孙局长","part":"head","result":"reached"}`)
	officer.did(t, "POST", "/1/scene", `{"whom":"李科长","kind":"on_scene"}`)
	officer.did(t, "POST", "/1/instructions", `{"whom":"孙局长","text":"全力救治"}`)
	if err := h.db.FreezeMonth(t.Context(), month, dutylog.Actor{}, now.Add(32*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.late("9.0", "王officer")
	supervisor.post("/spot-checks", aSpotCheck("in", "passed", ""))
	if _, err := h.db.KeepDraw(t.Context(), dutylog.Draw{Month: month, Seed: "x", PerOfficer: 1, Samples: []dutylog.OfficerSample{{Officer: "王officer", Population: 1, Calls: []string{"1.0"}}}}); err != nil {
		t.Fatal(err)
	}
	supervisor.post("/listening/draws/1/facts", `{"call_id":"1.0","says":"reviewed","marks":`+goodMarks+`}`)
	supervisor.post("/violations", `{"item":2,"at":"2026-11-01T00:00:00Z","text":"值班室无人","evidence":[{"kind":"call","id":"9.0"}]}`)
	asked := 0
	for path, methods := range doc.Paths {
		ok := methods["get"].Responses["200"].Content["application/json"].Schema
		if ok.String() == "<nil>" {
			continue // a stream, a recording, or no GET
		}
		id := "1.0"
		switch {
		case strings.Contains(path, "/entries/"):
			id = "e-1.0"
		case strings.Contains(path, "/reviews/"):
			id = "9.0"
		case strings.Contains(path, "/alerts/"), strings.Contains(path, "/filings/"), strings.Contains(path, "/handovers/"), strings.Contains(path, "/incidents/"), strings.Contains(path, "/directory/"), strings.Contains(path, "/violations/"):
			id = "1"
		}
		path = strings.Replace(strings.Replace(path, "{id}", id, 1), "{month}", string(month), 1)
		path = strings.Replace(strings.Replace(path, "{check}", "1", 1), "{draw}", "1", 1)
		if strings.HasSuffix(path, "/listening/draws") {
			path += "?month=" + string(month)
		}
		for _, c := range []*client{officer, supervisor, h.visitor()} {
			got := c.do("GET", path, "")
			documented := ok
			if got.status == 401 || got.status == 403 {
				documented = schema{Ref: "#/components/schemas/Problem"}
			}
			var value any
			if err := json.Unmarshal([]byte(got.body), &value); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, d := range doc.differs("", documented, value) {
				t.Errorf("%s: %s", path, d)
			}
			asked++
		}
	}
	if asked < 20 {
		t.Errorf("only %d answers were looked at", asked)
	}
	stale := officer.patch("e-1.0", `{"revision":1}`)
	var value any
	if err := json.Unmarshal([]byte(stale.body), &value); err != nil || stale.status != 409 {
		t.Fatal(stale, err)
	}
	for _, d := range doc.differs("", schema{Ref: "#/components/schemas/Problem"}, value) {
		t.Errorf("409: %s", d)
	}
}
