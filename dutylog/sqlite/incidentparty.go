package sqlite

import (
	"dutyline/dutylog"
	"dutyline/telephony"
)

// partyBooks reads with whom the call was that a draft names, and at which telephones whoever it names is: the number
// of a call that proves something has to be theirs.
func (t *tx) partyBooks(b *dutylog.IncidentBooks, d dutylog.FactDraft, areaCode string) error {
	c, known := b.Calls[d.Body.CallID]
	if !known {
		return nil
	}
	party, err := t.partyOf(c)
	if err != nil {
		return err
	}
	b.Parties = map[string]dutylog.Party{c.ID: party}
	a, named := b.Accounts[d.Body.Login]
	if !named {
		return nil
	}
	people, err := rosterPeople(t.sql)
	if err != nil {
		return err
	}
	listed, err := contacts(t.sql)
	if err != nil {
		return err
	}
	b.Numbers = map[string][]telephony.Number{a.Login: dutylog.NumbersOf(a, people, listed, areaCode)}
	return nil
}

// partyOf are the superiors whom the call's own entry was offered, else whom the directory has under its number now.
func (t *tx) partyOf(c dutylog.Call) (p dutylog.Party, err error) {
	if c.EntryID != "" {
		e, err := readEntry(t.sql, c.EntryID)
		if err = unlessAbsent(err); err != nil {
			return p, err
		}
		p.Listed = dutylog.Superiors(e.Candidates)
	}
	if len(p.Listed) > 0 {
		return p, nil
	}
	found, err := candidates(t.sql, c.Other())
	p.Listed = dutylog.SuperiorContacts(found)
	return p, err
}
