package web

import (
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How often somebody may try to sign in. A right password costs nothing: only wrong ones add
// up. Both limits hold at once.
const (
	triesPerLogin   = 5
	loginRefill     = 12 * time.Second // one more try
	triesPerAddress = 10
	addressRefill   = 6 * time.Second
	notesAtOnce     = 30                     // a page saves once a second at most
	noteRefill      = 500 * time.Millisecond // one more
	rememberedKeys  = 4096                   // of each kind; beyond that the longest unused is forgotten
)

// attempts counts tries to sign in, per login name and per address, in bounded memory.
type attempts struct {
	mu      sync.Mutex
	logins  buckets
	address buckets
	notes   buckets // by computer
}

func newAttempts() *attempts {
	return &attempts{
		logins:  newBuckets(triesPerLogin, loginRefill, rememberedKeys),
		address: newBuckets(triesPerAddress, addressRefill, rememberedKeys),
		notes:   newBuckets(notesAtOnce, noteRefill, rememberedKeys),
	}
}

// take counts one try; when it is one too many it says how long to wait, and counts nothing.
func (a *attempts) take(now time.Time, login, address string) (wait time.Duration) {
	login, address = loginKey(login), addressKey(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	wait = max(a.logins.wait(now, login), a.address.wait(now, address))
	if wait == 0 {
		a.logins.take(now, login)
		a.address.take(now, address)
	}
	return wait
}

// note counts one saving of a note; when it is one too many it says how long to wait.
func (a *attempts) note(now time.Time, device string) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if wait = a.notes.wait(now, device); wait == 0 {
		a.notes.take(now, device)
	}
	return wait
}

// right forgives the tries of a login whose password was right.
func (a *attempts) right(login, address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.logins.forget(loginKey(login))
	a.address.giveBack(addressKey(address))
}

func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// addressKey is what counts as one address: with IPv6 a whole /64, which one computer has.
func addressKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	net, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return net.String()
}

// buckets are token buckets by key, at most so many.
type buckets struct {
	burst  float64
	refill time.Duration
	most   int
	byKey  map[string]*list.Element
	order  *list.List // of *bucket, the longest unused at the back
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

func newBuckets(burst int, refill time.Duration, most int) buckets {
	return buckets{burst: float64(burst), refill: refill, most: most, byKey: map[string]*list.Element{}, order: list.New()}
}

func (b *buckets) tokens(now time.Time, key string) float64 {
	e, ok := b.byKey[key]
	if !ok {
		return b.burst
	}
	k := e.Value.(*bucket)
	gained := max(0, now.Sub(k.at)).Seconds() / b.refill.Seconds()
	return min(b.burst, k.tokens+gained)
}

// wait is how long it takes until key has a whole token; zero when it has one now.
func (b *buckets) wait(now time.Time, key string) time.Duration {
	lacks := 1 - b.tokens(now, key)
	if lacks <= 1e-9 {
		return 0
	}
	return time.Duration(lacks * float64(b.refill))
}

func (b *buckets) take(now time.Time, key string) {
	tokens := b.tokens(now, key) - 1
	if e, ok := b.byKey[key]; ok {
		k := e.Value.(*bucket)
		k.tokens, k.at = tokens, now
		b.order.MoveToFront(e)
		return
	}
	if len(b.byKey) >= b.most {
		oldest := b.order.Back()
		delete(b.byKey, oldest.Value.(*bucket).key)
		b.order.Remove(oldest)
	}
	b.byKey[key] = b.order.PushFront(&bucket{key: key, tokens: tokens, at: now})
}

func (b *buckets) giveBack(key string) {
	if e, ok := b.byKey[key]; ok {
		k := e.Value.(*bucket)
		k.tokens = min(b.burst, k.tokens+1)
	}
}

func (b *buckets) forget(key string) {
	if e, ok := b.byKey[key]; ok {
		delete(b.byKey, key)
		b.order.Remove(e)
	}
}
