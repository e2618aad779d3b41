package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dutyline/dutylog"
)

const (
	personColumns  = "name, phone, login, standing, left_at"
	holidayColumns = "year, source, at, by_name, days"
	periodColumns  = "name, first_day, last_day, notice, extra, at, by_login, by_name, by_role, ended"
)

// personVersion is the newest change of a person; the change is evidence, so the version is.
const personVersion = "(SELECT coalesce(max(c.id), 0) FROM roster_changes c WHERE c.kind = 'person' AND c.subject = roster_people.name)"

// RosterPeople implements dutylog.RosterStore.
func (db *DB) RosterPeople(ctx context.Context) ([]dutylog.RosterPerson, error) {
	people, err := rosterPeople(db.reading(ctx))
	return people, db.explain("list who may be on duty", err)
}

func rosterPeople(s source) ([]dutylog.RosterPerson, error) {
	rows, err := s.Query("SELECT " + personColumns + ", " + personVersion + " FROM roster_people ORDER BY id")
	return all(rows, err, func(row scanner) (p dutylog.RosterPerson, err error) {
		err = row.Scan(&p.Name, &p.Phone, &p.Login, &p.Standing, instant{&p.Left}, &p.Version)
		return p, err
	})
}

// SavePerson implements dutylog.RosterStore.
func (db *DB) SavePerson(ctx context.Context, p dutylog.RosterPerson, by dutylog.Actor) error {
	p, err := p.Check()
	if err != nil {
		return err
	}
	return db.write(ctx, "keep a person of the roster", func(t *tx) error {
		said := string(p.Standing)
		if !p.Left.IsZero() {
			said = "left " + string(dutylog.DateOf(p.Left, t.db.options.Location))
		}
		return t.keepPerson(p, said, by)
	})
}

func (t *tx) keepPerson(p dutylog.RosterPerson, said string, by dutylog.Actor) error {
	people, err := rosterPeople(t.sql)
	if err != nil {
		return err
	}
	if known := dutylog.PersonNamed(people, p.Name); known != nil {
		p.Name = known.Name // one person, however an older log sets the name apart
	}
	var newest int64
	err = t.sql.QueryRow("SELECT "+personVersion+" FROM roster_people WHERE name = ?", p.Name).Scan(&newest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if known := err == nil; known && p.Version == 0 || p.Version != newest {
		return fmt.Errorf("somebody else entered or changed %s meanwhile: %w", p.Name, dutylog.ErrExists)
	}
	if err := t.exec("INSERT INTO roster_people ("+personColumns+") VALUES ("+marks(personColumns)+") ON CONFLICT (name) DO UPDATE SET phone = excluded.phone, login = excluded.login, standing = excluded.standing, left_at = excluded.left_at",
		p.Name, p.Phone, p.Login, string(p.Standing), micros(p.Left)); err != nil {
		return err
	}
	if err := t.proveTable(peopleSubject); err != nil {
		return err
	}
	return t.keepRosterChange(&dutylog.RosterChange{Kind: dutylog.RosterPersonSet, By: by, Subject: p.Name, Reason: said})
}

// takeOn enters into the list of people whom it does not know, as regular staff, when somebody says why: the
// reason is kept with the person and with the change of the roster. What else stands against it is left.
func (t *tx) takeOn(bad []dutylog.RosterFinding, shifts []dutylog.Shift, reason, why string, by dutylog.Actor) (left []dutylog.RosterFinding, whole string, err error) {
	if why == "" {
		return bad, reason, nil
	}
	if why, err = dutylog.CleanReason("take_on", why); err != nil {
		return bad, reason, err
	}
	var names []string
	for _, f := range bad {
		name := dutylog.PersonName(f.Name)
		switch {
		case f.Reason != dutylog.RosterUnknown:
			left = append(left, f)
		case !slices.Contains(names, name):
			names = append(names, name)
			p := dutylog.RosterPerson{Name: name, Standing: dutylog.Regular}
			if i := slices.IndexFunc(shifts, func(s dutylog.Shift) bool { return dutylog.SameName(s.Name, name) && s.Phone != "" }); i >= 0 {
				p.Phone = shifts[i].Phone
			}
			if err := t.keepPerson(p, why, by); err != nil {
				return bad, reason, err
			}
		}
	}
	if len(names) > 0 {
		reason = strings.TrimPrefix(reason+"；列入人员名单："+strings.Join(names, "、")+"（"+why+"）", "；")
	}
	return left, reason, nil
}

// Calendar implements dutylog.RosterStore: the years that come with the program, and those that
// the site put in.
func (db *DB) Calendar(ctx context.Context) (dutylog.Calendar, error) {
	rows, err := db.reading(ctx).Query("SELECT " + holidayColumns + " FROM holiday_years ORDER BY year")
	years, err := all(rows, err, func(row scanner) (y dutylog.HolidayYear, err error) {
		err = row.Scan(&y.Year, &y.Source, instant{&y.At}, &y.By, fromJSON[dutylog.SpecialDay]{&y.Days})
		return y, err
	})
	return dutylog.SeedCalendar().With(years), db.explain("read the public holidays", err)
}

// SaveHolidays implements dutylog.RosterStore.
func (db *DB) SaveHolidays(ctx context.Context, y dutylog.HolidayYear, by dutylog.Actor) error {
	source, err := dutylog.CleanReason("source", y.Source)
	if err != nil {
		return err
	}
	return db.write(ctx, "keep the public holidays", func(t *tx) error {
		if err := t.exec("INSERT INTO holiday_years ("+holidayColumns+") VALUES ("+marks(holidayColumns)+") ON CONFLICT (year) DO UPDATE SET source = excluded.source, at = excluded.at, by_name = excluded.by_name, days = excluded.days",
			y.Year, source, micros(t.now), by.Name, asJSON(y.Days)); err != nil {
			return err
		}
		if err := t.proveTable(holidaysSubject); err != nil {
			return err
		}
		return t.keepRosterChange(&dutylog.RosterChange{Kind: dutylog.HolidaysSet, By: by, Subject: strconv.Itoa(y.Year), Reason: source})
	})
}

// SensitivePeriods implements dutylog.RosterStore: the newest first, those that ended too.
func (db *DB) SensitivePeriods(ctx context.Context) ([]dutylog.SensitivePeriod, error) {
	rows, err := db.reading(ctx).Query("SELECT id, " + periodColumns + " FROM sensitive_periods ORDER BY id DESC LIMIT 500")
	periods, err := all(rows, err, scanPeriod)
	return periods, db.explain("list the sensitive periods", err)
}

func scanPeriod(row scanner) (p dutylog.SensitivePeriod, err error) {
	err = row.Scan(&p.ID, &p.Span.Name, &p.Span.First, &p.Span.Last, &p.Notice, &p.Extra, instant{&p.At}, &p.By.Login, &p.By.Name, &p.By.Role, &p.Ended)
	return p, err
}

// SavePeriod implements dutylog.RosterStore.
func (db *DB) SavePeriod(ctx context.Context, p dutylog.SensitivePeriod, by dutylog.Actor) (dutylog.SensitivePeriod, error) {
	p, err := p.Check()
	if err != nil {
		return p, err
	}
	err = db.write(ctx, "keep a sensitive period", func(t *tx) error {
		if p.ID != 0 {
			if err := t.mayBecome(p); err != nil {
				return err
			}
		}
		p.At, p.By = t.now, by
		values := []any{p.Span.Name, string(p.Span.First), string(p.Span.Last), p.Notice, p.Extra, micros(p.At), by.Login, by.Name, string(by.Role), p.Ended}
		if p.ID == 0 {
			result, err := t.sql.Exec("INSERT INTO sensitive_periods ("+periodColumns+") VALUES ("+marks(periodColumns)+")", values...)
			if err != nil {
				return err
			}
			if p.ID, err = result.LastInsertId(); err != nil {
				return err
			}
		} else if err := t.exec("UPDATE sensitive_periods SET ("+periodColumns+") = ("+marks(periodColumns)+") WHERE id = ?", append(values, p.ID)...); err != nil {
			return err
		}
		if err := t.proveTable(periodsSubject); err != nil {
			return err
		}
		subject := p.Span.Name + " " + string(p.Span.First) + "/" + string(p.Span.Last)
		return t.keepRosterChange(&dutylog.RosterChange{Kind: dutylog.PeriodSet, By: by, Subject: subject, Reason: p.Ended})
	})
	return p, err
}

// mayBecome refuses a change of a period that somebody else changed meanwhile, or that it must not become.
func (t *tx) mayBecome(p dutylog.SensitivePeriod) error {
	old, err := scanPeriod(t.sql.QueryRow("SELECT id, "+periodColumns+" FROM sensitive_periods WHERE id = ?", p.ID))
	switch {
	case err != nil:
		return noRows(err, "sensitive period", strconv.FormatInt(p.ID, 10))
	case p.At.UnixMicro() != old.At.UnixMicro():
		return fmt.Errorf("somebody else changed %s meanwhile: %w", old.Span.Name, dutylog.ErrExists)
	}
	return old.Become(p, t.now, t.db.options.Location)
}
