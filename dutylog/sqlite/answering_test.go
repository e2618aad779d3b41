package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// tomorrow is a moment at which the day of the usual calls is over.
var tomorrow = noon.Add(24 * time.Hour)

// figure is one figure of the day of the usual calls, measured.
func figure(t *testing.T, db *sqlite.DB, f dutylog.Figure) (share [2]int) {
	t.Helper()
	day := dutylog.DateOf(noon, shanghai)
	got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(shanghai), To: day.Add(1).Start(shanghai), By: dutylog.ByDay, Now: tomorrow}))(t)
	rules := dutylog.FigureRules()
	share[0], share[1] = got.Total.Tally.Of(rules[slices.IndexFunc(rules, func(r dutylog.FigureRule) bool { return r.Figure == f })], false)
	return share
}

// keepAll makes every tally that is to be made.
func keepAll(t *testing.T, db *sqlite.DB, now time.Time) {
	t.Helper()
	for range 10_000 {
		if !must(db.KeepTallies(ctx, now, 100))(t) {
			return
		}
	}
	t.Fatal("there is always another tally to be made")
}

func wantFigure(t *testing.T, db *sqlite.DB, when string, f dutylog.Figure, numerator, denominator int) {
	t.Helper()
	if got := figure(t, db, f); got != [2]int{numerator, denominator} {
		t.Errorf("%s: %s is %v, want %d/%d", when, f, got, numerator, denominator)
	}
	keepAll(t, db, tomorrow) // and so the next change has one to throw away
	if got := figure(t, db, f); got != [2]int{numerator, denominator} {
		t.Errorf("%s, kept: %s is %v, want %d/%d", when, f, got, numerator, denominator)
	}
}

// Whatever a tally was made of throws it away: a call that is recorded late, one that the journal settles
// otherwise, a tag, an entry, a recording, a call back, the roster.
func TestAKeptTallyNeverOutlivesItsCalls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	wantFigure(t, db, "before any call", dutylog.FigureAnswerRate, 0, 0)
	first, missed := inbound(0, "02422730001"), inbound(1, "02422730002")
	ok(t, db.Record(ctx, story(first, telephony.AnsweredInTime)))
	wantFigure(t, db, "one call", dutylog.FigureAnswerRate, 1, 1)
	ok(t, db.Record(ctx, story(missed, telephony.Missed)[:2]))
	wantFigure(t, db, "while the second one rings", dutylog.FigureAnswerRate, 1, 1)
	ok(t, db.Record(ctx, story(missed, telephony.Missed)))
	wantFigure(t, db, "two calls", dutylog.FigureAnswerRate, 1, 2)

	wantFigure(t, db, "nobody called back", dutylog.FigureCalledBack, 0, 1)
	ok(t, db.Record(ctx, outbound(7, "02422730002")))
	wantFigure(t, db, "called back", dutylog.FigureCalledBack, 1, 1)

	wantFigure(t, db, "nothing was sealed", dutylog.FigureRecorded, 0, 1)
	r := must(db.Recording(ctx, first.ID))(t)
	r.Status, r.Digest, r.SealedAt = recorder.Sealed, "abc", noon.Add(time.Hour)
	ok(t, db.SaveRecording(ctx, r))
	wantFigure(t, db, "sealed", dutylog.FigureRecorded, 1, 1)
	r.Status = recorder.Failed
	ok(t, db.SaveRecording(ctx, r))
	wantFigure(t, db, "found damaged", dutylog.FigureRecorded, 0, 1)

	e := must(db.Entry(ctx, "e-"+first.ID))(t)
	wantFigure(t, db, "no entry is complete", dutylog.FigureComplete, 0, 2)
	done, wrong := dutylog.Complete, dutylog.KindWrongNumber
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Kind: &wrong, State: &done}, officer, noon.Add(5*time.Minute)))(t)
	wantFigure(t, db, "one is", dutylog.FigureComplete, 1, 2)

	must(db.SetTag(ctx, missed.ID, telephony.TagSpotCheck, true, officer))(t)
	wantFigure(t, db, "a spot check counts", dutylog.FigureAnswerRate, 1, 2)
	settled := story(inbound(2, "02422730003"), telephony.Unknown)
	ok(t, db.Record(ctx, settled))
	wantFigure(t, db, "one that nobody saw", dutylog.FigureAnswerRate, 1, 2)
	late := *settled[len(settled)-1].Call
	late.Outcome, late.SettledBy = telephony.AnsweredLate, telephony.SettledByJournal
	late.AnsweredAt, late.RangUntil = late.RangAt.Add(17*time.Second), late.RangAt.Add(17*time.Second)
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallSettled, At: late.EndedAt.Add(time.Second), Line: late.Line, Call: &late}}))
	wantFigure(t, db, "and that the journal saw", dutylog.FigureAnswerRate, 2, 3)

	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", report.Verdict(), findings(report))
	}
}

// What a review comes to moves the figure after review and never the measured one; one about another
// outcome than the journal showed later moves neither.
func TestAReviewMovesOnlyTheFigureAfterReview(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now})
	supervisor := dutylog.Actor{Login: "li", Name: "李督查", Role: dutylog.Supervisor}
	c := ended(t, db, 0, telephony.AnsweredLate, func(c *telephony.Call) { c.Findings = []telephony.Finding{telephony.SeenInPart} })
	both := func() string {
		day := dutylog.DateOf(noon, shanghai)
		got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(shanghai), To: day.Add(1).Start(shanghai), By: dutylog.ByDay, Now: tomorrow}))(t)
		rule := dutylog.FigureRules()[0]
		n, of := got.Total.Tally.Of(rule, false)
		reviewed, reviewedOf := got.Total.Tally.Of(rule, true)
		return fmt.Sprintf("%d/%d %d/%d", n, of, reviewed, reviewedOf)
	}
	want := func(when, figures string) {
		t.Helper()
		for range 2 { // counted, and kept
			if got := both(); got != figures {
				t.Errorf("%s: %s, want %s", when, got, figures)
			}
			keepAll(t, db, tomorrow)
		}
	}
	want("before any review", "0/1 0/1")
	aside := dutylog.ReviewFact{CallID: c.ID, Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: string(dutylog.CausePhone), Text: "外线振铃器损坏，见维修单", By: supervisor, Outcome: telephony.AnsweredLate, At: noon}
	must(db.SayOfVerdict(ctx, aside, 0))(t)
	want("set aside", "0/1 0/0")
	settled := *story(c, telephony.Missed)[len(story(c, telephony.Missed))-1].Call
	settled.SettledBy = telephony.SettledByJournal
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallSettled, At: settled.EndedAt.Add(time.Second), Line: settled.Line, Call: &settled}}))
	want("the journal shows another outcome", "0/1 0/1")
}

// groupsBy counts the calls of the usual day by group.
func groupsBy(t *testing.T, db *sqlite.DB, by dutylog.Grouping) map[string]int {
	t.Helper()
	day := dutylog.DateOf(noon, shanghai)
	counts := map[string]int{}
	for _, g := range must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(shanghai), To: day.Add(1).Start(shanghai), By: by, Now: tomorrow}))(t).Groups {
		counts[g.Key] = g.Tally.Calls()
	}
	return counts
}

func TestFiguresOfAnOfficerAreOfWhoAnswered(t *testing.T) {
	db := withPractice(t, open(t))
	roster := must(db.OnDuty(ctx, noon))(t)[dutylog.PostOfficer].Name
	for n := range 3 {
		ok(t, db.Record(ctx, story(inbound(n, "02422730001"), telephony.AnsweredInTime)))
	}
	if diff := cmp.Diff(map[string]int{roster: 3}, groupsBy(t, db, dutylog.ByOfficer)); diff != "" {
		t.Errorf("before anybody said who answered, the officer by the roster did (-want +got):\n%s", diff)
	}
	keepAll(t, db, tomorrow)
	e := must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t)
	must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.AnsweredBy: "孙丽"}}, officer, noon))(t)
	if diff := cmp.Diff(map[string]int{roster: 2, "孙丽": 1}, groupsBy(t, db, dutylog.ByOfficer)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFiguresOfAShiftFollowTheRoster(t *testing.T) {
	db := open(t)
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	if diff := cmp.Diff(map[string]int{"": 1}, groupsBy(t, db, dutylog.ByShift)); diff != "" {
		t.Errorf("without a roster (-want +got):\n%s", diff)
	}
	keepAll(t, db, tomorrow)
	day := dutylog.DateOf(noon, shanghai).Start(shanghai)
	shift := dutylog.Shift{From: day.Add(8 * time.Hour), To: day.Add(20 * time.Hour), Post: dutylog.PostOfficer, Name: "张伟"}
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{shift}))
	if diff := cmp.Diff(map[string]int{"2026-11-23T00:00:00Z/2026-11-23T12:00:00Z": 1}, groupsBy(t, db, dutylog.ByShift)); diff != "" {
		t.Errorf("with one (-want +got):\n%s", diff)
	}
	keepAll(t, db, tomorrow)
	shift.From = day.Add(10 * time.Hour)
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{shift}))
	if diff := cmp.Diff(map[string]int{"2026-11-23T02:00:00Z/2026-11-23T12:00:00Z": 1}, groupsBy(t, db, dutylog.ByShift)); diff != "" {
		t.Errorf("with another (-want +got):\n%s", diff)
	}
}

// A correction does not make an entry late that was written in time.
func TestAnEntryWasCompleteWhenItWasTheFirstTime(t *testing.T) {
	db := open(t)
	c := inbound(0, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	ended := must(db.Call(ctx, c.ID))(t).EndedAt
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	done, open, wrong := dutylog.Complete, dutylog.Open, dutylog.KindWrongNumber
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Kind: &wrong, State: &done}, officer, ended.Add(90*time.Second)))(t)
	for _, s := range []*dutylog.EntryState{&open, &done} {
		p := dutylog.EntryPatch{Revision: e.Revision, State: s}
		if s == &open {
			p.Reason = "号码听错了"
		}
		e = must(db.Amend(ctx, e.ID, p, officer, ended.Add(48*time.Hour)))(t)
	}
	day := dutylog.DateOf(noon, shanghai)
	got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(shanghai), To: day.Add(1).Start(shanghai), By: dutylog.ByDay, Now: tomorrow}))(t)
	if s := got.Total.Tally.Entering.Summary(); s.N != 1 || s.Max != 90 || e.CompletedAt.Before(ended.Add(time.Hour)) {
		t.Errorf("entered after %+v s, want 90; it is complete since %v", s, e.CompletedAt)
	}
}

func TestAQuestionThatCannotBeAnsweredIsRefused(t *testing.T) {
	db := open(t)
	var invalid *dutylog.InvalidError
	if _, err := db.Answering(ctx, dutylog.AnsweringQuery{From: noon, To: noon.Add(time.Hour), By: dutylog.ByDay, Now: noon}); !errors.As(err, &invalid) || invalid.Field != "from" {
		t.Errorf("from within an hour: %v", err)
	}
}

// Another time zone has other days: tallies of the old ones are of no use any more.
func TestAnotherZoneHasOtherDays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	evening := inbound(9*60, "02422730001") // 21:17 in Shanghai is 14:17 in Berlin
	night := inbound(13*60, "02422730001")  // 01:17 of the next day, and 18:17
	for _, c := range []telephony.Call{evening, night} {
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	}
	keepAll(t, db, tomorrow.Add(48*time.Hour))
	wantFigure(t, db, "in Shanghai", dutylog.FigureAnswerRate, 1, 1)
	ok(t, db.Close())
	berlin := time.FixedZone("CET", 3600)
	db = openAt(t, path, sqlite.Options{Now: newClock(noon).now, Location: berlin})
	days := func() int {
		day := dutylog.DateOf(noon, berlin)
		got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day.Start(berlin), To: day.Add(1).Start(berlin), By: dutylog.ByDay, Now: tomorrow}))(t)
		return got.Total.Tally.Calls()
	}
	if n := days(); n != 2 {
		t.Errorf("that day has %d calls in Berlin, want 2", n)
	}
	keepAll(t, db, tomorrow.Add(48*time.Hour))
	if n := days(); n != 2 {
		t.Errorf("kept, that day has %d calls in Berlin, want 2", n)
	}
}
