package sqlite_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// cast are the people of a review, with those who have nothing to say of it.
var cast = []dutylog.Actor{officer, {Login: "li", Name: "李强", Role: dutylog.Officer}, superA, superB, leader, {Login: "wang", Name: "王科", Role: dutylog.Chief},
	{Login: "own", Name: officer.Name, Role: dutylog.Supervisor}, {Login: "auditor", Name: "审计", Role: dutylog.Auditor}, {Login: "admin", Name: "管理", Role: dutylog.Admin}}

// anyFact is something that somebody may want to say; much of it is refused.
func anyFact(r *rand.Rand) dutylog.ReviewFact {
	pick := func(n int) int { return r.IntN(n) }
	f := dutylog.ReviewFact{By: cast[pick(len(cast))], Text: []string{"说明", "", "维修单 118"}[pick(3)]}
	f.Says = []dutylog.ReviewSays{dutylog.ReviewExplained, dutylog.ReviewCommented, dutylog.ReviewDecided, dutylog.ReviewSecondAsked, dutylog.ReviewSecondDecided}[pick(5)]
	f.Result = []dutylog.ReviewResult{dutylog.ReviewStands, dutylog.ReviewSetAside, dutylog.ReviewCountsLate, dutylog.ReviewCountsInTime, ""}[pick(5)]
	f.Code = []string{"other_call", "away", "phone", "power", "nonsense", ""}[pick(6)]
	return f
}

// kept is what the row for figures and lists says of a call.
type keptReview struct {
	result, outcome, stage string
	explained              bool
}

func keptRow(t *testing.T, db *sqlite.DB, callID string) (k keptReview) {
	t.Helper()
	ok(t, db.ReadRow("SELECT result, outcome, stage, explained FROM call_reviews WHERE call_id = '"+callID+"'", &k.result, &k.outcome, &k.stage, &k.explained))
	return k
}

// TestWhateverIsSaidTheOrderOfAReviewHolds has random people say random things of a few calls, and looks at
// what must hold whatever they say: an order, different judges, a proven cause, and a row that says the same.
func TestWhateverIsSaidTheOrderOfAReviewHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(noon)
	db := withPractice(t, openAt(t, path, sqlite.Options{Now: clock.now}))
	var ids []string
	for n, o := range []telephony.Outcome{telephony.AnsweredLate, telephony.Missed, telephony.AnsweredInTime, telephony.Unreachable} {
		var change []func(*telephony.Call)
		if o == telephony.AnsweredInTime {
			change = append(change, borderline)
		}
		c := ended(t, db, n, o, change...)
		answeredBy(t, db, c.ID, officer.Name)
		ids = append(ids, c.ID)
	}
	r := rand.New(rand.NewPCG(7, 2026))
	said := 0
	for range 1500 {
		if r.IntN(40) == 0 {
			clock.advance(6 * time.Hour)
		}
		id := ids[r.IntN(len(ids))]
		c := must(db.ReviewCase(ctx, id))(t)
		before := c.At(clock.now(), reviewing)
		f, err := before.Check(anyFact(r))
		if err != nil {
			continue
		}
		if f.Says == dutylog.ReviewDecided && before.Explained == nil && clock.now().Before(before.DueAt) {
			t.Fatal("somebody decided before the officer had the word")
		}
		var last int64
		if n := len(c.Facts); n > 0 {
			last = c.Facts[n-1].ID
		}
		must(db.SayOfVerdict(ctx, f, last))(t)
		said++
	}
	if said < 15 {
		t.Fatalf("only %d things were said: this judges nothing", said)
	}
	for _, id := range ids {
		holds(t, db, id)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() == audit.Altered || v.Of("review").Intact != int64(said) {
		t.Errorf("%d said: %s\n%s", said, v.Verdict(), findings(v))
	}
}

// holds looks at the facts of one call, one after the other.
func holds(t *testing.T, db *sqlite.DB, id string) {
	t.Helper()
	c := must(db.ReviewCase(ctx, id))(t)
	count := map[dutylog.ReviewSays]int{}
	var first dutylog.Actor
	for _, f := range c.Facts {
		count[f.Says]++
		decides := f.Says == dutylog.ReviewDecided || f.Says == dutylog.ReviewSecondDecided
		switch {
		case decides && f.By.Name == officer.Name:
			t.Errorf("%s: %s judged their own call", id, f.By.Login)
		case f.Says == dutylog.ReviewExplained && f.By.Name != officer.Name:
			t.Errorf("%s: %s explained somebody else's call", id, f.By.Login)
		case f.Says == dutylog.ReviewDecided:
			first = f.By
		case f.Says == dutylog.ReviewSecondDecided && f.By.Login == first.Login:
			t.Errorf("%s: %s judged twice", id, f.By.Login)
		}
		if f.Result == dutylog.ReviewSetAside && (f.Text == "" || !slices.Contains(dutylog.TechnicalCauses(), dutylog.TechnicalCause(f.Code))) {
			t.Errorf("%s: set aside for %q, proved by %q", id, f.Code, f.Text)
		}
		near := dutylog.Borderline(c.Call.Call)
		if decides && (f.Result == dutylog.ReviewStands) == near && f.Result != dutylog.ReviewSetAside {
			t.Errorf("%s: %s is not for this verdict", id, f.Result)
		}
	}
	if count[dutylog.ReviewDecided] > 1 || count[dutylog.ReviewSecondAsked] > 1 || count[dutylog.ReviewSecondDecided] > count[dutylog.ReviewSecondAsked] {
		t.Errorf("%s: %v", id, count)
	}
	if len(c.Facts) == 0 {
		return
	}
	r, row := c.Folded(), keptRow(t, db, id)
	stage := ""
	if r.Decision != nil {
		stage = string(r.State)
	}
	if want := (keptReview{string(r.Result().Counted()), string(c.Call.Outcome), stage, r.Explained != nil}); row != want {
		t.Errorf("%s: the row says %+v, the facts %+v", id, row, want)
	}
}

// Two who decide at once: one does, and the other is told to read it anew.
func TestTwoSupervisorsDecideAtOnce(t *testing.T) {
	db := withPractice(t, open(t))
	c := ended(t, db, 0, telephony.Missed)
	answeredBy(t, db, c.ID, officer.Name)
	e := must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	r := must(db.ReviewCase(ctx, c.ID))(t).At(noon, reviewing)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		by := []dutylog.Actor{superA, superB}[i%2]
		f := must(r.Check(dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: by}))(t)
		wg.Go(func() { _, errs[i] = db.SayOfVerdict(ctx, f, e.ID) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, dutylog.ErrExists) {
			t.Error(err)
		}
	}
	if facts := must(db.ReviewCase(ctx, c.ID))(t).Facts; done != 1 || len(facts) != 2 {
		t.Errorf("%d decided, %d facts", done, len(facts))
	}
}

// The journal shows later that a call went otherwise: what was decided of the older outcome decides nothing
// any more, stays readable, and the row for the figures names the outcome of which it was.
func TestAnOutcomeThatChangesOpensItsReviewAnew(t *testing.T) {
	db := withPractice(t, open(t))
	decided := func(n int) telephony.Call {
		c := inbound(n, "02422730001")
		seen := story(c, telephony.Missed)
		seen[len(seen)-1].Call.Findings = []telephony.Finding{telephony.SeenInPart}
		ok(t, db.Record(ctx, seen))
		answeredBy(t, db, c.ID, officer.Name)
		must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "not_heard", Text: "铃声关小", By: officer}))(t)
		must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewSetAside, Code: "phone", Text: "维修单", By: superA}))(t)
		return c
	}
	settled := func(c telephony.Call, o telephony.Outcome) {
		ok(t, db.Record(ctx, []telephony.Change{settledAs(c, o)}))
		if got := must(db.Call(ctx, c.ID))(t).Outcome; got != o {
			t.Fatalf("the call is %s", got)
		}
	}
	late, fine := decided(0), decided(1)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor})
	settled(late, telephony.AnsweredLate)
	wantList(t, db, dutylog.ReviewQuery{Waits: dutylog.WaitsForSupervisor}, late.ID+" awaits_supervisor")
	if r := must(db.ReviewCase(ctx, late.ID))(t).Folded(); r.Result() != "" || len(r.Facts) != 2 || r.Facts[1].Outcome != telephony.Missed {
		t.Errorf("%s %+v", r.Result(), r.Facts)
	}
	if row := keptRow(t, db, late.ID); row.outcome != "missed" || row.result != "set_aside" {
		t.Errorf("%+v", row)
	}
	must(say(t, db, late.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, By: superB}))(t)
	if row := keptRow(t, db, late.ID); row.outcome != "answered_late" || row.result != "" || row.stage != "decided" {
		t.Errorf("%+v", row)
	}
	settled(fine, telephony.AnsweredInTime)
	wantList(t, db, dutylog.ReviewQuery{}, late.ID+" decided")
	if r := must(db.ReviewCase(ctx, fine.ID))(t); len(r.Facts) != 2 || dutylog.WantsReview(r.Call.Call) {
		t.Errorf("what was said is not readable any more: %+v", r)
	}
}

// What was said of a call is among what an exhibit of its entry proves.
func TestAnExhibitHasTheReviewOfItsCall(t *testing.T) {
	db := withPractice(t, open(t))
	c, other := ended(t, db, 0, telephony.Missed), ended(t, db, 1, telephony.Missed)
	answeredBy(t, db, c.ID, officer.Name)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) { s.CallID = c.ID }), officer))(t)
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	size := must(db.Evidence(ctx))(t).Latest.Size
	for id, want := range map[string]string{c.ID: "review reviewed spot_check", other.ID: ""} {
		proofs := must(db.Exhibit(ctx, "e-"+id, size))(t)
		var kinds []string
		for _, p := range proofs {
			if p.Kind == audit.Review || p.Kind == audit.Reviewed || p.Kind == audit.SpotCheck {
				kinds = append(kinds, string(p.Kind))
			}
		}
		slices.Sort(kinds)
		if got := strings.Join(slices.Compact(kinds), " "); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
