package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"dutyline/dutylog"
)

// What a session holds.
const (
	keyLogin = dutylog.SessionLogin // the store ends the sessions of a login that is disabled
	keyPass  = "pass"               // which password it was begun with: a new password ends the others
	keySeen  = "seen"               // last request, unix seconds, at most touchEvery behind
	keySince = "since"
	keyActed = "acted" // when the person last did something, unix seconds, at most actEvery behind
)

// touchEvery is how exactly the idle time is kept: not every request writes to the log.
const touchEvery = time.Minute

// sessions are the login sessions: a random token in a cookie, everything else in the store.
type sessions struct {
	manager *scs.SessionManager
	log     dutylog.AccountStore
	now     func() time.Time
	idle    time.Duration
	max     time.Duration
	lock    time.Duration // 0: never

	mu    sync.Mutex
	ended chan struct{} // closed and replaced whenever a session ends here
}

func newSessions(d Deps) *sessions {
	m := scs.New()
	m.Store = newGraveyard(d.Sessions, d.Now)
	m.Lifetime = d.SessionMax
	m.HashTokenInStore = true
	m.Cookie.Name = "dutyline"
	m.Cookie.Secure = d.Secure
	m.Cookie.Persist = false // gone with the browser; the store ends it in any case
	if d.Secure {
		m.Cookie.Name = "__Host-dutyline" // no other host or path can set it
	}
	return &sessions{manager: m, log: d.Log, now: d.Now, idle: d.SessionIdle, max: d.SessionMax, lock: d.LockAfter, ended: make(chan struct{})}
}

// end returns a channel that is closed when the next session ends in this process.
func (s *sessions) end() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// visitor finds out who makes a request. touch keeps the session from becoming idle.
func (s *sessions) visitor(r *http.Request, address string, touch bool) (visitor, error) {
	v := visitor{address: address}
	cookie, err := r.Cookie(s.manager.Cookie.Name)
	if err != nil {
		return v, nil // no cookie
	}
	return s.byToken(r.Context(), cookie.Value, address, touch)
}

// byToken reads session and account from the store: a session ends at once when its account
// is disabled, its password changed or its time is over.
func (s *sessions) byToken(ctx context.Context, token, address string, touch bool) (visitor, error) {
	v := visitor{address: address}
	if token == "" || len(token) > 100 {
		return v, nil
	}
	ctx, err := s.manager.Load(ctx, token)
	if err != nil {
		return v, fmt.Errorf("read a session: %w", err)
	}
	login := s.manager.GetString(ctx, keyLogin)
	if login == "" {
		return v, nil
	}
	now := s.now()
	seen := time.Unix(s.manager.GetInt64(ctx, keySeen), 0)
	since := time.Unix(s.manager.GetInt64(ctx, keySince), 0)
	if now.Sub(seen) >= s.idle || now.Sub(since) >= s.max {
		return v, s.bury(ctx)
	}
	account, err := s.log.Account(ctx, login)
	switch {
	case errors.Is(err, dutylog.ErrNotFound):
		return v, s.bury(ctx)
	case err != nil:
		return v, fmt.Errorf("read an account: %w", err)
	case account.Disabled || s.manager.GetString(ctx, keyPass) != passwordMark(account):
		return v, s.bury(ctx)
	}
	if touch && now.Sub(seen) >= touchEvery {
		s.manager.Put(ctx, keySeen, now.Unix())
		if _, _, err := s.manager.Commit(ctx); err != nil {
			return v, fmt.Errorf("touch a session: %w", err)
		}
	}
	v.account, v.signedIn, v.token = account, true, token
	v.locked = s.lockedAt(ctx, now)
	return v, nil
}

// begin starts a session for an account and gives its cookie. A session that the browser
// brought along ends: its token may be known to somebody else.
func (s *sessions) begin(ctx context.Context, account dutylog.Account, old string) (cookie string, err error) {
	if old != "" {
		if err := s.finish(ctx, old); err != nil {
			return "", err
		}
	}
	ctx, err = s.manager.Load(ctx, "")
	if err != nil {
		return "", fmt.Errorf("begin a session: %w", err)
	}
	now := s.now().Unix()
	s.manager.Put(ctx, keyLogin, account.Login)
	s.manager.Put(ctx, keyPass, passwordMark(account))
	s.manager.Put(ctx, keySeen, now)
	s.manager.Put(ctx, keySince, now)
	s.manager.Put(ctx, keyActed, now)
	token, _, err := s.manager.Commit(ctx)
	if err != nil {
		return "", fmt.Errorf("begin a session: %w", err)
	}
	return s.cookie(token), nil
}

// finish ends the session with this token, if there is one.
func (s *sessions) finish(ctx context.Context, token string) error {
	ctx, err := s.manager.Load(ctx, token)
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if s.manager.GetString(ctx, keyLogin) == "" {
		return nil
	}
	return s.bury(ctx)
}

// bury ends the session that ctx holds and tells the open streams.
func (s *sessions) bury(ctx context.Context) error {
	if err := s.manager.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ended)
	s.ended = make(chan struct{})
	return nil
}

// cookie is the header that gives the browser a token; an empty one takes it away.
func (s *sessions) cookie(token string) string {
	c := http.Cookie{Name: s.manager.Cookie.Name, Value: token, Path: "/", HttpOnly: true,
		Secure: s.manager.Cookie.Secure, SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// tokenOf is the token that a request brings, whether it is worth anything or not.
func (s *sessions) tokenOf(r *http.Request) string {
	if c, err := r.Cookie(s.manager.Cookie.Name); err == nil && len(c.Value) <= 100 {
		return c.Value
	}
	return ""
}

// passwordMark tells one password of an account from the next without saying anything of it.
func passwordMark(a dutylog.Account) string {
	sum := sha256.Sum256([]byte(a.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

// graveyard is a session store in which the dead stay dead: a request that began before a
// session ended must not bring it back by saving it afterwards.
type graveyard struct {
	scs.Store
	now func() time.Time

	mu   sync.Mutex
	dead map[string]time.Time
}

// mourning is longer than any request takes that saves its session.
const mourning = 5 * time.Minute

func newGraveyard(s scs.Store, now func() time.Time) *graveyard {
	return &graveyard{Store: s, now: now, dead: map[string]time.Time{}}
}

// Delete implements scs.Store.
func (g *graveyard) Delete(token string) error { return g.DeleteCtx(context.Background(), token) }

// Find implements scs.Store.
func (g *graveyard) Find(token string) ([]byte, bool, error) {
	return g.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (g *graveyard) Commit(token string, b []byte, expiry time.Time) error {
	return g.CommitCtx(context.Background(), token, b, expiry)
}

// DeleteCtx implements scs.CtxStore.
func (g *graveyard) DeleteCtx(ctx context.Context, token string) error {
	g.bury(token)
	if s, ok := g.Store.(scs.CtxStore); ok {
		return s.DeleteCtx(ctx, token)
	}
	return g.Store.Delete(token)
}

// FindCtx implements scs.CtxStore.
func (g *graveyard) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if g.isDead(token) {
		return nil, false, nil
	}
	if s, ok := g.Store.(scs.CtxStore); ok {
		return s.FindCtx(ctx, token)
	}
	return g.Store.Find(token)
}

// CommitCtx implements scs.CtxStore.
func (g *graveyard) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	if g.isDead(token) {
		return nil
	}
	if s, ok := g.Store.(scs.CtxStore); ok {
		return s.CommitCtx(ctx, token, b, expiry)
	}
	return g.Store.Commit(token, b, expiry)
}

func (g *graveyard) bury(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for t, at := range g.dead {
		if now.Sub(at) > mourning {
			delete(g.dead, t)
		}
	}
	g.dead[token] = now
}

func (g *graveyard) isDead(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, dead := g.dead[token]
	return dead
}
