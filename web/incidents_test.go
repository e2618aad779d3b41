package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// incident is what these tests read of one.
type incident struct {
	ID         int64
	Number     string
	State      string
	Category   string
	Trigger    string
	Title      string
	ClockStart string `json:"clock_start"`
	Natural    string `json:"clock_natural"`
	Reason     string `json:"clock_reason"`
	MergedInto int64  `json:"merged_into"`
	EntryCount int    `json:"entry_count"`
	NextDue    *struct {
		Number int
		Stage  string
		DueAt  string `json:"due_at"`
		Late   bool
	} `json:"next_due"`
	Elements   map[string]string
	Unreported []string
	Lacking    []struct{ Recipients []string }
	Waiting    []struct {
		Report, Fact      int
		Part, Login, Name string
	}
	Entries []struct {
		ID, Who string
		At      string
		Says    map[string]string
		Fact    int
	}
	Differences []struct {
		Element string
		Known   string
		Values  []struct {
			EntryID string `json:"entry_id"`
			Value   string
		}
	}
	Reports      []incidentReport
	Callouts     []struct{ Whom, Part, Result string }
	Scene        []struct{ Kind, Whom, Text string }
	Instructions []struct {
		Number             int
		Whom, Text         string
		Overdue            bool
		Conveyed, Feedback []struct{ Whom, Text string }
		ClosedAt           *string `json:"closed_at"`
	}
	Absorbed []int64
	Facts    []struct {
		Seq    int
		Kind   string
		At     string
		Struck *struct{ Reason string }
	}
}

type incidentReport struct {
	FromEntries []struct {
		Element string
		EntryID string `json:"entry_id"`
		Differs bool
	} `json:"from_entries"`
	Number, Nth, Version int
	Stage, State, Text   string
	DueAt                *string `json:"due_at"`
	SentAt               *string `json:"sent_at"`
	SentLate             bool    `json:"sent_late"`
	SentIn               int64   `json:"sent_in"`
	LateTo               []struct {
		Recipient string
		At        *string
	} `json:"late_to"`
	ApprovedAt       *string `json:"approved_at"`
	ApprovedBy       string  `json:"approved_by"`
	ByWord           bool    `json:"approved_unconfirmed"`
	Elements         map[string]string
	Changed, Missing []string
	Versions         []struct{ Version int }
	Approvals        []struct {
		Part, Login string
		ByPhone     bool   `json:"by_phone"`
		CallWith    string `json:"call_with"`
		Unconfirmed bool
		CallReason  string  `json:"call_reason"`
		ConfirmedAt *string `json:"confirmed_at"`
		DeniedAt    *string `json:"denied_at"`
	}
	Deliveries []struct {
		Recipient, Channel, Receiver string
		CallID                       string `json:"call_id"`
		CallWith                     string `json:"call_with"`
		CallReason                   string `json:"call_reason"`
		At                           string
		Fact                         int
	}
}

func (i incident) report(stage string, nth int) incidentReport {
	for _, r := range i.Reports {
		if r.Stage == stage && r.Nth == nth {
			return r
		}
	}
	return incidentReport{}
}

var deeds int

// aKey is a new key of a deed.
func aKey() string {
	deeds++
	return fmt.Sprintf("deed-%06d", deeds)
}

// does asks for a deed with a new key.
func (c *client) does(method, path, body string) answer {
	c.t.Helper()
	return c.do(method, "/api/v1/incidents"+path, strings.Replace(body, "{", fmt.Sprintf(`{"key":%q,`, aKey()), 1))
}

func (c *client) did(t *testing.T, method, path, body string) (i incident) {
	t.Helper()
	decode(t, c.does(method, path, body), &i)
	return i
}

// everything fills every element.
const everything = `{"unit":"市第一化工厂","time":"2026-11-27 10:00","place":"沈河区文艺路1号","cause":"正在核实","nature":"仓库火灾","losses":"不详","casualties":"2人受伤","measures":"消防已到场","trend":"火势已控制"}`

// aFire is a house with a finished call of ten minutes ago, told as a fire, and the incident of it.
func aFire(t *testing.T) (h *house, officer *client, i incident) {
	t.Helper()
	return aFireIn(t, newHouse(t))
}

func aFireIn(t *testing.T, h *house) (_ *house, officer *client, i incident) {
	t.Helper()
	officer = h.as("officer")
	h.finished("1.0", h.clock.Now().Add(-10*time.Minute))
	if got := officer.patch("e-1.0", `{"revision":1,"place":"文艺路1号","casualties":"无"}`); got.status != 200 {
		t.Fatal(got)
	}
	return h, officer, officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire","trigger":"sensitive_place"}`)
}

func TestAnIncidentIsOpenedOutOfAnEntry(t *testing.T) {
	h, officer, i := aFire(t)
	var call struct {
		OfferedAt string `json:"offered_at"`
	}
	decode(t, officer.get("/calls/1.0"), &call)
	if i.State != "open" || i.Category != "fire" || i.Trigger != "sensitive_place" || i.ClockStart != call.OfferedAt || i.Natural != i.ClockStart || i.Reason != "" {
		t.Errorf("%+v", i)
	}
	if want := fmt.Sprintf("T%d-001", time.Now().In(site).Year()); i.Number != want || i.Title != "文艺路1号" || i.Elements["casualties"] != "无" {
		t.Errorf("%s %s %v", i.Number, i.Title, i.Elements)
	}
	kinds := []string{}
	for _, r := range i.Reports {
		kinds = append(kinds, fmt.Sprintf("%d %s %s", r.Number, r.Stage, r.State))
	}
	if got := strings.Join(kinds, ", "); got != "1 first late, 2 written coming, 3 detailed coming, 5 final not_due" {
		t.Error(got)
	}
	if i.NextDue == nil || i.NextDue.Stage != "first" || !i.NextDue.Late || len(i.Facts) != 4 || len(i.Entries) != 1 || i.Entries[0].Says["place"] != "文艺路1号" {
		t.Errorf("%+v", i)
	}
	var list struct{ Items []incident }
	decode(t, officer.get("/incidents?state=open&entry=e-1.0"), &list)
	if len(list.Items) != 1 || list.Items[0].ID != i.ID || list.Items[0].Facts != nil {
		t.Errorf("%+v", list)
	}
	decode(t, officer.get("/incidents?state=closed"), &list)
	if len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
	if got := officer.does("POST", "", `{"entry_id":"e-1.0","category":"fire"}`); got.status != 409 || !strings.Contains(got.body, i.Number) {
		t.Errorf("a second incident of the same entry: %v", got)
	}
	*h.accesses = nil
	if got := officer.get("/incidents/99"); got.status != 404 || len(*h.accesses) != 0 {
		t.Errorf("what was not there was seen: %v %+v", got, *h.accesses)
	}
}

// The same deed again, for instance because its answer was lost, does nothing and gives what stands.
func TestADeedOfOneKeyIsDoneOnce(t *testing.T) {
	h, officer, i := aFire(t)
	path := fmt.Sprintf("/api/v1/incidents/%d", i.ID)
	sent := `{"key":"deed-by-phone-1","recipient":"superior_bureau","channel":"phone","receiver":"周敏"}`
	var first, again incident
	decode(t, officer.do("POST", path+"/reports/1/deliveries", sent), &first)
	decode(t, officer.do("POST", path+"/reports/1/deliveries", sent), &again)
	if len(first.report("first", 1).Deliveries) != 1 || len(again.Facts) != len(first.Facts) || again.report("first", 1).State != "sent" {
		t.Errorf("%+v\n%+v", first.report("first", 1), again.report("first", 1))
	}
	opens := `{"key":"opens-once-1","entry_id":"e-2.0","category":"fire"}`
	h.finished("2.0", h.clock.Now().Add(-5*time.Minute))
	decode(t, officer.do("POST", "/api/v1/incidents", opens), &first)
	decode(t, officer.do("POST", "/api/v1/incidents", opens), &again)
	if first.ID != again.ID || first.ID == i.ID {
		t.Errorf("%d %d %d", i.ID, first.ID, again.ID)
	}
	for who, c := range map[string]struct {
		by         *client
		path, body string
	}{
		"other words":     {officer, path + "/reports/1/deliveries", strings.Replace(sent, "周敏", "周小敏", 1)},
		"another way":     {officer, path + "/reports/1/deliveries", strings.Replace(sent, "superior_bureau", "government", 1)},
		"another opening": {officer, "/api/v1/incidents", strings.Replace(opens, "fire", "road", 1)},
		"another deed":    {officer, path + "/callouts", `{"key":"deed-by-phone-1","whom":"孙局长","part":"head","result":"reached"}`},
		"someone else":    {h.as("leader"), path + "/reports/1/deliveries", sent},
		"elsewhere":       {officer, fmt.Sprintf("/api/v1/incidents/%d/reports/1/deliveries", first.ID), sent},
	} {
		if got := c.by.do("POST", c.path, c.body); got.status != 409 || !strings.HasSuffix(got.problem(t).Type, "incident-key_used") {
			t.Errorf("%s: %v", who, got)
		}
	}
	wrote := `{"key":"writes-once-1","stage":"first","elements":{"place":"文艺路1号"},"text":"起火。"}`
	decode(t, officer.do("POST", path+"/reports", wrote), &first)
	decode(t, officer.do("POST", path+"/reports", wrote), &again)
	if got := officer.do("POST", path+"/reports", strings.Replace(wrote, "起火。", "起火，2人受伤。", 1)); got.status != 409 || !strings.Contains(got.body, "in other words") || len(again.Facts) != len(first.Facts) {
		t.Errorf("a text that is dropped is called saved: %v", got)
	}
	if got := officer.do("POST", path+"/callouts", `{"key":"short","whom":"孙局长","part":"head","result":"reached"}`); got.status != 422 {
		t.Errorf("%v", got)
	}
}

// Sending and approval are facts of their own: here the leader is away, the report goes out, and is
// approved by telephone afterwards.
func TestSendingAndApprovalAreSeparate(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	i = officer.did(t, "POST", at+"/reports", `{"stage":"written","elements":`+everything+`,"text":"现将有关情况报告如下。"}`)
	if r := i.report("written", 1); r.Version != 1 || r.State != "draft" || len(r.Missing) != 0 || len(r.Versions) != 1 || i.Elements["unit"] != "市第一化工厂" {
		t.Errorf("%+v", r)
	}
	i = officer.did(t, "POST", at+"/reports/2/deliveries", `{"recipient":"superior_bureau","channel":"fax","evidence":"传真回执 3 页"}`)
	r := i.report("written", 1)
	if r.State != "sent" || r.ApprovedAt != nil || r.ApprovedBy != "" {
		t.Errorf("%+v", r)
	}
	h.clock.Add(2 * time.Minute)
	h.sealed("7.0")
	h.listed("区应急局", "王leader", "024-22730001", false) // from where the call came
	phoned := `{"part":"sign","by_phone":{"login":"leader","call_id":"7.0"}}`
	for name, c := range map[string]struct {
		by     *client
		body   string
		status int
		says   string
	}{
		"an officer signs":             {officer, `{"part":"sign"}`, 403, "带班领导"},
		"an officer reviews":           {officer, `{"part":"review"}`, 403, "section chief"},
		"a chief signs":                {h.as("chief"), `{"part":"sign"}`, 403, "带班领导"},
		"a supervisor":                 {h.as("supervisor"), `{"part":"sign"}`, 403, "role"},
		"by telephone, of a chief":     {officer, `{"part":"sign","by_phone":{"login":"chief","call_id":"7.0"}}`, 403, "带班领导"},
		"by telephone, without a call": {officer, `{"part":"sign","by_phone":{"login":"leader","call_id":""}}`, 422, "recorded call"},
		"in a call that never was":     {officer, `{"part":"sign","by_phone":{"login":"leader","call_id":"404"}}`, 422, "no call of the log"},
		"by nobody":                    {officer, `{"part":"sign","by_phone":{"login":"ghost","call_id":"7.0"}}`, 422, "no login"},
		"of oneself":                   {h.as("leader"), phoned, 422, "is you"},
		"of another version":           {h.as("leader"), `{"part":"sign","version":7}`, 409, "version 1"},
	} {
		if got := c.by.does("POST", at+"/reports/2/approvals", c.body); got.status != c.status || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %v", name, got)
		}
	}
	i = officer.did(t, "POST", at+"/reports/2/approvals", phoned)
	if r = i.report("written", 1); r.ApprovedAt == nil || r.ApprovedBy != "王leader" || !r.Approvals[0].ByPhone || r.Approvals[0].ConfirmedAt != nil {
		t.Errorf("%+v", r)
	}
	if len(i.Waiting) != 1 || i.Waiting[0].Login != "leader" || i.Waiting[0].Part != "sign" {
		t.Errorf("%+v", i.Waiting)
	}
	if got := officer.does("POST", at+"/reports/2/approvals/confirm", `{"confirm":true}`); got.status != 403 {
		t.Errorf("confirmed by somebody else: %v", got)
	}
	if got := h.as("leader").does("POST", at+"/reports/2/approvals/confirm", `{"confirm":false}`); got.status != 422 || !strings.Contains(got.body, "not so") {
		t.Errorf("denied without a word: %v", got)
	}
	i = h.as("leader").did(t, "POST", at+"/reports/2/approvals/confirm", `{"confirm":true}`)
	if r = i.report("written", 1); len(i.Waiting) != 0 || r.Approvals[0].ConfirmedAt == nil {
		t.Errorf("%+v", r)
	}
}

func TestADeniedApprovalDoesNotCount(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`}`)
	h.clock.Add(2 * time.Minute)
	h.sealed("7.0")
	h.listed("区应急局", "王leader", "024-22730001", false)
	officer.did(t, "POST", at+"/reports/1/approvals", `{"part":"sign","by_phone":{"login":"leader","call_id":"7.0"}}`)
	leader := h.as("leader")
	i = leader.did(t, "POST", at+"/reports/1/approvals/confirm", `{"confirm":false,"reason":"电话里没有说到签发"}`)
	if r := i.report("first", 1); r.ApprovedAt != nil || r.Approvals[0].DeniedAt == nil || len(i.Waiting) != 0 {
		t.Errorf("%+v", r)
	}
	i = leader.did(t, "POST", at+"/reports/1/approvals", `{"part":"sign"}`)
	if r := i.report("first", 1); r.ApprovedBy != "王leader" || len(r.Approvals) != 2 {
		t.Errorf("%+v", r)
	}
	// What is written anew is signed anew.
	i = officer.did(t, "POST", at+"/reports", `{"stage":"first","base_version":1,"elements":`+strings.Replace(everything, "2人受伤", "3人受伤", 1)+`}`)
	if r := i.report("first", 1); r.ApprovedAt != nil || r.Version != 2 || len(r.Versions) != 2 {
		t.Errorf("%+v", r)
	}
}

// Bad input is answered by one sentence that names the remedy, and nothing of it is kept.
func TestWhatIsWrongWithADeedIsSaid(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	i = officer.did(t, "POST", at+"/reports", `{"stage":"written","elements":{"place":"文艺路1号"}}`)
	if r := i.report("written", 1); !slices.Equal(r.Missing, []string{"unit", "time", "nature", "casualties", "measures"}) {
		t.Errorf("a draft is kept, and says what it lacks: %+v", r)
	}
	long := strings.Repeat("长", 100_000)
	h.finished("2.0", h.clock.Now().Add(-5*time.Minute))
	future := h.clock.Now().Add(time.Hour).Format(time.RFC3339)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"without required elements":  {"POST", at + "/reports/2/deliveries", `{"recipient":"government","channel":"fax","receiver":"李"}`, 422, "lacks 发生的单位、时间、事件性质、人员伤亡情况、已采取的措施"},
		"signed without them":        {"POST", at + "/reports/2/approvals", `{"part":"sign","by_phone":{"login":"leader","call_id":"1.0"}}`, 422, "lacks 发生的单位"},
		"a recipient without a way":  {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"","receiver":"李"}`, 422, "channel: is missing"},
		"nothing of a way at all":    {"POST", at + "/reports/1/deliveries", `{"recipient":"government","receiver":"李"}`, 422, "channel: is missing"},
		"nor of a recipient":         {"POST", at + "/reports/1/deliveries", `{"channel":"phone","receiver":"李"}`, 422, "recipient: is missing"},
		"a way that is none":         {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"pigeon","receiver":"李"}`, 422, "channel: is none: choose phone"},
		"to nobody":                  {"POST", at + "/reports/1/deliveries", `{"recipient":"","channel":"phone","receiver":"李"}`, 422, "recipient: is missing"},
		"taken by nobody":            {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"　"}`, 422, "who took the report"},
		"nothing is written":         {"POST", at + "/reports/3/deliveries", `{"recipient":"government","channel":"wechat","receiver":"李"}`, 422, "Nothing is written"},
		"a report that is none":      {"POST", at + "/reports/44/deliveries", `{"recipient":"government","channel":"phone","receiver":"李"}`, 404, ""},
		"in the future":              {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"李","at":"` + future + `"}`, 422, "future"},
		"before anything came":       {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"李","at":"2020-01-01T00:00:00Z"}`, 422, "before the first entry"},
		"proved by no call":          {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"李","call_id":"404"}`, 422, "no call of the log"},
		"proved by no file":          {"POST", at + "/reports/1/deliveries", `{"recipient":"government","channel":"phone","receiver":"李","attachment":404}`, 422, "attach it"},
		"100,000 characters of text": {"POST", at + "/reports", `{"stage":"first","elements":{},"text":"` + long + `"}`, 422, "text: has 100000 characters; at most 20000"},
		"as many, each escaped":      {"POST", at + "/reports", `{"stage":"first","elements":{},"text":"` + strings.Repeat(`\u957f`, 100_000) + `"}`, 422, "text: has 100000 characters; at most 20000"},
		"of an element":              {"POST", at + "/reports", `{"stage":"first","elements":{"cause":"` + long + `"}}`, 422, "elements.cause: has 100000 characters"},
		"of an instruction":          {"POST", at + "/instructions", `{"whom":"孙局长","text":"` + long + `"}`, 422, "text: has 100000"},
		"of a reason":                {"PATCH", at, `{"state":"closed","reason":"` + long + `"}`, 422, "reason: has 100000"},
		"an element that is none":    {"PATCH", at, `{"elements":{"weather":"雨"}}`, 422, "no element"},
		"nothing new":                {"PATCH", at, `{"elements":{"place":"文艺路1号"}}`, 422, "known already"},
		"nothing at all":             {"PATCH", at, `{"essential":true}`, 422, "asks for nothing"},
		"no category":                {"PATCH", at, `{"category":"earthworm"}`, 422, "category: is none"},
		"no trigger":                 {"PATCH", at, `{"trigger":"x"}`, 422, "trigger: is none"},
		"the clock without a reason": {"PATCH", at, `{"clock_start":"` + h.clock.Now().Add(-time.Minute).Format(time.RFC3339) + `"}`, 422, "clock_reason: say why"},
		"the clock set earlier":      {"PATCH", at, `{"clock_start":"2020-01-01T00:00:00Z","clock_reason":"x"}`, 422, "not later than the intake"},
		"the clock in the future":    {"PATCH", at, `{"clock_start":"` + future + `","clock_reason":"x"}`, 422, "future"},
		"closed without the final":   {"PATCH", at, `{"state":"closed"}`, 422, "未报送: 初报"},
		"opened again though open":   {"PATCH", at, `{"state":"open","reason":"x"}`, 409, "open already"},
		"merged into itself":         {"PATCH", at, fmt.Sprintf(`{"merge_into":%d,"reason":"x"}`, i.ID), 422, "no other incident"},
		"merged into none":           {"PATCH", at, `{"merge_into":77,"reason":"x"}`, 422, "no other incident"},
		"an entry that is none":      {"POST", at + "/entries", `{"entry_id":"e-404"}`, 404, ""},
		"linked twice":               {"POST", at + "/entries", `{"entry_id":"e-1.0"}`, 409, "already"},
		"a stale version":            {"POST", at + "/reports", `{"stage":"written","elements":{}}`, 409, "version 1"},
		"a call-out of nobody":       {"POST", at + "/callouts", `{"whom":" ","part":"head","result":"reached"}`, 422, "who it was"},
		"without a result":           {"POST", at + "/callouts", `{"whom":"孙局长","part":"head","result":""}`, 422, "result: is missing"},
		"feedback without words":     {"POST", at + "/scene", `{"whom":"李科长","kind":"feedback"}`, 422, "text: is missing"},
		"an instruction of no words": {"POST", at + "/instructions", `{"whom":"孙局长"}`, 422, "write the instruction down"},
		"due before it was given":    {"POST", at + "/instructions", `{"whom":"孙局长","text":"速处","due":"2020-01-01T00:00:00Z"}`, 422, "not later than the instruction"},
		"a step of no instruction":   {"POST", at + "/instructions/1/steps", `{"kind":"conveyed","whom":"x"}`, 404, ""},
		"a fact that is none":        {"POST", at + "/facts/99/strike", `{"reason":"x"}`, 422, "no fact 99"},
		"the opening struck":         {"POST", at + "/facts/1/strike", `{"reason":"x"}`, 422, "another deed"},
		"the only entry struck":      {"POST", at + "/facts/2/strike", `{"reason":"x"}`, 422, "only entry"},
		"struck without a reason":    {"POST", at + "/facts/2/strike", `{"reason":""}`, 422, "say why"},
		"a category from nowhere":    {"POST", "", `{"entry_id":"e-2.0","category":""}`, 422, "category: is missing"},
	} {
		p := officer.does(c.method, c.path, c.body).problem(t)
		if p.Status != c.status || !strings.Contains(p.Detail, c.says) || strings.Contains(p.Detail, long[:300]) {
			t.Errorf("%s: %d %.300s", name, p.Status, p.Detail)
		}
	}
	var after incident
	decode(t, officer.get("/incidents"+at), &after)
	if len(after.Facts) != len(i.Facts) {
		t.Errorf("something was kept: %+v", after.Facts[len(i.Facts):])
	}
}

// An incident that is opened before anything is typed: its drafts have what its entries say later, and from which; and
// a caller who contradicts what is known is marked, though nobody else says anything.
func TestDraftsHaveWhatIsTypedAfterOpening(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.finished("1.0", h.clock.Now().Add(-10*time.Minute))
	i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	officer.patch("e-1.0", `{"revision":1,"place":"文艺路1号","casualties":"死亡1人"}`)
	decode(t, officer.get(fmt.Sprintf("/incidents/%d", i.ID)), &i)
	first := i.report("first", 1)
	if first.Elements["place"] != "文艺路1号" || first.Elements["casualties"] != "死亡1人" || fmt.Sprint(first.FromEntries) != "[{place e-1.0 false} {casualties e-1.0 false}]" || slices.Contains(first.Missing, "place") {
		t.Errorf("%+v", first)
	}
	i = officer.did(t, "PATCH", fmt.Sprintf("/%d", i.ID), `{"elements":{"casualties":"2人受伤"}}`)
	if first = i.report("first", 1); first.Elements["casualties"] != "2人受伤" || len(first.FromEntries) != 1 || len(i.Differences) != 1 || i.Differences[0].Known != "2人受伤" || i.Differences[0].Values[0].Value != "死亡1人" {
		t.Errorf("%+v %+v", first, i.Differences)
	}
}

// What others tell of the same event stands side by side, and an older entry moves the clock back.
func TestEntriesOfOneEventStandSideBySide(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	h.finished("2.0", h.clock.Now().Add(-8*time.Minute))
	older := h.finished("3.0", h.clock.Now().Add(-20*time.Minute))
	officer.patch("e-2.0", `{"revision":1,"place":"文艺路 1号","casualties":"1人受伤","measures":"消防已出动"}`)
	officer.patch("e-3.0", `{"revision":1,"casualties":"无"}`)
	i = officer.did(t, "POST", at+"/entries", `{"entry_id":"e-2.0"}`)
	if len(i.Entries) != 2 || len(i.Differences) != 1 || i.Differences[0].Element != "casualties" || len(i.Differences[0].Values) != 2 {
		t.Errorf("%+v %+v", i.Entries, i.Differences)
	}
	if i.Elements["measures"] != "消防已出动" || i.Elements["casualties"] != "无" || i.report("written", 1).Elements["measures"] != "消防已出动" {
		t.Errorf("what was not known is known now, and the rest stays: %v", i.Elements)
	}
	before := i.ClockStart
	i = officer.did(t, "POST", at+"/entries", `{"entry_id":"e-3.0"}`)
	if i.ClockStart == before || i.ClockStart != older.OfferedAt.UTC().Format("2006-01-02T15:04:05.000Z") || i.Entries[0].ID != "e-3.0" {
		t.Errorf("the clock stands at %s", i.ClockStart)
	}
	// Struck out, it tells no more of the event; the fact stays, and the clock does not start later by itself.
	moved := i.ClockStart
	i = officer.did(t, "POST", at+fmt.Sprintf("/facts/%d/strike", i.Entries[0].Fact), `{"reason":"不是同一起火灾"}`)
	if i.ClockStart != moved || i.Natural != moved || i.Reason != "" || len(i.Entries) != 2 || i.Facts[len(i.Facts)-2].Struck == nil {
		t.Errorf("%s %+v", i.ClockStart, i.Facts)
	}
	var list struct{ Items []incident }
	decode(t, officer.get("/incidents?entry="+url.QueryEscape("e-3.0")), &list)
	if len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
	// A later start is chosen with a reason, and both times stay.
	later := h.clock.Now().Add(-3 * time.Minute).UTC().Truncate(time.Millisecond)
	i = officer.did(t, "PATCH", at, `{"clock_start":"`+later.Format(time.RFC3339Nano)+`","clock_reason":"10时许确认有人员受伤，达到报送条件"}`)
	if i.Natural != moved || i.ClockStart == moved || i.Reason == "" || i.report("first", 1).State != "coming" {
		t.Errorf("%+v", i)
	}
}

func TestTheWordsOfTheRegulationAreData(t *testing.T) {
	var terms struct {
		Categories, Triggers, Elements, Recipients, Channels []dutylog.Word
		Stages                                               []dutylog.StageRule
		Schedule                                             dutylog.Schedule
	}
	decode(t, newHouse(t).as("auditor").get("/incidents/terms"), &terms)
	if len(terms.Categories) != 10 || len(terms.Elements) != 9 || len(terms.Triggers) != 3 || len(terms.Recipients) != 3 || len(terms.Channels) != 4 || len(terms.Stages) != 5 || terms.Schedule != dutylog.UsualSchedule() {
		t.Errorf("%+v", terms)
	}
}
