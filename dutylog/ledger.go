package dutylog

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"dutyline/recorder"

	"dutyline/telephony"
)

// LedgerKind names what does not agree.
type LedgerKind string

// The closed set of kinds.
const (
	CallWithoutRecording LedgerKind = "call_without_recording"
	RecordingWithoutCall LedgerKind = "recording_without_call" // on the switch or in the archive
	HeaderOnly           LedgerKind = "header_only"            // a recording without a sample
	Silent               LedgerKind = "silent"                 // nobody is heard
	OneSided             LedgerKind = "one_sided"              // one of the two is not heard
	TooShort             LedgerKind = "too_short"              // against the talk time
	StillGrowing         LedgerKind = "still_growing"          // though the call is over
	Truncated            LedgerKind = "truncated"              // cut on the switch, or its file in the archive
	EntryWithoutCall     LedgerKind = "entry_without_call"
	CallWithoutEntry     LedgerKind = "call_without_entry"
)

// LedgerKinds lists them in the order of the call's way.
func LedgerKinds() []LedgerKind {
	return []LedgerKind{CallWithoutRecording, RecordingWithoutCall, HeaderOnly, Silent, OneSided, TooShort, StillGrowing, Truncated, EntryWithoutCall, CallWithoutEntry}
}

// LedgerWhy is the named reason of an item.
type LedgerWhy string

// The closed set of reasons.
const (
	NeverStored    LedgerWhy = "never_stored"         // the switch has none
	NotSealed      LedgerWhy = "not_sealed"           // it could not be sealed
	WaitsLong      LedgerWhy = "waits_long"           // still not fetched
	NoRow          LedgerWhy = "no_row"               // the log does not know of any
	NoAudio        LedgerWhy = "no_audio"             //
	NothingHeard   LedgerWhy = "nothing_heard"        //
	CallerSilent   LedgerWhy = "caller_side_silent"   //
	OfficerSilent  LedgerWhy = "officer_side_silent"  //
	CallerMissing  LedgerWhy = "caller_side_missing"  // that side was not recorded
	OfficerMissing LedgerWhy = "officer_side_missing" //
	ShorterThan    LedgerWhy = "shorter_than_talk"    //
	StillWritten   LedgerWhy = "still_written"        //
	CutOnSwitch    LedgerWhy = "cut_on_switch"        //
	FileGone       LedgerWhy = "file_gone"            // it was sealed, and is not in the archive
	OtherSize      LedgerWhy = "other_size"           // its file is not as long as it was sealed
	NoSuchCall     LedgerWhy = "no_such_call"         // the log does not know the call
	UnseenCall     LedgerWhy = "unseen_call"          // as before, of a time in which neither eye saw
	ForeignName    LedgerWhy = "foreign_name"         // no name that we give
	LeftOver       LedgerWhy = "left_over"            // the call's recording is settled otherwise
	DecidedAway    LedgerWhy = "decided_away"         // a decision took it, and here it is
	NoCallNamed    LedgerWhy = "no_call_named"        // an entry about a call that names none
	NoCallRow      LedgerWhy = "no_call_row"          // an entry whose call is not in the log
	NoEntry        LedgerWhy = "no_entry"             //
)

// Discrepancy is something that does not agree, as it stands now.
type Discrepancy struct {
	Key     string // the same as long as it is the same problem: kind, colon, what it is about
	Kind    LedgerKind
	Why     LedgerWhy
	CallID  string
	EntryID string
	Name    string // of the recording, made printable: never a path for anything
	Cause   string // a finished sentence with what to do
}

// LedgerState of an item.
type LedgerState string

// The two states.
const (
	LedgerOpen     LedgerState = "open"
	LedgerResolved LedgerState = "resolved"
)

// LedgerItem is a discrepancy as the log keeps it, until it is gone or a person accepts it.
type LedgerItem struct {
	Discrepancy
	State      LedgerState
	Since      time.Time
	ResolvedAt time.Time
	Accepted   *Acceptance // nil: it went away by itself, or is open
}

// Acceptance is a person's word that a discrepancy stands and why.
type Acceptance struct {
	By     Actor
	Reason string
	At     time.Time
}

// Looked is what a reconciliation looked at: only of that it can be said that it is gone.
type Looked struct {
	Calls  bool      // and entries
	Switch bool      // it listed its recordings
	Files  bool      // the archive's folder
	Since  time.Time // of the archive: its days from here on; zero: all of them
}

const (
	storedSubject = "switch/"
	fileSubject   = "archive/"
)

// Covers reports whether an item would have been found again, were it still there.
func (l Looked) Covers(d Discrepancy) bool {
	subject := strings.TrimPrefix(d.Key, string(d.Kind)+":")
	switch {
	case d.Why == FileGone, d.Why == OtherSize:
		return l.Files // those of open items are looked at whatever their day is
	case d.Kind != RecordingWithoutCall:
		return l.Calls
	case strings.HasPrefix(subject, storedSubject):
		return l.Switch
	}
	const layout = "2006/01/02"
	file := strings.TrimPrefix(subject, fileSubject)
	day, err := time.Parse(layout, file[:min(len(layout), len(file))])
	return l.Files && (err != nil || !day.Before(l.Since.UTC().Truncate(24*time.Hour)))
}

// SettleLedger brings the ledger up to what was found. kept are the items that are open and
// those that were found again; what comes back are the items that changed. What a person
// accepted stays accepted for as long as it is found; what went away and comes again is open
// again from now on.
func SettleLedger(kept []LedgerItem, found []Discrepancy, looked Looked, now time.Time) (changed []LedgerItem) {
	before := map[string]LedgerItem{}
	for _, i := range kept {
		before[i.Key] = i
	}
	seen := map[string]bool{}
	for _, d := range found {
		if seen[d.Key] {
			continue
		}
		seen[d.Key] = true
		next, known := before[d.Key]
		if !known || next.State == LedgerResolved && next.Accepted == nil {
			next = LedgerItem{State: LedgerOpen, Since: now}
		}
		if known && next.Discrepancy == d {
			continue
		}
		next.Discrepancy = d
		changed = append(changed, next)
	}
	for _, i := range kept {
		if !seen[i.Key] && i.State == LedgerOpen && looked.Covers(i.Discrepancy) {
			i.State, i.ResolvedAt = LedgerResolved, now
			changed = append(changed, i)
		}
	}
	return changed
}

// Accept says that a person takes an item as it is, and why.
func (i LedgerItem) Accept(reason string, by Actor, now time.Time) (LedgerItem, error) {
	reason, err := cleanField("reason", strings.TrimSpace(reason), shortText)
	switch {
	case err != nil:
		return i, err
	case reason == "":
		return i, &InvalidError{Field: "reason", Reason: "say why it is accepted: it is kept with the item for ever"}
	case i.State == LedgerResolved && i.Accepted == nil:
		return i, &InvalidError{Field: "key", Reason: "this item went away by itself; there is nothing to accept"}
	case i.Accepted != nil:
		return i, &InvalidError{Field: "key", Reason: "this item was accepted already, by " + i.Accepted.By.Name + ": " + i.Accepted.Reason}
	}
	i.State, i.ResolvedAt, i.Accepted = LedgerResolved, now, &Acceptance{By: by, Reason: reason, At: now}
	return i, nil
}

// LedgerQuery selects items, the newest first; zero fields select all.
type LedgerQuery struct {
	State  LedgerState
	Limit  int
	Cursor string
}

// LedgerStore keeps the ledger.
type LedgerStore interface {
	Ledger(ctx context.Context, q LedgerQuery) (items []LedgerItem, nextCursor string, err error)
	// OpenLedger is how many items are open.
	OpenLedger(ctx context.Context) (int, error)
}

type ledgerJSON struct {
	Key        string        `json:"key"`
	Kind       LedgerKind    `json:"kind"`
	Why        LedgerWhy     `json:"why"`
	CallID     string        `json:"call_id"`
	EntryID    string        `json:"entry_id"`
	Name       string        `json:"name"`
	Cause      string        `json:"cause"`
	State      LedgerState   `json:"state"`
	Since      *string       `json:"since"`
	ResolvedAt *string       `json:"resolved_at"`
	Accepted   *acceptedJSON `json:"accepted"`
}

type acceptedJSON struct {
	By     actorJSON `json:"by"`
	Reason string    `json:"reason"`
	At     *string   `json:"at"`
}

// MarshalJSON writes the item as the API and the command show it.
func (i LedgerItem) MarshalJSON() ([]byte, error) {
	out := ledgerJSON{Key: i.Key, Kind: i.Kind, Why: i.Why, CallID: i.CallID, EntryID: i.EntryID, Name: i.Name, Cause: i.Cause,
		State: i.State, Since: telephony.JSONTime(i.Since), ResolvedAt: telephony.JSONTime(i.ResolvedAt)}
	if a := i.Accepted; a != nil {
		out.Accepted = &acceptedJSON{actorJSON(a.By), a.Reason, telephony.JSONTime(a.At)}
	}
	return json.Marshal(out)
}

// BookedCall is a call with what belongs to it.
type BookedCall struct {
	Call
	Entered bool // an entry names it
}

// BookedEntry is an entry as far as its call is concerned.
type BookedEntry struct {
	ID     string
	CallID string
	Kind   Kind
	Known  bool // the call is in the log
	Late   bool // it was written afterwards, of what was not seen
	At     time.Time
}

// Claim is a call of the log to which a file may belong.
type Claim struct {
	CallID    string
	Running   bool
	Recording recorder.Recording
}
