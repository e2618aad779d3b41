package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the site's time zone, also where the system has no table

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
)

// logFlags say which duty log a command works on.
type logFlags struct {
	config string
	db     string
	site   config.Site
}

// addLogFlags adds --config and --db to a command and those below it.
func addLogFlags(cmd *cobra.Command) *logFlags {
	f := &logFlags{site: config.Default().Site}
	cmd.PersistentFlags().StringVar(&f.config, "config", "", "configuration FILE of the daemon, which names the duty log")
	cmd.PersistentFlags().StringVar(&f.db, "db", "", "duty log FILE itself, for instance var/log.db")
	cmd.MarkFlagsMutuallyExclusive("config", "db")
	return f
}

// openLog opens the duty log that the flags name. The daemon may run beside it. A log that is
// not there yet is created only on request, and said: else a misspelt name would show an empty log.
func (f *logFlags) openLog(cmd *cobra.Command, create bool) (*sqlite.DB, error) {
	file, err := f.file()
	if err != nil {
		return nil, err
	}
	_, err = os.Stat(file)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && !create {
		return nil, fmt.Errorf("there is no duty log %s: name the right file with --config or --db, or start the daemon first", file)
	}
	if folder := filepath.Dir(file); missing {
		if _, err := os.Stat(folder); err != nil {
			return nil, fmt.Errorf("there is no folder %s for a new duty log: make it and give it to the daemon's user first", folder)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "dutyline: there was no duty log %s; a new one is made\n", file)
	}
	zone, err := time.LoadLocation(f.site.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", f.site.TimeZone, err)
	}
	return sqlite.Open(cmd.Context(), file, sqlite.Options{Location: zone})
}

// atSite is a time as people at the site read it.
func atSite(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05 -07:00")
}

// absent reports that a command would have to make the duty log.
func (f *logFlags) absent() bool {
	file, err := f.file()
	if err != nil {
		return false // said when it is opened
	}
	_, err = os.Stat(file)
	return errors.Is(err, fs.ErrNotExist)
}

// file is the duty log's name; with --config it also takes over the site.
func (f *logFlags) file() (string, error) {
	if f.db != "" {
		return f.db, nil
	}
	if f.config == "" {
		return "", errors.New("which duty log? Name the daemon's configuration with --config FILE, or the log itself with --db FILE")
	}
	c, err := config.Load(f.config)
	if err != nil {
		return "", err
	}
	f.site = c.Site
	return c.Log.File, nil
}
