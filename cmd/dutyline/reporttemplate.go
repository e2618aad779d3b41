package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	docx "dutyline/dutylog/document"
	"dutyline/dutylog/paper"
)

func newTemplateCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "template FILE",
		Short: "Write the shipped template of incident reports (.docx), to make one of your own from; --check looks at one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if check {
				return checkTemplate(args[0], cmd.OutOrStdout())
			}
			return writeTemplate(args[0], cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "say whether a template can be used, and which fields it has")
	return cmd
}

// writeTemplate never writes over a file: it may be the site's own.
func writeTemplate(name string, out io.Writer) error {
	template, err := docx.Shipped()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already and stays: name another file", name)
	}
	if err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	_, err = f.Write(template)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	fmt.Fprintf(out, "%s is the shipped template: change it, and name it as site.report_template in the configuration\n", name)
	return nil
}

// checkTemplate fills the template in as a report would be.
func checkTemplate(name string, out io.Writer) error {
	if _, err := docx.Filler(name)(paper.ReportWords(paper.Frame{Zone: time.UTC}, paper.IncidentFile{}, dutylog.Report{})); err != nil {
		return err
	}
	template, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fields, err := docx.Fields(template)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s can be used; it has the fields {%s}\n", name, strings.Join(fields, "} {"))
	return nil
}
