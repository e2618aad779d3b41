package web_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	docx "dutyline/dutylog/document"
	"dutyline/web"
)

// reported is a fire of which the first report was written, signed and sent by telephone, with a second
// entry, an instruction and a text that a browser must not take for its own.
func reported(t *testing.T, change ...func(*web.Deps)) (h *house, officer *client, i incident) {
	t.Helper()
	h, officer, i = aFireIn(t, newHouse(t, change...))
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","base_version":0,"text":"仓库<b>起火</b>，2人受伤。\n后续情况续报。","elements":`+everything+`}`)
	h.as("leader").did(t, "POST", at+"/reports/1/approvals", `{"part":"sign"}`)
	h.listed("市应急管理局值班室", "", cityBureau, true)
	h.calls("8.0", cityBureau, time.Minute, true)
	officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"phone","receiver":"王某","call_id":"8.0"}`)
	i = officer.did(t, "POST", at+"/instructions", `{"whom":"区长","text":"全力搜救"}`)
	return h, officer, i
}

func TestAReportOnPaper(t *testing.T) {
	h, officer, i := reported(t)
	*h.accesses = nil
	got := officer.get(fmt.Sprintf("/incidents/%d/reports/1/sheet", i.ID))
	for _, want := range []string{"<h2>突发事件信息报告</h2>", "（初报）", i.Number + "-1", "签发人：王leader", "市第一化工厂", "&lt;b&gt;起火&lt;/b&gt;", "上级应急管理部门：电话", "接收人王某", "本级党委：未报送", "本人登录", "值班员（签名）", "第 1 页 共"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%q is not on the report: %s", want, got)
		}
	}
	if strings.Contains(got.body, "尚未签发") || !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %v", got, got.header)
	}
	course := officer.get(fmt.Sprintf("/incidents/%d/course/sheet", i.ID))
	for _, want := range []string{"<h2>突发事件处置过程</h2>", `<a href="/#/calls/8.0"`, `<a href="/#/entry/e-1.0"`, `<a href="/#/calls/1.0"`, "接报时值班：值班员 ", "带班领导 ", "审核、签发", "区长批示：全力搜救", "打印时尚未办结", "关联接报"} {
		if !strings.Contains(course.body, want) {
			t.Errorf("%q is not on the course: %s", want, course)
		}
	}
	unwritten := officer.get(fmt.Sprintf("/incidents/%d/reports/3/sheet", i.ID))
	if !strings.Contains(unwritten.body, "尚未起草") || !strings.Contains(unwritten.body, "市第一化工厂") {
		t.Errorf("a report that is not written yet: %s", unwritten)
	}
	if len(*h.accesses) != 3 || (*h.accesses)[0].What != "incident.print" || !strings.Contains((*h.accesses)[0].Object, i.Number) {
		t.Errorf("noted were %v", *h.accesses)
	}
}

func TestAReportAsADocument(t *testing.T) {
	_, officer, i := reported(t, func(d *web.Deps) { d.Sheets.Document = docx.Filler("") })
	got := officer.get(fmt.Sprintf("/incidents/%d/reports/1/document", i.ID))
	if got.status != 200 || !strings.Contains(got.header.Get("Content-Disposition"), i.Number+"-1.docx") || !strings.Contains(got.header.Get("Content-Type"), "wordprocessingml.document") {
		t.Fatal(got.status, got.header)
	}
	text, err := docx.Text([]byte(got.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"突发事件信息报告", "初报", "沈阳市沈河区应急管理局", "王leader", "仓库<b>起火</b>，2人受伤。", "市第一化工厂", "沈河区文艺路1号", "上级应急管理部门、本级党委、本级政府", "接收人王某", "首次报告"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the document: %s", want, text)
		}
	}
	for n := 1; n <= 3; n++ {
		if got := officer.get(fmt.Sprintf("/incidents/%d/reports/%d/document", i.ID, n)); got.status != 200 {
			t.Errorf("report %d: %s", n, got)
		}
	}
}

// A broken template is one sentence that names the remedy; the report stays, is printed, and comes as a
// document as soon as the template is mended.
func TestABrokenTemplateLosesNoReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "模板.docx")
	_, officer, i := reported(t, func(d *web.Deps) { d.Sheets.Document = docx.Filler(file) })
	path := fmt.Sprintf("/incidents/%d/reports/1", i.ID)
	for name, content := range map[string]string{"none": "", "no document": "<html>", "half": "PK\x03\x04"} {
		if content != "" {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p := officer.get(path + "/document").problem(t)
		if p.Status != 503 || !strings.HasSuffix(p.Type, "report-template") || !strings.Contains(p.Detail, "The report is kept and can be printed") || !strings.Contains(p.Detail, "site.report_template") || strings.Contains(p.Detail, "\n") {
			t.Errorf("%s: %+v", name, p)
		}
		if got := officer.get(path + "/sheet"); got.status != 200 || !strings.Contains(got.body, "市第一化工厂") {
			t.Errorf("%s: the report cannot be printed: %s", name, got)
		}
	}
	template, err := docx.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, template, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := officer.get(path + "/document"); got.status != 200 {
		t.Errorf("the mended template is not used: %s", got)
	}
}

func TestWhoMayTakeReports(t *testing.T) {
	h, _, i := reported(t)
	for _, path := range []string{"reports/1/sheet", "reports/1/document", "course/sheet"} {
		at := fmt.Sprintf("/incidents/%d/%s", i.ID, path)
		for _, role := range []string{"admin", "reader"} {
			if got := h.as(role).get(at); got.status != 403 {
				t.Errorf("%s got %s: %s", role, path, got)
			}
		}
		for _, role := range []string{"supervisor", "auditor", "chief", "leader"} {
			got := h.as(role).get(at)
			if want := map[bool]int{true: 503, false: 200}[strings.HasSuffix(path, "document")]; got.status != want {
				t.Errorf("%s got %s: %s", role, path, got)
			}
		}
	}
	leader := h.as("leader")
	for _, at := range []string{"/incidents/99/course/sheet", fmt.Sprintf("/incidents/%d/reports/98/sheet", i.ID), fmt.Sprintf("/incidents/%d/reports/98/document", i.ID)} {
		if p := leader.get(at).problem(t); p.Status != 404 {
			t.Errorf("%s: %+v", at, p)
		}
	}
}

// What goes wrong while a document is made is no secret, and no half file.
func TestADocumentThatCannotBeMade(t *testing.T) {
	_, officer, i := reported(t, func(d *web.Deps) {
		d.Sheets.Document = func(map[string]string) ([]byte, error) { return nil, errors.New("disk full") }
	})
	p := officer.get(fmt.Sprintf("/incidents/%d/reports/1/document", i.ID)).problem(t)
	if p.Status != 503 || !strings.Contains(p.Detail, "disk full") {
		t.Errorf("%+v", p)
	}
}

// Whose word by telephone can be noted is told with the words of reports: who may review or sign, and has a login.
func TestWhoCanBeNotedByTelephone(t *testing.T) {
	h := newHouse(t)
	h.account("left", dutylog.Leader, false)
	if err := h.db.DisableAccount(t.Context(), "left"); err != nil {
		t.Fatal(err)
	}
	var terms struct {
		Signers []struct {
			Login, Name, Role string
			Numbers           []string
		}
	}
	decode(t, h.as("officer").get("/incidents/terms"), &terms)
	var got []string
	for _, s := range terms.Signers {
		got = append(got, s.Login+" "+s.Name+" "+s.Role)
	}
	slices.Sort(got)
	if strings.Join(got, ", ") != "chief 王chief chief, leader 王leader leader" {
		t.Errorf("the signers are %v", got)
	}
}

// The numbers by which the call of an approval is found are for whoever notes it.
func TestWhoseNumbersAreTold(t *testing.T) {
	h := newHouse(t)
	if got := h.as("supervisor").post("/directory", `{"unit":"区应急局","person":"王leader","title":"带班领导","numbers":[{"kind":"mobile","number":"13940050062"}],"superior":false,"confirm":true,"remark":""}`); got.status != 200 {
		t.Fatal(got)
	}
	for role, want := range map[string]string{"officer": "[+8613940050062]", "supervisor": "[]", "auditor": "[]"} {
		var terms struct {
			Signers []struct {
				Login   string
				Numbers []string
			}
		}
		decode(t, h.as(role).get("/incidents/terms"), &terms)
		for _, s := range terms.Signers {
			if s.Login == "leader" && fmt.Sprint(s.Numbers) != want {
				t.Errorf("%s is told %v, want %s", role, s.Numbers, want)
			}
		}
	}
}

// The papers of an incident that another one was merged into tell what that one reported; both by their numbers.
func TestThePapersOfAMergedIncident(t *testing.T) {
	h, officer, gone := reported(t, func(d *web.Deps) { d.Sheets.Document = docx.Filler("") })
	h.finished("50.0", h.clock.Now().Add(-2*time.Minute))
	on := officer.did(t, "POST", "", `{"entry_id":"e-50.0","category":"fire","trigger":"sensitive_time,sensitive_place"}`)
	if on.Trigger != "sensitive_place,sensitive_time" {
		t.Errorf("%+v", on)
	}
	officer.did(t, "POST", fmt.Sprintf("/%d/callouts", gone.ID), `{"whom":"孙局长","part":"head","result":"reached"}`)
	officer.did(t, "PATCH", fmt.Sprintf("/%d", gone.ID), fmt.Sprintf(`{"merge_into":%d,"reason":"同一起火灾"}`, on.ID))
	at := fmt.Sprintf("/incidents/%d", on.ID)
	course := officer.get(at + "/course/sheet")
	for _, want := range []string{"原 " + gone.Number, "接收人王某", "孙局长", "区长批示：全力搜救", `<a href="/#/calls/8.0"`, "并入本事件"} {
		if !strings.Contains(course.body, want) {
			t.Errorf("%q is not on the course: %s", want, course)
		}
	}
	document, err := docx.Text([]byte(officer.get(at + "/reports/2/document").body))
	if err != nil {
		t.Fatal(err)
	}
	first, sheet := officer.get(at+"/reports/1/sheet"), officer.get(at+"/reports/2/sheet")
	for name, text := range map[string]string{"document": document, "page": sheet.body} {
		for _, want := range []string{gone.Number, on.Number + "-2", "接收人王某", "孙局长", "全力搜救"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the %s: %s", want, name, text)
			}
		}
	}
	if !strings.Contains(first.body, "本期报告由 "+gone.Number+" 报送") || !strings.Contains(first.body, "2人受伤。") {
		t.Errorf("the report that the other one sent: %s", first)
	}
	for _, text := range []string{course.body, document, first.body, sheet.body, officer.get(fmt.Sprintf("/incidents/%d/course/sheet", gone.ID)).body} {
		if strings.Contains(text, fmt.Sprintf("编号 %d", gone.ID)) || strings.Contains(text, fmt.Sprintf("编号 %d", on.ID)) {
			t.Errorf("an internal id is on paper: %s", text)
		}
	}
	p := officer.does("POST", fmt.Sprintf("/%d/reports/1/deliveries", gone.ID), `{"recipient":"government","channel":"fax","evidence":"回执"}`).problem(t)
	if p.Status != 409 || !strings.HasSuffix(p.Type, "incident-not_open") || !strings.Contains(p.Detail, "goes on as "+on.Number) {
		t.Errorf("%+v", p)
	}
}
