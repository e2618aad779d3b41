package telephony

import "time"

// Rule is how a line counts rings and what it allows (Art. 12: within three rings).
// The default is the Chinese exchange ring: 1 s on, 4 s off, so the fourth ring begins at 15 s.
type Rule struct {
	On          time.Duration // length of one burst
	Off         time.Duration // silence between bursts
	Limit       int           // rings allowed
	Offset      time.Duration // how long the bell rang before the switch saw it (FXO gateways)
	Uncertainty time.Duration // an answer this close to the limit is borderline
}

// DefaultRule is the cadence of Chinese exchanges with the limit of Art. 12.
func DefaultRule() Rule {
	return Rule{On: time.Second, Off: 4 * time.Second, Limit: 3, Uncertainty: 100 * time.Millisecond}
}
