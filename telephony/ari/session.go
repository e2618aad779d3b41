package ari

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"github.com/coder/websocket"

	"dutyline/telephony"
)

const (
	connectTimeout = 10 * time.Second
	maxFrame       = 16 << 20 // one event; Asterisk's largest are a few KB
)

// session is one connection from the handshake to its end. It reports whether the switch
// was seen (a snapshot was handed over) and why the session ended.
func (c *Client) session(ctx context.Context, n int) (seen bool, err error) {
	app := fmt.Sprintf("dutyline-%s-%d", nameSeed, n)
	conn, err := c.connect(ctx, app)
	if err != nil {
		return false, err
	}
	live, end := context.WithCancelCause(ctx)
	defer end(nil)
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		end(c.read(conn))
	}()
	defer func() {
		closeCleanly(conn, live)
		<-reading
	}()
	c.filter(live, app)
	missing, err := c.subscribe(live, app, nil)
	if err == nil {
		c.setApp(app)
		defer c.setApp("")
		err = c.handOver(live, missing)
	}
	if err != nil {
		return false, firstCause(live, err)
	}
	return true, firstCause(live, c.guard(live, conn, app, missing))
}

// firstCause prefers why the session ended over the error that the ending made elsewhere.
func firstCause(live context.Context, err error) error {
	if cause := context.Cause(live); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// closeCleanly says good-bye when both sides still talk: an abrupt end of the connection is
// what makes Asterisk keep dead sockets. A broken connection is just dropped.
func closeCleanly(conn *websocket.Conn, live context.Context) {
	if cause := context.Cause(live); cause != nil && !errors.Is(cause, context.Canceled) {
		_ = conn.CloseNow()
		return
	}
	_ = conn.Close(websocket.StatusNormalClosure, "")
}

func (c *Client) connect(ctx context.Context, app string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	base, isHTTP := strings.CutPrefix(c.rest.base, "http")
	if !isHTTP {
		return nil, fmt.Errorf("ari.url %q does not begin with http:// or https://", c.rest.base)
	}
	header := http.Header{}
	req := http.Request{Header: header}
	req.SetBasicAuth(c.config.User, c.config.Password)
	conn, resp, err := websocket.Dial(ctx, "ws"+base+"/events?app="+url.QueryEscape(app), &websocket.DialOptions{
		HTTPClient: c.rest.events, HTTPHeader: header,
	})
	what := "read Asterisk's events at " + c.rest.base
	if err != nil && resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
		detail, isJSON := message(resp)
		return nil, statusError(what, resp.StatusCode, isJSON || resp.StatusCode != http.StatusNotFound, detail)
	}
	if err != nil {
		return nil, transportError(what, err)
	}
	conn.SetReadLimit(maxFrame)
	return conn, nil
}

var replaced = []byte("ApplicationReplaced")

// read is the read loop. It does no I/O beside reading and never waits for anybody: a slow
// reader makes Asterisk delay calls.
func (c *Client) read(conn *websocket.Conn) error {
	var buf bytes.Buffer // grown once: a frame is then copied once, in its size
	for {
		buf.Reset()
		_, r, err := conn.Reader(context.Background()) // ended by closing the connection
		if err == nil {
			_, err = buf.ReadFrom(r)
		}
		if err != nil {
			return newError(Lost, "read Asterisk's events at "+c.rest.base, err)
		}
		raw := bytes.Clone(buf.Bytes())
		c.receive(raw)
		if bytes.Contains(raw, replaced) && eventType(raw) == string(replaced) {
			return newError(Replaced, "read Asterisk's events at "+c.rest.base, nil)
		}
	}
}

// filter asks the switch to leave out what nobody reads: three quarters of a call's events. One
// that cannot (before 16.3) sends them, which costs both sides a little work and nothing else.
func (c *Client) filter(ctx context.Context, app string) {
	type kind struct {
		Type string `json:"type"`
	}
	var out struct {
		Disallowed []kind `json:"disallowed"`
	}
	for _, t := range unasked {
		out.Disallowed = append(out.Disallowed, kind{t})
	}
	if err := c.rest.put(ctx, "/applications/"+app+"/eventFilter", out); err != nil {
		c.config.Log.Debug("the switch sends all events: " + err.Error())
	}
}

// subscribe asks for the events of the lines' endpoints and of bridges, and makes sure that
// the application exists and has them. It returns the endpoints that the switch does not
// know. already is what was subscribed before.
//
// Bridges are needed: the endpoints' own events do not tell that a channel entered one, and
// without that no answer is proved. On a shared PBX this also brings the bridges of other
// calls: ARI has no narrower question that is not too late.
func (c *Client) subscribe(ctx context.Context, app string, already []string) (missing []string, err error) {
	known, err := c.endpoints(ctx)
	if err != nil {
		return nil, err
	}
	var sources []string
	if already == nil {
		sources = []string{"bridge:"}
	}
	for _, e := range c.config.Endpoints {
		switch {
		case !slices.ContainsFunc(known, func(k telephony.Endpoint) bool { return k.Name == e }):
			missing = append(missing, e)
		case !slices.Contains(already, e):
			sources = append(sources, "endpoint:"+e)
		}
	}
	if len(sources) > 0 {
		path := "/applications/" + app + "/subscription?eventSource=" + url.QueryEscape(strings.Join(sources, ","))
		if _, err := c.rest.ask(ctx, http.MethodPost, path, nil); err != nil {
			return nil, deadIfGone(err, "subscribe to Asterisk's events")
		}
	}
	return missing, c.checkApp(ctx, app, missing)
}

// checkApp finds out whether our application still lives and has its subscriptions: after an
// abrupt reconnect a socket can answer pings and never deliver an event again.
func (c *Client) checkApp(ctx context.Context, app string, missing []string) error {
	const what = "check the event application"
	var data ari.ApplicationData
	if _, err := c.rest.get(ctx, "/applications/"+app, &data); err != nil {
		return deadIfGone(err, what)
	}
	for _, e := range c.config.Endpoints {
		if !slices.Contains(missing, e) && !slices.Contains(data.EndpointIDs, e) {
			return newError(DeadSocket, what, fmt.Errorf("the subscription to %s is gone", e))
		}
	}
	return nil
}

func deadIfGone(err error, what string) error {
	if errors.Is(err, telephony.ErrNotFound) {
		return newError(DeadSocket, what, errors.New("Asterisk does not know it any more"))
	}
	return err
}

// handOver takes the snapshot and puts it in line behind the events that came before. Those
// that come while it is asked for may be newer, so the queue is told where this began.
func (c *Client) handOver(ctx context.Context, missing []string) error {
	c.queue.put(item{asking: true})
	snapshot, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	c.alive(c.now())
	c.queue.put(item{snapshot: &snapshot})
	detail := ""
	if len(missing) > 0 {
		detail = "the switch does not know " + strings.Join(missing, ", ") + ": correct the line's endpoints or Asterisk's pjsip.conf"
		c.config.Log.Warn(detail)
	}
	c.setStatus(true, detail, missing)
	return nil
}

// guard holds a running session: pings, and asks whether the application lives and whether
// the endpoints are as its events said.
func (c *Client) guard(ctx context.Context, conn *websocket.Conn, app string, missing []string) error {
	ping := time.NewTicker(c.config.Ping)
	defer ping.Stop()
	check := time.NewTicker(c.config.AppCheck)
	defer check.Stop()
	var doubted []string
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ping.C:
			if err := c.ping(ctx, conn); err != nil {
				return err
			}
		case <-check.C:
			var err error
			if missing, err = c.recheck(ctx, app, missing); err == nil {
				doubted, err = c.compare(ctx, missing, doubted)
			}
			if err != nil {
				return err
			}
		}
	}
}

func (c *Client) ping(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if err := conn.Ping(ctx); err != nil {
		return newError(Silent, "ping Asterisk at "+c.rest.base, err)
	}
	c.alive(c.now())
	return nil
}

// recheck is checkApp, later: endpoints that have appeared since are subscribed to, with a
// new snapshot. An Asterisk that is too slow to answer is left alone, because the socket
// answers pings and more connections would make it worse.
func (c *Client) recheck(ctx context.Context, app string, missing []string) ([]string, error) {
	err := c.checkApp(ctx, app, missing)
	if ReasonOf(err) == Silent {
		c.config.Log.Warn("asterisk does not answer questions about its applications: " + err.Error())
		return missing, nil
	}
	if err != nil || len(missing) == 0 {
		return missing, err
	}
	already := slices.DeleteFunc(slices.Clone(c.config.Endpoints), func(e string) bool { return slices.Contains(missing, e) })
	still, err := c.subscribe(ctx, app, append([]string{}, already...))
	if err != nil || len(still) == len(missing) {
		return still, err
	}
	return still, c.handOver(ctx, still)
}
