package dutylog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dutyline/telephony"
)

// SettledWhy names why nobody has to call a missed caller back any more.
type SettledWhy string

// The closed set of reasons. The first four the log finds out by itself or from what is written
// anyway; the others are said by a person.
const (
	SettledByCallBack SettledWhy = "called_back"    // an outgoing call to the number was answered
	SettledByCaller   SettledWhy = "called_again"   // the same number called again and was answered at the duty phone
	SettledByEntry    SettledWhy = "entry_complete" // somebody closed its entry as of a kind that wants no call back; in older logs, any entry that was complete
	NeverMissed       SettledWhy = "not_missed"     // the journal showed that it was answered after all
	OtherPhone        SettledWhy = "other_phone"    // called back from a phone that the log does not see
	CalledFromOther   SettledWhy = "other_number"   // the caller called again from another number
	OtherWay          SettledWhy = "other_way"      // reached by another way than the telephone
	NoNumber          SettledWhy = "no_number"      // nobody knows whom to call
	NotNeeded         SettledWhy = "not_needed"     // a call back would serve nothing
	NobodyReached     SettledWhy = "nobody_reached" // it was tried, and somebody says that it is given up
)

// settledByHand are the reasons that a person gives, and whether these need words beside them.
var settledByHand = []struct {
	why  SettledWhy
	text bool
}{{OtherPhone, true}, {CalledFromOther, true}, {OtherWay, true}, {NoNumber, false}, {NobodyReached, true}, {NotNeeded, true}}

// SettledByHand lists the reasons that a person may give, in the order in which the page offers them.
func SettledByHand() []SettledWhy {
	all := make([]SettledWhy, len(settledByHand))
	for i, r := range settledByHand {
		all[i] = r.why
	}
	return all
}

// MissedCall is a call that nobody at the duty phone took 未接来电, and whether its caller was called back.
type MissedCall struct {
	Call      Call
	SettledAt time.Time // zero: somebody has to call back
	Why       SettledWhy
	ByCall    string // the call that settled it
	Text      string
	By        Actor
}

// Settlement is what a person says of a missed call.
type Settlement struct {
	Why  SettledWhy
	Text string
}

// Fits says why somebody cannot say this of a call; nil: they can.
func (s Settlement) Fits(c telephony.Call) error {
	if s.Why == NoNumber && !c.Caller.Withheld() && (c.Caller.E164 != "" || c.Caller.Raw != "") {
		return &InvalidError{Field: "why", Reason: "the call has a number: call it back, or say why nobody does"}
	}
	return nil
}

// Check cleans what somebody says and refuses what says too little.
func (s Settlement) Check() (Settlement, error) {
	text, err := CleanNote("text", s.Text)
	if err != nil {
		return s, err
	}
	at := slices.IndexFunc(settledByHand, func(r struct {
		why  SettledWhy
		text bool
	}) bool {
		return r.why == s.Why
	})
	switch {
	case at < 0:
		return s, &InvalidError{Field: "why", Reason: fmt.Sprintf("%.40q is no reason that a person gives: choose %s", s.Why, orList(SettledByHand()))}
	case s.Why == OtherPhone && text == "":
		return s, &InvalidError{Field: "text", Reason: "say who called back, from which telephone and when: no call of the log shows it"}
	case s.Why == CalledFromOther && text == "":
		return s, &InvalidError{Field: "text", Reason: "say from which number the caller called again, and when: the log does not know that it was them"}
	case settledByHand[at].text && text == "":
		return s, &InvalidError{Field: "text", Reason: "say in a few words how the caller was reached, or why no call back is needed"}
	}
	s.Text = text
	return s, nil
}

// WantsCallBack reports whether a call is over, and its caller spoke with nobody at the duty phone.
func WantsCallBack(c telephony.Call) bool {
	return c.Direction == telephony.Inbound && c.Ended() && PhaseOf(c) == Unanswered && OpensEntry(c)
}

// LateCallBack is until when after its end a missed call is called back in time 及时回拨, where the scoring rules say nothing.
const LateCallBack = 30 * time.Minute

// wantNoCallBack are the kinds by which whoever chooses one says that nobody is to be called back.
var wantNoCallBack = []Kind{KindWrongNumber, KindNuisance, KindSpotCheck}

// ClosedWithoutCallBack reports whether somebody closed a missed call's entry as of a kind that wants no call
// back. What is typed into a field settles nothing, however it reads: 已回拨3次，均无人接听 reached nobody, and
// no program can tell such words from others. That the caller was reached is shown by a call, or said of the
// missed call itself, with a reason.
func ClosedWithoutCallBack(e Entry) bool {
	return e.State == Complete && e.KindChosen && slices.Contains(wantNoCallBack, e.Kind)
}

// Settles decides whether a call is the one by which a missed caller was reached, and why. A trunk
// that does not show the answer of the far end proves nothing: then a person has to say it.
func Settles(missed, c telephony.Call) (SettledWhy, bool) {
	n := OtherSide(c)
	switch {
	case !WantsCallBack(missed) || !c.Ended() || c.ID == missed.ID || !OpensEntry(c):
		return "", false
	case c.AnsweredAt.IsZero() || c.AnsweredAt.Before(missed.OfferedAt):
		return "", false
	case missed.Caller.Withheld() || !sameNumber(n, missed.Caller):
		return "", false
	case c.Direction == telephony.Outbound && c.Outcome == telephony.PlacedAnswered && !slices.Contains(c.Findings, telephony.SupervisionUnreliable):
		return SettledByCallBack, true
	case c.Direction == telephony.Inbound && PhaseOf(c) == Answered:
		return SettledByCaller, true
	}
	return "", false
}

// sameNumber compares as far as the numbers are known.
func sameNumber(a, b telephony.Number) bool {
	if a.E164 != "" || b.E164 != "" {
		return a.E164 == b.E164
	}
	return a.Raw == b.Raw
}

// MissedQuery selects missed calls, newest first.
type MissedQuery struct {
	From, To time.Time // offered in [From, To); zero: not bounded
	Waiting  bool      // only those whose caller was not called back
	Limit    int       // 1..500; 0 means 50
	Cursor   string
}

// MissedStore keeps which missed callers were called back. Every change of it is evidence.
type MissedStore interface {
	// MissedCalls lists them; waiting is how many are still to be called back in all.
	MissedCalls(ctx context.Context, q MissedQuery) (items []MissedCall, waiting int, nextCursor string, err error)
	// SettleMissed keeps what a person says of one. ErrExists when it is settled already.
	SettleMissed(ctx context.Context, callID string, s Settlement, by Actor) (MissedCall, error)
}

// BackState is where the call back 回拨 stands that a caller is owed who did not get through. Every list, figure, sheet
// and gauge goes by these three and by nothing else.
type BackState string

// The closed set of states.
const (
	BackWaits   BackState = "waiting" // 待回拨: nobody spoke with the caller, and nobody said why that is not needed or possible
	BackReached BackState = "reached" // 已联系上: somebody spoke with the caller afterwards, as a call shows or a person says
	BackSettled BackState = "settled" // 无需或无法回拨: nobody spoke with the caller, and somebody said why; charged to nobody
)

// BackOf is the state of a call back that was settled then, for that reason; zero: it is not settled.
func BackOf(settled time.Time, why SettledWhy) BackState {
	switch {
	case settled.IsZero():
		return BackWaits
	case why.reached():
		return BackReached
	}
	return BackSettled
}

// Back is where the call back of a missed call stands.
func (m MissedCall) Back() BackState { return BackOf(m.SettledAt, m.Why) }

// Back is where the call back of a missed call stands.
func (m MissedFact) Back() BackState { return BackOf(m.Settled, m.Why) }

// Stated reports whether a person says that the caller was reached, and no call of the log shows it: when that was is
// not measured.
func (w SettledWhy) Stated() bool {
	return w == OtherPhone || w == CalledFromOther || w == OtherWay
}

// reached reports whether somebody spoke with the caller afterwards, by whatever way. That an entry is
// complete, or that no call back was needed or possible, is no such thing.
func (w SettledWhy) reached() bool {
	return slices.Contains([]SettledWhy{SettledByCallBack, SettledByCaller, OtherPhone, CalledFromOther, OtherWay}, w)
}
