package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// A place is an entry's number as the index keeps it: it grows with the years and within them,
// so that the newest come first when places fall.
const placesOfYear = 10_000_000

func placeOf(n dutylog.EntryNumber) int64 { return int64(n.Year)*placesOfYear + int64(n.Serial) }

const (
	mostUnread   = 1000   // changed entries that a search reads itself, because the index does not have them yet
	mostExamined = 20_000 // entries that one page of a search reads; the next page goes on from there
	firstLook    = 64     // candidates that are read at once; each further look reads twice as many
	lastLook     = 1024
)

// entriesAt reads the entries at a list of places.
var entriesAt = "SELECT e.body, e.year, e.number" + phaseColumns +
	strings.Replace(entryTables, "FROM entries e", "FROM json_each(?) p CROSS JOIN entries e ON e.year = p.value / 10000000 AND e.number = p.value % 10000000", 1)

// search is one search as it goes on.
type search struct {
	x     *Index
	ctx   context.Context
	words []string
	match string // what the index is asked
	where where
	limit int
	// unread are the places of entries that changed after the index, falling.
	unread []int64
	found  dutylog.Found
}

// Search implements dutylog.Searcher.
func (x *Index) Search(ctx context.Context, q dutylog.EntryQuery) (dutylog.Found, error) {
	s := search{x: x, ctx: ctx, words: dutylog.SearchWords(q.Text), limit: pageSize(q.Limit)}
	if len(s.words) == 0 {
		return s.found, &dutylog.InvalidError{Field: "q", Reason: "has no letter, digit or character to look for"}
	}
	below := int64(math.MaxInt64)
	if q.Cursor != "" {
		var err error
		if below, _, err = decodeCursor("s", q.Cursor); err != nil {
			return s.found, err
		}
	}
	s.where.period("e.call_at", q.From, q.To)
	s.where.equal("e.line", q.Line)
	s.where.equal("e.state", string(q.State))
	s.where.equal("e.kind", string(q.Kind))
	s.where.handling(q.Handling)
	s.where.equal(unitOfEntry, q.Unit)
	s.match = matchOf(s.words)
	x.mu.RLock()
	defer x.mu.RUnlock()
	err := s.run(below)
	if spoiled(err) {
		x.suspect.Store(true)
	}
	return s.found, x.explain("search", err)
}

// matchOf asks for every token of every word. They hold letters and digits only, never a
// quotation mark.
func matchOf(words []string) string {
	var tokens []string
	for _, w := range words {
		tokens = append(tokens, dutylog.LookedFor(w)...)
	}
	slices.Sort(tokens)
	return `"` + strings.Join(slices.Compact(tokens), `" AND "`) + `"`
}

func (s *search) run(below int64) (err error) {
	if s.unread, s.found.Missing, err = s.x.unread(s.ctx); err != nil {
		return err
	}
	s.found.Items = []dutylog.Entry{}
	examined := 0
	for look := firstLook; ; look = min(2*look, lastLook) {
		places, end, err := s.candidates(below, look)
		if err != nil {
			return err
		}
		full, err := s.take(places)
		if err != nil || full {
			return err
		}
		if end {
			return nil
		}
		below = places[len(places)-1]
		if examined += len(places); examined >= mostExamined {
			s.found.NextCursor = encodeCursor("s", below, "")
			return nil
		}
	}
}

// candidates are the next places at which the words may stand, falling; end says that there are
// none after them.
func (s *search) candidates(below int64, look int) (places []int64, end bool, err error) {
	rows, err := s.x.read.QueryContext(s.ctx, "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?", s.match, below, look)
	if places, err = all(rows, err, scanNumber); err != nil {
		return nil, false, err
	}
	end = len(places) < look
	lowest := int64(0)
	if !end {
		lowest = places[len(places)-1]
	}
	for _, p := range s.unread {
		if p >= lowest && p < below {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b int64) int { return int(b - a) })
	return slices.Compact(places), end, nil
}

// take adds the entries that hold the words; full says that the page is.
func (s *search) take(places []int64) (full bool, err error) {
	list, err := json.Marshal(places)
	if err != nil {
		return false, err
	}
	rows, err := s.x.db.reading(s.ctx).Query(entriesAt+s.where.String()+" ORDER BY e.year DESC, e.number DESC", append([]any{string(list)}, s.where.args...)...)
	entries, err := all(rows, err, scanEntry)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !dutylog.Holds(dutylog.SearchText(e), s.words) {
			continue
		}
		if len(s.found.Items) == s.limit {
			s.found.NextCursor = encodeCursor("s", placeOf(s.found.Items[s.limit-1].EntryNumber), "")
			return true, nil
		}
		s.found.Items = append(s.found.Items, e)
	}
	return false, nil
}

// unread are the places of the entries that changed after what the index has read, the newest
// changes of them; missing counts what is left out.
func (x *Index) unread(ctx context.Context) (places []int64, missing int64, err error) {
	next, _, err := x.position(ctx, x.read)
	if err != nil {
		return nil, 0, err
	}
	var size int64
	log := x.db.reading(ctx)
	if err := log.QueryRow("SELECT coalesce(max(idx) + 1, 0) FROM records").Scan(&size); err != nil {
		return nil, 0, err
	}
	rows, err := log.Query("SELECT e.year * 10000000 + e.number FROM records x JOIN entries e ON e.id = "+entryIDOfSubject+
		" WHERE x.idx >= ? AND +x.kind = ? ORDER BY x.idx DESC LIMIT ?", next, string(audit.Revision), mostUnread+1)
	if places, err = all(rows, err, scanNumber); err != nil {
		return nil, 0, err
	}
	if len(places) > mostUnread {
		places, missing = places[:mostUnread], size-next
	}
	slices.SortFunc(places, func(a, b int64) int { return int(b - a) })
	return slices.Compact(places), missing, nil
}

// entryIDOfSubject is the entry of a record x about a revision, "e-123/4".
const entryIDOfSubject = "substr(x.subject, 1, length(" + entryOfSubject + ") - 1)"

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

// position is how far the index has read the log's records, and what the last of them committed to.
func (x *Index) position(ctx context.Context, from interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (next int64, last []byte, err error) {
	err = from.QueryRowContext(ctx, "SELECT next, last FROM place").Scan(&next, &last)
	return next, last, err
}
