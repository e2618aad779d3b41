package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// ExecOnWriter runs a statement on the writing connection, for tests of what SQLite itself
// refuses (a full disk, a change of history).
func (db *DB) ExecOnWriter(statement string) error {
	_, err := db.writer.Exec(statement)
	return err
}

// AddTaskRule keeps a rule as an earlier program brought it along.
func (db *DB) AddTaskRule(ctx context.Context, r dutylog.TaskRule) error {
	return db.write(ctx, "add a dated duty", func(t *tx) error {
		_, err := t.addTaskRule(r, dutylog.SystemActor())
		return err
	})
}

// EntriesOfOutcome begins the query for entries by their outcome.
var EntriesOfOutcome = entriesOfOutcome

// PlanOf is how SQLite would run a query.
func (db *DB) PlanOf(query string, args ...any) (string, error) {
	return planOf(db.reader, query, args...)
}

func planOf(pool *sql.DB, query string, args ...any) (string, error) {
	rows, err := pool.Query("EXPLAIN QUERY PLAN "+query, args...)
	steps, err := all(rows, err, func(row scanner) (string, error) {
		var id, parent, unused int
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		return step, err
	})
	plan := ""
	for _, s := range steps {
		plan += s + "\n"
	}
	return plan, err
}

// Settings reads a pragma on the writer and on so many readers at the same time.
func (db *DB) Settings(pragma string, readers int) (writer string, others []string, err error) {
	if err = db.writer.QueryRow("PRAGMA " + pragma).Scan(&writer); err != nil {
		return "", nil, err
	}
	for range readers {
		tx, err := db.reader.Begin() // holds its connection until the end
		if err != nil {
			return "", nil, err
		}
		defer tx.Rollback()
		var value string
		if err := tx.QueryRow("PRAGMA " + pragma).Scan(&value); err != nil {
			return "", nil, err
		}
		others = append(others, value)
	}
	return writer, others, nil
}

// CoverQueries are the queries with which verification compares records and rows.
func CoverQueries() (all []string) {
	for _, c := range covers {
		all = append(all, c.chunkQuery())
	}
	return all
}

// Questions are what is asked for every call with values inside of a CAST, and the index that each
// has to go by all the same.
var Questions = map[string]string{
	callSelect + " WHERE c.caller_e164 = " + aText + " AND c.line = " + aText + " AND c.direction = 'in' AND c.offered_at >= 1 AND c.offered_at < 2": "calls_by_caller (caller_e164=? AND offered_at>? AND offered_at<?)",
	callSelect + " WHERE c.id = " + aText + " OR (c.id > 'a' AND c.id < 'b')":                                                                        "sqlite_autoindex_calls_1 (id=?)",
	entrySelect + " WHERE e.id = " + aText:                                    "sqlite_autoindex_entries_1 (id=?)",
	"SELECT coalesce(max(number), 0) + 1 FROM entries WHERE year = " + aWhole: "entries_by_number (year=?)",
	candidateSelect: "PRIMARY KEY (e164=?)",
}

// ReadRow reads one row of the log.
func (db *DB) ReadRow(query string, targets ...any) error {
	return db.reader.QueryRow(query).Scan(targets...)
}

// ToReview is the condition by which calls to review are listed.
const ToReview = toReview + " AND " + ofPeople

// ErrProveSome is what ProveSome and ProveGroup fail with.
var ErrProveSome = errors.New("it fails on purpose")

// ProveSome appends so many records in one job, and may fail after that.
func (db *DB) ProveSome(subject string, records int, fail bool) error {
	return db.write(context.Background(), "prove", proveSome(subject, records, fail))
}

func proveSome(subject string, records int, fail bool) func(*tx) error {
	return func(t *tx) error {
		for i := range records {
			if err := t.prove("of_nothing", fmt.Sprint(subject, "/", i), []byte("x")); err != nil {
				return err
			}
		}
		if fail {
			return ErrProveSome
		}
		return nil
	}
}

// ProveGroup lets jobs share one commit.
func (db *DB) ProveGroup(records []int, fails []bool) error {
	group := make([]job, len(records))
	for i := range group {
		group[i].fn = proveSome(fmt.Sprint(i), records[i], fails[i])
	}
	results := make([]error, len(group))
	_, _, err := db.commitGroup(group, results)
	for i, r := range results {
		if errors.Is(r, ErrProveSome) != fails[i] || !fails[i] && r != nil {
			err = errors.Join(err, fmt.Errorf("job %d: %v", i, r))
		}
	}
	return err
}

// LedgerQueries are the queries that find calls for the ledger, each with the index that it needs.
func LedgerQueries() map[string]string {
	all := map[string]string{}
	for _, q := range ledgerQueries {
		all[bookedSelect+" WHERE "+q.where] = q.index
	}
	return all
}

// The queries for recordings whose files have to be there.
const (
	SealedNewest = sealedNewest
	SealedOpen   = sealedOpen
)

// ProveAgain appends one more record about a row, which only somebody with other aims does.
func (db *DB) ProveAgain(ctx context.Context, kind audit.Kind, subject string) error {
	return db.write(ctx, "prove again", func(t *tx) error { return t.proveRow(kind, subject) })
}

// Exec runs a statement on the index's file behind its back.
func (x *Index) Exec(statement string) error {
	_, err := x.write.Exec(statement)
	return err
}

// Shrink makes an index of few entries behave as a large one: so many changed ones are kept in
// memory, so many of the log's records are read at once.
func (x *Index) Shrink(most int, batch int64) { x.most, x.batch = most, batch }

// Kept says how many changed entries are in memory.
func (x *Index) Kept() int {
	texts, _, _ := x.tail.all()
	return len(texts)
}

// ReadTail reads what the log says into memory, as a search does, and no more.
func (x *Index) ReadTail(ctx context.Context) error {
	at, size, _, err := x.behind(ctx)
	if err != nil {
		return err
	}
	return x.readOn(ctx, at, size)
}

// PlanOf is how SQLite would look for so many tokens.
func (x *Index) PlanOf(tokens int) (string, error) {
	return planOf(x.read, joinOf(tokens, 0), make([]any, tokens+1)...)
}

// Examined is how many entries the index leads a search to.
func (x *Index) Examined(ctx context.Context, q dutylog.EntryQuery) (int, error) {
	s := search{x: x, ctx: ctx, words: dutylog.SearchWords(q.Text)}
	if err := s.narrow(q); err != nil {
		return 0, err
	}
	places, _, err := x.candidates(ctx, s.tokens, s.anyOf, math.MaxInt64, mostExamined)
	return len(places), err
}

// BlockSize is how many entries one row of the index speaks of.
const BlockSize = blockSize

// PackHolders is how the index keeps which entries of a block hold a token.
func PackHolders(places []uint16) []byte {
	var h holders
	for _, n := range places {
		h.set(n)
	}
	return h.pack()
}

// UnpackHolders are the places under one that were kept so, falling.
func UnpackHolders(packed []byte, under int64) ([]int64, error) {
	var h holders
	if err := h.unpack(packed); err != nil {
		return nil, err
	}
	h.under(under)
	return h.falling(nil, 0, blockSize), nil
}

// DirectoryQueries are the queries that run while a call rings, each with the index that it needs.
func DirectoryQueries() map[string]string {
	return map[string]string{takenSelect: "calls_by_caller", candidateSelect: "n USING PRIMARY KEY (e164=?)"}
}

// AccessQuestion is what the log is asked for a query.
func AccessQuestion(q dutylog.AccessQuery) (query string, args []any) {
	query, args, _, _ = accessQuery(q)
	return query, args
}

// EraseNow erases without a second person, for tests of what an erasure leaves.
func (db *DB) EraseNow(ctx context.Context, o dutylog.ErasureOrder) (decision int64, err error) {
	err = db.write(ctx, "erase from an entry", func(t *tx) error {
		decision, err = t.erase(o)
		return err
	})
	return decision, err
}

// ReleaseHold ends a hold without a second person, for tests of what a hold does.
func (db *DB) ReleaseHold(ctx context.Context, entryID, reason string, by dutylog.Actor) (after dutylog.Entry, err error) {
	err = db.write(ctx, "release a hold", func(t *tx) error {
		after, err = t.hold(entryID, false, reason, by)
		return err
	})
	return after, err
}

// MissedSelect is how missed calls are read.
func MissedSelect() string { return missedSelect }

// CallSelect is how calls are read.
func CallSelect() string { return callSelect }

// StandingQueries are those of every scrape, by the figure's description.
func StandingQueries() map[string]string {
	list := map[string]string{}
	for _, f := range standingList {
		list[f.desc.String()] = f.query
	}
	return list
}

// SumsOfMonths is of how many months the log keeps sums.
func (db *DB) SumsOfMonths() int {
	db.sums.mu.Lock()
	defer db.sums.mu.Unlock()
	return len(db.sums.kept)
}

// Packed reads a file's rows many at a time, each as a content of the names.
func Packed(file, query string, names ...string) (rows []string, err error) {
	p, err := openPacked("file:"+file+"?mode=ro", 0)
	if err != nil {
		return nil, err
	}
	defer p.close()
	err = p.read(func(row []value) error {
		var content []byte
		for i, n := range names {
			content = row[i].appendTo(content, n)
		}
		rows = append(rows, string(content))
		return nil
	}, query)
	return rows, err
}

// Unpacked is the same by way of the driver.
func Unpacked(file, query string, names ...string) (rows []string, err error) {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		values, targets := scanTargets(len(names))
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		rows = append(rows, string(audit.Content(names, values)))
	}
	return rows, found.Err()
}

// PlainEntries are the ids of entries of which we tell that their columns say what their texts say, and
// OddEntries of which SQLite tells the contrary.
func PlainEntries(file string) (plain []string, err error) {
	p, err := openPacked("file:"+file+"?mode=ro", 0)
	if err != nil {
		return nil, err
	}
	defer p.close()
	err = p.read(func(row []value) error {
		if plainEntry(row) {
			plain = append(plain, string(row[0].text()))
		}
		return nil
	}, entryQuery+" ORDER BY e.id")
	return plain, err
}

// OddEntryQuery has one parameter, the entry's id.
const OddEntryQuery = oddEntryQuery

// AssessmentQuestions are what a month's sheet, a draw and a list of reviews ask of calls, and the index that each
// has to go by: none reads more than the time it is about.
func AssessmentQuestions() map[string]string {
	return map[string]string{
		assessedCallsOf:   "calls_by_outcome (outcome=? AND offered_at>? AND offered_at<?)",
		assessedEntriesOf: "entries_slow (call_at>? AND call_at<?)",
		missedFactsOf:     "calls_unanswered (outcome=? AND offered_at>? AND offered_at<?)",
		unansweredCount:   "calls_unanswered (outcome=? AND offered_at>? AND offered_at<?)",
		unansweredWait:    "missed_calls_waiting (at>? AND at<?)",
		listenablesOf:     "calls_by_outcome (outcome=? AND offered_at>? AND offered_at<?)",
		"SELECT count(*) FROM calls c" + reviewJoins + " WHERE " + toReview + " AND " + ofPeople + " AND c.offered_at >= ? AND " + officerOf + " IN (?, '')": "calls_to_review (offered_at>?)",
	}
}

// FoundByTime are the questions for what was done, or falls due, in a time.
func FoundByTime() []string {
	all := []string{incidentsTouched, incidentsInto, testNear + "<= ? ORDER BY at DESC, id DESC LIMIT 1", testNear + "> ? ORDER BY at, id LIMIT 1"}
	for _, q := range deedsOf(time.Time{}, time.Time{}) {
		all = append(all, q.query+" LIMIT 1")
	}
	return all
}
