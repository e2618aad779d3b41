package recorder

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

const (
	shortBy     = time.Second            // a recording may lack this much of the talk time …
	shortPart   = 100                    // … plus one hundredth of it (clocks, media start)
	speechLeast = 150 * time.Millisecond // less sound than this is a click, not a voice
	judgedFrom  = 2 * time.Second        // shorter talks may well have a silent side
)

// Judge says what is wrong with a sealed recording of a call that lasted talk. A call of which
// no answer is known (talk zero) promised nothing. Where the talk was not measured the
// recording itself says how long it was: its length proves nothing, its silence does.
func Judge(talk time.Duration, far, officer Level) []telephony.Finding {
	var found []telephony.Finding
	if talk <= 0 {
		return nil
	}
	if min(far.Duration, officer.Duration) < talk-shortBy-talk/shortPart {
		found = append(found, telephony.RecordingShort)
	}
	if talk == talkUnmeasured {
		talk = max(far.Duration, officer.Duration)
	}
	if talk < judgedFrom {
		return found
	}
	if far.Audible < speechLeast {
		found = append(found, telephony.SilentCallerSide)
	}
	if officer.Audible < speechLeast {
		found = append(found, telephony.SilentOfficerSide)
	}
	return found
}

// Unheard says which side is not heard in what was recorded, as Judge found it.
func (r Recording) Unheard() (caller, officer bool) {
	return slices.Contains(r.Findings, telephony.SilentCallerSide), slices.Contains(r.Findings, telephony.SilentOfficerSide)
}

// TellsVoices reports whether the talk was long enough to say that both sides are heard.
func (r Recording) TellsVoices() bool { return max(r.Talk, r.Duration) >= judgedFrom }

// after is a side without what was recorded before the answer.
func (l Level) after(lead time.Duration) Level {
	l.Duration = max(0, l.Duration-lead)
	return l
}

// Step is what to do with a recording next.
type Step string

// The closed set of steps.
const (
	StepSeal  Step = "seal"  // merge and seal what was received
	StepWait  Step = "wait"  // try again later
	StepEmpty Step = "empty" // nothing was recorded and nothing was to be: remove the empty files
	StepLost  Step = "lost"  // something was to be recorded and is not there
)

// Cause is the named reason of a Verdict.
type Cause string

// The closed set of causes.
const (
	CauseWhole      Cause = "whole"       // both sides are there and whole
	CauseSalvaged   Cause = "salvaged"    // a side is cut but changes no more: keep what there is
	CauseOneSide    Cause = "one_side"    // one side is absent or has no sample: keep the other
	CauseNotYet     Cause = "not_yet"     // the switch may still be storing it
	CauseGrowing    Cause = "growing"     // a side is still being written
	CauseNeverCame  Cause = "never_came"  // the switch never stored it
	CauseNoAudio    Cause = "no_audio"    // the files are there, without a sample
	CauseUnanswered Cause = "unanswered"  // nobody answered and nothing was recorded
	CauseMachine    Cause = "unannounced" // nobody answered, but there is audio: keep it
)

// Verdict is a step and why it is taken.
type Verdict struct {
	Step   Step
	Cause  Cause
	Reason string // a finished sentence where somebody should read one
}

// patience is how many tries (some 13 s) the switch has to store a side. After them a 404 is
// believed, because the call is long over.
const patience = 5

// quietTries is how often (some 0.4 s) the switch may not be ready without anybody being told.
const quietTries = 3

// withoutSound is the number of tries at which a side that is stored and has no sample is
// believed to have none. Where the first try finds it so, the next one is the last: the switch
// writes a running recording at least every 2.05 s, so what is empty 2.5 s after the call stays
// so, and each question costs the switch a look at every file of its folder.
const withoutSound = 4

// Settled is how long a cut file must stay unchanged before it is believed to be all there is.
// The switch writes a running recording at least every 2.05 s.
const Settled = 10 * time.Second

// Assess decides what to do with what was received. r.Attempts counts the tries before this
// one; unchanged is for how long both sides have had their present sizes. What was recorded by
// snooping begins before the answer, so that of an unanswered call it holds the bell at most.
func Assess(r Recording, by By, far, officer Received, unchanged time.Duration) Verdict {
	late := r.Attempts >= patience || r.Attempts >= withoutSound && far.State == Whole && officer.State == Whole
	cut := far.State == Unfinished || officer.State == Unfinished
	empty := far.Samples == 0 && officer.Samples == 0
	never := Verdict{StepLost, CauseNeverCame,
		saysNeverCame + " of this answered call: check that its recording folder can be written and is not full"}
	if by == BySnoop {
		never.Reason += ", and see whether this daemon was away when the call came, for nobody else records here (recording.by is snoop)"
	}
	mute := Verdict{StepLost, CauseNoAudio,
		saysNoAudio + ": check the media path (codecs, NAT, firewall) between switch, trunk and phone"}
	if cut || r.Talk == talkUnmeasured {
		mute.Reason = saysNoAudio + ": the switch crashed or was ended in mid-call before it wrote any" +
			" (a file without its end, or a talk whose end nobody saw); only if it ran on, check the media path (codecs, NAT, firewall)"
	}
	if r.Talk == 0 { // no answer is known, so nothing is missed
		never = Verdict{StepEmpty, CauseUnanswered, ""}
		if r.Status == Pending {
			never.Reason = saysPerhaps
		}
		mute = never
	}
	switch {
	case r.Status == None && (empty || by == BySnoop):
		return Verdict{StepEmpty, CauseUnanswered, ""}
	case far.State == Absent && officer.State == Absent:
		return patiently(late, never)
	case cut && unchanged < Settled:
		return Verdict{StepWait, CauseGrowing, saysGrowing + "; it is fetched when it is complete"}
	case empty:
		return patiently(late, mute)
	case far.Samples == 0 || officer.Samples == 0:
		return patiently(late, Verdict{StepSeal, CauseOneSide,
			fmt.Sprintf("%s of the %s side; that channel is silent", saysOneSide, emptySide(far))})
	case cut:
		return Verdict{StepSeal, CauseSalvaged, saysCut + " (crash or full disk); all that was stored is kept"}
	case r.Status == None:
		return Verdict{StepSeal, CauseMachine, ""}
	}
	return Verdict{StepSeal, CauseWhole, ""}
}

// waitsFor reports whether this side alone shows that Assess will wait.
func waitsFor(r Recording, side Received) bool {
	late := r.Attempts >= patience || r.Attempts >= withoutSound && side.State == Whole
	return r.Status == Pending && !late && side.Samples == 0
}

// patiently waits with a final verdict until the switch has had its time.
func patiently(late bool, final Verdict) Verdict {
	if late {
		return final
	}
	return Verdict{StepWait, CauseNotYet, "the switch has not stored both sides yet; they are fetched when they are there"}
}

func emptySide(far Received) string {
	if far.Samples == 0 {
		return "caller's"
	}
	return "officer's"
}

// padNote says how much of the shorter side is padding; empty when both are equally long.
func padNote(far, officer Level) string {
	short, by := "caller's", officer.Duration-far.Duration
	if by < 0 {
		short, by = "officer's", -by
	}
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("the %s side ended %s earlier and is padded with silence", short, by)
}

// sentences joins what is to be said about one recording.
func sentences(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}
