package ari

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dutyline/telephony"
)

// A helper channel is in our application some milliseconds after it was made; only then can
// it be told to record.
const (
	helperWait  = 2 * time.Second
	helperPause = 5 * time.Millisecond
)

var _ telephony.Snooper = (*Client)(nil)

// Snoop makes one helper channel for each tap and records what it hears. The call's own
// channel never enters our application, and what runs goes on when we are gone: a helper ends
// with the channel that it listens to.
func (c *Client) Snoop(ctx context.Context, taps []telephony.Tap) (time.Time, error) {
	app := c.runningApp()
	if app == "" {
		return time.Time{}, newError(Lost, "record by snooping", errors.New("the switch cannot be seen"))
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	begun, faults := make([]time.Time, len(taps)), make([]error, len(taps))
	each(len(taps), func(i int) { begun[i], faults[i] = c.makeHelper(ctx, app, taps[i]) })
	each(len(taps), func(i int) { // all together, so that the sides are in step
		if faults[i] == nil {
			faults[i] = c.recordHelper(ctx, taps[i])
		}
	})
	var since time.Time
	for i, at := range begun {
		if faults[i] == nil && at.After(since) {
			since = at
		}
	}
	return since, errors.Join(faults...)
}

func each(n int, do func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// makeHelper makes a channel that listens to one voice of another, and reads from it when that was.
func (c *Client) makeHelper(ctx context.Context, app string, tap telephony.Tap) (time.Time, error) {
	path := fmt.Sprintf("/channels/%s/snoop/%s?spy=%s&app=%s", url.PathEscape(tap.Channel), url.PathEscape(tap.Helper), tap.Voice, url.QueryEscape(app))
	var made channelData
	if _, err := c.rest.ask(ctx, http.MethodPost, path, &made); err != nil {
		return time.Time{}, snoopFault("listen to channel "+tap.Channel, err)
	}
	return made.channel().Created, nil
}

// recordHelper has a helper recorded, as soon as it has reached our application. A recording of
// the same name is never overwritten.
func (c *Client) recordHelper(ctx context.Context, tap telephony.Tap) error {
	path := fmt.Sprintf("/channels/%s/record?name=%s&format=wav&ifExists=fail", url.PathEscape(tap.Helper), url.QueryEscape(tap.Name))
	waited, cancel := context.WithTimeout(ctx, helperWait)
	defer cancel()
	for {
		_, err := c.rest.ask(ctx, http.MethodPost, path, nil)
		if err == nil {
			return nil
		}
		if !notYetOurs(err) || !wait(waited, helperPause) {
			c.dismiss(ctx, tap)
			return snoopFault("record "+tap.Name, err)
		}
	}
}

// notYetOurs reports whether a helper has been made and has not reached our application.
func notYetOurs(err error) bool {
	return ReasonOf(err) == Refused && strings.Contains(err.Error(), "not in Stasis")
}

// dismiss ends a helper that does not record. It is ours; the call does not notice.
func (c *Client) dismiss(ctx context.Context, tap telephony.Tap) {
	_, _ = c.rest.ask(ctx, http.MethodDelete, "/channels/"+url.PathEscape(tap.Helper), nil) // it ends with the call in any case
}

// snoopFault names the remedy of what is special about recording by snooping.
func snoopFault(what string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Reason == Refused {
		remedy := "load res_stasis_snoop, res_stasis_recording and format_wav in Asterisk's modules.conf, and look at its log"
		if strings.Contains(err.Error(), "already exists") {
			remedy = "a recording of that name is there: if the dialplan records, too, set recording.by to dialplan; nothing is overwritten"
		}
		return &Error{Reason: Refused, What: what, Remedy: remedy, Err: e.Err}
	}
	return err
}
