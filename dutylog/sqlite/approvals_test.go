package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var second = dutylog.Actor{Login: "zhou", Name: "周敏", Role: dutylog.Supervisor}

// refusedFor is the named reason of a refusal.
func refusedFor(err error) dutylog.ApprovalReason {
	var approval *dutylog.ApprovalError
	if errors.As(err, &approval) {
		return approval.Reason
	}
	return ""
}

// withTwo is a log with an entry, its clock, and where it is.
func withTwo(t *testing.T) (db *sqlite.DB, c *clock, entry, path string) {
	t.Helper()
	path, c = filepath.Join(t.TempDir(), "log.db"), newClock(noon)
	db = openAt(t, path, sqlite.Options{Now: c.now})
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	entry = "e-" + inbound(0, "").ID
	must(db.Amend(ctx, entry, patch(1, values{dutylog.Content: "涉密内容"}), leader, noon))(t)
	return db, c, entry, path
}

func TestAnErasureIsAskedForApprovedAndCarriedOut(t *testing.T) {
	db, c, entry, path := withTwo(t)
	ask := dutylog.Approval{Kind: dutylog.ToErase, EntryID: entry, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: leader}
	a := must(db.Ask(ctx, ask))(t)
	if a.ID != 1 || a.State(noon) != dutylog.Undecided || a.EntryNumber.Serial != 1 || len(a.Fields) != 1 || !a.DecidedAt.IsZero() {
		t.Errorf("%+v", a)
	}
	if _, err := db.Erase(ctx, a.ID, leader); refusedFor(err) != dutylog.NotApproved {
		t.Errorf("before the second person: %v", err)
	}
	if _, err := db.Ask(ctx, ask); refusedFor(err) != dutylog.AlreadyAsked {
		t.Errorf("asked twice: %v", err)
	}
	if _, err := db.Decide(ctx, a.ID, true, "", leader); refusedFor(err) != dutylog.OwnRequest {
		t.Errorf("by the same person: %v", err)
	}
	c.advance(time.Hour)
	a = must(db.Decide(ctx, a.ID, true, "同意", second))(t)
	if !a.Approves || a.DecidedBy != second || a.Note != "同意" || !a.DecidedAt.Equal(noon.Add(time.Hour)) || !a.DoneAt.IsZero() {
		t.Errorf("%+v", a)
	}
	if _, err := db.Decide(ctx, a.ID, false, "", second); refusedFor(err) != dutylog.AlreadyDecided {
		t.Errorf("decided twice: %v", err)
	}
	decision := must(db.Erase(ctx, a.ID, dutylog.Actor{Login: "shell:root"}))(t)
	if e := must(db.Entry(ctx, entry))(t); decision != 1 || len(e.Erased) != 1 || e.Values[dutylog.Content] != "" || e.WrittenBy != leader.Login {
		t.Errorf("decision %d: %+v", decision, e)
	}
	if _, err := db.Erase(ctx, a.ID, leader); refusedFor(err) != dutylog.AlreadyDone {
		t.Errorf("carried out twice: %v", err)
	}
	if a = must(db.Approval(ctx, a.ID))(t); a.Outcome != "1" || a.DoneAt.IsZero() {
		t.Errorf("%+v", a)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || r.Of("approval").Intact != 1 || r.Of("approval_step").Intact != 2 {
		t.Errorf("%+v %+v\n%s", r.Of("approval"), r.Of("approval_step"), findings(r))
	}
}

// A decision that somebody else wrote behind the log's back is found.
func TestAForgedApprovalIsFound(t *testing.T) {
	db, _, entry, path := withTwo(t)
	must(db.Ask(ctx, dutylog.Approval{Kind: dutylog.ToErase, EntryID: entry, Reason: "误录", By: leader}))(t)
	for _, statement := range []string{"DELETE FROM approvals", "UPDATE approvals SET reason = 'x'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
	must(db.Decide(ctx, 1, false, "不同意", second))(t)
	for _, statement := range []string{"DELETE FROM approval_steps", "UPDATE approval_steps SET step = 'approved'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	execIn(t, path, "INSERT INTO approval_steps (approval, step, note, by_login, by_name, by_role, at) VALUES (1, 'done', '', 'zhou', '周敏', 'supervisor', 1)")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

func TestAHoldIsReleasedByTheSecondPerson(t *testing.T) {
	db, _, entry, _ := withTwo(t)
	ask := dutylog.Approval{Kind: dutylog.ToRelease, EntryID: entry, Reason: "结案", By: leader}
	if _, err := db.Ask(ctx, ask); err == nil {
		t.Error("what is not held is released")
	}
	must(db.SetHold(ctx, entry, "诉讼保全", leader))(t)
	a := must(db.Ask(ctx, ask))(t)
	if must(db.Entry(ctx, entry))(t).Hold == nil {
		t.Error("one person released it")
	}
	begin := last(t, db)
	a = must(db.Decide(ctx, a.ID, true, "", second))(t)
	if e := must(db.Entry(ctx, entry))(t); e.Hold != nil || a.DoneAt.IsZero() {
		t.Errorf("%+v %+v", e.Hold, a)
	}
	if got := topics(since(t, db, begin)); len(got) != 1 || got[0] != "entry "+entry {
		t.Errorf("the page hears %v", got)
	}
	if _, err := db.Erase(ctx, a.ID, leader); err == nil {
		t.Error("a release erases")
	}
	must(db.SetHold(ctx, entry, "再次保全", leader))(t)
	a = must(db.Ask(ctx, ask))(t)
	must(db.Decide(ctx, a.ID, false, "还需保全", second))(t)
	if must(db.Entry(ctx, entry))(t).Hold == nil {
		t.Error("it was released although the second person declined")
	}
}

// What was approved and then held is not erased, and nothing of the attempt stays.
func TestAHoldThatComesBetweenStopsTheErasure(t *testing.T) {
	db, _, entry, _ := withTwo(t)
	a := must(db.Ask(ctx, dutylog.Approval{Kind: dutylog.ToErase, EntryID: entry, Reason: "误录", By: leader}))(t)
	must(db.Decide(ctx, a.ID, true, "", second))(t)
	must(db.SetHold(ctx, entry, "诉讼保全", second))(t)
	if _, err := db.Erase(ctx, a.ID, leader); err == nil {
		t.Error("it was erased")
	}
	if e := must(db.Entry(ctx, entry))(t); len(e.Erased) != 0 || e.Values[dutylog.Content] == "" {
		t.Errorf("%+v", e)
	}
	if a := must(db.Approval(ctx, a.ID))(t); !a.DoneAt.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestARequestExpires(t *testing.T) {
	db, c, entry, _ := withTwo(t)
	ask := dutylog.Approval{Kind: dutylog.ToErase, EntryID: entry, Reason: "误录", By: leader}
	first := must(db.Ask(ctx, ask))(t)
	c.advance(dutylog.ApprovalLasts)
	if _, err := db.Decide(ctx, first.ID, true, "", second); refusedFor(err) != dutylog.TooLate {
		t.Errorf("decided too late: %v", err)
	}
	again := must(db.Ask(ctx, ask))(t)
	must(db.Decide(ctx, again.ID, true, "", second))(t)
	c.advance(dutylog.ApprovalLasts)
	if _, err := db.Erase(ctx, again.ID, leader); refusedFor(err) != dutylog.TooLate {
		t.Errorf("carried out too late: %v", err)
	}
	if waiting, _, err := db.Approvals(ctx, dutylog.ApprovalQuery{Waiting: true}); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
}

func TestRequestsAreListedInPages(t *testing.T) {
	db, c, entry, _ := withTwo(t)
	other := "e-" + inbound(1, "").ID
	ok(t, db.Record(ctx, story(inbound(1, ""), telephony.Missed)))
	for i := range 5 {
		id := entry
		if i == 2 {
			id = other
		}
		a := must(db.Ask(ctx, dutylog.Approval{Kind: dutylog.ToErase, EntryID: id, Reason: "误录", By: leader}))(t)
		if i < 3 {
			must(db.Decide(ctx, a.ID, i == 2, "", second))(t)
		} else {
			c.advance(25 * time.Hour)
		}
	}
	list := func(q dutylog.ApprovalQuery) (ids []int64) {
		for {
			items, next, err := db.Approvals(ctx, q)
			ok(t, err)
			for _, a := range items {
				ids = append(ids, a.ID)
			}
			if q.Cursor = next; next == "" {
				return ids
			}
		}
	}
	c.advance(-50 * time.Hour)
	for name, x := range map[string]struct {
		q    dutylog.ApprovalQuery
		want []int64
	}{
		"all":         {dutylog.ApprovalQuery{Limit: 2}, []int64{5, 4, 3, 2, 1}},
		"of an entry": {dutylog.ApprovalQuery{EntryID: other}, []int64{3}},
		"waiting":     {dutylog.ApprovalQuery{Waiting: true}, []int64{5, 4, 3}},
	} {
		if got := list(x.q); !equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	if _, _, err := db.Approvals(ctx, dutylog.ApprovalQuery{Cursor: "nonsense"}); err == nil {
		t.Error("a cursor of nowhere")
	}
	if _, err := db.Approval(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := db.Decide(ctx, 99, true, "", second); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := db.Ask(ctx, dutylog.Approval{Kind: dutylog.ToErase, EntryID: "e-none", Reason: "x", By: leader}); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
