package dutylog

import (
	"cmp"
	"slices"
	"strconv"
)

// PlanKind says what an import does with a contact.
type PlanKind string

// The closed set of what an import does, in the order in which a preview shows it.
const (
	PlanAdded     PlanKind = "added"
	PlanChanged   PlanKind = "changed"
	PlanRemoved   PlanKind = "removed"
	PlanUnchanged PlanKind = "unchanged"
	PlanKept      PlanKind = "kept" // the table does not have it, and nobody wants it removed
)

// PlanReason says why a row of a table is taken for a contact that the directory has.
type PlanReason string

// The closed set of reasons, in the order in which they are tried.
const (
	SameID     PlanReason = "same_id"     // the table names its number
	SameKey    PlanReason = "same_key"    // unit, person and title are the same
	SamePerson PlanReason = "same_person" // the only one of this name in the unit: the title changed
	SameNumber PlanReason = "same_number" // the only one of this name with such a number: the unit changed
)

// PlanItem is one contact of a plan.
type PlanItem struct {
	Kind    PlanKind
	Reason  PlanReason // empty where the table and the directory do not meet
	Row     int        // of the table; 0: it is not in it
	Before  *Contact   // nil: added
	After   *Contact   // nil: removed
	Changes []FieldChange
}

// DirectoryPlan is exactly what an import would do, item by item, and from which revision.
type DirectoryPlan struct {
	Revision int64
	Items    []PlanItem // in the order of their kinds, then of rows
}

// Count is how many items of a kind there are.
func (p DirectoryPlan) Count(kind PlanKind) int {
	n := 0
	for _, i := range p.Items {
		if i.Kind == kind {
			n++
		}
	}
	return n
}

// Contacts are those of a table.
func (t DirectoryTable) Contacts() []Contact {
	all := make([]Contact, len(t.Rows))
	for i, r := range t.Rows {
		all[i] = r.Contact
	}
	return all
}

// TableOf is a table that says everything of these contacts, as their export does.
func TableOf(contacts []Contact) DirectoryTable {
	t := DirectoryTable{has: map[ContactField]bool{}}
	for _, f := range ContactFields() {
		t.has[f] = true
	}
	for i, c := range contacts {
		t.Rows = append(t.Rows, ContactRow{Contact: c, Row: i + 2})
	}
	return t
}

// PlanDirectory compares a table with the directory. Columns that the table does not have are
// left as they are; contacts that it does not have are removed only when that is wanted. The error
// is a *TableError: a row names a contact that is not there.
func PlanDirectory(now Directory, table DirectoryTable, remove bool) (DirectoryPlan, error) {
	m := newMatching(now.Contacts, table.Rows)
	bad := &TableError{}
	m.byID(bad)
	m.by(SameKey, Contact.key)
	m.by(SamePerson, func(c Contact) string {
		if c.Person == "" {
			return ""
		}
		return c.Unit + "\x00" + c.Person
	})
	m.byNumber()
	plan := DirectoryPlan{Revision: now.Revision}
	for i, row := range table.Rows {
		plan.Items = append(plan.Items, m.item(i, row, table))
	}
	for i, c := range now.Contacts {
		switch {
		case m.taken[i]:
		case remove:
			plan.Items = append(plan.Items, PlanItem{Kind: PlanRemoved, Before: &now.Contacts[i]})
		default:
			plan.Items = append(plan.Items, PlanItem{Kind: PlanKept, Before: &now.Contacts[i], After: &c})
		}
	}
	checkTwins(plan.Items, bad)
	if err := bad.orNil(); err != nil {
		return DirectoryPlan{}, err
	}
	order := []PlanKind{PlanAdded, PlanChanged, PlanRemoved, PlanUnchanged, PlanKept}
	slices.SortStableFunc(plan.Items, func(a, b PlanItem) int {
		return cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind))
	})
	return plan, nil
}

// matching finds for each row the contact that it is about; no contact is taken twice.
type matching struct {
	contacts []Contact
	rows     []ContactRow
	of       []int // place among the contacts; -1: none yet
	reason   []PlanReason
	taken    []bool
}

func newMatching(contacts []Contact, rows []ContactRow) *matching {
	m := &matching{contacts: contacts, rows: rows, of: make([]int, len(rows)), reason: make([]PlanReason, len(rows)), taken: make([]bool, len(contacts))}
	for i := range m.of {
		m.of[i] = -1
	}
	return m
}

func (m *matching) match(row, contact int, why PlanReason) {
	m.of[row], m.reason[row], m.taken[contact] = contact, why, true
}

func (m *matching) byID(bad *TableError) {
	place := make(map[int64]int, len(m.contacts))
	for i, c := range m.contacts {
		place[c.ID] = i
	}
	for i, r := range m.rows {
		if r.Contact.ID == 0 {
			continue
		}
		at, ok := place[r.Contact.ID]
		if !ok {
			id := strconv.FormatInt(r.Contact.ID, 10)
			bad.Rows = append(bad.Rows, RowError{Row: r.Row, Column: contactColumns[0].names[0], Code: RowNoID, Value: id,
				Reason: "the directory has no contact with the number " + id + ": leave the cell empty for a new one"})
			continue
		}
		m.match(i, at, SameID)
	}
}

// by matches what is the only one of its key on both sides.
func (m *matching) by(why PlanReason, key func(Contact) string) {
	here, there := map[string][]int{}, map[string][]int{}
	for i, c := range m.contacts {
		if k := key(c); k != "" && !m.taken[i] {
			there[k] = append(there[k], i)
		}
	}
	for i, r := range m.rows {
		if k := key(r.Contact); k != "" && m.of[i] < 0 && r.Contact.ID == 0 {
			here[k] = append(here[k], i)
		}
	}
	for i, r := range m.rows {
		k := key(r.Contact)
		if len(here[k]) == 1 && here[k][0] == i && len(there[k]) == 1 {
			m.match(i, there[k][0], why)
		}
	}
}

// byNumber matches a person by name and a number that both sides have.
func (m *matching) byNumber() {
	there := map[string][]int{}
	for i, c := range m.contacts {
		if c.Person == "" || m.taken[i] {
			continue
		}
		for _, n := range c.Numbers {
			k := c.Person + "\x00" + n.Number.E164
			if !slices.Contains(there[k], i) {
				there[k] = append(there[k], i)
			}
		}
	}
	for i, r := range m.rows {
		if m.of[i] >= 0 || r.Contact.ID != 0 || r.Contact.Person == "" {
			continue
		}
		for _, n := range r.Contact.Numbers {
			if found := there[r.Contact.Person+"\x00"+n.Number.E164]; len(found) == 1 && !m.taken[found[0]] {
				m.match(i, found[0], SameNumber)
				break
			}
		}
	}
}

func (m *matching) item(i int, row ContactRow, table DirectoryTable) PlanItem {
	after := row.Contact
	after.Numbers = inOrder(after.Numbers)
	if m.of[i] < 0 {
		after.ID = 0
		return PlanItem{Kind: PlanAdded, Row: row.Row, After: &after}
	}
	before := m.contacts[m.of[i]]
	after = before.with(row.Contact, table)
	item := PlanItem{Kind: PlanUnchanged, Reason: m.reason[i], Row: row.Row, Before: &before, After: &after, Changes: before.Differences(after)}
	if len(item.Changes) > 0 {
		item.Kind = PlanChanged
	}
	return item
}

// with is the contact with what a row says of it, and the rest left as it is. With a new number its confirmation goes, but where
// the table gives another one: an old one is only carried along by whoever writes the number into an export.
func (c Contact) with(row Contact, table DirectoryTable) Contact {
	has, before := table.has, c
	set := func(f ContactField, to *string, value string) {
		if has[f] {
			*to = value
		}
	}
	set(ContactUnit, &c.Unit, row.Unit)
	set(ContactPerson, &c.Person, row.Person)
	set(ContactTitle, &c.Title, row.Title)
	set(ContactRemark, &c.Remark, row.Remark)
	set(ContactConfirmedBy, &c.ConfirmedBy, row.ConfirmedBy)
	if has[ContactSuperior] {
		c.Superior = row.Superior
	}
	if has[ContactConfirmed] {
		c.LastConfirmed = row.LastConfirmed
	}
	numbers := slices.Clone(row.Numbers)
	if table.guessed {
		for i := range numbers {
			if at := slices.IndexFunc(c.Numbers, func(n ContactPhone) bool { return n.Number == numbers[i].Number }); at >= 0 {
				numbers[i].Kind = c.Numbers[at].Kind
			}
		}
	}
	for _, n := range c.Numbers {
		if !has[ContactField(n.Kind)] {
			numbers = append(numbers, n)
		}
	}
	c.Numbers = inOrder(numbers)
	if !has[ContactConfirmed] || c.LastConfirmed.Equal(before.LastConfirmed) && c.ConfirmedBy == before.ConfirmedBy {
		c = c.Renumbered(before)
	}
	return c
}

// checkTwins refuses what would leave two contacts of one unit, person and title.
func checkTwins(items []PlanItem, bad *TableError) {
	kept := map[string]int{} // row of the table; 0: not in it
	for _, i := range items {
		if i.After == nil {
			continue
		}
		if i.Row > 0 {
			if _, err := i.After.Clean(); err != nil { // what the table leaves alone counts too
				bad.Rows = append(bad.Rows, RowError{Row: i.Row, Code: RowUnfit, Reason: "cannot be kept: " + err.Error()})
			}
		}
		row, twin := kept[i.After.key()]
		if twin {
			bad.Rows = append(bad.Rows, RowError{Row: max(row, i.Row), Code: RowTwin, Value: i.After.Name(),
				Reason: "would make a second contact of " + i.After.Name() + ": give it the number of the first one, or another title"})
			continue
		}
		kept[i.After.key()] = i.Row
	}
}
