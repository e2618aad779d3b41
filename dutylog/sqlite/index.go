package sqlite

import (
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
)

// Index finds entries by words (see dutylog.SearchTokens). It is a file of its own beside the
// log, made from it and never the other way round: it follows the log's evidence records, in
// which every revision of every entry stands. When it is missing, damaged, of another log or
// older than an erasure it is made anew. No backup needs it.
//
// A row says of a token and a block of entries which of these hold it; a search goes through the
// blocks from the newest to the oldest until its page is full, and reads no entry that lacks one
// of its tokens. What was written last is in memory (see tail), and is read again after a start.
type Index struct {
	db   *DB
	path string

	mu          sync.RWMutex // held for writing while the file is replaced
	write, read *sql.DB
	tail        tail
	most        int         // changed entries that are kept in memory
	batch       int64       // of the log's records that are read at once
	suspect     atomic.Bool // a search met damage, or the file could not be replaced
}

const (
	// indexFormat tells a file of another make, which is made anew. 5: with moments, and the names of what is attached.
	indexFormat = 5
	// indexBatch is how many of the log's records are read at once.
	indexBatch = 32_768
	// indexTail is how many changed entries gather before the file is written: a day of a busy
	// room, a tenth of a second for a start to read again, and a tenth of a millisecond for a search to look through.
	indexTail = 2048
	// indexRecords is how many of the log's records a start reads at most, of which few may be about entries.
	indexRecords = 100_000
	// indexPause is how long the index lets changes gather; searches read them meanwhile.
	indexPause = 2 * time.Second
)

const indexSchema = `
CREATE TABLE place (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    made INTEGER NOT NULL, -- how often it was begun
    next INTEGER NOT NULL, -- the log's records before this one are in the index
    last BLOB,             -- commitment of the last of them: another one there is another log
    zone TEXT              -- of the site: moments are found as its clocks show them
) STRICT;
INSERT INTO place (id, made, next) VALUES (1, 1, 0);
CREATE TABLE postings (
    id     INTEGER PRIMARY KEY, -- what is written together is side by side
    token  TEXT NOT NULL,
    block  INTEGER NOT NULL,
    places BLOB NOT NULL -- which of the block's entries hold the token, see holders
) STRICT;
CREATE UNIQUE INDEX postings_of ON postings (token, block); -- one look finds all blocks of a word, or that there are none
`

// indexPath is where the index of a log lies.
func indexPath(log string) string { return log + ".search" }

// OpenIndex opens the index beside the log, or begins one. Run fills it.
func (db *DB) OpenIndex(ctx context.Context) (*Index, error) {
	x := &Index{db: db, path: indexPath(db.path), most: indexTail, batch: indexBatch}
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
	if x.read, err = connect(x.path, x.db.options, 4, "_query_only=on&_cache_size=-16000"); err != nil {
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
		if err == nil {
			_, err = x.write.ExecContext(ctx, "UPDATE place SET zone = ?", x.db.options.Location.String())
		}
		return err
	case format != indexFormat:
		return errAnotherMake
	}
	var zone sql.NullString
	if err := x.read.QueryRowContext(ctx, "SELECT zone FROM place").Scan(&zone); err != nil {
		return err
	}
	if zone.String != x.db.options.Location.String() {
		return errAnotherMake
	}
	_, err := filePosition(ctx, x.read)
	return err
}

// filePosition is how far the file has read the log's records.
func filePosition(ctx context.Context, from interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (p position, err error) {
	err = from.QueryRowContext(context.WithoutCancel(ctx), "SELECT made, next, last FROM place").Scan(&p.made, &p.next, &p.last)
	return p, err
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
	x.tail.standsOn(position{}) // what it has belongs to the old file
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
	at, size, another, err := x.behind(ctx)
	if err != nil {
		return false, err
	}
	if another {
		_, err := x.write.ExecContext(ctx, "BEGIN IMMEDIATE; "+clearPostings+"; COMMIT")
		return err == nil, err
	}
	end := min(size, at.next+x.batch)
	if err := x.readOn(ctx, at, end); err != nil {
		return false, err
	}
	return end < size, x.save(ctx)
}

// save writes the tail into the file once there is enough of it. An erasure that waits for this
// transaction clears what it wrote; one that came before began the file anew, which nothing that
// was read earlier may enter.
func (x *Index) save(ctx context.Context) error {
	texts, from, to := x.tail.all()
	if len(texts) < x.most && to.next-from < indexRecords {
		return nil
	}
	tx, err := x.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	file, err := filePosition(ctx, tx)
	if err != nil || file.made != to.made {
		return err
	}
	if err := writePostings(ctx, tx, texts); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE place SET next = ?, last = ?", to.next, to.last); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	x.tail.written(to)
	return nil
}

const clearPostings = "DELETE FROM postings; UPDATE place SET made = made + 1, next = 0, last = NULL"

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
	_, err = x.write.ExecContext(ctx, "BEGIN IMMEDIATE; "+clearPostings+"; COMMIT; VACUUM")
	if err == nil {
		err = emptySideFile(ctx, x.write)
	}
	return x.explain("clear", errors.Join(err, x.Close()))
}

// spoiled reports whether a file is no use any more.
func spoiled(err error) bool {
	var fault sqlite3.Error
	return errors.Is(err, errTorn) || errors.As(err, &fault) && (fault.Code == sqlite3.ErrCorrupt || fault.Code == sqlite3.ErrNotADB || fault.Code == sqlite3.ErrError && strings.Contains(fault.Error(), "no such table"))
}

// explain says what is wrong with the index; what is wrong with the log says so itself.
func (x *Index) explain(doing string, err error) error {
	if err == nil || isDomain(err) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%s the search index %s: %w; it is made anew when that file is removed while dutyline is stopped", doing, x.path, err)
}
