package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot returns the command line of design.md §4.
func newRoot(out, errOut io.Writer) *cobra.Command {
	s := new(settings)
	root := &cobra.Command{
		Use:           "dashboard",
		Short:         "公开 Gongkai: annual reports on government information disclosure, read, checked and compared",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return s.load(cmd.Flags())
		},
	}
	root.SetOut(out)
	root.SetErr(errOut)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.PersistentFlags().StringVar(&s.Config, "config", "", "settings file (default gongkai.yaml, else /etc/gongkai/gongkai.yaml, where it exists)")
	root.AddCommand(
		newDemo(s), newServe(s), newWorker(s), newRefresh(s), newReread(s), newParse(s), newCheck(s), newPortals(s), newRollUp(s), newPapers(s), newRegister(s), newExport(s), newMigrate(s), newBackup(s), newRestore(s), newBench(s), newBundle(s), newNotify(s), newImport(s), newUser(s), newDoctor(s), newHealth(s), newVersion(), newApart(),
	)
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true
	}
	return root
}

// example indents the lines of an example as cobra prints them.
func example(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
