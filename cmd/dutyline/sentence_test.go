package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"dutyline/recorder"
)

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

// Too few words and too many: each command says how it is written.
func TestACommandSaysHowItIsWritten(t *testing.T) {
	for want, args := range map[string][]string{
		"write dutyline alerts send CHANNEL (given were 0 words":       {"alerts", "send"},
		"write dutyline alerts prompts FOLDER (given were 2 words":     {"alerts", "prompts", "a", "b"},
		"write dutyline exhibit ENTRY DIR (given were 1 words":         {"exhibit", "2026-000001"},
		"write dutyline hold ENTRY --reason WORDS (given were 0 words": {"hold"},
		"write dutyline user disable LOGIN (given were 0 words":        {"user", "disable", "--db", "x"},
	} {
		_, _, err := command("", args...)
		if err == nil || !strings.HasPrefix(sentence(err), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
	var every func(c *cobra.Command)
	every = func(c *cobra.Command) { // none is left with the library's own words
		for _, sub := range c.Commands() {
			every(sub)
		}
		if c.Args == nil || c.RunE == nil {
			return
		}
		if err := c.Args(c, []string{"1", "2", "3", "4"}); err != nil && strings.Contains(err.Error(), "arg(s)") {
			t.Errorf("%s: %v", c.CommandPath(), err)
		}
	}
	every(newRootCommand())
}

// What is not there is said with what to do.
func TestWhatIsNotThereIsSaidWithARemedy(t *testing.T) {
	dir := t.TempDir()
	db, file := filepath.Join(dir, "log.db"), filepath.Join(dir, "dutyline.yaml")
	works(t, officerPassword+"\n", "user", "add", "li", "--role", "officer", "--name", "李娜", "--db", db)
	text := "lines: [{name: duty, endpoints: [PJSIP/duty], trunks: [PJSIP/trunk]}]\nlog: {file: " + db + "}\narchive: {folder: " + dir + "/rec}\n" +
		"ari: {url: \"http://127.0.0.1:1/ari\", user: d, password_file: " + file + "}\n"
	write := func(more string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	nosuch := filepath.Join(dir, "nosuch")
	for _, c := range []struct {
		want, more string
		args       []string
	}{
		{"nor any other: write one into alerts.channels", "", []string{"alerts", "send", "nosuch", "--config", file}},
		{"give one of group, mine", "alerts: {channels: [{name: group, webhook: {url: \"http://127.0.0.1:1\", body: '{{json .Headline}}'}}, {name: mine, webhook: {url: \"http://127.0.0.1:1\", body: '{{json .Headline}}'}}]}\n",
			[]string{"alerts", "send", "nosuch", "--config", file}},
		{"or make it: dutyline alerts rules > " + nosuch, "", []string{"alerts", "test", nosuch, "--config", file}},
		{"give the file that dutyline checkpoint --out wrote", "", []string{"verify", "--checkpoint", nosuch, "--config", file}},
		{"give the path of an .xlsx or CSV file", "", []string{"import", "directory", nosuch, "--db", db}},
		{"give the path of an .xlsx or CSV file", "", []string{"import", "roster", nosuch, "--db", db}},
		{"dutyline user list shows the logins", "", []string{"user", "disable", "nobody", "--db", db}},
		{"dutyline user list shows the logins", "", []string{"user", "enable", "nobody", "--db", db}},
		{"dutyline user list shows the logins", "", []string{"user", "passwd", "nobody", "--generate", "--db", db}},
	} {
		write(c.more)
		if _, _, err := command("", c.args...); err == nil || !strings.Contains(sentence(err), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
}

// Every reason why something stays or goes is explained where it is printed.
func TestEveryRulingIsExplained(t *testing.T) {
	for _, why := range []recorder.Why{recorder.NeverExpires, recorder.NoBound, recorder.Undated, recorder.WithinBound, recorder.InUse, recorder.Held,
		recorder.Unverified, recorder.NotBackedUp, recorder.TooOld, recorder.TooMuch} {
		if whyWords[why] == "" {
			t.Errorf("%s has no words", why)
		}
	}
	var out strings.Builder
	if err := printRulings(&out, []recorder.Ruling{{Object: recorder.Object{Kind: "tape", Name: "a"}, Why: recorder.WithinBound}}); err != nil || !strings.Contains(out.String(), "tape: within_bound (neither older nor more than retention allows)") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
