package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog"
	"dutyline/recorder"
)

// pagesAtOnce of a copy are written between two looks at the context: 16 MB.
const pagesAtOnce = 4096

// CopyTo writes a consistent picture of the log into a new file beside which nothing else is
// needed, and proves that it is sound. Others go on writing meanwhile: what they commit after
// the call began is not in the copy. Login sessions are left out, since whoever reads a
// session's token is logged in. The copy is durable only after the caller has synced it.
func (db *DB) CopyTo(ctx context.Context, file string, progress func(done, total int64)) error {
	const doing = "copy the log"
	if err := db.copyPages(ctx, file, progress); err != nil {
		return db.explain(doing, err)
	}
	copied := &DB{path: file, options: db.options}
	if err := tidy(ctx, file, db.options); err != nil {
		return copied.explain(doing, err)
	}
	c, err := OpenCopy(ctx, file)
	if err != nil {
		return err
	}
	defer c.Close()
	verdict, err := c.integrity(ctx)
	switch {
	case err != nil:
		return db.explain(doing, err)
	case verdict != "ok":
		return db.damaged(doing, errors.New(verdict)) // the copy is exact: the log itself is damaged
	}
	return nil
}

// copyPages holds one read transaction from the first page to the last: a picture of one
// instant, however long it takes and whoever writes.
func (db *DB) copyPages(ctx context.Context, file string, progress func(done, total int64)) error {
	from, err := db.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	pool, err := connect(file, db.options, 1, "_synchronous=OFF")
	if err != nil {
		return err
	}
	defer pool.Close()
	to, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer to.Close()
	var pageSize int64
	if err := from.QueryRowContext(ctx, "PRAGMA page_size").Scan(&pageSize); err != nil {
		return err
	}
	if _, err := from.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer func() { _, _ = from.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }() // nothing was written
	var tables int
	if err := from.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil { // begins the picture
		return err
	}
	return withDrivers(to, from, func(to, from *sqlite3.SQLiteConn) error {
		b, err := to.Backup("main", from, "main")
		if err != nil {
			return err
		}
		return errors.Join(allSteps(ctx, b, func() {
			progress(int64(b.PageCount()-b.Remaining())*pageSize, int64(b.PageCount())*pageSize)
		}), b.Finish())
	})
}

func withDrivers(to, from *sql.Conn, do func(to, from *sqlite3.SQLiteConn) error) error {
	return to.Raw(func(toDriver any) error {
		return from.Raw(func(fromDriver any) error {
			target, ok := toDriver.(*sqlite3.SQLiteConn)
			source, also := fromDriver.(*sqlite3.SQLiteConn)
			if !ok || !also {
				return driver.ErrBadConn
			}
			return do(target, source)
		})
	})
}

func allSteps(ctx context.Context, b *sqlite3.SQLiteBackup, told func()) error {
	left := -1
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		done, err := b.Step(pagesAtOnce)
		if err != nil {
			return err
		}
		told()
		if done {
			return nil
		}
		if b.Remaining() == left { // the driver hides SQLITE_BUSY
			return sqlite3.Error{Code: sqlite3.ErrBusy}
		}
		left = b.Remaining()
	}
}

// tidy makes one plain file of a copy (without the side files of a log that is written to)
// and takes the sessions out of it, every trace of them.
func tidy(ctx context.Context, file string, o Options) error {
	pool, err := connect(file, o, 1, "_synchronous=OFF&_secure_delete=on")
	if err != nil {
		return err
	}
	for _, statement := range []string{"PRAGMA journal_mode = DELETE", "DELETE FROM sessions"} {
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return errors.Join(err, pool.Close())
		}
	}
	return pool.Close()
}

// Copy is a copy of a log that nobody writes to. It is only read: no side file is made and
// its folder may be read-only.
type Copy struct {
	file string
	db   *sql.DB
}

// OpenCopy opens a copy that CopyTo made.
func OpenCopy(ctx context.Context, file string) (*Copy, error) {
	pool, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&immutable=1")
	if err == nil {
		pool.SetMaxOpenConns(1)
		err = checkOurs(ctx, pool)
	}
	if err != nil {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
		return nil, (&DB{path: file}).explain("open the copy", err)
	}
	return &Copy{file: file, db: pool}, nil
}

// Close lets go of the file.
func (c *Copy) Close() error { return c.db.Close() }

func (c *Copy) integrity(ctx context.Context) (verdict string, err error) {
	err = c.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict)
	return verdict, err
}

// Schema is the version of the copy's tables; compare it with SchemaVersion.
func (c *Copy) Schema(ctx context.Context) (int64, error) {
	var version int64
	err := c.db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	return version, (&DB{path: c.file}).explain("read the schema", err)
}

// What lies in the archive for a row: the encrypted file, or what was sealed before files were
// encrypted.
const (
	filePath   = "iif(file_digest = '', path, path || '" + recorder.EncryptedSuffix + "')"
	fileDigest = "iif(file_digest = '', digest, file_digest)"
	fileSize   = "iif(file_digest = '', size, file_size)"
)

// Checkpoint is the newest signed checkpoint that the copy holds; empty when there is none, and
// in a log of a schema that had none.
func (c *Copy) Checkpoint(ctx context.Context) (string, error) {
	var there int
	err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'checkpoints'").Scan(&there)
	note := ""
	if err == nil && there > 0 {
		err = c.db.QueryRowContext(ctx, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").Scan(&note)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return note, (&DB{path: c.file}).explain("read the newest checkpoint", err)
}

// SealedSum counts the sealed recordings that the copy knows, and their bytes.
func (c *Copy) SealedSum(ctx context.Context) (count, bytes int64, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum("+fileSize+"), 0) FROM recordings WHERE status = ?", string(recorder.Sealed)).Scan(&count, &bytes)
	return count, bytes, (&DB{path: c.file}).explain("count the recordings", err)
}

// EachSealed tells of every sealed recording that the copy knows, in the order of their paths.
// Path, digest and size are those of the file in the archive.
func (c *Copy) EachSealed(ctx context.Context, tell func(recorder.Recording) error) error {
	rows, err := c.db.QueryContext(ctx, "SELECT call_id, "+filePath+" AS file, "+fileDigest+", "+fileSize+" FROM recordings WHERE status = ? ORDER BY file", string(recorder.Sealed))
	if err != nil {
		return (&DB{path: c.file}).explain("list the recordings", err)
	}
	defer rows.Close()
	for rows.Next() {
		r := recorder.Recording{Status: recorder.Sealed}
		if err := rows.Scan(&r.CallID, &r.Path, (*string)(&r.Digest), &r.Size); err != nil {
			return err
		}
		if err := tell(r); err != nil {
			return err
		}
	}
	return (&DB{path: c.file}).explain("list the recordings", rows.Err())
}

// Identity is the name of this log that no other has; it is kept over copying and restoring.
func (db *DB) Identity(ctx context.Context) (string, error) {
	var name string
	err := db.reading(ctx).QueryRow("SELECT name FROM identity").Scan(&name)
	return name, db.explain("read the log's identity", err)
}

// AddBackup remembers a finished backup; the same one again changes nothing.
func (db *DB) AddBackup(ctx context.Context, b dutylog.Backup) error {
	return db.write(ctx, "remember a backup", func(t *tx) error {
		return t.exec(`INSERT INTO backups (generation, at, path, recordings, bytes, manifest) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (path, generation) DO UPDATE SET at = excluded.at, recordings = excluded.recordings, bytes = excluded.bytes,
				manifest = excluded.manifest, removed_at = NULL`,
			b.Generation, micros(b.At), b.Path, b.Recordings, b.Bytes, b.Manifest)
	})
}

// RemoveBackup remembers that a backup is not in its folder any more.
func (db *DB) RemoveBackup(ctx context.Context, path, generation string) error {
	return db.write(ctx, "remember that a backup is gone", func(t *tx) error {
		return t.exec("UPDATE backups SET removed_at = ? WHERE path = ? AND generation = ? AND removed_at IS NULL", micros(t.now), path, generation)
	})
}

// Backups lists every finished backup, the oldest first.
func (db *DB) Backups(ctx context.Context) ([]dutylog.Backup, error) {
	rows, err := db.reading(ctx).Query("SELECT generation, at, path, recordings, bytes, manifest, removed_at FROM backups ORDER BY at, id")
	list, err := all(rows, err, func(row scanner) (b dutylog.Backup, err error) {
		err = row.Scan(&b.Generation, instant{&b.At}, &b.Path, &b.Recordings, &b.Bytes, &b.Manifest, instant{&b.RemovedAt})
		return b, err
	})
	return list, db.explain("list the backups", err)
}

// MarkBackedUp notes that a finished backup holds these sealed files, in one commit: give it
// some hundreds at a time. Only rows that still have the same digest count; the first time stands.
func (db *DB) MarkBackedUp(ctx context.Context, at time.Time, held []recorder.Recording) error {
	if len(held) == 0 {
		return nil
	}
	return db.write(ctx, "note what is backed up", func(t *tx) error { return t.markBackedUp(at, held) })
}

func (t *tx) markBackedUp(at time.Time, held []recorder.Recording) error {
	for _, r := range held {
		err := t.exec("UPDATE recordings SET backed_up_at = ? WHERE call_id = ? AND status = ? AND "+fileDigest+" = ? AND backed_up_at IS NULL",
			micros(at), r.CallID, string(recorder.Sealed), string(r.Digest))
		if err != nil {
			return fmt.Errorf("call %s: %w", r.CallID, err)
		}
	}
	return nil
}

// ErasedRecordings lists those that were sealed and erased, as EachSealed does.
func (db *DB) ErasedRecordings(ctx context.Context) ([]recorder.Recording, error) {
	rows, err := db.reading(ctx).Query("SELECT call_id, "+filePath+" AS file, "+fileDigest+", "+fileSize+" FROM recordings WHERE status = ? AND sealed_at IS NOT NULL ORDER BY file", string(recorder.Erased))
	list, err := all(rows, err, func(row scanner) (recorder.Recording, error) {
		r := recorder.Recording{Status: recorder.Erased}
		err := row.Scan(&r.CallID, &r.Path, (*string)(&r.Digest), &r.Size)
		return r, err
	})
	return list, db.explain("list the erased recordings", err)
}

// NotBackedUp counts the sealed recordings that no finished backup holds.
func (db *DB) NotBackedUp(ctx context.Context) (int, error) {
	var n int
	err := db.reading(ctx).QueryRow("SELECT count(*) FROM recordings WHERE status = ? AND backed_up_at IS NULL", string(recorder.Sealed)).Scan(&n)
	return n, db.explain("count what is not backed up", err)
}
