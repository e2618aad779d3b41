// Package webhook delivers notices to anything that takes an HTTP request: the request's body is
// a template of the site. Two are shipped: for Prometheus Alertmanager, and as an example for an
// SMS gateway.
package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Config is one receiver. Its address and the values of headers may be secrets: they come from
// files then, and no error shows them.
type Config struct {
	Method   string   `mapstructure:"method"`   // POST (also when empty), PUT or PATCH
	URL      string   `mapstructure:"url"`      // https, or http on loopback
	URLFile  string   `mapstructure:"url_file"` // instead of url, where the address is a secret: whoever loads the configuration reads it into URL
	Headers  []Header `mapstructure:"headers"`
	Template string   `mapstructure:"template"` // name of a shipped one: alertmanager or sms
	Body     string   `mapstructure:"body"`     // a template of the site's own, instead of template
	Yes      string   `mapstructure:"yes"`      // regular expression (RE2) that the answer's body must match; empty: any 2xx but a web page is a yes
	To       []string `mapstructure:"to"`       // for the template: .To, for instance mobile numbers

	Zone *time.Location `mapstructure:"-"` // the site's, for times that people read
}

// Header is one header of the request.
type Header struct {
	Name      string `mapstructure:"name"`
	Value     string `mapstructure:"value"`
	ValueFile string `mapstructure:"value_file"` // instead of value, where it is a secret
	Secret    string `mapstructure:"-"`          // what is in ValueFile
}

func (h Header) value() string {
	if h.ValueFile != "" {
		return h.Secret
	}
	return h.Value
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// Validate says all faults at once, each beginning with the key it is about.
func (c Config) Validate() error {
	faults := []error{c.checkURL()}
	if !slices.Contains([]string{"", http.MethodPost, http.MethodPut, http.MethodPatch}, c.Method) {
		faults = append(faults, fmt.Errorf("method: %q is not possible; write POST, PUT or PATCH", c.Method))
	}
	for i, h := range c.Headers {
		if !headerName.MatchString(h.Name) {
			faults = append(faults, fmt.Errorf("headers[%d].name: %q is no name of a header; write for instance Authorization", i, h.Name))
		}
		switch {
		case h.Value != "" && h.ValueFile != "":
			faults = append(faults, fmt.Errorf("headers[%d].value: there is a value_file as well; give one of them", i))
		case h.value() == "":
			faults = append(faults, fmt.Errorf("headers[%d].value: is empty; give value, or value_file with a file that holds it", i))
		case strings.ContainsFunc(h.value(), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			faults = append(faults, fmt.Errorf("headers[%d].value: has a line break or another control character in it; take it out", i))
		}
	}
	if _, err := regexp.Compile(c.Yes); err != nil {
		faults = append(faults, fmt.Errorf("yes: %q is no regular expression: %w; write for instance '\"code\": *0[,}]'", c.Yes, err))
	}
	if _, err := c.template(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func (c Config) checkURL() error {
	if c.URL == "" {
		return errors.New("url: is missing; give url, or url_file with a file that holds the address")
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("url: is no address of a receiver; write for instance https://host/path")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("url: http to %s would show the message and its keys to the network; use https, or a receiver on this machine (127.0.0.1)", u.Host)
	}
	return nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
