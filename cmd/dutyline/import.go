package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/simplifiedchinese"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

func newImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Import the directory or the roster from a CSV table",
		Long: "Import the directory or the roster from a CSV table (UTF-8, or GBK as Excel in China writes it)\n" +
			"with a header row. Nothing is imported when any row has a fault; all faults are named.",
		Args: cobra.NoArgs,
	}
	flags := addLogFlags(cmd)
	cmd.PersistentFlags().StringVar(&flags.site.AreaCode, "area-code", flags.site.AreaCode, "area code of the site, for local numbers (with --db)")
	cmd.PersistentFlags().StringVar(&flags.site.TimeZone, "time-zone", flags.site.TimeZone, "time zone of the site, for shifts (with --db)")
	cmd.AddCommand(newImportDirectoryCommand(flags), newImportRosterCommand(flags), newImportHolidaysCommand(flags))
	return cmd
}

func newImportDirectoryCommand(flags *logFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "directory FILE.csv",
		Short: "Replace the directory; columns unit/单位, person/姓名, title/职务, number/电话, superior/上级, last_confirmed/确认日期",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, true, func(db *sqlite.DB) error {
				table, err := readTableFile(args[0])
				if err != nil {
					return err
				}
				rows, err := dutylog.ParseDirectory(table, flags.site.AreaCode)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				before, err := db.Contacts(cmd.Context())
				if err != nil {
					return err
				}
				if err := db.ReplaceDirectory(cmd.Context(), rows); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "the directory is replaced: %d rows now, %d before\n", len(rows), len(before))
				return nil
			})
		},
	}
}

// readTableFile reads a table as UTF-8. What is not UTF-8 is taken as GB 18030, of which GBK
// and GB 2312 are parts.
func readTableFile(name string) (io.Reader, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
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
