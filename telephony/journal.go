package telephony

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of the journal's memory. What passes them is dropped with a counted reason.
const (
	maxChapters = 5_000
	maxRows     = 4_000 // of one call
	// A row from later than this is no sign of when the journal was last written.
	maxAhead = time.Minute
	// A call that is further behind the rows before it is of a clock that was wrong, as one is that lost
	// its battery; one that is less may be of a file that is read again.
	farBehind = 30 * 24 * time.Hour
)

// Journal gathers the rows of the switch's own journal into calls and settles each when the
// switch says that its last channel is gone. It is a pure value: no I/O, no clock, not safe
// for use by two goroutines at once. Reading rows again settles the same calls again, in the
// same words.
type Journal struct {
	lines    []Line
	chapters map[string]*chapter // by linked id
	order    []*chapter          // as they began
	read     Position            // everything before it was taken
	lastAt   time.Time           // of the newest row
	since    time.Time           // no call can be much older; zero: not known
	dropped  map[string]uint64   // reason → count
	holed    bool                // rows are lost, and none was read since
	settled  map[string]bool     // ids of calls that are settled although their last rows may come again
}

// chapter is the rows of one call that has not ended.
type chapter struct {
	linked string
	prev   time.Time // of the newest row of any call before its first one
	broken bool      // rows of it may be lost
	holed  time.Time // of the newest row of any call before those
	healed time.Time // of the first row that was read after those; zero: none was yet
	behind bool      // its times are far behind those of the rows before
	over   bool      // its last channel is gone
	ended  bool      // its own last row says so
	from   Position  // reading again from here finds all of its rows
	began  time.Time
	seen   time.Time     // its newest row, on the switch's clock
	read   time.Duration // the reader's uptime when its newest row came: clocks are set, and rows may say any time
	rows   []Row
}

// NewJournal reads about these lines.
func NewJournal(lines []Line) *Journal {
	return &Journal{lines: lines, chapters: map[string]*chapter{}, dropped: map[string]uint64{}}
}

// Settled names calls that were settled before reading begins: where it begins behind their first
// row, only their last ones are read again, and that the others are missing is no loss.
func (j *Journal) Settled(ids []string) {
	j.settled = make(map[string]bool, len(ids))
	for _, id := range ids {
		j.settled[id] = true
	}
}

// Since says when the log began: what stood in the journal before is not read.
func (j *Journal) Since(at time.Time) { j.since = at }

// Settlement is one call as the journal has it.
type Settlement struct {
	Call Call
	At   time.Time // of the row that ended it
	// Lost is the time in which rows of the call were lost; zero when the journal has all of it.
	Lost Interval
}

// Read takes rows that stood between two positions and returns the calls that they end. They
// were read at now, when the reader had been up for so long; nobody sets an uptime.
func (j *Journal) Read(rows []Row, from, to Position, now time.Time, up time.Duration) []Settlement {
	var out []Settlement
	for _, row := range rows {
		if row.Kind == RowDamaged {
			j.damaged(row)
			continue
		}
		before := j.lastAt
		j.written(row.At, now.Add(maxAhead))
		if !row.At.After(now.Add(maxAhead)) {
			j.heal(row.At)
		}
		if row.LinkedID == "" || row.Kind == RowIgnored || row.Kind == RowUnknown || OwnCall(row.LinkedID) {
			continue
		}
		if c := j.chapters[row.LinkedID]; c != nil && c.beginsAgain(row) {
			out = append(out, j.close(c, row.At, row.At)...)
		}
		c := j.chapterOf(row, from, before, now.Add(maxAhead))
		if row.Kind == RowLinkedEnd {
			c.over, c.ended = true, true
			out = append(out, j.close(c, row.At, time.Time{})...)
			continue
		}
		c.seen, c.read = later(c.seen, row.At), up
		if len(c.rows) == maxRows {
			j.dropped["rows_beyond_bound"]++
			continue
		}
		c.rows = append(c.rows, row)
	}
	j.read = to
	return append(out, j.sweep(up)...)
}

// heal takes the first row after a hole, which ends it for the calls that run.
func (j *Journal) heal(at time.Time) {
	if !j.holed {
		return
	}
	j.holed = false
	for _, c := range j.order {
		if c.broken {
			c.healed = later(c.healed, at)
		}
	}
}

// written takes the time of a row as a sign of when the journal was last written; latest is the
// latest that can be. After a clock was set back the newest row is older than those before.
func (j *Journal) written(at, latest time.Time) {
	switch {
	case at.After(latest):
	case j.lastAt.After(latest):
		j.lastAt = at
	default:
		j.lastAt = later(j.lastAt, at)
	}
}

func (j *Journal) chapterOf(row Row, from Position, before, latest time.Time) *chapter {
	c := j.chapters[row.LinkedID]
	if c == nil {
		c = &chapter{linked: strings.Clone(row.LinkedID), prev: before, from: from, began: row.At, seen: row.At}
		for _, known := range []time.Time{before, from.LastAt, j.since} { // one that is still to come is of a clock that was wrong then, and is right again
			c.behind = c.behind || known.Sub(row.At) > farBehind && !known.After(latest)
		}
		j.chapters[c.linked] = c
		j.order = append(j.order, c)
	}
	return c
}

// beginsAgain reports whether a row begins another call under the id of this one: a switch that
// was killed and started again within one second gives the same ids.
func (c *chapter) beginsAgain(row Row) bool {
	return row.Kind == RowChanStart && row.UniqueID == row.LinkedID &&
		slices.ContainsFunc(c.rows, func(r Row) bool { return r.Kind == RowChanStart && r.UniqueID == row.UniqueID && !r.At.Equal(row.At) })
}

// close ends a chapter. A chapter that came to nothing, such as that of another phone of the
// switch, gives no settlement.
func (j *Journal) close(c *chapter, at, cut time.Time) []Settlement {
	delete(j.chapters, c.linked)
	j.order = slices.DeleteFunc(j.order, func(x *chapter) bool { return x == c })
	var out []Settlement
	for _, call := range settle(j.lines, c.rows, cut, c.over) {
		if c.broken {
			call = inPart(call)
		}
		if c.behind {
			call.add(SwitchClockBehind)
		}
		s := Settlement{Call: call, At: at}
		if slices.Contains(call.Findings, JournalInPart) {
			if j.settled[call.ID] {
				delete(j.settled, call.ID) // a switch that begins anew may give the id again
				continue
			}
			from, to := c.lost(at)
			s.Lost = Interval{Kind: JournalDown, From: from, To: to, Cause: "rows of a call are lost from the switch's journal"}
		}
		out = append(out, s)
	}
	return out
}

// lost is when rows of it may be lost, of a call that is settled by what stood there up to a moment. Where its first row is
// there, that is the known hole; with its last row, too, no more than that.
func (c *chapter) lost(at time.Time) (from, to time.Time) {
	from, to = c.prev, later(at, c.prev)
	if from.IsZero() || from.After(c.began) {
		from = c.began
	}
	if !slices.ContainsFunc(c.rows, func(r Row) bool { return r.Kind == RowChanStart && r.UniqueID == c.linked }) {
		return c.madeBefore(from), to
	}
	if c.holed.After(from) && c.holed.Before(to) { // a clock that was set makes any order
		from = c.holed
	}
	if c.ended && c.healed.After(from) && c.healed.Before(to) {
		to = c.healed
	}
	return from, to
}

// madeBefore is the second in which the switch made a call's first channel, which is in its id, where that is before a moment.
func (c *chapter) madeBefore(at time.Time) time.Time {
	id := c.linked[strings.LastIndexByte(c.linked, '-')+1:] // behind the switch's name, if it has one
	seconds, _, _ := strings.Cut(id, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if made := time.Unix(n, 0); err == nil && made.Before(at) && c.began.Sub(made) <= maxAge {
		return made
	}
	return at
}

// damaged marks the calls of which a row was that cannot be read: by what is left of its ids,
// else all that run.
func (j *Journal) damaged(row Row) {
	j.holed = true
	if c := j.chapters[row.LinkedID]; c != nil {
		c.breaks(j.lastAt)
		return
	}
	known := false
	for _, c := range j.order {
		if slices.ContainsFunc(c.rows, func(r Row) bool { return r.UniqueID == row.UniqueID || r.Channel == row.Channel && row.Channel != "" }) {
			c.breaks(j.lastAt)
			known = true
		}
	}
	if !known && row.LinkedID == "" {
		j.Broken()
	}
}

// Broken says that rows are lost, or were not written: what runs now has a hole.
func (j *Journal) Broken() {
	j.holed = true
	for _, c := range j.order {
		c.breaks(j.lastAt)
	}
}

// breaks says that rows of it are lost behind a row of that time.
func (c *chapter) breaks(behind time.Time) {
	if !c.broken {
		c.broken, c.holed = true, behind
	}
}

// LiveEnded says that the live view saw a call end some time ago. Where rows are lost since, or the
// journal was written past that moment, its last rows do not come any more: what there is of it is
// settled, with the time in which the rest was lost. Else, and when there is nothing, nothing.
func (j *Journal) LiveEnded(id string, at time.Time) []Settlement {
	c := j.chapterWith(id)
	if c == nil || !c.broken && !j.lastAt.After(at.Add(sameEnd)) {
		return nil
	}
	c.broken, c.over = true, true
	return j.close(c, later(at, c.seen), time.Time{})
}

// Lacks reports whether all rows of a call are lost that came at a moment: the journal was written
// past it, and has none of them.
func (j *Journal) Lacks(id string, at time.Time) bool {
	return j.chapterWith(id) == nil && j.lastAt.After(at.Add(sameEnd))
}

func (j *Journal) chapterWith(id string) *chapter {
	for _, c := range j.order {
		if c.linked == id || slices.ContainsFunc(c.rows, func(r Row) bool { return r.UniqueID == id }) {
			return c
		}
	}
	return nil
}

// NotHere says which channels were on the switch at a moment. A call of before that has none of them
// has ended, and its last rows are lost. Say it only when all that was written before is read.
func (j *Journal) NotHere(at time.Time, here map[string]bool) []Settlement {
	var out []Settlement
	for _, c := range slices.Clone(j.order) {
		if c.seen.Before(at) && !c.on(here) {
			c.broken, c.over = true, true
			out = append(out, j.close(c, later(c.seen, c.healed), time.Time{})...) // its last rows stood in the hole, if one is known
		}
	}
	return out
}

// on reports whether a channel of the call is among these.
func (c *chapter) on(here map[string]bool) bool {
	return slices.ContainsFunc(c.rows, func(r Row) bool { return here[r.UniqueID] })
}

// SwitchStarted says when the switch was started, and which channels were on it after that.
// What began before and has not ended was cut off: nobody will write its end. Say it only when
// all that was written before is read. A call that is on the switch was not cut, whatever its
// times say: the clock may have been set back since the start.
func (j *Journal) SwitchStarted(at time.Time, here map[string]bool) []Settlement {
	var out []Settlement
	for _, c := range slices.Clone(j.order) {
		if c.began.Before(at) && c.seen.Before(at) && !c.on(here) {
			out = append(out, j.cutOff(c, at)...)
		}
	}
	return out
}

// cutOff ends a call that a restart of the switch left behind. One of which rows are lost, and none
// came after them, ended in that time, for all that is known: it was not under way until the restart.
func (j *Journal) cutOff(c *chapter, at time.Time) []Settlement {
	if c.broken && c.seen.Before(c.healed) {
		c.over = true
		return j.close(c, c.healed, time.Time{})
	}
	return j.close(c, at, at)
}

// sweep drops what never ends, so that lost rows cannot fill the memory.
func (j *Journal) sweep(up time.Duration) []Settlement {
	var out []Settlement
	for _, c := range slices.Clone(j.order) {
		if len(j.order) <= maxChapters && up-c.read <= maxAge {
			break // the oldest are in front
		}
		j.dropped["call_never_ended"]++
		out = append(out, j.close(c, c.seen, c.seen)...)
	}
	return out
}

// Position is from where reading has to go on after a restart, so that the rows of every call
// that has not ended are read again.
func (j *Journal) Position() Position {
	if len(j.order) == 0 {
		return j.read
	}
	p := j.order[0].from
	p.Reached = j.read.Place()
	if p.LastAt.IsZero() { // nothing stands before it
		p.LastAt = j.order[0].began
	}
	return p
}

// LastAt is the time of the newest row, on the switch's clock; zero before the first.
func (j *Journal) LastAt() time.Time { return j.lastAt }

// Open is how many calls of the switch have begun in the journal and not ended.
func (j *Journal) Open() int { return len(j.order) }

// Dropped counts what had to be dropped, by reason.
func (j *Journal) Dropped() map[string]uint64 {
	out := make(map[string]uint64, len(j.dropped))
	for k, v := range j.dropped {
		out[k] = v
	}
	return out
}
