package sqlite

import (
	"slices"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// copies are where words of an entry stand beside it: in the sheets of handovers, in the steps of the
// entries into which its call was taken, in the facts of its incidents, and in what was said of calls.
type copies struct {
	entries   []string
	facts     []toldFact
	taken     dutylog.IncidentErasure // what goes from the facts
	said      []saidRow               // of calls, in reviews and the like
	handovers []int64
	alerts    map[int64]string // of its call: what they tell on a sheet and goes; empty: whatever that is
	told      []toldAlert      // whose words go
	words     []string         // that are erased: officers write them into the remarks of a handover, too
}

// copiesOf finds them. An entry under a legal hold keeps its steps as they are, and their recordings.
func (t *tx) copiesOf(e dutylog.Entry, o dutylog.ErasureOrder) (c copies, err error) {
	x := dutylog.Erasure{Fields: o.Fields}
	if e.CallID != "" && (x.ReachesSteps() || o.TakesRecording()) {
		served, err := t.servedBy(e)
		if err == nil {
			err = t.checkServed(served)
		}
		if err != nil {
			return c, err
		}
		if x.ReachesSteps() {
			c.entries = served
		}
	}
	if c.words, err = t.wordsOf(e.ID, o); err != nil {
		return c, err
	}
	if err := t.factsOf(e, o, &c); err != nil {
		return c, err
	}
	if c.said, err = t.saidOf(e, o, c.taken.Words); err != nil {
		return c, err
	}
	if err := t.alertsOf(e, o, &c); err != nil {
		return c, err
	}
	return c, t.sheetsOf(e, x, &c)
}

// sheetsOf finds the handovers whose sheets show something of what goes.
func (t *tx) sheetsOf(e dutylog.Entry, x dutylog.Erasure, c *copies) error {
	query, args := handoverSelect+" WHERE instr(body, ?)", []any{`"entry_id":"` + e.ID + `"`}
	query, args = query+" OR at >= ? AND EXISTS (SELECT 1 FROM json_each(?) w WHERE instr(json_extract(body, '$.remarks'), w.value))", append(args, micros(e.CallAt), asJSON(c.words))
	if e.CallID != "" { // a step of another entry
		query, args = query+" OR instr(body, ?)", append(args, `"call_id":"`+e.CallID+`"`)
	}
	for id := range c.alerts {
		query, args = query+" OR instr(body, ?)", append(args, `{"id":`+strconv.FormatInt(id, 10)+`,"reason"`)
	}
	query, args = query+" OR EXISTS (SELECT 1 FROM json_each(body, '$.incidents') i JOIN json_each(?) t ON t.value = json_extract(i.value, '$.id'))", append(args, asJSON(c.incidents()))
	rows, err := t.sql.Query(query+" ORDER BY id", args...)
	list, err := all(rows, err, scanHandover)
	for _, h := range list {
		sheet, err := h.Sheet()
		if err != nil {
			return err
		}
		_, shows := sheet.Erase(x, e.ID, c.onSheet)
		_, tells := sheet.EraseIncidents(c.taken, c.incidents())
		if shows || tells || sheet.Remarked(e.ID, c.words) != nil {
			c.handovers = append(c.handovers, h.ID)
		}
	}
	return err
}

// wordsOf are the words that an order erases, of every revision of the entry.
func (t *tx) wordsOf(entryID string, o dutylog.ErasureOrder) (words []string, err error) {
	rows, err := t.sql.Query("SELECT body FROM revisions WHERE entry_id = ? ORDER BY revision", entryID)
	bodies, err := all(rows, err, func(row scanner) (body string, err error) { return body, row.Scan(&body) })
	for _, body := range bodies {
		e, err := decodeEntry(body)
		if err != nil {
			return nil, err
		}
		for _, w := range e.Words(o) {
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words, err
}

// servedBy are the entries of which the entry's call is or ever was a step, struck out or not.
func (t *tx) servedBy(e dutylog.Entry) (served []string, err error) {
	rows, err := t.sql.Query("SELECT DISTINCT json_extract(body, '$.step_of') FROM revisions WHERE entry_id = ? AND json_extract(body, '$.step_of') <> ''", e.ID)
	return all(rows, err, func(row scanner) (id string, err error) {
		err = row.Scan(&id)
		return id, err
	})
}

// checkServed refuses what would take something of a step from an entry under a legal hold.
func (t *tx) checkServed(by []string) error {
	for _, id := range by {
		served, err := readEntry(t.sql, id)
		if err != nil {
			return err
		}
		if served.Hold != nil {
			return &dutylog.InvalidError{Field: "hold", Reason: "the call is a step of entry " + served.EntryNumber.String() + ", which is under a legal hold (" + served.Hold.Reason + "): nothing of it may be erased before that is released"}
		}
	}
	return nil
}

// eraseWords takes the words out of the entry and its copies, while the decision keeps the door open. The
// sheets come first: what is taken out of their remarks must still stand in the entry then.
func (t *tx) eraseWords(e dutylog.Entry, x dutylog.Erasure, c copies, by dutylog.Actor) error {
	for _, id := range append([]string{e.ID}, c.entries...) {
		if err := t.exec("INSERT INTO erasing (entry_id, decision) VALUES (?, ?)", id, x.Decision); err != nil {
			return err
		}
	}
	if err := t.eraseFacts(c, x.Decision); err != nil {
		return err
	}
	if err := t.eraseSaid(c.said, x.Decision); err != nil {
		return err
	}
	if err := t.eraseAlerts(c.told); err != nil {
		return err
	}
	if err := t.eraseNotes(e, x, c.taken.Words); err != nil {
		return err
	}
	for _, id := range c.handovers {
		if err := t.eraseHandover(id, x, e.ID, c); err != nil {
			return err
		}
	}
	own := func(e dutylog.Entry) dutylog.Entry { return e.Erase(x) }
	if err := t.eraseEntry(e, own, by); err != nil {
		return err
	}
	for _, id := range c.entries {
		served, err := readEntry(t.sql, id)
		if err != nil {
			return err
		}
		if err := t.eraseEntry(served, func(of dutylog.Entry) dutylog.Entry { return of.EraseStep(x, e.CallID) }, by); err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM erasing WHERE decision = ?", x.Decision)
}

// eraseEntry takes words out of every revision of an entry, and says so in one more.
func (t *tx) eraseEntry(e dutylog.Entry, erase func(dutylog.Entry) dutylog.Entry, by dutylog.Actor) error {
	if err := t.eraseRevisions(e.ID, erase); err != nil {
		return err
	}
	next := erase(e)
	next.Revision, next.WrittenBy, next.BySystem = e.Revision+1, by.Login, false
	return t.saveEntry(next, by)
}

// eraseHandover rewrites a sheet that was confirmed, word by word; its digest stays that of what was.
func (t *tx) eraseHandover(id int64, x dutylog.Erasure, entryID string, c copies) error {
	h, err := readHandover(t.sql, id)
	if err != nil {
		return err
	}
	sheet, err := h.Sheet()
	if err != nil {
		return err
	}
	left, _ := sheet.Erase(x, entryID, c.onSheet)
	steps := []dutylog.Sheet{left}
	if told, tells := left.EraseIncidents(c.taken, c.incidents()); tells {
		left = told
		steps = append(steps, left)
	}
	for _, w := range sheet.Remarked(entryID, c.words) {
		left = left.Unremarked(w)
		steps = append(steps, left)
	}
	for _, s := range steps {
		text, _ := s.Freeze()
		if err := t.exec("UPDATE handovers SET body = ?, erased_by = ? WHERE id = ?", text, x.Decision, id); err != nil {
			return err
		}
	}
	return t.proveRow(audit.Handover, strconv.FormatInt(id, 10))
}
