package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony/tape"
)

// expirer carries out the site's retention: it gathers what there is, has recorder.Retention
// decide, writes each decision down with its proof, and only then deletes.
type expirer struct {
	log     *sqlite.DB
	archive *archive.Archive
	vault   *archive.Vault // of attached files
	tape    tapeCloser
	journal string // the switch's live journal; empty: there is none
	rule    recorder.Retention
	by      dutylog.Actor
	now     func() time.Time
	logger  *slog.Logger
}

// rulings decides about everything that may have to go. What is about to go is proved first: an
// altered recording is a finding and stays. Of a file nobody knows before its content was looked
// at whether a backup has it, so that is done only where nothing else keeps it.
func (x *expirer) rulings(ctx context.Context) ([]recorder.Ruling, error) {
	now := x.now()
	objects, err := x.objects(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, r := range x.rule.Decide(objects, now) {
		if !r.Expire && (r.Why != recorder.NotBackedUp || r.Kind == recorder.KindRecording) {
			continue
		}
		o := &objects[slices.IndexFunc(objects, func(o recorder.Object) bool { return o.Kind == r.Kind && o.Name == r.Name })]
		if err := x.prove(ctx, o); err != nil {
			x.logger.Error("what is past its days stays, because it cannot be proved", "kind", r.Kind, "name", r.Name, "err", err)
			o.Verified = false
		}
	}
	return x.rule.Decide(objects, now), ctx.Err()
}

// prove reads an object and notes by which content it is decided about.
func (x *expirer) prove(ctx context.Context, o *recorder.Object) error {
	if o.Kind == recorder.KindRecording {
		row, err := x.log.Recording(ctx, o.Name)
		if err != nil {
			return err
		}
		o.Digest = row.Digest
		return x.archive.VerifyFile(ctx, row)
	}
	if o.Kind == recorder.KindAttachment {
		return x.proveAttached(ctx, o)
	}
	digest, read, err := contentOf(ctx, x.place(o.Kind, o.Name))
	if err != nil {
		return err
	}
	if read.Size() != o.Bytes || o.Kind == recorder.KindJournal && !read.ModTime().Equal(o.At) {
		return errors.New("it was rotated or written while it was looked at; the next run decides about it")
	}
	o.Digest = digest
	o.BackedUpAt, err = x.log.FileBackedUp(ctx, digest)
	return err
}

// contentOf is the digest of a file as it lies there, and the file that was read.
func contentOf(ctx context.Context, name string) (recorder.Digest, fs.FileInfo, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", nil, err
	}
	h := sha256.New()
	_, err = io.Copy(h, cancelable{ctx, f})
	return recorder.Digest(hex.EncodeToString(h.Sum(nil))), info, err
}

func (x *expirer) objects(ctx context.Context, now time.Time) (all []recorder.Object, err error) {
	if days := x.rule.Bounds[recorder.KindRecording].Days; days > 0 {
		if all, err = x.log.Expirable(ctx, now.AddDate(0, 0, -days)); err != nil {
			return nil, err
		}
	}
	if days := x.rule.Bounds[recorder.KindAttachment].Days; days > 0 {
		attached, err := x.log.ExpirableAttachments(ctx, now.AddDate(0, 0, -days))
		if err != nil {
			return nil, err
		}
		all = append(all, attached...)
	}
	held, err := x.log.HeldSpans(ctx)
	if err != nil {
		return nil, err
	}
	files, err := x.tapeObjects(now)
	if err != nil {
		return nil, err
	}
	rotated, err := x.journalObjects()
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Concat(files, rotated) {
		f.object.Held = slices.ContainsFunc(held, f.span.Overlaps)
		all = append(all, f.object)
	}
	return all, nil
}

// aged is a file with the time that is in it.
type aged struct {
	object recorder.Object
	span   sqlite.Span
}

// tapeObjects are the tape's files by the name that they had when they were written.
func (x *expirer) tapeObjects(now time.Time) (all []aged, err error) {
	files, err := x.tape.files()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	plain := func(name string) string { return strings.TrimSuffix(name, recorder.EncryptedSuffix) }
	for _, f := range files {
		name := plain(f.Name)
		if len(all) > 0 && all[len(all)-1].object.Name == name {
			continue // a crash left both of its forms
		}
		day, _ := tape.Day(f.Name)
		end := day.AddDate(0, 0, 1)
		if end.After(now) && !day.After(now) {
			end = now // today's
		}
		all = append(all, aged{recorder.Object{Kind: recorder.KindTape, Name: name, At: end, Bytes: f.Size,
			InUse: name == plain(files[len(files)-1].Name), Verified: true}, sqlite.Span{From: day, To: end}})
	}
	return all, err
}

// journalObjects are the files beside the journal that rotation left: its name and more.
func (x *expirer) journalObjects() (all []aged, err error) {
	if x.journal == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(filepath.Dir(x.journal))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	before := time.Time{} // what is in a file began when the one before it ended
	for _, e := range entries {
		info, err := e.Info()
		name := e.Name()
		if err != nil || !info.Mode().IsRegular() || !strings.HasPrefix(name, filepath.Base(x.journal)) {
			continue
		}
		all = append(all, aged{recorder.Object{Kind: recorder.KindJournal, Name: name, At: info.ModTime(), Bytes: info.Size(),
			InUse: name == filepath.Base(x.journal), Verified: true}, sqlite.Span{To: info.ModTime()}})
	}
	slices.SortFunc(all, func(a, b aged) int { return a.object.At.Compare(b.object.At) })
	for i := range all {
		all[i].span.From, before = before, all[i].object.At
	}
	return all, err
}

// Run decides and deletes. What could not be deleted is tried again later; that is said and
// is no error.
func (x *expirer) Run(ctx context.Context) (gone []recorder.Ruling, err error) {
	rulings, err := x.rulings(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range rulings {
		if !r.Expire {
			continue
		}
		id, err := x.log.Expire(ctx, r, x.by)
		if id > 0 {
			gone = append(gone, r)
			x.logger.Info("a decision of retention", "decision", id, "kind", r.Kind, "name", r.Name, "digest", r.Digest, "why", r.Why)
		}
		if ctx.Err() != nil {
			return gone, ctx.Err()
		}
		if err != nil {
			x.logger.Error("what is past its days could not be decided about", "kind", r.Kind, "name", r.Name, "err", err)
		}
	}
	return gone, x.Finish(ctx)
}

// place is where a file of the tape or the journal lies, encrypted or not.
func (x *expirer) place(kind recorder.Kind, name string) string {
	if kind == recorder.KindJournal {
		return filepath.Join(filepath.Dir(x.journal), filepath.Base(name))
	}
	file := x.tape.path(filepath.Base(name))
	if _, err := os.Stat(file + recorder.EncryptedSuffix); err == nil {
		return file + recorder.EncryptedSuffix
	}
	return file
}

// Finish carries out the decisions that are due, those of an earlier run included.
func (x *expirer) Finish(ctx context.Context) error {
	due, err := x.log.DueDeletions(ctx, x.now())
	if err != nil {
		return err
	}
	for _, d := range due {
		if err := x.delete(ctx, d); err != nil {
			x.logger.Error("what was decided to go could not be deleted; it is tried again in an hour", "decision", d.ID, "kind", d.Kind, "name", d.Name, "err", err)
			if err := x.log.DeletionFailed(ctx, d, x.now().Add(time.Hour), err.Error()); err != nil {
				return err
			}
			continue
		}
		if err := x.log.DeletionDone(ctx, d.ID); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (x *expirer) delete(ctx context.Context, d sqlite.Deletion) error {
	switch d.Kind {
	case recorder.KindRecording:
		row, err := x.log.Recording(ctx, d.Name)
		if err != nil {
			return err
		}
		return x.archive.Remove(row)
	case recorder.KindAttachment:
		return x.deleteAttached(ctx, d)
	case recorder.KindTape, recorder.KindJournal:
		return x.deleteFile(ctx, d)
	}
	return fmt.Errorf("decision %d is about a %s, which this program cannot delete: install the newer dutyline that decided it", d.ID, d.Kind)
}

// deleteFile deletes the content that was decided about, whatever it is called by now: since the
// decision rotation may have given its name to a younger file, which stays.
func (x *expirer) deleteFile(ctx context.Context, d sqlite.Deletion) error {
	files, err := x.candidates(d)
	if err != nil {
		return err
	}
	other := ""
	for _, file := range files {
		digest, read, err := contentOf(ctx, file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case digest != d.Digest:
			other = file
			continue
		}
		if now, err := os.Lstat(file); err != nil || !os.SameFile(now, read) {
			return fmt.Errorf("%s was rotated just now: nothing was deleted", file)
		}
		if err := os.Remove(file); err != nil {
			return err
		}
		return syncFolder(filepath.Dir(file))
	}
	if other != "" {
		x.logger.Warn("what was decided to go is not there any more with that content, and nothing was deleted; what has its name now is decided about by itself",
			"decision", d.ID, "kind", d.Kind, "name", d.Name, "digest", d.Digest)
	}
	return nil
}

// candidates are the files that a decision can be about, the one with its name first.
func (x *expirer) candidates(d sqlite.Deletion) ([]string, error) {
	files := []string{x.place(d.Kind, d.Name)}
	if d.Kind != recorder.KindJournal {
		return files, nil
	}
	rotated, err := x.journalObjects()
	for _, f := range rotated {
		if !f.object.InUse && f.object.Name != d.Name && f.object.Bytes == d.Bytes {
			files = append(files, x.place(d.Kind, f.object.Name))
		}
	}
	return files, err
}
