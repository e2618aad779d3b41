package telephony

import (
	"slices"
	"strings"
	"time"
)

// run is a call that has not ended: what is known of it, its legs, and what was told.
type run struct {
	Call
	line *line
	root *leg // the call's first channel; nil for a call from the log whose channel was not found yet
	legs []*leg

	upBeforeBell bool
	machineAt    time.Time // the dialplan took the call after the phone had not
	carriedOut   time.Time // a code dialled at the duty phone took over another call
	lostAt       time.Time // a snapshot lacked channels of it: they vanished while nobody looked
	loggedRang   time.Time // from the log, after a restart
	loggedAnswer time.Time
	answerBound  bool // the logged answer is no more than a bound: nobody saw it

	toldRang, toldRing3, toldLimit, toldAnswer, dirty bool
	toldAs                                            mark

	proofs   []Proof
	referred bool // SIP shows that a duty phone asked for a transfer
}

// mark is what an update is about: another one is told only when this differs.
type mark struct {
	caller, name, to, from string
	findings               int
}

// consider opens a call if the chain of dials that begins here is one of a duty line.
func (t *Tracker) consider(root *leg, at time.Time) {
	if root.call != nil || root.local || !root.gone.IsZero() {
		return
	}
	for _, c := range t.runs {
		if c.root == nil && c.ID == root.id { // the log knew it already
			c.root, c.dirty = root, true
			t.attach(c, root, 0)
			return
		}
	}
	ln, dir := t.lineFor(root)
	if ln == nil {
		return
	}
	if len(t.runs) >= maxRuns {
		t.sweep(at)
	}
	c := newRun(ln, dir, root)
	t.runs = append(t.runs, c)
	t.attach(c, root, 0)
	c.learn()
	t.tell(c, CallOffered, at, "")
}

// newRun is what the first channel tells of its call.
func newRun(ln *line, dir Direction, root *leg) *run {
	c := &run{line: ln, root: root}
	c.Call = Call{
		ID: root.id, Line: ln.Name, Direction: dir, OfferedAt: root.created,
		Caller: ParseNumber(root.number, ln.AreaCode), CallerName: printable(root.name, maxName),
		Called: ParseNumber(root.exten, ln.AreaCode),
	}
	if dir == Outbound && IsCallBack(root.id) && !root.up.IsZero() {
		c.OfferedAt = root.up // it rang for nobody before
	}
	if dir == Outbound {
		c.CallerName = ""
		if ln.Number != "" {
			c.Caller = ParseNumber(ln.Number, ln.AreaCode)
		}
		c.prove(SawEvent(root.id, Said{Name: SaidDialled, Number: root.exten}, root.created))
		if strings.ContainsAny(root.exten, "*#") {
			c.find(FeatureCode)
		}
	} else {
		c.Rule = ln.Rule.Version()
		if c.Called.Raw == "s" && ln.Number != "" {
			c.Called = ParseNumber(ln.Number, ln.AreaCode)
		}
	}
	if !root.watched {
		c.find(SeenInPart)
	}
	return c
}

// lineFor decides whose call it is: the duty phone's own, one that dials a duty phone,
// or one that came in on a line's trunk for the line's number.
func (t *Tracker) lineFor(root *leg) (*line, Direction) {
	if root.duty != nil && (root.incoming || len(root.children) > 0) {
		return root.duty, Outbound
	}
	if ln := root.dutyBelow(0); ln != nil {
		return ln, Inbound
	}
	var named *line
	sharing := 0
	for _, ln := range t.lines {
		if root.trunk && root.incoming && ln.IsTrunk(root.endpoint) {
			sharing++
			if ln.reachedBy(root.exten) {
				return ln, Inbound
			}
			named = ln
		}
	}
	if sharing == 1 && root.exten == "s" {
		return named, Inbound // an analog trunk names no number
	}
	if root.triedAt.IsZero() {
		return nil, ""
	}
	for _, ln := range t.lines {
		if ln.dialsEndpoint(root.appData) {
			return ln, Inbound
		}
	}
	return nil, ""
}

// place gives a leg and all that it dials to the call at the top of its chain.
func (t *Tracker) place(l *leg, at time.Time) {
	c := l.call
	if c == nil {
		top := l.top()
		t.consider(top, at)
		c = top.call
	}
	if c != nil {
		t.attach(c, l.topIn(c), 0)
	}
}

// topIn climbs as far as the legs belong to the call or to none.
func (l *leg) topIn(c *run) *leg {
	for hops := 0; l.parent != nil && hops < maxHops && (l.parent.call == nil || l.parent.call == c); hops++ {
		l = l.parent
	}
	return l
}

func (t *Tracker) attach(c *run, l *leg, hops int) {
	if l.call == nil {
		l.call = c
		c.legs = append(c.legs, l)
		c.dirty, c.line.dirty = true, true
	}
	if l.call != c || hops > maxHops {
		return
	}
	for _, child := range l.children {
		t.attach(c, child, hops+1)
	}
}

// move takes a leg out of its call into another.
func (t *Tracker) move(l *leg, to *run) {
	from := l.call
	if from != nil {
		from.legs = slices.DeleteFunc(from.legs, func(x *leg) bool { return x == l })
		from.dirty, from.line.dirty = true, true
	}
	l.call = nil
	t.attach(to, l, 0)
}

// pickUp handles an answer by a phone that the call never dialled. If that phone is a
// duty phone whose officer dialled the pick-up code, the code has done its work.
func (t *Tracker) pickUp(caller, peer *leg, at time.Time) {
	c := peer.call
	if c == nil || c.root != peer || c.Direction != Outbound || caller.call == nil || caller.call == c {
		return
	}
	c.find(PickedUpCall)
	c.carriedOut = at
	t.end(c, at, verdict{outcome: PlacedAnswered, reason: ReasonPickedUp, answeredAt: at, hangupBy: BySystem})
	delete(t.buried.ids, peer.id)
	t.legs[peer.id] = peer
	t.move(peer, caller.call)
}

// meet gives legs of a call whose first channel is gone to the call that they talk with
// now, as after an attended transfer.
func (t *Tracker) meet(l *leg, at time.Time) {
	if l.call == nil {
		return
	}
	for _, c := range slices.Clone(t.runs) {
		t.handOver(c)
	}
}

func (t *Tracker) handOver(c *run) {
	if c.root == nil || c.root.gone.IsZero() {
		return
	}
	for _, l := range slices.Clone(c.legs) {
		if !l.gone.IsZero() || l.bridge == "" {
			continue
		}
		if to := t.inBridge(l.bridge, c); to != nil {
			c.handedOn()
			t.move(l, to)
		}
	}
}

// handedOn notes an attended transfer of a call that the officer placed: the officer is gone and
// whom he called talks with somebody else. The switch says so, too, but of three channels, and
// perhaps up to 16 ms too late for a call that ends with this.
func (c *run) handedOn() {
	if c.Direction == Outbound && !c.root.bridged.IsZero() {
		c.root.away = true
		c.prove(SawEvent(c.root.id, Said{Name: SaidHandedOn}, c.root.gone))
		c.find(TransferredAfter)
	}
}

func (t *Tracker) inBridge(bridge string, besides *run) *run {
	for _, c := range t.runs {
		if c == besides || c.root == nil || !c.root.gone.IsZero() {
			continue
		}
		for _, l := range c.legs {
			if l.bridge == bridge && l.gone.IsZero() {
				return c
			}
		}
	}
	return nil
}

// checkBusy notes, at the moment it happens, whether a phone said busy while its line
// had no other call: a handset left off, a reject key that says busy, do not disturb.
func (t *Tracker) checkBusy(l *leg) {
	if l.busySeen || !l.isDuty() || l.response() != busy {
		return
	}
	l.busySeen = true
	l.lonelyBusy = true
	for _, c := range t.runs {
		if c != l.call && c.line == l.duty && c.usesPhone() {
			l.lonelyBusy = false
		}
	}
}

// usesPhone reports whether a duty phone rings, talks or dials in this call now.
func (c *run) usesPhone() bool {
	for _, l := range c.legs {
		inUse := l == c.root || l.isDuty() && (l.ringing() || !l.up.IsZero() || !l.answered.IsZero())
		if l.duty != nil && l.gone.IsZero() && !l.away && inUse {
			return true
		}
	}
	return false
}

// find adds a finding once.
func (c *run) find(f Finding) {
	if !slices.Contains(c.Findings, f) {
		c.Findings = append(c.Findings, f)
		c.dirty = true
	}
}

// rootUp notes that the first channel was answered. Without a phone that answered, and
// after the phones were tried, the dialplan took the call.
func (c *run) rootUp(at time.Time) { c.machine(at) }

func (c *run) machine(at time.Time) {
	if c.Direction == Inbound && c.machineAt.IsZero() && c.tried() && !c.pending() && !c.pickedUpBySomebody() {
		c.machineAt = at
	}
}

func (c *run) tried() bool {
	return !c.root.triedAt.IsZero() || slices.ContainsFunc(c.legs, (*leg).isDuty)
}

func (c *run) pending() bool {
	return slices.ContainsFunc(c.legs, func(l *leg) bool { return l != c.root && l.parent == c.root && !l.over() })
}

func (c *run) pickedUpBySomebody() bool {
	return slices.ContainsFunc(c.legs, func(l *leg) bool { return l != c.root && !l.answeredAt().IsZero() })
}

// dialBegun notes a trunk that was answered before any bell rang.
func (c *run) dialBegun(peer *leg, at time.Time) {
	if c.Direction == Inbound && c.root != nil && peer != c.root && !c.root.up.IsZero() && !c.root.up.After(at) &&
		c.RangAt.IsZero() && !c.pickedUpBySomebody() {
		c.upBeforeBell = true
	}
}

// endIsTold reports whether the end of a leg will be seen. Of Local channels, and of phones
// that are not of a line and were never announced, it may lie outside the subscription.
func (l *leg) endIsTold() bool { return !l.local && (l.watched || l.duty != nil || l.trunk) }

// over reports whether nothing of the call is left of which the end is told.
func (c *run) over() bool {
	if c.root == nil {
		return !c.lostAt.IsZero()
	}
	if c.root.gone.IsZero() {
		return false
	}
	return !slices.ContainsFunc(c.legs, func(l *leg) bool { return l.endIsTold() && l.gone.IsZero() })
}

// lastEnd is when the last leg ended, or the latest moment at which it can have; see endSeen.
func (c *run) lastEnd() time.Time {
	if c.root == nil {
		return c.lostAt
	}
	var end time.Time
	for _, l := range c.legs {
		if !l.local {
			end = later(end, l.gone)
		}
	}
	return end
}

// endSeen reports whether the last leg's end was seen: one that a snapshot lacks ended some
// time before it.
func (c *run) endSeen() bool {
	end := c.lastEnd()
	return c.root != nil && !slices.ContainsFunc(c.legs, func(l *leg) bool { return l.lost && !l.local && l.gone.Equal(end) })
}

func (c *run) lastSeen() time.Time {
	seen := c.OfferedAt
	for _, l := range c.legs {
		seen = later(seen, l.seen)
	}
	return seen
}

// ringsNow reports whether a duty phone rings for this call, and since when this bell.
func (c *run) ringsNow() (since time.Time, ok bool) {
	if c.Direction != Inbound {
		return since, false
	}
	for _, l := range c.legs {
		if l.isDuty() && l.ringing() {
			since, ok = earlier(since, l.rang), true
		}
	}
	return since, ok
}

// nextWarning is when ring_3 or limit_passed is due; zero when neither is, or nothing rings.
func (c *run) nextWarning() time.Time {
	if c.toldLimit || !c.toldRang {
		return time.Time{}
	}
	since, ok := c.ringsNow()
	if !ok {
		return time.Time{}
	}
	due := c.RangAt.Add(c.line.Rule.Ring3At())
	if c.toldRing3 {
		due = c.RangAt.Add(c.line.Rule.LimitAt())
	}
	return later(due, since)
}
