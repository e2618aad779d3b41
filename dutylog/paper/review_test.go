package paper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// aDispute is a late answer that was explained, decided and decided again, with everything that is known.
func aDispute() paper.Dispute {
	rule := telephony.DefaultRule()
	rang := local("2026-11-27 22:31:04")
	c := dutylog.Call{Call: telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02423860012", "024"), OfferedAt: rang.Add(-120 * time.Millisecond),
		RangAt: rang, RangUntil: rang.Add(15030 * time.Millisecond), AnsweredAt: rang.Add(15030 * time.Millisecond), EndedAt: rang.Add(95 * time.Second), Rings: 4, Rule: rule.Version(),
		Outcome: telephony.AnsweredLate, Findings: []telephony.Finding{telephony.BorderlineVerdict}}}
	zhang, liu, chen := dutylog.Actor{Login: "zhang", Name: "张伟"}, dutylog.Actor{Login: "liu", Name: "刘督查"}, dutylog.Actor{Login: "chen", Name: "陈督查"}
	review := dutylog.ReviewCase{Call: c, Officer: "张伟", Facts: []dutylog.ReviewFact{
		{ID: 1, Officer: "张伟", Says: dutylog.ReviewExplained, Code: "other_call", Text: "正在接听 119 转来的电话", By: zhang, At: local("2026-11-28 07:00:00"), Outcome: c.Outcome},
		{ID: 2, Officer: "张伟", Says: dutylog.ReviewCommented, Text: "请附通话记录", By: liu, At: local("2026-11-28 07:20:00"), Outcome: c.Outcome},
		{ID: 3, Officer: "张伟", Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsLate, Text: "录音可证", By: liu, At: local("2026-11-28 07:30:00"), Outcome: c.Outcome},
		{ID: 4, Officer: "张伟", Says: dutylog.ReviewSecondAsked, Text: "时钟当天校准过", By: zhang, At: local("2026-11-28 07:40:00"), Outcome: c.Outcome},
		{ID: 5, Officer: "张伟", Says: dutylog.ReviewSecondDecided, Result: dutylog.ReviewSetAside, Code: "clock", Text: "运维记录 11-27", By: chen, At: local("2026-11-28 08:00:00"), Outcome: c.Outcome}}}.Folded()
	older := rule
	older.Offset = 1500 * time.Millisecond
	off := 42 * time.Millisecond
	return paper.Dispute{Review: review, Now: rule.Version(), Offset: &off,
		Changes: []dutylog.RuleChange{{Rule: "1000/4000/0/3", At: local("2025-01-01 00:00:00"), Until: local("2026-03-01 08:00:00")}, {Rule: older.Version(), At: local("2026-03-01 08:00:00"), Until: local("2026-06-01 08:00:00")},
			{Rule: rule.Version(), At: local("2026-06-01 08:00:00"), Saved: local("2026-06-01 07:58:11"), Settings: dutylog.LineSettings{Number: "02422739110", Endpoints: []string{"PJSIP/duty", "PJSIP/duty-2"}, Trunks: []string{"PJSIP/trunk"}, Supervision: telephony.SupervisionSIP}}},
		Journal: []telephony.Row{{Kind: telephony.RowChanStart, At: rang, Channel: "PJSIP/duty-00000012"}, {Kind: telephony.RowAnswer, At: rang.Add(15030 * time.Millisecond), Channel: "PJSIP/duty-00000012"},
			{Kind: telephony.RowUser, User: "DL_END", At: rang.Add(95 * time.Second), Channel: "PJSIP/trunk-00000011"}},
		Blind: []telephony.Interval{{Kind: telephony.BlindInterval, From: rang.Add(20 * time.Second), To: rang.Add(30 * time.Second), Cause: "the daemon was not running"}},
		Test:  &testcall.Result{ID: 7, At: local("2026-11-27 20:05:00"), Verdict: testcall.Reachable},
		Witness: &telephony.Witness{ClockAt: rang, Ahead: 42 * time.Millisecond, Machine: telephony.ClockSynchronised, Error: 20 * time.Millisecond, Heard: true,
			SIP: []telephony.SIPMoment{{At: rang.Add(-121 * time.Millisecond), Leg: "PJSIP/trunk", In: true, What: "INVITE"}, {At: rang.Add(-2 * time.Millisecond), Leg: "PJSIP/duty", What: "180"}}},
		Moments: []dutylog.Moment{{Name: dutylog.MomentOffered, Judged: c.OfferedAt, SIP: rang.Add(-121 * time.Millisecond), Journal: rang.Add(-119 * time.Millisecond)},
			{Name: dutylog.MomentRang, Judged: rang, SIP: rang.Add(-2 * time.Millisecond)}, {Name: dutylog.MomentAnswered, Judged: c.AnsweredAt, Journal: c.AnsweredAt}}}
}

func TestAReviewOnPaper(t *testing.T) {
	golden(t, "review.golden.json", paper.Review(frame, aDispute()))
}

// What is not known is said, not left out.
func TestAReviewOfWhichLittleIsKnown(t *testing.T) {
	c := dutylog.Call{Call: telephony.Call{ID: "1.0", Line: "fire", Direction: telephony.Inbound, OfferedAt: local("2026-11-27 22:31:04"), EndedAt: local("2026-11-27 22:31:24"), Outcome: telephony.Unreachable, Rule: "older"}}
	s := paper.Review(frame, paper.Dispute{Review: dutylog.ReviewCase{Call: c}.Folded(), Why: "unreadable"})
	if s.Picture != nil {
		t.Error("a bell that never rang is drawn")
	}
	text := fmt.Sprint(s.Tables)
	for _, words := range []string{"不明", "线路已不在配置中", "没有记录", "附近没有拨测", "交换机流水无法读取", "还没有人说明", "尚无结论", "没有留存本次通话的 SIP 时刻", "通话时没有测得", "没有盲区"} {
		if !strings.Contains(text, words) {
			t.Errorf("%s is not said:\n%s", words, text)
		}
	}
	if pages := paper.Pages(s); len(pages) != 1 || !pages[0].Signed {
		t.Errorf("%d pages", len(pages))
	}
}

// The picture takes room on the first page, and nothing of a long review is left out for it.
func TestALongReviewGoesOnOnTheNextPage(t *testing.T) {
	d := aDispute()
	for range 40 {
		d.Journal = append(d.Journal, d.Journal[0])
	}
	pages := paper.Pages(paper.Review(frame, d))
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	rows := 0
	for _, p := range pages {
		for _, part := range p.Parts {
			for _, r := range part.Rows {
				rows += strings.Count(r.Cells[len(r.Cells)-1], "通道建立")
			}
		}
	}
	if rows != 41 {
		t.Errorf("%d of 41 rows of the journal are on paper", rows)
	}
}

func TestWhereThePictureStands(t *testing.T) {
	p := paper.Review(frame, aDispute()).Picture
	if len(p.Bursts) != 4 || p.Bursts[2].Allowed != true || p.Bursts[3].Allowed || p.Bursts[3].To != 15030*time.Millisecond {
		t.Errorf("%+v", p.Bursts)
	}
	if p.X(p.From) != "10" || p.X(p.To) != "710" || p.X(-time.Hour) != "0" || p.X(time.Hour) != "720" {
		t.Errorf("%s %s", p.X(p.From), p.X(p.To))
	}
	if p.Wide(paper.PictureBurst{}) != "2" || p.Wide(p.Bursts[0]) != "36.8" {
		t.Errorf("%s", p.Wide(p.Bursts[0]))
	}
	if p.Turned(p.Marks[0]) != "end" || p.Turned(p.Marks[1]) != "start" || p.Row(0) == p.Row(1) {
		t.Error("words would stand upon one another")
	}
	d := aDispute()
	d.Review.Call.RangUntil = d.Review.Call.RangAt.Add(14950 * time.Millisecond)
	if early := paper.Review(frame, d).Picture; early.Turned(early.Marks[0]) != "start" || early.Turned(early.Marks[1]) != "end" {
		t.Error("words of an answer in time would stand upon the limit")
	}
	d.Review.Call.RangUntil = d.Review.Call.RangAt.Add(5 * time.Minute)
	if long := paper.Review(frame, d).Picture; long.Turned(long.Marks[0]) != "start" {
		t.Error("the words of the limit would stand outside")
	}
	if ticks := p.Ticks(); len(ticks) != 4 || ticks[3] != 15*time.Second || p.Second(ticks[1]) != "5秒" {
		t.Errorf("%v", ticks)
	}
	long := paper.Picture{From: -2 * time.Second, To: 10 * time.Minute}
	if ticks := long.Ticks(); len(ticks) > 14 || ticks[0] != 0 {
		t.Errorf("%v", ticks)
	}
	if !strings.Contains(p.Words, "响铃 4 声") || !strings.Contains(p.Words, "接听 15.03 秒") {
		t.Errorf("%s", p.Words)
	}
}

func TestABellThatNobodyAnsweredIsDrawnToo(t *testing.T) {
	d := aDispute()
	d.Review.Call.AnsweredAt, d.Review.Call.Outcome = time.Time{}, telephony.Missed
	if p := paper.Review(frame, d).Picture; !strings.Contains(p.Words, "铃声停止 15.03 秒") {
		t.Errorf("%s", p.Words)
	}
}

func TestEveryWordOfAReviewIsThere(t *testing.T) {
	for _, r := range dutylog.ReviewReasons() {
		if paper.ReviewReasonNames[r] == "" {
			t.Errorf("the reason %s has no word", r)
		}
	}
	for _, c := range dutylog.TechnicalCauses() {
		if paper.TechnicalCauseNames[c] == "" {
			t.Errorf("the cause %s has no word", c)
		}
	}
	for _, r := range []dutylog.ReviewResult{dutylog.ReviewStands, dutylog.ReviewSetAside, dutylog.ReviewCountsLate, dutylog.ReviewCountsInTime} {
		if paper.ReviewResultNames[r] == "" {
			t.Errorf("the result %s has no word", r)
		}
	}
	for _, s := range []dutylog.ReviewState{dutylog.AwaitsOfficer, dutylog.AwaitsSupervisor, dutylog.Reviewed, dutylog.AwaitsSecond, dutylog.ReviewedTwice} {
		if paper.ReviewStateNames[s] == "" {
			t.Errorf("the state %s has no word", s)
		}
	}
}
