package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func said(says dutylog.ViolationSays, login string, role dutylog.Role, result dutylog.ViolationResult) dutylog.ViolationFact {
	return dutylog.ViolationFact{Says: says, Result: result, Text: "x", By: dutylog.Actor{Login: login, Name: "王" + login, Role: role}}
}

// Who may say what of a suspicion, in every state.
func TestWhoDecidesOfASuspicion(t *testing.T) {
	stated := said(dutylog.ViolationStated, "leader", dutylog.Leader, "")
	upheld, not := said(dutylog.ViolationProposed, "other", dutylog.Supervisor, dutylog.Upheld), said(dutylog.ViolationProposed, "supervisor", dutylog.Supervisor, dutylog.NotUpheld)
	confirmed := said(dutylog.ViolationConfirmed, "third", dutylog.Leader, "")
	var text strings.Builder
	for _, c := range []struct {
		name  string
		facts []dutylog.ViolationFact
	}{
		{"nothing said", nil}, {"the leader stated", []dutylog.ViolationFact{stated}}, {"another supervisor decided first", []dutylog.ViolationFact{stated, upheld}}, {"the supervisor decided first", []dutylog.ViolationFact{not}},
		{"upheld", []dutylog.ViolationFact{upheld, confirmed}}, {"not upheld", []dutylog.ViolationFact{not, confirmed}}, {"returned", []dutylog.ViolationFact{upheld, said(dutylog.ViolationReturned, "third", dutylog.Leader, "")}},
		{"dismissed", []dutylog.ViolationFact{said(dutylog.ViolationDismissed, "supervisor", dutylog.Supervisor, "")}},
		{"dismissed and taken up again", []dutylog.ViolationFact{said(dutylog.ViolationDismissed, "supervisor", dutylog.Supervisor, ""), said(dutylog.ViolationReopened, "supervisor", dutylog.Supervisor, "")}},
	} {
		v := dutylog.Violation{ID: 1, Facts: c.facts}
		fmt.Fprintf(&text, "%s (%s)\n", c.name, v.State())
		for _, by := range everyone() {
			var may []string
			for _, s := range v.MaySay(by) {
				may = append(may, string(s))
			}
			fmt.Fprintf(&text, "  %-10s %s\n", by.Role, strings.Join(may, " "))
		}
	}
	goldenText(t, "violationdeeds.golden.txt", text.String())
}

func TestTheDutyRoomHasTheFirstWord(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	rule := dutylog.ReviewRule{OfficerDays: 3, Calendar: dutylog.Weekends{}, Zone: loc}
	made := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) // a Monday: until the end of Thursday
	v := dutylog.Violation{ID: 1, MadeAt: made}
	uphold, drop := said(dutylog.ViolationProposed, "supervisor", dutylog.Supervisor, dutylog.Upheld), said(dutylog.ViolationProposed, "supervisor", dutylog.Supervisor, dutylog.NotUpheld)
	var wrong *dutylog.InvalidError
	if _, err := v.Check(uphold, rule, made.AddDate(0, 0, 3)); !errors.As(err, &wrong) || wrong.Field != "says" {
		t.Errorf("%v", err)
	}
	if _, err := v.Check(drop, rule, made); err != nil {
		t.Errorf("what charges nobody need not wait: %v", err)
	}
	if _, err := v.Check(uphold, rule, made.AddDate(0, 0, 4)); err != nil {
		t.Errorf("its time is over: %v", err)
	}
	v.Facts = []dutylog.ViolationFact{said(dutylog.ViolationStated, "officer", dutylog.Officer, "")}
	if _, err := v.Check(uphold, rule, made); err != nil {
		t.Errorf("%v", err)
	}
	uphold.Text = " "
	if _, err := v.Check(uphold, rule, made); !errors.As(err, &wrong) || wrong.Field != "text" {
		t.Errorf("%v", err)
	}
	if _, err := v.Check(said(dutylog.ViolationProposed, "supervisor", dutylog.Supervisor, ""), rule, made); !errors.As(err, &wrong) || wrong.Field != "result" {
		t.Errorf("%v", err)
	}
}

// The words of the register are those of the regulation.
func TestTheItemsOfArticle32(t *testing.T) {
	for n, i := range dutylog.ViolationItems() {
		if i.Number != n+1 || !strings.HasSuffix(i.Words, "的") {
			t.Errorf("%+v", i)
		}
	}
}

// suspicions are causes with what they rest on.
func suspicions(list []dutylog.Violation) string {
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%s %s item %d line %q %s", v.Cause, v.Why, v.Item, v.Line, v.At.UTC().Format("01-02T15:04"))
		for _, e := range v.Evidence {
			fmt.Fprintf(&b, " | %s %s %s", e.Kind, e.ID, e.What)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestWhatIsSuspected(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, loc) }
	now := day(20, 12, 0)
	missed := func(id string, at time.Time) dutylog.MissedFact {
		return dutylog.MissedFact{Call: telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Missed, OfferedAt: at, EndedAt: at.Add(time.Minute)}}
	}
	settled, lately, rejected := missed("back", day(3, 3, 0)), missed("late_back", day(4, 3, 0)), missed("rejected", day(5, 3, 0))
	settled.Settled, lately.Settled, rejected.Call.Outcome = day(3, 3, 20), day(4, 5, 0), telephony.Rejected
	b := dutylog.SuspicionBooks{Zone: loc, Since: day(1, 0, 0),
		Missed:    []dutylog.MissedFact{missed("alone", day(2, 3, 0)), settled, lately, rejected, missed("somebody", day(6, 3, 0)), missed("talking", day(7, 3, 0)), missed("blind", day(8, 3, 0)), missed("now", now.Add(-10*time.Minute)), missed("before", day(1, 3, 0).AddDate(0, -1, 0))},
		Deeds:     []dutylog.Doing{{From: day(6, 3, 25), To: day(6, 3, 25)}, {From: day(7, 1, 0), To: day(7, 4, 0)}},
		Away:      []dutylog.EvidenceLink{{Kind: dutylog.EvidenceAlert, ID: "9", At: day(2, 2, 0), What: "page_away"}, {Kind: dutylog.EvidenceAlert, ID: "10", At: day(2, 4, 0)}},
		AwayUntil: []time.Time{day(2, 3, 30), {}},
		Unseen:    []telephony.Interval{{Kind: telephony.BlindInterval, From: day(8, 3, 10), To: day(8, 3, 12)}},
		Elsewhere: []telephony.Call{{ID: "f1", Line: "duty", Outcome: telephony.Forwarded, OfferedAt: day(9, 23, 59)}, {ID: "f2", Line: "duty", Outcome: telephony.AnsweredByMachine, OfferedAt: day(10, 0, 0)},
			{ID: "f3", Line: "duty", Outcome: telephony.Forwarded, OfferedAt: day(10, 9, 0)}, {ID: "f4", Line: "duty", Outcome: telephony.Forwarded, OfferedAt: day(20, 9, 0)}},
		Incidents: []dutylog.Incident{{ID: 5, State: dutylog.IncidentOpen, Reports: []dutylog.Report{
			{Number: 1, Stage: dutylog.StageFirst, DueAt: day(11, 8, 10), SentAt: day(11, 8, 11)}, {Number: 2, Stage: dutylog.StageWritten, DueAt: day(11, 8, 50), SentAt: day(11, 8, 50)},
			{Number: 3, Stage: dutylog.StageDetailed, DueAt: day(11, 9, 40)}, {Number: 4, Stage: dutylog.StageFollowUp, DueAt: day(20, 8, 0)}, {Number: 5, Stage: dutylog.StageFinal}},
			Instructions: []dutylog.Instruction{{Number: 12, Due: day(12, 0, 0)}, {Number: 13, Due: day(12, 0, 0), ClosedAt: day(11, 0, 0)}, {Number: 14}}},
			{ID: 6, State: dutylog.IncidentClosed, Reports: []dutylog.Report{{Number: 1, Stage: dutylog.StageFirst, DueAt: day(20, 11, 0)}}}},
		Shifts: []dutylog.Shift{{From: day(1, 0, 0), To: day(15, 8, 0), Post: dutylog.PostOfficer, Name: "张伟"}, {From: day(15, 9, 0), To: day(17, 20, 0), Post: dutylog.PostOfficer, Name: "李娜"},
			{From: day(18, 4, 0), To: day(30, 0, 0), Post: dutylog.PostOfficer, Name: "张伟"}, {From: day(1, 0, 0), To: day(30, 0, 0), Post: dutylog.PostLeader, Name: "赵振华"}},
	}
	list := dutylog.Suspicions(b, day(1, 0, 0), now)
	goldenText(t, "suspicions.golden.txt", suspicions(list))
	seen := map[string]bool{}
	for _, v := range list {
		if seen[v.Cause] || v.Cause == "" || v.By.Login != "system" || len(v.Evidence) == 0 || v.State() != dutylog.ViolationOpen {
			t.Errorf("%+v", v)
		}
		seen[v.Cause] = true
	}
	b.Since = time.Time{}
	for _, v := range dutylog.Suspicions(b, day(1, 0, 0), now) {
		if v.Why == dutylog.RosterUnfilled {
			t.Errorf("without a roster nobody is missing on it: %+v", v)
		}
	}
}

// What we did not see is not held against the room: while the daemon or the switch was down nobody could use a page, and
// nobody was warned. That the journal alone was down took nothing from the officer.
func TestOurOwnOutageIsNotHeldAgainstTheRoom(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 10, hour, minute, 0, 0, loc) }
	missed := dutylog.MissedFact{Call: telephony.Call{ID: "alone", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Missed, OfferedAt: at(3, 0), EndedAt: at(3, 1)}}
	for _, c := range []struct {
		name string
		kind telephony.IntervalKind
		from time.Time
		to   time.Time
		want int
	}{
		{"the daemon was down", telephony.LiveDown, at(2, 40), at(2, 50), 0},
		{"the daemon is down until now", telephony.LiveDown, at(3, 20), time.Time{}, 0},
		{"the switch was down", telephony.SwitchDown, at(3, 5), at(3, 6), 0},
		{"nobody saw", telephony.BlindInterval, at(2, 0), at(2, 31), 0},
		{"the daemon was down long before", telephony.LiveDown, at(1, 0), at(2, 29), 1},
		{"the daemon was down afterwards", telephony.LiveDown, at(3, 32), at(4, 0), 1},
	} {
		b := dutylog.SuspicionBooks{Zone: loc, Missed: []dutylog.MissedFact{missed}, Unseen: []telephony.Interval{{Kind: c.kind, From: c.from, To: c.to}}}
		if got := dutylog.Suspicions(b, at(0, 0), at(12, 0)); len(got) != c.want {
			t.Errorf("%s: %d are suspected, want %d", c.name, len(got), c.want)
		}
	}
	for kind, want := range map[telephony.IntervalKind]bool{telephony.LiveDown: true, telephony.SwitchDown: true, telephony.BlindInterval: true, telephony.JournalDown: false} {
		if got := (telephony.Interval{Kind: kind}).Unwatched(); got != want {
			t.Errorf("%s: unwatched %v", kind, got)
		}
	}
}
