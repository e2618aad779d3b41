package main_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

func verified(t testing.TB, file string) *audit.Report {
	t.Helper()
	v, err := sqlite.OpenVerifier(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	r, err := v.Verify(t.Context(), sqlite.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verifyMillion is how long it takes to check every record and every row of a log with a
// million entries. The files of recordings are not among them: reading those takes as long as
// their disk does.
func (m *measurements) verifyMillion(b *testing.B) float64 {
	const rounds = 3
	file := m.million.get(b, m.measureMillion).file
	var took []time.Duration
	var records int64
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command does
	w := watchMachine()
	used := cpuDuring(b, func() {
		for range rounds {
			began := time.Now()
			r := verified(b, file)
			took, records = append(took, time.Since(began)), r.Records
			if r.Of("records").Altered+r.Of("revision").Altered+r.Of("call").Altered > 0 || r.Of("revision").Intact < entriesOfMillion {
				b.Fatalf("the log of the benchmark is called altered: %+v", r.Findings[:min(5, len(r.Findings))])
			}
		}
	})
	tellf("verify: %s; %d records, each with its row; %.1f s of CPU each; %s", spread(took), records, used.Seconds()/rounds, w.stop())
	tellVerifyFloor(b, file) // with the same garbage collection
	return percentile(took, 50).Seconds()
}

func cpuDuring(b *testing.B, do func()) time.Duration {
	b.Helper()
	before, err := cpuOf(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	do()
	after, err := cpuOf(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	return after - before
}

// tellVerifyFloor says what no verification that reads by this driver can be faster than on this
// machine: SQLite comparing its tables with their indexes, and every record and covered row read
// once, in the order of its table, and hashed. To find the row of a record, to write it as
// fields, to compare, and to look from entries to revisions comes to that.
func tellVerifyFloor(b *testing.B, file string) {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_query_only=on&_mutex=no")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	look := cpuDuring(b, func() {
		var verdict string
		if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			b.Fatal(verdict, err)
		}
	})
	rows := cpuDuring(b, func() {
		for _, table := range []string{"records", "revisions", "calls", "recordings"} {
			if err := hashTable(db, table); err != nil {
				b.Fatal(err)
			}
		}
	})
	processors := runtime.GOMAXPROCS(0)
	tellf("verify_1m: its floor on this machine is %.1f s: %.1f s of CPU for SQLite to compare tables and indexes, %.1f s to read every row once and hash it, on %d processors",
		(look+rows).Seconds()/float64(processors), look.Seconds(), rows.Seconds(), processors)
}

// hashTable hashes each row of a table by itself, reading below database/sql as verify does.
func hashTable(db *sql.DB, table string) error {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		queryer, ok := raw.(driver.QueryerContext)
		if !ok {
			return errors.New("the driver cannot read")
		}
		rows, err := queryer.QueryContext(context.Background(), "SELECT * FROM "+table, nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		values := make([]driver.Value, len(rows.Columns()))
		var row []byte
		for {
			switch err := rows.Next(values); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			row = row[:0]
			for _, v := range values {
				row = appendValue(row, v)
			}
			_ = sha256.Sum256(row)
		}
	})
}

func appendValue(to []byte, value driver.Value) []byte {
	switch v := value.(type) {
	case nil:
		return to
	case string:
		return append(to, v...)
	case []byte:
		return append(to, v...)
	case int64:
		return binary.BigEndian.AppendUint64(to, uint64(v))
	}
	return fmt.Append(to, value)
}
