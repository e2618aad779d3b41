package sqlite

import (
	"errors"
	"fmt"

	"dutyline/dutylog/audit"
)

// schema makes sure that this program knows what the tables mean, and says their version.
func (v *Verifier) schema(s source) (have int64, err error) {
	if err := s.QueryRow("SELECT coalesce((SELECT max(version_id) FROM goose_db_version WHERE is_applied), 0)").Scan(&have); err != nil {
		return 0, err
	}
	switch know := SchemaVersion(); {
	case have > know:
		return have, &newerError{have: have, know: know}
	case have <= 0:
		return have, errors.New("it does not say by which version its tables were made: restore a backup with \"dutyline restore DIR --config FILE\"")
	case have < know:
		return have, &olderError{have: have, know: know}
	}
	return have, nil
}

// checkFile lets SQLite compare its tables with their indexes: a row that is found by one way
// and not by the other would be seen by some and not by others, this program among them.
func (r *verification) checkFile() error {
	rows, err := r.db.reader.QueryContext(r.ctx, "PRAGMA integrity_check(50)")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line == "ok" {
			r.say("file", audit.Intact, "tables and indexes", "")
			continue
		}
		r.say("file", audit.Altered, "tables and indexes", "%s", fmt.Sprintf("SQLite finds: %s", line))
	}
	return rows.Err()
}
