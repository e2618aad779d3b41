package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// SchemaVersions are those that ever were, the oldest first.
func SchemaVersions() (all []int64) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		version, err := goose.NumericComponent(f)
		if err != nil {
			panic(err)
		}
		all = append(all, version)
	}
	return all
}

// BringTo brings a file to a schema, as the dutyline of that schema left it: its evidence, when
// that had begun, covers the columns that there were. covers is changed meanwhile.
func BringTo(path string, version int64, now time.Time) error {
	ctx := context.Background()
	o := Options{}.withDefaults()
	writer, err := connect(path, o, 1, "_txlock=immediate&_journal_mode=WAL&_secure_delete=on")
	if err != nil {
		return err
	}
	defer writer.Close()
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, writer, folder)
	if err != nil {
		return err
	}
	if _, err := provider.UpTo(ctx, version); err != nil || version < 4 {
		return err
	}
	whole := covers
	defer func() { covers = whole }()
	covers = coversIn(writer)
	in, err := begin(writer)
	if err != nil {
		return err
	}
	t := &tx{sql: in, db: &DB{path: path, options: o, writer: writer}, now: now}
	for _, step := range []func() error{t.numberEntries, t.takeOverAll, func() error { return t.exec("UPDATE evidence SET taken_over_at = ?", micros(now)) }} {
		if err := step(); err != nil {
			return errors.Join(err, in.rollback())
		}
	}
	return in.commit()
}

// coversIn are the covers of the tables and columns that a file has.
func coversIn(db *sql.DB) (there []cover) {
	for _, c := range covers {
		var names, columns []string
		for i, column := range strings.Split(c.columns, ", ") {
			if _, err := db.Exec("SELECT " + column + " FROM " + c.from + " LIMIT 1"); err == nil {
				names, columns = append(names, c.names[i]), append(columns, column)
			}
		}
		if c.names, c.columns = names, strings.Join(columns, ", "); len(names) > 0 && c.kind != "interval" {
			there = append(there, c)
		}
	}
	return slices.Clip(there)
}
