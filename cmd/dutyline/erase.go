package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	"dutyline/telephony"
	"dutyline/telephony/ari"
)

func newEraseCommand() *cobra.Command {
	var file, journal, by string
	var fields []string
	var o dutylog.ErasureOrder
	var request int64
	cmd := &cobra.Command{
		Use:   "erase (ENTRY --reason WORDS --by LOGIN | --request N)",
		Short: "Erase text from an entry and from everything that was kept of it, for good; two persons decide it",
		Long: "Erase what should never have been written (涉密内容误录, 个人信息): from the entry and all its revisions,\n" +
			"the tape, the switch's journal, what waits to be sealed, and what the log refused. With --field only\n" +
			"these fields; without it everything: what was written, who called, and the recording. Who, when and\n" +
			"why is kept, with the proof; dutyline verify then says: intact, erased by decision N.\n" +
			"It takes two persons: one asks with their login and its password, another approves (on the page 审批, or\n" +
			"with dutyline approve), then --request carries it out.\n" +
			"Backups that still hold it are listed: they have to be dealt with by hand. So have pages that are\n" +
			"open: text that somebody typed and did not save lies in that browser until it is closed.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if request != 0 {
				return carryOut(cmd, file, journal, request)
			}
			if len(args) == 0 || o.Reason == "" || by == "" {
				return errors.New("name the entry, --reason and --by to ask for an erasure, or --request with the number of one that was approved")
			}
			for _, f := range fields {
				field, err := fieldCalled(f)
				if err != nil {
					return err
				}
				o.Fields = append(o.Fields, field)
			}
			return withData(cmd, file, func(d *data) error {
				var err error
				if o.EntryID, err = d.log.EntryID(cmd.Context(), args[0]); err != nil {
					return orUnknownEntry(args[0], err)
				}
				return d.asked(cmd, dutylog.Approval{Kind: dutylog.ToErase, EntryID: o.EntryID, Fields: o.Fields, Recording: o.Recording, Reason: o.Reason}, by)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	flags.StringSliceVar(&fields, "field", nil, "only this field, for instance content or 电话内容; may be given several times")
	flags.BoolVar(&o.Recording, "recording", false, "the recording as well (without --field it always goes)")
	flags.StringVar(&o.Reason, "reason", "", "why, in a few words, without what is erased: it is kept for ever")
	flags.StringVar(&by, "by", "", "login of who asks; its password is asked for")
	flags.StringVar(&journal, "journal", "", "the switch's live journal FILE, else journal.file; those that rotation left beside it are swept as well")
	flags.Int64Var(&request, "request", 0, "carry out what was asked for with this number and approved")
	return cmd
}

// carryOut erases what two persons decided.
func carryOut(cmd *cobra.Command, file, journal string, request int64) error {
	return withData(cmd, file, func(d *data) error {
		a, err := d.log.Approval(cmd.Context(), request)
		if err != nil {
			return fmt.Errorf("request %d: %w", request, err)
		}
		if err := a.CheckCarryOut(time.Now()); err != nil {
			return err
		}
		e := &eraser{data: d, request: request, order: a.Order(), journal: journal, out: cmd.OutOrStdout(), sw: switchOf(file)}
		return e.run(cmd.Context())
	})
}

// originals is what an erasure asks of the switch.
type originals interface {
	RemoveRecording(ctx context.Context, name string) error
}

// switchOf is the switch of a configuration; nil when that lacks what is needed to reach it.
func switchOf(file string) originals {
	c, err := config.Load(file)
	if err != nil {
		return nil
	}
	return ari.New(ariConfig(c, slog.New(slog.DiscardHandler)), nil)
}

// eraser carries out one order. Files come first, while the log still knows what to look for:
// when one of them cannot be cleaned, nothing is decided and the order can be given again.
type eraser struct {
	*data
	request int64 // by which two persons decided it
	order   dutylog.ErasureOrder
	journal string
	sw      originals
	out     io.Writer
}

func (e *eraser) run(ctx context.Context) error {
	tr, err := e.log.Traces(ctx, e.order)
	if err != nil {
		return err
	}
	if err := errors.Join(e.sweep(tr), e.unseal(ctx, tr)); err != nil {
		return fmt.Errorf("nothing was decided yet, because something could not be cleaned; mend it and give the order again: %w", err)
	}
	decision, err := e.log.Erase(ctx, e.request, shellActor())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "erased from entry %s (%s) by decision %d\n", tr.Entry.ID, tr.Entry.EntryNumber, decision)
	if e.order.TakesRecording() && tr.Recording.Path != "" {
		_, gone := os.Stat(filepath.Join(e.cfg.Archive.Folder, tr.Recording.File()))
		if err := e.archive.Remove(tr.Recording); err != nil {
			return fmt.Errorf("decision %d stands, but the recording's file is still there; delete %s by hand: %w", decision, tr.Recording.File(), err)
		}
		if gone == nil { // a call that nobody answered has a path, too, and never had a file
			fmt.Fprintf(e.out, "deleted: the recording %s\n", tr.Recording.File())
		}
	}
	if err := e.detach(ctx, tr); err != nil {
		return fmt.Errorf("decision %d stands, but an attached file is still there; give the order again: %w", decision, err)
	}
	if err := e.awaitTape(ctx, tr); err != nil {
		return fmt.Errorf("decision %d stands, but files were not cleaned a second time; give the order again: %w", decision, err)
	}
	if err := e.sweep(tr); err != nil { // what was buffered or copied meanwhile
		return fmt.Errorf("decision %d stands, but a file could not be cleaned a second time: %w", decision, err)
	}
	if err := e.log.Compact(ctx); err != nil {
		return fmt.Errorf("decision %d stands, but unused pages of the log still hold the words; the daemon tries again by itself: %w", decision, err)
	}
	return e.report(ctx, tr)
}

// awaitTape waits, after an erasure right behind the call, until what a running daemon has read
// of it is on the tape, where it can be cleaned.
func (e *eraser) awaitTape(ctx context.Context, tr sqlite.Traces) error {
	if !time.Now().Before(tr.During.To) {
		return nil
	}
	fmt.Fprintln(e.out, "the call is fresh: waiting for what the daemon still has in memory")
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * flushEvery):
		return nil
	}
}

// sweep cleans every file beside the log.
func (e *eraser) sweep(tr sqlite.Traces) error {
	tape := tapeCloser{tapeFolder(e.cfg.Tape.Folder), e.keys}
	s := newSweep(tr, e.order.Whole(), tape)
	s.zone = e.cfg.Journal.Location()
	names, err := e.files(tape)
	if err != nil {
		return err
	}
	var faults []error
	for _, name := range names {
		n, err := s.file(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		} else if n > 0 {
			fmt.Fprintf(e.out, "blanked: %d line(s) of %s\n", n, name)
		}
		if s.unclear {
			faults, s.unclear = append(faults, fmt.Errorf("%s: the switch gave the call's id to one that is under a legal hold, too, and lines with that id "+
				"do not say when they were written; erase it after that hold is released", name)), false
		}
	}
	return errors.Join(faults...)
}

// files are those that may hold something of a call or an entry in lines.
func (e *eraser) files(tape tapeCloser) ([]string, error) {
	var names []string
	for _, refused := range []string{"*.jsonl", "*.jsonl.1"} { // what the log and the reader of the journal refused; .1 is the older part of it
		found, err := filepath.Glob(filepath.Join(filepath.Dir(e.cfg.Log.File), refused))
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	all, err := tape.files()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list the tape: %w", err)
	}
	for _, f := range all {
		names = append(names, tape.path(f.Name))
	}
	journal := cmp.Or(e.journal, e.cfg.Journal.File)
	if _, err := os.Stat(journal); err != nil && e.journal != "" {
		return nil, fmt.Errorf("the switch's journal: %w; name the right file with --journal", err)
	}
	entries, err := os.ReadDir(filepath.Dir(journal))
	if journal == "" || errors.Is(err, os.ErrNotExist) {
		return names, nil // this switch writes none here
	}
	for _, f := range entries {
		if f.Type().IsRegular() && strings.HasPrefix(f.Name(), filepath.Base(journal)) {
			names = append(names, filepath.Join(filepath.Dir(journal), f.Name()))
		}
	}
	return names, err
}

// unseal removes what is not sealed yet: from the intake, and from the switch.
func (e *eraser) unseal(ctx context.Context, tr sqlite.Traces) error {
	if tr.CallID == "" || !e.order.TakesRecording() {
		return nil
	}
	if err := e.archive.Discard(ctx, tr.CallID); err != nil {
		return err
	}
	r := tr.Recording
	if r.Status == "" || r.Status == recorder.None || !r.RemovedAt.IsZero() || !tr.Last() { // a later call of its id wrote its originals in place of these
		return nil
	}
	if e.sw == nil {
		return errors.New("the recording's originals are still on the switch, and the configuration does not say how to reach it: run this as the daemon's user, with its ARI password")
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, side := range recorder.Sides() {
		if err := e.sw.RemoveRecording(ctx, recorder.StoredName(tr.CallID, side)); err != nil && !errors.Is(err, telephony.ErrNotFound) {
			return fmt.Errorf("remove the recording's originals from the switch: %w", err)
		}
	}
	return nil
}

// report names the copies that still hold what was erased, and what no command can reach.
func (e *eraser) report(ctx context.Context, tr sqlite.Traces) error {
	backups, err := e.log.Backups(ctx)
	if err != nil {
		return err
	}
	begun, err := e.log.Taken(ctx, dutylog.TookBackup, tr.Entry.OpenedAt)
	if err != nil {
		return err
	}
	exhibits, err := e.log.Taken(ctx, dutylog.TookExhibit, tr.Entry.OpenedAt)
	if err != nil {
		return err
	}
	site := e.cfg.Site.Location()
	var copies []string
	for _, b := range backups {
		if b.Holds(tr.Entry.OpenedAt) {
			copies = append(copies, fmt.Sprintf("still in a backup: %s in %s, of %s", b.Generation, b.Path, atSite(b.At, site)))
		}
	}
	for _, a := range unfinished(begun, backups) {
		copies = append(copies, fmt.Sprintf("perhaps in a backup that was begun and not finished: %s, of %s; "+
			"make a backup into that folder again, which clears it away, or delete it by hand", a.Object, atSite(a.At, site)))
	}
	for _, a := range exhibits {
		if a.Object == tr.Entry.ID || slices.Contains(tr.Serves, a.Object) {
			copies = append(copies, fmt.Sprintf("still in an exhibit: made by %s, %s; find its folder and destroy it", a.By.Login, atSite(a.At, site)))
		}
	}
	if len(copies) > 0 && e.order.TakesRecording() && !tr.Recording.SealedAt.IsZero() {
		copies = append(copies, fmt.Sprintf("of a backup its recording (recordings/%s) goes when no generation there has it any more, with the next dutyline backup into that folder; --keep N removes older generations", tr.Recording.File()))
	}
	if len(copies) == 0 {
		copies = []string{"no backup and no exhibit that the log knows of holds it"}
	}
	fmt.Fprintln(e.out, strings.Join(copies, "\n"))
	for _, n := range tr.Namesakes {
		if e.order.Whole() && n.During.Overlaps(tr.During) {
			fmt.Fprintf(e.out, "perhaps gone with it: lines of the switch's journal about the call of entry %s, to which the switch gave the same id at the same time\n", n.Number)
		}
	}
	others := "other entries, and incidents that are not linked with this one; reasons of holds and requests; assessments and closed months, absences, standard phrases, directory and roster"
	if !e.order.Whole() {
		others = "names of attached files, and why they were attached; " + others
	}
	fmt.Fprintln(e.out, "not looked through, look for the words there by eye: "+others)
	fmt.Fprintln(e.out, "not reached: pages that are open now (reload them), copies on other machines, and blocks of the disk that files no longer use")
	return nil
}

// unfinished are the backups that were begun and of which something may be left. Where their
// folder cannot be seen from here, nobody knows.
func unfinished(begun []dutylog.Access, finished []dutylog.Backup) (left []dutylog.Access) {
	for _, a := range begun {
		folder, name := filepath.Split(a.Object)
		whole := slices.ContainsFunc(finished, func(b dutylog.Backup) bool {
			return b.Generation == name && filepath.Clean(b.Path) == filepath.Clean(folder)
		})
		parts, known := backup.Left(folder)
		if !whole && (!known || slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(filepath.Base(p), name) })) {
			left = append(left, a)
		}
	}
	return left
}
