package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"gongkai/internal/aggregate"
	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/internal/synthetic"
)

// newBench measures what a database of any size costs.
func newBench(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "make a synthetic country of any size, and measure what a database costs",
	}
	cmd.AddCommand(newBenchGenerate(s), newBenchRun(s))
	return cmd
}

func newBenchGenerate(s *settings) *cobra.Command {
	var reports int
	var years string
	var seed uint64
	cmd := &cobra.Command{
		Use:   "generate --reports N [--years FROM-TO] [--seed N]",
		Short: "fill an empty database with synthetic reports on the real roster of regions",
		Long: `Fills an empty database with the reports of a country that is real in its regions
alone: 41,352 streets and towns, and the governments and departments above them.
Most cells are 0, some reports are missing, and a few do not add up. The same seed
makes the same reports. All of it is marked as synthetic on every page.`,
		Example: example("dashboard bench generate --db synthetic.db --archive synthetic-archive --reports 100000"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := synthetic.Options{Seed: seed}
			if _, err := fmt.Sscanf(years, "%d-%d", &o.From, &o.To); err != nil || o.From > o.To || o.From < 2014 || o.To > 2099 {
				return fmt.Errorf("years %q; want two years from 2014 on, such as 2014-2031", years)
			}
			if reports < 1 {
				return fmt.Errorf("reports %d; want 1 or more, and 2500000 for the whole country", reports)
			}
			o.Agencies = 1 + (reports-1)/(o.To-o.From+1)
			a, err := openApp(cmd.Context(), s, quietLog())
			if err != nil {
				return err
			}
			g := generator{app: a, o: o, out: cmd.OutOrStdout()}
			return errors.Join(g.run(cmd.Context()), a.Close())
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().IntVar(&reports, "reports", 0, "about how many reports; 2500000 is the whole country")
	cmd.Flags().StringVar(&years, "years", "2014-2031", "report years")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "the same seed makes the same reports")
	return cmd
}

// A generator fills a database, and times its stages apart.
type generator struct {
	*app
	o   synthetic.Options
	out io.Writer

	writing                   store.RunID
	original                  report.SHA256
	reports                   int
	made, checked, pack, load time.Duration
}

// chunk is how many agencies are made at a time: their reports lie in memory.
const chunk = 256

func (g *generator) run(ctx context.Context) error {
	if known, err := g.db.Counties(ctx); err != nil || len(known) > 0 {
		return errors.Join(err, errors.New("bench generate: the database holds agencies already; give a new one with --db"))
	}
	agencies := slices.Collect(synthetic.Agencies(g.o))
	began := time.Now()
	if err := g.db.PutAgencies(ctx, agencies); err != nil {
		return err
	}
	g.tell("名录", len(agencies), "个机关", time.Since(began))
	if err := g.begin(ctx); err != nil {
		return err
	}
	for some := range slices.Chunk(agencies, chunk) {
		if err := g.add(ctx, some); err != nil {
			return errors.Join(err, g.db.FinishRun(context.WithoutCancel(ctx), g.writing, store.RunInterrupted, err.Error()))
		}
	}
	if err := g.db.FinishRun(ctx, g.writing, store.RunOK, ""); err != nil {
		return err
	}
	began = time.Now()
	if err := aggregate.New(g.db, time.Now).Settle(ctx); err != nil {
		return err
	}
	g.tell("生成", g.reports, "份报告", g.made)
	g.tell("核对", g.reports, "份报告", g.checked)
	g.tell("装载（打包）", g.reports, "份报告", g.pack)
	g.tell("装载（写入）", g.reports, "份报告", g.load)
	g.tell("装载", g.reports, "份报告", g.pack+g.load)
	g.tell("汇总", g.reports, "份报告", time.Since(began))
	return g.sizes(ctx)
}

// begin starts the run, with the one original that all reports name: it says what they
// are.
func (g *generator) begin(ctx context.Context) (err error) {
	if g.writing, err = g.db.StartRun(ctx, "synthetic", 0, true); err != nil {
		return err
	}
	text := []byte("<!DOCTYPE html><meta charset=\"utf-8\"><title>合成数据</title><p>这不是任何机关的报告：数据由 dashboard bench generate 合成，只用于测量。</p>\n")
	o := report.Original{URL: "synthetic:original", RequestedURL: "synthetic:original", ContentType: "text/html; charset=utf-8", FetchedAt: time.Now().UTC(),
		Status: 200, Demo: true, Size: int64(len(text))}
	if g.original, err = g.archive.Put(ctx, text, o); err != nil {
		return err
	}
	o.Hash = g.original
	return g.db.PutOriginal(ctx, g.writing, o)
}

// A synthesised is a report with what the rules say of it.
type synthesised struct {
	agency  report.Agency
	reading report.Reading
	outcome check.Outcome
}

// add makes, checks and keeps the reports of some agencies.
func (g *generator) add(ctx context.Context, agencies []report.Agency) error {
	began := time.Now()
	of := make([][]synthesised, len(agencies))
	err := sideBySide(len(agencies), func(i int) error {
		for _, r := range synthetic.Reports(g.o, agencies[i]) {
			of[i] = append(of[i], synthesised{agency: agencies[i], reading: r})
		}
		return nil
	})
	g.made += since(&began)
	if err == nil {
		err = sideBySide(len(of), func(i int) error { judge(of[i]); return nil })
	}
	g.checked += since(&began)
	all := slices.Concat(of...)
	packed := make([]*store.PackedVersion, len(all))
	if err == nil {
		err = sideBySide(len(all), func(i int) (err error) {
			packed[i], err = g.db.Pack(g.version(all[i]))
			return err
		})
	}
	g.pack += since(&began)
	if err == nil {
		err = g.db.AddNew(ctx, g.writing, packed)
	}
	g.load += since(&began)
	g.reports += len(all)
	return err
}

// judge applies the rules to the reports of one agency, each beside those before it.
func judge(all []synthesised) {
	for i := range all {
		a := &all[i].agency
		with := check.Context{Agency: a, Kind: a.Kind}
		if i > 0 {
			with.Previous = &all[i-1].reading
		}
		if i > 1 {
			with.Earlier = &all[i-2].reading
		}
		all[i].outcome = check.Report(&all[i].reading, with)
	}
}

// version is what the store keeps of a report.
func (g *generator) version(s synthesised) store.NewVersion {
	found := time.Date(s.reading.Year+1, 2, 1, 0, 0, 0, 0, standard.China())
	return store.NewVersion{Agency: s.agency.ID, Year: s.reading.Year, Reading: s.reading, Status: s.outcome.Status, Findings: s.outcome.Findings,
		Problems: s.outcome.Problems, Original: g.original, URL: fmt.Sprintf("synthetic:%s/%d", s.agency.ID, s.reading.Year), FoundAt: found, Reader: "synthetic"}
}

// sideBySide does something n times, as many at a time as there are processors.
func sideBySide(n int, do func(i int) error) error {
	var group errgroup.Group
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		group.Go(func() error {
			for i := part; i < n; i += parts {
				if err := do(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// since returns the time since began, and begins anew.
func since(began *time.Time) time.Duration {
	took := time.Since(*began)
	*began = time.Now()
	return took
}

// tell writes a line on one stage.
func (g *generator) tell(stage string, n int, of string, took time.Duration) {
	fmt.Fprintf(g.out, "%s\t%d %s\t%.1f 秒\t%.0f/秒\n", stage, n, of, took.Seconds(), float64(n)/max(took.Seconds(), 1e-9))
}

// sizes tells what the database keeps of a report.
func (g *generator) sizes(ctx context.Context) error {
	sizes, err := g.db.Sizes(ctx)
	if err != nil {
		return err
	}
	n := int64(max(1, g.reports))
	fmt.Fprintf(g.out, "每份报告\t数值与状态 %d 字节\t共 %d 字节\n", sizes.Values/n, sizes.All/n)
	return nil
}
