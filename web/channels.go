package web

import (
	"context"
	"errors"
	"net/http"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// Channels are the ways by which alerts leave the building.
type Channels interface {
	// List gives them in the order of the configuration.
	List(ctx context.Context) ([]Channel, error)
	// Test sends a test message and waits for what comes of it. The error is dutylog.ErrNotFound
	// when there is no such channel, and ErrTesting when it is being tried already.
	Test(ctx context.Context, name string, by dutylog.Actor) (alerts.ChannelTest, error)
}

// ErrTesting is why a channel is not tried: somebody else just does.
var ErrTesting = errors.New("a test message by this channel is on its way")

// Channel is one of them, and how it does.
type Channel struct {
	Name  string
	Kind  string // mail, robot, webhook …
	Least alerts.Severity
	State alerts.ChannelState
}

type channelBody struct {
	Name         string           `json:"name"`
	Kind         string           `json:"kind" doc:"mail, robot, webhook …"`
	Least        alerts.Severity  `json:"least" enum:"info,warning,critical" doc:"Alerts as bad as this, or worse, go out by it"`
	Waiting      int              `json:"waiting" doc:"Messages that the receiver has not taken yet"`
	WaitingSince stamp            `json:"waiting_since" doc:"Of the oldest alert among them"`
	DeliveredAt  stamp            `json:"delivered_at" doc:"When the last message was taken"`
	Error        string           `json:"error" doc:"Of the newest try, when it was in vain"`
	Test         *channelTestBody `json:"test" doc:"The newest test message; null: there was none"`
}

type channelTestBody struct {
	At        stamp  `json:"at"`
	By        string `json:"by"`
	Delivered bool   `json:"delivered" doc:"The receiver took it; whether somebody reads it there, a look tells"`
	Error     string `json:"error" doc:"Why not, and what to do"`
}

func testBody(t alerts.ChannelTest) channelTestBody {
	by := t.By.Name
	if by == "" {
		by = t.By.Login
	}
	return channelTestBody{At: stamp(t.At), By: by, Delivered: t.Error == "", Error: t.Error}
}

type channelsOutput struct {
	Body struct {
		Items []channelBody `json:"items" nullable:"false"`
	}
}

// channels lists the ways by which alerts leave the building.
func (a *app) channels(ctx context.Context, _ *struct{}) (*channelsOutput, error) {
	out := &channelsOutput{}
	out.Body.Items = []channelBody{}
	if a.Channels == nil {
		return out, nil
	}
	list, err := a.Channels.List(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	for _, c := range list {
		s := c.State
		body := channelBody{Name: c.Name, Kind: c.Kind, Least: c.Least, Waiting: s.Waiting, WaitingSince: stamp(s.Since), DeliveredAt: stamp(s.Delivered), Error: s.Error}
		if !s.Test.At.IsZero() {
			t := testBody(s.Test)
			body.Test = &t
		}
		out.Body.Items = append(out.Body.Items, body)
	}
	return out, nil
}

type channelTestInput struct {
	Name string `path:"name" maxLength:"32"`
}

type channelTestOutput struct{ Body channelTestBody }

// testChannel sends a test message. That it was not taken is an answer, not a fault of ours.
func (a *app) testChannel(ctx context.Context, in *channelTestInput) (*channelTestOutput, error) {
	if a.Channels == nil {
		return nil, newProblem(http.StatusNotFound, "", "Alerts do not leave this building: alerts.channels of the configuration names no channel.")
	}
	t, err := a.Channels.Test(ctx, in.Name, visitorOf(ctx).actor())
	switch {
	case errors.Is(err, ErrTesting):
		return nil, newProblem(http.StatusConflict, typeTestRuns, "A test message by this channel is on its way: wait for what comes of it.")
	case err != nil:
		return nil, problemOf(err)
	}
	return &channelTestOutput{testBody(t)}, nil
}
