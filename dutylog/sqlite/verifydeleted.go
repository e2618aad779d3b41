package sqlite

import (
	"fmt"

	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

// checkDeleted answers for every recording that a decision took: intact, erased by decision N,
// as long as there is that decision about it.
func (r *verification) checkDeleted() error {
	rows, err := r.db.reader.QueryContext(r.ctx, `SELECT r.call_id, r.status, coalesce(r.decision, 0),
			CASE r.status WHEN ? THEN EXISTS (SELECT 1 FROM deletions d WHERE d.id = r.decision AND d.kind = ? AND d.name = r.call_id)
				ELSE EXISTS (SELECT 1 FROM erasures x JOIN entries e ON e.id = x.subject WHERE x.decision = r.decision AND e.call_id = r.call_id) END
		FROM recordings r WHERE r.status IN (?, ?) ORDER BY r.call_id`,
		string(recorder.Expired), string(recorder.KindRecording), string(recorder.Expired), string(recorder.Erased))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var call, status string
		var decision int64
		var decided bool
		if err := rows.Scan(&call, &status, &decision, &decided); err != nil {
			return err
		}
		object := "deleted recording " + call
		if !decided {
			r.say("deleted recordings", audit.Altered, object, "its row names decision %d, and there is no such decision about it", decision)
			continue
		}
		r.say("deleted recordings", audit.Intact, object, fmt.Sprintf("erased by decision %d", decision))
		r.tally("deleted recordings", func(t *audit.Tally) { t.Erased++ })
	}
	return rows.Err()
}
