package sqlite

import (
	"context"
	"fmt"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const accountColumns = "login, name, role, password_hash, must_change, disabled, created_at, unit"

func scanAccount(row scanner) (dutylog.Account, error) {
	var a dutylog.Account
	err := row.Scan(&a.Login, &a.Name, &a.Role, &a.PasswordHash, &a.MustChange, &a.Disabled, instant{&a.CreatedAt}, &a.Unit)
	return a, err
}

func readAccount(s source, login string) (dutylog.Account, error) {
	a, err := scanAccount(s.QueryRow("SELECT "+accountColumns+" FROM accounts WHERE login = ?", login))
	return a, noRows(err, "login", login)
}

// Account reads a login; upper and lower case are the same.
func (db *DB) Account(ctx context.Context, login string) (dutylog.Account, error) {
	a, err := readAccount(db.reading(ctx), login)
	return a, db.explain("read a login", err)
}

// Accounts lists every login, the disabled ones included.
func (db *DB) Accounts(ctx context.Context) ([]dutylog.Account, error) {
	rows, err := db.reading(ctx).Query("SELECT " + accountColumns + " FROM accounts ORDER BY login")
	accounts, err := all(rows, err, scanAccount)
	return accounts, db.explain("list logins", err)
}

// AddAccount adds a login; dutylog.ErrExists when there is one of that name, also a disabled one.
func (db *DB) AddAccount(ctx context.Context, a dutylog.Account) error {
	if err := a.Check(); err != nil {
		return err
	}
	return db.write(ctx, "add a login", func(t *tx) error {
		if a.CreatedAt.IsZero() {
			a.CreatedAt = t.now
		}
		n, err := t.changed("INSERT INTO accounts ("+accountColumns+") VALUES ("+marks(accountColumns)+") ON CONFLICT (login) DO NOTHING",
			a.Login, a.Name, string(a.Role), a.PasswordHash, a.MustChange, a.Disabled, micros(a.CreatedAt), a.Unit)
		if err == nil && n == 0 {
			err = fmt.Errorf("login %q: %w", a.Login, dutylog.ErrExists)
		}
		if err != nil {
			return err
		}
		return t.proveRow(audit.User, a.Login)
	})
}

// SetPassword changes the password of a login.
func (db *DB) SetPassword(ctx context.Context, login, hash string, mustChange bool) error {
	return db.write(ctx, "set a password", func(t *tx) error {
		a, err := readAccount(t.sql, login)
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE accounts SET password_hash = ?, must_change = ? WHERE login = ?", hash, mustChange, login); err != nil {
			return err
		}
		return t.proveRow(audit.User, a.Login)
	})
}

// DisableAccount disables a login and ends its sessions in the same transaction. The last
// enabled administrator stays: dutylog.ErrLastAdmin.
func (db *DB) DisableAccount(ctx context.Context, login string) error {
	return db.write(ctx, "disable a login", func(t *tx) error {
		a, err := readAccount(t.sql, login)
		if err != nil {
			return err
		}
		if a.Role == dutylog.Admin && !a.Disabled {
			var others int
			if err := t.sql.QueryRow("SELECT count(*) FROM accounts WHERE role = ? AND NOT disabled AND login <> ?", string(dutylog.Admin), login).Scan(&others); err != nil {
				return err
			}
			if others == 0 {
				return fmt.Errorf("login %q: %w", a.Login, dutylog.ErrLastAdmin)
			}
		}
		if err := t.exec("UPDATE accounts SET disabled = TRUE WHERE login = ?", login); err != nil {
			return err
		}
		if err := t.proveRow(audit.User, a.Login); err != nil {
			return err
		}
		return t.exec("DELETE FROM sessions WHERE login = ?", a.Login)
	})
}

// EnableAccount undoes DisableAccount. An enabled login stays as it is.
func (db *DB) EnableAccount(ctx context.Context, login string) error {
	return db.write(ctx, "enable a login", func(t *tx) error {
		a, err := readAccount(t.sql, login)
		if err != nil || !a.Disabled {
			return err
		}
		if err := t.exec("UPDATE accounts SET disabled = FALSE WHERE login = ?", login); err != nil {
			return err
		}
		return t.proveRow(audit.User, a.Login)
	})
}

// EndSessions ends every session of a login and reports how many there were, for instance
// after an administrator gave it a new password.
func (db *DB) EndSessions(ctx context.Context, login string) (int, error) {
	var n int64
	err := db.write(ctx, "end sessions", func(t *tx) error {
		a, err := readAccount(t.sql, login)
		if err != nil {
			return err
		}
		n, err = t.changed("DELETE FROM sessions WHERE login = ?", a.Login)
		return err
	})
	return int(n), err
}
