package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
)

// TestSigns holds that a report whose signs contradict each other goes to review, with
// the words that say why, and is kept where the list has it: column, title, signature,
// address and date, each against the others. Where all agree it is verified.
func TestSigns(t *testing.T) {
	const bare = "政府信息公开工作年度报告"
	for _, c := range []struct {
		name    string
		entry   string // what the entry says beside its address
		pages   map[string]string
		change  func(a *demo.Article)
		year    int    // under which the report is kept
		problem string // begins what is said of it; "" where nothing is doubted
	}{
		{name: "all agree", year: 2020},
		{name: "year of the list's title", pages: listOf("示例区云杉街道2021年"+bare, "/nb/a1001.html"), year: 2021,
			problem: "列表页写作 2021 年，报告本身为 2020 年"},
		{name: "unit of the list's title", pages: listOf("示例区雪松街道2020年"+bare, "/nb/a1001.html"), year: 2020,
			problem: "列表页写作雪松街道办事处，报告本身为云杉街道办事处"},
		{name: "unit of the column", entry: ", unit: by-column, through: [{link: \"ul.dw a\"}]", pages: map[string]string{
			"/gknb/": `<ul class="dw"><li><a href="/xs/">雪松街道</a></li></ul>`,
			"/xs/":   `<ul><li><a href="/nb/a1001.html">2020年` + bare + `</a></li></ul>`},
			year: 2020, problem: "列表页写作雪松街道办事处，报告本身为云杉街道办事处"},
		{name: "year of the folder in the address", entry: ", year: by-folder", pages: listOf("示例区云杉街道"+bare, "/nb/2021n/a1001.html"), year: 2021,
			problem: "列表页写作 2021 年，报告本身为 2020 年"},
		{name: "signature", change: func(a *demo.Article) { a.Signature = "示例区雪松街道办事处" }, year: 2020,
			problem: "标题写作云杉街道办事处，落款为雪松街道办事处"},
		{name: "date", change: func(a *demo.Article) {
			a.Published, a.Signed = report.Date{Year: 2024, Month: 1, Day: 9}, report.Date{Year: 2024, Month: 1, Day: 9}
		}, year: 2020, problem: "标题为 2020 年，落款或发布日期却指向 2023 年"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			yaml := strings.NewReplacer("{base}/gknb/\"", s.url+"/gknb/\""+c.entry).Replace(siteYAML)
			p, err := crawl.ReadPortal("test.yaml", strings.NewReader(yaml))
			must(t, err)
			s.Portals = []*crawl.Portal{p}
			a := article("云杉街道", 2020, 5)
			if c.change != nil {
				c.change(&a)
			}
			if c.pages == nil {
				c.pages = listOf("示例区云杉街道2020年"+bare, "/nb/a1001.html")
			}
			for path, body := range c.pages {
				s.put(path, answer{body: "<!DOCTYPE html><meta charset=\"utf-8\">" + body})
			}
			for _, path := range []string{"/nb/a1001.html", "/nb/2021n/a1001.html"} {
				s.put(path, answer{body: string(demo.Page(a))})
			}
			s.refresh(t, ingest.Options{})
			agency := spruce
			if strings.Contains(c.problem, "列表页写作雪松") {
				agency = cedar
			}
			r, err := s.Store.Report(t.Context(), agency.ID, c.year, 0)
			must(t, err)
			got := fmt.Sprint(r.Current.Problems)
			if c.problem == "" && (r.Current.Status != report.Verified || len(r.Current.Problems) > 0) {
				t.Errorf("%s, %s; want verified", r.Current.Status, got)
			}
			if c.problem != "" && (r.Current.Status != report.NeedsReview || !strings.Contains(got, c.problem)) {
				t.Errorf("%s, problems %s; want needs_review and %q", r.Current.Status, got, c.problem)
			}
		})
	}
}

// listOf is a list of one report.
func listOf(title, href string) map[string]string {
	return map[string]string{"/gknb/": fmt.Sprintf(`<ul><li><a href="%s">%s</a><span>2021-01-20</span></li></ul>`, href, title)}
}
