package web_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/telephony"
)

type figureDoc struct {
	Numerator    int      `json:"numerator"`
	Denominator  int      `json:"denominator"`
	Rate         *float64 `json:"rate"`
	BlindSeconds float64  `json:"blind_seconds"`
	Rule         []string `json:"rule"`
}

type timesDoc struct {
	Calls                    int
	Mean, P50, P90, P95, Max float64
}

type answeringGroupDoc struct {
	Key          string
	From, To     time.Time
	Calls        int
	Outcomes     map[string]int
	Unknown      int
	Undecided    int
	Reviewed     map[string]int
	BlindSeconds float64 `json:"blind_seconds"`
	Rule         []string
	Measured     map[string]figureDoc
	AfterReview  map[string]figureDoc `json:"after_review"`
	Ring         timesDoc             `json:"ring_seconds"`
	Entering     timesDoc             `json:"entry_seconds"`
	CalledBack   timesDoc             `json:"call_back_seconds"`
	BackStated   int                  `json:"call_back_stated"`
}

type answeringDoc struct {
	From, To       time.Time
	Zone, By, Line string
	Unit           string
	LogSince       *time.Time `json:"log_since"`
	Total          answeringGroupDoc
	Groups         []answeringGroupDoc
	Rings          []struct{ Seconds, Calls float64 }
	Definitions    []struct {
		Figure                 string
		Judges                 bool `json:"judges_officer"`
		Of, With               string
		Numerator, Denominator []string
	}
	Frozen []struct {
		Month, Zone, Digest string
		Calls               int
		By                  struct {
			Login, Name string
			At          time.Time
		}
		Changed []string `json:"changed_days"`
		Blind   bool     `json:"blind_changed"`
	}
}

func (c *client) answering(t *testing.T, query string) (doc answeringDoc) {
	t.Helper()
	c.get("/metrics/answering"+query).into(t, &doc)
	return doc
}

// answeredBy says who picked up.
func (c *client) answeredBy(t *testing.T, id, name string) {
	t.Helper()
	if got := c.change(c.entry(t, "e-"+id), `"answered_by":"`+name+`"`); got.status != 200 {
		t.Fatal(got)
	}
}

// aDay are calls of one day: three answered, of which one is a test, and one missed.
func (h *house) aDay(t *testing.T) (officer *client, day string) {
	t.Helper()
	at := h.clock.Now().In(site)
	noon := time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, site)
	h.clock.Add(noon.Add(12*time.Hour - time.Minute).Sub(h.clock.Now())) // so that all of them are over
	officer = h.as("officer")
	for i, id := range []string{"11.0", "12.0"} {
		h.finished(id, noon.Add(time.Duration(i)*time.Hour))
	}
	officer.answeredBy(t, "11.0", "王officer")
	officer.answeredBy(t, "12.0", "王chief")
	missed := h.call("13.0", noon.Add(2*time.Hour))
	h.record(telephony.CallRang, missed, missed.RangAt)
	h.over(missed, telephony.Missed)
	test := h.call("14.0", noon.Add(3*time.Hour))
	test.Tags = []telephony.Tag{telephony.TagTest}
	h.record(telephony.CallRang, test, test.RangAt)
	h.over(test, telephony.Missed)
	return officer, noon.Format(time.DateOnly)
}

func TestHowTheLineWasAnswered(t *testing.T) {
	h := newHouse(t)
	_, day := h.aDay(t)
	supervisor := h.as("supervisor")
	doc := supervisor.answering(t, "?from="+day+"&to="+day+"&by=hour")
	if doc.Zone != "Asia/Shanghai" || doc.To.Sub(doc.From) != 24*time.Hour || len(doc.Groups) != 24 || doc.From.In(site).Format("15:04") != "00:00" {
		t.Fatalf("%s from %v to %v, %d groups", doc.Zone, doc.From, doc.To, len(doc.Groups))
	}
	if doc.Total.Calls != 3 || doc.Total.Outcomes["missed"] != 1 || doc.Total.Ring.Calls != 2 || len(doc.Rings) != 1 || doc.Rings[0].Calls != 2 {
		t.Errorf("%+v, rings %v", doc.Total, doc.Rings)
	}
	onTime := doc.Total.Measured["on_time"]
	if diff := cmp.Diff(figureDoc{Numerator: 2, Denominator: 3, Rule: []string{telephony.DefaultRule().Version()}}, onTime); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(doc.Total.Measured, doc.Total.AfterReview); diff != "" {
		t.Errorf("without any review both are the same:\n%s", diff)
	}
	if got := doc.Groups[12]; got.Calls != 1 || !strings.HasPrefix(got.Key, day+"T12:00:00") || got.Measured["answer_rate"].Numerator != 1 {
		t.Errorf("%+v", got)
	}
	if absent := supervisor.answering(t, ""); absent.Total.Calls != 3 || len(absent.Groups) != 1 || absent.Groups[0].Key != day {
		t.Errorf("without any words it is today by day: %+v", absent.Groups)
	}
	figures := len(dutylog.FigureRules())
	if len(doc.Definitions) != figures || len(doc.Total.Measured) != figures || doc.Definitions[0].Figure != "on_time" || !doc.Definitions[0].Judges || len(doc.Definitions[0].Denominator) != 4 {
		t.Errorf("%+v", doc.Definitions)
	}
	if own := supervisor.answering(t, "?line=duty&by=line"); own.Total.Calls != 3 || own.Line != "duty" {
		t.Errorf("the line itself has %+v", own.Total)
	}
}

func TestAnOfficerSeesTheLineAndOnesOwnFigures(t *testing.T) {
	h := newHouse(t)
	officer, _ := h.aDay(t)
	keys := func(doc answeringDoc) (all []string) {
		for _, g := range doc.Groups {
			all = append(all, g.Key)
		}
		return all
	}
	own := officer.answering(t, "?by=officer")
	if diff := cmp.Diff([]string{"王officer"}, keys(own)); diff != "" || own.Total.Calls != 3 {
		t.Errorf("an officer sees %v of %d calls", keys(own), own.Total.Calls)
	}
	for _, who := range []string{"supervisor", "chief", "leader", "auditor"} {
		if all := keys(h.as(who).answering(t, "?by=officer")); !slices.Contains(all, "王chief") || !slices.Contains(all, "王officer") {
			t.Errorf("a %s sees %v", who, all)
		}
	}
	if got := keys(h.as("admin").answering(t, "?by=officer")); got != nil {
		t.Errorf("an administrator sees %v", got)
	}
	if got := officer.get("/metrics/answering?by=shift"); got.status != 403 || !strings.Contains(got.problem(t).Detail, "by officer for your own") {
		t.Errorf("%v", got)
	}
	if got := h.as("supervisor").answering(t, "?by=shift"); got.Total.Calls != 3 {
		t.Errorf("%+v", got)
	}
}

func TestQuestionsAboutFiguresThatCannotBeAnswered(t *testing.T) {
	h := newHouse(t)
	supervisor := h.as("supervisor")
	for query, want := range map[string]string{
		"?by=week": "query.by", "?from=2026-13-01": "query.from", "?from=yesterday": "query.from", "?to=2020-01-01": "query.to",
		"?from=2026-01-01&to=2026-02-01&by=hour": "query.to", "?from=" + url.QueryEscape("2026-11-01T00:30:00+08:00"): "query.from",
	} {
		got := supervisor.get("/metrics/answering" + query)
		p := got.problem(t)
		if got.status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != want {
			t.Errorf("%s: %v, want a fault of %s", query, got, want)
		}
	}
	from := url.QueryEscape("2026-10-01T00:00:00+08:00")
	doc := supervisor.answering(t, "?by=month&from="+from+"&to="+url.QueryEscape("2026-12-01T00:00:00+08:00"))
	if len(doc.Groups) != 2 || doc.Groups[1].Key != "2026-11" || doc.Groups[0].Measured["on_time"].Rate != nil {
		t.Errorf("%v", slices.Collect(maps.Keys(doc.Groups[0].Measured)))
	}
}

// A time that nobody saw stands beside every figure of it.
func TestBlindTimeStandsBesideEveryFigure(t *testing.T) {
	h := newHouse(t)
	_, day := h.aDay(t)
	begin, err := time.ParseInLocation("2006-01-02 15:04", day+" 13:50", site)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []telephony.IntervalKind{telephony.LiveDown, telephony.JournalDown} {
		i := telephony.Interval{Kind: kind, From: begin.UTC(), To: begin.Add(25 * time.Minute).UTC(), Cause: "restart"}
		if err := h.db.Record(t.Context(), []telephony.Change{{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}}); err != nil {
			t.Fatal(err)
		}
	}
	doc := h.as("supervisor").answering(t, "?by=hour")
	for hour, want := range map[int]float64{12: 0, 13: 600, 14: 900, 15: 0} {
		if g := doc.Groups[hour]; g.BlindSeconds != want || g.Measured["missed"].BlindSeconds != want {
			t.Errorf("the hour from %d on was blind for %v s, want %v", hour, g.BlindSeconds, want)
		}
	}
	if doc.Total.BlindSeconds != 1500 || doc.Total.AfterReview["on_time"].BlindSeconds != 1500 {
		t.Errorf("the day was blind for %v s", doc.Total.BlindSeconds)
	}
}

func TestAClosedMonthShowsWhatCameLater(t *testing.T) {
	h := newHouse(t)
	officer, day := h.aDay(t)
	month := dutylog.Month(day[:7])
	if got := officer.get("/metrics/answering/months/" + string(month)); got.status != 404 {
		t.Errorf("an open month: %v", got)
	}
	if got := officer.get("/metrics/answering/months/2026-13"); got.status != 422 {
		t.Errorf("no month: %v", got)
	}
	end := month.Next().First().Start(site)
	h.clock.Add(end.Add(time.Hour).Sub(h.clock.Now()))
	by := dutylog.Actor{Login: "leader", Name: "王leader", Role: dutylog.Leader}
	if err := h.db.FreezeMonth(t.Context(), month, by, h.clock.Now()); err != nil {
		t.Fatal(err)
	}
	noon, err := time.ParseInLocation("2006-01-02 15:04", day+" 16:00", site)
	if err != nil {
		t.Fatal(err)
	}
	h.finished("19.0", noon) // the journal brought it late
	var doc struct {
		Closed struct {
			Month, Zone, Digest string
			Calls               int
			By                  struct{ Login, Name string }
			Changed             []string `json:"changed_days"`
		}
		Figures, Now answeringGroupDoc
		Corrections  []struct {
			Figure, Set string
			Frozen, Now struct{ Numerator, Denominator int }
		}
		Days []struct {
			Day         string
			Corrections []struct {
				Figure, Set string
				Now         struct{ Numerator, Denominator int }
			}
		}
	}
	officer = h.as("officer")
	officer.get("/metrics/answering/months/"+string(month)).lax(t, &doc)
	if doc.Closed.Calls != 3 || doc.Closed.By.Name != "王leader" || !slices.Equal(doc.Closed.Changed, []string{day}) || doc.Figures.Calls != 3 || doc.Now.Calls != 4 {
		t.Errorf("%+v: %d calls then, %d now", doc.Closed, doc.Figures.Calls, doc.Now.Calls)
	}
	found := false
	for _, c := range doc.Corrections {
		if c.Figure == "on_time" && c.Set == "measured" {
			found = c.Frozen.Numerator == 2 && c.Frozen.Denominator == 3 && c.Now.Numerator == 3 && c.Now.Denominator == 4
		}
	}
	if !found {
		t.Errorf("%+v", doc.Corrections)
	}
	if len(doc.Days) != 1 || doc.Days[0].Day != day || len(doc.Days[0].Corrections) != len(doc.Corrections) || doc.Days[0].Corrections[0].Now.Denominator != 4 {
		t.Errorf("day by day: %+v", doc.Days)
	}
	path := "/metrics/answering/months/" + string(month)
	if page := officer.get(path + "/sheet"); page.status != 200 || !strings.Contains(page.body, "接听情况统计更正") || !strings.Contains(page.body, "class=\"mid\">2/3</td>") || !strings.Contains(page.body, day) {
		t.Errorf("on paper: %v", page)
	}
	if rows := officer.get(path + "/workbook").cells(t); !slices.ContainsFunc(rows, func(r []string) bool { return len(r) == 5 && r[0] == day && r[3] == "2/3" && r[4] == "3/4" }) {
		t.Errorf("as a workbook: %q", rows)
	}
	if got := h.as("admin").get(path + "/sheet"); got.status != 403 {
		t.Errorf("an administrator prints it: %v", got)
	}
	again := officer.answering(t, "?from="+day+"&to="+day)
	if again.Total.Calls != 3 || len(again.Frozen) != 1 || again.Frozen[0].Month != string(month) || len(again.Frozen[0].Changed) != 1 {
		t.Errorf("the day of a closed month has %d calls now; %+v", again.Total.Calls, again.Frozen)
	}
}

// lax decodes a good answer of which only a part is looked at.
func (a answer) lax(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); a.status != 200 || err != nil {
		t.Fatalf("%v: %v", err, a)
	}
}

func TestFiguresArePrintedAndExported(t *testing.T) {
	h := newHouse(t)
	officer, day := h.aDay(t)
	page := officer.get("/metrics/answering/sheet?by=officer")
	if page.status != 200 || !strings.Contains(page.body, "接听情况统计") || !strings.Contains(page.body, "王officer") || strings.Contains(page.body, "王chief") {
		t.Errorf("an officer prints %v", page)
	}
	book := h.as("supervisor").get("/metrics/answering/workbook?by=officer")
	if book.status != 200 || !strings.Contains(book.header.Get("Content-Disposition"), ".xlsx") {
		t.Fatalf("%d %v", book.status, book.header)
	}
	read, err := sheet.Read("x.xlsx", strings.NewReader(book.body), int64(len(book.body)))
	if err != nil || len(read) == 0 || read[0].Cell(1, 0) != "接听情况统计" {
		t.Errorf("%v %+v", err, read)
	}
	var noted []string
	for _, x := range *h.accesses {
		if strings.HasPrefix(x.What, "figures.") {
			noted = append(noted, x.Who.Login+" "+x.What+" "+x.Object)
		}
	}
	compact := strings.ReplaceAll(day, "-", "")
	if want := []string{"officer figures.print 接听情况统计-" + compact + "-" + compact + "-按值班员", "supervisor figures.export 接听情况统计-" + compact + "-" + compact + "-按值班员"}; !slices.Equal(noted, want) {
		t.Errorf("noted are %q, want %q", noted, want)
	}
	for _, path := range []string{"sheet", "workbook"} {
		if got := officer.get("/metrics/answering/" + path + "?by=shift"); got.status != 403 {
			t.Errorf("%s: %v", path, got)
		}
		if got := h.as("admin").get("/metrics/answering/" + path); got.status != 403 {
			t.Errorf("an administrator takes the %s: %d", path, got.status)
		}
	}
}

func TestFiguresOfTheOtherWork(t *testing.T) {
	h := newHouse(t)
	officer, _ := h.aDay(t)
	h.tookOver(officer)
	officer.does("POST", "", `{"entry_id":"e-11.0","category":"fire"}`)
	h.clock.Add(-time.Minute)
	var doc struct {
		From, To time.Time
		Line     string
		Items    []struct {
			Figure, Of             string
			Numerator, Denominator int
			Rate                   *float64
			BlindSeconds           float64 `json:"blind_seconds"`
			Unknown                float64 `json:"unknown_seconds"`
			Rule                   []string
			Behind                 []any
		}
		LogSince            *time.Time `json:"log_since"`
		Frozen, Corrections []any
	}
	officer.get("/metrics/duty").into(t, &doc)
	found := map[string][2]int{}
	for _, i := range doc.Items {
		found[i.Figure+"/"+i.Of] = [2]int{i.Numerator, i.Denominator}
		if (i.Rate == nil) != (i.Denominator < 20) {
			t.Errorf("%+v", i)
		}
		if roster := i.Figure == "roster_uncovered"; roster && (i.Unknown == 0 || i.Numerator != 0) { // nobody ever filed a roster
			t.Errorf("before the first roster nobody is missing: %+v", i)
		}
	}
	if doc.LogSince == nil {
		t.Error("it is not said since when there is a log")
	}
	if found["missed_not_called_back/"] != [2]int{1, 1} || found["reports_on_time/first"] != [2]int{0, 1} || found["incidents_opened_late/"][1] != 1 || len(found) < 12 {
		t.Errorf("%v", found)
	}
	for line, want := range map[string]map[string][2]int{"duty": {"missed_not_called_back/": {1, 1}}, "fire": {"missed_not_called_back/": {}}} {
		officer.get("/metrics/duty?line="+line).into(t, &doc)
		found := map[string][2]int{}
		for _, i := range doc.Items {
			if i.Figure != "others_not_called_back" {
				found[i.Figure+"/"+i.Of] = [2]int{i.Numerator, i.Denominator}
			}
		}
		if diff := cmp.Diff(want, found); diff != "" || doc.Line != line {
			t.Errorf("of line %q (-want +got):\n%s", doc.Line, diff)
		}
	}
	if got := officer.get("/metrics/duty?line=other"); got.status != 404 {
		t.Errorf("a line that there is not: %v", got)
	}
	for query, want := range map[string]string{"?from=2026-01-01&to=2027-06-01": "query.to", "?from=x": "query.from", "?from=2026-02-02&to=2026-02-01": "query.to"} {
		if got := officer.get("/metrics/duty" + query); got.status != 422 || got.problem(t).Errors[0].Location != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

// What a review made of a call is told with the list of calls: of a borderline answer that nobody decided it is empty,
// and of a call whose review the visitor may not see there is none.
func TestTheListOfCallsSaysWhatReviewsMadeOfThem(t *testing.T) {
	h := newHouse(t)
	tomorrow := h.clock.Now().In(site).AddDate(0, 0, 1)
	h.clock.Add(time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 12, 0, 0, 0, site).Sub(h.clock.Now())) // all in one hour
	near := func(id string) {
		c := h.call(id, h.clock.Now())
		c.AnsweredAt = c.RangAt.Add(15050 * time.Millisecond)
		c.RangUntil, c.EndedAt, c.Rings, c.Outcome, c.Findings = c.AnsweredAt, c.AnsweredAt.Add(time.Minute), 4, telephony.AnsweredLate, []telephony.Finding{telephony.BorderlineVerdict}
		h.record(telephony.CallEnded, c, c.EndedAt)
		h.clock.Add(2 * time.Minute)
	}
	near("1.0")
	near("2.0")
	near("3.0")
	h.finished("4.0", h.clock.Now())
	h.as("officer").answeredBy(t, "3.0", "王chief")
	var r reviewDoc
	h.as("officer").says(t, "2.0", `"says":"explained","code":"other","text":"听到第三声就接了"`).into(t, &r)
	h.as("supervisor").says(t, "2.0", `"says":"decided","result":"counts_late","text":"录音为证"`).into(t, &r)
	for login, want := range map[string]map[string]string{
		"supervisor": {"1.0": "", "2.0": "counts_late", "3.0": ""}, "officer": {"1.0": "", "2.0": "counts_late"}, "admin": {},
	} {
		var list struct {
			Items      []any
			NextCursor string `json:"next_cursor"`
			Reviewed   map[string]string
		}
		h.as(login).get("/calls").into(t, &list)
		if diff := cmp.Diff(want, list.Reviewed); diff != "" {
			t.Errorf("%s is told (-want +got):\n%s", login, diff)
		}
	}
	// The map on paper counts nobody late before it is decided.
	day := h.clock.Now().In(site).Format(time.DateOnly)
	rows := h.as("supervisor").get("/metrics/answering/charts/heat/workbook?from=" + day + "&to=" + day).cells(t)
	hour, sums := h.clock.Now().In(site).Format("15")+":00", []string{}
	for _, row := range rows {
		if len(row) == 8 && row[0] == hour {
			sums = append(sums, strings.Trim(strings.ReplaceAll(strings.Join(row[1:], ""), "0", ""), " "))
		}
	}
	if diff := cmp.Diff([]string{"4", "1", "2"}, sums); diff != "" {
		t.Errorf("all calls, those not in time, those undecided (-want +got):\n%s", diff)
	}
}

// Of a line that there is not, nothing is known: zero calls would be a lie. An empty grouping is nobody's choice.
func TestFiguresOfNothingAreRefused(t *testing.T) {
	h := newHouse(t)
	_, day := h.aDay(t)
	supervisor := h.as("supervisor")
	for _, path := range []string{"/metrics/answering", "/metrics/answering/sheet", "/metrics/answering/workbook", "/metrics/answering/charts/heat/workbook"} {
		if p := supervisor.get(path + "?from=" + day + "&line=dutty").problem(t); p.Status != 404 || !strings.Contains(p.Detail, `no line "dutty"`) {
			t.Errorf("%s of no line: %+v", path, p)
		}
		if strings.Contains(path, "charts") {
			continue
		}
		for _, by := range []string{"", "week"} {
			if p := supervisor.get(path + "?from=" + day + "&by=" + by).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "query.by" {
				t.Errorf("%s by %q: %+v", path, by, p)
			}
		}
	}
}

// Of a time before the log nobody knows whether calls came: it is blind, on page and paper, and it is said since when there is a log.
func TestATimeBeforeTheLogIsBlind(t *testing.T) {
	h := newHouse(t) // of which the log is ten years old
	supervisor := h.as("supervisor")
	long := time.Now().AddDate(-11, 0, 0).In(site).Format("2006-01-02")
	doc := supervisor.answering(t, "?from="+long+"&to="+long+"&by=day")
	if doc.Total.BlindSeconds != 86400 || doc.Groups[0].Measured["on_time"].BlindSeconds != 86400 || doc.LogSince == nil || !doc.LogSince.After(doc.To) {
		t.Errorf("blind for %v s, the log began %v", doc.Total.BlindSeconds, doc.LogSince)
	}
	if sheet := supervisor.get("/metrics/answering/sheet?from=" + long + "&to=" + long + "&by=day"); sheet.status != 200 || !strings.Contains(sheet.body, "起才有记录") {
		t.Errorf("%d", sheet.status)
	}
	if cells := supervisor.get("/metrics/duty/workbook?from=" + long + "&to=" + long).cells(t); !slices.ContainsFunc(cells, func(row []string) bool { return slices.Contains(row, "1440.0") }) {
		t.Errorf("%q", cells)
	}
}
