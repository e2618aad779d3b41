package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// A call that runs is covered by the entry that it opened in the same transaction, whose first
// revision has its record; one that opens none (a test, our own alert call) by a record of its
// own from its first moment, and so is every call that ended. What only stands in the table was
// put there by somebody else: it is not taken up after a start, or the daemon itself would
// settle it and write it into the evidence.

// Why nothing vouches for a call.
const (
	nothingOpened = "it is running by the table, but nothing was opened by it"
	notRecorded   = "no record covers it"
	otherRecorded = "its row is not the one that was recorded"
)

// Remainder implements dutylog.CallStore.
func (db *DB) Remainder(ctx context.Context, since time.Time) (l dutylog.Remainder, err error) {
	if l.Running, l.Doubtful, err = db.vouched(ctx, "ended_at IS NULL ORDER BY offered_at, id"); err != nil {
		return dutylog.Remainder{}, db.explain("list running calls", err)
	}
	unsettled, doubtful, err := db.vouched(ctx, "settled_by = '' AND ended_at >= ? ORDER BY ended_at, id", plainMicros(since))
	l.Unsettled, l.Doubtful = unsettled, append(l.Doubtful, doubtful...)
	return l, db.explain("list calls that are not settled", err)
}

// vouched divides calls into those that the evidence vouches for and the others.
func (db *DB) vouched(ctx context.Context, where string, args ...any) (good []telephony.Call, doubtful []dutylog.DoubtfulCall, err error) {
	s := db.reading(ctx)
	rows, err := s.Query("SELECT "+callColumns+" FROM calls WHERE "+where, args...)
	type readCall struct {
		keptCall
		broken error
	}
	calls, err := all(rows, err, func(row scanner) (k readCall, _ error) {
		k.broken = row.Scan(k.targets()...) // the id comes first; one row that was spoilt must not keep the daemon from starting
		return k, nil
	})
	if err != nil {
		return nil, nil, err
	}
	good = []telephony.Call{}
	for _, k := range calls {
		if k.broken != nil {
			doubtful = append(doubtful, dutylog.DoubtfulCall{ID: k.ID, Why: fmt.Sprintf("its row cannot be read: %v", k.broken)})
			continue
		}
		why, err := whyDoubtful(s, k.keptCall)
		if err != nil {
			return nil, nil, err
		}
		if why == "" {
			good = append(good, k.Call)
		} else {
			doubtful = append(doubtful, dutylog.DoubtfulCall{ID: k.ID, Why: why})
		}
	}
	return good, doubtful, nil
}

// whyDoubtful says why nothing vouches for a call; empty when something does.
func whyDoubtful(s source, k keptCall) (string, error) {
	recorded, fits, err := newestFits(s, audit.Call, k.ID)
	switch {
	case err != nil:
		return "", err
	case recorded && !fits:
		return otherRecorded, nil
	case recorded:
		return "", nil
	case k.Ended():
		return notRecorded, nil
	}
	var entry string
	err = s.QueryRow("SELECT id FROM entries WHERE id = ? AND call_id = ?", k.entryID, k.ID).Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) {
		return nothingOpened, nil
	}
	if err != nil {
		return "", err
	}
	if _, fits, err = newestFits(s, audit.Revision, revisionSubject(entry, 1)); err != nil || fits {
		return "", err
	}
	return nothingOpened, nil
}

// newestFits compares a row with the newest record about it.
func newestFits(s source, kind audit.Kind, subject string) (recorded, fits bool, err error) {
	var salt, commitment []byte
	err = s.QueryRow("SELECT salt, commitment FROM records WHERE kind = ? AND subject = ? ORDER BY idx DESC LIMIT 1", string(kind), subject).Scan(&salt, &commitment)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	read := rowOf[kind]
	values, targets := scanTargets(len(read.names))
	err = s.QueryRow(read.query, subject).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return true, false, nil
	}
	sum := audit.Commit(salt, audit.Content(read.names, values))
	return true, err == nil && salt != nil && bytes.Equal(sum[:], commitment), err
}

// checkRunning names the calls that run by the table and opened nothing. Those of which a record
// is missing are named with the rows of their kind.
func (r *verification) checkRunning() error {
	rows, err := r.db.reader.QueryContext(r.ctx, `SELECT c.id, c.said_tags, c.entry_id = '', EXISTS (SELECT 1 FROM entries e
			WHERE e.id = c.entry_id AND e.call_id = c.id AND EXISTS (SELECT 1 FROM records x WHERE x.kind = ? AND x.subject = e.id || '/1'))
		FROM calls c WHERE c.ended_at IS NULL`, string(audit.Revision))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, tags string
		var without, opened bool
		if err := rows.Scan(&id, &tags, &without, &opened); err != nil {
			return err
		}
		var call telephony.Call
		_ = json.Unmarshal([]byte(tags), &call.Tags) // what is not readable tags nothing
		switch needed := !without || dutylog.OpensEntry(call); {
		case !needed: // its own record vouches for it
		case opened:
			r.say("running calls", audit.Intact, "running call "+id, "")
		default:
			r.say("running calls", audit.Altered, "running call "+id, "%s", fmt.Sprintf("%s: it was added behind the log's back", nothingOpened))
		}
	}
	return rows.Err()
}
