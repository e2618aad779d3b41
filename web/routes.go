package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony/testcall"
)

// prefix is where the API begins.
const prefix = "/api/v1"

// maxBody is the most that a request may carry: a text that is far too long still gets the sentence about it, though
// each of its 100,000 Chinese characters comes escaped.
const maxBody = 1 << 20

// route is one row of the table: what there is, and the one permission it takes.
type route struct {
	method, path string
	permission   permission
	id, summary  string
	errors       []int // beside those that every route may give
	add          func(*app) func(huma.API, huma.Operation)
}

// table is everything under /api/v1.
var table = []route{
	{"POST", "/session", signIn, "sign-in", "Sign in", []int{401, 429}, on((*app).login)},
	{"GET", "/session", ownSession, "session", "Who is signed in", nil, on((*app).session)},
	{"DELETE", "/session", endSession, "sign-out", "Sign out", nil, on((*app).logout)},
	{"POST", "/session/unlock", unlockSession, "unlock", "Open a locked session again with the password", []int{429}, on((*app).unlock)},
	{"PUT", "/session/page", showPresence, "present", "A page says that it is open, every ten seconds, and whether it may sound", nil, on((*app).present)},
	{"POST", "/session/password", changeOwnPass, "change-password", "Change one's own password", []int{429}, on((*app).changePassword)},

	{"GET", "/session/device", signIn, "device", "What this computer may do before anybody signs in", nil, on((*app).device)},
	{"POST", "/session/pin", signIn, "sign-in-by-pin", "Sign in with a short secret, on a computer on which the password was given before", []int{401, 429}, on((*app).pinLogin)},
	{"PUT", "/session/pin", changeOwnPass, "set-pin", "Set one's own short secret for this computer", []int{409, 429}, on((*app).setPin)},
	{"DELETE", "/session/pin", ownSession, "remove-pin", "End one's own short secret on this computer", nil, on((*app).removePin)},

	{"GET", "/line", seeLine, "line", "What one line does now", []int{404}, on((*app).line)},
	{"GET", "/lines", seeLine, "lines", "What every line does now", nil, on((*app).allLines)},
	{"GET", "/duty", seeDuty, "duty", "Who is on duty now", []int{404}, on((*app).duty)},

	{"GET", "/roster/months/{month}", seeRoster, "roster-month", "The roster of a month: what is in force, its draft, what the rules find, and the counts", nil, on((*app).rosterMonth)},
	{"PUT", "/roster/months/{month}/draft", writeRoster, "save-roster-draft", "Save the draft of a month; it binds nobody", []int{409}, on((*app).saveDraft)},
	{"DELETE", "/roster/months/{month}/draft", writeRoster, "drop-roster-draft", "Drop the draft of a month", []int{404}, on((*app).dropDraft)},
	{"POST", "/roster/months/{month}/publish", writeRoster, "publish-roster", "Put the draft of a month into force", []int{404, 409}, on((*app).publishDraft)},
	{"GET", "/roster/months/{month}/sheet", printRoster, "print-roster", "The roster of a month in the usual form as a page to print", []int{404}, on((*app).printRoster)},
	{"GET", "/roster/months/{month}/workbook", exportRoster, "export-roster", "The roster of a month in the usual form as .xlsx", []int{404, 503}, on((*app).exportRoster)},
	{"POST", "/roster/imports", writeRoster, "preview-roster", "Read a table: what it says by month, or every fault by its cell; nothing is kept", []int{413, 503}, on((*app).previewRoster)},
	{"POST", "/roster/swaps", swapRoster, "swap-shifts", "Give a shift to somebody else; what the regulation forbids is not done, and named", nil, on((*app).swapShifts)},
	{"GET", "/roster/changes", seeRoster, "roster-changes", "Who changed what of the roster, newest first", nil, on((*app).rosterChanges)},
	{"GET", "/roster/filings", seeRoster, "filings", "What is to be filed until when, and what was filed", nil, on((*app).filings)},
	{"POST", "/roster/filings", fileRosters, "file-roster", "Write down that the roster was filed; the version that stands is kept", nil, on((*app).fileRoster)},
	{"GET", "/roster/filings/{id}", seeRoster, "filing", "One filing with the version that was sent", []int{404}, on((*app).filing)},
	{"PATCH", "/roster/filings/{id}", fileRosters, "amend-filing", "Add a receipt that came later, or correct it or when the roster was sent; what stood before is kept", []int{404}, on((*app).amendFiling)},
	{"GET", "/roster/people", seeRoster, "roster-people", "Who may stand in the roster", nil, on((*app).rosterPeople)},
	{"PUT", "/roster/people", writeRoster, "save-roster-person", "Enter somebody for the roster, or change who has the name", []int{409}, on((*app).savePerson)},
	{"GET", "/roster/holidays", seeRoster, "holidays", "Public holidays and make-up workdays of the years that are known", nil, on((*app).holidays)},
	{"PUT", "/roster/holidays/{year}", writeRoster, "save-holidays", "Replace the public holidays of a year", nil, on((*app).saveHolidays)},
	{"GET", "/roster/periods", seeRoster, "sensitive-periods", "Sensitive periods, newest first", nil, on((*app).sensitivePeriods)},
	{"POST", "/roster/periods", writeRoster, "save-sensitive-period", "Enter, change or end a sensitive period", []int{404, 409}, on((*app).savePeriod)},

	{"GET", "/calls", seeCalls, "calls", "Calls, newest first", nil, on((*app).calls)},
	{"GET", "/calls/{id}", seeCalls, "call", "One call", []int{404}, on((*app).oneCall)},
	{"GET", "/calls/{id}/recording", playRecording, "recording", "The sealed recording: caller left, officer right; takes ranges", []int{404, 412, 416}, on((*app).recording)},
	{"GET", "/calls/{id}/peaks", seeWaveform, "peaks", "The waveform of both sides", []int{404}, on((*app).peaks)},
	{"PUT", "/calls/{id}/tags/spot_check", tagCalls, "set-spot-check", "Say that a call was a spot check", []int{404}, on((*app).setSpotCheck)},
	{"DELETE", "/calls/{id}/tags/spot_check", tagCalls, "clear-spot-check", "Say that a call was no spot check", []int{404}, on((*app).clearSpotCheck)},

	{"GET", "/reviews", seeReviews, "reviews", "Verdicts that may be explained and reviewed, newest first", nil, on((*app).reviews)},
	{"GET", "/reviews/{id}", seeReviews, "review", "One of them, with everything by which it can be judged anew", []int{404}, on((*app).oneReview)},
	{"POST", "/reviews/{id}/facts", sayReviews, "say-of-verdict", "Explain a verdict, comment on it, decide, or ask for a second reviewer; kept for ever", []int{404, 409}, on((*app).sayOfVerdict)},
	{"GET", "/reviews/{id}/sheet", printReviews, "print-review", "One of them as a page to print", []int{404}, on((*app).printReview)},

	{"GET", "/spot-checks", seeSpotChecks, "spot-checks", "The register of spot checks, newest first, and tagged calls that it lacks", nil, on((*app).spotChecks)},
	{"POST", "/spot-checks", writeSpotChecks, "add-spot-check", "Register a spot check, by a superior or of a subordinate unit", []int{409}, on((*app).addSpotCheck)},
	{"GET", "/spot-checks/{check}", seeSpotChecks, "spot-check", "Every version of one", []int{404}, on((*app).spotCheckVersions)},
	{"PUT", "/spot-checks/{check}", writeSpotChecks, "change-spot-check", "Correct one, or strike it out: the older version stays readable", []int{404, 409}, on((*app).changeSpotCheck)},
	{"GET", "/spot-check-calls", watchSpotChecks, "spot-check-calls", "The calls of spot checks that were begun here, the one that runs first", nil, on((*app).spotCalls)},
	{"POST", "/spot-check-calls", startSpotChecks, "start-spot-check", "Call the duty number from the second line until a person answers; it counts like every call, and the duty desk is not told before", []int{404, 409, 503}, on((*app).startSpotCheck)},
	{"DELETE", "/spot-check-calls/{id}", startSpotChecks, "end-spot-check", "Hang up the call of a spot check", []int{404}, on((*app).endSpotCheck)},
	{"GET", "/sheets/spot-checks", printSpotChecks, "print-spot-checks", "The register of a month as a page to print", nil, on((*app).printSpotChecks)},
	{"GET", "/sheets/spot-checks/workbook", takeSpotChecks, "export-spot-checks", "The register of a month as .xlsx", []int{503}, on((*app).exportSpotChecks)},

	{"GET", "/listening/draws", seeListening, "listening-draws", "Random samples of the recordings of a month, each with its seed, newest first", nil, on((*app).draws)},
	{"POST", "/listening/draws", drawListening, "draw-recordings", "Draw a sample of the recordings of a month that is over", nil, on((*app).addDraw)},
	{"GET", "/listening/draws/{draw}", seeListening, "listening-draw", "One sample with what was said of its calls", []int{404}, on((*app).oneDraw)},
	{"POST", "/listening/draws/{draw}/facts", sayListening, "say-of-recording", "Review a call that was drawn, or answer to that; kept for ever", []int{404, 409}, on((*app).sayOfCall)},
	{"GET", "/listening/draws/{draw}/sheet", printListening, "print-listening-draw", "One sample as a page to print", []int{404}, on((*app).printDraw)},

	{"GET", "/assessments", seeAssessments, "assessments", "The months with how far the assessment of each is, newest first", nil, on((*app).assessments)},
	{"GET", "/assessments/differences", seeAssessments, "assessment-differences", "Which frozen sheets would be others by the scoring rules in force; none is changed", nil, on((*app).assessmentDifferences)},
	{"GET", "/assessments/{month}", seeAssessments, "assessment", "A month's sheet: points of each item, why, and what it rests on", []int{404}, on((*app).assessment)},
	{"POST", "/assessments/{month}/facts", sayAssessments, "say-of-assessment", "Name the responsible persons, sign or freeze a month's sheet; kept for ever", []int{404, 409}, on((*app).sayOfAssessment)},
	{"GET", "/assessments/{month}/sheet", printAssessments, "print-assessment", "A month's sheet in the usual form as a page to print", []int{404}, on((*app).printAssessment)},
	{"GET", "/assessments/{month}/workbook", takeAssessments, "export-assessment", "The same as .xlsx", []int{404, 503}, on((*app).exportAssessment)},

	{"GET", "/violations", seeViolations, "violations", "The register of suspected violations by Art. 32, newest first: the log suggests, persons decide", nil, on((*app).violations)},
	{"POST", "/violations", openViolations, "open-violation", "Register one by hand", []int{404}, on((*app).openViolation)},
	{"GET", "/violations/{id}", seeViolations, "violation", "One of them", []int{404}, on((*app).oneViolation)},
	{"POST", "/violations/{id}/facts", sayViolations, "say-of-violation", "State, decide first, confirm or return as a second person, dismiss, take up again; kept for ever", []int{404, 409}, on((*app).sayOfViolation)},
	{"GET", "/sheets/violations", printViolations, "print-violations", "The register of a month as a page to print", nil, on((*app).printViolations)},
	{"GET", "/sheets/violations/workbook", takeViolations, "export-violations", "The register of a month as .xlsx", []int{503}, on((*app).exportViolations)},

	{"GET", "/missed-calls", seeCalls, "missed-calls", "Calls that nobody took, newest first, and whether their callers were called back", nil, on((*app).missedCalls)},
	{"POST", "/missed-calls/{id}/settlement", writeEntries, "settle-missed-call", "Say why nobody has to call this caller back any more", []int{404, 409}, on((*app).settleMissed)},
	{"POST", "/call-backs", callBack, "call-back", "Have the duty phone ring, and dial on when it is picked up; never while anybody calls", []int{404, 409, 503}, on((*app).callBack)},

	{"PUT", "/call-notes/{key}", writeNotes, "keep-note", "Keep what was written on the locked screen while it rang; nothing is shown", []int{403, 409, 429}, on((*app).keepNote)},
	{"GET", "/call-notes", writeEntries, "notes", "What was written on the locked screen of this computer and waits", nil, on((*app).notes)},
	{"POST", "/call-notes/{key}/take", writeEntries, "take-note", "Write such a note into the entry of its call, or another one", []int{404, 409}, on((*app).takeNote)},

	{"GET", "/intervals", seeIntervals, "intervals", "What was not seen, and when: no figure is whole without it", nil, on((*app).intervals)},

	{"GET", "/entries", seeEntries, "entries", "Entries of the duty log", nil, on((*app).entries)},
	{"GET", "/entries/{id}", seeEntries, "entry", "One entry", []int{404}, on((*app).oneEntry)},
	{"PATCH", "/entries/{id}", amendEntries, "amend-entry", "Change an entry: everything or nothing of the patch is taken; late_at is when a late entry came", []int{404, 409}, on((*app).amend)},
	{"GET", "/entries/{id}/revisions", seeEntries, "revisions", "Every kept version of an entry, oldest first", []int{404}, on((*app).revisions)},
	{"POST", "/entries/{id}/hold", holdEntries, "hold-entry", "Put an entry under a legal hold: nothing of it expires or is erased", []int{404}, on((*app).setHold)},
	{"POST", "/entries", writeEntries, "write-entry", "Open an entry of what did not come by telephone: fax, WeChat, visit, patrol, warning", []int{409}, on((*app).write)},
	{"POST", "/entries/{id}/steps", writeEntries, "add-step", "Append a handling step; one that was an outgoing call takes that call's own entry into this one", []int{404}, on((*app).addStep)},
	{"DELETE", "/entries/{id}/steps/{number}", writeEntries, "strike-step", "Strike a handling step out: it stays readable", []int{404}, on((*app).strikeStep)},
	{"POST", "/entries/{id}/read-back", writeEntries, "begin-read-back", "Say that reading back begins now: a place in the recording", []int{404}, on((*app).beginReadBack)},
	{"GET", "/entries/{id}/serves", seeEntries, "services", "Open entries that this entry's outgoing call may serve, the likeliest first", []int{404}, on((*app).services)},
	{"GET", "/entries/{id}/dealings", seeEntries, "dealings", "The last calls with the number of an entry, and open matters that may concern it", []int{404}, on((*app).dealings)},
	{"GET", "/entries/{id}/links", seeEntries, "links", "What belongs to an entry, the newest first", []int{404}, on((*app).links)},
	{"POST", "/entries/{id}/links", writeEntries, "link-entry", "Say that another entry belongs to this one", []int{404}, on((*app).link)},
	{"DELETE", "/entries/{id}/links", writeEntries, "unlink-entry", "Undo that", []int{404}, on((*app).unlink)},
	{"GET", "/phrases", seePhrases, "phrases", "What officers insert by a key, by field and category", nil, on((*app).phrases)},
	{"POST", "/phrases", writePhrases, "add-phrase", "Add a phrase or a template", nil, on((*app).addPhrase)},
	{"PUT", "/phrases/{phrase}", writePhrases, "change-phrase", "Change or end a phrase; every version is kept", []int{404, 409}, on((*app).changePhrase)},
	{"GET", "/entry-kinds", seeRules, "entry-kinds", "What is required of each kind of entry", nil, on((*app).entryKinds)},

	{"GET", "/entries/{id}/attachments", seeEntries, "attachments", "What is attached to an entry, oldest first", []int{404}, on((*app).attachments)},
	{"POST", "/entries/{id}/attachments", writeEntries, "attach", "Attach a file: the body is the file itself", []int{404, 408, 413, 503}, on((*app).attachFile)},
	{"GET", "/entries/{id}/attachments/{attachment}", takeAttached, "attachment", "An attached file, as it was attached; takes ranges", []int{404, 412, 416, 503}, on((*app).attachment)},

	{"GET", "/sheets/day", printLog, "print-day", "The duty log of a day as a page to print", nil, on((*app).printDay)},
	{"GET", "/sheets/day/workbook", exportLog, "export-day", "The duty log of a day as .xlsx", nil, on((*app).exportDay)},
	{"GET", "/sheets/month", printLog, "print-month", "The duty log of a month as pages to print: a table of its days, then the entries", nil, on((*app).printMonth)},
	{"GET", "/sheets/month/workbook", exportLog, "export-month", "The duty log of a month as .xlsx", nil, on((*app).exportMonth)},
	{"GET", "/entries/{id}/sheet", printEntries, "print-entry", "One entry as a page to print", []int{404}, on((*app).printEntry)},
	{"GET", "/entries/{id}/workbook", exportEntries, "export-entry", "One entry as .xlsx", []int{404}, on((*app).exportEntry)},
	{"GET", "/paper-sheets", seeBlank, "blank-sheets", "Printings of blank numbered sheets, newest first, with what was used of each", nil, on((*app).blankSheets)},
	{"POST", "/paper-sheets", printBlank, "number-blank-sheets", "Take the next numbers for blank sheets: who printed which is kept", nil, on((*app).numberSheets)},
	{"GET", "/paper-sheets/{id}/sheet", printBlank, "print-blank-sheets", "The blank sheets of one printing as pages to print", []int{404}, on((*app).printBlankSheets)},

	{"GET", "/directory", seeDirectory, "directory", "Contacts: all, or those that words, pinyin or a part of a number find", nil, on((*app).listDirectory)},
	{"POST", "/directory", editDirectory, "add-contact", "Add a contact", nil, on((*app).addContact)},
	{"PUT", "/directory/{id}", editDirectory, "edit-contact", "Change a contact", []int{404, 409}, on((*app).editContact)},
	{"DELETE", "/directory/{id}", editDirectory, "remove-contact", "Take a contact out of the directory; its history stays", []int{404, 409}, on((*app).removeContact)},
	{"GET", "/directory/{id}/changes", seeDirectory, "contact-changes", "Who changed what of a contact, newest first", []int{404}, on((*app).contactChanges)},
	{"POST", "/directory/{id}/confirm", confirmDirectory, "confirm-contact", "Say that a contact is still right", []int{404, 409}, on((*app).confirmContact)},
	{"POST", "/directory/{id}/numbers", confirmDirectory, "add-contact-number", "Add a number that was seen in a call", []int{404, 409}, on((*app).addContactNumber)},
	{"POST", "/directory/preview", editDirectory, "preview-directory", "Show exactly what the import of a table would change", []int{413, 503}, on((*app).previewDirectory)},
	{"POST", "/directory/import", editDirectory, "import-directory", "Import a table whose preview was looked at: all of it or nothing", []int{409, 413, 503}, on((*app).importDirectory)},
	{"GET", "/directory/export", exportOfDirectory, "export-directory", "The directory as .xlsx, which imports back unchanged", []int{503}, on((*app).exportDirectory)},

	{"GET", "/alerts", seeAlerts, "alerts", "What somebody must take on or was told, newest first", nil, on((*app).alertList)},
	{"POST", "/alerts/{id}/acknowledge", takeAlerts, "acknowledge-alert", "Take an alert on: others see who has it", []int{404, 409}, on((*app).acknowledge)},
	{"GET", "/alerts/{id}/calls", seeAlerts, "alert-calls", "Whom the daemon called about an alert, and what came of it, oldest first", nil, on((*app).alertCalls)},
	{"POST", "/alerts/{id}/mute", muteAlerts, "mute-alert", "Keep an alert quiet until a moment: it stays on the page and goes out by no channel", []int{404, 409}, on((*app).mute)},
	{"DELETE", "/alerts/{id}/mute", muteAlerts, "unmute-alert", "End the mute of an alert: what nobody took on is told anew", []int{404, 409}, on((*app).unmute)},
	{"GET", "/alerts/channels", seeChannels, "alert-channels", "The ways by which alerts leave the building, and how they do", nil, on((*app).channels)},
	{"POST", "/alerts/channels/{name}/test", testChannels, "test-alert-channel", "Send a test message and wait for what comes of it", []int{404, 409}, on((*app).testChannel)},

	{"GET", "/probe", seeTests, "tests", "Test calls from a second line, newest first, and what cannot be known without one", nil, on((*app).testList)},
	{"POST", "/probe", runTests, "start-test", "Call the duty number from the second line; never while the line is in use", []int{404, 409, 503}, on((*app).startTest)},
	{"GET", "/probe/{id}/audio", playTests, "test-audio", "What the caller of a test call heard", []int{404, 416}, on((*app).testSound)},

	{"GET", "/reconciliation", seeLedger, "reconciliation", "What does not agree between calls, recordings and entries, newest first", nil, on((*app).ledger)},
	{"POST", "/reconciliation", runLedger, "reconcile", "Compare now; gives what is open", []int{503}, on((*app).reconcile)},

	{"GET", "/handover", seeHandovers, "handover-now", "Who is responsible, what the roster asks for, and the sheet as it is now", nil, on((*app).handoverNow)},
	{"POST", "/handovers", handOver, "hand-over", "Hand over and take over: both confirm the sheet that they saw, each with their own login", []int{409, 429}, on((*app).takeOver)},
	{"GET", "/handovers", seeHandovers, "handovers", "Handovers, newest first, without their sheets", nil, on((*app).handovers)},
	{"GET", "/handovers/{id}", seeHandovers, "handover", "One handover with the sheet that was confirmed", []int{404}, on((*app).oneHandover)},
	{"GET", "/handover/sheet", printHandover, "print-handover-now", "The sheet of a handover as it is now, as a page to print", nil, on((*app).printHandoverNow)},
	{"GET", "/handover/workbook", takeHandover, "export-handover-now", "The sheet of a handover as it is now, as .xlsx", []int{503}, on((*app).exportHandoverNow)},
	{"GET", "/handovers/{id}/sheet", printHandover, "print-handover", "The sheet that was confirmed, as a page to print", []int{404}, on((*app).printHandover)},
	{"GET", "/handovers/{id}/workbook", takeHandover, "export-handover", "The sheet that was confirmed, as .xlsx", []int{404, 503}, on((*app).exportHandover)},
	{"POST", "/handovers/{id}/confirmations", handOver, "confirm-handover", "Section chief or duty leader take over too, each with their own login", []int{404, 409, 429}, on((*app).confirmHandover)},

	{"GET", "/tasks", seeTasks, "tasks", "Dated duties by their time: what waits, what was done, what comes", nil, on((*app).tasks)},
	{"POST", "/tasks/{rule}/marks", doTasks, "mark-task", "Say that a dated duty is done, not needed, or open again; kept for ever", []int{404, 409}, on((*app).markTask)},
	{"GET", "/task-rules", seeTasks, "task-rules", "The rules of which dated duties follow, as they are now", nil, on((*app).taskRules)},
	{"POST", "/task-rules", ruleTasks, "add-task-rule", "Add a rule", nil, on((*app).addTaskRule)},
	{"PUT", "/task-rules/{rule}", ruleTasks, "change-task-rule", "Change or end a rule from now on; what was due before stays", []int{404, 409}, on((*app).changeTaskRule)},
	{"GET", "/absences", seeTasks, "absences", "Absences of the unit's head, newest first", nil, on((*app).absences)},
	{"POST", "/absences", doTasks, "add-absence", "The unit's head will be away: its reports become dated duties", nil, on((*app).addAbsence)},
	{"PUT", "/absences/{absence}", doTasks, "change-absence", "Something of an absence changes: that is reported, too", []int{404, 409}, on((*app).changeAbsence)},

	{"GET", "/incidents", seeIncidents, "incidents", "Incidents that have to be reported upwards, newest first", nil, on((*app).incidents)},
	{"POST", "/incidents", writeIncidents, "open-incident", "Open an incident out of an entry: its clocks start with the intake", []int{404, 409}, on((*app).openIncident)},
	{"GET", "/incidents/terms", seeIncidents, "incident-terms", "Categories, elements, stages, recipients and channels in the words of the regulation", nil, on((*app).incidentTerms)},
	{"GET", "/incidents/offers", seeIncidents, "incident-offers", "Open incidents to which an entry may belong, and calls to superiors that may have been reports", nil, on((*app).incidentOffers)},
	{"GET", "/incidents/{id}", seeIncidents, "incident", "One incident with its entries, reports and its whole course", []int{404}, on((*app).oneIncident)},
	{"PATCH", "/incidents/{id}", writeIncidents, "change-incident", "Say what is known now; start the clocks later, close, open again or merge, each with a reason", []int{404, 409}, on((*app).changeIncident)},
	{"POST", "/incidents/{id}/entries", writeIncidents, "link-incident", "Say that another entry tells of the same event", []int{404, 409}, on((*app).linkIncident)},
	{"POST", "/incidents/{id}/reports", writeIncidents, "write-report", "Keep the next version of a report; what is missing is asked for when it is signed or sent", []int{404, 409}, on((*app).writeReport)},
	{"POST", "/incidents/{id}/reports/{number}/approvals", approveReports, "approve-report", "Review or sign a report, or note that somebody did so by telephone; a call with another number than theirs, or of less than 5 s, takes a call_reason (else 422 incident-call_mismatch)", []int{404, 409}, on((*app).approveReport)},
	{"POST", "/incidents/{id}/reports/{number}/approvals/confirm", approveReports, "confirm-report-approval", "Say that what was noted of a telephone call was so, or was not", []int{404, 409}, on((*app).confirmApproval)},
	{"POST", "/incidents/{id}/reports/{number}/deliveries", writeIncidents, "deliver-report", "Keep to whom, by which way and when a report went, and what proves it; approved or not. A call with another number than the recipient's, or of less than 5 s, takes a call_reason (else 422 incident-call_mismatch)", []int{404, 409}, on((*app).deliverReport)},
	{"POST", "/incidents/{id}/callouts", writeIncidents, "call-out", "Keep whom of the unit was told, and what came of it", []int{404, 409}, on((*app).callOut)},
	{"POST", "/incidents/{id}/scene", writeIncidents, "tell-from-scene", "Keep who arrived at the scene, what was told from there, and who came back", []int{404, 409}, on((*app).scene)},
	{"POST", "/incidents/{id}/instructions", writeIncidents, "instruct", "Keep what a leader ordered", []int{404, 409}, on((*app).instruct)},
	{"POST", "/incidents/{id}/instructions/{number}/steps", writeIncidents, "follow-instruction", "Keep to whom an instruction was conveyed, what was fed back, and that it is done", []int{404, 409}, on((*app).followInstruction)},
	{"GET", "/incidents/{id}/reports/{number}/sheet", printIncidents, "print-report", "A report of an incident as a page to print", []int{404}, on((*app).printReport)},
	{"GET", "/incidents/{id}/reports/{number}/document", takeIncidents, "export-report", "A report of an incident as .docx, by the site's template", []int{404, 503}, on((*app).exportReport)},
	{"GET", "/incidents/{id}/course/sheet", printIncidents, "print-course", "The whole course of an incident as a page to print, with ways to its calls", []int{404}, on((*app).printCourse)},
	{"POST", "/incidents/{id}/facts/{number}/strike", writeIncidents, "strike-fact", "Strike a fact out that was wrong: it stays readable", []int{404, 409}, on((*app).strikeFact)},

	{"GET", "/metrics/answering", seeFigures, "answering", "How the line was answered: every figure with its numerator, denominator, rule and blind seconds", []int{404}, on((*app).answering)},
	{"GET", "/metrics/duty", seeFigures, "duty-figures", "Reports in time, handovers, roster, filings and call backs: so many of so many", []int{404}, on((*app).dutyFigures)},
	{"GET", "/metrics/answering/sheet", printFigures, "print-figures", "The same as a page to print", []int{404}, on((*app).printFigures)},
	{"GET", "/metrics/answering/workbook", exportFigures, "export-figures", "The same as .xlsx", []int{404, 503}, on((*app).exportFigures)},
	{"GET", "/metrics/answering/charts/{chart}/workbook", exportFigures, "export-chart", "The numbers of one chart of the page as .xlsx", []int{404, 503}, on((*app).exportChart)},
	{"GET", "/metrics/duty/workbook", exportFigures, "export-duty-figures", "Reports in time, handovers, roster, filings and call backs as .xlsx", []int{404, 503}, on((*app).exportDutyFigures)},
	{"GET", "/metrics/answering/months/{month}/sheet", printFigures, "print-correction", "What came after a month was closed, as a page to print", []int{404}, on((*app).printCorrection)},
	{"GET", "/metrics/answering/months/{month}/workbook", exportFigures, "export-correction", "The same as .xlsx", []int{404, 503}, on((*app).exportCorrection)},
	{"GET", "/metrics/answering/months/{month}", seeFigures, "closed-month", "The figures of a closed month as they were frozen, and what came later", []int{404}, on((*app).closedMonth)},

	{"GET", "/events", watch, "events", "The stream of what is committed (server-sent events)", []int{429}, on((*app).events)},
	{"GET", "/health", seeHealth, "health", "How the daemon's parts are", nil, on((*app).health)},
	{"GET", "/health/line", seeHealth, "line-health", "How everything is on which a line depends: good, bad or unknown, since when, and why", []int{404}, on((*app).lampList)},
	{"GET", "/evidence", seeEvidence, "evidence", "How the log is proved: the newest signed checkpoint", nil, on((*app).evidence)},
	{"GET", "/approvals", seeApprovals, "approvals", "What was asked for that takes two persons, newest first", nil, on((*app).approvals)},
	{"POST", "/approvals", askApprovals, "ask-approval", "Ask for the release of a hold, or for an erasure", []int{404, 409}, on((*app).ask)},
	{"POST", "/approvals/{id}/decision", decideAsked, "decide-approval", "Approve or decline what somebody else asked for; a hold is released by it, an erasure is carried out at the machine", []int{404, 409}, on((*app).decide)},
	{"GET", "/access", seeAccesses, "accesses", "Who read, listened to, printed, exported or took what, newest first", []int{404}, on((*app).accessesTo)},
	{"GET", "/evidence/verification", seeEvidence, "verification", "How the verification of the log goes, or how the last one ended", []int{503}, on((*app).verification)},
	{"POST", "/evidence/verification", runVerify, "verify", "Verify the log and its files; changes nothing", []int{409, 503}, on((*app).verify)},
	{"GET", "/practice", seeRules, "practice", "Whether this is practice mode", nil, on((*app).practice)},
	{"POST", "/practice/calls", practise, "place-practice-call", "Place a call on the practice line", []int{404, 503}, on((*app).placePractice)},
}

// plainRoute is a row of what lies outside the API and speaks no JSON.
type plainRoute struct {
	method, path string // the method is empty where the handler itself looks at it
	permission   permission
	handler      func(*app) http.Handler
}

// plainTable is everything else. The last two rows catch what no other row has.
func plainTable() []plainRoute {
	return []plainRoute{
		{"GET", "/api/openapi.json", readAPI, func(a *app) http.Handler { return http.HandlerFunc(a.document) }},
		{"GET", "/healthz", probe, func(a *app) http.Handler { return a.probeGate(http.HandlerFunc(a.healthz)) }},
		{"GET", "/readyz", probe, func(a *app) http.Handler { return a.probeGate(http.HandlerFunc(a.readyz)) }},
		{"GET", "/metrics", probe, func(a *app) http.Handler { return a.probeGate(a.metrics()) }},
		{"", "/api/", readAPI, func(*app) http.Handler { return http.HandlerFunc(noSuchRoute) }},
		{"", "/", loadPage, func(a *app) http.Handler { return newPage(a.Page) }},
	}

}

// on makes a row's add of a method with typed input and output.
func on[I, O any](handler func(*app, context.Context, *I) (*O, error)) func(*app) func(huma.API, huma.Operation) {
	return func(a *app) func(huma.API, huma.Operation) {
		return func(api huma.API, op huma.Operation) {
			huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) { return handler(a, ctx, in) })
		}
	}
}

// routes puts both tables on the mux.
func (a *app) routes(mux *http.ServeMux) {
	api := humago.New(mux, a.humaConfig())
	for _, r := range table {
		op := huma.Operation{
			Method: r.method, Path: prefix + r.path, OperationID: r.id, Summary: r.summary, Tags: []string{tagOf(r.path)},
			Errors: append([]int{422}, r.errors...), MaxBodyBytes: maxBody, Middlewares: huma.Middlewares{a.guard(api, r.permission)},
			Metadata: map[string]any{"permission": string(r.permission)},
		}
		if !grants[r.permission].everyone {
			op.Errors = append(op.Errors, 401, 403)
			op.Security = []map[string][]string{{"session": {}}}
		}
		describe(&op)
		r.add(a)(api, op)
	}
	documentBodies(api.OpenAPI())
	documentNulls(api.OpenAPI())
	var err error
	if a.openAPI, err = json.MarshalIndent(api.OpenAPI(), "", " "); err != nil {
		panic(fmt.Sprintf("the description of the API cannot be written: %v", err)) // a mistake in this package
	}
	for _, r := range plainTable() {
		mux.Handle(strings.TrimSpace(r.method+" "+r.path), r.handler(a))
	}
}

func tagOf(path string) string { return strings.SplitN(path, "/", 3)[1] }

func (a *app) humaConfig() huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	aliases(registry)
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Dutyline", Version: a.Version,
				Description: "The duty line and its log. Times are RFC 3339 in UTC with milliseconds, absent ones null; a duration has its unit at the end of its name (_ms, _seconds), or is milliseconds. Errors are application/problem+json."},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: a.sessions.manager.Cookie.Name, Description: "From POST /api/v1/session"},
			}},
		},
		Formats: huma.DefaultFormats, DefaultFormat: "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.translate},
	}
	return c
}

// guard stands before every route of the API: it finds out who asks and whether they may.
func (a *app) guard(api huma.API, p permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		// Touching a session writes: while the log is behind, nobody's look at the line may wait for it.
		v, err := a.sessions.visitor(r, addressOf(r), len(a.Unlogged().Lines) == 0)
		v.device = a.sessions.deviceOf(r)
		refused := v.may(p).problem()
		if err != nil {
			refused = internal(err)
		}
		if refused == nil {
			refused = checkContentType(r)
		}
		if refused != nil {
			_, w := humago.Unwrap(ctx)
			a.reported(ctx, refused).write(w)
			return
		}
		if v.signedIn && !v.locked && deed(r, p) {
			if err := a.sessions.act(ctx.Context(), v.token, a.Now()); err != nil {
				a.Logger.WarnContext(ctx.Context(), "a session could not be kept open", "error", err)
			}
		}
		next(huma.WithContext(ctx, withVisitor(ctx.Context(), v)))
	}
}

// checkContentType refuses a body that says it is something else than JSON.
func checkContentType(r *http.Request) *Problem {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if uploads(r) || r.ContentLength == 0 || kind == "" || kind == "application/json" {
		return nil
	}
	return newProblem(http.StatusUnsupportedMediaType, "", "The body is %s; send it as application/json.", kind)
}

// noSuchRoute answers what no row of the table has, or has with another method only.
func noSuchRoute(w http.ResponseWriter, r *http.Request) {
	methods := methodsOf(r.URL.Path)
	if len(methods) == 0 {
		newProblem(http.StatusNotFound, "", "There is no %s; /api/openapi.json lists what there is.", cut(r.URL.Path, 100)).write(w)
		return
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	newProblem(http.StatusMethodNotAllowed, "", "%s is not possible here; possible are %s.", cut(r.Method, 20), strings.Join(methods, ", ")).write(w)
}

// methodsOf lists the methods that some row has for a path.
func methodsOf(path string) []string {
	var methods []string
	for _, r := range table {
		if matches(prefix+r.path, path) && !slices.Contains(methods, r.method) {
			methods = append(methods, r.method)
		}
	}
	for _, r := range plainTable() {
		if r.method != "" && r.path == path {
			methods = append(methods, r.method)
		}
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return methods
}

func matches(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool {
		return w == h || strings.HasPrefix(w, "{") && h != ""
	})
}

func cut(s string, most int) string {
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// document is the description of the API, OpenAPI 3.1.
func (a *app) document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(a.openAPI)
}

// aliases tell huma which schema stands for a type that writes its own JSON.
func aliases(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[Problem]())
	r.RegisterTypeAlias(reflect.TypeFor[dutylog.Call](), reflect.TypeFor[callDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[dutylog.Entry](), reflect.TypeFor[entryDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[dutylog.Revision](), reflect.TypeFor[revisionDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[dutylog.Gap](), reflect.TypeFor[gapDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[dutylog.LedgerItem](), reflect.TypeFor[ledgerItemDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[alerts.Alert](), reflect.TypeFor[alertDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[alerts.LampState](), reflect.TypeFor[lampDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[testcall.Result](), reflect.TypeFor[testDoc]())
}

// schemaName names a schema as a reader of the API knows it: callDoc and lineBody are Call and Line.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	return strings.TrimSuffix(strings.TrimSuffix(name, "Doc"), "Body")
}
