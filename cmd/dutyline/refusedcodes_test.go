package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/hep"
)

var fourUTC = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func refusedAt(line, dialled string, after time.Duration) telephony.Change {
	return telephony.Change{Kind: telephony.CodeRefused, Line: line, Detail: dialled, At: fourUTC.Add(after),
		Proofs: []telephony.Proof{{Kind: telephony.SeenInSIP, Ref: "a@b", Text: "404 (INVITE)", At: fourUTC.Add(after)}}}
}

func placedAt(kind telephony.ChangeKind, line, dialled string, after time.Duration) []telephony.Change {
	c := telephony.Call{ID: "1." + dialled, Line: line, Direction: telephony.Outbound, Called: telephony.ParseNumber(dialled, "024"), OfferedAt: fourUTC.Add(after)}
	if kind == telephony.CallSettled {
		c.EndedAt, c.SettledBy, c.Outcome = c.OfferedAt.Add(time.Second), telephony.SettledByJournal, telephony.PlacedFailed
	}
	return []telephony.Change{{Kind: kind, Line: line, At: fourUTC.Add(after), Call: &c}}
}

// A code that became a call is the call's to tell, whichever of the two is heard of first; the same
// code again later, without a call, is told.
func TestARefusedCodeWaitsForTheCallThatItMayBe(t *testing.T) {
	placed := func(line, dialled string, after time.Duration) []telephony.Change {
		return placedAt(telephony.CallOffered, line, dialled, after)
	}
	came := placed("duty", "*73", 0)
	came[0].Call.Direction = telephony.Inbound
	for what, c := range map[string]struct {
		refused []telephony.Change
		calls   [][]telephony.Change
		want    string
	}{
		"no call":                   {[]telephony.Change{refusedAt("duty", "*73", 0)}, nil, "code_refused"},
		"the call is heard before":  {[]telephony.Change{refusedAt("duty", "*73", 2*time.Millisecond)}, [][]telephony.Change{placed("duty", "*73", 0)}, "code_called"},
		"the call is heard after":   {[]telephony.Change{refusedAt("duty", "*73", 0)}, [][]telephony.Change{placed("duty", "*73", 13*time.Millisecond)}, "code_called"},
		"the trunk took long":       {[]telephony.Change{refusedAt("duty", "*73", 40*time.Second)}, [][]telephony.Change{placed("duty", "*73", 0)}, "code_called"},
		"the journal tells it":      {[]telephony.Change{refusedAt("duty", "*73", 0)}, [][]telephony.Change{placedAt(telephony.CallSettled, "duty", "*73", 0)}, "code_called"},
		"again without a call":      {[]telephony.Change{refusedAt("duty", "*73", 0), refusedAt("duty", "*73", 2*time.Minute)}, [][]telephony.Change{placed("duty", "*73", 0)}, "code_called code_refused"},
		"an old call settles late":  {[]telephony.Change{refusedAt("duty", "*73", 2*time.Minute)}, [][]telephony.Change{placed("duty", "*73", 2*time.Minute), placedAt(telephony.CallSettled, "duty", "*73", 0)}, "code_called"},
		"another code is called":    {[]telephony.Change{refusedAt("duty", "*73", 0)}, [][]telephony.Change{placed("duty", "*72", 0)}, "code_refused"},
		"another line calls it":     {[]telephony.Change{refusedAt("duty", "*73", 0)}, [][]telephony.Change{placed("fax", "*73", 0)}, "code_refused"},
		"somebody calls, it is not": {[]telephony.Change{refusedAt("duty", "*73", 0)}, [][]telephony.Change{came}, "code_refused"},
	} {
		var r refusedCodes
		for _, ch := range c.refused {
			if kept := r.refuse(ch, time.Hour); len(kept) != 1 || kept[0].Kind != telephony.CodeWaits || kept[0].Detail != ch.Detail {
				t.Errorf("%s: the log is to keep %+v", what, kept)
			}
		}
		if early := r.due(time.Hour + 999*time.Millisecond); len(early) != 0 {
			t.Errorf("%s: told %+v early", what, early)
		}
		for _, changes := range c.calls {
			r.heard(changes)
		}
		var got string
		for _, ch := range r.due(time.Hour + time.Second) {
			got += " " + string(ch.Kind)
		}
		if got != " "+c.want || len(r.waiting) != 0 || len(r.due(3*time.Hour)) != 0 {
			t.Errorf("%s: told%s, want %s", what, got, c.want)
		}
	}
}

// Copies that somebody on this machine makes up do not fill the memory, nor the log.
func TestRefusedCodesAreBounded(t *testing.T) {
	var r refusedCodes
	kept := 0
	for range 10000 {
		kept += len(r.refuse(refusedAt("duty", "*73", 0), 0))
	}
	if n := len(r.due(time.Hour)); n == 0 || n > 100 || n != kept {
		t.Errorf("%d are told, %d kept", n, kept)
	}
}

// codeRun is one run of a daemon on a log that outlives it.
type codeRun struct {
	t   *testing.T
	db  *sqlite.DB
	w   *watcher
	now time.Duration
}

func (r *codeRun) Now() time.Time         { return fourUTC.Add(r.now) }
func (r *codeRun) Uptime() time.Duration  { return r.now }
func (r *codeRun) Stepped() time.Duration { return 0 }

func startCodeRun(t *testing.T, file string, at time.Duration) *codeRun {
	t.Helper()
	r := &codeRun{t: t, now: at}
	var err error
	if r.db, err = sqlite.Open(t.Context(), file, sqlite.Options{Now: r.Now}); err != nil {
		t.Fatal(err)
	}
	rules := alerts.Rules{Codes: map[string]alerts.Codes{"duty": alerts.ShippedCodes()}}
	commit := func(changes []telephony.Change) {
		if err := r.db.RecordAndTell(t.Context(), changes, rules.Judge); err != nil {
			t.Error(err)
		}
	}
	lines := []telephony.Line{{Name: "duty", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}, Rule: telephony.DefaultRule()}}
	r.w = newWatcher(lines, nil, commit, slog.New(slog.DiscardHandler))
	r.w.clock = r
	r.w.sip = &sipView{view: hep.NewView([]string{"duty"}, hep.Limits{}), homes: r.w.homes}
	if err := r.w.resumeCodes(t.Context(), r.db); err != nil {
		t.Fatal(err)
	}
	return r
}

// dials is a code that the dialplan refuses, as SIP shows it.
func (r *codeRun) dials(code string) {
	m := hep.Message{Method: "INVITE", URI: "sip:" + code + "@x", CallID: "call-" + code, CSeq: 1, FromTag: "s", FromUser: "duty", ToUser: code, Branch: "a",
		From: itsPhone, To: itsSwitch, At: r.Now(), Up: r.now}
	r.w.take(message{sip: &m})
	no := m
	no.Status, no.ToTag, no.From, no.To = 404, "p", itsSwitch, itsPhone
	r.w.take(message{sip: &no})
}

// passes lets time pass and looks at what is due.
func (r *codeRun) passes(d time.Duration) {
	r.now += d
	r.w.tellAlso(r.w.refused.due(r.w.clock.Uptime()))
}

func (r *codeRun) told() (got []string) {
	r.t.Helper()
	list, _, err := r.db.Alerts(r.t.Context(), alerts.Query{})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range list {
		got = append(got, fmt.Sprintf("%s %s, a call: %t, %d pieces of evidence", a.Reason, a.Detail, a.CallID != "", len(a.Evidence)))
	}
	return got
}

func (r *codeRun) want(when string, alerts ...string) {
	r.t.Helper()
	if diff := cmp.Diff(alerts, r.told()); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// A kill in the second in which a refused code waits loses nothing: the next run tells it, once. Nothing
// is closed between the runs, as a kill leaves it.
func TestARefusedCodeOutlivesAKill(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	const told = "forward_code *72013800001111, a call: false, 1 pieces of evidence"
	first := startCodeRun(t, file, 0)
	first.dials("*72013800001111")
	first.passes(500 * time.Millisecond)
	first.want("it waits")
	first.db.Close()

	second := startCodeRun(t, file, 2*time.Second)
	second.passes(29 * time.Second)
	second.want("the journal may know a call")
	second.passes(time.Second)
	second.want("no call was heard of", told)
	second.db.Close()

	third := startCodeRun(t, file, time.Hour)
	third.passes(time.Hour)
	third.want("it is told once", told)
	third.db.Close()
}

// After a kill too the call tells of a code that became one, whether the log has it or the journal brings it.
func TestARefusedCodeIsItsCallsAfterAKill(t *testing.T) {
	for what, c := range map[string]struct{ logged, settled bool }{
		"the log has the call":        {true, false},
		"the journal brings the call": {false, true},
	} {
		file := filepath.Join(t.TempDir(), "log.db")
		first := startCodeRun(t, file, 0)
		if first.dials("*73"); c.logged {
			first.w.commit(placedAt(telephony.CallOffered, "duty", "*73", -time.Second))
		}
		first.db.Close()
		second := startCodeRun(t, file, 2*time.Second)
		if c.settled {
			call := placedAt(telephony.CallSettled, "duty", "*73", -time.Second)[0].Call
			second.w.take(message{settled: &settledNews{calls: []telephony.Settlement{{At: fourUTC, Call: *call}}}})
		}
		second.passes(time.Minute)
		if got := second.told(); len(got) != 0 { // these calls say nothing of a code by themselves
			t.Errorf("%s: told %q", what, got)
		}
		if left, err := second.db.WaitingCodes(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("%s: still kept: %+v, %v", what, left, err)
		}
		second.db.Close()
	}
}
