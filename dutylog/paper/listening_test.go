package paper_test

import (
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

func TestAListeningReviewOnPaper(t *testing.T) {
	liu := dutylog.Actor{Login: "liu", Name: "刘督查"}
	d := dutylog.Draw{ID: 4, Month: "2026-10", Seed: "检查组", Named: true, PerOfficer: 2, By: liu, At: local("2026-11-03 09:00:00"),
		Samples: []dutylog.OfficerSample{{Officer: "张伟", Population: 57, Calls: []string{"1.0", "2.0"}}, {Officer: "", Population: 3, Calls: []string{"3.0"}}, {Officer: "李娜", Population: 9, Calls: []string{"4.0"}}}}
	marks := dutylog.Marks{Greeting: dutylog.MarkGood, Tone: dutylog.MarkGood, Precision: dutylog.MarkPartly, Elements: dutylog.MarkPoor, ReadBack: dutylog.MarkNone}
	facts := []dutylog.ListeningFact{{ID: 1, Draw: 4, CallID: "1.0", Says: dutylog.ListenReviewed, Marks: marks, Text: "没有问清伤亡情况", By: liu}, {ID: 2, Draw: 4, CallID: "1.0", Says: dutylog.ListenAnswered, Text: "对方已先行说明无伤亡", By: dutylog.Actor{Name: "张伟"}}}
	x := paper.Drawn{Draw: d, Calls: d.Listened(facts)[:3], At: map[string]dutylog.Call{}} // the reader does not see the last one
	for _, id := range []string{"1.0", "2.0", "3.0"} {
		x.At[id] = dutylog.Call{Call: telephony.Call{ID: id, OfferedAt: local("2026-10-12 02:15:00")}}
	}
	s := paper.Listening(frame, x)
	golden(t, "listening.golden.json", s)
	rows := s.Tables[0].Rows
	if len(rows) != 3 || rows[0].Cells[5] != "差" || rows[0].Cells[8] != "对方已先行说明无伤亡" || rows[1].Cells[7] != "未评" || rows[2].Cells[0] != "不明" {
		t.Errorf("%+v", rows)
	}
	if notes := strings.Join(s.Notes, ""); strings.Contains(notes, "李娜") || !strings.Contains(notes, "张伟：当月已接听并有录音的来电 57 个") {
		t.Error(notes)
	}
	if pages := paper.Pages(s); len(pages) != 1 || !pages[0].Signed {
		t.Errorf("%d pages", len(pages))
	}
	x.Draw.Named = false
	if s := paper.Listening(frame, x); !strings.Contains(s.Under[0], "系统随机产生") {
		t.Error(s.Under)
	}
	for _, m := range []dutylog.Mark{dutylog.MarkGood, dutylog.MarkPartly, dutylog.MarkPoor, dutylog.MarkNone} {
		if paper.MarkNames[m] == "" {
			t.Errorf("the mark %s has no word", m)
		}
	}
}
