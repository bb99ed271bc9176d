package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest/crawl"
)

func newPortalsTest(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "test FILE", Short: "look at a portal as its file says, storing nothing", Args: cobra.ExactArgs(1),
		Long: "Reads each list page and prints each link that was accepted or rejected with the rule that decided,\n" +
			"the unit and the year it was given, and a summary. Nothing is stored. The exit status is 1 where the\n" +
			"lists were not all read or link fewer reports than the file expects.",
		Example: example("dashboard portals test my-portal.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("portals test: %w; give a portal file", err)
			}
			p, err := crawl.ReadPortal(args[0], bytes.NewReader(text))
			if err != nil {
				return err
			}
			look, err := lookOnce(cmd.Context(), s, p)
			if err != nil {
				return fmt.Errorf("portals test %s: %w", p.ID, err)
			}
			return showLook(cmd.OutOrStdout(), look)
		},
	}
}

// lookOnce looks at a portal and stores nothing.
func lookOnce(ctx context.Context, s *settings, p *crawl.Portal) (*crawl.Look, error) {
	opts := s.crawl()
	opts.Log = quietLog()
	crawler := crawl.New(opts)
	defer crawler.Close()
	return crawler.Look(ctx, p)
}

// showLook prints what a look read and decided. Its error is the exit status of a
// look that was not good.
func showLook(out io.Writer, look *crawl.Look) error {
	for _, page := range look.Pages {
		fmt.Fprintf(out, "列表 list      %d  %s\n", page.Status, page.URL)
	}
	for _, c := range look.Candidates {
		fmt.Fprintf(out, "采纳 accepted  %s  %s  %s\n", yearGiven(c), unitGiven(c), c.Title)
		showRule(out, c.URL, c.Why, true)
	}
	for _, r := range look.Rejected {
		fmt.Fprintf(out, "排除 rejected  %s\n", r.Title)
		showRule(out, r.URL, r.Rule, false)
	}
	for _, problem := range look.Problems {
		fmt.Fprintf(out, "问题 problem   %s\n               %v\n", problem.URL, problem.Err)
	}
	showSums(out, look)
	if !look.Good {
		return exitStatus(1)
	}
	return nil
}

func showRule(out io.Writer, url, rule string, taken bool) {
	id, _, _ := strings.Cut(rule, ":")
	words := crawl.RuleWords(rule, taken)
	fmt.Fprintf(out, "               %s\n               %s：%s (%s)\n", url, id, words.ZH, words.EN)
}

// yearGiven is the year that the list gives a report, in words where it gives none.
func yearGiven(c crawl.Candidate) string {
	if c.Year == 0 {
		return "年度待定 year?"
	}
	return strconv.Itoa(c.Year)
}

// unitGiven is whose report the list or the portal file says it is.
func unitGiven(c crawl.Candidate) string {
	switch {
	case c.UnitAgency != "":
		return strings.TrimSpace(string(c.UnitAgency) + " " + c.Unit)
	case c.Unit != "":
		return c.Unit
	}
	return "单位待定 unit?"
}

// showSums prints how many links each rule took or left, and the state of the look.
func showSums(out io.Writer, look *crawl.Look) {
	left := map[string]int{}
	for _, r := range look.Rejected {
		id, _, _ := strings.Cut(r.Rule, ":")
		left[id]++
	}
	fmt.Fprintf(out, "\n%s：%s（%s）；列表 %d 页，采纳 %d（%s），排除 %d，问题 %d\n", look.Portal.ID, stateWords(look.State), look.State,
		len(look.Pages), len(look.Candidates), expected(look.Portal), len(look.Rejected), len(look.Problems))
	fmt.Fprintf(out, "%s: %s; %d list pages, %d accepted, %d rejected, %d problems\n", look.Portal.ID, look.State,
		len(look.Pages), len(look.Candidates), len(look.Rejected), len(look.Problems))
	for _, id := range sortedByCount(left) {
		fmt.Fprintf(out, "  排除 %d  %s：%s\n", left[id], id, crawl.RuleWords(id, false).ZH)
	}
	showUnits(out, look.Candidates)
}

// showUnits prints whose reports of which years the lists link, so that what is missing
// or there twice is seen at a glance.
func showUnits(out io.Writer, found []crawl.Candidate) {
	years, open := map[string][]int{}, 0
	for _, c := range found {
		if c.Year == 0 || c.Cut {
			open++ // the document will tell
			continue
		}
		years[unitGiven(c)] = append(years[unitGiven(c)], c.Year)
	}
	if len(found) == 0 {
		return
	}
	fmt.Fprintf(out, "\n单位与年度 units and years（%d 个单位；%d 条的年度或单位待打开后判断）\n", len(years), open)
	for _, unit := range slices.Sorted(maps.Keys(years)) {
		fmt.Fprintf(out, "  %s：%s\n", unit, yearRanges(years[unit]))
	}
}

// yearRanges writes years shortly, and names those that are left out between them and
// those that are there twice: 2015—2024，缺 2018，重复 2020.
func yearRanges(years []int) string {
	slices.Sort(years)
	var missing, twice []string
	for i := 1; i < len(years); i++ {
		if years[i] == years[i-1] {
			twice = append(twice, strconv.Itoa(years[i]))
		}
		for y := years[i-1] + 1; y < years[i]; y++ {
			missing = append(missing, strconv.Itoa(y))
		}
	}
	s := strconv.Itoa(years[0])
	if last := years[len(years)-1]; last != years[0] {
		s += "—" + strconv.Itoa(last)
	}
	if len(missing) > 0 {
		s += "，缺 " + strings.Join(missing, " ")
	}
	if len(twice) > 0 {
		s += "，重复 " + strings.Join(slices.Compact(twice), " ")
	}
	return s
}

func sortedByCount(counts map[string]int) []string {
	var ids []string
	for id := range counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return ids
}

// expected says how many reports a file expects, and says so where it does not know.
func expected(p *crawl.Portal) string {
	if p.Expect == 0 {
		return "应有多少未知"
	}
	return fmt.Sprintf("应有至少 %d", p.Expect)
}

func stateWords(s crawl.LookState) string {
	switch s {
	case crawl.LookOK:
		return "正常"
	case crawl.LookEmpty:
		return "列表中没有报告"
	case crawl.LookBlocked:
		return "受阻，门户要求验证或登录"
	case crawl.LookChanged:
		return "栏目已变或报告少于应有"
	case crawl.LookClosed:
		return "robots.txt 不允许"
	case crawl.LookUnreachable:
		return "主机无法连接，或地址在内网"
	}
	return "未能读全"
}
