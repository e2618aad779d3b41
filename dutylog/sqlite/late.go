package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

const paperColumns = "first, last, by_login, by_name, by_role, at"

func scanPaper(row scanner) (p dutylog.PaperPrint, err error) {
	err = row.Scan(&p.ID, &p.First, &p.Last, &p.By.Login, &p.By.Name, &p.By.Role, instant{&p.At})
	return p, err
}

// lastSheet is the highest number that was printed; 0: none was.
func lastSheet(s source) (last int, err error) {
	err = s.QueryRow("SELECT coalesce(max(last), 0) FROM paper_prints").Scan(&last)
	return last, err
}

// PrintBlank implements dutylog.LateStore.
func (db *DB) PrintBlank(ctx context.Context, n int, by dutylog.Actor) (p dutylog.PaperPrint, err error) {
	err = db.write(ctx, "number blank sheets", func(t *tx) error {
		last, err := lastSheet(t.sql)
		if err != nil {
			return err
		}
		if err := dutylog.CheckBlank(n, last); err != nil {
			return err
		}
		if err := t.addProven(audit.Paper, "INSERT INTO paper_prints ("+paperColumns+") VALUES ("+marks(paperColumns)+")",
			last+1, last+n, by.Login, by.Name, string(by.Role), micros(t.now)); err != nil {
			return err
		}
		p, err = scanPaper(t.sql.QueryRow("SELECT id, " + paperColumns + " FROM paper_prints ORDER BY id DESC LIMIT 1"))
		return err
	})
	return p, err
}

// PaperPrint implements dutylog.LateStore.
func (db *DB) PaperPrint(ctx context.Context, id int64) (dutylog.PaperPrint, error) {
	s := db.reading(ctx)
	p, err := scanPaper(s.QueryRow("SELECT id, "+paperColumns+" FROM paper_prints WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, dutylog.ErrNotFound
	}
	if err == nil {
		p.Used, err = usedSheets(s, p.First, p.Last)
	}
	return p, db.explain("read a printing of blank sheets", err)
}

// PaperPrints implements dutylog.LateStore.
func (db *DB) PaperPrints(ctx context.Context, limit int, cursor string) ([]dutylog.PaperPrint, string, error) {
	var w where
	if cursor != "" {
		before, _, err := decodeCursor("p", cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", before)
	}
	limit = pageSize(limit)
	s := db.reading(ctx)
	rows, err := s.Query("SELECT id, "+paperColumns+" FROM paper_prints"+w.String()+" ORDER BY id DESC LIMIT ?", append(w.args, limit+1)...)
	list, err := all(rows, err, scanPaper)
	for i := range list {
		if err == nil {
			list[i].Used, err = usedSheets(s, list[i].First, list[i].Last)
		}
	}
	if err != nil || len(list) <= limit {
		return list, "", db.explain("list the printings of blank sheets", err)
	}
	return list[:limit], encodeCursor("p", list[limit-1].ID, ""), nil
}

func usedSheets(s source, first, last int) ([]dutylog.UsedSheet, error) {
	rows, err := s.Query("SELECT paper_sheet, id, year, number FROM entries WHERE paper_sheet BETWEEN ? AND ? ORDER BY paper_sheet", first, last)
	return all(rows, err, func(row scanner) (u dutylog.UsedSheet, err error) {
		err = row.Scan(&u.Sheet, &u.EntryID, &u.EntryNumber.Year, &u.EntryNumber.Serial)
		return u, err
	})
}

// usableSheet is the number of the paper sheet that the entry names; nil where it names none. It has to
// be one that was printed here, and of no other entry.
func (t *tx) usableSheet(e dutylog.Entry) (any, error) {
	n := e.PaperSheet()
	if n == 0 {
		return nil, nil
	}
	last, err := lastSheet(t.sql)
	if err != nil {
		return nil, err
	}
	if n > last {
		return nil, &dutylog.InvalidError{Field: string(dutylog.PaperSheet), Reason: "no sheet with this number was printed here: read the number on the paper again, or leave it empty"}
	}
	used, err := usedSheets(t.sql, n, n)
	if err == nil && len(used) > 0 && used[0].EntryID != e.ID {
		err = &dutylog.InvalidError{Field: string(dutylog.PaperSheet), Reason: "this sheet is entry " + used[0].EntryNumber.String() + " already: read the number on the paper again"}
	}
	return n, err
}

// bind has a late draft name the blind interval that it covers by when that begins, to the microsecond.
func (db *DB) bind(ctx context.Context, d dutylog.Draft) (dutylog.Draft, error) {
	if d.Late == nil || d.Late.Blind.IsZero() {
		return d, nil
	}
	seen, err := db.Intervals(ctx, d.Late.Blind, d.Late.Blind.Add(time.Second))
	if err != nil {
		return d, err
	}
	late := *d.Late
	late.Blind, err = late.Bind(seen)
	d.Late = &late
	return d, err
}

// rebind says what follows from the time at which a late entry is said to have come: which blind interval it covers then,
// and who was on duty.
func (db *DB) rebind(ctx context.Context, id string, p dutylog.EntryPatch) (dutylog.EntryPatch, error) {
	if p.Late == nil {
		return p, nil
	}
	const around = time.Hour
	e, err := db.Entry(ctx, id)
	if err != nil || e.Late == nil {
		return p, err // which is refused
	}
	var seen []telephony.Interval
	for _, at := range []time.Time{e.CallAt, p.Late.At} {
		some, err := db.Intervals(ctx, at.Add(-around), at.Add(around))
		if err != nil {
			return p, err
		}
		seen = append(seen, some...)
	}
	known, err := knownAt(db.reading(ctx), p.Late.At)
	if err != nil {
		return p, err
	}
	p.Late = &dutylog.LateChange{At: p.Late.At, Blind: e.Rebind(p.Late.At, seen), Known: known}
	return p, nil
}

// LateEntries implements dutylog.LateStore.
func (db *DB) LateEntries(ctx context.Context, from, to time.Time) ([]dutylog.LateEntry, error) {
	if to.IsZero() {
		to = time.UnixMicro(1<<62 - 1)
	}
	rows, err := db.reading(ctx).Query("SELECT late_from, id, year, number FROM entries WHERE late_from >= ? AND late_from <= ? ORDER BY late_from, call_at", plainMicros(from), to.UnixMicro())
	list, err := all(rows, err, func(row scanner) (l dutylog.LateEntry, err error) {
		err = row.Scan(instant{&l.Blind}, &l.EntryID, &l.EntryNumber.Year, &l.EntryNumber.Serial)
		return l, err
	})
	return list, db.explain("list late entries", err)
}
