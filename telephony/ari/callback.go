package ari

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"dutyline/telephony"
)

var _ telephony.CallBacker = (*Client)(nil)

// callBackContext is where a call back goes on when the duty phone was picked up: shipped in
// deploy/asterisk/extensions.conf.tmpl.
const callBackContext = "dutyline-callback"

// CallBack has the switch ring the duty phone. A phone that sends it on sends it nowhere. The number
// is what the phone shows while it rings; the dialplan shows the line's own to the other side.
func (c *Client) CallBack(ctx context.Context, b telephony.CallBack) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	query := url.Values{
		"endpoint": {b.Phone}, "context": {callBackContext}, "extension": {b.Number}, "priority": {"1"},
		"timeout": {strconv.Itoa(max(1, int(b.Ring.Seconds())))}, "callerId": {b.Number},
	}
	if err := c.originate(ctx, b.ID, query, map[string]string{"FORWARD_CONTEXT": announceNowhere}); err != nil {
		return fmt.Errorf("ring %s for a call back: %w", b.Phone, err)
	}
	return nil
}

// DropCallBack hangs up as long as nobody picked up. Between the look and the deed the phone may be
// picked up: then the officer hears that the call is gone, and a caller gets through.
func (c *Client) DropCallBack(ctx context.Context, id string) error {
	var ch channelData
	path := "/channels/" + url.PathEscape(id)
	_, err := c.rest.get(ctx, path, &ch)
	if err == nil && ch.State != "Up" {
		_, err = c.rest.ask(ctx, http.MethodDelete, path, nil)
	}
	if errors.Is(err, telephony.ErrNotFound) {
		return nil
	}
	return err
}
