package sqlite

import (
	"crypto/rand"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog/audit"
)

// What every write asks. The connection keeps these statements prepared.
const (
	nextRecord = "SELECT coalesce(max(idx) + 1, 0) FROM records"
	putRecord  = "INSERT INTO records (idx, kind, subject, at, taken_over, commitment, salt, hashes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)

// prove appends a record about the subject's row, as it now stands, to the Merkle log. It
// belongs into the transaction that writes the row: both are kept, or neither is. The place
// in the tree is read from the table each time, so a job that is rolled back leaves no gap
// and another process may write between two of ours.
func (t *tx) prove(kind audit.Kind, subject string, content []byte) error {
	r := audit.Record{Kind: kind, Subject: subject, At: t.now}
	if err := t.sql.QueryRow(nextRecord).Scan(&r.Index); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	salt := newSalt()
	r.Commitment = audit.Commit(salt, content)
	hashes, err := tlog.StoredHashesForRecordHash(r.Index, r.Leaf(), hashesOf(t.sql))
	if err == nil {
		err = t.addRecord(r, salt, hashes)
	}
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

func newSalt() []byte {
	salt := make([]byte, audit.SaltSize)
	rand.Read(salt) // never fails
	return salt
}

func (t *tx) addRecord(r audit.Record, salt []byte, hashes []tlog.Hash) error {
	packed := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		packed = append(packed, h[:]...)
	}
	_, err := t.sql.Exec(putRecord, r.Index, string(r.Kind), r.Subject, r.At.UnixMicro(), r.TakenOver, r.Commitment[:], salt, packed)
	return err
}

// A hash of the tree lies in the row of the record that completed its subtree.
const hashQuery = "SELECT substr(hashes, ?2 * 32 + 1, 32) FROM records WHERE idx = ?1"

// hashesOf reads hashes of the tree by their stored index, as tlog counts them.
func hashesOf(s source) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			last := (n+1)<<level - 1
			var b []byte
			if err := s.QueryRow(hashQuery, last, level).Scan(&b); err != nil {
				return nil, fmt.Errorf("hash %d of the tree: %w", index, err)
			}
			if copy(hashes[i][:], b) != tlog.HashSize {
				return nil, fmt.Errorf("record %d lacks the hash of level %d: the tree was damaged; run dutyline verify", last, level)
			}
		}
		return hashes, nil
	})
}
