package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"dutyline/telephony"
)

// codeMark begins the marks of service codes that were refused and are not told yet; line and time follow.
const codeMark = "code/"

// waitingCode is what such a mark keeps.
type waitingCode struct {
	At     time.Time         `json:"at"`
	Line   string            `json:"line"`
	Code   string            `json:"code"`
	Proofs []telephony.Proof `json:"proofs"`
}

// recordCode keeps a code that waits to be told, and lets go of it in the transaction in which it is
// told, or left to the call that it became.
func (t *tx) recordCode(ch telephony.Change) error {
	name := codeMark + ch.Line + "/" + strconv.FormatInt(plainMicros(ch.At), 10)
	switch ch.Kind {
	case telephony.CodeWaits:
		body, err := json.Marshal(waitingCode{At: ch.At, Line: ch.Line, Code: ch.Detail, Proofs: ch.Proofs})
		if err != nil {
			return err
		}
		return t.setMark(name, t.now, string(body))
	case telephony.CodeRefused, telephony.CodeCalled:
		return t.exec("DELETE FROM marks WHERE name = ?", name)
	}
	return nil
}

// WaitingCodes are the codes that were refused and not told before the last run ended, as they are to
// be told.
func (db *DB) WaitingCodes(ctx context.Context) ([]telephony.Change, error) {
	rows, err := db.reading(ctx).Query("SELECT body FROM marks WHERE name >= ? AND name < ? ORDER BY at, name", codeMark, "code0") // 0 follows /
	list, err := all(rows, err, func(row scanner) (ch telephony.Change, err error) {
		var body string
		if err := row.Scan(&body); err != nil {
			return ch, err
		}
		var w waitingCode
		if err := json.Unmarshal([]byte(body), &w); err != nil {
			return ch, fmt.Errorf("a mark of a service code is not ours: %w", err)
		}
		return telephony.Change{Kind: telephony.CodeRefused, At: w.At, Line: w.Line, Detail: w.Code, Proofs: w.Proofs}, nil
	})
	return list, db.explain("read the service codes that are to be told", err)
}
