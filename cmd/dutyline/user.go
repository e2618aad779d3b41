package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

func newUserCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Add, list, disable and enable logins, and give them passwords",
		Long: "Add, list, disable and enable logins, and give them passwords. The daemon may run meanwhile.\n" +
			"A password is typed or read from standard input, never given as an argument, which others could see.",
		Args: cobra.NoArgs,
	}
	flags := addLogFlags(cmd)
	cmd.AddCommand(newUserAddCommand(flags), newUserPasswdCommand(flags), newUserDisableCommand(flags), newUserEnableCommand(flags),
		newUserListCommand(flags))
	return cmd
}

func newUserAddCommand(flags *logFlags) *cobra.Command {
	var name, role, unit string
	var generate bool
	cmd := &cobra.Command{
		Use:   "add LOGIN --role ROLE",
		Short: "Add a login; its first login changes the password",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a := dutylog.Account{Login: args[0], Name: name, Role: dutylog.Role(role), Unit: unit, MustChange: true}
			if a.Name == "" {
				a.Name = a.Login
			}
			a.PasswordHash = "checked below" // so that a wrong name or role is told before a password is asked
			if err := a.Check(); err != nil {
				return err
			}
			var password string
			if flags.absent() { // no log is made for a password that is refused
				var err error
				if password, err = newPassword(cmd, a.Login, generate); err != nil {
					return err
				}
			}
			return withLog(cmd, flags, true, func(db *sqlite.DB) error {
				if _, err := db.Account(cmd.Context(), a.Login); !errors.Is(err, dutylog.ErrNotFound) {
					return orExists(a.Login, err)
				}
				if password == "" {
					var err error
					if password, err = newPassword(cmd, a.Login, generate); err != nil {
						return err
					}
				}
				a.PasswordHash = web.HashPassword(password)
				if err := db.AddAccount(cmd.Context(), a); err != nil {
					return err
				}
				if generate {
					fmt.Fprintf(cmd.OutOrStdout(), "password of %s: %s\n", a.Login, password)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "login %s (%s, %s) added; the first login changes the password\n", a.Login, a.Role, a.Name)
				return tellNamesake(cmd, db, a)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the person's name as in the roster; the login when not given")
	cmd.Flags().StringVar(&role, "role", "", "officer, chief, leader, supervisor, auditor, admin or reader, which sees the entries of one unit only")
	cmd.Flags().StringVar(&unit, "unit", "", "of a reader: the unit whose entries it sees, exactly as entries name the caller's unit")
	cmd.Flags().BoolVar(&generate, "generate", false, "make a password and print it once")
	if err := cmd.MarkFlagRequired("role"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// tellNamesake says that another login has the same name: people are told apart by their names.
func tellNamesake(cmd *cobra.Command, db *sqlite.DB, a dutylog.Account) error {
	all, err := db.Accounts(cmd.Context())
	for _, other := range all {
		if other.Login != a.Login && !other.Disabled && dutylog.SameName(other.Name, a.Name) {
			fmt.Fprintf(cmd.ErrOrStderr(), "login %s has the same name: both count as one person, who approves and reviews nothing of their own; if they are two people, disable this login and add one whose name tells them apart\n", other.Login)
		}
	}
	return err
}

func orExists(login string, err error) error {
	if err == nil {
		return fmt.Errorf("login %q is there already: give it a new password with \"dutyline user passwd\", or choose another", login)
	}
	return err
}

func newUserPasswdCommand(flags *logFlags) *cobra.Command {
	var generate bool
	cmd := &cobra.Command{
		Use:   "passwd LOGIN",
		Short: "Give a login a new password, which its next login changes; its sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, false, func(db *sqlite.DB) error {
				a, err := db.Account(cmd.Context(), args[0])
				if err != nil {
					return knownLogin(err)
				}
				password, err := newPassword(cmd, a.Login, generate)
				if err != nil {
					return err
				}
				if err := db.SetPassword(cmd.Context(), a.Login, web.HashPassword(password), true); err != nil {
					return err
				}
				if _, err := db.EndSessions(cmd.Context(), a.Login); err != nil {
					return err
				}
				tellPassword(cmd, a.Login, password, generate)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&generate, "generate", false, "make a password and print it once")
	return cmd
}

// knownLogin says where the logins are listed when one is not there.
func knownLogin(err error) error {
	if errors.Is(err, dutylog.ErrNotFound) {
		return fmt.Errorf("%w; dutyline user list shows the logins", err)
	}
	return err
}

func newUserDisableCommand(flags *logFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "disable LOGIN",
		Short: "Disable a login and end its sessions at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, false, func(db *sqlite.DB) error {
				if err := db.DisableAccount(cmd.Context(), args[0]); err != nil {
					return knownLogin(err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s is disabled and logged out\n", args[0])
				return nil
			})
		},
	}
}

func newUserEnableCommand(flags *logFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "enable LOGIN",
		Short: "Let a disabled login in again, with the password that it had",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLog(cmd, flags, false, func(db *sqlite.DB) error {
				if err := db.EnableAccount(cmd.Context(), args[0]); err != nil {
					return knownLogin(err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s is enabled and can log in with its old password\n", args[0])
				return nil
			})
		},
	}
}

func newUserListCommand(flags *logFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List every login with its role and state",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withLog(cmd, flags, false, func(db *sqlite.DB) error {
				accounts, err := db.Accounts(cmd.Context())
				if err != nil {
					return err
				}
				return printAccounts(cmd.OutOrStdout(), accounts, flags.site.Location())
			})
		},
	}
}

func printAccounts(to io.Writer, accounts []dutylog.Account, zone *time.Location) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tROLE\tSTATE\tSINCE\tNAME") // the name last: its characters are wider than one column
	for _, a := range accounts {
		state := "enabled"
		switch {
		case a.Disabled:
			state = "disabled"
		case a.MustChange:
			state = "must change the password"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Login, a.Role, state, atSite(a.CreatedAt, zone), nameAndUnit(a))
	}
	return w.Flush()
}

// nameAndUnit is how a login is called, with the unit to which it is limited.
func nameAndUnit(a dutylog.Account) string {
	if a.Unit == "" {
		return a.Name
	}
	return a.Name + " (" + a.Unit + ")"
}

// withLog opens the duty log for one command and closes it again.
func withLog(cmd *cobra.Command, flags *logFlags, create bool, do func(*sqlite.DB) error) error {
	db, err := flags.openLog(cmd, create)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

func tellPassword(cmd *cobra.Command, login, password string, generated bool) {
	if generated {
		fmt.Fprintf(cmd.OutOrStdout(), "password of %s: %s\n", login, password)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s has a new password; the next login changes it\n", login)
}

// newPassword makes a password, or asks for one: twice on a terminal, else one line.
func newPassword(cmd *cobra.Command, login string, generate bool) (string, error) {
	if generate {
		return rand.Text(), nil // 26 letters and digits, 128 bits
	}
	in := bufio.NewReader(cmd.InOrStdin())
	password, err := askPassword(cmd, in, "New password: ")
	if err != nil {
		return "", err
	}
	if err := dutylog.CheckPassword(login, password); err != nil {
		return "", fmt.Errorf("%w, or let --generate make one", err)
	}
	if _, terminal := hideInput(cmd.InOrStdin()); !terminal {
		return password, nil
	}
	again, err := askPassword(cmd, in, "Once more: ")
	if err == nil && again != password {
		err = errors.New("the two passwords differ: nothing was changed")
	}
	return password, err
}

func askPassword(cmd *cobra.Command, in *bufio.Reader, prompt string) (string, error) {
	if show, terminal := hideInput(cmd.InOrStdin()); terminal {
		fmt.Fprint(cmd.ErrOrStderr(), prompt)
		defer fmt.Fprintln(cmd.ErrOrStderr())
		defer show()
	}
	line, err := in.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	if err != nil {
		return "", errors.New("no password was given: type it, pipe it in, or let --generate make one")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// hideInput stops a terminal from showing what is typed and returns how to show it again.
// It reports false for anything else than a terminal.
func hideInput(in io.Reader) (show func(), terminal bool) {
	file, ok := in.(*os.File)
	if !ok {
		return func() {}, false
	}
	return hideTyping(file)
}
