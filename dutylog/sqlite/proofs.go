package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog/audit"
)

// Exhibited is a proof with the content that it is about; nil where none is kept.
type Exhibited struct {
	audit.Proof
	Content []byte
}

// subjectOf names one row, as records do.
type subjectOf struct {
	kind    audit.Kind
	subject string
}

// Exhibit collects every record about an entry and what belongs to it, with its place in the
// tree of the first size records, in the order of the tree.
func (db *DB) Exhibit(ctx context.Context, entryID string, size int64) ([]Exhibited, error) {
	e, err := db.Entry(ctx, entryID)
	if err != nil {
		return nil, err
	}
	var subjects []subjectOf
	for r := 1; r <= e.Revision; r++ {
		subjects = append(subjects, subjectOf{audit.Revision, revisionSubject(e.ID, r)})
	}
	if e.CallID != "" {
		subjects = append(subjects, subjectOf{audit.Call, e.CallID}, subjectOf{audit.Recording, e.CallID})
	}
	for _, q := range []struct {
		kind  audit.Kind
		query string
		args  []any
	}{
		{audit.Attachment, "SELECT id FROM attachments WHERE entry_id = ? ORDER BY id", []any{e.ID}},
		{audit.Access, "SELECT id FROM accesses WHERE object IN (?, ?) ORDER BY id", []any{e.ID, e.CallID}},
		{audit.Tag, "SELECT id FROM tag_changes WHERE call_id = ? ORDER BY id", []any{e.CallID}},
		{audit.Missed, "SELECT call_id FROM missed_calls WHERE call_id = ?", []any{e.CallID}},
		{audit.Review, "SELECT id FROM review_facts WHERE call_id = ? ORDER BY id", []any{e.CallID}},
		{audit.Reviewed, "SELECT call_id FROM call_reviews WHERE call_id = ?", []any{e.CallID}},
		{audit.Witness, "SELECT call_id FROM call_witnesses WHERE call_id = ?", []any{e.CallID}},
		{audit.SpotCheck, "SELECT id FROM spot_checks WHERE call_id = ? AND call_id <> '' ORDER BY id", []any{e.CallID}},
		{audit.Listening, "SELECT id FROM listening_facts WHERE call_id = ? AND call_id <> '' ORDER BY id", []any{e.CallID}},
		{audit.Hold, "SELECT id FROM holds WHERE entry_id = ? ORDER BY id", []any{e.ID}},
		{audit.Approval, "SELECT id FROM approvals WHERE entry_id = ? ORDER BY id", []any{e.ID}},
		{audit.ApprovalStep, "SELECT s.id FROM approval_steps s JOIN approvals a ON a.id = s.approval WHERE a.entry_id = ? ORDER BY s.id", []any{e.ID}},
		{audit.Link, "SELECT id FROM links WHERE a = ? OR b = ? ORDER BY id", []any{e.ID, e.ID}},
		{audit.Deletion, "SELECT id FROM deletions WHERE kind = 'recording' AND name = ? OR kind = 'attachment' AND name IN (SELECT CAST(id AS TEXT) FROM attachments WHERE entry_id = ?) ORDER BY id", []any{e.CallID, e.ID}},
		{audit.Erasure, "SELECT decision FROM erasures WHERE subject = ? ORDER BY decision", []any{e.ID}},
		{audit.Rule, "SELECT id FROM rule_changes WHERE line = ? ORDER BY id", []any{e.Line}},
		{audit.Interval, "SELECT i.kind || '/' || i.from_at FROM intervals i, calls c WHERE c.id = ? AND i.from_at <= c.ended_at AND (i.to_at IS NULL OR i.to_at >= c.offered_at) ORDER BY i.from_at, i.kind", []any{e.CallID}},
		{audit.Signer, "SELECT fingerprint FROM signers ORDER BY rowid", nil},
	} {
		rows, err := db.reading(ctx).Query(q.query, q.args...)
		found, err := all(rows, err, func(row scanner) (subjectOf, error) {
			s := subjectOf{kind: q.kind}
			err := row.Scan(&s.subject)
			return s, err
		})
		if err != nil {
			return nil, db.explain("collect an exhibit", err)
		}
		subjects = append(subjects, found...)
	}
	return db.prove(ctx, subjects, size)
}

// prove reads the records of subjects and their paths in the tree.
func (db *DB) prove(ctx context.Context, subjects []subjectOf, size int64) ([]Exhibited, error) {
	var proofs []Exhibited
	for _, s := range subjects {
		found, err := db.recordsAbout(ctx, s, size)
		if err != nil {
			return nil, db.explain("collect an exhibit", err)
		}
		for i := range found {
			if found[i].Path, err = tlog.ProveRecord(size, found[i].Index, hashesOf(db.reading(ctx))); err != nil {
				return nil, db.explain("prove "+found[i].String(), err)
			}
		}
		proofs = append(proofs, found...)
	}
	return proofs, nil
}

// recordsAbout lists the records about one row, the newest with the row's content.
func (db *DB) recordsAbout(ctx context.Context, s subjectOf, size int64) ([]Exhibited, error) {
	rows, err := db.reading(ctx).Query("SELECT idx, at, taken_over, commitment, salt, erased_by FROM records WHERE kind = ? AND subject = ? ORDER BY idx", string(s.kind), s.subject)
	found, err := all(rows, err, func(row scanner) (Exhibited, error) {
		e := Exhibited{Proof: audit.Proof{Record: audit.Record{Kind: s.kind, Subject: s.subject}}}
		var at int64
		var commitment []byte
		var erased sql.NullInt64
		if err := row.Scan(&e.Index, &at, &e.TakenOver, &commitment, &e.Salt, &erased); err != nil {
			return e, err
		}
		if copy(e.Commitment[:], commitment) != len(e.Commitment) {
			return e, fmt.Errorf("record %d has no commitment: run dutyline verify", e.Index)
		}
		e.At, e.ErasedBy = time.UnixMicro(at).UTC(), erased.Int64
		return e, nil
	})
	if err != nil {
		return nil, err
	}
	for i := range found {
		if i < len(found)-1 {
			found[i].Salt = nil // of an earlier state; its content is not kept
			continue
		}
		if found[i].Content, err = db.rowContent(ctx, s); err != nil {
			return nil, err
		}
	}
	for len(found) > 0 && found[len(found)-1].Index >= size {
		found = found[:len(found)-1] // written after the checkpoint
	}
	return found, nil
}

// rowContent is a row as its records cover it; nil when it is gone.
func (db *DB) rowContent(ctx context.Context, s subjectOf) ([]byte, error) {
	for _, c := range covers {
		if c.kind != s.kind {
			continue
		}
		values, targets := scanTargets(len(c.names))
		err := db.reading(ctx).QueryRow(c.rowQuery(), s.subject).Scan(targets...)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		return audit.Content(c.names, values), err
	}
	return nil, errors.New("no rows of kind " + strconv.Quote(string(s.kind)) + " are covered")
}

// LatestCheckpoint is the newest signed one; dutylog.ErrNotFound before the first.
func (db *DB) LatestCheckpoint(ctx context.Context) (string, error) {
	c, err := latestCheckpoint(db.reading(ctx))
	return c.Note, db.explain("read the newest checkpoint", noRows(err, "checkpoint", "newest"))
}

// Verifiers are the public keys that ever signed, the oldest first.
func (db *DB) Verifiers(ctx context.Context) ([]string, error) {
	v, err := knownVerifiers(db.reading(ctx))
	return v, db.explain("read who signed", err)
}

// Verifiers are the public keys that ever signed, the oldest first.
func (v *Verifier) Verifiers(ctx context.Context) ([]string, error) { return v.db.Verifiers(ctx) }
