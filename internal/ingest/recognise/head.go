package recognise

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readHead finds whose report it is and for which year.
func (p *reportPart) readHead() {
	titles := p.titles()
	if len(titles) > 0 {
		p.r.Title = oneLine(titles[0])
	}
	signer, signed := signatureOf(p.prose)
	if _, ok := parseAgency(signer); !ok && p.r.Format == "" {
		signed = report.Date{} // the day of a page that only links its report
	}
	p.r.Signed, p.r.Published = signed, p.published()
	p.settleAgency(titles, signer)
	p.settleYear(titles)
}

// titles returns the titles of the report, the one over the text first. The title of
// the page belongs to it only where the page holds no other report.
func (p *reportPart) titles() []string {
	var all []string
	for i := range p.prose {
		text := p.prose[i].Text
		if isFirstChapter(text) {
			break
		}
		if isReportTitle(text) {
			all = append(all, text)
			continue
		}
		if !p.single && len(all) > 0 {
			break
		}
	}
	if p.single || len(all) == 0 {
		for _, t := range [...]string{p.doc.Meta.ArticleTitle, p.doc.Title, baseName(p.doc.Member), baseName(p.doc.Name)} {
			if cut := strings.IndexAny(t, "_|"); cut > 0 {
				t = t[:cut]
			}
			if isReportTitle(t) {
				all = append(all, t)
			}
		}
	}
	return all
}

// baseName returns a file name without its folders and its type. Members of archives
// are often named by the title of the report.
func baseName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name
}

// published returns the day on the page: what the page says of itself, else the day
// behind a word such as 发布时间.
func (p *reportPart) published() report.Date {
	if _, d := dateIn(squeezed(p.doc.Meta.PubDate)); !d.IsZero() {
		return d
	}
	blocks := p.doc.Blocks
	for i := range blocks {
		switch b := &blocks[i]; {
		case b.Paragraph != nil:
			if d := dayPublished(b.Paragraph.Text); !d.IsZero() {
				return d
			}
		case b.Grid != nil && len(b.Grid.Cells) <= 40:
			cells := b.Grid.Cells
			for k := range cells {
				if d := dayPublished(cells[k].Text); !d.IsZero() {
					return d
				}
				if k > 0 && wordOfPublishing(squeezed(cells[k-1].Text)) {
					if _, d := dateIn(squeezed(cells[k].Text)); !d.IsZero() {
						return d
					}
				}
			}
		}
	}
	return report.Date{}
}

// dayPublished reads a line such as 发布时间：2020-01-14 09:34.
func dayPublished(text string) report.Date {
	if len(text) > 240 || !strings.Contains(text, "20") && !strings.Contains(text, "２") {
		return report.Date{}
	}
	s := squeezed(text)
	if !wordOfPublishing(s) {
		return report.Date{}
	}
	_, d := dateIn(s)
	return d
}

func wordOfPublishing(s string) bool {
	for _, w := range [...]string{"发布时间", "发布日期", "发文日期", "成文日期", "公开日期", "公布日期", "生成日期", "时间:", "日期:"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// settleYear decides the year and says what contradicts it.
func (p *reportPart) settleYear(titles []string) {
	e := evidenceOfYear(titles, p.prose, p.r.Signed, p.r.Published)
	year, doubt, note := e.settle()
	p.r.Year = year
	if doubt != "" {
		p.doubt("publish.wrong_year", doubt)
	}
	if note != "" {
		p.note("publish.wrong_year", "title", note)
	}
	switch {
	case p.hint.Year == 0 || p.hint.Year == year:
	case year == 0:
		p.r.Year, p.r.Hint = p.hint.Year, true
	case p.hint.Year != e.title:
		p.doubt("publish.wrong_year", fmt.Sprintf("列表页写作 %d 年，报告本身为 %d 年", p.hint.Year, year))
	}
	if p.r.Year == 0 {
		p.doubt("publish.wrong_year", "文中没有写明报告年度")
	}
}

// settleAgency decides whose report it is. A signature outweighs the title, the title
// what the page says of its source, and that the prose. The office of a government
// signs the government's report for it: there the title says whose it is.
func (p *reportPart) settleAgency(titles []string, signer string) {
	signature, signedBy := parseAgency(signer)
	var named []agencyName
	if signedBy {
		named = append(named, signature)
	}
	var title agencyName
	for _, t := range titles {
		if a, ok := agencyInTitle(t); ok {
			if title.name == "" {
				title = a
			}
			named = append(named, a)
		}
	}
	named = append(named, p.namedAround(len(named) == 0)...)
	if signedBy && title.governs(signature) {
		named[0] = title
	}
	if len(named) == 0 {
		p.r.Agency, p.r.Region, p.r.Hint = p.hint.Agency, p.hint.Region, p.hint.Agency != ""
		if p.hint.Agency == "" {
			p.doubt("publish.wrong_unit", "文中没有写明发布机关")
		}
		return
	}
	a := named[0]
	p.r.Agency = a.name
	p.r.Region = regionsAbove(a, named[1:], p.doc.Meta.Site, p.names)
	if len(p.r.Region) == 0 {
		p.r.Region = p.hint.Region
	}
	if signedBy && title.name != "" && title.core != a.core && title.kind == a.kind {
		p.doubt("publish.wrong_unit", "标题写作"+title.name+"，落款为"+a.name)
	}
	if hinted, ok := parseAgency(p.hint.Agency); ok && hinted.core != a.core {
		p.doubt("publish.wrong_unit", "列表页写作"+p.hint.Agency+"，报告本身为"+a.name)
	}
}

// namedAround returns the agencies named around the text: as its source, on the way to
// it, and in the prose, where alone says that nothing better is known. An office that
// puts pages up for others is its own agency only where nothing else is named.
func (p *reportPart) namedAround(alone bool) []agencyName {
	var named, offices []agencyName
	for _, s := range append([]string{p.doc.Meta.Source, p.publisher()}, p.doc.Meta.Breadcrumb...) {
		switch a, ok := parseAgency(simplified(squeezed(s))); {
		case !ok || a.kind == standard.Government && !a.formal:
		case a.kind == standard.Department:
			offices = append(offices, a)
		default:
			named = append(named, a)
		}
	}
	if alone && len(named) == 0 {
		if a, ok := agencyInProse(p.prose); ok {
			named = append(named, a)
		}
	}
	return append(named, offices...)
}

// names reports whether the document names a region: in its text, its title, its site
// or the way to it.
func (p *reportPart) names(stem string) bool {
	for _, s := range append([]string{p.doc.Title, p.doc.Meta.Site, p.doc.Meta.Source, p.doc.Meta.Column}, p.doc.Meta.Breadcrumb...) {
		if strings.Contains(s, stem) {
			return true
		}
	}
	return slices.ContainsFunc(p.prose, func(q extract.Paragraph) bool { return strings.Contains(q.Text, stem) })
}

// publisher returns the agency that a table of data about the page names.
func (p *reportPart) publisher() string {
	for i := range p.doc.Blocks {
		g := p.doc.Blocks[i].Grid
		if g == nil || len(g.Cells) > 40 {
			continue
		}
		for k := 1; k < len(g.Cells); k++ {
			switch strings.TrimRight(squeezed(g.Cells[k-1].Text), ":") {
			case "发布机构", "发文机关", "发布机关", "公开机构", "信息来源":
				return g.Cells[k].Text
			}
		}
	}
	return ""
}
