package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var supervisor = dutylog.Actor{Login: "wu", Name: "吴敏", Role: dutylog.Supervisor}

// oneItem is the smallest set of scoring rules.
func oneItem(figure dutylog.Assessed) dutylog.ScoringRules {
	f, _ := figure.FigureOf()
	return dutylog.ScoringRules{Name: "细则", Items: []dutylog.ScoringItem{{ID: "a", Title: "甲", Article: "第十二条", Figure: figure, Points: 100, Each: 20, Evidence: f.Evidence}}}
}

func books(t *testing.T, db *sqlite.DB, m dutylog.Month, now time.Time) dutylog.AssessmentFacts {
	t.Helper()
	return must(db.AssessmentBooks(ctx, m, "duty", dutylog.Weekends{}, now))(t).Facts(m, "duty", now)
}

// What the log has of a month comes to the same shares as its figures, with the calls by name.
func TestTheBooksOfAMonth(t *testing.T) {
	db := withPractice(t, open(t))
	for n, o := range []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.Forwarded, telephony.Unknown, telephony.Engaged} {
		ok(t, db.Record(ctx, story(inbound(n*10, "02422730001"), o)))
	}
	other := inbound(70, "02422730001")
	other.Line = "fire"
	ok(t, db.Record(ctx, story(other, telephony.Missed)))
	old := inbound(-60*24*40, "02422730001")
	ok(t, db.Record(ctx, story(old, telephony.Missed)))
	ok(t, db.Raise(ctx, alerts.Alert{Key: "forward_code/1", Rule: "forward_code", Reason: alerts.ReasonForwardCode, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: noon}))
	ok(t, db.Raise(ctx, alerts.Alert{Key: "misuse_number/1", Rule: "misuse_number", Reason: alerts.ReasonMisuseNumber, Certainty: alerts.Certain, Severity: alerts.Info, Line: "duty", At: noon}))
	f := books(t, db, "2026-11", noon.Add(24*time.Hour))
	share := func(name dutylog.Assessed) (s [4]int) {
		x := f.Shares[name]
		return [4]int{x.Good, x.Of, len(x.Against), x.Unknown}
	}
	got := map[dutylog.Assessed][4]int{}
	for _, name := range []dutylog.Assessed{dutylog.AssessOnTime, dutylog.AssessAnswerRate, dutylog.AssessCalledBack, dutylog.AssessNotForwarded, dutylog.AssessComplete, dutylog.AssessForwarding, dutylog.AssessMisuse} {
		got[name] = share(name)
	}
	want := map[dutylog.Assessed][4]int{dutylog.AssessOnTime: {1, 3, 2, 1}, dutylog.AssessAnswerRate: {2, 5, 3, 1}, dutylog.AssessCalledBack: {0, 1, 1, 1}, dutylog.AssessNotForwarded: {4, 5, 1, 1},
		dutylog.AssessComplete: {0, 5, 5, 1}, dutylog.AssessForwarding: {0, 1, 1, 0}, dutylog.AssessMisuse: {0, 0, 0, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("good, of, listed, unknown (-want +got):\n%s", diff)
	}
	if f.Calls != 6 || f.Unknown != 1 || f.Closed {
		t.Errorf("%+v", f)
	}
	if first := must(db.FirstMonth(ctx))(t); first != "2026-10" {
		t.Errorf("the log begins in %s", first)
	}
}

// A room has one sheet: its calls are those of all lines, with each line's own figures, and what was told of any line
// counts once. A sheet that an older program froze for one line stays, and keeps another one away.
func TestARoomHasOneSheet(t *testing.T) {
	db := open(t)
	for n, line := range []string{"duty", "duty", "fire"} {
		c := inbound(n*10, "02422730001")
		c.Line = line
		ok(t, db.Record(ctx, story(c, []telephony.Outcome{telephony.AnsweredInTime, telephony.Missed, telephony.Engaged}[n])))
	}
	for n, line := range []string{"duty", "fire"} {
		ok(t, db.Raise(ctx, alerts.Alert{Key: "forward_code/" + line, Rule: "forward_code", Reason: alerts.ReasonForwardCode, Certainty: alerts.Certain, Severity: alerts.Critical, Line: line, At: noon.Add(time.Duration(n) * time.Minute)}))
	}
	f := must(db.AssessmentBooks(ctx, "2026-11", "", dutylog.Weekends{}, noon.Add(24*time.Hour)))(t).Facts("2026-11", "", noon.Add(24*time.Hour))
	want := []dutylog.AssessedLine{{Line: "duty", Calls: 2, OnTime: [2]int{1, 2}, AnswerRate: [2]int{1, 2}, CalledBack: [2]int{0, 1}, Complete: [2]int{0, 2}}, {Line: "fire", Calls: 1, AnswerRate: [2]int{0, 1}, Complete: [2]int{0, 1}}}
	if diff := cmp.Diff(want, f.Lines); diff != "" || f.Calls != 3 || f.Shares[dutylog.AssessAnswerRate].Of != 3 || f.Shares[dutylog.AssessForwarding].Of != 2 || len(f.Shares[dutylog.AssessAnswerRate].Against) != 2 {
		t.Errorf("%d calls, %+v (-want +got):\n%s", f.Calls, f.Shares[dutylog.AssessAnswerRate], diff)
	}
	old := sheet(t, db)
	must(db.SayOfAssessment(ctx, sayAssessed(old, dutylog.AssessFrozen, supervisor), old, 0))(t)
	room := &dutylog.FrozenAssessment{Facts: f, Rules: old.Rules}
	room.Facts.Month = "2026-10"
	room.Sheet = dutylog.Score(room.Facts, room.Rules)
	_, room.Digest = room.Sheet.Freeze()
	said := must(db.AssessmentFacts(ctx, "2026-10", ""))(t)
	if len(said) != 1 || said[0].Line != "duty" {
		t.Fatalf("what was said of the older sheet: %+v", said)
	}
	say := dutylog.AssessmentFact{Month: "2026-10", Says: dutylog.AssessFrozen, Digest: room.Digest, By: supervisor}
	if _, err := db.SayOfAssessment(ctx, say, room, said[0].ID); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("beside an older sheet: %v", err)
	}
	if kept := must(db.FrozenAssessments(ctx, "2026-10", "2026-10"))(t); len(kept) != 1 || kept[0].Sheet.Line != "duty" {
		t.Errorf("%+v", kept)
	}
}

// A sheet lists the first forty of each kind, and reads no more of them; what was set aside is listed where nobody
// is judged, and takes no place where somebody is.
func TestASheetListsTheFirstOnes(t *testing.T) {
	db := open(t)
	for n := range 50 {
		call := inbound(n*10, "02422730001")
		ok(t, db.Record(ctx, story(call, telephony.Missed)))
		if n < 5 {
			c := must(db.ReviewCase(ctx, call.ID))(t)
			must(db.SayOfVerdict(ctx, dutylog.ReviewFact{CallID: c.Call.ID, Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Text: "x", Officer: c.Officer, Outcome: c.Call.Outcome, By: supervisor}, 0))(t)
		}
	}
	ok(t, db.Record(ctx, story(inbound(3, "02422730001"), telephony.Forwarded)))
	f := books(t, db, "2026-11", noon.Add(24*time.Hour))
	for name, want := range map[dutylog.Assessed]struct {
		cases, more int
		first       time.Duration
	}{dutylog.AssessOnTime: {45, 5, 50 * time.Minute}, dutylog.AssessAnswerRate: {51, 11, 0}, dutylog.AssessNotForwarded: {1, 0, 3 * time.Minute}} {
		s := f.Shares[name]
		if s.Cases() != want.cases || len(s.Against) != want.cases-want.more || s.More != want.more || !s.Against[0].At.Equal(noon.Add(want.first)) {
			t.Errorf("%s: %d cases, %d listed and %d more, the first of %s", name, s.Cases(), len(s.Against), s.More, s.Against[0].At)
		}
	}
}

// sheet is a month's sheet of one item with everything that is needed to freeze it.
func sheet(t *testing.T, db *sqlite.DB) *dutylog.FrozenAssessment {
	t.Helper()
	f := &dutylog.FrozenAssessment{Facts: books(t, db, "2026-10", noon), Rules: oneItem(dutylog.AssessOnTime)}
	f.Sheet = dutylog.Score(f.Facts, f.Rules)
	_, f.Digest = f.Sheet.Freeze()
	return f
}

func sayAssessed(f *dutylog.FrozenAssessment, says dutylog.AssessmentSays, by dutylog.Actor) dutylog.AssessmentFact {
	return dutylog.AssessmentFact{Month: "2026-10", Line: "duty", Says: says, Digest: f.Digest, By: by}
}

func TestAFrozenSheetStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	ok(t, db.Record(ctx, story(inbound(-60*24*30, "02422730001"), telephony.AnsweredLate)))
	f := sheet(t, db)
	one := must(db.SayOfAssessment(ctx, sayAssessed(f, dutylog.AssessSigned, supervisor), nil, 0))(t)
	if _, err := db.SayOfAssessment(ctx, sayAssessed(f, dutylog.AssessSigned, leader), nil, 0); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("somebody signed meanwhile: %v", err)
	}
	two := must(db.SayOfAssessment(ctx, sayAssessed(f, dutylog.AssessSigned, leader), nil, one.ID))(t)
	// What does not fit is kept in no part: the fact and the sheet are one transaction.
	wrong := sayAssessed(f, dutylog.AssessFrozen, supervisor)
	wrong.Digest = "of another sheet"
	if _, err := db.SayOfAssessment(ctx, wrong, f, two.ID); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("%v", err)
	}
	if facts := must(db.AssessmentFacts(ctx, "2026-10", "duty"))(t); len(facts) != 2 {
		t.Errorf("half of it is there: %+v", facts)
	}
	three := must(db.SayOfAssessment(ctx, sayAssessed(f, dutylog.AssessFrozen, supervisor), f, two.ID))(t)
	if _, err := db.SayOfAssessment(ctx, sayAssessed(f, dutylog.AssessFrozen, supervisor), f, three.ID); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("frozen twice: %v", err)
	}
	kept := must(db.FrozenAssessments(ctx, "2026-01", "2026-12"))(t)
	if len(kept) != 1 || kept[0].By != supervisor || kept[0].Digest != f.Digest {
		t.Fatalf("%+v", kept)
	}
	if diff := cmp.Diff(f.Sheet, kept[0].Sheet); diff != "" {
		t.Errorf("(-frozen +kept):\n%s", diff)
	}
	if again := dutylog.Score(kept[0].Facts, kept[0].Rules); cmp.Diff(f.Sheet, again) != "" {
		t.Errorf("its facts and rules give another sheet: %s", cmp.Diff(f.Sheet, again))
	}
	ok(t, db.NoteScoring(ctx, f.Rules))
	stands(t, db, path, map[string]int64{"assessment": 1, "assessed": 3, "scoring": 1},
		"UPDATE assessments SET sheet = replace(sheet, '\"gets\":8', '\"gets\":10') WHERE id = 1", "UPDATE assessment_facts SET digest = 'x' WHERE id = 1", "UPDATE scoring_rules SET rules = '{}' WHERE id = 1")
}

// stands makes sure that these kinds are evidence: no statement of the program's own changes or deletes a row, and
// what somebody changes from outside is found.
func stands(t *testing.T, db *sqlite.DB, path string, intact map[string]int64, changes ...string) {
	t.Helper()
	for _, change := range changes {
		table := strings.Fields(change)[1]
		for _, statement := range []string{change, "DELETE FROM " + table} {
			if err := db.ExecOnWriter(statement); err == nil {
				t.Errorf("%s is done", statement)
			}
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	v := verify(t, path, sqlite.VerifyOptions{})
	for kind, n := range intact {
		if v.Verdict() == audit.Altered || v.Of(kind).Intact != n {
			t.Errorf("%s: %+v\n%s", kind, v.Of(kind), findings(v))
		}
	}
	outside(t, path, changes...)
	v = verify(t, path, sqlite.VerifyOptions{})
	for kind := range intact {
		if !strings.Contains(findings(v), kind+" 1") {
			t.Errorf("a change of %s is not found:\n%s", kind, findings(v))
		}
	}
}

func TestScoringRulesAreNotedOnce(t *testing.T) {
	db := open(t)
	a, b := oneItem(dutylog.AssessOnTime), oneItem(dutylog.AssessAnswerRate)
	for _, r := range []dutylog.ScoringRules{a, a, b, a} {
		ok(t, db.NoteScoring(ctx, r))
	}
	var got []string
	for _, c := range must(db.ScoringChanges(ctx))(t) {
		if c.Digest != c.Rules.Digest() {
			t.Errorf("%s is kept as %s", c.Digest, c.Rules.Digest())
		}
		got = append(got, string(c.Rules.Items[0].Figure))
	}
	if strings.Join(got, " ") != "on_time answer_rate on_time" {
		t.Errorf("%v", got)
	}
}

// The log suggests each cause once, whatever was said of it; a talk, a key or a blind minute speaks for the officer.
func TestTheRegisterOfSuspicions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(noon)
	db := openSince(t, noon.Add(-time.Hour), path, sqlite.Options{Now: clock.now})
	missed := func(n int) telephony.Call {
		c := inbound(n, "0242273000"+string(rune('1'+n%7)))
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
		return c
	}
	alone := missed(0)
	missed(120)
	looked := noon.Add(130 * time.Minute)
	ok(t, db.NoteAccess(ctx, dutylog.Access{By: officer, What: "entry.see", Object: "e-1", At: looked}))
	missed(240)
	ok(t, db.NoteAccess(ctx, dutylog.Access{By: supervisor, What: "entry.see", Object: "e-1", At: noon.Add(250 * time.Minute)})) // from elsewhere
	missed(360)
	ok(t, db.Record(ctx, story(inbound(365, "02422730009"), telephony.AnsweredInTime)))
	clock.advance(24 * time.Hour)
	now, from := clock.now(), noon.AddDate(0, -1, 0)
	look := func() int {
		t.Helper()
		return must(db.Suspect(ctx, dutylog.Suspicions(must(db.SuspicionBooks(ctx, from, now))(t), from, now)))(t)
	}
	if n := look(); n != 2 {
		items, _, _, _ := db.Violations(ctx, dutylog.ViolationQuery{})
		t.Fatalf("%d are suspected: %+v", n, items)
	}
	items, waiting, _, err := db.Violations(ctx, dutylog.ViolationQuery{})
	if err != nil || waiting != 2 || items[1].Cause != "unmanned/"+alone.ID || items[1].Evidence[0].ID != alone.ID {
		t.Fatalf("%+v %v", items, err)
	}
	v := must(db.SayOfViolation(ctx, dutylog.ViolationFact{Violation: items[1].ID, Says: dutylog.ViolationDismissed, Text: "在隔壁接待来访", By: supervisor}, 0))(t)
	if _, err := db.SayOfViolation(ctx, dutylog.ViolationFact{Violation: v.ID, Says: dutylog.ViolationReopened, Text: "x", By: supervisor}, 0); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("%v", err)
	}
	if n := look(); n != 0 {
		t.Errorf("%d come again", n)
	}
	items, waiting, _, _ = db.Violations(ctx, dutylog.ViolationQuery{})
	if len(items) != 2 || waiting != 1 {
		t.Errorf("what was dismissed is gone, or still waits: %d %d", len(items), waiting)
	}
	for state, n := range map[dutylog.ViolationState]int{dutylog.ViolationDropped: 1, dutylog.ViolationOpen: 1, dutylog.ViolationUpheld: 0} {
		if found, _, _, _ := db.Violations(ctx, dutylog.ViolationQuery{State: state}); len(found) != n {
			t.Errorf("%d are %s", len(found), state)
		}
	}
	page, _, next, _ := db.Violations(ctx, dutylog.ViolationQuery{Limit: 1})
	if rest, _, end, err := db.Violations(ctx, dutylog.ViolationQuery{Limit: 1, Cursor: next}); err != nil || len(page) != 1 || len(rest) != 1 || rest[0].ID == page[0].ID || end != "" {
		t.Errorf("%+v %q %v", rest, end, err)
	}
	if _, err := db.Violation(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	stands(t, db, path, map[string]int64{"violation": 2, "judgement": 1}, "UPDATE violations SET evidence = '[]' WHERE id = 1", "UPDATE violation_facts SET text = 'x' WHERE id = 1")
}

// An upheld violation stands on the sheet of its month.
func TestAnUpheldViolationIsAssessed(t *testing.T) {
	db := open(t)
	v := must(db.OpenViolation(ctx, dutylog.Violation{Why: dutylog.OpenedByHand, Item: 4, At: noon, Text: "推诿", By: supervisor}))(t)
	say := func(says dutylog.ViolationSays, r dutylog.ViolationResult, by dutylog.Actor, before int64) dutylog.Violation {
		return must(db.SayOfViolation(ctx, dutylog.ViolationFact{Violation: v.ID, Says: says, Result: r, Text: "x", By: by}, before))(t)
	}
	v = say(dutylog.ViolationProposed, dutylog.Upheld, supervisor, 0)
	if s := books(t, db, "2026-11", noon).Shares[dutylog.AssessViolations]; s.Of != 0 {
		t.Errorf("it counts before the second person: %+v", s)
	}
	say(dutylog.ViolationConfirmed, "", leader, v.Facts[0].ID)
	if s := books(t, db, "2026-11", noon).Shares[dutylog.AssessViolations]; s.Of != 1 || s.Against[0].ID != "1" {
		t.Errorf("%+v", s)
	}
	if s := books(t, db, "2026-10", noon).Shares[dutylog.AssessViolations]; s.Of != 0 {
		t.Errorf("%+v", s)
	}
}
