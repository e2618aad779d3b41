package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"dutyline/dutylog/audit"
)

// cover says which rows of one kind are evidence, and how a row and its records find one
// another. Whoever adds a column to a table adds it here too: a nullable one, or a text that
// is empty in old rows, so that what was committed to before stays what it was. Whoever adds
// a table adds a cover and calls proveRow wherever a row is written.
type cover struct {
	kind    audit.Kind
	names   []string // of the fields in the content
	columns string   // the same as SQL
	from    string   // the table, or two of them that are joined
	where   string   // which of its rows are evidence
	subject string   // SQL: what records call a row
	match   string   // SQL: the row of a record x, found by a key
}

// newCover names the row's table c in SQL, unless columns say otherwise.
func newCover(kind audit.Kind, columns, from, where, subject, match string) cover {
	names := strings.Split(columns, ", ")
	if !strings.Contains(columns, ".") {
		columns = "c." + strings.ReplaceAll(columns, ", ", ", c.")
		from += " c"
	}
	for i, n := range names {
		names[i] = n[strings.LastIndexByte(n, '.')+1:]
	}
	return cover{kind: kind, names: names, columns: columns, from: from, where: where, subject: subject, match: match}
}

// byRow is the usual key: the subject is the number of the row.
func byRow(column string) string { return column + " = CAST(x.subject AS INTEGER)" }

// The part of "e-123/4" before the revision, with the slash.
const entryOfSubject = "rtrim(x.subject, '0123456789')"

const provenRecording = "call_id, status, reason, path, digest, size, duration_us, talk_us, caller_db, officer_db, findings, sealed_at, removed_at, file_digest, file_size, decision"

// covers is everything that is evidence, except whole tables (see tables). An entry's number
// is committed to by the record of its first revision.
var covers = []cover{
	newCover(audit.Revision, "e.year, e.number, r.entry_id, r.revision, r.at, r.by_login, r.by_name, r.by_role, r.body",
		"revisions r LEFT JOIN entries e ON e.id = r.entry_id AND r.revision = 1", "TRUE", "r.entry_id || '/' || r.revision",
		"r.entry_id = substr(x.subject, 1, length("+entryOfSubject+") - 1) AND r.revision = CAST(substr(x.subject, length("+entryOfSubject+") + 1) AS INTEGER)"),
	newCover(audit.Call, callColumns, "calls", "c.ended_at IS NOT NULL OR c.entry_id = ''", "c.id", "c.id = x.subject"),
	newCover(audit.Recording, provenRecording, "recordings", "c.sealed_at IS NOT NULL OR c.status = 'sealed'", "c.call_id", "c.call_id = x.subject"),
	newCover(audit.Attachment, attachmentColumns, "attachments", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Access, "id, at, by_login, by_name, by_role, what, object, address, entries", "accesses", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Deletion, "id, at, kind, name, why, of_at, bytes, digest, by_login, by_name, by_role", "deletions", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Hold, "id, entry_id, is_set, reason, by_login, by_name, by_role, at", "holds", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Erasure, "decision, at, by_login, by_name, by_role, subject, reason, records", "erasures", "TRUE", "c.decision", byRow("c.decision")),
	newCover(audit.User, accountColumns, "accounts", "TRUE", "c.login", "c.login = x.subject"),
	newCover(audit.Rule, "id, line, rule, at, settings, saved_at", "rule_changes", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Tag, "id, call_id, tag, is_set, by_login, by_name, by_role, at", "tag_changes", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Acceptance, "id, key, cause, reason, by_login, by_name, by_role, at, erased_by", "ledger_acceptances", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Interval, intervalColumns, "intervals", "TRUE", "c.kind || '/' || c.from_at",
		"c.kind = substr(x.subject, 1, instr(x.subject, '/') - 1) AND c.from_at = CAST(substr(x.subject, instr(x.subject, '/') + 1) AS INTEGER)"),
	newCover(audit.Alert, "id, alert, key, step, by_login, by_name, by_role, at, detail, erased_by", "alert_steps", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Test, "id, "+testColumns, "tests", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Link, "id, relation, a, b, is_set, reason, by_login, by_name, by_role, at, erased_by", "links", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Contact, "id, contact, at, by_login, by_name, by_role, how, body", "contact_changes", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Roster, "id, "+rosterChangeColumns, "roster_changes", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Filing, "id, "+filingColumns, "roster_filings", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Handover, "id, "+handoverColumns, "handovers", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Confirmed, "id, handover, part, by_login, by_name, by_role, at, digest", "handover_confirmations", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.TaskRule, "id, "+taskRuleColumns, "task_rules", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.TaskMark, "id, "+taskMarkColumns+", erased_by", "task_marks", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Absence, "id, "+absenceColumns, "absences", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Paper, "id, "+paperColumns, "paper_prints", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Approval, "id, "+approvalColumns, "approvals", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.ApprovalStep, "id, "+approvalStepColumns, "approval_steps", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Missed, missedColumns+", erased_by", "missed_calls", "TRUE", "c.call_id", "c.call_id = x.subject"),
	newCover(audit.Phrase, "id, "+phraseColumns, "phrases", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Pin, pinColumns, "pins", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Note, noteColumns, "call_notes", "c.taken_at IS NOT NULL", "c.id", byRow("c.id")),
	newCover(audit.Incident, "id, "+incidentFactColumns+", erased_by", "incident_facts", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Month, "id, "+answerMonthColumns, "answer_months", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Review, "id, "+reviewFactColumns+", erased_by", "review_facts", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Reviewed, callReviewColumns, "call_reviews", "TRUE", "c.call_id", "c.call_id = x.subject"),
	newCover(audit.SpotCheck, "id, "+spotCheckColumns+", erased_by", "spot_checks", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Draw, "id, "+drawColumns, "listening_draws", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Listening, "id, "+listeningFactColumns+", erased_by", "listening_facts", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Witness, witnessColumns, "call_witnesses", "TRUE", "c.call_id", "c.call_id = x.subject"),
	newCover(audit.Scoring, "id, "+scoringColumns, "scoring_rules", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Assessment, "id, "+assessmentColumns, "assessments", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Assessed, "id, "+assessmentFactColumns, "assessment_facts", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Violation, "id, "+violationColumns+", erased_by", "violations", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Judgement, "id, "+violationFactColumns+", erased_by", "violation_facts", "TRUE", "c.id", byRow("c.id")),
	newCover(audit.Signer, "fingerprint, verifier, since", "signers", "TRUE", "c.fingerprint", "c.fingerprint = x.subject"),
}

// What records of kind Import are about: a table as a whole.
const (
	directorySubject = "directory"
	rosterSubject    = "roster"
	peopleSubject    = "roster_people"
	draftsSubject    = "roster_drafts"
	holidaysSubject  = "holiday_years"
	periodsSubject   = "sensitive_periods"
)

var tables = map[string]struct{ columns, from string }{
	directorySubject: {"id, " + contactColumns, "contacts"},
	rosterSubject:    {shiftColumns, "shifts"},
	peopleSubject:    {"id, " + personColumns, "roster_people"},
	draftsSubject:    {"id, " + draftColumns, "roster_drafts"},
	holidaysSubject:  {"id, " + holidayColumns, "holiday_years"},
	periodsSubject:   {"id, " + periodColumns, "sensitive_periods"},
}

// alias is what the table with the rows is called in SQL.
func (c cover) alias() string { return strings.Fields(c.from)[1] }

// pair joins the rows of a cover to records x.
func (c cover) pair(x, join string) string {
	first, more, two := strings.Cut(c.from, " LEFT JOIN ")
	query := x + " x " + join + " " + first + " ON " + c.match
	if two {
		query += " LEFT JOIN " + more
	}
	return query
}

// rowQuery reads the row of one subject.
func (c cover) rowQuery() string {
	return "SELECT " + c.columns + " FROM " + c.pair("(SELECT ? AS subject)", "JOIN")
}

// chunkQuery reads the rows that a range of records covers, in their order; nothing but the
// record's index where the row is gone. The plus keeps SQLite from going through all records
// of the kind.
func (c cover) chunkQuery() string {
	return "SELECT x.idx, " + c.columns + " FROM " + c.pair("records", "LEFT JOIN") + " WHERE x.idx >= ? AND x.idx < ? AND +x.kind = '" + string(c.kind) + "' ORDER BY x.idx"
}

// proveRow appends a record about a row as it stands in this transaction.
func (t *tx) proveRow(kind audit.Kind, subject string) error {
	read, ok := rowOf[kind]
	if !ok {
		return fmt.Errorf("evidence: no rows of kind %s are covered", kind)
	}
	values, targets := scanTargets(len(read.names))
	if err := t.sql.QueryRow(read.query, subject).Scan(targets...); err != nil {
		return fmt.Errorf("evidence of %s %s: %w", kind, subject, err)
	}
	return t.prove(kind, subject, audit.Content(read.names, values))
}

// addProven inserts a row whose number is its subject, and proves it.
func (t *tx) addProven(kind audit.Kind, insert string, args ...any) error {
	result, err := t.sql.Exec(insert, args...)
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	return t.proveRow(kind, strconv.FormatInt(id, 10))
}

// proveTable appends a record about a whole table.
func (t *tx) proveTable(subject string) error {
	content, _, err := tableContent(t.sql, subject)
	if err != nil {
		return fmt.Errorf("evidence of the %s: %w", subject, err)
	}
	return t.prove(audit.Import, subject, content)
}

// tableContent is every row of a table, one field each, in the order of their numbers.
func tableContent(s source, subject string) (content []byte, rows int, err error) {
	table := tables[subject]
	names := strings.Split(table.columns, ", ")
	found, err := s.Query("SELECT " + table.columns + " FROM " + table.from + " ORDER BY id")
	if err != nil {
		return nil, 0, err
	}
	defer found.Close()
	values, targets := scanTargets(len(names))
	for ; found.Next(); rows++ {
		if err := found.Scan(targets...); err != nil {
			return nil, 0, err
		}
		content = audit.AppendField(content, "row", audit.Content(names, values))
	}
	return content, rows, found.Err()
}

func scanTargets(n int) (values, targets []any) {
	values, targets = make([]any, n), make([]any, n)
	for i := range values {
		targets[i] = &values[i]
	}
	return values, targets
}

// rowReader reads the row of a subject.
type rowReader struct {
	query string
	names []string
}

var rowOf = func() map[audit.Kind]rowReader {
	rows := make(map[audit.Kind]rowReader, len(covers))
	for _, c := range covers {
		rows[c.kind] = rowReader{query: c.rowQuery(), names: c.names}
	}
	return rows
}()
