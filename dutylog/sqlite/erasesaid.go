package sqlite

import (
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// saidTable is a table in which people say something of calls in their own words.
type saidTable struct {
	name, key string
	texts     []string
	kind      audit.Kind
}

var saidTables = []saidTable{
	{"review_facts", "id", []string{"text"}, audit.Review},
	{"listening_facts", "id", []string{"text"}, audit.Listening},
	{"spot_checks", "id", []string{"unit", "inspector", "questions", "findings", "change"}, audit.SpotCheck},
	{"missed_calls", "call_id", []string{"text"}, audit.Missed},
}

// saidRow is a row that tells words which are erased.
type saidRow struct {
	of      saidTable
	subject string
	left    [][]string // its texts, one word after the other, the last of them without any
}

// saidOf finds what was said of the entry's call, and of other calls in words of the entry.
func (t *tx) saidOf(e dutylog.Entry, o dutylog.ErasureOrder, words []string) (found []saidRow, err error) {
	x := dutylog.SaidErasure{CallID: e.CallID, Whole: o.Whole(), Words: words}
	for _, of := range saidTables {
		told := strings.Join(of.texts, " || ' ' || ")
		rows, err := t.sql.Query("SELECT CAST("+of.key+" AS TEXT), call_id, "+strings.Join(of.texts, ", ")+" FROM "+of.name+
			" WHERE call_id <> '' AND call_id = ?1 OR EXISTS (SELECT 1 FROM json_each(?2) w WHERE instr("+told+", w.value)) ORDER BY "+of.key, e.CallID, asJSON(words))
		list, err := all(rows, err, func(row scanner) (r saidRow, err error) {
			var callID string
			texts := make([]string, len(of.texts))
			targets := []any{&r.subject, &callID}
			for i := range texts {
				targets = append(targets, &texts[i])
			}
			err = row.Scan(targets...)
			r.of, r.left = of, x.Of(callID, texts)
			return r, err
		})
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if r.left != nil {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

// eraseSaid takes the words out, one after the other as the triggers ask for it.
func (t *tx) eraseSaid(rows []saidRow, decision int64) error {
	for _, r := range rows {
		set := "UPDATE " + r.of.name + " SET " + strings.Join(r.of.texts, " = ?, ") + " = ?, erased_by = ? WHERE " + r.of.key + " = ?"
		for _, texts := range r.left {
			args := []any{}
			for _, text := range texts {
				args = append(args, text)
			}
			if err := t.exec(set, append(args, decision, r.subject)...); err != nil {
				return err
			}
		}
		if err := t.proveRow(r.of.kind, r.subject); err != nil {
			return err
		}
	}
	return nil
}
