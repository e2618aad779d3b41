package dutylog

import (
	"fmt"
	"strconv"
	"strings"
)

// EntryNumber is the number under which an entry is known to people: gapless within the year
// of its call in the site's time zone, given when the entry is opened and never changed.
type EntryNumber struct {
	Year   int
	Serial int // from 1
}

// IsZero reports whether no number was given yet.
func (n EntryNumber) IsZero() bool { return n == EntryNumber{} }

// String is its one spelling, for instance "2026-000123"; empty before it is given.
func (n EntryNumber) String() string {
	if n.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%06d", n.Year, n.Serial)
}

// ParseEntryNumber reads what String wrote, and nothing else.
func ParseEntryNumber(s string) (EntryNumber, error) {
	year, serial, _ := strings.Cut(s, "-")
	y, _ := strconv.Atoi(year)
	k, _ := strconv.Atoi(serial)
	if n := (EntryNumber{Year: y, Serial: k}); s != "" && k > 0 && n.String() == s {
		return n, nil
	}
	return EntryNumber{}, &InvalidError{Field: "entry_number", Reason: fmt.Sprintf("%q is no number of an entry; they are written like 2026-000123", s)}
}
