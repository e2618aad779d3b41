package dutylog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Role of a login.
type Role string

// The closed set of roles.
const (
	Officer    Role = "officer"    // 值班员
	Chief      Role = "chief"      // 值班处(科)领导
	Leader     Role = "leader"     // 带班领导
	Supervisor Role = "supervisor" // 考核/督查
	Auditor    Role = "auditor"    // 审计: reads everything, changes nothing
	Admin      Role = "admin"
)

// Roles lists them in the order in which they are offered.
func Roles() []Role { return []Role{Officer, Chief, Leader, Supervisor, Auditor, Admin} }

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
	// EnableAccount lets a disabled login in again, with the password that it had. The
	// sessions that disabling ended stay ended.
	EnableAccount(ctx context.Context, login string) error
}

// SessionLogin is the key under which web keeps the login in a session, so that the log can
// end the sessions of a login.
const SessionLogin = "login"

// Valid reports whether r is one of the closed set.
func (r Role) Valid() bool {
	return slices.Contains(Roles(), r)
}

// Check says what is wrong with a login that is to be added.
func (a Account) Check() error {
	switch {
	case a.Login == "" || len(a.Login) > 64 || strings.ContainsFunc(a.Login, notInLogin):
		return &InvalidError{Field: "login", Reason: "is 1 to 64 letters, digits, dots, dashes or underscores"}
	case a.Login == SystemActor().Login:
		return &InvalidError{Field: "login", Reason: `"system" is the daemon itself: choose another`}
	case blank(a.Name) || CleanText(a.Name) != a.Name || utf8.RuneCountInString(a.Name) > 64:
		return &InvalidError{Field: "name", Reason: "is 1 to 64 characters, as in the roster"}
	case !a.Role.Valid():
		return &InvalidError{Field: "role", Reason: fmt.Sprintf("%q is none: use officer, chief, leader, supervisor, auditor or admin", a.Role)}
	case a.PasswordHash == "":
		return &InvalidError{Field: "password", Reason: "is missing"}
	}
	return nil
}

func notInLogin(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
}
