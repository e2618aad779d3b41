package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
	"dutyline/telephony"
)

// Compacting is the chore that takes erased words out of the file's unused pages.
const Compacting = "compact"

// Traces is what an erasure has to look for outside the log.
type Traces struct {
	Entry     dutylog.Entry
	Serves    []string // ids of the entries of which it is, or was, a step: they tell its words, too
	Words     []string // that people wrote
	Names     []string // of the other party, never of the line: numbers and a name; only when everything goes
	CallID    string
	During    Span // the call, with a margin
	Namesakes []Namesake
	Recording recorder.Recording
	Attached  []dutylog.Attachment // whose files go, or went by an earlier decision; only when everything goes
}

// Namesake is another call to which the switch gave the id of the erased one; see recorder.AgainMark.
type Namesake struct {
	CallID string
	Number dutylog.EntryNumber
	During Span // as in Traces
	Held   bool // by a legal hold
}

// Last reports whether the switch gave the call's id to no later one: the files of that name on the switch are this one's.
func (tr Traces) Last() bool {
	return !slices.ContainsFunc(tr.Namesakes, func(n Namesake) bool {
		return cmp.Or(cmp.Compare(len(n.CallID), len(tr.CallID)), cmp.Compare(n.CallID, tr.CallID)) > 0 // ~10 comes after ~9
	})
}

// Traces reads what an order would erase. It is refused here as it would be in Erase.
func (db *DB) Traces(ctx context.Context, o dutylog.ErasureOrder) (Traces, error) {
	e, err := db.Entry(ctx, o.EntryID)
	if err != nil {
		return Traces{}, err
	}
	if o, err = o.Check(e); err != nil {
		return Traces{}, err
	}
	if err := db.write(ctx, "look what tells of an entry", func(t *tx) error { // a hold on that keeps the files as well
		_, err := t.copiesOf(e, o)
		return err
	}); err != nil {
		return Traces{}, err
	}
	tr := Traces{Entry: e, CallID: e.CallID}
	if e.CallID != "" {
		if err := db.tracesOfCall(ctx, &tr, o); err != nil {
			return Traces{}, err
		}
	}
	revisions, err := db.Revisions(ctx, o.EntryID)
	if err != nil {
		return Traces{}, err
	}
	seen := map[string]bool{}
	for _, w := range tr.Names {
		seen[w] = true // looked for around the call only: it may call again
	}
	for _, r := range revisions {
		if id := r.Entry.StepOf; id != "" && !slices.Contains(tr.Serves, id) {
			tr.Serves = append(tr.Serves, id)
		}
		for _, w := range r.Entry.Words(o) {
			if !seen[w] {
				seen[w] = true
				tr.Words = append(tr.Words, w)
			}
		}
	}
	if !o.Whole() {
		tr.Names = nil
		return tr, nil
	}
	tr.Attached, err = db.Attachments(ctx, o.EntryID)
	return tr, err
}

func (db *DB) tracesOfCall(ctx context.Context, tr *Traces, o dutylog.ErasureOrder) error {
	call, err := db.Call(ctx, tr.CallID)
	if err != nil {
		return err
	}
	if !call.Ended() {
		return &dutylog.InvalidError{Field: "entry", Reason: "its call is still running: erase it after the call has ended"}
	}
	tr.Recording = call.Recording
	tr.During = tracedIn(call.OfferedAt, call.EndedAt)
	tr.Names = otherParty(call.Call)
	if tr.Namesakes, err = db.namesakes(ctx, tr.CallID); err != nil {
		return err
	}
	for _, n := range tr.Namesakes {
		if o.Whole() && n.Held && n.During.Overlaps(tr.During) {
			return &dutylog.InvalidError{Field: "hold", Reason: "the switch gave the id of its call to that of entry " + n.Number.String() + " at the same time, and that one is under a legal hold: " +
				"the lines of the two in the switch's journal cannot be told apart; erase it after that hold is released"}
		}
	}
	return nil
}

// tracedIn is when lines about a call may have been written.
func tracedIn(offered, ended time.Time) Span {
	return Span{offered.Add(-time.Minute), ended.Add(10 * time.Minute)}
}

// namesakes are the other calls of the id that the switch gave to a call.
func (db *DB) namesakes(ctx context.Context, callID string) ([]Namesake, error) {
	id, _, _ := strings.Cut(callID, recorder.AgainMark)
	rows, err := db.reading(ctx).Query(`SELECT c.id, c.offered_at, c.ended_at, coalesce(e.year, 0), coalesce(e.number, 0), coalesce(e.id IN (`+heldEntries+`), FALSE)
		FROM calls c LEFT JOIN entries e ON e.call_id = c.id WHERE (c.id = ? OR c.id > ? AND c.id < ?) AND c.id <> ? ORDER BY c.offered_at`,
		id, id+recorder.AgainMark, id+recorder.AgainMark+":", callID)
	list, err := all(rows, err, func(row scanner) (n Namesake, err error) {
		var offered, ended time.Time
		err = row.Scan(&n.CallID, instant{&offered}, instant{&ended}, &n.Number.Year, &n.Number.Serial, &n.Held)
		if ended.IsZero() { // it is running
			ended = time.Now()
		}
		n.During = tracedIn(offered, ended)
		return n, err
	})
	return list, db.explain("look for calls of the same id", err)
}

// otherParty is who called, or whom a call was placed to: numbers and a name, never those of the line.
func otherParty(call telephony.Call) (names []string) {
	other, own, name := call.Caller, call.Called, call.CallerName
	if call.Direction == telephony.Outbound { // the caller is the line itself
		other, own, name = call.Called, call.Caller, ""
	}
	for _, name := range []string{other.Raw, other.E164, name} {
		if name != "" && name != own.Raw && name != own.E164 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// erase removes what the order names from the entry, from every revision and from the call,
// by one decision that keeps who, when and why. What is left of each row is proved anew. The
// words stay in unused pages of the file until Compact has run; that is noted as work to do.
func (t *tx) erase(o dutylog.ErasureOrder) (int64, error) {
	e, err := readEntry(t.sql, o.EntryID)
	if err != nil {
		return 0, err
	}
	if o, err = o.Check(e); err != nil {
		return 0, err
	}
	copies, err := t.copiesOf(e, o)
	if err != nil {
		return 0, err
	}
	records, err := t.recordsOf(e, o, copies)
	if err != nil {
		return 0, err
	}
	decision, err := t.decideErasure(o, records)
	if err != nil {
		return 0, err
	}
	x := dutylog.Erasure{Decision: decision, At: t.now, Fields: o.Fields}
	if err := t.eraseWords(e, x, copies, o.By); err != nil {
		return 0, err
	}
	if e.CallID != "" {
		if err := t.eraseCall(e.CallID, o, decision); err != nil {
			return 0, err
		}
	}
	if o.Whole() {
		if err := t.eraseAttachments(e.ID, decision); err != nil {
			return 0, err
		}
	}
	return decision, t.setChore(Compacting, t.now)
}

// recordsOf are the places in the tree of the records whose content goes.
func (t *tx) recordsOf(e dutylog.Entry, o dutylog.ErasureOrder, c copies) ([]int64, error) {
	query, args := "SELECT idx FROM records WHERE FALSE", []any{}
	for _, id := range append([]string{e.ID}, c.entries...) {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject >= ? AND subject < ?", append(args, string(audit.Revision), id+"/", id+"0") // "0" follows "/"
	}
	for _, id := range c.handovers {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject = ?", append(args, string(audit.Handover), strconv.FormatInt(id, 10))
	}
	for _, f := range c.facts {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject = ?", append(args, string(audit.Incident), strconv.FormatInt(f.row, 10))
	}
	for _, r := range c.said {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject = ?", append(args, string(r.of.kind), r.subject)
	}
	if o.Whole() && e.CallID != "" {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject = ?", append(args, string(audit.Call), e.CallID)
	}
	if o.Whole() {
		query, args = query+" UNION SELECT idx FROM records WHERE salt IS NOT NULL AND kind = ? AND subject IN (SELECT CAST(id AS TEXT) FROM attachments WHERE entry_id = ?)",
			append(args, string(audit.Attachment), e.ID)
	}
	rows, err := t.sql.Query(query+" ORDER BY idx", args...)
	return all(rows, err, func(row scanner) (n int64, err error) {
		err = row.Scan(&n)
		return n, err
	})
}

// decideErasure writes the decision and takes the salts of what it names.
func (t *tx) decideErasure(o dutylog.ErasureOrder, records []int64) (int64, error) {
	places, err := json.Marshal(records)
	if err != nil {
		return 0, err
	}
	if err := t.addProven(audit.Erasure, "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (?, ?, ?, ?, ?, ?, ?)",
		micros(t.now), o.By.Login, o.By.Name, string(o.By.Role), o.EntryID, o.Reason, string(places)); err != nil {
		return 0, err
	}
	var decision int64
	if err := t.sql.QueryRow("SELECT max(decision) FROM erasures").Scan(&decision); err != nil {
		return 0, err
	}
	return decision, t.exec("UPDATE records SET salt = NULL, erased_by = ? WHERE idx IN (SELECT value FROM json_each(?))", decision, string(places))
}

// eraseRevisions rewrites every kept revision, through the one door that its trigger leaves.
func (t *tx) eraseRevisions(entryID string, erase func(dutylog.Entry) dutylog.Entry) error {
	rows, err := t.sql.Query("SELECT revision, body FROM revisions WHERE entry_id = ? ORDER BY revision", entryID)
	type kept struct {
		revision int
		body     string
	}
	revisions, err := all(rows, err, func(row scanner) (k kept, err error) {
		err = row.Scan(&k.revision, &k.body)
		return k, err
	})
	if err != nil {
		return err
	}
	for _, k := range revisions {
		e, err := decodeEntry(k.body)
		if err != nil {
			return err
		}
		body, err := encodeEntry(erase(e))
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE revisions SET body = ? WHERE entry_id = ? AND revision = ?", body, entryID, k.revision); err != nil {
			return fmt.Errorf("revision %d: %w", k.revision, err)
		}
		if err := t.proveRow(audit.Revision, revisionSubject(entryID, k.revision)); err != nil {
			return err
		}
	}
	return nil
}

// keepErased keeps out of what is said late, by the journal for instance, what was erased from
// a call.
func (t *tx) keepErased(before keptCall, said *telephony.Call) error {
	var n int
	err := t.sql.QueryRow("SELECT count(*) FROM erasures WHERE subject = ?", before.entryID).Scan(&n)
	if n > 0 {
		said.Caller, said.CallerName, said.Called = before.Caller, before.CallerName, before.Called
		said.ForwardedTo, said.RedirectedFrom = before.ForwardedTo, before.RedirectedFrom
	}
	return err
}

// eraseCall takes the other party out of the call's row and out of what was told of it, and the
// recording out of the archive.
func (t *tx) eraseCall(callID string, o dutylog.ErasureOrder, decision int64) error {
	if o.Whole() {
		if err := t.eraseParty(callID); err != nil {
			return err
		}
	}
	if !o.TakesRecording() {
		return nil
	}
	r, err := scanRecording(t.sql.QueryRow("SELECT "+recordingColumns+" FROM recordings WHERE call_id = ?", callID))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (r.Status == recorder.None || r.Status == recorder.Erased) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.exec("UPDATE recordings SET status = ?, decision = ?, reason = ?, next_try = NULL WHERE call_id = ?",
		string(recorder.Erased), decision, "erased by decision "+strconv.FormatInt(decision, 10), callID); err != nil {
		return err
	}
	if !r.SealedAt.IsZero() {
		return t.recordingChanged(callID)
	}
	return t.announceCall(callID)
}

func (t *tx) announceCall(callID string) error {
	call, err := t.call(callID)
	if err != nil {
		return err
	}
	return t.publish(dutylog.TopicCall, callID, call.Line, nil)
}

// eraseParty takes out who called, or of a call that was placed whom it was placed to.
func (t *tx) eraseParty(callID string) error {
	for _, statement := range []string{
		"UPDATE calls SET caller = '', caller_e164 = '', caller_name = '', forwarded_to = '', redirected_from = '' WHERE id = ? AND direction <> 'out'",
		"UPDATE calls SET called = '', called_e164 = '', forwarded_to = '', redirected_from = '' WHERE id = ? AND direction = 'out'",
		"UPDATE calls SET settled_by = 'ari' WHERE settled_by = '' AND id = ?", // the journal has nothing of it any more, and nobody shall wait for that
	} {
		if err := t.exec(statement, callID); err != nil {
			return err
		}
	}
	if err := t.proveRow(audit.Call, callID); err != nil {
		return err
	}
	return t.announceCall(callID)
}

// Compact rebuilds the file, so that nothing of what was erased is left in its unused pages,
// and empties its side file. It needs as much free room as the log has, and while it runs
// writes wait. It does nothing when nothing was erased since the last time.
func (db *DB) Compact(ctx context.Context) error {
	due, err := db.Chore(ctx, Compacting)
	if err != nil || due.IsZero() {
		return err
	}
	if err := db.clearIndex(ctx); err != nil {
		return err
	}
	if _, err := db.writer.ExecContext(ctx, "VACUUM"); err != nil {
		return db.explain("compact", err)
	}
	if err := emptySideFile(ctx, db.writer); err != nil {
		return db.explain("compact", err)
	}
	if err := db.EndChore(ctx, Compacting); err != nil {
		return err
	}
	return db.explain("compact", emptySideFile(ctx, db.writer))
}

// emptySideFile moves everything into the file itself and cuts the side file to nothing.
func emptySideFile(ctx context.Context, on *sql.DB) error {
	const tries = 20 // readers are short; each try waits for them as long as for a lock
	for range tries {
		var busy, pages, moved int
		if err := on.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
			return err
		}
		if busy == 0 {
			return nil
		}
	}
	return errors.New("another program reads it all the time, so that its side file still holds what was erased; end that program, it is tried again by itself")
}
