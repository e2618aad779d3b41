package dutylog

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dutyline/recorder"
)

// What may be attached to one entry. A scan of twenty pages is a few MB.
const (
	LargestAttachment  = 20 << 20  // bytes of one file
	LargestAttachments = 100 << 20 // bytes of all files of an entry
	MostAttachments    = 20        // files of an entry
	longestFileName    = 120       // characters
)

// AttachmentState says whether the file is there.
type AttachmentState string

// The closed set of states.
const (
	AttachmentKept    AttachmentState = "kept"
	AttachmentErased  AttachmentState = "erased"  // by a decision; what is left of the row says so
	AttachmentExpired AttachmentState = "expired" // its days were over; the row stays as it was
)

// Attachment is a photo, scan or document that belongs to an entry 附件. It is never changed.
type Attachment struct {
	ID      int64
	EntryID string
	Name    string // as it was called on the computer from which it came
	Type    string // what is in it, for instance image/jpeg
	recorder.SealedFile
	By       Actor
	At       time.Time
	State    AttachmentState
	Decision int64  // by which it was erased or expired
	Reason   string // why it was attached to an entry that was complete; empty: the entry was open
}

// AttachmentStore keeps what is attached. Nothing deletes a row.
type AttachmentStore interface {
	// AddAttachment writes the row of a file that the vault holds already. An *InvalidError says
	// that the entry has too many, or this one.
	AddAttachment(ctx context.Context, a Attachment) (Attachment, error)
	// Attachments lists those of an entry, the oldest first; ErrNotFound where there is no such entry.
	Attachments(ctx context.Context, entryID string) ([]Attachment, error)
	// AttachmentUsed reports whether a kept attachment has this content.
	AttachmentUsed(ctx context.Context, digest recorder.Digest) (bool, error)
}

// Vault keeps attached files, encrypted. recorder/archive implements it.
type Vault interface {
	// Receive takes a file of at most so many bytes. judge looks at the whole of it before anything
	// is kept: what it refuses leaves nothing behind. A file that is there already is not written again.
	Receive(ctx context.Context, from io.Reader, most int64, judge func(content io.ReaderAt, size int64) error) (recorder.SealedFile, error)
	// Open gives a file as it was attached, after its digest was compared.
	Open(ctx context.Context, s recorder.SealedFile) (io.ReadSeekCloser, error)
	// Remove deletes a file; one that is gone is as good.
	Remove(d recorder.Digest) error
}

// CleanFileName is a name as it is kept: without a path, and without characters that a reader
// does not see.
func CleanFileName(name string) (string, error) {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name[strings.LastIndexAny(name, `/\`)+1:])
	switch {
	case name == "" || strings.HasPrefix(name, "."):
		return "", &InvalidError{Field: "name", Reason: "is no name of a file: give one with its ending, such as 传真.pdf"}
	case utf8.RuneCountInString(name) > longestFileName:
		return "", &InvalidError{Field: "name", Reason: fmt.Sprintf("has %d characters; at most %d can be kept, shorten the file's name", utf8.RuneCountInString(name), longestFileName)}
	}
	return name, nil
}

// AttachReason gives why a file is attached: to a complete entry it is a correction, and needs a reason; to an open
// one it needs none.
func (e Entry) AttachReason(reason string) (string, error) {
	if e.State != Complete {
		return "", nil
	}
	if blank(reason) {
		return "", &InvalidError{Field: "reason", Reason: "the entry is complete: a file that is attached now is a correction, say why it comes later"}
	}
	return CleanNote("reason", reason)
}

// CheckAttachments says whether one more file of that content fits to those that an entry has.
func CheckAttachments(have []Attachment, s recorder.SealedFile) error {
	sum := s.Size
	for _, a := range have {
		if a.State != AttachmentKept {
			continue
		}
		if a.Digest == s.Digest {
			return &InvalidError{Field: "file", Reason: "is attached to this entry already, as " + a.Name}
		}
		sum += a.Size
	}
	switch {
	case len(have) >= MostAttachments:
		return &InvalidError{Field: "file", Reason: fmt.Sprintf("is one too many: an entry has at most %d attachments", MostAttachments)}
	case sum > LargestAttachments:
		return &InvalidError{Field: "file", Reason: fmt.Sprintf("is too much: the attachments of one entry may have %d MB together", LargestAttachments>>20)}
	}
	return nil
}
