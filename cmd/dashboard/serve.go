package main

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newServe(s *settings) *cobra.Command {
	var noSchedule bool
	cmd := &cobra.Command{
		Use:     "serve [--addr HOST:PORT] [--no-schedule]",
		Short:   "serve the dashboard and the API, and run the schedule",
		Example: example("dashboard serve --db data/gongkai.db --archive data/archive", "dashboard serve --no-schedule"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serveCommand(cmd.Context(), cmd, s, !noSchedule)
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	s.addWorker(cmd.Flags())
	cmd.Flags().StringVar(&s.Addr, "addr", defaults().Addr, "address to serve on")
	cmd.Flags().BoolVar(&noSchedule, "no-schedule", false, "leave the schedule and the work out: no refresh, no backup, no notice")
	return cmd
}

func serveCommand(ctx context.Context, cmd *cobra.Command, s *settings, scheduled bool) error {
	l, err := listen(s.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	log := s.newLog()
	a, err := openApp(ctx, s, log)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.offerSetUp(ctx, s); err != nil {
		return err
	}
	a.ready.Store(true)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.serve(ctx, s, l) })
	if scheduled {
		w, err := newWork(a, s)
		if err != nil {
			return err
		}
		group.Go(func() error { return w.run(ctx, true) })
	}
	fmt.Fprintf(cmd.OutOrStdout(), "公开 Gongkai: http://%s\n", reachedAt(l.Addr()))
	fmt.Fprint(cmd.OutOrStdout(), a.setUpLink("http://"+reachedAt(l.Addr())))
	s.warnOfAccess(log, l.Addr())
	return group.Wait()
}

// reachedAt is the address as a person types it on this machine: one that means all of its
// addresses leads nowhere in a browser.
func reachedAt(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return addr.String()
}
