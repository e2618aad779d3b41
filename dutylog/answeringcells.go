package dutylog

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"dutyline/telephony"
)

// CellKey is by what calls are told apart in the tally of a day.
type CellKey struct {
	Hour    int64 // when the hour of the site's clock began, in seconds since 1970
	Line    string
	Officer string
	From    int64 // of the shift, in seconds since 1970; 0: the roster has none
	To      int64
}

// Cells are the tallies of a day.
type Cells map[CellKey]*Tally

// Add counts one call where it belongs.
func (c Cells) Add(f CallFact, loc *time.Location) {
	if CountingOf(f.Call) != CallCounts {
		return
	}
	k := CellKey{Hour: HourStart(f.Call.OfferedAt, loc).Unix(), Line: f.Call.Line, Officer: f.Officer}
	if !f.Shift.From.IsZero() {
		k.From, k.To = f.Shift.From.Unix(), f.Shift.To.Unix()
	}
	if c[k] == nil {
		c[k] = &Tally{}
	}
	c[k].Add(f)
}

func (k CellKey) compare(o CellKey) int {
	return cmp.Or(cmp.Compare(k.Hour, o.Hour), cmp.Compare(k.Line, o.Line), cmp.Compare(k.Officer, o.Officer), cmp.Compare(k.From, o.From), cmp.Compare(k.To, o.To))
}

func (c class) compare(o class) int {
	b := func(x bool) int { return map[bool]int{true: 1}[x] }
	return cmp.Or(cmp.Compare(c.outcome, o.outcome), cmp.Compare(b(c.borderline), b(o.borderline)), cmp.Compare(c.review, o.review))
}

// cellsFormat begins every encoding, so that what another version wrote is made anew.
const cellsFormat = 1

var errCells = errors.New("the tally of a day is not readable: it is made anew when it is thrown away")

// Encode writes the tallies down: texts first, then the cells in their order. The same calls always
// give the same bytes, whatever the order in which they were counted.
func (c Cells) Encode() []byte {
	e := encoder{texts: map[string]uint64{}}
	for _, k := range slices.SortedFunc(maps.Keys(c), CellKey.compare) {
		e.cell(k, c[k])
	}
	out := binary.AppendUvarint([]byte{cellsFormat}, uint64(len(e.order)))
	for _, text := range e.order {
		out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
	}
	out = binary.AppendUvarint(out, uint64(len(c)))
	return append(out, e.out...)
}

type encoder struct {
	texts map[string]uint64
	order []string
	out   []byte
}

func (e *encoder) number(n int64) { e.out = binary.AppendVarint(e.out, n) }

func (e *encoder) text(s string) {
	at, known := e.texts[s]
	if !known {
		at = uint64(len(e.order))
		e.texts[s], e.order = at, append(e.order, s)
	}
	e.out = binary.AppendUvarint(e.out, at)
}

func (e *encoder) cell(k CellKey, t *Tally) {
	e.number(k.Hour)
	e.text(k.Line)
	e.text(k.Officer)
	e.number(k.From)
	e.number(k.To)
	e.number(int64(len(t.classes)))
	for _, c := range slices.SortedFunc(maps.Keys(t.classes), class.compare) {
		e.text(string(c.outcome))
		e.text(string(c.review))
		e.number(map[bool]int64{true: 1}[c.borderline])
		for _, n := range t.classes[c] {
			e.number(int64(n))
		}
	}
	e.number(int64(len(t.rules)))
	for _, v := range t.Rules() {
		e.text(v)
		e.number(int64(t.rules[v]))
	}
	for _, s := range t.spreads() {
		at, n := s.Bins()
		e.number(int64(len(at)))
		for i := range at {
			e.number(int64(at[i]))
			e.number(int64(n[i]))
		}
	}
}

func (t *Tally) spreads() []*Spread { return []*Spread{&t.Rings, &t.Entering, &t.CalledBack} }

// AddCells adds what Encode wrote to the tallies that pick chooses; where it gives nil, the cell is left out.
func AddCells(code []byte, pick func(CellKey) *Tally) error {
	if len(code) == 0 || code[0] != cellsFormat {
		return errCells
	}
	d := decoder{left: code[1:]}
	texts := d.size()
	for range texts {
		d.texts = append(d.texts, string(d.take(d.size())))
	}
	for range d.size() {
		d.cell(pick)
	}
	if d.bad || len(d.left) > 0 {
		return errCells
	}
	return nil
}

type decoder struct {
	left  []byte
	texts []string
	bad   bool
}

func (d *decoder) number() int64 {
	n, width := binary.Varint(d.left)
	if width <= 0 {
		d.bad, d.left = true, nil
		return 0
	}
	d.left = d.left[width:]
	return n
}

// size reads how many follow: never more than bytes are left, so that damage costs nothing.
func (d *decoder) size() int {
	n, width := binary.Uvarint(d.left)
	if width <= 0 || n > uint64(len(d.left)) {
		d.bad, d.left = true, nil
		return 0
	}
	d.left = d.left[width:]
	return int(n)
}

func (d *decoder) count() int {
	n := d.number()
	if n < 0 || n > int64(len(d.left)) {
		d.bad, d.left = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) take(n int) []byte {
	if n > len(d.left) {
		d.bad, d.left = true, nil
		return nil
	}
	taken := d.left[:n]
	d.left = d.left[n:]
	return taken
}

func (d *decoder) text() string {
	at, width := binary.Uvarint(d.left)
	if width <= 0 || at >= uint64(len(d.texts)) {
		d.bad, d.left = true, nil
		return ""
	}
	d.left = d.left[width:]
	return d.texts[at]
}

func (d *decoder) cell(pick func(CellKey) *Tally) {
	k := CellKey{Hour: d.number(), Line: d.text(), Officer: d.text(), From: d.number(), To: d.number()}
	into := &Tally{}
	if !d.bad {
		if picked := pick(k); picked != nil {
			into = picked
		}
	}
	for range d.count() {
		c := class{outcome: telephony.Outcome(d.text()), review: ReviewResult(d.text()), borderline: d.number() == 1}
		var n [traits]int
		for i := range n {
			n[i] = int(d.number())
		}
		into.count(c, n)
	}
	for range d.count() {
		into.rule(d.text(), int(d.number()))
	}
	for _, s := range into.spreads() {
		for range d.count() {
			s.put(int32(d.number()), int(d.number()))
		}
	}
}

// CellsReadable reports whether this version wrote a tally.
func CellsReadable(code []byte) bool { return len(code) > 0 && code[0] == cellsFormat }
