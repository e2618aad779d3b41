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
	"dutyline/telephony"
)

const (
	noteColumns = "id, key, device, line, begun_at, at, edit, text, call_id, taken_at, entry_id, by_login, by_name, by_role"
	noteSelect  = "SELECT " + noteColumns + " FROM call_notes"
)

// mostNotes is how many notes of a computer wait at most: more are nobody's.
const mostNotes = 50

// keptNote is a note with the number of its row.
type keptNote struct {
	dutylog.CallNote
	id int64
}

func scanNote(row scanner) (k keptNote, err error) {
	n := &k.CallNote
	return k, row.Scan(&k.id, &n.Key, &n.Device, &n.Line, instant{&n.BegunAt}, instant{&n.At}, &n.Edit, &n.Text, &n.CallID, instant{&n.TakenAt}, &n.EntryID, &n.By.Login, &n.By.Name, &n.By.Role)
}

// KeepNote implements dutylog.NoteStore.
func (db *DB) KeepNote(ctx context.Context, n dutylog.CallNote) error {
	n, err := n.Check()
	if err != nil {
		return err
	}
	return db.write(ctx, "keep a note", func(t *tx) error {
		_, err := t.keepNote(n)
		return err
	})
}

// keepNote gives the note as it stands then.
func (t *tx) keepNote(n dutylog.CallNote) (keptNote, error) {
	k, err := scanNote(t.sql.QueryRow(noteSelect+" WHERE key = ?", n.Key))
	fresh := errors.Is(err, sql.ErrNoRows)
	switch {
	case err != nil && !fresh:
		return k, err
	case !fresh && k.Device != n.Device:
		return k, fmt.Errorf("note %q: %w", n.Key, dutylog.ErrNotFound)
	case !fresh && !k.TakenAt.IsZero() && n.Edit > k.Edit:
		return k, &dutylog.NoteError{Reason: dutylog.NoteTaken, Edit: k.Edit}
	case !fresh && !k.TakenAt.IsZero():
		return k, nil
	case !fresh && bringsBack(k.CallNote, n):
		return k, &dutylog.NoteError{Reason: dutylog.NoteErased}
	}
	if fresh {
		var waiting int
		if err := t.sql.QueryRow("SELECT count(*) FROM call_notes WHERE device = ? AND taken_at IS NULL AND text <> ''", n.Device).Scan(&waiting); err != nil {
			return k, err
		}
		if waiting >= mostNotes {
			return k, &dutylog.InvalidError{Field: "key", Reason: fmt.Sprintf("%d notes of this computer wait already: sign in and take them into their entries", mostNotes)}
		}
		k.CallNote = n
	}
	known := k.CallID != ""
	if !known {
		if k.CallID, err = t.callOfNote(k.CallNote); err != nil {
			return k, err
		}
	}
	if err := t.noteStands(k.CallNote, ""); err != nil || !fresh && n.Edit <= k.Edit && known {
		return k, err
	}
	if n.Edit > k.Edit || fresh {
		k.Edit, k.Text = n.Edit, n.Text
	}
	k.At = t.now
	err = t.exec(`INSERT INTO call_notes (key, device, line, begun_at, at, edit, text, call_id, taken_at, entry_id, by_login, by_name, by_role) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '', '', '')
		ON CONFLICT (key) DO UPDATE SET at = excluded.at, edit = excluded.edit, text = excluded.text, call_id = excluded.call_id`,
		k.Key, k.Device, k.Line, micros(k.BegunAt), micros(k.At), k.Edit, k.Text, k.CallID)
	if err == nil && fresh {
		err = t.sql.QueryRow("SELECT id FROM call_notes WHERE key = ?", k.Key).Scan(&k.id)
	}
	return k, err
}

// callOfNote looks at the calls of the line around the moment at which the writing began.
func (t *tx) callOfNote(n dutylog.CallNote) (string, error) {
	rows, err := t.sql.Query("SELECT "+callColumns+" FROM calls WHERE line = ? AND offered_at >= ? AND offered_at < ? ORDER BY offered_at DESC LIMIT 50",
		n.Line, plainMicros(n.BegunAt.Add(-4*time.Hour)), plainMicros(n.BegunAt.Add(5*time.Minute)))
	kept, err := all(rows, err, scanKept)
	calls := make([]telephony.Call, len(kept))
	for i, k := range kept {
		calls[i] = k.Call
	}
	id, _ := dutylog.CallOfNote(calls, n.BegunAt)
	return id, err
}

// Notes implements dutylog.NoteStore.
func (db *DB) Notes(ctx context.Context, device string) ([]dutylog.CallNote, error) {
	rows, err := db.reading(ctx).Query(noteSelect+" WHERE device = ? AND taken_at IS NULL AND text <> '' ORDER BY begun_at LIMIT ?", device, mostNotes)
	kept, err := all(rows, err, scanNote)
	notes := make([]dutylog.CallNote, len(kept))
	for i, k := range kept {
		notes[i] = k.CallNote
	}
	return notes, db.explain("list the notes", err)
}

// TakeNote implements dutylog.NoteStore.
func (db *DB) TakeNote(ctx context.Context, n dutylog.CallNote, entryID string, by dutylog.Actor) (e dutylog.Entry, err error) {
	if n, err = n.Check(); err != nil {
		return e, err
	}
	err = db.write(ctx, "take a note into its entry", func(t *tx) error {
		k, err := t.keepNote(n)
		if err != nil {
			return err
		}
		if !k.TakenAt.IsZero() {
			e, err = readEntry(t.sql, k.EntryID)
			return err
		}
		if entryID == "" && k.CallID != "" {
			entryID = dutylog.EntryIDFor(k.CallID)
		}
		if entryID == "" {
			return &dutylog.InvalidError{Field: "entry_id", Reason: "nobody knows which call this was: say into which entry it belongs"}
		}
		before, err := readEntry(t.sql, entryID)
		if err != nil {
			return err
		}
		if err := t.noteStands(k.CallNote, entryID); err != nil {
			return err
		}
		if before.State == dutylog.Complete {
			return &dutylog.InvalidError{Field: "entry_id", Reason: "the entry is complete: take the note into another one, or open this one for a correction first"}
		}
		e, err = before.Amend(dutylog.EntryPatch{Revision: before.Revision, Values: map[dutylog.Field]string{dutylog.Content: k.Into(before.Values[dutylog.Content])}}, by, t.now)
		if err == nil && e.Revision != before.Revision {
			err = t.saveEntry(e, by)
		}
		if err != nil {
			return err
		}
		err = t.exec("UPDATE call_notes SET text = '', taken_at = ?, entry_id = ?, by_login = ?, by_name = ?, by_role = ? WHERE id = ?",
			micros(t.now), e.ID, by.Login, by.Name, string(by.Role), k.id)
		if err != nil {
			return err
		}
		return t.proveRow(audit.Note, strconv.FormatInt(k.id, 10))
	})
	return e, err
}
