package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const checkpointColumns = "size, at, note, next_try, attempts, sent_at, send_error"

func scanCheckpoint(row scanner) (dutylog.Checkpoint, error) {
	var c dutylog.Checkpoint
	err := row.Scan(&c.Size, instant{&c.At}, &c.Note, instant{&c.NextTry}, &c.Attempts, instant{&c.SentAt}, &c.SendError)
	return c, err
}

func latestCheckpoint(s source) (dutylog.Checkpoint, error) {
	return scanCheckpoint(s.QueryRow("SELECT " + checkpointColumns + " FROM checkpoints ORDER BY size DESC LIMIT 1"))
}

// Checkpoint signs what the log holds now and keeps the checkpoint; with send it is due at
// once for another machine, in place of those before it. Where nothing was written since the
// last one, that one is given. A log that does not fit its last checkpoint is not signed.
func (db *DB) Checkpoint(ctx context.Context, key audit.Key, send bool) (dutylog.Checkpoint, error) {
	var c dutylog.Checkpoint
	err := db.write(ctx, "sign a checkpoint", func(t *tx) error {
		if err := t.introduce(key); err != nil {
			return err
		}
		last, err := latestCheckpoint(t.sql)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		signed := audit.Checkpoint{At: t.now}
		if err := t.sql.QueryRow(nextRecord).Scan(&signed.Size); err != nil {
			return err
		}
		if last.Size == signed.Size {
			c = last
			return nil
		}
		if err := t.fits(last); err != nil {
			return err
		}
		if signed.Root, err = tlog.TreeHash(signed.Size, hashesOf(t.sql)); err != nil {
			return err
		}
		c = dutylog.Checkpoint{Size: signed.Size, At: t.now}
		if c.Note, err = key.Sign(signed); err != nil {
			return err
		}
		if send {
			c.NextTry = t.now
			if err := t.exec("UPDATE checkpoints SET next_try = NULL WHERE next_try IS NOT NULL"); err != nil {
				return err
			}
		}
		return t.exec("INSERT INTO checkpoints ("+checkpointColumns+") VALUES ("+marks(checkpointColumns)+")",
			c.Size, micros(c.At), c.Note, micros(c.NextTry), 0, nil, "")
	})
	return c, err
}

// Introduce records a new key before it signs anything, so that it is known as one of ours.
func (db *DB) Introduce(ctx context.Context, key audit.Key) error {
	return db.write(ctx, "record a new key", func(t *tx) error { return t.introduce(key) })
}

// introduce records a key when it signs for the first time.
func (t *tx) introduce(key audit.Key) error {
	n, err := t.changed("INSERT INTO signers (fingerprint, verifier, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		key.Fingerprint(), key.Verifier(), micros(t.now))
	if err != nil || n == 0 {
		return err
	}
	return t.proveRow(audit.Signer, key.Fingerprint())
}

// fits compares the tree with what was signed last.
func (t *tx) fits(last dutylog.Checkpoint) error {
	if last.Size == 0 {
		return nil
	}
	verifiers, err := knownVerifiers(t.sql)
	if err != nil {
		return err
	}
	signed, err := audit.Open(last.Note, verifiers...)
	if err != nil {
		return fmt.Errorf("the last checkpoint (%d records): %w; run dutyline verify", last.Size, err)
	}
	root, err := tlog.TreeHash(signed.Size, hashesOf(t.sql))
	if err != nil {
		return err
	}
	if root != signed.Root {
		return fmt.Errorf("the log is not the one that was signed when it had %d records: it was altered; run dutyline verify and keep the file as it is", signed.Size)
	}
	return nil
}

func knownVerifiers(s source) ([]string, error) {
	rows, err := s.Query("SELECT verifier FROM signers ORDER BY rowid")
	return all(rows, err, func(row scanner) (string, error) {
		var v string
		err := row.Scan(&v)
		return v, err
	})
}

// DueCheckpoint is the checkpoint that is to be sent to another machine, and when. Its time
// is zero when none is.
func (db *DB) DueCheckpoint(ctx context.Context) (dutylog.Checkpoint, error) {
	c, err := scanCheckpoint(db.reading(ctx).QueryRow("SELECT " + checkpointColumns + " FROM checkpoints WHERE next_try IS NOT NULL ORDER BY size DESC LIMIT 1"))
	if errors.Is(err, sql.ErrNoRows) {
		return dutylog.Checkpoint{}, nil
	}
	return c, db.explain("read a checkpoint", err)
}

// CheckpointSent notes that it arrived, or why it did not and when it is tried again.
func (db *DB) CheckpointSent(ctx context.Context, size int64, failed error, next time.Time) error {
	return db.write(ctx, "note that a checkpoint was sent", func(t *tx) error {
		if failed == nil {
			return t.exec("UPDATE checkpoints SET sent_at = ?, next_try = NULL, send_error = '' WHERE size = ?", micros(t.now), size)
		}
		return t.exec("UPDATE checkpoints SET attempts = attempts + 1, send_error = ?, next_try = CASE WHEN next_try IS NULL THEN NULL ELSE ? END WHERE size = ?",
			failed.Error(), micros(next), size)
	})
}

// Evidence is how the proof of the log stands.
func (db *DB) Evidence(ctx context.Context) (dutylog.Evidence, error) {
	var e dutylog.Evidence
	s := db.reading(ctx)
	if err := s.QueryRow("SELECT coalesce(max(idx) + 1, 0) FROM records").Scan(&e.Records); err != nil {
		return e, db.explain("read the evidence", err)
	}
	last, err := latestCheckpoint(s)
	if errors.Is(err, sql.ErrNoRows) {
		return e, nil
	}
	if err != nil {
		return e, db.explain("read the evidence", err)
	}
	e.Latest = &last
	err = s.QueryRow("SELECT fingerprint FROM signers ORDER BY rowid DESC LIMIT 1").Scan(&e.Fingerprint)
	return e, db.explain("read the evidence", err)
}

// Signers lists the fingerprints of the keys that ever signed, the oldest first.
func (db *DB) Signers(ctx context.Context) ([]string, error) {
	rows, err := db.reading(ctx).Query("SELECT fingerprint FROM signers ORDER BY rowid")
	prints, err := all(rows, err, func(row scanner) (string, error) {
		var f string
		err := row.Scan(&f)
		return f, err
	})
	return prints, db.explain("read who signed", err)
}
