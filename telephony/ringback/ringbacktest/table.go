package ringbacktest

import (
	"fmt"
	"strings"
)

// Table counts verdicts by condition.
type Table struct {
	rows  []*row
	total row
}

type row struct {
	group                       string
	samples, right, dark, wrong int
}

// Measure listens to n samples and counts the verdicts.
func Measure(seed uint64, n int) *Table {
	t := &Table{}
	for _, s := range Samples(seed, n) {
		t.Add(s.Group, s.Mark(s.Judge()))
	}
	return t
}

// Add counts one verdict.
func (t *Table) Add(group string, m Mark) {
	var of *row
	for _, r := range t.rows {
		if r.group == group {
			of = r
		}
	}
	if of == nil {
		of = &row{group: group}
		t.rows = append(t.rows, of)
	}
	of.count(m)
	t.total.count(m)
}

func (r *row) count(m Mark) {
	r.samples++
	switch m {
	case Right:
		r.right++
	case CannotTell:
		r.dark++
	case Wrong:
		r.wrong++
	}
}

// RightPercent is the share of right verdicts among all.
func (t *Table) RightPercent() float64 { return t.total.percent(t.total.right) }

// DarkPercent is the share of verdicts that cannot tell.
func (t *Table) DarkPercent() float64 { return t.total.percent(t.total.dark) }

func (r row) percent(n int) float64 { return 100 * float64(n) / float64(max(1, r.samples)) }

// String is the table for people.
func (t *Table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s %7s %6s %11s %6s\n", "kind", "samples", "right", "cannot tell", "wrong")
	for _, r := range append(t.rows[:len(t.rows):len(t.rows)], &row{"all", t.total.samples, t.total.right, t.total.dark, t.total.wrong}) {
		fmt.Fprintf(&b, "%-40s %7d %6d %11d %6d\n", r.group, r.samples, r.right, r.dark, r.wrong)
	}
	return b.String()
}
