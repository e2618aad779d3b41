package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/telephony/ari"
)

// reconcileOrder is what one run of the command is told.
type reconcileOrder struct {
	config         string
	json           bool
	accept, reason string
	by             string
	bill           billOrder
}

// The status with which the command ends when something is open or differs. Where nothing is open as
// far as it could look, and it could not look at everything, that is exitCannotTell.
const exitOpen = 1

func newReconcileCommand() *cobra.Command {
	var o reconcileOrder
	cmd := &cobra.Command{
		Use:   "reconcile [--accept KEY --reason WORDS | --bill FILE.xlsx]",
		Short: "Compare calls, recordings and entries: they agree (0), something is open (1) or cannot tell (2)",
		Long: "Compare calls, recordings on the switch and in the archive, and entries, and print the ledger of what does\n" +
			"not agree. The answer is the exit status: 0 all of it agrees, 1 something is open, 2 nothing is open in what\n" +
			"could be looked at, but not everything could. What could not is named first, with the remedy. The daemon does\n" +
			"the same every five minutes and may run meanwhile. An item is open until it is gone or a person accepts it with\n" +
			"--accept KEY --reason WORDS.\n\n" +
			"With --bill FILE the log is compared with a carrier's or a superior room's own list of calls, .xlsx or .csv\n" +
			"(UTF-8 or GBK), whose columns are found by their headers: 主叫号码/caller, 被叫号码/called, 开始时间/time (or\n" +
			"日期/date and 时间/time), 时长/duration, 呼叫类型/type; or 对方号码/other number instead of the first two.\n" +
			"Calls match by number and time; a constant difference between the two clocks is found and said. Rows that\n" +
			"have no call in the log, calls that have no row, and durations that differ are listed; what falls into a\n" +
			"time of which the log itself says that nothing was seen is excused.\n\n" +
			"Calls of ours that such a list cannot have are counted and not compared: those of lines that it does not name\n" +
			"(the bill of one of two lines), and in another room's own list, which has only that room's calls, those with\n" +
			"anybody else. Name that room's numbers with --their; where three or more rows all have one number that is\n" +
			"not ours, the list is taken for that one's own, and the report says so.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := withData(cmd, o.config, func(d *data) error { return o.run(cmd, d) })
			if o.compares() && !errors.As(err, new(codedError)) {
				err = cannotTell(cmd, err) // a 1 would say that something is open
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.config, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	flags.BoolVar(&o.json, "json", false, "print JSON instead of a table")
	flags.StringVar(&o.accept, "accept", "", "KEY of the item that is accepted as it is")
	flags.StringVar(&o.reason, "reason", "", "why it is accepted, in a few words; kept for ever")
	flags.StringVar(&o.by, "by", "", "login of who accepts it; the machine's user when not given")
	flags.StringVar(&o.bill.file, "bill", "", "list of calls of a carrier or a superior duty room, .xlsx or .csv")
	flags.DurationVar(&o.bill.tolerance, "tolerance", 90*time.Second, "with --bill: how far the times of one call may differ")
	flags.StringVar(&o.bill.from, "from", "", "with --bill: its first day, for instance 2026-11-01; the time of its first row when not given")
	flags.StringVar(&o.bill.to, "to", "", "with --bill: its last day; the time of its last row when not given")
	flags.StringSliceVar(&o.bill.their, "their", nil, "with --bill: number of the room whose own list it is; may come several times, or with commas")
	cmd.MarkFlagsMutuallyExclusive("accept", "bill")
	cmd.MarkFlagsRequiredTogether("accept", "reason")
	return cmd
}

// compares is whether the ledger is made, and neither an item accepted nor a list compared.
func (o *reconcileOrder) compares() bool { return o.accept == "" && o.bill.file == "" }

func (o *reconcileOrder) run(cmd *cobra.Command, d *data) error {
	switch {
	case o.accept != "":
		return o.acceptItem(cmd, d)
	case o.bill.file != "":
		return o.bill.run(cmd, d, o.json)
	}
	r := newReconciler(d.log, d.archive, spoolOf(o.config), time.Now, slog.New(slog.DiscardHandler))
	if err := r.Now(cmd.Context()); err != nil {
		return err
	}
	var items []dutylog.LedgerItem
	for cursor := ""; ; {
		page, next, err := d.log.Ledger(cmd.Context(), dutylog.LedgerQuery{State: dutylog.LedgerOpen, Limit: 500, Cursor: cursor})
		if err != nil {
			return err
		}
		if items = append(items, page...); next == "" {
			break
		}
		cursor = next
	}
	return o.answer(cmd.OutOrStdout(), items, r.State().Problem)
}

// answer prints what is open, after what could not be looked at, and gives the exit status.
func (o *reconcileOrder) answer(out io.Writer, items []dutylog.LedgerItem, problem string) (err error) {
	if o.json {
		if items == nil {
			items = []dutylog.LedgerItem{}
		}
		err = printJSON(out, map[string]any{"items": items, "problem": problem})
	} else {
		err = printLedger(out, items, problem)
	}
	switch {
	case err != nil:
		return err
	case len(items) > 0:
		return codedError{fmt.Errorf("%d item(s) are open: mend them, or take one as it is with --accept KEY --reason WORDS", len(items)), exitOpen}
	case problem != "":
		return codedError{errors.New("whether all of it agrees cannot be told, because not everything could be looked at: do what is said above and ask again"), exitCannotTell}
	}
	return nil
}

// spoolOf is the switch of a configuration; nil when that lacks what is needed to reach it.
func spoolOf(file string) spool {
	c, err := config.Load(file)
	if err != nil {
		return nil
	}
	return ari.New(ariConfig(c, slog.New(slog.DiscardHandler)), nil)
}

func (o *reconcileOrder) acceptItem(cmd *cobra.Command, d *data) error {
	who, err := d.actor(cmd, o.by)
	if err != nil {
		return err
	}
	item, err := d.log.AcceptLedger(cmd.Context(), o.accept, o.reason, who)
	if errors.Is(err, dutylog.ErrNotFound) {
		return fmt.Errorf("there is no item %q in the ledger; dutyline reconcile prints the keys", o.accept)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "accepted: %s (%s)\n", item.Key, item.Accepted.Reason)
	return nil
}

func printLedger(out io.Writer, items []dutylog.LedgerItem, problem string) error {
	if problem != "" {
		for line := range strings.SplitSeq(problem, "\n") { // one for each place
			fmt.Fprintln(out, "not looked at: "+printable(line))
		}
	}
	if len(items) == 0 {
		result := "calls, recordings and entries agree: nothing is open"
		if problem != "" {
			result = "in what could be looked at nothing is open"
		}
		_, err := fmt.Fprintln(out, result)
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SINCE\tKIND\tABOUT\tCAUSE\tKEY")
	for _, i := range items {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", i.Since.Local().Format("2006-01-02 15:04"), i.Kind, about(i), i.Cause, i.Key)
	}
	return w.Flush()
}

// about is what an item is about, for people: never with characters that command a terminal.
func about(i dutylog.LedgerItem) string {
	if i.Name != "" {
		return i.Name
	}
	return dutylog.Printable(cmp.Or(i.CallID, i.EntryID))
}

// printable keeps what the switch or a file's name says from commanding a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
