package main

import "time"

const (
	// surely is by how much a stamp must be off so that nothing but a set clock explains it: what
	// a snapshot says is true to within less, and threads of a busy switch are less apart (16 ms
	// were measured on an idle one).
	surely = 5 * time.Second
	// likely is how near a stamp must be to what it would be, had somebody set the clock of the
	// machine that both run on: our own clock was set by as much a moment ago.
	likely = 200 * time.Millisecond
	// unsureFor is for how long that is looked for.
	unsureFor = 10 * time.Second

	bucketFor = 5 * time.Minute
	buckets   = 12
)

// Stamps outside these are nobody's clock.
var (
	firstStamp = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	lastStamp  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// switchClock follows the switch's clock by our uptime, which nobody sets. The switch is as far
// ahead of the uptime as the least delayed stamp of the last hour. Steps of less than surely are
// found only where our own clock was set as well.
type switchClock struct {
	least []bucket
	rough time.Duration // how far ahead the last snapshot had it
	last  time.Time     // the stamp heard last; zero: none yet
	ours  time.Duration // the steps of our own clock until then

	unsure time.Duration // our own clock was set by so much, and it is not known yet whether the switch's was
	until  time.Duration // uptime
	undo   time.Duration // the small step found last: it may have been a late stamp
}

// bucket is the least delayed stamp of a few minutes.
type bucket struct {
	from  time.Duration // uptime
	ahead time.Duration // stamp (since 1970) minus the uptime at which it came
}

// hear takes a stamp that came at this uptime, when our own clock had been set by ours in all,
// and returns by how much the switch's clock was set since the stamp before; 0: it was not.
func (c *switchClock) hear(stamp time.Time, up, ours time.Duration) (by time.Duration) {
	if stamp.Before(firstStamp) || stamp.After(lastStamp) {
		return 0
	}
	ahead := stamp.Sub(firstStamp) - up
	c.noteOurs(up, ours)
	if c.known() {
		by = c.step(ahead-c.most(), c.last.Sub(stamp)).Truncate(time.Microsecond)
		c.move(by)
	}
	c.learn(up, ahead)
	c.last = stamp
	return by
}

// found is hear for the time of a snapshot, which the switch gives to the second. It bounds how
// late all stamps that come after it can be.
func (c *switchClock) found(at time.Time, up, ours time.Duration) (by time.Duration) {
	if at.Before(firstStamp) || at.After(lastStamp) {
		return 0
	}
	ahead := at.Sub(firstStamp) - up
	c.noteOurs(up, ours)
	if c.known() {
		if off := ahead - c.most(); off.Abs() >= surely {
			by = c.nearest(off).Truncate(time.Microsecond)
		}
		c.move(by)
	}
	c.learn(up, ahead-surely/2)
	c.rough = ahead
	return by
}

// noteOurs keeps that our own clock was set: the switch may share it.
func (c *switchClock) noteOurs(up, ours time.Duration) {
	if moved := ours - c.ours; moved != 0 {
		c.unsure, c.until, c.ours = moved, up+unsureFor, ours
	}
	if up > c.until {
		c.unsure, c.undo = 0, 0
	}
}

// step is by how much the clock was set, when a stamp is off by so much, and back behind the
// stamp before it.
func (c *switchClock) step(off, back time.Duration) time.Duration {
	switch {
	case c.unsure != 0 && (off-c.unsure).Abs() < likely:
		if c.unsure.Abs() < surely {
			c.undo = c.unsure
		}
		return c.unsure // known to the millisecond, whatever this stamp's delay
	case off >= surely, back >= surely, c.unsure <= -surely && (off-c.unsure).Abs() < surely:
		return c.nearest(off)
	case c.undo != 0 && (off+c.undo).Abs() < likely:
		off, c.undo = -c.undo, 0
		return off
	}
	return 0
}

// nearest is what our own clock was set by, where that explains it.
func (c *switchClock) nearest(off time.Duration) time.Duration {
	if c.unsure != 0 && (off-c.unsure).Abs() < surely {
		return c.unsure
	}
	return off
}

// move takes into account by how much the switch's clock was set.
func (c *switchClock) move(by time.Duration) {
	if by == 0 {
		return
	}
	c.unsure = 0
	c.rough += by
	if !c.last.IsZero() {
		c.last = c.last.Add(by)
	}
	for i := range c.least {
		c.least[i].ahead += by
	}
}

func (c *switchClock) learn(up, ahead time.Duration) {
	if n := len(c.least); n > 0 && up < c.least[n-1].from+bucketFor {
		c.least[n-1].ahead = max(c.least[n-1].ahead, ahead)
		return
	}
	if len(c.least) == buckets {
		c.least = append(c.least[:0], c.least[1:]...)
	}
	c.least = append(c.least, bucket{up, ahead})
}

func (c *switchClock) known() bool { return len(c.least) > 0 }

// now is how far the switch is ahead of the uptime, as well as it is known.
func (c *switchClock) now() time.Duration {
	if c.last.IsZero() {
		return c.rough
	}
	return c.most()
}

// most is how far ahead the least delayed stamp was; a snapshot bounds it from below.
func (c *switchClock) most() time.Duration {
	most := c.least[0].ahead
	for _, b := range c.least {
		most = max(most, b.ahead)
	}
	return most
}
