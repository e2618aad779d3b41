package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/web"
)

// bodies are what each changing route is asked with, so that only the permission decides.
var bodies = map[string]string{
	"POST /api/v1/session":                                           `{"username":"nobody","password":"wrong password"}`,
	"PUT /api/v1/session/page":                                       `{"page":"0f3c9a77","sounds":true}`,
	"POST /api/v1/session/unlock":                                    `{"password":"wrong password"}`,
	"POST /api/v1/session/password":                                  `{"old":"wrong password","new":"another password"}`,
	"PATCH /api/v1/entries/{id}":                                     `{"revision":1,"nonsense":1}`,
	"POST /api/v1/entries":                                           `{"key":"0f3c9a77-0","kind":"fax","nonsense":"1"}`,
	"POST /api/v1/entries/{id}/steps":                                `{"kind":"nonsense"}`,
	"POST /api/v1/entries/{id}/read-back":                            `{}`,
	"POST /api/v1/entries/{id}/links":                                `{"with":"e-9","relation":"same_event"}`,
	"POST /api/v1/entries/{id}/attachments":                          `a text`,
	"POST /api/v1/entries/{id}/hold":                                 `{"reason":"诉讼保全"}`,
	"POST /api/v1/approvals":                                         `{"kind":"erase","entry_id":"e-1795436279.0","reason":""}`,
	"POST /api/v1/approvals/{id}/decision":                           `{"approve":true}`,
	"POST /api/v1/evidence/verification":                             `{}`,
	"POST /api/v1/reviews/{id}/facts":                                `{"says":"explained","code":"away"}`,
	"POST /api/v1/spot-checks":                                       aSpotCheck("in", "passed", ""),
	"PUT /api/v1/spot-checks/{check}":                                aSpotCheck("in", "passed", `,"version":9,"change":"x"`),
	"POST /api/v1/listening/draws":                                   `{"month":"2026-13","per_officer":3}`,
	"POST /api/v1/listening/draws/{draw}/facts":                      `{"call_id":"1.0","says":"answered","text":"x"}`,
	"POST /api/v1/assessments/{month}/facts":                         `{"says":"signed","digest":"of another sheet"}`,
	"POST /api/v1/violations":                                        `{"item":2,"at":"2099-01-01T00:00:00Z","text":"x"}`,
	"POST /api/v1/violations/{id}/facts":                             `{"says":"dismissed","text":"x"}`,
	"POST /api/v1/missed-calls/{id}/settlement":                      `{"why":"no_number"}`,
	"POST /api/v1/call-backs":                                        `{"number":"110"}`,
	"POST /api/v1/reconciliation":                                    ``,
	"POST /api/v1/handovers":                                         `{"sheet_digest":"of another sheet"}`,
	"POST /api/v1/handovers/{id}/confirmations":                      `{"digest":"of another sheet"}`,
	"POST /api/v1/tasks/{rule}/marks":                                `{"key":"2026-11-27","due_at":"2026-11-27T06:00:00Z","says":"done"}`,
	"POST /api/v1/task-rules":                                        aRule,
	"PUT /api/v1/task-rules/{rule}":                                  against(1, aRule),
	"POST /api/v1/absences":                                          anAbsence,
	"PUT /api/v1/absences/{absence}":                                 anAbsence,
	"POST /api/v1/roster/imports":                                    `{"name":"x.xlsx","content":""}`,
	"POST /api/v1/roster/swaps":                                      `{"give":{"from":"2026-12-01T00:00:00.000Z","post":"duty_officer","name":"张伟"},"reason":"x"}`,
	"POST /api/v1/roster/filings":                                    `{"kind":"month","first":"2026-12-01","name":"2026-12","sent_at":"2026-11-26T00:00:00Z","sent_to":"","receipt":"","note":""}`,
	"PATCH /api/v1/roster/filings/{id}":                              `{"reason":"x"}`,
	"PUT /api/v1/roster/people":                                      `{"name":"张伟","phone":"","login":"","standing":"regular","left":null}`,
	"POST /api/v1/roster/periods":                                    `{"name":"","first":"","last":"","notice":"","extra":"","ended":""}`,
	"POST /api/v1/session/pin":                                       `{"username":"nobody","pin":"2739"}`,
	"PUT /api/v1/session/pin":                                        `{"password":"wrong password","pin":"2739"}`,
	"PUT /api/v1/call-notes/{key}":                                   `{"text":"x","edit":0,"ago_ms":0}`,
	"POST /api/v1/call-notes/{key}/take":                             `{"text":"x","edit":0,"ago_ms":0}`,
	"POST /api/v1/phrases":                                           aPhrase,
	"PUT /api/v1/phrases/{phrase}":                                   aPhrase,
	"POST /api/v1/incidents":                                         `{"key":"0f3c9a77-0","entry_id":"e-1795436279.0","category":""}`,
	"PATCH /api/v1/incidents/{id}":                                   `{"key":"0f3c9a77-1","state":"closed"}`,
	"POST /api/v1/incidents/{id}/entries":                            `{"key":"0f3c9a77-2","entry_id":"e-1795436279.0"}`,
	"POST /api/v1/incidents/{id}/reports":                            `{"key":"0f3c9a77-3","stage":"first","elements":{}}`,
	"POST /api/v1/incidents/{id}/reports/{number}/approvals":         `{"key":"0f3c9a77-4","part":"sign"}`,
	"POST /api/v1/incidents/{id}/reports/{number}/approvals/confirm": `{"key":"0f3c9a77-5","confirm":true}`,
	"POST /api/v1/incidents/{id}/reports/{number}/deliveries":        `{"key":"0f3c9a77-6","recipient":"government","channel":"phone"}`,
	"POST /api/v1/incidents/{id}/callouts":                           `{"key":"0f3c9a77-7","whom":"x","part":"head","result":"reached"}`,
	"POST /api/v1/incidents/{id}/scene":                              `{"key":"0f3c9a77-8","kind":"on_scene","whom":"x"}`,
	"POST /api/v1/incidents/{id}/instructions":                       `{"key":"0f3c9a77-9","whom":"x","text":"x"}`,
	"POST /api/v1/incidents/{id}/instructions/{number}/steps":        `{"key":"0f3c9a77-a","kind":"conveyed","whom":"x"}`,
	"POST /api/v1/incidents/{id}/facts/{number}/strike":              `{"key":"0f3c9a77-b","reason":"x"}`,
	"POST /api/v1/practice/calls":                                    `{"from":"02422730001","answer_after_ms":1000,"talk_ms":1000}`,
}

// aPhrase is refused by what is in it, and only by that.
const aPhrase = `{"field":"content","category":"","code":"1","title":"x","text":"x","ended":false}`

// TestEveryRouteForEveryRole asks every row of both route tables as everybody and compares
// with the golden file: a new route, a lost check or a changed right shows there.
func TestEveryRouteForEveryRole(t *testing.T) {
	h := newHouse(t)
	h.sealed("1795436279.0")
	everybody := []string{"", "newcomer"}
	for _, role := range roles {
		everybody = append(everybody, string(role))
	}
	browsers := map[string]*client{"": h.visitor()}
	for _, who := range everybody[1:] {
		browsers[who] = h.as(who)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-55s %-18s", "route", "permission")
	for _, who := range everybody {
		fmt.Fprintf(&b, " %10s", cmp.Or(who, "nobody"))
	}
	b.WriteByte('\n')
	for _, row := range web.Rows() {
		name := strings.TrimSpace(row.Method + " " + row.Path)
		fmt.Fprintf(&b, "%-55s %-18s", name, row.Permission)
		for _, who := range everybody {
			browser := browsers[who]
			if who != "" && row.Permission == "session.end" {
				browser = h.as(who) // this one signs out
			}
			h.clock.Add(time.Minute) // forgives wrong passwords
			fmt.Fprintf(&b, " %10d", browser.try(row, bodies[name]))
		}
		b.WriteByte('\n')
	}
	golden(t, "access.golden", b.String())
}

// try asks one route and gives the status only; a stream would never end.
func (c *client) try(row web.Row, body string) int {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	id := "1795436279.0"
	if strings.Contains(row.Path, "/entries/") {
		id = "e-" + id
	}
	if strings.Contains(row.Path, "/handovers/") || strings.Contains(row.Path, "/approvals/") || strings.Contains(row.Path, "/incidents/") || strings.Contains(row.Path, "/violations/") {
		id = "1"
	}
	method := row.Method
	if method == "" {
		method = "GET"
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+strings.NewReplacer("{id}", id, "{rule}", "1", "{absence}", "1", "{phrase}", "1", "{number}", "1", "{key}", "0f3c9a77-1").Replace(row.Path), strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func TestEveryRouteHasItsPermission(t *testing.T) {
	used := []string{"line.detail", "alert.see", "names.see", "figures.officers", "duty.numbers"} // on the line's body, on the stream, on lists, on figures, and with who is on duty
	for _, row := range web.Rows() {
		if !web.Granted(row.Permission) {
			t.Errorf("%s %s asks for %q, which the table of permissions does not have", row.Method, row.Path, row.Permission)
		}
		used = append(used, row.Permission)
	}
	for _, p := range web.Grants() {
		if !slices.Contains(used, p) {
			t.Errorf("permission %q is granted and never asked for", p)
		}
	}
}

func TestVerdictsNameTheirReason(t *testing.T) {
	officer := dutylog.Account{Login: "a", Role: dutylog.Officer}
	fresh := dutylog.Account{Login: "a", Role: dutylog.Officer, MustChange: true}
	for _, c := range []struct {
		account    dutylog.Account
		signedIn   bool
		permission string
		want       string
	}{
		{officer, true, "entry.write", "allowed"},
		{officer, false, "entry.write", "sign_in_first"},
		{officer, false, "line.see", "allowed"},
		{fresh, true, "entry.write", "change_password_first"},
		{fresh, true, "session.password", "allowed"},
		{fresh, true, "line.detail", "change_password_first"},
		{fresh, true, "line.see", "allowed"},
		{dutylog.Account{Role: dutylog.Supervisor}, true, "entry.write", "not_their_role"},
		{dutylog.Account{Role: "king"}, true, "call.see", "not_their_role"},
		{officer, true, "make.coffee", "no_such_permission"},
	} {
		if got := web.May(c.account, c.signedIn, c.permission); got != c.want {
			t.Errorf("%s (%v, signed in %v): %s, want %s", c.permission, c.account.Role, c.signedIn, got, c.want)
		}
	}
}

func TestIdsOfOthersAreNoKeys(t *testing.T) {
	h := newHouse(t)
	h.sealed("1795436279.0")
	admin := h.as("admin")
	for _, path := range []string{"/calls/1795436279.0/recording", "/calls/1795436279.0/peaks", "/entries/e-1795436279.0", "/entries/e-1795436279.0/revisions"} {
		if p := admin.get(path).problem(t); p.Status != 403 || p.Type != "/problems/not-allowed" {
			t.Errorf("%s: %+v", path, p)
		}
		// Whether the thing exists is not told either.
		if a, b := admin.get(path).body, admin.get(strings.Replace(path, "1795436279", "9", 1)).body; a != b {
			t.Errorf("%s: an absent one answers %s instead of %s", path, b, a)
		}
	}
	if len(*h.accesses) != 0 {
		t.Errorf("recordings were opened: %v", *h.accesses)
	}
}
