package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// deviceLife is how long a browser keeps the secret of its computer, the longest that browsers allow.
const deviceLife = 400 * 24 * time.Hour

// deviceCookie names the secret by which a computer is known on which somebody signed in with a password.
func (s *sessions) deviceCookie() string { return s.manager.Cookie.Name + "-device" }

// deviceOf is the computer of a request, as the log knows it; empty for one that has no secret.
func (s *sessions) deviceOf(r *http.Request) string {
	c, err := r.Cookie(s.deviceCookie())
	if err != nil || len(c.Value) < 20 || len(c.Value) > 100 {
		return ""
	}
	return digestOf(c.Value)
}

func digestOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// knowDevice notes that somebody gave their password on the visitor's computer, and gives it a secret
// when it has none. That the log cannot keep it lets nobody wait: then there is no short secret.
func (a *app) knowDevice(ctx context.Context, login string) (cookie string) {
	device := visitorOf(ctx).device
	known, err := a.Log.KnownDevice(ctx, device)
	if device == "" || err == nil && !known {
		secret := rand.Text() + rand.Text()
		device = digestOf(secret)
		c := http.Cookie{Name: a.sessions.deviceCookie(), Value: secret, Path: "/", HttpOnly: true, Secure: a.Secure,
			SameSite: http.SameSiteStrictMode, MaxAge: int(deviceLife / time.Second)}
		cookie = c.String()
	}
	if err == nil {
		err = a.Log.KnowDevice(ctx, device, login)
	}
	if err != nil {
		a.Logger.WarnContext(ctx, "this computer could not be noted", "err", err)
		return ""
	}
	return cookie
}

type deviceOutput struct {
	Body struct {
		Known bool        `json:"known" doc:"Somebody signed in here with a password before: notes are kept"`
		Pins  []pinPerson `json:"pins" nullable:"false" doc:"Who may sign in here with a short secret"`
	}
}

type pinPerson struct {
	Username string `json:"username"`
	Name     string `json:"name"`
}

// device says what this computer may do before anybody signs in. Another one learns nothing.
func (a *app) device(ctx context.Context, _ *struct{}) (*deviceOutput, error) {
	out := &deviceOutput{}
	out.Body.Pins = []pinPerson{}
	v := visitorOf(ctx)
	if v.device == "" {
		return out, nil
	}
	known, err := a.Log.KnownDevice(ctx, v.device)
	if err != nil || !known {
		return out, orProblem(err)
	}
	out.Body.Known = true
	pins, err := a.Log.Pins(ctx, v.device)
	for _, p := range pins {
		account, err := a.Log.Account(ctx, p.Login)
		if err == nil && p.Usable(account, passwordMark(account), a.Now()) == "" {
			out.Body.Pins = append(out.Body.Pins, pinPerson{account.Login, account.Name})
		}
	}
	return out, orProblem(err)
}

// orProblem keeps a nil error nil.
func orProblem(err error) error {
	if err == nil {
		return nil
	}
	return problemOf(err)
}

type pinLoginInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100"`
		Pin      string `json:"pin" minLength:"1" maxLength:"20"`
	}
}

// pinLogin begins a session with a short secret. Whether there is none, it does not hold any more or it
// is the wrong one, the answer and the time it takes are the same.
func (a *app) pinLogin(ctx context.Context, in *pinLoginInput) (*sessionOutput, error) {
	v, b := visitorOf(ctx), in.Body
	if err := a.limit(b.Username, v.address); err != nil {
		return nil, err
	}
	pin, account, why, err := a.pinOf(ctx, v.device, b.Username)
	if err != nil {
		return nil, internal(err)
	}
	hash := pin.Hash
	if why != "" {
		hash = a.nobody
	}
	right, err := a.checkPassword(ctx, hash, b.Pin)
	if err != nil {
		return nil, err
	}
	if pin.ID != 0 && why == "" && (!right || pin.Failed > 0) {
		if pin, err = a.Log.TryPin(ctx, pin.ID, right); err != nil {
			return nil, internal(err) // a try that cannot be counted lets nobody in
		}
		right = right && pin.EndedAt.IsZero() // others guessed meanwhile
	}
	if !right || why != "" {
		a.figures.logins.WithLabelValues("refused").Inc()
		a.Logger.WarnContext(ctx, "login by a short secret refused", "address", v.address, "why", why, "ended", pin.Why)
		return nil, newProblem(http.StatusUnauthorized, typePin, "The short secret is wrong, or does not hold on this computer any more: sign in with the password.")
	}
	a.attempts.right(b.Username, v.address)
	cookie, err := a.sessions.begin(ctx, account, v.token)
	if err != nil {
		return nil, internal(err)
	}
	a.figures.logins.WithLabelValues("accepted").Inc()
	a.Logger.InfoContext(ctx, "login by a short secret", "login", account.Login, "role", account.Role, "address", v.address)
	return &sessionOutput{SetCookie: []string{cookie}, Body: a.sessionOf(visitor{account: account})}, nil
}

// pinOf is somebody's short secret on a computer, or why there is none that counts.
func (a *app) pinOf(ctx context.Context, device, login string) (dutylog.Pin, dutylog.Account, dutylog.PinRefusal, error) {
	account, err := a.Log.Account(ctx, login)
	if errors.Is(err, dutylog.ErrNotFound) || err == nil && device == "" {
		return dutylog.Pin{}, account, dutylog.PinEnded, nil
	}
	if err != nil {
		return dutylog.Pin{}, account, "", err
	}
	pins, err := a.Log.Pins(ctx, device)
	at := slices.IndexFunc(pins, func(p dutylog.Pin) bool { return strings.EqualFold(p.Login, account.Login) })
	if err != nil || at < 0 {
		return dutylog.Pin{}, account, dutylog.PinEnded, err
	}
	return pins[at], account, pins[at].Usable(account, passwordMark(account), a.Now()), nil
}

type setPinInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"200"`
		Pin      string `json:"pin" minLength:"1" maxLength:"20" doc:"4 to 8 digits"`
	}
}

// setPin gives the visitor a short secret for this computer. The password is asked for, so that nobody
// else sets one at a desk that was left.
func (a *app) setPin(ctx context.Context, in *setPinInput) (*struct{}, error) {
	v, b := visitorOf(ctx), in.Body
	var bad *dutylog.InvalidError
	if err := dutylog.CheckPin(b.Pin); errors.As(err, &bad) {
		return nil, invalid("body.pin", bad.Reason)
	}
	if err := a.limit(v.account.Login, v.address); err != nil {
		return nil, err
	}
	right, err := a.checkPassword(ctx, v.account.PasswordHash, b.Password)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, invalid("body.password", "is not the present password")
	}
	a.attempts.right(v.account.Login, v.address)
	known, err := a.Log.KnownDevice(ctx, v.device)
	if err != nil {
		return nil, problemOf(err)
	}
	if v.device == "" || !known {
		return nil, newProblem(http.StatusConflict, typeDevice, "This computer is not known: sign out, sign in with the password, then set the short secret.")
	}
	err = a.Log.SetPin(ctx, dutylog.Pin{Login: v.account.Login, Device: v.device, Hash: HashPassword(b.Pin), Pass: passwordMark(v.account)})
	return nil, orProblem(err)
}

// removePin ends the visitor's own short secret on this computer.
func (a *app) removePin(ctx context.Context, _ *struct{}) (*struct{}, error) {
	v := visitorOf(ctx)
	return nil, orProblem(a.Log.RemovePin(ctx, v.account.Login, v.device))
}
