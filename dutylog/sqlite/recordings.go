package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
	"dutyline/telephony"
)

const recordingColumns = "call_id, status, reason, path, digest, size, duration_us, talk_us, caller_db, officer_db, " +
	"findings, sealed_at, removed_at, attempts, next_try, file_digest, file_size, decision"

var (
	insertRecording = "INSERT INTO recordings (" + recordingColumns + ") VALUES (" + marks(recordingColumns) + ")"
	// What a decision took does not come back by a try that was under way.
	saveRecording = insertRecording + " ON CONFLICT (call_id) DO UPDATE SET " + overwrite(recordingColumns) + " WHERE status NOT IN ('expired', 'erased')"
)

func recordingValues(r recorder.Recording) []any {
	return []any{r.CallID, string(r.Status), r.Reason, r.Path, string(r.Digest), r.Size, r.Duration.Microseconds(), r.Talk.Microseconds(),
		level(r.CallerDB), level(r.OfficerDB), list(r.Findings), micros(r.SealedAt), micros(r.RemovedAt), int64(r.Attempts), micros(r.NextTry), string(r.FileDigest), some(r.FileSize), some(r.Decision)}
}

// some is NULL for zero: a number that there is not.
func some(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// level keeps what SQLite would turn into NULL or refuse out of the row.
func level(db float64) any {
	if math.IsNaN(db) || math.IsInf(db, 0) {
		return nil
	}
	return db
}

func (m *maybeRecording) targets() []any {
	return []any{&m.callID, &m.status, &m.reason, &m.path, &m.digest, &m.size, &m.duration, &m.talk, &m.caller, &m.officer,
		&m.findings, instant{&m.r.SealedAt}, instant{&m.r.RemovedAt}, &m.attempts, instant{&m.r.NextTry}, &m.fileDigest, &m.fileSize, &m.decision}
}

// recording is the zero value when the call has none.
func (m *maybeRecording) recording() recorder.Recording {
	if !m.callID.Valid {
		return recorder.Recording{}
	}
	r := m.r
	r.CallID, r.Status, r.Reason, r.Path = m.callID.String, recorder.Status(m.status.String), m.reason.String, m.path.String
	r.Decision = m.decision.Int64
	r.FileDigest, r.FileSize = recorder.Digest(m.fileDigest.String), m.fileSize.Int64
	r.Digest, r.Size, r.Attempts = recorder.Digest(m.digest.String), m.size.Int64, int(m.attempts.Int64)
	r.Duration, r.Talk = time.Duration(m.duration.Int64)*time.Microsecond, time.Duration(m.talk.Int64)*time.Microsecond
	r.CallerDB, r.OfficerDB = m.caller.Float64, m.officer.Float64
	if err := (words[telephony.Finding]{&r.Findings}).Scan(m.findings.String); err != nil {
		r.Findings = nil // written by list alone; an unreadable one must not hide the call
	}
	return r
}

func scanRecording(row scanner) (recorder.Recording, error) {
	var m maybeRecording
	err := row.Scan(m.targets()...)
	return m.recording(), err
}

// openRecording writes the first row of an ended call's recording; later it changes by
// SaveRecording only.
func (t *tx) openRecording(c telephony.Call) error {
	t.due = true
	if err := t.giveUpEarlier(c.ID); err != nil {
		return err
	}
	return t.exec(insertRecording+" ON CONFLICT (call_id) DO NOTHING", recordingValues(recorder.ForCall(c, t.now))...)
}

// DueRecordings lists the recordings whose next try is not after now, the longest due first.
func (db *DB) DueRecordings(ctx context.Context, now time.Time) ([]recorder.Recording, error) {
	rows, err := db.glancing(ctx).Query("SELECT call_id, attempts, next_try FROM recordings WHERE next_try <= ? ORDER BY next_try, call_id LIMIT 500", micros(now))
	due, err := all(rows, err, func(row scanner) (r recorder.Recording, err error) {
		err = row.Scan(&r.CallID, &r.Attempts, instant{&r.NextTry})
		return r, err
	})
	return due, db.explain("list due recordings", err)
}

// NextRecording is the earliest next try; zero when nothing waits.
func (db *DB) NextRecording(ctx context.Context) (time.Time, error) {
	var next time.Time
	err := db.glancing(ctx).QueryRow("SELECT min(next_try) FROM recordings WHERE next_try IS NOT NULL").Scan(instant{&next})
	return next, db.explain("read the next recording", err)
}

// Of calls to which the switch gave one id, only the last can have the files of that name.
const (
	overwritten = "the switch gave the id of this call to a later one as well, and wrote that one's recording in place of this one's: set the switch's clock right, it makes ids of it"
	notIts      = "the switch gave this call the id of another one, whose recording it is: set the switch's clock right, it makes ids of it"
)

// giveUpEarlier settles what still waits for a recording that a later call of the same id overwrote.
func (t *tx) giveUpEarlier(callID string) error {
	id, _, again := strings.Cut(callID, recorder.AgainMark)
	if !again {
		return nil
	}
	rows, err := t.sql.Query("SELECT "+recordingColumns+" FROM recordings WHERE status = ? AND call_id <> ? AND (call_id = ? OR call_id > ? AND call_id < ?)",
		string(recorder.Pending), callID, id, id+recorder.AgainMark, id+recorder.AgainMark+":")
	waiting, err := all(rows, err, scanRecording)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := t.exec(saveRecording, recordingValues(lost(r, overwritten))...); err != nil {
			return err
		}
	}
	return nil
}

// lost is a recording that there is not, and why.
func lost(r recorder.Recording, why string) recorder.Recording {
	r.Status, r.Reason, r.NextTry = recorder.Missing, why, time.Time{}
	r.Findings = []telephony.Finding{telephony.RecordingMissing}
	return r
}

// anothers reports whether the same sound is sealed as that of another call of this id.
func (t *tx) anothers(r recorder.Recording) (bool, error) {
	if r.Status != recorder.Sealed || r.Digest == "" {
		return false, nil
	}
	id, _, _ := strings.Cut(r.CallID, recorder.AgainMark)
	var n int
	err := t.sql.QueryRow("SELECT count(*) FROM recordings WHERE (call_id = ? OR call_id > ? AND call_id < ?) AND call_id <> ? AND digest = ? AND status = ?",
		id, id+recorder.AgainMark, id+recorder.AgainMark+":", r.CallID, string(r.Digest), string(recorder.Sealed)).Scan(&n)
	return n > 0, err
}

// SaveRecording writes the row of a call that is in the log, and announces the call's change
// when the API shows something else now.
func (db *DB) SaveRecording(ctx context.Context, r recorder.Recording) error {
	return db.writeSoon(ctx, "save a recording", func(t *tx) error {
		var line string
		if err := t.sql.QueryRow("SELECT line FROM calls WHERE id = ?", r.CallID).Scan(&line); err != nil {
			return noRows(err, "call", r.CallID)
		}
		before, err := scanRecording(t.sql.QueryRow("SELECT "+recordingColumns+" FROM recordings WHERE call_id = ?", r.CallID))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r := r // the write may be done twice
		if twice, err := t.anothers(r); err != nil {
			return err
		} else if twice {
			r = lost(r, notIts)
			r.Digest, r.Size, r.Duration, r.SealedAt, r.FileDigest, r.FileSize = "", 0, 0, time.Time{}, "", 0
		}
		if before.Talk > 0 && r.Talk == 0 { // the call proved to have been answered while the collector looked
			if r.Talk = before.Talk; r.Status == recorder.None {
				r = r.LookedAtTooSoon(before.Talk)
			}
		}
		if err := t.exec(saveRecording, recordingValues(r)...); err != nil {
			return err
		}
		t.due = t.due || before.NextTry.IsZero() && !r.NextTry.IsZero()
		t.countRecording(line, before, r)
		if !sameEvidence(before, r) {
			if err := t.proveRow(audit.Recording, r.CallID); err != nil {
				return err
			}
		}
		if before.Status == r.Status && before.Reason == r.Reason && before.Digest == r.Digest && before.Duration == r.Duration && slices.Equal(before.Findings, r.Findings) {
			return nil
		}
		return t.publish(dutylog.TopicCall, r.CallID, line, nil)
	})
}

// sameEvidence reports whether nothing that is proved of a recording changed. What was never
// sealed is no evidence, and tries in vain are none either.
func sameEvidence(before, after recorder.Recording) bool {
	sealed := func(r recorder.Recording) bool { return !r.SealedAt.IsZero() || r.Status == recorder.Sealed }
	if !sealed(after) && !sealed(before) {
		return true
	}
	before.Attempts, before.NextTry = after.Attempts, after.NextTry
	return slices.Equal(recordingValues(before), recordingValues(after))
}

// Recording reads one row; recorder.ErrNoRecording when the call has none.
func (db *DB) Recording(ctx context.Context, callID string) (recorder.Recording, error) {
	r, err := scanRecording(db.glancing(ctx).QueryRow("SELECT "+recordingColumns+" FROM recordings WHERE call_id = ?", callID))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("call %q: %w", callID, recorder.ErrNoRecording)
	}
	return r, db.explain("read a recording", err)
}
