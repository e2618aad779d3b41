package sqlite

import (
	"context"
	"errors"
	"slices"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// Dealings implements dutylog.DealingsStore.
func (db *DB) Dealings(ctx context.Context, entryID string) (d dutylog.Dealings, err error) {
	s := db.reading(ctx)
	own, err := readEntry(s, entryID)
	if err != nil {
		return d, db.explain("read an entry", err)
	}
	calls, err := callsWith(s, own.Number, own.CallAt, own.CallID, dutylog.MostPastCalls())
	if err != nil {
		return d, db.explain("list the calls with a number", err)
	}
	for _, c := range calls {
		past := dutylog.PastCall{Call: c}
		if c.EntryID != "" {
			e, err := readEntry(s, c.EntryID)
			if err != nil && !errors.Is(err, dutylog.ErrNotFound) {
				return d, db.explain("read an entry", err)
			}
			if err == nil {
				past.Entry = &e
			}
		}
		d.Calls = append(d.Calls, past)
	}
	open, _, err := db.Entries(ctx, dutylog.EntryQuery{Handling: dutylog.Pending, Limit: mostServed})
	d.Open = dutylog.Concerns(own, open)
	return d, err
}

// callsWith lists the last calls from and to a number that were offered before a moment, newest first;
// none for a number that was not given or is not known in its normal form.
func callsWith(s source, n telephony.Number, before time.Time, besides string, most int) ([]dutylog.Call, error) {
	if n.E164 == "" {
		return nil, nil
	}
	var found []dutylog.Call
	for _, condition := range []string{"c.caller_e164 = ? AND c.direction = 'in'", "c.called_e164 = ? AND c.direction = 'out'"} {
		rows, err := s.Query(callSelect+" WHERE "+condition+" AND c.offered_at <= ? AND c.id <> ? ORDER BY c.offered_at DESC LIMIT ?", n.E164, plainMicros(before), besides, most)
		some, err := all(rows, err, scanCall)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(a, b dutylog.Call) int { return b.OfferedAt.Compare(a.OfferedAt) })
	return found[:min(len(found), most)], nil
}
