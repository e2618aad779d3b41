package telephony

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settle turns the journal rows of one call into the call as the switch's own record has it.
// It is the second eye with the first one's judgement: the rows are retold as events, and the
// same tracker judges them. Rows may come twice and in the order in which they were written.
// Without a row that ends the call, cut says when the switch is known to have been started
// anew: what was running then was cut off, and says so. It returns no call when the rows are
// not about a duty line, and several only when the switch merged them.
func Settle(lines []Line, rows []Row, cut time.Time) []Call { return settle(lines, rows, cut, false) }

// settle is Settle of a call of which the switch may have said that it is over: then one that
// does not come to its end has lost rows.
func settle(lines []Line, rows []Row, cut time.Time, over bool) []Call {
	r := retelling{parts: map[string]*part{}}
	for i := range rows {
		r.wentBack = r.wentBack || r.last.Sub(rows[i].At) > rowsApart && !slices.ContainsFunc(rows[:i], rows[i].again)
		r.gather(&rows[i])
	}
	for i := range rows {
		r.tell(&rows[i])
	}
	slices.SortStableFunc(r.events, func(a, b Event) int { return a.At.Compare(b.At) })
	t := NewTracker(lines)
	var changes []Change
	for _, ev := range r.events {
		changes = append(changes, t.Apply(ev)...)
	}
	if !cut.IsZero() {
		t.Gap(r.last)
		changes = append(changes, t.Resync(Snapshot{At: later(r.last, cut)})...)
	}
	if over && len(t.Open()) > 0 {
		r.lostEnd = true
		changes = append(changes, t.Finish(r.last)...)
	}
	var calls []Call
	for _, ch := range changes {
		if ch.Kind != CallEnded {
			continue
		}
		if p := r.parts[ch.Call.ID]; p != nil && p.root { // else: a leg that lost rows left over
			calls = append(calls, r.settled(p, *ch.Call, cut))
		}
	}
	return calls
}

// settled marks a call as the journal's. Whether the line had another call is beyond one
// call's rows.
//
// Of a call whose first row is lost the rest may be anything: it is unknown but for what was
// seen to happen, and it began at the latest when the first row that is left was written.
func (r *retelling) settled(p *part, c Call, cut time.Time) Call {
	c.SettledBy = SettledByJournal
	if !p.begun || r.contradicts() || r.wentBack || r.lostEnd {
		c = inPart(c)
	}
	if r.wentBack {
		c.Findings = append(c.Findings, SwitchClockStepped)
	}
	c.Findings = slices.DeleteFunc(c.Findings, func(f Finding) bool { return f == BusyWithoutCall })
	if !cut.IsZero() {
		c.Findings = append(c.Findings, CutBySwitch)
	}
	return c
}

// inPart is a call of which rows are lost.
func inPart(c Call) Call {
	c.Outcome, c.Reason = Unknown, ReasonNotSeenToEnd
	c.RangAt, c.RangUntil, c.Rings = time.Time{}, time.Time{}, 0
	c.Findings = []Finding{SeenInPart, JournalInPart}
	return c
}

// contradicts reports whether our dialplan's mark says that a dial was answered of which no
// answer is in the rows: they were not written for a while, and nothing else shows it.
func (r *retelling) contradicts() bool {
	for _, p := range r.order {
		if p.status == "ANSWER" && !slices.ContainsFunc(r.order, func(x *part) bool { return x != p && !x.answered.IsZero() || x.pickedUp }) {
			return true
		}
	}
	return false
}

// retelling turns journal rows into events.
type retelling struct {
	parts  map[string]*part // by channel id
	order  []*part          // as they came into being
	events []Event
	last   time.Time // of the rows

	lostEnd  bool // a channel's end is not in the rows
	wentBack bool // a row is older than the one before by more than the switch's threads can be apart
}

// rowsApart is how much older than the one before a row can be, written by another thread of a
// busy switch. 34 ms were measured; a clock that is set goes back by more, or nobody sets it.
const rowsApart = 2 * time.Second

// part is what the journal says of one channel.
type part struct {
	Channel
	root     bool // the call's first channel
	parent   *part
	dials    []dialRow
	forwards []forwardRow
	answered time.Time
	ended    time.Time // it hung up
	cause    int
	source   string        // the channel that hung up, or the dialplan
	rangFor  time.Duration // of a dialling channel: how long its phones took to ring
	rangs    bool          // of a dialling channel: they rang
	status   string        // of a dialling channel: how its dial ended, as our dialplan marked it
	pickedUp bool          // its call was picked up by another phone
	redirect string        // of a dialling channel: the redirecting number at its end
	joined   bool          // it was answered and joined a bridge
	begun    bool          // its beginning is in the journal
	told     bool
	over     bool // the end of its dial was told
}

// dialRow is one run of the application Dial.
type dialRow struct {
	data     string
	from, to time.Time // to is zero while it runs, or when its end is not in the journal
}

// forwardRow is one phone's wish that the call go elsewhere.
type forwardRow struct {
	to string
	at time.Time
}

// gather notes what rows that come later say of earlier ones.
func (r *retelling) gather(row *Row) {
	r.last = later(r.last, row.At)
	p := r.part(row)
	if p == nil {
		return
	}
	switch row.Kind {
	case RowChanStart:
		p.begun = true
		p.parent = r.diallerOf(p, row.At)
	case RowAppStart:
		if row.App == "Dial" && !p.hasDial(row) {
			p.dials = append(p.dials, dialRow{data: row.AppData, from: row.At})
		}
	case RowAppEnd:
		if n := len(p.dials); n > 0 && row.App == "Dial" && p.dials[n-1].to.IsZero() {
			p.dials[n-1].to = row.At
		}
	case RowHangup:
		p.cause, _ = strconv.Atoi(row.Extra["hangupcause"])
		p.source = row.Extra["hangupsource"]
		first(&p.ended, row.At)
	case RowChanEnd:
		first(&p.ended, row.At)
	case RowBridgeEnter:
		p.joined = true
	case RowForward:
		p.forwards = append(p.forwards, forwardRow{to: row.Extra["forward"], at: row.At})
	case RowPickup:
		p.pickedUp = true
	case RowUser:
		p.mark(row)
	}
}

// hasDial reports whether this very run of Dial is known already: the row came twice.
func (p *part) hasDial(row *Row) bool {
	return slices.ContainsFunc(p.dials, func(d dialRow) bool { return d.from.Equal(row.At) && d.data == row.AppData })
}

// mark takes what our dialplan wrote at the end of a dialling channel.
func (p *part) mark(row *Row) {
	if row.User != "DL_END" {
		return
	}
	if ms, err := strconv.Atoi(row.Extra["ring_ms"]); err == nil && ms >= 0 {
		p.rangFor, p.rangs = time.Duration(ms)*time.Millisecond, true
	}
	p.redirect, p.status = row.Extra["redir"], row.Extra["status"]
	if p.source == "" {
		p.source = row.Extra["src"]
	}
}

// part finds or makes the channel of a row.
func (r *retelling) part(row *Row) *part {
	if row.UniqueID == "" || row.Kind == RowIgnored || row.Kind == RowUnknown || row.Kind == RowLinkedEnd {
		return nil
	}
	if p := r.parts[row.UniqueID]; p != nil {
		return p
	}
	p := &part{root: row.UniqueID == row.LinkedID && !strings.HasPrefix(row.Channel, "Local/")}
	p.Channel = Channel{ID: row.UniqueID, Name: row.Channel, Number: row.Number, CallerName: row.CallerName,
		Exten: row.Exten, Context: row.Context, Created: row.At, LinkedID: row.LinkedID, State: "Down"}
	if p.root && !IsCallBack(p.ID) {
		p.State = "Ring"
	}
	r.parts[p.ID] = p
	r.order = append(r.order, p)
	return p
}

// diallerOf is the channel that dials this one: of those that run Dial now, the last to begin
// of which the argument names this endpoint, else the last to begin, else the first channel.
func (r *retelling) diallerOf(p *part, at time.Time) *part {
	if _, second, local := localPair(p.Name); p.root || local && second {
		return nil
	}
	var named, best, root *part
	for _, x := range r.order {
		if x == p {
			continue
		}
		if x.root {
			root = x
		}
		d := x.dialling(at)
		if d == nil {
			continue
		}
		if best == nil || !d.from.Before(best.dialling(at).from) {
			best = x
		}
		if d.target(p) != "" && (named == nil || !d.from.Before(named.dialling(at).from)) {
			named = x
		}
	}
	switch {
	case named != nil:
		return named
	case best != nil:
		return best
	}
	return root
}

// dialling is the run of Dial that goes on at this moment; nil when none does.
func (p *part) dialling(at time.Time) *dialRow {
	for i := range p.dials {
		if d := &p.dials[i]; !d.from.After(at) && (d.to.IsZero() || !d.to.Before(at)) {
			return d
		}
	}
	return nil
}

// target is the destination in Dial's argument that makes this channel: "PJSIP/duty",
// "PJSIP/13800001111@trunk", "Local/201@from-duty/n". Empty when none does.
func (d dialRow) target(p *part) string {
	endpoint := EndpointOf(p.Name)
	base, _, local := localPair(p.Name)
	targets, _, _ := strings.Cut(d.data, ",")
	for target := range strings.SplitSeq(targets, "&") {
		tech, rest, _ := strings.Cut(target, "/")
		number, at, found := strings.Cut(rest, "@")
		switch {
		case local && strings.HasPrefix(base, strings.TrimSuffix(target, "/n")+"-"):
			return target
		case target == endpoint || strings.HasPrefix(target, endpoint+"/"):
			return target
		case found && number != "" && tech+"/"+at == endpoint:
			return target
		}
	}
	return ""
}
