package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/web"
)

func newApproveCommand() *cobra.Command {
	var file, by, note string
	var decline bool
	cmd := &cobra.Command{
		Use:   "approve REQUEST --by LOGIN",
		Short: "Decide, as a second person, what somebody else asked for: the release of a hold, or an erasure",
		Long: "Decide what one person alone may not do. It takes the password of the login, which is another person's than\n" +
			"the one who asked; so does the page 审批. A hold is released at once; an erasure is carried out afterwards\n" +
			"with: dutyline erase --request N. A request expires after a day, and so does what was approved.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var id int64
			if _, err := fmt.Sscan(args[0], &id); err != nil || id < 1 {
				return fmt.Errorf("%q is no number of a request: dutyline erase and dutyline hold --release print it", args[0])
			}
			return withData(cmd, file, func(d *data) error {
				who, err := d.person(cmd, by)
				if err != nil {
					return err
				}
				a, err := d.log.Decide(cmd.Context(), id, !decline, note, who)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "request %d about entry %s is %s\n", a.ID, a.EntryNumber, a.State(a.DecidedAt))
				if a.Kind == dutylog.ToErase && a.Approves {
					fmt.Fprintf(cmd.OutOrStdout(), "carry it out within a day: dutyline erase --request %d\n", a.ID)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	cmd.Flags().StringVar(&by, "by", "", "login of who decides; its password is asked for")
	cmd.Flags().StringVar(&note, "note", "", "a few words, kept with the decision")
	cmd.Flags().BoolVar(&decline, "decline", false, "say no")
	if err := cmd.MarkFlagRequired("by"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// person is a login that proves itself by its password: whoever is at the machine is not enough
// where two persons are needed.
func (d *data) person(cmd *cobra.Command, login string) (dutylog.Actor, error) {
	if login == "" {
		return dutylog.Actor{}, errors.New("name who asks with --by LOGIN: what takes two persons is asked for with a login and its password")
	}
	a, err := d.log.Account(cmd.Context(), login)
	if err != nil {
		return dutylog.Actor{}, fmt.Errorf("--by %s: %w; dutyline user list shows the logins", login, err)
	}
	password, err := askPassword(cmd, bufio.NewReader(cmd.InOrStdin()), "Password of "+a.Login+": ")
	switch {
	case err != nil:
		return dutylog.Actor{}, errors.New("no password was given: type it, or pipe it in")
	case a.Disabled || !web.CheckPassword(a.PasswordHash, password):
		return dutylog.Actor{}, fmt.Errorf("--by %s: the password is wrong, or the login is disabled", login)
	case a.MustChange:
		return dutylog.Actor{}, fmt.Errorf("--by %s: the password was given by somebody else: log in on the page once and change it", login)
	}
	return dutylog.Actor{Login: a.Login, Name: a.Name, Role: a.Role}, nil
}

// asked keeps a request and says what happens next.
func (d *data) asked(cmd *cobra.Command, a dutylog.Approval, by string) error {
	who, err := d.person(cmd, by)
	if err != nil {
		return err
	}
	a.By = who
	if a, err = d.log.Ask(cmd.Context(), a); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "asked for as request %d about entry %s; nothing was done yet\n"+
		"a second person approves it within a day: on the page 审批, or here with: dutyline approve %d --by LOGIN\n", a.ID, a.EntryNumber, a.ID)
	if a.Kind == dutylog.ToErase {
		fmt.Fprintf(cmd.OutOrStdout(), "then carry it out: dutyline erase --request %d\n", a.ID)
	}
	return nil
}
