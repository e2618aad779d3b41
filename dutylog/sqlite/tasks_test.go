package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var (
	sun  = dutylog.Actor{Login: "sun", Name: "孙督查", Role: dutylog.Supervisor}
	noAt = cmpopts.IgnoreUnexported(dutylog.TaskRule{})
)

func daily(title string) dutylog.TaskRule {
	return dutylog.TaskRule{Title: title, Basis: "科室安排", Post: dutylog.PostOfficer, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}, Lead: time.Hour, Checks: []string{"门", "窗"}}
}

func readBooks(t *testing.T, db *sqlite.DB) dutylog.TaskBooks {
	t.Helper()
	return must(db.TaskBooks(ctx, noon.Add(-48*time.Hour), noon.Add(48*time.Hour)))(t)
}

// The product's own rules are there from the first start on, and never come back when people changed
// or ended them.
func TestSeededRulesAreAddedOnce(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	ok(t, db.SeedTasks(ctx))
	first := readBooks(t, db).Rules
	if len(first) != len(dutylog.SeededRules()) {
		t.Fatalf("%d rules", len(first))
	}
	for i, r := range dutylog.SeededRules() {
		got := first[i]
		r.ID, r.Rule, r.By, r.At = got.ID, got.ID, dutylog.SystemActor(), noon.Truncate(time.Microsecond)
		if diff := cmp.Diff(r, got, noAt, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-seed +kept):\n%s", r.Seed, diff)
		}
	}
	at.advance(time.Hour)
	ended := first[0]
	ended.Ended = true
	must(db.SaveTaskRule(ctx, ended, sun))(t)
	ok(t, db.SeedTasks(ctx))
	again := readBooks(t, db).Rules
	if len(again) != len(first)+1 || !dutylog.Newest(again)[0].Ended || again[len(first)].Seed != "daily_report" {
		t.Errorf("%d rules, the newest first one is %+v", len(again), dutylog.Newest(again)[0])
	}
}

// A log that an earlier program began asks for filings by the roster's own rule from the next start
// on, once; and a filing that is kept closes the duty in the books.
func TestADutyOfAnEarlierProgramFollowsTheFilings(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	old := dutylog.SeededRules()[3]
	old.When = dutylog.Recurrence{Every: dutylog.BeforeMonthsLastWork, Clock: "17:00"}
	ok(t, db.AddTaskRule(ctx, old))
	at.advance(time.Hour)
	ok(t, db.SeedTasks(ctx))
	ok(t, db.SeedTasks(ctx))
	var versions []dutylog.TaskRule
	for _, r := range readBooks(t, db).Rules {
		if r.Seed == "roster_filing" {
			versions = append(versions, r)
		}
	}
	if len(versions) != 2 || versions[1].When.Every != dutylog.EveryMonthFiling || versions[1].Rule != versions[0].Rule || versions[1].By.Login != dutylog.SystemActor().Login {
		t.Fatalf("%+v", versions)
	}
	from, to := at.now(), at.now().Add(62*24*time.Hour)
	states := func() map[string]dutylog.TaskState {
		all := map[string]dutylog.TaskState{}
		for _, x := range dutylog.Tasks(must(db.TaskBooks(ctx, from, to))(t), dutylog.Weekends{}, from, to, at.now()) {
			all[x.Key] = x.State
		}
		return all
	}
	next := dutylog.MonthOf(at.now(), db.Zone()).Next()
	key := "month/" + string(next.First())
	if got := states(); got[key] == "" || got[key] == dutylog.TaskDone {
		t.Fatalf("nobody asks for %s: %v", key, got)
	}
	publish := func(revision int, name string) {
		t.Helper()
		begin := next.First().In(db.Zone()).Add(8 * time.Hour).UTC()
		d := dutylog.RosterDraft{Month: next, Shifts: []dutylog.Shift{{From: begin, To: begin.Add(24 * time.Hour), Post: dutylog.PostOfficer, Name: name}}}
		must(db.SaveDraft(ctx, d, sun))(t)
		must(db.PublishDraft(ctx, next, revision, "改排", "", sun))(t)
	}
	publish(1, "张伟")
	span := dutylog.DateSpan{Name: string(next), First: next.First(), Last: next.Last()}
	must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: span, SentAt: at.now(), SentTo: "市应急指挥中心"}, sun))(t)
	if got := states()[key]; got != dutylog.TaskDone {
		t.Errorf("filed, and the duty is %s", got)
	}
	publish(2, "李娜")
	if got := states()[key]; got != dutylog.TaskDue {
		t.Errorf("the roster was changed since, and the duty is %s", got)
	}
}

func TestRulesAreKeptByTheirVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: at.now}))(t)
	one := must(db.SaveTaskRule(ctx, daily("锁门"), sun))(t)
	stale := one
	stale.ID--
	if _, err := db.SaveTaskRule(ctx, stale, sun); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("a change against another version was taken: %v", err)
	}
	at.advance(time.Minute)
	changed := one
	changed.Title = "锁门关窗"
	two := must(db.SaveTaskRule(ctx, changed, leader))(t)
	other := must(db.SaveTaskRule(ctx, daily("浇花"), sun))(t)
	if one.Rule != one.ID || two.Rule != one.Rule || two.ID == one.ID || other.Rule != other.ID {
		t.Errorf("%d of %d, %d of %d, %d of %d", one.ID, one.Rule, two.ID, two.Rule, other.ID, other.Rule)
	}
	if diff := cmp.Diff([]dutylog.TaskRule{one, two, other}, readBooks(t, db).Rules, noAt, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Error(diff)
	}
	var invalid *dutylog.InvalidError
	if _, err := db.SaveTaskRule(ctx, dutylog.TaskRule{Title: " "}, sun); !errors.As(err, &invalid) {
		t.Errorf("without a title: %v", err)
	}
	gone := daily("没有")
	gone.Rule = 99
	if _, err := db.SaveTaskRule(ctx, gone, sun); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("a rule that is not there: %v", err)
	}
	for _, statement := range []string{"DELETE FROM task_rules", "UPDATE task_rules SET ended = 1"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("task_rule").Intact != 3 {
		t.Errorf("%+v", r.Of("task_rule"))
	}
	outside(t, path, "UPDATE task_rules SET recurs = replace(recurs, '14:00', '23:00') WHERE id = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "task_rule 1") {
		t.Errorf("a rule that was changed behind the log's back is not found: %s", findings(r))
	}
}

func TestWhatIsSaidOfATaskIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	r := must(db.SaveTaskRule(ctx, daily("锁门"), sun))(t)
	c := inbound(1, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	due := noon.Add(time.Hour)
	mark := dutylog.TaskMark{Rule: r.Rule, Key: "2026-11-23", DueAt: due, Says: dutylog.SaysDone, Text: "已锁", Entry: "2026-000001", CallID: c.ID,
		Checks: []dutylog.Check{{Item: "门", State: dutylog.CheckGood}, {Item: "窗", State: dutylog.CheckFaulty, Remark: "插销坏，已报修"}}, By: officer}
	done := must(db.MarkTask(ctx, mark, 0))(t)
	for name, before := range map[string]int64{"as if nothing was said": 0, "after another one": 77} {
		if _, err := db.MarkTask(ctx, mark, before); !errors.Is(err, dutylog.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	back := must(db.MarkTask(ctx, dutylog.TaskMark{Rule: r.Rule, Key: mark.Key, DueAt: due, Says: dutylog.SaysOpen, Text: "窗没关", By: leader}, done.ID))(t)
	if diff := cmp.Diff([]dutylog.TaskMark{done, back}, readBooks(t, db).Marks, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Error(diff)
	}
	var invalid *dutylog.InvalidError
	for _, proof := range []dutylog.TaskMark{{Entry: "2026-000099"}, {Entry: "12"}, {CallID: "no such call"}} {
		proof.Rule, proof.Key, proof.DueAt, proof.Says, proof.By = r.Rule, "2026-11-24", due, dutylog.SaysDone, officer
		if _, err := db.MarkTask(ctx, proof, 0); !errors.As(err, &invalid) {
			t.Errorf("a proof that is not there, %+v: %v", proof, err)
		}
	}
	if far := must(db.TaskBooks(ctx, noon.Add(48*time.Hour), noon.Add(50*time.Hour)))(t); len(far.Marks) != 0 || len(far.Rules) != 1 {
		t.Errorf("of another time: %+v", far)
	}
	for _, statement := range []string{"DELETE FROM task_marks", "UPDATE task_marks SET says = 'done'"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("task_mark").Intact != 2 {
		t.Errorf("%+v", r.Of("task_mark"))
	}
	outside(t, path, "UPDATE task_marks SET text = '没锁' WHERE id = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "task_mark 1") {
		t.Errorf("%s", findings(r))
	}
}

func TestAbsencesAreKeptByTheirVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: at.now}))(t)
	away := dutylog.Absence{Person: "孙局长", Why: "参加培训", Place: "北京", LeavesAt: noon.Add(time.Hour), ReturnsAt: noon.Add(50 * time.Hour), StandIn: "周副局长", StandInTitle: "副局长"}
	one := must(db.SaveAbsence(ctx, away, officer))(t)
	at.advance(time.Hour)
	longer := one
	longer.ReturnsAt, longer.Change = noon.Add(70*time.Hour), "培训延长一天"
	two := must(db.SaveAbsence(ctx, longer, officer))(t)
	if diff := cmp.Diff([]dutylog.Absence{one, two}, readBooks(t, db).Absences, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Error(diff)
	}
	if _, err := db.SaveAbsence(ctx, longer, officer); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("a change of a version that is no more: %v", err)
	}
	silent := one
	silent.Change = ""
	var invalid *dutylog.InvalidError
	if _, err := db.SaveAbsence(ctx, silent, officer); !errors.As(err, &invalid) {
		t.Errorf("a change without a word: %v", err)
	}
	nobody := longer
	nobody.Absence = 42
	if _, err := db.SaveAbsence(ctx, nobody, officer); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("a change of what is not there: %v", err)
	}
	for _, statement := range []string{"DELETE FROM absences", "UPDATE absences SET person = 'x'"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("absence").Intact != 2 {
		t.Errorf("%+v", r.Of("absence"))
	}
	outside(t, path, "UPDATE absences SET stand_in = '别人' WHERE id = 2")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "absence 2") {
		t.Errorf("%s", findings(r))
	}
}
