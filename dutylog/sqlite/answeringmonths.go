package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

const answerMonthColumns = "month, zone, calls, digest, figures, blind, tallies, by_login, by_name, by_role, at, duty"

// FreezeMonth implements dutylog.MonthStore. Everything is counted before the transaction, which only makes
// sure that nothing changed meanwhile.
func (db *DB) FreezeMonth(ctx context.Context, m dutylog.Month, by dutylog.Actor, now time.Time) error {
	zone := db.options.Location
	from, to := m.First().Start(zone), m.Next().First().Start(zone)
	if to.After(now) {
		return &dutylog.InvalidError{Field: "month", Reason: "is not over yet: freeze it when it is"}
	}
	if err := db.makeMissing(ctx, m.First(), m.Last()); err != nil {
		return err
	}
	changes, err := db.monthChanges(ctx, db.reading(ctx), m)
	if err != nil {
		return db.explain("freeze a month", err)
	}
	f := dutylog.FrozenMonth{Month: m, Zone: zone.String(), By: by}
	if f.Tallies, err = db.keptTallies(ctx, m.First(), m.Last()); err != nil {
		return err
	}
	if f.Blind, err = db.blindUntil(ctx, from, to, now); err != nil {
		return err
	}
	if f.Calls, f.Digest, err = db.countedCalls(ctx, from, to); err != nil {
		return err
	}
	values, err := frozenValues(f, zone)
	if err != nil {
		return db.explain("freeze a month", err)
	}
	duty, err := db.dutyToFreeze(ctx, from, to, now)
	if err != nil {
		return db.explain("freeze a month", err)
	}
	return db.write(ctx, "freeze a month", func(t *tx) error {
		again, err := db.monthChanges(ctx, t.sql, m)
		if err != nil {
			return err
		}
		if !slices.Equal(changes, again) {
			return fmt.Errorf("calls of %s changed while it was frozen: it is tried again", m)
		}
		var known int
		if err := t.sql.QueryRow("SELECT count(*) FROM answer_months WHERE month = ?", string(m)).Scan(&known); err != nil {
			return err
		}
		if known > 0 {
			return dutylog.ErrExists
		}
		return t.addProven(audit.Month, "INSERT INTO answer_months ("+answerMonthColumns+") VALUES ("+marks(answerMonthColumns)+")",
			append(values, by.Login, by.Name, string(by.Role), micros(t.now), duty)...)
	})
}

// makeMissing makes the tallies of these days that are not kept.
func (db *DB) makeMissing(ctx context.Context, first, last dutylog.Date) error {
	kept, err := db.keptTallies(ctx, first, last)
	if err != nil {
		return err
	}
	return db.makeTallies(ctx, slices.DeleteFunc(dutylog.Dates(first, last), func(d dutylog.Date) bool { return kept[d] != nil }))
}

// monthChanges says of each day of a month how often something of it changed; a day without a tally is a fault.
func (db *DB) monthChanges(_ context.Context, s source, m dutylog.Month) ([]int64, error) {
	rows, err := s.Query("SELECT changes FROM answer_days WHERE day BETWEEN ? AND ? AND tally IS NOT NULL ORDER BY day", string(m.First()), string(m.Last()))
	changes, err := all(rows, err, func(row scanner) (n int64, err error) { return n, row.Scan(&n) })
	if days := len(dutylog.Dates(m.First(), m.Last())); err == nil && len(changes) != days {
		err = fmt.Errorf("calls of %s change just now: it is tried again", m)
	}
	return changes, err
}

// countedCalls is the list of the calls that figures count, each with how it ended, as a digest.
func (db *DB) countedCalls(ctx context.Context, from, to time.Time) (n int, digest string, err error) {
	facts, err := db.callFacts(ctx, from.UnixMicro(), to.UnixMicro())
	if err != nil {
		return 0, "", err
	}
	lines := []string{}
	for _, r := range facts {
		if dutylog.CountingOf(r.f.Call) == dutylog.CallCounts {
			lines = append(lines, r.f.Call.ID+" "+string(r.f.Call.Outcome)+"\n")
		}
	}
	slices.Sort(lines)
	sum := sha256.New()
	for _, l := range lines {
		sum.Write([]byte(l))
	}
	return len(lines), hex.EncodeToString(sum.Sum(nil)), nil
}

// frozenFigure is a figure in the plain words of the record.
type frozenFigure struct {
	Measured    [2]int `json:"measured"` // numerator, denominator
	AfterReview [2]int `json:"after_review"`
}

type frozenFigures struct {
	Calls    int                             `json:"calls"`
	Unknown  int                             `json:"unknown"`
	BlindFor float64                         `json:"blind_seconds"`
	Rule     []string                        `json:"rule"`
	Figures  map[dutylog.Figure]frozenFigure `json:"figures"`
}

func frozenValues(f dutylog.FrozenMonth, zone *time.Location) ([]any, error) {
	c, err := f.Corrects(f.Tallies, f.Blind, zone)
	if err != nil {
		return nil, err
	}
	t := &c.Then.Tally
	plain := frozenFigures{Calls: t.Calls(), Unknown: t.Outcomes()[telephony.Unknown], BlindFor: c.Then.Blind.Seconds(), Rule: t.Rules(), Figures: map[dutylog.Figure]frozenFigure{}}
	for _, r := range dutylog.FigureRules() {
		var x frozenFigure
		x.Measured[0], x.Measured[1] = t.Of(r, false)
		x.AfterReview[0], x.AfterReview[1] = t.Of(r, true)
		plain.Figures[r.Figure] = x
	}
	figures, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	blind, err := json.Marshal(append([]telephony.Interval{}, f.Blind...))
	return []any{string(f.Month), f.Zone, f.Calls, f.Digest, string(figures), string(blind), dutylog.EncodeDays(f.Tallies)}, err
}

func scanMonth(row scanner) (f dutylog.FrozenMonth, err error) {
	var blind string
	var tallies []byte
	if err := row.Scan(&f.Month, &f.Zone, &f.Calls, &f.Digest, &blind, &tallies, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At}); err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(blind), &f.Blind); err != nil {
		return f, fmt.Errorf("what nobody saw in the frozen month %s is not readable: %w", f.Month, err)
	}
	f.Tallies, err = dutylog.DecodeDays(tallies)
	return f, err
}

// frozenMonths reads closed months with their tallies, or without.
func (db *DB) frozenMonths(ctx context.Context, first, last dutylog.Month, tallies string) ([]dutylog.FrozenMonth, error) {
	rows, err := db.reading(ctx).Query("SELECT month, zone, calls, digest, blind, "+tallies+", by_login, by_name, by_role, at FROM answer_months WHERE month BETWEEN ? AND ? ORDER BY month", string(first), string(last))
	list, err := all(rows, err, scanMonth)
	return list, db.explain("read the closed months", err)
}

// FrozenMonths implements dutylog.MonthStore.
func (db *DB) FrozenMonths(ctx context.Context, first, last dutylog.Month) ([]dutylog.FrozenMonth, error) {
	return db.frozenMonths(ctx, first, last, "x''")
}

// MonthCorrection implements dutylog.MonthStore.
func (db *DB) MonthCorrection(ctx context.Context, m dutylog.Month, now time.Time) (c dutylog.MonthCorrection, err error) {
	list, err := db.frozenMonths(ctx, m, m, "tallies")
	if err == nil && len(list) == 0 {
		err = noRows(sql.ErrNoRows, "closed month", string(m))
	}
	if err != nil {
		return c, err
	}
	days, err := db.tallies(ctx, m.First(), m.Last())
	if err != nil {
		return c, err
	}
	zone := db.options.Location
	blind, err := db.blindUntil(ctx, m.First().Start(zone), m.Next().First().Start(zone), now)
	if err != nil {
		return c, err
	}
	return list[0].Corrects(days, blind, zone)
}

// FreezeMonths closes the months whose time has come; what could not be closed is tried again.
func (db *DB) FreezeMonths(ctx context.Context, now time.Time, c dutylog.Calendar, workdays int) error {
	first, err := db.firstCallDay(ctx)
	if err != nil || first == "" {
		return err
	}
	begin, frozen := dutylog.Month(first[:7]), []dutylog.Month{}
	list, err := db.FrozenMonths(ctx, begin, dutylog.MonthOf(now, db.options.Location))
	if err != nil {
		return err
	}
	for _, f := range list {
		frozen = append(frozen, f.Month)
	}
	for _, m := range dutylog.MonthsToFreeze(begin, frozen, now, c, workdays, db.options.Location) {
		if err := db.FreezeMonth(ctx, m, dutylog.SystemActor(), now); err != nil && !errors.Is(err, dutylog.ErrExists) {
			return err
		}
	}
	return nil
}
