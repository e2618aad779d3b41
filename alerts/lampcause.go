package alerts

import "time"

// Cause names why a lamp is as it is. The page has words of its own for each.
type Cause string

// The closed set of causes, by lamp.
const (
	PhoneWell        Cause = "phone_ok"
	PhoneAway        Cause = "phone_offline"
	PhoneMissing     Cause = "phone_missing"
	PhoneUnqualified Cause = "phone_unqualified"
	PhoneUnseen      Cause = "phone_unseen"

	HookWell    Cause = "hook_ok"
	HookOff     Cause = "hook_off"
	HookRefuses Cause = "hook_refuses"
	HookUnseen  Cause = "hook_unseen"

	EngagedNot     Cause = "engaged_none"
	EngagedRefused Cause = "engaged_refused"
	EngagedUnseen  Cause = "engaged_unseen"

	DeviceWell    Cause = "device_ok"
	DeviceStrange Cause = "device_strange"
	DeviceMoved   Cause = "device_moved"
	DeviceNoSIP   Cause = "device_no_sip"
	DeviceUnseen  Cause = "device_unseen"

	DeviceUnproved Cause = "device_unproved"

	TrunkWell        Cause = "trunk_ok"
	TrunkAway        Cause = "trunk_offline"
	TrunkUnqualified Cause = "trunk_unqualified"
	TrunkUnseen      Cause = "trunk_unseen"

	ProofCall   Cause = "proof_call"
	ProofTest   Cause = "proof_test"
	ProofSilent Cause = "proof_silent"
	ProofNever  Cause = "proof_never"
	ProofUnseen Cause = "proof_unseen"

	RecordWell   Cause = "record_ok"
	RecordWaits  Cause = "record_waits"
	RecordNone   Cause = "record_missing"
	RecordUnseen Cause = "record_unproved"

	RecordNoOfficer Cause = "record_officer_silent"
	RecordNoCaller  Cause = "record_caller_silent"
	RecordNoVoice   Cause = "record_silent"

	JournalWell Cause = "journal_ok"
	JournalDown Cause = "journal_down"
	JournalNone Cause = "journal_none"

	DiskWell   Cause = "disk_ok"
	DiskSoon   Cause = "disk_soon"
	DiskEdge   Cause = "disk_edge"
	DiskUnseen Cause = "disk_unseen"

	ClockWell   Cause = "clock_ok"
	ClockFree   Cause = "clock_free"
	ClockUnseen Cause = "clock_unseen"

	PageWell   Cause = "page_ok"
	PageSilent Cause = "page_silent"
	PageNone   Cause = "page_none"

	OfficerWell     Cause = "officer_ok"
	OfficerOther    Cause = "officer_other"
	OfficerNobody   Cause = "officer_nobody"
	OfficerNoRoster Cause = "officer_no_roster"
	OfficerUnasked  Cause = "officer_unasked"

	BeatWell   Cause = "beat_ok"
	BeatFailed Cause = "beat_failed"
	BeatHeld   Cause = "beat_held"
	BeatFirst  Cause = "beat_first"
	BeatNone   Cause = "beat_none"
)

// found is what a cause means.
type found struct {
	lamp     Lamp
	state    Condition
	reason   Reason   // of the alert that is raised when it lasts; empty: none, or the call or the line raises it
	severity Severity // of a bad one, where it is not its reason's
	says     string   // what it means and what to do, in one sentence
}

func (f found) badness() Severity {
	switch {
	case f.state != Bad:
		return ""
	case f.severity != "":
		return f.severity
	}
	return standings[f.reason].severity
}

// unseen is said of everything that only the switch can tell.
const unseen = "the switch cannot be seen, so nothing is known of this: look at Asterisk and at ari in the configuration"

// voiceLost names both causes of a recording that lacks a voice, and how to tell them apart.
const voiceLost = "the switch's recorder may lose it although it was heard in the talk, or it never came (microphone, network):" +
	" call the duty number from another phone, speak on both sides, listen to the recording, and tell the administrator if it is missing again"

// causes is the one table of what is good, what is not, and what to do about it.
var causes = map[Cause]found{
	PhoneWell:        {LampPhone, Good, "", "", "the duty phone is registered and answers"},
	PhoneAway:        {LampPhone, Bad, "", Critical, "the duty phone does not answer, so no call gets through: look at its power, its cable and its account"},
	PhoneMissing:     {LampPhone, Bad, "", Critical, "the switch does not know the duty phone, so it cannot ring: add it to pjsip.conf or correct the line's endpoints"},
	PhoneUnqualified: {LampPhone, NotKnown, "", "", "the switch does not ask whether the phone is there, so a dead one would look alive: set qualify_frequency=10 in its aor"},
	PhoneUnseen:      {LampPhone, NotKnown, "", "", unseen},

	HookWell:    {LampHook, Good, "", "", "there is no sign that the handset is off its hook"},
	HookOff:     {LampHook, Bad, ReasonOffHook, "", "the duty phone is in use and nobody was reached: put the handset back"},
	HookRefuses: {LampHook, Bad, ReasonOffHook, "", "a caller met the busy tone although nobody talked: put the handset back, and look for do-not-disturb"},
	HookUnseen:  {LampHook, NotKnown, "", "", "the phone or the switch cannot be seen, so nothing is known of the handset"},

	EngagedNot:     {LampEngaged, Good, "", "", "no refused caller waits for a call back"},
	EngagedRefused: {LampEngaged, Bad, "", Warning, "a caller was refused while the line was engaged: call back and take the alert on; keep calls on this line short"},
	EngagedUnseen:  {LampEngaged, NotKnown, "", "", "the duty log cannot be read, so nothing is known of refused callers: look at its disk"},

	DeviceWell:    {LampDevice, Good, "", "", "calls are answered by the phone that is registered"},
	DeviceStrange: {LampDevice, Bad, "", Critical, "a call was answered by another device than the registered duty phone: look at phone and switch, change the account's password, and take the alert on"},
	DeviceMoved:   {LampDevice, Bad, "", Warning, "the duty phone registered from another address: make sure that it was moved on purpose, else change the account's password; then take the alert on"},
	DeviceNoSIP:   {LampDevice, NotKnown, "", "", "SIP is not heard, so another device that answers would not be noticed: set sip.address, and hep.conf of Asterisk"},
	DeviceUnseen:  {LampDevice, NotKnown, "", "", "no copy of a SIP message came lately: look at hep.conf of Asterisk and at sip.address"},

	DeviceUnproved: {LampDevice, NotKnown, "", "", "the duty phone was not seen to register since the start, so it is not known which device is it: wait until it registers again, or restart the phone"},

	TrunkWell:        {LampTrunk, Good, "", "", "the trunk answers"},
	TrunkAway:        {LampTrunk, Bad, ReasonTrunk, "", "the trunk does not answer, so no call comes in: look at the gateway, its network and its account"},
	TrunkUnqualified: {LampTrunk, NotKnown, "", "", "the switch does not ask whether the trunk is there: set contact and qualify_frequency=60 in its aor"},
	TrunkUnseen:      {LampTrunk, NotKnown, "", "", unseen},

	ProofCall:   {LampProof, Good, "", "", "a call rang here"},
	ProofTest:   {LampProof, Good, "", "", "a test call rang here"},
	ProofSilent: {LampProof, Bad, ReasonSilentLine, "", "no call came for unusually long: call the duty number from another phone"},
	ProofNever:  {LampProof, NotKnown, "", "", "no call has rung here yet: call the duty number from another phone"},
	ProofUnseen: {LampProof, NotKnown, "", "", "the duty log cannot be read, so the last call is not known: look at its disk"},

	RecordWell:   {LampRecord, Good, "", "", "the last answered call has its sealed recording"},
	RecordWaits:  {LampRecord, Bad, ReasonRecorder, Warning, "the recording of an answered call is not sealed yet: run dutyline doctor"},
	RecordNone:   {LampRecord, Bad, ReasonRecorder, "", "the last answered call has no recording: look at the switch's spool, its disk and the dialplan, and run dutyline doctor"},
	RecordUnseen: {LampRecord, NotKnown, "", "", "no answered call proves that recordings are made: answer a test call"},

	RecordNoOfficer: {LampRecord, Bad, ReasonRecorder, "", "the officer is not heard in the last recording: " + voiceLost},
	RecordNoCaller:  {LampRecord, Bad, ReasonRecorder, "", "the caller is not heard in the last recording: " + voiceLost},
	RecordNoVoice:   {LampRecord, Bad, ReasonRecorder, "", "nobody is heard in the last recording: " + voiceLost},

	JournalWell: {LampJournal, Good, "", "", "the switch's journal is written and read"},
	JournalDown: {LampJournal, Bad, ReasonJournal, "", "the switch's journal is not written or not readable: look at cel.conf, the folder cel-custom and its disk"},
	JournalNone: {LampJournal, NotKnown, "", "", "no journal is configured, so what the live view does not see stays unknown: set journal.file"},

	DiskWell:   {LampDisk, Good, "", "", "the disk has room"},
	DiskSoon:   {LampDisk, Bad, ReasonDisk, Warning, "the disk will be full soon: make room, shorten retention or move archive.folder"},
	DiskEdge:   {LampDisk, Bad, ReasonDisk, "", "only the reserve of the disk is left and nothing more is archived: make room now; once it is full no new alert leaves the building, only page and heartbeat speak"},
	DiskUnseen: {LampDisk, NotKnown, "", "", "it cannot be told how full the disk is: look at archive.folder"},

	ClockWell:   {LampClock, Good, "", "", "a time service keeps the machine's clock"},
	ClockFree:   {LampClock, Bad, ReasonClock, "", "no time service keeps the machine's clock: start chrony or another one and let it reach a time server"},
	ClockUnseen: {LampClock, NotKnown, "", "", "the kernel does not tell whether a time service keeps its clock"},

	PageWell:   {LampPage, Good, "", "", "an officer's page is open and may sound"},
	PageSilent: {LampPage, Bad, ReasonPage, "", "no officer's page may sound: click once into the page at the duty desk"},
	PageNone:   {LampPage, Bad, ReasonPage, "", "no officer has the page open: open it at the duty desk and sign in"},

	OfficerWell:     {LampOfficer, Good, "", "", "the officer on duty is signed in"},
	OfficerOther:    {LampOfficer, Bad, ReasonOfficer, "", "another officer is signed in than the roster says: sign in as yourself, or correct the roster"},
	OfficerNobody:   {LampOfficer, NotKnown, "", "", "no officer is signed in, so it cannot be told who sits at the phone"},
	OfficerNoRoster: {LampOfficer, NotKnown, "", "", "the roster has no officer for now: import it"},
	OfficerUnasked:  {LampOfficer, NotKnown, "", "", "logins are not compared with the roster here (health.rostered_officer)"},

	BeatWell:   {LampBeat, Good, "", "", "another machine is told that we watch"},
	BeatFailed: {LampBeat, Bad, ReasonBeat, "", "the machine that would notice our silence is not reached: look at heartbeat.url and the network"},
	BeatHeld:   {LampBeat, Bad, ReasonBeat, "", "the heartbeat is held back because the switch is not seen or the log not written: mend that"},
	BeatFirst:  {LampBeat, NotKnown, "", "", "no heartbeat has arrived yet"},
	BeatNone:   {LampBeat, NotKnown, "", "", "no other machine is told that we watch: set heartbeat.url, or watch dutyline_heartbeat_timestamp_seconds in /metrics"},
}

// Causes lists the closed set, in no order.
func Causes() []Cause {
	out := make([]Cause, 0, len(causes))
	for c := range causes {
		out = append(out, c)
	}
	return out
}

// after is for how long a cause must have stood before it is an alert; 0: at once.
func (r HealthRule) after(c Cause) time.Duration {
	switch c {
	case TrunkAway:
		return r.TrunkAfter
	case PageNone, PageSilent:
		return r.PageAfter
	case OfficerOther:
		return r.OfficerAfter
	case ClockFree:
		return 10 * time.Minute // a time service needs some minutes after a start
	case JournalDown, BeatFailed, BeatHeld:
		return time.Minute
	}
	return 0
}
