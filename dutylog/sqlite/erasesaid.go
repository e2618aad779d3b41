package sqlite

import (
	"encoding/json"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// saidTable is a table in which people say something of calls and entries in their own words.
type saidTable struct {
	name, key string
	about     string // SQL: whether a row r is about the entry x, or its call
	texts     []string
	kind      audit.Kind
	checks    bool // the last of the texts is a list of what was checked, with a remark each
}

const (
	aboutCall  = "r.call_id = x.call_id"
	namedThere = "json_extract(v.value, '$.kind') || ' ' || json_extract(v.value, '$.id') IN ('call ' || x.call_id, 'entry ' || x.entry_id)"
)

var saidTables = []saidTable{
	{"review_facts", "id", aboutCall, []string{"text"}, audit.Review, false},
	{"listening_facts", "id", aboutCall, []string{"text"}, audit.Listening, false},
	{"spot_checks", "id", aboutCall, []string{"unit", "inspector", "questions", "findings", "change"}, audit.SpotCheck, false},
	{"missed_calls", "call_id", aboutCall, []string{"text"}, audit.Missed, false},
	{"task_marks", "id", "r.entry = x.number OR " + aboutCall, []string{"text", "checks"}, audit.TaskMark, true},
	{"violations", "id", "EXISTS (SELECT 1 FROM json_each(r.evidence) v WHERE " + namedThere + ")", []string{"text"}, audit.Violation, false},
	{"violation_facts", "id", "EXISTS (SELECT 1 FROM violations w JOIN json_each(w.evidence) v WHERE w.id = r.violation AND " + namedThere + ")", []string{"text"}, audit.Judgement, false},
	{"links", "id", "x.entry_id IN (r.a, r.b)", []string{"reason"}, audit.Link, false},
	{"ledger_acceptances", "id", "EXISTS (SELECT 1 FROM ledger l WHERE l.key = r.key AND (l.call_id = x.call_id OR l.entry_id = x.entry_id))", []string{"reason"}, audit.Acceptance, false},
}

// saidRow is a row that tells words which are erased.
type saidRow struct {
	of      saidTable
	subject string
	left    [][]string // its texts, one word after the other, the last of them without any
}

// find selects the rows of an entry, and those in which a word stands.
func (of saidTable) find() string {
	columns := "r." + strings.Join(of.texts, ", r.")
	told := strings.ReplaceAll(columns, ", ", " || ' ' || ")
	if of.checks {
		last := "r." + of.texts[len(of.texts)-1]
		told = strings.Replace(told, last, "coalesce((SELECT group_concat(json_extract(c.value, '$.remark'), ' ') FROM json_each("+last+") c), '')", 1)
	}
	return "WITH x AS (SELECT nullif(?1, '') AS call_id, ?2 AS entry_id, nullif(?3, '') AS number) SELECT CAST(r." + of.key + " AS TEXT), coalesce(" + of.about + ", FALSE), " + columns +
		" FROM " + of.name + " r, x WHERE " + of.about + " OR EXISTS (SELECT 1 FROM json_each(?4) w WHERE instr(" + told + ", w.value)) ORDER BY r." + of.key
}

// saidOf finds what was said of the entry or its call, and of others in words of the entry.
func (t *tx) saidOf(e dutylog.Entry, o dutylog.ErasureOrder, words []string) (found []saidRow, err error) {
	x := dutylog.SaidErasure{Whole: o.Whole(), Words: words}
	for _, of := range saidTables {
		rows, err := t.sql.Query(of.find(), e.CallID, e.ID, e.EntryNumber.String(), asJSON(words))
		list, err := all(rows, err, func(row scanner) (r saidRow, err error) {
			var own bool
			columns := make([]string, len(of.texts))
			targets := []any{&r.subject, &own}
			for i := range columns {
				targets = append(targets, &columns[i])
			}
			if err = row.Scan(targets...); err == nil {
				r.of = of
				r.left, err = of.without(columns, func(texts []string) [][]string { return x.Of(own, texts) })
			}
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

// without is what is left of a row's columns, one word after the other.
func (of saidTable) without(columns []string, erase func(texts []string) [][]string) ([][]string, error) {
	if !of.checks {
		return erase(columns), nil
	}
	last := len(columns) - 1
	var checks []dutylog.Check
	if err := json.Unmarshal([]byte(columns[last]), &checks); err != nil {
		return nil, err
	}
	texts := slices.Clone(columns[:last])
	for _, c := range checks {
		texts = append(texts, c.Remark)
	}
	left := erase(texts)
	for n, texts := range left {
		for i := range checks {
			checks[i].Remark = texts[last+i]
		}
		left[n] = append(slices.Clone(texts[:last]), asJSON(checks))
	}
	return left, nil
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
