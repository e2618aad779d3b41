package sqlite

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dutyline/dutylog/audit"
)

// checkRows compares the records of a chunk with the rows they cover.
func (r *verification) checkRows(first int64, records []chunkRecord) error {
	kinds := map[string]bool{}
	for _, rec := range records {
		kinds[rec.kind] = true
	}
	for _, c := range covers {
		if kinds[string(c.kind)] {
			if err := r.checkKind(c, first, records); err != nil {
				return err
			}
		}
		delete(kinds, string(c.kind))
	}
	delete(kinds, "") // records that are gone
	for i, rec := range records {
		if !kinds[rec.kind] {
			continue
		}
		if rec.kind != string(audit.Import) {
			r.say(rec.kind, audit.CannotTell, object(rec, first+int64(i)), "this program does not know what records of this kind cover: use the newer dutyline that wrote them")
			continue
		}
		if err := r.checkImport(rec, first+int64(i)); err != nil {
			return err
		}
	}
	return nil
}

func object(rec chunkRecord, index int64) string {
	return fmt.Sprintf("%s %s (record %d)", rec.kind, rec.subject, index)
}

func (r *verification) checkKind(c cover, first int64, records []chunkRecord) error {
	var salted []byte       // the content with its salt before it
	var intact, older int64 // counted here: the tallies are shared
	err := r.read(r.ctx, func(row []value) error {
		index := row[0].number()
		if index < first || index >= first+int64(len(records)) {
			return fmt.Errorf("a record is numbered %d", index)
		}
		rec := records[index-first]
		salted = append(salted[:0], rec.salt...)
		for i, name := range c.names {
			salted = row[i+1].appendTo(salted, name)
		}
		if sum := sha256.Sum256(salted); rec.salt == nil || !bytes.Equal(sum[:], rec.commitment) { // as audit.Commit
			return r.checkOther(rec, index, salted[len(rec.salt):])
		}
		intact++
		if rec.takenOver {
			older++
		}
		if r.Each != nil {
			r.each(audit.Finding{Answer: audit.Intact, Object: object(rec, index)})
		}
		return nil
	}, c.chunkQuery(), first, first+int64(len(records)))
	r.tally(string(c.kind), func(t *audit.Tally) { t.Intact += intact; t.TakenOver += older })
	return err
}

func (r *verification) each(f audit.Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Each(f)
}

// checkOther gives the answer about a record that is not about its row as it stands. A row
// that is gone has no content.
func (r *verification) checkOther(rec chunkRecord, index int64, content []byte) error {
	if rec.salt == nil {
		return r.checkErased(rec, index, content)
	}
	later, err := r.followed(rec, index)
	switch {
	case err != nil:
		return err
	case later && !audit.Kind(rec.kind).Changes():
		r.say(rec.kind, audit.Altered, object(rec, index), "its row is not the one that was recorded: it was recorded a second time, and no decision erased what it was")
	case later:
		r.tally(rec.kind, func(t *audit.Tally) { t.Older++ })
	case len(content) == 0:
		r.say(rec.kind, audit.Altered, object(rec, index), "its row was dropped")
	default:
		r.say(rec.kind, audit.Altered, object(rec, index), "its row is not the one that was recorded")
	}
	return nil
}

// followed reports whether a later record is about the same row.
func (r *verification) followed(rec chunkRecord, index int64) (bool, error) {
	var one int
	err := r.db.reader.QueryRowContext(r.ctx, "SELECT 1 FROM records WHERE kind = ? AND subject = ? AND idx > ? LIMIT 1", rec.kind, rec.subject, index).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// checkErased judges a record without a salt: a decision must name it, and what is left of
// its row must be covered by a record of its own.
func (r *verification) checkErased(rec chunkRecord, index int64, content []byte) error {
	named, err := r.erased(rec.erasedBy)
	if err != nil {
		return err
	}
	later, err := r.followed(rec, index)
	switch {
	case err != nil:
		return err
	case !named[index]:
		r.say(rec.kind, audit.Altered, object(rec, index), "its salt is gone, and no decision to erase names it")
	case !later && len(content) > 0:
		r.say(rec.kind, audit.CannotTell, object(rec, index), "it was erased by decision %d, and what is left of its row was not recorded anew", rec.erasedBy)
	default:
		r.say(rec.kind, audit.Intact, object(rec, index), "erased by decision %d", rec.erasedBy)
		r.tally(rec.kind, func(t *audit.Tally) { t.Erased++ })
	}
	return nil
}

// erased lists the records that a decision names; none when there is no such decision. That
// the decision's own row is as it was recorded is checked like every other row.
func (r *verification) erased(decision int64) (map[int64]bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if named, ok := r.decisions[decision]; ok {
		return named, nil
	}
	var text string
	err := r.db.reader.QueryRowContext(r.ctx, "SELECT records FROM erasures WHERE decision = ?", decision).Scan(&text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	var indexes []int64
	_ = json.Unmarshal([]byte(text), &indexes) // one that is not readable names nothing
	named := map[int64]bool{}
	for _, i := range indexes {
		named[i] = true
	}
	if len(r.decisions) > 100 {
		clear(r.decisions) // memory stays bounded
	}
	r.decisions[decision] = named
	return named, nil
}

func (r *verification) checkImport(rec chunkRecord, index int64) error {
	if _, ok := tables[rec.subject]; !ok {
		r.say(rec.kind, audit.CannotTell, object(rec, index), "this program does not know such a table: use the newer dutyline that wrote it")
		return nil
	}
	content, _, err := tableContent(r.db.reading(r.ctx), rec.subject)
	if err != nil {
		return err
	}
	if sum := audit.Commit(rec.salt, content); rec.salt == nil || !bytes.Equal(sum[:], rec.commitment) {
		return r.checkOther(rec, index, content)
	}
	r.say(rec.kind, audit.Intact, object(rec, index), "")
	if rec.takenOver {
		r.tally(rec.kind, func(t *audit.Tally) { t.TakenOver++ })
	}
	return nil
}

// tableJobs look from the rows: each has its record, and an entry is its last revision. The
// longest comes first.
func (r *verification) tableJobs() []func() error {
	jobs := []func() error{r.checkFile, r.checkEntries, r.checkContacts, r.checkNumbers, r.checkDeleted, r.checkRunning}
	for _, c := range covers {
		jobs = append(jobs, func() error { return r.checkUncovered(c) })
	}
	for subject := range tables {
		jobs = append(jobs, func() error { return r.checkUncoveredTable(subject) })
	}
	return jobs
}

// checkUncovered names rows that no record covers.
func (r *verification) checkUncovered(c cover) error {
	var rowCount, subjects int64
	rows, _, _ := strings.Cut(c.from, " LEFT JOIN ") // what is joined has at most one row for each of them: it need not be looked up to count
	if err := r.db.reader.QueryRowContext(r.ctx, "SELECT (SELECT count(*) FROM "+rows+" WHERE "+c.where+"), (SELECT count(DISTINCT subject) FROM records WHERE kind = ?)", string(c.kind)).
		Scan(&rowCount, &subjects); err != nil {
		return err
	}
	if rowCount == subjects {
		return nil // each record has its row, see checkRow; so each row has its record
	}
	found, err := r.db.reader.QueryContext(r.ctx, "SELECT CAST("+c.subject+" AS TEXT) AS s FROM "+c.from+" WHERE ("+c.where+
		") AND NOT EXISTS (SELECT 1 FROM records x WHERE x.kind = ? AND x.subject = CAST("+c.subject+" AS TEXT))", string(c.kind))
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var subject sql.NullString
		if err := found.Scan(&subject); err != nil {
			return err
		}
		r.say(string(c.kind), audit.Altered, string(c.kind)+" "+subject.String, "no record covers it: it was added behind the log's back")
	}
	return found.Err()
}

func (r *verification) checkUncoveredTable(subject string) error {
	var any bool
	err := r.db.reader.QueryRowContext(r.ctx, "SELECT EXISTS (SELECT 1 FROM "+tables[subject].from+") AND NOT EXISTS (SELECT 1 FROM records WHERE kind = ? AND subject = ?)",
		string(audit.Import), subject).Scan(&any)
	if err == nil && any {
		r.say(string(audit.Import), audit.Altered, string(audit.Import)+" "+subject, "no record covers its rows: they were added behind the log's back")
	}
	return err
}

// checkNumbers finds gaps in the numbers of entries.
func (r *verification) checkNumbers() error {
	var year, before, entries int64
	err := r.read(r.ctx, func(row []value) error {
		of, number := row[0].number(), row[1].number() // one that is missing is 0, and follows nothing
		if of != year {
			year, before = of, 0
		}
		if number != before+1 {
			r.say("numbers", audit.Altered, "numbers of "+strconv.FormatInt(year, 10), "after %06d comes %06d: entries between are gone, or a number was changed", before, number)
		}
		before = number
		entries++
		return nil
	}, "SELECT year, number FROM entries ORDER BY year, number")
	r.tally("numbers", func(t *audit.Tally) { t.Intact = max(0, entries-t.Altered) })
	return err
}
