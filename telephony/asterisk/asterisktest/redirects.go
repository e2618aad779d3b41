package asterisktest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"dutyline/telephony/asterisk"
)

// FollowsRedirects makes Asterisk follow a 302 by itself, as many an installation does.
func FollowsRedirects(t testing.TB, s *asterisk.Settings) {
	t.Helper()
	// With it Asterisk takes the 302's Contact to be behind the phone's router, too, and asks the
	// phone itself again, for the other number.
	Alter(t, s, "redirect_method = user", "redirect_method = uri_pjsip", "rewrite_contact = yes", "rewrite_contact = no")
}

// Alter replaces texts in the shipped templates: what stands there, and what to write instead.
func Alter(t testing.TB, s *asterisk.Settings, pairs ...string) {
	t.Helper()
	changed := fstest.MapFS{}
	entries, err := os.ReadDir(Root(t) + "/deploy/asterisk")
	if err != nil {
		t.Fatal(err)
	}
	altered := 0
	for _, entry := range entries {
		b, err := os.ReadFile(Root(t) + "/deploy/asterisk/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(pairs...).Replace(string(b))
		if text != string(b) {
			altered++
		}
		changed[entry.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	if altered == 0 {
		t.Fatalf("the templates hold nothing of %q", pairs)
	}
	s.Templates = changed
}
