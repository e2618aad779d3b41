package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// recordLine keeps the line's state and its standing faults, and announces them when they
// are not what they were.
func (t *tx) recordLine(ch telephony.Change) error {
	changed, err := t.recordFault(ch)
	if err != nil {
		return err
	}
	s := ch.State
	if s.Line == "" {
		s.Line = ch.Line
	}
	before, faulty, err := t.line(s.Line)
	if err != nil {
		return err
	}
	if s.State != "" && !sameLine(before, s) {
		changed = true
		if err := t.exec(saveLine, s.Line, string(s.State), micros(s.Since), s.CallID, micros(s.RangAt)); err != nil {
			return err
		}
		before = s
	}
	if !changed || before.Line == "" {
		return nil
	}
	faults := []dutylog.LineFault{}
	if faulty {
		if faults, err = lineFaults(t.sql, before.Line); err != nil {
			return err
		}
	}
	return t.publish(dutylog.TopicLine, before.Line, before.Line, dutylog.LineStatus{LineState: before, Faults: faults})
}

// line is the state of a line as it is kept, zero when there is none, and whether it may have
// faults.
func (t *tx) line(name string) (s telephony.LineState, faulty bool, err error) {
	err = t.sql.QueryRow("SELECT "+lineColumns+", EXISTS (SELECT 1 FROM line_faults WHERE line = lines.name) FROM lines WHERE name = ?", name).
		Scan(&s.Line, &s.State, instant{&s.Since}, &s.CallID, instant{&s.RangAt}, &faulty)
	if errors.Is(err, sql.ErrNoRows) {
		return s, true, nil
	}
	return s, faulty, err
}

func sameLine(a, b telephony.LineState) bool {
	return a.Line == b.Line && a.State == b.State && a.CallID == b.CallID &&
		micros(a.Since) == micros(b.Since) && micros(a.RangAt) == micros(b.RangAt)
}

func (t *tx) recordFault(ch telephony.Change) (changed bool, err error) {
	var n int64
	switch ch.Kind {
	case telephony.LineFault:
		n, err = t.changed("INSERT INTO line_faults (line, finding, detail, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			ch.Line, string(ch.Finding), ch.Detail, plainMicros(ch.At))
	case telephony.LineFaultEnd:
		n, err = t.changed("DELETE FROM line_faults WHERE line = ? AND finding = ? AND (? = '' OR detail = ?)",
			ch.Line, string(ch.Finding), ch.Detail, ch.Detail)
	}
	return n > 0, err
}

const lineColumns = "name, state, since, call_id, rang_at"

var saveLine = "INSERT INTO lines (" + lineColumns + ") VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET " + overwrite(lineColumns)

func scanLineState(row scanner) (telephony.LineState, error) {
	var s telephony.LineState
	err := row.Scan(&s.Line, &s.State, instant{&s.Since}, &s.CallID, instant{&s.RangAt})
	return s, err
}

func lineFaults(s source, line string) ([]dutylog.LineFault, error) {
	rows, err := s.Query("SELECT finding, detail FROM line_faults WHERE line = ? ORDER BY since, finding, detail", line)
	return all(rows, err, func(row scanner) (dutylog.LineFault, error) {
		var f dutylog.LineFault
		err := row.Scan(&f.Finding, &f.Detail)
		return f, err
	})
}

// LineStates is the last known state of each line, in the order in which they were first seen.
func (db *DB) LineStates(ctx context.Context) ([]dutylog.LineStatus, error) {
	s := db.reading(ctx)
	rows, err := s.Query("SELECT " + lineColumns + " FROM lines ORDER BY id")
	states, err := all(rows, err, scanLineState)
	if err != nil {
		return nil, db.explain("read the lines", err)
	}
	lines := make([]dutylog.LineStatus, len(states))
	for i, state := range states {
		faults, err := lineFaults(s, state.Line)
		if err != nil {
			return nil, db.explain("read the faults of a line", err)
		}
		lines[i] = dutylog.LineStatus{LineState: state, Faults: faults}
	}
	return lines, nil
}
