package dutylog

import (
	"cmp"
	"slices"
	"time"

	"dutyline/telephony"
)

// Match says how a contact stands to a number that was looked up.
type Match struct {
	Number telephony.Number // the one of the contact's numbers that it is
	Reason MatchReason
	Taken  int       // of the last entries with this number, how many named this contact
	Last   time.Time // when the newest of them was
}

// MatchReason says why a candidate stands where it stands.
type MatchReason string

// The closed set of reasons, the strongest first.
const (
	TakenLast   MatchReason = "taken_last"   // the last entry with this number named it
	TakenBefore MatchReason = "taken_before" // an earlier one did
	OnlyOne     MatchReason = "only_one"     // nobody else has the number
	NewestCheck MatchReason = "newest_check" // it was confirmed last
	Listed      MatchReason = "listed"       // it has the number, and no more is known
)

// Taken is whom an officer named in an entry: what was confirmed about a number.
type Taken struct {
	Unit, Person, Title string
	At                  time.Time
}

// How many of the last entries with a number are asked.
const takenEntries = 20

// TakenEntries is how many of the last entries with a number RankCandidates wants to know.
func TakenEntries() int { return takenEntries }

// TakenIn is whom a person named in an entry; nothing when only the system wrote it, or nobody
// is named.
func TakenIn(e Entry) (Taken, bool) {
	t := Taken{Unit: e.Values[CallerUnit], Person: e.Values[CallerPerson], Title: e.Values[CallerTitle], At: e.CallAt}
	if e.Kind == KindSpotCheck {
		t.Person = e.Values[Inspector]
	}
	return t, !e.untouched() && t.Unit != ""
}

func (c Contact) is(t Taken) bool {
	return oneLine(t.Unit) == c.Unit && oneLine(t.Person) == c.Person && (t.Title == "" || oneLine(t.Title) == c.Title)
}

// RankCandidates orders the contacts that have a number: whom officers named in the last entries
// with it comes first, then who was confirmed last. Past is in any order.
func RankCandidates(contacts []Contact, n telephony.Number, past []Taken) []Contact {
	past = slices.Clone(past)
	slices.SortStableFunc(past, func(a, b Taken) int { return b.At.Compare(a.At) })
	past = past[:min(len(past), takenEntries)]
	ranked := slices.Clone(contacts)
	for i := range ranked {
		ranked[i].Match = matchOf(ranked[i], n, past)
	}
	slices.SortStableFunc(ranked, func(a, b Contact) int {
		return cmp.Or(b.Match.Last.Compare(a.Match.Last), cmp.Compare(b.Match.Taken, a.Match.Taken), b.LastConfirmed.Compare(a.LastConfirmed), cmp.Compare(a.ID, b.ID))
	})
	for i := range ranked {
		ranked[i].Match.Reason = reasonOf(ranked, i, past)
	}
	return ranked
}

func matchOf(c Contact, n telephony.Number, past []Taken) Match {
	m := Match{Number: n}
	for _, have := range c.Numbers {
		if have.Number.E164 == n.E164 {
			m.Number = have.Number
			break
		}
	}
	for _, t := range past {
		if c.is(t) {
			m.Taken++
			if m.Last.IsZero() {
				m.Last = t.At
			}
		}
	}
	return m
}

func reasonOf(ranked []Contact, i int, past []Taken) MatchReason {
	switch c := ranked[i]; {
	case c.Match.Taken > 0 && c.Match.Last.Equal(past[0].At):
		return TakenLast
	case c.Match.Taken > 0:
		return TakenBefore
	case len(ranked) == 1:
		return OnlyOne
	case i == 0 && !c.LastConfirmed.IsZero() && !c.LastConfirmed.Equal(ranked[1].LastConfirmed):
		return NewestCheck
	}
	return Listed
}
