package sqlite

import (
	"dutyline/dutylog"
)

// eraseNotes takes out of the notes of the locked screen that wait for a log-in what an erasure takes: of the
// entry's own call the whole text, for it would come back into the entry; of others the erased words.
func (t *tx) eraseNotes(e dutylog.Entry, words []string) error {
	rows, err := t.sql.Query(noteSelect + " WHERE taken_at IS NULL AND text <> '' ORDER BY id")
	waiting, err := all(rows, err, scanNote)
	if err != nil {
		return err
	}
	x := dutylog.SaidErasure{Words: words}
	for _, k := range waiting {
		if k.CallID == "" { // the log may know of the call only since
			if k.CallID, err = t.callOfNote(k.CallNote); err != nil {
				return err
			}
		}
		text := ""
		if e.CallID == "" || k.CallID != e.CallID {
			left := x.Of(false, []string{k.Text})
			if left == nil {
				continue
			}
			text = left[len(left)-1][0]
		}
		if err := t.exec("UPDATE call_notes SET text = ?, call_id = ? WHERE id = ?", text, k.CallID, k.id); err != nil {
			return err
		}
	}
	return nil
}

// noteStands refuses a note that was begun before something was erased of its call's entry, or of the entry
// into which it shall go: a page may still have the words. An erasure comes after its call, so that of the call
// no time need be compared.
func (t *tx) noteStands(n dutylog.CallNote, entryID string) error {
	own := ""
	if n.CallID != "" {
		own = dutylog.EntryIDFor(n.CallID)
	}
	var erased bool
	err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM erasures WHERE subject = ?1 AND ?1 <> '' OR subject = ?2 AND at >= ?3)", own, entryID, micros(n.BegunAt)).Scan(&erased)
	if err == nil && erased {
		return &dutylog.NoteError{Reason: dutylog.NoteErased}
	}
	return err
}
