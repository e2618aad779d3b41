package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// transaction is one from BEGIN to COMMIT on the writing connection. That of database/sql starts
// a goroutine for every query, to watch for the end of a context that never ends: a fifth of
// what a write costs.
type transaction struct{ conn *sql.Conn }

// begin takes the connection; commit or rollback gives it back.
func begin(db *sql.DB) (*transaction, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	t := &transaction{conn}
	if _, err := t.Exec("BEGIN IMMEDIATE"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return t, nil
}

// commit leaves no transaction open, also when it fails.
func (t *transaction) commit() error {
	if _, err := t.Exec("COMMIT"); err != nil {
		return errors.Join(err, t.rollback())
	}
	return t.conn.Close()
}

// rollback undoes everything. SQLite has done so already after some faults, and says that there
// is nothing to undo.
func (t *transaction) rollback() error {
	_, err := t.Exec("ROLLBACK")
	if err != nil && !inTransaction(t.conn) {
		err = nil
	}
	return errors.Join(err, t.conn.Close())
}

// Exec, Query, QueryRow and Prepare are those of the connection.

func (t *transaction) Exec(query string, args ...any) (sql.Result, error) {
	return t.conn.ExecContext(context.Background(), query, args...)
}

func (t *transaction) Query(query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(context.Background(), query, args...)
}

func (t *transaction) QueryRow(query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(context.Background(), query, args...)
}

func (t *transaction) Prepare(query string) (*sql.Stmt, error) {
	return t.conn.PrepareContext(context.Background(), query)
}

// inTransaction asks the driver; when it cannot be asked the answer is yes.
func inTransaction(conn *sql.Conn) bool {
	in := true
	_ = conn.Raw(func(driver any) error {
		if c, ok := driver.(interface{ AutoCommit() bool }); ok {
			in = !c.AutoCommit()
		}
		return nil
	})
	return in
}
