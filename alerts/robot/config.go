// Package robot delivers notices to the group robots of WeCom (企业微信), DingTalk (钉钉) and
// Feishu (飞书): one POST of JSON each, with the vendor's own signature and answer.
package robot

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Kind is the vendor.
type Kind string

// The closed set of vendors.
const (
	WeCom    Kind = "wecom"
	DingTalk Kind = "dingtalk"
	Feishu   Kind = "feishu"
)

// Config is one robot. Its address lets everybody write into the group who knows it: it is a
// secret as a whole, just as the signing secret.
type Config struct {
	Kind        Kind   `mapstructure:"kind"`
	WebhookFile string `mapstructure:"webhook_file"` // holds the whole address as the group's settings show it
	SecretFile  string `mapstructure:"secret_file"`  // holds the signing secret (加签, 签名校验); WeCom has none

	Webhook string         `mapstructure:"-"` // what is in WebhookFile
	Secret  string         `mapstructure:"-"` // what is in SecretFile; empty: nothing is signed
	Zone    *time.Location `mapstructure:"-"` // the site's, for times that people read
}

// Validate says all faults at once, each beginning with the key it is about.
func (c Config) Validate() error {
	v, known := vendors[c.Kind]
	if !known {
		return errors.Join(fmt.Errorf("kind: %q is unknown; use wecom, dingtalk or feishu", c.Kind), c.checkWebhook(vendor{}))
	}
	faults := []error{c.checkWebhook(v)}
	if c.Secret != "" && v.sign == nil {
		faults = append(faults, fmt.Errorf("secret_file: robots of %s sign nothing; take it out", c.Kind))
	}
	if c.SecretFile != "" && c.Secret == "" {
		faults = append(faults, errors.New("secret_file: is empty; copy the secret from the robot's settings into it, or take the key out if the robot signs nothing"))
	}
	return errors.Join(faults...)
}

// checkWebhook takes any host: private deployments have their own.
func (c Config) checkWebhook(v vendor) error {
	u, err := url.Parse(c.Webhook)
	switch {
	case c.Webhook == "":
		return errors.New("webhook_file: is missing or empty; copy the robot's whole address from the group's settings into a file and name it here")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("webhook_file: holds no address; copy the whole one from the group's settings, not its key alone")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("webhook_file: http to %s would show the key to the network; use https", u.Host)
	case v.token != nil && v.token(u) == "":
		return fmt.Errorf("webhook_file: there is no key in the address; it looks like %s", v.looks)
	}
	return nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// inQuery finds the key of an address in its query.
func inQuery(name string) func(*url.URL) string {
	return func(u *url.URL) string { return u.Query().Get(name) }
}

// inPath finds it after the path's last slash, where there is more than a host.
func inPath(u *url.URL) string {
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}
