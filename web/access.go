package web

import (
	"context"
	"net/http"
	"slices"

	"dutyline/dutylog"
)

// permission names something that a person may do. Each route has exactly one, and each kind
// of frame on the event stream too.
type permission string

// The closed set of permissions.
const (
	seeLine       permission = "line.see"       // state and ring counter, without any data about people
	seeLineDetail permission = "line.detail"    // its number and its faults
	signIn        permission = "session.begin"  //
	ownSession    permission = "session.own"    // see and change one's own session
	seeDuty       permission = "duty.see"       // who is on duty
	seeRoster     permission = "roster.see"     // months ahead, with who changed what
	writeRoster   permission = "roster.write"   // drafts, people, holidays; put a draft into force
	swapRoster    permission = "roster.swap"    // 调班
	fileRosters   permission = "roster.file"    // 报备
	exportRoster  permission = "roster.export"  // take it along as a file
	seeCalls      permission = "call.see"       //
	seeIntervals  permission = "interval.see"   // what was not seen, and when
	playRecording permission = "recording.play" // and see its waveform
	callBack      permission = "call.back"      // have the duty phone ring for a call back
	seePhrases    permission = "phrase.see"     // what officers insert by a key
	writePhrases  permission = "phrase.write"
	tagCalls      permission = "call.tag"        // say that a call was a spot check
	seeEntries    permission = "entry.see"       // and all their revisions
	writeEntries  permission = "entry.write"     //
	takeAttached  permission = "attachment.take" // what is attached to an entry
	printEntries  permission = "entry.print"     // as pages for paper
	exportEntries permission = "entry.export"    // as workbooks
	holdEntries   permission = "entry.hold"      // set and release a legal hold

	seeDirectory      permission = "directory.see"
	confirmDirectory  permission = "directory.confirm" // say that a contact is still right, add a number seen in a call
	editDirectory     permission = "directory.edit"    // add, change, remove, import
	exportOfDirectory permission = "directory.export"  // all numbers in one file

	seeAlerts     permission = "alert.see"         // with what they are about
	takeAlerts    permission = "alert.take"        // acknowledge
	muteAlerts    permission = "alert.mute"        // keep one quiet for a while
	seeChannels   permission = "channel.see"       // how alerts leave the building
	testChannels  permission = "channel.test"      // send a test message
	seeTests      permission = "test.see"          // test calls, and whether they can be made
	runTests      permission = "test.run"          // call the duty number from the second line
	playTests     permission = "test.play"         // what one heard
	seeHealth     permission = "health.see"        //
	showPresence  permission = "presence.show"     // that one's page is open
	seeEvidence   permission = "evidence.see"      // how the log is proved
	seeLedger     permission = "ledger.see"        // what does not agree
	runLedger     permission = "ledger.run"        // compare now
	seeHandovers  permission = "handover.see"      // sheets, with what they say of callers
	handOver      permission = "handover.confirm"  // hand over, take over, confirm it
	seeTasks      permission = "task.see"          // dated duties and their rules
	doTasks       permission = "task.do"           // say that one is done; write down an absence
	ruleTasks     permission = "task.rule"         // change what is asked for
	practise      permission = "practice.place"    // place a call on the practice line
	seeRules      permission = "rules.see"         // what the log asks of entries; whether this is practice
	watch         permission = "events.watch"      // the stream; what it carries has rows of its own
	probe         permission = "machine.probe"     // programs on this machine, or with the token
	loadPage      permission = "page.load"         //
	writeNotes    permission = "note.write"        // on the locked screen, unseen; the computer has to be known
	endSession    permission = "session.end"       // also without one
	changeOwnPass permission = "session.password"  //
	readAPI       permission = "api.documentation" //
)

// grant says who has a permission.
type grant struct {
	everyone  bool           // also who is not signed in
	roles     []dutylog.Role // who is signed in
	unchanged bool           // also before the password of a new account was changed
}

// Groups of roles that the table names often.
var (
	anyRole   = dutylog.Roles()
	leaders   = []dutylog.Role{dutylog.Chief, dutylog.Leader}
	onTheSpot = append([]dutylog.Role{dutylog.Officer}, leaders...)      // who is on duty
	changers  = append([]dutylog.Role{dutylog.Supervisor}, onTheSpot...) // of something in the duty room
	readers   = append([]dutylog.Role{dutylog.Auditor}, changers...)     // of what people said and wrote
	overseers = append([]dutylog.Role{dutylog.Supervisor, dutylog.Admin}, leaders...)
)

// grants is the one table of permissions. What is not in it is refused to everybody.
var grants = map[permission]grant{
	loadPage:      {everyone: true},
	readAPI:       {everyone: true},
	seeLine:       {everyone: true},
	seeRules:      {everyone: true},
	watch:         {everyone: true},
	signIn:        {everyone: true},
	endSession:    {everyone: true},
	writeNotes:    {everyone: true},
	probe:         {everyone: true}, // probeGate asks where the request comes from instead
	ownSession:    {roles: anyRole, unchanged: true},
	changeOwnPass: {roles: anyRole, unchanged: true},
	seeLineDetail: {roles: anyRole},
	seeDuty:       {roles: anyRole},
	seeRoster:     {roles: anyRole},
	writeRoster:   {roles: overseers},
	swapRoster:    {roles: changers},
	fileRosters:   {roles: changers},
	exportRoster:  {roles: anyRole},
	seeCalls:      {roles: anyRole},
	seeIntervals:  {roles: anyRole},
	seeAlerts:     {roles: anyRole},
	takeAlerts:    {roles: changers},
	muteAlerts:    {roles: append([]dutylog.Role{dutylog.Supervisor}, leaders...)},
	seeChannels:   {roles: append([]dutylog.Role{dutylog.Auditor}, overseers...)},
	testChannels:  {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	seeTests:      {roles: anyRole},
	runTests:      {roles: append([]dutylog.Role{dutylog.Admin}, changers...)},
	playTests:     {roles: readers},
	seeHealth:     {roles: anyRole},
	showPresence:  {roles: anyRole},
	practise:      {roles: append([]dutylog.Role{dutylog.Admin}, changers...)},
	seeLedger:     {roles: anyRole},
	runLedger:     {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	seeEvidence:   {roles: append([]dutylog.Role{dutylog.Auditor}, overseers...)},
	playRecording: {roles: readers},
	callBack:      {roles: onTheSpot},
	seePhrases:    {roles: anyRole},
	writePhrases:  {roles: append([]dutylog.Role{dutylog.Admin}, leaders...)},
	seeEntries:    {roles: readers},
	takeAttached:  {roles: readers},
	printEntries:  {roles: readers},
	exportEntries: {roles: readers},
	seeHandovers:  {roles: readers},
	handOver:      {roles: onTheSpot},
	seeTasks:      {roles: anyRole},
	doTasks:       {roles: changers},
	ruleTasks:     {roles: []dutylog.Role{dutylog.Supervisor, dutylog.Admin}},
	tagCalls:      {roles: []dutylog.Role{dutylog.Officer, dutylog.Supervisor}},
	holdEntries:   {roles: []dutylog.Role{dutylog.Supervisor}},
	writeEntries:  {roles: onTheSpot},

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
	changePassword verdict = "change_password_first"
	notTheirRole   verdict = "not_their_role"
	noSuchGrant    verdict = "no_such_permission"
)

// visitor is who makes a request. The account was read from the log for this very request.
type visitor struct {
	account  dutylog.Account
	signedIn bool
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

// call reads a call for somebody who wants to do something with it. Every access to a call
// goes through here, so that a later rule about single calls has one place.
func (a *app) call(ctx context.Context, p permission, id string) (dutylog.Call, error) {
	if refused := visitorOf(ctx).may(p).problem(); refused != nil {
		return dutylog.Call{}, refused
	}
	c, err := a.Log.Call(ctx, id)
	if err != nil {
		return dutylog.Call{}, problemOf(err)
	}
	return c, nil
}

// contact is call for contacts of the directory.
func (a *app) contact(ctx context.Context, p permission, id int64) (dutylog.Contact, error) {
	if refused := visitorOf(ctx).may(p).problem(); refused != nil {
		return dutylog.Contact{}, refused
	}
	c, err := a.Log.Contact(ctx, id)
	if err != nil {
		return dutylog.Contact{}, problemOf(err)
	}
	return c, nil
}

// handover is call for handovers.
func (a *app) handover(ctx context.Context, p permission, id int64) (dutylog.Handover, error) {
	if refused := visitorOf(ctx).may(p).problem(); refused != nil {
		return dutylog.Handover{}, refused
	}
	h, err := a.Log.Handover(ctx, id)
	if err != nil {
		return dutylog.Handover{}, problemOf(err)
	}
	return h, nil
}

// entry is call for entries.
func (a *app) entry(ctx context.Context, p permission, id string) (dutylog.Entry, error) {
	if refused := visitorOf(ctx).may(p).problem(); refused != nil {
		return dutylog.Entry{}, refused
	}
	e, err := a.Log.Entry(ctx, id)
	if err != nil {
		return dutylog.Entry{}, problemOf(err)
	}
	return e, nil
}
