package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

const keepTheFile = "keep the file as it is, find out who can write it, run dutyline verify --config FILE, and restore a backup with dutyline restore DIR --config FILE"

// checkStructure compares what the log is made of with a fresh one.
func checkStructure(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "structure of the log", OK: true, Remedy: keepTheFile}
	if _, err := os.Stat(c.Log.File); errors.Is(err, fs.ErrNotExist) {
		check.Detail = "it is made at the first start of the daemon"
		return check
	}
	db, err := openReadOnly(c.Log.File)
	if err != nil {
		check.Detail = "not compared, because the duty log cannot be read"
		return check
	}
	defer db.Close()
	faults, err := sqlite.StructureFaults(ctx, db)
	if err != nil {
		check.Detail = "not compared, because the duty log cannot be read: " + err.Error()
		return check
	}
	var names []string
	for _, f := range faults {
		_, name, _ := strings.Cut(f.Object, ": ")
		names = append(names, name)
	}
	if check.OK = len(faults) == 0; check.OK {
		check.Detail = "as dutyline makes it"
		return check
	}
	check.Detail = fmt.Sprintf("altered behind the log's back: %s; %s", strings.Join(names[:min(3, len(names))], ", "), more(len(names)-3))
	return check
}

func more(n int) string {
	if n <= 0 {
		return "verify says what of each"
	}
	return fmt.Sprintf("and %d more; verify says what of each", n)
}

// checkBeginning asks whether the log is the first one here.
func checkBeginning(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "beginning of the log", OK: true, Remedy: remedyAnew, Detail: "nothing of an earlier log lies beside it"}
	b := sqlite.Beginning{Blank: true}
	info, err := os.Stat(c.Log.File)
	if err == nil && info.Size() > 0 { // one without a byte is made anew by the daemon
		db, err := openReadOnly(c.Log.File)
		if err == nil {
			defer db.Close()
			b, err = sqlite.BeginningOf(ctx, db)
		}
		if err != nil {
			check.Detail = "not known, because the duty log cannot be read"
			return check
		}
	}
	if said := beginsAnew(c.Log.File, c.EvidenceKey(), c.Archive.Folder, b); said != "" {
		check.OK, check.Detail = false, strings.TrimSuffix(said, "; "+remedyAnew)
	}
	return check
}
