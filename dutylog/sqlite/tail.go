package sqlite

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// A tail is what the log says after the part of it that the index's file holds. Searches read it
// beside the file, so that what was written is found at once, and the file is seldom written.
type tail struct {
	mu    sync.RWMutex
	from  int64    // the file holds what was before
	at    position // how far the log was read
	texts []changed
}

// changed is an entry that changed after the file was written. A list of them has rising places.
type changed struct {
	place int64
	text  string // by which the entry is found now
	idx   int64  // the newest record about it
}

// position is how far a log was read.
type position struct {
	made int64  // how often the file was begun anew: what was read for an older one says nothing of this
	next int64  // the log's records before this one were read
	last []byte // commitment of the last of them: another one there is another log
}

// standsOn says how far the log was read, in the file and after it. A tail that was made for
// another file is dropped.
func (t *tail) standsOn(file position) position {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.made != file.made || t.at.next < file.next {
		t.from, t.at, t.texts = file.next, file, nil
	}
	return t.at
}

// add takes what stands in the log between two positions. Others may have read part of it meanwhile:
// what they know of an entry stands when it is newer.
func (t *tail) add(texts []changed, from, to position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.made != from.made || from.next > t.at.next || to.next <= t.at.next {
		return
	}
	t.at = to
	for _, c := range texts {
		n, there := slices.BinarySearchFunc(t.texts, c, byPlace)
		switch {
		case !there:
			t.texts = slices.Insert(t.texts, n, c)
		case t.texts[n].idx < c.idx:
			t.texts[n] = c
		}
	}
}

// all is the tail as it is now: what the log says between two of its records.
func (t *tail) all() (texts []changed, from int64, to position) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.texts), t.from, t.at
}

// written drops what the file holds now.
func (t *tail) written(file position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.made == file.made {
		t.from = file.next
		t.texts = slices.DeleteFunc(t.texts, func(c changed) bool { return c.idx < file.next })
	}
}

// holding are the places of the entries in the tail that hold all the words, rising.
func (t *tail) holding(words []string) []int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return placesHolding(t.texts, words)
}

func placesHolding(texts []changed, words []string) (places []int64) {
	for _, c := range texts {
		if dutylog.Holds(c.text, words) {
			places = append(places, c.place)
		}
	}
	return places
}

func byPlace(a, b changed) int { return cmp.Compare(a.place, b.place) }

// behind says how far the log was read, and how far it goes. Another log was never read: it was
// restored from somewhere.
func (x *Index) behind(ctx context.Context) (at position, size int64, another bool, err error) {
	file, err := filePosition(ctx, x.read)
	if err != nil {
		return at, 0, false, err
	}
	at = x.tail.standsOn(file)
	var there []byte
	err = x.db.glancing(ctx).QueryRow("SELECT coalesce(max(idx) + 1, 0), (SELECT commitment FROM records WHERE idx = ?) FROM records", at.next-1).Scan(&size, &there)
	return at, size, string(there) != string(at.last), err
}

// readOn reads the log's records up to a place into the tail.
func (x *Index) readOn(ctx context.Context, at position, end int64) error {
	if at.next == end {
		return nil
	}
	texts, err := x.changedBetween(ctx, at.next, end)
	if err != nil {
		return err
	}
	to := position{made: at.made, next: end}
	if err := x.db.glancing(ctx).QueryRow("SELECT commitment FROM records WHERE idx = ?", end-1).Scan(&to.last); err != nil {
		return err
	}
	x.tail.add(texts, at, to)
	return nil
}

// changedBetween are the entries that some of the log's records are about, also by what is attached to them, as they stand now. One
// that was dropped behind the log's back is none, which verify tells.
func (x *Index) changedBetween(ctx context.Context, from, to int64) ([]changed, error) {
	rows, err := x.db.glancing(ctx).Query("SELECT x.idx, "+attachedNames+", e.body, e.year, e.number FROM records x JOIN entries e ON e.id = "+entryOfRecord+
		" WHERE x.idx >= ? AND x.idx < ? AND +x.kind IN (?, ?) ORDER BY x.idx DESC", from, to, string(audit.Revision), string(audit.Attachment))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []changed
	seen := map[dutylog.EntryNumber]bool{}
	for rows.Next() && ctx.Err() == nil {
		var c changed
		var r entryRow
		var names string
		if err := rows.Scan(&c.idx, &names, &r.body, &r.year, &r.number); err != nil {
			return nil, err
		}
		number := dutylog.EntryNumber{Year: int(r.year.Int64), Serial: int(r.number.Int64)}
		if seen[number] { // an entry has a record for each of its revisions
			continue
		}
		seen[number] = true
		e, err := r.entry()
		if err != nil {
			return nil, err
		}
		c.place, c.text = placeOf(number), dutylog.SearchText(e, strings.Split(names, "\n"), x.db.options.Location)
		texts = append(texts, c)
	}
	slices.SortFunc(texts, byPlace)
	return texts, errors.Join(rows.Err(), ctx.Err())
}

// entryOfRecord is the entry that a record x is about: a revision of it, or what is attached to it.
const entryOfRecord = "CASE x.kind WHEN 'attachment' THEN (SELECT a.entry_id FROM attachments a WHERE a.id = CAST(x.subject AS INTEGER)) ELSE " + entryIDOfSubject + " END"

// entryIDOfSubject is the entry of a record x about a revision, "e-123/4".
const entryIDOfSubject = "substr(x.subject, 1, length(" + entryOfSubject + ") - 1)"
