package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"dutyline/dutylog"
)

// A death of which only a linked entry tells is in the incident with the change of the entry itself, and makes a report
// due; what is typed again and again is written down once.
func TestADeathThatOnlyAnEntryTells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db, c, e := withCall(t, path)
	story := fireStory(e, 1)
	for _, d := range story[:2] { // opened, and told by telephone
		c.advance(time.Minute)
		doing(t, db, d)
	}
	c.advance(time.Minute)
	doing(t, db, dutylog.IncidentDeed{Incident: 1, Key: "nobody-is-hurt", By: officer, Drafts: []dutylog.FactDraft{{Kind: dutylog.FactElements, Body: dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: "无"}}}}})
	before := must(db.Incident(ctx, 1))(t)
	amend := func(field dutylog.Field, v string) {
		t.Helper()
		c.advance(time.Minute)
		e = must(db.Entry(ctx, e.ID))(t)
		must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: map[dutylog.Field]string{field: v}}, officer, c.now()))(t)
	}
	amend(dutylog.Casualties, "1人死亡")
	said := c.now()
	amend(dutylog.Content, "火势很大")
	i := must(db.Incident(ctx, 1))(t)
	if len(i.Facts) != len(before.Facts)+1 || len(i.Disputes) != 1 || !i.Disputes[0].Worse || i.Disputes[0].Value != "1人死亡" {
		t.Fatalf("%+v", i.Disputes)
	}
	if r, there := i.Report(dutylog.ReportNumber(dutylog.StageFollowUp, 1)); !there || r.DueAt.Sub(said).Abs() > 10*time.Minute {
		t.Errorf("nothing is due of a death: %+v", r)
	}
	amend(dutylog.Casualties, "无")
	if i = must(db.Incident(ctx, 1))(t); len(i.Disputes) != 0 {
		t.Errorf("it was taken back: %+v", i.Disputes)
	}
	ok(t, db.Close())
	intact(t, path)
}
