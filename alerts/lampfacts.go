package alerts

import (
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// HealthRule is from when on something is a problem. It is configuration.
type HealthRule struct {
	OffHookAfter    time.Duration `mapstructure:"off_hook_after"`   // in use for so long and nobody was reached
	TrunkAfter      time.Duration `mapstructure:"trunk_after"`      // the trunk is away for so long
	RecordAfter     time.Duration `mapstructure:"record_after"`     // a recording is not sealed so long after the call
	PageAfter       time.Duration `mapstructure:"page_after"`       // no officer's page for so long
	OfficerAfter    time.Duration `mapstructure:"officer_after"`    // a handover may take so long
	RosteredOfficer bool          `mapstructure:"rostered_officer"` // the officer who is signed in must be the rostered one
	Silence         SilenceRule   `mapstructure:"silence"`
}

// DefaultHealth is the shipped rule.
func DefaultHealth() HealthRule {
	return HealthRule{OffHookAfter: 90 * time.Second, TrunkAfter: 30 * time.Second, RecordAfter: 5 * time.Minute, PageAfter: 2 * time.Minute,
		OfficerAfter: 30 * time.Minute, RosteredOfficer: true, Silence: DefaultSilence()}
}

// LineFacts is what is known of one line at one moment.
type LineFacts struct {
	Line    telephony.Line
	State   telephony.LineState
	Faults  []telephony.Finding // of its configuration
	Trunks  []TrunkFacts
	SIP     SIPFacts
	Log     *LineLog // nil: the log cannot be read
	Trouble string   // why no recording can be sealed at all
}

// TrunkFacts is how the switch sees a trunk.
type TrunkFacts struct {
	Name      string
	Qualified bool // the switch asks whether it is there
	Known     bool // and has said how it is
	Online    bool
}

// SIPFacts is whether copies of SIP messages come.
type SIPFacts struct {
	Wanted     bool // an address is configured
	Heard      bool // and something came lately
	Registered bool // and it is proved where the duty phones are registered
}

// LineLog is what the duty log says of a line.
type LineLog struct {
	Recent []dutylog.Call // the newest first
	Silent bool           // no call for unusually long, see SilenceRule
	Open   []Alert        // that nobody has taken on
}

// HouseFacts is what is known of the daemon and its machine.
type HouseFacts struct {
	Journal  JournalFacts
	Disk     recorder.Room
	DiskSays string
	Clock    ClockFacts
	Pages    []OpenPage
	Rostered string // the officer on duty by the roster; empty: it has none
	Beat     BeatFacts
}

// JournalFacts is how the switch's own journal is.
type JournalFacts struct {
	Configured, OK bool
	Detail         string
}

// ClockFacts is what the kernel says of the machine's clock.
type ClockFacts struct{ Known, Kept bool }

// OpenPage is a page that somebody who is signed in has open.
type OpenPage struct {
	Login, Name string
	Role        dutylog.Role
	Sounds      bool // its browser lets it sound
}

// BeatFacts is how it goes with telling another machine that we watch.
type BeatFacts struct {
	Wanted bool      // an address is configured
	Held   string    // why nothing is sent
	Failed string    // what came of the last one in vain
	Last   time.Time // one that arrived
}
