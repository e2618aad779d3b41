package web

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// A session in which nobody did anything for a while is locked: it is there, and takes the password
// before anything of it is shown. What a program asks by itself is no deed of a person: only
// what changes something is, and what the page says of keys and clicks. The line is shown on a locked
// page as it is to everybody, so that it goes on ringing there.

// actEvery is how exactly the time of the last deed is kept: not every key writes to the log.
const actEvery = 30 * time.Second

// lockedAt reports whether the session that ctx holds is locked. One that was begun by an older
// dutyline counts from its beginning.
func (s *sessions) lockedAt(ctx context.Context, now time.Time) bool {
	acted := s.manager.GetInt64(ctx, keyActed)
	if acted == 0 {
		acted = s.manager.GetInt64(ctx, keySince)
	}
	return s.lock > 0 && now.Sub(time.Unix(acted, 0)) >= s.lock
}

// act keeps that the person did something at a moment. It never locks earlier than before.
func (s *sessions) act(ctx context.Context, token string, at time.Time) error {
	if s.lock == 0 {
		return nil
	}
	ctx, err := s.manager.Load(ctx, token)
	if err != nil {
		return fmt.Errorf("read a session: %w", err)
	}
	last := time.Unix(s.manager.GetInt64(ctx, keyActed), 0)
	if s.manager.GetString(ctx, keyLogin) == "" || at.Sub(last) < actEvery {
		return nil
	}
	s.manager.Put(ctx, keyActed, at.Unix())
	if _, _, err := s.manager.Commit(ctx); err != nil {
		return fmt.Errorf("keep a session open: %w", err)
	}
	return nil
}

// deed reports whether a request that is allowed is something that a person did.
func deed(r *http.Request, p permission) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && p != showPresence && p != watch
}

type unlockInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

// unlock opens a locked session for whoever locked it. Somebody else signs in instead.
func (a *app) unlock(ctx context.Context, in *unlockInput) (*sessionOutput, error) {
	v := visitorOf(ctx)
	account, err := a.authenticate(ctx, v.account.Login, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := a.sessions.act(ctx, v.token, a.Now()); err != nil {
		return nil, internal(err)
	}
	v.account, v.locked = account, false
	return &sessionOutput{Body: a.sessionOf(v)}, nil
}
