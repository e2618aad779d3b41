package dutylog_test

import (
	"slices"
	"testing"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// oneMan are spellings of one name, and of nobody else's.
var oneMan = []string{"张伟", "张 伟", "张　伟", "张伟（代）", " 张伟(代班) ", "张伟 临聘"}

// However a name was written, its verdicts are the same person's: who explains may not decide.
func TestOneNameInEveryReview(t *testing.T) {
	for _, written := range oneMan {
		for _, account := range oneMan {
			c := lateCase()
			c.Officer = dutylog.Concerned(written, "李娜")
			theirs := dutylog.Actor{Login: "zw", Name: account, Role: dutylog.Officer}
			if may := c.At(reviewCall, threeDays()).MaySay(theirs); !slices.Equal(may, []dutylog.ReviewSays{dutylog.ReviewExplained}) {
				t.Errorf("%q about the case of %q: %v", account, written, may)
			}
			c.Officer = written // as an older log has it
			own := dutylog.Actor{Login: "zw2", Name: account, Role: dutylog.Supervisor}
			if refused := c.At(reviewCall.AddDate(0, 0, 30), threeDays()).May(dutylog.ReviewDecided, own); refused != dutylog.OwnCase {
				t.Errorf("the supervisor %q decides the case of %q: %q", account, written, refused)
			}
			l := dutylog.Listened{CallID: "1.0", Officer: written}
			if refused := l.May(dutylog.ListenReviewed, own); refused != dutylog.ListenOwn {
				t.Errorf("the supervisor %q reviews the calls of %q: %q", account, written, refused)
			}
		}
	}
}

func TestWhomACallConcerns(t *testing.T) {
	for _, c := range []struct{ answeredBy, responsible, want string }{
		{"张 伟", "李娜", "张伟"}, {"", "李 娜（代）", "李娜"}, {"（代）", "李娜", "李娜"}, {"  ", "李娜", "李娜"}, {"", "", ""}, {"张 伟（代）", "", "张伟"},
	} {
		if got := dutylog.Concerned(c.answeredBy, c.responsible); got != c.want {
			t.Errorf("answered by %q, responsible %q: %q, want %q", c.answeredBy, c.responsible, got, c.want)
		}
	}
}

// A sample is drawn of a person's calls, not of a spelling's.
func TestASampleIsDrawnOfAPerson(t *testing.T) {
	var calls []dutylog.Listenable
	for n, name := range append(slices.Clone(oneMan), "欧阳 修远", "欧阳修远") {
		calls = append(calls, dutylog.Listenable{CallID: string(rune('a' + n)), Officer: name})
	}
	got := dutylog.Sample("x", "2026-11", 3, calls)
	if len(got) != 2 || got[0].Officer != "张伟" || got[0].Population != len(oneMan) || len(got[0].Calls) != 3 || got[1].Population != 2 {
		t.Errorf("%+v", got)
	}
	slices.Reverse(calls)
	if again := dutylog.Sample("x", "2026-11", 3, calls); again[0].Officer != got[0].Officer || again[1].Officer != got[1].Officer {
		t.Errorf("in another order: %+v", again)
	}
}

// The figures know officers as reviews do, also where one of several spellings keeps a blank.
func TestOneOfficerInTheFigures(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	day := dutylog.DateOf(nineOClock, loc)
	a := dutylog.NewAnswering(dutylog.AnsweringSpan{From: day.Start(loc), To: day.Add(1).Start(loc), Zone: loc}, dutylog.ByOfficer, "")
	cells := dutylog.Cells{}
	for _, name := range append(slices.Clone(oneMan), "欧阳修远", "欧阳 修远") {
		c := telephony.Call{Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime, OfferedAt: nineOClock, EndedAt: nineOClock}
		cells.Add(dutylog.CallFact{Call: c, Officer: name}, loc)
	}
	if err := a.AddDay(cells.Encode()); err != nil {
		t.Fatal(err)
	}
	groups, _ := a.Groups()
	got := map[string]int{}
	for _, g := range groups {
		got[g.Key] = g.Tally.Calls()
	}
	if len(got) != 2 || got["张伟"] != len(oneMan) || got["欧阳 修远"] != 2 {
		t.Errorf("%v", got)
	}
}

// Whoever signed or proposed does not come a second time under another spelling.
func TestTwoPersonsAreNotOneNameWrittenTwice(t *testing.T) {
	c := dutylog.AssessmentCase{Over: true, Allowed: true}
	_, digest := c.Sheet.Freeze()
	c.Said = []dutylog.AssessmentFact{{Says: dutylog.AssessSigned, Digest: digest, By: dutylog.Actor{Login: "a", Name: "张 伟", Role: dutylog.Supervisor}}}
	if refused := c.May(dutylog.AssessSigned, dutylog.Actor{Login: "b", Name: "张伟", Role: dutylog.Leader}); refused != dutylog.AssessSamePerson {
		t.Errorf("the same person signs twice: %q", refused)
	}
}
