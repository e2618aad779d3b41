package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// checkpointRun is one checkpoint from the command line.
type checkpointRun struct {
	config, out                  string
	fingerprint, printed, newKey bool
}

func newCheckpointCommand() *cobra.Command {
	var f checkpointRun
	cmd := &cobra.Command{
		Use:   "checkpoint [--out FILE]",
		Short: "Sign what the log holds now and print or keep the checkpoint, for a place that nobody here can change",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.LoadPlaces(f.config)
			if err != nil {
				return err
			}
			if f.newKey {
				return renewEvidenceKey(cmd, c)
			}
			return f.run(cmd, c)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	flags.StringVar(&f.out, "out", "", "write it into a new FILE")
	flags.BoolVar(&f.fingerprint, "fingerprint", false, "print only the fingerprint of the key, for filing")
	flags.BoolVar(&f.printed, "print", false, "print the short form for the daily sheet")
	flags.BoolVar(&f.newKey, "new-key", false, "begin with a new key; the old file is kept beside it")
	return cmd
}

func (f checkpointRun) run(cmd *cobra.Command, c config.Config) error {
	if _, err := os.Stat(c.Log.File); err != nil {
		return fmt.Errorf("there is no duty log %s: start the daemon first, or name the right configuration with --config", c.Log.File)
	}
	db, err := sqlite.Open(cmd.Context(), c.Log.File, sqlite.Options{Location: c.Site.Location()})
	if err != nil {
		return err
	}
	defer db.Close()
	key, made, err := openEvidenceKey(cmd.Context(), c.EvidenceKey(), db)
	if err != nil {
		return err
	}
	if made {
		fmt.Fprintf(cmd.ErrOrStderr(), "dutyline: the key %s was made; write its fingerprint down and file it: %s\n", c.EvidenceKey(), key.Fingerprint())
	}
	if f.fingerprint {
		fmt.Fprintln(cmd.OutOrStdout(), key.Fingerprint())
		return nil
	}
	signed, err := db.Checkpoint(cmd.Context(), key, c.Proof.SendTo != "")
	if err != nil {
		return err
	}
	text := signed.Note
	if f.printed {
		if text, err = printedCheckpoint(signed.Note, key, c.Site.Location()); err != nil {
			return err
		}
	}
	if f.out == "" {
		fmt.Fprint(cmd.OutOrStdout(), text)
		return nil
	}
	if err := writeNew(f.out, text); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the signed checkpoint is in %s: keep it where nobody here can change it\n", f.out)
	return nil
}

// printedCheckpoint is the form for paper: what is compared by eye.
func printedCheckpoint(signed string, key audit.Key, zone *time.Location) (string, error) {
	c, err := audit.Open(signed, key.Verifier())
	if err != nil {
		return "", fmt.Errorf("the newest checkpoint: %w", err)
	}
	return fmt.Sprintf("日志校验点 checkpoint\n  记录数 records   %d\n  时间 at          %s\n  根哈希 root      %s\n  密钥指纹 key     %s\n",
		c.Size, atSite(c.At, zone), audit.Grouped(c.Root[:]), key.Fingerprint()), nil
}

// writeNew writes a file that must not be there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name a new file, checkpoints are never written over", name)
	}
	if err != nil {
		return mayNotWrite(err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// mayNotWrite says what to do where the user that runs a command may not write.
func mayNotWrite(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; name a place into which the daemon's user may write, as below /var/lib/dutyline, and fetch it from there with sudo cp -r", err)
	}
	return err
}

// renewEvidenceKey puts the old key aside, where it is there, and makes a new one.
func renewEvidenceKey(cmd *cobra.Command, c config.Config) error {
	file := c.EvidenceKey()
	var db *sqlite.DB
	if _, err := os.Stat(c.Log.File); err == nil {
		if db, err = sqlite.Open(cmd.Context(), c.Log.File, sqlite.Options{Location: c.Site.Location()}); err != nil {
			return err
		}
		defer db.Close()
	}
	if _, err := os.Stat(file); err == nil {
		for n := 1; ; n++ {
			old := fmt.Sprintf("%s.old-%d", file, n)
			if err := os.Link(file, old); errors.Is(err, fs.ErrExist) {
				continue
			} else if err != nil {
				return fmt.Errorf("keep the old key: %w", err)
			}
			if err := os.Remove(file); err != nil {
				return fmt.Errorf("keep the old key: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "the old key is kept as %s\n", old)
			break
		}
	}
	if err := makeEvidenceKey(file); err != nil {
		return err
	}
	key, err := readEvidenceKey(file)
	if err == nil && db != nil {
		err = db.Introduce(cmd.Context(), key)
	}
	if err == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "a new key is in %s: write its fingerprint down and file it: %s\nStart the daemon again to sign with it; what the old key signed stays valid.\n", file, key.Fingerprint())
	}
	return err
}
