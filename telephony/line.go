package telephony

import "time"

// Line is one duty line: the number people call and the phones that may answer it.
type Line struct {
	Name        string      // short key, for instance "duty"
	Number      string      // the public number, for instance "02422739110"
	Endpoints   []string    // duty endpoints as the switch names them, "PJSIP/duty"; a trailing * means every name that begins so
	Trunks      []string    // where calls come from and go to, "PJSIP/trunk"; a trailing * as above
	AreaCode    string      // of the site, with its leading 0, for instance "024"
	Rule        Rule        // cadence and limit
	Supervision Supervision // what the trunk tells of answer and hang-up
}

// Supervision says how far the trunk's far-end answer and hang-up can be trusted.
type Supervision string

// The three kinds of supervision.
const (
	SupervisionSIP      Supervision = "sip"
	SupervisionPolarity Supervision = "polarity"
	SupervisionNone     Supervision = "none"
)

// State of a line, as the page shows it from two metres away.
type State string

// The closed set of line states.
const (
	Idle             State = "idle"
	Ringing          State = "ringing"
	Talking          State = "talking"
	LineUnreachable  State = "unreachable" // no duty endpoint is registered and answering
	LineStateUnknown State = "unknown"     // the switch cannot be seen
)

// LineState is what a line does now. The page's ring counter is arithmetic on RangAt and the rule.
type LineState struct {
	Line   string
	State  State
	Since  time.Time
	CallID string    // the call that rings or talks
	RangAt time.Time // while ringing
}
