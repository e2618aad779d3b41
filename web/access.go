package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"dutyline/dutylog"
)

// permission names something that a person may do. Each route has exactly one, and each kind
// of frame on the event stream too.
type permission string

// The closed set of permissions.
const (
	seeLine        permission = "line.see"       // state and ring counter, without any data about people
	seeLineDetail  permission = "line.detail"    // its number and its faults
	signIn         permission = "session.begin"  //
	unlockSession  permission = "session.unlock" //
	ownSession     permission = "session.own"    // see and change one's own session
	seeDuty        permission = "duty.see"       // who is on duty, by name
	seeDutyNumbers permission = "duty.numbers"   // and by which number
	seeRoster      permission = "roster.see"     // months ahead, with who changed what
	writeRoster    permission = "roster.write"   // drafts, people, holidays; put a draft into force
	swapRoster     permission = "roster.swap"    // 调班
	fileRosters    permission = "roster.file"    // 报备, and what is said of a filing afterwards
	printRoster    permission = "roster.print"   // as a page for paper
	exportRoster   permission = "roster.export"  // take it along as a file
	seeCalls       permission = "call.see"       //
	seeIntervals   permission = "interval.see"   // what was not seen, and when
	playRecording  permission = "recording.play" //
	seeWaveform    permission = "recording.see"  // who talked when: less than to listen, and noted apart from it
	callBack       permission = "call.back"      // have the duty phone ring for a call back
	seePhrases     permission = "phrase.see"     // what officers insert by a key
	writePhrases   permission = "phrase.write"
	tagCalls       permission = "call.tag"        // say that a call was a spot check
	seeEntries     permission = "entry.see"       // and all their revisions
	writeEntries   permission = "entry.write"     //
	amendEntries   permission = "entry.amend"     // change one; a supervisor says who answered, and nothing else: see mayWith
	takeAttached   permission = "attachment.take" // what is attached to an entry
	seeNames       permission = "names.see"       // who called, in lists, prints and exports, see listed
	printEntries   permission = "entry.print"     // one, as pages for paper
	exportEntries  permission = "entry.export"    // one, as a workbook
	printLog       permission = "log.print"       // a day or a month of them
	exportLog      permission = "log.export"      //
	seeBlank       permission = "paper.see"       // which blank sheets were printed, and the entries of each
	printBlank     permission = "paper.print"     // blank numbered sheets for times in which nobody can write here
	holdEntries    permission = "entry.hold"      // set a legal hold; for its release see askApprovals

	seeDirectory      permission = "directory.see"
	confirmDirectory  permission = "directory.confirm" // say that a contact is still right, add a number seen in a call
	editDirectory     permission = "directory.edit"    // add, change, remove, import
	exportOfDirectory permission = "directory.export"  // all numbers in one file

	seeAlerts        permission = "alert.see"        // with what they are about
	takeAlerts       permission = "alert.take"       // acknowledge
	muteAlerts       permission = "alert.mute"       // keep one quiet for a while
	seeChannels      permission = "channel.see"      // how alerts leave the building
	testChannels     permission = "channel.test"     // send a test message
	seeTests         permission = "test.see"         // test calls, and whether they can be made
	runTests         permission = "test.run"         // call the duty number from the second line
	playTests        permission = "test.play"        // what one heard
	seeHealth        permission = "health.see"       //
	showPresence     permission = "presence.show"    // that one's page is open
	seeApprovals     permission = "approval.see"     // what takes two persons
	askApprovals     permission = "approval.ask"     // for the release of a hold, for an erasure
	decideAsked      permission = "approval.decide"  // what somebody else asked for
	seeAccesses      permission = "access.see"       // who saw or took what
	runVerify        permission = "evidence.verify"  // changes nothing
	seeEvidence      permission = "evidence.see"     // how the log is proved
	seeFigures       permission = "figures.see"      // how the line was answered
	seeOfficers      permission = "figures.officers" // and each officer; without it, only one's own
	printFigures     permission = "figures.print"    // as a page for paper
	exportFigures    permission = "figures.export"   // as a workbook
	seeLedger        permission = "ledger.see"       // what does not agree
	runLedger        permission = "ledger.run"       // compare now
	seeHandovers     permission = "handover.see"     // sheets, with what they say of callers
	handOver         permission = "handover.confirm" // hand over, take over, confirm it
	printHandover    permission = "handover.print"   // as a page for paper
	takeHandover     permission = "handover.export"  // as a workbook
	seeTasks         permission = "task.see"         // dated duties and their rules
	doTasks          permission = "task.do"          // say that one is done; write down an absence
	ruleTasks        permission = "task.rule"        // change what is asked for
	seeIncidents     permission = "incident.see"     // with what their entries say
	writeIncidents   permission = "incident.write"   // open one, write and send its reports
	printIncidents   permission = "incident.print"   // reports and the course, as pages for paper
	takeIncidents    permission = "incident.export"  // a report as .docx
	approveReports   permission = "incident.approve" // or note that somebody did so by telephone; whose part is whose, the log says
	seeReviews       permission = "review.see"       // what was said of verdicts; an officer those that concern them
	sayReviews       permission = "review.say"       // explain, comment, decide: who may say what is dutylog.Review.May's
	printReviews     permission = "review.print"     // one, as a page for paper
	seeSpotChecks    permission = "spot_check.see"
	writeSpotChecks  permission = "spot_check.write"
	startSpotChecks  permission = "spot_check.start"  // have the second line call
	watchSpotChecks  permission = "spot_check.watch"  // see that one runs, of which the room is not told
	printSpotChecks  permission = "spot_check.print"  // a month, as a page for paper
	takeSpotChecks   permission = "spot_check.export" // a month, as a workbook
	seeListening     permission = "listening.see"     // samples of recordings; an officer their own
	drawListening    permission = "listening.draw"
	sayListening     permission = "listening.say" // who may say what is dutylog.Listened.May's
	printListening   permission = "listening.print"
	seeAssessments   permission = "assessment.see"    // months' sheets
	sayAssessments   permission = "assessment.say"    // name, sign, freeze: who may say what is dutylog.AssessmentCase.May's
	printAssessments permission = "assessment.print"  // a month, as a page for paper
	takeAssessments  permission = "assessment.export" // a month, as a workbook
	seeViolations    permission = "violation.see"     // the register of suspected violations
	openViolations   permission = "violation.open"    // put one in by hand
	sayViolations    permission = "violation.say"     // state, decide: who may say what is dutylog.Violation.May's
	printViolations  permission = "violation.print"   // a month, as a page for paper
	takeViolations   permission = "violation.export"  // a month, as a workbook
	practise         permission = "practice.place"    // place a call on the practice line
	seeRules         permission = "rules.see"         // what the log asks of entries; whether this is practice
	watch            permission = "events.watch"      // the stream; what it carries has rows of its own
	probe            permission = "machine.probe"     // programs on this machine, or with the token
	loadPage         permission = "page.load"         //
	writeNotes       permission = "note.write"        // on the locked screen, unseen; the computer has to be known
	endSession       permission = "session.end"       // also without one
	changeOwnPass    permission = "session.password"  //
	readAPI          permission = "api.documentation" //
)

// grant says who has a permission.
type grant struct {
	everyone  bool           // also who is not signed in
	roles     []dutylog.Role // who is signed in
	unchanged bool           // also before the password of a new account was changed
	locked    bool           // also while the session is locked
}

// Groups of roles that the table names often.
var (
	everyRole = dutylog.Roles() // with reading accounts, which see their unit's entries, who is on duty, and nothing else
	anyRole   = dutylog.Staff()
	leaders   = []dutylog.Role{dutylog.Chief, dutylog.Leader}
	onTheSpot = append([]dutylog.Role{dutylog.Officer}, leaders...)      // who is on duty
	changers  = append([]dutylog.Role{dutylog.Supervisor}, onTheSpot...) // of something in the duty room
	readers   = append([]dutylog.Role{dutylog.Auditor}, changers...)     // of what people said and wrote
	lookers   = append([]dutylog.Role{dutylog.Reader}, readers...)       // of single entries, see mayWith
	overseers = append([]dutylog.Role{dutylog.Supervisor, dutylog.Admin}, leaders...)
)

// grants is the one table of permissions. What is not in it is refused to everybody.
var grants = map[permission]grant{
	loadPage:         {everyone: true},
	readAPI:          {everyone: true},
	seeLine:          {everyone: true},
	seeRules:         {everyone: true},
	watch:            {everyone: true},
	signIn:           {everyone: true},
	endSession:       {everyone: true},
	writeNotes:       {everyone: true},
	probe:            {everyone: true}, // probeGate asks where the request comes from instead
	ownSession:       {roles: everyRole, unchanged: true, locked: true},
	unlockSession:    {roles: everyRole, unchanged: true, locked: true},
	changeOwnPass:    {roles: everyRole, unchanged: true},
	seeLineDetail:    {roles: anyRole},
	seeDuty:          {roles: everyRole},
	seeDutyNumbers:   {roles: anyRole},
	seeRoster:        {roles: anyRole},
	writeRoster:      {roles: overseers},
	swapRoster:       {roles: changers},
	fileRosters:      {roles: changers},
	printRoster:      {roles: anyRole},
	exportRoster:     {roles: anyRole},
	seeCalls:         {roles: anyRole},
	seeIntervals:     {roles: anyRole},
	seeAlerts:        {roles: anyRole},
	takeAlerts:       {roles: changers},
	muteAlerts:       {roles: append([]dutylog.Role{dutylog.Supervisor}, leaders...)},
	seeChannels:      {roles: append([]dutylog.Role{dutylog.Auditor}, overseers...)},
	testChannels:     {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	seeTests:         {roles: anyRole},
	runTests:         {roles: append([]dutylog.Role{dutylog.Admin}, changers...)},
	playTests:        {roles: readers},
	seeHealth:        {roles: anyRole},
	showPresence:     {roles: anyRole, locked: true}, // it rings there all the same
	practise:         {roles: append([]dutylog.Role{dutylog.Admin}, changers...)},
	seeFigures:       {roles: anyRole},
	seeOfficers:      {roles: append([]dutylog.Role{dutylog.Supervisor, dutylog.Auditor}, leaders...)},
	printFigures:     {roles: readers},
	exportFigures:    {roles: readers},
	seeLedger:        {roles: anyRole},
	runLedger:        {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	seeApprovals:     {roles: append([]dutylog.Role{dutylog.Auditor}, overseers...)},
	askApprovals:     {roles: dutylog.Askers()},
	decideAsked:      {roles: dutylog.Approvers()},
	seeAccesses:      {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Auditor, dutylog.Admin}},
	runVerify:        {roles: []dutylog.Role{dutylog.Auditor, dutylog.Supervisor, dutylog.Admin}},
	seeEvidence:      {roles: append([]dutylog.Role{dutylog.Auditor}, overseers...)},
	playRecording:    {roles: readers},
	callBack:         {roles: onTheSpot},
	seePhrases:       {roles: anyRole},
	writePhrases:     {roles: append([]dutylog.Role{dutylog.Admin}, leaders...)},
	seeEntries:       {roles: lookers},
	takeAttached:     {roles: readers},
	seeNames:         {roles: append([]dutylog.Role{dutylog.Reader}, onTheSpot...)},
	printEntries:     {roles: lookers},
	exportEntries:    {roles: lookers},
	printLog:         {roles: readers},
	exportLog:        {roles: readers},
	seeBlank:         {roles: readers},
	printBlank:       {roles: changers},
	seeHandovers:     {roles: readers},
	handOver:         {roles: onTheSpot},
	printHandover:    {roles: readers},
	takeHandover:     {roles: readers},
	seeTasks:         {roles: anyRole},
	doTasks:          {roles: changers},
	ruleTasks:        {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	seeIncidents:     {roles: readers},
	writeIncidents:   {roles: onTheSpot},
	printIncidents:   {roles: readers},
	takeIncidents:    {roles: readers},
	approveReports:   {roles: onTheSpot},
	seeReviews:       {roles: readers},
	sayReviews:       {roles: changers},
	printReviews:     {roles: readers},
	seeSpotChecks:    {roles: readers},
	writeSpotChecks:  {roles: changers},
	startSpotChecks:  {roles: []dutylog.Role{dutylog.Supervisor}}, // the others sit in the room that is checked
	watchSpotChecks:  {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Auditor}},
	printSpotChecks:  {roles: readers},
	takeSpotChecks:   {roles: readers},
	seeListening:     {roles: readers},
	drawListening:    {roles: []dutylog.Role{dutylog.Supervisor}},
	sayListening:     {roles: changers},
	printListening:   {roles: readers},
	seeAssessments:   {roles: readers},
	sayAssessments:   {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Leader}},
	printAssessments: {roles: readers},
	takeAssessments:  {roles: readers},
	seeViolations:    {roles: readers},
	openViolations:   {roles: []dutylog.Role{dutylog.Supervisor}},
	sayViolations:    {roles: changers},
	printViolations:  {roles: readers},
	takeViolations:   {roles: readers},
	tagCalls:         {roles: []dutylog.Role{dutylog.Officer, dutylog.Supervisor}},
	holdEntries:      {roles: []dutylog.Role{dutylog.Supervisor}},
	writeEntries:     {roles: onTheSpot},
	amendEntries:     {roles: changers},
	seeWaveform:      {roles: readers},

	seeDirectory:      {roles: anyRole},
	confirmDirectory:  {roles: append([]dutylog.Role{dutylog.Admin}, changers...)},
	editDirectory:     {roles: overseers},
	exportOfDirectory: {roles: overseers},
}

// verdict is the answer to "may they?", with its reason.
type verdict string

// The closed set of verdicts.
const (
	allowed        verdict = "allowed"
	signInFirst    verdict = "sign_in_first"
	unlockFirst    verdict = "unlock_first"
	changePassword verdict = "change_password_first"
	notTheirRole   verdict = "not_their_role"
	noSuchGrant    verdict = "no_such_permission"
	officerFirst   verdict = "officer_first" // they may, when the officer concerned had the first word
	notTheirs      verdict = "not_theirs"    // another unit's: for them it does not exist
)

// visitor is who makes a request. The account was read from the log for this very request.
type visitor struct {
	account  dutylog.Account
	signedIn bool
	locked   bool   // nobody did anything for a while, see lock.go
	token    string // of the session, as the cookie had it
	address  string
	device   string // of the computer, as the log knows it; empty: it has no secret
}

// may decides; nothing else does.
func (v visitor) may(p permission) verdict {
	g, ok := grants[p]
	switch {
	case !ok:
		return noSuchGrant
	case g.everyone:
		return allowed
	case !v.signedIn:
		return signInFirst
	case v.locked && !g.locked:
		return unlockFirst
	case v.account.MustChange && !g.unchanged:
		return changePassword
	case !slices.Contains(g.roles, v.account.Role):
		return notTheirRole
	}
	return allowed
}

// can is may for where the reason does not matter.
func (v visitor) can(p permission) bool { return v.may(p) == allowed }

func (v visitor) actor() dutylog.Actor {
	return dutylog.Actor{Login: v.account.Login, Name: v.account.Name, Role: v.account.Role}
}

// problem is what the visitor is told; nil when they may.
func (d verdict) problem() *Problem {
	switch d {
	case allowed:
		return nil
	case signInFirst:
		return newProblem(http.StatusUnauthorized, typeSignIn, "Sign in first: there is no session, or it has ended.")
	case unlockFirst:
		return newProblem(http.StatusUnauthorized, typeLocked, "The session is locked, because nobody did anything for a while: unlock it with the password.")
	case notTheirs:
		return problemOf(dutylog.ErrNotFound)
	case changePassword:
		return newProblem(http.StatusForbidden, typeChangePassword, "Change the password first: it was given by somebody else.")
	}
	return newProblem(http.StatusForbidden, typeForbidden, "Your role does not allow this; ask an administrator.")
}

type visitorKey struct{}

func withVisitor(ctx context.Context, v visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

// object is one thing of the duty log, as far as the right to it depends on which one it is.
type object struct {
	kind    objectKind
	entry   dutylog.Entry // of an entry, and of what belongs to one
	naming  bool          // of a change of an entry: it says who answered, and nothing else
	officer string        // whom a review concerns
	first   time.Time     // until then that officer has the first word, and nobody else reads the review; zero: everybody may
}

// objectKind says what an object is.
type objectKind string

// The closed set of objects that are read one by one.
const (
	aCall      objectKind = "call"
	anEntry    objectKind = "entry" // and its revisions, steps, links, attachments, sheets
	aContact   objectKind = "contact"
	aHandover  objectKind = "handover"
	anIncident objectKind = "incident" // and its reports, deliveries, instructions
	aReview    objectKind = "review"
	aViolation objectKind = "violation" // of the duty room, not of one officer
)

// mayWith decides about one object; nothing else does. A reading account sees the entries of its
// unit, and nothing else is there for it. An officer sees what is held against them, and not what is
// held against others; what concerns nobody that is known concerns every officer. Nobody sees what is held
// against an officer while that one has the first word.
func (v visitor) mayWith(p permission, o object) verdict {
	d := v.may(p)
	if d == allowed && o.kind == aReview && v.account.Role == dutylog.Officer && o.officer != "" && !dutylog.SameName(o.officer, v.account.Name) {
		return notTheirs
	}
	if d == allowed && !o.first.IsZero() && !dutylog.SameName(o.officer, v.account.Name) {
		return officerFirst
	}
	if d == allowed && p == amendEntries && v.account.Role == dutylog.Supervisor && !o.naming {
		return notTheirRole
	}
	if d != allowed || v.account.Role != dutylog.Reader {
		return d
	}
	if o.kind != anEntry || !v.account.Reads(o.entry) {
		return notTheirs
	}
	return allowed
}

// scoped is a list of entries as far as the visitor may have it: the rule of mayWith, as a query.
func (v visitor) scoped(q dutylog.EntryQuery) dutylog.EntryQuery {
	if v.account.Role == dutylog.Reader {
		q.Unit = v.account.Unit
	}
	return q
}

// one reads an object for somebody who wants to do something with it. Every access to a single
// object goes through here. Who may do it with none is told so before anything is read; whether
// an object that is not theirs exists is not told.
func one[T any](ctx context.Context, p permission, read func() (T, error), as func(T) object) (x T, err error) {
	v := visitorOf(ctx)
	if refused := v.may(p).problem(); refused != nil {
		return x, refused
	}
	found, err := read()
	if err != nil {
		return x, problemOf(err)
	}
	o := as(found)
	d := v.mayWith(p, o)
	if d == officerFirst {
		return x, firstWord(o.first)
	}
	if refused := d.problem(); refused != nil {
		return x, refused
	}
	return found, nil
}

// firstWord says from when a review can be read.
func firstWord(until time.Time) *Problem {
	p := newProblem(http.StatusForbidden, typeOfficerFirst, "The officer concerned has the first word: this review can be read when they have spoken, and from %s on in any case.", until.Format("2006-01-02 15:04"))
	opens := stamp(until)
	p.OpensAt = &opens
	return p
}

func (a *app) call(ctx context.Context, p permission, id string) (dutylog.Call, error) {
	return one(ctx, p, func() (dutylog.Call, error) { return a.Log.Call(ctx, id) }, func(dutylog.Call) object { return object{kind: aCall} })
}

func (a *app) entry(ctx context.Context, p permission, id string) (dutylog.Entry, error) {
	return one(ctx, p, func() (dutylog.Entry, error) { return a.Log.Entry(ctx, id) },
		func(e dutylog.Entry) object { return object{kind: anEntry, entry: e} })
}

func (a *app) contact(ctx context.Context, p permission, id int64) (dutylog.Contact, error) {
	return one(ctx, p, func() (dutylog.Contact, error) { return a.Log.Contact(ctx, id) }, func(dutylog.Contact) object { return object{kind: aContact} })
}

func (a *app) handover(ctx context.Context, p permission, id int64) (dutylog.Handover, error) {
	return one(ctx, p, func() (dutylog.Handover, error) { return a.Log.Handover(ctx, id) }, func(dutylog.Handover) object { return object{kind: aHandover} })
}

func (a *app) incident(ctx context.Context, p permission, id int64) (dutylog.Incident, error) {
	return one(ctx, p, func() (dutylog.Incident, error) { return a.Log.Incident(ctx, id) }, func(dutylog.Incident) object { return object{kind: anIncident} })
}

func (a *app) violation(ctx context.Context, p permission, id int64) (dutylog.Violation, error) {
	return one(ctx, p, func() (dutylog.Violation, error) { return a.Log.Violation(ctx, id) }, func(dutylog.Violation) object { return object{kind: aViolation} })
}
