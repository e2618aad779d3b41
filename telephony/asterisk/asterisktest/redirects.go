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
	changed := fstest.MapFS{}
	entries, err := os.ReadDir(Root(t) + "/deploy/asterisk")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		b, err := os.ReadFile(Root(t) + "/deploy/asterisk/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "redirect_method = user", "redirect_method = uri_pjsip")
		// With it Asterisk takes the 302's Contact to be behind the phone's router, too, and asks the
		// phone itself again, for the other number.
		text = strings.ReplaceAll(text, "rewrite_contact = yes", "rewrite_contact = no")
		changed[entry.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	s.Templates = changed
}
