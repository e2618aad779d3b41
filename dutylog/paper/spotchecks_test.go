package paper_test

import (
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

func TestTheRegisterOfSpotChecksOnPaper(t *testing.T) {
	li := dutylog.Actor{Login: "li", Name: "李娜"}
	list := []dutylog.SpotCheck{ // newest first, as the register gives them
		{ID: 4, Direction: telephony.Outbound, Day: local("2026-11-20 15:00:00"), Unit: "大西街道应急办", Inspector: "李娜", Questions: "值班人员是否在岗", Result: dutylog.SpotFailed, Findings: "无人接听，已通报", CallID: "2.0", By: li},
		{ID: 3, Direction: telephony.Inbound, Day: local("2026-11-10 02:30:00"), Unit: "市应急局", Inspector: "刘明", Questions: "x", Result: dutylog.SpotPassed, Struck: true, By: li},
		{ID: 2, Direction: telephony.Inbound, Day: local("2026-11-03 02:30:00"), Unit: "市应急局指挥中心", Inspector: "刘明", Questions: "当班人员、带班领导、未办结事项", Result: dutylog.SpotPartly, Findings: "带班领导电话无人接听", CallID: "1.0", By: li},
	}
	s := paper.SpotChecks(frame, "2026-11", list)
	golden(t, "spotchecks.golden.json", s)
	rows := s.Tables[0].Rows
	if len(rows) != 2 || rows[0].Cells[0] != "1" || rows[0].Call != "1.0" || rows[1].Cells[6] != "不合格" || !strings.Contains(s.Notes[0], "作废 1 次") {
		t.Errorf("%+v %v", rows, s.Notes)
	}
	if !strings.Contains(rows[0].Cells[8], "未确认") || strings.Contains(rows[1].Cells[8], "未确认") || !strings.Contains(s.Notes[1], "1 次") {
		t.Errorf("what the room wrote of its own check is not told apart: %v %v", rows, s.Notes)
	}
	if pages := paper.Pages(s); len(pages) != 1 || !pages[0].Signed {
		t.Errorf("%d pages", len(pages))
	}
}

func TestAMonthWithoutASpotCheckSaysSo(t *testing.T) {
	s := paper.SpotChecks(frame, "2026-12", nil)
	if len(s.Tables[0].Rows) != 1 || s.Tables[0].Rows[0].Cells[0] != "本月没有登记抽查" || s.Title != "2026年12月抽查登记表" {
		t.Errorf("%+v", s)
	}
	for _, r := range dutylog.SpotResults() {
		if paper.SpotResultNames[r] == "" {
			t.Errorf("the result %s has no word", r)
		}
	}
}
