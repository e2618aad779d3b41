package sqlite_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func TestACallBecomesAnEntryAndARecording(t *testing.T) {
	db := withPractice(t, open(t))
	c := inbound(0, "02422730001")
	steps := story(c, telephony.AnsweredInTime)
	begin := last(t, db)

	ok(t, db.Record(ctx, steps[:1]))
	entry := must(db.Entry(ctx, "e-"+c.ID))(t)
	if entry.Kind != dutylog.KindDuty || entry.Revision != 1 || entry.Rostered == "" {
		t.Errorf("%+v", entry)
	}
	want := values{"contact_number": "02422730001", "caller_unit": "沈河区应急局", "caller_person": "王立新", "caller_title": "值班员"}
	if diff := cmp.Diff(want, entry.Values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	call := must(db.Call(ctx, c.ID))(t)
	if call.EntryID != entry.ID || call.Recording.Status != "" || call.Ended() {
		t.Errorf("a running call: %+v", call)
	}

	ok(t, db.Record(ctx, steps[1:]))
	call = must(db.Call(ctx, c.ID))(t)
	if diff := cmp.Diff(*steps[len(steps)-1].Call, call.Call); diff != "" {
		t.Errorf("the call that is kept is not what was said last (-said +kept):\n%s", diff)
	}
	if call.Recording.Status != recorder.Pending || !call.Recording.NextTry.Equal(noon.Truncate(time.Microsecond)) || call.Recording.Talk != 20*time.Second {
		t.Errorf("recording %+v", call.Recording)
	}
	wantFeed := []string{
		"line duty", "call " + c.ID, "entry e-" + c.ID, // offered
		"line duty", "call " + c.ID, // rang
		"line duty", "call " + c.ID, "entry e-" + c.ID, // answered: no revision, but other kinds fit
		"line duty", "call " + c.ID, // ended
	}
	if diff := cmp.Diff(wantFeed, topics(since(t, db, begin))); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
}

func TestAMissedCallAsksForACallBack(t *testing.T) {
	db := open(t)
	for i, o := range []telephony.Outcome{telephony.Missed, telephony.Engaged, telephony.Unreachable, telephony.AbandonedEarly} {
		c := inbound(i, "13900001111")
		ok(t, db.Record(ctx, story(c, o)))
		entry := must(db.Entry(ctx, "e-"+c.ID))(t)
		if entry.Kind != dutylog.KindMissed || entry.Revision != 2 || entry.WrittenBy != "" {
			t.Errorf("%s: kind %s, revision %d by %q", o, entry.Kind, entry.Revision, entry.WrittenBy)
		}
		history := must(db.Revisions(ctx, entry.ID))(t)
		if len(history) != 2 || history[0].Entry.Kind != dutylog.KindDuty || history[1].By != dutylog.SystemActor() {
			t.Errorf("%s: revisions %+v", o, history)
		}
		if r := must(db.Recording(ctx, c.ID))(t); r.Status != recorder.None {
			t.Errorf("%s: recording %s, want none", o, r.Status)
		}
	}
}

func TestTheKindOfAnEntryThatAPersonBegan(t *testing.T) {
	for i, c := range []struct {
		patch dutylog.EntryPatch
		want  dutylog.Kind
	}{
		{dutylog.EntryPatch{Revision: 1, Values: values{"content": "响铃中"}}, dutylog.KindMissed},
		{dutylog.EntryPatch{Revision: 1, Kind: is(dutylog.KindSpotCheck), Values: values{"content": "响铃中"}}, dutylog.KindSpotCheck},
	} {
		path := t.TempDir() + "/log.db"
		db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		call := inbound(i, "13900001111")
		rings(t, db, call)
		begun := must(db.Amend(ctx, "e-"+call.ID, c.patch, officer, noon))(t)
		ok(t, db.Close())

		db = openAt(t, path, sqlite.Options{}) // what a person chose outlives a restart
		if diff := cmp.Diff(begun, must(db.Entry(ctx, begun.ID))(t), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("saved and kept differ (-saved +kept):\n%s", diff)
		}
		ok(t, db.Record(ctx, story(call, telephony.Missed)[2:]))
		e := must(db.Entry(ctx, begun.ID))(t)
		if e.Kind != c.want || e.Values["content"] != "响铃中" || e.Phase != dutylog.Unanswered {
			t.Errorf("after the end, want kind %s: %+v", c.want, e)
		}
		history := must(db.Revisions(ctx, begun.ID))(t)
		if diff := cmp.Diff(e, history[len(history)-1].Entry); diff != "" {
			t.Errorf("the last revision is not what stands:\n%s", diff)
		}
		if by := history[len(history)-1].By; (by == dutylog.SystemActor()) != (c.want == dutylog.KindMissed) {
			t.Errorf("kind %s by %+v", e.Kind, by)
		}
	}
}

func TestNewsAloneIsNoRevision(t *testing.T) {
	db := open(t)
	c := inbound(0, "13900001111")
	c.OfferedAt = c.OfferedAt.Add(789 * time.Nanosecond) // finer than what is kept
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	if e := must(db.Entry(ctx, "e-"+c.ID))(t); e.Revision != 1 || e.Phase != dutylog.Answered {
		t.Errorf("revision %d, phase %s after a call in which nobody wrote", e.Revision, e.Phase)
	}
}

func TestSeveralCandidatesAreOffered(t *testing.T) {
	db := withPractice(t, open(t))
	c := inbound(0, "024-23860012")
	rings(t, db, c)
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	if len(e.Candidates) != 3 || e.Values[dutylog.CallerPerson] != "" || e.Values[dutylog.ContactNumber] != "024-23860012" {
		t.Errorf("candidates %v, values %v", e.Candidates, e.Values)
	}
}

func TestTagsOfACall(t *testing.T) {
	db := withPractice(t, open(t))
	superior, withheld := inbound(0, "02422720100"), inbound(1, "anonymous")
	withheld.Tags = []telephony.Tag{telephony.TagWithheld} // the tracker says so
	rings(t, db, superior)
	rings(t, db, withheld)
	check := func(id string, want ...telephony.Tag) {
		t.Helper()
		if got := must(db.Call(ctx, id))(t).Tags; !slices.Equal(got, want) {
			t.Errorf("tags %q, want %q", got, want)
		}
	}
	check(superior.ID, telephony.TagSuperior)
	check(withheld.ID, telephony.TagWithheld)

	set := func(id string, revision int, kind dutylog.Kind) {
		t.Helper()
		must(db.Amend(ctx, "e-"+id, dutylog.EntryPatch{Revision: revision, Kind: &kind}, officer, noon))(t)
	}
	set(withheld.ID, 1, dutylog.KindNuisance)
	check(withheld.ID, telephony.TagNuisance, telephony.TagWithheld)
	set(withheld.ID, 2, dutylog.KindWrongNumber)
	check(withheld.ID, telephony.TagWrongNumber, telephony.TagWithheld)
	ok(t, db.Record(ctx, story(withheld, telephony.Missed)[2:])) // the call goes on: the tag stays
	check(withheld.ID, telephony.TagWrongNumber, telephony.TagWithheld)
	set(withheld.ID, 3, dutylog.KindMissed)
	check(withheld.ID, telephony.TagWithheld)
}

func TestSpotCheckIsSetByHandAndByKind(t *testing.T) {
	db := open(t)
	c := inbound(0, "13900001111")
	rings(t, db, c)
	begin := last(t, db)
	tagged := must(db.SetTag(ctx, c.ID, telephony.TagSpotCheck, true, leader))(t)
	if !slices.Equal(tagged.Tags, []telephony.Tag{telephony.TagSpotCheck}) {
		t.Errorf("tags %q", tagged.Tags)
	}
	must(db.SetTag(ctx, c.ID, telephony.TagSpotCheck, true, leader))(t)
	if diff := cmp.Diff([]string{"call " + c.ID}, topics(since(t, db, begin))); diff != "" {
		t.Errorf("setting it twice is told (-want +got):\n%s", diff)
	}
	kind := dutylog.KindSpotCheck
	must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: 1, Kind: &kind}, officer, noon))(t)
	if _, err := db.SetTag(ctx, c.ID, telephony.TagSpotCheck, false, leader); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("the tag of the entry's kind was taken away: %v", err)
	}
	kind = dutylog.KindDuty
	must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: 2, Kind: &kind}, officer, noon))(t)
	if got := must(db.Call(ctx, c.ID))(t).Tags; len(got) != 1 {
		t.Errorf("what a supervisor set went with the officer's kind: %q", got)
	}
	if got := must(db.SetTag(ctx, c.ID, telephony.TagSpotCheck, false, leader))(t).Tags; len(got) != 0 {
		t.Errorf("tags %q after clearing", got)
	}
	for _, tag := range []telephony.Tag{telephony.TagTest, telephony.TagNuisance, telephony.TagSuperior, "x"} {
		if _, err := db.SetTag(ctx, c.ID, tag, true, leader); !errors.As(err, new(*dutylog.InvalidError)) {
			t.Errorf("tag %s by hand: %v", tag, err)
		}
	}
	if _, err := db.SetTag(ctx, "no such call", telephony.TagSpotCheck, true, leader); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestTestCallsAreKeptWithoutAnEntry(t *testing.T) {
	db := open(t)
	for i, tag := range []telephony.Tag{telephony.TagTest, telephony.TagSystem} {
		c := inbound(i, "13900001111")
		c.Tags = []telephony.Tag{tag}
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		if call := must(db.Call(ctx, c.ID))(t); call.EntryID != "" || call.Recording.Status != recorder.Pending {
			t.Errorf("%s: entry %q, recording %s", tag, call.EntryID, call.Recording.Status)
		}
		if _, err := db.Entry(ctx, "e-"+c.ID); !errors.Is(err, dutylog.ErrNotFound) {
			t.Errorf("%s: %v", tag, err)
		}
	}
}

func TestOutgoingCalls(t *testing.T) {
	db := withPractice(t, open(t))
	c := inbound(0, "02422739110")
	c.Direction, c.Called = telephony.Outbound, telephony.ParseNumber("13804050062", "024")
	ok(t, db.Record(ctx, story(c, telephony.PlacedUnanswered)))
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	if e.Kind != dutylog.KindOutgoing || e.Number.Raw != "13804050062" || e.Values[dutylog.CalledWhom] != "市水务局 徐文博 防汛值班员" {
		t.Errorf("%+v", e)
	}
}

func TestAChangeWithoutACallIDIsLeftOutAndSaid(t *testing.T) {
	db := open(t)
	bad := inbound(0, "1")
	bad.ID = ""
	good := inbound(1, "13900001111")
	err := db.Record(ctx, append(story(bad, telephony.Missed), story(good, telephony.Missed)...))
	if !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("%v, want an InvalidError", err)
	}
	if call := must(db.Call(ctx, good.ID))(t); !call.Ended() {
		t.Error("the rest of the batch was not written")
	}
}

func TestWildTextsFromCallersAreKept(t *testing.T) {
	db := open(t)
	c := inbound(0, "13900001111")
	c.CallerName = "'; DROP TABLE calls; --\u202e\x00火"
	c.ForwardedTo = string([]byte{0xff, 0xfe})
	rings(t, db, c)
	if got := must(db.Call(ctx, c.ID))(t); got.CallerName != c.CallerName || got.ForwardedTo != c.ForwardedTo {
		t.Errorf("%q %q", got.CallerName, got.ForwardedTo)
	}
}

// picture is everything of a log that must not depend on how often or in which portions
// things were said; the feed and the times of writing may differ.
type picture struct {
	Calls   []dutylog.Call
	Entries []dutylog.Entry
	Lines   []dutylog.LineStatus
	Due     []recorder.Recording
}

func pictureOf(t *testing.T, db *sqlite.DB) picture {
	t.Helper()
	var p picture
	var err error
	if p.Calls, _, err = db.Calls(ctx, dutylog.CallQuery{Limit: 500}); err != nil {
		t.Fatal(err)
	}
	if p.Entries, _, err = db.Entries(ctx, dutylog.EntryQuery{Limit: 500}); err != nil {
		t.Fatal(err)
	}
	p.Lines = must(db.LineStates(ctx))(t)
	p.Due = must(db.DueRecordings(ctx, noon.Add(24*time.Hour)))(t)
	return p
}

// randomChanges interleaves the stories of several calls on two lines, with faults between.
func randomChanges(r *rand.Rand) []telephony.Change {
	outcomes := telephony.Outcomes()[:11]
	numbers := []string{"02422730001", "02423860012", "02422720100", "anonymous", "", "13900001111"}
	var stories [][]telephony.Change
	for i := range 2 + r.IntN(6) {
		c := inbound(i, numbers[r.IntN(len(numbers))])
		c.Line = []string{"duty", "second"}[r.IntN(2)]
		stories = append(stories, story(c, outcomes[r.IntN(len(outcomes))]))
	}
	fault := telephony.Change{Kind: telephony.LineFault, At: noon, Line: "duty", Finding: telephony.QualifyOff, Detail: "PJSIP/duty"}
	cleared := fault
	cleared.Kind, cleared.At = telephony.LineFaultEnd, noon.Add(time.Hour)
	stories = append(stories, []telephony.Change{fault, cleared}[:1+r.IntN(2)])
	var all []telephony.Change
	for len(stories) > 0 {
		i := r.IntN(len(stories))
		all = append(all, stories[i][0])
		if stories[i] = stories[i][1:]; len(stories[i]) == 0 {
			stories = slices.Delete(stories, i, i+1)
		}
	}
	return all
}

func TestSayingItTwiceOrInPortionsChangesNothing(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		changes := randomChanges(r)

		once := withPractice(t, open(t))
		ok(t, once.Record(ctx, changes))
		want, seq := pictureOf(t, once), last(t, once)

		ok(t, once.Record(ctx, changes))
		for range 5 { // any part of it again, for instance after a restart
			from := r.IntN(len(changes))
			ok(t, once.Record(ctx, changes[from:from+r.IntN(len(changes)-from)]))
		}
		if diff := cmp.Diff(want, pictureOf(t, once)); diff != "" {
			t.Fatalf("seed %d: said twice (-once +twice):\n%s", seed, diff)
		}
		if again := last(t, once); again != seq {
			t.Errorf("seed %d: saying it again wrote feed rows %q", seed, topics(since(t, once, seq)))
		}

		portions := withPractice(t, open(t))
		for rest := changes; len(rest) > 0; {
			n := 1 + r.IntN(min(4, len(rest)))
			ok(t, portions.Record(ctx, rest[:n]))
			if r.IntN(2) == 0 {
				ok(t, portions.Record(ctx, rest[:n]))
			}
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, pictureOf(t, portions)); diff != "" {
			t.Fatalf("seed %d: said in portions (-whole +portions):\n%s", seed, diff)
		}
		if got := last(t, portions); got != seq {
			t.Errorf("seed %d: %d feed rows in portions, %d at once", seed, got, seq)
		}
	}
}

func TestEveryEndedCallHasOneEntryAndOneRecording(t *testing.T) {
	db := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	ok(t, db.Record(ctx, randomChanges(r)))
	p := pictureOf(t, db)
	if len(p.Calls) != len(p.Entries) || len(p.Calls) == 0 {
		t.Fatalf("%d calls, %d entries", len(p.Calls), len(p.Entries))
	}
	for _, c := range p.Calls {
		if !c.Ended() || c.Recording.Status == "" || c.EntryID != "e-"+c.ID {
			t.Errorf("%+v", c)
		}
	}
}

func TestRunningCallsAreTakenUpAfterARestart(t *testing.T) {
	db := open(t)
	over, running, second := inbound(0, "1"), inbound(1, "02422730001"), inbound(2, "2")
	ok(t, db.Record(ctx, story(over, telephony.Missed)))
	rings(t, db, second)
	rings(t, db, running)
	got := must(db.Remainder(ctx, time.Time{}))(t).Running
	if len(got) != 2 || got[0].ID != running.ID || got[1].ID != second.ID {
		t.Fatalf("%+v", got)
	}
	want := *story(running, telephony.Missed)[1].Call
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("(-said +kept):\n%s", diff)
	}
}

func TestLinesAndTheirFaults(t *testing.T) {
	db := open(t)
	if got := must(db.LineStates(ctx))(t); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	fault := func(kind telephony.ChangeKind, at time.Duration, detail string) telephony.Change {
		return telephony.Change{Kind: kind, At: noon.Add(at), Line: "duty", Finding: telephony.QualifyOff, Detail: detail,
			State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: noon}}
	}
	ok(t, db.Record(ctx, []telephony.Change{
		{Kind: telephony.LineChanged, At: noon, Line: "zz", State: telephony.LineState{Line: "zz", State: telephony.LineStateUnknown, Since: noon}},
		fault(telephony.LineFault, 0, "PJSIP/duty"), fault(telephony.LineFault, 1, "PJSIP/duty2"), fault(telephony.LineFault, 2, "PJSIP/duty"),
	}))
	want := []dutylog.LineStatus{
		{LineState: telephony.LineState{Line: "zz", State: telephony.LineStateUnknown, Since: noon}, Faults: []dutylog.LineFault{}},
		{LineState: telephony.LineState{Line: "duty", State: telephony.Idle, Since: noon}, Faults: []dutylog.LineFault{
			{Finding: telephony.QualifyOff, Detail: "PJSIP/duty"}, {Finding: telephony.QualifyOff, Detail: "PJSIP/duty2"}}},
	}
	if diff := cmp.Diff(want, must(db.LineStates(ctx))(t)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	begin := last(t, db)
	ok(t, db.Record(ctx, []telephony.Change{fault(telephony.LineFaultEnd, time.Minute, "PJSIP/duty"), fault(telephony.LineFaultEnd, time.Hour, "PJSIP/duty")}))
	items := since(t, db, begin)
	if diff := cmp.Diff([]string{"line duty"}, topics(items)); diff != "" {
		t.Fatalf("feed (-want +got):\n%s", diff)
	}
	var told dutylog.LineStatus
	ok(t, told.UnmarshalJSON(items[0].Body))
	if len(told.Faults) != 1 || told.Faults[0].Detail != "PJSIP/duty2" || told.State != telephony.Idle {
		t.Errorf("%+v", told)
	}
}
