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
	tape    tapeCloser
	journal string // the switch's live journal; empty: there is none
	rule    recorder.Retention
	by      dutylog.Actor
	now     func() time.Time
	logger  *slog.Logger
}

// rulings decides about everything that may have to go. What is about to go is proved first:
// an altered recording is a finding and stays.
func (x *expirer) rulings(ctx context.Context) ([]recorder.Ruling, error) {
	now := x.now()
	objects, err := x.objects(ctx, now)
	if err != nil {
		return nil, err
	}
	rulings := x.rule.Decide(objects, now)
	for _, r := range rulings {
		if !r.Expire || r.Kind != recorder.KindRecording {
			continue
		}
		row, err := x.log.Recording(ctx, r.Name)
		if err == nil {
			err = x.archive.VerifyFile(ctx, row)
		}
		if err != nil {
			x.logger.Error("a recording is past its days and stays, because it cannot be proved", "call", r.Name, "err", err)
			i := slices.IndexFunc(objects, func(o recorder.Object) bool { return o.Kind == r.Kind && o.Name == r.Name })
			objects[i].Verified = false
		}
	}
	return x.rule.Decide(objects, now), ctx.Err()
}

func (x *expirer) objects(ctx context.Context, now time.Time) (all []recorder.Object, err error) {
	if days := x.rule.Bounds[recorder.KindRecording].Days; days > 0 {
		if all, err = x.log.Expirable(ctx, now.AddDate(0, 0, -days)); err != nil {
			return nil, err
		}
	}
	held, err := x.log.HeldSpans(ctx)
	if err != nil {
		return nil, err
	}
	files, err := x.tapeObjects()
	if err != nil {
		return nil, err
	}
	rotated, err := x.journalObjects()
	if err != nil {
		return nil, err
	}
	backed := map[recorder.Kind]map[string]time.Time{}
	for _, kind := range []recorder.Kind{recorder.KindTape, recorder.KindJournal} {
		if backed[kind], err = x.log.FilesBackedUp(ctx, kind); err != nil {
			return nil, err
		}
	}
	for _, f := range slices.Concat(files, rotated) {
		f.object.Held = slices.ContainsFunc(held, f.span.Overlaps)
		f.object.BackedUpAt = backed[f.object.Kind][f.object.Name]
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
func (x *expirer) tapeObjects() (all []aged, err error) {
	files, err := x.tape.files()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for i, f := range files {
		day, _ := tape.Day(f.Name)
		end := day.AddDate(0, 0, 1)
		all = append(all, aged{recorder.Object{Kind: recorder.KindTape, Name: strings.TrimSuffix(f.Name, recorder.EncryptedSuffix), At: end, Bytes: f.Size,
			InUse: i == len(files)-1, Verified: true}, sqlite.Span{From: day, To: end}})
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
		digest, err := x.digest(ctx, r)
		if err == nil {
			var id int64
			if id, err = x.log.Expire(ctx, r, digest, x.by); err == nil && id > 0 {
				gone = append(gone, r)
				x.logger.Info("a decision of retention", "decision", id, "kind", r.Kind, "name", r.Name, "why", r.Why)
			}
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

// digest is of the file as it lies there.
func (x *expirer) digest(ctx context.Context, r recorder.Ruling) (recorder.Digest, error) {
	if r.Kind == recorder.KindRecording {
		row, err := x.log.Recording(ctx, r.Name)
		return row.Digest, err
	}
	f, err := os.Open(x.place(r.Kind, r.Name))
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, cancelable{ctx, f})
	return recorder.Digest(hex.EncodeToString(h.Sum(nil))), err
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
	case recorder.KindTape, recorder.KindJournal:
		file := x.place(d.Kind, d.Name)
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return syncFolder(filepath.Dir(file))
	}
	return fmt.Errorf("decision %d is about a %s, which this program cannot delete: install the newer dutyline that decided it", d.ID, d.Kind)
}
