package dutylog

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// FilingKind is what a roster is filed (报备) for.
type FilingKind string

// The closed set of kinds of filings.
const (
	FileMonth   FilingKind = "month"     // each month's roster (Art. 8)
	FileHoliday FilingKind = "holiday"   // a public holiday's (Art. 9)
	FilePeriod  FilingKind = "sensitive" // a sensitive period's (Art. 9)
)

// How long before the first day of a holiday or a sensitive period its roster is filed (Art. 9).
const filingDays = 3

// filingNotedWithin is how long after it was sent a filing is written down at the latest, so that what was
// written says when it was sent: within the same shift. Later, and after the deadline, it is a thing that
// somebody remembers.
const filingNotedWithin = 12 * time.Hour

// Filing is a roster that was sent to the superior duty room and to the government. It keeps
// the version that was sent, word for word, and is never changed: what is said of it afterwards
// (see Amend) is kept beside it.
type Filing struct {
	ID         int64
	Kind       FilingKind
	Span       DateSpan // what it is for
	At         time.Time
	By         Actor
	SentAt     time.Time // when it was sent; somebody may write it down later
	SentTo     string
	Receipt    string    // what came back, or the name of the scan that shows it
	ReceiptAt  time.Time // when that came, where it was added afterwards
	Note       string
	Supplement int64 // of which filing it is the supplement (补报); 0: it is the first
	Shifts     []Shift

	Amends   int64    // of which filing it is a later version; 0: it is the filing itself
	Reason   string   // of a later version: why
	Versions []Filing // how it stood, oldest first, up to what stands; empty: nothing was said of it afterwards
}

// Check cleans what a person writes about a filing.
func (f Filing) Check(now time.Time) (Filing, error) {
	var err error
	if f.SentTo, err = wantText("sent_to", f.SentTo, shortText); err != nil {
		return f, err
	}
	if f.Receipt, err = cleanField("receipt", f.Receipt, shortText); err != nil {
		return f, err
	}
	if f.Note, err = cleanField("note", f.Note, longNote); err != nil {
		return f, err
	}
	switch {
	case f.SentAt.IsZero():
		return f, &InvalidError{Field: "sent_at", Reason: "is missing: write down when it was sent"}
	case len(f.Shifts) == 0:
		return f, &InvalidError{Field: "first", Reason: "the roster has no shift in this time: publish it before it is filed"}
	}
	return f, PlausibleMoment("sent_at", f.SentAt, now, "write it down when it was sent")
}

// EarlyFilingError says that a filing is said to have been sent before there was a roster to send.
type EarlyFilingError struct{ Put time.Time }

func (e *EarlyFilingError) Error() string {
	return "the roster of this time was put into force here at " + e.Put.Format("2006-01-02 15:04") +
		", so nothing of it can have been sent before: write down when the roster that stands here was sent"
}

// SentBy is until when changes of the roster are in the version that was sent: a time of whole minutes or
// seconds, as people write them, is meant to its end.
func (f Filing) SentBy() time.Time {
	for _, unit := range []time.Duration{time.Minute, time.Second} {
		if f.SentAt.Truncate(unit).Equal(f.SentAt) {
			return f.SentAt.Add(unit - time.Microsecond)
		}
	}
	return f.SentAt
}

// RosterBefore is a roster as it stood before these changes, the newest first. It is not known where one of
// them did not keep what it replaced.
func RosterBefore(shifts []Shift, changes []RosterChange) (before []Shift, known bool) {
	before = slices.Clone(shifts)
	for _, c := range changes {
		if len(c.Before)+len(c.After) == 0 {
			return nil, false
		}
		before = append(slices.DeleteFunc(before, func(s Shift) bool { return slices.ContainsFunc(c.After, s.same) }), c.Before...)
	}
	SortShifts(before)
	return before, true
}

// notedLate reports whether it rests on somebody's memory that a filing was in time: whenever that was written
// down, at first or as a correction, it was after the deadline, and long after it is said to have been sent.
func (f Filing) notedLate(due time.Time) bool {
	said := f.Versions
	if len(said) == 0 {
		said = []Filing{f}
	}
	return !slices.ContainsFunc(said, func(v Filing) bool {
		return v.SentAt.Before(due) && (v.At.Before(due) || v.At.Sub(v.SentAt) <= filingNotedWithin)
	})
}

// Key names what a filing is for: all filings of one month have one key.
func (f Filing) Key() string { return filingKey(f.Kind, f.Span) }

func filingKey(k FilingKind, s DateSpan) string {
	if k == FilePeriod {
		return string(k) + "/" + string(s.First) + "/" + s.Name // two may begin on one day
	}
	return string(k) + "/" + string(s.First)
}

// FilingState is how a filing stands.
type FilingState string

// The closed set of states.
const (
	FilingOpen       FilingState = "open"             // not yet filed
	FilingOverdue    FilingState = "overdue"          // not filed, and the time is over
	FilingDone       FilingState = "filed"            // in time
	FilingLate       FilingState = "filed_late"       //
	FilingSupplement FilingState = "supplement"       // filed, and the roster was changed since: 补报
	FilingUndated    FilingState = "filed_undated"    // filed; whether in time nobody can say
	FilingNoted      FilingState = "filed_noted"      // said to be filed in time, and written down long after it: 补记
	FilingUnknown    FilingState = "deadline_unknown" // not filed, and the year has no table: the deadline is presumed
)

// Asks reports whether somebody has to do something.
func (s FilingState) Asks() bool {
	return s != FilingDone && s != FilingLate && s != FilingUndated && s != FilingNoted
}

// FilingDuty is one filing that the regulation asks for.
type FilingDuty struct {
	Kind     FilingKind
	Span     DateSpan
	Due      time.Time // it is filed before
	Presumed bool      // a year has no table of holidays: Due is reckoned by weekends and fixed holidays alone
	State    FilingState
	Last     int64     // the newest filing; 0: none
	LastAt   time.Time // when it was written down here
	Late     bool      // the first one was sent after the deadline, whatever was changed and filed since
}

// Key names it as Filing.Key does.
func (d FilingDuty) Key() string { return filingKey(d.Kind, d.Span) }

// FilingFacts is what the duties of filing are reckoned from.
type FilingFacts struct {
	Calendar Calendar
	Periods  []SensitivePeriod
	Filings  []Filing // of the time that is looked at, oldest first
	Shifts   []Shift  // that touch it
	Zone     *time.Location
}

// due is until when a roster is filed: the one rule of it, which the roster's pages, its alerts and
// the dated duties all ask. A month's is filed before its predecessor's last working day begins;
// that of a holiday or sensitive period before the third day ahead of it begins. Where a year has no
// table, weekends alone tell the last working day, and that is said.
func (f FilingFacts) due(k FilingKind, span DateSpan) (due time.Time, presumed bool) {
	if k != FileMonth { // a presumed holiday may begin earlier than by law alone
		return span.First.Add(-filingDays).In(f.Zone), k == FileHoliday && !f.Calendar.Knows(span.First, span.First)
	}
	before := MonthOf(span.First.Add(-1).In(time.UTC), time.UTC)
	if day, known := f.Calendar.LastWorkday(before); known {
		return day.In(f.Zone), false
	}
	day := before.Last()
	for w := day.Weekday(); w == time.Saturday || w == time.Sunday; w = day.Weekday() {
		day = day.Add(-1)
	}
	return day.In(f.Zone), true
}

// FilingDuties lists what is to be filed for the days from first to last, and how it stands now.
func (f FilingFacts) FilingDuties(first, last Date, now time.Time) []FilingDuty {
	duties := []FilingDuty{}
	for m := Month(first[:7]); m.First() <= last; m = m.Next() {
		duties = append(duties, f.stand(FileMonth, DateSpan{Name: string(m), First: m.First(), Last: m.Last()}, now))
	}
	for _, h := range f.Calendar.Holidays(first, last) {
		duties = append(duties, f.stand(FileHoliday, h, now))
	}
	for _, p := range f.Periods {
		if held, ever := p.Held(f.Zone); ever && held.Last >= first && held.First <= last {
			duties = append(duties, f.stand(FilePeriod, held, now))
		}
	}
	slices.SortStableFunc(duties, func(a, b FilingDuty) int { return strings.Compare(string(a.Span.First), string(b.Span.First)) })
	return duties
}

// stand says how a duty stands. That the newest filing is not the roster as it is now asks for a
// supplement, however long ago it was.
func (f FilingFacts) stand(k FilingKind, span DateSpan, now time.Time) FilingDuty {
	d := FilingDuty{Kind: k, Span: span}
	d.Due, d.Presumed = f.due(k, span)
	var first, last *Filing
	for i := range f.Filings {
		if f.Filings[i].Key() != d.Key() {
			continue
		}
		if first == nil {
			first = &f.Filings[i]
		}
		last = &f.Filings[i]
	}
	switch {
	case first == nil && d.Presumed && now.Before(d.Due):
		d.State = FilingUnknown
		return d
	case first == nil && now.Before(d.Due):
		d.State = FilingOpen
		return d
	case first == nil:
		d.State = FilingOverdue
		return d
	}
	d.Last, d.LastAt, d.Late = last.ID, last.At, !d.Presumed && !first.SentAt.Before(d.Due)
	switch {
	case RosterText(ShiftsOf(last.Shifts, d.Kind, d.Span, f.Zone)) != RosterText(ShiftsOf(f.Shifts, d.Kind, d.Span, f.Zone)): // a period may have been ended since
		d.State = FilingSupplement
	case d.Presumed:
		d.State = FilingUndated
	case d.Late:
		d.State = FilingLate
	case first.notedLate(d.Due):
		d.State = FilingNoted
	default:
		d.State = FilingDone
	}
	return d
}

// ShiftsOf is the version of the roster that is filed: of a month the shifts that begin in it, of
// a holiday or period those that touch it.
func ShiftsOf(shifts []Shift, k FilingKind, span DateSpan, zone *time.Location) []Shift {
	from, to := span.First.In(zone), span.Last.Add(1).In(zone)
	out := within(shifts, from, to)
	if k == FileMonth {
		out = slices.DeleteFunc(out, func(s Shift) bool { return s.From.Before(from) })
	}
	return out
}

// RosterText is a roster in one spelling, so that two are the same when it is.
func RosterText(shifts []Shift) string {
	sorted := slices.Clone(shifts)
	SortShifts(sorted)
	var b strings.Builder
	for _, s := range sorted {
		for _, field := range []string{s.From.UTC().Format(time.RFC3339), s.To.UTC().Format(time.RFC3339), string(s.Post), s.Name, s.Phone} {
			b.WriteString(strconv.Quote(field))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
