package telephony

import "time"

// onClockSet takes that somebody set the switch's clock, as a time service does that finds it
// wrong. Every moment that is held moves along, so that what is counted from it stays as long as
// it is and no warning comes early or late. The calls that run then say so.
func (t *Tracker) onClockSet(ev *Event) {
	for _, at := range []*time.Time{&t.now, &t.due, &t.swept, &t.blindAt} {
		move(at, ev.By)
	}
	for _, l := range t.legs {
		l.move(ev.By)
	}
	for _, c := range t.runs {
		c.move(ev.By)
		c.find(SwitchClockStepped)
	}
	for _, ln := range t.lines {
		move(&ln.state.Since, ev.By)
		move(&ln.state.RangAt, ev.By)
		for _, p := range ln.phones {
			move(&p.offsince, ev.By)
		}
	}
}

func (l *leg) move(by time.Duration) {
	for _, at := range []*time.Time{&l.created, &l.dialled, &l.rang, &l.up, &l.answered, &l.bridged, &l.ended, &l.gone,
		&l.appAt, &l.appWasAt, &l.triedAt, &l.machineAt, &l.hungUp, &l.seen, &l.answeredAfter} {
		move(at, by)
	}
}

func (c *run) move(by time.Duration) {
	for _, at := range []*time.Time{&c.OfferedAt, &c.RangAt, &c.RangUntil, &c.AnsweredAt, &c.EndedAt,
		&c.machineAt, &c.carriedOut, &c.lostAt, &c.loggedRang, &c.loggedAnswer} {
		move(at, by)
	}
}

func move(at *time.Time, by time.Duration) {
	if !at.IsZero() {
		*at = at.Add(by)
	}
}
