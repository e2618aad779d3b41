package telephony

import (
	"context"
	"strings"
	"time"
)

// ownCall begins the id of the channel of every call that we have the switch place. A unique id
// of the switch's own begins with its system name, which has no dots in it.
const ownCall = "dutyline.call."

// OwnCallID is the id of a call of our own.
func OwnCallID(name string) string { return ownCall + name }

// OwnCall reports whether a channel is a call of our own (tag "system"): it is nobody's call, so
// trackers, journal and snapshots pass it over. It is in no entry and in nobody's figures.
func OwnCall(channel string) bool { return strings.HasPrefix(channel, ownCall) }

// Announcement is a call of our own: somebody is called, hears sounds and may press a key.
type Announcement struct {
	ID     string // see OwnCallID; the same again is the same call
	Trunk  string // the endpoint over which it goes out, for instance "PJSIP/trunk"
	Number string // who is called: digits
	From   string // the number that is shown; empty: what the trunk shows by itself
	Ring   time.Duration
	Sounds []string // files on the switch, without their ending; those that it does not have are passed over
	Once   bool     // said once, not three times
	Thanks string   // the sound after the key that takes the alert on
}

// Announced is how such a call stands.
type Announced struct {
	Known    bool // it runs, or it is over and was not forgotten
	Over     bool
	Answered bool
	Key      string // the last one pressed
	Cause    int    // Q.850, of its end
}

// Announcer places calls of our own. They run in the switch's dialplan and never in an application
// of ours: one that was begun comes to its end without us, and what came of it is kept on the
// switch until it is forgotten. Every method may be repeated without harm; none retries.
type Announcer interface {
	// Announce begins a call and returns as soon as the switch has taken it on.
	Announce(ctx context.Context, a Announcement) error
	// Announced is how the call of that id stands.
	Announced(ctx context.Context, id string) (Announced, error)
	// ForgetAnnounced lets the switch forget what came of a call.
	ForgetAnnounced(ctx context.Context, id string) error
	// InUse reports whether anybody's call is on an endpoint now; ErrNotFound when there is no such endpoint.
	InUse(ctx context.Context, endpoint string) (bool, error)
}
