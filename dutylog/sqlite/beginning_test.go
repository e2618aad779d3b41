package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// TestALogIsBlankUntilItHoldsSomething that only a daemon that ran can have written: a login that
// was added before the first start is nothing of the kind.
func TestALogIsBlankUntilItHoldsSomething(t *testing.T) {
	for name, c := range map[string]struct {
		write func(*testing.T, *sqlite.DB)
		blank bool
	}{
		"nothing":             {func(*testing.T, *sqlite.DB) {}, true},
		"a login":             {func(t *testing.T, db *sqlite.DB) { ok(t, db.AddAccount(ctx, account("wang", dutylog.Officer))) }, true},
		"a call":              {func(t *testing.T, db *sqlite.DB) { rings(t, db, inbound(0, "1")) }, false},
		"a key of recordings": {func(t *testing.T, db *sqlite.DB) { ok(t, db.NoteSiteKeys(ctx, []string{"age1x"})) }, false},
		"a key that signs":    {func(t *testing.T, db *sqlite.DB) { ok(t, db.Introduce(ctx, newKey(t))) }, false},
	} {
		db := open(t)
		c.write(t, db)
		if b := must(db.Beginning(ctx))(t); b.Blank != c.blank || !b.Anew.IsZero() || b.Left != "" {
			t.Errorf("with %s: %+v", name, b)
		}
	}
}

// TestThatALogBeganAnewIsEvidence: the note is covered, and the first one counts.
func TestThatALogBeganAnewIsEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	ok(t, db.NoteBeganAnew(ctx, "sealed recordings", noon))
	ok(t, db.NoteBeganAnew(ctx, "sealed recordings", noon.Add(time.Hour)))
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	if b := must(db.Beginning(ctx))(t); !b.Anew.Equal(noon) || b.Left != "sealed recordings" {
		t.Errorf("%+v", b)
	}
	ok(t, db.Close())
	v := must(sqlite.OpenVerifier(ctx, path))(t)
	if b := must(v.Beginning(ctx))(t); !b.Anew.Equal(noon) {
		t.Errorf("verify reads %+v", b)
	}
	ok(t, v.Close())
	for _, change := range []string{"UPDATE accesses SET at = at + 1 WHERE id = 1", "DELETE FROM accesses WHERE id = 1"} {
		outside(t, path, change)
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || r.Of("access").Altered == 0 {
			t.Errorf("%s: %s\n%s", change, r.Verdict(), findings(r))
		}
	}
}
