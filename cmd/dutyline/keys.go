package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony"
)

// openKeys reads the site's key, and makes it at the very first start. A key that is gone
// later is never replaced by itself: the daemon then watches and logs, and what is recorded
// waits on the switch until the key is back.
func openKeys(ctx context.Context, c config.Config, db *sqlite.DB, logger *slog.Logger) (keys *archive.Keys, made bool, err error) {
	known, err := db.SiteKeys(ctx)
	if err != nil {
		return nil, false, err
	}
	folder, escrow := c.KeysFolder(), c.Keys.EscrowRecipient
	keys, err = archive.ReadKeys(folder, escrow)
	if errors.Is(err, fs.ErrNotExist) && len(known) == 0 {
		keys, err = archive.MakeKeys(folder, escrow, time.Now())
		made = err == nil
	}
	if err != nil {
		logger.Error("there is no key: calls are watched and logged, recordings wait on the switch and cannot be played until it is back",
			"err", err, "fingerprints", fingerprints(known))
		return archive.NoKeys(err), false, nil
	}
	here := keys.Recipients()
	for _, k := range known {
		if !slices.Contains(here, k.Recipient) {
			logger.Error("a key with which recordings were sealed is not in the key file: they cannot be played; put its line back",
				"fingerprint", archive.Fingerprint(k.Recipient), "in_use_since", k.FirstSeen.Format(time.DateOnly))
		}
	}
	return keys, made, db.NoteSiteKeys(ctx, here)
}

// tellKey says what a new key means, before it is ever needed.
func tellKey(c config.Config, keys *archive.Keys, logger *slog.Logger) {
	logger.Warn("the key that opens the recordings was made 已生成录音密钥: copy it to two safe places now 请立即备份两份; when it is lost, no recording can ever be opened again 丢失后全部录音无法恢复",
		"key", filepath.Join(c.KeysFolder(), archive.KeyFile), "fingerprint", keys.Fingerprint(), "read", filepath.Join(c.KeysFolder(), archive.KeyNote))
}

func fingerprints(keys []sqlite.SiteKey) (all []string) {
	for _, k := range keys {
		all = append(all, archive.Fingerprint(k.Recipient))
	}
	return all
}

// keyFlags say which keys a command works on.
type keyFlags struct{ config, folder, escrow, log string }

func newKeysCommand() *cobra.Command {
	var f keyFlags
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Show the key that opens the recordings, or make a new one",
		Long: "The key in the keys' folder opens every recording. Nobody can open them without it: copy it to two\n" +
			"safe places (丢失密钥 = 丢失全部录音). The note beside it says how.",
		Args: cobra.NoArgs,
	}
	cmd.PersistentFlags().StringVar(&f.config, "config", "", "configuration FILE of the daemon, which names the keys' folder")
	cmd.PersistentFlags().StringVar(&f.folder, "folder", "", "the keys' folder itself, for instance var/keys")
	cmd.MarkFlagsMutuallyExclusive("config", "folder")
	cmd.AddCommand(&cobra.Command{
		Use: "show", Short: "Print fingerprint and public part of every key that is here; never the key itself", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.show(cmd.Context(), cmd.OutOrStdout()) },
	}, &cobra.Command{
		Use: "new", Short: "Make a new key for new recordings; the older ones stay in the file and open what they sealed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.makeNew(cmd.OutOrStdout()) },
	})
	return cmd
}

func (f *keyFlags) find() error {
	if f.folder != "" {
		return nil
	}
	if f.config == "" {
		return errors.New("which keys? Name the daemon's configuration with --config FILE, or their folder with --folder DIR")
	}
	c, err := config.Load(f.config)
	f.folder, f.escrow, f.log = c.KeysFolder(), c.Keys.EscrowRecipient, c.Log.File
	return err
}

func (f *keyFlags) show(ctx context.Context, out io.Writer) error {
	if err := f.find(); err != nil {
		return err
	}
	keys, err := archive.ReadKeys(f.folder, f.escrow)
	if errors.Is(err, fs.ErrNotExist) && f.unused(ctx) {
		return fmt.Errorf("there is no key yet in %s; dutyline serve makes it at its first start", f.folder)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "file    %s\n", filepath.Join(f.folder, archive.KeyFile))
	for i, r := range keys.Recipients() {
		fmt.Fprintf(out, "%-6s  %s  %s\n", map[bool]string{true: "seals", false: "opens"}[i == 0], archive.Fingerprint(r), r)
	}
	if e := keys.Escrow(); e != "" {
		fmt.Fprintf(out, "escrow  %s  %s\n", archive.Fingerprint(e), e)
	}
	return nil
}

// unused reports that no recording was ever sealed with a key, as far as can be told.
func (f *keyFlags) unused(ctx context.Context) bool {
	if f.log == "" {
		return true
	}
	_, known, err := lastSealed(ctx, f.log)
	return err == nil && len(known) == 0
}

func (f *keyFlags) makeNew(out io.Writer) error {
	if err := f.find(); err != nil {
		return err
	}
	keys, err := archive.MakeKeys(f.folder, f.escrow, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a new key with fingerprint %s is in %s; %d older key(s) stay in it.\n"+
		"Start the daemon again to seal with it, and copy the file to two safe places now (丢失密钥 = 丢失全部录音).\n",
		keys.Fingerprint(), filepath.Join(f.folder, archive.KeyFile), len(keys.Recipients())-1)
	return nil
}

// checkKeys looks at the key without touching it, and whether it opens what was sealed last.
func checkKeys(ctx context.Context, c config.Config) telephony.Check {
	name := filepath.Join(c.KeysFolder(), archive.KeyFile)
	check := telephony.Check{Name: "recording key", Remedy: "bring the file back from where a copy is kept; " + archive.KeyNote + " beside it says what it is"}
	last, known, err := lastSealed(ctx, c.Log.File)
	info, missing := os.Stat(name)
	switch {
	case err != nil:
		check.OK, check.Detail = true, "not compared, because the duty log cannot be read"
	case errors.Is(missing, fs.ErrNotExist) && len(known) == 0:
		check.OK, check.Detail = true, name+" is made at the first start of the daemon; copy it to two safe places then"
	case missing != nil:
		check.Detail = missing.Error() + ": recordings can be neither sealed nor opened"
	case info.Mode().Perm()&0o077 != 0:
		check.Detail, check.Remedy = name+" can be read by others than its owner", "chmod 600 "+name
	default:
		check.OK, check.Detail = tryKeys(c, last, known)
	}
	return check
}

// tryKeys opens with the keys what was sealed last, and compares them with those that were used.
func tryKeys(c config.Config, last recorder.Recording, known []string) (ok bool, detail string) {
	keys, err := archive.ReadKeys(c.KeysFolder(), c.Keys.EscrowRecipient)
	if err != nil {
		return false, err.Error()
	}
	for _, k := range known {
		if !slices.Contains(keys.Recipients(), k) {
			return false, "the key with fingerprint " + archive.Fingerprint(k) + ", with which recordings were sealed, is not in the key file"
		}
	}
	detail = "fingerprint " + keys.Fingerprint()
	if last.Path == "" {
		return true, detail
	}
	if err := opens(keys, filepath.Join(c.Archive.Folder, last.File())); err != nil {
		return false, fmt.Sprintf("it does not open the recording that was sealed last (%s): %v", last.File(), err)
	}
	return true, detail + ", opens the last recording"
}

// opens proves that keys open an encrypted file, by its last part.
func opens(keys *archive.Keys, name string) error {
	f, err := openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, _, err = keys.DecryptAt(f, info.Size())
	return err
}

// lastSealed is the newest encrypted recording and every public key that was used; nothing
// when there is no duty log yet. It makes and changes nothing.
func lastSealed(ctx context.Context, file string) (r recorder.Recording, known []string, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return r, nil, nil
	}
	db, err := openReadOnly(file)
	if err != nil {
		return r, nil, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT path, file_digest FROM recordings WHERE file_digest <> '' AND status = 'sealed' ORDER BY sealed_at DESC LIMIT 1").
		Scan(&r.Path, &r.FileDigest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return r, nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT recipient FROM site_keys")
	if err != nil {
		return r, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return r, nil, err
		}
		known = append(known, k)
	}
	return r, known, rows.Err()
}
