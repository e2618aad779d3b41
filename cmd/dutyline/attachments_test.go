package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/attached"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
)

const scan = "%PDF-1.4 绝密传真"

// attach gives the room's entry a file, as the page does.
func (r *proofRoom) attach(name, content string) dutylog.Attachment {
	r.t.Helper()
	keys, err := archive.ReadKeys(r.cfg.KeysFolder(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	v, err := archive.OpenVault(attachmentsBeside(r.cfg.Log.File), archive.Options{Keys: keys})
	if err != nil {
		r.t.Fatal(err)
	}
	defer v.Close()
	a := dutylog.Attachment{EntryID: "e-" + r.call, Name: name, By: dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}}
	a.SealedFile, err = v.Receive(r.t.Context(), strings.NewReader(content), dutylog.LargestAttachment, func(c io.ReaderAt, n int64) (err error) {
		a.Type, err = attached.Judge(name, c, n)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.withLog(func(db *sqlite.DB) {
		if a, err = db.AddAttachment(r.t.Context(), a); err != nil {
			r.t.Fatal(err)
		}
	})
	r.sign()
	return a
}

// sign puts everything under a checkpoint.
func (r *proofRoom) sign() { r.t.Helper(); r.works("checkpoint", "--print") }

func (r *proofRoom) fileOf(a dutylog.Attachment) string {
	return filepath.Join(attachmentsBeside(r.cfg.Log.File), string(a.Digest)+".age")
}

func TestVerifyProvesAttachedFiles(t *testing.T) {
	r := newProofRoom(t)
	a := r.attach("传真.pdf", scan)
	answers(t, 0, []string{"attached files", "attachment", "verify: intact"}, "--config", r.file)
	if err := errors.Join(os.Chmod(r.fileOf(a), 0o600), os.WriteFile(r.fileOf(a), []byte("other"), 0o600)); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"altered: attached file 1 of entry e-" + r.call}, "--config", r.file)
	if err := os.Remove(r.fileOf(a)); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"is gone; put it back from the backup"}, "--config", r.file)
	if err := os.Remove(filepath.Dir(r.fileOf(a))); err != nil {
		t.Fatal(err)
	}
	answers(t, 2, []string{"the folder of attached files is not here"}, "--config", r.file)
}

func TestABackupBringsAttachedFilesBack(t *testing.T) {
	r := newProofRoom(t)
	a := r.attach("传真.pdf", scan)
	before, err := os.ReadFile(r.fileOf(a))
	if err != nil {
		t.Fatal(err)
	}
	to, into := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "new")
	r.works("backup", to)
	works(t, "", "restore", to, "--into", into)
	after, err := os.ReadFile(filepath.Join(into, attachmentsName, string(a.Digest)+".age"))
	if err != nil || string(after) != string(before) {
		t.Errorf("it did not come back: %v", err)
	}
	answers(t, 0, []string{"attached files", "verify: intact"}, "--db", filepath.Join(into, "log.db"))

	// The backup says of one that is gone that it is not in it.
	if err := os.Remove(r.fileOf(a)); err != nil {
		t.Fatal(err)
	}
	refused(t, "", "1 file(s) are not in it", "backup", to, "--config", r.file)
}

func TestAnErasureTakesAttachedFiles(t *testing.T) {
	r := newProofRoom(t)
	a := r.attach("绝密传真.pdf", scan)
	twoPeople(t, r.cfg.Log.File)
	erased(t, r.file, "2026-000001", "误录", "content")
	if _, err := os.Stat(r.fileOf(a)); err != nil {
		t.Errorf("one field took an attached file: %v", err)
	}
	if out := erased(t, r.file, "2026-000001", "误录"); !strings.Contains(out, "deleted: the attached file") {
		t.Error(out)
	}
	if _, err := os.Stat(r.fileOf(a)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	r.sign()
	answers(t, 0, []string{"1 erased by decision", "verify: intact"}, "--config", r.file)
	dir := filepath.Join(t.TempDir(), "exhibit")
	if out := r.works("exhibit", "2026-000001", dir); !strings.Contains(out, "attachment 1: erased by decision 2") {
		t.Error(out)
	}
	text, err := os.ReadFile(filepath.Join(dir, exhibitStatement))
	if err != nil || !strings.Contains(string(text), "附件 1：已依第 2 号删除决定抹去") || !strings.Contains(string(text), "附件  本材料中没有附件") || strings.Contains(string(text), "绝密") {
		t.Errorf("%v\n%s", err, text)
	}
}

// listAnew lists and signs what lies in an exhibit's folder, as its maker could.
func (r *proofRoom) listAnew(dir string) {
	r.t.Helper()
	files := slices.DeleteFunc(names(r.t, dir), func(name string) bool { return name == exhibitManifest })
	list, err := manifestOf(dir, files)
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := readEvidenceKey(r.cfg.EvidenceKey())
	if err != nil {
		r.t.Fatal(err)
	}
	if list, err = key.SignText(list); err != nil {
		r.t.Fatal(err)
	}
	r.write(filepath.Join(dir, exhibitManifest), list)
}

func TestAnExhibitHasWhatIsAttached(t *testing.T) {
	r := newProofRoom(t)
	r.attach("../传真.pdf", scan)
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", "2026-000001", dir)
	if text, err := os.ReadFile(filepath.Join(dir, "attachment-1.pdf")); err != nil || string(text) != scan {
		t.Errorf("%q %v", text, err)
	}
	said, err := os.ReadFile(filepath.Join(dir, exhibitStatement))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"attachment-1.pdf  附件 1：../传真.pdf，", "添加，SHA-256 ", "录音和附件的 SHA-256 摘要", "7. 附件只能证明添加到条目以后没有改变"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is not in the statement:\n%s", want, said)
		}
	}
	if strings.Contains(string(said), "本材料中没有附件") {
		t.Errorf("%s", said)
	}
	answers(t, 0, []string{"attachment", "attached files  1", "verify: intact"}, "--exhibit", dir)
	if err := errors.Join(os.Chmod(filepath.Join(dir, "attachment-1.pdf"), 0o600), os.WriteFile(filepath.Join(dir, "attachment-1.pdf"), []byte("other"), 0o600)); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"attachment-1.pdf"}, "--exhibit", dir)

	// Whoever made it can sign the list anew, but not the record.
	r.listAnew(dir)
	answers(t, 1, []string{"altered: attachment-1.pdf: it is not the file that was attached"}, "--exhibit", dir)
	if err := os.Remove(filepath.Join(dir, "attachment-1.pdf")); err != nil {
		t.Fatal(err)
	}
	r.listAnew(dir)
	answers(t, 2, []string{"cannot tell: attachment-1.pdf: it is not in the folder"}, "--exhibit", dir)
}

// TestAttachedFilesExpireByTheirDays: held ones and those that no backup has stay; what goes is a
// decision with its proof, and the row says so.
func TestAttachedFilesExpireByTheirDays(t *testing.T) {
	r := newProofRoom(t)
	a := r.attach("传真.pdf", scan)
	supervisor := dutylog.Actor{Login: "sun", Name: "孙督查", Role: dutylog.Supervisor}
	run := func(days int, backup bool) (gone []recorder.Ruling, all []recorder.Ruling) {
		t.Helper()
		keys, err := archive.ReadKeys(r.cfg.KeysFolder(), "")
		if err != nil {
			t.Fatal(err)
		}
		v, err := archive.OpenVault(attachmentsBeside(r.cfg.Log.File), archive.Options{Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		r.withLog(func(db *sqlite.DB) {
			d := &data{cfg: r.cfg, log: db, keys: keys, vault: v}
			x := d.expirer(dutylog.SystemActor(), slog.New(slog.DiscardHandler))
			x.now = func() time.Time { return time.Now().AddDate(0, 0, days) }
			x.rule = recorder.Retention{RequireBackup: backup, Bounds: map[recorder.Kind]recorder.Bound{recorder.KindAttachment: {Days: 10}}}
			if all, err = x.rulings(t.Context()); err != nil {
				t.Fatal(err)
			}
			if gone, err = x.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		return gone, all
	}
	hold := func(on bool) {
		r.withLog(func(db *sqlite.DB) {
			if on {
				if _, err := db.SetHold(t.Context(), "e-"+r.call, "诉讼保全", supervisor); err != nil {
					t.Fatal(err)
				}
				return
			}
			a, err := db.Ask(t.Context(), dutylog.Approval{Kind: dutylog.ToRelease, EntryID: "e-" + r.call, Reason: "结案", By: supervisor})
			if err == nil {
				_, err = db.Decide(t.Context(), a.ID, true, "", dutylog.Actor{Login: "chen", Name: "陈刚", Role: dutylog.Leader})
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if gone, all := run(9, false); len(gone)+len(all) != 0 {
		t.Errorf("within its days: %v", all)
	}
	if gone, all := run(11, true); len(gone) != 0 || len(all) != 1 || all[0].Why != recorder.NotBackedUp {
		t.Errorf("in no backup: %v", all)
	}
	r.works("backup", filepath.Join(t.TempDir(), "backup"))
	hold(true)
	if gone, all := run(11, true); len(gone) != 0 || len(all) != 1 || all[0].Why != recorder.Held {
		t.Errorf("held: %v", all)
	}
	hold(false)
	if gone, _ := run(11, true); len(gone) != 1 || gone[0].Why != recorder.TooOld {
		t.Errorf("past its days: %v", gone)
	}
	if _, err := os.Stat(r.fileOf(a)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is still there: %v", err)
	}
	r.sign()
	answers(t, 0, []string{"attachment", "deletion", "verify: intact"}, "--config", r.file)
	r.withLog(func(db *sqlite.DB) {
		list, err := db.Attachments(t.Context(), a.EntryID)
		if err != nil || list[0].State != dutylog.AttachmentExpired || list[0].Name != "传真.pdf" || list[0].Decision != 1 {
			t.Errorf("%+v %v", list, err)
		}
	})
	dir := filepath.Join(t.TempDir(), "exhibit")
	if out := r.works("exhibit", "2026-000001", dir); !strings.Contains(out, "its days were over, decision 1") {
		t.Error(out)
	}
	answers(t, 0, []string{"deletion", "verify: intact"}, "--exhibit", dir)
}
