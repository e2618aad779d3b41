package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// missedNow lists the missed calls as "id why", newest first, and how many wait.
func missedNow(t *testing.T, db *sqlite.DB, q dutylog.MissedQuery) ([]string, int) {
	t.Helper()
	items, waiting, _, err := db.MissedCalls(ctx, q)
	ok(t, err)
	names := []string{}
	for _, m := range items {
		if m.SettledAt.IsZero() != (m.Why == "") || m.Call.EntryID == "" {
			t.Errorf("%+v", m)
		}
		names = append(names, strings.TrimSpace(m.Call.ID+" "+string(m.Why)))
	}
	return names, waiting
}

func wantMissed(t *testing.T, db *sqlite.DB, waiting int, want ...string) {
	t.Helper()
	got, n := missedNow(t, db, dutylog.MissedQuery{})
	if diff := cmp.Diff(want, got); diff != "" || n != waiting {
		t.Errorf("%d wait, want %d; (-want +got):\n%s", n, waiting, diff)
	}
}

func TestAMissedCallWaitsUntilItWasCalledBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	first, again, other := inbound(0, "02422730001"), inbound(1, "02422730001"), inbound(2, "13800001111")
	for _, c := range []telephony.Call{first, again, other} {
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
	}
	wantMissed(t, db, 3, other.ID, again.ID, first.ID)
	begin := last(t, db)
	back := outbound(3, "02422730001")
	ok(t, db.Record(ctx, back[:2]))
	wantMissed(t, db, 3, other.ID, again.ID, first.ID) // it rings only
	ok(t, db.Record(ctx, back))
	wantMissed(t, db, 1, other.ID, again.ID+" called_back", first.ID+" called_back")
	if told := strings.Join(topics(since(t, db, begin)), ","); !strings.Contains(told, "call "+first.ID) || !strings.Contains(told, "call "+again.ID) {
		t.Errorf("pages are told of %s", told)
	}
	items, _, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{})
	ok(t, err)
	if m := items[2]; m.ByCall != back[0].Call.ID || m.By.Login != "system" || !m.SettledAt.Equal(noon.Truncate(time.Microsecond)) || m.Call.Caller.Raw != "02422730001" {
		t.Errorf("%+v", m)
	}
	ok(t, db.Record(ctx, story(inbound(5, "13800001111"), telephony.AnsweredLate)))
	wantMissed(t, db, 0, other.ID+" called_again", again.ID+" called_back", first.ID+" called_back")
	records := must(db.Evidence(ctx))(t).Records
	for _, c := range []telephony.Call{first, again, other} { // said again, nothing changes
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
	}
	ok(t, db.Record(ctx, back))
	if n := must(db.Evidence(ctx))(t).Records; n != records {
		t.Errorf("%d new records of nothing new", n-records)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || r.Of("missed").Intact != 3 {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("missed"), findings(r))
	}
	outside(t, path, "UPDATE missed_calls SET why = 'called_back' WHERE why = 'called_again'")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "missed "+other.ID) {
		t.Errorf("somebody said that the caller was called back: %s\n%s", r.Verdict(), findings(r))
	}
}

func TestWhatIsNoMissedCallWaitsForNobody(t *testing.T) {
	db := open(t)
	test := inbound(0, "02422730009")
	test.Tags = []telephony.Tag{telephony.TagTest}
	ok(t, db.Record(ctx, story(test, telephony.Missed)))
	ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, story(inbound(2, "02422730001"), telephony.AnsweredElsewhere)))
	rings(t, db, inbound(3, "02422730001"))
	wantMissed(t, db, 0, []string{}...)
	ok(t, db.Record(ctx, story(inbound(4, ""), telephony.AbandonedEarly)))
	ok(t, db.Record(ctx, story(inbound(5, "anonymous"), telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, outbound(6, "")))
	wantMissed(t, db, 1, inbound(4, "").ID) // who gave no number is settled by hand only
}

// A nuisance may be closed while the phone still rings: then nobody waits for a call back. Words in a field
// settle nothing.
func TestAnEntryIsNoCallBack(t *testing.T) {
	db := open(t)
	early, late := inbound(0, "13800001111"), inbound(1, "13800002222")
	rings(t, db, early)
	complete := dutylog.Complete
	closed := func(id string, kind dutylog.Kind, v values) {
		e := must(db.Entry(ctx, id))(t)
		reason := ""
		if e.State == dutylog.Complete {
			reason = "是骚扰电话"
		}
		must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: e.Revision, Kind: &kind, State: &complete, Values: v, Reason: reason}, officer, noon))(t)
	}
	closed("e-"+early.ID, dutylog.KindNuisance, nil)
	ok(t, db.Record(ctx, story(early, telephony.Missed)))
	wantMissed(t, db, 0, []string{}...)
	ok(t, db.Record(ctx, story(late, telephony.Missed)))
	wantMissed(t, db, 1, late.ID)
	closed("e-"+late.ID, dutylog.KindMissed, values{dutylog.CallBackResult: "已回拨，询问防汛值班安排"})
	wantMissed(t, db, 1, late.ID)
	closed("e-"+late.ID, dutylog.KindNuisance, nil)
	wantMissed(t, db, 0, late.ID+" entry_complete")
	items, _, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{})
	ok(t, err)
	if items[0].By.Login != officer.Login || items[0].ByCall != "" {
		t.Errorf("%+v", items[0])
	}
	open := dutylog.Open // a correction does not make anybody wait again
	e := must(db.Entry(ctx, "e-"+late.ID))(t)
	must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, State: &open, Reason: "补充"}, officer, noon))(t)
	wantMissed(t, db, 0, late.ID+" entry_complete")
}

// An entry that says why nobody was reached, or that somebody was, is complete, and its caller still waits:
// until a call reaches them, or a person says of the missed call what came of it.
func TestACallerWhomNobodyReachedStillWaits(t *testing.T) {
	db := open(t)
	first, second, third := inbound(0, "13800001111"), inbound(1, "13800002222"), inbound(2, "13800003333")
	shown := func() (list string) {
		for _, m := range matters(t, db, 9) {
			list += fmt.Sprint(m.EntryNumber, " ", m.CallBack, " ")
		}
		return list
	}
	complete, missed := dutylog.Complete, dutylog.KindMissed
	unreached := map[dutylog.Field]*dutylog.Gap{dutylog.CallBackResult: {Why: dutylog.NotPossible, Reason: "三次回拨均无人接听"}}
	amend := func(c telephony.Call, p dutylog.EntryPatch) {
		t.Helper()
		p.Revision = must(db.Entry(ctx, "e-"+c.ID))(t).Revision
		must(db.Amend(ctx, "e-"+c.ID, p, officer, noon))(t)
	}
	for _, c := range []telephony.Call{first, second, third} {
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
		amend(c, dutylog.EntryPatch{Kind: &missed, State: &complete, Gaps: unreached})
	}
	wantMissed(t, db, 3, third.ID, second.ID, first.ID)
	if got := shown(); got != "2026-000003 true 2026-000002 true 2026-000001 true " {
		t.Errorf("the next shift calls them back: %s", got)
	}
	ok(t, db.Record(ctx, outbound(9, "13800001111")))
	wantMissed(t, db, 2, third.ID, second.ID, first.ID+" called_back")
	reopen := dutylog.Open
	amend(second, dutylog.EntryPatch{State: &reopen, Reason: "又打通了"})
	wantMissed(t, db, 2, third.ID, second.ID, first.ID+" called_back")
	amend(second, dutylog.EntryPatch{State: &complete, Values: values{dutylog.CallBackResult: "已联系上，询问值班安排"}})
	wantMissed(t, db, 2, third.ID, second.ID, first.ID+" called_back")
	must(db.SettleMissed(ctx, second.ID, dutylog.Settlement{Why: dutylog.OtherPhone, Text: "张伟 10:20 用手机回拨"}, officer))(t)
	wantMissed(t, db, 1, third.ID, second.ID+" other_phone", first.ID+" called_back")
	var invalid *dutylog.InvalidError
	if _, err := db.SettleMissed(ctx, third.ID, dutylog.Settlement{Why: dutylog.NobodyReached}, officer); !errors.As(err, &invalid) {
		t.Errorf("given up without a word: %v", err)
	}
	must(db.SettleMissed(ctx, third.ID, dutylog.Settlement{Why: dutylog.NobodyReached, Text: "三次无人接听，已报带班领导"}, officer))(t)
	wantMissed(t, db, 0, third.ID+" nobody_reached", second.ID+" other_phone", first.ID+" called_back")
	if got := shown(); strings.Contains(got, "000003") {
		t.Errorf("it is given up: %s", got)
	}
}

func TestAPersonSettlesAMissedCall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	c := inbound(0, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.Missed)))
	for name, bad := range map[string]dutylog.Settlement{"no reason": {}, "no words": {Why: dutylog.NotNeeded}, "its number is there": {Why: dutylog.NoNumber}, "by which phone is not said": {Why: dutylog.OtherPhone}, "the log's own": {Why: dutylog.SettledByCaller}} {
		var invalid *dutylog.InvalidError
		if _, err := db.SettleMissed(ctx, c.ID, bad, officer); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := db.SettleMissed(ctx, "9.9", dutylog.Settlement{Why: dutylog.NoNumber}, officer); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	wantMissed(t, db, 1, c.ID)
	m := must(db.SettleMissed(ctx, c.ID, dutylog.Settlement{Why: dutylog.OtherPhone, Text: " 用手机回拨 "}, officer))(t)
	if m.Why != dutylog.OtherPhone || m.Text != "用手机回拨" || m.By != officer || m.Call.ID != c.ID || m.SettledAt.IsZero() {
		t.Errorf("%+v", m)
	}
	if _, err := db.SettleMissed(ctx, c.ID, dutylog.Settlement{Why: dutylog.NoNumber}, leader); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("settled twice: %v", err)
	}
	ok(t, db.Record(ctx, outbound(3, "02422730001")))
	wantMissed(t, db, 0, c.ID+" other_phone") // what was said stands
	for _, statement := range []string{"DELETE FROM missed_calls", "UPDATE missed_calls SET at = at + 1", "UPDATE missed_calls SET call_id = 'x'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

// The journal may tell later that a call was answered after all, or that one was missed of which the
// caller was reached meanwhile.
func TestWhatTheJournalTellsLater(t *testing.T) {
	db := open(t)
	c := inbound(0, "02422730001")
	seen := story(c, telephony.Missed)
	seen[len(seen)-1].Call.Findings = []telephony.Finding{telephony.SeenInPart}
	seen[len(seen)-1].Call.Outcome = telephony.Unknown
	ok(t, db.Record(ctx, seen))
	wantMissed(t, db, 0, []string{}...) // nobody knows
	ok(t, db.Record(ctx, outbound(3, "02422730001")))
	settled := *seen[len(seen)-1].Call
	settled.Outcome, settled.SettledBy = telephony.Missed, telephony.SettledByJournal
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallSettled, At: noon.Add(5 * time.Minute), Line: c.Line, Call: &settled}}))
	if got := must(db.Call(ctx, c.ID))(t).Outcome; got != telephony.Missed {
		t.Fatalf("the outcome is %s", got)
	}
	wantMissed(t, db, 0, c.ID+" called_back")
}

func TestMissedCallsComeByPages(t *testing.T) {
	db := open(t)
	for i := range 7 {
		ok(t, db.Record(ctx, story(inbound(i, fmt.Sprintf("1380000111%d", i)), telephony.Missed)))
	}
	must(db.SettleMissed(ctx, inbound(3, "").ID, dutylog.Settlement{Why: dutylog.NotNeeded, Text: "误拨"}, officer))(t)
	for _, only := range []bool{false, true} {
		var seen []string
		for cursor, pages := "", 0; ; pages++ {
			items, waiting, next, err := db.MissedCalls(ctx, dutylog.MissedQuery{Waiting: only, Limit: 3, Cursor: cursor})
			ok(t, err)
			if waiting != 6 || len(items) > 3 || pages > 3 {
				t.Fatalf("page %d: %d items, %d wait", pages, len(items), waiting)
			}
			for _, m := range items {
				seen = append(seen, m.Call.ID)
			}
			if cursor = next; next == "" {
				break
			}
		}
		want := 7
		if only {
			want = 6
		}
		if len(seen) != want || seen[0] != inbound(6, "").ID || seen[want-1] != inbound(0, "").ID {
			t.Errorf("waiting only %v: %v", only, seen)
		}
	}
	if _, _, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{Cursor: "nonsense"}); err == nil {
		t.Error("a cursor of nothing is taken")
	}
}

func TestMissedCallsGoByTheirIndexes(t *testing.T) {
	db := open(t)
	for query, index := range map[string]string{
		"SELECT count(*) FROM missed_calls WHERE settled_at IS NULL":                                                               "missed_calls_waiting",
		sqlite.MissedSelect() + " WHERE m.settled_at IS NULL ORDER BY m.at DESC, m.call_id DESC LIMIT 51":                          "missed_calls_waiting",
		sqlite.MissedSelect() + " ORDER BY m.at DESC, m.call_id DESC LIMIT 51":                                                     "missed_calls_newest",
		"SELECT id FROM calls WHERE called_e164 = '+8613800001111' AND direction = 'out' AND offered_at >= 1 ORDER BY 1":           "calls_by_called",
		"SELECT id FROM calls WHERE caller_e164 = '+8613800001111' AND direction = 'in' AND offered_at >= 1 ORDER BY id":           "calls_by_caller",
		"SELECT c.id FROM missed_calls m CROSS JOIN calls c ON c.id = m.call_id WHERE m.settled_at IS NULL AND c.caller_e164 = ''": "missed_calls_waiting",
	} {
		plan := must(db.PlanOf(query))(t)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN calls") || strings.Contains(plan, "SCAN c ") {
			t.Errorf("%s\ngoes by\n%swant %s", query, plan, index)
		}
	}
}

func TestTheHandoverSheetNamesWhoIsToBeCalledBack(t *testing.T) {
	db := open(t)
	missed, reached := inbound(0, "13800001111"), inbound(1, "13800002222")
	ok(t, db.Record(ctx, story(missed, telephony.Missed)))
	ok(t, db.Record(ctx, story(reached, telephony.Missed)))
	ok(t, db.Record(ctx, outbound(2, "13800002222")))
	got := map[string]bool{}
	for _, m := range matters(t, db, 10) {
		got[m.Number] = got[m.Number] || m.CallBack
	}
	if diff := cmp.Diff(map[string]bool{"13800001111": true, "13800002222": false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
