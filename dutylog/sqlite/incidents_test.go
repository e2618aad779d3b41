package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// nineElements are all that a report has to say.
func nineElements(casualties string) map[dutylog.Element]string {
	known := map[dutylog.Element]string{}
	for _, w := range dutylog.Elements() {
		known[dutylog.Element(w.Code)] = w.Short
	}
	known[dutylog.ElementCasualties] = casualties
	return known
}

// instructionOfFire is the number of the fact by which a leader ordered something in fireStory.
const instructionOfFire = 10

// deliveryOfFire and followUpOfFire are by which the government got the written report, and the superior the follow-up.
const (
	deliveryOfFire = 9
	followUpOfFire = 15
)

// fireStory is an incident from its opening to its end, deed by deed, of the entry of inbound(0).
func fireStory(e dutylog.Entry, i int64) []dutylog.IncidentDeed {
	report := func(s dutylog.Stage, nth int) int { return dutylog.ReportNumber(s, nth) }
	writes := func(n int, casualties string) dutylog.FactDraft {
		return dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: n, Elements: nineElements(casualties), Text: "情况如下"}}
	}
	sends := func(n int, recipient, channel string) dutylog.FactDraft {
		return dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: n, Recipient: recipient, Channel: channel, Receiver: "周敏"}}
	}
	all := [][]dutylog.FactDraft{
		dutylog.Opening(e, "fire", "sensitive_time", dutylog.UsualSchedule()),
		{sends(1, "superior_bureau", "phone")},
		{{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached", Phone: "13800000000"}}},
		{writes(2, "2人受伤")},
		{{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 2}}},
		{sends(2, "superior_bureau", "fax")},
		{sends(2, "government", "system")},
		{{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "孙局长", Text: "全力救治伤员"}}},
		{writes(3, "2人受伤")},
		{sends(3, "superior_bureau", "system")},
		{{Kind: dutylog.FactElements, Body: dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: "1人死亡1人受伤"}}}},
		{writes(report(dutylog.StageFollowUp, 1), "1人死亡1人受伤")},
		{sends(report(dutylog.StageFollowUp, 1), "superior_bureau", "wechat")},
		{writes(report(dutylog.StageFinal, 1), "1人死亡1人受伤")},
		{sends(report(dutylog.StageFinal, 1), "superior_bureau", "fax")},
		{{Kind: dutylog.FactReviewed, Body: dutylog.FactBody{Report: report(dutylog.StageFinal, 1)}}},
		{{Kind: dutylog.FactScene, Body: dutylog.FactBody{Whom: "李科长", Part: "back"}}},
		{{Kind: dutylog.FactConveyed, Body: dutylog.FactBody{Fact: instructionOfFire, Whom: "消防大队"}}},
		{{Kind: dutylog.FactFedBack, Body: dutylog.FactBody{Fact: instructionOfFire, Whom: "消防大队", Text: "伤员已送医"}}},
		{{Kind: dutylog.FactClosed, Body: dutylog.FactBody{Reason: "批示由下一班跟踪"}}},
		{{Kind: dutylog.FactInstrClosed, Body: dutylog.FactBody{Fact: instructionOfFire, Text: "已办结"}}},
	}
	deeds := make([]dutylog.IncidentDeed, len(all))
	for n, drafts := range all {
		deeds[n] = dutylog.IncidentDeed{Incident: i, Key: fmt.Sprintf("deed-of-fire-%03d", n), By: leader, Drafts: drafts}
	}
	deeds[0].Incident = 0
	return deeds
}

// withCall is a log with one answered call.
func withCall(t *testing.T, path string) (*sqlite.DB, *clock, dutylog.Entry) {
	t.Helper()
	c := newClock(noon.Add(2 * time.Minute))
	db := openAt(t, path, sqlite.Options{Now: c.now, Location: shanghai})
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	return db, c, must(db.Entry(ctx, "e-"+inbound(0, "").ID))(t)
}

func doing(t *testing.T, db *sqlite.DB, d dutylog.IncidentDeed) dutylog.Incident {
	t.Helper()
	i, _, err := db.DoIncident(ctx, d)
	if err != nil {
		t.Fatalf("%s: %v", d.Key, err)
	}
	return i
}

func TestAnIncidentIsKeptWithItsEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	before := last(t, db)
	for _, d := range fireStory(e, 1) {
		c.advance(3 * time.Minute)
		doing(t, db, d)
	}
	i := must(db.Incident(ctx, 1))(t)
	if i.State != dutylog.IncidentClosed || i.Number.String() != "T2026-001" || !i.ClockStart.Equal(inbound(0, "").OfferedAt.Truncate(time.Microsecond)) || len(i.Facts) != 23 {
		t.Errorf("%+v", i)
	}
	for n, f := range i.Facts {
		if f.Seq != n+1 || f.By != leader || f.WrittenAt.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if told := since(t, db, before); len(told) != 21 || told[0].Topic != dutylog.TopicIncident || told[0].Subject != "1" {
		t.Errorf("%v", topics(told))
	}
	for _, statement := range []string{"DELETE FROM incident_facts", "UPDATE incident_facts SET at = 1"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("incident").Intact != 23 {
		t.Errorf("%+v", r.Of("incident"))
	}
	outside(t, path, "UPDATE incident_facts SET at = at - 60000000 WHERE kind = 'delivered' AND id = (SELECT min(id) FROM incident_facts WHERE kind = 'delivered')")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "incident 4") {
		t.Errorf("a report that was made earlier behind the log's back is not found: %s", findings(r))
	}
}

// A deed of several facts is done as a whole or not at all.
func TestADeedIsAllOrNothing(t *testing.T) {
	db, _, e := withCall(t, filepath.Join(t.TempDir(), "log.db"))
	i := doing(t, db, fireStory(e, 1)[0])
	half := dutylog.IncidentDeed{Incident: i.ID, Key: "half-a-deed", By: officer, Drafts: []dutylog.FactDraft{
		{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached"}},
		{Kind: dutylog.FactClosed},
	}}
	var refused *dutylog.IncidentError
	if _, _, err := db.DoIncident(ctx, half); !errors.As(err, &refused) || refused.Reason != dutylog.NotFinished {
		t.Errorf("%v", err)
	}
	if after := must(db.Incident(ctx, i.ID))(t); len(after.Facts) != len(i.Facts) {
		t.Errorf("%+v", after.Facts)
	}
	half.Drafts[1].Body.Reason = "误报" // the same key: nothing was done under it
	if after := doing(t, db, half); after.State != dutylog.IncidentClosed || len(after.Facts) != len(i.Facts)+2 {
		t.Errorf("%+v", after)
	}
	for name, key := range map[string]string{"none": "", "short": "1234567", "long": strings.Repeat("a", 41), "strange": "deed '; DROP TABLE"} {
		half.Key = key
		var invalid *dutylog.InvalidError
		if _, _, err := db.DoIncident(ctx, half); !errors.As(err, &invalid) || invalid.Field != "key" {
			t.Errorf("a key that is %s: %v", name, err)
		}
	}
}

func TestIncidentsAreListedByPages(t *testing.T) {
	db, c, _ := withCall(t, filepath.Join(t.TempDir(), "log.db"))
	for n := range 7 {
		ok(t, db.Record(ctx, story(inbound(n+1, "02422730001"), telephony.AnsweredInTime)))
		c.advance(time.Minute)
		d := fireStory(must(db.Entry(ctx, "e-"+inbound(n+1, "").ID))(t), 0)[0]
		d.Key = fmt.Sprintf("opening-%d", n)
		i := doing(t, db, d)
		if n%3 == 0 {
			doing(t, db, dutylog.IncidentDeed{Incident: i.ID, Key: fmt.Sprintf("closing-%d", n), By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactClosed, Body: dutylog.FactBody{Reason: "误报"}}}})
		}
		if n == 3 {
			doing(t, db, dutylog.IncidentDeed{Incident: i.ID, Key: "again-again", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactReopened, Body: dutylog.FactBody{Reason: "确有其事"}}}})
		}
	}
	for state, want := range map[dutylog.IncidentState]string{"": "7 6 5 4 3 2 1", dutylog.IncidentOpen: "6 5 4 3 2", dutylog.IncidentClosed: "7 1"} {
		var got []string
		q := dutylog.IncidentQuery{State: state, Limit: 2}
		for {
			page, next, err := db.Incidents(ctx, q)
			ok(t, err)
			for _, i := range page {
				got = append(got, fmt.Sprint(i.ID))
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", state, got, want)
		}
	}
	if _, _, err := db.Incidents(ctx, dutylog.IncidentQuery{Cursor: "nonsense"}); err == nil {
		t.Error("a cursor of nothing")
	}
	for query, index := range map[string]string{
		"SELECT incident FROM incident_facts WHERE subject = ? AND kind = 'entry_linked'": "incident_facts_of_entry",
		"SELECT seq FROM incident_facts WHERE key = ?":                                    "incident_facts_by_key",
		"SELECT o.incident FROM incident_facts o WHERE o.kind = 'opened' AND o.kind IN ('opened', 'closed', 'reopened', 'merged') AND o.incident < ? ORDER BY o.incident DESC": "incident_facts_states",
	} {
		if plan := must(db.PlanOf(query, "1"))(t); !strings.Contains(plan, index) {
			t.Errorf("%s goes by %s", query, plan)
		}
	}
}

// Numbers are gapless within a year of the site's calendar, whatever the clock did.
func TestNumbersOfIncidents(t *testing.T) {
	c := newClock(time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC)) // a minute before midnight there
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: c.now, Location: shanghai})
	var got []string
	for n, move := range []time.Duration{0, time.Minute, time.Minute, -2 * time.Minute, time.Hour} {
		c.advance(move)
		call := inbound(n, "02422730001")
		ok(t, db.Record(ctx, story(call, telephony.AnsweredInTime)))
		d := fireStory(must(db.Entry(ctx, "e-"+call.ID))(t), 0)[0]
		d.Key = fmt.Sprintf("opening-%d", n)
		got = append(got, doing(t, db, d).Number.String())
	}
	if want := []string{"T2026-001", "T2027-001", "T2027-002", "T2026-002", "T2027-003"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The entries of an incident that is merged tell of the other one from then on, and its clock with them.
func TestMergingIncidents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	c.advance(time.Minute)
	one := doing(t, db, fireStory(e, 1)[0])
	doing(t, db, fireStory(e, 1)[1]) // told by telephone
	other := fireStory(must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t), 0)[0]
	other.Key = "the-other-one"
	two := doing(t, db, other)
	merge := dutylog.IncidentDeed{Incident: one.ID, Key: "merge-them", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactMerged, Body: dutylog.FactBody{Incident: two.ID, Reason: "同一起火灾"}}}}
	for range 2 { // the second time, its answer was lost
		if after := doing(t, db, merge); after.State != dutylog.IncidentMerged || after.MergedInto != two.ID {
			t.Errorf("%+v", after)
		}
	}
	two = must(db.Incident(ctx, two.ID))(t)
	first, _ := two.Report(1)
	if len(two.Entries) != 2 || !two.ClockStart.Equal(one.ClockStart) || first.SentIn != one.ID || first.SentAt.IsZero() || len(two.Absorbed) != 1 {
		t.Errorf("%+v", two)
	}
	if of, _, err := db.Incidents(ctx, dutylog.IncidentQuery{EntryID: e.ID, State: dutylog.IncidentOpen}); err != nil || len(of) != 1 || of[0].ID != two.ID {
		t.Errorf("%v %+v", err, of)
	}
	var refused *dutylog.IncidentError
	merge.Key = "once-more"
	if _, _, err := db.DoIncident(ctx, merge); !errors.As(err, &refused) || refused.Reason != dutylog.NotOpen {
		t.Errorf("%v", err)
	}
	ok(t, db.Close())
	intact(t, path)
}

// What was known of an incident that is merged, and what nobody had told of it, goes on in the other one.
func TestADeathIsNotLostInAMerge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	story := fireStory(e, 1)
	for _, d := range []dutylog.IncidentDeed{story[0], story[1], story[3], story[5], story[10]} {
		c.advance(time.Minute)
		doing(t, db, d)
	}
	one := must(db.Incident(ctx, 1))(t)
	other := fireStory(must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t), 0)[0]
	other.Key = "the-other-one"
	two := doing(t, db, other)
	due, there := one.Report(dutylog.ReportNumber(dutylog.StageFollowUp, 1))
	if !there || due.DueAt.IsZero() {
		t.Fatalf("the death makes nothing due: %+v", one.Reports)
	}
	c.advance(time.Minute)
	doing(t, db, dutylog.IncidentDeed{Incident: one.ID, Key: "merge-them", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactMerged, Body: dutylog.FactBody{Incident: two.ID, Reason: "同一起火灾"}}}})
	two = must(db.Incident(ctx, two.ID))(t)
	if r, _ := two.Report(due.Number); !r.DueAt.Equal(due.DueAt) || two.Elements[dutylog.ElementCasualties] != "1人死亡1人受伤" {
		t.Errorf("due %v, was %v; known %v", r.DueAt, due.DueAt, two.Elements)
	}
	ok(t, db.Close())
	intact(t, path)
}

// What is struck out of an incident after it was merged does not go on counting in the other one; and an incident is not
// opened again while its entry tells of another one that is open.
func TestWhatFollowsAMerge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	c.advance(time.Minute)
	one := doing(t, db, fireStory(e, 1)[0])
	one = doing(t, db, fireStory(e, 1)[1]) // told by telephone
	told := len(one.Facts)
	other := fireStory(must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t), 0)[0]
	other.Key = "the-other-one"
	two := doing(t, db, other)
	does := func(incident int64, key string, kind dutylog.FactKind, b dutylog.FactBody) dutylog.IncidentDeed {
		return dutylog.IncidentDeed{Incident: incident, Key: key, By: officer, Drafts: []dutylog.FactDraft{{Kind: kind, Body: b}}}
	}
	doing(t, db, does(one.ID, "merge-them", dutylog.FactMerged, dutylog.FactBody{Incident: two.ID, Reason: "同一起火灾"}))
	var refused *dutylog.IncidentError
	_, _, err := db.DoIncident(ctx, does(one.ID, "send-there", dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "李"}))
	if !errors.As(err, &refused) || refused.Reason != dutylog.NotOpen || !strings.Contains(refused.Detail, two.Number.String()) {
		t.Errorf("%v", err)
	}
	if r, _ := must(db.Incident(ctx, two.ID))(t).Report(1); r.SentAt.IsZero() {
		t.Errorf("%+v", r)
	}
	for range 2 {
		doing(t, db, does(one.ID, "was-not-sent", dutylog.FactStruck, dutylog.FactBody{Fact: told, Reason: "没有打通"}))
	}
	two = must(db.Incident(ctx, two.ID))(t)
	if r, _ := two.Report(1); !r.SentAt.IsZero() || len(two.Absorbed) != 1 || two.Facts[len(two.Facts)-1].Kind != dutylog.FactAbsorbed {
		t.Errorf("%+v", two)
	}
	doing(t, db, does(two.ID, "close-it-1", dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}))
	opening := fireStory(e, 0)[0]
	opening.Key = "again-open"
	third := doing(t, db, opening)
	_, _, err = db.DoIncident(ctx, does(two.ID, "open-again", dutylog.FactReopened, dutylog.FactBody{Reason: "确有火情"}))
	if !errors.As(err, &refused) || refused.Reason != dutylog.LinkedElsewhere || !strings.Contains(refused.Detail, third.Number.String()) {
		t.Errorf("%v", err)
	}
	if after := doing(t, db, does(two.ID, "same-event", dutylog.FactMerged, dutylog.FactBody{Incident: third.ID, Reason: "同一起火灾"})); after.State != dutylog.IncidentMerged {
		t.Errorf("%+v", after)
	}
	if third = must(db.Incident(ctx, third.ID))(t); len(third.Entries) != 2 || third.State != dutylog.IncidentOpen {
		t.Errorf("%+v", third.Entries)
	}
	ok(t, db.Close())
	intact(t, path)
}

// killStory is fireStory with the final report signed by telephone, noted by the officer, and confirmed at the leader's next
// login; then it is opened again, a delivery is struck out, another incident is opened of OTHER into which it is merged, and
// another delivery is struck out, which that one is told.
func killStory(e, other dutylog.Entry) []dutylog.IncidentDeed {
	deeds := fireStory(e, 1)
	final := dutylog.ReportNumber(dutylog.StageFinal, 1)
	signed := dutylog.FactDraft{Kind: dutylog.FactSigned, At: noon.Add(time.Hour), Body: dutylog.FactBody{Report: final, Login: leader.Login}}
	does := func(key string, kind dutylog.FactKind, b dutylog.FactBody) dutylog.IncidentDeed {
		return dutylog.IncidentDeed{Incident: 1, Key: key, By: officer, Drafts: []dutylog.FactDraft{{Kind: kind, Body: b}}}
	}
	second := dutylog.IncidentDeed{Key: "opening-the-other", By: officer, Drafts: dutylog.Opening(other, "fire", "", dutylog.UsualSchedule())}
	return append(deeds,
		dutylog.IncidentDeed{Incident: 1, Key: "signed-by-telephone", By: officer, Drafts: []dutylog.FactDraft{signed}},
		dutylog.IncidentDeed{Incident: 1, Key: "confirmed-by-login", By: leader, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactConfirmed, Body: dutylog.FactBody{Report: final}}}},
		does("opened-again", dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"}),
		does("not-to-government", dutylog.FactStruck, dutylog.FactBody{Fact: deliveryOfFire, Reason: "没有发出"}),
		second,
		does("merged-into-other", dutylog.FactMerged, dutylog.FactBody{Incident: 2, Reason: "同一起火灾"}),
		does("no-follow-up-sent", dutylog.FactStruck, dutylog.FactBody{Fact: followUpOfFire, Reason: "没有发出"}))
}

// incidentHelper is another process that does the deeds of a story, one for each line that it reads.
func incidentHelper(file string) error {
	db, err := sqlite.Open(context.Background(), file, sqlite.Options{Now: newClock(noon.Add(time.Hour)).now})
	if err != nil {
		return err
	}
	var entries []dutylog.Entry
	for n := range 2 {
		e, err := db.Entry(context.Background(), "e-"+inbound(n, "").ID)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for n := 0; in.Scan(); n++ {
		if _, _, err := db.DoIncident(context.Background(), killStory(entries[0], entries[1])[n]); err != nil {
			return err
		}
		fmt.Println(n)
	}
	return db.Close()
}

// Whoever is killed at any step and does everything again forgets nothing that was sent, and sends
// nothing twice.
func TestNothingSentIsForgottenOrSentTwiceAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, _, e := withCall(t, path)
	ok(t, db.AddAccount(ctx, account(leader.Login, leader.Role)))
	ok(t, db.Record(ctx, story(inbound(1, "02422730002"), telephony.AnsweredInTime)))
	deeds := killStory(e, must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t))
	ok(t, db.Close())
	for step := range deeds {
		p := start(t, path, "incident")
		p.read(t)
		for n := range step { // those that were answered before, with the same keys
			p.write(t)
			if got := p.read(t); got != fmt.Sprint(n) {
				t.Fatal(got)
			}
		}
		p.write(t) // this one is under way when it dies
		ok(t, p.cmd.Process.Kill())
		_ = p.cmd.Wait()
	}
	db = openAt(t, path, sqlite.Options{Now: newClock(noon.Add(time.Hour)).now})
	if i := must(db.Incident(ctx, 1))(t); len(i.Facts) < 24 {
		t.Errorf("what was answered is forgotten: %d facts", len(i.Facts))
	}
	for _, d := range deeds {
		doing(t, db, d)
	}
	i := must(db.Incident(ctx, 1))(t)
	sent := map[string]int{}
	for _, f := range i.Facts {
		if f.Kind == dutylog.FactDelivered {
			sent[fmt.Sprintf("%d %s %s", f.Body.Report, f.Body.Recipient, f.Body.Channel)]++
		}
	}
	final, _ := i.Report(dutylog.ReportNumber(dutylog.StageFinal, 1))
	said := 0
	for _, a := range final.Approvals {
		if a.ByPhone && a.Login == leader.Login && !a.ConfirmedAt.IsZero() {
			said++
		}
	}
	if said != 1 || len(i.Waiting()) != 0 {
		t.Errorf("what was signed by telephone and confirmed stands %d times, %v waits", said, i.Waiting())
	}
	if len(i.Facts) != 29 || len(sent) != 6 {
		t.Errorf("%d facts, sent %v", len(i.Facts), sent)
	}
	on := must(db.Incident(ctx, 2))(t)
	kinds := map[dutylog.FactKind]int{}
	for _, f := range slices.Concat(i.Facts, on.Facts) {
		kinds[f.Kind]++
	}
	for kind, want := range map[dutylog.FactKind]int{dutylog.FactOpened: 2, dutylog.FactLinked: 3, dutylog.FactClosed: 1, dutylog.FactReopened: 1, dutylog.FactStruck: 2, dutylog.FactMerged: 1, dutylog.FactAbsorbed: 2} {
		if kinds[kind] != want {
			t.Errorf("%s stands %d times, want %d", kind, kinds[kind], want)
		}
	}
	got := map[int]string{}
	for _, r := range on.Reports {
		for _, d := range r.Elsewhere {
			got[r.Number] += d.Recipient + " " + d.Channel + ", "
		}
	}
	if i.State != dutylog.IncidentMerged || i.MergedInto != on.ID || len(on.Entries) != 2 || len(on.Absorbed) != 1 || strings.Contains(got[2], "government") || got[2] == "" || got[4] != "" {
		t.Errorf("the incidents were not merged once: %s into %d, which knows of %v", i.State, i.MergedInto, got)
	}
	for what, times := range sent {
		if times != 1 {
			t.Errorf("%s was sent %d times", what, times)
		}
	}
	if all, _, err := db.Incidents(ctx, dutylog.IncidentQuery{}); err != nil || len(all) != 2 {
		t.Errorf("%d incidents, %v", len(all), err)
	}
	ok(t, db.Verify(ctx))
}

// An approval by telephone that waits is looked at however old its incident is, and whether that is closed.
func TestAnApprovalThatWaitsIsPending(t *testing.T) {
	db, c, e := withCall(t, filepath.Join(t.TempDir(), "log.db"))
	c.advance(time.Minute)
	led := account("chen", dutylog.Leader)
	ok(t, db.AddAccount(ctx, led))
	leader := dutylog.Actor{Login: led.Login, Name: led.Name, Role: led.Role}
	one := doing(t, db, fireStory(e, 1)[0])
	does := func(key string, by dutylog.Actor, kind dutylog.FactKind, at time.Time, b dutylog.FactBody) {
		c.advance(time.Minute)
		doing(t, db, dutylog.IncidentDeed{Incident: one.ID, Key: key, By: by, Drafts: []dutylog.FactDraft{{Kind: kind, At: at, Body: b}}})
	}
	pending := func() int {
		found, _, err := db.Incidents(ctx, dutylog.IncidentQuery{Pending: true})
		ok(t, err)
		return len(found)
	}
	known := map[dutylog.Element]string{dutylog.ElementTime: "12时", dutylog.ElementPlace: "文艺路", dutylog.ElementNature: "火灾"}
	does("write-it-1", officer, dutylog.FactWritten, time.Time{}, dutylog.FactBody{Report: 1, Elements: known, Text: "起火。"})
	does("signed-it-1", officer, dutylog.FactSigned, c.now(), dutylog.FactBody{Report: 1, Login: leader.Login})
	does("close-it-1", officer, dutylog.FactClosed, time.Time{}, dutylog.FactBody{Reason: "另案处理"})
	if n := pending(); n != 1 {
		t.Errorf("while it waits: %d", n)
	}
	does("confirm-it", leader, dutylog.FactConfirmed, time.Time{}, dutylog.FactBody{Report: 1})
	if n := pending(); n != 0 {
		t.Errorf("confirmed: %d", n)
	}
	ok(t, db.Close())
}
