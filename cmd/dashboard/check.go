package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gongkai/internal/check"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

func newCheck(s *settings) *cobra.Command {
	var previous string
	cmd := &cobra.Command{
		Use:   "check [--previous FILE] FILE",
		Short: "read a draft and say what does not reconcile, before it is published",
		Long: "Reads one draft of any file type and prints, for the clerk who wrote it, what does not reconcile, what\n" +
			"is missing and what contradicts last year's report, each with its place. Nothing is stored. The exit\n" +
			"status is 0 when clean, 1 with findings, 2 when the draft cannot be read.",
		Example: example("dashboard check draft.docx", "dashboard check --previous report-2023.html draft.docx"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return checkDraft(cmd.Context(), s.reader(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args[0], previous)
		},
	}
	cmd.Flags().StringVar(&previous, "previous", "", "the report of the year before, to compare with")
	return cmd
}

func checkDraft(ctx context.Context, reader ingest.Reader, out, errOut io.Writer, name, previous string) error {
	results, err := readDraft(ctx, reader, name)
	if err != nil {
		fmt.Fprintln(errOut, "dashboard:", err)
		return exitStatus(2)
	}
	with := check.Context{Thresholds: reader.Thresholds}
	if previous != "" {
		before, err := readDraft(ctx, reader, previous)
		if err != nil {
			fmt.Fprintln(errOut, "dashboard: --previous:", err)
			return exitStatus(2)
		}
		with.Previous = before[0].Reading
	}
	status := 0
	for _, r := range results {
		outcome := check.Report(r.Reading, with)
		status = max(status, draftStatus(outcome))
		printDraft(out, r.Reading, outcome)
	}
	if status != 0 {
		return exitStatus(status)
	}
	return nil
}

func draftStatus(o check.Outcome) int {
	switch {
	case o.Status == report.Unreadable:
		return 2
	case len(o.Findings) > 0 || len(o.Problems) > 0:
		return 1
	}
	return 0
}

// readDraft reads a document; it is an error where it holds no report.
func readDraft(ctx context.Context, reader ingest.Reader, name string) ([]ingest.Result, error) {
	body, err := readLimited(name, reader.Limits)
	if err != nil {
		return nil, fmt.Errorf("check: %w; give the file of a draft", err)
	}
	results, err := reader.Read(ctx, extract.Hint{Name: name}, body)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", name, err)
	}
	if len(results) == 0 {
		return nil, fmt.Errorf("check %s: no document in it; give a report", name)
	}
	return results, nil
}

func printDraft(out io.Writer, r *report.Reading, o check.Outcome) {
	fmt.Fprintf(out, "%s %d 年度（%s）：%s\n", r.Agency, r.Year, r.Format, statusName(o.Status))
	for _, p := range o.Problems {
		fmt.Fprintf(out, "  需确认  %s\n", p)
	}
	for _, f := range o.Findings {
		fmt.Fprintf(out, "  %s  %s\n", severityName(f.Severity), f.Text)
		if f.Formula != "" {
			fmt.Fprintf(out, "          规则 %s：%s\n", f.Violation(), f.Formula)
		}
		for _, op := range f.Operands {
			if !op.Value.Place.IsZero() {
				fmt.Fprintf(out, "          %s = %q（%s）\n", op.Cell, op.Value.Text, op.Value.Place)
			}
		}
	}
	if len(o.Findings)+len(o.Problems) == 0 {
		fmt.Fprintln(out, "  没有发现问题")
	}
}

func severityName(s report.Severity) string {
	switch s {
	case report.Error:
		return "错误"
	case report.Warning:
		return "疑似"
	}
	return "提示"
}
