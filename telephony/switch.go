package telephony

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrNotFound is returned by a Switch for a thing it does not have (any more).
var ErrNotFound = errors.New("the switch does not have it")

// Switch is what we ask of the telephone switch beyond its events. Every method may be
// repeated without harm; none touches a running call. Implementations do not retry.
type Switch interface {
	// Info names the switch and reads its clock.
	Info(ctx context.Context) (SwitchInfo, error)
	// Snapshot lists what exists now, to take up after a gap.
	Snapshot(ctx context.Context) (Snapshot, error)
	// EndpointSetting reads one configured setting of an endpoint such as "PJSIP/duty",
	// for instance "redirect_method"; ErrNotFound when there is no such endpoint.
	EndpointSetting(ctx context.Context, endpoint, setting string) (string, error)
	// StoredRecordings lists the names of recordings on the switch, finished or not.
	StoredRecordings(ctx context.Context) ([]string, error)
	// FetchRecording copies one stored recording; ErrNotFound when it is not there.
	FetchRecording(ctx context.Context, name string, to io.Writer) (int64, error)
	// RemoveRecording deletes one stored recording; ErrNotFound when it is gone already.
	RemoveRecording(ctx context.Context, name string) error
}

// Snooper records a call from beside it, where the dialplan does not. The call's own channels
// stay where they are: only helper channels are ours, and they end with the channel that they
// listen to, whatever becomes of us.
type Snooper interface {
	// Snoop makes a helper for each tap and records what it hears, all sides in step. since is
	// the switch's clock when the recording had begun. ErrNotFound when the channel is gone; the
	// error of a side does not keep the others from being recorded.
	Snoop(ctx context.Context, taps []Tap) (since time.Time, err error)
}

// Tap is one voice that is to be recorded from beside the call.
type Tap struct {
	Channel string // whom to listen to; nothing happens to it
	Voice   Voice
	Helper  string // id of the helper channel
	Name    string // of the stored recording
}

// Voice is one of the two that pass through a channel.
type Voice string

// The two voices of a channel.
const (
	Spoken Voice = "in"  // what comes from its far end
	Heard  Voice = "out" // what its far end is given to hear
)

// SwitchInfo names the switch.
type SwitchInfo struct {
	System  string
	Version string
	Started time.Time
	Clock   time.Time // the switch's clock when it answered
}

// Snapshot is what exists on the switch at one moment.
type Snapshot struct {
	At        time.Time
	Up        time.Duration // our own uptime then
	Started   time.Time     // of the switch, to the second; zero when it did not say
	Channels  []Channel
	Bridges   []Bridge
	Endpoints []Endpoint
	Meanwhile []Endpoint // what the switch said of endpoints while it was asked, in order; Endpoints may be older
}

// Channel is one leg as the switch shows it.
type Channel struct {
	ID         string
	Name       string // "PJSIP/duty-00000001"
	State      string // Asterisk's word: Down, Ring, Ringing, Up …
	Number     string // caller id number, verbatim
	CallerName string
	RDNIS      string // redirecting number, when set
	Exten      string
	Context    string
	App        string // dialplan application now running
	AppData    string
	SIPCallID  string
	Created    time.Time
	LinkedID   string        // of the call this leg belongs to, when the switch told it
	Rang       bool          // on a calling leg: the phone it dials has begun to ring
	RangAfter  time.Duration // then: from the dialled leg's creation until it rang
}

// Bridge joins channels.
type Bridge struct {
	ID       string
	Channels []string
}

// Endpoint is a phone or trunk as the switch sees it.
type Endpoint struct {
	Name   string // "PJSIP/duty"
	Online bool
	Known  bool // false: the switch could not tell
}
