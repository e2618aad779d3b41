package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/web"
)

// fakeChannels are two channels, one of which is being tried.
type fakeChannels struct{ at time.Time }

func (f fakeChannels) List(context.Context) ([]web.Channel, error) {
	return []web.Channel{
		{Name: "group", Kind: "robot", Least: alerts.Critical, State: alerts.ChannelState{Waiting: 2, Since: f.at, Error: "it answered 500"}},
		{Name: "mail", Kind: "mail", Least: alerts.Info, State: alerts.ChannelState{Delivered: f.at, Test: alerts.ChannelTest{Channel: "mail", At: f.at, By: dutylog.Actor{Login: "zhao", Name: "赵敏"}}}},
	}, nil
}

func (f fakeChannels) Test(_ context.Context, name string, by dutylog.Actor) (alerts.ChannelTest, error) {
	switch name {
	case "group":
		return alerts.ChannelTest{}, web.ErrTesting
	case "mail":
		return alerts.ChannelTest{Channel: name, At: f.at, By: by, Error: "the mailbox is full"}, nil
	}
	return alerts.ChannelTest{}, errors.Join(dutylog.ErrNotFound)
}

// How alerts leave the building is shown, and can be tried by who answers for it.
func TestChannelsAreShownAndTried(t *testing.T) {
	at := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	h := newHouse(t, func(d *web.Deps) { d.Channels = fakeChannels{at} })
	chief := h.as("supervisor")
	const want = `{"items":[{"name":"group","kind":"robot","least":"critical","waiting":2,"waiting_since":"2026-11-26T03:00:00.000Z","delivered_at":null,"error":"it answered 500","test":null},` +
		`{"name":"mail","kind":"mail","least":"info","waiting":0,"waiting_since":null,"delivered_at":"2026-11-26T03:00:00.000Z","error":"","test":{"at":"2026-11-26T03:00:00.000Z","by":"赵敏","delivered":true,"error":""}}]}`
	if got := chief.get("/alerts/channels"); got.status != 200 || strings.TrimSpace(got.body) != want {
		t.Errorf("%v\nwant %s", got, want)
	}
	if got := chief.do("POST", "/api/v1/alerts/channels/mail/test", ""); got.status != 200 || !strings.Contains(got.body, `"by":"王supervisor","delivered":false,"error":"the mailbox is full"`) {
		t.Errorf("what came of it is an answer: %v", got)
	}
	if got := chief.do("POST", "/api/v1/alerts/channels/group/test", ""); got.status != 409 || !strings.Contains(got.body, "on its way") {
		t.Errorf("one that is being tried: %v", got)
	}
	if got := chief.do("POST", "/api/v1/alerts/channels/none/test", ""); got.status != 404 {
		t.Errorf("one that is not there: %v", got)
	}
	if got := h.as("officer").do("POST", "/api/v1/alerts/channels/mail/test", ""); got.status != 403 {
		t.Errorf("an officer: %v", got)
	}
}
