package main

import (
	"strings"
	"sync"

	"dutyline/alerts"
	"dutyline/telephony"
)

// trunkBook is what the switch says of trunks.
type trunkBook struct {
	mu        sync.Mutex
	heard     map[string]telephony.Endpoint
	qualified map[string]bool
}

func newTrunkBook() *trunkBook {
	return &trunkBook{heard: map[string]telephony.Endpoint{}, qualified: map[string]bool{}}
}

// mostEndpoints bounds what a large exchange can make us remember.
const mostEndpoints = 2000

// Hear takes how an endpoint is.
func (b *trunkBook) Hear(e telephony.Endpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.heard[e.Name]; known || len(b.heard) < mostEndpoints {
		b.heard[e.Name] = e
	}
}

// Asked takes whether the switch asks an endpoint if it is there.
func (b *trunkBook) Asked(endpoint string, qualified bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.qualified[endpoint] = qualified
}

// Of is what is known of the trunks of a line.
func (b *trunkBook) Of(l telephony.Line) (trunks []alerts.TrunkFacts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range l.Trunks {
		e, heard := b.heard[name]
		asked, known := b.qualified[name]
		if strings.HasSuffix(name, "*") || !known {
			trunks = append(trunks, alerts.TrunkFacts{Name: name, Qualified: !strings.HasSuffix(name, "*")})
			continue
		}
		trunks = append(trunks, alerts.TrunkFacts{Name: name, Qualified: asked, Known: heard && e.Known, Online: e.Online})
	}
	return trunks
}
