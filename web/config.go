package web

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Config is where the page and the API are served, and how.
type Config struct {
	Listen       string        `mapstructure:"listen"`     // for instance 127.0.0.1:8480
	TLSCert      string        `mapstructure:"tls_cert"`   // own certificate (PEM, with its chain); else one is made
	TLSKey       string        `mapstructure:"tls_key"`    // its key
	TLSFolder    string        `mapstructure:"tls_folder"` // where the self-made certificate is kept
	TLSNames     []string      `mapstructure:"tls_names"`  // further host names and addresses of the self-made certificate
	TLSOff       bool          `mapstructure:"tls_off"`    // plainly switched off beyond loopback
	SessionIdle  time.Duration `mapstructure:"session_idle"`
	SessionMax   time.Duration `mapstructure:"session_max"`
	LockAfter    time.Duration `mapstructure:"lock_after"` // without a key or a click a page locks; 0: never
	MetricsToken string        `mapstructure:"-"`          // from MetricsFile or the environment
	MetricsFile  string        `mapstructure:"metrics_token_file"`
}

// DefaultConfig listens on loopback only.
func DefaultConfig() Config {
	return Config{Listen: "127.0.0.1:8480", TLSFolder: "/var/lib/dutyline/tls", SessionIdle: 12 * time.Hour, SessionMax: 7 * 24 * time.Hour, LockAfter: 15 * time.Minute}
}

// transport is how connections are protected.
type transport string

// The closed set of transports.
const (
	plain    transport = "plain"     // loopback, or switched off
	ownCert  transport = "own_cert"  // the files of the configuration
	selfMade transport = "self_made" // made here, renewed here
)

// transport decides; the error names the remedy.
func (c Config) transport() (transport, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return "", fmt.Errorf("web.listen: %q is no address with a port; write for instance 127.0.0.1:8480", c.Listen)
	case c.TLSCert != "" && c.TLSKey != "":
		return ownCert, nil
	case c.TLSCert != "" || c.TLSKey != "":
		return "", errors.New("web.tls_cert and web.tls_key belong together: give both, or neither and a certificate is made")
	case isLoopback(host) || c.TLSOff:
		return plain, nil
	case c.TLSFolder != "":
		return selfMade, nil
	}
	return "", fmt.Errorf("web.listen: %s can be reached from other computers, and passwords would cross the network unprotected: "+
		"give web.tls_cert and web.tls_key, or name a web.tls_folder where a certificate is made, or switch TLS off plainly with web.tls_off: true", c.Listen)
}

// Secure reports whether Listen will serve TLS; it is what Deps.Secure wants.
func (c Config) Secure() bool {
	t, err := c.transport()
	return err == nil && t != plain
}

// URL is the address for a browser on this computer, for instance https://127.0.0.1:8480.
// An unspecified address is shown as loopback.
func (c Config) URL(addr net.Addr) string {
	scheme := "http"
	if c.Secure() {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() && !ip.Is4In6() {
			host = "::1"
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// isLoopback reports whether nobody but this computer can reach a host. An empty host means
// every address of this computer. A name counts only when all its addresses are loopback.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	if host == "" {
		return false
	}
	ips, err := net.LookupIP(host)
	if err != nil || len(ips) == 0 {
		return false
	}
	for _, ip := range ips {
		if !ip.IsLoopback() {
			return false
		}
	}
	return true
}
