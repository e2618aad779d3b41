package dutylog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// Grouping is by what figures are told apart.
type Grouping string

// The closed set of groupings. Edges are those of the site's clock.
const (
	ByHour     Grouping = "hour"      // where summer time ends, the hour that comes twice is two
	ByDay      Grouping = "day"       // of 23, 24 or 25 hours
	ByMonth    Grouping = "month"     //
	ByShift    Grouping = "shift"     // of the roster, at most 24 h each
	ByOfficer  Grouping = "officer"   //
	ByLine     Grouping = "line"      //
	ByWeekHour Grouping = "week_hour" // weekday × hour, over the whole time
)

// Groupings lists the closed set.
func Groupings() []Grouping {
	return []Grouping{ByHour, ByDay, ByShift, ByOfficer, ByMonth, ByLine, ByWeekHour}
}

// longestSpan is how many days one question may be about: as many groups as somebody still reads.
var longestSpan = map[Grouping]int{ByHour: 8, ByDay: 400, ByShift: 100}

// LongestSpan is how many days figures are given for at once.
func (g Grouping) LongestSpan() int { return cmp.Or(longestSpan[g], 20*366) }

// HourStart is when the hour of the site's clock began in which t lies. Where the clock was set within
// it, that is when it was set.
func HourStart(t time.Time, loc *time.Location) time.Time {
	local := t.In(loc)
	start := local.Add(-time.Duration(local.Minute())*time.Minute - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
	if set, _ := local.ZoneBounds(); set.After(start) {
		return set
	}
	return start
}

// nextHour is when the hour ends that begins at start.
func nextHour(start time.Time, loc *time.Location) time.Time {
	local := start.In(loc)
	next := local.Add(time.Hour - time.Duration(local.Minute())*time.Minute - time.Duration(local.Second())*time.Second)
	if _, set := local.ZoneBounds(); !set.IsZero() && set.After(start) && set.Before(next) {
		return set
	}
	return next
}

// Start is the first moment of a day by the site's clock, also where there is no midnight on it, or two.
func (d Date) Start(loc *time.Location) time.Time {
	at := d.In(loc)
	if DateOf(at, loc) == d && DateOf(at.Add(-time.Second), loc) < d {
		return at
	}
	first, last := d.In(time.UTC).Add(-15*time.Hour).Unix(), d.In(time.UTC).Add(15*time.Hour).Unix()
	for first < last {
		if middle := (first + last) / 2; DateOf(time.Unix(middle, 0), loc) < d {
			first = middle + 1
		} else {
			last = middle
		}
	}
	return time.Unix(first, 0).In(loc)
}

// AnsweringGroup is the tally of one group.
type AnsweringGroup struct {
	Key      string    // the hour (RFC 3339 with its offset), day, month, shift, officer, line, or "1 08" for Monday from eight
	From, To time.Time // what of the group lies in the time that was asked for
	Tally    Tally
	Blind    time.Duration // how long nothing was seen meanwhile
}

// AnsweringSpan is the time that figures are about, and how long of it nobody saw.
type AnsweringSpan struct {
	From, To time.Time
	Blind    []telephony.Interval // closed, none overlaps another
	Shifts   []ShiftSpan          // of the roster, as ShiftSpans gives them: each has a group, whether anybody called or not
	Zone     *time.Location
}

// Check refuses a span by which the figures could not be told.
func (s AnsweringSpan) Check(by Grouping) error {
	switch {
	case !slices.Contains(Groupings(), by):
		return &InvalidError{Field: "by", Reason: fmt.Sprintf("%.20q is no grouping: choose %s", by, orList(Groupings()))}
	case !s.From.Before(s.To):
		return &InvalidError{Field: "to", Reason: "is not after from: nothing lies between them"}
	case !HourStart(s.From, s.Zone).Equal(s.From):
		return &InvalidError{Field: "from", Reason: "is within an hour: figures are kept by whole hours of the site's clock"}
	case !HourStart(s.To, s.Zone).Equal(s.To):
		return &InvalidError{Field: "to", Reason: "is within an hour: figures are kept by whole hours of the site's clock"}
	case s.To.Sub(s.From) > time.Duration(by.LongestSpan())*24*time.Hour+2*time.Hour: // summer time ends
		return &InvalidError{Field: "to", Reason: fmt.Sprintf("lies too long after from: by %s figures are given for at most %d days; ask for a shorter time", by, by.LongestSpan())}
	}
	return nil
}

// blindIn is how long of a time nothing was seen.
func (s AnsweringSpan) blindIn(from, to time.Time) (sum time.Duration) {
	for _, i := range s.Blind {
		if left := earlier(to, i.To).Sub(laterOf(from, i.From)); left > 0 {
			sum += left
		}
	}
	return sum
}

// Answering gathers the tallies of days into groups. It is filled with every day of its span, then read.
type Answering struct {
	span   AnsweringSpan
	by     Grouping
	line   string // empty: all lines
	total  AnsweringGroup
	groups map[string]*AnsweringGroup
}

// NewAnswering prepares the groups of a span; those of the clock and the calendar are there even when
// nobody called.
func NewAnswering(span AnsweringSpan, by Grouping, line string) *Answering {
	a := &Answering{span: span, by: by, line: line, groups: map[string]*AnsweringGroup{}}
	a.total = AnsweringGroup{From: span.From, To: span.To, Blind: span.blindIn(span.From, span.To)}
	switch by {
	case ByHour, ByDay, ByMonth:
		for at := span.From; at.Before(span.To); {
			g := a.at(at)
			at = g.To
		}
	case ByShift:
		for _, s := range span.Shifts {
			a.shift(s.From, s.To)
		}
	case ByWeekHour:
		a.weekHours()
	}
	return a
}

func (a *Answering) shift(from, to time.Time) *AnsweringGroup {
	return a.group(from.UTC().Format(time.RFC3339)+"/"+to.UTC().Format(time.RFC3339), from, to)
}

// at is the group of a clock or calendar grouping in which a moment lies.
func (a *Answering) at(t time.Time) *AnsweringGroup {
	loc := a.span.Zone
	switch a.by {
	case ByDay:
		d := DateOf(t, loc)
		return a.group(string(d), d.Start(loc), d.Add(1).Start(loc))
	case ByMonth:
		m := MonthOf(t, loc)
		return a.group(string(m), m.First().Start(loc), m.Next().First().Start(loc))
	case ByHour:
		start := HourStart(t, loc)
		return a.group(start.In(loc).Format("2006-01-02T15:04:05Z07:00"), start, nextHour(start, loc))
	}
	return a.group(weekHour(t, loc), a.span.From, a.span.To)
}

// weekHour is "1 08" for Monday from eight to nine.
func weekHour(t time.Time, loc *time.Location) string {
	local := t.In(loc)
	return fmt.Sprintf("%d %02d", (int(local.Weekday())+6)%7+1, local.Hour())
}

// weekHours makes the 168 groups, and sums up how long each of them was blind.
func (a *Answering) weekHours() {
	for n := range 7 * 24 {
		a.group(fmt.Sprintf("%d %02d", n/24+1, n%24), a.span.From, a.span.To).Blind = 0
	}
	for _, i := range a.span.Blind {
		from, to := laterOf(i.From, a.span.From), earlier(i.To, a.span.To)
		for from.Before(to) {
			next := earlier(nextHour(HourStart(from, a.span.Zone), a.span.Zone), to)
			a.at(from).Blind += next.Sub(from)
			from = next
		}
	}
}

func (a *Answering) group(key string, from, to time.Time) *AnsweringGroup {
	g := a.groups[key]
	if g == nil {
		from, to = laterOf(from, a.span.From), earlier(to, a.span.To)
		g = &AnsweringGroup{Key: key, From: from, To: to, Blind: a.span.blindIn(from, to)}
		a.groups[key] = g
	}
	return g
}

// officer is the group of a person. Of several spellings that is shown which comes first, whatever the order of
// the calls.
func (a *Answering) officer(name string) *AnsweringGroup {
	key, shown := plainName(name), PersonName(name)
	if g := a.groups[key]; g != nil {
		shown = min(shown, g.Key)
	}
	g := a.group(key, a.span.From, a.span.To)
	g.Key = shown
	return g
}

// of is the group to which a cell belongs.
func (a *Answering) of(k CellKey) *AnsweringGroup {
	switch a.by {
	case ByOfficer:
		return a.officer(k.Officer)
	case ByLine:
		return a.group(k.Line, a.span.From, a.span.To)
	case ByShift:
		from, to := time.Unix(k.From, 0), time.Unix(k.To, 0)
		if k.From == 0 {
			return a.group("", a.span.From, a.span.To)
		}
		return a.shift(from, to)
	}
	return a.at(time.Unix(k.Hour, 0))
}

// AddDay adds the tally of a day, as Encode wrote it. What of it lies outside of the span, or on another
// line, is left out.
func (a *Answering) AddDay(code []byte) error {
	var group *AnsweringGroup // of the cell before: of one day, the next mostly has the same
	clock := slices.Contains([]Grouping{ByHour, ByDay, ByMonth}, a.by)
	return AddCells(code, func(k CellKey) *Tally {
		if k.Hour < a.span.From.Unix() || k.Hour >= a.span.To.Unix() || a.line != "" && k.Line != a.line {
			return nil
		}
		if !clock || group == nil || k.Hour < group.From.Unix() || k.Hour >= group.To.Unix() {
			group = a.of(k)
		}
		return &group.Tally
	})
}

// Groups gives the groups, in the order of their time or name, and their sum.
func (a *Answering) Groups() (groups []AnsweringGroup, total AnsweringGroup) {
	total = a.total
	for _, key := range slices.SortedFunc(maps.Keys(a.groups), a.compare) {
		g := a.groups[key]
		total.Tally.Merge(&g.Tally)
		groups = append(groups, *g)
	}
	return groups, total
}

func (a *Answering) compare(x, y string) int {
	if a.by == ByOfficer || a.by == ByLine || a.by == ByWeekHour {
		return cmp.Or(strings.Compare(a.groups[x].Key, a.groups[y].Key), strings.Compare(x, y))
	}
	return cmp.Or(a.groups[x].From.Compare(a.groups[y].From), strings.Compare(x, y))
}

// Merge adds another tally to this one.
func (t *Tally) Merge(o *Tally) {
	for c, n := range o.classes {
		t.count(c, n)
	}
	for v, n := range o.rules {
		t.rule(v, n)
	}
	own := t.spreads()
	for i, s := range o.spreads() {
		for at, n := range s.bins {
			own[i].put(at, n)
		}
	}
}

// ShiftAt is the time of the shift of duty officers in which a moment lies, cut into parts of at most
// 24 h; of several, that which began last. Who is on it does not matter: two may share one.
func ShiftAt(shifts []Shift, t time.Time, loc *time.Location) (span ShiftSpan) {
	for _, s := range shifts {
		if s.Post != PostOfficer || t.Before(s.From) || !t.Before(s.To) {
			continue
		}
		for _, part := range s.Days(loc) {
			if t.Before(part.From) || !t.Before(part.To) {
				continue
			}
			if later := part.From.Compare(span.From); later > 0 || later == 0 && part.To.Before(span.To) {
				span = ShiftSpan{part.From, part.To}
			}
		}
	}
	return span
}

// ShiftSpans lists the shifts to which calls of a time may belong, as ShiftAt tells, that began before now. Which one that is
// changes only where some part begins or ends.
func ShiftSpans(shifts []Shift, from, to, now time.Time, loc *time.Location) (spans []ShiftSpan) {
	edges := []time.Time{from}
	for _, s := range shifts {
		if s.Post != PostOfficer {
			continue
		}
		for _, part := range s.Days(loc) {
			edges = append(edges, part.From, part.To)
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	for _, at := range slices.CompactFunc(edges, time.Time.Equal) {
		if at.Before(from) || !at.Before(to) || at.After(now) {
			continue
		}
		if s := ShiftAt(shifts, at, loc); !s.From.IsZero() && !slices.ContainsFunc(spans, s.same) {
			spans = append(spans, s)
		}
	}
	return spans
}

func (s ShiftSpan) same(o ShiftSpan) bool { return s.From.Equal(o.From) && s.To.Equal(o.To) }

// ShiftEnds is until when calls are of a shift that ShiftAt gave: another one may begin before it is over.
func ShiftEnds(shifts []Shift, span ShiftSpan, loc *time.Location) time.Time {
	end := span.To
	for _, s := range shifts {
		if s.Post != PostOfficer {
			continue
		}
		for _, part := range s.Days(loc) {
			if part.From.After(span.From) && part.From.Before(end) {
				end = part.From
			}
		}
	}
	return end
}
