package audit

import (
	"crypto/sha256"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Kind says what a record is about.
type Kind string

// The closed set of kinds.
const (
	Revision     Kind = "revision"      // a revision of an entry; subject: entry id "/" revision
	Call         Kind = "call"          // a call that has ended, and each later change of its row; subject: call id
	Recording    Kind = "recording"     // a sealed recording and what became of it; subject: call id
	Attachment   Kind = "attachment"    // a file that was attached to an entry, and that it was erased; subject: number of the row
	Access       Kind = "access"        // somebody saw or took something; subject: number of the row
	Deletion     Kind = "deletion"      // something was deleted by a decision; subject: number of the decision
	Erasure      Kind = "erasure"       // content was removed by a decision; subject: number of the decision
	Hold         Kind = "hold"          // a legal hold was set or lifted; subject: number of the row
	User         Kind = "user"          // a login, its role and its state; subject: the login
	Rule         Kind = "rule"          // the ring rule of a line from now on; subject: number of the row
	Tag          Kind = "tag"           // somebody set or cleared a tag of a call; subject: number of the row
	Import       Kind = "import"        // a whole table was replaced; subject: "roster", or, "directory" before there were changes of single contacts or another list
	Acceptance   Kind = "acceptance"    // somebody took a discrepancy of the ledger as it is; subject: number of the row
	Interval     Kind = "interval"      // what was not seen or not there, when it began and when it was over; subject: its kind "/" its beginning
	Alert        Kind = "alert"         // a step in the life of an alert; subject: number of the row
	Test         Kind = "test"          // a test call, when it began and what it proved; subject: number of the row
	Link         Kind = "link"          // two entries were linked, or that was undone; subject: number of the row
	Contact      Kind = "contact"       // a change of a contact of the directory; subject: number of the change
	Roster       Kind = "roster"        // a change of the roster and of what belongs to it; subject: number of the row
	Filing       Kind = "filing"        // a roster that was filed, with the version that was sent; subject: number of the row
	Handover     Kind = "handover"      // a change of the officer on duty, with the sheet; subject: number of the row
	Confirmed    Kind = "confirmed"     // somebody confirmed a handover; subject: number of the row
	TaskRule     Kind = "task_rule"     // a dated duty from now on; subject: number of the row
	TaskMark     Kind = "task_mark"     // somebody said of a dated duty that it is done, not needed or open again; subject: number of the row
	Absence      Kind = "absence"       // the head of the unit is away, and each change of that; subject: number of the row
	Paper        Kind = "paper"         // blank numbered sheets were printed; subject: number of the row
	Approval     Kind = "approval"      // somebody asked for what takes two persons; subject: number of the row
	ApprovalStep Kind = "approval_step" // somebody decided a request, or it was carried out; subject: number of the row
	Missed       Kind = "missed"        // a caller has to be called back, or has not any more; subject: call id
	Phrase       Kind = "phrase"        // a text that officers insert, from now on; subject: number of the row
	Pin          Kind = "pin"           // a short secret of somebody on one computer, each try with it that was wrong, and its end; subject: number of the row
	Note         Kind = "note"          // what was written on the locked screen was taken into an entry; subject: number of the row
	Incident     Kind = "incident"      // a fact of an incident; subject: number of the row
	Month        Kind = "month"         // the figures of a closed month; subject: number of the row
	Review       Kind = "review"        // something was said of a verdict; subject: number of the row
	Reviewed     Kind = "reviewed"      // what a review comes to; subject: call id
	SpotCheck    Kind = "spot_check"    // a version of an entry of the register of spot checks; subject: number of the row
	Draw         Kind = "draw"          // a sample of recordings; subject: number of the row
	Listening    Kind = "listening"     // something was said of a recording that was drawn; subject: number of the row
	Witness      Kind = "witness"       // what was seen of a call beside its events; subject: call id
	Scoring      Kind = "scoring"       // scoring rules from now on; subject: number of the row
	Assessment   Kind = "assessment"    // a month's sheet that was frozen; subject: number of the row
	Assessed     Kind = "assessed"      // something was said of a month's sheet; subject: number of the row
	Violation    Kind = "violation"     // a suspected violation, and each change of where it stands; subject: number of the row
	Judgement    Kind = "judgement"     // something was said of a suspected violation; subject: number of the row
	Signer       Kind = "key"           // a key that signs checkpoints; subject: its fingerprint
)

// Changes reports whether what a record of this kind covers is written anew in the course of
// things, each time with a record of its own. All else stays as it was, except for an erasure.
func (k Kind) Changes() bool {
	return k == Call || k == Recording || k == Attachment || k == User || k == Import || k == Interval || k == Test || k == Missed || k == Pin || k == Reviewed || k == Violation
}

// Kinds lists every kind, in the order in which reports name them.
func Kinds() []Kind {
	return []Kind{Revision, Call, Recording, Attachment, Access, Deletion, Erasure, Hold, User, Rule, Tag, Import, Acceptance, Interval, Alert, Test, Link, Contact, Roster, Filing, Handover, Confirmed, TaskRule, TaskMark, Absence, Paper, Approval, ApprovalStep, Missed, Phrase, Pin, Note, Incident, Month, Review, Reviewed, SpotCheck, Draw, Listening, Witness, Scoring, Assessment, Assessed, Violation, Judgement, Signer}
}

// Record is one leaf of the tree. It holds no content.
type Record struct {
	Index      int64 // place in the tree, from 0
	Kind       Kind
	Subject    string // which row, within its kind
	At         time.Time
	TakenOver  bool // the row was there before the evidence began: nothing is proved about the time before At
	Commitment [sha256.Size]byte
}

// SaltSize is the length of a salt in bytes.
const SaltSize = 16

// Commit binds to content without showing it.
func Commit(salt, content []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(content)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

// AppendLeaf appends the bytes that the tree hashes. Its fields do not go through AppendField:
// verification comes here for every record, and each value would be moved to the heap.
func (r Record) AppendLeaf(to []byte) []byte {
	to = append(to, "dutyline record 1\n"...)
	to = AppendWhole(to, "index", r.Index)
	to = AppendText(to, "kind", string(r.Kind))
	to = AppendText(to, "subject", r.Subject)
	to = AppendWhole(to, "at", r.At.UnixMicro())
	if r.TakenOver {
		to = AppendWhole(to, "taken_over", 1)
	}
	return AppendText(to, "commitment", r.Commitment[:])
}

// Leaf is the hash with which the record stands in the tree.
func (r Record) Leaf() tlog.Hash { return tlog.RecordHash(r.AppendLeaf(nil)) }

// String names the record for people.
func (r Record) String() string { return fmt.Sprintf("%s %s (record %d)", r.Kind, r.Subject, r.Index) }
