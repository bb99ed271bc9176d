package demo

import (
	"fmt"
	"html"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An Article is a report as a page shows it.
type Article struct {
	Site       string   // 示例市示例区人民政府
	Breadcrumb []string // widest first
	Title      string   // on the page
	Source     string   // publisher
	Published  report.Date
	Parts      []Part
	Signature  string      // under the text; "" for none
	Signed     report.Date // zero for Published
	File       string      // address of an attached file; "" for none
	FileName   string
}

// A Part is a heading, a paragraph or a table of an article.
type Part struct {
	Heading, Text string
	Table         *grid
}

// Page returns an article as a page of a portal of the TRS make.
func Page(a Article) []byte {
	e := html.EscapeString
	var b strings.Builder
	day := isoDay(a.Published)
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>%s_%s</title>
<meta name="SiteName" content="%s">
<meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="%s">
<meta name="PubDate" content="%s 09:30">
<meta name="ContentSource" content="%s">
<style>body{font:16px/1.8 serif;max-width:1000px;margin:0 auto;padding:0 16px}table{border-collapse:collapse;width:100%%;font-size:13px}td p{margin:0}</style>
</head>
<body>
<div class="crumb">您的位置：`, e(a.Title), e(a.Site), e(a.Site), e(a.Title), day, e(a.Source))
	for i, c := range a.Breadcrumb {
		if i > 0 {
			b.WriteString(" &gt; ")
		}
		b.WriteString("<a href=\"./../index.html\">" + e(c) + "</a>")
	}
	fmt.Fprintf(&b, "</div>\n<h1 class=\"title\">%s</h1>\n<div class=\"info\">来源：%s　发布时间：%s</div>\n<div class=\"view TRS_UEDITOR trs_paper_default\" id=\"zoom\">\n", e(a.Title), e(a.Source), day)
	a.body(&b)
	fmt.Fprintf(&b, "</div>\n<div class=\"foot\"><p>主办单位：%s办公室</p></div>\n</body>\n</html>\n", e(a.Site))
	return []byte(b.String())
}

func (a Article) body(b *strings.Builder) {
	e := html.EscapeString
	for _, p := range a.Parts {
		switch {
		case p.Table != nil:
			b.WriteString(p.Table.html())
		case p.Heading != "":
			b.WriteString("<p><strong>" + e(p.Heading) + "</strong></p>\n")
		default:
			b.WriteString("<p style=\"text-indent:2em\">" + e(p.Text) + "</p>\n")
		}
	}
	if a.Signature != "" {
		signed := a.Signed
		if signed.IsZero() {
			signed = a.Published
		}
		fmt.Fprintf(b, "<p style=\"text-align:right\">%s</p>\n<p style=\"text-align:right\">%d年%d月%d日</p>\n", e(a.Signature), signed.Year, signed.Month, signed.Day)
	}
	if a.File != "" {
		fmt.Fprintf(b, "<p>附件：<a href=\"%s\" title=\"%s\">%s</a></p>\n", e(a.File), e(a.FileName), e(a.FileName))
	}
}

// Body returns the parts of a report: the six statutory sections around their
// tables, or for F2014 the text and its one table. Prose gives the paragraphs of
// sections 1, 5 and 6; sections without any are left empty.
func Body(format standard.Format, printed Printed, intro string, prose map[int][]string) []Part {
	var parts []Part
	text := func(paragraphs ...string) {
		for _, p := range paragraphs {
			if p != "" {
				parts = append(parts, Part{Text: p})
			}
		}
	}
	text(intro)
	tables := map[standard.Table]*grid{}
	for _, g := range grids(format, printed) {
		tables[g.table] = g
	}
	heads := []string{"一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"}
	if format == standard.F2014 {
		heads = []string{"一、概述", "二、主动公开政府信息情况", "三、依申请公开政府信息情况", "四、复议、诉讼和举报情况", "五、存在的主要问题及改进情况", "六、附表：政府信息公开情况统计表"}
	}
	place := map[int]standard.Table{2: standard.Disclosure, 3: standard.Requests, 4: standard.Appeals, 6: standard.Statistics}
	for i, h := range heads {
		parts = append(parts, Part{Heading: h})
		text(prose[i+1]...)
		if g := tables[place[i+1]]; g != nil {
			parts = append(parts, Part{Table: g})
		}
	}
	return parts
}

func isoDay(d report.Date) string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }
