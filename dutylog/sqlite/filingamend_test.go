package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

var decemberSpan = dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}

// What is said of a filing afterwards counts from then on; what stood before, who noted it and when stays beside it.
func TestAFilingIsAmended(t *testing.T) {
	at := newClock(noon)
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: at.now}))(t)
	published(t, db)
	at.advance(time.Hour)
	first := must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: decemberSpan, SentTo: "市局", SentAt: at.now()}, officer))(t)
	at.advance(time.Hour)
	came := at.now()
	received := must(db.AmendFiling(ctx, first.ID, dutylog.FilingPatch{Receipt: "回执12号", ReceiptAt: came}, leader))(t)
	if received.ID != first.ID || received.Receipt != "回执12号" || !received.ReceiptAt.Equal(came) || !received.At.Equal(first.At) || received.By != officer || !received.SentAt.Equal(first.SentAt) {
		t.Errorf("%+v", received)
	}
	at.advance(time.Hour)
	earlier := first.SentAt.Add(-time.Minute)
	sent := must(db.AmendFiling(ctx, first.ID, dutylog.FilingPatch{SentAt: earlier, Reason: "抄错了"}, officer))(t)
	if !sent.SentAt.Equal(earlier) || sent.Receipt != "回执12号" || len(sent.Versions) != 3 || sent.Versions[0].Receipt != "" || sent.Versions[1].By != leader || sent.Versions[2].Reason != "抄错了" || !sent.Versions[2].At.Equal(at.now()) {
		t.Errorf("%+v", sent)
	}
	if diff := cmp.Diff(first, sent.Versions[0]); diff != "" {
		t.Errorf("the filing itself is another one: %s", diff)
	}
	for name, found := range map[string][]dutylog.Filing{"the list": must(db.Filings(ctx, "2026-12-01", "2026-12-31"))(t), "one": {must(db.Filing(ctx, first.ID))(t)}} {
		if diff := cmp.Diff([]dutylog.Filing{sent}, found); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if again := must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: decemberSpan, SentTo: "市局", SentAt: at.now()}, officer))(t); again.Supplement != first.ID {
		t.Errorf("the supplement is one of %d", again.Supplement)
	}
	for _, id := range []int64{99, sent.Versions[1].ID} {
		if _, err := db.AmendFiling(ctx, id, dutylog.FilingPatch{Receipt: "x", ReceiptAt: came}, officer); !errors.Is(err, dutylog.ErrNotFound) {
			t.Errorf("filing %d, which there is not, was amended: %v", id, err)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || r.Of("filing").Intact != 4 {
		t.Errorf("untouched: %s, %+v\n%s", r.Verdict(), r.Of("filing"), findings(r))
	}
	writer := must(sql.Open("sqlite3", "file:"+path))(t)
	defer writer.Close()
	for _, statement := range []string{"UPDATE roster_filings SET receipt = 'x' WHERE id = 1", "DELETE FROM roster_filings WHERE id = 2"} {
		if _, err := writer.Exec(statement); err == nil || !strings.Contains(err.Error(), "what was filed is never") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	outside(t, path, "UPDATE roster_filings SET receipt_at = 1 WHERE id = 2")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "filing 2") {
		t.Errorf("a receipt that was changed behind the log: %s\n%s", r.Verdict(), findings(r))
	}
}

// The version that was sent is that of the corrected time, so that a swap in between asks for a supplement, or does not.
func TestACorrectedTimeHasItsOwnVersion(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	at.advance(time.Hour)
	old := published(t, db)
	put := at.now()
	at.advance(time.Hour)
	before := at.now()
	at.advance(time.Hour)
	must(db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(old[0]), Take: shiftRef(old[3]), Reason: "出差"}, officer))(t)
	at.advance(time.Hour)
	after := at.now()
	first := must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: decemberSpan, SentTo: "市局", SentAt: after}, officer))(t)
	for _, c := range []struct {
		sent time.Time
		name string
		want dutylog.FilingState
	}{{before, "张伟", dutylog.FilingSupplement}, {after, "李娜", dutylog.FilingDone}} {
		got := must(db.AmendFiling(ctx, first.ID, dutylog.FilingPatch{SentAt: c.sent, Reason: "抄错了"}, officer))(t)
		if got.Shifts[0].Name != c.name || got.Versions[0].Shifts[0].Name != "李娜" {
			t.Errorf("sent at %s, %s stands there, and %s before", c.sent, got.Shifts[0].Name, got.Versions[0].Shifts[0].Name)
		}
		if state := stateOf(t, db, "2026-12-01", "2026-12-31", first.Key(), at.now()); state != c.want {
			t.Errorf("sent at %s it is %s, want %s", c.sent, state, c.want)
		}
	}
	var early *dutylog.EarlyFilingError
	if _, err := db.AmendFiling(ctx, first.ID, dutylog.FilingPatch{SentAt: put.Add(-2 * time.Minute), Reason: "x"}, officer); !errors.As(err, &early) {
		t.Errorf("sent before there was a roster: %v", err)
	}
}

// A filing that was noted in time, of a roster that was empty later on, was not sent then.
func TestAnEmptyRosterWasNotSent(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	published(t, db)
	at.advance(time.Hour)
	first := must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: decemberSpan, SentTo: "市局", SentAt: at.now()}, officer))(t)
	at.advance(time.Hour)
	draft := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12"}, leader))(t)
	must(db.PublishDraft(ctx, "2026-12", draft.Revision, "全部撤销", "", leader))(t)
	at.advance(time.Hour)
	var wrong *dutylog.InvalidError
	if _, err := db.AmendFiling(ctx, first.ID, dutylog.FilingPatch{SentAt: at.now(), Reason: "x"}, officer); !errors.As(err, &wrong) || wrong.Field != "sent_at" {
		t.Errorf("%v", err)
	}
}
