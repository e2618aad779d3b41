package web

import (
	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// The types in this file are never filled: they describe, for /api/openapi.json, the JSON
// that dutylog writes itself. A test decodes real answers into them, strictly.

type callDoc struct {
	ID             string        `json:"id" doc:"The switch's linked id"`
	Line           string        `json:"line"`
	Direction      string        `json:"direction" enum:"in,out"`
	Caller         string        `json:"caller" doc:"As received"`
	CallerE164     string        `json:"caller_e164" doc:"Empty when it cannot be normalized"`
	CallerName     string        `json:"caller_name"`
	Called         string        `json:"called"`
	CalledE164     string        `json:"called_e164"`
	Outcome        string        `json:"outcome" doc:"Empty until the call has ended" enum:",answered_in_time,answered_late,missed,abandoned_early,engaged,rejected,unreachable,forwarded,answered_elsewhere,answered_by_machine,unknown,placed_answered,placed_unanswered,placed_failed"`
	Tags           []string      `json:"tags" nullable:"false" enum:"test,spot_check,superior,wrong_number,nuisance,withheld,system"`
	OfferedAt      stamp         `json:"offered_at" doc:"The caller clock starts"`
	RangAt         stamp         `json:"rang_at" doc:"The bell clock starts; null when the phone never rang"`
	AnsweredAt     stamp         `json:"answered_at"`
	EndedAt        stamp         `json:"ended_at"`
	RingMS         *int64        `json:"ring_ms" doc:"Bell clock, until the answer or the end"`
	CallerRingMS   *int64        `json:"caller_ring_ms" doc:"Caller clock, until the answer or the end"`
	Rings          int           `json:"rings"`
	Rule           string        `json:"rule" doc:"Version of the rule that judged this call"`
	HangupBy       string        `json:"hangup_by" enum:",caller,officer,system"`
	ForwardedTo    string        `json:"forwarded_to"`
	RedirectedFrom string        `json:"redirected_from"`
	Findings       []string      `json:"findings" nullable:"false" doc:"Named reasons for attention"`
	SettledBy      string        `json:"settled_by" enum:",journal,ari" doc:"Whose word the end is: the switch's own journal compared with the live view, or the live view (ari) alone; empty until settled"`
	EntryID        string        `json:"entry_id"`
	Recording      *recordingDoc `json:"recording"`
}

type recordingDoc struct {
	Status     string `json:"status" enum:"none,pending,sealed,missing,failed,expired,erased"`
	SHA256     string `json:"sha256" doc:"Of the sealed file"`
	DurationMS *int64 `json:"duration_ms"`
	Reason     string `json:"reason"`
}

type gapDoc struct {
	Why    string `json:"why" enum:"not_given,refused,not_possible"`
	Reason string `json:"reason" doc:"In words; required"`
}

type entryDoc struct {
	ID               string                   `json:"id"`
	EntryNumber      string                   `json:"entry_number" doc:"Gapless within the year, for instance 2026-000123"`
	CallID           string                   `json:"call_id"`
	Line             string                   `json:"line"`
	Kind             string                   `json:"kind" enum:"duty,missed,wrong_number,nuisance,spot_check,outgoing,non_duty,step,fax,wechat,visit,patrol,warning"`
	State            string                   `json:"state" enum:"open,complete"`
	Revision         int                      `json:"revision"`
	CallAt           stamp                    `json:"call_at"`
	Number           string                   `json:"number"`
	NumberE164       string                   `json:"number_e164"`
	CallerUnit       string                   `json:"caller_unit"`
	CallerPerson     string                   `json:"caller_person"`
	CallerTitle      string                   `json:"caller_title"`
	ContactNumber    string                   `json:"contact_number"`
	Content          string                   `json:"content"`
	Category         string                   `json:"category"`
	ReadBack         string                   `json:"read_back" enum:",done"`
	CallBackResult   string                   `json:"call_back_result"`
	Inspector        string                   `json:"inspector"`
	CheckResult      string                   `json:"check_result"`
	CalledWhom       string                   `json:"called_whom"`
	CalledWhy        string                   `json:"called_why"`
	AnsweredBy       string                   `json:"answered_by" doc:"Who picked up"`
	Urgency          string                   `json:"urgency" enum:",一般,紧急,特急"`
	HappenedAt       string                   `json:"happened_at" doc:"RFC 3339 in UTC, or empty"`
	Place            string                   `json:"place"`
	Cause            string                   `json:"cause"`
	Casualties       string                   `json:"casualties"`
	Losses           string                   `json:"losses"`
	Measures         string                   `json:"measures"`
	Trend            string                   `json:"trend"`
	Needs            string                   `json:"needs"`
	AlsoTold         string                   `json:"also_told" doc:"Whom else the caller told"`
	PassedTo         string                   `json:"passed_to"`
	ProposedHandling string                   `json:"proposed_handling"`
	Result           string                   `json:"result"`
	FollowUpNumber   string                   `json:"follow_up_number"`
	Classification   string                   `json:"classification" enum:",公开,内部,另有涉密件"`
	WarningLevel     string                   `json:"warning_level" enum:",红色,橙色,黄色,蓝色"`
	ValidUntil       string                   `json:"valid_until" doc:"RFC 3339 in UTC, or empty"`
	Rostered         string                   `json:"rostered" doc:"Officer by the roster"`
	Responsible      string                   `json:"responsible"`
	WrittenBy        string                   `json:"written_by" doc:"Login of who last wrote it"`
	ReadBackBy       string                   `json:"read_back_by"`
	ReadBackAt       stamp                    `json:"read_back_at"`
	OpenedAt         stamp                    `json:"opened_at"`
	CompletedAt      stamp                    `json:"completed_at"`
	Gaps             map[dutylog.Field]gapDoc `json:"gaps" doc:"Why a required value is not there"`
	Candidates       []dutylog.Candidate      `json:"candidates" nullable:"false"`
	Missing          []dutylog.Field          `json:"missing" nullable:"false" doc:"Required and still absent"`
	Kinds            []string                 `json:"kinds" nullable:"false" enum:"duty,missed,wrong_number,nuisance,spot_check,outgoing,non_duty,fax,wechat,visit,patrol,warning" doc:"The kinds that fit its call as it stands; others are refused"`
	Hold             *holdDoc                 `json:"hold" doc:"The legal hold that stands now"`
	Erased           []erasedDoc              `json:"erased" nullable:"false" doc:"What was erased by decision, oldest first"`
	ChangedAfter     bool                     `json:"changed_after_read_back" doc:"What was read back was changed later and not read back again"`
	ReadBackBegan    stamp                    `json:"read_back_began_at" doc:"By the switch's clock, during the call: a place in its recording"`
	Correction       string                   `json:"correction" doc:"Why this revision changes what was complete; empty for every other one"`
	ReopenedAt       stamp                    `json:"reopened_at" doc:"By a person, for a correction"`
	Handling         string                   `json:"handling" enum:",received,reported,instructed,passed_on,fed_back,closed" doc:"How far the matter is, by the newest step that stands and moves it"`
	ClosedAt         stamp                    `json:"closed_at"`
	Steps            []stepDoc                `json:"steps" nullable:"false" doc:"What was done about the matter, in the order in which it was done"`
	StepOf           string                   `json:"step_of" doc:"The entry of which this one's call is a step"`
	Attached         []string                 `json:"attached,omitempty" doc:"Names of what is attached, where a search by words found the entry; absent: nothing, or no search"`
	LateReason       string                   `json:"late_reason" doc:"Why it was written only afterwards"`
	PaperSheet       string                   `json:"paper_sheet" doc:"Number of the paper sheet on which it was written first, for instance 000012; empty: none"`
	Late             *lateDoc                 `json:"late" doc:"It was written afterwards: call_at is when it came, opened_at when it was written. null: it was written when it came"`
}

type lateDoc struct {
	Blind   stamp `json:"blind" doc:"Where the blind interval begins that it covers; null: none"`
	Scanned bool  `json:"scanned" doc:"Whether something was attached; if not, paper_scan is among what is missing, unless a gap of paper_sheet says why there was no sheet"`
}

type holdDoc struct {
	Reason string   `json:"reason"`
	By     actorDoc `json:"by"`
	At     stamp    `json:"at"`
}

type erasedDoc struct {
	Decision int64    `json:"decision" doc:"Number of the decision, which keeps who and why"`
	At       stamp    `json:"at"`
	Fields   []string `json:"fields" nullable:"false" doc:"Empty: everything but the fact of the call"`
}

type revisionDoc struct {
	Entry entryDoc `json:"entry"`
	By    actorDoc `json:"by"`
	At    stamp    `json:"at"`
}

type actorDoc struct {
	Login string `json:"login" doc:"system when no person did it"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

type ledgerItemDoc struct {
	Key        string       `json:"key" doc:"The same as long as it is the same problem"`
	Kind       string       `json:"kind" enum:"call_without_recording,recording_without_call,header_only,silent,one_sided,too_short,still_growing,truncated,entry_without_call,call_without_entry"`
	Why        string       `json:"why" doc:"The named reason" enum:"never_stored,not_sealed,waits_long,no_row,no_audio,nothing_heard,caller_side_silent,officer_side_silent,caller_side_missing,officer_side_missing,shorter_than_talk,still_written,cut_on_switch,file_gone,other_size,no_such_call,unseen_call,foreign_name,left_over,decided_away,no_call_named,no_call_row,no_entry"`
	CallID     string       `json:"call_id"`
	EntryID    string       `json:"entry_id"`
	Name       string       `json:"name" doc:"Of a recording, made printable"`
	Cause      string       `json:"cause" doc:"A sentence, with what to do"`
	State      string       `json:"state" enum:"open,resolved"`
	Since      stamp        `json:"since"`
	ResolvedAt stamp        `json:"resolved_at"`
	Accepted   *acceptedDoc `json:"accepted" doc:"Who took it as it is; null when it is open or went away by itself"`
}

type acceptedDoc struct {
	By     actorDoc `json:"by"`
	Reason string   `json:"reason"`
	At     stamp    `json:"at"`
}

type alertDoc struct {
	ID             int64              `json:"id"`
	Key            string             `json:"key" doc:"One per problem"`
	Rule           string             `json:"rule" doc:"Which one raised it"`
	Reason         string             `json:"reason" enum:"missed,phone_redirect,feature_forward,pickup,transfer,answered_by_machine,engaged_refused,rejected,unreachable,unknown,redirected_before,registration_moved,forward_code,forward_cancel_code,forward_query_code,feature_code,test_refused_caller,test_forwarded,test_custom_ringback,test_no_ring,test_busy,test_unclear,misuse_number,misuse_duration,nuisance_caller,ring_3,limit_passed,line_fault,phone_unreachable,line_unknown,wrong_device,off_hook,silent_line,trunk_unreachable,recorder_silent,disk_low,clock_unsynchronised,journal_stalled,page_away,officer_not_rostered,heartbeat_failed,entry_overdue,roster_gap,filing_due,holidays_missing,rules_refused,handover_late,duty_overdue,report_due_soon,report_overdue,sent_unapproved,instruction_overdue,clock_start_late,recipient_lacking,report_unproved,report_omitted,call_mismatch,entry_differs,approval_unconfirmed"`
	Certainty      string             `json:"certainty" enum:"certain,proved_by_test,informative,weak"`
	Severity       string             `json:"severity" enum:"info,warning,critical"`
	State          string             `json:"state" enum:"open,acknowledged,resolved" doc:"What was over at once is resolved when somebody takes it on"`
	Line           string             `json:"line"`
	CallID         string             `json:"call_id" doc:"Empty when it is about no call; the newest one of several"`
	Finding        string             `json:"finding"`
	Detail         string             `json:"detail" doc:"What was dialled, where it went, or what to do; its numbers are masked as in the list of calls, and so are those of key, note and evidence"`
	Evidence       []alertEvidenceDoc `json:"evidence" nullable:"false" doc:"What it rests on"`
	OpenedAt       stamp              `json:"opened_at" doc:"When it happened"`
	FoundAt        stamp              `json:"found_at" doc:"When that was found afterwards in the switch's journal; null: it was told as it happened"`
	Times          int                `json:"times" doc:"Of how many calls, or moves of a phone, it tells, where several are one problem; else 0"`
	LastAt         stamp              `json:"last_at" doc:"When the newest of them was"`
	AcknowledgedAt stamp              `json:"acknowledged_at"`
	AcknowledgedBy string             `json:"acknowledged_by" doc:"Name, else login"`
	Note           string             `json:"note" doc:"What is being done about it"`
	ResolvedAt     stamp              `json:"resolved_at"`
	Reopened       int                `json:"reopened" doc:"How often it came back since opened_at"`
	ReopenedAt     stamp              `json:"reopened_at" doc:"The last time"`
	MutedUntil     stamp              `json:"muted_until"`
	MutedRule      bool               `json:"muted_rule" doc:"Everything of its rule on its line is muted, also what comes"`
	MutedBy        string             `json:"muted_by" doc:"Name, else login"`
	MutedReason    string             `json:"muted_reason"`
	ToldPost       string             `json:"told_post" enum:",duty_officer,duty_section_chief,duty_leader,supervisor" doc:"The last one of the line's chain who was told; empty: none yet"`
	ToldPerson     string             `json:"told_person" doc:"Who held that post"`
	ToldAt         stamp              `json:"told_at"`
	NextPost       string             `json:"next_post" enum:",duty_officer,duty_section_chief,duty_leader,supervisor" doc:"Who is told next when nobody takes it on; empty: nobody"`
	NextAt         stamp              `json:"next_at"`
}

type testDoc struct {
	ID        int64    `json:"id"`
	At        stamp    `json:"at" doc:"When it began"`
	EndedAt   stamp    `json:"ended_at" doc:"null: it runs"`
	Line      string   `json:"line"`
	Cause     string   `json:"cause" enum:"on_demand,schedule,handover"`
	By        string   `json:"by" doc:"Who asked for it; empty: the timetable"`
	Verdict   string   `json:"verdict" enum:",reachable,forwarded,custom_ringback,busy,no_ring,cannot_tell" doc:"Empty while it runs"`
	Reason    string   `json:"reason" enum:",rang_here,answered_here,taken_here,answered_elsewhere,rings_elsewhere,heard_music,busy_here,busy_elsewhere,bell_silent,refused,nothing_heard,announcement,real_call,stopped,switch_unseen,unrecognised,second_line" doc:"Why this verdict"`
	Ringback  string   `json:"ringback" enum:",standard,custom,other,open,unclear" doc:"What the caller heard, judged apart; open: no sound came, so that whoever else calls may hear anything"`
	RangAfter *float64 `json:"rang_after" doc:"Seconds from the call until the bell here; null: it did not ring"`
	Bell      *float64 `json:"bell_seconds" doc:"How long the bell rang"`
	Seconds   float64  `json:"seconds" doc:"From the call until the hang-up"`
	CallID    string   `json:"call_id" doc:"Of the call as it arrived; empty: it did not"`
	Known     string   `json:"recognised_by" enum:",token,number"`
	Why       string   `json:"hung_up" enum:",heard,silent,limit,answered,real_call,unseen,stopped" doc:"Why we hung up; empty: the other side ended it"`
	Status    int      `json:"status" doc:"The final SIP answer; 0: there was none"`
	Heard     string   `json:"heard" doc:"In words"`
	Detail    string   `json:"detail" doc:"What to look at"`
	Audio     bool     `json:"audio" doc:"Whether what was heard is kept"`
}

type alertEvidenceDoc struct {
	Kind string          `json:"kind" enum:"call,event,sip,journal,audio,test" doc:"audio: the recording of the call that ref names; journal: the call as the switch's own journal has it"`
	Ref  string          `json:"ref" doc:"The call's id, the switch's channel (or the line), the Call-ID, or the number of the test call"`
	Text string          `json:"text" doc:"What the switch or SIP said; empty when ref says all"`
	Said *telephony.Said `json:"said" doc:"The same as a name with its parameters, to be said in the reader's language; null where there is none, as of a SIP message"`
	Test *testSaidDoc    `json:"test" doc:"What a test call said; null of everything else"`
	At   stamp           `json:"at"`
}

type testSaidDoc struct {
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason"`
	Ringback string `json:"ringback"`
}

// documentNulls says where an object may be absent, which huma cannot say of a reference.
func documentNulls(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas.Map()
	for _, place := range [][2]string{{"Call", "recording"}, {"Evidence", "checkpoint"}, {"Entry", "hold"}, {"Entry", "late"}, {"Step", "struck"}, {"LedgerItem", "accepted"}, {"Duty", "duty_officer"}, {"Duty", "duty_section_chief"}, {"Duty", "duty_leader"},
		{"Duty", "responsible"}, {"Handover", "outgoing"}, {"HandoverNow", "last"}, {"Sheet", "test"}, {"Task", "mark"}, {"Task", "filing"}, {"AlertEvidence", "said"}, {"AlertEvidence", "test"}, {"Approval", "decided_by"}, {"Verification", "by"}, {"Incident", "next_due"}, {"IncidentFact", "struck"}, {"IncidentApproval", "noted_by"}, {"Dispute", "test"}, {"Dispute", "clock_then"}, {"ListeningFact", "marks"},
		{"Assessment", "frozen_by"}, {"AssessmentItem", "band"}, {"ItemChange", "then"}, {"ItemChange", "now"}} {
		of := schemas[place[0]].Properties
		of[place[1]] = &huma.Schema{OneOf: []*huma.Schema{of[place[1]], {Type: "null"}}}
	}
}

// describe adds what the types of a route cannot say.
func describe(op *huma.Operation) {
	binary := func(kind string) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	}
	switch op.OperationID {
	case "recording":
		op.Responses = map[string]*huma.Response{
			"200": {Description: "The whole file", Content: binary("audio/flac")},
			"206": {Description: "A range of it", Content: binary("audio/flac")},
		}
	case "events":
		op.Responses = map[string]*huma.Response{"200": {
			Description: "Frames: id is the sequence number, event is line (as GET /line), call, entry, alert, incident (as GET /incidents lists it), " +
				"interval (of GET /intervals: it began or ended; blind ones follow from it and are to be read anew), or reset " +
				"(what was missed is not known any more: read everything anew). Resume with Last-Event-ID or last_event_id.",
			Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}}
	case "test-audio":
		op.Responses = map[string]*huma.Response{
			"200": {Description: "The whole file", Content: binary("audio/wav")},
			"206": {Description: "A range of it", Content: binary("audio/wav")},
		}
	case "attachment":
		op.Responses = map[string]*huma.Response{
			"200": {Description: "The whole file", Content: binary("application/octet-stream")},
			"206": {Description: "A range of it", Content: binary("application/octet-stream")},
		}
	case "attach":
		op.RequestBody = &huma.RequestBody{Required: true, Content: binary("application/octet-stream"),
			Description: "The file itself: JPEG, PNG, TIFF, PDF, DOCX, XLSX or a text in UTF-8, at most 20 MB"}
	case "print-day", "print-month", "print-entry", "print-roster", "print-handover-now", "print-handover", "print-blank-sheets", "print-figures":
		op.Responses = map[string]*huma.Response{"200": {Description: "Pages of A4", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	case "export-day", "export-month", "export-entry", "export-roster", "export-handover-now", "export-handover", "export-directory", "export-figures":
		op.Responses = map[string]*huma.Response{"200": {Description: "The workbook", Content: binary(workbookType)}}
	case "preview-directory", "import-directory", "preview-roster":
		op.MaxBodyBytes = maxTableBody
	case "place-practice-call", "start-test", "start-spot-check":
		op.DefaultStatus = 202
	case "amend-entry", "write-entry":
		op.SkipValidateBody = true // ParsePatch and ParseDraft are stricter
	}
}
