package sqlite_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func newKey(t *testing.T) audit.Key {
	t.Helper()
	return must(audit.ParseKey(must(audit.NewKey(rand.Reader))(t)))(t)
}

// provenLog is a closed log with one of everything that is evidence, signed by the key.
func provenLog(t *testing.T, key audit.Key) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: at.now}))(t)
	withPractice(t, db)
	ok(t, db.NoteRules(ctx, []telephony.Line{{Name: "duty", Rule: telephony.DefaultRule()}}, noon, noon))
	ok(t, db.AddAccount(ctx, account("zhangwei", dutylog.Officer)))
	ok(t, db.AddAccount(ctx, account("root", dutylog.Admin)))
	for i := range 4 {
		ok(t, db.Record(ctx, story(inbound(i, "02422730001"), telephony.AnsweredInTime)))
	}
	must(db.Checkpoint(ctx, key, false))(t)
	at.advance(time.Hour)
	for _, i := range []telephony.Interval{{Kind: telephony.LiveDown, From: noon, Cause: "x"}, {Kind: telephony.LiveDown, From: noon, To: noon.Add(time.Minute), Cause: "x"},
		{Kind: telephony.JournalDown, From: noon, Cause: "x"}} {
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: noon, Interval: &i}}))
	}
	first := inbound(0, "")
	ok(t, db.SaveRecording(ctx, sealedRow(first.ID)))
	must(db.Amend(ctx, "e-"+first.ID, patch(1, values{"content": "火情"}), officer, noon))(t)
	must(db.SetTag(ctx, first.ID, telephony.TagSpotCheck, true, leader))(t)
	ok(t, db.SetPassword(ctx, "zhangwei", "another hash", false))
	ok(t, db.NoteAccess(ctx, dutylog.Access{By: leader, What: "entry.see", Object: "e-" + first.ID, Address: "192.0.2.7", At: noon}))
	ok(t, db.NoteAccess(ctx, dutylog.Access{By: leader, What: "entry.see", Object: "e-" + first.ID, Address: "192.0.2.7", At: noon.Add(time.Minute)}))
	must(db.Checkpoint(ctx, key, false))(t)
	rings(t, db, inbound(9, "02422730001")) // after the last checkpoint
	ok(t, db.Close())
	return path
}

func sealedRow(callID string) recorder.Recording {
	return recorder.Recording{CallID: callID, Status: recorder.Sealed, Path: "2026/11/23/x.flac", Digest: recorder.Digest(strings.Repeat("ab", 32)),
		Size: 1234, Duration: 20 * time.Second, Talk: 20 * time.Second, CallerDB: -20, OfficerDB: -18.25, SealedAt: noon.Add(time.Minute), NextTry: noon.Add(time.Hour)}
}

func verify(t *testing.T, path string, o sqlite.VerifyOptions) *audit.Report {
	t.Helper()
	v := must(sqlite.OpenVerifier(ctx, path))(t)
	defer v.Close()
	return must(v.Verify(ctx, o))(t)
}

// outside changes a closed log as somebody would who has the file and knows how it is made: the
// triggers are back afterwards.
func outside(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows := must(db.Query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))(t)
	triggers := map[string]string{}
	for rows.Next() {
		var name, made string
		ok(t, rows.Scan(&name, &made))
		triggers[name] = made
	}
	ok(t, rows.Close())
	for name := range triggers {
		must(db.Exec("DROP TRIGGER " + name))(t)
	}
	defer func() {
		for _, made := range triggers {
			must(db.Exec(made))(t)
		}
	}()
	for _, s := range statements {
		if result := must(db.Exec(s))(t); must(result.RowsAffected())(t) == 0 {
			t.Fatalf("%s changed nothing", s)
		}
	}
}

func findings(r *audit.Report) string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", f.Answer, f.Object, f.Why))
	}
	return strings.Join(lines, "\n")
}

func TestAnUntouchedLogIsIntact(t *testing.T) {
	key := newKey(t)
	path := provenLog(t, key)
	var each []string
	r := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) { each = append(each, string(f.Answer)+" "+f.Object) }})
	if r.Verdict() != audit.Intact || len(r.Findings) > 0 {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
	for name, want := range map[string]audit.Tally{
		"revision": {Intact: 6}, "call": {Intact: 4, Older: 1}, "recording": {Intact: 1}, "access": {Intact: 1},
		"user": {Intact: 2, Older: 1}, "rule": {Intact: 1}, "tag": {Intact: 1}, "import": {Intact: 1}, "contact": {Intact: 15}, "key": {Intact: 1},
		"interval": {Intact: 2, Older: 1}, "checkpoints": {Intact: 2}, "numbers": {Intact: 5}, "records": {Intact: r.Records},
	} {
		if got := *r.Of(name); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if !slices.ContainsFunc(each, func(s string) bool { return strings.HasPrefix(s, "intact revision e-1795436279.0/2 ") }) {
		t.Errorf("no answer about a revision among\n%s", strings.Join(each, "\n"))
	}
	said := strings.Join(r.Notes, "\n")
	for _, words := range []string{"1 of 39 records are newer than the last checkpoint", "a holder of the signing key could have rewritten all of it"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
}

// TestWhateverIsChangedIsNamed changes one thing behind the log's back at a time.
func TestWhateverIsChangedIsNamed(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	original := must(os.ReadFile(provenLog(t, key)))(t)
	first, second, began := inbound(0, "").ID, inbound(1, "").ID, fmt.Sprint(noon.UnixMicro())
	for name, c := range map[string]struct {
		statements []string
		named      string
	}{
		"a revision's text":          {[]string{"UPDATE revisions SET body = replace(body, '火情', '无事') WHERE revision = 2"}, "revision e-" + first + "/2"},
		"a revision's author":        {[]string{"UPDATE revisions SET by_login = 'other' WHERE revision = 2"}, "revision e-" + first + "/2"},
		"a revision's time":          {[]string{"UPDATE revisions SET at = at + 1 WHERE revision = 2"}, "revision e-" + first + "/2"},
		"a dropped revision":         {[]string{"DELETE FROM revisions WHERE revision = 2"}, "revision e-" + first + "/2"},
		"a revision that was added":  {[]string{"INSERT INTO revisions SELECT entry_id, 7, at, by_login, by_name, by_role, body FROM revisions WHERE revision = 2"}, "revision e-" + first + "/7"},
		"what is shown of an entry":  {[]string{"UPDATE entries SET body = replace(body, '火情', '无事') WHERE id = 'e-" + first + "'"}, "entry e-" + first},
		"an entry set back":          {[]string{"UPDATE entries SET revision = 1, body = (SELECT body FROM revisions r WHERE r.entry_id = id AND r.revision = 1) WHERE id = 'e-" + first + "'"}, "entry e-" + first},
		"an entry's state":           {[]string{"UPDATE entries SET state = 'complete' WHERE id = 'e-" + first + "'"}, "entry e-" + first},
		"swapped numbers":            {[]string{"UPDATE entries SET number = 99 WHERE number = 1", "UPDATE entries SET number = 1 WHERE number = 2", "UPDATE entries SET number = 2 WHERE number = 99"}, "revision e-" + second + "/1"},
		"a number left out":          {[]string{"UPDATE entries SET number = 6 WHERE number = 5"}, "numbers of 2026"},
		"swapped texts":              {[]string{"UPDATE revisions SET body = CASE entry_id WHEN 'e-" + first + "' THEN (SELECT body FROM revisions WHERE entry_id = 'e-" + second + "') ELSE body END WHERE revision = 1"}, "revision e-" + first + "/1"},
		"a call's outcome":           {[]string{"UPDATE calls SET outcome = 'missed' WHERE id = '" + second + "'"}, "call " + second},
		"a call's answer":            {[]string{"UPDATE calls SET answered_at = NULL WHERE id = '" + second + "'"}, "call " + second},
		"a call that never ended":    {[]string{"UPDATE calls SET ended_at = NULL WHERE id = '" + second + "'"}, "call " + second},
		"a dropped call":             {[]string{"DELETE FROM calls WHERE id = '" + second + "'"}, "call " + second},
		"a call that never was":      {[]string{"INSERT INTO calls (id, line, direction, caller, caller_e164, caller_name, called, called_e164, outcome, reason, offered_at, rang_at, answered_at, ended_at, rings, rule, hangup_by, forwarded_to, redirected_from, findings, said_tags, set_tags, tags, entry_id, rang_until) SELECT 'x.1', line, direction, caller, caller_e164, caller_name, called, called_e164, outcome, reason, offered_at, rang_at, answered_at, ended_at, rings, rule, hangup_by, forwarded_to, redirected_from, findings, said_tags, set_tags, tags, '', rang_until FROM calls WHERE id = '" + second + "'"}, "call x.1"},
		"a recording's digest":       {[]string{"UPDATE recordings SET digest = replace(digest, 'ab', 'cd') WHERE call_id = '" + first + "'"}, "recording " + first},
		"a recording that was added": {[]string{"UPDATE recordings SET status = 'sealed', sealed_at = 1 WHERE call_id = '" + second + "'"}, "recording " + second},
		"an access":                  {[]string{"UPDATE accesses SET by_login = 'other'"}, "access 1"},
		"a dropped access":           {[]string{"DELETE FROM accesses"}, "access 1"},
		"a role":                     {[]string{"UPDATE accounts SET role = 'admin' WHERE login = 'zhangwei'"}, "user zhangwei"},
		"an enabled login":           {[]string{"UPDATE accounts SET password_hash = 'hash of another' WHERE login = 'zhangwei'"}, "user zhangwei"},
		"a login that was added":     {[]string{"INSERT INTO accounts SELECT 'ghost', name, role, password_hash, must_change, disabled, created_at, unit FROM accounts WHERE login = 'root'"}, "user ghost"},
		"a ring rule":                {[]string{"UPDATE rule_changes SET rule = 'rings-9'"}, "rule 1"},
		"the telephones of a line":   {[]string{"UPDATE rule_changes SET settings = replace(settings, 'null', '[]')"}, "rule 1"},
		"who set a tag":              {[]string{"UPDATE tag_changes SET by_login = 'other'"}, "tag 1"},
		"a change of the directory":  {[]string{"UPDATE contact_changes SET by_name = 'other' WHERE id = 2"}, "contact 2"},
		"a change that is gone":      {[]string{"DELETE FROM contact_numbers WHERE contact = 3", "DELETE FROM contact_cards WHERE contact = 3", "DELETE FROM contact_changes WHERE contact = 3"}, "contact 3"},
		"a contact that is hidden":   {[]string{"DELETE FROM contact_numbers WHERE contact = 4", "DELETE FROM contact_cards WHERE contact = 4"}, "contact 4"},
		"another number":             {[]string{"UPDATE contact_numbers SET e164 = '+86110' WHERE contact = 5"}, "contact 5"},
		"an older version shown":     {[]string{"INSERT INTO contact_changes SELECT 999, contact, at, by_login, by_name, by_role, how, body FROM contact_changes WHERE id = 6"}, "contact 999"},
		"the roster":                 {[]string{"UPDATE shifts SET name = 'other' WHERE id = 1"}, "import roster"},
		"a dropped interval":         {[]string{"DELETE FROM intervals WHERE kind = 'live_down'"}, "interval live_down/" + began},
		"an interval made shorter":   {[]string{"UPDATE intervals SET to_at = to_at - 1 WHERE kind = 'live_down'"}, "interval live_down/" + began},
		"an interval's beginning":    {[]string{"UPDATE intervals SET from_at = from_at + 1 WHERE kind = 'live_down'"}, "interval live_down/" + began},
		"an open interval closed":    {[]string{"UPDATE intervals SET to_at = from_at WHERE kind = 'journal_down'"}, "interval journal_down/" + began},
		"an interval of another eye": {[]string{"UPDATE intervals SET kind = 'switch_down' WHERE kind = 'live_down'"}, "interval live_down/" + began},
		"an interval that was added": {[]string{"INSERT INTO intervals VALUES ('live_down', 1, 2, 'x')"}, "interval live_down/1"},
		"a key":                      {[]string{"UPDATE signers SET since = since + 1"}, "key "},
		"a record's commitment":      {[]string{"UPDATE records SET commitment = zeroblob(32) WHERE idx = 5"}, "(record 5)"},
		"a record's time":            {[]string{"UPDATE records SET at = at + 1 WHERE idx = 5"}, "(record 5)"},
		"a record's subject":         {[]string{"UPDATE records SET subject = 'e-other/1' WHERE idx = 5"}, "(record 5)"},
		"a record's salt":            {[]string{"UPDATE records SET salt = zeroblob(16) WHERE idx = 5"}, "(record 5)"},
		"a record without its salt":  {[]string{"UPDATE records SET salt = NULL, erased_by = 1 WHERE idx = 5"}, "(record 5)"},
		"a record's hashes":          {[]string{"UPDATE records SET hashes = zeroblob(length(hashes)) WHERE idx = 5"}, "(record 5)"},
		"a dropped record":           {[]string{"DELETE FROM records WHERE idx = 5"}, "record 5"},
		"swapped records":            {[]string{"UPDATE records SET idx = -1 WHERE idx = 5", "UPDATE records SET idx = 5 WHERE idx = 6", "UPDATE records SET idx = 6 WHERE idx = -1"}, "(record 5)"},
		"a checkpoint":               {[]string{"UPDATE checkpoints SET note = replace(note, 'dutyline duty log', 'dutyline duty lag')"}, "checkpoint at"},
		"a cut tail":                 {[]string{"DELETE FROM records WHERE idx >= 18", "DELETE FROM revisions WHERE revision = 2"}, "its newest part was cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			ok(t, os.WriteFile(path, original, 0o600))
			outside(t, path, c.statements...)
			r := verify(t, path, sqlite.VerifyOptions{})
			if r.Verdict() != audit.Altered || !strings.Contains(findings(r), c.named) {
				t.Errorf("%s; %q is not named:\n%s", r.Verdict(), c.named, findings(r))
			}
		})
	}
}
