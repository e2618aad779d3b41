package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

const (
	mostUnread   = 1000   // records that a search reads itself, because the index has not read them yet
	mostExamined = 20_000 // entries that one page of a search reads; the next page goes on from there
	lastLook     = 1024   // candidates that are read at once; the first look reads what a page needs, each further one twice as many
)

// entriesAt reads the entries at a list of places, in its order.
var entriesAt = "SELECT " + attachedNames + ", e.body, e.year, e.number" + phaseColumns +
	strings.Replace(entryTables, "FROM entries e", "FROM json_each(?) p CROSS JOIN entries e ON e.year = p.value / 10000000 AND e.number = p.value % 10000000", 1)

// attachedNames are the names of what is attached to an entry, one a line; a name has no line of its own.
const attachedNames = "(SELECT coalesce(group_concat(a.name, char(10)), '') FROM attachments a WHERE a.entry_id = e.id AND a.name <> '')"

// search is one search as it goes on.
type search struct {
	x      *Index
	ctx    context.Context
	words  []string
	tokens []string // what the index is asked: what words and filters say
	anyOf  []string // and one of these, see dutylog.Narrowing
	where  where
	limit  int
	// unread are the places of entries that hold the words and changed after the index's file, falling.
	unread []int64
	found  dutylog.Found
}

// Search implements dutylog.Searcher.
func (x *Index) Search(ctx context.Context, q dutylog.EntryQuery) (dutylog.Found, error) {
	s := search{x: x, ctx: ctx, words: dutylog.SearchWords(q.Text), limit: pageSize(q.Limit)}
	if filters := q.FilterWords(); len(s.words) == 0 && (q.Text != "" || len(filters) == 0) {
		return s.found, &dutylog.InvalidError{Field: "q", Reason: "has no letter, digit or character to look for"}
	}
	below := int64(math.MaxInt64)
	if q.Cursor != "" {
		var err error
		if below, _, err = decodeCursor("s", q.Cursor); err != nil {
			return s.found, err
		}
	}
	s.where.entries(q)
	if err := s.narrow(q); err != nil {
		return s.found, x.explain("search", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	err := s.run(below)
	if spoiled(err) {
		x.suspect.Store(true)
	}
	return s.found, x.explain("search", err)
}

// narrow has the index asked what the filters say, too: it leads to what they select.
func (s *search) narrow(q dutylog.EntryQuery) error {
	var first, last time.Time
	if !q.From.IsZero() || !q.To.IsZero() {
		err := s.x.db.glancing(s.ctx).QueryRow("SELECT (SELECT min(call_at) FROM entries), (SELECT max(call_at) FROM entries)").Scan(instant{&first}, instant{&last})
		if err != nil {
			return err
		}
	}
	n := q.Narrowing(first, last, s.x.db.options.Location)
	s.anyOf = n.AnyOf
	for _, token := range append(tokensOf(s.words), tokensOf(n.Words)...) { // those of the words lead: they are rarer
		if !slices.Contains(s.tokens, token) && len(s.tokens) < mostTokens {
			s.tokens = append(s.tokens, token)
		}
	}
	return nil
}

func (s *search) run(below int64) (err error) {
	if err = s.readUnread(); err != nil {
		return err
	}
	s.found.Items = []dutylog.Entry{}
	examined := 0
	for look := s.limit + 1; ; look = min(2*look, lastLook) {
		places, end, err := s.x.candidates(s.ctx, s.tokens, s.anyOf, below, look)
		if err != nil {
			return err
		}
		places = s.withUnread(places, below, end)
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

// readUnread finds what changed after the index's file was written. An index that is far behind is
// made at the moment: only the newest changes are looked at then, and found says that more are missing.
func (s *search) readUnread() error {
	at, size, another, err := s.x.behind(s.ctx)
	if err != nil {
		return err
	}
	if !another && size-at.next <= mostUnread {
		if err := s.x.readOn(s.ctx, at, size); err != nil {
			return err
		}
		s.unread = s.x.tail.holding(s.words)
	} else {
		if s.found.Missing = size - at.next; another {
			s.found.Missing = size
		}
		newest, err := s.x.changedBetween(s.ctx, max(0, size-mostUnread), size)
		if err != nil {
			return err
		}
		s.unread = append(s.x.tail.holding(s.words), placesHolding(newest, s.words)...)
		slices.Sort(s.unread)
	}
	slices.Reverse(s.unread)
	return nil
}

// withUnread adds the places under one that the index's file does not know, as far down as its own go.
func (s *search) withUnread(places []int64, below int64, end bool) []int64 {
	lowest := int64(0)
	if !end {
		lowest = places[len(places)-1]
	}
	for _, p := range s.unread {
		if p >= lowest && p < below {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Compact(places)
}

// take adds the entries that hold the words; full says that the page is.
func (s *search) take(places []int64) (full bool, err error) {
	if len(places) == 0 {
		return false, nil
	}
	list, err := json.Marshal(places)
	if err != nil {
		return false, err
	}
	rows, err := s.x.db.glancing(s.ctx).Query(entriesAt+s.where.String()+" ORDER BY p.key", append([]any{string(list)}, s.where.args...)...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var names string
		e, err := scanEntry(prefixed{rows, []any{&names}})
		if err != nil {
			return false, err
		}
		e.Attached = strings.Split(names, "\n")
		if names == "" {
			e.Attached = nil
		}
		if !dutylog.FoundBy(e, s.words, s.x.db.options.Location) {
			continue
		}
		if len(s.found.Items) == s.limit {
			s.found.NextCursor = encodeCursor("s", placeOf(s.found.Items[s.limit-1].EntryNumber), "")
			return true, nil
		}
		s.found.Items = append(s.found.Items, e)
	}
	return false, rows.Err()
}

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
