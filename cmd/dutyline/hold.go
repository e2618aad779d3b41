package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
)

func newHoldCommand() *cobra.Command {
	var file, reason, by string
	var release bool
	cmd := &cobra.Command{
		Use:   "hold ENTRY --reason WORDS",
		Short: "Put an entry under a legal hold, or ask for its --release: meanwhile nothing of it expires or is erased",
		Long: "Put an entry under a legal hold: nothing of it expires or is erased. To release it takes two persons: one asks with\n" +
			"--release and the password of --by, another approves, see dutyline approve.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return errors.New("say why with --reason: it is kept with the hold for ever")
			}
			return withData(cmd, file, func(d *data) error {
				id, err := d.log.EntryID(cmd.Context(), args[0])
				if err != nil {
					return orUnknownEntry(args[0], err)
				}
				if release {
					return d.asked(cmd, dutylog.Approval{Kind: dutylog.ToRelease, EntryID: id, Reason: reason}, by)
				}
				who, err := d.actor(cmd, by)
				if err != nil {
					return err
				}
				e, err := d.log.SetHold(cmd.Context(), id, reason, who)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "entry %s (%s) is held\n", e.ID, e.EntryNumber)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	cmd.Flags().StringVar(&reason, "reason", "", "why, in a few words; required")
	cmd.Flags().StringVar(&by, "by", "", "login that decided it; the machine's user when not given, which cannot ask for a release")
	cmd.Flags().BoolVar(&release, "release", false, "ask for the end of the hold")
	return cmd
}

func orUnknownEntry(id string, err error) error {
	if errors.Is(err, dutylog.ErrNotFound) {
		return fmt.Errorf("there is no entry %q; name its id (for instance e-1795436279.0) or its number (for instance 2026-000123)", id)
	}
	return err
}
