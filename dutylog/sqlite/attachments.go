package sqlite

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

const attachmentColumns = "id, entry_id, name, type, digest, size, file_digest, file_size, by_login, by_name, by_role, at, state, decision, reason"

func scanAttachment(row scanner) (dutylog.Attachment, error) {
	var a dutylog.Attachment
	var decision sql.NullInt64
	err := row.Scan(&a.ID, &a.EntryID, &a.Name, &a.Type, &a.Digest, &a.Size, &a.FileDigest, &a.FileSize,
		&a.By.Login, &a.By.Name, &a.By.Role, instant{&a.At}, &a.State, &decision, &a.Reason)
	a.Decision = decision.Int64
	return a, err
}

func attachmentsOf(s source, entryID string) ([]dutylog.Attachment, error) {
	rows, err := s.Query("SELECT "+attachmentColumns+" FROM attachments WHERE entry_id = ? ORDER BY id", entryID)
	return all(rows, err, scanAttachment)
}

// AddAttachment implements dutylog.AttachmentStore: the row and its record in one transaction.
func (db *DB) AddAttachment(ctx context.Context, a dutylog.Attachment) (dutylog.Attachment, error) {
	err := db.write(ctx, "attach a file", func(t *tx) error {
		e, err := readEntry(t.sql, a.EntryID)
		if err != nil {
			return err
		}
		if a.Reason, err = e.AttachReason(a.Reason); err != nil {
			return err
		}
		have, err := attachmentsOf(t.sql, a.EntryID)
		if err != nil {
			return err
		}
		if err := dutylog.CheckAttachments(have, a.SealedFile); err != nil {
			return err
		}
		a.State, a.At = dutylog.AttachmentKept, t.now
		result, err := t.sql.Exec("INSERT INTO attachments (entry_id, name, type, digest, size, file_digest, file_size, by_login, by_name, by_role, at, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			a.EntryID, a.Name, a.Type, string(a.Digest), a.Size, string(a.FileDigest), a.FileSize, a.By.Login, a.By.Name, string(a.By.Role), micros(a.At), string(a.State), a.Reason)
		if err != nil {
			return err
		}
		if a.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		if err := t.proveRow(audit.Attachment, strconv.FormatInt(a.ID, 10)); err != nil {
			return err
		}
		return t.publish(dutylog.TopicEntry, a.EntryID, e.Line, nil)
	})
	return a, err
}

// Attachments implements dutylog.AttachmentStore.
func (db *DB) Attachments(ctx context.Context, entryID string) ([]dutylog.Attachment, error) {
	list, err := attachmentsOf(db.reading(ctx), entryID)
	if err == nil && len(list) == 0 {
		_, err = db.Entry(ctx, entryID)
	}
	return list, db.explain("list attachments", err)
}

// AttachmentUsed implements dutylog.AttachmentStore.
func (db *DB) AttachmentUsed(ctx context.Context, digest recorder.Digest) (bool, error) {
	var n int
	err := db.reading(ctx).QueryRow("SELECT count(*) FROM attachments WHERE digest = ? AND state = ?", string(digest), string(dutylog.AttachmentKept)).Scan(&n)
	return n > 0, db.explain("look for an attachment", err)
}

// eraseAttachments takes the names of an entry's attachments, and why they came later, out of the log; their files are for
// the caller to delete. The rows stay and say by which decision.
func (t *tx) eraseAttachments(entryID string, decision int64) error {
	list, err := attachmentsOf(t.sql, entryID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.State == dutylog.AttachmentErased {
			continue
		}
		if err := t.exec("UPDATE attachments SET name = '', reason = '', state = ?, decision = ? WHERE id = ?", string(dutylog.AttachmentErased), decision, a.ID); err != nil {
			return err
		}
		if err := t.proveRow(audit.Attachment, strconv.FormatInt(a.ID, 10)); err != nil {
			return err
		}
	}
	return nil
}

// ExpirableAttachments are the attachments of before, for recorder.Retention to decide about.
func (db *DB) ExpirableAttachments(ctx context.Context, before time.Time) ([]recorder.Object, error) {
	rows, err := db.reading(ctx).Query(`SELECT a.id, a.at, a.file_size,
			a.entry_id IN (`+heldEntries+`)
		FROM attachments a WHERE a.state = ? AND a.at < ? ORDER BY a.at, a.id`, string(dutylog.AttachmentKept), micros(before))
	list, err := all(rows, err, func(row scanner) (recorder.Object, error) {
		o := recorder.Object{Kind: recorder.KindAttachment, Verified: true}
		err := row.Scan(&o.Name, instant{&o.At}, &o.Bytes, &o.Held)
		return o, err
	})
	return list, db.explain("list what may expire", err)
}

// Attachment reads one by its number.
func (db *DB) Attachment(ctx context.Context, id string) (dutylog.Attachment, error) {
	a, err := scanAttachment(db.reading(ctx).QueryRow("SELECT "+attachmentColumns+" FROM attachments WHERE id = CAST(? AS INTEGER)", id))
	return a, db.explain("read an attachment", noRows(err, "attachment", id))
}

// expireAttachment notes in its row that an attachment is decided to go.
func (t *tx) expireAttachment(r recorder.Ruling, decision int64) error {
	n, err := t.changed(`UPDATE attachments SET state = ?, decision = ? WHERE id = CAST(? AS INTEGER) AND state = ? AND entry_id NOT IN (`+heldEntries+`)`,
		string(dutylog.AttachmentExpired), decision, r.Name, string(dutylog.AttachmentKept))
	if err == nil && n == 0 {
		err = errStands
	}
	if err != nil {
		return err
	}
	return t.proveRow(audit.Attachment, r.Name)
}

// KeptAttachments goes through the attachments whose files have to be there.
func (v *Verifier) KeptAttachments(ctx context.Context, do func(dutylog.Attachment) error) error {
	for after := int64(0); ; {
		rows, err := v.db.reading(ctx).Query("SELECT "+attachmentColumns+" FROM attachments WHERE state = ? AND id > ? ORDER BY id LIMIT 500", string(dutylog.AttachmentKept), after)
		page, err := all(rows, err, scanAttachment)
		if err != nil {
			return v.db.explain("list attachments", err)
		}
		for _, a := range page {
			if err := do(a); err != nil {
				return err
			}
			after = a.ID
		}
		if len(page) == 0 {
			return nil
		}
	}
}

// Attached lists the attached files that the copy of a log knows, each once. A log of an older
// schema has none.
func (c *Copy) Attached(ctx context.Context) ([]recorder.SealedFile, error) {
	var tables int
	if err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'attachments'").Scan(&tables); err != nil || tables == 0 {
		return nil, (&DB{path: c.file}).explain("look for attachments", err)
	}
	rows, err := c.db.QueryContext(ctx, "SELECT digest, min(size), min(file_digest), min(file_size) FROM attachments WHERE state = ? GROUP BY digest ORDER BY digest", string(dutylog.AttachmentKept))
	list, err := all(rows, err, func(row scanner) (f recorder.SealedFile, err error) {
		err = row.Scan(&f.Digest, &f.Size, &f.FileDigest, &f.FileSize)
		return f, err
	})
	return list, (&DB{path: c.file}).explain("list attachments", err)
}
