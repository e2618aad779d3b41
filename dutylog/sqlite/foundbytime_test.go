package sqlite_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// The time before the log began is blind in every figure, also in a log that an older program made and that says it by its
// first migration only.
func TestTheTimeBeforeTheLogIsBlind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now, Location: shanghai})
	day := dutylog.DateOf(noon, shanghai)
	from, to := day.Add(-1).Start(shanghai), day.Add(1).Start(shanghai)
	blind := func(db *sqlite.DB) [2]time.Duration {
		t.Helper()
		a := must(db.Answering(ctx, dutylog.AnsweringQuery{From: from, To: to, By: dutylog.ByDay, Now: tomorrow}))(t)
		d := must(db.DutyFigures(ctx, dutylog.DutyQuery{From: from, To: to, Now: tomorrow}))(t)
		if !a.Begun.Equal(d.Begun) || a.Groups[0].Blind != 24*time.Hour {
			t.Errorf("begun %v and %v, the day before was blind for %v", a.Begun, d.Begun, a.Groups[0].Blind)
		}
		return [2]time.Duration{a.Total.Blind, d.Shares[0].Blind}
	}
	want := noon.Sub(from).Truncate(time.Microsecond)
	if got := blind(db); got != [2]time.Duration{want, want} {
		t.Errorf("blind for %v, want %v", got, want)
	}
	// A call and an interval of a clock that ran wrong are kept and counted where they say, and nobody looked then all the same.
	ok(t, db.Record(ctx, story(inbound(-60, "02422730001"), telephony.Missed)))
	early := telephony.Interval{Kind: telephony.LiveDown, From: time.Unix(60, 0), To: time.Unix(120, 0), Cause: "x"}
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: early.From, Interval: &early}}))
	if got := blind(db); got != [2]time.Duration{want, want} {
		t.Errorf("with a call of an hour before: blind for %v, want %v", got, want)
	}
	ok(t, db.Close())
	outside(t, path, "DELETE FROM marks WHERE name = 'log'", "UPDATE goose_db_version SET tstamp = '2026-11-22 16:30:00'")
	db = openAt(t, path, sqlite.Options{Now: newClock(tomorrow).now, Location: shanghai})
	a := must(db.Answering(ctx, dutylog.AnsweringQuery{From: from, To: to, By: dutylog.ByDay, Now: tomorrow}))(t)
	if first := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC); !a.Begun.Equal(first) || a.Total.Blind != first.Sub(from) {
		t.Errorf("an older log began at %v, blind for %v", a.Begun, a.Total.Blind)
	}
}

// An instruction that falls due is counted however old its incident is, and what was merged stays one event.
func TestInstructionsOfOldIncidentsAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	due := noon.AddDate(0, 5, 0)
	story := fireStory(e, 1)
	one := doing(t, db, story[0])
	doing(t, db, dutylog.IncidentDeed{Incident: one.ID, Key: "long-instruction", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "孙局长", Text: "五个月内整改完毕", Due: &due}}}})
	c.advance(200 * 24 * time.Hour)
	from, now := due.AddDate(0, 0, -7), due.AddDate(0, 0, 7)
	a := must(db.DutyFigures(ctx, dutylog.DutyQuery{From: from, To: now, Now: now}))(t)
	overdue := a.Shares[slices.IndexFunc(a.Shares, func(s dutylog.DutyShare) bool { return s.Figure == dutylog.InstructionsOverdue })]
	if overdue.Numerator != 1 || overdue.Denominator != 1 || overdue.Behind[0].Name != one.Number.String() {
		t.Errorf("%+v", overdue)
	}
	found := false
	for _, v := range dutylog.Suspicions(must(db.SuspicionBooks(ctx, from, now))(t), from, now) {
		found = found || v.Why == dutylog.InstructionLate
	}
	if !found {
		t.Error("the register knows nothing of it")
	}
	if facts := must(db.DutyFacts(ctx, now.AddDate(1, 0, 0), now.AddDate(1, 1, 0), now.AddDate(1, 1, 0)))(t); len(facts.Incidents) != 0 {
		t.Errorf("%d incidents are read of which nothing falls due any more", len(facts.Incidents))
	}
}

// Whatever somebody on duty does around a missed call speaks for the room, however old the thing is about which they do it,
// and what lies just beyond the time hides nothing.
func TestWhatWasDoneAroundAMissedCallIsFound(t *testing.T) {
	long := noon.AddDate(0, 0, -9)
	missed := func(t *testing.T, db *sqlite.DB) {
		ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.Missed)))
	}
	old := inbound(-9*24*60, "02422730008")
	answersBeyond := func(t *testing.T, db *sqlite.DB) {
		late := inbound(30, "02422730003")
		late.RangAt, late.Rings = late.OfferedAt.Add(time.Second), 1
		say := func(kind telephony.ChangeKind, at time.Time) {
			c := late
			ok(t, db.Record(ctx, []telephony.Change{{Kind: kind, At: at, Line: c.Line, Call: &c, State: state(telephony.Talking, c, at)}}))
		}
		say(telephony.CallRang, late.RangAt)
		late.AnsweredAt, late.RangUntil = noon.Add(31*time.Minute), noon.Add(31*time.Minute)
		say(telephony.CallAnswered, late.AnsweredAt)
		late.EndedAt, late.Outcome, late.Rule = noon.Add(40*time.Minute), telephony.AnsweredLate, "1000/4000/0/3"
		say(telephony.CallEnded, late.EndedAt)
	}
	for name, c := range map[string]struct {
		does func(t *testing.T, db *sqlite.DB, clock *clock)
		want int
	}{
		"nothing": {func(*testing.T, *sqlite.DB, *clock) {}, 1},
		"a call that came within and was answered beyond": {func(t *testing.T, db *sqlite.DB, _ *clock) { answersBeyond(t, db) }, 1},
		"the same, and a look at a page": {func(t *testing.T, db *sqlite.DB, _ *clock) {
			answersBeyond(t, db)
			ok(t, db.NoteAccess(ctx, dutylog.Access{By: officer, What: "entry.see", Object: "e-1", At: noon.Add(-20 * time.Minute)}))
		}, 0},
		"a list of incidents that an open page reads": {func(t *testing.T, db *sqlite.DB, _ *clock) {
			ok(t, db.NoteAccess(ctx, dutylog.Access{By: officer, What: "incident.see", Object: "incidents", At: noon, Entries: []string{"e-1"}}))
		}, 1},
		"an old alert was taken on": {func(t *testing.T, db *sqlite.DB, clock *clock) {
			clock.advance(long.Sub(noon))
			ok(t, db.Raise(ctx, alerts.Alert{Reason: alerts.ReasonPage, Key: "page", Line: "duty", At: long}))
			clock.advance(noon.Sub(long) + 10*time.Minute)
			must(db.Acknowledge(ctx, 1, officer, ""))(t)
		}, 0},
		"an old entry was written": {func(t *testing.T, db *sqlite.DB, clock *clock) {
			ok(t, db.Record(ctx, story(old, telephony.AnsweredInTime)))
			clock.advance(10 * time.Minute)
			e := must(db.Entry(ctx, "e-"+old.ID))(t)
			must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: "已转告"}}, officer, clock.now()))(t)
		}, 0},
		"a look that began before": {func(t *testing.T, db *sqlite.DB, _ *clock) {
			for _, at := range []time.Duration{-36, -28} { // the second is the same look and leaves no row
				ok(t, db.NoteAccess(ctx, dutylog.Access{By: officer, What: "entry.see", Object: "e-1", At: noon.Add(at * time.Minute)}))
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock(noon)
			db := openSince(t, long.Add(-time.Hour), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now})
			missed(t, db)
			c.does(t, db, clock)
			from, now := noon.AddDate(0, 0, -1), noon.Add(6*time.Hour)
			n := 0
			for _, v := range dutylog.Suspicions(must(db.SuspicionBooks(ctx, from, now))(t), from, now) {
				if v.Cause == "unmanned/"+inbound(0, "").ID {
					n++
				}
			}
			if n != c.want {
				t.Errorf("suspected %d times, want %d", n, c.want)
			}
		})
	}
}

// The test call nearest to a call is found whatever came after it, on its own line, and only when it is over.
func TestTheTestNearestToACallIsFoundByTime(t *testing.T) {
	db := open(t)
	if got := must(db.TestNear(ctx, "duty", noon))(t); got != nil {
		t.Errorf("%+v", got)
	}
	add := func(line string, at time.Duration, cause testcall.Cause, over bool) int64 {
		r := begun()
		r.Line, r.At, r.Cause = line, noon.Add(at), cause
		r.ID = must(db.BeginTest(ctx, r))(t)
		if r.EndedAt = r.At.Add(9 * time.Second); over {
			ok(t, db.EndTest(ctx, r))
		}
		return r.ID
	}
	before, after := add("duty", -time.Hour, testcall.OnDemand, true), add("duty", 50*time.Minute, testcall.OnDemand, true)
	add("spare", 0, testcall.OnDemand, true)
	add("duty", time.Minute, testcall.OnDemand, false)
	add("duty", time.Minute, testcall.SpotCheck, true)
	for n := range 505 {
		add("duty", time.Duration(2+n)*time.Hour, testcall.OnDemand, true)
	}
	for at, want := range map[time.Duration]int64{0: after, -time.Hour: before, -10 * time.Minute: before, -100 * time.Hour: before} {
		if got := must(db.TestNear(ctx, "duty", noon.Add(at)))(t); got == nil || got.ID != want {
			t.Errorf("%v from noon: %+v, want %d", at, got, want)
		}
	}
}

// A shift that was on the roster has its row although nobody called; one that is still to come has none.
func TestAShiftWithoutCallsHasARow(t *testing.T) {
	db := open(t)
	day := dutylog.DateOf(noon, shanghai).Start(shanghai)
	shift := func(from, to int, post dutylog.Post, name string) dutylog.Shift {
		return dutylog.Shift{From: day.Add(time.Duration(from) * time.Hour), To: day.Add(time.Duration(to) * time.Hour), Post: post, Name: name}
	}
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{shift(-4, 8, dutylog.PostOfficer, "王磊"), shift(8, 20, dutylog.PostOfficer, "张伟"), shift(8, 20, dutylog.PostOfficer, "李娜"),
		shift(20, 32, dutylog.PostOfficer, "王磊"), shift(0, 24, dutylog.PostLeader, "赵振华")}))
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	groups := func(now time.Time) (all []string) {
		a := must(db.Answering(ctx, dutylog.AnsweringQuery{From: day, To: day.Add(24 * time.Hour), By: dutylog.ByShift, Now: now}))(t)
		for _, g := range a.Groups {
			all = append(all, g.From.In(shanghai).Format("15")+"-"+g.To.In(shanghai).Format("15")+" "+strings.Repeat("x", g.Tally.Calls()))
		}
		return all
	}
	if got := groups(day.Add(48 * time.Hour)); !slices.Equal(got, []string{"00-08 ", "08-20 x", "20-00 "}) {
		t.Errorf("%q", got)
	}
	if got := groups(day.Add(13 * time.Hour)); !slices.Equal(got, []string{"00-08 ", "08-20 x"}) {
		t.Errorf("while the day lasts: %q", got)
	}
}

// What these questions ask is found by an index, however much the log holds.
func TestWhatIsFoundByTimeGoesByAnIndex(t *testing.T) {
	db := open(t)
	for _, q := range sqlite.FoundByTime() {
		plan := must(db.PlanOf(q, slices.Repeat([]any{1}, strings.Count(q, "?"))...))(t)
		if strings.Contains(plan, "SCAN") && !strings.Contains(q, "FROM handovers") && !strings.Contains(q, "FROM task_marks") {
			t.Errorf("%s\ngoes by\n%s", q, plan)
		}
	}
}
