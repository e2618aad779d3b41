package sqlite

import (
	"context"
	"time"
)

// SiteKey is a public key with which recordings were sealed.
type SiteKey struct {
	Recipient string
	FirstSeen time.Time
}

// SiteKeys lists every public key that was ever noted, the oldest first.
func (db *DB) SiteKeys(ctx context.Context) ([]SiteKey, error) {
	rows, err := db.reading(ctx).Query("SELECT recipient, first_seen FROM site_keys ORDER BY first_seen, rowid")
	keys, err := all(rows, err, func(row scanner) (SiteKey, error) {
		var k SiteKey
		err := row.Scan(&k.Recipient, instant{&k.FirstSeen})
		return k, err
	})
	return keys, db.explain("read the site's public keys", err)
}

// NoteSiteKeys keeps public keys that are new.
func (db *DB) NoteSiteKeys(ctx context.Context, recipients []string) error {
	return db.write(ctx, "note the site's public keys", func(t *tx) error {
		for _, r := range recipients {
			if err := t.exec("INSERT INTO site_keys (recipient, first_seen) VALUES (?, ?) ON CONFLICT DO NOTHING", r, micros(t.now)); err != nil {
				return err
			}
		}
		return nil
	})
}
