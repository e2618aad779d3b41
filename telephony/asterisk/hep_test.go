package asterisk_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk/asterisktest"
)

// Without an address nothing of SIP leaves Asterisk, and the modules are not even loaded.
func TestCopiesOfSIPAreSentOnlyToAnAddressThatIsGiven(t *testing.T) {
	for _, c := range []struct {
		address       string
		hep           []string
		wantInModules bool
	}{
		{"", []string{"enabled = no"}, false},
		{"127.0.0.1:9060", []string{"enabled = yes", "capture_address = 127.0.0.1:9060", "uuid_type = call-id"}, true},
	} {
		s := asterisktest.Settings(t)
		s.HEPAddress = c.address
		if diff := cmp.Diff(c.hep, rendered(t, s, "hep.conf", "enabled", "capture_address", "uuid_type")); diff != "" {
			t.Errorf("hep.conf for %q (-want +got):\n%s", c.address, diff)
		}
		modules, err := os.ReadFile(filepath.Join(s.Dir, "etc", "modules.conf"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []string{"load = res_hep.so\n", "load = res_hep_pjsip.so\n"} {
			if strings.Contains(string(modules), m) != c.wantInModules {
				t.Errorf("modules.conf for %q: %q is there: %v", c.address, m, !c.wantInModules)
			}
		}
		if strings.Contains(string(modules), "load = res_hep_rtcp.so") {
			t.Error("modules.conf loads res_hep_rtcp")
		}
	}
}

// Where the copies go nobody listens: Asterisk neither waits nor complains.
func TestNobodyNeedsToListenToTheCopies(t *testing.T) {
	t.Parallel()
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	s := quick(t)
	s.HEPAddress = nobody.LocalAddr().String()
	p := asterisktest.Start(t, s)
	asterisktest.Register(t, p, asterisktest.FreeUDP(t))
	b, err := os.ReadFile(filepath.Join(p.Settings.Dir, "log", "messages"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "res_hep") || strings.Contains(line, "ERROR") {
			t.Errorf("Asterisk complains: %s", line)
		}
	}
}
