package audit

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest names a text by its content: SHA-256 in hexadecimal. Whoever confirms a document confirms
// the text with this digest and no other.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
