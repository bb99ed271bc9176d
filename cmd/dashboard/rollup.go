package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func newRollUp(s *settings) *cobra.Command {
	var region, format string
	var year int
	cmd := &cobra.Command{
		Use:   "rollup --region CODE --year Y [--format table|csv]",
		Short: "sum the units of a region into the statutory tables, beside the region's own report",
		Long: "Prints one row for each statutory cell: the sum over the members whose reports are verified or\n" +
			"inconsistent as printed, how many were counted, and the figure of the region's own report.",
		Example: example("dashboard rollup --db gongkai-demo/gongkai.db --region 990101 --year 2024", "dashboard rollup --region 120110 --year 2020 --format csv"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := map[string]func(io.Writer, aggregate.RollUp) error{"table": rollUpTable, "csv": rollUpCSV}[format]
			if !ok {
				return fmt.Errorf("rollup: format %q; want table or csv", format)
			}
			r, err := rollUp(cmd.Context(), s, standard.RegionCode(region), year)
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), r)
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().StringVar(&region, "region", "", "region code")
	cmd.Flags().IntVar(&year, "year", 0, "report year (default: the latest with a report)")
	cmd.Flags().StringVar(&format, "format", "table", "table or csv")
	if err := cmd.MarkFlagRequired("region"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func rollUp(ctx context.Context, s *settings, region standard.RegionCode, year int) (aggregate.RollUp, error) {
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return aggregate.RollUp{}, err
	}
	defer db.Close()
	return aggregate.New(db, time.Now).RollUp(ctx, region, year, 0)
}

// rollUpRecord is one cell of a roll-up in text.
func rollUpRecord(c aggregate.RollUpCell) []string {
	own := ""
	if a, ok := c.Own.Known(); ok {
		own = a.String()
	}
	return []string{string(c.Cell.Code), c.Cell.RowLabel.ZH, c.Cell.ColumnLabel.ZH, c.Sum.String(),
		strconv.Itoa(c.Counted), strconv.Itoa(c.Blank), strconv.Itoa(c.Absent), own, string(c.Result)}
}

func rollUpCSV(out io.Writer, r aggregate.RollUp) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"cell", "row_label", "column_label", "sum", "counted", "blank", "absent", "own", "result"}); err != nil {
		return err
	}
	for _, c := range r.Cells {
		if err := w.Write(rollUpRecord(c)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// rollUpTable leaves out rows of which every figure is 0.
func rollUpTable(out io.Writer, r aggregate.RollUp) error {
	b := r.Basis
	fmt.Fprintf(out, "%s %d 年度汇总（%s）：应发布 %d，已发布 %d，计入 %d，待复核 %d，未发布 %d，未能查看 %d\n\n",
		r.Region.Name, r.Year, r.Format, b.Due, b.Published, b.Usable, b.NeedsReview, b.Missing, b.Unknown)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "统计项\t行\t列\t合计\t计入\t空白\t缺项\t本级报告\t核对")
	for _, c := range r.Cells {
		if a, _ := c.Own.Known(); c.Sum == 0 && a == 0 && c.Result != report.Fail {
			continue
		}
		for i, field := range rollUpRecord(c) {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, field)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
