package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// tellingBook keeps what was told, and may refuse it.
type tellingBook struct {
	told []string
	err  error
	log  *sqlite.DB
}

func (b *tellingBook) Raise(ctx context.Context, a alerts.Alert) error {
	if b.err != nil {
		return b.err
	}
	if len(a.Ends) > 0 {
		b.told = append(b.told, "over "+a.Ends[0])
	} else {
		b.told = append(b.told, a.Key+" since "+a.At.Format("15:04"))
	}
	return b.log.Raise(ctx, a)
}

// The keeper over a real log: a shift ends, nobody takes over, then somebody does; a dated duty is
// late and is done. Each thing is told once, and the next deadline is known beforehand.
func TestTheDutyKeeperTellsWhatIsLate(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 27, 7, 0, 0, 0, time.UTC)
	log, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	shift := func(name string, from int) dutylog.Shift {
		at := time.Date(2026, 11, 27, from, 0, 0, 0, time.UTC)
		return dutylog.Shift{Post: dutylog.PostOfficer, Name: name, From: at, To: at.Add(12 * time.Hour)}
	}
	zhang, li := dutylog.Actor{Login: "zhang", Name: "张伟", Role: dutylog.Officer}, dutylog.Actor{Login: "li", Name: "李娜", Role: dutylog.Officer}
	sheet, digest := dutylog.Sheet{}.Freeze()
	rule, err := log.SaveTaskRule(ctx, dutylog.TaskRule{Title: "报送日报", Post: dutylog.PostOfficer, Lead: time.Hour, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "09:00"}}, zhang)
	if err == nil {
		err = log.ReplaceRoster(ctx, []dutylog.Shift{shift("张伟", -4), shift("李娜", 8), shift("王强", 20)})
	}
	if err == nil {
		_, err = log.AddHandover(ctx, dutylog.Handover{Incoming: zhang, Text: sheet, Digest: digest}, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	// 张伟 took over at 07:00, which is after the middle of his shift: it is set back to its beginning.
	book := &tellingBook{log: log}
	k := &dutyKeeper{log: earlier{log, 10 * time.Hour}, alerts: book, calendar: dutylog.Weekends{}, line: "duty", allowance: 15 * time.Minute, now: func() time.Time { return now }, told: map[string]time.Time{}}
	turn := func(at string, next string, told ...string) {
		t.Helper()
		clock, _ := time.Parse("15:04", at)
		now = time.Date(2026, 11, 27, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
		book.told = nil
		deadline, err := k.Turn(ctx)
		if err != nil && book.err == nil {
			t.Fatalf("%s: %v", at, err)
		}
		if got := deadline.Format("15:04"); got != next {
			t.Errorf("%s: next turn at %s, want %s", at, got, next)
		}
		if diff := cmp.Diff(told, book.told); diff != "" {
			t.Errorf("%s (-want +told):\n%s", at, diff)
		}
	}
	turn("07:00", "08:00", "over duty_overdue/duty/1", "over handover_late/duty")
	turn("08:00", "08:15")
	book.err = errors.New("the disk is full")
	turn("08:15", "09:00")
	book.err = nil
	turn("08:16", "09:00", "handover_late/duty since 08:15")
	turn("08:17", "09:00")
	book.err = errIgnored
	turn("09:00", "08:00")
	book.err = nil
	turn("09:01", "08:00", "duty_overdue/duty/1 since 09:00")
	if _, err := log.AddHandover(ctx, dutylog.Handover{Outgoing: zhang, Incoming: li, Text: sheet, Digest: digest}, 1); err != nil {
		t.Fatal(err)
	}
	k.log = log
	if _, err := log.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: "2026-11-27", DueAt: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC), Says: dutylog.SaysDone, Text: "已报", By: li}, 0); err != nil {
		t.Fatal(err)
	}
	turn("09:20", "20:15", "over duty_overdue/duty/1", "over handover_late/duty")
	open, _, err := log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open}})
	if err != nil || len(open) != 0 {
		t.Errorf("still open: %+v %v", open, err)
	}
}

// earlier is a log whose last handover was so long before.
type earlier struct {
	*sqlite.DB
	by time.Duration
}

func (e earlier) LastHandover(ctx context.Context, at time.Time) (*dutylog.Handover, error) {
	h, err := e.DB.LastHandover(ctx, at)
	if h != nil {
		h.At = h.At.Add(-e.by)
	}
	return h, err
}
