package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of one password hash: about 33 ms on the machine it was measured on.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// The most that is spent on a stored hash, so that a damaged row cannot hang the daemon.
const (
	maxArgonMemory = 256 * 1024 // KiB
	maxArgonTime   = 16
)

// HashPassword gives the argon2id hash of a password in the usual encoded form,
// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash", with a new salt each time.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails: it ends the process instead
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// CheckPassword reports whether a hash made by HashPassword, with these or other costs, is
// that of the password. A hash in any other form matches nothing.
func CheckPassword(hash, password string) bool {
	memory, rounds, threads, salt, key, ok := parseHash(hash)
	if !ok {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, rounds, memory, threads, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1
}

func parseHash(hash string) (memory, rounds uint32, threads uint8, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &rounds, &threads); err != nil {
		return
	}
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", memory, rounds, threads) {
		return
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	ok = saltErr == nil && keyErr == nil && len(salt) >= 8 && len(key) >= 16 && len(key) <= 64 &&
		memory >= 8*1024 && memory <= maxArgonMemory && rounds >= 1 && rounds <= maxArgonTime && threads >= 1
	return
}

// nobodysHash is checked when a login does not exist, so that this takes as long as a wrong
// password. No password has it: the key is random.
func nobodysHash() string {
	b := make([]byte, argonSalt+argonKey)
	rand.Read(b)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(b[:argonSalt]), base64.RawStdEncoding.EncodeToString(b[argonSalt:]))
}
