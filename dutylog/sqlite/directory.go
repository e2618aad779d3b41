package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// contactColumns are those of the directory of schemas before 26.
const contactColumns = "unit, person, title, number, e164, superior, last_confirmed"

// contactBody is how a contact is kept.
type contactBody struct {
	Unit        string       `json:"unit"`
	Person      string       `json:"person,omitempty"`
	Title       string       `json:"title,omitempty"`
	Numbers     []numberBody `json:"numbers"`
	Superior    bool         `json:"superior,omitempty"`
	Remark      string       `json:"remark,omitempty"`
	Confirmed   int64        `json:"last_confirmed,omitempty"`
	ConfirmedBy string       `json:"confirmed_by,omitempty"`
}

type numberBody struct {
	Kind dutylog.NumberKind `json:"kind"`
	Raw  string             `json:"number"`
	E164 string             `json:"e164"`
}

func encodeContact(c dutylog.Contact) (string, error) {
	b := contactBody{Unit: c.Unit, Person: c.Person, Title: c.Title, Superior: c.Superior, Remark: c.Remark, Confirmed: plainMicros(c.LastConfirmed), ConfirmedBy: c.ConfirmedBy}
	for _, n := range c.Numbers {
		b.Numbers = append(b.Numbers, numberBody{n.Kind, n.Number.Raw, n.Number.E164})
	}
	text, err := json.Marshal(b)
	return string(text), err
}

func decodeContact(id, change int64, text string) (dutylog.Contact, error) {
	var b contactBody
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return dutylog.Contact{}, fmt.Errorf("a stored contact is not readable: %w", err)
	}
	c := dutylog.Contact{ID: id, Change: change, Unit: b.Unit, Person: b.Person, Title: b.Title, Superior: b.Superior, Remark: b.Remark,
		LastConfirmed: fromMicros(b.Confirmed), ConfirmedBy: b.ConfirmedBy}
	for _, n := range b.Numbers {
		c.Numbers = append(c.Numbers, dutylog.ContactPhone{Kind: n.Kind, Number: telephony.Number{Raw: n.Raw, E164: n.E164}})
	}
	return c, nil
}

const contactSelect = "SELECT c.contact, c.change, h.body FROM contact_cards c JOIN contact_changes h ON h.id = c.change"

func scanContact(row scanner) (dutylog.Contact, error) {
	var id, change int64
	var body string
	if err := row.Scan(&id, &change, &body); err != nil {
		return dutylog.Contact{}, err
	}
	return decodeContact(id, change, body)
}

// Directory reads all of it. A change that comes between its two queries makes the revision older
// than the contacts: whoever imports from it is told to look again.
func (db *DB) Directory(ctx context.Context) (d dutylog.Directory, err error) {
	if d.Revision, err = db.DirectoryRevision(ctx); err != nil {
		return d, err
	}
	d.Contacts, err = contacts(db.reading(ctx))
	return d, db.explain("list the directory", err)
}

func contacts(s source) ([]dutylog.Contact, error) {
	rows, err := s.Query(contactSelect + " ORDER BY c.contact")
	return all(rows, err, scanContact)
}

// DirectoryRevision is that of the directory as a whole.
func (db *DB) DirectoryRevision(ctx context.Context) (int64, error) {
	n, err := directoryRevision(db.reading(ctx))
	return n, db.explain("look into the directory", err)
}

func directoryRevision(s source) (n int64, err error) {
	err = s.QueryRow("SELECT coalesce(max(id), 0) FROM contact_changes").Scan(&n)
	return n, err
}

// Contact reads one contact.
func (db *DB) Contact(ctx context.Context, id int64) (dutylog.Contact, error) {
	c, err := readContact(db.reading(ctx), id)
	return c, db.explain("read a contact", err)
}

func readContact(s source, id int64) (dutylog.Contact, error) {
	c, err := scanContact(s.QueryRow(contactSelect+" WHERE c.contact = ?", id))
	return c, noRows(err, "contact", strconv.FormatInt(id, 10))
}

// Candidates finds the contacts that have n, ranked by what the last entries with it say; a
// withheld number has none.
func (db *DB) Candidates(ctx context.Context, n telephony.Number) ([]dutylog.Contact, error) {
	found, err := candidates(db.reading(ctx), n)
	return found, db.explain("look into the directory", err)
}

func candidates(s source, n telephony.Number) ([]dutylog.Contact, error) {
	if n.E164 == "" {
		return []dutylog.Contact{}, nil
	}
	rows, err := s.Query(candidateSelect, n.E164)
	found, err := all(rows, err, scanContact)
	if err != nil || len(found) == 0 {
		return found, err
	}
	var past []dutylog.Taken
	if len(found) > 1 { // of one, the past says nothing that matters while it rings
		if past, err = taken(s, n); err != nil {
			return nil, err
		}
	}
	return dutylog.RankCandidates(found, n, past), nil
}

const candidateSelect = contactSelect + " JOIN contact_numbers n ON n.contact = c.contact WHERE n.e164 = " + aText + " ORDER BY n.contact"

// takenSelect finds the last entries of calls from a number.
const takenSelect = "SELECT e.body FROM calls c JOIN entries e ON e.id = c.entry_id WHERE c.caller_e164 = " + aText + " AND c.direction = 'in' ORDER BY c.offered_at DESC LIMIT CAST(? AS INTEGER)"

func taken(s source, n telephony.Number) ([]dutylog.Taken, error) {
	rows, err := s.Query(takenSelect, n.E164, 2*dutylog.TakenEntries())
	bodies, err := all(rows, err, func(row scanner) (text string, err error) {
		err = row.Scan(&text)
		return text, err
	})
	if err != nil {
		return nil, err
	}
	var past []dutylog.Taken
	for _, text := range bodies {
		e, err := decodeEntry(text)
		if err != nil {
			return nil, err
		}
		if t, ok := dutylog.TakenIn(e); ok {
			past = append(past, t)
		}
	}
	return past, nil
}

// SaveContact adds a contact or changes one.
func (db *DB) SaveContact(ctx context.Context, c dutylog.Contact, how dutylog.ChangeHow, by dutylog.Actor) (saved dutylog.Contact, err error) {
	if c, err = c.Clean(); err != nil {
		return c, err
	}
	err = db.write(ctx, "save a contact", func(t *tx) error {
		if c.ID != 0 {
			before, err := t.seenContact(c.ID, c.Change, c.Name())
			if err != nil {
				return err
			}
			if saved = before; len(before.Differences(c)) == 0 {
				return nil
			}
		}
		saved, err = t.keepContact(c, how, by)
		return err
	})
	return saved, err
}

// seenContact reads a contact that somebody saw as a change left it.
func (t *tx) seenContact(id, change int64, name string) (dutylog.Contact, error) {
	now, err := readContact(t.sql, id)
	switch {
	case errors.Is(err, dutylog.ErrNotFound):
		var was bool
		if err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM contact_changes WHERE contact = ?)", id).Scan(&was); err != nil || !was {
			return now, errors.Join(noRows(sql.ErrNoRows, "contact", strconv.FormatInt(id, 10)), err)
		}
		return now, &dutylog.DirectoryMovedError{What: name}
	case err != nil:
		return now, err
	case now.Change != change:
		return now, &dutylog.DirectoryMovedError{What: now.Name(), Current: &now}
	}
	return now, nil
}

// keepContact writes the next version of a contact, or the first one of a new contact.
func (t *tx) keepContact(c dutylog.Contact, how dutylog.ChangeHow, by dutylog.Actor) (dutylog.Contact, error) {
	name := c.Unit + "\x1f" + c.Person + "\x1f" + c.Title
	var twin int64
	if err := t.sql.QueryRow("SELECT contact FROM contact_cards WHERE name = ?", name).Scan(&twin); err == nil && twin != c.ID {
		return c, &dutylog.InvalidError{Field: string(dutylog.ContactUnit), Reason: "the directory has " + c.Name() + " already: change that one, or give another title"}
	} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, err
	}
	if c.ID == 0 {
		if err := t.sql.QueryRow("SELECT coalesce(max(contact), 0) + 1 FROM contact_changes").Scan(&c.ID); err != nil {
			return c, err
		}
	}
	body, err := encodeContact(c)
	if err != nil {
		return c, err
	}
	if c.Change, err = t.changeContact(c.ID, how, body, by); err != nil {
		return c, err
	}
	if err := t.exec("INSERT INTO contact_cards (contact, change, name) VALUES (?, ?, ?) ON CONFLICT (contact) DO UPDATE SET change = excluded.change, name = excluded.name", c.ID, c.Change, name); err != nil {
		return c, err
	}
	if err := t.exec("DELETE FROM contact_numbers WHERE contact = ?", c.ID); err != nil {
		return c, err
	}
	for _, n := range c.Numbers {
		if err := t.exec("INSERT INTO contact_numbers (e164, contact) VALUES (?, ?) ON CONFLICT DO NOTHING", n.Number.E164, c.ID); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (t *tx) changeContact(id int64, how dutylog.ChangeHow, body string, by dutylog.Actor) (int64, error) {
	result, err := t.sql.Exec("INSERT INTO contact_changes (contact, at, by_login, by_name, by_role, how, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		id, micros(t.now), by.Login, by.Name, string(by.Role), string(how), body)
	if err != nil {
		return 0, err
	}
	change, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	return change, t.proveRow(audit.Contact, strconv.FormatInt(change, 10))
}

// RemoveContact takes a contact out of the directory; its history stays.
func (db *DB) RemoveContact(ctx context.Context, id, change int64, by dutylog.Actor) error {
	return db.write(ctx, "remove a contact", func(t *tx) error {
		if _, err := t.seenContact(id, change, "the contact"); err != nil {
			return err
		}
		return t.dropContact(id, dutylog.ContactRemoved, by)
	})
}

func (t *tx) dropContact(id int64, how dutylog.ChangeHow, by dutylog.Actor) error {
	if _, err := t.changeContact(id, how, "", by); err != nil {
		return err
	}
	return errors.Join(t.exec("DELETE FROM contact_numbers WHERE contact = ?", id), t.exec("DELETE FROM contact_cards WHERE contact = ?", id))
}

// ImportDirectory carries out a plan that was made from the directory as it stands now.
func (db *DB) ImportDirectory(ctx context.Context, plan dutylog.DirectoryPlan, by dutylog.Actor) error {
	return db.write(ctx, "import the directory", func(t *tx) error {
		now, err := directoryRevision(t.sql)
		if err != nil {
			return err
		}
		if now != plan.Revision {
			return &dutylog.DirectoryMovedError{What: "the directory"}
		}
		return t.carryOut(plan, by)
	})
}

// carryOut removes first and parks the names of what changes, so that a name is free for whoever
// gets it.
func (t *tx) carryOut(plan dutylog.DirectoryPlan, by dutylog.Actor) error {
	for _, i := range plan.Items {
		switch i.Kind {
		case dutylog.PlanRemoved:
			if err := t.dropContact(i.Before.ID, dutylog.ContactDropped, by); err != nil {
				return err
			}
		case dutylog.PlanChanged:
			if err := t.exec("UPDATE contact_cards SET name = contact WHERE contact = ?", i.Before.ID); err != nil {
				return err
			}
		}
	}
	for _, kind := range []dutylog.PlanKind{dutylog.PlanChanged, dutylog.PlanAdded} {
		for _, i := range plan.Items {
			if i.Kind != kind {
				continue
			}
			c, err := i.After.Clean()
			if err != nil {
				return err
			}
			if _, err := t.keepContact(c, dutylog.ContactImported, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReplaceDirectory makes the directory hold these contacts and no other ones.
func (db *DB) ReplaceDirectory(ctx context.Context, contacts []dutylog.Contact, by dutylog.Actor) error {
	d, err := db.Directory(ctx)
	if err != nil {
		return err
	}
	plan, err := dutylog.PlanDirectory(d, dutylog.TableOf(contacts), true)
	if err != nil {
		return err
	}
	if plan.Count(dutylog.PlanAdded)+plan.Count(dutylog.PlanChanged)+plan.Count(dutylog.PlanRemoved) == 0 {
		return nil
	}
	return db.ImportDirectory(ctx, plan, by)
}

// ContactChanges lists the changes of a contact, newest first.
func (db *DB) ContactChanges(ctx context.Context, id int64) ([]dutylog.ContactChange, error) {
	rows, err := db.reading(ctx).Query("SELECT id, at, by_login, by_name, by_role, how, body FROM contact_changes WHERE contact = ? ORDER BY id", id)
	var last *dutylog.Contact
	changes, err := all(rows, err, func(row scanner) (ch dutylog.ContactChange, err error) {
		var body string
		if err := row.Scan(&ch.ID, instant{&ch.At}, &ch.By.Login, &ch.By.Name, &ch.By.Role, &ch.How, &body); err != nil {
			return ch, err
		}
		ch.Before, last = last, nil
		if body != "" {
			c, err := decodeContact(id, ch.ID, body)
			if err != nil {
				return ch, err
			}
			ch.After, last = &c, &c
		}
		return ch, nil
	})
	if err == nil && len(changes) == 0 {
		err = noRows(sql.ErrNoRows, "contact", strconv.FormatInt(id, 10))
	}
	slices.Reverse(changes)
	return changes, db.explain("list the changes of a contact", err)
}
