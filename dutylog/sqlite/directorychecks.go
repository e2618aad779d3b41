package sqlite

import (
	"context"
	"fmt"
	"slices"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// takeOverDirectory makes, once, contacts with several numbers of the rows of older schemas. The
// rows themselves stay, as the record of their import proves them.
func (db *DB) takeOverDirectory(ctx context.Context) error {
	var done bool
	err := db.reading(ctx).QueryRow("SELECT directory_at IS NOT NULL FROM evidence").Scan(&done)
	if err != nil || done {
		return db.explain("take over the directory", err)
	}
	return db.write(ctx, "take over the directory", func(t *tx) error {
		n, err := t.changed("UPDATE evidence SET directory_at = ? WHERE directory_at IS NULL", micros(t.now))
		if err != nil || n == 0 { // another process was faster
			return err
		}
		rows, err := t.sql.Query("SELECT id, " + contactColumns + " FROM contacts ORDER BY id")
		old, err := all(rows, err, scanOldContact)
		if err != nil {
			return err
		}
		for _, c := range gather(old) {
			if _, err := t.keepContact(c, dutylog.ContactTakenOver, dutylog.SystemActor()); err != nil {
				return fmt.Errorf("contact %s: %w", c.Name(), err)
			}
		}
		return nil
	})
}

func scanOldContact(row scanner) (dutylog.Contact, error) {
	var c dutylog.Contact
	var n telephony.Number
	err := row.Scan(&c.ID, &c.Unit, &c.Person, &c.Title, &n.Raw, &n.E164, &c.Superior, instant{&c.LastConfirmed})
	c.Numbers = []dutylog.ContactPhone{{Kind: dutylog.GuessKind(n), Number: n}}
	return c, err
}

// gather makes one contact of the rows of one unit, person and title. Its id is that of the first
// row: entries that quoted it still name it.
func gather(rows []dutylog.Contact) []dutylog.Contact {
	var all []dutylog.Contact
	at := map[[3]string]int{}
	for _, c := range rows {
		key := [3]string{c.Unit, c.Person, c.Title}
		i, again := at[key]
		if !again {
			at[key] = len(all)
			all = append(all, c)
			continue
		}
		first := &all[i]
		if !slices.Contains(first.Numbers, c.Numbers[0]) {
			first.Numbers = append(first.Numbers, c.Numbers[0])
		}
		first.Superior = first.Superior || c.Superior
		if c.LastConfirmed.After(first.LastConfirmed) {
			first.LastConfirmed = c.LastConfirmed
		}
	}
	return all
}

// checkContacts compares what is shown of the directory with the changes, which are covered: each
// card is its contact's last change, and is found by exactly its numbers.
func (r *verification) checkContacts() error {
	rows, err := r.db.reader.QueryContext(r.ctx, `WITH last AS (SELECT contact, max(id) AS id FROM contact_changes GROUP BY contact),
			stands AS (SELECT h.contact, h.id, h.body FROM last JOIN contact_changes h ON h.id = last.id WHERE h.body <> ''),
			numbers AS (SELECT s.contact, json_extract(n.value, '$.e164') AS e164 FROM stands s, json_each(s.body, '$.numbers') n)
		SELECT s.contact FROM stands s LEFT JOIN contact_cards c ON c.contact = s.contact
			WHERE c.change IS NOT s.id OR c.name IS NOT json_extract(s.body, '$.unit') || char(31) || coalesce(json_extract(s.body, '$.person'), '') || char(31) || coalesce(json_extract(s.body, '$.title'), '')
		UNION SELECT contact FROM contact_cards WHERE contact NOT IN (SELECT contact FROM stands)
		UNION SELECT contact FROM (SELECT contact, e164 FROM numbers EXCEPT SELECT contact, e164 FROM contact_numbers)
		UNION SELECT contact FROM (SELECT contact, e164 FROM contact_numbers EXCEPT SELECT contact, e164 FROM numbers)`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		r.say(string(audit.Contact), audit.Altered, fmt.Sprintf("contact %d", id), "what is shown is not its last change")
	}
	return rows.Err()
}
