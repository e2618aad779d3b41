package ari

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/CyCoreSystems/ari/v5"

	"dutyline/telephony"
)

// endpointBook is what the sink was told of the endpoints. The delivering goroutine writes it
// in the order of the queue; the session reads it.
type endpointBook struct {
	mu        sync.Mutex
	told      map[string]telephony.Endpoint
	asking    bool                 // a snapshot was asked for and has not been delivered
	meanwhile []telephony.Endpoint // what the switch said of endpoints since, in order
}

// ask marks where in the stream of events the questions of a snapshot begin.
func (b *endpointBook) ask() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asking, b.meanwhile = true, nil
}

// hear takes a frame on its way to the sink.
func (b *endpointBook) hear(raw []byte) {
	if eventType(raw) != "EndpointStateChange" {
		return
	}
	ev, err := Decode(raw)
	if err != nil || ev.Kind != telephony.EventEndpoint {
		return // the sink says what is wrong with it
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told[ev.Endpoint.Name] = ev.Endpoint
	if b.asking {
		b.meanwhile = append(b.meanwhile, ev.Endpoint)
	}
}

// complete adds to a snapshot on its way to the sink what was said while it was asked for.
// Answers and events come over different connections: an event that is newer than the answer
// can be here before it and, the phone being well, no other will follow.
func (b *endpointBook) complete(s *telephony.Snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.Meanwhile = b.meanwhile
	b.asking, b.meanwhile = false, nil
	b.told = map[string]telephony.Endpoint{}
	for _, e := range slices.Concat(s.Endpoints, s.Meanwhile) {
		b.told[e.Name] = e
	}
}

// contradicts reports whether the sink was told something else of an endpoint.
func (b *endpointBook) contradicts(e telephony.Endpoint) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	told, ok := b.told[e.Name]
	return ok && told != e
}

// compare is the net below the events: it asks whether the endpoints are as the sink was told.
// A change may be on its way, so only an endpoint that is doubted twice in a row makes it hand
// over a new snapshot. It returns the endpoints that are doubted now. A question that is not
// answered ends nothing, because whether the socket lives is asked elsewhere.
func (c *Client) compare(ctx context.Context, missing, doubted []string) ([]string, error) {
	var wrong []string
	for _, name := range c.config.Endpoints {
		e, err := c.endpoint(ctx, name)
		switch {
		case errors.Is(err, telephony.ErrNotFound):
		case ctx.Err() != nil:
			return doubted, nil
		case err != nil:
			c.config.Log.Warn("the state of an endpoint cannot be compared: " + err.Error())
			return doubted, nil
		case c.book.contradicts(e):
			wrong = append(wrong, name)
		}
	}
	if !slices.ContainsFunc(wrong, func(name string) bool { return slices.Contains(doubted, name) }) {
		return wrong, nil
	}
	c.config.Log.Warn("no event told the present state of " + strings.Join(wrong, ", ") + "; everything is read anew")
	return nil, c.handOver(ctx, missing)
}

func (c *Client) endpoint(ctx context.Context, name string) (telephony.Endpoint, error) {
	tech, resource, _ := strings.Cut(name, "/")
	var data ari.EndpointData
	if _, err := c.rest.get(ctx, "/endpoints/"+url.PathEscape(tech)+"/"+url.PathEscape(resource), &data); err != nil {
		return telephony.Endpoint{}, err
	}
	return endpointOf(data), nil
}

func (c *Client) endpoints(ctx context.Context) ([]telephony.Endpoint, error) {
	var list []ari.EndpointData
	if _, err := c.rest.get(ctx, "/endpoints", &list); err != nil {
		return nil, err
	}
	var out []telephony.Endpoint
	for _, e := range list {
		out = append(out, endpointOf(e))
	}
	return out, nil
}

func endpointOf(e ari.EndpointData) telephony.Endpoint {
	return telephony.Endpoint{
		Name: e.Technology + "/" + e.Resource, Online: e.State == "online", Known: e.State == "online" || e.State == "offline",
	}
}
