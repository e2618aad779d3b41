package sqlite

import (
	"context"
	"encoding/json"

	"dutyline/dutylog"
)

// CountedReviews implements dutylog.AnsweringStore.
func (db *DB) CountedReviews(ctx context.Context, calls []string) (map[string]dutylog.CountedReview, error) {
	ids, err := json.Marshal(calls)
	if err != nil {
		return nil, err
	}
	type row struct {
		id string
		r  dutylog.CountedReview
	}
	rows, err := db.reading(ctx).Query("SELECT c.id, "+officerOf+", "+reviewOf+" FROM json_each(?) i JOIN calls c ON c.id = i.value LEFT JOIN entries e ON e.call_id = c.id", string(ids))
	list, err := all(rows, err, func(s scanner) (x row, err error) { return x, s.Scan(&x.id, &x.r.Officer, &x.r.Result) })
	found := map[string]dutylog.CountedReview{}
	for _, x := range list {
		found[x.id] = x.r
	}
	return found, db.explain("read what reviews made of calls", err)
}
