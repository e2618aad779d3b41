package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/dutylog"
)

func newAssessCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "assess", Short: "The scoring rules of the month's assessment 考核评分细则"}
	cmd.AddCommand(newAssessRulesCommand(), newAssessTestCommand())
	return cmd
}

func newAssessRulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "Print the shipped scoring rules, to be changed and named in assessment.rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(config.ShippedScoring)
			return err
		},
	}
}

func newAssessTestCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "test FILE",
		Short: "Try changed scoring rules on the frozen sheets: which of them would differ (0 none, 1 some, 2 cannot tell)",
		Long: `Test reads the changed scoring rules FILE and scores every frozen sheet anew, from the facts that were frozen
with it. No sheet is changed. It prints one line for a sheet that would differ, and below it each item that
would: what it got, and what it would get. The status is 0 when none differs, 1 when some do, 2 when that
cannot be told: the file has a mistake, which is said with its line, or the log cannot be read.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rules, err := config.ScoringIn(args[0])
			if err != nil {
				return cannotTell(cmd, err)
			}
			err = withData(cmd, file, func(d *data) error { return tryScoring(cmd, d, rules) })
			if err != nil && !errors.As(err, new(codedError)) {
				err = cannotTell(cmd, err)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

// tryScoring prints what the rules would make of the frozen sheets.
func tryScoring(cmd *cobra.Command, d *data, rules dutylog.ScoringRules) error {
	out, differ := cmd.OutOrStdout(), 0
	frozen, err := d.log.FrozenAssessments(cmd.Context(), "2000-01", "2199-12")
	if err != nil {
		return err
	}
	for _, f := range frozen {
		if printRetried(out, f, rules) {
			differ++
		}
	}
	looked := len(frozen)
	fmt.Fprintf(out, "%d of %d frozen sheets would differ\n", differ, looked)
	if differ > 0 {
		return codedError{fmt.Errorf("%d of %d frozen sheets would differ; none was changed", differ, looked), exitDiffers}
	}
	return nil
}

func printRetried(out io.Writer, f dutylog.FrozenAssessment, rules dutylog.ScoringRules) bool {
	now, changes := f.Retried(rules)
	if len(changes) == 0 {
		return false
	}
	fmt.Fprintf(out, "%s  %s/%s -> %s/%s\n", strings.TrimSpace(string(f.Sheet.Month)+" "+f.Sheet.Line), f.Sheet.Gets, f.Sheet.Of, now.Gets, now.Of)
	for _, c := range changes {
		fmt.Fprintf(out, "  %s  %s -> %s\n", c.ID, itemScore(c.Then), itemScore(c.Now))
	}
	return true
}

// itemScore is what an item gets of what it is worth.
func itemScore(i *dutylog.AssessmentItem) string {
	switch {
	case i == nil:
		return "no such item"
	case !i.Why.Judged():
		return "not judged"
	}
	return i.Gets.String() + "/" + i.Points.String()
}
