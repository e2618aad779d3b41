package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/simplifiedchinese"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/dutylog/sqlite"
)

func newImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Import the directory or the roster from a table",
		Long: "Import the directory (.xlsx or CSV) or the roster (.xlsx or CSV) from a table with a header row.\n" +
			"CSV is UTF-8, or GBK as Excel in China writes it. Nothing is imported when any row has a fault; all faults are named.",
		Args: cobra.NoArgs,
	}
	flags := addLogFlags(cmd)
	cmd.PersistentFlags().StringVar(&flags.site.AreaCode, "area-code", flags.site.AreaCode, "area code of the site, for local numbers (with --db)")
	cmd.PersistentFlags().StringVar(&flags.site.TimeZone, "time-zone", flags.site.TimeZone, "time zone of the site, for shifts (with --db)")
	cmd.AddCommand(newImportDirectoryCommand(flags), newImportRosterCommand(flags), newImportHolidaysCommand(flags))
	return cmd
}

func newImportDirectoryCommand(flags *logFlags) *cobra.Command {
	o := &directoryImport{}
	cmd := &cobra.Command{
		Use:   "directory FILE",
		Short: "Replace the directory by a table (.xlsx or .csv)",
		Long: "Replace the directory by a table (.xlsx, or .csv in UTF-8 or GBK). Its columns are " + strings.Join(dutylog.DirectoryColumns(), ", ") + ";\n" +
			"a table may have the one column 电话 instead of the four for numbers. Columns that it does not have are left as they are.\n" +
			"What it does not name is removed, unless --keep is given; --dry-run only shows what would change.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, true, func(db *sqlite.DB) error {
				return o.run(cmd.Context(), db, args[0], flags.site.AreaCode, cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().BoolVar(&o.keep, "keep", false, "keep contacts that the table does not name")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change, and change nothing")
	return cmd
}

// directoryImport is what is asked of an import.
type directoryImport struct{ keep, dryRun bool }

func (o *directoryImport) run(ctx context.Context, db *sqlite.DB, file, areaCode string, out io.Writer) error {
	tables, err := readTables(file, sheet.Ordinary)
	if err != nil {
		return err
	}
	table, err := dutylog.ParseDirectory(tables, areaCode)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	before, err := db.Directory(ctx)
	if err != nil {
		return err
	}
	plan, err := dutylog.PlanDirectory(before, table, !o.keep)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, i := range plan.Items {
		printPlanned(out, i, o.dryRun)
	}
	if o.dryRun {
		fmt.Fprintln(out, "nothing was changed")
		return nil
	}
	if err := db.ImportDirectory(ctx, plan, shellActor()); err != nil {
		return err
	}
	fmt.Fprintf(out, "the directory is replaced: %d contacts now, %d before (%d added, %d changed, %d removed)\n", len(before.Contacts)+plan.Count(dutylog.PlanAdded)-plan.Count(dutylog.PlanRemoved),
		len(before.Contacts), plan.Count(dutylog.PlanAdded), plan.Count(dutylog.PlanChanged), plan.Count(dutylog.PlanRemoved))
	return nil
}

// printPlanned says what becomes of one contact; what stays is not worth a line.
func printPlanned(out io.Writer, i dutylog.PlanItem, all bool) {
	switch {
	case !all:
	case i.Kind == dutylog.PlanAdded:
		fmt.Fprintf(out, "row %d: %s is added\n", i.Row, i.After.Name())
	case i.Kind == dutylog.PlanRemoved:
		fmt.Fprintf(out, "%s is removed\n", i.Before.Name())
	case i.Kind == dutylog.PlanChanged:
		fmt.Fprintf(out, "row %d: %s", i.Row, i.Before.Name())
		for _, c := range i.Changes {
			fmt.Fprintf(out, "; %s: %q becomes %q", c.Field, c.Before, c.After)
		}
		fmt.Fprintln(out)
	}
}

// readTableFile reads a table as UTF-8. What is not UTF-8 is taken as GB 18030, of which GBK
// and GB 2312 are parts.
func readTableFile(name string) (io.Reader, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w; %s", err, tableRemedy)
	}
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return nil, fmt.Errorf("%s is an Excel workbook: save it as \"CSV UTF-8\" first", name)
	}
	if utf8.Valid(text) {
		return bytes.NewReader(text), nil
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil, fmt.Errorf("%s is neither UTF-8 nor GBK: save the table as \"CSV UTF-8\"", name)
	}
	return bytes.NewReader(decoded), nil
}
