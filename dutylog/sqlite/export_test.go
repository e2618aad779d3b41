package sqlite

// ExecOnWriter runs a statement on the writing connection, for tests of what SQLite itself
// refuses (a full disk, a change of history).
func (db *DB) ExecOnWriter(statement string) error {
	_, err := db.writer.Exec(statement)
	return err
}

// PlanOf is how SQLite would run a query.
func (db *DB) PlanOf(query string, args ...any) (string, error) {
	rows, err := db.reader.Query("EXPLAIN QUERY PLAN "+query, args...)
	steps, err := all(rows, err, func(row scanner) (string, error) {
		var id, parent, unused int
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		return step, err
	})
	plan := ""
	for _, s := range steps {
		plan += s + "\n"
	}
	return plan, err
}

// Settings reads a pragma on the writer and on so many readers at the same time.
func (db *DB) Settings(pragma string, readers int) (writer string, others []string, err error) {
	if err = db.writer.QueryRow("PRAGMA " + pragma).Scan(&writer); err != nil {
		return "", nil, err
	}
	for range readers {
		tx, err := db.reader.Begin() // holds its connection until the end
		if err != nil {
			return "", nil, err
		}
		defer tx.Rollback()
		var value string
		if err := tx.QueryRow("PRAGMA " + pragma).Scan(&value); err != nil {
			return "", nil, err
		}
		others = append(others, value)
	}
	return writer, others, nil
}

// CoverQueries are the queries with which verification compares records and rows.
func CoverQueries() (all []string) {
	for _, c := range covers {
		all = append(all, c.chunkQuery())
	}
	return all
}
