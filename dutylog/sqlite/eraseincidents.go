package sqlite

import (
	"encoding/json"
	"slices"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// toldFact is a fact of an incident that tells words which are erased.
type toldFact struct {
	row, incident int64
	left          []dutylog.FactBody // one word after the other, the last of them without any
}

// incidents are those of which something goes.
func (c copies) incidents() []int64 {
	ids := []int64{}
	for _, f := range c.facts {
		if !slices.Contains(ids, f.incident) {
			ids = append(ids, f.incident)
		}
	}
	return ids
}

// factsOf finds what incidents tell of an entry: those to which it was ever linked, and those that name its
// call, or a call that was a step of it. What tells of another entry that is under a legal hold stays.
func (t *tx) factsOf(e dutylog.Entry, o dutylog.ErasureOrder, c *copies) error {
	names, calls, err := t.toldWith(e, o)
	if err != nil {
		return err
	}
	rows, err := t.sql.Query("SELECT body FROM revisions WHERE entry_id = ? ORDER BY revision", e.ID)
	revisions, err := all(rows, err, func(row scanner) (r dutylog.Entry, err error) {
		var body string
		if err = row.Scan(&body); err != nil {
			return r, err
		}
		r, err = decodeEntry(body)
		return dutylog.Spoken(r, t.db.options.Location), err
	})
	if err != nil {
		return err
	}
	c.taken = dutylog.ErasureOfIncidents(o, revisions, names)
	rows, err = t.sql.Query("SELECT DISTINCT incident FROM incident_facts WHERE subject = ? AND kind = 'entry_linked' OR json_extract(body, '$.call_id') IN (SELECT value FROM json_each(?)) ORDER BY incident", e.ID, asJSON(calls))
	ids, err := all(rows, err, scanNumber)
	for _, id := range ids {
		if err := t.factsTold(id, e, c); err != nil {
			return err
		}
	}
	return err
}

// toldWith are the names of the other party, where everything goes, and the calls of which an incident may tell.
func (t *tx) toldWith(e dutylog.Entry, o dutylog.ErasureOrder) (names, calls []string, err error) {
	if e.CallID != "" {
		calls = append(calls, e.CallID)
	}
	for _, s := range e.Steps {
		if s.CallID != "" {
			calls = append(calls, s.CallID)
		}
	}
	if e.CallID == "" || !o.Whole() {
		return nil, calls, nil
	}
	call, err := t.call(e.CallID)
	return otherParty(call.Call), calls, err
}

// factsTold are the facts of one incident of which something goes.
func (t *tx) factsTold(incident int64, e dutylog.Entry, c *copies) error {
	i, err := readIncident(t.sql, incident)
	if err != nil {
		return err
	}
	rows, err := t.sql.Query("SELECT id FROM incident_facts WHERE incident = ? ORDER BY seq", incident)
	places, err := all(rows, err, scanNumber)
	if err != nil {
		return err
	}
	before := len(c.facts)
	for n, f := range i.Facts {
		if left := c.taken.Of(f); left != nil {
			c.facts = append(c.facts, toldFact{places[n], incident, left})
		}
	}
	for _, l := range i.Entries {
		if len(c.facts) == before || l.EntryID == e.ID {
			continue
		}
		other, err := readEntry(t.sql, l.EntryID)
		if err != nil {
			return err
		}
		if other.Hold != nil {
			return &dutylog.InvalidError{Field: "hold", Reason: "incident " + i.Number.String() + " tells of it and of entry " + other.EntryNumber.String() + ", which is under a legal hold (" + other.Hold.Reason + "): nothing of it may be erased before that is released"}
		}
	}
	return nil
}

// eraseFacts takes the words out of the facts, one after the other as their trigger asks for it, and out of
// the alerts about their incidents.
func (t *tx) eraseFacts(c copies, decision int64) error {
	for _, f := range c.facts {
		for _, b := range f.left {
			body, err := json.Marshal(b)
			if err != nil {
				return err
			}
			if err := t.exec("UPDATE incident_facts SET body = ?, erased_by = ? WHERE id = ?", string(body), decision, f.row); err != nil {
				return err
			}
		}
		if err := t.proveRow(audit.Incident, strconv.FormatInt(f.row, 10)); err != nil {
			return err
		}
	}
	for _, id := range c.incidents() {
		about := "%/" + strconv.FormatInt(id, 10) + "/%"
		for _, w := range c.taken.Words {
			for _, statement := range []string{
				"UPDATE alerts SET detail = replace(detail, ?, ?) WHERE (reason LIKE 'report_%' OR reason IN ('sent_unapproved', 'instruction_overdue', 'clock_start_late', 'call_mismatch', 'approval_unconfirmed', 'entry_differs')) AND key LIKE ?",
				"UPDATE feed SET body = json_set(body, '$.detail', replace(json_extract(body, '$.detail'), ?, ?)) WHERE topic = 'alert' AND json_valid(body) AND json_extract(body, '$.detail') IS NOT NULL AND subject LIKE ?",
			} {
				if err := t.exec(statement, w, dutylog.RemarksErased, about); err != nil {
					return err
				}
			}
		}
		if err := t.publish(dutylog.TopicIncident, strconv.FormatInt(id, 10), "", nil); err != nil {
			return err
		}
	}
	return nil
}
