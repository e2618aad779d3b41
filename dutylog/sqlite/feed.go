package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"dutyline/dutylog"
)

// publish writes a feed row; readers wake up after the commit.
func (t *tx) publish(topic dutylog.Topic, subject, line string, body any) error {
	text := []byte{}
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return fmt.Errorf("feed %s %s: %w", topic, subject, err)
		}
	}
	result, err := t.sql.Exec("INSERT INTO feed (at, topic, subject, line, body) VALUES (?, ?, ?, ?, ?)",
		micros(t.now), string(topic), subject, line, string(text))
	if err != nil {
		return err
	}
	t.announce = true
	t.published++
	t.newest, err = result.LastInsertId()
	return err
}

// How often the feed is cut: every so many rows.
const cutEvery = 256

// cutFeed keeps the feed bounded. It only ever cuts the oldest rows, so that a gap can be
// told from the smallest number left.
func (t *tx) cutFeed() error {
	if t.newest/cutEvery == (t.newest-int64(t.published))/cutEvery {
		return nil
	}
	if err := t.exec("DELETE FROM feed WHERE seq <= ?", t.newest-int64(t.db.options.FeedRows)); err != nil {
		return err
	}
	old := micros(t.now.Add(-t.db.options.FeedAge))
	if err := t.exec("DELETE FROM feed WHERE seq < (SELECT min(seq) FROM feed WHERE at >= ?)", old); err != nil {
		return err
	}
	return t.exec("DELETE FROM said WHERE at < ?", old)
}

func lastSeq(s source) (dutylog.Seq, error) {
	var seq int64
	err := s.QueryRow("SELECT seq FROM sqlite_sequence WHERE name = 'feed'").Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return dutylog.Seq(seq), err
}

// LastSeq is the newest committed sequence number.
func (db *DB) LastSeq(ctx context.Context) (dutylog.Seq, error) {
	seq, err := lastSeq(db.reading(ctx))
	return seq, db.explain("read the feed", err)
}

// Since lists committed items after seq, oldest first, at most limit. It returns
// dutylog.ErrFeedGone when rows after seq were cut already, or when seq was never given
// (the file was replaced by an older copy).
func (db *DB) Since(ctx context.Context, seq dutylog.Seq, limit int) ([]dutylog.Item, error) {
	items, err := since(db.reading(ctx), seq, limit)
	return items, db.explain("read the feed", err)
}

func since(s source, seq dutylog.Seq, limit int) ([]dutylog.Item, error) {
	var last, oldest sql.NullInt64
	err := s.QueryRow("SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'feed'), (SELECT min(seq) FROM feed)").Scan(&last, &oldest)
	if err != nil {
		return nil, err
	}
	cut := last.Int64 // the newest row that is gone; all of them when none is left
	if oldest.Valid {
		cut = oldest.Int64 - 1
	}
	if int64(seq) < cut || int64(seq) > last.Int64 {
		return nil, dutylog.ErrFeedGone
	}
	rows, err := s.Query("SELECT seq, at, topic, subject, line, body FROM feed WHERE seq > ? ORDER BY seq LIMIT ?", int64(seq), limit)
	items, err := all(rows, err, scanItem)
	if err == nil && len(items) > 0 && items[0].Seq != seq+1 {
		return nil, dutylog.ErrFeedGone // cut between the two queries
	}
	return items, err
}

func scanItem(row scanner) (dutylog.Item, error) {
	var i dutylog.Item
	var body string
	err := row.Scan(&i.Seq, instant{&i.At}, &i.Topic, &i.Subject, &i.Line, &body)
	if body != "" {
		i.Body = json.RawMessage(body)
	}
	return i, err
}

// reading is the pool of readers, bound to a context.
func (db *DB) reading(ctx context.Context) source { return contextReader{ctx, db.reader} }

// glancing is reading that takes microseconds: a context that can end would cost it two goroutines.
func (db *DB) glancing(ctx context.Context) source { return db.reading(context.WithoutCancel(ctx)) }

type contextReader struct {
	ctx context.Context
	db  *sql.DB
}

func (r contextReader) Query(query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(r.ctx, query, args...)
}

func (r contextReader) QueryRow(query string, args ...any) *sql.Row {
	return r.db.QueryRowContext(r.ctx, query, args...)
}
