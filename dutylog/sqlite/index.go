package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// Index finds entries by words (see dutylog.SearchTokens). It is a file of its own beside the
// log, made from it and never the other way round: it follows the log's evidence records, in
// which every revision of every entry stands. When it is missing, damaged, of another log or
// older than an erasure it is made anew. No backup needs it.
type Index struct {
	db   *DB
	path string

	mu          sync.RWMutex // held for writing while the file is replaced
	write, read *sql.DB
	suspect     atomic.Bool // a search met damage, or the file could not be replaced
}

const (
	// indexFormat tells a file of another make, which is made anew.
	indexFormat = 1
	// indexBatch is how many changes are read between two commits of the index.
	indexBatch = 256
	// indexPause is how long the index lets changes gather; searches read them meanwhile.
	indexPause = 2 * time.Second
)

const indexSchema = `
CREATE TABLE place (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL, -- the log's records before this one are in the index
    last BLOB              -- commitment of the last of them: another one there is another log
) STRICT;
INSERT INTO place (id, next) VALUES (1, 0);
CREATE VIRTUAL TABLE words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
`

// indexPath is where the index of a log lies.
func indexPath(log string) string { return log + ".search" }

// OpenIndex opens the index beside the log, or begins one. Run fills it.
func (db *DB) OpenIndex(ctx context.Context) (*Index, error) {
	x := &Index{db: db, path: indexPath(db.path)}
	err := x.open(ctx)
	if errors.Is(err, errAnotherMake) || spoiled(err) {
		err = x.replace(ctx)
	}
	if err != nil {
		return nil, x.explain("open", err)
	}
	return x, nil
}

var errAnotherMake = errors.New("it was made by another version")

func (x *Index) open(ctx context.Context) (err error) {
	if err := makePrivate(x.path); err != nil {
		return err
	}
	if x.write, err = connect(x.path, x.db.options, 1, "_txlock=immediate&_journal_mode=WAL&_synchronous=NORMAL&_secure_delete=on"); err != nil {
		return err
	}
	if x.read, err = connect(x.path, x.db.options, 4, "_query_only=on"); err != nil {
		return errors.Join(err, x.write.Close())
	}
	if err := x.prepare(ctx); err != nil {
		return errors.Join(err, x.closePools())
	}
	return nil
}

// prepare makes the tables of a new file, and knows those of an old one.
func (x *Index) prepare(ctx context.Context) error {
	var format, parts int
	if err := x.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&format); err != nil {
		return err
	}
	if err := x.write.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&parts); err != nil {
		return err
	}
	switch {
	case parts == 0:
		_, err := x.write.ExecContext(ctx, "BEGIN IMMEDIATE;"+indexSchema+fmt.Sprintf("PRAGMA user_version = %d; COMMIT", indexFormat))
		return err
	case format != indexFormat:
		return errAnotherMake
	}
	_, _, err := x.position(ctx, x.read)
	return err
}

func (x *Index) closePools() error { return errors.Join(x.read.Close(), x.write.Close()) }

// Close ends the connections.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.closePools()
}

// replace begins a new file.
func (x *Index) replace(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	_ = x.closePools() // the file is thrown away
	x.suspect.Store(true)
	for _, side := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(x.path + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	err := x.open(ctx)
	x.suspect.Store(err != nil)
	return err
}

// Run follows the log until ctx ends. What cannot be done is told once and tried again; the log
// goes on without it.
func (x *Index) Run(ctx context.Context, tell func(error)) error {
	told := ""
	for ctx.Err() == nil {
		wake := x.db.Wake() // before looking, so that nothing falls between
		more, err := x.Follow(ctx)
		if err != nil && ctx.Err() == nil && told != err.Error() {
			told = err.Error()
			tell(err)
		} else if err == nil {
			told = ""
		}
		if more {
			continue
		}
		if err == nil {
			select {
			case <-ctx.Done():
			case <-wake:
			}
		}
		pause := time.NewTimer(indexPause)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
	return nil
}

// Follow reads the log's next changes; more says that there are further ones. A file that turns
// out to be damaged is replaced, and everything is read again.
func (x *Index) Follow(ctx context.Context) (more bool, err error) {
	if !x.suspect.Load() {
		more, err = x.follow(ctx)
	}
	if x.suspect.Load() || spoiled(err) {
		err = x.replace(ctx)
		return err == nil, x.explain("replace", err)
	}
	return more, x.explain("follow the log", err)
}

func (x *Index) follow(ctx context.Context) (more bool, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	tx, err := x.write.BeginTx(ctx, nil) // before the log is read: an erasure that waits for this transaction clears what it wrote
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	next, last, err := x.position(ctx, tx)
	if err != nil {
		return false, err
	}
	c, err := x.changes(ctx, next, last)
	if err != nil {
		return false, err
	}
	if c.anew {
		if _, err := tx.ExecContext(ctx, clearWords); err != nil {
			return false, err
		}
		return true, tx.Commit()
	}
	if c.next == next {
		return false, nil
	}
	for _, e := range c.entries {
		place := placeOf(e.EntryNumber)
		if _, err := tx.ExecContext(ctx, "DELETE FROM words WHERE rowid = ?", place); err != nil {
			return false, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO words (rowid, tokens) VALUES (?, ?)", place, strings.Join(dutylog.SearchTokens(dutylog.SearchText(e)), " ")); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE place SET next = ?, last = ?", c.next, c.last); err != nil {
		return false, err
	}
	return c.more, tx.Commit()
}

const clearWords = "INSERT INTO words (words) VALUES ('delete-all'); UPDATE place SET next = 0, last = NULL"

// changes is what the log has for the index.
type changes struct {
	anew    bool // it is not the log that the index was made of: it was restored
	entries []dutylog.Entry
	next    int64
	last    []byte
	more    bool
}

func (x *Index) changes(ctx context.Context, next int64, last []byte) (c changes, err error) {
	log := x.db.glancing(ctx)
	if next > 0 {
		var there []byte
		err := log.QueryRow("SELECT commitment FROM records WHERE idx = ?", next-1).Scan(&there)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return c, err
		}
		if !bytes.Equal(there, last) {
			return changes{anew: true}, nil
		}
	}
	if err := log.QueryRow("SELECT coalesce(max(idx) + 1, 0) FROM records").Scan(&c.next); err != nil {
		return c, err
	}
	rows, err := log.Query("SELECT idx, "+entryIDOfSubject+" FROM records x WHERE idx >= ? AND idx < ? AND +kind = ? ORDER BY idx LIMIT ?", next, c.next, string(audit.Revision), indexBatch)
	type change struct {
		idx   int64
		entry string
	}
	list, err := all(rows, err, func(row scanner) (n change, err error) {
		err = row.Scan(&n.idx, &n.entry)
		return n, err
	})
	if err != nil {
		return c, err
	}
	if len(list) == indexBatch {
		c.next, c.more = list[len(list)-1].idx+1, true
	}
	seen := map[string]bool{}
	for _, n := range list {
		if seen[n.entry] {
			continue
		}
		seen[n.entry] = true
		e, err := readEntry(log, n.entry)
		if errors.Is(err, dutylog.ErrNotFound) { // it was dropped behind the log's back, which verify tells
			continue
		}
		if err != nil {
			return c, err
		}
		c.entries = append(c.entries, e)
	}
	if c.next > 0 {
		err = log.QueryRow("SELECT commitment FROM records WHERE idx = ?", c.next-1).Scan(&c.last)
	}
	return c, err
}

// clearIndex takes everything out of the index of a log, by whichever process it is used: what
// was erased from the log is in it. The next Follow begins at the first record.
func (db *DB) clearIndex(ctx context.Context) error {
	if _, err := os.Stat(indexPath(db.path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	x, err := db.OpenIndex(ctx)
	if err != nil {
		return err
	}
	_, err = x.write.ExecContext(ctx, "BEGIN IMMEDIATE; "+clearWords+"; COMMIT; VACUUM")
	if err == nil {
		err = emptySideFile(ctx, x.write)
	}
	return x.explain("clear", errors.Join(err, x.Close()))
}

// spoiled reports whether a file is no use any more.
func spoiled(err error) bool {
	var fault sqlite3.Error
	return errors.As(err, &fault) && (fault.Code == sqlite3.ErrCorrupt || fault.Code == sqlite3.ErrNotADB || fault.Code == sqlite3.ErrError && strings.Contains(fault.Error(), "no such table"))
}

// explain says what is wrong with the index; what is wrong with the log says so itself.
func (x *Index) explain(doing string, err error) error {
	if err == nil || isDomain(err) || errors.Is(err, context.Canceled) {
		return err
	}
	if strings.Contains(err.Error(), "no such module: fts5") {
		return fmt.Errorf("%s the search index: this program was built without full-text search; build it with make, or with GOFLAGS=-tags=sqlite_fts5 (%w)", doing, err)
	}
	return fmt.Errorf("%s the search index %s: %w; it is made anew when that file is removed while dutyline is stopped", doing, x.path, err)
}
