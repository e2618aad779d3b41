package paper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

func said(text string) *string {
	s := local(text).Format(time.RFC3339)
	return &s
}

// standsOn insists that all of it is on a sheet.
func standsOn(t *testing.T, sheet string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(sheet, want) {
			t.Errorf("%q is not on the sheet: %s", want, sheet)
		}
	}
}

// aHandover has something of everything that a sheet shows.
func aHandover() (dutylog.Handover, dutylog.Sheet) {
	li, wang := dutylog.Actor{Login: "li", Name: "李娜"}, dutylog.Actor{Login: "wang", Name: "王伟"}
	h := dutylog.Handover{ID: 12, At: local("2026-11-28 08:02:00"), From: local("2026-11-27 20:00:00"), Outgoing: li, Incoming: wang, Digest: strings.Repeat("0a1b2c3d", 8),
		Confirmations: []dutylog.Confirmation{{Part: dutylog.PartOutgoing, By: li, At: local("2026-11-28 08:01:00")}, {Part: dutylog.PartIncoming, By: wang, At: local("2026-11-28 08:02:00")},
			{Part: dutylog.PartLeader, By: dutylog.Actor{Login: "chen", Name: "陈刚"}, At: local("2026-11-28 08:30:00")}}}
	s := dutylog.Sheet{From: said("2026-11-27 20:00:00"), Outgoing: "李娜", Remarks: "局长要求 9 点前回电话。\n备用钥匙在抽屉里。",
		Matters: []dutylog.Matter{
			{EntryID: "e-1", EntryNumber: "2026-000123", At: said("2026-11-27 22:31:00"), Kind: dutylog.KindDuty, Who: "和平区应急局 孙国强", What: "南京北街民房起火", Earlier: 2, Handling: "passed_on", Steps: []dutylog.OpenStep{
				{Kind: dutylog.StepReported, At: said("2026-11-27 22:40:00"), By: "李娜", Whom: "市应急局值班室", Text: "已报基本情况", Channel: "wechat"},
				{Kind: dutylog.StepPassedOn, At: said("2026-11-27 22:45:00"), By: "李娜", Whom: "区消防大队", Text: "核实伤亡", Due: said("2026-11-28 09:00:00"), Written: said("2026-11-27 23:30:00")}}, Missing: []dutylog.Field{dutylog.ReadBack, dutylog.ContactNumber}},
			{EntryID: "e-2", EntryNumber: "2026-000124", At: said("2026-11-28 01:00:00"), Kind: dutylog.KindMissed, Number: "+8613904011234", CallBack: true, Outcome: telephony.AbandonedEarly},
			{EntryID: "e-3", EntryNumber: "2026-000125", At: said("2026-11-28 02:00:00"), Kind: dutylog.KindDuty, Number: "anonymous", Handling: "reported"}},
		Alerts: []dutylog.OpenAlert{{ID: 5, Title: "来电未接", Severity: "critical", At: said("2026-11-28 01:00:30")}, {ID: 6, Title: "磁盘空间不足", Severity: "warning", At: said("2026-11-28 02:00:00"), By: "李娜"}},
		Lamps:  []dutylog.LampSeen{{Lamp: "phone", State: "good"}, {Lamp: "disk", State: "bad"}, {Lamp: "clock", State: "unknown"}, {Lamp: "hook", State: "good"}},
		Test:   &dutylog.LastTest{At: said("2026-11-27 20:05:00"), Verdict: "reachable"},
		Duties: []dutylog.OpenDuty{{Title: "14:00 报告值班情况", DueAt: said("2026-11-28 14:00:00"), State: string(dutylog.TaskDue)}},
		Blind:  []dutylog.Unseen{{From: said("2026-11-28 03:00:00"), To: said("2026-11-28 03:04:00"), Cause: "the daemon was not running"}, {From: said("2026-11-28 07:59:00"), Cause: "the link to the switch was lost"}},
		Down:   []dutylog.Unseen{{From: said("2026-11-28 04:10:00"), To: said("2026-11-28 04:25:00"), Cause: "the switch ended and was started again"}},
		Incidents: []dutylog.OpenIncident{
			{ID: 3, Number: "T2026-003", Title: "文艺路1号仓库火灾", ClockStart: said("2026-11-28 06:55:00"), Next: "续报（第1次）", DueAt: said("2026-11-28 09:00:00"), Unapproved: []string{"初报（初步情况）"}, Waiting: []string{"书面报告（基本情况） 签发 赵振华"},
				Instructions: []dutylog.OpenInstruction{{Whom: "孙局长", Text: "全力救治伤员", At: said("2026-11-28 07:10:00"), DueAt: said("2026-11-28 12:00:00")}, {Whom: "周副局长", Text: "做好舆情应对", At: said("2026-11-28 07:20:00")}}},
			{ID: 2, Number: "T2026-002", State: dutylog.IncidentClosed, Title: "停水", ClockStart: said("2026-11-26 06:55:00")}},
		Counts: dutylog.Counts{Calls: 9, Missed: 1, Late: 2, Outgoing: 3, Entries: 8, Waiting: 2}}
	return h, s
}

func TestAHandoverAsItIsPrinted(t *testing.T) {
	h, s := aHandover()
	golden(t, "handover.golden.json", paper.Handover(frame, h, s))
}

// What the sheet has no room for is counted on it, and what is urgent or unfinished is named.
func TestAPaperSaysWhatItDoesNotList(t *testing.T) {
	h, s := aHandover()
	s.Matters[0].Urgency, s.Alerts[0].Detail = "特急", "2026-000123"
	s.Unlisted = &dutylog.Unlisted{Matters: 12, Alerts: 3, Incidents: 1}
	text := fmt.Sprint(paper.Handover(frame, h, s))
	standsOn(t, text, "另有 12 件未列出，共 15 件，见“检索”页", "另有 3 件未列出，共 5 件，见“告警”页", "另有 1 件未列出，共 3 件，见“突发事件”页", "【特急】和平区应急局", "来电未接：2026-000123")
	s.Unlisted = nil
	if text := fmt.Sprint(paper.Handover(frame, h, s)); strings.Contains(text, "未列出") {
		t.Errorf("%s", text)
	}
}

// Who is to be called back is said at the matter and counted as one, and a call that nobody answered is called by the
// word of the figures: 未接 is no caller who hung up early. A sheet that is older says what it knew.
func TestWhoIsToBeCalledBackIsOnTheSheet(t *testing.T) {
	h, s := aHandover()
	text := fmt.Sprint(paper.Handover(frame, h, s))
	standsOn(t, text, "对方提前挂断【待回拨】", "其中未接 1 个", "待回拨来电人 2 名")
	s.Matters[1].Outcome, s.Matters[1].CallBack, s.Counts.Waiting, s.Counts.Others = "", false, 0, 2
	text = fmt.Sprint(paper.Handover(frame, h, s))
	if !strings.Contains(text, "未接来电") || !strings.Contains(text, "其他未接通来电待回拨 2 个") || strings.Contains(text, "【待回拨】") {
		t.Errorf("an older sheet: %s", text)
	}
}

// Whoever takes over on paper calls back from it: the number stands beside the name, not only where there is no name.
func TestTheNumberToCallBackStandsBesideTheName(t *testing.T) {
	h, s := aHandover()
	s.Matters[1].Who = "和平区应急局"
	standsOn(t, fmt.Sprint(paper.Handover(frame, h, s)), "【待回拨】　和平区应急局　13904011234")
	s.Matters[1].Number = "22730001转801"
	standsOn(t, fmt.Sprint(paper.Handover(frame, h, s)), "和平区应急局　22730001转801")
	for _, none := range []string{"", "anonymous"} {
		s.Matters[1].Number = none
		if text := fmt.Sprint(paper.Handover(frame, h, s)); strings.Contains(text, "和平区应急局　") {
			t.Errorf("a name without a number: %s", text)
		}
	}
	s.Matters[1].Who, s.Matters[1].Number = "和平区应急局 刘洋", "13904011234"
	text := fmt.Sprint(paper.Handover(frame, h, s.MaskConfirmed()))
	if standsOn(t, text, "139****1234"); strings.Contains(text, "13904011234") {
		t.Errorf("masked: %s", text)
	}
}

// Before anybody confirmed, the sheet says so and has no digest; an empty one says that there is nothing.
func TestTheSheetOfThisMomentIsNoHandover(t *testing.T) {
	s := paper.Handover(frame, dutylog.Handover{Incoming: dutylog.Actor{Name: "王伟"}}, dutylog.Sheet{Outgoing: "李娜"})
	text := fmt.Sprint(s)
	standsOn(t, text, "尚未交接", "没有未办结的条目", "没有未解除的告警", "没有到期未办的定期事项", "没有盲区", "没有停机", "没有做过拨测", "体检结果不明", "李娜", "王伟")
	for _, not := range []string{"SHA-256", "系统内确认", "未确认"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is on the sheet", not)
		}
	}
	if pages := paper.Pages(s); len(pages) != 1 || !pages[0].Signed || len(s.Signatures) != 4 {
		t.Errorf("%d pages", len(pages))
	}
}

// A sheet that was confirmed before times of a dead switch stood on it says nothing of them, neither that
// there were any nor that there were none.
func TestAnOldSheetSaysNothingOfTheSwitch(t *testing.T) {
	h, s := aHandover()
	if text := fmt.Sprint(paper.Handover(frame, h, s)); !strings.Contains(text, "交换机停机") || !strings.Contains(text, "04:10—2026-11-28 04:25") {
		t.Errorf("the switch was down: %s", text)
	}
	s.Form, s.Down = 1, nil
	if text := fmt.Sprint(paper.Handover(frame, h, s)); strings.Contains(text, "交换机停机") {
		t.Errorf("an old sheet is made to say something: %s", text)
	}
}

func TestWhoDidNotConfirmIsSaid(t *testing.T) {
	h, s := aHandover()
	h.Unsigned, h.Confirmations = "突发急病送医", h.Confirmations[1:2]
	text := fmt.Sprint(paper.Handover(frame, h, s))
	standsOn(t, text, "交班人：未确认，原因：突发急病送医", "接班人：王伟", "值班处领导：未确认", "带班领导：未确认")
	h.Outgoing, h.Unsigned = dutylog.Actor{}, ""
	if text := fmt.Sprint(paper.Handover(frame, h, dutylog.Sheet{})); strings.Contains(text, "交班人：未确认") || !strings.Contains(text, "首次接班，无交班人") {
		t.Errorf("at the first taking over nobody has to confirm: %s", text)
	}
}

// However much is open, nothing is left out and every page has the foot.
func TestALongHandoverGoesOnOnTheNextPages(t *testing.T) {
	h, s := aHandover()
	for i := range 300 {
		m := s.Matters[0]
		m.EntryNumber = fmt.Sprintf("2026-%06d", 200+i)
		s.Matters = append(s.Matters, m)
	}
	pages := paper.Pages(paper.Handover(frame, h, s))
	text := strings.Join(read(t, pages, 4), "\n")
	if len(pages) < 5 || strings.Count(text, "南京北街民房起火") != 301 || !strings.Contains(text, "2026-000499") || !pages[len(pages)-1].Signed {
		t.Errorf("%d pages, %d matters", len(pages), strings.Count(text, "南京北街民房起火"))
	}
}

// What has no word is shown by its mark, never hidden.
func TestAMarkWithoutAWordIsShown(t *testing.T) {
	text := fmt.Sprint(paper.Handover(frame, dutylog.Handover{}, dutylog.Sheet{Lamps: []dutylog.LampSeen{{Lamp: "new-lamp", State: "bad"}}, Test: &dutylog.LastTest{Verdict: "new-verdict"},
		Duties: []dutylog.OpenDuty{{State: "new-state", Title: "x"}}, Alerts: []dutylog.OpenAlert{{Severity: "new-severity", Title: "y"}}}))
	standsOn(t, text, "异常：new-lamp", "new-verdict", "new-state", "new-severity")
}

// A step that goes on is told in full: when, by which way, to whom, what, until when, and who wrote it.
func TestOpenStepsAreToldInFull(t *testing.T) {
	h, s := aHandover()
	text := fmt.Sprint(paper.Handover(frame, h, s))
	standsOn(t, text, "此前另有 2 步", "2026-11-27 22:40　上报（微信）　市应急局值班室：已报基本情况（李娜）", "2026-11-27 22:45　转办　区消防大队：核实伤亡（时限 2026-11-28 09:00）（李娜于 2026-11-27 23:30 补记）")
}
