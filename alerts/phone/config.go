// Package phone delivers notices by a phone call: the switch calls a person, says what it is about
// and takes a key. 1 takes the alert on, as theirs.
package phone

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// Config is whom to call, and how.
type Config struct {
	Via     []string      `mapstructure:"via"`     // trunks, the best first; one that carries a call is not used
	From    string        `mapstructure:"from"`    // the number that is shown; empty: the duty number of the alert's line
	People  []Person      `mapstructure:"people"`  // one after the other, one call each, from the beginning again; whom the chain names goes before them
	Ring    time.Duration `mapstructure:"ring"`    // how long one phone rings; 0: 30 s
	Prompts string        `mapstructure:"prompts"` // folder of the sound files, as the switch reaches it
}

// Person is one who is called.
type Person struct {
	Name  string `mapstructure:"name"`
	Phone string `mapstructure:"phone"`
}

// DefaultPrompts is where the sound files lie if the site does not say.
const DefaultPrompts = "/usr/share/dutyline/prompts"

const (
	usualRing           = 30 * time.Second
	leastRing, mostRing = 5 * time.Second, 2 * time.Minute
	talkTime            = 3 * time.Minute // the dialplan says it three times and hangs up; 1 min is usual
	alawEnding          = ".alaw"
	acknowledgeKey      = "1"
)

var (
	trunkName  = regexp.MustCompile(`^PJSIP/[A-Za-z0-9_.-]+$`)
	dialNumber = regexp.MustCompile(`^\+?[0-9]{3,20}$`)
	// punctuation is what people put into a number of the roster.
	punctuation = regexp.MustCompile(`[ ().-]`)
	folderName  = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)
)

// Validate says all faults at once, each beginning with the key it is about.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(c.Via) == 0 {
		fault("via: is empty; name the trunk over which to call, for instance [PJSIP/trunk]")
	}
	for _, t := range c.Via {
		if !trunkName.MatchString(t) {
			fault("via: %q is no trunk that can be called over; write for instance PJSIP/trunk", t)
		}
	}
	if c.From != "" && !dialNumber.MatchString(c.From) {
		fault("from: %q is no number; write digits", c.From)
	}
	if len(c.People) == 0 {
		fault("people: is empty; name at least one person to call, for instance {name: 陈刚, phone: \"13900001111\"}")
	}
	for i, p := range c.People {
		if p.Name == "" {
			fault("people[%d].name: is missing; an alert is acknowledged in this name", i)
		}
		if !dialNumber.MatchString(p.Phone) {
			fault("people[%d].phone: %q is no number; write its digits in quotes, as they are dialled from the duty room", i, p.Phone)
		}
	}
	if c.Ring != 0 && (c.Ring < leastRing || c.Ring > mostRing) {
		fault("ring: is %s; a phone rings for 5s to 2m, usually 30s", c.Ring)
	}
	if c.Prompts != "" && !folderName.MatchString(c.Prompts) {
		fault("prompts: %q is no folder for the switch; write an absolute path of letters, digits, dots and dashes, for instance %s", c.Prompts, DefaultPrompts)
	}
	return errors.Join(faults...)
}

// Beside says what of the channel does not go together with the duty lines: the duty phone is never
// called, and nothing is called over it.
func (c Config) Beside(lines []telephony.Line) error {
	var faults []error
	for i, p := range c.People {
		if line, is := alerts.DutyLine(p.Phone, lines); is {
			faults = append(faults, fmt.Errorf("people[%d].phone: %s is the duty phone of line %q, which must stay free for callers; name another phone of this person, for instance a mobile", i, p.Phone, line))
		}
	}
	for _, t := range c.Via {
		for _, l := range lines {
			if l.IsDuty(t) {
				faults = append(faults, fmt.Errorf("via: %s is the duty phone of line %q; name a trunk", t, l.Name))
			}
		}
	}
	return errors.Join(faults...)
}

// TryTime bounds one try: ringing, saying it three times, and a little.
func (c Config) TryTime() time.Duration { return c.ring() + talkTime }

func (c Config) ring() time.Duration {
	if c.Ring == 0 {
		return usualRing
	}
	return c.Ring
}

// PromptFolder is where the sound files lie.
func (c Config) PromptFolder() string {
	if c.Prompts == "" {
		return DefaultPrompts
	}
	return c.Prompts
}
