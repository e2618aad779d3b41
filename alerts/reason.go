package alerts

// Reason names why an alert was raised.
type Reason string

// The closed set of reasons. What begins with a call is over at once, and waits for somebody
// who takes it on; the last group lasts until its cause is gone.
const (
	ReasonMissed         Reason = "missed"              // it rang and nobody answered
	ReasonPhoneRedirect  Reason = "phone_redirect"      // the duty phone sent the call elsewhere, or tried to: 301, 302, 181
	ReasonFeatureForward Reason = "feature_forward"     // the switch sent the call elsewhere, as a feature set there makes it
	ReasonPickup         Reason = "pickup"              // another phone answered
	ReasonTransfer       Reason = "transfer"            // the call was handed to somebody else after the answer
	ReasonMachine        Reason = "answered_by_machine" // no person answered
	ReasonEngagedRefused Reason = "engaged_refused"     // a caller met the busy tone
	ReasonRejected       Reason = "rejected"            // the call was refused at the duty phone
	ReasonUnreached      Reason = "unreachable"         // a call came and the duty phone could not be rung
	ReasonUnknown        Reason = "unknown"             // the switch could not be seen during a call
	ReasonRedirected     Reason = "redirected_before"   // somebody else forwards to us
	ReasonMoved          Reason = "registration_moved"  // the duty phone registered from another machine
	ReasonForwardCode    Reason = "forward_code"        // a code that sets up forwarding was dialled at the duty phone
	ReasonForwardCancel  Reason = "forward_cancel_code" // one that cancels it: so it was set
	ReasonForwardQuery   Reason = "forward_query_code"  // one that asks for it; no offence
	ReasonFeatureCode    Reason = "feature_code"        // another service code, or one that no table knows
	ReasonWrongDevice    Reason = "wrong_device"        // another device than the registered duty phone answered

	ReasonTestRefused Reason = "test_refused_caller" // a test call held the line, and a caller was refused

	ReasonTestForwarded  Reason = "test_forwarded"       // a test call came out somewhere else
	ReasonTestRingback   Reason = "test_custom_ringback" // its caller heard music or speech
	ReasonTestNoRing     Reason = "test_no_ring"         // it made no bell ring, here or elsewhere
	ReasonTestBusy       Reason = "test_busy"            // it met the busy tone although the line was free
	ReasonTestUnclear    Reason = "test_unclear"         // it proved nothing
	ReasonMisuseNumber   Reason = "misuse_number"        // the duty phone called a number that is not for duty
	ReasonMisuseDuration Reason = "misuse_duration"      // a call occupied the line longer than allowed
	ReasonNuisanceCaller Reason = "nuisance_caller"      // somebody calls who was a nuisance before

	ReasonRing3            Reason = "ring_3"            // the last ring within the limit has begun
	ReasonLimitPassed      Reason = "limit_passed"      // still ringing after the limit
	ReasonLineFault        Reason = "line_fault"        // the configuration would hide or lose calls
	ReasonPhoneUnreachable Reason = "phone_unreachable" // no duty phone is registered or answers
	ReasonLineBlind        Reason = "line_unknown"      // the switch cannot be seen

	ReasonOffHook      Reason = "off_hook"             // the duty phone is in use, or says busy, without a call
	ReasonSilentLine   Reason = "silent_line"          // no call for unusually long, by the line's own history
	ReasonTrunk        Reason = "trunk_unreachable"    // the trunk does not answer
	ReasonRecorder     Reason = "recorder_silent"      // answered calls get no sealed recording
	ReasonDisk         Reason = "disk_low"             // it will be full soon, or is
	ReasonClock        Reason = "clock_unsynchronised" // no time service keeps it
	ReasonJournal      Reason = "journal_stalled"      // the switch's own journal is not written or not readable
	ReasonPage         Reason = "page_away"            // no officer's page is open, or none may sound
	ReasonOfficer      Reason = "officer_not_rostered" // another officer is signed in than the roster says
	ReasonBeat         Reason = "heartbeat_failed"     // no other machine would notice our silence
	ReasonOverdue      Reason = "entry_overdue"        // an entry is not complete although its time is over
	ReasonRosterGap    Reason = "roster_gap"           // soon nobody holds a post, or nobody does now
	ReasonFilingDue    Reason = "filing_due"           // a roster is to be filed soon, was not in time, or was changed since
	ReasonNoHolidays   Reason = "holidays_missing"     // the public holidays of this year or the next were not put in
	ReasonRulesRefused Reason = "rules_refused"        // the rule file has a mistake, older rules are in force

	ReasonHandoverLate Reason = "handover_late" // a shift ended by the roster, and nobody confirmed taking over
	ReasonDutyOverdue  Reason = "duty_overdue"  // a dated duty was not done by its time

	ReasonReportSoon      Reason = "report_due_soon"      // a report of an incident is to be sent within minutes
	ReasonReportLate      Reason = "report_overdue"       // it was not sent by its time
	ReasonUnapproved      Reason = "sent_unapproved"      // it was sent, and nobody signed it
	ReasonInstructionLate Reason = "instruction_overdue"  // what a leader ordered is not closed by its time
	ReasonClockLate       Reason = "clock_start_late"     // somebody started the clocks of an incident later than its intake
	ReasonLacking         Reason = "recipient_lacking"    // the deadline is over, and somebody lacks what others got
	ReasonUnproved        Reason = "report_unproved"      // said to have been sent in time, noted after the deadline, without proof
	ReasonOmitted         Reason = "report_omitted"       // an incident was closed with reports owed, late or not
	ReasonUnconfirmed     Reason = "approval_unconfirmed" // what was said by telephone was not confirmed by the person in time
	ReasonEntryDiffers    Reason = "entry_differs"        // a linked entry says of casualties, place or time otherwise than its incident, and nobody decided
	ReasonMismatch        Reason = "call_mismatch"        // a call proves a report or an approval though its number is not theirs
)

// Certainty is how sure an alert is.
type Certainty string

// The rungs of the ladder of evidence.
const (
	Certain      Certainty = "certain"
	ProvedByTest Certainty = "proved_by_test"
	Informative  Certainty = "informative" // it is so, and may be quite right
	Weak         Certainty = "weak"
)

// standing is what a reason says by itself.
type standing struct {
	certainty Certainty
	severity  Severity
	lasts     bool // until its cause is gone
}

var standings = map[Reason]standing{
	ReasonMissed:         {Certain, Critical, false},
	ReasonPhoneRedirect:  {Certain, Critical, false},
	ReasonFeatureForward: {Certain, Critical, false},
	ReasonPickup:         {Certain, Warning, false},
	ReasonTransfer:       {Certain, Warning, false},
	ReasonMachine:        {Certain, Critical, false},
	ReasonEngagedRefused: {Certain, Warning, false},
	ReasonRejected:       {Certain, Critical, false},
	ReasonUnreached:      {Certain, Critical, false},
	ReasonUnknown:        {Weak, Warning, false},
	ReasonRedirected:     {Informative, Info, false},
	ReasonMoved:          {Certain, Warning, false},
	ReasonForwardCode:    {Certain, Critical, false},
	ReasonForwardCancel:  {Certain, Warning, false},
	ReasonForwardQuery:   {Certain, Info, false},
	ReasonFeatureCode:    {Certain, Warning, false},
	ReasonWrongDevice:    {Certain, Critical, false},

	ReasonTestRefused: {Certain, Critical, false},

	ReasonTestForwarded:  {ProvedByTest, Critical, true},
	ReasonTestRingback:   {ProvedByTest, Critical, true},
	ReasonTestNoRing:     {ProvedByTest, Critical, true},
	ReasonTestBusy:       {ProvedByTest, Critical, true},
	ReasonTestUnclear:    {Weak, Warning, true},
	ReasonMisuseNumber:   {Certain, Warning, false},
	ReasonMisuseDuration: {Certain, Warning, false},
	ReasonNuisanceCaller: {Certain, Warning, false},

	ReasonRing3:            {Certain, Warning, true},
	ReasonLimitPassed:      {Certain, Critical, true},
	ReasonLineFault:        {Certain, Warning, true},
	ReasonPhoneUnreachable: {Certain, Critical, true},
	ReasonLineBlind:        {Certain, Critical, true},

	ReasonOffHook:      {Informative, Critical, true},
	ReasonSilentLine:   {Weak, Warning, true},
	ReasonTrunk:        {Certain, Critical, true},
	ReasonRecorder:     {Certain, Critical, true},
	ReasonDisk:         {Certain, Critical, true},
	ReasonClock:        {Certain, Warning, true},
	ReasonJournal:      {Certain, Warning, true},
	ReasonPage:         {Certain, Warning, true},
	ReasonOfficer:      {Certain, Warning, true},
	ReasonBeat:         {Certain, Warning, true},
	ReasonOverdue:      {Certain, Warning, true},
	ReasonRosterGap:    {Certain, Warning, true},
	ReasonFilingDue:    {Certain, Warning, true},
	ReasonNoHolidays:   {Certain, Warning, true},
	ReasonRulesRefused: {Certain, Warning, true},

	ReasonHandoverLate: {Certain, Warning, true},
	ReasonDutyOverdue:  {Certain, Warning, true},

	ReasonReportSoon:      {Certain, Warning, true},
	ReasonReportLate:      {Certain, Critical, true},
	ReasonUnapproved:      {Certain, Warning, true},
	ReasonInstructionLate: {Certain, Warning, true},
	ReasonClockLate:       {Certain, Warning, false},
	ReasonLacking:         {Certain, Warning, true},
	ReasonUnproved:        {Certain, Warning, false},
	ReasonOmitted:         {Certain, Critical, false},
	ReasonEntryDiffers:    {Certain, Warning, true},
	ReasonMismatch:        {Certain, Warning, false},
	ReasonUnconfirmed:     {Certain, Warning, true},
}

// Reasons lists the closed set, in no order.
func Reasons() []Reason {
	out := make([]Reason, 0, len(standings))
	for r := range standings {
		out = append(out, r)
	}
	return out
}

// Severity is how bad such a problem is, unless a rule of the site says otherwise.
func (r Reason) Severity() Severity { return standings[r].severity }

// gathered are the reasons of which several calls are one problem: what stands behind them goes on
// whether somebody calls or not.
var gathered = map[Reason]bool{ReasonPhoneRedirect: true, ReasonFeatureForward: true, ReasonEngagedRefused: true, ReasonWrongDevice: true, ReasonMoved: true}

// Gathers reports whether all calls with such a problem, or all moves of a phone, are told as one alert,
// until somebody has taken it on.
func (r Reason) Gathers() bool { return gathered[r] }

// Lasts reports whether such a problem stands until its cause is gone. Another one is over at
// once, and is resolved when somebody takes it on.
func (r Reason) Lasts() bool { return standings[r].lasts }
