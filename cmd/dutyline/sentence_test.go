package main

import "testing"

func TestWrongFlagsAreOneSentence(t *testing.T) {
	for want, args := range map[string][]string{
		"give --role as well":                      {"user", "add", "x", "--db", "log.db"},
		"give --by as well":                        {"approve", "1"},
		"give either --config or --into, not both": {"restore", "x", "--into", "a", "--config", "b"},
		"give --into or --config":                  {"restore", "x"},
	} {
		if _, _, err := command("", args...); err == nil || sentence(err) != want {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
