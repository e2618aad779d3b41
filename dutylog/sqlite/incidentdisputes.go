package sqlite

import (
	"time"

	"dutyline/dutylog"
)

// compareLinked writes down what entries say otherwise than is known, when they are linked or the incident is opened
// again.
func (t *tx) compareLinked(i dutylog.Incident, deed dutylog.IncidentDeed, drafts []dutylog.FactDraft) (dutylog.Incident, error) {
	linked := map[string]bool{}
	reopened := false
	for _, d := range drafts {
		reopened = reopened || d.Kind == dutylog.FactReopened
		if d.Kind == dutylog.FactLinked {
			linked[d.Body.Entry] = true
		}
	}
	for _, l := range i.Entries {
		if !reopened && !linked[l.EntryID] {
			continue
		}
		e, err := readEntry(t.sql, l.EntryID)
		if err == nil {
			i, err = t.compareEntry(i, e, deed.By, deed.Ahead)
		}
		if err != nil {
			return i, err
		}
	}
	return i, nil
}

// compareEntry does so of one entry. AHEAD is how far the switch's clock is ahead of ours, as with every fact.
func (t *tx) compareEntry(i dutylog.Incident, e dutylog.Entry, by dutylog.Actor, ahead time.Duration) (dutylog.Incident, error) {
	d, differs := i.Disagreement(dutylog.Spoken(e, t.db.options.Location))
	if !differs {
		return i, nil
	}
	return t.appendFacts(i, dutylog.IncidentDeed{By: by, Ahead: ahead}, []dutylog.FactDraft{d})
}

// compareAmended writes down, in the change of an entry itself, what it says otherwise now than its open incident knows.
func (t *tx) compareAmended(e dutylog.Entry, by dutylog.Actor, ahead time.Duration) error {
	rows, err := t.sql.Query("SELECT DISTINCT incident FROM incident_facts WHERE subject = ? AND kind = 'entry_linked'", e.ID)
	ids, err := all(rows, err, scanNumber)
	for _, id := range ids {
		i, err := readIncident(t.sql, id)
		if err == nil {
			_, err = t.compareEntry(i, e, by, ahead)
		}
		if err != nil {
			return err
		}
	}
	return err
}
