package recorder

import (
	"context"
	"time"

	"dutyline/telephony"
)

// Status of a call's recording.
type Status string

// The closed set of states a recording can be in.
const (
	None    Status = "none"    // nothing to record: the call was not answered
	Pending Status = "pending" // the call ended; the sides are still to be fetched
	Sealed  Status = "sealed"  // stored write-once, digest verified
	Missing Status = "missing" // the switch has no recording for an answered call
	Failed  Status = "failed"  // could not be sealed; see Reason
	Expired Status = "expired" // deleted by a decision of retention; see Decision
	Erased  Status = "erased"  // removed by a decision to erase; see Decision
)

// Digest is the lower-case hexadecimal SHA-256 of a file or of what is inside.
type Digest string

// Recording is what is known of one call's recording.
type Recording struct {
	CallID    string
	Status    Status
	Reason    string        // why it is missing, failed or still pending: a finished sentence
	Path      string        // of the FLAC, relative to the archive's root; planned by ForCall. See File
	Digest    Digest        // of the sealed stereo FLAC: what a player gets
	Size      int64         // its bytes
	Duration  time.Duration // of the sealed audio
	Talk      time.Duration // of the call, at least; Duration was checked against it. Zero: no answer is known
	CallerDB  float64       // loudest 50 ms of the caller's side, dBFS (-96 is silence)
	OfficerDB float64
	Findings  []telephony.Finding
	SealedAt  time.Time
	RemovedAt time.Time // when the switch's originals were removed, after the seal was verified
	Attempts  int       // tries of the present step, all of them in vain
	NextTry   time.Time // when something is still to be done; zero: nothing is left to do

	// The file on the disk, as it lies there: encrypted. Its digest proves the file without
	// the key. Both are empty for what was sealed before recordings were encrypted.
	FileDigest Digest
	FileSize   int64

	Decision int64 // by which it expired or was erased
}

// File is where the sealed file lies, relative to the archive's root.
func (r Recording) File() string {
	if r.FileDigest != "" {
		return r.Path + EncryptedSuffix
	}
	return r.Path
}

// FileBytes is how long the sealed file is.
func (r Recording) FileBytes() int64 {
	if r.FileDigest != "" {
		return r.FileSize
	}
	return r.Size
}

// EncryptedSuffix ends the name of an encrypted file, behind the name of what is inside.
const EncryptedSuffix = ".age"

// Store keeps the rows of recordings; dutylog/sqlite implements it. The row of a call comes
// from ForCall, in the same transaction as the call's end.
type Store interface {
	// DueRecordings lists the recordings whose NextTry is set and not after now, whatever
	// their status: an unanswered call's empty files and a sealed call's originals on the
	// switch are still to be removed. Call, attempts and next try are enough: the list is read
	// again and again, and whoever takes one up reads its row.
	DueRecordings(ctx context.Context, now time.Time) ([]Recording, error)
	// NextRecording is the earliest NextTry that is set; zero when nothing waits.
	NextRecording(ctx context.Context) (time.Time, error)
	// SaveRecording writes the row and announces the call's change in the feed.
	SaveRecording(ctx context.Context, r Recording) error
	// Recording reads one row; ErrNoRecording when the call has none.
	Recording(ctx context.Context, callID string) (Recording, error)
}
