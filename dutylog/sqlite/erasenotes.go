package sqlite

import (
	"errors"
	"strings"
	"time"

	"dutyline/dutylog"
)

// eraseNotes takes out of the notes of the locked screen that wait for a log-in what an erasure takes: with the
// content, of the entry's own call the whole text, for it would come back into the entry; else the erased words.
func (t *tx) eraseNotes(e dutylog.Entry, x dutylog.Erasure, words []string) error {
	rows, err := t.sql.Query(noteSelect + " WHERE taken_at IS NULL AND text <> '' ORDER BY id")
	waiting, err := all(rows, err, scanNote)
	if err != nil {
		return err
	}
	said := dutylog.SaidErasure{Words: words}
	for _, k := range waiting {
		if k.CallID == "" { // the log may know of the call only since
			if k.CallID, err = t.callOfNote(k.CallNote); err != nil {
				return err
			}
		}
		text, own := "", e.CallID != "" && k.CallID == e.CallID
		if !own || !x.TakesContent() {
			if text = saidOnce(said, own, k.Text); text == k.Text {
				continue
			}
		}
		if err := t.exec("UPDATE call_notes SET text = ?, call_id = ? WHERE id = ?", text, k.CallID, k.id); err != nil {
			return err
		}
	}
	return nil
}

// noteStands refuses a note that was begun before the content was erased of its call's entry, or of the entry
// into which it shall go: a page may still have the words. An erasure comes after its call, so that of the call
// no time need be compared.
func (t *tx) noteStands(n dutylog.CallNote, entryID string) error {
	var begun time.Time
	if n.CallID != "" {
		if err := t.contentStands(dutylog.EntryIDFor(n.CallID), begun); err != nil {
			return err
		}
	}
	return t.contentStands(entryID, n.BegunAt)
}

func (t *tx) contentStands(entryID string, since time.Time) error {
	if entryID == "" {
		return nil
	}
	e, err := readEntry(t.sql, entryID)
	switch {
	case errors.Is(err, dutylog.ErrNotFound):
		return nil
	case err == nil && e.ContentErased(since):
		return &dutylog.NoteError{Reason: dutylog.NoteErased}
	}
	return err
}

// bringsBack reports whether a page goes on with a note as it was before words were erased in what is kept of it.
func bringsBack(kept, next dutylog.CallNote) bool {
	return next.Edit > kept.Edit && strings.Contains(kept.Text, dutylog.RemarksErased) && !strings.Contains(next.Text, dutylog.RemarksErased)
}
