package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how many records there were at a time, and what their tree was. Signed, it
// is text that other tools for transparency logs read too:
//
//	dutyline duty log
//	1234
//	<root hash, base64>
//	at 2026-11-23T04:17:59Z
//
//	— dutyline <signature>
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	At   time.Time
}

// origin is the first line of every checkpoint; keyName the name of every key.
const (
	origin  = "dutyline duty log"
	keyName = "dutyline"
)

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\nat %s\n", origin, c.Size, c.Root, c.At.UTC().Format(time.RFC3339))
}

var errCheckpoint = errors.New("it is no checkpoint of a duty log: export one with dutyline checkpoint --out FILE")

// parse accepts the one spelling that text has.
func parse(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] != origin || lines[4] != "" {
		return Checkpoint{}, errCheckpoint
	}
	size, err1 := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := tlog.ParseHash(lines[2])
	at, err3 := time.Parse("at "+time.RFC3339, lines[3])
	c := Checkpoint{Size: size, Root: root, At: at.UTC()}
	if errors.Join(err1, err2, err3) != nil || size < 1 || c.text() != text {
		return Checkpoint{}, errCheckpoint
	}
	return c, nil
}

// Errors of Open.
var (
	ErrUnknownKey = errors.New("it is signed by a key that this log does not know: it belongs to another log, or the key was exchanged")
	ErrSignature  = errors.New("its signature does not fit its text: the checkpoint was changed")
)

// Open reads a signed checkpoint and checks its signature against the verifiers that are
// given. What it returns beside ErrUnknownKey was not checked.
func Open(signed string, verifiers ...string) (Checkpoint, error) {
	var known []note.Verifier
	for _, v := range verifiers {
		verifier, err := note.NewVerifier(v)
		if err != nil {
			return Checkpoint{}, fmt.Errorf("public key %q: %w", v, err)
		}
		known = append(known, verifier)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(known...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		c, err := parse(unverified.Note.Text)
		if err != nil {
			return Checkpoint{}, err
		}
		return c, ErrUnknownKey
	case errors.As(err, &invalid):
		return Checkpoint{}, ErrSignature
	case err != nil:
		return Checkpoint{}, errCheckpoint
	}
	return parse(n.Text)
}

// Printed is the checkpoint for the daily sheet: short enough to be compared by eye.
func (c Checkpoint) Printed() string {
	return fmt.Sprintf("%d  %s  %s", c.Size, c.At.UTC().Format(time.RFC3339), Grouped(c.Root[:]))
}

// Grouped writes the first 20 bytes of a hash for people: ten groups of four digits.
func Grouped(hash []byte) string {
	digits := hex.EncodeToString(hash[:min(20, len(hash))])
	var groups []string
	for ; len(digits) > 4; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(append(groups, digits), " ")
}

// Fingerprint identifies a public key; it is what is written down and filed.
func Fingerprint(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return Grouped(sum[:])
}

// Key signs checkpoints. Its private half is never printed.
type Key struct {
	signer   note.Signer
	verifier string
}

// NewKey makes a key and returns the text to keep, one line.
func NewKey(random io.Reader) (secret string, err error) {
	secret, _, err = note.GenerateKey(random, keyName)
	return secret + "\n", err
}

var errKey = errors.New("it holds no key of a duty log")

// ParseKey reads what NewKey returned. No error shows anything of the text.
func ParseKey(secret string) (Key, error) {
	secret = strings.TrimSuffix(secret, "\n")
	signer, err := note.NewSigner(secret)
	if err != nil {
		return Key{}, errKey
	}
	parts := strings.SplitN(secret, "+", 5) // PRIVATE+KEY+name+hash+data; the data may have plus signs too
	data, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(data) != 1+ed25519.SeedSize || signer.Name() != keyName {
		return Key{}, errKey
	}
	public, ok := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return Key{}, errKey
	}
	verifier, err := note.NewEd25519VerifierKey(keyName, public)
	if err != nil {
		return Key{}, errKey
	}
	return Key{signer: signer, verifier: verifier}, nil
}

// Verifier is the public half, as text.
func (k Key) Verifier() string { return k.verifier }

// Fingerprint identifies the key.
func (k Key) Fingerprint() string { return Fingerprint(k.verifier) }

// Sign writes a checkpoint and its signature.
func (k Key) Sign(c Checkpoint) (string, error) { return k.SignText(c.text()) }

// SignText signs any text that ends with a line, for instance the list of an exhibit's files.
func (k Key) SignText(text string) (string, error) {
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(signed), err
}

// OpenText gives back a text signed by the verifier's key.
func OpenText(signed, verifier string) (string, error) {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return "", ErrSignature
	}
	return n.Text, nil
}
