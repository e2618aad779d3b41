package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// outbound is a call that the duty phone placed n minutes after noon, from beginning to end.
func outbound(n int, number string) []telephony.Change {
	c := inbound(n, number)
	c.Direction, c.Caller, c.Called = telephony.Outbound, c.Called, c.Caller
	steps := story(c, telephony.AnsweredInTime)
	for _, s := range steps {
		s.Call.RangAt, s.Call.RangUntil, s.Call.Rings = time.Time{}, time.Time{}, 0
		if s.Call.Outcome != "" {
			s.Call.Outcome = telephony.PlacedAnswered
		}
	}
	return steps
}

func written(t *testing.T, db *sqlite.DB, key string, kind dutylog.Kind, v values) dutylog.Entry {
	t.Helper()
	return must(db.Write(ctx, dutylog.Draft{Key: key, Line: "duty", Kind: kind, Values: v}, officer, noon))(t)
}

func report(whom string) dutylog.StepDraft {
	return dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: whom, Text: "电话报告", At: noon}
}

func TestStepsComeBackAsTheyWere(t *testing.T) {
	db := open(t)
	c := inbound(0, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	id := "e-" + c.ID
	before := must(db.Entry(ctx, id))(t)
	begin := last(t, db)
	e := must(db.AddStep(ctx, id, report("市应急局"), officer, noon.Add(time.Second)))(t)
	e = must(db.StrikeStep(ctx, id, 1, "报错了对象", leader, noon.Add(2*time.Second)))(t)
	second := report("市防汛办")
	second.Channel, second.Due = "wechat", noon.Add(time.Hour)
	e = must(db.AddStep(ctx, id, second, officer, noon.Add(3*time.Second)))(t)
	if diff := cmp.Diff(e, must(db.Entry(ctx, id))(t), cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Errorf("(-answered +kept):\n%s", diff)
	}
	if len(e.Steps) != 2 || e.Steps[0].Struck == nil || e.Steps[0].Struck.By != leader || e.Handling() != "reported" || e.Revision != before.Revision+3 {
		t.Errorf("%+v", e.Steps)
	}
	history := must(db.Revisions(ctx, id))(t)
	for i, want := range []int{1, 1, 2} {
		if n := len(history[len(history)-3+i].Entry.Steps); n != want {
			t.Errorf("revision %d has %d steps", history[len(history)-3+i].Entry.Revision, n)
		}
	}
	if diff := cmp.Diff([]string{"entry " + id, "entry " + id, "entry " + id}, topics(since(t, db, begin))); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
	again := must(db.AddStep(ctx, id, second, officer, noon.Add(4*time.Second)))(t)
	if again.Revision != e.Revision {
		t.Errorf("said again it is another revision: %d", again.Revision)
	}
	if _, err := db.AddStep(ctx, "e-9", report("x"), officer, noon); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("of no entry: %v", err)
	}
}

func TestEntriesAreListedByTheirHandling(t *testing.T) {
	db := open(t)
	var want []string
	for i := range 12 {
		e := written(t, db, fmt.Sprintf("0f3c9a77-%d", i), dutylog.KindPatrol, values{dutylog.Place: "机房", dutylog.CheckResult: "正常"})
		pending := i%4 != 2
		if i%2 == 0 {
			e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, State: is(dutylog.Complete)}, officer, noon))(t)
		}
		if i%4 == 0 {
			must(db.AddStep(ctx, e.ID, report("市局"), officer, noon))(t)
		}
		if i%3 == 0 {
			must(db.AddStep(ctx, e.ID, dutylog.StepDraft{Kind: dutylog.StepClosed}, officer, noon))(t)
			pending = i%2 == 1 // what is closed and complete is done with
		}
		if pending {
			want = append(want, e.ID)
		}
	}
	counts := map[dutylog.Handling]int{}
	for _, h := range dutylog.Handlings() {
		items, _, err := db.Entries(ctx, dutylog.EntryQuery{Handling: h})
		ok(t, err)
		counts[h] = len(items)
		for _, e := range items {
			if h == dutylog.Pending && !e.Pending() || h != dutylog.Pending && e.Handling() != h {
				t.Errorf("%s lists an entry that is %q", h, e.Handling())
			}
		}
	}
	if counts[dutylog.Pending] != len(want) || counts["reported"] != 2 || counts["closed"] != 4 || counts["received"] != 0 {
		t.Errorf("%v, want %d pending", counts, len(want))
	}
	var paged []string
	for cursor := ""; ; {
		items, next, err := db.Entries(ctx, dutylog.EntryQuery{Handling: dutylog.Pending, Limit: 2, Cursor: cursor, UnfinishedFirst: true})
		ok(t, err)
		for _, e := range items {
			paged = append(paged, e.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(paged) != len(want) {
		t.Errorf("page by page there are %v", paged)
	}
	plan := must(db.PlanOf("SELECT e.body FROM entries e INDEXED BY entries_pending WHERE e.line = 'duty' AND (e.state = 'open' OR e.handling NOT IN ('', 'closed')) ORDER BY e.call_at DESC, e.id DESC LIMIT 50"))(t)
	if !strings.Contains(plan, "entries_pending") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("%s", plan)
	}
	if plan := must(db.PlanOf("SELECT e.body FROM entries e WHERE e.handling = 'reported' ORDER BY e.call_at DESC, e.id DESC LIMIT 50"))(t); !strings.Contains(plan, "entries_by_handling") {
		t.Errorf("%s", plan)
	}
}

func TestEntriesWithoutACallAreNumberedWithTheRest(t *testing.T) {
	db := withPractice(t, open(t))
	ok(t, db.Record(ctx, story(inbound(0, "1"), telephony.Missed)))
	fax := written(t, db, "0f3c9a77-fax", dutylog.KindFax, values{dutylog.Content: "通知"})
	again := written(t, db, "0f3c9a77-fax", dutylog.KindFax, values{dutylog.Content: "通知"})
	if _, err := db.Write(ctx, dutylog.Draft{Key: "x", Kind: dutylog.KindFax}, officer, noon); err == nil {
		t.Error("a draft without a key is kept")
	}
	ok(t, db.Record(ctx, story(inbound(1, "1"), telephony.Missed)))
	if fax.EntryNumber.Serial != 2 || again.ID != fax.ID || again.Values[dutylog.Content] != "通知" || again.Revision != 1 || fax.CallID != "" || fax.Rostered == "" {
		t.Errorf("%+v, again %+v", fax, again)
	}
	if n := must(db.Entry(ctx, "e-"+inbound(1, "").ID))(t).EntryNumber.Serial; n != 3 {
		t.Errorf("the next call has number %d", n)
	}
	if history := must(db.Revisions(ctx, fax.ID))(t); len(history) != 1 || history[0].By != officer {
		t.Errorf("%+v", history)
	}
}

func TestAnOutgoingCallBecomesAStepAndItselfAgain(t *testing.T) {
	db := open(t)
	first := inbound(0, "02422730001")
	ok(t, db.Record(ctx, story(first, telephony.Missed)))
	ok(t, db.Record(ctx, outbound(5, "02422730001")))
	id, own := "e-"+first.ID, "e-"+inbound(5, "").ID
	offered := must(db.Services(ctx, own))(t)
	if len(offered) != 1 || offered[0].Entry.ID != id || offered[0].Why != dutylog.CalledBack {
		t.Fatalf("%+v", offered)
	}
	e := must(db.AddStep(ctx, id, dutylog.StepDraft{Kind: offered[0].Step, CallID: inbound(5, "").ID}, officer, noon.Add(6*time.Minute)))(t)
	taken := must(db.Entry(ctx, own))(t)
	if len(e.Steps) != 1 || e.Steps[0].CallID != inbound(5, "").ID || taken.Kind != dutylog.KindStep || taken.StepOf != id || taken.State != dutylog.Complete {
		t.Errorf("%+v\n%+v", e.Steps, taken)
	}
	if again := must(db.Services(ctx, id))(t); len(again) != 0 {
		t.Errorf("an incoming call serves %+v", again)
	}
	other := written(t, db, "0f3c9a77-1", dutylog.KindVisit, nil)
	if _, err := db.AddStep(ctx, other.ID, dutylog.StepDraft{Kind: dutylog.StepFedBack, CallID: inbound(5, "").ID}, officer, noon); err == nil || len(must(db.Entry(ctx, other.ID))(t).Steps) != 0 {
		t.Errorf("one call is a step of two entries: %v", err)
	}
	if _, err := db.AddStep(ctx, other.ID, dutylog.StepDraft{Kind: dutylog.StepFedBack, Text: "x", CallID: "nothing"}, officer, noon); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("a call that is not there: %v", err)
	}
	must(db.StrikeStep(ctx, id, 1, "不是回拨", leader, noon.Add(7*time.Minute)))(t)
	if left := must(db.Entry(ctx, own))(t); left.Kind != dutylog.KindOutgoing || left.StepOf != "" || left.State != dutylog.Open {
		t.Errorf("%+v", left)
	}
	must(db.AddStep(ctx, other.ID, dutylog.StepDraft{Kind: dutylog.StepFedBack, CallID: inbound(5, "").ID}, officer, noon.Add(8*time.Minute)))(t)
	if left := must(db.Entry(ctx, own))(t); left.StepOf != other.ID {
		t.Errorf("after it was struck out it serves nothing else: %+v", left)
	}
}

func TestUnfinishedEntriesAndSinceWhen(t *testing.T) {
	db := open(t)
	ended, running := inbound(0, "1"), inbound(1, "2")
	ok(t, db.Record(ctx, story(ended, telephony.Missed)))
	rings(t, db, running)
	fax := written(t, db, "0f3c9a77-1", dutylog.KindFax, nil)
	done := written(t, db, "0f3c9a77-2", dutylog.KindPatrol, values{dutylog.Place: "机房", dutylog.CheckResult: "正常"})
	must(db.Amend(ctx, done.ID, dutylog.EntryPatch{Revision: 1, State: is(dutylog.Complete)}, officer, noon))(t)
	ids := func(since time.Time, ids ...string) string {
		names := []string{}
		for _, u := range must(db.Unfinished(ctx, since, ids))(t) {
			names = append(names, fmt.Sprintf("%s %s", u.EntryID, u.Since.Sub(noon).Truncate(time.Second)))
		}
		return strings.Join(names, "; ")
	}
	if got, want := ids(noon.Add(-time.Hour)), "e-"+ended.ID+" 20s; "+fax.ID+" 0s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := ids(noon.Add(time.Hour), fax.ID, done.ID, "e-"+running.ID); got != fax.ID+" 0s" {
		t.Errorf("by id: %s", got)
	}
}

func TestTheReadBackMarkIsKept(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	steps := story(c, telephony.AnsweredInTime)
	ok(t, db.Record(ctx, steps[:3]))
	e := must(db.BeginReadBack(ctx, "e-"+c.ID, noon.Add(8*time.Second), officer))(t)
	ok(t, db.Record(ctx, steps[3:]))
	kept := must(db.Entry(ctx, e.ID))(t)
	if !kept.ReadBackBeganAt.Equal(noon.Add(8 * time.Second).Truncate(time.Millisecond)) {
		t.Errorf("%v", kept.ReadBackBeganAt)
	}
}

func TestLinkedEntriesMakeASet(t *testing.T) {
	db := open(t)
	var e []dutylog.Entry
	for i := range 5 {
		e = append(e, written(t, db, fmt.Sprintf("0f3c9a77-%d", i), dutylog.KindVisit, nil))
	}
	link := func(a, b int, undo bool) error {
		o := dutylog.LinkOrder{A: e[a].ID, B: e[b].ID, Relation: dutylog.SameEvent, By: officer}
		if undo {
			o.Undo, o.Reason = true, "不是一件事"
		}
		return db.Link(ctx, o)
	}
	set := func(of int) string {
		var names []string
		for _, l := range must(db.Links(ctx, e[of].ID))(t) {
			name := strings.TrimPrefix(l.Entry.ID, "w-0f3c9a77-")
			if !l.Direct {
				name = "(" + name + ")"
			}
			names = append(names, name)
		}
		return strings.Join(names, " ")
	}
	ok(t, link(1, 0, false))
	ok(t, link(1, 2, false))
	ok(t, link(3, 2, false))
	for of, want := range []string{"1 (2) (3)", "2 0 (3)", "3 1 (0)", "2 (1) (0)", ""} {
		if got := set(of); got != want {
			t.Errorf("%d is linked with %q, want %q", of, got, want)
		}
	}
	records := must(db.Evidence(ctx))(t).Records
	begin := last(t, db)
	ok(t, link(0, 1, false)) // said again, from the other side
	if n := must(db.Evidence(ctx))(t).Records; n != records || len(since(t, db, begin)) != 0 {
		t.Errorf("said again it makes %d records", n-records)
	}
	ok(t, link(2, 1, true))
	if set(0) != "1" || set(3) != "2" {
		t.Errorf("after the undo: %q and %q", set(0), set(3))
	}
	if diff := cmp.Diff([]string{"entry " + e[1].ID, "entry " + e[2].ID}, topics(since(t, db, begin))); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
	ok(t, link(2, 1, false)) // and linked once more
	if set(0) != "1 (2) (3)" {
		t.Errorf("%q", set(0))
	}
	for name, err := range map[string]error{"undone where nothing is": link(0, 4, true), "with itself": link(0, 0, false),
		"with nothing": db.Link(ctx, dutylog.LinkOrder{A: e[0].ID, B: "e-9", Relation: dutylog.SameEvent})} {
		if err == nil {
			t.Errorf("%s works", name)
		}
	}
	for _, statement := range []string{"DELETE FROM links", "UPDATE links SET is_set = 0"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
}

// TestStepsAndLinksAreProved alters a log with steps and links behind its back.
func TestStepsAndLinksAreProved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	a, b := written(t, db, "0f3c9a77-1", dutylog.KindVisit, nil), written(t, db, "0f3c9a77-2", dutylog.KindFax, nil)
	must(db.AddStep(ctx, a.ID, report("市局"), officer, noon))(t)
	ok(t, db.Link(ctx, dutylog.LinkOrder{A: a.ID, B: b.ID, Relation: dutylog.SameMatter, By: officer}))
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	shown := must(db.Exhibit(ctx, a.ID, must(db.Evidence(ctx))(t).Records))(t)
	kinds := map[audit.Kind]int{}
	for _, p := range shown {
		kinds[p.Kind]++
	}
	if kinds[audit.Revision] != 2 || kinds[audit.Link] != 1 {
		t.Errorf("an exhibit has %v", kinds)
	}
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || *r.Of("link") != (audit.Tally{Intact: 1}) {
		t.Fatalf("%s %+v\n%s", r.Verdict(), r.Of("link"), findings(r))
	}
	for name, statement := range map[string]string{
		"a step reworded":        "UPDATE revisions SET body = json_set(body, '$.steps[0].whom', '省局') WHERE revision = 2",
		"the matter closed":      "UPDATE entries SET handling = 'closed' WHERE handling = 'reported'",
		"a link undone":          "UPDATE links SET is_set = 0",
		"a link added":           "INSERT INTO links (relation, a, b, is_set, reason, by_login, by_name, by_role, at) VALUES ('same_event', 'w-0f3c9a77-1', 'w-0f3c9a77-2', 1, '', 'x', '', '', 5)",
		"a link dropped":         "DELETE FROM links",
		"a step in what is seen": "UPDATE entries SET body = json_set(body, '$.steps[0].text', '未报告') WHERE handling = 'reported'",
	} {
		changed := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(changed, must(os.ReadFile(path))(t), 0o600))
		outside(t, changed, statement)
		if r := verify(t, changed, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
			t.Errorf("%s: %s", name, r.Verdict())
		}
	}
}

func TestErasedStepsAreInNoByteOfTheLog(t *testing.T) {
	folder := t.TempDir()
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{})
	var ids []string
	for i := range 20 {
		e := written(t, db, fmt.Sprintf("0f3c9a77-%d", i), dutylog.KindVisit, values{dutylog.Casualties: secret})
		must(db.AddStep(ctx, e.ID, dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: unit, Text: secret}, officer, time.Now()))(t)
		must(db.StrikeStep(ctx, e.ID, 1, "误录"+secret, officer, time.Now()))(t)
		must(db.AddStep(ctx, e.ID, report("市局"), officer, time.Now()))(t)
		ids = append(ids, e.ID)
	}
	if len(found(t, folder, secret, unit)) == 0 {
		t.Fatal("the words are nowhere: this test would prove nothing")
	}
	for _, id := range ids {
		must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: id, Fields: []dutylog.Field{dutylog.StepTexts, dutylog.Casualties}, Reason: "误录涉密内容", By: prosecutor}))(t)
	}
	ok(t, db.Compact(ctx))
	if where := found(t, folder, secret, unit); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	ok(t, db.Verify(ctx))
	e := must(db.Entry(ctx, ids[0]))(t)
	if len(e.Steps) != 2 || e.Steps[0].Kind != dutylog.StepInstructed || e.Steps[0].Text != "" || e.Steps[1].Whom != "" || e.Handling() != "reported" {
		t.Errorf("%+v", e.Steps)
	}
}

// TestAnErasureTakesWordsOnly: the door that a decision opens lets what people said out, and nothing in.
func TestAnErasureTakesWordsOnly(t *testing.T) {
	for change, want := range map[string]string{
		"json_remove(body, '$.steps[0].text', '$.steps[0].whom', '$.correction')": "",
		"json_set(body, '$.steps[0].text', '未报告')":                                "never changed",
		"json_set(body, '$.steps[0].by.login', 'x')":                              "never changed",
		"json_remove(body, '$.steps[0].kind')":                                    "never changed",
		"json_remove(body, '$.steps[0]')":                                         "never changed",
		"json_set(body, '$.correction', 'x')":                                     "never changed",
		"json_set(body, '$.state', 'open')":                                       "never changed",
	} {
		db := open(t)
		e := written(t, db, "0f3c9a77-1", dutylog.KindPatrol, values{dutylog.Place: "机房", dutylog.CheckResult: "正常"})
		must(db.AddStep(ctx, e.ID, report("市局"), officer, noon))(t)
		must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 2, State: is(dutylog.Complete)}, officer, noon))(t)
		must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 3, Values: values{dutylog.Place: "楼道"}, Reason: "笔误"}, officer, noon))(t)
		err := db.ExecOnWriter(`BEGIN; INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (5, 'x', '', '', 'w-0f3c9a77-1', 'x', '[]');
			INSERT INTO erasing (entry_id, decision) VALUES ('w-0f3c9a77-1', 1);
			UPDATE revisions SET body = json_set(` + change + `, '$.erased', json('[{"decision":1,"at":5}]')) WHERE revision = 4; DELETE FROM erasing; COMMIT`)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// TestASearchFindsSteps: by their words, and only where the matter is as far as was asked.
func TestASearchFindsSteps(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	a, b := written(t, db, "0f3c9a77-1", dutylog.KindVisit, nil), written(t, db, "0f3c9a77-2", dutylog.KindVisit, nil)
	must(db.AddStep(ctx, a.ID, report("铁西区应急局"), officer, noon))(t)
	must(db.AddStep(ctx, b.ID, report("铁西区应急局"), officer, noon))(t)
	must(db.AddStep(ctx, b.ID, dutylog.StepDraft{Kind: dutylog.StepClosed}, officer, noon.Add(time.Second)))(t)
	caughtUp(t, x)
	for h, want := range map[dutylog.Handling][]int{"": {2, 1}, dutylog.Pending: {2, 1}, "reported": {1}, "closed": {2}, "fed_back": nil} {
		if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Text: "铁西", Handling: h})); diff != "" {
			t.Errorf("handling %q (-want +got):\n%s", h, diff)
		}
	}
}

// TestALeaderCommentsWhileAnOfficerWrites: nothing that either wrote is lost, whoever comes first.
func TestALeaderCommentsWhileAnOfficerWrites(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	id := "e-" + c.ID
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			if _, err := db.AddStep(ctx, id, dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: "赵振华", Text: fmt.Sprint(i)}, leader, noon); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			field := []dutylog.Field{dutylog.Content, dutylog.Place, dutylog.Cause, dutylog.Trend, dutylog.Needs}[i]
			for revision := 1; ; {
				_, err := db.Amend(ctx, id, patch(revision, values{field: "写下"}), officer, noon)
				var stale *dutylog.StaleError
				if !errors.As(err, &stale) {
					if err != nil {
						t.Error(err)
					}
					return
				}
				revision = stale.Current.Revision
			}
		})
	}
	wg.Wait()
	e := must(db.Entry(ctx, id))(t)
	wrote := 0
	for _, v := range e.Values {
		if v == "写下" {
			wrote++
		}
	}
	if len(e.Steps) != 5 || wrote != 5 {
		t.Errorf("%d steps, %v", len(e.Steps), e.Values)
	}
}

// TestWhateverIsDoneTheLogStaysProved does random things of all kinds, opens the log again in between,
// and verifies it.
func TestWhateverIsDoneTheLogStaysProved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	r := rand.New(rand.NewPCG(3, 5))
	var ids []string
	for round := range 3 {
		db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
		for i := range 40 {
			if len(ids) < 3 || r.IntN(6) == 0 {
				ids = append(ids, written(t, db, fmt.Sprintf("key-%05d-%05d", round, i), dutylog.Written()[r.IntN(5)], nil).ID)
				continue
			}
			id, other := ids[r.IntN(len(ids))], ids[r.IntN(len(ids))]
			rule := dutylog.StepRules()[r.IntN(len(dutylog.StepRules()))]
			var err error
			switch r.IntN(5) {
			case 0:
				_, err = db.StrikeStep(ctx, id, 1+r.IntN(3), "有误", officer, noon)
			case 1:
				err = db.Link(ctx, dutylog.LinkOrder{A: id, B: other, Relation: dutylog.Relations()[r.IntN(2)], Undo: r.IntN(3) == 0, Reason: "x", By: officer})
			case 2:
				e := must(db.Entry(ctx, id))(t)
				_, err = db.Amend(ctx, id, randomPatch(r, e.Revision), officer, noon)
			default:
				way := ""
				if rule.Channel {
					way = "wechat"
				}
				_, err = db.AddStep(ctx, id, dutylog.StepDraft{Kind: rule.Kind, Channel: way, Whom: "市局", Text: fmt.Sprint(i)}, officer, noon.Add(time.Duration(i)*time.Second))
			}
			invalid, incomplete := (*dutylog.InvalidError)(nil), (*dutylog.IncompleteError)(nil)
			if err != nil && !errors.As(err, &invalid) && !errors.As(err, &incomplete) {
				t.Fatal(err)
			}
		}
		must(db.Checkpoint(ctx, newKey(t), false))(t)
		ok(t, db.Close())
		if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Intact || len(report.Findings) > 0 {
			t.Fatalf("round %d: %s\n%s", round, report.Verdict(), findings(report))
		}
	}
}

// The list of what is unfinished says of each entry what the entry itself says, and has those of
// which one is asked for whatever their age.
func TestWhatIsUnfinished(t *testing.T) {
	db := open(t)
	calls := []telephony.Call{inbound(0, "02422730001"), inbound(1, "02422730002"), inbound(2, "02422730003")}
	ok(t, db.Record(ctx, story(calls[0], telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, story(calls[1], telephony.Missed)))
	running := story(calls[2], telephony.AnsweredInTime)
	ok(t, db.Record(ctx, running[:len(running)-1]))
	patrol := written(t, db, "0f3c9a77-1", dutylog.KindPatrol, nil)
	again := written(t, db, "0f3c9a77-2", dutylog.KindPatrol, values{dutylog.Place: "机房", dutylog.CheckResult: "正常"})
	again = must(db.Amend(ctx, again.ID, dutylog.EntryPatch{Revision: again.Revision, State: is(dutylog.Complete)}, officer, noon))(t)
	done := written(t, db, "0f3c9a77-3", dutylog.KindPatrol, values{dutylog.Place: "机房", dutylog.CheckResult: "正常"})
	must(db.Amend(ctx, done.ID, dutylog.EntryPatch{Revision: done.Revision, State: is(dutylog.Complete)}, officer, noon))(t)
	again = must(db.Amend(ctx, again.ID, dutylog.EntryPatch{Revision: again.Revision, State: is(dutylog.Open), Reason: "写错了地点"}, officer, noon.Add(time.Hour)))(t)

	var want []dutylog.Unfinished
	for _, id := range []string{"e-" + calls[0].ID, "e-" + calls[1].ID, patrol.ID, again.ID} {
		e, c := must(db.Entry(ctx, id))(t), dutylog.Call{}
		if e.CallID != "" {
			c = must(db.Call(ctx, e.CallID))(t)
		}
		want = append(want, dutylog.Unfinished{EntryID: id, Number: e.EntryNumber, Line: e.Line, CallID: e.CallID, Since: dutylog.SinceOf(e, c.EndedAt)})
	}
	if !want[3].Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("opened again, it could be complete since %v", want[3].Since)
	}
	byID := cmpopts.SortSlices(func(a, b dutylog.Unfinished) bool { return a.EntryID < b.EntryID })
	near := cmpopts.EquateApproxTime(time.Microsecond)
	if diff := cmp.Diff(want, must(db.Unfinished(ctx, noon.Add(-time.Hour), nil))(t), byID, near); diff != "" {
		t.Errorf("(-the entries +the list):\n%s", diff)
	}
	asked := must(db.Unfinished(ctx, noon.Add(24*time.Hour), []string{patrol.ID, done.ID, "e-" + calls[2].ID, "e-9"}))(t)
	if diff := cmp.Diff(want[2:3], asked, near); diff != "" {
		t.Errorf("asked for by name (-want +got):\n%s", diff)
	}
}
