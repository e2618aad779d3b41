package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
)

type restoreFlags struct {
	into, config, generation string
	incomplete               bool
}

func newRestoreCommand() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore DIR --into FOLDER | --config FILE",
		Short: "Restore the duty log and all recordings from a backup",
		Long: "Restore the duty log and all recordings from the backup in DIR: into a folder of its own (--into), or to\n" +
			"the places that a configuration names (--config). A duty log that is there is never overwritten.\n" +
			"Everything is compared with its digest before anything is written, and proved again afterwards.\n" +
			"A restoration that is cut off is begun again with the same command. At the end the log's evidence is\n" +
			"verified against the checkpoint in the backup; the exit status is that of dutyline verify: 0 intact,\n" +
			"1 altered (or nothing was restored), 2 cannot tell.",
		Args: cobra.ExactArgs(1),
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, args []string) error {
			to, err := placesOf(f.config, f.into)
			if err != nil {
				return err
			}
			return (&restoreRun{flags: f, to: to, dir: args[0], out: cmd.OutOrStdout(), tell: newTeller(cmd.ErrOrStderr())}).run(ctx)
		}),
	}
	cmd.Flags().StringVar(&f.into, "into", "", "new FOLDER for log.db, recordings and what else there is")
	cmd.Flags().StringVar(&f.config, "config", "", "configuration FILE that names the places")
	cmd.Flags().StringVar(&f.generation, "generation", "", "which one, by the beginning of its name, for instance 20261126; the newest when not given")
	cmd.Flags().BoolVar(&f.incomplete, "incomplete", false, "restore what is whole when recordings in the backup are damaged or gone")
	cmd.MarkFlagsMutuallyExclusive("into", "config")
	cmd.MarkFlagsOneRequired("into", "config")
	return cmd
}

// proved is a restored recording; short, because there may be very many.
type proved struct {
	call   string
	digest recorder.Digest
}

// restoreRun is one run of the command.
type restoreRun struct {
	flags restoreFlags
	to    places
	dir   string
	out   io.Writer
	tell  *teller
	from  *backup.Folder
	held  []proved // recordings that are whole
}

func (r *restoreRun) run(ctx context.Context) (err error) {
	if r.from, err = backup.Open(r.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.from.Close()) }()
	generation, err := r.from.Generation(r.flags.generation)
	if err != nil {
		return err
	}
	if err := r.target().Free(); err != nil {
		return err
	}
	m, lacks, err := r.check(ctx, generation)
	if err != nil {
		return err
	}
	work, err := r.from.Restore(ctx, generation, m, lacks, r.target())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.Close()) }()
	if err := work.Run(ctx, r.tell.step); err != nil {
		return err
	}
	lost, err := r.prove(ctx, m, work.Place())
	if err != nil {
		return err
	}
	evidence, err := proveEvidence(ctx, m, work.Place(), r.tell)
	if err != nil {
		return err
	}
	if err := r.note(ctx, generation, work.Place()); err != nil {
		return err
	}
	if err := work.Finish(); err != nil {
		return err
	}
	incomplete := r.report(generation, m, append(lacks, lost...))
	if verdict := reportEvidence(r.out, m, evidence); incomplete == nil || evidence.Verdict() == audit.Altered {
		return errors.Join(incomplete, verdict)
	}
	return incomplete
}

// check looks at everything before anything is written.
func (r *restoreRun) check(ctx context.Context, generation string) (backup.Manifest, []backup.Problem, error) {
	m, _, err := r.from.Manifest(generation)
	if err != nil {
		return m, nil, err
	}
	if know := sqlite.SchemaVersion(); m.Schema > know {
		return m, nil, fmt.Errorf("generation %s was made by a newer dutyline (%s, schema %d; this program knows %d): install that version or a newer one, then restore", generation, m.Program, m.Schema, know)
	}
	m, lacks, err := r.from.Check(ctx, generation, r.tell.step)
	if err != nil {
		return m, nil, err
	}
	if len(lacks) > 0 && !r.flags.incomplete {
		r.list(lacks)
		return m, nil, fmt.Errorf("%d file(s) of generation %s are damaged or gone, see above; nothing was restored: look for another copy of the backup, or restore what is whole with --incomplete", len(lacks), generation)
	}
	return m, lacks, nil
}

func (r *restoreRun) list(lacks []backup.Problem) {
	for _, p := range lacks {
		fmt.Fprintf(r.out, "%s: %s\n", p.Name, p.Why)
	}
}

func (r *restoreRun) target() backup.Target {
	own := filepath.Dir(r.to.log)
	t := backup.Target{Log: r.to.log, Recordings: r.to.recordings, Kept: map[string]string{
		"tape": r.to.tape, "journal": filepath.Join(own, "journal"), "aside": own,
		attachmentsName: attachmentsBeside(r.to.log), soundsName: soundsBeside(r.to.log),
	}}
	if r.flags.into != "" {
		t.Config = filepath.Join(own, backup.ConfigName)
	}
	return t
}

// prove opens the restored log, which brings an older one up to date, compares every recording
// that it calls sealed, and tells it of the backups that it was restored from: its picture is
// older than they are.
func (r *restoreRun) prove(ctx context.Context, m backup.Manifest, file string) (lost []backup.Problem, err error) {
	r.tell.step("prove the log", 0, 0)
	err = r.withRestored(ctx, file, func(log *sqlite.DB) error {
		there, err := r.from.Generations()
		return errors.Join(err, log.Verify(ctx), syncBackups(ctx, log, r.from), syncFiles(ctx, log, r.from, there))
	})
	if err != nil {
		return nil, err
	}
	if lost, err = r.proveRecordings(ctx, file); err != nil {
		return nil, err
	}
	return lost, r.withRestored(ctx, file, func(log *sqlite.DB) error {
		mark := marker{log: log, at: m.At}
		for _, h := range r.held {
			if err := mark.add(ctx, recorder.Recording{CallID: h.call, Digest: h.digest}); err != nil {
				return err
			}
		}
		return mark.flush(ctx)
	})
}

func (r *restoreRun) withRestored(ctx context.Context, file string, do func(*sqlite.DB) error) error {
	log, err := sqlite.Open(ctx, file, sqlite.Options{Location: r.to.zone})
	if err != nil {
		return err
	}
	return errors.Join(do(log), log.Close())
}

// note keeps in the log itself that it was restored: nothing else in it says that what came after the generation is gone.
func (r *restoreRun) note(ctx context.Context, generation, file string) error {
	return r.withRestored(ctx, file, func(log *sqlite.DB) error {
		return log.NoteAccess(ctx, dutylog.Access{By: shellActor(), What: dutylog.Restored, Object: filepath.Join(r.from.Path(), generation), At: time.Now()})
	})
}

// proveRecordings reads each again, at its new place. Nobody has the log open meanwhile.
func (r *restoreRun) proveRecordings(ctx context.Context, file string) (lost []backup.Problem, err error) {
	picture, err := sqlite.OpenCopy(ctx, file)
	if err != nil {
		return nil, err
	}
	defer picture.Close()
	_, total, err := picture.SealedSum(ctx)
	if err != nil {
		return nil, err
	}
	archive, err := os.OpenRoot(r.to.recordings)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	var done int64
	err = picture.EachSealed(ctx, func(rec recorder.Recording) error {
		if why := backup.Proves(ctx, archive, rec); why != "" {
			lost = append(lost, backup.Problem{Name: "recording " + rec.Path, Why: why})
		} else {
			r.held = append(r.held, proved{rec.CallID, rec.Digest})
		}
		done += rec.Size
		r.tell.step("prove recordings", done, total)
		return ctx.Err()
	})
	return lost, err
}

func (r *restoreRun) report(generation string, m backup.Manifest, lacks []backup.Problem) error {
	at := atSite(m.At, cmp.Or(r.to.zone, config.Default().Site.Location()))
	fmt.Fprintf(r.out, "restored: %s and %d recordings, as they were at %s\n", r.to.log, len(r.held), at)
	fmt.Fprintf(r.out, "what was written after %s is not in this log, and the numbers of entries since then may be given again: note why it was restored, and file it with the sheets of that time\n", at)
	for _, what := range m.NotIncluded {
		fmt.Fprintf(r.out, "not in the backup: %s\n", what)
	}
	if os.Geteuid() == 0 {
		fmt.Fprintf(r.out, "you are root: give the data to the daemon's user, for instance chown -R dutyline: %s %s\n", filepath.Dir(r.to.log), r.to.recordings)
	}
	if r.flags.into != "" {
		fmt.Fprintln(r.out, "name these places in the configuration (log.file, archive.folder, tape.folder), put the keys and secrets back, then start dutyline")
	} else {
		fmt.Fprintln(r.out, "put the keys and secrets back, then start dutyline")
	}
	if len(lacks) == 0 {
		return nil
	}
	r.list(lacks)
	return fmt.Errorf("generation %s is restored without %d file(s); see above", generation, len(lacks))
}
