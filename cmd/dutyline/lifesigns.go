package main

import (
	"slices"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

const (
	// mostSigns bounds the memory of when the switch lived: the rows of some thousand calls.
	mostSigns = 4_000
	// keptSigns is how much of it a next run gets: a restart is told within mostBacklog.
	keptSigns = 8
)

// signsOfLife is when the switch lived, by its journal, or may have: a row is of then, or rows are
// lost that may have been.
type signsOfLife []telephony.Stretch

func (s *signsOfLife) add(from, to time.Time) {
	all := *s
	to = later(from, to) // a gap's end may lie before its beginning
	if n := len(all); n > 0 && !from.Before(all[n-1].From) && from.Sub(all[n-1].To) < time.Second {
		all[n-1].To = later(all[n-1].To, to)
		return
	}
	if len(all) == mostSigns {
		all = all.latest(mostSigns / 2)
	}
	*s = append(all, telephony.Stretch{From: from, To: to})
}

// latest is a copy of the last n; what is forgotten before them counts as a sign.
func (s signsOfLife) latest(n int) signsOfLife {
	if len(s) <= n {
		return slices.Clone(s)
	}
	out := slices.Clone(s[len(s)-n:])
	for _, x := range s[:len(s)-n] {
		out[0] = telephony.Stretch{From: sooner(x.From, out[0].From), To: later(x.To, out[0].To)}
	}
	return out
}

// before is the last one before the switch was started, which is known to the second; zero where there is none.
func (s signsOfLife) before(started time.Time) (last time.Time) {
	for _, x := range s {
		if x.From.Before(started.Add(time.Second)) {
			last = later(last, sooner(x.To, started))
		}
	}
	return last
}

// life is what the journal says of when the switch lived; the journalist's mutex guards it.
type life struct {
	signs   signsOfLife
	allRead time.Duration // all that was written by that uptime is read; zero: nothing yet
	ends    uint64        // how often it had been read to its end
	endsAt  time.Duration // at that uptime
}

// noteSigns takes what a batch, and what is lost of the journal, say of when the switch lived.
func (j *journalist) noteSigns(b cel.Batch, lost []telephony.Change) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if b.Gap != nil {
		j.signs.add(b.Gap.From, b.Gap.To)
	}
	for _, r := range b.Rows {
		if r.Kind != telephony.RowDamaged {
			j.signs.add(r.At, r.At)
		}
	}
	for _, ch := range lost {
		if i := ch.Interval; !i.To.IsZero() {
			j.signs.add(i.From, i.To)
		}
	}
}

// noteRead notes what is read to its end. A look at the file that ended twice began after the first end.
func (j *journalist) noteRead(up time.Duration, s cel.Status) {
	neverWritten := s.Unwritten && j.read.LastAt.IsZero() // else the file was taken away
	if !neverWritten && s.Problem != "" || j.down != nil || j.hole != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case neverWritten:
		j.allRead = up
	case s.Ends >= j.ends+2:
		j.allRead, j.ends, j.endsAt = j.endsAt, s.Ends, up
	}
}

// LastSign is the last sign of life that the journal has of the switch from before it was started;
// not known until all is read that was written by the time of asking.
func (j *journalist) LastSign(started time.Time, asked time.Duration) (last time.Time, known bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.signs.before(started), j.allRead >= asked && j.allRead > 0
}

// lately is what the next run has to know of it.
func (j *journalist) lately() []telephony.Stretch {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.signs.latest(keptSigns)
}
