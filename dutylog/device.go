package dutylog

import (
	"context"
	"strings"
	"time"
)

// Pin is a short secret 快捷口令 with which somebody signs in on one computer, after having signed in there
// with the password. It is worth nothing anywhere else.
type Pin struct {
	ID       int64
	Login    string
	Device   string // digest of the computer's own secret
	Hash     string // as of a password
	Pass     string // which password it was set with
	SetAt    time.Time
	ProvedAt time.Time // when the password was given on this computer the last time
	Failed   int       // wrong tries since the last right one
	EndedAt  time.Time // zero: it stands
	Why      PinEnd
}

// PinEnd is why a PIN does not stand any more.
type PinEnd string

// The closed set of ends.
const (
	PinReplaced PinEnd = "replaced"
	PinRemoved  PinEnd = "removed"
	PinGuessed  PinEnd = "too_many" // wrong tries
)

// PinRefusal is why a PIN that was typed lets nobody in, whether or not it was the right one.
type PinRefusal string

// The closed set of refusals. They are for the daemon's own log: who types is told the same for all.
const (
	PinEnded         PinRefusal = "ended"
	PinOfOldPassword PinRefusal = "password_changed"
	PinTooOld        PinRefusal = "password_needed"
	PinOfDisabled    PinRefusal = "disabled"
	PinMustChange    PinRefusal = "password_change_first"
)

const (
	// PinLife is how long after the password was given on a computer a PIN opens it.
	PinLife = 7 * 24 * time.Hour
	// mostPinTries wrong PINs in a row end it: then the password is asked for.
	mostPinTries = 5
	leastPin     = 4
	mostPin      = 8
)

// Usable decides whether a PIN may let its owner in now; empty when it may. Pass is the mark of the
// account's present password.
func (p Pin) Usable(a Account, pass string, now time.Time) PinRefusal {
	switch {
	case !p.EndedAt.IsZero():
		return PinEnded
	case a.Disabled:
		return PinOfDisabled
	case a.MustChange:
		return PinMustChange
	case p.Pass != pass:
		return PinOfOldPassword
	case now.Sub(p.ProvedAt) >= PinLife || now.Before(p.ProvedAt.Add(-time.Hour)): // a clock that was set back by more proves nothing
		return PinTooOld
	}
	return ""
}

// Tried is the PIN after somebody typed one.
func (p Pin) Tried(right bool, now time.Time) Pin {
	if right {
		p.Failed = 0
		return p
	}
	if p.Failed++; p.Failed >= mostPinTries {
		p.EndedAt, p.Why = now, PinGuessed
	}
	return p
}

// CheckPin refuses a PIN that anybody would try first.
func CheckPin(pin string) error {
	switch {
	case len(pin) < leastPin || len(pin) > mostPin || strings.Trim(pin, "0123456789") != "":
		return &InvalidError{Field: "pin", Reason: "has to be 4 to 8 digits"}
	case steps(pin, 0) || steps(pin, 1) || steps(pin, 9): // 9 is one down
		return &InvalidError{Field: "pin", Reason: "is one that anybody would try first: no digit over and over, no row such as 1234"}
	}
	return nil
}

// steps reports whether each digit is so much more than the one before, 0 after 9.
func steps(pin string, by byte) bool {
	for i := 1; i < len(pin); i++ {
		if (pin[i-1]-'0'+by)%10 != pin[i]-'0' {
			return false
		}
	}
	return true
}

// DeviceStore keeps computers on which somebody signed in with a password, and the PINs that were set
// there. Every change of a PIN is evidence.
type DeviceStore interface {
	// KnowDevice notes that somebody gave their password on a computer.
	KnowDevice(ctx context.Context, device, login string) error
	KnownDevice(ctx context.Context, device string) (bool, error)
	// Pins lists the PINs of a computer that stand.
	Pins(ctx context.Context, device string) ([]Pin, error)
	// SetPin keeps a PIN, and ends the one before.
	SetPin(ctx context.Context, p Pin) error
	// TryPin keeps what came of a try.
	TryPin(ctx context.Context, id int64, right bool) (Pin, error)
	// RemovePin ends somebody's PIN on a computer; without one it does nothing.
	RemovePin(ctx context.Context, login, device string) error
}
