package paper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

var wangWei = dutylog.Actor{Login: "wang", Name: "王伟"}

// handled is aWarning with a step of each sort that looks different on paper.
func handled() dutylog.Entry {
	e := aWarning()
	at := func(clock string) time.Time { return local("2026-11-27 " + clock) }
	e.Steps = []dutylog.Step{
		{Number: 1, Kind: dutylog.StepReceived, At: at("09:30:00"), By: li, WrittenAt: at("09:30:30")},
		{Number: 2, Kind: dutylog.StepPassedOn, At: at("09:35:00"), Whom: "各街道", Text: "已转发工作群", By: li, WrittenAt: at("09:35:10")},
		{Number: 3, Kind: dutylog.StepAcknowledged, At: at("09:40:00"), Whom: "北站街道", CallID: "7.1", By: li, WrittenAt: at("09:40:20")},
		{Number: 4, Kind: dutylog.StepAcknowledged, At: at("09:42:00"), Whom: "五里河街道", By: wangWei, WrittenAt: at("10:05:00")},
		{Number: 5, Kind: dutylog.StepAcknowledged, At: at("09:43:00"), Whom: "大西街道", By: wangWei, WrittenAt: at("09:43:00"), Struck: &dutylog.Strike{Reason: "听错单位", By: li, At: at("09:50:00")}},
		{Number: 6, Kind: dutylog.StepInstructed, At: at("10:00:00"), Whom: "赵振华", Text: "加强巡查", By: dutylog.Actor{Login: "zhou"}, WrittenAt: at("10:00:00")},
	}
	return e
}

var handledLines = []string{
	"1. 2026-11-27 09:30　接报（李娜记）",
	"2. 2026-11-27 09:35　转办　各街道　已转发工作群（李娜记）",
	"3. 2026-11-27 09:40　签收　北站街道（电话，李娜记）",
	"4. 2026-11-27 09:42　签收　五里河街道（王伟于 2026-11-27 10:05 补记）",
	"5. 2026-11-27 09:43　签收　大西街道（王伟记）【已由李娜于 2026-11-27 09:50 划去：听错单位】",
	"6. 2026-11-27 10:00　批示　赵振华　加强巡查（zhou记）",
}

// value is what stands beside a name on the paper of an entry.
func value(s paper.Sheet, name string) string {
	for _, r := range s.Tables[0].Rows {
		if i := slices.Index(r.Cells, name); i >= 0 && i%2 == 0 {
			return r.Cells[i+1]
		}
	}
	return ""
}

func TestHandlingStepsAreOnPaper(t *testing.T) {
	got := strings.Split(value(paper.Entry(frame, paper.Single{Entry: handled()}), "办理过程"), "\n")
	if diff := cmp.Diff(handledLines, got); diff != "" {
		t.Errorf("the entry's paper (-want +got):\n%s", diff)
	}
	day := dayOf(handled()).Tables[0].Rows[0].Cells[7]
	if !strings.HasSuffix(day, "\n办理过程：\n"+strings.Join(handledLines, "\n")) {
		t.Errorf("the day's paper: %s", day)
	}
	for name, s := range map[string]paper.Sheet{"entry": paper.Entry(frame, paper.Single{Entry: aWarning()}), "day": dayOf(aWarning())} {
		if text := fmt.Sprint(s.Tables); strings.Contains(text, "办理过程") || strings.Contains(text, "更正") {
			t.Errorf("the %s of an entry without steps: %s", name, text)
		}
	}
}

// Who received a warning stands by itself: whoever struck-out steps name did not.
func TestAWarningSaysWhoAcknowledgedIt(t *testing.T) {
	other := handled()
	other.Kind = dutylog.KindFax
	for want, e := range map[string]dutylog.Entry{"北站街道（2026-11-27 09:40）、五里河街道（2026-11-27 09:42）": handled(), "尚无签收记录": aWarning(), "": other} {
		if got := value(paper.Entry(frame, paper.Single{Entry: e}), "签收情况"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestErasedStepsAreSaidToBe(t *testing.T) {
	order := dutylog.Erasure{Decision: 5, At: local("2026-11-27 12:00:00"), Fields: []dutylog.Field{dutylog.StepTexts}}
	s := paper.Entry(frame, paper.Single{Entry: handled().Erase(order)})
	got := strings.Split(value(s, "办理过程"), "\n")
	if len(got) != len(handledLines) || got[1] != "2. 2026-11-27 09:35　转办　（已抹去）（李娜记）" || !strings.HasSuffix(got[4], "划去：（原因已抹去）】") {
		t.Errorf("%s", got)
	}
	if text := fmt.Sprint(s); strings.Contains(text, "北站街道") || !strings.Contains(text, "抹去：办理过程") || !strings.Contains(value(s, "签收情况"), "（已抹去）（2026-11-27 09:40）") {
		t.Errorf("%s", text)
	}
}

// history keeps the revisions of an entry as people save it.
type history struct {
	t   *testing.T
	all []dutylog.Revision
}

func (h *history) now() dutylog.Entry { return h.all[len(h.all)-1].Entry }

func (h *history) amend(clock string, by dutylog.Actor, p dutylog.EntryPatch) {
	h.t.Helper()
	at := local("2026-11-27 " + clock)
	p.Revision = h.now().Revision
	next, err := h.now().Amend(p, by, at)
	if err != nil {
		h.t.Fatal(err)
	}
	h.all = append(h.all, dutylog.Revision{Entry: next, By: by, At: at})
}

func (h *history) step(clock string, by dutylog.Actor) {
	h.t.Helper()
	at := local("2026-11-27 " + clock)
	next, err := h.now().AddStep(dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市局"}, by, at)
	if err != nil {
		h.t.Fatal(err)
	}
	h.all = append(h.all, dutylog.Revision{Entry: next, By: by, At: at})
}

type saying = map[dutylog.Field]string

// corrected is a warning that was corrected at once by one, and by another who opened it for that and
// was saved while typing.
func corrected(t *testing.T) *history {
	first := aWarning()
	first.State = dutylog.Open
	open, complete := dutylog.Open, dutylog.Complete
	h := &history{t: t, all: []dutylog.Revision{{Entry: first, By: li, At: local("2026-11-27 09:30:00")}}}
	h.amend("09:31:00", li, dutylog.EntryPatch{Values: saying{dutylog.Content: "大风黄色预警。"}}) // no correction: it was open
	h.amend("09:32:00", li, dutylog.EntryPatch{State: &complete})
	h.step("09:33:00", wangWei) // nor is a step
	h.amend("09:40:00", wangWei, dutylog.EntryPatch{Values: saying{dutylog.ValidUntil: "2026-11-27T23:00:00Z", dutylog.Place: "全区"}, Reason: "市台更新"})
	h.step("09:41:00", wangWei)
	h.amend("10:00:00", li, dutylog.EntryPatch{State: &open, Reason: "级别听错"})
	h.amend("10:00:30", li, dutylog.EntryPatch{Values: saying{dutylog.WarningLevel: "橙色"}})
	h.step("10:00:40", wangWei) // while it is open
	h.amend("10:01:00", li, dutylog.EntryPatch{Values: saying{dutylog.Content: "大风橙色预"}})
	h.amend("10:01:30", li, dutylog.EntryPatch{Values: saying{dutylog.Content: "大风橙色预警。"}, State: &complete})
	return h
}

func TestCorrectionsAreOnPaper(t *testing.T) {
	h := corrected(t)
	got := value(paper.Entry(frame, paper.Single{Entry: h.now(), Revisions: h.all}), "更正情况")
	want := strings.Join([]string{
		"1. 2026-11-27 09:40　王伟更正　原因：市台更新",
		"　有效期至：「2026-11-28 06:00」改为「2026-11-28 07:00」",
		"　地点：「空」改为「全区」",
		"2. 2026-11-27 10:00　李娜更正　原因：级别听错",
		"　预警级别：「黄色」改为「橙色」",
		"3. 2026-11-27 10:01　李娜更正　原因：级别听错",
		"　预警内容：「大风黄色预警。」改为「大风橙色预警。」"}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p := paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Entries: []dutylog.Entry{h.now()}, Revisions: map[string][]dutylog.Revision{"w-2": h.all}}
	day := paper.Day(frame, p).Tables[0].Rows[0].Cells[7]
	if !strings.HasSuffix(day, "\n更正：2026-11-27 09:40　王伟更正　原因：市台更新，有效期至、地点\n更正：2026-11-27 10:00　李娜更正　原因：级别听错，预警级别\n更正：2026-11-27 10:01　李娜更正　原因：级别听错，预警内容") {
		t.Errorf("the day's paper: %s", day)
	}
	p.From, p.To = local("2026-11-01 00:00:00"), local("2026-12-01 00:00:00")
	if text := fmt.Sprint(paper.Month(frame, p).Tables[1]); !strings.Contains(text, "更正：2026-11-27 09:40") {
		t.Errorf("the month's paper: %s", text)
	}
}

// What was erased of a correction does not come back through its paper, and that there was one stays.
func TestErasedCorrectionsAreSaidToBe(t *testing.T) {
	h := corrected(t)
	erase := func(fields ...dutylog.Field) string {
		var left []dutylog.Revision
		for _, r := range h.all {
			r.Entry = r.Entry.Erase(dutylog.Erasure{Decision: 6, Fields: fields})
			left = append(left, r)
		}
		return value(paper.Entry(frame, paper.Single{Entry: left[len(left)-1].Entry, Revisions: left}), "更正情况")
	}
	if got := erase(dutylog.CorrectionText); !strings.HasPrefix(got, "1. 2026-11-27 09:40　王伟更正　原因：（已抹去）\n　有效期至：") || strings.Contains(got, "市台更新") {
		t.Errorf("without its reason: %s", got)
	}
	if got := erase(dutylog.Place, dutylog.ValidUntil); !strings.HasPrefix(got, "1. 2026-11-27 09:40　王伟更正　原因：市台更新\n2. ") {
		t.Errorf("without its fields: %s", got)
	}
	if got := erase(); got != "" {
		t.Errorf("of an entry of which everything was erased: %s", got)
	}
}

// A call of which another kind was made, and an entry that is only opened again.
func TestACorrectionOfTheKindIsOnPaper(t *testing.T) {
	h := corrected(t)
	open, fax := dutylog.Open, dutylog.KindFax
	h.amend("11:00:00", li, dutylog.EntryPatch{State: &open, Reason: "须补充"})
	h.amend("12:00:00", wangWei, dutylog.EntryPatch{Kind: &fax, Values: saying{dutylog.ContactNumber: "22739110"}})
	got := value(paper.Entry(frame, paper.Single{Entry: h.now(), Revisions: h.all[len(h.all)-3:]}), "更正情况")
	want := "1. 2026-11-27 11:00　李娜更正　原因：须补充\n2. 2026-11-27 12:00　王伟更正　原因：须补充\n　类型：「预警」改为「传真」\n　传真号或电话：「空」改为「22739110」"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
