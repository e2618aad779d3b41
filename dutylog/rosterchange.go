package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// RosterChangeKind is what was done to the roster or to what belongs to it.
type RosterChangeKind string

// The closed set of changes.
const (
	RosterImported  RosterChangeKind = "import"   // days were replaced by a table
	RosterPublished RosterChangeKind = "publish"  // a draft became the roster of its month
	RosterSwapped   RosterChangeKind = "swap"     // 调班
	RosterDrafted   RosterChangeKind = "draft"    // a draft was saved, or dropped
	RosterPersonSet RosterChangeKind = "person"   // somebody was entered or changed
	HolidaysSet     RosterChangeKind = "holidays" // a year's holidays were replaced
	PeriodSet       RosterChangeKind = "period"   // a sensitive period was entered, changed or ended
)

// RosterChange is one change, as it is kept for ever.
type RosterChange struct {
	ID            int64
	At            time.Time
	By            Actor
	Kind          RosterChangeKind
	From, To      time.Time // the time it is about; zero where it is about none
	Subject       string    // the month, the names, the year …
	Reason        string
	Before, After []Shift
}

// During sets the time that a change is about: that of its shifts.
func (c *RosterChange) During() {
	for _, s := range slices.Concat(c.Before, c.After) {
		if c.From.IsZero() || s.From.Before(c.From) {
			c.From = s.From
		}
		c.To = laterOf(c.To, s.To)
	}
}

// RosterQuery asks for changes, the newest first.
type RosterQuery struct {
	From, To time.Time // only changes about this time; zero: of any
	Shifts   bool      // only what changed the roster itself, no drafts and lists
	Limit    int
	Cursor   string
}

// RosterDraft is the roster of a month while it is made.
type RosterDraft struct {
	Month    Month
	Revision int // counts the savings; 0: there is none yet
	At       time.Time
	By       Actor
	Shifts   []Shift
}

// StaleDraftError says that somebody else saved the draft first, or published or dropped it.
type StaleDraftError struct{ Have, Want int }

func (e *StaleDraftError) Error() string {
	return fmt.Sprintf("the draft was changed by somebody else meanwhile (revision %d, not %d): load it anew and enter the change again", e.Have, e.Want)
}

// RosterError says why a roster is not put into force; Findings are its faults.
type RosterError struct{ Findings []RosterFinding }

func (e *RosterError) Error() string {
	said := make([]string, 0, len(e.Findings))
	for _, f := range e.Findings {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.From.UTC().Format(time.RFC3339), f.Reason, f.Name)))
	}
	return "the roster was not put into force; mend it first: " + strings.Join(said, "; ")
}

// Bounds of one roster.
const (
	maxShifts    = 2000                // of one month
	LongestShift = 31 * 24 * time.Hour // a wrong year in a table is no shift
)

// CheckShifts cleans the shifts of a draft or an import: what they say must make sense, whether
// or not the regulation likes it. Field names carry the number of the shift, from 0.
func CheckShifts(shifts []Shift) ([]Shift, error) {
	if len(shifts) > maxShifts {
		return nil, &InvalidError{Field: "shifts", Reason: fmt.Sprintf("are %d; a month has at most %d", len(shifts), maxShifts)}
	}
	out := make([]Shift, 0, len(shifts))
	for i, s := range shifts {
		field := func(name string) string { return fmt.Sprintf("shifts[%d].%s", i, name) }
		var err error
		if s.Name, err = wantText(field("name"), s.Name, shortText); err != nil {
			return nil, err
		}
		s.Name = RosterName(s.Name)
		if s.Phone, err = cleanField(field("phone"), strings.TrimSpace(s.Phone), shortText); err != nil {
			return nil, err
		}
		s.From, s.To = s.From.UTC(), s.To.UTC()
		switch {
		case !slices.Contains(Posts(), s.Post):
			return nil, &InvalidError{Field: field("post"), Reason: "is none of duty_officer, duty_section_chief, duty_leader"}
		case !s.To.After(s.From) || s.To.Sub(s.From) > LongestShift:
			return nil, &InvalidError{Field: field("to"), Reason: "is not after the beginning, or more than 31 days later: correct the times"}
		}
		out = append(out, s)
	}
	SortShifts(out)
	return out, nil
}

// Check cleans a draft: its shifts begin in its month.
func (d RosterDraft) Check(loc *time.Location) (RosterDraft, error) {
	shifts, err := CheckShifts(d.Shifts)
	if err != nil {
		return d, err
	}
	from, to := d.Month.Span(loc)
	for _, s := range shifts {
		if s.From.Before(from) || !s.From.Before(to) {
			return d, &InvalidError{Field: "shifts", Reason: fmt.Sprintf("the shift of %s begins on %s, which is not in %s", s.Name, DateOf(s.From, loc), d.Month)}
		}
	}
	d.Shifts = shifts
	return d, nil
}

// Replace puts new shifts in place of those that begin from one moment to another.
func Replace(shifts, by []Shift, from, to time.Time) []Shift {
	out := slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return !s.From.Before(from) && s.From.Before(to) })
	out = append(out, by...)
	SortShifts(out)
	return out
}

// Changed are the shifts of a roster that a change takes out, and those that it puts in.
func Changed(before, after []Shift) (gone, came []Shift) {
	in := func(shifts []Shift) func(Shift) bool {
		return func(s Shift) bool { return slices.ContainsFunc(shifts, s.same) }
	}
	return slices.DeleteFunc(slices.Clone(before), in(after)), slices.DeleteFunc(slices.Clone(after), in(before))
}

// WantsReason reports whether a change of the roster in force gives a shift to somebody else or another time, or takes
// it out: that is told with a reason, as a swap is. A shift that is new asks for none, nor does another number.
func WantsReason(before, after []Shift) bool {
	gone, came := Changed(before, after)
	return slices.ContainsFunc(gone, func(s Shift) bool {
		return !slices.ContainsFunc(came, func(o Shift) bool {
			return s.From.Equal(o.From) && s.To.Equal(o.To) && s.Post == o.Post && SameName(s.Name, o.Name)
		})
	})
}

// RosterImport is what is said of an import beside its shifts.
type RosterImport struct {
	File   string // its name; empty: of none
	Reason string // why shifts in force change hands or times
	TakeOn string // why people whom the list of people does not know are on it
}

// Kept is what a change keeps of it as its reason.
func (o RosterImport) Kept() string {
	switch {
	case o.File == "":
		return o.Reason
	case o.Reason == "":
		return "导入 " + o.File
	}
	return "导入 " + o.File + "：" + o.Reason
}

// CheckReason refuses a change that wants a reason and has none.
func CheckReason(before, after []Shift, reason string) error {
	if blank(reason) && WantsReason(before, after) {
		return &InvalidError{Field: "reason", Reason: "say why shifts that are in force change hands or times: it is kept for ever with who had them and who has them now"}
	}
	return nil
}

// Forbidden are the findings for which a roster is not put into force: Art. 8 forbids them, and
// with an overlap nobody can say who is responsible. A gap is not among them, for a month is
// made bit by bit; it is an alert when it comes near.
func Forbidden(found []RosterFinding) (out []RosterFinding) {
	for _, f := range found {
		if f.Weight() == RosterFault && f.Reason != RosterGap {
			out = append(out, f)
		}
	}
	return out
}

// NewlyForbidden are those that were not there before a change: a fault that stands hinders
// nobody from mending another one.
func NewlyForbidden(before, after []RosterFinding) []RosterFinding {
	return slices.DeleteFunc(Forbidden(after), func(f RosterFinding) bool { return slices.Contains(before, f) })
}

// ShiftRef names one shift of the roster, by what a person sees of it.
type ShiftRef struct {
	From time.Time
	Post Post
	Name string
}

func (r ShiftRef) in(shifts []Shift) int {
	return slices.IndexFunc(shifts, func(s Shift) bool { return s.From.Equal(r.From) && s.Post == r.Post && s.Name == r.Name })
}

// Swap 调班 gives a shift to somebody else: to who holds Take, who gets this one in return, or,
// where Take is empty, to Name.
type Swap struct {
	Give   ShiftRef
	Take   ShiftRef // zero: nothing comes back
	Name   string   // who takes the shift, where nothing comes back
	Phone  string   //
	Reason string
	TakeOn string // why whom the list of people does not know serves all the same; only who makes the roster says it
}

// Apply is what the swap makes of a roster: the shifts that it changes, and what becomes of them, one for
// one; what was served of a shift that runs already follows as a shift of its own.
func (w Swap) Apply(shifts []Shift, now time.Time) (before, after []Shift, err error) {
	give := w.Give.in(shifts)
	if give < 0 {
		return nil, nil, &InvalidError{Field: "give", Reason: "the roster has no such shift: it was changed meanwhile, load it anew"}
	}
	mine := shifts[give]
	if !mine.To.After(now) {
		return nil, nil, &InvalidError{Field: "give", Reason: "the shift is over: who was on duty then is not changed any more"}
	}
	if w.Take == (ShiftRef{}) {
		got := mine
		if got.Name, err = wantText("name", w.Name, shortText); err != nil {
			return nil, nil, err
		}
		got.Name = RosterName(got.Name)
		if got.Phone, err = cleanField("phone", strings.TrimSpace(w.Phone), shortText); err != nil {
			return nil, nil, err
		}
		if SameName(got.Name, mine.Name) {
			return nil, nil, &InvalidError{Field: "name", Reason: "has the shift already: name somebody else"}
		}
		after, err = split([]Shift{mine}, []Shift{got}, now)
		return []Shift{mine}, after, err
	}
	take := w.Take.in(shifts)
	switch {
	case take < 0:
		return nil, nil, &InvalidError{Field: "take", Reason: "the roster has no such shift: it was changed meanwhile, load it anew"}
	case !shifts[take].To.After(now):
		return nil, nil, &InvalidError{Field: "take", Reason: "the shift is over: who was on duty then is not changed any more"}
	case SameName(shifts[take].Name, mine.Name):
		return nil, nil, &InvalidError{Field: "take", Reason: "is a shift of the same person: nothing would change"}
	}
	theirs := shifts[take]
	got, gave := mine, theirs
	got.Name, got.Phone, gave.Name, gave.Phone = theirs.Name, theirs.Phone, mine.Name, mine.Phone
	after, err = split([]Shift{mine, theirs}, []Shift{got, gave}, now)
	return []Shift{mine, theirs}, after, err
}

// split leaves the hours that were served already with who served them: a shift that runs changes hands
// at the next full minute.
func split(before, after []Shift, now time.Time) ([]Shift, error) {
	at := now.Truncate(time.Minute)
	if at.Before(now) {
		at = at.Add(time.Minute)
	}
	for i, was := range before {
		if !was.From.Before(now) {
			continue
		}
		if !at.Before(was.To) {
			return nil, &InvalidError{Field: []string{"give", "take"}[i], Reason: "the shift ends within this minute: swap the next one"}
		}
		served := was
		served.To, after[i].From = at.UTC(), at.UTC()
		after = append(after, served)
	}
	return after, nil
}

// With is a roster in which some shifts became others.
func With(shifts, before, after []Shift) []Shift {
	out := slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return slices.Contains(before, s) })
	out = append(out, after...)
	SortShifts(out)
	return out
}
