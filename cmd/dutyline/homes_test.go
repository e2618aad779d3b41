package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/hep"
)

// roof is a duty log, and the keeper of one run on it after another.
type roof struct {
	t    *testing.T
	file string
	at   time.Time
	up   time.Duration
	keep *homeKeeper
	db   *sqlite.DB
}

func newRoof(t *testing.T) *roof {
	r := &roof{t: t, file: filepath.Join(t.TempDir(), "log.db"), at: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)}
	r.restart()
	t.Cleanup(func() { r.db.Close() })
	return r
}

// restart begins another run on the same log, as after a kill.
func (r *roof) restart() {
	r.t.Helper()
	if r.db != nil {
		r.db.Close()
	}
	var err error
	if r.db, err = sqlite.Open(r.t.Context(), r.file, sqlite.Options{Now: func() time.Time { return r.at }}); err != nil {
		r.t.Fatal(err)
	}
	known, err := r.db.Homes(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	r.keep, r.up = newHomeKeeper([]telephony.Line{{Name: "duty", Endpoints: []string{"PJSIP/duty"}}}), 0
	r.keep.homes = telephony.NewHomes(known)
}

// log keeps changes as the daemon does.
func (r *roof) log(changes []telephony.Change) {
	r.t.Helper()
	r.at, r.up = r.at.Add(time.Minute), r.up+time.Minute
	for i := range changes {
		changes[i].State = telephony.LineState{Line: "duty", State: telephony.Idle, Since: r.at}
	}
	if err := r.db.RecordAndTell(r.t.Context(), changes, alerts.Rules{}.Judge); err != nil {
		r.t.Fatal(err)
	}
}

func (r *roof) contact(status, uri string) {
	r.t.Helper()
	ev := decoded(r.t, `{"type":"ContactStatusChange","timestamp":"`+r.at.Format("2006-01-02T15:04:05.000+0000")+`","endpoint":{"technology":"PJSIP","resource":"duty","state":"online"},`+
		`"contact_info":{"uri":"`+uri+`","contact_status":"`+status+`","aor":"duty"}}`)
	r.log(r.keep.hear(ev, r.up))
}

func decoded(t *testing.T, raw string) telephony.Event {
	t.Helper()
	ev, err := ari.Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

// moves are the alerts about a phone that moved, the oldest first.
func (r *roof) moves(want ...string) {
	r.t.Helper()
	list, _, err := r.db.Alerts(r.t.Context(), alerts.Query{Limit: 100})
	if err != nil {
		r.t.Fatal(err)
	}
	var got []string
	for _, a := range list {
		var moves []string // of one line they are one alert
		for _, e := range a.Evidence {
			if e.Ref == a.Line {
				moves = append(moves, string(a.Reason)+" "+e.Text)
			}
		}
		if len(moves) != a.Times || !strings.HasSuffix(moves[len(moves)-1], a.Detail) {
			r.t.Errorf("%d times, the last %s: %v", a.Times, a.Detail, moves)
		}
		got = append(moves, got...)
		if len(a.Evidence) == 0 || a.Evidence[0].Ref == "" || a.Evidence[0].Text == "" {
			r.t.Errorf("it rests on nothing: %+v", a.Evidence)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("told (-want +got):\n%s", diff)
	}
}

// Without SIP the switch's own word on a phone's contact shows that it moved, across a restart, too.
func TestTheSwitchTellsThatThePhoneMoved(t *testing.T) {
	r := newRoof(t)
	for range 3 { // a phone that is unplugged and comes back, at another port
		r.contact("NonQualified", "sip:duty@10.0.0.1:5060")
		r.contact("Reachable", "sip:duty@10.0.0.1:5060")
		r.contact("Unreachable", "sip:duty@10.0.0.1:5060")
		r.contact("Removed", "sip:duty@10.0.0.1:5060")
		r.contact("NonQualified", "sip:duty@10.0.0.1:49152;transport=udp")
		r.contact("Removed", "sip:duty@10.0.0.1:49152;transport=udp")
	}
	r.moves()
	r.contact("NonQualified", "sip:duty@10.0.0.77:5060")
	r.contact("Unreachable", "sip:duty@10.0.0.78:5060") // that says of no registration that it was made
	r.contact("Reachable", "sip:duty@10.0.0.1:5060")    // the answer to a question that was under way
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.77")
	r.restart()
	r.contact("Reachable", "sip:duty@10.0.0.77:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.77")
	r.restart()
	r.contact("Reachable", "sip:duty@10.0.0.99:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.77", "registration_moved duty: 10.0.0.77 → 10.0.0.99")
}

// What changed while we were away the switch says when it is asked; what it said by itself meanwhile
// is newer than its answer.
func TestTheSwitchIsAskedWhereThePhoneIs(t *testing.T) {
	r := newRoof(t)
	ask := func(up time.Duration, contacts string) {
		t.Helper()
		r.log(r.keep.asked(registration{phone: "duty", contacts: contacts, at: r.at, up: up}))
	}
	ask(r.up, "sip:duty@10.0.0.1:5060")
	r.restart()
	ask(r.up, "sip:duty@10.0.0.99:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.99")
	asked := r.up
	r.contact("NonQualified", "sip:duty@10.0.0.5:5060")
	r.contact("Removed", "sip:duty@10.0.0.99:5060")
	ask(asked, "sip:duty@10.0.0.99:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.99", "registration_moved duty: 10.0.0.99 → 10.0.0.5")
	for range 3 { // a second device shares the account, whichever comes first in the answer: nothing moved
		r.restart()
		ask(r.up, "sip:duty@10.0.0.6:5060,sip:duty@10.0.0.5:5060")
		r.contact("Reachable", "sip:duty@10.0.0.6:5060")
	}
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.99", "registration_moved duty: 10.0.0.99 → 10.0.0.5")
	r.contact("NonQualified", "sip:duty@10.0.0.7:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.99", "registration_moved duty: 10.0.0.99 → 10.0.0.5", "registration_moved duty: 10.0.0.5 → 10.0.0.7")
}

// With SIP the same, and one move is one alert though both eyes see it. After a restart an answer
// from elsewhere is judged as soon as it is proved where the phone is, and the lamp is not good before.
func TestSIPTellsThatThePhoneMovedAcrossARestart(t *testing.T) {
	r := newRoof(t)
	m := newMirror(t)
	begin := func() { m.view.homes, m.view.view = r.keep, hep.NewView([]string{"duty"}, hep.Limits{}) }
	registers := func(from, call string) {
		t.Helper()
		r.log(m.registersAs(from, call, r.at))
	}
	line := r.keep.lines[0]
	begin()
	registers("10.0.0.1:5060", "r1")
	r.contact("NonQualified", "sip:duty@10.0.0.1:5060")
	registers("10.0.0.77:5060", "r2")
	r.at = r.at.Add(-time.Minute) // both see it at once
	r.contact("NonQualified", "sip:duty@10.0.0.77:5060")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.77")
	if !r.keep.Registered(line) {
		t.Error("it registered, and that proves nothing")
	}

	r.restart()
	begin()
	m.known["1"] = "PJSIP/duty"
	m.say(itsSwitch, itsPhone, hep.Message{Method: "OPTIONS", URI: "sip:duty@x", CallID: "o", CSeq: 1, ToUser: "duty"})
	m.say(itsPhone, itsSwitch, hep.Message{Method: "OPTIONS", Status: 200, CallID: "o", CSeq: 1, ToUser: "duty"})
	m.answered("1", elsewhere)
	if m.want("before it is proved where the phone is"); r.keep.Registered(line) {
		t.Error("a question that was answered proves where the phone is registered")
	}
	r.contact("Reachable", "sip:duty@10.0.0.77:5060")
	m.known["2"] = "PJSIP/duty"
	m.answered("2", elsewhere)
	if m.want("after the switch said it", "2 duty: 198.51.100.7 ≠ 10.0.0.77"); !r.keep.Registered(line) {
		t.Error("the switch keeps the contact by which the log knows the phone, and that proves nothing")
	}
	registers("10.0.0.99:5060", "r3")
	r.moves("registration_moved duty: 10.0.0.1 → 10.0.0.77", "registration_moved duty: 10.0.0.77 → 10.0.0.99")
}

// The recorded events of a phone that registers, expires and registers again: it is where it was.
func TestTheRecordedRegistrationsAreNoMove(t *testing.T) {
	r := newRoof(t)
	for _, name := range []string{"11_register_expire", "11_qualify_up_down"} {
		text, err := os.ReadFile("../../telephony/testdata/traces/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		contacts := 0
		for line := range strings.Lines(string(text)) {
			ev, err := ari.Decode([]byte(line))
			if err != nil || ev.Contact.URI == "" {
				continue
			}
			contacts++
			ev.Endpoint.Name = "PJSIP/duty" // the traces have phones of other names
			r.log(r.keep.hear(ev, r.up))
		}
		if contacts < 5 {
			t.Errorf("%s has %d events of contacts", name, contacts)
		}
	}
	r.moves()
	if homes, err := r.db.Homes(t.Context()); err != nil || len(homes) != 1 || homes[0] != (telephony.Home{Phone: "duty", Eye: telephony.HomeByContact, Host: "127.0.0.1"}) {
		t.Errorf("the log keeps %+v, %v", homes, err)
	}
}

// Other phones of the switch are none of ours.
func TestContactsOfOthersAreLetGo(t *testing.T) {
	r := newRoof(t)
	ev := decoded(t, `{"type":"ContactStatusChange","timestamp":"2026-11-23T12:38:52.863+0000","endpoint":{"technology":"PJSIP","resource":"office","state":"online"},"contact_info":{"uri":"sip:office@10.0.0.1","contact_status":"Reachable"}}`)
	if changes := r.keep.hear(ev, 0); changes != nil {
		t.Errorf("%+v", changes)
	}
	if r.keep.Registered(r.keep.lines[0]) || r.keep.Registered(telephony.Line{}) {
		t.Error("nothing was heard of the duty phone, and it is registered")
	}
}
