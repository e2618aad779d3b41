package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
	"dutyline/telephony"
)

const callColumns = "id, line, direction, caller, caller_e164, caller_name, called, called_e164, outcome, reason, " +
	"offered_at, rang_at, rang_until, answered_at, ended_at, rings, rule, hangup_by, forwarded_to, redirected_from, findings, " +
	"said_tags, set_tags, tags, entry_id, settled_by"

// keptCall is a call's row. Its Tags are what the switch said.
type keptCall struct {
	telephony.Call
	set     []telephony.Tag // by people and by the directory
	shown   []telephony.Tag
	entryID string
}

func (k keptCall) values() []any {
	c := k.Call
	return []any{c.ID, c.Line, string(c.Direction), c.Caller.Raw, c.Caller.E164, c.CallerName, c.Called.Raw, c.Called.E164,
		string(c.Outcome), string(c.Reason), micros(c.OfferedAt), micros(c.RangAt), micros(c.RangUntil), micros(c.AnsweredAt), micros(c.EndedAt),
		int64(c.Rings), c.Rule, string(c.HangupBy), c.ForwardedTo, c.RedirectedFrom, list(c.Findings),
		list(c.Tags), list(k.set), list(k.shown), k.entryID, string(c.SettledBy)}
}

func (k *keptCall) targets() []any {
	c := &k.Call
	return []any{&c.ID, &c.Line, &c.Direction, &c.Caller.Raw, &c.Caller.E164, &c.CallerName, &c.Called.Raw, &c.Called.E164,
		&c.Outcome, &c.Reason, instant{&c.OfferedAt}, instant{&c.RangAt}, instant{&c.RangUntil}, instant{&c.AnsweredAt}, instant{&c.EndedAt},
		&c.Rings, &c.Rule, &c.HangupBy, &c.ForwardedTo, &c.RedirectedFrom, words[telephony.Finding]{&c.Findings},
		words[telephony.Tag]{&c.Tags}, words[telephony.Tag]{&k.set}, words[telephony.Tag]{&k.shown}, &k.entryID, &c.SettledBy}
}

// asShown is the call with the tags that the API shows.
func (k keptCall) asShown() telephony.Call {
	c := k.Call
	c.Tags = k.shown
	return c
}

// call reads a row of this transaction; sql.ErrNoRows when there is none.
func (t *tx) call(id string) (keptCall, error) {
	var k keptCall
	err := t.sql.QueryRow("SELECT "+callColumns+" FROM calls WHERE id = ?", id).Scan(k.targets()...)
	return k, err
}

// saveCall writes the row, unless it stands there already, and announces it.
func (t *tx) saveCall(before, k keptCall) error {
	values := k.values()
	switch was := before.values(); {
	case slices.Equal(was, values):
		return nil
	case before.ID == "":
		if err := t.exec(insertCall, values...); err != nil {
			return err
		}
	default:
		if err := t.update("calls", callNames, was, values); err != nil {
			return err
		}
	}
	if k.Ended() || k.entryID == "" { // while it runs, the entry that it opened vouches for it
		if err := t.proveRow(audit.Call, k.ID); err != nil {
			return err
		}
	}
	return t.publish(dutylog.TopicCall, k.ID, k.Line, nil)
}

var (
	callNames  = strings.Split(callColumns, ", ")
	insertCall = "INSERT INTO calls (" + callColumns + ") VALUES (" + marks(callColumns) + ")"
)

// update writes the columns of a row that changed, and so leaves alone the indexes of the others.
// The first column is the key.
func (t *tx) update(table string, names []string, before, after []any) error {
	var set []byte
	var args []any
	for i, name := range names {
		if before[i] != after[i] {
			set = append(append(set, name...), " = ?, "...)
			args = append(args, after[i])
		}
	}
	return t.exec("UPDATE "+table+" SET "+string(set[:len(set)-2])+" WHERE "+names[0]+" = ?", append(args, after[0])...)
}

// overwrite is "a = excluded.a, b = excluded.b" for the columns that are named.
func overwrite(columns string) string {
	names := strings.Split(columns, ", ")
	for i, n := range names {
		names[i] = n + " = excluded." + n
	}
	return strings.Join(names, ", ")
}

// callSelect reads calls with their recordings, for the API.
var callSelect = "SELECT c." + strings.ReplaceAll(callColumns, ", ", ", c.") + ", r." + strings.ReplaceAll(recordingColumns, ", ", ", r.") +
	" FROM calls c LEFT JOIN recordings r ON r.call_id = c.id"

func scanCall(row scanner) (dutylog.Call, error) {
	var k keptCall
	var r maybeRecording
	if err := row.Scan(append(k.targets(), r.targets()...)...); err != nil {
		return dutylog.Call{}, err
	}
	return dutylog.Call{Call: k.asShown(), EntryID: k.entryID, Recording: r.recording()}, nil
}

// Call reads one call.
func (db *DB) Call(ctx context.Context, id string) (dutylog.Call, error) {
	c, err := scanCall(db.reading(ctx).QueryRow(callSelect+" WHERE c.id = ?", id))
	return c, db.explain("read a call", noRows(err, "call", id))
}

// countsLate is what dutylog.FigureOnTime has below after review: what rang and was not answered in time, unless it was set
// aside or is borderline and nobody decided.
const countsLate = "(CASE " + reviewOf + ` WHEN 'counts_late' THEN 1 WHEN 'set_aside' THEN 0 WHEN 'counts_in_time' THEN 0
	ELSE c.outcome IN ('missed', 'rejected') OR c.outcome = 'answered_late' AND c.findings NOT LIKE '%"borderline"%' END)`

// Calls lists calls, newest first.
func (db *DB) Calls(ctx context.Context, q dutylog.CallQuery) ([]dutylog.Call, string, error) {
	var w where
	w.period("c.offered_at", q.From, q.To)
	w.equal("c.line", q.Line)
	w.equal("c.outcome", string(q.Outcome))
	if q.Counted {
		w.add("c.direction = 'in' AND " + ofPeople)
	}
	if q.Officer != "" {
		w.add("(SELECT "+forOfficer+" AND "+officerOf+" <> '' FROM entries e INDEXED BY entries_concern WHERE e.call_id = c.id)", q.Officer)
	}
	if q.WeekHour != "" {
		w.within("c.offered_at", q, db.options.Location)
	}
	if q.Rang != nil {
		w.add("c.outcome IN ('answered_in_time', 'answered_late') AND c.answered_at - c.rang_at >= ?", q.Rang.From.Microseconds())
		if q.Rang.To > 0 {
			w.add("c.answered_at - c.rang_at < ?", q.Rang.To.Microseconds())
		}
	}
	if q.Late {
		w.add(countsLate)
	}
	if q.Cursor != "" {
		at, id, err := decodeCursor("c", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(c.offered_at, c.id) < (?, ?)", at, id)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query(callSelect+w.String()+" ORDER BY c.offered_at DESC, c.id DESC LIMIT ?", append(w.args, limit+1)...)
	items, err := all(rows, err, scanCall)
	if err != nil {
		return nil, "", db.explain("list calls", err)
	}
	if len(items) <= limit {
		return items, "", nil
	}
	last := items[limit-1]
	return items[:limit], encodeCursor("c", last.OfferedAt.UnixMicro(), last.ID), nil
}

// within keeps what lies in one hour of one weekday.
func (w *where) within(column string, q dutylog.CallQuery, zone *time.Location) {
	spans, _ := dutylog.WeekHours(q.WeekHour, q.From, q.To, zone)
	parts, args := []string{"0"}, []any{}
	for _, s := range spans {
		parts, args = append(parts, column+" >= ? AND "+column+" < ?"), append(args, s.From.UnixMicro(), s.To.UnixMicro())
	}
	w.add("("+strings.Join(parts, " OR ")+")", args...)
}

// SetTag sets or clears spot_check, the one tag that a person sets by itself, and keeps who
// did it. A tag that follows from the entry's kind is changed there.
func (db *DB) SetTag(ctx context.Context, callID string, tag telephony.Tag, on bool, by dutylog.Actor) (dutylog.Call, error) {
	if tag != telephony.TagSpotCheck {
		return dutylog.Call{}, &dutylog.InvalidError{Field: "tag", Reason: "only spot_check is set by hand; wrong_number and nuisance are kinds of the entry"}
	}
	err := db.write(ctx, "set a tag", func(t *tx) error { return t.setTag(callID, tag, on, by) })
	if err != nil {
		return dutylog.Call{}, err
	}
	return db.Call(ctx, callID)
}

// setTag sets or clears a tag of people; nothing when it is so already.
func (t *tx) setTag(callID string, tag telephony.Tag, on bool, by dutylog.Actor) error {
	before, err := t.call(callID)
	if err != nil {
		return noRows(err, "call", callID)
	}
	kind, err := t.kindTag(before.entryID)
	if err != nil {
		return err
	}
	if !on && kind == tag {
		return &dutylog.InvalidError{Field: "tag", Reason: "the entry is of the kind spot_check: change its kind, then the tag goes"}
	}
	if slices.Contains(before.set, tag) == on {
		return nil
	}
	after := before
	after.set = slices.DeleteFunc(slices.Clone(before.set), func(x telephony.Tag) bool { return x == tag })
	if on {
		after.set = dutylog.MergeTags(after.set, []telephony.Tag{tag})
	}
	after.shown = dutylog.MergeTags(after.Tags, after.set, []telephony.Tag{kind})
	if err := t.addProven(audit.Tag, "INSERT INTO tag_changes (call_id, tag, is_set, by_login, by_name, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		callID, string(tag), on, by.Login, by.Name, string(by.Role), micros(t.now)); err != nil {
		return err
	}
	return t.saveCall(before, after)
}

// kindTag is the tag that the entry's kind gives its call.
func (t *tx) kindTag(entryID string) (telephony.Tag, error) {
	var kind dutylog.Kind
	err := t.sql.QueryRow("SELECT kind FROM entries WHERE id = ?", entryID).Scan(&kind)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return kind.Tag(), err
}

// retag brings the call's tags up to date after its entry's kind changed.
func (t *tx) retag(callID string, kind dutylog.Kind) error {
	before, err := t.call(callID)
	if err != nil {
		return err
	}
	after := before
	after.shown = dutylog.MergeTags(before.Tags, before.set, []telephony.Tag{kind.Tag()})
	return t.saveCall(before, after)
}

// maybeRecording scans the recording's half of a joined row, which may be empty.
type maybeRecording struct {
	callID, status, reason, path sql.NullString
	digest, fileDigest           sql.NullString
	size, fileSize, decision     sql.NullInt64
	duration, talk, attempts     sql.NullInt64
	caller, officer              sql.NullFloat64
	findings                     sql.NullString
	r                            recorder.Recording // its times
}
