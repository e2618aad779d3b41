package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
)

// cells are those of the tables in a workbook that was answered, row by row.
func (a answer) cells(t *testing.T) (rows [][]string) {
	t.Helper()
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Disposition"), ".xlsx") {
		t.Fatalf("%d %v", a.status, a.header)
	}
	read, err := sheet.Read("x.xlsx", strings.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range read {
		for n := range table.Rows {
			rows = append(rows, table.Rows[n])
		}
	}
	return rows
}

// Each chart has a workbook of its own, in which nothing is a formula; that it was taken is noted.
func TestEveryChartIsTakenAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	_, day := h.aDay(t)
	if got := h.as("chief").put("/roster/people", `{"name":"=HYPERLINK(1)","phone":"1","login":"","standing":"regular","left":null}`); got.status >= 300 {
		t.Fatal(got)
	}
	h.as("supervisor").answeredBy(t, "12.0", "=HYPERLINK(1)")
	compact := strings.ReplaceAll(day, "-", "")
	want := map[dutylog.FigureChart]string{dutylog.ChartRings: "0–5", dutylog.ChartHeat: "23:00", dutylog.ChartTrend: day[:7], dutylog.ChartOfficers: "王officer"}
	supervisor := h.as("supervisor")
	for _, c := range dutylog.FigureCharts() {
		found := supervisor.get("/metrics/answering/charts/" + string(c) + "/workbook?from=" + day + "&to=" + day).cells(t)
		if !slices.ContainsFunc(found, func(r []string) bool { return len(r) > 0 && r[0] == want[c] }) {
			t.Errorf("%s has no row %s: %q", c, want[c], found)
		}
		for _, r := range found {
			for _, text := range r {
				if regexp.MustCompile(`^[=+@]`).MatchString(text) {
					t.Errorf("%s: %q is a formula", c, text)
				}
			}
		}
	}
	var noted []string
	for _, x := range *h.accesses {
		if x.What == "figures.export" {
			noted = append(noted, x.Who.Login+" "+x.Object)
		}
	}
	if len(noted) != 4 || noted[0] != "supervisor 接听前响铃时间-"+compact+"-"+compact {
		t.Errorf("noted are %q", noted)
	}
}

func TestWhoTakesWhichChart(t *testing.T) {
	h := newHouse(t)
	officer, day := h.aDay(t)
	path := "/metrics/answering/charts/officers/workbook?from=" + day + "&to=" + day
	own := officer.get(path)
	if text := strings.Join(slices.Concat(own.cells(t)...), "|"); !strings.Contains(text, "王officer") || strings.Contains(text, "李娜") {
		t.Errorf("an officer takes %s", text)
	}
	for _, p := range []string{path, "/metrics/duty/workbook"} {
		if got := h.as("admin").get(p); got.status != http.StatusForbidden {
			t.Errorf("an administrator takes %s: %d", p, got.status)
		}
	}
	if got := officer.get("/metrics/answering/charts/pie/workbook"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a chart that there is not: %v", got)
	}
	if got := officer.get("/metrics/answering/charts/heat/workbook?from=2006-01-01&to=2105-12-31"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a hundred years: %v", got)
	}
}

func TestFiguresOfTheOtherWorkAreTakenAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	h.aDay(t)
	found := h.as("supervisor").get("/metrics/duty/workbook").cells(t)
	row := slices.IndexFunc(found, func(r []string) bool { return len(r) > 2 && r[0] == "未接后仍待回拨" && r[2] == "1/1" })
	detail := slices.IndexFunc(found, func(r []string) bool { return len(r) > 3 && r[2] == "来电" && r[3] == "13.0" })
	if row < 0 || detail < 0 {
		t.Errorf("%q", found)
	}
	last := (*h.accesses)[len(*h.accesses)-1]
	if last.What != "figures.export" || !strings.HasPrefix(last.Object, "值班工作指标-") {
		t.Errorf("noted is %+v", last)
	}
}

// Every figure of the other work says by which rule it counts, how blind the time was, and what is behind it.
func TestFiguresOfTheOtherWorkLeadToWhatIsBehindThem(t *testing.T) {
	h := newHouse(t)
	officer, day := h.aDay(t)
	h.tookOver(officer)
	officer.does("POST", "", `{"entry_id":"e-11.0","category":"fire"}`)
	if err := h.db.ReplaceRoster(t.Context(), []dutylog.Shift{{From: time.Now(), To: time.Now().Add(12 * time.Hour), Post: dutylog.PostOfficer, Name: "王officer"}}); err != nil {
		t.Fatal(err) // from then on nobody holds the other posts
	}
	h.clock.Add(2 * time.Hour)
	officer = h.as("officer")
	var doc struct {
		Items []struct {
			Figure, Of   string
			Rule         []string
			BlindSeconds *float64 `json:"blind_seconds"`
			Behind       []struct{ Kind, ID, Name, At string }
		}
	}
	officer.get("/metrics/duty?from="+day+"&to="+h.clock.Now().In(site).Format(time.DateOnly)).lax(t, &doc)
	behind := map[string]string{}
	for _, i := range doc.Items {
		if i.BlindSeconds == nil || i.Rule == nil || i.Behind == nil {
			t.Errorf("%+v", i)
		}
		for _, b := range i.Behind {
			behind[i.Figure+"/"+i.Of] = b.Kind + " " + b.ID + b.Name
		}
	}
	if behind["missed_not_called_back/"] != "call 13.0" || !strings.HasPrefix(behind["reports_on_time/first"], "incident 1T2") || behind["roster_uncovered/duty_leader"] != "shift duty_leader" {
		t.Errorf("%v", behind)
	}
}

// Whatever cannot be told is refused in one sentence that names what is wrong and what to do.
func TestARefusedQuestionAboutFiguresIsOneSentence(t *testing.T) {
	h := newHouse(t)
	supervisor := h.as("supervisor")
	for query, want := range map[string]string{
		"?from=2026-11-02&to=2026-11-01":                                           "query.to: is not after from: nothing lies between them",
		"?by=week":                                                                 `query.by: "week" is no grouping: choose hour, day, shift, officer, month, line or week_hour`,
		"?from=2001-01-01&to=2100-12-31&by=month":                                  "query.to: lies too long after from: by month figures are given for at most 7320 days; ask for a shorter time",
		"?from=2026-01-01&to=2026-01-31&by=hour":                                   "query.to: lies too long after from: by hour figures are given for at most 8 days; ask for a shorter time",
		"?from=2026-11-31":                                                         "query.from: is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00+08:00 (write the + as %2B)",
		"?from=2026-11-01T00:00:00+08:00":                                          "query.from: is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00+08:00 (write the + as %2B)",
		"?from=" + url.QueryEscape("2026-11-01T00:00:00"):                          "query.from: is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00+08:00 (write the + as %2B)",
		"?from=" + url.QueryEscape("2026-11-01T00:00+05:30"):                       "query.from: is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00+08:00 (write the + as %2B)",
		"?from=" + url.QueryEscape("2026-11-01T00:00:00+05:30") + "&to=2026-11-02": "query.from: is within an hour: figures are kept by whole hours of the site's clock",
	} {
		got := supervisor.get("/metrics/answering" + query)
		if p := got.problem(t); got.status != http.StatusUnprocessableEntity || p.Detail != want || len(p.Errors) != 1 {
			t.Errorf("%s: %d %q, want %q", query, got.status, p.Detail, want)
		}
	}
	sameHour := supervisor.answering(t, "?by=day&from="+url.QueryEscape("2026-11-01T00:00:00Z")+"&to="+url.QueryEscape("2026-11-01T10:00:00+09:00"))
	if len(sameHour.Groups) != 1 || sameHour.From.In(site).Format("15:04") != "08:00" {
		t.Errorf("another zone's whole hour is one of ours, too: %+v", sameHour.Groups)
	}
}
