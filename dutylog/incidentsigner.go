package dutylog

import (
	"slices"
	"strings"

	"dutyline/telephony"
)

// NumbersOf are the telephones of somebody with a login: their own in the roster, and those of their name in the
// directory. A namesake's are among them: who takes one for theirs has to let a person look at it.
func NumbersOf(a Account, people []RosterPerson, contacts []Contact, areaCode string) (numbers []telephony.Number) {
	add := func(n telephony.Number) {
		known := slices.ContainsFunc(numbers, func(o telephony.Number) bool { return o.E164 == n.E164 })
		if n.E164 != "" && !known {
			numbers = append(numbers, n)
		}
	}
	named := func(name string) bool { return plainName(name) != "" && plainName(name) == plainName(a.Name) }
	for _, p := range people {
		if strings.EqualFold(p.Login, a.Login) || p.Login == "" && named(p.Name) {
			n, _ := ParseContactNumber(p.Phone, areaCode)
			add(n)
		}
	}
	for _, c := range contacts {
		for _, n := range c.Numbers {
			if named(c.Person) {
				add(n.Number)
			}
		}
	}
	return numbers
}
