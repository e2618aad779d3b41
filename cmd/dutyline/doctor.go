package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// leastFree is the free space below which a data folder is a fault: about 60 hours of
// sealed recordings.
const leastFree = 2 << 30

func newDoctorCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "doctor --config FILE",
		Short: "Check configuration, ARI rights, dialplan, spool, clock, keys, backup and disk, with a remedy for each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
			defer cancel()
			return printChecks(cmd.OutOrStdout(), diagnose(ctx, file))
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

// diagnose looks at everything it can reach; a failed check never hides the next.
func diagnose(ctx context.Context, file string) []telephony.Check {
	c, err := config.Load(file)
	if err != nil {
		return []telephony.Check{{Name: "configuration", Detail: err.Error(), Remedy: "what to write is said above; deploy/dutyline.yaml shows every key"}}
	}
	checks := []telephony.Check{{Name: "configuration", OK: true, Detail: fmt.Sprintf("%s, %d line(s)", file, len(c.Lines))}}
	sw := ari.New(ariConfig(c, slog.New(slog.DiscardHandler)), nil)
	checks = append(checks, sw.Check(ctx, c.TelephonyLines())...)
	checks = append(checks, checkJournal(ctx, c, sw.ModuleRuns), checkClock(), checkLog(ctx, c), checkStructure(ctx, c), checkBeginning(ctx, c), checkKeys(ctx, c), checkRoom(ctx, c))
	facts, err := proofFactsOf(ctx, c.Log.File)
	checks = append(checks, checkEvidenceKey(c, facts, err), checkBackup(c, facts, err, time.Now()))
	if to := c.Proof.SendTo; filepath.IsAbs(to) {
		checks = append(checks, checkSent(to))
	}
	checks = append(append(checks, checkPeople(ctx, c)...), checkPrompts(c)...)
	checks = append(checks, checkTests(ctx, c))
	if c.Alerts.Rules != "" {
		checks = append(checks, checkRules(c))
	}
	for _, folder := range c.DataFolders() {
		checks = append(checks, checkFolder(folder, leastFree))
	}
	return checks
}

// checkRules reads the rule file as the daemon does.
func checkRules(c config.Config) telephony.Check {
	if _, err := c.Rules(); err != nil {
		return telephony.Check{Name: "rules", Detail: err.Error(), Remedy: "correct that line; until then the daemon goes on with the last good rules"}
	}
	return telephony.Check{Name: "rules", OK: true, Detail: c.Alerts.Rules}
}

// checkClock asks the kernel whether somebody keeps its clock right.
func checkClock() telephony.Check {
	check := telephony.Check{Name: "clock", Remedy: "install and start a time service, for instance apt-get install chrony, and allow it to reach a time server"}
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	switch {
	case err != nil:
		check.Detail = "the kernel does not tell: " + err.Error()
	case state == unix.TIME_ERROR:
		check.Detail = "the clock is not synchronised; entry times would be wrong"
	default:
		check.OK, check.Detail = true, fmt.Sprintf("synchronised, error at most %d ms", t.Maxerror/1000)
	}
	return check
}

// checkLog looks at the duty log without opening it for writing: doctor may run as another
// user than the daemon, whose files it must neither make nor change.
func checkLog(ctx context.Context, c config.Config) telephony.Check {
	file := c.Log.File
	check := telephony.Check{Name: "duty log", Detail: file}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && holdsFiles(c.Archive.Folder):
		check.Detail, check.Remedy = file+" is not there, although there are recordings", "correct log.file in the configuration, or restore the last backup with dutyline restore"
	case errors.Is(err, fs.ErrNotExist):
		check.OK, check.Detail = true, file+" is made at the first start of the daemon"
	case err != nil:
		check.Detail, check.Remedy = err.Error(), "let the daemon's user enter the folders above it"
	case !info.Mode().IsRegular():
		check.Detail, check.Remedy = file+" is no file", "move away what is there, or correct log.file in the configuration"
	case info.Mode().Perm()&0o077 != 0:
		check.Detail, check.Remedy = file+" can be read by others than its owner", "chmod 600 "+file
	case ownerOf(file) != ownerOf(filepath.Dir(file)):
		check.Detail, check.Remedy = file+" belongs to another user than its folder", "give both to the daemon's user with chown"
	default:
		if err := unix.Faccessat(unix.AT_FDCWD, file, unix.R_OK|unix.W_OK, unix.AT_EACCESS); err != nil {
			check.Detail, check.Remedy = fmt.Sprintf("%s: %v", file, err), "run doctor as the daemon's user; if it says the same then, give the file to that user with chown"
		} else if err := soundLog(ctx, file); err != nil {
			check.Detail, check.Remedy = fmt.Sprintf("%s is damaged or no duty log: %v", file, err), "stop the daemon, put the file aside (do not delete it) and restore the last backup with dutyline restore"
		} else {
			check.OK = true
		}
	}
	return check
}

// ownerOf is the user to whom a file belongs; -1 when it cannot be told.
func ownerOf(name string) int {
	info, err := os.Stat(name)
	if err != nil {
		return -1
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}

// openReadOnly opens the log so that nothing is made or changed. While the daemon has it open,
// its side file is there and is used; else nobody writes, and SQLite is told so, for it would
// make that file.
func openReadOnly(file string) (*sql.DB, error) {
	how := "mode=ro"
	if _, err := os.Stat(file + "-shm"); err != nil {
		how = "mode=ro&immutable=1"
	}
	return sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+how)
}

// soundLog reads the whole log.
func soundLog(ctx context.Context, file string) error {
	db, err := openReadOnly(file)
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return errors.New(verdict)
	}
	var calls int
	return db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM calls LIMIT 1)").Scan(&calls)
}

// checkFolder asks whether a data folder is there, may be written and has room. It makes
// nothing: what root made the daemon could not write.
func checkFolder(folder string, least uint64) telephony.Check {
	check := telephony.Check{Name: "folder " + folder}
	there := nearest(folder)
	info, err := os.Stat(there)
	switch {
	case err != nil:
		check.Detail, check.Remedy = err.Error(), "move away what is in the way, or let the daemon's user enter the folders above it"
		return check
	case !info.IsDir():
		check.Detail, check.Remedy = "is a file", "move the file away, or correct the configuration"
		return check
	}
	if err := unix.Faccessat(unix.AT_FDCWD, there, unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil && there != folder {
		check.Detail = "is not there, and cannot be made in " + there + ": " + err.Error()
		check.Remedy = "make it for the daemon's user, for instance sudo install -d -o dutyline -m 700 " + folder + "; or run doctor as that user"
		return check
	} else if err != nil {
		check.Detail, check.Remedy = "cannot be written: "+err.Error(), "run doctor as the daemon's user; if it says the same then, give the folder to that user with chown"
		return check
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(there, &disk); err != nil {
		check.Detail, check.Remedy = err.Error(), "check the disk that holds it"
		return check
	}
	free := disk.Bavail * uint64(disk.Bsize)
	check.Detail = fmt.Sprintf("%.1f GB free", float64(free)/(1<<30))
	if there != folder {
		check.Detail = "is made at the first start of the daemon, " + check.Detail
	}
	if check.OK = free >= least; !check.OK {
		check.Remedy = fmt.Sprintf("free at least %.0f GB, or put the folder on a larger disk", float64(least)/(1<<30))
	}
	return check
}

var errDoctor = errors.New("some checks failed; the remedies are above")

func printChecks(out io.Writer, checks []telephony.Check) error {
	bad := false
	for _, c := range checks {
		mark := "ok  "
		switch {
		case !c.OK:
			mark, bad = "FAIL", true
		case c.Warn:
			mark = "WARN"
		}
		fmt.Fprintf(out, "%s  %-28s %s\n", mark, c.Name, c.Detail)
		if (!c.OK || c.Warn) && c.Remedy != "" {
			fmt.Fprintf(out, "      → %s\n", c.Remedy)
		}
	}
	if bad {
		return errDoctor
	}
	return nil
}
