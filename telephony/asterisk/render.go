package asterisk

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// transport is one SIP socket.
type transport struct{ Name, Bind string }

// view is what the templates see: the settings and what follows from them.
type view struct {
	Settings
	Etc, Spool, Run, Log string
	Recording            string
	HTTPHost, HTTPPort   string
	Transports           []transport
	DutyTransport        string
	TrunkTransport       string
	MediaAddress         string // of the duty phone's calls; empty: Asterisk chooses
	TrunkMedia           string
	RingSeconds          string
	QualifySeconds       string
}

// Render completes the settings, makes the folders and writes every template to Dir/etc.
// Files hold passwords, so only their owner may read them.
func (s *Settings) Render() error {
	if err := s.complete(); err != nil {
		return err
	}
	return s.render(filepath.Join(s.Dir, "run"))
}

func (s *Settings) render(run string) error {
	v := s.view(run)
	for _, d := range []string{
		v.Etc, v.Recording, v.Run, filepath.Join(v.Log, "cel-custom"),
		filepath.Join(s.Dir, "lib", "agi"), filepath.Join(s.Dir, "lib", "keys"),
	} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("make the folder of Asterisk: %w", err)
		}
	}
	names, err := fs.Glob(s.Templates, "*.conf.tmpl")
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no Asterisk templates (*.conf.tmpl) were found: name the folder deploy/asterisk (%v)", err)
	}
	for _, name := range names {
		if err := s.renderFile(v, name); err != nil {
			return fmt.Errorf("write Asterisk configuration from %s: %w", name, err)
		}
	}
	return nil
}

func (s *Settings) renderFile(v view, name string) error {
	t, err := template.New(name).Option("missingkey=error").ParseFS(s.Templates, name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return err
	}
	file := filepath.Join(v.Etc, strings.TrimSuffix(name, ".tmpl"))
	if err := os.WriteFile(file+".new", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

func (s *Settings) view(run string) view {
	v := view{
		Settings: *s,
		Etc:      filepath.Join(s.Dir, "etc"), Spool: filepath.Join(s.Dir, "spool"), Run: run, Log: filepath.Join(s.Dir, "log"),
		Recording:   s.Recording(),
		RingSeconds: seconds(s.RingFor), QualifySeconds: seconds(s.Qualify),
		Transports:    []transport{{"main", s.SIPAddress}},
		DutyTransport: "main", TrunkTransport: "main",
	}
	v.HTTPHost, v.HTTPPort, _ = net.SplitHostPort(s.HTTPAddress)
	addr := netip.MustParseAddrPort(s.SIPAddress).Addr() // checked by complete
	if addr == netip.AddrFrom4([4]byte{127, 0, 0, 1}) || addr.IsUnspecified() {
		return v
	}
	// Another address, a real phone's: callers on this machine still come and go over loopback.
	v.Transports = append(v.Transports, transport{"loopback", s.loopbackSIP()})
	v.TrunkTransport, v.TrunkMedia = "loopback", "127.0.0.1"
	v.MediaAddress = addr.String()
	for _, m := range s.TrunkMatch {
		if p, err := netip.ParseAddr(m); err != nil || !p.IsLoopback() {
			v.TrunkTransport, v.TrunkMedia = "main", "" // a gateway in the network
		}
	}
	return v
}
