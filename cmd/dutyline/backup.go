package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
)

// notInBackup is said in every manifest, and after every backup and restoration.
func notInBackup(keys []sqlite.SiteKey) []string {
	which := ""
	if len(keys) > 0 {
		which = " (fingerprint " + strings.Join(fingerprints(keys), ", ") + ")"
	}
	return []string{
		"the keys" + which + ": copy the whole keys folder to another place, with site.key (or keep the escrow key), without which encrypted recordings cannot be played, and evidence.key, without which nothing can be signed as before",
		"passwords of the configuration (ARI, metrics), the page's certificate, login sessions",
		"the files that the configuration names (alerts.rules, assessment.rules, site.report_template): copy those of your own to another place",
	}
}

const openBackup = "the duty log in the backup is not encrypted: keep the folder as closed as the data folder"

// places is where a system keeps its data.
type places struct {
	config     string // file; empty when there is none
	log        string
	recordings string
	tape       string
	zone       *time.Location // of the site; nil: the usual
}

// placesOf reads them from a configuration file, or takes the usual names in a data folder.
func placesOf(file, folder string) (places, error) {
	if folder != "" {
		in := func(name string) string { return filepath.Join(folder, name) }
		return places{log: in(backup.LogName), recordings: in("recordings"), tape: in("tape")}, nil
	}
	c, err := config.LoadPlaces(file)
	if err != nil {
		return places{}, err
	}
	return places{config: file, log: c.Log.File, recordings: c.Archive.Folder, tape: c.Tape.Folder, zone: c.Site.Location()}, nil
}

// aside is where the daemon keeps what the log refused; see newCommitter.
func (p places) aside() string { return filepath.Join(filepath.Dir(p.log), "refused-changes.jsonl") }

type backupFlags struct {
	config, data, journal string
	tape                  bool
	keep                  int
}

func newBackupCommand() *cobra.Command {
	var f backupFlags
	cmd := &cobra.Command{
		Use:   "backup DIR",
		Short: "Back up the duty log and all recordings into a folder, while the daemon runs",
		Long: "Back up the duty log and all recordings into DIR, best on another disk, while the daemon runs.\n" +
			"Every run adds a generation of the log; recordings are copied once and proved by their digest.\n" +
			"A run that is cut off leaves the generations before it as they were; the next one goes on.\n" +
			"Keys are not in the backup: copy the whole keys folder (site.key, evidence.key) to another place.",
		Args: cobra.ExactArgs(1),
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, args []string) error {
			from, err := placesOf(f.config, f.data)
			if err != nil {
				return err
			}
			return (&backupRun{flags: f, from: from, dir: args[0], lost: map[string]bool{}, out: cmd.OutOrStdout(), tell: newTeller(cmd.ErrOrStderr())}).run(ctx)
		}),
	}
	cmd.Flags().StringVar(&f.config, "config", "/etc/dutyline/dutyline.yaml", "configuration FILE of the daemon")
	cmd.Flags().StringVar(&f.data, "data", "", "data FOLDER itself, with log.db, recordings and tape in it, for instance var")
	cmd.Flags().BoolVar(&f.tape, "tape", false, "the tape as well (what was read from the switch)")
	cmd.Flags().StringVar(&f.journal, "journal", "", "the files of this FOLDER as well: the switch's journal")
	cmd.Flags().IntVar(&f.keep, "keep", 0, "keep the newest N generations of the log and remove older ones; 0 keeps all. Recordings stay, but for erased ones that none of these has")
	cmd.MarkFlagsMutuallyExclusive("config", "data")
	return cmd
}

// backupRun is one run of the command.
type backupRun struct {
	flags backupFlags
	from  places
	dir   string
	out   io.Writer
	tell  *teller
	log   *sqlite.DB
	to    *backup.Folder
	draft *backup.Draft
	at    time.Time
	check string          // the newest checkpoint
	lost  map[string]bool // calls whose recording the generation lacks
}

func (b *backupRun) run(ctx context.Context) (err error) {
	if _, err := os.Stat(b.from.log); err != nil {
		return fmt.Errorf("there is no duty log to back up: %w; name the daemon's configuration with --config, or its data folder with --data", err)
	}
	if err := apart(b.dir, b.from); err != nil {
		return err
	}
	if b.log, err = sqlite.Open(ctx, b.from.log, sqlite.Options{Location: b.from.zone}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.log.Close()) }()
	identity, err := b.log.Identity(ctx)
	if err != nil {
		return err
	}
	if b.to, err = backup.Create(b.dir, identity); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.to.Close()) }()
	b.at = time.Now().UTC()
	if b.draft, err = b.to.Begin(b.at, version, sqlite.SchemaVersion()); err != nil {
		return err
	}
	begun := dutylog.Access{By: shellActor(), What: dutylog.TookBackup, Object: filepath.Join(b.to.Path(), b.draft.Name()), At: b.at}
	if err := b.log.NoteAccess(ctx, begun); err != nil { // a log that cannot be written is the more worth a backup
		fmt.Fprintln(b.out, "the log could not be told that this backup was begun:", err)
	}
	if err := b.fill(ctx); err != nil {
		return errors.Join(err, b.draft.Abandon())
	}
	return b.finish(ctx)
}

// apart refuses a folder in which the backup would be part of what is backed up, or the
// other way round.
func apart(dir string, from places) error {
	to, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, own := range []string{from.recordings, from.tape} {
		if own, err := filepath.Abs(own); err == nil && (within(to, own) || within(own, to)) {
			return fmt.Errorf("%s and %s lie in one another: give the backup a folder of its own, best on another disk", dir, own)
		}
	}
	return nil
}

func within(inner, outer string) bool {
	rel, err := filepath.Rel(outer, inner)
	return err == nil && filepath.IsLocal(rel)
}

// fill brings everything into the draft. The log comes first: every recording that it calls
// sealed is there already.
func (b *backupRun) fill(ctx context.Context) error {
	if err := b.log.CopyTo(ctx, b.draft.Path(backup.LogName), func(done, total int64) { b.tell.step("copy the log", done, total) }); err != nil {
		return b.unsound(err)
	}
	if err := b.recordings(ctx); err != nil {
		return err
	}
	if err := b.draft.Add(ctx, backup.LogName); err != nil {
		return err
	}
	if b.from.config != "" {
		text, err := config.WithoutSecrets(b.from.config)
		if err == nil {
			err = b.draft.AddText(ctx, backup.ConfigName, string(text))
		}
		if err != nil {
			return err
		}
	}
	return b.others(ctx)
}

// unsound adds what there still is when the log itself is damaged.
func (b *backupRun) unsound(err error) error {
	if all, _ := b.to.Generations(); errors.Is(err, dutylog.ErrDamaged) && len(all) > 0 {
		return fmt.Errorf("%w\nno new generation was made; the newest whole one in %s is %s", err, b.dir, all[len(all)-1])
	}
	return err
}

func (b *backupRun) recordings(ctx context.Context) error {
	picture, err := sqlite.OpenCopy(ctx, b.draft.Path(backup.LogName))
	if err != nil {
		return err
	}
	defer picture.Close()
	if b.check, err = picture.Checkpoint(ctx); err != nil {
		return err
	}
	if err := errors.Join(b.attachments(ctx, picture), b.sounds(ctx, picture)); err != nil {
		return err
	}
	_, total, err := picture.SealedSum(ctx)
	if err != nil || total == 0 {
		return err
	}
	archive, err := os.OpenRoot(b.from.recordings)
	if err != nil {
		return fmt.Errorf("open the archive: %w; correct archive.folder in the configuration", err)
	}
	defer archive.Close()
	var done int64
	return picture.EachSealed(ctx, func(r recorder.Recording) error {
		held, err := b.draft.Recording(ctx, archive, r)
		if !held {
			b.lost[r.CallID] = true
		}
		done += r.Size
		b.tell.step("copy recordings", done, total)
		return err
	})
}

// others are files that have no digest in the log.
func (b *backupRun) others(ctx context.Context) error {
	root, err := os.OpenRoot(filepath.Dir(b.from.log))
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Stat(filepath.Base(b.from.aside())); err == nil {
		if err := b.draft.Keep(ctx, root, filepath.Base(b.from.aside()), "aside/"+filepath.Base(b.from.aside())); err != nil {
			return err
		}
	}
	if b.flags.tape {
		b.tell.step("copy the tape", 0, 0)
		if err := b.draft.KeepAll(ctx, b.from.tape, "tape"); err != nil {
			return err
		}
	}
	if b.flags.journal == "" {
		return nil
	}
	if _, err := os.Stat(b.flags.journal); err != nil {
		return fmt.Errorf("read the switch's journal: %w; name its folder with --journal", err)
	}
	b.tell.step("copy the journal", 0, 0)
	return b.draft.KeepAll(ctx, b.flags.journal, "journal")
}

// finish makes the generation count, and only then tells the log of it.
func (b *backupRun) finish(ctx context.Context) error {
	keys, err := b.log.SiteKeys(ctx)
	if err != nil {
		return errors.Join(err, b.draft.Abandon())
	}
	name, digest, m, err := b.draft.Finish(ctx, b.check, notInBackup(keys))
	if err != nil {
		return errors.Join(err, b.draft.Abandon())
	}
	done := remembered(b.to, name, digest, m)
	if err := b.remember(ctx, done); err != nil {
		return fmt.Errorf("the backup %s is finished and whole, but the log could not be told of it: %w", name, err)
	}
	if err := b.forget(ctx); err != nil {
		return fmt.Errorf("the backup %s is finished and whole, but erased recordings may still be in %s: %w", name, b.dir, err)
	}
	b.report(ctx, done, m.NotIncluded)
	if len(m.Problems) > 0 {
		for _, p := range m.Problems {
			fmt.Fprintf(b.out, "not in the backup: %s: %s\n", p.Name, p.Why)
		}
		return fmt.Errorf("the backup %s is finished, but %d file(s) are not in it; see above", name, len(m.Problems))
	}
	return nil
}

func bytesOf(m backup.Manifest) int64 {
	sum := m.Recordings.Bytes
	for _, f := range slices.Concat(m.Files, m.Kept) {
		sum += f.Size
	}
	return sum
}

// remember writes into the log what this folder holds now. What is about to be removed does not count any more before it
// is: retention never deletes a file whose last copy goes.
func (b *backupRun) remember(ctx context.Context, done dutylog.Backup) error {
	if err := b.log.AddBackup(ctx, done); err != nil {
		return err
	}
	if err := b.mark(ctx, done); err != nil {
		return err
	}
	left, err := b.to.Newest(b.flags.keep)
	if err == nil {
		err = syncFiles(ctx, b.log, b.to, left)
	}
	if err != nil {
		return err
	}
	pruned, err := b.to.Prune(b.flags.keep)
	if err != nil {
		return err
	}
	if len(pruned) > 0 {
		fmt.Fprintf(b.out, "older generations removed: %s\n", strings.Join(pruned, ", "))
	}
	return syncBackups(ctx, b.log, b.to)
}

// forget removes erased recordings that no generation lists any more.
func (b *backupRun) forget(ctx context.Context) error {
	erased, err := b.log.ErasedRecordings(ctx)
	if err != nil {
		return err
	}
	gone, err := b.to.Forget(erased)
	if len(gone) > 0 {
		fmt.Fprintf(b.out, "erased recordings removed, which no generation has any more: %s\n", strings.Join(gone, ", "))
	}
	return err
}

// mark notes that the generation holds the recordings that its picture of the log calls
// sealed, but for those that it lacks.
func (b *backupRun) mark(ctx context.Context, done dutylog.Backup) error {
	picture, err := sqlite.OpenCopy(ctx, b.to.File(done.Generation, backup.LogName))
	if err != nil {
		return err
	}
	defer picture.Close()
	m := marker{log: b.log, at: done.At}
	err = picture.EachSealed(ctx, func(r recorder.Recording) error {
		if b.lost[r.CallID] {
			return nil
		}
		return m.add(ctx, r)
	})
	return errors.Join(err, m.flush(ctx))
}

// marker notes in the log what is backed up, some hundreds at a time: a long list then needs
// little memory and no call waits for it.
type marker struct {
	log  *sqlite.DB
	at   time.Time
	held []recorder.Recording
}

func (m *marker) add(ctx context.Context, r recorder.Recording) error {
	const atOnce = 500
	if m.held = append(m.held, r); len(m.held) < atOnce {
		return nil
	}
	return m.flush(ctx)
}

func (m *marker) flush(ctx context.Context) error {
	defer func() { m.held = m.held[:0] }()
	return m.log.MarkBackedUp(ctx, m.at, m.held)
}

// syncBackups tells the log of every generation in a folder, for whoever erases something must
// hear what still holds it: also of one whose run ended before it could tell, and of those that
// are gone, whoever removed them.
func syncBackups(ctx context.Context, log *sqlite.DB, folder *backup.Folder) error {
	there, err := folder.Generations()
	if err != nil {
		return err
	}
	known, err := log.Backups(ctx)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, k := range known {
		if k.Path != folder.Path() || !k.RemovedAt.IsZero() {
			continue
		}
		listed[k.Generation] = true
		if !slices.Contains(there, k.Generation) {
			err = errors.Join(err, log.RemoveBackup(ctx, k.Path, k.Generation))
		}
	}
	for _, name := range there {
		if m, digest, damaged := folder.Manifest(name); damaged == nil && !listed[name] { // a damaged one cannot be restored
			err = errors.Join(err, log.AddBackup(ctx, remembered(folder, name, digest, m)))
		}
	}
	return err
}

// syncFiles tells the log of the contents of the tape's, the journal's and attached files that these generations of a
// folder hold, and of no others there. By its content a file that is written on, or whose name rotation gave to another,
// is not held.
func syncFiles(ctx context.Context, log *sqlite.DB, folder *backup.Folder, generations []string) error {
	var held []sqlite.FileHeld
	known := map[string]bool{}
	for _, name := range generations {
		m, _, damaged := folder.Manifest(name)
		if damaged != nil {
			continue // it cannot be restored
		}
		for _, f := range m.Kept {
			if !known[f.SHA256] {
				known[f.SHA256] = true
				held = append(held, sqlite.FileHeld{Digest: recorder.Digest(f.SHA256), Name: f.Name, At: m.At})
			}
		}
	}
	return log.SetFilesBackedUp(ctx, folder.Path(), held)
}

// remembered is how the log remembers a generation.
func remembered(folder *backup.Folder, name, digest string, m backup.Manifest) dutylog.Backup {
	return dutylog.Backup{Generation: name, At: m.At, Path: folder.Path(), Recordings: m.Recordings.Count, Bytes: bytesOf(m), Manifest: digest}
}

func (b *backupRun) report(ctx context.Context, done dutylog.Backup, without []string) {
	fmt.Fprintf(b.out, "backup %s in %s is finished: the duty log and %d recordings, %s; new are %d recordings, %s\n",
		done.Generation, done.Path, done.Recordings, inWords(done.Bytes), b.draft.Copied, inWords(b.draft.Bytes))
	if left, err := b.log.NotBackedUp(ctx); err == nil && left > 0 {
		fmt.Fprintf(b.out, "%d sealed recordings are in no backup yet\n", left)
	}
	for _, what := range without {
		fmt.Fprintf(b.out, "not in it: %s\n", what)
	}
	fmt.Fprintln(b.out, openBackup)
	if sameDisk(b.dir, b.from.log) {
		fmt.Fprintf(b.out, "warning: %s is on the same disk as the duty log; when that disk breaks, both are gone\n", b.dir)
	}
}

func sameDisk(one, other string) bool {
	a, errA := spaceOn(one)
	b, errB := spaceOn(other)
	return errA == nil && errB == nil && a.device == b.device
}

func inWords(bytes int64) string {
	switch {
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(bytes)/(1<<10))
	case bytes < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}

// teller says on standard error how far a long command is: each step once, then every so often.
type teller struct {
	to   io.Writer
	last string
	at   time.Time
}

const tellEvery = 2 * time.Second

func newTeller(to io.Writer) *teller { return &teller{to: to} }

func (t *teller) step(what string, done, total int64) {
	now := time.Now()
	if what == t.last && now.Sub(t.at) < tellEvery {
		return
	}
	t.last, t.at = what, now
	if total == 0 {
		fmt.Fprintf(t.to, "dutyline: %s\n", what)
		return
	}
	fmt.Fprintf(t.to, "dutyline: %s, %s of %s\n", what, inWords(done), inWords(total))
}
