package alerts

import (
	"context"
	"time"

	"dutyline/dutylog"
)

// ChannelTest is a test message that somebody sent by a channel, and what came of it.
type ChannelTest struct {
	Channel string
	At      time.Time
	By      dutylog.Actor
	Error   string // empty: it was delivered
}

// ChannelState is how a channel does, as its deliveries tell.
type ChannelState struct {
	Waiting   int         // messages that the receiver has not taken yet
	Since     time.Time   // of the oldest alert among them
	Delivered time.Time   // when the last message was taken; zero: none was
	Error     string      // of the newest try, when it was in vain
	Test      ChannelTest // the newest one; zero: there was none
}

// ChannelBook keeps how the channels do; dutylog/sqlite implements it.
type ChannelBook interface {
	ChannelState(ctx context.Context, channel string) (ChannelState, error)
	// KeepChannelTest keeps what came of a test.
	KeepChannelTest(ctx context.Context, t ChannelTest) error
}
