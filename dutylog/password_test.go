package dutylog_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// The table is the page's too (web/page/test/password.test.ts): both refuse the same.
func TestPasswordsThatEverybodyTriesAreRefused(t *testing.T) {
	raw, err := os.ReadFile("testdata/passwords.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Login, Password, Fault string }
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	says := map[string]string{"short": "take at least 8", "login": "is the login name", "simple": "take a few words"}
	for _, c := range cases {
		err := dutylog.CheckPassword(c.Login, c.Password)
		var invalid *dutylog.InvalidError
		switch {
		case c.Fault == "" && err != nil:
			t.Errorf("%q for %s is refused: %v", c.Password, c.Login, err)
		case c.Fault == "":
		case !errors.As(err, &invalid) || invalid.Field != "password" || !strings.Contains(invalid.Reason, says[c.Fault]):
			t.Errorf("%q for %s: %v, want one that says %q", c.Password, c.Login, err, says[c.Fault])
		case len(c.Password) > 2 && strings.Contains(err.Error(), c.Password):
			t.Errorf("the refusal repeats the password: %v", err)
		}
	}
}

func TestEveryCommonPasswordIsRefused(t *testing.T) {
	raw, err := os.ReadFile("password/common.txt")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(raw))
	if len(words) < 20 {
		t.Fatalf("only %d words", len(words))
	}
	for _, word := range words {
		if word != strings.ToLower(word) {
			t.Errorf("%s is not in small letters and would never be found", word)
		}
		for len(word) < dutylog.ShortestPassword {
			word += "!" // it is as common for that
		}
		if err := dutylog.CheckPassword("x", strings.ToUpper(word)); err == nil {
			t.Errorf("%s is taken", word)
		}
	}
}
