package dutylog_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// scoring is a small set of rules with an item of every kind.
func scoring() dutylog.ScoringRules {
	return dutylog.ScoringRules{Name: "试行细则", Items: []dutylog.ScoringItem{
		{ID: "on_time", Title: "三声内接听", Article: "第十二条", Figure: dutylog.AssessOnTime, Points: 200, Each: 20, Evidence: dutylog.EvidenceCall, Bands: []dutylog.Band{{Least: 980, Gives: 200}, {Least: 900, Gives: 100}}},
		{ID: "called_back", Title: "回拨", Article: "第六条", Figure: dutylog.AssessCalledBack, Points: 80, Each: 20, Evidence: dutylog.EvidenceCall},
		{ID: "not_forwarded", Title: "未被转走", Article: "第十二条", Figure: dutylog.AssessNotForwarded, Points: 50, Each: 25, Evidence: dutylog.EvidenceCall},
		{ID: "forwarding", Title: "严禁呼叫转移", Article: "第十二条", Figure: dutylog.AssessForwarding, Points: 70, Each: 35, Evidence: dutylog.EvidenceAlert},
		{ID: "entries", Title: "日志", Article: "第十三条", Figure: dutylog.AssessComplete, Points: 60, Each: 10, Evidence: dutylog.EvidenceEntry},
		{ID: "in_time", Title: "及时填完", Article: "第十三条", Figure: dutylog.AssessEntryInTime, Points: 40, Each: 5, Evidence: dutylog.EvidenceEntry},
		{ID: "first", Title: "初报", Article: "第二十条", Figure: dutylog.AssessFirst, Points: 60, Each: 30, Evidence: dutylog.EvidenceIncident},
		{ID: "handovers", Title: "交接班", Article: "第十一条", Figure: dutylog.AssessHandovers, Points: 60, Each: 10, Evidence: dutylog.EvidenceHandover},
		{ID: "roster", Title: "在岗", Article: "第七条", Figure: dutylog.AssessRoster, Points: 60, Evidence: dutylog.EvidenceRoster, Bands: []dutylog.Band{{Least: 1000, Gives: 60}, {Least: 990, Gives: 30}}},
		{ID: "filings", Title: "报备", Article: "第八条", Figure: dutylog.AssessFilings, Points: 30, Each: 15, Evidence: dutylog.EvidenceNone},
		{ID: "duties", Title: "定期事项", Article: "第九条", Figure: dutylog.AssessTasks, Points: 30, Each: 5, Evidence: dutylog.EvidenceTask},
		{ID: "spot", Title: "抽查", Article: "第三十三条", Figure: dutylog.AssessSpotChecks, Points: 30, Each: 10, Evidence: dutylog.EvidenceSpot},
		{ID: "listening", Title: "抽评", Article: "第十二条", Figure: dutylog.AssessListening, Points: 30, Each: 5, Evidence: dutylog.EvidenceListening},
		{ID: "violations", Title: "违规", Article: "第三十二条", Figure: dutylog.AssessViolations, Points: 50, Each: 25, Evidence: dutylog.EvidenceViolation},
	}}
}

// sheetText is a sheet in a few lines.
func sheetText(s dutylog.Assessment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s of %s (of all %s), %d calls, %d unknown, %d undecided, blind %s, rings %v, duty %s\n", s.Month, s.Line, s.Gets, s.Of, s.Most, s.Calls, s.Unknown, s.Open, s.Blind, s.Rings, s.Persons.Duty)
	for _, i := range s.Items {
		fmt.Fprintf(&b, "  %-14s %5s/%-4s %-8s %d/%d measured %d/%d", i.ID, i.Gets, i.Points, i.Why, i.Share.Good, i.Share.Of, i.Share.Measured[0], i.Share.Measured[1])
		if i.Share.Unknown > 0 {
			fmt.Fprintf(&b, " unknown %d", i.Share.Unknown)
		}
		for _, e := range i.Share.Against {
			fmt.Fprintf(&b, "\n      %s %s %s %s", e.At.UTC().Format("01-02T15:04"), e.Kind, e.ID, e.What)
		}
		if i.Share.More > 0 {
			fmt.Fprintf(&b, "\n      and %d more", i.Share.More)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// month is the books of a month that is not over before its last call.
func month(t *testing.T, m dutylog.Month, loc *time.Location, facts ...dutylog.CallFact) dutylog.AssessmentBooks {
	t.Helper()
	b := dutylog.AssessmentBooks{From: m.First().Start(loc), To: m.Next().First().Start(loc), Allowance: 15 * time.Minute}
	for n, f := range facts {
		f.Call.ID = fmt.Sprintf("%d.0", n+1)
		b.Tally.Add(f)
		b.Calls = append(b.Calls, f)
		if f.Call.Outcome == telephony.Missed {
			b.Missed = append(b.Missed, dutylog.MissedFact{Call: f.Call, Settled: map[bool]time.Time{true: f.Call.EndedAt.Add(time.Minute)}[f.CalledBack], Reached: map[bool]time.Time{true: f.Call.EndedAt.Add(time.Minute)}[f.CalledBack]})
		}
		if !f.Complete && f.Call.Outcome != telephony.Unknown {
			b.Entries = append(b.Entries, dutylog.EntryDelay{ID: "e-" + f.Call.ID, Call: f})
		}
	}
	return b
}

// movedTo moves a call to another moment.
func movedTo(f dutylog.CallFact, t time.Time) dutylog.CallFact {
	by := t.Sub(f.Call.OfferedAt)
	for _, x := range []*time.Time{&f.Call.OfferedAt, &f.Call.RangAt, &f.Call.RangUntil, &f.Call.AnsweredAt, &f.Call.EndedAt} {
		if !x.IsZero() {
			*x = x.Add(by)
		}
	}
	return f
}

func filledIn(f dutylog.CallFact) dutylog.CallFact {
	f.Complete, f.Entered = true, 5*time.Minute
	return f
}

func several(n int, f dutylog.CallFact) []dutylog.CallFact {
	return slices.Repeat([]dutylog.CallFact{f}, n)
}

// The sheets of months as nobody wishes and as everybody does, in full.
func TestSheetsOfMonths(t *testing.T) {
	shanghai, berlin := zone(t, "Asia/Shanghai"), zone(t, "Europe/Berlin")
	good := filledIn(rang(telephony.AnsweredInTime, 5*time.Second))
	late := filledIn(rang(telephony.AnsweredLate, 20*time.Second))
	missed := rang(telephony.Missed, 30*time.Second)
	border := filledIn(rang(telephony.AnsweredLate, 15*time.Second, telephony.BorderlineVerdict))
	unknown := dutylog.CallFact{Call: telephony.Call{Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Unknown, OfferedAt: nineOClock, EndedAt: nineOClock}}
	var text strings.Builder
	show := func(what string, b dutylog.AssessmentBooks, m dutylog.Month, now time.Time) {
		f := b.Facts(m, "duty", now)
		s := dutylog.Score(f, scoring())
		fmt.Fprintf(&text, "## %s\n%s\n", what, sheetText(s))
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var again dutylog.AssessmentFacts
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatal(err)
		}
		if one, two := sheetText(s), sheetText(dutylog.Score(again, scoring())); one != two {
			t.Errorf("%s: facts that were kept give another sheet:\n%s", what, two)
		}
	}
	after := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	show("no calls at all, no roster, no duties", month(t, "2026-11", shanghai), "2026-11", after)

	blind := month(t, "2026-11", shanghai)
	blind.Blind = blind.To.Sub(blind.From)
	show("all blind", blind, "2026-11", after)

	show("all unknown", month(t, "2026-11", shanghai, unknown, unknown), "2026-11", after)

	few := month(t, "2026-11", shanghai, append(several(17, good), late, missed)...)
	few.Blind = 90 * time.Minute
	show("19 reached: counts, not bands", few, "2026-11", after)
	show("20 reached: bands", month(t, "2026-11", shanghai, append(several(18, good), late, missed)...), "2026-11", after)
	show("borderline and undecided, unknown: counted neither way", month(t, "2026-11", shanghai, append(several(20, good), border, unknown)...), "2026-11", after)

	aside, counted := late, border
	aside.Review, counted.Review = dutylog.ReviewSetAside, dutylog.ReviewCountsLate
	show("after review: one set aside, one borderline that counts late", month(t, "2026-11", shanghai, append(several(20, good), aside, counted)...), "2026-11", after)

	other := good
	other.Call.Rule = "r2"
	show("the ring rule changed in mid-month", month(t, "2026-11", shanghai, good, other), "2026-11", after)

	full := month(t, "2028-02", shanghai, append(several(30, movedTo(good, time.Date(2028, 2, 29, 15, 59, 59, 0, time.UTC))), movedTo(filledIn(missedBack(missed)), time.Date(2028, 2, 29, 1, 0, 0, 0, time.UTC)))...)
	full.Duty = roomOfFebruary(shanghai)
	full.Duty.RosterSince = full.From
	full.Alerts = []dutylog.ToldMisuse{{ID: 7, Reason: "forward_code", Forwarded: true, At: full.From.Add(time.Hour)}}
	full.Tasks = []dutylog.Task{{Title: "每日情况报送", Key: "2028-02-28", DueAt: full.From, State: dutylog.TaskDone}, {Rule: dutylog.TaskRule{Rule: 3}, Title: "每日情况报送", Key: "2028-02-29", DueAt: full.To.Add(-time.Hour), State: dutylog.TaskMissed},
		{Title: "其他", State: dutylog.TaskNotNeeded}, {Title: "以后", State: dutylog.TaskComing}, {Title: "报备", State: dutylog.TaskMissed, Filing: &dutylog.FilingDuty{}}}
	full.Checks = []dutylog.SpotCheck{{Check: 1, Result: dutylog.SpotPassed, Day: full.From, By: bySuper}, {Check: 2, Result: dutylog.SpotPartly, Day: full.From, By: bySuper}, {Check: 3, Result: dutylog.SpotFailed, Struck: true, By: bySuper},
		{Check: 4, Result: dutylog.SpotPassed, Day: full.From, By: byOfficer}}
	poor := dutylog.ListeningFact{Marks: dutylog.Marks{Greeting: dutylog.MarkGood, ReadBack: dutylog.MarkPoor}, At: full.From}
	fine := dutylog.ListeningFact{Marks: dutylog.Marks{Greeting: dutylog.MarkGood}, At: full.From}
	full.Listened = []dutylog.Listened{{CallID: "1.0", Review: &poor}, {CallID: "1.0", Review: &fine}, {CallID: "2.0", Review: &fine}, {CallID: "3.0"}}
	full.Upheld = []dutylog.Violation{{ID: 4, Item: 2, At: full.From}}
	show("leap day, everything", full, "2028-02", after.AddDate(2, 0, 0))
	show("the same before the month is over", full, "2028-02", full.From.Add(36*time.Hour))

	show("a minute after a call: neither its entry nor its call back is due", month(t, "2026-11", shanghai, good, missed), "2026-11", nineOClock.Add(2*time.Minute))
	show("an hour later", month(t, "2026-11", shanghai, good, missed), "2026-11", nineOClock.Add(2*time.Hour))

	show("a month with an hour less", month(t, "2026-03", berlin, movedTo(good, time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC))), "2026-03", after)
	goldenText(t, "assessment.golden.txt", text.String())
}

func missedBack(f dutylog.CallFact) dutylog.CallFact {
	f.CalledBack = true
	return f
}

// roomOfFebruary has a gap of two hours, a late handover, an incident whose first report was late, one filing in time.
func roomOfFebruary(loc *time.Location) dutylog.DutyFacts {
	day := func(d, h int) time.Time { return time.Date(2028, 2, d, h, 0, 0, 0, loc) }
	end := time.Date(2028, 3, 1, 0, 0, 0, 0, loc)
	f := dutylog.DutyFacts{Begun: day(1, 0), Filings: []dutylog.FilingDuty{{Kind: dutylog.FileMonth, State: dutylog.FilingDone, Due: day(1, 0)}}}
	for _, p := range []dutylog.Post{dutylog.PostChief, dutylog.PostLeader} {
		f.Shifts = append(f.Shifts, dutylog.Shift{From: day(1, 0), To: end, Post: p, Name: "赵振华"})
	}
	f.Shifts = append(f.Shifts, dutylog.Shift{From: day(1, 0), To: day(10, 8), Post: dutylog.PostOfficer, Name: "张伟"}, dutylog.Shift{From: day(10, 10), To: day(20, 8), Post: dutylog.PostOfficer, Name: "李娜"},
		dutylog.Shift{From: day(20, 8), To: end, Post: dutylog.PostOfficer, Name: "张伟"})
	f.Handovers = []dutylog.Handover{{ID: 1, At: day(10, 10).Add(5 * time.Minute), Incoming: dutylog.Actor{Name: "李娜"}}, {ID: 2, At: day(20, 9), Incoming: dutylog.Actor{Name: "张伟"}}}
	f.Incidents = []dutylog.Incident{{ID: 3, ClockNatural: day(29, 8), Schedule: dutylog.UsualSchedule(), Facts: []dutylog.IncidentFact{{WrittenAt: day(29, 8)}},
		Reports: []dutylog.Report{{Stage: dutylog.StageFirst, DueAt: day(29, 8).Add(10 * time.Minute), SentAt: day(29, 9)}, {Stage: dutylog.StageWritten, DueAt: day(29, 9), SentAt: day(29, 9)}}}}
	return f
}

// What is against somebody is listed as often as it is counted, as far as the list goes.
func TestTheEvidenceIsWhatWasCounted(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	full := month(t, "2028-02", loc, append(several(60, movedTo(rang(telephony.AnsweredLate, 20*time.Second), time.Date(2028, 2, 3, 0, 0, 0, 0, time.UTC))), movedTo(rang(telephony.Forwarded, 0), time.Date(2028, 2, 3, 0, 0, 0, 0, time.UTC)))...)
	full.Duty = roomOfFebruary(loc)
	full.Duty.RosterSince = full.From
	for name, s := range full.Facts("2028-02", "duty", full.To).Shares {
		f, known := name.FigureOf()
		if !known {
			t.Errorf("%s is counted and no rule can name it", name)
		}
		if listed := len(s.Against) + s.More; f.Evidence != dutylog.EvidenceNone && !f.Minutes && listed != s.Cases() {
			t.Errorf("%s: %d did not do well, %d are listed", name, s.Cases(), listed)
		}
	}
	for _, f := range dutylog.AssessedFigures() {
		if _, counted := full.Facts("2028-02", "duty", full.To).Shares[f.Figure]; !counted {
			t.Errorf("%s can be named and is not counted", f.Figure)
		}
	}
}

// A caller is called back in time by the limit of the rules; who is later is counted apart. Who gave up early or found
// the line engaged is charged to nobody, and who could not be called back does well.
func TestCallBacksAreInTimeByTheRule(t *testing.T) {
	at := time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)
	b := dutylog.AssessmentBooks{From: at.AddDate(0, 0, -2), To: at.AddDate(0, 0, 28)}
	for n, m := range []struct {
		outcome telephony.Outcome
		settled time.Duration
		reached bool
	}{{telephony.Missed, 25 * time.Minute, true}, {telephony.Missed, 30 * time.Minute, true}, {telephony.Missed, 30*time.Minute + time.Second, true}, {telephony.Missed, 25 * 24 * time.Hour, true},
		{telephony.Missed, 26 * time.Hour, false}, {telephony.Missed, 0, false}, {telephony.Engaged, 0, false}, {telephony.AbandonedEarly, 40 * time.Minute, true}, {telephony.Forwarded, 0, false}} {
		f := dutylog.MissedFact{Call: telephony.Call{ID: fmt.Sprint(n), Direction: telephony.Inbound, Outcome: m.outcome, OfferedAt: at.Add(time.Duration(n) * time.Minute), EndedAt: at.Add(time.Duration(n) * time.Minute)}}
		if m.settled > 0 {
			f.Settled = f.Call.EndedAt.Add(m.settled)
		}
		if m.reached {
			f.Reached = f.Settled
		}
		b.Missed = append(b.Missed, f)
	}
	for _, c := range []struct{ within, good, late, listed int }{{30, 3, 2, 3}, {31, 4, 1, 2}, {20, 1, 4, 5}, {0, 5, 0, 1}} {
		rules := scoring()
		rules.Items = rules.Items[1:2]
		rules.Items[0].Within = c.within
		b.BackIn = rules.CallBackIn()
		facts := b.Facts("2026-11", "duty", b.To)
		i := dutylog.Score(facts, rules).Items[0]
		if i.Share.Good != c.good || i.Share.Of != 6 || i.Share.Late != c.late || len(i.Share.Against) != c.listed || i.Share.More != 0 || i.Gets != max(0, 80-20*dutylog.Points(6-c.good)) {
			t.Errorf("within %d minutes: %+v", c.within, i)
		}
		rules.Items[0].Within = 60 // what a frozen sheet keeps can be tried with another limit
		if i := dutylog.Score(facts, rules).Items[0]; i.Share.Good != 4 || i.Share.Late != 1 {
			t.Errorf("of the same facts within an hour: %+v", i.Share)
		}
	}
}

// Whatever happened and whatever the rules are: no item gets more than it is worth or less than nothing, the
// sum is the sum, and what is not judged gives nothing.
func TestPointsNeverExceedTheMost(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		rules, facts := dutylog.ScoringRules{Name: "x"}, dutylog.AssessmentFacts{From: nineOClock, To: nineOClock.Add(time.Hour), Blind: time.Duration(r.IntN(3)) * 30 * time.Minute, Shares: map[dutylog.Assessed]dutylog.AssessedShare{}}
		for n, f := range dutylog.AssessedFigures() {
			i := dutylog.ScoringItem{ID: fmt.Sprintf("i%d", n), Title: "x", Article: "x", Figure: f.Figure, Points: dutylog.Points(1 + r.IntN(200)), Evidence: dutylog.EvidenceNone}
			if i.Each = dutylog.Points(1 + r.IntN(int(i.Points))); !f.Cases && (f.Minutes || r.IntN(2) == 0) {
				i.Bands = []dutylog.Band{{Least: 900, Gives: i.Points}}
				if i.Points > 1 {
					i.Bands = append(i.Bands, dutylog.Band{Least: dutylog.Points(r.IntN(900)), Gives: dutylog.Points(r.IntN(int(i.Points)))})
				}
			}
			if err := i.Check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			rules.Items = append(rules.Items, i)
			if of := r.IntN(60); f.Cases {
				facts.Shares[f.Figure] = dutylog.AssessedShare{Of: of, Unknown: r.IntN(3)}
			} else {
				facts.Shares[f.Figure] = dutylog.AssessedShare{Good: r.IntN(of + 1), Of: of, Unknown: r.IntN(3)}
			}
		}
		s := dutylog.Score(facts, rules)
		var gets, of dutylog.Points
		for _, i := range s.Items {
			if i.Gets < 0 || i.Gets > i.Points || !i.Why.Judged() && i.Gets != 0 {
				t.Fatalf("seed %d: %s gets %s of %s, %s", seed, i.ID, i.Gets, i.Points, i.Why)
			}
			if i.Why.Judged() {
				gets, of = gets+i.Gets, of+i.Points
			}
		}
		if gets != s.Gets || of != s.Of || s.Of > s.Most || s.Most != rules.Most() {
			t.Fatalf("seed %d: %s of %s, and the items come to %s of %s", seed, s.Gets, s.Of, gets, of)
		}
		if h, ok := s.OfHundred(); ok && (h < 0 || h > 1000) {
			t.Fatalf("seed %d: %s of a hundred", seed, h)
		}
	}
}

// More that is not known never takes a point away.
func TestWhatIsNotKnownIsHeldAgainstNobody(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	unknown := dutylog.CallFact{Call: telephony.Call{Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Unknown, OfferedAt: nineOClock, EndedAt: nineOClock}}
	calls := append(several(25, filledIn(rang(telephony.AnsweredInTime, time.Second))), filledIn(rang(telephony.AnsweredLate, 20*time.Second)))
	border := filledIn(rang(telephony.AnsweredLate, 15*time.Second, telephony.BorderlineVerdict))
	plain := dutylog.Score(month(t, "2026-11", loc, calls...).Facts("2026-11", "duty", nineOClock.AddDate(0, 1, 0)), scoring())
	for n := range 30 {
		more := month(t, "2026-11", loc, append(slices.Clone(calls), append(several(n, unknown), several(n, border)...)...)...)
		more.Blind = time.Duration(n) * time.Hour
		s := dutylog.Score(more.Facts("2026-11", "duty", nineOClock.AddDate(0, 1, 0)), scoring())
		for i := range s.Items {
			if s.Items[i].Gets < plain.Items[i].Gets {
				t.Errorf("%d unknown ones more: %s gets %s instead of %s", n, s.Items[i].ID, s.Items[i].Gets, plain.Items[i].Gets)
			}
		}
	}
}

func TestPointsHaveOneSpelling(t *testing.T) {
	for text, want := range map[string]dutylog.Points{"0": 0, "5": 50, "0.5": 5, "12.3": 123, "1000": 10000} {
		if got, err := dutylog.ParsePoints(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %d %v, written %s", text, got, err, got)
		}
	}
	for _, text := range []string{"", ".", "5.", ".5", "1.25", "-1", "+1", "1e2", "1001", "五", " 5", "1 0"} {
		if got, err := dutylog.ParsePoints(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
