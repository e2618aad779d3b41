package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"dutyline/dutylog/audit"
)

// part is one object of a database: a table, an index, a trigger or a view.
type part struct{ kind, name string }

// made says of what a part is, and by which statement it was made; that is empty for the indexes
// that SQLite makes by itself.
type made struct{ table, statement string }

// What SQLite and goose keep for themselves: goose wrote its table in other words over the
// years, and SQLite makes its own when it first needs them. A view or a trigger of such a name is not theirs.
var theirs = []part{{"table", "goose_db_version"}, {"table", "sqlite_sequence"},
	{"table", "sqlite_stat1"}, {"table", "sqlite_stat3"}, {"table", "sqlite_stat4"}}

// structureOf is everything that a database is made of. Its statements are compared as they
// stand: ALTER, VACUUM and copies by page leave them alone, so a log that came through every
// older schema has the same ones as a fresh log.
func structureOf(s source) (map[part]made, error) {
	rows, err := s.Query("SELECT coalesce(type, ''), coalesce(name, ''), coalesce(tbl_name, ''), coalesce(sql, '') FROM sqlite_schema")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	parts := map[part]made{}
	for rows.Next() {
		var p part
		var m made
		if err := rows.Scan(&p.kind, &p.name, &m.table, &m.statement); err != nil {
			return nil, err
		}
		if _, twice := parts[p]; twice { // only a schema that was written by hand has two of a name
			m.statement += " twice"
		}
		if !slices.Contains(theirs, p) {
			parts[p] = m
		}
	}
	return parts, rows.Err()
}

// freshStructures keeps what a new log of each schema is made of, once it was asked for: to make one takes
// every migration, and the same program always makes the same.
var freshStructures sync.Map // int64: map[part]made

// freshStructure is what a new log of a schema is made of. It is not to be changed.
func freshStructure(ctx context.Context, version int64) (map[part]made, error) {
	if kept, ok := freshStructures.Load(version); ok {
		return kept.(map[part]made), nil
	}
	fresh, err := makeStructure(ctx, version)
	if err == nil {
		freshStructures.Store(version, fresh)
	}
	return fresh, err
}

func makeStructure(ctx context.Context, version int64) (map[part]made, error) {
	db, err := inMemory(ctx, version)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return structureOf(contextReader{ctx, db})
}

// structureFindings compares a log's structure with that of a fresh log, one answer for each part.
// What a log is made of decides what it answers: a view in place of a table may tell each
// reader something else, and triggers keep rows from being changed.
func structureFindings(have, want map[part]made) (all []audit.Finding) {
	const remedy = "keep the file as it is, find out who can write it, and restore a backup with \"dutyline restore DIR --config FILE\""
	both := maps.Clone(want)
	maps.Copy(both, have)
	for p := range both {
		f := audit.Finding{Answer: audit.Altered, Object: fmt.Sprintf("structure of the log: %s %s", p.kind, p.name)}
		h, has := have[p]
		w, wants := want[p]
		switch {
		case !has:
			f.Why = "it was dropped, and what it kept in order is not kept any more: " + remedy
		case !wants:
			f.Why = fmt.Sprintf("dutyline makes no such %s; it was added to %s behind the log's back: %s", p.kind, h.table, remedy)
		case h != w:
			f.Why = "it is not the one that dutyline makes: it was replaced behind the log's back: " + remedy
		default:
			f.Answer = audit.Intact
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b audit.Finding) int { return strings.Compare(a.Object, b.Object) })
	return all
}

// StructureFaults names each difference between what a log is made of and a fresh log of the same
// schema. It only reads; db may be any connection to a log.
func StructureFaults(ctx context.Context, db *sql.DB) ([]audit.Finding, error) {
	s := contextReader{ctx, db}
	var version int64
	if err := s.QueryRow("SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version); err != nil {
		return nil, err
	}
	if version <= 0 || version > SchemaVersion() {
		return nil, errors.New("by which schema it was made is not known: use the dutyline that wrote it")
	}
	want, err := freshStructure(ctx, version)
	if err != nil {
		return nil, err
	}
	have, err := structureOf(s)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(structureFindings(have, want), func(f audit.Finding) bool { return f.Answer == audit.Intact }), nil
}

// StructureFaults is that of an open log.
func (db *DB) StructureFaults(ctx context.Context) ([]audit.Finding, error) {
	faults, err := StructureFaults(ctx, db.reader)
	return faults, db.explain("look at its structure", err)
}

// lookAtStructure comes before everything else, which reads by the names of tables. It reports
// whether the tables are the log's own.
func (v *Verifier) lookAtStructure(ctx context.Context) (ours bool, err error) {
	want, err := freshStructure(ctx, SchemaVersion()) // a log of another schema is not verified
	if err != nil {
		return false, err
	}
	have, err := structureOf(v.db.reading(ctx))
	if err != nil {
		return false, err
	}
	v.structure = structureFindings(have, want)
	for p, w := range want {
		if p.kind == "table" && have[p] != w {
			return false, nil
		}
	}
	return true, nil
}

// sayStructure hands over what was found when the log was opened.
func (r *verification) sayStructure() {
	for _, f := range r.structure {
		r.say("structure", f.Answer, f.Object, "%s", f.Why)
	}
	if r.strange {
		r.note("nothing else was checked: a table of the log is not its own, and what is read by its name says nothing")
		r.report.Stopped = true
	}
}
