package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"github.com/alexedwards/scs/v2"

	"dutyline/dutylog"
)

// Sessions keeps login sessions for scs, so that they outlive a restart and end with their
// login. It implements scs.CtxStore.
type Sessions struct{ db *DB }

var _ scs.CtxStore = (*Sessions)(nil)

// Sessions is where login sessions are kept.
func (db *DB) Sessions() *Sessions { return &Sessions{db: db} }

// A session whose expiry only moves by less than this is not written again: a page asks many
// times a minute, and each write would wait for the disk.
const expiryStep = time.Minute

// FindCtx reads a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	data, _, err = s.read(ctx, token)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, s.db.explain("read a session", err)
}

func (s *Sessions) read(ctx context.Context, token string) (data []byte, expiry time.Time, err error) {
	err = s.db.reading(ctx).QueryRow("SELECT data, expiry FROM sessions WHERE token = ? AND expiry > ?", token, micros(s.db.options.Now())).
		Scan(&data, instant{&expiry})
	return data, expiry, err
}

// CommitCtx writes a session, and clears away those that have expired.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if kept, until, err := s.read(ctx, token); err == nil && sameSession(kept, data) && !expiry.Before(until) && expiry.Sub(until) < expiryStep {
		return nil
	}
	return s.db.write(ctx, "keep a session", func(t *tx) error {
		if err := t.exec("DELETE FROM sessions WHERE expiry <= ?", micros(t.now)); err != nil {
			return err
		}
		return t.exec(`INSERT INTO sessions (token, login, data, expiry) VALUES (?, ?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET login = excluded.login, data = excluded.data, expiry = excluded.expiry`,
			token, loginOf(data), data, micros(expiry))
	})
}

// loginOf is whose session this is; empty before somebody logged in.
func loginOf(data []byte) string {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return ""
	}
	login, _ := values[dutylog.SessionLogin].(string)
	return login
}

// sameSession compares what is in two sessions; as bytes, the same content may differ.
func sameSession(a, b []byte) bool {
	endA, valuesA, errA := scs.GobCodec{}.Decode(a)
	endB, valuesB, errB := scs.GobCodec{}.Decode(b)
	return errA == nil && errB == nil && endA.Equal(endB) && reflect.DeepEqual(valuesA, valuesB)
}

// DeleteCtx ends a session; one that is gone already is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.write(ctx, "end a session", func(t *tx) error {
		return t.exec("DELETE FROM sessions WHERE token = ?", token)
	})
}

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}
