package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
)

// codedError ends the program with a status of its own.
type codedError struct {
	error
	code int
}

func (e codedError) Unwrap() error { return e.error }

// The statuses of dutyline verify.
const (
	exitAltered    = 1
	exitCannotTell = 2
)

// verifyRun is one verification from the command line.
type verifyRun struct {
	config, db, archive string
	key                 string // that signs; empty: not known
	checkpoint          string
	exhibit             string
	list                bool
}

func newVerifyCommand() *cobra.Command {
	var f verifyRun
	cmd := &cobra.Command{
		Use:   "verify ((--config FILE | --db FILE) [--checkpoint FILE] | --exhibit DIR)",
		Short: "Check offline whether the duty log is as it was written: intact (0), altered (1) or cannot tell (2)",
		Long: "Check every record of the log, every row that they cover, every file of a recording, of what is attached\n" +
			"and of what a test call heard, the numbers of the entries and every signed checkpoint. The daemon may run meanwhile; nothing is changed. The answer is the\n" +
			"exit status: 0 intact, 1 altered, 2 cannot tell. Without a checkpoint that was kept elsewhere, a holder\n" +
			"of the signing key could have rewritten everything: give one with --checkpoint. A log that began beside\n" +
			"what an earlier one left, as one that was wiped, is intact only with such a checkpoint.",
		Args: func(cmd *cobra.Command, args []string) error { return cannotTell(cmd, cobra.NoArgs(cmd, args)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			report, err := f.run(cmd)
			if err != nil {
				return codedError{err, exitCannotTell}
			}
			return f.print(cmd.OutOrStdout(), report)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration FILE of the daemon, which names log and recordings")
	flags.StringVar(&f.db, "db", "", "duty log FILE itself; recordings are looked for beside it or in --archive")
	flags.StringVar(&f.archive, "archive", "", "folder of the sealed recordings, with --db")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "a signed checkpoint that was kept elsewhere")
	flags.StringVar(&f.exhibit, "exhibit", "", "check the folder that dutyline exhibit wrote instead of a log")
	flags.BoolVar(&f.list, "list", false, "print the answer about every object")
	cmd.SetFlagErrorFunc(cannotTell) // a 1 would say that something was altered
	return cmd
}

func cannotTell(_ *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return codedError{err, exitCannotTell}
}

// fits makes sure that the flags name one thing to check, and what to compare it with.
func (f *verifyRun) fits(cmd *cobra.Command) error {
	named := 0
	for _, what := range []string{"config", "db", "exhibit"} {
		if cmd.Flags().Changed(what) {
			named++
		}
	}
	compared := cmd.Flags().Changed("checkpoint")
	switch {
	case named > 1:
		return errors.New("--config, --db and --exhibit name different things to check: give one of them")
	case compared && f.exhibit != "":
		return errors.New("an exhibit has a checkpoint of its own: compare that with the one that was kept, and leave --checkpoint out")
	case compared && f.checkpoint == "":
		return errors.New("--checkpoint names no file: give the signed checkpoint that was kept elsewhere")
	}
	return nil
}

func (f *verifyRun) run(cmd *cobra.Command) (*audit.Report, error) {
	if err := f.fits(cmd); err != nil {
		return nil, err
	}
	if f.exhibit != "" {
		return checkExhibit(f.exhibit)
	}
	if err := f.places(); err != nil {
		return nil, err
	}
	o := sqlite.VerifyOptions{Progress: progressOn(cmd.ErrOrStderr())}
	if f.checkpoint != "" {
		text, err := os.ReadFile(f.checkpoint)
		if err != nil {
			return nil, fmt.Errorf("outside checkpoint: %w; give the file that dutyline checkpoint --out wrote and that was kept elsewhere", err)
		}
		if strings.TrimSpace(string(text)) == "" {
			return nil, fmt.Errorf("outside checkpoint: %s is empty: give the signed checkpoint that was kept elsewhere", f.checkpoint)
		}
		o.Outside = string(text)
	}
	if f.list {
		o.Each = func(x audit.Finding) { printFinding(cmd.OutOrStdout(), x) }
	}
	if _, err := os.Stat(f.db); err != nil {
		return nil, fmt.Errorf("there is no duty log %s: name the right file with --config or --db", f.db)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // many small values, none of them kept: a tenth of the time
	return f.check(cmd.Context(), o)
}

// check verifies the log and the files that belong to it.
func (f *verifyRun) check(ctx context.Context, o sqlite.VerifyOptions) (*audit.Report, error) {
	v, err := sqlite.OpenVerifier(ctx, f.db)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	report, err := v.Verify(ctx, o)
	if err != nil || report.Stopped {
		return report, err
	}
	if err := f.checkFiles(ctx, v, report); err != nil {
		return nil, err
	}
	if err := f.checkAttached(ctx, v, report); err != nil {
		return nil, err
	}
	if err := f.checkSounds(ctx, v, report); err != nil {
		return nil, err
	}
	if err := f.sayBeginning(ctx, v, report); err != nil {
		return nil, err
	}
	verifiers, err := v.Verifiers(ctx)
	for _, key := range verifiers {
		report.Notes = append(report.Notes, "checkpoints are signed by the key of fingerprint "+audit.Fingerprint(key)+": compare it with the one that was filed")
	}
	return report, err
}

// places finds log and recordings.
func (f *verifyRun) places() error {
	switch {
	case f.config != "":
		c, err := config.LoadPlaces(f.config)
		if err != nil {
			return err
		}
		f.db, f.archive, f.key = c.Log.File, c.Archive.Folder, c.EvidenceKey()
	case f.db == "":
		return errors.New("which duty log? Name the daemon's configuration with --config FILE, the log itself with --db FILE, or an exhibit with --exhibit DIR")
	case f.archive == "":
		f.archive = filepath.Join(filepath.Dir(f.db), "recordings")
	}
	return nil
}

// sayBeginning tells a log that began beside what an earlier one had left: it may be intact, and
// yet not be all there was.
func (f *verifyRun) sayBeginning(ctx context.Context, v *sqlite.Verifier, report *audit.Report) error {
	b, err := v.Beginning(ctx)
	if err == nil {
		report.Anew = beginsAnew(f.db, f.key, f.archive, b)
	}
	return err
}

const recordingFiles = "recording files"

// checkFiles compares every sealed file with the digest that is on record. No key is needed.
func (f *verifyRun) checkFiles(ctx context.Context, v *sqlite.Verifier, report *audit.Report) error {
	files, missing := f.openArchive(v)
	if files != nil {
		defer files.Close()
	}
	return v.SealedRecordings(ctx, func(r recorder.Recording) error {
		err := missing
		if files != nil {
			err = files.VerifyFile(ctx, r)
		}
		return sayFile(ctx, report, recordingFiles, "recording file "+r.File(), err)
	})
}

// sayFile reports what was found of one file.
func sayFile(ctx context.Context, report *audit.Report, kind, object string, err error) error {
	x := audit.Finding{Answer: audit.Intact, Object: object}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, recorder.ErrAltered):
		x.Answer, x.Why = audit.Altered, err.Error()
	case err != nil:
		x.Answer, x.Why = audit.CannotTell, err.Error()
	}
	report.Say(kind, x)
	return nil
}

func (f *verifyRun) openArchive(v *sqlite.Verifier) (*archive.Archive, error) {
	if _, err := os.Stat(f.archive); err != nil {
		return nil, fmt.Errorf("the folder of the recordings is not here (%w): name it with --archive", err)
	}
	return archive.New(f.archive, archive.Options{Keys: archive.NoKeys(errors.New("no key is needed"))}, v, nil)
}

// progressOn tells of a long run, at most once in two seconds.
func progressOn(to io.Writer) func(done, total int64) {
	began := time.Now()
	told := began
	return func(done, total int64) {
		if now := time.Now(); now.Sub(told) >= 2*time.Second {
			told = now
			fmt.Fprintf(to, "dutyline: %d of %d records checked (%d %%) after %v\n", done, total, done*100/max(total, 1), now.Sub(began).Round(time.Second))
		}
	}
}

func printFinding(to io.Writer, f audit.Finding) {
	if f.Why != "" {
		f.Object += ": " + f.Why
	}
	fmt.Fprintf(to, "%s: %s\n", f.Answer, f.Object)
}

var (
	errAltered    = codedError{errors.New("something was altered: it is named above; keep the files as they are"), exitAltered}
	errCannotTell = codedError{errors.New("of something it cannot be told whether it was altered, or whether it is all there was: it is named above"), exitCannotTell}
)

// print writes what was found; the verdict is the error.
func (f *verifyRun) print(to io.Writer, r *audit.Report) error {
	for _, x := range r.Findings {
		if !f.list {
			printFinding(to, x)
		}
	}
	if r.Unlisted > 0 {
		fmt.Fprintf(to, "… and %d more; --list prints all\n", r.Unlisted)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OBJECTS\tINTACT\tALTERED\tCANNOT TELL\tOF THE INTACT")
	for _, name := range r.Order {
		t := r.Of(name)
		beside := ""
		for _, b := range []struct {
			n     int64
			words string
		}{{t.Erased, "erased by decision"}, {t.TakenOver, "taken over at migration"}, {t.Older, "earlier states beside"}} {
			if b.n > 0 {
				beside += fmt.Sprintf("%d %s  ", b.n, b.words)
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", name, t.Intact, t.Altered, t.CannotTell, beside)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range r.Notes {
		fmt.Fprintln(to, "note: "+n)
	}
	verdict := string(r.Verdict())
	switch {
	case r.Anew == "":
	case r.Verdict() == audit.Intact:
		verdict += ", but " + r.Anew
	default:
		verdict += "; " + r.Anew
	}
	fmt.Fprintf(to, "verify: %s\n", verdict)
	switch r.Verdict() {
	case audit.Altered:
		return errAltered
	case audit.CannotTell:
		return errCannotTell
	}
	return nil
}
