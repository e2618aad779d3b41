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
	Reader     Role = "reader" // 查阅: sees the entries of its own unit, and nothing else
)

// Roles lists them in the order in which they are offered.
func Roles() []Role { return append(Staff(), Reader) }

// Staff are the roles of people of the duty room and of its house, in the same order.
func Staff() []Role { return []Role{Officer, Chief, Leader, Supervisor, Auditor, Admin} }

// Account is a login.
type Account struct {
	Login        string
	Name         string // display name, as in the roster
	Role         Role
	PasswordHash string // argon2id, encoded form
	MustChange   bool   // the first login changes the password
	Disabled     bool
	CreatedAt    time.Time
	Unit         string // of a Reader: whose entries it sees, as 来电单位 says it; empty for all others
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
		return &InvalidError{Field: "role", Reason: fmt.Sprintf("%q is none: use officer, chief, leader, supervisor, auditor, admin or reader", a.Role)}
	case a.PasswordHash == "":
		return &InvalidError{Field: "password", Reason: "is missing"}
	}
	return a.checkUnit()
}

// checkUnit makes sure that a reading account is limited, and that no other one seems to be.
func (a Account) checkUnit() error {
	switch {
	case a.Role != Reader && a.Unit != "":
		return &InvalidError{Field: "unit", Reason: "only a reading account (role reader) is limited to a unit: leave it out"}
	case a.Role == Reader && blank(a.Unit):
		return &InvalidError{Field: "unit", Reason: "is missing: a reading account sees the entries of one unit, named as entries name the caller's unit"}
	case strings.TrimSpace(CleanText(a.Unit)) != a.Unit || utf8.RuneCountInString(a.Unit) > shortText:
		return &InvalidError{Field: "unit", Reason: "is a unit's name as entries have it, without blanks around it"}
	}
	return nil
}

// Reads reports whether an account may read an entry at all, whatever else its role allows.
func (a Account) Reads(e Entry) bool {
	return a.Role != Reader || a.Unit != "" && e.Values[CallerUnit] == a.Unit
}

func notInLogin(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
}
