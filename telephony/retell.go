package telephony

import (
	"slices"
	"strings"
	"time"
)

// tell adds the events that a row stands for.
func (r *retelling) tell(row *Row) {
	p := r.part(row)
	if p == nil {
		return
	}
	p.follow(row)
	if p.root && !p.begun { // its first row is lost: what is left tells that there was a call
		r.tellStart(p, row.At)
	}
	switch row.Kind {
	case RowChanStart:
		r.tellStart(p, row.At)
	case RowUser:
		r.tellMark(p, row)
	case RowAppStart:
		r.add(Event{Kind: EventApp, At: row.At, Channel: p.Channel})
	case RowAppEnd:
		if row.App == "Dial" {
			r.endDials(p, row.At)
		}
	case RowAnswer:
		r.tellAnswer(p, row.At)
	case RowBridgeEnter:
		r.add(Event{Kind: EventEntered, At: row.At, Channel: p.Channel, Bridge: row.Extra["bridge_id"]})
	case RowBridgeExit:
		r.add(Event{Kind: EventLeft, At: row.At, Channel: p.Channel, Bridge: row.Extra["bridge_id"]})
	case RowForward:
		r.tellForward(p, row)
	case RowBlindTransfer:
		r.add(Event{Kind: EventBlindTransfer, At: row.At, Channel: p.Channel, OK: true})
	case RowAttendedTransfer:
		r.add(Event{Kind: EventAttendedTransfer, At: row.At, Channel: p.Channel, Second: r.named(row.Extra["channel2_name"]), OK: true})
	case RowPickup:
		r.tellPickup(p, row)
	case RowHangup, RowChanEnd:
		r.tellEnd(p, row)
	}
}

func (r *retelling) add(ev Event) { r.events = append(r.events, ev) }

// follow keeps what every row tells of its channel by the way.
func (p *part) follow(row *Row) {
	if row.App != "" && row.App != "AppDial" && row.App != "CELGenUserEvent" {
		p.App, p.AppData = row.App, row.AppData
	}
	if row.RDNIS != "" {
		p.RDNIS = row.RDNIS
	}
	if IsCallBack(p.ID) && row.Exten != "" {
		p.Exten = row.Exten
	}
	if p.root && p.answered.IsZero() && row.Kind == RowUser {
		p.Number, p.CallerName = row.Number, row.CallerName
	}
}

// tellStart tells that a channel came into being, who dials it, and when its phone rang: that
// is written down only at the call's end.
func (r *retelling) tellStart(p *part, at time.Time) {
	if p.told {
		return
	}
	p.told = true
	begun := p.Channel
	begun.RDNIS = ""
	r.add(Event{Kind: EventCreated, At: at, Channel: begun})
	if p.parent == nil {
		return
	}
	dial := Event{Kind: EventDial, At: at, Channel: p.parent.Channel, Peer: begun, DialString: r.dialString(p, at)}
	r.add(dial)
	if at, ok := r.rang(p); ok {
		dial.At, dial.DialStatus = at, "RINGING"
		dial.Peer.State = "Ringing"
		r.add(dial)
	}
}

func (r *retelling) dialString(p *part, at time.Time) string {
	if base, _, local := localPair(p.Name); local {
		if cut := strings.LastIndexByte(base, '-'); cut > 0 {
			base = base[:cut]
		}
		return base
	}
	if d := p.parent.dialling(at); d != nil {
		return d.target(p)
	}
	return ""
}

// ringMargin is how much later than it began to ring a phone can say that it sends the call
// elsewhere at the earliest; the switch counts whole milliseconds, and from the dial.
const ringMargin = 20 * time.Millisecond

// rang is when the phone of this channel began to ring: the switch keeps how long its
// dialler's phones took. It is false for one that was not there then, or not any more.
func (r *retelling) rang(p *part) (time.Time, bool) {
	if !p.parent.rangs {
		// A queue does not keep it: a phone that answered rang since its channel began.
		queued := len(p.parent.dials) == 0 && p.joined
		return p.Created, queued
	}
	at := p.Created.Add(p.parent.rangFor)
	end := earlier(p.ended, p.answered)
	const sentOn = 23 // Q.850: the call was sent elsewhere
	if p.cause == sentOn && p.answered.IsZero() && r.sentOnAt(p).Sub(at) < ringMargin || !end.IsZero() && at.After(end.Add(time.Millisecond)) {
		return time.Time{}, false
	}
	if !end.IsZero() && at.After(end) {
		at = end
	}
	return at, true
}

// sentOnAt is when the phone of this channel had the call sent elsewhere. Its own end may come
// long after: from when the channel to elsewhere is there, it is that one which may ring.
func (r *retelling) sentOnAt(p *part) time.Time {
	at := p.ended
	for _, f := range p.parent.forwards {
		if f.at.After(p.ended) {
			continue // another phone's: the switch lets a phone go right after it wrote its forward
		}
		at = f.at
		for _, x := range r.order {
			if x.parent == p.parent && x != p && x.madeBy(f.to, p, f.at) && !x.Created.After(f.at) {
				at = x.Created // the last of them: another phone may have named the same number before
			}
		}
	}
	return at
}

// tellMark takes our dialplan's own marks. A redirecting number that is there at the end, was
// not there before the dial and came with no redirect was the phone's: SIP 181.
func (r *retelling) tellMark(p *part, row *Row) {
	if row.User != "DL_END" {
		r.add(Event{Kind: EventCaller, At: row.At, Channel: p.Channel})
		return
	}
	if p.redirect == "" || p.redirect == p.RDNIS || slices.ContainsFunc(r.events, func(ev Event) bool { return ev.Forward != "" }) {
		return
	}
	for _, child := range r.order {
		if child.parent == p && !child.over {
			sent := child.Channel
			sent.RDNIS, sent.State = p.redirect, "Ringing"
			r.add(Event{Kind: EventConnected, At: child.Created, Channel: sent})
		}
	}
}

func (r *retelling) tellAnswer(p *part, at time.Time) {
	if !p.answered.IsZero() {
		return
	}
	p.answered = at
	p.State = "Up"
	if p.parent != nil {
		r.add(Event{Kind: EventDial, At: at, Channel: p.parent.Channel, Peer: p.Channel, DialStatus: "ANSWER"})
	}
	r.add(Event{Kind: EventState, At: at, Channel: p.Channel})
}

// tellForward tells that a phone sent the call elsewhere: of those that were dialled, the one
// that was the first to be gone.
func (r *retelling) tellForward(p *part, row *Row) {
	var from *part
	for _, x := range r.order {
		if x.parent == p && !x.over && x.answered.IsZero() && !x.ended.Before(row.At) && !x.ended.IsZero() &&
			!strings.HasPrefix(x.Name, "Local/") && (from == nil || x.ended.Before(from.ended)) {
			from = x
		}
	}
	if from == nil {
		return
	}
	from.over = true
	ev := Event{Kind: EventDial, At: row.At, Channel: p.Channel, Peer: from.Channel, DialStatus: "CANCEL", Forward: row.Extra["forward"]}
	for _, x := range r.order {
		if x.parent == p && x != from && x.madeBy(ev.Forward, from, row.At) {
			ev.Forwarded = x.Channel
		}
	}
	r.add(ev)
}

// madeBy reports whether this channel was made because another wanted the call to go there:
// a Local channel of that number, or one of the same endpoint that began just before.
func (p *part) madeBy(forward string, from *part, at time.Time) bool {
	if strings.HasPrefix(p.Name, "Local/") {
		return strings.HasPrefix(p.Name, "Local/"+forward+"@") || strings.HasPrefix(p.Name, "Local/"+forward+"-")
	}
	return EndpointOf(p.Name) == EndpointOf(from.Name) && !p.Created.Before(from.Created) && at.Sub(p.Created).Abs() < ringMargin
}

// tellPickup tells that a phone which was never dialled took the call. That it joined the
// caller is written under the call that it began itself, which is over by then.
func (r *retelling) tellPickup(p *part, row *Row) {
	by := Channel{ID: row.Extra["pickup_channel_uniqueid"], Name: row.Extra["pickup_channel"], State: "Up", Created: row.At}
	if by.ID == "" {
		return
	}
	caller := p
	if p.parent != nil {
		caller = p.parent
	}
	r.add(Event{Kind: EventDial, At: row.At, Channel: caller.Channel, Peer: by, DialStatus: "ANSWER"})
	r.add(Event{Kind: EventEntered, At: row.At, Channel: by, Bridge: "pickup " + by.ID})
}

// named finds a channel by its name; an empty one when the journal has none.
func (r *retelling) named(name string) Channel {
	for _, p := range r.order {
		if p.Name == name && name != "" {
			return p.Channel
		}
	}
	return Channel{}
}

// endDials tells how the dials of a channel ended that had not been answered.
func (r *retelling) endDials(p *part, at time.Time) {
	for _, child := range r.order {
		if child.parent == p {
			r.endDial(child, earlier(at, child.ended))
		}
	}
}

func (r *retelling) endDial(p *part, at time.Time) {
	if p.over || p.parent == nil || !p.answered.IsZero() {
		return
	}
	p.over = true
	r.add(Event{Kind: EventDial, At: at, Channel: p.parent.Channel, Peer: p.Channel, DialStatus: p.dialStatus(), Cause: p.cause})
}

// dialStatus is how the switch would have put the end of a dial, from the leg's cause (Q.850):
// the status in the journal is of all phones that were dialled together.
func (p *part) dialStatus() string {
	const cancelled, unspecified, clearing, busyCause, lost, rejected = 127, 0, 16, 17, 26, 21
	switch p.cause {
	case cancelled, lost:
		return "CANCEL"
	case busyCause:
		return "BUSY"
	case unspecified, clearing, rejected:
		return "NOANSWER"
	}
	return "CONGESTION"
}

// tellEnd tells who hung up and that the channel is gone.
func (r *retelling) tellEnd(p *part, row *Row) {
	if row.Kind == RowHangup {
		if p.source == p.Name {
			r.add(Event{Kind: EventHangupRequest, At: row.At, Channel: p.Channel, Cause: p.cause})
		}
		r.endDial(p, row.At)
		return
	}
	r.endDial(p, row.At)
	r.add(Event{Kind: EventDestroyed, At: row.At, Channel: p.Channel, Cause: p.cause})
}
