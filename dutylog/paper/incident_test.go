package paper_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

var (
	li   = dutylog.Actor{Login: "li", Name: "李娜", Role: dutylog.Officer}
	zhao = dutylog.Actor{Login: "zhao", Name: "赵敏", Role: dutylog.Chief}
	chen = dutylog.Actor{Login: "chen", Name: "陈刚", Role: dutylog.Leader}
)

// happenings are facts that are written one after the other.
type happenings struct{ facts []dutylog.IncidentFact }

// add appends a fact that happened, and was written, at such a time of the evening of the fire.
func (h *happenings) add(at string, kind dutylog.FactKind, by dutylog.Actor, body dutylog.FactBody) *dutylog.IncidentFact {
	when := local("2026-11-27 " + at)
	h.facts = append(h.facts, dutylog.IncidentFact{Seq: len(h.facts) + 1, Kind: kind, At: when, WrittenAt: when.Add(20 * time.Second), By: by, Body: body})
	return &h.facts[len(h.facts)-1]
}

func at(text string) *time.Time {
	t := local("2026-11-27 " + text)
	return &t
}

var firstKnown = map[dutylog.Element]string{dutylog.ElementTime: "22:05 许", dutylog.ElementPlace: "和平区南京北街 12 号", dutylog.ElementNature: "居民楼火灾", dutylog.ElementCasualties: "无"}

// aFire is an incident with something of everything that its papers show.
func aFire() paper.IncidentFile {
	h := &happenings{}
	schedule := dutylog.UsualSchedule()
	h.add("22:13:00", dutylog.FactOpened, li, dutylog.FactBody{Number: &dutylog.IncidentNumber{Year: 2026, Serial: 3}, Schedule: &schedule})
	h.add("22:13:00", dutylog.FactLinked, li, dutylog.FactBody{Entry: "e-2", Intake: at("22:12:30")})
	h.add("22:13:00", dutylog.FactClassified, li, dutylog.FactBody{Category: "fire", Trigger: "sensitive_time"})
	h.add("22:14:00", dutylog.FactElements, li, dutylog.FactBody{Elements: firstKnown})
	h.add("22:15:00", dutylog.FactLinked, li, dutylog.FactBody{Entry: "e-1", Intake: at("22:10:10"), Was: at("22:12:30")})
	h.add("22:16:00", dutylog.FactClockMoved, li, dutylog.FactBody{Start: at("22:13:00"), Was: at("22:10:10"), Reason: "首个来电只报有烟，22:13 才确认起火"})
	h.add("22:17:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 1, Version: 1, Elements: firstKnown, Text: "南京北街 12 号一居民楼起火。"})
	h.add("22:18:00", dutylog.FactReviewed, zhao, dutylog.FactBody{Report: 1, Version: 1})
	h.add("22:19:00", dutylog.FactSigned, li, dutylog.FactBody{Report: 1, Version: 1, Login: "chen", Name: "陈刚", Role: dutylog.Leader, CallID: "c-sign"})
	h.add("22:20:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "王某", CallID: "c-up"})
	late := h.add("22:21:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: 1, Recipient: "party_committee", Channel: "fax", Evidence: "传真回执"})
	late.WrittenAt = local("2026-11-28 00:30:00")
	h.add("22:25:00", dutylog.FactCalledOut, li, dutylog.FactBody{Whom: "周立", Part: "head", Phone: "13900001111", Result: "reached"})
	h.add("22:40:00", dutylog.FactScene, li, dutylog.FactBody{Whom: "孙科", Part: "on_scene", Text: "已到现场"})
	h.add("22:45:00", dutylog.FactInstructed, li, dutylog.FactBody{Whom: "区长", Text: "全力搜救", Due: at("23:30:00")})
	h.add("22:47:00", dutylog.FactConveyed, li, dutylog.FactBody{Fact: 14, Whom: "消防大队"})
	h.add("22:50:00", dutylog.FactConfirmed, chen, dutylog.FactBody{Report: 1, Version: 1, Fact: 9})
	detailed := map[dutylog.Element]string{dutylog.ElementTime: "22:05 许", dutylog.ElementPlace: "和平区南京北街 12 号", dutylog.ElementNature: "居民楼火灾", dutylog.ElementCasualties: "死亡 1 人", dutylog.ElementMeasures: "疏散 36 人"}
	h.add("23:10:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 2, Version: 1, Elements: detailed, Text: "火已扑灭，死亡 1 人。"})
	h.add("23:11:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 2, Version: 2, Base: 1, Elements: detailed, Text: "火已扑灭，死亡 1 人，疏散 36 人。"})
	h.add("23:12:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 2, Version: 2, Recipient: "superior_bureau", Channel: "wechat", Receiver: "值班室"})
	h.add("23:13:00", dutylog.FactScene, li, dutylog.FactBody{Whom: "孙科", Part: "back"})
	h.add("23:14:00", dutylog.FactStruck, li, dutylog.FactBody{Fact: 20, Reason: "记错了，人还在现场"})
	early, earlyCall := dutyCall("1.1", "2026-11-27 22:10:10", 122)
	second, secondCall := dutyCall("2.1", "2026-11-27 22:12:30", 123)
	early.ID, second.ID = "e-1", "e-2"
	_, up := dutyCall("c-up", "2026-11-27 22:20:00", 0)
	_, sign := dutyCall("c-sign", "2026-11-27 22:18:40", 0)
	return paper.IncidentFile{Incident: dutylog.FoldIncident(7, h.facts), Phone: "024-22739110",
		Entries: map[string]dutylog.Entry{"e-1": early, "e-2": second},
		Calls:   map[string]dutylog.Call{"1.1": earlyCall, "2.1": secondCall, "c-up": up, "c-sign": sign}}
}

func reportOf(t *testing.T, x paper.IncidentFile, number int) dutylog.Report {
	t.Helper()
	r, ok := x.Incident.Report(number)
	if !ok {
		t.Fatalf("there is no report %d", number)
	}
	return r
}

func TestAReportOfAnIncidentAsItIsPrinted(t *testing.T) {
	x := aFire()
	golden(t, "report.golden.json", paper.Report(frame, x, reportOf(t, x, 1)))
}

func TestTheCourseOfAnIncidentAsItIsPrinted(t *testing.T) {
	golden(t, "course.golden.json", paper.Course(frame, aFire()))
}

// A report says what went before it and what is not yet so; what was sent without a signature, or late, says that.
func TestWhatAReportMustNotHide(t *testing.T) {
	x := aFire()
	second := fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 2)))
	for _, want := range []string{"人员伤亡情况：无 → 死亡 1 人", "已采取的措施：（未填写） → 疏散 36 人", "（尚未签发）", "已报送，打印时尚未签发", "晚于时限", "第 2 版，共 2 版", "上级应急管理部门：微信 2026-11-27 23:12（晚于时限 9 分钟，接收人值班室）", "本级政府：未报送", "（超时）",
		"首个来电只报有烟"} {
		if !strings.Contains(second, want) {
			t.Errorf("%q is not on the written report: %s", want, second)
		}
	}
	third := fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 3)))
	for _, want := range []string{"尚未起草", "尚未报送", "死亡 1 人", "（未填写）"} {
		if !strings.Contains(third, want) {
			t.Errorf("%q is not on the report that nobody wrote yet: %s", want, third)
		}
	}
}

func TestHowAnApprovalCame(t *testing.T) {
	approval := func(facts ...dutylog.IncidentFact) string {
		x := aFire()
		all := slices.Clone(x.Incident.Facts[:9])
		for _, f := range facts {
			f.Seq, f.By = len(all)+1, cmpActor(f.By, chen)
			f.At, f.WrittenAt = local("2026-11-27 23:00:00"), local("2026-11-27 23:00:00")
			all = append(all, f)
		}
		x.Incident = dutylog.FoldIncident(7, all)
		return paper.ReportWords(frame, x, reportOf(t, x, 1))["签发"]
	}
	for want, got := range map[string]string{
		"陈刚　2026-11-27 22:19（电话，李娜记录，本人未确认）":                            approval(),
		"陈刚　2026-11-27 22:19（电话，李娜记录，本人于 2026-11-27 23:00 确认）":          approval(dutylog.IncidentFact{Kind: dutylog.FactConfirmed, Body: dutylog.FactBody{Report: 1, Version: 1, Fact: 9}}),
		"陈刚　2026-11-27 22:19（电话，李娜记录，本人于 2026-11-27 23:00 否认：没有同意）":     approval(dutylog.IncidentFact{Kind: dutylog.FactDenied, Body: dutylog.FactBody{Report: 1, Version: 1, Fact: 9, Reason: "没有同意"}}),
		"陈刚　2026-11-27 22:19（电话，李娜记录，本人未确认）\n陈刚　2026-11-27 23:00（本人登录）": approval(dutylog.IncidentFact{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Version: 1}}),
		"陈刚　2026-11-27 22:19（电话，李娜记录，本人未确认），对第 1 版":                     approval(dutylog.IncidentFact{Kind: dutylog.FactWritten, By: li, Body: dutylog.FactBody{Report: 1, Version: 2, Base: 1, Elements: firstKnown, Text: "改"}}),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func cmpActor(a, other dutylog.Actor) dutylog.Actor {
	if a.Login == "" {
		return other
	}
	return a
}

// The course goes by what happened and not by when it was written, and says what was written late or struck out.
func TestTheCourseGoesByWhatHappened(t *testing.T) {
	rows := paper.Course(frame, aFire()).Tables[0].Rows
	var all []string
	for _, r := range rows {
		if len(r.Cells) == 1 {
			continue
		}
		all = append(all, r.Cells[1][:5]+r.Cells[2])
	}
	if !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(a[:5], b[:5]) }) || all[0] != "22:10关联接报" || all[1] != "22:12关联接报" {
		t.Errorf("the course is not in the order of what happened: %v", all)
	}
	text := fmt.Sprint(rows)
	for _, want := range []string{"补记 11-28 00:30", "接报时间由 2026-11-27 22:12 提前到 2026-11-27 22:10", "【已由李娜于 2026-11-27 23:14 划去：记错了，人还在现场】", "2026-11-27 22:10 → 2026-11-27 22:13，原因：首个来电只报有烟", "本单位主要领导，周立，13900001111，已通知到本人", "区长批示：全力搜救（2026-11-27 23:30 前反馈）"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the course: %s", want, text)
		}
	}
	var calls, entries []string
	for _, r := range rows {
		calls, entries = append(calls, r.Call), append(entries, r.Beside)
		if last := len(r.Cells) - 1; r.Call != "" && !courseCall.MatchString(r.Cells[last]) { // to the minute
			t.Errorf("a call is told as %q", r.Cells[last])
		}
	}
	if !slices.Contains(calls, "c-up") || !slices.Contains(calls, "c-sign") || !slices.Contains(calls, "1.1") || !slices.Contains(calls, "2.1") || !slices.Contains(entries, "e-1") {
		t.Errorf("the course leads to the calls %v and the entries %v", calls, entries)
	}
}

var courseCall = regexp.MustCompile(`^\d\d:\d\d 通话\n[有无]录音$`)

// The course says who was on duty when the first call came, and who reviewed and signed each report.
func TestTheCourseSaysWhoLed(t *testing.T) {
	x := aFire()
	x.Duty = dutylog.OnDuty{dutylog.PostChief: {Name: "赵敏"}, dutylog.PostLeader: {Name: "陈刚"}}
	s := paper.Course(frame, x)
	if !slices.Contains(s.Under, "接报时值班：值班员 —　值班处（科）领导 赵敏　带班领导 陈刚") {
		t.Errorf("%q", s.Under)
	}
	var rows []string
	for _, r := range s.Tables[1].Rows {
		rows = append(rows, strings.Join(r.Cells, " | "))
	}
	want := []string{
		"初报 | 2026-11-27 22:23 | 2026-11-27 22:20 | 赵敏　2026-11-27 22:18（本人登录） | 陈刚　2026-11-27 22:19（电话，李娜记录，本人于 2026-11-27 22:50 确认）",
		"书面报告 | 2026-11-27 23:03（超时） | 2026-11-27 23:12 | — | （尚未签发）",
		"详细报告 | 2026-11-27 23:53 | 未报送（时限已过） | — | —", // whatever is owed stands there, though nobody began it
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// What was not reported when the incident was closed stands in the course, whether its deadline was over by then or not.
func TestTheCourseNamesWhatWasNotReported(t *testing.T) {
	for clock, want := range map[string]string{"23:20:00": "详细报告 — 未报送即办结 — —", "23:55:00": "详细报告 2026-11-27 23:53 未报送即办结 — —"} {
		x := aFire()
		h := &happenings{facts: x.Incident.Facts}
		h.add(clock, dutylog.FactClosed, li, dutylog.FactBody{Reason: "市局直接处置"})
		x.Incident = dutylog.FoldIncident(x.Incident.ID, h.facts)
		if table := fmt.Sprint(paper.Course(frame, x).Tables[1]); !strings.Contains(table, want) {
			t.Errorf("closed at %s: %q is not in %s", clock, want, table)
		}
	}
}

// Every kind of fact has a word, and says something of itself that is not a code.
func TestEveryFactHasAWord(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../incident.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || fmt.Sprint(spec.Type) != "FactKind" {
			return true
		}
		kinds++
		kind := dutylog.FactKind(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
		if paper.FactNames[kind] == "" {
			t.Errorf("%s has no word", kind)
		}
		return true
	})
	if kinds < 20 || kinds != len(paper.FactNames) {
		t.Errorf("%d kinds of facts, %d words", kinds, len(paper.FactNames))
	}
}

// The fields of a template are said for every report, written or not, whatever is unknown.
func TestEveryReportHasEveryField(t *testing.T) {
	x := aFire()
	for _, r := range x.Incident.Reports {
		words := paper.ReportWords(frame, x, r)
		if name := words["期别"]; name == "" || strings.ContainsAny(name, "（_") || !strings.Contains(words["标题"], strings.Fields(name + " ")[0][:6]) {
			t.Errorf("report %d is called %q and has the title %q", r.Number, name, words["标题"])
		}
		if len(words) != 24 {
			t.Errorf("%s has %d fields", r.Words(), len(words))
		}
		for _, e := range dutylog.Elements() {
			found := slices.ContainsFunc([]string{"发生单位", "发生时间", "发生地点", "起因", "事件性质", "物资损失情况", "人员伤亡情况", "已采取的措施", "事件发展态势"}, func(f string) bool {
				return strings.Contains(f, strings.TrimPrefix(e.Words, "发生的")) && words[f] != ""
			})
			if !found {
				t.Errorf("%s: %s has no field", r.Words(), e.Words)
			}
		}
	}
}

// A text of 100,000 characters is on paper to the last one.
func TestALongReportIsAllOnPaper(t *testing.T) {
	x := aFire()
	r := reportOf(t, x, 1)
	r.Text = strings.Repeat("现场情况正在核实，无新增伤亡。\n", 6250)
	lines := 0
	for _, p := range paper.Pages(paper.Report(frame, x, r)) {
		for _, part := range p.Parts {
			for _, row := range part.Rows {
				lines += strings.Count(row.Cells[len(row.Cells)-1], "无新增伤亡")
			}
		}
	}
	if lines != 6250 {
		t.Errorf("%d of 6250 lines are on paper", lines)
	}
}

// An instruction may be nothing but a photo of it: the course says so.
func TestTheCourseNamesThePhotoOfAnInstruction(t *testing.T) {
	photo := dutylog.IncidentFact{Seq: 1, Kind: dutylog.FactInstructed, At: local("2026-11-27 22:45:00"), WrittenAt: local("2026-11-27 22:45:00"), Body: dutylog.FactBody{Whom: "区长", Attachment: 7}}
	sheet := paper.Course(paper.Frame{Zone: time.UTC}, paper.IncidentFile{Incident: dutylog.Incident{Facts: []dutylog.IncidentFact{photo}}})
	if text := fmt.Sprintf("%+v", sheet); !strings.Contains(text, "区长批示：（附批示照片）") {
		t.Error(text)
	}
}

// Who got a report after its deadline, or not at all, is told wherever that can be read; a report that went out says the
// category of then; and the first text after a spoken report is not the first report.
func TestALateRecipientAndAnOlderCategoryOnPaper(t *testing.T) {
	h := &happenings{facts: aFire().Incident.Facts[:11]}
	h.add("23:53:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Version: 1, Recipient: "government", Channel: "phone", Receiver: "李某"})
	h.add("23:54:00", dutylog.FactClassified, li, dutylog.FactBody{Category: "work_safety", Trigger: ""})
	x := aFire()
	x.Incident = dutylog.FoldIncident(7, h.facts)
	first := fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 1)))
	for _, want := range []string{"本级政府：电话 2026-11-27 23:53（晚于时限 1 小时 30 分，接收人李某）", "晚于时限送达：本级政府 1 小时 30 分。", "森林(草原)", "首次报告"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is not on the first report: %s", want, first)
		}
	}
	if strings.Contains(first, "亡人的生产安全事故") {
		t.Errorf("the report that went out says what was decided since: %s", first)
	}
	if course := fmt.Sprint(paper.Course(frame, x)); !strings.Contains(course, "本级政府，电话（晚于时限 1 小时 30 分，") || strings.Count(course, "晚于时限") != 1 {
		t.Errorf("the course does not say who got it late: %s", course)
	}
	x = aFire()
	h = &happenings{facts: x.Incident.Facts[:6]}
	h.add("22:20:00", dutylog.FactDelivered, li, dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "王某"})
	h.add("22:40:00", dutylog.FactWritten, li, dutylog.FactBody{Report: 2, Version: 1, Elements: firstKnown, Text: "南京北街 12 号一居民楼起火。"})
	x.Incident = dutylog.FoldIncident(7, h.facts)
	if second := fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 2))); !strings.Contains(second, "首次书面报告，此前已电话报告：初报（2026-11-27 22:20）") {
		t.Errorf("the first text after a spoken report: %s", second)
	}
	if told := fmt.Sprint(paper.Report(frame, x, reportOf(t, x, 1))); !strings.Contains(told, "本级党委：未报送（时限已过）") || !strings.Contains(told, "打印时尚未送达：本级党委、本级政府。时限已过。") {
		t.Errorf("who has not got it although its time is over: %s", told)
	}
}
