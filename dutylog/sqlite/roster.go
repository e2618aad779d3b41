package sqlite

import (
	"context"
	"slices"
	"time"

	"dutyline/dutylog"
)

const shiftColumns = "from_at, to_at, post, name, phone"

// longestKept bounds how far back the shift of a moment is looked for: no shift is longer, and
// the roster of years does not slow a call down.
const longestKept = 400 * 24 * time.Hour

// ReplaceRoster swaps the shifts that begin on the days, in the site's time zone, on which
// these rows begin. Other days stay as they are.
func (db *DB) ReplaceRoster(ctx context.Context, rows []dutylog.Shift) error {
	_, err := db.ImportRoster(ctx, rows, dutylog.RosterImport{}, dutylog.SystemActor())
	return err
}

// ImportRoster is ReplaceRoster in the name of a person.
func (db *DB) ImportRoster(ctx context.Context, rows []dutylog.Shift, o dutylog.RosterImport, by dutylog.Actor) (c dutylog.RosterChange, err error) {
	rows, err = dutylog.CheckShifts(rows)
	if err != nil {
		return c, err
	}
	err = db.write(ctx, "import the roster", func(t *tx) error {
		bad, _, err := db.judgeImport(t.sql, rows, t.now)
		if err != nil {
			return err
		}
		bad, kept, err := t.takeOn(bad, rows, o.Kept(), o.TakeOn, by)
		if err != nil {
			return err
		}
		if len(bad) > 0 && by != dutylog.SystemActor() { // the practice roster's people are made up
			return &dutylog.RosterError{Findings: bad}
		}
		var was []dutylog.Shift
		for _, day := range dutylog.Days(rows, db.options.Location) {
			old, err := shiftsBeginning(t.sql, day[0], day[1])
			if err != nil {
				return err
			}
			if err := t.removeShifts(old); err != nil {
				return err
			}
			was = append(was, old...)
		}
		if err := dutylog.CheckReason(was, rows, o.Reason); err != nil && by != dutylog.SystemActor() {
			return err
		}
		c = dutylog.RosterChange{Kind: dutylog.RosterImported, By: by, Reason: kept, Before: was, After: rows}
		c.During()
		if by == dutylog.SystemActor() {
			c.Before, c.After = nil, nil // the practice roster's two months: nobody asks what they were
		}
		return t.putShifts(rows, &c)
	})
	return c, err
}

// TryImport says what stands against an import, and which gaps its days would have, and changes nothing. A
// gap hinders no import, but whoever imports is told.
func (db *DB) TryImport(ctx context.Context, rows []dutylog.Shift) (bad, gaps []dutylog.RosterFinding, err error) {
	bad, gaps, err = db.judgeImport(db.reading(ctx), rows, db.options.Now())
	return bad, gaps, db.explain("look at an import of the roster", err)
}

// judgeImport judges the days of an import as a month that is published is judged.
func (db *DB) judgeImport(s source, rows []dutylog.Shift, now time.Time) (bad, gaps []dutylog.RosterFinding, err error) {
	days := dutylog.Days(rows, db.options.Location)
	if len(days) == 0 {
		return nil, nil, nil
	}
	from, to := days[0][0], days[0][1]
	for _, d := range days {
		from, to = minTime(from, d[0]), maxTime(to, d[1])
	}
	around, err := shiftsTouching(s, from.Add(-dutylog.LongestShift), to.Add(dutylog.LongestShift))
	if err != nil {
		return nil, nil, err
	}
	people, err := rosterPeople(s)
	if err != nil {
		return nil, nil, err
	}
	_, _, after := dutylog.PlanRoster(around, rows, db.options.Location)
	first, last := rows[0].From, rows[0].To
	for _, r := range rows {
		first, last = minTime(first, r.From), maxTime(last, r.To)
	}
	return dutylog.JudgeRoster(around, after, people, *db.options.Roster, from, to, now), dutylog.RosterGaps(after, first, last), nil
}

// putShifts adds shifts, proves the roster and keeps the change.
func (t *tx) putShifts(rows []dutylog.Shift, c *dutylog.RosterChange) error {
	for _, s := range rows {
		if err := t.exec("INSERT INTO shifts ("+shiftColumns+") VALUES ("+marks(shiftColumns)+")",
			micros(s.From), micros(s.To), string(s.Post), s.Name, s.Phone); err != nil {
			return err
		}
	}
	if err := t.proveTable(rosterSubject); err != nil {
		return err
	}
	return t.keepRosterChange(c)
}

func (t *tx) removeShifts(rows []dutylog.Shift) error {
	for _, s := range rows {
		if err := t.exec("DELETE FROM shifts WHERE from_at = ? AND to_at = ? AND post = ? AND name = ?", micros(s.From), micros(s.To), string(s.Post), s.Name); err != nil {
			return err
		}
	}
	return nil
}

func shiftsBeginning(s source, from, to time.Time) ([]dutylog.Shift, error) {
	rows, err := s.Query("SELECT "+shiftColumns+" FROM shifts WHERE from_at >= ? AND from_at < ? ORDER BY from_at, id", micros(from), micros(to))
	return all(rows, err, scanShift)
}

// SwapShifts implements dutylog.RosterStore.
func (db *DB) SwapShifts(ctx context.Context, w dutylog.Swap, by dutylog.Actor) (c dutylog.RosterChange, err error) {
	reason, err := dutylog.CleanReason("reason", w.Reason)
	if err != nil {
		return c, err
	}
	err = db.write(ctx, "swap shifts", func(t *tx) error {
		bad, change, err := checkSwap(t.sql, w, t.now, *db.options.Roster)
		if err != nil {
			return err
		}
		if bad, reason, err = t.takeOn(bad, change.After, reason, w.TakeOn, by); err != nil {
			return err
		}
		if len(bad) > 0 {
			return &dutylog.RosterError{Findings: bad}
		}
		if err := t.removeShifts(change.Before); err != nil {
			return err
		}
		change.By, change.Reason = by, reason
		c = change
		return t.putShifts(c.After, &c)
	})
	return c, err
}

// TrySwap says what the regulation has against a swap, and changes nothing.
func (db *DB) TrySwap(ctx context.Context, w dutylog.Swap) ([]dutylog.RosterFinding, error) {
	bad, _, err := checkSwap(db.reading(ctx), w, db.options.Now(), *db.options.Roster)
	return bad, db.explain("look at a swap", err)
}

func checkSwap(s source, w dutylog.Swap, now time.Time, rule dutylog.RosterRule) ([]dutylog.RosterFinding, dutylog.RosterChange, error) {
	c := dutylog.RosterChange{Kind: dutylog.RosterSwapped}
	from, to := w.Give.From, w.Give.From
	if !w.Take.From.IsZero() {
		from, to = minTime(from, w.Take.From), maxTime(to, w.Take.From)
	}
	from, to = from.Add(-dutylog.LongestShift), to.Add(2*dutylog.LongestShift)
	shifts, err := shiftsTouching(s, from, to)
	if err != nil {
		return nil, c, err
	}
	if c.Before, c.After, err = w.Apply(shifts, now); err != nil {
		return nil, c, err
	}
	people, err := rosterPeople(s)
	if err != nil {
		return nil, c, err
	}
	c.Subject = c.Before[0].Name + " → " + c.After[0].Name
	old := dutylog.CheckRoster(shifts, people, rule, from, to)
	bad := dutylog.NewlyForbidden(old, dutylog.CheckRoster(dutylog.With(shifts, c.Before, c.After), people, rule, from, to))
	// What was served cannot be mended: it hinders nobody from relieving who should not serve at all.
	return slices.DeleteFunc(bad, func(f dutylog.RosterFinding) bool { return !f.To.After(now.Add(time.Minute)) }), c, nil
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// OnDuty is who is on duty at a moment, by post. Where the rosters of two days overlap, the
// shift that began later counts.
func (db *DB) OnDuty(ctx context.Context, at time.Time) (dutylog.OnDuty, error) {
	who, err := onDuty(db.reading(ctx), at)
	return who, db.explain("look into the roster", err)
}

func onDuty(s source, at time.Time) (dutylog.OnDuty, error) {
	rows, err := s.Query("SELECT "+shiftColumns+" FROM shifts WHERE from_at <= ? AND from_at >= ? AND to_at > ? ORDER BY from_at, id",
		micros(at), micros(at.Add(-longestKept)), micros(at))
	shifts, err := all(rows, err, scanShift)
	return dutylog.At(shifts, at), err
}

// NextShift implements dutylog.RosterStore.
func (db *DB) NextShift(ctx context.Context, p dutylog.Post, at time.Time) (dutylog.Shift, error) {
	s, err := scanShift(db.reading(ctx).QueryRow("SELECT "+shiftColumns+" FROM shifts WHERE post = ? AND from_at > ? ORDER BY from_at, id LIMIT 1", string(p), micros(at)))
	return s, db.explain("look for the next shift", noRows(err, "shift", string(p)))
}

// Shifts lists the shifts that touch [from, to), by their beginning.
func (db *DB) Shifts(ctx context.Context, from, to time.Time) ([]dutylog.Shift, error) {
	shifts, err := shiftsTouching(db.reading(ctx), from, to)
	return shifts, db.explain("list the roster", err)
}

func shiftsTouching(s source, from, to time.Time) ([]dutylog.Shift, error) {
	var w where
	if !from.IsZero() {
		w.add("to_at > ? AND from_at >= ?", micros(from), micros(from.Add(-longestKept)))
	}
	if !to.IsZero() {
		w.add("from_at < ?", micros(to))
	}
	rows, err := s.Query("SELECT "+shiftColumns+" FROM shifts"+w.String()+" ORDER BY from_at, post, id", w.args...)
	return all(rows, err, scanShift)
}

func scanShift(row scanner) (dutylog.Shift, error) {
	var s dutylog.Shift
	err := row.Scan(instant{&s.From}, instant{&s.To}, &s.Post, &s.Name, &s.Phone)
	return s, err
}
