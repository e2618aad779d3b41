package sqlite

import (
	"errors"

	"dutyline/dutylog"
)

// stepOfIncident makes a call that a fact names a handling step of the incident's first entry, or undoes
// that when the fact is struck out. What cannot be a step, for instance an incoming call, stays what it is:
// the fact stands in any case.
func (t *tx) stepOfIncident(i dutylog.Incident, f dutylog.IncidentFact) error {
	if f.Kind == dutylog.FactStruck {
		return t.noStepOfIncident(i, f)
	}
	d, is := i.StepFor(f)
	if !is {
		return nil
	}
	e, err := readEntry(t.sql, i.Entries[0].EntryID)
	if err != nil {
		return err
	}
	after, err := t.withStep(e, d, f.By, t.now)
	return t.saveStepped(e, after, f.By, err)
}

func (t *tx) noStepOfIncident(i dutylog.Incident, f dutylog.IncidentFact) error {
	struck := i.Facts[f.Body.Fact-1]
	for _, l := range i.Entries {
		e, err := readEntry(t.sql, l.EntryID)
		if err != nil {
			return err
		}
		if n := dutylog.StepOfFact(e, struck); n > 0 {
			after, err := t.withoutStep(e, n, f.Body.Reason, f.By, t.now)
			return t.saveStepped(e, after, f.By, err)
		}
	}
	return nil
}

func (t *tx) saveStepped(before, after dutylog.Entry, by dutylog.Actor, err error) error {
	var no *dutylog.InvalidError
	switch {
	case errors.As(err, &no):
		return nil
	case err != nil, after.Revision == before.Revision:
		return err
	}
	return t.saveEntry(after, by)
}
