package main_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// ordinaryCalls is how many calls are made; ORDINARY_CALLS=500, or make ordinary, is the long form.
func ordinaryCalls(t *testing.T) int { return callsAsked(t, "ORDINARY_CALLS") }

// callsAsked is how many calls a variable asks for; 40 where it asks for none.
func callsAsked(t *testing.T, name string) int {
	n := 40
	if text := os.Getenv(name); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 20 {
			t.Fatalf("%s=%q: write how many calls are to be made, 20 or more", name, text)
		}
	}
	return n
}

// Ordinary calls of every outcome, through a real switch with peers that are not ours and the real daemon
// with the rules that are shipped and its view of SIP: each raises what it owes, once, and nothing says
// that calls went elsewhere, that another device answered, or that the line was misused.
func TestSystemOrdinaryCallsRaiseOnlyWhatTheyOwe(t *testing.T) {
	t.Parallel()
	o := newOrdinary(t)
	n := ordinaryCalls(t)
	seed := rand.Uint64N(1_000_000)
	t.Logf("seed %d", seed)
	o.place(rand.New(rand.NewPCG(seed, 3)), n)
	calls, told := o.judge(n)
	outcomes, reasons := map[string]int{}, map[alerts.Reason]int{}
	engaged := 0
	for _, c := range calls {
		outcomes[c.Outcome]++
	}
	for _, a := range told {
		reasons[a.Reason]++
		if a.Reason == alerts.ReasonEngagedRefused {
			engaged += a.Times
		}
	}
	t.Logf("%d calls: %v; alerts: %v", len(calls), outcomes, reasons)
	if reasons[alerts.ReasonEngagedRefused] > 1 || engaged != outcomes["engaged"] { // one problem of many calls
		t.Errorf("%d refused callers are told as %d, in %d alerts", outcomes["engaged"], engaged, reasons[alerts.ReasonEngagedRefused])
	}
	for _, want := range []string{"answered_in_time", "answered_late", "missed", "abandoned_early", "engaged", "rejected", "unreachable", "placed_answered"} {
		if outcomes[want] == 0 {
			t.Errorf("no call was %s", want)
		}
	}
}

// ordinary is a switch, a daemon beside it and all who call.
type ordinary struct {
	t      *testing.T
	sw     *asterisk.Process
	daemon *victim
	peers  *peers
	log    string
	voice  string

	mu     sync.Mutex
	placed []*placed
}

const listedMobile = "13900001112" // in the directory: it may be called at any hour

func newOrdinary(t *testing.T) *ordinary {
	t.Helper()
	dir := t.TempDir()
	s := asterisktest.Settings(t)
	far := asterisktest.FreeUDP(t)
	s.RTPTo, s.RingFor, s.TrunkContact, s.HEPAddress = s.RTPFrom+1999, 3*time.Second, "sip:"+far, asterisktest.FreeUDP(t)
	o := &ordinary{t: t, sw: asterisktest.Start(t, s), log: filepath.Join(dir, "log.db"), voice: asterisktest.Tone(t, 600, time.Second)}
	s = o.sw.Settings
	o.peers = newPeers(t, s.SIPAddress, s.Number, s.DutyUser, s.DutyPassword)
	if err := o.peers.register(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	asterisktest.StartSIPp(t, asterisktest.Scenario(t, "phone", map[string]string{"ring_ms": "200", "voice": o.voice}), far, "", 5*time.Minute,
		append(asterisktest.SoundPort(t), "-s", "far")...)
	o.daemon = newVictim(t, os.Args[0], dir, dir, s.HTTPAddress, s, "DUTYLINE_TEST_AS_PROGRAM=1") // TestMain makes it the daemon
	o.configure("sip: {address: \"" + s.HEPAddress + "\"}\n")
	directory := filepath.Join(dir, "directory.csv")
	if err := os.WriteFile(directory, []byte("单位,姓名,职务,电话,上级\n沈河区应急局,刘建国,值班主任,"+listedMobile+",否\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.daemon.start(); err != nil {
		t.Fatal(err)
	}
	if err := o.daemon.ready(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	if out, err := o.daemon.command("import", "directory", directory); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if said, _ := os.ReadFile(o.daemon.said); t.Failed() {
			t.Logf("the daemon said:\n%s", said)
		}
	})
	return o
}

// configure adds to the daemon's configuration.
func (o *ordinary) configure(more string) {
	o.t.Helper()
	text, err := os.ReadFile(o.daemon.config)
	if err == nil {
		err = os.WriteFile(o.daemon.config, append(text, more...), 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// place makes n calls, at random moments and many at once. Callers without a number come one after the
// other, for only their number tells them apart; so do calls from the duty phone.
func (o *ordinary) place(r *rand.Rand, n int) {
	var calling sync.WaitGroup
	var withheld, out []func()
	for i := range n {
		switch p, kind := ordinaryCall(r, i), i%20; {
		case kind == 18:
			p.caller = "anonymous"
			withheld = append(withheld, func() { o.call(p) })
		case kind == 19:
			number := []string{listedMobile, "119", "12345", "95598", "02422720107"}[i/20%5]
			out = append(out, func() {
				asterisktest.CallOut(o.t, o.sw, number, 300*time.Millisecond, o.voice).Must(o.t)
			})
		default:
			calling.Go(func() { o.call(p) })
			pause(time.Duration(r.ExpFloat64() * float64(60*time.Millisecond)))
		}
		if i == n/2 { // the others go on meanwhile
			calling.Go(inTurn(&withheld))
			calling.Go(inTurn(&out))
			withheld, out = nil, nil
		}
	}
	calling.Go(inTurn(&withheld))
	inTurn(&out)()
	calling.Wait()
	o.peers.busy.Wait()
}

func inTurn(calls *[]func()) func() {
	list := *calls
	return func() {
		for _, call := range list {
			call()
		}
	}
}

// call makes one call and keeps the book of its two sides.
func (o *ordinary) call(p plan) {
	placed := o.peers.place(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.placed = append(o.placed, placed) // the phone's side of it may not be over yet
}

// ordinaryCall is the i-th call: every twenty of them end in every way, and rings end away from limits.
func ordinaryCall(r *rand.Rand, i int) plan {
	p := plan{caller: fmt.Sprintf("0242%07d", 2273000+i), talk: 300*time.Millisecond + time.Duration(r.Int64N(int64(700*time.Millisecond))), officer: r.IntN(2) == 0, media: true}
	if i%4 == 1 {
		p.caller = fmt.Sprintf("8%03d", i) // a telephone of the same house
	}
	ring := func(fate fate, from, to int) plan {
		p.fate, p.ring = fate, time.Duration(from+r.IntN(to-from))*time.Millisecond
		return p
	}
	switch k := i % 20; {
	case k < 3:
		return ring(fateAnswered, 150, 400) // in the first ring
	case k < 6, k >= 18:
		return ring(fateAnswered, 600, 900) // in the second
	case k < 9:
		return ring(fateAnswered, 1150, 1300) // in the third
	case k < 11:
		return ring(fateAnswered, 1900, 2300) // late
	case k < 13:
		return ring(fateGivenUp, 300, 1100)
	case k == 13:
		return ring(fateGivenUp, 1900, 2300)
	case k == 14:
		return ring(fateNobody, 1, 2)
	case k == 15:
		return ring(fateBusy, 1, 2)
	case k == 16:
		return ring(fateRejected, 500, 1000)
	}
	return ring(fateOutOfReach, 1, 2)
}

// judge waits until both eyes have seen every call, and compares calls and alerts with what the peers saw.
func (o *ordinary) judge(n int) (calls []logged, told []toldAlert) {
	o.t.Helper()
	if !eventually(30*time.Second, func() bool { return o.settled() == n }) {
		o.t.Errorf("%d of %d calls are settled", o.settled(), n)
	}
	if err := o.daemon.end(syscall.SIGTERM, 30*time.Second); err != nil {
		o.t.Error(err)
	}
	var err error
	if calls, _, err = readDutyLog(o.log); err != nil {
		o.t.Fatal(err)
	}
	if told, err = readAlerts(o.log); err != nil {
		o.t.Fatal(err)
	}
	held := map[string][]logged{}
	for _, c := range calls {
		held[c.Caller] = append(held[c.Caller], c)
	}
	for _, placed := range o.placed {
		truth := placed.seen()
		if c := held[truth.Caller]; truth.Caller == "anonymous" || len(c) == 1 && c[0].against(truth) == "" {
			continue
		} else if len(c) == 1 {
			o.t.Errorf("%s (planned: %s): %s", truth.Caller, truth.Plan, c[0].against(truth))
		} else {
			o.t.Errorf("%s is %d times in the log", truth.Caller, len(c))
		}
	}
	for _, complaint := range append(alertsAgainst(calls, told), bellAlertsAgainst(calls, told, verdictSlack)...) {
		o.t.Error(complaint)
	}
	return calls, told
}

// settled is how many calls are over and were seen by the journal too.
func (o *ordinary) settled() (n int) {
	o.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+o.log+"?_query_only=on&_busy_timeout=5000")
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM calls WHERE ended_at IS NOT NULL AND settled_by <> ''").Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

// Twenty calls one after the other are of every kind, and no ring ends where its alert is a matter of luck.
func TestOrdinaryCallsAreOfEveryKind(t *testing.T) {
	r, seen := rand.New(rand.NewPCG(1, 2)), map[fate]int{}
	callers := map[string]bool{}
	for i := range 500 {
		p := ordinaryCall(r, i)
		seen[p.fate]++
		callers[p.caller] = true
		if near := (p.ring - ringLimit).Abs(); near < verdictSlack && p.fate != fateNobody {
			t.Errorf("call %d rings for %v, %v from the limit", i, p.ring, near)
		}
		if strings.HasPrefix(p.caller, "+") || net.ParseIP(p.caller) != nil {
			t.Errorf("call %d comes from %q", i, p.caller)
		}
	}
	for _, f := range []fate{fateAnswered, fateGivenUp, fateBusy, fateRejected, fateOutOfReach, fateNobody} {
		if seen[f] < 25 {
			t.Errorf("%q: %d of 500", f, seen[f])
		}
	}
	if len(callers) != 500 {
		t.Errorf("%d callers", len(callers))
	}
}
