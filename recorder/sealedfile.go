package recorder

import "errors"

// SealedFile is a file other than a recording that is kept encrypted, and known by its content.
type SealedFile struct {
	Digest     Digest // SHA-256 of what was received
	Size       int64
	FileDigest Digest // of the encrypted file as it lies on the disk
	FileSize   int64
}

// ErrTooLarge says that a file has more bytes than it may.
var ErrTooLarge = errors.New("the file is larger than it may be")

// Valid reports whether d is the SHA-256 of something, in its one spelling: it may name a file.
func (d Digest) Valid() bool {
	for _, r := range d {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return len(d) == 64
}
