// Command dashboard watches portals, reads annual reports on government
// information disclosure, and serves what they say.
//
// This package owns the flags, the settings, the wiring and the clock; each
// subcommand is a file. The work is done by the packages below internal, in the
// order that docs/architecture.md shows.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit status. Errors are one line
// on stderr: what, why, what to do.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot(out, errOut)
	root.SetIn(in)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var status exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintln(errOut, "dashboard:", advised(cmd, err))
	return 1
}

// advised adds what to do to the complaints that cobra has about arguments, which
// have no type of their own.
func advised(cmd *cobra.Command, err error) error {
	for _, start := range []string{"unknown command", "requires at least", "accepts ", "required flag"} {
		if strings.HasPrefix(err.Error(), start) {
			return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
		}
	}
	return err
}

// exitStatus ends the command with a status of its own and says nothing more.
type exitStatus int

// Error implements error.
func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }
