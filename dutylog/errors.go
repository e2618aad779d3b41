package dutylog

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound says that the log has no such thing.
var ErrNotFound = errors.New("not in the duty log")

// StaleError says that somebody else changed the entry first; Current is what stands now.
type StaleError struct{ Current Entry }

func (e *StaleError) Error() string {
	by := e.Current.WrittenBy
	if by == "" || e.Current.BySystem {
		by = "the system"
	}
	return fmt.Sprintf("entry %s was changed by %s meanwhile (revision %d): take over the current text and save again",
		e.Current.ID, by, e.Current.Revision)
}

// WrittenError says that the key of a draft is that of an entry which says something else; Current is what stands of it.
type WrittenError struct{ Current Entry }

func (e *WrittenError) Error() string {
	return fmt.Sprintf("entry %s was opened with the same key before, and its text is another: open it and correct it there; nothing of this one was kept",
		e.Current.EntryNumber)
}

// IncompleteError names the required values that an entry still lacks.
type IncompleteError struct {
	EntryID string
	Missing []Field
}

func (e *IncompleteError) Error() string {
	names := make([]string, len(e.Missing))
	for i, f := range e.Missing {
		names[i] = string(f)
	}
	return fmt.Sprintf("entry %s cannot be completed: fill in %s, or say why it is not given", e.EntryID, strings.Join(names, ", "))
}

// InvalidError says what is wrong with a value and what to do about it.
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// ErrExists says that the log has such a thing already.
var ErrExists = errors.New("already in the duty log")

// ErrLastAdmin says that the last administrator who is still enabled was to be disabled.
var ErrLastAdmin = errors.New("this is the last enabled administrator: add another one first (dutyline user add --role admin)")

// ErrFeedGone says that the feed does not reach back to where a reader wants to resume, or
// never got there: read everything anew and go on from LastSeq.
var ErrFeedGone = errors.New("the feed was cut meanwhile: start again from what stands now")

// ErrDamaged says that the file of the log is not sound: some of it cannot be read or written
// any more, and only a backup can mend that.
var ErrDamaged = errors.New("the file is damaged")
