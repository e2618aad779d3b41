package dutylog

import (
	"context"
	"time"

	"dutyline/telephony"
)

// Contact is one row of the directory 通讯录: a person or post and one number.
type Contact struct {
	ID            int64
	Unit          string
	Person        string
	Title         string
	Number        telephony.Number
	Superior      bool // a superior duty room
	LastConfirmed time.Time
}

// DirectoryStore keeps the directory.
type DirectoryStore interface {
	// ReplaceDirectory swaps the whole directory for these rows, in one transaction.
	ReplaceDirectory(ctx context.Context, rows []Contact) error
	Contacts(ctx context.Context) ([]Contact, error)
	// Candidates finds the rows whose normalized number is n's.
	Candidates(ctx context.Context, n telephony.Number) ([]Contact, error)
}
