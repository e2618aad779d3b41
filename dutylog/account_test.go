package dutylog_test

import (
	"errors"
	"strings"
	"testing"

	"dutyline/dutylog"
)

func TestAccountCheck(t *testing.T) {
	good := dutylog.Account{Login: "zhang.wei-1", Name: "张伟", Role: dutylog.Officer, PasswordHash: "x"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	chinese := good
	chinese.Login = "张伟"
	if err := chinese.Check(); err != nil {
		t.Errorf("a Chinese login: %v", err)
	}
	for field, spoil := range map[string][]func(*dutylog.Account){
		"login": {
			func(a *dutylog.Account) { a.Login = "" },
			func(a *dutylog.Account) { a.Login = "zhang wei" },
			func(a *dutylog.Account) { a.Login = "zhang\x00" },
			func(a *dutylog.Account) { a.Login = "system" },
			func(a *dutylog.Account) { a.Login = strings.Repeat("x", 65) },
		},
		"name": {
			func(a *dutylog.Account) { a.Name = "  " },
			func(a *dutylog.Account) { a.Name = "张\x1b伟" },
			func(a *dutylog.Account) { a.Name = strings.Repeat("张", 65) },
		},
		"role":     {func(a *dutylog.Account) { a.Role = "boss" }, func(a *dutylog.Account) { a.Role = "" }},
		"password": {func(a *dutylog.Account) { a.PasswordHash = "" }},
	} {
		for i, change := range spoil {
			bad := good
			change(&bad)
			var invalid *dutylog.InvalidError
			if err := bad.Check(); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s %d: %v", field, i, err)
			}
		}
	}
}

// A reading account is limited to a unit, and no other account seems to be.
func TestAReadingAccountHasAUnit(t *testing.T) {
	reader := dutylog.Account{Login: "shenhe", Name: "沈河区应急局", Role: dutylog.Reader, PasswordHash: "x", Unit: "沈河区应急局"}
	if err := reader.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role dutylog.Role
		unit string
		says string
	}{
		{dutylog.Reader, "", "is missing"},
		{dutylog.Reader, " 　", "is missing"},
		{dutylog.Reader, " 沈河区应急局", "without blanks"},
		{dutylog.Reader, "沈河区\x00应急局", "as entries have it"},
		{dutylog.Reader, strings.Repeat("长", 501), "as entries have it"},
		{dutylog.Officer, "沈河区应急局", "only a reading account"},
		{dutylog.Admin, "沈河区应急局", "only a reading account"},
	} {
		bad := reader
		bad.Role, bad.Unit = c.role, c.unit
		var invalid *dutylog.InvalidError
		if err := bad.Check(); !errors.As(err, &invalid) || invalid.Field != "unit" || !strings.Contains(invalid.Reason, c.says) {
			t.Errorf("%s of %q: %v", c.role, c.unit, err)
		}
	}
}

// Which entries an account may read at all.
func TestWhichEntriesAnAccountReads(t *testing.T) {
	of := func(unit string) dutylog.Entry {
		return dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerUnit: unit}}
	}
	reader := dutylog.Account{Role: dutylog.Reader, Unit: "沈河区应急局"}
	for unit, want := range map[string]bool{"沈河区应急局": true, "和平区应急局": false, "": false, "沈河区应急局 ": false, "沈河区": false} {
		if got := reader.Reads(of(unit)); got != want {
			t.Errorf("%q: %v", unit, got)
		}
	}
	if got := reader.Reads(of("沈河区应急局").Erase(dutylog.Erasure{Decision: 1})); got {
		t.Error("what was erased is nobody's")
	}
	if broken := (dutylog.Account{Role: dutylog.Reader}); broken.Reads(of("")) || broken.Reads(dutylog.Entry{}) {
		t.Error("without a unit it reads entries without one")
	}
	for _, role := range dutylog.Staff() {
		if !(dutylog.Account{Role: role}).Reads(of("和平区应急局")) {
			t.Errorf("%s is limited", role)
		}
	}
}
