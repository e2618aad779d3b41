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
	"dutyline/recorder"
	"dutyline/telephony"
)

func silent(id string) dutylog.Discrepancy {
	return dutylog.Discrepancy{Key: "silent:" + id, Kind: dutylog.Silent, Why: dutylog.NothingHeard, CallID: id, EntryID: "e-" + id, Cause: "nobody is heard"}
}

var wholeLedger = dutylog.Looked{Calls: true, Switch: true, Files: true}

func ledgerLines(t *testing.T, db *sqlite.DB, q dutylog.LedgerQuery) (all []string) {
	t.Helper()
	for {
		items, next, err := db.Ledger(ctx, q)
		ok(t, err)
		for _, i := range items {
			line := fmt.Sprintf("%s %s %s", i.Key, i.State, i.Since.Sub(noon).Round(time.Minute))
			if !i.ResolvedAt.IsZero() {
				line += fmt.Sprintf(" to %s", i.ResolvedAt.Sub(noon).Round(time.Minute))
			}
			if i.Accepted != nil {
				line += " by " + i.Accepted.By.Name + ": " + i.Accepted.Reason
			}
			all = append(all, line)
		}
		if q.Cursor = next; next == "" {
			return all
		}
	}
}

func TestTheLedgerIsKept(t *testing.T) {
	at := newClock(noon)
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: at.now})
	save := func(want int, found ...dutylog.Discrepancy) {
		t.Helper()
		if n := must(db.SaveLedger(ctx, found, wholeLedger))(t); n != want {
			t.Errorf("%d items changed, want %d", n, want)
		}
	}
	foreign := dutylog.CheckStored(recorder.StoredFile{Name: "\x1b[2J../../沈\xff"}, nil, nil, noon)[0]
	save(3, silent("1.0"), silent("2.0"), foreign)
	save(0, foreign, silent("2.0"), silent("1.0"))
	at.advance(5 * time.Minute)
	save(1, silent("2.0"), foreign)
	item := must(db.AcceptLedger(ctx, silent("2.0").Key, "演练电话", leader))(t)
	if item.State != dutylog.LedgerResolved || item.Accepted.By != leader {
		t.Errorf("%+v", item)
	}
	at.advance(5 * time.Minute)
	save(0, silent("2.0"), foreign) // accepted, and still there
	save(1, silent("1.0"), silent("2.0"), foreign)
	want := []string{"silent:1.0 open 10m0s", "silent:2.0 resolved 0s to 5m0s by 赵振华: 演练电话", foreign.Key + " open 0s"}
	for _, limit := range []int{0, 1, 2} {
		if diff := cmp.Diff(want, ledgerLines(t, db, dutylog.LedgerQuery{Limit: limit})); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	if n := must(db.OpenLedger(ctx))(t); n != 2 {
		t.Errorf("%d are open", n)
	}
	if got := ledgerLines(t, db, dutylog.LedgerQuery{State: dutylog.LedgerResolved}); len(got) != 1 {
		t.Errorf("resolved: %q", got)
	}
	ok(t, db.Close())
	again := openAt(t, path, sqlite.Options{Now: at.now})
	if diff := cmp.Diff(want, ledgerLines(t, again, dutylog.LedgerQuery{})); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
}

func TestWhoAcceptedIsEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	must(db.SaveLedger(ctx, []dutylog.Discrepancy{silent("1.0"), silent("2.0")}, wholeLedger))(t)
	must(db.AcceptLedger(ctx, "silent:1.0", "演练", leader))(t)
	var invalid *dutylog.InvalidError
	if _, err := db.AcceptLedger(ctx, "silent:1.0", "演练", leader); !errors.As(err, &invalid) {
		t.Errorf("twice: %v", err)
	}
	if _, err := db.AcceptLedger(ctx, "silent:9.0", "演练", leader); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	for _, statement := range []string{"DELETE FROM ledger_acceptances", "UPDATE ledger_acceptances SET reason = 'x'"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("acceptance").Intact != 1 {
		t.Errorf("%+v", r.Of("acceptance"))
	}
	outside(t, path, "UPDATE ledger_acceptances SET by_name = '别人'")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "acceptance 1") {
		t.Errorf("another name is not found: %s", findings(r))
	}
}

// oddCalls records one call of each kind that the ledger may have to say something about.
func oddCalls(t *testing.T, db *sqlite.DB) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for n, o := range []struct {
		name   string
		change func(*recorder.Recording)
	}{
		{"well", func(*recorder.Recording) {}},
		{"missing", func(r *recorder.Recording) { r.Status = recorder.Missing }},
		{"failed", func(r *recorder.Recording) { r.Status = recorder.Failed }},
		{"short", func(r *recorder.Recording) { r.Findings = []telephony.Finding{telephony.RecordingShort} }},
		{"cut", func(r *recorder.Recording) {
			r.Reason = recorder.SaysCut + " (crash or full disk); all that was stored is kept"
		}},
		{"one side", func(r *recorder.Recording) {
			r.Reason = recorder.SaysOneSide + " of the caller's side; that channel is silent"
		}},
		{"waiting", func(r *recorder.Recording) { r.Status, r.NextTry = recorder.Pending, noon.Add(time.Hour) }},
		{"padded", func(r *recorder.Recording) {
			r.Reason = "the caller's side ended 20ms earlier and is padded with silence"
		}},
	} {
		c := inbound(n, "02422730001")
		ids[c.ID] = o.name
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		r := must(db.Recording(ctx, c.ID))(t)
		r.Status, r.NextTry, r.SealedAt = recorder.Sealed, time.Time{}, noon
		o.change(&r)
		ok(t, db.SaveRecording(ctx, r))
	}
	return ids
}

func TestOddCallsAreFoundWithoutReadingAllOfThem(t *testing.T) {
	db := open(t)
	ids := oddCalls(t, db)
	test := inbound(20, "02422730001")
	test.Tags = []telephony.Tag{telephony.TagTest}
	ids[test.ID] = "a test without an entry"
	ok(t, db.Record(ctx, story(test, telephony.Missed)))
	ok(t, db.SaveRecording(ctx, recorder.Recording{CallID: test.ID, Status: recorder.None}))
	ok(t, db.ExecOnWriter("DELETE FROM recordings WHERE call_id = '"+inbound(0, "").ID+"'"))
	ids[inbound(0, "").ID] = "no row"
	look := func(since time.Time) (all []string) {
		t.Helper()
		calls, err := db.LedgerCalls(ctx, since)
		ok(t, err)
		for _, c := range calls {
			name := ids[c.ID]
			if !c.Entered {
				name += " (no entry)"
			}
			all = append(all, name)
		}
		return all
	}
	all := []string{"missing", "failed", "short", "cut", "one side", "waiting", "a test without an entry (no entry)", "no row"}
	inAnyOrder := cmp.Transformer("count", count)
	if diff := cmp.Diff(all, look(time.Time{}), inAnyOrder); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(all[:6], look(noon.AddDate(0, 0, 1)), inAnyOrder); diff != "" {
		t.Errorf("of the last days (-want +got):\n%s", diff)
	}
	must(db.SaveLedger(ctx, []dutylog.Discrepancy{silent(inbound(7, "").ID)}, wholeLedger))(t)
	if diff := cmp.Diff(append(all[:6:6], "padded"), look(noon.AddDate(0, 0, 1)), inAnyOrder); diff != "" {
		t.Errorf("with the call of an open item (-want +got):\n%s", diff)
	}
}

func count(all []string) map[string]int {
	n := map[string]int{}
	for _, s := range all {
		n[s]++
	}
	return n
}

func TestLedgerQueriesUseTheirIndexes(t *testing.T) {
	db := open(t)
	oddCalls(t, db)
	for query, index := range sqlite.LedgerQueries() {
		plan := must(db.PlanOf(query, 0))(t)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN c ") || strings.HasSuffix(plan, "SCAN c\n") {
			t.Errorf("%s\nwants %s:\n%s", query, index, plan)
		}
	}
	for query, index := range map[string]string{sqlite.SealedNewest: "calls_newest (offered_at", sqlite.SealedOpen: "ledger_by_state"} {
		args := make([]any, strings.Count(query, "?"))
		if plan := must(db.PlanOf(query, args...))(t); !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\nwants %s:\n%s", query, index, plan)
		}
	}
}

func TestRecordingsWhoseFilesHaveToBeThereAreListedInParts(t *testing.T) {
	db := open(t)
	ids := oddCalls(t, db)
	named := func(id string) string {
		if name, ok := ids[id]; ok {
			return name
		}
		return id
	}
	parts := 0
	look := func(since time.Time) (all []string) {
		t.Helper()
		parts = 0
		ok(t, db.SealedSince(ctx, since, func(part []recorder.Recording) error {
			parts++
			for _, r := range part {
				all = append(all, named(r.CallID))
			}
			return nil
		}))
		return all
	}
	sealed := []string{"padded", "one side", "cut", "short", "well"} // the newest first; what waits, failed or is missing has none
	if diff := cmp.Diff(sealed, look(time.Time{})); diff != "" || parts != 1 {
		t.Errorf("all, in %d parts (-want +got):\n%s", parts, diff)
	}
	if diff := cmp.Diff(sealed[:2], look(inbound(5, "").OfferedAt)); diff != "" {
		t.Errorf("of the last calls (-want +got):\n%s", diff)
	}
	must(db.SaveLedger(ctx, []dutylog.Discrepancy{silent(inbound(0, "").ID), silent(inbound(7, "").ID)}, wholeLedger))(t)
	if diff := cmp.Diff([]string{"padded", "one side", "well"}, look(inbound(5, "").OfferedAt)); diff != "" || parts != 2 {
		t.Errorf("and of open items, in %d parts (-want +got):\n%s", parts, diff)
	}
	ok(t, db.ExecOnWriter("UPDATE recordings SET status = 'erased' WHERE call_id = '"+inbound(7, "").ID+"'"))
	if diff := cmp.Diff(sealed[1:], look(time.Time{})); diff != "" {
		t.Errorf("without what a decision took (-want +got):\n%s", diff)
	}
	var many []telephony.Change
	for n := 100; n < 1100; n++ {
		c := inbound(n, "02422730001")
		c.OfferedAt = noon.Add(time.Hour) // the clock was set: all in one moment
		many = append(many, story(c, telephony.AnsweredInTime)...)
	}
	ok(t, db.Record(ctx, many))
	ok(t, db.ExecOnWriter("UPDATE recordings SET status = 'sealed' WHERE status = 'pending' AND attempts = 0"))
	if got := look(noon.Add(time.Hour)); len(got) != 1001 || len(count(got)) != 1001 || parts != 3 {
		t.Errorf("of many, and an open item: %d, %d of them different, in %d parts", len(got), len(count(got)), parts)
	}
	enough := errors.New("enough")
	if err := db.SealedSince(ctx, time.Time{}, func([]recorder.Recording) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("it is not ended: %v", err)
	}
}

func TestEntriesWithoutTheirCallAreFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	oddCalls(t, db)
	if got := must(db.LedgerEntries(ctx, time.Time{}))(t); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	ok(t, db.Close())
	outside(t, path, "DELETE FROM calls WHERE id = '"+inbound(3, "").ID+"'")
	again := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	want := []dutylog.BookedEntry{{ID: "e-" + inbound(3, "").ID, CallID: inbound(3, "").ID, Kind: dutylog.KindDuty, At: inbound(3, "").OfferedAt.Truncate(time.Microsecond)}}
	if diff := cmp.Diff(want, must(again.LedgerEntries(ctx, time.Time{}))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := must(again.LedgerEntries(ctx, noon.AddDate(1, 0, 0)))(t); len(got) != 0 {
		t.Errorf("of next year: %+v", got)
	}
}

func TestClaimsAreFoundByTheIdOfTheSwitch(t *testing.T) {
	db := open(t)
	oddCalls(t, db)
	var ids []string
	for n := range 1200 {
		ids = append(ids, inbound(n, "").ID)
	}
	if got := must(db.Claims(ctx, ids))(t); len(got) != 8 || got[ids[1]].Recording.Status != recorder.Missing || got[ids[1]].Running {
		t.Errorf("%d claims: %+v", len(got), got[ids[1]])
	}
	if got := must(db.Claims(ctx, nil))(t); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
	first := inbound(30, "1")
	ok(t, db.Record(ctx, story(first, telephony.Missed)))
	second := first
	second.OfferedAt = second.OfferedAt.Add(48 * time.Hour) // after a restart with a clock that was set
	ok(t, db.Record(ctx, story(second, telephony.Missed)))
	longer := first
	longer.ID, longer.OfferedAt = first.ID+"0", first.OfferedAt.Add(time.Hour)
	ok(t, db.Record(ctx, story(longer, telephony.Missed)))
	var got []string
	for _, c := range must(db.ClaimsAgain(ctx, first.ID))(t) {
		got = append(got, c.CallID)
	}
	if diff := cmp.Diff([]string{first.ID, first.ID + "~2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
