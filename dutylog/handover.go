package dutylog

import (
	"context"
	"strings"
	"time"
)

// Part is as what somebody confirms a handover.
type Part string

// The four parts. The first two make the handover; the others confirm that they take over too,
// each at a time of their own.
const (
	PartOutgoing Part = "outgoing" // 交班人
	PartIncoming Part = "incoming" // 接班人
	PartChief    Part = "chief"    // 值班处(科)领导
	PartLeader   Part = "leader"   // 带班领导
)

// Parts lists them in the order of the sheet.
func Parts() []Part { return []Part{PartOutgoing, PartIncoming, PartChief, PartLeader} }

// Confirmation is one person's word for one sheet, given with their own login.
type Confirmation struct {
	Part   Part
	By     Actor
	At     time.Time
	Digest string // of the sheet that they saw
}

// Handover is a change of the officer on duty 交接班. From its moment on the incoming officer is
// responsible.
type Handover struct {
	ID            int64     // from 1; the log gives it
	At            time.Time // when the incoming officer confirmed
	From          time.Time // when the shift that ends began
	Outgoing      Actor     // nobody at the first one
	Incoming      Actor
	Unsigned      string // why the outgoing officer did not confirm; empty when they did, or when there is none
	Text          string // the sheet, frozen
	Digest        string // of the text
	Confirmations []Confirmation
	ErasedBy      int64 // the newest decision that took words out of the text; 0: none. The digest is still that of what was confirmed
}

// Confirmed is who confirmed as what; false when nobody did.
func (h Handover) Confirmed(p Part) (Confirmation, bool) {
	for _, c := range h.Confirmations {
		if c.Part == p {
			return c, true
		}
	}
	return Confirmation{}, false
}

// HandoverRefusal is why a handover or a confirmation is not taken.
type HandoverRefusal string

// The closed set of refusals.
const (
	OnePersonTwice HandoverRefusal = "same_person"
	NotAnOfficer   HandoverRefusal = "not_an_officer"
	NotResponsible HandoverRefusal = "not_responsible"
	SecondMissing  HandoverRefusal = "second_missing"
	NobodyToRelief HandoverRefusal = "nobody_hands_over"
	MustChange     HandoverRefusal = "password_change_first"
	LoginDisabled  HandoverRefusal = "login_disabled"
	SheetChanged   HandoverRefusal = "sheet_changed"
	NotTheirPart   HandoverRefusal = "not_their_part"
	AlreadySaid    HandoverRefusal = "already_confirmed"
	Overtaken      HandoverRefusal = "overtaken"
)

var handoverRefusals = map[HandoverRefusal]string{
	OnePersonTwice: "the same person cannot hand over and take over: the other officer confirms with a login of their own",
	NotAnOfficer:   "only a duty officer takes over the desk: this login has another role",
	NotResponsible: "this login is not the officer who is responsible now: only that one hands over",
	SecondMissing:  "the other officer has to confirm with their own login and password, or say why the outgoing one cannot",
	NobodyToRelief: "nobody took over before, so nobody hands over: take over alone",
	MustChange:     "this login has a password that somebody else gave: its owner signs in and changes it first",
	LoginDisabled:  "this login is disabled: ask an administrator",
	SheetChanged:   "something happened since the sheet was shown: read what changed, then confirm again",
	NotTheirPart:   "only the section chief and the duty leader confirm afterwards, each with their own login",
	AlreadySaid:    "this part was confirmed already, and stands",
	Overtaken:      "somebody else took over meanwhile: read the page anew",
}

// Error is the sentence for people.
func (r HandoverRefusal) Error() string { return handoverRefusals[r] }

// Takeover is what two people at one page ask for.
type Takeover struct {
	Signed   Account  // who is signed in there
	Second   *Account // who gave their login and password beside; nil: nobody
	Unsigned string   // why the outgoing officer does not confirm; empty: they do
}

// Parties decides who hands over to whom, and whether they may. last is the handover before; nil
// when nobody ever took over.
func (t Takeover) Parties(last *Handover) (outgoing, incoming Actor, err error) {
	if last == nil {
		if t.Second != nil {
			return outgoing, incoming, NobodyToRelief
		}
		return outgoing, t.Signed.actor(), mayTake(t.Signed)
	}
	taker := t.Signed
	switch {
	case sameLogin(t.Signed.Login, last.Incoming.Login):
		if t.Second == nil {
			return outgoing, incoming, SecondMissing
		}
		taker = *t.Second
	case t.Second == nil && strings.TrimSpace(t.Unsigned) == "":
		return outgoing, incoming, SecondMissing
	case t.Second != nil && samePerson(t.Second.actor(), t.Signed.actor()):
		return outgoing, incoming, OnePersonTwice
	case t.Second != nil && !sameLogin(t.Second.Login, last.Incoming.Login):
		return outgoing, incoming, NotResponsible
	}
	if samePerson(taker.actor(), last.Incoming) {
		return outgoing, incoming, OnePersonTwice
	}
	if t.Second != nil {
		if err := mayConfirm(*t.Second); err != nil {
			return outgoing, incoming, err
		}
	}
	return last.Incoming, taker.actor(), mayTake(taker)
}

// PartOf is as what somebody may confirm a handover that stands.
func (h Handover) PartOf(a Account) (Part, error) {
	part := map[Role]Part{Chief: PartChief, Leader: PartLeader}[a.Role]
	if part == "" {
		return "", NotTheirPart
	}
	if _, said := h.Confirmed(part); said {
		return "", AlreadySaid
	}
	return part, mayConfirm(a)
}

func mayTake(a Account) error {
	if err := mayConfirm(a); err != nil {
		return err
	}
	if a.Role != Officer {
		return NotAnOfficer
	}
	return nil
}

func mayConfirm(a Account) error {
	switch {
	case a.Disabled:
		return LoginDisabled
	case a.MustChange:
		return MustChange
	}
	return nil
}

// samePerson also knows somebody who has two logins: roster and entries name people by their names.
func samePerson(a, b Actor) bool { return sameLogin(a.Login, b.Login) || SameName(a.Name, b.Name) }

// sameLogin: upper and lower case are the same login.
func sameLogin(a, b string) bool { return strings.EqualFold(a, b) }

func (a Account) actor() Actor { return Actor{Login: a.Login, Name: a.Name, Role: a.Role} }

// HandoverStore keeps handovers. Nothing changes or deletes one; each confirmation is evidence.
type HandoverStore interface {
	// LastHandover is the newest one that was confirmed by AT; nil when there was none. A zero AT is now.
	LastHandover(ctx context.Context, at time.Time) (*Handover, error)
	Handover(ctx context.Context, id int64) (Handover, error)
	// Handovers lists them, the newest first, without their sheets.
	Handovers(ctx context.Context, limit int, cursor string) (items []Handover, nextCursor string, err error)
	// AddHandover keeps one that both confirmed. Overtaken when another one came after BEFORE, which
	// is the number of the last one that they knew; 0: none.
	AddHandover(ctx context.Context, h Handover, before int64) (Handover, error)
	// ConfirmHandover keeps that section chief or duty leader take over too; AlreadySaid when one did.
	ConfirmHandover(ctx context.Context, id int64, c Confirmation) (Handover, error)
	// OpenMatters is what is open in the log for a sheet, the most urgent first and of these the newest.
	OpenMatters(ctx context.Context, limit int) (OpenMatters, error)
	// CountShift counts what there was in [from, to): calls by when they came, entries by when they were opened.
	CountShift(ctx context.Context, from, to time.Time) (Counts, error)
}
