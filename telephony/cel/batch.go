package cel

import (
	"context"
	"fmt"
	"time"

	"dutyline/telephony"
)

// Batch is what was read on from a position.
type Batch struct {
	Gap      *Gap // comes before Rows; nil when nothing was missed
	Rows     []telephony.Row
	Bad      int                // stretches of garbage that were passed over
	Written  time.Time          // when the file was written last, by this machine's clock; zero when it is gone
	Position telephony.Position // where to read on when all this is stored
}

// Sink takes a batch. Rows and Position belong into one transaction: then every record is
// read once. After an error the same batch comes again. Only one call runs at a time.
type Sink func(context.Context, Batch) error

// Cause says why records may be missing. The set is closed.
type Cause string

// The causes of a gap.
const (
	Truncated     Cause = "truncated"      // the journal was cut or overwritten in place; a copy of it may have missed the last records
	Deleted       Cause = "deleted"        // a file of the journal was deleted before it was known to be read to its end
	Compressed    Cause = "compressed"     // a rotated file was compressed before it was read
	Lost          Cause = "lost"           // no file holds the saved position
	FolderMissing Cause = "folder_missing" // the folder was not there: Asterisk writes nothing then
)

// Gap says that records may be missing between two times of the switch's clock. To lies
// before From when that clock was set back meanwhile.
type Gap struct {
	Cause Cause
	From  time.Time // of the last record read before it; zero when none ever was
	To    time.Time // of the first record after it that is newer; our own clock while there is none
	File  string
}

var gapWords = map[Cause]string{
	Truncated:     "was cut in place (rotate it by renaming, without copytruncate)",
	Deleted:       "was deleted, or a rotated file was, before it was known to be read to its end (keep at least two rotated files)",
	Compressed:    "was rotated and compressed before it was read (set delaycompress in logrotate)",
	Lost:          "does not hold the place where reading ended",
	FolderMissing: "had no folder, so Asterisk wrote nothing",
}

// String is one sentence for a log.
func (g Gap) String() string {
	return fmt.Sprintf("records of calls may be missing from %s to %s: the switch's journal %s %s",
		stamp(g.From), stamp(g.To), g.File, gapWords[g.Cause])
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "the beginning"
	}
	return t.Format(time.RFC3339)
}
