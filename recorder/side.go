package recorder

import (
	"context"
	"io"
	"time"
)

// Side of a call. Each is recorded in a file of its own and becomes one channel.
type Side string

// The two sides. Far is the left channel, Officer the right one.
const (
	Far     Side = "far"     // the other party: the caller, or whom the officer called
	Officer Side = "officer" // the duty phone
)

// Sides lists both in the order of the channels.
func Sides() [2]Side { return [2]Side{Far, Officer} }

// AgainMark stands between an id that the switch gave once more and which time it was, as the
// duty log keeps such calls apart: "id~2". No id of a switch holds it.
const AgainMark = "~"

// StoredName is how a side's recording is named on the switch, by its dialplan or by us.
func StoredName(callID string, s Side) string {
	return channelOf(callID) + "-" + string(s)
}

// State of a side's file as it was delivered.
type State string

// The closed set of states of a delivered file.
const (
	Absent     State = "absent"     // the switch has no such file
	Whole      State = "whole"      // the header's length and the data agree
	Unfinished State = "unfinished" // they do not: still being written, cut by a crash, or cut on the way
)

// Received describes one side after it was copied from the switch.
type Received struct {
	State   State
	Bytes   int64 // of the whole file, to see whether it still grows
	Samples int64 // that can be read from it
}

// Switch is what the collector asks of the telephone switch; telephony.Switch has it.
type Switch interface {
	// FetchRecording copies one stored recording; telephony.ErrNotFound when it is not there.
	FetchRecording(ctx context.Context, name string, to io.Writer) (int64, error)
	// RemoveRecording deletes one stored recording; telephony.ErrNotFound when it is gone already.
	RemoveRecording(ctx context.Context, name string) error
}

// Archive is what the collector asks of the place where recordings are kept. Every method
// may be repeated after a crash at any point, with the same result. It does not retry. An
// error that wraps ErrCorrupt, ErrConflict or ErrAltered is for ever; any other may pass.
type Archive interface {
	// Receive lets fetch copy one side into the archive's intake, in place of what was there.
	Receive(ctx context.Context, callID string, s Side, fetch func(io.Writer) (int64, error)) (Received, error)
	// Seal merges the received sides into the file r.Path; a side that was not received is
	// silent. The same sides sealed twice give the same recording, and the file stays the first.
	Seal(ctx context.Context, r Recording) (Seal, error)
	// Adopt describes the sealed file that lies at r.Path already, after all of it was decoded:
	// ErrNoRecording when there is none, ErrAltered when it cannot be decoded.
	Adopt(ctx context.Context, r Recording) (Seal, error)
	// Verify reads the sealed file again and proves that it is the one that was sealed and
	// that all of its audio can be decoded.
	Verify(ctx context.Context, r Recording) error
	// Discard empties the intake of a call.
	Discard(ctx context.Context, callID string) error
}

// Seal describes a sealed file.
type Seal struct {
	Digest     Digest // of the FLAC
	Size       int64
	FileDigest Digest // of the encrypted file; empty when an older, unencrypted one is there
	FileSize   int64
	Duration   time.Duration // of the longer side; the shorter one is padded with silence
	Far        Level
	Officer    Level
}
