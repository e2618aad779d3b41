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
)

// Digest is the lower-case hexadecimal SHA-256 of the sealed file.
type Digest string

// Recording is what is known of one call's recording.
type Recording struct {
	CallID    string
	Status    Status
	Reason    string        // why it is missing, failed or still pending: a finished sentence
	Path      string        // of the sealed file, relative to the archive's root; planned by ForCall
	Digest    Digest        // of the sealed file
	Size      int64         // bytes of the sealed file
	Duration  time.Duration // of the sealed audio
	Talk      time.Duration // of the call, at least; Duration was checked against it. Zero: no answer is known
	CallerDB  float64       // loudest 50 ms of the caller's side, dBFS (-96 is silence)
	OfficerDB float64
	Findings  []telephony.Finding
	SealedAt  time.Time
	RemovedAt time.Time // when the switch's originals were removed, after the seal was verified
	Attempts  int       // tries of the present step, all of them in vain
	NextTry   time.Time // when something is still to be done; zero: nothing is left to do
}

// Store keeps the rows of recordings; dutylog/sqlite implements it. The row of a call comes
// from ForCall, in the same transaction as the call's end.
type Store interface {
	// DueRecordings lists the recordings whose NextTry is set and not after now, whatever
	// their status: an unanswered call's empty files and a sealed call's originals on the
	// switch are still to be removed.
	DueRecordings(ctx context.Context, now time.Time) ([]Recording, error)
	// NextRecording is the earliest NextTry that is set; zero when nothing waits.
	NextRecording(ctx context.Context) (time.Time, error)
	// SaveRecording writes the row and announces the call's change in the feed.
	SaveRecording(ctx context.Context, r Recording) error
	// Recording reads one row; ErrNoRecording when the call has none.
	Recording(ctx context.Context, callID string) (Recording, error)
}
