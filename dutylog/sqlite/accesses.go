package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// NoteAccess records who saw or took what. A look that was taken within dutylog.AccessAgain, by the same
// person from the same address, is the same access, but for entries that were not shown then.
func (db *DB) NoteAccess(ctx context.Context, a dutylog.Access) error {
	if _, again, err := newlyShown(db.reading(ctx), a); err != nil || again {
		return db.explain("note an access", err)
	}
	return db.write(ctx, "note an access", func(t *tx) error {
		shown, again, err := newlyShown(t.sql, a)
		if err != nil || again {
			return err
		}
		ids := ""
		if shown != nil {
			ids = asJSON(shown)
		}
		if err := t.addProven(audit.Access, "INSERT INTO accesses (at, by_login, by_name, by_role, what, object, address, entries) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			plainMicros(a.At), a.By.Login, a.By.Name, string(a.By.Role), a.What, a.Object, a.Address, ids); err != nil || ids == "" {
			return err
		}
		return t.exec("INSERT OR IGNORE INTO access_entries (entry_id, access_id) SELECT j.value, (SELECT max(id) FROM accesses) FROM json_each(?) j", ids)
	})
}

// newlyShown are the entries that an access shows and the same access before it did not; again: it is the
// same and shows none.
func newlyShown(s source, a dutylog.Access) (shown []string, again bool, err error) {
	if !a.Repeats() {
		return a.Entries, false, nil
	}
	same := "by_login = ? AND what = ? AND object = ? AND at > ? AND at <= ? AND address = ?"
	args := []any{a.By.Login, a.What, a.Object, plainMicros(a.At.Add(-dutylog.AccessAgain)), plainMicros(a.At), a.Address}
	var n int
	if err := s.QueryRow("SELECT count(*) FROM accesses WHERE "+same, args...).Scan(&n); err != nil || n == 0 {
		return a.Entries, false, err
	}
	if len(a.Entries) == 0 {
		return nil, true, nil
	}
	rows, err := s.Query("SELECT j.value FROM json_each(?) j WHERE j.value NOT IN (SELECT k.entry_id FROM accesses a JOIN access_entries k ON k.access_id = a.id WHERE "+same+")",
		append([]any{asJSON(a.Entries)}, args...)...)
	shown, err = all(rows, err, func(row scanner) (id string, err error) { err = row.Scan(&id); return id, err })
	return shown, len(shown) == 0, err
}

// entryOfAccess is the entry that an object is, or belongs to: "e-1", "e-1/4" of an attachment, or the call "1".
const entryOfAccess = `CASE WHEN a.what IN ('call.see', 'call.tag', 'recording.play', 'recording.see') THEN 'e-' || a.object
	WHEN instr(a.object, '/') > 0 THEN substr(a.object, 1, instr(a.object, '/') - 1) ELSE a.object END`

const accessSelect = "SELECT a.id, a.at, a.by_login, a.by_name, a.by_role, a.what, a.object, a.address, a.entries, e.id, e.year, e.number FROM accesses a LEFT JOIN entries e ON e.id = " + entryOfAccess

// Accesses lists who saw or took what, the newest first.
func (db *DB) Accesses(ctx context.Context, q dutylog.AccessQuery) ([]dutylog.KeptAccess, string, error) {
	query, args, limit, err := accessQuery(q)
	if err != nil {
		return nil, "", err
	}
	rows, err := db.reading(ctx).Query(query, args...)
	items, err := all(rows, err, scanAccess)
	if err != nil || len(items) <= limit {
		return items, "", db.explain("list the accesses", err)
	}
	last := items[limit-1]
	return items[:limit], encodeCursor("a", plainMicros(last.At), strconv.FormatInt(last.ID, 10)), nil
}

// accessQuery asks for one more than the page holds. Of a few objects the rows are found first, by
// each of them, and then put in order.
func accessQuery(q dutylog.AccessQuery) (query string, args []any, limit int, err error) {
	var w where
	if len(q.Objects)+len(q.Sheets) > 0 || q.Entry != "" {
		var parts []string
		var objects []any
		if q.Entry != "" {
			parts, objects = append(parts, "SELECT access_id FROM access_entries WHERE entry_id = ?"), append(objects, q.Entry)
		}
		for _, o := range q.Objects {
			parts = append(parts, "SELECT id FROM accesses WHERE object = ?", "SELECT id FROM accesses WHERE object >= ? AND object < ?")
			objects = append(objects, o, o+"/", o+"0") // "0" follows "/"
		}
		for _, s := range q.Sheets {
			parts, objects = append(parts, "SELECT id FROM accesses WHERE object = ? AND entries = ''"), append(objects, s)
		}
		w.add("a.id IN ("+strings.Join(parts, " UNION ")+")", objects...)
	}
	w.equal("a.by_login", q.Login)
	w.equal("a.what", q.What)
	w.period("a.at", q.From, q.To)
	if q.Cursor != "" {
		at, text, err := decodeCursor("a", q.Cursor)
		id, fault := strconv.ParseInt(text, 10, 64)
		if err != nil || fault != nil {
			return "", nil, 0, errCursor
		}
		w.add("(a.at, a.id) < (?, ?)", at, id)
	}
	limit = pageSize(q.Limit)
	return accessSelect + w.String() + " ORDER BY a.at DESC, a.id DESC LIMIT ?", append(w.args, limit+1), limit, nil
}

func scanAccess(row scanner) (a dutylog.KeptAccess, err error) {
	var entry sql.NullString
	var year, number sql.NullInt64
	var ids string
	err = row.Scan(&a.ID, instant{&a.At}, &a.By.Login, &a.By.Name, &a.By.Role, &a.What, &a.Object, &a.Address, &ids, &entry, &year, &number)
	if err == nil && ids != "" {
		err = fromJSON[string]{&a.Entries}.Scan(ids)
	}
	a.EntryID, a.EntryNumber = entry.String, dutylog.EntryNumber{Year: int(year.Int64), Serial: int(number.Int64)}
	return a, err
}

// Taken lists the accesses of one kind since then, the oldest first.
func (db *DB) Taken(ctx context.Context, what string, since time.Time) ([]dutylog.Access, error) {
	rows, err := db.reading(ctx).Query("SELECT at, by_login, by_name, by_role, what, object, address FROM accesses WHERE what = ? AND at >= ? ORDER BY at, id", what, plainMicros(since))
	list, err := all(rows, err, func(row scanner) (a dutylog.Access, err error) {
		err = row.Scan(instant{&a.At}, &a.By.Login, &a.By.Name, &a.By.Role, &a.What, &a.Object, &a.Address)
		return a, err
	})
	return list, db.explain("list the accesses", err)
}

// NoteRules records rule and settings of each line where they are others than the last recorded. saved is when the
// configuration file was saved; zero: not known.
func (db *DB) NoteRules(ctx context.Context, lines []telephony.Line, saved, now time.Time) error {
	return db.write(ctx, "note the settings of the lines", func(t *tx) error {
		for _, l := range lines {
			settings, err := json.Marshal(dutylog.SettingsOf(l))
			if err != nil {
				return err
			}
			var rule, before string
			err = t.sql.QueryRow("SELECT rule, settings FROM rule_changes WHERE line = ? ORDER BY id DESC LIMIT 1", l.Name).Scan(&rule, &before)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if rule == l.Rule.Version() && before == string(settings) {
				continue
			}
			if err := t.addProven(audit.Rule, "INSERT INTO rule_changes (line, rule, at, settings, saved_at) VALUES (?, ?, ?, ?, ?)", l.Name, l.Rule.Version(), micros(now), string(settings), micros(saved)); err != nil {
				return err
			}
		}
		return nil
	})
}
