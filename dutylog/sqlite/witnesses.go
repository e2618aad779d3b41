package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

const witnessColumns = "call_id, clock_at, ahead, machine, error, sip"

// recordWitness keeps what was seen of a call beside its events, once.
func (t *tx) recordWitness(w telephony.Witness) error {
	sip := ""
	if w.Heard {
		b, err := json.Marshal(append([]telephony.SIPMoment{}, w.SIP...))
		if err != nil {
			return err
		}
		sip = string(b)
	}
	n, err := t.changed("INSERT INTO call_witnesses ("+witnessColumns+") VALUES ("+marks(witnessColumns)+") ON CONFLICT DO NOTHING",
		w.CallID, micros(w.ClockAt), w.Ahead.Microseconds(), string(w.Machine), spanMicros(w.Error), sip)
	if err != nil || n == 0 {
		return err
	}
	return t.proveRow(audit.Witness, w.CallID)
}

// CallWitness implements dutylog.WitnessStore.
func (db *DB) CallWitness(ctx context.Context, callID string) (w telephony.Witness, err error) {
	var ahead int64
	var wrong sql.NullInt64
	var sip string
	err = db.reading(ctx).QueryRow("SELECT "+witnessColumns+" FROM call_witnesses WHERE call_id = ?", callID).Scan(&w.CallID, instant{&w.ClockAt}, &ahead, &w.Machine, &wrong, &sip)
	if err == nil && sip != "" {
		w.Heard, err = true, json.Unmarshal([]byte(sip), &w.SIP)
	}
	w.Ahead, w.Error = time.Duration(ahead)*time.Microsecond, spanOf(wrong)
	return w, db.explain("read what was seen of a call", noRows(err, "witness of call", callID))
}
