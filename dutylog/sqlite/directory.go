package sqlite

import (
	"context"

	"dutyline/dutylog"
	"dutyline/telephony"
)

const contactColumns = "unit, person, title, number, e164, superior, last_confirmed"

// ReplaceDirectory swaps the whole directory for these rows. Entries keep the candidates
// that they were offered when their call came.
func (db *DB) ReplaceDirectory(ctx context.Context, rows []dutylog.Contact) error {
	return db.write(ctx, "import the directory", func(t *tx) error {
		if err := t.exec("DELETE FROM contacts"); err != nil {
			return err
		}
		insert, err := t.sql.Prepare("INSERT INTO contacts (" + contactColumns + ") VALUES (" + marks(contactColumns) + ")")
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, c := range rows {
			if _, err := insert.Exec(c.Unit, c.Person, c.Title, c.Number.Raw, c.Number.E164, c.Superior, micros(c.LastConfirmed)); err != nil {
				return err
			}
		}
		return t.proveTable(directorySubject)
	})
}

// Contacts lists the directory in the order in which it was imported.
func (db *DB) Contacts(ctx context.Context) ([]dutylog.Contact, error) {
	rows, err := db.reading(ctx).Query("SELECT id, " + contactColumns + " FROM contacts ORDER BY id")
	contacts, err := all(rows, err, scanContact)
	return contacts, db.explain("list the directory", err)
}

// Candidates finds the rows whose normalized number is n's; a withheld number has none.
func (db *DB) Candidates(ctx context.Context, n telephony.Number) ([]dutylog.Contact, error) {
	found, err := candidates(db.reading(ctx), n)
	return found, db.explain("look into the directory", err)
}

func candidates(s source, n telephony.Number) ([]dutylog.Contact, error) {
	if n.E164 == "" {
		return []dutylog.Contact{}, nil
	}
	rows, err := s.Query("SELECT id, "+contactColumns+" FROM contacts WHERE e164 = "+aText+" ORDER BY id", n.E164)
	return all(rows, err, scanContact)
}

func scanContact(row scanner) (dutylog.Contact, error) {
	var c dutylog.Contact
	err := row.Scan(&c.ID, &c.Unit, &c.Person, &c.Title, &c.Number.Raw, &c.Number.E164, &c.Superior, instant{&c.LastConfirmed})
	return c, err
}
