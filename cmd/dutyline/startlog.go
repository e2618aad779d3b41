package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
)

// runLogCheck looks at the log itself. The daemon goes on with it all the same: whatever happened
// to the file, the phone rings, and its calls have to be logged.
func (a *app) runLogCheck(ctx context.Context) error {
	a.sayStructure(ctx)
	return a.logCheck.Run(ctx)
}

// sayStructure says how the log's structure was altered. It comes beside the start, not before
// it: what a fresh log is made of is made for the comparison, which takes 0.2 s.
func (a *app) sayStructure(ctx context.Context) {
	faults, err := a.log.StructureFaults(ctx)
	if err != nil && ctx.Err() == nil {
		a.logger.Error("the structure of the duty log could not be looked at; calls are watched and logged all the same", "err", err)
	}
	for _, f := range faults {
		a.logger.Error("the structure of the duty log was altered; calls are watched and logged all the same", "object", f.Object, "err", f.Why)
	}
}

// lookAtBeginning says when this log begins beside what an earlier one left.
func (a *app) lookAtBeginning(ctx context.Context) {
	began, err := a.log.Beginning(ctx)
	if err != nil {
		a.logger.Error("how the duty log began could not be read; calls are watched and logged all the same", "err", err)
	}
	left := leftBehind(a.cfg.EvidenceKey(), a.cfg.Archive.Folder)
	if !began.Blank || left == "" {
		return
	}
	a.logger.Warn(aNewLog(a.cfg.Log.File, left)+"; "+remedyAnew, "log", a.cfg.Log.File, "left", left)
	if err := a.log.NoteBeganAnew(ctx, left, a.clock.Now()); err != nil {
		a.logger.Error("that the duty log began anew could not be kept in it: doctor and verify will not say it", "err", err)
	}
}

// nameDoubtful names the calls that are not taken up. They stay as they are: verify names them too.
func (a *app) nameDoubtful(doubtful []dutylog.DoubtfulCall) {
	for _, d := range doubtful {
		a.logger.Error("a call of the duty log is not taken up, because nothing in the evidence vouches for it: it was written behind the log's back; run dutyline verify, keep the file as it is, and find out who can write it",
			"call", d.ID, "err", d.Why)
	}
}

const remedyAnew = "restore a backup with dutyline restore DIR --config FILE, or, when none is left, file that a new log begins here: keep a checkpoint of it elsewhere (dutyline checkpoint --out FILE --config FILE), with which dutyline verify --checkpoint FILE says that it is the right one"

func aNewLog(file, left string) string {
	return "the duty log " + file + " is empty, yet an earlier one left " + left
}

// begunAnew is the sentence about a log that began beside what an earlier one had left.
func begunAnew(at time.Time, left string) string {
	return fmt.Sprintf("this log began at %s beside what an earlier one had left (%s): what was before is not in it; %s", at.Local().Format(time.DateTime), left, remedyAnew)
}

// leftBehind names what only a log that ran before can have left; empty when there is nothing.
// The key that opens recordings does not count, because people may make it beforehand.
func leftBehind(evidenceKey, archive string) string {
	var left []string
	if _, err := os.Stat(evidenceKey); evidenceKey != "" && err == nil {
		left = append(left, "the key that signs it")
	}
	if holdsRecordings(archive) {
		left = append(left, "sealed recordings")
	}
	return strings.Join(left, " and ")
}

func holdsRecordings(archive string) bool {
	found := false
	_ = filepath.WalkDir(archive, func(name string, d fs.DirEntry, err error) error {
		sound := filepath.Ext(strings.TrimSuffix(name, recorder.EncryptedSuffix)) == ".flac"
		if found = err == nil && d.Type().IsRegular() && sound && !strings.HasPrefix(d.Name(), "."); found {
			return fs.SkipAll
		}
		return nil // what cannot be read holds nothing that can be told
	})
	return found
}

// beginsAnew is what has to be said of a log's beginning; empty: nothing.
func beginsAnew(file, evidenceKey, archive string, b sqlite.Beginning) string {
	if !b.Anew.IsZero() {
		return begunAnew(b.Anew, b.Left)
	}
	if left := leftBehind(evidenceKey, archive); b.Blank && left != "" {
		return aNewLog(file, left) + "; " + remedyAnew
	}
	return ""
}
