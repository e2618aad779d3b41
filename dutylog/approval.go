package dutylog

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// ApprovalKind is what one person alone may not do: it is asked for by one and approved by another.
type ApprovalKind string

// The closed set of what takes two persons.
const (
	ToErase   ApprovalKind = "erase"        // text of an entry, for good
	ToRelease ApprovalKind = "release_hold" // what is under a legal hold may expire again
)

// ApprovalState is how far a request has come.
type ApprovalState string

// The closed set of states.
const (
	Undecided  ApprovalState = "waiting"  // nobody decided yet
	Approved   ApprovalState = "approved" // and not carried out yet
	Declined   ApprovalState = "declined"
	Expired    ApprovalState = "expired" // nobody decided in time, or what was approved was not carried out in time
	CarriedOut ApprovalState = "done"
)

// ApprovalLasts is for how long a request waits for its decision, and after that for being carried out.
const ApprovalLasts = 24 * time.Hour

// Approval is a request, and what became of it.
type Approval struct {
	ID          int64
	Kind        ApprovalKind
	EntryID     string
	EntryNumber EntryNumber
	Fields      []Field // to erase; empty: everything
	Recording   bool    // as well, see ErasureOrder
	Reason      string
	By          Actor // who asked
	At          time.Time

	Approves  bool // what the decision says
	DecidedBy Actor
	DecidedAt time.Time // zero: not yet
	Note      string    // of who decided
	DoneAt    time.Time // zero: not yet
	Outcome   string    // what came of it, for instance the number of the decision that erased
}

// ApprovalQuery selects requests, the newest first; zero fields select all.
type ApprovalQuery struct {
	EntryID string
	Waiting bool // only those that wait for a decision, or for being carried out
	Limit   int
	Cursor  string
}

// ApprovalStore keeps requests and decisions for ever.
type ApprovalStore interface {
	// Ask keeps a request; what would be refused later is refused now.
	Ask(ctx context.Context, a Approval) (Approval, error)
	// Decide keeps the decision of a second person. A hold is released by it; an erasure is carried
	// out later, at the machine.
	Decide(ctx context.Context, id int64, approves bool, note string, by Actor) (Approval, error)
	Approval(ctx context.Context, id int64) (Approval, error)
	Approvals(ctx context.Context, q ApprovalQuery) (items []Approval, nextCursor string, err error)
}

// ApprovalReason is why a request is not decided or not carried out.
type ApprovalReason string

// The closed set of reasons.
const (
	OwnRequest     ApprovalReason = "same_person"
	NotAnApprover  ApprovalReason = "not_an_approver"
	NotAnAsker     ApprovalReason = "not_an_asker"
	AlreadyDecided ApprovalReason = "already_decided"
	AlreadyAsked   ApprovalReason = "already_asked"
	TooLate        ApprovalReason = "too_late"
	NotApproved    ApprovalReason = "not_approved"
	AlreadyDone    ApprovalReason = "already_done"
)

// ApprovalError says why not.
type ApprovalError struct {
	Reason ApprovalReason
	Detail string
}

// Error implements error.
func (e *ApprovalError) Error() string { return e.Detail }

// Askers are the roles that may ask for what takes two persons.
func Askers() []Role { return []Role{Supervisor, Chief, Leader, Admin} }

// Approvers are the roles that may approve what somebody else asked for.
func Approvers() []Role { return []Role{Supervisor, Chief, Leader} }

// State is how far the request has come at a moment.
func (a Approval) State(now time.Time) ApprovalState {
	switch {
	case !a.DoneAt.IsZero():
		return CarriedOut
	case !a.DecidedAt.IsZero() && !a.Approves:
		return Declined
	case !now.Before(a.Until()):
		return Expired
	case !a.DecidedAt.IsZero():
		return Approved
	}
	return Undecided
}

// Until is when it expires, unless something comes of it before.
func (a Approval) Until() time.Time {
	if !a.DecidedAt.IsZero() {
		return a.DecidedAt.Add(ApprovalLasts)
	}
	return a.At.Add(ApprovalLasts)
}

// Order is the erasure that was asked for. Who asked answers for it, and who approved it is with it.
func (a Approval) Order() ErasureOrder {
	return ErasureOrder{EntryID: a.EntryID, Fields: a.Fields, Recording: a.Recording, Reason: a.Reason, By: a.By}
}

// CheckAsk gives the request as it is kept, or says why it cannot be asked for. others are the
// requests about the same entry that stand.
func (a Approval) CheckAsk(e Entry, others []Approval, now time.Time) (Approval, error) {
	if !slices.Contains(Askers(), a.By.Role) {
		return a, &ApprovalError{NotAnAsker, "this is asked for by a supervisor, a section chief, a duty leader or an administrator, with their login"}
	}
	var err error
	switch a.Kind {
	case ToErase:
		var order ErasureOrder
		order, err = a.Order().Check(e)
		a.Reason = order.Reason
	case ToRelease:
		a.Fields, a.Recording = nil, false
		a.Reason, err = e.CheckHold(false, a.Reason)
	default:
		err = &InvalidError{Field: "kind", Reason: "is none: use erase or release_hold"}
	}
	if err != nil {
		return a, err
	}
	for _, o := range others {
		if s := o.State(now); o.Kind == a.Kind && (s == Undecided || s == Approved) {
			return a, &ApprovalError{AlreadyAsked, fmt.Sprintf("this was asked for already: request %d by %s is %s", o.ID, o.By.Name, s)}
		}
	}
	a.At = now
	return a, nil
}

// CheckDecide gives the request with its decision, or says why this person cannot decide now. Two
// logins of one person are one person: the name counts as well.
func (a Approval) CheckDecide(approves bool, note string, by Actor, now time.Time) (Approval, error) {
	note, err := CleanNote("note", note)
	if err != nil {
		return a, err
	}
	switch s := a.State(now); {
	case !slices.Contains(Approvers(), by.Role):
		return a, &ApprovalError{NotAnApprover, "this is decided by a supervisor, a section chief or a duty leader"}
	case by.is(a.By):
		return a, &ApprovalError{OwnRequest, "who asked for it cannot decide it: a second person has to, with their own login"}
	case s == Expired:
		return a, &ApprovalError{TooLate, fmt.Sprintf("request %d has expired: ask for it again", a.ID)}
	case s != Undecided:
		return a, &ApprovalError{AlreadyDecided, fmt.Sprintf("request %d was decided already, by %s", a.ID, a.DecidedBy.Name)}
	}
	a.Approves, a.Note, a.DecidedBy, a.DecidedAt = approves, note, by, now
	return a, nil
}

// CheckCarryOut says whether it may be carried out now.
func (a Approval) CheckCarryOut(now time.Time) error {
	switch a.State(now) {
	case Approved:
		return nil
	case Undecided:
		return &ApprovalError{NotApproved, fmt.Sprintf("request %d waits for a second person: approve it on the page 审批, or here with: dutyline approve %d --by LOGIN", a.ID, a.ID)}
	case CarriedOut:
		return &ApprovalError{AlreadyDone, fmt.Sprintf("request %d was carried out already", a.ID)}
	case Declined:
		return &ApprovalError{NotApproved, fmt.Sprintf("request %d was declined by %s", a.ID, a.DecidedBy.Name)}
	}
	return &ApprovalError{TooLate, fmt.Sprintf("request %d has expired: ask for it again", a.ID)}
}
