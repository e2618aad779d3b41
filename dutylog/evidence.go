package dutylog

import (
	"context"
	"time"
)

// Access is one look at, or copy of, something that not everybody may see.
type Access struct {
	By      Actor
	What    string // the permission that was used, for instance "entry.see"
	Object  string // the id of the entry or call
	Address string // of the person's computer; empty at the machine itself
	At      time.Time
}

// What commands take, beside the permissions of the page.
const (
	TookExhibit = "exhibit.make" // of an entry
	TookBackup  = "backup.make"  // the object is the backup's path: of the folder and the generation
)

// BeganAnew is what the system itself notes when a log begins beside what an earlier one left; the
// object says what that was.
const BeganAnew = "log.begin"

// AccessAgain is for how long the same person's further looks at the same thing are the same access.
const AccessAgain = 10 * time.Minute

// Checkpoint is a signed statement of how much the log held and what its tree was.
type Checkpoint struct {
	Size int64 // records covered
	At   time.Time
	Note string // as signed, see dutylog/audit

	SentAt    time.Time // to another machine; zero: not yet, or nobody asked for it
	NextTry   time.Time // zero: nothing is left to do
	Attempts  int       // in vain
	SendError string    // of the last of them
}

// Evidence is how the proof of the log stands.
type Evidence struct {
	Records     int64       // in the Merkle log now
	Latest      *Checkpoint // nil before the first
	Fingerprint string      // of the key that signed it; empty before the first
}

// EvidenceStore keeps what proves the rest.
type EvidenceStore interface {
	// NoteAccess records an access; the same again within AccessAgain records nothing.
	NoteAccess(ctx context.Context, a Access) error
	Evidence(ctx context.Context) (Evidence, error)
}
