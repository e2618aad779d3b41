package main_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// fault is one kind of harm. do injects it once and returns when it is over and the daemon is
// ready again.
type fault struct {
	name  string
	hurts string
	kills int                   // how many kills one injection is
	reach time.Duration         // how far back its harm goes
	cant  func(*torture) string // why it cannot be done here; nil or empty: it can
	do    func(x *torture) error
}

const (
	killDaemon = "kill -9 daemon"
	killTwice  = "kill -9 daemon twice"
	killSwitch = "kill -9 asterisk"
)

// kills are the faults that KILLS counts.
var kills = []fault{
	{name: killDaemon, hurts: hurtsDaemon, kills: 1, do: func(x *torture) error { return x.killDaemon(1) }},
	{name: killTwice, hurts: hurtsDaemon, kills: 2, do: func(x *torture) error { return x.killDaemon(2) }},
	{name: killSwitch, hurts: hurtsSwitch, kills: 1, do: (*torture).killSwitch},
}

// harms are all other faults.
var harms = []fault{
	{name: "SIGSTOP daemon", hurts: hurtsDaemon, do: (*torture).stopDaemon},
	{name: "cut ARI link", hurts: hurtsDaemon, do: (*torture).cutLink},
	{name: "slow disk", hurts: hurtsDaemon, cant: cannotStall, do: (*torture).slowDisk},
	{name: "stalled disk", hurts: hurtsDaemon, cant: cannotStall, do: (*torture).stallDisk},
	{name: "full disk", hurts: hurtsDaemon, cant: cannotFill, do: (*torture).fillDisk},
	{name: "journal rotated", hurts: hurtsDaemon, do: (*torture).rotateJournal},
	// What is cut away may be of calls that were read and not settled yet: that waits 2 s for the live view's word.
	{name: "journal copied, cut", hurts: hurtsJournal, reach: 2 * time.Second, do: (*torture).cutJournal},
	{name: "journal folder gone", hurts: hurtsJournal, do: (*torture).loseJournal},
	{name: "clock stepped", hurts: hurtsDaemon, do: (*torture).stepClock},
	{name: "database locked", hurts: hurtsDaemon, do: (*torture).lockLog},
	{name: "1000 garbage events", hurts: hurtsDaemon, do: (*torture).garbageEvents},
	{name: "garbage in journal", hurts: hurtsJournal, do: (*torture).garbageJournal},
}

func cannotStall(x *torture) string { return x.disk.noStall }
func cannotFill(x *torture) string  { return x.disk.noFull }

// ready waits until the daemon is at work again.
func (x *torture) ready() error { return x.daemon.ready(30 * time.Second) }

// killDaemon kills it at a moment that nobody chose, the second time perhaps while it still
// catches up.
func (x *torture) killDaemon(times int) error {
	for i := range times {
		if i > 0 {
			pause(x.upTo(400 * time.Millisecond))
		}
		if err := x.daemon.kill(); err != nil {
			return err
		}
		pause(x.upTo(1500 * time.Millisecond))
		if err := x.daemon.start(); err != nil {
			return err
		}
	}
	return x.ready()
}

func (x *torture) killSwitch() error {
	if err := x.sw.Kill(); err != nil {
		return err
	}
	pause(x.upTo(time.Second))
	x.sw = asterisktest.Start(x.b, x.sw.Settings)
	if err := x.peers.register(20 * time.Second); err != nil {
		return err
	}
	x.healed = time.Now()
	return x.ready()
}

func (x *torture) stopDaemon() error {
	if err := x.daemon.signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stop the daemon for a while: %w", err)
	}
	longest := 2 * time.Second
	if x.long {
		longest = 29 * time.Second
	}
	pause(time.Second + time.Duration(float64(longest)*x.rng.Float64()*x.rng.Float64())) // short ones are more frequent
	return errors.Join(x.daemon.signal(syscall.SIGCONT), x.ready())
}

// cutLink drops the connection again and again, sometimes before the last one was taken up.
func (x *torture) cutLink() error {
	streams := 0
	for range 1 + x.rng.IntN(4) {
		streams += x.link.cut()
		pause(x.upTo(300 * time.Millisecond))
	}
	if streams == 0 {
		return errors.New("no event stream was open to be cut")
	}
	return x.ready()
}

func (x *torture) slowDisk() error {
	for range 4 + x.rng.IntN(4) {
		if err := x.disk.stall(50*time.Millisecond + x.upTo(250*time.Millisecond)); err != nil {
			return err
		}
		pause(x.upTo(150 * time.Millisecond))
	}
	return x.ready()
}

func (x *torture) stallDisk() error {
	length := time.Second + x.upTo(time.Second)
	if x.long {
		length = time.Second + x.upTo(9*time.Second)
	}
	return errors.Join(x.disk.stall(length), x.ready())
}

func (x *torture) fillDisk() error {
	empty, err := x.disk.fill()
	if err != nil {
		return err
	}
	pause(time.Second + x.upTo(2*time.Second))
	return errors.Join(empty(), x.ready())
}

// journalFile is the switch's journal once it is there: after a rotation the switch makes it with its next record.
func (x *torture) journalFile() (string, error) {
	file := x.sw.Settings.Journal()
	there := func() bool {
		info, err := os.Stat(file)
		return err == nil && info.Size() > 0
	}
	if !eventually(10*time.Second, there) {
		return "", errors.New("there is no journal to hurt: no call was written to it for ten seconds")
	}
	return file, nil
}

// rotateJournal renames it as logrotate does while calls are written to it; the oldest of six
// is removed.
func (x *torture) rotateJournal() error {
	file, err := x.journalFile()
	if err != nil {
		return err
	}
	for n := 5; n >= 0; n-- {
		from := fmt.Sprintf("%s.%d", file, n)
		if n == 0 {
			from = file
		}
		if err := os.Rename(from, fmt.Sprintf("%s.%d", file, n+1)); err != nil && (n == 0 || !errors.Is(err, os.ErrNotExist)) {
			return err
		}
	}
	pause(x.upTo(500 * time.Millisecond))
	return x.ready()
}

// cutJournal copies it away and cuts it, which loses what is written in between.
func (x *torture) cutJournal() error {
	file, err := x.journalFile()
	if err != nil {
		return err
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(file+".copy", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close(), os.Truncate(file, 0)); err != nil {
		return err
	}
	x.healed = time.Now()
	return x.ready()
}

// loseJournal takes its folder away for a while: Asterisk goes on without writing it.
func (x *torture) loseJournal() error {
	folder := filepath.Dir(x.sw.Settings.Journal())
	if err := os.Rename(folder, folder+".away"); err != nil {
		return err
	}
	pause(time.Second + x.upTo(time.Second))
	err := os.Rename(folder+".away", folder)
	x.healed = time.Now()
	return errors.Join(err, x.ready())
}

// stepClock sets the daemon's clock forward or back and then right again.
func (x *torture) stepClock() error {
	steps := []string{"1h", "-1h", "26h", "-40m", "3s", "-3s"}
	before := x.daemon.saidTimes(clockSaid)
	for i, to := range []string{steps[x.rng.IntN(len(steps))], "0s"} {
		if err := x.setClock(to); err != nil {
			return err
		}
		pause(time.Second + x.upTo(500*time.Millisecond))
		if !eventually(5*time.Second, func() bool { return x.daemon.saidTimes(clockSaid) > before+i }) {
			return fmt.Errorf("the daemon's clock was set to %s ahead and it did not say that it noticed", to)
		}
	}
	return x.ready()
}

const clockSaid = "finding=clock_stepped"

func (x *torture) setClock(ahead string) error {
	return errors.Join(os.WriteFile(x.clock+".new", []byte(ahead+"\n"), 0o600), os.Rename(x.clock+".new", x.clock))
}

// lockLog holds the write lock of the duty log from outside, sometimes longer than the daemon
// waits for it.
func (x *torture) lockLog() (err error) {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: x.logFile()}).EscapedPath()+"?_txlock=immediate&_busy_timeout=20000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.Begin()
	if err != nil {
		return fmt.Errorf("lock the duty log: %w", err)
	}
	length := time.Second + x.upTo(time.Second)
	if x.long {
		length = time.Second + x.upTo(7*time.Second)
	}
	pause(length)
	return errors.Join(tx.Rollback(), x.ready())
}

func (x *torture) garbageEvents() error {
	for heard, told := 0, 0; heard < 1000; told++ {
		heard += x.link.whisper(x.garbageEvent())
		if told == heard {
			continue
		}
		if told > 2000 { // the link breaks again and again
			return fmt.Errorf("an event stream took %d garbage events of 1000", heard)
		}
		if err := x.ready(); err != nil {
			return err
		}
	}
	return x.ready()
}

// garbageEvent is nothing that Asterisk would send of a call on the line: no garbage can be
// told from a call that is well-formed in every respect.
func (x *torture) garbageEvent() []byte {
	kinds := []string{"ChannelCreated", "ChannelDestroyed", "ChannelStateChange", "Dial", "ChannelEnteredBridge", "ChannelHangupRequest",
		"BridgeAttendedTransfer", "EndpointStateChange", "Nonsense", "channelCreated", ""}
	kind := kinds[x.rng.IntN(len(kinds))]
	switch x.rng.IntN(8) {
	case 0:
		noise := make([]byte, 1+x.rng.IntN(2000))
		for i := range noise {
			noise[i] = byte(x.rng.Uint32())
		}
		return noise
	case 1:
		return []byte(`{"type":"` + kind + `","timestamp":"2026-`)
	case 2:
		return []byte(`{"type":"` + kind + `"}`)
	case 3:
		return []byte(`{"type":"` + kind + `","channel":7,"bridge":[],"peer":"x","endpoint":null}`)
	case 4:
		return []byte(`{"type":"` + kind + `","timestamp":"9999-99-99T99:99:99.999+9999","channel":{"id":"","name":"PJSIP/","state":"` + strings.Repeat("x", 5000) + `"}}`)
	case 5:
		return []byte(strings.Repeat("[", 1+x.rng.IntN(20000)))
	case 6:
		return []byte(`{"type":"` + kind + `","timestamp":"0001-01-01T00:00:00.000+0000","channel":{"id":"garbage-` + someToken() + `","name":"PJSIP/stranger-00000001","state":"Up"}}`)
	}
	return []byte(`{"type":["` + kind + "\"],\"\xff\xfe\":\"\\ud800\"}")
}

// garbageJournal adds lines to the switch's journal that it never wrote.
func (x *torture) garbageJournal() error {
	f, err := os.OpenFile(x.sw.Settings.Journal(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	long := 1 << 20
	if x.long {
		long = 10 << 20
	}
	for _, line := range []string{
		"", "garbage", "{", "[]", "null", "{}", `"CHAN_START"`, `{"EventType":7}`, `{"EventType":"LINKEDID_END"}`,
		`{"EventType":"LINKEDID_END","EventTime":"9999-12-31 23:59:59.999999","UniqueID":"nobody.1","LinkedID":"nobody.1"}`,
		`{"EventType":"HANGUP","EventTime":"1970-01-01 00:00:00.000000","UniqueID":"nobody.2","LinkedID":"nobody.2","EventExtra":"{"}`,
		"{\"EventType\":\"CHAN_END\",\"UniqueID\":\"\xff\xfe\"}", strings.Repeat("\x00", 4096), strings.Repeat("x", long),
	} {
		if _, err := f.WriteString(line + "\n"); err != nil { // one write: Asterisk writes to it at the same time
			return err
		}
	}
	pause(x.upTo(500 * time.Millisecond))
	return x.ready()
}

// eventually asks until it is so, or the time is over.
func eventually(within time.Duration, ok func() bool) bool {
	for deadline := time.Now().Add(within); !ok(); pause(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// schedule is what happens in a run: all kills asked for and the other harms, in an order that
// the seed decides.
func schedule(want int, others []fault, rounds int, shuffle func(n int, swap func(i, j int)), chance func(n int) int) []fault {
	var all []fault
	left, deaths := want, 0
	for left > 0 {
		f := kills[0]
		switch {
		case deaths%4 == 3:
			f = kills[2]
		case left >= 2 && chance(6) == 0:
			f = kills[1]
		}
		deaths++
		left -= f.kills
		all = append(all, f)
	}
	for range rounds {
		all = append(all, others...)
	}
	shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func TestAScheduleHoldsAllKillsAndEveryHarm(t *testing.T) {
	for _, want := range []int{0, 1, 8, 201} {
		got, seen := 0, map[string]int{}
		for _, f := range schedule(want, harms, 2, func(int, func(i, j int)) {}, func(n int) int { return want % n }) {
			got += f.kills
			seen[f.name]++
		}
		if got != want {
			t.Errorf("%d kills are planned, want %d", got, want)
		}
		for _, h := range harms {
			if seen[h.name] != 2 {
				t.Errorf("%s is planned %d times, want 2", h.name, seen[h.name])
			}
		}
		if want >= 8 && seen[killSwitch] == 0 {
			t.Errorf("of %d kills none is of the switch: %v", want, seen)
		}
	}
}
