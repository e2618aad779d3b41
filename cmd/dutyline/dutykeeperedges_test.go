package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// dutyHouse is a keeper over a real log with one daily duty at 09:00 UTC, at a time that a test sets.
type dutyHouse struct {
	*dutyKeeper
	book *tellingBook
	log  *sqlite.DB
	at   time.Time
	rule dutylog.TaskRule
}

func newDutyHouse(t *testing.T) *dutyHouse {
	t.Helper()
	h := &dutyHouse{at: time.Date(2026, 11, 27, 7, 0, 0, 0, time.UTC)}
	log, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return h.at }, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	h.log, h.book = log, &tellingBook{log: log}
	h.rule, err = log.SaveTaskRule(t.Context(), dutylog.TaskRule{Title: "报送日报", Post: dutylog.PostOfficer, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "09:00"}}, zhangW)
	if err != nil {
		t.Fatal(err)
	}
	h.starts()
	return h
}

var zhangW = dutylog.Actor{Login: "zhang", Name: "张伟", Role: dutylog.Officer}

// starts begins anew, as the daemon does.
func (h *dutyHouse) starts() {
	h.dutyKeeper = &dutyKeeper{log: h.log, alerts: h.book, calendar: dutylog.Weekends{}, line: "duty", allowance: 15 * time.Minute,
		now: func() time.Time { return h.at }, told: map[string]time.Time{}}
}

// tells is what the keeper tells in one turn at a day's clock.
func (h *dutyHouse) tells(t *testing.T, at string, want ...string) {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		t.Fatal(err)
	}
	h.at, h.book.told = when, nil
	if _, err := h.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, h.book.told); diff != "" {
		t.Errorf("%s (-want +told):\n%s", at, diff)
	}
}

func (h *dutyHouse) marks(t *testing.T, day string, says dutylog.TaskSays, before int64) int64 {
	t.Helper()
	due, err := time.Parse("2006-01-02 15:04", day+" 09:00")
	if err != nil {
		t.Fatal(err)
	}
	m, err := h.log.MarkTask(t.Context(), dutylog.TaskMark{Rule: h.rule.Rule, Key: day, DueAt: due, Says: says, Text: "说明", By: zhangW}, before)
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// standing are the alerts that stand, by what they say.
func (h *dutyHouse) standing(t *testing.T) (all []string) {
	t.Helper()
	list, _, err := h.log.Alerts(t.Context(), alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		all = append(all, a.Detail+" since "+a.At.Format("01-02 15:04"))
	}
	return all
}

// A daemon that starts anew tells what stands once more, and the log has it once; what ended while the
// daemon was down ends when it is back.
func TestARestartDoublesNoDuty(t *testing.T) {
	h := newDutyHouse(t)
	const over, late = "over duty_overdue/duty/1", "over handover_late/duty"
	h.tells(t, "2026-11-27 09:00", "duty_overdue/duty/1 since 09:00", late)
	h.starts()
	h.tells(t, "2026-11-27 10:00", "duty_overdue/duty/1 since 09:00", late)
	if diff := cmp.Diff([]string{"报送日报 since 11-27 09:00"}, h.standing(t)); diff != "" {
		t.Errorf("after a restart:\n%s", diff)
	}
	h.marks(t, "2026-11-27", dutylog.SaysDone, 0)
	h.starts()
	h.tells(t, "2026-11-27 11:00", over, late)
	if got := h.standing(t); got != nil {
		t.Errorf("still told: %s", got)
	}
}

// What is taken back is told again; an ended rule ends what it told as soon as its old duties are done,
// and never before: what was asked for stays asked for.
func TestADutyThatIsTakenBackIsToldAgain(t *testing.T) {
	h := newDutyHouse(t)
	h.tells(t, "2026-11-27 08:00", "over duty_overdue/duty/1", "over handover_late/duty")
	done := h.marks(t, "2026-11-27", dutylog.SaysDone, 0)
	h.tells(t, "2026-11-27 09:30")
	done = h.marks(t, "2026-11-27", dutylog.SaysOpen, done)
	h.tells(t, "2026-11-27 09:31", "duty_overdue/duty/1 since 09:00")
	h.rule.Ended = true
	if _, err := h.log.SaveTaskRule(t.Context(), h.rule, zhangW); err != nil {
		t.Fatal(err)
	}
	h.tells(t, "2026-11-27 09:32")
	h.tells(t, "2026-11-29 12:00") // nothing of the 28th and the 29th is asked for any more
	h.marks(t, "2026-11-27", dutylog.SaysNotNeeded, done)
	h.tells(t, "2026-11-29 12:01", "over duty_overdue/duty/1")
	if got := h.standing(t); got != nil {
		t.Errorf("still told: %s", got)
	}
}

// A clock that is set back and forth tells nothing twice that stands unchanged.
func TestASetClockTellsNoDutyTwice(t *testing.T) {
	h := newDutyHouse(t)
	h.tells(t, "2026-11-27 09:10", "duty_overdue/duty/1 since 09:00", "over handover_late/duty")
	h.tells(t, "2026-11-27 08:10", "over duty_overdue/duty/1")
	h.tells(t, "2026-11-27 09:10", "duty_overdue/duty/1 since 09:00")
	h.tells(t, "2026-11-28 09:10") // two wait now: the older one stands
	h.marks(t, "2026-11-27", dutylog.SaysDone, 0)
	h.tells(t, "2026-11-28 09:11", "duty_overdue/duty/1 since 09:00") // the one of the 28th
	if got := h.standing(t); len(got) != 1 {
		t.Errorf("%s", got)
	}
}

// brokenBooks cannot be read, now in one part and now in the other.
type brokenBooks struct {
	*sqlite.DB
	tasks, handover error
}

func (b brokenBooks) TaskBooks(ctx context.Context, from, to time.Time) (dutylog.TaskBooks, error) {
	if b.tasks != nil {
		return dutylog.TaskBooks{}, b.tasks
	}
	return b.DB.TaskBooks(ctx, from, to)
}

func (b brokenBooks) LastHandover(ctx context.Context, at time.Time) (*dutylog.Handover, error) {
	if b.handover != nil {
		return nil, b.handover
	}
	return b.DB.LastHandover(ctx, at)
}

// A log that cannot be read ends no alert: not knowing is no good news.
func TestAnUnreadableLogTellsNothing(t *testing.T) {
	h := newDutyHouse(t)
	h.tells(t, "2026-11-27 09:00", "duty_overdue/duty/1 since 09:00", "over handover_late/duty")
	locked := errors.New("database is locked")
	for name, books := range map[string]brokenBooks{"duties": {h.log, locked, nil}, "handovers": {h.log, nil, locked}} {
		h.dutyKeeper.log, h.book.told = books, nil
		if next, err := h.Turn(t.Context()); !errors.Is(err, locked) || !next.IsZero() || h.book.told != nil {
			t.Errorf("%s: %s, next %s, %v", name, h.book.told, next, err)
		}
	}
	h.dutyKeeper.log = h.log
	h.tells(t, "2026-11-27 09:01")
	if got := h.standing(t); len(got) != 1 {
		t.Errorf("%s", got)
	}
}

// The calendar over a real log: what somebody writes down holds a minute later and not before, for
// many who ask at the same time; a period that is ended holds no more.
func TestTheCalendarFollowsARealLog(t *testing.T) {
	h := newDutyHouse(t)
	var mu sync.Mutex
	now := h.at
	c := &logCalendar{log: h.log, logger: slog.New(slog.DiscardHandler), now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}}
	passes := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	day := time.Date(2027, 2, 6, 12, 0, 0, 0, time.UTC) // a Saturday
	says := func() string {
		var all []string
		for word, is := range map[string]bool{"holiday": c.IsHoliday(day), "work": c.IsWorkday(day), "sensitive": c.SensitivePeriod(day)} {
			if is {
				all = append(all, word)
			}
		}
		return strings.Join(all, " ")
	}
	expect := func(when, want string) {
		t.Helper()
		if got := says(); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	expect("without a table", "")
	save := func(kind dutylog.DayKind) {
		t.Helper()
		if err := h.log.SaveHolidays(t.Context(), dutylog.HolidayYear{Year: 2027, Source: "国办发明电〔2026〕7号", Days: []dutylog.SpecialDay{{Date: "2027-02-06", Kind: kind, Name: "春节"}}}, zhangW); err != nil {
			t.Fatal(err)
		}
	}
	save(dutylog.Holiday)
	passes(calendarAge - time.Nanosecond)
	expect("within the minute", "")
	passes(time.Nanosecond)
	expect("a minute later", "holiday")
	save(dutylog.MakeUpDay)
	passes(calendarAge)
	expect("when the notice was corrected", "work")
	p, err := h.log.SavePeriod(t.Context(), dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: "会议", First: "2027-02-06", Last: "2027-02-06"}}, zhangW)
	if err != nil {
		t.Fatal(err)
	}
	save(dutylog.Holiday)
	passes(calendarAge)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !c.SensitivePeriod(day) || !c.IsHoliday(day) || c.IsWorkday(day) {
				t.Error("one of many who ask is told something else")
			}
		})
	}
	wg.Wait()
	p.Ended = "通知撤销"
	if _, err := h.log.SavePeriod(t.Context(), p, zhangW); err != nil {
		t.Fatal(err)
	}
	passes(calendarAge)
	expect("when the period was called off", "holiday")
}
