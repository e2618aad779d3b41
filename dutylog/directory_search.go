package dutylog

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"dutyline/dutylog/pinyin"
)

// Finder searches a directory of one revision.
type Finder struct {
	Directory
	cards  []findable
	reader *pinyin.Reader
}

// findable is a contact ready to be searched.
type findable struct {
	fields  [4]pinyin.Text // person, unit, title, remark
	numbers []string       // digits only, as written and without the country
}

// NewFinder makes a directory ready.
func NewFinder(d Directory) *Finder { return (&Finder{reader: pinyin.NewReader()}).Follow(d) }

// Follow is a finder of a later revision: what did not change since is not made ready again. It is
// called by one goroutine at a time.
func (f *Finder) Follow(d Directory) *Finder {
	next := &Finder{Directory: d, cards: make([]findable, len(d.Contacts)), reader: f.reader}
	have := 0
	for i, c := range d.Contacts { // both are in the order of ids
		for have < len(f.cards) && f.Contacts[have].ID < c.ID {
			have++
		}
		if have < len(f.cards) && f.Contacts[have].ID == c.ID && f.Contacts[have].Change == c.Change {
			next.cards[i] = f.cards[have]
			continue
		}
		next.cards[i] = f.card(c)
	}
	return next
}

func (f *Finder) card(c Contact) findable {
	card := findable{fields: [4]pinyin.Text{f.reader.Text(c.Person), f.reader.Text(c.Unit), f.reader.Text(c.Title), f.reader.Text(c.Remark)}}
	for _, n := range c.Numbers {
		card.numbers = append(card.numbers, digitsOf(n.Number.Raw))
		for _, form := range []string{"0" + strings.TrimPrefix(n.Number.E164, "+86"), n.Number.Core()} {
			if !strings.Contains(card.numbers[len(card.numbers)-1], form) {
				card.numbers = append(card.numbers, form)
			}
		}
	}
	return card
}

// ContactQuery selects contacts; zero fields select all.
type ContactQuery struct {
	Text       string // words that all must occur: Chinese, pinyin, initials, or a part of a number
	StaleSince time.Time
	StaleAfter time.Duration // with StaleSince: only those that nobody confirmed for so long then
}

// Find lists what a query selects: the best first, superior duty rooms before the rest, and then in
// the order of units and people.
func (f *Finder) Find(q ContactQuery) []Contact {
	type hit struct{ at, score int }
	var hits []hit
	words := wantedWords(q.Text)
	for i := range f.cards {
		if !q.StaleSince.IsZero() && !f.Contacts[i].Stale(q.StaleSince, q.StaleAfter) {
			continue
		}
		score := 0
		for _, w := range words {
			s := f.cards[i].score(w)
			if s < 0 {
				score = -1
				break
			}
			score += s
		}
		if score >= 0 {
			hits = append(hits, hit{i, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		x, y := f.Contacts[a.at], f.Contacts[b.at]
		return cmp.Or(cmp.Compare(a.score, b.score), -compareBool(x.Superior, y.Superior), cmp.Compare(x.Unit, y.Unit), cmp.Compare(x.ID, y.ID))
	})
	found := make([]Contact, len(hits))
	for i, h := range hits {
		found[i] = f.Contacts[h.at]
	}
	return found
}

// wanted is one word of a query.
type wanted struct {
	text   pinyin.Word
	digits string // where the word may be a part of a number
}

func wantedWords(text string) (words []wanted) {
	for _, w := range strings.Fields(NarrowText(CleanText(text))) {
		one := wanted{text: pinyin.NewWord(w)}
		if strings.Trim(w, "0123456789-+()") == "" {
			one.digits = digitsOf(w)
		}
		words = append(words, one)
	}
	return words
}

// score says how well a word fits: 0 is best, -1 not at all. The beginning of a name is better than
// its middle, a name better than a unit, and those better than titles and remarks.
func (c *findable) score(word wanted) int {
	best := -1
	take := func(s int) {
		if best < 0 || s < best {
			best = s
		}
	}
	for i, field := range c.fields {
		if at := field.Find(word.text); at == 0 {
			take(2 * i)
		} else if at > 0 {
			take(2*i + 1)
		}
		if best == 0 {
			return 0
		}
	}
	if word.digits == "" {
		return best
	}
	for _, n := range c.numbers {
		if at := strings.Index(n, word.digits); at == 0 {
			take(0)
		} else if at > 0 {
			take(1)
		}
	}
	return best
}

// compareBool has true behind false.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) && r < 128 {
			return r
		}
		return -1
	}, s)
}
