package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
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
		Short: "Check configuration, ARI rights, dialplan, spool, clock and disk, with a remedy for each",
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
		return []telephony.Check{{Name: "configuration", Detail: err.Error(), Remedy: "mend the lines named above"}}
	}
	checks := []telephony.Check{{Name: "configuration", OK: true, Detail: fmt.Sprintf("%s, %d line(s)", file, len(c.Lines))}}
	checks = append(checks, ari.New(ariConfig(c, slog.New(slog.DiscardHandler)), nil).Check(ctx, c.TelephonyLines())...)
	checks = append(checks, checkClock(), checkLog(ctx, c))
	for _, folder := range c.DataFolders() {
		checks = append(checks, checkFolder(folder))
	}
	return checks
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

func checkLog(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "duty log", Remedy: "make the folder writable for the daemon's user, or restore the log from a backup if it is damaged"}
	db, err := sqlite.Open(ctx, c.Log.File, sqlite.Options{Location: c.Site.Location()})
	if err != nil {
		check.Detail = err.Error()
		return check
	}
	defer db.Close()
	if err := db.Healthy(ctx); err != nil {
		check.Detail = err.Error()
		return check
	}
	check.OK, check.Detail = true, c.Log.File
	return check
}

// checkFolder writes and removes a file, and looks at the free space.
func checkFolder(folder string) telephony.Check {
	check := telephony.Check{Name: "folder " + folder}
	probe := filepath.Join(folder, ".doctor")
	if err := errors.Join(os.MkdirAll(folder, 0o750), os.WriteFile(probe, []byte("x"), 0o600), os.Remove(probe)); err != nil {
		check.Detail, check.Remedy = err.Error(), "make it writable: chown the folder to the daemon's user"
		return check
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		check.Detail, check.Remedy = err.Error(), "check the disk that holds it"
		return check
	}
	free := fs.Bavail * uint64(fs.Bsize)
	check.OK = free >= leastFree
	check.Detail = fmt.Sprintf("%.1f GB free", float64(free)/(1<<30))
	check.Remedy = "free at least 2 GB, or put the folder on a larger disk"
	return check
}

var errDoctor = errors.New("some checks failed; the remedies are above")

func printChecks(out io.Writer, checks []telephony.Check) error {
	bad := false
	for _, c := range checks {
		mark := "ok  "
		if !c.OK {
			mark, bad = "FAIL", true
		}
		fmt.Fprintf(out, "%s  %-28s %s\n", mark, c.Name, c.Detail)
		if !c.OK && c.Remedy != "" {
			fmt.Fprintf(out, "      → %s\n", c.Remedy)
		}
	}
	if bad {
		return errDoctor
	}
	return nil
}
