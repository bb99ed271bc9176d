package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/aggregate"
	"gongkai/internal/papers"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func newRollUp(s *settings) *cobra.Command {
	var region, format, file string
	var year int
	cmd := &cobra.Command{
		Use:   "rollup --region CODE --year Y [--format table|csv|xlsx] [-o FILE]",
		Short: "sum the units of a region into the statutory tables, beside the region's own report",
		Long: "Prints one row for each statutory cell: the sum over the members whose reports are verified or\n" +
			"inconsistent as printed, what the sum over all members can be, how many were counted, the figure of the\n" +
			"region's own report with the remainder, and the units that would explain a gap.\n" +
			"The workbook (xlsx) has the statutory layout with live formulas over a sheet of the members.",
		Example: example("dashboard rollup --db gongkai-demo/gongkai.db --region 990101 --year 2024", "dashboard rollup --region 120110 --year 2020 --format xlsx -o 汇总.xlsx"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := map[string]func(io.Writer, aggregate.RollUpSheet) error{"table": rollUpTable, "csv": rollUpCSV, "xlsx": papers.RollUpBook}[format]
			if !ok {
				return fmt.Errorf("rollup: format %q; want table, csv or xlsx", format)
			}
			if format == "xlsx" && file == "" {
				return errors.New("rollup: a workbook needs a file; name one with -o")
			}
			r, err := rollUp(cmd.Context(), s, standard.RegionCode(region), year)
			if err != nil {
				return err
			}
			if file == "" {
				return write(cmd.OutOrStdout(), r)
			}
			return writeRollUp(file, r, write)
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().StringVar(&region, "region", "", "region code")
	cmd.Flags().IntVar(&year, "year", 0, "report year (default: the latest with a report)")
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or xlsx")
	cmd.Flags().StringVarP(&file, "output", "o", "", "file to write (default: standard output)")
	if err := cmd.MarkFlagRequired("region"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func rollUp(ctx context.Context, s *settings, region standard.RegionCode, year int) (aggregate.RollUpSheet, error) {
	db, err := s.existingDB(ctx)
	if err != nil {
		return aggregate.RollUpSheet{}, err
	}
	defer db.Close()
	sheet, err := aggregate.New(db, time.Now).RollUpSheet(ctx, region, year, 0)
	if errors.Is(err, report.ErrNotFound) {
		err = fmt.Errorf("%w; `dashboard register export` lists the regions and years that there are", err)
	}
	return sheet, err
}

// writeRollUp writes a roll-up to a file. What cannot be written whole is not left.
func writeRollUp(name string, r aggregate.RollUpSheet, write func(io.Writer, aggregate.RollUpSheet) error) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("rollup: %w; give another file with -o", err)
	}
	if err := errors.Join(write(f, r), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// rollUpRecord is one cell of a roll-up in text. An open end of the interval is empty.
func rollUpRecord(c aggregate.RollUpCell) []string {
	own, remainder, low, high := "", "", "", ""
	if a, ok := c.Own.Known(); ok {
		own, remainder = a.String(), c.Diff.String()
	}
	if i := c.Interval(); !i.OpenBelow {
		low = i.Low.String()
	}
	if i := c.Interval(); !i.OpenAbove {
		high = i.High.String()
	}
	ids, hows := make([]string, len(c.Explain)), make([]string, len(c.Explain))
	for i, e := range c.Explain {
		ids[i], hows[i] = string(e.Agency), string(e.How)
	}
	return []string{string(c.Cell.Code), c.Cell.RowLabel.ZH, c.Cell.ColumnLabel.ZH, c.Sum.String(), low, high,
		strconv.Itoa(c.Counted), strconv.Itoa(c.Blank), strconv.Itoa(c.Absent), strconv.Itoa(c.LeftOut), own, remainder, string(c.Result),
		strings.Join(ids, " "), strings.Join(hows, " ")}
}

func rollUpCSV(out io.Writer, r aggregate.RollUpSheet) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"cell", "row_label", "column_label", "sum", "lower_bound", "upper_bound", "counted", "blank", "absent", "left_out",
		"own", "remainder", "result", "explained_by", "explained_how"}); err != nil {
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
func rollUpTable(out io.Writer, r aggregate.RollUpSheet) error {
	b := r.Basis
	fmt.Fprintf(out, "%s %d 年度汇总（%s）：应发布 %d，已发布 %d，计入 %d，待复核 %d，未发布 %d，未能查看 %d\n\n",
		r.Region.Name, r.Year, r.Format, b.Due, b.Published, b.Usable, b.NeedsReview, b.Missing, b.Unknown)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "统计项\t行\t列\t合计\t下限\t上限\t计入\t空白\t缺项\t未计入\t本级报告\t余数\t核对\t可以解释的单位\t凭什么")
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
	if err := w.Flush(); err != nil {
		return err
	}
	for i, e := range r.Explain {
		if i == 0 {
			fmt.Fprint(out, "\n能单独解释差额的单位（只是算术，不是原因）：\n")
		}
		fmt.Fprintf(out, "  %s  %d 格  %s\n", e.Name, e.Cells, papers.HowWords(e.How))
	}
	return nil
}
