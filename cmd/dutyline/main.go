// Command dutyline watches the duty telephone, keeps the duty log and serves its page.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set by the build (see Makefile).
var version = "dev"

func main() {
	if err := newRootCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "dutyline: "+err.Error())
		os.Exit(1)
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
	root.AddCommand(newSimulateCommand(), newDoctorCommand())
	return root
}
