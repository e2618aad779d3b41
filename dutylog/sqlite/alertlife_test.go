package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

var chainOfTwo = alerts.Plan{
	Routes:  []alerts.Route{{Channel: "group", Least: alerts.Info}, {Channel: "chief", Least: alerts.Warning}, {Channel: "leader", Least: alerts.Critical}},
	Lines:   map[string]alerts.LinePlan{"duty": {Chain: alerts.Chain{Again: time.Hour, Steps: []alerts.Step{{Post: dutylog.PostChief, Channels: []string{"chief"}, After: 5 * time.Minute}, {Post: dutylog.PostLeader, Person: alerts.Person{Name: "李", Phone: "5"}, Channels: []string{"leader"}, After: 5 * time.Minute}}}}},
	Damping: alerts.Damping(5 * time.Minute),
}

func downAt(at time.Time) alerts.Alert {
	return alerts.Alert{Key: "phone_unreachable/duty", Rule: "phone_unreachable", Reason: alerts.ReasonPhoneUnreachable, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: at}
}

// Whoever holds the post at the try is told, not who held it when the step was due.
func TestADeliveryGoesToWhoeverHasTheShift(t *testing.T) {
	now := noon
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }, Plan: chainOfTwo}))(t)
	defer db.Close()
	change := noon.Add(6 * time.Minute)
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{
		{From: noon.Add(-time.Hour), To: change, Post: dutylog.PostChief, Name: "王敏", Phone: "1"},
		{From: change, To: change.Add(time.Hour), Post: dutylog.PostChief, Name: "赵强", Phone: "2"},
	}))
	ok(t, db.Raise(ctx, downAt(now)))
	if next := must(db.Advance(ctx))(t); !next.Equal(noon.Add(5 * time.Minute)) {
		t.Errorf("next at %v", next)
	}
	now = noon.Add(5 * time.Minute)
	if next := must(db.Advance(ctx))(t); !next.Equal(noon.Add(10 * time.Minute)) {
		t.Errorf("then at %v", next)
	}
	holder := func(channel string) alerts.Person {
		t.Helper()
		d, waits, err := db.NextDelivery(ctx, channel)
		if ok(t, err); !waits || d.Notice().Person != d.Person || d.Notice().Post != d.Post {
			t.Fatalf("%v %+v", waits, d)
		}
		return d.Person
	}
	if p := holder("chief"); p != (alerts.Person{Name: "王敏", Phone: "1"}) {
		t.Errorf("told %+v", p)
	}
	now = change
	if p := holder("chief"); p != (alerts.Person{Name: "赵强", Phone: "2"}) {
		t.Errorf("after the change of shifts told %+v", p)
	}
	now = noon.Add(10 * time.Minute)
	must(db.Advance(ctx))(t)
	if p := holder("leader"); p != (alerts.Person{Name: "李", Phone: "5"}) {
		t.Errorf("whom no roster names: %+v", p)
	}
}

// A clock that ran a day ahead when an alert came, and was set right, holds nothing back for a day;
// where no clock was set, looking at everything again changes nothing.
func TestAClockThatIsSetHoldsNothingBack(t *testing.T) {
	now := noon.Add(24 * time.Hour)
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }, Plan: chainOfTwo}))(t)
	defer db.Close()
	next := func(after time.Duration, want time.Duration) {
		t.Helper()
		now = noon.Add(after)
		if got := must(db.Advance(ctx))(t); got.Sub(noon) != want {
			t.Errorf("at %v the next is due at %v, want %v", after, got.Sub(noon), want)
		}
	}
	ok(t, db.Raise(ctx, downAt(now)))
	d, _, err := db.NextDelivery(ctx, "group")
	ok(t, errors.Join(err, db.SaveDelivery(ctx, d.Tried(false, errors.New("away"), now))))
	next(0, 24*time.Hour+5*time.Minute)
	ok(t, db.Hurry(ctx))
	if d, _, err := db.NextDelivery(ctx, "group"); err != nil || !d.NextTry.Equal(now) {
		t.Errorf("tried again at %v, %v", d.NextTry.Sub(noon), err)
	}
	next(0, 5*time.Minute)
	next(5*time.Minute, 10*time.Minute)
	for range 2 {
		ok(t, db.Hurry(ctx))
		next(6*time.Minute, 10*time.Minute)
	}
	ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: noon.Add(48 * time.Hour), Ends: []string{"phone_unreachable/duty"}}))
	ok(t, db.Hurry(ctx))
	next(7*time.Minute, 11*time.Minute)
}

// TestAnAlertOfSchema14MovesOn: what stood before stands, its steps are proved as they were, and
// what waited for its receiver still waits, under its number.
func TestAnAlertOfSchema14MovesOn(t *testing.T) {
	path := atSchema(t, 14)
	execIn(t, path,
		"INSERT INTO alerts (id, key, rule, reason, severity, line, call_id, finding, detail, at) VALUES (7, 'phone_unreachable/duty', 'phone_unreachable', 'phone_unreachable', 'critical', 'duty', '', '', '', 5)",
		"INSERT INTO alert_steps (alert, key, step, by_login, by_name, by_role, at) VALUES (7, 'phone_unreachable/duty', 'open', '', '', '', 5)",
		"INSERT INTO deliveries (id, alert, channel, over, state, attempts, next_try, error) VALUES (3, 7, 'group', 0, 'delivered', 1, 5, ''), (9, 7, 'leader', 0, 'waiting', 2, 6, 'away')",
		"DROP TRIGGER records_stay", "DELETE FROM records", "UPDATE evidence SET taken_over_at = NULL",
		"CREATE TRIGGER records_stay BEFORE DELETE ON records\nBEGIN SELECT RAISE(ABORT, 'a record of the evidence is never deleted'); END")
	ok(t, sqlite.BringTo(path, 14, noon))
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon.Add(time.Hour)).now, Plan: chainOfTwo}))(t)
	if d, waits, err := db.NextDelivery(ctx, "leader"); err != nil || !waits || d.ID != 9 || d.Attempts != 2 || d.Alert.ID != 7 || d.Post != "" {
		t.Errorf("%+v, %v, %v", d, waits, err)
	}
	if next := must(db.Advance(ctx))(t); !next.IsZero() {
		t.Errorf("an old alert goes up a chain at %v that it did not know", next)
	}
	ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: noon, Ends: []string{"phone_unreachable/duty"}}))
	list := must(db.Deliveries(ctx, 7))(t)
	if len(list) != 2 || list[1].ID != 9 || list[1].State != alerts.Waiting {
		t.Errorf("%+v", list)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || *r.Of("alert") != (audit.Tally{Intact: 2, TakenOver: 1}) {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("alert"), findings(r))
	}
}

// stormy lets a phone come and go at random for hours, people act at random, the daemon is
// killed at random, and every message arrives at once.
type stormy struct {
	t    *testing.T
	path string
	db   *sqlite.DB
	now  time.Time
	told map[string][]time.Time // by channel
	rand *rand.Rand
}

func (s *stormy) open() {
	s.db = must(sqlite.Open(ctx, s.path, sqlite.Options{Now: func() time.Time { return s.now }, Plan: chainOfTwo}))(s.t)
}

func (s *stormy) step() {
	s.now = s.now.Add(time.Duration(s.rand.IntN(90)) * time.Second)
	switch s.rand.IntN(40) {
	case 0, 1:
		s.act(func(a alerts.Alert) error {
			_, err := s.db.Acknowledge(ctx, a.ID, leader, "")
			return err
		}, alerts.ErrOver)
	case 2:
		s.act(func(a alerts.Alert) error {
			_, err := s.db.Mute(ctx, a.ID, alerts.Mute{Until: s.now.Add(20 * time.Minute), Reason: "x", By: leader})
			return err
		}, alerts.ErrOver)
	case 3:
		s.act(func(a alerts.Alert) error {
			_, err := s.db.Unmute(ctx, a.ID, leader)
			return err
		}, alerts.ErrUnmuted)
	case 4:
		old := s.db // a kill closes nothing
		s.open()
		s.t.Cleanup(func() { _ = old.Close() })
	default:
		if s.rand.IntN(2) == 0 {
			ok(s.t, s.db.Raise(ctx, downAt(s.now)))
		} else {
			ok(s.t, s.db.Raise(ctx, alerts.Alert{Line: "duty", At: s.now, Ends: []string{"phone_unreachable/duty"}}))
		}
	}
	must(s.db.Advance(ctx))(s.t)
	for _, r := range chainOfTwo.Routes {
		for {
			d, waits, err := s.db.NextDelivery(ctx, r.Channel)
			if ok(s.t, err); !waits {
				break
			}
			s.told[r.Channel] = append(s.told[r.Channel], s.now)
			ok(s.t, s.db.SaveDelivery(ctx, d.Tried(false, nil, s.now)))
		}
	}
}

// act does something about the newest alert; it may be too late for it.
func (s *stormy) act(do func(alerts.Alert) error, late error) {
	list, _, err := s.db.Alerts(ctx, alerts.Query{Limit: 1})
	if ok(s.t, err); len(list) == 0 {
		return
	}
	if err := do(list[0]); err != nil && !errors.Is(err, late) {
		s.t.Error(err)
	}
}

// Whatever happens, one problem is told a receiver a bounded number of times an hour, at most one
// alert of a key stands, and what stands untaken was told.
func TestNoStorm(t *testing.T) {
	t.Parallel()
	const most = 24 // an hour: a beginning and an end in each window of damping
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := &stormy{t: t, path: filepath.Join(t.TempDir(), "log.db"), now: noon, told: map[string][]time.Time{}, rand: rand.New(rand.NewPCG(seed, 15))}
			s.open()
			defer func() { ok(t, s.db.Close()) }()
			for range 300 {
				s.step()
			}
			for channel, times := range s.told {
				for i, first := range times {
					n := 0
					for _, at := range times[i:] {
						if at.Before(first.Add(time.Hour)) {
							n++
						}
					}
					if n > most {
						t.Errorf("%s is told %d times in the hour from %v on", channel, n, first.Sub(noon))
						break
					}
				}
			}
			s.now = s.now.Add(21 * time.Minute) // no mute lasts so long, and every round has begun
			must(s.db.Advance(ctx))(t)
			standing, _, err := s.db.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}})
			if ok(t, err); len(standing) > 1 {
				t.Errorf("%d alerts stand under one key", len(standing))
			}
			for _, a := range standing {
				told := slices.ContainsFunc(must(s.db.Deliveries(ctx, a.ID))(t), func(d alerts.Delivery) bool {
					return d.Channel == "group" && d.Round == a.Round && !d.Over && d.State != alerts.Needless
				})
				if a.State() == alerts.Open && !told {
					t.Errorf("alert %d stands and was told to nobody", a.ID)
				}
			}
		})
	}
}

// Whoever is to be called about a problem of the line is given its patience again when the problem
// comes back: a start of the daemon may see it for a moment.
func TestAReturnHasPatienceAnew(t *testing.T) {
	at := noon
	plan := alerts.Plan{Routes: []alerts.Route{{Channel: "call", Least: alerts.Critical, Calls: true}}, Damping: alerts.Damping(5 * time.Minute)}
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return at }, Plan: plan}))(t)
	defer db.Close()
	raise := func() {
		ok(t, db.Raise(ctx, alerts.Alert{Key: "line_unknown/duty", Rule: "line_unknown", Reason: alerts.ReasonLineBlind, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: at}))
	}
	raise()
	at = at.Add(time.Second)
	ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: at, Ends: []string{"line_unknown/duty"}}))
	if _, waits, err := db.NextDelivery(ctx, "call"); waits || err != nil {
		t.Fatalf("somebody is to be called about what is over: %v", err)
	}
	at = at.Add(time.Minute)
	raise()
	d, waits, err := db.NextDelivery(ctx, "call")
	if ok(t, err); !waits || d.Alert.Reopened != 1 || !d.NextTry.Equal(at.Add(15*time.Second)) {
		t.Errorf("at %v: %v, %+v", at, waits, d)
	}
}
