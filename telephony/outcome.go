package telephony

// Outcome says how a call ended. The set is closed: every call ends in exactly one.
type Outcome string

// Outcomes of calls to the duty phone.
const (
	AnsweredInTime    Outcome = "answered_in_time"
	AnsweredLate      Outcome = "answered_late"
	Missed            Outcome = "missed"
	AbandonedEarly    Outcome = "abandoned_early"
	Engaged           Outcome = "engaged"
	Rejected          Outcome = "rejected"
	Unreachable       Outcome = "unreachable"
	Forwarded         Outcome = "forwarded"
	AnsweredElsewhere Outcome = "answered_elsewhere"
	AnsweredByMachine Outcome = "answered_by_machine"
	Unknown           Outcome = "unknown"
)

// Outcomes of calls placed from the duty phone.
const (
	PlacedAnswered   Outcome = "placed_answered"
	PlacedUnanswered Outcome = "placed_unanswered"
	PlacedFailed     Outcome = "placed_failed"
)

// Outcomes lists the closed set in the order in which figures show it.
func Outcomes() []Outcome {
	return []Outcome{
		AnsweredInTime, AnsweredLate, Missed, AbandonedEarly, Engaged, Rejected, Unreachable,
		Forwarded, AnsweredElsewhere, AnsweredByMachine, Unknown,
		PlacedAnswered, PlacedUnanswered, PlacedFailed,
	}
}

// Tag says something about a call beside its outcome.
type Tag string

// The closed set of tags.
const (
	TagTest        Tag = "test"         // made by the product's own line test; opens no entry
	TagSpotCheck   Tag = "spot_check"   // set by a person; counts like every other call
	TagSuperior    Tag = "superior"     // the number belongs to a superior duty room
	TagWrongNumber Tag = "wrong_number" // set when the entry is closed as such
	TagNuisance    Tag = "nuisance"     // set when the entry is closed as such
	TagWithheld    Tag = "withheld"     // the caller's number was not given
	TagSystem      Tag = "system"       // our own alert calls; opens no entry
)

// Finding is a named reason for attention that does not change the outcome.
type Finding string

// Findings about a call.
const (
	BorderlineVerdict     Finding = "borderline"          // answered within the line's uncertainty of the limit
	BusyWithoutCall       Finding = "busy_without_a_call" // the phone said busy while the line had no call
	AnsweredBeforeBell    Finding = "trunk_answered_before_bell"
	BellBehindCaller      Finding = "bell_behind_caller"        // bell clock more than 2 s behind the caller clock
	RedirectAttempted     Finding = "redirect_attempted"        // the phone tried to send the call elsewhere and that failed
	ForwardAttempted      Finding = "forward_attempted"         // the dialplan did
	RedirectedInSIP       Finding = "redirected_in_sip"         // only SIP shows that the phone sent the call elsewhere
	WrongDevice           Finding = "wrong_device"              // SIP shows that another device than the registered duty phone answered
	RedirectedBefore      Finding = "redirected_before_arrival" // somebody else forwarded to us
	TransferredAfter      Finding = "transferred"               // transferred after the answer
	TransferAttempted     Finding = "transfer_attempted"
	InstantAnswer         Finding = "instant_answer"         // answered without a ring: perhaps a machine on the phone
	NoRinging             Finding = "no_ringing"             // the phone never said that it rings
	SupervisionUnreliable Finding = "supervision_unreliable" // the trunk does not show far-end hang-up or answer
	EarlyMedia            Finding = "early_media"            // the phone sent audio instead of saying that it rings
	FeatureCode           Finding = "feature_code"           // a service code was dialled from the duty phone
	PickedUpCall          Finding = "picked_up_call"         // a code dialled at a duty phone took over a ringing call
	SeenInPart            Finding = "seen_in_part"           // the watcher was blind for part of this call
	EndNotSeen            Finding = "end_not_seen"           // it ended somewhere between when it was last seen and ended_at
	SilentCallerSide      Finding = "silent_caller_side"     // recording: no sound on the caller's side
	SilentOfficerSide     Finding = "silent_officer_side"
	RecordingShort        Finding = "recording_short" // recording shorter than the talk time
	RecordingMissing      Finding = "recording_missing"
	CutBySwitch           Finding = "cut_by_switch"        // the switch ended or was restarted in mid-call
	RefusedByTest         Finding = "refused_by_test"      // a test call of ours held the line when this one came
	SwitchClockBehind     Finding = "switch_clock_behind"  // its times are of long before what the switch wrote before it: the clock was wrong, durations are right
	SwitchClockStepped    Finding = "switch_clock_stepped" // somebody set the switch's clock in mid-call; times are of the clock as it was set, durations are right
)

// Findings where the live view and the switch's own journal disagree about a call.
const (
	NotInJournal    Finding = "not_in_journal"     // the live view saw it, the journal has nothing of it
	OnlyInJournal   Finding = "only_in_journal"    // the journal has it, the live view saw nothing of it
	JournalInPart   Finding = "journal_in_part"    // rows of it are lost from the journal, which therefore settles nothing
	EndMissedLive   Finding = "end_missed_by_live" // the journal saw it end, the live view did not
	OutcomeDisputed Finding = "journal_differs_outcome"
	RingDisputed    Finding = "journal_differs_ring"   // when the bell began, or whether it did
	AnswerDisputed  Finding = "journal_differs_answer" // when it was answered, or whether it was
	EndDisputed     Finding = "journal_differs_end"
	HangupDisputed  Finding = "journal_differs_hangup" // who hung up
	CallerDisputed  Finding = "journal_differs_caller"
)

// Findings about a line or its configuration.
const (
	RedirectURIPJSIP Finding = "redirect_method_uri_pjsip" // a redirect by the phone would be invisible
	QualifyOff       Finding = "qualify_off"               // a dead phone would still read online
	EndpointMissing  Finding = "endpoint_missing"          // the switch does not know the endpoint
	ClockStepped     Finding = "clock_stepped"             // somebody set our machine's clock
)
