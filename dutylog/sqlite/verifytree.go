package sqlite

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"sort"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog/audit"
)

// A chunk of the tree is checked by one worker: a complete subtree of so many records.
const (
	chunkLevel = 13
	chunkSize  = 1 << chunkLevel
)

// chunk is what one worker found of its records.
type chunk struct {
	stack  audit.Stack           // the tree of this chunk alone
	marks  map[int64]audit.Stack // and as it was at the sizes of checkpoints inside
	above  []tlog.Hash           // the stored hashes of larger subtrees, in the row of its last record
	intact int64
	broken bool // a record is missing or altered
}

// chunkRecord is what is kept of a record while its rows are compared.
type chunkRecord struct {
	kind, subject string
	takenOver     bool
	salt          []byte
	erasedBy      int64
	commitment    []byte
}

// checkAll computes the whole tree from the records, compares it with the stored hashes and
// with every checkpoint, each record with its row and each row with its record. The chunks come
// last: they are short, so that all processors end at the same time.
func (r *verification) checkAll() error {
	chunks := make([]chunk, (r.size+chunkSize-1)/chunkSize)
	jobs := r.tableJobs()
	for i := range chunks {
		jobs = append(jobs, func() error {
			records, err := r.checkRecords(&chunks[i], int64(i)*chunkSize)
			if err == nil {
				err = r.checkRows(int64(i)*chunkSize, records)
			}
			return err
		})
	}
	if err := r.inParallel(jobs); err != nil {
		return err
	}
	r.checkHeads(chunks)
	return nil
}

const recordQuery = "SELECT idx, kind, subject, at, taken_over, commitment, salt, erased_by, hashes FROM records WHERE idx >= ? AND idx < ? ORDER BY idx"

// treeRecord is a row of recordQuery. The hashes are gone with the row.
func treeRecord(row []value) (rec audit.Record, kept chunkRecord, hashes []byte) {
	kept.kind, kept.subject = kindNamed(row[1].text()), string(row[2].text())
	kept.commitment, kept.salt = bytes.Clone(row[5].blob()), bytes.Clone(row[6].blob())
	kept.takenOver, kept.erasedBy = row[4].number() != 0, row[7].number()
	rec.Index, rec.At = row[0].number(), time.UnixMicro(row[3].number())
	rec.Kind, rec.Subject, rec.TakenOver = audit.Kind(kept.kind), kept.subject, kept.takenOver
	copy(rec.Commitment[:], kept.commitment)
	return rec, kept, row[8].blob()
}

// kindNamed is a kind's name without a copy for each record.
func kindNamed(name []byte) string {
	if known, ok := kindNames[string(name)]; ok {
		return known
	}
	return string(name)
}

var kindNames = func() map[string]string {
	names := map[string]string{}
	for _, k := range audit.Kinds() {
		names[string(k)] = string(k)
	}
	return names
}()

// checkRecords computes the tree of one chunk and compares it with the stored hashes.
func (r *verification) checkRecords(c *chunk, first int64) ([]chunkRecord, error) {
	end := min(first+chunkSize, r.size)
	records := make([]chunkRecord, end-first)
	wanted := r.sizesWithin(first, end)
	c.marks = map[int64]audit.Stack{}
	next := first
	gone := func(until int64) {
		for ; next < until; next++ {
			c.broken = true
			c.stack.Add(tlog.Hash{}, 0, nil)
			r.say("records", audit.Altered, fmt.Sprintf("record %d", next), "it is gone: what it covered cannot be told from it any more")
		}
	}
	var leaf []byte
	var done []tlog.Hash
	err := r.read(r.ctx, func(row []value) error {
		rec, kept, hashes := treeRecord(row)
		gone(rec.Index)
		leaf = rec.AppendLeaf(append(leaf[:0], 0)) // the hash of a record begins with a zero
		hash := tlog.Hash(sha256.Sum256(leaf))
		done = c.stack.Add(hash, 0, append(done[:0], hash))
		r.checkStored(c, rec, len(kept.commitment), done, hashes, next == first+chunkSize-1)
		records[rec.Index-first] = kept
		if next++; wanted[next] {
			c.marks[next] = c.stack.Clone()
		}
		return nil
	}, recordQuery, first, end)
	gone(end)
	r.progress(end - first)
	return records, err
}

func (r *verification) progress(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += n
	if r.Progress != nil {
		r.Progress(r.done, r.size)
	}
}

// checkStored compares the hashes in a record's row with the computed ones. Those of subtrees
// larger than a chunk are compared later, when the chunks are put together.
func (r *verification) checkStored(c *chunk, rec audit.Record, commitment int, computed []tlog.Hash, stored []byte, last bool) {
	fits := commitment == tlog.HashSize && len(stored)%tlog.HashSize == 0 && len(stored)/tlog.HashSize >= len(computed) &&
		(last || len(stored)/tlog.HashSize == len(computed))
	leafFits := fits && bytes.Equal(stored[:tlog.HashSize], computed[0][:])
	for i := range computed {
		if !fits {
			break
		}
		fits = bytes.Equal(stored[i*tlog.HashSize:(i+1)*tlog.HashSize], computed[i][:])
	}
	switch {
	case fits:
		c.intact++
	case !leafFits:
		r.say("records", audit.Altered, rec.String(), "it is not the record that entered the tree")
	case !c.broken:
		r.say("records", audit.Altered, rec.String(), "the tree above it does not follow from the records before it")
	default:
		c.intact++ // the tree above a broken record cannot fit
	}
	c.broken = c.broken || !fits
	if last && fits {
		for at := len(computed) * tlog.HashSize; at < len(stored); at += tlog.HashSize {
			c.above = append(c.above, tlog.Hash(stored[at:at+tlog.HashSize]))
		}
	}
}

// checkHeads puts the chunks together in order and compares with the checkpoints.
func (r *verification) checkHeads(chunks []chunk) {
	var whole audit.Stack
	roots := map[int64]tlog.Hash{}
	broken := false
	for i, c := range chunks {
		r.tally("records", func(t *audit.Tally) { t.Intact += c.intact })
		for size, mark := range c.marks {
			at := whole.Clone()
			at.Append(mark)
			roots[size] = at.Root()
		}
		broken = broken || c.broken
		if c.stack.Size() < chunkSize {
			whole.Append(c.stack)
			break
		}
		computed := whole.Add(c.stack.Root(), chunkLevel, nil)
		for j, h := range computed {
			if !broken && (j >= len(c.above) || h != c.above[j]) {
				broken = true
				r.say("records", audit.Altered, fmt.Sprintf("record %d", int64(i+1)*chunkSize-1), "the tree above it does not follow from the records before it")
			}
		}
	}
	r.checkRoots(roots)
}

// signed is a checkpoint whose signature fits.
type signed struct {
	audit.Checkpoint
	outside bool
}

func (s signed) String() string {
	where := "checkpoint"
	if s.outside {
		where = "outside checkpoint"
	}
	return fmt.Sprintf("%s at %d records of %s", where, s.Size, s.At.Format(time.RFC3339))
}

// checkRoots compares the computed trees with the signed ones, the oldest first: the first
// that does not fit tells between which of them the log was altered.
func (r *verification) checkRoots(roots map[int64]tlog.Hash) {
	good := int64(0)
	for _, s := range r.signatures {
		switch root, ok := roots[s.Size]; {
		case !ok:
			r.say("checkpoints", audit.Altered, s.String(), "the log has only %d records now: its newest part was cut off", r.size)
		case root != s.Root:
			r.say("checkpoints", audit.Altered, s.String(), "the records up to it are not the ones that were signed: something among records %d to %d was altered, dropped, swapped or added", good, s.Size-1)
		default:
			r.say("checkpoints", audit.Intact, s.String(), "")
			good = max(good, s.Size)
			r.report.Outside = r.report.Outside || s.outside
		}
	}
	r.report.Signed = good
}

// sizesWithin lists the sizes at which a checkpoint was signed, after first and up to end.
func (r *verification) sizesWithin(first, end int64) map[int64]bool {
	wanted := map[int64]bool{}
	from := sort.Search(len(r.signatures), func(i int) bool { return r.signatures[i].Size > first })
	for _, s := range r.signatures[from:] {
		if s.Size > end {
			break
		}
		wanted[s.Size] = true
	}
	return wanted
}

// readCheckpoints checks the signatures. Their trees are compared later.
func (r *verification) readCheckpoints() error {
	verifiers, err := knownVerifiers(r.db.reading(r.ctx))
	if err != nil {
		return err
	}
	rows, err := r.db.reader.QueryContext(r.ctx, "SELECT size, note FROM checkpoints WHERE size <= ? ORDER BY size", r.size)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var size int64
		var text string
		if err := rows.Scan(&size, &text); err != nil {
			return err
		}
		r.readCheckpoint(text, size, verifiers)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var beyond int64
	if err := r.db.reader.QueryRowContext(r.ctx, "SELECT count(*) FROM checkpoints WHERE size > (SELECT coalesce(max(idx) + 1, 0) FROM records)").Scan(&beyond); err != nil {
		return err
	}
	if beyond > 0 {
		r.say("checkpoints", audit.Altered, fmt.Sprintf("%d checkpoints", beyond), "they were signed when the log had more records than now: its newest part was cut off")
	}
	if r.Outside != "" {
		r.readOutside(verifiers)
	}
	if len(r.signatures) == 0 {
		r.say("checkpoints", audit.CannotTell, "the log as a whole", "nothing of it was ever signed: whoever can write the file could have rewritten all of it")
	}
	sort.SliceStable(r.signatures, func(i, j int) bool { return r.signatures[i].Size < r.signatures[j].Size })
	return nil
}

func (r *verification) readCheckpoint(text string, size int64, verifiers []string) {
	c, err := audit.Open(text, verifiers...)
	switch {
	case err != nil:
		r.say("checkpoints", audit.Altered, fmt.Sprintf("checkpoint at %d records", size), "%v", err)
	case c.Size != size:
		r.say("checkpoints", audit.Altered, fmt.Sprintf("checkpoint at %d records", size), "it was signed at %d records", c.Size)
	default:
		r.signatures = append(r.signatures, signed{Checkpoint: c})
	}
}

func (r *verification) readOutside(verifiers []string) {
	c, err := audit.Open(r.Outside, verifiers...)
	switch {
	case errors.Is(err, audit.ErrUnknownKey):
		r.say("checkpoints", audit.Altered, "outside checkpoint", "%v", err)
	case err != nil:
		r.say("checkpoints", audit.CannotTell, "outside checkpoint", "%v", err)
	default:
		r.signatures = append(r.signatures, signed{Checkpoint: c, outside: true})
	}
}
