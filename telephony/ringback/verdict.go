package ringback

import "time"

// Kind is what was heard.
type Kind int

// The kinds of sound before an answer. Everything but CannotTell is a decision.
const (
	CannotTell Kind = iota // the reason says why; often only because too little was heard
	Standard               // the ring-back tone of China: nothing is set on the line
	Foreign                // the ring-back tone of another country
	Busy
	Congestion
	Special   // another known signal, such as the tone of an unobtainable number
	OtherTone // a steady tone whose cadence is on no list
	Custom    // music or speech: a custom ring-back, or an announcement
	Silence   // nothing, or the line's own noise: no fault, many switches send no sound
)

var kindNames = [...]string{"cannot tell", "standard", "foreign", "busy", "congestion", "special", "other tone", "custom", "silence"}

func (k Kind) String() string { return kindNames[k] }

// Certainty is how far a verdict can be relied on.
type Certainty int

// A verdict that is likely may still change while more is heard.
const (
	Unsure Certainty = iota // of a verdict that is none
	Likely                  // it fits, but rests on one period or on few seconds
	Sure
)

func (c Certainty) String() string { return [...]string{"unsure", "likely", "sure"}[c] }

// Verdict says what the caller heard, and why.
type Verdict struct {
	Kind      Kind
	Name      string // whose signal, or which; of a custom one "music", "speech", or "" where that is unclear
	Certainty Certainty
	Reason    string // a sentence for people; never empty
	Tone      Tone   // of a tone that was heard, also when it could not be named
	Heard     time.Duration
}

// Tone is a tone as it was measured.
type Tone struct {
	Hz, Second float64       // frequencies; Second is 0 for a single one
	OnFor      time.Duration // median of the bursts heard as a whole; 0: none was
	OffFor     time.Duration // likewise of the pauses
	Periods    int           // whole periods that fit; 0: no cadence is known
}
