package web_test

import (
	"strings"
	"testing"

	"dutyline/web"
)

func TestHashAndCheckPassword(t *testing.T) {
	hash := web.HashPassword("口令 with spaces")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	if !web.CheckPassword(hash, "口令 with spaces") || web.CheckPassword(hash, "口令 with space") || web.CheckPassword(hash, "") {
		t.Error("the right password does not match, or a wrong one does")
	}
	if again := web.HashPassword("口令 with spaces"); again == hash {
		t.Error("two hashes of one password are equal: there is no salt")
	}
}

// A hash made by the reference implementation (argon2 CLI: salt "somesalt", m=64 MiB, t=2, p=1).
func TestHashOfOthersMatches(t *testing.T) {
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !web.CheckPassword(reference, "password") || web.CheckPassword(reference, "Password") {
		t.Error("the reference hash does not match its password")
	}
}

func TestDamagedHashesMatchNothing(t *testing.T) {
	good := web.HashPassword("x")
	for _, hash := range []string{
		"", "x", "$", "plain", good + "$", good[:len(good)-30], strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "m=19456", "m=99999999", 1),
		strings.Replace(good, "t=2", "t=4000000000", 1), strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=1,x=2", 1), strings.Replace(good, "m=19456", "m= 19456", 1),
		"$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$", "$2a$10$abcdefghijklmnopqrstuv",
	} {
		if web.CheckPassword(hash, "x") {
			t.Errorf("%q matches", hash)
		}
	}
}
