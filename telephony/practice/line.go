package practice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony"
)

// Config is everything a practice line is told. SIPAddress and the duty password have no default.
type Config struct {
	SIPAddress    string // host:port (UDP) where the duty phone registers
	DutyUser      string // default "duty"
	DutyPassword  string
	TrunkAddress  string // host:port where the far side's calls go; default SIPAddress
	Number        string // the duty number; default 02422739110
	FarEndAddress string // host:port of the far side's own SIP socket; default 127.0.0.1:5170

	CacheDir string // speech is kept here once it has been synthesized; empty: not kept
	Speech   string // the speech program; default espeak-ng, "off" for generated voices
	Socket   string // control socket for other processes; empty: none

	NoPhone   bool           // no simulated phone: a real one answers from the start
	Programme bool           // run the endless programme
	Seed      uint64         // of the programme
	Steps     iter.Seq[Step] // another programme than Programme(Seed), for tests and measurements
	First     time.Duration  // before the programme's first call; default 5 s
	Pause     time.Duration  // the shortest pause between its calls, the longest is twice that; default 20 s

	TestNumber string        // calls from it that show the name of a test are tests, which nobody at the phone answers; empty: there are none
	Unplanned  Call          // how the phone treats calls that nobody announced; default answers after 6 s
	PollEvery  time.Duration // how often the phone looks whether a real one is registered; default 3 s

	// SeePhone asks the switch how it sees the duty phone. A real one that it does not reach for
	// Patience gives the bell back, however long its registration still lasts. Without it only
	// registrations count. The default of 5 s is more than one unanswered question takes (3 s).
	SeePhone func(context.Context) (telephony.Endpoint, error)
	Patience time.Duration

	OnNote   func(Note)   // told everything; must not block
	OnResult func(Result) // told of each placed call after its end; must not block
	Log      *slog.Logger // default discards
}

// complete fills in the defaults and names what is wrong.
func (c *Config) complete() error {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.DutyUser, "duty"}, {&c.TrunkAddress, c.SIPAddress}, {&c.Number, "02422739110"}, {&c.FarEndAddress, "127.0.0.1:5170"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&c.First, 5 * time.Second}, {&c.Pause, 20 * time.Second}, {&c.PollEvery, 3 * time.Second}, {&c.Patience, 5 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.value
		}
		if *d.field < 0 {
			return fmt.Errorf("a practice line cannot wait %v: use a positive time", *d.field)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Steps == nil {
		c.Steps = Programme(c.Seed)
	}
	if c.Unplanned == (Call{}) {
		c.Unplanned = Call{AnswerAfter: 6 * time.Second, Talk: maxTime}
	}
	return c.check()
}

func (c *Config) check() error {
	var faults []error
	if c.DutyPassword == "" && !c.NoPhone {
		faults = append(faults, errors.New("the duty phone's SIP password is missing: it stands in practice.json, sip.duty.password"))
	}
	for what, a := range map[string]string{"SIP address": c.SIPAddress, "trunk address": c.TrunkAddress, "far end address": c.FarEndAddress} {
		if _, err := netip.ParseAddrPort(a); err != nil {
			faults = append(faults, fmt.Errorf("practice line: %s %q: give an address and a port, for instance 127.0.0.1:5160", what, a))
		}
	}
	if err := checkNumber("number", "duty number", c.Number, ""); err != nil {
		faults = append(faults, err)
	}
	unplanned := c.Unplanned
	unplanned.Anonymous = true // any number will do
	var err error
	if c.Unplanned, err = unplanned.complete(); err != nil {
		faults = append(faults, fmt.Errorf("unplanned calls: %w", err))
	}
	return errors.Join(faults...)
}

// Line is a practice line: the simulated duty phone and its callers.
type Line struct {
	cfg    Config
	studio *studio

	phone, far           *agent // set by Run
	phonePlans, farPlans board
	floor                floor

	ready     chan struct{}
	readyOnce sync.Once

	mu      sync.Mutex
	running context.Context // of Run; nil: not running
	serial  int
	calls   sync.WaitGroup // calls placed by us
	talking bool           // the simulated phone is in a call
	fault   string         // why the phone is not registered
}

// ErrNotRunning is returned when a call is to be placed while the line does not run.
var ErrNotRunning = errors.New("the practice line is not running: start it with make run or dutyline simulate")

// ErrNotReady is returned when the duty phone has not registered in time.
var ErrNotReady = errors.New("the duty phone is not registered")

// readyLimit is how long a call placed right after the start waits for the phone.
const readyLimit = 2 * time.Second

// New checks the configuration; Run does the rest.
func New(cfg Config) (*Line, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	return &Line{cfg: cfg, studio: newStudio(cfg.Speech, cfg.CacheDir, cfg.Log), ready: make(chan struct{})}, nil
}

// Ready is closed when calls can be placed: the phone is registered or stands aside.
func (l *Line) Ready() <-chan struct{} { return l.ready }

// Run keeps the line until ctx ends, then hangs up, un-registers and closes everything. It
// may be called once.
func (l *Line) Run(ctx context.Context) error {
	if err := l.open(); err != nil {
		return errors.Join(err, l.close())
	}
	control, err := l.listenControl()
	if err != nil {
		return errors.Join(err, l.close())
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	l.mu.Lock()
	l.running = work
	l.mu.Unlock()
	var workers, registered sync.WaitGroup
	workers.Go(func() { l.studio.warmUp(work) })
	if control != nil {
		workers.Go(func() { l.serveControl(work, control) })
	}
	if l.cfg.Programme {
		workers.Go(func() { l.runProgramme(work) })
	}
	keep, giveBack := context.WithCancel(context.Background())
	defer giveBack()
	if l.cfg.NoPhone {
		l.setReady()
	} else {
		r := l.registrar()
		registered.Go(func() { r.run(keep) })
	}
	<-work.Done() // every call hangs up now

	l.mu.Lock()
	l.running = nil
	l.mu.Unlock()
	_ = waitFor(&l.calls, teardown) // longer only when the switch is gone
	giveBack()
	registered.Wait() // bounded by registerLimit
	errs := []error{l.close()}
	if !waitFor(&l.calls, teardown) || !waitFor(&workers, teardown) {
		errs = append(errs, fmt.Errorf("practice line: a call did not end within %v", 2*teardown))
	}
	return errors.Join(errs...)
}

func (l *Line) setReady() { l.readyOnce.Do(func() { close(l.ready) }) }

// open makes both user agents.
func (l *Line) open() error {
	var err error
	if l.far, err = openAgent(l.cfg.FarEndAddress, "practice", l.cfg.Log, l.calledFar); err != nil {
		return fmt.Errorf("practice far end: %w", err)
	}
	if l.cfg.NoPhone {
		return nil
	}
	local, err := localFor(l.cfg.SIPAddress)
	if err != nil {
		return err
	}
	l.phone, err = openAgent(net.JoinHostPort(local.String(), "0"), ownUser, l.cfg.Log, l.calledPhone)
	if err != nil {
		return fmt.Errorf("simulated duty phone: %w", err)
	}
	return nil
}

func (l *Line) close() error {
	var errs []error
	for _, a := range []*agent{l.phone, l.far} {
		if a != nil {
			errs = append(errs, a.close())
		}
	}
	return errors.Join(errs...)
}

func (l *Line) registrar() *registrar {
	return &registrar{
		agent: l.phone, aor: l.dutyURI(), password: l.cfg.DutyPassword,
		every: l.cfg.PollEvery, tell: l.tell, log: l.cfg.Log, ready: l.setReady,
		sees: l.cfg.SeePhone, patience: l.cfg.Patience,
	}
}

func (l *Line) dutyURI() sip.Uri { return uriAt(l.cfg.DutyUser, l.cfg.SIPAddress) }

// uriAt is sip:user@host:port; the address was checked by Config.complete.
func uriAt(user, address string) sip.Uri {
	a := netip.MustParseAddrPort(address)
	return sip.Uri{Scheme: "sip", User: user, Host: a.Addr().String(), Port: int(a.Port())}
}

func (l *Line) tell(n Note) {
	l.cfg.Log.Info("practice: "+n.Text, "kind", n.Kind, "call", n.Call)
	if n.Call == 0 {
		l.mu.Lock()
		l.fault = n.Text
		l.mu.Unlock()
	}
	if l.cfg.OnNote != nil {
		l.cfg.OnNote(n)
	}
}
