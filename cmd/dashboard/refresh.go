package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
)

func newRefresh(s *settings) *cobra.Command {
	var opts ingest.Options
	cmd := &cobra.Command{
		Use:   "refresh [--portal ID…] [--year Y] [--full]",
		Short: "one refresh now, with progress",
		Long: "Looks at the portals, asks conditionally for what is known and fetches what is new. The exit status is 0\n" +
			"also where single pages failed, which are listed, and 1 where nothing could be done.",
		Example: example("dashboard refresh --portals portals/", "dashboard refresh --portal tj-dongli --year 2024"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			defer ingest.TuneMemory()()
			a, err := openApp(cmd.Context(), s, quietLog())
			if err != nil {
				return err
			}
			defer a.Close()
			portals, err := s.readPortals()
			if err != nil {
				return err
			}
			if err := a.refresh(cmd.Context(), cmd.OutOrStdout(), a.refresher(portals, s), opts); err != nil {
				return err
			}
			return a.publish(cmd.Context(), s)
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	cmd.Flags().StringSliceVar(&opts.Portals, "portal", nil, "only these portals (default: all that are enabled)")
	cmd.Flags().IntVar(&opts.Year, "year", 0, "only this report year")
	cmd.Flags().BoolVar(&opts.Full, "full", false, "ask again for what is known, without conditions")
	return cmd
}

// refresher returns what does a refresh of these portals.
func (a *app) refresher(portals []*crawl.Portal, s *settings) *ingest.Refresher {
	return &ingest.Refresher{Store: a.db, Archive: a.archive, Portals: portals, Log: a.log,
		Crawl: s.crawl(), Reader: s.reader(), Unrecorded: s.Bundle.Record != nil && !*s.Bundle.Record}
}

// refresh runs one refresh, shows its progress, and then what was found, what failed
// and why.
func (a *app) refresh(ctx context.Context, out io.Writer, r *ingest.Refresher, opts ingest.Options) error {
	bar := newBar(out)
	opts.Progress = bar.show
	summary, err := r.Refresh(ctx, opts)
	bar.end()
	err = errors.Join(err, a.restoreCorrections(ctx), a.settle(ctx))
	if summary.Run != 0 {
		if err := a.printSummary(context.WithoutCancel(ctx), out, summary); err != nil {
			return err
		}
	}
	return err
}

func (a *app) printSummary(ctx context.Context, out io.Writer, s ingest.Summary) error {
	run, err := a.db.Run(ctx, s.Run)
	if err != nil {
		return err
	}
	for _, p := range s.Portals {
		fmt.Fprintf(out, "%s（%s）：列表 %d，候选 %d，取得 %d，未变 %d，新增 %d，修订 %d，受阻 %d，失败 %d\n",
			p.Name, portalWord(p.State), p.Lists, p.Candidates, p.Fetched, p.Unchanged, p.New, p.Revised, p.Blocked, p.Failed)
		for _, reason := range slices.Sorted(maps.Keys(p.Rejected)) {
			fmt.Fprintf(out, "  排除 %d：%s\n", p.Rejected[reason], crawl.RuleWords(reason, false).ZH)
		}
		if p.Message != "" {
			fmt.Fprintf(out, "  %s\n", p.Message)
		}
	}
	for _, f := range run.Failures {
		fmt.Fprintf(out, "  未取得  %s  %s\n", f.URL, f.Reason)
	}
	_, err = fmt.Fprintf(out, "采集批次 %d：%s，用时 %.1f 秒\n", s.Run, runWord(s.State), s.Took.Seconds())
	return err
}

// isTerminal reports whether a writer is a terminal, where a progress bar can be
// redrawn.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
