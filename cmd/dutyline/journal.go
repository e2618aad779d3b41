package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

const (
	journalTick = 250 * time.Millisecond
	// settleAfter is how long after its end a call is settled, so that the live view's word is
	// in the log first: the switch's events may be a little behind its journal.
	settleAfter = 2 * time.Second
	// journalLate is how long after a call's end its rows are waited for.
	journalLate = 10 * time.Second
	// clocksApart is how far the time at which the switch was seen may be from its own.
	clocksApart = 2 * time.Second
	// quietJournal is how long nothing must have come until all that was written counts as read.
	quietJournal = time.Second
)

// journalist reads the switch's own journal beside the watcher: it settles calls, and notices
// a journal that is not written by comparing it with what the live view saw end.
type journalist struct {
	journal *telephony.Journal
	hand    func(message)        // to the watcher
	status  func() cel.Status    // of the tail
	now     func() time.Time     // by the switch's clock, as the rows are
	run     func() time.Duration // since the start; nobody sets it, so waits are counted on it
	heard   func() time.Duration // up to when the live view has heard what the switch said; it is behind where a disk holds it up
	logger  *slog.Logger
	in      chan cel.Batch

	mu      sync.Mutex
	ended   []telephony.Call // as the live view saw it, not looked at yet
	seen    time.Time        // since when the live view sees the switch; zero: it does not yet
	started time.Time        // the switch was started then; not looked at yet
	here    map[string]bool  // the channels that were on it when it was seen
	gone    time.Duration    // when calls that have none of them can have no more rows to come; zero: they were looked for
	newest  time.Time        // of the rows
	why     string           // the journal is down; for health
	life

	lastRun time.Time // read it until then; zero: there was none
	read    telephony.Position
	held    []heldBatch
	awaited []awaitedCall
	had     []awaitedCall       // lately settled: the live view may say a little later that they ended
	down    *telephony.Interval // the journal is not written or not readable
	unread  bool                // it could not be read: what was written meanwhile is, later on
	hole    *telephony.Interval // rows could not be read, and none came since; To: when the file was written last
	last    time.Duration       // when a batch came last
	looked  time.Duration       // when it was looked last what is to be done
}

// heldBatch is what came of one batch and waits for the live view's word.
type heldBatch struct {
	due      time.Duration
	calls    []telephony.Settlement
	also     []telephony.Change
	position telephony.Position
}

type awaitedCall struct {
	call telephony.Call
	due  time.Duration
}

func newJournalist(lines []telephony.Line, hand func(message), status func() cel.Status, now func() time.Time, run, heard func() time.Duration, logger *slog.Logger) *journalist {
	return &journalist{journal: telephony.NewJournal(lines), hand: hand, status: status, now: now, run: run, heard: heard, logger: logger,
		in: make(chan cel.Batch)}
}

// resume takes up the last run: where reading stopped, what was settled of the time behind that and
// what was not, and whether the journal was down.
func (j *journalist) resume(from telephony.Position, settled []string, unsettled []telephony.Call, open []telephony.Interval) {
	j.read, j.newest = from, from.LastAt
	if j.signs = from.Lived; len(j.signs) == 0 {
		j.signs.add(time.Time{}, from.LastAt) // the last run read it
	}
	j.journal.Settled(settled)
	j.ended = unsettled
	for _, i := range open {
		if i.Kind == telephony.JournalDown && i.To.IsZero() {
			j.down = &i
			j.setDown(i.Cause)
		}
	}
}

// Batch is the tail's sink.
func (j *journalist) Batch(ctx context.Context, b cel.Batch) error {
	select {
	case j.in <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Told takes what the watcher tells the log, to know which calls the journal must have.
func (j *journalist) Told(changes []telephony.Change) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, ch := range changes {
		if ch.Kind == telephony.CallEnded {
			j.ended = append(j.ended, *ch.Call)
		}
	}
}

// SwitchSeen takes what the live view found when it saw the switch again.
func (j *journalist) SwitchSeen(s telephony.Snapshot) {
	here := make(map[string]bool, len(s.Channels))
	for _, ch := range s.Channels {
		here[ch.ID] = true
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen, j.started, j.here, j.gone = s.At, s.Started, here, j.run()+journalLate
}

// SwitchClockSet takes that the switch's clock was set.
func (j *journalist) SwitchClockSet(by time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.seen.IsZero() {
		j.seen = j.seen.Add(by)
	}
	j.gone = 0 // its rows are of two clocks
}

// settled reports whether the live view has had its say on what a batch ended: it was given time,
// or it sees the switch again only since then, and has told all that it saw before.
func (j *journalist) settled(h heldBatch) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.heard() >= h.due || !slices.ContainsFunc(h.calls, func(s telephony.Settlement) bool { return !s.At.Before(j.seen) })
}

// Newest is the time of the newest row.
func (j *journalist) Newest() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.newest
}

// Run settles calls until ctx ends.
func (j *journalist) Run(ctx context.Context) error {
	tick := time.NewTicker(journalTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-j.in:
			j.take(b)
		case <-tick.C:
			j.look()
		}
		j.release()
	}
}

func (j *journalist) take(b cel.Batch) {
	now, up := j.now(), j.run()
	j.last = up
	h := heldBatch{due: up}
	if b.Gap != nil {
		j.journal.Broken()
		if !b.Gap.From.IsZero() {
			h.also = append(h.also, intervalChange(telephony.Interval{Kind: telephony.JournalDown, From: b.Gap.From,
				To: later(b.Gap.To, b.Gap.From), Cause: "rows of the switch's journal are lost: " + string(b.Gap.Cause)}))
		}
	}
	if first := slices.IndexFunc(b.Rows, func(r telephony.Row) bool { return !damaged(r) }); first >= 0 {
		h.also = append(h.also, j.up(b.Rows[first].At, b.Gap == nil)...)
	}
	h.also = append(h.also, j.holeIn(b)...)
	h.calls = j.journal.Read(b.Rows, j.read, b.Position, now, up)
	j.read = b.Position
	h.position = j.position()
	h.also = append(h.also, lostIn(h.calls)...)
	for _, s := range h.calls {
		if slices.Contains(s.Call.Findings, telephony.SwitchClockBehind) {
			j.logger.Warn("a call stands in the switch's journal under a time long before the rows before it, and is logged under it: the switch's clock was wrong; set it, look at its time service and its battery, and write into the entry when the call was",
				"finding", telephony.SwitchClockBehind, "call", s.Call.ID, "offered", s.Call.OfferedAt)
		}
		h.due = max(h.due, up+settleAfter-now.Sub(s.At))
	}
	h.due = min(h.due, up+settleAfter) // times in the rows may be anything
	j.noteSigns(b, h.also)
	j.mu.Lock()
	if at := j.journal.LastAt(); !at.IsZero() {
		j.newest = at
	}
	j.mu.Unlock()
	j.held = append(j.held, h)
}

// lostIn is the times in which rows of calls were lost.
func lostIn(calls []telephony.Settlement) (lost []telephony.Change) {
	for _, s := range calls {
		if s.Lost.Kind != "" {
			lost = append(lost, intervalChange(s.Lost))
		}
	}
	return lost
}

func damaged(r telephony.Row) bool { return r.Kind == telephony.RowDamaged }

// holeIn is the time in which rows cannot be read: from the row before to the one after. While none
// came after, it is open: the rows of the next batch say how long it was.
func (j *journalist) holeIn(b cel.Batch) []telephony.Change {
	if first := slices.IndexFunc(b.Rows, damaged); first >= 0 && j.hole == nil {
		from := j.journal.LastAt()
		switch {
		case first > 0:
			from = b.Rows[first-1].At
		case from.IsZero(): // the first thing that is read since the start
			from = j.read.LastAt
		}
		j.hole = &telephony.Interval{Kind: telephony.JournalDown, From: from, Cause: "rows of the switch's journal could not be read"}
	}
	if j.hole == nil || len(b.Rows) == 0 {
		return nil
	}
	last := len(b.Rows) - 1
	for last >= 0 && !damaged(b.Rows[last]) {
		last--
	}
	if last+1 == len(b.Rows) {
		j.hole.To = b.Written
		return nil
	}
	return j.holeEnds(b.Rows[last+1].At)
}

// holeEnds states it.
func (j *journalist) holeEnds(at time.Time) []telephony.Change {
	hole := *j.hole
	j.hole = nil
	if hole.From.IsZero() {
		hole.From = at
	}
	hole.To = later(at, hole.From)
	j.logger.Warn("rows of the switch's journal could not be read: calls of that time may be known in part only; what stood there is in refused-journal.jsonl beside the duty log",
		"from", hole.From, "to", hole.To)
	return []telephony.Change{intervalChange(hole)}
}

// position is from where to read on after a restart; nothing, so that the last one stands, while a
// hole is open: it has to be found again.
func (j *journalist) position() telephony.Position {
	if j.hole != nil {
		return telephony.Position{}
	}
	return j.journal.Position()
}

// up ends an interval in which the journal was not written, or could not be read: then nothing is lost of it where
// reading goes on without a gap.
func (j *journalist) up(at time.Time, gapless bool) []telephony.Change {
	if j.down == nil {
		return nil
	}
	over := *j.down
	if over.To = over.From; !gapless || !j.unread {
		over.To = later(at, over.From)
	}
	j.down, j.unread = nil, false
	j.setDown("")
	return []telephony.Change{intervalChange(over)}
}

// goDown begins one.
func (j *journalist) goDown(from time.Time, cause string) {
	if j.down != nil {
		return
	}
	j.down = &telephony.Interval{Kind: telephony.JournalDown, From: from, Cause: cause}
	j.journal.Broken()
	j.setDown(cause)
	j.hold(heldBatch{due: j.run(), also: []telephony.Change{intervalChange(*j.down)}, position: j.position()})
	j.logger.Warn("the switch's journal is down: "+cause, "since", from)
}

func (j *journalist) hold(h heldBatch) {
	j.noteSigns(cel.Batch{}, h.also)
	j.held = append(j.held, h)
}

// look is what is to be done from time to time.
func (j *journalist) look() {
	now, up := j.now(), j.run()
	j.stoodStill(up)
	j.mu.Lock()
	ended := j.ended
	j.ended = nil
	j.mu.Unlock()
	j.had = slices.DeleteFunc(j.had, func(a awaitedCall) bool { return up >= a.due })
	for _, c := range ended {
		if slices.ContainsFunc(j.had, func(a awaitedCall) bool { return a.call.ID == c.ID }) {
			continue
		}
		j.awaited = append(j.awaited, awaitedCall{call: c, due: up + journalLate})
	}
	status := j.status()
	if status.Problem != "" && !status.Unwritten {
		since := now
		if status.Ends == 0 && !j.lastRun.IsZero() { // nobody has read it since the last run
			since = sooner(j.lastRun, now)
		}
		j.unread = j.unread || j.down == nil
		j.goDown(since, status.Problem)
	}
	if up-j.last >= quietJournal {
		j.quiet(up, status.Problem == "")
	}
	j.noteRead(up, status)
	j.miss(up)
}

// quiet is what is to be done when all that was written is read: a hole that nothing came after ends
// when the file was written last, and of calls that the switch does not have no more rows come.
func (j *journalist) quiet(up time.Duration, readable bool) {
	if j.hole != nil {
		end := j.hole.To
		if now := j.now(); end.IsZero() || end.After(now) {
			end = now
		}
		j.hold(heldBatch{due: up, also: j.holeEnds(end), position: j.position()})
	}
	if !readable {
		return
	}
	j.mu.Lock()
	seen, started, here, gone := j.seen, j.started, j.here, j.gone > 0 && up >= j.gone
	j.started = time.Time{}
	if gone {
		j.gone = 0
	}
	j.mu.Unlock()
	var calls []telephony.Settlement
	if !started.IsZero() {
		calls = j.journal.SwitchStarted(started, here)
	}
	if gone {
		calls = append(calls, j.journal.NotHere(seen.Add(-clocksApart), here)...)
	}
	if len(calls) > 0 {
		j.hold(heldBatch{due: up, calls: calls, also: lostIn(calls), position: j.position()})
	}
}

// stoodStill takes a time in which nothing was done here, because the machine gave none or the log took its time, out
// of all waits: what was written meanwhile is still to be read, and what the live view saw still to be told.
func (j *journalist) stoodStill(up time.Duration) {
	stood := up - j.looked - journalTick
	j.looked = up
	if stood < quietJournal {
		return
	}
	j.last = up
	for _, waits := range [][]awaitedCall{j.awaited, j.had} {
		for i := range waits {
			waits[i].due += stood
		}
	}
	for i := range j.held {
		j.held[i].due += stood
	}
}

// miss settles by the live view alone what the journal should have and has not. Of a call whose
// last rows are lost it has some: that it was written in part is said, and from when to when.
func (j *journalist) miss(up time.Duration) {
	for len(j.awaited) > 0 && up >= j.awaited[0].due {
		c := j.awaited[0].call
		j.awaited = j.awaited[1:]
		if part := j.journal.LiveEnded(c.ID, c.EndedAt); slices.ContainsFunc(part, func(s telephony.Settlement) bool { return s.Call.ID == c.ID }) {
			j.hold(heldBatch{due: up, calls: part, also: lostIn(part), position: j.position()})
			continue
		}
		c.SettledBy = telephony.SettledByARI
		c.Findings = append(slices.Clone(c.Findings), telephony.NotInJournal)
		h := heldBatch{due: up, calls: []telephony.Settlement{{Call: c, At: c.EndedAt}}, position: j.position()}
		if j.journal.Lacks(c.ID, c.OfferedAt) {
			h.also = append(h.also, intervalChange(telephony.Interval{Kind: telephony.JournalDown, From: c.OfferedAt, To: later(c.EndedAt, c.OfferedAt),
				Cause: "the switch's journal has nothing of a call that the live view saw, and was written since: its rows are lost"}))
		}
		j.hold(h)
		if j.journal.LastAt().Before(c.OfferedAt) { // nothing was written since
			j.goDown(c.OfferedAt, "the switch's journal has nothing of a call that the live view saw: it is not written")
		}
	}
}

// release hands over what is due, in order.
func (j *journalist) release() {
	for len(j.held) > 0 && j.settled(j.held[0]) {
		h := j.held[0]
		j.held = j.held[1:]
		for _, s := range h.calls {
			j.awaited = slices.DeleteFunc(j.awaited, func(a awaitedCall) bool { return a.call.ID == s.Call.ID })
			j.had = append(j.had, awaitedCall{call: s.Call, due: j.run() + journalLate})
		}
		also := h.also
		if position := h.position; position.File != "" {
			position.Lived = j.lately()
			also = append(also, telephony.Change{Kind: telephony.JournalRead, At: j.now(), Journal: &position})
		}
		j.hand(message{settled: &settledNews{calls: h.calls, also: also}})
	}
}

// settledNews is what the journalist tells the watcher.
type settledNews struct {
	calls []telephony.Settlement
	also  []telephony.Change
}
