package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"dutyline/alerts"
)

const (
	sendTime  = 20 * time.Second // for one try
	sendPause = time.Second      // between two messages: many alerts at once are no storm
	owedPause = 5 * time.Second  // until the log is asked again to keep what came of a try
	sendLook  = time.Minute      // how often the outbox is looked at without a reason
)

// sender carries the alerts of one channel out of the building, one after the other. What waits
// is in the log's rows, so that a restart loses nothing; a receiver that is away holds up its own
// channel only.
type sender struct {
	name    string
	channel alerts.Channel
	details bool          // see config.Channel
	calls   bool          // it calls people; see alerts.Route
	try     time.Duration // how long one try may take; 0: sendTime
	outbox  alerts.Outbox
	wake    func() <-chan struct{} // closed at the next commit
	now     func() time.Time
	logger  *slog.Logger
	failed  string           // what was said of the last try in vain
	vain    int              // tries in vain in a row
	rest    time.Time        // until then what was tried before is left alone
	owed    *alerts.Delivery // what came of the last try, as long as the log does not take it
}

// Run sends until ctx ends.
func (s *sender) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		wake := s.wake() // before looking, so that nothing falls between
		wait, idle := s.turn(ctx)
		timer := time.NewTimer(wait)
		if !idle { // it rests: commits meanwhile are none of its business
			wake = nil
		}
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
		}
		timer.Stop()
	}
	return nil
}

// turn makes one try at what waits longest, and says how long to rest then, and whether a commit
// may change that.
func (s *sender) turn(ctx context.Context) (wait time.Duration, idle bool) {
	if s.owed != nil { // nothing else is sent: what the log does not know is sent again, and again
		s.keep(ctx, *s.owed)
		return owedPause, false
	}
	d, waits, err := s.outbox.NextDelivery(ctx, s.name)
	switch {
	case err != nil:
		s.tell(ctx, "the outbox cannot be read", err)
		return sendPause, false
	case !waits:
		return sendLook, true
	}
	if due := s.due(d); due > 0 {
		return min(due, sendLook), true // however the clock was set; a call that rings now does not wait for it
	}
	if s.calls && d.Moot() {
		d.State, d.DoneAt = alerts.Needless, s.now()
		s.keep(ctx, d)
		return sendPause, false
	}
	notice := d.Notice()
	if s.details {
		notice = d.WithDetails()
	}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(s.try, sendTime))
	err = s.channel.Deliver(limited, notice)
	cancel()
	if ctx.Err() != nil {
		return 0, false // it may or may not have arrived: the next run says it again
	}
	never := errors.Is(err, alerts.ErrNever)
	d = d.Tried(never, err, s.now())
	s.learn(err)
	switch d.State {
	case alerts.Delivered:
		s.failed = ""
		s.logger.Info("an alert was delivered", "channel", s.name, "alert", d.Alert.Key, "over", d.Over)
	case alerts.GivenUp:
		s.logger.Error("an alert could not be delivered and is too old to be tried again", "channel", s.name, "alert", d.Alert.Key, "err", err)
	case alerts.Waiting:
		what := "an alert could not be delivered; it is tried again"
		if never {
			what = "an alert cannot be delivered until somebody mends this; it is tried again from time to time"
		}
		s.tell(ctx, what, err)
	}
	s.keep(ctx, d)
	return sendPause, false
}

// due is how long a delivery still has to wait. While a receiver is away what was tried before waits
// together: hundreds of alerts are no storm. A new alert is tried at once all the same.
func (s *sender) due(d alerts.Delivery) time.Duration {
	at := d.NextTry
	if d.Attempts > 0 && s.rest.After(at) {
		at = s.rest
	}
	return at.Sub(s.now())
}

// learn knows from a try whether the receiver is away. Who calls people learns nothing: one does not
// pick up, the next one may.
func (s *sender) learn(err error) {
	switch {
	case errors.Is(err, alerts.ErrNotNow) || s.calls:
	case err == nil:
		s.vain, s.rest = 0, time.Time{}
	default:
		s.vain++
		s.rest = s.now().Add(alerts.Pause(s.vain))
	}
}

// keep keeps what came of a try, here until the log takes it: one that is full or locked must not
// have the same alert sent over and over.
func (s *sender) keep(ctx context.Context, d alerts.Delivery) {
	s.owed = nil
	if err := s.outbox.SaveDelivery(ctx, d); err != nil {
		s.owed = &d
		s.tell(ctx, "what came of a delivery cannot be kept; the channel waits for the log, and a restart would say it twice", err)
	}
}

// tell says what is new.
func (s *sender) tell(ctx context.Context, what string, err error) {
	if ctx.Err() != nil || s.failed == err.Error() {
		return
	}
	s.failed = err.Error()
	s.logger.Warn(what, "channel", s.name, "err", err)
}

// senders run side by side: one receiver that is slow does not hold up another.
type senders []*sender

// Run ends with the last of them.
func (all senders) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, s := range all {
		running.Go(func() { _ = s.Run(ctx) }) // it ends with ctx alone
	}
	running.Wait()
	return nil
}
