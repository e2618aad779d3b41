package paper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// mergedFires are two incidents of one fire: the older one reported, called and was instructed before it went on as the
// other one, which has written nothing of its own yet.
func mergedFires() (on, gone paper.IncidentFile) {
	a := &happenings{}
	schedule := dutylog.UsualSchedule()
	a.add("22:12:00", dutylog.FactOpened, li, dutylog.FactBody{Number: &dutylog.IncidentNumber{Year: 2026, Serial: 4}, Schedule: &schedule})
	a.add("22:12:00", dutylog.FactLinked, li, dutylog.FactBody{Entry: "e-1", Intake: at("22:10:10")})
	a.add("22:12:00", dutylog.FactClassified, li, dutylog.FactBody{Category: "fire", Trigger: "sensitive_event,sensitive_place"})
	a.add("22:13:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 1, Version: 1, Elements: firstKnown, Text: "南京北街 12 号起火。"})
	a.add("22:14:00", dutylog.FactSigned, chen, dutylog.FactBody{Report: 1, Version: 1})
	a.add("22:15:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "王某", CallID: "c-up"})
	a.add("22:16:00", dutylog.FactCalledOut, li, dutylog.FactBody{Whom: "周立", Part: "head", Result: "reached"})
	a.add("22:17:00", dutylog.FactInstructed, li, dutylog.FactBody{Whom: "区长", Text: "全力搜救"})
	a.add("22:18:00", dutylog.FactScene, li, dutylog.FactBody{Whom: "孙科", Part: "back"})
	a.add("22:19:00", dutylog.FactStruck, li, dutylog.FactBody{Fact: 9, Reason: "记错了"})
	a.add("22:20:00", dutylog.FactMerged, li, dutylog.FactBody{Incident: 9, Reason: "同一起火灾"})
	older := dutylog.FoldIncident(8, a.facts)
	b := &happenings{}
	b.add("22:14:00", dutylog.FactOpened, li, dutylog.FactBody{Number: &dutylog.IncidentNumber{Year: 2026, Serial: 5}, Schedule: &schedule})
	b.add("22:14:00", dutylog.FactLinked, li, dutylog.FactBody{Entry: "e-2", Intake: at("22:12:30")})
	b.add("22:14:00", dutylog.FactClassified, li, dutylog.FactBody{Category: "fire"})
	for _, d := range older.Absorb(dutylog.FoldIncident(9, b.facts)) {
		if d.Kind == dutylog.FactLinked {
			d.Body.Intake = at("22:10:10")
		}
		b.add("22:20:00", d.Kind, li, d.Body)
	}
	numbers := map[int64]string{8: "T2026-004", 9: "T2026-005"}
	_, up := dutyCall("c-up", "2026-11-27 22:15:00", 0)
	calls := map[string]dutylog.Call{"c-up": up}
	younger := dutylog.FoldIncident(9, b.facts)
	return paper.IncidentFile{Incident: younger, Merged: []dutylog.Incident{older}, Numbers: numbers, Calls: calls}, paper.IncidentFile{Incident: older, Numbers: numbers, Calls: calls}
}

// What an incident reported, called and was ordered before it was merged is on the papers of the one that goes on, with
// whose it was; incidents are called by their numbers.
func TestAMergedIncidentOnPaper(t *testing.T) {
	on, gone := mergedFires()
	for name, c := range map[string]struct {
		paper string
		want  []string
	}{
		"the report that the other one sent": {fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 1))), []string{"编号：T2026-004-1", "南京北街 12 号起火。", "签发人：陈刚", "上级应急管理部门：电话 2026-11-27 22:15（接收人王某，有通话录音，通话 1 分 30 秒）", "本期报告由 T2026-004 报送，该事件已并入 T2026-005。"}},
		"a report of its own": {fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 2))), []string{"编号：T2026-005-2", "【并入的突发事件 T2026-004】", "初报（签发：陈刚）；上级应急管理部门 电话 2026-11-27 22:15（接收人王某，有通话录音，通话 1 分 30 秒）",
			"通知：2026-11-27 22:16，本单位主要领导，周立，已通知到本人", "批示：2026-11-27 22:17，区长，全力搜救，未办结", "突发事件 T2026-004 已于 2026-11-27 22:20 并入"}},
		"the document":                       {fmt.Sprint(paper.ReportWords(frame, on, reportOf(t, on, 2))), []string{"【并入的突发事件 T2026-004】", "接收人王某", "通知：2026-11-27 22:16", "批示：2026-11-27 22:17"}},
		"the course":                         {fmt.Sprint(paper.Course(frame, on)), []string{"原 T2026-004", "初报：上级应急管理部门，电话（接收人王某，有通话录音，通话 1 分 30 秒）", "周立", "区长批示：全力搜救", "并入本事件 T2026-004", "T2026-005，同一起火灾", "注明“原 T2026-004”的"}},
		"the course of the one that is gone": {fmt.Sprint(paper.Course(frame, gone)), []string{"已于 2026-11-27 22:20 并入 T2026-005", "T2026-005，同一起火灾", "（事件本身比较敏感、发生在敏感部位）"}},
		"the report of the one that is gone": {fmt.Sprint(paper.Report(frame, gone, reportOf(t, gone, 1))), []string{"编号：T2026-004-1", "本事件已于 2026-11-27 22:20 并入 T2026-005。"}},
	} {
		for _, want := range c.want {
			if !strings.Contains(c.paper, want) {
				t.Errorf("%s: %q is not in %s", name, want, c.paper)
			}
		}
		for _, internal := range []string{"编号 8", "编号 9", "编号：8"} {
			if strings.Contains(c.paper, internal) {
				t.Errorf("%s: an internal number is in %s", name, c.paper)
			}
		}
	}
}

// "第 N 项" in the course is the number that stands beside the line it speaks of, whosever it was.
func TestTheCourseIsNumbered(t *testing.T) {
	on, gone := mergedFires()
	for name, x := range map[string]paper.IncidentFile{"its own": gone, "of another one": on, "out of order": aFire()} {
		struck, points := "", ""
		n := 0
		for _, r := range paper.Course(frame, x).Tables[0].Rows {
			if len(r.Cells) == 1 {
				continue
			}
			if n++; r.Cells[0] != fmt.Sprint(n) {
				t.Errorf("%s: line %d has the number %s", name, n, r.Cells[0])
			}
			if strings.Contains(r.Cells[3], "划去：") {
				struck = "第 " + r.Cells[0] + " 项"
			}
			if strings.HasPrefix(r.Cells[3], "第 ") {
				points, _, _ = strings.Cut(r.Cells[3], "，")
			}
		}
		if struck == "" || struck != points {
			t.Errorf("%s: %q is struck out, and the list says %q", name, struck, points)
		}
	}
}

// A text that was written after the merge is not signed by whoever signed what the other incident had sent.
func TestATextWrittenAfterAMergeOnPaper(t *testing.T) {
	on, _ := mergedFires()
	b := &happenings{facts: on.Incident.Facts}
	b.add("22:24:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 1, Version: 1, Elements: firstKnown, Text: "另有3人受伤。"})
	written := dutylog.FoldIncident(9, b.facts)
	b.add("22:25:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: 1, Recipient: "superior_bureau", Channel: "fax", Evidence: "回执"})
	for name, c := range map[string]struct {
		of   dutylog.Incident
		want bool
	}{"a draft": {written, false}, "sent": {dutylog.FoldIncident(9, b.facts), true}} {
		on.Incident = c.of
		page := fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 1)))
		for _, want := range []string{"编号：T2026-005-1　　签发人：（尚未签发）", "另有3人受伤。", "电话 2026-11-27 22:15（由 T2026-004 报送）", "本级政府：未报送", "本期报告已由 T2026-004 于 2026-11-27 22:15 报送；本页文字在并入后另行起草，签发和报送另行记录。"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is not in %s", name, want, page)
			}
		}
		if got := strings.Contains(page, "本期报告已报送，打印时尚未签发。"); got != c.want {
			t.Errorf("%s: sent and not signed: %t", name, got)
		}
	}
}

// A report that was told by telephone before its text was written says so, on the report and in the course.
func TestAReportThatWasToldBeforeItsText(t *testing.T) {
	schedule := dutylog.UsualSchedule()
	for name, c := range map[string]struct {
		version int
		written string // empty: it was not
		want    bool
	}{"told, and written down": {0, "22:40:00", true}, "told only": {0, "", false}, "read out": {1, "22:14:00", false}} {
		h := &happenings{}
		h.add("22:12:00", dutylog.FactOpened, li, dutylog.FactBody{Number: &dutylog.IncidentNumber{Year: 2026, Serial: 4}, Schedule: &schedule})
		h.add("22:12:00", dutylog.FactLinked, li, dutylog.FactBody{Entry: "e-1", Intake: at("22:10:10")})
		if c.written != "" {
			h.add(c.written, dutylog.FactWritten, li, dutylog.FactBody{Report: 1, Version: 1, Elements: firstKnown, Text: "起火。"})
		}
		h.add("22:15:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: c.version, Recipient: "superior_bureau", Channel: "phone", Receiver: "王某"})
		x := paper.IncidentFile{Incident: dutylog.FoldIncident(8, h.facts)}
		for _, page := range []string{fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 1))), fmt.Sprint(paper.Course(frame, x))} {
			if got := strings.Contains(page, "（接收人王某，先口头报告，文字于 22:40 补写）"); got != c.want {
				t.Errorf("%s: %t: %s", name, got, page)
			}
		}
	}
}

// What was signed by telephone before the merge, and not confirmed, is said so wherever a paper names the signature.
func TestASignatureThatNobodyConfirmedAfterAMerge(t *testing.T) {
	on, gone := mergedFires()
	said := &happenings{facts: slices.Clone(gone.Incident.Facts)}
	said.facts[4].By, said.facts[4].Body = li, dutylog.FactBody{Report: 1, Version: 1, Login: "chen", Name: "陈刚", Role: dutylog.Leader}
	older := dutylog.FoldIncident(8, said.facts)
	took := &happenings{facts: slices.Clone(on.Incident.Facts)}
	for n, f := range took.facts {
		if f.Kind == dutylog.FactAbsorbed {
			took.facts[n].Body = older.Absorb(dutylog.FoldIncident(9, took.facts[:n]))[0].Body
		}
	}
	on.Incident, on.Merged = dutylog.FoldIncident(9, took.facts), []dutylog.Incident{older}
	alone := on
	alone.Merged = nil // it cannot be read
	for name, c := range map[string]struct{ paper, want string }{
		"the report that the other one sent": {fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 1))), "签发人：陈刚（电话，未确认）"},
		"the same, of one that is not there": {fmt.Sprint(paper.Report(frame, alone, reportOf(t, alone, 1))), "签发人：陈刚（电话，未确认）"},
		"its own report":                     {fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 2))), "初报（签发：陈刚（电话，未确认））"},
		"the course":                         {fmt.Sprint(paper.Course(frame, on).Tables[1]), "初报\n原 T2026-004 2026-11-27 22:20 2026-11-27 22:15 — 陈刚　2026-11-27 22:14（电话（无录音），李娜记录，本人未确认）"},
	} {
		if !strings.Contains(c.paper, c.want) {
			t.Errorf("%s: %q is not in %s", name, c.want, c.paper)
		}
	}
	if table := fmt.Sprint(paper.Course(frame, on).Tables[1]); strings.Contains(table, "尚未签发") {
		t.Errorf("the course says that it is not signed: %s", table)
	}
}

// Whoever was told after the merge of what the other incident had sent is among those who got it.
func TestWhoWasToldAfterAMergeOnPaper(t *testing.T) {
	on, _ := mergedFires()
	before := fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 1)))
	h := &happenings{facts: slices.Clone(on.Incident.Facts)}
	h.add("22:25:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "李某"})
	on.Incident = dutylog.FoldIncident(9, h.facts)
	after := fmt.Sprint(paper.Report(frame, on, reportOf(t, on, 1)))
	for page, want := range map[string]string{before: "打印时尚未送达：本级党委、本级政府。", after: "打印时尚未送达：本级党委。"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, page)
		}
	}
	if !strings.Contains(after, "本级政府：电话 2026-11-27 22:25（晚于时限 4 分 50 秒，接收人李某）") || strings.Contains(after, "先口头报告") {
		t.Errorf("%s", after)
	}
}
