// Package pinyin finds Chinese text by what people type without an input method: full pinyin, the
// initials, or a mixture of both and of the text itself. It is a part of the core dutylog: pure
// computation on values.
package pinyin

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	table "github.com/mozillazg/go-pinyin"
)

// Text is a text made ready to be searched. All readings of each character count: 重庆 is found as
// chongqing and as zhongqing, for nobody stops to think which one a list was sorted by.
type Text []*glyph

// glyph is one character, shared by all texts of a reader.
type glyph struct {
	r        rune
	skip     bool     // it may be passed over: punctuation, a blank
	readings []string // without tones; ü is v and u
	initials uint32   // of the readings: bit 0 is a
}

// Reader makes texts ready and remembers the characters that it met; a directory uses a few
// thousand of them. One goroutine uses it at a time.
type Reader struct {
	known map[rune]*glyph
	args  table.Args
}

// NewReader is a reader that met nothing yet.
func NewReader() *Reader {
	args := table.NewArgs()
	args.Heteronym = true
	return &Reader{known: map[rune]*glyph{}, args: args}
}

func (x *Reader) glyph(r rune) *glyph {
	g, ok := x.known[r]
	if ok {
		return g
	}
	g = &glyph{r: r, skip: !unicode.IsLetter(r) && !unicode.IsDigit(r)}
	if unicode.Is(unicode.Han, r) {
		for _, p := range table.SinglePinyin(r, x.args) {
			p = strings.ReplaceAll(p, "ü", "v")
			g.readings = append(g.readings, p)
			if strings.Contains(p, "v") {
				g.readings = append(g.readings, strings.ReplaceAll(p, "v", "u"))
			}
			g.initials |= letter(rune(p[0]))
		}
		slices.Sort(g.readings)
		g.readings = slices.Compact(g.readings)
	}
	x.known[r] = g
	return g
}

// letter is the bit of a letter; 0 for everything else.
func letter(r rune) uint32 {
	if r < 'a' || r > 'z' {
		return 0
	}
	return 1 << (r - 'a')
}

// Text makes a text ready.
func (x *Reader) Text(s string) Text {
	t := make(Text, 0, utf8.RuneCountInString(s))
	for _, r := range s {
		t = append(t, x.glyph(unicode.ToLower(r)))
	}
	return t
}

// Word is what somebody typed, made ready.
type Word []rune

// NewWord makes a word ready.
func NewWord(s string) Word { return Word(strings.Map(unicode.ToLower, s)) }

// The longest word that is looked for; its places are bits of one number.
const longest = 60

// Find says where a word begins in the text, counted in characters; -1 where it does not occur.
// Each character of the text is met by itself, by a reading, by the beginning of one when the
// word ends there, or by its initial: "sh" and "s" for 沈.
func (t Text) Find(word Word) int {
	switch {
	case len(word) == 0:
		return 0
	case len(word) > longest:
		return -1
	}
	first, initial := word[0], letter(word[0])
	for i, g := range t {
		if (g.r == first || g.initials&initial != 0) && t[i:].begins(word) {
			return i
		}
	}
	return -1
}

// begins reports whether the word stands at the beginning of the text. Bit n of places says that n
// letters of the word can be used up so far: all ways of reading are followed at once, so that none
// takes long.
func (t Text) begins(q Word) bool {
	places, whole := uint64(1), uint64(1)<<len(q)
	for _, g := range t {
		var next uint64
		for j := range q {
			if places&(1<<j) != 0 {
				next |= g.from(q, j)
			}
		}
		if next&whole != 0 {
			return true
		}
		if places = next; places == 0 {
			return false
		}
	}
	return false
}

// from is where in the word one may stand behind this character, having stood at j.
func (g *glyph) from(q Word, j int) (next uint64) {
	if g.r == q[j] {
		next |= 1 << (j + 1)
	}
	if g.skip {
		next |= 1 << j
	}
	for _, reading := range g.readings {
		same := 0
		for j+same < len(q) && same < len(reading) && q[j+same] == rune(reading[same]) {
			same++
		}
		if same == 0 {
			continue
		}
		next |= 1 << (j + 1) // its initial
		if same >= 2 && reading[1] == 'h' {
			next |= 1 << (j + 2)
		}
		if same == len(reading) || j+same == len(q) { // the whole, or as much as was typed so far
			next |= 1 << (j + same)
		}
	}
	return next
}
