package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// An entry that nobody completes is told once, also after a restart, and it is over when it is complete.
func TestEntriesThatAreNotCompleteInTimeAreTold(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	log, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	officer := dutylog.Actor{Login: "zhangwei", Role: dutylog.Officer}
	e, err := log.Write(ctx, dutylog.Draft{Key: "0f3c9a77-1", Line: "duty", Kind: dutylog.KindPatrol}, officer, now)
	if err != nil {
		t.Fatal(err)
	}
	began := now
	look := func(after time.Duration) (string, time.Duration) {
		t.Helper()
		now = began.Add(after)
		d := &deadlines{log: log, alerts: log, within: map[string]time.Duration{"duty": 10 * time.Minute}, now: func() time.Time { return now }} // as after a restart
		next, err := d.look(ctx)
		if err != nil {
			t.Fatal(err)
		}
		standing, _, err := log.Alerts(ctx, alerts.Query{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, a := range standing {
			said += string(a.Reason) + " " + string(a.State()) + " " + a.Detail + " " + a.At.Sub(began).String() + "; "
		}
		if next.IsZero() {
			return said, 0
		}
		return said, next.Sub(began)
	}
	for _, c := range []struct {
		after time.Duration
		said  string
		next  time.Duration
	}{
		{time.Minute, "", 10 * time.Minute},
		{10 * time.Minute, "entry_overdue open 2026-000001 10m0s; ", 0},
		{11 * time.Minute, "entry_overdue open 2026-000001 10m0s; ", 0},
	} {
		said, next := look(c.after)
		if diff := cmp.Diff(c.said, said); diff != "" || next != c.next {
			t.Errorf("after %v: next %v, want %v (-want +got):\n%s", c.after, next, c.next, diff)
		}
	}
	complete := dutylog.Complete
	if _, err := log.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: 1, State: &complete, Values: map[dutylog.Field]string{dutylog.Place: "机房", dutylog.CheckResult: "正常"}}, officer, now); err != nil {
		t.Fatal(err)
	}
	if said, next := look(12 * time.Minute); said != "entry_overdue resolved 2026-000001 10m0s; " || next != 0 {
		t.Errorf("complete: %q, %v", said, next)
	}
}

func TestDeadlinesComeBeforeTheRest(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		open  []dutylog.Unfinished
		other time.Duration
		err   error
		want  time.Duration
	}{
		"nothing is due":          {nil, 0, nil, 0},
		"an entry":                {[]dutylog.Unfinished{{Line: "duty", Since: now}}, 0, nil, 10 * time.Minute},
		"an entry first":          {[]dutylog.Unfinished{{Line: "duty", Since: now}}, time.Hour, nil, 10 * time.Minute},
		"something else first":    {[]dutylog.Unfinished{{Line: "duty", Since: now}}, time.Minute, nil, time.Minute},
		"the log cannot be read":  {nil, time.Minute, errors.New("locked"), 0},
		"only something else":     {nil, time.Minute, nil, time.Minute},
		"it is late already":      {[]dutylog.Unfinished{{Line: "duty", Since: now.Add(-time.Hour)}}, time.Hour, nil, time.Hour},
		"a line without deadline": {[]dutylog.Unfinished{{Line: "fire", Since: now}}, time.Hour, nil, time.Hour},
	} {
		fake := &fakeDeadlineLog{open: c.open, err: c.err}
		d := &deadlines{log: fake, alerts: fake, within: map[string]time.Duration{"duty": 10 * time.Minute}, now: func() time.Time { return now }}
		asked := false
		next, err := d.before(func(context.Context) (time.Time, error) {
			asked = true
			if c.other == 0 {
				return time.Time{}, nil
			}
			return now.Add(c.other), nil
		})(t.Context())
		var after time.Duration
		if !next.IsZero() {
			after = next.Sub(now)
		}
		if !errors.Is(err, c.err) || after != c.want || asked != (c.err == nil) {
			t.Errorf("%s: %v, %v; want %v", name, after, err, c.want)
		}
	}
}

// While the line is busy every call writes many times: the deadlines are looked at every two seconds,
// at once when one has come, and when the clock was set back.
func TestABusyLineIsNotLookedAtForEveryWord(t *testing.T) {
	began := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	now := began
	fake := &fakeDeadlineLog{open: []dutylog.Unfinished{{EntryID: "e-1", Line: "duty", Since: began}}}
	d := &deadlines{log: fake, alerts: fake, within: map[string]time.Duration{"duty": 3 * time.Second}, now: func() time.Time { return now }}
	advance := d.before(func(context.Context) (time.Time, error) { return time.Time{}, nil })
	for _, c := range []struct {
		after time.Duration
		looks int
		next  time.Duration // from the beginning; 0: nothing more is due
	}{
		{0, 1, 3 * time.Second}, {time.Millisecond, 1, 2 * time.Second}, {1999 * time.Millisecond, 1, 2 * time.Second},
		{2 * time.Second, 2, 3 * time.Second}, {2500 * time.Millisecond, 2, 3 * time.Second}, {3 * time.Second, 3, 0},
		{4 * time.Second, 3, 5 * time.Second}, {-time.Hour, 4, 3 * time.Second}, {-time.Hour + time.Second, 4, -time.Hour + 2*time.Second},
	} {
		now = began.Add(c.after)
		next, err := advance(t.Context())
		var due time.Duration
		if !next.IsZero() {
			due = next.Sub(began)
		}
		if err != nil || fake.looks != c.looks || due != c.next {
			t.Errorf("after %v: looked %d times, next at %v, %v; want %d, %v", c.after, fake.looks, due, err, c.looks, c.next)
		}
	}
}

// A storm of calls leaves many entries open: the more there are, the more rarely all of them are read,
// and what is due among them waits a little.
func TestManyOpenEntriesAreReadMoreRarely(t *testing.T) {
	began := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	now := began
	fake := &fakeDeadlineLog{open: []dutylog.Unfinished{{EntryID: "e-late", Line: "duty", Since: began.Add(500 * time.Millisecond)}}}
	for n := range 999 {
		fake.open = append(fake.open, dutylog.Unfinished{EntryID: fmt.Sprint("e-", n), Line: "duty", Since: began})
	}
	d := &deadlines{log: fake, alerts: fake, within: map[string]time.Duration{"duty": 3 * time.Second}, now: func() time.Time { return now }}
	for _, c := range []struct {
		after time.Duration
		looks int
		next  time.Duration // from the beginning; 0: nothing more is due
	}{
		{0, 1, 3 * time.Second}, {2500 * time.Millisecond, 1, 3 * time.Second}, {3 * time.Second, 2, 3500 * time.Millisecond},
		{3500 * time.Millisecond, 2, 4 * time.Second}, {4 * time.Second, 3, 0}, {8 * time.Second, 3, 9 * time.Second}, {9 * time.Second, 4, 0},
	} {
		now = began.Add(c.after)
		next, err := d.soon(t.Context())
		var due time.Duration
		if !next.IsZero() {
			due = next.Sub(began)
		}
		if err != nil || fake.looks != c.looks || due != c.next {
			t.Errorf("after %v: looked %d times, next at %v, %v; want %d, %v", c.after, fake.looks, due, err, c.looks, c.next)
		}
	}
}

// What cannot be looked at is looked at again at the next chance.
func TestALookThatFailedIsNoLook(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	fake := &fakeDeadlineLog{err: errors.New("locked")}
	d := &deadlines{log: fake, alerts: fake, now: func() time.Time { return now }}
	for range 3 {
		if _, err := d.soon(t.Context()); !errors.Is(err, fake.err) {
			t.Error(err)
		}
	}
	fake.err = nil
	if _, err := d.soon(t.Context()); err != nil || fake.looks != 1 {
		t.Errorf("%d looks, %v", fake.looks, err)
	}
}

type fakeDeadlineLog struct {
	open  []dutylog.Unfinished
	err   error
	looks int
}

func (f *fakeDeadlineLog) Alerts(context.Context, alerts.Query) ([]alerts.Alert, string, error) {
	return nil, "", f.err
}

func (f *fakeDeadlineLog) Unfinished(context.Context, time.Time, []string) ([]dutylog.Unfinished, error) {
	f.looks++
	return f.open, nil
}

func (f *fakeDeadlineLog) Raise(context.Context, alerts.Alert) error { return errIgnored }
