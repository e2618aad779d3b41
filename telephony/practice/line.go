package practice

import (
	"context"
	"errors"
	"log/slog"
	"time"
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

	NoPhone   bool          // no simulated phone: a real one answers from the start
	Programme bool          // run the endless programme
	Seed      uint64        // of the programme
	First     time.Duration // before the programme's first call; default 5 s
	Pause     time.Duration // the shortest pause between its calls, the longest is twice that; default 20 s

	Unplanned Call          // how the phone treats calls that nobody announced; default answers after 6 s
	PollEvery time.Duration // how often the phone looks whether a real one is registered; default 3 s

	OnNote   func(Note)   // told everything; must not block
	OnResult func(Result) // told of each placed call after its end; must not block
	Log      *slog.Logger // default discards
}

// Line is a practice line: the simulated duty phone and its callers.
type Line struct{ cfg Config }

// ErrNotRunning is returned when a call is to be placed while the line does not run.
var ErrNotRunning = errors.New("the practice line is not running: start it with make run or dutyline simulate")

// New checks the configuration; Run does the rest.
func New(cfg Config) (*Line, error) { return &Line{cfg: cfg}, nil }

// Run keeps the line until ctx ends, then hangs up, un-registers and closes everything.
func (l *Line) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Ready is closed when calls can be placed: the phone is registered or stands aside.
func (l *Line) Ready() <-chan struct{} { return nil }

// Place starts a call and returns when it is on its way. The programme makes room for it.
func (l *Line) Place(ctx context.Context, c Call) error { return ErrNotRunning }

// Call places a call and waits for its end; progress, if given, is told each step.
func (l *Line) Call(ctx context.Context, c Call, progress func(Note)) (Result, error) {
	return Result{}, ErrNotRunning
}
