package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

func TestPhrasesAreSeededOnceAndStayAsPeopleLeaveThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	ok(t, db.SeedPhrases(ctx))
	seeded := must(db.Phrases(ctx))(t)
	if len(seeded) != len(dutylog.SeededPhrases()) || seeded[0].Seed != "incident" || seeded[0].By.Login != "system" || seeded[0].Phrase != seeded[0].ID {
		t.Fatalf("%+v", seeded)
	}
	records := must(db.Evidence(ctx))(t).Records
	ok(t, db.SeedPhrases(ctx))
	if n := must(db.Evidence(ctx))(t).Records; n != records {
		t.Errorf("a second start wrote %d records", n-records)
	}
	changed, ended := seeded[1], seeded[2]
	changed.Text = "〔地点〕起火。"
	ended.Ended = true
	for _, p := range []dutylog.Phrase{changed, ended} {
		after := must(db.SavePhrase(ctx, p, leader))(t)
		if after.Phrase != p.Phrase || after.ID == p.ID || after.Seed != p.Seed || after.By != leader {
			t.Errorf("%+v", after)
		}
	}
	ok(t, db.SeedPhrases(ctx))
	now := must(db.Phrases(ctx))(t)
	if len(now) != len(seeded) || now[1].Text != "〔地点〕起火。" || !now[2].Ended || now[3] != seeded[3] {
		t.Errorf("%+v", now[:4])
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || int(r.Of("phrase").Intact) != len(seeded)+2 {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("phrase"), findings(r))
	}
	outside(t, path, "UPDATE phrases SET text = '没有伤亡' WHERE id = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

func TestAPhraseOfOnesOwn(t *testing.T) {
	db := open(t)
	own := dutylog.Phrase{Field: dutylog.Content, Category: "通知传达", Code: "TF", Title: " 停放 ", Text: "请停放于〔地点〕。"}
	after := must(db.SavePhrase(ctx, own, leader))(t)
	if after.Code != "tf" || after.Title != "停放" || after.Seed != "" || after.Phrase != after.ID {
		t.Errorf("%+v", after)
	}
	for name, bad := range map[string]dutylog.Phrase{"the same code": own, "no text": {Field: dutylog.Content, Code: "ab", Title: "x"}} {
		var invalid *dutylog.InvalidError
		if _, err := db.SavePhrase(ctx, bad, leader); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	missing := own
	missing.Phrase, missing.Code = 99, "xx"
	if _, err := db.SavePhrase(ctx, missing, leader); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	mine, theirs := after, after
	theirs.Text = "请停放于〔地点〕，并留人看守。"
	newer := must(db.SavePhrase(ctx, theirs, leader))(t)
	mine.Text = "请勿停放。"
	if _, err := db.SavePhrase(ctx, mine, leader); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("a change over a version that is gone: %v", err)
	}
	mine.ID = newer.ID
	must(db.SavePhrase(ctx, mine, leader))(t)
	ok(t, db.SeedPhrases(ctx)) // the site's own code is not taken away
	var codes []string
	for _, p := range must(db.Phrases(ctx))(t) {
		if p.Field == dutylog.Content && p.Code == "tf" {
			codes = append(codes, p.Title)
		}
	}
	if diff := cmp.Diff([]string{"停放"}, codes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, statement := range []string{"DELETE FROM phrases", "UPDATE phrases SET text = 'x'"} {
		if db.ExecOnWriter(statement) == nil {
			t.Errorf("%s works", statement)
		}
	}
}
