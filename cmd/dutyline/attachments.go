package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
)

// attachmentsName is the folder of attached files, beside the log and in a backup.
const attachmentsName = "attachments"

func attachmentsBeside(log string) string { return filepath.Join(filepath.Dir(log), attachmentsName) }

const attachedFiles = "attached files"

// checkAttached compares every attached file with the digest that is on record. No key is needed.
func (f *verifyRun) checkAttached(ctx context.Context, v *sqlite.Verifier, report *audit.Report) error {
	folder := attachmentsBeside(f.db)
	var vault *archive.Vault
	_, missing := os.Stat(folder)
	if missing == nil {
		vault, missing = archive.OpenVault(folder, archive.Options{Keys: archive.NoKeys(errors.New("no key is needed"))})
	}
	if vault != nil {
		defer vault.Close()
	} else {
		missing = fmt.Errorf("the folder of attached files is not here: %w", missing)
	}
	return v.KeptAttachments(ctx, func(a dutylog.Attachment) error {
		err := missing
		if vault != nil {
			err = vault.VerifyFile(ctx, a.SealedFile)
		}
		return sayFile(ctx, report, attachedFiles, fmt.Sprintf("attached file %d of entry %s", a.ID, a.EntryID), err)
	})
}

// attachments copies the attached files that the picture of the log knows.
func (b *backupRun) attachments(ctx context.Context, picture *sqlite.Copy) error {
	files, err := picture.Attached(ctx)
	if err != nil || len(files) == 0 {
		return err
	}
	folder := attachmentsBeside(b.from.log)
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open the folder of attached files: %w; put it back beside the log", err)
	}
	defer root.Close()
	b.tell.step("copy attached files", 0, 0)
	for _, f := range files {
		name := string(f.Digest) + recorder.EncryptedSuffix
		want := backup.File{Name: attachmentsName + "/" + name, Size: f.FileSize, SHA256: string(f.FileDigest)}
		if err := b.draft.KeepProved(ctx, root, name, want); err != nil {
			return err
		}
	}
	return nil
}

// detach deletes the files of what an erasure took, unless another entry has the same one.
func (e *eraser) detach(ctx context.Context, tr sqlite.Traces) error {
	for _, a := range tr.Attached {
		used, err := e.log.AttachmentUsed(ctx, a.Digest)
		if err == nil && !used {
			err = e.vault.Remove(a.Digest)
		}
		if err != nil {
			return fmt.Errorf("the attached file %s: %w", a.Digest, err)
		}
		if used {
			fmt.Fprintf(e.out, "left: an attached file that another entry has as well (%.12s…)\n", a.Digest)
			continue
		}
		fmt.Fprintf(e.out, "deleted: the attached file %.12s…\n", a.Digest)
	}
	return nil
}

// proveAttached compares an attached file that is past its days with its row, and asks whether a
// backup has it.
func (x *expirer) proveAttached(ctx context.Context, o *recorder.Object) error {
	a, err := x.log.Attachment(ctx, o.Name)
	if err != nil {
		return err
	}
	if err := x.vault.VerifyFile(ctx, a.SealedFile); err != nil {
		return err
	}
	o.Digest = a.FileDigest
	o.BackedUpAt, err = x.log.FileBackedUp(ctx, a.FileDigest)
	return err
}

// deleteAttached deletes the file of an attachment that expired, unless another one is kept in it.
func (x *expirer) deleteAttached(ctx context.Context, d sqlite.Deletion) error {
	a, err := x.log.Attachment(ctx, d.Name)
	if err != nil {
		return err
	}
	used, err := x.log.AttachmentUsed(ctx, a.Digest)
	if err != nil || used {
		return err
	}
	return x.vault.Remove(a.Digest)
}

// writeAttached copies what is attached to the entry, each proved on opening.
func (x *exhibit) writeAttached(ctx context.Context) error {
	list, err := x.log.Attachments(ctx, x.entry.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.State == dutylog.AttachmentExpired {
			x.lacks = append(x.lacks, lack{fmt.Sprintf("attachment %d: its days were over, decision %d", a.ID, a.Decision), fmt.Sprintf("附件 %d（%s）：已到保存期限，按第 %d 号决定删除", a.ID, a.Name, a.Decision), ""})
			continue
		}
		if a.State == dutylog.AttachmentErased {
			x.lacks = append(x.lacks, lack{fmt.Sprintf("attachment %d: erased by decision %d", a.ID, a.Decision), fmt.Sprintf("附件 %d：已依第 %d 号删除决定抹去", a.ID, a.Decision), ""})
			continue
		}
		if err := x.copyAttached(ctx, a); err != nil {
			x.lacks = append(x.lacks, lack{fmt.Sprintf("attachment %d (%s): %v", a.ID, a.Name, err), fmt.Sprintf("附件 %d（%s）无法打开", a.ID, a.Name), err.Error()})
		}
	}
	return nil
}

// attachmentFile is what an exhibit calls an attachment. The name is a stranger's: only its ending goes
// into the folder, the name itself stands in the record.
func attachmentFile(id, name string) string { return "attachment-" + id + filepath.Ext(name) }

func (x *exhibit) copyAttached(ctx context.Context, a dutylog.Attachment) error {
	from, err := x.vault.Open(ctx, a.SealedFile)
	if err != nil {
		return err
	}
	defer from.Close()
	name := attachmentFile(strconv.FormatInt(a.ID, 10), a.Name)
	if err := x.copy(name, io.Reader(from)); err != nil {
		return err
	}
	x.attached = append(x.attached, fmt.Sprintf("  %s  附件 %d：%s，%s 于 %s 添加，SHA-256 %s", name, a.ID, inText(a.Name), inText(a.By.Name), x.local(a.At), a.Digest))
	return nil
}
