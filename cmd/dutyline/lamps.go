package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"golang.org/x/sys/unix"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/web"
)

const (
	lampTick     = time.Second
	lampReads    = 2 * time.Second  // how often the log is read at most
	lampIdle     = 15 * time.Second // how often it is read although nothing was committed
	lampStale    = 30 * time.Second // what was judged longer ago is not shown any more
	pastEvery    = 10 * time.Minute // how often the line's history is read
	lampPatience = 10 * time.Second
	recentCalls  = 50
)

// lampKeeper judges, once a second, everything on which the lines depend, and tells what is bad.
// The rules are in alerts; here facts are gathered.
type lampKeeper struct {
	log    *sqlite.DB
	lines  []telephony.Line
	rule   alerts.HealthRule
	zone   *time.Location
	now    func() time.Time
	uptime func() time.Duration
	logger *slog.Logger
	alerts raiser
	house  func() alerts.HouseFacts // but for the roster
	sip    func(telephony.Line) alerts.SIPFacts
	locked func() error // why no recording can be sealed at all
	trunks *trunkBook
	held   func() string // why nobody is told that we watch

	books          map[string]*alerts.LampBook // by line; under "" that of the house
	logs           map[string]*alerts.LineLog  // nothing when the log could not be read
	lineStates     map[string]dutylog.LineStatus
	past           map[string]alerts.Past
	rostered       string
	read, pastRead time.Duration // uptime of the last reading
	changed        bool          // something was committed since

	lamp *prometheus.GaugeVec
	beat prometheus.Gauge

	mu     sync.Mutex
	shown  map[string][]alerts.LampState
	judged time.Duration
	at     time.Time
}

func newLampKeeper(k *lampKeeper, r prometheus.Registerer) *lampKeeper {
	k.lamp = promauto.With(r).NewGaugeVec(prometheus.GaugeOpts{Name: "dutyline_lamp",
		Help: "How something is on which a line depends: 1 good, 0 bad, -1 not known."}, []string{"line", "lamp"})
	k.beat = promauto.With(r).NewGauge(prometheus.GaugeOpts{Name: "dutyline_heartbeat_timestamp_seconds",
		Help: "When the daemon last saw the switch and could write the duty log. Raise the alarm when it is old or absent."})
	k.shown = map[string][]alerts.LampState{}
	return k
}

// Run judges until ctx ends.
func (k *lampKeeper) Run(ctx context.Context) error {
	tick := time.NewTicker(lampTick)
	defer tick.Stop()
	wake := k.log.Wake()
	for {
		k.turn(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		select {
		case <-wake:
			wake, k.changed = k.log.Wake(), true // taken before reading, so that nothing falls between
		default:
		}
	}
}

// turn judges everything once.
func (k *lampKeeper) turn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lampPatience)
	defer cancel()
	if up := k.uptime(); k.books == nil || k.changed && up-k.read >= lampReads || up-k.read >= lampIdle {
		k.look(ctx)
	}
	if k.books == nil {
		return // what stands is not known, so nothing is told
	}
	now := k.now()
	house := k.house()
	house.Rostered = k.rostered
	ofHouse := k.tell(ctx, "", k.rule.OfHouse(house), now)
	shown := map[string][]alerts.LampState{}
	for _, l := range k.lines {
		shown[l.Name] = append(k.tell(ctx, l.Name, k.rule.OfLine(k.factsOf(l), now), now), ofHouse...)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shown, k.judged, k.at = shown, k.uptime(), now
	if k.held() == "" {
		k.beat.Set(float64(now.UnixMilli()) / 1000)
	}
}

// tell judges the lamps of one book and tells what is new; what cannot be kept now is told again.
func (k *lampKeeper) tell(ctx context.Context, book string, found []alerts.Judgement, now time.Time) []alerts.LampState {
	b := k.books[book]
	for _, a := range b.Take(found, now) {
		if err := k.alerts.Raise(ctx, a); err != nil {
			b.Untold(a)
			if ctx.Err() == nil && !errors.Is(err, errIgnored) {
				k.logger.Warn("an alert about the line's health could not be kept; it is tried again", "alert", a.Key, "err", err)
			}
		}
	}
	lamps := b.Lamps()
	for _, l := range lamps {
		value := map[alerts.Condition]float64{alerts.Good: 1, alerts.Bad: 0, alerts.NotKnown: -1}[l.Condition()]
		k.lamp.WithLabelValues(book, string(l.Lamp())).Set(value)
	}
	return lamps
}

func (k *lampKeeper) factsOf(l telephony.Line) alerts.LineFacts {
	status := k.lineStates[l.Name]
	f := alerts.LineFacts{Line: l, State: status.LineState, Trunks: k.trunks.Of(l), SIP: k.sip(l), Log: k.logs[l.Name]}
	for _, fault := range status.Faults {
		f.Faults = append(f.Faults, fault.Finding)
	}
	if err := k.locked(); err != nil {
		f.Trouble = err.Error()
	}
	return f
}

// look reads the log. What cannot be read is not known.
func (k *lampKeeper) look(ctx context.Context) {
	k.read, k.changed = k.uptime(), false
	k.lineStates, k.logs = map[string]dutylog.LineStatus{}, map[string]*alerts.LineLog{}
	err := k.readAll(ctx)
	if err != nil && ctx.Err() == nil {
		k.logger.Warn("the duty log could not be read for the line's health: what depends on it is not known", "err", err)
	}
}

func (k *lampKeeper) readAll(ctx context.Context) error {
	if err := k.open(ctx); err != nil {
		return err
	}
	states, err := k.log.LineStates(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		k.lineStates[s.Line] = s
	}
	on, err := k.log.OnDuty(ctx, k.now())
	if err != nil {
		return err
	}
	k.rostered = on[dutylog.PostOfficer].Name
	fresh := k.past == nil || k.uptime()-k.pastRead >= pastEvery
	past := map[string]alerts.Past{}
	for _, l := range k.lines {
		if fresh {
			if past[l.Name], err = k.log.PastCalls(ctx, l.Name, k.now().Add(-alerts.SilenceWindow)); err != nil {
				return err
			}
		} else {
			past[l.Name] = k.past[l.Name]
		}
		if k.logs[l.Name], err = k.readLine(ctx, l.Name, past[l.Name]); err != nil {
			return err
		}
	}
	if fresh {
		k.past, k.pastRead = past, k.uptime()
	}
	return nil
}

// readLine is what the log says of one line.
func (k *lampKeeper) readLine(ctx context.Context, line string, past alerts.Past) (*alerts.LineLog, error) {
	calls, _, err := k.log.Calls(ctx, dutylog.CallQuery{Line: line, Limit: recentCalls})
	if err != nil {
		return nil, err
	}
	open, _, err := k.log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open}, Line: line, Limit: 200})
	if err != nil {
		return nil, err
	}
	l := &alerts.LineLog{Recent: calls, Open: open}
	if alive := lastOf(past, calls); !alive.IsZero() {
		l.Silent = k.rule.Silence.Silent(past, alive, k.now(), k.zone)
	}
	return l, nil
}

// lastOf is when a call, a real or a test one, last reached the line.
func lastOf(past alerts.Past, calls []dutylog.Call) (last time.Time) {
	if n := len(past.Calls); n > 0 {
		last = past.Calls[n-1]
	}
	for _, c := range calls {
		if c.Direction == telephony.Inbound && c.OfferedAt.After(last) {
			last = c.OfferedAt
		}
	}
	return last
}

// open begins the books with what stands, once.
func (k *lampKeeper) open(ctx context.Context) error {
	if k.books != nil {
		return nil
	}
	standing, _, err := k.log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 500})
	if err != nil {
		return err
	}
	books := map[string]*alerts.LampBook{}
	for _, l := range k.lines {
		books[l.Name] = alerts.NewLampBook(l.Name, k.rule, standing)
	}
	books[""] = alerts.NewLampBook(k.lines[0].Name, k.rule, standing)
	k.books = books
	return nil
}

// Of is how a line is now; nothing when it was not judged lately.
func (k *lampKeeper) Of(line string) web.Lamps {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.judged == 0 || k.uptime()-k.judged >= lampStale {
		return web.Lamps{}
	}
	return web.Lamps{At: k.at, Lamps: k.shown[line]}
}

// Judges reports whether the lamps are judged; a daemon that hangs does not.
func (k *lampKeeper) Judges() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.judged != 0 && k.uptime()-k.judged < lampStale
}

// clockFacts asks the kernel whether somebody keeps its clock right.
func clockFacts() alerts.ClockFacts {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return alerts.ClockFacts{Known: err == nil, Kept: err == nil && state != unix.TIME_ERROR}
}
