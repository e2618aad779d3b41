package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony/asterisk/asterisktest"
)

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(asterisktest.Root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Both languages say of every reason, and of no other, what it means and what to do, and name every role.
func TestTheDocumentsExplainEveryReason(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]{2,}) \\| ([^|]{2,}) \\|$")
	for _, name := range []string{"docs/alerts.md", "docs/alerts.zh-CN.md"} {
		text := document(t, name)
		var explained []alerts.Reason
		for _, m := range row.FindAllStringSubmatch(text, -1) {
			explained = append(explained, alerts.Reason(m[1]))
		}
		all := alerts.Reasons()
		slices.Sort(all)
		slices.Sort(explained)
		if !slices.Equal(all, explained) {
			t.Errorf("%s explains %v, want %v", name, explained, all)
		}
		for _, role := range dutylog.Roles() {
			if !strings.Contains(text, string(role)+" ") {
				t.Errorf("%s says nothing of %s", name, role)
			}
		}
		for _, front := range []string{"README.md", "README.zh-CN.md"} {
			if strings.Contains(name, "zh") == strings.Contains(front, "zh") && !strings.Contains(document(t, front), "("+name+")") {
				t.Errorf("%s leads nowhere to %s", front, name)
			}
		}
	}
}

// The examples of channels are right, in both languages, but for the secrets that they name.
func TestTheExamplesOfChannelsAreRight(t *testing.T) {
	for _, name := range []string{"docs/alerts.md", "docs/alerts.zh-CN.md"} {
		blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(document(t, name), -1)
		if len(blocks) != 2 {
			t.Fatalf("%s has %d examples", name, len(blocks))
		}
		dir := t.TempDir()
		secret := func(text string) string {
			return regexp.MustCompile(`(?:password|webhook|url)_file: (\S+?)([,}])`).ReplaceAllStringFunc(text, func(found string) string {
				key, rest, _ := strings.Cut(found, ": ")
				file := filepath.Join(dir, strings.ReplaceAll(key, "/", "-"))
				if err := os.WriteFile(file, []byte("https://192.0.2.9/hook?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return fmt.Sprintf("%s: %s%s", key, file, rest[len(rest)-1:])
			})
		}
		for i, block := range blocks {
			file := filepath.Join(dir, "dutyline.yaml")
			text := secret(block[1])
			if !strings.Contains(text, "\nlines:") {
				text += "lines:\n  - name: duty\n"
			}
			text = strings.Replace(text, "  - name: duty\n", "  - name: duty\n    number: \"02422739110\"\n    endpoints: [PJSIP/duty]\n    trunks: [PJSIP/trunk]\n", 1)
			text += "ari: {url: \"http://127.0.0.1:1/ari\", user: d}\nlog: {file: " + dir + "/log.db}\narchive: {folder: " + dir + "/rec}\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
			c, err := config.Load(file)
			if err != nil {
				t.Errorf("%s, example %d: %v\n%s", name, i, err, text)
				continue
			}
			if want := []int{1, 5}[i]; len(c.Alerts.Channels) != want {
				t.Errorf("%s, example %d: %d channels, want %d", name, i, len(c.Alerts.Channels), want)
			}
		}
	}
}

// Every command that a document writes down is one that there is, with flags that it has.
func TestTheCommandsInDocumentsAreThere(t *testing.T) {
	line := regexp.MustCompile("var/bin/dutyline ([a-z][^`\n#>]*)")
	seen := 0
	for _, name := range []string{"README.md", "README.zh-CN.md", "docs/alerts.md", "docs/alerts.zh-CN.md"} {
		for _, m := range line.FindAllStringSubmatch(document(t, name), -1) {
			words := strings.Fields(m[1])
			cmd, rest, err := newRootCommand().Find(words)
			if err != nil || !cmd.Runnable() {
				t.Errorf("%s: dutyline %s: %v", name, m[1], err)
				continue
			}
			seen++
			for _, word := range rest {
				if flag, is := strings.CutPrefix(word, "--"); is && cmd.Flag(strings.SplitN(flag, "=", 2)[0]) == nil {
					t.Errorf("%s: dutyline %s has no --%s", name, cmd.CommandPath(), flag)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d commands were found", seen)
	}
}

// The page has a word for every kind of record that it verifies, in both languages.
func TestThePageNamesEveryKindOfRecord(t *testing.T) {
	words := document(t, "web/page/src/i18n/verify.ts")
	for _, kind := range audit.Kinds() {
		if n := strings.Count(words, "'verify.of."+string(kind)+"'"); n != 2 {
			t.Errorf("%s has %d words", kind, n)
		}
	}
}
