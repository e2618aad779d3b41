package dutylog_test

import (
	"errors"
	"testing"
	"time"

	"dutyline/dutylog"
)

func TestWhichPinsAreTaken(t *testing.T) {
	for _, pin := range []string{"", "1", "123", "1234", "4321", "0987", "8901", "0000", "99999999", "123456789", "12a4", "１２３５", " 1357", "-135", "2345678", "7654"} {
		var invalid *dutylog.InvalidError
		if err := dutylog.CheckPin(pin); !errors.As(err, &invalid) || invalid.Field != "pin" {
			t.Errorf("%q: %v", pin, err)
		}
	}
	for _, pin := range []string{"1357", "2739", "1235", "112233", "0013", "13579246"} {
		if err := dutylog.CheckPin(pin); err != nil {
			t.Errorf("%q: %v", pin, err)
		}
	}
}

func TestWhenAPinLetsItsOwnerIn(t *testing.T) {
	account := dutylog.Account{Login: "zhangwei", Role: dutylog.Officer}
	pin := dutylog.Pin{Login: "zhangwei", Pass: "mark", ProvedAt: noon}
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	ended, disabled, must := pin, account, account
	ended.EndedAt, disabled.Disabled, must.MustChange = noon, true, true
	for name, c := range map[string]struct {
		pin     dutylog.Pin
		account dutylog.Account
		pass    string
		now     time.Time
		want    dutylog.PinRefusal
	}{
		"at once":                   {pin, account, "mark", at(0), ""},
		"after six days":            {pin, account, "mark", at(6 * 24 * time.Hour), ""},
		"after a week":              {pin, account, "mark", at(dutylog.PinLife), dutylog.PinTooOld},
		"ended":                     {ended, account, "mark", at(0), dutylog.PinEnded},
		"another password":          {pin, account, "other", at(0), dutylog.PinOfOldPassword},
		"disabled":                  {pin, disabled, "mark", at(0), dutylog.PinOfDisabled},
		"the password was given":    {pin, must, "mark", at(0), dutylog.PinMustChange},
		"a clock that went back":    {pin, account, "mark", at(-30 * time.Minute), ""},
		"a clock that was set back": {pin, account, "mark", at(-24 * time.Hour), dutylog.PinTooOld},
	} {
		if got := c.pin.Usable(c.account, c.pass, c.now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWrongPinsInARowEndIt(t *testing.T) {
	pin := dutylog.Pin{ID: 1}
	for range 4 {
		pin = pin.Tried(false, noon)
	}
	if pin.Failed != 4 || !pin.EndedAt.IsZero() {
		t.Fatalf("%+v", pin)
	}
	if right := pin.Tried(true, noon); right.Failed != 0 || !right.EndedAt.IsZero() {
		t.Errorf("%+v", right)
	}
	if fifth := pin.Tried(false, noon); !fifth.EndedAt.Equal(noon) || fifth.Why != dutylog.PinGuessed {
		t.Errorf("%+v", fifth)
	}
}
