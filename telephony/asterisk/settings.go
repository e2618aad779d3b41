package asterisk

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Settings is everything the templates and the process need. Only Binary, Dir and
// Templates have no default.
type Settings struct {
	Binary    string // program: what fetch.sh made (DEST/bin/asterisk) or an installed Asterisk
	Modules   string // its module folder; found beside Binary when empty
	Data      string // its data folder (documentation, sounds); found beside Binary when empty
	Dir       string // where configuration, spool, logs and journal of this Asterisk are kept
	Templates fs.FS  // the files *.conf.tmpl of deploy/asterisk

	SystemName  string // begins every unique id; letters, digits, dash; default "dutyline"
	SIPAddress  string // host:port of the SIP socket; default 127.0.0.1:5160
	HTTPAddress string // host:port of ARI; default 127.0.0.1:8488
	HEPAddress  string // host:port that gets a copy of every SIP message (HEP over UDP); empty: no copies are sent
	RTPFrom     int    // first RTP port; default 12000
	RTPTo       int    // last RTP port; default 12199

	ARIUser      string // default "dutyline"
	ARIPassword  string // made up, strong, when empty
	DutyUser     string // SIP user and endpoint name of the duty phone; default "duty"
	DutyPassword string // made up, strong, when empty

	Trunk        string   // endpoint name of the trunk; default "trunk"
	TrunkContact string   // where outgoing calls go, for instance sip:127.0.0.1:5170; empty: nowhere
	TrunkTone    bool     // callers hear the ring-back tone from this Asterisk; false: it only says that it rings
	TrunkMatch   []string // addresses that are the trunk without a password; default 127.0.0.1

	Number    string        // the duty number; default 02422739110
	RingFor   time.Duration // how long the phone rings at most; default 120 s
	Qualify   time.Duration // how often the phone is asked whether it is there; default 10 s
	StartWait time.Duration // how long Start waits until it is ready; default 30 s
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`)
var plainNumber = regexp.MustCompile(`^\+?[0-9]{1,24}$`)

// complete fills in the defaults, makes up what is secret and finds the modules.
func (s *Settings) complete() error {
	if s.Binary == "" || s.Dir == "" || s.Templates == nil {
		return errors.New("asterisk settings: Binary, Dir and Templates are required")
	}
	for _, d := range []struct {
		field *string
		value string
	}{
		{&s.SystemName, "dutyline"}, {&s.SIPAddress, "127.0.0.1:5160"}, {&s.HTTPAddress, "127.0.0.1:8488"},
		{&s.ARIUser, "dutyline"}, {&s.DutyUser, "duty"}, {&s.Trunk, "trunk"}, {&s.Number, "02422739110"},
		{&s.ARIPassword, ""}, {&s.DutyPassword, ""},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	for _, secret := range []*string{&s.ARIPassword, &s.DutyPassword} {
		if *secret == "" {
			*secret = NewPassword()
		}
	}
	if s.RTPFrom == 0 && s.RTPTo == 0 {
		s.RTPFrom, s.RTPTo = 12000, 12199
	}
	if len(s.TrunkMatch) == 0 {
		s.TrunkMatch = []string{"127.0.0.1"}
	}
	s.RingFor = orElse(s.RingFor, 120*time.Second)
	s.Qualify = orElse(s.Qualify, 10*time.Second)
	s.StartWait = orElse(s.StartWait, 30*time.Second)
	if err := s.absolute(); err != nil {
		return err
	}
	return s.check()
}

func orElse(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// NewPassword makes up a password of 130 bits that is easy to type into a phone.
func NewPassword() string {
	b := make([]byte, 20)
	if _, err := rand.Read(b); err != nil {
		panic("no random numbers: " + err.Error()) // crypto/rand never fails on a supported system
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))[:26]
}

func (s *Settings) absolute() error {
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return fmt.Errorf("asterisk folder %s: %w", s.Dir, err)
	}
	s.Dir = dir
	if s.Modules == "" || s.Data == "" {
		modules, data, err := findModules(s.Binary)
		if err != nil {
			return err
		}
		if s.Modules == "" {
			s.Modules = modules
		}
		if s.Data == "" {
			s.Data = data
		}
	}
	return nil
}

// findModules looks where fetch.sh puts them and where distributions do.
func findModules(binary string) (modules, data string, err error) {
	binary, err = filepath.Abs(binary)
	if err != nil {
		return "", "", fmt.Errorf("asterisk program %s: %w", binary, err)
	}
	if _, err := os.Stat(binary); err != nil {
		return "", "", fmt.Errorf("asterisk program %s is not there: fetch one with deploy/asterisk/fetch.sh or name an installed one with ASTERISK=", binary)
	}
	root := filepath.Dir(filepath.Dir(binary))
	if b, err := os.ReadFile(filepath.Join(root, "moddir")); err == nil {
		modules := filepath.Join(root, strings.TrimSpace(string(b)))
		return modules, filepath.Join(root, "root/usr/share/asterisk"), nil
	}
	data = firstWith("documentation/core-en_US.xml", root+"/share/asterisk", "/usr/share/asterisk", root+"/var/lib/asterisk", "/var/lib/asterisk")
	candidates, _ := filepath.Glob(root + "/lib/*/asterisk/modules")
	system, _ := filepath.Glob("/usr/lib/*/asterisk/modules")
	candidates = append(append(candidates, root+"/lib/asterisk/modules", root+"/lib64/asterisk/modules"), system...)
	modules = firstWith("chan_pjsip.so", append(candidates, "/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules")...)
	if modules == "" {
		return "", "", fmt.Errorf("no Asterisk modules (chan_pjsip.so) were found for %s: install asterisk-modules or unset ASTERISK to fetch a private Asterisk", binary)
	}
	return modules, data, nil
}

// firstWith is the first folder that holds the file, or "".
func firstWith(file string, folders ...string) string {
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(f, file)); err == nil {
			return f
		}
	}
	return ""
}

// check refuses what would break a configuration file or open it to the wrong people.
func (s *Settings) check() error {
	var faults []error
	bad := func(what, value, want string) {
		faults = append(faults, fmt.Errorf("asterisk %s %q: %s", what, value, want))
	}
	for what, name := range map[string]string{"system name": s.SystemName, "ARI user": s.ARIUser, "duty user": s.DutyUser, "trunk name": s.Trunk} {
		if !plainName.MatchString(name) {
			bad(what, name, "use letters, digits and dashes")
		}
	}
	if !plainNumber.MatchString(s.Number) {
		bad("number", s.Number, "use digits, with a + before them at most")
	}
	for what, secret := range map[string]string{"ARI password": s.ARIPassword, "duty password": s.DutyPassword} {
		if len(secret) < 8 || strings.ContainsAny(secret, "\r\n;#\\ \"") {
			faults = append(faults, fmt.Errorf("asterisk %s: use at least 8 characters without spaces, quotes, backslashes, ; and #", what))
		}
	}
	for what, a := range map[string]string{"SIP address": s.SIPAddress, "HTTP address": s.HTTPAddress, "HEP address": s.HEPAddress} {
		if _, err := netip.ParseAddrPort(a); err != nil && (a != "" || what != "HEP address") {
			bad(what, a, "give an address and a port, for instance 127.0.0.1:5160")
		}
	}
	for _, m := range s.TrunkMatch {
		_, errAddr := netip.ParseAddr(m)
		_, errNet := netip.ParsePrefix(m)
		if errAddr != nil && errNet != nil {
			bad("trunk match", m, "give an address or a network such as 192.0.2.0/29")
		}
	}
	if s.TrunkContact != "" && (!strings.HasPrefix(s.TrunkContact, "sip:") || strings.ContainsAny(s.TrunkContact, "\r\n; ")) {
		bad("trunk contact", s.TrunkContact, "give a SIP address such as sip:127.0.0.1:5170")
	}
	if s.RTPFrom < 1024 || s.RTPTo > 65535 || s.RTPTo-s.RTPFrom < 9 {
		bad("RTP ports", fmt.Sprintf("%d-%d", s.RTPFrom, s.RTPTo), "give at least ten ports between 1024 and 65535")
	}
	return errors.Join(faults...)
}

// ARI is the base address of its REST interface.
func (s Settings) ARI() string { return "http://" + s.HTTPAddress + "/ari" }

// Recording is the folder into which the dialplan records.
func (s Settings) Recording() string { return filepath.Join(s.Dir, "spool", "recording") }

// Journal is the file of the switch's own journal (CEL as JSON lines).
func (s Settings) Journal() string {
	return filepath.Join(s.Dir, "log", "cel-custom", "cel.jsonl")
}

// loopbackSIP is where the trunk reaches this Asterisk: callers on this machine.
func (s Settings) loopbackSIP() string {
	_, port, _ := net.SplitHostPort(s.SIPAddress)
	return net.JoinHostPort("127.0.0.1", port)
}

func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(d.Round(time.Second)/time.Second)))
}
