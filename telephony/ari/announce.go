package ari

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dutyline/telephony"
)

var _ telephony.Announcer = (*Client)(nil)

// Where a call of our own goes when it is answered, and what runs at its end: shipped in
// deploy/asterisk/extensions.conf.tmpl.
const (
	announceContext = "dutyline-alert"
	announceEnd     = "dutyline-alert-end,s,1"
	// A phone that sends our call on sends it nowhere: there is no such context. Without this it
	// would go on in the trunk's own, which is where the duty phone rings.
	announceNowhere = "dutyline-nowhere"
)

// Announce has the switch call somebody. The end's handler is there from the beginning, so that
// also what came of a call without an answer is kept.
func (c *Client) Announce(ctx context.Context, a telephony.Announcement) error {
	if before, err := c.Announced(ctx, a.ID); err != nil || before.Known {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	tech, trunk, _ := strings.Cut(a.Trunk, "/")
	query := url.Values{
		"endpoint": {tech + "/" + a.Number + "@" + trunk}, "context": {announceContext}, "extension": {"s"}, "priority": {"1"},
		"timeout": {strconv.Itoa(max(1, int(a.Ring.Seconds())))}, "callerId": {a.From},
	}
	variables := map[string]string{
		"DL_CALL": announceVariable(a.ID), "DL_SOUNDS": strings.Join(a.Sounds, "&"), "DL_THANKS": a.Thanks,
		"FORWARD_CONTEXT": announceNowhere, "CHANNEL(hangup_handler_push)": announceEnd,
	}
	if a.Once {
		variables["DL_TURN"] = "2" // two of the three turns are over
	}
	if err := c.originate(ctx, a.ID, query, variables); err != nil {
		return fmt.Errorf("call somebody over %s: %w", a.Trunk, err)
	}
	return nil
}

// originate has the switch place a call of ours, whose id makes sure that it is placed once.
func (c *Client) originate(ctx context.Context, id string, query url.Values, variables map[string]string) error {
	body, err := json.Marshal(map[string]any{"variables": variables})
	if err != nil {
		return err
	}
	resp, err := c.rest.do(ctx, http.MethodPost, "/channels/"+url.PathEscape(id)+"?"+query.Encode(), bytes.NewReader(body))
	if e := (*Error)(nil); errors.As(err, &e) && e.status == http.StatusConflict {
		return nil // it is placed already
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// announceVariable is the switch's global variable that keeps what came of a call.
func announceVariable(id string) string {
	return "DL_" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, id)
}

// Announced is how a call of our own stands. What came of it is written down before its channel is
// gone, so it is looked for last.
func (c *Client) Announced(ctx context.Context, id string) (telephony.Announced, error) {
	var ch channelData
	_, err := c.rest.get(ctx, "/channels/"+url.PathEscape(id), &ch)
	if err == nil {
		return telephony.Announced{Known: true, Answered: ch.State == "Up"}, nil
	}
	if !errors.Is(err, telephony.ErrNotFound) {
		return telephony.Announced{}, err
	}
	said, err := c.global(ctx, announceVariable(id))
	if err != nil || said == "" {
		return telephony.Announced{}, err
	}
	values, _ := url.ParseQuery(said) // ours; what does not belong there is not read
	cause, _ := strconv.Atoi(values.Get("cause"))
	return telephony.Announced{Known: true, Over: true, Answered: values.Get("answered") != "", Key: values.Get("key"), Cause: cause}, nil
}

// ForgetAnnounced removes the variable.
func (c *Client) ForgetAnnounced(ctx context.Context, id string) error {
	_, err := c.rest.ask(ctx, http.MethodPost, "/asterisk/variable?variable="+announceVariable(id), nil)
	return err
}

// InUse reports whether a channel is on an endpoint.
func (c *Client) InUse(ctx context.Context, endpoint string) (bool, error) {
	var e struct {
		Channels []string `json:"channel_ids"`
	}
	_, err := c.rest.get(ctx, "/endpoints/"+endpoint, &e)
	return len(e.Channels) > 0, err
}
