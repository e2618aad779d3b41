package ari

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony"
)

// Config says how to reach the switch and what of it is ours to see.
type Config struct {
	URL      string // base address of ARI, for instance http://127.0.0.1:8088/ari
	User     string
	Password string
	// Endpoints are the duty phones and trunks of all lines, for instance "PJSIP/duty".
	// Of the switch's other calls only their bridges are seen, six events a call.
	Endpoints []string
	Snoops    bool // this daemon starts the recordings; the switch's dialplan does not
	NoJournal bool // the switch keeps no journal for us
	Calls     bool // it places calls of our own

	Ping      time.Duration // how often the socket is tried; default 10 s
	AppCheck  time.Duration // how often it is asked whether our application lives; default 15 s
	HighWater int           // frames waiting behind the read loop that raise an alarm; default 10000
	Log       *slog.Logger  // default slog.Default()
	Now       func() time.Time
	Uptime    func() time.Duration // of the daemon; nobody sets it. Default: since New
}

// Frame is one event as it came, stamped with our clock when it was read.
type Frame struct {
	Received time.Time
	Up       time.Duration // our uptime then
	Raw      []byte
}

// Sink takes what the switch says. All methods are called from one goroutine, in order:
// what follows a Gap is not known until the next Snapshot. A slow Sink delays nobody: what
// it has not taken yet waits in memory.
type Sink interface {
	// Frame is one event. The bytes belong to the sink.
	Frame(Frame)
	// Gap says that nothing is known since from; the cause says why and what to do.
	Gap(from time.Time, cause error)
	// Snapshot is what exists after a connection was made. Events that it already shows
	// may come before and after it; what came of endpoints while it was asked for is in it again.
	Snapshot(telephony.Snapshot)
}

// Status is whether the switch can be seen now.
type Status struct {
	Connected bool
	Since     time.Time
	Detail    string   // one sentence: why not, or what is odd
	Missing   []string // endpoints of the lines that the switch does not know
}

// Client watches one Asterisk and answers questions about it. It is safe for concurrent use.
type Client struct {
	config  Config
	rest    *rest
	metrics *metrics
	queue   *queue[item]
	handing atomic.Int64 // when the frame came that is handed to the sink now, in nanoseconds of our uptime, and 1; 0: none is
	book    *endpointBook
	alarmed atomic.Bool

	// lastAlive is when the switch last proved that it delivers to us, in Unix nanoseconds.
	lastAlive atomic.Int64

	mu     sync.Mutex
	status Status
	app    string // of the running session; empty between sessions
}

// New prepares a client; it does not connect. Figures go to reg when it is not nil.
func New(c Config, reg prometheus.Registerer) *Client {
	if c.Ping == 0 {
		c.Ping = 10 * time.Second
	}
	if c.AppCheck == 0 {
		c.AppCheck = 15 * time.Second
	}
	if c.HighWater == 0 {
		c.HighWater = 10000
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Uptime == nil {
		start := time.Now()
		c.Uptime = func() time.Duration { return time.Since(start) }
	}
	cl := &Client{config: c, rest: newREST(c), queue: newQueue[item](), book: &endpointBook{told: map[string]telephony.Endpoint{}}}
	cl.metrics = newMetrics(reg, cl.queue)
	cl.status = Status{Since: c.Now(), Detail: "not connected yet"}
	return cl
}

func (c *Client) now() time.Time { return c.config.Now() }

// Status is whether the switch can be seen now, and since when that is so.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

func (c *Client) setStatus(connected bool, detail string, missing []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if connected != c.status.Connected {
		c.status.Since = c.now()
	}
	c.status.Connected, c.status.Detail, c.status.Missing = connected, detail, missing
	c.metrics.connected.Set(map[bool]float64{true: 1}[connected])
}

func (c *Client) setApp(app string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.app = app
}

func (c *Client) runningApp() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.app
}

func (c *Client) alive(at time.Time) { c.lastAlive.Store(at.UnixNano()) }
