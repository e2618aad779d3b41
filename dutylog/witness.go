package dutylog

import (
	"context"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// WitnessStore keeps what was seen of calls beside their events.
type WitnessStore interface {
	// CallWitness is that of one call; ErrNotFound where nothing was kept: nobody looked, or it is of an
	// older program.
	CallWitness(ctx context.Context, callID string) (telephony.Witness, error)
}

// Moment is one moment of a call that its verdict rests on, by everything that saw it. Zero times: it
// did not happen there, or it is not known there.
type Moment struct {
	Name    MomentName
	Judged  time.Time // as the log has it
	SIP     time.Time // by the SIP messages
	Journal time.Time // by the switch's own journal, judged anew
}

// MomentName says which moment it is.
type MomentName string

// The closed set of moments.
const (
	MomentOffered  MomentName = "offered"  // the call reached the switch
	MomentRang     MomentName = "rang"     // the duty phone began to ring
	MomentQuiet    MomentName = "quiet"    // it stopped
	MomentAnswered MomentName = "answered" // it was picked up
	MomentEnded    MomentName = "ended"
)

// MomentsOf puts the moments of an incoming call side by side. JOURNAL is the call as the journal alone
// has it; nil: it has nothing of it.
func MomentsOf(c telephony.Call, sip []telephony.SIPMoment, journal *telephony.Call) []Moment {
	if journal == nil {
		journal = &telephony.Call{}
	}
	answer := firstOf(sip, func(m telephony.SIPMoment) bool { return !m.In && strings.HasPrefix(m.What, "2") })
	ended := firstOf(sip, func(m telephony.SIPMoment) bool {
		return m.What == "BYE" || m.In && (m.What == "CANCEL" || m.What >= "300" && m.What < "700")
	})
	quiet := firstOf(sip, func(m telephony.SIPMoment) bool {
		return !m.In && (m.What == "CANCEL" || m.What >= "200" && m.What < "700")
	})
	return []Moment{
		{MomentOffered, c.OfferedAt, firstOf(sip, func(m telephony.SIPMoment) bool { return m.In && m.What == "INVITE" }), journal.OfferedAt},
		{MomentRang, c.RangAt, firstOf(sip, func(m telephony.SIPMoment) bool { return !m.In && m.What == "180" }), journal.RangAt},
		{MomentQuiet, c.RangUntil, quiet, journal.RangUntil},
		{MomentAnswered, c.AnsweredAt, answer, journal.AnsweredAt},
		{MomentEnded, c.EndedAt, ended, journal.EndedAt},
	}
}

// firstOf is when the first message of a kind was sent; zero: there is none.
func firstOf(sip []telephony.SIPMoment, is func(telephony.SIPMoment) bool) time.Time {
	if i := slices.IndexFunc(sip, is); i >= 0 {
		return sip[i].At
	}
	return time.Time{}
}
