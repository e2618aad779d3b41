package dutylog

import "time"

// Backup is one finished backup of the log and of its recordings, as the log remembers it.
// What was in the log before At is in it, what came later is not.
type Backup struct {
	Generation string    // its name in the folder: its time in UTC, for instance 20261126T063000.000Z
	At         time.Time // the instant of which it is the picture
	Path       string    // the folder that holds it
	Recordings int       // sealed recordings that it holds
	Bytes      int64     // of the log's copy and of those recordings
	Manifest   string    // lower-case hexadecimal SHA-256 of its manifest
	RemovedAt  time.Time // when it was found to be gone from Path; zero while it is there
}

// Holds says whether the backup still has what was in the log at that time: content that is
// erased now is still in every backup that holds it.
func (b Backup) Holds(at time.Time) bool { return b.RemovedAt.IsZero() && !at.After(b.At) }
