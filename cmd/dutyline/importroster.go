package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/dutylog/sqlite"
)

func newImportRosterCommand(flags *logFlags) *cobra.Command {
	month, takeOn, reason, dryRun := "", "", "", false
	cmd := &cobra.Command{
		Use:   "roster FILE",
		Short: "Replace the days in the table (.xlsx or .csv) at once, without a draft",
		Long: "Replace the days in the table at once, without a draft; what could not be published is not imported either. The table (.xlsx, or .csv in UTF-8 or GBK) is the usual one, days down and posts\n" +
			"across with the month in its title; or a list with the columns date/日期, post/岗位, name/姓名, phone/电话, from/开始, to/结束 (.csv).\n" +
			"--dry-run only shows what would change, and what the rules have against it.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, true, func(db *sqlite.DB) error {
				zone, err := time.LoadLocation(flags.site.TimeZone)
				if err != nil {
					return fmt.Errorf("time zone %q: %w", flags.site.TimeZone, err)
				}
				people, err := db.RosterPeople(cmd.Context())
				if err != nil {
					return err
				}
				rows, err := readRoster(args[0], month, people, zone)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				if dryRun {
					return previewRoster(cmd.Context(), db, rows, takeOn, zone, cmd.OutOrStdout(), cmd.ErrOrStderr())
				}
				o := dutylog.RosterImport{File: filepath.Base(args[0]), Reason: reason, TakeOn: takeOn}
				if err := importRoster(cmd, db, rows, o, zone); err != nil {
					return fmt.Errorf("%s: nothing was imported: %w", args[0], err)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would change, and change nothing")
	cmd.Flags().StringVar(&takeOn, "take-on", "", "why people whom the list of people does not know are on this roster: they are entered there as regular staff, and the reason is kept")
	cmd.Flags().StringVar(&reason, "reason", "", "why shifts that are in force change hands or times; kept with who had them and who has them now")
	cmd.Flags().StringVar(&month, "month", "", "month of a table whose title names none, such as 2026-12")
	return cmd
}

// readRoster reads either form of a roster.
func readRoster(file, month string, people []dutylog.RosterPerson, zone *time.Location) ([]dutylog.Shift, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w; %s", err, tableRemedy)
	}
	m := dutylog.Month("")
	if month != "" {
		if m, err = dutylog.ParseMonth(month); err != nil {
			return nil, err
		}
	}
	tables, err := sheet.Read(filepath.Base(file), bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	read := dutylog.ParseRosterTable(tables, m, people, zone)
	switch {
	case len(read.Faults) == 0:
		return read.Shifts, nil
	case read.Faults[0].Fault != dutylog.RosterNoHeader || tables[0].Workbook:
		return nil, &rosterFaults{read.Faults}
	}
	list, err := readTableFile(file)
	if err != nil {
		return nil, err
	}
	return dutylog.ParseRoster(list, zone)
}

// rosterFaults are all faults of a table, for whoever imports it.
type rosterFaults struct{ list []dutylog.CellError }

func (e *rosterFaults) Error() string {
	const most = 20
	var b strings.Builder
	fmt.Fprintf(&b, "nothing was imported, the table has %d fault(s):", len(e.list))
	for i, f := range e.list {
		if i == most {
			fmt.Fprintf(&b, "\n  … and %d more", len(e.list)-most)
			break
		}
		fmt.Fprintf(&b, "\n  %v", f)
	}
	return b.String()
}

// printForbidden says what stands against a roster, and what to do about each.
func printForbidden(to io.Writer, found []dutylog.RosterFinding, zone *time.Location) {
	for _, f := range found {
		fmt.Fprintf(to, "against the roster: %s %s from %s to %s: %s\n", f.Reason, f.Name, rosterTime(f.From, zone), rosterTime(f.To, zone), f.Remedy())
	}
}

// printGaps names the times in which nobody is on duty: they hinder no import, and are no good roster.
func printGaps(to io.Writer, gaps []dutylog.RosterFinding, zone *time.Location) {
	for _, f := range gaps {
		fmt.Fprintf(to, "nobody on duty: %s from %s to %s: %s\n", f.Post, rosterTime(f.From, zone), rosterTime(f.To, zone), f.Remedy())
	}
}

func rosterTime(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04")
}

func importRoster(cmd *cobra.Command, db *sqlite.DB, rows []dutylog.Shift, o dutylog.RosterImport, zone *time.Location) error {
	_, gaps, err := db.TryImport(cmd.Context(), rows)
	if err != nil {
		return err
	}
	var (
		bad   *dutylog.RosterError
		wrong *dutylog.InvalidError
	)
	_, err = db.ImportRoster(cmd.Context(), rows, o, shellActor())
	switch {
	case errors.As(err, &bad):
		printForbidden(cmd.ErrOrStderr(), bad.Findings, zone)
		return fmt.Errorf("%d fault(s) stand against this roster, see above; mend the table and import it anew, or say with --take-on why people serve whom the list does not know", len(bad.Findings))
	case errors.As(err, &wrong) && wrong.Field == "reason":
		return fmt.Errorf("%w (--dry-run shows them, --reason says why)", err)
	case err != nil:
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the roster has %d new shifts; days replaced: %d\n", len(rows), len(dutylog.Days(rows, zone)))
	printGaps(cmd.ErrOrStderr(), gaps, zone)
	return nil
}

// previewRoster says what an import would change, and what the rules have against it.
func previewRoster(ctx context.Context, db *sqlite.DB, rows []dutylog.Shift, takeOn string, zone *time.Location, out, forbidden io.Writer) error {
	if len(rows) > 0 {
		c := dutylog.RosterChange{After: rows}
		c.During()
		before, err := db.Shifts(ctx, c.From.Add(-dutylog.LongestShift), c.To.Add(dutylog.LongestShift))
		if err != nil {
			return err
		}
		gone, added, _ := dutylog.PlanRoster(before, rows, zone)
		for _, l := range []struct {
			mark   string
			shifts []dutylog.Shift
		}{{"-", gone}, {"+", added}} {
			for _, s := range l.shifts {
				fmt.Fprintf(out, "%s %s to %s  %s  %s  %s\n", l.mark, rosterTime(s.From, zone), rosterTime(s.To, zone), s.Post, s.Name, s.Phone)
			}
		}
		fmt.Fprintf(out, "%d shifts would go and %d come; days replaced: %d\n", len(gone), len(added), len(dutylog.Days(rows, zone)))
		bad, gaps, err := db.TryImport(ctx, rows)
		if err != nil {
			return err
		}
		if takeOn != "" {
			var known []dutylog.RosterFinding
			for _, f := range bad {
				if f.Reason == dutylog.RosterUnknown {
					fmt.Fprintf(out, "%s would be entered into the list of people as regular staff\n", f.Name)
				} else {
					known = append(known, f)
				}
			}
			bad = known
		}
		printForbidden(forbidden, bad, zone)
		printGaps(forbidden, gaps, zone)
	}
	fmt.Fprintln(out, "nothing was changed")
	return nil
}

func newImportHolidaysCommand(flags *logFlags) *cobra.Command {
	source := ""
	cmd := &cobra.Command{
		Use:   "holidays YEAR FILE",
		Short: "Replace the public holidays of a year; columns name/名称, from/开始, to/结束, kind/类型 (放假 or 上班)",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			year, err := strconv.Atoi(args[0])
			if err != nil || year < 2020 || year > 2199 {
				return fmt.Errorf("%q is no year; write it like 2027", args[0])
			}
			return withLog(cmd, flags, true, func(db *sqlite.DB) error {
				table, err := readTableFile(args[1])
				if err != nil {
					return err
				}
				days, err := dutylog.ParseHolidays(table, year)
				if err != nil {
					return fmt.Errorf("%s: %w", args[1], err)
				}
				if err := db.SaveHolidays(cmd.Context(), dutylog.HolidayYear{Year: year, Source: source, Days: days}, shellActor()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d has %d days of holiday or make-up work now\n", year, len(days))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "the notice, such as 国办发明电〔2026〕9号; kept for ever")
	_ = cmd.MarkFlagRequired("source") // it is there, two lines above
	return cmd
}
