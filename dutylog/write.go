package dutylog

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"
)

// Draft is an entry without a call that somebody opens.
type Draft struct {
	// Key is made by whoever writes, so that saying the same again makes no second entry: 8 to 40
	// letters, digits and hyphens.
	Key    string
	Line   string
	Kind   Kind // one of Written
	Values map[Field]string
	Late   *LateDraft     // it is written afterwards; nil: now
	Ahead  *time.Duration // see Entry.Ahead
}

// At is when what is written came.
func (d Draft) At(now time.Time) time.Time {
	if d.Late == nil || d.Late.At.IsZero() {
		return now
	}
	return d.Late.At
}

var draftKey = regexp.MustCompile(`^[A-Za-z0-9-]{8,40}$`)

// ParseDraft reads the body of a POST: key, line and kind, and the fields as a patch has them. Like
// ParsePatch it takes one spelling only.
func ParseDraft(body []byte) (Draft, error) {
	d := Draft{Values: map[Field]string{}}
	err := eachMember(body, "", func(name string, raw json.RawMessage) error {
		_, field := ruleOf(Field(name))
		if !field && name != "key" && name != "line" && name != "kind" && name != "late" {
			return unknownField(name)
		}
		if name == "late" {
			late, err := parseLate(raw)
			d.Late = late
			return err
		}
		s, err := parseText(name, raw)
		switch name {
		case "key":
			d.Key = s
		case "line":
			d.Line = s
		case "kind":
			d.Kind = Kind(s)
		default:
			d.Values[Field(name)] = s
		}
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	return d, nil
}

// EntryID is the id of the entry that a draft opens.
func (d Draft) EntryID() string { return "w-" + d.Key }

// OpenWritten is the entry of something that did not come by telephone, or of what is written
// afterwards: then its kind may be any that needs no call. Its time is that of writing, or that at which
// it came; when something happened is a field of its own.
func OpenWritten(d Draft, k Known, by Actor, now time.Time) (Entry, error) {
	kinds := Written()
	if d.Late != nil {
		kinds = LateKinds()
	}
	switch {
	case !draftKey.MatchString(d.Key):
		return Entry{}, &InvalidError{Field: "key", Reason: "is 8 to 40 letters, digits and hyphens, made anew for each entry"}
	case !slices.Contains(kinds, d.Kind):
		return Entry{}, &InvalidError{Field: "kind", Reason: "is opened by a call, or is no kind at all: choose " + orList(kinds)}
	}
	e := Entry{ID: d.EntryID(), Line: d.Line, Kind: d.Kind, KindChosen: true, State: Open, Revision: 1, CallAt: d.At(now), OpenedAt: now,
		WrittenBy: by.Login, Ahead: d.Ahead, Rostered: k.rostered(), Responsible: k.responsible(), Values: map[Field]string{}, Gaps: map[Field]Gap{}}
	if d.Late != nil {
		if err := d.Late.check(d.Values, now); err != nil {
			return Entry{}, err
		}
		e.Late = &Late{Blind: d.Late.Blind}
	}
	if err := e.setValues(d.Values, now); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// SentAgain is the entry where its draft comes once more, because the first answer was lost: FIRST is the entry as it was
// opened, AGAIN what the draft opens now. One that says something else was corrected meanwhile, and is refused: otherwise
// its correction would be gone without a word. What was erased since is not compared.
func (e Entry) SentAgain(first, again Entry) (Entry, error) {
	said := func(x Entry) map[Field]string {
		values := maps.Clone(x.Values)
		maps.DeleteFunc(values, func(f Field, _ string) bool { return e.erased(f) })
		return values
	}
	late := (first.Late == nil) == (again.Late == nil)
	if late && first.Late != nil {
		late = first.CallAt.Equal(again.CallAt) && first.Late.Blind.Equal(again.Late.Blind)
	}
	if !late || first.Line != again.Line || first.Kind != again.Kind || !maps.Equal(said(first), said(again)) {
		return Entry{}, &WrittenError{Current: e}
	}
	return e, nil
}

// BeginReadBack gives the next revision with the moment at which reading back began. Begun anew, the
// last time counts.
func (e Entry) BeginReadBack(at time.Time, by Actor) (Entry, error) {
	rule := e.Phase.rule()
	switch {
	case e.CallID == "":
		return Entry{}, &InvalidError{Field: "read_back", Reason: "the entry has no call, and so no recording in which this would be a place"}
	case !rule.talked || e.Phase == Elsewhere:
		return Entry{}, &InvalidError{Field: "read_back", Reason: "nothing can be read back in " + rule.words}
	case e.State == Complete:
		return Entry{}, &InvalidError{Field: "read_back", Reason: "the entry is complete: the mark is set during the call"}
	}
	next := e.clone()
	next.ReadBackBeganAt = at.Truncate(time.Millisecond)
	next.Revision++
	next.WrittenBy, next.BySystem = by.Login, false
	return next, nil
}

// Unfinished is an open entry as far as its deadline depends on it.
type Unfinished struct {
	EntryID string
	Number  EntryNumber
	Line    string
	CallID  string
	Since   time.Time // since when it could be complete: the call's end, or when it was written or opened again
}

// SinceOf is since when an entry could be complete; zero while its call runs.
func SinceOf(e Entry, ended time.Time) time.Time {
	since := ended
	if e.CallID == "" {
		since = e.OpenedAt
	}
	if !since.IsZero() && e.ReopenedAt.After(since) {
		since = e.ReopenedAt
	}
	return since
}
