package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// movedReviews are calls of which something was said about another officer than the one whom they concern now.
const movedReviews = "SELECT DISTINCT f.call_id FROM review_facts f LEFT JOIN entries e ON e.call_id = f.call_id WHERE NOT same_name(f.officer, " + officerOf + ")"

// officerNow is whom the call of an entry concerns, as it is kept; known is false for an entry that is not kept yet.
func (t *tx) officerNow(entryID string) (officer string, known bool, err error) {
	err = t.sql.QueryRow("SELECT "+officerOf+" FROM entries e WHERE e.id = ?", entryID).Scan(&officer)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return officer, true, err
}

// followOfficer opens the review of an entry's call again for the officer whom the entry names now, where it named
// another one before.
func (t *tx) followOfficer(e dutylog.Entry, before string, known bool) error {
	if !known || e.CallID == "" {
		return nil
	}
	now, _, err := t.officerNow(e.ID)
	if err != nil || dutylog.SameName(before, now) {
		return err
	}
	return t.reopenReview(e.CallID)
}

// followVerdict does the same where a call turned out to be one that is reviewed, after its officer had been named.
func (t *tx) followVerdict(before, after telephony.Call) error {
	if !before.Ended() || dutylog.WantsReview(before) || !dutylog.WantsReview(after) {
		return nil
	}
	return t.reopenReview(after.ID)
}

// reopenReview works out anew what the facts of a call come to, for the officer whom it concerns now, and since when.
func (t *tx) reopenReview(callID string) error {
	c, err := readReviewCase(t.sql, callID)
	if err != nil || !dutylog.WantsReview(c.Call.Call) && len(c.Facts) == 0 {
		return err
	}
	since := c.Since
	if c.Since, err = officerSince(t.sql, c); err != nil || len(c.Facts) == 0 && c.Since.Equal(since) {
		return err
	}
	return t.keepReview(c.Folded())
}

// officerSince is when the officer whom a call concerns was first named; zero: before it was over.
func officerSince(s source, c dutylog.ReviewCase) (since time.Time, err error) {
	rows, err := s.Query("SELECT e.at, "+officerOf+" FROM revisions e JOIN entries x ON x.id = e.entry_id WHERE x.call_id = ? ORDER BY e.revision", c.Call.ID)
	type named struct {
		at   time.Time
		name string
	}
	all, err := all(rows, err, func(row scanner) (n named, err error) { return n, row.Scan(instant{&n.at}, &n.name) })
	for _, n := range all {
		if !dutylog.SameName(n.name, c.Officer) {
			continue
		}
		if n.at.After(c.Call.EndedAt) {
			return n.at, err
		}
		break
	}
	return time.Time{}, err
}

// reopenMoved does what followOfficer would have done in a log that an older program kept.
func (db *DB) reopenMoved(ctx context.Context) error {
	ids, err := db.staleReviews(db.reading(ctx))
	if err != nil || len(ids) == 0 {
		return db.explain("look for reviews of another officer", err)
	}
	return db.write(ctx, "open reviews again for whom they concern", func(t *tx) error {
		ids, err := db.staleReviews(t.sql) // another process may have been faster
		for _, id := range ids {
			if err == nil {
				err = t.reopenReview(id)
			}
		}
		return err
	})
}

// staleReviews are calls of which the kept result is not what their facts come to.
func (db *DB) staleReviews(s source) (stale []string, err error) {
	rows, err := s.Query(movedReviews)
	ids, err := all(rows, err, func(row scanner) (id string, err error) { return id, row.Scan(&id) })
	for _, id := range ids {
		c, err := readReviewCase(s, id)
		if err != nil {
			return nil, err
		}
		var result dutylog.ReviewResult
		var explained bool
		if err := s.QueryRow("SELECT result, explained FROM call_reviews WHERE call_id = ?", id).Scan(&result, &explained); err != nil {
			return nil, err
		}
		if r := c.Folded(); result != r.Result().Counted() || explained != (r.Explained != nil) {
			stale = append(stale, id)
		}
	}
	return stale, err
}
