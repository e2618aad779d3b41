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
