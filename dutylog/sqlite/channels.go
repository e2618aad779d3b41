package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"dutyline/alerts"
)

// ChannelState implements alerts.ChannelBook. While something waits, its newest try tells how
// the receiver is, and else what was done last.
func (db *DB) ChannelState(ctx context.Context, channel string) (s alerts.ChannelState, err error) {
	const doing = "read how a channel does"
	read := db.reading(ctx)
	err = read.QueryRow(`SELECT count(*), min(a.at),
		(SELECT max(done_at) FROM deliveries WHERE channel = ?1 AND state = 'delivered'),
		coalesce((SELECT error FROM deliveries WHERE channel = ?1 AND attempts > 0 ORDER BY state = 'waiting' DESC, done_at DESC LIMIT 1), '')
		FROM deliveries d JOIN alerts a ON a.id = d.alert WHERE d.channel = ?1 AND d.state = 'waiting'`, channel).
		Scan(&s.Waiting, instant{&s.Since}, instant{&s.Delivered}, &s.Error)
	if err != nil {
		return s, db.explain(doing, err)
	}
	t := alerts.ChannelTest{Channel: channel}
	err = read.QueryRow("SELECT at, by_login, by_name, by_role, error FROM channel_tests WHERE channel = ? ORDER BY id DESC LIMIT 1", channel).
		Scan(instant{&t.At}, &t.By.Login, &t.By.Name, &t.By.Role, &t.Error)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	s.Test = t
	return s, db.explain(doing, err)
}

// KeepChannelTest implements alerts.ChannelBook.
func (db *DB) KeepChannelTest(ctx context.Context, t alerts.ChannelTest) error {
	return db.write(ctx, "keep what came of a test message", func(tx *tx) error {
		return tx.exec("INSERT INTO channel_tests (channel, at, by_login, by_name, by_role, error) VALUES (?, ?, ?, ?, ?, ?)",
			t.Channel, plainMicros(t.At), t.By.Login, t.By.Name, string(t.By.Role), t.Error)
	})
}
