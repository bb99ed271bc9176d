package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest"
	"gongkai/internal/judging"
)

func newReread(s *settings) *cobra.Command {
	var opts ingest.RereadOptions
	var dry, rules bool
	cmd := &cobra.Command{
		Use:   "reread [--portal ID…] [--all] [--dry-run | --publish] | --rules",
		Short: "read the archive again with these readers, compare, and publish what differs",
		Long: "Reads again, from the archive, every current version that older readers read, and compares it cell by\n" +
			"cell with what is kept. What differs is printed; it is published only with --publish, logged as ours,\n" +
			"and never as a new version of the agency's. Nothing is asked of any portal. With --rules nothing is read:\n" +
			"what was read is judged again by the thresholds of the settings, which dashboard serve does by itself.",
		Example: example("dashboard reread", "dashboard reread --portal tj-dongli --publish", "dashboard reread --all --dry-run", "dashboard reread --rules"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dry && opts.Publish {
				return errors.New("reread: --dry-run and --publish exclude each other; look first, then publish")
			}
			if rules {
				return s.judgeAgain(cmd.Context(), cmd.OutOrStdout())
			}
			return s.reread(cmd.Context(), cmd.OutOrStdout(), opts)
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	cmd.Flags().StringSliceVar(&opts.Portals, "portal", nil, "only versions from these portals (default: all)")
	cmd.Flags().BoolVar(&opts.All, "all", false, "also what these readers have read before")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only compare, which is what is done without --publish")
	cmd.Flags().BoolVar(&opts.Publish, "publish", false, "keep what these readers read otherwise")
	cmd.Flags().BoolVar(&rules, "rules", false, "only judge again what was read, by the thresholds of the settings")
	cmd.MarkFlagsMutuallyExclusive("rules", "portal")
	cmd.MarkFlagsMutuallyExclusive("rules", "all")
	cmd.MarkFlagsMutuallyExclusive("rules", "publish")
	cmd.MarkFlagsMutuallyExclusive("rules", "dry-run")
	return cmd
}

// judgeAgain judges all that is kept by the thresholds of the settings.
func (s *settings) judgeAgain(ctx context.Context, out io.Writer) error {
	a, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	n, err := judging.Judge{DB: a.db, Thresholds: s.Thresholds}.Everything(ctx)
	if err = errors.Join(err, a.settle(ctx)); err != nil {
		return fmt.Errorf("reread --rules: %w", err)
	}
	_, err = fmt.Fprintf(out, "按现在的阈值重新核验：%d 份报告的核验结果有变\n", n)
	return err
}

func (s *settings) reread(ctx context.Context, out io.Writer, opts ingest.RereadOptions) error {
	a, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	portals, err := s.readPortals()
	if err != nil {
		return err
	}
	opts.Each = func(c ingest.Comparison) { printComparison(out, c) }
	sum, err := a.refresher(portals, s).Reread(ctx, opts)
	err = errors.Join(err, a.restoreCorrections(ctx), a.settle(ctx))
	if sum.Versions > 0 || err == nil {
		printReread(out, sum)
	}
	return err
}

// printComparison prints what is not alike; what is alike is only counted.
func printComparison(out io.Writer, c ingest.Comparison) {
	switch {
	case c.Err != nil:
		fmt.Fprintf(out, "未能重读  %s %d 年度（原件 %s）：%v\n", c.Agency.Name, c.Version.Year, c.Version.Original, c.Err)
	case !c.Difference.None():
		fmt.Fprintf(out, "不同      %s %d 年度（读取程序 %s→%s）：%s\n          %s\n", c.Agency.Name, c.Version.Year, c.Reader,
			ingest.ReaderVersion, c.Difference.String(), c.Version.URL)
	}
}

func printReread(out io.Writer, s ingest.RereadSummary) {
	fmt.Fprintf(out, "重读 %d 份：相同 %d，不同 %d（其中状态有变 %d），未能重读 %d；比对 %d 格，不同 %d 格\n",
		s.Versions, s.Same, s.Differ, s.Statuses, s.Failed, s.Cells, s.CellsNot)
	switch {
	case s.Run != 0:
		fmt.Fprintf(out, "批次 %d：已发布 %d 份，记为本站更正\n", s.Run, s.Published)
	case s.Differ > 0:
		fmt.Fprintln(out, "尚未发布；核对无误后用 --publish 发布")
	}
}
