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
	Rewrite(t, s, "redirect_method = user", "redirect_method = uri_pjsip",
		// With it Asterisk takes the 302's Contact to be behind the phone's router, too, and asks the
		// phone itself again, for the other number.
		"rewrite_contact = yes", "rewrite_contact = no")
}

// Rewrite changes words of the shipped configuration: old and new, by turns. Each must be there.
func Rewrite(t testing.TB, s *asterisk.Settings, oldnew ...string) {
	t.Helper()
	changed := fstest.MapFS{}
	entries, err := os.ReadDir(Root(t) + "/deploy/asterisk")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, entry := range entries {
		b, err := os.ReadFile(Root(t) + "/deploy/asterisk/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
		changed[entry.Name()] = &fstest.MapFile{Data: []byte(strings.NewReplacer(oldnew...).Replace(string(b)))}
	}
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(all.String(), oldnew[i]) {
			t.Fatalf("the shipped configuration does not say %q any more: follow it here", oldnew[i])
		}
	}
	s.Templates = changed
}
