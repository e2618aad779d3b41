package sqlite

import (
	"fmt"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// judge raises what a change is worth telling, in the transaction that records it. Before and after
// are the call as the log had it and has it now.
func (t *tx) judge(ch telephony.Change, before, after telephony.Call, judge alerts.Judge) error {
	late := ch.Kind == telephony.CallSettled
	switch {
	case late && !alerts.News(before, after), ch.Call != nil && !late && before.SettledBy == telephony.SettledByJournal:
		return nil // everything that is to be told of it was told
	case late:
		ch.Call = &after
	}
	list, err := judge(ch, txView{t})
	if err != nil {
		return fmt.Errorf("judge a change %q: %w", ch.Kind, err)
	}
	for _, a := range list {
		switch {
		case late && len(a.Ends) > 0: // the live view may have dated what it did not see to its end later than the journal does
			a.At = laterOf(a.At, t.now)
		case late:
			a.FoundAt = t.now
		}
		if err := t.raise(a); err != nil {
			return fmt.Errorf("alert %s: %w", a.Key, err)
		}
	}
	return nil
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// txView is the log as the rules ask it, with what this transaction has written so far.
type txView struct{ t *tx }

// Listed implements alerts.View.
func (v txView) Listed(n telephony.Number) (bool, error) {
	found, err := candidates(v.t.sql, n)
	return len(found) > 0, err
}

// CallsFrom implements alerts.View.
func (v txView) CallsFrom(line string, n telephony.Number, from, to time.Time) ([]telephony.Call, error) {
	return callsFrom(v.t.sql, line, n, from, to)
}
