package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/web"
)

// testTime bounds a test: the page gets no answer after a minute.
const testTime = 55 * time.Second

// channelDesk shows the page the channels by which alerts leave the building, and tries them.
type channelDesk struct {
	book     alerts.ChannelBook
	now      func() time.Time
	channels []*shownChannel
}

type shownChannel struct {
	web.Channel
	channel alerts.Channel
	lines   []config.Line
	try     time.Duration
	trying  sync.Mutex
}

func (d *channelDesk) add(c config.Channel, channel alerts.Channel, lines []config.Line) {
	d.channels = append(d.channels, &shownChannel{Channel: web.Channel{Name: c.Name, Kind: c.Kind(), Least: c.Route().Least}, channel: channel, lines: lines, try: min(cmp.Or(c.TryTime(), sendTime), testTime)})
}

// List implements web.Channels.
func (d *channelDesk) List(ctx context.Context) ([]web.Channel, error) {
	var list []web.Channel
	for _, c := range d.channels {
		state, err := d.book.ChannelState(ctx, c.Name)
		if err != nil {
			return nil, err
		}
		shown := c.Channel
		shown.State = state
		list = append(list, shown)
	}
	return list, nil
}

// Test implements web.Channels. What came of it is kept, also when the one who asked is gone.
func (d *channelDesk) Test(ctx context.Context, name string, by dutylog.Actor) (alerts.ChannelTest, error) {
	for _, c := range d.channels {
		if c.Name != name {
			continue
		}
		if !c.trying.TryLock() {
			return alerts.ChannelTest{}, web.ErrTesting
		}
		defer c.trying.Unlock()
		t := alerts.ChannelTest{Channel: name, At: d.now(), By: by}
		ctx = context.WithoutCancel(ctx)
		limited, cancel := context.WithTimeout(ctx, c.try)
		defer cancel()
		if err := c.channel.Deliver(limited, testNotice(c.lines, t.At)); errors.Is(limited.Err(), context.DeadlineExceeded) {
			t.Error = fmt.Sprintf("it has not answered within %v: look whether the receiver runs and can be reached from here", c.try)
		} else if err != nil {
			t.Error = err.Error()
		}
		return t, d.book.KeepChannelTest(ctx, t)
	}
	return alerts.ChannelTest{}, fmt.Errorf("channel %q: %w", name, dutylog.ErrNotFound)
}

// testNotice is what somebody gets who is to see that a channel works.
func testNotice(lines []config.Line, now time.Time) alerts.Notice {
	n := alerts.Notice{ID: fmt.Sprintf("dutyline-test-%d", now.UnixNano()), AlertID: "0", Rule: "test", Severity: alerts.Info, At: now, Title: "告警通道测试", Test: true}
	if len(lines) > 0 {
		n.Line = lines[0].Name
	}
	return n
}
