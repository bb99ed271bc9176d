package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
)

func newDemo(s *settings) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "demo [--addr HOST:PORT] [--data DIR]",
		Short: "start a demonstration portal on loopback, refresh from it and serve the dashboard",
		Long: "Serves a fictitious district, marked 示例, and the real figures of one report on a demonstration portal\n" +
			"on loopback, crawls it into a database of its own, and serves the dashboard. Nothing beyond loopback is\n" +
			"asked. A second start shows the data at once and refreshes only what changed.",
		Example: example("dashboard demo", "dashboard demo --addr 127.0.0.1:9000 --data /tmp/demo"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), cmd.OutOrStdout(), s, folder)
		},
	}
	cmd.Flags().StringVar(&s.Addr, "addr", defaults().Addr, "address to serve on")
	cmd.Flags().StringVar(&folder, "data", "gongkai-demo", "folder of the demonstration's data; created where missing")
	return cmd
}

// demoRequests is what a client may ask of the API in a minute: on loopback the clients
// are one, and people try things out.
const demoRequests = 6000

func runDemo(ctx context.Context, out io.Writer, s *settings, folder string) error {
	l, err := listen(s.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("demonstration data: %w; give another folder with --data", err)
	}
	s.DB, s.Archive = filepath.Join(folder, "gongkai.db"), filepath.Join(folder, "archive")
	s.Exports.Folder = filepath.Join(folder, "exports")
	if err := os.MkdirAll(s.Exports.Folder, 0o755); err != nil {
		return fmt.Errorf("demonstration data: %w; give another folder with --data", err)
	}
	if s.API.Requests == 0 {
		s.API.Requests = demoRequests
	}
	a, err := openApp(ctx, s, quietLog())
	if err != nil {
		return err
	}
	defer a.Close()
	group, ctx := errgroup.WithContext(ctx)
	portal, err := startPortal(ctx, folder)
	if err != nil {
		return err
	}
	defer portal.Close()
	version, err := a.db.DataVersion(ctx)
	if err != nil {
		return err
	}
	if err := a.offerSetUp(ctx, s); err != nil {
		return err
	}
	a.ready.Store(version > 0) // a second start shows what the first one found
	group.Go(func() error { return a.serve(ctx, s, l) })
	fmt.Fprintf(out, "公开 Gongkai\n\n  看板     http://%s\n  示例门户 %s\n  数据     %s\n\n", l.Addr(), portal.URL(), folder)
	fmt.Fprint(out, a.setUpLink("http://"+l.Addr().String()))
	group.Go(func() error {
		if err := a.refreshDemo(ctx, out, s, portal); err != nil {
			if ctx.Err() != nil {
				return nil // stopped while it refreshed; what it kept is whole
			}
			return err
		}
		a.ready.Store(true)
		if err := a.publish(ctx, s); err != nil && ctx.Err() == nil {
			return err
		}
		fmt.Fprintf(out, "\n打开 http://%s （按 Ctrl-C 结束）\n", l.Addr())
		return nil
	})
	return group.Wait()
}

// refreshDemo puts the demonstration's agencies into the register and refreshes from
// its portal.
func (a *app) refreshDemo(ctx context.Context, out io.Writer, s *settings, p *demo.Server) error {
	a.recall(ctx, p)
	if err := a.db.PutAgencies(ctx, demo.Agencies()); err != nil {
		return err
	}
	for _, r := range demo.Regions() {
		if err := a.db.SetRegionName(ctx, r.Code, r.Name); err != nil {
			return err
		}
	}
	var portals []*crawl.Portal
	for _, f := range p.Portals() {
		portal, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		if err != nil {
			return err
		}
		portals = append(portals, portal)
	}
	return a.refresh(ctx, out, a.refresher(portals, s), ingest.Options{})
}

// recall lets the portal show the second version of its revised report from the
// start where an earlier start has kept the first: a portal does not take a revision
// back when it is started again.
func (a *app) recall(ctx context.Context, p *demo.Server) {
	for _, t := range p.Truth() {
		if t.Case != demo.Revised {
			continue
		}
		if _, err := a.db.Report(ctx, t.Agency, t.Year, 0); err == nil {
			p.Revise()
		}
	}
}

// usualPortal is where the demonstration portal stands unless the port is taken.
const usualPortal = "127.0.0.1:18080"

// startPortal starts the demonstration portal where it stood the last time: its
// addresses are the ones that the database knows.
func startPortal(ctx context.Context, folder string) (*demo.Server, error) {
	note := filepath.Join(folder, "portal.addr")
	if b, err := os.ReadFile(note); err == nil {
		addr := strings.TrimSpace(string(b))
		p, err := demo.Start(ctx, addr, demo.Options{})
		if err != nil {
			return nil, fmt.Errorf("%w; end the demonstration that runs on %s, or give another folder with --data", err, folder)
		}
		return p, nil
	}
	p, err := demo.Start(ctx, usualPortal, demo.Options{})
	if err != nil {
		if p, err = demo.Start(ctx, "", demo.Options{}); err != nil {
			return nil, err
		}
	}
	host := strings.Trim(strings.TrimPrefix(p.URL(), "http://"), "/")
	if err := os.WriteFile(note, []byte(host+"\n"), 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("demonstration portal: %w", err), p.Close())
	}
	return p, nil
}
