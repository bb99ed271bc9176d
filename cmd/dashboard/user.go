package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gongkai/internal/people"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func newUser(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "add, list and disable the accounts of people",
		Long: "Accounts are for those who review readings, decide on findings and manage accounts; reading needs none\n" +
			"unless access.reading is closed. A password is read from standard input, and never given as an argument.",
		Example: example("dashboard user add wang --role administrator", "dashboard user list"),
	}
	cmd.AddCommand(newUserAdd(s), newUserList(s), newUserDisable(s), newUserPassword(s))
	for _, sub := range cmd.Commands() {
		s.addStore(sub.Flags())
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

func newUserAdd(s *settings) *cobra.Command {
	n := people.NewAccount{}
	var role string
	var regions []string
	cmd := &cobra.Command{
		Use:     "add NAME [--role ROLE] [--region CODE…] [--shown NAME]",
		Short:   "add an account; its password is read from standard input",
		Example: example("dashboard user add wang --role administrator", "dashboard user add li --role reviewer --region 120110 <password.txt"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Name, n.Role = args[0], store.Role(role)
			for _, code := range regions {
				n.Regions = append(n.Regions, standard.RegionCode(code))
			}
			return s.withPeople(cmd.Context(), func(p *people.Service, _ *store.DB) error {
				var err error
				if n.Password, err = readPassword(cmd.InOrStdin(), cmd.ErrOrStderr()); err != nil {
					return err
				}
				if _, err = p.Add(cmd.Context(), operator(), n); err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "已添加 %s（%s）\n", n.Name, n.Role)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", string(store.Reviewer), "viewer, reviewer or administrator")
	cmd.Flags().StringSliceVar(&regions, "region", nil, "region that the account is limited to, with all below (default: all)")
	cmd.Flags().StringVar(&n.Shown, "shown", "", "name that others see (default: NAME)")
	return cmd
}

func newUserList(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "list the accounts", Example: example("dashboard user list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.withPeople(cmd.Context(), func(_ *people.Service, db *store.DB) error {
				all, err := db.Accounts(cmd.Context())
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, a := range all {
					state, where := "", "全部区划"
					if a.Disabled {
						state = "已停用"
					}
					if len(a.Regions) > 0 {
						where = strings.Trim(fmt.Sprint(a.Regions), "[]")
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Shown, a.Role, where, state)
				}
				return w.Flush()
			})
		},
	}
}

func newUserDisable(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "disable NAME", Short: "keep an account from signing in, and end its sessions",
		Example: example("dashboard user disable wang"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withPeople(cmd.Context(), func(p *people.Service, db *store.DB) error {
				a, err := db.AccountNamed(cmd.Context(), args[0])
				if err != nil {
					return fmt.Errorf("%w; see dashboard user list", err)
				}
				a.Disabled = true
				if err = p.Change(cmd.Context(), operator(), a, "command line"); err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "已停用 %s\n", a.Name)
				}
				return err
			})
		},
	}
}

func newUserPassword(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "password NAME", Short: "give an account another password, read from standard input, and end its sessions",
		Example: example("dashboard user password wang"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withPeople(cmd.Context(), func(p *people.Service, db *store.DB) error {
				a, err := db.AccountNamed(cmd.Context(), args[0])
				if err != nil {
					return fmt.Errorf("%w; see dashboard user list", err)
				}
				password, err := readPassword(cmd.InOrStdin(), cmd.ErrOrStderr())
				if err != nil {
					return err
				}
				if err = p.SetPassword(cmd.Context(), operator(), a.ID, password, ""); err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "已设 %s 的密码\n", a.Name)
				}
				return err
			})
		},
	}
}

// withPeople opens the database for a command on accounts. It may be the first command
// that is run, so the database is made where it is missing.
func (s *settings) withPeople(ctx context.Context, f func(*people.Service, *store.DB) error) error {
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return err
	}
	return errors.Join(f(people.New(db, people.Options{Second: s.Access.Second}), db), db.Close())
}

// operator is who runs a command, for the audit log.
func operator() people.Actor {
	name := "command line"
	if u, err := user.Current(); err == nil {
		name += ": " + u.Username
	}
	return people.Actor{Account: store.Account{Name: name, Shown: name, Role: store.Administrator}, Client: "this machine"}
}

// readPassword reads a line. On a terminal it is seen as it is typed, which is said.
func readPassword(in io.Reader, prompt io.Writer) (string, error) {
	fmt.Fprintln(prompt, "密码（一行，至少 10 个字符；在终端上会显示出来）：")
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("password: nothing was given; type it, or give a file with <")
	}
	return line, nil
}
