package telephony

import (
	"maps"
	"slices"
	"time"
)

// RowKind names what a line of the switch's own journal (CEL) says, in our words. The set is closed.
type RowKind uint8

// The closed set of journal rows.
const (
	RowIgnored          RowKind = iota // a known thing that tells nothing about a duty line
	RowUnknown                         // a type this version does not know; User names it
	RowChanStart                       // Channel came into being
	RowChanEnd                         // Channel is gone
	RowAnswer                          // Channel was answered
	RowHangup                          // Channel was hung up; Extra has hangupcause, hangupsource and, on a calling leg, dialstatus
	RowBridgeEnter                     // Channel joined a bridge; Extra has bridge_id
	RowBridgeExit                      // Channel left a bridge; Extra has bridge_id
	RowAppStart                        // Channel began App with AppData
	RowAppEnd                          // App ended on Channel
	RowBlindTransfer                   // Channel transferred its partner
	RowAttendedTransfer                // Channel joined its two calls
	RowPickup                          // Channel's call was picked up by another
	RowForward                         // Channel's call was sent elsewhere by what it dialled
	RowLinkedEnd                       // the last channel of LinkedID is gone: the call is over
	RowUser                            // our dialplan's own mark; User names it
	RowDamaged                         // something stands here that cannot be read; what is left of its ids is set
	rowKinds
)

var rowNames = [rowKinds]string{
	"ignored", "unknown", "chan_start", "chan_end", "answer", "hangup", "bridge_enter", "bridge_exit", "app_start", "app_end",
	"blind_transfer", "attended_transfer", "pickup", "forward", "linked_end", "user", "damaged",
}

// String is the kind's name in logs and metrics.
func (k RowKind) String() string {
	if k >= rowKinds {
		return "invalid"
	}
	return rowNames[k]
}

// Row is one line of the switch's own journal (CEL), in our words. Every text is printable
// and bounded. The same row may come twice.
type Row struct {
	Kind       RowKind
	At         time.Time // the switch's clock, µs
	User       string    // of RowUser: DL_START, DL_END …; of RowUnknown: the switch's word for it
	Channel    string    // name, e.g. PJSIP/duty-00000001
	UniqueID   string
	LinkedID   string
	Number     string // caller id number, verbatim
	CallerName string
	RDNIS      string // redirecting number, when set
	DNID       string // the number that was dialled
	Exten      string
	Context    string
	App        string
	AppData    string
	Peer       string
	Extra      map[string]string // EventExtra: the JSON object's values as strings, or the key=value&… of our DL_END
}

// again reports whether another row is the same one, which was read twice.
func (r Row) again(other Row) bool {
	return r.Kind == other.Kind && r.At.Equal(other.At) && r.UniqueID == other.UniqueID
}

// Position is where reading of the journal stands: at the beginning of a line. It is found
// again in the same file, in the file that it became by rotation, and in a copy of it:
// Mark decides, which is made of the bytes before it, not the number of the file on its disk.
type Position struct {
	File   string    `json:"file"`    // the journal's path when it was read
	Inode  uint64    `json:"inode"`   // decides only where Mark cannot: nothing of the file was read yet
	Offset int64     `json:"offset"`  // in bytes
	Mark   string    `json:"mark"`    // fingerprint of the file's beginning and of what stands before Offset
	LastAt time.Time `json:"last_at"` // time of the last row read: what a loss is counted from
	// Reached is how far rows were read when this was the beginning of the oldest call that had not
	// ended; zero where that is here. When it is not found again, what stood between is lost.
	Reached Place `json:"reached,omitzero"`
	// Lived is when the switch lived lately, by the rows up to about here: of a restart that is not told yet, its last
	// sign of life before it is behind this.
	Lived []Stretch `json:"lived,omitempty"`
}

// Stretch is a time in which one row came soon after another.
type Stretch struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Place is one in the journal, found again as a Position is.
type Place struct {
	Inode  uint64 `json:"inode"`
	Offset int64  `json:"offset"`
	Mark   string `json:"mark"`
}

// Place is where the position is.
func (p Position) Place() Place { return Place{Inode: p.Inode, Offset: p.Offset, Mark: p.Mark} }

// Longest texts of a row, in characters, and most values of its Extra.
const (
	maxRowName  = 80
	maxRowText  = 256
	maxRowExtra = 32
)

// Bounded makes every text of a row from the switch safe to store and show.
func (r Row) Bounded() Row {
	for _, s := range []*string{&r.User, &r.Channel, &r.CallerName, &r.Exten, &r.Context, &r.App} {
		*s = printable(*s, maxRowName)
	}
	for _, s := range []*string{&r.UniqueID, &r.LinkedID, &r.Number, &r.RDNIS, &r.DNID, &r.AppData, &r.Peer} {
		*s = printable(*s, maxRowText)
	}
	if r.Extra == nil {
		return r
	}
	extra := make(map[string]string, min(len(r.Extra), maxRowExtra))
	for _, k := range slices.Sorted(maps.Keys(r.Extra)) { // sorted: which ones stay does not depend on chance
		if len(extra) == maxRowExtra {
			break
		}
		extra[printable(k, maxRowName)] = printable(r.Extra[k], maxRowText)
	}
	r.Extra = extra
	return r
}
