package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// The first revision says one thing, and whoever may write reads another.
const twoFaced = `CREATE VIEW entries AS SELECT id, call_id, line, kind, state, revision, call_at,
	CASE (SELECT query_only FROM pragma_query_only) WHEN 1 THEN body ELSE replace(body, '火情', '无事') END AS body, year, number FROM kept`

// TestAChangedStructureIsNamed changes what a log is made of and leaves every row alone. Before,
// verify said intact to all of it.
func TestAChangedStructureIsNamed(t *testing.T) {
	const legacy = "PRAGMA legacy_alter_table = on"
	for name, c := range map[string]struct {
		statements []string
		named      string
		stopped    bool
	}{
		"a view for a table":       {[]string{legacy, "ALTER TABLE entries RENAME TO kept", twoFaced}, "view entries: dutyline makes no such view", true},
		"its table":                {[]string{legacy, "ALTER TABLE entries RENAME TO kept", twoFaced}, "table entries: it was dropped", true},
		"a view that never ends":   {[]string{legacy, "ALTER TABLE records RENAME TO kept", "CREATE VIEW records AS WITH RECURSIVE n(idx) AS (SELECT 1 UNION ALL SELECT idx + 1 FROM n) SELECT * FROM n"}, "table records: it was dropped", true},
		"a table with more":        {[]string{"ALTER TABLE accounts ADD COLUMN more TEXT"}, "table accounts: it is not the one", true},
		"a trigger that rewrites":  {[]string{"DROP TRIGGER revisions_stand", "CREATE TRIGGER revisions_stand AFTER INSERT ON revisions BEGIN UPDATE revisions SET body = replace(body, '火情', '无事') WHERE rowid = NEW.rowid; END"}, "trigger revisions_stand: it is not the one", false},
		"one trigger more":         {[]string{"CREATE TRIGGER more AFTER INSERT ON goose_db_version BEGIN DELETE FROM marks; END"}, "trigger more: dutyline makes no such trigger", false},
		"a trigger dropped":        {[]string{"DROP TRIGGER revisions_stay"}, "trigger revisions_stay: it was dropped", false},
		"an index dropped":         {[]string{"DROP INDEX entries_by_number"}, "index entries_by_number: it was dropped", false},
		"an index that leaves out": {[]string{"DROP INDEX calls_running", "CREATE INDEX calls_running ON calls (offered_at, id) WHERE ended_at IS NULL AND line <> 'duty'"}, "index calls_running: it is not the one", false},
		"another table":            {[]string{"CREATE TABLE more (x)"}, "table more: dutyline makes no such table", false},
	} {
		t.Run(name, func(t *testing.T) {
			path := provenLog(t, newKey(t))
			onOne(t, path, c.statements...)
			r := verify(t, path, sqlite.VerifyOptions{})
			if r.Verdict() != audit.Altered || r.Stopped != c.stopped || !strings.Contains(findings(r), "altered: structure of the log: "+c.named) || !strings.Contains(findings(r), "dutyline restore") {
				t.Errorf("%s, stopped %v\n%s", r.Verdict(), r.Stopped, findings(r))
			}
		})
	}
}

// onOne runs statements on one connection, because some set how the next are taken.
func onOne(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		must(db.Exec(s))(t)
	}
	ok(t, db.Close())
}

func triggersOf(t *testing.T, path string) (names []string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	defer db.Close()
	rows := must(db.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))(t)
	defer rows.Close()
	for rows.Next() {
		var name string
		ok(t, rows.Scan(&name))
		names = append(names, name)
	}
	return names
}

// TestEveryTriggerThatIsGoneIsNamed, and a daemon that opens the log goes on and knows it, too.
func TestEveryTriggerThatIsGoneIsNamed(t *testing.T) {
	path := provenLog(t, newKey(t))
	triggers := triggersOf(t, path)
	if len(triggers) < 15 {
		t.Fatalf("only %v", triggers)
	}
	for _, name := range triggers {
		onOne(t, path, "DROP TRIGGER "+name)
	}
	r := verify(t, path, sqlite.VerifyOptions{})
	db := openAt(t, path, sqlite.Options{})
	faults := must(db.StructureFaults(ctx))(t)
	if r.Of("structure").Altered != int64(len(triggers)) || len(faults) != len(triggers) {
		t.Errorf("%d dropped, %+v, %d faults\n%s", len(triggers), r.Of("structure"), len(faults), findings(r))
	}
	for _, name := range triggers {
		if !strings.Contains(findings(r), "trigger "+name+": it was dropped") {
			t.Errorf("%s is not named", name)
		}
	}
	ok(t, db.Record(ctx, story(inbound(5, "1"), telephony.Missed)))
}

// TestAnHonestStructureStaysTheSame over every older schema, VACUUM, a copy, what SQLite keeps for
// itself, and a file that another goose began.
func TestAnHonestStructureStaysTheSame(t *testing.T) {
	same := func(what, path string) {
		t.Helper()
		db := must(sql.Open("sqlite3", "file:"+path+"?mode=ro"))(t)
		defer db.Close()
		if faults := must(sqlite.StructureFaults(ctx, db))(t); len(faults) > 0 {
			t.Errorf("%s: %v", what, faults)
		}
	}
	for _, version := range sqlite.SchemaVersions() {
		path := atSchema(t, version)
		same("before it moved on", path) // as doctor sees it after an upgrade
		db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		same("moved on", path)
		ok(t, db.Close())
		onOne(t, path, "ANALYZE")
		same("with statistics", path)
	}
	path := filepath.Join(t.TempDir(), "log.db")
	onOne(t, path, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	_, e := told(t, db, 0)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	same("compacted", path)
	backup := filepath.Join(t.TempDir(), "copy.db")
	ok(t, db.CopyTo(ctx, backup, func(int64, int64) {}))
	same("copied", backup)
	ok(t, db.Close())
	report, _ := answers(t, path)
	if n := report.Of("structure"); n.Intact < 60 || len(slices.DeleteFunc(oddities(report), func(f audit.Finding) bool { return f.Answer == audit.Intact })) > 0 {
		t.Errorf("%+v %v", n, oddities(report))
	}
}
