package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// holding names the calls whose reviews hold up the sheet of November at a moment.
func holding(t *testing.T, db *sqlite.DB, at time.Time, closed bool) (ids []string) {
	t.Helper()
	m := dutylog.Month("2026-11")
	items, total, _, err := db.ReviewCases(ctx, dutylog.ReviewQuery{From: m.First().Start(shanghai), To: m.Next().First().Start(shanghai), Line: "duty", Waits: dutylog.HoldsSheetUp, Over: reviewing.Over(at), SpeakNow: closed})
	ok(t, err)
	for _, c := range items {
		ids = append(ids, c.Call.ID)
	}
	if total != len(ids) {
		t.Errorf("%d in all, %d listed", total, len(ids))
	}
	return ids
}

// A sheet waits for the officers' days, and for borderline calls until the month's figures are closed.
func TestWhichReviewsHoldASheetUp(t *testing.T) {
	db := open(t)
	late, near := ended(t, db, 0, telephony.AnsweredLate), ended(t, db, 1, telephony.AnsweredInTime, borderline)
	other := ended(t, db, 2, telephony.Missed, func(c *telephony.Call) { c.Line = "fire" })
	due := reviewing.Due(noon)
	want := func(what string, at time.Time, closed bool, want ...string) {
		t.Helper()
		if got := holding(t, db, at, closed); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v (and never %s)", what, got, want, other.ID)
		}
	}
	want("the officers have the word", due.Add(-time.Second), false, near.ID, late.ID)
	want("though the figures are closed", due.Add(-time.Second), true, near.ID, late.ID)
	want("their days are over", due, false, near.ID)
	want("and the figures are closed", due, true)
	must(say(t, db, late.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	must(say(t, db, near.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	want("both spoke, and nobody answered them", due.Add(-time.Second), false, near.ID, late.ID)
	want("though all days are over and the figures closed", due, true, near.ID, late.ID)
	must(say(t, db, near.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewCountsInTime, Text: "在误差内", By: superA}))(t)
	want("the borderline one is decided", due.Add(-time.Second), false, late.ID)
	must(say(t, db, late.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, Text: "x", By: superA}))(t)
	want("both are decided", due, true)
	must(say(t, db, late.ID, dutylog.ReviewFact{Says: dutylog.ReviewSecondAsked, Text: "请再核", By: officer}))(t)
	want("a second decision is asked for", due, true, late.ID)
	must(say(t, db, late.ID, dutylog.ReviewFact{Says: dutylog.ReviewSecondDecided, Result: dutylog.ReviewStands, Text: "x", By: superB}))(t)
	want("and made", due, true)
}

// What a sheet counts and what it lists are of one state, also when something is decided after the month's figures
// were closed: each call that it counts against the room stands in its list.
func TestASheetCountsWhatItLists(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(december).now})
	var late telephony.Call
	for n := range 21 {
		c := inbound(n*10, fmt.Sprintf("024227300%02d", n))
		o := telephony.AnsweredInTime
		if n == 3 {
			o, late = telephony.AnsweredLate, c
		}
		ok(t, db.Record(ctx, story(c, o)))
	}
	near := inbound(500, "02422730077")
	borderline(&near)
	ok(t, db.Record(ctx, story(near, telephony.AnsweredLate)))
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3))
	want := func(when string, good, of, against, unknown int, closed bool) {
		t.Helper()
		f := must(db.AssessmentBooks(ctx, "2026-11", "duty", dutylog.Weekends{}, december))(t).Facts("2026-11", "duty", december)
		x := f.Shares[dutylog.AssessOnTime]
		if x.Good != good || x.Of != of || len(x.Against) != against || x.Unknown != unknown || f.Closed != closed {
			t.Errorf("%s: good %d of %d, %d listed, %d unknown, closed %v", when, x.Good, x.Of, len(x.Against), x.Unknown, f.Closed)
		}
	}
	want("as it was closed", 20, 21, 1, 1, true)
	for _, id := range []string{late.ID, near.ID} {
		c := must(db.ReviewCase(ctx, id))(t)
		f, err := c.At(december, reviewing).Check(dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: "phone", Text: "维修单 2026-118", By: superA})
		ok(t, err)
		must(db.SayOfVerdict(ctx, f, 0))(t)
	}
	want("set aside since", 20, 20, 0, 0, false)
}
