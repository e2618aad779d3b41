package main_test

import (
	"fmt"
	"slices"
	"time"
)

// truth is what the two SIP peers of a call saw, by the machine's clock. Zero times did not
// happen.
type truth struct {
	Caller string // its number, which no other call has
	Plan   fate
	Media  bool // both sides sent sound while they talked

	InvitedAt, TryingAt, RingingAt, AnsweredAt time.Time // the caller: INVITE, first response, 180, 200
	LeftAt                                     time.Time // the caller sent CANCEL
	HungUpAt                                   time.Time // the first BYE
	HungUpBy                                   string    // "caller" or "officer"
	OverAt                                     time.Time // the caller's side is over
	Status                                     int       // the final status that the caller was given; 0: none
	Retransmits                                int       // how often INVITE was said again because nothing came back
	Cut                                        bool      // the caller waited in vain for the end

	PhoneInvited                              int
	PhoneInvitedAt, PhoneRangAt, PhoneFinalAt time.Time
	PhoneStatus                               int // the phone's final status
}

func (t *truth) sayBye(by string) {
	if t.HungUpBy == "" {
		t.HungUpBy = by
	}
}

// The rule of the bench's line: bursts of 200 ms every 500 ms, three allowed.
const (
	ringOn, ringOff = 200 * time.Millisecond, 300 * time.Millisecond
	ringLimit       = 3 * (ringOn + ringOff)
	ringUncertainty = 50 * time.Millisecond
)

// How far the log may be from the peers: a peer's clock reading and the switch's are taken by
// different processes on a machine that is kept busy.
const (
	verdictSlack = 200 * time.Millisecond // around the limit both verdicts are right
	ringSlack    = 400 * time.Millisecond
	talkSlack    = 600 * time.Millisecond
)

// answered reports whether both sides agree that they talked.
func (t truth) answered() bool { return !t.AnsweredAt.IsZero() && t.PhoneStatus == 200 }

// reached reports whether the switch ever said anything to this call.
func (t truth) reached() bool { return !t.TryingAt.IsZero() || t.PhoneInvited > 0 }

// failed reports whether the caller was refused or left without an end although neither the
// phone nor the caller wanted it so.
func (t truth) failed() bool {
	switch {
	case !t.LeftAt.IsZero() || t.Status == 200 && t.PhoneStatus == 200 && !t.Cut:
		return !t.LeftAt.IsZero() && t.Cut
	case t.Cut || t.Status == 0 || t.PhoneInvited == 0:
		return true
	}
	return t.PhoneStatus == 200 // picked up, and the caller does not know it
}

// verdicts are the outcomes that tell the truth about this call; more than one where the
// truth lies too close to the limit.
func (t truth) verdicts() []string {
	rang := !t.PhoneRangAt.IsZero()
	switch {
	case t.PhoneStatus == 200 && t.AnsweredAt.IsZero():
		return []string{"unknown", "answered_in_time", "answered_late", "abandoned_early", "missed"} // cut while it was answered
	case t.answered():
		return byLimit(t.PhoneFinalAt.Sub(t.PhoneRangAt), "answered_in_time", "answered_late")
	case t.PhoneStatus == 486 && !rang:
		return []string{"engaged"}
	case t.PhoneStatus == 603:
		return []string{"rejected"}
	case t.PhoneStatus == 480 && !rang:
		return []string{"unreachable"}
	case !t.LeftAt.IsZero() && !rang && !t.Cut:
		return []string{"abandoned_early"}
	case !t.LeftAt.IsZero() && !t.Cut:
		return byLimit(t.LeftAt.Sub(t.PhoneRangAt), "abandoned_early", "missed")
	case t.Cut || t.Status == 0:
		return []string{"unknown"} // the switch died: nobody can know what would have been
	case t.PhoneStatus == 487:
		return []string{"missed"} // the switch stopped ringing
	}
	return []string{"unknown", "unreachable"}
}

func byLimit(rang time.Duration, in, late string) []string {
	switch {
	case rang < ringLimit-verdictSlack:
		return []string{in}
	case rang > ringLimit+verdictSlack:
		return []string{late}
	}
	return []string{in, late}
}

// hangupBy is who may be named as the one who ended the call; nil: nothing is known.
func (t truth) hangupBy() []string {
	switch {
	case t.Cut:
		return nil
	case t.answered() && t.HungUpBy != "":
		return []string{t.HungUpBy}
	case !t.LeftAt.IsZero() && t.PhoneStatus == 487:
		return []string{"caller"}
	case t.PhoneStatus == 603:
		return []string{"officer"}
	}
	return nil
}

// logged is what the duty log holds of one call.
type logged struct {
	ID, Caller, Outcome, HangupBy string
	OfferedAt, RangAt, RangUntil  time.Time
	AnsweredAt, EndedAt           time.Time
	Findings                      []string
	Recording, RecordingReason    string // status; why it is not sealed
	RecordingFor                  time.Duration
	CallerDB, OfficerDB           float64 // the loudest of each side; 0: not known
}

// against says what is wrong with this call in the log; empty: it is the truth.
func (l logged) against(t truth) string {
	if l.EndedAt.IsZero() {
		return "it never ended"
	}
	if want := t.verdicts(); !slices.Contains(want, l.Outcome) {
		return fmt.Sprintf("it is logged as %s, was %v", l.Outcome, want)
	}
	if want := t.hangupBy(); want != nil && l.HangupBy != "" && !slices.Contains(want, l.HangupBy) {
		return fmt.Sprintf("%s is said to have hung up, it was %v", l.HangupBy, want)
	}
	if rang, sure := t.rangFor(); sure && !l.RangAt.IsZero() && !l.RangUntil.IsZero() {
		if said := l.RangUntil.Sub(l.RangAt); (said - rang).Abs() > ringSlack {
			return fmt.Sprintf("it is said to have rung for %v, was %v", said, rang)
		}
	}
	if t.answered() && !t.HungUpAt.IsZero() && !l.AnsweredAt.IsZero() && !slices.Contains(l.Findings, "end_not_seen") {
		said, talked := l.EndedAt.Sub(l.AnsweredAt), t.HungUpAt.Sub(t.AnsweredAt)
		if !t.Cut && (said-talked).Abs() > talkSlack {
			return fmt.Sprintf("it is said to have lasted for %v, was %v", said, talked)
		}
	}
	return ""
}

// rangFor is how long the phone rang, where both ends of it are known.
func (t truth) rangFor() (time.Duration, bool) {
	switch {
	case t.PhoneRangAt.IsZero() || t.PhoneFinalAt.IsZero() || t.Cut || t.failed():
		return 0, false
	}
	return t.PhoneFinalAt.Sub(t.PhoneRangAt), true
}

// Both ends of a torture's talk hum, at -12 dB: a recording of this length that is so quiet lost one.
const (
	voiceFrom  = time.Second
	voiceLeast = -40.0 // dB
)

// mute is the side of the recording without a voice; empty: both have theirs.
func (l logged) mute() string {
	switch {
	case l.CallerDB < voiceLeast:
		return "caller"
	case l.OfficerDB < voiceLeast:
		return "officer"
	}
	return ""
}

// recordingAgainst says why a talk with sound has no recording that counts; empty: it has one.
// hurt: the switch died during the call, so a part of it may be gone with it.
func (l logged) recordingAgainst(t truth, hurt bool) string {
	explained := slices.ContainsFunc(l.Findings, func(f string) bool { return f == "recording_missing" || f == "recording_short" })
	talked := t.HungUpAt.Sub(t.AnsweredAt)
	switch {
	case l.Recording == "sealed" && t.HungUpAt.IsZero():
		return ""
	case l.Recording == "sealed" && l.RecordingFor < talked-time.Second && !explained:
		return fmt.Sprintf("its recording has %v of %v and no finding says so", l.RecordingFor, talked)
	case l.Recording == "sealed" && l.RecordingFor < talked-time.Second && !hurt:
		return fmt.Sprintf("its recording has %v of %v although the switch lived", l.RecordingFor, talked)
	case l.Recording == "sealed" && l.RecordingFor >= voiceFrom && !hurt && l.mute() != "":
		return fmt.Sprintf("its recording of %v has no sound of the %s, who hummed all the time", l.RecordingFor, l.mute())
	case l.Recording == "sealed":
		return ""
	case hurt && explained && l.RecordingReason != "":
		return ""
	case hurt && l.Outcome == "unknown" && l.Recording == "none" && l.RecordingReason != "":
		return "" // nobody saw that it was answered, and it is said so
	case explained && !hurt:
		return fmt.Sprintf("its recording is %s (%s) although the switch lived", l.Recording, l.RecordingReason)
	}
	return fmt.Sprintf("its recording is %q (%s) and no finding says why", l.Recording, l.RecordingReason)
}

// silenceAgainst says what is left open about a talk of which neither side sent any sound: its file may have been
// sealed, or be of no use, or be gone, and each of these is said.
func (l logged) silenceAgainst() string {
	switch {
	case l.Recording == "sealed":
		return ""
	case l.Recording == "missing" && l.RecordingReason != "" && slices.Contains(l.Findings, "recording_missing"):
		return ""
	case l.Recording == "none" && l.RecordingReason != "" && l.Outcome == "unknown":
		return "" // nobody saw that it was answered, and it is said so
	}
	return fmt.Sprintf("what became of the recording of its silence is not said: %q (%s)", l.Recording, l.RecordingReason)
}
