package practice

import (
	"fmt"
	"sync"
	"time"
)

// booking is one call, shared by its two ends in this process. The near end placed it, the
// far end is called; each writes only its own leg.
type booking struct {
	id    int
	call  Call // complete
	sound tracks
	tell  func(Note)

	mu     sync.Mutex
	result Result
	far    chan struct{} // closed when the far end is done; nil while it was not reached
}

func (b *booking) note(kind NoteKind, text string) {
	if b.tell != nil {
		b.tell(Note{At: time.Now(), Kind: kind, Call: b.id, Text: text})
	}
}

// noteEnd is for calls that nobody here placed: only the called end knows of them.
func (b *booking) noteEnd() {
	far := b.settle(0).Far
	text := fmt.Sprintf("it is over without an answer (SIP %d)", far.Status)
	if !far.AnsweredAt.IsZero() {
		text = fmt.Sprintf("it is over after %.1f s of talk", far.EndedAt.Sub(far.AnsweredAt).Seconds())
	}
	b.note(CallEnded, text)
}

// update changes the result under its lock.
func (b *booking) update(f func(*Result)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.result)
}

// reach is called by the far end when the call arrives there; the returned function when it left.
func (b *booking) reach() (left func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.far != nil {
		return func() {} // forked: the first phone reports
	}
	b.far = make(chan struct{})
	return sync.OnceFunc(func() { close(b.far) })
}

// settle waits until the far end has reported, then returns what is known. The limit is for
// a far end that lost its last message.
func (b *booking) settle(limit time.Duration) Result {
	b.mu.Lock()
	far := b.far
	b.mu.Unlock()
	if far != nil {
		select {
		case <-far:
		case <-time.After(limit):
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.result
}

// side is which end of the call an end of the booking is.
func (c Call) side(near bool) Side {
	if near == c.Outgoing() {
		return Officer
	}
	return Caller
}

// board holds the calls that a phone will get in the next moment, by the number it will see.
// Two calls of one number in the same milliseconds may change places: nothing else of a call
// comes through the switch to the phone.
type board struct {
	mu      sync.Mutex
	waiting map[string][]*booking
}

func (p *board) post(key string, b *booking) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[string][]*booking{}
	}
	p.waiting[key] = append(p.waiting[key], b)
}

// take removes the oldest call of that number; nil when nobody announced one.
func (p *board) take(key string) *booking {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.waiting[key]
	if len(list) == 0 {
		return nil
	}
	p.put(key, list[1:])
	return list[0]
}

// drop removes a call that never arrived: a real phone rang, or it was given up before.
func (p *board) drop(key string, b *booking) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range p.waiting[key] {
		if w == b {
			list := p.waiting[key]
			p.put(key, append(list[:i:i], list[i+1:]...))
			return
		}
	}
}

func (p *board) put(key string, list []*booking) {
	if len(list) == 0 {
		delete(p.waiting, key)
		return
	}
	p.waiting[key] = list
}
