package probe

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Config is the second line, from which tests are made.
type Config struct {
	Server       string `mapstructure:"server"`        // of the exchange or provider, with its port; empty: there is no second line
	Domain       string `mapstructure:"domain"`        // in the addresses; empty: the server's
	User         string `mapstructure:"user"`          // of the account; empty: the server knows us by our address
	PasswordFile string `mapstructure:"password_file"` //
	Number       string `mapstructure:"number"`        // its own number, as it arrives at the duty line
	Prefix       string `mapstructure:"prefix"`        // dialled before the duty number, for instance 9
	From         string `mapstructure:"from"`          // address of this machine to call from; empty: the one that leads there
	Password     string `mapstructure:"-"`             // from PasswordFile
}

// Set reports whether there is a second line at all.
func (c Config) Set() bool { return c.Server != "" }

// Validate says what is wrong, one fault a line, each with its key.
func (c Config) Validate() error {
	if !c.Set() {
		if c != (Config{}) {
			return errors.New("server: is missing; write the address and port of the exchange that has the second line, for instance 192.0.2.1:5060")
		}
		return nil
	}
	var faults []error
	if host, port, err := net.SplitHostPort(c.Server); err != nil || host == "" || port == "" {
		faults = append(faults, fmt.Errorf("server: %q is no address with a port; write for instance 192.0.2.1:5060", c.Server))
	}
	if !dialable(c.Number) {
		faults = append(faults, fmt.Errorf("number: %q is no number; write the second line's own, as the duty line shows it", c.Number))
	}
	if c.Prefix != "" && !dialable(c.Prefix) {
		faults = append(faults, fmt.Errorf("prefix: %q cannot be dialled; write digits", c.Prefix))
	}
	if strings.ContainsAny(c.Domain+c.User, " \t\r\n<>\"@;") {
		faults = append(faults, errors.New("user: neither user nor domain can have spaces, quotes, brackets, @ or ; in it"))
	}
	if c.From != "" && net.ParseIP(c.From) == nil {
		faults = append(faults, fmt.Errorf("from: %q is no address of this machine; write for instance 192.0.2.10", c.From))
	}
	return errors.Join(faults...)
}

// dialable is what a telephone can dial.
func dialable(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "0123456789+*#") == ""
}

// Bounds of one call, whatever the other side does.
const (
	firstAnswer  = 5 * time.Second  // until the server says anything at all
	farewell     = 4 * time.Second  // until it has confirmed that the call is over
	longest      = 60 * time.Second // of a call that nobody ends
	maxMessages  = 400
	maxDatagram  = 16 << 10
	soundLongest = 40 * time.Second // that is kept and listened to
)
