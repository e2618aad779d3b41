package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// readDutyLog reads the calls and the stated intervals from the file itself, not through the
// daemon: what is judged is what would be left if it never started again. What both eyes did not
// see follows from the intervals that are kept, and is stated as the page states it; what goes on,
// goes on until now.
func readDutyLog(file string) (calls []logged, intervals []stated, err error) {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_query_only=on&_busy_timeout=5000")
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	rows, err := db.Query(`SELECT c.id, c.caller, c.outcome, c.hangup_by, c.offered_at, c.rang_at, c.rang_until, c.answered_at, c.ended_at, c.findings,
		coalesce(r.findings, '[]'), coalesce(r.status, ''), coalesce(r.reason, ''), coalesce(r.duration_us, 0),
		coalesce(r.caller_db, 0), coalesce(r.officer_db, 0)
		FROM calls c LEFT JOIN recordings r ON r.call_id = c.id ORDER BY c.offered_at`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l logged
		var offered, rang, until, answered, ended sql.NullInt64
		var found, heard string
		var length int64
		if err := rows.Scan(&l.ID, &l.Caller, &l.Outcome, &l.HangupBy, &offered, &rang, &until, &answered, &ended, &found, &heard, &l.Recording, &l.RecordingReason, &length,
			&l.CallerDB, &l.OfficerDB); err != nil {
			return nil, nil, err
		}
		l.OfferedAt = moment(offered)
		l.RangAt, l.RangUntil, l.AnsweredAt, l.EndedAt = moment(rang), moment(until), moment(answered), moment(ended)
		l.RecordingFor = time.Duration(length) * time.Microsecond
		for _, list := range []string{found, heard} {
			var more []string
			if err := json.Unmarshal([]byte(list), &more); err != nil {
				return nil, nil, fmt.Errorf("findings of call %s: %w", l.ID, err)
			}
			l.Findings = append(l.Findings, more...)
		}
		calls = append(calls, l)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	intervals, err = readIntervals(db)
	return calls, withBlind(intervals), err
}

// withBlind adds when neither eye saw, and ends what goes on.
func withBlind(kept []stated) []stated {
	var facts []telephony.Interval
	for _, s := range kept {
		facts = append(facts, telephony.Interval{Kind: telephony.IntervalKind(s.Kind), From: s.From, To: s.To, Cause: s.Cause})
	}
	var all []stated
	for _, i := range append(facts, telephony.Blind(facts)...) {
		if i.To.IsZero() {
			i.To = time.Now()
		}
		all = append(all, stated{Kind: string(i.Kind), Cause: i.Cause, From: i.From, To: i.To})
	}
	return all
}

func moment(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return time.UnixMicro(us.Int64)
}

// readIntervals finds the columns by their names: kind, from…, to…, cause.
func readIntervals(db *sql.DB) (all []stated, err error) {
	var there int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'intervals'").Scan(&there); err != nil || there == 0 {
		return nil, err
	}
	rows, err := db.Query("SELECT * FROM intervals")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		var s stated
		for i, name := range names {
			number, isNumber := values[i].(int64)
			switch {
			case name == "kind":
				s.Kind = fmt.Sprint(values[i])
			case name == "cause":
				s.Cause = fmt.Sprint(values[i])
			case strings.HasPrefix(name, "from") && isNumber:
				s.From = time.UnixMicro(number)
			case strings.HasPrefix(name, "to") && isNumber:
				s.To = time.UnixMicro(number)
			}
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func TestTheBenchReadsTheDutyLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02422730001", "024"),
		OfferedAt: after(0), RangAt: after(0.1), RangUntil: after(0.9), EndedAt: after(1), Outcome: telephony.AbandonedEarly,
		HangupBy: telephony.ByCaller, Findings: []telephony.Finding{telephony.SeenInPart}}
	if err := db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: after(1), Line: "duty", Call: &c}}); err != nil {
		t.Fatal(err)
	}
	calls, _, err := readDutyLog(file)
	if err != nil {
		t.Fatal(err)
	}
	utc := cmp.Transformer("utc", func(t time.Time) time.Time { return t.UTC() })
	calls[0].RecordingReason, calls[0].Recording = "", "" // the recorder's affair
	want := []logged{{ID: "1.0", Caller: "02422730001", Outcome: "abandoned_early", HangupBy: "caller", OfferedAt: after(0), RangAt: after(0.1), RangUntil: after(0.9),
		EndedAt: after(1), Findings: []string{"seen_in_part"}}}
	if diff := cmp.Diff(want, calls, utc); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestTheBenchReadsIntervals(t *testing.T) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if none, err := readIntervals(db); err != nil || none != nil {
		t.Errorf("without a table: %v %v", none, err)
	}
	for _, q := range []string{
		"CREATE TABLE intervals (id INTEGER PRIMARY KEY, kind TEXT, from_at INTEGER, to_at INTEGER, cause TEXT)",
		fmt.Sprintf("INSERT INTO intervals (kind, from_at, to_at, cause) VALUES ('blind', %d, NULL, 'why')", noon.UnixMicro()),
		fmt.Sprintf("INSERT INTO intervals (kind, from_at, to_at, cause) VALUES ('switch_down', %d, %d, '')", noon.UnixMicro(), after(3).UnixMicro()),
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readIntervals(db)
	if err != nil || len(got) != 2 || got[0].Kind != "blind" || !got[0].To.IsZero() || got[0].Cause != "why" || !got[1].To.Equal(after(3)) || !got[1].From.Equal(noon) {
		t.Errorf("read %+v, %v", got, err)
	}
}

// The log keeps what each eye did not see; that neither saw follows, and has to be counted.
func TestTheBenchSeesTheBlindTimeThatThePageStates(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, i := range []telephony.Interval{
		{Kind: telephony.LiveDown, From: after(0), To: after(600), Cause: "the daemon was not running"},
		{Kind: telephony.JournalDown, From: after(500), Cause: "it is not written"},
	} {
		if err := db.Record(t.Context(), []telephony.Change{{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}}); err != nil {
			t.Fatal(err)
		}
	}
	page := time.Duration(0)
	said, err := db.Intervals(t.Context(), after(-10), after(700))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range said {
		if i.Kind == telephony.BlindInterval {
			page += i.To.Sub(i.From)
		}
	}
	_, intervals, err := readDutyLog(file)
	if err != nil {
		t.Fatal(err)
	}
	if r := judge(evidence{stated: intervals}); page != 100*time.Second || r.blind != page {
		t.Errorf("the page states %v of blind time, the bench sees %v", page, r.blind)
	}
	if n := len(intervals); n != 3 || intervals[1].To.IsZero() {
		t.Errorf("%d intervals, and one that goes on: %+v", n, intervals)
	}
}
