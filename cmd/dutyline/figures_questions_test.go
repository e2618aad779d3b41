package main_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/dutylog/workbook"
	"dutyline/telephony"
	"dutyline/web"
)

// figureQuestion is one that the page, a program or a printer asks about figures and what rests on them.
type figureQuestion struct {
	officer bool // it is asked by the officer 张甲, who sees what concerns them; else by a supervisor
	path    string
	body    string // what is posted; empty: nothing is
}

func (q figureQuestion) String() string {
	who := ""
	if q.officer {
		who = " as an officer"
	}
	if q.body != "" {
		return "POST " + q.path + who
	}
	return q.path + who
}

// slowQuestion is the question whose answers took longest.
type slowQuestion struct {
	question figureQuestion
	median   time.Duration
}

func (s *slowQuestion) take(q figureQuestion, median time.Duration) {
	if median > s.median {
		s.question, s.median = q, median
	}
}

// askFigures asks a question, and says how long the answer took and how many bytes it has.
type askFigures func(q figureQuestion) (time.Duration, int)

// answeringQuestions are those of the page, of the API at its widest, and of paper. Those that a log of a
// hundred days can answer as well come first. What is posted comes last, so that it makes nothing else longer.
func answeringQuestions(now time.Time, zone *time.Location, aDay int) (common, wide []figureQuestion) {
	day := func(back int) dutylog.Date { return dutylog.DateOf(now, zone).Add(-back) }
	ask := func(path string, back int, by dutylog.Grouping) figureQuestion {
		return figureQuestion{path: fmt.Sprintf("/api/v1/metrics/answering%s?from=%s&to=%s&by=%s", path, day(back), day(0), by)}
	}
	duty := func(back int) figureQuestion {
		return figureQuestion{path: fmt.Sprintf("/api/v1/metrics/duty?from=%s&to=%s", day(back), day(0))}
	}
	common = []figureQuestion{ask("", 0, dutylog.ByLine), ask("", 7, dutylog.ByHour), ask("", 30, dutylog.ByOfficer), ask("", 30, dutylog.ByDay), ask("", 89, dutylog.ByWeekHour),
		ask("", 89, dutylog.ByShift), ask("/sheet", 30, dutylog.ByOfficer), ask("/workbook", 30, dutylog.ByDay), duty(30)}
	common = append(common, reviewQuestions(now, zone, answeringID(now, 6, aDay, 20))...)
	common = append(common, monthQuestions(dutylog.MonthOf(now, zone))...)
	wide = []figureQuestion{ask("", 360, dutylog.ByMonth), ask("", 398, dutylog.ByDay), ask("", answeringDays, dutylog.ByMonth), ask("", answeringDays, dutylog.ByOfficer), ask("", answeringDays, dutylog.ByWeekHour), ask("/sheet", 398, dutylog.ByDay),
		ask("/workbook", 398, dutylog.ByDay), duty(398),
		{path: fmt.Sprintf("/api/v1/metrics/answering/charts/heat/workbook?from=%s&to=%s", day(answeringDays), day(0))},
		{path: "/api/v1/metrics/answering/months/" + string(dutylog.MonthOf(now, zone).Before().Before())}}
	return common, wide
}

// reviewQuestions are those about calls: verdicts under review, missed callers, entries that are open.
func reviewQuestions(now time.Time, zone *time.Location, missed string) []figureQuestion {
	at := func(back int) string {
		return dutylog.DateOf(now, zone).Add(-back).Start(zone).UTC().Format(time.RFC3339)
	}
	month := "&from=" + at(30) + "&to=" + at(0)
	return []figureQuestion{{path: "/api/v1/reviews?limit=100"}, {path: "/api/v1/reviews?limit=100&waits=supervisor"}, {path: "/api/v1/reviews?limit=100&waits=officer"},
		{path: "/api/v1/reviews?limit=100", officer: true}, {path: "/api/v1/reviews?limit=100&waits=officer&mine=true", officer: true}, {path: "/api/v1/reviews?limit=1&waits=officer&mine=true", officer: true},
		{path: "/api/v1/reviews/" + missed}, {path: "/api/v1/reviews/" + missed + "/sheet"},
		{path: "/api/v1/missed-calls?limit=500" + month}, {path: "/api/v1/missed-calls?limit=50&waiting=true"}, {path: "/api/v1/calls?limit=100&outcome=missed" + month},
		{path: "/api/v1/entries?state=open&limit=200"}, {path: "/api/v1/violations"}, {path: "/api/v1/spot-checks"}}
}

// monthQuestions are those about a month: its sheet, and the recordings that are drawn of it.
func monthQuestions(running dutylog.Month) []figureQuestion {
	last := "/api/v1/assessments/" + string(running.Before())
	return []figureQuestion{{path: "/api/v1/assessments"}, {path: "/api/v1/assessments/" + string(running)}, {path: last}, {path: last + "/sheet"}, {path: last + "/workbook"}, {path: "/api/v1/assessments/differences"},
		{path: "/api/v1/listening/draws", body: `{"month":"` + string(running.Before()) + `","per_officer":5,"seed":"20260101"}`},
		{path: "/api/v1/listening/draws?month=" + string(running.Before())}, {path: "/api/v1/listening/draws/1"}, {path: "/api/v1/listening/draws/1/sheet"}}
}

// answeringServer serves a log as the daemon does, to a supervisor and an officer who are signed in.
func answeringServer(t testing.TB, db *sqlite.DB, zone *time.Location, now func() time.Time) askFigures {
	t.Helper()
	registry := prometheus.NewRegistry()
	server := httptest.NewServer(web.New(web.Deps{Log: db, Alerts: db, Sessions: db.Sessions(), Metrics: registry, Registerer: registry, Now: now, Logger: slog.New(slog.DiscardHandler),
		Lines: []telephony.Line{{Name: "duty", Rule: telephony.DefaultRule()}}, Scoring: func() (dutylog.ScoringRules, error) { return config.ScoringIn("") }, Zone: zone, Allowance: 15 * time.Minute,
		Health: func() web.Health { return web.Health{} }, Audit: func(context.Context, web.Access) {}, Sheets: web.Sheets{Unit: "沈河区应急局", Zone: zone, Workbook: workbook.Write}}))
	t.Cleanup(server.Close)
	clients := map[bool]*http.Client{}
	for _, a := range []dutylog.Account{{Login: "s", Name: "赵督查", Role: dutylog.Supervisor}, {Login: "o", Name: "张甲", Role: dutylog.Officer}} {
		clients[a.Role == dutylog.Officer] = signedIn(t, db, server.URL, a, now())
	}
	return func(q figureQuestion) (time.Duration, int) {
		method := http.MethodGet
		if q.body != "" {
			method = http.MethodPost
		}
		began := time.Now()
		req, err := http.NewRequest(method, server.URL+q.path, strings.NewReader(q.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := clients[q.officer].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s: %d, %v", q, res.StatusCode, err)
		}
		return time.Since(began), int(n)
	}
}

// signedIn is a browser of somebody who has an account.
func signedIn(t testing.TB, db *sqlite.DB, url string, a dutylog.Account, now time.Time) *http.Client {
	t.Helper()
	const secret = "correct horse battery"
	a.PasswordHash, a.CreatedAt = web.HashPassword(secret), now
	if err := db.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Post(url+"/api/v1/session", "application/json", strings.NewReader(`{"username":"`+a.Login+`","password":"`+secret+`"}`))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %v, %v", res, err)
	}
	_ = res.Body.Close()
	return client
}
