package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as a duty log: "DUTY" in ASCII, set by the first migration.
const applicationID = 1146442841

var errForeign = errors.New("it is a database of another program: choose another file for the duty log")

// newerError says that a newer dutyline wrote the file.
type newerError struct{ have, know int64 }

func (e *newerError) Error() string {
	return fmt.Sprintf("it was written by a newer dutyline (schema %d, this program knows %d): install the newer version again, or restore a backup made before it with \"dutyline restore DIR --config FILE\"",
		e.have, e.know)
}

// migrate brings the schema up to date. Two processes may start on a new file at the same
// time: the slower one finds the work done and looks again.
func migrate(ctx context.Context, db *sql.DB) error {
	if err := checkOurs(ctx, db); err != nil {
		return err
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	const tries = 4
	at := int64(-1)
	for left := tries; left > 0; left-- {
		var have int64
		if have, err = migrateOnce(ctx, db, folder); err == nil || errors.As(err, new(*newerError)) {
			return err
		}
		if have > at { // another process moves the schema on, step by step: each of them may fail a try of ours
			at, left = have, tries
		}
	}
	return err
}

// migrateOnce gives the version that it began from.
func migrateOnce(ctx context.Context, db *sql.DB, folder fs.FS) (have int64, err error) {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return -1, err
	}
	have, know, err := provider.GetVersions(ctx)
	if err != nil {
		return -1, err
	}
	switch {
	case have > know:
		return have, &newerError{have: have, know: know}
	case have == know:
		return have, nil
	}
	_, err = provider.Up(ctx)
	return have, err
}

func checkOurs(ctx context.Context, db *sql.DB) error {
	var id, tables int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'goose_%' AND name NOT LIKE 'sqlite_%'").Scan(&tables); err != nil {
		return err
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return errForeign
	}
	return nil
}

// SchemaVersion is the newest schema that this program knows.
func SchemaVersion() int64 {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var newest int64
	for _, f := range files {
		version, err := goose.NumericComponent(f)
		if err != nil {
			panic(err) // the names are ours
		}
		newest = max(newest, version)
	}
	return newest
}
