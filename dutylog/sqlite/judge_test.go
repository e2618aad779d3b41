package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// plainPlan tells everything by one channel.
var plainPlan = alerts.Plan{Routes: []alerts.Route{{Channel: "group", Least: alerts.Info}}, Damping: alerts.Damping(5 * time.Minute)}

// toldOf is what the log holds of alerts, the oldest first: key, state, and what is odd about it.
func toldOf(t *testing.T, db *sqlite.DB) (list []string) {
	t.Helper()
	found, _, err := db.Alerts(ctx, alerts.Query{Limit: 500})
	ok(t, err)
	slices.SortFunc(found, func(a, b alerts.Alert) int { return int(a.ID - b.ID) })
	for _, a := range found {
		text := a.Key + " " + string(a.State())
		if !a.FoundAt.IsZero() {
			text += " found afterwards"
		}
		if a.Times > 0 {
			text += fmt.Sprintf(" of %d", a.Times)
		}
		list = append(list, text)
	}
	return list
}

func wantTold(t *testing.T, db *sqlite.DB, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, toldOf(t, db)); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
}

// settledAs is the journal's word on a call that ends as a story ends.
func settledAs(c telephony.Call, o telephony.Outcome) telephony.Change {
	steps := story(c, o)
	end := steps[len(steps)-1]
	end.Kind, end.Call.SettledBy = telephony.CallSettled, telephony.SettledByJournal
	if o == telephony.Missed {
		end.Call.Reason = telephony.ReasonCallerLeftLate
	}
	return end
}

// A call that came while nobody looked is judged when the journal settles it, once, however often
// the journal is read.
func TestACallThatOnlyTheJournalSawIsToldOnce(t *testing.T) {
	clock := newClock(noon.Add(10 * time.Minute))
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: clock.now, Plan: plainPlan})
	judge := alerts.Rules{}.Judge
	settled := settledAs(inbound(1, "02422730001"), telephony.Missed)
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settled}, judge))
	want := "missed/" + settled.Call.ID + " open found afterwards"
	wantTold(t, db, want)
	a := alertOf(t, db, alerts.ReasonMissed)
	if !a.At.Equal(settled.Call.EndedAt.Truncate(time.Microsecond)) || !a.FoundAt.Equal(clock.now()) || a.Certainty != alerts.Certain {
		t.Errorf("when it happened, when it was found, how sure it is: %v %v %s", a.At, a.FoundAt, a.Certainty)
	}
	if !slices.ContainsFunc(a.Evidence, func(e alerts.Evidence) bool { return e.Kind == alerts.EvidenceJournal && e.Ref == settled.Call.ID }) {
		t.Errorf("it does not rest on the journal: %+v", a.Evidence)
	}
	if d, waits, err := db.NextDelivery(ctx, "group"); err != nil || !waits || d.Notice().Title != "来电未接（事后查明）" {
		t.Errorf("told: %v %v %v", d.Notice().Title, waits, err)
	}
	execIn(t, path, "DELETE FROM said") // as when it was cut
	clock.advance(time.Hour)
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settled}, judge))
	must(db.Acknowledge(ctx, a.ID, officer, ""))(t)
	settled.At = settled.At.Add(time.Millisecond)
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settled}, judge))
	wantTold(t, db, strings.Replace(want, "open", "resolved", 1))
}

// What the live view followed to its end is told by it alone; the journal adds nothing.
func TestTheJournalTellsNothingAgain(t *testing.T) {
	db := open(t)
	c := inbound(1, "02422730001")
	judge := alerts.Rules{}.Judge
	ok(t, db.RecordAndTell(ctx, story(c, telephony.Missed), judge))
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settledAs(c, telephony.Missed)}, judge))
	elsewhere := settledAs(c, telephony.AnsweredElsewhere) // disputed: the verdict stands
	elsewhere.At = elsewhere.At.Add(time.Second)
	ok(t, db.RecordAndTell(ctx, []telephony.Change{elsewhere}, judge))
	wantTold(t, db, "missed/"+c.ID+" open")
}

// Killed while the phone rings: what is told of a bell that rings now is over, and is never told
// afterwards; what came of the call is.
func TestABellThatStoppedUnseenIsOver(t *testing.T) {
	db := open(t)
	c := inbound(1, "02422730001")
	judge := alerts.Rules{}.Judge
	steps := story(c, telephony.Missed)
	ring3 := steps[1]
	ring3.Kind, ring3.At = telephony.CallRing3, ring3.At.Add(10*time.Second)
	ok(t, db.RecordAndTell(ctx, []telephony.Change{steps[0], steps[1], ring3}, judge))
	wantTold(t, db, "ring_3/"+c.ID+" open")
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settledAs(c, telephony.Missed)}, judge))
	wantTold(t, db, "ring_3/"+c.ID+" resolved", "missed/"+c.ID+" open found afterwards")
	late := steps[2]
	late.Call.Outcome, late.At = telephony.Unknown, late.At.Add(time.Minute) // the live view's word, after the journal's
	ok(t, db.RecordAndTell(ctx, []telephony.Change{late}, judge))
	wantTold(t, db, "ring_3/"+c.ID+" resolved", "missed/"+c.ID+" open found afterwards")
}

// Cut off during a call: that it was not seen to its end is over when the journal says how it ended,
// and nobody is told of it if that is soon.
func TestWhatTheJournalKnowsIsUnknownNoMore(t *testing.T) {
	clock := newClock(noon.Add(2 * time.Minute))
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now, Plan: plainPlan})
	c := inbound(1, "02422730001")
	judge := alerts.Rules{}.Judge
	steps := story(c, telephony.Unknown)
	end := &steps[len(steps)-1]
	end.Call.EndedAt = end.At.Add(30 * time.Second) // when its absence was found
	end.At, end.Call.Findings = end.Call.EndedAt, []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen}
	ok(t, db.RecordAndTell(ctx, steps, judge))
	wantTold(t, db, "unknown/"+c.ID+" open")
	settled := settledAs(c, telephony.Forwarded)
	settled.Call.Reason, settled.Call.ForwardedTo = telephony.ReasonPhoneRedirected, "13800001111"
	ok(t, db.RecordAndTell(ctx, []telephony.Change{settled}, judge))
	wantTold(t, db, "unknown/"+c.ID+" resolved", "phone_redirect/"+c.ID+" open found afterwards of 1")
	d, waits, err := db.NextDelivery(ctx, "group")
	if err != nil || !waits || d.Alert.Reason != alerts.ReasonPhoneRedirect || d.Alert.Detail != "13800001111" {
		t.Errorf("told first: %+v %v %v", d.Alert, waits, err)
	}
}

// What happened longer ago than a day stands on the page and is sent to nobody: a daemon that was
// away for a month makes no storm.
func TestAnOldStoryIsOnThePageOnly(t *testing.T) {
	clock := newClock(noon.Add(30 * 24 * time.Hour))
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now, Plan: chainOfTwo})
	var old []telephony.Change
	for n := range 50 {
		old = append(old, settledAs(inbound(n, "02422730001"), telephony.Missed))
	}
	ok(t, db.RecordAndTell(ctx, old, alerts.Rules{}.Judge))
	if n := must(db.OpenAlerts(ctx))(t); n != 50 {
		t.Errorf("%d on the page, want 50", n)
	}
	clock.advance(time.Hour)
	must(db.Advance(ctx))(t)
	for _, channel := range []string{"group", "chief", "leader"} {
		if d, waits, err := db.NextDelivery(ctx, channel); err != nil || waits {
			t.Errorf("%s is told %s, %v", channel, d.Alert.Key, err)
		}
	}
}

// A change is in the log with its alerts or not at all, whatever happens in between, and a reader
// never sees the one without the other.
func TestAChangeAndItsAlertsAreOneTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	steps := story(inbound(1, "02422730001"), telephony.Missed)
	id := steps[0].Call.ID
	rules := alerts.Rules{}.Judge
	killed := errors.New("killed in between")
	seen := 0
	dies := func(ch telephony.Change, v alerts.View) ([]alerts.Alert, error) {
		if _, err := db.Call(ctx, id); !errors.Is(err, dutylog.ErrNotFound) {
			seen++
		}
		return nil, killed
	}
	if err := db.RecordAndTell(ctx, steps, dies); !errors.Is(err, killed) {
		t.Errorf("recorded without its alerts: %v", err)
	}
	if _, err := db.Call(ctx, id); !errors.Is(err, dutylog.ErrNotFound) || seen > 0 {
		t.Errorf("half of it is there: %v", err)
	}
	ok(t, db.RecordAndTell(ctx, steps, rules))
	ok(t, db.Close())
	again := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	if c := must(again.Call(ctx, id))(t); c.Outcome != telephony.Missed {
		t.Errorf("the call is %s", c.Outcome)
	}
	wantTold(t, again, "missed/"+id+" open")
}

// The rules see what was written before in the same transaction: of calls that come together, too,
// the third one is a nuisance.
func TestTheRulesSeeWhatCameTogether(t *testing.T) {
	db := open(t)
	ok(t, db.ReplaceDirectory(ctx, []dutylog.Contact{listed("沈河区应急局", "02422730009")}, leader))
	rules := alerts.Rules{Misuse: alerts.Misuse{Nuisance: alerts.Nuisance{Calls: 3, Each: time.Hour}}}
	var together []telephony.Change
	for n := range 3 {
		together = append(together, story(inbound(n, "02422730001"), telephony.AbandonedEarly)...)
		together = append(together, story(inbound(10+n, "02422730009"), telephony.AbandonedEarly)...)
	}
	ok(t, db.RecordAndTell(ctx, together, rules.Judge))
	wantTold(t, db, "nuisance_caller/"+inbound(2, "").ID+" open")
}

// alertOf is the newest alert with a reason.
func alertOf(t *testing.T, db *sqlite.DB, reason alerts.Reason) alerts.Alert {
	t.Helper()
	list, _, err := db.Alerts(ctx, alerts.Query{Limit: 500})
	ok(t, err)
	for _, a := range list {
		if a.Reason == reason {
			return a
		}
	}
	t.Fatalf("there is no alert %s among %q", reason, toldOf(t, db))
	return alerts.Alert{}
}
