package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest/crawl"
)

func newPortalsTrial(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "trial [ID…]", Short: "look at the portals of all files, storing nothing, and print found against expected",
		Long: "Looks at each portal, the disabled ones too, one after the other and at their pace, and prints a line for\n" +
			"each: what was found, what its file expects, and the first problem. It needs the network. The exit status\n" +
			"is 1 where a look was not good.",
		Example: example("dashboard portals trial", "dashboard portals trial tj-dongli"),
		RunE: func(cmd *cobra.Command, args []string) error {
			portals, err := s.readPortals()
			if err != nil {
				return err
			}
			chosen, err := choose(portals, args)
			if err != nil {
				return err
			}
			return trial(cmd.Context(), cmd.OutOrStdout(), s, chosen)
		},
	}
}

// choose returns the portals of these ids in their order, or all.
func choose(portals []*crawl.Portal, ids []string) ([]*crawl.Portal, error) {
	if len(ids) == 0 {
		return portals, nil
	}
	byID := make(map[string]*crawl.Portal, len(portals))
	for _, p := range portals {
		byID[p.ID] = p
	}
	var chosen []*crawl.Portal
	for _, id := range ids {
		p := byID[id]
		if p == nil {
			return nil, fmt.Errorf("portals trial: no portal %q; `dashboard portals list` names them", id)
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// trial looks at one portal after the other and prints each result as it comes.
func trial(ctx context.Context, out io.Writer, s *settings, portals []*crawl.Portal) error {
	const row = "%-20s  %-14s  %-8s  %6s  %8s  %6s  %s\n"
	fmt.Fprintf(out, row, "ID", "FAMILY", "STATE", "FOUND", "EXPECTED", "TOOK", "PROBLEM")
	good, patterns := 0, 0
	for _, p := range portals {
		if p.Pattern {
			patterns++
			fmt.Fprintf(out, row, p.ID, p.Family, "pattern", "-", "-", "-", "样例，地址为虚构，不试")
			continue
		}
		began := time.Now()
		look, err := lookOnce(ctx, s, p)
		if err != nil {
			return fmt.Errorf("portals trial %s: %w", p.ID, err)
		}
		if look.Good {
			good++
		}
		want := "?"
		if p.Expect > 0 {
			want = "≥" + strconv.Itoa(p.Expect)
		}
		problem := ""
		if len(look.Problems) > 0 {
			problem = look.Problems[0].Err.Error()
		}
		fmt.Fprintf(out, row, p.ID, p.Family, look.State, strconv.Itoa(len(look.Candidates)), want, time.Since(began).Round(time.Second), problem)
	}
	fmt.Fprintf(out, "\n%s 试行：%d 个门户中 %d 个正常。试过的门户请在其文件中写明 tried: %s，正常的再将 enabled 改为 true。\n",
		time.Now().Format(time.DateOnly), len(portals)-patterns, good, time.Now().Format(time.DateOnly))
	if good < len(portals)-patterns {
		return exitStatus(1)
	}
	return nil
}
