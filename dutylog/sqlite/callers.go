package sqlite

import (
	"context"
	"time"

	"dutyline/telephony"
)

// CallsFrom lists the calls that came from a number to a line and were offered in [from, to),
// in no order; none for a number that was not given.
func (db *DB) CallsFrom(ctx context.Context, line string, n telephony.Number, from, to time.Time) ([]telephony.Call, error) {
	calls, err := callsFrom(db.glancing(ctx), line, n, from, to)
	return calls, db.explain("list the calls of a number", err)
}

func callsFrom(s source, line string, n telephony.Number, from, to time.Time) ([]telephony.Call, error) {
	if n.Withheld() {
		return nil, nil
	}
	condition, number := "c.caller_e164 = "+aText, n.E164
	if number == "" {
		condition, number = "c.caller_e164 = '' AND c.caller = "+aText, n.Raw
	}
	rows, err := s.Query(callSelect+" WHERE "+condition+" AND c.line = "+aText+" AND c.direction = 'in' AND c.offered_at >= ? AND c.offered_at < ?",
		number, line, plainMicros(from), plainMicros(to))
	kept, err := all(rows, err, scanCall)
	if err != nil {
		return nil, err
	}
	calls := make([]telephony.Call, len(kept))
	for i, k := range kept {
		calls[i] = k.Call
	}
	return calls, nil
}

// Listed reports whether a number is in the directory.
func (db *DB) Listed(ctx context.Context, n telephony.Number) (bool, error) {
	found, err := db.Candidates(ctx, n)
	return len(found) > 0, err
}
