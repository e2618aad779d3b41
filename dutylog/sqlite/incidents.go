package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const incidentFactColumns = "incident, seq, kind, subject, at, written_at, by_login, by_name, by_role, body, key"

const incidentFactSelect = "SELECT seq, kind, at, written_at, by_login, by_name, by_role, body FROM incident_facts"

func scanIncidentFact(row scanner) (f dutylog.IncidentFact, err error) {
	var body string
	if err = row.Scan(&f.Seq, &f.Kind, instant{&f.At}, instant{&f.WrittenAt}, &f.By.Login, &f.By.Name, &f.By.Role, &body); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(body), &f.Body)
}

// readIncident folds an incident out of its facts.
func readIncident(s source, id int64) (dutylog.Incident, error) {
	rows, err := s.Query(incidentFactSelect+" WHERE incident = ? ORDER BY seq", id)
	facts, err := all(rows, err, scanIncidentFact)
	if err == nil && len(facts) == 0 {
		err = fmt.Errorf("incident %d: %w", id, dutylog.ErrNotFound)
	}
	if err != nil {
		return dutylog.Incident{}, err
	}
	return dutylog.FoldIncident(id, facts), nil
}

// Incident implements dutylog.IncidentStore.
func (db *DB) Incident(ctx context.Context, id int64) (dutylog.Incident, error) {
	i, err := readIncident(db.reading(ctx), id)
	return i, db.explain("read an incident", err)
}

// lastState is the newest fact that says whether an incident is open, in SQL. o is its opening.
const lastState = "(SELECT s.kind FROM incident_facts s WHERE s.incident = o.incident AND s.kind IN ('opened', 'closed', 'reopened', 'merged') ORDER BY s.seq DESC LIMIT 1)"

// hasOpenInstruction is whether an instruction of an incident may not be closed, in SQL.
const hasOpenInstruction = "EXISTS (SELECT 1 FROM incident_facts n WHERE n.incident = o.incident AND n.kind = 'instructed' AND NOT EXISTS (" +
	"SELECT 1 FROM incident_facts c WHERE c.incident = n.incident AND c.kind = 'instruction_closed' AND json_extract(c.body, '$.fact') = n.seq AND NOT EXISTS (" +
	"SELECT 1 FROM incident_facts x WHERE x.incident = c.incident AND x.kind = 'struck' AND json_extract(x.body, '$.fact') = c.seq)))"

// hasWaitingApproval is whether an approval of an incident by telephone waits for its person's own word, in SQL.
const hasWaitingApproval = "EXISTS (SELECT 1 FROM incident_facts a WHERE a.incident = o.incident AND a.kind IN ('report_reviewed', 'report_signed') AND json_extract(a.body, '$.login') IS NOT NULL AND NOT EXISTS (" +
	"SELECT 1 FROM incident_facts y WHERE y.incident = a.incident AND y.kind IN ('approval_confirmed', 'approval_denied', 'struck') AND json_extract(y.body, '$.fact') = a.seq))"

// Incidents implements dutylog.IncidentStore. There are some hundred of them in a year, and few are open.
func (db *DB) Incidents(ctx context.Context, q dutylog.IncidentQuery) ([]dutylog.Incident, string, error) {
	const doing = "list incidents"
	var w where
	w.add("o.kind = 'opened' AND o.kind IN ('opened', 'closed', 'reopened', 'merged')") // as the index says it
	switch q.State {
	case dutylog.IncidentOpen:
		w.add(lastState + " IN ('opened', 'reopened')")
	case dutylog.IncidentClosed, dutylog.IncidentMerged:
		w.add(lastState + " IN ('closed', 'merged')")
	}
	if q.Pending {
		w.add("(" + lastState + " IN ('opened', 'reopened') OR " + hasOpenInstruction + " OR " + hasWaitingApproval + ")")
	}
	if q.EntryID != "" {
		w.add("o.incident IN (SELECT l.incident FROM incident_facts l WHERE l.subject = ? AND l.kind = 'entry_linked')", q.EntryID)
	}
	if q.Cursor != "" {
		before, _, err := decodeCursor("i", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("o.incident < ?", before)
	}
	limit := pageSize(q.Limit)
	s := db.reading(ctx)
	rows, err := s.Query("SELECT o.incident FROM incident_facts o"+w.String()+" ORDER BY o.incident DESC LIMIT ?", append(w.args, limit+1)...)
	ids, err := all(rows, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
	if err != nil {
		return nil, "", db.explain(doing, err)
	}
	next := ""
	if len(ids) > limit {
		ids = ids[:limit]
		next = encodeCursor("i", ids[limit-1], "")
	}
	items := make([]dutylog.Incident, 0, len(ids))
	for _, id := range ids {
		i, err := readIncident(s, id)
		if err != nil {
			return nil, "", db.explain(doing, err)
		}
		struck := q.EntryID != "" && !i.Has(q.EntryID) || q.Pending && i.State != dutylog.IncidentOpen && len(i.OpenInstructions()) == 0 && len(i.Waiting()) == 0
		if !struck { // what the query found may have been struck out
			items = append(items, i)
		}
	}
	return items, next, nil
}

var deedKey = regexp.MustCompile(`^[A-Za-z0-9-]{8,40}$`)

// DoIncident implements dutylog.IncidentStore.
func (db *DB) DoIncident(ctx context.Context, d dutylog.IncidentDeed) (after dutylog.Incident, fact int, err error) {
	if !deedKey.MatchString(d.Key) {
		return after, 0, &dutylog.InvalidError{Field: "key", Reason: "is 8 to 40 letters, digits and hyphens, made anew for each deed"}
	}
	err = db.write(ctx, "write about an incident", func(t *tx) error {
		var done bool
		if after, fact, done, err = t.doneBefore(d); err != nil || done {
			return err
		}
		after, fact, err = t.doIncident(d)
		return err
	})
	return after, fact, err
}

// doneBefore finds the deed by its key: then it is done, and its answer was lost.
func (t *tx) doneBefore(d dutylog.IncidentDeed) (i dutylog.Incident, fact int, done bool, err error) {
	var id int64
	var kind dutylog.FactKind
	var login string
	err = t.sql.QueryRow("SELECT incident, seq, kind, by_login FROM incident_facts WHERE key = ?", d.Key).Scan(&id, &fact, &kind, &login)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return i, 0, false, nil
	case err != nil:
		return i, 0, false, err
	case len(d.Drafts) == 0 || kind != d.Drafts[0].Kind || login != d.By.Login || d.Incident != 0 && id != d.Incident:
		return i, 0, false, &dutylog.IncidentError{Reason: dutylog.KeyUsed, Detail: "This key was used for something else already: make a new one for each deed."}
	}
	if i, err = readIncident(t.sql, id); err == nil && !dutylog.SameDeed(i.Facts[fact-1:], d.Drafts) {
		err = &dutylog.IncidentError{Reason: dutylog.KeyUsed, Detail: "This was done already, in other words: read what stands, and do what is to be added as another deed."}
	}
	return i, fact, true, err
}

func (t *tx) doIncident(d dutylog.IncidentDeed) (i dutylog.Incident, fact int, err error) {
	if d.Incident != 0 {
		if i, err = readIncident(t.sql, d.Incident); err != nil {
			return i, 0, err
		}
	} else if err = t.sql.QueryRow("SELECT coalesce(max(incident), 0) + 1 FROM incident_facts").Scan(&i.ID); err != nil {
		return i, 0, err
	}
	i = dutylog.FoldIncident(i.ID, i.Facts) // one that is opened has none yet
	fact = len(i.Facts) + 1
	if i, err = t.appendFacts(i, d, d.Drafts); err != nil {
		return i, 0, err
	}
	if i, err = t.compareLinked(i, d, d.Drafts); err != nil {
		return i, 0, err
	}
	return i, fact, t.handOver(i, d)
}

// handOver tells the incident into which one was merged what that one knows and has reported: when it is merged, and
// when something of it is signed or struck out afterwards.
func (t *tx) handOver(i dutylog.Incident, d dutylog.IncidentDeed) error {
	for i.State == dutylog.IncidentMerged {
		into, err := readIncident(t.sql, i.MergedInto)
		if err != nil {
			return err
		}
		news := i.Absorb(into)
		if len(news) == 0 {
			return nil
		}
		if i, err = t.appendFacts(into, dutylog.IncidentDeed{By: d.By, Ahead: d.Ahead}, news); err != nil {
			return err
		}
		if i, err = t.compareLinked(i, d, news); err != nil {
			return err
		}
	}
	return nil
}

// appendFacts decides and keeps one draft after the other; any that is none undoes the whole deed.
func (t *tx) appendFacts(i dutylog.Incident, deed dutylog.IncidentDeed, drafts []dutylog.FactDraft) (dutylog.Incident, error) {
	key := deed.Key
	for _, d := range drafts {
		books, err := t.incidentBooks(i, d)
		books.Ahead = deed.Ahead
		if err == nil {
			err = t.partyBooks(&books, d, deed.AreaCode)
		}
		if err != nil {
			return i, err
		}
		f, err := i.Decide(d, books, deed.By, t.now.Add(deed.Ahead))
		if err != nil {
			return i, err
		}
		if err := t.addIncidentFact(i.ID, f, key); err != nil {
			return i, err
		}
		key = "" // stands with the first one
		i = dutylog.FoldIncident(i.ID, append(i.Facts, f))
		if err := t.stepOfIncident(i, f); err != nil {
			return i, err
		}
	}
	return i, t.publish(dutylog.TopicIncident, strconv.FormatInt(i.ID, 10), "", nil)
}

func (t *tx) addIncidentFact(incident int64, f dutylog.IncidentFact, key string) error {
	body, err := json.Marshal(f.Body)
	if err != nil {
		return err
	}
	var once any
	if key != "" {
		once = key
	}
	return t.addProven(audit.Incident, "INSERT INTO incident_facts ("+incidentFactColumns+") VALUES ("+marks(incidentFactColumns)+")",
		incident, f.Seq, string(f.Kind), f.Body.Entry, micros(f.At), micros(f.WrittenAt), f.By.Login, f.By.Name, string(f.By.Role), string(body), once)
}

// incidentBooks reads what a draft names.
func (t *tx) incidentBooks(i dutylog.Incident, d dutylog.FactDraft) (b dutylog.IncidentBooks, err error) {
	b = dutylog.IncidentBooks{Entries: map[string]dutylog.Entry{}, Elsewhere: map[string]dutylog.Incident{}, Accounts: map[string]dutylog.Account{},
		Calls: map[string]dutylog.Call{}, Attachments: map[int64]dutylog.Attachment{}}
	switch d.Kind {
	case dutylog.FactOpened:
		b.Number, err = t.nextIncidentNumber()
	case dutylog.FactLinked:
		err = t.entryBooks(&b, d.Body.Entry)
	case dutylog.FactMerged:
		err = t.otherBook(&b, d.Body.Incident)
	case dutylog.FactReopened:
		for _, e := range i.Entries {
			if err = t.entryBooks(&b, e.EntryID); err != nil {
				break
			}
		}
	}
	if err == nil && i.State == dutylog.IncidentMerged && d.Kind != dutylog.FactMerged {
		err = t.otherBook(&b, i.MergedInto)
	}
	if err != nil {
		return b, err
	}
	if d.Body.Login != "" {
		a, err := readAccount(t.sql, d.Body.Login)
		if err == nil {
			b.Accounts[d.Body.Login] = a
		} else if err = unlessAbsent(err); err != nil {
			return b, err
		}
	}
	if d.Body.CallID != "" {
		c, err := scanCall(t.sql.QueryRow(callSelect+" WHERE c.id = ?", d.Body.CallID))
		if err == nil {
			b.Calls[d.Body.CallID] = c
		} else if !errors.Is(err, sql.ErrNoRows) {
			return b, err
		}
	}
	if d.Body.Attachment != 0 {
		a, err := scanAttachment(t.sql.QueryRow("SELECT "+attachmentColumns+" FROM attachments WHERE id = ?", d.Body.Attachment))
		if err == nil {
			b.Attachments[a.ID] = a
		} else if !errors.Is(err, sql.ErrNoRows) {
			return b, err
		}
	}
	return b, nil
}

// otherBook reads the incident into which one is merged.
func (t *tx) otherBook(b *dutylog.IncidentBooks, id int64) error {
	into, err := readIncident(t.sql, id)
	if err == nil {
		b.Into = &into
	}
	return unlessAbsent(err)
}

// unlessAbsent is the error, unless it says that something is not there: that, the core says.
func unlessAbsent(err error) error {
	if errors.Is(err, dutylog.ErrNotFound) {
		return nil
	}
	return err
}

// entryBooks reads an entry that is to be linked, and the open incident to which it is linked already.
func (t *tx) entryBooks(b *dutylog.IncidentBooks, id string) error {
	e, err := readEntry(t.sql, id)
	if err != nil {
		return unlessAbsent(err)
	}
	b.Entries[id] = e
	rows, err := t.sql.Query("SELECT incident FROM incident_facts WHERE subject = ? AND kind = 'entry_linked'", id)
	ids, err := all(rows, err, func(row scanner) (n int64, err error) { return n, row.Scan(&n) })
	if err != nil {
		return err
	}
	for _, n := range ids {
		i, err := readIncident(t.sql, n)
		if err != nil {
			return err
		}
		if i.State == dutylog.IncidentOpen && i.Has(id) {
			b.Elsewhere[id] = i
		}
	}
	return nil
}

// nextIncidentNumber is the next one of the year, by the site's calendar.
func (t *tx) nextIncidentNumber() (n dutylog.IncidentNumber, err error) {
	n.Year = t.now.In(t.db.options.Location).Year()
	err = t.sql.QueryRow("SELECT coalesce(max(json_extract(body, '$.number.serial')), 0) + 1 FROM incident_facts WHERE kind = 'opened' AND kind IN ('opened', 'closed', 'reopened', 'merged') AND json_extract(body, '$.number.year') = ?", n.Year).Scan(&n.Serial)
	return n, err
}

// IncidentMark implements dutylog.IncidentStore.
func (db *DB) IncidentMark(ctx context.Context) (mark int64, err error) {
	err = db.glancing(ctx).QueryRow("SELECT coalesce(max(id), 0) FROM incident_facts").Scan(&mark)
	return mark, db.explain("look for what is new of incidents", err)
}

// SuperiorCalls implements dutylog.IncidentStore.
func (db *DB) SuperiorCalls(ctx context.Context, since time.Time, limit int) ([]dutylog.Call, error) {
	rows, err := db.reading(ctx).Query(callSelect+" WHERE c.direction = 'out' AND c.offered_at >= ? AND c.answered_at IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = 'superior') ORDER BY c.offered_at DESC, c.id DESC LIMIT ?",
		plainMicros(since), limit)
	calls, err := all(rows, err, scanCall)
	return calls, db.explain("list calls to superiors", err)
}
