package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var (
	superA = dutylog.Actor{Login: "liu", Name: "刘督查", Role: dutylog.Supervisor}
	superB = dutylog.Actor{Login: "chen", Name: "陈督查", Role: dutylog.Supervisor}
)

// reviewing is how the house of these tests reviews, and when it is there.
var reviewing = dutylog.ReviewRule{OfficerDays: 3, Calendar: dutylog.Weekends{}, Zone: shanghai}

// ended records a call that ended so, n minutes after noon.
func ended(t *testing.T, db *sqlite.DB, n int, o telephony.Outcome, change ...func(*telephony.Call)) telephony.Call {
	t.Helper()
	c := inbound(n, "02422730001")
	for _, f := range change {
		f(&c)
	}
	ok(t, db.Record(ctx, story(c, o)))
	return c
}

func borderline(c *telephony.Call) { c.Findings = []telephony.Finding{telephony.BorderlineVerdict} }

// answeredBy says in its entry who answered a call.
func answeredBy(t *testing.T, db *sqlite.DB, callID, name string) {
	t.Helper()
	e := must(db.Entry(ctx, "e-"+callID))(t)
	must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.AnsweredBy: name}}, officer, noon))(t)
}

// say has somebody say something, as the page does: checked against what stands, and against what they knew.
func say(t *testing.T, db *sqlite.DB, callID string, f dutylog.ReviewFact) (dutylog.ReviewFact, error) {
	t.Helper()
	c := must(db.ReviewCase(ctx, callID))(t)
	f, err := c.At(noon.AddDate(0, 0, 1), reviewing).Check(f)
	if err != nil {
		return f, err
	}
	var before int64
	if n := len(c.Facts); n > 0 {
		before = c.Facts[n-1].ID
	}
	return db.SayOfVerdict(ctx, f, before)
}

// listOf names the cases of a list as "id state".
func listOf(t *testing.T, db *sqlite.DB, q dutylog.ReviewQuery) []string {
	t.Helper()
	q.From = noon.Add(-time.Hour)
	items, total, _, err := db.ReviewCases(ctx, q)
	ok(t, err)
	names := []string{}
	for _, c := range items {
		names = append(names, fmt.Sprintf("%s %s", c.Call.ID, c.Folded().State))
	}
	if total != len(items) {
		t.Errorf("%d in all, %d listed", total, len(items))
	}
	return names
}

func wantList(t *testing.T, db *sqlite.DB, q dutylog.ReviewQuery, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), listOf(t, db, q)); diff != "" {
		t.Errorf("%+v (-want +got):\n%s", q, diff)
	}
}

func TestAVerdictIsExplainedDecidedAndDecidedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := withPractice(t, openAt(t, path, sqlite.Options{Now: newClock(noon).now}))
	c := ended(t, db, 0, telephony.AnsweredLate)
	answeredBy(t, db, c.ID, officer.Name)
	begin := last(t, db)
	if _, err := say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: superA}); err == nil {
		t.Error("a supervisor decides before the officer said a word")
	}
	for _, f := range []dutylog.ReviewFact{
		{Says: dutylog.ReviewExplained, Code: "other_call", Text: "正在接听 119 转来的电话", By: officer},
		{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: superA},
		{Says: dutylog.ReviewSecondAsked, Text: "话机当时已报修", By: officer},
		{Says: dutylog.ReviewSecondDecided, Result: dutylog.ReviewSetAside, Code: "phone", Text: "维修单 2026-118", By: superB},
	} {
		if _, err := say(t, db, c.ID, f); err != nil {
			t.Fatalf("%s: %v", f.Says, err)
		}
	}
	r := must(db.ReviewCase(ctx, c.ID))(t).Folded()
	if r.State != dutylog.ReviewedTwice || r.Result() != dutylog.ReviewSetAside || r.Officer != officer.Name || len(r.Facts) != 4 || r.Call.Outcome != telephony.AnsweredLate {
		t.Errorf("%s %s %+v", r.State, r.Result(), r.Facts)
	}
	if f := r.Facts[0]; f.Code != "other_call" || f.By != officer || !f.At.Equal(noon.Truncate(time.Microsecond)) || f.Outcome != telephony.AnsweredLate || f.Officer != officer.Name {
		t.Errorf("%+v", f)
	}
	if told := strings.Join(topics(since(t, db, begin)), ","); strings.Count(told, "call "+c.ID) != 4 {
		t.Errorf("pages are told of %s", told)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Intact || v.Of("review").Intact != 4 || v.Of("reviewed").Intact != 1 {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE call_reviews SET result = ''")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), "reviewed "+c.ID) {
		t.Errorf("somebody changed what a review comes to: %s\n%s", v.Verdict(), findings(v))
	}
}

func TestWhatWasSaidOfAVerdictStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	c := ended(t, db, 0, telephony.Missed)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	for _, statement := range []string{"UPDATE review_facts SET text = 'x'", "DELETE FROM review_facts", "DELETE FROM call_reviews"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	ok(t, db.Close())
	outside(t, path, "UPDATE review_facts SET code = 'phone_fault'")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), "review 1") {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
}

func TestWhatIsSaidAgainstAnOlderStateIsRefused(t *testing.T) {
	db := withPractice(t, open(t))
	c := ended(t, db, 0, telephony.Missed)
	answeredBy(t, db, c.ID, officer.Name)
	f := must(must(db.ReviewCase(ctx, c.ID))(t).At(noon, reviewing).Check(dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "x", By: officer}))(t)
	for name, change := range map[string]func(*dutylog.ReviewFact) int64{
		"a fact that is not there":         func(*dutylog.ReviewFact) int64 { return 7 },
		"another outcome":                  func(f *dutylog.ReviewFact) int64 { f.Outcome = telephony.AnsweredLate; return 0 },
		"somebody else was concerned then": func(f *dutylog.ReviewFact) int64 { f.Officer = "李强"; return 0 },
	} {
		g := f
		before := change(&g)
		if _, err := db.SayOfVerdict(ctx, g, before); !errors.Is(err, dutylog.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(db.SayOfVerdict(ctx, f, 0))(t)
	if _, err := db.SayOfVerdict(ctx, f, 0); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("said twice by one key: %v", err)
	}
	if n := len(must(db.ReviewCase(ctx, c.ID))(t).Facts); n != 1 {
		t.Errorf("%d facts", n)
	}
	f.CallID = "nothing.0"
	if _, err := db.SayOfVerdict(ctx, f, 0); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("of no call: %v", err)
	}
}

func TestTheListsOfWhatWaits(t *testing.T) {
	db := withPractice(t, open(t))
	mine, theirs := ended(t, db, 0, telephony.AnsweredLate), ended(t, db, 1, telephony.Missed)
	ended(t, db, 2, telephony.AnsweredInTime)
	ended(t, db, 3, telephony.AbandonedEarly)
	near := ended(t, db, 4, telephony.AnsweredInTime, borderline)
	ended(t, db, 5, telephony.Missed, func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagTest} })
	rings(t, db, inbound(6, "13800001111"))
	for _, id := range []string{mine.ID, near.ID} {
		answeredBy(t, db, id, officer.Name)
	}
	answeredBy(t, db, theirs.ID, "李强")
	waits := string(dutylog.AwaitsOfficer)
	wantList(t, db, dutylog.ReviewQuery{}, near.ID+" "+waits, theirs.ID+" "+waits, mine.ID+" "+waits)
	wantList(t, db, dutylog.ReviewQuery{Officer: officer.Name, Waits: dutylog.WaitsForOfficer}, near.ID+" "+waits, mine.ID+" "+waits)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor})
	must(say(t, db, mine.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "handover", Text: "正在交接", By: officer}))(t)
	wantList(t, db, dutylog.ReviewQuery{Officer: officer.Name, Waits: dutylog.WaitsForOfficer}, near.ID+" "+waits)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor}, mine.ID+" awaits_supervisor")
	over := theirs.OfferedAt.Add(90 * time.Second) // the time of the officer of the first two is over, not of the third
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor, Over: over}, theirs.ID+" "+waits, mine.ID+" awaits_supervisor")
	must(say(t, db, mine.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: superA}))(t)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor})
	must(say(t, db, mine.ID, dutylog.ReviewFact{Says: dutylog.ReviewSecondAsked, Text: "请再看", By: superA}))(t)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor}, mine.ID+" awaits_second")
	wantList(t, db, dutylog.ReviewQuery{Officer: "李强"}, theirs.ID+" "+waits)
}

// A blank or a mark in an entry makes nobody another person: the case is on their list, and on nobody else's.
func TestACaseIsOnTheListHoweverTheNameIsWritten(t *testing.T) {
	db := withPractice(t, open(t))
	var want []string
	for n, written := range []string{"张 伟", "张伟（代）", "张　伟 临聘", "张伟"} {
		c := ended(t, db, n, telephony.AnsweredLate)
		answeredBy(t, db, c.ID, written)
		want = append([]string{c.ID + " awaits_officer"}, want...)
		if r := must(db.ReviewCase(ctx, c.ID))(t); r.Officer != "张伟" {
			t.Errorf("%q: concerns %q", written, r.Officer)
		}
	}
	for _, name := range []string{"张伟", "张 伟"} {
		wantList(t, db, dutylog.ReviewQuery{Officer: name, Waits: dutylog.WaitsForOfficer}, want...)
	}
	wantList(t, db, dutylog.ReviewQuery{Officer: "张伟强", Waits: dutylog.WaitsForOfficer})
}

// Whom nobody knows may be anybody: the case is on every officer's list, so that it is on one.
func TestACaseOfNobodyIsOnEveryOfficersList(t *testing.T) {
	db := open(t) // no roster, no handover
	c := ended(t, db, 0, telephony.Missed)
	wantList(t, db, dutylog.ReviewQuery{Officer: officer.Name, Waits: dutylog.WaitsForOfficer}, c.ID+" awaits_officer")
	if r := must(db.ReviewCase(ctx, c.ID))(t); r.Officer != "" {
		t.Errorf("%q", r.Officer)
	}
}

func TestAListOfReviewsIsPaged(t *testing.T) {
	db := open(t)
	var want []string
	for n := range 7 {
		want = append([]string{ended(t, db, n, telephony.Missed).ID}, want...)
	}
	var got []string
	for q := (dutylog.ReviewQuery{From: noon.Add(-time.Hour), Limit: 3}); ; {
		items, total, next, err := db.ReviewCases(ctx, q)
		ok(t, err)
		if total != 7 {
			t.Errorf("%d in all", total)
		}
		for _, c := range items {
			got = append(got, c.Call.ID)
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, _, _, err := db.ReviewCases(ctx, dutylog.ReviewQuery{From: noon, Cursor: "rubbish"}); err == nil {
		t.Error("a cursor of another list is taken")
	}
	if items, _, _, err := db.ReviewCases(ctx, dutylog.ReviewQuery{From: noon.Add(3 * time.Minute), To: noon.Add(5 * time.Minute)}); err != nil || len(items) != 2 {
		t.Errorf("two minutes: %d, %v", len(items), err)
	}
}

func TestACallOfWhichNothingIsToReviewHasNoReview(t *testing.T) {
	db := open(t)
	c := ended(t, db, 0, telephony.AnsweredInTime)
	for _, id := range []string{c.ID, "nothing.0"} {
		if _, err := db.ReviewCase(ctx, id); !errors.Is(err, dutylog.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// The lists read nothing but the calls of their time: the index holds only what may be reviewed.
func TestTheListsOfReviewsUseTheirIndex(t *testing.T) {
	db := open(t)
	plan := must(db.PlanOf("SELECT count(*) FROM calls c WHERE " + sqlite.ToReview + " AND c.offered_at >= 1 ORDER BY c.offered_at DESC, c.id DESC"))(t)
	if !strings.Contains(plan, "calls_to_review") {
		t.Error(plan)
	}
}

func TestTheRulesThatALineHad(t *testing.T) {
	clock := newClock(noon)
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: clock.now})
	line := telephony.Line{Name: "duty", Rule: telephony.DefaultRule()}
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour).Truncate(time.Microsecond) }
	note := func(n int, saved time.Time) {
		ok(t, db.NoteRules(ctx, []telephony.Line{line, {Name: "fire", Rule: telephony.DefaultRule()}}, saved, hour(n)))
	}
	outside(t, path, fmt.Sprintf("INSERT INTO rule_changes (line, rule, at) VALUES ('duty', '%s', %d)", telephony.DefaultRule().Version(), hour(0).UnixMicro())) // by an older program
	line.Number, line.Endpoints, line.Trunks, line.Supervision = "02422739110", []string{"PJSIP/duty"}, []string{"PJSIP/trunk"}, telephony.SupervisionSIP
	note(1, hour(0))
	note(2, hour(1)) // the file was saved, and says the same of the line
	line.Rule.Offset = 2 * time.Second
	note(3, time.Time{})
	line.Endpoints = append(line.Endpoints, "PJSIP/second")
	note(4, hour(3))
	made := func(endpoints ...string) dutylog.LineSettings {
		return dutylog.LineSettings{Number: "02422739110", Endpoints: endpoints, Trunks: []string{"PJSIP/trunk"}, Supervision: telephony.SupervisionSIP}
	}
	first := telephony.DefaultRule().Version()
	want := []dutylog.RuleChange{{Rule: first, At: hour(0), Until: hour(1)}, {Rule: first, Settings: made("PJSIP/duty"), Saved: hour(0), At: hour(1), Until: hour(3)},
		{Rule: line.Rule.Version(), Settings: made("PJSIP/duty"), At: hour(3), Until: hour(4)}, {Rule: line.Rule.Version(), Settings: made("PJSIP/duty", "PJSIP/second"), Saved: hour(3), At: hour(4)}}
	got := must(db.RuleChanges(ctx, "duty"))(t)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Held(hour(3)) || !got[2].Held(hour(3)) || !got[3].Held(hour(99)) || got[0].Held(hour(-1)) {
		t.Error("it is not told which settings held when")
	}
}

// lateAfterReview is how many calls count late after review, of how many, for an officer.
func lateAfterReview(t *testing.T, db *sqlite.DB, officer string) (late, of int) {
	t.Helper()
	day := dutylog.DateOf(noon, shanghai)
	found := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(shanghai), To: day.Add(1).Start(shanghai), By: dutylog.ByOfficer, Now: noon.AddDate(0, 0, 9)}))(t)
	for _, g := range found.Groups {
		if g.Key == officer {
			good, all := g.Tally.Of(dutylog.FigureRules()[0], true)
			return all - good, all
		}
	}
	return 0, 0
}

// Whoever is written into the entry after the decision is not charged by it: the case is open again for them, with
// their own days, and what was decided about the other one is of the past.
func TestADecisionDoesNotMoveToAColleague(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(noon)
	db := withPractice(t, openAt(t, path, sqlite.Options{Now: clock.now}))
	c := ended(t, db, 0, telephony.AnsweredLate, borderline)
	answeredBy(t, db, c.ID, officer.Name)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsLate, Text: "录音可证", By: superA}))(t)
	if late, of := lateAfterReview(t, db, officer.Name); late != 1 || of != 1 {
		t.Errorf("%d of %d count late", late, of)
	}
	clock.advance(5 * 24 * time.Hour)
	answeredBy(t, db, c.ID, "李强")
	r := must(db.ReviewCase(ctx, c.ID))(t).At(clock.now(), reviewing)
	if about, moved := r.Moved(); r.State != dutylog.Reviewed || r.Officer != "李强" || !moved || about != officer.Name || r.Past(r.Facts[1]) || r.Result() != dutylog.ReviewCountsLate {
		t.Errorf("what was decided does not stand: %s of %s, %+v", r.State, r.Officer, r.Facts)
	}
	if _, err := say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewReopened, Text: "x", By: officer}); err == nil {
		t.Error("an officer opened a decided review again")
	}
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewReopened, Text: "接听人有误", By: superB}))(t)
	r = must(db.ReviewCase(ctx, c.ID))(t).At(clock.now(), reviewing)
	if r.State != dutylog.AwaitsOfficer || r.Officer != "李强" || r.Decision != nil || len(r.Facts) != 3 || !r.Past(r.Facts[1]) || !r.DueAt.Equal(reviewing.Due(clock.now())) {
		t.Errorf("%s of %s until %s: %+v", r.State, r.Officer, r.DueAt, r.Facts)
	}
	if late, of := lateAfterReview(t, db, "李强"); late != 0 || of != 0 {
		t.Errorf("the colleague is charged: %d of %d", late, of)
	}
	mate := dutylog.Actor{Login: "li", Name: "李强", Role: dutylog.Officer}
	wantList(t, db, dutylog.ReviewQuery{Officer: "李强", Waits: dutylog.WaitsForOfficer}, c.ID+" awaits_officer")
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor, Over: noon.Add(time.Hour)})
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor, Over: clock.now().Add(time.Hour)}, c.ID+" awaits_officer")
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "other_call", Text: "正在接听 119 电话", By: mate}))(t)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsInTime, Text: "在误差内", By: superB}))(t)
	if late, of := lateAfterReview(t, db, "李强"); late != 0 || of != 1 {
		t.Errorf("%d of %d count late", late, of)
	}
	answeredBy(t, db, c.ID, officer.Name) // back again: what was decided last stands, and no days begin
	r = must(db.ReviewCase(ctx, c.ID))(t).At(clock.now(), reviewing)
	if r.State != dutylog.Reviewed || r.Result() != dutylog.ReviewCountsInTime || !r.Since.IsZero() {
		t.Errorf("%s %s since %s", r.State, r.Result(), r.Since)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
}

// A log in which an older program opened a decided review again, because the name changed, is put right when it is opened.
func TestWhatWasDecidedBeforeTheNameChangedStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := withPractice(t, openAt(t, path, sqlite.Options{Now: newClock(noon).now}))
	c := ended(t, db, 0, telephony.AnsweredLate, borderline)
	answeredBy(t, db, c.ID, officer.Name)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsLate, Text: "录音可证", By: superA}))(t)
	was := keptRow(t, db, c.ID)
	answeredBy(t, db, c.ID, "李强")
	ok(t, db.Close())
	outside(t, path, "UPDATE call_reviews SET result = '', stage = '', explained = 0")
	db = openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	if row := keptRow(t, db, c.ID); row.result != was.result || row.stage != was.stage || !row.explained {
		t.Errorf("%+v, was %+v", row, was)
	}
	ok(t, db.Close())
}
