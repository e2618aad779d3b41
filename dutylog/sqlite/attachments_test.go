package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func fileOf(c string, size int64) recorder.SealedFile {
	return recorder.SealedFile{Digest: recorder.Digest(strings.Repeat(c, 64)), Size: size, FileDigest: recorder.Digest(strings.Repeat("f", 64)), FileSize: size + 200}
}

var theEntry = "e-" + inbound(1, "1").ID

// withAnEntry is a log with one call that is over.
func withAnEntry(t *testing.T) (*sqlite.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.AnsweredInTime)))
	return db, path
}

func TestAnAttachmentIsARowWithItsEvidence(t *testing.T) {
	db, path := withAnEntry(t)
	e := theEntry
	x := must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "传真.pdf", Type: "application/pdf", SealedFile: fileOf("a", 5), By: officer}))(t)
	if x.ID == 0 || x.State != dutylog.AttachmentKept || x.At.IsZero() {
		t.Errorf("%+v", x)
	}
	list := must(db.Attachments(ctx, e))(t)
	if len(list) != 1 || list[0].Name != "传真.pdf" || list[0].SealedFile != x.SealedFile || list[0].By != officer {
		t.Errorf("%+v", list)
	}
	if used := must(db.AttachmentUsed(ctx, x.Digest))(t); !used {
		t.Error("its file counts as nobody's")
	}
	if _, err := db.Attachments(ctx, "e-none"); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("of no entry: %v", err)
	}
	var invalid *dutylog.InvalidError
	if _, err := db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "again.pdf", SealedFile: x.SealedFile}); !errors.As(err, &invalid) {
		t.Errorf("the same file twice: %v", err)
	}
	if _, err := db.AddAttachment(ctx, dutylog.Attachment{EntryID: "e-none", Name: "a.pdf", SealedFile: fileOf("b", 1)}); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("to no entry: %v", err)
	}
	intact(t, path)
}

// What is attached to a complete entry is a correction: it says why, and the reason is erased with the name.
func TestAFileForACompleteEntrySaysWhy(t *testing.T) {
	db, path := withAnEntry(t)
	kind, complete := dutylog.KindNuisance, dutylog.Complete
	e := must(db.Entry(ctx, theEntry))(t)
	e = must(db.Amend(ctx, theEntry, dutylog.EntryPatch{Revision: e.Revision, Kind: &kind, State: &complete}, officer, noon))(t)
	if e.State != dutylog.Complete {
		t.Fatalf("%+v", e.Missing())
	}
	var invalid *dutylog.InvalidError
	for _, reason := range []string{"", " \t"} {
		if _, err := db.AddAttachment(ctx, dutylog.Attachment{EntryID: theEntry, Name: "a.pdf", SealedFile: fileOf("a", 5), By: officer, Reason: reason}); !errors.As(err, &invalid) || invalid.Field != "reason" {
			t.Errorf("with %q: %v", reason, err)
		}
	}
	x := must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: theEntry, Name: "a.pdf", SealedFile: fileOf("a", 5), By: officer, Reason: " 传真后到 "}))(t)
	if list := must(db.Attachments(ctx, theEntry))(t); x.Reason != "传真后到" || len(list) != 1 || list[0].Reason != "传真后到" {
		t.Errorf("%+v %+v", x, list)
	}
	intact(t, path)
}

func TestAnAttachmentCannotBeChangedOrDeleted(t *testing.T) {
	db, path := withAnEntry(t)
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: theEntry, Name: "传真.pdf", SealedFile: fileOf("a", 5), By: officer}))(t)
	for _, statement := range []string{"DELETE FROM attachments", "UPDATE attachments SET name = 'x'", "UPDATE attachments SET digest = 'x', state = 'erased'"} {
		other := must(sql.Open("sqlite3", "file:"+path))(t)
		if _, err := other.Exec(statement); err == nil {
			t.Errorf("%s was done", statement)
		}
		ok(t, other.Close())
	}
	outside(t, path, "UPDATE attachments SET name = '别的.pdf'")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "attachment 1") {
		t.Errorf("a changed name was not found: %s", findings(r))
	}
}

func TestErasingAnEntryTakesItsAttachments(t *testing.T) {
	db, path := withAnEntry(t)
	e := theEntry
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "绝密传真.pdf", SealedFile: fileOf("a", 5), By: officer}))(t)
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "b.pdf", SealedFile: fileOf("b", 5), By: officer}))(t)
	some := dutylog.ErasureOrder{EntryID: e, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: officer}
	if tr := must(db.Traces(ctx, some))(t); len(tr.Attached) != 0 {
		t.Errorf("one field takes attachments: %+v", tr.Attached)
	}
	must(db.EraseNow(ctx, some))(t)
	whole := dutylog.ErasureOrder{EntryID: e, Reason: "误录", By: officer}
	if tr := must(db.Traces(ctx, whole))(t); len(tr.Attached) != 2 {
		t.Errorf("everything takes %+v", tr.Attached)
	}
	decision := must(db.EraseNow(ctx, whole))(t)
	for _, a := range must(db.Attachments(ctx, e))(t) {
		if a.Name != "" || a.State != dutylog.AttachmentErased || a.Decision != decision {
			t.Errorf("left is %+v", a)
		}
	}
	if used := must(db.AttachmentUsed(ctx, fileOf("a", 5).Digest))(t); used {
		t.Error("the file of an erased attachment counts as used")
	}
	ok(t, db.Compact(ctx))
	intact(t, path)
}

func TestAHoldKeepsAttachments(t *testing.T) {
	db, _ := withAnEntry(t)
	e := theEntry
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "a.pdf", SealedFile: fileOf("a", 5), By: officer}))(t)
	must(db.SetHold(ctx, e, "诉讼保全", officer))(t)
	if _, err := db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e, Reason: "误录", By: officer}); err == nil {
		t.Error("an entry under a hold lost its attachments")
	}
}

func TestACopyKnowsItsAttachments(t *testing.T) {
	db, _ := withAnEntry(t)
	e := theEntry
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: e, Name: "a.pdf", SealedFile: fileOf("a", 5), By: officer}))(t)
	to := t.TempDir() + "/copy.db"
	ok(t, db.CopyTo(ctx, to, func(int64, int64) {}))
	c := must(sqlite.OpenCopy(ctx, to))(t)
	defer c.Close()
	if list := must(c.Attached(ctx))(t); len(list) != 1 || list[0] != fileOf("a", 5) {
		t.Errorf("%+v", list)
	}
}
