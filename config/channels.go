package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/alerts/mail"
	"dutyline/alerts/phone"
	"dutyline/alerts/robot"
	"dutyline/alerts/webhook"
	"dutyline/telephony"
)

// Alerts is how alerts leave the building.
type Alerts struct {
	Rules    string        `mapstructure:"rules"` // the rule file; empty: the shipped rules
	Channels []Channel     `mapstructure:"channels"`
	Damping  time.Duration `mapstructure:"damping"` // how long a problem must be over before it is told so; see alerts.Damping
}

// Channel is one receiver of alerts; exactly one of mail, robot, webhook and phone is set.
type Channel struct {
	Name    string          `mapstructure:"name"`
	Least   string          `mapstructure:"least"`   // severity from which on alerts go there; empty: critical
	Details bool            `mapstructure:"details"` // also the caller's number and the detail of the alert leave the building
	Mail    *mail.Config    `mapstructure:"mail"`
	Robot   *robot.Config   `mapstructure:"robot"`
	Webhook *webhook.Config `mapstructure:"webhook"`
	Phone   *phone.Config   `mapstructure:"phone"`
}

// Route is which alerts go by this channel.
func (c Channel) Route() alerts.Route {
	least := alerts.Severity(c.Least)
	if least == "" {
		least = alerts.Critical
	}
	return alerts.Route{Channel: c.Name, Least: least, Calls: c.Phone != nil}
}

// Routes are those of all channels.
func (a Alerts) Routes() []alerts.Route {
	routes := make([]alerts.Route, len(a.Channels))
	for i, c := range a.Channels {
		routes[i] = c.Route()
	}
	return routes
}

// Kind is what the channel is.
func (c Channel) Kind() string {
	switch {
	case c.Mail != nil:
		return "mail"
	case c.Robot != nil:
		return "robot"
	case c.Webhook != nil:
		return "webhook"
	case c.Phone != nil:
		return "phone"
	}
	return ""
}

// TryTime is how long one try may take; 0: what sends something has no time of its own.
func (c Channel) TryTime() time.Duration {
	if c.Phone != nil {
		return c.Phone.TryTime()
	}
	return 0
}

// Open makes the channel; what is wrong with it was said when the configuration was loaded. One that
// calls people needs more than its configuration: see phone.New.
func (c Channel) Open() (alerts.Channel, error) {
	switch {
	case c.Mail != nil:
		return mail.New(*c.Mail)
	case c.Robot != nil:
		return robot.New(*c.Robot)
	case c.Webhook != nil:
		return webhook.New(*c.Webhook)
	}
	return nil, fmt.Errorf("channel %q is neither mail nor robot nor webhook", c.Name)
}

// readChannelSecrets takes the channels' secrets from their files.
func (c *Config) readChannelSecrets(f *Faults) {
	zone := c.Site.Location()
	for i := range c.Alerts.Channels {
		at, ch := fmt.Sprintf("alerts.channels[%d]", i), &c.Alerts.Channels[i]
		ch.readSecrets(f, at, zone)
	}
}

func (c *Channel) readSecrets(f *Faults, at string, zone *time.Location) {
	read := func(key, file string) string { return secret(f, at+key, file, "", false) }
	if m := c.Mail; m != nil {
		m.Password, m.Zone = read(".mail.password_file", m.PasswordFile), zone
	}
	if r := c.Robot; r != nil {
		r.Webhook, r.Secret, r.Zone = read(".robot.webhook_file", r.WebhookFile), read(".robot.secret_file", r.SecretFile), zone
	}
	if w := c.Webhook; w != nil {
		w.Zone = zone
		if w.URLFile != "" {
			w.URL = read(".webhook.url_file", w.URLFile)
		}
		for i, h := range w.Headers {
			w.Headers[i].Secret = read(fmt.Sprintf(".webhook.headers[%d].value_file", i), h.ValueFile)
		}
	}
}

func (c *Config) checkChannels(f *Faults) {
	names := map[string]bool{}
	for i, ch := range c.Alerts.Channels {
		at := fmt.Sprintf("alerts.channels[%d]", i)
		if !lineName.MatchString(ch.Name) {
			f.add(at+".name", "%q must be 1 to 32 of a-z, 0-9, _ and -", ch.Name)
		}
		if names[ch.Name] {
			f.add(at+".name", "%q is there twice; each channel needs its own name", ch.Name)
		}
		names[ch.Name] = true
		if ch.Least != "" && !slices.Contains(alerts.Severities(), alerts.Severity(ch.Least)) {
			f.add(at+".least", "%q is unknown; use info, warning or critical", ch.Least)
		}
		if ch.Details && ch.Phone != nil {
			f.add(at+".details", "is of no use to a phone call, which says rule, line, time and entry number and nothing more; take it out")
		}
		ch.checkKind(f, at, c.TelephonyLines())
	}
	for i, l := range c.Lines {
		for j, step := range l.Chain.Steps {
			if line, is := alerts.DutyLine(step.Phone, c.TelephonyLines()); is {
				f.add(fmt.Sprintf("lines[%d].chain.steps[%d].phone", i, j), "%s is the duty phone of line %q, which must stay free for callers; name another phone of this person, for instance a mobile, or none", step.Phone, line)
			}
		}
	}
	if d := c.Alerts.Damping; d < 0 || d > time.Hour {
		f.add("alerts.damping", "is %s; use 0 to 1h, usually 5m", d)
	}
}

func (c Channel) checkKind(f *Faults, at string, lines []telephony.Line) {
	type kind struct {
		key   string
		set   bool
		check func() error
	}
	n := 0
	for _, k := range []kind{
		{".mail", c.Mail != nil, func() error { return c.Mail.Validate() }},
		{".robot", c.Robot != nil, func() error { return c.Robot.Validate() }},
		{".webhook", c.Webhook != nil, func() error { return c.Webhook.Validate() }},
		{".phone", c.Phone != nil, func() error { return errors.Join(c.Phone.Validate(), c.Phone.Beside(lines)) }},
	} {
		if !k.set {
			continue
		}
		n++
		if err := k.check(); err != nil {
			for fault := range strings.SplitSeq(err.Error(), "\n") {
				key, words, found := strings.Cut(fault, ": ")
				if !found {
					key, words = "", fault
				}
				f.add(strings.TrimSuffix(at+k.key+"."+key, "."), "%s", words)
			}
		}
	}
	if n != 1 {
		f.add(at, "must have exactly one of mail, robot, webhook and phone")
	}
}
