package dutylog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/telephony"
)

// Late says that an entry was written afterwards 补录: it came while nobody could write here, and was
// on paper first. The entry's CallAt is when it came, its OpenedAt when it was written here. Why, and
// the number of the paper sheet, are fields as others are: they are corrected and erased as those.
type Late struct {
	Blind time.Time // where the blind interval begins that the entry covers; zero: none
}

// PaperScan is no field but a file: it stands among what a late entry is missing until the sheet on which
// it was written first is attached, as a picture or a PDF, or it is said why there is none, as the gap of the sheet's number.
const PaperScan Field = "paper_scan"

// lacksScan reports whether a late entry has neither a file nor a reason why there was no sheet.
func (e Entry) lacksScan() bool {
	_, none := e.Gaps[PaperSheet]
	return e.Late != nil && !e.Scanned && !none && !e.erased(PaperScan)
}

// LateDraft is what a draft says of a late entry.
type LateDraft struct {
	At    time.Time // when it came
	Blind time.Time // to the millisecond, as the API says it; zero: none
}

// lateMargin is by how much the clock on the wall and ours may differ.
const lateMargin = 10 * time.Minute

// LateKinds are what may be written afterwards: also what came by telephone and was not seen.
func LateKinds() []Kind { return NoCall.Fits() }

// ofLate reports whether only a late entry has such a field.
func ofLate(f Field) bool { return f == LateReason || f == PaperSheet }

// LateChange corrects when a late entry came: a slip would file it on another day's log for ever. What follows from the
// time the store says, as it does of a draft.
type LateChange struct {
	At    time.Time
	Blind time.Time // of the interval that it covers then, see Rebind
	Known Known     // who was on duty at that time
}

// cameAt takes what corrects when it came.
func (e *Entry) cameAt(c *LateChange) error {
	const field = "late_at"
	switch {
	case c == nil:
		return nil
	case e.Late == nil:
		return &InvalidError{Field: field, Reason: "belongs to a late entry: when this one came is known, leave it out"}
	case c.At.After(e.OpenedAt):
		return &InvalidError{Field: field, Reason: "lies after the entry was written: it came before that, check the date and the time"}
	}
	if err := checkWhen(field, c.At, e.OpenedAt, 0, "a late entry is about what was"); err != nil || c.At.Equal(e.CallAt) {
		return err
	}
	e.CallAt, e.Late = c.At, &Late{Blind: c.Blind}
	e.Rostered, e.Responsible = c.Known.rostered(), c.Known.responsible()
	for _, s := range e.Steps {
		if s.Struck == nil && e.checkStepTime(s.At) != nil {
			return &InvalidError{Field: field, Reason: fmt.Sprintf("lies after handling step %d: check the time, or strike that step out first", s.Number)}
		}
	}
	return nil
}

// Rebind is where the blind interval begins that a late entry covers when it came at another time: the same one where
// that still fits; else that in which the time lies, or the only one beside it, as the form chooses it; zero: none. One
// that named none, though it came in one, goes on so.
func (e Entry) Rebind(at time.Time, seen []telephony.Interval) time.Time {
	those := func(when time.Time, margin time.Duration) (starts []time.Time) {
		for _, i := range seen {
			if i.Kind == telephony.BlindInterval && coversLate(i, when, margin) && !slices.ContainsFunc(starts, i.From.Equal) {
				starts = append(starts, i.From)
			}
		}
		return starts
	}
	in, near := those(at, 0), those(at, lateMargin)
	switch {
	case e.Late == nil, e.Late.Blind.IsZero() && len(those(e.CallAt, lateMargin)) > 0:
		return time.Time{}
	case slices.ContainsFunc(near, e.Late.Blind.Equal):
		return e.Late.Blind
	case len(in) == 1:
		return in[0]
	case len(near) == 1:
		return near[0]
	}
	return time.Time{}
}

// coversLate reports whether something can have come in an interval at that time.
func coversLate(i telephony.Interval, at time.Time, margin time.Duration) bool {
	return !at.Before(i.From.Add(-margin)) && (i.To.IsZero() || !at.After(i.To.Add(margin)))
}

// Bind finds the blind interval that the draft is to cover; zero where it names none.
func (l LateDraft) Bind(seen []telephony.Interval) (time.Time, error) {
	if l.Blind.IsZero() {
		return time.Time{}, nil
	}
	for _, i := range seen {
		if i.Kind != telephony.BlindInterval || !i.From.Truncate(time.Millisecond).Equal(l.Blind) {
			continue
		}
		if !coversLate(i, l.At, lateMargin) {
			return time.Time{}, &InvalidError{Field: "late.blind", Reason: "does not fit the time at which it came: choose the blind interval in which that lies, or none"}
		}
		return i.From, nil
	}
	return time.Time{}, &InvalidError{Field: "late.blind", Reason: "no blind interval begins then; see GET /api/v1/intervals?kind=blind"}
}

// check says what is wrong with a late draft.
func (l LateDraft) check(values map[Field]string, now time.Time) error {
	switch {
	case l.At.IsZero():
		return &InvalidError{Field: "late.at", Reason: "is missing: say when it came"}
	case blank(values[LateReason]):
		return &InvalidError{Field: string(LateReason), Reason: "say why it is written only now: that is kept with the entry"}
	}
	return checkWhen("late.at", l.At, now, 0, "a late entry is about what was")
}

func parseLate(raw json.RawMessage) (*LateDraft, error) {
	l := &LateDraft{}
	err := eachMember(raw, "late.", func(name string, raw json.RawMessage) error {
		to := map[string]*time.Time{"at": &l.At, "blind": &l.Blind}[name]
		if to == nil {
			return unknownField("late." + name)
		}
		text, err := parseText("late."+name, raw)
		if err != nil || text == "" {
			return err
		}
		*to, err = parseMoment("late."+name, text)
		return err
	})
	return l, err
}

// mostSheet is the highest number of a paper sheet.
const mostSheet = 999_999

// cleanSheet gives the number of a paper sheet in the one spelling in which it is printed: 000012.
func cleanSheet(text string) (string, error) {
	n, err := strconv.Atoi(strings.TrimSpace(NarrowText(text)))
	if err != nil || n < 1 || n > mostSheet {
		return "", &InvalidError{Field: string(PaperSheet), Reason: "is the number that is printed on the sheet, for instance 000012"}
	}
	return SheetNumber(n), nil
}

// SheetNumber is the number of a paper sheet as it is printed.
func SheetNumber(n int) string { return fmt.Sprintf("%06d", n) }

// PaperSheet is the number of the sheet on which the entry was written first; 0: none.
func (e Entry) PaperSheet() int {
	n, _ := strconv.Atoi(e.Values[PaperSheet]) // cleanSheet wrote it
	return n
}

// MostBlank is how many blank sheets are printed at once.
const MostBlank = 50

// PaperPrint is one printing of blank numbered sheets 空白值班记录单. The numbers go on from one
// printing to the next, so that none is there twice.
type PaperPrint struct {
	ID          int64
	First, Last int
	At          time.Time
	By          Actor
	Used        []UsedSheet // by their numbers
}

// UsedSheet is a sheet that is in the log.
type UsedSheet struct {
	Sheet       int
	EntryID     string
	EntryNumber EntryNumber
}

// CheckBlank says whether so many blank sheets can be printed after the last one.
func CheckBlank(n, last int) error {
	switch {
	case n < 1 || n > MostBlank:
		return &InvalidError{Field: "count", Reason: fmt.Sprintf("is how many sheets are printed, 1 to %d", MostBlank)}
	case last+n > mostSheet:
		return &InvalidError{Field: "count", Reason: fmt.Sprintf("the numbers end at %d", mostSheet)}
	}
	return nil
}

// LateEntry is a late entry as far as the interval is concerned that it covers.
type LateEntry struct {
	Blind       time.Time
	EntryID     string
	EntryNumber EntryNumber
}

// LateStore keeps what belongs to late entries. Nothing deletes a printing.
type LateStore interface {
	// PrintBlank takes the next numbers for blank sheets.
	PrintBlank(ctx context.Context, n int, by Actor) (PaperPrint, error)
	// PaperPrints lists printings, the newest first, with what was used of each.
	PaperPrints(ctx context.Context, limit int, cursor string) (items []PaperPrint, nextCursor string, err error)
	PaperPrint(ctx context.Context, id int64) (PaperPrint, error)
	// LateEntries lists the late entries that cover a blind interval that begins in [from, to].
	LateEntries(ctx context.Context, from, to time.Time) ([]LateEntry, error)
}
