package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog"
	"dutyline/recorder"
)

// explain turns what SQLite says into a sentence with a remedy. Errors of the domain
// (not found, stale, incomplete …) are passed on as they are.
func (db *DB) explain(doing string, err error) error {
	if err == nil || isDomain(err) {
		return err
	}
	var fault sqlite3.Error
	if !errors.As(err, &fault) {
		return fmt.Errorf("%s in duty log %s: %w", doing, db.path, err)
	}
	remedy := ""
	switch fault.Code {
	case sqlite3.ErrFull:
		remedy = "the disk is full: free some space; calls go on ringing and being recorded meanwhile"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		remedy = fmt.Sprintf("another program held the file for more than %v: end that program, then try again", db.options.LockTimeout)
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return db.damaged(doing, fault)
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		remedy = "the file or its folder cannot be written: give both to the user that runs dutyline"
	case sqlite3.ErrIoErr:
		remedy = "the disk reports an error: look at the disk, and copy the file away before anything else"
	default:
		return fmt.Errorf("%s in duty log %s: %w", doing, db.path, err)
	}
	return fmt.Errorf("%s in duty log %s: %s (%w)", doing, db.path, remedy, err)
}

func (db *DB) damaged(doing string, err error) error {
	return fmt.Errorf("%s in duty log %s: %w or no duty log: stop dutyline, put the file and its -wal file aside (do not delete them) and restore the last backup with \"dutyline restore DIR --config FILE\" (%w)",
		doing, db.path, dutylog.ErrDamaged, err)
}

func isDomain(err error) bool {
	for _, known := range []error{dutylog.ErrNotFound, dutylog.ErrExists, dutylog.ErrLastAdmin, dutylog.ErrFeedGone, recorder.ErrNoRecording} {
		if errors.Is(err, known) {
			return true
		}
	}
	return errors.As(err, new(dutylog.HandoverRefusal)) || errors.As(err, new(*dutylog.StaleError)) || errors.As(err, new(*dutylog.WrittenError)) || errors.As(err, new(*dutylog.InvalidError)) || errors.As(err, new(*dutylog.IncompleteError)) ||
		errors.As(err, new(*dutylog.DirectoryMovedError)) || errors.As(err, new(*dutylog.TableError)) ||
		errors.As(err, new(*dutylog.RosterError)) || errors.As(err, new(*dutylog.ApprovalError)) || errors.As(err, new(*dutylog.StaleDraftError))
}

// noRows turns SQL's word for "not there" into ours, naming what was asked for.
func noRows(err error, what, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s %q: %w", what, id, dutylog.ErrNotFound)
	}
	return err
}
