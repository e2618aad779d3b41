package web_test

import (
	"fmt"
	"testing"
	"time"

	"dutyline/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestAttemptsPerLogin(t *testing.T) {
	a := web.NewAttempts()
	now := noon
	for i := range 5 {
		if wait := a.Take(now, "officer", fmt.Sprintf("192.0.2.%d", i)); wait != 0 {
			t.Fatalf("try %d waits %v", i+1, wait)
		}
	}
	if wait := a.Take(now, " OFFICER", "192.0.2.9"); wait != 12*time.Second {
		t.Errorf("the sixth waits %v, want 12s", wait)
	}
	now = now.Add(7 * time.Second)
	if wait := a.Take(now, "officer", "192.0.2.9"); wait.Round(time.Millisecond) != 5*time.Second {
		t.Errorf("7 s later it waits %v, want 5s: being refused must not prolong it", wait)
	}
	now = now.Add(5 * time.Second)
	if wait := a.Take(now, "officer", "192.0.2.9"); wait != 0 {
		t.Errorf("after waiting as told it waits %v", wait)
	}
	a.Right("officer", "192.0.2.9")
	for i := range 5 {
		if wait := a.Take(now, "officer", "192.0.2.9"); wait != 0 {
			t.Errorf("after a right password, try %d waits %v", i+1, wait)
		}
	}
}

func TestAttemptsPerAddress(t *testing.T) {
	a := web.NewAttempts()
	for i := range 10 {
		if wait := a.Take(noon, fmt.Sprint("name", i), "192.0.2.1"); wait != 0 {
			t.Fatalf("try %d waits %v", i+1, wait)
		}
	}
	if a.Take(noon, "another", "::ffff:192.0.2.1") == 0 {
		t.Error("the same address, written as IPv6, is let through")
	}
	if wait := a.Take(noon, "another", "192.0.2.2"); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	// The clock steps back: nobody waits for ever, nobody gains.
	if a.Take(noon.Add(-time.Hour), "x", "192.0.2.1") == 0 {
		t.Error("a clock that steps back gives tries away")
	}
	if wait := a.Take(noon.Add(time.Minute), "y", "192.0.2.1"); wait != 0 {
		t.Errorf("a minute later: %v", wait)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	a := web.NewAttempts()
	now := noon
	for i := range 2 * web.RememberedKeys {
		a.Take(now, fmt.Sprint("name", i), fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
		if i%100 == 0 { // somebody keeps trying one login meanwhile
			a.Take(now, "officer", "192.0.2.1")
		}
	}
	if logins, addresses := a.Remembered(); logins > web.RememberedKeys || addresses > web.RememberedKeys {
		t.Errorf("%d logins and %d addresses are remembered", logins, addresses)
	}
	if a.Take(now, "officer", "192.0.2.77") == 0 {
		t.Error("a flood of other names made the daemon forget who was tried")
	}
}

func TestOneComputerIsOneAddress(t *testing.T) {
	for _, c := range []struct{ address, key string }{
		{"192.0.2.1", "192.0.2.1"}, {"::ffff:192.0.2.1", "192.0.2.1"}, {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"fe80::1%eth0", "fe80::/64"}, {"::1", "::/64"}, {"not an address", "not an address"},
	} {
		if got := web.AddressKey(c.address); got != c.key {
			t.Errorf("%s counts as %s, want %s", c.address, got, c.key)
		}
	}
}
