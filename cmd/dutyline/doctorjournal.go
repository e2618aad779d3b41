package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/cel"
)

const (
	// journalModule writes the journal.
	journalModule = "cel_custom.so"
	// journalRoom is the free space below which the switch's journal is taken for one that
	// cannot be written: Asterisk loses rows without a word on a full disk.
	journalRoom = 64 << 20
	// journalBehind is how much newer than the newest row a call of the duty log may be: rows
	// are written within a moment.
	journalBehind = time.Minute
)

// journalRemedy is what to do about a journal that Asterisk does not write.
const journalRemedy = "compare modules.conf, cel.conf and cel_custom.conf with deploy/asterisk, see that Asterisk's user may write the folder, " +
	"restart Asterisk, place a test call and look at: asterisk -rx 'cel show status'"

// moduleRuns asks the switch.
type moduleRuns func(ctx context.Context, module string) (bool, error)

// checkJournal looks at the second eye: where it should be, whether it can be read, and whether
// it is written at all. A switch without a journal is a set-up that is allowed, and says what
// it costs.
func checkJournal(ctx context.Context, c config.Config, runs moduleRuns) telephony.Check {
	check := telephony.Check{Name: "journal"}
	if c.Journal.File == "" {
		check.OK = true
		check.Detail = "none is configured (journal.file): calls of a time in which the daemon does not see the switch stay unknown, and that time is stated as blind; " +
			"deploy/asterisk/README.md says how Asterisk writes one"
		return check
	}
	seen := cel.Look(cel.Config{Path: c.Journal.File, Zone: c.Journal.Location()})
	call := lastCall(ctx, c.Log.File)
	if seen.Problem != "" && !seen.Unwritten {
		check.Detail, check.Remedy = seen.Problem, seen.Remedy
		return check
	}
	if on, err := runs(ctx, journalModule); err == nil && !on {
		check.Detail, check.Remedy = "the switch does not run "+journalModule+", so no journal is written", journalRemedy
		return check
	}
	if call.Sub(seen.LastRow) > journalBehind {
		check.Detail = fmt.Sprintf("the duty log has a call that ended at %s, and the journal has nothing of it (newest row: %s)", when(call), when(seen.LastRow))
		check.Remedy = journalRemedy
		return check
	}
	if err := journalFull(c.Journal.File); err != nil {
		check.Detail, check.Remedy = err.Error(), "make room there: Asterisk loses rows without a word when the disk is full"
		return check
	}
	if err := journalKept(c.Journal.File, mayWrite); err != nil {
		check.Detail, check.Remedy = err.Error(), "give folder and files to a common group that may write them: chmod 2770 of the folder, UMask=0007 for Asterisk (README.md, In production)"
		return check
	}
	check.OK = true
	switch {
	case seen.Unwritten:
		check.Detail = c.Journal.File + " is not there yet: Asterisk makes it with the first call"
	default:
		check.Detail = fmt.Sprintf("%s, newest row: %s", c.Journal.File, when(seen.LastRow))
	}
	return check
}

// withZone is a time as the machine's clock shows it, with its distance from UTC: a server's clock often runs in UTC.
func withZone(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 -07:00") }

func when(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return withZone(t)
}

// journalKept says that what is over age cannot be removed from the journal, nor what is erased; nil when it can.
func journalKept(file string, mayWrite func(string) bool) error {
	for _, path := range []string{filepath.Dir(file), file} {
		if _, err := os.Stat(path); err == nil && !mayWrite(path) {
			return fmt.Errorf("this user may not write %s: the journal's files that are over age cannot be removed, and nothing in them can be erased", path)
		}
	}
	return nil
}

// mayWrite reports whether the user that runs this may write a file or into a folder.
func mayWrite(path string) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS) == nil
}

// journalFull says that there is no room for the journal; nil when there is, or nobody can tell.
func journalFull(file string) error {
	free, err := freeOn(filepath.Dir(file))
	if err == nil && free < journalRoom {
		return fmt.Errorf("the disk of the switch's journal is full: %s has %s left", filepath.Dir(file), inWords(free))
	}
	return nil
}

// lastCall is when the newest call of the duty log ended; zero when there is none, or nobody
// can tell. It makes and changes nothing.
func lastCall(ctx context.Context, file string) time.Time {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return time.Time{}
	}
	db, err := openReadOnly(file)
	if err != nil {
		return time.Time{}
	}
	defer db.Close()
	var at *int64
	if err := db.QueryRowContext(ctx, "SELECT max(ended_at) FROM calls").Scan(&at); err != nil || at == nil {
		return time.Time{} // what is wrong with the log is another check's
	}
	return time.UnixMicro(*at)
}
