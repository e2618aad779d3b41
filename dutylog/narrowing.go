package dutylog

import (
	"strings"
	"time"
)

// Narrowing is what each entry that a query selects holds in its SearchText, besides the words of the query: so that
// an index leads to it and nobody reads what the filters take away again.
type Narrowing struct {
	Words []string // it holds all of these
	AnyOf []string // and one of these tokens; empty: nothing is known
}

// What a stretch of time is told by: up to so many days, months or years.
const mostSpans = 13

// Narrowing is what a query's unit, category and time say. first and last are when the oldest and the newest call of
// the log came, for a stretch that is open.
func (q EntryQuery) Narrowing(first, last time.Time, loc *time.Location) Narrowing {
	n := Narrowing{Words: q.FilterWords()}
	from, to := q.From, q.To
	if from.IsZero() && to.IsZero() {
		return n
	}
	if from.IsZero() || from.Before(first) {
		from = first
	}
	if to = to.Add(-time.Nanosecond); q.To.IsZero() || to.After(last) {
		to = last
	}
	if from.IsZero() || last.IsZero() || to.Before(from) {
		return n
	}
	const day, month, year = "20060102", "200601", "2006"
	from, to = from.In(loc), to.In(loc)
	same := commonPrefix(from.Format(day), to.Format(day))
	if len(same) >= len(year) {
		n.Words = append(n.Words, same)
	}
	n.AnyOf = spans(from, to, day, 0, 0, 1)
	if n.AnyOf == nil {
		n.AnyOf = spans(from, to, month, 0, 1, 0)
	}
	if n.AnyOf == nil {
		n.AnyOf = spans(from, to, year, 1, 0, 0)
	}
	return n
}

// FilterWords are the words that a query's unit and category have.
func (q EntryQuery) FilterWords() (words []string) {
	for _, text := range []string{q.Unit, q.UnitPart, q.Category} {
		words = append(words, SearchWords(text)...)
	}
	return words
}

// spans are the last four digits of each day, month or year from one to another; nil: there are too many of them.
func spans(from, to time.Time, form string, years, months, days int) (tokens []string) {
	y, m, d := from.Date()
	switch {
	case years > 0:
		m, d = time.January, 1
	case months > 0:
		d = 1
	}
	end := to.Format(form)
	for at := time.Date(y, m, d, 0, 0, 0, 0, from.Location()); at.Format(form) <= end; at = at.AddDate(years, months, days) {
		text := at.Format(form)
		if tokens = append(tokens, text[len(text)-4:]); len(tokens) > mostSpans {
			return nil
		}
	}
	return tokens
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return strings.Clone(a[:n])
}
