package dutylog

import (
	"context"
	"regexp"
	"strings"
	"time"

	"dutyline/telephony"
)

// CallNote is what somebody wrote on the locked screen while the phone rang 锁屏记录. It can be written
// and not read, until somebody signs in on the same computer: then it becomes a part of the entry.
type CallNote struct {
	Key     string // made by the page
	Device  string // see Pin
	Line    string
	BegunAt time.Time // when the first character was typed
	At      time.Time // when it came here the last time
	Edit    int64     // counts what was typed: an older one that comes late changes nothing
	Text    string
	CallID  string    // of the call that rang then; empty: not known
	TakenAt time.Time // zero: it waits
	EntryID string    // into which it was taken
	By      Actor
}

var noteKey = regexp.MustCompile(`^[0-9a-zA-Z-]{8,64}$`)

// Check cleans a note.
func (n CallNote) Check() (CallNote, error) {
	if !noteKey.MatchString(n.Key) {
		return n, &InvalidError{Field: "key", Reason: "is 8 to 64 letters, digits or dashes"}
	}
	text, err := cleanField("text", n.Text, longText)
	n.Text = text
	return n, err
}

// NoteRefusal is why a note is not kept any more.
type NoteRefusal string

// The closed set of refusals.
const (
	NoteErased NoteRefusal = "erased" // the content was erased of its call's entry since it was begun, or words in what is kept of the note
	NoteTaken  NoteRefusal = "taken"  // an entry has it, as it was before this was typed
)

// NoteError says that a note is neither kept nor taken, and that sending it again changes nothing.
type NoteError struct {
	Reason NoteRefusal
	Edit   int64 // that an entry has, when it was taken
}

func (e *NoteError) Error() string {
	if e.Reason == NoteTaken {
		return "an entry has this note already, without what was typed since: send that as a note with a key of its own"
	}
	return "what was written of this call was erased after the note was begun: write anew what was typed since and belongs into the entry"
}

// Into is the content of an entry with the note in it. What is there already, line by line, is not put there
// again, for the answer to the first time may have been lost.
func (n CallNote) Into(content string) string {
	text := strings.TrimSpace(n.Text)
	switch {
	case blank(text) || strings.Contains("\n"+content+"\n", "\n"+text+"\n"):
		return content
	case blank(content):
		return text
	}
	return strings.TrimRight(content, "\n") + "\n" + text
}

// NoteWhy names why a note belongs to a call.
type NoteWhy string

// The closed set of reasons, the strongest first.
const (
	WhileItRan    NoteWhy = "while_it_ran" // it rang or was talked on when the writing began
	JustEnded     NoteWhy = "just_ended"   // it had ended shortly before
	JustAfter     NoteWhy = "just_after"   // the log had it only later: the daemon was away
	NotOfAnyCall  NoteWhy = ""
	noteBefore            = 5 * time.Second // how much the clocks of page and switch may be apart
	noteAfterward         = 3 * time.Minute
	noteAhead             = time.Minute
)

// CallOfNote finds the call of a line about which somebody began to write at a moment, among the
// line's calls of that time. Who calls out has the newest call at the ear: what is written then is not of an
// earlier caller.
func CallOfNote(calls []telephony.Call, begun time.Time) (id string, why NoteWhy) {
	var best time.Time
	take := func(c telephony.Call, w NoteWhy, near bool) {
		if near && (why == NotOfAnyCall || why == w && c.OfferedAt.After(best)) {
			id, why, best = c.ID, w, c.OfferedAt
		}
	}
	for _, w := range []NoteWhy{WhileItRan, JustEnded, JustAfter} {
		for _, c := range calls {
			if !OpensEntry(c) || c.Direction != telephony.Inbound && w == JustAfter {
				continue
			}
			came := !c.OfferedAt.After(begun.Add(noteBefore))
			switch w {
			case WhileItRan:
				take(c, w, came && (!c.Ended() || !c.EndedAt.Before(begun)))
			case JustEnded:
				take(c, w, came && c.Ended() && begun.Sub(c.EndedAt) <= noteAfterward)
			case JustAfter:
				take(c, w, !came && c.OfferedAt.Sub(begun) <= noteAhead)
			}
		}
	}
	return id, why
}

// NoteStore keeps notes until they are taken.
type NoteStore interface {
	// KeepNote keeps what was typed so far; what is older than what is kept changes nothing. What is newer than
	// what was taken is refused.
	KeepNote(ctx context.Context, n CallNote) error
	// Notes lists those of a computer that wait, the oldest first.
	Notes(ctx context.Context, device string) ([]CallNote, error)
	// TakeNote writes a note into the entry of its call, or into the given one, in one transaction. The
	// text may be newer than what is kept. Taking it again gives the entry as it stands.
	TakeNote(ctx context.Context, n CallNote, entryID string, by Actor) (Entry, error)
}
