package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

// Expirable are the sealed recordings of before, for recorder.Retention to decide about. The
// hold of the entry and whether a backup has it are read here; whether the file is still what
// was sealed is for the caller to prove: Verified says only that it once was.
func (db *DB) Expirable(ctx context.Context, before time.Time) ([]recorder.Object, error) {
	rows, err := db.reading(ctx).Query(`SELECT r.call_id, coalesce(c.ended_at, r.sealed_at), coalesce(r.file_size, r.size), r.removed_at IS NOT NULL, r.backed_up_at,
			c.entry_id IN (`+heldEntries+`)
		FROM recordings r JOIN calls c ON c.id = r.call_id WHERE r.status = ? AND r.next_try IS NULL AND r.sealed_at < ?
		ORDER BY r.sealed_at`, string(recorder.Sealed), micros(before))
	objects, err := all(rows, err, func(row scanner) (recorder.Object, error) {
		o := recorder.Object{Kind: recorder.KindRecording}
		err := row.Scan(&o.Name, instant{&o.At}, &o.Bytes, &o.Verified, instant{&o.BackedUpAt}, &o.Held)
		return o, err
	})
	return objects, db.explain("list what may expire", err)
}

// Deletion is a decision that something has to go.
type Deletion struct {
	ID       int64
	At       time.Time
	Kind     recorder.Kind
	Name     string
	Why      recorder.Why
	Bytes    int64
	Digest   recorder.Digest
	Attempts int // in vain
}

const deletionColumns = "d.id, d.at, d.kind, d.name, d.why, d.bytes, d.digest"

// Expire writes the decision about one object, before anything is deleted. Zero means that it
// does not stand any more: it is held meanwhile, or somebody else decided the same.
func (db *DB) Expire(ctx context.Context, r recorder.Ruling, by dutylog.Actor) (id int64, err error) {
	switch {
	case !r.Expire:
		return 0, fmt.Errorf("%s %s is kept (%s): there is nothing to decide", r.Kind, r.Name, r.Why)
	case r.Digest == "": // a name alone may be another file's by the time of the deletion
		return 0, fmt.Errorf("%s %s was not looked at, so nothing is decided about it: prove it first", r.Kind, r.Name)
	}
	err = db.write(ctx, "decide what expires", func(t *tx) error {
		id, err = t.expire(r, by)
		return err
	})
	return id, err
}

func (t *tx) expire(r recorder.Ruling, by dutylog.Actor) (int64, error) {
	var earlier int64
	err := t.sql.QueryRow("SELECT id FROM deletions WHERE kind = ? AND name = ? AND digest = ?", string(r.Kind), r.Name, string(r.Digest)).Scan(&earlier)
	switch {
	case err == nil:
		return t.expireAgain(r, earlier)
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	result, err := t.sql.Exec(`INSERT INTO deletions (at, kind, name, why, of_at, bytes, digest, by_login, by_name, by_role) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(t.now), string(r.Kind), r.Name, string(r.Why), micros(r.At), r.Bytes, string(r.Digest), by.Login, by.Name, string(by.Role))
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	if r.Kind == recorder.KindRecording {
		if err := t.expireRecording(r, id); err != nil {
			return 0, err
		}
	}
	if r.Kind == recorder.KindAttachment {
		if err := t.expireAttachment(r, id); err != nil {
			return 0, err
		}
	}
	if err := t.proveRow(audit.Deletion, strconv.FormatInt(id, 10)); err != nil {
		return 0, err
	}
	return id, t.exec("INSERT INTO deletion_work (deletion, next_try, attempts, problem) VALUES (?, ?, 0, '')", id, micros(t.now))
}

// expireAgain takes up a decision about the same content under the same name when the file is there
// again: an empty one of every quiet week, or one that somebody brought back. Zero: its work is not
// done yet, so whoever decided it is at it.
func (t *tx) expireAgain(r recorder.Ruling, decision int64) (int64, error) {
	if r.Kind == recorder.KindRecording || r.Kind == recorder.KindAttachment {
		return 0, nil // its row says whether it is there
	}
	n, err := t.changed("INSERT INTO deletion_work (deletion, next_try, attempts, problem) VALUES (?, ?, 0, '') ON CONFLICT DO NOTHING", decision, micros(t.now))
	if n == 0 {
		return 0, err
	}
	return decision, err
}

// errStands undoes a decision that does not stand any more.
var errStands = errors.New("it was held, changed or gone meanwhile: nothing was decided about it")

func (t *tx) expireRecording(r recorder.Ruling, decision int64) error {
	n, err := t.changed(`UPDATE recordings SET status = ?, decision = ?, reason = ? WHERE call_id = ? AND status = ? AND removed_at IS NOT NULL AND NOT EXISTS
		(SELECT 1 FROM calls c WHERE c.id = recordings.call_id AND c.entry_id IN (`+heldEntries+`))`,
		string(recorder.Expired), decision, fmt.Sprintf("deleted by decision %d (%s): its days were over on %s", decision, r.Why, r.Due.Format(time.DateOnly)),
		r.Name, string(recorder.Sealed))
	if err == nil && n == 0 {
		err = errStands
	}
	if err != nil {
		return err
	}
	return t.recordingChanged(r.Name)
}

// recordingChanged proves and announces a recording's row that was changed.
func (t *tx) recordingChanged(callID string) error {
	if err := t.proveRow(audit.Recording, callID); err != nil {
		return err
	}
	call, err := t.call(callID)
	if err != nil {
		return err
	}
	return t.publish(dutylog.TopicCall, callID, call.Line, nil)
}

// DueDeletions lists decisions that were not carried out yet, and when the next one is due
// after now (zero: none).
func (db *DB) DueDeletions(ctx context.Context, now time.Time) (due []Deletion, err error) {
	rows, err := db.reading(ctx).Query("SELECT "+deletionColumns+", w.attempts FROM deletion_work w JOIN deletions d ON d.id = w.deletion WHERE w.next_try <= ? ORDER BY w.next_try, d.id LIMIT 500", micros(now))
	due, err = all(rows, err, func(row scanner) (d Deletion, err error) {
		err = row.Scan(&d.ID, instant{&d.At}, &d.Kind, &d.Name, &d.Why, &d.Bytes, &d.Digest, &d.Attempts)
		return d, err
	})
	return due, db.explain("list what is to be deleted", err)
}

// Deletions lists the newest decisions, newest first.
func (db *DB) Deletions(ctx context.Context, limit int) ([]Deletion, error) {
	rows, err := db.reading(ctx).Query("SELECT "+deletionColumns+" FROM deletions d ORDER BY d.id DESC LIMIT ?", limit)
	list, err := all(rows, err, func(row scanner) (d Deletion, err error) {
		err = row.Scan(&d.ID, instant{&d.At}, &d.Kind, &d.Name, &d.Why, &d.Bytes, &d.Digest)
		return d, err
	})
	return list, db.explain("list the deletions", err)
}

// DeletionDone ends the work on a decision.
func (db *DB) DeletionDone(ctx context.Context, id int64) error {
	return db.write(ctx, "note a deletion", func(t *tx) error {
		return t.exec("DELETE FROM deletion_work WHERE deletion = ?", id)
	})
}

// DeletionFailed notes why a decision could not be carried out yet.
func (db *DB) DeletionFailed(ctx context.Context, d Deletion, next time.Time, problem string) error {
	return db.write(ctx, "note a deletion", func(t *tx) error {
		return t.exec("UPDATE deletion_work SET next_try = ?, attempts = ?, problem = ? WHERE deletion = ?", micros(next), int64(d.Attempts+1), problem, d.ID)
	})
}

// Chore is when something is to be done next by the clock; zero: never done yet.
func (db *DB) Chore(ctx context.Context, name string) (next time.Time, err error) {
	err = db.reading(ctx).QueryRow("SELECT next_at FROM chores WHERE name = ?", name).Scan(instant{&next})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return next, db.explain("read what is to be done", err)
}

// SetChore says when something is to be done next.
func (db *DB) SetChore(ctx context.Context, name string, next time.Time) error {
	return db.write(ctx, "note what is to be done", func(t *tx) error { return t.setChore(name, next) })
}

func (t *tx) setChore(name string, next time.Time) error {
	return t.exec("INSERT INTO chores (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at", name, micros(next))
}

// EndChore says that something need not be done any more.
func (db *DB) EndChore(ctx context.Context, name string) error {
	return db.write(ctx, "note what is to be done", func(t *tx) error { return t.exec("DELETE FROM chores WHERE name = ?", name) })
}

// NoteUsage keeps how much of the disk each kind takes today; what is older than a year goes.
func (db *DB) NoteUsage(ctx context.Context, usages []recorder.Usage) error {
	return db.write(ctx, "note the use of the disk", func(t *tx) error {
		for _, u := range usages {
			if err := t.exec("INSERT INTO disk_usage (day, kind, bytes) VALUES (?, ?, ?) ON CONFLICT (day, kind) DO UPDATE SET bytes = excluded.bytes",
				micros(u.Day), string(u.Kind), u.Bytes); err != nil {
				return err
			}
		}
		return t.exec("DELETE FROM disk_usage WHERE day < ?", micros(t.now.AddDate(-1, 0, 0)))
	})
}

// Usages is the use of the disk since a day.
func (db *DB) Usages(ctx context.Context, since time.Time) ([]recorder.Usage, error) {
	rows, err := db.reading(ctx).Query("SELECT day, kind, bytes FROM disk_usage WHERE day >= ? ORDER BY day, kind", micros(since))
	list, err := all(rows, err, func(row scanner) (u recorder.Usage, err error) {
		err = row.Scan(instant{&u.Day}, &u.Kind, &u.Bytes)
		return u, err
	})
	return list, db.explain("read the use of the disk", err)
}

// RecordingBytes is how much the sealed files take.
func (db *DB) RecordingBytes(ctx context.Context) (sum int64, err error) {
	err = db.reading(ctx).QueryRow("SELECT coalesce(sum(coalesce(file_size, size)), 0) FROM recordings WHERE status = ?", string(recorder.Sealed)).Scan(&sum)
	return sum, db.explain("add up the recordings", err)
}

// FileHeld is a file that a generation of a backup holds.
type FileHeld struct {
	Digest recorder.Digest
	Name   string    // for people
	At     time.Time // of the generation
}

// SetFilesBackedUp notes which files a backup's folder holds now, known by their contents; what it held before and does
// not any more is taken back. Of the same content the first time stands.
func (db *DB) SetFilesBackedUp(ctx context.Context, folder string, held []FileHeld) error {
	return db.write(ctx, "note what is backed up", func(t *tx) error {
		digests := make([]recorder.Digest, len(held))
		for i, f := range held {
			digests[i] = f.Digest
		}
		if err := t.exec("DELETE FROM files_backed_up WHERE folder = ? AND digest NOT IN (SELECT j.value FROM json_each(?) j)", folder, asJSON(digests)); err != nil {
			return err
		}
		for _, f := range held {
			if err := t.exec("INSERT INTO files_backed_up (digest, folder, name, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", string(f.Digest), folder, f.Name, micros(f.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

// FileBackedUp is since when a backup holds a file with this content, whatever it was called;
// zero: none does.
func (db *DB) FileBackedUp(ctx context.Context, digest recorder.Digest) (at time.Time, err error) {
	err = db.reading(ctx).QueryRow("SELECT at FROM files_backed_up WHERE digest = ? ORDER BY at LIMIT 1", string(digest)).Scan(instant{&at})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return at, db.explain("read what is backed up", err)
}
