package dutylog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// BillSearch is how far from its row's time a call is looked for, to find clocks that differ: a
// wrong time zone, a wrong half of the day.
const BillSearch = 13 * time.Hour

const (
	clocksAgree    = 2 * time.Second // less than this is no difference
	durationSlack  = 5 * time.Second // nobody measures a talk alike
	excuseMargin   = 5 * time.Second // around a time in which nothing was seen
	fewestForClock = 3               // rows that must agree about the clocks' difference

	mostDifferences = 2_000_000 // that are looked at for it
)

// BillDuration is a call whose duration the list gives otherwise.
type BillDuration struct {
	Row  BillRow
	Call Call
	Ours time.Duration
}

// ExcusedRow is a row without a call, of a time in which the log saw nothing.
type ExcusedRow struct {
	Row      BillRow
	Interval telephony.Interval
}

// BillReport is how a list and the log compare.
type BillReport struct {
	From, To   time.Time     // what was compared, by our clock
	Offset     time.Duration // their clock minus ours
	Sure       bool          // Offset was found; otherwise it is taken for none
	AtAnswer   bool          // their times are those of the answer
	Matched    int
	OnlyBill   []BillRow
	Excused    []ExcusedRow
	OnlyLog    []Call
	Durations  []BillDuration
	NotOurs    int                // rows that name none of our lines
	System     int                // rows that are calls of the daemon's own
	Outgoing   int                // our outgoing calls that were not compared, because the list has none
	Lines      []string           // numbers of ours that the list names
	OtherLines int                // our calls of other lines, which were not compared
	Theirs     []telephony.Number // whose own list it is; empty: a carrier's
	Concluded  bool               // Theirs is what every row has, nobody said so
	Others     int                // our calls with others than Theirs, which were not compared
	Unanswered bool               // the list has calls without any talk
	Unreadable []string
	Coarse     bool
}

// Differs reports whether anything is left that nobody explained.
func (r BillReport) Differs() bool {
	return len(r.OnlyBill)+len(r.OnlyLog)+len(r.Durations)+len(r.Unreadable) > 0
}

// Span is from the first to the last row, by their clock.
func (b Bill) Span() (first, last time.Time) {
	for i, r := range b.Rows {
		if i == 0 || r.At.Before(first) {
			first = r.At
		}
		if r.At.After(last) {
			last = r.At
		}
	}
	return first, last
}

// BillTask is what a list is compared with.
type BillTask struct {
	Lines     []telephony.Number          // ours
	NumberOf  map[string]telephony.Number // ours, by the line's name
	Theirs    []telephony.Number          // whose own list it is; empty: found where every row has one far side
	Calls     []Call                      // of the log, also some hours around the list
	System    []SystemCall                // of the daemon's own
	Unseen    []telephony.Interval
	Tolerance time.Duration
	From, To  time.Time // what the list covers; zero: from its first row to its last
}

// SystemCall is a call that the daemon placed (tag "system"): a carrier bills it, and it is no call
// of the log.
type SystemCall struct {
	To telephony.Number
	At time.Time
}

// isSystem reports whether a row is one of the daemon's own calls.
func (t BillTask) isSystem(b billed, at time.Time) bool {
	return b.direction != telephony.Inbound && slices.ContainsFunc(t.System, func(c SystemCall) bool {
		return comparableNumber(c.To) == b.other && at.Sub(c.At).Abs() <= t.Tolerance
	})
}

// billed is a row as seen from our line.
type billed struct {
	row       BillRow
	direction telephony.Direction // empty: either
	other     string              // comparable number of the far side; empty: withheld
	line      string              // comparable number of our line; empty: the row names none, or two
}

// comparable is a number in the form in which two lists agree.
func comparableNumber(n telephony.Number) string {
	if n.E164 != "" {
		return n.E164
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, n.Raw)
}

// seen turns a row so that it reads from our line; false when it names none of our lines.
func (t BillTask) seen(r BillRow, of Bill) (billed, bool) {
	b := billed{row: r, direction: r.Direction}
	switch {
	case !of.callers && !of.calleds:
		b.other = comparableNumber(r.Other)
	case t.ours(r.Called):
		b.direction, b.other, b.line = telephony.Inbound, comparableNumber(r.Caller), comparableNumber(r.Called)
		if t.ours(r.Caller) {
			b.line = "" // a call between two lines of ours is in the list of either
		}
	case t.ours(r.Caller):
		b.direction, b.other, b.line = telephony.Outbound, comparableNumber(r.Called), comparableNumber(r.Caller)
	case !of.calleds: // a list of who called
		b.direction, b.other = telephony.Inbound, comparableNumber(r.Caller)
	case !of.callers: // a list of who was called
		b.direction, b.other = telephony.Outbound, comparableNumber(r.Called)
	default:
		return b, false
	}
	return b, true
}

// Compare matches a list with the log, call by call.
func (t BillTask) Compare(bill Bill) (BillReport, error) {
	report := BillReport{Unreadable: bill.Unreadable, Coarse: bill.Coarse}
	var rows []billed
	for _, r := range bill.Rows {
		b, ok := t.seen(r, bill)
		if !ok {
			report.NotOurs++
			continue
		}
		rows = append(rows, b)
		report.Unanswered = report.Unanswered || r.Measured && r.Duration == 0
	}
	if len(rows) == 0 {
		return report, fmt.Errorf("none of its %d rows names one of our numbers (%s): it is the list of another line, or lines.number in the configuration is another than the list's", len(bill.Rows), t.lineNames())
	}
	scope, err := t.scope(bill, rows)
	if err != nil {
		return report, err
	}
	report.Lines, report.Theirs, report.Concluded = t.named(scope), slices.Concat(t.Theirs, scope.concluded), len(scope.concluded) > 0
	m := matcher{task: t, rows: rows, coarse: bill.Coarse, calls: t.Calls}
	m.index()
	m.clocks(&report)
	report.From, report.To = t.From, t.To
	if first, last := bill.Span(); t.From.IsZero() || t.To.IsZero() {
		if t.From.IsZero() {
			report.From = first.Add(-report.Offset - t.Tolerance)
		}
		if t.To.IsZero() {
			report.To = last.Add(-report.Offset + t.Tolerance)
		}
	}
	ofRow, ofCall := m.match(report.Offset, report.AtAnswer)
	for i, b := range rows {
		if ofRow[i] < 0 {
			t.unmatched(b, &report)
			continue
		}
		report.Matched++
		compareDuration(b.row, m.calls[ofRow[i]], bill.Rounded, &report)
	}
	for i, c := range m.calls {
		if ofCall[i] || c.OfferedAt.Before(report.From) || c.OfferedAt.After(report.To) {
			continue
		}
		report.onlyInLog(c, scope)
	}
	slices.SortStableFunc(report.OnlyLog, func(a, b Call) int { return a.OfferedAt.Compare(b.OfferedAt) })
	return report, nil
}

// unmatched explains a row by a call of the daemon's own, and excuses one where the log itself says
// that it saw nothing then.
func (t BillTask) unmatched(b billed, report *BillReport) {
	r := b.row
	margin := excuseMargin
	if report.Coarse {
		margin = time.Minute
	}
	at := r.At.Add(-report.Offset)
	if t.isSystem(b, at) {
		report.System++
		return
	}
	for _, i := range t.Unseen {
		if (i.Kind == telephony.BlindInterval || i.Kind == telephony.SwitchDown) && i.Overlaps(at.Add(-margin), at.Add(margin)) {
			report.Excused = append(report.Excused, ExcusedRow{r, i})
			return
		}
	}
	report.OnlyBill = append(report.OnlyBill, r)
}

func compareDuration(r BillRow, c Call, rounded bool, report *BillReport) {
	ours, known := c.TalkFor()
	if c.AnsweredAt.IsZero() {
		known = c.Outcome != telephony.Unknown // then nobody talked
	}
	slack := durationSlack
	if rounded {
		slack = time.Minute
	}
	if r.Measured && known && (r.Duration-ours).Abs() > slack {
		report.Durations = append(report.Durations, BillDuration{r, c, ours})
	}
}

// matcher finds the call of each row.
type matcher struct {
	task     BillTask
	rows     []billed
	calls    []Call
	coarse   bool
	byNumber map[string][]int // calls, by the far side's number
	all      []int            // calls by time
}

func (m *matcher) index() {
	m.calls = slices.Clone(m.calls)
	slices.SortStableFunc(m.calls, func(a, b Call) int {
		return cmp.Or(a.OfferedAt.Compare(b.OfferedAt), cmp.Compare(a.ID, b.ID))
	})
	m.byNumber = map[string][]int{}
	for i, c := range m.calls {
		n := comparableNumber(OtherSide(c.Call))
		m.byNumber[n] = append(m.byNumber[n], i)
		m.all = append(m.all, i)
	}
}

// near lists the calls among some, which are in order, that began about a moment.
func (m *matcher) near(among []int, at time.Time, within time.Duration) []int {
	after := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(among, t, func(i int, t time.Time) int { return m.calls[i].OfferedAt.Compare(t) })
		return i
	}
	const longestRing = 10 * time.Minute // the answer may be what the list gives
	return among[after(at.Add(-within-longestRing)):after(at.Add(within+time.Nanosecond))]
}

func fits(b billed, c Call) bool { return b.direction == "" || b.direction == c.Direction }

func startOf(c Call, atAnswer bool) time.Time {
	if atAnswer && !c.AnsweredAt.IsZero() {
		return c.AnsweredAt
	}
	return c.OfferedAt
}

// clocks finds the constant difference between their clock and ours, and whether their times
// are those of the answer: whatever most rows agree about.
func (m *matcher) clocks(report *BillReport) {
	narrowest, most := 0, 0
	for _, atAnswer := range []bool{false, true} {
		offset, agree, width := m.offset(atAnswer)
		if agree == 0 || report.Sure && (width > narrowest || width == narrowest && agree <= most) {
			continue
		}
		narrowest, most = width, agree
		report.Sure, report.AtAnswer, report.Offset = true, atAnswer, offset
	}
	if within := clocksAgree; report.Offset.Abs() <= within || m.coarse && report.Offset.Abs() <= time.Minute {
		report.Offset = 0
	}
}

// offset looks for the narrowest window of differences in which at least half of the rows find a
// call with their number. width is 1, 2 or 3, from narrow to wide; agree is 0 when there is none.
func (m *matcher) offset(atAnswer bool) (offset time.Duration, agree, width int) {
	type difference struct {
		d   time.Duration
		row int
	}
	var all []difference
	able := 0
	for i, b := range m.rows {
		before := len(all)
		if b.other != "" {
			for _, c := range m.near(m.byNumber[b.other], b.row.At, BillSearch) {
				if fits(b, m.calls[c]) {
					all = append(all, difference{b.row.At.Sub(startOf(m.calls[c], atAnswer)), i})
				}
			}
		}
		if len(all) > before {
			able++
		}
		if len(all) > mostDifferences {
			break // one number called all day; the rows so far say enough
		}
	}
	slices.SortFunc(all, func(a, b difference) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.row, b.row)) })
	for i, w := range []time.Duration{4 * time.Second, 20 * time.Second, max(time.Minute, 2*m.task.Tolerance)} {
		inside := map[int]int{}
		from, most, at := 0, 0, time.Duration(0)
		for to, x := range all {
			inside[x.row]++
			for x.d-all[from].d > w {
				if inside[all[from].row]--; inside[all[from].row] == 0 {
					delete(inside, all[from].row)
				}
				from++
			}
			middle := all[(from+to)/2].d
			if n := len(inside); n > most || n == most && middle.Abs() < at.Abs() {
				most, at = n, middle
			}
		}
		if most >= fewestForClock && 2*most >= able {
			return at, most, i + 1
		}
	}
	return 0, 0, 0
}

// match pairs rows and calls, the closest first, equal numbers before those that one side does
// not know.
func (m *matcher) match(offset time.Duration, atAnswer bool) (ofRow []int, ofCall []bool) {
	type pair struct {
		rank, row, call int
		d               time.Duration
	}
	within := m.task.Tolerance
	if m.coarse {
		within += time.Minute
	}
	var pairs []pair
	for i, b := range m.rows {
		at := b.row.At.Add(-offset)
		try := func(among []int, rank int) {
			for _, c := range m.near(among, at, within) {
				d := min(at.Sub(startOf(m.calls[c], atAnswer)).Abs(), at.Sub(startOf(m.calls[c], !atAnswer)).Abs())
				if fits(b, m.calls[c]) && d <= within {
					pairs = append(pairs, pair{rank, i, c, d})
				}
			}
		}
		if b.other == "" {
			try(m.all, 1)
			continue
		}
		try(m.byNumber[b.other], 0)
		try(m.byNumber[""], 1)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.d, b.d), cmp.Compare(a.row, b.row), cmp.Compare(a.call, b.call))
	})
	ofRow, ofCall = slices.Repeat([]int{-1}, len(m.rows)), make([]bool, len(m.calls))
	for _, p := range pairs {
		if ofRow[p.row] < 0 && !ofCall[p.call] {
			ofRow[p.row], ofCall[p.call] = p.call, true
		}
	}
	return ofRow, ofCall
}
