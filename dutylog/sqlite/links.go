package sqlite

import (
	"context"
	"slices"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// standingLinks are the neighbours of one entry by one relation, or by any: of each pair the newest
// row, when that one links.
const standingLinks = `SELECT l.relation, CASE WHEN l.a = ?1 THEN l.b ELSE l.a END, l.by_login, l.by_name, l.by_role, l.at FROM (
		SELECT max(id) AS id FROM links WHERE a = ?1 GROUP BY relation, b UNION ALL SELECT max(id) FROM links WHERE b = ?1 GROUP BY relation, a
	) newest JOIN links l ON l.id = newest.id AND l.is_set ORDER BY l.id DESC`

// mostLinked is how large a set of entries is shown.
const mostLinked = 50

// neighbour is one standing link of an entry.
type neighbour struct {
	link dutylog.Link
	id   string
}

func neighbours(s source, id string) ([]neighbour, error) {
	rows, err := s.Query(standingLinks, id)
	return all(rows, err, func(row scanner) (n neighbour, err error) {
		err = row.Scan(&n.link.Relation, &n.id, &n.link.By.Login, &n.link.By.Name, &n.link.By.Role, instant{&n.link.At})
		return n, err
	})
}

// Links lists what belongs to an entry: its own links first, and what belongs to those by the same relation.
func (db *DB) Links(ctx context.Context, id string) ([]dutylog.Link, error) {
	from := db.reading(ctx)
	first, err := neighbours(from, id)
	if err != nil {
		return nil, db.explain("list the links of an entry", err)
	}
	found := []neighbour{}
	take := func(n neighbour) {
		if n.id != id && len(found) < mostLinked && !slices.ContainsFunc(found, func(o neighbour) bool { return o.id == n.id && o.link.Relation == n.link.Relation }) {
			found = append(found, n)
		}
	}
	for _, n := range first {
		n.link.Direct = true
		take(n)
	}
	for i := 0; i < len(found); i++ {
		more, err := neighbours(from, found[i].id)
		if err != nil {
			return nil, db.explain("list the links of an entry", err)
		}
		for _, n := range more {
			if n.link.Relation == found[i].link.Relation {
				take(n)
			}
		}
	}
	links := make([]dutylog.Link, len(found))
	for i, n := range found {
		if n.link.Entry, err = readEntry(from, n.id); err != nil {
			return nil, db.explain("list the links of an entry", err)
		}
		links[i] = n.link
	}
	slices.SortStableFunc(links, func(a, b dutylog.Link) int { return b.Entry.CallAt.Compare(a.Entry.CallAt) })
	return links, nil
}

// Link links two entries, or undoes it. Both are announced, so that pages show it.
func (db *DB) Link(ctx context.Context, o dutylog.LinkOrder) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	return db.write(ctx, "link two entries", func(t *tx) error {
		var lines []string
		for _, id := range []string{o.A, o.B} {
			e, err := readEntry(t.sql, id)
			if err != nil {
				return err
			}
			lines = append(lines, e.Line)
		}
		near, err := neighbours(t.sql, o.A)
		if err != nil {
			return err
		}
		stands := slices.ContainsFunc(near, func(n neighbour) bool { return n.id == o.B && n.link.Relation == o.Relation })
		switch {
		case stands && !o.Undo:
			return nil
		case !stands && o.Undo:
			return &dutylog.InvalidError{Field: "with", Reason: "is not linked with this entry itself: undo the link where it was made"}
		}
		if err := t.addProven(audit.Link, "INSERT INTO links (relation, a, b, is_set, reason, by_login, by_name, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			string(o.Relation), o.A, o.B, !o.Undo, o.Reason, o.By.Login, o.By.Name, string(o.By.Role), micros(t.now)); err != nil {
			return err
		}
		for i, id := range []string{o.A, o.B} {
			if err := t.publish(dutylog.TopicEntry, id, lines[i], nil); err != nil {
				return err
			}
		}
		return nil
	})
}
