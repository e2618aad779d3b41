package practice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// A caller's name may be thousands of characters long. SIP over loopback carries it; the
// library's limit is that of one Ethernet frame.
func init() { sip.UDPMTUSize = 1 << 15 }

// agent is one SIP user agent on one UDP socket. It keeps count of what it started: after
// close no goroutine and no socket of it is left.
type agent struct {
	conn    *net.UDPConn
	local   *net.UDPAddr
	ua      *sipgo.UserAgent
	client  *sipgo.Client
	callees *sipgo.DialogServerCache // calls that came in
	callers *sipgo.DialogClientCache // calls that went out
	offers  sync.Map                 // SIP Call-ID → our session description, for a re-INVITE

	served chan struct{} // closed when nothing is read from the socket any more

	mu      sync.Mutex
	closed  bool
	working sync.WaitGroup // handlers of requests
}

// teardown bounds each step of closing.
const teardown = 2 * time.Second

// openAgent opens the socket and answers requests; invited handles each new incoming call and
// returns when the call is over.
func openAgent(address, user string, log *slog.Logger, invited func(*sipgo.DialogServerSession)) (*agent, error) {
	laddr, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, fmt.Errorf("SIP address %s: %w", address, err)
	}
	conn, err := net.ListenUDP("udp", laddr)
	if err != nil {
		return nil, fmt.Errorf("SIP address %s (UDP) cannot be opened: %w; another practice line may be running, else choose another port", address, err)
	}
	a := &agent{conn: conn, local: conn.LocalAddr().(*net.UDPAddr), served: make(chan struct{})}
	if err := a.build(user, log, invited); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return a, nil
}

func (a *agent) build(user string, log *slog.Logger, invited func(*sipgo.DialogServerSession)) error {
	inner := slog.New(atLeast{log.Handler(), slog.LevelWarn + 1})
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgent(user), sipgo.WithUserAgentHostname(a.local.IP.String()),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(inner),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {})), // retransmissions
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(inner)),
	)
	if err != nil {
		return fmt.Errorf("make a SIP user agent: %w", err)
	}
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(inner))
	if err != nil {
		return fmt.Errorf("make a SIP server: %w", err)
	}
	a.ua = ua
	a.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(inner), sipgo.WithClientConnectionAddr(a.local.String()),
		sipgo.WithClientHostname(a.local.IP.String()), sipgo.WithClientPort(a.local.Port))
	if err != nil {
		return fmt.Errorf("make a SIP client: %w", err)
	}
	a.callees = sipgo.NewDialogServerCache(a.client, a.contact(user))
	a.callers = sipgo.NewDialogClientCache(a.client, a.contact(user))
	a.handle(server, invited)
	reading := make(chan struct{})
	go func() {
		defer close(a.served)
		_ = server.ServeUDP(&signalConn{PacketConn: a.conn, reading: reading}) // ends when the socket is closed
	}()
	<-reading // from now on the library sends through this socket
	return nil
}

// signalConn tells when its first reader has come.
type signalConn struct {
	net.PacketConn
	once    sync.Once
	reading chan struct{}
}

func (c *signalConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.reading) })
	return c.PacketConn.ReadFrom(b)
}

func (a *agent) contact(user string) sip.ContactHeader {
	return sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: user, Host: a.local.IP.String(), Port: a.local.Port}}
}

func (a *agent) handle(server *sipgo.Server, invited func(*sipgo.DialogServerSession)) {
	on := func(method sip.RequestMethod, h sipgo.RequestHandler) {
		server.OnRequest(method, func(req *sip.Request, tx sip.ServerTransaction) {
			if a.enter() {
				defer a.working.Done()
				h(req, tx)
			}
		})
	}
	on(sip.OPTIONS, func(req *sip.Request, tx sip.ServerTransaction) {
		respond(req, tx, sip.StatusOK, "OK")
	})
	on(sip.ACK, func(req *sip.Request, tx sip.ServerTransaction) {
		_ = a.callees.ReadAck(req, tx) // an ACK to a call that is over is harmless
	})
	on(sip.BYE, func(req *sip.Request, tx sip.ServerTransaction) {
		if a.callees.ReadBye(req, tx) != nil && a.callers.ReadBye(req, tx) != nil {
			respond(req, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		}
	})
	on(sip.CANCEL, func(req *sip.Request, tx sip.ServerTransaction) { // of a call that is over
		respond(req, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	})
	on(sip.INVITE, func(req *sip.Request, tx sip.ServerTransaction) {
		if req.To().Params.Has("tag") {
			a.reinvited(req, tx)
			return
		}
		d, err := a.callees.ReadInvite(req, tx)
		if err != nil {
			respond(req, tx, sip.StatusBadRequest, "Bad Request")
			return
		}
		defer d.Close()
		invited(d)
	})
}

// reinvited agrees to what the other side renews: nothing of ours changes during a call.
func (a *agent) reinvited(req *sip.Request, tx sip.ServerTransaction) {
	body, ok := a.offers.Load(req.CallID().Value())
	if !ok {
		respond(req, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	res := sip.NewSDPResponseFromRequest(req, body.([]byte))
	contact := a.contact(a.ua.Name())
	res.AppendHeader(&contact)
	_ = tx.Respond(res)
}

// respond answers; a failure shows as a retransmission of the request.
func respond(req *sip.Request, tx sip.ServerTransaction, status int, reason string) {
	_ = tx.Respond(sip.NewResponseFromRequest(req, status, reason, nil))
}

func (a *agent) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	a.working.Add(1)
	return true
}

// close ends every transaction, closes the socket and waits for the handlers.
func (a *agent) close() error {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	_ = a.ua.Close()
	_ = a.conn.Close()
	<-a.served
	if !waitFor(&a.working, 2*teardown) {
		return fmt.Errorf("a SIP request on %s is still being handled after %v", a.local, 2*teardown)
	}
	return nil
}

func waitFor(w *sync.WaitGroup, limit time.Duration) bool {
	done := make(chan struct{})
	go func() { w.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

// isNetwork tells a fault of the socket from one of what was read.
func isNetwork(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// localFor is the address of this machine from which a peer is reached.
func localFor(peer string) (net.IP, error) {
	c, err := net.Dial("udp", peer) // sends nothing
	if err != nil {
		return nil, fmt.Errorf("SIP address %s cannot be reached: %w", peer, err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).IP, nil
}

// atLeast passes only records of some level: the SIP library tells much.
type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (h atLeast) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(a), h.level}
}
func (h atLeast) WithGroup(n string) slog.Handler { return atLeast{h.Handler.WithGroup(n), h.level} }

// remember keeps the session description of a call for a re-INVITE, until forgotten.
func (a *agent) remember(callID string, body []byte) (forget func()) {
	a.offers.Store(callID, body)
	return func() { a.offers.Delete(callID) }
}
