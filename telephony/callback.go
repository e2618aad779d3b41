package telephony

import (
	"context"
	"slices"
	"strings"
	"time"
)

// callBack begins the id of the channel by which we have the switch ring the duty phone for a call back
// 回拨. When the officer picks up it dials on as if the officer had dialled, and is an outgoing call of
// the line like any other; until then it is nobody's call.
const callBack = "dutyline.back."

// CallBackID is the id of such a channel.
func CallBackID(name string) string { return callBack + name }

// IsCallBack reports whether a channel was made to call somebody back.
func IsCallBack(channel string) bool { return strings.HasPrefix(channel, callBack) }

// CallBack is a call that the switch places: the duty phone first, then the number.
type CallBack struct {
	ID     string // see CallBackID; the same again is the same call
	Phone  string // the duty phone, for instance "PJSIP/duty"
	Number string // digits; see Dialable
	Ring   time.Duration
}

// CallBacker places call backs. They run in the switch's dialplan and never in an application of ours,
// so that one whose phone was picked up goes on whatever becomes of us. None retries.
type CallBacker interface {
	// CallBack lets the duty phone ring, and returns as soon as the switch has taken that on.
	CallBack(ctx context.Context, c CallBack) error
	// DropCallBack lets the phone stop ringing; a call back that was picked up is left alone, and one
	// that is not there (any more) is no error.
	DropCallBack(ctx context.Context, id string) error
	// InUse reports whether anybody's call is on an endpoint now; ErrNotFound when there is no such endpoint.
	InUse(ctx context.Context, endpoint string) (bool, error)
}

// CallBackRefusal is why nobody is called back now.
type CallBackRefusal string

// The closed set of refusals.
const (
	BackNoLine    CallBackRefusal = "no_such_line"
	BackNoNumber  CallBackRefusal = "no_number"
	BackBadNumber CallBackRefusal = "bad_number"
	BackOwnNumber CallBackRefusal = "own_number"
	BackUnseen    CallBackRefusal = "line_unseen"
	BackLineInUse CallBackRefusal = "line_in_use"
	BackPhoneAway CallBackRefusal = "phone_away"
	BackNoPhone   CallBackRefusal = "phone_unnamed"
	BackRinging   CallBackRefusal = "already_ringing"
	BackStopping  CallBackRefusal = "stopping"
)

var callBackRefusals = map[CallBackRefusal]string{
	BackNoLine:    "there is no such line",
	BackNoNumber:  "the caller gave no number: nobody knows whom to call",
	BackBadNumber: "this is no number that can be dialled from here: dial it by hand if it is right",
	BackOwnNumber: "this is the duty line's own number",
	BackUnseen:    "the switch is not seen now, so nobody knows whether the duty phone is free: dial by hand",
	BackLineInUse: "the line is in use, or somebody calls at this moment: call back after that",
	BackPhoneAway: "the duty phone cannot be reached: see whether it is plugged in",
	BackNoPhone:   "the configuration names the duty phones by a pattern: name one of them first, so that one can ring",
	BackRinging:   "the duty phone rings for a call back already: pick it up",
	BackStopping:  "the daemon is being stopped",
}

// Error is the sentence for people.
func (r CallBackRefusal) Error() string { return callBackRefusals[r] }

// Standing is what decides whether the duty phone may ring for a call back.
type Standing struct {
	State   State // of the line
	Calls   int   // of the line that run, whether or not they ring yet
	InUse   bool  // the switch has a channel on the duty phone
	Ringing bool  // it rings for a call back
}

// MayRing decides it; empty when it may. A caller comes before a call back in every case.
func (s Standing) MayRing() CallBackRefusal {
	switch {
	case s.Ringing:
		return BackRinging
	case s.State == LineStateUnknown || s.State == "":
		return BackUnseen
	case s.Calls > 0 || s.State == Ringing || s.State == Talking:
		return BackLineInUse
	case s.State == LineUnreachable:
		return BackPhoneAway
	case s.InUse:
		return BackLineInUse // the receiver is off, or somebody dials at this moment
	}
	return ""
}

// Dialable is how a number of the network is dialled from a line, digits only; or why it is not. Service
// codes, foreign numbers and what cannot be normalized are never dialled by the switch for anybody.
func Dialable(n Number, l Line) (digits string, why CallBackRefusal) {
	within, chinese := strings.CutPrefix(n.E164, "+"+country)
	own := ParseNumber(l.Number, l.AreaCode)
	switch {
	case n.Withheld():
		return "", BackNoNumber
	case n.E164 != "" && n.E164 == own.E164 || n.Raw == own.Raw:
		return "", BackOwnNumber
	case n.E164 == "":
		return extension(n.Raw)
	case !chinese:
		return "", BackBadNumber
	case national.MatchString(within), arealess(within) && !fixed.MatchString(within): // 010-66660001 looks like a sender of messages, 106…
		return within, ""
	case l.AreaCode != "" && strings.TrimPrefix(l.AreaCode, "0")+n.Core() == within:
		return n.Core(), ""
	}
	return "0" + within, ""
}

// extension is a short number within the house.
func extension(raw string) (string, CallBackRefusal) {
	digits, plus, ok := dialled(raw)
	if !ok || plus || len(digits) < 3 || len(digits) > 6 || strings.HasPrefix(digits, "0") {
		return "", BackBadNumber
	}
	return digits, ""
}

// CallersFirst reports whether a change is about a caller who has to get through to the line's phone, so
// that it must not ring for anything else.
func CallersFirst(ch Change, line string) bool {
	return ch.Call != nil && ch.Call.Line == line && ch.Call.Direction == Inbound && slices.Contains([]ChangeKind{CallOffered, CallRang}, ch.Kind)
}
