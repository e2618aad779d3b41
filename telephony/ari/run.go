package ari

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"dutyline/telephony"
)

// Waiting before the next connection. An immediate reconnect can leave a socket that lives
// and delivers nothing, so there is always a pause.
const (
	firstPause  = 20 * time.Millisecond
	longPause   = 5 * time.Second
	silentPause = 30 * time.Second // an Asterisk that hangs is not helped by more connections
	steadyAfter = 10 * time.Second // a session that lasted this long starts the pauses anew
)

// item is one thing on its way to the sink: exactly one of its parts is set.
type item struct {
	frame    Frame
	asking   bool // from here on the switch is asked for the next snapshot; the sink is not told
	snapshot *telephony.Snapshot
	gap      *gap
}

type gap struct {
	from  time.Time
	cause error
}

// Run watches until ctx ends. It reconnects by itself; every interruption is told to the
// sink as a Gap, followed by a Snapshot when the switch is seen again. When it returns, the
// sink has been given everything that was read.
func (c *Client) Run(ctx context.Context, sink Sink) error {
	stop := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		c.deliver(sink, stop)
	}()
	c.watch(ctx)
	close(stop)
	<-finished
	return nil
}

// deliver hands the queue to the sink, in order, until stop; then what is left.
func (c *Client) deliver(sink Sink, stop <-chan struct{}) {
	var batch []item
	for {
		last := false
		select {
		case <-c.queue.ready:
		case <-stop:
			last = true
		}
		batch = c.queue.take(batch)
		for i := range batch {
			c.deliverOne(sink, &batch[i])
		}
		c.handing.Store(0)
		if last {
			return
		}
	}
}

func (c *Client) deliverOne(sink Sink, it *item) {
	switch {
	case it.asking:
		c.book.ask()
	case it.snapshot != nil:
		c.book.complete(it.snapshot)
		sink.Snapshot(*it.snapshot)
	case it.gap != nil:
		sink.Gap(it.gap.from, it.gap.cause)
	default:
		c.metrics.observe(it.frame)
		c.book.hear(it.frame.Raw)
		c.handing.Store(int64(it.frame.Up) + 1)
		sink.Frame(it.frame)
	}
}

// watch keeps one session after the other. A new outage is told once, with its first cause;
// the latest cause is in Status.
func (c *Client) watch(ctx context.Context) {
	c.alive(c.now())
	pause, blind := firstPause, false
	for n := 0; ; n++ {
		began := c.now()
		seen, err := c.session(ctx, n)
		if ctx.Err() != nil {
			return
		}
		if seen {
			blind = false
		}
		if !blind {
			c.queue.put(item{gap: &gap{from: time.Unix(0, c.lastAlive.Load()), cause: err}})
			blind = true
		}
		c.sayOnce(err)
		c.setStatus(false, err.Error(), nil)
		if seen && c.now().Sub(began) > steadyAfter {
			pause = firstPause
		}
		if !wait(ctx, pause+rand.N(pause)/2) {
			return
		}
		c.metrics.reconnects.Inc()
		pause = nextPause(pause, err)
	}
}

// sayOnce logs an outage when it begins and when its cause changes, not at every retry.
func (c *Client) sayOnce(err error) {
	if before := c.Status(); before.Connected || before.Detail != err.Error() {
		c.config.Log.Warn("the switch cannot be seen; trying again until it is", "cause", err.Error())
	}
}

func nextPause(pause time.Duration, err error) time.Duration {
	if ReasonOf(err) == Silent {
		return min(max(pause*2, time.Second), silentPause)
	}
	return min(pause*2, longPause)
}

func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// HeardUpTo is up to when, on our uptime, the sink was given all that came.
func (c *Client) HeardUpTo() time.Duration {
	now := c.config.Uptime()
	if up := c.handing.Load(); up > 0 {
		return min(now, time.Duration(up-1))
	}
	return now
}

// receive takes one frame from the read loop: stamp, queue, nothing else.
func (c *Client) receive(raw []byte) {
	up, at := c.config.Uptime(), c.now() // in this order: see the watcher's onSwitch
	c.alive(at)
	waiting := c.queue.put(item{frame: Frame{Received: at, Up: up, Raw: raw}})
	if over := waiting >= c.config.HighWater; over != c.alarmed.Load() && (over || waiting < c.config.HighWater/2) {
		c.alarmed.Store(over)
		c.alarm(over, waiting)
	}
}

// alarm leaves the read loop at once: writing a log line may wait.
func (c *Client) alarm(over bool, waiting int) {
	go func() {
		if over {
			c.config.Log.Error(fmt.Sprintf("%d events wait to be handled: the log or the disk is too slow; nothing is lost, look at the disk", waiting))
			return
		}
		c.config.Log.Info("events are handled in time again")
	}()
}
