package dutylog_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	reviewZone = time.FixedZone("UTC+8", 8*3600)
	// A Friday, 09:30 at the site.
	reviewCall = time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)
	byOfficer  = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	bySuper    = dutylog.Actor{Login: "super", Name: "刘督查", Role: dutylog.Supervisor}
	bySuper2   = dutylog.Actor{Login: "super2", Name: "陈督查", Role: dutylog.Supervisor}
	byLeader   = dutylog.Actor{Login: "leader", Name: "赵振华", Role: dutylog.Leader}
)

func threeDays() dutylog.ReviewRule {
	return dutylog.ReviewRule{OfficerDays: 3, Calendar: dutylog.Weekends{}, Zone: reviewZone}
}

func lateCase(facts ...dutylog.ReviewFact) dutylog.ReviewCase {
	c := telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: reviewCall.Add(-time.Minute), Outcome: telephony.AnsweredLate, EndedAt: reviewCall}
	return dutylog.ReviewCase{Call: dutylog.Call{Call: c}, Officer: "张伟", Facts: facts}
}

func borderline(c dutylog.ReviewCase) dutylog.ReviewCase {
	c.Call.Findings = []telephony.Finding{telephony.BorderlineVerdict}
	return c
}

// fact is something that was said of a late answer.
func fact(says dutylog.ReviewSays, result dutylog.ReviewResult, by dutylog.Actor) dutylog.ReviewFact {
	return dutylog.ReviewFact{Says: says, Result: result, By: by, Officer: "张伟", Outcome: telephony.AnsweredLate, Text: "x"}
}

// about is the same about somebody else.
func about(officer string, f dutylog.ReviewFact) dutylog.ReviewFact {
	f.Officer = officer
	return f
}

func TestWhichVerdictsAreReviewed(t *testing.T) {
	for _, o := range telephony.Outcomes() {
		c := telephony.Call{Direction: telephony.Inbound, Outcome: o, EndedAt: reviewCall}
		if strings.HasPrefix(string(o), "placed_") {
			c.Direction = telephony.Outbound
		}
		want := o == telephony.AnsweredLate || o == telephony.Missed || o == telephony.Rejected || o == telephony.Unreachable
		if got := dutylog.WantsReview(c); got != want {
			t.Errorf("%s: %v", o, got)
		}
		for _, tag := range []telephony.Tag{telephony.TagTest, telephony.TagSystem} {
			if c.Tags = []telephony.Tag{tag}; dutylog.WantsReview(c) {
				t.Errorf("%s with the tag %s", o, tag)
			}
		}
		if c.Tags = []telephony.Tag{telephony.TagSpotCheck}; dutylog.WantsReview(c) != want {
			t.Errorf("%s: a spot check counts like every other call", o)
		}
	}
	sure := telephony.Call{Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime, EndedAt: reviewCall, Findings: []telephony.Finding{telephony.BorderlineVerdict}}
	if !dutylog.WantsReview(sure) {
		t.Error("a borderline verdict is not reviewed")
	}
	if sure.EndedAt = (time.Time{}); dutylog.WantsReview(sure) {
		t.Error("a call that goes on is reviewed")
	}
}

// TestWhoMaySayWhat is the table: in each state, for everybody, everything that can be said.
func TestWhoMaySayWhat(t *testing.T) {
	people := []struct {
		name string
		by   dutylog.Actor
	}{
		{"officer concerned", byOfficer},
		{"another officer", dutylog.Actor{Login: "li", Name: "李强", Role: dutylog.Officer}},
		{"chief", dutylog.Actor{Login: "chief", Name: "王科", Role: dutylog.Chief}},
		{"leader", byLeader},
		{"leader concerned", dutylog.Actor{Login: "leader9", Name: "张伟", Role: dutylog.Leader}},
		{"first supervisor", bySuper},
		{"another supervisor", bySuper2},
		{"supervisor concerned", dutylog.Actor{Login: "super9", Name: "张伟", Role: dutylog.Supervisor}},
		{"auditor", dutylog.Actor{Login: "auditor", Name: "审计", Role: dutylog.Auditor}},
		{"auditor of the same name", dutylog.Actor{Login: "auditor9", Name: "张伟", Role: dutylog.Auditor}},
		{"admin", dutylog.Actor{Login: "admin", Name: "管理", Role: dutylog.Admin}},
		{"reader", dutylog.Actor{Login: "reader", Name: "读者", Role: dutylog.Reader}},
	}
	explained, decided := fact(dutylog.ReviewExplained, "", byOfficer), fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper)
	asked, again := fact(dutylog.ReviewSecondAsked, "", byOfficer), fact(dutylog.ReviewSecondDecided, dutylog.ReviewSetAside, bySuper2)
	nobody := lateCase()
	nobody.Officer = ""
	byTheLeader := nobody
	byTheLeader.Facts = []dutylog.ReviewFact{about("", fact(dutylog.ReviewExplained, "", byLeader)), about("", fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper)), about("", fact(dutylog.ReviewSecondAsked, "", byLeader))}
	inTime := lateCase()
	inTime.Call.Outcome = telephony.AnsweredInTime
	states := []struct {
		name  string
		c     dutylog.ReviewCase
		after time.Duration
	}{
		{"nothing was said", lateCase(), time.Hour},
		{"nobody knows the officer", nobody, time.Hour},
		{"the officer's time is over", lateCase(), 10 * 24 * time.Hour},
		{"explained", lateCase(explained), time.Hour},
		{"decided", lateCase(explained, decided), time.Hour},
		{"a second reviewer is asked for", lateCase(explained, decided, asked), time.Hour},
		{"decided again", lateCase(explained, decided, asked, again), time.Hour},
		{"nobody knew the officer, and the leader explained", byTheLeader, time.Hour},
		{"nothing to review", inTime, time.Hour},
	}
	says := []dutylog.ReviewSays{dutylog.ReviewExplained, dutylog.ReviewCommented, dutylog.ReviewDecided, dutylog.ReviewSecondAsked, dutylog.ReviewSecondDecided, "nonsense"}
	var b strings.Builder
	for _, s := range states {
		r := s.c.At(reviewCall.Add(s.after), threeDays())
		fmt.Fprintf(&b, "%s (%s)\n  %-26s", s.name, r.State, "")
		for _, x := range says {
			fmt.Fprintf(&b, " %-20s", x)
		}
		for _, p := range people {
			fmt.Fprintf(&b, "\n  %-26s", p.name)
			for _, x := range says {
				refusal := r.May(x, p.by)
				if refusal == "" {
					refusal = "yes"
				}
				fmt.Fprintf(&b, " %-20s", refusal)
			}
		}
		b.WriteString("\n\n")
	}
	goldenText(t, "review_rights.golden.txt", regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n"))
}

// TestEveryRefusalIsASentence says every refusal of the table to somebody.
func TestEveryRefusalIsASentence(t *testing.T) {
	r := lateCase().At(reviewCall, threeDays())
	_, err := r.Check(dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: bySuper})
	if err == nil || !strings.Contains(err.Error(), "the officer concerned has the first word") {
		t.Errorf("%v", err)
	}
	for _, c := range []struct {
		facts []dutylog.ReviewFact
		says  dutylog.ReviewSays
		by    dutylog.Actor
		words string
	}{
		{nil, dutylog.ReviewExplained, bySuper, "concerns somebody else"},
		{nil, dutylog.ReviewSecondAsked, byOfficer, "nobody has decided yet"},
		{nil, dutylog.ReviewSecondDecided, byLeader, "nobody asked for a second reviewer"},
		{[]dutylog.ReviewFact{fact(dutylog.ReviewExplained, "", byOfficer), fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper)}, dutylog.ReviewExplained, byOfficer, "ask for a second reviewer instead"},
		{[]dutylog.ReviewFact{fact(dutylog.ReviewExplained, "", byOfficer), fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper), fact(dutylog.ReviewSecondAsked, "", byOfficer)}, dutylog.ReviewSecondDecided, bySuper, "another person"},
		{[]dutylog.ReviewFact{fact(dutylog.ReviewExplained, "", byOfficer), fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper), fact(dutylog.ReviewSecondAsked, "", byOfficer)}, dutylog.ReviewSecondDecided,
			dutylog.Actor{Login: "leader7", Name: bySuper.Name, Role: dutylog.Leader}, "another person"}, // the same one, by another account
	} {
		_, err := lateCase(c.facts...).At(reviewCall, threeDays()).Check(dutylog.ReviewFact{Says: c.says, By: c.by, Text: "x"})
		var bad *dutylog.InvalidError
		if !errors.As(err, &bad) || bad.Field != "says" || !strings.Contains(bad.Reason, c.words) {
			t.Errorf("%s by %s: %v", c.says, c.by.Login, err)
		}
	}
}

func TestWhatAReviewComesTo(t *testing.T) {
	explained, stands := fact(dutylog.ReviewExplained, "", byOfficer), fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper)
	aside, asked := fact(dutylog.ReviewDecided, dutylog.ReviewSetAside, bySuper), fact(dutylog.ReviewSecondAsked, "", byOfficer)
	second := fact(dutylog.ReviewSecondDecided, dutylog.ReviewSetAside, bySuper2)
	otherwise := fact(dutylog.ReviewDecided, dutylog.ReviewSetAside, bySuper)
	otherwise.Outcome = telephony.Missed
	opened := fact(dutylog.ReviewReopened, "", bySuper2)
	opened.ID = 9
	for _, c := range []struct {
		name    string
		c       dutylog.ReviewCase
		state   dutylog.ReviewState
		result  dutylog.ReviewResult
		counted dutylog.ReviewResult
	}{
		{"nothing", lateCase(), dutylog.AwaitsOfficer, "", ""},
		{"explained", lateCase(explained), dutylog.AwaitsSupervisor, "", ""},
		{"stands", lateCase(explained, stands), dutylog.Reviewed, dutylog.ReviewStands, ""},
		{"set aside", lateCase(explained, aside), dutylog.Reviewed, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"the first decision holds while a second is awaited", lateCase(explained, stands, asked), dutylog.AwaitsSecond, dutylog.ReviewStands, ""},
		{"the second one counts", lateCase(explained, stands, asked, second), dutylog.ReviewedTwice, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"a decision about another outcome decides nothing", lateCase(explained, otherwise), dutylog.AwaitsSupervisor, "", ""},
		{"nor does a second one that nobody asked for", lateCase(explained, stands, second), dutylog.Reviewed, dutylog.ReviewStands, ""},
		{"nor the wish for one before the first", lateCase(asked, explained, stands), dutylog.Reviewed, dutylog.ReviewStands, ""},
		{"a word about another officer explains nothing", lateCase(about("李娜", explained)), dutylog.AwaitsOfficer, "", ""},
		{"a decision stands, whoever is named afterwards", lateCase(about("李娜", explained), about("李娜", aside)), dutylog.Reviewed, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"until a supervisor opens it again", lateCase(about("李娜", explained), about("李娜", aside), opened), dutylog.AwaitsOfficer, "", ""},
		{"or one about nobody known", lateCase(about("", explained), about("", aside)), dutylog.Reviewed, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"where their own word stays", lateCase(about("", explained), about("", aside), opened), dutylog.AwaitsSupervisor, "", ""},
		{"who is named otherwise is no other", lateCase(about("张 伟（代）", explained), about("张 伟", aside)), dutylog.Reviewed, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"what was decided last counts", lateCase(explained, stands, about("李娜", aside)), dutylog.Reviewed, dutylog.ReviewSetAside, dutylog.ReviewSetAside},
		{"what was decided before it was opened again does not come back", lateCase(stands, opened), dutylog.AwaitsOfficer, "", ""},
		{"a comment changes nothing", lateCase(explained, fact(dutylog.ReviewCommented, "", bySuper)), dutylog.AwaitsSupervisor, "", ""},
	} {
		r := c.c.At(reviewCall, threeDays())
		if r.State != c.state || r.Result() != c.result || r.Result().Counted() != c.counted || r.Call.Outcome != telephony.AnsweredLate {
			t.Errorf("%s: %s, %q, counted %q", c.name, r.State, r.Result(), r.Result().Counted())
		}
	}
}

// Who was named later has as many days as anybody, from then on.
func TestWhoIsNamedLaterHasTheirOwnDays(t *testing.T) {
	opened := fact(dutylog.ReviewReopened, "", bySuper2)
	opened.ID = 9
	c := lateCase(about("李娜", fact(dutylog.ReviewDecided, dutylog.ReviewStands, bySuper)), opened)
	c.Since = reviewCall.AddDate(0, 0, 10)
	rule := threeDays()
	now := rule.Due(c.Call.EndedAt)
	r := c.At(now, rule)
	if r.State != dutylog.AwaitsOfficer || !r.DueAt.Equal(rule.Due(c.Since)) || r.May(dutylog.ReviewExplained, byOfficer) != "" || r.May(dutylog.ReviewDecided, bySuper) != dutylog.OfficerFirst {
		t.Errorf("%s until %s, explains %q, decides %q", r.State, r.DueAt, r.May(dutylog.ReviewExplained, byOfficer), r.May(dutylog.ReviewDecided, bySuper))
	}
	if r := c.At(r.DueAt, rule); r.State != dutylog.AwaitsSupervisor {
		t.Errorf("their days are over: %s", r.State)
	}
}

// The officer has whole working days, by the calendar of the State Council, and the day of the call is none.
func TestUntilWhenTheOfficerHasTheWord(t *testing.T) {
	at := func(text string) time.Time {
		day, err := time.ParseInLocation("2006-01-02 15:04", text, reviewZone)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	calendar := dutylog.SeedCalendar()
	for _, c := range []struct {
		name, call, due string
		days            int
		calendar        dutylog.TaskCalendar
	}{
		{"over a weekend", "2026-11-20 09:30", "2026-11-26 00:00", 3, dutylog.Weekends{}},
		{"in the night", "2026-11-23 00:00", "2026-11-27 00:00", 3, dutylog.Weekends{}},
		{"on a Saturday", "2026-11-21 23:59", "2026-11-26 00:00", 3, dutylog.Weekends{}},
		{"one day", "2026-11-23 12:00", "2026-11-25 00:00", 1, dutylog.Weekends{}},
		{"over the new year", "2026-12-31 12:00", "2027-01-06 00:00", 3, dutylog.Weekends{}},
		{"over the National Day", "2026-09-30 12:00", "2026-10-11 00:00", 3, officeDays{calendar}},
	} {
		rule := dutylog.ReviewRule{OfficerDays: c.days, Calendar: c.calendar, Zone: reviewZone}
		if due := rule.Due(at(c.call)); !due.Equal(at(c.due)) {
			t.Errorf("%s: %v, want %s", c.name, due.In(reviewZone), c.due)
		}
	}
}

// officeDays is the calendar of the log's own tables.
type officeDays struct{ calendar dutylog.Calendar }

func (d officeDays) IsHoliday(day time.Time) bool {
	kind, _ := d.calendar.On(dutylog.DateOf(day, reviewZone))
	return kind == dutylog.Holiday
}

func (d officeDays) IsWorkday(day time.Time) bool {
	kind, _ := d.calendar.On(dutylog.DateOf(day, reviewZone))
	return kind == dutylog.Workday || kind == dutylog.MakeUpDay
}

func (officeDays) SensitivePeriod(time.Time) bool { return false }

// The list of what waits for a supervisor is asked for by one moment; it parts the calls exactly as
// each call's own deadline does.
func TestTheMomentOfTheListIsTheDeadlineOfEachCall(t *testing.T) {
	rule := dutylog.ReviewRule{OfficerDays: 3, Calendar: officeDays{dutylog.SeedCalendar()}, Zone: reviewZone}
	start := time.Date(2026, 9, 20, 0, 0, 0, 0, reviewZone)
	for now := start; now.Before(start.AddDate(0, 0, 40)); now = now.Add(7 * time.Hour) {
		over := rule.Over(now)
		for ended := now.AddDate(0, 0, -25); ended.Before(now); ended = ended.Add(3 * time.Hour) {
			if byCall, byList := !now.Before(rule.Due(ended)), ended.Before(over); byCall != byList {
				t.Fatalf("now %v, call %v: over %v by its own deadline, %v by the list (%v)", now, ended, byCall, byList, over)
			}
		}
	}
	never := dutylog.ReviewRule{OfficerDays: 3, Calendar: noWork{}, Zone: reviewZone}
	if over := never.Over(start); start.Sub(over) < 300*24*time.Hour {
		t.Errorf("a year without any working day: %v", over)
	}
}

// noWork is a calendar of holidays only.
type noWork struct{ dutylog.Weekends }

func (noWork) IsWorkday(time.Time) bool { return false }

func TestWhatIsSaidOfAVerdictIsChecked(t *testing.T) {
	explained := fact(dutylog.ReviewExplained, "", byOfficer)
	for _, c := range []struct {
		name  string
		c     dutylog.ReviewCase
		f     dutylog.ReviewFact
		field string // empty: it is taken
	}{
		{"a reason and words", lateCase(), dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "other_call", Text: " 正在接 119 \n", By: byOfficer}, ""},
		{"no reason", lateCase(), dutylog.ReviewFact{Says: dutylog.ReviewExplained, Text: "x", By: byOfficer}, "code"},
		{"a reason that is none", lateCase(), dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "lazy", Text: "x", By: byOfficer}, "code"},
		{"no words", lateCase(), dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: " \u200b ", By: byOfficer}, "text"},
		{"too many words", lateCase(), dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: strings.Repeat("字", 501), By: byOfficer}, "text"},
		{"stands, without words", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, Code: "phone", By: bySuper}, ""},
		{"set aside", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: "phone", Text: "报修单 12", By: bySuper}, ""},
		{"set aside without a cause", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Text: "x", By: bySuper}, "code"},
		{"set aside for what people did", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: "other_call", Text: "x", By: bySuper}, "code"},
		{"set aside without evidence", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: "phone", By: bySuper}, "text"},
		{"in time, though it is not borderline", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsInTime, Text: "x", By: bySuper}, "result"},
		{"borderline in time", borderline(lateCase(explained)), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsInTime, Text: "在误差内", By: bySuper}, ""},
		{"borderline late", borderline(lateCase(explained)), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsLate, Text: "录音可证", By: bySuper}, ""},
		{"borderline without words", borderline(lateCase(explained)), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsLate, By: bySuper}, "text"},
		{"borderline stands", borderline(lateCase(explained)), dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: bySuper}, "result"},
		{"an empty comment", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewCommented, By: bySuper}, "text"},
		{"a comment", lateCase(explained), dutylog.ReviewFact{Says: dutylog.ReviewCommented, Result: dutylog.ReviewSetAside, Code: "phone", Text: "x", By: bySuper}, ""},
	} {
		got, err := c.c.At(reviewCall, threeDays()).Check(c.f)
		var bad *dutylog.InvalidError
		if errors.As(err, &bad) != (c.field != "") || bad != nil && bad.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && (got.CallID != "1.0" || got.Officer != "张伟" || got.Outcome != telephony.AnsweredLate || got.Text != strings.TrimSpace(got.Text)) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if err == nil && got.Code != "" && got.Says != dutylog.ReviewExplained && got.Result != dutylog.ReviewSetAside {
			t.Errorf("%s keeps a cause that says nothing: %+v", c.name, got)
		}
	}
}

func TestWhatIsOffered(t *testing.T) {
	r := lateCase(fact(dutylog.ReviewExplained, "", byOfficer)).At(reviewCall, threeDays())
	if diff := cmp.Diff([]dutylog.ReviewSays{dutylog.ReviewCommented, dutylog.ReviewDecided}, r.MaySay(bySuper)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]dutylog.ReviewSays{}, r.MaySay(byLeader)); diff != "" {
		t.Error(diff)
	}
	if r.Overdue(reviewCall.AddDate(0, 0, 30)) || !lateCase().At(reviewCall, threeDays()).Overdue(reviewCall.AddDate(0, 0, 30)) || lateCase().At(reviewCall, threeDays()).Overdue(reviewCall) {
		t.Error("who said nothing in time is overdue, and nobody else")
	}
}
