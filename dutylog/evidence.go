package dutylog

import (
	"context"
	"strings"
	"time"
)

// Access is one look at, or copy of, something that not everybody may see.
type Access struct {
	By      Actor
	What    string // the permission that was used, for instance "entry.see"
	Object  string // the id of the entry or call
	Address string // of the person's computer; empty at the machine itself
	At      time.Time
	Entries []string // the ids of entries that a list, an incident or a sheet showed with their content
	Part    bool     // a further piece of what was begun: a player asks for a recording in many ranges
}

// Repeats reports whether the same again within AccessAgain is the same access: a page that is read is read
// anew as often as something changes. What was listened to, printed or exported is kept each time.
func (a Access) Repeats() bool {
	return a.Part || a.What == ShownOnDuty || strings.HasSuffix(a.What, ".see")
}

// KeptAccess is an access as the log keeps it.
type KeptAccess struct {
	Access
	ID          int64
	EntryID     string // of the entry that the object is, or belongs to; empty: it is none
	EntryNumber EntryNumber
}

// AccessQuery selects accesses; zero fields select all. The newest come first.
type AccessQuery struct {
	Entry    string   // or a list, an incident or a sheet that showed this entry; empty: Objects alone count
	Objects  []string // one of these, or what belongs to one of them: "e-1" is also "e-1/4"
	Sheets   []string // or one of these, where the access does not say what it showed, as older ones do not
	Login    string   // of the person
	What     string   // the permission that was used
	From, To time.Time
	Limit    int
	Cursor   string
}

// What commands take, beside the permissions of the page.
const (
	TookExhibit = "exhibit.make" // of an entry
	TookBackup  = "backup.make"  // the object is the backup's path: of the folder and the generation
)

// ShownOnDuty is an entry that came up on the page of who is on duty without being looked up: its call
// rings, or the page was loaded anew.
const ShownOnDuty = "entry.shown"

// ShownWithin is for how long after its call an entry that is complete still comes up by itself.
const ShownWithin = 10 * time.Minute

// ComesUp reports whether a page that says that an entry came up by itself is believed: the entry is
// unfinished, or its call was just now. Anything else was looked up, whatever the page says.
func (e Entry) ComesUp(now time.Time) bool {
	at := laterOf(e.CallAt, e.OpenedAt)
	return e.State == Open || !now.Before(at) && now.Sub(at) < ShownWithin
}

// Restored is what a restoration notes in the log that it brought back: what was written after that backup is
// not in it. The object is the backup's path, as of TookBackup.
const Restored = "log.restore"

// BeganAnew is what the system itself notes when a log begins beside what an earlier one left; the
// object says what that was.
const BeganAnew = "log.begin"

// AccessAgain is for how long the same person's further looks at the same thing from the same address are the same access.
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
	// NoteAccess records an access; one that repeats another within AccessAgain records nothing, but for
	// entries that this one did not show.
	NoteAccess(ctx context.Context, a Access) error
	// Accesses answers who saw or took what, the newest first.
	Accesses(ctx context.Context, q AccessQuery) (items []KeptAccess, nextCursor string, err error)
	Evidence(ctx context.Context) (Evidence, error)
}
