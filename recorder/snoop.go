package recorder

import (
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// By is who starts a site's recordings.
type By string

// The two ways. They give the same files under the same names. Only the first is independent
// of us.
const (
	ByDialplan By = "dialplan" // the switch's dialplan does, whatever becomes of this daemon
	BySnoop    By = "snoop"    // this daemon does, from beside the call, as soon as it comes
)

// Begin is the decision to record a call from beside it.
type Begin struct {
	CallID string
	Reason BeginReason
	Taps   []telephony.Tap
}

// BeginReason is why recording begins at this moment.
type BeginReason string

// The closed set of reasons.
const (
	BeginOffered BeginReason = "offered" // the call came; the phone rings at the earliest now
	BeginRunning BeginReason = "running" // it was found running, and nobody records it
)

// helperPrefix begins the id of every helper channel, so that the next run of the daemon knows
// which call it belongs to.
const helperPrefix = "dutyline-"

// maxLeads bounds for how many ended calls it is remembered when their recording began.
const maxLeads = 4096

// Snoops decides which calls are recorded from beside, each side once, also across a restart
// of the daemon: the helpers that are there already are seen on the switch. A pure value; not
// safe for use by two goroutines at once.
type Snoops struct {
	open  map[string]*snooped
	leads map[string]time.Duration // of ended calls
	order []string                 // of leads, oldest first
}

// snooped is an open call and what of it is recorded.
type snooped struct {
	call  telephony.Call
	sides map[Side]bool // recorded, or told to be
	since time.Time     // the switch's clock when all of them were; zero: not known
}

// Resume takes up the calls that the duty log holds as open.
func (s *Snoops) Resume(open []telephony.Call) {
	for _, c := range open {
		s.add(c)
	}
}

func (s *Snoops) add(c telephony.Call) *snooped {
	if s.open == nil {
		s.open, s.leads = map[string]*snooped{}, map[string]time.Duration{}
	}
	of := s.of(channelOf(c.ID))
	switch {
	case of == nil:
		of = &snooped{sides: map[Side]bool{}}
	case of.call.ID != c.ID: // the same channel under the log's other name for it
		of = &snooped{sides: of.sides, since: of.since}
	}
	of.call = c
	s.open[c.ID] = of
	return of
}

// of is the open call that began with a channel.
func (s *Snoops) of(channel string) *snooped {
	if of := s.open[channel]; of != nil {
		return of
	}
	for id, of := range s.open {
		if channelOf(id) == channel {
			return of
		}
	}
	return nil
}

// Told takes what happened to calls and says which recordings begin.
func (s *Snoops) Told(changes []telephony.Change) (begin []Begin) {
	for _, ch := range changes {
		switch {
		case ch.Call == nil:
		case ch.Kind == telephony.CallOffered:
			if b, due := s.add(*ch.Call).begin(BeginOffered); due {
				begin = append(begin, b)
			}
		case ch.Kind == telephony.CallEnded:
			s.end(*ch.Call)
			begin = slices.DeleteFunc(begin, func(b Begin) bool { return b.CallID == ch.Call.ID })
		}
	}
	return begin
}

// Seen takes the channels that exist on the switch after a gap, among them the helpers that
// run on without us, and says which recordings begin.
func (s *Snoops) Seen(channels []telephony.Channel) (begin []Begin) {
	here := map[string]bool{}
	for _, ch := range channels {
		here[ch.ID] = true
	}
	for id, of := range s.open {
		if of.call.Line == "" && !here[id] {
			delete(s.open, id) // see recognise: nobody ever said whose call it was
		}
	}
	for _, ch := range channels {
		s.recognise(ch)
	}
	for id, of := range s.open {
		if !here[channelOf(id)] || of.call.Line == "" {
			continue // the tracker will say that it is over, or whose it is
		}
		if b, due := of.begin(BeginRunning); due {
			begin = append(begin, b)
		}
	}
	slices.SortFunc(begin, func(a, b Begin) int { return strings.Compare(a.CallID, b.CallID) })
	return begin
}

// recognise notes what a helper records already. Where the last run of the daemon died before
// it wrote the call down, the call itself is yet to be told.
func (s *Snoops) recognise(ch telephony.Channel) {
	channel, side, ok := helperOf(ch.ID)
	if !ok {
		return
	}
	of := s.of(channel)
	if of == nil {
		of = s.add(telephony.Call{ID: channel})
	}
	of.sides[side] = true
	of.since = later(of.since, ch.Created)
}

// begin is what is still missing of a call's recording, from now on taken as begun.
func (of *snooped) begin(why BeginReason) (Begin, bool) {
	b := Begin{CallID: of.call.ID, Reason: why}
	if !Plain(StoredName(of.call.ID, Far)) {
		return b, false // whoever may name channels on the switch must not choose where we write
	}
	voices := map[Side]telephony.Voice{Far: telephony.Spoken, Officer: telephony.Heard}
	if of.call.Direction == telephony.Outbound { // its first channel is the duty phone's
		voices = map[Side]telephony.Voice{Officer: telephony.Spoken, Far: telephony.Heard}
	}
	for _, side := range Sides() {
		if !of.sides[side] {
			of.sides[side] = true
			channel := channelOf(of.call.ID)
			b.Taps = append(b.Taps, telephony.Tap{Channel: channel, Voice: voices[side],
				Helper: helperPrefix + string(side) + "-" + channel, Name: StoredName(of.call.ID, side)})
		}
	}
	return b, len(b.Taps) > 0
}

// Began notes that a call is recorded since a moment of the switch's clock.
func (s *Snoops) Began(callID string, since time.Time) {
	if of := s.open[callID]; of != nil {
		of.since = later(of.since, since)
	}
}

// Failed notes that a recording could not begin for a reason that passes: what is missing is
// tried again when the switch is seen anew, and not before.
func (s *Snoops) Failed(b Begin) {
	of := s.open[b.CallID]
	if of == nil {
		return
	}
	for _, side := range Sides() {
		if slices.ContainsFunc(b.Taps, func(t telephony.Tap) bool { return t.Name == StoredName(b.CallID, side) }) {
			delete(of.sides, side)
		}
	}
}

// Wanted reports whether a call has not ended.
func (s *Snoops) Wanted(callID string) bool { return s.open[callID] != nil }

func (s *Snoops) end(c telephony.Call) {
	of := s.open[c.ID]
	delete(s.open, c.ID)
	if of == nil || of.since.IsZero() || !c.AnsweredAt.After(of.since) {
		return
	}
	if len(s.order) >= maxLeads {
		delete(s.leads, s.order[0])
		s.order = s.order[1:]
	}
	s.leads[c.ID] = c.AnsweredAt.Sub(of.since)
	s.order = append(s.order, c.ID)
}

// Lead is for how long an ended call was recorded before it was answered; zero when it was
// not, or when that is not known.
func (s *Snoops) Lead(callID string) time.Duration { return s.leads[callID] }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// channelOf is the channel with which a call began; see AgainMark.
func channelOf(callID string) string {
	id, _, _ := strings.Cut(callID, AgainMark)
	return id
}

// helperOf is which side of which call's channel a helper channel records.
func helperOf(helper string) (channel string, side Side, ok bool) {
	rest, ours := strings.CutPrefix(helper, helperPrefix)
	name, channel, found := strings.Cut(rest, "-")
	return channel, Side(name), ours && found && channel != "" && (Side(name) == Far || Side(name) == Officer)
}
