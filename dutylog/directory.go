package dutylog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// Contact is one card of the directory 通讯录: a person or post, with its numbers.
type Contact struct {
	ID            int64
	Unit          string
	Person        string
	Title         string
	Numbers       []ContactPhone // at least one; in the order of their kinds
	Superior      bool           // a superior duty room
	Remark        string
	LastConfirmed time.Time // the day, as midnight UTC; zero: never
	ConfirmedBy   string    // who said so; a name, not a login
	Change        int64     // the change that made it what it is: whoever edits says which one was seen
	Match         Match     // filled in when a number was looked up
}

// NumberKind says what rings at a number.
type NumberKind string

// The closed set of kinds of numbers.
const (
	NumberOffice NumberKind = "office" // 办公电话
	NumberMobile NumberKind = "mobile" // 手机
	NumberFax    NumberKind = "fax"    // 传真
	NumberOther  NumberKind = "other"  // 其他电话
)

// NumberKinds lists the kinds in the order in which a card shows them.
func NumberKinds() []NumberKind {
	return []NumberKind{NumberOffice, NumberMobile, NumberFax, NumberOther}
}

// ContactPhone is one number of a contact.
type ContactPhone struct {
	Kind   NumberKind
	Number telephony.Number
}

// ContactField names what a contact says, as columns of its table and as lines of its history.
type ContactField string

// The fields of a contact; those of its numbers are called like their kinds.
const (
	ContactUnit        ContactField = "unit"
	ContactPerson      ContactField = "person"
	ContactTitle       ContactField = "title"
	ContactSuperior    ContactField = "superior"
	ContactConfirmed   ContactField = "last_confirmed"
	ContactConfirmedBy ContactField = "confirmed_by"
	ContactRemark      ContactField = "remark"
)

// ContactFields lists every field in the order of the exported table.
func ContactFields() []ContactField {
	return []ContactField{ContactUnit, ContactPerson, ContactTitle, ContactField(NumberOffice), ContactField(NumberMobile), ContactField(NumberFax),
		ContactField(NumberOther), ContactSuperior, ContactConfirmed, ContactConfirmedBy, ContactRemark}
}

// Between several numbers of one kind.
const numberSeparator = "、"

// Text is what a field says, as a table and the history show it.
func (c Contact) Text(f ContactField) string {
	switch f {
	case ContactUnit:
		return c.Unit
	case ContactPerson:
		return c.Person
	case ContactTitle:
		return c.Title
	case ContactSuperior:
		if c.Superior {
			return "是"
		}
		return ""
	case ContactConfirmed:
		if c.LastConfirmed.IsZero() {
			return ""
		}
		return c.LastConfirmed.Format(time.DateOnly)
	case ContactConfirmedBy:
		return c.ConfirmedBy
	case ContactRemark:
		return c.Remark
	}
	var all []string
	for _, n := range c.Numbers {
		if ContactField(n.Kind) == f {
			all = append(all, n.Number.Raw)
		}
	}
	return strings.Join(all, numberSeparator)
}

// FieldChange is what one field said before and says after.
type FieldChange struct {
	Field  ContactField `json:"field"`
	Before string       `json:"before"`
	After  string       `json:"after"`
}

// Differences lists the fields in which two versions of a contact differ.
func (c Contact) Differences(after Contact) []FieldChange {
	var all []FieldChange
	for _, f := range ContactFields() {
		if a, b := c.Text(f), after.Text(f); a != b {
			all = append(all, FieldChange{f, a, b})
		}
	}
	return all
}

// key is what no two contacts of a directory share.
func (c Contact) key() string { return c.Unit + "\x00" + c.Person + "\x00" + c.Title }

// Name is unit, person and title in one line.
func (c Contact) Name() string {
	return strings.Join(strings.Fields(c.Unit+" "+c.Person+" "+c.Title), " ")
}

// Stale reports whether nobody said for so long that the contact is still right. A day to come is
// a slip of the pen in a table: nobody confirmed anything on it.
func (c Contact) Stale(now time.Time, after time.Duration) bool {
	return c.LastConfirmed.IsZero() || c.LastConfirmed.After(now.Add(24*time.Hour)) || now.Sub(c.LastConfirmed) > after
}

// Renumbered is a contact without its confirmation where it has a number that it had not before: nobody confirmed that one.
func (c Contact) Renumbered(before Contact) Contact {
	for _, n := range c.Numbers {
		if !c.LastConfirmed.IsZero() && !slices.ContainsFunc(before.Numbers, n.sameNumber) {
			c.LastConfirmed, c.ConfirmedBy = time.Time{}, ""
		}
	}
	return c
}

// sameNumber reports whether both are one number, with one extension, however it is written.
func (p ContactPhone) sameNumber(o ContactPhone) bool {
	_, inside, _ := strings.Cut(p.Number.Raw, "转")
	_, other, _ := strings.Cut(o.Number.Raw, "转")
	return p.Number.E164 == o.Number.E164 && inside == other
}

// DayOf is the day on which something is confirmed, by the calendar of the site.
func DayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// The most numbers of one contact.
const mostNumbers = 20

// Clean is the contact as it can be kept: every text on one line, numbers in the order of their
// kinds. What cannot be kept is an *InvalidError that names the field.
func (c Contact) Clean() (Contact, error) {
	for _, f := range []struct {
		name ContactField
		text *string
	}{{ContactUnit, &c.Unit}, {ContactPerson, &c.Person}, {ContactTitle, &c.Title}, {ContactRemark, &c.Remark}, {ContactConfirmedBy, &c.ConfirmedBy}} {
		var err error
		if *f.text, err = cleanField(string(f.name), oneLine(*f.text), shortText); err != nil {
			return c, err
		}
	}
	if c.Unit == "" {
		return c, &InvalidError{Field: string(ContactUnit), Reason: "is empty: name the unit"}
	}
	if c.Numbers = inOrder(c.Numbers); len(c.Numbers) == 0 {
		return c, &InvalidError{Field: "numbers", Reason: "is empty: a contact needs a number"}
	}
	if len(c.Numbers) > mostNumbers {
		return c, &InvalidError{Field: "numbers", Reason: fmt.Sprintf("has %d numbers; at most %d can be kept, make a second contact", len(c.Numbers), mostNumbers)}
	}
	seen := map[string]bool{}
	for _, n := range c.Numbers {
		switch {
		case !slices.Contains(NumberKinds(), n.Kind):
			return c, &InvalidError{Field: "numbers", Reason: fmt.Sprintf("%q is no kind of number; the kinds are office, mobile, fax, other", n.Kind)}
		case n.Number.E164 == "":
			return c, &InvalidError{Field: "numbers", Reason: fmt.Sprintf("%q is no telephone number", Printable(n.Number.Raw))}
		case seen[string(n.Kind)+n.Number.E164+n.Number.Raw]:
			return c, &InvalidError{Field: "numbers", Reason: fmt.Sprintf("%s is there twice", n.Number.Raw)}
		}
		seen[string(n.Kind)+n.Number.E164+n.Number.Raw] = true
	}
	c.Match = Match{}
	return c, nil
}

// oneLine is a text of the directory as it is kept: narrow digits and letters, single blanks, and
// nothing that a spreadsheet would not give back. A leading apostrophe is a spreadsheet's own.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\uFFFE' || r == '\uFFFF' || r == '\uFEFF' {
			return -1
		}
		return r
	}, NarrowText(CleanText(s)))
	return strings.TrimLeft(strings.Join(strings.Fields(s), " "), "' ")
}

// inOrder is a copy of the numbers in the order of their kinds.
func inOrder(numbers []ContactPhone) []ContactPhone {
	kinds := NumberKinds()
	numbers = slices.Clone(numbers)
	slices.SortStableFunc(numbers, func(a, b ContactPhone) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	return numbers
}

// Directory is everything the directory holds.
type Directory struct {
	Contacts []Contact // by the order of their ids
	Revision int64     // of the directory as a whole: each change adds to it
}

// ChangeHow says how a contact came to be what it is.
type ChangeHow string

// The closed set of ways in which a contact changes.
const (
	ContactAdded       ChangeHow = "added"
	ContactEdited      ChangeHow = "edited"
	ContactStillRight  ChangeHow = "confirmed"    // somebody said that it is still right
	ContactNumberAdded ChangeHow = "number_added" // a number was seen in a call
	ContactRemoved     ChangeHow = "removed"
	ContactImported    ChangeHow = "imported"   // added or changed by a table
	ContactDropped     ChangeHow = "dropped"    // a table did not have it any more
	ContactTakenOver   ChangeHow = "taken_over" // from the directory of an older schema
)

// ContactChange is one change of one contact, with what it was before.
type ContactChange struct {
	ID            int64
	At            time.Time
	By            Actor
	How           ChangeHow
	Before, After *Contact // nil: there was none, or there is none any more
}

// DirectoryMovedError says that the directory is not any more what a preview was made from, or a
// contact not what was on the screen.
type DirectoryMovedError struct {
	What    string   // "the directory" or a contact's name
	Current *Contact // as it stands now; nil: it was removed, or the directory as a whole is meant
}

func (e *DirectoryMovedError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile: look at what stands now and do it again", e.What)
}

// DirectoryStore keeps the directory. Entries keep the candidates that they were offered when
// their call came: nothing that an entry quotes changes with the directory.
type DirectoryStore interface {
	// Directory reads all of it.
	Directory(ctx context.Context) (Directory, error)
	// DirectoryRevision is that of Directory, without reading it.
	DirectoryRevision(ctx context.Context) (int64, error)
	// Candidates finds the contacts that have n, ranked; a withheld number has none.
	Candidates(ctx context.Context, n telephony.Number) ([]Contact, error)
	// SaveContact adds a contact whose ID is 0, or changes one whose Change is still the newest:
	// else the error is a *DirectoryMovedError.
	SaveContact(ctx context.Context, c Contact, how ChangeHow, by Actor) (Contact, error)
	// RemoveContact takes a contact out of the directory; its history stays.
	RemoveContact(ctx context.Context, id, change int64, by Actor) error
	// ImportDirectory carries out what a plan says, everything or nothing; a plan that was made
	// from another revision is a *DirectoryMovedError.
	ImportDirectory(ctx context.Context, plan DirectoryPlan, by Actor) error
	// ReplaceDirectory makes the directory hold these contacts and no other ones.
	ReplaceDirectory(ctx context.Context, contacts []Contact, by Actor) error
	// Contact reads one contact.
	Contact(ctx context.Context, id int64) (Contact, error)
	// ContactChanges lists the changes of a contact, newest first.
	ContactChanges(ctx context.Context, id int64) ([]ContactChange, error)
}
