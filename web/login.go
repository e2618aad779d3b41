package web

import (
	"context"
	"errors"
	"net/http"

	"dutyline/dutylog"
)

type sessionBody struct {
	Username   string       `json:"username"`
	Name       string       `json:"name" doc:"As in the roster"`
	Role       dutylog.Role `json:"role" enum:"officer,chief,leader,supervisor,auditor,admin,reader"`
	Unit       string       `json:"unit" doc:"Of a reading account: whose entries it sees; else empty"`
	MustChange bool         `json:"must_change_password" doc:"Nothing else is allowed until the password is changed"`
	Locked     bool         `json:"locked" doc:"Nobody did anything for a while: nothing else is allowed before POST /session/unlock"`
	LockAfter  int64        `json:"lock_after_ms" doc:"Without a key or a click the session locks; 0: never"`
}

func (a *app) sessionOf(v visitor) sessionBody {
	x := v.account
	return sessionBody{Username: x.Login, Name: x.Name, Role: x.Role, Unit: x.Unit, MustChange: x.MustChange, Locked: v.locked, LockAfter: a.LockAfter.Milliseconds()}
}

type sessionOutput struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      sessionBody
}

type loginInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

// login begins a session.
func (a *app) login(ctx context.Context, in *loginInput) (*sessionOutput, error) {
	v, b := visitorOf(ctx), in.Body
	account, err := a.authenticate(ctx, b.Username, b.Password)
	if err != nil {
		return nil, err
	}
	cookie, err := a.sessions.begin(ctx, account, v.token)
	if err != nil {
		return nil, internal(err)
	}
	a.figures.logins.WithLabelValues("accepted").Inc()
	a.Logger.InfoContext(ctx, "login", "login", account.Login, "role", account.Role, "address", v.address)
	cookies := []string{cookie}
	if device := a.knowDevice(ctx, account.Login); device != "" {
		cookies = append(cookies, device)
	}
	return &sessionOutput{SetCookie: cookies, Body: a.sessionOf(visitor{account: account})}, nil
}

// authenticate finds out whose login and password these are. Whether the login does not exist, is
// disabled or the password is wrong, the answer and the time it takes are the same.
func (a *app) authenticate(ctx context.Context, username, password string) (dutylog.Account, error) {
	v := visitorOf(ctx)
	if err := a.limit(username, v.address); err != nil {
		return dutylog.Account{}, err
	}
	account, err := a.Log.Account(ctx, username)
	if err != nil && !errors.Is(err, dutylog.ErrNotFound) {
		return account, internal(err)
	}
	known := err == nil && !account.Disabled
	hash := account.PasswordHash
	if !known {
		hash = a.nobody
	}
	right, err := a.checkPassword(ctx, hash, password)
	if err != nil {
		return account, err
	}
	if !right || !known {
		a.figures.logins.WithLabelValues("refused").Inc()
		// The name is not logged: people type their password there by mistake.
		a.Logger.WarnContext(ctx, "login refused", "address", v.address, "known", known)
		return account, newProblem(http.StatusUnauthorized, typeSignIn, "The login name or the password is wrong.")
	}
	a.attempts.right(username, v.address)
	return account, nil
}

func (a *app) limit(login, address string) error {
	wait := a.attempts.take(a.Now(), login, address)
	if wait == 0 {
		return nil
	}
	a.figures.logins.WithLabelValues("limited").Inc()
	p := newProblem(http.StatusTooManyRequests, typeTooMany, "Too many attempts: wait %d seconds, then try again.", int(wait.Seconds())+1)
	p.retryAfter = wait
	return p
}

// checkPassword bounds how much memory hashing takes at once.
func (a *app) checkPassword(ctx context.Context, hash, password string) (bool, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		return CheckPassword(hash, password), nil
	case <-ctx.Done():
		return false, problemOf(ctx.Err())
	}
}

func (a *app) session(ctx context.Context, _ *struct{}) (*sessionOutput, error) {
	return &sessionOutput{Body: a.sessionOf(visitorOf(ctx))}, nil
}

type cookieOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

// logout ends the session; without one there is nothing to end, which is as good.
func (a *app) logout(ctx context.Context, _ *struct{}) (*cookieOutput, error) {
	if token := visitorOf(ctx).token; token != "" {
		if err := a.sessions.finish(ctx, token); err != nil {
			return nil, internal(err)
		}
		if a.Presence != nil {
			a.Presence.leave(visitorOf(ctx).account.Login)
		}
	}
	return &cookieOutput{SetCookie: a.sessions.cookie("")}, nil
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"200"`
		New string `json:"new" minLength:"1" maxLength:"200"`
	}
}

// changePassword gives the account a new password; its other sessions end with the old one.
func (a *app) changePassword(ctx context.Context, in *passwordInput) (*cookieOutput, error) {
	v, b := visitorOf(ctx), in.Body
	if b.New == b.Old {
		return nil, invalid("body.new", "is the old password: take another one")
	}
	var weak *dutylog.InvalidError
	if err := dutylog.CheckPassword(v.account.Login, b.New); errors.As(err, &weak) {
		return nil, invalid("body.new", weak.Reason)
	}
	if err := a.limit(v.account.Login, v.address); err != nil {
		return nil, err
	}
	right, err := a.checkPassword(ctx, v.account.PasswordHash, b.Old)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, invalid("body.old", "is not the present password")
	}
	a.attempts.right(v.account.Login, v.address)
	if err := a.Log.SetPassword(ctx, v.account.Login, HashPassword(b.New), false); err != nil {
		return nil, problemOf(err)
	}
	account, err := a.Log.Account(ctx, v.account.Login)
	if err != nil {
		return nil, problemOf(err)
	}
	cookie, err := a.sessions.begin(ctx, account, v.token)
	if err != nil {
		return nil, internal(err)
	}
	a.Logger.InfoContext(ctx, "password changed", "login", account.Login, "address", v.address)
	return &cookieOutput{SetCookie: cookie}, nil
}
