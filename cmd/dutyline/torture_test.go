package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// torture is one run of the bench: a real Asterisk, the real daemon, our own callers and duty
// phone, and what is done to them.
type torture struct {
	b      *testing.B
	dir    string // kept when the run fails
	seed   uint64
	calls  int
	kills  int
	long   bool
	rng    *rand.Rand // of the faults; the calls have their own
	clock  string     // file that moves the daemon's clock
	sw     *asterisk.Process
	link   *link
	disk   *disk
	daemon *victim
	peers  *peers

	windows   []window
	healed    time.Time // when switch and journal worked again, during a harm; the daemon may need longer
	killed    int
	notRun    []string
	trouble   []string
	withdrawn []toldAlert // what was told without being sure, and proved to be otherwise
	placed    atomic.Int64
	calling   sync.WaitGroup
}

// The short form, which make test runs.
const (
	shortCalls = 200
	shortKills = 8
)

// BenchmarkTorture is make torture: deploy/torture.sh runs it and prints what it says. It
// places CALLS calls, does harm all the while, KILLS of it by kill -9, and compares what the
// SIP peers saw with the duty log.
func BenchmarkTorture(b *testing.B) {
	x := newTorture(b)
	defer x.keep()
	x.build()
	x.run()
	x.judge()
}

func newTorture(b *testing.B) *torture {
	number := func(name string, otherwise uint64) uint64 {
		text := os.Getenv(name)
		if text == "" {
			return otherwise
		}
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			b.Fatalf("%s=%q is no number", name, text)
		}
		return n
	}
	x := &torture{b: b, seed: number("SEED", rand.Uint64N(1_000_000_000)), calls: int(number("CALLS", shortCalls)), kills: int(number("KILLS", shortKills))}
	x.long = x.calls > shortCalls || x.kills > shortKills
	x.rng = rand.New(rand.NewPCG(x.seed, 1))
	var err error
	if x.dir, err = os.MkdirTemp(os.Getenv("DUTYLINE_TORTURE_DIR"), fmt.Sprintf("seed-%d-", x.seed)); err != nil {
		b.Fatal(err)
	}
	_ = os.WriteFile(filepath.Join(x.dir, "seed"), fmt.Appendf(nil, "CALLS=%d KILLS=%d SEED=%d\n", x.calls, x.kills, x.seed), 0o600)
	x.clock = filepath.Join(x.dir, "clock")
	x.tell("seed %d, %d calls, %d kills, in %s", x.seed, x.calls, x.kills, x.dir)
	return x
}

// tell writes progress beside the result.
func (x *torture) tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "torture: "+format+"\n", args...)
}

// upTo is a random time.
func (x *torture) upTo(d time.Duration) time.Duration { return time.Duration(x.rng.Int64N(int64(d))) }

func (x *torture) logFile() string { return filepath.Join(x.disk.dir, "log.db") }

// build starts everything.
func (x *torture) build() {
	x.b.Helper()
	x.disk = mountDisk(x.b, x.dir, 300+x.calls/4)
	s := asterisktest.Settings(x.b)
	s.Dir, s.SystemName, s.RingFor = filepath.Join(x.dir, "asterisk"), "torture", 4*time.Second
	s.RTPFrom, s.RTPTo = 20000, 21999
	program := buildVictim(x.b, x.dir, "torture")
	x.sw = asterisktest.Start(x.b, s)
	x.link = openLink(x.b, x.sw.Settings.HTTPAddress)
	x.peers = newPeers(x.b, x.sw.Settings.SIPAddress, x.sw.Settings.Number, x.sw.Settings.DutyUser, x.sw.Settings.DutyPassword)
	if err := errors.Join(x.setClock("0s"), x.peers.register(10*time.Second)); err != nil {
		x.b.Fatal(err)
	}
	x.daemon = newVictim(x.b, program, x.dir, x.disk.dir, x.link.address(), x.sw.Settings, "DUTYLINE_TORTURE_CLOCK="+x.clock)
	if err := errors.Join(x.daemon.start(), x.ready()); err != nil {
		x.b.Fatal(err)
	}
}

// run does one harm after the other while calls are placed; each has its share of them.
func (x *torture) run() {
	x.b.Helper()
	rounds := 1
	if x.long {
		rounds = max(2, x.kills/25)
	}
	others := slices.DeleteFunc(slices.Clone(harms), func(f fault) bool { return !strings.Contains(f.name, os.Getenv("HARMS")) })
	if left := len(harms) - len(others); left > 0 {
		x.tell("HARMS=%s: %d of %d kinds of harm are left out", os.Getenv("HARMS"), left, len(harms))
	}
	plan := schedule(x.kills, others, rounds, x.rng.Shuffle, x.rng.IntN)
	if len(plan) == 0 {
		plan = []fault{{name: "none", do: func(*torture) error { return nil }}}
	}
	script := rand.New(rand.NewPCG(x.seed, 2))
	for i, f := range plan {
		from, to := x.calls*i/len(plan), x.calls*(i+1)/len(plan)
		first := from + x.rng.IntN(max(1, (to-from)/2)) // it happens after so many calls
		var batch sync.WaitGroup
		rate := 5 + 35*script.Float64()*script.Float64()
		batch.Go(func() { x.place(script, from, to, rate) })
		for int(x.placed.Load()) < first {
			pause(5 * time.Millisecond)
		}
		pause(x.upTo(200 * time.Millisecond))
		if i == len(plan)/2 {
			x.checkpoint()
		}
		x.inject(f)
		batch.Wait()
		if len(x.trouble) > 20 {
			x.b.Error("too much went wrong: the rest is not tried")
			break
		}
		if x.long && i%20 == 19 {
			x.tell("%d of %d harms done, %d calls placed", i+1, len(plan), x.placed.Load())
		}
	}
	x.calling.Wait()
}

// checkpointFile stands where no harm reaches it, as a checkpoint does that another machine keeps.
func (x *torture) checkpointFile() string { return filepath.Join(x.dir, "checkpoint") }

// checkpoint keeps, half-way, what the log holds by then: nothing of it may be gone or another at the end.
func (x *torture) checkpoint() {
	if out, err := x.daemon.command("checkpoint", "--out", x.checkpointFile()); err != nil {
		x.trouble = append(x.trouble, fmt.Sprintf("dutyline checkpoint: %v: %s", err, bytes.TrimSpace(out)))
	}
}

// inject does one harm and notes when.
func (x *torture) inject(f fault) {
	if f.cant != nil {
		if why := f.cant(x); why != "" {
			x.cannot(f.name, why)
			return
		}
	}
	w := window{Fault: f.name, Hurts: f.hurts, From: time.Now().Add(-f.reach)}
	x.healed = time.Time{}
	if err := f.do(x); err != nil {
		x.trouble = append(x.trouble, fmt.Sprintf("%s: %v", f.name, err))
	}
	if w.To = x.healed; w.To.IsZero() {
		w.To = time.Now()
	}
	x.windows = append(x.windows, w)
	x.killed += f.kills
}

// cannot notes once what was not run.
func (x *torture) cannot(name, why string) {
	text := fmt.Sprintf("not run: %s: %s", name, why)
	for _, known := range x.notRun {
		if known == text {
			return
		}
	}
	x.notRun = append(x.notRun, text)
}

// place puts calls on the line at a rate, at random moments.
func (x *torture) place(script *rand.Rand, from, to int, rate float64) {
	for n := from; n < to; n++ {
		p := scriptedCall(script, n)
		x.placed.Add(1)
		x.calling.Go(func() { x.peers.place(p) })
		pause(time.Duration(script.ExpFloat64() / rate * float64(time.Second)))
	}
}

// scriptedCall is what is to become of the n-th call. Rings end well before or after the limit.
func scriptedCall(r *rand.Rand, n int) plan {
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(r.Int64N(int64(to-from))) }
	p := plan{caller: fmt.Sprintf("0242%07d", n), ring: between(400*time.Millisecond, 1100*time.Millisecond)}
	slow := between(1900*time.Millisecond, 2600*time.Millisecond)
	switch k := r.IntN(100); {
	case k < 50:
		p.fate = fateAnswered
	case k < 58:
		p.fate, p.ring = fateAnswered, slow
	case k < 68:
		p.fate = fateGivenUp
	case k < 75:
		p.fate, p.ring = fateGivenUp, slow
	case k < 82:
		p.fate = fateBusy
	case k < 87:
		p.fate = fateDeclined
	case k < 92:
		p.fate = fateRejected
	case k < 96:
		p.fate = fateOutOfReach
	default:
		p.fate = fateNobody
	}
	if p.fate == fateAnswered {
		p.talk, p.officer, p.media = between(300*time.Millisecond, 2500*time.Millisecond), r.IntN(2) == 0, r.IntN(4) == 0
	}
	return p
}

// judge waits until the log is right, at most for some time, and then says what it found.
func (x *torture) judge() {
	x.b.Helper()
	e := evidence{truths: x.peers.truths(), windows: x.windows}
	if err := x.ready(); err != nil {
		x.trouble = append(x.trouble, err.Error())
	}
	// What was cut on the switch is taken for all there is after ten seconds, and looked for every thirty.
	const patience = 90 * time.Second
	var r report
	var untold []string
	eventually(patience, func() bool {
		var err error
		if e.log, e.stated, err = readDutyLog(x.logFile()); err != nil {
			x.b.Fatalf("read the duty log: %v", err)
		}
		told, err := readAlerts(x.logFile())
		if err != nil {
			x.b.Fatalf("read the alerts: %v", err)
		}
		r, untold = judge(e), alertsAgainst(e.log, told)
		x.withdrawn = slices.DeleteFunc(told, func(a toldAlert) bool { return !a.Withdrawn })
		return r.clean() && len(untold) == 0
	})
	x.trouble = append(x.trouble, untold...)
	x.verify()
	if err := x.daemon.end(syscall.SIGTERM, 30*time.Second); err != nil {
		x.trouble = append(x.trouble, err.Error())
	}
	x.trouble = append(x.trouble, x.daemon.troubles()...)
	x.say(r, e)
}

// say prints the result; the last line is what other programs read.
func (x *torture) say(r report, e evidence) {
	for i, c := range r.complaints {
		if i == 60 {
			x.tell("… and %d more", len(r.complaints)-i)
			break
		}
		x.tell("%s", c)
	}
	for _, s := range append(x.trouble, x.notRun...) {
		fmt.Println(s)
	}
	for _, a := range x.withdrawn {
		x.tell("told without being sure and withdrawn: %s", a.Key)
	}
	fmt.Printf("%srecordings of talks with sound: %d, without: %d; intervals stated: %d; blind although switch and journal worked: %.1f s; seed %d\n%s\n",
		"\n"+r.table(), r.recordings, r.silences, len(e.stated), r.blind.Seconds(), x.seed, r.line(x.killed))
	if !r.clean() || r.blind > 0 || len(x.trouble) > 0 || len(x.notRun) > 0 {
		x.b.Fail()
	}
	if r.calls != x.calls || x.killed != x.kills {
		x.b.Errorf("%d of %d calls and %d of %d kills were made", r.calls, x.calls, x.killed, x.kills)
	}
}

// verify has the daemon's own command check the log.
func (x *torture) verify() {
	help, err := exec.Command(x.daemon.program, "--help").CombinedOutput()
	if err != nil || !bytes.Contains(help, []byte("\n  verify ")) {
		x.cannot("verify", "this build has no such command")
		return
	}
	if out, err := x.daemon.command("verify", "--checkpoint", x.checkpointFile()); err != nil {
		x.trouble = append(x.trouble, fmt.Sprintf("dutyline verify: %v: %s", err, strings.TrimSpace(string(out))))
	}
}

// keep leaves the folder of a run that failed, with the duty log taken off the bench's disk.
func (x *torture) keep() {
	if !x.b.Failed() {
		x.b.Cleanup(func() { _ = os.RemoveAll(x.dir) })
		return
	}
	if x.disk != nil {
		if x.daemon != nil {
			_ = x.daemon.kill()
		}
		if err := os.CopyFS(filepath.Join(x.dir, "kept"), os.DirFS(x.disk.dir)); err != nil {
			x.tell("the data folder could not be kept: %v", err)
		}
	}
	x.tell("FAILED. Run it again with CALLS=%d KILLS=%d SEED=%d; everything is kept in %s", x.calls, x.kills, x.seed, x.dir)
}

func TestScriptedCallsAreOfEveryKindAndKeepOffTheLimit(t *testing.T) {
	r, seen := rand.New(rand.NewPCG(1, 2)), map[fate]int{}
	for n := range 2000 {
		p := scriptedCall(r, n)
		seen[p.fate]++
		if (p.ring - ringLimit).Abs() < 2*verdictSlack-1 {
			t.Errorf("call %d rings for %v: its verdict would be a matter of luck", n, p.ring)
		}
		if p.media && p.talk == 0 {
			t.Errorf("call %d has sound and no talk: %+v", n, p)
		}
	}
	for _, f := range []fate{fateAnswered, fateGivenUp, fateBusy, fateDeclined, fateRejected, fateOutOfReach, fateNobody} {
		if seen[f] < 40 {
			t.Errorf("%q: %d of 2000 calls", f, seen[f])
		}
	}
	a, b := rand.New(rand.NewPCG(7, 2)), rand.New(rand.NewPCG(7, 2))
	for n := range 50 {
		if scriptedCall(a, n) != scriptedCall(b, n) {
			t.Fatalf("the same seed gave two different calls %d", n)
		}
	}
}
