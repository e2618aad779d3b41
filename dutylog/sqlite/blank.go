package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// blank is a duty log in which nothing was written yet, in memory, once somebody needed a new one: every
// migration of all the years makes it, each in a transaction of its own.
var blank struct {
	sync.Mutex
	db *sql.DB
}

// inMemory makes the schema of a version in memory.
func inMemory(ctx context.Context, version int64) (*sql.DB, error) {
	db, err := connect("fresh", Options{}.withDefaults(), 1, "mode=memory") // one connection: each has a database of its own
	if err != nil {
		return nil, err
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// blankImage is the content of the file of a new log, with an identity of its own.
func blankImage(ctx context.Context) (image []byte, err error) {
	blank.Lock()
	defer blank.Unlock()
	if blank.db == nil {
		if blank.db, err = inMemory(ctx, SchemaVersion()); err != nil {
			return nil, err
		}
	}
	conn, err := blank.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "UPDATE identity SET name = lower(hex(randomblob(16)))"); err != nil {
		return nil, err
	}
	err = conn.Raw(func(driver any) (err error) {
		image, err = driver.(*sqlite3.SQLiteConn).Serialize("main")
		return err
	})
	return image, err
}

// placeBlank puts a new log where no file is: whole or not at all, also when the machine fails meanwhile, and
// never over one that another process made at the same time.
func placeBlank(ctx context.Context, path string) error {
	image, err := blankImage(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*") // its owner's only
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(image)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
