package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	reviewFactColumns = "call_id, says, code, result, text, officer, outcome, by_login, by_name, by_role, at"
	callReviewColumns = "call_id, result, outcome, explained, stage, since"

	// toReview and ofPeople are the condition of the index calls_to_review, in its very words.
	toReview = `c.direction = 'in' AND (c.outcome IN ('answered_late', 'missed', 'rejected', 'unreachable') OR c.findings LIKE '%"borderline"%')`
	ofPeople = `c.ended_at IS NOT NULL AND c.tags NOT LIKE '%"test"%' AND c.tags NOT LIKE '%"system"%'`

	// officerOf is whom a call concerns, see dutylog.Concerned; forOfficer whether that is somebody, or nobody known.
	officerOf  = "concerned(" + whoAnswers + ", '')"
	forOfficer = "concerns(" + whoAnswers + ", '', ?)"
	// whoAnswers is who answered, as was said, else who was responsible, in the very words of the index entries_concern.
	whoAnswers = "coalesce(nullif(json_extract(e.body, '$.values.answered_by'), ''), json_extract(e.body, '$.responsible'), '')"

	// officersTime is when the days of the officer begin whom a call concerns.
	officersTime = "max(c.ended_at, coalesce(v.since, 0))"

	// officerSpeaks is that an officer has the first word, and not whoever asks: of a call of nobody known nobody has it
	// alone. Its first condition lets SQLite pass over all whose time is over without a look at anything but the index.
	officerSpeaks = "(c.ended_at >= ? OR c.id IN (SELECT call_id FROM call_reviews WHERE since >= ?)) AND " + undecided + " AND coalesce(v.explained, 0) = 0 AND NOT " + forOfficer

	awaitsSecond = "v.stage = 'awaits_second' AND v.outcome = c.outcome"

	undecided = "(coalesce(v.stage, '') = '' OR v.outcome <> c.outcome)"
)

// reviewSelect reads calls with whom they concern and what was decided of them.
var reviewSelect = "SELECT " + officerOf + ", v.since, " + strings.TrimPrefix(callSelect, "SELECT ") + reviewJoins

const reviewJoins = " LEFT JOIN entries e INDEXED BY entries_concern ON e.call_id = c.id LEFT JOIN call_reviews v ON v.call_id = c.id"

var saveCallReview = "INSERT INTO call_reviews (" + callReviewColumns + ") VALUES (" + marks(callReviewColumns) + ") ON CONFLICT (call_id) DO UPDATE SET " + overwrite(callReviewColumns)

func scanReviewCase(row scanner) (c dutylog.ReviewCase, err error) {
	c.Call, err = scanCall(prefixed{row, []any{&c.Officer, instant{&c.Since}}})
	return c, err
}

func scanReviewFact(row scanner) (f dutylog.ReviewFact, err error) {
	return f, row.Scan(&f.ID, &f.CallID, &f.Says, &f.Code, &f.Result, &f.Text, &f.Officer, &f.Outcome, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At})
}

func reviewFacts(s source, callID string) ([]dutylog.ReviewFact, error) {
	rows, err := s.Query("SELECT id, "+reviewFactColumns+" FROM review_facts WHERE call_id = ? ORDER BY id", callID)
	return all(rows, err, scanReviewFact)
}

func readReviewCase(s source, callID string) (dutylog.ReviewCase, error) {
	c, err := scanReviewCase(s.QueryRow(reviewSelect+" WHERE c.id = ?", callID))
	if err != nil {
		return c, noRows(err, "call", callID)
	}
	c.Facts, err = reviewFacts(s, callID)
	return c, err
}

// ReviewCases implements dutylog.ReviewStore.
func (db *DB) ReviewCases(ctx context.Context, q dutylog.ReviewQuery) (items []dutylog.ReviewCase, total int, next string, err error) {
	var w where
	w.add(toReview)
	w.add(ofPeople)
	w.period("c.offered_at", q.From, q.To)
	switch q.Waits {
	case dutylog.WaitsForOfficer:
		w.add(undecided + " AND coalesce(v.explained, 0) = 0")
	case dutylog.HoldsSheetUp:
		w.add("("+awaitsSecond+" OR "+undecided+" AND (v.explained = 1 OR "+officersTime+" >= ? OR NOT ? AND c.findings LIKE '%\"borderline\"%'))", q.Over.UnixMicro(), q.SpeakNow)
	case dutylog.WaitsForSupervisor:
		w.add("("+awaitsSecond+" OR "+undecided+" AND (v.explained = 1 OR "+officersTime+" < ?))", q.Over.UnixMicro())
	}
	if q.Line != "" {
		w.add("c.line = ?", q.Line)
	}
	if q.Officer != "" {
		w.add(forOfficer, q.Officer)
	}
	s, limit := db.reading(ctx), pageSize(q.Limit)
	if total, err = countReviews(s, w, q); err != nil {
		return nil, 0, "", db.explain("count the verdicts to review", err)
	}
	if q.Onlooks {
		w.add("NOT ("+officerSpeaks+")", speaking(q)...)
	}
	if q.Cursor != "" {
		at, id, err := decodeCursor("v", q.Cursor)
		if err != nil {
			return nil, 0, "", err
		}
		w.add("(c.offered_at, c.id) < (?, ?)", at, id)
	}
	rows, err := s.Query(reviewSelect+w.String()+" ORDER BY c.offered_at DESC, c.id DESC LIMIT ?", append(w.args, limit+1)...)
	if items, err = all(rows, err, scanReviewCase); err != nil {
		return nil, 0, "", db.explain("list the verdicts to review", err)
	}
	if len(items) > limit {
		last := items[limit-1].Call
		items, next = items[:limit], encodeCursor("v", last.OfferedAt.UnixMicro(), last.ID)
	}
	for i := range items {
		if items[i].Facts, err = reviewFacts(s, items[i].Call.ID); err != nil {
			return nil, 0, "", db.explain("read what was said of a verdict", err)
		}
	}
	return items, total, next, nil
}

// countReviews counts all of a list, and then takes off those of which officers have the first word: these few are
// quickly found, and of the many others nobody has to be known.
func countReviews(s source, w where, q dutylog.ReviewQuery) (total int, err error) {
	const count = "SELECT count(*) FROM calls c INDEXED BY calls_to_review"
	if err = s.QueryRow(count+reviewJoins+w.String(), w.args...).Scan(&total); err != nil || !q.Onlooks {
		return total, err
	}
	var held int
	h := where{slices.Clone(w.conditions), slices.Clone(w.args)}
	h.add(officerSpeaks, speaking(q)...)
	err = s.QueryRow(count+reviewJoins+h.String(), h.args...).Scan(&held)
	return total - held, err
}

// speaking are the values of officerSpeaks.
func speaking(q dutylog.ReviewQuery) []any {
	return []any{q.Over.UnixMicro(), q.Over.UnixMicro(), q.Reader}
}

// HeldReviews implements dutylog.ReviewStore.
func (db *DB) HeldReviews(ctx context.Context, q dutylog.ReviewQuery) (total int, began time.Time, err error) {
	var w where
	w.add(toReview)
	w.add(ofPeople)
	w.period("c.offered_at", q.From, q.To)
	w.add(officerSpeaks, speaking(q)...)
	err = db.reading(ctx).QueryRow("SELECT count(*), min("+officersTime+") FROM calls c INDEXED BY calls_to_review"+reviewJoins+w.String(), w.args...).Scan(&total, instant{&began})
	return total, began, db.explain("count the verdicts of which officers have the first word", err)
}

// ReviewCase implements dutylog.ReviewStore.
func (db *DB) ReviewCase(ctx context.Context, callID string) (dutylog.ReviewCase, error) {
	c, err := readReviewCase(db.reading(ctx), callID)
	if err == nil && !dutylog.WantsReview(c.Call.Call) && len(c.Facts) == 0 {
		return c, fmt.Errorf("a review of call %q: %w", callID, dutylog.ErrNotFound)
	}
	return c, db.explain("read a review", err)
}

// SayOfVerdict implements dutylog.ReviewStore.
func (db *DB) SayOfVerdict(ctx context.Context, f dutylog.ReviewFact, before int64) (dutylog.ReviewFact, error) {
	err := db.write(ctx, "keep what was said of a verdict", func(t *tx) error {
		c, err := readReviewCase(t.sql, f.CallID)
		if err != nil {
			return err
		}
		var last int64
		if n := len(c.Facts); n > 0 {
			last = c.Facts[n-1].ID
		}
		if last != before || c.Call.Outcome != f.Outcome || !dutylog.SameName(c.Officer, f.Officer) {
			return fmt.Errorf("this verdict is not what it was, or somebody said something of it meanwhile: %w", dutylog.ErrExists)
		}
		result, err := t.sql.Exec("INSERT INTO review_facts ("+reviewFactColumns+") VALUES ("+marks(reviewFactColumns)+")",
			f.CallID, string(f.Says), f.Code, string(f.Result), f.Text, f.Officer, string(f.Outcome), f.By.Login, f.By.Name, string(f.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if f.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		f.At = t.now
		if err := t.proveRow(audit.Review, strconv.FormatInt(f.ID, 10)); err != nil {
			return err
		}
		c.Facts = append(c.Facts, f)
		return t.keepReview(c.Folded())
	})
	return f, err
}

// keepReview writes what the facts of a call come to, for lists and figures.
func (t *tx) keepReview(r dutylog.Review) error {
	stage := ""
	if r.Decision != nil {
		stage = string(r.State)
	}
	if err := t.exec(saveCallReview, r.Call.ID, string(r.Result().Counted()), string(r.Call.Outcome), r.Explained != nil, stage, micros(r.Since)); err != nil {
		return err
	}
	if err := t.proveRow(audit.Reviewed, r.Call.ID); err != nil {
		return err
	}
	return t.announceCall(r.Call.ID)
}

// RuleChanges implements dutylog.ReviewStore.
func (db *DB) RuleChanges(ctx context.Context, line string) ([]dutylog.RuleChange, error) {
	rows, err := db.reading(ctx).Query("SELECT rule, settings, saved_at, at FROM rule_changes WHERE line = ? ORDER BY id", line)
	list, err := all(rows, err, func(row scanner) (r dutylog.RuleChange, err error) {
		var settings string
		if err = row.Scan(&r.Rule, &settings, instant{&r.Saved}, instant{&r.At}); err == nil && settings != "" {
			err = json.Unmarshal([]byte(settings), &r.Settings)
		}
		return r, err
	})
	for n := 1; n < len(list); n++ {
		list[n-1].Until = list[n].At
	}
	return list, db.explain("read the settings that a line had", err)
}
