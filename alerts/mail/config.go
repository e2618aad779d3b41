// Package mail delivers notices by SMTP.
package mail

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"slices"
	"strconv"
	"time"
)

// Security is how the connection to the mail server is protected.
type Security string

// The closed set of protections.
const (
	StartTLS Security = "starttls" // the default; usually port 587 or 25
	TLS      Security = "tls"      // from the first byte on; usually port 465
	None     Security = "none"     // only to a server on this machine when there is a login
)

// Config is one mail account and who gets its mails.
type Config struct {
	Server       string   `mapstructure:"server"` // with its port, for instance smtp.example.cn:587
	TLS          Security `mapstructure:"tls"`    // empty: starttls
	User         string   `mapstructure:"user"`   // empty: the server wants no login
	PasswordFile string   `mapstructure:"password_file"`
	From         string   `mapstructure:"from"` // for instance 值班室 <duty@example.cn>
	To           []string `mapstructure:"to"`

	Password string         `mapstructure:"-"` // what is in PasswordFile
	Zone     *time.Location `mapstructure:"-"` // the site's, for times that people read
}

func (c Config) security() Security {
	if c.TLS == "" {
		return StartTLS
	}
	return c.TLS
}

// Validate says all faults at once, each beginning with the key it is about.
func (c Config) Validate() error {
	var faults []error
	host, port, err := net.SplitHostPort(c.Server)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" {
		faults = append(faults, fmt.Errorf("server: %q is no mail server with its port; write for instance smtp.example.cn:587", c.Server))
	}
	if !slices.Contains([]Security{StartTLS, TLS, None}, c.security()) {
		faults = append(faults, fmt.Errorf("tls: %q is unknown; use starttls, tls or none", c.TLS))
	}
	if c.security() == None && c.User != "" && !loopback(host) {
		faults = append(faults, errors.New("tls: none would show the password to the network; use starttls or tls, or a server on this machine"))
	}
	if (c.User == "") != (c.Password == "") {
		faults = append(faults, errors.New("user: needs password_file with the password in it; give both or neither"))
	}
	if err := checkAddress(c.From); err != nil {
		faults = append(faults, fmt.Errorf("from: %w", err))
	}
	if len(c.To) == 0 {
		faults = append(faults, errors.New("to: is empty; name who gets the mails"))
	}
	for i, to := range c.To {
		if err := checkAddress(to); err != nil {
			faults = append(faults, fmt.Errorf("to[%d]: %w", i, err))
		}
	}
	return errors.Join(faults...)
}

// checkAddress wants ASCII in the address itself, which every server takes; the name before it
// may be Chinese.
func checkAddress(s string) error {
	a, err := netmail.ParseAddress(s)
	if err != nil || slices.ContainsFunc([]byte(a.Address), func(b byte) bool { return b <= ' ' || b >= 0x7f }) {
		return fmt.Errorf("%q is no mail address; write for instance duty@example.cn or 值班室 <duty@example.cn>", s)
	}
	return nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
