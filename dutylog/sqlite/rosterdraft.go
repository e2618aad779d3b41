package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"dutyline/dutylog"
)

const draftColumns = "month, revision, at, by_login, by_name, by_role, shifts"

// Draft implements dutylog.RosterStore.
func (db *DB) Draft(ctx context.Context, m dutylog.Month) (dutylog.RosterDraft, error) {
	d, err := draftOf(db.reading(ctx), m)
	return d, db.explain("read a draft of the roster", noRows(err, "draft", string(m)))
}

func draftOf(s source, m dutylog.Month) (d dutylog.RosterDraft, err error) {
	err = s.QueryRow("SELECT "+draftColumns+" FROM roster_drafts WHERE month = ?", string(m)).
		Scan(&d.Month, &d.Revision, instant{&d.At}, &d.By.Login, &d.By.Name, &d.By.Role, fromJSON[dutylog.Shift]{&d.Shifts})
	return d, err
}

// wantDraft is the draft that a person saw; one that is not there has revision 0.
func wantDraft(s source, m dutylog.Month, revision int) (dutylog.RosterDraft, error) {
	d, err := draftOf(s, m)
	if errors.Is(err, sql.ErrNoRows) {
		d, err = dutylog.RosterDraft{Month: m}, nil
	}
	if err == nil && d.Revision != revision {
		err = &dutylog.StaleDraftError{Have: d.Revision, Want: revision}
	}
	return d, err
}

// SaveDraft implements dutylog.RosterStore.
func (db *DB) SaveDraft(ctx context.Context, d dutylog.RosterDraft, by dutylog.Actor) (dutylog.RosterDraft, error) {
	d, err := d.Check(db.options.Location)
	if err != nil {
		return d, err
	}
	err = db.write(ctx, "save a draft of the roster", func(t *tx) error {
		if _, err := wantDraft(t.sql, d.Month, d.Revision); err != nil {
			return err
		}
		if d.Revision == 0 { // no revision comes twice: who still sees a draft that was published does not save over the next one
			if err := t.sql.QueryRow("SELECT COUNT(*) FROM roster_changes WHERE kind = 'draft' AND subject = ?", string(d.Month)).Scan(&d.Revision); err != nil {
				return err
			}
		}
		d.At, d.By = t.now, by
		if err := t.exec("DELETE FROM roster_drafts WHERE month = ?", string(d.Month)); err != nil {
			return err
		}
		if err := t.exec("INSERT INTO roster_drafts ("+draftColumns+") VALUES ("+marks(draftColumns)+")",
			string(d.Month), d.Revision+1, micros(d.At), by.Login, by.Name, string(by.Role), asJSON(d.Shifts)); err != nil {
			return err
		}
		if err := t.proveTable(draftsSubject); err != nil {
			return err
		}
		return t.keepRosterChange(&dutylog.RosterChange{Kind: dutylog.RosterDrafted, By: by, Subject: string(d.Month), After: d.Shifts})
	})
	if err == nil {
		d.Revision++
	}
	return d, err
}

// DropDraft implements dutylog.RosterStore.
func (db *DB) DropDraft(ctx context.Context, m dutylog.Month, by dutylog.Actor) error {
	return db.write(ctx, "drop a draft of the roster", func(t *tx) error {
		d, err := draftOf(t.sql, m)
		if err != nil {
			return noRows(err, "draft", string(m))
		}
		if err := t.removeDraft(m); err != nil {
			return err
		}
		return t.keepRosterChange(&dutylog.RosterChange{Kind: dutylog.RosterDrafted, By: by, Subject: string(m), Before: d.Shifts})
	})
}

func (t *tx) removeDraft(m dutylog.Month) error {
	if err := t.exec("DELETE FROM roster_drafts WHERE month = ?", string(m)); err != nil {
		return err
	}
	return t.proveTable(draftsSubject)
}

// PublishDraft implements dutylog.RosterStore.
func (db *DB) PublishDraft(ctx context.Context, m dutylog.Month, revision int, reason, takeOn string, by dutylog.Actor) (c dutylog.RosterChange, err error) {
	if reason, err = dutylog.CleanNote("reason", reason); err != nil {
		return c, err
	}
	err = db.write(ctx, "publish the roster", func(t *tx) error {
		d, err := wantDraft(t.sql, m, revision)
		if err != nil {
			return err
		}
		if d.Revision == 0 {
			return dutylog.ErrNotFound
		}
		from, to := m.Span(db.options.Location)
		around, err := shiftsTouching(t.sql, from.Add(-dutylog.LongestShift), to.Add(dutylog.LongestShift))
		if err != nil {
			return err
		}
		people, err := rosterPeople(t.sql)
		if err != nil {
			return err
		}
		after := dutylog.Replace(around, d.Shifts, from, to)
		bad, typed := dutylog.JudgeRoster(around, after, people, *db.options.Roster, from, to, t.now), reason
		if bad, reason, err = t.takeOn(bad, d.Shifts, reason, takeOn, by); err != nil {
			return err
		}
		if len(bad) > 0 {
			return &dutylog.RosterError{Findings: bad}
		}
		if err := dutylog.CheckReason(around, after, typed); err != nil {
			return err
		}
		was, err := shiftsBeginning(t.sql, from, to)
		if err != nil {
			return err
		}
		if err := t.removeShifts(was); err != nil {
			return err
		}
		if err := t.removeDraft(m); err != nil {
			return err
		}
		c = dutylog.RosterChange{Kind: dutylog.RosterPublished, By: by, Subject: string(m), Reason: reason, Before: was, After: d.Shifts}
		return t.putShifts(d.Shifts, &c)
	})
	return c, err
}
