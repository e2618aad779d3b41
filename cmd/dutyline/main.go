// Command dutyline watches the duty telephone, keeps the duty log and serves its page.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the build (see Makefile).
var version = "dev"

func main() {
	if err := newRootCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "dutyline: "+sentence(err))
		code := 1
		if coded := (codedError{}); errors.As(err, &coded) {
			code = coded.code
		}
		os.Exit(code)
	}
}

var (
	missingFlags = regexp.MustCompile(`^required flag\(s\) "(.*)" not set$`)
	bothFlags    = regexp.MustCompile(`none of the others can be; \[(.*)\] were all set$`)
	wrongCount   = regexp.MustCompile(`^(accepts|requires at least) .* arg\(s\)`)
	noneOfFlags  = regexp.MustCompile(`^at least one of the flags in the group \[(.*)\] is required$`)
)

// sentence is an error as it is printed: cobra's own ones about flags in plain words.
func sentence(err error) string {
	text := err.Error()
	flags := func(found, between, word string) string {
		return "--" + strings.ReplaceAll(found, between, " "+word+" --")
	}
	if m := missingFlags.FindStringSubmatch(text); m != nil {
		return "give " + flags(m[1], `", "`, "and") + " as well"
	}
	if m := bothFlags.FindStringSubmatch(text); m != nil {
		return "give either " + flags(m[1], " ", "or") + ", not both"
	}
	if m := noneOfFlags.FindStringSubmatch(text); m != nil {
		return "give " + flags(m[1], " ", "or")
	}
	return text + hint(err)
}

// hint names the help where a command was misspelt: cobra's own sentences end without a remedy.
func hint(err error) string {
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "invalid argument", "flag needs"} {
		if strings.HasPrefix(err.Error(), start) {
			return " (see dutyline --help, or --help after a command; times are written like 7s)"
		}
	}
	return ""
}

// untilStopped runs a command whose context ends with the first signal, so that it stops in order.
func untilStopped(run func(ctx context.Context, cmd *cobra.Command, args []string) error, more ...os.Signal) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), append(more, os.Interrupt, syscall.SIGTERM)...)
		defer stop()
		return run(ctx, cmd, args)
	}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "dutyline",
		Short:         "The emergency duty telephone: watched, recorded, logged",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServeCommand(), newPracticeCommand())
	root.AddCommand(newReplayCommand())
	root.AddCommand(newUserCommand(), newImportCommand())
	root.AddCommand(newKeysCommand(), newHoldCommand(), newApproveCommand(), newExpireCommand(), newEraseCommand())
	root.AddCommand(newReconcileCommand(), newTemplateCommand(), newAssessCommand())
	root.AddCommand(newVerifyCommand(), newCheckpointCommand(), newExhibitCommand())
	root.AddCommand(newSimulateCommand(), newDoctorCommand(), newAlertsCommand())
	root.AddCommand(newBackupCommand(), newRestoreCommand())
	plainArgs(root)
	return root
}

// plainArgs has every command say how it is written when it is given too few words or too many.
func plainArgs(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		plainArgs(c)
	}
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil || !wrongCount.MatchString(err.Error()) || errors.As(err, new(codedError)) {
			return err
		}
		return fmt.Errorf("write %s (given were %d words; --help says what they are)", strings.TrimSuffix(c.UseLine(), " [flags]"), len(args))
	}
}
