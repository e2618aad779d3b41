package main_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// loadBed is an Asterisk under calls without sound, with or without the daemon beside it.
type loadBed struct {
	sw     *asterisk.Process
	peers  *peers
	daemon *victim
	placed int
}

// loadRate is the calls a second of these figures; each rings for 0.2 s and is talked in
// for 0.8 s.
const loadRate = 40

// newLoadBed starts the switch and registers the phone; data is the daemon's folder.
func newLoadBed(b *testing.B, data string) *loadBed {
	b.Helper()
	l, dir := newLoadSwitch(b, 20000), b.TempDir()
	tags := ""
	if os.Getenv("DUTYLINE_CPU_PROFILE") != "" {
		tags = "profile"
	}
	l.daemon = newVictim(b, buildVictim(b, dir, tags), dir, data, l.sw.Settings.HTTPAddress, l.sw.Settings)
	return l
}

// newLoadSwitch is one without a daemon.
func newLoadSwitch(b *testing.B, rtp int) *loadBed {
	b.Helper()
	s := asterisktest.Settings(b)
	s.SystemName, s.RTPFrom, s.RTPTo = "load", rtp, rtp+1999
	l := &loadBed{sw: asterisktest.Start(b, s)}
	s = l.sw.Settings
	l.peers = newPeers(b, s.SIPAddress, s.Number, s.DutyUser, s.DutyPassword)
	if err := l.peers.register(10 * time.Second); err != nil {
		b.Fatal(err)
	}
	return l
}

func (l *loadBed) startDaemon(b *testing.B) {
	b.Helper()
	if err := errors.Join(l.daemon.start(), l.daemon.ready(20*time.Second)); err != nil {
		b.Fatal(err)
	}
}

// calls places n of them evenly and returns when the last one is over. A call that fails or is
// delayed makes the measurement worthless.
func (l *loadBed) calls(b *testing.B, n int) {
	b.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	bad := 0
	tick := time.NewTicker(time.Second / loadRate)
	defer tick.Stop()
	for range n {
		l.placed++
		p := plan{caller: fmt.Sprintf("0248%07d", l.placed), fate: fateAnswered, ring: 200 * time.Millisecond, talk: 800 * time.Millisecond}
		all.Go(func() {
			t := l.peers.place(p).seen()
			mu.Lock()
			defer mu.Unlock()
			if t.failed() || t.Retransmits > 0 {
				bad++
			}
		})
		<-tick.C
	}
	all.Wait()
	l.peers.busy.Wait()
	l.peers.forget()
	if bad > 0 {
		b.Errorf("%d of %d calls failed or had to be asked for twice: the machine is too busy for this figure", bad, n)
	}
}

// usage is CPU time.
type usage struct{ sw, daemon time.Duration }

func (l *loadBed) used(b *testing.B, withDaemon bool) (u usage) {
	b.Helper()
	var err error
	if u.sw, err = cpuOf(l.sw.Pid()); err != nil {
		b.Fatal(err)
	}
	if withDaemon {
		if u.daemon, err = cpuOf(l.daemon.cmd.Process.Pid); err != nil {
			b.Fatal(err)
		}
	}
	return u
}

// during is what was used while something was done and for some seconds afterwards, in which
// the daemon finishes what it has to.
func (l *loadBed) during(b *testing.B, withDaemon bool, do func()) usage {
	b.Helper()
	before := l.used(b, withDaemon)
	do()
	pause(afterCalls)
	after := l.used(b, withDaemon)
	return usage{after.sw - before.sw, after.daemon - before.daemon}
}

// afterCalls is when nothing is left to do for a call without sound.
const afterCalls = 4 * time.Second

// forget removes the recordings that nobody fetched: the switch goes through all of them for
// every question about one.
func (l *loadBed) forget(b *testing.B) {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(l.sw.Settings.Recording(), "*.wav"))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			b.Fatal(err)
		}
	}
}

// tax is the CPU of switch and daemon by that of the switch alone, under the same calls. Read is
// that of a switch which sends the same events to somebody who throws them away, reader what that
// one takes, and logged what it takes to write such calls into a duty log and to do nothing else: no
// watcher that sees every call and keeps it takes less than all three.
type tax struct{ sw, daemon, read, reader, logged float64 }

func (t tax) floor() float64 { return t.read + t.reader + t.logged }

// measureTax lets two equal switches take turns, so that what else the machine does hits all
// alike: one alone and beside a bare reader, the other beside the daemon.
func measureTax(b *testing.B) tax {
	const rounds, calls = 4, 8 * loadRate
	without, with := newLoadSwitch(b, 22000), newLoadBed(b, b.TempDir())
	with.startDaemon(b)
	for _, l := range []*loadBed{without, with} {
		l.calls(b, 2*loadRate) // warm
	}
	pause(afterCalls)
	var alone, read, beside usage
	w := watchMachine()
	for range rounds {
		u := without.during(b, false, func() { without.calls(b, calls) })
		alone.sw += u.sw
		without.forget(b)
		reader := without.readBare(b)
		before := reader.used(b)
		u = without.during(b, false, func() { without.calls(b, calls) })
		read.sw, read.daemon = read.sw+u.sw, read.daemon+reader.used(b)-before
		reader.stop(b)
		without.forget(b)
		u = with.during(b, true, func() { with.calls(b, calls) })
		beside.sw, beside.daemon = beside.sw+u.sw, beside.daemon+u.daemon
	}
	logged := logCalls(b, rounds*calls)
	held := w.stop()
	if err := with.daemon.end(syscall.SIGTERM, 30*time.Second); err != nil {
		b.Fatal(err)
	}
	per := func(d time.Duration) float64 { return millis(d) / (rounds * calls) }
	tellf("CPU per call: the switch alone %.2f ms, beside a reader that does nothing %.2f ms, beside the daemon %.2f ms; that reader %.2f ms, the daemon %.2f ms, its log alone %.2f ms; %d calls of each kind; %s",
		per(alone.sw), per(read.sw), per(beside.sw), per(read.daemon), per(beside.daemon), per(logged), rounds*calls, held)
	by := func(d time.Duration) float64 { return d.Seconds() / alone.sw.Seconds() }
	return tax{by(beside.sw), by(beside.daemon), by(read.sw), by(read.daemon), by(logged)}
}

// gathered is how many calls a commit of the daemon begins with at this rate.
const gathered = 3

// logCalls writes calls at the pace of the others, gathered as the daemon does, and gives the CPU
// that took.
func logCalls(b *testing.B, n int) time.Duration {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as the daemon does
	db := benchDB(b, filepath.Join(b.TempDir(), "log.db"))
	before, err := cpuOf(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	tick := time.NewTicker(time.Second / loadRate)
	defer tick.Stop()
	var under [4][]telephony.Change // calls at their first step, their second one …
	var news []telephony.Change
	for i := range n + len(under) {
		for step := len(under) - 1; step > 0; step-- {
			under[step] = under[step-1]
		}
		under[0] = nil
		if i < n {
			under[0] = benchCall(int64(i), time.Now())
		}
		for step, c := range under {
			if c != nil {
				news = append(news, c[step])
			}
		}
		if i%gathered == 0 || i == n+len(under)-1 {
			if err := db.Record(b.Context(), news); err != nil {
				b.Fatal(err)
			}
			news = nil
		}
		<-tick.C
	}
	after, err := cpuOf(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	return after - before
}

func (m *measurements) observerTax(b *testing.B) float64 {
	t := m.tax.get(b, measureTax)
	tellf("observer_tax: its floor on this machine is %.3f (observer_tax_floor): a switch beside a reader that throws everything away %.3f, %.3f for that reader, and %.3f for a log that four steps of each call are written to",
		t.floor(), t.read, t.reader, t.logged)
	return t.sw + t.daemon
}

func (m *measurements) observerTaxFloor(b *testing.B) float64 {
	return m.tax.get(b, measureTax).floor()
}

func (m *measurements) observerTaxSwitch(b *testing.B) float64 { return m.tax.get(b, measureTax).sw }

func (m *measurements) observerTaxDaemon(b *testing.B) float64 {
	return m.tax.get(b, measureTax).daemon
}

// endurance is the daemon under steady calls.
type endurance struct{ share, growth float64 }

// measureEndurance runs for LOAD_SECONDS, a minute when nothing is said.
func measureEndurance(b *testing.B) endurance {
	length := time.Minute
	if text := os.Getenv("LOAD_SECONDS"); text != "" {
		d, err := time.ParseDuration(text + "s")
		if err != nil || d < 20*time.Second {
			b.Fatalf("LOAD_SECONDS=%q: give at least 20", text)
		}
		length = d
	}
	l := newLoadBed(b, b.TempDir())
	l.startDaemon(b)
	l.calls(b, 10*loadRate) // until its memory has found its size
	const parts = 8
	var memory []float64
	u := l.during(b, true, func() {
		for range parts {
			l.calls(b, int(length.Seconds())*loadRate/parts)
			rss, err := rssOf(l.daemon.cmd.Process.Pid)
			if err != nil {
				b.Fatal(err)
			}
			memory = append(memory, float64(rss>>10)/1024)
		}
	})
	first, last := (memory[0]+memory[1])/2, (memory[parts-2]+memory[parts-1])/2
	tellf("%v at %d calls/s: the daemon used %.1f s of CPU, the switch %.1f s; memory of the daemon in MB: %.0f",
		length, loadRate, u.daemon.Seconds(), u.sw.Seconds(), memory)
	if err := l.daemon.end(syscall.SIGTERM, 30*time.Second); err != nil { // one that is killed keeps its profile to itself
		b.Fatal(err)
	}
	tellShareFloor(b, l, u.sw.Seconds()/float64(int(length.Seconds())*loadRate))
	return endurance{u.daemon.Seconds() / u.sw.Seconds(), last / first}
}

// tellShareFloor says what reading the events and throwing them away, and writing calls into a log and
// doing nothing else, take of the switch's CPU for a call; reading the journal and the recordings
// comes to that.
func tellShareFloor(b *testing.B, l *loadBed, perCall float64) {
	const calls = 10 * loadRate
	r := l.readBare(b)
	before := r.used(b)
	l.calls(b, calls)
	read := r.used(b) - before
	r.stop(b)
	share := func(d time.Duration) float64 { return d.Seconds() / calls / perCall }
	logged := logCalls(b, calls)
	tellf("daemon_cpu_share: its floor on this machine is %.3f: %.3f for a reader that throws everything away and %.3f for a log that four steps of each call are written to",
		share(read)+share(logged), share(read), share(logged))
}

func (m *measurements) daemonShare(b *testing.B) float64 {
	return m.endurance.get(b, measureEndurance).share
}

func (m *measurements) daemonGrowth(b *testing.B) float64 {
	return m.endurance.get(b, measureEndurance).growth
}

func TestTheBenchReadsWhatAProcessUses(t *testing.T) {
	before, err := cpuOf(os.Getpid())
	if errors.Is(err, errors.ErrUnsupported) {
		return // no figure of this machine can be taken
	}
	used := time.Duration(0)
	for began := time.Now(); used < 100*time.Millisecond && time.Since(began) < 20*time.Second; { // others may have the processor
		for range 10_000 {
			_ = fmt.Sprint(began)
		}
		after, err := cpuOf(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		used = after - before
	}
	if used < 100*time.Millisecond || used > 5*time.Second {
		t.Errorf("used %v", used)
	}
	if rss, err := rssOf(os.Getpid()); err != nil || rss < 1<<20 {
		t.Errorf("memory %d, %v", rss, err)
	}
	if _, err := cpuOf(1 << 30); err == nil {
		t.Error("a process that is not there uses CPU")
	}
}
