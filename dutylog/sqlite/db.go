// Package sqlite keeps the duty log in one SQLite file. It implements the stores of
// recorder, dutylog and alerts over one writer, and the store of login sessions.
//
// One connection writes, a small pool reads. A write is durable when its method returns
// (WAL, synchronous=FULL); writes that wait at the same time share one commit. Another
// process may write the same file beside it, for instance "dutyline user".
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
)

// Options of a duty log; zero fields mean the usual.
type Options struct {
	Now         func() time.Time    // the clock; time.Now
	Location    *time.Location      // of the site, for the days of the roster; UTC+8
	LockTimeout time.Duration       // how long to wait for another process that writes; 5 s
	FeedRows    int                 // how many feed rows are kept for readers that resume; 50,000
	FeedAge     time.Duration       // and for how long; 7 days
	Plan        alerts.Plan         // how alerts go out of the building
	Roster      *dutylog.RosterRule // what the site thinks of a roster; nil: the usual
	Allowance   time.Duration       // after which a handover is late: by it months are closed
	Examines    int                 // entries that a page of a narrowed list reads at most; 20,000, as a search

	Registerer prometheus.Registerer // of the figures; nil: nobody reads them
	Lines      []string              // those of the site, whose figures begin at zero
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.FixedZone("UTC+8", 8*3600)
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = 5 * time.Second
	}
	if o.Examines == 0 {
		o.Examines = mostExamined
	}
	if o.FeedRows == 0 {
		o.FeedRows = 50_000
	}
	if o.FeedAge == 0 {
		o.FeedAge = 7 * 24 * time.Hour
	}
	if o.Roster == nil {
		usual := dutylog.DefaultRosterRule()
		o.Roster = &usual
	}
	return o
}

// DB is an open duty log. Its methods may be called from many goroutines.
type DB struct {
	path     string
	options  Options
	writer   *sql.DB // one connection
	reader   *sql.DB
	jobs     chan job
	patient  chan job // those that may wait for company
	closing  chan struct{}
	closed   sync.Once
	done     chan struct{} // the writing goroutine has ended
	figures  *figures
	sums     monthSums
	dutySums dutySums

	readers, collectors waker
}

// Open opens the duty log at path, creating it and bringing its schema up to date as needed.
// The file is readable by its owner only.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	o = o.withDefaults()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("duty log %s: %w", path, err)
	}
	before := lookAt(abs)
	if errors.Is(before.err, fs.ErrNotExist) {
		_ = placeBlank(ctx, abs) // what hinders it, the ordinary way below and the migrations get over, or say in full
	}
	if err := makePrivate(abs); err != nil {
		return nil, err
	}
	db := &DB{path: abs, options: o, jobs: make(chan job), patient: make(chan job), closing: make(chan struct{}),
		done: make(chan struct{}), figures: newFigures(o.Registerer, o.Lines)}
	if db.writer, err = connect(abs, o, 1, "_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_recursive_triggers=on&_secure_delete=on"); err != nil {
		return nil, err
	}
	if err := db.glance(ctx, before); err != nil {
		return nil, errors.Join(err, db.writer.Close())
	}
	if err := migrate(ctx, db.writer); err != nil {
		return nil, errors.Join(db.explain("open", err), db.writer.Close())
	}
	if _, err := db.writer.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 4000"); err != nil { // pages; with the usual 1000, busy ones are moved into the file again and again
		return nil, errors.Join(db.explain("open", err), db.writer.Close())
	}
	if db.reader, err = connect(abs, o, 4, "_query_only=on"); err != nil {
		return nil, errors.Join(err, db.writer.Close())
	}
	go db.writeLoop()
	if err := db.Healthy(ctx); err != nil { // a file that can only be read is said now, not at the first call
		return nil, errors.Join(err, db.Close())
	}
	if err := db.noteBegun(ctx, errors.Is(before.err, fs.ErrNotExist)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.takeOver(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.reopenMoved(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.takeOverDirectory(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if o.Registerer != nil {
		o.Registerer.MustRegister(standingFigures{db})
	}
	return db, nil
}

// connect opens a pool on which every connection carries the same settings. It keeps prepared
// statements: to prepare the same few again and again is 40 % of what a call costs. SQLite need
// not lock a connection, because a pool gives it to one at a time.
func connect(path string, o Options, most int, settings string) (*sql.DB, error) {
	dsn := fmt.Sprintf("file:%s?%s&_foreign_keys=on&_busy_timeout=%d&_stmt_cache_size=128&_mutex=no",
		(&url.URL{Path: path}).EscapedPath(), settings, o.LockTimeout.Milliseconds())
	pool, err := sql.Open(driverName, dsn)
	if err != nil {
		return nil, fmt.Errorf("duty log %s: %w", path, err)
	}
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool, nil
}

// makePrivate makes sure of a file that only its owner reads: SQLite itself would create it
// with the usual mode, and its side files take the mode of the file. A file that is there is
// never opened here: closing it would drop the locks of another DB of this process on it.
func makePrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("duty log %s: its folder cannot be made: %w; create it and give it to the user that runs dutyline", path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("duty log %s cannot be created: %w; give its folder to the user that runs dutyline", path, err)
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("duty log %s cannot be opened: %w", path, err)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		err = errors.New("it is a folder: name a file in it")
	case info.Mode().Perm()&0o077 != 0:
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return fmt.Errorf("duty log %s cannot be opened: %w", path, err)
	}
	return nil
}

// Path is where the file is.
func (db *DB) Path() string { return db.path }

// Close waits for the write under way and ends all connections. Writes that come later fail.
func (db *DB) Close() error {
	var err error
	db.closed.Do(func() {
		close(db.closing)
		<-db.done
		err = errors.Join(db.reader.Close(), db.writer.Close())
	})
	return err
}

// Healthy proves that the log can be written, by writing.
func (db *DB) Healthy(ctx context.Context) error {
	return db.write(ctx, "check", func(t *tx) error {
		return t.exec("INSERT INTO checks (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at", micros(t.now))
	})
}

// sizes of the files before anything was opened.
type sizes struct {
	file, side int64
	err        error // why the file cannot be looked at
}

func lookAt(path string) (s sizes) {
	info, err := os.Stat(path)
	if s.err = err; err == nil {
		s.file = info.Size()
	}
	if info, err := os.Stat(path + "-wal"); err == nil {
		s.side = info.Size()
	}
	return s
}

// glance looks for damage before anything is written, for so long only: a small log is read
// whole, of a large one the beginning. Verify reads all of it and may run later.
func (db *DB) glance(ctx context.Context, before sizes) error {
	short, cancel := context.WithTimeout(ctx, glanceFor)
	defer cancel()
	if before.file == 0 && before.side > 0 { // SQLite would take it for a new file and delete what the side file still holds
		return db.damaged("open", errors.New("the file is empty, yet its -wal file is not"))
	}
	var page int64
	if err := db.writer.QueryRowContext(ctx, "PRAGMA page_size").Scan(&page); err != nil {
		return db.explain("open", err)
	}
	if before.side == 0 && before.file%page != 0 {
		return db.damaged("open", fmt.Errorf("its end was cut off: it has %d bytes, no multiple of %d", before.file, page))
	}
	err := db.quickCheck(short, db.writer, "open")
	if short.Err() != nil && !errors.Is(err, dutylog.ErrDamaged) {
		return ctx.Err() // the time is over
	}
	return err
}

// glanceFor bounds what a look at a large log adds to every start.
const glanceFor = 100 * time.Millisecond

// Verify reads the whole file and says whether it is sound; this takes seconds on a large one.
func (db *DB) Verify(ctx context.Context) error { return db.quickCheck(ctx, db.reader, "verify") }

func (db *DB) quickCheck(ctx context.Context, on *sql.DB, doing string) error {
	var verdict string
	if err := on.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return db.explain(doing, err)
	}
	if verdict != "ok" {
		return db.damaged(doing, errors.New(verdict))
	}
	return nil
}

// What an open duty log can do for the cores.
var (
	_ dutylog.Store    = (*DB)(nil)
	_ dutylog.Searcher = (*Index)(nil)
	_ recorder.Store   = (*DB)(nil)
	_ alerts.Store     = (*DB)(nil)
	_ alerts.Outbox    = (*DB)(nil)
)

// Zone is the site's time zone, in which days are counted.
func (db *DB) Zone() *time.Location { return db.options.Location }
