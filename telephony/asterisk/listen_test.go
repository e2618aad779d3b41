package asterisk_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// rendered is the lines of a configuration file that begin with one of the keys.
func rendered(t *testing.T, s asterisk.Settings, file string, keys ...string) []string {
	t.Helper()
	if err := s.Render(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(s.Dir, "etc", file))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		for _, k := range keys {
			if strings.HasPrefix(line, k+" =") {
				out = append(out, strings.TrimSpace(line))
			}
		}
	}
	return out
}

func TestSocketsByListenAddress(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*asterisk.Settings)
		want   []string
	}{
		{"loopback", func(s *asterisk.Settings) { s.SIPAddress = "127.0.0.1:5160" },
			[]string{"bind = 127.0.0.1:5160", "transport = transport-main", "transport = transport-main", "match = 127.0.0.1"}},
		{"everywhere", func(s *asterisk.Settings) { s.SIPAddress = "0.0.0.0:5160" },
			[]string{"bind = 0.0.0.0:5160", "transport = transport-main", "transport = transport-main", "match = 127.0.0.1"}},
		{"one address: callers of this machine stay on loopback", func(s *asterisk.Settings) { s.SIPAddress = "192.0.2.7:5160" },
			[]string{"bind = 192.0.2.7:5160", "bind = 127.0.0.1:5160", "transport = transport-main", "media_address = 192.0.2.7",
				"transport = transport-loopback", "media_address = 127.0.0.1", "match = 127.0.0.1"}},
		{"a gateway in the network", func(s *asterisk.Settings) {
			s.SIPAddress, s.TrunkMatch, s.TrunkContact = "192.0.2.7:5160", []string{"192.0.2.9"}, "sip:192.0.2.9:5060"
		}, []string{"bind = 192.0.2.7:5160", "bind = 127.0.0.1:5160", "transport = transport-main", "media_address = 192.0.2.7",
			"transport = transport-main", "contact = sip:192.0.2.9:5060", "match = 192.0.2.9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := asterisktest.Settings(t)
			c.change(&s)
			got := rendered(t, s, "pjsip.conf", "bind", "transport", "media_address", "match", "contact")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("pjsip.conf (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAPhoneInTheNetwork registers from an address of this machine other than loopback,
// where there is one, and otherwise from everywhere.
func TestAPhoneInTheNetwork(t *testing.T) {
	t.Parallel()
	s := quick(t)
	_, port, _ := net.SplitHostPort(s.SIPAddress)
	own := ownAddress()
	s.SIPAddress = net.JoinHostPort(own, port)
	p := asterisktest.Start(t, s)
	onLoopback := &asterisk.Process{Settings: p.Settings}
	onLoopback.Settings.SIPAddress = "127.0.0.1:" + port
	tone := asterisktest.Tone(t, callerTone, 3*time.Second)
	phone := asterisktest.PhoneAt(t, p, own, 200*time.Millisecond, asterisktest.Tone(t, officerTone, 3*time.Second))
	asterisktest.Call(t, onLoopback, "02422730001", p.Settings.Number, 1500*time.Millisecond, tone).Must(t)
	phone.Finish(t)
	id, _ := settled(t, p.Settings)
	checkSides(t, p.Settings, id, 1500*time.Millisecond, callerTone, officerTone)
}

// ownAddress is an address of this machine that is not loopback; 127.0.0.3 when it has none.
func ownAddress() string {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	return "127.0.0.3"
}

func TestRingTimeAndQualifyReachTheConfiguration(t *testing.T) {
	s := asterisktest.Settings(t)
	s.RingFor, s.Qualify, s.DutyUser, s.Number = 45*time.Second, 7*time.Second, "desk-1", "02400000001"
	if diff := cmp.Diff([]string{"callerid = 02400000001 <02400000001>", "redirect_method = user", "max_contacts = 1", "remove_existing = yes", "qualify_frequency = 7"},
		rendered(t, s, "pjsip.conf", "qualify_frequency", "callerid", "max_contacts", "remove_existing", "redirect_method")); diff != "" {
		t.Errorf("pjsip.conf (-want +got):\n%s", diff)
	}
	b, err := os.ReadFile(filepath.Join(s.Dir, "etc", "extensions.conf"))
	if err != nil || !strings.Contains(string(b), "Dial(PJSIP/desk-1,45,U(") || !strings.Contains(string(b), "Goto(02400000001,1)") {
		t.Errorf("extensions.conf: %v\n%s", err, b)
	}
}
