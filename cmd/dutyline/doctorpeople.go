package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// checkPeople asks whether anybody can write the log, and who is on duty today. A site that is
// being set up lacks both, so they are warnings.
func checkPeople(ctx context.Context, c config.Config) []telephony.Check {
	now := time.Now().In(c.Site.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	writers, errW := countIn(ctx, c.Log.File, "SELECT count(*) FROM accounts WHERE NOT disabled AND role IN (?, ?, ?)", dutylog.Officer, dutylog.Chief, dutylog.Leader)
	shifts, errS := countIn(ctx, c.Log.File, "SELECT count(*) FROM shifts WHERE from_at < ? AND to_at > ?",
		today.AddDate(0, 0, 1).UnixMicro(), today.UnixMicro())
	return []telephony.Check{
		peopleCheck("logins", writers, errW, "somebody can write the log", "no login can write the log",
			"add one: dutyline user add LOGIN --role officer --name NAME --config FILE"),
		peopleCheck("roster", shifts, errS, "somebody is on duty today", "no roster for today",
			"import one: dutyline import roster FILE.csv --config FILE"),
	}
}

func peopleCheck(name string, n int, err error, good, lacks, remedy string) telephony.Check {
	check := telephony.Check{Name: name, OK: true, Detail: good}
	switch {
	case err != nil:
		check.Detail = "not known, because the duty log cannot be read"
	case n == 0:
		check.Warn, check.Detail, check.Remedy = true, lacks, remedy
	}
	return check
}

// countIn asks for one number; 0 when there is no duty log yet. It makes and changes nothing.
func countIn(ctx context.Context, file, query string, args ...any) (n int, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	db, err := openReadOnly(file)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// nearest is the folder itself, or the nearest one above it that is there.
func nearest(folder string) string {
	for {
		_, err := os.Stat(folder)
		if above := filepath.Dir(folder); errors.Is(err, fs.ErrNotExist) && above != folder {
			folder = above
			continue
		}
		return folder
	}
}

// holdsFiles reports whether anything is in a folder.
func holdsFiles(folder string) bool {
	all, err := os.ReadDir(folder)
	return err == nil && len(all) > 0
}
