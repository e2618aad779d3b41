package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"dutyline/alerts"
)

const (
	pageForgotten = 30 * time.Second // a page says every ten seconds that it is there
	mostPages     = 512
)

// Presence is which pages are open and whether their browsers let them sound. Each page says so
// itself, again and again; one that is silent is gone. Nothing of it is kept.
type Presence struct {
	mu    sync.Mutex
	now   func() time.Duration // since some moment; nobody sets it
	pages map[string]presentPage
}

type presentPage struct {
	alerts.OpenPage
	at time.Duration
}

// NewPresence counts time on a clock that nobody sets.
func NewPresence(uptime func() time.Duration) *Presence {
	return &Presence{now: uptime, pages: map[string]presentPage{}}
}

// note takes that a page is there.
func (p *Presence) note(id string, page alerts.OpenPage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget()
	if _, known := p.pages[id]; known || len(p.pages) < mostPages {
		p.pages[id] = presentPage{page, p.now()}
	}
}

func (p *Presence) forget() {
	for id, page := range p.pages {
		if p.now()-page.at >= pageForgotten {
			delete(p.pages, id)
		}
	}
}

// leave takes that somebody signed out: their pages are locked.
func (p *Presence) leave(login string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, page := range p.pages {
		if page.Login == login {
			delete(p.pages, id)
		}
	}
}

// Open lists the pages that are there, by login.
func (p *Presence) Open() []alerts.OpenPage {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget()
	var open []alerts.OpenPage
	for _, page := range p.pages {
		open = append(open, page.OpenPage)
	}
	slices.SortFunc(open, func(a, b alerts.OpenPage) int { return strings.Compare(a.Login, b.Login) })
	return open
}

type presentInput struct {
	Body struct {
		Page   string `json:"page" pattern:"^[A-Za-z0-9-]{8,64}$" patternDescription:"8 to 64 letters, digits and dashes that the page made up when it was opened"`
		Sounds bool   `json:"sounds" doc:"The browser lets the page sound"`
		Idle   *int64 `json:"idle_ms,omitempty" minimum:"0" doc:"How long ago somebody last pressed a key or clicked there; absent: not known"`
	}
}

// present is a page that says that it is there.
func (a *app) present(ctx context.Context, in *presentInput) (*acceptedOutput, error) {
	v := visitorOf(ctx)
	who := v.account
	if a.Presence != nil {
		a.Presence.note(who.Login+"/"+in.Body.Page, alerts.OpenPage{Login: who.Login, Name: who.Name, Role: who.Role, Sounds: in.Body.Sounds})
	}
	if in.Body.Idle != nil && !v.locked {
		if err := a.sessions.act(ctx, v.token, a.Now().Add(-time.Duration(*in.Body.Idle)*time.Millisecond)); err != nil {
			return nil, internal(err)
		}
	}
	return nil, nil
}
