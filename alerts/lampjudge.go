package alerts

import (
	"slices"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// OfLine judges the lamps of a line. It is pure.
func (r HealthRule) OfLine(f LineFacts, now time.Time) []Judgement {
	return []Judgement{ofPhone(f), r.ofHook(f, now), ofEngaged(f), ofDevice(f), ofTrunk(f), ofProof(f), r.ofRecord(f, now)}
}

// OfHouse judges the lamps that all lines share.
func (r HealthRule) OfHouse(f HouseFacts) []Judgement {
	return []Judgement{ofJournal(f), ofDisk(f), ofClock(f), ofPage(f), r.ofOfficer(f), ofBeat(f)}
}

func blind(f LineFacts) bool {
	return f.State.State == telephony.LineStateUnknown || f.State.State == ""
}

func ofPhone(f LineFacts) Judgement {
	switch {
	case blind(f):
		return Judgement{Cause: PhoneUnseen}
	case slices.Contains(f.Faults, telephony.EndpointMissing):
		return Judgement{Cause: PhoneMissing}
	case f.State.State == telephony.LineUnreachable:
		return Judgement{Cause: PhoneAway, At: f.State.Since}
	case slices.Contains(f.Faults, telephony.QualifyOff):
		return Judgement{Cause: PhoneUnqualified}
	}
	return Judgement{Cause: PhoneWell}
}

// ofHook says what can be known of a handset from a switch: a phone tells it only when it dials or
// is called. What rings, talks or is refused later than the sign proves the contrary.
func (r HealthRule) ofHook(f LineFacts, now time.Time) Judgement {
	if blind(f) || f.State.State == telephony.LineUnreachable || f.Log == nil {
		return Judgement{Cause: HookUnseen}
	}
	for _, c := range f.Log.Recent {
		switch {
		case c.Direction == telephony.Outbound && !c.Ended() && c.AnsweredAt.IsZero() && f.Line.Supervision != telephony.SupervisionNone:
			if now.Sub(c.OfferedAt) >= r.OffHookAfter {
				return Judgement{Cause: HookOff, At: c.OfferedAt}
			}
			return Judgement{Cause: HookWell}
		case slices.Contains(c.Findings, telephony.BusyWithoutCall):
			return Judgement{Cause: HookRefuses, At: c.OfferedAt}
		case c.Direction == telephony.Outbound || !c.RangAt.IsZero() || !c.AnsweredAt.IsZero():
			return Judgement{Cause: HookWell}
		}
	}
	return Judgement{Cause: HookWell}
}

func ofEngaged(f LineFacts) Judgement {
	if f.Log == nil {
		return Judgement{Cause: EngagedUnseen}
	}
	j, n := Judgement{Cause: EngagedNot}, 0
	for _, a := range f.Log.Open {
		if a.Reason == ReasonEngagedRefused && a.Finding != telephony.BusyWithoutCall {
			n += max(a.Times, 1)
			j = Judgement{Cause: EngagedRefused, At: earliest(j.At, a.At), Detail: strconv.Itoa(n)}
		}
	}
	return j
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// ofDevice stays bad until somebody has taken on what was told: afterwards nobody can see any more
// whose phone it was.
func ofDevice(f LineFacts) Judgement {
	moved := Judgement{}
	if f.Log != nil {
		for _, a := range f.Log.Open {
			switch a.Reason {
			case ReasonWrongDevice:
				return Judgement{Cause: DeviceStrange, At: a.At, Detail: a.Detail}
			case ReasonMoved:
				moved = Judgement{Cause: DeviceMoved, At: a.At, Detail: a.Detail}
			}
		}
	}
	switch {
	case moved.Cause != "":
		return moved
	case !f.SIP.Wanted:
		return Judgement{Cause: DeviceNoSIP}
	case !f.SIP.Heard || f.Log == nil:
		return Judgement{Cause: DeviceUnseen}
	case !f.SIP.Registered:
		return Judgement{Cause: DeviceUnproved}
	}
	return Judgement{Cause: DeviceWell}
}

// ofTrunk: one trunk that is away is told; all is good only when each is known to be.
func ofTrunk(f LineFacts) Judgement {
	if blind(f) || len(f.Trunks) == 0 {
		return Judgement{Cause: TrunkUnseen}
	}
	j := Judgement{Cause: TrunkWell}
	for _, t := range f.Trunks {
		switch {
		case t.Qualified && t.Known && !t.Online:
			return Judgement{Cause: TrunkAway, Detail: t.Name}
		case !t.Qualified:
			j = Judgement{Cause: TrunkUnqualified, Detail: t.Name}
		case !t.Known && j.Cause == TrunkWell:
			j = Judgement{Cause: TrunkUnseen, Detail: t.Name}
		}
	}
	return j
}

func ofProof(f LineFacts) Judgement {
	if f.Log == nil {
		return Judgement{Cause: ProofUnseen}
	}
	last, proved := LastProof(f.Log.Recent)
	switch {
	case f.Log.Silent:
		return Judgement{Cause: ProofSilent, At: last.At}
	case !proved:
		return Judgement{Cause: ProofNever}
	case last.Test:
		return Judgement{Cause: ProofTest, At: last.At}
	}
	return Judgement{Cause: ProofCall, At: last.At}
}

// Proof is a call that showed that the line works: it came in and the duty phone rang or answered.
type Proof struct {
	At   time.Time
	Test bool // it was one of our own test calls
}

// LastProof is the newest proof of life among calls, the newest first. A test call proves as much
// as a real one.
func LastProof(calls []dutylog.Call) (Proof, bool) {
	for _, c := range calls {
		if c.Direction != telephony.Inbound || slices.Contains(c.Tags, telephony.TagSystem) {
			continue
		}
		switch {
		case !c.RangAt.IsZero():
		case c.Outcome == telephony.AnsweredInTime || c.Outcome == telephony.AnsweredLate:
		default:
			continue
		}
		return Proof{At: c.OfferedAt, Test: slices.Contains(c.Tags, telephony.TagTest)}, true
	}
	return Proof{}, false
}

// ofRecord looks at the newest answered call of which it is decided what became of its recording. A
// talk of a moment and a test call prove that recordings are made, not that both voices are in them:
// for that the talk before counts.
func (r HealthRule) ofRecord(f LineFacts, now time.Time) Judgement {
	if f.Trouble != "" {
		return Judgement{Cause: RecordNone, Detail: f.Trouble}
	}
	if f.Log == nil {
		return Judgement{Cause: RecordUnseen}
	}
	proved := RecordUnseen
	for _, c := range f.Log.Recent {
		if c.AnsweredAt.IsZero() || !c.Ended() || slices.Contains(c.Tags, telephony.TagSystem) {
			continue
		}
		switch c.Recording.Status {
		case recorder.Pending:
			if proved == RecordUnseen && now.Sub(c.EndedAt) >= r.RecordAfter {
				return Judgement{Cause: RecordWaits, At: c.EndedAt, Detail: c.Recording.Reason}
			}
		case recorder.Missing, recorder.Failed:
			if proved == RecordUnseen {
				return Judgement{Cause: RecordNone, At: c.EndedAt, Detail: c.Recording.Reason}
			}
		case recorder.Sealed, recorder.Expired, recorder.Erased:
			proved = RecordWell
			if c.Recording.TellsVoices() && !slices.Contains(c.Tags, telephony.TagTest) {
				return voicesOf(c)
			}
		}
	}
	return Judgement{Cause: proved}
}

// voicesOf says whose voice the recording of a call lacks.
func voicesOf(c dutylog.Call) Judgement {
	switch caller, officer := c.Recording.Unheard(); {
	case caller && officer:
		return Judgement{Cause: RecordNoVoice, At: c.EndedAt}
	case caller:
		return Judgement{Cause: RecordNoCaller, At: c.EndedAt}
	case officer:
		return Judgement{Cause: RecordNoOfficer, At: c.EndedAt}
	}
	return Judgement{Cause: RecordWell}
}

func ofJournal(f HouseFacts) Judgement {
	switch {
	case !f.Journal.Configured:
		return Judgement{Cause: JournalNone}
	case !f.Journal.OK:
		return Judgement{Cause: JournalDown, Detail: f.Journal.Detail}
	}
	return Judgement{Cause: JournalWell}
}

// ofDisk: where the growth is not known yet, there is more than the reserve, which will do.
func ofDisk(f HouseFacts) Judgement {
	switch f.Disk {
	case recorder.RoomPlenty, recorder.RoomUnknown:
		return Judgement{Cause: DiskWell}
	case recorder.RoomSoon:
		return Judgement{Cause: DiskSoon, Detail: f.DiskSays}
	case recorder.RoomEdge:
		return Judgement{Cause: DiskEdge, Detail: f.DiskSays}
	}
	return Judgement{Cause: DiskUnseen, Detail: f.DiskSays}
}

func ofClock(f HouseFacts) Judgement {
	switch {
	case !f.Clock.Known:
		return Judgement{Cause: ClockUnseen}
	case !f.Clock.Kept:
		return Judgement{Cause: ClockFree}
	}
	return Judgement{Cause: ClockWell}
}

func officers(pages []OpenPage) []OpenPage {
	return slices.DeleteFunc(slices.Clone(pages), func(p OpenPage) bool { return p.Role != dutylog.Officer })
}

func ofPage(f HouseFacts) Judgement {
	open := officers(f.Pages)
	switch {
	case len(open) == 0:
		return Judgement{Cause: PageNone}
	case !slices.ContainsFunc(open, func(p OpenPage) bool { return p.Sounds }):
		return Judgement{Cause: PageSilent, Detail: open[0].Name}
	}
	return Judgement{Cause: PageWell}
}

func (r HealthRule) ofOfficer(f HouseFacts) Judgement {
	open := officers(f.Pages)
	switch {
	case !r.RosteredOfficer:
		return Judgement{Cause: OfficerUnasked}
	case f.Rostered == "":
		return Judgement{Cause: OfficerNoRoster}
	case len(open) == 0:
		return Judgement{Cause: OfficerNobody}
	case slices.ContainsFunc(open, func(p OpenPage) bool { return dutylog.SameName(p.Name, f.Rostered) }):
		return Judgement{Cause: OfficerWell, Detail: f.Rostered}
	}
	return Judgement{Cause: OfficerOther, Detail: open[0].Name + " ≠ " + f.Rostered}
}

func ofBeat(f HouseFacts) Judgement {
	b := f.Beat
	switch {
	case !b.Wanted:
		return Judgement{Cause: BeatNone}
	case b.Held != "":
		return Judgement{Cause: BeatHeld, Detail: b.Held}
	case b.Failed != "":
		return Judgement{Cause: BeatFailed, Detail: b.Failed}
	case b.Last.IsZero():
		return Judgement{Cause: BeatFirst}
	}
	return Judgement{Cause: BeatWell}
}
