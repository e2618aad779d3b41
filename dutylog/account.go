package dutylog

import (
	"context"
	"time"
)

// Role of a login.
type Role string

// The closed set of roles.
const (
	Officer    Role = "officer"    // 值班员
	Leader     Role = "leader"     // 带班领导, 值班处(科)领导
	Supervisor Role = "supervisor" // 考核/督查
	Admin      Role = "admin"
)

// Account is a login.
type Account struct {
	Login        string
	Name         string // display name, as in the roster
	Role         Role
	PasswordHash string // argon2id, encoded form
	MustChange   bool   // the first login changes the password
	Disabled     bool
	CreatedAt    time.Time
}

// AccountStore keeps logins. Disabling ends sessions at once: web reads the account on
// every request.
type AccountStore interface {
	Account(ctx context.Context, login string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	AddAccount(ctx context.Context, a Account) error
	SetPassword(ctx context.Context, login, hash string, mustChange bool) error
	// DisableAccount refuses to disable the last administrator that is still enabled.
	DisableAccount(ctx context.Context, login string) error
}
