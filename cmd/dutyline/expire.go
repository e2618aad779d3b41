package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
)

func newExpireCommand() *cobra.Command {
	var file string
	var dry bool
	cmd := &cobra.Command{
		Use:   "expire --config FILE",
		Short: "Delete what is past its days, as the daemon does once a day; --dry-run only says what and why",
		Long: "Delete recordings, tape and journal files that are past the days of the section retention. Entries,\n" +
			"settlements and records never expire. Nothing held, unproved or (retention.require_backup) in no\n" +
			"backup is deleted; every deletion is a numbered decision with its proof.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withData(cmd, file, func(d *data) error {
				x := d.expirer(shellActor(), newLogger(cmd.ErrOrStderr()))
				if dry {
					rulings, err := x.rulings(cmd.Context())
					return errors.Join(err, printRulings(cmd.OutOrStdout(), rulings))
				}
				gone, err := x.Run(cmd.Context())
				return errors.Join(err, printRulings(cmd.OutOrStdout(), gone))
			})
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "decide and print, delete nothing")
	return cmd
}

// whyWords are the reasons of a ruling for people.
var whyWords = map[recorder.Why]string{
	recorder.NeverExpires: "of this kind nothing ever goes by age",
	recorder.NoBound:      "retention sets no bound for this kind",
	recorder.Undated:      "its time is not known or yet to come",
	recorder.WithinBound:  "neither older nor more than retention allows",
	recorder.InUse:        "it is being written or read",
	recorder.Held:         "a legal hold keeps it; dutyline hold",
	recorder.Unverified:   "it differs from what was sealed; dutyline verify",
	recorder.NotBackedUp:  "no backup has it yet; dutyline backup",
	recorder.TooOld:       "older than retention allows",
	recorder.TooMuch:      "more than retention allows, and the oldest of it",
}

// printRulings lists what goes, and counts by reason what stays.
func printRulings(out io.Writer, rulings []recorder.Ruling) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	stay := map[string]int{}
	goes, bytes := 0, int64(0)
	for _, r := range rulings {
		if !r.Expire {
			stay[fmt.Sprintf("%s: %s (%s)", r.Kind, r.Why, whyWords[r.Why])]++
			continue
		}
		goes, bytes = goes+1, bytes+r.Bytes
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Kind, r.Name, r.Why, r.At.Local().Format(time.DateOnly))
	}
	fmt.Fprintf(w, "goes: %d, %s\n", goes, inWords(bytes))
	var reasons []string
	for why := range stay {
		reasons = append(reasons, why)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		fmt.Fprintf(w, "stays: %d, %s\n", stay[why], why)
	}
	return w.Flush()
}

// data is everything that a daemon keeps, opened by a command beside it.
type data struct {
	cfg     config.Config
	log     *sqlite.DB
	keys    *archive.Keys
	archive *archive.Archive
	vault   *archive.Vault // of attached files
}

// withData opens what a configuration names for one command. Without the key, what needs no
// key still works.
func withData(cmd *cobra.Command, file string, do func(*data) error) (err error) {
	d := &data{}
	if d.cfg, err = config.LoadPlaces(file); err != nil {
		return err
	}
	if _, err := os.Stat(d.cfg.Log.File); err != nil {
		return fmt.Errorf("there is no duty log %s: name the right configuration with --config, or start the daemon first", d.cfg.Log.File)
	}
	if d.log, err = sqlite.Open(cmd.Context(), d.cfg.Log.File, sqlite.Options{Location: d.cfg.Site.Location()}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.log.Close()) }()
	if d.keys, err = archive.ReadKeys(d.cfg.KeysFolder(), d.cfg.Keys.EscrowRecipient); err != nil {
		d.keys = archive.NoKeys(err)
	}
	if d.archive, err = archive.New(d.cfg.Archive.Folder, archive.Options{Keys: d.keys}, d.log, nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.archive.Close()) }()
	if d.vault, err = archive.OpenVault(attachmentsBeside(d.cfg.Log.File), archive.Options{Keys: d.keys}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.vault.Close()) }()
	return do(d)
}

func (d *data) expirer(by dutylog.Actor, logger *slog.Logger) *expirer {
	return &expirer{log: d.log, archive: d.archive, vault: d.vault, tape: tapeCloser{tapeFolder(d.cfg.Tape.Folder), d.keys}, journal: d.cfg.Journal.File, rule: d.cfg.Rule(), by: by, now: time.Now, logger: logger}
}

// shellActor is who runs a command on the machine itself, as far as the machine knows.
func shellActor() dutylog.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return dutylog.Actor{Login: "shell:" + name, Name: name}
}

// actor is the login that answers for a decision: one of the log's, or whoever runs the command.
func (d *data) actor(cmd *cobra.Command, login string) (dutylog.Actor, error) {
	if login == "" {
		return shellActor(), nil
	}
	a, err := d.log.Account(cmd.Context(), login)
	if err != nil {
		return dutylog.Actor{}, fmt.Errorf("--by %s: %w; dutyline user list shows the logins", login, err)
	}
	return dutylog.Actor{Login: a.Login, Name: a.Name, Role: a.Role}, nil
}
